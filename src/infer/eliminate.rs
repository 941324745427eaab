//! Factors in, one variable summed out of their product (or all but a few), a table out.

use super::number::Number;
use super::potential::{Piece, Potential};
use super::range_sum::RangeSums;
use super::table::{Table, advance};
use std::collections::BTreeSet;

/// Lists of pieces for more assignments than this are not kept but made anew for every line: they stay small beside the
/// tables, whose cost is predicted.
const MOST_KEPT: usize = 1 << 16;

/// Sums the product of `factors` over the variable `x`.
///
/// Dense factors (tables, weighted delays) are multiplied into lines along `x`; factors of steps are not: for every
/// assignment of the other variables they cut `x` into few ranges on which they are constant, and range sums of the line
/// do the rest. So a rule on the gap between two days costs O(days), not O(days²).
///
/// `assignment` has an entry for every variable, all 0, and is left so.
pub fn sum_out<N: Number>(
    x: usize,
    factors: &[&Potential<N>],
    sizes: &[usize],
    assignment: &mut [u32],
    lost: &mut bool,
) -> Table<N> {
    let (dense, steps): (Vec<&Potential<N>>, Vec<&Potential<N>>) = factors.iter().copied().partition(|f| f.is_dense());
    let (outer, inner) = scopes(x, &dense, &steps);
    let inner_cells: usize = inner.iter().map(|var| sizes[*var]).product();
    let cells: usize = inner_cells * outer.iter().map(|var| sizes[*var]).product::<usize>();
    let mut values = Vec::with_capacity(cells);
    let mut lines = Lines::new(x, &dense, &outer, sizes[x]);
    let mut sums = RangeSums::new();
    let mut cutter = Cutter::new(&steps, &inner);
    // Where the steps do not depend on the line, they cut every line alike.
    let alike = !steps.iter().any(|factor| factor.scope().iter().any(|var| outer.contains(var)));
    let kept = (alike && inner_cells <= MOST_KEPT && !steps.is_empty())
        .then(|| Cuts::new(x, &steps, &inner, sizes, assignment, lost));
    let mut changed = Some(0);
    while let Some(level) = changed {
        let line = lines.line(level, assignment, lost);
        if steps.is_empty() {
            values.push(total(line));
        } else if let Some(cuts) = &kept {
            cuts.sum(line, &mut sums, &mut values, lost);
        } else {
            sums.fill(line);
            let mut anew = true;
            loop {
                let cuts = cutter.cut(x, &steps, assignment, std::mem::take(&mut anew), lost);
                values.push(cuts.iter().fold(N::ZERO, |sum, cut| sum.plus(cut.of(sums.sum(cut.from, cut.to), lost))));
                if advance(&inner, sizes, assignment).is_none() {
                    break;
                }
            }
        }
        changed = advance(&outer, sizes, assignment).map(|at| at + 1);
    }
    let scope = outer.into_iter().chain(inner).collect();
    finished(scope, values, factors, sizes, lost)
}

/// The products of the dense factors along `x`, built up outer variable by outer variable.
///
/// Line `k` is the product of the factors whose last outer variable is the `k`-th (from 1; 0: none), times line `k − 1`.
/// Only the lines behind the variable that changed are made anew.
struct Lines<'f, N> {
    x: usize,
    /// The factors of each level.
    factors: Vec<Vec<&'f Potential<N>>>,
    lines: Vec<Vec<N>>,
}

