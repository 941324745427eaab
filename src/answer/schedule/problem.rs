//! A forecast and its model's decisions in; which days are allowed, and how probable goals are under plans, out.

use super::tables::Function;
use crate::answer::solve::{Solution, Trouble, trusted};
use crate::day::Day;
use crate::infer::{Calibration, Number};
use crate::model::{EventId, Model, Proposition};
use crate::network::{
    Choice, Compiler, Extension, Factor, Formula, RelaxedSide, Role, Value, VarId, Variable, relaxed,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Probabilities below what is required by no more than this count as enough.
pub const TOLERANCE: f64 = 1e-12;

/// The day (from the horizon's first) on which a decision is held; `None` where it is not held.
pub type Held = Option<i32>;

/// A day for each decision, in the order of the file.
pub type Plan = Vec<Held>;

/// The days that a decision may take in a computation: consecutive ones, and perhaps "not held".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub first: i32,
    pub days: usize,
    pub never: bool,
}

impl Stretch {
    /// One choice.
    pub fn of(held: Held) -> Stretch {
        match held {
            Some(day) => Stretch { first: day, days: 1, never: false },
            None => Stretch { first: 0, days: 0, never: true },
        }
    }

    pub fn size(&self) -> usize {
        self.days + usize::from(self.never)
    }
}

/// What a decision may choose: days in order, then perhaps "not held".
#[derive(Clone, Debug, PartialEq)]
pub struct Domain {
    pub days: Vec<i32>,
    pub never: bool,
}

impl Domain {
    pub fn size(&self) -> usize {
        self.days.len() + usize::from(self.never)
    }

    pub fn held(&self, index: usize) -> Held {
        self.days.get(index).copied()
    }

    pub fn index(&self, held: Held) -> Option<usize> {
        match held {
            Some(day) => self.days.binary_search(&day).ok(),
            None => self.never.then_some(self.days.len()),
        }
    }

    /// The shortest stretch that has all of it.
    pub fn stretch(&self) -> Stretch {
        let (first, last) = (self.days.first().copied().unwrap_or(0), self.days.last().copied().unwrap_or(-1));
        Stretch { first, days: (last - first + 1) as usize, never: self.never }
    }

    /// The first of its days on or after another.
    pub fn from(&self, day: i32) -> Option<i32> {
        self.days.get(self.days.partition_point(|other| *other < day)).copied()
    }
}

/// A rule among decisions.
struct Restriction {
    kept: Formula,
    /// The decisions it names.
    scope: Vec<usize>,
}

/// Decisions, goals and rules among decisions, set against a forecast.
pub struct Problem<'s, 'm, N> {
    pub model: &'m Model,
    pub posterior: &'s Arc<Calibration<N>>,
    /// The variable of the first decision; the others follow.
    first: VarId,
    pub goals: Vec<Formula>,
    restrictions: Vec<Restriction>,
    /// What each decision may choose, by what is said of it alone.
    pub domains: Vec<Domain>,
}

impl<'s, 'm, N: Number> Problem<'s, 'm, N> {
    /// The solution's posterior must have a world.
    pub fn new(solution: &Solution<'m, N>, posterior: &'s Arc<Calibration<N>>) -> Problem<'s, 'm, N> {
        let model = solution.model;
        let first = VarId(posterior.network().variables.len());
        let compiler = solution.compiler.deciding(first);
        let goals = model.goals.iter().map(|goal| compiler.truth(&goal.says)).collect();
        let mut problem = Problem { model, posterior, first, goals, restrictions: Vec::new(), domains: Vec::new() };
        problem.restrictions = model
            .plan_rules
            .iter()
            .filter(|rule| !rule.dropped)
            .flat_map(|rule| restrictions(model, &compiler, &rule.says))
            .collect();
        problem.domains = (0..model.decisions.len()).map(|index| problem.domain(index)).collect();
        problem
    }

    /// The days of a decision that its window, the as-of date and the rules about it alone leave.
    fn domain(&self, index: usize) -> Domain {
        let decision = &self.model.decisions[index];
        let origin = self.model.horizon.0;
        let known = self.model.as_of.map_or(Day::OPEN_PAST, |day| day + 1);
        let days = (decision.window.0.max(known) - origin)..=(decision.window.1 - origin);
        let alone = self.restrictions.iter().filter(|restriction| restriction.scope == [index]);
        let alone: Vec<&Restriction> = alone.collect();
        let allowed = |held: &Held| alone.iter().all(|rule| self.holds(&rule.kept, &|_| *held));
        let days = days.filter(|day| allowed(&Some(*day))).collect();
        Domain { days, never: decision.optional && allowed(&None) }
    }

