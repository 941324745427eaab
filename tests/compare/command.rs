//! Command lines of `compare` in; exit statuses, standard output and standard error of the binary out.

use super::differences::TEXT;
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

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

fn run(arguments: &[&str]) -> Run {
    run_with_input(arguments, "")
}

fn run_with_input(arguments: &[&str], input: &str) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
    command.arg("compare").args(arguments).env_remove("CLICOLOR_FORCE").env_remove("FORCE_COLOR");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A run that does not read its input may be over by now.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).expect("everything written is UTF-8");
    Run {
        status: output.status.code().expect("the run was not killed"),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// A file of that content; each test names its own.
fn file(name: &str, content: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("compare-{name}"));
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

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap_or_else(|| panic!("{object} is no object")).keys().map(String::as_str).collect()
}

#[test]
fn json_has_the_members_of_the_manual() {
    let path = file("members.toml", TEXT);
    let found = run(&[&path, "--without", "mid-may", "--format", "json"]);
    assert_eq!((found.status, found.err.as_str()), (0, ""));
    let found = found.json();
    assert_eq!(keys(&found)[..5], ["changed", "agreement", "events", "queries", "reports"]);
    assert_eq!(found["changed"], serde_json::json!(["without: mid-may"]));
    assert_eq!(keys(&found["agreement"]), ["a", "b"]);
    let event = &found["events"][0];
    assert_eq!(keys(event), ["id", "a", "b", "shift_days", "total_variation"]);
    assert_eq!(keys(&event["a"]), ["occurs", "mean_day", "median", "windows"]);
    assert_eq!(keys(&event["b"]["windows"][0]), ["level", "from", "to", "probability"]);
    assert_eq!(keys(&found["queries"][0]), ["id", "a", "b", "change"]);
    assert_eq!(keys(&found["reports"][0]), ["id", "a", "b"]);
    let number = |key: &str| found["queries"][0][key].as_f64().unwrap();
    assert!((number("b") - number("a") - number("change")).abs() < 1e-12);
    // The same numbers as of a forecast.
    let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
    let output = command.args(["forecast", &path, "--format", "json"]).output().unwrap();
    let forecast: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["agreement"]["a"], forecast["agreement"]);
    for key in ["occurs", "mean_day", "windows"] {
        assert_eq!(event["a"][key], forecast["events"][0][key]);
    }
    assert_eq!(event["a"]["median"], forecast["events"][0]["quantiles"]["0.5"]);
    assert_eq!(found["reports"][0]["a"], forecast["reports"][0]["posterior"]);
}

#[test]
fn changes_are_made_to_one_side_of_one_file_and_to_both_of_two() {
    let (early, late) = (file("early.toml", TEXT), file("late.toml", &TEXT.replacen("0.95", "0.5", 1)));
    let one = run(&[&early, "--assume", "tour on 2024-06-05", "--format", "json"]).json();
    assert_eq!(one["changed"], serde_json::json!(["assume: tour on 2024-06-05"]));
    let tour = &one["events"][1];
    assert_eq!(tour["b"]["median"], "2024-06-05");
    assert_ne!(tour["a"]["median"], "2024-06-05");
    let two =
        run(&[&early, &late, "--assume", "tour on 2024-06-05", "--as-of", "2024-05-20", "--format", "json"]).json();
    assert_eq!(two["changed"], serde_json::json!(["event.visit.occurs: 0.95 → 0.5"]));
    assert_eq!(
        (&two["events"][1]["a"]["median"], &two["events"][1]["b"]["median"]),
        (&"2024-06-05".into(), &"2024-06-05".into())
    );
    // A question is asked of both, and changes nothing.
    let asked = run(&[&early, "--as-of", "2024-05-20", "--ask", "visit on a friday", "--format", "json"]).json();
    assert_eq!(asked["changed"], serde_json::json!(["as_of: 2024-05-02 → 2024-05-20"]));
    let query = &asked["queries"][1];
    assert_eq!(query["id"], "visit on a friday");
    assert!(query["a"].is_number() && query["b"].is_number() && query["change"].is_number(), "{query}");
}

#[test]
fn standard_input_is_one_of_the_sides() {
    let path = file("input.toml", TEXT);
    let other = TEXT.replacen("0.95", "0.5", 1);
    let there = run_with_input(&[&path, "-", "--format", "json"], &other).json();
    let back = run_with_input(&["-", &path, "--format", "json"], &other).json();
    assert_eq!(there["changed"], serde_json::json!(["event.visit.occurs: 0.95 → 0.5"]));
    assert_eq!(back["changed"], serde_json::json!(["event.visit.occurs: 0.5 → 0.95"]));
    assert_eq!(there["events"][0]["a"], back["events"][0]["b"]);
    // One scenario is read once for both sides.
    let alone = run_with_input(&["-", "--without", "mid-may"], TEXT);
    assert_eq!(alone.status, 0, "{alone:?}");
    assert_fails(&run_with_input(&["-", "-"], TEXT), 2, &["standard input"]);
}

