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
/// Powers of the outlook that are tried out, and the particles of each trial.
const TRUSTS: [f64; 4] = [1.0, 0.85, 0.7, 0.5];
const TRIAL_PARTICLES: usize = 200;

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
/// where the hope, what belief propagation makes of the rules with groups yet to come, makes for gains that are nearly
/// the same for all particles (Lindsten, Helske and Vihola 2018, on "twisted" targets). It is 1 for all in the end, and
/// any positive hope leaves the estimate unbiased, in the total and not in its logarithm. How far to trust it where rules
/// go round is tried out on few particles first.
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
        let trust = best_trust(&component, &mut random);
        let mut cloud = Cloud::new(members.len(), particles);
        cloud.run(Growth::new(&component, trust), &mut random);
        log_total += cloud.log_total;
        for (row, whole) in cloud.rows.chunks(members.len()).zip(coordinates.chunks_mut(count)) {
            members.iter().zip(row).for_each(|(group, day)| whole[*group] = *day);
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

/// The power at which gains differ least.
fn best_trust(component: &Component<'_>, random: &mut ChaCha8Rng) -> f64 {
    if component.is_tree() {
        return TRUSTS[0];
    }
    let trials = TRUSTS.map(|trust| {
        let mut cloud = Cloud::new(component.sites.len(), TRIAL_PARTICLES);
        (cloud.run(Growth::new(component, trust), random), trust)
    });
    trials.into_iter().min_by(|one, two| one.0.total_cmp(&two.0)).map_or(TRUSTS[0], |(_, trust)| trust)
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

    /// Adds all sites; the sum over all arrivals of the logarithm of particles over effective particles.
    fn run(&mut self, mut growth: Growth<'_>, random: &mut ChaCha8Rng) -> f64 {
        let mut unevenness = 0.0;
        for site in 0..self.width {
            let arrival = growth.arrive();
            unevenness += self.weigh(&growth, &arrival);
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
        unevenness
    }

    /// Visits every particle that is still possible.
    fn each(&mut self, mut visit: impl FnMut(&mut [i32])) {
        let rows = self.rows.chunks_mut(self.width).zip(&self.logs);
        rows.filter(|(_, log)| **log > f64::NEG_INFINITY).for_each(|(row, _)| visit(row));
    }

    /// Multiplies weights by gains; how uneven the gains are.
    fn weigh(&mut self, growth: &Growth<'_>, arrival: &Arrival) -> f64 {
        let mut gains = vec![f64::NEG_INFINITY; self.logs.len()];
        let rows = self.rows.chunks(self.width).zip(&mut self.logs).zip(&mut gains);
        for ((row, log), gain) in rows.filter(|((_, log), _)| **log > f64::NEG_INFINITY) {
            *gain = growth.gain(arrival, row);
            *log += *gain;
        }
        let (mean, squares) = moments(&gains);
        if mean > 0.0 { (squares / (mean * mean)).ln() } else { f64::INFINITY }
    }

    /// Effective sample size (Kong 1992): `(Σ w)² / Σ w²`.
    fn effective(&self) -> f64 {
        let (mean, squares) = moments(&self.logs);
        if mean > 0.0 { mean * mean / squares * self.logs.len() as f64 } else { 0.0 }
    }

    /// Draws the particles anew, each as often as its weight says up to rounding, one random number for all (systematic
    /// resampling, Kitagawa 1996), and takes the mean weight into the total.
    fn resample(&mut self, random: &mut ChaCha8Rng) {
        let greatest = self.greatest();
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

    fn greatest(&self) -> f64 {
        self.logs.iter().fold(f64::NEG_INFINITY, |greatest, log| greatest.max(*log))
    }
}

/// The means of weights and of their squares, of weights over the greatest.
fn moments(logs: &[f64]) -> (f64, f64) {
    let greatest = logs.iter().fold(f64::NEG_INFINITY, |greatest, log| greatest.max(*log));
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
