//! The `include` of a scenario and the texts of the files it names in; their sources and grades out.

use super::build::tables;
use super::reader::{Fields, Located, Reader};
use super::report::{self, SOURCE_KEYS, Source};
use crate::diagnostic::{Diagnostic, Origin};
use std::collections::{BTreeMap, HashMap};
use toml::de::DeValue;

/// What a file may hold that scenarios include.
pub(super) const INCLUDED_KEYS: &[&str] = &["include", "source", "grade"];
/// More files than this are never meant.
const MOST_FILES: usize = 100;
const HELP: &str =
    "include = \"sources.toml\" takes in a file of [source.NAME] tables from the scenario's folder or below it";

/// The texts of included files by their paths from the scenario's folder, with `/`; or why one cannot be read.
pub type Files = BTreeMap<String, Result<String, String>>;

/// What has been included.
#[derive(Default)]
pub(super) struct Included {
    pub sources: HashMap<String, Source>,
    pub grades: HashMap<String, f64>,
    /// Whether something could not be taken in, so that sources may be lacking for that reason.
    pub broken: bool,
}

/// The paths, from the scenario's folder, of the files that a text includes; `from` is its own path there (empty for the
/// scenario). What is no path within the folder is left out: reading the scenario tells it.
///
/// ```
/// let text = "include = [\"sources.toml\", \"kinds/wires.toml\", \"../elsewhere.toml\"]";
/// assert_eq!(dateline::included_paths("", text), ["sources.toml", "kinds/wires.toml"]);
/// assert_eq!(dateline::included_paths("kinds/wires.toml", "include = \"graded.toml\""), ["kinds/graded.toml"]);
/// ```
pub fn included_paths(from: &str, text: &str) -> Vec<String> {
    let Ok(tables) = tables(text) else { return Vec::new() };
    let written = match tables.get("include").map(|value| value.get_ref()) {
        Some(DeValue::String(path)) => vec![path.to_string()],
        Some(DeValue::Array(paths)) => paths
            .iter()
            .filter_map(|path| match path.get_ref() {
                DeValue::String(path) => Some(path.to_string()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    written.iter().filter_map(|written| resolved(from, written).ok()).collect()
}

/// A path as a file writes it, from the scenario's folder; `Err` says why it leads elsewhere.
fn resolved(from: &str, written: &str) -> Result<String, String> {
    if written.contains('\\') || written.contains(':') || written.chars().any(char::is_control) {
        return Err("paths have '/' between folders, and no ':'".to_string());
    }
    if written.starts_with('/') {
        return Err("it is no path from the scenario's folder".to_string());
    }
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop().ok_or("it leads out of the scenario's folder")?;
            }
            part => parts.push(part),
        }
    }
    if parts.is_empty() { Err("it names no file".to_string()) } else { Ok(parts.join("/")) }
}

/// Takes in what a scenario includes, and what that includes; all that is wrong is noted.
pub(super) fn include(top: &Fields<'_, '_>, files: &Files) -> Included {
    let mut inclusion =
        Inclusion { files, own_grades: report::grades(top), included: Included::default(), done: Vec::new() };
    inclusion.included.grades = inclusion.own_grades.clone();
    inclusion.all_of(top, "", &mut Vec::new());
    inclusion.included
}

struct Inclusion<'f> {
    files: &'f Files,
    /// What the scenario itself says of a grade counts.
    own_grades: HashMap<String, f64>,
    included: Included,
    /// Files that have been taken in: twice adds nothing.
    done: Vec<String>,
}

impl Inclusion<'_> {
    /// `from` is the path of the file whose fields these are; `open` those on the way to it.
    fn all_of(&mut self, fields: &Fields<'_, '_>, from: &str, open: &mut Vec<String>) {
        for written in written(fields) {
            if let Err(why) = self.one(fields, &written, from, open) {
                let message = format!("'{}' cannot be included: {why}", written.value);
                let noted = Diagnostic::error(written.span.clone(), message).label("cannot be taken in").help(HELP);
                fields.reader.note(noted);
                self.included.broken = true;
            }
        }
    }

    /// Takes in what one path names; `Err` says why that cannot be.
    fn one(
        &mut self,
        fields: &Fields<'_, '_>,
        written: &Located<String>,
        from: &str,
        open: &mut Vec<String>,
    ) -> Result<(), String> {
        let path = resolved(from, &written.value)?;
        if open.contains(&path) || path == from {
            return Err("it includes itself".to_string());
        }
        if self.done.contains(&path) {
            return Ok(());
        }
        if self.done.len() >= MOST_FILES {
            return Err(format!("there are more than {MOST_FILES} files to include"));
        }
        let text = self.files.get(&path).ok_or("its text was not given")?.clone()?;
        self.file(fields, &path, &text, open);
        Ok(())
    }

    /// Takes in one file; what is wrong in it is told with its own path and text.
    fn file(&mut self, including: &Fields<'_, '_>, path: &str, text: &str, open: &mut Vec<String>) {
        self.done.push(path.to_string());
        let found = match tables(text) {
            Err(diagnostics) => diagnostics,
            Ok(tables) => {
                let reader = Reader::new(text);
                let fields = reader.known_fields(&tables, 0..0, format!("the included file {path}"), INCLUDED_KEYS);
                let fields = Fields { name: String::new(), ..fields };
                for (grade, value) in report::grades(&fields) {
                    self.included.grades.entry(grade).or_insert(value);
                }
                open.push(path.to_string());
                self.all_of(&fields, path, open);
                open.pop();
                self.sources(&fields, path);
                reader.into_diagnostics()
            }
        };
        self.included.broken |= !found.is_empty();
        for diagnostic in found {
            let told = diagnostic.origin != Origin::File;
            let origin = Origin::Included { path: path.to_string(), text: text.to_string() };
            including.reader.note(if told { diagnostic } else { Diagnostic { origin, ..diagnostic } });
        }
    }

    fn sources(&mut self, fields: &Fields<'_, '_>, path: &str) {
        for (name, value) in fields.entries("source", "each source begins with [source.NAME]") {
            let Some(table) = fields.reader.fields(value, format!("source.{}", name.value), SOURCE_KEYS) else {
                continue;
            };
            let source = report::source(&table, &self.included.grades);
            if self.included.sources.insert(name.value.clone(), source).is_some() {
                let message = format!("the source '{}' has been included already", name.value);
                fields.reader.note(Diagnostic::error(name.span, message).label(format!("again in {path}")));
            }
        }
    }
}

/// The paths as they are written.
fn written(fields: &Fields<'_, '_>) -> Vec<Located<String>> {
    let Some(value) = fields.get("include") else {
        return Vec::new();
    };
    let text = |value: &super::reader::Value<'_>| match value.get_ref() {
        DeValue::String(text) => Some(Located { value: text.to_string(), span: value.span() }),
        _ => None,
    };
    let found = match value.get_ref() {
        DeValue::Array(paths) => paths.iter().map(text).collect::<Option<Vec<_>>>(),
        _ => text(value).map(|path| vec![path]),
    };
    found.unwrap_or_else(|| {
        let message = "'include' wants the path of a file in quotes, or a list of them";
        fields.reader.note(Diagnostic::error(value.span(), message).label("expected a path").help(HELP));
        Vec::new()
    })
}
