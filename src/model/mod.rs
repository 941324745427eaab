//! What a scenario means, in the small: events, rules, facts and reports by id, with nothing left to parse or default.

mod calendar;
mod case;
mod decision;
mod event;
mod pairing;
mod proposition;
mod report;

pub use calendar::{Calendar, Reach, WorkingDays};
pub use case::{Case, DatedStatement};
pub use decision::{Decision, Goal};
pub use event::{Event, EventId, Length, Outcome, Start};
pub use pairing::{Row, is_by_position, pairs};
pub use proposition::{Bound, DayClass, Point, Proposition, Side, Statement};
pub use report::{Claim, Report, Strength};

use crate::day::Day;

/// A whole scenario.
///
/// Invariants, kept by whoever builds one: event ids and indices are in range; `after` forms no circle; every
/// probability lies in 0 to 1; every prior has positive mass; ids of rules, reports, observations and queries differ.
#[derive(Clone, Debug)]
pub struct Model {
    pub title: Option<String>,
    /// First and last day on which an event may start.
    pub horizon: (Day, Day),
    pub as_of: Option<Day>,
    pub calendar: Calendar,
    pub events: Vec<Event>,
    pub rules: Vec<Rule>,
    pub reports: Vec<Report>,
    pub observations: Vec<Observation>,
    /// Facts learned last of all.
    pub assumptions: Vec<Assumption>,
    pub queries: Vec<Query>,
    /// What the user decides. In propositions of goals and of plan rules, the event with the index `events.len() + k` is
    /// decision `k`; no other proposition names one.
    pub decisions: Vec<Decision>,
    pub goals: Vec<Goal>,
    /// Rules about decisions alone: they say which plans are allowed, and nothing of the world.
    pub plan_rules: Vec<Rule>,
}

/// A hard rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub id: String,
    pub text: String,
    pub says: Proposition,
    /// Left out at the user's wish.
    pub dropped: bool,
}

/// A hard fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    pub id: String,
    pub text: String,
    pub date: Option<Day>,
    pub says: Proposition,
    /// Left out at the user's wish.
    pub dropped: bool,
}

/// A fact given for the occasion.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumption {
    pub text: String,
    pub says: Proposition,
    /// Left out at the user's wish.
    pub dropped: bool,
}

/// A question.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub id: String,
    pub text: String,
    pub ask: Proposition,
    /// Its answer, where the file gives it: for scoring only.
    pub outcome: Option<bool>,
}

impl Model {
    /// The least and the greatest length of an event, wherever in the horizon it starts.
    pub fn lengths(&self, event: EventId) -> (i32, i32) {
        match &self.events[event.0].length {
            Length::Days(masses) => (masses.first, masses.last()),
            Length::WorkingDays(count) => self.calendar.working.lengths(*count, self.horizon),
        }
    }

    /// Number of days on which an event may start.
    pub fn days(&self) -> i32 {
        self.horizon.1 - self.horizon.0 + 1
    }
}
