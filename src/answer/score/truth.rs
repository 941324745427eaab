//! A proposition and what has become known of events in; whether it is true, false or still open, and since when, out.

use crate::day::Day;
use crate::language::DayClass;
use crate::model::{Bound, EventId, Length, Model, Outcome, Point, Proposition, Reach, Side, Start, Statement};

/// Where there are no more ways for the dates that are open, all of them are gone through.
const MOST_WAYS: usize = 5_000;
/// Stretches of days longer than this are not gone through for a class of days.
const LONGEST_STRETCH: i32 = 31;

/// What is known of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Knowledge {
    /// It started on that day.
    Started(Day),
    /// Its first and last day.
    Dated(Day, Day),
    /// It did not occur.
    Absent,
    /// If it occurs at all, it starts on that day or a later one.
    Open(Day),
}

/// The truth of a proposition, and the evening on which it became known: by the events that had happened by then, and because
/// those that would be seen had not.
///
/// Nothing but dates of events decides it: neither rules nor observations. `None` where those do not.
pub fn decided(model: &Model, proposition: &Proposition) -> Option<(Day, bool)> {
    let truth = |by: Day| truth_by(model, proposition, &|event| knowledge(model, event, by));
    let happened = model.events.iter().filter_map(|event| match event.happened? {
        Outcome::Started(day) => Some(day),
        Outcome::DidNotOccur => Some(model.horizon.1),
    });
    let longest = (0..model.events.len()).map(|event| model.lengths(EventId(event)).1).max().unwrap_or(1);
    let end = happened.chain([model.horizon.1]).max()? + longest;
    let value = truth(end)?;
    // What is known stays known.
    let (mut open, mut known) = (model.horizon.0 + -1, end);
    if truth(open).is_some() {
        return Some((open, value));
    }
    while known - open > 1 {
        let middle = open + (known - open) / 2;
        if truth(middle).is_some() { known = middle } else { open = middle }
    }
    Some((known, value))
}

/// The truth of a claim, had its event started so many days earlier than it did: `None` where what is known leaves both.
pub fn truth_when_slipped(model: &Model, proposition: &Proposition, days: i32) -> Option<bool> {
    let known = |event: EventId| match (&model.events[event.0].start, model.events[event.0].happened) {
        (Start::On(day), _) => Knowledge::Started(*day),
        (_, Some(Outcome::Started(day))) => Knowledge::Started(day + -days),
        (_, Some(Outcome::DidNotOccur)) => Knowledge::Absent,
        (_, None) => Knowledge::Open(model.horizon.0),
    };
    truth(model, proposition, &known)
}

fn knowledge(model: &Model, event: EventId, by: Day) -> Knowledge {
    let about = &model.events[event.0];
    match (&about.start, about.happened) {
        (Start::On(day), _) => Knowledge::Started(*day),
        (_, Some(Outcome::Started(day))) if day <= by => Knowledge::Started(day),
        (_, Some(Outcome::DidNotOccur)) if by >= model.horizon.1 => Knowledge::Absent,
        // An event of which nothing is ever known may have started unseen, whatever the date.
        (_, happened) if about.visible && happened.is_some() => Knowledge::Open((by + 1).max(model.horizon.0)),
        _ => Knowledge::Open(model.horizon.0),
    }
}

/// The truth in whatever way goes on what is open, where there are few ways; else as far as its parts tell.
fn truth_by(model: &Model, proposition: &Proposition, known: &dyn Fn(EventId) -> Knowledge) -> Option<bool> {
    truth(model, proposition, known).or_else(|| {
        let events: Vec<EventId> = proposition.events().into_iter().collect();
        let ways: Vec<Vec<Knowledge>> =
            events.iter().map(|event| ways(model, *event, known(*event))).collect::<Option<_>>()?;
        let count = ways.iter().try_fold(1usize, |count, ways| count.checked_mul(ways.len()))?;
        if count > MOST_WAYS {
            return None;
        }
        let one = |number: usize| {
            let mut rest = number;
            let chosen: Vec<Knowledge> = ways
                .iter()
                .map(|ways| {
                    let way = ways[rest % ways.len()];
                    rest /= ways.len();
                    way
                })
                .collect();
            let known = |event: EventId| events.iter().position(|e| *e == event).map_or(known(event), |at| chosen[at]);
            truth(model, proposition, &known)
        };
        let first = one(0)?;
        (1..count).all(|number| one(number) == Some(first)).then_some(first)
    })
}

/// All dates that an event can still have; `None` where they are too many.
fn ways(model: &Model, event: EventId, known: Knowledge) -> Option<Vec<Knowledge>> {
    let (from, to) = match known {
        Knowledge::Absent | Knowledge::Dated(..) => return Some(vec![known]),
        Knowledge::Started(day) => (day, day),
        Knowledge::Open(from) => (from, model.horizon.1),
    };
    if to - from > MOST_WAYS as i32 {
        return None;
    }
    let lasts = |first: Day| -> Vec<Day> {
        match &model.events[event.0].length {
            Length::WorkingDays(count) => vec![model.calendar.working.last_of(first, *count)],
            Length::Days(masses) => {
                let lengths = masses.masses.iter().zip(masses.first..).filter(|(mass, _)| **mass > 0.0);
                lengths.map(|(_, length)| first + (length - 1)).collect()
            }
        }
    };
    let dated = |first: Day| lasts(first).into_iter().map(move |last| Knowledge::Dated(first, last));
    let mut found: Vec<Knowledge> =
        (0..=to - from).map(|days| from + days).flat_map(dated).take(MOST_WAYS + 1).collect();
    if matches!(known, Knowledge::Open(_)) {
        found.push(Knowledge::Absent);
    }
    Some(found)
}

