//! Factors in, one variable summed out of their product (or all but a few), a table out.

use super::lines::Lines;
use super::number::Number;
use super::potential::{Piece, Potential};
use super::range_sum::RangeSums;
use super::run::{Run, RunMaker, add_runs, total};
use super::table::Table;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;

/// Runs for more combinations of other variables than this are not kept but made anew.
const MOST_KEPT: usize = 4096;
/// Runs that take more steps than this for each value are summed by a structure for any ranges instead.
const MOST_STEPS: usize = 12;
/// A table of fewer steps than this is made by one thread.
const WORTH_A_THREAD: usize = 1 << 19;

/// Sums the product of `factors` over the variable `x`.
///
/// Dense factors (tables, weighted delays) are multiplied into lines along `x`, one for each assignment of their other
/// variables, and so are factors of steps between `x` and these. At least one of the variables that only steps tie to `x`
/// is left over: the whole row of its values comes of sums of the line over sliding ranges. So a rule on the gap between
/// two days costs O(days), not O(days²), and one between two events that share a table costs nothing.
///
/// `rank` is the position of each variable in the elimination order. `assignment` has an entry for every variable, all 0,
/// and is left so. Large tables are cut into stretches of rows, one a thread; no row depends on another, so the bits are the
/// same for any number of threads.
pub fn sum_out<N: Number>(
    x: usize,
    factors: &[&Potential<N>],
    space: Space<'_>,
    assignment: &mut [u32],
    lost: &mut bool,
) -> Table<N> {
    let Space { sizes, rank, threads } = space;
    let mut split = Split::new(x, factors, sizes);
    // What is summed out next varies fastest, so that its lines are close together.
    split.outer.sort_by_key(|var| std::cmp::Reverse(rank.get(*var).copied().unwrap_or(0)));
    let scope: Vec<usize> = split.outer.iter().copied().chain(split.last).collect();
    let mut values = vec![N::ZERO; scope.iter().map(|var| sizes[*var]).product()];
    let width = split.last.map_or(1, |last| sizes[last]);
    let rows = values.len() / width.max(1);
    if threads < 2 || rows < 2 || rows * (sizes[x] + width) < WORTH_A_THREAD {
        fill_rows(&split, x, sizes, 0, &mut values, assignment, lost);
        return finished(scope, values, factors, sizes, lost);
    }
    let stretch = rows.div_ceil(threads);
    let stretches = values.chunks_mut(stretch * width).enumerate();
    let split = &split;
    *lost |= std::thread::scope(|scope| {
        let running: Vec<_> = stretches
            .map(|(at, values)| {
                let mut assignment = assignment.to_vec();
                scope.spawn(move || {
                    let mut lost = false;
                    fill_rows(split, x, sizes, at * stretch, values, &mut assignment, &mut lost);
                    lost
                })
            })
            .collect();
        running.into_iter().fold(false, |lost, thread| lost | thread.join().unwrap_or_else(|why| resume_unwind(why)))
    });
    finished(scope, values, factors, sizes, lost)
}

/// What all sums of one network have in common.
#[derive(Clone, Copy)]
pub struct Space<'s> {
    /// Number of values of every variable.
    pub sizes: &'s [usize],
    /// Position of each variable in the elimination order.
    pub rank: &'s [usize],
    pub threads: usize,
}

/// Fills rows of the result from number `first` on.
fn fill_rows<N: Number>(
    split: &Split<'_, N>,
    x: usize,
    sizes: &[usize],
    first: usize,
    values: &mut [N],
    assignment: &mut [u32],
    lost: &mut bool,
) {
    let mut rest = first;
    for var in split.outer.iter().rev() {
        assignment[*var] = (rest % sizes[*var]) as u32;
        rest /= sizes[*var];
    }
    let mut lines = Lines::new(x, &split.into_lines, split.outer.clone(), sizes[x]);
    let mut rows = split.last.map(|last| Rows::new(x, last, split));
    for row in values.chunks_mut(split.last.map_or(1, |last| sizes[last])) {
        match &mut rows {
            None => row[0] = total(lines.line(assignment, lost)),
            Some(rows) => rows.fill(lines.line(assignment, lost), row, sizes, assignment, lost),
        }
        lines.advance(sizes, assignment);
    }
}

/// Which factors are multiplied into lines, and which tie the line's variable to that of a row.
struct Split<'f, N> {
    outer: Vec<usize>,
    /// The variable whose values make up a row.
    last: Option<usize>,
    into_lines: Vec<&'f Potential<N>>,
    into_rows: Vec<&'f Potential<N>>,
}

