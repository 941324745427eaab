//! Decisions whose best plan, policy and clairvoyant value are known, and the command line around them.

use serde_json::Value;
use statrs::distribution::{ContinuousCDF, Normal};
use std::io::Write;
use std::process::{Command, Output, Stdio};

fn run(text: &str, arguments: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .args(["schedule", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn json(text: &str, arguments: &[&str]) -> Value {
    let output = run(text, &[arguments, &["--format", "json"]].concat());
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[track_caller]
fn assert_near(found: &Value, expected: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

/// A visit on one of days 1 to 10, a tour on one of days 6 to 15: choose 8 now (0.7 · 0.7), or react (0.79, by hand).
const BRIEFING: &str = r#"
    horizon = { from = 2024-05-01, to = 2024-05-15 }
    [event.visit]
    window = "2024-05-01..2024-05-10"
    [event.tour]
    window = "2024-05-06..2024-05-15"
    [decision.briefing]
    [[goal]]
    id = "between"
    says = "briefing after visit and briefing before tour"
"#;

#[test]
fn a_briefing_between_two_events() {
    let found = json(BRIEFING, &["--ask-day", "2024-05-05"]);
    assert_eq!(found["plan"]["briefing"], "2024-05-08");
    assert_near(&found["value"], 0.49);
    assert_eq!(found["proven"], true);
    assert_near(&found["policy"]["value"], 0.79);
    assert_eq!(found["policy"]["rule"], "the day after visit starts");
    assert_eq!(found["policy"]["watched"], serde_json::json!(["visit", "tour"]));
    assert_near(&found["clairvoyant"], 0.79);
    // Day 5: 4 of 10 visits are over, and no tour has begun.
    assert_near(&found["asked"]["value"], 0.4);
    assert_near(&found["asked"]["regret"], 0.09);
    let curve = found["curves"][0]["days"].as_array().unwrap();
    assert_eq!(curve.len(), 15);
    assert_near(&curve[8]["value"], 0.48);
}

#[test]
fn notice_makes_reacting_worth_less() {
    // Three days of notice: hold it four days after the visit, if the tour leaves that much.
    let text = BRIEFING.replace("[decision.briefing]", "[decision.briefing]\nnotice = 3");
    let found = json(&text, &[]);
    let mut expected = 0.0;
    for visit in 1..=10 {
        // Nobody waits for a visit that comes too late to be reacted to: the best latest day is found by trying all.
        expected += (6..=15).filter(|tour| visit + 4 < *tour).count() as f64 / 100.0;
    }
    let value = found["policy"]["value"].as_f64().unwrap();
    assert!(value >= expected - 1e-9 && value < 0.79, "{value} {expected}");
    assert_near(&found["value"], 0.49);
}

/// HEATlab's dynamic1 in whole days: X is uniform on 20 to 40 days; choose a day at most 10 days after X (static 11/21,
/// dynamic 1).
#[test]
fn an_activity_that_must_follow_another_closely() {
    let found = json(
        r#"
        horizon = { from = 2024-01-01, to = 2024-03-31 }
        [event.outset]
        on = 2024-01-01
        [event.x]
        after = "outset"
        delay = { shape = "uniform", from = 20, to = 40 }
        [decision.t3]
        [[goal]]
        says = "t3 at least 1 day after x and t3 at most 10 days after x"
        "#,
        &[],
    );
    // "At least 1 day after": at most 10 of the 21 days can be met now, one more if the same day were allowed.
    assert_near(&found["value"], 10.0 / 21.0);
    assert_near(&found["policy"]["value"], 1.0);
    let same_day = json(
        r#"
        horizon = { from = 2024-01-01, to = 2024-03-31 }
        [event.outset]
        on = 2024-01-01
        [event.x]
        after = "outset"
        delay = { shape = "uniform", from = 20, to = 40 }
        [decision.t3]
        [[goal]]
        says = "t3 0..10 days after x"
        "#,
        &[],
    );
    assert_near(&same_day["value"], 11.0 / 21.0);
    assert_near(&same_day["policy"]["value"], 1.0);
    assert_near(&same_day["clairvoyant"], 1.0);
}

/// The toy journey of pstnlib in whole days: a first leg of 60 days (sd 10) and a second of 100 (sd 25), both within 160; the
/// second begins after the first. Its latest departure is 160 days less its length: 60 (sd 25). In continuous time the best
/// start is worth 0.2955 (at 67.3), leaving on arrival 0.5.
#[test]
fn a_journey_of_two_legs() {
    let found = json(
        r#"
        horizon = { from = 2024-01-01, to = 2024-07-31 }
        [event.arrival]
        prior = { shape = "normal", mean = 2024-03-31, sd = 10 }
        [event.latest]
        prior = { shape = "normal", mean = 2024-03-31, sd = 25 }
        [decision.departure]
        watch = ["arrival"]
        [[goal]]
        says = "departure at least 0 days after arrival and departure at least 0 days before latest"
        "#,
        &[],
    );
    let mass = |sd: f64| -> Vec<f64> {
        let law = Normal::new(90.0, sd).unwrap();
        let masses: Vec<f64> = (0..213).map(|day| law.cdf(day as f64 + 0.5) - law.cdf(day as f64 - 0.5)).collect();
        let total: f64 = masses.iter().sum();
        masses.iter().map(|mass| mass / total).collect()
    };
    let (arrival, latest) = (mass(10.0), mass(25.0));
    let fixed = |day: usize| arrival[..=day].iter().sum::<f64>() * latest[day..].iter().sum::<f64>();
    let best = (0..213).map(fixed).fold(0.0, f64::max);
    assert_near(&found["value"], best);
    assert!((best - 0.2955).abs() < 0.015, "{best}");
    assert_eq!(found["plan"]["departure"], "2024-04-07");
    // Whoever reacts leaves the day after.
    let react: f64 = (0..212).map(|day| arrival[day] * latest[day + 1..].iter().sum::<f64>()).sum();
    assert_near(&found["policy"]["value"], react);
    assert!((react - 0.5).abs() < 0.01, "{react}");
}

#[test]
fn rules_restrict_plans_and_required_goals_do_as_well() {
    let text = BRIEFING.to_string()
        + r#"
        value = 2
        [decision.party]
        optional = true
        cost = 0.25
        [[rule]]
        says = "party 2 days after briefing and party on a weekday"
        [[goal]]
        id = "seen"
        says = "party after tour"
        min_probability = 0.6
        "#;
    let found = json(&text, &[]);
    // The tour has begun before day d with probability (d − 6)/10, at least 0.6 from day 12 (Sunday) on: 13 is a Monday.
    assert_eq!(found["plan"]["party"], "2024-05-13");
    assert_eq!(found["plan"]["briefing"], "2024-05-11");
    assert_near(&found["goals"][1]["probability"], 0.7);
    assert_near(&found["value"], 2.0 * 0.4 + 0.7 - 0.25);
}

/// Six working days from Tuesday, 27 February on end on Tuesday, 5 March, after the horizon; nothing but the rule asks for that.
#[test]
fn rules_among_decisions_know_when_working_days_end() {
    let within = |says: &str| {
        let text = format!(
            r#"
            horizon = {{ from = 2024-02-26, to = 2024-03-01 }}
            [event.visit]
            on = 2024-02-27
            duration = {{ working_days = 6 }}
            [decision.briefing]
            [[goal]]
            says = "briefing occurs"
            [[rule]]
            says = "{says}"
            "#
        );
        let found = json(&text, &[]);
        let days = found["curves"].as_array().map_or(0, |curves| curves[0]["days"].as_array().unwrap().len());
        (found["plan"]["briefing"].as_str().map(str::to_string), days)
    };
    assert_eq!(within("visit contains briefing"), (Some("2024-02-27".to_string()), 4));
    assert_eq!(within("briefing 3 working days before visit.end"), (Some("2024-02-29".to_string()), 1));
    assert_eq!(within("briefing after visit"), (None, 0));
}

#[test]
fn where_no_plan_is_good_enough_the_best_of_each_goal_is_told() {
    let text = BRIEFING.replace("id = \"between\"", "id = \"between\"\nmin_probability = 0.5");
    let output = run(&text, &["--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["feasible"], false);
    assert_near(&found["required"][0]["best_probability"], 0.49);
    assert_eq!(found["required"][0]["plan"]["briefing"], "2024-05-08");
    let told = String::from_utf8(run(&text, &[]).stdout).unwrap();
    assert!(told.contains("between is to be 50.0 % probable: at most 49.0 % (Wed 8 May)"), "{told}");
}

#[test]
fn many_decisions_are_searched_with_a_proof() {
    let mut text = String::from(
        "horizon = { from = 2024-01-01, to = 2024-04-30 }\n[event.x]\n[event.y]\nprior = { shape = \"pert\", low = 2024-02-01, mode = 2024-03-01, high = 2024-04-15 }\n",
    );
    let names = ["da", "db", "dc", "dd"];
    for name in names {
        text += &format!("[decision.{name}]\n");
    }
    // One goal of four decisions: a table of them would have 200 million entries.
    text += "[[goal]]\nsays = \"da before x and db after x and dc before y and dd after y and da before db and dc before dd\"\n";
    let found = json(&text, &[]);
    let value = found["value"].as_f64().unwrap();
    let gap = found["gap"].as_f64().unwrap();
    // All can be kept at once: x and y lie between the earliest and the latest days in nearly every world.
    assert!(value > 0.97 && value + gap <= 1.0 + 1e-9, "{value} {gap}");
    assert!(found["policy"]["value"].as_f64().unwrap() >= value - 1e-9);
}

#[test]
fn what_cannot_be_scheduled_is_told() {
    let nothing = run("horizon = { from = 2024-05-01, to = 2024-05-15 }\n[event.visit]\n", &[]);
    assert_eq!(nothing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&nothing.stderr).contains("nothing to decide"));
    let unknown = run(BRIEFING, &["--ask-day", "brefing=2024-05-05"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("did you mean 'briefing'?"));
    let no_date = run(BRIEFING, &["--ask-day", "soon"]);
    assert_eq!(no_date.status.code(), Some(2));
    let impossible = BRIEFING.to_string() + "[[rule]]\nsays = \"visit before 2024-05-01\"\n";
    assert_eq!(run(&impossible, &[]).status.code(), Some(1));
    let past = run(BRIEFING, &["--as-of", "2024-05-15", "--format", "json"]);
    assert_eq!(past.status.code(), Some(1));
}

#[test]
fn threads_change_nothing() {
    let one = run(BRIEFING, &["--threads", "1", "--format", "json"]).stdout;
    assert_eq!(one, run(BRIEFING, &["--threads", "3", "--format", "json"]).stdout);
}

#[test]
fn forecasts_do_not_see_decisions() {
    let forecast = |text: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_dateline"))
            .args(["forecast", "-", "--format", "json"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        child.wait_with_output().unwrap().stdout
    };
    let with = BRIEFING.to_string() + "[[rule]]\nsays = \"briefing on 2024-05-03\"\n";
    let without = &BRIEFING[..BRIEFING.find("[decision").unwrap()];
    assert_eq!(forecast(&with), forecast(without));
}
