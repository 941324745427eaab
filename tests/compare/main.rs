//! Pairs of scenarios in; whether what is told of them is what their forecasts say one by one, and by hand, out.

mod command;
mod differences;
mod look;

use dateline::{
    Answer, Changes, Comparison, Day, EventForecast, Figure, Forecast, MethodChoice, Options, ReportStanding, Sampling,
    Scenario, compare, forecast,
};
use std::collections::BTreeSet;

/// Rounding of sums of probabilities.
const ROUNDING: f64 = 1e-12;

/// The worked scenarios: paths and texts.
fn worked() -> Vec<(String, String)> {
    let files = std::fs::read_dir("scenarios").expect("the folder is there");
    let paths = files.map(|file| file.expect("the folder can be read").path());
    let mut found: Vec<(String, String)> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).expect("the scenario can be read")))
        .collect();
    found.sort();
    assert!(found.len() >= 6);
    found
}

fn parse(text: &str) -> Scenario {
    changed(text, &Changes::default())
}

fn changed(text: &str, changes: &Changes) -> Scenario {
    Scenario::parse_with(text, changes).unwrap_or_else(|invalid| panic!("{invalid}\n{text}"))
}

fn compared(a: &Scenario, b: &Scenario) -> Comparison {
    compare(a, b, &Options::default()).expect("the scenarios are small")
}

