//! Command lines in; exit statuses, standard output and standard error of the binary, checked against the manual, out.

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// Two events, two reports of which one is copied and one replaced, a query; sound.
const VISIT: &str = r#"
title = "A visit and a tour"
horizon = { from = 2024-05-01, to = 2024-06-30 }
as_of = 2024-05-04

[event.visit]
title = "The visit"
duration = 2
[event.tour]
occurs = 0.4
[event.summit]
happened = false
window = "..2024-05-20"

[source.paper]
credibility = 0.7

[[rule]]
id = "first-visit"
says = "visit before tour"
[[report]]
id = "old"
source = "paper"
date = 2024-05-02
says = "visit in early May"
[[report]]
id = "new"
source = "paper"
date = 2024-05-04
says = "visit in mid May"
[[report]]
id = "copy"
echoes = "new"
date = 2024-05-04
says = "visit in mid May"
credibility = 0.5
[[report]]
id = "later"
date = 2024-05-09
says = "visit in June"
credibility = 0.9
[[report]]
id = "sign"
says = "tour occurs"
likelihood_ratio = 2
[[observation]]
id = "not-on-sunday"
says = "not visit on a sunday"
[[query]]
id = "soon"
ask = "visit by 2024-05-20"
"#;

/// A rule and a fact that cannot both hold.
const AT_ODDS: &str = r#"
title = "At odds"
horizon = { from = 2024-05-01, to = 2024-06-30 }
[event.visit]
[[rule]]
id = "late"
says = "visit after 2024-06-01"
[[observation]]
id = "seen"
says = "visit by 2024-05-20"
"#;

const MISSPELT: &str = "horizon = { from = 2024-05-01, to = 2024-06-30 }\n[event.visit]\ndurtion = 2\n";

/// What a run of the binary left behind.
#[derive(Debug, PartialEq)]
struct Run {
    status: i32,
    out: String,
    err: String,
}

impl Run {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
    // What would ask for colours even in a pipe.
    command.env_remove("CLICOLOR_FORCE").env_remove("FORCE_COLOR");
    command
}

fn run(arguments: &[&str]) -> Run {
    run_with_input(arguments, b"")
}

fn run_with_input(arguments: &[&str], input: &[u8]) -> Run {
    let mut command = binary();
    command.args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    // A run that does not read its input may be over by now.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).expect("everything written is UTF-8");
    Run {
        status: output.status.code().expect("the run was not killed"),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// A file of that content; each test names its own.
fn file(name: &str, content: impl AsRef<[u8]>) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).unwrap();
    path.into_os_string().into_string().unwrap()
}

#[track_caller]
fn assert_fails(run: &Run, status: i32, words: &[&str]) {
    assert_eq!(run.status, status, "{run:?}");
    assert_eq!(run.out, "", "errors are no results");
    assert!(!run.err.contains("panicked"), "{run:?}");
    for word in words {
        assert!(run.err.contains(word), "no {word:?} in {:?}", run.err);
    }
}

// ---- Exit status, standard output and standard error ----

#[test]
fn a_sound_scenario_is_done() {
    let path = file("sound.toml", VISIT);
    let formats = [("forecast", "text"), ("forecast", "json"), ("forecast", "csv")];
    for (command, format) in formats.into_iter().chain([("check", "text"), ("check", "json")]) {
        let found = run(&[command, &path, "--format", format]);
        assert_eq!((found.status, found.err.as_str()), (0, ""), "{command}");
        assert!(found.out.contains("visit") && found.out.contains("tour"));
        assert!(found.out.ends_with('\n'));
    }
    let schema = run(&["schema"]);
    assert_eq!((schema.status, schema.err.as_str()), (0, ""));
    assert!(schema.json().is_object());
}

#[test]
fn help_and_version_are_results() {
    for option in ["--help", "--version"] {
        let found = run(&[option]);
        assert_eq!((found.status, found.err.as_str()), (0, ""));
        assert!(found.out.contains("dateline") || found.out.contains("Usage"));
    }
    for command in ["forecast", "check"] {
        let found = run(&[command, "--help"]);
        assert_eq!((found.status, found.err.as_str()), (0, ""));
        assert!(found.out.contains("--without"));
    }
}

#[test]
fn an_invalid_file_is_at_fault() {
    let path = file("misspelt.toml", MISSPELT);
    for command in ["forecast", "check"] {
        let found = run(&[command, &path]);
        assert_fails(&found, 1, &["durtion", "duration", "misspelt.toml:3:1"]);
    }
    let found = run(&["forecast", &path, "--format", "json"]);
    assert_fails(&found, 1, &["durtion"]);
}

