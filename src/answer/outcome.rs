//! What answers are made of: plain data, and how it is written as JSON.
//!
//! Standard errors (`…_error`) are there in sampled answers only.

use super::conflict::Explanation;
use super::joint::JointWindow;
use super::summary::{DayProbability, Distribution, Level, Quantile, Span};
use super::testimony::Standing;
use crate::day::Day;
use crate::infer::Limits;
use crate::model::{Model, Report, Strength};
use serde::Serialize;
use serde::ser::SerializeMap;
use std::fmt;

/// What comes of a forecast.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    Forecast(Box<Forecast>),
    /// No world keeps all rules and facts. This is an answer, not an error.
    Infeasible(Infeasible),
}

/// Why no forecast was made.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// Exact elimination would pass the limits; `drawing` where drawing worlds is out of reach as well.
    TooLarge { events: Vec<String>, bytes: f64, operations: f64, limits: Limits, drawing: bool },
    /// Something else would take too long: a sentence.
    TooLong(String),
    /// The options name what is not there: a sentence.
    Named(String),
    /// No world was found, and why there is none is out of reach: a sentence.
    NoWorld(String),
    /// There is nothing of what is to be worked on: a sentence.
    Nothing(String),
    /// It was to end before there was anything to answer with.
    Stopped,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::TooLong(why) | Refusal::Named(why) | Refusal::NoWorld(why) | Refusal::Nothing(why) => {
                f.write_str(why)
            }
            Refusal::Stopped => f.write_str("it was stopped before enough worlds were drawn for an answer"),
            Refusal::TooLarge { events, bytes, operations, limits, drawing } => {
                let shown: Vec<&str> = events.iter().take(8).map(String::as_str).collect();
                let more = if events.len() > shown.len() {
                    format!(" and {} more", events.len() - shown.len())
                } else {
                    String::new()
                };
                write!(
                    f,
                    "{} is out of reach: the events {}{more} are tied together, which would take {} of memory and {operations:.1e} steps (limits: {} and {:.1e} steps)",
                    if *drawing { "an answer, exact or sampled," } else { "an exact answer" },
                    shown.join(", "),
                    size(*bytes),
                    size(limits.memory as f64),
                    limits.operations,
                )
            }
        }
    }
}

impl std::error::Error for Refusal {}

/// A number of bytes for people.
fn size(bytes: f64) -> String {
    const UNITS: [&str; 6] = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let power = (bytes.max(1.0).log2() / 10.0).floor().clamp(0.0, 5.0);
    let value = bytes / 1024f64.powf(power);
    if value < 1e4 {
        format!("{value:.3} {}", UNITS[power as usize]).replace(".000", "")
    } else {
        format!("{value:.1e} {}", UNITS[power as usize])
    }
}

/// A forecast.
#[derive(Clone, Debug, Serialize)]
pub struct Forecast {
    pub title: Option<String>,
    pub horizon: Span,
    pub as_of: Option<Day>,
    pub method: Method,
    pub feasible: bool,
    /// How well the reports agree with each other and with the facts: 1 where they have nothing to do with each other.
    pub agreement: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement_error: Option<f64>,
    pub log_evidence: LogEvidence,
    pub events: Vec<EventForecast>,
    pub joint_windows: Vec<JointWindow>,
    pub reports: Vec<ReportForecast>,
    pub queries: Vec<QueryForecast>,
    pub warnings: Vec<String>,
}

/// Where drawn worlds are worth fewer independent ones, even the errors are uncertain.
pub const LEAST_EFFECTIVE: f64 = 100.0;

impl Forecast {
    /// Whether it is known well enough how the reports agree to put it into words.
    pub fn tells_agreement(&self) -> bool {
        match self.method {
            Method::Exact => true,
            Method::Sampled { effective, .. } => effective as f64 >= LEAST_EFFECTIVE,
        }
    }
}

/// How the probabilities were found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "name", rename_all = "lowercase")]
pub enum Method {
    Exact,
    Sampled {
        /// Worlds drawn from the forecast.
        samples: usize,
        /// As many independent worlds as would have errors this large.
        effective: usize,
        seed: u64,
    },
}

/// Whether nothing was drawn.
pub fn is_exact(method: &Method) -> bool {
    *method == Method::Exact
}

/// Natural logarithms of the probabilities that rules and facts hold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LogEvidence {
    /// Of the conditioning rules under the narrowed prior.
    pub rules: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules_error: Option<f64>,
    /// Of the facts under the base.
    pub facts: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts_error: Option<f64>,
}

/// When an event starts.
#[derive(Clone, Debug, Serialize)]
pub struct EventForecast {
    pub id: String,
    pub title: Option<String>,
    /// Probability that it starts within the horizon.
    pub occurs: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurs_error: Option<f64>,
    /// First and last day of positive probability.
    pub feasible: Option<Span>,
    pub mode: Option<Day>,
    /// Expected start in days after the horizon's first, given that it occurs.
    pub mean_day: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_day_error: Option<f64>,
    #[serde(serialize_with = "quantile_map")]
    pub quantiles: Vec<Quantile>,
    pub windows: Vec<Level>,
    pub days: Vec<DayProbability>,
    /// Probability that it does not start within the horizon.
    #[serde(skip)]
    pub never: f64,
    /// Probability of occurring by the prior, and by the prior and the rules.
    #[serde(skip)]
    pub occurs_before: (f64, f64),
    /// Whether its date was never in doubt (`on`).
    #[serde(skip)]
    pub on_a_date: bool,
}

