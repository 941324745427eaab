//! A model and what is known of it in, variables with narrow domains and factors out.

mod blend;
mod compile;
mod formula;
mod narrow;
mod prior;
mod relax;
mod require;
mod working;

pub use blend::Measure;
pub use compile::{Compiler, Evidence};
#[cfg(test)]
pub use formula::ClassDays;
pub use formula::{Formula, Function, Interval, Kind, Literal, Test};
pub use relax::{Choice, Side as RelaxedSide, relaxed};
pub use require::Extension;
#[cfg(test)]
pub use working::WorkingGap;

use crate::model::{EventId, Side};
use std::sync::Arc;

/// Index of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VarId(pub usize);

/// The day that stands for "does not occur".
pub const NEVER: i32 = i32::MAX;

/// What a variable stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The first day of an event, and its length where that is in doubt between few days.
    Start(EventId),
    /// The last day of an event whose length is in doubt between many.
    End(EventId),
    /// The latest last day of some of the events that this one comes after.
    Latest(EventId),
    /// Whether a proposition is true: 0 or 1.
    Truth,
    /// The week in which an event starts.
    Week(EventId),
}

/// A variable with its domain: consecutive days (counted from the horizon's first), each with every one of a few
/// consecutive lengths, and perhaps [`Value::NEVER`].
///
/// An event whose length is in doubt between few days is one variable of start and length together. For every other
/// variable there is one length, 1.
///
/// Values are numbered length by length: index `l·days + d` stands for the day `first + d` and the length `shortest + l`;
/// the last index stands for "does not occur" where `never` is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    pub role: Role,
    pub first: i32,
    pub days: usize,
    pub never: bool,
    pub shortest: i32,
    pub lengths: usize,
}

/// What an index of a variable stands for: first and last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    pub first: i32,
    pub last: i32,
}

impl Value {
    /// Does not occur.
    pub const NEVER: Value = Value { first: NEVER, last: NEVER };

    /// Whether it stands for "does not occur".
    pub fn is_never(self) -> bool {
        self.first == NEVER
    }
}

impl Variable {
    /// A variable of days alone.
    pub fn of_days(role: Role, first: i32, days: usize, never: bool) -> Variable {
        Variable { role, first, days, never, shortest: 1, lengths: 1 }
    }

    /// Number of values.
    pub fn size(&self) -> usize {
        self.days * self.lengths + usize::from(self.never)
    }

    /// What an index stands for.
    pub fn value(&self, index: usize) -> Value {
        if index >= self.days * self.lengths {
            return Value::NEVER;
        }
        let first = self.first + (index % self.days) as i32;
        Value { first, last: first + self.shortest + (index / self.days) as i32 - 1 }
    }

    /// Where a value that it can take stands.
    pub fn index_of(&self, value: Value) -> usize {
        if value.is_never() {
            return self.days * self.lengths;
        }
        let length = value.last - value.first + 1;
        (length - self.shortest) as usize * self.days + (value.first - self.first) as usize
    }

    /// The greatest first day; meaningless without days.
    pub fn last(&self) -> i32 {
        self.first + self.days as i32 - 1
    }

    /// The range of first (or last) days; meaningless without days.
    pub fn range(&self, side: Side) -> (i32, i32) {
        match side {
            Side::First => (self.first, self.last()),
            Side::Last => (self.first + self.shortest - 1, self.last() + self.longest() - 1),
        }
    }

    /// The greatest length.
    pub fn longest(&self) -> i32 {
        self.shortest + self.lengths as i32 - 1
    }

    /// A truth value.
    pub fn truth() -> Variable {
        Variable::of_days(Role::Truth, 0, 2, false)
    }
}

/// The first or last day of a variable's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    pub var: VarId,
    pub side: Side,
}

impl At {
    /// The day of a value.
    pub fn day(self, value: Value) -> i32 {
        if self.side == Side::First { value.first } else { value.last }
    }
}

/// A non-negative function of some variables.
#[derive(Clone, Debug)]
pub enum Factor {
    /// Entries by index, row-major in the order of `scope`.
    Table {
        scope: Vec<VarId>,
        values: Arc<Vec<f64>>,
    },
    Delay(Delay),
    Local(Local),
}

/// `to` comes so many days after `from`, with these weights; where `from` does not occur, neither does `to`.
#[derive(Clone, Debug)]
pub struct Delay {
    pub from: At,
    pub to: VarId,
    /// `weights[i]` is that of `to − from = first + i`.
    pub first: i32,
    pub weights: Vec<f64>,
    /// For every value of `from` but "does not occur" the weight of "does not occur" of `to`; empty where that is 0.
    pub never: Vec<f64>,
}

/// How the dates of events come about that come after others.
#[derive(Clone, Debug)]
enum Structure {
    Delay(Delay),
    Latest(Latest),
}

/// `latest` is the greater of `parts[i].0 + parts[i].1`; it does not occur where one part does not.
#[derive(Clone, Copy, Debug)]
struct Latest {
    parts: [(At, i32); 2],
    latest: VarId,
}

/// A function of one or two variables that is constant on few intervals of each, given the other.
///
/// With a `selector` (a truth value) the factor is 1 where the selector says whether the function is positive, else 0.
#[derive(Clone, Debug)]
pub struct Local {
    pub scope: Vec<VarId>,
    pub selector: Option<VarId>,
    pub function: Function,
}

impl Factor {
    /// One of the variables it depends on.
    pub fn first_var(&self) -> Option<VarId> {
        match self {
            Factor::Table { scope, .. } => scope.first().copied(),
            Factor::Delay(delay) => Some(delay.to),
            Factor::Local(local) => local.scope.first().copied().or(local.selector),
        }
    }

    /// The variables it depends on.
    pub fn scope(&self) -> Vec<VarId> {
        match self {
            Factor::Table { scope, .. } => scope.clone(),
            Factor::Delay(delay) => vec![delay.from.var, delay.to],
            Factor::Local(local) => local.scope.iter().copied().chain(local.selector).collect(),
        }
    }
}

/// Variables and factors; the product of all factors is the weight of a world.
#[derive(Clone, Debug, Default)]
pub struct Network {
    pub variables: Vec<Variable>,
    pub factors: Vec<Factor>,
    /// Factors of 0 and 1 that are 1 wherever all others are positive: they change nothing, but tell early what cannot be.
    pub implied: Vec<Factor>,
    /// For each variable how many others its date comes about by, one after the other: 0 for those with a prior.
    pub generations: Vec<u32>,
    /// For each event the variable of its first day.
    pub starts: Vec<VarId>,
    /// Whether narrowing has already shown that no world is left.
    pub contradiction: bool,
}
