//! Propositions over variables in negation normal form, and the functions of worlds made of them.

use super::blend::Blend;
use super::working::WorkingGap;
use super::{At, Value, VarId, Variable};
use crate::model::{DayClass, Side};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A two-valued proposition over variables. Negations stand at the literals only.
#[derive(Clone, Debug)]
pub enum Formula {
    Constant(bool),
    Literal(Literal),
    And(Vec<Formula>),
    Or(Vec<Formula>),
}

/// A statement about dates, or its negation.
#[derive(Clone, Debug)]
pub struct Literal {
    pub kind: Kind,
    /// Variables (one for each event of the statement) that must not be [`Value::NEVER`] for the statement to be true.
    pub occurring: Vec<VarId>,
    pub tests: Vec<Test>,
}

/// What is asked of a statement that is true, false, or (where an event does not occur) neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// All events occur and all tests hold.
    True,
    /// Some event does not occur, or some test fails.
    NotTrue,
    /// Some event does not occur, or all tests hold.
    NotFalse,
}

/// One inequality, in two directions, on the values of one or two variables.
#[derive(Clone, Debug)]
pub enum Test {
    Day {
        at: At,
        from: i32,
        to: i32,
    },
    Gap {
        later: At,
        earlier: At,
        least: i32,
        most: i32,
    },
    /// One day lies within reach of another, counted in working days.
    Working(Box<WorkingGap>),
    /// `at + shift` is a day of the class.
    Class {
        at: At,
        shift: i32,
        days: Arc<ClassDays>,
    },
    /// Known already.
    Known(bool),
}

/// The days, counted from the horizon's first, that belong to a class.
#[derive(Clone, Debug)]
pub struct ClassDays {
    pub class: DayClass,
    /// Weekday (0 for Monday) of day 0.
    pub origin_weekday: i32,
    pub holidays: BTreeSet<i32>,
    /// The weekdays from Monday on that are worked on.
    pub workweek: [bool; 7],
}

impl ClassDays {
    pub fn contains(&self, day: i32) -> bool {
        let weekday = (day.rem_euclid(7) + self.origin_weekday).rem_euclid(7) as usize;
        match self.class {
            DayClass::Weekday => weekday < 5,
            DayClass::Weekend => weekday >= 5,
            DayClass::Holiday => self.holidays.contains(&day),
            DayClass::Working => self.workweek[weekday] && !self.holidays.contains(&day),
            DayClass::Named(number) => weekday == number,
        }
    }
}

impl Test {
    /// Its variables, one or two.
    pub fn vars(&self) -> impl Iterator<Item = VarId> {
        let (first, second) = match self {
            Test::Day { at, .. } | Test::Class { at, .. } => (Some(at.var), None),
            Test::Gap { later, earlier, .. } => (Some(later.var), Some(earlier.var)),
            Test::Working(gap) => (Some(gap.subject.var), Some(gap.anchor.var)),
            Test::Known(_) => (None, None),
        };
        first.into_iter().chain(second)
    }

    /// Whether it holds; the values must be days.
    fn holds(&self, value: &impl Fn(VarId) -> Value) -> bool {
        let day = |at: &At| at.day(value(at.var));
        match self {
            Test::Day { at, from, to } => (*from..=*to).contains(&day(at)),
            Test::Gap { later, earlier, least, most } => {
                (*least..=*most).contains(&day(later).saturating_sub(day(earlier)))
            }
            Test::Working(gap) => gap.holds(value),
            Test::Class { at, shift, days } => days.contains(day(at).saturating_add(*shift)),
            Test::Known(known) => *known,
        }
    }

    /// Adds the first days of `x` at which the test may change its answer, given the other variable's value.
    pub(super) fn breaks(&self, along: &Along, value: &impl Fn(VarId) -> Value, found: &mut Vec<i32>) {
        // Days of the point that is tested, as first days.
        let mut push = |at: &At, from: i32, to: i32| {
            let back = if at.side == Side::Last { along.length - 1 } else { 0 };
            found.extend([from.saturating_sub(back), to.saturating_add(1).saturating_sub(back)]);
        };
        match self {
            Test::Day { at, from, to } if at.var == along.var => push(at, *from, *to),
            Test::Gap { later, earlier, .. } if later.var == along.var && earlier.var == along.var => {}
            Test::Gap { later, earlier, least, most } if later.var == along.var => {
                let other = value(earlier.var);
                if !other.is_never() {
                    let other = earlier.day(other);
                    push(later, other.saturating_add(*least), other.saturating_add(*most));
                }
            }
            Test::Gap { later, earlier, least, most } if earlier.var == along.var => {
                let other = value(later.var);
                if !other.is_never() {
                    let other = later.day(other);
                    push(earlier, other.saturating_sub(*most), other.saturating_sub(*least));
                }
            }
            Test::Working(gap) if gap.subject.var == along.var && gap.anchor.var == along.var => {
                gap.changes(along, found);
            }
            Test::Working(gap) if gap.subject.var == along.var || gap.anchor.var == along.var => {
                if let Some((at, (from, to))) = gap.steps(along, value) {
                    push(&at, from, to);
                }
            }
            Test::Class { at, shift, days: class } if at.var == along.var => {
                let shift = if at.side == Side::Last { shift + along.length - 1 } else { *shift };
                let changes = |day: &i32| class.contains(day + shift) != class.contains(day + shift - 1);
                found.extend((along.days.0 + 1..=along.days.1).filter(changes));
            }
            _ => {}
        }
    }

