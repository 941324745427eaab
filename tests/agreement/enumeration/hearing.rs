//! The reports of a case in; which of them count, which speak as one and how strongly, out.

use crate::cases::case::{self, Case, Hedge, Slip};
use crate::enumeration::forecast::is_known;

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standing {
    /// Part of the testimony with this index.
    Speaks(usize),
    Echoes(usize),
    ReplacedBy(usize),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Strength {
    Credibility { credibility: f64, hedge: f64 },
    LikelihoodRatio(f64),
}

/// What is said as one.
pub struct Testimony {
    pub reports: Vec<usize>,
    pub slips: Vec<Slip>,
    pub date: Option<i32>,
    pub strength: Strength,
}

pub struct Hearing {
    /// The reports that count, in the order of the file.
    pub standings: Vec<(usize, Standing)>,
    pub testimonies: Vec<Testimony>,
    /// Each report's own credibility; `None` with a likelihood ratio.
    pub credibilities: Vec<Option<f64>>,
}

/// The terms of Intelligence Community Directive 203 as hedges.
pub const TERMS: [(&str, f64); 7] = [
    ("almost no chance", 0.03),
    ("very unlikely", 0.125),
    ("unlikely", 0.325),
    ("roughly even chance", 0.5),
    ("likely", 0.675),
    ("very likely", 0.875),
    ("almost certain", 0.97),
];

/// Hears what counts.
pub fn hear(case: &Case) -> Hearing {
    let counting: Vec<usize> = (0..case.reports.len()).filter(|report| counts(case, *report)).collect();
    let mut standings = Vec::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for &report in &counting {
        if let Some(original) = case.reports[report].echoes.filter(|_| !speaks(case, report)) {
            standings.push((report, Standing::Echoes(original)));
            continue;
        }
        match groups.iter_mut().find(|group| speak_as_one(case, group[0], report)) {
            Some(group) => group.push(report),
            None => groups.push(vec![report]),
        }
    }
    let mut testimonies = Vec::new();
    for group in groups {
        // `None` is less than any date: undated counts as oldest.
        let newest = group.iter().map(|report| case.reports[*report].date).max().flatten();
        let (latest, old): (Vec<usize>, Vec<usize>) =
            group.into_iter().partition(|report| case.reports[*report].date == newest);
        standings.extend(old.iter().map(|report| (*report, Standing::ReplacedBy(latest[0]))));
        let speaking = latest.iter().map(|report| (*report, Standing::Speaks(testimonies.len())));
        standings.extend(speaking);
        testimonies.push(testimony(case, latest, newest));
    }
    standings.sort_by_key(|(report, _)| *report);
    let credibilities = (0..case.reports.len()).map(|report| match strength(case, report) {
        Strength::Credibility { credibility, .. } => Some(credibility),
        Strength::LikelihoodRatio(_) => None,
    });
    Hearing { standings, testimonies, credibilities: credibilities.collect() }
}

/// Whether a report is known and not dropped.
pub fn counts(case: &Case, report: usize) -> bool {
    let one = &case.reports[report];
    let dropped_source = one.source.is_some_and(|s| case.is_dropped(&case.sources[s].id));
    is_known(one.date, case.as_of()) && !case.is_dropped(&case.report_id(report)) && !dropped_source
}

/// Whether a copy speaks in place of its original: the earliest known one, where the original does not count.
fn speaks(case: &Case, copy: usize) -> bool {
    let Some(original) = case.reports[copy].echoes else {
        return true;
    };
    let copies = (0..case.reports.len()).filter(|r| case.reports[*r].echoes == Some(original) && counts(case, *r));
    let earliest = copies.min_by_key(|report| case.reports[*report].date);
    !counts(case, original) && earliest == Some(copy)
}

fn speak_as_one(case: &Case, one: usize, other: usize) -> bool {
    let can = |report: usize| {
        let ratio = matches!(strength(case, report), Strength::LikelihoodRatio(_));
        !ratio && !case.reports[report].independent && case.reports[report].source.is_some()
    };
    let (first, second) = (&case.reports[one], &case.reports[other]);
    can(one) && can(other) && first.source == second.source && first.says.events() == second.says.events()
}

fn testimony(case: &Case, reports: Vec<usize>, date: Option<i32>) -> Testimony {
    let strengths = reports.iter().map(|report| strength(case, *report));
    let least = strengths.reduce(|one, other| match (one, other) {
        (Strength::Credibility { credibility: c, hedge: p }, Strength::Credibility { credibility, hedge }) => {
            Strength::Credibility { credibility: c.min(credibility), hedge: p.min(hedge) }
        }
        (one, _) => one,
    });
    Testimony {
        slips: reports.iter().map(|report| slip(case, *report)).collect(),
        reports,
        date,
        strength: least.expect("a testimony has a report"),
    }
}

/// A report's strength, from its own words or its source's.
pub fn strength(case: &Case, report: usize) -> Strength {
    let one = &case.reports[report];
    let source = one.source.map(|index| &case.sources[index]);
    let given = one.strength.as_ref().or(source.and_then(|source| source.strength.as_ref()));
    let hedge = one.hedge.as_ref().or(source.and_then(|source| source.hedge.as_ref()));
    let hedge = match hedge {
        Some(Hedge::Number(number)) => *number,
        Some(Hedge::Term(term)) => TERMS.iter().find(|(name, _)| name == term).expect("a term").1,
        None => 1.0,
    };
    let credibility = match given.expect("a report or its source has a strength") {
        case::Strength::LikelihoodRatio(ratio) => return Strength::LikelihoodRatio(*ratio),
        case::Strength::Credibility(credibility) => *credibility,
        case::Strength::Grade(grade) => grade_value(case, grade),
    };
    Strength::Credibility { credibility, hedge }
}

/// The geometric mean of what the letter and the digit stand for, unless the case has a number of its own.
fn grade_value(case: &Case, grade: &str) -> f64 {
    if let Some((_, own)) = case.grades.iter().find(|(name, _)| name == grade) {
        return *own;
    }
    let scale: [f64; 6] = [0.95, 0.80, 0.60, 0.40, 0.20, 0.50];
    let bytes = grade.as_bytes();
    (scale[usize::from(bytes[0] - b'A')] * scale[usize::from(bytes[1] - b'1')]).sqrt()
}

/// The near misses that count for a report: its own, or its source's where the claim is about one event's dates.
fn slip(case: &Case, report: usize) -> Slip {
    let one = &case.reports[report];
    let fits = one.says.events().len() == 1 && !one.says.says_occurs();
    let source = one.source.and_then(|index| case.sources[index].slip).filter(|_| fits);
    one.slip.or(source).unwrap_or(Slip::Linear { early: 0, late: 0 })
}
