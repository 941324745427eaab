//! Drawn worlds in; for each of their events the mean of its probabilities given all else of the world, out.

use super::proposal::{Proposal, World, worlds};
use super::worlds::{Axis, Outline, Truth};
use crate::infer::{Batch, Conditionals, Room};
use crate::network::{Formula, Network, VarId};
use std::collections::{BTreeMap, BTreeSet};

/// No world may take more elementary steps than this.
const STEPS: usize = 1 << 19;
/// At most so many sums are kept, and of the memory at most one part in so many.
const SUMS: usize = 1 << 22;
const MEMORY: u64 = 8;

/// Which events and propositions are told by full conditionals (Rao and Blackwell; Gelfand and Smith 1990).
///
/// A world says of an event more than the day that was drawn: how probable each day is, with all other events where they
/// are. The mean of that over the worlds is that of the days drawn, with a smaller variance. It is so for events on which
/// nothing depends that worlds are weighed by after they were drawn.
pub struct Smoother {
    conditionals: Conditionals,
    smooth: Vec<Smooth>,
    /// Whether worlds are weighed anew by their pattern.
    by_pattern: bool,
    /// Sums of one group and pattern.
    width: usize,
    /// The most sums there may be.
    most: usize,
}

/// An event that is told so.
struct Smooth {
    event: usize,
    axis: Axis,
    /// Propositions about it alone, and for each of its values whether they hold.
    truths: Vec<(usize, Vec<bool>)>,
}

/// For some worlds sums over smooth events of each slot, then over their propositions, in units of 2.718^`log_unit`.
#[derive(Clone)]
struct Sums {
    log_unit: f64,
    values: Vec<f64>,
}

/// Sums of a batch, by the number of the pattern within it.
pub type BatchSums = BTreeMap<u32, Vec<f64>>;

/// Sums of all batches.
#[derive(Default)]
pub struct Smoothed {
    by_group: BTreeMap<(usize, u32), Sums>,
    /// They have become too many.
    given_up: bool,
}

impl Smoother {
    /// With `by_pattern` worlds will be weighed anew by what they say of the testimonies' claims. `memory` is in bytes.
    pub fn new(
        proposal: &Proposal,
        outline: &Outline,
        by_pattern: bool,
        (groups, memory): (usize, u64),
    ) -> Option<Smoother> {
        let network = proposal.network();
        let mut weighed: BTreeSet<VarId> = proposal.weighed_by();
        if by_pattern {
            weighed.extend(outline.weights.iter().flatten().flatten().flat_map(|function| function.vars()));
        }
        let open = outline.axes.iter().enumerate().filter(|(_, axis)| axis.is_open() && !weighed.contains(&axis.var));
        let smooth: Vec<Smooth> = open.map(|(event, axis)| Smooth::new(event, axis, outline, network)).collect();
        let vars: Vec<VarId> = smooth.iter().map(|smooth| smooth.axis.var).collect();
        let conditionals = Conditionals::new(network, &vars);
        let width: usize = smooth.iter().map(|smooth| smooth.axis.slots() + smooth.truths.len()).sum();
        let most = SUMS.min((memory / MEMORY) as usize / size_of::<f64>());
        let possible = !smooth.is_empty() && conditionals.steps() <= STEPS && groups * width <= most;
        possible.then_some(Smoother { conditionals, smooth, by_pattern, width, most })
    }

    /// The sums of a batch; `patterns` are those of its worlds.
    pub fn sums(&self, batch: &Batch, network: &Network, patterns: &[u32]) -> BatchSums {
        let mut found = BatchSums::new();
        let mut room = Room::default();
        for ((share, world), pattern) in worlds(batch, network).zip(patterns).filter(|((share, _), _)| *share > 0.0) {
            let key = if self.by_pattern { *pattern } else { 0 };
            let sums = found.entry(key).or_insert_with(|| vec![0.0; self.width]);
            self.add(world, share, sums, &mut room);
        }
        found
    }

