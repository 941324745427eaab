//! Figures and their errors in, the forecast out.

use super::estimate::{Estimate, least_error};
use super::figures::{EventFigures, distribution};
use super::plan::Ended;
use super::voice::Voice;
use super::{Drawn, Study};
use crate::answer::joint::{JointWindow, monday};
use crate::answer::options::Options;
use crate::answer::outcome::{
    Answer, EventForecast, Forecast, LEAST_EFFECTIVE, LogEvidence, Method, QueryForecast, ReportForecast,
    ReportStanding,
};
use crate::answer::summary::{Span, term};
use crate::answer::testimony::Standing;
use crate::answer::warning;
use crate::infer::Number;
use crate::model::Strength;

/// Writes everything down.
pub fn forecast<N: Number>(study: &Study<'_, '_, N>, drawn: &Drawn, warnings: &[String], options: &Options) -> Answer {
    let model = study.model;
    let picture = &drawn.picture;
    let agreement = picture.figures.log_agreement.exp();
    let mut forecast = Forecast {
        title: model.title.clone(),
        horizon: Span { from: model.horizon.0, to: model.horizon.1 },
        as_of: model.as_of,
        method: Method::Sampled {
            samples: drawn.worlds.count,
            effective: picture.effective.round() as usize,
            seed: options.sampling.seed,
        },
        feasible: true,
        agreement,
        agreement_error: Some(agreement * picture.errors.log_agreement.hypot(unseen(drawn))),
        log_evidence: log_evidence(study),
        events: (0..model.events.len()).map(|event| event_forecast(study, drawn, event)).collect(),
        joint_windows: joint_windows(study, drawn),
        reports: report_forecasts(study, drawn),
        queries: query_forecasts(study, drawn),
        warnings: warnings.to_vec(),
    };
    forecast.warnings.extend(shortfall(drawn, options));
    forecast.warnings.extend(depleted(drawn));
    forecast.warnings.extend(warning::of_forecast(model, &forecast));
    Answer::Forecast(Box::new(forecast))
}

/// What the agreement may be off by, relative to it, for worlds too rare to be drawn; 0 where no claim was drawn.
fn unseen(drawn: &Drawn) -> f64 {
    if drawn.picture.voices.iter().all(Voice::is_known) { 0.0 } else { least_error(drawn.picture.effective) }
}

/// What was asked for and not reached.
fn shortfall(drawn: &Drawn, options: &Options) -> Option<String> {
    let largest = drawn.picture.largest_error();
    let wanted = options.sampling.error.filter(|error| largest > *error);
    let why = match drawn.ended {
        Ended::Done => return None,
        Ended::AllDrawn => "all worlds that were asked for are drawn",
        Ended::Stopped => "it was told to end",
        Ended::MemoryFull => "the memory for worlds is full (--max-memory)",
    };
    let worlds = drawn.worlds.count;
    Some(match wanted {
        Some(wanted) => format!(
            "drawing ended after {worlds} worlds with a largest standard error of {largest:.5} instead of {wanted}: {why}"
        ),
        None if options.sampling.samples.is_some() => format!("drawing ended after {worlds} worlds: {why}"),
        None => return None,
    })
}

/// Few worlds that carry all weight.
fn depleted(drawn: &Drawn) -> Option<String> {
    let (worlds, effective) = (drawn.worlds.count as f64, drawn.picture.effective);
    let few = effective < LEAST_EFFECTIVE && effective < worlds / 4.0;
    few.then(|| {
        format!(
            "the worlds drawn are worth only {effective:.0} independent ones, since few of them fit the reports or facts: even the errors are uncertain (more --samples help)"
        )
    })
}

fn log_evidence<N: Number>(study: &Study<'_, '_, N>) -> LogEvidence {
    let log = |asked: bool, of: usize, beside: Option<usize>| {
        if !asked {
            return Estimate::known(0.0);
        }
        let least = |network| study.clouds.least_log_error(network);
        let least = least(of).hypot(beside.map_or(0.0, least));
        let found = Estimate::over(study.clouds.groups, 0.0, |left_out| {
            let beside = beside.map_or(0.0, |beside| study.clouds.log_total(beside, left_out));
            study.clouds.log_total(of, left_out) - beside
        });
        found.no_surer_than(least).at_most(0.0)
    };
    let rules = log(study.compiler.has_conditioning_rules(), study.base, None);
    let facts = log(study.given != study.base, study.given, Some(study.base));
    LogEvidence {
        rules: rules.value,
        rules_error: Some(rules.error()),
        facts: facts.value,
        facts_error: Some(facts.error()),
    }
}

