//! A date expression in, the window of days that it means out.

use super::vocabulary::{MONTHS, month_number};
use crate::day::Day;

/// First and last day of a stretch of days, inclusive; an open side is [`Day::OPEN_PAST`] or [`Day::OPEN_FUTURE`].
///
/// Invariant: `first <= last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub first: Day,
    pub last: Day,
}

impl Window {
    /// The window of one day.
    pub fn day(day: Day) -> Window {
        Window { first: day, last: day }
    }

    fn widened(self, days: i32) -> Window {
        Window { first: self.first + -days, last: self.last + days }
    }
}

/// The days on which events may start; it decides which year an expression without one means.
pub type Horizon = Window;

/// Why a text means no window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WindowError {
    /// It has not the form of a date expression.
    NotADate,
    /// It has no year, and not exactly one year puts it into the horizon: the years that do.
    AmbiguousYear(Vec<i32>),
    /// It has the form of a date expression, but means nothing: the reason.
    Impossible(String),
}

/// Date expressions are short; the limit bounds the recursion into `week of …` and the like. In bytes.
const LONGEST: usize = 100;

/// Why an attempt with a given year failed.
#[derive(Debug)]
enum Failure {
    NotADate,
    NeedsYear,
    /// The calendar has no such day (in that year).
    NoSuchDay(String),
    Nonsense(String),
}

type Attempt = Result<Window, Failure>;

