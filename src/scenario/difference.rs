//! The texts of two scenarios, with the changes asked for, in; what differs between them, key by key, out.

use super::Changes;
use super::reader::Value;
use super::wording::{inline_table, meaning, meaning_of_table, segment, shown, spoken};
use crate::day::Day;
use crate::model::{Row, is_by_position, pairs};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Something that two scenarios do not have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where it stands, such as `event.visit.prior.mode`, or the name of an option such as `assume`.
    pub key: String,
    pub kind: DifferenceKind,
    /// What the first scenario has; `None` where it has nothing of the kind.
    pub a: Option<String>,
    /// What the second scenario has.
    pub b: Option<String>,
}

/// What it is that differs, which decides how it is put into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// The value of a key.
    Value,
    /// An event, a source or a row that only one has; `a` or `b` is what it says (or its title), if anything.
    Entry,
    /// What was asked for beside the files.
    Option,
}

impl Difference {
    /// The same in words, with an arrow of one's choice.
    ///
    /// ```text
    /// report.late-may.credibility: 0.8 → 0.4       event.visit.occurs: 0.95 → (not given)
    /// rule.order: added (visit before tour)        assume: tour on 2024-05-05
    /// ```
    pub fn told(&self, arrow: &str) -> String {
        const MISSING: &str = "(not given)";
        let key = &self.key;
        let (a, b) = (self.a.as_deref(), self.b.as_deref());
        match self.kind {
            DifferenceKind::Value => format!("{key}: {} {arrow} {}", a.unwrap_or(MISSING), b.unwrap_or(MISSING)),
            DifferenceKind::Entry => {
                let what = if a.is_some() { "removed" } else { "added" };
                let words = a.or(b).filter(|words| !words.is_empty());
                format!("{key}: {what}{}", words.map_or(String::new(), |words| format!(" ({words})")))
            }
            DifferenceKind::Option => {
                let before = if a.is_some() { "no longer " } else { "" };
                format!("{key}: {before}{}", a.or(b).unwrap_or_default())
            }
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told("→"))
    }
}

impl Serialize for Difference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What differs between two scenarios, each a text and what was asked for beside it. What is no TOML counts as not there.
pub(super) fn differences(a: (&str, &Changes), b: (&str, &Changes)) -> Vec<Difference> {
    let mut search = Search { found: Vec::new() };
    search.document(&document(a), &document(b));
    let options = |changes: &Changes| {
        [("assume", changes.assume.clone()), ("ask", changes.ask.clone()), ("without", changes.without.clone())]
    };
    for ((name, before), (_, after)) in options(a.1).into_iter().zip(options(b.1)) {
        search.option(name, &before, &after);
    }
    search.found
}

/// The tables of a text, with the changes that a file could say as well.
fn document<'t>((text, changes): (&'t str, &Changes)) -> DeTable<'t> {
    let mut tables = DeTable::parse_recoverable(text).0.into_inner();
    if let Some(date) = changes.as_of.and_then(|day: Day| day.to_string().parse().ok()) {
        tables.insert(Spanned::new(0..0, Cow::Borrowed("as_of")), Spanned::new(0..0, DeValue::Datetime(date)));
    }
    tables
}

struct Search {
    found: Vec<Difference>,
}

impl Search {
    fn note(&mut self, key: String, kind: DifferenceKind, a: Option<String>, b: Option<String>) {
        self.found.push(Difference { key, kind, a, b });
    }

    fn document(&mut self, a: &DeTable<'_>, b: &DeTable<'_>) {
        for key in keys(a, b) {
            let (a, b) = (a.get(key), b.get(key));
            match key {
                "rule" | "report" | "observation" | "query" | "goal" => self.rows(key, rows(a), rows(b)),
                "event" | "source" | "decision" => self.entries(key, a, b),
                // What is missing holds nothing: the keys of the other are told one by one.
                "calendar" | "grade" => self.tables(key, &table_or_empty(a), &table_or_empty(b)),
                _ => self.values(key, key, a, b),
            }
        }
    }

