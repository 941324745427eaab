//! The forecast's network in; its drawn worlds, as far as answers depend on them, and sums over them for any weights of the
//! reports, out.

use super::draws::{Crew, Draws};
use super::estimate::{Ledger, LeftOut, Tally};
use super::proposal::{Weighed, World, kinship, worlds};
use super::smooth::{BatchSums, Smoothed, Smoother};
use super::voice::Voice;
use crate::network::{Formula, Function, Measure, NEVER, Network, VarId};
use std::collections::BTreeMap;

/// What is kept of every world.
pub struct Outline {
    pub axes: Vec<Axis>,
    /// Propositions whose truth is wanted.
    pub truths: Vec<Truth>,
    /// For every testimony the weight of its claims and 1 − it; `None` where it has a likelihood ratio.
    pub weights: Vec<Option<[Function; 2]>>,
}

/// The start days of an event.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    pub var: VarId,
    /// Counted from the horizon's first.
    pub first: i32,
    pub days: usize,
    pub never: bool,
    lengths: usize,
    /// Where it stands in a world's row; `None` where nothing is open.
    column: Option<usize>,
}

/// A proposition.
pub enum Truth {
    Known(bool),
    Open(Formula),
}

impl Axis {
    /// Number of days, and "does not occur" as the last.
    pub fn slots(&self) -> usize {
        self.days + usize::from(self.never)
    }

    pub fn is_open(&self) -> bool {
        self.column.is_some()
    }

    /// Whether an event's values are its slots.
    pub fn is_plain(&self) -> bool {
        self.lengths == 1
    }

    /// The slot of a value.
    pub fn slot(&self, index: usize) -> usize {
        if index >= self.days * self.lengths { self.days } else { index % self.days }
    }

    /// The day of a slot.
    pub fn day(&self, slot: usize) -> i32 {
        if slot < self.days { self.first + slot as i32 } else { NEVER }
    }
}

impl Outline {
    pub fn new(network: &Network, truths: Vec<Truth>, weights: Vec<Option<[Function; 2]>>) -> Outline {
        let mut columns = 0..;
        let axis = |var: &VarId| {
            let variable = network.variables[var.0];
            let open = variable.days + usize::from(variable.never) > 1;
            Axis {
                var: *var,
                first: variable.first,
                days: variable.days,
                never: variable.never,
                lengths: variable.lengths,
                column: if open { columns.next() } else { None },
            }
        };
        Outline { axes: network.starts.iter().map(axis).collect(), truths, weights }
    }

    fn columns(&self) -> usize {
        self.axes.iter().filter(|axis| axis.is_open()).count()
    }

    fn words(&self) -> usize {
        self.truths.len().div_ceil(64)
    }

    /// Bytes that a world takes.
    pub fn bytes(&self) -> usize {
        4 * self.columns() + 8 * self.words() + 12
    }

    fn digest(&self, network: &Network, weighed: &Weighed, smoother: Option<&Smoother>) -> Digest {
        let Weighed { batch, log_weight } = weighed;
        let mut rows = Rows::default();
        let mut patterns: BTreeMap<Vec<u64>, u32> = BTreeMap::new();
        let mut listed = Vec::new();
        for (share, world) in worlds(batch, network) {
            rows.shares.push(share);
            let open = self.axes.iter().filter(|axis| axis.is_open());
            rows.slots.extend(open.map(|axis| axis.slot(world.index(axis.var)) as u32));
            let start = rows.truths.len();
            rows.truths.resize(start + self.words(), 0);
            for (at, truth) in self.truths.iter().enumerate() {
                if let Truth::Open(formula) = truth {
                    rows.truths[start + at / 64] |= u64::from(formula.holds(&|var| world.value(var))) << (at % 64);
                }
            }
            let pattern = self.pattern(world);
            let key = pattern.iter().flat_map(|(weight, counter)| [weight.to_bits(), counter.to_bits()]).collect();
            let next = listed.len() as u32;
            rows.patterns.push(*patterns.entry(key).or_insert(next));
            if *rows.patterns.last().unwrap_or(&0) == next {
                listed.push(pattern);
            }
        }
        let smooth = smoother.map(|smoother| smoother.sums(batch, network, &rows.patterns)).unwrap_or_default();
        let (log_total, kinship) = (batch.log_total, kinship(batch));
        Digest { rows, smooth, patterns: listed, log_weight: *log_weight, log_total, kinship }
    }

    fn pattern(&self, world: World<'_>) -> Pattern {
        let value = |function: &Function| function.value(&|var| world.value(var));
        self.weights.iter().flatten().map(|[weight, counter]| (value(weight), value(counter))).collect()
    }
}

