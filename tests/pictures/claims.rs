//! Claims and pairs of events in; whether the days told of them are those that forecasts give, out.

use super::{forecast_of, joint_map, parse};
use dateline::{
    Changes, Day, JointMapped, MethodChoice, Options, Sampling, Scenario, Span, claimed_days, joint_map as mapped,
};
use std::collections::BTreeSet;

const BASE: &str = r#"
    horizon = { from = 2024-04-29, to = 2024-06-02 }
    [calendar]
    holidays = [2024-05-01, 2024-05-09]
    [event.visit]
    duration = { weights = [{ days = 1, weight = 1 }, { days = 4, weight = 2 }] }
    [event.stay]
    duration = { working_days = 3 }
"#;

fn days(spans: &[Span]) -> BTreeSet<Day> {
    spans.iter().flat_map(|span| (0..=span.to - span.from).map(|days| span.from + days)).collect()
}

/// The days of a claim are those on which the event can start once the claim is a fact: there is nothing else to know.
#[test]
fn claimed_days_are_those_that_the_claim_leaves() {
    let claims = [
        ("visit", "visit in late May"),
        ("visit", "visit on a weekend"),
        ("visit", "visit on a holiday or visit on a Tuesday"),
        ("visit", "visit.end by 2024-05-05"),
        ("visit", "not visit in the first half of May"),
        ("visit", "visit occurs"),
        ("visit", "visit.start on a working day and visit.end on a working day"),
        ("stay", "stay.end on 2024-05-13"),
        ("stay", "stay after May 7 and stay before May 20"),
    ];
    for (event, says) in claims {
        let reported = format!("{BASE}[[report]]\nid = \"r\"\ncredibility = 0.5\nsays = \"{says}\"");
        let claimed = claimed_days(&parse(&reported));
        assert_eq!(claimed.len(), 1, "{says}");
        assert_eq!((claimed[0].report.as_str(), claimed[0].event.as_str()), ("r", event));
        assert_eq!(claimed[0].claimed, claimed[0].with_slip, "{says}");
        let changes = Changes { assume: vec![says.to_string()], ..Changes::default() };
        let assumed = Scenario::parse_with(BASE, &changes).unwrap_or_else(|invalid| panic!("{invalid}"));
        let forecast = forecast_of(&assumed);
        let found = forecast.events.iter().find(|found| found.id == event).expect("the event is there");
        let expected: BTreeSet<Day> = found.days.iter().map(|day| day.date).collect();
        assert_eq!(days(&claimed[0].claimed), expected, "{says}");
    }
}

#[test]
fn a_slip_reaches_to_both_sides_and_into_the_horizon() {
    let text = |says: &str| {
        format!("{BASE}[[report]]\ncredibility = 0.5\nslip = {{ early = 1, late = 3 }}\nsays = \"{says}\"")
    };
    let of = |says: &str| claimed_days(&parse(&text(says))).remove(0);
    let found = of("visit.start no earlier than 2024-05-10 and visit.start by 2024-05-12");
    let span = |from: &str, to: &str| Span { from: from.parse().unwrap(), to: to.parse().unwrap() };
    assert_eq!(found.claimed, [span("2024-05-10", "2024-05-12")]);
    assert_eq!(found.with_slip, [span("2024-05-09", "2024-05-15")]);
    let before = of("visit on 2024-04-28");
    assert_eq!((before.claimed, before.with_slip), (Vec::new(), vec![span("2024-04-29", "2024-05-01")]));
}

#[test]
fn reports_about_two_events_or_not_heard_claim_no_days() {
    let report = |id: &str, rest: &str| format!("[[report]]\nid = \"{id}\"\ncredibility = 0.5\n{rest}\n");
    let text = BASE.to_string()
        + &report("both", "says = \"visit before stay\"")
        + &report("copy", "says = \"visit in May\"\nechoes = \"first\"")
        + &report("first", "says = \"visit in May\"");
    let found = claimed_days(&parse(&text));
    assert_eq!(found.iter().map(|claimed| claimed.report.as_str()).collect::<Vec<_>>(), ["first"]);
}

const PAIR: &str = r#"
    [event.visit]
    occurs = 0.9
    [event.tour]
    duration = { weights = [{ days = 2, weight = 1 }, { days = 5, weight = 1 }] }
    [[rule]]
    says = "tour at least 2 days after visit"
    [[report]]
    credibility = 0.7
    says = "tour within 5 days of visit"
"#;

/// The sums over either event are the distribution of the other.
#[test]
fn maps_have_the_distributions_as_their_sums() {
    for horizon in ["2024-06-05", "2024-09-30", "2027-03-01"] {
        let scenario = parse(&format!("horizon = {{ from = 2024-05-01, to = {horizon} }}\n{PAIR}"));
        let map = joint_map(&scenario, &["tour", "visit"]);
        let forecast = forecast_of(&scenario);
        for (at, id) in [(0, "tour"), (1, "visit")] {
            let event = forecast.events.iter().find(|event| event.id == id).unwrap();
            assert_eq!(map.events[at].id, id);
            for (index, period) in map.events[at].periods.iter().enumerate() {
                let sum: f64 = match at {
                    0 => map.probabilities[index].iter().sum(),
                    _ => map.probabilities.iter().map(|row| row[index]).sum(),
                };
                let within = |span: &Span| event.distribution().within(span.from, span.to);
                let expected = period.as_ref().map_or(event.never, within);
                assert!((sum - expected).abs() < 1e-9, "{horizon} {id} {period:?}: {sum} {expected}");
            }
        }
    }
}

#[test]
fn drawn_maps_are_near_the_exact_ones() {
    let scenario = parse(&format!("horizon = {{ from = 2024-05-01, to = 2024-05-20 }}\n{PAIR}"));
    let exact = joint_map(&scenario, &[]);
    let sampling = Sampling { samples: Some(40_000), ..Sampling::default() };
    let options = Options { method: MethodChoice::Sample, sampling, ..Options::default() };
    let JointMapped::Map(drawn) = mapped(&scenario, &[], &options).unwrap() else { panic!("nothing is at odds") };
    let total: f64 = drawn.probabilities.iter().flatten().sum();
    assert!((total - 1.0).abs() < 1e-9, "{total}");
    let place = |map: &dateline::JointMap, at: usize, period: &Option<Span>| {
        map.events[at].periods.iter().position(|other| other == period)
    };
    let mut largest: f64 = 0.0;
    for (row, one) in exact.events[0].periods.iter().enumerate() {
        for (column, other) in exact.events[1].periods.iter().enumerate() {
            let at = place(&drawn, 0, one).zip(place(&drawn, 1, other));
            let found = at.map_or(0.0, |(row, column)| drawn.probabilities[row][column]);
            largest = largest.max((found - exact.probabilities[row][column]).abs());
        }
    }
    // Forty thousand worlds know a probability of a few per cent to a tenth of that.
    assert!(largest < 0.005, "{largest}");
}

#[test]
fn maps_need_two_events() {
    let scenario = parse(&format!("horizon = {{ from = 2024-05-01, to = 2024-05-20 }}\n{PAIR}"));
    let refused = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
        mapped(&scenario, &names, &Options::default()).unwrap_err().to_string()
    };
    assert!(refused(&["visti", "tour"]).contains("did you mean 'visit'?"));
    assert!(refused(&["visit"]).contains("two events"));
    assert!(refused(&["visit", "visit"]).contains("twice"));
    let alone = parse("horizon = { from = 2024-05-01, to = 2024-05-20 }\n[event.visit]");
    assert!(mapped(&alone, &[], &Options::default()).unwrap_err().to_string().contains("fewer are in doubt"));
}
