//! Worlds in, how often days and answers come out: as the exact forecast says.

use super::worlds::{Table, assert_near, date, day, forecast_of, truth};
use dateline::{Cell, Scenario};

const DRAWS: usize = 200_000;

fn founding() -> Scenario {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/state-visit-2024.toml");
    Scenario::parse(&std::fs::read_to_string(path).expect("the scenario is there")).expect("sound")
}

/// Lengths of all kinds: tied to the start, a variable of its own, in doubt but spoken of by nothing; events that may not
/// occur and events after others.
fn mixed() -> Scenario {
    Scenario::parse(
        r#"
        horizon = { from = 2024-05-01, to = 2024-06-15 }
        [event.talks]
        occurs = 0.8
        duration = { weights = [{ days = 2, weight = 1 }, { days = 5, weight = 3 }] }
        [event.fair]
        duration = { shape = "uniform", from = 1, to = 20 }
        prior = { shape = "triangular", low = 2024-05-01, mode = 2024-05-10, high = 2024-06-15 }
        [event.signing]
        after = ["talks", "fair"]
        delay = { shape = "exponential", from = 0, mean = 6 }
        occurs = 0.9
        [event.leave]
        occurs = 0.5
        duration = { weights = [{ days = 3, weight = 1 }, { days = 4, weight = 3 }] }
        [event.opening]
        on = 2024-05-20
        duration = { shape = "uniform", from = 1, to = 4 }
        [[rule]]
        says = "not talks overlaps opening"
        [[report]]
        says = "fair ends with opening or talks before fair"
        credibility = 0.6
        [[report]]
        says = "signing in June"
        credibility = 0.7
        slip = 4
        [[query]]
        id = "apart"
        ask = "talks before fair"
        [[query]]
        id = "long"
        ask = "fair.end at least 10 days after fair.start"
        [[query]]
        id = "signed"
        ask = "not signing occurs or signing.start within 3 days of talks"
        "#,
    )
    .expect("sound")
}

/// Every start day and every query of the scenario as often as forecast, and all starts together by chi-square.
fn assert_as_forecast(scenario: &Scenario, seed: u64) -> Table {
    let table = Table::drawn(scenario, seed, DRAWS);
    let forecast = forecast_of(scenario);
    for event in &forecast.events {
        let counts = table.counts(&event.id);
        let expected = event.days.iter().map(|day| (Some(day.date), day.p));
        let (mut found, mut squares, mut cells) = (0.0, 0.0, 0);
        for (day, p) in expected.chain([(None, event.never)]) {
            let count = counts.get(&day).copied().unwrap_or(0.0);
            found += count;
            assert_near(count, DRAWS, p, 5.0, &format!("{} on {day:?}", event.id));
            let expected = p * DRAWS as f64;
            if expected >= 10.0 {
                squares += (count - expected).powi(2) / expected;
                cells += 1;
            }
        }
        assert_eq!(found, DRAWS as f64, "{} is on no other day", event.id);
        // Mean and standard deviation of chi-square with so many degrees of freedom.
        let freedom = f64::from(cells) - 1.0;
        assert!(squares <= freedom + 5.0 * (2.0 * freedom).sqrt() + 5.0, "{}: {squares} with {freedom}", event.id);
    }
    for query in &forecast.queries {
        let at = table.at(&format!("query:{}", query.id));
        assert_near(table.count(|row| truth(row[at])), DRAWS, query.probability, 4.5, &query.id);
    }
    table
}

#[test]
fn the_founding_scenario_is_drawn_as_forecast() {
    let table = assert_as_forecast(&founding(), 11);
    let names = ["inauguration", "visit", "tour", "tour.end"];
    assert_eq!(table.names[..4], names);
    let [visit, tour, order, may, week, late] =
        ["visit", "tour", "query:order", "query:may", "query:first-week", "query:not-by-june"].map(|n| table.at(n));
    for row in &table.rows {
        let (first, later) = (day(row[visit]), day(row[tour]));
        // The visit takes two days.
        let before = matches!((first, later), (Some(visit), Some(tour)) if visit + 1 < tour);
        assert_eq!(truth(row[order]), before);
        let wholly = first.is_some_and(|first| (date("2024-05-01")..=date("2024-05-30")).contains(&first));
        assert_eq!(truth(row[may]), wholly);
        assert_eq!(truth(row[week]), first.is_some_and(|first| first <= date("2024-05-14")));
        assert_eq!(truth(row[late]), first.is_none_or(|first| first + 1 > date("2024-06-30")));
        assert!(first.is_none_or(|first| first > date("2024-05-07")), "the rule holds");
    }
}

