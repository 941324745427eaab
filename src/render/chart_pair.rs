//! Two distributions of one event in, a chart with a column for each and marks where they differ out.

use super::chart::{Row, rows};
use super::look::{Ink, Look, columns, padded, percent, right};
use crate::answer::{DayProbability, Span};

/// Rows that differ by less than this are not marked. A probability.
const MARKED: f64 = 0.005;
/// The longest bar in columns.
const LONGEST: usize = 30;
/// Shorter bars show nothing.
const SHORTEST: usize = 4;
/// What the last row is called.
const NEVER: &str = "does not occur";
/// Columns of a number of per cent, and of a mark.
const NUMBER: usize = 5;
const MARK: usize = 6;

/// What is drawn.
pub(super) struct Pair<'p> {
    pub days: [&'p [DayProbability]; 2],
    /// Probabilities of not occurring.
    pub never: [f64; 2],
    /// What a row, and not occurring, may differ by for chance alone.
    pub chance: f64,
    pub never_chance: f64,
    /// Where most of the probability lies.
    pub bulk: Span,
    pub years: bool,
}

/// How the lines of a chart are divided.
struct Layout {
    label: usize,
    /// Columns of each bar; 0 where there is no room for them.
    bar: usize,
    /// Whether labels have lines of their own.
    apart: bool,
}

/// The chart's lines, each with two spaces before.
pub(super) fn chart_pair(pair: &Pair<'_>, look: &Look) -> Vec<String> {
    let rows = rows(&pair.days, pair.bulk, pair.years, look);
    let greatest = rows.iter().flat_map(|row| &row.probabilities).copied().fold(f64::MIN_POSITIVE, f64::max);
    let layout = Layout::new(&rows, look);
    let blank = " ".repeat(layout.bar);
    let head = ["a %", "b %"].map(str::to_string);
    let mut lines = vec![look.ink(Ink::Faint, layout.line("", &head, &[&blank, &blank], "").trim_end())];
    let mut draw = |label: &str, sides: [f64; 2], bars: [&str; 2], chance: f64| {
        if layout.apart {
            lines.push(format!("  {label}"));
        }
        let label = if layout.apart { "" } else { label };
        let numbers = sides.map(|probability| percent(probability).trim_end_matches(" %").to_string());
        let change = sides[1] - sides[0];
        let marked = change.abs() >= MARKED.max(chance);
        let mark = if marked { look.change(change) } else { String::new() };
        lines.push(layout.line(label, &numbers, &bars, &mark).trim_end().to_string());
    };
    for row in &rows {
        let sides = [row.probabilities[0], row.probabilities[1]];
        let [a, b] = sides.map(|probability| look.padded_bar(probability / greatest, layout.bar, row.single));
        draw(&row.label, sides, [&a, &b], pair.chance);
    }
    if pair.never.iter().any(|never| *never > 0.0) {
        draw(NEVER, pair.never, [&blank, &blank], pair.never_chance);
    }
    lines
}

impl Layout {
    fn new(rows: &[Row], look: &Look) -> Layout {
        let label = rows.iter().map(|row| columns(&row.label)).fold(columns(NEVER), usize::max);
        // Gaps of two columns between label, sides and mark.
        let fixed = |label: usize| 2 + label + 2 + NUMBER + 2 + NUMBER + 2 + MARK;
        let room = look.width.saturating_sub(fixed(label) + 2) / 2;
        let bar = if room < SHORTEST { 0 } else { room.min(LONGEST) };
        let apart = bar == 0 && fixed(label) > look.width;
        Layout { label: if apart { 2 } else { label }, bar, apart }
    }

    /// A line of a label, the number and the bar of both sides, and a mark.
    fn line(&self, label: &str, numbers: &[String; 2], bars: &[&str; 2], mark: &str) -> String {
        let gap = if self.bar > 0 { " " } else { "" };
        let [a, b] = [0, 1].map(|side| format!("{}{gap}{}", right(&numbers[side], NUMBER), bars[side]));
        format!("  {}  {a}  {b}  {}", padded(label, self.label), right(mark, MARK))
    }
}
