//! A form of date expression in, its first and last day out: the calendar as the tests understand it.

use crate::cases::case::date_of;
use chrono::{Datelike, NaiveDate};

/// Days beyond this stand for an open side.
pub const OPEN: i64 = 1_000_000_000;

/// What a date expression says, whatever its spelling.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    Day(NaiveDate),
    Range(Option<NaiveDate>, Option<NaiveDate>),
    Period(Period),
    /// The Monday-to-Sunday week of a day, by its number.
    IsoWeek(NaiveDate),
    WeekOf(NaiveDate),
    /// The first, second or last third.
    Third(u32, Period),
    /// The first or second half; not of a quarter.
    Half(u32, Period),
    Around(Box<Form>),
    Margin(NaiveDate, i32),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Period {
    Month(i32, u32),
    Quarter(i32, u32),
    Year(i32),
}

/// A date expression with its days, counted from the origin that it was made for.
#[derive(Clone, Debug)]
pub struct Window {
    pub form: Form,
    pub first: i64,
    pub last: i64,
}

impl Window {
    pub fn new(form: Form, origin: NaiveDate) -> Window {
        let (first, last) = form.span();
        let day = |date: Option<NaiveDate>, open: i64| date.map_or(open, |date| (date - origin).num_days());
        Window { form, first: day(first, -OPEN), last: day(last, OPEN) }
    }
}

impl Period {
    pub fn year(self) -> i32 {
        match self {
            Period::Month(year, _) | Period::Quarter(year, _) | Period::Year(year) => year,
        }
    }

    /// First month and number of months.
    fn months(self) -> (u32, u32) {
        match self {
            Period::Month(_, month) => (month, 1),
            Period::Quarter(_, quarter) => (3 * quarter - 2, 3),
            Period::Year(_) => (1, 12),
        }
    }
}

impl Form {
    /// First and last day; `None` for an open side.
    pub fn span(&self) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let closed = |(first, last): (NaiveDate, NaiveDate)| (Some(first), Some(last));
        match self {
            Form::Day(day) => (Some(*day), Some(*day)),
            Form::Range(first, last) => (*first, *last),
            Form::Period(period) => closed(part_of(*period, 0, 1)),
            Form::IsoWeek(day) | Form::WeekOf(day) => {
                let monday = date_of(*day, -(day.weekday().num_days_from_monday() as i32));
                closed((monday, date_of(monday, 6)))
            }
            Form::Third(number, period) => closed(part_of(*period, *number, 3)),
            Form::Half(number, period) => closed(part_of(*period, *number, 2)),
            Form::Around(inner) => {
                let (first, last) = inner.span();
                (first.map(|day| date_of(day, -3)), last.map(|day| date_of(day, 3)))
            }
            Form::Margin(day, margin) => closed((date_of(*day, -margin), date_of(*day, *margin))),
        }
    }

    /// The same expression in another year; `None` where there is no such day. Only for forms that may leave out the year.
    pub fn in_year(&self, year: i32) -> Option<Form> {
        let day_in = |day: &NaiveDate| NaiveDate::from_ymd_opt(year, day.month(), day.day());
        let period_in = |period: &Period| match period {
            Period::Month(_, month) => Some(Period::Month(year, *month)),
            Period::Quarter(_, quarter) => Some(Period::Quarter(year, *quarter)),
            Period::Year(_) => None,
        };
        Some(match self {
            Form::Day(day) => Form::Day(day_in(day)?),
            Form::WeekOf(day) => Form::WeekOf(day_in(day)?),
            Form::Margin(day, margin) => Form::Margin(day_in(day)?, *margin),
            Form::Period(period) => Form::Period(period_in(period)?),
            Form::Third(number, period) => Form::Third(*number, period_in(period)?),
            Form::Half(number, period) => Form::Half(*number, period_in(period)?),
            Form::Around(inner) => Form::Around(Box::new(inner.in_year(year)?)),
            Form::Range(..) | Form::IsoWeek(_) => return None,
        })
    }

    /// Whether the expression means the same without its year, in a horizon of so many days.
    pub fn needs_no_year(&self, origin: NaiveDate, days: i32) -> bool {
        let last = date_of(origin, days - 1);
        let fits = |form: &Form| match form.span() {
            (Some(from), Some(to)) => from <= last && to >= origin,
            _ => false,
        };
        let years = origin.year() - 1..=last.year() + 1;
        let found: Vec<Form> = years.filter_map(|year| self.in_year(year)).filter(|form| fits(form)).collect();
        found.len() == 1 && found[0] == *self
    }
}

/// Part `number` (from 0) of `of` equal parts; the parts of a month are ten days or fifteen, and what is left.
fn part_of(period: Period, number: u32, of: u32) -> (NaiveDate, NaiveDate) {
    let year = period.year();
    let (first, count) = period.months();
    let date = |month: u32, day: u32| NaiveDate::from_ymd_opt(year, month, day).expect("a month and a day in it");
    let end_of = |month: u32| {
        let next = if month == 12 {
            NaiveDate::from_ymd_opt(year + 1, 1, 1)
        } else {
            NaiveDate::from_ymd_opt(year, month + 1, 1)
        };
        date_of(next.expect("a first of a month"), -1)
    };
    if count == 1 && of > 1 {
        let width = 30 / of;
        let from = date(first, number * width + 1);
        let is_last = number + 1 == of;
        return (from, if is_last { end_of(first) } else { date(first, (number + 1) * width) });
    }
    let width = count / of;
    (date(first + number * width, 1), end_of(first + (number + 1) * width - 1))
}
