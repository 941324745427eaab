//! Spans of days, or of numbers, and pixels in; where each stands, and the ticks with their words, out.

use super::letters;
use super::mark::{Anchor, line, words};
use super::style::SMALL;
use crate::answer::Span;
use crate::day::Day;
use maud::{Markup, html};

/// Pixels between the labels of two ticks.
const BETWEEN: f64 = 12.0;
/// More ticks than this are never drawn.
const MOST_TICKS: usize = 120;

/// Days from left to right, each as wide as the others.
#[derive(Clone, Copy, Debug)]
pub(super) struct DateAxis {
    pub span: Span,
    /// Where the first day begins and the last ends.
    pub from: f64,
    pub to: f64,
}

/// A day that is marked; `at` is where.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub at: f64,
    pub label: String,
}

/// What ticks stand at: every so many days, weeks, months or years.
#[derive(Clone, Copy, Debug)]
enum Pace {
    Days(i32),
    Weeks(i32),
    Months(u32),
    Years(i32),
}

const PACES: [Pace; 17] = [
    Pace::Days(1),
    Pace::Days(2),
    Pace::Weeks(1),
    Pace::Weeks(2),
    Pace::Months(1),
    Pace::Months(2),
    Pace::Months(3),
    Pace::Months(6),
    Pace::Years(1),
    Pace::Years(2),
    Pace::Years(5),
    Pace::Years(10),
    Pace::Years(20),
    Pace::Years(50),
    Pace::Years(100),
    Pace::Years(500),
    Pace::Years(1000),
];

impl DateAxis {
    /// Pixels that a day takes; less than 0 where later days stand further up.
    pub fn day(&self) -> f64 {
        (self.to - self.from) / f64::from(self.span.to - self.span.from + 1)
    }

    /// Where a day begins.
    pub fn begin(&self, day: Day) -> f64 {
        self.from + f64::from(day - self.span.from) * self.day()
    }

    /// Where a day has its middle.
    pub fn middle(&self, day: Day) -> f64 {
        self.begin(day) + self.day() / 2.0
    }

    pub fn holds(&self, day: Day) -> bool {
        self.span.from <= day && day <= self.span.to
    }

    /// As many ticks as have room, each label `size(label)` pixels long along the axis.
    fn ticks_by(&self, size: impl Fn(&str) -> f64) -> Vec<Tick> {
        let fits = |ticks: &[Tick]| {
            ticks.windows(2).all(|pair| {
                let room = (pair[1].at - pair[0].at).abs();
                room >= (size(&pair[0].label) + size(&pair[1].label)) / 2.0 + BETWEEN
            })
        };
        let mut all = PACES.iter().filter_map(|pace| self.ticks_at(*pace));
        // A span that no pace fits into has at least its first tick.
        all.clone()
            .find(|ticks| fits(ticks))
            .or_else(|| all.next_back().map(|ticks| ticks[..1.min(ticks.len())].to_vec()))
            .unwrap_or_default()
    }

    /// Ticks for labels that stand beside each other.
    pub fn ticks(&self) -> Vec<Tick> {
        self.ticks_by(|label| letters::width(label, SMALL))
    }

    /// Ticks for labels that stand one above the other.
    pub fn upward_ticks(&self) -> Vec<Tick> {
        self.ticks_by(|_| SMALL)
    }

    /// The ticks of a pace; `None` where there are none, or too many.
    fn ticks_at(&self, pace: Pace) -> Option<Vec<Tick>> {
        let Span { from, to } = self.span;
        let mut found: Vec<Tick> = Vec::new();
        let mut year_told = None;
        let mut day = first(pace, from)?;
        while day <= to {
            if found.len() == MOST_TICKS {
                return None;
            }
            let told = year_told != Some(day.year());
            let label = match pace {
                Pace::Days(_) | Pace::Weeks(_) if told => day.format("%-d %b %Y"),
                Pace::Days(_) | Pace::Weeks(_) => day.format("%-d %b"),
                Pace::Months(_) if told => day.format("%b %Y"),
                Pace::Months(_) => day.format("%b"),
                Pace::Years(_) => day.year().to_string(),
            };
            year_told = Some(day.year());
            let at = if matches!(pace, Pace::Days(_)) { self.middle(day) } else { self.begin(day) };
            found.push(Tick { at, label });
            match next(pace, day) {
                Some(later) if later > day => day = later,
                _ => break,
            }
        }
        (!found.is_empty()).then_some(found)
    }

