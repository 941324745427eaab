//! Words and days in, sentences whose days can be written in several ways out.

use crate::day::Day;
use serde::{Serialize, Serializer};
use std::fmt;

/// A sentence without a full stop, in which days are still days.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sentence {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Words(String),
    Day(Day),
}

impl Sentence {
    /// Adds words.
    pub fn say(mut self, words: impl Into<String>) -> Sentence {
        self.parts.push(Part::Words(words.into()));
        self
    }

    /// Adds a day.
    pub fn day(mut self, day: Day) -> Sentence {
        self.parts.push(Part::Day(day));
        self
    }

    /// Adds another sentence.
    pub fn join(mut self, other: Sentence) -> Sentence {
        self.parts.extend(other.parts);
        self
    }

    /// The sentence with its days written as `day` does.
    pub fn with_days(&self, day: impl Fn(Day) -> String) -> String {
        let part = |part: &Part| match part {
            Part::Words(words) => words.clone(),
            Part::Day(found) => day(*found),
        };
        self.parts.iter().map(part).collect()
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_days(|day| day.to_string()))
    }
}

impl Serialize for Sentence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
