//! A ring of events with two chords across it and a grid of days that come one before the other: by every engine, with room
//! for tables and without.

use super::assert_close;
use dateline::{Answer, Engine, Forecast, Limits, Method, MethodChoice, Options, ReportStanding, Scenario};
use std::fmt::Write;

/// Twelve events on sixty days, a report on one chord, queries about neighbours, a chord's ends and single days.
fn ring() -> String {
    let mut text = "horizon = { from = 2024-01-01, to = 2024-02-29 }\n".to_string();
    for event in 0..12 {
        let mode = 1 + (event * 7) % 28;
        let _ = writeln!(
            text,
            "[event.e{event}]\nprior = {{ shape = \"triangular\", low = 2024-01-01, mode = 2024-02-{mode:02}, high = 2024-02-29 }}"
        );
    }
    let around = (0..12).map(|event| (event, (event + 1) % 12, 9 + event % 5));
    for (a, b, days) in around.chain([(0, 6, 30), (3, 9, 25)]) {
        let _ = writeln!(text, "[[rule]]\nsays = \"e{a} within {days} days of e{b}\"");
    }
    let _ = writeln!(text, "[[report]]\nid = \"chord\"\ncredibility = 0.7\nsays = \"e0 before e6\"");
    for ask in ["e0 before e6", "e1 before e2", "e3 in 2024-02-10..2024-02-20", "e9 on a weekend and e3 before e9"] {
        let _ = writeln!(text, "[[query]]\nask = \"{ask}\"");
    }
    text
}

fn by(text: &str, limits: Limits) -> Result<Forecast, String> {
    let options = Options { limits, method: MethodChoice::Exact, ..Options::default() };
    match dateline::forecast(&Scenario::parse(text).expect("sound"), &options) {
        Ok(Answer::Forecast(forecast)) => Ok(*forecast),
        Ok(Answer::Infeasible(_)) => panic!("all may fall on one day"),
        Err(refusal) => Err(refusal.to_string()),
    }
}

#[track_caller]
fn assert_same(found: &Forecast, expected: &Forecast) {
    assert_eq!(found.method, Method::Exact);
    assert_close(found.agreement, expected.agreement);
    assert_close(found.log_evidence.rules, expected.log_evidence.rules);
    for (found, expected) in found.events.iter().zip(&expected.events) {
        assert_eq!(found.days.len(), expected.days.len());
        found.days.iter().zip(&expected.days).for_each(|(found, expected)| assert_close(found.p, expected.p));
    }
    for (found, expected) in found.queries.iter().zip(&expected.queries) {
        assert!((0.01..0.99).contains(&expected.probability), "{}: {}", expected.ask, expected.probability);
        assert_close(found.probability, expected.probability);
    }
    assert_eq!(found.joint_windows.len(), expected.joint_windows.len());
    for (found, expected) in found.joint_windows.iter().zip(&expected.joint_windows) {
        assert_eq!(found.weeks, expected.weeks);
        assert_close(found.probability, expected.probability);
    }
    assert_eq!(found.reports.len(), expected.reports.len());
    for (found, expected) in posteriors(found).into_iter().zip(posteriors(expected)) {
        assert_close(found, expected);
    }
}

/// Of each report: posterior, and its claim's probability before and after.
fn posteriors(forecast: &Forecast) -> Vec<f64> {
    let standing = |standing: &ReportStanding| match *standing {
        ReportStanding::Speaks { posterior: Some(posterior), claim_prior, claim_posterior, .. } => {
            [posterior, claim_prior, claim_posterior]
        }
        ref other => panic!("{other:?}"),
    };
    forecast.reports.iter().flat_map(|report| standing(&report.standing)).collect()
}

/// What 16 MiB hold: tables of two events' days, not of three.
const LITTLE: u64 = 16 << 20;
/// Steps that conditioning needs fewer of, and tables more.
const FEW: f64 = 1.5e7;

#[test]
fn conditioning_gives_what_tables_give() {
    let by = |limits: Limits| by(&ring(), limits);
    let tables = by(Limits { engine: Engine::Tables, ..Limits::default() }).unwrap();
    for engine in [Engine::Best, Engine::Bands, Engine::Cutset, Engine::CutsetOnly] {
        assert_same(&by(Limits { engine, ..Limits::default() }).unwrap(), &tables);
    }
    for little in [Limits { memory: LITTLE, ..Limits::default() }, Limits { operations: FEW, ..Limits::default() }] {
        let refused = by(Limits { engine: Engine::Tables, ..little }).unwrap_err();
        assert!(refused.contains("out of reach"), "{refused}");
        assert_same(&by(little).unwrap(), &tables);
    }
}

