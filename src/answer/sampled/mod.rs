//! A model in; its forecast from drawn worlds, every probability with a standard error, out.
//!
//! The order in which evidence acts is that of `answer::solve`. Where a report's factor depends on probabilities that are
//! drawn themselves, worlds of the forecast are drawn with a first estimate of them and weighed anew with every better one.

mod assemble;
mod cloud;
mod draws;
mod estimate;
mod figures;
mod plan;
mod proposal;
mod smooth;
mod voice;
mod worlds;

use super::forecast::infeasible;
use super::joint::MOST_EVENTS;
use super::knowledge::formulas;
use super::moments::Moments;
use super::options::{MethodChoice, Options, Progress, Watch};
use super::outcome::{Answer, Infeasible, Method};
use super::solve::{Trouble, memory_shares, nothing};
use super::testimony::{Hearing, Standing, hear};
use crate::infer::{Limits, Number, TooLarge};
use crate::model::{EventId, Model, Proposition};
use crate::network::{Compiler, Evidence, Extension, Formula, Function, Measure, Network};
use cloud::{Clouds, Quantity};
use draws::{Crew, Draws};
use figures::Picture;
use plan::{Ended, Plan, State};
pub use proposal::{Proposal, Weighed};
use std::collections::BTreeMap;
use voice::{Question, Voice};
use worlds::{Outline, Truth, Worlds};

/// With fewer groups than this errors would say nothing.
const LEAST_GROUPS: usize = 8;

/// Everything around the worlds of the forecast.
struct Study<'m, 'w, N> {
    model: &'m Model,
    compiler: &'m Compiler<'m>,
    hearing: Hearing,
    clouds: Clouds<'m, 'w, N>,
    base: usize,
    given: usize,
    facts: Vec<Formula>,
    questions: Vec<Question>,
    /// Probabilities of occurring by the prior and by the base, where rules condition.
    occurs_before: Option<Vec<[Quantity; 2]>>,
}

/// What came of the drawing.
struct Drawn {
    worlds: Worlds,
    picture: Picture,
    ended: Ended,
}

/// Forecasts from drawn worlds; what is not that of the forecast is computed, where the method allows and it is within
/// reach.
pub fn forecast<N: Number>(
    model: &Model,
    warnings: &[String],
    joint: Option<&[EventId]>,
    options: &Options,
    watch: Watch<'_>,
) -> Result<Answer, Trouble> {
    // The worlds of the forecast take a share as well.
    let shares = memory_shares(model) + 1;
    let share = options.limits.memory / shares;
    let limits = Limits { memory: share, ..options.limits };
    forecast_in::<N>(model, warnings, joint, options, watch, limits).map_err(|trouble| match trouble {
        // What is told is of the whole.
        Trouble::TooLarge(refusal) => {
            let bytes = refusal.bytes * shares as f64;
            Trouble::TooLarge(TooLarge { bytes, limits: options.limits, ..refusal })
        }
        other => other,
    })
}

