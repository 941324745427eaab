//! A check in, text for people out.

use super::look::{Ink, Look, padded, printable};
use super::text::{conflicts, warnings};
use crate::answer::{Check, EventBounds, Span};

/// "sound" with every event's first and last possible start, or what cannot hold together.
pub fn check_text(path: &str, check: &Check, look: &Look) -> String {
    let verdict = if check.feasible { "sound" } else { "cannot hold together" };
    let mut text = format!("{}: {verdict}\n", look.ink(Ink::Name, &printable(path)));
    let width = check.bounds.iter().map(|bound| bound.event.len()).max().unwrap_or(0);
    for bound in &check.bounds {
        text.push_str(&format!("  {}  {}\n", padded(&bound.event, width), when(bound, look)));
    }
    text.push_str(&conflicts(&check.conflicts, &check.repairs, look));
    text.push_str(&warnings(&check.warnings, look));
    text
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
