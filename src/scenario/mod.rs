//! The text of a scenario file (and changes asked for on the way) in, a model out, or all that is wrong with it.

mod build;
mod calendar;
mod cases;
mod decision;
mod difference;
mod distribution;
mod edit;
mod event;
mod include;
mod lower;
mod reader;
mod report;
mod schema;
mod slip;
mod text;
mod variants;
mod wording;

pub use cases::{Cases, Voice};
pub use difference::{Difference, DifferenceKind};
pub use edit::{Change, Edit, Edited, edit};
pub use include::{Files, included_paths};
pub use report::HEDGES;
pub use schema::schema;
pub use variants::Variants;

use crate::day::Day;
use crate::diagnostic::{Diagnostic, Origin, Severity};
use crate::model::Model;
use std::collections::HashMap;
use std::fmt;

/// Files beyond this many bytes are refused.
pub const LARGEST_FILE: usize = 16 << 20;
/// Horizons beyond this many days are refused.
pub const LONGEST_HORIZON: i32 = 100_000;
/// No more than this many mistakes of one file are told.
const MOST_DIAGNOSTICS: usize = 100;

/// A scenario that has been read and found sound.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub(crate) model: Model,
    warnings: Vec<Diagnostic>,
    /// The line in which each rule, report, observation and event's key stands, by its name (`rule:ID`, `event:ID.window`).
    lines: HashMap<String, usize>,
    /// What it was read from.
    text: String,
    changes: Changes,
}

/// What a caller changes in a scenario without touching its file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// In place of the file's as-of date.
    pub as_of: Option<Day>,
    /// Propositions that are learned to be true, last of all.
    pub assume: Vec<String>,
    /// Further queries; the id of each is its text.
    pub ask: Vec<String>,
    /// Ids of rules, reports and observations to leave out, or of sources whose reports to leave out.
    pub without: Vec<String>,
    /// Values to be read in place of the file's, each as `KEY=VALUE`; see [`Edit::Set`].
    pub set: Vec<String>,
    /// The texts of the files that the scenario includes; see [`included_paths`].
    pub files: Files,
}

/// Why a text is no scenario: everything that is wrong with it.
#[derive(Clone, Debug)]
pub struct Invalid {
    /// At least one of them is an error. In the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

impl Invalid {
    /// Whether every error lies in the changes asked for, none in the file.
    pub fn only_in_changes(&self) -> bool {
        let mut errors = self.diagnostics.iter().filter(|d| d.severity == Severity::Error);
        errors.all(|d| !matches!(d.origin, Origin::File | Origin::Included { .. }))
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages: Vec<&str> = self.diagnostics.iter().map(|d| d.message.as_str()).collect();
        f.write_str(&messages.join("; "))
    }
}

impl std::error::Error for Invalid {}

impl Scenario {
    /// Reads a scenario file's text.
    ///
    /// # Errors
    /// All mistakes found, each with its place.
    ///
    /// ```
    /// let scenario = dateline::Scenario::parse(r#"
    ///     horizon = { from = 2024-05-01, to = 2024-05-31 }
    ///     [event.visit]
    ///     [[rule]]
    ///     says = "visit after May 7"
    /// "#)?;
    /// assert_eq!(scenario.horizon().0.to_string(), "2024-05-01");
    ///
    /// let wrong = dateline::Scenario::parse("horizon = { from = 2024-05-01, to = 2024-05-31 }\n[event.visit]\ndurtion = 2");
    /// assert_eq!(wrong.unwrap_err().diagnostics[0].help.as_deref(), Some("did you mean 'duration'?"));
    /// # Ok::<(), dateline::Invalid>(())
    /// ```
    pub fn parse(text: &str) -> Result<Scenario, Invalid> {
        Scenario::parse_with(text, &Changes::default())
    }

    /// Reads a scenario file's text and changes it as asked.
    ///
    /// # Errors
    /// All mistakes found in the text and in the changes, each with its place.
    pub fn parse_with(text: &str, changes: &Changes) -> Result<Scenario, Invalid> {
        if changes.set.is_empty() {
            return Scenario::of(build::build(text, changes), text, changes);
        }
        let (built, edited) = edit::build_edited(text, changes);
        Scenario::of(built, &edited, changes)
    }

