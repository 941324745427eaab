//! Engines forced in turn, with room for next to no messages: whether the errors of what they draw are honest.

use crate::coverage::{Count, Counts, coverage, parse};
use crate::scenarios::{ABSENT, EITHER, MAXIMA, RULES, SILENCE, SLIP, TIED};
use dateline::{Engine, Limits, MethodChoice, Options, forecast};

/// How many seeds each scenario is forecast with.
const SEEDS: u64 = 200;
/// Worlds of each forecast.
const WORLDS: usize = 512;
/// The share of true values within two standard errors, over all scenarios and in one of them.
const HONEST: std::ops::RangeInclusive<f64> = 0.90..=0.99;
const HONEST_EACH: std::ops::RangeInclusive<f64> = 0.84..=1.0;
/// Bytes for messages: so few that every bucket of several factors is cut.
const MEMORY: u64 = 256;

/// Kinds of numbers in one scenario whose errors are not honest.
fn breaches(name: &str, counts: &Counts, all: &mut Count) -> Vec<String> {
    let mut breaches = Vec::new();
    for (kind, count) in counts {
        println!("{name}, {kind:?}: {:.3} of {}", count.share(), count.made);
        all.join(*count);
        if count.made as u64 >= SEEDS && !HONEST_EACH.contains(&count.share()) {
            breaches.push(format!("{name}, {kind:?}: {:.3} of {}", count.share(), count.made));
        }
    }
    breaches
}

fn assert_honest(engine: Engine, seeds: u64, worlds: usize, scenarios: &[(&str, &str)]) {
    let limits = Limits { engine, memory: MEMORY, ..Limits::default() };
    let mut all = Count::default();
    let mut found = Vec::new();
    for (name, text) in scenarios {
        found.extend(breaches(name, &coverage(text, seeds, worlds, limits), &mut all));
    }
    println!("{:?}: {:.4} of {}", limits.engine, all.share(), all.made);
    assert!(found.is_empty(), "{found:#?}");
    assert!(HONEST.contains(&all.share()) && all.made as u64 > 50 * seeds, "{all:?}");
}

#[test]
fn guided_draws_of_orders_have_honest_errors() {
    assert_honest(Engine::Guide, SEEDS, WORLDS, &[("either", EITHER), ("rules", RULES)]);
}

#[test]
fn guided_draws_of_maxima_have_honest_errors() {
    assert_honest(Engine::Guide, SEEDS, WORLDS, &[("maxima", MAXIMA)]);
}

#[test]
fn guided_draws_of_reports_and_absence_have_honest_errors() {
    assert_honest(
        Engine::Guide,
        SEEDS,
        WORLDS,
        &[("tied", TIED), ("slip", SLIP), ("silence", SILENCE), ("absent", ABSENT)],
    );
}

#[test]
fn draws_by_rules_have_honest_errors() {
    assert_honest(Engine::Rules, SEEDS, WORLDS, &[("rules", RULES)]);
}

/// No engine that draws computes anything: asked for an exact answer, it refuses.
#[test]
fn engines_that_draw_are_not_exact() {
    for engine in [Engine::Rules, Engine::Guide] {
        let limits = Limits { engine, ..Limits::default() };
        let options = Options { limits, method: MethodChoice::Exact, ..Options::default() };
        assert!(forecast(&parse(RULES), &options).is_err());
    }
}
