//! A forecast and the dates that goals and reactions are about in; the same forecast of these dates alone, out.
//!
//! A plan is judged by many small computations. On a table of the few dates that matter each takes a fraction of what it takes
//! on a network of all events.

use crate::answer::solve::{Solution, Trouble, trusted};
use crate::infer::{Calibration, Limits, Number};
use crate::model::{EventId, Model};
use crate::network::{Extension, Factor, Network, VarId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Tables of more entries are not made.
const MOST_ENTRIES: f64 = 2e6;

/// The forecast of the dates that goals name or that are watched; the whole forecast where they have too many combinations.
///
/// # Errors
/// Where the plain numbers are left.
pub fn condensed<N: Number>(
    solution: &Solution<'_, N>,
    posterior: &Arc<Calibration<N>>,
    limits: Limits,
) -> Result<Arc<Calibration<N>>, Trouble> {
    let network = posterior.network();
    let vars = dates(solution);
    // A table of plain numbers would lose what only the wide ones hold.
    if N::ENDLESS || vars.is_empty() || network.factors.len() < 2 {
        return Ok(posterior.clone());
    }
    let mut factors = Vec::new();
    for scope in apart(network, &vars) {
        let entries: f64 = scope.iter().map(|var| network.variables[var.0].size() as f64).product();
        if entries > MOST_ENTRIES {
            return Ok(posterior.clone());
        }
        let Ok(table) = posterior.joint(&Extension::new(&network.variables), &scope) else {
            return Ok(posterior.clone());
        };
        trusted(posterior)?;
        let values = table.values.iter().map(|value| value.scaled().shifted(table.exponent).to_f64()).collect();
        factors.push(Factor::Table { scope, values: Arc::new(values) });
    }
    let alone = Network { factors, implied: Vec::new(), ..network.clone() };
    match Calibration::new(alone, limits) {
        Ok(calibration) if !calibration.lost() => Ok(Arc::new(calibration)),
        _ => Ok(posterior.clone()),
    }
}

/// Variables by the parts of the network that have nothing to do with each other.
fn apart(network: &Network, vars: &[VarId]) -> Vec<Vec<VarId>> {
    // Each variable points to another of its part, in the end to the part's first.
    let mut parts: Vec<usize> = (0..network.variables.len()).collect();
    fn root(parts: &mut [usize], mut at: usize) -> usize {
        while parts[at] != at {
            parts[at] = parts[parts[at]];
            at = parts[at];
        }
        at
    }
    for factor in &network.factors {
        let scope = factor.scope();
        for pair in scope.windows(2) {
            let (one, other) = (root(&mut parts, pair[0].0), root(&mut parts, pair[1].0));
            parts[one.max(other)] = one.min(other);
        }
    }
    let mut groups: BTreeMap<usize, Vec<VarId>> = BTreeMap::new();
    for var in vars {
        groups.entry(root(&mut parts, var.0)).or_default().push(*var);
    }
    groups.into_values().collect()
}

/// The variables, in doubt, of the dates that matter.
fn dates<N: Number>(solution: &Solution<'_, N>) -> Vec<VarId> {
    let model: &Model = solution.model;
    let Some(posterior) = &solution.posterior else { return Vec::new() };
    let named = model.goals.iter().flat_map(|goal| goal.says.events());
    let watched = model.decisions.iter().flat_map(|decision| decision.watch.iter().flatten().copied());
    let events: BTreeSet<EventId> = named.chain(watched).filter(|event| event.0 < model.events.len()).collect();
    let network = posterior.network();
    let both = |event: &EventId| {
        let last = solution.compiler.last_day(*event).map(|(at, _)| at.var);
        std::iter::once(network.starts[event.0]).chain(last)
    };
    let vars: BTreeSet<VarId> = events.iter().flat_map(both).collect();
    vars.into_iter().filter(|var| network.variables[var.0].size() > 1).collect()
}