impl<'f, N: Number> Split<'f, N> {
    fn new(x: usize, factors: &[&'f Potential<N>], sizes: &[usize]) -> Split<'f, N> {
        let others = |factors: &mut dyn Iterator<Item = &&'f Potential<N>>| -> BTreeSet<usize> {
            factors.flat_map(|factor| factor.scope().iter().copied()).filter(|var| *var != x).collect()
        };
        let mut all = others(&mut factors.iter());
        let dense = others(&mut factors.iter().filter(|factor| factor.is_dense()));
        // Of those that only steps tie to `x`: the one that needs the fewest different rows, and of these the largest.
        let rows = |last: usize| -> f64 {
            let tying = &mut factors.iter().filter(|factor| factor.scope().contains(&last));
            others(tying).iter().filter(|var| **var != last).map(|var| sizes[*var] as f64).product()
        };
        let free = all.difference(&dense).copied();
        let last = free.min_by(|a, b| rows(*a).total_cmp(&rows(*b)).then(sizes[*b].cmp(&sizes[*a])));
        if let Some(last) = last {
            all.remove(&last);
        }
        let ties = |factor: &&&'f Potential<N>| last.is_some_and(|last| factor.scope().contains(&last));
        let (into_rows, into_lines) = factors.iter().partition(ties);
        Split { outer: all.into_iter().collect(), last, into_lines, into_rows }
    }
}

/// How to make rows over `last` of lines along `x`.
struct Rows<'f, N> {
    x: usize,
    last: usize,
    factors: Vec<&'f Potential<N>>,
    /// Other variables that the factors depend on.
    guides: Vec<usize>,
    kept: BTreeMap<usize, Ranges>,
    /// Where runs are not kept: the guides' combination that `current` is for.
    current: Option<(usize, Ranges)>,
    sums: RangeSums<N>,
    tails: Vec<N>,
    weights: Vec<N>,
}

/// The runs for one combination of the guides.
struct Ranges {
    runs: Vec<Run>,
    /// Whether so many of them start anew that a structure for any ranges is quicker.
    many: bool,
    /// What factors that do not depend on `x` multiply the row by.
    weights: Vec<f64>,
}

