//! Step functions of two variables in; sums over sliding ranges, which is what summing one of them out needs, out.

use super::number::Number;
use super::potential::Piece;
use std::ops::Range;

/// A stretch of outputs of which each adds a range of inputs, moving along or standing still.
///
/// ```text
/// out[j] += weight · Σ in[i],  from + slide_from·(j − start) <= i < to + slide_to·(j − start)
/// ```
/// Invariant: every range is within the inputs and none is empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run {
    /// Outputs `start..end`.
    pub start: usize,
    pub end: usize,
    /// Inputs of the first output: `from..to`.
    pub from: usize,
    pub to: usize,
    pub slide_from: bool,
    pub slide_to: bool,
    pub weight: f64,
}

/// A range of inputs whose ends move with the output: `max(0, j + a)..min(inputs, j + b)`; `None` stands for a fixed end.
#[derive(Clone, Copy, Debug)]
pub struct Sliding {
    pub from: Option<i64>,
    pub to: Option<i64>,
    pub weight: f64,
}

impl Sliding {
    /// Its runs for the outputs `0..outputs`; open ends stand at 0 and at `inputs`.
    pub fn runs(self, inputs: usize, outputs: usize, found: &mut Vec<Run>) {
        if self.weight == 0.0 || inputs == 0 {
            return;
        }
        let (inputs, outputs) = (inputs as i64, outputs as i64);
        let mut breaks = vec![0, outputs];
        for end in [self.from, self.to].into_iter().flatten() {
            breaks.extend([-end, inputs - end].map(|at| at.clamp(0, outputs)));
        }
        breaks.sort_unstable();
        breaks.dedup();
        for pair in breaks.windows(2) {
            let end_at = |end: Option<i64>, open: i64| end.map_or(open, |end| (pair[0] + end).clamp(0, inputs));
            // Between two breaks an end moves if it is inside after the first step.
            let slides = |end: Option<i64>| end.is_some_and(|end| pair[0] + end >= 0 && pair[0] + end < inputs);
            let (slide_from, slide_to) = (slides(self.from), slides(self.to));
            let (mut start, mut from, mut to) = (pair[0], end_at(self.from, 0), end_at(self.to, inputs));
            // A range that only begins to grow is empty at its first output.
            if from >= to && slide_to && !slide_from {
                start += 1;
                to += 1;
            }
            // One that shrinks ends before it is empty.
            let shrinks = slide_from && !slide_to;
            let end = if shrinks { pair[1].min(start + to - from) } else { pair[1] };
            from = from.max(0);
            if from < to && start < end {
                found.push(Run {
                    start: start as usize,
                    end: end as usize,
                    from: from as usize,
                    to: to as usize,
                    slide_from,
                    slide_to,
                    weight: self.weight,
                });
            }
        }
    }
}

/// Gathers the pieces of one output after the other into runs.
#[derive(Debug, Default)]
pub struct RunMaker {
    pub runs: Vec<Run>,
    /// How many of the last runs may go on with the next output.
    open: usize,
    rows: usize,
}

impl RunMaker {
    /// Adds the pieces (each from the end of the one before) of the next output.
    pub fn row(&mut self, pieces: &[Piece]) {
        let mut start = 0;
        let ranges = pieces.iter().map(|piece| (std::mem::replace(&mut start, piece.end), piece.end, piece.value));
        let ranges: Vec<(usize, usize, f64)> = ranges.filter(|range| range.2 > 0.0 && range.0 < range.1).collect();
        let first = self.runs.len() - self.open;
        let goes_on = self.open == ranges.len()
            && self.runs[first..].iter().zip(&ranges).all(|(run, range)| run.goes_on(self.rows, *range));
        if goes_on {
            for (run, range) in self.runs[first..].iter_mut().zip(&ranges) {
                run.slide_from = range.0 != run.from;
                run.slide_to = range.1 != run.to;
                run.end += 1;
            }
        } else {
            self.open = ranges.len();
            let row = self.rows;
            self.runs.extend(ranges.into_iter().map(|(from, to, weight)| Run {
                start: row,
                end: row + 1,
                from,
                to,
                slide_from: false,
                slide_to: false,
                weight,
            }));
        }
        self.rows += 1;
    }
}

impl Run {
    /// Number of outputs.
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether `range` at output `row` continues it.
    fn goes_on(&self, row: usize, range: (usize, usize, f64)) -> bool {
        let steps = row - self.start;
        let moved = |end: usize, slides: bool, now: usize| match steps {
            1 => now == end || now == end + 1,
            _ => now == end + steps * usize::from(slides),
        };
        self.end == row
            && range.2 == self.weight
            && moved(self.from, self.slide_from, range.0)
            && moved(self.to, self.slide_to, range.1)
    }

