//! Wrong edits in; what is said of them, and where, out.

use crate::edited;
use dateline::diagnostic::{Diagnostic, Origin, Severity};
use dateline::{Changes, Edit, Invalid, Scenario};

const VISIT: &str = "title = 'A visit'   # and a tour
horizon = { from = 2024-05-01, to = 2024-06-30 }
calendar.holidays = [2024-05-01, 2024-05-09]

[event.visit]
duration = 2
prior = { shape = \"pert\", low = 2024-05-08, mode = 2024-05-20, high = 2024-06-30 }
[event.tour]

[source.reuters]
grade = \"B2\"

[[rule]]
says = \"visit before tour\"

[[report]]
id = \"late-may\"
source = \"reuters\"
says = \"visit in late May\"

[[report]]
id = \"a.b\"
echoes = \"late-may\"
source = \"reuters\"
says = \"visit in late May\"
";

/// What is said in one line: the option with the words marked in its argument (or the file's words), message, label, help.
fn line(diagnostic: &Diagnostic, file: &str) -> String {
    let (place, text) = match &diagnostic.origin {
        Origin::File => ("file".to_string(), file),
        Origin::Changed => ("changed".to_string(), file),
        Origin::Argument { option: name, text } | Origin::Included { path: name, text } => {
            (name.clone(), text.as_str())
        }
    };
    let marked = diagnostic.span.as_ref().map_or("", |span| &text[span.clone()]);
    let Diagnostic { message, label, help, .. } = diagnostic;
    format!("{place} [{marked}] {message} ({label}) {}", help.as_deref().unwrap_or("-"))
}

#[track_caller]
fn assert_told(found: Result<Scenario, Invalid>, expected: &[&str]) {
    let invalid = found.expect_err("something is wrong");
    let lines: Vec<String> = invalid.diagnostics.iter().map(|diagnostic| line(diagnostic, VISIT)).collect();
    assert_eq!(lines, expected);
}

/// What is wrong with edits that cannot be made, or with the scenario that they leave.
#[track_caller]
fn assert_wrong(edits: &[&str], expected: &[&str]) {
    assert_told(edited(VISIT, edits).and_then(|edited| edited.scenario()), expected);
}

/// The same with `--set`, which is to say the same.
#[track_caller]
fn assert_wrong_everywhere(set: &[&str], expected: &[&str]) {
    assert_wrong(set, expected);
    let changes = Changes { set: set.iter().map(|argument| argument.to_string()).collect(), ..Changes::default() };
    assert_told(Scenario::parse_with(VISIT, &changes), expected);
}

#[test]
fn the_file_is_sound_before() {
    assert!(Scenario::parse(VISIT).is_ok());
}

#[test]
fn unknown_names_get_the_nearest_or_all() {
    let cases = [
        (
            "evnt.visit.duration=2",
            "[evnt] unknown key 'evnt' at the top of a scenario (no such key) did you mean 'event'?",
        ),
        ("event.viist.duration=2", "[viist] there is no event 'viist' (unknown event) did you mean 'visit'?"),
        (
            "event.\"vi.sit\".duration=2",
            "[\"vi.sit\"] there is no event 'vi.sit' (unknown event) did you mean 'visit'?",
        ),
        ("event.x.duration=2", "[x] there is no event 'x' (unknown event) there are: visit, tour"),
        (
            "event.visit.durtion=2",
            "[durtion] unknown key 'durtion' in event.visit (no such key) did you mean 'duration'?",
        ),
        ("event.visit.prior.mod=2", "[mod] unknown key 'mod' in event.visit.prior (no such key) did you mean 'mode'?"),
        (
            "report.late-mai.date=2",
            "[late-mai] there is no report 'late-mai' (unknown report) did you mean 'late-may'?",
        ),
        ("report.x.date=2", "[x] there is no report 'x' (unknown report) there are: late-may, \"a.b\""),
        ("rule.rule-2.says=x", "[rule-2] there is no rule 'rule-2' (unknown rule) did you mean 'rule-1'?"),
        ("query.x.ask=x", "[x] there is no query 'x' (unknown query) the file has none; --add query adds one"),
        ("horizon.until=2024", "[until] unknown key 'until' in horizon (no such key) the keys are: from, to"),
        ("calendar.holidays.2=2024-05-02", "[2] there is no '2' in calendar.holidays (not there) there are: 0, 1"),
        (
            "event.visit.duration.mean=2",
            "[mean] 'event.visit.duration' is a number here, without parts (no part of it) set it as a whole: event.visit.duration=…",
        ),
        ("title.x=2", "[x] 'title' has no parts (no part of it) -"),
        (
            "event.visit..duration=2",
            "[] a part of the key is missing (expected a key) there are: title, on, duration, occurs, window, prior, weekdays, visible, happened, after, delay",
        ),
    ];
    for (set, expected) in cases {
        assert_wrong_everywhere(&[set], &[&format!("--set {expected}")]);
    }
}

#[test]
fn what_is_no_value_is_told() {
    let keys = "title, on, duration, occurs, window, prior, weekdays, visible, happened, after, delay";
    assert_wrong_everywhere(
        &["event.visit=2"],
        &[&format!(
            "--set [event.visit] 'event.visit' is a table of several keys (not a value) set one of its keys: {keys}"
        )],
    );
    assert_wrong_everywhere(
        &["event=2"],
        &["--set [event] 'event' is a table of several keys (not a value) set a key of one of its tables"],
    );
    assert_wrong_everywhere(
        &["rule=2"],
        &["--set [rule] 'rule' is a table of several keys (not a value) set a key of one of its tables"],
    );
    let top = "title, include, horizon, as_of, calendar, event, source, grade, rule, report, observation, query, decision, goal";
    assert_wrong_everywhere(&["=2"], &[&format!("--set [] there is no key (expected a key) the keys are: {top}")]);
    let invalid = Edit::set("title").unwrap_err();
    assert_eq!(line(&invalid.diagnostics[0], ""), "--set [title] 'title' gives no value (expected KEY=VALUE) -");
}

#[test]
fn lists_of_names_end_at_twenty() {
    let many: String = (0..30).map(|number| format!("[event.e{number}]\n")).collect();
    let invalid = edited(&many, &["event.nothing.on=2024-05-01"]).unwrap_err();
    let help = invalid.diagnostics[0].help.as_deref().unwrap();
    assert!(help.starts_with("there are: e0, e1,") && help.ends_with("e18, e19, …"), "{help}");
}

#[test]
fn what_is_to_be_removed_must_be_there() {
    let cases = [
        ("-event.visit.occurs", "[occurs] there is no 'occurs' in event.visit (not there) there are: duration, prior"),
        ("-event.visit.duraton", "[duraton] there is no 'duraton' in event.visit (not there) did you mean 'duration'?"),
        ("-event.tour.x", "[x] there is no 'x' in event.tour (not there) there is nothing in it"),
        ("-report.lat-may", "[lat-may] there is no report 'lat-may' (unknown report) did you mean 'late-may'?"),
        (
            "-query",
            "[query] there is no 'query' at the top (not there) there are: title, horizon, calendar, event, source, rule, report",
        ),
    ];
    for (remove, expected) in cases {
        assert_wrong(&[remove], &[&format!("--remove {expected}")]);
    }
    let gone = "there is no 'rule' at the top (not there) there are: title, horizon, calendar, event, source, report";
    assert_wrong(&["-rule.rule-1", "-rule.rule-1"], &[&format!("--remove [rule] {gone}")]);
}

#[test]
fn what_is_to_be_added_must_be_known_and_new() {
    let cases = [
        ("+rle says=x", "[rle] 'rle' cannot be added (expected a kind of row or table) did you mean 'rule'?"),
        (
            "+title id=x",
            "[title] 'title' cannot be added (expected a kind of row or table) there are: event, source, rule, report, observation, query, decision, goal",
        ),
        ("+rule says=visit occurs; sasy=x", "[sasy] unknown key 'sasy' in rule (no such key) did you mean 'says'?"),
        ("+rule says=visit occurs; says=x", "[says] 'says' is given twice (the second time) -"),
        (
            "+rule says=visit occurs; event.visit.duration=2",
            "[event.visit.duration] unknown key 'event.visit.duration' in rule (no such key) KEY=VALUE of the file stands before --add",
        ),
        ("+event duration=2", "[event] the new event has no name (expected id=NAME) such as --add event id=new"),
        ("+event id=visit", "[visit] the event 'visit' is there already (taken) event.visit.KEY=VALUE changes it"),
        ("+source id=", "[] the new source has an empty name (expected a name) -"),
        // What only the reader sees is told in the words given.
        ("+event id=May; duration=2", "[May] 'May' is a date expression and cannot name an event (means a date) -"),
        ("+event id=new; duration=0", "[0] 'duration' cannot be 0 (expected a whole number of days, at least 1) -"),
        (
            "+rule says=viist occurs",
            "[viist] there is no event 'viist' (expected an event, 'not', 'if' or '(') did you mean 'visit'?",
        ),
        (
            "+rule says=visit in \"late May\" or tuor occurs",
            "[tuor] there is no event 'tuor' (expected an event, 'not', 'if' or '(') did you mean 'tour'?",
        ),
        (
            "+query id=late-may; ask=visit occurs",
            "[late-may] the id 'late-may' is used twice (a report has it already) ids of sources, rules, reports, observations and queries share one name space",
        ),
        (
            "+report says=visit occurs",
            "[report says=visit occurs] report report-3 has neither a credibility nor a source that has one (how far is it to be believed?) give the report or its source a credibility, a grade or a likelihood_ratio",
        ),
    ];
    for (add, expected) in cases {
        assert_wrong(&[add], &[&format!("--add {expected}")]);
    }
}

#[test]
fn mistakes_in_values_are_told_in_the_words_given() {
    let cases = [
        ("event.visit.duration=-3", "[-3] 'duration' cannot be -3 (expected a whole number of days, at least 1) -"),
        ("event.visit.duration= \t-3 ", "[-3] 'duration' cannot be -3 (expected a whole number of days, at least 1) -"),
        ("event.visit.occurs=1.5", "[1.5] 'occurs' is 1.5, which is no probability (expected a number from 0 to 1) -"),
        ("event.visit.visible=yes", "[yes] 'visible' wants true or false, not a text (expected true or false) -"),
        (
            "rule.rule-1.says=visit before \"tuor\"",
            "[\"tuor\"] 'tuor' is no date expression (expected an event or a date) dates are written like 2024-05-07, 7 May, May 2024, late May, first half of 2024, Q2, 2024-05-01..2024-05-10",
        ),
        ("report.a.b.echoes=late", "[late] there is no report 'late' (unknown report) -"),
        (
            "report.late-may.source=routers",
            "[routers] there is no source 'routers' (unknown source) did you mean 'reuters'?",
        ),
        (
            "grade.Z9=0.5",
            "[Z9] 'Z9' is no grade (expected A1 to F6) a grade is a letter A to F for the source and a digit 1 to 6 for the information, such as B2",
        ),
        (
            "event.visit.delay=1",
            "[delay] 'delay' goes with 'after' (after what?) add after = \"EVENT\", or say 'duration' if a length is meant",
        ),
        // Of what stands around the value only the change is at fault.
        (
            "event.visit.prior.shape=normal",
            "[event.visit.prior.shape=normal] 'mean' is missing in prior (needs 'mean') the shape 'normal' needs it",
        ),
    ];
    for (set, expected) in cases {
        let found = edited(VISIT, &[set]).unwrap().scenario().unwrap_err();
        let lines: Vec<String> = found.diagnostics.iter().map(|diagnostic| line(diagnostic, VISIT)).collect();
        assert!(lines.contains(&format!("--set {expected}")), "{lines:#?}");
        assert!(found.only_in_changes());
    }
}

#[test]
fn mistakes_that_come_with_a_change_are_told_where_they_are() {
    assert_wrong(
        &["-source.reuters"],
        &[
            "changed [\"reuters\"] there is no source 'reuters' (unknown source) this comes with the change --remove source.reuters; define it: [source.reuters]",
            "changed [\"reuters\"] there is no source 'reuters' (unknown source) this comes with the change --remove source.reuters; define it: [source.reuters]",
        ],
    );
    assert_wrong_everywhere(
        &["report.late-may.id=other"],
        &[
            "changed [\"late-may\"] there is no report 'late-may' (unknown report) this comes with the change report.late-may.id=other",
        ],
    );
    // Lines above are more than they were; the place is that of the file as it is.
    assert_wrong(
        &["title=\"\"\"\nlong\n\"\"\"", "as_of=2024-05-02", "-event.tour"],
        &[
            "changed [tour] 'tour' is no date expression (expected an event or a date) this comes with the changes asked for; dates are written like 2024-05-07, 7 May, May 2024, late May, first half of 2024, Q2, 2024-05-01..2024-05-10",
        ],
    );
    assert_wrong_everywhere(
        &["event.tour.after=visit", "event.visit.after=tour", "event.visit.title=T"],
        &[
            "changed [prior] 'prior' does not go with 'after' (the date comes from 'after') this comes with the changes asked for; leave out 'prior' or 'after'",
            "changed [tour] 'after' goes round in a circle (visit after tour after visit) this comes with the changes asked for",
        ],
    );
}

#[test]
fn a_file_that_is_at_fault_before_stays_so() {
    let unsound = VISIT.replace("duration", "duraton").replace("in late May", "in lat May");
    let told = |set: &str| {
        let changes = Changes { set: vec![set.to_string()], ..Changes::default() };
        let invalid = Scenario::parse_with(&unsound, &changes).unwrap_err();
        assert!(!invalid.only_in_changes());
        let errors = invalid.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        errors.map(|diagnostic| line(diagnostic, &unsound)).collect::<Vec<_>>()
    };
    let own = told("title=x");
    assert!(own.len() == 3 && own.iter().all(|line| line.starts_with("file [")), "{own:#?}");
    assert_eq!(own[0], "file [duraton] unknown key 'duraton' in event.visit (no such key) did you mean 'duration'?");
    // What is new is told apart, an edit that cannot be made as well.
    assert!(told("event.visit.occurs=2").contains(&"--set [2] 'occurs' is 2, which is no probability (expected a number from 0 to 1) if per cent are meant, write 0.02".to_string()));
    assert_eq!(told("titel=x")[..3], own);
    assert!(told("titel=x")[3].starts_with("--set [titel] unknown key"));
    let mended = edited(
        &unsound,
        &["-event.visit.duraton", "report.late-may.says=visit in May", "report.a.b.says=visit in May"],
    );
    assert!(mended.unwrap().scenario().is_ok());
}

#[test]
fn what_is_no_toml_cannot_be_edited() {
    let broken = "title = \n[event.visit";
    let invalid = edited(broken, &["title=x"]).unwrap_err();
    assert!(invalid.diagnostics.iter().all(|diagnostic| diagnostic.origin == Origin::File));
    let changes = Changes { set: vec!["title=x".to_string()], ..Changes::default() };
    let told = Scenario::parse_with(broken, &changes).unwrap_err();
    assert_eq!(told.diagnostics, invalid.diagnostics);
}

#[test]
fn names_that_can_be_read_two_ways_need_quotes() {
    let twice = "[event.a]\n[[report]]\nid = \"a\"\nslip.early = 1\n[[report]]\nid = \"a.slip\"\n[[report]]\nid = \"x.y\"\nsays = \"x\"\n";
    let invalid = edited(twice, &["-report.a.slip"]).unwrap_err();
    assert_eq!(
        line(&invalid.diagnostics[0], twice),
        "--remove [report.a.slip] 'report.a.slip' can be read in more than one way (which one?) write report.a.slip or report.\"a.slip\""
    );
    // One of the readings cannot be set.
    let found = edited(twice, &["report.a.slip=3"]).unwrap();
    assert_eq!(found.text(), twice.replace("slip.early = 1\n", "slip = 3\n"));
    let found = edited(twice, &["-report.\"a.slip\"", "-report.x.y"]).unwrap();
    assert_eq!(found.text(), "[event.a]\n[[report]]\nid = \"a\"\nslip.early = 1\n");
}

#[test]
fn changes_are_told_as_before_and_after() {
    let edits = [
        "title=New",
        "source.reuters.credibility=0.7",
        "event.tour.occurs=0.5",
        "-rule.rule-1",
        "+query ask=visit in May",
        "report.\"a.b\".source=reuters",
    ];
    let edited = edited(VISIT, &edits).unwrap();
    let told: Vec<String> = edited.changes().iter().map(|change| change.to_string()).collect();
    assert_eq!(
        told,
        [
            "title: 'A visit' → 'New'",
            "source.reuters.credibility: grade = \"B2\" → 0.7",
            "event.tour.occurs: added 0.5",
            "rule.rule-1: removed [[rule]] says = \"visit before tour\"",
            "query.query-1: added { ask = \"visit in May\" }",
        ]
    );
}
