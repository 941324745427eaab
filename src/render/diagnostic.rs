//! Diagnostics in, text in the manner of a compiler out.

use crate::diagnostic::{Diagnostic, Origin, Severity, line_and_column};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::ops::Range;

/// Longer lines are shown in part.
const LONGEST_LINE: usize = 240;

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
        Origin::File => (path, file),
        Origin::Argument { option, text } => (option.as_str(), text.as_str()),
    };
    let message = printable(&diagnostic.message);
    let help = diagnostic.help.as_deref().map(printable);
    let title = level.primary_title(message.as_str());
    let group = match &diagnostic.span {
        None => Group::with_title(title).element(Snippet::<annotate_snippets::Annotation<'_>>::source("").path(origin)),
        Some(span) => {
            let excerpt = Excerpt::new(text, span.clone());
            let label = printable(&diagnostic.label);
            let annotation = AnnotationKind::Primary.span(excerpt.span.clone());
            let annotation = if label.is_empty() { annotation } else { annotation.label(label) };
            let snippet = Snippet::source(excerpt.text.clone())
                .line_start(excerpt.line)
                .path(origin.to_string())
                .annotation(annotation);
            let group = Group::with_title(title).element(snippet);
            return rendered(renderer, group, help.as_deref());
        }
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

/// The lines that a span touches.
struct Excerpt {
    text: String,
    /// In `text`.
    span: Range<usize>,
    /// Number of its first line.
    line: usize,
}

impl Excerpt {
    fn new(text: &str, span: Range<usize>) -> Excerpt {
        let start = floor(text, span.start);
        let end = floor(text, span.end.max(span.start)).max(start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        // Of a longer stretch the first line says enough.
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let end = end.min(line_end);
        let (line, _) = line_and_column(text, start);
        let from = if start - line_start > LONGEST_LINE { floor(text, start - LONGEST_LINE / 2) } else { line_start };
        let to = if line_end - end > LONGEST_LINE { floor(text, end + LONGEST_LINE / 2) } else { line_end };
        let (end, to) = if end - start > LONGEST_LINE {
            (floor(text, start + LONGEST_LINE), floor(text, start + LONGEST_LINE))
        } else {
            (end, to)
        };
        let cleaned: String = text[from..to].trim_end_matches('\r').to_string();
        let limit = cleaned.len();
        Excerpt { text: cleaned, span: (start - from).min(limit)..(end - from).min(limit), line }
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
