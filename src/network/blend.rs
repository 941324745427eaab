//! Claims whose truth may come some days off in; the weight that they have in a world, and what is made of it, out.

use super::formula::{Along, Formula, Kind, Literal, Test};
use super::{At, Value, VarId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A function of `w = Π_i Σ_d k_i(d)·[C_i shifted by d]`, the weight of claims whose truth may come some days off.
#[derive(Clone, Debug)]
pub struct Blend {
    pub claims: Arc<Vec<Slipped>>,
    pub measure: Measure,
}

/// What is made of a weight `w` and its counterpart `1 − w`.
#[derive(Clone, Copy, Debug)]
pub enum Measure {
    Weight,
    CounterWeight,
    /// `c·(p·w/π + (1 − p)·(1 − w)/(1 − π)) + (1 − c)`: `on_weight·w + on_counter·(1 − w) + constant`.
    Factor {
        on_weight: f64,
        on_counter: f64,
        constant: f64,
    },
    /// The share of the factor that comes from the report's being well founded; 0 where the factor is 0.
    FoundedShare {
        on_weight: f64,
        on_counter: f64,
        constant: f64,
    },
}

impl Measure {
    /// Its value for a weight and `1 −` that weight.
    pub fn of(self, weight: f64, counter: f64) -> f64 {
        match self {
            Measure::Weight => weight,
            Measure::CounterWeight => counter,
            Measure::Factor { on_weight, on_counter, constant } => on_weight * weight + on_counter * counter + constant,
            Measure::FoundedShare { on_weight, on_counter, constant } => {
                let founded = on_weight * weight + on_counter * counter;
                if founded > 0.0 { founded / (founded + constant) } else { 0.0 }
            }
        }
    }
}

/// A claim with the probabilities of all its slips.
#[derive(Clone, Debug)]
pub enum Slipped {
    /// That a day lies in a window, which most claims say: slips that lead there are next to each other.
    Window { occurring: Vec<VarId>, at: At, from: i32, to: i32, kernel: Kernel },
    /// Anything else: shifted formulas with their probabilities.
    Formulas(Vec<(f64, Formula)>),
}

/// The probabilities of slips from `first` days on, and their sums from both ends.
#[derive(Clone, Debug)]
pub struct Kernel {
    first: i32,
    masses: Vec<f64>,
    /// Of all entries before one, and from one on.
    before: Vec<f64>,
    onwards: Vec<f64>,
}

impl Kernel {
    fn new(slips: &[(i32, f64)]) -> Kernel {
        let days = || slips.iter().map(|(days, _)| *days);
        let (first, last) = (days().min().unwrap_or(0), days().max().unwrap_or(0));
        let mut masses = vec![0.0; (last - first + 1) as usize];
        slips.iter().for_each(|(days, mass)| masses[(days - first) as usize] += mass);
        let mut before = vec![0.0; masses.len() + 1];
        let mut onwards = vec![0.0; masses.len() + 1];
        for at in 0..masses.len() {
            before[at + 1] = before[at] + masses[at];
        }
        for at in (0..masses.len()).rev() {
            onwards[at] = onwards[at + 1] + masses[at];
        }
        Kernel { first, masses, before, onwards }
    }

    /// The probability of slips of `from..=to` days, and of all others: by additions only.
    fn split(&self, from: i32, to: i32) -> (f64, f64) {
        let count = self.masses.len() as i32;
        let low = from.saturating_sub(self.first).clamp(0, count);
        let high = to.saturating_sub(self.first).saturating_add(1).clamp(0, count);
        if low >= high {
            return (0.0, self.onwards[0]);
        }
        let (low, high) = (low as usize, high as usize);
        let inside = match (low, high == self.masses.len()) {
            (0, _) => self.before[high],
            (_, true) => self.onwards[low],
            _ => self.masses[low..high].iter().sum(),
        };
        (inside, self.before[low] + self.onwards[high])
    }

    /// Every number of days, also those of probability 0 between others.
    fn days(&self) -> impl Iterator<Item = i32> {
        self.first..self.first + self.masses.len() as i32
    }
}

impl Slipped {
    /// A claim and the probabilities that the truth comes so many days after what it says.
    pub fn new(claim: &Formula, slips: &[(i32, f64)]) -> Slipped {
        if let Formula::Literal(Literal { kind: Kind::True, occurring, tests }) = claim
            && let [Test::Day { at, from, to }] = tests[..]
        {
            return Slipped::Window { occurring: occurring.clone(), at, from, to, kernel: Kernel::new(slips) };
        }
        Slipped::Formulas(slips.iter().map(|(days, mass)| (*mass, claim.shifted(*days))).collect())
    }

    /// The probability of slips that make it true, and of the others.
    fn weights(&self, value: &impl Fn(VarId) -> Value) -> (f64, f64) {
        match self {
            Slipped::Window { occurring, kernel, .. } if occurring.iter().any(|var| value(*var).is_never()) => {
                (0.0, kernel.onwards[0])
            }
            Slipped::Window { at, from, to, kernel, .. } => {
                let day = at.day(value(at.var));
                kernel.split(day.saturating_sub(*to), day.saturating_sub(*from))
            }
            Slipped::Formulas(formulas) => {
                let (mut hit, mut miss) = (0.0, 0.0);
                for (mass, formula) in formulas {
                    *(if formula.holds(value) { &mut hit } else { &mut miss }) += mass;
                }
                (hit, miss)
            }
        }
    }

    fn vars(&self) -> BTreeSet<VarId> {
        match self {
            Slipped::Window { occurring, at, .. } => occurring.iter().copied().chain([at.var]).collect(),
            Slipped::Formulas(formulas) => formulas.iter().flat_map(|(_, formula)| formula.vars()).collect(),
        }
    }

    fn breaks(&self, along: &Along, value: &impl Fn(VarId) -> Value, found: &mut Vec<i32>) {
        match self {
            Slipped::Window { at, from, to, kernel, .. } => {
                for days in kernel.days().filter(|_| at.var == along.var) {
                    let (from, to) = (from.saturating_add(days), to.saturating_add(days));
                    Test::Day { at: *at, from, to }.breaks(along, value, found);
                }
            }
            Slipped::Formulas(formulas) => formulas.iter().for_each(|(_, formula)| formula.breaks(along, value, found)),
        }
    }
}

impl Blend {
    /// `w` and `1 − w`, each by additions only.
    pub fn weights(&self, value: &impl Fn(VarId) -> Value) -> (f64, f64) {
        let (mut weight, mut counter) = (1.0, 0.0);
        for claim in self.claims.iter() {
            let (hit, miss) = claim.weights(value);
            // Π w_i misses first at the i-th claim: 1 − Π w = Σ_i (1 − w_i)·Π_{j<i} w_j
            counter += weight * miss;
            weight *= hit;
        }
        (weight, counter)
    }

    /// The variables it depends on.
    pub fn vars(&self) -> BTreeSet<VarId> {
        self.claims.iter().flat_map(Slipped::vars).collect()
    }

    /// First days at which the value may change, given the other variable.
    pub(super) fn breaks(&self, along: &Along, value: &impl Fn(VarId) -> Value, found: &mut Vec<i32>) {
        self.claims.iter().for_each(|claim| claim.breaks(along, value, found));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Side;

    #[test]
    fn windows_weigh_what_their_shifted_formulas_do() {
        let at = At { var: VarId(0), side: Side::First };
        let slips = [(-2, 0.1), (-1, 0.2), (0, 0.3), (3, 0.4)];
        for (from, to) in [(4, 4), (3, 6), (-1_000_000_000, 5), (5, 1_000_000_000), (6, 4)] {
            let literal =
                Literal { kind: Kind::True, occurring: vec![VarId(0)], tests: vec![Test::Day { at, from, to }] };
            let claim = Formula::Literal(literal);
            let formulas = slips.iter().map(|(days, mass)| (*mass, claim.shifted(*days))).collect();
            let (quick, plain) = (Slipped::new(&claim, &slips), Slipped::Formulas(formulas));
            assert!(matches!(quick, Slipped::Window { .. }));
            for value in (-3..15).map(|day| Value { first: day, last: day }).chain([Value::NEVER]) {
                let (quick, plain) = (quick.weights(&|_| value), plain.weights(&|_| value));
                assert!(
                    (quick.0 - plain.0).abs() < 1e-15 && (quick.1 - plain.1).abs() < 1e-15,
                    "{from} {to} {value:?}"
                );
            }
        }
    }
}
