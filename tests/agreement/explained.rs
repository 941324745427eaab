//! Random cases in; whether what is told of leaving something out is what a forecast without it says, and whether news are
//! those of the joint probabilities of all days, out.

use crate::cases::{generate, toml};
use dateline::{
    Answer, Changes, EventFigures, Explained, Forecast, Herald, News, Options, Scenario, TargetReasons, Wanted, explain,
};
use std::collections::BTreeMap;

/// How many cases are explained.
const CASES: u64 = 700;
/// News are recomputed where the days of two events make no more combinations than this.
const MOST_COMBINATIONS: usize = 400;

fn forecast(text: &str, changes: &Changes) -> Option<Forecast> {
    let scenario = Scenario::parse_with(text, changes).unwrap_or_else(|invalid| panic!("{invalid}\n{text}"));
    match dateline::forecast(&scenario, &Options::default()) {
        Ok(Answer::Forecast(forecast)) => Some(*forecast),
        Ok(Answer::Infeasible(_)) => None,
        Err(refusal) => panic!("{refusal}\n{text}"),
    }
}

fn near(one: f64, other: f64) -> bool {
    one == other || (one - other).abs() <= 1e-9 * other.abs().max(1.0)
}

fn near_or_none(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => near(one, other),
        (one, other) => one.is_none() && other.is_none(),
    }
}

/// What is compared: names of what differs, and how often each kind was compared.
#[derive(Default)]
struct Tally {
    troubles: Vec<String>,
    influences: BTreeMap<String, usize>,
    infinite: usize,
    news: usize,
}

impl Tally {
    fn check(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.troubles.push(what());
        }
    }
}

#[test]
fn what_is_left_out_makes_the_difference_of_a_forecast_without_it() {
    let mut tally = Tally::default();
    for seed in 0..CASES {
        let generated = generate::generate(seed);
        let written = toml::write(&generated.case, !seed);
        let before = tally.troubles.len();
        one(&written.text, &written.changes, &mut tally);
        if tally.troubles.len() > before {
            tally.troubles.push(format!("case {seed}:\n{}\n{:?}", written.text, written.changes));
        }
    }
    assert!(tally.troubles.is_empty(), "{}", tally.troubles.iter().take(8).cloned().collect::<Vec<_>>().join("\n"));
    for kind in ["rule", "observation", "report", "source"] {
        assert!(tally.influences.get(kind).is_some_and(|count| *count > 200), "{:?}", tally.influences);
    }
    assert!(tally.infinite > 1 && tally.news > 200, "{} {}", tally.infinite, tally.news);
}

fn one(text: &str, changes: &Changes, tally: &mut Tally) {
    let scenario = Scenario::parse_with(text, changes).unwrap_or_else(|invalid| panic!("{invalid}\n{text}"));
    let told =
        explain(&scenario, &Wanted::default(), &Options::default()).unwrap_or_else(|why| panic!("{why}\n{text}"));
    let Explained::Reasons(reasons) = told else { return };
    let with = forecast(text, changes).expect("what is explained can be forecast");
    let mut left: BTreeMap<String, Option<Forecast>> = BTreeMap::new();
    let mut without = |member: &str| -> Option<Option<Forecast>> {
        let (kind, id) = member.split_once(':')?;
        if !["rule", "observation", "report", "source"].contains(&kind) {
            return None;
        }
        let dropped = left.entry(member.to_string()).or_insert_with(|| {
            let mut changes = changes.clone();
            changes.without.push(id.to_string());
            forecast(text, &changes)
        });
        Some(dropped.clone())
    };
    for target in &reasons.targets {
        match target {
            TargetReasons::Event { event, baseline, influences, news, .. } => {
                let now = with.events.iter().find(|found| found.id == *event).expect("it is an event");
                tally.check(same(baseline, now), || format!("{event}: {baseline:?}"));
                for influence in influences {
                    let Some(then) = without(&influence.member) else { continue };
                    *tally.influences.entry(kind(&influence.member)).or_default() += 1;
                    let Some(then) = then else {
                        tally.check(influence.without.is_none(), || format!("{influence:?}: infeasible"));
                        continue;
                    };
                    let then = then.events.iter().find(|found| found.id == *event).expect("it is an event");
                    let bits = divergence_of_dates(&dates(now), &dates(then));
                    tally.infinite += usize::from(bits.is_none());
                    let shift = now.mean_day.zip(then.mean_day).map(|(now, then)| now - then);
                    let holds = influence.without.as_ref().is_some_and(|found| same(found, then))
                        && near_or_none(influence.shift_days, shift)
                        && near_or_none(influence.bits, bits);
                    tally.check(holds, || format!("{event}: {influence:?}, expected {shift:?} {bits:?}"));
                }
                ordered(influences.iter().map(|i| (i.without.is_some(), i.bits)), tally);
                check_news(text, changes, now, news, tally);
            }
            TargetReasons::Query { query, baseline, influences, .. } => {
                let probability = |forecast: &Forecast| {
                    forecast.queries.iter().find(|found| found.id == *query).expect("it is a query").probability
                };
                let now = probability(&with);
                tally.check(near(baseline.probability, now), || format!("{query}: {baseline:?}"));
                for influence in influences {
                    let Some(Some(then)) = without(&influence.member) else { continue };
                    let then = probability(&then);
                    let bits = divergence(&[now, 1.0 - now], &[then, 1.0 - then]);
                    // What is left of 1 says little of what is improbable; only a certain answer is sure to be infinite.
                    let bits_hold =
                        near_or_none(influence.bits, bits) || now.min(then) < 1e-6 || now.max(then) > 1.0 - 1e-6;
                    let holds = influence.without.as_ref().is_some_and(|found| near(found.probability, then))
                        && near_or_none(influence.shift, Some(now - then))
                        && bits_hold;
                    tally.check(holds, || format!("{query}: {influence:?}, expected {then} {bits:?}"));
                }
                ordered(influences.iter().map(|i| (i.without.is_some(), i.bits)), tally);
            }
        }
    }
}

