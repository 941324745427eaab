//! How probable what happened was by each testimony, well founded or not, in; the posterior of the credibility out.

use super::tails::softmax;
use serde::Serialize;

/// Values of the credibility and of the probability of occurring.
const CREDIBILITIES: usize = 200;
const OCCURS: usize = 50;

/// What a testimony made of what happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Heard {
    /// Of a claim that had the probability π on its day: by how much it made the truth more probable, `w/π` at what happened
    /// (with a hedge p, `p·w/π + (1 − p)·(1 − w)/(1 − π)`), were it well founded.
    Ratio(f64),
    /// Of a claim about the date of an event that may not occur at all.
    Date {
        /// The probability of what happened if it was well founded; 0 of not occurring.
        founded: f64,
        /// The prior probability of what happened, given that it occurs; `None`: it did not occur.
        open: Option<f64>,
        /// The prior probability of starting after the day of the testimony, given that it occurs.
        later: f64,
    },
}

/// A beta distribution before anything is known: `credibility^(a − 1)·(1 − credibility)^(b − 1)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BetaPrior {
    pub a: f64,
    pub b: f64,
}

impl BetaPrior {
    /// Every credibility is as probable as any other.
    pub const FLAT: BetaPrior = BetaPrior { a: 1.0, b: 1.0 };
}

/// The logarithm of the likelihood of all that was heard, for each credibility and probability of occurring.
#[derive(Clone, Debug)]
pub struct CredibilityEvidence {
    logs: Vec<f64>,
    /// How many testimonies it is.
    pub count: f64,
}

/// What is known of a credibility.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Credibility {
    pub mean: f64,
    /// The middle nine tenths of its posterior.
    pub low: f64,
    pub high: f64,
}

impl CredibilityEvidence {
    /// Of nothing.
    pub fn none() -> CredibilityEvidence {
        CredibilityEvidence { logs: vec![0.0; CREDIBILITIES * OCCURS], count: 0.0 }
    }

    /// Adds a testimony.
    ///
    /// ```text
    /// c·w/π + 1 − c                                          (times what does not depend on c)
    /// c·founded + (1 − c)·o·open/(o·later + 1 − o)           it occurred, o the probability of that
    /// (1 − c)·(1 − o)/(o·later + 1 − o)                      it did not
    /// ```
    pub fn add(&mut self, heard: Heard, weight: f64) {
        for (at, log) in self.logs.iter_mut().enumerate() {
            let likelihood = likelihood(heard, credibility(at / OCCURS), occurs(at % OCCURS));
            *log += weight * likelihood.max(f64::MIN_POSITIVE).ln();
        }
        self.count += weight;
    }

    /// Adds what was heard from others, as if it were only a share of that.
    pub fn add_all(&mut self, others: &CredibilityEvidence, share: f64) {
        self.logs.iter_mut().zip(&others.logs).for_each(|(own, other)| *own += share * other);
        self.count += share * others.count;
    }

    /// The posterior probabilities on the grid.
    fn posterior(&self, prior: BetaPrior) -> Vec<f64> {
        let logs = self.logs.iter().enumerate().map(|(at, log)| {
            let c = credibility(at / OCCURS);
            log + (prior.a - 1.0) * c.ln() + (prior.b - 1.0) * (1.0 - c).ln()
        });
        softmax(logs)
    }

    /// The credibility's posterior.
    pub fn credibility(&self, prior: BetaPrior) -> Credibility {
        let posterior = self.posterior(prior);
        let shares: Vec<f64> = posterior.chunks(OCCURS).map(|row| row.iter().sum()).collect();
        let mean = shares.iter().enumerate().map(|(at, share)| share * credibility(at)).sum();
        let quantile = |level: f64| {
            let mut reached = 0.0;
            let at = shares.iter().position(|share| {
                reached += share;
                reached >= level
            });
            credibility(at.unwrap_or(CREDIBILITIES - 1))
        };
        Credibility { mean, low: quantile(0.05), high: quantile(0.95) }
    }

    /// The posterior mean of the probability of occurring that goes with it.
    pub fn occurs(&self, prior: BetaPrior) -> f64 {
        self.posterior(prior).iter().enumerate().map(|(at, share)| share * occurs(at % OCCURS)).sum()
    }

    /// The logarithm of the probability that one more testimony would have.
    pub fn log_predictive(&self, prior: BetaPrior, heard: Heard) -> f64 {
        let posterior = self.posterior(prior);
        let likely =
            |(at, share): (usize, &f64)| share * likelihood(heard, credibility(at / OCCURS), occurs(at % OCCURS));
        posterior.iter().enumerate().map(likely).sum::<f64>().max(f64::MIN_POSITIVE).ln()
    }
}

fn credibility(at: usize) -> f64 {
    (at as f64 + 0.5) / CREDIBILITIES as f64
}

fn occurs(at: usize) -> f64 {
    (at as f64 + 0.5) / OCCURS as f64
}

fn likelihood(heard: Heard, c: f64, o: f64) -> f64 {
    match heard {
        Heard::Ratio(ratio) => c * ratio + 1.0 - c,
        Heard::Date { founded, open: Some(open), later } => c * founded + (1.0 - c) * o * open / (o * later + 1.0 - o),
        Heard::Date { open: None, later, .. } => (1.0 - c) * (1.0 - o) / (o * later + 1.0 - o),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(ratios: &[f64]) -> CredibilityEvidence {
        let mut evidence = CredibilityEvidence::none();
        ratios.iter().for_each(|ratio| evidence.add(Heard::Ratio(*ratio), 1.0));
        evidence
    }

    #[test]
    fn the_posterior_is_the_product_that_the_model_says() {
        // The mean of c under (1 + c)(1 − c)(1 + c), by a finer sum.
        let found = heard(&[2.0, 0.0, 2.0]).credibility(BetaPrior::FLAT);
        let (mut above, mut below) = (0.0, 0.0);
        for at in 0..100_000 {
            let c = (f64::from(at) + 0.5) / 100_000.0;
            let likely = (1.0 + c) * (1.0 - c) * (1.0 + c);
            (above, below) = (above + c * likely, below + likely);
        }
        assert!((found.mean - above / below).abs() < 1e-4, "{found:?}");
        assert!(found.low < found.mean && found.mean < found.high);
    }

    #[test]
    fn a_coin_flipper_on_even_claims_is_believed_nothing() {
        let flips: Vec<f64> = (0..400).map(|at| if at % 2 == 0 { 2.0 } else { 0.0 }).collect();
        assert!(heard(&flips).credibility(BetaPrior::FLAT).mean < 0.05);
        // Half of its claims come true as well, but they were improbable: c·10 + 1 − c and 1 − c in turn.
        let bold: Vec<f64> = (0..400).map(|at| if at % 2 == 0 { 10.0 } else { 0.0 }).collect();
        assert!((heard(&bold).credibility(BetaPrior::FLAT).mean - 4.0 / 9.0).abs() < 0.01);
    }

    #[test]
    fn what_never_occurs_speaks_against_whoever_names_a_date() {
        let mut evidence = CredibilityEvidence::none();
        for at in 0..100 {
            let open = (at % 4 > 0).then_some(0.01);
            let founded = if open.is_some() { 1.0 } else { 0.0 };
            evidence.add(Heard::Date { founded, open, later: 1.0 }, 1.0);
        }
        let found = evidence.credibility(BetaPrior::FLAT);
        assert!((0.65..0.8).contains(&found.mean), "{found:?}");
        assert!(evidence.occurs(BetaPrior::FLAT) < 0.5);
    }
}