    /// A scenario if nothing is wrong with what has been built of a text.
    fn of(built: build::Built, text: &str, changes: &Changes) -> Result<Scenario, Invalid> {
        let build::Built { model, mut diagnostics, places } = built;
        diagnostics.sort_by_key(|d| {
            let rank = match d.origin {
                Origin::File => 0,
                Origin::Included { .. } => 1,
                Origin::Changed => 2,
                Origin::Argument { .. } => 3,
            };
            (rank, d.span.as_ref().map_or(0, |span| span.start))
        });
        let is_error = |d: &Diagnostic| d.severity == Severity::Error;
        match model {
            Some(model) if !diagnostics.iter().any(is_error) => {
                let lines = lines(text, places);
                let (text, changes) = (text.to_string(), changes.clone());
                Ok(Scenario { model, warnings: diagnostics, lines, text, changes })
            }
            _ => {
                let count = diagnostics.len();
                if count > MOST_DIAGNOSTICS {
                    diagnostics.sort_by_key(|d| !is_error(d));
                    diagnostics.truncate(MOST_DIAGNOSTICS);
                    let mut more = Diagnostic::error(0..0, format!("… and {} more", count - MOST_DIAGNOSTICS));
                    more.span = None;
                    diagnostics.push(more);
                }
                Err(Invalid { diagnostics })
            }
        }
    }

    /// What is doubtful about the file, with places.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The warnings' messages.
    pub(crate) fn warning_lines(&self) -> Vec<String> {
        self.warnings.iter().map(|warning| warning.message.clone()).collect()
    }

    /// The line of the file, from 1, in which something stands: `rule:ID`, `report:ID`, `event:ID.on`, ….
    pub(crate) fn line_of(&self, name: &str) -> Option<usize> {
        self.lines.get(name).copied()
    }

    /// The scenario's title.
    pub fn title(&self) -> Option<&str> {
        self.model.title.as_deref()
    }

    /// First and last day on which events may start.
    pub fn horizon(&self) -> (Day, Day) {
        self.model.horizon
    }

    /// The last day of which anything is known; `None` where everything in the file counts.
    pub fn as_of(&self) -> Option<Day> {
        self.model.as_of
    }

    /// What another scenario says differently, key by key: in the order of this one's file, then what only the other has,
    /// then what was asked for beside the files (`assume`, `ask`, `without`).
    ///
    /// Only what is written counts, not what follows from it: a default that is written out is a difference; the order of
    /// keys and rows, the layout, comments and the spelling of numbers are none.
    ///
    /// ```
    /// use dateline::Scenario;
    ///
    /// let head = "horizon = { from = 2024-05-01, to = 2024-05-31 }\n[event.visit]\n";
    /// let one = Scenario::parse(&format!("{head}occurs = 0.90"))?;
    /// let other = Scenario::parse(&format!("{head}occurs = 0.8\n[[rule]]\nid = 'soon'\nsays = 'visit by May 9'"))?;
    /// let told: Vec<String> = one.differences(&other).iter().map(|found| found.to_string()).collect();
    /// assert_eq!(told, ["event.visit.occurs: 0.9 → 0.8", "rule.soon: added (visit by May 9)"]);
    /// # Ok::<(), dateline::Invalid>(())
    /// ```
    pub fn differences(&self, other: &Scenario) -> Vec<Difference> {
        difference::differences((&self.text, &self.changes), (&other.text, &other.changes))
    }

    /// The ids of all events, in the order of the file.
    pub fn event_ids(&self) -> impl Iterator<Item = &str> {
        self.model.events.iter().map(|event| event.id.as_str())
    }
}

/// Whether a text is a table of sources, to be included in scenarios, and no scenario itself.
pub fn is_sources_only(text: &str) -> bool {
    let tables = build::tables(text);
    let is_included = |key: &str| include::INCLUDED_KEYS.contains(&key);
    tables.is_ok_and(|tables| !tables.is_empty() && tables.keys().all(|key| is_included(key.get_ref())))
}

/// The lines, from 1, of places in a text.
fn lines(text: &str, places: Vec<(String, usize)>) -> HashMap<String, usize> {
    let ends: Vec<usize> = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
    let line = |offset: usize| ends.partition_point(|end| *end < offset) + 1;
    places.into_iter().map(|(name, offset)| (name, line(offset))).collect()
}
