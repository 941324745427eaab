//! An infeasible model in; a smallest set of rules, facts and hard reports that cannot hold together out.

use super::inequalities::Inequalities;
use super::knowledge::{Known, formulas, known_by};
use super::solve::{Effect, Trouble, ratio_measure};
use super::testimony::{Hearing, Standing};
use crate::day::Day;
use crate::infer::{Calibration, Limits, Number, Scaled};
use crate::model::{Model, Outcome, Start, Strength};
use crate::network::{Compiler, Evidence, Measure};
use crate::shape::Masses;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

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

/// A smallest conflict, and a smallest set to give up.
///
/// Where inequalities between days alone cannot be met, a circle of them is where the conflict is looked for; nothing else
/// need be computed for what holds one.
pub fn first_conflict(
    model: &Model,
    hearing: &Hearing,
    effects: &[Effect],
    silent: &[(usize, Day)],
    limits: Limits,
) -> Result<(Conflict, Vec<String>), Trouble> {
    let demanded = hard_measures(hearing, effects, false);
    let all = members(model, &demanded, silent);
    let inequalities = inequalities(model, &all);
    // What a report demands may go with all else, and yet have been impossible on its day.
    let together = inequalities.circle(|_| true).is_none() && feasible(model, &demanded, &all, limits)?;
    let measures = if together { hard_measures(hearing, effects, true) } else { demanded };
    let feasible = |kept: &[usize]| -> Result<bool, Trouble> {
        let members: BTreeSet<usize> = kept.iter().copied().collect();
        if inequalities.circle(|member| members.contains(&member)).is_some() {
            return Ok(false);
        }
        if kept.iter().all(|member| inequalities.tells_all(*member)) {
            return Ok(true);
        }
        let kept: Vec<Member> = kept.iter().map(|index| all[*index]).collect();
        feasible(model, &measures, &kept, limits)
    };
    let everything: Vec<usize> = (0..all.len()).collect();
    let circle = inequalities.circle(|_| true);
    let candidates: Vec<usize> = circle.map_or_else(|| everything.clone(), |circle| circle.into_iter().collect());
    let conflict = smallest_conflict(&candidates, &feasible)?;
    debug_assert!(!feasible(&conflict)?, "the members of a conflict cannot hold together");
    let repair = smallest_repair(&everything, &feasible)?;
    let [conflict, repair] = [conflict, repair].map(|found| found.into_iter().map(|index| all[index]).collect());
    let (conflict, repair): (Vec<Member>, Vec<Member>) = (conflict, repair);
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

/// A test for sets of members that leave a world.
type Feasible<'f> = dyn Fn(&[usize]) -> Result<bool, Trouble> + 'f;

/// A smallest part of some members, of which all together leave no world, that leaves none either: those that come first are
/// rather left out (Junker 2004).
fn smallest_conflict(members: &[usize], feasible: &Feasible<'_>) -> Result<Vec<usize>, Trouble> {
    let mut needed = Vec::new();
    needed_of(members, &mut needed, false, feasible)?;
    needed.sort_unstable();
    Ok(needed)
}

/// Adds those of `members` to `needed` without which `needed` and the rest of them would leave a world; `grown` where
/// something has been added since it was last looked.
fn needed_of(members: &[usize], needed: &mut Vec<usize>, grown: bool, feasible: &Feasible<'_>) -> Result<(), Trouble> {
    if grown && !feasible(needed)? {
        return Ok(());
    }
    if let [_] | [] = members {
        needed.extend(members);
        return Ok(());
    }
    let (first, last) = members.split_at(members.len() / 2);
    // What is needed of the first half beside the whole last one; then of the last beside that.
    let before = needed.len();
    needed.extend(last);
    let mut of_first = needed.clone();
    needed_of(first, &mut of_first, true, feasible)?;
    let of_first: Vec<usize> = of_first.split_off(before + last.len());
    needed.truncate(before);
    needed.extend(&of_first);
    needed_of(last, needed, !of_first.is_empty(), feasible)
}

/// What a largest set of members that leaves a world leaves out, those that come last rather: taken in by as many at a
/// time as go well.
fn smallest_repair(members: &[usize], feasible: &Feasible<'_>) -> Result<Vec<usize>, Trouble> {
    let mut kept: Vec<usize> = Vec::new();
    let mut repair = Vec::new();
    let (mut next, mut step) = (0, members.len());
    while next < members.len() {
        step = step.clamp(1, members.len() - next);
        let before = kept.len();
        kept.extend(&members[next..next + step]);
        if feasible(&kept)? {
            (next, step) = (next + step, 2 * step);
            continue;
        }
        kept.truncate(before);
        if step == 1 {
            repair.push(members[next]);
            next += 1;
        }
        step /= 2;
    }
    Ok(repair)
}

/// What the members demand of days, by their places.
fn inequalities<'m>(model: &'m Model, members: &[Member]) -> Inequalities<'m> {
    let mut found = Inequalities::new(model);
    let since = |day: Day| i64::from(day - model.horizon.0);
    for (place, member) in members.iter().enumerate() {
        match *member {
            Member::Rule(index) => found.demand(&model.rules[index].says, place),
            Member::Observation(index) => found.demand(&model.observations[index].says, place),
            Member::Assumption(index) => found.demand(&model.assumptions[index].says, place),
            Member::On(index) => {
                if let Start::On(day) = model.events[index].start {
                    found.keep_days(index, (since(day), since(day)), place);
                }
            }
            Member::Window(index) => {
                if let Start::Prior { days, .. } = &model.events[index].start {
                    found.keep_days(index, (i64::from(days.first), i64::from(days.last())), place);
                }
            }
            Member::Happened(index) => match model.events[index].happened {
                Some(Outcome::Started(day)) => found.keep_days(index, (since(day), since(day)), place),
                _ => found.demand_more(place),
            },
            Member::Silence(index, day) => found.keep_days(index, (since(day) + 1, i64::MAX), place),
            Member::Report(_) => found.demand_more(place),
        }
    }
    found
}

