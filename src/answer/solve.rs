//! A model in; base, facts, reports and forecast, each as a calibrated network, out: the order in which evidence acts.

use super::knowledge::{Known, formulas, known_by, open_events};
use super::moments::Moments;
use super::testimony::{Hearing, Testimony, hear};
use crate::day::Day;
use crate::infer::{Calibration, Limits, Number, Scaled, TooLarge};
use crate::model::{Claim, EventId, Model, Proposition, Strength};
use crate::network::{Compiler, Evidence, Extension, Measure};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Probabilities below this count as 0 in the factor of a testimony.
const NEGLIGIBLE: f64 = 1e-290;

/// What making a network takes besides solving it, in elementary steps.
const OVERHEAD: f64 = 20_000.0;

/// Why there is no solution.
#[derive(Debug)]
pub enum Trouble {
    /// The plain numbers were left; the same is to be tried with the wide ones.
    Range,
    TooLarge(TooLarge),
    /// A sentence about something else that would take too long.
    TooLong(String),
    /// No world was found, and why there is none is out of reach: a sentence.
    NoWorld(String),
    /// It was to end before there was anything to answer with.
    Stopped,
}

impl From<TooLarge> for Trouble {
    fn from(refusal: TooLarge) -> Trouble {
        Trouble::TooLarge(refusal)
    }
}

/// A model solved: everything that answers are read from.
pub struct Solution<'m, N> {
    pub model: &'m Model,
    pub compiler: Arc<Compiler<'m>>,
    pub hearing: Hearing,
    /// Prior and rules.
    pub base: Arc<Calibration<N>>,
    /// Base and facts; `None` where the rules leave no world.
    pub given: Option<Arc<Calibration<N>>>,
    /// The silences that count now.
    pub silent: Vec<(usize, Day)>,
    /// For each testimony how it acts.
    pub effects: Vec<Effect>,
    /// Facts and testimonies, as the forecast's network takes them.
    pub evidence: Evidence,
    /// Base, facts and reports; `None` where no world is left.
    pub posterior: Option<Arc<Calibration<N>>>,
}

/// How a testimony acts on the worlds.
#[derive(Clone, Debug)]
pub struct Effect {
    /// Probability of each report's claim under the base and the facts of its day.
    pub claim_priors: Vec<f64>,
    /// What its claims weigh together there, and what is missing to 1; `None` for a likelihood ratio.
    pub weights: Option<(f64, f64)>,
    /// Its factor; `None` for a likelihood ratio.
    pub measure: Option<Measure>,
}

impl<N> Solution<'_, N> {
    /// Whether a world is left.
    pub fn is_feasible(&self) -> bool {
        self.posterior.is_some()
    }
}

/// Solves by exact elimination.
///
/// The networks of all moments are held at a time, so each of them may use its share of the memory.
pub fn solve<'m, N: Number>(model: &'m Model, limits: Limits) -> Result<Solution<'m, N>, Trouble> {
    let shares = memory_shares(model);
    solve_in(model, Limits { memory: limits.memory / shares, ..limits }).map_err(|trouble| match trouble {
        // What is told is of the whole.
        Trouble::TooLarge(refusal) => {
            Trouble::TooLarge(TooLarge { bytes: refusal.bytes * shares as f64, limits, ..refusal })
        }
        other => other,
    })
}

/// How many networks share the memory.
pub fn memory_shares(model: &Model) -> u64 {
    let dates: BTreeSet<Option<Day>> = model.reports.iter().filter(|r| !r.dropped).map(|r| r.date).collect();
    let outcomes = model.events.iter().any(|event| event.happened.is_some());
    let facts = outcomes || !model.observations.is_empty() || !model.assumptions.is_empty();
    // The rules alone; today's facts, without silence and with it; what the reports make of them, and the facts of their
    // days. What is known of the priors alone are trees.
    let reported = if dates.is_empty() { 0 } else { 2 + dates.len() as u64 };
    1 + u64::from(facts) + u64::from(model.as_of.is_some()) + reported
}

fn solve_in<'m, N: Number>(model: &'m Model, limits: Limits) -> Result<Solution<'m, N>, Trouble> {
    Solver::new(model, limits)?.solve(model)
}

