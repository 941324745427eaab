//! A network in, batches of worlds drawn from it out: exactly where it can be calibrated, else by what its rules allow.

mod closure;
mod coupling;
mod draft;
mod growth;
mod interval;
mod law;
mod outlook;
mod telescope;
#[cfg(test)]
mod trial;

use super::calibrate::Calibration;
use super::number::Scaled;
use super::order::{Limits, TooLarge};
use crate::network::Network;
use coupling::{Capped, perfect};
use interval::IntervalSystem;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use telescope::{Estimate, telescope};

/// Particles that estimate the total weight beside perfect worlds.
const PARTICLES: usize = 4096;
/// The seed of the one world that tells whether a system couples.
const TRIAL_SEED: u64 = 0;

/// Draws worlds of one network.
///
/// The same seed, stream and count give the same bits, on any number of threads.
pub struct Sampler {
    source: Source,
}

/// Where worlds come from.
enum Source {
    Plain(Box<Calibration<f64>>),
    Wide(Box<Calibration<Scaled>>),
    /// Too large to be calibrated; perfect draws where the system is monotone and couples in time.
    Perfect(Box<Network>, IntervalSystem),
    Sequential(Box<Network>, IntervalSystem),
}

/// How good the worlds of a sampler are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    /// Independent, each with its exact probability, from a calibrated network.
    #[default]
    Exact,
    /// Independent, each with its exact probability, by coupling from the past.
    Perfect,
    /// Weighted, and of one batch not independent of each other.
    Sequential,
}

/// Worlds drawn together; other batches are independent of them.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// World after world, the index of every variable's value, in the order of the network's variables.
    pub values: Vec<u32>,
    /// Each world's weight relative to the others.
    pub weights: Vec<f64>,
    /// Estimate of the natural logarithm of the network's total weight.
    pub log_total: f64,
    /// How these worlds were drawn: where coupling takes too long once, another way than the sampler's.
    pub manner: Manner,
}

impl Sampler {
    /// Prepares draws from a network.
    ///
    /// # Errors
    /// Where nothing that is at hand can draw from it within the limits.
    pub fn new(network: &Network, limits: Limits) -> Result<Sampler, TooLarge> {
        let plain = match Calibration::<f64>::new(network.clone(), limits) {
            Ok(plain) => plain,
            Err(refusal) => return IntervalSystem::of(network).map(|system| of_rules(network, system)).ok_or(refusal),
        };
        let source = if plain.lost() {
            Source::Wide(Box::new(Calibration::new(network.clone(), limits)?))
        } else {
            Source::Plain(Box::new(plain))
        };
        Ok(Sampler { source })
    }

    pub fn network(&self) -> &Network {
        match &self.source {
            Source::Plain(calibration) => calibration.network(),
            Source::Wide(calibration) => calibration.network(),
            Source::Perfect(network, _) | Source::Sequential(network, _) => network,
        }
    }

    pub fn manner(&self) -> Manner {
        match &self.source {
            Source::Plain(_) | Source::Wide(_) => Manner::Exact,
            Source::Perfect(..) => Manner::Perfect,
            Source::Sequential(..) => Manner::Sequential,
        }
    }

    /// Whether it is certain that no world is left.
    pub fn is_empty(&self) -> bool {
        match &self.source {
            Source::Plain(calibration) => calibration.total().ln() == f64::NEG_INFINITY,
            Source::Wide(calibration) => calibration.total().ln() == f64::NEG_INFINITY,
            Source::Perfect(_, system) | Source::Sequential(_, system) => system.is_empty(),
        }
    }

    /// Draws a batch of `count` worlds; there must be a world left.
    pub fn batch(&self, seed: u64, stream: u64, count: usize) -> Batch {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(stream);
        let width = self.network().variables.len();
        let mut values = vec![0; width * count];
        let mut worlds = values.chunks_mut(width.max(1));
        let log_total = match &self.source {
            Source::Plain(calibration) => {
                worlds.for_each(|world| calibration.draw(&mut random, world));
                calibration.total().ln()
            }
            Source::Wide(calibration) => {
                worlds.for_each(|world| calibration.draw(&mut random, world));
                calibration.total().ln()
            }
            Source::Perfect(_, system) => {
                let drawn: Result<(), Capped> = worlds.try_for_each(|world| perfect(system, &mut random, world));
                if drawn.is_err() {
                    return sequential(system, seed, stream, count);
                }
                telescope(system, seed, stream, PARTICLES).log_total
            }
            Source::Sequential(_, system) => return sequential(system, seed, stream, count),
        };
        Batch { values, weights: vec![1.0; count], log_total, manner: self.manner() }
    }
}

