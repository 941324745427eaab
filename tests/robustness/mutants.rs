//! The project's scenarios in; their mutants put through, which is to end in no panic.

use crate::draw::Draw;
use crate::{Fate, ORDINARY, put_through};
use dateline::{Changes, Scenario};
use std::path::{Path, PathBuf};

/// The scenarios of the project, those with mistakes included.
fn files() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in [root.clone(), root.join("invalid")] {
        let entries = std::fs::read_dir(&folder).expect("the folder of scenarios");
        paths.extend(entries.map(|entry| entry.expect("an entry").path()));
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).expect("a readable file")).collect()
}

/// Numbers, dates and words that mean trouble.
const EXTREMES: [&str; 40] = [
    "0",
    "-1",
    "1",
    "2",
    "1e308",
    "-1e308",
    "1e-320",
    "1e999",
    "nan",
    "inf",
    "-inf",
    "2147483647",
    "2147483648",
    "-2147483649",
    "9223372036854775807",
    "9223372036854775808",
    "0.0",
    "-0.0",
    "99999999",
    "1000000",
    "0001-01-01",
    "9998-12-31",
    "9999-12-31",
    "0000-00-00",
    "2024-02-30",
    "2024-05-07T10:00:00Z",
    "true",
    "\"\"",
    "''",
    "[]",
    "{}",
    "[[]]",
    "\"\\u0000\"",
    "not",
    "..",
    "\"..\"",
    "'if'",
    "(",
    "\u{feff}",
    "\u{1f600}",
];

fn tokens(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for character in text.chars() {
        let joins = |last: &String| {
            let word = |c: char| c.is_alphanumeric() || "-_.".contains(c);
            word(character) && last.chars().all(word)
        };
        match found.last_mut().filter(|last| joins(last)) {
            Some(last) => last.push(character),
            None => found.push(character.to_string()),
        }
    }
    found
}

/// Deletes, doubles, swaps or replaces one of the pieces.
fn mutate(pieces: &mut Vec<String>, others: &[String], draw: &mut Draw) {
    if pieces.is_empty() {
        return;
    }
    let (one, other) = (draw.below(pieces.len()), draw.below(pieces.len()));
    match draw.below(5) {
        0 => drop(pieces.remove(one)),
        1 => pieces.insert(other, pieces[one].clone()),
        2 => pieces.swap(one, other),
        3 if !others.is_empty() => pieces[one] = draw.pick(others),
        _ => pieces[one] = draw.pick(&EXTREMES).to_string(),
    }
}

fn replace_a_number(text: &str, draw: &mut Draw) -> String {
    let mut pieces = tokens(text);
    let numbers: Vec<usize> =
        (0..pieces.len()).filter(|index| pieces[*index].starts_with(|c: char| c.is_ascii_digit())).collect();
    if !numbers.is_empty() {
        let at = draw.pick(&numbers);
        // Mild changes get further than extreme ones.
        pieces[at] = match draw.below(3) {
            0 => draw.pick(&EXTREMES).to_string(),
            1 => pieces[draw.pick(&numbers)].clone(),
            _ => pieces[at].replace(|c: char| c.is_ascii_digit(), draw.pick(&["0", "1", "2", "9"])),
        };
    }
    pieces.concat()
}

/// One of the files with a few mutations.
fn mutant(files: &[String], draw: &mut Draw) -> String {
    let (mut text, other) = (draw.pick(files), draw.pick(files));
    for _ in 0..draw.pick(&[1, 1, 1, 2, 4]) {
        text = match draw.weigh(&[1.0, 2.0, 1.5, 3.0, 0.7]) {
            0 => {
                let mut bytes: Vec<u8> = text.into_bytes();
                let at = draw.below(bytes.len().max(1));
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = draw.between(0, 255) as u8;
                }
                String::from_utf8_lossy(&bytes).into_owned()
            }
            1 => {
                let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
                let others: Vec<String> = other.lines().map(str::to_string).collect();
                mutate(&mut lines, &others, draw);
                lines.join("\n")
            }
            2 => {
                let mut pieces = tokens(&text);
                mutate(&mut pieces, &tokens(&other), draw);
                pieces.concat()
            }
            3 => replace_a_number(&text, draw),
            _ => {
                let cut =
                    |text: &str, at: usize| text.lines().skip(at).fold(String::new(), |all, line| all + line + "\n");
                let (lines, others) = (text.lines().count(), other.lines().count());
                let kept = draw.below(lines.max(1));
                let head: String = text.lines().take(kept).map(|line| format!("{line}\n")).collect();
                head + &cut(&other, draw.below(others.max(1)))
            }
        };
    }
    text
}

fn random_changes(draw: &mut Draw) -> Changes {
    let words = ["visit", "before", "tour", "not", "(", ")", "\"", "..", "occurs", "May", "3", "days"];
    let phrase = |draw: &mut Draw| (0..draw.between(0, 6)).map(|_| draw.pick(&words)).collect::<Vec<_>>().join(" ");
    let dates = ["0001-01-01", "2024-05-07", "2025-03-01", "9998-12-31"];
    Changes {
        as_of: draw.chance(0.5).then(|| draw.pick(&dates).parse().expect("a date")),
        assume: if draw.chance(0.2) { vec![phrase(draw)] } else { Vec::new() },
        ask: if draw.chance(0.2) { vec![phrase(draw), "visit occurs".to_string()] } else { Vec::new() },
        without: if draw.chance(0.2) { vec!["rule-1".to_string()] } else { Vec::new() },
        set: (0..draw.between(0, 1)).map(|_| random_value(draw)).collect(),
        ..Changes::default()
    }
}

/// A value for a key that most of the files have.
fn random_value(draw: &mut Draw) -> String {
    let keys =
        ["title", "as_of", "horizon.to", "horizon", "rule.rule-1.says", "event.visit.duration", "event.visit.prior"];
    let value = if draw.chance(0.5) { draw.pick(&EXTREMES) } else { draw.pick(&["2024-06-30", "3", "visit in May"]) };
    format!("{}={value}", draw.pick(&keys))
}

#[test]
fn mutated_scenarios() {
    let files = files();
    let sound: Vec<String> = files.iter().filter(|text| Scenario::parse(text).is_ok()).cloned().collect();
    assert!(files.len() > 40 && sound.len() >= 5, "the scenarios have gone");
    let mut fates = std::collections::BTreeMap::new();
    for seed in 0..1_000 {
        let mut draw = Draw::new(seed);
        let text = mutant(if draw.chance(0.6) { &sound } else { &files }, &mut draw);
        let changes = if draw.chance(0.3) { random_changes(&mut draw) } else { Changes::default() };
        let fate = std::panic::catch_unwind(|| put_through(&text, &changes, ORDINARY));
        let fate = fate.unwrap_or_else(|_| panic!("seed {seed}, {changes:?}:\n{text}"));
        *fates.entry(fate).or_insert(0) += 1;
    }
    // Otherwise the mutations would be too coarse to get behind the reader.
    assert!(fates.get(&Fate::Forecast).copied().unwrap_or(0) > 50, "{fates:?}");
}
