//! Anything at all in, as an edit of some text; a text that is still TOML or a refusal with a place out, and never a panic.

use crate::draw::Draw;
use crate::leaves::leaves;
use crate::random::random_text;
use dateline::diagnostic::Origin;
use dateline::{Changes, Edit, Invalid, LARGEST_FILE, Scenario, edit, render};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const VISIT: &str = "title = 'T'\nhorizon = { from = 2024-05-01, to = 2024-06-30 }\n[event.visit]\nduration = 2\n\
    [[report]]\nid = \"a.b\"\nsays = \"visit in May\"\ncredibility = 0.5\n";

/// Diagnostics must fit the texts that they are shown against.
fn assert_fits(invalid: &Invalid, file: &str) {
    assert!(!invalid.diagnostics.is_empty(), "no reason is given");
    for diagnostic in &invalid.diagnostics {
        let text = match &diagnostic.origin {
            Origin::File | Origin::Changed => file,
            Origin::Argument { text, .. } | Origin::Included { text, .. } => text,
        };
        let fits = diagnostic.span.as_ref().is_none_or(|span| text.get(span.clone()).is_some());
        assert!(fits, "{diagnostic:?} of {text:?}");
    }
    render::diagnostics(&invalid.diagnostics, "a path", file, false);
    render::invalid_json("a path", file, invalid);
}

/// Makes the edits and reads what comes of them, also as changes on the way.
fn put_through(text: &str, edits: &[Edit]) -> bool {
    let set: Vec<String> = edits.iter().filter(|edit| matches!(edit, Edit::Set { .. })).map(Edit::to_string).collect();
    if let Err(invalid) = Scenario::parse_with(text, &Changes { set, ..Changes::default() }) {
        assert_fits(&invalid, text);
    }
    match edit(text, edits) {
        Err(invalid) => {
            assert_fits(&invalid, text);
            false
        }
        Ok(edited) => {
            let read = toml::from_str::<toml::Table>(edited.text());
            assert!(read.is_ok(), "{edits:?}: {read:?}\n{}\n-----\n{text}", edited.text());
            if let Err(invalid) = edited.scenario() {
                assert_fits(&invalid, text);
            }
            edited.changes().iter().for_each(|change| assert!(!change.key.is_empty()));
            true
        }
    }
}

const PARTS: [&str; 34] = [
    "event",
    "visit",
    "tour",
    "report",
    "rule",
    "rule-1",
    "report-1",
    "report-2",
    "source",
    "reuters",
    "the paper",
    "x.y",
    "calendar",
    "holidays",
    "grade",
    "B2",
    "horizon",
    "from",
    "prior",
    "shape",
    "weights",
    "0",
    "1",
    "weekdays",
    "sat",
    "slip",
    "early",
    "id",
    "credibility",
    "title",
    "says",
    "",
    "\"the paper\"",
    "'x.y'",
];
const VALUES: [&str; 22] = [
    "",
    "1",
    "0.5",
    "2024-05-07",
    "visit in May",
    "true",
    "[]",
    "{}",
    "[1, 2]",
    "{ shape = \"pert\" }",
    "'x'",
    "\"\"\"\nx\"\"\"",
    "a\nb = 2",
    "\u{0}",
    "# x",
    "]",
    "}",
    "\"",
    "'",
    "é\u{1f600}",
    "[\n1, # one\n]",
    "{ a.b = 1, }",
];

/// An edit that means something more often than not.
fn random_edit(text: &str, draw: &mut Draw) -> Edit {
    let found = leaves(text);
    let parts: Vec<&str> = (0..draw.between(1, 5)).map(|_| draw.pick(&PARTS)).collect();
    let key = if draw.chance(0.6) && !found.is_empty() { draw.pick(&found).key } else { parts.join(".") };
    let shorter = key.rsplit_once('.').map_or(key.clone(), |(shorter, _)| shorter.to_string());
    let key = if draw.chance(0.2) { shorter } else { key };
    match draw.below(5) {
        0 | 1 => Edit::Remove { key },
        2 => {
            let kind = draw.pick(&["rule", "report", "observation", "query", "event", "source", "calendar", "x"]);
            let keys = ["id", "says", "ask", "source", "credibility", "title", "duration"];
            let entries =
                (0..draw.between(0, 3)).map(|_| (draw.pick(&keys).to_string(), draw.pick(&VALUES).to_string()));
            Edit::Add { kind: kind.to_string(), entries: entries.collect() }
        }
        _ => Edit::Set { key, value: draw.pick(&VALUES).to_string() },
    }
}

