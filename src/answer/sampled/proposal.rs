//! Facts and functions in; a sampler for as many of them as one can be had for, which weighs its worlds by the rest, out.

use crate::answer::solve::Trouble;
use crate::infer::{Batch, Limits, Manner, Sampler};
use crate::network::{Compiler, Evidence, Extension, Formula, Function, Network, Value, VarId};
use std::collections::BTreeSet;

/// Draws worlds and weighs them (importance sampling; Kahn and Marshall 1953).
///
/// What ties many events together may be out of reach of every sampler, while the rules alone are not. Worlds are then
/// drawn without it and count by it.
pub struct Proposal {
    sampler: Sampler,
    /// What every world is still to be weighed by.
    weights: Vec<Function>,
}

/// A batch, weighed.
pub struct Weighed {
    /// With the worlds' full weights and an estimate of the full total.
    pub batch: Batch,
    /// Natural logarithm of what a world counts here beside one of another batch.
    pub log_weight: f64,
}

impl Proposal {
    /// A sampler for the whole network.
    pub fn whole(network: &Network, limits: Limits) -> Result<Proposal, Trouble> {
        Ok(Proposal { sampler: Sampler::new(network, limits)?, weights: Vec::new() })
    }

    /// Of a sampler that has everything in it.
    pub fn of(sampler: Sampler) -> Proposal {
        Proposal { sampler, weights: Vec::new() }
    }

    /// With all facts and weights in the network if that can be drawn from; else with those of one event only.
    pub fn new(compiler: &Compiler<'_>, evidence: &Evidence, limits: Limits) -> Result<Proposal, Trouble> {
        let compiled = compiler.compile(evidence);
        let refusal = match Sampler::new(&compiled, limits) {
            Ok(sampler) => return Ok(Proposal { sampler, weights: Vec::new() }),
            Err(refusal) => refusal,
        };
        let simple = |vars: BTreeSet<VarId>| {
            let open = vars.into_iter().filter(|var| compiled.variables[var.0].size() > 1);
            open.count() <= 1
        };
        let (inside, outside): (Vec<Function>, Vec<Function>) =
            evidence.weights.iter().cloned().partition(|function| simple(function.vars()));
        let (facts, other_facts): (Vec<Formula>, Vec<Formula>) =
            evidence.facts.iter().cloned().partition(|fact| simple(fact.vars()));
        let truth = |formula| Function::Truth { formula, when_true: 1.0, when_false: 0.0 };
        let without_reports = Evidence { facts: evidence.facts.clone(), weights: inside.clone() };
        let without_facts = Evidence { facts, weights: inside };
        let all_outside = other_facts.into_iter().map(truth).chain(outside.iter().cloned()).collect();
        for (evidence, weights) in [(without_reports, outside), (without_facts, all_outside)] {
            if let Ok(sampler) = Sampler::new(&compiler.compile(&evidence), limits) {
                return Ok(Proposal { sampler, weights });
            }
        }
        Err(refusal.into())
    }

    pub fn network(&self) -> &Network {
        self.sampler.network()
    }

    /// Whether it is certain that no world is left.
    pub fn is_empty(&self) -> bool {
        let nothing = |function: &Function| constant(function, self.network()) == Some(0.0);
        self.sampler.is_empty() || self.weights.iter().any(nothing)
    }

    /// Whether worlds come with their exact probabilities from a network that has everything in it.
    pub fn is_exact(&self) -> bool {
        self.sampler.manner() == Manner::Exact && self.is_whole()
    }

    /// Whether worlds need no weighing.
    pub fn is_whole(&self) -> bool {
        self.weights.is_empty()
    }

    /// The variables on which worlds' further weights depend.
    pub fn weighed_by(&self) -> BTreeSet<VarId> {
        self.weights.iter().flat_map(|function| function.vars()).collect()
    }

    /// Whether a batch is a population, with worlds that depend on each other.
    pub fn is_of_populations(&self) -> bool {
        self.sampler.manner() == Manner::Sequential
    }