/// Three rows of four days, each before its right and not after its lower neighbour; on two of them hang an event that may
/// not come and one that comes days later.
fn grid() -> String {
    let mut text = "horizon = { from = 2024-01-01, to = 2024-02-09 }\n".to_string();
    for cell in 0..12 {
        let mode = 1 + (cell * 11) % 31;
        let _ = writeln!(
            text,
            "[event.e{cell}]\nprior = {{ shape = \"triangular\", low = 2024-01-01, mode = 2024-01-{mode:02}, high = 2024-02-09 }}"
        );
    }
    text += "[event.aside]\noccurs = 0.6\n[event.sequel]\nafter = \"e7\"\ndelay = { shape = \"triangular\", low = 2, mode = 4, high = 9 }\n";
    for cell in 0..12 {
        if cell % 4 < 3 {
            let _ = writeln!(text, "[[rule]]\nsays = \"e{cell} before e{}\"", cell + 1);
        }
        if cell < 8 {
            let _ = writeln!(text, "[[rule]]\nsays = \"e{} at least 0 days after e{cell}\"", cell + 4);
        }
    }
    text += "[[rule]]\nsays = \"aside within 5 days of e4\"\n";
    text += "[[report]]\nid = \"one\"\ncredibility = 0.7\nsays = \"e6 in 2024-01-10..2024-01-20\"\n";
    for ask in [
        "e3 before e4",
        "e5 in 2024-01-10..2024-01-25",
        "e1 before e8 or e2 before aside",
        "sequel after e10 and e0 on a weekend",
        "e9 within 4 days of e2",
        "aside occurs and sequel before 2024-02-03",
        "not e2 before e8 and e4 before e3",
        "e1 before e4 or e3 before e9 or e5 at least 8 days after e2",
    ] {
        let _ = writeln!(text, "[[query]]\nask = \"{ask}\"");
    }
    text
}

#[test]
fn histories_give_what_tables_give() {
    let by = |limits: Limits| by(&grid(), limits);
    let tables = by(Limits { engine: Engine::Tables, ..Limits::default() }).unwrap();
    assert!(!tables.joint_windows.is_empty());
    for engine in [Engine::Best, Engine::Bands, Engine::Histories] {
        for threads in [1, 2] {
            assert_same(&by(Limits { engine, threads, ..Limits::default() }).unwrap(), &tables);
        }
    }
}

/// Reports about days of the order itself, some of which contradict each other or go round in circles.
#[test]
fn histories_hear_reports_about_their_order() {
    let mut text = grid();
    for (id, credibility, says) in [
        ("two", 0.8, "e3 before e4"),
        ("three", 0.6, "e4 before e3"),
        ("four", 0.7, "e8 before e2"),
        ("five", 0.3, "e6 at least 0 days before e3"),
        ("six", 0.9, "e2 before e5"),
    ] {
        let _ = writeln!(text, "[[report]]\nid = \"{id}\"\ncredibility = {credibility}\nsays = \"{says}\"");
    }
    let by = |limits: Limits| by(&text, limits);
    let tables = by(Limits { engine: Engine::Tables, ..Limits::default() }).unwrap();
    for engine in [Engine::Best, Engine::Histories] {
        assert_same(&by(Limits { engine, ..Limits::default() }).unwrap(), &tables);
    }
}

