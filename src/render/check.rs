//! A check in, text for people out.

use super::conflict::explanation;
use super::look::{Ink, Look, padded, printable, wrapped};
use super::text::warnings;
use crate::answer::{Check, EventBounds, Span};

/// "sound" with every event's first and last possible start, or what cannot hold together.
pub fn check_text(path: &str, check: &Check, look: &Look) -> String {
    let verdict = if check.feasible { "sound" } else { "cannot hold together" };
    let mut text = format!("{}: {verdict}\n", look.ink(Ink::Name, &printable(path)));
    let width = check.bounds.iter().map(|bound| bound.event.len()).max().unwrap_or(0);
    for bound in &check.bounds {
        text.push_str(&format!("  {}  {}\n", padded(&bound.event, width), when(bound, look)));
    }
    text.push_str(&explanation(&check.explanation, true, look));
    text.push_str(&contradictions(check, look));
    text.push_str(&warnings(&check.warnings, look));
    text
}

/// Which reports contradict each other.
fn contradictions(check: &Check, look: &Look) -> String {
    let mut text = String::new();
    for reports in &check.contradicting_reports {
        let reports: Vec<String> = reports.iter().map(|report| printable(report)).collect();
        let line = match &reports[..] {
            [only] => format!("what {only} reports cannot be true"),
            [one, other] => format!("{one} and {other} cannot both be true"),
            [all @ .., last] => format!("{} and {last} cannot all be true", all.join(", ")),
            [] => continue,
        };
        text.push_str(&format!("  {}\n", wrapped(&line, look.width.saturating_sub(2), 4)));
    }
    if text.is_empty() {
        return text;
    }
    if check.more_contradicting_reports {
        text.push_str("  and there are more, or may be (--limit lists more)\n");
    }
    format!("{}\n{text}", look.ink(Ink::Heading, "reports that contradict each other"))
}

fn when(bound: &EventBounds, look: &Look) -> String {
    match (bound.from, bound.to) {
        (Some(from), Some(to)) if from == to => {
            format!("starts on {}", look.span(Span { from, to }, true))
        }
        (Some(from), Some(to)) => format!("can start {}", look.span(Span { from, to }, true)),
        _ => "cannot occur".to_string(),
    }
}
