//! Random small scenarios and changes to them in; laws that must hold between the forecasts before and after.

// Parts of these modules serve the comparison with the enumeration alone.
#[allow(dead_code)]
#[path = "../agreement/cases/mod.rs"]
mod cases;
#[allow(dead_code)]
#[path = "../agreement/enumeration/mod.rs"]
mod enumeration;
mod transform;

use cases::case::Case;
use cases::{generate, toml};
use dateline::{Answer, Check, Forecast, Options, ReportStanding, Scenario};
use enumeration::hearing;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::BTreeMap;
use transform::{copies_of_one_day, reordered, shifted, without, without_months};

/// Relative error that a probability may have.
const ERROR: f64 = 1e-9;
/// Smaller probabilities are only known to be small.
const SMALLEST: f64 = 1e-290;

/// A case whose every row has an id, so that positions in the file say nothing.
fn case_of(seed: u64) -> Case {
    let mut case = generate::generate(seed).case;
    for index in 0..case.rules.len() {
        case.rules[index].id = Some(case.rule_id(index));
    }
    for index in 0..case.reports.len() {
        case.reports[index].id = Some(case.report_id(index));
    }
    for index in 0..case.observations.len() {
        case.observations[index].id = Some(case.observation_id(index));
    }
    for (index, query) in case.queries.iter_mut().enumerate() {
        query.id.get_or_insert(format!("query-{}", index + 1));
    }
    case
}

/// The same spelling for cases that are to be compared.
const SPELLING: u64 = 7;

fn scenario(case: &Case) -> Scenario {
    let written = toml::write(case, SPELLING);
    Scenario::parse_with(&written.text, &written.changes)
        .unwrap_or_else(|invalid| panic!("{invalid}\n{}", written.text))
}

/// `None` where it is infeasible.
fn forecast(case: &Case) -> Option<Forecast> {
    match dateline::forecast(&scenario(case), &Options::default()) {
        Ok(Answer::Forecast(forecast)) => Some(*forecast),
        Ok(Answer::Infeasible(_)) => None,
        Err(refusal) => panic!("{refusal}\n{}", toml::write(case, SPELLING).text),
    }
}

