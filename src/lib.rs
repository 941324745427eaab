//! Dateline answers *when will it happen?*: exact probabilities of dates from rules, facts and half-reliable reports.
//!
//! The way of a scenario, a module a stage:
//!
//! 1. `language` reads propositions and date expressions, `shape` turns laws into masses on whole days;
//! 2. `scenario` reads the TOML file with them, into a `model`, or all its mistakes;
//! 3. `network` makes variables and factors of the model and of what is known, with domains narrowed by the rules;
//! 4. `infer` plans an elimination order, refuses what is too large, and calibrates;
//! 5. `answer` asks it for distributions, reports, queries, joint windows, conflicts;
//! 6. [`render`] makes text, JSON and CSV of the answers.
//!
//! ```
//! use dateline::{Answer, Options, Scenario, forecast};
//!
//! let scenario = Scenario::parse(
//!     r#"
//!     horizon = { from = 2024-05-01, to = 2024-06-09 }
//!     [event.visit]
//!     [[rule]]
//!     says = "visit after May 7"
//!     [[query]]
//!     ask = "visit in the latter half of May"
//!     "#,
//! )?;
//! if let Answer::Forecast(forecast) = forecast(&scenario, &Options::default())? {
//!     assert!((forecast.queries[0].probability - 16.0 / 33.0).abs() < 1e-12);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod day;
pub mod diagnostic;
mod infer;
mod language;
mod model;
mod network;
pub mod render;
mod scenario;
mod shape;

pub use answer::{
    Answer, Check, Conflict, DayProbability, EventBounds, EventForecast, Forecast, Infeasible, JointWindow, Level,
    LogEvidence, Method, MethodChoice, Options, Progress, Quantile, QueryForecast, Refusal, ReportForecast,
    ReportStanding, Sampling, Span, Watch, term,
};
pub use day::Day;
pub use infer::Limits;
pub use scenario::{Changes, HEDGES, Invalid, LARGEST_FILE, LONGEST_HORIZON, Scenario, schema};

/// Forecasts a scenario: the probabilities of every event's dates, what became of the reports, the answers to its questions.
///
/// # Errors
/// Where an answer would cost more than the limits allow, or the options name what is not there.
pub fn forecast(scenario: &Scenario, options: &Options) -> Result<Answer, Refusal> {
    forecast_watched(scenario, options, Watch::default())
}

/// The same, with somebody who may end the drawing of worlds early and is told how far it is.
///
/// # Errors
/// As [`forecast`], and where it was ended before there was anything to answer with.
pub fn forecast_watched(scenario: &Scenario, options: &Options, watch: Watch<'_>) -> Result<Answer, Refusal> {
    answer::forecast(&scenario.model, scenario.warning_lines(), options, watch)
}

/// Checks whether a scenario's rules, facts and hard reports can hold together.
///
/// # Errors
/// Where an exact answer would cost more than the limits allow.
pub fn check(scenario: &Scenario, options: &Options) -> Result<Check, Refusal> {
    answer::check(&scenario.model, scenario.warning_lines(), options)
}
