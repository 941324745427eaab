//! Calendar dates in, whole-day integers out, and back: the only file that knows chrono.

use chrono::{Datelike, NaiveDate, Weekday};
use std::fmt;
use std::ops::{Add, Sub};

/// A whole day, counted from 1 January of year 1, which is day 1 (proleptic Gregorian calendar).
///
/// Differences of two days are plain `i32` numbers of days. A `Day` may also stand for an open side of a window
/// ([`Day::OPEN_PAST`], [`Day::OPEN_FUTURE`]); sums and differences of these stay within `i32`.
///
/// ```
/// use dateline::Day;
/// let day: Day = "2024-05-07".parse().unwrap();
/// assert_eq!((day + 25).to_string(), "2024-06-01");
/// assert_eq!((day + 25) - day, 25);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(i32);

impl Day {
    /// 1 January of year 1, a Monday.
    pub const FIRST: Day = Day(1);
    /// Earlier than every date that can be written.
    pub const OPEN_PAST: Day = Day(-1_000_000_000);
    /// Later than every date that can be written.
    pub const OPEN_FUTURE: Day = Day(1_000_000_000);

    /// The day `year-month-day`, or `None` where there is none, or the year is not within 1 to 9998.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Day> {
        if !(1..=9998).contains(&year) {
            return None;
        }
        NaiveDate::from_ymd_opt(year, month, day).map(Day::from_date)
    }

    /// The Monday of ISO week `week` of `year`.
    pub fn from_iso_week(year: i32, week: u32) -> Option<Day> {
        if !(1..=9998).contains(&year) {
            return None;
        }
        NaiveDate::from_isoywd_opt(year, week, Weekday::Mon).map(Day::from_date)
    }

    /// The last day of a month (`month` 1 to 12).
    pub fn end_of_month(year: i32, month: u32) -> Option<Day> {
        let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        NaiveDate::from_ymd_opt(next_year, next_month, 1).map(|first| Day::from_date(first) + -1)
    }

    fn from_date(date: NaiveDate) -> Day {
        Day(date.num_days_from_ce())
    }

    fn date(self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.0).unwrap_or(if self.0 < 0 { NaiveDate::MIN } else { NaiveDate::MAX })
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        self.date().year()
    }

    /// 1 to 12.
    pub fn month(self) -> u32 {
        self.date().month()
    }

    /// Day of the month, 1 to 31.
    pub fn day_of_month(self) -> u32 {
        self.date().day()
    }

    /// 0 for Monday to 6 for Sunday.
    pub fn weekday(self) -> usize {
        // Day 1, the first of January of year 1, is a Monday.
        (self.0 - 1).rem_euclid(7) as usize
    }

    /// The Monday of this day's week.
    pub fn monday(self) -> Day {
        self + -(self.weekday() as i32)
    }

    /// False for the two markers of open sides.
    pub fn is_date(self) -> bool {
        self != Day::OPEN_PAST && self != Day::OPEN_FUTURE
    }

    /// `7 May` with the format's `%` codes as chrono defines them.
    pub fn format(self, pattern: &str) -> String {
        self.date().format(pattern).to_string()
    }
}

impl Add<i32> for Day {
    type Output = Day;
    fn add(self, days: i32) -> Day {
        if self.is_date() { Day(self.0 + days) } else { self }
    }
}

impl Sub for Day {
    type Output = i32;
    fn sub(self, other: Day) -> i32 {
        self.0 - other.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day_of_month())
    }
}

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Why a text is no ISO date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoDate(String);

impl fmt::Display for NoDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is no date: expected a day as YYYY-MM-DD", self.0)
    }
}

impl std::error::Error for NoDate {}

impl std::str::FromStr for Day {
    type Err = NoDate;
    fn from_str(text: &str) -> Result<Day, NoDate> {
        let parts: Vec<&str> = text.split('-').collect();
        let shaped = parts.len() == 3
            && parts.iter().zip([4, 2, 2]).all(|(p, n)| p.len() == n && p.bytes().all(|b| b.is_ascii_digit()));
        let number = |i: usize| parts[i].parse::<u32>().unwrap_or(0);
        if shaped { Day::from_ymd(number(0) as i32, number(1), number(2)) } else { None }
            .ok_or_else(|| NoDate(text.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekdays_and_weeks_follow_the_calendar() {
        // 7 May 2024 was a Tuesday; 2024-W20 began on 13 May (ISO 8601).
        let day = Day::from_ymd(2024, 5, 7).unwrap();
        assert_eq!(day.weekday(), 1);
        assert_eq!(day.monday().to_string(), "2024-05-06");
        assert_eq!(Day::from_iso_week(2024, 20).unwrap().to_string(), "2024-05-13");
    }

    #[test]
    fn impossible_days_are_refused() {
        assert_eq!(Day::from_ymd(2024, 2, 30), None);
        assert_eq!(Day::from_ymd(0, 1, 1), None);
        assert_eq!(Day::from_ymd(9999, 1, 1), None);
        assert!("2024-5-7".parse::<Day>().is_err());
        assert!("2023-02-29".parse::<Day>().is_err());
        assert_eq!("2024-02-29".parse::<Day>().unwrap().to_string(), "2024-02-29");
    }

    #[test]
    fn open_sides_stay_open() {
        assert_eq!(Day::OPEN_FUTURE + 30, Day::OPEN_FUTURE);
        assert!(Day::OPEN_PAST < Day::from_ymd(1, 1, 1).unwrap());
        assert_eq!(Day::OPEN_FUTURE - Day::OPEN_PAST, 2_000_000_000);
    }
}
