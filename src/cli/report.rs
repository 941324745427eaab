//! `dateline report`.

use super::arguments::{DrawingArguments, ScenarioArguments};
use super::explain::{MOST_EVENTS, first_targets};
use super::input::One;
use super::output::write_to;
use super::{Ending, input};
use clap::Args;
use dateline::render::{PageContents, page};
use dateline::{
    Answer, Explained, Forecast, JointMap, JointMapped, Options, Reasons, Refusal, Scenario, Stretch, Timeline,
    claimed_days, explain, forecast, joint_map, timeline,
};
use std::io;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct ReportArguments {
    #[command(flatten)]
    pub scenario: ScenarioArguments,

    #[command(flatten)]
    pub drawing: DrawingArguments,

    /// Write the page to this file; - writes it to standard output
    #[arg(short, long, value_name = "FILE.html")]
    pub output: PathBuf,

    /// Leave out why the forecast is what it is, and how it moved, which take a forecast each for every report and date
    #[arg(long)]
    pub brief: bool,
}

/// Writes a page about one scenario.
pub fn run(arguments: &ReportArguments) -> io::Result<Ending> {
    let one = match input::one(&arguments.scenario) {
        Ok(one) => one,
        Err(ending) => return Ok(ending),
    };
    let scenario = &one.scenario;
    let options = arguments.drawing.drawing(arguments.scenario.options());
    let answer = match forecast(scenario, &options) {
        Ok(answer) => answer,
        Err(refusal) => return Ok(one.refused(&refusal)),
    };
    let feasible = matches!(answer, Answer::Forecast(_));
    let parts = match &answer {
        Answer::Forecast(forecast) => Parts::new(scenario, forecast, &options, arguments.brief),
        Answer::Infeasible(_) => Parts::default(),
    };
    let text = with_included(&one);
    let contents = PageContents {
        name: &one.name,
        text: &text,
        answer: &answer,
        claimed: &claimed_days(scenario),
        map: parts.map.as_ref(),
        reasons: parts.reasons.as_ref(),
        timeline: parts.timeline.as_ref(),
        missing: &parts.missing,
    };
    let text = match page(&contents) {
        Ok(text) => text,
        Err(refusal) => return Ok(one.refused(&refusal)),
    };
    write_to(Some(&arguments.output), |out| out.write_all(text.as_bytes()))?;
    if feasible {
        return Ok(Ending::Done);
    }
    Ok(one.fails(Ending::Fault, "this cannot hold together; the page says why"))
}

/// The scenario's text, and those of the files that it includes, each below a line with its name.
fn with_included(one: &One) -> String {
    let files = one.changes.files.iter().filter_map(|(path, text)| Some((path, text.as_ref().ok()?)));
    let included: String = files.map(|(path, text)| format!("\n\n# ---- {path} ----\n\n{text}")).collect();
    one.text.clone() + &included
}

/// What a page tells besides the forecast, as far as it is within reach.
#[derive(Default)]
struct Parts {
    map: Option<JointMap>,
    reasons: Option<Reasons>,
    timeline: Option<Timeline>,
    missing: Vec<String>,
}

impl Parts {
    fn new(scenario: &Scenario, forecast: &Forecast, options: &Options, brief: bool) -> Parts {
        let mut parts = Parts::default();
        parts.map = match joint_map(scenario, &[], options) {
            Ok(JointMapped::Map(map)) => Some(*map),
            // One event alone has no map, and needs none.
            Ok(JointMapped::Infeasible(_)) | Err(Refusal::Nothing(_)) => None,
            Err(refusal) => parts.lacks("A map of two dates", &refusal),
        };
        if brief {
            return parts;
        }
        let open = forecast.events.iter().filter(|event| event.in_doubt()).count();
        if open > MOST_EVENTS {
            parts.missing.push(format!("Why: of {open} events in doubt the first {MOST_EVENTS} are explained."));
        }
        let wanted = first_targets(forecast);
        // Where nothing is named, everything is explained.
        let something = !(wanted.events.is_empty() && wanted.queries.is_empty());
        let found = something.then(|| explain(scenario, &wanted, options)).transpose();
        parts.reasons = match found {
            Ok(Some(Explained::Reasons(reasons))) => Some(reasons),
            Ok(Some(Explained::Infeasible(_)) | None) => None,
            Err(refusal) => parts.lacks("Why the forecast is what it is", &refusal),
        };
        parts.timeline = match timeline(scenario, Stretch::default(), options) {
            Ok(timeline) => Some(timeline).filter(is_worth_telling),
            Err(refusal) => parts.lacks("How the forecast moved", &refusal),
        };
        parts
    }

    fn lacks<T>(&mut self, what: &str, refusal: &Refusal) -> Option<T> {
        self.missing.push(format!("{what}: {refusal}."));
        None
    }
}

/// Whether a forecast can have moved by something that has a date.
fn is_worth_telling(timeline: &Timeline) -> bool {
    let sound = timeline.rows.iter().any(|row| !row.events.is_empty());
    sound && timeline.rows.len() > 1 && timeline.rows.iter().any(|row| !row.news.is_empty())
}
