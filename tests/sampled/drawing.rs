//! How drawing goes: the same bytes on any number of threads, wishes kept, limits kept, what is certain told as such.

use crate::coverage::{exact, parse, sampled};
use crate::scenarios::{ABSENT, AGREEING, RULES, SILENCE};
use dateline::render::{self, Look};
use dateline::{
    Answer, Forecast, Limits, Method, MethodChoice, Options, Progress, Refusal, ReportStanding, Sampling, Watch,
    forecast_watched,
};
use std::sync::atomic::{AtomicUsize, Ordering};

const LOOK: Look = Look { width: 100, colour: false, unicode: true };

fn drawing(sampling: Sampling) -> Options {
    Options { method: MethodChoice::Sample, sampling, ..Options::default() }
}

fn samples(forecast: &Forecast) -> usize {
    let Method::Sampled { samples, effective, .. } = forecast.method else { panic!("not sampled") };
    assert!((1..=samples).contains(&effective));
    samples
}

fn largest_error(forecast: &Forecast) -> f64 {
    let days = forecast.events.iter().flat_map(|event| event.days.iter().map(|day| day.p_error));
    let occurs = forecast.events.iter().map(|event| event.occurs_error);
    let queries = forecast.queries.iter().map(|query| query.probability_error);
    let reports = forecast.reports.iter().flat_map(|report| match report.standing {
        ReportStanding::Speaks { posterior_error, claim_prior_error, claim_posterior_error, .. } => {
            [posterior_error, claim_prior_error, claim_posterior_error]
        }
        _ => [None; 3],
    });
    days.chain(occurs).chain(queries).chain(reports).flatten().fold(0.0, f64::max)
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    for text in [SILENCE, AGREEING] {
        let scenario = parse(text);
        let on = |threads: usize, seed: u64| {
            let sampling = Sampling { samples: Some(5_000), seed, threads, ..Sampling::default() };
            render::json(&sampled(&scenario, sampling))
        };
        let alone = on(1, 7);
        assert_eq!(alone, on(3, 7));
        assert_eq!(alone, on(16, 7));
        assert_ne!(alone, on(1, 8));
    }
}

#[test]
fn as_many_worlds_as_asked_for() {
    let scenario = parse(RULES);
    for wanted in [1, 2, 33, 1_000, 6_001] {
        let found = sampled(&scenario, Sampling { samples: Some(wanted), ..Sampling::default() });
        assert_eq!(samples(&found), wanted);
        assert!(largest_error(&found) > 0.0);
    }
}

#[test]
fn draws_until_the_error_is_small_enough() {
    let scenario = parse(AGREEING);
    let rough = sampled(&scenario, Sampling { error: Some(0.03), ..Sampling::default() });
    let fine = sampled(&scenario, Sampling { error: Some(0.01), ..Sampling::default() });
    assert!(largest_error(&rough) <= 0.03 && largest_error(&fine) <= 0.01);
    assert!(samples(&rough) < samples(&fine));
    assert!(fine.warnings.iter().all(|warning| !warning.contains("drawing ended")));
    let few = sampled(&scenario, Sampling { error: Some(0.001), samples: Some(500), ..Sampling::default() });
    assert_eq!(samples(&few), 500);
    assert!(few.warnings.iter().any(|warning| warning.contains("drawing ended after 500 worlds")), "{few:?}");
}

#[test]
fn ends_when_told_with_what_there_is() {
    let scenario = parse(RULES);
    let rounds = AtomicUsize::new(0);
    let progress = |told: Progress| {
        assert!(told.worlds > 0 && told.error > Some(0.0));
        rounds.fetch_add(1, Ordering::SeqCst);
    };
    let stopped = || rounds.load(Ordering::SeqCst) >= 2;
    let options = drawing(Sampling { error: Some(1e-6), ..Sampling::default() });
    let watch = Watch { stopped: &stopped, progress: &progress };
    let Ok(Answer::Forecast(found)) = forecast_watched(&scenario, &options, watch) else {
        panic!("there is something")
    };
    assert_eq!(rounds.load(Ordering::SeqCst), 2);
    assert!(found.warnings.iter().any(|warning| warning.contains("told to end")), "{:?}", found.warnings);
    let at_once = forecast_watched(&scenario, &options, Watch { stopped: &|| true, ..Watch::default() });
    assert!(matches!(at_once, Err(Refusal::Stopped)), "{at_once:?}");
}

