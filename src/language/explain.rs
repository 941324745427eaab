//! Why a text means no window in, words about it out.

use super::window::{Horizon, WindowError};

/// How dates are written.
pub(super) fn date_help() -> String {
    "dates are written like 2024-05-07, 7 May, May 2024, late May, first half of 2024, Q2, 2024-05-01..2024-05-10"
        .to_string()
}

/// Message, label and help for a date expression that means nothing.
pub(crate) fn describe_window_error(
    text: &str,
    error: &WindowError,
    horizon: Option<Horizon>,
) -> (String, String, Option<String>) {
    match error {
        WindowError::NotADate => {
            (format!("'{text}' is no date expression"), "expected a date expression".to_string(), Some(date_help()))
        }
        WindowError::Impossible(why) => (format!("'{text}' means no date: {why}"), why.clone(), None),
        WindowError::AmbiguousYear(years) if years.is_empty() => {
            let place = horizon.map_or(String::new(), |h| format!(" ({} to {})", h.first, h.last));
            (
                format!("'{text}' falls outside the horizon{place}"),
                "needs a year".to_string(),
                Some(format!("add the year, as in '{text} 2024', if a day outside the horizon is meant")),
            )
        }
        WindowError::AmbiguousYear(years) => {
            let list = years.iter().map(i32::to_string).collect::<Vec<_>>().join(" or ");
            (
                format!("'{text}' could be in {list}"),
                "needs a year".to_string(),
                Some(format!("add the year, as in '{text} {}'", years[0])),
            )
        }
    }
}
