//! Independent pieces of work in, their results in order out, whatever the number of threads.

use crate::infer::Limits;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs turns on as many threads as the limits allow, each with its share of them; the answers in their order.
pub fn in_parallel<T: Send>(
    count: usize,
    limits: Limits,
    work: impl Fn(Limits, &mut dyn Iterator<Item = usize>) -> Vec<(usize, T)> + Sync,
) -> Vec<T> {
    let threads = limits.threads.clamp(1, count.max(1));
    let share = Limits { threads: 1, memory: limits.memory / threads as u64, ..limits };
    if threads == 1 {
        return work(limits, &mut (0..count)).into_iter().map(|(_, found)| found).collect();
    }
    let next = AtomicUsize::new(0);
    let turns = || std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|index| *index < count));
    let mut found: Vec<(usize, T)> = std::thread::scope(|scope| {
        let crew: Vec<_> = (0..threads).map(|_| scope.spawn(|| work(share, &mut turns()))).collect();
        crew.into_iter().flat_map(|thread| thread.join().expect("a thread ends by itself")).collect()
    });
    found.sort_by_key(|(index, _)| *index);
    found.into_iter().map(|(_, found)| found).collect()
}
