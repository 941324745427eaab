//! A proposition in; the intervals that it leaves to differences of days out, as far as it is no more than that.

use crate::day::Day;
use crate::model::{Bound, EventId, Model, Point, Proposition, Reach, Side, Statement};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// First and last value, of days between two places; the least and greatest numbers stand for open ends.
type Range = (i64, i64);
/// Two places, in order: the days from the first to the second are spoken of.
type Pair = (Place, Place);

/// Ends beyond this are open: no two days that can be written lie so far apart.
const FAR: i64 = 10_000_000;

/// A day: the first or last one of an event, or the horizon's first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Origin,
    At(Point),
}

impl Place {
    /// A number of its own: 0 for the origin.
    pub fn number(self) -> usize {
        match self {
            Place::Origin => 0,
            Place::At(point) => 1 + 2 * point.event.0 + usize::from(point.side == Side::Last),
        }
    }
}

/// `least <= day(to) − day(from) <= most`, where all `events` occur; a side may be open.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    pub from: Place,
    pub to: Place,
    pub least: Option<i64>,
    pub most: Option<i64>,
    pub events: Vec<EventId>,
}

/// What a proposition demands of days.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Demanded {
    pub intervals: Vec<Interval>,
    /// Events of date statements that are to be true: as a fact the proposition makes them occur.
    pub dated: Vec<EventId>,
    /// Events that are said to occur.
    pub occurring: Vec<EventId>,
    /// Whether it demands more than this.
    pub more: bool,
}

/// What a proposition demands (or its negation, where it is not `positive`).
pub fn demanded(model: &Model, proposition: &Proposition, positive: bool) -> Demanded {
    let mut found = Demanded::default();
    let mut literals = Vec::new();
    collect(proposition, positive, &mut literals, &mut found);
    // Where something other than a half-line is taken away, last days are told by first ones, as far as lengths are
    // known: then all that is said of two events is said of one difference.
    let holes = literals.iter().any(|(positive, statement)| !positive && half_line(statement).is_none());
    let differences = Differences { model, by_first_days: holes };
    let mut allowed: BTreeMap<(Pair, Vec<EventId>), Vec<Range>> = BTreeMap::new();
    for (positive, statement) in literals {
        if positive {
            found.dated.extend(&statement.events);
        }
        for (pair, ranges) in differences.ranges(statement, positive, &mut found.more) {
            let known = allowed.entry((pair, statement.events.clone())).or_insert_with(|| vec![(i64::MIN, i64::MAX)]);
            *known = common(known, &ranges);
        }
    }
    for (((from, to), events), ranges) in allowed {
        let (Some(first), Some(last)) = (ranges.first(), ranges.last()) else {
            // Impossible by itself, whatever the days.
            found.more = true;
            continue;
        };
        found.more |= ranges.len() > 1;
        let least = (first.0 > -FAR).then_some(first.0);
        let most = (last.1 < FAR).then_some(last.1);
        found.intervals.push(Interval { from, to, least, most, events });
    }
    found
}

/// The statements that must all be true, or not true, for the proposition to be `positive`.
fn collect<'p>(
    proposition: &'p Proposition,
    positive: bool,
    literals: &mut Vec<(bool, &'p Statement)>,
    found: &mut Demanded,
) {
    match proposition {
        Proposition::Occurs(event) if positive => found.occurring.push(*event),
        Proposition::Occurs(_) => found.more = true,
        Proposition::Dates(statement) => literals.push((positive, statement)),
        Proposition::Not(inner) => collect(inner, !positive, literals, found),
        Proposition::And(parts) | Proposition::Or(parts) => {
            let all = matches!(proposition, Proposition::And(_)) == positive;
            if all || parts.len() == 1 {
                parts.iter().for_each(|part| collect(part, positive, literals, found));
            } else {
                found.more = true;
            }
        }
    }
}

/// A statement of one bound that is open on one side.
fn half_line(statement: &Statement) -> Option<&Bound> {
    let [bound] = &statement.bounds[..] else { return None };
    let open = |least: i64, most: i64| least <= -FAR || most >= FAR;
    let half = match bound {
        Bound::Day { from, to, .. } => *from == Day::OPEN_PAST || *to == Day::OPEN_FUTURE,
        Bound::Gap { least, most, .. } => open(i64::from(*least), i64::from(*most)),
        Bound::Working { .. } | Bound::Class { .. } => false,
    };
    half.then_some(bound)
}

struct Differences<'m> {
    model: &'m Model,
    by_first_days: bool,
}