/// Solves models that differ in what is known and reported, but not in what comes before: each network is made once.
pub struct Solver<'m, N> {
    compiler: Arc<Compiler<'m>>,
    limits: Limits,
    calibrated: BTreeMap<Known, Arc<Calibration<N>>>,
    /// What claims weigh together under a moment's network, by the place of that in memory and the reports.
    weighed: HashMap<(usize, Vec<usize>), Weighed>,
    /// Bytes of all networks that are kept.
    bytes: f64,
}

/// The probabilities of some claims, and the expectations of their joint weight and of its contrary, where these are needed.
#[derive(Clone, Debug)]
struct Weighed {
    claim_priors: Vec<f64>,
    weights: Option<(f64, f64)>,
}

impl<'m, N: Number> Solver<'m, N> {
    /// Compiles what all models to come have in common: horizon, calendar, priors, rules, and all propositions.
    pub fn new(model: &'m Model, limits: Limits) -> Result<Solver<'m, N>, Trouble> {
        let compiler = Arc::new(Compiler::new(model).map_err(Trouble::TooLong)?);
        Ok(Solver { compiler, limits, calibrated: BTreeMap::new(), weighed: HashMap::new(), bytes: 0.0 })
    }

    /// Solves a model that has in common with the first what [`Solver::new`] says.
    pub fn solve<'v>(&mut self, model: &'v Model) -> Result<Solution<'v, N>, Trouble>
    where
        'm: 'v,
    {
        if self.bytes > self.limits.memory as f64 {
            // What others have left behind gives way.
            (self.calibrated, self.weighed, self.bytes) = (BTreeMap::new(), HashMap::new(), 0.0);
        }
        let compiler: Arc<Compiler<'v>> = self.compiler.clone();
        let limits = self.limits;
        let mut moments = Calibrated { model, solver: self };
        let base = moments.network(&nothing())?;
        let mut solution = Solution {
            model,
            compiler,
            hearing: hear(model),
            base,
            given: None,
            silent: Vec::new(),
            effects: Vec::new(),
            evidence: Evidence::default(),
            posterior: None,
        };
        if solution.base.total().is_zero() {
            return Ok(solution);
        }
        let (now, given) = moments.given(model.as_of, true)?;
        solution.given = Some(given.clone());
        solution.silent = now.silent.clone();
        if given.total().is_zero() {
            return Ok(solution);
        }
        let mut evidence = Evidence { facts: formulas(model, &solution.compiler, &now), weights: Vec::new() };
        for testimony in &solution.hearing.testimonies {
            let moment = moments.moment(testimony.date, &given)?;
            let effect = moments.solver.effect(model, testimony, &moment)?;
            let measure = effect.measure.unwrap_or_else(|| ratio_measure(testimony.strength));
            let acting = solution.compiler.claims(&testimony.claims(model), measure);
            evidence.weights.push(acting);
            solution.effects.push(effect);
        }
        // Where nobody has said anything, what is given is all.
        let posterior = if evidence.weights.is_empty() {
            given
        } else {
            Arc::new(Calibration::new(solution.compiler.compile(&evidence), limits)?)
        };
        solution.evidence = evidence;
        let trusted = trusted(&posterior)?;
        if !trusted.total().is_zero() {
            solution.posterior = Some(posterior);
        }
        Ok(solution)
    }

    fn effect(
        &mut self,
        model: &Model,
        testimony: &Testimony,
        moment: &Arc<Calibration<N>>,
    ) -> Result<Effect, Trouble> {
        let place = (Arc::as_ptr(moment) as usize, testimony.reports.clone());
        let known = self.weighed.get(&place).filter(|known| known.weights.is_some() || !has_credibility(testimony));
        let weighed = match known {
            Some(known) => known.clone(),
            None => {
                let weighed = weighed(model, &self.compiler, testimony, moment)?;
                self.weighed.insert(place, weighed.clone());
                weighed
            }
        };
        let measure = match (testimony.strength, weighed.weights) {
            (Strength::Credibility { credibility, hedge }, Some((weight, counter))) => {
                Some(factor(credibility, hedge, weight, counter))
            }
            _ => None,
        };
        Ok(Effect { claim_priors: weighed.claim_priors, weights: weighed.weights, measure })
    }
}

fn has_credibility(testimony: &Testimony) -> bool {
    matches!(testimony.strength, Strength::Credibility { .. })
}

