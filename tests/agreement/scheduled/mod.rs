//! Random cases with decisions in; whether the command line's schedules are those of an enumeration of all plans and policies,
//! out.

mod deciding;
mod plans;

use crate::cases::draw::Draw;
use crate::cases::{generate, toml};
use crate::enumeration::forecast::{Expected, forecast};
use crate::enumeration::truth::NEVER;
use dateline::{Options, Scenario, render, schedule};
use deciding::{Deciding, deciding};
use plans::{Judge, Plan};
use serde_json::Value;
use std::collections::BTreeMap;

/// How many cases are looked at.
const CASES: u64 = 4_000;
const MOST_WORLDS: usize = 1_500;

/// What is wrong, and how often each kind of thing was compared.
#[derive(Default)]
struct Tally {
    troubles: Vec<String>,
    counts: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    fn check(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.troubles.push(what());
        }
    }

    fn near(&mut self, what: &str, found: f64, expected: f64) {
        self.check((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), || {
            format!("{what}: {found}, expected {expected}")
        });
    }
}

#[test]
fn schedules_are_those_of_an_enumeration() {
    let mut tally = Tally::default();
    for seed in 0..CASES {
        let generated = generate::generate(seed);
        let mut draw = Draw::new(seed ^ 0x5eed);
        let count = match draw.below(20) {
            0..3 => 3,
            3..9 => 2,
            _ => 1,
        };
        let case = &generated.case;
        if case.events.len() + count > 5 || case.days > 14 || generated.prior.len() > MOST_WORLDS {
            continue;
        }
        let deciding = deciding(case, count, &mut draw);
        let written = toml::write(case, !seed);
        let text = written.text + &deciding.text(seed);
        let scenario = Scenario::parse_with(&text, &written.changes);
        let scenario = scenario.unwrap_or_else(|invalid| panic!("case {seed}: {invalid}\n{text}"));
        let found = schedule(&scenario, &[], &Options::default());
        let found = found.unwrap_or_else(|refusal| panic!("case {seed}: {refusal}\n{text}"));
        let found: Value = serde_json::from_str(&render::json(&found)).expect("JSON");
        let before = tally.troubles.len();
        match forecast(case, &generated.prior) {
            Expected::Infeasible => {
                tally.count("no world");
                tally.check(found["feasible"] == false && !found["conflicts"].is_null(), || "feasible".to_string());
            }
            Expected::Forecast(forecast) => {
                let worlds = forecast.posterior.iter().map(|(world, weight)| (*world, weight.to_f64()));
                let worlds = worlds.filter(|(_, weight)| *weight > 0.0).collect();
                compare(&Judge { deciding: &deciding, worlds }, &found, &mut tally);
            }
        }
        if tally.troubles.len() > before {
            tally.troubles.push(format!("case {seed}:\n{text}\n{:?}\n{found:#}", written.changes));
        }
    }
    assert!(tally.troubles.is_empty(), "{}", tally.troubles.iter().take(6).cloned().collect::<Vec<_>>().join("\n"));
    println!("{:?}", tally.counts);
    for (what, least) in [
        ("plan", 400),
        ("no plan", 40),
        ("no world", 10),
        ("two decisions", 100),
        ("three decisions", 60),
        ("policy", 250),
        ("policy worth more", 40),
        ("all policies", 60),
        ("family", 60),
        ("family worth more", 10),
        ("clairvoyant", 300),
        ("alternatives", 200),
    ] {
        assert!(tally.counts.get(what).is_some_and(|count| *count >= least), "{what}: {:?}", tally.counts);
    }
}

/// The plan as the JSON has it.
fn days(deciding: &Deciding, plan: &Value) -> Plan {
    let day = |decision: usize| match plan[deciding.name(decision)].as_str() {
        Some(date) => (date.parse::<chrono::NaiveDate>().expect("a date") - deciding.case.origin).num_days() as i32,
        None => NEVER,
    };
    (0..deciding.decisions.len()).map(day).collect()
}

