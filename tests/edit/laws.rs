//! Texts in many layouts in; what must hold for every edit of every one of them out.

use crate::leaves::{Leaf, Part, at, leaves, quoted, tables, take};
use crate::random::random_text;
use crate::{after, edited};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::path::Path;

fn configuration(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() }
}

/// The worked scenarios, also with the line ends of another system and without the last one.
fn scenarios() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let paths = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let files = paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    let texts: Vec<String> = files.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    assert!(texts.len() >= 6, "the scenarios have gone");
    texts.iter().flat_map(|text| [text.clone(), text.replace('\n', "\r\n"), text.trim_end().to_string()]).collect()
}

/// The same bytes; else says what is not, in short.
#[track_caller]
fn assert_same(found: &str, expected: &str, about: &str) {
    let same = found.bytes().zip(expected.bytes()).take_while(|(one, other)| one == other).count();
    let shown = |text: &str| {
        String::from_utf8_lossy(&text.as_bytes()[same.saturating_sub(80)..]).chars().take(200).collect::<String>()
    };
    assert!(found == expected, "{about}: found {:?}, expected {:?}", shown(found), shown(expected));
}

/// The key that a value has after its row's id has become `another`.
fn key_after(leaf: &Leaf, is_id: bool) -> String {
    if is_id { format!("{}.another.id", leaf.key.split('.').next().unwrap()) } else { leaf.key.clone() }
}

/// Sets every value to another and back.
fn assert_set_and_back(text: &str) {
    let found = leaves(text);
    for leaf in &found {
        let raw = leaf.raw(text);
        let is_text = raw.starts_with(['"', '\'']);
        let new = if is_text { "another" } else { "7" };
        let set = after(text, &[&format!("{}={new}", leaf.key)]);
        let (before, behind) = (&text[..leaf.span.start], &text[leaf.span.end..]);
        assert!(set.starts_with(before) && set.ends_with(behind), "{}: {set}", leaf.key);
        let value = &set[before.len()..set.len() - behind.len()];
        let quotes = [format!("\"{new}\""), format!("'{new}'")];
        // Some keys take a number for a text.
        assert!(value == new && !is_text || quotes.iter().any(|quoted| quoted == value), "{}: {value}", leaf.key);
        let mut expected = tables(text);
        *at(&mut expected, &leaf.way).unwrap() = tables(&format!("v = {value}"))["v"].clone();
        assert_eq!(tables(&set), expected);
        let key = key_after(leaf, leaf.name() == "id" && is_text);
        assert_same(&after(&set, &[&format!("{key}={raw}")]), text, &format!("{key}={raw}"));
        assert_set_back_as_text(text, leaf);
    }
}

/// Where a text is simply quoted, it comes back without its quotes being given.
fn assert_set_back_as_text(text: &str, leaf: &Leaf) {
    let raw = leaf.raw(text);
    let content = match raw.chars().next() {
        Some(quote @ ('"' | '\'')) if !raw.starts_with(&quote.to_string().repeat(3)) => &raw[1..raw.len() - 1],
        _ => return,
    };
    // What would be a number or a list without its quotes needs them.
    let any = ["hedge", "prior", "duration", "delay", "0", "1"].contains(&leaf.name());
    if content.contains('\\') || (any && content.starts_with(|c: char| c.is_ascii_digit())) {
        return;
    }
    let set = after(text, &[&format!("{}=another", leaf.key)]);
    let key = key_after(leaf, leaf.name() == "id");
    assert_same(&after(&set, &[&format!("{key}={content}")]), text, &format!("{key}={content}"));
}

const STRENGTHS: [(&str, &str); 3] = [("credibility", "0.5"), ("grade", "A1"), ("likelihood_ratio", "2")];

/// Gives every source and report another measure of how far it is believed, and the old one back.
fn assert_strengths_take_turns(text: &str) {
    for leaf in leaves(text) {
        let Some((owner, name)) = leaf.key.rsplit_once('.') else {
            continue;
        };
        if !STRENGTHS.iter().any(|(key, _)| *key == name)
            || !["source", "report"].iter().any(|kind| owner.starts_with(kind))
        {
            continue;
        }
        for (key, value) in STRENGTHS.iter().filter(|(key, _)| *key != name) {
            let set = after(text, &[&format!("{owner}.{key}={value}")]);
            let key_start = text[..leaf.span.start].rfind(name).unwrap();
            assert!(set.starts_with(&text[..key_start]) && set.ends_with(&text[leaf.span.end..]), "{set}");
            assert_same(&after(&set, &[&format!("{owner}.{name}={}", leaf.raw(text))]), text, &leaf.key);
        }
    }
}