impl Differences<'_> {
    /// The ranges that a statement leaves to each difference that it speaks of.
    fn ranges(&self, statement: &Statement, positive: bool, more: &mut bool) -> Vec<(Pair, Vec<Range>)> {
        let bounds: Vec<_> = statement.bounds.iter().map(|bound| self.difference(bound)).collect();
        if statement.bounds.iter().any(|bound| matches!(bound, Bound::Working { .. })) {
            // How many days that are depends on the day: what is certain of it is not all.
            *more = true;
            if !positive {
                return Vec::new();
            }
        }
        if positive {
            *more |= bounds.iter().any(Option::is_none);
            return bounds.into_iter().flatten().map(|(place, range)| (place, vec![range])).collect();
        }
        let same = |one: &Pair| bounds.iter().all(|b| b.as_ref().is_some_and(|(place, _)| place == one));
        match bounds.first() {
            Some(Some((place, _))) if same(place) => {
                let inside = bounds
                    .iter()
                    .flatten()
                    .fold((i64::MIN, i64::MAX), |inside, (_, range)| (inside.0.max(range.0), inside.1.min(range.1)));
                vec![(*place, outside(inside))]
            }
            _ => {
                *more = true;
                Vec::new()
            }
        }
    }

    /// The difference of days that a bound speaks of, and the range that it leaves.
    fn difference(&self, bound: &Bound) -> Option<(Pair, Range)> {
        let horizon = self.model.horizon.0;
        let ((from, back), (to, forth), least, most) = match bound {
            Bound::Day { point, from, to } => {
                ((Place::Origin, 0), self.place(*point), i64::from(*from - horizon), i64::from(*to - horizon))
            }
            Bound::Gap { later, earlier, least, most } => {
                (self.place(*earlier), self.place(*later), i64::from(*least), i64::from(*most))
            }
            Bound::Working { point, anchor, from, to } => {
                let (least, most) = self.distances(*anchor, *from, *to);
                (self.place(*anchor), self.place(*point), least, most)
            }
            Bound::Class { .. } => return None,
        };
        let (least, most) = (moved(least, back - forth), moved(most, back - forth));
        match from.cmp(&to) {
            Ordering::Less => Some(((from, to), (least, most))),
            Ordering::Equal => None,
            Ordering::Greater => Some(((to, from), (most.saturating_neg(), least.saturating_neg()))),
        }
    }

    /// By how many days at least and at most two reaches lead away from any day that a point can have.
    fn distances(&self, anchor: Point, from: Reach, to: Reach) -> (i64, i64) {
        let Model { horizon, calendar, .. } = self.model;
        let off = match anchor.side {
            Side::First => (0, 0),
            Side::Last => self.model.lengths(anchor.event),
        };
        let days = (horizon.0 + (off.0 - 1).max(0), horizon.1 + (off.1 - 1).max(0));
        (i64::from(calendar.working.distances(from, days).0), i64::from(calendar.working.distances(to, days).1))
    }

    /// The place that tells a point's day, and how many days the point comes after it.
    fn place(&self, point: Point) -> (Place, i64) {
        match self.model.events[point.event.0].fixed_length() {
            Some(length) if self.by_first_days && point.side == Side::Last => {
                (Place::At(Point { side: Side::First, ..point }), i64::from(length) - 1)
            }
            _ => (Place::At(point), 0),
        }
    }
}

/// An end of a range moved by some days; open ends stay open.
fn moved(end: i64, by: i64) -> i64 {
    match end {
        end if end <= -FAR => i64::MIN,
        end if end >= FAR => i64::MAX,
        end => end + by,
    }
}

/// What lies outside of a range.
fn outside((least, most): Range) -> Vec<Range> {
    if least > most {
        return vec![(i64::MIN, i64::MAX)];
    }
    let below = (least > -FAR).then(|| (i64::MIN, least - 1));
    let above = (most < FAR).then(|| (most + 1, i64::MAX));
    below.into_iter().chain(above).collect()
}

