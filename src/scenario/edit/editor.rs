//! Edits in; the cuts that make them, one after the other, and what they change, out.

use super::add::Addition;
use super::draft::{Draft, Fragment, Splice};
use super::numbering::Numbering;
use super::path::{self, Path, Purpose, Step, canonical};
use super::place::{Place, Table};
use super::tree::Tree;
use super::{Change, Edit, Wrong, insert, remove, value};
use crate::diagnostic::Diagnostic;
use crate::scenario::reader::{Span, Value};
use crate::scenario::report::STRENGTHS;

/// A text that edits are made in, one after the other.
pub(super) struct Editor {
    pub draft: Draft,
    pub changes: Vec<Change>,
    numbering: Numbering,
}

impl Editor {
    pub fn new(text: &str) -> Editor {
        Editor { draft: Draft::new(text), changes: Vec::new(), numbering: Numbering::default() }
    }

    /// Makes an edit; `number` is what the draft knows it by.
    ///
    /// # Errors
    /// Where it cannot be made, which ends all editing.
    pub fn make(&mut self, number: usize, edit: &Edit) -> Result<(), Wrong> {
        match edit {
            Edit::Set { key, value } => self.set(number, key, value),
            Edit::Remove { key } => self.remove(number, key),
            Edit::Add { kind, entries } => self.add(number, &Addition { kind, entries }),
        }
    }

    fn set(&mut self, number: usize, key: &str, value: &str) -> Result<(), Wrong> {
        let text = self.draft.text().to_string();
        let tree = parsed(&text)?;
        let path = path::find(&tree, key, Purpose::Set, &self.numbering)?;
        let last = path.last().expect("a path has a part");
        let wants = last.place.wants().ok_or_else(|| has_parts(key, last))?;
        let written = |before| value::written(value, key.len() + 1, wants, before);
        let name = canonical(&path);
        let splices = match last.value {
            None => {
                let (new, other) = (written(None), other_strength(&path));
                let before = other.as_ref().map(|(key, value)| &text[key.start..value.span().end]);
                self.note(&name, before, Some(&new.text));
                match other {
                    Some(other) => in_place_of(&text, last, other, new),
                    None => insert::insert(&tree, &path, new),
                }
            }
            Some(there) if tree.is_value(there) => {
                let old = tree.raw(there);
                let new = written(Some(old));
                self.note(&name, Some(old), Some(&new.text));
                vec![Splice { range: there.span(), fragments: vec![new] }]
            }
            Some(_) => {
                let new = written(None);
                let removed = self.take_out(number, &tree, &path);
                self.note(&name, Some(&removed), Some(&new.text));
                // In one line, where a new one would be.
                let text = self.draft.text().to_string();
                let tree = parsed(&text)?;
                insert::insert(&tree, &path::find(&tree, key, Purpose::Set, &self.numbering)?, new)
            }
        };
        self.draft.apply(number, splices);
        self.numbering.forget(&name);
        Ok(())
    }

    fn remove(&mut self, number: usize, key: &str) -> Result<(), Wrong> {
        let text = self.draft.text().to_string();
        let tree = parsed(&text)?;
        let path = path::find(&tree, key, Purpose::Remove, &self.numbering)?;
        let removed = self.take_out(number, &tree, &path);
        self.note(&canonical(&path), Some(&removed), None);
        Ok(())
    }

    /// Takes out what a path names, and returns it.
    fn take_out(&mut self, number: usize, tree: &Tree<'_>, path: &Path<'_, '_>) -> String {
        let splices = remove::remove(tree, path);
        let last = path.last().expect("a path has a part");
        let value = last.value.filter(|value| tree.is_value(value));
        let removed = value.map_or_else(|| in_one_line(tree.text, &splices), |value| tree.raw(value).to_string());
        self.draft.apply(number, splices);
        let (name, list) = (canonical(path), canonical(&path[..path.len() - 1]));
        self.numbering.forget(&name);
        if let Some(position) = last.index {
            self.numbering.remove(&list, position);
        }
        self.keep_owner(number, path);
        removed
    }