fn check(case: &Case) -> Check {
    dateline::check(&scenario(case), &Options::default()).unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// Every number of a forecast by a name that holds days from the horizon's first in place of dates.
fn numbers(forecast: &Forecast) -> BTreeMap<String, f64> {
    let mut found = BTreeMap::from([("agreement".to_string(), forecast.agreement)]);
    for event in &forecast.events {
        let id = &event.id;
        found.insert(format!("{id} occurs"), event.occurs);
        found.insert(format!("{id} never"), event.never);
        for day in &event.days {
            found.insert(format!("{id} on {}", day.date - forecast.horizon.from), day.p);
        }
    }
    // The id of a query that was asked for is its text, which a change may spell differently.
    let (asked, written): (Vec<_>, Vec<_>) = forecast.queries.iter().partition(|query| query.id == query.ask);
    for (index, query) in asked.iter().enumerate() {
        found.insert(format!("asked {index}"), query.probability);
    }
    for query in written {
        found.insert(format!("query {}", query.id), query.probability);
    }
    for report in &forecast.reports {
        let id = &report.id;
        if let ReportStanding::Speaks { posterior, claim_prior, claim_posterior, .. } = &report.standing {
            found.extend(posterior.map(|p| (format!("report {id}"), p)));
            found.insert(format!("claim of {id} before"), *claim_prior);
            found.insert(format!("claim of {id} after"), *claim_posterior);
        }
    }
    found
}

fn close(one: f64, other: f64) -> bool {
    one == other || (one - other).abs() <= ERROR * one.abs().max(other.abs()) || one.abs().max(other.abs()) < SMALLEST
}

/// What differs between two forecasts; `renamed` turns names of the first into names of the second.
fn differences(one: &Option<Forecast>, other: &Option<Forecast>, renamed: impl Fn(&str) -> String) -> Vec<String> {
    let (one, other) = match (one, other) {
        (None, None) => return Vec::new(),
        (Some(one), Some(other)) => (numbers(one), numbers(other)),
        _ => return vec!["one is feasible, the other is not".to_string()],
    };
    let one: BTreeMap<String, f64> = one.into_iter().map(|(name, value)| (renamed(&name), value)).collect();
    let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
    names.sort();
    names.dedup();
    let value = |numbers: &BTreeMap<String, f64>, name| numbers.get(name).copied().unwrap_or(0.0);
    names
        .into_iter()
        .map(|name| (name, value(&one, name), value(&other, name)))
        .filter(|(_, one, other)| !close(*one, *other))
        .map(|(name, one, other)| format!("{name}: {one} and {other}"))
        .collect()
}

fn unchanged(name: &str) -> String {
    name.to_string()
}

/// Whether hard facts act alike however much else is known: no silence, which gives way to other facts, and no
/// testimony for the contrary, which gives way where its claim is certain.
fn is_monotone(case: &Case) -> bool {
    let denies = |report: usize| match hearing::strength(case, report) {
        hearing::Strength::Credibility { hedge, .. } => hedge == 0.0,
        hearing::Strength::LikelihoodRatio(_) => false,
    };
    case.as_of().is_none() && !(0..case.reports.len()).any(denies)
}

fn configuration() -> ProptestConfig {
    ProptestConfig { cases: 192, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(configuration())]

    #[test]
    fn a_rule_never_widens_the_possible_days(seed: u64) {
        let case = case_of(seed);
        prop_assume!(is_monotone(&case) && !case.rules.is_empty());
        let strict = check(&case);
        for rule in 0..case.rules.len() {
            let loose = check(&without(&case, case.rule_id(rule)));
            prop_assert!(loose.feasible || !strict.feasible);
            for (strict, loose) in strict.bounds.iter().zip(&loose.bounds) {
                let within = match (strict.from.zip(strict.to), loose.from.zip(loose.to)) {
                    (None, _) => true,
                    (Some((from, to)), Some((first, last))) => first <= from && to <= last,
                    (Some(_), None) => false,
                };
                prop_assert!(within, "{:?} is wider than {:?}", strict, loose);
            }
        }
    }

    #[test]
    fn dropping_a_rule_or_observation_leaves_a_feasible_case_feasible(seed: u64) {
        let case = case_of(seed);
        prop_assume!(is_monotone(&case) && check(&case).feasible);
        let rules = (0..case.rules.len()).map(|index| case.rule_id(index));
        let observations = (0..case.observations.len()).map(|index| case.observation_id(index));
        for id in rules.chain(observations) {
            prop_assert!(check(&without(&case, id.clone())).feasible, "without {}", id);
        }
    }

    #[test]
    fn dropping_a_report_that_silences_no_other_leaves_a_feasible_case_feasible(seed: u64) {
        let case = case_of(seed);
        prop_assume!(check(&case).feasible);
        let heard = hearing::hear(&case);
        for report in 0..case.reports.len() {
            let silences = heard.standings.iter().any(|(_, standing)| match standing {
                hearing::Standing::Echoes(original) => *original == report,
                // Which of the newest words replaces an old one does not matter while another is left.
                hearing::Standing::ReplacedBy(newer) => {
                    hearing_together(&heard, *newer, report)
                }
                hearing::Standing::Speaks(_) => false,
            });
            let alone = heard.testimonies.iter().all(|t| !t.reports.contains(&report) || t.reports.len() == 1);
            if !silences && alone {
                let id = case.report_id(report);
                prop_assert!(check(&without(&case, id.clone())).feasible, "without {}", id);
            }
        }
    }

    #[test]
    fn shifting_every_date_by_weeks_shifts_every_answer(seed: u64, weeks in 1i32..200) {
        let case = without_months(&case_of(seed));
        let shifted = shifted(&case, weeks);
        let told = differences(&forecast(&case), &forecast(&shifted), unchanged);
        prop_assert!(told.is_empty(), "{:#?}", told);
    }

    #[test]
    fn the_names_of_events_do_not_matter(seed: u64) {
        let case = case_of(seed);
        let mut renamed = case.clone();
        let count = case.events.len();
        // Turned round, since an order of names must not matter either.
        for (index, event) in renamed.events.iter_mut().enumerate() {
            event.name = format!("other-{}", count - index);
        }
        let name = |text: &str| {
            let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
            match case.events.iter().position(|event| event.name == first) {
                Some(index) => format!("{} {rest}", renamed.events[index].name),
                None => text.to_string(),
            }
        };
        let told = differences(&forecast(&case), &forecast(&renamed), name);
        prop_assert!(told.is_empty(), "{:#?}", told);
    }

    #[test]
    fn the_order_of_entries_does_not_matter(seed: u64, order: u64) {
        let case = case_of(seed);
        prop_assume!(!copies_of_one_day(&case));
        let told = differences(&forecast(&case), &forecast(&reordered(&case, order)), unchanged);
        prop_assert!(told.is_empty(), "{:#?}", told);
    }

    #[test]
    fn the_days_and_never_sum_to_one(seed: u64) {
        if let Some(forecast) = forecast(&case_of(seed)) {
            for event in &forecast.events {
                let days: f64 = event.days.iter().map(|day| day.p).sum();
                prop_assert!((days + event.never - 1.0).abs() < ERROR, "{}: {}", event.id, days);
                prop_assert!((days - event.occurs).abs() < ERROR);
            }
            for query in &forecast.queries {
                prop_assert!((0.0..=1.0).contains(&query.probability));
            }
        }
    }

    #[test]
    fn the_same_run_twice_gives_the_same_bytes(seed: u64) {
        let case = case_of(seed);
        let run = || {
            let scenario = scenario(&case);
            let answer = dateline::forecast(&scenario, &Options::default());
            let check = dateline::check(&scenario, &Options::default());
            let check = dateline::render::check_json("a path", &check.expect("no refusal"));
            (dateline::render::json(&answer.expect("no refusal")), check.to_string())
        };
        prop_assert_eq!(run(), run());
    }

    #[test]
    fn saying_the_same_again_changes_nothing(seed: u64, again: prop::sample::Index) {
        let case = case_of(seed);
        let heard = hearing::hear(&case);
        let speaks = |standing: &hearing::Standing| matches!(standing, hearing::Standing::Speaks(_));
        let repeatable: Vec<usize> = heard
            .standings
            .iter()
            .filter(|(report, standing)| speaks(standing) && can_repeat(&case, *report))
            .map(|(report, _)| *report)
            .collect();
        prop_assume!(!repeatable.is_empty());
        let mut repeated = case.clone();
        let mut copy = case.reports[repeatable[again.index(repeatable.len())]].clone();
        copy.id = Some("again".to_string());
        repeated.reports.push(copy);
        let mut found = forecast(&repeated);
        for forecast in found.iter_mut() {
            forecast.reports.retain(|report| report.id != "again");
        }
        let told = differences(&forecast(&case), &found, unchanged);
        prop_assert!(told.is_empty(), "{:#?}", told);
    }
}

fn days_of(text: &str, event: &str) -> BTreeMap<String, f64> {
    let scenario = Scenario::parse(text).expect("a sound scenario");
    match dateline::forecast(&scenario, &Options::default()) {
        Ok(Answer::Forecast(forecast)) => {
            let found = forecast.events.iter().find(|found| found.id == event).expect("the event");
            found.days.iter().map(|day| (day.date.to_string(), day.p)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_rule_holds_for_improbable_lengths_too() {
    let days = days_of(
        r#"
        horizon = { from = 2024-05-01, to = 2024-05-03 }
        [event.visit]
        duration = { weights = [{ days = 1, weight = 1e-17 }, { days = 2, weight = 1 }] }
        [[rule]]
        says = "not visit.end on 2024-05-01"
        [[observation]]
        says = "visit coincides with visit.start"
        "#,
        "visit",
    );
    assert_eq!(days.get("2024-05-01"), None, "a day that the rule forbids");
    assert!(close(days["2024-05-02"], 0.5) && close(days["2024-05-03"], 0.5));
}

#[test]
fn a_rule_about_one_event_leaves_how_probably_it_occurs() {
    let days = days_of(
        r#"
        horizon = { from = 2024-05-01, to = 2024-05-04 }
        [event.visit]
        occurs = 0.5
        [event.fair]
        on = 2024-05-01
        duration = { weights = [{ days = 1, weight = 1 }, { days = 2, weight = 1 }] }
        [[rule]]
        says = "fair by 2024-05-01 and visit after 2024-05-01"
        "#,
        "visit",
    );
    assert!(close(days.values().sum(), 0.5), "{days:?}");
}

/// Whether two reports speak as one.
fn hearing_together(heard: &hearing::Hearing, one: usize, other: usize) -> bool {
    heard.testimonies.iter().any(|t| t.reports.contains(&one) && t.reports.contains(&other))
}

/// Whether the same words again, on the same day, belong to the same testimony and weigh no more: they come from a
/// source, stand for themselves, and a near miss does not count twice.
fn can_repeat(case: &Case, report: usize) -> bool {
    let one = &case.reports[report];
    let credible = matches!(hearing::strength(case, report), hearing::Strength::Credibility { .. });
    let source = one.source.map(|source| &case.sources[source]);
    let slips = one.slip.is_some() || source.is_some_and(|source| source.slip.is_some());
    source.is_some() && credible && !one.independent && !slips && one.echoes.is_none()
}

proptest! {
    /// Whoever believes a distribution expects the best score by saying so (Gneiting and Raftery 2007).
    #[test]
    fn scores_are_proper(believed in masses(), said in masses()) {
        let expected = |score: &dyn Fn(&[f64], usize) -> f64, said: &[f64]| -> f64 {
            believed.iter().enumerate().map(|(day, p)| p * score(said, day)).sum()
        };
        for score in [&log_score_of as &dyn Fn(&[f64], usize) -> f64, &crps_of, &brier_of] {
            let (honest, other) = (expected(score, &believed), expected(score, &said));
            prop_assert!(honest <= other + 1e-9, "{honest} {other}");
        }
    }
}

/// Probabilities of five days, none of them 0.
fn masses() -> impl Strategy<Value = Vec<f64>> {
    proptest::collection::vec(0.01f64..1.0, 5).prop_map(|weights| {
        let total: f64 = weights.iter().sum();
        weights.iter().map(|weight| weight / total).collect()
    })
}

/// The scores of a forecast of five days by the command's own arithmetic: through a scenario whose prior has these masses.
fn scored(said: &[f64], day: usize) -> dateline::Scored {
    let rows: Vec<String> =
        said.iter().enumerate().map(|(at, p)| format!("{{ in = 2024-05-0{}, weight = {p:?} }}", at + 1)).collect();
    let text = format!(
        "horizon = {{ from = 2024-05-01, to = 2024-05-05 }}\n[event.visit]\nhappened = 2024-05-0{}\nprior = {{ weights = [{}] }}\n\
         [[query]]\nask = \"visit by May 3\"\n",
        day + 1,
        rows.join(", ")
    );
    let scenario = Scenario::parse(&text).expect("it is sound");
    let when = dateline::When::AsOf("2024-04-30".parse().expect("a date"));
    dateline::score(&scenario, &when, &Options::default()).expect("it is small")
}

fn log_score_of(said: &[f64], day: usize) -> f64 {
    scored(said, day).events[0].scores[0].forecast.log_score.expect("nothing is held impossible")
}

fn crps_of(said: &[f64], day: usize) -> f64 {
    scored(said, day).events[0].scores[0].forecast.crps
}

fn brier_of(said: &[f64], day: usize) -> f64 {
    scored(said, day).queries[0].scores[0].brier
}
