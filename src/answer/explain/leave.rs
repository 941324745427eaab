//! A model in; all that can be left out of it one by one, and the model without it, out.

use crate::answer::knowledge::known_by;
use crate::answer::testimony::known;
use crate::day::Day;
use crate::model::{Model, Outcome, Report};

/// Something that a forecast can be made without.
#[derive(Clone, Debug, PartialEq)]
pub enum Leave {
    Rule(usize),
    Observation(usize),
    Assumption(usize),
    Happened(usize),
    /// That nothing has been heard of an event until a day.
    Silence(usize, Day),
    Report(usize),
    /// All reports of a source.
    Source(String),
}

/// Every rule, fact, report and source that counts; `silent` are the events whose silence says something.
pub fn leaves(model: &Model, silent: &[(usize, Day)]) -> Vec<Leave> {
    let facts = known_by(model, model.as_of, true);
    let mut found: Vec<Leave> =
        (0..model.rules.len()).filter(|rule| !model.rules[*rule].dropped).map(Leave::Rule).collect();
    found.extend(facts.observations.iter().map(|index| Leave::Observation(*index)));
    found.extend(facts.assumptions.iter().map(|index| Leave::Assumption(*index)));
    found.extend(facts.outcomes.iter().map(|event| Leave::Happened(*event)));
    found.extend(silent.iter().map(|(event, day)| Leave::Silence(*event, *day)));
    let reports = model.reports.iter().enumerate();
    let counting = reports.filter(|(_, report)| !report.dropped && known(report.date, model.as_of));
    let mut sources: Vec<&String> = Vec::new();
    for (index, report) in counting {
        found.push(Leave::Report(index));
        if let Some(source) = report.source.as_ref().filter(|source| !sources.contains(source)) {
            sources.push(source);
        }
    }
    found.extend(sources.into_iter().map(|source| Leave::Source(source.clone())));
    found
}

impl Leave {
    /// The model without it.
    pub fn out_of(&self, model: &Model) -> Model {
        let mut left = model.clone();
        match self {
            Leave::Rule(index) => left.rules[*index].dropped = true,
            Leave::Observation(index) => left.observations[*index].dropped = true,
            Leave::Assumption(index) => left.assumptions[*index].dropped = true,
            Leave::Happened(event) => left.events[*event].happened = None,
            Leave::Silence(event, _) => left.events[*event].visible = false,
            Leave::Report(index) => left.reports[*index].dropped = true,
            Leave::Source(source) => {
                let of_source = left.reports.iter_mut().filter(|report| report.source.as_ref() == Some(source));
                of_source.for_each(|report| report.dropped = true);
            }
        }
        left
    }

    /// `rule:ID`, `observation:ID`, `assume:N`, `event:ID.happened`, `event:ID.silence`, `report:ID`, `source:ID`.
    pub fn name(&self, model: &Model) -> String {
        match self {
            Leave::Rule(index) => format!("rule:{}", model.rules[*index].id),
            Leave::Observation(index) => format!("observation:{}", model.observations[*index].id),
            Leave::Assumption(index) => format!("assume:{}", index + 1),
            Leave::Happened(event) => format!("event:{}.happened", model.events[*event].id),
            Leave::Silence(event, _) => format!("event:{}.silence", model.events[*event].id),
            Leave::Report(index) => format!("report:{}", model.reports[*index].id),
            Leave::Source(source) => format!("source:{source}"),
        }
    }

    /// What it says, for people.
    pub fn says(&self, model: &Model) -> String {
        match self {
            Leave::Rule(index) => model.rules[*index].text.clone(),
            Leave::Observation(index) => model.observations[*index].text.clone(),
            Leave::Assumption(index) => model.assumptions[*index].text.clone(),
            Leave::Happened(event) => match model.events[*event].happened {
                Some(Outcome::Started(day)) => format!("started on {day}"),
                _ => "did not occur".to_string(),
            },
            Leave::Silence(_, day) => format!("not heard of by {day}"),
            Leave::Report(index) => model.reports[*index].text.clone(),
            Leave::Source(source) => {
                let title = model.reports.iter().find(|report| report.source.as_ref() == Some(source));
                title.and_then(|report| report.source_title.clone()).unwrap_or_default()
            }
        }
    }

    /// Whose word a report is.
    pub fn source(&self, model: &Model) -> Option<String> {
        let Leave::Report(index) = self else { return None };
        let report = &model.reports[*index];
        report.source_title.clone().or_else(|| report.source.clone())
    }

    /// Whether it is a source of which a single report counts.
    pub fn is_a_single_report(&self, model: &Model) -> bool {
        let Leave::Source(source) = self else { return false };
        let counts = |report: &&Report| !report.dropped && known(report.date, model.as_of);
        model.reports.iter().filter(counts).filter(|report| report.source.as_ref() == Some(source)).count() == 1
    }
}
