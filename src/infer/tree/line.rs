//! Long lists of non-negative numbers of very different sizes: mantissas, and an exponent for every few of them.

use crate::infer::number::{Number, Scaled};

/// Entries that share an exponent.
pub const BLOCK: usize = 16;
/// Exponent of a block that holds zeros only; twice this is still in range.
pub const NOTHING: i32 = i32::MIN / 4;

/// Products of positive mantissas below this have lost accuracy, or will soon.
const SMALLEST: f64 = 1e-290;
/// Mantissas whose greatest is within 2^±TIDY of 1 are left alone.
const TIDY: i64 = 100;

/// A list being read: entry `i` is `values[i] · 2^exponents[i / BLOCK]`.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    pub values: &'a [f64],
    pub exponents: &'a [i32],
}

/// A list being written.
pub struct LineMut<'a> {
    pub values: &'a mut [f64],
    pub exponents: &'a mut [i32],
}

/// Many lists in one piece of memory, so that making them takes no allocation each.
#[derive(Debug, Default)]
pub struct Lines {
    values: Vec<f64>,
    exponents: Vec<i32>,
    /// Where each list begins, in values and in exponents; one more than there are lists.
    starts: Vec<(usize, usize)>,
}

/// 2^exponent as a factor; 0 far below what any sum would notice.
pub fn power(exponent: i32) -> f64 {
    if exponent < -1022 { 0.0 } else { f64::from_bits(((exponent.min(1023) + 1023) as u64) << 52) }
}

impl Lines {
    /// Zeros, in lists of these lengths.
    pub fn new(lengths: impl Iterator<Item = usize>) -> Lines {
        let mut starts = vec![(0, 0)];
        let (mut values, mut exponents) = (0, 0);
        for length in lengths {
            values += length;
            exponents += length.div_ceil(BLOCK);
            starts.push((values, exponents));
        }
        Lines { values: vec![0.0; values], exponents: vec![NOTHING; exponents], starts }
    }

    pub fn get(&self, index: usize) -> Line<'_> {
        let [from, to] = [self.starts[index], self.starts[index + 1]];
        Line { values: &self.values[from.0..to.0], exponents: &self.exponents[from.1..to.1] }
    }

    pub fn get_mut(&mut self, index: usize) -> LineMut<'_> {
        let [from, to] = [self.starts[index], self.starts[index + 1]];
        LineMut { values: &mut self.values[from.0..to.0], exponents: &mut self.exponents[from.1..to.1] }
    }
}

impl Line<'_> {
    /// Entry by entry.
    pub fn scaled(self) -> impl Iterator<Item = Scaled> {
        let Line { values, exponents } = self;
        values
            .iter()
            .enumerate()
            .map(|(index, value)| <Scaled as Number>::from_f64(*value).shifted(i64::from(exponents[index / BLOCK])))
    }

    /// Adds the entries as plain numbers to a list; what is positive stays positive.
    pub fn plain(self, found: &mut Vec<f64>) {
        let least = f64::from_bits(1);
        for (block, exponent) in self.values.chunks(BLOCK).zip(self.exponents) {
            // In two steps, since the exponent may go beyond what one factor can hold.
            let half = (exponent / 2).clamp(-1000, 1000);
            let (first, second) = (power(half), power((exponent - half).clamp(-1000, 1000)));
            found.extend(block.iter().map(|value| {
                let plain = value * first * second;
                if *value > 0.0 && plain < least { least } else { plain }
            }));
        }
    }

    /// The sum of entries `from..to` as mantissa and exponent.
    pub fn total(self, from: usize, to: usize) -> (f64, i32) {
        let mut sum = (0.0, NOTHING);
        let mut at = from;
        while at < to {
            let block = at / BLOCK;
            let end = to.min((block + 1) * BLOCK);
            sum = plus(sum, (sum_of(&self.values[at..end]), self.exponents[block]));
            at = end;
        }
        sum
    }
}