    /// The same test after the event has been shifted by `-days`.
    fn shifted(&self, days: i32) -> Test {
        match self {
            Test::Day { at, from, to } => {
                Test::Day { at: *at, from: from.saturating_add(days), to: to.saturating_add(days) }
            }
            Test::Class { at, shift, days: class } => Test::Class { at: *at, shift: shift - days, days: class.clone() },
            Test::Working(gap) => Test::Working(Box::new(gap.shifted(days))),
            other => other.clone(),
        }
    }
}

impl Literal {
    fn holds(&self, value: &impl Fn(VarId) -> Value) -> bool {
        let occur = self.occurring.iter().all(|var| !value(*var).is_never());
        match self.kind {
            Kind::True => occur && self.tests.iter().all(|test| test.holds(value)),
            Kind::NotTrue => !occur || !self.tests.iter().all(|test| test.holds(value)),
            Kind::NotFalse => !occur || self.tests.iter().all(|test| test.holds(value)),
        }
    }
}

impl Formula {
    /// Whether it is true where each variable has the value that `value` gives.
    pub fn holds(&self, value: &impl Fn(VarId) -> Value) -> bool {
        match self {
            Formula::Constant(known) => *known,
            Formula::Literal(literal) => literal.holds(value),
            Formula::And(parts) => parts.iter().all(|part| part.holds(value)),
            Formula::Or(parts) => parts.iter().any(|part| part.holds(value)),
        }
    }

    /// All variables it depends on.
    pub fn vars(&self) -> BTreeSet<VarId> {
        let mut found = BTreeSet::new();
        self.visit(&mut |literal| {
            found.extend(literal.occurring.iter().copied());
            found.extend(literal.tests.iter().flat_map(Test::vars));
        });
        found
    }

    fn visit(&self, leaf: &mut impl FnMut(&Literal)) {
        match self {
            Formula::Constant(_) => {}
            Formula::Literal(literal) => leaf(literal),
            Formula::And(parts) | Formula::Or(parts) => parts.iter().for_each(|part| part.visit(leaf)),
        }
    }

    pub(super) fn breaks(&self, along: &Along, value: &impl Fn(VarId) -> Value, found: &mut Vec<i32>) {
        self.visit(&mut |literal| literal.tests.iter().for_each(|test| test.breaks(along, value, found)));
    }

    /// The same formula with every event shifted by `-days`.
    pub fn shifted(&self, days: i32) -> Formula {
        let all = |parts: &[Formula]| parts.iter().map(|part| part.shifted(days)).collect();
        match self {
            Formula::Constant(known) => Formula::Constant(*known),
            Formula::And(parts) => Formula::And(all(parts)),
            Formula::Or(parts) => Formula::Or(all(parts)),
            Formula::Literal(literal) => Formula::Literal(Literal {
                tests: literal.tests.iter().map(|test| test.shifted(days)).collect(),
                ..literal.clone()
            }),
        }
    }

    /// Rewrites every literal.
    pub fn map(&self, rewrite: &impl Fn(&Literal) -> Formula) -> Formula {
        match self {
            Formula::Constant(known) => Formula::Constant(*known),
            Formula::Literal(literal) => rewrite(literal),
            Formula::And(parts) => Formula::and(parts.iter().map(|part| part.map(rewrite)).collect()),
            Formula::Or(parts) => Formula::or(parts.iter().map(|part| part.map(rewrite)).collect()),
        }
    }

    /// Conjunction without constants or nested conjunctions.
    pub fn and(parts: Vec<Formula>) -> Formula {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Formula::Constant(true) => {}
                Formula::Constant(false) => return Formula::Constant(false),
                Formula::And(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Formula::Constant(true),
            1 => kept.remove(0),
            _ => Formula::And(kept),
        }
    }

    /// Disjunction without constants or nested disjunctions.
    pub fn or(parts: Vec<Formula>) -> Formula {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Formula::Constant(false) => {}
                Formula::Constant(true) => return Formula::Constant(true),
                Formula::Or(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Formula::Constant(false),
            1 => kept.remove(0),
            _ => Formula::Or(kept),
        }
    }
}

