//! Runs and a line in; the sums of the line over sliding ranges, added to another line, out.

use super::line::{Line, LineMut, MOST, NOTHING, power};
use crate::infer::number::Number;
use crate::infer::run::{self, Run};

/// Ranges of at most this width are added up one by one.
const NARROW: usize = 12;
/// Neighbouring blocks whose exponents differ by more than this are left to arithmetic with an exponent for each number.
const STEEP: i32 = 500;

/// Memory that sums need on the way, kept from one to the next.
#[derive(Debug, Default)]
pub struct Scratch {
    flat: Vec<f64>,
    values: Vec<f64>,
    exponents: Vec<i32>,
    weights: Vec<f64>,
}

/// A sum under way: `mantissa · 2^exponent`.
#[derive(Clone, Copy)]
struct Sum {
    mantissa: f64,
    exponent: i32,
}

impl Sum {
    fn of(line: Line<'_>, from: usize, to: usize) -> Sum {
        let (mantissa, exponent) = line.total(from, to);
        Sum { mantissa, exponent }
    }

    /// Gives it at least this exponent; returns the factor for numbers of that exponent.
    fn lift(&mut self, exponent: i32, lost: &mut bool) -> f64 {
        if exponent > self.exponent {
            // Sums are still to be told of what came before.
            *lost |= exponent - self.exponent > STEEP && self.exponent > NOTHING;
            self.mantissa *= power(self.exponent - exponent);
            self.exponent = exponent;
        }
        power(exponent - self.exponent)
    }
}

/// Adds the runs' sums of `input` to `out`. Where the inputs can share an exponent and the outputs are still 0, plain
/// sums do.
pub fn add_runs(runs: &[Run], input: Line<'_>, out: &mut LineMut<'_>, scratch: &mut Scratch, lost: &mut bool) {
    if out.read().level() == Some(NOTHING) {
        let Scratch { flat, values, .. } = scratch;
        let plain = match input.level() {
            Some(exponent) => Some((input.values, exponent)),
            None => input.flatten(flat).map(|exponent| (&flat[..], exponent)),
        };
        if let Some((inputs, exponent)) = plain {
            run::add_runs(runs, inputs, out.values, values, lost);
            out.exponents.fill(exponent);
            return;
        }
    }
    for run in runs {
        match (run.slide_from, run.slide_to) {
            (false, false) => add_constant(run, input, out, lost),
            (false, true) => add_growing(run, input, out, lost),
            (true, false) => add_shrinking(run, input, out, lost),
            (true, true) if run.to - run.from <= NARROW => {
                let mut weights = std::mem::take(&mut scratch.weights);
                weights.clear();
                weights.resize(run.to - run.from, 1.0);
                let Run { start, end, weight, .. } = *run;
                let shift = run.from as i64 - start as i64;
                let sums = Weighted { start, end, from: 0, to: input.values.len(), shift, weights: &weights, weight };
                add_weighted(sums, input, out, scratch, lost);
                scratch.weights = weights;
            }
            (true, true) => add_sliding(run, input, out, scratch, lost),
        }
    }
}

/// How many entries from `at` on are of the same block, as far as they are worked on together.
fn room(at: usize, block: usize) -> usize {
    (block - at % block).min(MOST)
}

/// How many entries before `at` are of the same block as the last of them, as far as they are worked on together.
fn room_before(at: usize, block: usize) -> usize {
    ((at - 1) % block + 1).min(MOST)
}

fn add_constant(run: &Run, input: Line<'_>, out: &mut LineMut<'_>, lost: &mut bool) {
    let sum = Sum::of(input, run.from, run.to);
    let ones = [1.0; MOST];
    let mut at = run.start;
    while at < run.end {
        let count = room(at, out.block).min(run.end - at);
        out.add(at, &ones[..count], run.weight * sum.mantissa, sum.exponent, lost);
        at += count;
    }
}

fn add_growing(run: &Run, input: Line<'_>, out: &mut LineMut<'_>, lost: &mut bool) {
    let mut sum = Sum::of(input, run.from, run.to - 1);
    let mut sums = [0.0; MOST];
    let (mut at, mut next) = (run.start, run.to - 1);
    while at < run.end {
        let count = room(at, out.block).min(room(next, input.block)).min(run.end - at);
        let factor = sum.lift(input.exponents[next / input.block], lost);
        let mut mantissa = sum.mantissa;
        for (entry, value) in sums.iter_mut().zip(&input.values[next..next + count]) {
            mantissa += factor * value;
            *entry = mantissa;
        }
        sum.mantissa = mantissa;
        out.add(at, &sums[..count], run.weight, sum.exponent, lost);
        at += count;
        next += count;
    }
}