fn forecast_of(scenario: &Scenario, options: &Options) -> Forecast {
    match forecast(scenario, options).expect("the scenario is small") {
        Answer::Forecast(forecast) => *forecast,
        Answer::Infeasible(infeasible) => panic!("{infeasible:?}"),
    }
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Changes of a kind that a worked scenario can take.
fn some_change(scenario: &Scenario) -> Changes {
    let answer = forecast_of(scenario, &Options::default());
    Changes { without: vec![answer.reports[0].id.clone()], ..Changes::default() }
}

/// ½ Σ |p − q| over all days of the calendar and "does not occur", the slow way.
fn variation(a: &EventForecast, b: &EventForecast) -> f64 {
    let dates: BTreeSet<String> = a.days.iter().chain(&b.days).map(|day| day.date.to_string()).collect();
    let p = |event: &EventForecast, date: &String| {
        event.days.iter().filter(|day| day.date.to_string() == *date).map(|day| day.p).sum::<f64>()
    };
    let on_days: f64 = dates.iter().map(|date| (p(a, date) - p(b, date)).abs()).sum();
    (on_days + (a.occurs - b.occurs).abs()) / 2.0
}

// ---- Against the forecasts of either side ----

#[test]
fn both_sides_are_what_is_forecast_of_them() {
    for (path, text) in worked() {
        let a = parse(&text);
        let b = changed(&text, &some_change(&a));
        let (of_a, of_b) = (forecast_of(&a, &Options::default()), forecast_of(&b, &Options::default()));
        let found = compared(&a, &b);
        assert_eq!(
            (found.agreement.a.unwrap().value, found.agreement.b.unwrap().value),
            (of_a.agreement, of_b.agreement)
        );
        assert_eq!(found.events.len(), of_a.events.len());
        for ((event, a), b) in found.events.iter().zip(&of_a.events).zip(&of_b.events) {
            let (side_a, side_b) = (event.a.as_ref().unwrap(), event.b.as_ref().unwrap());
            assert_eq!((&side_a.days, &side_b.days), (&a.days, &b.days), "{path}");
            let shift = b.mean_day.unwrap() - a.mean_day.unwrap();
            assert!((event.shift_days.unwrap().value - shift).abs() < 1e-9, "{path} {}", event.id);
            assert!((event.total_variation.unwrap().value - variation(a, b)).abs() < 1e-9, "{path} {}", event.id);
            assert_eq!(event.total_variation.unwrap().error, None);
        }
        for (query, (a, b)) in found.queries.iter().zip(of_a.queries.iter().zip(&of_b.queries)) {
            assert_eq!(query.id, a.id);
            assert_eq!(query.change, Some(Figure { value: b.probability - a.probability, error: None }));
        }
        assert_eq!(found.queries.len(), of_a.queries.len());
        for report in &found.reports {
            let posterior = |forecast: &Forecast| {
                let standing = forecast.reports.iter().find(|other| other.id == report.id).map(|other| &other.standing);
                match standing {
                    Some(ReportStanding::Speaks { posterior, .. }) => *posterior,
                    _ => None,
                }
            };
            let found = report.posteriors();
            assert_eq!(found.a.map(|figure| figure.value), posterior(&of_a));
            assert_eq!(found.b.map(|figure| figure.value), posterior(&of_b));
        }
        assert!(found.moved(), "{path}");
    }
}

/// Every number that says how far something moved.
fn moves(found: &Comparison) -> Vec<f64> {
    let events = found.events.iter().flat_map(|event| [event.shift_days, event.total_variation]);
    let queries = found.queries.iter().map(|query| query.change);
    events.chain(queries).flatten().map(|figure| figure.value).collect()
}

#[test]
fn nothing_moves_between_a_scenario_and_itself() {
    let drawn = Options {
        method: MethodChoice::Sample,
        sampling: Sampling { samples: Some(2000), ..Sampling::default() },
        ..Options::default()
    };
    for (path, text) in worked() {
        let scenario = parse(&text);
        for options in [&Options::default(), &drawn] {
            let found = compare(&scenario, &scenario, options).unwrap();
            assert!(!found.moved() && found.feasible(), "{path}");
            assert!(moves(&found).iter().all(|moved| *moved == 0.0), "{path}");
        }
    }
}

#[test]
fn swapping_the_sides_turns_the_signs() {
    for (path, text) in worked() {
        let a = parse(&text);
        let b = changed(&text, &some_change(&a));
        let (there, back) = (compared(&a, &b), compared(&b, &a));
        // What only one side has comes last, so that the order may differ.
        for event in &there.events {
            let other = back.events.iter().find(|other| other.id == event.id).unwrap();
            assert_eq!(event.shift_days.unwrap().value, -other.shift_days.unwrap().value, "{path}");
            assert_eq!(event.total_variation, other.total_variation, "{path}");
        }
        for query in &there.queries {
            let other = back.queries.iter().find(|other| other.id == query.id).unwrap();
            assert_eq!(query.change.unwrap().value, -other.change.unwrap().value, "{path}");
        }
        assert_eq!(there.reports.len(), back.reports.len());
        for report in &there.reports {
            let other = back.reports.iter().find(|other| other.id == report.id).unwrap();
            assert_eq!((report.posteriors().a, report.posteriors().b), (other.posteriors().b, other.posteriors().a));
            assert_eq!(report.moved(), other.moved());
        }
    }
}

// ---- By hand ----

#[test]
fn dates_are_compared_though_the_horizons_begin_on_different_days() {
    // Ten days each, six of them in common: the mean moves by four days, and four tenths lie elsewhere.
    let a = parse("horizon = { from = 2024-05-01, to = 2024-05-10 }\n[event.visit]\n[event.fixed]\non = 2024-05-07");
    let b = parse("horizon = { from = 2024-05-05, to = 2024-05-14 }\n[event.fixed]\non = 2024-05-07\n[event.visit]");
    let found = compared(&a, &b);
    let ids: Vec<&str> = found.events.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids, ["visit", "fixed"], "in the order of a");
    let [visit, fixed] = &found.events[..] else { panic!("{found:?}") };
    assert_eq!(visit.a.as_ref().unwrap().mean_day, visit.b.as_ref().unwrap().mean_day);
    assert!((visit.shift_days.unwrap().value - 4.0).abs() < ROUNDING);
    assert!((visit.total_variation.unwrap().value - 0.4).abs() < ROUNDING);
    assert_eq!(
        (visit.a.as_ref().unwrap().median(), visit.b.as_ref().unwrap().median()),
        (Some(day("2024-05-05")), Some(day("2024-05-09")))
    );
    // The seventh of May is the seventh, from wherever it is counted.
    assert_eq!(fixed.shift_days, Some(Figure { value: 0.0, error: None }));
    assert!(!fixed.moved() && visit.moved());
}

