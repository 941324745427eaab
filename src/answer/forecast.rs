//! A model in; the whole forecast, or the reason why there is none, out.

use super::conflict::explanation;
use super::joint::{JointWindow, MOST_EVENTS, joint_windows};
use super::options::{MethodChoice, Options, Watch};
use super::outcome::{
    Answer, EventForecast, Forecast, Infeasible, LogEvidence, Method, QueryForecast, Refusal, ReportForecast,
    ReportStanding,
};
use super::sampled;
use super::solve::{Solution, Trouble, expectation, probability, solve, start_days, trusted};
use super::summary::{DayProbability, Distribution, Span, term};
use super::testimony::Standing;
use super::warning;
use crate::diagnostic::did_you_mean;
use crate::infer::{Calibration, Limits, Number, Scaled, TooLarge};
use crate::model::{EventId, Model, Strength};
use crate::network::Measure;
use std::sync::Arc;

/// Forecasts, exactly or from drawn worlds; on plain numbers first, on wide ones where those do not reach.
///
/// # Errors
/// Where an answer would cost more than the limits allow, or the options name what is not there.
pub fn forecast(model: &Model, warnings: Vec<String>, options: &Options, watch: Watch<'_>) -> Result<Answer, Refusal> {
    let joint = joint_events(model, options)?;
    let joint = joint.as_deref();
    let computed = || match forecast_on::<f64>(model, &warnings, joint, options) {
        Err(Trouble::Range) => forecast_on::<Scaled>(model, &warnings, joint, options),
        other => other,
    };
    let drawn = || match sampled::forecast::<f64>(model, &warnings, joint, options, watch) {
        Err(Trouble::Range) => sampled::forecast::<Scaled>(model, &warnings, joint, options, watch),
        other => other,
    };
    let found = by_method(options.method, computed, drawn);
    found.map_err(|trouble| refusal(model, trouble, options.method))
}

/// Computes or draws, as asked for; what is out of exact reach is drawn where nothing else is asked for.
pub fn by_method<T>(
    method: MethodChoice,
    computed: impl FnOnce() -> Result<T, Trouble>,
    drawn: impl FnOnce() -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    match method {
        MethodChoice::Exact => computed(),
        MethodChoice::Sample => drawn(),
        MethodChoice::Auto => match computed() {
            // Where both are out of reach, the exact engine knows better what ties the scenario up.
            Err(Trouble::TooLarge(exact)) => drawn().map_err(|trouble| match trouble {
                Trouble::TooLarge(_) => Trouble::TooLarge(exact),
                other => other,
            }),
            other => other,
        },
    }
}

/// The same with the events' names.
pub fn refusal(model: &Model, trouble: Trouble, method: MethodChoice) -> Refusal {
    match trouble {
        Trouble::Range => Refusal::TooLong("a probability lies outside all ranges".to_string()),
        Trouble::TooLong(why) => Refusal::TooLong(why),
        Trouble::NoWorld(why) => Refusal::NoWorld(why),
        Trouble::Stopped => Refusal::Stopped,
        Trouble::TooLarge(TooLarge { operations, bytes, limits, events }) => Refusal::TooLarge {
            events: events.into_iter().map(|index| model.events[index].id.clone()).collect(),
            bytes,
            operations,
            limits,
            drawing: method != MethodChoice::Exact,
        },
    }
}

fn joint_events(model: &Model, options: &Options) -> Result<Option<Vec<EventId>>, Refusal> {
    let Some(names) = &options.joint else {
        return Ok(None);
    };
    if names.len() > MOST_EVENTS {
        return Err(Refusal::Named(format!("--joint takes at most {MOST_EVENTS} events, not {}", names.len())));
    }
    let mut found: Vec<EventId> = Vec::new();
    for name in names {
        let Some(index) = model.events.iter().position(|event| event.id == *name) else {
            let hint = did_you_mean(name, model.events.iter().map(|event| event.id.as_str()));
            let hint = hint.map_or(String::new(), |hint| format!("; {hint}"));
            return Err(Refusal::Named(format!("--joint: there is no event '{name}'{hint}")));
        };
        if found.contains(&EventId(index)) {
            return Err(Refusal::Named(format!("--joint names '{name}' twice")));
        }
        found.push(EventId(index));
    }
    Ok(Some(found))
}

fn forecast_on<N: Number>(
    model: &Model,
    warnings: &[String],
    joint: Option<&[EventId]>,
    options: &Options,
) -> Result<Answer, Trouble> {
    forecast_of(&solve::<N>(model, options.limits)?, warnings, joint, options)
}

/// Reads a forecast off a solution.
pub fn forecast_of<N: Number>(
    solution: &Solution<'_, N>,
    warnings: &[String],
    joint: Option<&[EventId]>,
    options: &Options,
) -> Result<Answer, Trouble> {
    let model = solution.model;
    let (Some(posterior), Some(given)) = (&solution.posterior, &solution.given) else {
        return Ok(Answer::Infeasible(infeasible(model, options)?));
    };
    let events = event_forecasts(solution, posterior, options.limits)?;
    let default_joint: Vec<EventId> = events
        .iter()
        .enumerate()
        .filter(|(_, e)| e.in_doubt())
        .map(|(index, _)| EventId(index))
        .take(MOST_EVENTS)
        .collect();
    let joint_windows = match joint {
        Some(named) => joint_windows(solution, named)?,
        None => first_joint_windows(solution, &default_joint)?,
    };
    let mut forecast = Forecast {
        title: model.title.clone(),
        horizon: Span { from: model.horizon.0, to: model.horizon.1 },
        as_of: model.as_of,
        method: Method::Exact,
        feasible: true,
        agreement: posterior.total().over(given.total()).to_f64(),
        agreement_error: None,
        log_evidence: LogEvidence {
            rules: log_probability(solution.base.total(), solution.compiler.has_conditioning_rules()),
            rules_error: None,
            facts: log_probability(given.total().over(solution.base.total()), !Arc::ptr_eq(given, &solution.base)),
            facts_error: None,
        },
        events,
        reports: report_forecasts(solution, posterior)?,
        queries: query_forecasts(solution, posterior)?,
        warnings: warnings.to_vec(),
        joint_windows: Vec::new(),
    };
    match joint_windows {
        Some(windows) => forecast.joint_windows = windows,
        None => forecast.warnings.push(
            "joint windows are left out: there are too many combinations of weeks (name fewer events with --joint)"
                .to_string(),
        ),
    }
    forecast.warnings.extend(warning::of_forecast(model, &forecast));
    Ok(Answer::Forecast(Box::new(forecast)))
}

