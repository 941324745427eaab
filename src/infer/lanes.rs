//! Lines of plain numbers in; their products and running sums out, by the widest instructions that the machine has.
//!
//! Every function is compiled for AVX2 as well, and which one is used is found out at the first call. No multiplication and
//! addition are joined into one, so that the bits are the same by either.

use multiversion::multiversion;

/// A product or quotient of positive numbers below this has lost accuracy, or will soon.
pub const SMALLEST: f64 = 1e-290;
/// Numbers that are looked at side by side.
const LANES: usize = 4;
/// Entries of running sums that are made together.
const AT_ONCE: usize = 16;

/// The greater of two numbers ≥ 0.
#[inline(always)]
fn greater(one: f64, other: f64) -> f64 {
    if other > one { other } else { one }
}

/// The greatest of some numbers ≥ 0; 0 of none.
#[multiversion(targets("x86_64+avx2"))]
pub fn greatest(values: &[f64]) -> f64 {
    let mut parts = [0.0f64; LANES];
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for (part, value) in parts.iter_mut().zip(chunk) {
            *part = greater(*part, *value);
        }
    }
    parts.into_iter().chain(rest.iter().copied()).fold(0.0, greater)
}

/// The sum of some numbers, sixteen sums side by side.
#[multiversion(targets("x86_64+avx2"))]
pub fn total(values: &[f64]) -> f64 {
    let mut parts = [0.0f64; AT_ONCE];
    let (chunks, rest) = values.as_chunks::<AT_ONCE>();
    for chunk in chunks {
        for (part, value) in parts.iter_mut().zip(chunk) {
            *part += value;
        }
    }
    for half in [8, 4, 2, 1] {
        (0..half).for_each(|at| parts[at] += parts[at + half]);
    }
    parts[0] + rest.iter().sum::<f64>()
}

/// Makes `out` the product of two lines; how many products of positive numbers are too small, and the greatest.
#[multiversion(targets("x86_64+avx2"))]
pub fn watched_product(out: &mut [f64], one: &[f64], other: &[f64]) -> (u64, f64) {
    pair_up(out, one, other, |one, other| {
        let product = one * other;
        let less = if one < other { one } else { other };
        (product, (product < SMALLEST) & (less > 0.0))
    })
}

/// Makes `out` the quotient of two lines, with 0/0 = 0; how many of positive numbers are too small, and the greatest.
#[multiversion(targets("x86_64+avx2"))]
pub fn watched_quotient(out: &mut [f64], above: &[f64], below: &[f64]) -> (u64, f64) {
    pair_up(out, above, below, |above, below| {
        // Divided by the least number where both are 0, without a branch.
        let quotient = above / greater(below, f64::MIN_POSITIVE);
        (quotient, (quotient < SMALLEST) & (above > 0.0))
    })
}

#[inline(always)]
fn pair_up(out: &mut [f64], one: &[f64], other: &[f64], with: impl Fn(f64, f64) -> (f64, bool)) -> (u64, f64) {
    let (mut vanished, mut greatest) = ([0u64; LANES], [0.0f64; LANES]);
    let (out, out_rest) = out.as_chunks_mut::<LANES>();
    let (one, one_rest) = one.as_chunks::<LANES>();
    let (other, other_rest) = other.as_chunks::<LANES>();
    for ((out, one), other) in out.iter_mut().zip(one).zip(other) {
        for lane in 0..LANES {
            let (value, gone) = with(one[lane], other[lane]);
            vanished[lane] += u64::from(gone);
            greatest[lane] = greater(greatest[lane], value);
            out[lane] = value;
        }
    }
    for ((out, one), other) in out_rest.iter_mut().zip(one_rest).zip(other_rest) {
        let (value, gone) = with(*one, *other);
        vanished[0] += u64::from(gone);
        greatest[0] = greater(greatest[0], value);
        *out = value;
    }
    (vanished.iter().sum(), greatest.into_iter().fold(0.0, greater))
}

/// Makes `out` the product of two lines.
#[multiversion(targets("x86_64+avx2"))]
pub fn product_of_two(out: &mut [f64], one: &[f64], two: &[f64]) {
    for ((out, one), two) in out.iter_mut().zip(one).zip(two) {
        *out = one * two;
    }
}

/// Makes `out` the product of three lines.
#[multiversion(targets("x86_64+avx2"))]
pub fn product_of_three(out: &mut [f64], one: &[f64], two: &[f64], three: &[f64]) {
    for (((out, one), two), three) in out.iter_mut().zip(one).zip(two).zip(three) {
        *out = one * two * three;
    }
}