fn kind(member: &str) -> String {
    member.split(':').next().unwrap_or_default().to_string()
}

fn same(told: &EventFigures, found: &dateline::EventForecast) -> bool {
    told.median == found.median() && near_or_none(told.mean_day, found.mean_day) && near(told.occurs, found.occurs)
}

/// Infinite first, then by size, then what is not known.
fn ordered(bits: impl Iterator<Item = (bool, Option<f64>)>, tally: &mut Tally) {
    let rank = |(known, bits): (bool, Option<f64>)| if known { bits.unwrap_or(f64::INFINITY) } else { -1.0 };
    let ranks: Vec<f64> = bits.map(rank).collect();
    tally.check(ranks.windows(2).all(|pair| pair[0] >= pair[1]), || format!("not in order: {ranks:?}"));
}

/// Probabilities by date, and (without one) of not occurring.
type Dates = BTreeMap<Option<dateline::Day>, f64>;

fn dates(event: &dateline::EventForecast) -> Dates {
    event.days.iter().map(|day| (Some(day.date), day.p)).chain([(None, event.never)]).collect()
}

/// A date that only one of them has is of probability 0 in the other.
fn divergence_of_dates(with: &Dates, without: &Dates) -> Option<f64> {
    let pairs: Vec<(f64, f64)> = with.iter().map(|(date, p)| (*p, without.get(date).copied().unwrap_or(0.0))).collect();
    let (with, without): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
    divergence(&with, &without)
}

fn divergence(with: &[f64], without: &[f64]) -> Option<f64> {
    let mut bits = 0.0;
    for (p, q) in with.iter().zip(without).filter(|(p, _)| **p > 0.0) {
        if *q == 0.0 {
            return None;
        }
        bits += p * (p / q).log2();
    }
    Some(bits.max(0.0))
}

/// The information of one event's start about another's, from a question for every pair of days.
fn check_news(text: &str, changes: &Changes, now: &dateline::EventForecast, news: &[News], tally: &mut Tally) {
    let asked = |id: &str, day: Option<dateline::Day>| match day {
        Some(day) => format!("{id}.start on {day}"),
        None => format!("not {id} occurs"),
    };
    let outcomes = |event: &dateline::EventForecast| -> Vec<Option<dateline::Day>> {
        event.days.iter().map(|day| Some(day.date)).chain((event.never > 0.0).then_some(None)).collect()
    };
    let plain = forecast(text, changes).expect("it can be forecast");
    for told in news {
        let Herald::Event(other) = &told.of else { continue };
        let other = plain.events.iter().find(|event| event.id == *other).expect("it is an event");
        let (rows, columns) = (outcomes(now), outcomes(other));
        if rows.len() * columns.len() > MOST_COMBINATIONS || tally.news > 400 {
            continue;
        }
        let mut changes = changes.clone();
        for row in &rows {
            changes
                .ask
                .extend(columns.iter().map(|c| format!("{} and {}", asked(&now.id, *row), asked(&other.id, *c))));
        }
        let found = forecast(text, &changes).expect("questions change nothing");
        let asked = found.queries.len() - rows.len() * columns.len();
        let joint: Vec<f64> = found.queries[asked..].iter().map(|query| query.probability).collect();
        let row = |at: usize| joint[at * columns.len()..(at + 1) * columns.len()].iter().sum::<f64>();
        let column = |at: usize| joint.iter().skip(at).step_by(columns.len()).sum::<f64>();
        let part = |(index, p): (usize, &f64)| {
            let alone = row(index / columns.len()) * column(index % columns.len());
            if *p > 0.0 { p * (p / alone).log2() } else { 0.0 }
        };
        let bits: f64 = joint.iter().enumerate().map(part).sum();
        tally.news += 1;
        tally.check(near(told.bits, bits.max(0.0)), || {
            format!("{} and {}: {}, expected {bits}", now.id, other.id, told.bits)
        });
    }
}
