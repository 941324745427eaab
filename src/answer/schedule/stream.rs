//! A decision and what is watched in; day by day, what holding the decision on it is worth in each combination of what is
//! watched, out. Only as many days as fit are in memory at a time.

use super::problem::{Domain, Held, Problem, Stretch};
use super::watched::Pairs;
use crate::answer::solve::Trouble;
use crate::infer::Number;

/// Entries that are computed at a time.
const MOST_ENTRIES: usize = 1 << 20;
/// Entries of all days beyond this would take too long to go through.
const MOST_OF_ALL: f64 = 2e9;

/// Goals that depend on one decision's day, set against what is watched.
pub struct Stream<'p, 's, 'm, N> {
    pub problem: &'p Problem<'s, 'm, N>,
    pub decision: usize,
    pub pairs: &'p Pairs,
}

impl<N: Number> Stream<'_, '_, '_, N> {
    pub fn domain(&self) -> &Domain {
        &self.problem.domains[self.decision]
    }

    /// The goals that depend on the decision.
    pub fn goals(&self) -> Vec<usize> {
        (0..self.problem.goals.len()).filter(|goal| self.problem.scope(*goal).contains(&self.decision)).collect()
    }

    /// For every choice, from "not held" over the last day to the first: `Σ weight·P(goal, x, y | choice)` for each pair of
    /// values watched, as `[x·columns + y]`.
    ///
    /// # Errors
    /// Where that would cost more than the limits allow, or leaves the plain numbers.
    pub fn each(&self, weights: &[(usize, f64)], mut told: impl FnMut(Held, &[f64])) -> Result<(), Trouble> {
        let all = self.pairs.combinations() as f64 * (self.domain().days.len() + 1) as f64;
        if all > MOST_OF_ALL || self.pairs.combinations() > 8 * MOST_ENTRIES {
            return Err(Trouble::TooLong("there are too many combinations of days to react to".to_string()));
        }
        let domain = self.domain();
        let stretch = domain.stretch();
        if domain.never {
            let never = Stretch { first: 0, days: 0, never: true };
            told(None, &self.weighted(weights, never)?);
        }
        let room = (MOST_ENTRIES / self.pairs.combinations()).max(1) as i32;
        let mut end = stretch.first + stretch.days as i32;
        let mut days = domain.days.iter().rev().copied().peekable();
        while end > stretch.first {
            let first = (end - room).max(stretch.first);
            let values = self.weighted(weights, Stretch { first, days: (end - first) as usize, never: false })?;
            let size = self.pairs.probabilities.len();
            while let Some(day) = days.next_if(|day| *day >= first) {
                let row = (day - first) as usize;
                told(Some(day), &values[row * size..(row + 1) * size]);
            }
            end = first;
        }
        Ok(())
    }

    /// The weighted sum of the goals' probabilities, by the choices of a stretch and the pairs.
    fn weighted(&self, weights: &[(usize, f64)], stretch: Stretch) -> Result<Vec<f64>, Trouble> {
        let size = self.pairs.probabilities.len();
        let mut sums = vec![0.0; stretch.size() * size];
        let vars = self.pairs.vars();
        let inner = self.pairs.other.combinations;
        for (goal, weight) in weights.iter().filter(|(_, weight)| *weight != 0.0) {
            let goal = &self.problem.goals[*goal];
            let table = self.problem.chances(goal, &[stretch], &[self.decision], &vars)?;
            let rows = sums.chunks_mut(size).zip(table.chunks(self.pairs.combinations()));
            for (sums, row) in rows {
                let mut sums = sums.iter_mut();
                for place in &self.pairs.one.places {
                    let line = &row[place * inner..(place + 1) * inner];
                    let columns = self.pairs.other.places.iter();
                    columns.zip(&mut sums).for_each(|(column, sum)| *sum += weight * line[*column]);
                }
            }
        }
        Ok(sums)
    }
}
