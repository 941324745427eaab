//! Command lines of `dateline set` and `--set` in; files, exit statuses and words left behind out.

use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const VISIT: &str = "# About the visit\r\ntitle = 'A visit'   # and a tour\r\nhorizon = { from = 2024-05-01, to = 2024-06-30 }\r\n\r\n\
    [event.visit]\r\nduration = 2\r\n[event.tour]\r\n\r\n[[report]]\r\nid   = \"late-may\"\r\nsays = \"visit in late May\"\r\ngrade = \"B2\"";
/// Sound but for one key.
const MISSPELT: &str = "horizon = { from = 2024-05-01, to = 2024-06-30 }\n[event.visit]\ndurtion = 2\n";

/// A folder of a test's own with a scenario in it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, content: &str) -> Folder {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("edit").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("visit.toml"), content).unwrap();
        Folder(folder)
    }

    fn path(&self) -> String {
        self.0.join("visit.toml").into_os_string().into_string().unwrap()
    }

    fn content(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    /// Nothing is changed, and nothing left lying beside.
    #[track_caller]
    fn assert_untouched(&self, content: &str) {
        assert_eq!(self.content(), content);
        let names: Vec<_> = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["visit.toml"]);
    }

    /// Which file it is and when it was last written.
    #[cfg(unix)]
    fn stamp(&self) -> (u64, i64, i64) {
        use std::os::unix::fs::MetadataExt;
        let found = fs::metadata(self.path()).unwrap();
        (found.ino(), found.mtime(), found.mtime_nsec())
    }
}

/// Status, standard output and standard error.
type Run = (i32, String, String);

fn ended(output: Output) -> Run {
    let text = |bytes| String::from_utf8(bytes).expect("everything written is UTF-8");
    let status = output.status.code().expect("the run was not killed");
    (status, text(output.stdout), text(output.stderr))
}

fn run(arguments: &[&str]) -> Run {
    run_with_input(arguments, "")
}

fn run_with_input(arguments: &[&str], input: &str) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
    command.env_remove("CLICOLOR_FORCE").env_remove("FORCE_COLOR").args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    ended(child.wait_with_output().unwrap())
}

/// `dateline set` of the folder's file.
fn set(folder: &Folder, arguments: &[&str]) -> Run {
    run(&[&["set", &folder.path()], arguments].concat())
}

#[track_caller]
fn assert_fails(found: &Run, status: i32, words: &[&str]) {
    assert_eq!((found.0, found.1.as_str()), (status, ""), "{found:?}");
    assert!(!found.2.contains("panicked"), "{found:?}");
    for word in words {
        assert!(found.2.contains(word), "no {word:?} in {:?}", found.2);
    }
}

#[test]
fn values_are_set_in_the_file() {
    let folder = Folder::new("set", VISIT);
    let found = set(&folder, &["event.visit.duration=3", "report.late-may.credibility=0.6", "as_of=2024-05-02"]);
    let said =
        "event.visit.duration: 2 -> 3\nreport.late-may.credibility: grade = \"B2\" -> 0.6\nas_of: added 2024-05-02\n";
    assert_eq!(found, (0, said.to_string(), String::new()));
    let expected = VISIT
        .replace("duration = 2", "duration = 3")
        .replace("grade = \"B2\"", "credibility = 0.6")
        .replace("30 }\r\n", "30 }\r\nas_of = 2024-05-02\r\n");
    folder.assert_untouched(&expected);
}

#[test]
fn removals_come_first_and_additions_last() {
    let folder = Folder::new("order", VISIT);
    let report = ["--add", "report", "says=visit occurs", "grade=C3"];
    let rule = ["--add", "rule", "says=visit before tour", "id=first"];
    let others = ["--remove", "report.late-may", "--remove", "title"];
    let found = set(&folder, &[&["title=New"][..], &report, &rule, &others].concat());
    let said: Vec<&str> = found.1.lines().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!((found.0, said), (0, vec!["report.late-may", "title", "title", "report.report-1", "rule.first"]));
    let expected = "# About the visit\r\nhorizon = { from = 2024-05-01, to = 2024-06-30 }\r\ntitle = \"New\"\r\n\r\n[event.visit]\r\nduration = 2\r\n\
        [event.tour]\r\n[[report]]\r\nsays = \"visit occurs\"\r\ngrade = \"C3\"\r\n[[rule]]\r\nsays = \"visit before tour\"\r\nid = \"first\"";
    assert_eq!(folder.content(), expected);
}

#[test]
fn a_dry_run_prints_the_difference() {
    let folder = Folder::new("dry", VISIT);
    let found = set(&folder, &["--dry-run", "event.visit.duration=3"]);
    let path = folder.path();
    let difference = format!(
        "--- {path}\n+++ {path}\n@@ -3,7 +3,7 @@\n horizon = {{ from = 2024-05-01, to = 2024-06-30 }}\r\n \r\n [event.visit]\r\n\
         -duration = 2\r\n+duration = 3\r\n [event.tour]\r\n \r\n [[report]]\r\n"
    );
    assert_eq!(found, (0, difference, String::new()));
    assert_eq!(set(&folder, &["--dry-run", "event.visit.duration=2"]), (0, String::new(), String::new()));
    folder.assert_untouched(VISIT);
}

