//! A network in, batches of worlds drawn from it out: exactly where it can be calibrated, else by what its rules allow.

mod closure;
mod conditional;
mod coupling;
mod draft;
mod draw;
mod growth;
mod guide;
mod interval;
mod law;
mod outlook;
mod reach;
mod sequential;
mod telescope;
#[cfg(test)]
mod trial;

use super::calibrate::Calibration;
use super::number::Scaled;
use super::order::{Engine, Limits, TooLarge};
use crate::network::Network;
pub use conditional::{Conditionals, Room};
use coupling::{Capped, perfect};
use draw::Drawer;
use interval::IntervalSystem;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sequential::Sequential;
use std::sync::Arc;
use telescope::{Estimate, telescope};

/// Particles that estimate the total weight beside perfect worlds: as many as these, within bounds.
const PARTICLES: usize = 4096;
const FEWEST_PARTICLES: usize = 1024;
/// The seed of the worlds that tell whether a means is any good.
const TRIAL_SEED: u64 = 0;
/// Guided worlds that are tried before a network is given up.
const TRIED: usize = 256;

/// Draws worlds of one network.
///
/// The same seed, stream and count give the same bits, on any number of threads.
pub struct Sampler {
    source: Source,
}

/// Where worlds come from.
enum Source {
    Plain(Box<Drawer<f64>>),
    Wide(Box<Drawer<Scaled>>),
    /// Too large to be calibrated; perfect draws where the system is monotone and couples in time.
    Perfect(Arc<Network>, Box<IntervalSystem>),
    /// Rules on gaps that do not couple: populations that grow event by event.
    Growing(Arc<Network>, Box<IntervalSystem>),
    /// Anything: populations that are guided by messages of bounded size.
    Guided(Box<Sequential>),
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
    /// Each world's weight relative to the others; all 0 where every draw came to nothing.
    pub weights: Vec<f64>,
    /// For each world the one drawn first of which it is a descendant, where worlds have been copied on the way; else empty.
    /// What descendants have in common from before they parted was drawn but once.
    pub families: Vec<u32>,
    /// Estimate of the natural logarithm of the network's total weight, unbiased in the weight itself.
    pub log_total: f64,
}

impl Sampler {
    /// Prepares draws from a network, by the first means that can.
    ///
    /// # Errors
    /// Where nothing that is at hand can draw from it within the limits: the costs of calibration.
    pub fn new(network: &Network, limits: Limits) -> Result<Sampler, TooLarge> {
        let refusal = match Sampler::calibrated(network, limits) {
            Ok(sampler) => return Ok(sampler),
            Err(refusal) => refusal,
        };
        let by_rules = || IntervalSystem::of(network).map(|system| of_rules(network, system));
        let sampler = if limits.engine == Engine::Guide { None } else { by_rules() };
        let guided = || if limits.engine == Engine::Rules { None } else { Sampler::guided(network, limits) };
        sampler.or_else(guided).ok_or(refusal)
    }

    /// Prepares guided draws; `None` where a population would take longer than the limits allow, or all of it dies.
    fn guided(network: &Network, limits: Limits) -> Option<Sampler> {
        let sequential = Sequential::new(Arc::new(network.clone()), limits)?;
        if sequential.steps() * TRIED as f64 > limits.operations {
            return None;
        }
        let mut random = ChaCha8Rng::seed_from_u64(TRIAL_SEED);
        let alive = sequential.batch(&mut random, TRIED).log_total > f64::NEG_INFINITY;
        alive.then(|| Sampler { source: Source::Guided(Box::new(sequential)) })
    }

    fn calibrated(network: &Network, limits: Limits) -> Result<Sampler, TooLarge> {
        let plain: Sampler = Arc::new(Calibration::<f64>::new(network.clone(), limits)?).try_into()?;
        if plain.lost() { Arc::new(Calibration::<Scaled>::new(network.clone(), limits)?).try_into() } else { Ok(plain) }
    }

    pub fn network(&self) -> &Network {
        match &self.source {
            Source::Plain(drawer) => drawer.calibration().network(),
            Source::Wide(drawer) => drawer.calibration().network(),
            Source::Perfect(network, _) | Source::Growing(network, _) => network,
            Source::Guided(sequential) => sequential.network(),
        }
    }

    pub fn manner(&self) -> Manner {
        match &self.source {
            Source::Plain(_) | Source::Wide(_) => Manner::Exact,
            Source::Perfect(..) => Manner::Perfect,
            Source::Growing(..) | Source::Guided(_) => Manner::Sequential,
        }
    }

    /// Whether much is done anew for every batch, so that it should be large.
    pub fn draws_side_by_side(&self) -> bool {
        match &self.source {
            Source::Plain(drawer) => drawer.calibration().orders().next().is_some(),
            Source::Wide(drawer) => drawer.calibration().orders().next().is_some(),
            Source::Perfect(..) | Source::Growing(..) | Source::Guided(_) => true,
        }
    }

    /// Whether numbers were lost that draws need, so that these are not to be trusted.
    pub fn lost(&self) -> bool {
        match &self.source {
            Source::Plain(drawer) => drawer.calibration().lost(),
            Source::Wide(drawer) => drawer.calibration().lost(),
            _ => false,
        }
    }

    /// Whether it is certain that no world is left.
    pub fn is_empty(&self) -> bool {
        match &self.source {
            Source::Plain(drawer) => drawer.calibration().total().ln() == f64::NEG_INFINITY,
            Source::Wide(drawer) => drawer.calibration().total().ln() == f64::NEG_INFINITY,
            Source::Perfect(_, system) | Source::Growing(_, system) => system.is_empty(),
            Source::Guided(_) => false,
        }
    }