impl<'f, N: Number> Lines<'f, N> {
    fn new(x: usize, dense: &[&'f Potential<N>], outer: &[usize], size: usize) -> Lines<'f, N> {
        let mut factors = vec![Vec::new(); outer.len() + 1];
        for factor in dense {
            let level = |var: &usize| outer.iter().position(|other| other == var).map_or(0, |at| at + 1);
            factors[factor.scope().iter().map(level).max().unwrap_or(0)].push(*factor);
        }
        Lines { x, factors, lines: vec![vec![N::from_f64(1.0); size]; outer.len() + 1] }
    }

    /// The whole product after the outer variable of `level` changed.
    fn line(&mut self, level: usize, assignment: &mut [u32], lost: &mut bool) -> &[N] {
        for at in level..self.lines.len() {
            let (before, from) = self.lines.split_at_mut(at);
            match before.last() {
                Some(before) => from[0].copy_from_slice(before),
                None => from[0].fill(N::from_f64(1.0)),
            }
            for factor in &self.factors[at] {
                factor.multiply(self.x, assignment, &mut from[0], lost);
            }
        }
        self.lines.last().map_or(&[], |line| line)
    }
}

fn total<N: Number>(line: &[N]) -> N {
    line.iter().fold(N::ZERO, |sum, value| sum.plus(*value))
}

/// A range of the summed variable on which all steps are constant, and their product there, which is not 0.
#[derive(Clone, Copy)]
struct Cut<N> {
    from: usize,
    to: usize,
    /// `None` stands for 1.
    value: Option<N>,
}

impl<N: Number> Cut<N> {
    fn of(&self, sum: N, lost: &mut bool) -> N {
        self.value.map_or(sum, |value| sum.times(value, lost))
    }
}

/// Finds the cuts for one assignment after the other, in the same memory.
struct Cutter<N> {
    pieces: Vec<Vec<Piece>>,
    /// Whether each factor's pieces depend on the inner variables, and so change from one assignment to the next.
    changing: Vec<bool>,
    at: Vec<usize>,
    cuts: Vec<Cut<N>>,
}

impl<N: Number> Cutter<N> {
    fn new(steps: &[&Potential<N>], inner: &[usize]) -> Cutter<N> {
        let changing = steps.iter().map(|factor| factor.scope().iter().any(|var| inner.contains(var))).collect();
        Cutter { pieces: vec![Vec::new(); steps.len()], changing, at: vec![0; steps.len()], cuts: Vec::new() }
    }

    /// The cuts for one assignment; `anew` where outer variables have changed since the last.
    fn cut(&mut self, x: usize, steps: &[&Potential<N>], assignment: &[u32], anew: bool, lost: &mut bool) -> &[Cut<N>] {
        for ((factor, pieces), changing) in steps.iter().zip(&mut self.pieces).zip(&self.changing) {
            if anew || *changing {
                factor.pieces(x, assignment, pieces);
            }
        }
        self.cuts.clear();
        self.at.fill(0);
        let end = self.pieces[0].last().map_or(0, |piece| piece.end);
        let mut start = 0;
        while start < end {
            let mut next = end;
            let mut zero = false;
            let mut value: Option<N> = None;
            for (list, at) in self.pieces.iter().zip(&mut self.at) {
                while list[*at].end <= start {
                    *at += 1;
                }
                let piece = list[*at];
                next = next.min(piece.end);
                zero |= piece.value == 0.0;
                if piece.value != 1.0 && !zero {
                    let factor = N::from_f64(piece.value);
                    value = Some(value.map_or(factor, |value| value.times(factor, lost)));
                }
            }
            if !zero {
                self.cuts.push(Cut { from: start, to: next, value });
            }
            start = next;
        }
        &self.cuts
    }
}

/// The cuts for every assignment of the inner variables.
struct Cuts<N> {
    /// Where each assignment's cuts end.
    ends: Vec<u32>,
    cuts: Vec<Cut<N>>,
    /// Entries of a line that are summed for all assignments together.
    entries: usize,
}

impl<N: Number> Cuts<N> {
    fn new(
        x: usize,
        steps: &[&Potential<N>],
        inner: &[usize],
        sizes: &[usize],
        assignment: &mut [u32],
        lost: &mut bool,
    ) -> Cuts<N> {
        let mut cutter = Cutter::new(steps, inner);
        let mut anew = true;
        let mut kept = Cuts { ends: Vec::new(), cuts: Vec::new(), entries: 0 };
        loop {
            kept.cuts.extend_from_slice(cutter.cut(x, steps, assignment, anew, lost));
            anew = false;
            kept.ends.push(kept.cuts.len() as u32);
            if advance(inner, sizes, assignment).is_none() {
                break;
            }
        }
        kept.entries = kept.cuts.iter().map(|cut| cut.to - cut.from).sum();
        kept
    }

    /// Adds the sum of each assignment's cuts of the line to `values`.
    fn sum(&self, line: &[N], sums: &mut RangeSums<N>, values: &mut Vec<N>, lost: &mut bool) {
        // Laying the line out for range sums takes about two additions an entry.
        let direct = self.entries <= 2 * line.len();
        if !direct {
            sums.fill(line);
        }
        let mut start = 0;
        for &end in &self.ends {
            let mut sum = N::ZERO;
            for cut in &self.cuts[start..end as usize] {
                let part = if direct { total(&line[cut.from..cut.to]) } else { sums.sum(cut.from, cut.to) };
                sum = sum.plus(cut.of(part, lost));
            }
            values.push(sum);
            start = end as usize;
        }
    }
}

/// The other variables of the dense factors, and those of the factors of steps alone.
fn scopes<N: Number>(x: usize, dense: &[&Potential<N>], steps: &[&Potential<N>]) -> (Vec<usize>, Vec<usize>) {
    let union = |factors: &[&Potential<N>]| -> BTreeSet<usize> {
        factors.iter().flat_map(|f| f.scope().iter().copied()).filter(|var| *var != x).collect()
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

fn weighed<N: Number>(sum: N, value: f64, lost: &mut bool) -> N {
    if value == 1.0 { sum } else { sum.times(N::from_f64(value), lost) }
}

/// The product of `factors` as a table over `scope`, which must hold all their variables.
pub fn product<N: Number>(
    scope: &[usize],
    factors: &[&Potential<N>],
    sizes: &[usize],
    assignment: &mut [u32],
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
    let mut values = Vec::with_capacity(scope.iter().map(|var| sizes[*var]).product());
    let mut line = vec![N::ZERO; sizes[*x]];
    let mut pieces = Vec::new();
    loop {
        line.fill(N::from_f64(1.0));
        for factor in factors {
            if !factor.scope().contains(x) {
                let value = factor.value(assignment, &mut pieces);
                line.iter_mut().for_each(|entry| *entry = entry.times(value, lost));
                continue;
            }
            if factor.is_dense() {
                factor.multiply(*x, assignment, &mut line, lost);
                continue;
            }
            factor.pieces(*x, assignment, &mut pieces);
            let mut start = 0;
            for piece in &pieces {
                line[start..piece.end].iter_mut().for_each(|entry| *entry = weighed(*entry, piece.value, lost));
                start = piece.end;
            }
        }
        values.extend_from_slice(&line);
        if advance(rest, sizes, assignment).is_none() {
            break;
        }
    }
    finished(scope.to_vec(), values, factors, sizes, lost)
}