fn compare(judge: &Judge<'_>, found: &Value, tally: &mut Tally) {
    let deciding = judge.deciding;
    let plans = judge.plans();
    let kept: Vec<&Plan> = plans.iter().filter(|plan| judge.keeps_required(plan)).collect();
    let best = kept.iter().map(|plan| judge.value(plan)).fold(f64::NEG_INFINITY, f64::max);
    if kept.is_empty() {
        tally.count("no plan");
        tally.check(found["feasible"] == false, || "there is no plan".to_string());
        no_plan(judge, &plans, found, tally);
        return;
    }
    tally.count("plan");
    if found["feasible"] != true {
        tally.check(false, || "there is a plan".to_string());
        return;
    }
    let plan = days(deciding, &found["plan"]);
    tally.near("value", found["value"].as_f64().unwrap(), best);
    tally.check(found["proven"] == true && found["gap"] == 0.0, || "proven".to_string());
    tally.check(kept.contains(&&plan), || format!("the plan {plan:?} is not allowed"));
    // Of equals the earliest; what may be equal or not by rounding is left aside.
    let first = kept.iter().find(|plan| judge.value(plan) >= best - 1e-13);
    let earliest = kept.iter().find(|plan| judge.value(plan) >= best - 1e-10);
    tally.check(first != earliest || first == Some(&&plan), || format!("the plan {plan:?}, not {first:?}"));
    for (index, goal) in found["goals"].as_array().unwrap().iter().enumerate() {
        tally.near("goal", goal["probability"].as_f64().unwrap(), judge.probability(index, &plan));
    }
    curves(judge, &plans, &plan, found, tally);
    alternatives(judge, &kept, &plan, found, tally);
    policy(judge, &plans, found, tally);
    let clairvoyant = found["clairvoyant"].as_f64().unwrap();
    if found["clairvoyant_error"].is_null() {
        tally.count("clairvoyant");
        tally.near("clairvoyant", clairvoyant, judge.clairvoyant(&plans).max(best));
    }
    if deciding.goals.iter().all(|goal| goal.least.is_none()) {
        let policy = found["policy"]["value"].as_f64().unwrap();
        tally.check(best <= policy + 1e-9 && policy <= clairvoyant + 1e-9, || "bracket".to_string());
    }
}

fn no_plan(judge: &Judge<'_>, plans: &[Plan], found: &Value, tally: &mut Tally) {
    let required = judge.deciding.goals.iter().enumerate().filter(|(_, goal)| goal.least.is_some());
    let told = found["required"].as_array().unwrap();
    tally.check(told.len() == required.clone().count(), || "required goals".to_string());
    for ((index, _), told) in required.zip(told) {
        let greatest = plans.iter().map(|plan| judge.probability(index, plan)).reduce(f64::max);
        match (greatest, told["best_probability"].as_f64()) {
            (Some(expected), Some(found)) => tally.near("best probability", found, expected),
            (expected, found) => tally.check(expected.is_none() && found.is_none(), || "best probability".to_string()),
        }
    }
}

fn curves(judge: &Judge<'_>, plans: &[Plan], plan: &Plan, found: &Value, tally: &mut Tally) {
    for (decision, curve) in found["curves"].as_array().unwrap().iter().enumerate() {
        let others = |other: &&Plan| (0..plan.len()).all(|k| k == decision || other[k] == plan[k]);
        let along: Vec<&Plan> = plans.iter().filter(others).collect();
        let held: Vec<&&Plan> = along.iter().filter(|plan| plan[decision] != NEVER).collect();
        let told = curve["days"].as_array().unwrap();
        tally.check(told.len() == held.len(), || "days of the curve".to_string());
        for (day, plan) in told.iter().zip(held) {
            tally.near("curve", day["value"].as_f64().unwrap(), judge.value(plan));
        }
        let left_out = along.iter().find(|plan| plan[decision] == NEVER);
        match (left_out, curve["not_held"].as_f64()) {
            (Some(plan), Some(value)) => tally.near("not held", value, judge.value(plan)),
            (plan, value) => tally.check(plan.is_none() && value.is_none(), || "not held".to_string()),
        }
    }
}

