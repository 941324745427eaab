//! Published and hand-countable cases in, the engine's exact probabilities compared with them out.

mod by_hand;
mod consequences;
mod engines;
mod manual;
mod networks;
mod orders;
mod rounding;

use dateline::{Answer, Day, EventForecast, Forecast, Method, Options, ReportStanding, Scenario, term};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Relative difference that rounding may make; the contract allows 1e-9.
const TOLERANCE: f64 = 1e-11;

/// A pair of events by their numbers: the first comes before the second.
type Pair = (usize, usize);

fn answer(text: &str) -> Answer {
    let scenario = Scenario::parse(text).unwrap_or_else(|invalid| panic!("{invalid}\n{text}"));
    dateline::forecast(&scenario, &Options::default()).unwrap_or_else(|refusal| panic!("{refusal}\n{text}"))
}

fn forecast(text: &str) -> Forecast {
    match answer(text) {
        Answer::Forecast(forecast) => *forecast,
        Answer::Infeasible(why) => panic!("infeasible: {:?}\n{text}", why.explanation.conflicts),
    }
}

#[track_caller]
fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= TOLERANCE * expected.abs(), "found {found:?}, expected {expected:?}");
}

/// Day 1 is 1 January 2024.
fn day(number: i32) -> Day {
    Day::from_ymd(2024, 1, 1).unwrap() + (number - 1)
}

/// The first line of a scenario whose horizon is the days `1..=days`.
fn horizon(days: i32) -> String {
    format!("horizon = {{ from = {}, to = {} }}\n", day(1), day(days))
}

/// A window as scenarios write it.
fn span(from: i32, to: i32) -> String {
    format!("{}..{}", day(from), day(to))
}

fn event<'a>(forecast: &'a Forecast, id: &str) -> &'a EventForecast {
    forecast.events.iter().find(|event| event.id == id).unwrap()
}

fn starts_within(forecast: &Forecast, id: &str, from: i32, to: i32) -> f64 {
    let days = event(forecast, id).days.iter();
    days.filter(|found| day(from) <= found.date && found.date <= day(to)).map(|found| found.p).sum()
}

fn query(forecast: &Forecast, id: &str) -> f64 {
    let found = forecast.queries.iter().find(|query| query.id == id);
    found.unwrap().probability
}

/// Credibility and posterior of a report, and the probability of its claim before and after.
fn report(forecast: &Forecast, id: &str) -> (f64, f64, f64, f64) {
    let found = forecast.reports.iter().find(|report| report.id == id);
    match found.unwrap().standing {
        ReportStanding::Speaks {
            credibility: Some(credibility),
            posterior: Some(posterior),
            claim_prior,
            claim_posterior,
            ..
        } => (credibility, posterior, claim_prior, claim_posterior),
        ref other => panic!("{id} does not speak: {other:?}"),
    }
}