#[test]
fn an_infeasible_file_is_at_fault() {
    let path = file("at-odds.toml", AT_ODDS);
    for command in ["forecast", "check"] {
        for format in ["text", "json"] {
            let found = run(&[command, &path, "--format", format]);
            // The explanation is an answer.
            assert_eq!((found.status, found.err.as_str()), (1, ""), "{command}");
            assert!(found.out.contains("late") && found.out.contains("seen"));
        }
    }
}

#[test]
fn what_cannot_be_read_is_at_fault() {
    let not_text = file("not-text.toml", b"title = \"\xff\"\n");
    let folder = env!("CARGO_TARGET_TMPDIR");
    for command in ["forecast", "check"] {
        assert_fails(&run(&[command, "no/such/file.toml"]), 1, &["no/such/file.toml"]);
        assert_fails(&run(&[command, folder]), 1, &["folder"]);
        assert_fails(&run(&[command, &not_text]), 1, &["not-text.toml", "UTF-8", "line 1"]);
    }
}

#[test]
fn a_wrong_command_line_is_at_fault() {
    let path = file("misused.toml", VISIT);
    let wrong: [&[&str]; 15] = [
        &["--fromat", "json"],
        &["--format", "xml"],
        &["--as-of", "2024-02-30"],
        &["--as-of", "soon"],
        &["--max-memory", "plenty"],
        &["--without", "nobody"],
        &["--assume", "visit before"],
        &["--assume", "nobody before visit"],
        &["--ask", "visit in 2024-02-30"],
        &["--ask", ""],
        &["--joint", "nobody"],
        &["--joint", "visit,nobody"],
        &["--joint", "visit,visit"],
        &["--joint", "visit,tour,summit,visit"],
        &["--method", "guess"],
    ];
    for arguments in wrong {
        assert_fails(&run(&[&["forecast", &path], arguments].concat()), 2, &["error"]);
    }
    assert_fails(&run(&[]), 2, &["Usage"]);
    assert_fails(&run(&["forecast"]), 2, &["Usage"]);
    assert_fails(&run(&["prophesy", &path]), 2, &["prophesy"]);
}

#[test]
fn messages_name_what_is_wrong_and_what_was_meant() {
    let path = file("named.toml", VISIT);
    let found = run(&["forecast", &path, "--without", "ol"]);
    assert_fails(&found, 2, &["--without", "'ol'", "did you mean 'old'"]);
    let found = run(&["forecast", &path, "--joint", "viist"]);
    assert_fails(&found, 2, &["--joint", "'viist'", "did you mean 'visit'"]);
    let found = run(&["check", &path, "--assume", "tuor occurs"]);
    assert_fails(&found, 2, &["--assume", "tuor", "did you mean 'tour'"]);
}

#[test]
fn mistakes_of_file_and_command_line_are_told_together() {
    let path = file("both.toml", MISSPELT);
    let found = run(&["forecast", &path, "--assume", "tuor occurs"]);
    assert_fails(&found, 1, &["durtion", "tuor"]);
}

/// Tables grow with the product of the days of events that are tied together.
#[test]
fn too_little_memory_is_refused_by_name() {
    let mut text = "horizon = { from = 2024-01-01, to = 2024-12-31 }\n".to_string();
    for event in ["north", "south", "east", "west"] {
        text += &format!("[event.{event}]\nduration = {{ shape = 'uniform', to = 9 }}\n");
        for other in ["north", "south", "east", "west"] {
            if event < other {
                text += &format!("[[rule]]\nsays = 'not {event} overlaps {other}'\n");
            }
        }
    }
    let path = file("entangled.toml", text);
    for command in ["forecast", "check"] {
        let found = run(&[command, &path, "--method", "exact", "--max-memory", "100K"]);
        assert_fails(&found, 1, &["entangled.toml", "100 KiB"]);
        let named = ["north", "south", "east", "west"].map(|event| found.err.contains(event));
        assert!(named.iter().filter(|named| **named).count() >= 2, "{found:?}");
    }
}

// ---- Input ----

