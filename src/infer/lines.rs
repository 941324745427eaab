//! Factors in; their product along one variable, assignment by assignment of the others, out.

use super::number::Number;
use super::potential::{Piece, Potential};
use super::table::{Walk, Window};
use std::ops::Range;

/// Products of factors along `x`, built up outer variable by outer variable.
///
/// Line `k` is the product of the factors whose last outer variable is the `k`-th (from 1; 0: none), times line `k − 1`.
/// Only the lines behind the variable that changed are made anew. Where the first outer variable leaves few values to `x`,
/// all lines but line 0 are of these only.
pub struct Lines<'f, N> {
    x: usize,
    size: usize,
    walk: Walk,
    /// The values of `x` beside those of the first outer variable.
    window: Option<Window>,
    range: Range<usize>,
    /// The factors of each level.
    factors: Vec<Vec<&'f Potential<N>>>,
    lines: Vec<Vec<N>>,
    pieces: Vec<Piece>,
    /// Whether no product of these factors can leave the safe range.
    safe: bool,
    /// The first level to be made anew.
    changed: usize,
}

impl<'f, N: Number> Lines<'f, N> {
    /// `factors` may depend on `x` and the variables of the walk; `size` is that of `x`.
    pub fn new(
        x: usize,
        factors: &[&'f Potential<N>],
        (walk, window): (Walk, Option<Window>),
        size: usize,
    ) -> Lines<'f, N> {
        let count = walk.count() + 1;
        let mut levels = vec![Vec::new(); count];
        for factor in factors {
            let level = |var: &usize| walk.place(*var).map_or(0, |at| at + 1);
            levels[factor.scope().iter().map(level).max().unwrap_or(0)].push(*factor);
        }
        let lines = vec![vec![N::from_f64(1.0); size]; count];
        let safe = are_safe(factors);
        Lines { x, size, walk, window, range: 0..size, factors: levels, lines, pieces: Vec::new(), safe, changed: 0 }
    }

    /// Goes to the assignment of this number on the walk.
    pub fn go_to(&mut self, number: usize, assignment: &mut [u32]) {
        self.walk.go_to(number, assignment);
    }

    /// Whether every variable has one of its values.
    pub fn is_inside(&self) -> bool {
        self.walk.is_inside()
    }

    /// The line for the assignment's values of the outer variables, and which values of `x` it is of; [`Lines::advance`]
    /// goes on to the next.
    pub fn line(&mut self, assignment: &mut [u32], lost: &mut bool) -> (Range<usize>, &[N]) {
        if let (Some(window), Some(first)) = (self.window, self.walk.first()) {
            self.range = window.beside(assignment[first], self.size);
        }
        for at in self.changed..self.lines.len() {
            let (before, from) = self.lines.split_at_mut(at);
            let range = if at == 0 { 0..self.size } else { self.range.clone() };
            let mut before = match at {
                0 => None,
                1 => Some(&before[0][range.clone()]),
                _ => Some(&before[at - 1][..range.len()]),
            };
            let line = &mut from[0][..range.len()];
            if self.factors[at].is_empty() {
                before.into_iter().for_each(|before| line.copy_from_slice(before));
            }
            assignment[self.x] = range.start as u32;
            for factor in &self.factors[at] {
                factor.multiply_into(self.x, assignment, (before.take(), self.safe), line, &mut self.pieces, lost);
            }
            assignment[self.x] = 0;
        }
        self.changed = self.lines.len();
        let range = if self.lines.len() == 1 { 0..self.size } else { self.range.clone() };
        (range.clone(), self.lines.last().map_or(&[], |line| &line[..range.len()]))
    }

    /// Steps to the next assignment of the outer variables; false when it is back at the first.
    pub fn advance(&mut self, assignment: &mut [u32]) -> bool {
        let changed = self.walk.step(assignment);
        self.changed = self.changed.min(changed.map_or(1, |at| at + 1));
        changed.is_some()
    }

    /// Sets the outer variables to their first values.
    pub fn clear(&self, assignment: &mut [u32]) {
        self.walk.clear(assignment);
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
