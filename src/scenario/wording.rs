//! A TOML value in; what it means and how it is shown, each in a line of text, out.

use super::reader::{Value, any_number};
use super::report::hedge_term;
use std::borrow::Cow;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A proposition or date expression without what does not matter in it.
pub(super) fn spoken(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<&str>>().join(" ")
}

/// Values of a key that mean the same have the same text.
pub(super) fn meaning(key: &str, value: &DeValue<'_>) -> String {
    match (key, value) {
        ("says" | "ask" | "window" | "in", DeValue::String(text)) => spoken(text),
        ("hedge", DeValue::String(word)) if hedge_term(word).is_some() => format!("{:?}", hedge_term(word)),
        ("hedge", DeValue::Integer(_) | DeValue::Float(_)) => format!("{:?}", any_number(value)),
        // The name of one event is a list of one.
        ("after", DeValue::String(name)) => format!("[{name:?}]"),
        // So many days either way.
        ("slip", DeValue::Integer(_) | DeValue::Float(_)) => {
            let days = any_number(value);
            format!("{{early={days:?},late={days:?}}}")
        }
        (_, DeValue::Array(list)) => {
            // Lists of holidays, names and weights say the same in any order.
            let mut each: Vec<String> = list.iter().map(|value| meaning("", value.get_ref())).collect();
            each.sort();
            format!("[{}]", each.join(","))
        }
        (_, DeValue::Table(table)) => meaning_of_table(table, |_| true),
        (_, DeValue::Datetime(date)) => date.to_string(),
        (_, DeValue::Integer(_) | DeValue::Float(_)) => format!("{:?}", any_number(value)),
        (_, DeValue::String(text)) => format!("{text:?}"),
        (_, DeValue::Boolean(truth)) => truth.to_string(),
    }
}

pub(super) fn meaning_of_table(table: &DeTable<'_>, counts: impl Fn(&str) -> bool) -> String {
    let counting = table.iter().filter(|(key, _)| counts(key.get_ref()));
    let mut each: Vec<String> =
        counting.map(|(key, value)| format!("{}={}", key.get_ref(), meaning(key.get_ref(), value.get_ref()))).collect();
    each.sort();
    format!("{{{}}}", each.join(","))
}

/// A value as people write it: texts without quotes.
pub(super) fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        other => inline(other),
    }
}

/// A value as TOML in one line.
fn inline(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(number) => any_number(value).map_or_else(|| number.to_string(), plain),
        DeValue::Float(number) => any_number(value).map_or_else(|| number.to_string(), plain),
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Datetime(date) => date.to_string(),
        DeValue::Array(list) => {
            let each: Vec<String> = list.iter().map(|value| inline(value.get_ref())).collect();
            format!("[{}]", each.join(", "))
        }
        DeValue::Table(table) => inline_table(table),
    }
}

pub(super) fn inline_table(table: &DeTable<'_>) -> String {
    if table.is_empty() {
        return "{}".to_string();
    }
    let pair = |(key, value): (&Spanned<Cow<'_, str>>, &Value<'_>)| {
        format!("{} = {}", segment(key.get_ref()), inline(value.get_ref()))
    };
    format!("{{ {} }}", table.iter().map(pair).collect::<Vec<String>>().join(", "))
}

/// A number without needless digits, and with an exponent where there would be many zeros.
fn plain(number: f64) -> String {
    let moderate = number == 0.0 || (1e-6..1e15).contains(&number.abs());
    if moderate { number.to_string() } else { format!("{number:e}") }
}

/// A key as it stands in a path: in quotes where it could be taken for something else.
pub(super) fn segment(key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if bare { key.to_string() } else { format!("{key:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether two values of a key, as TOML, mean the same.
    fn same(key: &str, a: &str, b: &str) -> bool {
        let means = |text: &str| {
            let text = format!("x = {text}");
            let table = DeTable::parse(&text).unwrap().into_inner();
            meaning(key, table["x"].get_ref())
        };
        means(a) == means(b)
    }

    #[test]
    fn spelling_means_nothing() {
        for (key, a, b) in [
            ("occurs", "0.80", "0.8"),
            ("occurs", "1", "1.0"),
            ("duration", "1_0", "0xA"),
            ("says", "'Visit  in May'", "\"visit in may\""),
            ("window", "2024-05-07", "'2024-05-07'"),
            ("hedge", "'Likely'", "0.675"),
            ("after", "'visit'", "['visit']"),
            ("after", "['visit', 'tour']", "['tour', 'visit']"),
            ("slip", "3", "{ late = 3, early = 3 }"),
            ("prior", "{ low = 1, high = 2 }", "{ high = 2.0, low = 1.0 }"),
            ("holidays", "[2024-05-01, 2024-05-09]", "[2024-05-09, 2024-05-01]"),
        ] {
            assert!(same(key, a, b), "{key}: {a} and {b}");
        }
    }

    #[test]
    fn what_matters_is_told_apart() {
        for (key, a, b) in [
            ("occurs", "0.8", "0.81"),
            ("title", "'Visit'", "'visit'"),
            ("title", "'1'", "1"),
            ("on", "2024-05-07", "2024-05-08"),
            ("slip", "3", "{ early = 3, late = 4 }"),
            ("after", "'visit'", "['visit', 'tour']"),
            ("holidays", "[2024-05-01]", "[2024-05-01, 2024-05-01]"),
            ("visible", "true", "false"),
        ] {
            assert!(!same(key, a, b), "{key}: {a} and {b}");
        }
    }

    #[test]
    fn values_are_shown_as_people_write_them() {
        let text = "a = 0.80\nb = 'x y'\nc = { shape = 'pert', low = 2024-05-01 }\nd = ['x', 1e100]\ne = 1_000";
        let table = DeTable::parse(text).unwrap().into_inner();
        let each: Vec<String> = table.values().map(|value| shown(value.get_ref())).collect();
        assert_eq!(each, ["0.8", "x y", "{ shape = \"pert\", low = 2024-05-01 }", "[\"x\", 1e100]", "1000"]);
        assert_eq!((segment("late-may"), segment("a.b")), ("late-may".to_string(), "\"a.b\"".to_string()));
    }
}