#[test]
fn standard_input_is_a_file_too() {
    let path = file("input.toml", VISIT);
    let from_file = run(&["forecast", &path, "--format", "json"]);
    let piped = run_with_input(&["forecast", "-", "--format", "json"], VISIT.as_bytes());
    assert_eq!(piped, from_file);
    let wrong = run_with_input(&["forecast", "-"], MISSPELT.as_bytes());
    assert_fails(&wrong, 1, &["<standard input>", "durtion"]);
    let not_text = run_with_input(&["forecast", "-"], b"title = '\xff'");
    assert_fails(&not_text, 1, &["UTF-8"]);
    let nothing = run_with_input(&["forecast", "-"], b"");
    assert_fails(&nothing, 1, &["horizon"]);
}

#[test]
fn several_scenarios_make_an_array() {
    let sound = file("several-sound.toml", VISIT);
    let at_odds = file("several-at-odds.toml", AT_ODDS);
    let misspelt = file("several-misspelt.toml", MISSPELT);
    let found = run(&["forecast", &sound, &at_odds, &sound, "--format", "json"]);
    assert_eq!((found.status, found.err.as_str()), (1, ""));
    let found = found.json();
    let feasible = |index: usize| found[index]["feasible"].as_bool();
    assert_eq!(found.as_array().map(Vec::len), Some(3));
    assert_eq!([0, 1, 2].map(feasible), [Some(true), Some(false), Some(true)]);
    assert_eq!(found[0], found[2]);
    // One that cannot be read does not keep the others from being told, and keeps its place.
    let found = run(&["forecast", &misspelt, &sound, "--format", "json"]);
    assert_eq!(found.status, 1);
    assert!(found.err.contains("durtion"));
    let found = found.json();
    assert_eq!(found.as_array().map(Vec::len), Some(2));
    assert_eq!(found[0]["diagnostics"][0]["line"], 3);
    assert_eq!(found[1]["feasible"], true);
    let found = run(&["check", &sound, &at_odds, &misspelt, "--format", "json"]);
    assert_eq!(found.status, 1);
    assert_eq!(found.json().as_array().map(Vec::len), Some(3));
    let found = run(&["check", &sound, "--format", "json"]);
    assert!(found.json().is_object());
}

#[test]
fn changes_are_made() {
    let path = file("changed.toml", VISIT);
    let changed = |arguments: &[&str]| run(&[&["forecast", &path, "--format", "json"], arguments].concat()).json();
    let ids = |found: &Value| -> Vec<String> {
        let reports = found["reports"].as_array().unwrap().iter();
        reports.map(|report| report["id"].as_str().unwrap().to_string()).collect()
    };
    assert_eq!(ids(&changed(&[])), ["old", "new", "copy", "sign"]);
    assert_eq!(ids(&changed(&["--without", "paper"])), ["copy", "sign"]);
    let dropped = changed(&["--without", "copy", "--without", "old"]);
    assert_eq!(ids(&dropped), ["new", "sign"]);
    let later = changed(&["--as-of", "2024-05-10"]);
    assert_eq!(later["as_of"], "2024-05-10");
    assert_eq!(ids(&later), ["old", "new", "copy", "later", "sign"]);
    let known = changed(&["--assume", "visit on 2024-05-08", "--ask", "visit before May 9"]);
    assert_eq!(known["events"][0]["days"][0]["date"], "2024-05-08");
    assert_eq!(known["queries"][1]["id"], "visit before May 9");
    assert_eq!(known["queries"][1]["probability"], 0.0);
    let joint = changed(&["--joint", "tour"]);
    for window in joint["joint_windows"].as_array().unwrap() {
        assert_eq!(keys(&window["weeks"]), ["tour"]);
    }
}

// ---- Formats ----

fn keys(object: &Value) -> Vec<&str> {
    let object = object.as_object().unwrap_or_else(|| panic!("{object} is no object"));
    object.keys().map(String::as_str).collect()
}

/// The object has all fields of a list such as `id title`.
#[track_caller]
fn assert_fields(object: &Value, names: &str) {
    for name in names.split(' ') {
        assert!(object.get(name).is_some(), "no {name} in {object}");
    }
}

#[track_caller]
fn assert_is_date(value: &Value) {
    let text = value.as_str().unwrap_or_else(|| panic!("{value} is no text"));
    let day: dateline::Day = text.parse().unwrap_or_else(|_| panic!("{text} is no date"));
    assert_eq!(day.to_string(), text);
}