/// Removes every value: the others stay what they are, and lines stay as they are or go.
fn assert_removed(text: &str) {
    for leaf in leaves(text) {
        let removed = after(text, &[&format!("-{}", leaf.key)]);
        let mut expected = tables(text);
        take(&mut expected, &leaf.way);
        assert_eq!(without_empty(tables(&removed)), without_empty(expected), "{} of {text}", leaf.key);
        let mut lines = plain_lines(text);
        for line in plain_lines(&removed) {
            let kept = lines.any(|other| other == line);
            assert!(kept || leaf.in_brackets || is_new_owner(line, &leaf), "{}: {line:?} of {removed}", leaf.key);
        }
    }
}

fn plain_lines(text: &str) -> impl Iterator<Item = &str> {
    text.trim_start_matches('\u{feff}').lines()
}

fn is_new_owner(line: &str, leaf: &Leaf) -> bool {
    let Some((owner, _)) = leaf.key.rsplit_once('.') else {
        return false;
    };
    owner.starts_with(line.trim_matches(['[', ']'])) && !line.is_empty()
}

/// Tables that are there only to hold nothing come and go.
fn without_empty(value: toml::Value) -> toml::Value {
    match value {
        toml::Value::Table(table) => {
            let kept = table.into_iter().map(|(key, value)| (key, without_empty(value)));
            let empty = |value: &toml::Value| value.as_table().is_some_and(toml::Table::is_empty);
            toml::Value::Table(kept.filter(|(_, value)| !empty(value)).collect())
        }
        toml::Value::Array(members) => toml::Value::Array(members.into_iter().map(without_empty).collect()),
        other => other,
    }
}

const ADDITIONS: [&str; 6] = [
    "rule says=visit after tour",
    "report id=new one; says=visit in May; credibility=0.5",
    "observation says=visit occurs; date=2024-05-02",
    "query ask=visit in June; id=new",
    "event id=newcomer; duration=2",
    "source id=new.one",
];

/// Adds one of each kind, and removes it again.
fn assert_added_and_removed(text: &str) {
    for addition in ADDITIONS {
        let kind = addition.split(' ').next().unwrap();
        let added = edited(text, &[&format!("+{addition}")]).unwrap();
        let key = added.changes()[0].key.clone();
        let mut found = tables(added.text());
        let way: Vec<Part> = match found.get(kind).unwrap() {
            toml::Value::Array(rows) => vec![Part::Key(kind.to_string()), Part::Index(rows.len() - 1)],
            _ => vec![
                Part::Key(kind.to_string()),
                Part::Key(key.split_once('.').unwrap().1.trim_matches('"').to_string()),
            ],
        };
        take(&mut found, &way);
        let rows = found.get(kind).and_then(|rows| rows.as_array()).map_or(1, Vec::len);
        if rows == 0 && tables(text).get(kind).is_none() {
            take(&mut found, &way[..1]);
        }
        assert_eq!(without_empty(found), without_empty(tables(text)));
        assert_same(&after(added.text(), &[&format!("-{key}")]), text, addition);
    }
}

/// Keys with values that may be new.
const KEYS: [(&str, &[(&str, &str)]); 8] = [
    ("", &[("title", "T"), ("as_of", "2024-05-04"), ("calendar.holidays", "[2024-05-01]"), ("grade.E5", "0.1")]),
    ("", &[("calendar.workweek", "[\"mon\", \"sat\"]")]),
    (
        "event",
        &[
            ("title", "T"),
            ("delay", "3"),
            ("duration.working_days", "3"),
            ("prior.shape", "pert"),
            ("weekdays.mon", "2"),
            ("happened", "false"),
        ],
    ),
    ("source", &[("hedge", "likely"), ("slip.early", "1"), ("title", "S")]),
    ("rule", &[("id", "new")]),
    ("report", &[("quote", "So!"), ("slip.early", "1"), ("independent", "true"), ("hedge", "likely")]),
    ("observation", &[("date", "2024-05-02")]),
    ("query", &[("id", "new")]),
];

