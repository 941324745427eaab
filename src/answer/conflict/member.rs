//! A model in; what can be given up of it, and the model without some of that, out.

use crate::answer::knowledge::known_by;
use crate::answer::testimony::{is_hard, known};
use crate::day::Day;
use crate::model::{Model, Start, Strength};
use crate::shape::Masses;

/// Something that can be given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    Rule(usize),
    Observation(usize),
    Report(usize),
    /// An event's date.
    On(usize),
    Window(usize),
    Happened(usize),
    /// An event of which nothing was heard until that day.
    Silence(usize, Day),
    Assumption(usize),
}

/// All that can be given up, in the order of their names.
pub fn members(model: &Model) -> Vec<Member> {
    let facts = known_by(model, model.as_of, true);
    let mut found: Vec<Member> = Vec::new();
    for (index, event) in model.events.iter().enumerate() {
        match &event.start {
            Start::On(_) => found.push(Member::On(index)),
            Start::Prior { unwindowed: Some(_), .. } => found.push(Member::Window(index)),
            _ => {}
        }
        if let Some(day) = model.as_of.filter(|_| event.visible && !event.is_on_a_date()) {
            found.push(Member::Silence(index, day));
        }
    }
    let counts = |index: &usize| {
        let report = &model.reports[*index];
        !report.dropped && known(report.date, model.as_of) && is_hard(report.strength)
    };
    found.extend((0..model.reports.len()).filter(counts).map(Member::Report));
    found.extend((0..model.assumptions.len()).map(Member::Assumption));
    found.extend(facts.outcomes.iter().map(|event| Member::Happened(*event)));
    found.extend(facts.observations.iter().map(|index| Member::Observation(*index)));
    found.extend((0..model.rules.len()).filter(|index| !model.rules[*index].dropped).map(Member::Rule));
    found.sort_by_cached_key(|member| member.name(model));
    found
}

impl Member {
    /// `rule:ID`, `observation:ID`, `report:ID`, `event:ID.on|window|happened|silence`, `assume:N`.
    pub fn name(self, model: &Model) -> String {
        let event = |index: usize, what: &str| format!("event:{}.{what}", model.events[index].id);
        match self {
            Member::Rule(index) => format!("rule:{}", model.rules[index].id),
            Member::Observation(index) => format!("observation:{}", model.observations[index].id),
            Member::Report(index) => format!("report:{}", model.reports[index].id),
            Member::On(index) => event(index, "on"),
            Member::Window(index) => event(index, "window"),
            Member::Happened(index) => event(index, "happened"),
            Member::Silence(index, _) => event(index, "silence"),
            Member::Assumption(index) => format!("assume:{}", index + 1),
        }
    }
}

/// The model with these of its members only: the rest of what can be given up is.
///
/// An event without its date can be on any day of the horizon, and is not one of which anything would have been heard.
pub fn reduced(model: &Model, kept: &[Member]) -> Model {
    let mut reduced = model.clone();
    reduced.rules.iter_mut().for_each(|rule| rule.dropped = true);
    reduced.observations.iter_mut().for_each(|observation| observation.dropped = true);
    reduced.reports.iter_mut().for_each(|report| report.dropped |= is_hard(report.strength));
    // What is not yet known is no member, and no fact either.
    known_by(model, model.as_of, true).outcomes.iter().for_each(|event| reduced.events[*event].happened = None);
    for event in &mut reduced.events {
        event.visible &= model.as_of.is_none();
        match &event.start {
            Start::On(_) => {
                let days = model.days();
                let days = Masses { first: 0, masses: vec![1.0 / f64::from(days); days as usize].into() };
                event.start = Start::Prior { days, never: 0.0, unwindowed: None };
                event.visible = false;
            }
            Start::Prior { unwindowed: Some(days), never, .. } => {
                event.start = Start::Prior { days: days.clone(), never: *never, unwindowed: None };
            }
            _ => {}
        }
    }
    reduced.assumptions.iter_mut().for_each(|assumption| assumption.dropped = true);
    for member in kept {
        match *member {
            Member::Rule(index) => reduced.rules[index].dropped = false,
            Member::Observation(index) => reduced.observations[index].dropped = false,
            Member::Report(index) => reduced.reports[index].dropped = false,
            Member::On(index) | Member::Window(index) => {
                reduced.events[index].start = model.events[index].start.clone();
            }
            Member::Happened(index) => reduced.events[index].happened = model.events[index].happened,
            Member::Silence(index, _) => reduced.events[index].visible = true,
            Member::Assumption(index) => reduced.assumptions[index].dropped = false,
        }
    }
    reduced
}

/// Whether a report of this strength affirms its claim, where it is beyond doubt.
pub fn affirms(strength: Strength) -> bool {
    matches!(strength, Strength::Credibility { hedge, .. } if hedge > 0.0)
}
