//! A model in; whether its rules, facts and hard reports can hold together, and on which days events can start, out.

use super::conflict::Explanation;
use super::contradiction::contradicting_reports;
use super::forecast::{forecast_of, infeasible, refusal};
use super::options::{MethodChoice, Options, Sampling, Watch};
use super::outcome::{Answer, Check, EventBounds, Infeasible, Method, Refusal};
use super::sampled;
use super::solve::{Trouble, solve, start_days};
use crate::infer::{Number, Scaled};
use crate::model::{EventId, Model};

/// Worlds that are drawn where an exact check is out of reach.
const WORLDS: usize = 1_000;

/// Whether rules, facts and hard reports can hold together, and on which days each event may start.
///
/// Where an exact check is out of reach, a drawn world is proof enough; the days are then what the domains allow.
///
/// # Errors
/// Where either would cost more than the limits allow.
pub fn check(model: &Model, warnings: Vec<String>, options: &Options) -> Result<Check, Refusal> {
    let found = match check_on::<f64>(model, &warnings, options) {
        Err(Trouble::Range) => check_on::<Scaled>(model, &warnings, options),
        other => other,
    };
    let found = match found {
        Err(Trouble::TooLarge(exact)) if options.method != MethodChoice::Exact => {
            check_drawn(model, &warnings, options).map_err(|trouble| match trouble {
                Trouble::TooLarge(_) => Trouble::TooLarge(exact),
                other => other,
            })
        }
        other => other,
    };
    found.map_err(|trouble| refusal(model, trouble, options.method))
}

/// A check by drawing a few worlds.
fn check_drawn(model: &Model, warnings: &[String], options: &Options) -> Result<Check, Trouble> {
    let samples = options.sampling.samples.or(Some(WORLDS));
    let sampling = Sampling { samples, error: None, ..options.sampling };
    let options = Options { method: MethodChoice::Auto, sampling, ..options.clone() };
    let found = match sampled::forecast::<f64>(model, warnings, Some(&[]), &options, Watch::default()) {
        Err(Trouble::Range) => sampled::forecast::<Scaled>(model, warnings, Some(&[]), &options, Watch::default()),
        other => other,
    };
    let title = model.title.clone();
    match found? {
        Answer::Infeasible(Infeasible { explanation, .. }) => {
            Ok(Check { feasible: false, explanation, ..Check::sound(title, warnings.to_vec()) })
        }
        Answer::Forecast(forecast) => {
            let bounds = forecast.events.iter().map(|event| EventBounds {
                event: event.id.clone(),
                from: event.feasible.map(|span| span.from),
                to: event.feasible.map(|span| span.to),
            });
            let bounds = bounds.collect();
            let mut warnings = forecast.warnings;
            let drawn = match forecast.method {
                Method::Sampled { samples, seed, .. } => format!("{samples} worlds (seed {seed})"),
                Method::Exact => "worlds".to_string(),
            };
            warnings.push(format!(
                "an exact check is out of reach: {drawn} that keep everything have been drawn, but some of the days told may be impossible"
            ));
            // Which claims cannot all be true is out of reach.
            Ok(Check { bounds, more_contradicting_reports: true, ..Check::sound(title, warnings) })
        }
    }
}

fn check_on<N: Number>(model: &Model, warnings: &[String], options: &Options) -> Result<Check, Trouble> {
    let solution = solve::<N>(model, options.limits)?;
    let mut check = Check::sound(model.title.clone(), warnings.to_vec());
    (check.contradicting_reports, check.more_contradicting_reports) =
        contradicting_reports(&solution, options.limits, options.listed)?;
    if !solution.is_feasible() {
        let explanation = infeasible(model, options)?.explanation;
        return Ok(Check { feasible: false, explanation, ..check });
    }
    let Some(posterior) = &solution.posterior else {
        return Ok(check);
    };
    for (index, event) in model.events.iter().enumerate() {
        let (days, _) = start_days(posterior, EventId(index))?;
        let day = |at: Option<&(i32, f64)>| at.map(|(day, _)| model.horizon.0 + *day);
        check.bounds.push(EventBounds { event: event.id.clone(), from: day(days.first()), to: day(days.last()) });
    }
    if let Answer::Forecast(forecast) = forecast_of(&solution, &[], Some(&[]), options)? {
        check.warnings.extend(forecast.warnings);
    }
    Ok(check)
}

impl Check {
    /// A sound scenario of which nothing more is known.
    fn sound(title: Option<String>, warnings: Vec<String>) -> Check {
        Check {
            title,
            feasible: true,
            bounds: Vec::new(),
            explanation: Explanation::default(),
            contradicting_reports: Vec::new(),
            more_contradicting_reports: false,
            warnings,
        }
    }
}