/// The weight of each testimony's claims in a world, and 1 − it; reports act on worlds by nothing else.
pub type Pattern = Vec<(f64, f64)>;

/// Worlds of a batch, row after row.
#[derive(Default)]
struct Rows {
    /// Of the batch's weight.
    shares: Vec<f64>,
    slots: Vec<u32>,
    truths: Vec<u64>,
    patterns: Vec<u32>,
    /// Index of the joint windows that it belongs to, or beyond all.
    joint: Vec<u8>,
}

/// A batch as it comes from where it was drawn, its patterns numbered by itself.
struct Digest {
    rows: Rows,
    smooth: BatchSums,
    patterns: Vec<Pattern>,
    log_weight: f64,
    log_total: f64,
    kinship: f64,
}

struct Stored {
    group: usize,
    /// Natural logarithm of its weight times its number of worlds.
    log_weight: f64,
    kinship: f64,
    rows: Rows,
}

/// The worlds drawn from the forecast.
pub struct Worlds {
    pub outline: Outline,
    draws: Draws,
    smoother: Option<Smoother>,
    smoothed: Smoothed,
    /// The factors of the reports in the network that is drawn from.
    drawn_with: Vec<Measure>,
    patterns: Vec<Pattern>,
    numbers: BTreeMap<Vec<u64>, u32>,
    batches: Vec<Stored>,
    pub ledger: Ledger,
    pub count: usize,
}

/// Sums of weights over worlds.
#[derive(Clone, Debug)]
pub struct Counts {
    pub weight: f64,
    pub squares: f64,
    /// For every event those of its slots, by the days drawn alone.
    pub drawn: Vec<Vec<f64>>,
    /// The same, of events that can be by their full conditionals (see [`Smoother`]).
    pub slots: Vec<Vec<f64>>,
    pub truths: Vec<f64>,
    /// For every pattern.
    pub patterns: Vec<f64>,
    pub joint: Vec<f64>,
    /// The mean of what the reports weigh now over what they weighed in the network that was drawn from.
    pub mean_ratio: f64,
}

impl Worlds {
    /// `memory` is what they may take, in bytes.
    pub fn new(outline: Outline, draws: Draws, voices: &[Voice], (groups, memory): (usize, u64)) -> Worlds {
        let by_pattern = !voices.iter().all(Voice::is_known);
        let smoother = Smoother::new(&draws.proposal, &outline, by_pattern, (groups, memory));
        Worlds {
            outline,
            draws,
            smoother,
            smoothed: Smoothed::default(),
            drawn_with: voices.iter().filter(|v| v.has_credibility()).map(|v| v.measure(None)).collect(),
            patterns: Vec::new(),
            numbers: BTreeMap::new(),
            batches: Vec::new(),
            ledger: Ledger::new(groups, 0),
            count: 0,
        }
    }

    /// Draws so many worlds more, or fewer if it is to stop.
    pub fn draw(&mut self, count: usize, crew: &Crew<'_>) {
        let (outline, smoother) = (&self.outline, self.smoother.as_ref());
        let digest = |network: &Network, weighed: Weighed| outline.digest(network, &weighed, smoother);
        let found = self.draws.draw(count, self.ledger.groups(), crew, digest);
        for (group, digest) in found {
            self.store(group, digest);
        }
    }

    fn store(&mut self, group: usize, digest: Digest) {
        let Digest { mut rows, smooth, patterns, log_weight, log_total, kinship } = digest;
        let worlds = rows.shares.len() as f64;
        let squares = worlds * worlds * kinship;
        self.ledger.add(group, &Tally { worlds, log_weight, log_total, squares, values: Vec::new() });
        self.count += rows.shares.len();
        let mut numbers = Vec::with_capacity(patterns.len());
        for pattern in patterns {
            let key = pattern.iter().flat_map(|(weight, counter)| [weight.to_bits(), counter.to_bits()]).collect();
            let next = self.patterns.len() as u32;
            let number = *self.numbers.entry(key).or_insert(next);
            if number == next {
                self.patterns.push(pattern);
            }
            numbers.push(number);
        }
        rows.patterns.iter_mut().for_each(|pattern| *pattern = numbers[*pattern as usize]);
        let log_weight = log_weight + worlds.ln();
        if let Some(smoother) = &self.smoother {
            smoother.store(&mut self.smoothed, (group, log_weight), smooth, &numbers);
        }
        self.batches.push(Stored { group, log_weight, kinship, rows });
    }

    /// Whether it draws populations.
    pub fn is_of_populations(&self) -> bool {
        self.draws.proposal.is_of_populations()
    }

