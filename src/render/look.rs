//! How text is to look: width, colour, Unicode, and the few marks, numbers and dates made of them.

use crate::answer::Span;
use crate::day::Day;
use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What the place where text goes can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns.
    pub width: usize,
    pub colour: bool,
    /// Whether bars, dashes and arrows may be other than ASCII.
    pub unicode: bool,
}

/// What a piece of text is for, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Heading,
    Name,
    Bar,
    Faint,
    Warning,
}

impl Look {
    /// The text in the colour of what it is for.
    pub(super) fn ink(&self, ink: Ink, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_string();
        }
        let style = match ink {
            Ink::Heading => Style::new().bold().underline(),
            Ink::Name => Style::new().bold(),
            Ink::Bar => AnsiColor::Cyan.on_default(),
            Ink::Faint => Style::new().dimmed(),
            Ink::Warning => AnsiColor::Yellow.on_default(),
        };
        format!("{style}{text}{style:#}")
    }

    fn pick(&self, unicode: &'static str, plain: &'static str) -> &'static str {
        if self.unicode { unicode } else { plain }
    }

    /// The text cut to so many columns, with a mark where something is missing.
    pub(super) fn cut(&self, text: &str, width: usize) -> String {
        if columns(text) <= width {
            return text.to_string();
        }
        let mark = self.pick("…", "..");
        if columns(mark) > width {
            return String::new();
        }
        let mut kept = String::new();
        for c in text.chars() {
            if columns(&kept) + c.width().unwrap_or(0) + columns(mark) > width {
                break;
            }
            kept.push(c);
        }
        kept.trim_end().to_string() + mark
    }

    pub(super) fn dash(&self) -> &'static str {
        self.pick("–", "-")
    }

    pub(super) fn plus_minus(&self) -> &'static str {
        self.pick("±", "+/-")
    }

    /// `79.1 %`, or `79.1 ± 0.3 %` where it has a standard error.
    pub(super) fn estimate(&self, probability: f64, error: Option<f64>) -> String {
        let shown = percent(probability);
        match error.filter(|error| *error > 0.0) {
            None => shown,
            Some(error) => {
                let number = shown.trim_end_matches(" %").to_string();
                format!("{number} {} {}", self.plus_minus(), points(error))
            }
        }
    }

    pub(super) fn arrow(&self) -> &'static str {
        self.pick("→", "->")
    }

    /// `↑ 5.1` or `↓ 0.7`: by how many percentage points a probability rises or falls.
    pub(super) fn change(&self, change: f64) -> String {
        let points = format!("{:.1}", change.abs() * 100.0);
        match (self.unicode, change < 0.0) {
            (true, true) => format!("↓ {points}"),
            (true, false) => format!("↑ {points}"),
            (false, true) => format!("-{points}"),
            (false, false) => format!("+{points}"),
        }
    }

    /// `23 May → 2 Jun`, or `23 May` alone where that is what there was.
    pub(super) fn moved(&self, a: &str, b: &str) -> String {
        if a == b { a.to_string() } else { format!("{a} {} {b}", self.arrow()) }
    }

    pub(super) fn dot(&self) -> &'static str {
        self.pick(" · ", ", ")
    }

    /// A bar of `share` (0 to 1) of `columns`; `solid` for one row's, else for several rows' together.
    pub(super) fn bar(&self, share: f64, columns: usize, solid: bool) -> String {
        self.ink(Ink::Bar, &self.plain_bar(share, columns, solid))
    }

    /// The same without colour, filled up with spaces, which have none.
    pub(super) fn padded_bar(&self, share: f64, width: usize, solid: bool) -> String {
        let bar = self.plain_bar(share, width, solid);
        self.ink(Ink::Bar, &bar) + &" ".repeat(width.saturating_sub(columns(&bar)))
    }

    pub(super) fn plain_bar(&self, share: f64, columns: usize, solid: bool) -> String {
        const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
        let eighths = (share.clamp(0.0, 1.0) * columns as f64 * 8.0).round() as usize;
        match (self.unicode, solid) {
            (true, true) => "█".repeat(eighths / 8) + EIGHTHS[eighths % 8],
            (true, false) => "░".repeat(eighths.div_ceil(8)),
            (false, true) => "#".repeat((eighths + 4) / 8),
            (false, false) => ".".repeat(eighths.div_ceil(8)),
        }
    }

    /// `8 May - 24 Jun`, `16-24 May`, `7 May`; with years where `years` is set.
    pub(super) fn span(&self, span: Span, years: bool) -> String {
        let (from, to) = (span.from, span.to);
        let same_month = from.year() == to.year() && from.month() == to.month();
        let dash = self.dash();
        if from == to {
            date(from, years)
        } else if same_month {
            format!("{}{dash}{}", from.day_of_month(), date(to, years))
        } else {
            let from = date(from, years && from.year() != to.year());
            format!("{from} {dash} {}", date(to, years))
        }
    }
}

/// `7 May` or `7 May 2024`.
pub(super) fn date(day: Day, year: bool) -> String {
    day.format(if year { "%-d %b %Y" } else { "%-d %b" })
}

/// `41.0 %`, with the ends kept apart from certainty: `<0.1 %`, `>99.9 %`, `0 %`, `100 %`.
pub(super) fn percent(probability: f64) -> String {
    let value = probability * 100.0;
    if probability <= 0.0 {
        "0 %".to_string()
    } else if probability >= 1.0 - 1e-12 {
        "100 %".to_string()
    } else if value < 0.05 {
        "<0.1 %".to_string()
    } else if value >= 99.95 {
        ">99.9 %".to_string()
    } else {
        format!("{value:.1} %")
    }
}