#[test]
fn ends_when_the_memory_is_full() {
    let scenario = parse(RULES);
    let limits = Limits { memory: 600_000, ..Limits::default() };
    let options = Options { limits, ..drawing(Sampling { error: Some(1e-6), ..Sampling::default() }) };
    let Ok(Answer::Forecast(found)) = forecast_watched(&scenario, &options, Watch::default()) else {
        panic!("there is room for some worlds")
    };
    assert!(samples(&found) < 600_000 / 16);
    assert!(found.warnings.iter().any(|warning| warning.contains("memory")), "{:?}", found.warnings);
}

/// Where a check cannot be exact it says how many worlds it has drawn, by default and as asked for.
#[test]
fn checks_are_drawn_where_they_must_be() {
    let scenario = parse(RULES);
    let limits = Limits { operations: 10.0, ..Limits::default() };
    for (samples, drawn) in [(None, "1000 worlds (seed 4)"), (Some(65), "65 worlds (seed 4)")] {
        let options = Options { limits, ..drawing(Sampling { samples, seed: 4, ..Sampling::default() }) };
        let found = dateline::check(&scenario, &options).expect("rules alone can be drawn from");
        assert!(found.feasible && found.warnings.iter().any(|warning| warning.contains(drawn)), "{:?}", found.warnings);
    }
}

/// When an event is that hardly any world has is told with an error of days.
#[test]
fn the_mean_day_of_what_hardly_occurs_is_uncertain() {
    let text = "horizon = { from = 2024-05-01, to = 2024-05-28 }\n[event.visit]\noccurs = 0.0005\n[event.tour]\n\
                [[rule]]\nsays = \"tour at least 3 days before visit\"\n";
    let exact = exact(&parse(text)).events[0].mean_day.unwrap();
    let mut seen = 0;
    for seed in 0..20 {
        let found = sampled(&parse(text), Sampling { samples: Some(2_000), seed, ..Sampling::default() });
        let visit = &found.events[0];
        if let (Some(mean), Some(error)) = (visit.mean_day, visit.mean_day_error) {
            seen += 1;
            assert!(error > 1.0 && (mean - exact).abs() <= 3.0 * error, "{mean} +/- {error}, {exact}");
        }
    }
    assert!(seen > 3, "{seen}");
}

/// A world tells of an event each day that the others leave to it, so that days have smaller errors than draws of days
/// would have; a question about one event's days alone is told alike.
#[test]
fn days_have_smaller_errors_than_draws_of_them() {
    let mut text = "horizon = { from = 2024-01-01, to = 2024-02-09 }\n".to_string();
    for (event, next) in (0..6).map(|event| (event, (event + 1) % 6)) {
        text += &format!("[event.e{event}]\n[[rule]]\nsays = \"e{event} within 9 days of e{next}\"\n");
    }
    text += "[[query]]\nask = \"e3 in 2024-01-11..2024-01-20\"\n";
    let report = "[[report]]\ncredibility = 0.8\nsays = \"e0 in 2024-01-21..2024-01-31\"\n";
    for text in [text.clone(), text + report] {
        let found = sampled(&parse(&text), Sampling { samples: Some(2_000), ..Sampling::default() });
        let Method::Sampled { effective, .. } = found.method else { panic!("not sampled") };
        let days = found.events.iter().flat_map(|event| &event.days);
        let of_one: f64 = days.clone().map(|day| day.p * (1.0 - day.p)).sum();
        let told: f64 = days.map(|day| day.p_error.unwrap().powi(2)).sum();
        assert!(told < 0.5 * of_one / effective as f64, "{told}, {of_one} of {effective}");
        let asked = found.events[3].days.iter().filter(|day| (10..20).contains(&(day.date - found.horizon.from)));
        let sum: f64 = asked.map(|day| day.p).sum();
        assert!((found.queries[0].probability - sum).abs() < 1e-12, "{sum}, {:?}", found.queries);
    }
}