/// Adds a line to another.
#[multiversion(targets("x86_64+avx2"))]
pub fn add(sums: &mut [f64], values: &[f64]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

/// Adds the product of two lines to another.
#[multiversion(targets("x86_64+avx2"))]
pub fn add_product(sums: &mut [f64], one: &[f64], other: &[f64]) {
    for ((sum, one), other) in sums.iter_mut().zip(one).zip(other) {
        *sum += one * other;
    }
}

/// Shares of a whole whose inverse is given; what is positive stays positive.
#[multiversion(targets("x86_64+avx2"))]
pub fn shares(values: &[f64], inverse: f64) -> Vec<f64> {
    // The least number for what is possible, 0 for what is not, without a branch.
    values.iter().map(|value| greater(value * inverse, f64::from_bits(u64::from(*value > 0.0)))).collect()
}

/// Fills `sums` with `start` and the values from the first up to each; returns the last of these, or `start`.
#[multiversion(targets("x86_64+avx2"))]
pub fn sums_from_left(start: f64, values: &[f64], sums: &mut [f64]) -> f64 {
    let mut sum = start;
    let (values, rest) = values.as_chunks::<AT_ONCE>();
    let (sums, rest_sums) = sums.as_chunks_mut::<AT_ONCE>();
    for (values, sums) in values.iter().zip(sums) {
        // Four short sums side by side, then what lies before each.
        let mut parts = *values;
        for k in 1..4 {
            (0..4).for_each(|j| parts[4 * j + k] += parts[4 * j + k - 1]);
        }
        let two = parts[3] + parts[7];
        let before = [0.0, parts[3], two, two + parts[11]].map(|before| sum + before);
        for (at, entry) in sums.iter_mut().enumerate() {
            *entry = before[at / 4] + parts[at];
        }
        sum = sums[AT_ONCE - 1];
    }
    for (entry, value) in rest_sums.iter_mut().zip(rest) {
        sum += value;
        *entry = sum;
    }
    sum
}

/// Fills `sums` with `start` and the values from each to the last; returns the first of these, or `start`.
#[multiversion(targets("x86_64+avx2"))]
pub fn sums_from_right(start: f64, values: &[f64], sums: &mut [f64]) -> f64 {
    let mut sum = start;
    let (rest, values) = values.as_rchunks::<AT_ONCE>();
    let (rest_sums, sums) = sums.as_rchunks_mut::<AT_ONCE>();
    for (values, sums) in values.iter().zip(sums).rev() {
        let mut parts = *values;
        for k in (0..3).rev() {
            (0..4).for_each(|j| parts[4 * j + k] += parts[4 * j + k + 1]);
        }
        let two = parts[12] + parts[8];
        let after = [two + parts[4], two, parts[12], 0.0].map(|after| sum + after);
        for (at, entry) in sums.iter_mut().enumerate() {
            *entry = after[at / 4] + parts[at];
        }
        sum = sums[0];
    }
    for (entry, value) in rest_sums.iter_mut().zip(rest).rev() {
        sum += value;
        *entry = sum;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every length up to a few lanes and blocks, so that all rests occur.
    #[test]
    fn every_length_is_worked_through() {
        for length in 0..70usize {
            let one: Vec<f64> = (0..length).map(|i| (1 + i * 7 % 11) as f64).collect();
            let other: Vec<f64> = (0..length).map(|i| (i * 5 % 8) as f64).collect();
            let product: Vec<f64> = one.iter().zip(&other).map(|(one, other)| one * other).collect();
            let most = product.iter().copied().fold(0.0, f64::max);
            let mut out = vec![f64::NAN; length];
            assert_eq!(watched_product(&mut out, &one, &other), (0, most));
            assert_eq!(out, product);
            assert_eq!(greatest(&out), most);
            assert_eq!(total(&out), product.iter().sum::<f64>());
            product_of_two(&mut out, &one, &other);
            assert_eq!(out, product);
            let (none, _) = watched_quotient(&mut out, &product, &other);
            assert_eq!(none, 0);
            assert!(out.iter().zip(&one).zip(&other).all(|((out, one), other)| *out == one * f64::from(*other > 0.0)));
            product_of_three(&mut out, &one, &one, &other);
            let mut sums = product.clone();
            add_product(&mut sums, &product, &one);
            add(&mut sums, &one);
            for (at, sum) in sums.iter().enumerate() {
                assert_eq!(*sum, product[at] + out[at] + one[at]);
            }
            let mut running = vec![f64::NAN; length];
            let last = sums_from_left(3.0, &one, &mut running);
            assert!((0..length).all(|at| running[at] == 3.0 + one[..=at].iter().sum::<f64>()));
            assert_eq!(last, 3.0 + one.iter().sum::<f64>());
            assert_eq!(sums_from_right(3.0, &one, &mut running), last);
            assert!((0..length).all(|at| running[at] == 3.0 + one[at..].iter().sum::<f64>()));
        }
    }

    #[test]
    fn what_vanishes_is_counted() {
        let mut out = [0.0; 6];
        let tiny = [1e-200, 0.0, 1.0, 1e-100, 1e-200, 1e-200];
        assert_eq!(watched_product(&mut out, &tiny, &tiny), (3, 1.0));
        assert_eq!(watched_quotient(&mut out, &tiny, &[1e100, 1.0, 2.0, 1.0, 1.0, 1e95]), (2, 0.5));
        assert!(shares(&[5e-324, 0.0, 1.0], 0.25).iter().map(|share| *share > 0.0).eq([true, false, true]));
    }
}