#[test]
fn what_does_not_occur_counts_as_a_date_of_its_own() {
    let text =
        |occurs: &str| format!("horizon = {{ from = 2024-05-01, to = 2024-05-10 }}\n[event.visit]\noccurs = {occurs}");
    let found = compared(&parse(&text("1")), &parse(&text("0.7")));
    let visit = &found.events[0];
    assert!((visit.total_variation.unwrap().value - 0.3).abs() < ROUNDING);
    assert!(visit.shift_days.unwrap().value.abs() < ROUNDING, "given that it occurs it is as it was");
    // What cannot occur has no mean to shift.
    let never = compared(&parse(&text("1")), &parse(&text("0")));
    assert_eq!(never.events[0].shift_days, None);
    assert!((never.events[0].total_variation.unwrap().value - 1.0).abs() < ROUNDING);
}

const SIDES: [&str; 2] = [
    r#"
horizon = { from = 2024-05-01, to = 2024-05-10 }
[event.visit]
[event.old]
[[report]]
id = "dropped"
credibility = 0.5
says = "visit by 2024-05-03"
[[report]]
id = "twin"
source = "paper"
date = 2024-05-01
says = "visit by 2024-05-05"
[[report]]
id = "ratio"
likelihood_ratio = 2
says = "visit after 2024-05-02"
[[query]]
id = "gone"
ask = "visit on 2024-05-01"
[source.paper]
credibility = 0.6
"#,
    r#"
horizon = { from = 2024-05-01, to = 2024-05-10 }
[event.new]
[event.visit]
[[report]]
id = "fresh"
source = "paper"
date = 2024-05-02
says = "visit by 2024-05-06"
[[report]]
id = "twin"
source = "paper"
date = 2024-05-01
says = "visit by 2024-05-05"
[[report]]
id = "ratio"
likelihood_ratio = 3
says = "visit after 2024-05-02"
[[query]]
id = "come"
ask = "new before visit"
[source.paper]
credibility = 0.6
"#,
];

#[test]
fn what_only_one_side_has_is_null_on_the_other() {
    let found = compared(&parse(SIDES[0]), &parse(SIDES[1]));
    let json = serde_json::to_value(&found).unwrap();
    let ids = |key: &str| -> Vec<&str> {
        json[key].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
    };
    assert_eq!(ids("events"), ["visit", "old", "new"]);
    assert_eq!(ids("queries"), ["gone", "come"]);
    assert_eq!(ids("reports"), ["dropped", "twin", "ratio", "fresh"]);
    for (row, side, other) in [(1, "a", "b"), (2, "b", "a")] {
        let event = &json["events"][row];
        assert!(event[side].is_object() && event[other].is_null(), "{event}");
        assert!(event["shift_days"].is_null() && event["total_variation"].is_null(), "{event}");
    }
    assert!(json["queries"][0]["a"].is_number() && json["queries"][0]["b"].is_null());
    assert!(json["queries"][1]["a"].is_null() && json["queries"][1]["b"].is_number());
    assert!(json["queries"][0]["change"].is_null() && json["queries"][1]["change"].is_null());
    // Not heard, replaced by later word, with a likelihood ratio.
    assert!(json["reports"][0]["a"].is_number() && json["reports"][0]["b"].is_null());
    assert!(json["reports"][1]["a"].is_number() && json["reports"][1]["b"].is_null());
    assert!(json["reports"][2]["a"].is_null() && json["reports"][2]["b"].is_null());
    assert!(found.reports.iter().all(|report| report.moved()), "another ratio counts as well");
}