/// The window that a date expression means, in the year that puts it into the horizon where it names none.
///
/// Without a horizon (because the file has none that can be read) an expression without a year means the year 2000.
///
/// # Errors
/// See [`WindowError`].
pub(crate) fn parse_window(text: &str, horizon: Option<Horizon>) -> Result<Window, WindowError> {
    if text.len() > LONGEST {
        return Err(WindowError::NotADate);
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    match expression(&text, None) {
        Ok(window) => Ok(window),
        Err(Failure::NotADate) => Err(WindowError::NotADate),
        Err(Failure::NoSuchDay(why) | Failure::Nonsense(why)) => Err(WindowError::Impossible(why)),
        Err(Failure::NeedsYear) => match horizon {
            Some(horizon) => in_horizon(&text, horizon),
            None => {
                Ok(expression(&text, Some(2000)).unwrap_or(Window { first: Day::OPEN_PAST, last: Day::OPEN_FUTURE }))
            }
        },
    }
}

fn in_horizon(text: &str, horizon: Horizon) -> Result<Window, WindowError> {
    let mut found = Vec::new();
    let mut missing = None;
    for year in horizon.first.year() - 1..=horizon.last.year() + 1 {
        match expression(text, Some(year)) {
            Ok(window) if window.first <= horizon.last && window.last >= horizon.first => found.push((year, window)),
            Ok(_) => {}
            Err(Failure::NoSuchDay(why)) => missing = Some(why),
            Err(Failure::Nonsense(why)) => return Err(WindowError::Impossible(why)),
            Err(Failure::NotADate | Failure::NeedsYear) => return Err(WindowError::NotADate),
        }
    }
    match (&found[..], missing) {
        ([(_, window)], _) => Ok(*window),
        ([], Some(why)) => Err(WindowError::Impossible(why)),
        _ => Err(WindowError::AmbiguousYear(found.iter().map(|(year, _)| *year).collect())),
    }
}

fn expression(text: &str, year: Option<i32>) -> Attempt {
    let text = text.strip_prefix("the ").unwrap_or(text);
    for form in [range, margin, around, week_of, part, numeric, month_or_day] {
        match form(text, year) {
            Err(Failure::NotADate) => {}
            decided => return decided,
        }
    }
    Err(Failure::NotADate)
}

fn is_digits(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn four_digits(text: &str) -> Option<i32> {
    if is_digits(text, 4, 4) { text.parse().ok() } else { None }
}

/// `YYYY-MM-DD` by its form, whether there is such a day or not.
fn iso_day(text: &str) -> Attempt {
    let parts: Vec<&str> = text.split('-').collect();
    match parts[..] {
        [y, m, d] if is_digits(y, 4, 4) && is_digits(m, 2, 2) && is_digits(d, 2, 2) => {
            calendar_day(y.parse().unwrap_or(0), m.parse().unwrap_or(0), d.parse().unwrap_or(0))
        }
        _ => Err(Failure::NotADate),
    }
}

fn calendar_day(year: i32, month: u32, day: u32) -> Attempt {
    match Day::from_ymd(year, month, day) {
        Some(day) => Ok(Window::day(day)),
        None => Err(Failure::NoSuchDay(match Day::end_of_month(year, month) {
            _ if !(1..=9998).contains(&year) => format!("the year {year} is not within 1 to 9998"),
            Some(last) if day > 0 => {
                let name = capitalised(MONTHS[month as usize - 1].0);
                format!("{name} {year} has {} days", last.day_of_month())
            }
            Some(_) => "days of the month count from 1".to_string(),
            None => format!("there is no month {month}"),
        })),
    }
}

fn capitalised(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

fn months(year: i32, first: u32, count: u32) -> Attempt {
    let last = first + count - 1;
    let (start, end) = (Day::from_ymd(year, first, 1), Day::end_of_month(year, last));
    match (start, end) {
        (Some(first), Some(last)) => Ok(Window { first, last }),
        _ => calendar_day(year, first, 1),
    }
}

/// `A..B`, `A..`, `..B` with ISO dates.
fn range(text: &str, _: Option<i32>) -> Attempt {
    let Some((left, right)) = text.split_once("..") else {
        return Err(Failure::NotADate);
    };
    let (left, right) = (left.strip_suffix(' ').unwrap_or(left), right.strip_prefix(' ').unwrap_or(right));
    if left.is_empty() && right.is_empty() {
        return Err(Failure::Nonsense("a range needs at least one date".to_string()));
    }
    let first = if left.is_empty() { Day::OPEN_PAST } else { iso_day(left)?.first };
    let last = if right.is_empty() { Day::OPEN_FUTURE } else { iso_day(right)?.last };
    if last < first {
        return Err(Failure::Nonsense("the range ends before it begins".to_string()));
    }
    Ok(Window { first, last })
}

fn one_day(text: &str, year: Option<i32>) -> Result<Day, Failure> {
    let window = expression(text, year)?;
    if window.first != window.last {
        return Err(Failure::Nonsense(format!("'{text}' is not one day")));
    }
    Ok(window.first)
}

/// `DAY +/- 5 days`
fn margin(text: &str, year: Option<i32>) -> Attempt {
    let Some((day, margin)) = text.rsplit_once(" +/- ") else {
        return Err(Failure::NotADate);
    };
    let (count, unit) = margin.split_once(' ').ok_or(Failure::NotADate)?;
    let unit = match unit {
        "day" | "days" => 1,
        "week" | "weeks" => 7,
        "working day" | "working days" => {
            return Err(Failure::Nonsense("a margin counts calendar days, not working days".to_string()));
        }
        _ => return Err(Failure::NotADate),
    };
    if !is_digits(count, 1, 6) {
        return Err(Failure::NotADate);
    }
    let days = count.parse::<i32>().map_err(|_| Failure::NotADate)? * unit;
    Ok(Window::day(one_day(day, year)?).widened(days))
}

fn around(text: &str, year: Option<i32>) -> Attempt {
    let inner = text.strip_prefix("around ").ok_or(Failure::NotADate)?;
    if inner.starts_with("around ") {
        return Err(Failure::Nonsense("'around' cannot be doubled".to_string()));
    }
    Ok(expression(inner, year)?.widened(3))
}

fn week_of(text: &str, year: Option<i32>) -> Attempt {
    let inner = text.strip_prefix("week of ").ok_or(Failure::NotADate)?;
    let monday = one_day(inner, year)?.monday();
    Ok(Window { first: monday, last: monday + 6 })
}

/// `early|mid|late X`, `start of X`, `first half of X` and the like.
fn part(text: &str, year: Option<i32>) -> Attempt {
    // (words, which part, of how many)
    const PARTS: [(&str, u32, u32); 9] = [
        ("early", 0, 3),
        ("mid", 1, 3),
        ("late", 2, 3),
        ("start of ", 0, 3),
        ("beginning of ", 0, 3),
        ("end of ", 2, 3),
        ("first half of ", 0, 2),
        ("second half of ", 1, 2),
        ("latter half of ", 1, 2),
    ];
    for (words, number, of) in PARTS {
        let Some(rest) = text.strip_prefix(words) else {
            continue;
        };
        let rest = if words.ends_with(' ') { Some(rest) } else { rest.strip_prefix([' ', '-']) };
        if let Some(rest) = rest {
            return part_of(words.trim_end(), number, of, rest, year);
        }
    }
    Err(Failure::NotADate)
}

/// Part `number` (from 0) of `of` of a month, quarter or year.
fn part_of(word: &str, number: u32, of: u32, rest: &str, year: Option<i32>) -> Attempt {
    let whole = match numeric(rest, year) {
        Err(Failure::NotADate) => month_or_day(rest, year)?,
        other => other?,
    };
    let (start, end) = (whole.first, whole.last);
    let count = (end.year() - start.year()) * 12 + end.month() as i32 - start.month() as i32 + 1;
    let whole_months = start.day_of_month() == 1 && Day::end_of_month(end.year(), end.month()) == Some(end);
    match count as u32 {
        1 if whole_months => {
            let (first, last) = match (number, of) {
                (0, 3) => (1, 10),
                (1, 3) => (11, 20),
                (_, 3) => (21, end.day_of_month()),
                (0, _) => (1, 15),
                _ => (16, end.day_of_month()),
            };
            Ok(Window { first: start + (first - 1), last: start + (last as i32 - 1) })
        }
        3 if whole_months && of == 2 => Err(Failure::Nonsense("a quarter has no halves".to_string())),
        count @ (3 | 12) if whole_months => months(start.year(), start.month() + number * count / of, count / of),
        _ => Err(Failure::Nonsense(format!("'{word}' goes with a month, a quarter or a year"))),
    }
}

/// `YYYY-MM-DD`, `YYYY-MM`, `YYYY-Www`, `YYYY-Qn`, `Qn`, `Qn YYYY`, `YYYY`
fn numeric(text: &str, year: Option<i32>) -> Attempt {
    if let Some(rest) = text.strip_prefix('q') {
        let (quarter, given) = rest.split_once(' ').map_or((rest, None), |(q, y)| (q, Some(y)));
        let Some(quarter @ 1..=4) = quarter.parse::<u32>().ok().filter(|_| quarter.len() == 1) else {
            return Err(Failure::NotADate);
        };
        return months(chosen_year(given, year)?, 3 * quarter - 2, 3);
    }
    if let Some(year) = four_digits(text) {
        return months(year, 1, 12);
    }
    let Some((head, tail)) = text.split_once('-') else {
        return Err(Failure::NotADate);
    };
    let Some(year) = four_digits(head) else {
        return Err(Failure::NotADate);
    };
    if is_digits(tail, 2, 2) {
        return months(year, tail.parse().unwrap_or(0), 1);
    }
    if let Some(week) = tail.strip_prefix('w').filter(|w| is_digits(w, 2, 2)) {
        return match Day::from_iso_week(year, week.parse().unwrap_or(0)) {
            Some(monday) => Ok(Window { first: monday, last: monday + 6 }),
            None => Err(Failure::NoSuchDay(format!("{year} has no ISO week {week}"))),
        };
    }
    if let Some(quarter) = tail.strip_prefix('q').filter(|q| ["1", "2", "3", "4"].contains(q)) {
        return months(year, 3 * quarter.parse().unwrap_or(1) - 2, 3);
    }
    iso_day(text)
}

/// `May`, `May 2024`, `May 7`, `May 7, 2024`, `7 May`, `7 May 2024`
fn month_or_day(text: &str, year: Option<i32>) -> Attempt {
    let words: Vec<&str> = text.split(' ').collect();
    let day_number = |word: &str| {
        if is_digits(word, 1, 2) { word.parse::<u32>().ok() } else { None }
    };
    match words[..] {
        [month] => match month_number(month) {
            Some(month) => months(chosen_year(None, year)?, month, 1),
            None => Err(Failure::NotADate),
        },
        [month, given] if month_number(month).is_some() && four_digits(given).is_some() => {
            months(chosen_year(Some(given), year)?, month_number(month).unwrap_or(1), 1)
        }
        [first, second] | [first, second, _] => {
            let given = words.get(2).copied();
            if given.is_some_and(|y| four_digits(y).is_none()) {
                return Err(Failure::NotADate);
            }
            let second = if given.is_some() { second.strip_suffix(',').unwrap_or(second) } else { second };
            let (month, day) = match (month_number(first), day_number(second)) {
                (Some(month), Some(day)) => (month, day),
                _ => match (month_number(second), day_number(first)) {
                    (Some(month), Some(day)) => (month, day),
                    _ => return Err(Failure::NotADate),
                },
            };
            calendar_day(chosen_year(given, year)?, month, day)
        }
        _ => Err(Failure::NotADate),
    }
}

fn chosen_year(given: Option<&str>, year: Option<i32>) -> Result<i32, Failure> {
    match given {
        Some(text) => four_digits(text).ok_or(Failure::NotADate),
        None => year.ok_or(Failure::NeedsYear),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn horizon() -> Option<Horizon> {
        Some(Window { first: "2024-03-20".parse().unwrap(), last: "2024-07-31".parse().unwrap() })
    }

    fn shown(text: &str) -> String {
        match parse_window(text, horizon()) {
            Ok(Window { first, last }) => {
                let side = |day: Day| {
                    if day.is_date() { day.to_string() } else { String::new() }
                };
                format!("{}..{}", side(first), side(last))
            }
            Err(error) => format!("{error:?}"),
        }
    }

    #[test]
    fn every_form_of_the_table() {
        for (text, expected) in [
            ("2024-05-07", "2024-05-07..2024-05-07"),
            ("May 7 2024", "2024-05-07..2024-05-07"),
            ("May 7, 2024", "2024-05-07..2024-05-07"),
            ("7 May 2024", "2024-05-07..2024-05-07"),
            ("May  7", "2024-05-07..2024-05-07"),
            ("7 may", "2024-05-07..2024-05-07"),
            ("2024-05-01..2024-05-10", "2024-05-01..2024-05-10"),
            ("2024-05-01 .. 2024-05-10", "2024-05-01..2024-05-10"),
            ("2024-05-01..", "2024-05-01.."),
            ("..2024-05-10", "..2024-05-10"),
            ("2024-05", "2024-05-01..2024-05-31"),
            ("May 2024", "2024-05-01..2024-05-31"),
            ("May", "2024-05-01..2024-05-31"),
            ("2024-Q2", "2024-04-01..2024-06-30"),
            ("Q2 2024", "2024-04-01..2024-06-30"),
            ("q2", "2024-04-01..2024-06-30"),
            ("2024", "2024-01-01..2024-12-31"),
            ("2024-W20", "2024-05-13..2024-05-19"),
            ("week of May 16", "2024-05-13..2024-05-19"),
            ("early May", "2024-05-01..2024-05-10"),
            ("mid-May", "2024-05-11..2024-05-20"),
            ("mid May 2024", "2024-05-11..2024-05-20"),
            ("the end of May", "2024-05-21..2024-05-31"),
            ("beginning of 2024", "2024-01-01..2024-04-30"),
            ("late Q2", "2024-06-01..2024-06-30"),
            ("mid 2024-q2", "2024-05-01..2024-05-31"),
            ("latter half of May", "2024-05-16..2024-05-31"),
            ("first half of 2024", "2024-01-01..2024-06-30"),
            ("around mid-May", "2024-05-08..2024-05-23"),
            ("around the latter half of May", "2024-05-13..2024-06-03"),
            ("May 7 +/- 5 days", "2024-05-02..2024-05-12"),
            ("2024-05-07 +/- 2 weeks", "2024-04-23..2024-05-21"),
            ("Sept 2024", "2024-09-01..2024-09-30"),
            ("Sep 3 2024", "2024-09-03..2024-09-03"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn what_means_nothing_says_why() {
        assert!(shown("2024-02-30").contains("February 2024 has 29 days"));
        assert!(shown("2024-13").contains("no month 13"));
        assert!(shown("2023-W53").contains("no ISO week 53"));
        assert!(shown("latter half of Q2").contains("no halves"));
        assert!(shown("early May 7").contains("goes with a month"));
        assert!(shown("around around May").contains("doubled"));
        assert!(shown("week of May").contains("not one day"));
        assert!(shown("2024-05-10..2024-05-01").contains("ends before it begins"));
        assert!(shown("..").contains("at least one date"));
        assert!(shown("May 7 +/- 3 working days").contains("calendar days"));
        assert_eq!(shown("soon"), "NotADate");
        assert_eq!(shown(""), "NotADate");
        assert_eq!(shown("December"), "AmbiguousYear([])");
    }

    #[test]
    fn a_missing_year_must_be_the_only_one_that_fits() {
        let two_years = Some(Window { first: "2024-01-01".parse().unwrap(), last: "2025-12-31".parse().unwrap() });
        assert_eq!(parse_window("late May", two_years), Err(WindowError::AmbiguousYear(vec![2024, 2025])));
        // Only 2024 has the day.
        assert_eq!(parse_window("29 Feb", two_years), Ok(Window::day("2024-02-29".parse().unwrap())));
    }
}
