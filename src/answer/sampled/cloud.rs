//! A model and moments in; their networks, computed where that is within reach and drawn from elsewhere, and what is to
//! be known of them as estimates, out.

use super::draws::{Crew, Draws, worlds};
use super::estimate::{Estimate, Ledger, LeftOut, Tally, least_error};
use crate::answer::knowledge::{Known, formulas};
use crate::answer::moments::Moments;
use crate::answer::solve::{Trouble, can_start_later, trusted};
use crate::day::Day;
use crate::infer::{Batch, Calibration, Limits, Manner, Number, Sampler};
use crate::model::Model;
use crate::network::{Compiler, Evidence, Extension, Formula, Function, Network};
use std::collections::BTreeMap;

/// Worlds that are drawn to see what is possible.
const TRIED: usize = 256;
/// A mean told by fewer worlds than this is taken from the weights of two networks instead.
const FEW_HITS: f64 = 30.0;

/// One network's worlds and what they say of some functions.
pub struct Cloud {
    pub draws: Draws,
    functions: Vec<Function>,
    ledger: Ledger,
}

impl Cloud {
    fn new(sampler: Sampler, number: u64, groups: usize) -> Cloud {
        Cloud { draws: Draws::new(sampler, number), functions: Vec::new(), ledger: Ledger::new(groups, 0) }
    }

    /// Registers a function whose mean is wanted, before anything is drawn.
    fn ask(&mut self, function: Function) -> usize {
        self.functions.push(function);
        self.ledger = Ledger::new(self.ledger.groups(), self.functions.len());
        self.functions.len() - 1
    }

    fn draw(&mut self, worlds: usize, crew: &Crew<'_>) {
        let Cloud { draws, functions, ledger } = self;
        // The total weight is the same in every batch, and nothing else is wanted.
        let total_only = functions.is_empty() && draws.sampler.manner() == Manner::Exact;
        if total_only && ledger.has_worlds() {
            return;
        }
        let worlds = if total_only { 1 } else { worlds };
        let sequential = draws.sampler.manner() == Manner::Sequential;
        let digest =
            |network: &Network, batch: Batch, count: usize| tally(&batch, count, sequential, network, functions);
        for (group, tally) in draws.draw(worlds, ledger.groups(), crew, digest) {
            ledger.add(group, &tally);
        }
    }
}

fn tally(batch: &Batch, count: usize, sequential: bool, network: &Network, functions: &[Function]) -> Tally {
    let mut values = vec![0.0; functions.len()];
    let mut squares = 0.0;
    for (share, world) in worlds(batch, network) {
        let weight = share * count as f64;
        squares += weight * weight;
        for (value, function) in values.iter_mut().zip(functions) {
            *value += weight * function.value(&|var| world.value(var));
        }
    }
    Tally {
        worlds: count as f64,
        log_weight: log_weight(batch, sequential),
        log_total: batch.log_total,
        squares,
        values,
    }
}

/// What a batch's worlds weigh beside those of other batches, as a logarithm: as much, unless they come from a
/// population whose total weight is itself by chance.
pub fn log_weight(batch: &Batch, sequential: bool) -> f64 {
    if sequential || batch.log_total == f64::NEG_INFINITY { batch.log_total } else { 0.0 }
}

/// A network of some moment.
pub enum Source<N> {
    Computed(Box<Calibration<N>>),
    Drawn(Box<Cloud>),
}

/// The mean of a function over a network's worlds.
#[derive(Clone, Debug)]
pub enum Quantity {
    Known(f64),
    /// Value `value` of network `network`; `beside` is the network with the function as a further factor, where its mean
    /// is small.
    Mean {
        network: usize,
        value: usize,
        beside: Option<usize>,
    },
}

/// All networks but that of the forecast.
pub struct Clouds<'m, 'w, N> {
    pub model: &'m Model,
    pub compiler: &'m Compiler<'m>,
    pub limits: Limits,
    /// Whether to compute what is within reach.
    pub computing: bool,
    pub groups: usize,
    pub crew: Crew<'w>,
    networks: Vec<(Source<N>, Vec<Formula>)>,
    by_known: BTreeMap<Known, usize>,
}

