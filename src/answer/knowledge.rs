//! A day in; what was known on its evening, as facts, out.

use super::testimony::known;
use crate::day::Day;
use crate::model::{EventId, Model, Outcome};
use crate::network::{Compiler, Formula};

/// The facts of a moment, without silence.
///
/// Two moments with the same members know the same, so what was computed for one serves the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Known {
    /// Indices of the observations.
    pub observations: Vec<usize>,
    /// Events whose outcome is known.
    pub outcomes: Vec<usize>,
    /// Indices of the assumptions.
    pub assumptions: Vec<usize>,
    /// Events that did not start on or before their day.
    pub silent: Vec<(usize, Day)>,
}

/// What was known on the evening of `by` (`None`: everything); `now` adds the assumptions. Silence comes later, since
/// it depends on what the rest leaves possible.
pub fn known_by(model: &Model, by: Option<Day>, now: bool) -> Known {
    let observations = model.observations.iter().enumerate();
    let observations = observations.filter(|(_, o)| !o.dropped && known(o.date, by)).map(|(index, _)| index);
    let outcomes = (0..model.events.len()).filter(|index| outcome_by(model, *index, by).is_some());
    Known {
        observations: observations.collect(),
        outcomes: outcomes.collect(),
        assumptions: (0..model.assumptions.len()).filter(|index| now && !model.assumptions[*index].dropped).collect(),
        silent: Vec::new(),
    }
}

fn outcome_by(model: &Model, event: usize, by: Option<Day>) -> Option<Outcome> {
    let event = &model.events[event];
    let outcome = event.happened.filter(|_| !event.is_on_a_date())?;
    let reached = match outcome {
        Outcome::DidNotOccur => by.is_none_or(|by| by >= model.horizon.1),
        Outcome::Started(day) => by.is_none_or(|by| day <= by),
    };
    reached.then_some(outcome)
}

/// Events of which one would have heard by `by` had they started: with an as-of date, the visible ones in doubt without
/// a known outcome.
pub fn open_events(model: &Model, by: Option<Day>) -> Vec<usize> {
    if model.as_of.is_none() || by.is_none() {
        return Vec::new();
    }
    let open = |index: &usize| {
        let event = &model.events[*index];
        !event.is_on_a_date() && event.visible && outcome_by(model, *index, by).is_none()
    };
    (0..model.events.len()).filter(open).collect()
}

/// The facts as formulas.
pub fn formulas(model: &Model, compiler: &Compiler<'_>, known: &Known) -> Vec<Formula> {
    let observations = known.observations.iter().map(|index| compiler.truth(&model.observations[*index].says));
    let outcomes = known.outcomes.iter().filter_map(|index| {
        let outcome = model.events[*index].happened?;
        Some(compiler.outcome(EventId(*index), outcome))
    });
    let assumed = known.assumptions.iter().map(|index| compiler.truth(&model.assumptions[*index].says));
    let silent = known.silent.iter().map(|(event, day)| compiler.silence(EventId(*event), *day));
    observations.chain(outcomes).chain(assumed).chain(silent).collect()
}