/// Ids that say no more than a position give way to what is said.
#[test]
fn rows_without_an_id_are_compared_by_what_they_say() {
    let head = "horizon = { from = 2024-05-01, to = 2024-05-10 }\n[event.visit]\n";
    let report = |says: &str| format!("[[report]]\ncredibility = 0.5\nsays = \"visit {says}\"\n");
    let query = |ask: &str| format!("[[query]]\nask = \"visit {ask}\"\n");
    let early = [report("by 2024-05-03"), query("by 2024-05-02")].concat();
    let late = [report("after 2024-05-02"), query("after 2024-05-08")].concat();
    let (a, b) = (parse(&[head, &early, &late].concat()), parse(&[head, &late, &early].concat()));
    assert_eq!(a.differences(&b), []);
    let found = compared(&a, &b);
    assert!(moves(&found).iter().all(|moved| moved.abs() < ROUNDING), "{found:?}");
    let json = serde_json::to_value(&found).unwrap();
    for kind in ["query", "report"] {
        let rows = &json[if kind == "query" { "queries" } else { "reports" }];
        assert_eq!(
            (rows[0]["id"].as_str(), rows[0]["id_in_a"].as_str()),
            (Some(&*format!("{kind}-2")), Some(&*format!("{kind}-1")))
        );
        assert!(rows.as_array().unwrap().len() == 2, "{rows}");
    }
    assert!(serde_json::to_value(compared(&a, &a)).unwrap()["queries"][0].get("id_in_a").is_none());
}

#[test]
fn a_side_that_cannot_hold_together_explains_itself() {
    let text = SIDES[0];
    let impossible = Changes { assume: vec!["visit before 2024-05-01".to_string()], ..Changes::default() };
    let (sound, broken) = (parse(text), changed(text, &impossible));
    for (a, b, feasible, infeasible) in [(&sound, &broken, "a", "b"), (&broken, &sound, "b", "a")] {
        let found = compared(a, b);
        assert!(!found.feasible());
        let json = serde_json::to_value(&found).unwrap();
        assert!(json["infeasible"][feasible].is_null());
        assert_eq!(json["infeasible"][infeasible]["conflicts"][0]["members"][0], "assume:1");
        assert!(json["agreement"][feasible].is_number() && json["agreement"][infeasible].is_null());
        for event in json["events"].as_array().unwrap() {
            assert!(event[feasible].is_object() && event[infeasible].is_null() && event["shift_days"].is_null());
        }
        assert!(json["queries"][0][feasible].is_number() && json["queries"][0][infeasible].is_null());
        assert_eq!(json["events"].as_array().unwrap().len(), 2);
    }
    let neither = compared(&broken, &broken);
    assert!(neither.infeasible.a.is_some() && neither.infeasible.b.is_some() && neither.events.is_empty());
    assert!(serde_json::to_value(compared(&sound, &sound)).unwrap().get("infeasible").is_none());
}

// ---- Drawn worlds ----

const DRAWN: &str = r#"
horizon = { from = 2024-05-01, to = 2024-05-20 }
[event.visit]
[event.tour]
occurs = 0.7
[[rule]]
says = "visit before tour"
[[report]]
id = "soon"
credibility = 0.6
says = "visit by 2024-05-06"
[[query]]
id = "near"
ask = "visit within 4 days of tour"
"#;

fn drawing(seed: u64, samples: usize) -> Options {
    let sampling = Sampling { samples: Some(samples), seed, ..Sampling::default() };
    Options { method: MethodChoice::Sample, sampling, ..Options::default() }
}

#[test]
fn errors_of_differences_are_those_of_independent_sides() {
    let without = Changes { without: vec!["soon".to_string()], ..Changes::default() };
    let (a, b) = (parse(DRAWN), changed(DRAWN, &without));
    let options = drawing(3, 1000);
    let found = compare(&a, &b, &options).unwrap();
    let (of_a, of_b) = (forecast_of(&a, &options), forecast_of(&b, &options));
    let root = |a: Option<f64>, b: Option<f64>| Some((a.unwrap().powi(2) + b.unwrap().powi(2)).sqrt());
    let close = |a: Option<f64>, b: Option<f64>| (a.unwrap() - b.unwrap()).abs() < ROUNDING;
    let (event_a, event_b) = (&of_a.events[0], &of_b.events[0]);
    let visit = &found.events[0];
    assert!(close(visit.shift_days.unwrap().error, root(event_a.mean_day_error, event_b.mean_day_error)));
    let query = found.queries[0].change.unwrap();
    assert!(close(query.error, root(of_a.queries[0].probability_error, of_b.queries[0].probability_error)));
    assert!(query.error > Some(0.0));
    let json = serde_json::to_value(&found).unwrap();
    for side in ["a", "b"] {
        assert_eq!(json["method"][side]["name"], "sampled");
        assert_eq!(json["method"][side]["seed"], 3);
        for (row, key) in [("events", "occurs"), ("events", "mean_day")] {
            assert!(json[row][0][side][format!("{key}_error")].is_number(), "{json}");
        }
        assert!(json["queries"][0][format!("{side}_error")].is_number());
        assert!(json["agreement"][format!("{side}_error")].is_number());
    }
    assert!(json["reports"][0]["a_error"].is_number() && json["reports"][0]["b"].is_null());
    assert!(
        json["events"][0]["shift_days_error"].is_number() && json["events"][0]["total_variation_error"].is_number()
    );
    assert!(json["queries"][0]["change_error"].is_number());
    // An exact comparison has none of these.
    let exact = serde_json::to_string(&compared(&a, &b)).unwrap();
    assert!(!exact.contains("_error") && !exact.contains("method"), "{exact}");
}

