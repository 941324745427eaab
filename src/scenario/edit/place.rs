//! A key of the scenario file in; what may stand there, and how its values are written, out.

use crate::scenario::build::{HORIZON_KEYS, OBSERVATION_KEYS, QUERY_KEYS, RULE_KEYS, TOP_KEYS};
use crate::scenario::calendar::CALENDAR_KEYS;
use crate::scenario::decision::{DECISION_KEYS, GOAL_KEYS};
use crate::scenario::distribution::{DATED_WEIGHT_KEYS, DURATION_KEYS, KEYS as DISTRIBUTION_KEYS, WEIGHT_KEYS};
use crate::scenario::event::{KEYS as EVENT_KEYS, WEEKDAYS};
use crate::scenario::report::{REPORT_KEYS, SOURCE_KEYS};
use crate::scenario::slip::SLIP_KEYS;

/// A place in a scenario file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A table whose keys are known.
    Table(Table),
    /// Tables by name, such as `[event.NAME]`.
    Named(Table),
    /// Probabilities by grade.
    Grades,
    /// A list of tables with ids, such as `[[rule]]`.
    Rows(Table),
    /// A list whose members have numbers: of tables, or of plain values.
    List(Option<Table>),
    Value(Wants),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    Top,
    Horizon,
    Calendar,
    Event,
    Source,
    Rule,
    Report,
    Observation,
    Query,
    Decision,
    Goal,
    Prior,
    /// A distribution of numbers of days.
    Duration,
    Delay,
    DatedWeight,
    Weight,
    Weekdays,
    Slip,
}

/// How a value that stands without quotes in an argument is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    /// As a text, whatever it looks like.
    Text,
    /// As a TOML date, else as a text: the text of a date expression may be a number.
    Days,
    /// As TOML, else as a text.
    Any,
}

/// Keys whose value is a text in whatever table.
const TEXTS: &[&str] = &["title", "says", "ask", "source", "id", "quote", "echoes", "grade", "shape", "include"];
/// Keys whose value is a date or a date expression.
const DATE_EXPRESSIONS: &[&str] = &["window", "in"];

impl Table {
    /// The keys that the reader knows here.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Table::Top => TOP_KEYS,
            Table::Horizon => HORIZON_KEYS,
            Table::Calendar => CALENDAR_KEYS,
            Table::Event => EVENT_KEYS,
            Table::Source => SOURCE_KEYS,
            Table::Rule => RULE_KEYS,
            Table::Report => REPORT_KEYS,
            Table::Observation => OBSERVATION_KEYS,
            Table::Query => QUERY_KEYS,
            Table::Decision => DECISION_KEYS,
            Table::Goal => GOAL_KEYS,
            Table::Prior | Table::Delay => DISTRIBUTION_KEYS,
            Table::Duration => DURATION_KEYS,
            Table::DatedWeight => DATED_WEIGHT_KEYS,
            Table::Weight => WEIGHT_KEYS,
            Table::Weekdays => WEEKDAYS,
            Table::Slip => SLIP_KEYS,
        }
    }

    /// What stands at a key of this table.
    pub fn child(self, key: &str) -> Place {
        match (self, key) {
            (Table::Top, "horizon") => Place::Table(Table::Horizon),
            (Table::Top, "calendar") => Place::Table(Table::Calendar),
            (Table::Top, "event") => Place::Named(Table::Event),
            (Table::Top, "source") => Place::Named(Table::Source),
            (Table::Top, "grade") => Place::Grades,
            (Table::Top, "rule") => Place::Rows(Table::Rule),
            (Table::Top, "report") => Place::Rows(Table::Report),
            (Table::Top, "observation") => Place::Rows(Table::Observation),
            (Table::Top, "query") => Place::Rows(Table::Query),
            (Table::Top, "decision") => Place::Named(Table::Decision),
            (Table::Top, "goal") => Place::Rows(Table::Goal),
            (Table::Calendar, "holidays" | "workweek") | (Table::Event, "after") | (Table::Decision, "watch") => {
                Place::List(None)
            }
            (Table::Event, "prior") => Place::Table(Table::Prior),
            (Table::Event, "duration") => Place::Table(Table::Duration),
            (Table::Event, "delay") => Place::Table(Table::Delay),
            (Table::Event, "weekdays") => Place::Table(Table::Weekdays),
            (Table::Prior, "weights") => Place::List(Some(Table::DatedWeight)),
            (Table::Duration | Table::Delay, "weights") => Place::List(Some(Table::Weight)),
            (Table::Source | Table::Report, "slip") => Place::Table(Table::Slip),
            _ => Place::Value(wanted(key)),
        }
    }
}

fn wanted(key: &str) -> Wants {
    if TEXTS.contains(&key) {
        Wants::Text
    } else if DATE_EXPRESSIONS.contains(&key) {
        Wants::Days
    } else {
        Wants::Any
    }
}

impl Place {
    /// How a value is read that takes the place as a whole; `None` where the place has parts to be set one by one.
    pub fn wants(self) -> Option<Wants> {
        match self {
            Place::Value(wants) => Some(wants),
            Place::Table(Table::Top | Table::Event | Table::Source | Table::Decision)
            | Place::Named(_)
            | Place::Rows(_) => None,
            Place::Table(Table::Rule | Table::Report | Table::Observation | Table::Query | Table::Goal) => None,
            Place::Table(_) | Place::Grades | Place::List(_) => Some(Wants::Any),
        }
    }

    /// What is at the next part of a path, which stands in the file or may stand there.
    pub fn below(self, name: &str) -> Place {
        match self {
            Place::Table(table) => table.child(name),
            Place::Named(table) | Place::Rows(table) | Place::List(Some(table)) => Place::Table(table),
            Place::Grades | Place::List(None) | Place::Value(_) => Place::Value(Wants::Any),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_follow_the_keys() {
        let path = |keys: &[&str]| keys.iter().fold(Place::Table(Table::Top), |place, key| place.below(key));
        assert_eq!(path(&["event", "visit", "prior", "weights", "0", "in"]), Place::Value(Wants::Days));
        assert_eq!(path(&["event", "visit", "duration"]).wants(), Some(Wants::Any));
        assert_eq!(path(&["report", "late-may", "grade"]), Place::Value(Wants::Text));
        assert_eq!(path(&["grade", "B2"]), Place::Value(Wants::Any));
        assert_eq!(path(&["source", "reuters"]).wants(), None);
        assert_eq!(path(&["rule"]).wants(), None);
    }

    #[test]
    fn every_key_of_the_top_that_has_parts_is_known() {
        let plain = ["title", "include", "as_of"];
        for key in TOP_KEYS.iter().filter(|key| !plain.contains(key)) {
            assert!(!matches!(Table::Top.child(key), Place::Value(_)), "{key}");
        }
    }
}
