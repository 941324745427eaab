//! Decisions and a forecast in; the value of the best plan for every world, on average, out: what knowing all dates would be worth.

use super::problem::{Held, Plan, Problem};
use crate::answer::solve::{Trouble, trusted};
use crate::infer::{Calibration, Number, Sampler, TooLarge};
use crate::network::{Extension, NEVER, Value, VarId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Plans in worlds that are looked at one by one, for an exact answer.
const MOST_LOOKS: f64 = 2e7;
/// Looks beyond this end the drawing of worlds.
const MOST_DRAWN_LOOKS: u64 = 40_000_000;
/// Worlds that are drawn at the most, and how many at a time.
const MOST_WORLDS: usize = 20_000;
const BATCH: usize = 200;
/// More plans are not looked through for every world.
const MOST_PLANS: f64 = 2e6;

/// The value of knowing all dates, and its standard error where worlds were drawn.
#[derive(Clone, Copy, Debug)]
pub struct Clairvoyant {
    pub value: f64,
    pub error: Option<f64>,
}

/// Exactly where the dates that goals name have few combinations, else from drawn worlds; `Ok(None)` where there are too many
/// plans to look through.
///
/// # Errors
/// Where the plain numbers are left.
pub fn clairvoyant<N: Number>(problem: &Problem<'_, '_, N>) -> Result<Option<Clairvoyant>, Trouble>
where
    Sampler: TryFrom<Arc<Calibration<N>>, Error = TooLarge>,
{
    let count: f64 = problem.domains.iter().map(|domain| domain.size() as f64).product();
    if count > MOST_PLANS {
        return Ok(None);
    }
    let plans = Plans::new(problem);
    if plans.all.is_empty() {
        return Ok(None);
    }
    let vars: Vec<VarId> = named(problem);
    let network = problem.posterior.network();
    let combinations: f64 = vars.iter().map(|var| network.variables[var.0].size() as f64).product();
    if combinations * count <= MOST_LOOKS
        && let Ok(table) = problem.posterior.joint(&Extension::new(&network.variables), &vars)
    {
        trusted(problem.posterior)?;
        let mut world: Vec<Value> = vec![Value { first: NEVER, last: NEVER }; network.variables.len()];
        // Variables of one value are in no table.
        for (value, variable) in world.iter_mut().zip(&network.variables) {
            *value = variable.value(0);
        }
        let mut sum = 0.0;
        for (place, weight) in table.values.iter().enumerate() {
            let weight = weight.scaled().shifted(table.exponent).to_f64();
            if weight == 0.0 {
                continue;
            }
            let mut rest = place;
            for var in vars.iter().rev() {
                let variable = &network.variables[var.0];
                world[var.0] = variable.value(rest % variable.size());
                rest /= variable.size();
            }
            sum += weight * plans.greatest(problem, &|var| world[var.0]).0;
        }
        return Ok(Some(Clairvoyant { value: sum, error: None }));
    }
    let Ok(sampler) = Sampler::try_from(problem.posterior.clone()) else { return Ok(None) };
    let (mut looks, mut worlds, mut sums) = (0, 0, (0.0, 0.0));
    for number in 0..MOST_WORLDS / BATCH {
        let batch = sampler.batch(super::SEED, number as u64, BATCH);
        for world in batch.values.chunks(network.variables.len()) {
            let value = |var: VarId| network.variables[var.0].value(world[var.0] as usize);
            let (value, looked) = plans.greatest(problem, &value);
            looks += looked;
            worlds += 1;
            sums = (sums.0 + value, sums.1 + value * value);
        }
        if looks > MOST_DRAWN_LOOKS {
            break;
        }
    }
    let count = f64::from(worlds);
    let mean = sums.0 / count;
    let variance = (sums.1 / count - mean * mean).max(0.0) * count / (count - 1.0).max(1.0);
    Ok(Some(Clairvoyant { value: mean, error: Some((variance / count).sqrt()) }))
}

/// The variables of the dates that goals name.
fn named<N: Number>(problem: &Problem<'_, '_, N>) -> Vec<VarId> {
    let network = problem.posterior.network();
    let vars: BTreeSet<VarId> = problem.goals.iter().flat_map(|goal| goal.vars()).collect();
    let in_doubt = |var: &VarId| network.variables.get(var.0).is_some_and(|variable| variable.size() > 1);
    vars.into_iter().filter(in_doubt).collect()
}

/// All plans that keep the rules.
struct Plans {
    all: Vec<Plan>,
    /// No plan is worth more in any world.
    most: f64,
}

impl Plans {
    fn new<N: Number>(problem: &Problem<'_, '_, N>) -> Plans {
        let mut all: Vec<Plan> = vec![Vec::new()];
        for domain in &problem.domains {
            let choices: Vec<Held> = (0..domain.size()).map(|index| domain.held(index)).collect();
            let longer = |plan: &Plan| choices.iter().map(|held| [&plan[..], &[*held]].concat()).collect::<Vec<_>>();
            all = all.iter().flat_map(longer).collect();
        }
        all.retain(|plan| problem.keeps_rules(plan));
        let goals: f64 = problem.model.goals.iter().map(|goal| goal.value.max(0.0)).sum();
        let least = all.iter().map(|plan| problem.cost(plan)).fold(f64::INFINITY, f64::min);
        Plans { all, most: goals - least }
    }

    /// The greatest value of a plan in a world, and how many plans were looked at.
    fn greatest<N: Number>(&self, problem: &Problem<'_, '_, N>, world: &impl Fn(VarId) -> Value) -> (f64, u64) {
        let mut greatest = f64::NEG_INFINITY;
        for (looked, plan) in (1..).zip(&self.all) {
            greatest = greatest.max(problem.value_in(plan, world));
            if greatest >= self.most {
                return (greatest, looked);
            }
        }
        (greatest, self.all.len() as u64)
    }
}