#[test]
fn forecasts_have_the_fields_of_the_manual() {
    let path = file("fields.toml", VISIT);
    let found = run(&["forecast", &path, "--format", "json"]).json();
    assert_fields(
        &found,
        "title horizon as_of method feasible agreement log_evidence events joint_windows reports queries",
    );
    assert_eq!(found["title"], "A visit and a tour");
    assert_eq!(found["method"]["name"], "exact");
    assert_eq!(found["horizon"]["from"], "2024-05-01");
    assert_eq!(found["horizon"]["to"], "2024-06-30");
    assert_fields(&found["log_evidence"], "rules facts");
    for event in found["events"].as_array().unwrap() {
        assert_fields(event, "id title occurs feasible mode mean_day quantiles windows days");
        assert_eq!(keys(&event["quantiles"]), ["0.05", "0.25", "0.5", "0.75", "0.95"]);
        for (window, level) in event["windows"].as_array().unwrap().iter().zip([0.5, 0.8, 0.95]) {
            assert_fields(window, "level from to probability");
            assert_eq!(window["level"], level);
        }
        let days = event["days"].as_array().unwrap();
        let sum: f64 = days.iter().map(|day| day["p"].as_f64().unwrap()).sum();
        assert!((sum - event["occurs"].as_f64().unwrap()).abs() < 1e-12);
        for day in days {
            assert_is_date(&day["date"]);
            assert!(day["p"].as_f64().unwrap() > 0.0);
        }
    }
    let query = &found["queries"][0];
    assert_fields(query, "id ask probability term");
    let probability = query["probability"].as_f64().unwrap();
    assert_eq!(query["term"], dateline::term(probability));
}

#[test]
fn dates_that_are_not_reached_are_null() {
    let path = file("nulls.toml", VISIT);
    let found = run(&["forecast", &path, "--format", "json"]).json();
    let (visit, tour) = (&found["events"][0], &found["events"][1]);
    assert_eq!((&visit["title"], &tour["title"]), (&"The visit".into(), &Value::Null));
    for date in [&visit["mode"], &visit["feasible"]["from"], &visit["feasible"]["to"]] {
        assert_is_date(date);
    }
    assert_is_date(&visit["quantiles"]["0.95"]);
    assert!(tour["occurs"].as_f64().unwrap() < 0.9);
    assert_eq!(tour["quantiles"]["0.95"], Value::Null);
    let widest = &tour["windows"][2];
    assert_eq!((&widest["from"], &widest["to"]), (&Value::Null, &Value::Null));
    // What cannot occur has no mean.
    let assumed = run(&["forecast", &path, "--format", "json", "--assume", "not tour occurs"]);
    let tour = &assumed.json()["events"][1];
    assert_eq!(tour["occurs"], 0.0);
    assert_eq!((&tour["mean_day"], &tour["mode"]), (&Value::Null, &Value::Null));
    assert_eq!(tour["days"], Value::Array(Vec::new()));
}

#[test]
fn reports_tell_what_became_of_them() {
    let path = file("reports.toml", VISIT);
    let found = run(&["forecast", &path, "--format", "json"]).json();
    let reports = found["reports"].as_array().unwrap();
    // What is dated after the as-of date is not listed.
    let by_id: BTreeMap<&str, &Value> = reports.iter().map(|report| (report["id"].as_str().unwrap(), report)).collect();
    assert_eq!(by_id.keys().copied().collect::<Vec<_>>(), ["copy", "new", "old", "sign"]);
    assert_eq!(*by_id["copy"], serde_json::json!({"id": "copy", "echoes": "new"}));
    assert_eq!(*by_id["old"], serde_json::json!({"id": "old", "replaced_by": "new"}));
    for id in ["new", "sign"] {
        assert_fields(by_id[id], "id credibility posterior claim_prior claim_posterior");
    }
    assert_eq!(by_id["new"]["credibility"], 0.7);
    assert_eq!(by_id["sign"]["credibility"], Value::Null);
    assert_eq!(by_id["sign"]["posterior"], Value::Null);
    assert_eq!(found["as_of"], "2024-05-04");
}

#[test]
fn joint_windows_are_weeks_in_order_of_probability() {
    let path = file("weeks.toml", VISIT);
    let found = run(&["forecast", &path, "--format", "json"]).json();
    let windows = found["joint_windows"].as_array().unwrap();
    assert!(!windows.is_empty() && windows.len() <= 10);
    let mut before = 1.0;
    for window in windows {
        assert_eq!(keys(window), ["weeks", "probability"]);
        let probability = window["probability"].as_f64().unwrap();
        assert!(0.0 < probability && probability <= before * (1.0 + 1e-9));
        before = probability;
        for (event, week) in window["weeks"].as_object().unwrap() {
            let monday = week.as_str().map(|text| text.parse::<dateline::Day>().unwrap());
            assert!(monday.is_none_or(|monday| monday.weekday() == 0), "{event} {week}");
        }
    }
    assert!(windows.iter().any(|window| window["weeks"]["tour"].is_null()));
}

