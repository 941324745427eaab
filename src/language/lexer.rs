//! A proposition's text in, its words with their places out.

use std::ops::Range;

/// A word, a parenthesis, or a quoted date expression with its quotes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    /// In lower case: case does not matter.
    pub text: String,
    pub span: Range<usize>,
}

impl Token {
    /// Whether the token is a quoted text or a stray quote.
    pub fn is_quoted(&self) -> bool {
        self.text.starts_with(['"', '\''])
    }

    /// The text between the quotes; `None` where the closing one is missing.
    pub fn unquoted(&self) -> Option<&str> {
        (self.text.len() >= 2).then(|| &self.text[1..self.text.len() - 1])
    }

    pub fn is_parenthesis(&self) -> bool {
        self.text == "(" || self.text == ")"
    }
}

/// Splits at white space, parentheses and quotes. A quote that is never closed becomes a token of its own.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(first) = text[rest..].chars().next() {
        let tail = &text[rest..];
        let length = match first {
            c if c.is_whitespace() => {
                rest += c.len_utf8();
                continue;
            }
            '(' | ')' => 1,
            '"' | '\'' => tail[1..].find(first).map_or(1, |close| close + 2),
            _ => tail.find(|c: char| c.is_whitespace() || "()\"'".contains(c)).unwrap_or(tail.len()),
        };
        found.push(Token { text: tail[..length].to_lowercase(), span: rest..rest + length });
        rest += length;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_quotes_and_parentheses_have_their_places() {
        let found = tokens("not (Visit in 'late May')");
        let texts: Vec<&str> = found.iter().map(|t| t.text.as_str()).collect();
        assert_eq!(texts, ["not", "(", "visit", "in", "'late may'", ")"]);
        assert_eq!(found[2].span, 5..10);
        assert_eq!(found[4].unquoted(), Some("late may"));
    }

    #[test]
    fn a_stray_quote_stands_alone() {
        let found = tokens("in \"late May");
        assert_eq!(found[1].text, "\"");
        assert_eq!(found[1].unquoted(), None);
    }
}