    fn add(&self, world: World<'_>, share: f64, sums: &mut [f64], room: &mut Room) {
        let mut start = 0;
        for (index, smooth) in self.smooth.iter().enumerate() {
            let (first, probabilities) = self.conditionals.of(index, world.indices(), room);
            let slots = smooth.axis.slots();
            let (of_slots, rest) = sums[start..].split_at_mut(slots);
            if smooth.axis.is_plain() {
                let own = &mut of_slots[first..first + probabilities.len()];
                own.iter_mut().zip(probabilities).for_each(|(sum, p)| *sum += share * p);
            } else {
                let values = (first..).zip(probabilities);
                values.for_each(|(value, p)| of_slots[smooth.axis.slot(value)] += share * p);
            }
            for ((_, holds), sum) in smooth.truths.iter().zip(rest) {
                let held = holds[first..].iter().zip(probabilities).filter(|(holds, _)| **holds);
                *sum += share * held.map(|(_, p)| p).sum::<f64>();
            }
            start += slots + smooth.truths.len();
        }
    }

    /// Takes the sums of a batch in, whose patterns now have these `numbers`.
    pub fn store(&self, smoothed: &mut Smoothed, (group, log_unit): (usize, f64), batch: BatchSums, numbers: &[u32]) {
        if log_unit == f64::NEG_INFINITY || smoothed.given_up {
            return;
        }
        for (pattern, values) in batch {
            let number = if self.by_pattern { numbers[pattern as usize] } else { 0 };
            match smoothed.by_group.get_mut(&(group, number)) {
                Some(sums) => sums.add(log_unit, &values),
                None => {
                    smoothed.by_group.insert((group, number), Sums { log_unit, values });
                }
            }
        }
        if smoothed.by_group.len() * self.width > self.most {
            *smoothed = Smoothed { by_group: BTreeMap::new(), given_up: true };
        }
    }

    /// Bytes in use.
    pub fn bytes(&self, smoothed: &Smoothed) -> usize {
        smoothed.by_group.len() * self.width * size_of::<f64>()
    }

    /// Puts the sums of all groups that are `kept` in the place of those over drawn days, in units of 2.718^`log_unit`.
    pub fn replace(
        &self,
        smoothed: &Smoothed,
        (kept, log_unit): (impl Fn(usize) -> bool, f64),
        ratios: &[f64],
        (slots, truths): (&mut [Vec<f64>], &mut [f64]),
    ) {
        if smoothed.given_up {
            return;
        }
        for Smooth { event, truths: own, .. } in &self.smooth {
            slots[*event].fill(0.0);
            own.iter().for_each(|(truth, _)| truths[*truth] = 0.0);
        }
        for ((_, pattern), sums) in smoothed.by_group.iter().filter(|((group, _), _)| kept(*group)) {
            let ratio = if self.by_pattern { ratios[*pattern as usize] } else { 1.0 };
            let unit = (sums.log_unit - log_unit).exp() * ratio;
            let mut values = sums.values.iter();
            for Smooth { event, truths: own, .. } in &self.smooth {
                slots[*event].iter_mut().zip(&mut values).for_each(|(slot, sum)| *slot += unit * sum);
                own.iter().zip(&mut values).for_each(|((truth, _), sum)| truths[*truth] += unit * sum);
            }
        }
    }
}

impl Smooth {
    fn new(event: usize, axis: &Axis, outline: &Outline, network: &Network) -> Smooth {
        let variable = network.variables[axis.var.0];
        let own = |(at, truth): (usize, &Truth)| {
            let Truth::Open(formula) = truth else { return None };
            let is_own = |formula: &Formula| formula.vars().iter().eq([&axis.var]);
            let holds = |value: usize| formula.holds(&|_| variable.value(value));
            is_own(formula).then(|| (at, (0..variable.size()).map(holds).collect()))
        };
        Smooth { event, axis: *axis, truths: outline.truths.iter().enumerate().filter_map(own).collect() }
    }
}

impl Sums {
    fn add(&mut self, log_unit: f64, values: &[f64]) {
        if log_unit > self.log_unit {
            let factor = (self.log_unit - log_unit).exp();
            self.values.iter_mut().for_each(|sum| *sum *= factor);
            self.log_unit = log_unit;
        }
        let factor = (log_unit - self.log_unit).exp();
        self.values.iter_mut().zip(values).for_each(|(sum, value)| *sum += factor * value);
    }
}
