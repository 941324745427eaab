//! A network of any kind in; weighted worlds, variable by variable with an eye to what lies ahead, out.

use super::Batch;
use super::guide::{Bucket, Course, Guide};
use super::reach::Reach;
use crate::infer::number::{Number, Scaled};
use crate::infer::order::Limits;
use crate::infer::potential::{Piece, Potential};
use crate::network::{Factor, Network, Role, Variable};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;

/// Worlds are drawn anew in proportion to their weights when the effective number falls below this share.
const RESAMPLED_BELOW: f64 = 0.5;
/// How often a draw does not look ahead where messages are not exact: what they take for too improbable would otherwise come
/// too rarely to be seen, and weigh the more when it does (a defensive mixture, Hesterberg 1995).
const BLINDLY: f64 = 0.05;
/// The same where a draw decides whether, and not only when: all that comes after goes one way or the other with it, which
/// messages cut apart see least.
const BLINDLY_WHETHER: f64 = 0.2;
/// Worlds, and their seed, that tell which guide is best.
const TRIED: usize = 256;
const TRIAL_SEED: u64 = 0;

/// Sequential importance sampling with resampling: the variables of a [`Guide`] last to go first.
///
/// Each is drawn in proportion to its bucket's factors and messages, given what has been drawn before, within the reach
/// that the rules on gaps leave it:
///
/// ```text
/// w *= Σ_x own(x)·below(x) / Π sent
/// ```
/// which is 1 where the bucket was not cut. Where a message is on plain numbers, none of its products was lost; a world whose
/// own product is lost is so improbable beside what its messages say that it does not count. The mean weight is an unbiased estimate of the network's total weight, also with
/// systematic resampling (Del Moral 2004, Doucet and Johansen 2011); the worlds of a batch are not independent.
pub struct Sequential {
    network: Arc<Network>,
    guide: Guided,
    reach: Reach,
    /// For each variable the implied factors that are complete when it has been drawn.
    implied: Vec<Vec<Potential<f64>>>,
    /// Logarithm of the factors without variables.
    constant: f64,
}

enum Guided {
    Plain(Guide<f64>),
    Wide(Guide<Scaled>),
}

/// Worlds under way.
struct Swarm {
    width: usize,
    values: Vec<u32>,
    /// See [`Batch::families`].
    families: Vec<u32>,
    /// Logarithms of the weights since they were last evened out.
    log_weights: Vec<f64>,
    log_total: f64,
    /// Sum of the logarithms of the numbers of worlds over their effective numbers, whenever they were evened out.
    spread: f64,
}

impl Sequential {
    /// Prepares draws; `None` where the limits do not allow it.
    pub fn new(network: Arc<Network>, limits: Limits) -> Option<Sequential> {
        let cheapest = Sequential::guided(network.clone(), limits, Course::Cheapest)?;
        if network.generations.iter().all(|generation| *generation == 0) {
            return Some(cheapest);
        }
        let Some(onwards) = Sequential::guided(network, limits, Course::Onwards) else { return Some(cheapest) };
        let spread = |guided: &Sequential| guided.swarm(&mut ChaCha8Rng::seed_from_u64(TRIAL_SEED), TRIED).spread;
        Some(if spread(&onwards) < spread(&cheapest) { onwards } else { cheapest })
    }

    fn guided(network: Arc<Network>, limits: Limits, course: Course) -> Option<Sequential> {
        let plain = Guide::<f64>::new(&network, limits, course)?;
        let guide = if plain.lost { Guided::Wide(Guide::new(&network, limits, course)?) } else { Guided::Plain(plain) };
        let constants = network.factors.iter().map(|factor| match factor {
            Factor::Table { scope, values } if scope.is_empty() => values[0].ln(),
            _ => 0.0,
        });
        let drawn: Vec<usize> = match &guide {
            Guided::Plain(guide) => guide.buckets.iter().rev().map(|bucket| bucket.var).collect(),
            Guided::Wide(guide) => guide.buckets.iter().rev().map(|bucket| bucket.var).collect(),
        };
        let implied = implied(&network, &drawn);
        Some(Sequential { reach: Reach::of(&network), implied, constant: constants.sum(), guide, network })
    }

    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Elementary steps that a world takes.
    pub fn steps(&self) -> f64 {
        let guide = match &self.guide {
            Guided::Plain(guide) => guide.steps,
            Guided::Wide(guide) => guide.steps,
        };
        // Every variable under rules is held against all that were drawn before it.
        guide + (self.reach.rows() as f64).powi(2) / 2.0
    }

