//! Parsed arguments in, output on stdout and an exit status out: one file a command.

mod arguments;
mod backtest;
mod bench;
mod check;
mod compare;
mod explain;
mod folder;
mod forecast;
mod input;
mod learn;
mod output;
mod plot;
mod progress;
mod report;
mod sample;
mod schedule;
mod schema;
mod score;
mod set;
mod sweep;
mod terminal;
mod timeline;
mod waiting;

pub use arguments::Arguments;

use arguments::Command;
use std::io;
use std::process::ExitCode;

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ending {
    Done,
    /// The scenario is at fault, or a file could not be read or written.
    Fault,
    /// The command line is at fault.
    Misuse,
    /// The user has ended it; what there was has been printed.
    Interrupted,
}

/// Runs a command.
pub fn run(arguments: Arguments) -> ExitCode {
    let ended = match arguments.command {
        Command::Forecast(arguments) => forecast::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Sample(arguments) => sample::run(&arguments),
        Command::Set(arguments) => set::run(&arguments),
        Command::Sweep(arguments) => sweep::run(&arguments),
        Command::Schedule(arguments) => schedule::run(&arguments),
        Command::Plot(arguments) => plot::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Learn(arguments) => learn::run(&arguments),
        Command::Backtest(arguments) => backtest::run(&arguments),
        Command::Score(arguments) => score::run(&arguments),
        Command::Timeline(arguments) => timeline::run(&arguments),
        Command::Schema => schema::run(),
    };
    match ended {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Fault) => ExitCode::from(1),
        Ok(Ending::Misuse) => ExitCode::from(2),
        Ok(Ending::Interrupted) => ExitCode::from(waiting::INTERRUPTED),
        // Whoever reads us has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            terminal::complain(&format!("the output could not be written: {error}"));
            ExitCode::from(1)
        }
    }
}
