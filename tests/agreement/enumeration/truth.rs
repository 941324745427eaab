//! A proposition and a world in, its truth out: true, false, or (in rules) unknown.

use crate::cases::case::{
    Anchor, Case, Count, DayClass, Gap, Point, Predicate, Proposition, Relation, Side, Statement,
};

/// In place of a start day: the event does not occur.
pub const NEVER: i32 = i32::MAX;
/// Days beyond this are the open sides of windows.
const FAR: i64 = 1_000_000;
/// The most events a case may have.
pub const MOST_EVENTS: usize = 5;

/// A start day (or [`NEVER`]) and a length for every event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct World {
    pub starts: [i32; MOST_EVENTS],
    pub lengths: [i32; MOST_EVENTS],
}

/// How a statement about the dates of an event that does not occur is read.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Reading {
    /// As false: observations, reports, queries.
    Plain,
    /// As unknown: rules.
    Open,
}

/// Whether it is true, as in observations, reports and queries.
pub fn holds(case: &Case, proposition: &Proposition, world: &World) -> bool {
    truth(case, proposition, world, Reading::Plain) == Some(true)
}

/// Whether the world keeps it as a rule: a rule is broken only where it is false.
pub fn keeps(case: &Case, rule: &Proposition, world: &World) -> bool {
    truth(case, rule, world, Reading::Open) != Some(false)
}

fn truth(case: &Case, proposition: &Proposition, world: &World, reading: Reading) -> Option<bool> {
    let of = |part: &Proposition| truth(case, part, world, reading);
    match proposition {
        Proposition::Statement(one) => statement(case, one, world, reading),
        Proposition::Not(inner) => of(inner).map(|value| !value),
        Proposition::And(parts) => all(parts.iter().map(of)),
        Proposition::Or(parts) => any(parts.iter().map(of)),
        Proposition::If(condition, then) => any([of(condition).map(|value| !value), of(then)].into_iter()),
    }
}

fn all(mut parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    parts
        .try_fold(Some(true), |so_far, part| match (so_far, part) {
            (_, Some(false)) => Err(Some(false)),
            (Some(true), Some(true)) => Ok(Some(true)),
            _ => Ok(None),
        })
        .unwrap_or_else(|found| found)
}

fn any(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(parts.map(|part| part.map(|value| !value))).map(|value| !value)
}

fn statement(case: &Case, said: &Statement, world: &World, reading: Reading) -> Option<bool> {
    let occurs = said.points().iter().all(|point| world.starts[point.event] != NEVER);
    if matches!(said.predicate, Predicate::Occurs) {
        return Some(occurs);
    }
    match (occurs, reading) {
        (true, _) => Some(dates_fit(case, said, world)),
        (false, Reading::Plain) => Some(false),
        (false, Reading::Open) => None,
    }
}

/// First and last day of a point that occurs.
fn span(point: Point, world: &World) -> (i64, i64) {
    let first = i64::from(world.starts[point.event]);
    let last = first + i64::from(world.lengths[point.event]) - 1;
    match point.side {
        Side::Whole => (first, last),
        Side::Start => (first, first),
        Side::End => (last, last),
    }
}

fn anchor_span(anchor: &Anchor, world: &World) -> (i64, i64) {
    match anchor {
        Anchor::Point(point) => span(*point, world),
        Anchor::Window(window) => (window.first, window.last),
    }
}

fn dates_fit(case: &Case, said: &Statement, world: &World) -> bool {
    let (first, last) = span(said.point, world);
    match &said.predicate {
        Predicate::Occurs => true,
        Predicate::In(window) => first >= window.first && last <= window.last,
        Predicate::On(window) => first == window.first,
        Predicate::OnA(class) => is_of_class(case, first, *class),
        Predicate::By(window) => last <= window.last,
        Predicate::NoEarlierThan(window) => first >= window.first,
        Predicate::Before(gap, anchor) => gap_holds(case, *gap, (anchor_span(anchor, world).0, last), -1),
        Predicate::After(gap, anchor) => gap_holds(case, *gap, (anchor_span(anchor, world).1, first), 1),
        Predicate::Within(days, anchor) => {
            let (other_first, other_last) = anchor_span(anchor, world);
            first - other_last <= i64::from(*days) && other_first - last <= i64::from(*days)
        }
        Predicate::WithinWorkingDays(count, anchor) => {
            let (other_first, other_last) = anchor_span(anchor, world);
            first <= working_day(case, other_last, *count) && last >= working_day(case, other_first, -*count)
        }
        Predicate::Related(relation, other) => related(*relation, (first, last), span(*other, world)),
    }
}

/// Whether a day lies in a gap from an anchor, counted forth (`sign` 1) or back (−1).
fn gap_holds(case: &Case, gap: Gap, (anchor, day): (i64, i64), sign: i64) -> bool {
    let days = sign * (day - anchor);
    let beyond = |count: i32| sign * (day - working_day(case, anchor, count * sign as i32));
    match gap {
        Gap::Plain => days >= 1,
        Gap::Exactly(wanted) => days == i64::from(wanted),
        Gap::Between(least, most) => (i64::from(least)..=i64::from(most)).contains(&days),
        Gap::AtLeast(least) => days >= i64::from(least),
        Gap::AtMost(most) => (1..=i64::from(most)).contains(&days),
        Gap::Working(Count::Exactly(count)) => beyond(count) == 0,
        Gap::Working(Count::Between(least, most)) => beyond(least) >= 0 && beyond(most) <= 0,
        Gap::Working(Count::AtLeast(least)) => beyond(least) >= 0,
        Gap::Working(Count::AtMost(most)) => days >= 1 && beyond(most) <= 0,
    }
}

/// The so many-th working day after an anchor (before it, where negative), counted on the fingers; for 0 the anchor.
pub fn working_day(case: &Case, anchor: i64, count: i32) -> i64 {
    if anchor.abs() > FAR {
        return anchor;
    }
    let (mut day, mut left) = (anchor, count.abs());
    while left > 0 {
        day += i64::from(count.signum());
        left -= i32::from(case.is_working_day(day));
    }
    day
}

fn related(relation: Relation, one: (i64, i64), other: (i64, i64)) -> bool {
    match relation {
        Relation::During => one.0 >= other.0 && one.1 <= other.1,
        Relation::Contains => one.0 <= other.0 && one.1 >= other.1,
        Relation::Overlaps => one.0 <= other.1 && other.0 <= one.1,
        Relation::Meets => other.0 == one.1 + 1,
        Relation::StartsWith => one.0 == other.0,
        Relation::EndsWith => one.1 == other.1,
        Relation::CoincidesWith => one == other,
    }
}

fn is_of_class(case: &Case, day: i64, class: DayClass) -> bool {
    let weekday = case.weekday(day);
    match class {
        DayClass::Weekday => weekday < 5,
        DayClass::Weekend => weekday >= 5,
        DayClass::WorkingDay => case.is_working_day(day),
        DayClass::Named(number) => weekday == number,
        DayClass::Holiday => case.holidays.iter().any(|holiday| i64::from(*holiday) == day),
    }
}
