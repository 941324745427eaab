//! `dateline report`.

use super::arguments::{DrawingArguments, ScenarioArguments};
use super::explain::{MOST_EVENTS, first_targets};
use super::input::Parsed;
use super::output::write_to;
use super::{Ending, input, terminal};
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
    let path = &arguments.scenario.scenarios[0];
    let name = input::name(path);
    let failed = |ending: Ending, why: String| {
        terminal::complain(&format!("{name}: {why}"));
        Ok(ending)
    };
    let parsed = match input::parse(path, &arguments.scenario) {
        Ok(parsed) => parsed,
        Err(why) => return failed(Ending::Fault, why),
    };
    let scenario = match &parsed.scenario {
        Ok(scenario) => scenario,
        Err(invalid) => return Ok(input::complain(&parsed, invalid)),
    };
    let options = arguments.drawing.drawing(arguments.scenario.options());
    let answer = match forecast(scenario, &options) {
        Ok(answer) => answer,
        Err(refusal) => return failed(blame(&refusal), refusal.to_string()),
    };
    let feasible = matches!(answer, Answer::Forecast(_));
    let parts = match &answer {
        Answer::Forecast(forecast) => Parts::new(scenario, forecast, &options, arguments.brief),
        Answer::Infeasible(_) => Parts::default(),
    };
    let text = with_included(&parsed);
    let contents = PageContents {
        name: &name,
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
        Err(refusal) => return failed(blame(&refusal), refusal.to_string()),
    };
    write_to(Some(&arguments.output), |out| out.write_all(text.as_bytes()))?;
    if feasible {
        return Ok(Ending::Done);
    }
    failed(Ending::Fault, "this cannot hold together; the page says why".to_string())
}

/// The scenario's text, and those of the files that it includes, each below a line with its name.
fn with_included(parsed: &Parsed) -> String {
    let files = parsed.changes.files.iter().filter_map(|(path, text)| Some((path, text.as_ref().ok()?)));
    let included: String = files.map(|(path, text)| format!("\n\n# ---- {path} ----\n\n{text}")).collect();
    parsed.text.clone() + &included
}

fn blame(refusal: &Refusal) -> Ending {
    if matches!(refusal, Refusal::Named(_)) { Ending::Misuse } else { Ending::Fault }
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
