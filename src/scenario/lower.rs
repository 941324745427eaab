//! A proposition as written in, bounds on first and last days out.

use crate::day::Day;
use crate::language::{
    Anchor, Distance, Gap, Order, Part, Point as Written, Predicate, Relation, Statement as Said, Tree, Window,
};
use crate::model::{Bound, Calendar, EventId, Point, Proposition, Reach, Side, Statement};
use std::collections::HashMap;

/// Longer than any stretch of days that can be written.
const FAR: i32 = 1_100_000_000;
/// A gap of so many days leaves its side open.
const OPEN: i32 = 100_000_000;

/// Replaces names by ids and relations by bounds. Every name in `tree` must be in `indices`.
pub(super) fn lower(tree: &Tree, indices: &HashMap<String, usize>, calendar: &Calendar) -> Proposition {
    let lower = |tree: &Tree| lower(tree, indices, calendar);
    match tree {
        Tree::If(condition, consequence) => {
            Proposition::Or(vec![Proposition::Not(Box::new(lower(condition))), lower(consequence)])
        }
        Tree::Or(parts) => Proposition::Or(parts.iter().map(lower).collect()),
        Tree::And(parts) => Proposition::And(parts.iter().map(lower).collect()),
        Tree::Not(inner) => Proposition::Not(Box::new(lower(inner))),
        Tree::Statement(statement) => Lowering { indices, calendar }.statement(statement),
    }
}

/// First and last day of a point or window.
enum Span {
    Points(Point, Point),
    Window(Window),
}

impl Span {
    fn first(&self) -> Counted {
        match self {
            Span::Points(first, _) => Counted::FromPoint(*first),
            Span::Window(window) => Counted::FromDay(window.first),
        }
    }

    fn last(&self) -> Counted {
        match self {
            Span::Points(_, last) => Counted::FromPoint(*last),
            Span::Window(window) => Counted::FromDay(window.last),
        }
    }
}

/// What working days are counted from: the last day of what stands before the subject, or the first of what stands after.
enum Counted {
    FromPoint(Point),
    FromDay(Day),
}

struct Lowering<'a> {
    indices: &'a HashMap<String, usize>,
    calendar: &'a Calendar,
}

impl Lowering<'_> {
    fn event(&self, point: &Written) -> EventId {
        EventId(self.indices[&point.event])
    }

    fn first(&self, point: &Written) -> Point {
        Point { event: self.event(point), side: if point.part == Part::End { Side::Last } else { Side::First } }
    }

    fn last(&self, point: &Written) -> Point {
        Point { event: self.event(point), side: if point.part == Part::Start { Side::First } else { Side::Last } }
    }

    fn statement(&self, said: &Said) -> Proposition {
        let subject = &said.subject;
        let (first, last) = (self.first(subject), self.last(subject));
        let mut events = vec![self.event(subject)];
        let bounds = match &said.predicate {
            Predicate::Occurs => return Proposition::Occurs(self.event(subject)),
            Predicate::In(window) => vec![day(first, window.first, window.last), day(last, window.first, window.last)],
            Predicate::On(window) => vec![day(first, window.first, window.last)],
            Predicate::OnA(class) => vec![Bound::Class { point: first, class: *class }],
            Predicate::By(window) => vec![day(last, Day::OPEN_PAST, window.last)],
            Predicate::NoEarlierThan(window) => {
                vec![day(first, window.first, Day::OPEN_FUTURE)]
            }
            Predicate::Gap(gap, order, anchor) => {
                let other = self.anchor(anchor, &mut events);
                let subject = Span::Points(first, last);
                match (*gap, order) {
                    (Gap { least: Distance::Days(least), most: Distance::Days(most) }, Order::Before) => {
                        vec![first_less_last(&other, &subject, (least, most))]
                    }
                    (Gap { least: Distance::Days(least), most: Distance::Days(most) }, Order::After) => {
                        vec![first_less_last(&subject, &other, (least, most))]
                    }
                    // Counted from the anchor: forth for 'after', back for 'before'.
                    (Gap { least, most }, Order::After) => {
                        vec![self.counted(first, other.last(), (reach(least, 1), reach(most, 1)))]
                    }
                    (Gap { least, most }, Order::Before) => {
                        vec![self.counted(last, other.first(), (reach(most, -1), reach(least, -1)))]
                    }
                }
            }
            Predicate::Within(distance, anchor) => {
                let other = self.anchor(anchor, &mut events);
                let subject = Span::Points(first, last);
                match *distance {
                    Distance::Days(days) => {
                        vec![
                            first_less_last(&subject, &other, (-FAR, days)),
                            first_less_last(&other, &subject, (-FAR, days)),
                        ]
                    }
                    distance => vec![
                        self.counted(first, other.last(), (Reach::Open, reach(distance, 1))),
                        self.counted(last, other.first(), (reach(distance, -1), Reach::Open)),
                    ],
                }
            }
            Predicate::Related(relation, point) => {
                events.push(self.event(point));
                related(*relation, (first, last), (self.first(point), self.last(point)))
            }
        };
        events.dedup();
        Proposition::Dates(Statement { events, bounds })
    }

    /// A day from where one reach leads to where another does. Counting from the end of a window leads to dates, which are all
    /// that is left of it.
    fn counted(&self, point: Point, anchor: Counted, (from, to): (Reach, Reach)) -> Bound {
        match anchor {
            Counted::FromPoint(anchor) => Bound::Working { point, anchor, from, to },
            Counted::FromDay(anchor) => {
                let reached = |reach, open| self.calendar.working.reached(anchor, reach, open);
                day(point, reached(from, Day::OPEN_PAST), reached(to, Day::OPEN_FUTURE))
            }
        }
    }

    fn anchor(&self, anchor: &Anchor, events: &mut Vec<EventId>) -> Span {
        match anchor {
            Anchor::Window(window) => Span::Window(*window),
            Anchor::Point(point) => {
                events.push(self.event(point));
                Span::Points(self.first(point), self.last(point))
            }
        }
    }
}

