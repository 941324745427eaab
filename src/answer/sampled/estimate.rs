//! What batches of drawn worlds add up to, group by group, in; estimates that know their own error out.
//!
//! Batches are independent of each other, worlds of one batch need not be. Batches are therefore dealt out to
//! [`GROUPS`] groups, and every estimate is kept together with what it would be without each of the groups. Whatever is
//! computed from estimates, however deviously, is computed once with all groups and once without each; the spread gives
//! the standard error (delete-a-group jackknife; Quenouille 1956, Tukey 1958; Kott 2001):
//!
//! ```text
//! error² = (G − 1)/G · Σ_g (θ_without g − mean of those)²
//! ```
//! Few groups know their own spread badly. So the error is widened until two of it hold as much as two standard deviations of
//! a normal distribution would: by `t/2`, with `t` Student's quantile (1908) for as many groups.

use statrs::distribution::{ContinuousCDF, StudentsT};
use std::sync::LazyLock;

/// How many groups at most.
pub const GROUPS: usize = 32;
/// The share of a normal distribution below two standard deviations.
const BELOW_TWO: f64 = 0.977_249_868_051_820_8;

/// By what an error is widened that is told by so many groups.
fn widening(groups: usize) -> f64 {
    static KNOWN: LazyLock<Vec<f64>> = LazyLock::new(|| {
        let quantile = |freedom: usize| StudentsT::new(0.0, 1.0, freedom as f64).map(|law| law.inverse_cdf(BELOW_TWO));
        (1..GROUPS).map(|freedom| quantile(freedom).map_or(1.0, |quantile| quantile / 2.0)).collect()
    });
    groups.checked_sub(2).and_then(|at| KNOWN.get(at)).copied().unwrap_or(1.0)
}

/// All draws, or all but those of a group.
pub type LeftOut = Option<usize>;

/// A number estimated from draws.
#[derive(Clone, Debug)]
pub struct Estimate {
    pub value: f64,
    /// What it would be without each group; empty where it is known.
    without: Vec<f64>,
    /// The error that it has at least, for all that too few draws may have missed.
    least_error: f64,
}

impl Estimate {
    /// Not estimated at all.
    pub fn known(value: f64) -> Estimate {
        Estimate { value, without: Vec::new(), least_error: 0.0 }
    }

    /// Computes with all groups and without each.
    pub fn over(groups: usize, least_error: f64, compute: impl Fn(LeftOut) -> f64) -> Estimate {
        let without = (0..groups).map(|group| compute(Some(group))).collect();
        Estimate { value: compute(None), without, least_error }
    }

    pub fn is_known(&self) -> bool {
        self.without.is_empty()
    }

    /// What is left of 1.
    pub fn complement(&self) -> Estimate {
        let without = self.without.iter().map(|without| 1.0 - without).collect();
        Estimate { value: 1.0 - self.value, without, least_error: self.least_error }
    }

    /// The same, told as `most` where it is more; its error stays that of the estimate, or 0 would look certain.
    pub fn at_most(mut self, most: f64) -> Estimate {
        let excess = (self.value - most).max(0.0);
        self.value -= excess;
        self.without.iter_mut().for_each(|without| *without -= excess);
        self
    }

    /// The same with an error of at least so much.
    pub fn no_surer_than(self, error: f64) -> Estimate {
        let own = self.error();
        let missing = (error * error - own * own).max(0.0).sqrt();
        Estimate { least_error: self.least_error.hypot(missing), ..self }
    }

    pub fn at(&self, left_out: LeftOut) -> f64 {
        left_out.and_then(|group| self.without.get(group)).copied().unwrap_or(self.value)
    }

    /// Its standard error.
    pub fn error(&self) -> f64 {
        let mut spread = Spread::default();
        self.without.iter().for_each(|without| spread.add(without - self.value));
        spread.error().hypot(self.least_error)
    }
}

/// Sums of what estimates without a group differ by from the estimate with all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spread {
    groups: f64,
    sum: f64,
    squares: f64,
}

impl Spread {
    pub fn add(&mut self, difference: f64) {
        self.groups += 1.0;
        self.sum += difference;
        self.squares += difference * difference;
    }

    /// The standard error; 0 for fewer than two groups.
    pub fn error(&self) -> f64 {
        if self.groups < 2.0 {
            return 0.0;
        }
        let spread = self.squares - self.sum * self.sum / self.groups;
        widening(self.groups as usize) * ((self.groups - 1.0) / self.groups * spread).max(0.0).sqrt()
    }
}

