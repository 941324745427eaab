//! Entries of a file in; a further one, laid out as they are, out.

use super::draft::Fragment;
use super::lines;
use super::tree::{Solid, Tree};
use unicode_width::UnicodeWidthStr;

/// How the entries of a section are laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Style {
    pub indentation: String,
    /// The column of the equals signs, where they stand one below the other.
    column: Option<usize>,
    /// What stands before and after the equals sign where they do not.
    around: (String, String),
}

impl Style {
    /// The style of some entries; of the usual one where there are none.
    pub fn of(tree: &Tree<'_>, entries: &[&Solid]) -> Style {
        let Some(last) = entries.last() else {
            return Style::plain(String::new());
        };
        let indentation = lines::indentation(tree.text, last.span.start).to_string();
        let marks: Vec<Mark<'_>> = entries.iter().filter_map(|entry| Mark::of(tree, entry)).collect();
        let Some(mark) = marks.last() else {
            return Style::plain(indentation);
        };
        let before = if mark.before.is_empty() { "" } else { " " };
        let around = (before.to_string(), mark.after.to_string());
        Style { indentation, column: shared_column(&marks), around }
    }

    fn plain(indentation: String) -> Style {
        Style { indentation, column: None, around: (" ".to_string(), " ".to_string()) }
    }

    /// For several new entries: their equals signs one below the other if those of the examples are.
    pub fn for_keys<'k>(self, keys: impl Iterator<Item = &'k str>) -> Style {
        let widest = keys.map(UnicodeWidthStr::width).max().unwrap_or(0);
        let column = self.column.map(|_| self.indentation.width() + widest + self.around.0.width());
        Style { column, ..self }
    }

    /// An entry in a line, without the line's end.
    pub fn entry(&self, key: Vec<Fragment>, value: Vec<Fragment>) -> Vec<Fragment> {
        let width: usize = key.iter().map(|fragment| fragment.text.width()).sum();
        let begun = self.indentation.width() + width;
        let (before, after) = &self.around;
        let missing = self.column.map_or(0, |column| column.saturating_sub(begun));
        let padding = " ".repeat(missing.max(before.width()));
        let mut line = vec![Fragment::filler(self.indentation.clone())];
        line.extend(key);
        line.push(Fragment::filler(format!("{padding}={after}")));
        line.extend(value);
        line
    }
}

/// The equals sign of an entry.
struct Mark<'t> {
    before: &'t str,
    after: &'t str,
    /// The columns before it, with and without the spaces.
    column: usize,
    key_end: usize,
}

impl<'t> Mark<'t> {
    fn of(tree: &Tree<'t>, entry: &Solid) -> Option<Mark<'t>> {
        let between = entry.between.clone()?;
        let (before, after) = tree.text[between.clone()].split_once('=')?;
        let line = lines::start(tree.text, entry.span.start);
        let key_end = tree.text[line..between.start].width();
        Some(Mark { before, after, column: key_end + before.width(), key_end })
    }
}

/// The column in which all equals signs stand, unless that needs no care.
fn shared_column(marks: &[Mark<'_>]) -> Option<usize> {
    let first = marks.first()?;
    let same = marks.iter().all(|mark| mark.column == first.column);
    let padded = marks.iter().any(|mark| mark.before.width() > 1);
    (same && padded).then_some(first.column)
}

/// Whether some of the entries are padded, for example `id   = "a"`.
pub(super) fn shows_alignment(tree: &Tree<'_>, entries: &[&Solid]) -> bool {
    let marks: Vec<Mark<'_>> = entries.iter().filter_map(|entry| Mark::of(tree, entry)).collect();
    let widths_differ = marks.iter().any(|mark| mark.key_end != marks[0].key_end);
    widths_differ || marks.iter().any(|mark| mark.before.width() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str, key: &str) -> String {
        let tree = Tree::parse(text).unwrap();
        let entries: Vec<&Solid> = tree.top_entries().iter().collect();
        let line = Style::of(&tree, &entries).entry(vec![Fragment::filler(key)], vec![Fragment::filler("1")]);
        line.into_iter().map(|fragment| fragment.text).collect()
    }

    #[test]
    fn a_further_entry_looks_like_its_neighbours() {
        assert_eq!(added("", "new"), "new = 1");
        assert_eq!(added("a = 1\nlong = 2\n", "new"), "new = 1");
        assert_eq!(added("a    = 1\nlong = 2\n", "new"), "new  = 1");
        assert_eq!(added("a    = 1\nlong = 2\n", "longer"), "longer = 1");
        assert_eq!(added("id  = 1", "says"), "says = 1");
        assert_eq!(added("id  = 1", "a"), "a   = 1");
        assert_eq!(added("a=1\nlong=2\n", "new"), "new=1");
        assert_eq!(added("\ta\t= 1\n", "new"), "\tnew = 1");
        assert_eq!(added("  a =  1\n", "new"), "  new =  1");
        assert_eq!(added("ab = 1\ncd = 2\n", "new"), "new = 1");
    }
}
