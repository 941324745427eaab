//! Scenarios whose probabilities are exact fractions in, by how little the engine's differ from them out.
//!
//! Every probability is a quotient of two sums of products of non-negative numbers, and nothing is subtracted on the way.
//! With `u = 2^-53` a sum of `n` terms is off by at most `(n − 1)·u` of itself and a product of `m` numbers by `(m − 1)·u`
//! (Higham 2002, chapters 3 and 4), in whatever order they are taken. With weights and likelihood ratios that are
//! multiples of small powers of two, numbers enter without an error, and
//!
//! ```text
//! |found − true|/true <= 2·(Σ days + factors)·u
//! ```
//! up to terms in `u²`: as many additions as all events have days, and as many multiplications as there are factors, above
//! and below the line. The crate's weights come from a division by their sum, one rounding more for each event.

use super::*;
use dateline::{Engine, Limits};

/// How many scenarios.
const SCENARIOS: u64 = 60;
/// Each event's weights add up to this, so that they are multiples of 2^-10 as probabilities.
const WHOLE: u128 = 1 << 10;

/// Numbers in a row that look like chance (Knuth's MMIX, 1999).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

/// What may be said of the days of two events, and how it is written.
#[derive(Clone, Copy)]
enum Says {
    Before(usize, usize),
    Within(usize, usize, i32),
    By(usize, i32),
    Either(usize, usize, usize, i32),
}

impl Says {
    fn holds(self, days: &[i32]) -> bool {
        match self {
            Says::Before(a, b) => days[a] < days[b],
            Says::Within(a, b, gap) => (days[a] - days[b]).abs() <= gap,
            Says::By(a, last) => days[a] <= last,
            Says::Either(a, b, c, last) => days[a] < days[b] || days[c] <= last,
        }
    }

    fn text(self) -> String {
        match self {
            Says::Before(a, b) => format!("e{a} before e{b}"),
            Says::Within(a, b, gap) => format!("e{a} within {gap} days of e{b}"),
            Says::By(a, last) => format!("e{a} by {}", day(last)),
            Says::Either(a, b, c, last) => format!("e{a} before e{b} or e{c} by {}", day(last)),
        }
    }

    fn any(chance: &mut Chance, events: usize, days: usize) -> Says {
        let a = chance.below(events);
        let b = (a + 1 + chance.below(events - 1)) % events;
        match chance.below(4) {
            0 => Says::Before(a, b),
            1 => Says::Within(a, b, 1 + chance.below(3) as i32),
            2 => Says::By(a, 1 + chance.below(days) as i32),
            _ => Says::Either(a, b, chance.below(events), 1 + chance.below(days) as i32),
        }
    }
}

/// A scenario with likelihood ratios in eighths.
struct Sheet {
    days: usize,
    /// For every event and day its weight.
    weights: Vec<Vec<u128>>,
    rules: Vec<Says>,
    reports: Vec<(Says, u128)>,
    query: Says,
}

/// Sums over all days of all events, as whole numbers.
struct Sums {
    prior: u128,
    base: u128,
    posterior: u128,
    query: u128,
    /// For every event and day.
    days: Vec<Vec<u128>>,
}

impl Sheet {
    fn new(seed: u64) -> Sheet {
        let mut chance = Chance(seed);
        let (events, days) = (3 + chance.below(2), 5 + chance.below(4));
        let weights = (0..events).map(|_| {
            let mut weights: Vec<u128> = (0..days - 1).map(|_| 1 + chance.below(120) as u128).collect();
            weights.push(WHOLE - weights.iter().sum::<u128>());
            weights
        });
        let weights = weights.collect();
        let mut any = |count: usize| (0..count).map(|_| Says::any(&mut chance, events, days)).collect::<Vec<Says>>();
        let (rules, claims, query) = (any(2), any(3), any(1)[0]);
        let reports = claims.into_iter().map(|says| (says, 1 + chance.below(30) as u128)).collect();
        Sheet { days, weights, rules, reports, query }
    }

    fn text(&self) -> String {
        let mut text = horizon(self.days as i32);
        for (event, weights) in self.weights.iter().enumerate() {
            let rows = weights.iter().enumerate();
            let rows = rows.map(|(at, weight)| format!("{{ in = {}, weight = {weight} }}", day(at as i32 + 1)));
            let rows: Vec<String> = rows.collect();
            text += &format!("[event.e{event}]\nprior = {{ weights = [{}] }}\n", rows.join(", "));
        }
        for says in &self.rules {
            text += &format!("[[rule]]\nsays = '{}'\n", says.text());
        }
        for (says, ratio) in &self.reports {
            text += &format!("[[report]]\nlikelihood_ratio = {}\nsays = '{}'\n", *ratio as f64 / 8.0, says.text());
        }
        text + &format!("[[query]]\nid = 'query'\nask = '{}'\n", self.query.text())
    }