/// The logarithm of a probability, free of rounding where nothing was asked.
fn log_probability(probability: Scaled, asked: bool) -> f64 {
    if asked { probability.ln().min(0.0) } else { 0.0 }
}

/// The joint windows of as many of the events as there are not too many combinations of.
fn first_joint_windows<N: Number>(
    solution: &Solution<'_, N>,
    events: &[EventId],
) -> Result<Option<Vec<JointWindow>>, Trouble> {
    for count in (0..=events.len()).rev() {
        if let Some(found) = joint_windows(solution, &events[..count])? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Why no world is left.
pub fn infeasible(model: &Model, options: &Options) -> Result<Infeasible, Trouble> {
    let explanation = explanation(model, options.limits, options.listed)?;
    Ok(Infeasible { title: model.title.clone(), feasible: false, explanation })
}

fn event_forecasts<N: Number>(
    solution: &Solution<'_, N>,
    posterior: &Calibration<N>,
    limits: Limits,
) -> Result<Vec<EventForecast>, Trouble> {
    let model = solution.model;
    let prior = if solution.compiler.has_conditioning_rules() {
        let prior = Calibration::<N>::new(solution.compiler.compile_prior(), limits)?;
        trusted(&prior)?;
        Some(prior)
    } else {
        None
    };
    let mut found = Vec::new();
    for (index, event) in model.events.iter().enumerate() {
        let (days, never) = start_days(posterior, EventId(index))?;
        let days =
            days.into_iter().map(|(day, p)| DayProbability { date: model.horizon.0 + day, p, p_error: None }).collect();
        let distribution = Distribution { days };
        let occurs_before = match &prior {
            Some(prior) => (occurs(prior, index)?, occurs(&solution.base, index)?),
            None => (1.0, 1.0),
        };
        found.push(EventForecast {
            id: event.id.clone(),
            title: event.title.clone(),
            occurs: distribution.occurs().min(1.0),
            occurs_error: None,
            feasible: distribution.span(),
            mode: distribution.mode(),
            mean_day: distribution.mean(model.horizon.0),
            mean_day_error: None,
            quantiles: distribution.quantiles(),
            windows: distribution.windows(),
            days: distribution.days,
            never,
            occurs_before,
            on_a_date: event.is_on_a_date(),
        });
    }
    Ok(found)
}

fn occurs<N: Number>(calibration: &Calibration<N>, event: usize) -> Result<f64, Trouble> {
    let (days, _) = start_days(calibration, EventId(event))?;
    Ok(days.iter().map(|(_, p)| p).sum())
}

fn report_forecasts<N: Number>(
    solution: &Solution<'_, N>,
    posterior: &Calibration<N>,
) -> Result<Vec<ReportForecast>, Trouble> {
    let model = solution.model;
    let mut found = Vec::new();
    for &(index, standing) in &solution.hearing.standings {
        let report = &model.reports[index];
        let standing = match standing {
            Standing::Speaks(testimony) => speaking(solution, posterior, index, testimony)?,
            other => ReportStanding::silent(model, other),
        };
        found.push(ReportForecast::new(report, standing));
    }
    Ok(found)
}

fn speaking<N: Number>(
    solution: &Solution<'_, N>,
    posterior: &Calibration<N>,
    index: usize,
    testimony: usize,
) -> Result<ReportStanding, Trouble> {
    let report = &solution.model.reports[index];
    let effect = &solution.effects[testimony];
    let group = &solution.hearing.testimonies[testimony];
    let founded = match effect.measure {
        Some(Measure::Factor { on_weight, on_counter, constant }) => {
            let share = Measure::FoundedShare { on_weight, on_counter, constant };
            let claims = group.claims(solution.model);
            Some(expectation(posterior, &solution.compiler, &claims, share)?.to_f64().min(1.0))
        }
        _ => None,
    };
    let at = group.reports.iter().position(|member| *member == index).unwrap_or(0);
    Ok(ReportStanding::Speaks {
        credibility: match report.strength {
            Strength::Credibility { credibility, .. } => Some(credibility),
            Strength::LikelihoodRatio(_) => None,
        },
        posterior: founded,
        posterior_error: None,
        claim_prior: effect.claim_priors[at],
        claim_prior_error: None,
        claim_posterior: probability(posterior, &solution.compiler, &report.claim.says)?,
        claim_posterior_error: None,
    })
}

fn query_forecasts<N: Number>(
    solution: &Solution<'_, N>,
    posterior: &Calibration<N>,
) -> Result<Vec<QueryForecast>, Trouble> {
    let answered = solution.model.queries.iter().map(|query| {
        let probability = probability(posterior, &solution.compiler, &query.ask)?;
        Ok(QueryForecast {
            id: query.id.clone(),
            ask: query.text.clone(),
            probability,
            probability_error: None,
            term: term(probability),
        })
    });
    answered.collect()
}
