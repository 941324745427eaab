//! Sampled forecasts in; whether their errors are honest, their bytes the same and their wishes kept, out.

mod coverage;
mod drawing;
mod engines;
mod scenarios;

use coverage::{Count, Counts, Kind, coverage};
use dateline::{Limits, MethodChoice, Options};
use scenarios::TIED;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many seeds each scenario is forecast with.
const SEEDS: u64 = 200;
/// Worlds of each forecast: few, so that what small numbers do is seen.
const WORLDS: usize = 400;
/// On so many threads.
const THREADS: usize = 2;
/// The share of true values within two standard errors, over all scenarios.
const HONEST: std::ops::RangeInclusive<f64> = 0.92..=0.985;
/// The same for one scenario, of which there are fewer and dependent comparisons.
const HONEST_EACH: std::ops::RangeInclusive<f64> = 0.88..=0.995;
/// Kinds of numbers that must have been compared at least so often.
const LEAST: [(Kind, usize); 9] = [
    (Kind::Day, 10_000),
    (Kind::Occurs, 500),
    (Kind::Mean, 1_000),
    (Kind::Window, 1_000),
    (Kind::Query, 1_000),
    (Kind::Posterior, 1_000),
    (Kind::ClaimPrior, 1_000),
    (Kind::ClaimPosterior, 1_000),
    (Kind::Agreement, 1_000),
];

fn counts_of_all() -> Vec<Counts> {
    let next = AtomicUsize::new(0);
    let work = || {
        let indices = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)));
        let texts = indices.map_while(|index| scenarios::ALL.get(index));
        texts.map(|(_, text)| coverage(text, SEEDS, WORLDS, Limits::default())).collect::<Vec<Counts>>()
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("told above")).collect()
    })
}

#[test]
fn two_standard_errors_hold_the_truth_about_as_often_as_they_say() {
    let breaches = breaches(counts_of_all());
    assert!(breaches.is_empty(), "{breaches:#?}");
}

/// Worlds that are drawn without most reports, and weighed by them.
#[test]
fn weighed_worlds_have_honest_errors_too() {
    let limits = Limits { operations: 20_000.0, ..Limits::default() };
    let refused = Options { method: MethodChoice::Exact, limits, ..Options::default() };
    assert!(dateline::forecast(&coverage::parse(TIED), &refused).is_err(), "it is too large for so few steps");
    let mut all = Count::default();
    for (kind, count) in coverage(TIED, SEEDS, 2 * WORLDS, limits) {
        println!("{kind:?} of weighed worlds: {:.3} of {}", count.share(), count.made);
        // What hardly depends on the weights has errors that are too large, if anything.
        assert!(count.share() >= *HONEST_EACH.start() && count.made as u64 >= SEEDS, "{kind:?}: {count:?}");
        all.join(count);
    }
    assert!(HONEST.contains(&all.share()), "{all:?}");
}

/// Kinds of numbers whose errors are not honest.
fn breaches(found: Vec<Counts>) -> Vec<String> {
    let mut all = Counts::new();
    let mut breaches = Vec::new();
    for counts in found {
        for (kind, count) in counts {
            println!("{kind:?}: {:.3} of {}", count.share(), count.made);
            if count.made as u64 >= SEEDS && !HONEST_EACH.contains(&count.share()) {
                breaches.push(format!("{kind:?} in one scenario: {:.3} of {}", count.share(), count.made));
            }
            all.entry(kind).or_default().join(count);
        }
    }
    for (kind, least) in LEAST {
        let count = all.get(&kind).copied().unwrap_or_default();
        println!("{kind:?} in all: {:.4} of {}", count.share(), count.made);
        if count.made < least || !HONEST.contains(&count.share()) {
            breaches.push(format!("{kind:?} in all: {:.4} of {}", count.share(), count.made));
        }
    }
    breaches
}
