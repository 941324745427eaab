//! TOML tables in, typed values with their places out; every mistake is noted and reading goes on.

use super::text::Text;
use crate::day::Day;
use crate::diagnostic::{Diagnostic, did_you_mean};
use std::cell::RefCell;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(super) type Span = Range<usize>;
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// A value and where it stands in the file.
#[derive(Clone, Debug)]
pub(super) struct Located<T> {
    pub value: T,
    pub span: Span,
}

/// The file being read, and what has been found wrong with it so far.
pub(super) struct Reader<'a> {
    pub file: &'a str,
    diagnostics: RefCell<Vec<Diagnostic>>,
}

impl<'a> Reader<'a> {
    pub fn new(file: &'a str) -> Reader<'a> {
        Reader { file, diagnostics: RefCell::new(Vec::new()) }
    }

    pub fn note(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics.into_inner()
    }

    fn wrong_type(&self, value: &Value<'_>, key: &str, expected: &str, help: Option<String>) {
        let found = describe(value.get_ref());
        self.note(
            Diagnostic::error(value.span(), format!("'{key}' wants {expected}, not {found}"))
                .label(format!("expected {expected}"))
                .maybe_help(help),
        );
    }

    /// The value as a table with known keys only; `name` is how messages call it.
    pub fn fields<'r>(
        &'r self,
        value: &'r Value<'a>,
        name: String,
        allowed: &'static [&'static str],
    ) -> Option<Fields<'r, 'a>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(self.known_fields(table, value.span(), name, allowed)),
            _ => {
                self.wrong_type(value, &name, "a table", Some(format!("its keys are: {}", allowed.join(", "))));
                None
            }
        }
    }

    pub fn known_fields<'r>(
        &'r self,
        table: &'r DeTable<'a>,
        span: Span,
        name: String,
        allowed: &'static [&'static str],
    ) -> Fields<'r, 'a> {
        for (key, _) in table.iter() {
            if !allowed.contains(&key.get_ref().as_ref()) {
                self.note(unknown_key(key.span(), key.get_ref(), &name, allowed));
            }
        }
        Fields { reader: self, table, span, name }
    }

    /// A value as a finite number.
    pub fn number(&self, value: &Value<'_>, key: &str, expected: &str) -> Option<Located<f64>> {
        if !matches!(value.get_ref(), DeValue::Integer(_) | DeValue::Float(_)) {
            self.wrong_type(value, key, expected, None);
            return None;
        }
        match any_number(value.get_ref()) {
            Some(number) if number.is_finite() => Some(Located { value: number, span: value.span() }),
            _ => {
                self.note(
                    Diagnostic::error(value.span(), format!("'{key}' is not a finite number"))
                        .label(format!("expected {expected}")),
                );
                None
            }
        }
    }

    /// A value as a number from 0 to 1.
    pub fn probability(&self, value: &Value<'_>, key: &str) -> Option<Located<f64>> {
        const EXPECTED: &str = "a probability from 0 to 1";
        if let DeValue::String(word) = value.get_ref() {
            let hedge = super::report::hedge_term(word).is_some();
            let help = if hedge && key != "hedge" {
                format!("'{word}' says how sure a claim sounds: write hedge = \"{word}\", and a number as {key}")
            } else {
                "write a number, such as 0.7".to_string()
            };
            self.wrong_type(value, key, EXPECTED, Some(help));
            return None;
        }
        let number = self.number(value, key, EXPECTED)?;
        if !(0.0..=1.0).contains(&number.value) {
            let percent = (2.0..=100.0).contains(&number.value);
            let help = percent.then(|| format!("if per cent are meant, write {}", number.value / 100.0));
            let message = format!("'{key}' is {}, which is no probability", number.value);
            self.note(Diagnostic::error(number.span, message).label("expected a number from 0 to 1").maybe_help(help));
            return None;
        }
        Some(number)
    }

    /// A value as a whole number of days in `least..=most`.
    pub fn whole(&self, value: &Value<'_>, key: &str, least: i32, most: i32) -> Option<Located<i32>> {
        let expected = format!("a whole number of days, at least {least}");
        let number = match value.get_ref() {
            DeValue::Integer(_) => whole_number(value.get_ref()),
            DeValue::Float(float) => {
                float.as_str().parse::<f64>().ok().filter(|f| f.fract() == 0.0 && f.abs() < 1e15).map(|f| f as i64)
            }
            _ => {
                self.wrong_type(value, key, &expected, None);
                return None;
            }
        };
        match number.filter(|n| (i64::from(least)..=i64::from(most)).contains(n)) {
            Some(number) => Some(Located { value: number as i32, span: value.span() }),
            None => {
                let shown = self.file.get(value.span()).unwrap_or("");
                let limit = if number.is_some_and(|n| n > i64::from(most)) {
                    format!(" and at most {most}")
                } else {
                    String::new()
                };
                self.note(
                    Diagnostic::error(value.span(), format!("'{key}' cannot be {shown}"))
                        .label(format!("expected {expected}{limit}")),
                );
                None
            }
        }
    }

    /// A value as a date.
    pub fn date(&self, value: &Value<'_>, key: &str) -> Option<Located<Day>> {
        const EXPECTED: &str = "a date (YYYY-MM-DD)";
        let DeValue::Datetime(found) = value.get_ref() else {
            let help = match value.get_ref() {
                DeValue::String(text) if text.parse::<Day>().is_ok() => {
                    Some(format!("dates stand without quotes: {key} = {text}"))
                }
                _ => None,
            };
            self.wrong_type(value, key, EXPECTED, help);
            return None;
        };
        if found.time.is_some() || found.offset.is_some() {
            let help = found.date.map(|d| format!("dates are whole days: {key} = {d}"));
            self.note(
                Diagnostic::error(value.span(), format!("'{key}' wants a day, not a time of day"))
                    .label("expected a date without a time")
                    .maybe_help(help),
            );
            return None;
        }
        let day = found.date.and_then(|d| Day::from_ymd(i32::from(d.year), u32::from(d.month), u32::from(d.day)));
        if day.is_none() {
            self.note(
                Diagnostic::error(value.span(), format!("'{key}' is a date out of range")).label("years are 1 to 9998"),
            );
        }
        day.map(|value_| Located { value: value_, span: value.span() })
    }
}