    /// Whether a rule is kept where each decision is held as `held` says.
    fn holds(&self, kept: &Formula, held: &impl Fn(usize) -> Held) -> bool {
        kept.holds(&|var: VarId| match var.0.checked_sub(self.first.0) {
            Some(decision) => value(held(decision)),
            None => self.certain(var),
        })
    }

    /// The value of a variable of an event on a date.
    fn certain(&self, var: VarId) -> Value {
        let variable = &self.posterior.network().variables[var.0];
        // Of the lengths that it might have only one has any probability.
        let probable = || self.posterior.marginal(var).ok()?.iter().position(|probability| *probability > 0.5);
        let index = if variable.size() > 1 { probable() } else { None };
        variable.value(index.unwrap_or(0))
    }

    /// Whether a plan keeps all rules among decisions.
    pub fn keeps_rules(&self, plan: &[Held]) -> bool {
        self.restrictions.iter().all(|rule| self.holds(&rule.kept, &|index| plan[index]))
    }

    /// Whether a plan keeps the rules about just these decisions.
    pub fn keeps_rules_of(&self, scope: &[usize], plan: &[Held]) -> bool {
        let mut rules = self.restrictions.iter().filter(|rule| rule.scope == scope);
        rules.all(|rule| self.holds(&rule.kept, &|index| plan[index]))
    }

    /// The sets of several decisions that rules are about.
    pub fn restricted_scopes(&self) -> Vec<Vec<usize>> {
        let several: BTreeSet<Vec<usize>> =
            self.restrictions.iter().map(|rule| rule.scope.clone()).filter(|scope| scope.len() > 1).collect();
        several.into_iter().collect()
    }

    /// Whether each day of a plan is one that the decision may take by itself.
    pub fn is_allowed(&self, plan: &[Held]) -> bool {
        self.domains.iter().zip(plan).all(|(domain, held)| domain.index(*held).is_some())
    }

    /// The rules about several decisions as functions that are 0 where kept and −∞ where broken; `None` where one has too
    /// many combinations.
    pub fn restrictions(&self, most: f64) -> Option<Vec<Function>> {
        let several = self.restrictions.iter().filter(|rule| rule.scope.len() != 1);
        let functions = several.map(|rule| {
            let sizes: Vec<usize> = rule.scope.iter().map(|index| self.domains[*index].size()).collect();
            if sizes.iter().map(|size| *size as f64).product::<f64>() > most {
                return None;
            }
            let mut plan: Plan = vec![None; self.domains.len()];
            Some(Function::from_fn(&rule.scope, &sizes, |indices| {
                for (decision, index) in rule.scope.iter().zip(indices) {
                    plan[*decision] = self.domains[*decision].held(*index);
                }
                if self.holds(&rule.kept, &|index| plan[index]) { 0.0 } else { f64::NEG_INFINITY }
            }))
        });
        functions.collect()
    }

    /// The decision that a variable stands for, if it does.
    pub fn decision(&self, var: VarId) -> Option<usize> {
        var.0.checked_sub(self.first.0)
    }

    /// Whether the rules may be kept where decisions are known by ranges only.
    pub fn may_keep_rules(&self, choice: &impl Fn(VarId) -> Option<Choice>) -> bool {
        self.restrictions.iter().all(|rule| {
            let may_be = relaxed(&rule.kept, choice, RelaxedSide::Above);
            may_be.holds(&|var: VarId| self.certain(var))
        })
    }

    /// The decisions that a goal names.
    pub fn scope(&self, goal: usize) -> Vec<usize> {
        let count = self.model.events.len();
        let events = self.model.goals[goal].says.events();
        events.into_iter().filter_map(|event| event.0.checked_sub(count)).collect()
    }

    /// The variable of a decision in the extensions made here.
    pub fn variable(&self, decision: usize) -> VarId {
        VarId(self.first.0 + decision)
    }

