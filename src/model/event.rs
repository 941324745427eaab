//! Events: how their dates come about.

use crate::day::Day;
use crate::shape::Masses;

/// Index of an event in [`super::Model::events`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub usize);

/// Something that starts on one day of the horizon and lasts some days, or does not occur.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub id: String,
    pub title: Option<String>,
    pub start: Start,
    pub length: Length,
    /// Whether it would be known on the day that it starts.
    pub visible: bool,
    pub happened: Option<Outcome>,
}

/// How long it lasts.
#[derive(Clone, Debug, PartialEq)]
pub enum Length {
    /// Probabilities of its length in whole days, at least 1; they sum to 1.
    Days(Masses),
    /// Until so many working days, at least 1, have passed, its first day included: the start decides the length.
    WorkingDays(i32),
}

/// How the start day comes about.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// On that day in every world.
    On(Day),
    /// By itself: probabilities of the days counted from the horizon's first, and of not occurring; together 1.
    /// `unwindowed` is what `days` would be without the event's window, where it has one.
    Prior { days: Masses, never: f64, unwindowed: Option<Masses> },
    /// A delay after the last day of the latest of the predecessors, and with probability `1 − occurs` not at all.
    /// `delays` are normalised over all delays; `beyond[k]` is the mass of delays longer than `k`, for k up to the
    /// horizon's length.
    After { predecessors: Vec<EventId>, delays: Masses, beyond: Vec<f64>, occurs: f64 },
}

/// What became of an event, known once the scenario's as-of date reaches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Started(Day),
    DidNotOccur,
}

impl Event {
    /// Whether its start is a date that is not in doubt.
    pub fn is_on_a_date(&self) -> bool {
        matches!(self.start, Start::On(_))
    }

    /// The probabilities of its lengths, where there are several that do not depend on the start.
    pub fn length_in_doubt(&self) -> Option<&Masses> {
        match &self.length {
            Length::Days(masses) if masses.masses.len() > 1 => Some(masses),
            _ => None,
        }
    }

    /// Whether its last day is certain once its first is.
    pub fn length_follows_from_start(&self) -> bool {
        match &self.length {
            Length::Days(masses) => masses.masses.len() == 1,
            Length::WorkingDays(_) => true,
        }
    }

    /// The length where there is only one, whatever the start.
    pub fn fixed_length(&self) -> Option<i32> {
        match &self.length {
            Length::Days(masses) if masses.masses.len() == 1 => Some(masses.first),
            _ => None,
        }
    }
}