/// Nine events in a crown: a question about six days of the order at once, for which there is no room beside what goes
/// through it day by day, is asked of tables.
#[test]
fn questions_out_of_an_orders_reach_are_asked_of_tables() {
    let mut text = super::horizon(28);
    (0..9).for_each(|event| text += &format!("[event.e{event}]\n"));
    for (first, seconds) in [(1, &[6, 8, 3][..]), (5, &[2, 8, 7, 3]), (4, &[2, 7]), (0, &[6, 2, 8, 7, 3])] {
        for second in seconds {
            let _ = writeln!(text, "[[rule]]\nsays = \"e{first} at least 0 days before e{second}\"");
        }
    }
    for says in ["e1 before e4", "e4 before e8", "e8 before e1", "not e7 at least 0 days before e8"] {
        let _ = writeln!(text, "[[report]]\ncredibility = 0.6\nsays = \"{says}\"");
    }
    text += "[[query]]\nask = \"not (e0 before e2 and e3 before e2 and e6 at least 0 days before e4)\"\n";
    let by = |engine: Engine| by(&text, Limits { engine, ..Limits::default() }).unwrap();
    assert_same(&by(Engine::Best), &by(Engine::Tables));
}

/// Two neighbours of a corner of a square grid are alike, so that reports about which of them comes first leave odds that
/// follow from how often they fall on one day. Tables of six days at a time have no room.
#[test]
fn contradicting_reports_about_a_large_order() {
    let mut text = super::horizon(30);
    for cell in 0..36 {
        let _ = writeln!(text, "[event.e{cell}]");
        if cell % 6 < 5 {
            let _ = writeln!(text, "[[rule]]\nsays = \"e{cell} at least 0 days before e{}\"", cell + 1);
        }
        if cell < 30 {
            let _ = writeln!(text, "[[rule]]\nsays = \"e{cell} at least 0 days before e{}\"", cell + 6);
        }
    }
    text = text.replace("[[rule]]\nsays = \"e5 ", "[[query]]\nask = \"e1 before e6\"\n[[rule]]\nsays = \"e5 ");
    let asked = |text: &str, engine: Engine| by(text, Limits { engine, ..Limits::default() });
    let alone = asked(&text, Engine::Best).unwrap().queries[0].probability;
    assert!((0.1..0.49).contains(&alone), "{alone}");
    for (id, credibility, says) in [("one", 0.8, "e1 before e6"), ("two", 0.6, "e6 before e1")] {
        let _ = writeln!(text, "[[report]]\nid = \"{id}\"\ncredibility = {credibility}\nsays = \"{says}\"");
    }
    let refused = asked(&text, Engine::Tables).unwrap_err();
    assert!(refused.contains("out of reach"), "{refused}");
    // Either claim is as probable as the other one before anybody speaks.
    let founded = |credibility: f64| credibility / alone;
    let (one, two) = (founded(0.8) + 0.2, founded(0.6) + 0.4);
    let (before, same, after) = (one * 0.4 * alone, 0.2 * 0.4 * (1.0 - 2.0 * alone), 0.2 * two * alone);
    let total = before + same + after;
    let found = asked(&text, Engine::Best).unwrap();
    assert_close(found.queries[0].probability, before / total);
    assert_close(found.agreement, total);
    let expected = [
        before / total * founded(0.8) / one,
        alone,
        before / total,
        after / total * founded(0.6) / two,
        alone,
        after / total,
    ];
    posteriors(&found).into_iter().zip(expected).for_each(|(found, expected)| assert_close(found, expected));
}

/// A ring of six days of which neighbours lie at most four apart, with two chords, on so many days.
fn close_ring(days: i32) -> String {
    let mut text = super::horizon(days);
    (0..6).for_each(|event| text += &format!("[event.e{event}]\n"));
    let around = (0..6).map(|event| (event, (event + 1) % 6, 4));
    for (a, b, days) in around.chain([(0, 3, 5), (1, 4, 3)]) {
        let _ = writeln!(text, "[[rule]]\nsays = \"e{a} within {days} days of e{b}\"");
    }
    text
}

/// Where all days lie close together, each day more adds as many worlds as the one before. So ten years follow from few days,
/// and the tables of ten years, of 4·10^10 entries each, must be kept in bands.
#[test]
fn ten_years_of_close_days_follow_from_few() {
    let worlds = |days: i32, engine: Engine| {
        let found = by(&close_ring(days), Limits { engine, ..Limits::default() }).unwrap();
        (found.log_evidence.rules + 6.0 * f64::from(days).ln()).exp()
    };
    let (fifty, one_more) = (worlds(50, Engine::Tables).round(), worlds(51, Engine::Tables).round());
    assert_close(worlds(50, Engine::Bands), fifty);
    let expected = fifty + 3600.0 * (one_more - fifty);
    assert_close(worlds(3650, Engine::Best), expected);
}