/// Whether a world is left, and how many elementary steps it took to tell: less needs be solved for than for a forecast, since
/// soft reports leave every world.
///
/// # Errors
/// Where that would cost more than the limits allow.
pub fn leaves_a_world(model: &Model, limits: Limits) -> Result<(bool, f64), Trouble> {
    let mut solver = Solver::<Scaled>::new(model, limits)?;
    let compiler = solver.compiler.clone();
    let hearing = hear(model);
    let hard: Vec<&Testimony> = hearing.testimonies.iter().filter(|testimony| testimony.is_hard()).collect();
    let mut steps = OVERHEAD;
    let mut leaves = |compiler: &Compiler<'_>, evidence: &Evidence| -> Result<bool, Trouble> {
        let calibration = Calibration::<Scaled>::upward(compiler.compile(evidence), limits)?;
        steps += calibration.cost().operations;
        Ok(!calibration.total().is_zero())
    };
    if hard.is_empty() && open_events(model, model.as_of).is_empty() {
        let known = known_by(model, model.as_of, true);
        let left = leaves(&compiler, &Evidence { facts: formulas(model, &compiler, &known), weights: Vec::new() })?;
        return Ok((left, steps));
    }
    let mut moments = Calibrated { model, solver: &mut solver };
    let (now, given) = moments.given(model.as_of, true)?;
    let mut left = !given.total().is_zero();
    if left && !hard.is_empty() {
        let mut evidence = Evidence { facts: formulas(model, &compiler, &now), weights: Vec::new() };
        for testimony in hard {
            let moment = moments.moment(testimony.date, &given)?;
            let effect = moments.solver.effect(model, testimony, &moment)?;
            let measure = effect.measure.unwrap_or_else(|| ratio_measure(testimony.strength));
            evidence.weights.push(compiler.claims(&testimony.claims(model), measure));
        }
        left = leaves(&compiler, &evidence)?;
    }
    let networks = solver.calibrated.values().map(|calibration| OVERHEAD + 2.0 * calibration.cost().operations);
    Ok((left, steps + networks.sum::<f64>()))
}

/// A calibration that lost nothing.
pub fn trusted<N: Number>(calibration: &Calibration<N>) -> Result<&Calibration<N>, Trouble> {
    if calibration.lost() { Err(Trouble::Range) } else { Ok(calibration) }
}

/// Nothing but the rules.
pub fn nothing() -> Known {
    Known { observations: Vec::new(), outcomes: Vec::new(), assumptions: Vec::new(), silent: Vec::new() }
}

/// How a testimony with a likelihood ratio acts.
pub fn ratio_measure(strength: Strength) -> Measure {
    let ratio = if let Strength::LikelihoodRatio(ratio) = strength { ratio } else { 1.0 };
    Measure::Factor { on_weight: ratio, on_counter: 1.0, constant: 0.0 }
}

/// The networks of the days on which something was said, each calibrated once.
struct Calibrated<'s, 'm, 'v, N> {
    model: &'v Model,
    solver: &'s mut Solver<'m, N>,
}

impl<N: Number> Moments for Calibrated<'_, '_, '_, N> {
    type Network = Arc<Calibration<N>>;

    fn model(&self) -> &Model {
        self.model
    }

    fn network(&mut self, known: &Known) -> Result<Arc<Calibration<N>>, Trouble> {
        if let Some(found) = self.solver.calibrated.get(known) {
            return Ok(found.clone());
        }
        let compiler = &self.solver.compiler;
        let evidence = Evidence { facts: formulas(self.model, compiler, known), weights: Vec::new() };
        let calibration = Calibration::new(compiler.compile(&evidence), self.solver.limits)?;
        trusted(&calibration)?;
        let calibration = Arc::new(calibration);
        self.solver.bytes += calibration.cost().bytes;
        self.solver.calibrated.insert(known.clone(), calibration.clone());
        Ok(calibration)
    }

    fn is_empty(&self, network: &Arc<Calibration<N>>) -> bool {
        network.total().is_zero()
    }

    fn can_start_later(
        &mut self,
        network: &Arc<Calibration<N>>,
        _known: &Known,
        event: usize,
        by: Day,
    ) -> Result<bool, Trouble> {
        can_start_later(network, event, by - self.model.horizon.0)
    }
}

