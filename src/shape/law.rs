//! The named laws: parameters in days, mass of one day, mass of all later days.

use statrs::distribution::{ContinuousCDF, Exp, Triangular};
use statrs::function::beta::beta_reg;

/// A distribution over whole days by its name in the scenario format.
///
/// All parameters are in days from a common origin (dates from the horizon's first day; durations and delays from 0),
/// except `spread`, which is a factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    /// Equal mass on each of the whole days `from..=to`. Invariant: `from <= to`.
    Uniform { from: f64, to: f64 },
    /// Triangular on `[low − ½, high + ½]`. Invariant: `low <= mode <= high`.
    Triangular { low: f64, mode: f64, high: f64 },
    /// Beta scaled to `[low − ½, high + ½]`. Invariant: `low <= mode <= high`.
    Pert { low: f64, mode: f64, high: f64 },
    /// Normal. Invariant: `sd > 0`.
    Normal { mean: f64, sd: f64 },
    /// Waiting time from the morning of day `from`. Invariant: `mean > 0`.
    Exponential { from: f64, mean: f64 },
    /// Waiting time from the morning of day `from`. Invariant: `median > 0`, `spread > 1`.
    LogNormal { from: f64, median: f64, spread: f64 },
}

/// The kinds of parameters that a law takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// A point in time: a date in a prior, a number of days elsewhere.
    Point,
    /// A length in days, or a factor: a plain number everywhere.
    Number,
}

impl Law {
    /// The names of all shapes.
    pub const NAMES: [&'static str; 6] = ["uniform", "triangular", "pert", "normal", "exponential", "lognormal"];

    /// The parameters of the shape called `name`; `None` where there is no such shape.
    pub fn parameters(name: &str) -> Option<&'static [(&'static str, Parameter)]> {
        use Parameter::{Number, Point};
        Some(match name {
            "uniform" => &[("from", Point), ("to", Point)],
            "triangular" | "pert" => &[("low", Point), ("mode", Point), ("high", Point)],
            "normal" => &[("mean", Point), ("sd", Number)],
            "exponential" => &[("from", Point), ("mean", Number)],
            "lognormal" => &[("from", Point), ("median", Number), ("spread", Number)],
            _ => return None,
        })
    }

    /// Whether the law is a waiting time, which says by itself whether it ends within a horizon.
    pub fn is_waiting(&self) -> bool {
        matches!(self, Law::Exponential { .. } | Law::LogNormal { .. })
    }

    /// Mass of day `day` (unnormalised for `Uniform`, where it is 1).
    ///
    /// ```text
    /// F(day + ½) − F(day − ½)                 triangular, pert, normal
    /// F(day − from + 1) − F(day − from)       waiting times
    /// ```
    /// Above the law's middle the difference is taken of survival functions, so that far tails keep their
    /// relative accuracy.
    pub fn mass(&self, day: i32) -> f64 {
        let day = f64::from(day);
        match *self {
            Law::Uniform { from, to } => f64::from(u8::from(from <= day && day <= to)),
            Law::Exponential { from, .. } | Law::LogNormal { from, .. } => {
                if day < from {
                    0.0
                } else {
                    self.between(day - from, day - from + 1.0)
                }
            }
            _ => self.between(day - 0.5, day + 0.5),
        }
    }

    /// Mass of all whole days later than `day`, in the units of [`Law::mass`].
    pub fn beyond(&self, day: i32) -> f64 {
        let day = f64::from(day);
        match *self {
            Law::Uniform { from, to } => (to.floor() - day.max(from.ceil() - 1.0)).max(0.0),
            Law::Exponential { from, .. } | Law::LogNormal { from, .. } => {
                if day < from {
                    1.0
                } else {
                    self.survival(day - from + 1.0)
                }
            }
            _ => {
                let middle = self.middle();
                let edge = day + 0.5;
                if edge >= middle { self.survival(edge) } else { self.survival(middle) + self.between(edge, middle) }
            }
        }
    }

    /// Mass of `(from, to]` under the continuous law.
    fn between(&self, from: f64, to: f64) -> f64 {
        let middle = self.middle();
        if let Law::Exponential { mean, .. } = *self {
            // e^(−from/mean) − e^(−to/mean) without the cancellation
            return self.survival(from) * -((from - to) / mean).exp_m1();
        }
        if to <= middle {
            self.cumulative(to) - self.cumulative(from)
        } else if from >= middle {
            self.survival(from) - self.survival(to)
        } else {
            (self.cumulative(middle) - self.cumulative(from)) + (self.survival(middle) - self.survival(to))
        }
    }

    /// A point below which the distribution function, and above which the survival function, is to be used.
    fn middle(&self) -> f64 {
        match *self {
            Law::Uniform { from, .. } => from,
            Law::Triangular { mode, .. } | Law::Pert { mode, .. } => mode,
            Law::Normal { mean, .. } => mean,
            Law::Exponential { .. } => 0.0,
            Law::LogNormal { median, .. } => median,
        }
    }

    fn cumulative(&self, x: f64) -> f64 {
        self.tail(x, true)
    }

    fn survival(&self, x: f64) -> f64 {
        self.tail(x, false)
    }

    /// `F(x)` (lower) or `1 − F(x)` (upper), each computed directly.
    fn tail(&self, x: f64, lower: bool) -> f64 {
        fn of<D: ContinuousCDF<f64, f64>>(law: D, x: f64, lower: bool) -> f64 {
            if lower { law.cdf(x) } else { law.sf(x) }
        }
        const VALID: &str = "the invariants of Law keep its parameters valid";
        match *self {
            Law::Uniform { .. } => 0.0,
            Law::Triangular { low, mode, high } => {
                of(Triangular::new(low - 0.5, high + 0.5, mode).expect(VALID), x, lower)
            }
            Law::Pert { low, mode, high } => pert_tail(low - 0.5, mode, high + 0.5, x, lower),
            Law::Normal { mean, sd } => normal_tail((x - mean) / sd, lower),
            Law::Exponential { mean, .. } => of(Exp::new(1.0 / mean).expect(VALID), x, lower),
            Law::LogNormal { .. } if x <= 0.0 => f64::from(u8::from(!lower)),
            Law::LogNormal { median, spread, .. } => normal_tail((x / median).ln() / spread.ln(), lower),
        }
    }
}

