//! The two kinds of non-negative numbers that inference runs on: plain and of unlimited range.

use super::lanes::{self, SMALLEST};
use std::cmp::Ordering;

const LARGEST: f64 = 1e290;

/// Non-negative numbers with sums and products.
///
/// Two implementations: `f64`, fast, which notes in `lost` when a product leaves its range; and [`Scaled`], whose range
/// has no end. A run on `f64` that lost something is repeated on `Scaled`.
pub trait Number: Copy + Send + Sync {
    const ZERO: Self;
    /// Whether no product can leave its range.
    const ENDLESS: bool;
    /// From a finite number ≥ 0.
    fn from_f64(value: f64) -> Self;
    fn plus(self, other: Self) -> Self;
    fn times(self, other: Self, lost: &mut bool) -> Self;
    /// A product that is known to stay in range.
    fn times_safely(self, other: Self) -> Self {
        self.times(other, &mut false)
    }
    fn is_zero(self) -> bool;
    /// Which part of a positive number it is.
    fn share(self, whole: Self) -> f64 {
        self.scaled().over(whole.scaled()).to_f64()
    }
    fn scaled(self) -> Scaled;
    /// Multiplies each of `values` by the entry of `factors` at its place.
    fn multiply(values: &mut [Self], factors: &[Self], lost: &mut bool) {
        values.iter_mut().zip(factors).for_each(|(value, factor)| *value = value.times(*factor, lost));
    }
    /// Fills `sums` with `start` and the values from the first up to each; returns the last of these, or `start`.
    fn sums_from_left(start: Self, values: &[Self], sums: &mut [Self]) -> Self {
        let mut sum = start;
        for (entry, value) in sums.iter_mut().zip(values) {
            sum = sum.plus(*value);
            *entry = sum;
        }
        sum
    }
    /// Fills `sums` with `start` and the values from each to the last; returns the first of these, or `start`.
    fn sums_from_right(start: Self, values: &[Self], sums: &mut [Self]) -> Self {
        let mut sum = start;
        for (entry, value) in sums.iter_mut().zip(values).rev() {
            sum = sum.plus(*value);
            *entry = sum;
        }
        sum
    }
    /// The sum of some values.
    fn total(values: &[Self]) -> Self {
        values.iter().fold(Self::ZERO, |sum, value| sum.plus(*value))
    }
    /// Makes a line the product of two others, where no product can be lost.
    fn product_of_two(line: &mut [Self], one: &[Self], two: &[Self]) {
        let factors = one.iter().zip(two);
        line.iter_mut().zip(factors).for_each(|(entry, (one, two))| *entry = one.times_safely(*two));
    }
    /// The same of three.
    fn product_of_three(line: &mut [Self], one: &[Self], two: &[Self], three: &[Self]) {
        let factors = one.iter().zip(two).zip(three);
        line.iter_mut().zip(factors).for_each(|(entry, ((one, two), three))| {
            *entry = one.times_safely(*two).times_safely(*three);
        });
    }
    /// Adds a line to another.
    fn add(sums: &mut [Self], values: &[Self]) {
        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum = sum.plus(*value));
    }
    /// Adds the product of two lines to another, where no product can be lost.
    fn add_product(sums: &mut [Self], one: &[Self], other: &[Self]) {
        let pairs = one.iter().zip(other);
        sums.iter_mut().zip(pairs).for_each(|(sum, (one, other))| *sum = sum.plus(one.times_safely(*other)));
    }
    /// The least positive and the greatest of some values; 1 and 1 where they do not matter.
    fn extremes(values: &[Self]) -> (f64, f64);
    /// Divides all values by a power of two that brings them to moderate size; returns the exponent.
    fn normalise(values: &mut [Self], lost: &mut bool) -> i64;
    /// The numbers as multiples of a power of two, whose exponent is returned.
    fn from_scaled(values: Vec<Scaled>, lost: &mut bool) -> (Vec<Self>, i64);
}

impl Number for f64 {
    const ZERO: f64 = 0.0;
    const ENDLESS: bool = false;

    fn from_f64(value: f64) -> f64 {
        value
    }

    fn plus(self, other: f64) -> f64 {
        self + other
    }

    fn times(self, other: f64, lost: &mut bool) -> f64 {
        let product = self * other;
        // Without short cuts, so that loops over it have no branches.
        *lost |= ((product < SMALLEST) & (self > 0.0) & (other > 0.0)) | (product > LARGEST);
        product
    }

    fn times_safely(self, other: f64) -> f64 {
        self * other
    }

    fn is_zero(self) -> bool {
        self == 0.0
    }

    fn share(self, whole: f64) -> f64 {
        self / whole
    }

    fn scaled(self) -> Scaled {
        Scaled::from_f64(self)
    }

