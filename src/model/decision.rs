//! Decisions: what the user dates, and what is wished of these dates.

use super::event::EventId;
use super::proposition::Proposition;
use crate::day::Day;

/// An event whose day the user chooses.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    pub id: String,
    pub title: Option<String>,
    /// First and last day on which it may start, within the horizon.
    pub window: (Day, Day),
    /// Whole days, at least 1.
    pub duration: i32,
    /// Whether it may be left out.
    pub optional: bool,
    /// What holding it costs, in the unit of the goals' values.
    pub cost: f64,
    /// Days that pass at the least between the evening of a reaction and its start.
    pub notice: i32,
    /// Events to react to, at most two; `None`: those that the goals name.
    pub watch: Option<Vec<EventId>>,
}

/// A proposition over events and decisions that is wished for.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    pub id: String,
    pub text: String,
    pub says: Proposition,
    /// What its truth is worth.
    pub value: f64,
    /// Plans that make it less probable are not allowed.
    pub min_probability: Option<f64>,
}
