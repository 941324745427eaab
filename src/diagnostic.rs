//! What is wrong with an input, as plain data: where, what was expected, what may have been meant.

use std::ops::Range;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The input cannot be used.
    Error,
    /// The input can be used; its author should know.
    Warning,
}

/// The text that a diagnostic points into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The scenario file.
    File,
    /// The scenario file, which is sound there as it stands: the mistake comes with changes asked for.
    Changed,
    /// A file that the scenario includes.
    Included { path: String, text: String },
    /// The value of a command-line option, such as `--assume`.
    Argument { option: String, text: String },
}

/// One mistake (or doubt) with its place.
///
/// Invariant: `span` is a range of byte offsets into the origin's text, on character boundaries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    pub origin: Origin,
    pub span: Option<Range<usize>>,
    /// One sentence without a full stop.
    pub message: String,
    /// What stands beside the underlined words; may be empty.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error in the scenario file at `span`.
    pub fn error(span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            origin: Origin::File,
            span: Some(span),
            message: message.into(),
            label: String::new(),
            help: None,
        }
    }

    /// The words beside the underlining.
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = label.into();
        self
    }

    /// Advice below the excerpt.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// Advice that may be lacking.
    pub fn maybe_help(mut self, help: Option<String>) -> Diagnostic {
        self.help = help.or(self.help);
        self
    }
}

/// Line and column, both from 1, of a byte offset; the column counts characters.
pub fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..offset.min(text.len())];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// The candidate that `word` was most probably meant to be, if one is near enough.
///
/// Near enough is a Damerau–Levenshtein distance of at most a third of the longer word (at least 1).
///
/// ```
/// use dateline::diagnostic::nearest;
/// assert_eq!(nearest("credibilty", ["credibility", "grade"]), Some("credibility"));
/// assert_eq!(nearest("colour", ["credibility", "grade"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > 100 {
        return None;
    }
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= 100)
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| {
            let longer = word.chars().count().max(candidate.chars().count());
            // The word itself is no help: something else is wrong with it.
            *distance > 0 && *distance <= (longer / 3).max(1) && *distance < longer
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "did you mean 'x'?", if there is a near candidate.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, candidates).map(|found| format!("did you mean '{found}'?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        assert_eq!(line_and_column("a\nföö x", 8), (2, 5));
        assert_eq!(line_and_column("", 0), (1, 1));
        assert_eq!(line_and_column("a\n", 2), (2, 1));
    }

    #[test]
    fn suggestions_need_to_be_near() {
        assert_eq!(nearest("viist", ["visit", "tour"]), Some("visit"));
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(nearest("tuor", ["visit", "tour"]), Some("tour"));
    }
}