    fn sums(&self) -> Sums {
        let events = self.weights.len();
        let mut sums = Sums { prior: 0, base: 0, posterior: 0, query: 0, days: vec![vec![0; self.days]; events] };
        let mut world = vec![1i32; events];
        loop {
            let each = self.weights.iter().zip(&world);
            let prior: u128 = each.map(|(weights, day)| weights[*day as usize - 1]).product();
            sums.prior += prior;
            if self.rules.iter().all(|rule| rule.holds(&world)) {
                sums.base += prior;
                let ratio = |(says, ratio): &(Says, u128)| if says.holds(&world) { *ratio } else { 8 };
                let weight = prior * self.reports.iter().map(ratio).product::<u128>();
                sums.posterior += weight;
                sums.query += if self.query.holds(&world) { weight } else { 0 };
                world.iter().enumerate().for_each(|(event, day)| sums.days[event][*day as usize - 1] += weight);
            }
            let Some(event) = (0..events).rev().find(|event| world[*event] < self.days as i32) else { return sums };
            world[event] += 1;
            world[event + 1..].fill(1);
        }
    }

    /// The bound, in units of 2^-53.
    fn bound(&self) -> f64 {
        let factors = self.weights.len() + self.rules.len() + self.reports.len();
        2.0 * (self.weights.len() * (self.days + 1) + factors) as f64
    }
}

/// By how many units of 2^-53 a number differs from a fraction, relative to it; worked out in whole numbers.
fn error(found: f64, above: u128, below: u128) -> f64 {
    if above == 0 {
        return if found == 0.0 { 0.0 } else { f64::INFINITY };
    }
    let exponent = (found.to_bits() >> 52) as i32 - 1075;
    let mantissa = u128::from(found.to_bits() & ((1 << 52) - 1) | 1 << 52);
    // mantissa·2^exponent·below against above, both times a power of two so that they are whole.
    let (found, truth) = if exponent < 0 {
        (mantissa * below, above.checked_shl(-exponent as u32).filter(|wide| wide >> -exponent == above))
    } else {
        ((mantissa * below) << exponent, Some(above))
    };
    let truth = truth.expect("the fraction is not that small");
    found.abs_diff(truth) as f64 / truth as f64 * 2f64.powi(53)
}

/// A sheet's largest error in terms of its bound.
fn largest_error(sheet: &Sheet, engine: Engine) -> f64 {
    let text = sheet.text();
    let scenario = Scenario::parse(&text).unwrap_or_else(|invalid| panic!("{invalid}\n{text}"));
    let options = Options { limits: Limits { engine, ..Limits::default() }, ..Options::default() };
    let Ok(Answer::Forecast(found)) = dateline::forecast(&scenario, &options) else { panic!("no forecast\n{text}") };
    let Sums { prior, base, posterior, query, days } = sheet.sums();
    let eighths = 8u128.pow(sheet.reports.len() as u32);
    let mut errors =
        vec![error(found.queries[0].probability, query, posterior), error(found.agreement, posterior, base * eighths)];
    for (event, days) in found.events.iter().zip(&days) {
        for (at, weight) in days.iter().enumerate() {
            let p = event.days.iter().find(|found| found.date == day(at as i32 + 1)).map_or(0.0, |found| found.p);
            errors.push(error(p, *weight, posterior));
        }
    }
    // Rules about one event narrow its prior and are no evidence.
    if sheet.rules.iter().all(|rule| matches!(rule, Says::Before(..) | Says::Within(..))) {
        let truth = (base as f64 / prior as f64).ln();
        errors.push((found.log_evidence.rules - truth).abs() * 2f64.powi(53) / (1.0 + truth.abs()));
    }
    errors.into_iter().fold(0.0, f64::max) / sheet.bound()
}

#[test]
fn rounding_stays_within_its_bound() {
    let (mut compared, mut largest) = (0, 0.0f64);
    for seed in 0..SCENARIOS {
        let sheet = Sheet::new(seed);
        if sheet.sums().posterior == 0 {
            continue;
        }
        compared += 1;
        for engine in [Engine::Best, Engine::Tables, Engine::Wide, Engine::Cutset, Engine::CutsetOnly] {
            let error = largest_error(&sheet, engine);
            assert!(error <= 1.0, "{engine:?}: {error} times the bound of {}\n{}", sheet.bound(), sheet.text());
            largest = largest.max(error);
        }
    }
    println!("{largest} of the bound at most, in {compared} scenarios");
    assert!(compared > 40);
}
