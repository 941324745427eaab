//! The words of an edit in; the edit, or what is wrong with its words, out.

use super::super::Invalid;
use super::value::quoted_key;
use crate::diagnostic::{Diagnostic, Origin};
use std::fmt;

/// One change of a scenario's text.
///
/// Keys are paths such as `event.visit.duration`, `report.late-may.credibility` or `event.visit.prior.weights.0.weight`.
/// Rows are named by their ids, members of lists by their numbers from 0. Parts may stand in quotes as in TOML.
/// Values are TOML, or text without quotes where no doubt arises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Gives a key a value. Of `credibility`, `grade` and `likelihood_ratio` one takes another's place.
    Set { key: String, value: String },
    /// Takes out a key, a row, a table or a list's member.
    Remove { key: String },
    /// Adds a row (`rule`, `report`, `observation`, `query`, `goal`) or a table whose name is its `id` (`event`, `source`,
    /// `decision`).
    Add { kind: String, entries: Vec<(String, String)> },
}

impl Edit {
    /// `KEY=VALUE` as the edit that sets it.
    ///
    /// # Errors
    /// Where there is no `=`.
    pub fn set(argument: &str) -> Result<Edit, Invalid> {
        match split(argument) {
            Some((key, value)) => Ok(Edit::Set { key, value }),
            None => Err(invalid(no_sign(argument, 0..argument.len()), "--set", argument)),
        }
    }

    /// A kind and `KEY=VALUE` for each key of what is to be added.
    ///
    /// # Errors
    /// Where there is no `=` in one of these.
    pub fn add(kind: &str, entries: &[String]) -> Result<Edit, Invalid> {
        let whole = std::iter::once(kind).chain(entries.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
        let mut at = kind.len() + 1;
        let mut split_entries = Vec::new();
        for entry in entries {
            match split(entry) {
                Some(found) => split_entries.push(found),
                None => return Err(invalid(no_sign(entry, at..at + entry.len()), "--add", &whole)),
            }
            at += entry.len() + 1;
        }
        Ok(Edit::Add { kind: kind.to_string(), entries: split_entries })
    }

    /// The edit as an argument of this option, for diagnostics.
    pub(super) fn origin(&self) -> Origin {
        let option = match self {
            Edit::Set { .. } => "--set",
            Edit::Remove { .. } => "--remove",
            Edit::Add { .. } => "--add",
        };
        Origin::Argument { option: option.to_string(), text: self.argument() }
    }

    fn argument(&self) -> String {
        match self {
            Edit::Set { key, value } => format!("{key}={value}"),
            Edit::Remove { key } => key.clone(),
            Edit::Add { kind, entries } => {
                let entries = entries.iter().map(|(key, value)| format!(" {key}={value}"));
                kind.clone() + &entries.collect::<String>()
            }
        }
    }
}

impl fmt::Display for Edit {
    /// As on the command line of `dateline set`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Edit::Set { .. } => f.write_str(&self.argument()),
            Edit::Remove { .. } => write!(f, "--remove {}", self.argument()),
            Edit::Add { .. } => write!(f, "--add {}", self.argument()),
        }
    }
}

/// Key and value around the first equals sign that is not in quotes.
fn split(argument: &str) -> Option<(String, String)> {
    let mut at = 0;
    let mut part_begins = true;
    while let Some(c) = argument[at..].chars().next() {
        let quoted = if part_begins { quoted_key(&argument[at..]) } else { None };
        part_begins = c == '.' || (part_begins && c.is_whitespace());
        at += match quoted {
            Some((_, length)) => length,
            None if c == '=' => return Some((argument[..at].to_string(), argument[at + 1..].to_string())),
            None => c.len_utf8(),
        };
    }
    None
}

fn no_sign(word: &str, at: std::ops::Range<usize>) -> Diagnostic {
    Diagnostic::error(at, format!("'{word}' gives no value")).label("expected KEY=VALUE")
}

fn invalid(diagnostic: Diagnostic, option: &str, text: &str) -> Invalid {
    let origin = Origin::Argument { option: option.to_string(), text: text.to_string() };
    Invalid { diagnostics: vec![Diagnostic { origin, ..diagnostic }] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(argument: &str) -> (String, String) {
        match Edit::set(argument) {
            Ok(Edit::Set { key, value }) => (key, value),
            other => panic!("{argument}: {other:?}"),
        }
    }

    #[test]
    fn keys_end_at_the_first_sign_outside_quotes() {
        let pair = |key: &str, value: &str| (key.to_string(), value.to_string());
        assert_eq!(set("a.b=c=d"), pair("a.b", "c=d"));
        assert_eq!(set("report.\"a=b\".says=x"), pair("report.\"a=b\".says", "x"));
        assert_eq!(set("report. 'a=b' .says=x"), pair("report. 'a=b' .says", "x"));
        assert_eq!(set("report.say \"a=b"), pair("report.say \"a", "b"), "a quote that ends nowhere is none");
        assert_eq!(set("="), pair("", ""));
        assert_eq!(set("a="), pair("a", ""));
    }

    #[test]
    fn what_gives_no_value_is_told_by_its_place() {
        let wrong = Edit::set("title").unwrap_err().diagnostics.remove(0);
        assert_eq!((wrong.message.as_str(), wrong.span), ("'title' gives no value", Some(0..5)));
        let wrong = Edit::add("rule", &["id=a".to_string(), "says".to_string()]).unwrap_err().diagnostics.remove(0);
        assert_eq!(wrong.span, Some(10..14));
        assert_eq!(wrong.origin, Origin::Argument { option: "--add".to_string(), text: "rule id=a says".to_string() });
    }
}