/// Whether the event starts after the day `last` (counted from the horizon's first) in some world, or not at all.
pub fn can_start_later<N: Number>(network: &Calibration<N>, event: usize, last: i32) -> Result<bool, Trouble> {
    let start = network.network().starts[event];
    let variable = network.network().variables[start.0];
    // "Does not occur" is later than all days.
    let later = |index: usize| variable.value(index).first > last;
    // Where the domain ends before, no weight need be looked at.
    if !(0..variable.size()).any(later) {
        return Ok(false);
    }
    let probabilities = network.marginal(start)?;
    trusted(network)?;
    Ok(probabilities.iter().enumerate().any(|(index, p)| later(index) && *p > 0.0))
}

/// The probabilities of a testimony's claims in a moment, and what they weigh together.
fn weighed<N: Number>(
    model: &Model,
    compiler: &Compiler<'_>,
    testimony: &Testimony,
    moment: &Calibration<N>,
) -> Result<Weighed, Trouble> {
    let claims = testimony.claims(model);
    let claim_priors: Vec<f64> =
        claims.iter().map(|claim| probability(moment, compiler, &claim.says)).collect::<Result<_, Trouble>>()?;
    if !has_credibility(testimony) {
        return Ok(Weighed { claim_priors, weights: None });
    }
    let weight = match (&claims[..], &claim_priors[..]) {
        // A single claim without slip weighs what it is probable.
        ([claim], [prior]) if claim.slips.len() == 1 => *prior,
        _ => expectation(moment, compiler, &claims, Measure::Weight)?.to_f64(),
    };
    let counter = expectation(moment, compiler, &claims, Measure::CounterWeight)?.to_f64();
    Ok(Weighed { claim_priors, weights: Some((weight, counter)) })
}

/// The factor of a testimony with credibility `c` and hedge `p` whose claim had the probability `weight`.
///
/// ```text
/// F = c·(p·w/π + (1 − p)·(1 − w)/(1 − π)) + (1 − c)
/// ```
pub fn factor(c: f64, p: f64, weight: f64, counter: f64) -> Measure {
    let constant = 1.0 - c;
    if weight < NEGLIGIBLE {
        let founded = if p == 1.0 { 0.0 } else { c };
        return Measure::Factor { on_weight: founded, on_counter: founded, constant };
    }
    if counter < NEGLIGIBLE {
        return Measure::Factor { on_weight: c, on_counter: c, constant };
    }
    Measure::Factor { on_weight: c * p / weight, on_counter: c * (1.0 - p) / counter, constant }
}

/// The expectation of a function of the claims' joint weight.
pub fn expectation<N: Number>(
    calibration: &Calibration<N>,
    compiler: &Compiler<'_>,
    claims: &[&Claim],
    measure: Measure,
) -> Result<Scaled, Trouble> {
    let mut extension = Extension::new(&calibration.network().variables);
    extension.weigh(compiler.claims(claims, measure));
    let ratio = calibration.ratio(&extension)?;
    trusted(calibration)?;
    Ok(ratio)
}

/// The probability of a proposition, at most 1.
pub fn probability<N: Number>(
    calibration: &Calibration<N>,
    compiler: &Compiler<'_>,
    proposition: &Proposition,
) -> Result<f64, Trouble> {
    let mut extension = Extension::new(&calibration.network().variables);
    extension.require(&compiler.truth(proposition));
    let ratio = calibration.ratio(&extension)?;
    trusted(calibration)?;
    Ok(ratio.to_f64().min(1.0))
}

/// The probabilities of an event's start days (from the horizon's first) and of not occurring.
pub fn start_days<N: Number>(calibration: &Calibration<N>, event: EventId) -> Result<(Vec<(i32, f64)>, f64), Trouble> {
    let start = calibration.network().starts[event.0];
    let variable = calibration.network().variables[start.0];
    let mut probabilities = calibration.marginal(start)?;
    trusted(calibration)?;
    let never = if variable.never { probabilities.pop().unwrap_or(0.0) } else { 0.0 };
    let mut days = vec![0.0; variable.days];
    for length in probabilities.chunks(variable.days.max(1)) {
        days.iter_mut().zip(length).for_each(|(day, p)| *day += p);
    }
    let by_day = days.into_iter().zip(variable.first..).filter(|(p, _)| *p > 0.0);
    Ok((by_day.map(|(p, day)| (day, p)).collect(), never))
}
