//! Factors in, one variable summed out of their product (or all but a few), a table out.

use super::number::Number;
use super::potential::{Piece, Potential};
use super::range_sum::RangeSums;
use super::table::{Table, advance};
use std::collections::BTreeSet;

/// Sums the product of `factors` over the variable `x`.
///
/// Dense factors (tables, weighted delays) are multiplied into lines along `x`; factors of steps are not: for every
/// assignment of the other variables they cut `x` into few ranges on which they are constant, and range sums of the line
/// do the rest. So a rule on the gap between two days costs O(days), not O(days²).
pub fn sum_out<N: Number>(
    x: usize,
    factors: &[&Potential<N>],
    sizes: &[usize],
    lost: &mut bool,
) -> Table<N> {
    let (dense, steps): (Vec<&Potential<N>>, Vec<&Potential<N>>) =
        factors.iter().copied().partition(|f| f.is_dense());
    let (outer, inner) = scopes(x, &dense, &steps);
    let mut assignment = vec![0u32; sizes.len()];
    let cells: usize = outer.iter().chain(&inner).map(|var| sizes[*var]).product();
    let mut values = Vec::with_capacity(cells);
    let mut line = vec![N::ZERO; sizes[x]];
    let mut sums = RangeSums::new();
    let mut pieces: Vec<Vec<Piece>> = vec![Vec::new(); steps.len()];
    loop {
        line.fill(N::from_f64(1.0));
        for factor in &dense {
            factor.multiply(x, &mut assignment, &mut line, lost);
        }
        if steps.is_empty() {
            values.push(line.iter().fold(N::ZERO, |sum, value| sum.plus(*value)));
        } else {
            sums.fill(&line);
            loop {
                for (factor, pieces) in steps.iter().zip(&mut pieces) {
                    factor.pieces(x, &assignment, pieces);
                }
                values.push(sum_of_pieces(&pieces, &sums, lost));
                if !advance(&inner, sizes, &mut assignment) {
                    break;
                }
            }
        }
        if !advance(&outer, sizes, &mut assignment) {
            break;
        }
    }
    let scope = outer.into_iter().chain(inner).collect();
    finished(scope, values, factors, sizes, lost)
}

/// The other variables of the dense factors, and those of the factors of steps alone.
fn scopes<N: Number>(
    x: usize,
    dense: &[&Potential<N>],
    steps: &[&Potential<N>],
) -> (Vec<usize>, Vec<usize>) {
    let union = |factors: &[&Potential<N>]| -> BTreeSet<usize> {
        factors
            .iter()
            .flat_map(|f| f.scope().iter().copied())
            .filter(|var| *var != x)
            .collect()
    };
    let outer = union(dense);
    let inner = union(steps).difference(&outer).copied().collect();
    (outer.into_iter().collect(), inner)
}

fn finished<N: Number>(
    scope: Vec<usize>,
    values: Vec<N>,
    factors: &[&Potential<N>],
    sizes: &[usize],
    lost: &mut bool,
) -> Table<N> {
    let mut table = Table::new(scope, values, sizes);
    table.exponent = factors.iter().map(|f| f.exponent()).sum();
    table.normalise(lost);
    table
}

/// `Σ_x line(x)·Π steps(x)`, piece by piece.
fn sum_of_pieces<N: Number>(pieces: &[Vec<Piece>], sums: &RangeSums<N>, lost: &mut bool) -> N {
    let mut total = N::ZERO;
    if let [only] = pieces {
        let mut start = 0;
        for piece in only {
            total = total.plus(weighed(
                sums.sum_if(piece.value, start, piece.end),
                piece.value,
                lost,
            ));
            start = piece.end;
        }
        return total;
    }
    let end = pieces[0].last().map_or(0, |piece| piece.end);
    let mut at = vec![0usize; pieces.len()];
    let mut start = 0;
    while start < end {
        let mut next = end;
        let mut product = N::from_f64(1.0);
        for (list, at) in pieces.iter().zip(&mut at) {
            while list[*at].end <= start {
                *at += 1;
            }
            next = next.min(list[*at].end);
            product = product.times(N::from_f64(list[*at].value), lost);
        }
        if !product.is_zero() {
            total = total.plus(sums.sum(start, next).times(product, lost));
        }
        start = next;
    }
    total
}

fn weighed<N: Number>(sum: N, value: f64, lost: &mut bool) -> N {
    if value == 1.0 {
        sum
    } else {
        sum.times(N::from_f64(value), lost)
    }
}

impl<N: Number> RangeSums<N> {
    /// The sum of `from..to`, not looked up where it is to be multiplied by 0.
    fn sum_if(&self, value: f64, from: usize, to: usize) -> N {
        if value == 0.0 {
            N::ZERO
        } else {
            self.sum(from, to)
        }
    }
}

/// The product of `factors` as a table over `scope`, which must hold all their variables.
pub fn product<N: Number>(
    scope: &[usize],
    factors: &[&Potential<N>],
    sizes: &[usize],
    lost: &mut bool,
) -> Table<N> {
    let Some((x, rest)) = scope.split_last() else {
        let scalars = factors.iter().map(|factor| match factor {
            Potential::Table(table) => table.values[0],
            _ => N::from_f64(1.0),
        });
        let mut total = N::from_f64(1.0);
        for scalar in scalars {
            total = total.times(scalar, lost);
        }
        return finished(Vec::new(), vec![total], factors, sizes, lost);
    };
    let mut assignment = vec![0u32; sizes.len()];
    let mut values = Vec::with_capacity(scope.iter().map(|var| sizes[*var]).product());
    let mut line = vec![N::ZERO; sizes[*x]];
    let mut pieces = Vec::new();
    loop {
        line.fill(N::from_f64(1.0));
        for factor in factors {
            if !factor.scope().contains(x) {
                let value = factor.value(&assignment, &mut pieces);
                line.iter_mut()
                    .for_each(|entry| *entry = entry.times(value, lost));
                continue;
            }
            if factor.is_dense() {
                factor.multiply(*x, &mut assignment, &mut line, lost);
                continue;
            }
            factor.pieces(*x, &assignment, &mut pieces);
            let mut start = 0;
            for piece in &pieces {
                line[start..piece.end]
                    .iter_mut()
                    .for_each(|entry| *entry = weighed(*entry, piece.value, lost));
                start = piece.end;
            }
        }
        values.extend_from_slice(&line);
        if !advance(rest, sizes, &mut assignment) {
            break;
        }
    }
    finished(scope.to_vec(), values, factors, sizes, lost)
}
