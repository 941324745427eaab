//! A number of things to do in; a bar on standard error that says how far it is out.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal};

/// How far it is, how fast and how long to go, on a terminal; `things` is what is counted, in the plural.
pub fn bar(count: Option<u64>, things: &str) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let (bar, style) = match count {
        Some(count) => {
            let style = format!("{{wide_bar}} {{human_pos}} of {{human_len}} {things}, {{per_sec}}, {{eta}} left");
            (ProgressBar::new(count), style)
        }
        None => (ProgressBar::new_spinner(), format!("{{spinner}} {{human_pos}} {things}, {{per_sec}}")),
    };
    bar.with_style(ProgressStyle::with_template(&style).unwrap_or_else(|_| ProgressStyle::default_bar()))
}