fn add_shrinking(run: &Run, input: Line<'_>, out: &mut LineMut<'_>, lost: &mut bool) {
    let (mut at, mut next) = (run.end, run.from + run.len());
    let mut sum = Sum::of(input, next, run.to);
    let mut sums = [0.0; MOST];
    while at > run.start {
        let count = room_before(at, out.block).min(room_before(next, input.block)).min(at - run.start);
        let factor = sum.lift(input.exponents[(next - 1) / input.block], lost);
        let mut mantissa = sum.mantissa;
        let values = &input.values[next - count..next];
        for (entry, value) in sums[..count].iter_mut().rev().zip(values.iter().rev()) {
            mantissa += factor * value;
            *entry = mantissa;
        }
        sum.mantissa = mantissa;
        out.add(at - count, &sums[..count], run.weight, sum.exponent, lost);
        at -= count;
        next -= count;
    }
}

/// Ranges that slide at both ends, cut at multiples of their width (van Herk 1992).
fn add_sliding(run: &Run, input: Line<'_>, out: &mut LineMut<'_>, scratch: &mut Scratch, lost: &mut bool) {
    let width = run.to - run.from;
    let mut start = run.start;
    let mut base = run.from;
    while start < run.end {
        let count = width.min(run.end - start);
        fill_tails(base, base + count, base + width, input, scratch, lost);
        add_tails_and_heads(run.weight, start, base, width, count, input, out, scratch, lost);
        start += count;
        base += width;
    }
}

/// The sums of `input` from each of `from..to` up to `end`; each block of the input keeps its own exponent.
fn fill_tails(from: usize, to: usize, end: usize, input: Line<'_>, scratch: &mut Scratch, lost: &mut bool) {
    let Scratch { values, exponents, .. } = scratch;
    values.resize(to - from, 0.0);
    exponents.clear();
    exponents.resize((to - 1) / input.block - from / input.block + 1, NOTHING);
    let mut sum = Sum::of(input, to, end);
    let mut next = to;
    while next > from {
        let count = room_before(next, input.block).min(next - from);
        let block = (next - 1) / input.block;
        let factor = sum.lift(input.exponents[block], lost);
        let mut mantissa = sum.mantissa;
        let entries = &mut values[next - count - from..next - from];
        for (entry, value) in entries.iter_mut().rev().zip(input.values[next - count..next].iter().rev()) {
            mantissa += factor * value;
            *entry = mantissa;
        }
        sum.mantissa = mantissa;
        exponents[block - from / input.block] = sum.exponent;
        next -= count;
    }
}

/// Adds for each output the tail of one cut and the head of the next.
#[allow(clippy::too_many_arguments)] // One loop cut out of its caller, which would be too long with it.
fn add_tails_and_heads(
    weight: f64,
    start: usize,
    base: usize,
    width: usize,
    outputs: usize,
    input: Line<'_>,
    out: &mut LineMut<'_>,
    scratch: &Scratch,
    lost: &mut bool,
) {
    let mut head = Sum { mantissa: 0.0, exponent: NOTHING };
    let mut sums = [0.0; MOST];
    let mut done = 0;
    // The first output is the whole first cut; each further one takes an entry of the next cut in.
    while done < outputs {
        let tail_exponent = scratch.exponents[(base + done) / input.block - base / input.block];
        let next = base + width + done;
        let mut count = room(start + done, out.block).min(room(base + done, input.block)).min(outputs - done);
        let mut incoming = NOTHING;
        if next < input.values.len() {
            count = count.min(room(next, input.block));
            incoming = input.exponents[next / input.block];
        }
        head.lift(tail_exponent, lost);
        let factor = head.lift(incoming, lost);
        let tail_factor = power(tail_exponent - head.exponent);
        let mut mantissa = head.mantissa;
        let tails = &scratch.values[done..done + count];
        for (entry, tail) in sums[..count].iter_mut().zip(tails) {
            *entry = tail_factor * tail;
        }
        let values = &input.values[next.min(input.values.len())..(next + count).min(input.values.len())];
        let mut entries = sums[..count].iter_mut();
        for (entry, value) in entries.by_ref().zip(values) {
            *entry += mantissa;
            mantissa += factor * value;
        }
        // Past the end of the input there is nothing more to take in.
        sums[values.len().min(count)..count].iter_mut().for_each(|entry| *entry += mantissa);
        head.mantissa = mantissa;
        out.add(start + done, &sums[..count], weight, head.exponent, lost);
        done += count;
    }
}

