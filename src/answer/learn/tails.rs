//! How far dates slipped in, by how long before they were stated; a slip with tails that fits, out.
//!
//! For each growth on a grid the likelihood of a slip factorises into one of "to the day or not", one of late days and one of
//! early days, so that three small tables hold all that was learned, and tables of several sources can be added up.

use crate::shape::{LONGEST_SLIP, Tails, tail};

/// Values of the growth, from 0 on.
const GROWTHS: usize = 11;
const GROWTH_STEP: f64 = 0.1;
/// Values of the log-odds of an exact date.
const ODDS: usize = 37;
const LOWEST_ODDS: f64 = -4.0;
const HIGHEST_ODDS: f64 = 5.0;
/// Values of the late and early days, evenly spaced in their logarithm.
const DAYS: usize = 28;
const SHORTEST: f64 = 0.5;
const LONGEST: f64 = 120.0;

/// What is expected before anything is known: growth about 0.3, give or take 0.25; an exact share of Beta(2, 2); late and
/// early days about a week, give or take a factor of 3; of the slips four made-up ones, 3.2 of them late.
const EXPECTED_GROWTH: (f64, f64) = (0.3, 0.25);
const EXPECTED_DAYS: (f64, f64) = (7.0, 3.0);
const EXPECTED_LATE: f64 = 3.2;
const EXPECTED_EARLY: f64 = 0.8;

/// The logarithms of the likelihood of all slips seen, on a grid.
#[derive(Clone, Debug)]
pub struct SlipEvidence {
    /// For each growth by log-odds.
    exact: Vec<f64>,
    /// For each growth by days.
    late: Vec<f64>,
    early: Vec<f64>,
    /// How many slips were late, and early.
    counts: (f64, f64),
}

impl SlipEvidence {
    /// Of nothing.
    pub fn none() -> SlipEvidence {
        let days = || vec![0.0; GROWTHS * DAYS];
        SlipEvidence { exact: vec![0.0; GROWTHS * ODDS], late: days(), early: days(), counts: (0.0, 0.0) }
    }

    /// Adds a date that came `days` after what had been stated `lead` days ahead. Slips beyond [`LONGEST_SLIP`] are none: they
    /// say something of the credibility.
    pub fn add(&mut self, lead: i32, days: i32, weight: f64) {
        if days.abs() > LONGEST_SLIP {
            return;
        }
        for growth in 0..GROWTHS {
            let stretch = Tails::stretch(Some(lead), growth as f64 * GROWTH_STEP);
            for at in 0..ODDS {
                let exact = share(log_odds(at));
                let exact = exact / (exact + (1.0 - exact) * stretch);
                self.exact[growth * ODDS + at] += weight * if days == 0 { exact.ln() } else { (-exact).ln_1p() };
            }
            let side = if days > 0 { &mut self.late } else { &mut self.early };
            for at in 0..if days == 0 { 0 } else { DAYS } {
                side[growth * DAYS + at] += weight * tail(days.abs(), length(at) * stretch).ln();
            }
        }
        self.counts.0 += if days > 0 { weight } else { 0.0 };
        self.counts.1 += if days < 0 { weight } else { 0.0 };
    }

    /// Adds what others have seen, as if it were only a share of that.
    pub fn add_all(&mut self, others: &SlipEvidence, share: f64) {
        let add = |own: &mut Vec<f64>, others: &[f64]| {
            own.iter_mut().zip(others).for_each(|(own, other)| *own += share * other)
        };
        add(&mut self.exact, &others.exact);
        add(&mut self.late, &others.late);
        add(&mut self.early, &others.early);
        self.counts.0 += share * others.counts.0;
        self.counts.1 += share * others.counts.1;
    }