/// What to say of a key that the table called `name` cannot have; the top of a scenario has no name.
pub(super) fn unknown_key(span: Span, key: &str, name: &str, allowed: &[&str]) -> Diagnostic {
    let place = if name.is_empty() { "at the top of a scenario".to_string() } else { format!("in {name}") };
    let help =
        did_you_mean(key, allowed.iter().copied()).unwrap_or_else(|| format!("the keys are: {}", allowed.join(", ")));
    Diagnostic::error(span, format!("unknown key '{key}' {place}")).label("no such key").help(help)
}

/// How messages call a value.
pub(super) fn describe(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(_) => "a text".to_string(),
        DeValue::Integer(_) | DeValue::Float(_) => "a number".to_string(),
        DeValue::Boolean(value) => format!("'{value}'"),
        DeValue::Datetime(_) => "a date".to_string(),
        DeValue::Array(_) => "a list".to_string(),
        DeValue::Table(_) => "a table".to_string(),
    }
}

fn whole_number(value: &DeValue<'_>) -> Option<i64> {
    match value {
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix()).ok(),
        _ => None,
    }
}

/// The number that a value is, if it is one.
pub(super) fn any_number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(_) => whole_number(value).map(|number| number as f64),
        DeValue::Float(float) => float.as_str().parse().ok(),
        _ => None,
    }
}

/// A table of the file whose keys are all known.
pub(super) struct Fields<'r, 'a> {
    pub reader: &'r Reader<'a>,
    pub table: &'r DeTable<'a>,
    pub span: Span,
    /// How messages call the table, such as `event.visit`.
    pub name: String,
}

impl<'r, 'a> Fields<'r, 'a> {
    pub fn get(&self, key: &str) -> Option<&'r Value<'a>> {
        self.table.get(key)
    }

    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Where the key itself stands.
    pub fn key_span(&self, key: &str) -> Span {
        self.table.get_key_value(key).map_or(self.span.clone(), |(found, _)| found.span())
    }

    /// Notes that a key must be there.
    pub fn missing(&self, key: &str, help: impl Into<String>) {
        self.reader.note(
            Diagnostic::error(self.span.clone(), format!("'{key}' is missing in {}", self.name))
                .label(format!("needs '{key}'"))
                .help(help),
        );
    }

    pub fn text(&self, key: &str) -> Option<Text> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(Text::new(self.reader.file, value.span(), text.to_string())),
            _ => {
                self.reader.wrong_type(value, key, "a text in quotes", None);
                None
            }
        }
    }

    /// A text that must be there.
    pub fn required_text(&self, key: &str, help: &str) -> Option<Text> {
        if !self.has(key) {
            self.missing(key, help);
        }
        self.text(key)
    }

    pub fn boolean(&self, key: &str) -> Option<bool> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(found) => Some(*found),
            _ => {
                self.reader.wrong_type(value, key, "true or false", None);
                None
            }
        }
    }

    pub fn date(&self, key: &str) -> Option<Located<Day>> {
        self.reader.date(self.get(key)?, key)
    }

    pub fn number(&self, key: &str) -> Option<Located<f64>> {
        self.reader.number(self.get(key)?, key, "a number")
    }

    pub fn probability(&self, key: &str) -> Option<Located<f64>> {
        self.reader.probability(self.get(key)?, key)
    }

    /// A table below this one.
    pub fn fields(&self, key: &str, allowed: &'static [&'static str]) -> Option<Fields<'r, 'a>> {
        let name = if self.name.is_empty() { key.to_string() } else { format!("{}.{key}", self.name) };
        self.reader.fields(self.get(key)?, name, allowed)
    }

    /// The entries of a table of tables, such as `[event.NAME]`; `help` shows how one is written.
    pub fn entries(&self, key: &str, help: &str) -> Vec<(Located<String>, &'r Value<'a>)> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Table(table) = value.get_ref() else {
            self.reader.wrong_type(value, key, "named tables", Some(help.to_string()));
            return Vec::new();
        };
        let located =
            |name: &Spanned<_>| Located { value: AsRef::<str>::as_ref(name.get_ref()).to_string(), span: name.span() };
        table.iter().map(|(name, value)| (located(name), value)).collect()
    }

    /// The rows of a list of tables, such as `[[rule]]`.
    pub fn rows(&self, key: &str) -> Vec<&'r Value<'a>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        match value.get_ref() {
            DeValue::Array(rows) => rows.iter().collect(),
            _ => {
                self.reader.wrong_type(value, key, "a list of tables", Some(format!("each row begins with [[{key}]]")));
                Vec::new()
            }
        }
    }
}
