//! `dateline sweep`.

mod source;
mod values;

use super::arguments::{DrawingArguments, ScenarioArguments};
use super::output::write_to;
use super::progress::bar;
use super::{Ending, input, terminal};
use clap::{Args, ValueEnum};
use dateline::render::{RowFormat, SweepText};
use dateline::{Edit, Variants, edit, sweep, sweep_columns};
use indicatif::ProgressBar;
use source::{Choice, Source};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
pub use values::{Vary, parse_vary};

/// Rows that a thread computes at a time, so that they share what they have in common.
const CHUNK: usize = 64;
/// Chunks that a thread may be ahead of what has been written.
const AHEAD: usize = 2;
/// No more bytes than this are written at a time, and whole rows: what is cut off cuts off between rows.
const AT_ONCE: usize = 4096;

#[derive(Debug, Args)]
pub struct SweepArguments {
    #[command(flatten)]
    pub scenario: ScenarioArguments,

    #[command(flatten)]
    pub drawing: DrawingArguments,

    /// Give a key these values: a..b:n (n numbers), DATE..DATE:1d or 1w, or a list with commas (repeatable: all combinations)
    #[arg(long, value_name = "KEY=VALUES", value_parser = parse_vary, required_unless_present = "from")]
    pub vary: Vec<Vary>,

    /// Take values from the rows of a CSV file whose columns name keys; other columns pass through
    #[arg(long, value_name = "FILE.csv", conflicts_with = "vary")]
    pub from: Option<PathBuf>,

    /// Output format
    #[arg(long, value_enum, default_value_t = SweepFormat::Csv)]
    pub format: SweepFormat,

    /// Write to this file, which is replaced at the end [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SweepFormat {
    /// A header, then a line a variant
    Csv,
    /// An object a line
    Jsonl,
}

/// Solves every variant and writes a row for each.
pub fn run(arguments: &SweepArguments) -> io::Result<Ending> {
    let path = &arguments.scenario.scenarios[0];
    let name = input::name(path);
    let failed = |ending: Ending, why: String| {
        terminal::complain(&why);
        Ok(ending)
    };
    let parsed = match input::parse(path, &arguments.scenario) {
        Ok(parsed) => parsed,
        Err(why) => return failed(Ending::Fault, format!("{name}: {why}")),
    };
    if let Err(invalid) = &parsed.scenario {
        return Ok(input::complain(&parsed, invalid));
    }
    let source = match &arguments.from {
        Some(path) => Source::table(path).map_err(|why| (Ending::Fault, why)),
        None => Source::combinations(arguments.vary.clone()).map_err(|why| (Ending::Misuse, why)),
    };
    let source = match source {
        Ok(source) => source,
        Err((ending, why)) => return failed(ending, why),
    };
    let keys = source.keys();
    // A key that is none would make every row a bad one.
    for (key, value) in keys.iter().zip(source.examples()) {
        let edits = Edit::set(&format!("{key}={}", value.unwrap_or_else(|| "0".to_string())));
        if let Err(invalid) = edits.and_then(|set| edit(&parsed.text, &[set]).map(|_| ())) {
            return Ok(input::complain(&parsed, &invalid));
        }
    }
    let variants = match Variants::new(&parsed.text, &parsed.changes, &keys) {
        Ok(variants) => variants,
        Err(invalid) => return Ok(input::complain(&parsed, &invalid)),
    };
    let (text, figures) = (SweepText::new(arguments.format.into()), sweep_columns(&variants));
    Sweep { arguments, variants, text, figures, stopped: Arc::default() }.run(source)
}

struct Sweep<'a> {
    arguments: &'a SweepArguments,
    variants: Variants,
    text: SweepText,
    /// The names of a row's figures.
    figures: Vec<String>,
    /// Whether the user has had enough.
    stopped: Arc<AtomicBool>,
}

/// Choices to compute, or why there are no more.
type Chunk = Result<Vec<Choice>, String>;