#[cfg(unix)]
#[test]
fn what_changes_nothing_leaves_the_file_alone() {
    let folder = Folder::new("same", VISIT);
    let before = folder.stamp();
    let found = set(&folder, &["event.visit.duration=2"]);
    assert_eq!(found, (0, String::new(), format!("{}: nothing to change\n", folder.path())));
    assert_eq!(folder.stamp(), before);
    set(&folder, &["event.visit.duration=3"]);
    assert_ne!(folder.stamp(), before);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let changed = VISIT.replace("= 2\r", "= 3\r");
    let said = "event.visit.duration: 2 -> 3\n";
    let found = run_with_input(&["set", "-", "event.visit.duration=3"], VISIT);
    assert_eq!(found, (0, changed.clone(), said.to_string()));
    // What is asked for and there already is no reason to write nothing.
    let same = run_with_input(&["set", "-", "event.visit.duration=2"], VISIT);
    assert_eq!(same, (0, VISIT.to_string(), String::new()));
    let wrong = run_with_input(&["set", "-", "event.viist.duration=3"], VISIT);
    assert_fails(&wrong, 2, &["KEY=VALUE", "did you mean 'visit'"]);
    let dry = run_with_input(&["set", "-", "--dry-run", "title=x"], VISIT);
    assert!(dry.0 == 0 && dry.1.starts_with("--- <standard input>\n+++ <standard input>\n@@"), "{dry:?}");
}

#[test]
fn another_file_may_be_written() {
    let folder = Folder::new("output", VISIT);
    let changed = VISIT.replace("= 2\r", "= 3\r");
    let other = folder.0.join("other.toml");
    let found = set(&folder, &["event.visit.duration=3", "-o", other.to_str().unwrap()]);
    assert_eq!(found, (0, "event.visit.duration: 2 -> 3\n".to_string(), String::new()));
    assert_eq!(fs::read_to_string(&other).unwrap(), changed);
    fs::remove_file(other).unwrap();
    folder.assert_untouched(VISIT);
    let found = set(&folder, &["event.visit.duration=3", "-o", "-"]);
    assert_eq!(found, (0, changed, "event.visit.duration: 2 -> 3\n".to_string()));
    let nowhere = folder.0.join("no/such/folder.toml");
    assert_fails(&set(&folder, &["title=x", "-o", nowhere.to_str().unwrap()]), 1, &["folder.toml"]);
    folder.assert_untouched(VISIT);
}

#[test]
fn mistakes_leave_the_file_untouched() {
    let folder = Folder::new("mistakes", VISIT);
    let wrong: [(&[&str], &[&str]); 12] = [
        (&["event.viist.duration=3"], &["--> KEY=VALUE:1:7", "did you mean 'visit'"]),
        (&["event.visit.duration"], &["gives no value", "expected KEY=VALUE"]),
        (&["event.visit.duration=0"], &["--> KEY=VALUE:1:22", "at least 1"]),
        (&["title=x", "horizon.to=2024-04-01"], &["the horizon ends before it begins", "--> KEY=VALUE:1:12"]),
        (&["--remove", "event.vist"], &["--> --remove:1:7", "did you mean 'visit'"]),
        (&["--remove", "event.visit"], &["visit.toml:11:9", "comes with the change --remove event.visit"]),
        (&["--add", "rule"], &["'says' is missing", "--> --add:1:1"]),
        (&["--add", "rule", "says"], &["'says' gives no value", "--> --add:1:6"]),
        (&["--add", "rle", "says=x"], &["did you mean 'rule'"]),
        (&[], &["required"]),
        (&["--add"], &["--add"]),
        (&["title=x", "--dry-run", "event.visit.duration=0"], &["at least 1"]),
    ];
    for (arguments, words) in wrong {
        assert_fails(&set(&folder, arguments), 2, words);
    }
    folder.assert_untouched(VISIT);
    assert_fails(&run(&["set"]), 2, &["FILE"]);
}

#[test]
fn files_at_fault_can_be_mended() {
    let folder = Folder::new("mended", MISSPELT);
    assert_fails(&set(&folder, &["title=x"]), 1, &["visit.toml:3:1", "durtion"]);
    assert_fails(&set(&folder, &["event.visit.duration=0"]), 1, &["visit.toml:3:1", "KEY=VALUE:1:22"]);
    folder.assert_untouched(MISSPELT);
    let found = set(&folder, &["--remove", "event.visit.durtion", "event.visit.duration=2"]);
    assert_eq!((found.0, found.2.as_str()), (0, ""));
    folder.assert_untouched(&MISSPELT.replace("durtion", "duration"));
    let broken = Folder::new("broken", "title = ");
    assert_fails(&set(&broken, &["title=x"]), 1, &["visit.toml:1", "this is not TOML"]);
    broken.assert_untouched("title = ");
    assert_fails(&run(&["set", "no/such/file.toml", "title=x"]), 1, &["there is no such file"]);
}