/// `0.3 %`: a standard error in percentage points, with two digits where it is small.
pub(super) fn points(error: f64) -> String {
    match error * 100.0 {
        value if value < 0.005 => "<0.01 %".to_string(),
        value if value < 0.1 => format!("{value:.2} %"),
        value => format!("{value:.1} %"),
    }
}

/// `.80`, `1`: a credibility.
pub(super) fn credibility(value: f64) -> String {
    let text = format!("{value:.2}");
    match text.as_str() {
        "1.00" if value < 1.0 => ">.99".to_string(),
        "0.00" if value > 0.0 => "<.01".to_string(),
        "1.00" => "1".to_string(),
        "0.00" => "0".to_string(),
        other => other.trim_start_matches('0').to_string(),
    }
}

/// Columns that a text takes, leaving colours out of account (it must have none).
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// The text filled with spaces to so many columns.
pub(super) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// The same with the spaces before.
pub(super) fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(columns(text))))
}

/// Without control characters, which a hostile file could steer a terminal with.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Words laid out in lines of at most `width` columns; all lines but the first begin with `indent` spaces. A word that no
/// line can hold is cut in pieces.
pub(super) fn wrapped(text: &str, width: usize, indent: usize) -> String {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace().flat_map(|word| pieces(word, width.saturating_sub(indent))) {
        let line = lines.last_mut().expect("there is always a line");
        let empty = line.trim().is_empty();
        if !empty && columns(line) + 1 + columns(word) > width {
            lines.push(format!("{}{word}", " ".repeat(indent)));
        } else {
            if !empty {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

/// A word as it is, or cut every `width` columns.
fn pieces(word: &str, width: usize) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (at, c) in word.char_indices() {
        let more = c.width().unwrap_or(0);
        if used > 0 && used + more > width.max(1) {
            found.push(&word[start..at]);
            (start, used) = (at, 0);
        }
        used += more;
    }
    found.push(&word[start..]);
    found
}

/// Items in a row with `separator` between them, broken into lines of at most `width` columns: between items, and within
/// one only where no line holds it.
pub(super) fn items(items: &[String], separator: &str, width: usize, indent: usize) -> String {
    let end = separator.trim_end();
    let mut text = String::new();
    let mut used = 0;
    for (index, item) in items.iter().enumerate() {
        // Where another one follows, its line may have to end with the separator.
        let last = index + 1 == items.len();
        let room = if last { width } else { width.saturating_sub(columns(end)) };
        let fits = used + columns(separator) + columns(item) <= room;
        if index > 0 && fits {
            text.push_str(separator);
            used += columns(separator);
        } else if index > 0 {
            text.push_str(&format!("{end}\n{}", " ".repeat(indent)));
            used = indent;
        }
        if used + columns(item) <= room {
            text.push_str(item);
            used += columns(item);
        } else {
            let lines = wrapped(item, room.saturating_sub(indent), 0);
            used = indent + columns(lines.lines().last().unwrap_or_default());
            text.push_str(&lines.replace('\n', &format!("\n{}", " ".repeat(indent))));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Look = Look { width: 80, colour: false, unicode: false };

    #[test]
    fn spans_say_no_more_than_needed() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let span = |from: &str, to: &str| Span { from: day(from), to: day(to) };
        assert_eq!(PLAIN.span(span("2024-05-16", "2024-05-24"), false), "16-24 May");
        assert_eq!(PLAIN.span(span("2024-05-08", "2024-06-24"), false), "8 May - 24 Jun");
        assert_eq!(PLAIN.span(span("2024-12-08", "2025-01-02"), true), "8 Dec 2024 - 2 Jan 2025");
        assert_eq!(PLAIN.span(span("2024-05-08", "2024-05-08"), true), "8 May 2024");
    }

    #[test]
    fn percentages_do_not_round_to_certainty() {
        assert_eq!(percent(0.9999), ">99.9 %");
        assert_eq!(percent(1e-20), "<0.1 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percent(0.41), "41.0 %");
        assert_eq!(credibility(0.8), ".80");
        assert_eq!(credibility(0.9999), ">.99");
    }

    #[test]
    fn errors_stand_beside_percentages() {
        assert_eq!(PLAIN.estimate(0.791, None), "79.1 %");
        assert_eq!(PLAIN.estimate(0.791, Some(0.0)), "79.1 %");
        assert_eq!(PLAIN.estimate(0.791, Some(0.0031)), "79.1 +/- 0.3 %");
        assert_eq!(Look { unicode: true, ..PLAIN }.estimate(0.0, Some(0.0005)), "0 ± 0.05 %");
        assert_eq!(points(1e-6), "<0.01 %");
    }

    #[test]
    fn lines_are_wrapped_at_words() {
        assert_eq!(wrapped("one two three", 8, 2), "one two\n  three");
        assert_eq!(wrapped("one-two-three", 8, 2), "one-tw\n  o-thre\n  e");
        assert_eq!(wrapped("一二三", 4, 0), "一二\n三");
    }

    #[test]
    fn items_are_kept_together_where_a_line_holds_them() {
        let laid = |list: &[&str], width| {
            let list: Vec<String> = list.iter().map(|item| item.to_string()).collect();
            items(&list, ", ", width, 2)
        };
        assert_eq!(laid(&["one", "two", "three"], 40), "one, two, three");
        assert_eq!(laid(&["one", "two", "three"], 9), "one, two,\n  three");
        // The comma has to fit as well.
        assert_eq!(laid(&["one", "two", "three"], 8), "one,\n  two,\n  three");
        assert_eq!(laid(&["a", "one two three", "b"], 9), "a,\n  one\n  two\n  three,\n  b");
    }
}
