//! An evening and the latest statements in; the forecast of somebody who only counts how earlier statements slipped, out.

use super::super::summary::{DayProbability, Distribution};
use super::replay::Evening;
use crate::day::Day;
use std::collections::BTreeMap;

/// What is left to the forecast without reports, so that nothing is held impossible.
const OTHERWISE: f64 = 0.1;

/// Earlier slips, each as probable as it was frequent, counted from what was stated last, after today; a tenth of the forecast
/// without reports besides. Of several statements each counts alike.
pub fn base_rate(
    evening: &Evening<'_>,
    stated: &[(Day, Day)],
    alone: &Distribution,
    horizon: (Day, Day),
) -> (Distribution, f64) {
    let day = |(first, last): (Day, Day), slip: i32| match slip {
        0 => first + (last - first) / 2,
        slip if slip > 0 => last + slip,
        slip => first + slip,
    };
    let possible = |day: &Day| *day > evening.as_of && *day <= horizon.1;
    let slips = if evening.slips.is_empty() { &[0][..] } else { &evening.slips[..] };
    let days = stated.iter().flat_map(|window| slips.iter().map(|slip| day(*window, *slip)));
    let days: Vec<Day> = days.filter(possible).collect();
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
