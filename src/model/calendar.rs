//! The workweek and the holidays in; which days are working days, and where counting them leads, out.
//!
//! Working days are numbered: the first one on or after 1 January of year 1 is number 1. The number of working days up to a
//! day and the day of a number are then inverse to each other, and each takes a division and a search among the holidays,
//! however far the counting goes.

use crate::day::Day;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Days farther away than this from the calendar's first are taken for as far.
const FARTHEST: i64 = 900_000_000;

/// The days that are holidays, and those on which work is done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calendar {
    pub holidays: BTreeSet<Day>,
    pub working: Arc<WorkingDays>,
}

impl Calendar {
    /// `workweek` says from Monday on which weekdays are worked on, at least one.
    pub fn new(holidays: BTreeSet<Day>, workweek: [bool; 7]) -> Calendar {
        let working = Arc::new(WorkingDays::new(workweek, &holidays));
        Calendar { holidays, working }
    }
}

/// The days of the workweek that are no holidays.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkingDays {
    pub workweek: [bool; 7],
    /// The weekdays of the workweek, 0 for Monday, in order.
    weekdays: Vec<i32>,
    /// The holidays that fall on days of the workweek, as numbers of such days, in order.
    lost: Vec<i64>,
}

impl Default for WorkingDays {
    /// Monday to Friday without holidays.
    fn default() -> WorkingDays {
        WorkingDays::new([true, true, true, true, true, false, false], &BTreeSet::new())
    }
}

/// How far from an anchor a day may lie: where an allowed stretch of days begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Without end.
    Open,
    /// So many days after it (before it, where negative).
    Days(i32),
    /// The so many-th working day after it (before it, where negative); for 0 the anchor itself.
    Working(i32),
}

impl WorkingDays {
    fn new(workweek: [bool; 7], holidays: &BTreeSet<Day>) -> WorkingDays {
        let weekdays = (0..7).filter(|weekday| workweek[*weekday as usize]).collect();
        let mut found = WorkingDays { workweek, weekdays, lost: Vec::new() };
        let of_the_week = holidays.iter().filter(|day| workweek[day.weekday()]);
        found.lost = of_the_week.map(|day| found.of_the_week_until(*day)).collect();
        found
    }

    /// Days of the workweek up to a day, holidays among them.
    fn of_the_week_until(&self, day: Day) -> i64 {
        let days = i64::from(day - Day::FIRST);
        let here = day.weekday() as i32;
        let begun = self.weekdays.iter().filter(|weekday| **weekday <= here).count();
        days.div_euclid(7) * self.weekdays.len() as i64 + begun as i64
    }

    /// How many working days there are up to a day, it included; negative before the calendar's first day.
    fn until(&self, day: Day) -> i64 {
        let all = self.of_the_week_until(day);
        all - self.lost.partition_point(|lost| *lost <= all) as i64
    }

    /// The working day of a number: `until` of it is that number, and of no earlier day.
    fn numbered(&self, number: i64) -> Day {
        // Holidays before it: those with fewer working days before them.
        let mut skipped = 0;
        let mut step = self.lost.len().next_power_of_two();
        while step > 0 {
            let next = skipped + step;
            if next <= self.lost.len() && self.lost[next - 1] - (next as i64 - 1) <= number {
                skipped = next;
            }
            step /= 2;
        }
        let index = number + skipped as i64 - 1;
        let week = self.weekdays.len() as i64;
        let weekday = self.weekdays[index.rem_euclid(week) as usize];
        let days = index.div_euclid(week).saturating_mul(7).saturating_add(i64::from(weekday));
        Day::FIRST + days.clamp(-FARTHEST, FARTHEST) as i32
    }

    /// The last of `count` working days, at least 1, that are counted from a day on, it included.
    pub fn last_of(&self, first: Day, count: i32) -> Day {
        self.numbered(self.until(first + -1) + i64::from(count))
    }

    /// The least and the greatest length of `count` working days from a day of a stretch on.
    pub fn lengths(&self, count: i32, (first, last): (Day, Day)) -> (i32, i32) {
        let starts = self.telling((first, last), (first, self.last_of(last, count)));
        extremes(starts.map(|start| self.last_of(start, count) - start + 1))
    }

    /// By how many days at least and at most a reach leads away from an anchor of a stretch.
    pub fn distances(&self, reach: Reach, (first, last): (Day, Day)) -> (i32, i32) {
        match reach {
            Reach::Open => (Day::OPEN_PAST - first, Day::OPEN_FUTURE - last),
            Reach::Days(days) => (days, days),
            Reach::Working(_) => {
                let ends = (self.reached(first, reach, first), self.reached(last, reach, last));
                let anchors = self.telling((first, last), ends);
                extremes(anchors.map(|anchor| self.reached(anchor, reach, anchor) - anchor))
            }
        }
    }

    /// The days of a stretch that tell where counting leads, which is as far as `early` and `late`: one of each weekday where
    /// no holiday is on the way.
    fn telling(&self, (first, last): (Day, Day), (early, late): (Day, Day)) -> impl Iterator<Item = Day> {
        let (from, to) = (self.of_the_week_until(first.min(early) + -1), self.of_the_week_until(last.max(late)));
        let holidays = self.lost.partition_point(|lost| *lost <= to) - self.lost.partition_point(|lost| *lost <= from);
        let days = if holidays == 0 { (last - first).min(6) } else { last - first };
        (0..=days).map(move |days| first + days)
    }

