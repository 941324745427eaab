//! `dateline score`.

use super::arguments::{DrawingArguments, ScenarioArguments};
use super::folder::scenario_files;
use super::output::write_to;
use super::progress::bar;
use super::{Ending, input, terminal};
use clap::{Args, ValueEnum};
use dateline::{Every, Options, Refusal, ScoreSummary, Scored, When, render, score};
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Debug, Args)]
pub struct ScoreArguments {
    #[command(flatten)]
    pub scenario: ScenarioArguments,

    #[command(flatten)]
    pub drawing: DrawingArguments,

    /// Score the forecasts as of every so many days or weeks, from the first report or observation on [default: 1w]
    #[arg(long, value_name = "1d|1w", conflicts_with = "as_of")]
    pub every: Option<Every>,

    /// Score the forecasts as of so long before the outcome was known
    #[arg(long, value_name = "7d,30d", value_delimiter = ',', conflicts_with_all = ["as_of", "every"])]
    pub before: Vec<Every>,

    /// Output format
    #[arg(long, value_enum, default_value_t = ScoreFormat::Text)]
    pub format: ScoreFormat,

    /// Write to this file, which is replaced at the end [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Width of the text in columns [default: the terminal's, or 80]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=400))]
    pub width: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScoreFormat {
    /// For people
    Text,
    /// All scores, for programs
    Json,
}

/// What came of one file.
enum Found {
    Scored(Scored),
    /// Its outcome is not known, or nothing was forecast before it was.
    Nothing(String),
    Failed(Ending, Value),
}

/// Scores all scenarios; a bad one does not keep the others from being scored.
pub fn run(arguments: &ScoreArguments) -> io::Result<Ending> {
    let (files, mut ending) = scenario_files(&arguments.scenario.scenarios);
    let found = all(&files, arguments);
    let mut scored = Vec::new();
    let mut written = Vec::new();
    for (path, found) in files.iter().zip(found) {
        let name = input::name(path);
        match found {
            Found::Scored(found) => {
                written.push(with_path(&name, serde_json::to_value(&found).expect("scores are plain data")));
                scored.push((name, found));
            }
            Found::Nothing(why) => {
                terminal::note(&format!("{name}: {why}\n"));
                written.push(json!({ "path": name, "nothing": why }));
            }
            Found::Failed(fault, value) => {
                ending = ending.max(fault);
                written.push(value);
            }
        }
    }
    if scored.is_empty() {
        terminal::complain("there is nothing to score");
        return Ok(ending.max(Ending::Fault));
    }
    let all: Vec<Scored> = scored.iter().map(|(_, found)| found.clone()).collect();
    let summary = ScoreSummary::of(&all, arguments.drawing.seed);
    let text = match arguments.format {
        ScoreFormat::Text => {
            let named: Vec<(String, &Scored)> = scored.iter().map(|(name, found)| (name.clone(), found)).collect();
            render::score_text(&named, &summary, &terminal::look(arguments.width))
        }
        ScoreFormat::Json => render::json(&json!({ "scenarios": written, "all": summary })),
    };
    write_to(arguments.output.as_deref(), |out| out.write_all(text.as_bytes()))?;
    Ok(ending)
}

/// The object with its file's path before all else.
fn with_path(path: &str, value: Value) -> Value {
    let mut object = serde_json::Map::new();
    object.insert("path".to_string(), Value::from(path));
    if let Value::Object(rest) = value {
        object.extend(rest);
    }
    Value::Object(object)
}

/// What came of each file, in order, whatever the number of threads.
fn all(files: &[PathBuf], arguments: &ScoreArguments) -> Vec<Found> {
    let options = arguments.drawing.drawing(arguments.scenario.options());
    let threads = arguments.scenario.threads().min(files.len()).max(1);
    let mut share = options.clone();
    if threads > 1 {
        (share.limits.threads, share.sampling.threads) = (1, 1);
        share.limits.memory /= threads as u64;
    }
    let progress = bar(Some(files.len() as u64), "scenarios");
    let found: Mutex<Vec<(usize, Found)>> = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some((index, path)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, files.get(at)?)))
        {
            let one = one(path, arguments, &share);
            found.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push((index, one));
            progress.inc(1);
        }
    };
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    progress.finish_and_clear();
    let mut found = found.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    found.sort_by_key(|(index, _)| *index);
    found.into_iter().map(|(_, found)| found).collect()
}

fn one(path: &Path, arguments: &ScoreArguments, options: &Options) -> Found {
    let name = input::name(path);
    let failed = |ending: Ending, why: String| {
        terminal::complain(&format!("{name}: {why}"));
        Found::Failed(ending, render::unreadable_json(&name, &why))
    };
    let parsed = match input::parse(path, &arguments.scenario) {
        Ok(parsed) => parsed,
        Err(why) => return failed(Ending::Fault, why),
    };
    let scenario = match &parsed.scenario {
        Ok(scenario) => scenario,
        Err(invalid) => {
            let ending = input::complain(&parsed, invalid);
            return Found::Failed(ending, render::invalid_json(&name, &parsed.text, invalid));
        }
    };
    match score(scenario, &when(arguments), options) {
        Ok(scored) if scored.is_empty() => Found::Nothing(nothing(&scored)),
        Ok(scored) => Found::Scored(scored),
        Err(refusal @ Refusal::Named(_)) => failed(Ending::Misuse, refusal.to_string()),
        Err(refusal) => failed(Ending::Fault, refusal.to_string()),
    }
}

fn when(arguments: &ScoreArguments) -> When {
    match (arguments.scenario.as_of, arguments.every, &arguments.before[..]) {
        (Some(day), _, _) => When::AsOf(day),
        (None, _, [_, ..]) => When::Before(arguments.before.iter().map(|Every(days)| *days).collect()),
        (None, Some(every), _) => When::Every(every),
        (None, None, _) => When::default(),
    }
}

/// Why there is nothing to score.
fn nothing(scored: &Scored) -> String {
    let why = if scored.events.is_empty() && scored.queries.is_empty() {
        "no event has 'happened', and no query an 'outcome': there is nothing to score"
    } else {
        "no forecast lies before an outcome was known: there is nothing to score"
    };
    let notes: String = scored.notes.iter().map(|note| format!("; {note}")).collect();
    format!("{why}{notes}")
}
