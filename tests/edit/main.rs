//! Edits of scenario files in; the bytes that they leave, and what they say of themselves, checked, out.

mod command;
// Parts of it serve the random cases alone.
#[allow(dead_code)]
#[path = "../agreement/cases/draw.rs"]
mod draw;
mod junk;
mod laws;
mod layout;
mod leaves;
mod messages;
mod random;

use dateline::{Edit, Edited, Invalid};

/// `KEY=VALUE`, `-KEY`, or `+KIND key=value; key=value`.
fn parsed(words: &str) -> Edit {
    if let Some(key) = words.strip_prefix('-') {
        Edit::Remove { key: key.to_string() }
    } else if let Some(row) = words.strip_prefix('+') {
        let (kind, entries) = row.split_once(' ').unwrap_or((row, ""));
        let entries: Vec<String> = entries.split("; ").filter(|entry| !entry.is_empty()).map(str::to_string).collect();
        Edit::add(kind, &entries).unwrap()
    } else {
        Edit::set(words).unwrap()
    }
}

fn edited<'t>(text: &'t str, edits: &[&str]) -> Result<Edited<'t>, Invalid> {
    let edits: Vec<Edit> = edits.iter().map(|words| parsed(words)).collect();
    dateline::edit(text, &edits)
}

/// The text after some edits.
#[track_caller]
fn after(text: &str, edits: &[&str]) -> String {
    edited(text, edits).unwrap_or_else(|wrong| panic!("{edits:?}: {wrong}")).text().to_string()
}