    /// Ticks and labels below `y`, and lines through everything from `top` to there.
    pub fn below(&self, top: f64, y: f64) -> Markup {
        html! {
            (line("rule", (self.from, y), (self.to, y)))
            @for tick in self.ticks() {
                (line("grid", (tick.at, top), (tick.at, y)))
                (line("rule", (tick.at, y), (tick.at, y + 4.0)))
                (words((tick.at, y + 15.0), "small", Anchor::Middle, &tick.label))
            }
        }
    }
}

/// The first day of a pace that is not before another.
fn first(pace: Pace, from: Day) -> Option<Day> {
    match pace {
        Pace::Days(_) => Some(from),
        Pace::Weeks(_) => Some(from + (7 - from.weekday() as i32) % 7),
        Pace::Months(step) => {
            let from = if from.day_of_month() == 1 { from } else { next(Pace::Months(1), from)? };
            let late = (from.month() - 1) % step;
            if late == 0 { Some(from) } else { next(Pace::Months(step - late), from) }
        }
        Pace::Years(step) => {
            let is_first = from.month() == 1 && from.day_of_month() == 1;
            let year = from.year() + i32::from(!is_first);
            Day::from_ymd(year + (step - year.rem_euclid(step)) % step, 1, 1)
        }
    }
}

fn next(pace: Pace, day: Day) -> Option<Day> {
    match pace {
        Pace::Days(step) => Some(day + step),
        Pace::Weeks(step) => Some(day + 7 * step),
        Pace::Months(step) => {
            let months = day.month() - 1 + step;
            Day::from_ymd(day.year() + (months / 12) as i32, months % 12 + 1, 1)
        }
        Pace::Years(step) => Day::from_ymd(day.year() + step, 1, 1),
    }
}

/// Numbers from `least` to `most`, and where these two stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct NumberAxis {
    pub least: f64,
    pub most: f64,
    pub from: f64,
    pub to: f64,
}

impl NumberAxis {
    pub fn at(&self, number: f64) -> f64 {
        let share = if self.most > self.least { (number - self.least) / (self.most - self.least) } else { 0.5 };
        self.from + share * (self.to - self.from)
    }

    /// At most `most` round numbers at equal distances.
    pub fn round_numbers(&self, most: usize) -> Vec<f64> {
        let span = self.most - self.least;
        if span <= 0.0 || !span.is_finite() {
            return vec![self.least];
        }
        let step = round_step(span / most.max(1) as f64);
        let first = (self.least / step - 1e-9).ceil() as i64;
        let last = (self.most / step + 1e-9).floor() as i64;
        (first..=last).take(MOST_TICKS).map(|index| index as f64 * step).collect()
    }
}

/// The least of 1, 2 and 5 times a power of ten that is not below a number.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * power >= least * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}

/// A round number with no more digits than it needs.
pub(super) fn short(number: f64) -> String {
    let text = format!("{number:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_string() } else { text.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(from: &str, to: &str, pixels: f64) -> Vec<String> {
        let span = Span { from: from.parse().unwrap(), to: to.parse().unwrap() };
        let axis = DateAxis { span, from: 0.0, to: pixels };
        axis.ticks().into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_suit_the_span() {
        assert_eq!(labels("2024-05-07", "2024-05-07", 700.0), ["7 May 2024"]);
        assert_eq!(labels("2024-05-07", "2024-05-09", 700.0), ["7 May 2024", "8 May", "9 May"]);
        assert_eq!(labels("2024-05-01", "2024-05-31", 400.0)[..2], ["6 May 2024", "13 May"]);
        assert_eq!(labels("2024-11-20", "2025-02-20", 300.0), ["Dec 2024", "Jan 2025", "Feb"]);
        assert_eq!(labels("2020-01-01", "2029-12-31", 300.0), ["2020", "2022", "2024", "2026", "2028"]);
        assert!(labels("2020-01-01", "2290-12-31", 700.0).contains(&"2100".to_string()));
    }

    #[test]
    fn numbers_are_round() {
        let numbers = |least, most, count| NumberAxis { least, most, from: 0.0, to: 1.0 }.round_numbers(count);
        assert_eq!(numbers(0.0, 0.085, 3), [0.0, 0.05]);
        assert_eq!(numbers(0.0, 1.0, 5), [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]);
        assert_eq!(numbers(-12.0, 7.0, 4), [-10.0, -5.0, 0.0, 5.0]);
        assert_eq!(numbers(3.0, 3.0, 4), [3.0]);
        assert_eq!(short(0.6000000000000001), "0.6");
    }
}
