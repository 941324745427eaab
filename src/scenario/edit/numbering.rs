//! Rows that were taken out in; the numbers that the rows left had before, out.

use std::collections::HashMap;

/// The numbers of rows and of members of lists, which stay what they were in the file while others are removed: several
/// edits are asked for by somebody who sees the file as it was.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbering {
    /// By the list's path: the numbers that are gone, in order.
    removed: HashMap<String, Vec<usize>>,
}

impl Numbering {
    /// The numbers, from 0, of so many rows.
    pub fn numbers(&self, list: &str, count: usize) -> Vec<usize> {
        let removed = self.removed.get(list).map_or(&[][..], Vec::as_slice);
        let left = (0..).filter(|number| removed.binary_search(number).is_err());
        left.take(count).collect()
    }

    /// Takes the row out that is at a position now.
    pub fn remove(&mut self, list: &str, position: usize) {
        let number = self.numbers(list, position + 1)[position];
        let removed = self.removed.entry(list.to_string()).or_default();
        removed.insert(removed.partition_point(|other| *other < number), number);
    }

    /// What is at a path and below is no longer what it was.
    pub fn forget(&mut self, path: &str) {
        let below = format!("{path}.");
        self.removed.retain(|list, _| list != path && !list.starts_with(&below));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_while_rows_go() {
        let mut numbering = Numbering::default();
        numbering.remove("rule", 1);
        numbering.remove("rule", 0);
        assert_eq!(numbering.numbers("rule", 2), [2, 3]);
        // What is added comes after all that there was.
        assert_eq!(numbering.numbers("rule", 3), [2, 3, 4]);
        assert_eq!(numbering.numbers("report", 2), [0, 1]);
        numbering.forget("rule");
        assert_eq!(numbering.numbers("rule", 2), [0, 1]);
    }
}
