//! `dateline sample` in; its rows, messages and exit statuses, checked against the manual, out.

use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const VISIT: &str = r#"
horizon = { from = 2024-05-01, to = 2024-05-31 }
[event.visit]
duration = { shape = "uniform", from = 1, to = 3 }
occurs = 0.6
[event.tour]
duration = 4
[[query]]
id = "order"
ask = "visit before tour"
"#;

const AT_ODDS: &str = r#"
horizon = { from = 2024-05-01, to = 2024-06-30 }
[event.visit]
[[rule]]
says = "visit after 2024-06-01"
[[observation]]
says = "visit by 2024-05-20"
"#;

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sample").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A folder of the test's own with a scenario in it.
fn scenario(name: &str, text: &str) -> String {
    let path = scratch(name).join("scenario.toml");
    fs::write(&path, text).unwrap();
    path.into_os_string().into_string().unwrap()
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
    command.arg("sample").args(arguments);
    command.env_remove("CLICOLOR_FORCE").env_remove("FORCE_COLOR");
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("everything written is UTF-8")
}

#[track_caller]
fn done(arguments: &[&str]) -> String {
    let found = run(arguments);
    assert_eq!((found.status.code(), text(&found.stderr)), (Some(0), ""));
    text(&found.stdout).to_string()
}

#[track_caller]
fn assert_fails(found: &Output, status: i32, words: &[&str]) {
    assert_eq!(found.status.code(), Some(status), "{found:?}");
    assert_eq!(text(&found.stdout), "", "errors are no results");
    for word in words {
        assert!(text(&found.stderr).contains(word), "no {word:?} in {:?}", text(&found.stderr));
    }
}

#[test]
fn csv_has_a_row_a_world() {
    let path = scenario("csv", VISIT);
    let found = done(&[&path, "-n", "500", "--ask", "visit in \"early May\""]);
    let mut reader = csv::Reader::from_reader(found.as_bytes());
    let header = ["visit", "visit.end", "tour", "query:order", "query:visit in \"early May\""];
    assert_eq!(reader.headers().unwrap(), &header[..]);
    let mut absent = 0;
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 500);
    for row in &rows {
        let day = |at: usize| row[at].parse::<dateline::Day>().ok();
        assert_eq!(row[0].is_empty(), row[1].is_empty());
        assert!(row[0].is_empty() || (0..3).contains(&(day(1).unwrap() - day(0).unwrap())));
        assert!(day(2).is_some());
        assert_eq!(&row[3], if day(1).is_some_and(|end| Some(end) < day(2)) { "true" } else { "false" });
        absent += usize::from(row[0].is_empty());
    }
    assert!((140..260).contains(&absent), "{absent}");
}

#[test]
fn json_lines_say_the_same() {
    let path = scenario("jsonl", VISIT);
    let rows = done(&[&path, "--ask", "visit in \"early May\""]);
    let lines = done(&[&path, "--ask", "visit in \"early May\"", "--format", "jsonl"]);
    assert_eq!(lines.lines().count(), 1000, "so many by default");
    let mut reader = csv::Reader::from_reader(rows.as_bytes());
    let header = reader.headers().unwrap().clone();
    for (row, line) in reader.records().zip(lines.lines()) {
        let (row, line): (_, Value) = (row.unwrap(), serde_json::from_str(line).unwrap());
        let object = line.as_object().unwrap();
        assert_eq!(object.keys().collect::<Vec<_>>(), header.iter().collect::<Vec<_>>());
        for (value, cell) in object.values().zip(&row) {
            match value {
                Value::Null => assert_eq!(cell, ""),
                Value::Bool(truth) => assert_eq!(cell, truth.to_string()),
                other => assert_eq!(other.as_str(), Some(cell)),
            }
        }
    }
}

/// A line without anything would be read as no row.
#[test]
fn a_lone_event_that_does_not_occur_has_a_row() {
    let path = scenario("lone", "horizon = { from = 2024-05-01, to = 2024-05-31 }\n[event.visit]\noccurs = 0.5\n");
    let found = done(&[&path, "-n", "50"]);
    assert_eq!(csv::Reader::from_reader(found.as_bytes()).records().count(), 50);
    assert!(found.contains("\n\"\"\n"));
}

#[test]
fn no_worlds_are_a_header() {
    let path = scenario("none", VISIT);
    assert_eq!(done(&[&path, "-n", "0"]), "visit,visit.end,tour,query:order\n");
    assert_eq!(done(&[&path, "-n", "0", "--format", "jsonl"]), "");
}