    /// What is left of it for a part of the outputs and of the inputs, counted from their first.
    pub fn clip(&self, outputs: Range<usize>, inputs: Range<usize>, found: &mut Vec<Run>) {
        let (start, end) = (self.start.max(outputs.start), self.end.min(outputs.end));
        if start >= end {
            return;
        }
        let ahead = (start - self.start) as i64;
        let count = (end - start) as i64;
        let from = self.from as i64 + if self.slide_from { ahead } else { 0 } - inputs.start as i64;
        let to = self.to as i64 + if self.slide_to { ahead } else { 0 } - inputs.start as i64;
        let width = inputs.len() as i64;
        // Where an end comes into the inputs, or leaves them.
        let mut breaks = [0, count, count, count];
        if self.slide_from {
            breaks[1] = (-from).clamp(0, count);
        }
        if self.slide_to {
            breaks[2] = (width - to).clamp(0, count);
        }
        breaks[1..3].sort_unstable();
        for pair in breaks.windows(2).filter(|pair| pair[0] < pair[1]) {
            let at = |end: i64, slides: bool| end + if slides { pair[0] } else { 0 };
            let (from, to) = (at(from, self.slide_from), at(to, self.slide_to));
            let (slide_from, slide_to) = (self.slide_from && from >= 0, self.slide_to && to < width);
            let (mut first, from, mut to) = (pair[0], from.max(0), to.min(width));
            // A range that only begins to grow is empty at first.
            if from >= to && slide_to && !slide_from {
                first += from - to + 1;
                to = from + 1;
            }
            // One that shrinks ends before it is empty.
            let last = if slide_from && !slide_to { pair[1].min(first + to - from) } else { pair[1] };
            if from < to && first < last {
                let start = start - outputs.start;
                found.push(Run {
                    start: start + first as usize,
                    end: start + last as usize,
                    from: from as usize,
                    to: to as usize,
                    slide_from,
                    slide_to,
                    weight: self.weight,
                });
            }
        }
    }

    /// Elementary steps of its sums.
    pub fn cost(&self) -> usize {
        self.to - self.from + 2 * self.len()
    }
}

/// Adds the runs' sums of `inputs` to `outputs`, by additions only.
///
/// Ranges that slide at both ends are cut at multiples of their width: the end of one cut and the beginning of the next
/// make up each range (van Herk 1992). `tails` is memory for the former.
pub fn add_runs<N: Number>(runs: &[Run], inputs: &[N], outputs: &mut [N], tails: &mut Vec<N>, lost: &mut bool) {
    for run in runs {
        let out = &mut outputs[run.start..run.end];
        match (run.slide_from, run.slide_to) {
            (false, false) => {
                let sum = weighed(total(&inputs[run.from..run.to]), run.weight, lost);
                out.iter_mut().for_each(|entry| *entry = entry.plus(sum));
            }
            (false, true) => {
                let start = total(&inputs[run.from..run.to - 1]);
                let next = &inputs[run.to - 1..];
                tails.resize(out.len(), N::ZERO);
                N::sums_from_left(start, &next[..out.len()], tails);
                add_weighed_line(out, tails, run.weight, lost);
            }
            (true, false) => {
                let last = run.from + run.len();
                tails.resize(out.len(), N::ZERO);
                N::sums_from_right(total(&inputs[last..run.to]), &inputs[run.from..last], tails);
                add_weighed_line(out, tails, run.weight, lost);
            }
            (true, true) => add_sliding(run, inputs, out, tails, lost),
        }
    }
}

fn add_sliding<N: Number>(run: &Run, inputs: &[N], out: &mut [N], tails: &mut Vec<N>, lost: &mut bool) {
    let width = run.to - run.from;
    // Tails of one cut, then heads of the next.
    tails.resize(2 * width.min(out.len()), N::ZERO);
    for (cut, entries) in out.chunks_mut(width).enumerate() {
        let base = run.from + cut * width;
        let (tails, heads) = tails[..2 * entries.len()].split_at_mut(entries.len());
        let (own, beyond) = inputs[base..base + width].split_at(entries.len());
        N::sums_from_right(total(beyond), own, tails);
        // The first range is the whole cut; past the end of the inputs there is nothing more to take in.
        let next = &inputs[base + width..];
        let heads = &mut heads[..entries.len() - 1];
        let known = next.len().min(heads.len());
        let all = N::sums_from_left(N::ZERO, &next[..known], &mut heads[..known]);
        heads[known..].fill(all);
        let both = |(tail, head): (&N, &N)| tail.plus(*head);
        add_weighed(&mut entries[..1], tails[..1].iter().copied(), run.weight, lost);
        add_weighed(&mut entries[1..], tails[1..].iter().zip(heads.iter()).map(both), run.weight, lost);
    }
}

/// Adds the sums, times the weight, to the entries.
fn add_weighed_line<N: Number>(entries: &mut [N], sums: &[N], weight: f64, lost: &mut bool) {
    if weight == 1.0 { N::add(entries, sums) } else { add_weighed(entries, sums.iter().copied(), weight, lost) }
}

/// The same of sums that are made on the way.
fn add_weighed<N: Number>(entries: &mut [N], sums: impl Iterator<Item = N>, weight: f64, lost: &mut bool) {
    if weight == 1.0 {
        entries.iter_mut().zip(sums).for_each(|(entry, sum)| *entry = entry.plus(sum));
    } else {
        let weight = N::from_f64(weight);
        entries.iter_mut().zip(sums).for_each(|(entry, sum)| *entry = entry.plus(sum.times(weight, lost)));
    }
}

