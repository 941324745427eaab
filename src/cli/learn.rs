//! `dateline learn`.

use super::folder::scenario_files;
use super::output::write_to;
use super::waiting::Waiting;
use super::{Ending, arguments, input, terminal};
use clap::{Args, ValueEnum};
use dateline::{
    BetaPrior, Cases, Changes, Invalid, Learned, Options, Scenario, Voice, learn_cases, learn_scenarios, render,
};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct LearnArguments {
    /// A table of cases (CSV), or scenarios whose outcome is known, and folders of them
    #[arg(required = true, value_name = "CASES.csv|SCENARIO")]
    pub paths: Vec<PathBuf>,

    #[command(flatten)]
    pub record: RecordArguments,

    /// The credibility's prior, Beta(A, B) [default: 1,1, any is as probable as any other]
    #[arg(long, value_name = "A,B", value_parser = parse_prior)]
    pub prior: Option<BetaPrior>,

    /// Write the sources to this file, to be included in scenarios; the table for people then goes to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Output format [default: toml]
    #[arg(long, value_enum)]
    pub format: Option<LearnFormat>,

    /// Width of the text in columns [default: the terminal's, or 80]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=400))]
    pub width: Option<u16>,
}

/// What commands take that read tables of cases.
#[derive(Debug, Args)]
pub struct RecordArguments {
    /// Of a table: whose word a statement is
    #[arg(long, value_enum, default_value_t = By::Kind)]
    pub by: By,

    /// Compute on so many threads, which changes nothing in the answer [default: one a core]
    #[arg(long, value_name = "N", value_parser = arguments::parse_threads)]
    pub threads: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// Of the kind of its source, which stands before the first '@'
    Kind,
    /// Of its source
    Source,
    /// All sources are one
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LearnFormat {
    /// A file of sources
    Toml,
    /// For people
    Text,
    /// For programs
    Json,
}

impl RecordArguments {
    /// Whose word statements are.
    pub fn voice(&self) -> Voice {
        match self.by {
            By::Kind => Voice::Kind,
            By::Source => Voice::Source,
            By::All => Voice::All,
        }
    }

    /// How to solve.
    pub fn options(&self) -> Options {
        let mut options = Options::default();
        options.limits.threads = self.threads.unwrap_or_else(arguments::cores);
        options
    }
}

/// `8,1`: the parameters of a beta distribution.
pub fn parse_prior(text: &str) -> Result<BetaPrior, String> {
    let numbers: Option<Vec<f64>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
    match numbers.as_deref() {
        Some([a, b]) if [a, b].iter().all(|number| (1.0..=1e6).contains(*number)) => Ok(BetaPrior { a: *a, b: *b }),
        _ => Err("expected two numbers from 1 to a million, such as 1,1".to_string()),
    }
}

/// Whether a path is a table of cases.
fn is_table(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
}

/// Learns from a table, or from scenarios.
pub fn run(arguments: &LearnArguments) -> io::Result<Ending> {
    let prior = arguments.prior.unwrap_or(BetaPrior::FLAT);
    let (learned, ending) = match &arguments.paths[..] {
        [path] if is_table(path) => match cases(path, &arguments.record) {
            Ok(cases) => (Waiting::new(None).during(|_| learn_cases(&cases, prior)), Ending::Done),
            Err(ending) => return Ok(ending),
        },
        paths if paths.iter().any(|path| is_table(path)) => {
            terminal::complain("a table of cases is learned from by itself: give one table, or scenarios and folders");
            return Ok(Ending::Misuse);
        }
        paths => {
            let (scenarios, ending) = scenarios(paths);
            let options = arguments.record.options();
            (Waiting::new(None).during(|_| learn_scenarios(&scenarios, prior, &options)), ending)
        }
    };
    if learned.sources.is_empty() {
        terminal::complain("there is nothing to learn from: no source has said anything of which the truth is known");
        return Ok(ending.max(Ending::Fault));
    }
    write(arguments, &learned, prior)?;
    Ok(ending)
}

fn write(arguments: &LearnArguments, learned: &Learned, prior: BetaPrior) -> io::Result<()> {
    let look = terminal::look(arguments.width);
    let text = match arguments.format.unwrap_or(LearnFormat::Toml) {
        LearnFormat::Toml => render::sources_toml(learned, prior),
        LearnFormat::Text => render::learned_text(learned, &look),
        LearnFormat::Json => render::json(learned),
    };
    write_to(arguments.output.as_deref(), |out| out.write_all(text.as_bytes()))?;
    let elsewhere = arguments.output.as_deref().is_some_and(|path| path != Path::new("-"));
    if elsewhere && arguments.format != Some(LearnFormat::Text) {
        io::stdout().lock().write_all(render::learned_text(learned, &look).as_bytes())?;
    }
    Ok(())
}

/// A table of cases; what is wrong with it is told.
pub fn cases(path: &Path, arguments: &RecordArguments) -> Result<Cases, Ending> {
    let name = input::name(path);
    let text = input::read(path).map_err(|why| {
        terminal::complain(&format!("{name}: {why}"));
        Ending::Fault
    })?;
    Cases::parse(&text, arguments.voice()).map_err(|Invalid { diagnostics }| {
        terminal::print_diagnostics(&diagnostics, &name, &text);
        Ending::Fault
    })
}

/// All scenarios; a bad one is told and left out.
fn scenarios(paths: &[PathBuf]) -> (Vec<Scenario>, Ending) {
    let (files, mut ending) = scenario_files(paths);
    let mut found = Vec::new();
    for path in &files {
        match input::read(path) {
            Err(why) => {
                terminal::complain(&format!("{}: {why}", input::name(path)));
                ending = Ending::Fault;
            }
            Ok(text) => {
                let parsed = input::parse_text(input::name(path), path, text, Changes::default());
                match parsed.scenario {
                    Ok(scenario) => found.push(scenario),
                    Err(wrong) => {
                        terminal::print_diagnostics(&wrong.diagnostics, &parsed.path, &parsed.text);
                        ending = Ending::Fault;
                    }
                }
            }
        }
    }
    (found, ending)
}
