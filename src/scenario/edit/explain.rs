//! What is wrong with an edited text in; the same by places in the edits' words and in the text before, out.

use super::Edited;
use super::draft::Whence;
use crate::diagnostic::{Diagnostic, Origin, Severity};
use crate::scenario::build::{Built, build};
use crate::scenario::{Changes, Invalid};

/// Reads a text with the edits that the changes ask for; what comes of it, and the text as it was read.
pub(in crate::scenario) fn build_edited(text: &str, changes: &Changes) -> (Built, String) {
    let mut edits = Vec::new();
    let mut wrong = Vec::new();
    for argument in &changes.set {
        match super::Edit::set(argument) {
            Ok(edit) => edits.push(edit),
            Err(invalid) => wrong.extend(invalid.diagnostics),
        }
    }
    match super::edit(text, &edits) {
        Ok(edited) if wrong.is_empty() => (edited.build(changes), edited.text().to_string()),
        Ok(_) => (with_mistakes_of(text, changes, wrong), text.to_string()),
        Err(Invalid { diagnostics }) => {
            wrong.extend(diagnostics.into_iter().filter(|diagnostic| diagnostic.origin != Origin::File));
            (with_mistakes_of(text, changes, wrong), text.to_string())
        }
    }
}

/// The mistakes of a text that cannot be edited as asked, and of what is asked.
fn with_mistakes_of(text: &str, changes: &Changes, wrong: Vec<Diagnostic>) -> Built {
    let mut built = build(text, changes);
    built.diagnostics.extend(wrong);
    Built { model: None, ..built }
}

impl Edited<'_> {
    /// Reads the text, with what else is to be changed.
    pub(in crate::scenario) fn build(&self, changes: &Changes) -> Built {
        let Built { model, diagnostics: found, places } = build(self.draft.text(), changes);
        let errors = found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        let before = if errors { build(self.before, changes).diagnostics } else { Vec::new() };
        let traced = found.into_iter().map(|diagnostic| match diagnostic.origin {
            Origin::File => self.trace(diagnostic, &before),
            _ => diagnostic,
        });
        Built { model, diagnostics: traced.collect(), places }
    }

    /// A diagnostic of the edited text as one of the text before or of an edit.
    fn trace(&self, diagnostic: Diagnostic, before: &[Diagnostic]) -> Diagnostic {
        let same = |other: &Diagnostic| (&other.message, &other.label) == (&diagnostic.message, &diagnostic.label);
        let is_new = diagnostic.severity == Severity::Error && !before.iter().any(same);
        let Some(span) = &diagnostic.span else {
            return if is_new { self.consequence(diagnostic) } else { diagnostic };
        };
        match self.draft.whence(span) {
            Whence::Edit(edit, stretch) => self.of_edit(diagnostic, edit, stretch),
            Whence::Around(edit) if is_new => self.of_edit(diagnostic, edit, None),
            Whence::Around(_) => {
                // Its line is still there, with something else in it.
                let place = self.draft.whence(&(span.start..span.start));
                let span = if let Whence::Original(place) = place { Some(place) } else { None };
                Diagnostic { span, ..diagnostic }
            }
            Whence::Original(place) => {
                let diagnostic = Diagnostic { span: Some(place), ..diagnostic };
                if is_new { self.consequence(diagnostic) } else { diagnostic }
            }
        }
    }

    /// What is wrong with the words of an edit, all of them where there is no stretch.
    fn of_edit(&self, diagnostic: Diagnostic, edit: usize, stretch: Option<std::ops::Range<usize>>) -> Diagnostic {
        let Some(edit) = self.edits.get(edit) else {
            return diagnostic;
        };
        let origin = edit.origin();
        let whole = if let Origin::Argument { text, .. } = &origin { text.len() } else { 0 };
        Diagnostic { origin, span: Some(stretch.unwrap_or(0..whole)), ..diagnostic }
    }

    /// What is wrong elsewhere only since the edits were made.
    fn consequence(&self, diagnostic: Diagnostic) -> Diagnostic {
        let cause = match &self.edits[..] {
            [only] => format!("this comes with the change {only}"),
            _ => "this comes with the changes asked for".to_string(),
        };
        let help = diagnostic.help.as_ref().map_or(cause.clone(), |help| format!("{cause}; {help}"));
        Diagnostic { origin: Origin::Changed, help: Some(help), ..diagnostic }
    }
}
