//! A case and an evening in; the days on which it can start and their prior, and what statements weigh on them, out.

use super::super::summary::{DayProbability, Distribution};
use crate::day::Day;
use crate::model::{Case, DatedStatement};
use crate::shape::{LONGEST_SLIP, Law, Masses, Slip};

/// Days that are stated to be farther ahead of their report say nothing of the horizon.
const FARTHEST_STATED: i32 = 1_830;
/// Waits before any is known: a median of 90 days, twice, a factor e too short and too long.
const EXPECTED_WAIT: f64 = 90.0;
/// Waits shorter than this count as this long, in days.
const SHORTEST_WAIT: f64 = 0.5;
/// The spread of waits beside reports: a tighter one would pull at what they say.
const LEAST_SPREAD: f64 = 3.0;
/// The spread of waits where nothing is said.
const LEAST_SPREAD_ALONE: f64 = 1.1;
/// Each wait is spread by this much at least, in its logarithm; on a grid of so many steps; no day has less than this.
const LEAST_SPREADING: f64 = 0.05;
const GRID: usize = 400;
const LEAST_MASS: f64 = 1e-9;
/// Of ten made-up cases nine happen.
const EXPECTED_HAPPENED: f64 = 9.0;
const EXPECTED_CASES: f64 = 10.0;

/// How long cases wait from the first statement about them, and how many of them happen at all.
#[derive(Clone, Debug)]
pub struct Waits {
    /// Logarithms of waits in days.
    logs: Vec<f64>,
    happened: usize,
    resolved: usize,
}

impl Waits {
    /// Before any is known.
    pub fn expected() -> Waits {
        Waits { logs: vec![EXPECTED_WAIT.ln() - 1.0, EXPECTED_WAIT.ln() + 1.0], happened: 0, resolved: 0 }
    }

    /// Adds a case.
    pub fn add(&mut self, case: &Case) {
        self.resolved += 1;
        if let Some(outcome) = case.outcome {
            self.happened += 1;
            self.logs.push(f64::from(outcome - case.first()).max(SHORTEST_WAIT).ln());
        }
    }

    /// The share of cases that happen.
    pub fn occurs(&self) -> f64 {
        (EXPECTED_HAPPENED + self.happened as f64) / (EXPECTED_CASES + self.resolved as f64)
    }

    /// The prior probability of each day of a horizon as waits were, whatever their law: each wait spread a little, beside the two
    /// that were expected.
    pub fn as_they_were(&self, horizon: (Day, Day)) -> Masses {
        let count = self.logs.len() as f64;
        let mean = self.logs.iter().sum::<f64>() / count;
        let spread = (self.logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / count).sqrt();
        let spread = (spread * count.powf(-0.45)).max(LEAST_SPREADING);
        // The distribution function on a grid of logarithms, and between its points on straight lines.
        let days = horizon.1 - horizon.0 + 1;
        let (shortest, longest) = (SHORTEST_WAIT.ln(), f64::from(days + 1).ln());
        let reached = |log: f64| {
            let below = |wait: &f64| 0.5 * libm::erfc((wait - log) / (spread * std::f64::consts::SQRT_2));
            self.logs.iter().map(below).sum::<f64>() / count
        };
        let step = (longest - shortest) / GRID as f64;
        let grid: Vec<f64> = (0..=GRID).map(|at| reached(shortest + step * at as f64)).collect();
        let at = |wait: f64| {
            let place = ((wait.ln() - shortest) / step).clamp(0.0, GRID as f64);
            let low = (place as usize).min(GRID - 1);
            grid[low] + (place - low as f64) * (grid[low + 1] - grid[low])
        };
        let masses: Vec<f64> =
            (1..=days).map(|day| (at(f64::from(day) + 0.5) - at(f64::from(day) - 0.5)).max(LEAST_MASS)).collect();
        Masses::trimmed(0, masses).scaled_to(1.0)
    }

