//! A scenario with decisions in; the best plan, how good others are, and what reacting and knowing would be worth, out.

mod clairvoyant;
mod condense;
mod family;
mod induction;
mod instructions;
mod outcome;
mod plan;
mod policy;
mod problem;
mod reaction;
mod search;
mod stream;
mod tables;
mod watched;
mod words;

pub use outcome::{
    Alternative, AskedPlan, Curve, DayValue, GoalChance, NoPlan, OtherChance, PlanDays, Policy, PolicyChance,
    RequiredGoal, Schedule, Scheduled, SimpleRule, Simulated,
};

#[cfg(test)]
pub use search::beside_tables;

use super::forecast::{infeasible, refusal};
use super::options::Options;
use super::outcome::{Method, Refusal};
use super::solve::{Solution, Trouble, solve};
use super::summary::Span;
use crate::day::Day;
use crate::diagnostic::did_you_mean;
use crate::infer::{Calibration, Number, Sampler, Scaled, TooLarge};
use crate::model::Model;
use plan::{Chances, held};
use policy::{Fixed, react, watched_events};
use problem::{Held, Plan, Problem};
use std::sync::Arc;
use tables::{Best, TooManyChoices};

/// The seed of the worlds in which policies are tried.
const SEED: u64 = 1;

/// A day that is asked about: of a decision (without a name: the only one), or that it is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedDay {
    pub decision: Option<String>,
    pub day: Option<Day>,
}

/// The best plan for a model's decisions.
///
/// # Errors
/// Where an answer would cost more than the limits allow, there is nothing to decide, or what is asked names what is not there.
pub fn schedule(model: &Model, asked: &[AskedDay], options: &Options) -> Result<Scheduled, Refusal> {
    if model.decisions.is_empty() {
        let help = "a [decision.NAME] says what is to be dated, a [[goal]] what is wished for";
        return Err(Refusal::Nothing(format!("there is nothing to decide in this scenario: {help}")));
    }
    let asked = asked_days(model, asked)?;
    let found = match schedule_on::<f64>(model, &asked, options) {
        Err(Trouble::Range) => schedule_on::<Scaled>(model, &asked, options),
        other => other,
    };
    found.map_err(|trouble| refusal(model, trouble, options.method))
}

/// For each decision what is asked: nothing, or a day, or that it is left out.
type Asked = Vec<Option<Held>>;

fn asked_days(model: &Model, asked: &[AskedDay]) -> Result<Asked, Refusal> {
    let ids = || model.decisions.iter().map(|decision| decision.id.as_str());
    let mut found: Asked = vec![None; model.decisions.len()];
    for AskedDay { decision, day } in asked {
        let at = match decision {
            None if model.decisions.len() == 1 => 0,
            None => {
                let first = ids().next().unwrap_or_default();
                let list = ids().collect::<Vec<_>>().join(", ");
                return Err(Refusal::Named(format!(
                    "--ask-day: there are several decisions ({list}); write --ask-day {first}=DATE, say"
                )));
            }
            Some(name) => ids().position(|id| id == name).ok_or_else(|| {
                let hint = did_you_mean(name, ids()).map_or(String::new(), |hint| format!("; {hint}"));
                Refusal::Named(format!("--ask-day: there is no decision '{name}'{hint}"))
            })?,
        };
        if found[at].is_some() {
            return Err(Refusal::Named(format!("--ask-day names '{}' twice", model.decisions[at].id)));
        }
        found[at] = Some(day.map(|day| day - model.horizon.0));
    }
    Ok(found)
}

