//! Decisions with too many combinations for tables in; the best plan that was found, and how much better any other can be, out:
//! coordinate ascent for a plan, branch and bound for the proof.

use super::outcome::{Curve, DayValue};
use super::plan::is_near;
use super::problem::{Domain, Held, Plan, Problem, Stretch, TOLERANCE};
use crate::answer::solve::Trouble;
use crate::infer::Number;
use crate::network::{Choice, Formula, RelaxedSide, VarId, relaxed};

/// Parts of the space of plans that are bounded.
const MOST_PARTS: usize = 4_000;
/// Rounds of the ascent over all decisions.
const MOST_ROUNDS: usize = 20;

/// A plan, and what no plan exceeds.
pub struct Searched {
    pub plan: Plan,
    pub probabilities: Vec<f64>,
    pub value: f64,
    /// No plan that keeps all that is required is worth more.
    pub bound: f64,
}

/// How good a plan is: first how little it lacks of what is required, then its value.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Rank {
    lacking: f64,
    value: f64,
}

impl Rank {
    fn beats(&self, other: &Rank, slack: f64) -> bool {
        self.lacking < other.lacking - TOLERANCE
            || self.lacking <= other.lacking + TOLERANCE && self.value > other.value + slack
    }
}

/// A box of plans: for each decision a range of its choices' indices.
#[derive(Clone, Debug)]
struct Part {
    ranges: Vec<(usize, usize)>,
    bound: f64,
}

/// Searches for the best plan; `Ok(None)` where no plan keeps all that is required.
///
/// # Errors
/// Where none was found that does, where even single plans cost more than the limits allow, or the plain numbers are left.
pub fn search<N: Number>(problem: &Problem<'_, '_, N>) -> Result<Option<Searched>, Trouble> {
    if problem.domains.iter().any(|domain| domain.size() == 0) {
        return Ok(None);
    }
    let start = ascended(problem)?.filter(|(_, rank, _)| rank.lacking <= TOLERANCE);
    let mut found = start.is_some();
    let mut best = match start {
        Some((plan, rank, probabilities)) => Searched { plan, probabilities, value: rank.value, bound: f64::INFINITY },
        None => {
            let value = f64::NEG_INFINITY;
            Searched { plan: Vec::new(), probabilities: Vec::new(), value, bound: f64::INFINITY }
        }
    };
    let whole: Vec<(usize, usize)> = problem.domains.iter().map(|domain| (0, domain.size() - 1)).collect();
    let mut open: Vec<Part> = bounded(problem, whole)?.into_iter().collect();
    let mut looked = 0;
    loop {
        // The part that promises most; of equals the one added last, which is the smaller.
        let next = (0..open.len()).max_by(|a, b| open[*a].bound.total_cmp(&open[*b].bound));
        let Some(next) = next.filter(|at| open[*at].bound > best.value + problem.slack()) else {
            best.bound = best.value;
            break;
        };
        if looked >= MOST_PARTS && found {
            best.bound = open[next].bound;
            break;
        }
        if looked >= 2 * MOST_PARTS {
            let why = "no plan that keeps all that is required was found, and that there is none is out of reach";
            return Err(Trouble::TooLong(why.to_string()));
        }
        let part = open.swap_remove(next);
        looked += 1;
        for ranges in halves(problem, &part.ranges) {
            if ranges.iter().any(|(from, to)| from != to) {
                open.extend(bounded(problem, ranges)?);
                continue;
            }
            let plan: Plan =
                ranges.iter().zip(&problem.domains).map(|((index, _), domain)| domain.held(*index)).collect();
            if !problem.keeps_rules(&plan) {
                continue;
            }
            let probabilities = problem.probabilities(&plan)?;
            let value = problem.value(&plan, &probabilities);
            let better = value > best.value + problem.slack();
            let earlier = value >= best.value - problem.slack() && order(problem, &plan) < order(problem, &best.plan);
            if problem.keeps_required(&probabilities) && (better || earlier || !found) {
                best = Searched { plan, probabilities, value, bound: f64::INFINITY };
                found = true;
            }
        }
    }
    Ok(found.then_some(best))
}

fn order<N: Number>(problem: &Problem<'_, '_, N>, plan: &[Held]) -> Vec<Option<usize>> {
    plan.iter().zip(&problem.domains).map(|(held, domain)| domain.index(*held)).collect()
}

/// A part cut in two along its longest side; "not held" by itself.
fn halves<N: Number>(problem: &Problem<'_, '_, N>, ranges: &[(usize, usize)]) -> Vec<Vec<(usize, usize)>> {
    let Some(longest) = (0..ranges.len()).max_by_key(|k| ranges[*k].1 - ranges[*k].0) else { return Vec::new() };
    let (from, to) = ranges[longest];
    if from == to {
        return vec![ranges.to_vec()];
    }
    let never = problem.domains[longest].never && to == problem.domains[longest].size() - 1;
    let middle = if never { to - 1 } else { from + (to - from) / 2 };
    let with = |range: (usize, usize)| {
        let mut ranges = ranges.to_vec();
        ranges[longest] = range;
        ranges
    };
    vec![with((from, middle)), with((middle + 1, to))]
}

