//! Models that differ in what is known and reported in; the figures of each one's forecast out. What they have in common is
//! computed once.

use super::forecast::{forecast, refusal};
use super::options::{MethodChoice, Options, Watch};
use super::outcome::{Answer, EventForecast, Forecast, Method, Refusal};
use super::solve::{Solution, Solver, Trouble, probability, start_days};
use super::summary::{DayProbability, Distribution};
use crate::infer::{Limits, Number, Scaled};
use crate::model::{EventId, Model};

/// The figures of a forecast: no joint windows, no reports, no warnings.
#[derive(Clone, Debug)]
pub struct Brief {
    pub method: Method,
    /// In the order of the model's events.
    pub events: Vec<EventBrief>,
    /// Probability and, where drawn, standard error, in the order of the model's queries.
    pub queries: Vec<(f64, Option<f64>)>,
    pub agreement: f64,
    /// What was said, as it was heard; only where nothing was drawn.
    pub heard: Vec<HeardBrief>,
}

/// A testimony as it was heard on its day.
#[derive(Clone, Copy, Debug)]
pub struct HeardBrief {
    /// π and 1 − π: what its claims weighed together under the base and the facts of its day; `None` with a likelihood ratio.
    pub weights: Option<(f64, f64)>,
}

/// When one event starts.
#[derive(Clone, Debug)]
pub struct EventBrief {
    pub distribution: Distribution,
    /// Probability that it does not start within the horizon.
    pub never: f64,
    /// Standard errors, where worlds were drawn.
    pub errors: Option<Errors>,
}

/// Standard errors of an event's figures.
#[derive(Clone, Debug)]
pub struct Errors {
    pub occurs: Option<f64>,
    pub mean_day: Option<f64>,
    /// Of the windows' probabilities.
    pub windows: Vec<Option<f64>>,
}

/// What came of one model of a series.
#[derive(Clone, Debug)]
pub enum Found {
    Brief(Brief),
    /// No world is left.
    Infeasible,
    Refused(Refusal),
}

/// Whether two models differ in nothing that networks are made of but what is known, when, and how far it is believed.
pub fn have_ground_in_common(one: &Model, other: &Model) -> bool {
    let dates = |model: &Model| model.horizon;
    let facts = |one: &Model, other: &Model| {
        one.observations.len() == other.observations.len()
            && one.observations.iter().zip(&other.observations).all(|(a, b)| a.says == b.says)
            && one.assumptions.len() == other.assumptions.len()
            && one.assumptions.iter().zip(&other.assumptions).all(|(a, b)| a.says == b.says)
    };
    dates(one) == dates(other)
        && one.calendar == other.calendar
        && one.events.len() == other.events.len()
        && one
            .events
            .iter()
            .zip(&other.events)
            .all(|(a, b)| a.start == b.start && a.length == b.length && a.happened == b.happened)
        && one.rules.len() == other.rules.len()
        && one.rules.iter().zip(&other.rules).all(|(a, b)| a.says == b.says && a.dropped == b.dropped)
        && one.reports.len() == other.reports.len()
        && one.reports.iter().zip(&other.reports).all(|(a, b)| a.claim == b.claim)
        && one.queries.len() == other.queries.len()
        && one.queries.iter().zip(&other.queries).all(|(a, b)| a.ask == b.ask)
        && facts(one, other)
}

/// Forecasts models with a ground in common, one after the other.
pub struct Series<'s> {
    ground: &'s Model,
    solver: Option<Solver<'s, f64>>,
    options: &'s Options,
}

impl<'s> Series<'s> {
    /// All models to come have their ground in common with this one.
    pub fn new(ground: &'s Model, options: &'s Options) -> Series<'s> {
        Series { ground, solver: None, options }
    }

    /// Forecasts one of them: exactly where that is within reach, on wide numbers where plain ones do not do, else from
    /// drawn worlds.
    pub fn find(&mut self, model: &Model) -> Found {
        if self.options.method == MethodChoice::Sample {
            return self.drawn(model);
        }
        let found = match self.computed(model) {
            Err(Trouble::Range) => computed_wide(model, self.options.limits),
            other => other,
        };
        match (found, self.options.method) {
            (Ok(found), _) => found,
            (Err(Trouble::TooLarge(_)), MethodChoice::Auto) => self.drawn(model),
            (Err(trouble), method) => Found::Refused(refusal(model, trouble, method)),
        }
    }

    fn computed(&mut self, model: &Model) -> Result<Found, Trouble> {
        let solver = match &mut self.solver {
            Some(solver) => solver,
            none => none.insert(Solver::new(self.ground, self.options.limits)?),
        };
        brief(&solver.solve(model)?)
    }

    fn drawn(&self, model: &Model) -> Found {
        let options = Options { joint: Some(Vec::new()), listed: 1, ..self.options.clone() };
        match forecast(model, Vec::new(), &options, Watch::default()) {
            Ok(Answer::Forecast(forecast)) => Found::Brief(of_forecast(*forecast)),
            Ok(Answer::Infeasible(_)) => Found::Infeasible,
            Err(why) => Found::Refused(why),
        }
    }
}

fn computed_wide(model: &Model, limits: Limits) -> Result<Found, Trouble> {
    brief(&Solver::<Scaled>::new(model, limits)?.solve(model)?)
}

fn brief<N: Number>(solution: &Solution<'_, N>) -> Result<Found, Trouble> {
    let (Some(posterior), Some(given)) = (&solution.posterior, &solution.given) else {
        return Ok(Found::Infeasible);
    };
    let model = solution.model;
    let event = |event: usize| -> Result<EventBrief, Trouble> {
        let (days, never) = start_days(posterior, EventId(event))?;
        let days = days.into_iter().map(|(day, p)| DayProbability { date: model.horizon.0 + day, p, p_error: None });
        Ok(EventBrief { distribution: Distribution { days: days.collect() }, never, errors: None })
    };
    let query = |ask| Ok((probability(posterior, &solution.compiler, ask)?, None));
    Ok(Found::Brief(Brief {
        method: Method::Exact,
        events: (0..model.events.len()).map(event).collect::<Result<_, Trouble>>()?,
        queries: model.queries.iter().map(|found| query(&found.ask)).collect::<Result<_, Trouble>>()?,
        agreement: posterior.total().over(given.total()).to_f64(),
        heard: solution.effects.iter().map(|effect| HeardBrief { weights: effect.weights }).collect(),
    }))
}

fn of_forecast(forecast: Forecast) -> Brief {
    let event = |event: EventForecast| {
        let windows = event.windows.iter().map(|window| window.probability_error).collect();
        let errors = Errors { occurs: event.occurs_error, mean_day: event.mean_day_error, windows };
        EventBrief { distribution: Distribution { days: event.days }, never: event.never, errors: Some(errors) }
    };
    Brief {
        method: forecast.method,
        events: forecast.events.into_iter().map(event).collect(),
        queries: forecast.queries.iter().map(|query| (query.probability, query.probability_error)).collect(),
        agreement: forecast.agreement,
        heard: Vec::new(),
    }
}