/// A distance counted forth (`sign` 1) or back (−1) from an anchor; what is farther than any date is open.
fn reach(distance: Distance, sign: i32) -> Reach {
    match distance {
        Distance::Days(days) if days >= OPEN => Reach::Open,
        Distance::Days(days) => Reach::Days(sign * days),
        Distance::WorkingDays(count) => Reach::Working(sign * count),
    }
}

fn day(point: Point, from: Day, to: Day) -> Bound {
    Bound::Day { point, from, to }
}

/// `least <= first(later) − last(earlier) <= most`; one of the two is an event.
fn first_less_last(later: &Span, earlier: &Span, (least, most): (i32, i32)) -> Bound {
    let add = |side: Day, days: i32, open: Day| {
        // A gap longer than any date leaves its side open; an open window's side stays open by itself.
        if days.abs() >= OPEN { open } else { side + days }
    };
    match (later, earlier) {
        (Span::Points(later, _), Span::Points(_, earlier)) => {
            Bound::Gap { later: *later, earlier: *earlier, least, most }
        }
        // first(point) − last(window)
        (Span::Points(point, _), Span::Window(window)) => {
            day(*point, add(window.last, least, Day::OPEN_PAST), add(window.last, most, Day::OPEN_FUTURE))
        }
        // first(window) − last(point)
        (Span::Window(window), Span::Points(_, point)) => {
            day(*point, add(window.first, -most, Day::OPEN_PAST), add(window.first, -least, Day::OPEN_FUTURE))
        }
        (Span::Window(_), Span::Window(_)) => {
            unreachable!("the subject of a statement is an event")
        }
    }
}

fn related(relation: Relation, one: (Point, Point), other: (Point, Point)) -> Vec<Bound> {
    let not_before = |later, earlier| Bound::Gap { later, earlier, least: 0, most: FAR };
    let exactly = |later, earlier, days| Bound::Gap { later, earlier, least: days, most: days };
    match relation {
        Relation::During => vec![not_before(one.0, other.0), not_before(other.1, one.1)],
        Relation::Contains => vec![not_before(other.0, one.0), not_before(one.1, other.1)],
        Relation::Overlaps => vec![not_before(other.1, one.0), not_before(one.1, other.0)],
        Relation::Meets => vec![exactly(other.0, one.1, 1)],
        Relation::StartsWith => vec![exactly(one.0, other.0, 0)],
        Relation::EndsWith => vec![exactly(one.1, other.1, 0)],
        Relation::CoincidesWith => vec![exactly(one.0, other.0, 0), exactly(one.1, other.1, 0)],
    }
}
