//! Sums over ranges of a list by additions only, so that small sums keep their relative accuracy.

use super::number::Number;

/// Range sums in constant time: a disjoint sparse table.
///
/// Level `k` cuts the list into blocks of `2^(k+1)`; every entry holds the sum from itself to its block's middle. A range
/// whose ends first differ in bit `k` is the sum of two entries of level `k`.
#[derive(Clone, Debug)]
pub struct RangeSums<N> {
    values: Vec<N>,
    /// Level after level, each as long as the list.
    levels: Vec<N>,
}

impl<N: Number> RangeSums<N> {
    /// Of an empty list.
    pub fn new() -> RangeSums<N> {
        RangeSums {
            values: Vec::new(),
            levels: Vec::new(),
        }
    }

    /// Takes the list in; O(n log n) additions.
    pub fn fill(&mut self, values: &[N]) {
        self.values.clear();
        self.values.extend_from_slice(values);
        self.levels.clear();
        let count = values.len();
        let mut half = 1;
        while half < count {
            let start = self.levels.len();
            self.levels.extend_from_slice(values);
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
        if from == last {
            return self.values[from];
        }
        let level = (from ^ last).ilog2() as usize * self.values.len();
        self.levels[level + from].plus(self.levels[level + last])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_of_every_length() {
        for count in 0..40usize {
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
        let mut sums = RangeSums::new();
        sums.fill(&[1.0, 1e-200, 3e-200, 1.0]);
        assert_eq!(sums.sum(1, 3), 4e-200);
    }
}
