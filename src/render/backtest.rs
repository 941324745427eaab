//! A back-test in, a table for people out: the forecast beside its baselines, and whether it held what it said.

use super::learn::{counted, learned_text};
use super::look::{Ink, Look, padded, right, wrapped};
use super::score::{coverage, figure, reliability};
use crate::answer::{Average, Backtest, DateFigures};

/// The columns of a figure, and of what it is called.
const FIGURE: usize = 16;
const LABEL: usize = 16;

/// The whole back-test.
pub fn backtest_text(found: &Backtest, look: &Look) -> String {
    let summary = &found.summary;
    let mut head = format!(
        "{}, {}: {} made on the evenings of {} that name a date, each with what earlier outcomes had taught",
        counted(found.cases, "case"),
        counted(found.rows, "statement"),
        counted(found.evaluations.iter().filter(|evaluation| evaluation.statements > 0).count(), "forecast"),
        counted(summary.statements, "statement")
    );
    if found.left_out > 0 {
        let plural = if found.left_out == 1 { "" } else { "s" };
        head.push_str(&format!("; {} statement{plural} of another century left out", found.left_out));
    }
    if found.late > 0 {
        let plural = if found.late == 1 { "" } else { "s" };
        head.push_str(&format!("; {} statement{plural} made after the outcome left out", found.late));
    }
    let mut parts = vec![format!("{}\n", look.ink(Ink::Faint, &wrapped(&head, look.width, 0))), figures(found, look)];
    parts.push(coverage(&summary.coverage, look));
    let asked = look.ink(Ink::Heading, "started by the stated day, a week later, a month later?");
    parts.push(format!("{asked}\n{}", reliability(&summary.reliability, look)));
    parts.push(format!("{}\n{}", look.ink(Ink::Heading, "learned"), learned_text(&found.learned, look)));
    parts.join("\n")
}

fn figures(found: &Backtest, look: &Look) -> String {
    let summary = &found.summary;
    let names = ["forecast", "last statement", "base rate", "no reports"];
    let header: String = names.iter().map(|name| right(name, FIGURE)).collect();
    let mut text = format!("{}{}\n", " ".repeat(LABEL), look.ink(Ink::Faint, &header));
    let dates: [&DateFigures; 3] = [&summary.forecast, &summary.base_rate, &summary.no_reports];
    let [forecast, base_rate, no_reports] = dates.map(|figures| &figures.figures);
    let all = [forecast, &summary.latest_statement, base_rate, no_reports];
    let line = |name: &str, cells: [String; 4]| {
        let cells: String = cells.iter().map(|cell| right(cell, FIGURE)).collect();
        format!("{}{cells}\n", padded(name, LABEL))
    };
    text.push_str(&line("days off, mean", all.map(|figures| figure(&figures.absolute_error, look))));
    let median = |value: Option<f64>| value.map_or("-".to_string(), |days| format!("{days:.1}"));
    text.push_str(&line("days off, median", all.map(|figures| median(figures.median_absolute_error))));
    text.push_str(&line("CRPS, days", all.map(|figures| figure(&figures.crps, look))));
    let log = |figures: &DateFigures| figure(&figures.log_score, look);
    let none = Average { mean: None, error: None, count: 0 };
    let logs = [log(dates[0]), figure(&none, look), log(dates[1]), log(dates[2])];
    text.push_str(&line("log score, nats", logs));
    if dates.iter().any(|figures| figures.impossible > 0) {
        let [a, b, c] = dates.map(|figures| figures.impossible.to_string());
        text.push_str(&line("held impossible", [a, "-".to_string(), b, c]));
    }
    text
}
