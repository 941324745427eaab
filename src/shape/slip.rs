//! How far dates slip from what was said, in few numbers, in; the probability of every number of days between, out.

/// Slips beyond this many days, early or late, are none: what was said was then another date.
pub const LONGEST_SLIP: i32 = 366;
/// The lead, in days, that a slip with tails is told for; also that of a report without a date.
pub const STATED_LEAD: i32 = 30;

/// How many days the truth comes after (before, where negative) what was said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Slip {
    /// Falls linearly on either side: up to so many days early, and late, each from 0 to [`LONGEST_SLIP`].
    Linear {
        early: i32,
        late: i32,
    },
    Tailed(Tails),
}

/// A slip of none, with heavy tails on either side, that grows with the time ahead.
///
/// What the numbers say is said of dates that are [`STATED_LEAD`] days ahead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tails {
    /// The share that comes true to the day, from 0 to 1.
    pub exact: f64,
    /// Of the rest the share that comes later, from 0 to 1.
    pub late_share: f64,
    /// About half of the late ones come more than so many days later; above 0.
    pub late_days: f64,
    /// The same for the early ones.
    pub early_days: f64,
    /// The power of the lead that late and early days grow with, and the odds of an exact date fall; at least 0.
    pub growth: f64,
}

impl Slip {
    /// That dates are as they were said.
    pub const NONE: Slip = Slip::Linear { early: 0, late: 0 };

    /// The probability of each number of days, in order; those of probability 0 are left out. They sum to 1.
    ///
    /// `lead` is how many days ahead of the report the date lies that it names; `None` where that is not known.
    ///
    /// ```text
    /// linear:  k(d) ∝ 1 − d/(late + 1),  d = 0 … late;     k(−d) ∝ 1 − d/(early + 1),  d = 1 … early
    /// tailed:  r     = ((max(lead, 0) + 1)/31)^growth
    ///          k(0)  = exact/(exact + (1 − exact)·r)
    ///          k(n)  = (1 − k(0))·late_share·T(n; late_days·r)            n = 1 … 366
    ///          k(−n) = (1 − k(0))·(1 − late_share)·T(n; early_days·r)
    ///          T(n; m) ∝ m/(m + n − 1) − m/(m + n)
    /// ```
    pub fn kernel(&self, lead: Option<i32>) -> Vec<(i32, f64)> {
        match self {
            Slip::Linear { early, late } => linear(*early, *late),
            Slip::Tailed(tails) => tails.kernel(lead),
        }
    }
}

fn linear(early: i32, late: i32) -> Vec<(i32, f64)> {
    let fall = |distance: i32, reach: i32| 1.0 - f64::from(distance) / f64::from(reach + 1);
    let mut kernel: Vec<(i32, f64)> = (-early..0).map(|d| (d, fall(-d, early))).collect();
    kernel.extend((0..=late).map(|d| (d, fall(d, late))));
    let total: f64 = kernel.iter().map(|(_, k)| k).sum();
    kernel.into_iter().map(|(d, k)| (d, k / total)).collect()
}

impl Tails {
    /// By how much late and early days are longer than those stated, for a lead in days.
    pub fn stretch(lead: Option<i32>, growth: f64) -> f64 {
        let lead = lead.unwrap_or(STATED_LEAD).max(0);
        (f64::from(lead + 1) / f64::from(STATED_LEAD + 1)).powf(growth)
    }

    fn kernel(&self, lead: Option<i32>) -> Vec<(i32, f64)> {
        let stretch = Tails::stretch(lead, self.growth);
        let exact = self.exact / (self.exact + (1.0 - self.exact) * stretch);
        let late = (1.0 - exact) * self.late_share;
        let early = (1.0 - exact) * (1.0 - self.late_share);
        let days = (-LONGEST_SLIP..=LONGEST_SLIP).map(|d| {
            let k = match d {
                0 => exact,
                d if d > 0 => late * tail(d, self.late_days * stretch),
                d => early * tail(-d, self.early_days * stretch),
            };
            (d, k)
        });
        days.filter(|(_, k)| *k > 0.0).collect()
    }
}

/// The probability of `n` days where the middle is about `m` days: a quotient of two random waits, cut at [`LONGEST_SLIP`] days.
///
/// ```text
/// T(n; m) = [S(n) − S(n + 1)]/[1 − S(367)],  S(n) = m/(m + n − 1);  = m/((m + n − 1)·(m + n))·(m + 366)/366
/// ```
pub fn tail(n: i32, m: f64) -> f64 {
    let (n, longest) = (f64::from(n), f64::from(LONGEST_SLIP));
    m / ((m + n - 1.0) * (m + n)) * ((m + longest) / longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_slips_fall_on_either_side() {
        assert_eq!(Slip::NONE.kernel(None), [(0, 1.0)]);
        let found = Slip::Linear { early: 1, late: 3 }.kernel(Some(7));
        let expected = [(-1, 0.5), (0, 1.0), (1, 0.75), (2, 0.5), (3, 0.25)].map(|(d, k)| (d, k / 3.0));
        for ((d, k), (d2, k2)) in found.iter().zip(&expected) {
            assert_eq!(d, d2);
            assert!((k - k2).abs() < 1e-15);
        }
    }

    #[test]
    fn tails_are_those_computed_by_another_program() {
        let slip = Slip::Tailed(Tails { exact: 0.35, late_share: 0.8, late_days: 7.0, early_days: 7.0, growth: 0.3 });
        let known = [
            (None, [0.012881, 0.016561, 0.350000, 0.066243, 0.051522, 0.041218]),
            (Some(30), [0.012881, 0.016561, 0.350000, 0.066243, 0.051522, 0.041218]),
            (Some(123), [0.011005, 0.013079, 0.262130, 0.052318, 0.044020, 0.037551]),
        ];
        for (lead, expected) in known {
            let kernel = slip.kernel(lead);
            let found: Vec<f64> = kernel.iter().filter(|(d, _)| (-2..=3).contains(d)).map(|(_, k)| *k).collect();
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 5e-7, "{lead:?}: {found} {expected}");
            }
            let total: f64 = kernel.iter().map(|(_, k)| k).sum();
            assert!((total - 1.0).abs() < 1e-12, "{total}");
        }
    }

    #[test]
    fn shares_of_none_and_all_leave_days_out() {
        let slip =
            |exact, late_share| Slip::Tailed(Tails { exact, late_share, late_days: 3.0, early_days: 3.0, growth: 1.0 });
        assert_eq!(slip(1.0, 0.5).kernel(Some(0)), [(0, 1.0)]);
        assert_eq!(slip(0.0, 1.0).kernel(Some(90)).first().map(|(d, _)| *d), Some(1));
        assert_eq!(slip(0.5, 0.0).kernel(None).last().map(|(d, _)| *d), Some(0));
    }
}
