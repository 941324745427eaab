//! A value or key as typed in; TOML that says the same, and where each byte of it was typed, out.

use super::draft::Fragment;
use super::place::Wants;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A value for the file. `at` is where it stands in its argument, `before` what it replaces.
pub(super) fn written(value: &str, at: usize, wants: Wants, before: Option<&str>) -> Fragment {
    let trimmed = value.trim();
    if takes(wants, trimmed) {
        let skipped = value.len() - value.trim_start().len();
        return Fragment::verbatim(trimmed, at + skipped);
    }
    let literal = before.is_some_and(|old| old.starts_with('\'') && !old.starts_with("'''"));
    let plain = !value.chars().any(|c| c == '\'' || (c.is_control() && c != '\t'));
    if literal && plain { single_quoted(value, at) } else { double_quoted(value, at) }
}

/// Whether the text is a TOML value of a kind that is taken as such.
fn takes(wants: Wants, text: &str) -> bool {
    let line = format!("v = {text}");
    let (document, errors) = DeTable::parse_recoverable(&line);
    // Nothing may follow: neither a comment nor a second entry.
    let value = document.get_ref().get("v").filter(|value| value.span() == (4..line.len()));
    let alone = errors.is_empty() && document.get_ref().len() == 1;
    value.filter(|_| alone).is_some_and(|value| match wants {
        Wants::Any => true,
        Wants::Text => matches!(value.get_ref(), DeValue::String(_)),
        Wants::Days => !matches!(value.get_ref(), DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_)),
    })
}

fn single_quoted(text: &str, at: usize) -> Fragment {
    let mut places = vec![at];
    places.extend(at..=at + text.len());
    places.push(at + text.len());
    Fragment::mapped(format!("'{text}'"), places)
}

fn double_quoted(text: &str, at: usize) -> Fragment {
    let mut quoted = String::from("\"");
    let mut places = vec![at];
    for (offset, c) in text.char_indices() {
        let from = quoted.len();
        escape(c, &mut quoted);
        let plain = quoted[from..].len() == c.len_utf8();
        places.extend((0..quoted.len() - from).map(|byte| at + offset + if plain { byte } else { 0 }));
    }
    quoted.push('"');
    places.extend([at + text.len(); 2]);
    Fragment::mapped(quoted, places)
}

/// Adds a character as it stands in a basic string.
fn escape(c: char, quoted: &mut String) {
    match c {
        '"' => quoted.push_str("\\\""),
        '\\' => quoted.push_str("\\\\"),
        '\n' => quoted.push_str("\\n"),
        '\r' => quoted.push_str("\\r"),
        '\t' => quoted.push_str("\\t"),
        c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
        c => quoted.push(c),
    }
}

/// The text that an argument gives, with or without quotes.
pub(super) fn text(argument: &str) -> String {
    let line = format!("v = {}", argument.trim());
    if !takes(Wants::Text, argument.trim()) {
        return argument.to_string();
    }
    let (document, _) = DeTable::parse_recoverable(&line);
    let value = document.get_ref().get("v").and_then(|value| value.get_ref().as_str());
    value.map_or_else(|| argument.to_string(), str::to_string)
}

/// A part of a key as it stands in a file: bare where it may be.
pub(super) fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare { name.to_string() } else { quoted(name) }
}

/// A text as a basic string.
pub(super) fn quoted(text: &str) -> String {
    double_quoted(text, 0).text
}

/// The same, standing for the stretch of an argument that names it.
pub(super) fn key_fragment(name: &str, argument: &Range<usize>) -> Fragment {
    Fragment::standing_for(key(name), argument.clone())
}