/// The true difference lies within two of its errors about as often as it should, whatever the seed that both share.
#[test]
fn errors_of_differences_are_honest() {
    const SEEDS: u64 = 120;
    let without = Changes { without: vec!["soon".to_string()], ..Changes::default() };
    let (a, b) = (parse(DRAWN), changed(DRAWN, &without));
    let exact = compared(&a, &b);
    let (mut held, mut of, mut variations) = (0, 0, 0);
    for seed in 1..=SEEDS {
        let found = compare(&a, &b, &drawing(seed, 300)).unwrap();
        let figures = |comparison: &Comparison| {
            let shifts = comparison.events.iter().map(|event| event.shift_days.unwrap());
            shifts.chain([comparison.queries[0].change.unwrap()]).collect::<Vec<Figure>>()
        };
        for (drawn, exact) in figures(&found).iter().zip(figures(&exact)) {
            of += 1;
            held += usize::from((drawn.value - exact.value).abs() <= 2.0 * drawn.error.unwrap());
        }
        for (drawn, exact) in found.events.iter().zip(&exact.events) {
            let (drawn, exact) = (drawn.total_variation.unwrap(), exact.total_variation.unwrap());
            variations += usize::from((drawn.value - exact.value).abs() <= 2.0 * drawn.error.unwrap());
        }
    }
    let share = held as f64 / of as f64;
    assert!(share >= 0.92, "{share}");
    // Of a variation no more than a bound is known, which holds the more often.
    assert!(variations as f64 / (2.0 * SEEDS as f64) >= 0.97, "{variations}");
    eprintln!("within two errors: {share}");
}

/// What chance alone makes of a difference is no move: the same worlds but for the seed.
#[test]
fn chance_is_no_move() {
    let scenario = parse(DRAWN);
    let answer = |seed| forecast(&scenario, &drawing(seed, 500)).unwrap();
    let mut moved = 0;
    for seed in 1..=40 {
        let found = Comparison::between(answer(seed), answer(seed + 1000));
        assert!(moves(&found).iter().any(|moved| *moved != 0.0), "the worlds are others");
        moved += found.events.iter().filter(|event| event.moved()).count();
    }
    assert!(moved <= 4, "{moved} of 80");
}

/// Over many days the bound on what lies elsewhere says little; then the mean tells that an event moved.
#[test]
fn small_moves_of_wide_events_are_seen() {
    let text = |mode: &str| {
        format!(
            "horizon = {{ from = 2024-01-01, to = 2024-12-31 }}\n[event.visit]\n\
             prior = {{ shape = \"normal\", mean = {mode}, sd = 60 }}\n[event.tour]\n[[rule]]\nsays = \"visit before tour\"\n"
        )
    };
    let found = compare(&parse(&text("2024-06-01")), &parse(&text("2024-06-16")), &drawing(1, 1000)).unwrap();
    let visit = &found.events[0];
    assert!(visit.shift_days.unwrap().stands_out(), "{:?}", visit.shift_days);
    assert!(visit.moved());
}
