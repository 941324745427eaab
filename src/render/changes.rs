//! Changes of a scenario's text in; a line for each, and the difference of the texts, out.

use super::look::{Look, columns, printable};
use crate::scenario::Change;
use similar::TextDiff;

/// Values are cut to no fewer columns than this.
const SHORTEST_VALUE: usize = 24;

/// A line for each change, such as `report.late-may.credibility: 0.8 -> 0.6`.
pub fn changes_text(changes: &[Change], look: &Look) -> String {
    changes.iter().map(|change| line(change, look) + "\n").collect()
}

fn line(change: &Change, look: &Look) -> String {
    let key = printable(&change.key);
    let width = look.width.saturating_sub(columns(&key) + 2);
    // A value of several lines, too, is told in one.
    let value = |text: &str, width: usize| {
        let words: Vec<&str> = text.split_whitespace().collect();
        look.cut(&printable(&words.join(" ")), width.max(SHORTEST_VALUE))
    };
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => {
            let each = width.saturating_sub(4) / 2;
            format!("{key}: {} {} {}", value(before, each), look.arrow(), value(after, each))
        }
        (None, Some(after)) => format!("{key}: added {}", value(after, width.saturating_sub(6))),
        (Some(before), None) => format!("{key}: removed {}", value(before, width.saturating_sub(8))),
        (None, None) => key,
    }
}

/// How two texts differ, in the unified format; `path` names both. Empty where they do not.
pub fn difference(path: &str, before: &str, after: &str) -> String {
    TextDiff::from_lines(before, after).unified_diff().header(path, path).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Look = Look { width: 60, colour: false, unicode: false };

    fn change(before: Option<&str>, after: Option<&str>) -> String {
        let [before, after] = [before, after].map(|text| text.map(str::to_string));
        changes_text(&[Change { key: "rule.a.says".to_string(), before, after }], &PLAIN)
    }

    #[test]
    fn changes_are_told_in_a_line_each() {
        assert_eq!(change(Some("0.8"), Some("0.6")), "rule.a.says: 0.8 -> 0.6\n");
        assert_eq!(change(None, Some("\"x\ty\u{1b}\"")), "rule.a.says: added \"x y\u{fffd}\"\n");
        assert_eq!(change(Some("\"\"\"\nx\n\"\"\""), None), "rule.a.says: removed \"\"\" x \"\"\"\n");
        let long = change(Some(&"word ".repeat(40)), Some(&"x".repeat(99)));
        assert_eq!(long, format!("rule.a.says: word word word word wo.. -> {}..\n", "x".repeat(22)));
        let smart = Look { unicode: true, ..PLAIN };
        let one = Change { key: "a".to_string(), before: Some("1".to_string()), after: Some("2".to_string()) };
        assert_eq!(changes_text(&[one], &smart), "a: 1 → 2\n");
    }

    #[test]
    fn differences_keep_line_ends() {
        let found = difference("f.toml", "a\r\nb", "a\r\nc");
        assert_eq!(
            found,
            "--- f.toml\n+++ f.toml\n@@ -1,2 +1,2 @@\n a\r\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"
        );
        assert_eq!(difference("f.toml", "a\n", "a\n"), "");
    }
}