/// The sum of two numbers given as mantissa and exponent.
fn plus(one: (f64, i32), other: (f64, i32)) -> (f64, i32) {
    if one.1 == other.1 {
        (one.0 + other.0, one.1)
    } else if one.1 > other.1 {
        (one.0 + other.0 * power(other.1 - one.1), one.1)
    } else {
        (other.0 + one.0 * power(one.1 - other.1), other.1)
    }
}

/// The sum of few numbers, four at a time.
fn sum_of(values: &[f64]) -> f64 {
    let mut parts = [0.0; 4];
    let chunks = values.chunks_exact(4);
    let rest: f64 = chunks.remainder().iter().sum();
    for chunk in chunks {
        for (part, value) in parts.iter_mut().zip(chunk) {
            *part += value;
        }
    }
    (parts[0] + parts[1]) + (parts[2] + parts[3]) + rest
}

impl LineMut<'_> {
    pub fn read(&self) -> Line<'_> {
        Line { values: self.values, exponents: self.exponents }
    }

    /// Makes it all zeros.
    pub fn clear(&mut self) {
        self.values.fill(0.0);
        self.exponents.fill(NOTHING);
    }

    /// Makes every entry 1.
    pub fn ones(&mut self) {
        self.values.fill(1.0);
        self.exponents.fill(0);
    }

    /// Takes in plain numbers.
    pub fn copy_plain(&mut self, values: &[f64], lost: &mut bool) {
        self.values.copy_from_slice(values);
        self.exponents.fill(0);
        self.tidy(lost);
    }

    /// Takes in another list of the same length.
    pub fn copy(&mut self, other: Line<'_>) {
        self.values.copy_from_slice(other.values);
        self.exponents.copy_from_slice(other.exponents);
    }

    /// Multiplies entry by entry with plain numbers.
    pub fn multiply_plain(&mut self, factors: &[f64], lost: &mut bool) {
        f64::multiply(self.values, factors, lost);
        self.tidy(lost);
    }

    /// Multiplies entry by entry.
    pub fn multiply(&mut self, factors: Line<'_>, lost: &mut bool) {
        f64::multiply(self.values, factors.values, lost);
        self.exponents.iter_mut().zip(factors.exponents).for_each(|(exponent, other)| *exponent += other);
        self.tidy(lost);
    }

    /// Makes it `above / below`, entry by entry, with 0/0 = 0; where `below` is 0, `above` must be.
    pub fn quotient(&mut self, above: Line<'_>, below: Line<'_>, lost: &mut bool) {
        let mut vanished = 0u64;
        for ((value, above), below) in self.values.iter_mut().zip(above.values).zip(below.values) {
            // Divided by the least number where both are 0, without a branch.
            *value = above / below.max(f64::MIN_POSITIVE);
            vanished += u64::from((*value < SMALLEST) & (*above > 0.0)) + u64::from(*value > 1.0 / SMALLEST);
        }
        *lost |= vanished > 0;
        for ((exponent, above), below) in self.exponents.iter_mut().zip(above.exponents).zip(below.exponents) {
            *exponent = if *below == NOTHING { NOTHING } else { above - below };
        }
        self.tidy(lost);
    }

    /// Divides all entries by a positive number.
    pub fn divide(&mut self, by: Scaled) {
        let (mantissa, exponent) = by.parts();
        self.values.iter_mut().for_each(|value| *value /= mantissa);
        self.exponents.iter_mut().for_each(|own| *own = own.saturating_sub(exponent as i32).max(NOTHING));
    }

    /// Brings the mantissas of every block to moderate size.
    pub fn tidy(&mut self, lost: &mut bool) {
        let (low, high) = (power(-TIDY as i32), power(TIDY as i32));
        for (block, exponent) in self.values.chunks_mut(BLOCK).zip(self.exponents.iter_mut()) {
            let greatest = greatest(block);
            if greatest == 0.0 {
                *exponent = NOTHING;
            } else if !(low..=high).contains(&greatest) {
                let shift = <Scaled as Number>::from_f64(greatest).parts().1 as i32;
                rescale(block, -shift, lost);
                *exponent += shift;
            }
        }
    }

    /// Adds `weight · values · 2^exponent` to the entries from `start` on, all of one block.
    pub fn add(&mut self, start: usize, values: &[f64], weight: f64, exponent: i32, lost: &mut bool) {
        if exponent <= NOTHING {
            return;
        }
        let block = start / BLOCK;
        let own = self.exponents[block];
        let mut factor = weight;
        if exponent < own {
            factor *= power(exponent - own);
            // What is far smaller than the block's greatest must not vanish where nothing else is.
            if own - exponent > 2 * TIDY as i32 {
                let vanishing =
                    |(value, entry): (&f64, &f64)| *entry == 0.0 && *value > 0.0 && value * factor < SMALLEST;
                *lost |= values.iter().zip(&self.values[start..]).any(vanishing);
            }
        } else if exponent > own {
            let end = ((block + 1) * BLOCK).min(self.values.len());
            if own > NOTHING {
                rescale(&mut self.values[block * BLOCK..end], own - exponent, lost);
            }
            self.exponents[block] = exponent;
        }
        let entries = &mut self.values[start..start + values.len()];
        entries.iter_mut().zip(values).for_each(|(entry, value)| *entry += factor * value);
    }
}