    /// The slip: posterior means of the log-odds of an exact date, of the logarithms of late and early days, and of the growth.
    pub fn slip(&self) -> Tails {
        let with = |own: &[f64], prior: fn(usize) -> f64, width: usize| -> Vec<f64> {
            own.iter().enumerate().map(|(at, value)| value + prior(at % width)).collect()
        };
        let exact = with(&self.exact, exact_prior, ODDS);
        let (late, early) = (with(&self.late, days_prior, DAYS), with(&self.early, days_prior, DAYS));
        let growths = softmax((0..GROWTHS).map(|growth| {
            let (expected, spread) = EXPECTED_GROWTH;
            let prior = -0.5 * ((growth as f64 * GROWTH_STEP - expected) / spread).powi(2);
            prior
                + log_mean(row(&exact, growth, ODDS))
                + log_mean(row(&late, growth, DAYS))
                + log_mean(row(&early, growth, DAYS))
        }));
        let mean = |table: &[f64], width: usize, value: fn(usize) -> f64| -> f64 {
            let of_growth = |growth: usize| {
                let shares = softmax(row(table, growth, width).iter().copied());
                shares.iter().enumerate().map(|(at, share)| share * value(at)).sum::<f64>()
            };
            growths.iter().enumerate().map(|(growth, share)| share * of_growth(growth)).sum()
        };
        let (late_count, early_count) = (self.counts.0 + EXPECTED_LATE, self.counts.1 + EXPECTED_EARLY);
        Tails {
            exact: share(mean(&exact, ODDS, log_odds)),
            late_share: late_count / (late_count + early_count),
            late_days: mean(&late, DAYS, |at| length(at).ln()).exp(),
            early_days: mean(&early, DAYS, |at| length(at).ln()).exp(),
            growth: growths.iter().enumerate().map(|(at, share)| share * at as f64 * GROWTH_STEP).sum(),
        }
    }
}

fn log_odds(at: usize) -> f64 {
    LOWEST_ODDS + (HIGHEST_ODDS - LOWEST_ODDS) * at as f64 / (ODDS - 1) as f64
}

fn share(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

fn length(at: usize) -> f64 {
    (SHORTEST.ln() + (LONGEST / SHORTEST).ln() * at as f64 / (DAYS - 1) as f64).exp()
}

/// Beta(2, 2), as a density of the log-odds.
fn exact_prior(at: usize) -> f64 {
    let exact = share(log_odds(at));
    2.0 * exact.ln() + 2.0 * (1.0 - exact).ln()
}

fn days_prior(at: usize) -> f64 {
    let (middle, factor) = EXPECTED_DAYS;
    -0.5 * ((length(at) / middle).ln() / factor.ln()).powi(2)
}

fn row(table: &[f64], growth: usize, width: usize) -> &[f64] {
    &table[growth * width..(growth + 1) * width]
}

/// The logarithm of the mean of e^x.
fn log_mean(logs: &[f64]) -> f64 {
    let greatest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    greatest + (logs.iter().map(|log| (log - greatest).exp()).sum::<f64>() / logs.len() as f64).ln()
}

/// Shares in proportion to e^x.
pub(super) fn softmax(logs: impl Iterator<Item = f64>) -> Vec<f64> {
    let logs: Vec<f64> = logs.collect();
    let greatest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logs.iter().map(|log| (log - greatest).exp()).collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_learned_is_what_was_expected() {
        // Computed by another program on the same grids.
        let slip = SlipEvidence::none().slip();
        for (found, expected) in [
            (slip.exact, 0.50),
            (slip.late_share, 0.80),
            (slip.late_days, 7.1),
            (slip.early_days, 7.1),
            (slip.growth, 0.34),
        ] {
            assert!((found - expected).abs() < 0.06, "{slip:?}");
        }
    }

    #[test]
    fn slips_drawn_from_a_slip_are_learned() {
        let truth = Tails { exact: 0.4, late_share: 0.75, late_days: 12.0, early_days: 3.0, growth: 0.5 };
        let mut evidence = SlipEvidence::none();
        for lead in [2, 10, 30, 90, 200] {
            for (days, k) in crate::shape::Slip::Tailed(truth).kernel(Some(lead)) {
                evidence.add(lead, days, 2000.0 * k);
            }
        }
        let found = evidence.slip();
        // As near as the grid has points.
        assert!((found.exact - 0.4).abs() < 0.03 && (found.late_share - 0.75).abs() < 0.01, "{found:?}");
        assert!((found.late_days / 12.0).ln().abs() < 0.15 && (found.early_days / 3.0).ln().abs() < 0.15, "{found:?}");
        assert!((found.growth - 0.5).abs() < 0.03, "{found:?}");
    }

    #[test]
    fn shares_of_others_count_as_fewer() {
        let (mut others, mut own) = (SlipEvidence::none(), SlipEvidence::none());
        (0..40).for_each(|_| others.add(30, 20, 1.0));
        own.add_all(&others, 0.25);
        let mut ten = SlipEvidence::none();
        (0..10).for_each(|_| ten.add(30, 20, 1.0));
        assert!((own.slip().late_days - ten.slip().late_days).abs() < 1e-9);
    }
}
