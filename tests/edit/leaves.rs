//! A TOML text in; all its values with the keys that edits know them by, and a plain copy of the tables to compare with, out.

use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One part of the way to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Key(String),
    Index(usize),
}

/// A value of the file that is no table of several lines.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// As an edit names it, with quotes where they may be needed.
    pub key: String,
    pub way: Vec<Part>,
    /// Of the value, in the text.
    pub span: Range<usize>,
    /// Rows and named tables are not, as a whole.
    settable: bool,
    /// Whether it stands in a list or table in brackets.
    pub in_brackets: bool,
}

impl Leaf {
    pub fn raw<'t>(&self, text: &'t str) -> &'t str {
        &text[self.span.clone()]
    }

    /// The last key on the way.
    pub fn name(&self) -> &str {
        let keys = self.way.iter().rev().filter_map(|part| if let Part::Key(key) = part { Some(key) } else { None });
        keys.map(String::as_str).next().unwrap_or_default()
    }
}

/// All values, in no particular order.
pub fn leaves(text: &str) -> Vec<Leaf> {
    let (document, errors) = DeTable::parse_recoverable(text);
    assert!(errors.is_empty(), "{errors:?} in {text}");
    let mut found = Vec::new();
    below(text, document.get_ref(), &Vec::new(), &mut found);
    let is_bracket = |leaf: &&Leaf| text[leaf.span.clone()].starts_with(['{', '[']);
    let brackets: Vec<Range<usize>> = found.iter().filter(is_bracket).map(|leaf| leaf.span.clone()).collect();
    for leaf in &mut found {
        let around = |brackets: &Range<usize>| brackets.start < leaf.span.start && leaf.span.end < brackets.end;
        leaf.in_brackets = brackets.iter().any(around);
    }
    found.retain(|leaf| leaf.settable);
    found
}

/// A part of a key.
pub fn quoted(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(bare) {
        name.to_string()
    } else {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
    }
}

type Way = Vec<(String, Part)>;

fn longer(way: &Way, name: String, part: Part) -> Way {
    way.iter().cloned().chain([(name, part)]).collect()
}

fn below(text: &str, table: &DeTable<'_>, way: &Way, found: &mut Vec<Leaf>) {
    for (key, value) in table.iter() {
        let name = key.get_ref().to_string();
        one(text, value, &longer(way, quoted(&name), Part::Key(name)), found);
    }
}

fn one(text: &str, value: &Spanned<DeValue<'_>>, way: &Way, found: &mut Vec<Leaf>) {
    let bracket = |value: &Spanned<DeValue<'_>>| text[value.span()].chars().next();
    let in_lines = match value.get_ref() {
        DeValue::Table(_) => bracket(value) != Some('{'),
        DeValue::Array(rows) => rows.iter().any(|row| row.get_ref().is_table() && bracket(row) == Some('[')),
        _ => false,
    };
    let key: Vec<&str> = way.iter().map(|(key, _)| key.as_str()).collect();
    // Rows, and lists of them, have keys to be set one by one.
    let has_rows = ["rule", "report", "observation", "query", "goal", "event", "source", "decision"].contains(&key[0]);
    if !in_lines {
        let way: Vec<Part> = way.iter().map(|(_, part)| part.clone()).collect();
        let settable = !(has_rows && way.len() <= 2);
        found.push(Leaf { key: key.join("."), way, span: value.span(), settable, in_brackets: false });
    }
    match value.get_ref() {
        DeValue::Table(table) => below(text, table, way, found),
        DeValue::Array(members) => {
            for (index, value) in members.iter().enumerate() {
                let own = value.get_ref().get("id").and_then(|id| id.get_ref().as_str());
                let name = match own {
                    Some(id) if has_rows && way.len() == 1 => id.to_string(),
                    None if has_rows && way.len() == 1 => format!("{}-{}", key[0], index + 1),
                    _ => index.to_string(),
                };
                one(text, value, &longer(way, quoted(&name), Part::Index(index)), found);
            }
        }
        _ => {}
    }
}

/// The tables of a text, without places and layout.
pub fn tables(text: &str) -> toml::Value {
    toml::Value::Table(toml::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}")))
}

/// What is at the end of a way.
pub fn at<'v>(root: &'v mut toml::Value, way: &[Part]) -> Option<&'v mut toml::Value> {
    way.iter().try_fold(root, |value, part| match part {
        Part::Key(key) => value.get_mut(key),
        Part::Index(index) => value.get_mut(index),
    })
}

/// Takes out what is at the end of a way.
pub fn take(root: &mut toml::Value, way: &[Part]) {
    let (last, above) = way.split_last().expect("a way has a part");
    match (at(root, above), last) {
        (Some(toml::Value::Table(table)), Part::Key(key)) => drop(table.remove(key)),
        (Some(toml::Value::Array(members)), Part::Index(index)) => drop(members.remove(*index)),
        other => panic!("{other:?}"),
    }
}
