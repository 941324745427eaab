//! A path whose last parts are not in the file yet and a value in; cuts that write them where they belong out.

use super::draft::{Fragment, Splice};
use super::items::Items;
use super::lines;
use super::path::Step;
use super::place::{Place, Table};
use super::section::Section;
use super::style::Style;
use super::tree::{Form, Solid, Tree};
use super::value;
use crate::scenario::reader::Value;
use toml::de::DeValue;

/// Writes a value at a path.
pub(super) fn insert(tree: &Tree<'_>, path: &[Step<'_, '_>], value: Fragment) -> Vec<Splice> {
    let there = path.iter().take_while(|step| step.value.is_some()).count();
    let (there, missing) = path.split_at(there);
    let Some((key, below)) = missing.split_first() else {
        return Vec::new();
    };
    if let (true, [entry]) = (is_own_section(key.place), below) {
        let entries = vec![nested(entry, &[], value)];
        let section = Section { path: vec![value::key_fragment(&key.name, &key.argument)], row: false, entries };
        return vec![section.below_the_top(tree)];
    }
    let (key, value) = nested(key, below, value);
    put(tree, there, key, value)
}

/// Tables of the top that get a header where they are new.
fn is_own_section(place: Place) -> bool {
    matches!(place, Place::Table(Table::Calendar) | Place::Grades)
}

/// A key with its value, in tables in brackets where more names follow.
fn nested(key: &Step<'_, '_>, below: &[Step<'_, '_>], value: Fragment) -> (Fragment, Vec<Fragment>) {
    let mut fragments = Vec::new();
    for step in below {
        fragments.push(Fragment::filler("{ "));
        fragments.push(value::key_fragment(&step.name, &step.argument));
        fragments.push(Fragment::filler(" = "));
    }
    fragments.push(value);
    fragments.extend(below.iter().map(|_| Fragment::filler(" }")));
    (value::key_fragment(&key.name, &key.argument), fragments)
}

/// Writes an entry into the table at the end of a path, all of which is in the file.
pub(super) fn put(tree: &Tree<'_>, path: &[Step<'_, '_>], key: Fragment, value: Vec<Fragment>) -> Vec<Splice> {
    let form = |step: &Step<'_, '_>| step.value.map(|value| tree.form(value));
    let implied = path.iter().rev().take_while(|step| form(step) == Some(Form::Implied)).count();
    let (hosts, names) = path.split_at(path.len() - implied);
    let host = hosts.last().and_then(|step| step.value);
    let mut whole_key: Vec<Fragment> =
        names.iter().map(|step| Fragment::filler(format!("{}.", value::key(&step.name)))).collect();
    whole_key.push(key.clone());
    if let Some(host) = host.filter(|host| tree.form(host) == Form::Inline) {
        let mut item = whole_key;
        item.push(Fragment::filler(" = "));
        item.extend(value);
        return Items::of(tree.text, host).push(item);
    }
    let implied_table = names.last().and_then(|step| step.value);
    match implied_table.map(|table| last_entry_of(tree, table)) {
        None => vec![below_header(tree, host, whole_key, value)],
        Some(Some(last)) => vec![below_entry(tree, host, last, (whole_key, value))],
        // The table is there only because of the headers of what is in it.
        Some(None) => {
            let names = path.iter().map(|step| Fragment::filler(value::key(&step.name))).collect();
            let section = Section { path: names, row: false, entries: vec![(key, value)] };
            vec![section.above_first_of(tree, implied_table)]
        }
    }
}

/// The headers and entries of the section that a table begins, or the entries of the top.
fn section<'s>(tree: &'s Tree<'_>, host: Option<&Value<'_>>) -> &'s [Solid] {
    host.map_or(tree.top_entries(), |host| tree.section(host.span().start))
}

/// Writes an entry below the others of a section; an id above them.
fn below_header(tree: &Tree<'_>, host: Option<&Value<'_>>, key: Vec<Fragment>, value: Vec<Fragment>) -> Splice {
    let solids = section(tree, host);
    let Some(last) = solids.last() else {
        return above_all_headers(tree, key, value);
    };
    let is_id = host.is_some() && key.iter().all(|fragment| fragment.text == "id");
    let anchor = if is_id { &solids[0] } else { last };
    below_entry(tree, host, anchor, (key, value))
}

fn below_entry(
    tree: &Tree<'_>,
    host: Option<&Value<'_>>,
    anchor: &Solid,
    (key, value): (Vec<Fragment>, Vec<Fragment>),
) -> Splice {
    let entries: Vec<&Solid> = section(tree, host).iter().filter(|solid| solid.between.is_some()).collect();
    let mut style = Style::of(tree, &entries);
    if entries.is_empty() {
        style.indentation = lines::indentation(tree.text, anchor.span.start).to_string();
    }
    let mut fragments = vec![Fragment::filler(lines::newline(tree.text, anchor.span.end))];
    fragments.extend(style.entry(key, value));
    Splice::insertion(lines::end(tree.text, anchor.span.end), fragments)
}

/// Writes the first entry of the top.
fn above_all_headers(tree: &Tree<'_>, key: Vec<Fragment>, value: Vec<Fragment>) -> Splice {
    let text = tree.text;
    let entry = Style::of(tree, &[]).entry(key, value);
    let newline = || Fragment::filler(lines::newline(text, lines::beginning(text)));
    let first = tree.headers().next().map(|header| tree.attached(lines::start(text, header.span.start)));
    let Some(first) = first else {
        return super::section::at_the_end(tree, entry, 0);
    };
    let blanks = tree.blanks_above(first);
    if blanks == lines::beginning(text) {
        let fragments = [entry, vec![newline(), newline()]].concat();
        return Splice::insertion(first, fragments);
    }
    // Below a comment, as far from it as what follows is.
    let gap = if blanks == first { vec![newline()] } else { vec![newline(), newline()] };
    Splice::insertion(lines::end_of_previous(text, blanks), [gap, entry].concat())
}

/// The last entry that an implied table owes its being to, such as `a.b = 1`.
fn last_entry_of<'s>(tree: &'s Tree<'_>, table: &Value<'_>) -> Option<&'s Solid> {
    let DeValue::Table(table) = table.get_ref() else {
        return None;
    };
    let entries = table.iter().filter_map(|(_, value)| match tree.form(value) {
        Form::Section | Form::Rows => None,
        Form::Implied => last_entry_of(tree, value),
        _ => tree.entry(value.span().start),
    });
    entries.max_by_key(|entry| entry.span.start)
}
