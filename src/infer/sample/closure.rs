//! Weights and rules on gaps in; the days that are part of solutions, rigid ties, and all gaps that follow, out.

use super::draft::{Column, Draft, FAR, Rule};
use std::collections::{BTreeMap, VecDeque};

/// Gaps between all pairs are worked out for at most so many groups: n³ steps and n² numbers.
const MOST_GROUPS: usize = 400;

/// For each variable the indices `from..to` of its days between its least and greatest in any solution; empty where it
/// cannot occur. `None` where there is no solution.
///
/// Days of weight 0 are stepped over: with all variables that certainly occur at their least days (or all at their
/// greatest) every rule between them holds.
pub(super) fn domains(draft: &Draft) -> Option<Vec<(usize, usize)>> {
    let columns = &draft.columns;
    let mut ranges: Vec<(usize, usize)> = columns.iter().map(|column| (0, column.logs.len())).collect();
    for (var, range) in ranges.iter_mut().enumerate() {
        columns[var].narrow(range, i64::MIN, i64::MAX)?;
    }
    let mut touching: Vec<Vec<&Rule>> = vec![Vec::new(); columns.len()];
    for rule in &draft.rules {
        touching[rule.later].push(rule);
        touching[rule.earlier].push(rule);
    }
    let mut waiting: VecDeque<usize> = (0..columns.len()).collect();
    let mut waits = vec![true; columns.len()];
    while let Some(var) = waiting.pop_front() {
        waits[var] = false;
        // A variable that may be absent leaves the others their days.
        if columns[var].never > f64::NEG_INFINITY {
            continue;
        }
        for rule in &touching[var] {
            let (low, high) = columns[var].days(ranges[var]);
            let (other, from, to) = if rule.earlier == var {
                (rule.later, low + rule.least, high + rule.most)
            } else {
                (rule.earlier, low - rule.most, high - rule.least)
            };
            let before = ranges[other];
            columns[other].narrow(&mut ranges[other], from, to)?;
            if ranges[other] != before && !std::mem::replace(&mut waits[other], true) {
                waiting.push_back(other);
            }
        }
    }
    Some(ranges)
}

impl Column {
    /// The first and last day of a range of indices.
    fn days(&self, (from, to): (usize, usize)) -> (i64, i64) {
        (self.first + from as i64, self.first + to as i64 - 1)
    }

    /// Keeps the days `low..=high`, without days of weight 0 at the ends; `None` where nothing at all is left.
    fn narrow(&self, range: &mut (usize, usize), low: i64, high: i64) -> Option<()> {
        let index = |day: i64| day.saturating_sub(self.first).clamp(0, self.logs.len() as i64) as usize;
        let (mut from, mut to) = (range.0.max(index(low)), range.1.min(index(high.saturating_add(1))));
        let possible = |index: usize| self.logs[index] > f64::NEG_INFINITY;
        while from < to && !possible(from) {
            from += 1;
        }
        while from < to && !possible(to - 1) {
            to -= 1;
        }
        *range = if from < to { (from, to) } else { (0, 0) };
        (from < to || self.never > f64::NEG_INFINITY).then_some(())
    }
}

/// For each variable the number of the part that it belongs to: all variables whose days differ by the same in every
/// solution, because rules between them go round in a circle without slack.
///
/// On such a circle every rule is tight in every solution, so also in the least one, and a circle of tight rules has no
/// slack: the parts are the strongly connected components of the rules that are tight there (Kosaraju 1978).
pub(super) fn rigid_parts(draft: &Draft, domains: &[(usize, usize)]) -> Vec<usize> {
    let count = draft.columns.len();
    let mut forward = vec![Vec::new(); count];
    let mut backward = vec![Vec::new(); count];
    let certain = |var: usize| draft.columns[var].never == f64::NEG_INFINITY;
    for rule in draft.rules.iter().filter(|rule| certain(rule.later) && certain(rule.earlier)) {
        let day = |var: usize| draft.columns[var].days(domains[var]).0;
        let gap = day(rule.later) - day(rule.earlier);
        for (from, to, tight) in
            [(rule.earlier, rule.later, gap == rule.least), (rule.later, rule.earlier, gap == rule.most)]
        {
            if tight {
                forward[from].push(to);
                backward[to].push(from);
            }
        }
    }
    let mut left = Vec::with_capacity(count);
    let mut seen = vec![false; count];
    (0..count).for_each(|start| visit(&forward, start, &mut seen, &mut |var| left.push(var)));
    let mut parts = vec![0; count];
    let mut number = 0;
    seen.fill(false);
    for start in left.into_iter().rev() {
        let fresh = !seen[start];
        visit(&backward, start, &mut seen, &mut |var| parts[var] = number);
        number += usize::from(fresh);
    }
    parts
}

/// Goes wherever arcs lead from `start` that has not been seen, and tells of every place when it is left.
fn visit(arcs: &[Vec<usize>], start: usize, seen: &mut [bool], leave: &mut impl FnMut(usize)) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    let mut path = vec![(start, 0)];
    while let Some((var, next)) = path.last_mut() {
        match arcs[*var].get(*next) {
            Some(to) => {
                *next += 1;
                if !std::mem::replace(&mut seen[*to], true) {
                    path.push((*to, 0));
                }
            }
            None => {
                leave(*var);
                path.pop();
            }
        }
    }
}

/// The greatest gaps that follow from all rules together, for every pair of groups.
#[derive(Debug)]
pub(super) struct Closure {
    count: usize,
    certain: Vec<bool>,
    /// `least[from·count + to]`: in every solution in which both occur `to − from` is at least this.
    least: Vec<i64>,
}

impl Closure {
    /// From the gaps `least..=most` of `first − second` (Floyd 1962), through groups that certainly occur; `None` where
    /// there are too many groups.
    pub fn new(certain: &[bool], gaps: &BTreeMap<(usize, usize), (i64, i64)>) -> Option<Closure> {
        let count = certain.len();
        if count > MOST_GROUPS {
            return None;
        }
        let mut closure = Closure { count, certain: certain.to_vec(), least: vec![-FAR; count * count] };
        for ((one, two), (least, most)) in gaps {
            closure.least[two * count + one] = *least;
            closure.least[one * count + two] = -most;
        }
        for through in (0..count).filter(|group| certain[*group]) {
            for from in 0..count {
                let first = closure.gap(from, through);
                if first <= -FAR {
                    continue;
                }
                for to in 0..count {
                    let second = closure.gap(through, to);
                    let entry = &mut closure.least[from * count + to];
                    if second > -FAR && first + second > *entry {
                        *entry = first + second;
                    }
                }
            }
        }
        Some(closure)
    }

    /// What `to − from` is at least; `-FAR` where nothing is known.
    pub fn gap(&self, from: usize, to: usize) -> i64 {
        self.least[from * self.count + to]
    }

    /// Whether `to − from >= gap` follows by way of one certain group of `among`.
    pub fn follows(&self, from: usize, to: usize, gap: i64, mut among: impl Iterator<Item = usize>) -> bool {
        among.any(|through| {
            through != from
                && through != to
                && self.certain[through]
                && self.gap(from, through) > -FAR
                && self.gap(through, to) > -FAR
                && self.gap(from, through) + self.gap(through, to) >= gap
        })
    }

    /// Whether a rule `to − from >= gap` follows from others.
    pub fn goes_without(&self, from: usize, to: usize, gap: i64) -> bool {
        gap <= -FAR || self.gap(from, to) > gap || self.follows(from, to, gap, 0..self.count)
    }
}
