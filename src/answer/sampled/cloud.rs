//! A model and moments in; their networks, computed where that is within reach and drawn from elsewhere, and what is to
//! be known of them as estimates, out.

use super::draws::{Crew, Draws};
use super::estimate::{Estimate, Ledger, LeftOut, Tally, least_error};
use super::proposal::{Proposal, Weighed, World, constant, kinship, worlds};
use crate::answer::knowledge::{Known, formulas};
use crate::answer::moments::Moments;
use crate::answer::solve::{Trouble, can_start_later, trusted};
use crate::day::Day;
use crate::infer::{Calibration, Limits, Number};
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
    fn new(proposal: Proposal, number: u64, groups: usize) -> Cloud {
        Cloud { draws: Draws::new(proposal, number), functions: Vec::new(), ledger: Ledger::new(groups, 0) }
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
        let total_only = functions.is_empty() && draws.proposal.is_exact();
        if total_only && ledger.has_worlds() {
            return;
        }
        let worlds = if total_only { 1 } else { worlds };
        let digest = |network: &Network, weighed: Weighed| tally(&weighed, network, functions);
        for (group, tally) in draws.draw(worlds, ledger.groups(), crew, digest) {
            ledger.add(group, &tally);
        }
    }
}

fn tally(weighed: &Weighed, network: &Network, functions: &[Function]) -> Tally {
    let Weighed { batch, log_weight } = weighed;
    let count = batch.weights.len();
    let mut values = vec![0.0; functions.len()];
    for (share, world) in worlds(batch, network) {
        let weight = share * count as f64;
        for (value, function) in values.iter_mut().zip(functions) {
            *value += weight * function.value(&|var| world.value(var));
        }
    }
    let worlds = count as f64;
    let squares = worlds * worlds * kinship(batch);
    Tally { worlds, log_weight: *log_weight, log_total: batch.log_total, squares, values }
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

    /// Adds the network of some evidence; its facts are kept to make others of it.
    pub fn add(&mut self, evidence: Evidence) -> Result<usize, Trouble> {
        let source = match self.computed(|compiler| compiler.compile(&evidence))? {
            Some(source) => source,
            None => self.drawn(Proposal::new(self.compiler, &evidence, self.limits)?, self.networks.len()),
        };
        self.networks.push((source, evidence.facts));
        Ok(self.networks.len() - 1)
    }

    /// Adds the network of the prior.
    pub fn add_prior(&mut self) -> Result<usize, Trouble> {
        let source = match self.computed(Compiler::compile_prior)? {
            Some(source) => source,
            None => {
                let proposal = Proposal::whole(&self.compiler.compile_prior(), self.limits)?;
                self.drawn(proposal, self.networks.len())
            }
        };
        self.networks.push((source, Vec::new()));
        Ok(self.networks.len() - 1)
    }

    /// A network computed, where that is allowed and within reach.
    fn computed(&self, compile: impl Fn(&Compiler<'m>) -> Network) -> Result<Option<Source<N>>, Trouble> {
        if !self.computing {
            return Ok(None);
        }
        let Ok(calibration) = Calibration::<N>::new(compile(self.compiler), self.limits) else { return Ok(None) };
        trusted(&calibration)?;
        Ok(Some(Source::Computed(Box::new(calibration))))
    }

    fn drawn(&self, proposal: Proposal, number: usize) -> Source<N> {
        Source::Drawn(Box::new(Cloud::new(proposal, number as u64, self.groups)))
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
            let proposal = Proposal::whole(calibration.network(), self.limits)?;
            self.networks[network].0 = self.drawn(proposal, network);
        }
        let Source::Drawn(cloud) = &mut self.networks[network].0 else {
            unreachable!("what is not computed is drawn");
        };
        Ok(match constant(&function, cloud.draws.proposal.network()) {
            Some(known) => Quantity::Known(known),
            None => Quantity::Mean { network, value: cloud.ask(function), beside: None },
        })
    }

    /// Draws worlds from every network that is drawn from, so many as `worlds` gives (whether it draws populations); false
    /// where one has none to show.
    pub fn draw(&mut self, worlds: impl Fn(bool) -> usize) -> bool {
        let mut all = true;
        for (source, _) in &mut self.networks {
            if let Source::Drawn(cloud) = source {
                cloud.draw(worlds(cloud.draws.proposal.is_of_populations()), &self.crew);
                all &= cloud.ledger.has_worlds();
            }
        }
        all
    }

    /// Where a mean is told by few of the first worlds, draws from the network that has the function as a further factor:
    /// the mean is the total weight with it over the total weight without.
    pub fn look_beside(&mut self, quantity: &mut Quantity, worlds: impl Fn(bool) -> usize) -> Result<(), Trouble> {
        let Quantity::Mean { network, value, beside } = quantity else { return Ok(()) };
        let (Source::Drawn(cloud), facts) = &self.networks[*network] else { return Ok(()) };
        if cloud.ledger.mean(*value, None) * cloud.ledger.effective() >= FEW_HITS {
            return Ok(());
        }
        let evidence = Evidence { facts: facts.clone(), weights: vec![cloud.functions[*value].clone()] };
        // If that network is too large the few worlds have to do.
        let Ok(found) = self.add(evidence) else { return Ok(()) };
        if self.is_empty(&found) {
            // There is nothing to draw from it.
            self.networks.truncate(found);
            *quantity = Quantity::Known(0.0);
            return Ok(());
        }
        match &mut self.networks[found].0 {
            Source::Drawn(cloud) if !cloud.draws.proposal.is_whole() => {
                // It would draw the same worlds once more.
                self.networks.truncate(found);
            }
            Source::Drawn(cloud) => {
                cloud.draw(worlds(cloud.draws.proposal.is_of_populations()), &self.crew);
                *beside = Some(found);
            }
            Source::Computed(_) => *beside = Some(found),
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

    /// The error that this has at least.
    pub fn least_log_error(&self, network: usize) -> f64 {
        match &self.networks[network].0 {
            Source::Drawn(cloud) if cloud.draws.proposal.is_of_populations() => cloud.ledger.least_log_error(),
            _ => 0.0,
        }
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
        let index = self.add(Evidence { facts, weights: Vec::new() })?;
        self.by_known.insert(known.clone(), index);
        Ok(index)
    }

    fn is_empty(&self, network: &usize) -> bool {
        match &self.networks[*network].0 {
            Source::Computed(calibration) => calibration.total().is_zero(),
            Source::Drawn(cloud) => cloud.draws.proposal.is_empty(),
        }
    }

    /// Where no drawn world shows it, the network in which it does not start earlier tells.
    fn can_start_later(&mut self, network: &usize, known: &Known, event: usize, by: Day) -> Result<bool, Trouble> {
        let last = by - self.model.horizon.0;
        let cloud = match &self.networks[*network].0 {
            Source::Computed(calibration) => return can_start_later(calibration, event, last),
            Source::Drawn(cloud) => cloud,
        };
        let drawn = cloud.draws.proposal.network();
        let variable = drawn.variables[drawn.starts[event].0];
        if !(0..variable.size()).any(|index| variable.value(index).first > last) {
            return Ok(false);
        }
        let batch = cloud.draws.trial(&self.crew, TRIED).batch;
        let shows = |(share, world): (f64, World<'_>)| share > 0.0 && world.value(drawn.starts[event]).first > last;
        if batch.log_total > f64::NEG_INFINITY && worlds(&batch, drawn).any(shows) {
            return Ok(true);
        }
        let mut silent = known.clone();
        silent.silent.push((event, by));
        let facts = formulas(self.model, self.compiler, &silent);
        let proposal = Proposal::new(self.compiler, &Evidence { facts, weights: Vec::new() }, self.limits)?;
        if proposal.is_empty() || proposal.is_exact() {
            return Ok(!proposal.is_empty());
        }
        let draws = Draws::new(proposal, self.next_number());
        Ok(draws.trial(&self.crew, TRIED).batch.log_total > f64::NEG_INFINITY)
    }
}