    /// Draws a batch of `count` worlds; there must be a world left.
    ///
    /// Should a perfect draw reach its cap, the whole batch is drawn as a population: to keep the worlds that coupled would
    /// favour those that couple fast.
    pub fn batch(&self, seed: u64, stream: u64, count: usize) -> Batch {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(stream);
        let width = self.network().variables.len();
        let mut values = vec![0; width * count];
        let log_total = match &self.source {
            Source::Plain(drawer) => {
                drawer.fill(&mut random, &mut values);
                drawer.calibration().total().ln()
            }
            Source::Wide(drawer) => {
                drawer.fill(&mut random, &mut values);
                drawer.calibration().total().ln()
            }
            Source::Perfect(_, system) => {
                let mut worlds = values.chunks_mut(width.max(1));
                let drawn: Result<(), Capped> = worlds.try_for_each(|world| perfect(system, &mut random, world));
                if drawn.is_err() {
                    return growing(system, seed, stream, count);
                }
                telescope(system, seed, stream, count.clamp(FEWEST_PARTICLES, PARTICLES)).log_total
            }
            Source::Growing(_, system) => return growing(system, seed, stream, count),
            Source::Guided(sequential) => return sequential.batch(&mut random, count),
        };
        Batch { values, weights: vec![1.0; count], families: Vec::new(), log_total }
    }
}

/// The best way to draw from a system of rules on gaps.
fn of_rules(network: &Network, system: IntervalSystem) -> Sampler {
    let (network, system) = (Arc::new(network.clone()), Box::new(system));
    let mut world = vec![0; network.variables.len()];
    let mut random = ChaCha8Rng::seed_from_u64(TRIAL_SEED);
    let couples = !system.is_empty() && system.monotone() && perfect(&system, &mut random, &mut world).is_ok();
    Sampler { source: if couples { Source::Perfect(network, system) } else { Source::Growing(network, system) } }
}

fn growing(system: &IntervalSystem, seed: u64, stream: u64, count: usize) -> Batch {
    let Estimate { log_total, worlds, weights } = telescope(system, seed, stream, count);
    // Its members move on after they have been copied.
    Batch { values: worlds, weights, families: Vec::new(), log_total }
}

/// # Errors
/// Where messages that draws need would take too much memory.
impl TryFrom<Arc<Calibration<f64>>> for Sampler {
    type Error = TooLarge;

    fn try_from(calibration: Arc<Calibration<f64>>) -> Result<Sampler, TooLarge> {
        calibration.check_messages()?;
        Ok(Sampler { source: Source::Plain(Box::new(Drawer::new(calibration))) })
    }
}

/// # Errors
/// Where messages that draws need would take too much memory.
impl TryFrom<Arc<Calibration<Scaled>>> for Sampler {
    type Error = TooLarge;

    fn try_from(calibration: Arc<Calibration<Scaled>>) -> Result<Sampler, TooLarge> {
        calibration.check_messages()?;
        Ok(Sampler { source: Source::Wide(Box::new(Drawer::new(calibration))) })
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
        let table =
            Factor::Table { scope: vec![VarId(0), VarId(1)], values: std::sync::Arc::new(vec![1.0, 2.0, 3.0, 0.0]) };
        let network = Network {
            variables: vec![variable(0), variable(1)],
            factors: vec![table],
            starts: vec![VarId(0), VarId(1)],
            implied: Vec::new(),
            generations: Vec::new(),
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
        let narrow = Limits { memory: 1, operations: 1.0, threads: 1, engine: Engine::Rules };
        let network = trial::grid(4, 4, 8);
        let sampler = Sampler::new(&network, narrow).expect("rules on gaps");
        assert_eq!((sampler.manner(), sampler.is_empty()), (Manner::Perfect, false));
        let batch = sampler.batch(1, 2, 50);
        let right = |world: &[u32]| (0..15).all(|cell| cell % 4 == 3 || world[cell] <= world[cell + 1]);
        assert_eq!(batch.values.chunks(16).filter(|world| right(world)).count(), 50);
        assert!((batch.log_total - trial::log_plane_partitions(4, 4, 8)).abs() < 0.1);
        assert_eq!(batch.values, sampler.batch(1, 2, 50).values);
        let absent = Sampler::new(&trial::absent_networks()[1], narrow).expect("rules on gaps");
        let batch = absent.batch(1, 2, 50);
        assert_eq!((absent.manner(), batch.values.len()), (Manner::Sequential, 150));
    }

    /// With room for small messages only, populations estimate the total without bias.
    #[test]
    fn guided_populations_estimate_the_total() {
        let network = trial::grid(5, 5, 10);
        for memory in [1 << 20, 1 << 15] {
            let limits = Limits { memory, operations: 1e7, threads: 1, engine: Engine::Guide };
            let sampler = Sampler::new(&network, limits).expect("no draw dies of rules on gaps");
            let truth = trial::log_plane_partitions(5, 5, 10);
            let ratios: Vec<f64> = (0..40).map(|run| (sampler.batch(1, run, 400).log_total - truth).exp()).collect();
            let mean = ratios.iter().sum::<f64>() / 40.0;
            let error = (ratios.iter().map(|ratio| (ratio - mean).powi(2)).sum::<f64>() / 39.0 / 40.0).sqrt();
            assert!((mean - 1.0).abs() < 4.0 * error && error < 0.1, "{mean} ± {error}");
        }
    }
}
