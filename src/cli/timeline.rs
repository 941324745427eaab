//! `dateline timeline`.

use super::arguments::{DrawingArguments, ScenarioArguments};
use super::output::write_to;
use super::waiting::Waiting;
use super::{Ending, input, terminal};
use clap::{Args, ValueEnum};
use dateline::{Day, Every, RowStatus, Stretch, render, timeline};
use std::io;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct TimelineArguments {
    #[command(flatten)]
    pub scenario: ScenarioArguments,

    #[command(flatten)]
    pub drawing: DrawingArguments,

    /// The first as-of date [default: the earliest date of a report or observation]
    #[arg(long, value_name = "DATE")]
    pub from: Option<Day>,

    /// The last as-of date [default: the scenario's as_of, or else the last date in the file]
    #[arg(long, value_name = "DATE")]
    pub to: Option<Day>,

    /// From one as-of date to the next, in days or weeks [default: 1d for up to 62 dates, else 1w]
    #[arg(long, value_name = "1d|1w")]
    pub every: Option<Every>,

    /// Output format
    #[arg(long, value_enum, default_value_t = TimelineFormat::Text)]
    pub format: TimelineFormat,

    /// Write to this file, which is replaced at the end [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Width of the text in columns [default: the terminal's, or 80]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=400))]
    pub width: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TimelineFormat {
    /// For people: what became known, and fans of the middle half and nine tenths
    Text,
    /// For programs
    Json,
    /// One row an as-of date and event
    Csv,
}

/// Tells how one scenario's forecast moved.
pub fn run(arguments: &TimelineArguments) -> io::Result<Ending> {
    let one = match input::one(&arguments.scenario) {
        Ok(one) => one,
        Err(ending) => return Ok(ending),
    };
    let scenario = &one.scenario;
    let stretch = Stretch { from: arguments.from, to: arguments.to, every: arguments.every };
    let options = arguments.drawing.drawing(arguments.scenario.options());
    let found = match Waiting::new(None).during(|_| timeline(scenario, stretch, &options)) {
        Ok(found) => found,
        Err(refusal) => return Ok(one.refused(&refusal)),
    };
    let text = match arguments.format {
        TimelineFormat::Text => render::timeline_text(&found, &terminal::look(arguments.width)),
        TimelineFormat::Json => render::json(&found.rows),
        TimelineFormat::Csv => render::timeline_csv(&found),
    };
    write_to(arguments.output.as_deref(), |out| out.write_all(text.as_bytes()))?;
    let without = found.rows.iter().filter(|row| row.status != RowStatus::Ok).count();
    if without > 0 {
        let why = format!("there is no forecast as of {without} of {} dates", found.rows.len());
        return Ok(one.fails(Ending::Fault, &why));
    }
    Ok(Ending::Done)
}