/// `Φ(z)` (lower) or `1 − Φ(z)`, to the last digits. (The erfc of statrs 0.19 is off by 1e-10 near 0.5, which the
/// difference of two neighbouring values of a wide law would multiply.)
fn normal_tail(z: f64, lower: bool) -> f64 {
    let toward = if lower { -z } else { z };
    0.5 * libm::erfc(toward / std::f64::consts::SQRT_2)
}

/// Beta on `[a, b]` with `α = 1 + 4(mode − a)/(b − a)`, `β = 1 + 4(b − mode)/(b − a)` (Malcolm et al. 1959).
fn pert_tail(a: f64, mode: f64, b: f64, x: f64, lower: bool) -> f64 {
    let width = b - a;
    let alpha = 1.0 + 4.0 * (mode - a) / width;
    let beta = 1.0 + 4.0 * (b - mode) / width;
    let (first, second, part) = if lower { (alpha, beta, (x - a) / width) } else { (beta, alpha, (b - x) / width) };
    if part <= 0.0 {
        0.0
    } else if part >= 1.0 {
        1.0
    } else {
        beta_reg(first, second, part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() < 1e-12, "{found:e} is not {expected:e}");
    }

    #[test]
    fn normal_masses_hold_in_the_far_tail() {
        // Φ differences by 50-digit arithmetic (mpmath), mean 0, sd 1.
        let law = Law::Normal { mean: 0.0, sd: 1.0 };
        close(law.mass(0), 0.382_924_922_548_026_2);
        close(law.mass(30), 1.439_474_552_229_048_8e-191);
        close(law.mass(-30), 1.439_474_552_229_048_8e-191);
        close(law.beyond(29), 1.439_474_552_229_179_2e-191);
    }

    #[test]
    fn masses_of_every_law_sum_to_what_is_not_beyond() {
        for law in [
            Law::Triangular { low: 2.0, mode: 2.0, high: 9.5 },
            Law::Pert { low: 2.0, mode: 5.0, high: 9.0 },
            Law::Pert { low: 4.0, mode: 4.0, high: 4.0 },
            Law::Normal { mean: 7.0, sd: 3.0 },
            Law::Exponential { from: 1.0, mean: 5.0 },
            Law::LogNormal { from: -2.0, median: 4.0, spread: 2.0 },
        ] {
            let sum: f64 = (-60..=6).map(|day| law.mass(day)).sum();
            close(sum + law.beyond(6), 1.0);
        }
        let uniform = Law::Uniform { from: 3.0, to: 8.0 };
        assert_eq!((0..=5).map(|day| uniform.mass(day)).sum::<f64>() + uniform.beyond(5), 6.0);
    }

    #[test]
    fn a_pert_of_one_day_is_certain() {
        close(Law::Pert { low: 4.0, mode: 4.0, high: 4.0 }.mass(4), 1.0);
    }

    #[test]
    fn a_long_waiting_time_keeps_its_digits() {
        // 1/mean · (1 − 1/(2 mean) + …) for a mean of 10^9 days
        close(Law::Exponential { from: 0.0, mean: 1e9 }.mass(0), 1e-9 * (1.0 - 0.5e-9));
    }
}
