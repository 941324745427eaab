//! A key such as `report.late-may.credibility` and a file's tables in; what the key names there, or why it names nothing, out.

use super::Wrong;
use super::numbering::Numbering;
use super::place::{Place, Table};
use super::tree::Tree;
use super::value;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::scenario::build::default_id;
use crate::scenario::reader::{Span, Value, describe, unknown_key};
use toml::de::{DeArray, DeTable, DeValue};

/// No more names than this are listed.
const MOST_LISTED: usize = 20;

/// One part of a key.
#[derive(Clone, Debug)]
pub(super) struct Step<'n, 't> {
    /// A key, the name of a table, the id of a row, or the number of a list's member.
    pub name: String,
    pub place: Place,
    /// What stands there, if it does.
    pub value: Option<&'n Value<'t>>,
    /// The position among the rows or members.
    pub index: Option<usize>,
    /// Where the argument names it.
    pub argument: Span,
}

/// The parts of a key, at least one.
pub(super) type Path<'n, 't> = Vec<Step<'n, 't>>;

/// What is to be done with what the key names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It may be missing, but must be a key that the reader knows.
    Set,
    /// It must be there, known or not.
    Remove,
}

/// The path as it is written in full, with quotes where they are needed.
pub(super) fn canonical(steps: &[Step<'_, '_>]) -> String {
    steps.iter().map(|step| value::key(&step.name)).collect::<Vec<_>>().join(".")
}

/// Finds what a key names.
///
/// # Errors
/// Where it names nothing, or more than one thing; the place is in the key.
pub(super) fn find<'n, 't>(
    tree: &'n Tree<'t>,
    key: &str,
    purpose: Purpose,
    numbering: &Numbering,
) -> Result<Path<'n, 't>, Wrong> {
    if key.trim().is_empty() {
        let help = format!("the keys are: {}", Table::Top.keys().join(", "));
        return Err(Diagnostic::error(0..key.len(), "there is no key").label("expected a key").help(help).into());
    }
    let mut search = Search { key, purpose, numbering, found: Vec::new(), failure: None };
    search.descend(0, Here::Table(&tree.root), Place::Table(Table::Top), &mut Vec::new());
    let mut found = search.found;
    let is_settable = |path: &Path<'_, '_>| path.last().is_some_and(|step| step.place.wants().is_some());
    if purpose == Purpose::Set && found.iter().any(is_settable) {
        found.retain(is_settable);
    }
    // Of rows that have one id, which is a mistake to be mended, the first is meant.
    found.dedup_by_key(|path| canonical(path));
    match found.len() {
        0 => Err(search.failure.map_or_else(|| nothing(key), |failure| failure.diagnostic).into()),
        1 => Ok(found.remove(0)),
        _ => {
            let readings: Vec<String> = found.iter().take(MOST_LISTED).map(|path| canonical(path)).collect();
            Err(Diagnostic::error(0..key.len(), format!("'{key}' can be read in more than one way"))
                .label("which one?")
                .help(format!("write {}", readings.join(" or ")))
                .into())
        }
    }
}

fn nothing(key: &str) -> Diagnostic {
    Diagnostic::error(0..key.len(), format!("'{key}' names nothing")).label("expected a key")
}

/// What stands at a place of the file.
#[derive(Clone, Copy)]
enum Here<'n, 't> {
    Table(&'n DeTable<'t>),
    List(&'n DeArray<'t>),
    Plain(&'n Value<'t>),
    Nothing,
}

impl<'n, 't> Here<'n, 't> {
    fn of(value: Option<&'n Value<'t>>) -> Here<'n, 't> {
        match value.map(|value| (value, value.get_ref())) {
            Some((_, DeValue::Table(table))) => Here::Table(table),
            Some((_, DeValue::Array(list))) => Here::List(list),
            Some((value, _)) => Here::Plain(value),
            None => Here::Nothing,
        }
    }
}

/// A search that has not gone on, and what to say of it.
struct Failure {
    at: usize,
    diagnostic: Diagnostic,
}

struct Search<'s, 'n, 't> {
    key: &'s str,
    purpose: Purpose,
    numbering: &'s Numbering,
    found: Vec<Path<'n, 't>>,
    /// The one that came farthest.
    failure: Option<Failure>,
}