    /// An event or source that was there only by what has been taken out stays, without it.
    fn keep_owner(&mut self, number: usize, path: &Path<'_, '_>) {
        let [kind, owner, _, ..] = &path[..] else {
            return;
        };
        let text = self.draft.text().to_string();
        let Ok(tree) = Tree::parse(&text) else {
            return;
        };
        let there = tree.root.get(kind.name.as_str()).and_then(|tables| tables.get_ref().get(&owner.name)).is_some();
        if matches!(kind.place, Place::Named(_)) && !there {
            let entries = [("id".to_string(), value::quoted(&owner.name))];
            if let Ok(added) = (Addition { kind: &kind.name, entries: &entries }).make(&tree) {
                self.draft.apply(number, added.splices.into_iter().map(Splice::by_itself).collect());
            }
        }
    }

    fn add(&mut self, number: usize, addition: &Addition<'_>) -> Result<(), Wrong> {
        let text = self.draft.text().to_string();
        let added = addition.make(&parsed(&text)?)?;
        self.draft.apply(number, added.splices);
        self.note(&added.key, None, Some(&added.shown));
        Ok(())
    }

    fn note(&mut self, key: &str, before: Option<&str>, after: Option<&str>) {
        if before != after {
            let [before, after] = [before, after].map(|text| text.map(str::to_string));
            self.changes.push(Change { key: key.to_string(), before, after });
        }
    }
}

/// The tables of a text that edits have been made in.
fn parsed(text: &str) -> Result<Tree<'_>, Wrong> {
    Tree::parse(text).map_err(|wrong| {
        let why = wrong.first().map_or("", |diagnostic| diagnostic.message.as_str());
        let message = format!("after the changes before this one the file cannot be read: {why}");
        Diagnostic { span: None, ..Diagnostic::error(0..0, message) }.into()
    })
}

fn has_parts(key: &str, step: &Step<'_, '_>) -> Wrong {
    let help = match step.place {
        Place::Table(table) => format!("set one of its keys: {}", table.keys().join(", ")),
        _ => "set a key of one of its tables".to_string(),
    };
    Diagnostic::error(0..key.len(), format!("'{key}' is a table of several keys"))
        .label("not a value")
        .help(help)
        .into()
}

/// The key and value of that one of credibility, grade and likelihood ratio which stands where another is to be written.
fn other_strength<'n, 't>(path: &[Step<'n, 't>]) -> Option<(Span, &'n Value<'t>)> {
    let [.., owner, last] = path else {
        return None;
    };
    let has_strength = matches!(owner.place, Place::Table(Table::Source | Table::Report));
    let table = owner.value?.get_ref().as_table()?;
    let asked = has_strength && STRENGTHS.contains(&last.name.as_str());
    let other = STRENGTHS.iter().filter(|_| asked).find_map(|key| table.get_key_value(*key));
    other.map(|(key, value)| (key.span(), value))
}

/// Writes a key and value over those that stand there.
fn in_place_of(text: &str, step: &Step<'_, '_>, (key, old): (Span, &Value<'_>), new: Fragment) -> Vec<Splice> {
    let quote = text[key.clone()].chars().next().filter(|c| *c == '"' || *c == '\'');
    let name = quote.map_or(step.name.clone(), |quote| format!("{quote}{}{quote}", step.name));
    let name = Fragment::standing_for(name, step.argument.clone());
    vec![Splice { range: key, fragments: vec![name] }, Splice { range: old.span(), fragments: vec![new] }]
}

/// What is taken out, without comments.
fn in_one_line(text: &str, splices: &[Splice]) -> String {
    let lines = splices.iter().flat_map(|splice| text[splice.range.clone()].lines());
    let told = lines.filter(|line| !line.trim_start().starts_with('#')).flat_map(str::split_whitespace);
    told.collect::<Vec<_>>().join(" ")
}
