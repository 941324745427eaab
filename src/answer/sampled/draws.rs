//! A sampler in; its batches, drawn by several threads and boiled down, in order, out.

use super::estimate::GROUPS;
use crate::answer::options::{Sampling, Watch};
use crate::infer::{Batch, Manner, Sampler};
use crate::network::{Network, Value, VarId};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Worlds a batch, at most, where worlds are independent of each other.
const FEW: usize = 64;
/// The same where a batch is a population, which is the better the larger.
const MANY: usize = 1_024;
/// Batch number of the draws that only try what is possible; no estimate is made from them.
const TRIAL: u64 = 1 << 31;

/// What all draws of an answer have in common.
#[derive(Clone, Copy)]
pub struct Crew<'w> {
    pub sampling: Sampling,
    pub watch: Watch<'w>,
}

/// One network's draws.
///
/// Its batches have streams of random numbers of their own, given by its number and theirs.
pub struct Draws {
    pub sampler: Sampler,
    number: u64,
    batches: u64,
}

impl Draws {
    /// `number` is another one for each network.
    pub fn new(sampler: Sampler, number: u64) -> Draws {
        Draws { sampler, number, batches: 0 }
    }

    /// A few worlds to see what is possible.
    pub fn trial(&self, crew: &Crew<'_>, worlds: usize) -> Batch {
        self.sampler.batch(crew.sampling.seed, (self.number << 32) | TRIAL, worlds)
    }

    /// How `worlds` are dealt out to batches, for so many groups.
    fn sizes(&self, worlds: usize, groups: usize) -> Vec<usize> {
        let independent = [Manner::Exact, Manner::Perfect].contains(&self.sampler.manner());
        let most = if independent { FEW } else { MANY };
        let batches = worlds.div_ceil(most).next_multiple_of(groups).min(worlds);
        (0..batches).map(|batch| worlds / batches + usize::from(batch < worlds % batches)).collect()
    }

    /// Draws so many worlds more, or, if it is to stop, fewer; every batch is boiled down where it was drawn, and they
    /// come back in order with their groups.
    pub fn draw<T: Send>(
        &mut self,
        worlds: usize,
        groups: usize,
        crew: &Crew<'_>,
        digest: impl Fn(&Network, Batch, usize) -> T + Sync,
    ) -> Vec<(usize, T)> {
        let sizes = self.sizes(worlds, groups);
        let next = AtomicUsize::new(0);
        let found: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(sizes.len()));
        let work = || {
            // Whoever takes a batch finishes it, so that what there is has no gaps.
            while !(crew.watch.stopped)() {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(&size) = sizes.get(index) else { break };
                let stream = (self.number << 32) | (self.batches + index as u64);
                let digested =
                    digest(self.sampler.network(), self.sampler.batch(crew.sampling.seed, stream, size), size);
                found.lock().unwrap_or_else(PoisonError::into_inner).push((index, digested));
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..crew.sampling.threads.min(sizes.len()) {
                scope.spawn(work);
            }
            work();
        });
        let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        found.sort_by_key(|(index, _)| *index);
        let group = |index: usize| ((self.batches + index as u64) % groups as u64) as usize;
        let found: Vec<(usize, T)> = found.into_iter().map(|(index, digested)| (group(index), digested)).collect();
        self.batches += found.len() as u64;
        found
    }
}

/// How many groups there can be for so many worlds in all.
pub fn groups_for(worlds: usize) -> usize {
    worlds.clamp(1, GROUPS)
}

/// The worlds of a batch with their shares of its weight.
pub fn worlds<'b>(batch: &'b Batch, network: &'b Network) -> impl Iterator<Item = (f64, World<'b>)> {
    let width = network.variables.len();
    let total: f64 = batch.weights.iter().sum();
    let share = move |weight: &f64| if total > 0.0 { weight / total } else { 0.0 };
    let world = move |index: usize| World { values: &batch.values[index * width..(index + 1) * width], network };
    batch.weights.iter().enumerate().map(move |(index, weight)| (share(weight), world(index)))
}

/// One drawn world.
#[derive(Clone, Copy)]
pub struct World<'b> {
    values: &'b [u32],
    network: &'b Network,
}

impl World<'_> {
    /// The index of a variable's value.
    pub fn index(&self, var: VarId) -> usize {
        self.values[var.0] as usize
    }

    pub fn value(&self, var: VarId) -> Value {
        self.network.variables[var.0].value(self.index(var))
    }
}
