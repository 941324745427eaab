//! Requirements and domains in, smaller domains out: what the hard bounds leave of every variable.

use super::formula::{Formula, Kind, Literal, Test};
use super::working::WorkingGap;
use super::{At, Structure, VarId, Variable};
use crate::model::Side;
use std::sync::Arc;

/// Sweeps over all requirements; more would only serve contradictions, which inference finds as well.
const SWEEPS: usize = 50;

/// Variables being narrowed, with the prior weights of their values.
pub(super) struct Domains {
    pub variables: Vec<Variable>,
    /// Weight of every value, by index in the domain; `None` where all weigh 1.
    pub weights: Vec<Option<Arc<Vec<f64>>>>,
    pub contradiction: bool,
}

impl Domains {
    /// Keeps the first days `low..=high` of a variable; true where that took something away.
    fn keep_days(&mut self, var: VarId, low: i32, high: i32) -> bool {
        let variable = &mut self.variables[var.0];
        if variable.days == 0 || (low <= variable.first && high >= variable.last()) {
            return false;
        }
        let first = variable.first.max(low);
        let last = variable.last().min(high);
        let (skipped, days) =
            if first > last { (0, 0) } else { ((first - variable.first) as usize, (last - first + 1) as usize) };
        if let Some(weights) = &mut self.weights[var.0] {
            let blocks = weights[..variable.days * variable.lengths].chunks(variable.days);
            let mut kept: Vec<f64> = blocks.flat_map(|block| &block[skipped..skipped + days]).copied().collect();
            kept.extend_from_slice(&weights[variable.days * variable.lengths..]);
            *weights = Arc::new(kept);
        }
        variable.first = if days == 0 { variable.first } else { first };
        variable.days = days;
        self.check(var);
        true
    }

    /// Keeps the values whose first or last day may lie in `low..=high`.
    fn keep_at(&mut self, at: At, low: i32, high: i32) -> bool {
        let variable = self.variables[at.var.0];
        match at.side {
            Side::First => self.keep_days(at.var, low, high),
            Side::Last => self.keep_days(
                at.var,
                low.saturating_sub(variable.longest() - 1),
                high.saturating_sub(variable.shortest - 1),
            ),
        }
    }

    /// Takes "does not occur" away; true where it was there.
    fn keep_occurring(&mut self, var: VarId) -> bool {
        let variable = &mut self.variables[var.0];
        if !variable.never {
            return false;
        }
        if let Some(weights) = &mut self.weights[var.0] {
            Arc::make_mut(weights).truncate(variable.days * variable.lengths);
        }
        variable.never = false;
        self.check(var);
        true
    }

    fn check(&mut self, var: VarId) {
        self.contradiction |= self.variables[var.0].size() == 0;
    }

    /// Sets the weight of values at which the formula of this one variable fails to 0, and drops zeros at the ends.
    pub fn keep_values(&mut self, var: VarId, formula: &Formula) {
        let Domains { variables, weights, .. } = self;
        let variable = variables[var.0];
        let weights = weights[var.0].get_or_insert_with(|| Arc::new(vec![1.0; variable.size()]));
        for (index, weight) in Arc::make_mut(weights).iter_mut().enumerate() {
            let value = |asked: VarId| {
                if asked == var { variable.value(index) } else { variables[asked.0].value(0) }
            };
            if !formula.holds(&value) {
                *weight = 0.0;
            }
        }
        self.trim(var);
    }

    /// Drops values of weight 0 at both ends of the days, and "does not occur" where it weighs nothing.
    pub fn trim(&mut self, var: VarId) {
        let variable = self.variables[var.0];
        let Some(weights) = &self.weights[var.0] else {
            return;
        };
        let possible = |day: usize| (0..variable.lengths).any(|length| weights[length * variable.days + day] > 0.0);
        let first = (0..variable.days).find(|day| possible(*day));
        let last = (0..variable.days).rev().find(|day| possible(*day));
        let drop_never = variable.never && weights[variable.days * variable.lengths] == 0.0;
        match (first, last) {
            (Some(first), Some(last)) => {
                self.keep_days(var, variable.first + first as i32, variable.first + last as i32);
            }
            _ => {
                self.keep_days(var, i32::MAX, i32::MIN);
            }
        }
        if drop_never {
            self.keep_occurring(var);
        }
        self.check(var);
    }

    /// Narrows until nothing changes (or the sweeps are used up).
    pub fn propagate(&mut self, requirements: &[Formula], factors: &[Structure]) {
        for sweep in 0..SWEEPS {
            let mut changed = false;
            let mut visit = |domains: &mut Domains, index: usize| {
                if !domains.contradiction {
                    changed |= match requirements.get(index) {
                        Some(formula) => domains.require(formula),
                        None => domains.factor(&factors[index - requirements.len()]),
                    };
                }
            };
            let count = requirements.len() + factors.len();
            // Back and forth, so that long chains settle in few sweeps whatever their order.
            if sweep % 2 == 0 {
                (0..count).for_each(|index| visit(self, index));
            } else {
                (0..count).rev().for_each(|index| visit(self, index));
            }
            if !changed || self.contradiction {
                return;
            }
        }
    }

    fn may_be_absent(&self, var: VarId) -> bool {
        self.variables[var.0].never
    }