    /// Named tables such as `[event.NAME]`.
    fn entries(&mut self, kind: &str, a: Option<&Value<'_>>, b: Option<&Value<'_>>) {
        let (a, b) = (table_or_empty(a), table_or_empty(b));
        for name in keys(&a, &b) {
            let path = format!("{kind}.{}", segment(name));
            let (a, b) = (a.get(name), b.get(name));
            match (a.and_then(table), b.and_then(table)) {
                (Some(a), Some(b)) => self.tables(&path, a, b),
                (a, b) => {
                    let title = |entry: &DeTable<'_>| text(entry, "title").to_string();
                    self.note(path, DifferenceKind::Entry, a.map(title), b.map(title));
                }
            }
        }
    }

    /// Rows such as `[[rule]]`, in whatever order they stand.
    fn rows(&mut self, kind: &str, a: Vec<&DeTable<'_>>, b: Vec<&DeTable<'_>>) {
        let says = if kind == "query" { "ask" } else { "says" };
        let (ids_a, ids_b) = (row_ids(kind, &a), row_ids(kind, &b));
        let known = |rows: &[&DeTable<'_>]| -> Vec<(String, String)> {
            let content = |row: &&DeTable<'_>| meaning_of_table(row, |key| key != "id");
            let words = |row: &&DeTable<'_>| spoken(text(row, says));
            rows.iter().map(|row| (words(row), content(row))).collect()
        };
        let (known_a, known_b) = (known(&a), known(&b));
        for pair in pairs(&model_rows(kind, &ids_a, &known_a), &model_rows(kind, &ids_b, &known_b)) {
            let id = pair.1.map(|at| &ids_b[at]).or(pair.0.map(|at| &ids_a[at]));
            let path = format!("{kind}.{}", segment(id.map_or("", String::as_str)));
            match pair {
                (Some(at), Some(to)) => self.row(&path, (a[at], &ids_a[at]), (b[to], &ids_b[to])),
                (at, to) => {
                    let words = |row: &DeTable<'_>| text(row, says).to_string();
                    self.note(path, DifferenceKind::Entry, at.map(|at| words(a[at])), to.map(|to| words(b[to])));
                }
            }
        }
    }

    /// Two rows that are the same but for some of their keys; an id that a row has anyhow is no difference.
    fn row(&mut self, path: &str, a: (&DeTable<'_>, &String), b: (&DeTable<'_>, &String)) {
        for key in keys(a.0, b.0) {
            if key != "id" || a.1 != b.1 {
                self.values(&format!("{path}.{}", segment(key)), key, a.0.get(key), b.0.get(key));
            }
        }
    }

    fn tables(&mut self, path: &str, a: &DeTable<'_>, b: &DeTable<'_>) {
        for key in keys(a, b) {
            self.values(&format!("{path}.{}", segment(key)), key, a.get(key), b.get(key));
        }
    }

    /// The values of a key: told as a whole, or by their parts where both have such.
    fn values(&mut self, path: &str, key: &str, a: Option<&Value<'_>>, b: Option<&Value<'_>>) {
        let means = |value: Option<&Value<'_>>| value.map(|value| meaning(key, value.get_ref()));
        if means(a) == means(b) {
            return;
        }
        match (a.map(Spanned::get_ref), b.map(Spanned::get_ref)) {
            (Some(DeValue::Table(a)), Some(DeValue::Table(b))) => self.tables(path, a, b),
            (Some(a), Some(b)) => match (named_rows(a), named_rows(b)) {
                (Some(a), Some(b)) => self.weights(path, &a, &b),
                _ => self.note(path.to_string(), DifferenceKind::Value, Some(shown(a)), Some(shown(b))),
            },
            (a, b) => self.note(path.to_string(), DifferenceKind::Value, a.map(shown), b.map(shown)),
        }
    }

