//! An infeasible model in; a smallest set of rules, facts and hard reports that cannot hold together out.

use super::knowledge::{Known, formulas, known_by};
use super::solve::{Effect, Trouble, ratio_measure};
use super::testimony::{Hearing, Standing};
use crate::day::Day;
use crate::infer::{Calibration, Limits, Number, Scaled};
use crate::model::{Model, Outcome, Start, Strength};
use crate::network::{Compiler, Evidence, Measure};
use crate::shape::Masses;
use serde::Serialize;
use std::collections::BTreeMap;

/// A set of members that leave no world together, while every proper subset leaves one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Conflict {
    /// `rule:ID`, `observation:ID`, `report:ID`, `event:ID.on|window|happened|silence`, `assume:N`.
    pub members: Vec<String>,
    /// What each of them says.
    pub why: Vec<String>,
    /// How many days would have to be given, where that is defined.
    pub days_short: Option<i32>,
}

/// Something that can be given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Member {
    Rule(usize),
    Observation(usize),
    Report(usize),
    On(usize),
    Window(usize),
    Happened(usize),
    Silence(usize, Day),
    Assumption(usize),
}

/// A smallest conflict (by leaving out one member after the other), and a smallest set to give up.
///
/// `effects` are those of the testimonies; empty where the rules and facts leave no world even without reports.
pub fn first_conflict(
    model: &Model,
    hearing: &Hearing,
    effects: &[Effect],
    silent: &[(usize, Day)],
    limits: Limits,
) -> Result<(Conflict, Vec<String>), Trouble> {
    let measures = hard_measures(hearing, effects);
    let all = members(model, &measures, silent);
    let feasible = |kept: &[Member]| feasible(model, &measures, kept, limits);
    let mut conflict = all.clone();
    for member in &all {
        let rest: Vec<Member> = conflict.iter().copied().filter(|m| m != member).collect();
        if !feasible(&rest)? {
            conflict = rest;
        }
    }
    debug_assert!(!feasible(&conflict)?, "the members of a conflict cannot hold together");
    // A largest set that holds together; what it leaves out is a smallest repair.
    let mut kept: Vec<Member> = Vec::new();
    let mut repair: Vec<Member> = Vec::new();
    for member in &all {
        kept.push(*member);
        if !feasible(&kept)? {
            kept.pop();
            repair.push(*member);
        }
    }
    let mut names: Vec<String> = repair.iter().map(|member| name(model, *member)).collect();
    names.sort();
    let mut told: Vec<(String, String)> =
        conflict.iter().map(|member| (name(model, *member), why(model, *member))).collect();
    told.sort();
    if let [(_, why)] = &mut told[..] {
        why.push_str(" (which no world of the events' own possible days allows)");
    }
    let (members, why) = told.into_iter().unzip();
    Ok((Conflict { members, why, days_short: None }, names))
}

/// For every report that rules worlds out, how its testimony acts.
fn hard_measures(hearing: &Hearing, effects: &[Effect]) -> BTreeMap<usize, Measure> {
    let mut found = BTreeMap::new();
    for &(report, standing) in &hearing.standings {
        let Standing::Speaks(testimony) = standing else { continue };
        let Some(effect) = effects.get(testimony).filter(|_| hearing.testimonies[testimony].is_hard()) else {
            continue;
        };
        let measure = effect.measure.unwrap_or_else(|| ratio_measure(hearing.testimonies[testimony].strength));
        found.insert(report, measure);
    }
    found
}

fn members(model: &Model, measures: &BTreeMap<usize, Measure>, silent: &[(usize, Day)]) -> Vec<Member> {
    let known = known_by(model, model.as_of, true);
    let mut found: Vec<Member> = Vec::new();
    found.extend(silent.iter().map(|(event, day)| Member::Silence(*event, *day)));
    for (index, event) in model.events.iter().enumerate() {
        match &event.start {
            Start::On(_) => found.push(Member::On(index)),
            Start::Prior { unwindowed: Some(_), .. } => found.push(Member::Window(index)),
            _ => {}
        }
    }
    found.extend(measures.keys().map(|report| Member::Report(*report)));
    found.extend((0..model.assumptions.len()).map(Member::Assumption));
    found.extend(known.outcomes.iter().map(|event| Member::Happened(*event)));
    found.extend(known.observations.iter().map(|index| Member::Observation(*index)));
    found.extend((0..model.rules.len()).filter(|index| !model.rules[*index].dropped).map(Member::Rule));
    found
}

