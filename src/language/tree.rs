//! A proposition as written: event names, windows and relations, with the places they stand at.

use super::parser::parse_proposition;
use super::window::{Horizon, Window};
use crate::day::Day;
use std::collections::HashMap;
use std::ops::Range;

/// A proposition. Depth is bounded by the parser, so recursion over it is safe.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    If(Box<Tree>, Box<Tree>),
    Or(Vec<Tree>),
    And(Vec<Tree>),
    Not(Box<Tree>),
    Statement(Statement),
}

/// `subject predicate`, such as `visit before tour`.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub subject: Point,
    pub predicate: Predicate,
}

/// An event, or one end of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    pub event: String,
    pub part: Part,
    /// Byte range in the proposition's text.
    pub span: Range<usize>,
}

/// Which days of an event a point stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Whole,
    Start,
    End,
}

/// What a statement says of its subject.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    Occurs,
    /// Wholly inside.
    In(Window),
    /// The first day is of the class.
    OnA(DayClass),
    /// The first day is that day.
    On(Window),
    By(Window),
    NoEarlierThan(Window),
    Gap(Gap, Order, Anchor),
    /// At most so many days apart, on either side.
    Within(Distance, Anchor),
    Related(Relation, Point),
}

/// Bounds, both inclusive, on the gap of `before` and `after`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub least: Distance,
    pub most: Distance,
}

/// How far one day lies from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distance {
    Days(i32),
    /// As far as the so many-th working day from the other one on, which itself does not count.
    WorkingDays(i32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Before,
    After,
}

/// What a gap is measured to.
#[derive(Clone, Debug, PartialEq)]
pub enum Anchor {
    Point(Point),
    Window(Window),
}

/// A kind of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayClass {
    /// Monday to Friday, holidays included.
    Weekday,
    Weekend,
    /// A day of the scenario's calendar.
    Holiday,
    /// A day of the calendar's workweek that is no holiday.
    Working,
    /// 0 for Monday to 6 for Sunday.
    Named(usize),
}

/// The relations between two stretches of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    During,
    Contains,
    Overlaps,
    Meets,
    StartsWith,
    EndsWith,
    CoincidesWith,
}

impl Tree {
    /// All windows that it names, in no particular order.
    fn windows(&self) -> Vec<Window> {
        match self {
            Tree::If(condition, consequence) => [condition.windows(), consequence.windows()].concat(),
            Tree::Or(parts) | Tree::And(parts) => parts.iter().flat_map(Tree::windows).collect(),
            Tree::Not(inner) => inner.windows(),
            Tree::Statement(statement) => statement.predicate.window().into_iter().collect(),
        }
    }
}

impl Predicate {
    fn window(&self) -> Option<Window> {
        match self {
            Predicate::In(window)
            | Predicate::On(window)
            | Predicate::By(window)
            | Predicate::NoEarlierThan(window) => Some(*window),
            Predicate::Gap(_, _, Anchor::Window(window)) | Predicate::Within(_, Anchor::Window(window)) => {
                Some(*window)
            }
            Predicate::Gap(..)
            | Predicate::Within(..)
            | Predicate::Occurs
            | Predicate::OnA(_)
            | Predicate::Related(..) => None,
        }
    }
}

/// The earliest day that the date expressions of a proposition name: of each its first day, or its last where it has no
/// first. `None` where there is none, or the text is no proposition.
pub fn earliest_date(text: &str, events: &HashMap<String, usize>, horizon: Option<Horizon>) -> Option<Day> {
    let tree = parse_proposition(text, events, horizon).ok()?;
    let windows = tree.windows().into_iter();
    windows.filter_map(|window| [window.first, window.last].into_iter().find(|day| day.is_date())).min()
}
