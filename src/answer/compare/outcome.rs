//! What comparisons are made of: plain data, and what of it differs beyond rounding and chance.

use super::json;
use crate::answer::outcome::{EventForecast, Infeasible, Method, QueryForecast, ReportForecast, ReportStanding};
use crate::answer::summary::Span;
use crate::day::Day;
use serde::Serialize;

/// Smaller differences of probabilities, and relative ones of agreements, are rounding.
pub const UNMOVED: f64 = 1e-9;

/// Something of either side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Sides<T> {
    pub a: T,
    pub b: T,
}

/// Two forecasts side by side.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    #[serde(skip)]
    pub about: Sides<About>,
    /// How well the reports of each side agree; nothing where the side is infeasible.
    #[serde(serialize_with = "json::figures")]
    pub agreement: Sided<Figure>,
    /// How each side was found; written where a side is sampled.
    #[serde(skip_serializing_if = "all_exact")]
    pub method: Sides<Option<Method>>,
    /// Why a side has no forecast; written where one has none.
    #[serde(skip_serializing_if = "all_feasible")]
    pub infeasible: Sides<Option<Infeasible>>,
    /// In the order of a, then those that only b has.
    pub events: Vec<EventComparison>,
    pub queries: Vec<QueryComparison>,
    pub reports: Vec<ReportComparison>,
    /// What each side's author should mind; written where there is anything.
    #[serde(skip_serializing_if = "no_warnings")]
    pub warnings: Sides<Vec<String>>,
}

/// What a side is about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct About {
    pub title: Option<String>,
    /// `None` where the side is infeasible.
    pub horizon: Option<Span>,
    pub as_of: Option<Day>,
}

/// A number and its standard error, where it has one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    pub value: f64,
    pub error: Option<f64>,
}

/// Something of either side that may be lacking.
pub type Sided<T> = Sides<Option<T>>;

/// An event on both sides.
#[derive(Clone, Debug)]
pub struct EventComparison {
    pub id: String,
    /// Its whole forecast; `None` where the side does not have it.
    pub a: Option<EventForecast>,
    pub b: Option<EventForecast>,
    /// By how many days it starts later on average in b, given that it occurs; `None` where it cannot on a side.
    ///
    /// The error is that of sides drawn independently of each other.
    pub shift_days: Option<Figure>,
    /// How much of its probability lies elsewhere: ½ Σ |p_a − p_b| over start dates and "does not occur".
    ///
    /// The error is no less than the standard error can be, for what was drawn of each day.
    pub total_variation: Option<Figure>,
}

/// A question on both sides.
#[derive(Clone, Debug)]
pub struct QueryComparison {
    /// Its id in b, or in a where b does not ask.
    pub id: String,
    pub a: Option<QueryForecast>,
    pub b: Option<QueryForecast>,
    /// Probability in b minus that in a; the error is that of sides drawn independently of each other.
    pub change: Option<Figure>,
}

/// A report on both sides.
#[derive(Clone, Debug)]
pub struct ReportComparison {
    /// Its id in b, or in a where it is not heard in b.
    pub id: String,
    pub a: Option<ReportForecast>,
    pub b: Option<ReportForecast>,
}

impl Figure {
    /// Whether it is other than 0 by more than rounding and twice its error.
    pub fn stands_out(&self) -> bool {
        self.stands_out_by(2.0)
    }

    fn stands_out_by(&self, errors: f64) -> bool {
        self.value.abs() > UNMOVED.max(errors * self.error.unwrap_or(0.0))
    }
}

impl Comparison {
    /// Whether there is anything that differs, as far as rounding and chance let us tell.
    pub fn moved(&self) -> bool {
        let reports = self.reports.iter().any(ReportComparison::moved);
        let events = self.events.iter().any(EventComparison::moved);
        reports || events || self.queries.iter().any(QueryComparison::moved) || self.agreement_moved()
    }

    /// Whether the agreement differs, as far as rounding and chance let us tell.
    pub fn agreement_moved(&self) -> bool {
        match (self.agreement.a, self.agreement.b) {
            (Some(a), Some(b)) => {
                let scale = a.value.abs().max(b.value.abs());
                difference(a, b).value.abs() > (scale * UNMOVED).max(2.0 * difference(a, b).error.unwrap_or(0.0))
            }
            (a, b) => a != b,
        }
    }

    /// Whether both sides have a forecast.
    pub fn feasible(&self) -> bool {
        all_feasible(&self.infeasible)
    }
}

impl EventComparison {
    /// Whether it differs, as far as rounding and chance let us tell: by what lies elsewhere, by its mean, or by whether it
    /// occurs at all.
    pub fn moved(&self) -> bool {
        let (Some(a), Some(b), Some(moved)) = (&self.a, &self.b, self.total_variation) else {
            return true;
        };
        // The error of what lies elsewhere is a bound that grows with the number of days: of many days the mean tells more.
        let surely = |figure: Figure| figure.stands_out_by(3.0);
        let occurs = |event: &EventForecast| Figure { value: event.occurs, error: event.occurs_error };
        moved.stands_out_by(1.0)
            || moved.error.is_some()
                && (self.shift_days.is_some_and(surely) || surely(difference(occurs(a), occurs(b))))
    }
}

impl QueryComparison {
    /// Whether its probability differs, as far as rounding and chance let us tell.
    pub fn moved(&self) -> bool {
        self.change.is_none_or(|change| change.stands_out())
    }
}

impl ReportComparison {
    /// The posterior credibility of each side; `None` where the report is not heard, does not speak (a copy, or replaced
    /// by later word) or has a likelihood ratio in place of a credibility.
    pub fn posteriors(&self) -> Sided<Figure> {
        let posterior = |side: &Option<ReportForecast>| match side.as_ref()?.standing {
            ReportStanding::Speaks { posterior, posterior_error: error, .. } => {
                Some(Figure { value: posterior?, error })
            }
            _ => None,
        };
        Sides { a: posterior(&self.a), b: posterior(&self.b) }
    }

    /// Whether its standing or its credibility differs, as far as rounding and chance let us tell.
    pub fn moved(&self) -> bool {
        match (self.posteriors(), &self.a, &self.b) {
            (Sides { a: Some(a), b: Some(b) }, ..) => difference(a, b).stands_out(),
            (Sides { a: None, b: None }, Some(a), Some(b)) => match (&a.standing, &b.standing) {
                (ReportStanding::Speaks { .. }, ReportStanding::Speaks { .. }) => a.ratio != b.ratio,
                (a, b) => a != b,
            },
            _ => true,
        }
    }
}

/// `b − a`, with the error of two that are independent of each other.
pub(super) fn difference(a: Figure, b: Figure) -> Figure {
    Figure { value: b.value - a.value, error: independent(a.error, b.error) }
}

/// The standard error of a sum or difference of what is independent.
pub(super) fn independent(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (None, None) => None,
        (a, b) => Some(a.unwrap_or(0.0).hypot(b.unwrap_or(0.0))),
    }
}

fn all_exact(method: &Sides<Option<Method>>) -> bool {
    let exact = |method: &Option<Method>| !matches!(method, Some(Method::Sampled { .. }));
    exact(&method.a) && exact(&method.b)
}

fn all_feasible(infeasible: &Sides<Option<Infeasible>>) -> bool {
    infeasible.a.is_none() && infeasible.b.is_none()
}

fn no_warnings(warnings: &Sides<Vec<String>>) -> bool {
    warnings.a.is_empty() && warnings.b.is_empty()
}