impl<'f, N: Number> Rows<'f, N> {
    fn new(x: usize, last: usize, split: &Split<'f, N>) -> Rows<'f, N> {
        let factors = split.into_rows.clone();
        let others = factors.iter().flat_map(|factor| factor.scope().iter().copied());
        let guides: BTreeSet<usize> = others.filter(|var| *var != x && *var != last).collect();
        Rows {
            x,
            last,
            factors,
            guides: guides.into_iter().collect(),
            kept: BTreeMap::new(),
            current: None,
            sums: RangeSums::new(),
            tails: Vec::new(),
            weights: Vec::new(),
        }
    }

    /// Adds up the row that belongs to a line.
    fn fill(&mut self, line: &[N], row: &mut [N], sizes: &[usize], assignment: &mut [u32], lost: &mut bool) {
        let combination = self.guides.iter().fold(0, |at, var| at * sizes[*var] + assignment[*var] as usize);
        let combinations = self.guides.iter().fold(1usize, |count, var| count.saturating_mul(sizes[*var]));
        let ranges = if combinations <= MOST_KEPT {
            if !self.kept.contains_key(&combination) {
                let ranges = self.ranges(line.len(), row.len(), assignment);
                self.kept.insert(combination, ranges);
            }
            &self.kept[&combination]
        } else {
            if self.current.as_ref().is_none_or(|(at, _)| *at != combination) {
                self.current = Some((combination, self.ranges(line.len(), row.len(), assignment)));
            }
            match &self.current {
                Some((_, ranges)) => ranges,
                None => return,
            }
        };
        if ranges.many {
            self.sums.fill(line);
            add_any(&ranges.runs, &self.sums, row, lost);
        } else {
            add_runs(&ranges.runs, line, row, &mut self.tails, lost);
        }
        if !ranges.weights.is_empty() {
            self.weights.clear();
            self.weights.extend(ranges.weights.iter().map(|weight| N::from_f64(*weight)));
            N::multiply(row, &self.weights, lost);
        }
    }

    /// The runs for the guides' values in `assignment`.
    fn ranges(&self, inputs: usize, outputs: usize, assignment: &mut [u32]) -> Ranges {
        let (along, apart): (Vec<&Potential<N>>, Vec<&Potential<N>>) =
            self.factors.iter().partition(|factor| factor.scope().contains(&self.x));
        let runs = match &along[..] {
            [Potential::Local(local)] if !local.has_selector() => local.runs(self.x),
            _ => self.joint_runs(&along, outputs, assignment),
        };
        let steps: usize = runs.iter().map(Run::cost).sum();
        let many = steps > MOST_STEPS * (inputs + outputs);
        let mut weights = Vec::new();
        if !apart.is_empty() {
            weights.resize(outputs, 1.0);
            let mut pieces = Vec::new();
            for factor in apart {
                factor.pieces(self.last, assignment, &mut pieces);
                let mut start = 0;
                for Piece { end, value } in &pieces {
                    weights[start..*end].iter_mut().for_each(|weight| *weight *= value);
                    start = *end;
                }
            }
        }
        Ranges { runs, many, weights }
    }

    fn joint_runs(&self, factors: &[&Potential<N>], outputs: usize, assignment: &mut [u32]) -> Vec<Run> {
        let mut maker = RunMaker::default();
        let (mut joint, mut pieces, mut merged) = (Vec::new(), Vec::new(), Vec::new());
        for value in 0..outputs {
            assignment[self.last] = value as u32;
            factors[0].pieces(self.x, assignment, &mut joint);
            for factor in &factors[1..] {
                factor.pieces(self.x, assignment, &mut pieces);
                merge(&joint, &pieces, &mut merged);
                std::mem::swap(&mut joint, &mut merged);
            }
            maker.row(&joint);
        }
        assignment[self.last] = 0;
        maker.runs
    }
}

/// The product of two step functions.
pub fn merge(one: &[Piece], two: &[Piece], product: &mut Vec<Piece>) {
    product.clear();
    let (mut i, mut j) = (0, 0);
    while i < one.len() && j < two.len() {
        let end = one[i].end.min(two[j].end);
        product.push(Piece { end, value: one[i].value * two[j].value });
        i += usize::from(one[i].end == end);
        j += usize::from(two[j].end == end);
    }
}

/// Adds the runs' sums one by one.
fn add_any<N: Number>(runs: &[Run], sums: &RangeSums<N>, row: &mut [N], lost: &mut bool) {
    for run in runs {
        let weight = N::from_f64(run.weight);
        for (step, entry) in row[run.start..run.end].iter_mut().enumerate() {
            let from = run.from + if run.slide_from { step } else { 0 };
            let to = run.to + if run.slide_to { step } else { 0 };
            *entry = entry.plus(sums.sum(from, to).times(weight, lost));
        }
    }
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
    let mut lines = Lines::new(*x, factors, rest.to_vec(), sizes[*x]);
    loop {
        values.extend_from_slice(lines.line(assignment, lost));
        if !lines.advance(sizes, assignment) {
            break;
        }
    }
    finished(scope.to_vec(), values, factors, sizes, lost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DayClass, EventId, Side};
    use crate::network::{At, ClassDays, Factor, Formula, Function, Kind, Literal, Local, Role, Test, VarId, Variable};
    use std::sync::Arc;

    /// Weekday classes of either variable cut rows into so many runs that sums over any ranges take their place.
    #[test]
    fn many_runs_are_summed_like_few() {
        let variables = [0, 5].map(|first| Variable::of_days(Role::Start(EventId(0)), first, 80, true));
        let at = |var: usize| At { var: VarId(var), side: Side::First };
        let class = |var: usize, class: DayClass| Test::Class {
            at: at(var),
            shift: 0,
            days: Arc::new(ClassDays { class, origin_weekday: 2, holidays: BTreeSet::new() }),
        };
        let literal = |tests: Vec<Test>| {
            Formula::Literal(Literal { kind: Kind::NotFalse, occurring: vec![VarId(0), VarId(1)], tests })
        };
        let gap = Test::Gap { later: at(1), earlier: at(0), least: -3, most: 12 };
        let classes = vec![class(0, DayClass::Weekend), class(1, DayClass::Weekday)];
        let function = Function::Truth {
            formula: Formula::Or(vec![literal(classes), literal(vec![gap])]),
            when_true: 1.5,
            when_false: 0.25,
        };
        let steps =
            Factor::Local(Local { scope: vec![VarId(0), VarId(1)], selector: None, function: function.clone() });
        let line: Vec<f64> = (0..81).map(|day| 1.0 + f64::from(day * day % 17)).collect();
        let dense = Factor::Table { scope: vec![VarId(0)], values: Arc::new(line.clone()) };
        let sizes = [81, 81];
        let factors = [steps, dense].map(|factor| Potential::<f64>::new(&factor, &|var| variables[var.0], &sizes));
        let factors: Vec<&Potential<f64>> = factors.iter().collect();
        let split = Split::new(0, &factors, &sizes);
        assert!(Rows::new(0, 1, &split).ranges(81, 81, &mut [0, 0]).many);
        let space = Space { sizes: &sizes, rank: &[0, 1], threads: 1 };
        let found = sum_out(0, &factors, space, &mut [0, 0], &mut false);
        for (y, found) in found.values.iter().enumerate() {
            let value = |x: usize| function.value(&|var| variables[var.0].value(if var.0 == 0 { x } else { y }));
            let expected: f64 = line.iter().enumerate().map(|(x, weight)| weight * value(x)).sum();
            assert!((found - expected).abs() < 1e-12 * expected, "{y}: {found}, expected {expected}");
        }
    }
}