/// What worlds of the forecast are drawn from, handed on with the compiler that knows what they mean; `Err` where no world
/// is left.
pub fn proposal<N: Number, T>(
    model: &Model,
    options: &Options,
    then: impl Fn(&Compiler<'_>, Proposal) -> T,
) -> Result<Result<T, Infeasible>, Trouble> {
    let limits = Limits { memory: options.limits.memory / (memory_shares(model) + 1), ..options.limits };
    let plan = Plan::new(&options.sampling);
    let crew = Crew { sampling: options.sampling, watch: Watch::default() };
    let compiler = Compiler::new(model).map_err(Trouble::TooLong)?;
    let computing = options.method != MethodChoice::Sample;
    let clouds = Clouds::<N>::new(model, &compiler, limits, computing, plan.groups, crew);
    let mut study = match Study::new(clouds)? {
        Ok(study) => study,
        Err(NoWorld) => return explained(model, options).map(Err),
    };
    // Only what reports are worth is to be estimated.
    if !study.questions.is_empty() {
        study.first_draws(&plan)?;
    }
    let voices = study.voices();
    let found = Proposal::new(&compiler, &study.evidence(&voices), limits)?;
    if found.is_empty() {
        return explained(model, options).map(Err);
    }
    Ok(Ok(then(&compiler, found)))
}

fn forecast_in<N: Number>(
    model: &Model,
    warnings: &[String],
    joint: Option<&[EventId]>,
    options: &Options,
    watch: Watch<'_>,
    limits: Limits,
) -> Result<Answer, Trouble> {
    let plan = Plan::new(&options.sampling);
    let crew = Crew { sampling: options.sampling, watch };
    let compiler = Compiler::new(model).map_err(Trouble::TooLong)?;
    let computing = options.method != MethodChoice::Sample;
    let clouds = Clouds::<N>::new(model, &compiler, limits, computing, plan.groups, crew);
    let mut study = match Study::new(clouds)? {
        Ok(study) => study,
        Err(NoWorld) => return explained(model, options).map(Answer::Infeasible),
    };
    study.first_draws(&plan)?;
    let voices = study.voices();
    let mut worlds = match study.worlds(&voices, &plan)? {
        Some(worlds) => worlds,
        None => return explained(model, options).map(Answer::Infeasible),
    };
    let (picture, ended) = study.rounds(&mut worlds, &plan, joint, limits.memory)?;
    Ok(assemble::forecast(&study, &Drawn { worlds, picture, ended }, warnings, options))
}

/// How often two events start on each pair of days among the drawn worlds.
pub struct PairedDays {
    pub events: [usize; 2],
    /// In days after the horizon's first, or [`crate::network::NEVER`]; the shares sum to 1.
    pub pairs: BTreeMap<[i32; 2], f64>,
    pub method: Method,
}

/// Draws worlds as for a forecast and counts pairs of days, of the first two events in doubt where none are named.
///
/// `Ok(Ok(None))` where fewer are in doubt, `Ok(Err)` where no world is left.
pub fn paired_days<N: Number>(
    model: &Model,
    events: Option<[usize; 2]>,
    options: &Options,
) -> Result<Result<Option<PairedDays>, Infeasible>, Trouble> {
    let limits = Limits { memory: options.limits.memory / (memory_shares(model) + 1), ..options.limits };
    let plan = Plan::new(&options.sampling);
    let crew = Crew { sampling: options.sampling, watch: Watch::default() };
    let compiler = Compiler::new(model).map_err(Trouble::TooLong)?;
    let computing = options.method != MethodChoice::Sample;
    let clouds = Clouds::<N>::new(model, &compiler, limits, computing, plan.groups, crew);
    let mut study = match Study::new(clouds)? {
        Ok(study) => study,
        Err(NoWorld) => return explained(model, options).map(Err),
    };
    study.first_draws(&plan)?;
    let voices = study.voices();
    let Some(mut worlds) = study.worlds(&voices, &plan)? else { return explained(model, options).map(Err) };
    let events = match (events, &named(&worlds, None)[..]) {
        (Some(events), _) => events,
        (None, [first, second, ..]) => [*first, *second],
        _ => return Ok(Ok(None)),
    };
    let (picture, _) = study.rounds(&mut worlds, &plan, Some(&events.map(EventId)), limits.memory)?;
    let mut pairs: BTreeMap<[i32; 2], f64> = BTreeMap::new();
    worlds.each(&picture.voices, &events, |days, weight| {
        if weight > 0.0 {
            *pairs.entry([days[0], days[1]]).or_default() += weight;
        }
    });
    let total: f64 = pairs.values().sum();
    pairs.values_mut().for_each(|weight| *weight /= total);
    let (samples, effective) = (worlds.count, picture.effective.round() as usize);
    Ok(Ok(Some(PairedDays {
        events,
        pairs,
        method: Method::Sampled { samples, effective, seed: options.sampling.seed },
    })))
}

/// The evidence leaves no world.
struct NoWorld;

/// The same explanation as that of an exact forecast.
fn explained(model: &Model, options: &Options) -> Result<Infeasible, Trouble> {
    infeasible(model, options).map_err(|trouble| match trouble {
        Trouble::TooLarge(_) => Trouble::NoWorld(
            "the rules, facts and reports cannot hold together; which of them is out of reach of an exact answer"
                .to_string(),
        ),
        other => other,
    })
}

impl<'m, 'w, N: Number> Study<'m, 'w, N> {
    /// Takes rules, facts and reports in, in this order; `Err` where no world is left.
    fn new(mut clouds: Clouds<'m, 'w, N>) -> Result<Result<Self, NoWorld>, Trouble> {
        let (model, compiler) = (clouds.model, clouds.compiler);
        let hearing = hear(model);
        let base = clouds.network(&nothing())?;
        if clouds.is_empty(&base) {
            return Ok(Err(NoWorld));
        }
        let (now, given) = clouds.given(model.as_of, true)?;
        if clouds.is_empty(&given) {
            return Ok(Err(NoWorld));
        }
        let mut questions = Vec::new();
        for testimony in &hearing.testimonies {
            let moment = clouds.moment(testimony.date, &given)?;
            questions.push(Question::new(&mut clouds, moment, testimony)?);
        }
        let occurs_before =
            if compiler.has_conditioning_rules() { Some(occurs_before(&mut clouds, base)?) } else { None };
        let facts = formulas(model, compiler, &now);
        Ok(Ok(Study { model, compiler, hearing, clouds, base, given, facts, questions, occurs_before }))
    }

    /// The first worlds of all networks but that of the forecast.
    fn first_draws(&mut self, plan: &Plan) -> Result<(), Trouble> {
        let first = |populations: bool| plan.first(populations);
        if !self.clouds.draw(first) {
            return Err(self.no_world());
        }
        for question in &mut self.questions {
            question.look_beside(&mut self.clouds, first)?;
        }
        Ok(())
    }

    fn no_world(&self) -> Trouble {
        if (self.clouds.crew.watch.stopped)() {
            return Trouble::Stopped;
        }
        Trouble::NoWorld(
            "none of the worlds drawn keeps all rules and facts: they may be unable to hold together, or hold too rarely to be met by drawing (more --samples may help)"
                .to_string(),
        )
    }

    fn voices(&self) -> Vec<Voice> {
        self.questions.iter().map(|question| question.voice(&self.clouds)).collect()
    }

    /// The facts, and the reports as they are estimated now.
    fn evidence(&self, voices: &[Voice]) -> Evidence {
        let weights = self
            .hearing
            .testimonies
            .iter()
            .zip(voices)
            .map(|(testimony, voice)| self.compiler.claims(&testimony.claims(self.model), voice.measure(None)));
        Evidence { facts: self.facts.clone(), weights: weights.collect() }
    }

    /// The network of the forecast with the reports as they are estimated now, ready to be drawn from; `None` where no
    /// world is left.
    fn worlds(&self, voices: &[Voice], plan: &Plan) -> Result<Option<Worlds>, Trouble> {
        let evidence = self.evidence(voices);
        let mut weights = Vec::new();
        for (testimony, voice) in self.hearing.testimonies.iter().zip(voices) {
            let claims = testimony.claims(self.model);
            let function = |measure: Measure| self.compiler.claims(&claims, measure);
            weights
                .push(voice.has_credibility().then(|| [function(Measure::Weight), function(Measure::CounterWeight)]));
        }
        let proposal = Proposal::new(self.compiler, &evidence, self.clouds.limits)?;
        if proposal.is_empty() {
            return Ok(None);
        }
        let truths = self.propositions().map(|says| truth(self.compiler, proposal.network(), says)).collect();
        let outline = Outline::new(proposal.network(), truths, weights);
        let draws = Draws::new(proposal, self.clouds.next_number());
        Ok(Some(Worlds::new(outline, draws, voices, (plan.groups, self.clouds.limits.memory))))
    }

    /// Queries, then the claims of reports that speak.
    fn propositions(&self) -> impl Iterator<Item = &Proposition> {
        let queries = self.model.queries.iter().map(|query| &query.ask);
        let speaking = self.hearing.standings.iter().filter(|(_, standing)| matches!(standing, Standing::Speaks(_)));
        queries.chain(speaking.map(|(report, _)| &self.model.reports[*report].claim.says))
    }

    /// Draws until there is enough.
    fn rounds(
        &mut self,
        worlds: &mut Worlds,
        plan: &Plan,
        joint: Option<&[EventId]>,
        memory: u64,
    ) -> Result<(Picture, Ended), Trouble> {
        let Crew { sampling, watch } = self.clouds.crew;
        let named = named(worlds, joint);
        let mut more = plan.first(worlds.is_of_populations());
        let least_groups = LEAST_GROUPS.min(plan.groups);
        loop {
            let before = worlds.count;
            worlds.draw(more, &self.clouds.crew);
            if before > 0 {
                self.clouds.draw(|_| more);
            }
            if !worlds.ledger.has_worlds() || worlds.ledger.groups_with_draws() < least_groups {
                return Err(self.no_world());
            }
            let given = |left_out| self.clouds.log_total(self.given, left_out);
            let picture = Picture::of(worlds, self.voices(), self.model.horizon.0, &named, sampling.threads, &given);
            let largest_error = picture.largest_error();
            (watch.progress)(Progress { worlds: worlds.count, error: Some(largest_error) });
            let room = (memory as usize).saturating_sub(worlds.bytes()) / worlds.outline.bytes();
            let stopped = (watch.stopped)() || worlds.count == before;
            match plan.next(State { worlds: worlds.count, largest_error, stopped, room }) {
                Err(ended) => return Ok((picture, ended)),
                Ok(next) => more = next,
            }
        }
    }
}

/// The events whose weeks are combined: those named, or the first in doubt.
fn named(worlds: &Worlds, joint: Option<&[EventId]>) -> Vec<usize> {
    let open = worlds.outline.axes.iter().enumerate().filter(|(_, axis)| axis.is_open());
    match joint {
        Some(named) => named.iter().map(|event| event.0).collect(),
        None => open.map(|(index, _)| index).take(MOST_EVENTS).collect(),
    }
}

/// What the domains decide of a proposition, or what is to be looked at in every world.
fn truth(compiler: &Compiler<'_>, network: &Network, says: &Proposition) -> Truth {
    match Extension::new(&network.variables).simplified(&compiler.truth(says)) {
        Formula::Constant(known) => Truth::Known(known),
        formula => Truth::Open(formula),
    }
}

/// For every event how probably it occurs by the prior, and by the prior and the rules.
fn occurs_before<N: Number>(clouds: &mut Clouds<'_, '_, N>, base: usize) -> Result<Vec<[Quantity; 2]>, Trouble> {
    let prior = clouds.add_prior()?;
    let mut found = Vec::new();
    for event in 0..clouds.model.events.len() {
        let formula = clouds.compiler.truth(&Proposition::Occurs(EventId(event)));
        let mut ask = |network| {
            clouds.ask(network, Function::Truth { formula: formula.clone(), when_true: 1.0, when_false: 0.0 })
        };
        found.push([ask(prior)?, ask(base)?]);
    }
    Ok(found)
}
