//! Testimonies in; how each acts on a world, with what is estimated of it, out.

use super::cloud::{Clouds, Quantity};
use super::estimate::{Estimate, LeftOut};
use crate::answer::solve::{Trouble, factor, ratio_measure};
use crate::answer::testimony::Testimony;
use crate::infer::Number;
use crate::model::Strength;
use crate::network::{Function, Measure};

/// What is to be known of a testimony's day.
pub struct Question {
    strength: Strength,
    claim_priors: Vec<Quantity>,
    /// Means of the claims' joint weight and of 1 − it.
    weight: Quantity,
    counter: Quantity,
}

/// A testimony as the draws so far have it.
#[derive(Clone, Debug)]
pub struct Voice {
    pub strength: Strength,
    pub claim_priors: Vec<Estimate>,
    weight: Estimate,
    counter: Estimate,
}

impl Question {
    /// Asks the network of a testimony's day.
    pub fn new<N: Number>(
        clouds: &mut Clouds<'_, '_, N>,
        moment: usize,
        testimony: &Testimony,
    ) -> Result<Question, Trouble> {
        let claims = testimony.claims(clouds.model);
        let mut claim_priors = Vec::new();
        for claim in &claims {
            let formula = clouds.compiler.truth(&claim.says);
            claim_priors.push(clouds.ask(moment, Function::Truth { formula, when_true: 1.0, when_false: 0.0 })?);
        }
        if matches!(testimony.strength, Strength::LikelihoodRatio(_)) {
            let none = Quantity::Known(1.0);
            return Ok(Question { strength: testimony.strength, claim_priors, weight: none.clone(), counter: none });
        }
        let weight = match (&claims[..], &claim_priors[..]) {
            // A single claim without slip weighs what it is probable.
            ([claim], [prior]) if claim.slips.len() == 1 => prior.clone(),
            _ => clouds.ask(moment, clouds.compiler.claims(&claims, Measure::Weight))?,
        };
        let counter = clouds.ask(moment, clouds.compiler.claims(&claims, Measure::CounterWeight))?;
        Ok(Question { strength: testimony.strength, claim_priors, weight, counter })
    }

    /// What is rare gets draws of its own.
    pub fn look_beside<N: Number>(
        &mut self,
        clouds: &mut Clouds<'_, '_, N>,
        worlds: impl Fn(bool) -> usize,
    ) -> Result<(), Trouble> {
        let quantities = self.claim_priors.iter_mut().chain([&mut self.weight, &mut self.counter]);
        for quantity in quantities {
            clouds.look_beside(quantity, &worlds)?;
        }
        Ok(())
    }

    /// The testimony as the draws so far have it.
    pub fn voice<N: Number>(&self, clouds: &Clouds<'_, '_, N>) -> Voice {
        let claim_priors = self.claim_priors.iter().map(|quantity| clouds.estimate(quantity)).collect();
        let (mut weight, mut counter) = (clouds.estimate(&self.weight), clouds.estimate(&self.counter));
        // The smaller may have draws of its own, and shows where no world of the other's does. What is left is the other.
        if !(weight.is_known() || counter.is_known()) {
            if weight.value < counter.value {
                counter = weight.complement();
            } else {
                weight = counter.complement();
            }
        }
        Voice { strength: self.strength, claim_priors, weight, counter }
    }
}

impl Voice {
    /// How it acts.
    pub fn measure(&self, left_out: LeftOut) -> Measure {
        let Strength::Credibility { credibility, hedge } = self.strength else {
            return ratio_measure(self.strength);
        };
        factor(credibility, hedge, self.weight.at(left_out), self.counter.at(left_out))
    }

    /// The probability, in a world of such weights, that it is well founded.
    pub fn founded(&self, left_out: LeftOut, weight: f64, counter: f64) -> f64 {
        match self.measure(left_out) {
            Measure::Factor { on_weight, on_counter, constant } => {
                Measure::FoundedShare { on_weight, on_counter, constant }.of(weight, counter)
            }
            _ => 0.0,
        }
    }

    /// Whether it has a credibility.
    pub fn has_credibility(&self) -> bool {
        matches!(self.strength, Strength::Credibility { .. })
    }

    /// Whether nothing of how it acts is estimated.
    pub fn is_known(&self) -> bool {
        self.weight.is_known() && self.counter.is_known()
    }

    /// Whether its claim is certain, one way or the other.
    pub fn is_certain(&self) -> bool {
        self.weight.is_known() && (self.weight.value == 0.0 || self.counter.value == 0.0)
    }
}
