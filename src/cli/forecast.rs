//! `dateline forecast`.

use super::Ending;
use super::arguments::{SamplingArguments, ScenarioArguments};
use super::waiting::Waiting;
use super::{input, terminal};
use clap::{Args, ValueEnum};
use dateline::{Answer, MethodChoice, Options, Refusal, Scenario, forecast_watched, outline, render};
use serde_json::Value;
use std::io::{self, Write};
use std::path::Path;

#[derive(Debug, Args)]
pub struct ForecastArguments {
    #[command(flatten)]
    pub scenario: ScenarioArguments,

    #[command(flatten)]
    pub sampling: SamplingArguments,

    /// Output format
    #[arg(long, value_enum, default_value_t = ForecastFormat::Text)]
    pub format: ForecastFormat,

    /// Combine the weeks of these events (at most three) [default: the first three in doubt]
    #[arg(long, value_name = "EVENT,…", value_delimiter = ',')]
    pub joint: Option<Vec<String>>,

    /// Say first on standard error how it is computed and what that is predicted to take
    ///
    /// What is computed exactly is then computed twice.
    #[arg(short, long)]
    pub verbose: bool,

    /// Width of the text in columns [default: the terminal's, or 80]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=400))]
    pub width: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ForecastFormat {
    /// For people
    Text,
    /// All of it, for programs
    Json,
    /// One row an event and day: event, date, probability (no date: does not occur)
    Csv,
}

impl ForecastArguments {
    /// How to forecast; `Err` says which options do not go together.
    pub fn options(&self) -> Result<Options, String> {
        Ok(Options { joint: self.joint.clone(), ..self.sampling.options(&self.scenario)? })
    }
}

/// What came of one scenario, or what is wrong with it (which has been told on standard error) as JSON.
type Outcome = Result<Answer, (Ending, Value)>;

/// Forecasts every scenario; a bad one does not keep the others from being forecast.
pub fn run(arguments: &ForecastArguments) -> io::Result<Ending> {
    let options = match arguments.options() {
        Ok(options) => options,
        Err(why) => {
            terminal::complain(&why);
            return Ok(Ending::Misuse);
        }
    };
    let waiting = Waiting::new(arguments.sampling.timeout);
    let scenarios = &arguments.scenario.scenarios;
    let mut ending = Ending::Done;
    let mut outcomes: Vec<Outcome> = Vec::new();
    let mut out = io::stdout().lock();
    for path in scenarios {
        let outcome = one(path, arguments, &options, &waiting);
        ending = ending.max(match &outcome {
            Ok(Answer::Forecast(_)) => Ending::Done,
            Ok(Answer::Infeasible(_)) => Ending::Fault,
            Err((ending, _)) => *ending,
        });
        if let Ok(answer) = &outcome {
            let first = !outcomes.iter().any(Result::is_ok);
            write_at_once(&mut out, answer, first, arguments)?;
        }
        outcomes.push(outcome);
        if waiting.interrupted() {
            ending = Ending::Interrupted;
            break;
        }
    }
    match arguments.format {
        ForecastFormat::Text => {}
        ForecastFormat::Json => out.write_all(json(&outcomes, scenarios.len() > 1).as_bytes())?,
        ForecastFormat::Csv => {
            let answers: Vec<Answer> = outcomes.into_iter().filter_map(Result::ok).collect();
            out.write_all(render::csv(&answers, scenarios.len() > 1).as_bytes())?;
        }
    }
    out.flush()?;
    Ok(ending)
}

/// What does not wait for the other scenarios.
fn write_at_once(out: &mut impl Write, answer: &Answer, first: bool, arguments: &ForecastArguments) -> io::Result<()> {
    match (arguments.format, answer) {
        (ForecastFormat::Text, answer) => {
            if !first {
                writeln!(out)?;
            }
            out.write_all(render::text(answer, &terminal::look(arguments.width)).as_bytes())
        }
        // A table has no place for why there is no forecast.
        (ForecastFormat::Csv, infeasible @ Answer::Infeasible(_)) => {
            terminal::note(&render::text(infeasible, &terminal::look(arguments.width)));
            Ok(())
        }
        _ => Ok(()),
    }
}

fn one(path: &Path, arguments: &ForecastArguments, options: &Options, waiting: &Waiting) -> Outcome {
    let name = input::name(path);
    let failed = |ending: Ending, why: String| {
        terminal::complain(&format!("{name}: {why}"));
        Err((ending, render::unreadable_json(&name, &why)))
    };
    let parsed = match input::parse(path, &arguments.scenario) {
        Ok(parsed) => parsed,
        Err(why) => return failed(Ending::Fault, why),
    };
    let scenario = match &parsed.scenario {
        Ok(scenario) => scenario,
        Err(invalid) => {
            let ending = input::complain(&parsed, invalid);
            return Err((ending, render::invalid_json(&name, &parsed.text, invalid)));
        }
    };
    if arguments.verbose {
        terminal::note(&plan(&name, scenario, options, waiting));
    }
    match waiting.during(|watch| forecast_watched(scenario, options, watch)) {
        Ok(answer) => Ok(answer),
        Err(refusal @ Refusal::Named(_)) => failed(Ending::Misuse, refusal.to_string()),
        Err(refusal) => failed(Ending::Fault, refusal.to_string()),
    }
}

/// How a scenario is computed, for people.
fn plan(name: &str, scenario: &Scenario, options: &Options, waiting: &Waiting) -> String {
    let words = match options.method {
        MethodChoice::Sample => vec!["worlds are drawn".to_string()],
        _ => match waiting.during(|_| outline(scenario, options)) {
            Ok(outline) => outline.words,
            Err(refusal) => vec![refusal.to_string()],
        },
    };
    let lines: Vec<String> = words.iter().map(|words| format!("  {words}\n")).collect();
    format!("plan of {name}\n{}", lines.concat())
}

/// One object (none for one scenario that is at fault: errors are no results), or an array in the order of the
/// scenarios, in which one that is at fault keeps its place with its diagnostics.
fn json(outcomes: &[Outcome], several: bool) -> String {
    let value = |outcome: &Outcome| match outcome {
        Ok(answer) => serde_json::to_value(answer).expect("answers are made of what JSON can hold"),
        Err((_, value)) => value.clone(),
    };
    match outcomes {
        [Ok(answer)] if !several => render::json(answer),
        [Err(_)] if !several => String::new(),
        all => render::json(&all.iter().map(value).collect::<Vec<Value>>()),
    }
}
