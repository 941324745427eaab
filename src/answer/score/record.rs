//! The reports of a model whose outcome is known in; for each source how often it was right, and how often that was promised,
//! out.

use super::super::options::Options;
use super::super::series::{Found, Series};
use super::first_evening;
use super::truth::decided;
use crate::day::Day;
use crate::model::{EventId, Model, Proposition, Query, Report, Strength};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How often a source was right.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceRecord {
    /// `None`: reports without a source.
    pub source: Option<String>,
    /// What it said of which the truth is known; what it said on one day of the same events is one testimony.
    pub testimonies: usize,
    /// Of these, how many came true.
    pub came_true: usize,
    /// How many were promised: the sum of the probabilities that each testimony, heard alone on its day, gave to what it
    /// claimed. Without hedge and slip that is `Σ c + (1 − c)·π`.
    pub promised: f64,
    /// The variance of the number that comes true if the promises are right and have nothing to do with each other.
    pub promised_variance: f64,
}

/// Reports that speak as one, and whose truth is known.
pub struct Testimony {
    pub source: Option<String>,
    pub date: Option<Day>,
    /// Indices of its reports.
    pub reports: Vec<usize>,
    /// Whether all that it claims is true, and since when that is known.
    pub truth: bool,
    pub known: Day,
}

impl Testimony {
    /// How sure it sounds: as sure as the least sure of its reports.
    pub fn hedge(&self, model: &Model) -> f64 {
        let hedge = |report: &usize| match model.reports[*report].strength {
            Strength::Credibility { hedge, .. } => hedge,
            Strength::LikelihoodRatio(_) => 1.0,
        };
        self.reports.iter().map(hedge).fold(1.0, f64::min)
    }
}

/// The record of every source that said something of which the truth is known, in the order of the file.
pub fn records(model: &Model, options: &Options, notes: &mut Vec<String>) -> Vec<SourceRecord> {
    let testimonies = testimonies(model);
    let mut ground = model.clone();
    ground.queries = testimonies.iter().map(|testimony| query(model, &testimony.reports)).collect();
    let mut series = Series::new(&ground, options);
    let mut found: Vec<SourceRecord> = Vec::new();
    for (at, testimony) in testimonies.iter().enumerate() {
        let alone = alone(&ground, testimony);
        let Found::Brief(brief) = series.find(&alone) else {
            notes.push(format!("report {} leaves no forecast by itself", model.reports[testimony.reports[0]].id));
            continue;
        };
        let promised = brief.queries[at].0;
        let record = match found.iter_mut().find(|record| record.source == testimony.source) {
            Some(record) => record,
            None => {
                found.push(SourceRecord::of(testimony.source.clone()));
                found.last_mut().expect("one has just been added")
            }
        };
        record.testimonies += 1;
        record.came_true += usize::from(testimony.truth);
        record.promised += promised;
        record.promised_variance += promised * (1.0 - promised);
    }
    found
}

impl SourceRecord {
    /// Of one that has said nothing yet.
    fn of(source: Option<String>) -> SourceRecord {
        SourceRecord { source, testimonies: 0, came_true: 0, promised: 0.0, promised_variance: 0.0 }
    }

    /// Adds what the same source said elsewhere.
    pub(super) fn add(&mut self, other: &SourceRecord) {
        self.testimonies += other.testimonies;
        self.came_true += other.came_true;
        self.promised += other.promised;
        self.promised_variance += other.promised_variance;
    }
}

/// What speaks as one: copies and what is left out say nothing.
pub fn testimonies(model: &Model) -> Vec<Testimony> {
    let mut keys: BTreeMap<(&str, BTreeSet<EventId>, Option<Day>), usize> = BTreeMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (index, report) in model.reports.iter().enumerate() {
        if report.dropped || report.echoes.is_some() {
            continue;
        }
        let key = report.source.as_deref().filter(|_| !stands_alone(report));
        let key = key.map(|source| (source, report.claim.says.events(), report.date));
        match key.as_ref().and_then(|key| keys.get(key)) {
            Some(group) => groups[*group].push(index),
            None => {
                keys.extend(key.map(|key| (key, groups.len())));
                groups.push(vec![index]);
            }
        }
    }
    let testimony = |reports: Vec<usize>| {
        let (known, truth) = decided(model, &claim(model, &reports))?;
        let first = &model.reports[reports[0]];
        Some(Testimony { source: first.source.clone(), date: first.date, truth, known, reports })
    };
    groups.into_iter().filter_map(testimony).collect()
}

fn stands_alone(report: &Report) -> bool {
    report.independent || matches!(report.strength, Strength::LikelihoodRatio(_))
}

/// What some reports say together.
fn claim(model: &Model, reports: &[usize]) -> Proposition {
    Proposition::And(reports.iter().map(|report| model.reports[*report].claim.says.clone()).collect())
}

fn query(model: &Model, reports: &[usize]) -> Query {
    let id = model.reports[reports[0]].id.clone();
    Query { text: id.clone(), id, ask: claim(model, reports), outcome: None }
}

/// The model as of a testimony's day, with no other report.
pub fn alone(model: &Model, testimony: &Testimony) -> Model {
    let mut alone = model.clone();
    alone.as_of = Some(testimony.date.unwrap_or_else(|| first_evening(model)));
    for (index, report) in alone.reports.iter_mut().enumerate() {
        report.dropped |= !testimony.reports.contains(&index);
    }
    alone
}
