//! The words of the language: which are reserved, which may name an event.

/// Months as (full name, abbreviation).
pub(super) const MONTHS: [(&str, &str); 12] = [
    ("january", "jan"),
    ("february", "feb"),
    ("march", "mar"),
    ("april", "apr"),
    ("may", "may"),
    ("june", "jun"),
    ("july", "jul"),
    ("august", "aug"),
    ("september", "sep"),
    ("october", "oct"),
    ("november", "nov"),
    ("december", "dec"),
];

/// Monday first.
pub(super) const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Every other word of the grammar and of the date expressions.
const GRAMMAR: &[&str] = &[
    "before",
    "after",
    "in",
    "on",
    "by",
    "no",
    "later",
    "earlier",
    "than",
    "within",
    "of",
    "at",
    "least",
    "most",
    "and",
    "or",
    "not",
    "if",
    "then",
    "occurs",
    "during",
    "contains",
    "overlaps",
    "meets",
    "starts",
    "ends",
    "with",
    "coincides",
    "day",
    "days",
    "week",
    "weeks",
    "working",
    "to",
    "a",
    "an",
    "the",
    "weekday",
    "weekend",
    "holiday",
    "start",
    "end",
    "beginning",
    "early",
    "mid",
    "late",
    "first",
    "second",
    "latter",
    "half",
    "around",
    "q1",
    "q2",
    "q3",
    "q4",
];

/// What may follow the subject of a statement, for suggestions.
pub(super) const PREDICATES: &[&str] = &[
    "before",
    "after",
    "in",
    "on",
    "by",
    "no",
    "within",
    "at",
    "occurs",
    "during",
    "contains",
    "overlaps",
    "meets",
    "starts",
    "ends",
    "coincides",
];

/// 1 to 12 for a month's name or abbreviation in lower case.
pub(super) fn month_number(word: &str) -> Option<u32> {
    if word == "sept" {
        return Some(9);
    }
    MONTHS.iter().position(|(full, short)| word == *full || word == *short).map(|i| i as u32 + 1)
}

/// 0 for Monday to 6 for Sunday.
pub(super) fn weekday_number(word: &str) -> Option<usize> {
    WEEKDAYS.iter().position(|name| word == *name)
}

/// Whether a word in lower case belongs to the language and so cannot name an event.
pub fn is_reserved(word: &str) -> bool {
    GRAMMAR.contains(&word) || month_number(word).is_some() || weekday_number(word).is_some()
}

/// Whether a word has the form of an event's name: `[a-z][a-z0-9_-]*`.
pub fn is_event_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_date_expressions_are_reserved() {
        for word in ["may", "sept", "sunday", "latter", "q3", "coincides", "holiday", "working"] {
            assert!(is_reserved(word), "{word}");
        }
        assert!(!is_reserved("visit"));
    }

    #[test]
    fn event_names_are_lower_case_words() {
        assert!(is_event_name("tour-2_b"));
        assert!(!is_event_name("Tour"));
        assert!(!is_event_name("2tour"));
        assert!(!is_event_name(""));
    }
}
