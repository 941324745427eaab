//! A proposition as written: event names, windows and relations, with the places they stand at.

use super::window::Window;
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
