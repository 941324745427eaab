//! `dateline explain`.

use super::arguments::{DrawingArguments, ScenarioArguments};
use super::{Ending, input, terminal};
use clap::{Args, ValueEnum};
use dateline::{Answer, Explained, Forecast, Wanted, explain, render};
use std::io::{self, Write};

#[derive(Debug, Args)]
pub struct ExplainArguments {
    #[command(flatten)]
    pub scenario: ScenarioArguments,

    #[command(flatten)]
    pub drawing: DrawingArguments,

    /// Explain this event only, and what --ask asks (repeatable)
    #[arg(long, value_name = "ID")]
    pub event: Vec<String>,

    /// Output format
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    pub format: ExplainFormat,

    /// Width of the text in columns [default: the terminal's, or 80]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=400))]
    pub width: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// So many events in doubt are explained in pictures and pages where none are named.
pub const MOST_EVENTS: usize = 20;

/// What pictures and pages explain of a forecast: the first events in doubt and all questions.
pub fn first_targets(forecast: &Forecast) -> Wanted {
    let open = forecast.events.iter().filter(|event| event.in_doubt());
    Wanted {
        events: open.take(MOST_EVENTS).map(|event| event.id.clone()).collect(),
        queries: forecast.queries.iter().map(|query| query.id.clone()).collect(),
    }
}

/// Explains one scenario's forecast.
pub fn run(arguments: &ExplainArguments) -> io::Result<Ending> {
    let one = match input::one(&arguments.scenario) {
        Ok(one) => one,
        Err(ending) => return Ok(ending),
    };
    let scenario = &one.scenario;
    let wanted = Wanted { events: arguments.event.clone(), queries: arguments.scenario.ask.clone() };
    let found = match explain(scenario, &wanted, &arguments.drawing.drawing(arguments.scenario.options())) {
        Ok(found) => found,
        Err(refusal) => return Ok(one.refused(&refusal)),
    };
    let look = terminal::look(arguments.width);
    let (ending, text) = match &found {
        Explained::Reasons(reasons) => (Ending::Done, render::reasons_text(reasons, &look)),
        Explained::Infeasible(infeasible) => {
            (Ending::Fault, render::text(&Answer::Infeasible(infeasible.clone()), &look))
        }
    };
    let mut out = io::stdout().lock();
    match arguments.format {
        ExplainFormat::Text => out.write_all(text.as_bytes())?,
        ExplainFormat::Json => out.write_all(render::json(&found).as_bytes())?,
    }
    out.flush()?;
    Ok(ending)
}
