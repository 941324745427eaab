//! Anything at all in, as the text of a scenario; an answer or a refusal out, soon, and never a panic.

// Parts of it serve the random cases alone.
#[allow(dead_code)]
#[path = "../agreement/cases/draw.rs"]
mod draw;
mod extremes;
mod mutants;

use dateline::{Answer, Changes, Limits, Options, Sampling, Scenario};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::time::{Duration, Instant};

/// What an input may use.
#[derive(Clone, Copy)]
struct Allowance {
    memory: u64,
    operations: f64,
    time: Duration,
}

/// For inputs of ordinary size; the time is for a slow build on a busy machine.
const ORDINARY: Allowance = Allowance { memory: 16 << 20, operations: 3e5, time: Duration::from_secs(10) };
/// For those of the greatest size.
const GREAT: Allowance = Allowance { memory: 64 << 20, operations: 1e7, time: Duration::from_secs(30) };

impl Allowance {
    fn options(self) -> Options {
        let limits = Limits { memory: self.memory, operations: self.operations, ..Limits::default() };
        let sampling = Sampling { samples: Some(64), ..Sampling::default() };
        Options { limits, sampling, ..Options::default() }
    }
}

/// What became of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Invalid,
    Refused,
    Infeasible,
    Forecast,
}

/// Reads, forecasts, checks and shows; every number that comes out must be one.
fn put_through(text: &str, changes: &Changes, allowance: Allowance) -> Fate {
    let begun = Instant::now();
    let fate = match Scenario::parse_with(text, changes) {
        Err(invalid) => {
            assert!(!invalid.diagnostics.is_empty(), "no reason is given");
            dateline::render::diagnostics(&invalid.diagnostics, "a path", text, false);
            dateline::render::invalid_json("a path", text, &invalid);
            Fate::Invalid
        }
        Ok(scenario) => forecast_and_check(&scenario, &allowance.options()),
    };
    let (taken, shown) = (begun.elapsed(), text.chars().take(2_000).collect::<String>());
    assert!(taken < allowance.time, "it took {taken:?}: {shown}");
    fate
}

fn forecast_and_check(scenario: &Scenario, options: &Options) -> Fate {
    let check = dateline::check(scenario, options);
    let Ok(answer) = dateline::forecast(scenario, options) else {
        return Fate::Refused;
    };
    dateline::render::json(&answer);
    let feasible = matches!(answer, Answer::Forecast(_));
    if let Ok(check) = check {
        assert_eq!(check.feasible, feasible);
    }
    let Answer::Forecast(forecast) = answer else {
        return Fate::Infeasible;
    };
    for event in &forecast.events {
        let days = event.days.iter().map(|day| day.p);
        for p in days.chain([event.occurs, event.never]) {
            assert!((0.0..=1.0 + 1e-9).contains(&p), "{}: {p}", event.id);
        }
    }
    for query in &forecast.queries {
        assert!((0.0..=1.0).contains(&query.probability), "{}", query.ask);
    }
    assert!(forecast.agreement >= 0.0);
    Fate::Forecast
}

fn configuration(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() }
}

/// A text that may be read, with an event and something said of it.
fn with_rule(says: &str) -> String {
    let says = says.replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "horizon = {{ from = 2024-05-01, to = 2024-06-30 }}\n[event.visit]\n[event.tour]\n[[rule]]\nsays = \"{says}\"\n"
    )
}

proptest! {
    #![proptest_config(configuration(2_000))]

    #[test]
    fn any_bytes(bytes: Vec<u8>) {
        put_through(&String::from_utf8_lossy(&bytes), &Changes::default(), ORDINARY);
    }

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        put_through(&text, &Changes::default(), ORDINARY);
    }

    #[test]
    fn any_words_as_a_proposition(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "visit", "tour", "tour.end", "visit.start", ".end", "before", "after", "within",
                "at", "least", "most", "0", "3", "999999", "9999999", "3..5", "..", "to", "days",
                "weeks", "of", "in", "on", "a", "the", "by", "no", "later", "earlier", "than",
                "May", "2024-05-07", "2024", "2024-W20", "9998-12-31", "0001-01-01", "+/-", "Q2",
                "around", "mid-May", "early", "latter", "half", "week", "monday", "holiday", "(",
                ")", "not", "and", "or", "if", "then", "occurs", "during", "meets", "starts",
                "with", "'", "\"", "''", "'May'", "é", "\u{0}", "29 Feb",
            ]),
            0..14,
        )
    ) {
        put_through(&with_rule(&words.join(" ")), &Changes::default(), ORDINARY);
        let changes = Changes { ask: vec![words.join(" ")], ..Changes::default() };
        put_through(&with_rule("visit before tour"), &changes, ORDINARY);
    }

    #[test]
    fn any_text_as_a_proposition(says in "\\PC{0,60}") {
        put_through(&with_rule(&says), &Changes::default(), ORDINARY);
    }
}