/// The best way to draw from a system that is too large to be calibrated.
fn of_rules(network: &Network, system: IntervalSystem) -> Sampler {
    let network = Box::new(network.clone());
    let mut world = vec![0; network.variables.len()];
    let mut random = ChaCha8Rng::seed_from_u64(TRIAL_SEED);
    let couples = !system.is_empty() && system.monotone() && perfect(&system, &mut random, &mut world).is_ok();
    Sampler { source: if couples { Source::Perfect(network, system) } else { Source::Sequential(network, system) } }
}

fn sequential(system: &IntervalSystem, seed: u64, stream: u64, count: usize) -> Batch {
    let Estimate { log_total, worlds, weights } = telescope(system, seed, stream, count);
    Batch { values: worlds, weights, log_total, manner: Manner::Sequential }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EventId;
    use crate::network::{Factor, Role, VarId, Variable};

    /// Two days tied by a table: draws come as often as the table says.
    #[test]
    fn draws_follow_the_table() {
        let variable = |event| Variable::of_days(Role::Start(EventId(event)), 0, 2, false);
        let table =
            Factor::Table { scope: vec![VarId(0), VarId(1)], values: std::sync::Arc::new(vec![1.0, 2.0, 3.0, 0.0]) };
        let network = Network {
            variables: vec![variable(0), variable(1)],
            factors: vec![table],
            starts: vec![VarId(0), VarId(1)],
            contradiction: false,
        };
        let sampler = Sampler::new(&network, Limits::default()).expect("small");
        let batch = sampler.batch(1, 0, 60_000);
        let mut counts = [0u32; 4];
        batch.values.chunks(2).for_each(|world| counts[(2 * world[0] + world[1]) as usize] += 1);
        assert_eq!(counts[3], 0);
        for (count, share) in counts.iter().zip([1.0, 2.0, 3.0]) {
            let expected = 10_000.0 * share;
            assert!((f64::from(*count) - expected).abs() < 5.0 * expected.sqrt(), "{counts:?}");
        }
        assert!((batch.log_total - 6f64.ln()).abs() < 1e-12);
        assert_eq!(batch.values, sampler.batch(1, 0, 60_000).values);
    }
    /// What is too large to be calibrated is drawn by coupling, or by particles where events may be absent.
    #[test]
    fn large_systems_are_drawn_by_their_rules() {
        let narrow = Limits { memory: 1, operations: 1.0 };
        let network = trial::grid(4, 4, 8);
        let sampler = Sampler::new(&network, narrow).expect("rules on gaps");
        assert_eq!((sampler.manner(), sampler.is_empty()), (Manner::Perfect, false));
        let batch = sampler.batch(1, 2, 50);
        let right = |world: &[u32]| (0..15).all(|cell| cell % 4 == 3 || world[cell] <= world[cell + 1]);
        assert_eq!((batch.manner, batch.values.chunks(16).filter(|world| right(world)).count()), (Manner::Perfect, 50));
        assert!((batch.log_total - trial::log_plane_partitions(4, 4, 8)).abs() < 0.1);
        assert_eq!(batch.values, sampler.batch(1, 2, 50).values);
        let absent = Sampler::new(&trial::absent_networks()[1], narrow).expect("rules on gaps");
        let batch = absent.batch(1, 2, 50);
        assert_eq!((absent.manner(), batch.manner, batch.values.len()), (Manner::Sequential, Manner::Sequential, 150));
        let table = Factor::Table { scope: vec![VarId(0), VarId(1)], values: vec![1.0; 64].into() };
        let other = Network { factors: vec![table], ..network };
        assert!(Sampler::new(&other, narrow).is_err());
    }
}