/// A non-negative function of the values of at most two variables.
#[derive(Clone, Debug)]
pub enum Function {
    /// One of two values, by the truth of a formula.
    Truth { formula: Formula, when_true: f64, when_false: f64 },
    /// `weight·w + counter·(1 − w) + constant`, see [`Blend`].
    Blend(Blend),
    /// 1 where the week holds the day (or neither is), else 0: `week = ⌊(day + shift) / 7⌋`.
    Week { day: VarId, week: VarId, shift: i32 },
}

impl Function {
    /// Its value in a world.
    pub fn value(&self, value: &impl Fn(VarId) -> Value) -> f64 {
        match self {
            Function::Truth { formula, when_true, when_false } => {
                if formula.holds(value) {
                    *when_true
                } else {
                    *when_false
                }
            }
            Function::Blend(blend) => {
                let (weight, counter) = blend.weights(value);
                blend.measure.of(weight, counter)
            }
            Function::Week { day, week, shift } => {
                let (day, week) = (value(*day), value(*week));
                let absent = (day.is_never(), week.is_never());
                let same = absent == (true, true)
                    || (absent == (false, false) && (day.first + shift).div_euclid(7) == week.first);
                f64::from(u8::from(same))
            }
        }
    }

    /// The variables it depends on.
    pub fn vars(&self) -> BTreeSet<VarId> {
        match self {
            Function::Truth { formula, .. } => formula.vars(),
            Function::Blend(blend) => blend.vars(),
            Function::Week { day, week, .. } => BTreeSet::from([*day, *week]),
        }
    }

    /// The indices of `x` at which pieces start on which the function is constant, given the other variable: the first of
    /// every length, where it may change, and "does not occur".
    pub fn piece_starts(&self, x: VarId, variable: &Variable, value: &impl Fn(VarId) -> Value, found: &mut Vec<usize>) {
        found.clear();
        let mut days = Vec::new();
        for block in 0..variable.lengths {
            days.clear();
            let length = variable.shortest + block as i32;
            self.breaks(&Along { var: x, length, days: (variable.first, variable.last()) }, value, &mut days);
            let start = block * variable.days;
            found.push(start);
            let inside = days.iter().filter(|day| **day > variable.first && **day <= variable.last());
            found.extend(inside.map(|day| start + (day - variable.first) as usize));
        }
        if variable.never {
            found.push(variable.days * variable.lengths);
        }
        found.sort_unstable();
        found.dedup();
    }

    /// The function as one interval of the gap between two plain days, if it is that.
    pub fn interval(&self, x: VarId, y: VarId) -> Option<Interval> {
        let Function::Truth { formula: Formula::Literal(literal), when_true, when_false } = self else { return None };
        let [Test::Gap { later, earlier, least, most }] = literal.tests[..] else { return None };
        let plain = later.side == Side::First && earlier.side == Side::First;
        let both = [(x, y), (y, x)].contains(&(later.var, earlier.var));
        if !plain || !both || literal.occurring.iter().any(|var| *var != x && *var != y) {
            return None;
        }
        let (inside, outside) =
            if literal.kind == Kind::NotTrue { (*when_false, *when_true) } else { (*when_true, *when_false) };
        Some(Interval { later: later.var == x, least, most, inside, outside })
    }

    /// First days (in no order, perhaps beyond the domain) at which the value may change, given the other variable.
    fn breaks(&self, along: &Along, value: &impl Fn(VarId) -> Value, found: &mut Vec<i32>) {
        match self {
            Function::Truth { formula, .. } => formula.breaks(along, value, found),
            Function::Blend(blend) => blend.breaks(along, value, found),
            Function::Week { day, week, shift } if *day == along.var => {
                let week = value(*week);
                if !week.is_never() {
                    found.extend([7 * week.first - shift, 7 * week.first + 7 - shift]);
                }
            }
            Function::Week { day, shift, .. } => {
                let day = value(*day);
                if !day.is_never() {
                    let week = (day.first + shift).div_euclid(7);
                    found.extend([week, week + 1]);
                }
            }
        }
    }
}

/// A function of the gap between two days that both occur: `inside` where `least <= gap <= most`, else `outside`.
#[derive(Clone, Copy, Debug)]
pub struct Interval {
    /// Whether the gap counts from the other variable to this one.
    pub later: bool,
    pub least: i32,
    pub most: i32,
    pub inside: f64,
    pub outside: f64,
}

/// The values of one variable of one length, in the order of their first days.
#[derive(Clone, Copy, Debug)]
pub(super) struct Along {
    pub var: VarId,
    pub length: i32,
    /// Least and greatest first day.
    pub days: (i32, i32),
}