    fn multiply(values: &mut [f64], factors: &[f64], lost: &mut bool) {
        // Counted in numbers, so that several products are computed at a time.
        let mut outside = 0u64;
        for (value, factor) in values.iter_mut().zip(factors) {
            let product = *value * factor;
            let vanished = (product < SMALLEST) & (*value > 0.0) & (*factor > 0.0);
            outside += u64::from(vanished | (product > LARGEST));
            *value = product;
        }
        *lost |= outside > 0;
    }

    fn sums_from_left(start: f64, values: &[f64], sums: &mut [f64]) -> f64 {
        lanes::sums_from_left(start, values, sums)
    }

    fn sums_from_right(start: f64, values: &[f64], sums: &mut [f64]) -> f64 {
        lanes::sums_from_right(start, values, sums)
    }

    fn total(values: &[f64]) -> f64 {
        lanes::total(values)
    }

    fn product_of_two(line: &mut [f64], one: &[f64], two: &[f64]) {
        lanes::product_of_two(line, one, two);
    }

    fn product_of_three(line: &mut [f64], one: &[f64], two: &[f64], three: &[f64]) {
        lanes::product_of_three(line, one, two, three);
    }

    fn add(sums: &mut [f64], values: &[f64]) {
        lanes::add(sums, values);
    }

    fn add_product(sums: &mut [f64], one: &[f64], other: &[f64]) {
        lanes::add_product(sums, one, other);
    }

    fn extremes(values: &[f64]) -> (f64, f64) {
        extremes(values)
    }

    fn normalise(values: &mut [f64], lost: &mut bool) -> i64 {
        let greatest = extremes(values).1;
        if greatest == 0.0 || (power_of_two(-60)..=power_of_two(60)).contains(&greatest) {
            return 0;
        }
        let exponent = Scaled::from_f64(greatest).exponent;
        let factor = power_of_two(-exponent);
        for value in values.iter_mut() {
            *value = value.times(factor, lost);
        }
        exponent
    }

    fn from_scaled(values: Vec<Scaled>, lost: &mut bool) -> (Vec<f64>, i64) {
        let exponents = values.iter().filter(|value| value.mantissa > 0.0).map(|value| value.exponent);
        let exponent = exponents.max().unwrap_or(0);
        let plain = values.into_iter().map(|value| {
            let plain = value.shifted(-exponent).to_f64();
            *lost |= plain < SMALLEST && value.mantissa > 0.0;
            plain
        });
        (plain.collect(), exponent)
    }
}

/// The least positive and the greatest of some numbers, four at a time.
fn extremes(values: &[f64]) -> (f64, f64) {
    let (mut least, mut greatest) = ([f64::INFINITY; 4], [0.0f64; 4]);
    let mut take = |at: usize, value: f64| {
        let positive = if value > 0.0 { value } else { f64::INFINITY };
        least[at] = if positive < least[at] { positive } else { least[at] };
        greatest[at] = if value > greatest[at] { value } else { greatest[at] };
    };
    let chunks = values.chunks_exact(4);
    chunks.remainder().iter().for_each(|value| take(0, *value));
    for chunk in chunks {
        (0..4).for_each(|at| take(at, chunk[at]));
    }
    let (least, greatest) = (least.into_iter().fold(f64::INFINITY, f64::min), greatest.into_iter().fold(0.0, f64::max));
    if greatest == 0.0 { (1.0, 1.0) } else { (least, greatest) }
}

/// 2^exponent for −1022 ≤ exponent ≤ 1023.
fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((exponent.clamp(-1022, 1023) + 1023) as u64) << 52)
}

/// `mantissa · 2^exponent`, a number ≥ 0 with the accuracy of `f64` and an exponent of 64 bits.
///
/// Invariant: the mantissa is in [1, 2), or mantissa and exponent are 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaled {
    mantissa: f64,
    exponent: i64,
}

impl Scaled {
    pub const ONE: Scaled = Scaled { mantissa: 1.0, exponent: 0 };

    /// The same times 2^exponent.
    pub fn shifted(self, exponent: i64) -> Scaled {
        if self.mantissa == 0.0 { self } else { Scaled { exponent: self.exponent + exponent, ..self } }
    }

    /// `self / other`; 0 where `self` is 0; `other` must be positive.
    pub fn over(self, other: Scaled) -> Scaled {
        if self.mantissa == 0.0 {
            return self;
        }
        Scaled::from_f64(self.mantissa / other.mantissa).shifted(self.exponent - other.exponent)
    }

    /// Product; no range is ever left.
    pub fn by(self, other: Scaled) -> Scaled {
        Scaled::from_f64(self.mantissa * other.mantissa).shifted(self.exponent + other.exponent)
    }

    /// The nearest `f64`; what is positive stays positive, what is too large becomes the largest.
    pub fn to_f64(self) -> f64 {
        if self.mantissa == 0.0 {
            return 0.0;
        }
        let half = (self.exponent / 2).clamp(-1000, 1000);
        let rest = (self.exponent - half).clamp(-1000, 1000);
        (self.mantissa * power_of_two(half) * power_of_two(rest)).clamp(f64::from_bits(1), f64::MAX)
    }

