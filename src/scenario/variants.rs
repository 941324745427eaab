//! A scenario's text and the keys to vary in; the model for each choice of values, out. The text is read once for each value of
//! a key, not for each choice.

use super::{Changes, Invalid, Scenario};
use crate::day::Day;
use crate::model::{Event, Model, Observation, Query, Report, Rule, Start, Strength};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// So many values are remembered with what they change.
const MOST_REMEMBERED: usize = 20_000;

/// A scenario with keys whose values change.
#[derive(Debug)]
pub struct Variants {
    text: String,
    changes: Changes,
    keys: Vec<String>,
    base: Model,
    remembered: RwLock<HashMap<(usize, String), Arc<Patch>>>,
    /// For each key, where it is a credibility, the reports that take it as it stands.
    credibilities: Vec<OnceLock<Option<Reports>>>,
}

/// Reports by their places in the model.
type Reports = Vec<(usize, Report)>;

/// What a value of a key changes in the model.
#[derive(Debug)]
enum Patch {
    Parts(Vec<Part>),
    /// More than can be put in by itself; or the value is wrong, at least alone.
    Whole,
}

/// A part of the model in place of the one there.
#[derive(Clone, Debug)]
enum Part {
    Event(usize, Event),
    Rule(usize, Rule),
    Report(usize, Report),
    Observation(usize, Observation),
    Query(usize, Query),
    AsOf(Option<Day>),
}

impl Variants {
    /// Reads the scenario as it is.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn new(text: &str, changes: &Changes, keys: &[String]) -> Result<Variants, Invalid> {
        let base = Scenario::parse_with(text, changes)?.model;
        Ok(Variants {
            text: text.to_string(),
            changes: changes.clone(),
            keys: keys.to_vec(),
            base,
            remembered: RwLock::new(HashMap::new()),
            credibilities: keys.iter().map(|_| OnceLock::new()).collect(),
        })
    }

    /// The model of the scenario as it is.
    pub(crate) fn base(&self) -> &Model {
        &self.base
    }

    /// The scenario with one value changed, to see what is wrong with a key or value.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn try_one(&self, key: usize, value: &str) -> Result<(), Invalid> {
        self.read(&[(key, value)]).map(|_| ())
    }

    /// The model with these values, in the order of the keys; `None` leaves what the file has.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub(crate) fn model(&self, values: &[Option<&str>]) -> Result<Model, String> {
        let given: Vec<(usize, &str)> =
            values.iter().enumerate().filter_map(|(key, value)| Some((key, (*value)?))).collect();
        let mut model = self.base.clone();
        let mut taken = BTreeSet::new();
        for (key, value) in &given {
            match &*self.patch(*key, value) {
                Patch::Parts(parts) if parts.iter().all(|part| taken.insert(part.place())) => {
                    parts.iter().cloned().for_each(|part| part.put_into(&mut model));
                }
                _ => return self.whole(&given),
            }
        }
        Ok(model)
    }

    /// Reads the text with all values at once.
    fn whole(&self, given: &[(usize, &str)]) -> Result<Model, String> {
        let model = self.read(given).map_err(|invalid| invalid.to_string())?;
        let events = model.events.iter().map(|event| &event.id).eq(self.base.events.iter().map(|event| &event.id));
        let queries = model.queries.iter().map(|query| &query.id).eq(self.base.queries.iter().map(|query| &query.id));
        if events && queries {
            Ok(model)
        } else {
            Err("the values change which events and queries there are".to_string())
        }
    }

    fn read(&self, given: &[(usize, &str)]) -> Result<Model, Invalid> {
        let mut changes = self.changes.clone();
        changes.set.extend(given.iter().map(|(key, value)| format!("{}={value}", self.keys[*key])));
        Ok(Scenario::parse_with(&self.text, &changes)?.model)
    }

    fn patch(&self, key: usize, value: &str) -> Arc<Patch> {
        if let Some(parts) = self.credibility(key, value) {
            return Arc::new(Patch::Parts(parts));
        }
        let place = (key, value.to_string());
        if let Some(known) = self.remembered.read().unwrap_or_else(PoisonError::into_inner).get(&place) {
            return known.clone();
        }
        let changed = self.read(&[(key, value)]).ok().and_then(|model| parts(&self.base, model));
        let patch = Arc::new(changed.map_or(Patch::Whole, Patch::Parts));
        let mut remembered = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() < MOST_REMEMBERED {
            remembered.insert(place, patch.clone());
        }
        patch
    }

    /// A credibility is put in as it stands, where two others were; nothing need be read for it.
    fn credibility(&self, key: usize, value: &str) -> Option<Vec<Part>> {
        let number: f64 = value.parse().ok().filter(|number| (0.0..=1.0).contains(number))?;
        if !self.keys[key].ends_with(".credibility") {
            return None;
        }
        let reports = self.credibilities[key].get_or_init(|| {
            let probe = |value: f64| {
                let parts = parts(&self.base, self.read(&[(key, &value.to_string())]).ok()?)?;
                let reports = parts.into_iter().map(|part| match part {
                    Part::Report(index, report) if credibility_of(&report) == Some(value) => {
                        Some((index, with_credibility(&report, 0.5)))
                    }
                    _ => None,
                });
                reports.collect::<Option<Vec<(usize, Report)>>>()
            };
            // Numbers that no file has.
            let (one, other) = (probe(0.471_828_182_8), probe(0.314_159_265_4));
            one.filter(|one| other.as_ref() == Some(one))
        });
        let part = |(index, report): &(usize, Report)| Part::Report(*index, with_credibility(report, number));
        reports.as_ref().map(|reports| reports.iter().map(part).collect())
    }
}

