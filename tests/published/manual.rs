//! The worked example of the manual, its terms and its grades.

use super::consequences::difference;
use super::*;

/// The worked example of the manual's page on `forecast --format json`.
const STATE_VISIT: &str = "
horizon = { from = 2024-03-20, to = 2024-07-31 }
[event.inauguration]
on = 2024-05-07
[event.visit]
duration = 2
[event.tour]
duration = 6
[[rule]]
says = 'visit after inauguration'
[[report]]
id = 'late-may'
says = 'visit in latter half of May'
credibility = 0.8
[[report]]
id = 'before-tour'
says = 'visit before tour'
credibility = 0.5
[[query]]
id = 'order'
ask = 'visit before tour'
";

/// Every figure that the manual prints, to the digits it prints.
#[test]
fn the_state_visit_of_the_manual() {
    let mut found = serde_json::to_value(forecast(STATE_VISIT)).unwrap();
    let first_day = found["events"][1]["days"][0].take();
    found["events"][1]["days"] = json!([first_day]);
    let visit = json!({
        "id": "visit", "occurs": 1.0, "feasible": {"from": "2024-05-08", "to": "2024-07-31"},
        "mode": "2024-05-16", "mean_day": 66.97,
        "quantiles": {"0.05": "2024-05-16", "0.25": "2024-05-19", "0.5": "2024-05-23", "0.75": "2024-05-28", "0.95": "2024-06-24"},
        "windows": [
            {"level": 0.5, "from": "2024-05-16", "to": "2024-05-24", "probability": 0.5418},
            {"level": 0.8, "from": "2024-05-16", "to": "2024-05-29"},
            {"level": 0.95, "from": "2024-05-08", "to": "2024-06-24"}
        ],
        "days": [{"date": "2024-05-08", "p": 0.0028}]
    });
    let expected = json!({
        "feasible": true, "agreement": 1.2632, "log_evidence": {"rules": 0.0, "facts": 0.0},
        "events": [{"id": "inauguration"}, visit, {"id": "tour"}],
        "reports": [
            {"id": "late-may", "credibility": 0.8, "posterior": 0.8417, "claim_prior": 0.1765, "claim_posterior": 0.8788},
            {"id": "before-tour", "credibility": 0.5, "claim_prior": 0.31, "claim_posterior": 0.79}
        ],
        "queries": [{"id": "order", "ask": "visit before tour", "probability": 0.7891, "term": "likely"}]
    });
    // Half a unit of the last digit; figures of one digit are meant exactly.
    let printed = |number: &Value| match number.to_string().split_once('.') {
        Some((_, digits)) if digits.len() > 1 => 0.5 * 10f64.powi(-(digits.len() as i32)),
        _ => TOLERANCE,
    };
    assert_eq!(difference(&found, &expected, &printed), None);
    let found = forecast(STATE_VISIT);
    assert!((report(&found, "before-tour").1 - 0.60).abs() <= 0.005);
    // The page's text form has the share of each week, Monday to Sunday, in per cent.
    let weeks = [(127, 1.4), (134, 25.4), (141, 41.0), (148, 22.9), (155, 1.5)];
    for (monday, percent) in weeks {
        let share = starts_within(&found, "visit", monday, monday + 6);
        assert!((100.0 * share - percent).abs() <= 0.05, "{share}");
    }
}

/// Intelligence Community Directive 203 (2015), table of likelihood: each term from its lower bound, up to the next.
#[test]
fn terms_change_at_their_bounds() {
    let terms = [
        (0.0, "almost no chance"),
        (0.05, "very unlikely"),
        (0.20, "unlikely"),
        (0.45, "roughly even chance"),
        (0.55, "likely"),
        (0.80, "very likely"),
        (0.95, "almost certain"),
    ];
    for (index, (bound, name)) in terms.iter().enumerate() {
        assert_eq!(term(*bound), *name);
        assert_eq!(term(bound + 1e-9), *name);
        if index > 0 {
            assert_eq!(term(bound - 1e-9), terms[index - 1].1);
        }
    }
    assert_eq!(term(1.0), "almost certain");
}

/// A hedge in words is about the middle of what its term covers, and so is called by the same term again.
#[test]
fn hedges_in_words() {
    let hedges = [
        ("almost no chance", 0.03),
        ("very unlikely", 0.125),
        ("unlikely", 0.325),
        ("roughly even chance", 0.5),
        ("likely", 0.675),
        ("very likely", 0.875),
        ("almost certain", 0.97),
    ];
    for (words, hedge) in hedges {
        let says = format!("visit in {}", span(3, 8));
        let text = format!(
            "{}[event.visit]\n[[report]]\nsays = '{says}'\ncredibility = 1\nhedge = '{words}'\n[[query]]\nid = 'truth'\nask = '{says}'\n",
            horizon(30)
        );
        let found = forecast(&text);
        assert_close(query(&found, "truth"), hedge);
        assert_eq!(found.queries[0].term, words);
    }
}

/// The geometric mean of the letter's and the digit's value, unless the file says otherwise.
#[test]
fn grades_are_geometric_means() {
    let values = [0.95, 0.80, 0.60, 0.40, 0.20, 0.50];
    let mut text = horizon(30) + "[event.visit]\n[grade]\nB2 = 0.75\n";
    let mut expected = Vec::new();
    for (letter, reliability) in "ABCDEF".chars().zip(values) {
        for (digit, information) in (1..=6).zip(values) {
            let days = span(4, 20);
            text += &format!(
                "[[report]]\nid = 'of-{letter}{digit}'\nsays = 'visit in {days}'\ngrade = '{letter}{digit}'\n"
            );
            expected.push((format!("of-{letter}{digit}"), f64::sqrt(reliability * information)));
        }
    }
    let found = forecast(&text);
    for (id, value) in expected {
        let value = if id == "of-B2" { 0.75 } else { value };
        assert_close(report(&found, &id).0, value);
    }
    let named = "[event.visit]\n[[report]]\nid = 'of-B2'\nsays = 'visit by 2024-01-09'\ngrade = 'B2'\n[[report]]\nid = 'of-C3'\nsays = 'visit by 2024-01-09'\ngrade = 'C3'\n";
    let found = forecast(&(horizon(30) + named));
    assert_close(report(&found, "of-B2").0, 0.8);
    assert_close(report(&found, "of-C3").0, 0.6);
}
