//! A forecast distribution and what happened in; its scores out: pure arithmetic.
//!
//! Sources: logarithmic score, Good (1952); Brier score, Brier (1950); continuous ranked probability score, Matheson and Winkler
//! (1976); all of them proper, Gneiting and Raftery (2007).

use super::super::summary::{Distribution, Level, TOLERANCE};
use crate::day::Day;
use serde::Serialize;

/// How good a forecast of a date was.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DateScore {
    /// The probability that the forecast gave to what happened.
    pub p: f64,
    /// −ln p, in nats; `None` where it was held impossible.
    pub log_score: Option<f64>,
    /// Continuous ranked probability score, in days.
    pub crps: f64,
}

/// Whether a window held what happened.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct WindowScore {
    pub level: f64,
    /// The probability that the forecast gave to the window.
    pub probability: f64,
    pub hit: bool,
}

/// The logarithmic score −ln p, in nats; `None` where `p` is 0.
pub fn log_score(p: f64) -> Option<f64> {
    // A certainty has no "minus zero".
    (p > 0.0).then(|| -p.ln() + 0.0)
}

/// The Brier score of a probability, (p − \[it was so\])².
pub fn brier(probability: f64, truth: bool) -> f64 {
    (probability - f64::from(u8::from(truth))).powi(2)
}

/// The continuous ranked probability score over the days of a horizon, in days.
///
/// ```text
/// CRPS = Σ_day (F(day) − [happened by day])²
/// ```
///
/// Where it did not occur, nothing has happened by any day.
pub fn crps(distribution: &Distribution, horizon: (Day, Day), happened: Option<Day>) -> f64 {
    let mut days = distribution.days.iter().peekable();
    let (mut reached, mut sum) = (0.0, 0.0);
    for day in (0..=horizon.1 - horizon.0).map(|offset| horizon.0 + offset) {
        while let Some(next) = days.next_if(|next| next.date <= day) {
            reached += next.p;
        }
        sum += brier(reached, happened.is_some_and(|happened| happened <= day));
    }
    sum
}

/// The scores of a distribution that leaves `never` for "does not occur".
pub fn date_score(distribution: &Distribution, never: f64, horizon: (Day, Day), happened: Option<Day>) -> DateScore {
    let p = match happened {
        Some(day) => distribution.within(day, day).min(1.0),
        None => never,
    };
    DateScore { p, log_score: log_score(p), crps: crps(distribution, horizon, happened) }
}

/// The scores of equal masses on the days `from` to the horizon's last.
pub fn uniform_score(from: Day, horizon: (Day, Day), happened: Option<Day>) -> DateScore {
    let days = f64::from(horizon.1 - from + 1);
    let p = if happened.is_some_and(|day| (from..=horizon.1).contains(&day)) { 1.0 / days } else { 0.0 };
    let before = (0..from - horizon.0).map(|offset| (horizon.0 + offset, 0.0));
    let after = (0..=horizon.1 - from).map(|offset| (from + offset, f64::from(offset + 1) / days));
    let square = |(day, reached): (Day, f64)| brier(reached, happened.is_some_and(|happened| happened <= day));
    DateScore { p, log_score: log_score(p), crps: before.chain(after).map(square).sum() }
}

/// The probability integral transform of what happened: the probability of anything earlier, and with it as well.
pub fn pit(distribution: &Distribution, happened: Option<Day>) -> (f64, f64) {
    let Some(day) = happened else {
        return (distribution.occurs().min(1.0), 1.0);
    };
    let before = distribution.within(Day::OPEN_PAST, day + -1);
    (before.min(1.0), (before + distribution.within(day, day)).min(1.0))
}

/// Whether the shortest windows held what happened. Where no days reach a level, "does not occur" belongs to the window, at the end
/// of all days: it begins on the latest day from which on enough is left.
pub fn window_scores(distribution: &Distribution, never: f64, happened: Option<Day>) -> Vec<WindowScore> {
    let score = |window: &Level| {
        let dates = window.from.zip(window.to).zip(window.probability);
        let (probability, hit) = match dates {
            Some(((from, to), probability)) => (probability, happened.is_some_and(|day| from <= day && day <= to)),
            None => {
                let (from, probability) = open_window(distribution, never, window.level);
                (probability, happened.is_none_or(|day| from.is_some_and(|from| from <= day)))
            }
        };
        WindowScore { level: window.level, probability: probability.min(1.0), hit }
    };
    distribution.windows().iter().map(score).collect()
}