fn schedule_on<N: Number>(model: &Model, asked: &Asked, options: &Options) -> Result<Scheduled, Trouble>
where
    Sampler: TryFrom<Arc<Calibration<N>>, Error = TooLarge>,
{
    let solution = solve::<N>(model, options.limits)?;
    let Some(posterior) = &solution.posterior else {
        return Ok(Scheduled::Infeasible(infeasible(model, options)?));
    };
    let condensed = condense::condensed(&solution, posterior, options.limits)?;
    let problem = Problem::new(&solution, &condensed);
    if problem.domains.iter().any(|domain| domain.size() == 0) {
        return Ok(Scheduled::NoPlan(Box::new(no_day(&problem))));
    }
    let tables = match Chances::new(&problem)? {
        Some(chances) => chances.best(&problem).ok().map(|best| (chances, best)),
        None => None,
    };
    let Some((chances, best)) = tables else {
        return searched(&problem, &solution, asked);
    };
    let Some(best) = best else {
        return Ok(Scheduled::NoPlan(Box::new(no_plan(&problem, &chances)?)));
    };
    let mut schedule = planned(&problem, &chances, &best);
    if asked.iter().any(Option::is_some) {
        let beside = beside(&problem, &chances, &best, asked)?;
        let best = (held(&problem, &best.choice), chances.probabilities(&best.choice));
        schedule.asked = Some(asked_plan(&problem, asked, &beside, &best)?);
    }
    let settled = chances.best_of_all(&problem).map_err(|_| too_many())?.unwrap_or(best);
    let settled = (held(&problem, &settled.choice), chances.probabilities(&settled.choice));
    add_policy(&problem, &solution, Some(&chances), &settled, &mut schedule)?;
    Ok(Scheduled::Schedule(Box::new(schedule)))
}

/// A plan and the probabilities of the goals under it.
type Judged = (Plan, Vec<f64>);

/// The schedule where there are too many combinations for tables.
fn searched<N: Number>(
    problem: &Problem<'_, '_, N>,
    solution: &Solution<'_, N>,
    asked: &Asked,
) -> Result<Scheduled, Trouble>
where
    Sampler: TryFrom<Arc<Calibration<N>>, Error = TooLarge>,
{
    let Some(found) = search::search(problem)? else {
        let why = "no plan keeps the rules among decisions and makes every goal as probable as it must be";
        return Ok(Scheduled::NoPlan(Box::new(unjudged(problem, why.to_string()))));
    };
    let judged = (found.plan, found.probabilities);
    let gap = (found.bound - found.value).max(0.0);
    let mut curves = Vec::new();
    let mut near: Vec<search::Valued> = Vec::new();
    for decision in 0..problem.domains.len() {
        let (curve, others) = search::curve(problem, &judged.0, decision)?;
        curves.push(curve);
        near.extend(others);
    }
    near.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut alternatives: Vec<Judged> = Vec::new();
    for (_, other) in near {
        if alternatives.len() < plan::MOST_ALTERNATIVES && !alternatives.iter().any(|one| plan::alike(&one.0, &other.0))
        {
            alternatives.push(other);
        }
    }
    let proven = gap <= problem.slack();
    let mut schedule = Schedule { proven, gap, curves, ..laid_out(problem, &judged, alternatives) };
    let told = "the alternatives are plans that move one decision: there are too many to look through".to_string();
    schedule.warnings.push(told);
    if asked.iter().any(Option::is_some) {
        schedule.asked = Some(asked_plan(problem, asked, &judged.0, &judged)?);
    }
    add_policy(problem, solution, None, &judged, &mut schedule)?;
    Ok(Scheduled::Schedule(Box::new(schedule)))
}

fn too_many() -> Trouble {
    Trouble::TooLong(
        "these decisions have too many combinations of days to look through: narrow their windows".to_string(),
    )
}

/// Days of decisions, with their names.
fn named<N: Number>(problem: &Problem<'_, '_, N>, plan: &[Held]) -> PlanDays {
    let origin = problem.model.horizon.0;
    let each = problem.model.decisions.iter().zip(plan);
    PlanDays(each.map(|(decision, held)| (decision.id.clone(), held.map(|day| origin + day))).collect())
}

/// The best plan with what surrounds it, from tables.
fn planned<N: Number>(problem: &Problem<'_, '_, N>, chances: &Chances, best: &Best) -> Schedule {
    let judged = |best: &Best| (held(problem, &best.choice), chances.probabilities(&best.choice));
    let alternatives = chances.alternatives(problem, &best.choice).iter().map(judged).collect();
    let decisions = 0..problem.domains.len();
    let curves = decisions.map(|decision| curve(problem, chances, decision, &best.choice)).collect();
    Schedule { curves, ..laid_out(problem, &judged(best), alternatives) }
}

