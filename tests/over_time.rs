//! Command lines of `timeline` and `score` in; exit statuses, output and messages out.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

struct Run {
    status: i32,
    out: String,
    err: String,
}

fn dateline(folder: &Path, arguments: &[&str]) -> Run {
    let run =
        Command::new(env!("CARGO_BIN_EXE_dateline")).current_dir(folder).args(arguments).output().expect("it starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it writes UTF-8");
    Run { status: run.status.code().expect("it ends by itself"), out: text(run.stdout), err: text(run.stderr) }
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

const UPDATED: &str = "scenarios/state-visit-2024-updated.toml";

const RESOLVED: &str = r#"
title = "Resolved"
horizon = { from = 2024-05-01, to = 2024-05-31 }
[event.visit]
happened = 2024-05-20
[event.tour]
happened = false
occurs = 0.5
[source.paper]
credibility = 0.6
[[report]]
id = "soon"
source = "paper"
date = 2024-05-03
says = "visit in the first half of May"
[[query]]
id = "order"
ask = "visit before tour"
[[query]]
id = "weather"
ask = "visit by May 10"
outcome = true
[[query]]
id = "open"
ask = "tour occurs and visit by May 22"
"#;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is room");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("there is room");
        std::fs::write(path, text).expect("there is room");
    }
    folder
}

#[test]
fn rows_of_a_timeline_are_forecasts() {
    let run = dateline(project(), &["timeline", UPDATED, "--every", "1w", "--format", "json"]);
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    let rows: Value = serde_json::from_str(&run.out).unwrap();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 10);
    assert_eq!((&rows[0]["as_of"], &rows[9]["as_of"]), (&Value::from("2024-03-18"), &Value::from("2024-05-14")));
    assert_eq!(rows[0]["news"], serde_json::json!(["report:paris-in-may", "report:paris-copy-1"]));
    for row in rows {
        let as_of = row["as_of"].as_str().unwrap();
        let alone = dateline(project(), &["forecast", UPDATED, "--as-of", as_of, "--format", "json"]);
        let alone: Value = serde_json::from_str(&alone.out).unwrap();
        for (event, expected) in row["events"].as_array().unwrap().iter().zip(alone["events"].as_array().unwrap()) {
            for key in ["id", "quantiles"] {
                assert_eq!(event[key], expected[key], "{as_of} {key}");
            }
            let near = |one: &Value, other: &Value| (one.as_f64().unwrap() - other.as_f64().unwrap()).abs() < 1e-9;
            assert!(near(&event["occurs"], &expected["occurs"]) && near(&event["mean_day"], &expected["mean_day"]));
        }
        assert_eq!(row["queries"].as_array().unwrap().len(), alone["queries"].as_array().unwrap().len());
    }
}

#[test]
fn a_timeline_is_told_in_three_formats_on_any_number_of_threads() {
    for format in ["text", "csv", "json"] {
        let one = dateline(project(), &["timeline", UPDATED, "--format", format, "--threads", "1"]);
        let two = dateline(project(), &["timeline", UPDATED, "--format", format, "--threads", "3"]);
        assert!(one.status == 0 && one.out == two.out, "{format}");
    }
    let csv = dateline(project(), &["timeline", UPDATED, "--format", "csv"]).out;
    let header =
        "as_of,event,occurs,mean_day,q05,q25,q50,q75,q95,w50_from,w50_to,w80_from,w80_to,w95_from,w95_to,status,news";
    assert_eq!(csv.lines().next(), Some(header));
    assert_eq!(csv.lines().count(), 1 + 58 * 6);
    for width in ["40", "80", "200"] {
        let text = dateline(project(), &["timeline", UPDATED, "--width", width]).out;
        let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= width.parse().unwrap(), "{widest} of {width}");
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            words.contains("report mid-may: visit on 2024-05-15") && words.contains("visit Putin visits China"),
            "{text}"
        );
    }
}