/// The latest day from which on, with "does not occur", a level is reached (`None`: by that alone), and what lies there.
fn open_window(distribution: &Distribution, never: f64, level: f64) -> (Option<Day>, f64) {
    let mut reached = never;
    let mut from = None;
    for day in distribution.days.iter().rev() {
        if reached >= level - TOLERANCE {
            break;
        }
        reached += day.p;
        from = Some(day.date);
    }
    (from, reached)
}

#[cfg(test)]
mod tests {
    use super::super::super::summary::DayProbability;
    use super::*;

    fn day(offset: i32) -> Day {
        "2024-05-01".parse::<Day>().unwrap() + offset
    }

    fn distribution(masses: &[f64]) -> Distribution {
        let days =
            masses.iter().enumerate().map(|(at, p)| DayProbability { date: day(at as i32), p: *p, p_error: None });
        Distribution { days: days.filter(|day| day.p > 0.0).collect() }
    }

    #[test]
    fn published_values_are_met() {
        // Ranked probability score of the third of four ordered outcomes, in the sum form.
        let rps = crps(&distribution(&[0.01, 0.32, 0.44, 0.23]), (day(0), day(3)), Some(day(2)));
        assert!((rps - 0.1619).abs() < 1e-12, "{rps}");
        assert!((brier(0.271, false) - 0.073441).abs() < 1e-15);
        // Something forecast with .481 that did not happen has the probability .519.
        assert!((log_score(1.0 - 0.481).unwrap() - 0.655_851_4).abs() < 1e-7);
    }

    #[test]
    fn what_does_not_occur_comes_after_all_days() {
        let d = distribution(&[0.25, 0.0, 0.5]);
        let score = date_score(&d, 0.25, (day(0), day(2)), None);
        assert_eq!((score.p, score.crps), (0.25, 0.0625 + 0.0625 + 0.5625));
        assert_eq!(pit(&d, None), (0.75, 1.0));
        assert_eq!(pit(&d, Some(day(2))), (0.25, 0.75));
        assert_eq!(date_score(&d, 0.25, (day(0), day(2)), Some(day(1))).log_score, None);
    }

    #[test]
    fn a_uniform_forecast_is_scored_like_its_distribution() {
        let horizon = (day(0), day(9));
        for (from, happened) in [(0, Some(3)), (4, Some(4)), (4, Some(9)), (7, None), (5, Some(2))] {
            let masses: Vec<f64> =
                (0..10).map(|at| if at >= from { 1.0 / f64::from(10 - from) } else { 0.0 }).collect();
            let happened = happened.map(day);
            let expected = date_score(&distribution(&masses), 0.0, horizon, happened);
            let found = uniform_score(day(from), horizon, happened);
            assert!((found.p - expected.p).abs() < 1e-15 && (found.crps - expected.crps).abs() < 1e-12, "{from}");
        }
    }

    #[test]
    fn windows_that_days_do_not_fill_end_with_not_occurring() {
        let d = distribution(&[0.1, 0.0, 0.2, 0.3]);
        let hits = |happened: Option<Day>| -> Vec<bool> {
            window_scores(&d, 0.4, happened).iter().map(|window| window.hit).collect()
        };
        // 50 %: the last two days; 80 %: from the third day on or never; 95 %: everything.
        let stated: Vec<f64> = window_scores(&d, 0.4, None).iter().map(|window| window.probability).collect();
        for (stated, expected) in stated.iter().zip([0.5, 0.9, 1.0]) {
            assert!((stated - expected).abs() < 1e-12, "{stated}");
        }
        assert_eq!(hits(None), [false, true, true]);
        assert_eq!(hits(Some(day(0))), [false, false, true]);
        assert_eq!(hits(Some(day(2))), [true, true, true]);
        assert_eq!(open_window(&d, 0.6, 0.5), (None, 0.6));
    }
}
