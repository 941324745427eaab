//! Long lists of non-negative numbers of very different sizes: mantissas, and an exponent for every few of them.

use crate::infer::lanes::{self, SMALLEST, greatest};
use crate::infer::number::{Number, Scaled};

/// How many entries have an exponent of their own together: first some, and where these are too far apart, one.
pub const BLOCKS: [usize; 2] = [MOST, 1];
/// The most entries of a block.
pub const MOST: usize = 16;
/// Exponent of a block that holds zeros only; twice this is still in range.
pub const NOTHING: i32 = i32::MIN / 4;

/// Mantissas above this are near the end of their range.
const LARGEST: f64 = 1e290;
/// No use in trying to put exponents further apart than this on one.
const MOST_APART: i32 = 800;
/// Mantissas whose greatest is within 2^±TIDY of 1 are left alone.
const TIDY: i32 = 100;

/// A list being read: entry `i` is `values[i] · 2^exponents[i / block]`.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    pub values: &'a [f64],
    pub exponents: &'a [i32],
    pub block: usize,
}

/// A list being written.
pub struct LineMut<'a> {
    pub values: &'a mut [f64],
    pub exponents: &'a mut [i32],
    pub block: usize,
}

/// The exponent of plain numbers.
static PLAIN: [i32; 1] = [0];

/// Many lists in one piece of memory, so that making them takes no allocation each.
#[derive(Debug, Default)]
pub struct Lines {
    values: Vec<f64>,
    exponents: Vec<i32>,
    /// Where each list begins, in values and in exponents; one more than there are lists.
    starts: Vec<(usize, usize)>,
    /// Entries that share an exponent.
    block: usize,
}

/// 2^exponent as a factor; 0 far below what any sum would notice.
pub fn power(exponent: i32) -> f64 {
    if exponent < -1022 { 0.0 } else { f64::from_bits(((exponent.min(1023) + 1023) as u64) << 52) }
}

impl Lines {
    /// Lists of these lengths, all zeros; so many entries share an exponent.
    pub fn new(lengths: impl Iterator<Item = usize>, block: usize) -> Lines {
        Lines::default().renewed(lengths, block)
    }

    /// The same in the memory of these; what is in them is not said.
    pub fn renewed(mut self, lengths: impl Iterator<Item = usize>, block: usize) -> Lines {
        self.starts.clear();
        self.starts.push((0, 0));
        let (mut values, mut exponents) = (0, 0);
        for length in lengths {
            values += length;
            exponents += length.div_ceil(block);
            self.starts.push((values, exponents));
        }
        self.block = block;
        // All zeros from the system where there was no memory.
        if self.values.capacity() < values {
            self.values = vec![0.0; values];
        }
        self.values.resize(values, 0.0);
        self.exponents.resize(exponents, NOTHING);
        self
    }

    pub fn get(&self, index: usize) -> Line<'_> {
        let [from, to] = [self.starts[index], self.starts[index + 1]];
        Line { values: &self.values[from.0..to.0], exponents: &self.exponents[from.1..to.1], block: self.block }
    }

    pub fn get_mut(&mut self, index: usize) -> LineMut<'_> {
        let [from, to] = [self.starts[index], self.starts[index + 1]];
        LineMut {
            values: &mut self.values[from.0..to.0],
            exponents: &mut self.exponents[from.1..to.1],
            block: self.block,
        }
    }
}

