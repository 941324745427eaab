//! A network in, batches of worlds drawn from it out: exactly where it can be calibrated.

mod closure;
mod coupling;
mod draft;
mod growth;
mod interval;
mod law;
mod outlook;
mod telescope;
#[cfg(test)]
mod measure;
#[cfg(test)]
mod trial;

use super::calibrate::Calibration;
use super::number::Scaled;
use super::order::{Limits, TooLarge};
use crate::network::Network;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

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
}

/// How good the worlds of a sampler are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Independent, each with its exact probability, from a calibrated network.
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
}

impl Sampler {
    /// Prepares draws from a network.
    ///
    /// # Errors
    /// Where nothing that is at hand can draw from it within the limits.
    pub fn new(network: &Network, limits: Limits) -> Result<Sampler, TooLarge> {
        let plain = Calibration::<f64>::new(network.clone(), limits)?;
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
        }
    }

    pub fn manner(&self) -> Manner {
        Manner::Exact
    }

    /// Whether it is certain that no world is left.
    pub fn is_empty(&self) -> bool {
        self.log_total() == f64::NEG_INFINITY
    }

    fn log_total(&self) -> f64 {
        match &self.source {
            Source::Plain(calibration) => calibration.total().ln(),
            Source::Wide(calibration) => calibration.total().ln(),
        }
    }

    /// Draws a batch of `count` worlds; there must be a world left.
    pub fn batch(&self, seed: u64, stream: u64, count: usize) -> Batch {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(stream);
        let width = self.network().variables.len();
        let mut values = vec![0; width * count];
        for world in values.chunks_mut(width.max(1)) {
            match &self.source {
                Source::Plain(calibration) => calibration.draw(&mut random, world),
                Source::Wide(calibration) => calibration.draw(&mut random, world),
            }
        }
        Batch { values, weights: vec![1.0; count], log_total: self.log_total() }
    }
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
        let table = Factor::Table { scope: vec![VarId(0), VarId(1)], values: vec![1.0, 2.0, 3.0, 0.0] };
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
}