fn credibility_of(report: &Report) -> Option<f64> {
    match report.strength {
        Strength::Credibility { credibility, .. } => Some(credibility),
        Strength::LikelihoodRatio(_) => None,
    }
}

fn with_credibility(report: &Report, credibility: f64) -> Report {
    let mut report = report.clone();
    if let Strength::Credibility { credibility: old, .. } = &mut report.strength {
        *old = credibility;
    }
    report
}

impl Part {
    /// What kind of part it is, and which of them.
    fn place(&self) -> (u8, usize) {
        match self {
            Part::Event(index, _) => (0, *index),
            Part::Rule(index, _) => (1, *index),
            Part::Report(index, _) => (2, *index),
            Part::Observation(index, _) => (3, *index),
            Part::Query(index, _) => (4, *index),
            Part::AsOf(_) => (5, 0),
        }
    }

    fn put_into(self, model: &mut Model) {
        match self {
            Part::Event(index, event) => model.events[index] = event,
            Part::Rule(index, rule) => model.rules[index] = rule,
            Part::Report(index, report) => model.reports[index] = report,
            Part::Observation(index, observation) => model.observations[index] = observation,
            Part::Query(index, query) => model.queries[index] = query,
            Part::AsOf(day) => model.as_of = day,
        }
    }
}

/// The parts in which a model differs; `None` where it differs in more, or in what parts depend on each other by.
fn parts(base: &Model, changed: Model) -> Option<Vec<Part>> {
    let frame =
        base.horizon == changed.horizon && base.calendar == changed.calendar && base.assumptions == changed.assumptions;
    let decided = |model: &Model| (model.decisions.clone(), model.goals.clone(), model.plan_rules.clone());
    if !frame || decided(base) != decided(&changed) {
        return None;
    }
    let mut found = Vec::new();
    let same_frame = |one: &Event, other: &Event| one.id == other.id && predecessors(one) == predecessors(other);
    found.extend(differing(&base.events, changed.events, same_frame)?.map(|(at, part)| Part::Event(at, part)));
    found.extend(differing(&base.rules, changed.rules, |a, b| a.id == b.id)?.map(|(at, part)| Part::Rule(at, part)));
    let same_report = |a: &Report, b: &Report| a.id == b.id && a.echoes == b.echoes;
    found.extend(differing(&base.reports, changed.reports, same_report)?.map(|(at, part)| Part::Report(at, part)));
    let observations = differing(&base.observations, changed.observations, |a, b| a.id == b.id)?;
    found.extend(observations.map(|(at, part)| Part::Observation(at, part)));
    found.extend(
        differing(&base.queries, changed.queries, |a, b| a.id == b.id)?.map(|(at, part)| Part::Query(at, part)),
    );
    if base.as_of != changed.as_of {
        found.push(Part::AsOf(changed.as_of));
    }
    Some(found)
}

fn predecessors(event: &Event) -> Option<&[crate::model::EventId]> {
    match &event.start {
        Start::After { predecessors, .. } => Some(predecessors),
        _ => None,
    }
}

/// The entries that differ, with their places; `None` where they are not entries for the same.
fn differing<T: PartialEq>(
    base: &[T],
    changed: Vec<T>,
    same: impl Fn(&T, &T) -> bool,
) -> Option<impl Iterator<Item = (usize, T)>> {
    let alike = base.len() == changed.len() && base.iter().zip(&changed).all(|(one, other)| same(one, other));
    let differs = |(at, part): &(usize, T)| base[*at] != *part;
    alike.then(|| changed.into_iter().enumerate().filter(differs).collect::<Vec<_>>().into_iter())
}
