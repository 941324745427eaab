//! A path in; cuts that take out of the file what it names, with its comment and its share of blank lines, out.

use super::draft::Splice;
use super::items::Items;
use super::lines;
use super::path::Step;
use super::tree::{Form, Tree};
use crate::scenario::reader::{Span, Value};
use toml::de::DeValue;

/// Takes out what is at the end of a path, which must be in the file.
pub(super) fn remove(tree: &Tree<'_>, path: &[Step<'_, '_>]) -> Vec<Splice> {
    let Some((last, above)) = path.split_last() else {
        return Vec::new();
    };
    let Some(value) = last.value else {
        return Vec::new();
    };
    let mut parts = Parts::default();
    parts.collect(tree, value);
    // What holds it: `a.b = 1` belongs to whatever holds `a`.
    let holders = above.iter().rev().filter_map(|step| step.value);
    let holder = holders.map(|value| (value, tree.form(value))).find(|(_, form)| *form != Form::Implied);
    if let Some((holder, Form::Inline | Form::List)) = holder {
        let items = Items::of(tree.text, holder);
        return parts.entries.iter().flat_map(|entry| items.remove(entry.end)).collect();
    }
    let sections = parts.headers.iter().map(|header| cut_out(tree, tree.region(*header), true));
    let entries = parts.entries.iter().filter_map(|entry| cut_entry(tree, entry));
    joined(tree.text, sections.chain(entries).collect()).into_iter().map(Splice::removal).collect()
}

/// Cuts that touch each other as one.
fn joined(text: &str, mut cuts: Vec<Span>) -> Vec<Span> {
    cuts.sort_by_key(|cut| cut.start);
    let mut joined: Vec<Span> = Vec::new();
    for cut in cuts {
        match joined.last_mut().filter(|last| cut.start <= last.end) {
            Some(last) => last.end = last.end.max(cut.end),
            None => joined.push(cut),
        }
    }
    // The first lines leave no line end behind, but the others do: it is that of the line before them.
    let first = joined.first_mut().filter(|cut| text[lines::beginning(text)..cut.start].trim().is_empty());
    if let Some(first) = first.filter(|first| !text[..first.end].ends_with('\n')) {
        first.end = below_gap(text, lines::next(text, first.end));
    }
    joined
}

/// The pieces that make up a value.
#[derive(Default)]
struct Parts {
    headers: Vec<usize>,
    /// The values of entries.
    entries: Vec<Span>,
}

impl Parts {
    fn collect(&mut self, tree: &Tree<'_>, value: &Value<'_>) {
        let form = tree.form(value);
        match (form, value.get_ref()) {
            (Form::Section | Form::Implied, DeValue::Table(table)) => {
                if form == Form::Section {
                    self.headers.push(value.span().start);
                }
                table.iter().for_each(|(_, value)| self.collect(tree, value));
            }
            (Form::Rows, DeValue::Array(rows)) => rows.iter().for_each(|row| self.collect(tree, row)),
            _ => self.entries.push(value.span()),
        }
    }
}

fn cut_entry(tree: &Tree<'_>, value: &Span) -> Option<Span> {
    let entry = tree.entry(value.start)?;
    let start = tree.attached(lines::start(tree.text, entry.span.start));
    let end = lines::end(tree.text, entry.span.end);
    let below = lines::next(tree.text, end);
    // One among others leaves the gap to them.
    let last = below == tree.text.len() || lines::is_blank(tree.text, below);
    Some(cut_out(tree, start..end, last))
}

/// Lines, from the first one's beginning to the last one's end, with one line end and, if wanted, the blank lines above.
fn cut_out(tree: &Tree<'_>, whole: Span, with_gap: bool) -> Span {
    let text = tree.text;
    let first = if with_gap { tree.blanks_above(whole.start) } else { whole.start };
    if first > lines::beginning(text) {
        return lines::end_of_previous(text, first)..whole.end;
    }
    // At the file's beginning the gap is below.
    let below = lines::next(text, whole.end);
    whole.start..if with_gap { below_gap(text, below) } else { below }
}

/// The first line from a line on that is not blank.
fn below_gap(text: &str, mut line: usize) -> usize {
    while line < text.len() && lines::is_blank(text, line) {
        line = lines::next(text, line);
    }
    line
}