#[cfg(unix)]
#[test]
fn links_stay_and_their_goals_are_replaced() {
    let folder = Folder::new("link", VISIT);
    let link = folder.0.join("link.toml");
    std::os::unix::fs::symlink("visit.toml", &link).unwrap();
    let found = run(&["set", link.to_str().unwrap(), "event.visit.duration=3"]);
    assert_eq!(found.0, 0, "{found:?}");
    assert_eq!(fs::read_link(&link).unwrap(), Path::new("visit.toml"));
    assert_eq!(folder.content(), VISIT.replace("= 2\r", "= 3\r"));
}

#[cfg(unix)]
#[test]
fn permissions_stay_and_are_obeyed() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("permissions", VISIT);
    let mode = || fs::metadata(folder.path()).unwrap().permissions().mode() & 0o7777;
    let allow = |mode| fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
    allow(0o640);
    assert_eq!(set(&folder, &["event.visit.duration=3"]).0, 0);
    assert_eq!(mode(), 0o640);
    allow(0o440);
    let before = folder.stamp();
    assert_fails(&set(&folder, &["event.visit.duration=4"]), 1, &["visit.toml: the file may not be written"]);
    assert_eq!((mode(), folder.stamp()), (0o440, before));
    folder.assert_untouched(&VISIT.replace("= 2\r", "= 3\r"));
}

/// As where the disk is full: nothing can be written to any file.
#[cfg(unix)]
#[test]
fn what_cannot_be_written_is_told() {
    let folder = Folder::new("full", VISIT);
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" set \"$1\" event.visit.duration=3";
    let mut command = Command::new("sh");
    let found = command.args(["-c", script, env!("CARGO_BIN_EXE_dateline"), &folder.path()]).output().unwrap();
    assert_fails(&ended(found), 1, &["visit.toml"]);
    folder.assert_untouched(VISIT);
}

/// Root may write everywhere, so that there is nothing to be seen then.
#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("closed", VISIT);
    let allow = |mode| fs::set_permissions(&folder.0, fs::Permissions::from_mode(mode)).unwrap();
    allow(0o500);
    let is_root = fs::write(folder.0.join("probe"), "").is_ok();
    let found = set(&folder, &["event.visit.duration=3"]);
    allow(0o700);
    if !is_root {
        assert_fails(&found, 1, &["visit.toml"]);
        folder.assert_untouched(VISIT);
    }
}

#[test]
fn every_command_takes_changes_of_values() {
    let folder = Folder::new("every", VISIT);
    let path = folder.path();
    let forecast = |arguments: &[&str]| -> Value {
        let found = run(&[&["forecast", &path, "--format", "json"], arguments].concat());
        assert_eq!((found.0, found.2.as_str()), (0, ""));
        serde_json::from_str(&found.1).unwrap()
    };
    let credibility = |found: &Value| found["reports"][0]["credibility"].as_f64();
    assert_eq!(credibility(&forecast(&[])), Some(0.8));
    let set = ["--set", "report.late-may.credibility=0.6", "--set", "title=Another", "--set", "horizon.to=2024-06-15"];
    let changed = forecast(&set);
    assert_eq!(credibility(&changed), Some(0.6));
    assert_eq!((&changed["title"], &changed["horizon"]["to"]), (&"Another".into(), &"2024-06-15".into()));
    // The same as of a file so changed.
    let other = folder.0.join("other.toml");
    let values = [set[1], set[3], set[5]];
    run(&[&["set", &path, "-o", other.to_str().unwrap()], &values[..]].concat());
    let of_file = run(&["forecast", other.to_str().unwrap(), "--format", "json"]);
    assert_eq!(serde_json::from_str::<Value>(&of_file.1).unwrap(), changed);
    fs::remove_file(other).unwrap();
    for command in ["check", "sample", "bench", "forecast"] {
        assert_eq!(run(&[command, &path, "--set", "event.visit.duration=3"]).0, 0, "{command}");
        let wrong = run(&[command, &path, "--set", "event.visit.duraton=3"]);
        assert_fails(&wrong, 2, &["--> --set:1:13", "did you mean 'duration'"]);
    }
    folder.assert_untouched(VISIT);
}

#[test]
fn mistakes_of_changes_have_their_place_in_json() {
    let folder = Folder::new("json", VISIT);
    let diagnostics = |set: &str, status: i32| -> Value {
        let found = run(&["check", &folder.path(), "--format", "json", "--set", set]);
        assert_eq!(found.0, status, "{found:?}");
        serde_json::from_str::<Value>(&found.1).unwrap()["diagnostics"].clone()
    };
    let own = diagnostics("event.visit.duration=0", 2);
    assert_eq!((&own[0]["option"], &own[0]["column"]), (&"--set".into(), &22.into()));
    let elsewhere = diagnostics("horizon.to=2024-05-10", 2);
    assert_eq!((&elsewhere[0]["line"], elsewhere[0].get("option")), (&11.into(), None));
    assert!(elsewhere[0]["help"].as_str().unwrap().contains("comes with the change horizon.to=2024-05-10"));
}
