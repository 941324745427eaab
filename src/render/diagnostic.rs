//! Diagnostics in, text in the manner of a compiler out.

use crate::diagnostic::{Diagnostic, Origin, Severity, line_and_column};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::ops::Range;

/// Longer lines (in bytes) are not shown, only named.
const LONGEST_LINE: usize = 100_000;

/// All diagnostics of one scenario; `path` names its file and `text` is its content.
pub fn diagnostics(found: &[Diagnostic], path: &str, text: &str, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut shown = String::new();
    for diagnostic in found {
        shown.push_str(&one(&renderer, diagnostic, path, text));
        shown.push_str("\n\n");
    }
    let errors = found.iter().filter(|d| d.severity == Severity::Error).count();
    if errors > 1 {
        shown.push_str(&format!("{errors} errors in {path}\n"));
    }
    shown
}

fn one(renderer: &Renderer, diagnostic: &Diagnostic, path: &str, file: &str) -> String {
    let level = if diagnostic.severity == Severity::Error { Level::ERROR } else { Level::WARNING };
    let (origin, text) = match &diagnostic.origin {
        Origin::File | Origin::Changed => (path, file),
        Origin::Argument { option, text } => (option.as_str(), text.as_str()),
        Origin::Included { path, text } => (path.as_str(), text.as_str()),
    };
    let message = printable(&diagnostic.message);
    let help = diagnostic.help.as_deref().map(printable);
    let title = level.primary_title(message.as_str());
    let excerpt = diagnostic.span.as_ref().map(|span| Excerpt::new(text, span.clone()));
    let group = Group::with_title(title);
    let group = match excerpt {
        Some(excerpt) if excerpt.text.len() <= LONGEST_LINE => {
            let label = printable(&diagnostic.label);
            let annotation = AnnotationKind::Primary.span(excerpt.span);
            let annotation = if label.is_empty() { annotation } else { annotation.label(label) };
            let snippet = Snippet::source(excerpt.text).line_start(excerpt.line).path(origin.to_string());
            group.element(snippet.annotation(annotation))
        }
        Some(excerpt) => {
            group.element(annotate_snippets::Origin::path(format!("{origin}:{}:{}", excerpt.line, excerpt.column)))
        }
        None => group.element(annotate_snippets::Origin::path(origin.to_string())),
    };
    rendered(renderer, group, help.as_deref())
}

fn rendered(renderer: &Renderer, group: Group<'_>, help: Option<&str>) -> String {
    let group = match help {
        Some(help) => group.element(Level::HELP.message(help)),
        None => group,
    };
    renderer.render(&[group])
}

/// Without control characters, which a hostile file could steer a terminal with.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// The line that a span begins in.
struct Excerpt {
    text: String,
    /// In `text`.
    span: Range<usize>,
    /// Of the span's beginning, both from 1.
    line: usize,
    column: usize,
}

impl Excerpt {
    fn new(text: &str, span: Range<usize>) -> Excerpt {
        let start = floor(text, span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        // Of a longer stretch the first line says enough.
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let end = floor(text, span.end).clamp(start, line_end);
        let (line, column) = line_and_column(text, start);
        let shown = text[line_start..line_end].trim_end_matches('\r').to_string();
        let limit = shown.len();
        Excerpt { text: shown, span: (start - line_start).min(limit)..(end - line_start).min(limit), line, column }
    }
}

/// The nearest character boundary at or before an offset.
fn floor(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