    fn require(&mut self, formula: &Formula) -> bool {
        let Formula::Literal(literal) = formula else {
            return false;
        };
        match literal.kind {
            Kind::NotTrue => false,
            Kind::True => {
                let mut changed = false;
                for var in &literal.occurring {
                    changed |= self.keep_occurring(*var);
                }
                changed | self.tests(literal)
            }
            Kind::NotFalse => {
                let others_occur = |of: &[VarId], domains: &Domains| {
                    literal.occurring.iter().all(|var| of.contains(var) || !domains.may_be_absent(*var))
                };
                match literal.tests[..] {
                    // The days on which it would be false go; not occurring stays possible.
                    [Test::Day { at, .. }] if others_occur(&[at.var], self) => self.tests(literal),
                    [Test::Gap { later, earlier, least, most }] => {
                        let mut changed = false;
                        if others_occur(&[later.var], self) {
                            changed |= self.narrow_later(later, earlier, least, most);
                        }
                        if others_occur(&[earlier.var], self) {
                            changed |= self.narrow_earlier(later, earlier, least, most);
                        }
                        changed
                    }
                    [Test::Working(ref gap)] => {
                        let mut changed = false;
                        if others_occur(&[gap.subject.var], self) {
                            changed |= self.narrow_subject(gap);
                        }
                        if others_occur(&[gap.anchor.var], self) {
                            changed |= self.narrow_anchor(gap);
                        }
                        changed
                    }
                    _ => false,
                }
            }
        }
    }

    fn tests(&mut self, literal: &Literal) -> bool {
        let mut changed = false;
        for test in &literal.tests {
            changed |= match *test {
                Test::Day { at, from, to } => self.keep_at(at, from, to),
                Test::Gap { later, earlier, least, most } => {
                    self.narrow_later(later, earlier, least, most) | self.narrow_earlier(later, earlier, least, most)
                }
                Test::Working(ref gap) => self.narrow_subject(gap) | self.narrow_anchor(gap),
                Test::Class { .. } | Test::Known(_) => false,
            };
        }
        changed
    }

    fn narrow_later(&mut self, later: At, earlier: At, least: i32, most: i32) -> bool {
        let other = self.variables[earlier.var.0];
        let (first, last) = other.range(earlier.side);
        other.days > 0 && self.keep_at(later, first.saturating_add(least), last.saturating_add(most))
    }

    fn narrow_earlier(&mut self, later: At, earlier: At, least: i32, most: i32) -> bool {
        let other = self.variables[later.var.0];
        let (first, last) = other.range(later.side);
        other.days > 0 && self.keep_at(earlier, first.saturating_sub(most), last.saturating_sub(least))
    }

    fn narrow_subject(&mut self, gap: &WorkingGap) -> bool {
        let anchor = self.variables[gap.anchor.var.0];
        let (first, last) = anchor.range(gap.anchor.side);
        anchor.days > 0 && self.keep_at(gap.subject, gap.subjects(first).0, gap.subjects(last).1)
    }

    fn narrow_anchor(&mut self, gap: &WorkingGap) -> bool {
        let subject = self.variables[gap.subject.var.0];
        let (first, last) = subject.range(gap.subject.side);
        subject.days > 0 && self.keep_at(gap.anchor, gap.anchors(first).0, gap.anchors(last).1)
    }

    fn factor(&mut self, factor: &Structure) -> bool {
        match factor {
            Structure::Delay(delay) => {
                let last = delay.first + delay.weights.len() as i32 - 1;
                let to_start = At { var: delay.to, side: Side::First };
                let mut changed = self.narrow_later(to_start, delay.from, delay.first, last);
                let (from, to) = (self.variables[delay.from.var.0], self.variables[delay.to.0]);
                if from.days == 0 {
                    changed |= self.keep_days(delay.to, i32::MAX, i32::MIN);
                }
                if delay.never.is_empty() && !from.never {
                    changed |= self.keep_occurring(delay.to);
                }
                if !to.never {
                    changed |= self.keep_occurring(delay.from.var);
                }
                if !to.never || delay.never.is_empty() {
                    changed |= self.narrow_earlier(to_start, delay.from, delay.first, last);
                }
                if delay.never.is_empty() && to.days == 0 {
                    changed |= self.keep_days(delay.from.var, i32::MAX, i32::MIN);
                }
                changed
            }
            Structure::Latest(latest) => {
                let range = |domains: &Domains, (at, offset): (At, i32)| {
                    let variable = domains.variables[at.var.0];
                    let (first, last) = variable.range(at.side);
                    (variable.days > 0).then_some((first + offset, last + offset))
                };
                let (Some(one), Some(two)) = (range(self, latest.parts[0]), range(self, latest.parts[1])) else {
                    return self.keep_days(latest.latest, i32::MAX, i32::MIN);
                };
                let mut changed = self.keep_days(latest.latest, one.0.max(two.0), one.1.max(two.1));
                let whole = self.variables[latest.latest.0];
                if latest.parts.iter().all(|(at, _)| !self.may_be_absent(at.var)) {
                    changed |= self.keep_occurring(latest.latest);
                }
                if !whole.never && whole.days > 0 {
                    for (at, offset) in latest.parts {
                        changed |= self.keep_occurring(at.var);
                        changed |= self.keep_at(at, i32::MIN / 2, whole.last() - offset);
                    }
                }
                changed
            }
        }
    }
}