#[test]
fn evenings_without_a_forecast_are_told() {
    let at_odds = format!("{RESOLVED}[[observation]]\ndate = 2024-05-10\nsays = \"visit before 2024-05-01\"\n");
    let folder = folder(&[("visit.toml", &at_odds)]);
    let stretch = ["timeline", "visit.toml", "--from", "2024-05-08", "--to", "2024-05-12"];
    let run = dateline(folder.path(), &stretch);
    assert!(run.status == 1 && run.err.contains("there is no forecast as of 3 of 5 dates"), "{}", run.err);
    assert!(run.out.contains("10 May: infeasible"), "{}", run.out);
    let json = dateline(folder.path(), &[&stretch[..], &["--format", "json"]].concat());
    let rows: Value = serde_json::from_str(&json.out).unwrap();
    let status: Vec<&str> = rows.as_array().unwrap().iter().map(|row| row["status"].as_str().unwrap()).collect();
    assert_eq!(status, ["ok", "ok", "infeasible", "infeasible", "infeasible"]);
    let misuse = dateline(folder.path(), &["timeline", "visit.toml", "--from", "2024-05-08", "--to", "2024-05-01"]);
    assert!(misuse.status == 2 && misuse.err.contains("end before they begin"), "{}", misuse.err);
    assert_eq!(dateline(folder.path(), &["timeline", "visit.toml", "--every", "0d"]).status, 2);
    let long = ["timeline", "visit.toml", "--from", "1500-01-01", "--to", "2024-05-12", "--every", "1d"];
    assert!(dateline(folder.path(), &long).err.contains("too many"));
}

fn scored(folder: &Path, arguments: &[&str]) -> (Run, Value) {
    let run = dateline(folder, &[&["score", "--format", "json"], arguments].concat());
    let found = serde_json::from_str(&run.out).unwrap_or(Value::Null);
    (run, found)
}

