//! The reports of a file in; which of them count, and which speak as one, out.

use crate::day::Day;
use crate::model::{Claim, EventId, Model, Report, Strength};
use std::collections::{BTreeMap, BTreeSet};

/// One report, or all that one source says of the same events on its latest day.
#[derive(Clone, Debug)]
pub struct Testimony {
    /// Indices of its reports, in the order of the file.
    pub reports: Vec<usize>,
    /// The day it was given; `None` counts as learned with everything else.
    pub date: Option<Day>,
    /// The least credibility and hedge of its reports, or the likelihood ratio.
    pub strength: Strength,
}

/// What became of a report that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Part of the testimony with this index.
    Speaks(usize),
    /// A copy of the report with this index, which speaks (or another copy does).
    Echoes(usize),
    /// Its source has spoken of the same events since, in the report with this index.
    ReplacedBy(usize),
}

/// Reports that count, by index into the model's, and the testimonies they make.
#[derive(Clone, Debug)]
pub struct Hearing {
    pub standings: Vec<(usize, Standing)>,
    pub testimonies: Vec<Testimony>,
}

/// Hears all reports that are known at the model's as-of date and not dropped.
pub fn hear(model: &Model) -> Hearing {
    let counts = |report: &Report| !report.dropped && known(report.date, model.as_of);
    let mut standings: BTreeMap<usize, Standing> = BTreeMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut by_source: BTreeMap<(&str, BTreeSet<EventId>), usize> = BTreeMap::new();
    for (index, report) in model.reports.iter().enumerate().filter(|(_, report)| counts(report)) {
        let silenced = report
            .echoes
            .filter(|original| counts(&model.reports[*original]) || stand_in(model, *original, &counts) != Some(index));
        if let Some(original) = silenced {
            standings.insert(index, Standing::Echoes(original));
            continue;
        }
        let key = spoken_for(report);
        let group = match key.as_ref().and_then(|key| by_source.get(key)) {
            Some(&group) => group,
            None => {
                groups.push(Vec::new());
                by_source.extend(key.map(|key| (key, groups.len() - 1)));
                groups.len() - 1
            }
        };
        groups[group].push(index);
    }
    let mut testimonies = Vec::new();
    for group in groups {
        // An undated report counts as older than any dated one.
        let newest = group.iter().map(|index| model.reports[*index].date).max().flatten();
        let (latest, replaced): (Vec<usize>, Vec<usize>) =
            group.into_iter().partition(|index| model.reports[*index].date == newest);
        standings.extend(replaced.into_iter().map(|index| (index, Standing::ReplacedBy(latest[0]))));
        standings.extend(latest.iter().map(|index| (*index, Standing::Speaks(testimonies.len()))));
        let strength = joint_strength(latest.iter().map(|index| model.reports[*index].strength));
        testimonies.push(Testimony { reports: latest, date: newest, strength });
    }
    Hearing { standings: standings.into_iter().collect(), testimonies }
}

/// Whether something of that date is known on the evening of `by` (`None`: everything is).
pub fn known(date: Option<Day>, by: Option<Day>) -> bool {
    match (date, by) {
        (Some(date), Some(by)) => date <= by,
        _ => true,
    }
}

/// The earliest known copy of a report that does not count itself.
fn stand_in(model: &Model, original: usize, counts: &impl Fn(&Report) -> bool) -> Option<usize> {
    let copies = model.reports.iter().enumerate().filter(|(_, r)| r.echoes == Some(original) && counts(r));
    copies.min_by_key(|(_, report)| report.date).map(|(index, _)| index)
}

/// What a report has in common with those that it speaks together with; `None` where it stands alone.
fn spoken_for(report: &Report) -> Option<(&str, BTreeSet<EventId>)> {
    let alone = report.independent || matches!(report.strength, Strength::LikelihoodRatio(_));
    let source = report.source.as_deref().filter(|_| !alone)?;
    Some((source, report.claim.says.events()))
}

fn joint_strength(strengths: impl Iterator<Item = Strength>) -> Strength {
    strengths
        .reduce(|one, other| match (one, other) {
            (
                Strength::Credibility { credibility, hedge },
                Strength::Credibility { credibility: credibility_2, hedge: hedge_2 },
            ) => Strength::Credibility { credibility: credibility.min(credibility_2), hedge: hedge.min(hedge_2) },
            (ratio, _) => ratio,
        })
        .unwrap_or(Strength::LikelihoodRatio(1.0))
}

impl Testimony {
    /// The claims of its reports.
    pub fn claims<'m>(&self, model: &'m Model) -> Vec<&'m Claim> {
        self.reports.iter().map(|index| &model.reports[*index].claim).collect()
    }

    /// Whether it leaves no world in which its claim is false; or, with a hedge or a likelihood ratio of 0, true.
    pub fn is_hard(&self) -> bool {
        is_hard(self.strength)
    }
}

/// Whether a report of this strength leaves no world in which its claim is false; or, with a hedge or a likelihood ratio of
/// 0, true.
pub fn is_hard(strength: Strength) -> bool {
    match strength {
        Strength::Credibility { credibility, hedge } => credibility == 1.0 && (hedge == 1.0 || hedge == 0.0),
        Strength::LikelihoodRatio(ratio) => ratio == 0.0,
    }
}
