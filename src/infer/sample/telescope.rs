//! An interval system in, an unbiased estimate of its total weight and worlds in proportion to their weights out.

use super::growth::{Arrival, Component, Growth};
use super::interval::IntervalSystem;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Below this share of the particles as effective sample size they are drawn anew.
const ENOUGH: f64 = 0.5;
/// After each arrival so many of the latest sites are drawn anew.
const REACH: usize = 21;
/// Sweeps over all sites at the end.
const LAST_SWEEPS: usize = 4;
/// The result of one run.
#[derive(Clone, Debug)]
pub struct Estimate {
    /// Natural logarithm of the estimated total weight, −∞ where no world was found.
    pub log_total: f64,
    /// World after world, the index of every variable's value.
    pub worlds: Vec<u32>,
    /// Weight of each world relative to the others; 0 where none was found.
    pub weights: Vec<f64>,
}

/// Estimates the total weight of all solutions by sequential Monte Carlo with moves (Gilks and Berzuini 2001; Chopin 2002).
///
/// Groups are added one at a time. The weight of the groups `1..=t` is
///
/// ```text
/// γ_t = Π weights · Π [rules between them] · Π_{x ≤ t} hope_t(x)
/// gain of t = Σ_d γ_t(days before, d) / γ_{t−1}(days before)
/// total ≈ Π over t of the mean gain of all particles
/// ```
/// where the hope, what is to be expected of the rules with groups yet to come, makes for gains that are nearly the same
/// for all particles (Lindsten, Helske and Vihola 2018, on "twisted" targets; here see [`super::outlook`]). It is 1 for
/// all in the end, and any positive hope leaves the estimate unbiased, in the total and not in its logarithm.
///
/// Runs with another seed or stream are independent; the spread of their totals tells the error. A run's worlds are not
/// independent of each other.
pub fn telescope(system: &IntervalSystem, seed: u64, stream: u64, particles: usize) -> Estimate {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(stream);
    let mut log_total = system.log_constant();
    let count = system.groups().len();
    let mut coordinates = vec![0; count * particles];
    for members in system.components() {
        if log_total == f64::NEG_INFINITY {
            break;
        }
        let component = Component::new(system, members);
        let mut cloud = Cloud::new(members.len(), particles);
        cloud.run(Growth::new(&component), &mut random);
        log_total += cloud.log_total;
        for (row, whole) in cloud.rows.chunks(members.len()).zip(coordinates.chunks_mut(count)) {
            component.members.iter().zip(row).for_each(|(group, day)| whole[*group] = *day);
        }
    }
    let width = system.width();
    let mut worlds = vec![0; width * particles];
    let weight = if log_total > f64::NEG_INFINITY { 1.0 } else { 0.0 };
    if weight > 0.0 && width > 0 {
        let rows = coordinates.chunks(count).zip(worlds.chunks_mut(width));
        rows.for_each(|(row, world)| system.write(row, world));
    }
    Estimate { log_total, worlds, weights: vec![weight; particles] }
}

/// Particles: days of all sites added so far, with weights.
struct Cloud {
    width: usize,
    rows: Vec<i32>,
    /// Logarithm of each particle's weight.
    logs: Vec<f64>,
    /// Logarithm of the mean weights taken out so far.
    log_total: f64,
}

impl Cloud {
    fn new(width: usize, count: usize) -> Cloud {
        Cloud { width, rows: vec![0; width * count], logs: vec![0.0; count], log_total: 0.0 }
    }

    /// Adds all sites.
    fn run(&mut self, mut growth: Growth<'_>, random: &mut ChaCha8Rng) {
        for site in 0..self.width {
            let arrival = growth.arrive();
            self.weigh(&growth, &arrival);
            if self.effective() < ENOUGH * self.logs.len() as f64 {
                self.resample(random);
            }
            let latest = (site + 1).saturating_sub(REACH)..site + 1;
            self.each(|row| latest.clone().rev().for_each(|site| growth.draw(site, row, random)));
        }
        self.resample(random);
        self.each(|row| {
            for _ in 0..LAST_SWEEPS {
                (0..row.len()).for_each(|site| growth.draw(site, row, random));
            }
        });
    }

    /// Visits every particle that is still possible.
    fn each(&mut self, mut visit: impl FnMut(&mut [i32])) {
        let rows = self.rows.chunks_mut(self.width).zip(&self.logs);
        rows.filter(|(_, log)| **log > f64::NEG_INFINITY).for_each(|(row, _)| visit(row));
    }

    /// Multiplies weights by gains.
    fn weigh(&mut self, growth: &Growth<'_>, arrival: &Arrival) {
        let rows = self.rows.chunks(self.width).zip(&mut self.logs);
        rows.filter(|(_, log)| **log > f64::NEG_INFINITY).for_each(|(row, log)| *log += growth.gain(arrival, row));
    }

    /// Effective sample size (Kong 1992): `(Σ w)² / Σ w²`.
    fn effective(&self) -> f64 {
        let (mean, squares) = moments(&self.logs);
        if mean > 0.0 { mean * mean / squares * self.logs.len() as f64 } else { 0.0 }
    }