impl<'m, 'w, N: Number> Clouds<'m, 'w, N> {
    pub fn new(
        model: &'m Model,
        compiler: &'m Compiler<'m>,
        limits: Limits,
        computing: bool,
        groups: usize,
        crew: Crew<'w>,
    ) -> Self {
        Clouds { model, compiler, limits, computing, groups, crew, networks: Vec::new(), by_known: BTreeMap::new() }
    }

    /// Adds a network; its facts are kept to make others of it.
    pub fn add(&mut self, network: Network, facts: Vec<Formula>) -> Result<usize, Trouble> {
        let computed = if self.computing { Calibration::<N>::new(network.clone(), self.limits).ok() } else { None };
        let source = match computed {
            Some(calibration) => {
                trusted(&calibration)?;
                Source::Computed(Box::new(calibration))
            }
            None => self.drawn(&network, self.networks.len())?,
        };
        self.networks.push((source, facts));
        Ok(self.networks.len() - 1)
    }

    /// The number for the draws of one more network.
    pub fn next_number(&self) -> u64 {
        self.networks.len() as u64
    }

    /// Asks for the mean of a function.
    pub fn ask(&mut self, network: usize, function: Function) -> Result<Quantity, Trouble> {
        if let Source::Computed(calibration) = &self.networks[network].0 {
            let mut extension = Extension::new(&calibration.network().variables);
            extension.weigh(function.clone());
            if let Ok(mean) = calibration.ratio(&extension) {
                trusted(calibration)?;
                return Ok(Quantity::Known(mean.to_f64()));
            }
            // A function of events far apart may be out of reach though the network is not.
            self.networks[network].0 = self.drawn(calibration.network(), network)?;
        }
        let Source::Drawn(cloud) = &mut self.networks[network].0 else {
            unreachable!("what is not computed is drawn");
        };
        Ok(match constant(&function, cloud.draws.sampler.network()) {
            Some(known) => Quantity::Known(known),
            None => Quantity::Mean { network, value: cloud.ask(function), beside: None },
        })
    }

    fn drawn(&self, network: &Network, number: usize) -> Result<Source<N>, Trouble> {
        let sampler = Sampler::new(network, self.limits)?;
        Ok(Source::Drawn(Box::new(Cloud::new(sampler, number as u64, self.groups))))
    }

    /// Draws so many worlds more from every network that is drawn from; false where one has none to show.
    pub fn draw(&mut self, worlds: usize) -> bool {
        let mut all = true;
        for (source, _) in &mut self.networks {
            if let Source::Drawn(cloud) = source {
                cloud.draw(worlds, &self.crew);
                all &= cloud.ledger.has_worlds();
            }
        }
        all
    }

    /// Where a mean is told by few of the first worlds, draws from the network that has the function as a further factor:
    /// the mean is the total weight with it over the total weight without.
    pub fn look_beside(&mut self, quantity: &mut Quantity, worlds: usize) -> Result<(), Trouble> {
        let Quantity::Mean { network, value, beside } = quantity else { return Ok(()) };
        let (Source::Drawn(cloud), facts) = &self.networks[*network] else { return Ok(()) };
        if cloud.ledger.mean(*value, None) * cloud.ledger.effective() >= FEW_HITS {
            return Ok(());
        }
        let facts = facts.clone();
        let evidence = Evidence { facts: facts.clone(), weights: vec![cloud.functions[*value].clone()] };
        let compiled = self.compiler.compile(&evidence);
        // If that network is too large the few worlds have to do.
        let Ok(found) = self.add(compiled, facts) else { return Ok(()) };
        let empty = self.is_empty(&found);
        if empty {
            *quantity = Quantity::Known(0.0);
            return Ok(());
        }
        *beside = Some(found);
        if let Source::Drawn(cloud) = &mut self.networks[found].0 {
            cloud.draw(worlds, &self.crew);
        }
        Ok(())
    }