/// A plan and alternatives to it, as an answer.
fn laid_out<N: Number>(
    problem: &Problem<'_, '_, N>,
    (plan, probabilities): &Judged,
    alternatives: Vec<Judged>,
) -> Schedule {
    let model = problem.model;
    let value = problem.value(plan, probabilities);
    let goals = model.goals.iter().zip(probabilities).map(|(goal, probability)| GoalChance {
        id: goal.id.clone(),
        says: goal.text.clone(),
        value: goal.value,
        min_probability: goal.min_probability,
        probability: *probability,
    });
    let alternatives = alternatives.into_iter().map(|(other, found)| {
        let worth = problem.value(&other, &found);
        let goals = others(problem, &found, probabilities);
        Alternative { plan: named(problem, &other), value: worth, regret: value - worth, goals }
    });
    Schedule {
        title: model.title.clone(),
        horizon: Span { from: model.horizon.0, to: model.horizon.1 },
        as_of: model.as_of,
        method: Method::Exact,
        feasible: true,
        plan: named(problem, plan),
        value,
        proven: true,
        gap: 0.0,
        goals: goals.collect(),
        asked: None,
        alternatives: alternatives.collect(),
        curves: Vec::new(),
        policy: None,
        clairvoyant: None,
        clairvoyant_error: None,
        warnings: Vec::new(),
    }
}

/// Goals' probabilities beside those under the best plan.
fn others<N: Number>(problem: &Problem<'_, '_, N>, found: &[f64], best: &[f64]) -> Vec<OtherChance> {
    let each = problem.model.goals.iter().zip(found).zip(best);
    each.map(|((goal, probability), best)| OtherChance {
        id: goal.id.clone(),
        probability: *probability,
        change: probability - best,
    })
    .collect()
}

fn curve<N: Number>(problem: &Problem<'_, '_, N>, chances: &Chances, decision: usize, best: &[usize]) -> Curve {
    let mut days = Vec::new();
    let mut not_held = None;
    for (index, value, keeps_required) in chances.curve(problem, decision, best) {
        match problem.domains[decision].held(index) {
            Some(day) => days.push(DayValue { date: problem.model.horizon.0 + day, value, keeps_required }),
            None => not_held = Some(value),
        }
    }
    Curve { decision: problem.model.decisions[decision].id.clone(), days, not_held }
}

/// The best plan beside the days that are asked about, as far as these are allowed; else the best plan.
fn beside<N: Number>(
    problem: &Problem<'_, '_, N>,
    chances: &Chances,
    best: &Best,
    asked: &Asked,
) -> Result<Plan, Trouble> {
    let given = asked.iter().zip(&problem.domains).map(|(asked, domain)| match asked {
        None => Some(None),
        Some(held) => domain.index(*held).map(Some),
    });
    let found = match given.collect::<Option<Vec<_>>>() {
        Some(given) => chances.best_beside(problem, &given).map_err(|_: TooManyChoices| too_many())?,
        None => None,
    };
    Ok(held(problem, &found.map_or(best.choice.clone(), |found| found.choice)))
}

/// The plan that was asked about; decisions that were not asked about are as in another plan.
fn asked_plan<N: Number>(
    problem: &Problem<'_, '_, N>,
    asked: &Asked,
    beside: &[Held],
    best: &Judged,
) -> Result<AskedPlan, Trouble> {
    let plan: Plan = asked.iter().zip(beside).map(|(asked, other)| asked.unwrap_or(*other)).collect();
    let probabilities = problem.probabilities(&plan)?;
    let value = problem.value(&plan, &probabilities);
    Ok(AskedPlan {
        plan: named(problem, &plan),
        value,
        regret: problem.value(&best.0, &best.1) - value,
        goals: others(problem, &probabilities, &best.1),
        keeps_rules: problem.keeps_rules(&plan) && problem.is_allowed(&plan),
        keeps_required: problem.keeps_required(&probabilities),
    })
}

/// Why no plan keeps all that is required.
fn no_plan<N: Number>(problem: &Problem<'_, '_, N>, chances: &Chances) -> Result<NoPlan, Trouble> {
    let model = problem.model;
    let mut required = Vec::new();
    let mut any = true;
    for (index, goal) in model.goals.iter().enumerate() {
        let best = chances.most_probable(index).map_err(|_| too_many())?;
        any &= best.is_some();
        let Some(min_probability) = goal.min_probability else { continue };
        required.push(RequiredGoal {
            id: goal.id.clone(),
            says: goal.text.clone(),
            min_probability,
            best_probability: best.as_ref().map(|best| chances.goals[index].at(|k| best.choice[k])),
            plan: best.map(|best| named(problem, &held(problem, &best.choice))),
        });
    }
    any &= chances.best_of_all(problem).map_err(|_| too_many())?.is_some();
    let why = if any {
        "no plan makes every goal as probable as it must be"
    } else {
        "the rules among decisions leave no plan"
    };
    let why = why.to_string();
    Ok(without_plan(problem, why, required))
}

