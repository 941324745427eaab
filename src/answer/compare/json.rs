//! Comparisons in, their members as JSON has them out: an error is a member of its own beside its number.

use super::outcome::{EventComparison, Figure, QueryComparison, ReportComparison, Sided, Sides};
use crate::answer::outcome::{EventForecast, QueryForecast};
use crate::answer::summary::Level;
use crate::day::Day;
use serde::{Serialize, Serializer};

/// An event on both sides.
#[derive(Serialize)]
struct Event<'e> {
    id: &'e str,
    a: Option<EventSide<'e>>,
    b: Option<EventSide<'e>>,
    shift_days: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shift_days_error: Option<f64>,
    total_variation: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_variation_error: Option<f64>,
}

/// What is told of an event on one side.
#[derive(Serialize)]
struct EventSide<'e> {
    occurs: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    occurs_error: Option<f64>,
    mean_day: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mean_day_error: Option<f64>,
    median: Option<Day>,
    windows: &'e [Level],
}

/// A number of either side.
#[derive(Serialize)]
struct Figures {
    a: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    a_error: Option<f64>,
    b: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    b_error: Option<f64>,
}

/// A question on both sides.
#[derive(Serialize)]
struct Query<'q> {
    #[serde(flatten)]
    name: Name<'q>,
    #[serde(flatten)]
    figures: Figures,
    change: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change_error: Option<f64>,
}

/// A report on both sides.
#[derive(Serialize)]
struct Report<'r> {
    #[serde(flatten)]
    name: Name<'r>,
    #[serde(flatten)]
    figures: Figures,
}

/// What a row is called.
#[derive(Serialize)]
struct Name<'n> {
    id: &'n str,
    /// Where it goes by another name there.
    #[serde(skip_serializing_if = "Option::is_none")]
    id_in_a: Option<&'n str>,
}

impl<'e> EventSide<'e> {
    fn new(event: &'e EventForecast) -> EventSide<'e> {
        EventSide {
            occurs: event.occurs,
            occurs_error: event.occurs_error,
            mean_day: event.mean_day,
            mean_day_error: event.mean_day_error,
            median: event.median(),
            windows: &event.windows,
        }
    }
}

impl From<Sided<Figure>> for Figures {
    fn from(sides: Sided<Figure>) -> Figures {
        let Sides { a, b } = sides;
        Figures { a: value(a), a_error: error(a), b: value(b), b_error: error(b) }
    }
}

impl<'n> Name<'n> {
    fn new(id: &'n str, in_a: Option<&'n str>) -> Name<'n> {
        Name { id, id_in_a: in_a.filter(|other| *other != id) }
    }
}

fn value(figure: Option<Figure>) -> Option<f64> {
    figure.map(|figure| figure.value)
}

fn error(figure: Option<Figure>) -> Option<f64> {
    figure.and_then(|figure| figure.error)
}

/// Two numbers with their errors.
pub(super) fn figures<S: Serializer>(sides: &Sided<Figure>, serializer: S) -> Result<S::Ok, S::Error> {
    Figures::from(*sides).serialize(serializer)
}

impl Serialize for EventComparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = Event {
            id: &self.id,
            a: self.a.as_ref().map(EventSide::new),
            b: self.b.as_ref().map(EventSide::new),
            shift_days: value(self.shift_days),
            shift_days_error: error(self.shift_days),
            total_variation: value(self.total_variation),
            total_variation_error: error(self.total_variation),
        };
        written.serialize(serializer)
    }
}

impl Serialize for QueryComparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let figure = |query: &QueryForecast| Figure { value: query.probability, error: query.probability_error };
        let written = Query {
            name: Name::new(&self.id, self.a.as_ref().map(|query| query.id.as_str())),
            figures: Sides { a: self.a.as_ref().map(figure), b: self.b.as_ref().map(figure) }.into(),
            change: value(self.change),
            change_error: error(self.change),
        };
        written.serialize(serializer)
    }
}

impl Serialize for ReportComparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = Report {
            name: Name::new(&self.id, self.a.as_ref().map(|report| report.id.as_str())),
            figures: self.posteriors().into(),
        };
        written.serialize(serializer)
    }
}