#[test]
fn infeasible_forecasts_explain_themselves() {
    let path = file("explained.toml", AT_ODDS);
    let found = run(&["forecast", &path, "--format", "json"]).json();
    assert_fields(&found, "title feasible conflicts repairs more_conflicts more_repairs days_short");
    assert_eq!(found["feasible"], false);
    assert_fields(&found["conflicts"][0], "members why days_short lines");
    let members = serde_json::json!(["observation:seen", "rule:late"]);
    assert_eq!(found["conflicts"][0]["members"], members);
    assert_eq!(found["conflicts"][0]["why"].as_array().map(Vec::len), Some(2));
    let repair = &found["repairs"][0][0];
    assert!(members.as_array().unwrap().contains(repair));
}

#[test]
fn checks_have_the_fields_of_the_manual() {
    let sound = file("checked.toml", VISIT);
    let found = run(&["check", &sound, "--format", "json"]).json();
    assert_fields(&found, "path feasible bounds conflicts repairs warnings");
    assert_eq!(found["path"], sound);
    assert_eq!(found["feasible"], true);
    assert_eq!(found["bounds"].as_array().map(Vec::len), Some(3));
    assert_fields(&found["bounds"][0], "event from to");
    assert_is_date(&found["bounds"][0]["from"]);
    assert_eq!(found["bounds"][0]["from"], "2024-05-06");
    let at_odds = file("checked-at-odds.toml", AT_ODDS);
    let found = run(&["check", &at_odds, "--format", "json"]).json();
    assert_eq!(found["feasible"], false);
    assert_fields(&found["conflicts"][0], "members why days_short lines");
}

#[test]
fn checks_of_wrong_files_list_the_mistakes() {
    let path = file("mistakes.toml", MISSPELT);
    let found = run(&["check", &path, "--format", "json"]);
    assert_eq!((found.status, found.err.as_str()), (1, ""));
    let found = found.json();
    assert_eq!(found["path"], path);
    let mistake = &found["diagnostics"][0];
    assert_fields(mistake, "line column message help");
    assert_eq!((&mistake["line"], &mistake["column"]), (&3.into(), &1.into()));
    assert_eq!(mistake["help"], "did you mean 'duration'?");
}

#[test]
fn csv_has_a_row_an_event_and_day() {
    let path = file("rows.toml", VISIT);
    let found = run(&["forecast", &path, "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(found.out.as_bytes());
    assert_eq!(reader.headers().unwrap(), vec!["event", "date", "probability"]);
    let mut sums: BTreeMap<String, f64> = BTreeMap::new();
    for row in reader.records() {
        let row = row.unwrap();
        // No date: does not occur.
        assert!(row[1].is_empty() || row[1].parse::<dateline::Day>().is_ok());
        *sums.entry(row[0].to_string()).or_default() += row[2].parse::<f64>().unwrap();
    }
    assert_eq!(sums.keys().collect::<Vec<_>>(), ["summit", "tour", "visit"]);
    for (event, sum) in sums {
        assert!((sum - 1.0).abs() < 1e-12, "{event}: {sum}");
    }
}

/// Both formats print numbers that read as what was computed.
#[test]
fn csv_and_json_agree() {
    let path = file("agree.toml", VISIT);
    let json = run(&["forecast", &path, "--format", "json"]).out;
    let rows = run(&["forecast", &path, "--format", "csv"]).out;
    for row in rows.lines().skip(1) {
        let fields: Vec<&str> = row.split(',').collect();
        if !fields[1].is_empty() {
            assert!(json.contains(&format!("\"p\": {}", fields[2])), "{row}");
        }
    }
}

// ---- Terminals, pipes and bytes ----

#[test]
fn pipes_get_no_escape_codes() {
    let sound = file("plain.toml", VISIT);
    let misspelt = file("plain-misspelt.toml", MISSPELT);
    for no_color in [None, Some("1")] {
        for path in [&sound, &misspelt] {
            for arguments in [&["forecast"] as &[&str], &["check"], &["forecast", "--fromat"]] {
                let mut command = binary();
                command.args(arguments).arg(path).env("TERM", "xterm-256color");
                command.env_remove("NO_COLOR").envs(no_color.map(|value| ("NO_COLOR", value)));
                let output = command.output().unwrap();
                assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b));
            }
        }
    }
}