    /// Draws worlds together; `log_total` is −∞ and all weights 0 where every draw came to nothing.
    pub fn batch(&self, random: &mut ChaCha8Rng, count: usize) -> Batch {
        let mut swarm = self.swarm(random, count);
        let weights = swarm.even_out();
        Batch { values: swarm.values, weights, families: swarm.families, log_total: swarm.log_total }
    }

    fn swarm(&self, random: &mut ChaCha8Rng, count: usize) -> Swarm {
        let width = self.network.variables.len();
        let mut swarm = Swarm {
            width,
            values: vec![0; width * count],
            families: (0..count as u32).collect(),
            log_weights: vec![0.0; count],
            log_total: self.constant,
            spread: 0.0,
        };
        match &self.guide {
            Guided::Plain(guide) => self.draw(guide, &mut swarm, random),
            Guided::Wide(guide) => self.draw(guide, &mut swarm, random),
        }
        swarm.spread += swarm.unevenness();
        swarm
    }

    fn draw<N: Number>(&self, guide: &Guide<N>, swarm: &mut Swarm, random: &mut ChaCha8Rng) {
        let mut drawn: Vec<usize> = Vec::new();
        let (mut own, mut line): (Vec<N>, Vec<N>) = (Vec::new(), Vec::new());
        let mut pieces: Vec<Piece> = Vec::new();
        for bucket in guide.buckets.iter().rev() {
            for (world, log_weight) in swarm.values.chunks_mut(swarm.width).zip(&mut swarm.log_weights) {
                if *log_weight > f64::NEG_INFINITY {
                    own.clear();
                    own.resize(self.network.variables[bucket.var].size(), N::from_f64(1.0));
                    guide.weigh(&guide.potentials, &bucket.own, bucket.var, world, &mut own, &mut pieces);
                    self.reach.cut(&self.network, bucket.var, &drawn, world, &mut own);
                    for factor in &self.implied[bucket.var] {
                        cut(factor, bucket.var, world, &mut own, &mut pieces);
                    }
                    line.clone_from(&own);
                    guide.weigh(&guide.messages, &bucket.below, bucket.var, world, &mut line, &mut pieces);
                    let blindly = if guide.cut && !bucket.below.is_empty() { self.blindly(bucket.var) } else { 0.0 };
                    *log_weight += choose(&line, &own, blindly, bucket.var, world, random);
                    *log_weight -= guide.foreseen(bucket, world, &mut pieces);
                }
            }
            drawn.push(bucket.var);
            if swarm.effective() < RESAMPLED_BELOW * swarm.log_weights.len() as f64 {
                swarm.spread += swarm.unevenness();
                swarm.resample(random);
            }
        }
    }
}

impl Sequential {
    /// How often a variable is drawn without a look ahead.
    fn blindly(&self, var: usize) -> f64 {
        let variable = &self.network.variables[var];
        if variable.never || variable.role == Role::Truth { BLINDLY_WHETHER } else { BLINDLY }
    }
}

impl<N: Number> Guide<N> {
    /// Multiplies the weights of a variable by some factors, given what has been drawn.
    fn weigh(
        &self,
        factors: &[Potential<N>],
        chosen: &[usize],
        var: usize,
        world: &mut [u32],
        line: &mut [N],
        pieces: &mut Vec<Piece>,
    ) {
        world[var] = 0;
        for index in chosen {
            factors[*index].multiply_any(var, world, line, pieces, &mut false);
        }
    }

    /// Logarithm of what had been promised of the bucket, in the same units.
    fn foreseen(&self, bucket: &Bucket, world: &[u32], pieces: &mut Vec<Piece>) -> f64 {
        bucket.sent.iter().map(|index| self.messages[*index].value(world, pieces).scaled().ln()).sum()
    }
}

/// The implied factors, each with the variable of it that is drawn last.
fn implied(network: &Network, drawn: &[usize]) -> Vec<Vec<Potential<f64>>> {
    let sizes: Vec<usize> = network.variables.iter().map(Variable::size).collect();
    let mut place = vec![0; sizes.len()];
    drawn.iter().enumerate().for_each(|(at, var)| place[*var] = at);
    let mut found: Vec<Vec<Potential<f64>>> = std::iter::repeat_with(Vec::new).take(sizes.len()).collect();
    for factor in &network.implied {
        if let Some(last) = factor.scope().into_iter().max_by_key(|var| place[var.0]) {
            found[last.0].push(Potential::new(factor, &|var| network.variables[var.0], &sizes));
        }
    }
    found
}