    /// How many worlds a batch has at most: few where any number is drawn as well, more where much is done for every batch
    /// anew.
    pub fn largest_batch(&self) -> usize {
        if self.sampler.draws_side_by_side() { 1_024 } else { 64 }
    }

    /// Draws a batch and weighs it.
    ///
    /// Independent worlds count by their number and what they are weighed by; a population counts by its estimate of the
    /// total weight besides, which is itself by chance.
    pub fn batch(&self, seed: u64, stream: u64, count: usize) -> Weighed {
        let mut batch = self.sampler.batch(seed, stream, count);
        let mut log_weight = if self.is_of_populations() { batch.log_total } else { 0.0 };
        if batch.log_total == f64::NEG_INFINITY {
            return Weighed { batch, log_weight: f64::NEG_INFINITY };
        }
        if !self.weights.is_empty() {
            let before: f64 = batch.weights.iter().sum();
            let factors: Vec<f64> = worlds(&batch, self.network()).map(|(_, world)| self.factor(world)).collect();
            batch.weights.iter_mut().zip(factors).for_each(|(weight, factor)| *weight *= factor);
            let mean = (batch.weights.iter().sum::<f64>() / before).ln();
            batch.log_total += mean;
            log_weight += mean;
        }
        Weighed { batch, log_weight }
    }

    fn factor(&self, world: World<'_>) -> f64 {
        let mut factor = 1.0;
        for function in &self.weights {
            factor *= function.value(&|var| world.value(var));
            if factor == 0.0 {
                break;
            }
        }
        factor
    }
}

/// The value of a function that the domains decide.
pub fn constant(function: &Function, network: &Network) -> Option<f64> {
    let Function::Truth { formula, when_true, when_false } = function else { return None };
    match Extension::new(&network.variables).simplified(formula) {
        Formula::Constant(known) => Some(if known { *when_true } else { *when_false }),
        _ => None,
    }
}

/// The worlds of a batch with their shares of its weight.
pub fn worlds<'b>(batch: &'b Batch, network: &'b Network) -> impl Iterator<Item = (f64, World<'b>)> {
    let width = network.variables.len();
    let total: f64 = batch.weights.iter().sum();
    let share = move |weight: &f64| if total > 0.0 { weight / total } else { 0.0 };
    let world = move |index: usize| World { values: &batch.values[index * width..(index + 1) * width], network };
    batch.weights.iter().enumerate().map(move |(index, weight)| (share(weight), world(index)))
}

/// The sum of the squares of what each family has of a batch's weight: 1 over its effective number of worlds, as far as
/// descendants of one count as one.
pub fn kinship(batch: &Batch) -> f64 {
    let total: f64 = batch.weights.iter().sum();
    if total <= 0.0 {
        return 1.0;
    }
    let squared = |weight: &f64| (weight / total).powi(2);
    if batch.families.is_empty() {
        return batch.weights.iter().map(squared).sum();
    }
    let mut families = vec![0.0; batch.weights.len()];
    batch.families.iter().zip(&batch.weights).for_each(|(family, weight)| families[*family as usize] += weight);
    families.iter().map(squared).sum()
}

/// One drawn world.
#[derive(Clone, Copy)]
pub struct World<'b> {
    values: &'b [u32],
    network: &'b Network,
}

impl World<'_> {
    /// The indices of all variables' values.
    pub fn indices(&self) -> &[u32] {
        self.values
    }

    /// The index of a variable's value.
    pub fn index(&self, var: VarId) -> usize {
        self.values[var.0] as usize
    }

    pub fn value(&self, var: VarId) -> Value {
        self.network.variables[var.0].value(self.index(var))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descendants_of_one_world_count_as_one() {
        let batch = |families: Vec<u32>| Batch { weights: vec![1.0, 1.0, 2.0, 0.0], families, ..Batch::default() };
        assert_eq!(kinship(&batch(Vec::new())), 6.0 / 16.0);
        assert_eq!(kinship(&batch(vec![0, 1, 2, 3])), 6.0 / 16.0);
        assert_eq!(kinship(&batch(vec![3, 3, 1, 1])), 8.0 / 16.0);
        assert_eq!(kinship(&batch(vec![2, 2, 2, 2])), 1.0);
    }
}
