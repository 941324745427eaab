//! A scenario with decisions in; the best plan, how good others are, and what reacting and knowing would be worth, out.

mod clairvoyant;
mod family;
mod induction;
mod instructions;
mod outcome;
mod plan;
mod policy;
mod problem;
mod reaction;
mod stream;
mod tables;
mod watched;
mod words;

pub use outcome::{
    Alternative, AskedPlan, Curve, DayValue, GoalChance, NoPlan, OtherChance, PlanDays, Policy, PolicyChance,
    RequiredGoal, Schedule, Scheduled, SimpleRule, Simulated,
};

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
    let problem = Problem::new(&solution, posterior);
    let Some(chances) = Chances::new(&problem)? else { return Err(too_many()) };
    let Some(best) = chances.best(&problem).map_err(|_| too_many())? else {
        return Ok(Scheduled::NoPlan(Box::new(no_plan(&problem, &chances)?)));
    };
    let mut schedule = planned(&problem, &chances, &best);
    if asked.iter().any(Option::is_some) {
        schedule.asked = Some(asked_plan(&problem, &chances, &best, asked)?);
    }
    add_policy(&problem, &solution, &chances, &mut schedule)?;
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

/// The best plan with what surrounds it.
fn planned<N: Number>(problem: &Problem<'_, '_, N>, chances: &Chances, best: &Best) -> Schedule {
    let model = problem.model;
    let plan = held(problem, &best.choice);
    let probabilities = chances.probabilities(&best.choice);
    let value = problem.value(&plan, &probabilities);
    let goals = model.goals.iter().zip(&probabilities).map(|(goal, probability)| GoalChance {
        id: goal.id.clone(),
        says: goal.text.clone(),
        value: goal.value,
        min_probability: goal.min_probability,
        probability: *probability,
    });
    let alternatives = chances.alternatives(problem, &best.choice).into_iter().map(|other| {
        let (plan, found) = (held(problem, &other.choice), chances.probabilities(&other.choice));
        let worth = problem.value(&plan, &found);
        Alternative {
            plan: named(problem, &plan),
            value: worth,
            regret: value - worth,
            goals: others(problem, &found, &probabilities),
        }
    });
    let curves = (0..model.decisions.len()).map(|decision| curve(problem, chances, decision, &best.choice));
    Schedule {
        title: model.title.clone(),
        horizon: Span { from: model.horizon.0, to: model.horizon.1 },
        as_of: model.as_of,
        method: Method::Exact,
        feasible: true,
        plan: named(problem, &plan),
        value,
        proven: true,
        gap: 0.0,
        goals: goals.collect(),
        asked: None,
        alternatives: alternatives.collect(),
        curves: curves.collect(),
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

/// The plan that was asked about; decisions that were not asked about are as good as they can be beside it.
fn asked_plan<N: Number>(
    problem: &Problem<'_, '_, N>,
    chances: &Chances,
    best: &Best,
    asked: &Asked,
) -> Result<AskedPlan, Trouble> {
    let fixed: Option<Vec<Option<usize>>> = asked
        .iter()
        .zip(&problem.domains)
        .map(|(asked, domain)| match asked {
            None => Some(None),
            Some(held) => domain.index(*held).map(Some),
        })
        .collect();
    let beside = match fixed {
        Some(fixed) => chances.best_beside(problem, &fixed).map_err(|_: TooManyChoices| too_many())?,
        None => None,
    };
    let others_as = held(problem, &beside.map_or(best.choice.clone(), |beside| beside.choice));
    let plan: Plan = asked.iter().zip(&others_as).map(|(asked, other)| asked.unwrap_or(*other)).collect();
    let probabilities = problem.probabilities(&plan)?;
    let value = problem.value(&plan, &probabilities);
    let best_probabilities = chances.probabilities(&best.choice);
    Ok(AskedPlan {
        plan: named(problem, &plan),
        value,
        regret: problem.value(&held(problem, &best.choice), &best_probabilities) - value,
        goals: others(problem, &probabilities, &best_probabilities),
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
    let empty = problem.domains.iter().position(|domain| domain.size() == 0);
    let why = match empty {
        Some(at) => format!(
            "no day is left for '{}': its window, the as-of date and the rules about it leave none",
            model.decisions[at].id
        ),
        None if !any => "the rules among decisions leave no plan".to_string(),
        None => "no plan makes every goal as probable as it must be".to_string(),
    };
    Ok(NoPlan {
        title: model.title.clone(),
        horizon: Span { from: model.horizon.0, to: model.horizon.1 },
        as_of: model.as_of,
        feasible: false,
        why,
        required,
    })
}

/// Adds what reacting and what knowing would be worth.
fn add_policy<N: Number>(
    problem: &Problem<'_, '_, N>,
    solution: &Solution<'_, N>,
    chances: &Chances,
    schedule: &mut Schedule,
) -> Result<(), Trouble>
where
    Sampler: TryFrom<Arc<Calibration<N>>, Error = TooLarge>,
{
    let Some(settled) = chances.best_of_all(problem).map_err(|_| too_many())? else { return Ok(()) };
    let plan = held(problem, &settled.choice);
    let probabilities = chances.probabilities(&settled.choice);
    let value = problem.value(&plan, &probabilities);
    let reacting = if problem.domains.len() == 1 {
        let (watched, left_out) = watched_events(problem, solution, 0)?;
        note_left_out(problem, 0, &watched, &left_out, &mut schedule.warnings);
        react(problem, chances, &Fixed { held: plan[0], value }, watched).map(|found| (found.policy, found.clairvoyant))
    } else {
        family::react(problem, solution, &settled, &mut schedule.warnings).map(|policy| (policy, None))
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