    /// Cases that happened, and cases in all.
    pub fn counts(&self) -> (usize, usize) {
        (self.happened, self.resolved)
    }

    /// Median in days, and spread as a factor, where reports speak, or where nothing is said.
    pub fn law(&self, reports: bool) -> (f64, f64) {
        let count = self.logs.len() as f64;
        let mean = self.logs.iter().sum::<f64>() / count;
        let square = self.logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / count;
        let least = if reports { LEAST_SPREAD } else { LEAST_SPREAD_ALONE };
        (mean.exp(), square.sqrt().exp().max(least))
    }
}

/// The last day of the horizon as of an evening: a year after all that was said by then, and all that was stated.
pub fn horizon_end(case: &Case, as_of: Day) -> Day {
    let said = case.statements.iter().filter(|statement| statement.date <= as_of);
    let last = said.map(|statement| {
        let near = |day: &Day| *day - statement.date < FARTHEST_STATED;
        statement.stated.map(|(_, last)| last).filter(near).unwrap_or(statement.date).max(statement.date)
    });
    last.max().unwrap_or(as_of) + LONGEST_SLIP
}

/// The evening by which a case that never happened is known to have failed.
pub fn resolved(case: &Case) -> Day {
    case.outcome.unwrap_or_else(|| horizon_end(case, Day::OPEN_FUTURE))
}

/// First and last day on which a case can start, as of an evening.
pub fn horizon(case: &Case, as_of: Day) -> (Day, Day) {
    (case.first() + 1, horizon_end(case, as_of))
}

/// The prior probability of each day of a horizon, given that the case happens on one of them.
pub fn prior(horizon: (Day, Day), (median, spread): (f64, f64)) -> Masses {
    // The wait is counted from the day before.
    let law = Law::LogNormal { from: -1.0, median, spread };
    let masses = (0..=horizon.1 - horizon.0).map(|day| law.mass(day)).collect();
    Masses::trimmed(0, masses).scaled_to(1.0)
}

/// Whether a statement says anything of what is to come: it names a day after its own.
pub fn speaks(statement: &DatedStatement) -> bool {
    statement.cancelled || statement.stated.is_some_and(|(_, last)| last > statement.date)
}

/// How many days after what was stated it came.
pub fn slip_of(day: Day, (first, last): (Day, Day)) -> i32 {
    if day > last {
        day - last
    } else if day < first {
        day - first
    } else {
        0
    }
}

/// What a stated window weighs on each day of a horizon: the share of slips that lead from the window to it.
pub fn weights(slip: Slip, date: Day, (first, last): (Day, Day), horizon: (Day, Day)) -> Vec<f64> {
    let mut at = vec![0.0; (2 * LONGEST_SLIP + 1) as usize];
    for (days, k) in slip.kernel(Some(first - date)) {
        at[(days + LONGEST_SLIP) as usize] = k;
    }
    let weight = |day: Day| {
        let (from, to) = ((day - last).max(-LONGEST_SLIP), (day - first).min(LONGEST_SLIP));
        (from..=to).map(|days| at[(days + LONGEST_SLIP) as usize]).sum()
    };
    (0..=horizon.1 - horizon.0).map(|offset| weight(horizon.0 + offset)).collect()
}

/// The distribution of masses on a horizon, after an evening, of a case that happens with some probability; and the
/// probability that it does not.
pub fn given_silence(masses: &Masses, occurs: f64, horizon: (Day, Day), as_of: Day) -> (Distribution, f64) {
    let days = masses.masses.iter().zip(masses.first..).map(|(mass, day)| (horizon.0 + day, occurs * mass));
    let left: Vec<(Day, f64)> = days.filter(|(day, mass)| *day > as_of && *mass > 0.0).collect();
    let total = left.iter().map(|(_, mass)| mass).sum::<f64>() + (1.0 - occurs);
    let days = left.into_iter().map(|(date, mass)| DayProbability { date, p: mass / total, p_error: None });
    (Distribution { days: days.collect() }, (1.0 - occurs) / total)
}