/// The sum of all entries.
pub fn total<N: Number>(values: &[N]) -> N {
    N::total(values)
}

fn weighed<N: Number>(sum: N, weight: f64, lost: &mut bool) -> N {
    if weight == 1.0 { sum } else { sum.times(N::from_f64(weight), lost) }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// What the runs add up, the plain way.
    pub fn expected(runs: &[Run], inputs: &[f64], outputs: usize) -> Vec<f64> {
        let mut out = vec![0.0; outputs];
        for run in runs {
            for (step, at) in (run.start..run.end).enumerate() {
                let from = run.from + if run.slide_from { step } else { 0 };
                let to = run.to + if run.slide_to { step } else { 0 };
                assert!(from < to, "an empty range in {run:?}");
                out[at] += run.weight * inputs[from..to].iter().sum::<f64>();
            }
        }
        out
    }

    #[test]
    fn sliding_ranges_are_clipped_at_both_ends() {
        let inputs: Vec<f64> = (0..23).map(|i| f64::from(1u32 << i)).collect();
        for outputs in [1usize, 7, 23, 40] {
            for a in (-45..45).step_by(3) {
                for width in [1, 2, 5, 30, 60] {
                    for (from, to) in [(Some(a), Some(a + width)), (None, Some(a)), (Some(a), None), (None, None)] {
                        let mut runs = Vec::new();
                        Sliding { from, to, weight: 1.0 }.runs(inputs.len(), outputs, &mut runs);
                        let plain = |j: usize| -> f64 {
                            let low = from.map_or(0, |from| (j as i64 + from).clamp(0, 23)) as usize;
                            let high = to.map_or(23, |to| (j as i64 + to).clamp(0, 23)) as usize;
                            if low < high { inputs[low..high].iter().sum() } else { 0.0 }
                        };
                        let plain: Vec<f64> = (0..outputs).map(plain).collect();
                        assert_eq!(expected(&runs, &inputs, outputs), plain, "{from:?} {to:?} {outputs}");
                        let mut quick = vec![0.0; outputs];
                        add_runs(&runs, &inputs, &mut quick, &mut Vec::new(), &mut false);
                        assert_eq!(quick, plain);
                    }
                }
            }
        }
    }

    /// Parts of lines and rows are what is left where all else is 0.
    #[test]
    fn runs_are_clipped_to_parts() {
        let inputs: Vec<f64> = (0..23).map(|i| f64::from(1u32 << i)).collect();
        for outputs in [1usize, 9, 30] {
            for (a, width) in (-33..33).step_by(2).flat_map(|a| [1, 3, 12, 50].map(|width| (a, width))) {
                for (from, to) in [(Some(a), Some(a + width)), (None, Some(a)), (Some(a), None), (None, None)] {
                    let mut runs = Vec::new();
                    Sliding { from, to, weight: 1.0 }.runs(inputs.len(), outputs, &mut runs);
                    for (input, output) in [(0..23, 0..outputs), (5..6, 0..outputs), (4..17, outputs / 3..outputs)] {
                        let mut masked = vec![0.0; 23];
                        masked[input.clone()].copy_from_slice(&inputs[input.clone()]);
                        let plain = &expected(&runs, &masked, outputs)[output.clone()];
                        let mut clipped = Vec::new();
                        runs.iter().for_each(|run| run.clip(output.clone(), input.clone(), &mut clipped));
                        let found = expected(&clipped, &inputs[input.clone()], output.len());
                        assert_eq!(found, plain, "{from:?} {to:?} {input:?} {output:?}");
                        let mut quick = vec![0.0; output.len()];
                        add_runs(&clipped, &inputs[input], &mut quick, &mut Vec::new(), &mut false);
                        assert_eq!(quick, plain);
                    }
                }
            }
        }
    }

    #[test]
    fn rows_are_gathered_into_runs() {
        let rows: Vec<Vec<Piece>> = (0..50usize)
            .map(|j| {
                let ends = [(j / 3, 0.5), (j.min(20) + 10, 0.0), (j + 15, 2.0), (70, f64::from(u8::from(j % 7 == 0)))];
                ends.into_iter().map(|(end, value)| Piece { end, value }).collect()
            })
            .collect();
        let inputs: Vec<f64> = (0..70).map(|i| f64::from(i * i % 101)).collect();
        let mut maker = RunMaker::default();
        rows.iter().for_each(|row| maker.row(row));
        let plain: Vec<f64> = rows
            .iter()
            .map(|row| {
                let mut start = 0;
                let mut sum = 0.0;
                for piece in row {
                    sum += piece.value * inputs[start..piece.end.max(start)].iter().sum::<f64>();
                    start = piece.end;
                }
                sum
            })
            .collect();
        assert_eq!(expected(&maker.runs, &inputs, 50), plain);
        assert!(maker.runs.len() < 120);
    }
}
