//! `dateline schema`.

use super::Ending;
use dateline::{render, schema};
use std::io::{self, Write};

/// Prints the JSON Schema of the scenario file.
pub fn run() -> io::Result<Ending> {
    io::stdout().lock().write_all(render::json(&schema()).as_bytes())?;
    Ok(Ending::Done)
}