/// Sets the weights to 0 where a factor of 0 and 1 is 0.
fn cut<N: Number>(factor: &Potential<f64>, var: usize, world: &[u32], line: &mut [N], pieces: &mut Vec<Piece>) {
    factor.pieces(var, world, pieces);
    let mut start = 0;
    for piece in pieces.iter() {
        if piece.value == 0.0 {
            line[start..piece.end].fill(N::ZERO);
        }
        start = piece.end;
    }
}

/// Draws the variable's value in proportion to the line, or now and then to `own`, which does not look ahead; the logarithm
/// of the line there over the probability of the draw.
fn choose<N: Number>(
    line: &[N],
    own: &[N],
    blindly: f64,
    var: usize,
    world: &mut [u32],
    random: &mut ChaCha8Rng,
) -> f64 {
    let total = |line: &[N]| line.iter().fold(N::ZERO, |sum, weight| sum.plus(*weight)).scaled();
    let (ahead, here) = (total(line), total(own));
    if ahead.is_zero() {
        return f64::NEG_INFINITY;
    }
    let blind = blindly > 0.0 && random.random::<f64>() < blindly;
    let (from, whole) = if blind { (own, here) } else { (line, ahead) };
    let inverse = Scaled::ONE.over(whole);
    let mut left = random.random::<f64>();
    for (index, weight) in from.iter().enumerate().filter(|(_, weight)| !weight.is_zero()) {
        world[var] = index as u32;
        left -= weight.scaled().by(inverse).to_f64();
        if left < 0.0 {
            break;
        }
    }
    if blindly == 0.0 {
        return ahead.ln();
    }
    let drawn = world[var] as usize;
    let share = |line: &[N], whole: Scaled| line[drawn].scaled().over(whole).to_f64();
    let probability = (1.0 - blindly) * share(line, ahead) + blindly * share(own, here);
    if line[drawn].is_zero() { f64::NEG_INFINITY } else { line[drawn].scaled().ln() - probability.ln() }
}

impl Swarm {
    /// The weights relative to the greatest; 0 where all are.
    fn relative(&self) -> Vec<f64> {
        let greatest = self.log_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let relative = |log: &f64| if greatest == f64::NEG_INFINITY { 0.0 } else { (log - greatest).exp() };
        self.log_weights.iter().map(relative).collect()
    }

    /// Effective number of worlds.
    fn effective(&self) -> f64 {
        let weights = self.relative();
        let sum: f64 = weights.iter().sum();
        let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
        if squares > 0.0 { sum * sum / squares } else { 0.0 }
    }

    fn unevenness(&self) -> f64 {
        (self.log_weights.len() as f64 / self.effective()).ln()
    }

    /// Takes the mean weight into the total; the relative weights are returned.
    fn even_out(&mut self) -> Vec<f64> {
        let weights = self.relative();
        let greatest = self.log_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mean = weights.iter().sum::<f64>() / weights.len().max(1) as f64;
        self.log_total += greatest + mean.ln();
        self.log_weights.fill(0.0);
        weights
    }

