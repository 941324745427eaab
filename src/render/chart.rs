//! An event's distribution in, a bar chart of days, weeks, months, quarters or years out.

use super::look::{Look, columns, date, padded, percent, right};
use crate::answer::{DayProbability, Span};
use crate::day::Day;

/// At most so many bars for the bulk of the probability, else the next longer unit is taken.
const MOST_BARS: i32 = 18;
/// Neighbouring bars below this probability are drawn as one.
const THIN: f64 = 0.01;
/// The longest bar in columns.
const LONGEST: usize = 48;

/// The stretch of time that a bar stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// A bar, or one for each series: first and last day that it stands for, and how many units.
#[derive(Clone, Debug)]
struct Bar {
    span: Span,
    units: usize,
    /// Of each series.
    probabilities: Vec<f64>,
}

/// A stretch of time as it is drawn: what it is called, and the probability that each series has on it.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub label: String,
    /// Whether it is one day, week, month, quarter or year, not several.
    pub single: bool,
    pub probabilities: Vec<f64>,
}

/// The chart's lines, each with two spaces before; `bulk` is where most of the probability lies.
pub(super) fn chart(days: &[DayProbability], bulk: Span, years: bool, look: &Look) -> Vec<String> {
    let rows = rows(&[days], bulk, years, look);
    let greatest = rows.iter().map(|row| row.probabilities[0]).fold(0.0, f64::max);
    let width = rows.iter().map(|row| columns(&row.label)).max().unwrap_or(0);
    let room = look.width.saturating_sub(width + 14).min(LONGEST);
    let line = |row: &Row| {
        let probability = row.probabilities[0];
        let drawn = look.bar(probability / greatest, room, row.single);
        let text = format!("  {}  {}  {drawn}", padded(&row.label, width), right(&percent(probability), 7));
        text.trim_end().to_string()
    };
    rows.iter().map(line).collect()
}

/// Divides the time of one or more series into rows that are the same for all of them.
pub(super) fn rows(series: &[&[DayProbability]], bulk: Span, years: bool, look: &Look) -> Vec<Row> {
    let unit = unit_for(bulk.to - bulk.from + 1);
    let row = |bar: Bar| Row {
        label: label(&bar, unit, years, look),
        single: bar.units == 1,
        probabilities: bar.probabilities,
    };
    joined(bars(series, unit)).into_iter().map(row).collect()
}

fn unit_for(days: i32) -> Unit {
    let fits = |length: i32| days <= MOST_BARS * length;
    match () {
        () if fits(1) => Unit::Day,
        () if fits(7) => Unit::Week,
        () if fits(30) => Unit::Month,
        () if fits(91) => Unit::Quarter,
        () => Unit::Year,
    }
}

impl Unit {
    /// The first day of the unit that holds a day.
    fn start(self, day: Day) -> Day {
        let of_month = |month: u32| Day::from_ymd(day.year(), month, 1).unwrap_or(day);
        match self {
            Unit::Day => day,
            Unit::Week => day.monday(),
            Unit::Month => of_month(day.month()),
            Unit::Quarter => of_month((day.month() - 1) / 3 * 3 + 1),
            Unit::Year => of_month(1),
        }
    }

    /// The last day of the unit that begins on a day.
    fn end(self, start: Day) -> Day {
        let of_month = |month: u32| Day::end_of_month(start.year(), month).unwrap_or(start);
        match self {
            Unit::Day => start,
            Unit::Week => start + 6,
            Unit::Month => of_month(start.month()),
            Unit::Quarter => of_month(start.month() + 2),
            Unit::Year => of_month(12),
        }
    }
}

