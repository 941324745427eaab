//! The rows of two scenarios in; which of them are one and the same row, by id or by what they say, out.

use std::collections::{HashMap, VecDeque};

/// What a rule, report, observation or query is recognised by.
#[derive(Clone, Debug)]
pub struct Row<'r> {
    pub id: &'r str,
    /// Whether the id says no more than where the row stands, as `rule-1` does.
    pub by_position: bool,
    /// What it says.
    pub words: &'r str,
    /// All that is known of it but its id.
    pub content: String,
}

/// Places in the first and the second list; `None` where a row has no counterpart.
pub type Pair = (Option<usize>, Option<usize>);

/// Whether an id is one that rows of a kind get by their position, as `rule-1`.
pub fn is_by_position(kind: &str, id: &str) -> bool {
    let number = id.strip_prefix(kind).and_then(|rest| rest.strip_prefix('-'));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Which rows a way of pairing is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    All,
    Named,
    ByPosition,
}

/// By what rows are taken for the same.
#[derive(Clone, Copy)]
enum By {
    IdAndContent,
    Id,
    Content,
    IdAndWords,
    Words,
}

/// The ways of pairing, the surest first.
const WAYS: [(Which, Which, By); 7] = [
    (Which::All, Which::All, By::IdAndContent),
    (Which::Named, Which::Named, By::Id),
    (Which::ByPosition, Which::All, By::Content),
    (Which::All, Which::ByPosition, By::Content),
    (Which::All, Which::All, By::IdAndWords),
    (Which::ByPosition, Which::ByPosition, By::Words),
    (Which::All, Which::All, By::Id),
];

/// Pairs rows: in the order of the first list, then what only the second one has.
///
/// An id that somebody gave names the same row in both, whatever it says there. An id by position names another row as soon
/// as one is put in before it; such rows are known by what they say, and by their position only where that does not tell.
pub fn pairs(a: &[Row<'_>], b: &[Row<'_>]) -> Vec<Pair> {
    let mut partners: Vec<Option<usize>> = vec![None; a.len()];
    let mut taken = vec![false; b.len()];
    for (of_a, of_b, by) in WAYS {
        let mut waiting: HashMap<(&str, &str), VecDeque<usize>> = HashMap::new();
        for (at, row) in b.iter().enumerate().filter(|(at, row)| !taken[*at] && row.is(of_b)) {
            waiting.entry(row.key(by)).or_default().push_back(at);
        }
        for (row, partner) in a.iter().zip(&mut partners).filter(|(row, partner)| partner.is_none() && row.is(of_a)) {
            *partner = waiting.get_mut(&row.key(by)).and_then(VecDeque::pop_front);
            if let Some(at) = *partner {
                taken[at] = true;
            }
        }
    }
    let alone = (0..b.len()).filter(|at| !taken[*at]).map(|at| (None, Some(at)));
    partners.iter().enumerate().map(|(at, partner)| (Some(at), *partner)).chain(alone).collect()
}

impl Row<'_> {
    fn is(&self, which: Which) -> bool {
        match which {
            Which::All => true,
            Which::Named => !self.by_position,
            Which::ByPosition => self.by_position,
        }
    }

    fn key(&self, by: By) -> (&str, &str) {
        match by {
            By::IdAndContent => (self.id, &self.content),
            By::Id => (self.id, ""),
            By::Content => ("", &self.content),
            By::IdAndWords => (self.id, self.words),
            By::Words => ("", self.words),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows `id: words content`, such as `rule-1: early .8`.
    fn rows<'r>(lines: &[&'r str]) -> Vec<Row<'r>> {
        let row = |line: &&'r str| {
            let (id, rest) = line.split_once(": ").unwrap();
            let words = rest.split(' ').next().unwrap();
            Row { id, by_position: is_by_position("rule", id), words, content: rest.to_string() }
        };
        lines.iter().map(row).collect()
    }

    #[track_caller]
    fn assert_pairs(a: &[&str], b: &[&str], expected: &[Pair]) {
        assert_eq!(pairs(&rows(a), &rows(b)), expected);
    }

    #[test]
    fn given_ids_decide() {
        let a = ["x: early .8", "y: late .5"];
        assert_pairs(&a, &["y: early .8", "x: late .9"], &[(Some(0), Some(1)), (Some(1), Some(0))]);
        assert_pairs(&a, &["z: early .8"], &[(Some(0), None), (Some(1), None), (None, Some(0))]);
    }

    #[test]
    fn rows_without_an_id_are_known_by_what_they_say() {
        let a = ["rule-1: early .8", "rule-2: late .5"];
        let swapped = ["rule-1: late .5", "rule-2: early .8"];
        assert_pairs(&a, &swapped, &[(Some(0), Some(1)), (Some(1), Some(0))]);
        let one_before = ["rule-1: never .1", "rule-2: early .9", "rule-3: late .5"];
        assert_pairs(&a, &one_before, &[(Some(0), Some(1)), (Some(1), Some(2)), (None, Some(0))]);
        let named = ["first: early .8", "rule-2: other .5"];
        assert_pairs(&a, &named, &[(Some(0), Some(0)), (Some(1), Some(1))]);
    }

    #[test]
    fn rows_that_say_the_same_are_paired_one_by_one() {
        let a = ["rule-1: early .8", "rule-2: early .5"];
        let b = ["rule-1: early .5", "rule-2: early .8", "rule-3: early .8"];
        assert_pairs(&a, &b, &[(Some(0), Some(1)), (Some(1), Some(0)), (None, Some(2))]);
    }
}