fn near(one: &Plan, other: &Plan) -> bool {
    one.iter().zip(other).all(|(a, b)| if *a == NEVER || *b == NEVER { a == b } else { (a - b).abs() <= 2 })
}

fn alternatives(judge: &Judge<'_>, kept: &[&Plan], plan: &Plan, found: &Value, tally: &mut Tally) {
    let mut listed = vec![plan.clone()];
    let told = found["alternatives"].as_array().unwrap();
    for alternative in told {
        tally.count("alternatives");
        let left = kept.iter().filter(|other| !listed.iter().any(|one| near(one, other)));
        let best = left.map(|other| judge.value(other)).fold(f64::NEG_INFINITY, f64::max);
        let other = days(judge.deciding, &alternative["plan"]);
        tally.near("alternative", alternative["value"].as_f64().unwrap(), best);
        tally.near("alternative's plan", judge.value(&other), best);
        tally.check(!listed.iter().any(|one| near(one, &other)), || "alternatives are alike".to_string());
        listed.push(other);
    }
    let left = kept.iter().any(|other| !listed.iter().any(|one| near(one, other)));
    tally.check(told.len() == 10 || !left, || "alternatives are missing".to_string());
}

fn policy(judge: &Judge<'_>, plans: &[Plan], found: &Value, tally: &mut Tally) {
    let deciding = judge.deciding;
    let policy = &found["policy"];
    let value = policy["value"].as_f64().unwrap();
    let fixed = plans.iter().map(|plan| judge.value(plan)).fold(f64::NEG_INFINITY, f64::max);
    let watched = |decision: usize| -> Option<Vec<usize>> {
        let named = deciding.decisions[decision].watch.clone();
        let candidates = named.clone().unwrap_or_else(|| judge.named());
        // Whether an event counts whose end alone is in doubt depends on whether anything speaks of its end.
        let unclear = named.is_none()
            && candidates.len() > 2
            && candidates.iter().any(|e| judge.is_in_doubt(*e) == (false, true));
        let in_doubt = candidates.into_iter().filter(|event| judge.is_in_doubt(*event) != (false, false));
        (!unclear).then(|| in_doubt.take(2).collect())
    };
    let costs: f64 = deciding.decisions.iter().map(|one| one.cost.abs()).sum();
    if costs == 0.0 {
        let goals = policy["goals"].as_array().unwrap().iter().zip(&deciding.goals);
        let sum: f64 = goals.map(|(told, goal)| goal.value * told["probability"].as_f64().unwrap()).sum();
        tally.near("policy's goals", sum, value);
    }
    let told = policy["simulated"].clone();
    if let (Some(mean), Some(error)) = (told["value"].as_f64(), told["value_error"].as_f64()) {
        tally.check((mean - value).abs() <= 5.0 * error + 0.01, || {
            format!("carried out: {mean} ± {error}, not {value}")
        });
    }
    if deciding.decisions.len() == 1 {
        let Some(watched) = watched(0) else { return };
        tally.count("policy");
        let best = judge.best_policy(&watched);
        if best > fixed + 1e-6 {
            tally.count("policy worth more");
        }
        tally.near("policy", value, best.max(fixed));
        if let Some(all) = judge.best_of_all_policies(&watched) {
            tally.count("all policies");
            tally.near("all policies", all, best);
        }
        return;
    }
    if deciding.decisions.len() > 2 {
        // Combinations of their reactions are too many to go through; that it lies between the others is looked at.
        return tally.count("three decisions");
    }
    tally.count("two decisions");
    let (Some(one), Some(other)) = (watched(0), watched(1)) else { return };
    if let Some(best) = judge.best_of_family(&[one, other]) {
        tally.count("family");
        if best > fixed + 1e-6 {
            tally.count("family worth more");
        }
        tally.near("family", value, best);
        tally.check(policy["proven"] == true, || "the family was not gone through".to_string());
    }
}
