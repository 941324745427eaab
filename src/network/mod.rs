//! A model and what is known of it in, variables with narrow domains and factors out.

mod compile;
mod formula;
mod narrow;
mod require;

pub use compile::{Compiler, Evidence};
pub use formula::{Formula, Function, Measure};
pub use require::Extension;

use crate::model::EventId;

/// Index of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VarId(pub usize);

/// The value of a variable that stands for "does not occur".
pub const NEVER: i32 = i32::MAX;

/// What a variable stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The first day of an event.
    Start(EventId),
    /// The last day of an event whose length is in doubt.
    End(EventId),
    /// The latest last day of some of the events that this one comes after.
    Latest(EventId),
    /// Whether a proposition is true: 0 or 1.
    Truth,
    /// The week in which an event starts.
    Week(EventId),
}

/// A variable with its domain: consecutive whole numbers (days from the horizon's first), and perhaps [`NEVER`].
///
/// Index `i < days` stands for `first + i`; the index `days` stands for `NEVER` where `never` is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    pub role: Role,
    pub first: i32,
    pub days: usize,
    pub never: bool,
}

impl Variable {
    /// Number of values.
    pub fn size(&self) -> usize {
        self.days + usize::from(self.never)
    }

    /// The value that an index stands for.
    pub fn value(&self, index: usize) -> i32 {
        if index < self.days { self.first + index as i32 } else { NEVER }
    }

    /// The only value, where there is just one.
    pub fn fixed(&self) -> Option<i32> {
        (self.size() == 1).then(|| self.value(0))
    }

    /// The greatest day; meaningless without days.
    pub fn last(&self) -> i32 {
        self.first + self.days as i32 - 1
    }

    /// A truth value.
    pub fn truth() -> Variable {
        Variable { role: Role::Truth, first: 0, days: 2, never: false }
    }
}

/// A non-negative function of some variables.
#[derive(Clone, Debug)]
pub enum Factor {
    /// Entries by index, row-major in the order of `scope`.
    Table { scope: Vec<VarId>, values: Vec<f64> },
    Delay(Delay),
    Latest(Latest),
    Local(Local),
}

/// `to` comes so many days after `from`, with these weights; where `from` does not occur, neither does `to`.
#[derive(Clone, Debug)]
pub struct Delay {
    pub from: VarId,
    pub to: VarId,
    /// `weights[i]` is that of `to − from = first + i`.
    pub first: i32,
    pub weights: Vec<f64>,
    /// For every day of `from`'s domain the weight of "does not occur" of `to`; empty where that is 0.
    pub never: Vec<f64>,
}

/// `latest` is the greater of `parts[i].0 + parts[i].1`; it does not occur where one part does not.
#[derive(Clone, Copy, Debug)]
pub struct Latest {
    pub parts: [(VarId, i32); 2],
    pub latest: VarId,
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
    /// The variables it depends on.
    pub fn scope(&self) -> Vec<VarId> {
        match self {
            Factor::Table { scope, .. } => scope.clone(),
            Factor::Delay(delay) => vec![delay.from, delay.to],
            Factor::Latest(latest) => vec![latest.parts[0].0, latest.parts[1].0, latest.latest],
            Factor::Local(local) => local.scope.iter().copied().chain(local.selector).collect(),
        }
    }
}

/// Variables and factors; the product of all factors is the weight of a world.
#[derive(Clone, Debug, Default)]
pub struct Network {
    pub variables: Vec<Variable>,
    pub factors: Vec<Factor>,
    /// For each event the variable of its first day, and of its last where that is in doubt and matters.
    pub starts: Vec<VarId>,
    pub ends: Vec<Option<VarId>>,
    /// Whether narrowing has already shown that no world is left.
    pub contradiction: bool,
}
