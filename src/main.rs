//! Arguments in, exit status out.

mod cli;

use clap::Parser;
use std::process::ExitCode;

// Tables of many megabytes come and go: the system's allocator gives such memory back and fetches it anew each time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run(cli::Arguments::parse())
}
