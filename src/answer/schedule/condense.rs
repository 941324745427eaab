//! A forecast and the dates that goals and reactions are about in; the same forecast of these dates alone, out.
//!
//! A plan is judged by many small computations. On a table of the few dates that matter each takes a fraction of what it takes
//! on a network of all events.

use crate::answer::solve::{Solution, Trouble, trusted};
use crate::infer::{Calibration, Limits, Number};
use crate::model::{EventId, Model};
use crate::network::{Extension, Factor, Network, VarId};
use std::collections::BTreeSet;
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
    let entries: f64 = vars.iter().map(|var| network.variables[var.0].size() as f64).product();
    // A table of plain numbers would lose what only the wide ones hold.
    if N::ENDLESS || entries > MOST_ENTRIES || network.factors.len() < 2 || vars.is_empty() {
        return Ok(posterior.clone());
    }
    let Ok(table) = posterior.joint(&Extension::new(&network.variables), &vars) else { return Ok(posterior.clone()) };
    trusted(posterior)?;
    let values = table.values.iter().map(|value| value.scaled().shifted(table.exponent).to_f64()).collect();
    let factor = Factor::Table { scope: vars, values: Arc::new(values) };
    let alone = Network { factors: vec![factor], implied: Vec::new(), ..network.clone() };
    match Calibration::new(alone, limits) {
        Ok(calibration) if !calibration.lost() => Ok(Arc::new(calibration)),
        _ => Ok(posterior.clone()),
    }
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