/// The error that a probability has at least where it is told by so many independent worlds: none of them may have shown
/// what another one would.
pub fn least_error(effective: f64) -> f64 {
    1.0 / (effective + 1.0)
}

/// Sums of values over weighted worlds, group by group, whatever the magnitude of the weights.
#[derive(Clone, Debug)]
pub struct Ledger {
    groups: usize,
    /// Natural logarithm of the unit in which weights are.
    scale: f64,
    /// For each group the sum of the weights, that of their squares, and those of the values.
    sums: Vec<Vec<f64>>,
    /// For each batch its group, number of worlds, and estimate of the network's total weight, as a logarithm.
    totals: Vec<(usize, f64, f64)>,
}

/// A batch boiled down: its worlds' weights sum to `worlds`.
#[derive(Clone, Debug)]
pub struct Tally {
    pub worlds: f64,
    /// Natural logarithm of what its worlds weigh beside those of other batches.
    pub log_weight: f64,
    pub log_total: f64,
    pub squares: f64,
    /// Sums of weight × value.
    pub values: Vec<f64>,
}

impl Ledger {
    pub fn new(groups: usize, values: usize) -> Ledger {
        Ledger { groups, scale: f64::NEG_INFINITY, sums: vec![vec![0.0; values + 2]; groups], totals: Vec::new() }
    }

    pub fn add(&mut self, group: usize, tally: &Tally) {
        self.totals.push((group, tally.worlds, tally.log_total));
        if tally.log_weight == f64::NEG_INFINITY {
            return;
        }
        if tally.log_weight > self.scale {
            let shrink = (self.scale - tally.log_weight).exp();
            for sums in &mut self.sums {
                sums.iter_mut().for_each(|sum| *sum *= shrink);
                sums[1] *= shrink;
            }
            self.scale = tally.log_weight;
        }
        let unit = (tally.log_weight - self.scale).exp();
        let sums = &mut self.sums[group];
        sums[0] += unit * tally.worlds;
        sums[1] += unit * unit * tally.squares;
        sums[2..].iter_mut().zip(&tally.values).for_each(|(sum, value)| *sum += unit * value);
    }

    fn sum(&self, index: usize, left_out: LeftOut) -> f64 {
        let kept = self.sums.iter().enumerate().filter(|(group, _)| Some(*group) != left_out);
        kept.map(|(_, sums)| sums[index]).sum()
    }

    /// How many groups have draws.
    pub fn groups_with_draws(&self) -> usize {
        (0..self.groups).filter(|group| self.totals.iter().any(|(of, ..)| of == group)).count()
    }

    /// Whether a world of positive weight was drawn.
    pub fn has_worlds(&self) -> bool {
        self.sum(0, None) > 0.0
    }

    /// As many equally weighted worlds as the weights are worth.
    pub fn effective(&self) -> f64 {
        let weight = self.sum(0, None);
        if weight > 0.0 { weight * weight / self.sum(1, None) } else { 0.0 }
    }

    /// The expectation of a value.
    pub fn mean(&self, value: usize, left_out: LeftOut) -> f64 {
        let weight = self.sum(0, left_out);
        if weight > 0.0 {
            self.sum(value + 2, left_out) / weight
        } else {
            self.sum(value + 2, None) / self.sum(0, None)
        }
    }

    /// Natural logarithm of the network's total weight.
    pub fn log_total(&self, left_out: LeftOut) -> f64 {
        let kept = |group: usize| Some(group) != left_out;
        let of_others = self.totals.iter().any(|(group, ..)| kept(*group));
        let batches = || self.totals.iter().filter(|(group, ..)| kept(*group) || !of_others);
        let greatest = batches().map(|(.., log)| *log).fold(f64::NEG_INFINITY, f64::max);
        if greatest == f64::NEG_INFINITY {
            return greatest;
        }
        let sum: f64 = batches().map(|(_, worlds, log)| worlds * (log - greatest).exp()).sum();
        let worlds: f64 = batches().map(|(_, worlds, _)| worlds).sum();
        greatest + (sum / worlds).ln()
    }

