//! An evening and the latest statement in; the forecast of somebody who only counts how earlier statements slipped, out.

use super::super::learn::slip_of;
use super::super::summary::{DayProbability, Distribution};
use super::replay::Evening;
use crate::day::Day;
use std::collections::BTreeMap;

/// What is left to the forecast without reports, so that nothing is held impossible.
const OTHERWISE: f64 = 0.1;

/// Earlier slips, each as probable as it was frequent, counted from what was stated last, after today; a tenth of the forecast
/// without reports besides.
pub fn base_rate(
    evening: &Evening<'_>,
    (first, last): (Day, Day),
    alone: &Distribution,
    horizon: (Day, Day),
) -> (Distribution, f64) {
    let middle = first + (last - first) / 2;
    let day = |slip: &i32| match slip {
        0 => middle,
        slip if *slip > 0 => last + *slip,
        slip => first + *slip,
    };
    let possible = |day: &Day| *day > evening.as_of && *day <= horizon.1;
    let none = [slip_of(middle, (first, last))];
    let slips = if evening.slips.is_empty() { &none[..] } else { &evening.slips[..] };
    let days: Vec<Day> = slips.iter().map(day).filter(possible).collect();
    let occurs = evening.waits.occurs();
    let share = if days.is_empty() { 1.0 } else { OTHERWISE };
    let mut masses: BTreeMap<Day, f64> = BTreeMap::new();
    let total = alone.occurs();
    for found in &alone.days {
        *masses.entry(found.date).or_default() += occurs * share * found.p / total;
    }
    for day in &days {
        *masses.entry(*day).or_default() += occurs * (1.0 - share) / days.len() as f64;
    }
    let days = masses.into_iter().map(|(date, p)| DayProbability { date, p, p_error: None });
    (Distribution { days: days.collect() }, 1.0 - occurs)
}