impl<'n, 't> Search<'_, 'n, 't> {
    /// Reads the key from a place on, all ways.
    fn descend(&mut self, at: usize, here: Here<'n, 't>, place: Place, path: &mut Path<'n, 't>) {
        let rest = &self.key[at..];
        let at = at + rest.len() - rest.trim_start().len();
        let rest = rest.trim_start();
        let quoted = value::quoted_key(rest);
        let candidates = self.candidates(here, place, path);
        let mut matched = false;
        for candidate in &candidates {
            for length in lengths(&candidate.name, rest, quoted.as_ref()) {
                matched = true;
                path.push(Step { argument: at..at + length, ..candidate.clone() });
                self.go_on(at + length, path);
                path.pop();
            }
        }
        if place == Place::Grades && self.purpose == Purpose::Set && !matched && !rest.is_empty() {
            // A grade that the file has no value for yet; whether it is one the reader will say.
            let (name, length) = quoted.unwrap_or_else(|| (rest.to_string(), rest.len()));
            let step = new_step(name, Place::Value(super::place::Wants::Any));
            path.push(Step { argument: at..at + length, ..step });
            self.go_on(at + length, path);
            path.pop();
            matched = true;
        }
        if !matched && self.failure.as_ref().is_none_or(|failure| failure.at < at) {
            let names: Vec<&str> = candidates.iter().map(|step| step.name.as_str()).collect();
            let diagnostic = self.failure_at(at, (here, place), path, &names);
            self.failure = Some(Failure { at, diagnostic });
        }
    }

    /// After a part of the key: its end, or a dot and more parts.
    fn go_on(&mut self, at: usize, path: &mut Path<'n, 't>) {
        let rest = self.key[at..].trim_start();
        let Some(last) = path.last() else {
            return;
        };
        if rest.is_empty() {
            self.found.push(path.clone());
        } else if rest.starts_with('.') {
            let (here, place) = (Here::of(last.value), last.place);
            self.descend(self.key.len() - rest.len() + 1, here, place, path);
        }
    }

    /// What the next part of the key can be.
    fn candidates(&self, here: Here<'n, 't>, place: Place, path: &Path<'n, 't>) -> Vec<Step<'n, 't>> {
        match (place, here) {
            (Place::Table(table), Here::Table(_) | Here::Nothing) if self.purpose == Purpose::Set => {
                table.keys().iter().map(|key| step_at(here, key, table.child(key))).collect()
            }
            (Place::Rows(_), Here::List(rows)) => self.rows(rows, place, path),
            (_, Here::List(members)) => {
                let numbers = self.numbering.numbers(&canonical(path), members.len());
                let members = members.iter().zip(numbers).enumerate();
                members.map(|(index, (member, number))| row(number.to_string(), index, member, place)).collect()
            }
            (_, Here::Table(table)) => {
                table.iter().map(|(key, _)| step_at(here, key.get_ref(), place.below(key.get_ref()))).collect()
            }
            _ => Vec::new(),
        }
    }

    fn rows(&self, rows: &'n DeArray<'t>, place: Place, path: &Path<'n, 't>) -> Vec<Step<'n, 't>> {
        let kind = path.last().map_or("", |step| step.name.as_str());
        let numbers = self.numbering.numbers(&canonical(path), rows.len());
        let rows = rows.iter().zip(numbers).enumerate();
        rows.map(|(index, (value, number))| {
            let own = value.get_ref().get("id").and_then(|id| id.get_ref().as_str());
            row(own.map_or_else(|| default_id(kind, number + 1), str::to_string), index, value, place)
        })
        .collect()
    }

    fn failure_at(
        &self,
        at: usize,
        (here, place): (Here<'n, 't>, Place),
        path: &Path<'n, 't>,
        names: &[&str],
    ) -> Diagnostic {
        let rest = &self.key[at..];
        let plain = || (rest[..rest.find('.').unwrap_or(rest.len())].trim_end().to_string(), None);
        let (word, quoted) = value::quoted_key(rest).map_or_else(plain, |(word, length)| (word, Some(length)));
        let span = at..at + quoted.unwrap_or(word.len());
        let word = word.as_str();
        let name = canonical(path);
        if span.is_empty() {
            return Diagnostic::error(at..at, "a part of the key is missing").label("expected a key").help(list(names));
        }
        match (place, here) {
            (Place::Table(_) | Place::List(_), Here::Plain(found)) => {
                let message = format!("'{name}' is {} here, without parts", describe(found.get_ref()));
                Diagnostic::error(span, message).label("no part of it").help(format!("set it as a whole: {name}=…"))
            }
            (Place::Table(table), _) if self.purpose == Purpose::Set => unknown_key(span, word, &name, table.keys()),
            (Place::Named(_) | Place::Rows(_), _) => {
                let kind = path.last().map_or("", |step| step.name.as_str());
                let help = did_you_mean(word, names.iter().copied()).unwrap_or_else(|| match names {
                    [] => format!("the file has none; --add {kind} adds one"),
                    _ => list(names),
                });
                let message = format!("there is no {kind} '{word}'");
                Diagnostic::error(span, message).label(format!("unknown {kind}")).help(help)
            }
            (Place::Value(_), Here::Plain(_) | Here::Nothing) => {
                Diagnostic::error(span, format!("'{name}' has no parts")).label("no part of it")
            }
            _ => {
                let place = if name.is_empty() { "at the top".to_string() } else { format!("in {name}") };
                let help = did_you_mean(word, names.iter().copied()).unwrap_or_else(|| list(names));
                Diagnostic::error(span, format!("there is no '{word}' {place}")).label("not there").help(help)
            }
        }
    }
}

/// A step to what is not there.
pub(super) fn new_step<'n, 't>(name: String, place: Place) -> Step<'n, 't> {
    Step { name, place, value: None, index: None, argument: 0..0 }
}

fn step_at<'n, 't>(here: Here<'n, 't>, name: &str, place: Place) -> Step<'n, 't> {
    let value = if let Here::Table(table) = here { table.get(name) } else { None };
    Step { value, ..new_step(name.to_string(), place) }
}

fn row<'n, 't>(name: String, index: usize, value: &'n Value<'t>, place: Place) -> Step<'n, 't> {
    let place = place.below(&name);
    Step { value: Some(value), index: Some(index), ..new_step(name, place) }
}

/// How many bytes of `rest` are a name, in quotes and as it is.
fn lengths(name: &str, rest: &str, quoted: Option<&(String, usize)>) -> impl Iterator<Item = usize> {
    let in_quotes = quoted.filter(|(content, _)| content == name).map(|(_, length)| *length);
    let ends = |after: &str| after.trim_start().is_empty() || after.trim_start().starts_with('.');
    let plain = (!name.is_empty()).then(|| rest.strip_prefix(name)).flatten().filter(|after| ends(after));
    in_quotes.into_iter().chain(plain.map(|_| name.len()))
}

fn list(names: &[&str]) -> String {
    if names.is_empty() {
        return "there is nothing in it".to_string();
    }
    let more = if names.len() > MOST_LISTED { ", …" } else { "" };
    let shown: Vec<String> = names.iter().take(MOST_LISTED).map(|name| value::key(name)).collect();
    format!("there are: {}{more}", shown.join(", "))
}
