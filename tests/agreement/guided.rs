//! Random cases in; whether worlds that are drawn with next to no foresight tell the same as exact elimination, out.

use crate::cases::{generate, toml};
use dateline::{
    Answer, Engine, Forecast, Limits, Method, MethodChoice, Options, ReportForecast, ReportStanding, Sampling, Scenario,
};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many cases are drawn with messages, and how many by rules alone, which takes longer.
const CASES: u64 = 280;
const CASES_BY_RULES: u64 = 36;
/// On so many threads.
const THREADS: usize = 2;
/// Worlds of each.
const WORLDS: usize = 1_024;
/// Bytes for messages: so few that every bucket of several factors is cut.
const MEMORY: u64 = 64;
/// No number may be off by more than so many of its standard errors.
const MOST_ERRORS: f64 = 6.0;
/// Rounding that is no error of drawing.
const ROUNDING: f64 = 1e-9;
/// The share of true values within two standard errors. Many numbers of small cases are all but certain, and these have
/// errors that are too large.
const HONEST: RangeInclusive<f64> = 0.92..=0.998;
const HONEST_OF_FEW: RangeInclusive<f64> = 0.85..=1.0;

/// What became of the comparisons.
#[derive(Default)]
struct Tally {
    forecasts: usize,
    refused: usize,
    made: usize,
    held: usize,
    troubles: Vec<String>,
}

/// A number and the truth.
struct Checked<'a> {
    what: &'a str,
    truth: f64,
    found: f64,
    error: f64,
}

impl Tally {
    fn join(mut self, other: Tally) -> Tally {
        self.forecasts += other.forecasts;
        self.refused += other.refused;
        self.made += other.made;
        self.held += other.held;
        self.troubles.extend(other.troubles);
        self
    }

    fn check(&mut self, Checked { what, truth, found, error }: Checked<'_>) {
        let off = (found - truth).abs();
        // Probabilities of all sizes are compared; a ratio such as the agreement may be large.
        if off.is_nan() || error.is_nan() || off > MOST_ERRORS * error + ROUNDING * truth.abs().max(1.0) {
            self.troubles.push(format!("{what}: {found} ± {error}, in truth {truth}"));
        }
        if error > 0.0 {
            self.made += 1;
            self.held += usize::from(off <= 2.0 * error);
        }
    }

    fn compare(&mut self, exact: &Forecast, found: &Forecast) {
        self.forecasts += 1;
        let Method::Sampled { effective, .. } = found.method else { panic!("not sampled") };
        let one_world = 1.0 / (effective as f64 + 1.0);
        for (exact, found) in exact.events.iter().zip(&found.events) {
            let occurs = Checked {
                what: &format!("{} occurs", exact.id),
                truth: exact.occurs,
                found: found.occurs,
                error: found.occurs_error.unwrap_or(f64::NAN),
            };
            self.check(occurs);
            for day in &found.days {
                let possible = exact.days.iter().find(|exact| exact.date == day.date);
                if possible.is_none() && day.p > 0.0 {
                    self.troubles.push(format!("{} on {}: {}, but it cannot be", exact.id, day.date, day.p));
                }
            }
            for day in &exact.days {
                let drawn = found.days.iter().find(|drawn| drawn.date == day.date);
                let (p, error) = drawn.map_or((0.0, one_world), |drawn| (drawn.p, drawn.p_error.unwrap_or(f64::NAN)));
                let what = format!("{} on {}", exact.id, day.date);
                self.check(Checked { what: &what, truth: day.p, found: p, error });
            }
        }
        for (exact, found) in exact.queries.iter().zip(&found.queries) {
            let error = found.probability_error.unwrap_or(f64::NAN);
            self.check(Checked { what: &exact.ask, truth: exact.probability, found: found.probability, error });
        }
        exact.reports.iter().zip(&found.reports).for_each(|(exact, found)| self.report(exact, found));
        let error = found.agreement_error.unwrap_or(f64::NAN);
        self.check(Checked { what: "agreement", truth: exact.agreement, found: found.agreement, error });
    }

