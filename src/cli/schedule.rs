//! `dateline schedule`.

use super::arguments::ScenarioArguments;
use super::{Ending, input, terminal};
use clap::{Args, ValueEnum};
use dateline::{Answer, AskedDay, Scheduled, render, schedule};
use std::io::{self, Write};

#[derive(Debug, Args)]
pub struct ScheduleArguments {
    #[command(flatten)]
    pub scenario: ScenarioArguments,

    /// Evaluate this day as well: DATE, or NAME=DATE where there are several decisions, or NAME=never (repeatable)
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    pub ask_day: Vec<AskedDay>,

    /// Output format
    #[arg(long, value_enum, default_value_t = ScheduleFormat::Text)]
    pub format: ScheduleFormat,

    /// Width of the text in columns [default: the terminal's, or 80]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=400))]
    pub width: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScheduleFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

fn parse_day(text: &str) -> Result<AskedDay, String> {
    let (decision, day) = match text.split_once('=') {
        Some((decision, day)) => (Some(decision.trim().to_string()), day.trim()),
        None => (None, text.trim()),
    };
    if day == "never" {
        return Ok(AskedDay { decision, day: None });
    }
    match day.parse() {
        Ok(day) => Ok(AskedDay { decision, day: Some(day) }),
        Err(_) => Err("expected a date (YYYY-MM-DD), NAME=DATE or NAME=never".to_string()),
    }
}

/// Finds the best plan of one scenario.
pub fn run(arguments: &ScheduleArguments) -> io::Result<Ending> {
    let one = match input::one(&arguments.scenario) {
        Ok(one) => one,
        Err(ending) => return Ok(ending),
    };
    let scenario = &one.scenario;
    let found = match schedule(scenario, &arguments.ask_day, &arguments.scenario.options()) {
        Ok(found) => found,
        Err(refusal) => return Ok(one.refused(&refusal)),
    };
    let look = terminal::look(arguments.width);
    let (ending, text) = match &found {
        Scheduled::Schedule(schedule) => (Ending::Done, render::schedule_text(schedule, &look)),
        Scheduled::NoPlan(why) => (Ending::Fault, render::no_plan_text(why, &look)),
        Scheduled::Infeasible(infeasible) => {
            (Ending::Fault, render::text(&Answer::Infeasible(infeasible.clone()), &look))
        }
    };
    let mut out = io::stdout().lock();
    match arguments.format {
        ScheduleFormat::Text => out.write_all(text.as_bytes())?,
        ScheduleFormat::Json => out.write_all(render::json(&found).as_bytes())?,
    }
    out.flush()?;
    Ok(ending)
}
