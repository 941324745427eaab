//! A scenario's text and what to change in it in; the text with just that changed, and whether it is sound, out.

mod add;
mod argument;
mod draft;
mod editor;
mod explain;
mod insert;
mod items;
mod lines;
mod numbering;
mod path;
mod place;
mod remove;
mod section;
mod style;
mod tree;
mod value;

pub use argument::Edit;
pub(super) use explain::build_edited;

use super::{Changes, Files, Invalid, Scenario};
use crate::diagnostic::Diagnostic;
use draft::Draft;
use editor::Editor;
use std::fmt;
use tree::Tree;

/// What is wrong with an edit, by its place in the edit's argument.
type Wrong = Box<Diagnostic>;

/// What an edit has changed, in the words of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The key in full, such as `report.late-may.credibility`.
    pub key: String,
    /// What stood there; of a table or row all its lines as one, of one measure replaced by another the whole entry.
    pub before: Option<String>,
    /// What stands there now.
    pub after: Option<String>,
}

impl fmt::Display for Change {
    /// `report.late-may.credibility: 0.8 → 0.4`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Change { key, before, after } = self;
        match (before, after) {
            (Some(before), Some(after)) => write!(f, "{key}: {before} → {after}"),
            (None, Some(after)) => write!(f, "{key}: added {after}"),
            (Some(before), None) => write!(f, "{key}: removed {before}"),
            (None, None) => f.write_str(key),
        }
    }
}

/// A scenario's text after some edits.
#[derive(Clone, Debug)]
pub struct Edited<'t> {
    before: &'t str,
    draft: Draft,
    edits: Vec<Edit>,
    changes: Vec<Change>,
}

impl Edited<'_> {
    /// The text as it is now.
    pub fn text(&self) -> &str {
        self.draft.text()
    }

    /// What has changed, in the order of the edits; an edit that asks for what is there changes nothing.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The scenario that the text is now.
    ///
    /// # Errors
    /// All mistakes in it: those in what was put in are told in the edits' own words, all others by their places in the
    /// text before.
    pub fn scenario(&self) -> Result<Scenario, Invalid> {
        self.scenario_with(Files::new())
    }

    /// The same, with the texts of the files that it includes now.
    ///
    /// # Errors
    /// As [`Edited::scenario`], and all mistakes in those files.
    pub fn scenario_with(&self, files: Files) -> Result<Scenario, Invalid> {
        let changes = Changes { files, ..Changes::default() };
        Scenario::of(self.build(&changes), self.text(), &changes)
    }
}

/// Changes values in a scenario's text, takes out and adds; all other bytes stay.
///
/// The edits are made in turn. Rows without an id, and members of lists, keep the numbers that they have in `text`.
/// Whether the text is a sound scenario afterwards [`Edited::scenario`] says.
///
/// # Errors
/// All edits that cannot be made, each with the place in its words; or why the text is no TOML.
///
/// ```
/// use dateline::{Edit, edit};
///
/// let text = "horizon = { from = 2024-05-01, to = 2024-05-31 }   # one month\n[event.visit]\nduration = 2\n";
/// let edited = edit(text, &[Edit::set("horizon.to=2024-06-30")?, Edit::set("event.visit.occurs=0.9")?])?;
/// assert_eq!(
///     edited.text(),
///     "horizon = { from = 2024-05-01, to = 2024-06-30 }   # one month\n[event.visit]\nduration = 2\noccurs = 0.9\n"
/// );
/// assert_eq!(edited.changes()[0].to_string(), "horizon.to: 2024-05-31 → 2024-06-30");
/// assert!(edited.scenario().is_ok());
///
/// let wrong = edit(text, &[Edit::set("event.viist.duration=3")?]).unwrap_err();
/// assert_eq!(wrong.diagnostics[0].help.as_deref(), Some("did you mean 'visit'?"));
/// # Ok::<(), dateline::Invalid>(())
/// ```
pub fn edit<'t>(text: &'t str, edits: &[Edit]) -> Result<Edited<'t>, Invalid> {
    if let Err(diagnostics) = Tree::parse(text) {
        return Err(Invalid { diagnostics });
    }
    let mut editor = Editor::new(text);
    let mut diagnostics = Vec::new();
    for (number, edit) in edits.iter().enumerate() {
        if let Err(wrong) = editor.make(number, edit) {
            diagnostics.push(Diagnostic { origin: edit.origin(), ..*wrong });
        }
    }
    if !diagnostics.is_empty() {
        return Err(Invalid { diagnostics });
    }
    let Editor { draft, changes, .. } = editor;
    Ok(Edited { before: text, draft, edits: edits.to_vec(), changes })
}