    /// The number as `mantissa · 2^exponent`.
    pub fn parts(self) -> (f64, i64) {
        (self.mantissa, self.exponent)
    }

    /// Natural logarithm; −∞ of 0.
    pub fn ln(self) -> f64 {
        if self.mantissa == 0.0 {
            return f64::NEG_INFINITY;
        }
        // Close to 1 the two parts would cancel.
        if self.exponent == -1 {
            return (self.mantissa / 2.0).ln();
        }
        self.mantissa.ln() + self.exponent as f64 * std::f64::consts::LN_2
    }
}

impl PartialOrd for Scaled {
    fn partial_cmp(&self, other: &Scaled) -> Option<Ordering> {
        match (self.mantissa == 0.0, other.mantissa == 0.0) {
            (true, true) => Some(Ordering::Equal),
            (true, false) => Some(Ordering::Less),
            (false, true) => Some(Ordering::Greater),
            _ => match self.exponent.cmp(&other.exponent) {
                Ordering::Equal => self.mantissa.partial_cmp(&other.mantissa),
                unequal => Some(unequal),
            },
        }
    }
}

impl Number for Scaled {
    const ZERO: Scaled = Scaled { mantissa: 0.0, exponent: 0 };
    const ENDLESS: bool = true;

    fn from_f64(value: f64) -> Scaled {
        if value == 0.0 {
            return Scaled::ZERO;
        }
        // Subnormal numbers are brought into the normal range first.
        let (value, below) = if value < f64::MIN_POSITIVE { (value * power_of_two(200), 200) } else { (value, 0) };
        let bits = value.to_bits();
        let exponent = ((bits >> 52) & 0x7ff) as i64 - 1023;
        let mantissa = f64::from_bits((bits & !(0x7ff << 52)) | (1023 << 52));
        Scaled { mantissa, exponent: exponent - below }
    }

    fn plus(self, other: Scaled) -> Scaled {
        if self.mantissa == 0.0 {
            return other;
        }
        if other.mantissa == 0.0 {
            return self;
        }
        let (large, small) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let gap = large.exponent - small.exponent;
        if gap > 60 {
            return large;
        }
        let mantissa = large.mantissa + small.mantissa * power_of_two(-gap);
        if mantissa >= 2.0 {
            Scaled { mantissa: mantissa / 2.0, exponent: large.exponent + 1 }
        } else {
            Scaled { mantissa, exponent: large.exponent }
        }
    }

    fn times(self, other: Scaled, _: &mut bool) -> Scaled {
        let mantissa = self.mantissa * other.mantissa;
        if mantissa == 0.0 {
            return Scaled::ZERO;
        }
        let exponent = self.exponent + other.exponent;
        if mantissa >= 2.0 {
            Scaled { mantissa: mantissa / 2.0, exponent: exponent + 1 }
        } else {
            Scaled { mantissa, exponent }
        }
    }

    fn is_zero(self) -> bool {
        self.mantissa == 0.0
    }

    fn scaled(self) -> Scaled {
        self
    }

    fn extremes(_: &[Scaled]) -> (f64, f64) {
        (1.0, 1.0)
    }

    fn normalise(_: &mut [Scaled], _: &mut bool) -> i64 {
        0
    }

    fn from_scaled(values: Vec<Scaled>, _: &mut bool) -> (Vec<Scaled>, i64) {
        (values, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaled_numbers_go_where_f64_ends() {
        let mut lost = false;
        let tiny = <Scaled as Number>::from_f64(1e-300);
        let square = tiny.times(tiny, &mut lost);
        assert_eq!(square.to_f64(), f64::from_bits(1));
        assert!((square.over(tiny).to_f64() / 1e-300 - 1.0).abs() < 1e-15);
        assert!((square.ln() - 2.0 * 1e-300f64.ln()).abs() < 1e-9);
        assert!(!lost);
    }

    #[test]
    fn sums_products_and_order_agree_with_f64() {
        let numbers = [0.0, 5e-324, 1e-310, 1e-3, 0.75, 1.0, 1.5, 2.0, 3.0, 1e10, 1e150];
        let mut lost = false;
        for a in numbers {
            for b in numbers {
                let (x, y) = (<Scaled as Number>::from_f64(a), <Scaled as Number>::from_f64(b));
                assert_eq!(x.plus(y).to_f64(), a + b, "{a} + {b}");
                if a * b > 1e-300 {
                    assert_eq!(x.times(y, &mut lost).to_f64(), a * b, "{a} · {b}");
                }
                assert_eq!(x.partial_cmp(&y), a.partial_cmp(&b));
            }
        }
    }

    #[test]
    fn f64_notes_what_it_loses() {
        let mut lost = false;
        1e-200.times(1e-50, &mut lost);
        0.0.times(1e-300, &mut lost);
        assert!(!lost);
        1e-200.times(1e-200, &mut lost);
        assert!(lost);
    }
}