/// The greatest of some numbers ≥ 0.
fn greatest(values: &[f64]) -> f64 {
    let mut parts = [0.0f64; 4];
    let chunks = values.chunks_exact(4);
    let rest = chunks.remainder().iter().fold(0.0, |a: f64, b| if *b > a { *b } else { a });
    for chunk in chunks {
        for (part, value) in parts.iter_mut().zip(chunk) {
            *part = if *value > *part { *value } else { *part };
        }
    }
    parts.iter().fold(rest, |a, b| if *b > a { *b } else { a })
}

/// Multiplies by 2^exponent and notes whether something positive vanished.
fn rescale(values: &mut [f64], exponent: i32, lost: &mut bool) {
    // In two steps, since the exponent may go beyond what one factor can hold.
    let (first, second) = (power((exponent / 2).max(-1022)), power((exponent - exponent / 2).max(-1022)));
    for value in values {
        let scaled = *value * first * second;
        *lost |= scaled < SMALLEST && *value > 0.0;
        *value = scaled;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_go_where_f64_ends_and_back() {
        let mut lines = Lines::new([70, 70].into_iter());
        let mut lost = false;
        let tiny: Vec<f64> = (0..70).map(|i| if i == 3 { 0.0 } else { 1e-200 * f64::from(i + 1) }).collect();
        let mut line = lines.get_mut(0);
        line.copy_plain(&tiny, &mut lost);
        for _ in 0..9 {
            line.multiply_plain(&tiny, &mut lost);
        }
        for (index, value) in line.read().scaled().enumerate() {
            if index == 3 {
                assert!(value.is_zero());
            } else {
                let expected = 10.0 * (1e-200f64.ln() + (index as f64 + 1.0).ln());
                assert!((value.ln() - expected).abs() < 1e-9, "{index}");
            }
        }
        let copy: Vec<f64> = line.values.to_vec();
        let exponents = line.exponents.to_vec();
        let power = Line { values: &copy, exponents: &exponents };
        let mut ratio = lines.get_mut(1);
        ratio.quotient(power, power, &mut lost);
        assert!(ratio.read().scaled().enumerate().all(|(index, one)| one.to_f64() == f64::from(u8::from(index != 3))));
        assert!(!lost);
    }

    #[test]
    fn what_would_vanish_is_noted() {
        let mut lines = Lines::new([40].into_iter());
        let mut lost = false;
        let mut line = lines.get_mut(0);
        line.add(0, &[1.0, 2.0], 1.0, -2000, &mut lost);
        line.add(33, &[1.0], 1.0, 0, &mut lost);
        assert!(!lost);
        assert_eq!(line.read().total(0, 40), (1.0, 0));
        line.add(2, &[1.0], 1.0, 0, &mut lost);
        assert!(lost);
    }
}
