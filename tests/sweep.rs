//! `dateline sweep` in; its rows held against single forecasts, and what is left where it is ended, out.

use dateline::{Answer, Changes, Options, Scenario, forecast};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const FOUNDING: &str = "scenarios/state-visit-2024.toml";

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sweep").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
    command.arg("sweep").args(arguments).env_remove("CLICOLOR_FORCE").env_remove("FORCE_COLOR");
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("everything written is UTF-8")
}

#[track_caller]
fn done(arguments: &[&str]) -> String {
    let found = run(arguments);
    assert_eq!((found.status.code(), text(&found.stderr).as_str()), (Some(0), ""), "{arguments:?}");
    text(&found.stdout)
}

/// Rows as JSON objects.
fn rows(arguments: &[&str]) -> Vec<Value> {
    let all: Vec<&str> = arguments.iter().copied().chain(["--format", "jsonl"]).collect();
    done(&all).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Every figure of a row against a forecast of the scenario with these values.
#[track_caller]
fn assert_is_forecast(row: &Value, path: &str, set: &[String], changes: Changes) {
    let changes = Changes { set: set.to_vec(), ..changes };
    let scenario = Scenario::parse_with(&fs::read_to_string(path).unwrap(), &changes).unwrap();
    let options = Options { joint: Some(Vec::new()), ..Options::default() };
    let forecast = match forecast(&scenario, &options).unwrap() {
        Answer::Forecast(forecast) => forecast,
        Answer::Infeasible(_) => {
            assert_eq!(row["status"], "infeasible", "{set:?}");
            assert!(row["agreement"].is_null());
            return;
        }
    };
    assert_eq!(row["status"], "ok", "{set:?}");
    let near = |cell: &Value, value: f64| {
        let found = cell.as_f64().unwrap_or_else(|| panic!("{cell} in {set:?}"));
        assert!((found - value).abs() <= 1e-12 * value.abs().max(1.0), "{found} {value} {set:?}");
    };
    near(&row["agreement"], forecast.agreement);
    for query in &forecast.queries {
        near(&row[format!("query:{}", query.id)], query.probability);
    }
    for event in &forecast.events {
        near(&row[format!("{}.occurs", event.id)], event.occurs);
        match event.mean_day {
            Some(mean) => near(&row[format!("{}.mean_day", event.id)], mean),
            None => assert!(row[format!("{}.mean_day", event.id)].is_null()),
        }
        for quantile in &event.quantiles {
            let cell = &row[format!("{}.q{:02.0}", event.id, quantile.level * 100.0)];
            assert_eq!(cell.as_str().map(str::to_string), quantile.day.map(|day| day.to_string()), "{set:?}");
        }
    }
}

/// Keys of every kind: what leaves networks as they are, what makes new ones, and two that change the same event.
#[test]
fn rows_are_the_forecasts_of_the_changed_scenario() {
    let vary = [
        ("report.late-may.credibility", vec!["0", "0.5", "1"]),
        ("source.others.credibility", vec!["0.2", "0.95"]),
        ("event.visit.occurs", vec!["0.5", "1"]),
        ("event.visit.duration", vec!["1", "{ shape = 'uniform', from = 1, to = 4 }", "{ working_days = 2 }"]),
        ("as_of", vec!["2024-03-18", "2024-05-15"]),
        ("rule.after-inauguration.says", vec!["visit after inauguration", "visit after 2030-01-01"]),
    ];
    let mut arguments =
        vec![FOUNDING.to_string(), "--assume".to_string(), "tour.start no earlier than 15 May".to_string()];
    for (key, values) in &vary {
        arguments.extend(["--vary".to_string(), format!("{key}={}", values.join(","))]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let found = rows(&arguments);
    assert_eq!(found.len(), 144);
    let mut kinds = std::collections::BTreeSet::new();
    for (index, row) in found.iter().enumerate() {
        let mut rest = index;
        let mut set: Vec<String> = Vec::new();
        for (key, values) in vary.iter().rev() {
            set.push(format!("{key}={}", values[rest % values.len()]));
            rest /= values.len();
        }
        set.reverse();
        let assume = vec!["tour.start no earlier than 15 May".to_string()];
        assert_is_forecast(row, FOUNDING, &set, Changes { assume, ..Changes::default() });
        kinds.insert(row["status"].as_str().unwrap().to_string());
    }
    assert_eq!(kinds.len(), 2, "{kinds:?}");
}

#[test]
fn columns_and_order_are_those_of_the_manual() {
    let found =
        done(&[FOUNDING, "--vary", "report.late-may.credibility=0..1:3", "--vary", "as_of=2024-03-20..2024-04-03:1w"]);
    let lines: Vec<&str> = found.lines().collect();
    assert!(
        lines[0].starts_with(
            "report.late-may.credibility,as_of,inauguration.occurs,inauguration.mean_day,inauguration.q05,"
        )
    );
    assert!(
        lines[0]
            .ends_with(",query:order,query:may,query:latter-half,query:first-week,query:not-by-june,agreement,status")
    );
    let given: Vec<String> =
        lines[1..].iter().map(|line| line.split(',').take(2).collect::<Vec<_>>().join(" ")).collect();
    let dates = ["2024-03-20", "2024-03-27", "2024-04-03"];
    let expected: Vec<String> =
        ["0", "0.5", "1"].iter().flat_map(|c| dates.iter().map(move |date| format!("{c} {date}"))).collect();
    assert_eq!(given, expected);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let arguments =
        [FOUNDING, "--vary", "report.late-may.credibility=0..1:150", "--vary", "event.visit.occurs=0.5,0.9"];
    let with = |threads: &str| done(&[&arguments[..], &["--threads", threads]].concat());
    let one = with("1");
    assert_eq!(one.lines().count(), 301);
    assert_eq!(one, with("2"));
    assert_eq!(one, with("7"));
}

#[test]
fn a_bad_row_never_ends_the_run() {
    let found = rows(&[FOUNDING, "--vary", "event.visit.occurs=0.5,2,likely,0.9"]);
    let statuses: Vec<&str> = found.iter().map(|row| row["status"].as_str().unwrap()).collect();
    assert_eq!((statuses[0], statuses[3]), ("ok", "ok"));
    assert_eq!(statuses[1], "invalid: 'occurs' is 2, which is no probability");
    assert!(statuses[2].starts_with("invalid: "));
    assert!(found[1]["visit.occurs"].is_null());
    // Values that are wrong alone and right together.
    let prior = "event.visit.prior={ shape = \"pert\", low = 2024-05-08, mode = 2024-05-20, high = 2024-06-30 }";
    let both = [
        "--vary",
        "event.visit.prior.low=2024-06-10,2024-05-10",
        "--vary",
        "event.visit.prior.mode=2024-06-12,2024-05-20",
    ];
    let found = rows(&[&[FOUNDING, "--set", prior][..], &both].concat());
    let statuses: Vec<bool> = found.iter().map(|row| row["status"] == "ok").collect();
    assert_eq!(statuses, [true, false, true, true]);
    let set = [prior, "event.visit.prior.low=2024-06-10", "event.visit.prior.mode=2024-06-12"].map(str::to_string);
    assert_is_forecast(&found[0], FOUNDING, &set, Changes::default());
}

#[test]
fn a_wrong_key_is_told_with_the_nearest() {
    for (vary, words) in [
        ("report.late-my.credibility=0..1:3", "did you mean 'late-may'?"),
        ("report.late-may.credibilty=0..1:3", "did you mean 'credibility'?"),
        ("report.late-may.credibility=0..1:none", "'none' is no number of values"),
        ("as_of=2024-03-20..2024-04-03:1m", "'1m' is no step between dates"),
        ("as_of", "expected KEY=VALUES"),
    ] {
        let found = run(&[FOUNDING, "--vary", vary]);
        assert_eq!(found.status.code(), Some(2), "{vary}");
        assert!(text(&found.stderr).contains(words), "{vary}: {}", text(&found.stderr));
        assert!(found.stdout.is_empty());
    }
    assert_eq!(run(&[FOUNDING]).status.code(), Some(2));
}

#[test]
fn a_table_gives_values_and_passes_the_rest_through() {
    let table = scratch("table").join("variants.csv");
    fs::write(
        &table,
        "name,report.late-may.credibility,as_of,note\nfirst,0.3,2024-03-20,\"a, b\"\nsecond,,2024-04-01,c\nthird,1.5,,d\n",
    )
    .unwrap();
    let found = rows(&[FOUNDING, "--from", table.to_str().unwrap()]);
    assert_eq!(found.len(), 3);
    assert_eq!((&found[0]["name"], &found[0]["note"]), (&"first".into(), &"a, b".into()));
    let set = ["report.late-may.credibility=0.3", "as_of=2024-03-20"].map(str::to_string);
    assert_is_forecast(&found[0], FOUNDING, &set, Changes::default());
    assert_is_forecast(&found[1], FOUNDING, &["as_of=2024-04-01".to_string()], Changes::default());
    assert!(found[1]["report.late-may.credibility"].is_null());
    assert!(found[2]["status"].as_str().unwrap().starts_with("invalid: "));
    fs::write(&table, "report.late-my.credibility\n0.3\n").unwrap();
    let wrong = run(&[FOUNDING, "--from", table.to_str().unwrap()]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("did you mean 'late-may'?"));
    fs::write(&table, "as_of,note\n2024-03-20,a\n2024-03-21\n").unwrap();
    let ragged = run(&[FOUNDING, "--from", table.to_str().unwrap()]);
    assert_eq!(ragged.status.code(), Some(1));
    assert!(text(&ragged.stderr).contains("record 2 (line: 3"), "{}", text(&ragged.stderr));
}

#[test]
fn what_is_out_of_exact_reach_is_drawn_or_refused() {
    let found = rows(&[FOUNDING, "--vary", "event.visit.occurs=0.5,0.9", "--method", "sample"]);
    assert!(found.iter().all(|row| row["status"] == "ok (sampled)"));
}

/// Where a sweep is killed half-way its output ends with a whole row, and a file keeps what was in it.
#[test]
fn a_sweep_that_is_killed_leaves_whole_rows() {
    let folder = scratch("killed");
    let file = folder.join("rows.csv");
    fs::write(&file, "kept\n").unwrap();
    let vary = "report.late-may.credibility=0..1:5000000";
    let mut child = command(&[FOUNDING, "--vary", vary]).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut lines = String::new();
    for _ in 0..500 {
        out.read_line(&mut lines).unwrap();
    }
    child.kill().unwrap();
    out.read_to_string(&mut lines).unwrap();
    child.wait().unwrap();
    assert!(lines.ends_with(",ok\n"), "{:?}", &lines[lines.len() - 50..]);
    let columns = lines.lines().next().unwrap().split(',').count();
    assert!(lines.lines().all(|line| line.split(',').count() == columns));
    let mut child = command(&[FOUNDING, "--vary", vary, "-o", file.to_str().unwrap()]).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "kept\n");
}

#[test]
fn a_closed_pipe_ends_with_a_word() {
    let vary = "report.late-may.credibility=0..1:5000000";
    let mut child = command(&[FOUNDING, "--vary", vary]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(text(&ended.stderr).contains("the output was closed after"), "{}", text(&ended.stderr));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_with_a_word() {
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let vary = "report.late-may.credibility=0..1:1000";
    let ended = command(&[FOUNDING, "--vary", vary]).stdout(full).output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(text(&ended.stderr).contains("could not be written: No space left on device"), "{}", text(&ended.stderr));
    let missing = run(&[FOUNDING, "--vary", vary, "-o", "/no/such/folder/rows.csv"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("/no/such/folder/rows.csv"));
}