/// What the domains decide has no error, and what no world shows has one.
#[test]
fn certainty_is_told_apart_from_never_seen() {
    let scenario = parse(
        r#"
        horizon = { from = 2024-05-01, to = 2024-05-30 }
        [event.opening]
        on = 2024-05-07
        [event.visit]
        [event.tour]
        occurs = 0.9
        [[rule]]
        says = "visit after opening"
        [[report]]
        id = "report"
        credibility = 0.5
        says = "visit on 2024-05-29 and tour on 2024-05-28"
        [[query]]
        id = "never"
        ask = "visit by 2024-05-06"
        [[query]]
        id = "surely"
        ask = "opening before visit"
        [[query]]
        id = "rare"
        ask = "visit on 2024-05-08 and tour on 2024-05-09"
        "#,
    );
    let (found, exact) = (sampled(&scenario, Sampling { samples: Some(300), ..Sampling::default() }), exact(&scenario));
    let query = |id: &str| {
        let query = found.queries.iter().find(|query| query.id == id).unwrap();
        (query.probability, query.probability_error.unwrap())
    };
    assert_eq!(query("never"), (0.0, 0.0));
    assert_eq!(query("surely"), (1.0, 0.0));
    let (probability, error) = query("rare");
    assert!(error > 0.002 && probability < 0.02, "{probability} ± {error}");
    assert_eq!((found.events[0].occurs, found.events[0].occurs_error), (1.0, Some(0.0)));
    assert!(found.events[1].in_doubt() && !found.events[0].in_doubt());
    // One in 700 worlds would show what the report says; its factor depends on how many exactly.
    let posterior = |forecast: &Forecast| match forecast.reports[0].standing {
        ReportStanding::Speaks { claim_posterior, claim_posterior_error, .. } => {
            (claim_posterior, claim_posterior_error.unwrap_or(0.0))
        }
        ref other => panic!("{other:?}"),
    };
    let ((truth, _), (found, error)) = (posterior(&exact), posterior(&found));
    assert!((truth - found).abs() < 3.0 * error && error < 0.1, "{found} ± {error}, in truth {truth}");
}

/// Claims that rules decide, which no single day shows: there is no world to draw in which they are otherwise.
#[test]
fn claims_that_rules_decide_are_known() {
    for (says, truth) in [("not (visit 3 days after tour)", 1.0), ("tour at least 4 days after visit", 0.0)] {
        let scenario = parse(&format!(
            "horizon = {{ from = 2024-05-01, to = 2024-06-15 }}\n[event.visit]\n[event.tour]\n[[rule]]\nsays = \"visit within 2 days of tour\"\n[[report]]\ncredibility = 0.2\nsays = \"{says}\"\n"
        ));
        let found = sampled(&scenario, Sampling { samples: Some(20_000), ..Sampling::default() });
        match found.reports[0].standing {
            ReportStanding::Speaks { claim_prior, claim_posterior, .. } => {
                assert!((claim_prior - truth).abs() < 1e-3 && (claim_posterior - truth).abs() < 1e-3, "{says}");
            }
            ref other => panic!("{other:?}"),
        }
    }
}