/// The tour's end, which nothing speaks of, is drawn as the same scenario says that is asked about it.
#[test]
fn a_length_that_nothing_speaks_of_has_its_law() {
    let scenario = founding();
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/state-visit-2024.toml"));
    let asked: Vec<String> = (3..=8).map(|days| format!("tour.end {} days after tour.start", days - 1)).collect();
    let changes = dateline::Changes { ask: asked, ..Default::default() };
    let spoken = Scenario::parse_with(&text.expect("the scenario is there"), &changes).expect("sound");
    let queries = forecast_of(&spoken).queries;
    let table = Table::drawn(&scenario, 5, DRAWS);
    let (start, end) = (table.at("tour"), table.at("tour.end"));
    for (days, query) in (3..=8).zip(&queries[queries.len() - 6..]) {
        let long = |row: &[Cell]| matches!((row[start], row[end]), (Cell::Day(a), Cell::Day(b)) if b - a + 1 == days);
        assert_near(table.count(long), DRAWS, query.probability, 4.5, &query.ask);
    }
    assert!(table.rows.iter().all(|row| (row[start] == Cell::Never) == (row[end] == Cell::Never)));
    // Ends may lie past the horizon.
    assert!(table.count(|row| day(row[end]) > Some(date("2024-07-31"))) > 0.0);
}

#[test]
fn lengths_and_events_after_others_are_drawn_as_forecast() {
    let table = assert_as_forecast(&mixed(), 12);
    let names = ["talks", "talks.end", "fair", "fair.end", "signing", "leave", "leave.end", "opening"];
    assert_eq!(table.names[..8], names);
    assert_eq!(table.names[8..], ["opening.end", "query:apart", "query:long", "query:signed"]);
    for row in &table.rows {
        let at = |name: &str| day(row[table.at(name)]);
        let (talks, fair, opening) = ((at("talks"), at("talks.end")), (at("fair"), at("fair.end")), at("opening.end"));
        let length = |(first, last): (Option<dateline::Day>, Option<dateline::Day>)| Some(last? - first? + 1);
        assert!(matches!(length(talks), None | Some(2 | 5)));
        assert!(matches!(length(fair), Some(1..=20)));
        assert!(matches!(length((at("leave"), at("leave.end"))), None | Some(3 | 4)));
        // The rule.
        let overlaps = talks.0.is_some_and(|first| first <= opening.unwrap() && talks.1 >= at("opening"));
        assert!(!overlaps);
        // After the latest, or not at all where one does not occur.
        if let Some(signing) = at("signing") {
            assert!(talks.0.is_some() && Some(signing) >= talks.1.max(fair.1));
        }
        let apart = talks.1.is_some_and(|end| Some(end) < fair.0);
        assert_eq!(truth(row[table.at("query:apart")]), apart);
        assert_eq!(truth(row[table.at("query:long")]), length(fair) >= Some(11));
        let near = |signing| talks.0.is_some_and(|first| signing - talks.1.unwrap() <= 3 && first - signing <= 3);
        assert_eq!(truth(row[table.at("query:signed")]), at("signing").is_none_or(near));
    }
}

/// What is asked of ends, joined with what is asked of starts, has the forecast's probability.
#[test]
fn ends_are_drawn_together_with_their_starts() {
    let text = r#"
        horizon = { from = 2024-05-01, to = 2024-05-31 }
        [event.short]
        occurs = 0.7
        duration = { shape = "uniform", from = 2, to = 5 }
        [event.long]
        duration = { shape = "uniform", from = 1, to = 15 }
        [[report]]
        says = "short meets long"
        credibility = 0.9
        [[report]]
        says = "long.end in late May"
        credibility = 0.8
    "#;
    let asked = ["short.end by 2024-05-10 and short.start on a weekday", "long.end on 2024-05-31", "short meets long"];
    let ask = asked.map(String::from).to_vec();
    let changes = dateline::Changes { ask, ..Default::default() };
    let scenario = Scenario::parse_with(text, &changes).expect("sound");
    let table = assert_as_forecast(&scenario, 13);
    let [short, short_end, long, long_end] = ["short", "short.end", "long", "long.end"].map(|name| table.at(name));
    for row in &table.rows {
        let [start, end, next, last] = [short, short_end, long, long_end].map(|at| day(row[at]));
        let early = end.is_some_and(|end| end <= date("2024-05-10")) && start.is_some_and(|day| day.weekday() < 5);
        assert_eq!(truth(row[4]), early);
        assert_eq!(truth(row[5]), last == Some(date("2024-05-31")));
        assert_eq!(truth(row[6]), end.is_some_and(|end| next == Some(end + 1)));
    }
}