/// What no plan of a part exceeds; `Ok(None)` where none in it keeps all that is required.
fn bounded<N: Number>(problem: &Problem<'_, '_, N>, ranges: Vec<(usize, usize)>) -> Result<Option<Part>, Trouble> {
    let choices: Vec<Choice> =
        ranges.iter().zip(&problem.domains).map(|(range, domain)| choice(domain, *range)).collect();
    let of = |var: VarId| problem.decision(var).map(|decision| choices[decision]);
    if !problem.may_keep_rules(&of) {
        return Ok(None);
    }
    let chance = |formula: &Formula, side: RelaxedSide| -> Result<f64, Trouble> {
        Ok(problem.chances(&relaxed(formula, &of, side), &[], &[], &[])?[0])
    };
    let mut bound = 0.0;
    for (goal, formula) in problem.model.goals.iter().zip(&problem.goals) {
        let needs_above = goal.value > 0.0 || goal.min_probability.is_some();
        let above = if needs_above { chance(formula, RelaxedSide::Above)? } else { 1.0 };
        if goal.min_probability.is_some_and(|least| above < least - TOLERANCE) {
            return Ok(None);
        }
        bound += match goal.value {
            value if value > 0.0 => value * above,
            value if value < 0.0 => value * chance(formula, RelaxedSide::Below)?,
            _ => 0.0,
        };
    }
    for (decision, choice) in problem.model.decisions.iter().zip(&choices) {
        bound -= match (choice.days.is_some(), choice.never) {
            (true, true) => decision.cost.min(0.0),
            (true, false) => decision.cost,
            _ => 0.0,
        };
    }
    Ok(Some(Part { ranges, bound }))
}

fn choice(domain: &Domain, (from, to): (usize, usize)) -> Choice {
    let never = domain.never && to == domain.size() - 1;
    let last = if never { to.checked_sub(1) } else { Some(to) };
    let days = last.filter(|last| *last >= from && *last < domain.days.len());
    Choice { days: days.map(|last| (domain.days[from], domain.days[last])), never }
}

/// A plan with its rank and the probabilities of its goals.
type Ranked = (Plan, Rank, Vec<f64>);

/// The best of several ascents, each changing one decision after the other; `Ok(None)` where no start keeps the rules.
fn ascended<N: Number>(problem: &Problem<'_, '_, N>) -> Result<Option<Ranked>, Trouble> {
    let share = |of: usize| -> Plan {
        let day = |domain: &Domain| domain.days.get((domain.days.len().max(1) - 1) * of / 4).copied();
        problem.domains.iter().map(day).collect()
    };
    // The last start spreads the decisions over their windows in the order of the file.
    let count = problem.domains.len();
    let spread = problem.domains.iter().enumerate();
    let spread =
        spread.map(|(k, domain)| domain.days.get(domain.days.len() * (k + 1) / (count + 1)).copied()).collect();
    let mut best: Option<Ranked> = None;
    for start in [share(0), share(1), share(2), share(3), share(4), spread] {
        let Some(start) = repaired(problem, start) else { continue };
        let mut found = ranked(problem, start)?;
        for _ in 0..MOST_ROUNDS {
            let before = found.0.clone();
            for decision in 0..count {
                found = improved(problem, found, decision)?;
            }
            if found.0 == before {
                break;
            }
        }
        if best.as_ref().is_none_or(|best| found.1.beats(&best.1, problem.slack())) {
            best = Some(found);
        }
    }
    Ok(best)
}

/// A plan that keeps the rules among decisions, found by going through choices in order with those before fixed.
fn repaired<N: Number>(problem: &Problem<'_, '_, N>, start: Plan) -> Option<Plan> {
    /// Choices that are tried before a start is given up.
    const MOST_TRIED: usize = 200_000;
    if problem.keeps_rules(&start) && problem.is_allowed(&start) {
        return Some(start);
    }
    let mut ranges: Vec<(usize, usize)> = problem.domains.iter().map(|domain| (0, domain.size() - 1)).collect();
    let mut tried = 0;
    for decision in 0..ranges.len() {
        let domain = &problem.domains[decision];
        let wanted = start[decision].map_or(0, |day| domain.days.partition_point(|other| *other < day));
        let mut indices: Vec<usize> = (0..domain.size()).collect();
        indices.sort_by_key(|index| index.abs_diff(wanted));
        let possible = indices.into_iter().find(|index| {
            tried += 1;
            ranges[decision] = (*index, *index);
            let choices: Vec<Choice> =
                ranges.iter().zip(&problem.domains).map(|(range, domain)| choice(domain, *range)).collect();
            tried > MOST_TRIED || problem.may_keep_rules(&|var| problem.decision(var).map(|k| choices[k]))
        });
        ranges[decision] = (possible?, possible?);
    }
    let plan: Plan = ranges.iter().zip(&problem.domains).map(|((index, _), domain)| domain.held(*index)).collect();
    problem.keeps_rules(&plan).then_some(plan)
}