    /// An extension in which every decision takes the days of its stretch, each with weight 1.
    pub fn extension(&self, stretches: &[Stretch]) -> Extension<'_> {
        let mut extension = Extension::new(&self.posterior.network().variables);
        for (index, stretch) in stretches.iter().enumerate() {
            let role = Role::Start(EventId(self.model.events.len() + index));
            extension.add(Variable::of_days(role, stretch.first, stretch.days, stretch.never));
        }
        extension
    }

    /// The probability that the goal is true and `watched` have their values, for every combination of what the decisions
    /// `kept` may choose and of these values: row-major in that order.
    ///
    /// # Errors
    /// Where that would cost more than the limits allow, or leaves the plain numbers.
    pub fn chances(
        &self,
        goal: &Formula,
        stretches: &[Stretch],
        kept: &[usize],
        watched: &[VarId],
    ) -> Result<Vec<f64>, Trouble> {
        let mut extension = self.extension(stretches);
        extension.require(goal);
        self.table(extension, kept, watched)
    }

    /// The weights of an extension, by what the decisions `kept` choose and by the values of `watched`.
    pub fn table(&self, mut extension: Extension<'_>, kept: &[usize], watched: &[VarId]) -> Result<Vec<f64>, Trouble> {
        let keep: Vec<VarId> = kept.iter().map(|k| self.variable(*k)).chain(watched.iter().copied()).collect();
        let cells: f64 = keep.iter().map(|var| extension.variable(*var).size() as f64).product();
        if extension.contradiction {
            return Ok(vec![0.0; cells as usize]);
        }
        for decision in kept {
            // A goal may leave open when it is held.
            let var = self.variable(*decision);
            let values = Arc::new(vec![1.0; extension.variable(var).size()]);
            extension.factors.push(Factor::Table { scope: vec![var], values });
        }
        let table = self.posterior.joint(&extension, &keep)?;
        trusted(self.posterior)?;
        let exponent = table.exponent;
        Ok(table.values.iter().map(|value| value.scaled().shifted(exponent).to_f64().min(1.0)).collect())
    }

    /// The probability of each goal under a plan.
    ///
    /// # Errors
    /// As [`Problem::chances`].
    pub fn probabilities(&self, plan: &[Held]) -> Result<Vec<f64>, Trouble> {
        let stretches: Vec<Stretch> = plan.iter().map(|held| Stretch::of(*held)).collect();
        let each = self.goals.iter().map(|goal| Ok(self.chances(goal, &stretches, &[], &[])?[0]));
        each.collect()
    }

    /// What holding the decisions of a plan costs.
    pub fn cost(&self, plan: &[Held]) -> f64 {
        let held = plan.iter().zip(&self.model.decisions).filter(|(held, _)| held.is_some());
        held.map(|(_, decision)| decision.cost).sum()
    }

    /// `Σ value·P − Σ cost`.
    pub fn value(&self, plan: &[Held], probabilities: &[f64]) -> f64 {
        let goals = self.model.goals.iter().zip(probabilities);
        goals.map(|(goal, probability)| goal.value * probability).sum::<f64>() - self.cost(plan)
    }

    /// What a plan is worth in a world.
    pub fn value_in(&self, plan: &[Held], world: &impl Fn(VarId) -> Value) -> f64 {
        let value = |var: VarId| match var.0.checked_sub(self.first.0) {
            Some(decision) => value(plan[decision]),
            None => world(var),
        };
        let goals = self.model.goals.iter().zip(&self.goals);
        let reached = goals.filter(|(_, formula)| formula.holds(&value)).map(|(goal, _)| goal.value);
        reached.sum::<f64>() - self.cost(plan)
    }

    /// Whether every goal is as probable as required.
    pub fn keeps_required(&self, probabilities: &[f64]) -> bool {
        let mut goals = self.model.goals.iter().zip(probabilities);
        goals.all(|(goal, probability)| goal.min_probability.is_none_or(|least| *probability >= least - TOLERANCE))
    }

    /// The greatest size of differences in value that mean nothing.
    pub fn slack(&self) -> f64 {
        let values: f64 = self.model.goals.iter().map(|goal| goal.value.abs()).sum();
        let costs: f64 = self.model.decisions.iter().map(|decision| decision.cost.abs()).sum();
        TOLERANCE * (values + costs).max(1.0)
    }
}

/// How a decision's variable has its value.
pub fn value(held: Held) -> Value {
    held.map_or(Value::NEVER, |day| Value { first: day, last: day })
}

/// What a rule demands of decisions: the parts of a conjunction one by one, since it is false only where one of them is.
fn restrictions(model: &Model, compiler: &Compiler<'_>, says: &Proposition) -> Vec<Restriction> {
    if let Proposition::And(parts) = says {
        return parts.iter().flat_map(|part| restrictions(model, compiler, part)).collect();
    }
    let events: BTreeSet<EventId> = says.events();
    let scope = events.into_iter().filter_map(|event| event.0.checked_sub(model.events.len())).collect();
    vec![Restriction { kept: compiler.kept(says), scope }]
}