fn event_forecast<N: Number>(study: &Study<'_, '_, N>, drawn: &Drawn, index: usize) -> EventForecast {
    let event = &study.model.events[index];
    let axis = &drawn.worlds.outline.axes[index];
    let (found, errors) = (&drawn.picture.figures.events[index], &drawn.picture.errors.events[index]);
    let origin = study.model.horizon.0;
    let mut distribution = distribution(axis, &found.slots, origin);
    for day in &mut distribution.days {
        day.p_error = Some(errors.slots[(day.date - origin - axis.first) as usize]);
    }
    let mean = Some(found.mean).filter(|mean| mean.is_finite());
    let possible = (axis.days > 0).then(|| Span { from: origin + axis.first, to: origin + axis.day(axis.days - 1) });
    EventForecast {
        id: event.id.clone(),
        title: event.title.clone(),
        occurs: found.occurs.min(1.0),
        occurs_error: Some(errors.occurs),
        feasible: possible,
        mode: distribution.mode(),
        mean_day: mean,
        mean_day_error: mean.map(|_| errors.mean),
        quantiles: distribution.quantiles(),
        windows: windows(&distribution, errors),
        never: if axis.never { found.slots[axis.days] } else { 0.0 },
        days: distribution.days,
        occurs_before: match &study.occurs_before {
            Some(before) => before[index].each_ref().map(|quantity| study.clouds.estimate(quantity).value).into(),
            None => (1.0, 1.0),
        },
        on_a_date: event.is_on_a_date(),
    }
}

fn windows(distribution: &crate::answer::summary::Distribution, errors: &EventFigures) -> Vec<crate::answer::Level> {
    let mut windows = distribution.windows();
    for (window, error) in windows.iter_mut().zip(&errors.windows) {
        window.probability_error = window.probability.map(|_| *error);
    }
    windows
}

fn joint_windows<N: Number>(study: &Study<'_, '_, N>, drawn: &Drawn) -> Vec<JointWindow> {
    let picture = &drawn.picture;
    let shift = study.model.horizon.0.weekday() as i32;
    let weeks = |weeks: &Vec<i32>| {
        let events = picture.shape.joint_events.iter().zip(weeks);
        let named =
            events.map(|(event, week)| (study.model.events[*event].id.clone(), monday(study.model, *week, shift)));
        named.collect()
    };
    let numbers = picture.figures.joint.iter().zip(&picture.errors.joint);
    let windows = picture.shape.joint.iter().zip(numbers);
    windows
        .map(|(at, (probability, error))| JointWindow {
            weeks: weeks(at),
            probability: probability.min(1.0),
            probability_error: Some(*error),
        })
        .collect()
}

fn query_forecasts<N: Number>(study: &Study<'_, '_, N>, drawn: &Drawn) -> Vec<QueryForecast> {
    let numbers = drawn.picture.figures.truths.iter().zip(&drawn.picture.errors.truths);
    let queries = study.model.queries.iter().zip(numbers);
    queries
        .map(|(query, (probability, error))| QueryForecast {
            id: query.id.clone(),
            ask: query.text.clone(),
            probability: probability.min(1.0),
            probability_error: Some(*error),
            term: term(*probability),
        })
        .collect()
}

fn report_forecasts<N: Number>(study: &Study<'_, '_, N>, drawn: &Drawn) -> Vec<ReportForecast> {
    let model = study.model;
    let mut claim = model.queries.len()..;
    let mut found = Vec::new();
    for &(index, standing) in &study.hearing.standings {
        let report = &model.reports[index];
        let standing = match standing {
            Standing::Speaks(testimony) => {
                let truth = claim.next().unwrap_or(0);
                speaking(study, drawn, index, testimony, truth)
            }
            other => ReportStanding::silent(model, other),
        };
        found.push(ReportForecast::new(report, standing));
    }
    found
}

fn speaking<N: Number>(
    study: &Study<'_, '_, N>,
    drawn: &Drawn,
    report: usize,
    testimony: usize,
    truth: usize,
) -> ReportStanding {
    let (figures, errors) = (&drawn.picture.figures, &drawn.picture.errors);
    let voice: &Voice = &drawn.picture.voices[testimony];
    let members = &study.hearing.testimonies[testimony].reports;
    let at = members.iter().position(|member| *member == report).unwrap_or(0);
    let prior = &voice.claim_priors[at];
    let credible = voice.has_credibility();
    ReportStanding::Speaks {
        credibility: match study.model.reports[report].strength {
            Strength::Credibility { credibility, .. } => Some(credibility),
            Strength::LikelihoodRatio(_) => None,
        },
        posterior: credible.then(|| figures.founded[testimony].min(1.0)),
        posterior_error: credible.then(|| errors.founded[testimony]),
        claim_prior: prior.value,
        claim_prior_error: Some(prior.error()),
        claim_posterior: figures.truths[truth].min(1.0),
        claim_posterior_error: Some(errors.truths[truth]),
    }
}
