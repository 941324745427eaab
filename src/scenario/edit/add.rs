//! A kind and the keys and values of a new row or named table in; cuts that write it into the file out.

use super::Wrong;
use super::draft::{Fragment, Splice};
use super::items::Items;
use super::place::{Place, Table, Wants};
use super::section::Section;
use super::tree::{Form, Tree};
use super::value;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::scenario::build::{TOP_KEYS, default_id};
use crate::scenario::reader::{Span, unknown_key};

/// What is to be added, and where its parts stand in the argument.
pub(super) struct Addition<'a> {
    pub kind: &'a str,
    pub entries: &'a [(String, String)],
}

/// A new row or table.
pub(super) struct Added {
    pub splices: Vec<Splice>,
    /// Its kind and id.
    pub key: String,
    /// As a table in brackets.
    pub shown: String,
}

/// A key and a value with their places in the argument.
struct Entry<'a> {
    key: &'a str,
    at: Span,
    value: &'a str,
    value_at: usize,
}

impl<'a> Addition<'a> {
    /// # Errors
    /// Where a kind or key is unknown or given twice, or a name is missing or taken.
    pub fn make(&self, tree: &Tree<'_>) -> Result<Added, Wrong> {
        let (table, is_row) = self.table()?;
        let entries = self.located();
        check_keys(&entries, self.kind, table, is_row)?;
        let siblings = tree.root.get(self.kind);
        let name = if is_row { None } else { Some(self.name(&entries, tree)?) };
        let written: Vec<(Fragment, Vec<Fragment>)> = entries
            .iter()
            .filter(|entry| is_row || entry.key != "id")
            .map(|entry| {
                let wants = table.child(entry.key).wants().unwrap_or(Wants::Any);
                let value = value::written(entry.value, entry.value_at, wants, None);
                (value::key_fragment(entry.key, &entry.at), vec![value])
            })
            .collect();
        let shown = in_brackets(&written);
        let id = match &name {
            Some(name) => name.text.clone(),
            None => {
                let given = entries.iter().find(|entry| entry.key == "id").map(|entry| value::text(entry.value));
                let rows = siblings.and_then(|rows| rows.get_ref().as_array()).map_or(0, |rows| rows.len());
                value::key(&given.unwrap_or_else(|| default_id(self.kind, rows + 1)))
            }
        };
        let key = format!("{}.{id}", self.kind);
        let splices = match siblings.filter(|value| matches!(tree.form(value), Form::Inline | Form::List)) {
            Some(brackets) => {
                let mut item = name.map_or(Vec::new(), |name| vec![name, Fragment::filler(" = ")]);
                item.extend(shown.clone());
                Items::of(tree.text, brackets).push(item)
            }
            None => {
                let mut path = vec![Fragment::standing_for(self.kind, 0..self.kind.len())];
                path.extend(name);
                vec![Section { path, row: is_row, entries: written }.below(tree, siblings)]
            }
        };
        Ok(Added { splices, key, shown: shown.into_iter().map(|fragment| fragment.text).collect() })
    }

    /// The table that is added, and whether it is a row.
    fn table(&self) -> Result<(Table, bool), Wrong> {
        match Table::Top.child(self.kind) {
            Place::Named(table) => Ok((table, false)),
            Place::Rows(table) => Ok((table, true)),
            _ => {
                let several = |key: &&&str| matches!(Table::Top.child(key), Place::Named(_) | Place::Rows(_));
                let kinds: Vec<&str> = TOP_KEYS.iter().filter(several).copied().collect();
                let help = did_you_mean(self.kind, kinds.iter().copied())
                    .unwrap_or_else(|| format!("there are: {}", kinds.join(", ")));
                Err(Diagnostic::error(0..self.kind.len(), format!("'{}' cannot be added", self.kind))
                    .label("expected a kind of row or table")
                    .help(help)
                    .into())
            }
        }
    }

    fn located(&self) -> Vec<Entry<'a>> {
        let mut at = self.kind.len();
        let entries = self.entries.iter().map(|(key, value)| {
            let start = at + 1;
            let value_at = start + key.len() + 1;
            at = value_at + value.len();
            Entry { key, at: start..start + key.len(), value, value_at }
        });
        entries.collect()
    }

    /// The name of a new table, from `id=NAME`.
    fn name(&self, entries: &[Entry<'_>], tree: &Tree<'_>) -> Result<Fragment, Wrong> {
        let kind = self.kind;
        let Some(id) = entries.iter().find(|entry| entry.key == "id") else {
            return Err(Diagnostic::error(0..kind.len(), format!("the new {kind} has no name"))
                .label("expected id=NAME")
                .help(format!("such as --add {kind} id=new"))
                .into());
        };
        let at = id.value_at..id.value_at + id.value.len();
        let name = value::text(id.value);
        let taken = tree.root.get(kind).and_then(|tables| tables.get_ref().get(&name)).is_some();
        if taken {
            return Err(Diagnostic::error(at, format!("the {kind} '{name}' is there already"))
                .label("taken")
                .help(format!("{kind}.{}.KEY=VALUE changes it", value::key(&name)))
                .into());
        }
        if name.trim().is_empty() {
            let message = format!("the new {kind} has an empty name");
            return Err(Diagnostic::error(at, message).label("expected a name").into());
        }
        Ok(value::key_fragment(&name, &at))
    }
}

fn check_keys(entries: &[Entry<'_>], kind: &str, table: Table, is_row: bool) -> Result<(), Wrong> {
    for (number, entry) in entries.iter().enumerate() {
        let known = table.keys().contains(&entry.key) || (!is_row && entry.key == "id");
        if !known {
            let wrong = unknown_key(entry.at.clone(), entry.key, kind, table.keys());
            // A key of the file that was meant to be set, and not to be part of what is added.
            let elsewhere = entry.key.contains('.');
            let wrong = if elsewhere { wrong.help("KEY=VALUE of the file stands before --add") } else { wrong };
            return Err(wrong.into());
        }
        if entries[..number].iter().any(|before| before.key == entry.key) {
            let message = format!("'{}' is given twice", entry.key);
            return Err(Diagnostic::error(entry.at.clone(), message).label("the second time").into());
        }
    }
    Ok(())
}

/// `{ a = 1, b = 2 }`.
fn in_brackets(entries: &[(Fragment, Vec<Fragment>)]) -> Vec<Fragment> {
    if entries.is_empty() {
        return vec![Fragment::filler("{}")];
    }
    let mut fragments = Vec::new();
    for (number, (key, value)) in entries.iter().enumerate() {
        fragments.push(Fragment::filler(if number == 0 { "{ " } else { ", " }));
        fragments.push(key.clone());
        fragments.push(Fragment::filler(" = "));
        fragments.extend(value.iter().cloned());
    }
    fragments.push(Fragment::filler(" }"));
    fragments
}
