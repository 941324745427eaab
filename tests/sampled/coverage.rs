//! A scenario in; how often its sampled forecasts hold the exact values within two standard errors out.

use dateline::{
    Answer, EventForecast, Forecast, Limits, Method, MethodChoice, Options, ReportStanding, Sampling, Scenario,
    forecast,
};
use std::collections::BTreeMap;

/// Rounding that is no error of sampling.
const ROUNDING: f64 = 1e-9;
/// Rarer days are not looked at one by one.
const RARE: f64 = 0.01;

/// What kind of number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Day,
    Occurs,
    Mean,
    Window,
    Query,
    Posterior,
    ClaimPrior,
    ClaimPosterior,
    Agreement,
    LogEvidence,
}

/// Comparisons made, and those within two standard errors.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    pub made: usize,
    pub held: usize,
}

impl Count {
    pub fn share(self) -> f64 {
        self.held as f64 / self.made as f64
    }

    pub fn join(&mut self, other: Count) {
        self.made += other.made;
        self.held += other.held;
    }
}

pub type Counts = BTreeMap<Kind, Count>;

pub fn parse(text: &str) -> Scenario {
    Scenario::parse(text).expect("the scenario is sound")
}

pub fn exact(scenario: &Scenario) -> Forecast {
    made(scenario, &Options { method: MethodChoice::Exact, ..Options::default() })
}

pub fn sampled(scenario: &Scenario, sampling: Sampling) -> Forecast {
    sampled_in(scenario, sampling, Limits::default())
}

fn sampled_in(scenario: &Scenario, sampling: Sampling, limits: Limits) -> Forecast {
    let found = made(scenario, &Options { method: MethodChoice::Sample, sampling, limits, ..Options::default() });
    assert!(matches!(found.method, Method::Sampled { .. }));
    found
}

fn made(scenario: &Scenario, options: &Options) -> Forecast {
    match forecast(scenario, options).expect("the scenario is small") {
        Answer::Forecast(forecast) => *forecast,
        Answer::Infeasible(infeasible) => panic!("{infeasible:?}"),
    }
}

/// Compares forecasts of so many seeds with the exact one. What an exact forecast is certain of must be told exactly, and
/// is not counted.
pub fn coverage(text: &str, seeds: u64, samples: usize, limits: Limits) -> Counts {
    let scenario = parse(text);
    let exact = exact(&scenario);
    let mut counts = Counts::new();
    for seed in 0..seeds {
        let sampling = Sampling { samples: Some(samples), seed, ..Sampling::default() };
        let found = sampled_in(&scenario, sampling, limits);
        compare(&exact, &found, &mut counts);
    }
    counts
}

/// Counts comparisons of one sampled forecast.
struct Comparison<'c> {
    counts: &'c mut Counts,
    /// The error of a probability that no world shows.
    one_world: f64,
}

fn compare(exact: &Forecast, found: &Forecast, counts: &mut Counts) {
    let Method::Sampled { effective, .. } = found.method else { panic!("not sampled") };
    let mut comparison = Comparison { counts, one_world: 1.0 / (effective as f64 + 1.0) };
    for (exact, found) in exact.events.iter().zip(&found.events) {
        comparison.event(exact, found);
    }
    for (exact, found) in exact.queries.iter().zip(&found.queries) {
        comparison.count(Kind::Query, exact.probability, found.probability, found.probability_error);
    }
    for (exact, found) in exact.reports.iter().zip(&found.reports) {
        comparison.report(&exact.standing, &found.standing);
    }
    comparison.count(Kind::Agreement, exact.agreement, found.agreement, found.agreement_error);
    let (exact, found) = (exact.log_evidence, found.log_evidence);
    comparison.count(Kind::LogEvidence, exact.rules, found.rules, found.rules_error);
    comparison.count(Kind::LogEvidence, exact.facts, found.facts, found.facts_error);
}

impl Comparison<'_> {
    fn count(&mut self, kind: Kind, truth: f64, value: f64, error: Option<f64>) {
        let error = error.expect("sampled numbers have an error");
        assert!(error >= 0.0 && value.is_finite(), "{kind:?}: {value} ± {error}");
        if error == 0.0 {
            assert!((truth - value).abs() < ROUNDING, "{kind:?}: {value} without an error, but it is {truth}");
            return;
        }
        let entry = self.counts.entry(kind).or_default();
        entry.made += 1;
        entry.held += usize::from((truth - value).abs() <= 2.0 * error + ROUNDING);
    }

    fn event(&mut self, exact: &EventForecast, found: &EventForecast) {
        for day in exact.days.iter().filter(|day| day.p > RARE) {
            let drawn = found.days.iter().find(|drawn| drawn.date == day.date);
            let (p, error) = drawn.map_or((0.0, Some(self.one_world)), |drawn| (drawn.p, drawn.p_error));
            self.count(Kind::Day, day.p, p, error);
        }
        self.count(Kind::Occurs, exact.occurs, found.occurs, found.occurs_error);
        if let (Some(truth), Some(mean)) = (exact.mean_day, found.mean_day) {
            self.count(Kind::Mean, truth, mean, found.mean_day_error);
        }
        for window in &found.windows {
            if let (Some(from), Some(to), Some(held)) = (window.from, window.to, window.probability) {
                self.count(Kind::Window, exact.distribution().within(from, to), held, window.probability_error);
            }
        }
    }

    fn report(&mut self, exact: &ReportStanding, found: &ReportStanding) {
        let ReportStanding::Speaks { posterior: truth, claim_prior: before, claim_posterior: after, .. } = exact else {
            panic!("all reports of these scenarios speak")
        };
        let ReportStanding::Speaks {
            posterior,
            posterior_error,
            claim_prior,
            claim_prior_error,
            claim_posterior,
            claim_posterior_error,
            ..
        } = found
        else {
            panic!("a report speaks, or it does not")
        };
        if let (Some(truth), Some(posterior)) = (truth, posterior) {
            self.count(Kind::Posterior, *truth, *posterior, *posterior_error);
        }
        self.count(Kind::ClaimPrior, *before, *claim_prior, *claim_prior_error);
        self.count(Kind::ClaimPosterior, *after, *claim_posterior, *claim_posterior_error);
    }
}