/// The quoted part of a key that a text begins with: its content, and how many bytes it takes.
pub(super) fn quoted_key(text: &str) -> Option<(String, usize)> {
    let quote = text.chars().next().filter(|c| *c == '"' || *c == '\'')?;
    let mut escaped = false;
    let length = 2 + text[1..].find(|c: char| {
        let ends = c == quote && !escaped;
        escaped = quote == '"' && c == '\\' && !escaped;
        ends
    })?;
    let line = format!("{} = 0", &text[..length]);
    let (document, errors) = DeTable::parse_recoverable(&line);
    let (key, _) = document.get_ref().iter().next().filter(|_| errors.is_empty())?;
    Some((key.get_ref().to_string(), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str, wants: Wants, before: Option<&str>) -> String {
        let fragment = written(value, 0, wants, before);
        let line = format!("v = {}", fragment.text);
        let (document, errors) = DeTable::parse_recoverable(&line);
        assert!(errors.is_empty() && document.get_ref().len() == 1, "{line}");
        fragment.text
    }

    #[test]
    fn quotes_are_optional_where_no_doubt_arises() {
        for toml in ["0.80", "2024-05-07", "true", "[1, 2]", "{ a = 1 }", "\"x\"", "'x'", "+1e3", "0x1F"] {
            assert_eq!(text(toml, Wants::Any, None), toml);
            assert_eq!(text(&format!(" {toml} "), Wants::Any, None), toml);
        }
        assert_eq!(text("likely", Wants::Any, None), "\"likely\"");
        assert_eq!(text("visit in May", Wants::Text, None), "\"visit in May\"");
        assert_eq!(text("2024", Wants::Text, None), "\"2024\"");
        assert_eq!(text("'quoted'", Wants::Text, None), "'quoted'");
        assert_eq!(text("2024", Wants::Days, None), "\"2024\"");
        assert_eq!(text("2024-05-07", Wants::Days, None), "2024-05-07");
        assert_eq!(text("", Wants::Any, None), "\"\"");
    }

    #[test]
    fn nothing_gets_in_beside_the_value() {
        for value in ["1 # one", "1\nb = 2", "1, b = 2", "1\n[event.x]", "\"a\" \"b\"", "\"", "'a", "{ a = 1"] {
            let found = text(value, Wants::Any, None);
            assert!(found.starts_with('"'), "{found}");
        }
        assert_eq!(text("a\u{0}\u{7f}\t\"\\\r\n\u{85}", Wants::Text, None), r#""a\u0000\u007F\t\"\\\r\n\u0085""#);
    }

    #[test]
    fn the_quotes_of_what_stood_there_are_kept() {
        assert_eq!(text("new", Wants::Text, Some("'old'")), "'new'");
        assert_eq!(text("it's", Wants::Text, Some("'old'")), "\"it's\"");
        assert_eq!(text("new", Wants::Text, Some("'''old'''")), "\"new\"");
        assert_eq!(text("new", Wants::Text, Some("\"old\"")), "\"new\"");
    }

    #[test]
    fn bytes_know_where_they_were_typed() {
        let fragment = written("a\"ä", 10, Wants::Text, None);
        let expected = Fragment::mapped("\"a\\\"ä\"".to_string(), vec![10, 10, 11, 11, 12, 13, 14, 14]);
        assert_eq!(fragment, expected);
        let fragment = written("ab", 3, Wants::Text, Some("''"));
        assert_eq!(fragment, Fragment::mapped("'ab'".to_string(), vec![3, 3, 4, 5, 5]));
    }

    #[test]
    fn keys_are_bare_where_they_may_be() {
        assert_eq!([key("late-may"), key("a.b"), key(""), key("ä")], ["late-may", "\"a.b\"", "\"\"", "\"ä\""]);
        assert_eq!(quoted_key("\"a.\\\"b\\\\\".c"), Some(("a.\"b\\".to_string(), 9)));
        assert_eq!(quoted_key("'a\\'.c"), Some(("a\\".to_string(), 4)));
        assert_eq!([quoted_key("a"), quoted_key("\"a"), quoted_key("\"\\q\""), quoted_key("")], [const { None }; 4]);
    }
}
