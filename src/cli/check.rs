//! `dateline check`.

use super::Ending;
use super::arguments::{ScenarioArguments, parse_samples};
use super::{input, terminal};
use clap::{Args, ValueEnum};
use dateline::{Options, Sampling, check, render};
use serde_json::Value;
use std::io::{self, Write};
use std::path::Path;

#[derive(Debug, Args)]
pub struct CheckArguments {
    #[command(flatten)]
    pub scenario: ScenarioArguments,

    /// Draw so many worlds where the scenario cannot be computed [default: 1000]
    #[arg(long, value_name = "N", value_parser = parse_samples, help_heading = "Solving")]
    pub samples: Option<usize>,

    /// Draw other worlds with another seed
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Solving")]
    pub seed: u64,

    /// List so many conflicts, repairs and contradictions of reports
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub limit: u32,

    /// Output format
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

impl CheckArguments {
    /// How to check.
    pub fn options(&self) -> Options {
        let options = self.scenario.options();
        let sampling =
            Sampling { samples: self.samples, error: None, seed: self.seed, threads: options.limits.threads };
        Options { sampling, listed: self.limit as usize, ..options }
    }
}

/// Checks every scenario.
pub fn run(arguments: &CheckArguments) -> io::Result<Ending> {
    let options = arguments.options();
    let mut ending = Ending::Done;
    let mut objects: Vec<Value> = Vec::new();
    let mut out = io::stdout().lock();
    for path in &arguments.scenario.scenarios {
        let (one, text, object) = one(path, arguments, &options);
        ending = ending.max(one);
        match arguments.format {
            CheckFormat::Text => out.write_all(text.as_bytes())?,
            CheckFormat::Json => objects.push(object),
        }
    }
    if arguments.format == CheckFormat::Json {
        let text = if let [only] = &objects[..] { render::json(only) } else { render::json(&objects) };
        out.write_all(text.as_bytes())?;
    }
    out.flush()?;
    Ok(ending)
}

/// How one scenario ends, and what is to be said of it as text and as JSON; what is wrong with it goes to standard error
/// unless it is part of the JSON.
fn one(path: &Path, arguments: &CheckArguments, options: &Options) -> (Ending, String, Value) {
    let name = input::name(path);
    let failed = |why: String| {
        terminal::complain(&format!("{name}: {why}"));
        (Ending::Fault, String::new(), render::unreadable_json(&name, &why))
    };
    let parsed = match input::parse(path, &arguments.scenario) {
        Ok(parsed) => parsed,
        Err(why) => return failed(why),
    };
    let scenario = match &parsed.scenario {
        Ok(scenario) => scenario,
        Err(invalid) => {
            let object = render::invalid_json(&name, &parsed.text, invalid);
            let ending = match arguments.format {
                CheckFormat::Text => input::complain(&parsed, invalid),
                CheckFormat::Json => input::ending(invalid),
            };
            return (ending, String::new(), object);
        }
    };
    match check(scenario, options) {
        Err(refusal) => failed(refusal.to_string()),
        Ok(found) => {
            let ending = if found.feasible { Ending::Done } else { Ending::Fault };
            let text = render::check_text(&name, &found, &terminal::look(None));
            (ending, text, render::check_json(&name, &found))
        }
    }
}