/// What two sets of ranges, each in order, have in common; no day lies beyond the open ends.
fn common(one: &[Range], other: &[Range]) -> Vec<Range> {
    let both = |a: &Range, b: &Range| (a.0.max(b.0), a.1.min(b.1));
    let pairs = one.iter().flat_map(|a| other.iter().map(move |b| both(a, b)));
    pairs.filter(|(least, most)| least <= most && *least < FAR && *most > -FAR).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Calendar, DayClass, Event, Length, Start};
    use crate::shape::Masses;

    const X: EventId = EventId(0);
    const Y: EventId = EventId(1);
    const OPEN: i32 = 100_000_000;

    fn first() -> Day {
        Day::from_ymd(2024, 5, 1).unwrap()
    }

    /// Two events: x lasts two days, y one; the horizon begins in May.
    fn model() -> Model {
        let event = |id: &str, length: i32| Event {
            id: id.to_string(),
            title: None,
            start: Start::On(first()),
            length: Length::Days(Masses::certain(length)),
            visible: true,
            happened: None,
        };
        Model {
            title: None,
            horizon: (first(), first() + 40),
            as_of: None,
            calendar: Calendar::default(),
            events: vec![event("x", 2), event("y", 1)],
            rules: Vec::new(),
            reports: Vec::new(),
            observations: Vec::new(),
            assumptions: Vec::new(),
            queries: Vec::new(),
            decisions: Vec::new(),
            goals: Vec::new(),
            plan_rules: Vec::new(),
        }
    }

    fn point(event: EventId, side: Side) -> Point {
        Point { event, side }
    }

    fn dates(events: Vec<EventId>, bounds: Vec<Bound>) -> Proposition {
        Proposition::Dates(Statement { events, bounds })
    }

    /// `least <= first(y) − last(x) <= most`
    fn y_after_x(least: i32, most: i32) -> Proposition {
        let (later, earlier) = (point(Y, Side::First), point(X, Side::Last));
        dates(vec![X, Y], vec![Bound::Gap { later, earlier, least, most }])
    }

    fn x_ends_by(day: i32) -> Proposition {
        let bound = Bound::Day { point: point(X, Side::Last), from: Day::OPEN_PAST, to: first() + day };
        dates(vec![X], vec![bound])
    }

    fn not(inner: Proposition) -> Proposition {
        Proposition::Not(Box::new(inner))
    }

    /// What a proposition demands: each interval as `from to least most`, and whether it demands more.
    fn told(says: &Proposition) -> (Vec<String>, bool) {
        let model = model();
        let found = demanded(&model, says, true);
        let name = |place: Place| match place {
            Place::Origin => "0".to_string(),
            Place::At(point) => {
                let end = if point.side == Side::Last { ".end" } else { "" };
                format!("{}{end}", model.events[point.event.0].id)
            }
        };
        let end = |end: Option<i64>| end.map_or("..".to_string(), |end| end.to_string());
        let words = |i: &Interval| format!("{} {} {} {}", name(i.from), name(i.to), end(i.least), end(i.most));
        (found.intervals.iter().map(words).collect(), found.more)
    }

    fn only(says: &Proposition) -> Vec<String> {
        let (words, more) = told(says);
        assert!(!more, "{says:?}");
        words
    }

    #[test]
    fn statements_are_intervals() {
        assert_eq!(only(&y_after_x(1, OPEN)), ["x.end y 1 .."]);
        assert_eq!(only(&y_after_x(2, 5)), ["x.end y 2 5"]);
        assert_eq!(only(&x_ends_by(3)), ["0 x.end .. 3"]);
        let both = Proposition::And(vec![y_after_x(2, OPEN), x_ends_by(8), y_after_x(0, 6)]);
        assert_eq!(only(&both), ["0 x.end .. 8", "x.end y 2 6"]);
    }

    #[test]
    fn what_is_not_so_is_an_interval_where_it_is_one() {
        assert_eq!(only(&not(y_after_x(1, OPEN))), ["x.end y .. 0"]);
        assert_eq!(only(&not(x_ends_by(2))), ["0 x.end 3 .."]);
        let late = || not(y_after_x(8, OPEN));
        assert_eq!(only(&Proposition::And(vec![y_after_x(1, OPEN), late()])), ["x.end y 1 7"]);
        assert_eq!(only(&not(Proposition::Or(vec![not(y_after_x(1, OPEN)), not(late())]))), ["x.end y 1 7"]);
        // Of two events one difference, since the length of x is known: y − x >= 3, without 3 to 7.
        let hole = || not(y_after_x(2, 6));
        assert_eq!(only(&Proposition::And(vec![y_after_x(2, OPEN), hole()])), ["x y 8 .."]);
        assert_eq!(told(&hole()), (vec!["x y .. ..".to_string()], true));
    }

    #[test]
    fn more_than_intervals_is_told() {
        let monday = || dates(vec![X], vec![Bound::Class { point: point(X, Side::First), class: DayClass::Named(0) }]);
        assert!(told(&monday()).1);
        assert!(told(&not(monday())).1);
        assert!(told(&Proposition::Or(vec![y_after_x(1, 2), x_ends_by(3)])).1);
        assert!(told(&not(Proposition::Occurs(X))).1);
        assert!(told(&Proposition::And(vec![y_after_x(1, OPEN), not(y_after_x(1, OPEN))])).1);
        // Before the beginning of an open window: never.
        let never = Bound::Day { point: point(X, Side::Last), from: Day::OPEN_PAST, to: Day::OPEN_PAST + -1 };
        assert_eq!(told(&dates(vec![X], vec![never])), (Vec::new(), true));
        let both = told(&Proposition::And(vec![monday(), y_after_x(1, OPEN)]));
        assert_eq!(both, (vec!["x.end y 1 ..".to_string()], true));
    }
}