/// Why there is no plan where a decision has no day.
fn no_day<N: Number>(problem: &Problem<'_, '_, N>) -> NoPlan {
    let empty = problem.domains.iter().position(|domain| domain.size() == 0);
    let name = empty.map_or("", |at| problem.model.decisions[at].id.as_str());
    unjudged(problem, format!("the window, the as-of date and the rules leave no day for '{name}'"))
}

/// That there is no plan, where no plan tells how probable goals can be.
fn unjudged<N: Number>(problem: &Problem<'_, '_, N>, why: String) -> NoPlan {
    let required = problem.model.goals.iter().filter_map(|goal| {
        goal.min_probability.map(|min_probability| RequiredGoal {
            id: goal.id.clone(),
            says: goal.text.clone(),
            min_probability,
            best_probability: None,
            plan: None,
        })
    });
    without_plan(problem, why, required.collect())
}

fn without_plan<N: Number>(problem: &Problem<'_, '_, N>, why: String, required: Vec<RequiredGoal>) -> NoPlan {
    let Model { title, horizon, as_of, .. } = problem.model;
    let horizon = Span { from: horizon.0, to: horizon.1 };
    NoPlan { title: title.clone(), horizon, as_of: *as_of, feasible: false, why, required }
}

/// Adds what reacting and what knowing would be worth.
fn add_policy<N: Number>(
    problem: &Problem<'_, '_, N>,
    solution: &Solution<'_, N>,
    chances: Option<&Chances>,
    settled: &Judged,
    schedule: &mut Schedule,
) -> Result<(), Trouble>
where
    Sampler: TryFrom<Arc<Calibration<N>>, Error = TooLarge>,
{
    let (plan, probabilities) = settled;
    let value = problem.value(plan, probabilities);
    let reacting = match chances {
        Some(chances) if problem.domains.len() == 1 => {
            let (watched, left_out) = watched_events(problem, solution, 0)?;
            note_left_out(problem, 0, &watched, &left_out, &mut schedule.warnings);
            react(problem, chances, &Fixed { held: plan[0], value }, watched)
                .map(|found| (found.policy, found.clairvoyant))
        }
        _ => family::react(problem, solution, plan, &mut schedule.warnings).map(|policy| (policy, None)),
    };
    let mut known = None;
    match reacting {
        Ok((policy, clairvoyant)) => {
            known = clairvoyant;
            schedule.policy = Some(policy);
        }
        Err(Trouble::TooLong(why)) => schedule.warnings.push(format!("reacting is out of reach: {why}")),
        Err(Trouble::TooLarge(_)) => {
            schedule.warnings.push("reacting is out of reach: that would take too much memory or time".to_string());
        }
        Err(other) => return Err(other),
    }
    let floor = schedule.policy.as_ref().map_or(value, |policy| policy.value.max(value));
    match known {
        Some(value) => schedule.clairvoyant = Some(value.max(floor)),
        None => match clairvoyant::clairvoyant(problem)? {
            // It is worth no less than the policy, whatever the draws say.
            Some(found) => {
                schedule.clairvoyant = Some(found.value.max(floor));
                schedule.clairvoyant_error = found.error;
            }
            None => schedule.warnings.push(
                "what knowing all dates would be worth is out of reach: there are too many plans to look through"
                    .to_string(),
            ),
        },
    }
    Ok(())
}

fn note_left_out<N: Number>(
    problem: &Problem<'_, '_, N>,
    decision: usize,
    watched: &[watched::Watched],
    left_out: &[crate::model::EventId],
    warnings: &mut Vec<String>,
) {
    if left_out.is_empty() {
        return;
    }
    let name = |event: crate::model::EventId| problem.model.events[event.0].id.clone();
    let taken: Vec<String> = watched.iter().map(|one| name(one.event)).collect();
    let rest: Vec<String> = left_out.iter().map(|event| name(*event)).collect();
    warnings.push(format!(
        "the policy for '{}' watches {} only, not {} (watch = [\"…\"] says which two)",
        problem.model.decisions[decision].id,
        taken.join(" and "),
        rest.join(", ")
    ));
}