/// Three-valued: `None` where what is known leaves both.
fn truth(model: &Model, proposition: &Proposition, known: &dyn Fn(EventId) -> Knowledge) -> Option<bool> {
    let of = |part: &Proposition| truth(model, part, known);
    match proposition {
        Proposition::Occurs(event) => match known(*event) {
            Knowledge::Started(_) | Knowledge::Dated(..) => Some(true),
            Knowledge::Absent => Some(false),
            Knowledge::Open(from) => (from > model.horizon.1).then_some(false),
        },
        Proposition::Dates(statement) => dates(model, statement, known),
        Proposition::Not(inner) => of(inner).map(|value| !value),
        Proposition::And(parts) => all(parts.iter().map(of)),
        Proposition::Or(parts) => all(parts.iter().map(|part| of(part).map(|value| !value))).map(|value| !value),
    }
}

fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut open = false;
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => open = true,
        }
    }
    (!open).then_some(true)
}

fn dates(model: &Model, statement: &Statement, known: &dyn Fn(EventId) -> Knowledge) -> Option<bool> {
    let states: Vec<Knowledge> = statement.events.iter().map(|event| known(*event)).collect();
    let gone = |state: &Knowledge| match state {
        Knowledge::Absent => true,
        Knowledge::Open(from) => *from > model.horizon.1,
        Knowledge::Started(_) | Knowledge::Dated(..) => false,
    };
    if states.iter().any(gone) {
        return Some(false);
    }
    let open = states.iter().any(|state| matches!(state, Knowledge::Open(_)));
    let place = Place { model, known };
    // Even where all dates would fit, an event may still not occur.
    let occurs = if open { None } else { Some(true) };
    all(statement.bounds.iter().map(|bound| place.bound(bound)).chain([occurs]))
}

/// Where the days of points can lie.
struct Place<'a> {
    model: &'a Model,
    known: &'a dyn Fn(EventId) -> Knowledge,
}

impl Place<'_> {
    /// First and last possible day.
    fn range(&self, point: Point) -> (Day, Day) {
        let (from, to) = match (self.known)(point.event) {
            Knowledge::Dated(first, last) => {
                return if point.side == Side::First { (first, first) } else { (last, last) };
            }
            Knowledge::Started(day) => (day, day),
            Knowledge::Open(from) => (from, self.model.horizon.1),
            Knowledge::Absent => (self.model.horizon.0, self.model.horizon.1),
        };
        if point.side == Side::First {
            return (from, to);
        }
        match &self.model.events[point.event.0].length {
            Length::Days(masses) => (from + (masses.first - 1), to + (masses.last() - 1)),
            Length::WorkingDays(count) => {
                let working = &self.model.calendar.working;
                (working.last_of(from, *count), working.last_of(to, *count))
            }
        }
    }

    fn bound(&self, bound: &Bound) -> Option<bool> {
        match bound {
            Bound::Day { point, from, to } => within(self.range(*point), (*from, *from), (*to, *to)),
            Bound::Gap { later, earlier, least, most } => {
                let (low, high) = self.gap(*later, *earlier);
                if low >= i64::from(*least) && high <= i64::from(*most) {
                    Some(true)
                } else {
                    (high < i64::from(*least) || low > i64::from(*most)).then_some(false)
                }
            }
            Bound::Working { point, anchor, from, to } => {
                let anchor = self.range(*anchor);
                let reached = |reach: &Reach, open: Day| {
                    let of = |day: Day| self.model.calendar.working.reached(day, *reach, open);
                    (of(anchor.0), of(anchor.1))
                };
                within(self.range(*point), reached(from, Day::OPEN_PAST), reached(to, Day::OPEN_FUTURE))
            }
            Bound::Class { point, class } => {
                let (from, to) = self.range(*point);
                if to - from > LONGEST_STRETCH {
                    return None;
                }
                let first = self.is_of(from, *class);
                (1..=to - from).all(|days| self.is_of(from + days, *class) == first).then_some(first)
            }
        }
    }

    /// The least and the greatest number of days from one point to another.
    fn gap(&self, later: Point, earlier: Point) -> (i64, i64) {
        let ((from, to), (from_2, to_2)) = (self.range(later), self.range(earlier));
        let far = (i64::from(from - to_2), i64::from(to - from_2));
        if later.event != earlier.event {
            return far;
        }
        // First and last day of one event move together.
        let (shortest, longest) = self.model.lengths(later.event);
        let (low, high) = match (later.side, earlier.side) {
            (Side::Last, Side::First) => (shortest - 1, longest - 1),
            (Side::First, Side::Last) => (1 - longest, 1 - shortest),
            _ => (0, 0),
        };
        (far.0.max(i64::from(low)), far.1.min(i64::from(high)))
    }

    fn is_of(&self, day: Day, class: DayClass) -> bool {
        let (weekday, calendar) = (day.weekday(), &self.model.calendar);
        match class {
            DayClass::Weekday => weekday < 5,
            DayClass::Weekend => weekday >= 5,
            DayClass::Holiday => calendar.holidays.contains(&day),
            DayClass::Working => calendar.working.workweek[weekday] && !calendar.holidays.contains(&day),
            DayClass::Named(number) => weekday == number,
        }
    }
}

/// Whether a day in `range` lies between a day in `from` and a day in `to`, both included.
fn within(range: (Day, Day), from: (Day, Day), to: (Day, Day)) -> Option<bool> {
    if range.0 >= from.1 && range.1 <= to.0 {
        Some(true)
    } else {
        (range.1 < from.0 || range.0 > to.1).then_some(false)
    }
}
