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
    Answer, Arithmetic, Cell, Check, Column, Conflict, DayProbability, EventBounds, EventForecast, Forecast, Gauges,
    Infeasible, JointWindow, Level, LogEvidence, Measured, Method, MethodChoice, Options, PlanOutline, Progress,
    Quantile, QueryForecast, Refusal, ReportForecast, ReportStanding, Rows, Sample, Sampling, Span, Stage, Stages,
    Watch, Worlds, term,
};
pub use day::Day;
pub use infer::{Engine, Limits};
pub use scenario::{
    Change, Changes, Edit, Edited, HEDGES, Invalid, LARGEST_FILE, LONGEST_HORIZON, Scenario, edit, schema,
};

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

/// Measures how long each stage of a scenario's forecast takes and what memory it needs; reading the file is not among
/// them.
///
/// # Errors
/// Where an exact answer would cost more than the limits allow.
pub fn measure(scenario: &Scenario, options: &Options, gauges: Gauges<'_>) -> Result<Measured, Refusal> {
    answer::measure(&scenario.model, options, gauges)
}

/// The stages of solving a scenario, to be run one by one, for benchmarks.
///
/// # Errors
/// Where an exact answer would cost more than the limits allow.
///
/// ```
/// use dateline::{Options, Scenario, stages};
///
/// let scenario = Scenario::parse("horizon = { from = 2024-05-01, to = 2024-05-31 }\n[event.visit]")?;
/// let stages = stages(&scenario, &Options::default())?;
/// assert_eq!(stages.outline().variables, 1);
/// stages.infer();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn stages<'s>(scenario: &'s Scenario, options: &Options) -> Result<Stages<'s>, Refusal> {
    Stages::new(&scenario.model, options)
}

/// How a scenario's forecast is computed, and what that was predicted to take.
///
/// # Errors
/// As [`forecast`].
pub fn outline(scenario: &Scenario, options: &Options) -> Result<PlanOutline, Refusal> {
    answer::outline(&scenario.model, options)
}

/// Makes a scenario's forecast ready to draw worlds from: independent of each other, each with exactly its probability.
///
/// # Errors
/// Where an exact answer would cost more than the limits allow.
///
/// ```
/// use dateline::{Cell, Options, Sample, Scenario, sample};
///
/// let scenario = Scenario::parse(
///     r#"
///     horizon = { from = 2024-05-01, to = 2024-05-31 }
///     [event.visit]
///     [event.tour]
///     occurs = 0.5
///     [[query]]
///     id = "order"
///     ask = "visit before tour"
///     "#,
/// )?;
/// let Sample::Worlds(worlds) = sample(&scenario, &Options::default())? else { panic!("nothing is at odds") };
/// let names: Vec<String> = worlds.columns().iter().map(|column| column.to_string()).collect();
/// assert_eq!(names, ["visit", "tour", "query:order"]);
///
/// let absent = worlds.draw(7).take(1000).filter(|world| world[1] == Cell::Never).count();
/// assert!((400..600).contains(&absent));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn sample(scenario: &Scenario, options: &Options) -> Result<Sample, Refusal> {
    answer::sample(&scenario.model, options)
}