    /// Bytes in use.
    pub fn bytes(&self) -> usize {
        let smooth = self.smoother.as_ref().map_or(0, |smoother| smoother.bytes(&self.smoothed));
        smooth + self.count * self.outline.bytes() + self.patterns.len() * 48 * (1 + self.drawn_with.len())
    }

    /// The effective number of families, before the reports are weighed anew.
    pub fn families(&self) -> f64 {
        let greatest = self.batches.iter().map(|batch| batch.log_weight).fold(f64::NEG_INFINITY, f64::max);
        let units = self.batches.iter().filter(|batch| batch.log_weight > f64::NEG_INFINITY);
        let units = units.map(|batch| ((batch.log_weight - greatest).exp(), batch.kinship));
        let (sum, squares) =
            units.fold((0.0, 0.0), |(sum, squares), (unit, kinship)| (sum + unit, squares + unit * unit * kinship));
        if squares > 0.0 { sum * sum / squares } else { 1.0 }
    }

    /// For every pattern what the reports weigh now over what they weighed in the network that was drawn from.
    fn ratios(&self, voices: &[Voice], left_out: LeftOut) -> Vec<f64> {
        let now: Vec<Measure> =
            voices.iter().filter(|voice| voice.has_credibility()).map(|voice| voice.measure(left_out)).collect();
        let ratio = |pattern: &Pattern| {
            let each = pattern.iter().zip(now.iter().zip(&self.drawn_with));
            let each =
                each.map(|((weight, counter), (now, then))| now.of(*weight, *counter) / then.of(*weight, *counter));
            each.product::<f64>()
        };
        self.patterns.iter().map(|pattern| Some(ratio(pattern)).filter(|r| r.is_finite()).unwrap_or(0.0)).collect()
    }

    /// Sums over all worlds, or those of all groups but one.
    pub fn counts(&self, voices: &[Voice], left_out: LeftOut, joint: usize) -> Counts {
        let ratios = self.ratios(voices, left_out);
        let mut counts = Counts {
            weight: 0.0,
            squares: 0.0,
            drawn: self.outline.axes.iter().map(|axis| vec![0.0; axis.slots()]).collect(),
            slots: Vec::new(),
            truths: vec![0.0; self.outline.truths.len()],
            patterns: vec![0.0; self.patterns.len()],
            joint: vec![0.0; joint],
            mean_ratio: 0.0,
        };
        let others = self.batches.iter().any(|batch| Some(batch.group) != left_out);
        let kept = || self.batches.iter().filter(|batch| !others || Some(batch.group) != left_out);
        let greatest = kept().map(|batch| batch.log_weight).fold(f64::NEG_INFINITY, f64::max);
        let mut before = 0.0;
        for batch in kept().filter(|batch| batch.log_weight > f64::NEG_INFINITY) {
            let unit = (batch.log_weight - greatest).exp();
            before += unit;
            self.add(&batch.rows, unit, &ratios, &mut counts);
        }
        counts.mean_ratio = counts.weight / before;
        counts.slots = counts.drawn.clone();
        if let Some(smoother) = &self.smoother {
            let kept = |group: usize| !others || Some(group) != left_out;
            let sums = (&mut counts.slots[..], &mut counts.truths[..]);
            smoother.replace(&self.smoothed, (kept, greatest), &ratios, sums);
        }
        counts
    }

    fn add(&self, rows: &Rows, unit: f64, ratios: &[f64], counts: &mut Counts) {
        let (columns, words) = (self.outline.columns(), self.outline.words());
        let open: Vec<usize> = (0..self.outline.axes.len()).filter(|at| self.outline.axes[*at].is_open()).collect();
        for (world, (share, pattern)) in rows.shares.iter().zip(&rows.patterns).enumerate() {
            let weight = unit * share * ratios[*pattern as usize];
            counts.weight += weight;
            counts.squares += weight * weight;
            counts.patterns[*pattern as usize] += weight;
            for (event, slot) in open.iter().zip(&rows.slots[world * columns..(world + 1) * columns]) {
                counts.drawn[*event][*slot as usize] += weight;
            }
            for word in 0..words {
                let mut bits = rows.truths[world * words + word];
                while bits != 0 {
                    counts.truths[64 * word + bits.trailing_zeros() as usize] += weight;
                    bits &= bits - 1;
                }
            }
            if let Some(sum) = rows.joint.get(world).and_then(|at| counts.joint.get_mut(usize::from(*at))) {
                *sum += weight;
            }
        }
    }