/// Two reports that are at odds, and worlds enough or not to say so.
#[test]
fn few_worlds_give_no_verdict() {
    let scenario = parse(
        r#"
        horizon = { from = 2024-05-01, to = 2024-05-30 }
        [event.visit]
        [event.tour]
        [[report]]
        credibility = 0.99
        says = "visit by 2024-05-03"
        [[report]]
        credibility = 0.99
        says = "visit after 2024-05-26 and tour before visit"
        "#,
    );
    let told = |samples: usize| {
        let found = sampled(&scenario, Sampling { samples: Some(samples), ..Sampling::default() });
        let warned = found.warnings.iter().any(|warning| warning.contains("at odds"));
        (found.tells_agreement(), warned)
    };
    assert_eq!(told(90), (false, false));
    assert_eq!(told(4_000), (true, true));
}

#[test]
fn what_cannot_hold_together_is_explained_alike() {
    let rules = r#"
        horizon = { from = 2024-05-01, to = 2024-05-30 }
        [event.visit]
        [event.tour]
        [[rule]]
        says = "visit before tour"
        [[observation]]
        says = "tour before visit"
        "#;
    let reports = r#"
        horizon = { from = 2024-05-01, to = 2024-05-30 }
        [event.visit]
        [[report]]
        id = "a"
        credibility = 1
        says = "visit by 2024-05-10"
        [[report]]
        id = "b"
        credibility = 1
        says = "visit after 2024-05-20"
        "#;
    for text in [rules, reports] {
        let scenario = parse(text);
        let told = |options: &Options| match forecast_watched(&scenario, options, Watch::default()) {
            Ok(Answer::Infeasible(infeasible)) => render::json(&infeasible),
            other => panic!("{other:?}"),
        };
        assert_eq!(told(&drawing(Sampling::default())), told(&Options::default()));
    }
}

#[test]
fn every_probability_has_its_error_beside_it() {
    let found = sampled(&parse(SILENCE), Sampling { samples: Some(500), seed: 3, ..Sampling::default() });
    let json: serde_json::Value = serde_json::from_str(&render::json(&found)).unwrap();
    let method = &json["method"];
    assert_eq!((&method["name"], &method["samples"], &method["seed"]), (&"sampled".into(), &500.into(), &3.into()));
    let mut seen = Vec::new();
    visit(&json, &mut seen);
    for key in ["agreement", "rules", "facts", "occurs", "mean_day", "p", "probability", "posterior", "claim_prior"] {
        assert!(seen.iter().any(|found| found == key), "no {key}_error");
    }
    let shown = render::text(&Answer::Forecast(Box::new(found)), &LOOK);
    assert!(shown.contains("sampled: 500 worlds") && shown.contains("seed 3") && shown.contains(" ± "), "{shown}");
    let exact = render::json(&exact(&parse(SILENCE)));
    assert!(!exact.contains("_error"));
}

/// Checks that numbers which are to have an error have one, right after them.
fn visit(json: &serde_json::Value, seen: &mut Vec<String>) {
    const WITH_ERROR: [&str; 10] = [
        "agreement",
        "rules",
        "facts",
        "occurs",
        "mean_day",
        "p",
        "probability",
        "posterior",
        "claim_prior",
        "claim_posterior",
    ];
    if let Some(object) = json.as_object() {
        let keys: Vec<&String> = object.keys().collect();
        for (at, key) in keys.iter().enumerate().filter(|(_, key)| WITH_ERROR.contains(&key.as_str())) {
            if object[*key].is_number() {
                assert_eq!(keys.get(at + 1).copied(), Some(&format!("{key}_error")), "{object:?}");
                assert!(object[&format!("{key}_error")].as_f64() >= Some(0.0));
                seen.push(key.to_string());
            }
        }
        object.values().for_each(|value| visit(value, seen));
    }
    json.as_array().into_iter().flatten().for_each(|value| visit(value, seen));
}

#[test]
fn automatic_is_exact_where_it_can_be() {
    let scenario = parse(ABSENT);
    let auto = forecast_watched(&scenario, &Options::default(), Watch::default()).unwrap();
    assert_eq!(render::json(&auto), render::json(&exact(&scenario)));
}