/// Sums of few weighted inputs each.
///
/// ```text
/// out[j] += weight · Σ_k weights[k] · input[j + shift + k],  start <= j < end, over the inputs from..to
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Weighted<'w> {
    pub start: usize,
    pub end: usize,
    pub from: usize,
    pub to: usize,
    pub shift: i64,
    pub weights: &'w [f64],
    pub weight: f64,
}

/// Adds weighted sums of `input` to `out`.
pub fn add_weighted(
    sums: Weighted<'_>,
    input: Line<'_>,
    out: &mut LineMut<'_>,
    scratch: &mut Scratch,
    lost: &mut bool,
) {
    let Weighted { weights, .. } = sums;
    let mut at = sums.start;
    while at < sums.end {
        let count = room(at, out.block).min(sums.end - at);
        let low = at as i64 + sums.shift;
        let high = low + (count + weights.len()) as i64 - 1;
        let clamped = |end: i64| end.clamp(sums.from as i64, sums.to as i64) as usize;
        let (from, to) = (clamped(low), clamped(high));
        if from < to {
            let exponent = level(from, to, input, &mut scratch.values, lost);
            let mut found = [0.0; MOST];
            for (k, factor) in weights.iter().enumerate() {
                // Outputs `skip..` read the copy from `begin` on at this weight.
                let first = low + k as i64;
                let skip = (from as i64 - first).clamp(0, count as i64) as usize;
                let begin = (first + skip as i64 - from as i64) as usize;
                let inputs = scratch.values.get(begin..).unwrap_or(&[]);
                for (sum, value) in found[skip..count].iter_mut().zip(inputs) {
                    *sum = sum.plus(factor.times(*value, lost));
                }
            }
            out.add(at, &found[..count], sums.weight, exponent, lost);
        }
        at += count;
    }
}

/// Copies entries `from..to` with one exponent, the greatest, which is returned.
fn level(from: usize, to: usize, input: Line<'_>, values: &mut Vec<f64>, lost: &mut bool) -> i32 {
    let exponents = &input.exponents[from / input.block..(to - 1) / input.block + 1];
    let greatest = exponents.iter().copied().max().unwrap_or(NOTHING);
    *lost |= exponents.iter().any(|exponent| greatest - exponent > STEEP && *exponent > NOTHING);
    values.clear();
    let mut at = from;
    while at < to {
        let end = (at + room(at, input.block)).min(to);
        let factor = power(input.exponents[at / input.block] - greatest);
        values.extend(input.values[at..end].iter().map(|value| factor * value));
        at = end;
    }
    greatest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::run::{Sliding, tests::expected};
    use crate::infer::tree::line::{BLOCKS, Lines};

    /// Entries over as many decades as plain numbers have, some of them 0, in every sliding range of either end.
    #[test]
    fn sums_agree_with_plain_ones_at_every_exponent() {
        for block in [MOST, 1] {
            assert_summed(2, block);
        }
    }

    /// The same over half as many decades, which fit on one exponent.
    #[test]
    fn sums_agree_with_plain_ones_on_one_exponent() {
        for block in BLOCKS {
            assert_summed(1, block);
        }
    }

    fn assert_summed(decades: i32, block: usize) {
        let entry = |i: i32| if i % 11 == 5 { 0.0 } else { 10f64.powi(decades * (i - 75)) * f64::from(i + 1) };
        let inputs: Vec<f64> = (0..150).map(entry).collect();
        let mut lines = Lines::new([150, 170].into_iter(), block);
        let (mut lost, mut scratch) = (false, Scratch::default());
        lines.get_mut(0).copy(Line::plain(&inputs), &mut lost);
        let shifts = (-200..200).step_by(7);
        for shift in shifts {
            for width in [1, 3, 12, 13, 40, 64, 149] {
                for (from, to) in
                    [(Some(shift), Some(shift + width)), (None, Some(shift)), (Some(shift), None), (None, None)]
                {
                    let mut runs = Vec::new();
                    Sliding { from, to, weight: 0.75 }.runs(150, 170, &mut runs);
                    let plain = expected(&runs, &inputs, 170);
                    let input = (lines.get(0).values.to_vec(), lines.get(0).exponents.to_vec());
                    let mut out = lines.get_mut(1);
                    out.clear();
                    add_runs(
                        &runs,
                        Line { values: &input.0, exponents: &input.1, block },
                        &mut out,
                        &mut scratch,
                        &mut lost,
                    );
                    for (found, plain) in out.read().scaled().map(|entry| entry.to_f64()).zip(&plain) {
                        assert!((found - plain).abs() <= 1e-13 * plain, "{from:?}..{to:?}: {found} is not {plain}");
                    }
                }
            }
        }
        assert!(!lost);
    }
}