/// Gives every table the keys that it has not, and takes them away again.
fn assert_keys_come_and_go(text: &str) {
    for (kind, keys) in KEYS {
        for (owner, table) in owners(text, kind) {
            for (key, value) in keys.iter().filter(|(key, _)| table.get(key.split('.').next().unwrap()).is_none()) {
                let whole = if owner.is_empty() { key.to_string() } else { format!("{owner}.{key}") };
                let set = after(text, &[&format!("{whole}={value}")]);
                assert_ne!(tables(&set), tables(text));
                let owner = if *key == "id" { format!("{kind}.{value}") } else { owner.clone() };
                let key = if owner.is_empty() { key.to_string() } else { format!("{owner}.{key}") };
                // A table that came with the key goes with it.
                let key = if key.matches('.').count() > owner.matches('.').count() + 1 || owner.is_empty() {
                    let parent =
                        key.rsplit_once('.').filter(|_| key.contains('.')).map(|(parent, _)| parent.to_string());
                    parent.filter(|parent| *parent != owner).unwrap_or(key)
                } else {
                    key
                };
                assert_same(&after(&set, &[&format!("-{key}")]), text, &format!("{whole}={value}, then -{key}"));
            }
        }
    }
}

/// The tables of a kind with the keys that edits know them by.
fn owners(text: &str, kind: &str) -> Vec<(String, toml::Value)> {
    let all = tables(text);
    match all.get(kind) {
        _ if kind.is_empty() => vec![(String::new(), all)],
        Some(toml::Value::Table(tables)) => {
            tables.iter().map(|(name, table)| (format!("{kind}.{}", quoted(name)), table.clone())).collect()
        }
        Some(toml::Value::Array(rows)) => {
            let rows = rows.iter().enumerate().map(|(index, row)| {
                let id =
                    row.get("id").and_then(|id| id.as_str()).map_or(format!("{kind}-{}", index + 1), str::to_string);
                (format!("{kind}.{}", quoted(&id)), row.clone())
            });
            rows.collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn worked_scenarios_keep_every_byte() {
    for text in scenarios() {
        assert_set_and_back(&text);
        assert_strengths_take_turns(&text);
        assert_removed(&text);
        assert_added_and_removed(&text);
        assert_keys_come_and_go(&text);
    }
}

proptest! {
    #![proptest_config(configuration(400))]

    #[test]
    fn every_value_is_set_and_set_back(seed: u64) {
        assert_set_and_back(&random_text(seed));
    }

    #[test]
    fn strengths_take_turns(seed: u64) {
        assert_strengths_take_turns(&random_text(seed));
    }

    #[test]
    fn what_is_removed_takes_nothing_along(seed: u64) {
        assert_removed(&random_text(seed));
    }

    #[test]
    fn what_is_added_can_be_removed(seed: u64) {
        assert_added_and_removed(&random_text(seed));
    }

    #[test]
    fn new_keys_can_be_removed(seed: u64) {
        assert_keys_come_and_go(&random_text(seed));
    }
}

/// Otherwise the laws above would hold of too little.
#[test]
fn random_texts_are_of_every_layout() {
    let texts: Vec<String> = (0..400).map(random_text).collect();
    let signs = [
        "\r\n",
        "\u{feff}",
        "'''",
        "\"\"\"\n# no",
        "\t=",
        "[[rule]]",
        "rule = [",
        "event.visit.",
        "event = {",
        "[event.visit]",
        "[event.visit.prior]",
        "prior.shape",
        "prior = {",
        "weights = [\n",
        ", }",
        "slip.early",
        "[report.slip]",
        "# the end",
        "[ event",
    ];
    for sign in signs {
        let count = texts.iter().filter(|text| text.contains(sign)).count();
        assert!(count >= 2, "found {sign:?}: {count}");
    }
    assert!(texts.iter().filter(|text| !text.ends_with('\n')).count() > 40);
    assert!(texts.iter().map(|text| leaves(text).len()).sum::<usize>() > 4_000);
}
