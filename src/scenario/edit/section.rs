//! A header with its entries in; the cut that writes them into a file, laid out as its neighbours are, out.

use super::draft::{Fragment, Splice};
use super::lines;
use super::style::{Style, shows_alignment};
use super::tree::{Form, Solid, Tree};
use crate::scenario::reader::Value;
use toml::de::DeValue;

/// A table to be written below a header.
pub(super) struct Section {
    /// The parts of its name.
    pub path: Vec<Fragment>,
    /// Whether it is one of several rows, `[[rule]]`.
    pub row: bool,
    pub entries: Vec<(Fragment, Vec<Fragment>)>,
}

impl Section {
    /// Writes it below all that belongs to a table or list of rows, or at the file's end.
    pub fn below(&self, tree: &Tree<'_>, siblings: Option<&Value<'_>>) -> Splice {
        let mut headers = Vec::new();
        siblings.into_iter().for_each(|value| headers_of(tree, value, &mut headers));
        let Some(&last) = headers.iter().max() else {
            return at_the_end(tree, self.lines(tree, &[]), usual_gap(tree));
        };
        let sibling = tree.solid(last_sibling(tree, siblings).unwrap_or(last));
        let gap = if tree.is_first(sibling) { usual_gap(tree) } else { tree.gap_above(sibling) };
        let end = tree.region(last).end;
        let fragments = [apart(tree.text, end, gap), self.lines(tree, &headers)].concat();
        Splice::insertion(end, fragments)
    }

    /// Writes it between the entries of the top and what follows.
    pub fn below_the_top(&self, tree: &Tree<'_>) -> Splice {
        let Some(last) = tree.top_entries().last() else {
            return self.below(tree, None);
        };
        let gap = tree.headers().next().map_or(1, |header| tree.gap_above(header));
        let end = tree.with_comment_below(lines::end(tree.text, last.span.end));
        Splice::insertion(end, [apart(tree.text, end, gap), self.lines(tree, &[])].concat())
    }

    /// Writes it above the first section of those in a table.
    pub fn above_first_of(&self, tree: &Tree<'_>, table: Option<&Value<'_>>) -> Splice {
        let mut headers = Vec::new();
        table.into_iter().for_each(|table| headers_of(tree, table, &mut headers));
        let Some(&first) = headers.iter().min() else {
            return self.below(tree, None);
        };
        let line = tree.attached(lines::start(tree.text, first));
        let gap = tree.gap_above(tree.solid(first));
        Splice::insertion(line, [self.lines(tree, &headers), newlines(tree.text, first, gap + 1)].concat())
    }

    /// The lines, without the last one's end; `examples` are the headers of its kind.
    fn lines(&self, tree: &Tree<'_>, examples: &[usize]) -> Vec<Fragment> {
        let style = example(tree, examples).for_keys(self.entries.iter().map(|(key, _)| key.text.as_str()));
        let (open, close) = if self.row { ("[[", "]]") } else { ("[", "]") };
        let place = examples.iter().max().copied().or(tree.headers().next_back().map(|header| header.span.start));
        let indentation = place.map_or("", |header| lines::indentation(tree.text, header));
        let mut fragments = vec![Fragment::filler(format!("{indentation}{open}"))];
        for (number, part) in self.path.iter().enumerate() {
            fragments.extend((number > 0).then(|| Fragment::filler(".")));
            fragments.push(part.clone());
        }
        fragments.push(Fragment::filler(close));
        let newline = lines::newline(tree.text, place.unwrap_or(lines::beginning(tree.text)));
        for (key, value) in &self.entries {
            fragments.push(Fragment::filler(newline));
            fragments.extend(style.entry(vec![key.clone()], value.clone()));
        }
        fragments
    }
}

/// Writes lines at the file's end, below so many blank ones.
pub(super) fn at_the_end(tree: &Tree<'_>, content: Vec<Fragment>, gap: usize) -> Splice {
    let text = tree.text;
    let beginning = lines::beginning(text);
    let written = text.trim_end().len().max(beginning);
    if written == beginning {
        return Splice::insertion(beginning, [content, newlines(text, beginning, 1)].concat());
    }
    let end = lines::end(text, written);
    Splice::insertion(end, [apart(text, end, gap), content].concat())
}

/// Blank lines above the last header; where it is the first of the file there is no telling.
fn usual_gap(tree: &Tree<'_>) -> usize {
    let last = tree.headers().next_back().filter(|last| !tree.is_first(last));
    last.map_or(1, |header| tree.gap_above(header))
}

/// Line ends below a line that make so many blank lines, at least one below a comment: it would be taken for one on what
/// is added.
fn apart(text: &str, end: usize, gap: usize) -> Vec<Fragment> {
    let comment = lines::is_comment(text, lines::start(text, end));
    newlines(text, end, gap.max(usize::from(comment)) + 1)
}

fn newlines(text: &str, at: usize, count: usize) -> Vec<Fragment> {
    vec![Fragment::filler(lines::newline(text, at).repeat(count))]
}

/// The style of the last section that tells how equals signs are to stand, of the kind asked for if there is one.
fn example(tree: &Tree<'_>, examples: &[usize]) -> Style {
    let entries = |header: usize| tree.section(header).iter().skip(1).collect::<Vec<&Solid>>();
    let of_kind = examples.iter().map(|header| entries(*header)).filter(|entries| !entries.is_empty());
    let others = || tree.headers().rev().map(|header| entries(header.span.start));
    let telling = |entries: &Vec<&Solid>| shows_alignment(tree, entries);
    let of_kind: Vec<Vec<&Solid>> = of_kind.collect();
    let found = of_kind.iter().rev().find(|entries| telling(entries)).cloned();
    let found = found.or_else(|| others().find(telling)).or_else(|| of_kind.last().cloned());
    Style::of(tree, &found.unwrap_or_default())
}

/// Where the headers stand of a value and of all in it.
fn headers_of(tree: &Tree<'_>, value: &Value<'_>, headers: &mut Vec<usize>) {
    let form = tree.form(value);
    if form == Form::Section {
        headers.push(value.span().start);
    }
    match value.get_ref() {
        DeValue::Table(table) if form != Form::Inline => {
            table.iter().for_each(|(_, value)| headers_of(tree, value, headers));
        }
        DeValue::Array(rows) if form == Form::Rows => rows.iter().for_each(|row| headers_of(tree, row, headers)),
        _ => {}
    }
}

/// The last header of a table or row directly in a value.
fn last_sibling(tree: &Tree<'_>, value: Option<&Value<'_>>) -> Option<usize> {
    let headers = |value: &Value<'_>| (tree.form(value) == Form::Section).then(|| value.span().start);
    match value?.get_ref() {
        DeValue::Table(table) => table.iter().filter_map(|(_, value)| headers(value)).max(),
        DeValue::Array(rows) => rows.iter().filter_map(headers).max(),
        _ => None,
    }
}
