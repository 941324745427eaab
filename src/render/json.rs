//! Answers in, JSON out.

use crate::answer::Check;
use crate::diagnostic::{Diagnostic, Origin, Severity, line_and_column};
use crate::scenario::Invalid;
use serde::Serialize;
use serde_json::{Value, json as value};

/// Indented JSON with a line end.
pub fn json(answer: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(answer).expect("answers are made of what JSON can hold");
    text.push('\n');
    text
}

/// A check with its path.
pub fn check_json(path: &str, check: &Check) -> Value {
    let mut object = value!({ "path": path });
    if let (Value::Object(whole), Ok(Value::Object(found))) = (&mut object, serde_json::to_value(check)) {
        whole.extend(found);
    }
    object
}

/// The mistakes of a file with its path.
pub fn invalid_json(path: &str, text: &str, invalid: &Invalid) -> Value {
    let found: Vec<Value> = invalid.diagnostics.iter().map(|diagnostic| diagnostic_json(diagnostic, text)).collect();
    value!({ "path": path, "diagnostics": found })
}

/// A file that could not be read (or solved), with its path and why.
pub fn unreadable_json(path: &str, why: &str) -> Value {
    let found =
        value!({ "severity": "error", "line": null, "column": null, "message": why, "label": "", "help": null });
    value!({ "path": path, "diagnostics": [found] })
}

fn diagnostic_json(diagnostic: &Diagnostic, file: &str) -> Value {
    let (text, place_in) = match &diagnostic.origin {
        Origin::File | Origin::Changed => (file, None),
        Origin::Argument { option, text } => (text.as_str(), Some(("option", option))),
        Origin::Included { path, text } => (text.as_str(), Some(("included", path))),
    };
    let place = diagnostic.span.as_ref().map(|span| line_and_column(text, span.start));
    let mut object = value!({
        "severity": if diagnostic.severity == Severity::Error { "error" } else { "warning" },
        "line": place.map(|(line, _)| line),
        "column": place.map(|(_, column)| column),
        "message": diagnostic.message,
        "label": diagnostic.label,
        "help": diagnostic.help,
    });
    if let (Value::Object(whole), Some((kind, name))) = (&mut object, place_in) {
        whole.insert(kind.to_string(), value!(name));
    }
    object
}
