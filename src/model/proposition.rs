//! Propositions as bounds on days: every relation of the language is a conjunction of these.

use super::calendar::Reach;
use super::event::EventId;
use crate::day::Day;
pub use crate::language::DayClass;
use std::collections::BTreeSet;

/// A proposition over worlds.
#[derive(Clone, Debug, PartialEq)]
pub enum Proposition {
    Occurs(EventId),
    Dates(Statement),
    Not(Box<Proposition>),
    And(Vec<Proposition>),
    Or(Vec<Proposition>),
}

/// A statement about dates: true where all `events` occur and all bounds hold.
///
/// In rules it is unknown where one of the events does not occur.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub events: Vec<EventId>,
    pub bounds: Vec<Bound>,
}

/// The first or last day of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    pub event: EventId,
    pub side: Side,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    First,
    Last,
}

/// One inequality (in two directions) on days.
#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    /// `from <= point <= to`; the sides may be open.
    Day { point: Point, from: Day, to: Day },
    /// `least <= later − earlier <= most`, in days.
    Gap { later: Point, earlier: Point, least: i32, most: i32 },
    /// The day lies no earlier than where `from` leads from the anchor, and no later than where `to` does.
    Working { point: Point, anchor: Point, from: Reach, to: Reach },
    /// The day is of the class.
    Class { point: Point, class: DayClass },
}

impl Bound {
    /// The points it constrains, one or two.
    pub fn points(&self) -> impl Iterator<Item = Point> {
        let (first, second) = match self {
            Bound::Day { point, .. } | Bound::Class { point, .. } => (*point, None),
            Bound::Gap { later, earlier, .. } => (*later, Some(*earlier)),
            Bound::Working { point, anchor, .. } => (*point, Some(*anchor)),
        };
        std::iter::once(first).chain(second)
    }
}

impl Proposition {
    /// All events it names.
    pub fn events(&self) -> BTreeSet<EventId> {
        let mut found = BTreeSet::new();
        self.visit(&mut |leaf| match leaf {
            Proposition::Occurs(event) => {
                found.insert(*event);
            }
            Proposition::Dates(statement) => found.extend(statement.events.iter().copied()),
            _ => {}
        });
        found
    }

    /// All points it constrains.
    pub fn points(&self) -> BTreeSet<Point> {
        let mut found = BTreeSet::new();
        self.visit(&mut |leaf| {
            if let Proposition::Dates(statement) = leaf {
                found.extend(statement.bounds.iter().flat_map(Bound::points));
            }
        });
        found
    }

    /// Whether it says of an event that it occurs (a statement that is no date statement).
    pub fn says_occurs(&self) -> bool {
        let mut found = false;
        self.visit(&mut |leaf| found |= matches!(leaf, Proposition::Occurs(_)));
        found
    }

    fn visit(&self, leaf: &mut impl FnMut(&Proposition)) {
        match self {
            Proposition::Occurs(_) | Proposition::Dates(_) => leaf(self),
            Proposition::Not(inner) => inner.visit(leaf),
            Proposition::And(parts) | Proposition::Or(parts) => parts.iter().for_each(|part| part.visit(leaf)),
        }
    }
}