/// The seed alone decides; a longer run begins with the shorter.
#[test]
fn the_same_seed_gives_the_same_bytes() {
    let path = scenario("seeds", VISIT);
    let many = done(&[&path, "-n", "30000", "--threads", "1"]);
    for threads in ["2", "3", "7"] {
        assert!(done(&[&path, "-n", "30000", "--threads", threads]) == many, "{threads} threads");
    }
    assert!(done(&[&path, "-n", "30000", "--seed", "1"]) == many);
    assert!(done(&[&path, "-n", "30000", "--seed", "2"]) != many);
    for count in ["1", "4095", "4096", "4097", "20000"] {
        assert!(many.starts_with(&done(&[&path, "-n", count])), "{count}");
    }
    let mut rows: Vec<&str> = many.lines().skip(1).step_by(4096).collect();
    rows.dedup();
    assert!(rows.len() > 5, "batches do not repeat each other");
}

#[test]
fn changes_are_made() {
    let path = scenario("changes", VISIT);
    let found = done(&[&path, "-n", "20", "--assume", "visit on 2024-05-08 and tour before visit"]);
    assert!(found.lines().skip(1).all(|row| row.starts_with("2024-05-08,") && row.ends_with("false")));
}

#[test]
fn mistakes_have_their_status() {
    let path = scenario("mistakes", VISIT);
    let odd = scenario("odd", AT_ODDS);
    let misspelt =
        scenario("misspelt", "horizon = { from = 2024-05-01, to = 2024-06-30 }\n[event.visit]\ndurtion = 2\n");
    assert_fails(&run(&[&odd]), 1, &["cannot hold together"]);
    assert_fails(&run(&[&misspelt]), 1, &["durtion", "duration"]);
    assert_fails(&run(&["no/such/file.toml"]), 1, &["no/such/file.toml"]);
    assert_fails(&run(&[&path, &odd]), 2, &["unexpected argument"]);
    assert_fails(&run(&[]), 2, &["<SCENARIO>", "Usage"]);
    let wrong: [&[&str]; 7] = [
        &["-n", "many"],
        &["-n", "-1"],
        &["--seed", "x"],
        &["--threads", "0"],
        &["--format", "json"],
        &["--ask", "viist in May"],
        &["--without", "nobody"],
    ];
    for arguments in wrong {
        assert_fails(&run(&[&[&path[..]], arguments].concat()), 2, &["error"]);
    }
}

#[test]
fn standard_input_is_a_scenario_too() {
    let path = scenario("input", VISIT);
    let mut command = command(&["-", "-n", "10"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(VISIT.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(text(&output.stdout), done(&[&path, "-n", "10"]));
}

/// Who reads one line and goes, as `head -1` does, is no reason to complain, nor to draw on.
#[test]
fn a_closed_pipe_ends_quietly() {
    let path = scenario("pipe", VISIT);
    let mut command = command(&[&path, "-n", "1000000000000"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    let mut reader = BufReader::with_capacity(64, child.stdout.take().unwrap());
    reader.read_line(&mut first).unwrap();
    assert_eq!(first, "visit,visit.end,tour,query:order\n");
    drop(reader);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
}

#[test]
fn a_file_is_there_whole_or_not_at_all() {
    let path = scenario("file", VISIT);
    let folder = Path::new(&path).parent().unwrap();
    let target = folder.join("worlds.csv");
    let target_name = target.to_str().unwrap();
    let rows = done(&[&path, "-n", "5000"]);
    for _ in 0..2 {
        // The second time it is replaced.
        assert_eq!(done(&[&path, "-n", "5000", "-o", target_name]), "");
        assert!(fs::read_to_string(&target).unwrap() == rows);
    }
    // What goes wrong leaves it as it was.
    let odd = scenario("file-odd", AT_ODDS);
    assert_fails(&run(&[&odd, "-o", target_name]), 1, &["cannot hold together"]);
    assert!(fs::read_to_string(&target).unwrap() == rows);
    assert_eq!(done(&[&path, "-n", "5000", "-o", "-"]), rows);
    let nowhere = folder.join("no-such-folder").join("worlds.csv");
    assert_fails(&run(&[&path, "-o", nowhere.to_str().unwrap()]), 1, &["no-such-folder"]);
    assert_fails(&run(&[&path, "-o", folder.to_str().unwrap()]), 1, &["folder"]);
    let names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "nothing else is left behind: {names:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let path = scenario("full", VISIT);
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = command(&[&path]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("could not be written"), "{output:?}");
    assert_fails(&run(&[&path, "-o", "/dev/full"]), 1, &["/dev/full", "space"]);
    assert!(Path::new("/dev/full").exists());
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let path = scenario("link", VISIT);
    let folder = Path::new(&path).parent().unwrap();
    let (target, link) = (folder.join("worlds.csv"), folder.join("link.csv"));
    fs::write(&target, "").unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&target, &link).unwrap();
    done(&[&path, "-o", link.to_str().unwrap()]);
    assert!(link.is_symlink());
    assert_eq!(fs::read_to_string(&target).unwrap().lines().count(), 1001);
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o640);
    // A new file has the permissions of any other.
    let (plain, new) = (folder.join("plain"), folder.join("new.csv"));
    fs::write(&plain, "").unwrap();
    done(&[&path, "-o", new.to_str().unwrap()]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&new), mode(&plain));
}
