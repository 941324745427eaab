//! Command lines of `learn` and `backtest` in; exit statuses, output and messages out.

use crate::{HEADER, dateline, folder, worked};
use serde_json::Value;
use std::path::Path;

const ROWS: &str =
    "a,2024-01-01,plan@1,2024-02-01,2024-02-01,2024-02-03\nb,2024-03-01,plan@2,2024-04-01,2024-04-10,2024-04-05\n";

#[test]
fn the_worked_sources_are_what_the_worked_table_teaches() {
    let run = dateline(Path::new(env!("CARGO_MANIFEST_DIR")), &["learn", "scenarios/record/python-releases.csv"]);
    assert_eq!(run.out, std::fs::read_to_string(worked("sources.toml")).unwrap());
    let folder = folder(&[("cases.csv", &format!("{HEADER}{ROWS}"))]);
    let run = dateline(folder.path(), &["learn", "cases.csv", "-o", "sources.toml"]);
    assert!(run.status == 0 && run.out.contains("2 cases"), "{run:?}");
    let written = std::fs::read_to_string(folder.path().join("sources.toml")).unwrap();
    assert!(written.contains("[source.plan]\ncredibility = 0."), "{written}");
}

#[test]
fn what_is_learned_goes_into_a_scenario() {
    let awkward = ROWS.replace("plan@1", "a.b \"c\"@1").replace("plan@2", "");
    let awkward: String = awkward.replace("a.b \"c\"@1", "\"a.b \"\"c\"\"@1\"");
    let scenario = "include = \"sources.toml\"\nhorizon = { from = 2024-01-01, to = 2024-12-31 }\n[event.visit]\n[[report]]\n\
                    source = 'a.b \"c\"'\nsays = \"visit on 2024-05-01\"\ndate = 2024-01-01\n";
    let folder = folder(&[("cases.csv", &format!("{HEADER}{awkward}")), ("visit.toml", scenario)]);
    assert_eq!(dateline(folder.path(), &["learn", "cases.csv", "-o", "sources.toml"]).status, 0);
    let run = dateline(folder.path(), &["forecast", "visit.toml"]);
    assert_eq!((run.status, run.err.as_str()), (0, ""));
}

#[test]
fn mistakes_in_a_table_are_told_at_their_place() {
    let table = format!(
        "{HEADER}a,2024-01-01,plan,2024-02-01,2024-02-01,2024-13-01\n,2024-01-01,plan,2024-03-02,2024-03-01,\nb,,plan,,,\n"
    );
    let folder = folder(&[
        ("cases.csv", &table),
        ("none.csv", HEADER),
        ("named.csv", &HEADER.replace("report_date", "reportdate")),
    ]);
    for command in ["learn", "backtest"] {
        let run = dateline(folder.path(), &[command, "cases.csv"]);
        assert_eq!((run.status, run.out.as_str()), (1, ""));
        for told in [
            "'2024-13-01' is no date",
            "cases.csv:2:41",
            "a row has no case",
            "the stated days end on 2024-03-01, before they begin on 2024-03-02",
            "a statement has no date",
        ] {
            assert!(run.err.contains(told), "{told}: {}", run.err);
        }
        let run = dateline(folder.path(), &[command, "none.csv"]);
        assert!(run.status == 1 && run.err.contains("the table has no rows"), "{run:?}");
        let run = dateline(folder.path(), &[command, "named.csv"]);
        assert!(run.err.contains("the column 'report_date' is missing") && run.err.contains("'reportdate'"), "{run:?}");
        assert_eq!(dateline(folder.path(), &[command, "missing.csv"]).status, 1);
        assert_eq!(dateline(folder.path(), &[command, "cases.csv", "--prior", "0,1"]).status, 2);
    }
    let two = format!("{HEADER}{ROWS}a,2024-01-02,plan,2024-02-02,2024-02-02,2024-02-04\n");
    std::fs::write(folder.path().join("two.csv"), two).unwrap();
    let run = dateline(folder.path(), &["backtest", "two.csv"]);
    assert!(
        run.err.contains("the case 'a' has two outcomes") && run.err.contains("it was 2024-02-03 before"),
        "{run:?}"
    );
}

#[test]
fn scenarios_teach_as_well_and_a_bad_one_is_passed_by() {
    let resolved = "horizon = { from = 2024-05-01, to = 2024-05-31 }\n[event.visit]\nhappened = 2024-05-25\n[source.paper]\n\
                    credibility = 0.6\n[[report]]\nsource = \"paper\"\ndate = 2024-05-01\nsays = \"visit in late May\"\n";
    let folder = folder(&[
        ("archive/one.toml", resolved),
        ("archive/bad.toml", "horizon = 3\n"),
        ("archive/sources.toml", "[source.x]\ncredibility = 1"),
    ]);
    let run = dateline(folder.path(), &["learn", "archive", "--format", "json"]);
    assert!(run.status == 1 && run.err.contains("bad.toml"), "{run:?}");
    let found: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(found["sources"][0]["source"], "paper");
    // One claim of eleven of the thirty days left, which came true.
    let mean = found["sources"][0]["credibility"]["mean"].as_f64().unwrap();
    assert!((0.5..0.75).contains(&mean), "{mean}");
    let run = dateline(folder.path(), &["learn", "archive/sources.toml"]);
    assert_eq!(run.status, 1);
    let mixed = dateline(folder.path(), &["learn", "archive", "cases.csv"]);
    assert_eq!(mixed.status, 2);
}

#[test]
fn a_back_test_is_the_same_on_any_number_of_threads() {
    let folder = worked("");
    let one = dateline(&folder, &["backtest", "python-releases.csv", "--format", "json", "--threads", "1"]);
    let two = dateline(&folder, &["backtest", "python-releases.csv", "--format", "json", "--threads", "2"]);
    assert_eq!(one.status, 0);
    assert!(one.out == two.out);
    let found: Value = serde_json::from_str(&one.out).unwrap();
    assert_eq!(found["summary"]["statements"], 103);
    assert_eq!(found["evaluations"].as_array().unwrap().len(), 104);
}
