//! A TOML string in, its content with the way back from every byte of it to the file out.

use std::ops::Range;

/// A string of the file.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub value: String,
    /// Byte range in the file, quotes included.
    pub span: Range<usize>,
    /// File offset of every byte of `value` and of its end; `None` where it cannot be told.
    offsets: Option<Vec<usize>>,
}

impl Text {
    /// `span` must be the range of the string, quotes included, in `file`.
    pub fn new(file: &str, span: Range<usize>, value: String) -> Text {
        let offsets = file.get(span.clone()).and_then(|raw| content_offsets(raw, &value));
        let offsets = offsets.map(|list| list.into_iter().map(|at| at + span.start).collect());
        Text { value, span, offsets }
    }

    /// The file's range for a byte range of the content.
    pub fn locate(&self, part: Range<usize>) -> Range<usize> {
        match &self.offsets {
            Some(offsets) if part.start <= part.end && part.end < offsets.len() => {
                let start = offsets[part.start];
                // The end of a range is just behind its last byte, not where the next one starts.
                let end = if part.end > part.start { offsets[part.end - 1] + 1 } else { start };
                start..end.max(start)
            }
            _ => self.span.clone(),
        }
    }
}

/// For every byte of `content`, and its end, the offset in the TOML string `raw` that it came from.
fn content_offsets(raw: &str, content: &str) -> Option<Vec<usize>> {
    let quote = raw.chars().next().filter(|c| *c == '"' || *c == '\'')?;
    let triple = raw.len() >= 6 && raw.starts_with(&String::from(quote).repeat(3));
    let width = if triple { 3 } else { 1 };
    let end = raw.len().checked_sub(width)?;
    let mut at = width;
    if triple {
        at += if raw[at..].starts_with("\r\n") { 2 } else { usize::from(raw[at..].starts_with('\n')) };
    }
    let mut offsets = Vec::with_capacity(content.len() + 1);
    while at < end {
        let first = raw[at..].chars().next()?;
        if quote == '"' && first == '\\' {
            let (taken, produced) = escape(&raw[at..end])?;
            offsets.extend(std::iter::repeat_n(at, produced));
            at += taken;
        } else {
            let skipped = first == '\r' && raw[at..].starts_with("\r\n") && !content[offsets.len()..].starts_with('\r');
            if !skipped {
                offsets.extend(at..at + first.len_utf8());
            }
            at += first.len_utf8();
        }
    }
    offsets.push(end);
    (offsets.len() == content.len() + 1).then_some(offsets)
}

/// The bytes that an escape sequence takes in the file, and the bytes that it stands for.
fn escape(rest: &str) -> Option<(usize, usize)> {
    let kind = rest[1..].chars().next()?;
    let digits = match kind {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        c if c.is_whitespace() => {
            let taken = rest[1..].len() - rest[1..].trim_start().len();
            return Some((1 + taken, 0));
        }
        _ => return Some((1 + kind.len_utf8(), 1)),
    };
    let code = u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok()?;
    Some((2 + digits, char::from_u32(code)?.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(raw: &str, content: &str, part: Range<usize>) -> String {
        let file = format!("says = {raw}");
        let text = Text::new(&file, 7..file.len(), content.to_string());
        file[text.locate(part)].to_string()
    }

    #[test]
    fn places_inside_strings_of_every_kind() {
        assert_eq!(located("\"visit in May\"", "visit in May", 9..12), "May");
        assert_eq!(located("'visit in May'", "visit in May", 0..5), "visit");
        assert_eq!(located("\"\"\"\nvisit in May\"\"\"", "visit in May", 9..12), "May");
        assert_eq!(located("\"a \\\"b\\\" May\"", "a \"b\" May", 6..9), "May");
        assert_eq!(located("\"\\u00e4 May\"", "ä May", 3..6), "May");
        assert_eq!(located("\"\"\"a \\\n   May\"\"\"", "a May", 2..5), "May");
        assert_eq!(located("\"ä May\"", "ä May", 6..6), "");
    }

    #[test]
    fn what_cannot_be_mapped_is_the_whole_string() {
        assert_eq!(located("\"abc\"", "something else", 0..3), "\"abc\"");
    }
}