fn configuration(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(configuration(1_000))]

    #[test]
    fn any_words(argument in "\\PC{0,60}", kind in "\\PC{0,10}") {
        let edits = Edit::set(&argument).into_iter().chain([Edit::Remove { key: argument.clone() }]);
        edits.chain(Edit::add(&kind, std::slice::from_ref(&argument))).for_each(|edit| {
            put_through(VISIT, &[edit]);
        });
    }

    #[test]
    fn any_value(value: String, key in prop::sample::select(vec!["title", "report.a.b.says", "event.visit.duration", "grade.B2"])) {
        put_through(VISIT, &[Edit::Set { key: key.to_string(), value: value.clone() }]);
        let entries = vec![("id".to_string(), value.clone()), ("title".to_string(), value)];
        put_through(VISIT, &[Edit::Add { kind: "source".to_string(), entries }]);
    }

    #[test]
    fn any_text(text in "\\PC{0,100}") {
        put_through(&text, &[Edit::Set { key: "title".to_string(), value: "x".to_string() }]);
    }
}

/// Texts in every layout under several edits, one after the other.
#[test]
fn any_edits_in_turn() {
    let mut made = 0;
    for seed in 0..3_000 {
        let mut draw = Draw::new(seed);
        let text = random_text(seed % 500);
        let mut edits: Vec<Edit> = Vec::new();
        for _ in 0..draw.between(1, 5) {
            let edit = random_edit(&text, &mut draw);
            // Those that can be made, most of the time: one that cannot ends all.
            if draw.chance(0.1) || dateline::edit(&text, std::slice::from_ref(&edit)).is_ok() {
                edits.push(edit);
            }
        }
        let through = std::panic::catch_unwind(|| put_through(&text, &edits));
        made += usize::from(through.unwrap_or_else(|_| panic!("seed {seed}: {edits:?}\n{text}")));
    }
    assert!(made > 1_000, "{made} of them were made");
}

#[test]
fn deep_nesting_ends_in_a_refusal_or_a_text() {
    let deep = ["[".repeat(100_000), "{a=".repeat(100_000), "[".repeat(200) + &"]".repeat(200), "((((".repeat(50_000)];
    for value in deep {
        put_through(VISIT, &[Edit::Set { key: "event.visit.duration".to_string(), value }]);
    }
    for key in [
        "a.".repeat(50_000),
        "event.".repeat(1_000) + "x",
        "\"".repeat(10_000),
        "report.".to_string() + &"a.b.".repeat(10_000),
    ] {
        put_through(VISIT, &[Edit::Set { key: key.clone(), value: "1".to_string() }, Edit::Remove { key }]);
    }
}

/// As large as a scenario may be, and larger by the edit.
#[test]
fn the_largest_files_are_edited() {
    let entry = "[[rule]]\nsays = \"visit in May\"\n\n";
    let rules = entry.repeat((LARGEST_FILE - VISIT.len()) / entry.len());
    let text = VISIT.to_string() + &rules;
    let last = rules.len() / entry.len();
    let edits =
        [format!("rule.rule-{last}.says=visit in June"), "title=Another".to_string(), "as_of=2024-05-02".to_string()];
    let edits: Vec<Edit> = edits.iter().map(|words| Edit::set(words).unwrap()).collect();
    let edited = edit(&text, &edits).unwrap();
    let expected = text.replace("'T'", "'Another'").replace("30 }\n", "30 }\nas_of = 2024-05-02\n");
    let end = expected.rfind("May").unwrap();
    assert!(edited.text()[..end] == expected[..end] && edited.text().ends_with("says = \"visit in June\"\n\n"));
    let value = "x".repeat(entry.len() * 2);
    let larger = edit(&text, &[Edit::Set { key: "title".to_string(), value }]).unwrap();
    let invalid = larger.scenario().unwrap_err();
    assert!(invalid.only_in_changes() && invalid.diagnostics[0].message.contains("more than the limit"), "{invalid}");
}
