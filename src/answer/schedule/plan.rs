//! Goals' probabilities by day in; the best plan, the next best ones, and the value by day out.

use super::problem::{Domain, Held, Plan, Problem, Stretch, TOLERANCE};
use super::tables::{Best, Function, MOST_CELLS, TooManyChoices, best};
use crate::answer::solve::Trouble;
use crate::infer::Number;

/// Plans that differ by no more days count as much the same.
const MUCH_THE_SAME: i32 = 2;
/// So many alternatives are told.
pub const MOST_ALTERNATIVES: usize = 10;
/// So many parts of the space of plans are looked through for alternatives.
const MOST_PARTS: usize = 4_000;

/// Each goal's probability for every choice of the decisions that it names.
pub struct Chances {
    pub goals: Vec<Function>,
    /// 0 where a rule among decisions is kept, −∞ where it is broken.
    restrictions: Vec<Function>,
    sizes: Vec<usize>,
}

impl Chances {
    /// Each goal's table, by one elimination; `Ok(None)` where a table would be too large.
    pub fn new<N: Number>(problem: &Problem<'_, '_, N>) -> Result<Option<Chances>, Trouble> {
        let Some(restrictions) = problem.restrictions(MOST_CELLS) else { return Ok(None) };
        let stretches: Vec<Stretch> = problem.domains.iter().map(Domain::stretch).collect();
        let mut goals = Vec::new();
        for goal in 0..problem.goals.len() {
            let scope = problem.scope(goal);
            let cells: f64 = scope.iter().map(|k| stretches[*k].size() as f64).product();
            if cells > MOST_CELLS {
                return Ok(None);
            }
            let chances = match problem.chances(&problem.goals[goal], &stretches, &scope, &[]) {
                Err(Trouble::TooLarge(_)) if scope.len() > 1 => return Ok(None),
                other => other?,
            };
            goals.push(gathered(problem, &scope, &stretches, &chances));
        }
        let sizes = problem.domains.iter().map(Domain::size).collect();
        Ok(Some(Chances { goals, restrictions, sizes }))
    }

    /// The values of plans: goals and costs, and −∞ where a rule among decisions is broken or a goal is less probable than
    /// it must be.
    fn values<N: Number>(&self, problem: &Problem<'_, '_, N>) -> Vec<Function> {
        let mut functions = self.restrictions.clone();
        for (goal, chances) in problem.model.goals.iter().zip(&self.goals) {
            let least = goal.min_probability.map_or(f64::NEG_INFINITY, |least| least - TOLERANCE);
            let value = |chance: &f64| if *chance < least { f64::NEG_INFINITY } else { goal.value * chance };
            functions.push(Function { values: chances.values.iter().map(value).collect(), ..chances.clone() });
        }
        functions.extend(self.costs(problem));
        functions
    }

    fn costs<N: Number>(&self, problem: &Problem<'_, '_, N>) -> Vec<Function> {
        let each = problem.model.decisions.iter().zip(&problem.domains).enumerate();
        let cost = |(index, (decision, domain)): (usize, (&crate::model::Decision, &Domain))| {
            Function::from_fn(&[index], &[domain.size()], |choice| match domain.held(choice[0]) {
                Some(_) => 0.0 - decision.cost,
                None => 0.0,
            })
        };
        each.map(cost).collect()
    }

    /// The probabilities of the goals under a plan of allowed days.
    pub fn probabilities(&self, choice: &[usize]) -> Vec<f64> {
        self.goals.iter().map(|chances| chances.at(|decision| choice[decision])).collect()
    }

    /// The best plan that keeps all that is required; `Ok(None)` where none does.
    ///
    /// # Errors
    /// Where there are too many combinations.
    pub fn best<N: Number>(&self, problem: &Problem<'_, '_, N>) -> Result<Option<Best>, TooManyChoices> {
        best(&self.values(problem), &self.sizes, problem.slack())
    }