// ---- Drawing worlds ----

/// Twelve events that are all tied to each other: hopeless exactly, within so little memory.
fn entangled() -> String {
    let mut text = "horizon = { from = 2024-01-01, to = 2024-06-30 }\n".to_string();
    for event in 0..12 {
        text += &format!("[event.e{event}]\n");
        for other in 0..event {
            text +=
                &format!("[[report]]\ncredibility = 0.6\nsays = \"e{other} within {} days of e{event}\"\n", 40 + event);
        }
    }
    text
}

#[test]
fn drawn_forecasts_say_so_in_every_format() {
    let path = file("drawn.toml", VISIT);
    let drawn = |format: &str| {
        let found =
            run(&["forecast", &path, "--method", "sample", "--samples", "600", "--seed", "5", "--format", format]);
        assert_eq!((found.status, found.err.as_str()), (0, ""), "{format}");
        found
    };
    let text = drawn("text").out;
    assert!(
        text.contains("sampled: 600 worlds (effective ") && text.contains("seed 5") && text.contains(" +/- "),
        "{text}"
    );
    let json = drawn("json").json();
    assert_eq!(json["method"]["name"], "sampled");
    assert_eq!((json["method"]["samples"].as_u64(), json["method"]["seed"].as_u64()), (Some(600), Some(5)));
    assert!(json["queries"][0]["probability_error"].as_f64() > Some(0.0));
    let csv = drawn("csv").out;
    assert!(csv.starts_with("event,date,probability,error\n"), "{csv}");
    assert!(csv.lines().skip(1).all(|line| line.split(',').count() == 4 && !line.ends_with(',')));
    let exact = run(&["forecast", &path, "--format", "csv", "--samples", "600"]).out;
    assert!(exact.starts_with("event,date,probability\n"), "nothing is drawn where it can be computed: {exact}");
}

#[test]
fn drawn_bytes_depend_on_the_seed_and_not_on_threads() {
    let path = file("drawn-bytes.toml", VISIT);
    let on = |seed: &str, threads: &str| {
        let drawn = ["--method", "sample", "--samples", "3000", "--seed", seed, "--threads", threads];
        run(&[&["forecast", &path, "--format", "json"], &drawn[..]].concat()).out
    };
    assert!(!on("1", "1").is_empty());
    assert_eq!(on("1", "1"), on("1", "4"));
    assert_ne!(on("1", "1"), on("2", "1"));
}

#[test]
fn options_for_drawing_are_checked() {
    let path = file("drawn-options.toml", VISIT);
    let bad = [
        ("--samples", "0"),
        ("--samples", "many"),
        ("--samples", "99999999999"),
        ("--error", "0"),
        ("--error", "0.5"),
        ("--error", "nan"),
        ("--threads", "0"),
        ("--threads", "-1"),
        ("--seed", "-1"),
        ("--timeout", "0"),
        ("--timeout", "soon"),
        ("--timeout", "-3s"),
        ("--method", "guess"),
    ];
    for (option, value) in bad {
        assert_fails(&run(&["forecast", &path, &format!("{option}={value}")]), 2, &[option]);
    }
    for (option, value) in [("--samples", "100"), ("--error", "0.01")] {
        let found = run(&["forecast", &path, "--method", "exact", option, value]);
        assert_fails(&found, 2, &[option, "--method exact"]);
    }
    assert_eq!(run(&["forecast", &path, "--method", "exact", "--timeout", "1m", "--threads", "1"]).status, 0);
}

#[test]
fn the_error_that_is_asked_for_is_reached() {
    let path = file("drawn-error.toml", VISIT);
    let found = run(&["forecast", &path, "--method", "sample", "--error", "0.015", "--format", "json"]).json();
    let errors = |found: &Value| -> Vec<f64> {
        let queries =
            found["queries"].as_array().unwrap().iter().map(|query| query["probability_error"].as_f64().unwrap());
        queries.collect()
    };
    assert!(errors(&found).iter().all(|error| *error > 0.0 && *error <= 0.015), "{found}");
    assert!(found["warnings"].as_array().unwrap().iter().all(|warning| !warning.to_string().contains("drawing ended")));
}