impl Sweep<'_> {
    fn run(&self, source: Source) -> io::Result<Ending> {
        let flag = self.stopped.clone();
        // If there can be no handler, Ctrl-C does what it always does. A second one does not wait for the row's end.
        let _ = ctrlc::set_handler(move || {
            if flag.swap(true, Ordering::SeqCst) {
                std::process::exit(i32::from(super::waiting::INTERRUPTED));
            }
        });
        let progress = bar(source.known_count(), "rows");
        let mut written = 0;
        let found = write_to(self.arguments.output.as_deref(), |out| self.write(source, out, &progress, &mut written));
        progress.finish_and_clear();
        match found {
            Ok(()) => Ok(Ending::Done),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                terminal::complain(&format!("ended after {written} rows"));
                Ok(Ending::Interrupted)
            }
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                terminal::complain(&format!("the output was closed after {written} rows"));
                Ok(Ending::Fault)
            }
            Err(error) => Err(error),
        }
    }

    /// Threads compute chunks of rows in turn; they are written in their order as they come, so that memory does not grow.
    fn write(&self, source: Source, out: &mut dyn Write, progress: &ProgressBar, written: &mut u64) -> io::Result<()> {
        let mut columns = source.keys();
        columns.extend(source.passed());
        let header = self.text.header(&columns, &self.figures);
        write_rows(out, &header)?;
        let threads = self.arguments.scenario.threads();
        thread::scope(|scope| {
            let (mut inward, mut outward) = (Vec::new(), Vec::new());
            for _ in 0..threads {
                let (to_thread, work): (SyncSender<Chunk>, Receiver<Chunk>) = sync_channel(AHEAD);
                let (done, from_thread) = sync_channel(AHEAD);
                inward.push(to_thread);
                outward.push(from_thread);
                let columns = &columns;
                // Where nobody listens any more, writing has failed.
                scope.spawn(move || {
                    work.iter().try_for_each(|chunk| done.send(chunk.map(|chunk| self.rows(columns, &chunk))))
                });
            }
            scope.spawn(move || feed(source, &inward));
            for lane in (0..threads).cycle() {
                let Ok(rows) = outward[lane].recv() else { return Ok(()) };
                let rows = rows.map_err(io::Error::other)?;
                write_rows(out, &rows)?;
                let count = rows.iter().filter(|byte| **byte == b'\n').count() as u64;
                *written += count;
                progress.inc(count);
                if self.stopped.load(Ordering::SeqCst) {
                    return Err(io::Error::new(io::ErrorKind::Interrupted, "ended"));
                }
            }
            Ok(())
        })
    }

    /// The text of some rows.
    fn rows(&self, columns: &[String], chunk: &[Choice]) -> Vec<u8> {
        let mut options = self.arguments.drawing.drawing(self.arguments.scenario.options());
        options.limits.memory /= self.arguments.scenario.threads() as u64;
        (options.limits.threads, options.sampling.threads) = (1, 1);
        let values: Vec<&[Option<String>]> = chunk.iter().map(|choice| &choice.values[..]).collect();
        let rows = sweep(&self.variants, &values, &options);
        let mut text = Vec::new();
        for (choice, row) in chunk.iter().zip(&rows) {
            let given = choice.values.iter().map(|value| value.as_deref());
            let cells: Vec<Option<&str>> = given.chain(choice.passed.iter().map(|cell| Some(cell.as_str()))).collect();
            self.text.row((columns, &cells), &self.figures, row, &mut text);
        }
        text
    }
}

/// Deals chunks out to the threads in turn.
fn feed(mut source: Source, threads: &[SyncSender<Chunk>]) {
    for lane in threads.iter().cycle() {
        let chunk: Chunk = source.by_ref().take(CHUNK).collect();
        let over = chunk.as_ref().map_or(true, |chunk| chunk.len() < CHUNK);
        let empty = chunk.as_ref().is_ok_and(Vec::is_empty);
        if empty || lane.send(chunk).is_err() || over {
            return;
        }
    }
}

/// Writes whole rows at a time.
fn write_rows(out: &mut dyn Write, text: &[u8]) -> io::Result<()> {
    let mut start = 0;
    let mut end = 0;
    for (at, _) in text.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
        if at + 1 - start > AT_ONCE && end > start {
            out.write_all(&text[start..end])?;
            out.flush()?;
            start = end;
        }
        end = at + 1;
    }
    out.write_all(&text[start..])?;
    out.flush()
}

impl From<SweepFormat> for RowFormat {
    fn from(format: SweepFormat) -> RowFormat {
        match format {
            SweepFormat::Csv => RowFormat::Csv,
            SweepFormat::Jsonl => RowFormat::JsonLines,
        }
    }
}
