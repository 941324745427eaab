//! Dense tables over a few variables.

use super::number::{Number, Scaled};

/// A function of the variables `scope` (by index), row-major, to be multiplied by 2^`exponent`.
#[derive(Clone, Debug)]
pub struct Table<N> {
    pub scope: Vec<usize>,
    /// Distance in `values` between neighbouring values of each variable of the scope.
    pub strides: Vec<usize>,
    pub values: Vec<N>,
    pub exponent: i64,
    /// The least positive and the greatest value, or what is below and above them.
    pub extremes: (f64, f64),
}

impl<N: Number> Table<N> {
    /// A table from its values; `sizes` are those of all variables.
    pub fn new(scope: Vec<usize>, values: Vec<N>, sizes: &[usize]) -> Table<N> {
        let strides = strides(&scope, sizes);
        let extremes = N::extremes(&values);
        Table { scope, strides, values, exponent: 0, extremes }
    }

    /// The value of a table without variables.
    pub fn scalar(&self) -> Scaled {
        self.values[0].scaled().shifted(self.exponent)
    }

    /// Where the entry stands that an assignment (an index for every variable) selects.
    pub fn position(&self, assignment: &[u32]) -> usize {
        self.scope.iter().zip(&self.strides).map(|(var, stride)| assignment[*var] as usize * stride).sum()
    }

    /// Distance between neighbouring values of `var`, which must be in the scope.
    pub fn stride(&self, var: usize) -> usize {
        self.scope.iter().position(|v| *v == var).map_or(0, |at| self.strides[at])
    }

    /// Makes `line` its values times `before` (without: times `line` itself) and every `stride`-th entry from `start` on,
    /// where no product can be lost.
    pub fn multiply_safely(&self, start: usize, stride: usize, before: Option<&[N]>, line: &mut [N]) {
        let near = &self.values[start..];
        match (before, stride) {
            (Some(before), 1) => {
                for ((entry, before), value) in line.iter_mut().zip(before).zip(near) {
                    *entry = before.times_safely(*value);
                }
            }
            (Some(before), _) => {
                for ((entry, before), value) in line.iter_mut().zip(before).zip(near.iter().step_by(stride)) {
                    *entry = before.times_safely(*value);
                }
            }
            (None, 1) => line.iter_mut().zip(near).for_each(|(entry, value)| *entry = entry.times_safely(*value)),
            (None, _) => {
                let values = near.iter().step_by(stride);
                line.iter_mut().zip(values).for_each(|(entry, value)| *entry = entry.times_safely(*value));
            }
        }
    }

    /// Brings the entries to moderate size.
    pub fn normalise(&mut self, lost: &mut bool) {
        let exponent = N::normalise(&mut self.values, lost);
        if exponent != 0 {
            self.extremes = N::extremes(&self.values);
        }
        self.exponent += exponent;
    }
}

/// Row-major strides.
pub fn strides(scope: &[usize], sizes: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; scope.len()];
    for at in (1..scope.len()).rev() {
        strides[at - 1] = strides[at] * sizes[scope[at]];
    }
    strides
}

/// Steps through all assignments of `scope`, the last variable fastest: the place in the scope of the first variable
/// that changed, or `None` when it is back at the first assignment.
pub fn advance(scope: &[usize], sizes: &[usize], assignment: &mut [u32]) -> Option<usize> {
    for (at, var) in scope.iter().enumerate().rev() {
        assignment[*var] += 1;
        if (assignment[*var] as usize) < sizes[*var] {
            return Some(at);
        }
        assignment[*var] = 0;
    }
    None
}