impl<'a> Line<'a> {
    /// Plain numbers as a list.
    pub fn plain(values: &'a [f64]) -> Line<'a> {
        Line { values, exponents: &PLAIN, block: usize::MAX }
    }

    /// The exponent of a block of the given length.
    fn exponent_of(self, index: usize, block: usize) -> i32 {
        self.exponents[if block == self.block { index } else { index.saturating_mul(block) / self.block }]
    }

    /// The exponent that all entries share that are not 0, if they share one.
    pub fn level(self) -> Option<i32> {
        let mut found = NOTHING;
        let shared = self.exponents.iter().all(|exponent| {
            let fits = found == NOTHING || *exponent == found || *exponent == NOTHING;
            found = found.max(*exponent);
            fits
        });
        shared.then_some(found)
    }

    /// Puts all entries on one exponent, which is returned, unless that would lose some.
    pub fn flatten(self, flat: &mut Vec<f64>) -> Option<i32> {
        let greatest = self.exponents.iter().copied().max()?;
        let far = |exponent: &i32| *exponent > NOTHING && greatest - exponent > MOST_APART;
        if self.exponents.iter().any(far) {
            return None;
        }
        flat.resize(self.values.len(), 0.0);
        let mut lost = 0u64;
        let blocks = self.values.chunks(self.block).zip(self.exponents).zip(flat.chunks_mut(self.block));
        for ((block, exponent), flat) in blocks {
            let factor = power(exponent - greatest);
            for (entry, value) in flat.iter_mut().zip(block) {
                *entry = value * factor;
                lost += u64::from((*entry < SMALLEST) & (*value > 0.0));
            }
        }
        (lost == 0).then_some(greatest)
    }

    /// Entry by entry.
    pub fn scaled(self) -> impl Iterator<Item = Scaled> {
        let Line { values, exponents, block } = self;
        values.iter().enumerate().map(move |(index, value)| {
            <Scaled as Number>::from_f64(*value).shifted(i64::from(exponents[index / block]))
        })
    }

    /// Each entry's share of the sum of all, which must be positive; what is positive stays positive.
    pub fn shares(self) -> Vec<f64> {
        if self.level().is_some() {
            return lanes::shares(self.values, 1.0 / lanes::total(self.values));
        }
        let (whole, whole_exponent) = self.total(0, self.values.len());
        let mut shares = Vec::with_capacity(self.values.len());
        for (block, exponent) in self.values.chunks(self.block).zip(self.exponents) {
            // In two steps, since the exponent may go beyond what one factor can hold.
            let exponent = exponent.saturating_sub(whole_exponent);
            let half = (exponent / 2).clamp(-1000, 1000);
            let (first, second) = (power(half) / whole, power((exponent - half).clamp(-1000, 1000)));
            let least = |value: f64| if value > 0.0 { f64::from_bits(1) } else { 0.0 };
            shares.extend(block.iter().map(|value| (value * first * second).max(least(*value))));
        }
        shares
    }

    /// The sum of entries `from..to` as mantissa and exponent.
    pub fn total(self, from: usize, to: usize) -> (f64, i32) {
        let mut sum = (0.0, NOTHING);
        let mut at = from;
        while at < to {
            let block = at / self.block;
            let end = to.min((block + 1).saturating_mul(self.block));
            sum = plus(sum, (lanes::total(&self.values[at..end]), self.exponents[block]));
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

impl LineMut<'_> {
    pub fn read(&self) -> Line<'_> {
        Line { values: self.values, exponents: self.exponents, block: self.block }
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

    /// Takes in another list of the same length, and brings it to moderate size.
    pub fn copy(&mut self, other: Line<'_>, lost: &mut bool) {
        self.take(other);
        self.tidy(lost);
        let is_tiny = |values: &[f64]| {
            values.iter().map(|value| u64::from((*value < SMALLEST) & (*value > 0.0))).sum::<u64>() > 0
        };
        if is_tiny(self.values) {
            self.tidy_blocks(lost);
            *lost |= is_tiny(self.values);
        }
    }

    fn take(&mut self, other: Line<'_>) {
        self.values.copy_from_slice(other.values);
        let exponents = self.exponents.iter_mut().enumerate();
        exponents.for_each(|(index, exponent)| *exponent = other.exponent_of(index, self.block));
    }

    /// Makes it `one · other`, entry by entry. `spare` is memory of the same length.
    pub fn product(&mut self, one: Line<'_>, other: Line<'_>, spare: &mut LineMut<'_>, lost: &mut bool) {
        let exponents = |one: i32, other: i32| if one.min(other) <= NOTHING { NOTHING } else { one + other };
        self.combine([one, other], lanes::watched_product, exponents, spare, lost);
    }

    /// Makes it `above / below`, entry by entry, with 0/0 = 0; where `below` is 0, `above` must be. `spare` is memory of
    /// the same length.
    pub fn quotient(&mut self, above: Line<'_>, below: Line<'_>, spare: &mut LineMut<'_>, lost: &mut bool) {
        let exponents = |above: i32, below: i32| if above.min(below) <= NOTHING { NOTHING } else { above - below };
        self.combine([above, below], lanes::watched_quotient, exponents, spare, lost);
    }

    /// Makes every entry what `with` makes of theirs, which tells how many vanish and the greatest. Where something is lost,
    /// the blocks of both are brought to moderate size first.
    fn combine(
        &mut self,
        [one, other]: [Line<'_>; 2],
        with: impl Fn(&mut [f64], &[f64], &[f64]) -> (u64, f64),
        exponents: impl Fn(i32, i32) -> i32,
        spare: &mut LineMut<'_>,
        lost: &mut bool,
    ) {
        let block = self.block;
        let (vanished, greatest) = with(self.values, one.values, other.values);
        if vanished == 0 && greatest < LARGEST {
            if let (Some(one), Some(other)) = (one.level(), other.level()) {
                return self.tidy_all(exponents(one, other), greatest, lost);
            }
            for (index, exponent) in self.exponents.iter_mut().enumerate() {
                *exponent = exponents(one.exponent_of(index, block), other.exponent_of(index, block));
            }
            return self.tidy_blocks(lost);
        }
        let mut first = vec![0.0; self.values.len()];
        self.take(one);
        self.tidy_blocks(lost);
        spare.take(other);
        spare.tidy_blocks(lost);
        first.copy_from_slice(self.values);
        let (vanished, greatest) = with(self.values, &first, spare.values);
        *lost |= vanished > 0 || greatest > LARGEST;
        self.exponents.iter_mut().zip(spare.exponents.iter()).for_each(|(own, other)| *own = exponents(*own, *other));
        self.tidy_blocks(lost);
    }

    /// Divides all entries by a positive number.
    pub fn divide(&mut self, by: Scaled) {
        let (mantissa, exponent) = by.parts();
        self.values.iter_mut().for_each(|value| *value /= mantissa);
        self.exponents.iter_mut().for_each(|own| *own = own.saturating_sub(exponent as i32).max(NOTHING));
    }

    /// Brings the mantissas to moderate size: all together where they share an exponent and nothing is lost by it.
    pub fn tidy(&mut self, lost: &mut bool) {
        match self.read().level() {
            Some(level) => self.tidy_all(level, greatest(self.values), lost),
            None => self.tidy_blocks(lost),
        }
    }

    /// The same where all share the exponent `level` and `greatest` is the greatest mantissa.
    fn tidy_all(&mut self, level: i32, greatest: f64, lost: &mut bool) {
        if greatest == 0.0 {
            self.exponents.fill(NOTHING);
        } else if is_moderate(greatest) {
            self.exponents.fill(level);
        } else {
            let shift = shift_of(greatest);
            self.exponents.fill(level);
            if shift > 0 && rounds(self.values, -shift) {
                return self.tidy_blocks(lost);
            }
            rescale(self.values, -shift, lost);
            self.exponents.fill(level + shift);
        }
    }

    /// Brings the mantissas of every block to moderate size.
    fn tidy_blocks(&mut self, lost: &mut bool) {
        for (block, exponent) in self.values.chunks_mut(self.block).zip(self.exponents.iter_mut()) {
            let greatest = greatest(block);
            if greatest == 0.0 {
                *exponent = NOTHING;
            } else if !is_moderate(greatest) {
                let shift = shift_of(greatest);
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
        let block = start / self.block;
        let own = self.exponents[block];
        let mut factor = weight;
        if exponent < own {
            factor *= power(exponent - own);
            // What is far smaller than the block's greatest must not vanish where nothing else is.
            if own - exponent > 2 * TIDY {
                let vanishing =
                    |(value, entry): (&f64, &f64)| *entry == 0.0 && *value > 0.0 && value * factor < SMALLEST;
                *lost |= values.iter().zip(&self.values[start..]).any(vanishing);
            }
        } else if exponent > own {
            let end = (block + 1).saturating_mul(self.block).min(self.values.len());
            if own > NOTHING {
                rescale(&mut self.values[block * self.block..end], own - exponent, lost);
            }
            self.exponents[block] = exponent;
        }
        let entries = &mut self.values[start..start + values.len()];
        entries.iter_mut().zip(values).for_each(|(entry, value)| *entry += factor * value);
    }
}

/// Whether a block's greatest mantissa can stay as it is.
fn is_moderate(greatest: f64) -> bool {
    (power(-TIDY)..=power(TIDY)).contains(&greatest)
}

/// The exponent of 2 of a positive number.
fn shift_of(number: f64) -> i32 {
    <Scaled as Number>::from_f64(number).parts().1 as i32
}

/// Whether one of some numbers is too small to be multiplied by 2^exponent.
fn rounds(values: &[f64], exponent: i32) -> bool {
    let factor = power(exponent);
    values.iter().map(|value| u64::from((value * factor < SMALLEST) & (*value > 0.0))).sum::<u64>() > 0
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
        let mut lines = Lines::new([70, 70].into_iter(), MOST);
        let mut spare = Lines::new(std::iter::once(70), MOST);
        let mut lost = false;
        let tiny: Vec<f64> = (0..70).map(|i| if i == 3 { 0.0 } else { 1e-200 * f64::from(i + 1) }).collect();
        let mut line = lines.get_mut(0);
        line.copy(Line::plain(&tiny), &mut lost);
        for _ in 0..9 {
            let (values, exponents) = (line.values.to_vec(), line.exponents.to_vec());
            let before = Line { values: &values, exponents: &exponents, block: MOST };
            line.product(before, Line::plain(&tiny), &mut spare.get_mut(0), &mut lost);
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
        let power = Line { values: &copy, exponents: &exponents, block: MOST };
        let mut ratio = lines.get_mut(1);
        ratio.quotient(power, power, &mut spare.get_mut(0), &mut lost);
        assert!(ratio.read().scaled().enumerate().all(|(index, one)| one.to_f64() == f64::from(u8::from(index != 3))));
        assert!(!lost);
    }

    #[test]
    fn what_would_vanish_is_noted() {
        let mut lines = Lines::new([40].into_iter(), MOST);
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
