//! Lines along one variable in; sums over the ranges that factors of steps leave, for every value of another, out.

use super::number::Number;
use super::potential::{Piece, Potential};
use super::range_sum::RangeSums;
use super::run::{Run, RunMaker, add_runs};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Runs for more combinations of other variables than this are not kept but made anew.
const MOST_KEPT: usize = 4096;
/// Runs that take more steps than this for each value are summed by a structure for any ranges instead.
const MOST_STEPS: usize = 12;

/// How to make rows over `last` of lines along `x`.
pub struct Rows<'f, N> {
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
    /// Memory for the runs of parts of lines and rows.
    clipped: Vec<Run>,
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
    /// `factors` depend on `last`, some of them on `x`, and some on others.
    pub fn new(x: usize, last: usize, factors: Vec<&'f Potential<N>>) -> Rows<'f, N> {
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
            clipped: Vec::new(),
        }
    }

    /// Adds up the row that belongs to a line: the line is of the values `range` of its variable, the row begins at the value
    /// `first` of its own.
    pub fn fill(
        &mut self,
        line: &[N],
        row: &mut [N],
        (range, first): (Range<usize>, usize),
        sizes: &[usize],
        assignment: &mut [u32],
        lost: &mut bool,
    ) {
        let (inputs, outputs) = (sizes[self.x], sizes[self.last]);
        let combination = self.guides.iter().fold(0, |at, var| at * sizes[*var] + assignment[*var] as usize);
        let combinations = self.guides.iter().fold(1usize, |count, var| count.saturating_mul(sizes[*var]));
        let ranges = if combinations <= MOST_KEPT {
            if !self.kept.contains_key(&combination) {
                let ranges = self.ranges(inputs, outputs, assignment);
                self.kept.insert(combination, ranges);
            }
            &self.kept[&combination]
        } else {
            if self.current.as_ref().is_none_or(|(at, _)| *at != combination) {
                self.current = Some((combination, self.ranges(inputs, outputs, assignment)));
            }
            match &self.current {
                Some((_, ranges)) => ranges,
                None => return,
            }
        };
        let mut runs = &ranges.runs;
        if line.len() < inputs || row.len() < outputs {
            self.clipped.clear();
            let outputs = first..first + row.len();
            ranges.runs.iter().for_each(|run| run.clip(outputs.clone(), range.clone(), &mut self.clipped));
            runs = &self.clipped;
        }
        if ranges.many {
            self.sums.fill(line);
            add_any(runs, &self.sums, row, lost);
        } else {
            add_runs(runs, line, row, &mut self.tails, lost);
        }
        if !ranges.weights.is_empty() {
            self.weights.clear();
            let weights = &ranges.weights[first..first + row.len()];
            self.weights.extend(weights.iter().map(|weight| N::from_f64(*weight)));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::bands::Extent;
    use crate::infer::eliminate::{Space, sum_out};
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
            days: Arc::new(ClassDays { class, origin_weekday: 2, holidays: BTreeSet::new(), workweek: [true; 7] }),
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
        assert!(Rows::new(0, 1, factors[..1].to_vec()).ranges(81, 81, &mut [0, 0]).many);
        let space = Space { extent: Extent::whole(&sizes), rank: &[0, 1], threads: 1 };
        let found = sum_out(0, &factors, space, &mut [0, 0], &mut false);
        for (y, found) in found.values.iter().enumerate() {
            let value = |x: usize| function.value(&|var| variables[var.0].value(if var.0 == 0 { x } else { y }));
            let expected: f64 = line.iter().enumerate().map(|(x, weight)| weight * value(x)).sum();
            assert!((found - expected).abs() < 1e-12 * expected, "{y}: {found}, expected {expected}");
        }
    }
}
