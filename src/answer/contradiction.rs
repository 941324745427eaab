//! A solution in; the smallest sets of reports whose claims cannot all be true out.

use super::conflict::{Judge, only_conflicts};
use super::solve::{Solution, Trouble};
use super::testimony::Standing;
use crate::infer::{Calibration, Limits, Number, Scaled};
use crate::network::Evidence;

/// Elementary steps that looking for more than the first set may take.
const MOST_STEPS: f64 = 1e9;
/// What making a network takes besides solving it, in elementary steps.
const OVERHEAD: f64 = 20_000.0;

/// The smallest sets of reports, by id, whose claims cannot all be true under the rules and facts (a single one where its
/// claim alone cannot), at most so many; and whether there are more, or may be.
///
/// Reports that speak count: no copies, and nothing that its source has replaced since. A slip is left out of account: it says
/// how far a report may be off, not what it says.
pub fn contradicting_reports<N: Number>(
    solution: &Solution<'_, N>,
    limits: Limits,
    most: usize,
) -> Result<(Vec<Vec<String>>, bool), Trouble> {
    let model = solution.model;
    // Where not even rules and facts hold, nothing can be said of reports.
    if solution.given.as_ref().is_none_or(|given| given.total().is_zero()) {
        return Ok((Vec::new(), false));
    }
    let speaking = solution.hearing.standings.iter().filter(|(_, standing)| matches!(standing, Standing::Speaks(_)));
    let mut reports: Vec<usize> = speaking.map(|(report, _)| *report).collect();
    reports.sort_by_key(|report| &model.reports[*report].id);
    let mut claims = Claims { solution, reports, limits, left: None };
    let found = match only_conflicts(&mut claims, most) {
        Err(Trouble::TooLarge(_)) => return Ok((Vec::new(), true)),
        other => other?,
    };
    let id = |place: &usize| model.reports[claims.reports[*place]].id.clone();
    Ok((found.sets.iter().map(|set| set.iter().map(id).collect()).collect(), found.more))
}

struct Claims<'s, 'm, N> {
    solution: &'s Solution<'m, N>,
    reports: Vec<usize>,
    limits: Limits,
    /// Steps that may still be taken; `None` as long as there is no end to them.
    left: Option<f64>,
}

impl<N: Number> Judge for Claims<'_, '_, N> {
    fn count(&self) -> usize {
        self.reports.len()
    }

    fn leaves_a_world(&mut self, kept: &[usize]) -> Result<bool, Trouble> {
        if self.left.is_some_and(|left| left <= 0.0) {
            return Err(Trouble::Stopped);
        }
        let Solution { model, compiler, evidence, .. } = self.solution;
        let claims = kept.iter().map(|place| compiler.truth(&model.reports[self.reports[*place]].claim.says));
        let facts = evidence.facts.iter().cloned().chain(claims).collect();
        let network = compiler.compile(&Evidence { facts, weights: Vec::new() });
        let calibration = Calibration::<Scaled>::upward(network, self.limits)?;
        let steps = OVERHEAD + calibration.cost().operations;
        self.left = self.left.map(|left| left - steps);
        Ok(!calibration.total().is_zero())
    }

    fn limit(&mut self) {
        self.left = Some(MOST_STEPS.min(self.limits.operations));
    }
}