    /// Systematic resampling: as many copies of each world as its weight is worth, up or down by chance.
    fn resample(&mut self, random: &mut ChaCha8Rng) {
        let weights = self.even_out();
        let sum: f64 = weights.iter().sum();
        if sum == 0.0 {
            self.log_weights.fill(f64::NEG_INFINITY);
            return;
        }
        let count = weights.len();
        let mut next = random.random::<f64>();
        let mut values = Vec::with_capacity(self.values.len());
        let mut families = Vec::with_capacity(count);
        let mut reached = 0.0;
        for ((world, family), weight) in self.values.chunks(self.width).zip(&self.families).zip(&weights) {
            reached += weight / sum * count as f64;
            while next < reached && values.len() < self.values.len() {
                values.extend_from_slice(world);
                families.push(*family);
                next += 1.0;
            }
        }
        // By rounding the last place may be left.
        while values.len() < self.values.len() {
            let last = values.len() - self.width;
            values.extend_from_within(last..);
            families.extend_from_within(families.len() - 1..);
        }
        self.values = values;
        self.families = families;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::order::Engine;
    use crate::infer::sample::trial::small_networks;
    use crate::infer::trial::{Maker, enumerated};
    use crate::model::{EventId, Side};
    use crate::network::{At, Delay, Role, VarId, Variable};
    use rand::SeedableRng;

    const BATCHES: usize = 60;
    const WORLDS: usize = 60;

    fn sequential(network: Network) -> Sequential {
        // So little memory that every bucket of several factors is cut.
        let limits = Limits { memory: 64, engine: Engine::Guide, ..Limits::default() };
        Sequential::new(Arc::new(network), limits).expect("small")
    }

    /// The mean of some numbers is `expected`, as far as their spread can tell.
    #[track_caller]
    fn assert_mean(numbers: &[f64], expected: f64, what: &str) {
        let count = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / count;
        let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
        let error = (squares / (count - 1.0) / count).sqrt();
        // What so few worlds may have missed altogether.
        let unseen = 6.0 / (BATCHES * WORLDS) as f64;
        assert!((mean - expected).abs() <= 5.0 * error + unseen, "{what}: {mean} ± {error}, expected {expected}");
    }

    /// A rule on the gap of two days, one of which comes after the other by way of a third, with a fixed and a loose delay.
    fn with_delays() -> Network {
        let mut network = small_networks().swap_remove(1);
        for (from, to, first, weights) in [(0, 1, 2, vec![1.0]), (1, 3, -1, vec![0.5, 0.0, 1.0, 2.0])] {
            let from = At { var: VarId(from), side: Side::First };
            network.factors.push(Factor::Delay(Delay { from, to: VarId(to), first, weights, never: Vec::new() }));
        }
        network
    }

    /// Estimates of the total weight and of that of every single value are free of bias, whatever the factors.
    #[test]
    fn cut_guides_leave_no_bias() {
        let mut compared = 0;
        let random = (0..30).map(|seed| match seed % 3 {
            0 => Maker::new(seed).tree(),
            _ => Maker::new(seed).tangle(),
        });
        let under_rules = small_networks().into_iter().chain([with_delays()]);
        for (seed, network) in random.chain(under_rules).enumerate() {
            let seed = seed as u64;
            let (total, of_values) = enumerated(&network);
            let sequential = sequential(network);
            let random = |batch: usize| ChaCha8Rng::seed_from_u64(1_000 * seed + batch as u64);
            let batches: Vec<Batch> = (0..BATCHES).map(|batch| sequential.batch(&mut random(batch), WORLDS)).collect();
            if total == 0.0 {
                assert!(batches.iter().all(|batch| batch.log_total == f64::NEG_INFINITY));
                continue;
            }
            compared += 1;
            let ratios: Vec<f64> = batches.iter().map(|batch| (batch.log_total - total.ln()).exp()).collect();
            assert_mean(&ratios, 1.0, &format!("total of {seed}"));
            let width = of_values.len();
            for (var, of_values) in of_values.iter().enumerate() {
                for (index, weight) in of_values.iter().enumerate() {
                    let share = |batch: &Batch| {
                        let worlds = batch.values.chunks(width).zip(&batch.weights);
                        let with = worlds.filter(|(world, _)| world[var] as usize == index);
                        with.map(|(_, weight)| weight).sum::<f64>() / batch.weights.iter().sum::<f64>().max(1e-300)
                    };
                    let shares: Vec<f64> = batches.iter().zip(&ratios).map(|(batch, r)| share(batch) * r).collect();
                    assert_mean(&shares, weight / total, &format!("value {index} of {var} of {seed}"));
                    assert!(*weight > 0.0 || shares.iter().all(|share| *share == 0.0), "a world of weight 0");
                }
            }
        }
        assert!(compared > 15, "{compared}");
    }

    /// Four tables that together weigh 1e-400: no message alone is too small for plain numbers, their product is.
    #[test]
    fn what_plain_numbers_lose_is_drawn_on_wide_ones() {
        let variables = (0..5).map(|event| Variable::of_days(Role::Start(EventId(event)), 0, 2, false)).collect();
        let table = |var: usize| Factor::Table {
            scope: vec![VarId(4), VarId(var)],
            values: Arc::new(vec![1e-100, 1e-100, 1.0, 0.0]),
        };
        let last = Factor::Table { scope: vec![VarId(4)], values: Arc::new(vec![3.0, 0.0]) };
        let network = Network {
            variables,
            factors: (0..4).map(table).chain([last]).collect(),
            starts: (0..5).map(VarId).collect(),
            implied: Vec::new(),
            generations: Vec::new(),
            contradiction: false,
        };
        let batch = sequential(network).batch(&mut ChaCha8Rng::seed_from_u64(1), 50);
        let expected = (3.0f64 * 16.0).ln() - 400.0 * 10f64.ln();
        assert!((batch.log_total - expected).abs() < 1e-9, "{}, expected {expected}", batch.log_total);
    }
}