    /// The best plan without regard to what goals require.
    ///
    /// # Errors
    /// Where there are too many combinations.
    pub fn best_of_all<N: Number>(&self, problem: &Problem<'_, '_, N>) -> Result<Option<Best>, TooManyChoices> {
        best(&self.all_values(problem), &self.sizes, problem.slack())
    }

    /// The values of plans, and −∞ where a rule among decisions is broken.
    fn all_values<N: Number>(&self, problem: &Problem<'_, '_, N>) -> Vec<Function> {
        let goals = problem.model.goals.iter().zip(&self.goals);
        let valued = goals.map(|(goal, chances)| Function {
            values: chances.values.iter().map(|chance| goal.value * chance).collect(),
            ..chances.clone()
        });
        self.restrictions.iter().cloned().chain(valued).chain(self.costs(problem)).collect()
    }

    /// The best plan with some choices given; without regard to what goals require, if nothing else is left.
    ///
    /// # Errors
    /// Where there are too many combinations.
    pub fn best_beside<N: Number>(
        &self,
        problem: &Problem<'_, '_, N>,
        given: &[Option<usize>],
    ) -> Result<Option<Best>, TooManyChoices> {
        let part = Part {
            allowed: given
                .iter()
                .zip(&self.sizes)
                .map(|(given, size)| (0..*size).map(|index| given.is_none_or(|given| given == index)).collect())
                .collect(),
        };
        let with = |functions: Vec<Function>| {
            let functions: Vec<Function> = functions.into_iter().chain(part.masks()).collect();
            best(&functions, &self.sizes, problem.slack())
        };
        Ok(match with(self.values(problem))? {
            None => with(self.all_values(problem))?,
            found => found,
        })
    }

    /// The plan that makes a goal most probable.
    ///
    /// # Errors
    /// Where there are too many combinations.
    pub fn most_probable(&self, goal: usize) -> Result<Option<Best>, TooManyChoices> {
        let functions: Vec<Function> = self.restrictions.iter().chain([&self.goals[goal]]).cloned().collect();
        best(&functions, &self.sizes, TOLERANCE)
    }

    /// The value for every choice of one decision that keeps the rules, the others as in a plan; and whether all that is
    /// required is kept.
    pub fn curve<N: Number>(
        &self,
        problem: &Problem<'_, '_, N>,
        decision: usize,
        plan: &[usize],
    ) -> Vec<(usize, f64, bool)> {
        let mut choice = plan.to_vec();
        let mut found = Vec::new();
        for index in 0..self.sizes[decision] {
            choice[decision] = index;
            if self.restrictions.iter().any(|rule| rule.at(|k| choice[k]) == f64::NEG_INFINITY) {
                continue;
            }
            let probabilities = self.probabilities(&choice);
            let plan = held(problem, &choice);
            found.push((index, problem.value(&plan, &probabilities), problem.keeps_required(&probabilities)));
        }
        found
    }