    /// Rows of weights, each named by the days that it is for.
    fn weights(&mut self, path: &str, a: &[NamedRow<'_, '_>], b: &[NamedRow<'_, '_>]) {
        let find = |rows: &[NamedRow<'_, '_>], name: &str| rows.iter().position(|row| row.0 == name);
        let path_of = |name: &str| format!("{path}.{}", segment(name));
        for (name, row) in a {
            match find(b, name) {
                Some(at) => self.tables(&path_of(name), row, b[at].1),
                None => self.note(path_of(name), DifferenceKind::Value, Some(inline_table(row)), None),
            }
        }
        for (name, row) in b.iter().filter(|row| find(a, &row.0).is_none()) {
            self.note(path_of(name), DifferenceKind::Value, None, Some(inline_table(row)));
        }
    }

    /// What only one of two lists has; the order says nothing, and twice the same is said twice.
    fn option(&mut self, name: &str, a: &[String], b: &[String]) {
        let mut only_b: Vec<&String> = b.iter().collect();
        for value in a {
            match only_b.iter().position(|other| spoken(other) == spoken(value)) {
                Some(at) => drop(only_b.remove(at)),
                None => self.note(name.to_string(), DifferenceKind::Option, Some(value.clone()), None),
            }
        }
        for value in only_b {
            self.note(name.to_string(), DifferenceKind::Option, None, Some(value.clone()));
        }
    }
}

/// The keys of both tables: those of the first in its order, then those that only the second has.
fn keys<'k>(a: &'k DeTable<'_>, b: &'k DeTable<'_>) -> Vec<&'k str> {
    let of_a = a.keys().map(|key| key.get_ref().as_ref());
    let of_b = b.keys().map(|key| key.get_ref().as_ref());
    of_a.chain(of_b.filter(|key: &&str| !a.contains_key(*key))).collect()
}

fn table<'v, 't>(value: &'v Value<'t>) -> Option<&'v DeTable<'t>> {
    match value.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

fn table_or_empty<'v, 't>(value: Option<&'v Value<'t>>) -> Cow<'v, DeTable<'t>> {
    value.and_then(table).map_or_else(|| Cow::Owned(DeTable::new()), Cow::Borrowed)
}

fn rows<'v, 't>(value: Option<&'v Value<'t>>) -> Vec<&'v DeTable<'t>> {
    match value.map(Spanned::get_ref) {
        Some(DeValue::Array(rows)) => rows.iter().filter_map(table).collect(),
        _ => Vec::new(),
    }
}

fn text<'v>(table: &'v DeTable<'_>, key: &str) -> &'v str {
    match table.get(key).map(Spanned::get_ref) {
        Some(DeValue::String(text)) => text,
        _ => "",
    }
}

/// The ids of rows: their own, or their kind and position.
fn row_ids(kind: &str, rows: &[&DeTable<'_>]) -> Vec<String> {
    let id = |(at, row): (usize, &&DeTable<'_>)| match text(row, "id") {
        "" => format!("{kind}-{}", at + 1),
        id => id.to_string(),
    };
    rows.iter().enumerate().map(id).collect()
}

/// What rows are recognised by, of which words and content have been read.
fn model_rows<'r>(kind: &str, ids: &'r [String], known: &'r [(String, String)]) -> Vec<Row<'r>> {
    let row = |(id, (words, content)): (&'r String, &'r (String, String))| Row {
        id,
        by_position: is_by_position(kind, id),
        words,
        content: content.clone(),
    };
    ids.iter().zip(known).map(row).collect()
}

/// The name and the content of a row of weights.
type NamedRow<'v, 't> = (String, &'v DeTable<'t>);

/// Rows of weights by the days that they are for; `None` where these do not tell them apart.
fn named_rows<'v, 't>(value: &'v DeValue<'t>) -> Option<Vec<NamedRow<'v, 't>>> {
    let DeValue::Array(list) = value else { return None };
    let mut found: Vec<NamedRow<'v, 't>> = Vec::new();
    for row in list.iter() {
        let row = table(row)?;
        let name = row.get("in").or(row.get("days"))?;
        let name = spoken(&shown(name.get_ref()));
        if found.iter().any(|other| other.0 == name) {
            return None;
        }
        found.push((name, row));
    }
    Some(found)
}