/// Whether a world is left where only these members hold.
fn feasible(
    model: &Model,
    measures: &BTreeMap<usize, Measure>,
    kept: &[Member],
    limits: Limits,
) -> Result<bool, Trouble> {
    let mut reduced = model.clone();
    for (index, rule) in reduced.rules.iter_mut().enumerate() {
        rule.dropped |= !kept.contains(&Member::Rule(index));
    }
    for (index, event) in reduced.events.iter_mut().enumerate() {
        release(event, index, model, kept);
    }
    let assumptions = (0..model.assumptions.len()).filter(|index| kept.contains(&Member::Assumption(*index)));
    reduced.assumptions = assumptions.map(|index| model.assumptions[index].clone()).collect();
    let known = Known {
        observations: kept
            .iter()
            .filter_map(|m| if let Member::Observation(index) = m { Some(*index) } else { None })
            .collect(),
        outcomes: kept
            .iter()
            .filter_map(|m| if let Member::Happened(index) = m { Some(*index) } else { None })
            .collect(),
        assumptions: true,
        silent: kept
            .iter()
            .filter_map(|m| if let Member::Silence(event, day) = m { Some((*event, *day)) } else { None })
            .collect(),
    };
    let compiler = Compiler::new(&reduced).map_err(Trouble::TooLong)?;
    let mut evidence = Evidence { facts: formulas(&reduced, &compiler, &known), weights: Vec::new() };
    for member in kept {
        let Member::Report(index) = member else {
            continue;
        };
        if let Some(measure) = measures.get(index) {
            evidence.weights.push(compiler.claims(&[&reduced.reports[*index].claim], *measure));
        }
    }
    let calibration = Calibration::<Scaled>::upward(compiler.compile(&evidence), limits)?;
    Ok(!calibration.total().is_zero())
}

/// Takes the hold off an event that its date or window has, unless it is kept.
fn release(event: &mut crate::model::Event, index: usize, model: &Model, kept: &[Member]) {
    match &event.start {
        Start::On(_) if !kept.contains(&Member::On(index)) => {
            let days = model.days();
            let days = Masses { first: 0, masses: vec![1.0 / f64::from(days); days as usize].into() };
            event.start = Start::Prior { days, never: 0.0, unwindowed: None };
        }
        Start::Prior { unwindowed: Some(days), never, .. } if !kept.contains(&Member::Window(index)) => {
            event.start = Start::Prior { days: days.clone(), never: *never, unwindowed: None };
        }
        _ => {}
    }
}

fn name(model: &Model, member: Member) -> String {
    let event = |index: usize, what: &str| format!("event:{}.{what}", model.events[index].id);
    match member {
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

fn why(model: &Model, member: Member) -> String {
    let id = |index: usize| model.events[index].id.as_str();
    match member {
        Member::Rule(index) => format!("the rule says: {}", model.rules[index].text),
        Member::Observation(index) => {
            format!("it was observed: {}", model.observations[index].text)
        }
        Member::Report(index) => {
            let report = &model.reports[index];
            let doubt = match report.strength {
                Strength::LikelihoodRatio(_) => "ruled out by its likelihood ratio of 0",
                Strength::Credibility { hedge: 0.0, .. } => "denied beyond doubt",
                Strength::Credibility { .. } => "reported beyond doubt",
            };
            format!("{doubt}: {}", report.text)
        }
        Member::On(index) => match model.events[index].start {
            Start::On(day) => format!("{} is on {day}", id(index)),
            _ => String::new(),
        },
        Member::Window(index) => match &model.events[index].start {
            Start::Prior { days, .. } => {
                let (first, last) = (model.horizon.0 + days.first, model.horizon.0 + days.last());
                format!("{} can start from {first} to {last} (its window)", id(index))
            }
            _ => String::new(),
        },
        Member::Happened(index) => match model.events[index].happened {
            Some(Outcome::Started(day)) => format!("{} happened on {day}", id(index)),
            _ => format!("{} did not occur", id(index)),
        },
        Member::Silence(index, day) => format!("{} had not started by {day}, or one would have heard", id(index)),
        Member::Assumption(index) => format!("it is assumed: {}", model.assumptions[index].text),
    }
}