#[test]
fn a_wrong_command_line_is_at_fault() {
    let path = file("misused.toml", TEXT);
    assert_fails(&run(&[]), 2, &["Usage"]);
    assert_fails(&run(&[&path]), 2, &["a second scenario", "--as-of"]);
    assert_fails(&run(&[&path, "--ask", "visit occurs"]), 2, &["a second scenario"]);
    assert_fails(&run(&[&path, &path, &path]), 2, &["Usage"]);
    assert_fails(&run(&[&path, "--without", "mid-mya"]), 2, &["--without", "did you mean 'mid-may'"]);
    assert_fails(&run(&[&path, &path, "--assume", "visit befor tour"]), 2, &["--assume", "did you mean 'before'"]);
    assert_fails(&run(&[&path, &path, "--method", "exact", "--samples", "10"]), 2, &["--samples"]);
    assert_fails(&run(&[&path, &path, "--format", "csv"]), 2, &["csv"]);
    assert_fails(&run(&[&path, &path, "--width", "20"]), 2, &["--width"]);
}

/// The same mistake on both sides is told once; of a change that fits one side only, which it is.
#[test]
fn changes_that_do_not_fit_name_the_file() {
    let (a, b) = (file("fits.toml", TEXT), file("fits-not.toml", &TEXT.replace("mid-may", "middle")));
    let both = run(&[&a, &a, "--assume", "visit befor tour"]);
    assert_eq!(both.err.matches("visit befor tour").count(), 1, "{both:?}");
    for (first, second, id) in [(&a, &b, "mid-may"), (&b, &a, "mid-may"), (&a, &b, "middle")] {
        let found = run(&[first, second, "--without", id]);
        assert_fails(&found, 2, &["--without"]);
        let wrong = if id == "middle" { &a } else { &b };
        assert!(found.err.contains(&format!("The changes do not fit {wrong}.")), "{found:?}");
    }
}

#[test]
fn files_that_cannot_be_compared_are_at_fault() {
    let (sound, misspelt) = (file("sound.toml", TEXT), file("misspelt.toml", &TEXT.replacen("occurs", "ocurs", 1)));
    for format in ["text", "json"] {
        let in_one = run(&[&sound, &misspelt, "--format", format]);
        assert_fails(&in_one, 1, &["ocurs", "misspelt.toml", "did you mean 'occurs'"]);
        let before_and_after = run(&[&misspelt, "--without", "mid-may", "--format", format]);
        assert_fails(&before_and_after, 1, &["ocurs"]);
        assert_eq!(
            before_and_after.err.matches("error: ").count(),
            1,
            "told once for both sides: {before_and_after:?}"
        );
        assert_fails(&run(&[&sound, "no/such.toml", "--format", format]), 1, &["no/such.toml"]);
        assert_fails(&run(&["no/such.toml", &misspelt, "--format", format]), 1, &["no/such.toml", "ocurs"]);
    }
}

#[test]
fn a_side_that_cannot_hold_together_is_an_answer() {
    let path = file("at-odds.toml", TEXT);
    let change = ["--assume", "tour before visit"];
    let text = run(&[&path, change[0], change[1]]);
    assert_eq!((text.status, text.err.as_str()), (1, ""));
    for words in ["no forecast of b", "assume:1", "rule:order", "The rest can hold without"] {
        assert!(text.out.contains(words), "no {words:?} in {}", text.out);
    }
    assert!(!text.out.contains("no forecast of a"));
    let json = run(&[&path, change[0], change[1], "--format", "json"]);
    assert_eq!((json.status, json.err.as_str()), (1, ""));
    let json = json.json();
    assert!(json["infeasible"]["a"].is_null() && json["infeasible"]["b"]["conflicts"].is_array());
    assert!(json["events"][0]["a"].is_object() && json["events"][0]["b"].is_null());
}

#[test]
fn bytes_do_not_depend_on_threads() {
    let path = file("threads.toml", TEXT);
    for method in ["exact", "sample"] {
        for format in ["text", "json"] {
            let on = |threads: &str| {
                run(&[&path, "--without", "mid-may", "--method", method, "--threads", threads, "--format", format])
            };
            let once = on("1");
            assert_eq!((once.status, once.err.as_str()), (0, ""), "{method}");
            assert_eq!(once, on("1"));
            assert_eq!(once, on("4"));
        }
    }
    let seed = |seed: &str| {
        run(&[&path, "--without", "mid-may", "--method", "sample", "--samples", "500", "--seed", seed]).out
    };
    assert_ne!(seed("1"), seed("2"));
}

/// What is drawn until the time is up is compared, too.
#[test]
fn both_sides_share_the_time() {
    let path = file("time.toml", TEXT);
    let found = run(&[&path, "--without", "mid-may", "--method", "sample", "--timeout", "600ms", "--format", "json"]);
    assert_eq!(found.status, 0, "{found:?}");
    let found = found.json();
    for side in ["a", "b"] {
        assert!(found["method"][side]["samples"].as_u64() > Some(100), "{found}");
    }
}

#[test]
fn text_says_which_side_is_which() {
    let (early, late) = (file("one.toml", TEXT), file("two.toml", &TEXT.replacen("0.95", "0.5", 1)));
    let two = run(&[&early, &late, "--width", "200"]);
    assert!(two.out.starts_with("A visit and a tour\n"), "{}", two.out);
    assert!(two.out.contains(&format!("\na  {early}\nb  {late}\n")), "{}", two.out);
    let one = run(&[&early, "--as-of", "2024-05-20"]);
    assert!(
        one.out.contains("\na  as it is, nothing known after 2 May\nb  with the changes, nothing known after 20 May\n"),
        "{}",
        one.out
    );
    assert!(one.out.is_ascii(), "no terminal, no Unicode of our own");
}