    /// The next best plans, each more than a few days away from the best and from those before it.
    pub fn alternatives<N: Number>(&self, problem: &Problem<'_, '_, N>, first: &[usize]) -> Vec<Best> {
        let values = self.values(problem);
        let near = |decision: usize, a: usize, b: usize| {
            let domain = &problem.domains[decision];
            is_near(domain.held(a), domain.held(b))
        };
        let solved = |part: Part| -> Option<(Best, Part)> {
            let mut functions = values.clone();
            functions.extend(part.masks());
            let found = best(&functions, &self.sizes, problem.slack()).ok()??;
            Some((found, part))
        };
        let whole = Part { allowed: self.sizes.iter().map(|size| vec![true; *size]).collect() };
        let mut listed: Vec<Vec<usize>> = vec![first.to_vec()];
        let mut found: Vec<Best> = Vec::new();
        let mut open: Vec<(Best, Part)> = whole.without(first, &near).into_iter().filter_map(solved).collect();
        let mut looked = open.len();
        while found.len() < MOST_ALTERNATIVES && looked < MOST_PARTS {
            // Of equals the earliest, as for the best plan.
            let greatest = open.iter().map(|(best, _)| best.value).fold(f64::NEG_INFINITY, f64::max);
            let equal = open.iter().enumerate().filter(|(_, (best, _))| best.value >= greatest - problem.slack());
            let Some(at) = equal.min_by(|a, b| a.1.0.choice.cmp(&b.1.0.choice)).map(|(at, _)| at) else { break };
            let (next, part) = open.swap_remove(at);
            let alike = |one: &Vec<usize>| (0..one.len()).all(|k| near(k, one[k], next.choice[k]));
            let centre = match listed.iter().find(|one| alike(one)) {
                Some(known) => known.clone(),
                None => {
                    found.push(next.clone());
                    listed.push(next.choice.clone());
                    next.choice
                }
            };
            let parts = part.without(&centre, &near);
            looked += parts.len();
            open.extend(parts.into_iter().filter_map(solved));
        }
        found
    }
}

/// Whether two choices of a decision are much the same.
pub fn is_near(one: Held, other: Held) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= MUCH_THE_SAME,
        (one, other) => one == other,
    }
}

/// Whether two plans are much the same.
pub fn alike(one: &[Held], other: &[Held]) -> bool {
    one.iter().zip(other).all(|(one, other)| is_near(*one, *other))
}

/// A part of the space of plans: for each decision the choices that are in it.
#[derive(Clone, Debug)]
struct Part {
    allowed: Vec<Vec<bool>>,
}

impl Part {
    /// What is left without the plans near another, as parts that share no plan: in the k-th of them the first decisions are
    /// near, the k-th is not.
    fn without(&self, centre: &[usize], near: &impl Fn(usize, usize, usize) -> bool) -> Vec<Part> {
        let mut inside = self.clone();
        let mut found = Vec::new();
        for (decision, at) in centre.iter().enumerate() {
            let close: Vec<bool> = (0..self.allowed[decision].len()).map(|index| near(decision, index, *at)).collect();
            let mut outside = inside.clone();
            outside.allowed[decision].iter_mut().zip(&close).for_each(|(allowed, close)| *allowed &= !close);
            inside.allowed[decision].iter_mut().zip(&close).for_each(|(allowed, close)| *allowed &= *close);
            if outside.allowed[decision].contains(&true) {
                found.push(outside);
            }
        }
        found
    }

    fn masks(&self) -> Vec<Function> {
        let masks = self.allowed.iter().enumerate().filter(|(_, allowed)| allowed.contains(&false));
        let mask = |(decision, allowed): (usize, &Vec<bool>)| {
            Function::from_fn(&[decision], &[allowed.len()], |i| if allowed[i[0]] { 0.0 } else { f64::NEG_INFINITY })
        };
        masks.map(mask).collect()
    }
}

/// Entries for all days of stretches, as entries for the choices of the domains.
fn gathered<N: Number>(
    problem: &Problem<'_, '_, N>,
    scope: &[usize],
    stretches: &[Stretch],
    chances: &[f64],
) -> Function {
    let sizes: Vec<usize> = scope.iter().map(|k| problem.domains[*k].size()).collect();
    Function::from_fn(scope, &sizes, |indices| {
        let place = scope.iter().zip(indices).fold(0, |place, (decision, index)| {
            let stretch = &stretches[*decision];
            let at = match problem.domains[*decision].held(*index) {
                Some(day) => (day - stretch.first) as usize,
                None => stretch.days,
            };
            place * stretch.size() + at
        });
        chances[place]
    })
}

/// What the choices of all decisions stand for.
pub fn held<N: Number>(problem: &Problem<'_, '_, N>, choice: &[usize]) -> Plan {
    let each = problem.domains.iter().zip(choice);
    each.map(|(domain, index)| -> Held { domain.held(*index) }).collect()
}
