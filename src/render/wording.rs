//! Figures, days and names in, the words for them in pictures and pages out.

use super::look::{self, Look};
use crate::answer::{EventForecast, Method, Span};
use crate::day::Day;

/// The look of words in pictures and pages.
pub(super) const LOOK: Look = Look { width: 10_000, colour: false, unicode: true };

/// `8 May – 24 Jun 2024`.
pub(super) fn span(span: Span) -> String {
    let same_year = span.from.year() == span.to.year();
    if !same_year || span.from.month() == span.to.month() {
        return LOOK.span(span, true);
    }
    format!("{} – {}", look::date(span.from, false), look::date(span.to, true))
}

/// `16 May 2024`.
pub(super) fn date(day: Day) -> String {
    look::date(day, true)
}

/// `79.1 %`.
pub(super) fn percent(probability: f64) -> String {
    look::percent(probability)
}

/// What of an event's title and id names it.
pub(super) fn name(id: &str, title: Option<&str>) -> String {
    match title {
        Some(title) if title != id => format!("{title} ({id})"),
        _ => id.to_string(),
    }
}

/// `middle 23 May · 50 % 16–24 May · 95 % not within the horizon`
pub(super) fn figures(event: &EventForecast, years: bool) -> String {
    let middle = match event.median() {
        Some(day) => format!("middle {}", look::date(day, years)),
        None => "more likely than not it does not occur in the horizon".to_string(),
    };
    let mut parts = vec![middle];
    for window in &event.windows {
        let when = match (window.from, window.to) {
            (Some(from), Some(to)) => LOOK.span(Span { from, to }, years),
            _ => "not within the horizon".to_string(),
        };
        parts.push(format!("{:.0} % {when}", window.level * 100.0));
    }
    if event.never > 0.0 {
        parts.push(format!("does not occur {}", percent(event.never)));
    }
    parts.join(" · ")
}

/// `20 Mar – 31 Jul 2024 · nothing known after 20 Mar 2024 · exact`
pub(super) fn about(horizon: Span, as_of: Option<Day>, method: &Method) -> String {
    let known = as_of.map_or(String::new(), |day| format!(" · nothing known after {}", date(day)));
    format!("{}{known} · {}", span(horizon), method_words(method))
}

/// `exact`, or from how many worlds.
pub(super) fn method_words(method: &Method) -> String {
    match method {
        Method::Exact => "exact".to_string(),
        Method::Sampled { samples, effective, seed } => {
            format!("sampled: {samples} worlds (effective {effective}), seed {seed}")
        }
    }
}