/// A length that nothing speaks of is independent of its start.
#[test]
fn free_lengths_are_independent() {
    let table = Table::drawn(&mixed(), 14, DRAWS);
    let [start, end] = ["leave", "leave.end"].map(|name| table.at(name));
    let early = |row: &[Cell]| day(row[start]).is_some_and(|first| first <= date("2024-05-23"));
    let short = |row: &[Cell]| matches!((row[start], row[end]), (Cell::Day(a), Cell::Day(b)) if b - a == 2);
    // 23 of 46 days, a half that it occurs, a quarter of the lengths.
    assert_near(table.count(|row| early(row) && short(row)), DRAWS, 0.5 * 0.5 * 0.25, 4.5, "early and short");
    assert_near(table.count(|row| !early(row) && short(row)), DRAWS, 0.5 * 0.5 * 0.25, 4.5, "late and short");
}

/// Where plain numbers end, the wide ones draw.
#[test]
fn improbable_worlds_are_drawn_too() {
    let mut text = "horizon = { from = 2024-05-01, to = 2024-05-04 }\n".to_string();
    for event in ["x1", "x2", "x3"] {
        text += &format!(
            "[event.{event}]\nprior = {{ weights = [{{ in = 2024-05-01, weight = 1 }}, \
             {{ in = 2024-05-02, weight = 1e-200 }}, {{ in = 2024-05-03, weight = 3e-200 }}] }}\n"
        );
    }
    // At least two of three on a later day.
    for (one, other) in [("x1", "x2"), ("x1", "x3"), ("x2", "x3")] {
        text += &format!("[[observation]]\nsays = '{one} after 2024-05-01 or {other} after 2024-05-01'\n");
    }
    let scenario = Scenario::parse(&text).expect("sound");
    let table = assert_as_forecast(&scenario, 15);
    let third = |cell: Cell| cell == Cell::Day(date("2024-05-03"));
    let both = |row: &[Cell]| row.iter().filter(|cell| third(**cell)).count() == 2;
    assert_near(table.count(both), DRAWS, 9.0 / 16.0, 4.5, "both on the third");
}

/// Last days follow from first ones, whether a network holds them or not, also past the horizon.
#[test]
fn working_days_end_where_the_calendar_says() {
    let scenario = Scenario::parse(
        r#"
        horizon = { from = 2024-04-25, to = 2024-05-24 }
        [calendar]
        holidays = [2024-05-01, 2024-05-09, 2024-05-27]
        [event.spoken-of]
        duration = { working_days = 3 }
        occurs = 0.8
        [event.unspoken-of]
        duration = { working_days = 4 }
        [event.dated]
        on = 2024-05-08
        duration = { working_days = 2 }
        [event.review]
        after = ["spoken-of", "dated"]
        duration = { working_days = 1 }
        [[rule]]
        says = "not spoken-of.end on a monday"
        [[report]]
        says = "review within 3 working days after spoken-of"
        credibility = 0.7
        [[query]]
        id = "friday"
        ask = "review.end on a friday"
        "#,
    )
    .expect("sound");
    let table = assert_as_forecast(&scenario, 11);
    let holidays = ["2024-05-01", "2024-05-09", "2024-05-27"].map(date);
    let works = |day: dateline::Day| day.weekday() < 5 && !holidays.contains(&day);
    let mut ends = std::collections::BTreeSet::new();
    for (event, count) in [("spoken-of", 3), ("unspoken-of", 4), ("dated", 2), ("review", 1)] {
        let (start, end) = (table.at(event), table.at(&format!("{event}.end")));
        for row in &table.rows {
            let (first, last) = (day(row[start]), day(row[end]));
            assert_eq!(first.is_some(), last.is_some());
            let Some((first, last)) = first.zip(last) else { continue };
            let worked = (0..=last - first).filter(|days| works(first + *days)).count();
            assert!(worked == count && works(last), "{event} {first} {last}");
            ends.insert(last);
        }
    }
    assert!(ends.last() > Some(&date("2024-05-27")), "{ends:?}");
}