/// Drawing ends when the time is up, with what there is.
#[test]
fn the_time_is_kept() {
    let path = file("drawn-time.toml", VISIT);
    let begun = std::time::Instant::now();
    let found = run(&["forecast", &path, "--method", "sample", "--timeout", "700ms", "--format", "json"]);
    let time = begun.elapsed();
    assert_eq!(found.status, 0, "{found:?}");
    assert!(found.json()["method"]["samples"].as_u64() > Some(100));
    assert!(time > std::time::Duration::from_millis(650), "{time:?}");
    assert!(time < std::time::Duration::from_secs(30), "{time:?}");
}

/// What is out of reach is refused with what ties it up, or drawn.
#[test]
fn the_entangled_is_refused_by_name_or_drawn() {
    let path = file("entangled.toml", entangled());
    let exactly = run(&["forecast", &path, "--method", "exact"]);
    assert_fails(&exactly, 1, &["exact answer is out of reach", "e1", "tied together"]);
    let found = run(&["forecast", &path, "--samples", "300", "--timeout", "60s", "--format", "json"]);
    match found.status {
        0 => assert_eq!(found.json()["method"]["name"], "sampled"),
        _ => assert_fails(&found, 1, &["out of reach", "e1"]),
    }
}

/// A run that Ctrl-C ends after so long: its status and output.
#[cfg(unix)]
fn interrupted_after(arguments: &[&str], time: std::time::Duration) -> Run {
    let mut command = binary();
    let command = command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    std::thread::sleep(time);
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { status: output.status.code().expect("it ends by itself"), out: text(output.stdout), err: text(output.stderr) }
}

#[cfg(unix)]
#[test]
fn ctrl_c_prints_what_has_been_drawn() {
    let path = file("drawn-interrupted.toml", VISIT);
    let endless = ["forecast", &path, "--method", "sample", "--error", "0.00001", "--format", "json"];
    let found = interrupted_after(&endless, std::time::Duration::from_secs(3));
    assert_eq!(found.status, 130, "{found:?}");
    let json = found.json();
    assert!(json["method"]["samples"].as_u64() > Some(1_000));
    assert!(json["warnings"].to_string().contains("told to end"), "{json}");
}

