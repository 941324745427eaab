//! A proposal in; its batches, drawn by several threads and boiled down, in order, out.

use super::estimate::GROUPS;
use super::proposal::{Proposal, Weighed};
use crate::answer::options::{Sampling, Watch};
use crate::network::Network;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

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
    pub proposal: Proposal,
    number: u64,
    batches: u64,
}

impl Draws {
    /// `number` is another one for each network.
    pub fn new(proposal: Proposal, number: u64) -> Draws {
        Draws { proposal, number, batches: 0 }
    }

    /// A few worlds to see what is possible.
    pub fn trial(&self, crew: &Crew<'_>, worlds: usize) -> Weighed {
        self.proposal.batch(crew.sampling.seed, (self.number << 32) | TRIAL, worlds)
    }

    /// How `worlds` are dealt out to batches, for so many groups.
    fn sizes(&self, worlds: usize, groups: usize) -> Vec<usize> {
        let batches = worlds.div_ceil(self.proposal.largest_batch()).next_multiple_of(groups).min(worlds);
        (0..batches).map(|batch| worlds / batches + usize::from(batch < worlds % batches)).collect()
    }

    /// Draws so many worlds more, or, if it is to stop, fewer; every batch is boiled down where it was drawn, and they
    /// come back in order with their groups.
    pub fn draw<T: Send>(
        &mut self,
        worlds: usize,
        groups: usize,
        crew: &Crew<'_>,
        digest: impl Fn(&Network, Weighed) -> T + Sync,
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
                let batch = self.proposal.batch(crew.sampling.seed, stream, size);
                let digested = digest(self.proposal.network(), batch);
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
