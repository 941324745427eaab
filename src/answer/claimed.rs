//! A model in; for every report about one event the days on which its claim would be true out.

use super::summary::Span;
use super::testimony::{Standing, hear};
use crate::day::Day;
use crate::model::{Bound, Calendar, DayClass, Event, EventId, Length, Model, Point, Proposition, Side, Statement};
use serde::Serialize;

/// More days and lengths than this are not gone through for one claim.
const MOST_STEPS: i64 = 20_000_000;

/// What a report that is heard claims about one event's first day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClaimedDays {
    pub report: String,
    /// The one event that the claim is about.
    pub event: String,
    /// Stretches of the horizon in which the event starts if the claim is true; of an event whose length is in doubt, with
    /// some length.
    pub claimed: Vec<Span>,
    /// The same with the days by which the truth may come earlier or later than was said.
    pub with_slip: Vec<Span>,
}

/// The days that each report which is heard claims for its event. Reports about several events are left out, for they claim
/// no days of one alone.
pub fn claimed_days(model: &Model) -> Vec<ClaimedDays> {
    let heard = hear(model).standings.into_iter();
    let speaking = heard.filter(|(_, standing)| matches!(standing, Standing::Speaks(_)));
    speaking.filter_map(|(report, _)| of_report(model, report)).collect()
}

fn of_report(model: &Model, report: usize) -> Option<ClaimedDays> {
    let report = &model.reports[report];
    let says = &report.claim.says;
    let events = says.events();
    let event = *events.first().filter(|_| events.len() == 1)?;
    let (early, late) = report.claim.reach();
    let (first, last) = model.horizon;
    let lengths = lengths(model, event, says);
    let steps = i64::from(last - first + early + late + 1) * i64::from(lengths.1 - lengths.0 + 1);
    if steps > MOST_STEPS {
        return None;
    }
    let judge = Judge { model, event: &model.events[event.0], lengths };
    // What was said of a day beyond the horizon may be true of one within.
    let said =
        spans((0..=last - first + early + late).map(|days| first + (days - late)), |day| judge.is_true(says, day));
    let clipped = |span: &Span, (early, late): (i32, i32)| {
        let (from, to) = ((span.from + -early).max(first), (span.to + late).min(last));
        (from <= to).then_some(Span { from, to })
    };
    Some(ClaimedDays {
        report: report.id.clone(),
        event: judge.event.id.clone(),
        claimed: said.iter().filter_map(|span| clipped(span, (0, 0))).collect(),
        with_slip: merged(said.iter().filter_map(|span| clipped(span, (early, late)))),
    })
}

/// The lengths that matter to a claim: one where it says nothing of the event's last day.
fn lengths(model: &Model, event: EventId, says: &Proposition) -> (i32, i32) {
    let of_last = says.points().iter().any(|point| point.side == Side::Last);
    match model.events[event.0].length {
        Length::Days(_) if of_last => model.lengths(event),
        _ => (1, 1),
    }
}

/// The stretches of days that pass.
fn spans(days: impl Iterator<Item = Day>, passes: impl Fn(Day) -> bool) -> Vec<Span> {
    merged(days.filter(|day| passes(*day)).map(|day| Span { from: day, to: day }))
}

/// Stretches, in order, with those joined that overlap or follow each other.
fn merged(spans: impl Iterator<Item = Span>) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    for span in spans {
        match found.last_mut() {
            Some(before) if span.from <= before.to + 1 => before.to = before.to.max(span.to),
            _ => found.push(span),
        }
    }
    found
}

/// Tells whether claims are true of an event.
struct Judge<'m> {
    model: &'m Model,
    event: &'m Event,
    lengths: (i32, i32),
}

impl Judge<'_> {
    /// Whether a claim is true if the event starts on that day, with some length.
    fn is_true(&self, says: &Proposition, start: Day) -> bool {
        let calendar = &self.model.calendar;
        match &self.event.length {
            Length::WorkingDays(count) => holds(says, (start, calendar.working.last_of(start, *count)), calendar),
            Length::Days(_) => {
                (self.lengths.0..=self.lengths.1).any(|length| holds(says, (start, start + (length - 1)), calendar))
            }
        }
    }
}

/// Whether a proposition about one event is true if that lasts from one day to another.
fn holds(says: &Proposition, days: (Day, Day), calendar: &Calendar) -> bool {
    match says {
        Proposition::Occurs(_) => true,
        Proposition::Dates(Statement { bounds, .. }) => bounds.iter().all(|bound| keeps(bound, days, calendar)),
        Proposition::Not(inner) => !holds(inner, days, calendar),
        Proposition::And(parts) => parts.iter().all(|part| holds(part, days, calendar)),
        Proposition::Or(parts) => parts.iter().any(|part| holds(part, days, calendar)),
    }
}

fn keeps(bound: &Bound, (first, last): (Day, Day), calendar: &Calendar) -> bool {
    let day = |point: &Point| if point.side == Side::First { first } else { last };
    match bound {
        Bound::Day { point, from, to } => (*from..=*to).contains(&day(point)),
        Bound::Gap { later, earlier, least, most } => (*least..=*most).contains(&(day(later) - day(earlier))),
        Bound::Working { point, anchor, from, to } => {
            let from = calendar.working.reached(day(anchor), *from, Day::OPEN_PAST);
            let to = calendar.working.reached(day(anchor), *to, Day::OPEN_FUTURE);
            (from..=to).contains(&day(point))
        }
        Bound::Class { point, class } => is_of_class(day(point), *class, calendar),
    }
}

fn is_of_class(day: Day, class: DayClass, calendar: &Calendar) -> bool {
    let holiday = calendar.holidays.contains(&day);
    match class {
        DayClass::Weekday => day.weekday() < 5,
        DayClass::Weekend => day.weekday() >= 5,
        DayClass::Holiday => holiday,
        DayClass::Working => calendar.working.workweek[day.weekday()] && !holiday,
        DayClass::Named(weekday) => day.weekday() == weekday,
    }
}