    /// The mean, with its error.
    pub fn estimate(&self, quantity: &Quantity) -> Estimate {
        let (network, value, beside) = match quantity {
            Quantity::Known(value) => return Estimate::known(*value),
            Quantity::Mean { network, value, beside } => (*network, *value, *beside),
        };
        let Source::Drawn(cloud) = &self.networks[network].0 else {
            unreachable!("means of computed networks are known");
        };
        let effective = cloud.ledger.effective();
        let hits = cloud.ledger.mean(value, None) * effective;
        if let Some(beside) = beside.filter(|_| hits < FEW_HITS) {
            let ratio =
                |left_out| (self.log_total(beside, left_out) - self.log_total(network, left_out)).exp().min(1.0);
            let estimate = Estimate::over(self.groups, 0.0, ratio);
            if estimate.value > 0.0 {
                return estimate;
            }
        }
        // What no world shows is still possible, and reports weigh by how little it is.
        let least = least_error(effective);
        Estimate::over(self.groups, least, |left_out| match cloud.ledger.mean(value, left_out) {
            0.0 => 0.5 * least,
            mean => mean.min(1.0),
        })
    }

    /// Natural logarithm of a network's total weight.
    pub fn log_total(&self, network: usize, left_out: LeftOut) -> f64 {
        match &self.networks[network].0 {
            Source::Computed(calibration) => calibration.total().ln(),
            Source::Drawn(cloud) => cloud.ledger.log_total(left_out),
        }
    }
}

/// The value of a function that the domains decide.
fn constant(function: &Function, network: &Network) -> Option<f64> {
    let Function::Truth { formula, when_true, when_false } = function else { return None };
    match Extension::new(&network.variables).simplified(formula) {
        Formula::Constant(known) => Some(if known { *when_true } else { *when_false }),
        _ => None,
    }
}

impl<N: Number> Moments for Clouds<'_, '_, N> {
    type Network = usize;

    fn model(&self) -> &Model {
        self.model
    }

    fn network(&mut self, known: &Known) -> Result<usize, Trouble> {
        if let Some(found) = self.by_known.get(known) {
            return Ok(*found);
        }
        let facts = formulas(self.model, self.compiler, known);
        let network = self.compiler.compile(&Evidence { facts: facts.clone(), weights: Vec::new() });
        let index = self.add(network, facts)?;
        self.by_known.insert(known.clone(), index);
        Ok(index)
    }

    fn is_empty(&self, network: &usize) -> bool {
        match &self.networks[*network].0 {
            Source::Computed(calibration) => calibration.total().is_zero(),
            Source::Drawn(cloud) => cloud.draws.sampler.is_empty(),
        }
    }

    /// Where no drawn world shows it, the network in which it does not start earlier tells.
    fn can_start_later(&mut self, network: &usize, known: &Known, event: usize, by: Day) -> Result<bool, Trouble> {
        let last = by - self.model.horizon.0;
        let cloud = match &self.networks[*network].0 {
            Source::Computed(calibration) => return can_start_later(calibration, event, last),
            Source::Drawn(cloud) => cloud,
        };
        let drawn = cloud.draws.sampler.network();
        let variable = drawn.variables[drawn.starts[event].0];
        if !(0..variable.size()).any(|index| variable.value(index).first > last) {
            return Ok(false);
        }
        let batch = cloud.draws.trial(&self.crew, TRIED);
        let shows = |(share, world): (f64, super::draws::World<'_>)| {
            share > 0.0 && world.value(drawn.starts[event]).first > last
        };
        if batch.log_total > f64::NEG_INFINITY && worlds(&batch, drawn).any(shows) {
            return Ok(true);
        }
        let mut silent = known.clone();
        silent.silent.push((event, by));
        let facts = formulas(self.model, self.compiler, &silent);
        let network = self.compiler.compile(&Evidence { facts, weights: Vec::new() });
        let sampler = Sampler::new(&network, self.limits)?;
        if sampler.is_empty() || sampler.manner() == Manner::Exact {
            return Ok(!sampler.is_empty());
        }
        let draws = Draws::new(sampler, self.next_number());
        Ok(draws.trial(&self.crew, TRIED).log_total > f64::NEG_INFINITY)
    }
}
