//! Sums over ranges of a list by additions only, so that small sums keep their relative accuracy.

use super::number::Number;

/// Entries that one block holds.
const BLOCK: usize = 16;

/// Range sums in nearly constant time after O(n) additions.
///
/// The list is cut into blocks. A range is the end of one block, whole blocks, and the beginning of another: sums from
/// each entry to its block's end and from its block's beginning are kept (van Herk 1992), and a disjoint sparse table
/// holds the sums over whole blocks: on level `k` it cuts the blocks into groups of `2^(k+1)`, and every entry is the sum
/// from itself to its group's middle, so that a range of blocks is the sum of two entries.
#[derive(Clone, Debug)]
pub struct RangeSums<N> {
    values: Vec<N>,
    /// From the beginning of the entry's block to the entry.
    heads: Vec<N>,
    /// From the entry to the end of its block.
    tails: Vec<N>,
    /// Sums of whole blocks, level after level.
    levels: Vec<N>,
    blocks: usize,
}

impl<N: Number> RangeSums<N> {
    /// Of an empty list.
    pub fn new() -> RangeSums<N> {
        RangeSums { values: Vec::new(), heads: Vec::new(), tails: Vec::new(), levels: Vec::new(), blocks: 0 }
    }

    /// Takes the list in.
    pub fn fill(&mut self, values: &[N]) {
        self.values.clear();
        self.values.extend_from_slice(values);
        self.heads.clear();
        self.heads.extend_from_slice(values);
        self.tails.clear();
        self.tails.extend_from_slice(values);
        for block in self.heads.chunks_mut(BLOCK) {
            (1..block.len()).for_each(|at| block[at] = block[at - 1].plus(block[at]));
        }
        for block in self.tails.chunks_mut(BLOCK) {
            (1..block.len()).rev().for_each(|at| block[at - 1] = block[at - 1].plus(block[at]));
        }
        self.blocks = values.len().div_ceil(BLOCK);
        self.fill_levels();
    }

    fn fill_levels(&mut self) {
        self.levels.clear();
        let count = self.blocks;
        self.levels.extend(self.tails.iter().step_by(BLOCK).copied());
        let mut half = 1;
        while half < count {
            self.levels.extend_from_within(..count);
            let start = self.levels.len() - count;
            let level = &mut self.levels[start..];
            let mut middle = half;
            while middle - half < count {
                // From the middle to the left and, as far as there is one, to the right.
                for at in (middle - half..middle.min(count)).rev() {
                    if at + 1 < middle && at + 1 < count {
                        level[at] = level[at].plus(level[at + 1]);
                    }
                }
                for at in middle + 1..(middle + half).min(count) {
                    level[at] = level[at].plus(level[at - 1]);
                }
                middle += 2 * half;
            }
            half *= 2;
        }
    }

    /// The sum of entries `from..to`.
    pub fn sum(&self, from: usize, to: usize) -> N {
        if from >= to {
            return N::ZERO;
        }
        let last = to - 1;
        let (first_block, last_block) = (from / BLOCK, last / BLOCK);
        if first_block == last_block {
            return self.values[from..to].iter().fold(N::ZERO, |sum, value| sum.plus(*value));
        }
        let ends = self.tails[from].plus(self.heads[last]);
        if first_block + 1 == last_block { ends } else { ends.plus(self.whole(first_block + 1, last_block - 1)) }
    }

    /// The sum of blocks `first..=last`.
    fn whole(&self, first: usize, last: usize) -> N {
        if first == last {
            return self.levels[first];
        }
        let level = ((first ^ last).ilog2() as usize + 1) * self.blocks;
        self.levels[level + first].plus(self.levels[level + last])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_of_every_length() {
        for count in [0usize, 1, 2, 15, 16, 17, 31, 33, 48, 100, 257] {
            let values: Vec<f64> = (0..count).map(|i| f64::from(1u32 << (i % 20))).collect();
            let mut sums = RangeSums::new();
            sums.fill(&values);
            for from in 0..=count {
                for to in from..=count {
                    let expected: f64 = values[from..to].iter().sum();
                    assert_eq!(sums.sum(from, to), expected, "{from}..{to} of {count}");
                }
            }
        }
    }

    #[test]
    fn a_small_sum_beside_a_large_one_keeps_its_digits() {
        let mut values = vec![1e-200; 100];
        values[0] = 1.0;
        values[99] = 1.0;
        let mut sums = RangeSums::new();
        sums.fill(&values);
        assert!((sums.sum(1, 99) / 98e-200 - 1.0).abs() < 1e-14);
    }
}