    /// The error that the logarithm of the total has at least.
    ///
    /// Totals of populations are skewed: the few large ones that make up their mean may be missing among few, and their spread
    /// with them. Their logarithms are about normal and tell it still. Where these spread by `s`, the mean of `n` has
    ///
    /// ```text
    /// error² = (exp(s²) − 1)/n
    /// ```
    /// but no more error than what all of them may be off by, `s + s²/2`.
    pub fn least_log_error(&self) -> f64 {
        let logs = || self.totals.iter().map(|(.., log)| *log).filter(|log| log.is_finite());
        let count = logs().count() as f64;
        if count < 2.0 {
            return 0.0;
        }
        let mean = logs().sum::<f64>() / count;
        let variance = logs().map(|log| (log - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (widening(count as usize) * (variance.exp_m1() / count).sqrt()).min(variance.sqrt() + variance / 2.0)
    }

    pub fn groups(&self) -> usize {
        self.groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(worlds: f64, log: f64, value: f64) -> Tally {
        Tally { worlds, log_weight: log, log_total: log, squares: worlds, values: vec![value] }
    }

    /// For a mean of equal groups the jackknife is the textbook's standard error of the mean.
    #[test]
    fn the_error_of_a_mean() {
        let mut ledger = Ledger::new(4, 1);
        let values = [1.0, 3.0, 2.0, 6.0];
        values.iter().enumerate().for_each(|(group, value)| ledger.add(group, &tally(10.0, 0.0, 10.0 * value)));
        let mean = Estimate::over(4, 0.0, |left_out| ledger.mean(0, left_out));
        assert!((mean.value - 3.0).abs() < 1e-15);
        let variance = (4.0 + 0.0 + 1.0 + 9.0) / 3.0;
        assert!((mean.error() - widening(4) * (variance / 4.0f64).sqrt()).abs() < 1e-12);
        assert_eq!(ledger.effective(), 40.0);
        assert_eq!(Estimate::known(0.3).error(), 0.0);
    }

    /// Published quantiles of Student's distribution, between which this one lies.
    #[test]
    fn few_groups_widen_errors() {
        for (groups, low, high) in [(2, 12.7, 15.0), (3, 4.3, 4.6), (11, 2.22, 2.36), (16, 2.13, 2.2), (32, 2.03, 2.09)]
        {
            let quantile = 2.0 * widening(groups);
            assert!(low < quantile && quantile < high, "{groups}: {quantile}");
        }
        assert_eq!((widening(1), widening(GROUPS + 1)), (1.0, 1.0));
    }

    /// Where totals spread little, their logarithms tell the error of their mean; where much, no less than that.
    #[test]
    fn skewed_totals_know_their_error() {
        let error = |logs: &[f64]| {
            let mut ledger = Ledger::new(GROUPS, 1);
            logs.iter().enumerate().for_each(|(group, log)| ledger.add(group % GROUPS, &tally(1.0, *log, 0.0)));
            let told = Estimate::over(logs.len(), 0.0, |left_out| ledger.log_total(left_out)).error();
            (told, ledger.least_log_error())
        };
        let (told, least) = error(&[0.01, -0.02, 0.03, 0.0, -0.01, 0.02, -0.03, 0.01]);
        assert!((told - least).abs() < 0.02 * told, "{told}, {least}");
        let (told, least) = error(&[2.0, -1.0, 0.5, -2.0, 1.0, 0.0, -0.5, -1.5]);
        assert!(least > told && least < 2.5, "{told}, {least}");
        assert_eq!(error(&[1.0, f64::NEG_INFINITY]).1, 0.0);
    }

    #[test]
    fn weights_of_any_magnitude() {
        let mut ledger = Ledger::new(2, 1);
        ledger.add(0, &tally(1.0, -3000.0, 1.0));
        ledger.add(1, &tally(1.0, -3000.0 + 3f64.ln(), 0.0));
        ledger.add(1, &Tally { log_weight: f64::NEG_INFINITY, ..tally(1.0, f64::NEG_INFINITY, 0.0) });
        assert!((ledger.mean(0, None) - 0.25).abs() < 1e-12);
        assert!((ledger.log_total(None) - (-3000.0 + (4.0 / 3.0f64).ln())).abs() < 1e-9);
        assert!((ledger.log_total(Some(1)) + 3000.0).abs() < 1e-9);
        assert!((ledger.effective() - 1.6).abs() < 1e-12);
    }

    #[test]
    fn what_is_told_as_its_limit_is_not_certain() {
        let estimate = Estimate::over(8, 0.0, |left_out| 0.3 + left_out.map_or(0.0, |group| 0.01 * group as f64));
        let error = estimate.error();
        let told = estimate.at_most(0.0);
        assert_eq!(told.value, 0.0);
        assert!(error > 0.0 && (told.error() - error).abs() < 1e-12);
    }
}
