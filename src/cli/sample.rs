//! `dateline sample`.

use super::Ending;
use super::arguments::ScenarioArguments;
use super::output::write_to;
use super::{input, terminal};
use clap::{Args, ValueEnum};
use dateline::render::{self, RowText};
use dateline::{Answer, Sample, Worlds, sample};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;
use std::thread;

#[derive(Debug, Args)]
pub struct SampleArguments {
    #[command(flatten)]
    pub scenario: ScenarioArguments,

    /// How many worlds to draw
    #[arg(short = 'n', long, value_name = "N", default_value_t = 1000)]
    pub worlds: u64,

    /// Output format
    #[arg(long, value_enum, default_value_t = RowFormat::Csv)]
    pub format: RowFormat,

    /// Another seed gives other worlds; the same one the same bytes, on any number of threads
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// Write to this file, which is replaced at the end [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RowFormat {
    /// A header, then a line a world
    Csv,
    /// An object a line (null: does not occur)
    Jsonl,
}

/// Batches that a thread may be ahead of what has been written.
const AHEAD: usize = 2;

/// Draws worlds and writes a row for each.
pub fn run(arguments: &SampleArguments) -> io::Result<Ending> {
    let one = match input::one(&arguments.scenario) {
        Ok(one) => one,
        Err(ending) => return Ok(ending),
    };
    let scenario = &one.scenario;
    match sample(scenario, &arguments.scenario.options()) {
        Err(refusal) => Ok(one.fails(Ending::Fault, &refusal.to_string())),
        Ok(Sample::Infeasible(infeasible)) => {
            // A table has no place for why there is no world.
            terminal::note(&render::text(&Answer::Infeasible(infeasible), &terminal::look(None)));
            Ok(Ending::Fault)
        }
        Ok(Sample::Worlds(worlds)) => {
            write_to(arguments.output.as_deref(), |out| write_rows(&worlds, arguments, out))?;
            Ok(Ending::Done)
        }
    }
}

/// Threads draw the batches in turn; they are written in their order as they come, so that memory does not grow.
fn write_rows(worlds: &Worlds, arguments: &SampleArguments, out: &mut dyn Write) -> io::Result<()> {
    let text = RowText::new(worlds, arguments.format.into());
    out.write_all(text.header())?;
    let batch = worlds.batch_size() as u64;
    let batches = arguments.worlds.div_ceil(batch);
    let threads = (arguments.scenario.threads() as u64).min(batches);
    let rows = |number: u64| {
        let count = batch.min(arguments.worlds - number * batch);
        let mut rows = Vec::new();
        text.write(&worlds.batch(arguments.seed, number, count as usize), &mut rows);
        rows
    };
    thread::scope(|scope| {
        let mut lanes = Vec::new();
        for first in 0..threads {
            let (sender, receiver) = sync_channel(AHEAD);
            lanes.push(receiver);
            let numbers = (first..batches).step_by(threads as usize);
            // Where nobody listens any more, writing has failed.
            scope.spawn(move || numbers.map(rows).try_for_each(|rows| sender.send(rows)));
        }
        for number in 0..batches {
            let rows = lanes[(number % threads) as usize].recv().expect("every thread draws all its batches");
            out.write_all(&rows)?;
        }
        Ok(())
    })
}

impl From<RowFormat> for render::RowFormat {
    fn from(format: RowFormat) -> render::RowFormat {
        match format {
            RowFormat::Csv => render::RowFormat::Csv,
            RowFormat::Jsonl => render::RowFormat::JsonLines,
        }
    }
}