pub fn quantile_map<S: serde::Serializer>(quantiles: &[Quantile], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(quantiles.len()))?;
    for quantile in quantiles {
        map.serialize_entry(&quantile.level.to_string(), &quantile.day)?;
    }
    map.end()
}

impl EventForecast {
    /// Whether more than one outcome is possible.
    pub fn in_doubt(&self) -> bool {
        // A day that every drawn world has may still not be certain.
        let certain = self.days.iter().all(|day| day.p_error.unwrap_or(0.0) == 0.0);
        self.days.len() + usize::from(self.never > 0.0) > 1 || !certain
    }

    /// The day by which it is as likely as not to have started; `None` where there is none within the horizon.
    pub fn median(&self) -> Option<Day> {
        self.quantiles.iter().find(|quantile| quantile.level == 0.5).and_then(|quantile| quantile.day)
    }

    /// Its distribution.
    pub fn distribution(&self) -> Distribution {
        Distribution { days: self.days.clone() }
    }
}

/// What became of a report.
#[derive(Clone, Debug, Serialize)]
pub struct ReportForecast {
    pub id: String,
    #[serde(flatten)]
    pub standing: ReportStanding,
    /// The words of its claim.
    #[serde(skip)]
    pub text: String,
    /// Its source for people, with its grade.
    #[serde(skip)]
    pub source: Option<String>,
    /// How many days the truth may come before or after what was said.
    #[serde(skip)]
    pub slip: (i32, i32),
    /// Whether it may be even more, one time in twenty either way.
    #[serde(skip)]
    pub slip_tailed: bool,
    /// Its likelihood ratio, where it has one in place of a credibility.
    #[serde(skip)]
    pub ratio: Option<f64>,
}

/// Whether a report speaks, and what that changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum ReportStanding {
    Speaks {
        /// The report's own credibility; `None` with a likelihood ratio.
        credibility: Option<f64>,
        /// Posterior probability that its testimony is well founded.
        posterior: Option<f64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        posterior_error: Option<f64>,
        /// Probability of its claim under the base and the facts of its day.
        claim_prior: f64,
        #[serde(skip_serializing_if = "Option::is_none")]
        claim_prior_error: Option<f64>,
        claim_posterior: f64,
        #[serde(skip_serializing_if = "Option::is_none")]
        claim_posterior_error: Option<f64>,
    },
    Echoes {
        echoes: String,
    },
    Replaced {
        replaced_by: String,
    },
}

impl ReportForecast {
    pub(super) fn new(report: &Report, standing: ReportStanding) -> ReportForecast {
        let name = report.source_title.clone().or_else(|| report.source.clone());
        let source = match (name, &report.grade) {
            (Some(name), Some(grade)) => Some(format!("{name}, {grade}")),
            (name, grade) => name.or_else(|| grade.clone()),
        };
        ReportForecast {
            id: report.id.clone(),
            standing,
            text: report.text.clone(),
            source,
            slip: report.claim.reach(),
            slip_tailed: report.claim.tailed,
            ratio: match report.strength {
                Strength::LikelihoodRatio(ratio) => Some(ratio),
                Strength::Credibility { .. } => None,
            },
        }
    }
}

impl ReportStanding {
    /// Of a report that another one speaks for.
    pub(super) fn silent(model: &Model, standing: Standing) -> ReportStanding {
        let id = |report: usize| model.reports[report].id.clone();
        match standing {
            Standing::Echoes(original) => ReportStanding::Echoes { echoes: id(original) },
            Standing::ReplacedBy(other) | Standing::Speaks(other) => {
                ReportStanding::Replaced { replaced_by: id(other) }
            }
        }
    }
}

/// The answer to a question.
#[derive(Clone, Debug, Serialize)]
pub struct QueryForecast {
    pub id: String,
    pub ask: String,
    pub probability: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability_error: Option<f64>,
    /// ICD 203.
    pub term: &'static str,
}

/// Why there is no forecast.
#[derive(Clone, Debug, Serialize)]
pub struct Infeasible {
    pub title: Option<String>,
    pub feasible: bool,
    #[serde(flatten)]
    pub explanation: Explanation,
}

/// Whether a scenario can hold together.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    #[serde(skip)]
    pub title: Option<String>,
    pub feasible: bool,
    pub bounds: Vec<EventBounds>,
    #[serde(flatten)]
    pub explanation: Explanation,
    /// The smallest sets of reports whose claims cannot all be true under the rules and facts, by id.
    pub contradicting_reports: Vec<Vec<String>>,
    /// Whether there are more of these, or may be.
    pub more_contradicting_reports: bool,
    pub warnings: Vec<String>,
}

/// First and last day on which an event can start; without dates where it cannot.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EventBounds {
    pub event: String,
    pub from: Option<Day>,
    pub to: Option<Day>,
}
