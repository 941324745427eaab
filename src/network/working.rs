//! Two days, one counted from the other in working days, in; which days of each go with a day of the other, out.

use super::formula::Along;
use super::{At, Value, VarId, Variable};
use crate::day::Day;
use crate::model::{Reach, WorkingDays};
use std::sync::Arc;

/// Days farther away than this are no days of a network.
const FARTHEST: i32 = 500_000_000;
/// More pairs of a start and a length that an event can have at all are not laid out.
const MOST_PAIRS: usize = 10_000_000;

/// A test that `subject` lies from where one reach leads from `anchor` to where another does.
///
/// For every day of the anchor the subject's days are an interval whose ends do not decrease, and so the other way round.
#[derive(Clone, Debug)]
pub struct WorkingGap {
    pub subject: At,
    pub anchor: At,
    /// What to add to the days of the two.
    pub shifts: (i32, i32),
    pub from: Reach,
    pub to: Reach,
    pub calendar: Arc<WorkingDays>,
    /// Day 0.
    pub origin: Day,
}

impl WorkingGap {
    /// First and last day of the subject that go with a day of the anchor.
    pub fn subjects(&self, anchor: i32) -> (i32, i32) {
        let anchor = self.date(anchor, self.shifts.1);
        let first = self.calendar.reached(anchor, self.from, Day::OPEN_PAST);
        let last = self.calendar.reached(anchor, self.to, Day::OPEN_FUTURE);
        (self.number(first, self.shifts.0), self.number(last, self.shifts.0))
    }

    /// First and last day of the anchor that go with a day of the subject.
    pub fn anchors(&self, subject: i32) -> (i32, i32) {
        let subject = self.date(subject, self.shifts.0);
        let first = self.calendar.earliest_anchor(subject, self.to);
        let last = self.calendar.latest_anchor(subject, self.from);
        (self.number(first, self.shifts.1), self.number(last, self.shifts.1))
    }

    /// A day of the calendar; what is so far away that no date is meant is cut.
    fn date(&self, day: i32, shift: i32) -> Day {
        self.origin + day.saturating_add(shift).clamp(-FARTHEST, FARTHEST)
    }

    fn number(&self, date: Day, shift: i32) -> i32 {
        if date.is_date() { date - self.origin - shift } else { date - Day::FIRST }
    }

    pub fn holds(&self, value: &impl Fn(VarId) -> Value) -> bool {
        let (first, last) = self.subjects(self.anchor.day(value(self.anchor.var)));
        (first..=last).contains(&self.subject.day(value(self.subject.var)))
    }

    /// Whether it is known for all days of two ranges.
    pub fn decided(&self, subject: (i32, i32), anchor: (i32, i32)) -> Option<bool> {
        if self.subject.var == self.anchor.var {
            return None;
        }
        let (early, late) = (self.subjects(anchor.0), self.subjects(anchor.1));
        if late.0 <= subject.0 && subject.1 <= early.1 {
            Some(true)
        } else if subject.1 < early.0 || late.1 < subject.0 {
            Some(false)
        } else {
            None
        }
    }

    /// The points that are tested, each with the days that go with the other's value.
    pub(super) fn steps(&self, along: &Along, value: &impl Fn(VarId) -> Value) -> Option<(At, (i32, i32))> {
        let other = if self.subject.var == along.var { self.anchor } else { self.subject };
        let there = value(other.var);
        if there.is_never() {
            return None;
        }
        let day = other.day(there);
        Some(if other == self.anchor { (self.subject, self.subjects(day)) } else { (self.anchor, self.anchors(day)) })
    }

    /// Adds the first days at which the test of two days of one event changes its answer.
    pub(super) fn changes(&self, along: &Along, found: &mut Vec<i32>) {
        let holds = |first: i32| self.holds(&|_| Value { first, last: first + along.length - 1 });
        found.extend((along.days.0 + 1..=along.days.1).filter(|first| holds(*first) != holds(first - 1)));
    }

    /// The same test after the event has been shifted by `-days`.
    pub(super) fn shifted(&self, days: i32) -> WorkingGap {
        WorkingGap { shifts: (self.shifts.0 - days, self.shifts.1 - days), ..self.clone() }
    }

    /// By how many days at least and at most the subject comes after the anchor, where that is a day of its variable.
    pub fn distances(&self, anchor: &Variable) -> (i32, i32) {
        let (first, last) = anchor.range(self.anchor.side);
        let dates = (self.date(first, self.shifts.1), self.date(last, self.shifts.1));
        let off = self.shifts.1 - self.shifts.0;
        let least = self.calendar.distances(self.from, dates).0.saturating_add(off);
        (least, self.calendar.distances(self.to, dates).1.saturating_add(off))
    }
}

/// The last days of an event that lasts some working days, for each first day.
#[derive(Clone, Debug)]
pub struct LastDays<'c> {
    pub calendar: &'c WorkingDays,
    pub count: i32,
    /// Day 0.
    pub origin: Day,
}

impl LastDays<'_> {
    /// The last day for a first one.
    pub fn last(&self, first: i32) -> i32 {
        self.calendar.last_of(self.origin + first, self.count) - self.origin
    }

    /// Makes a variable of first days one of start and length together.
    ///
    /// # Errors
    /// A sentence, where holidays make the lengths so different that there are too many pairs.
    pub fn fit(&self, variable: &mut Variable) -> Result<(), String> {
        if variable.days == 0 {
            return Ok(());
        }
        let (first, last) = (self.origin + variable.first, self.origin + variable.last());
        let (shortest, longest) = self.calendar.lengths(self.count, (first, last));
        let lengths = (longest - shortest + 1) as usize;
        if variable.days * lengths > MOST_PAIRS {
            let days = variable.days;
            return Err(format!(
                "{} working days are from {shortest} to {longest} days, which with {days} days to start on makes more pairs than the limit of {MOST_PAIRS}",
                self.count
            ));
        }
        (variable.shortest, variable.lengths) = (shortest, lengths);
        Ok(())
    }

    /// The weights of a variable of start and length: those of the days, each at the one length that belongs to it.
    pub fn weights(&self, variable: &Variable, day: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut weights = vec![0.0; variable.days * variable.lengths];
        for at in 0..variable.days {
            let first = variable.first + at as i32;
            weights[variable.index_of(Value { first, last: self.last(first) })] = day(at);
        }
        weights
    }
}