/// For every report that rules worlds out, what it leaves: of all worlds, or of those of its day, where that is known.
fn hard_measures(hearing: &Hearing, effects: &[Effect], of_its_day: bool) -> BTreeMap<usize, Measure> {
    let mut found = BTreeMap::new();
    for &(report, standing) in &hearing.standings {
        let Standing::Speaks(testimony) = standing else { continue };
        let testimony_of = &hearing.testimonies[testimony];
        if !testimony_of.is_hard() {
            continue;
        }
        let told = effects.get(testimony).and_then(|effect| effect.measure);
        // A denial of what was certain on its day says nothing.
        if told.is_some_and(
            |told| matches!(told, Measure::Factor { on_weight, on_counter, .. } if on_weight.min(on_counter) > 0.0),
        ) {
            continue;
        }
        let told = told.filter(|_| of_its_day);
        found.insert(report, told.unwrap_or_else(|| without_doubt(testimony_of.strength)));
    }
    found
}

/// What a report that rules worlds out leaves, whatever else is known on its day.
fn without_doubt(strength: Strength) -> Measure {
    match strength {
        Strength::Credibility { hedge, .. } => {
            Measure::Factor { on_weight: hedge, on_counter: 1.0 - hedge, constant: 0.0 }
        }
        Strength::LikelihoodRatio(_) => ratio_measure(strength),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// Against members left out one after the other, for random conflicts among few members.
    #[test]
    fn conflicts_and_repairs_are_smallest() {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        for _ in 0..300 {
            let count = random.random_range(1..12);
            let known: Vec<BTreeSet<usize>> = (0..random.random_range(1..5))
                .map(|_| (0..random.random_range(1..5)).map(|_| random.random_range(0..count)).collect())
                .collect();
            let holds = |kept: &[usize]| !known.iter().any(|set| set.iter().all(|member| kept.contains(member)));
            let feasible = |kept: &[usize]| Ok(holds(kept));
            let all: Vec<usize> = (0..count).collect();
            let Ok(conflict) = smallest_conflict(&all, &feasible) else { panic!("it is always told") };
            let mut plainly = all.clone();
            for member in &all {
                let rest: Vec<usize> = plainly.iter().copied().filter(|other| other != member).collect();
                if !holds(&rest) {
                    plainly = rest;
                }
            }
            assert_eq!(conflict, plainly, "{known:?}");
            let Ok(repair) = smallest_repair(&all, &feasible) else { panic!("it is always told") };
            let mut kept = Vec::new();
            for member in &all {
                kept.push(*member);
                if !holds(&kept) {
                    kept.pop();
                }
            }
            let plainly: Vec<usize> = all.iter().copied().filter(|member| !kept.contains(member)).collect();
            assert_eq!(repair, plainly, "{known:?}");
        }
    }
}