/// Standard input that never ends keeps it waiting before there is anything to print.
#[cfg(unix)]
#[test]
fn ctrl_c_before_there_is_anything_prints_nothing() {
    let path = file("drawn-not-yet.toml", VISIT);
    let mut command = binary();
    let command = command.args(["forecast", "-", &path]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let input = child.stdin.take();
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    drop(input);
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(output.stdout, b"");
}

/// Who reads one line and goes, as `head -1` does, is no reason to complain.
#[test]
fn a_closed_pipe_ends_quietly() {
    let mut long = "horizon = { from = 2024-01-01, to = 2033-12-31 }\n".to_string();
    for event in 0..3 {
        long += &format!("[event.e{event}]\n");
    }
    let path = file("long.toml", long);
    for format in ["json", "csv"] {
        let mut command = binary();
        command.arg("forecast").arg(&path).args(["--format", format]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut first = String::new();
        let mut reader = BufReader::with_capacity(64, child.stdout.take().unwrap());
        reader.read_line(&mut first).unwrap();
        assert!(!first.is_empty());
        drop(reader);
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn the_same_command_gives_the_same_bytes() {
    let path = file("bytes.toml", VISIT);
    let at_odds = file("bytes-at-odds.toml", AT_ODDS);
    for format in ["text", "json", "csv"] {
        let once = run(&["forecast", &path, &at_odds, "--format", format]);
        let again = run(&["forecast", &path, &at_odds, "--format", format]);
        assert!(!once.out.is_empty());
        assert_eq!(once, again);
    }
}

// ---- Measuring ----

const STAGES: [&str; 7] = ["parse", "compile", "narrow", "plan", "infer", "forecast", "draw"];

#[test]
fn bench_tells_the_time_of_every_stage_and_the_plan() {
    let path = file("bench.toml", VISIT);
    let found = run(&["bench", &path]);
    assert_eq!((found.status, found.err.as_str()), (0, ""));
    let mut lines = found.out.lines();
    assert_eq!(lines.next(), Some("A visit and a tour"));
    assert_eq!(lines.next(), Some(""));
    for stage in STAGES {
        let line = lines.next().unwrap();
        assert!(line.starts_with(stage) && line.contains("(least ") && line.contains(" runs"), "{line}");
        assert_eq!(line.ends_with("runs, for 1000 worlds)"), stage == "draw", "{line}");
    }
    for words in ["variables of at most", "in trees: two sweeps", "predicted: ", " cells, "] {
        assert!(found.out.contains(words), "no {words:?} in {}", found.out);
    }
    if Path::new("/proc/self/status").exists() {
        assert!(found.out.contains("peak memory of the process: ") && found.out.ends_with(" MiB after infer)\n"));
    }
}

#[test]
fn bench_as_json_has_every_figure() {
    let path = file("bench-json.toml", VISIT);
    let found = run(&["bench", &path, "--format", "json"]).json();
    assert_fields(&found, "path title stages plan infer_peak_memory_bytes peak_memory_bytes");
    assert_eq!(found["path"], path.as_str());
    let stages = found["stages"].as_array().unwrap();
    let names: Vec<&str> = stages.iter().map(|stage| stage["name"].as_str().unwrap()).collect();
    assert_eq!(names, STAGES);
    for stage in stages {
        assert_fields(stage, "name median_seconds least_seconds repetitions");
        let seconds = |key: &str| stage[key].as_f64().unwrap();
        assert!(0.0 < seconds("least_seconds") && seconds("least_seconds") <= seconds("median_seconds"), "{stage}");
        assert!(stage["repetitions"].as_u64().unwrap() >= 3, "{stage}");
    }
    let plan = &found["plan"];
    assert_fields(
        plan,
        "arithmetic variables factors in_trees in_tables banded in_cutsets fixed_events in_orders histories cells bytes operations largest_cells largest_events words",
    );
    assert_eq!(plan["arithmetic"], "plain");
    assert_eq!(plan["variables"].as_u64(), plan["in_trees"].as_u64());
    assert!(plan["cells"].as_f64().unwrap() > 0.0);
    if Path::new("/proc/self/status").exists() {
        let bytes = |key: &str| found[key].as_u64().unwrap();
        assert!(bytes("infer_peak_memory_bytes") >= 1 << 20);
        assert!(bytes("peak_memory_bytes") >= bytes("infer_peak_memory_bytes"));
    }
}

#[test]
fn bench_of_what_has_no_worlds_draws_none() {
    let path = file("bench-at-odds.toml", AT_ODDS);
    let found = run(&["bench", &path, "--format", "json"]);
    assert_eq!((found.status, found.err.as_str()), (0, ""));
    let found = found.json();
    let names = found["stages"].as_array().unwrap().iter().map(|stage| stage["name"].as_str().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), STAGES[..6]);
}

#[test]
fn bench_refuses_what_it_cannot_measure() {
    let misspelt = file("bench-misspelt.toml", MISSPELT);
    assert_fails(&run(&["bench", &misspelt]), 1, &["durtion", "duration"]);
    assert_fails(&run(&["bench", "no-such-file.toml"]), 1, &["no-such-file.toml", "there is no such file"]);
    let sound = file("bench-sound.toml", VISIT);
    assert_fails(&run(&["bench", &sound, "--without", "nothing"]), 2, &["nothing"]);
    assert_fails(&run(&["bench"]), 2, &["SCENARIO"]);
    // Four events that are all near each other, over a year.
    let mut tied = "horizon = { from = 2024-01-01, to = 2024-12-30 }\n".to_string();
    (0..4).for_each(|event| tied += &format!("[event.e{event}]\n"));
    for (a, b) in [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)] {
        tied += &format!("[[rule]]\nsays = \"e{a} within 100 days of e{b}\"\n");
    }
    let tied = file("bench-tied.toml", tied);
    let least = ["--max-memory", "1M"];
    assert_fails(&run(&["bench", &tied, least[0], least[1]]), 1, &["an exact answer is out of reach", "e3"]);
}

#[test]
fn verbose_forecasts_tell_the_plan_first() {
    let path = file("verbose.toml", VISIT);
    let quiet = run(&["forecast", &path]);
    for option in ["-v", "--verbose"] {
        let found = run(&["forecast", &path, option]);
        assert_eq!((found.status, &found.out), (0, &quiet.out));
        assert!(found.err.starts_with(&format!("plan of {path}\n  ")), "{found:?}");
        assert!(found.err.contains("in trees") && found.err.contains("predicted: "), "{found:?}");
    }
    let drawn = run(&["forecast", &path, "-v", "--method", "sample", "--samples", "100"]);
    assert_eq!(drawn.status, 0);
    assert!(drawn.err.starts_with(&format!("plan of {path}\n  worlds are drawn\n")), "{drawn:?}");
}