#[test]
fn folders_are_scored_and_a_bad_file_is_reported_and_skipped() {
    let folder = folder(&[
        ("archive/a/visit.toml", RESOLVED),
        ("archive/b.toml", &RESOLVED.replace("2024-05-20", "2024-05-25")),
        ("archive/open.toml", "horizon = { from = 2024-05-01, to = 2024-05-31 }\n[event.visit]\n"),
        ("archive/bad.toml", "horizon = { from = 2024-05-01 }\n"),
        ("archive/sources.toml", "[source.paper]\ncredibility = 0.5\n"),
        ("archive/notes.txt", "nothing"),
    ]);
    let (run, found) = scored(folder.path(), &["archive"]);
    assert_eq!(run.status, 1);
    assert!(
        run.err.contains("archive/bad.toml:1:") && run.err.contains("open.toml: no event has 'happened'"),
        "{}",
        run.err
    );
    let paths: Vec<&str> =
        found["scenarios"].as_array().unwrap().iter().map(|scenario| scenario["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["archive/a/visit.toml", "archive/b.toml", "archive/bad.toml", "archive/open.toml"]);
    assert_eq!(found["all"]["scenarios"], 2);
    // Of two scenarios there is a standard error.
    assert!(found["all"]["dates"]["crps"]["forecast"]["error"].as_f64().unwrap() > 0.0);
    let (one, two) = (["archive", "--threads", "1"], ["archive", "--threads", "2"]);
    assert_eq!(scored(folder.path(), &one).0.out, scored(folder.path(), &two).0.out);
    let empty = dateline(folder.path(), &["score", "archive/open.toml"]);
    assert!(empty.status == 1 && empty.err.contains("there is nothing to score"), "{}", empty.err);
}

#[test]
fn evenings_are_chosen_and_end_where_the_answer_was_known() {
    let folder = folder(&[("visit.toml", RESOLVED)]);
    let evenings = |arguments: &[&str]| -> Vec<(String, Vec<String>)> {
        let (run, found) = scored(folder.path(), &[&["visit.toml"], arguments].concat());
        assert_eq!(run.status, 0, "{}", run.err);
        let one = &found["scenarios"][0];
        let dates = |target: &Value| {
            target["scores"]
                .as_array()
                .unwrap()
                .iter()
                .map(|score| score["as_of"].as_str().unwrap()[5..].to_string())
                .collect()
        };
        let events =
            one["events"].as_array().unwrap().iter().map(|e| (e["event"].as_str().unwrap().to_string(), dates(e)));
        let queries =
            one["queries"].as_array().unwrap().iter().map(|q| (q["query"].as_str().unwrap().to_string(), dates(q)));
        events.chain(queries).collect()
    };
    let weekly = evenings(&[]);
    let of = |name: &str, all: &[(String, Vec<String>)]| all.iter().find(|(id, _)| id == name).unwrap().1.join(" ");
    assert_eq!(of("visit", &weekly), "05-03 05-10 05-17");
    assert_eq!(of("tour", &weekly), "05-03 05-10 05-17 05-24");
    // By the evening of 10 May nobody had come; the file says otherwise, and its word counts.
    assert_eq!(of("weather", &weekly), "05-03");
    assert_eq!(of("order", &weekly), "05-03 05-10 05-17 05-24");
    assert_eq!(of("visit", &evenings(&["--before", "1d,1w"])), "05-13 05-19");
    assert_eq!(of("visit", &evenings(&["--as-of", "2024-05-06"])), "05-06");
    let (_, found) = scored(folder.path(), &["visit.toml"]);
    let notes = found["scenarios"][0]["notes"].to_string();
    assert!(notes.contains("query weather: the file says true, the events' dates say false"), "{notes}");
    assert_eq!(dateline(folder.path(), &["score", "visit.toml", "--as-of", "2024-05-06", "--every", "1d"]).status, 2);
}

#[test]
fn scores_are_those_computed_by_hand() {
    let text = "horizon = { from = 2024-05-01, to = 2024-05-04 }\n[event.visit]\nhappened = 2024-05-03\n[[report]]\ncredibility = 0.5\n\
                date = 2024-04-30\nsays = \"visit on 2024-05-03\"\n[[query]]\nask = \"visit by May 2\"\n";
    let folder = folder(&[("visit.toml", text)]);
    let (_, found) = scored(folder.path(), &["visit.toml", "--as-of", "2024-04-30"]);
    let score = &found["scenarios"][0]["events"][0]["scores"][0];
    let number = |value: &Value| value.as_f64().unwrap();
    // 1/8 on each of three days, 5/8 on the third: F is 1/8, 1/4, 7/8, 1.
    let crps = (0.125f64).powi(2) + 0.25f64.powi(2) + 0.125f64.powi(2);
    assert!((number(&score["crps"]) - crps).abs() < 1e-12);
    assert!((number(&score["log_score"]) + 0.625f64.ln()).abs() < 1e-12);
    assert!((number(&score["base"]["crps"]) - (0.0625 + 0.25 + 0.0625)).abs() < 1e-12);
    assert!((number(&score["uniform"]["log_score"]) - 4f64.ln()).abs() < 1e-12);
    assert_eq!(score["pit"], serde_json::json!([0.25, 0.875]));
    let query = &found["scenarios"][0]["queries"][0];
    assert_eq!((query["outcome"].as_bool(), query["known"].as_str()), (Some(false), Some("2024-05-02")));
    assert!((number(&query["scores"][0]["brier"]) - 0.0625).abs() < 1e-12);
    let skill = &found["all"]["dates"]["crps"];
    assert!((number(&skill["skill"]) - (1.0 - crps / 0.375)).abs() < 1e-12);
    // The prior is the uniform forecast itself.
    assert!((number(&skill["skill_on_uniform"]) - number(&skill["skill"])).abs() < 1e-12);
    let record = &found["all"]["sources"][0];
    assert!((number(&record["promised"]) - 0.625).abs() < 1e-12);
    assert_eq!((record["source"].is_null(), record["came_true"].as_i64()), (true, Some(1)));
}

#[test]
fn what_dates_have_decided_is_no_question_any_more() {
    // Three days never fit into two; a later start than the 20th is no start by then.
    let text = "horizon = { from = 2024-05-01, to = 2024-05-31 }\n[event.visit]\nduration = 3\nhappened = 2024-05-25\n[[query]]\n\
                id = \"never\"\nask = \"visit in 2024-05-10..2024-05-11\"\n[[query]]\nid = \"either\"\n\
                ask = \"visit.start by 2024-05-20 or visit.start after 2024-05-20\"\n";
    let folder = folder(&[("visit.toml", text)]);
    let (run, found) = scored(folder.path(), &["visit.toml", "--every", "1d"]);
    assert_eq!(run.status, 0, "{}", run.err);
    let queries = found["scenarios"][0]["queries"].as_array().unwrap();
    assert_eq!(queries[0]["query"], "never");
    assert!(queries[0]["scores"].as_array().unwrap().is_empty());
    // Whether it occurs at all is open until it does.
    assert_eq!(queries[1]["known"], "2024-05-25");
}

#[test]
fn what_was_held_impossible_leaves_no_skill() {
    let text = RESOLVED.replace("credibility = 0.6", "credibility = 1");
    let folder = folder(&[("visit.toml", &text)]);
    let (run, found) = scored(folder.path(), &["visit.toml", "--as-of", "2024-05-04"]);
    assert_eq!(run.status, 0, "{}", run.err);
    // The certain report has the visit in the first half of May; the tour may still not occur.
    let dates = &found["all"]["dates"];
    assert_eq!(dates["impossible"], serde_json::json!([1, 0, 1]));
    assert!(dates["log_score"]["skill"].is_null() && dates["crps"]["skill"].is_number(), "{dates}");
}