    /// The pattern of a number.
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// Calls for every world with its weight under the reports as they weigh now, and the days on which some events start.
    pub fn each(&self, voices: &[Voice], events: &[usize], mut visit: impl FnMut(&[i32], f64)) {
        let ratios = self.ratios(voices, None);
        let greatest = self.batches.iter().map(|batch| batch.log_weight).fold(f64::NEG_INFINITY, f64::max);
        for Stored { log_weight, rows, .. } in &self.batches {
            let unit = (log_weight - greatest).exp();
            for (world, share) in rows.shares.iter().enumerate() {
                visit(&self.days(rows, world, events), unit * share * ratios[rows.patterns[world] as usize]);
            }
        }
    }

    fn days(&self, rows: &Rows, world: usize, events: &[usize]) -> Vec<i32> {
        let day = |event: &usize| {
            let axis = &self.outline.axes[*event];
            let slot = axis.column.map_or(0, |column| rows.slots[world * self.outline.columns() + column] as usize);
            axis.day(slot)
        };
        events.iter().map(day).collect()
    }

    /// Marks every world with the number that its events' start days give.
    pub fn mark(&mut self, events: &[usize], number: impl Fn(&[i32]) -> u8) {
        for at in 0..self.batches.len() {
            let rows = &self.batches[at].rows;
            let joint = (0..rows.shares.len()).map(|world| number(&self.days(rows, world, events))).collect();
            self.batches[at].rows.joint = joint;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::sampled::proposal::Proposal;
    use crate::infer::Limits;
    use crate::model::EventId;
    use crate::network::{Role, Variable};

    /// One event on one of two days, and no reports.
    fn worlds(groups: usize) -> Worlds {
        let network = Network {
            variables: vec![Variable::of_days(Role::Start(EventId(0)), 3, 2, false)],
            factors: Vec::new(),
            starts: vec![VarId(0)],
            implied: Vec::new(),
            generations: Vec::new(),
            contradiction: false,
        };
        let proposal = Proposal::whole(&network, Limits::default()).expect("small");
        let outline = Outline::new(&network, vec![Truth::Known(true)], Vec::new());
        Worlds::new(outline, Draws::new(proposal, 0), &[], (groups, 1 << 20))
    }

    fn digest(log: f64, rows: &[(f64, u32)]) -> Digest {
        let rows = Rows {
            shares: rows.iter().map(|(share, _)| *share).collect(),
            slots: rows.iter().map(|(_, slot)| *slot).collect(),
            truths: vec![0; rows.len()],
            patterns: vec![0; rows.len()],
            joint: Vec::new(),
        };
        let kinship = rows.shares.iter().map(|share| share * share).sum();
        let smooth = BatchSums::new();
        Digest { rows, smooth, patterns: vec![Vec::new()], log_weight: log, log_total: log, kinship }
    }

    /// Populations count by their total weights, however small, times their number of worlds.
    #[test]
    fn populations_count_by_their_totals() {
        let mut worlds = worlds(3);
        worlds.store(0, digest(-2_000.0, &[(0.25, 0), (0.75, 1)]));
        worlds.store(1, digest(-2_000.0 + 3f64.ln(), &[(1.0, 0), (0.0, 1)]));
        worlds.store(2, digest(f64::NEG_INFINITY, &[(0.5, 0), (0.5, 1)]));
        let share = |left_out| {
            let counts = worlds.counts(&[], left_out, 0);
            counts.drawn[0][1] / counts.weight
        };
        assert!((share(None) - 0.75 / 4.0).abs() < 1e-12);
        assert!((share(Some(1)) - 0.75).abs() < 1e-12);
        assert!((share(Some(0)) - 0.0).abs() < 1e-12);
        assert!((share(Some(2)) - share(None)).abs() < 1e-12);
        let expected = -2_000.0 + (4.0f64 / 3.0).ln();
        assert!((worlds.ledger.log_total(None) - expected).abs() < 1e-9, "a third of the worlds weigh nothing");
        assert_eq!(worlds.count, 6);
    }

    #[test]
    fn worlds_are_marked_by_the_days_of_their_events() {
        let mut worlds = worlds(2);
        worlds.store(0, digest(0.0, &[(0.5, 0), (0.5, 1)]));
        worlds.store(1, digest(0.0, &[(1.0, 1)]));
        let mut seen = Vec::new();
        worlds.each(&[], &[0], |days, weight| seen.push((days[0], weight)));
        assert_eq!(seen.iter().map(|(day, _)| *day).collect::<Vec<i32>>(), [3, 4, 4]);
        assert!(seen.iter().all(|(_, weight)| *weight == seen[0].1), "all weigh the same: {seen:?}");
        worlds.mark(&[0], |days| if days == [4] { 0 } else { u8::MAX });
        let counts = worlds.counts(&[], None, 1);
        assert!((counts.joint[0] / counts.weight - 2.0 / 3.0).abs() < 1e-12);
    }
}