/// One bar a unit from the first to the last day of all series, those without probability included.
fn bars(series: &[&[DayProbability]], unit: Unit) -> Vec<Bar> {
    let (firsts, lasts) = (series.iter().filter_map(|days| days.first()), series.iter().filter_map(|days| days.last()));
    let Some((first, last)) = firsts.map(|day| day.date).min().zip(lasts.map(|day| day.date).max()) else {
        return Vec::new();
    };
    let mut bars: Vec<Bar> = Vec::new();
    let mut from = unit.start(first);
    while from <= last {
        let span = Span { from, to: unit.end(from) };
        bars.push(Bar { span, units: 1, probabilities: vec![0.0; series.len()] });
        from = span.to + 1;
    }
    for (at, days) in series.iter().enumerate() {
        let mut here = 0;
        for day in days.iter() {
            while bars[here].span.to < day.date {
                here += 1;
            }
            bars[here].probabilities[at] += day.p;
        }
    }
    // The outer bars end where the possible days do.
    if let Some(bar) = bars.first_mut() {
        bar.span.from = if unit == Unit::Week { bar.span.from } else { first };
    }
    if let Some(bar) = bars.last_mut() {
        bar.span.to = last;
    }
    bars
}

/// The same with runs of bars that are thin in all series drawn as one.
fn joined(bars: Vec<Bar>) -> Vec<Bar> {
    let is_thin = |bar: &Bar| bar.probabilities.iter().all(|probability| *probability < THIN);
    let all_thin = bars.iter().all(is_thin);
    let mut joined: Vec<Bar> = Vec::new();
    let mut thin_before = false;
    for bar in bars {
        let thin = is_thin(&bar) && !all_thin;
        match joined.last_mut() {
            Some(run) if thin && thin_before => {
                run.span.to = bar.span.to;
                run.units += 1;
                run.probabilities.iter_mut().zip(&bar.probabilities).for_each(|(sum, more)| *sum += more);
            }
            _ => joined.push(bar),
        }
        thin_before = thin;
    }
    joined
}

fn label(bar: &Bar, unit: Unit, years: bool, look: &Look) -> String {
    let from = bar.span.from;
    if bar.units > 1 {
        return look.span(bar.span, years);
    }
    match unit {
        Unit::Day => format!("{} {}", from.format("%a"), right(&date(from, years), if years { 11 } else { 6 })),
        Unit::Week => format!("week of {}", right(&date(from, years), if years { 11 } else { 6 })),
        Unit::Month => from.format("%b %Y"),
        Unit::Quarter => format!("Q{} {}", (from.month() - 1) / 3 + 1, from.year()),
        Unit::Year => from.year().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Look = Look { width: 80, colour: false, unicode: false };

    fn days(first: &str, masses: &[f64]) -> Vec<DayProbability> {
        let first: Day = first.parse().unwrap();
        masses
            .iter()
            .enumerate()
            .map(|(i, p)| DayProbability { date: first + i as i32, p: *p, p_error: None })
            .collect()
    }

    fn drawn(first: &str, masses: &[f64]) -> Vec<String> {
        let days = days(first, masses);
        let bulk = Span { from: days[0].date, to: days[days.len() - 1].date };
        chart(&days, bulk, false, &PLAIN)
    }

    #[test]
    fn short_ranges_are_drawn_by_day() {
        let lines = drawn("2024-05-07", &[0.25, 0.75]);
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("  Tue  7 May   25.0 %  ####"), "{lines:?}");
    }

    #[test]
    fn longer_ranges_by_week_month_quarter_and_year() {
        let uniform = |n: usize| vec![1.0 / n as f64; n];
        assert!(drawn("2024-05-07", &uniform(60))[0].contains("week of  6 May"));
        assert!(drawn("2024-05-07", &uniform(300))[1].contains("Jun 2024"));
        assert!(drawn("2024-05-07", &uniform(1000))[1].contains("Q3 2024"));
        assert!(drawn("2024-05-07", &uniform(3000))[1].contains("2025"));
    }

    #[test]
    fn thin_tails_are_drawn_as_one() {
        let mut masses = vec![0.9];
        masses.extend([0.01 / 10.0; 10]);
        let lines = drawn("2024-05-07", &masses);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].contains("8-17 May"), "{lines:?}");
    }
}
