//! A text and a place in it in; where the lines around it begin and end, and what they hold, out.

/// A byte order mark stands before the first line.
const MARK: &str = "\u{feff}";

/// Where the first line begins.
pub(super) fn beginning(text: &str) -> usize {
    if text.starts_with(MARK) { MARK.len() } else { 0 }
}

/// Where the line of a place begins.
pub(super) fn start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(beginning(text), |newline| newline + 1)
}

/// Where the line of a place ends, before its line end.
pub(super) fn end(text: &str, at: usize) -> usize {
    let newline = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    if newline < text.len() && text[at..newline].ends_with('\r') { newline - 1 } else { newline }
}

/// Where the line after that of a place begins; the text's end where there is none.
pub(super) fn next(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1)
}

/// Where the line before begins; `at` must be the beginning of a line.
pub(super) fn previous(text: &str, at: usize) -> Option<usize> {
    (at > beginning(text)).then(|| start(text, at - 1))
}

/// Where the line before ends, before its line end; `at` must be the beginning of a line, but not of the first.
pub(super) fn end_of_previous(text: &str, at: usize) -> usize {
    let width = if text[..at].ends_with("\r\n") { 2 } else { 1 };
    at - width
}

/// How lines end here: as the line of a place does, else as the one before.
pub(super) fn newline(text: &str, at: usize) -> &'static str {
    let rest = &text[end(text, at)..];
    let windows = if rest.is_empty() { text[..start(text, at)].ends_with("\r\n") } else { rest.starts_with("\r\n") };
    if windows { "\r\n" } else { "\n" }
}

/// The spaces and tabs that the line of a place begins with.
pub(super) fn indentation(text: &str, at: usize) -> &str {
    let line = &text[start(text, at)..end(text, at)];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// Whether the line that begins here has nothing on it.
pub(super) fn is_blank(text: &str, at: usize) -> bool {
    text[at..end(text, at)].trim().is_empty()
}

/// Whether the line that begins here has nothing but a comment on it.
pub(super) fn is_comment(text: &str, at: usize) -> bool {
    text[at..end(text, at)].trim_start().starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_they_do() {
        let text = "\u{feff}a\r\n bb\n\n#c";
        for (at, begins, ends) in [(3, 3, 4), (4, 3, 4), (8, 6, 9), (10, 10, 10), (12, 11, 13)] {
            assert_eq!((start(text, at), end(text, at)), (begins, ends), "{at}");
        }
        assert_eq!([3, 6, 10, 11].map(|at| previous(text, at)), [None, Some(3), Some(6), Some(10)]);
        assert_eq!((end_of_previous(text, 6), end_of_previous(text, 10), next(text, 3)), (4, 9, 6));
        assert_eq!([3, 7, 12].map(|at| newline(text, at)), ["\r\n", "\n", "\n"]);
        assert_eq!(newline("a\r\nb", 4), "\r\n", "the last line takes the one before for its example");
        assert_eq!((indentation(text, 8), indentation(text, 3)), (" ", ""));
        assert!(is_blank(text, 10) && is_comment(text, 11) && !is_comment(text, 6));
    }
}
