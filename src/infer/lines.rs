//! Factors in; their product along one variable, assignment by assignment of the others, out.

use super::number::Number;
use super::potential::{Piece, Potential};
use super::table::advance;

/// Products of factors along `x`, built up outer variable by outer variable.
///
/// Line `k` is the product of the factors whose last outer variable is the `k`-th (from 1; 0: none), times line `k − 1`.
/// Only the lines behind the variable that changed are made anew.
pub struct Lines<'f, N> {
    x: usize,
    outer: Vec<usize>,
    /// The factors of each level.
    factors: Vec<Vec<&'f Potential<N>>>,
    lines: Vec<Vec<N>>,
    pieces: Vec<Piece>,
    /// Whether no product of these factors can leave the safe range.
    safe: bool,
    /// The first level to be made anew; `None` when all assignments have been.
    changed: Option<usize>,
}

impl<'f, N: Number> Lines<'f, N> {
    /// `factors` may depend on `x` and `outer`; `size` is that of `x`.
    pub fn new(x: usize, factors: &[&'f Potential<N>], outer: Vec<usize>, size: usize) -> Lines<'f, N> {
        let mut levels = vec![Vec::new(); outer.len() + 1];
        for factor in factors {
            let level = |var: &usize| outer.iter().position(|other| other == var).map_or(0, |at| at + 1);
            levels[factor.scope().iter().map(level).max().unwrap_or(0)].push(*factor);
        }
        let lines = vec![vec![N::from_f64(1.0); size]; outer.len() + 1];
        Lines { x, outer, factors: levels, lines, pieces: Vec::new(), safe: are_safe(factors), changed: Some(0) }
    }

    /// The line for the assignment's values of the outer variables; [`Lines::advance`] goes on to the next.
    pub fn line(&mut self, assignment: &mut [u32], lost: &mut bool) -> &[N] {
        for at in self.changed.unwrap_or(self.lines.len())..self.lines.len() {
            let (before, from) = self.lines.split_at_mut(at);
            let mut before = before.last();
            if self.factors[at].is_empty() {
                before.into_iter().for_each(|before| from[0].copy_from_slice(before));
            }
            for factor in &self.factors[at] {
                let before = (before.take().map(|line| &line[..]), self.safe);
                factor.multiply_into(self.x, assignment, before, &mut from[0], &mut self.pieces, lost);
            }
        }
        self.lines.last().map_or(&[], |line| line)
    }

    /// Steps to the next assignment of the outer variables; false when it is back at the first.
    pub fn advance(&mut self, sizes: &[usize], assignment: &mut [u32]) -> bool {
        self.changed = advance(&self.outer, sizes, assignment).map(|at| at + 1);
        self.changed.is_some()
    }
}

/// Whether no product of values of these factors, one each at most, can leave the safe range.
fn are_safe<N: Number>(factors: &[&Potential<N>]) -> bool {
    let mut whole = (1.0, 1.0);
    for factor in factors {
        let Some((least, greatest)) = factor.extremes() else { return false };
        whole = (whole.0 * least.min(1.0), whole.1 * greatest.max(1.0));
    }
    whole.0 > 1e-280 && whole.1 < 1e280
}