    /// The day that a reach leads to; `open` where it is without end, and an anchor that is no date stays as it is.
    pub fn reached(&self, anchor: Day, reach: Reach, open: Day) -> Day {
        match reach {
            Reach::Open => open,
            _ if !anchor.is_date() => anchor,
            Reach::Days(days) => anchor + days,
            Reach::Working(0) => anchor,
            Reach::Working(count @ 1..) => self.numbered(self.until(anchor) + i64::from(count)),
            Reach::Working(count) => self.numbered(self.until(anchor + -1) + 1 + i64::from(count)),
        }
    }

    /// The latest anchor from which a reach leads to a day or an earlier one.
    pub fn latest_anchor(&self, day: Day, reach: Reach) -> Day {
        match reach {
            Reach::Open => Day::OPEN_FUTURE,
            _ if !day.is_date() => day,
            Reach::Days(days) => day + -days,
            Reach::Working(0) => day,
            // Up to the anchor there are `count` working days fewer than up to the day, or even fewer.
            Reach::Working(count @ 1..) => self.numbered(self.until(day) - i64::from(count) + 1) + -1,
            Reach::Working(count) => self.numbered(self.until(day) - i64::from(count)),
        }
    }

    /// The earliest anchor from which a reach leads to a day or a later one.
    pub fn earliest_anchor(&self, day: Day, reach: Reach) -> Day {
        match reach {
            Reach::Open => Day::OPEN_PAST,
            _ if !day.is_date() => day,
            Reach::Days(days) => day + -days,
            Reach::Working(0) => day,
            Reach::Working(count @ 1..) => self.numbered(self.until(day + -1) - i64::from(count) + 1),
            Reach::Working(count) => self.numbered(self.until(day + -1) - i64::from(count)) + 1,
        }
    }
}

/// The least and the greatest of some numbers.
fn extremes(numbers: impl Iterator<Item = i32>) -> (i32, i32) {
    numbers.fold((i32::MAX, i32::MIN), |(least, most), number| (least.min(number), most.max(number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn calendars() -> Vec<Calendar> {
        let near: BTreeSet<Day> = [3, 4, 5, 9, 10, 17, 24, 25].map(|days| day("2024-04-25") + days).into();
        let stretch: BTreeSet<Day> = (0..23).map(|days| day("2024-05-02") + days).collect();
        let weeks =
            [[true, true, true, true, true, false, false], [true; 7], [false, false, true, false, false, false, true]];
        let holidays = [BTreeSet::new(), near, stretch];
        weeks.iter().flat_map(|week| holidays.iter().map(|days| Calendar::new(days.clone(), *week))).collect()
    }

    /// Day by day: the `count`-th working day after (before) an anchor.
    fn counted(calendar: &Calendar, anchor: Day, count: i32) -> Day {
        let (mut at, mut left) = (anchor, count.abs());
        while left > 0 {
            at = at + count.signum();
            let works = calendar.working.workweek[at.weekday()] && !calendar.holidays.contains(&at);
            left -= i32::from(works);
        }
        at
    }

    #[test]
    fn counting_leads_where_fingers_do() {
        for calendar in calendars() {
            for anchor in (0..50).map(|days| day("2024-04-20") + days) {
                for count in -12..=12 {
                    let reached = calendar.working.reached(anchor, Reach::Working(count), anchor);
                    assert_eq!(reached, counted(&calendar, anchor, count), "{anchor} {count} {calendar:?}");
                }
                for count in 1..9 {
                    let last = calendar.working.last_of(anchor, count);
                    assert_eq!(last, counted(&calendar, anchor + -1, count), "{anchor} {count}");
                }
            }
        }
    }

    #[test]
    fn anchors_are_found_from_both_sides() {
        for calendar in calendars() {
            let working = &calendar.working;
            for reach in (-5..=5).flat_map(|count| [Reach::Working(count), Reach::Days(count)]) {
                let reached = |anchor: Day| working.reached(anchor, reach, anchor);
                for here in (0..50).map(|days| day("2024-04-20") + days) {
                    let latest = working.latest_anchor(here, reach);
                    assert!(reached(latest) <= here && reached(latest + 1) > here, "{here} {reach:?}");
                    let earliest = working.earliest_anchor(here, reach);
                    assert!(reached(earliest) >= here && reached(earliest + -1) < here, "{here} {reach:?}");
                }
            }
        }
    }

    #[test]
    fn holidays_and_weekends_do_not_count() {
        // 1 May 2024 was a Wednesday; three working days after Tuesday, without it: Thursday, Friday, Monday.
        let calendar = Calendar::new([day("2024-05-01")].into(), [true, true, true, true, true, false, false]);
        let after =
            |text: &str, count| calendar.working.reached(day(text), Reach::Working(count), day(text)).to_string();
        assert_eq!(after("2024-04-30", 3), "2024-05-06");
        assert_eq!(after("2024-05-04", 1), "2024-05-06");
        assert_eq!(after("2024-05-06", -3), "2024-04-30");
        assert_eq!(calendar.working.last_of(day("2024-05-01"), 1).to_string(), "2024-05-02");
    }

    #[test]
    fn far_counts_and_open_ends_stay_where_they_are() {
        let working = WorkingDays::default();
        let start = day("9998-12-31");
        let far = working.reached(start, Reach::Working(999_999), start) - start;
        assert!((1_399_990..1_400_010).contains(&far), "{far}");
        for open in [Day::OPEN_PAST, Day::OPEN_FUTURE] {
            assert_eq!(working.reached(open, Reach::Working(5), Day::FIRST), open);
            assert_eq!(working.latest_anchor(open, Reach::Working(-5)), open);
            assert_eq!(working.earliest_anchor(open, Reach::Days(5)), open);
        }
    }
}