    fn report(&mut self, exact: &ReportForecast, found: &ReportForecast) {
        use ReportStanding::Speaks;
        let (
            Speaks { posterior: truth, claim_prior: before, claim_posterior: after, .. },
            Speaks {
                posterior,
                posterior_error,
                claim_prior,
                claim_prior_error,
                claim_posterior,
                claim_posterior_error,
                ..
            },
        ) = (&exact.standing, &found.standing)
        else {
            return;
        };
        let founded = truth.zip(*posterior).map(|(truth, found)| ("founded", truth, found, posterior_error));
        let claims = [
            ("before", *before, *claim_prior, claim_prior_error),
            ("after", *after, *claim_posterior, claim_posterior_error),
        ];
        for (what, truth, found, error) in claims.into_iter().chain(founded) {
            let what = format!("report {} {what}", exact.id);
            self.check(Checked { what: &what, truth, found, error: error.unwrap_or(f64::NAN) });
        }
    }
}

/// Draws one case and compares it; nothing where it has no forecast, or none is found.
fn drawn(seed: u64, engine: Engine) -> Tally {
    let mut tally = Tally::default();
    let generated = generate::generate(seed);
    let written = toml::write(&generated.case, !seed);
    let scenario = Scenario::parse_with(&written.text, &written.changes).expect("the case is sound");
    let Ok(Answer::Forecast(exact)) = dateline::forecast(&scenario, &Options::default()) else { return tally };
    let options = Options {
        method: MethodChoice::Sample,
        sampling: Sampling { samples: Some(WORLDS), seed, ..Sampling::default() },
        limits: Limits { engine, memory: MEMORY, ..Limits::default() },
        ..Options::default()
    };
    match dateline::forecast(&scenario, &options) {
        Ok(Answer::Forecast(found)) if hides_certainty(&exact, &found) => {}
        Ok(Answer::Forecast(found)) => tally.compare(&exact, &found),
        Ok(Answer::Infeasible(_)) => tally.troubles.push("infeasible, expected a forecast".to_string()),
        Err(_) => tally.refused += 1,
    }
    if !tally.troubles.is_empty() {
        tally.troubles.insert(0, format!("case {seed}\n{}\n{:?}", written.text, written.changes));
    }
    tally
}

/// Whether a claim is certain, or impossible, by what only all factors together say: then a report is worth nothing, or no
/// world is left, and no number of draws tells that from a claim that is all but certain.
fn hides_certainty(exact: &Forecast, found: &Forecast) -> bool {
    exact.reports.iter().zip(&found.reports).any(|(exact, found)| match (&exact.standing, &found.standing) {
        (ReportStanding::Speaks { claim_prior, .. }, ReportStanding::Speaks { claim_prior_error, .. }) => {
            (*claim_prior < ROUNDING || *claim_prior > 1.0 - ROUNDING)
                && claim_prior_error.is_some_and(|error| error > 0.0)
        }
        _ => false,
    })
}

fn all(engine: Engine, cases: u64) -> Tally {
    let next = AtomicU64::new(0);
    let seeds = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < cases);
    let work = || std::iter::from_fn(seeds).map(|seed| drawn(seed, engine)).fold(Tally::default(), Tally::join);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, Tally>| thread.join().expect("told above");
        threads.into_iter().map(join).fold(Tally::default(), Tally::join)
    })
}

fn assert_honest(tally: Tally, least_forecasts: usize, honest: RangeInclusive<f64>) {
    let Tally { forecasts, refused, made, held, troubles } = tally;
    let share = held as f64 / made as f64;
    println!("{forecasts} forecasts, {refused} refused, {held} of {made} ({share:.4}) within two errors");
    troubles.iter().take(40).for_each(|trouble| println!("{trouble}"));
    assert!(troubles.is_empty(), "{} numbers are further off than chance allows", troubles.len());
    assert!(forecasts >= least_forecasts, "only {forecasts} forecasts, {refused} refused");
    assert!(honest.contains(&share), "{share} within two standard errors");
}

#[test]
fn guided_draws_agree_with_elimination() {
    assert_honest(all(Engine::Guide, CASES), 180, HONEST);
}

#[test]
fn draws_by_rules_agree_with_elimination() {
    assert_honest(all(Engine::Rules, CASES_BY_RULES), 5, HONEST_OF_FEW);
}