    /// Draws the particles anew, each as often as its weight says up to rounding, one random number for all (systematic
    /// resampling, Kitagawa 1996), and takes the mean weight into the total.
    fn resample(&mut self, random: &mut ChaCha8Rng) {
        let greatest = greatest(&self.logs);
        if greatest == f64::NEG_INFINITY {
            self.log_total = greatest;
            return;
        }
        let count = self.logs.len();
        let (mean, _) = moments(&self.logs);
        self.log_total += greatest + mean.ln();
        let mut rows = Vec::with_capacity(self.rows.len());
        let mut left = -((random.next_u64() >> 11) as f64 / (1u64 << 53) as f64);
        let mut last = 0;
        for (at, log) in self.logs.iter().enumerate().filter(|(_, log)| **log > f64::NEG_INFINITY) {
            left += (log - greatest).exp() / mean;
            last = at;
            while left > 0.0 && rows.len() < self.rows.len() {
                rows.extend_from_slice(&self.rows[at * self.width..(at + 1) * self.width]);
                left -= 1.0;
            }
        }
        // Rounding may have left the last one out.
        while rows.len() < self.rows.len() {
            rows.extend_from_slice(&self.rows[last * self.width..(last + 1) * self.width]);
        }
        self.rows = rows;
        self.logs = vec![0.0; count];
    }
}

fn greatest(logs: &[f64]) -> f64 {
    logs.iter().fold(f64::NEG_INFINITY, |greatest, log| greatest.max(*log))
}

/// The means of weights and of their squares, of weights over the greatest.
fn moments(logs: &[f64]) -> (f64, f64) {
    let greatest = greatest(logs);
    if greatest == f64::NEG_INFINITY {
        return (0.0, 0.0);
    }
    let (mut sum, mut squares) = (0.0, 0.0);
    for weight in logs.iter().map(|log| (log - greatest).exp()) {
        sum += weight;
        squares += weight * weight;
    }
    (sum / logs.len() as f64, squares / logs.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::super::trial::{
        OPEN, absent_networks, assert_drawn_in_proportion, grid, log_plane_partitions, network, small_networks, system,
        worlds,
    };
    use super::*;
    use crate::network::Network;

    /// The mean of estimated over true totals must be 1, within four standard errors of independent runs.
    #[track_caller]
    fn assert_unbiased(network: &Network, truth: f64, particles: usize, runs: u64) {
        let system = system(network);
        let ratio = |stream| (telescope(&system, 11, stream, particles).log_total - truth).exp();
        let ratios: Vec<f64> = (0..runs).map(ratio).collect();
        let mean = ratios.iter().sum::<f64>() / runs as f64;
        let variance = ratios.iter().map(|ratio| (ratio - mean).powi(2)).sum::<f64>() / (runs - 1) as f64;
        let error = (variance / runs as f64).sqrt();
        assert!(
            (mean - 1.0).abs() <= 4.0 * error + 1e-9,
            "{mean} ± {error} with {} variables",
            network.variables.len()
        );
        assert!(error < 0.05, "too wide an error to mean anything: {error}");
    }

    fn log_total(network: &Network) -> f64 {
        worlds(network).iter().map(|(_, weight)| weight).sum::<f64>().ln()
    }

    #[test]
    fn totals_are_unbiased() {
        for network in small_networks().iter().chain(&absent_networks()) {
            assert_unbiased(network, log_total(network), 50, 200);
        }
        assert_unbiased(&grid(5, 4, 7), log_plane_partitions(5, 4, 7), 100, 40);
    }

    /// Where rules do not go round, what is hoped is exact, and so is the total.
    #[test]
    fn totals_of_trees_are_exact() {
        let perhaps = (0, true, vec![2.0, 1.0, 0.0, 1.0, 0.5, 3.0]);
        let even = (2, false, vec![1.0; 7]);
        let tree =
            network(&[perhaps, even.clone(), even.clone(), even], &[(1, 0, 0, 3), (1, 2, -1, OPEN), (3, 1, 2, OPEN)]);
        let found = telescope(&system(&tree), 1, 0, 10).log_total;
        assert!((found - log_total(&tree)).abs() < 1e-9);
    }

    /// Weights from 1 to 1e-250, the greater of one event against the smaller of the other; and a rule that leaves
    /// nothing but the tail of a third.
    #[test]
    fn tiny_totals() {
        let down: Vec<f64> = (0..26).map(|day| 10f64.powi(-10 * day)).collect();
        let up: Vec<f64> = down.iter().rev().copied().collect();
        let far = network(&[(0, false, down), (0, false, up)], &[(0, 1, 3, 5)]);
        let tail: Vec<f64> = (0..6).map(|day| if day == 0 { 1.0 } else { f64::from(day) * 1e-250 }).collect();
        let even = (1, false, vec![1.0; 3]);
        let tail = network(&[(0, false, tail), even.clone(), even], &[(0, 1, 0, OPEN), (0, 2, 0, OPEN), (1, 2, -1, 1)]);
        for network in [far, tail] {
            assert!(log_total(&network) < -500.0);
            assert_unbiased(&network, log_total(&network), 50, 100);
        }
    }

    #[test]
    fn worlds_come_as_often_as_they_weigh() {
        for network in small_networks().iter().chain(&absent_networks()) {
            let system = system(network);
            let width = network.variables.len();
            // One of each run, since those of one run are not independent.
            let world = |stream: u64| {
                let estimate = telescope(&system, 5, stream, 40);
                let at = width * (stream as usize % 40);
                estimate.worlds[at..at + width].to_vec()
            };
            assert_drawn_in_proportion(network, (0..3000).map(world));
        }
    }

    #[test]
    fn the_same_seed_and_stream_give_the_same_bits() {
        let system = system(&grid(3, 4, 9));
        let run = |stream| {
            let estimate = telescope(&system, 3, stream, 64);
            (estimate.log_total.to_bits(), estimate.worlds)
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }

    #[test]
    fn without_a_solution_the_total_is_nothing() {
        let even = (0, false, vec![1.0; 4]);
        let round = network(&[even.clone(), even], &[(1, 0, 1, OPEN), (0, 1, 0, OPEN)]);
        let estimate = telescope(&system(&round), 1, 0, 8);
        assert_eq!(estimate.log_total, f64::NEG_INFINITY);
        assert_eq!(estimate.weights, vec![0.0; 8]);
    }
}
