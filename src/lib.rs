//! Dateline answers *when will it happen?*: exact probabilities of dates from rules, facts and half-reliable reports.

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
    LogEvidence, Method, Options, Quantile, QueryForecast, Refusal, ReportForecast, ReportStanding, Span, term,
};
pub use day::Day;
pub use infer::Limits;
pub use scenario::{Changes, HEDGES, Invalid, LARGEST_FILE, LONGEST_HORIZON, Scenario, schema};

/// Forecasts a scenario: the probabilities of every event's dates, what became of the reports, the answers to its questions.
///
/// # Errors
/// Where an exact answer would cost more than the limits allow, or the options name what is not there.
pub fn forecast(scenario: &Scenario, options: &Options) -> Result<Answer, Refusal> {
    answer::forecast(&scenario.model, scenario.warning_lines(), options)
}

/// Checks whether a scenario's rules, facts and hard reports can hold together.
///
/// # Errors
/// Where an exact answer would cost more than the limits allow.
pub fn check(scenario: &Scenario, options: &Options) -> Result<Check, Refusal> {
    answer::check(&scenario.model, scenario.warning_lines(), options)
}