fn ranked<N: Number>(problem: &Problem<'_, '_, N>, plan: Plan) -> Result<Ranked, Trouble> {
    let probabilities = problem.probabilities(&plan)?;
    let rank = rank(problem, &plan, &probabilities);
    Ok((plan, rank, probabilities))
}

fn rank<N: Number>(problem: &Problem<'_, '_, N>, plan: &[Held], probabilities: &[f64]) -> Rank {
    let goals = problem.model.goals.iter().zip(probabilities);
    let lacking = goals.map(|(goal, p)| goal.min_probability.map_or(0.0, |least| (least - p).max(0.0))).sum();
    Rank { lacking, value: problem.value(plan, probabilities) }
}

/// The plan with one decision as good as it can be beside the others: all its days from one elimination for each goal.
fn improved<N: Number>(problem: &Problem<'_, '_, N>, found: Ranked, decision: usize) -> Result<Ranked, Trouble> {
    let mut best = found;
    let by_choice = by_choice(problem, &best.0, decision)?;
    for (index, probabilities) in by_choice.into_iter().enumerate() {
        let mut plan = best.0.clone();
        plan[decision] = problem.domains[decision].held(index);
        if !problem.keeps_rules(&plan) {
            continue;
        }
        let rank = rank(problem, &plan, &probabilities);
        if rank.beats(&best.1, problem.slack()) {
            best = (plan, rank, probabilities);
        }
    }
    Ok(best)
}

/// The probabilities of all goals for every choice of one decision, the others as in a plan.
///
/// # Errors
/// Where that costs more than the limits allow, or the plain numbers are left.
pub fn by_choice<N: Number>(
    problem: &Problem<'_, '_, N>,
    plan: &[Held],
    decision: usize,
) -> Result<Vec<Vec<f64>>, Trouble> {
    let mut stretches: Vec<Stretch> = plan.iter().map(|held| Stretch::of(*held)).collect();
    let stretch = problem.domains[decision].stretch();
    stretches[decision] = stretch;
    let domain = &problem.domains[decision];
    let mut found = vec![Vec::new(); domain.size()];
    for goal in &problem.goals {
        let chances = problem.chances(goal, &stretches, &[decision], &[])?;
        for (index, probabilities) in found.iter_mut().enumerate() {
            let at = domain.held(index).map_or(stretch.days, |day| (day - stretch.first) as usize);
            probabilities.push(chances[at]);
        }
    }
    Ok(found)
}

/// A plan with the probabilities of its goals, behind its value.
pub type Valued = (f64, (Plan, Vec<f64>));

/// The value of every choice of one decision that keeps the rules, the others as in a plan; and of these the plans that are more
/// than a few days away and keep all that is required, each with its value and the probabilities of its goals.
///
/// # Errors
/// As [`by_choice`].
pub fn curve<N: Number>(
    problem: &Problem<'_, '_, N>,
    plan: &[Held],
    decision: usize,
) -> Result<(Curve, Vec<Valued>), Trouble> {
    let mut curve = Curve { decision: problem.model.decisions[decision].id.clone(), days: Vec::new(), not_held: None };
    let mut others = Vec::new();
    for (index, probabilities) in by_choice(problem, plan, decision)?.into_iter().enumerate() {
        let mut moved = plan.to_vec();
        moved[decision] = problem.domains[decision].held(index);
        if !problem.keeps_rules(&moved) {
            continue;
        }
        let value = problem.value(&moved, &probabilities);
        let keeps_required = problem.keeps_required(&probabilities);
        match moved[decision] {
            Some(day) => curve.days.push(DayValue { date: problem.model.horizon.0 + day, value, keeps_required }),
            None => curve.not_held = Some(value),
        }
        if !is_near(moved[decision], plan[decision]) && keeps_required {
            others.push((value, (moved, probabilities)));
        }
    }
    Ok((curve, others))
}

/// What the search finds, with what nothing exceeds, and what tables find.
#[cfg(test)]
pub fn beside_tables(model: &crate::model::Model) -> (Option<(f64, f64)>, Option<f64>) {
    let solution = crate::answer::solve::solve::<f64>(model, crate::infer::Limits::default()).ok().unwrap();
    let problem = Problem::new(&solution, solution.posterior.as_ref().unwrap());
    let tables = super::plan::Chances::new(&problem).ok().unwrap().unwrap();
    let found = search(&problem).ok().unwrap();
    let sound = |found: &Searched| problem.keeps_rules(&found.plan) && problem.keeps_required(&found.probabilities);
    assert!(found.as_ref().is_none_or(sound));
    (found.map(|found| (found.value, found.bound)), tables.best(&problem).unwrap().map(|best| best.value))
}
