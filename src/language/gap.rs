//! The words of a gap in, such as `2..4 working days`, its bounds out.

use super::parser::{Parsed, Parser};
use super::tree::{Distance, Gap};

/// The gap that `at least` leaves open, in days: longer than any horizon.
const FAR: i32 = 100_000_000;

impl Parser<'_> {
    pub(super) fn gap(&mut self) -> Parsed<Gap> {
        let far = Distance::Days(FAR);
        if self.take(&["at", "least"]) {
            return Ok(Gap { least: self.count()?, most: far });
        }
        if self.take(&["at", "most"]) || self.take(&["within"]) {
            let from = self.here();
            let most = self.count()?;
            if matches!(most, Distance::Days(0) | Distance::WorkingDays(0)) {
                let message = "a gap of at most 0 days leaves nothing";
                return Err(self.error(
                    from,
                    message,
                    "expected 1 or more: 'before' and 'after' want a day in between",
                ));
            }
            return Ok(Gap { least: Distance::Days(1), most });
        }
        if let Some((least, most, words)) = self.gap_range() {
            let span = self.here().start..self.tokens[self.at + words - 1].span.end;
            let (Some(least), Some(most)) = (number(&least), number(&most)) else {
                return Err(self.error(span, "the gap is too long", "expected numbers of at most six digits"));
            };
            if least > most {
                let label = "the first number is greater than the second";
                let mut error = self.error(span, "the gap runs backwards", label);
                error.help = Some(format!("did you mean '{most}..{least}'?"));
                return Err(error);
            }
            self.at += words;
            let unit = self.unit()?;
            return Ok(Gap { least: unit.times(least), most: unit.times(most) });
        }
        if self.word(0).starts_with(|c: char| c.is_ascii_digit()) {
            let distance = self.count()?;
            return Ok(Gap { least: distance, most: distance });
        }
        Ok(Gap { least: Distance::Days(1), most: far })
    }

    /// `3..10`, `3 .. 10`, `3.. 10`, `3 to 10`: the two numbers as written and how many words they take.
    fn gap_range(&self) -> Option<(String, String, usize)> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let joined = |count: usize| (0..count).map(|i| self.word(i)).collect::<Vec<_>>().join(" ");
        for words in 1..=3 {
            let text = joined(words);
            let split =
                if words == 3 && self.word(1) == "to" { text.split_once(" to ") } else { text.split_once("..") };
            let Some((left, right)) = split else { continue };
            let (left, right) = (left.strip_suffix(' ').unwrap_or(left), right.strip_prefix(' ').unwrap_or(right));
            if digits(left) && digits(right) {
                return Some((left.to_string(), right.to_string(), words));
            }
        }
        None
    }

    /// `N unit`
    pub(super) fn count(&mut self) -> Parsed<Distance> {
        let Some(count) = number(self.word(0)) else {
            return Err(self.unexpected("expected a whole number of at most six digits", &[]));
        };
        self.at += 1;
        Ok(self.unit()?.times(count))
    }

    fn unit(&mut self) -> Parsed<Unit> {
        const UNITS: &[&str] = &["day", "days", "week", "weeks", "working"];
        let unit = match self.word(0) {
            "day" | "days" => Unit::Days(1),
            "week" | "weeks" => Unit::Days(7),
            "working" if matches!(self.word(1), "day" | "days") => {
                self.at += 1;
                Unit::WorkingDays
            }
            "working" => {
                self.at += 1;
                return Err(self.unexpected("expected 'days' after 'working'", &["day", "days"]));
            }
            word => {
                let calendar_unit = matches!(word, "month" | "months" | "year" | "years" | "quarter" | "quarters");
                let mut error = self.unexpected("expected 'days', 'weeks' or 'working days'", UNITS);
                if calendar_unit {
                    error.message = format!("'{word}' is no unit: its length varies");
                    error.help = Some("count in days, weeks or working days".to_string());
                } else if matches!(word, "business" | "work" | "workday" | "workdays" | "weekday" | "weekdays") {
                    error.help = Some("did you mean 'working days'?".to_string());
                }
                return Err(error);
            }
        };
        self.at += 1;
        Ok(unit)
    }
}

/// What a gap is counted in.
#[derive(Clone, Copy)]
enum Unit {
    /// In stretches of so many days.
    Days(i32),
    WorkingDays,
}

impl Unit {
    fn times(self, count: i32) -> Distance {
        match self {
            Unit::Days(days) => Distance::Days(count * days),
            Unit::WorkingDays => Distance::WorkingDays(count),
        }
    }
}

/// A whole number of at most six digits.
fn number(text: &str) -> Option<i32> {
    let digits = (1..=6).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{Anchor, DayClass, Predicate, Statement, Tree, Window, parse_proposition};
    use std::collections::HashMap;

    fn parse(text: &str) -> Statement {
        let horizon = Window { first: "2024-03-20".parse().unwrap(), last: "2024-07-31".parse().unwrap() };
        let events = HashMap::from([("visit".to_string(), 0), ("tour".to_string(), 1)]);
        match parse_proposition(text, &events, Some(horizon)) {
            Ok(Tree::Statement(statement)) => statement,
            other => panic!("{text}: {other:?}"),
        }
    }

    fn gap(text: &str) -> Gap {
        match parse(text).predicate {
            Predicate::Gap(gap, _, _) => gap,
            other => panic!("{text}: {other:?}"),
        }
    }

    /// A gap of days.
    fn days(least: i32, most: i32) -> Gap {
        Gap { least: Distance::Days(least), most: Distance::Days(most) }
    }

    #[test]
    fn gaps_in_every_spelling() {
        assert_eq!(gap("visit before tour"), days(1, FAR));
        assert_eq!(gap("visit 3 days before tour"), days(3, 3));
        for text in ["3..10", "3 .. 10", "3.. 10", "3 ..10", "3 to 10"] {
            assert_eq!(gap(&format!("visit {text} days before tour")), days(3, 10), "{text}");
        }
        assert_eq!(gap("visit 1..2 weeks after tour"), days(7, 14));
        assert_eq!(gap("visit at least 0 days after tour"), days(0, FAR));
        assert_eq!(gap("visit at most 2 weeks after late May"), days(1, 14));
        assert_eq!(gap("visit within 10 days before tour"), days(1, 10));
    }

    #[test]
    fn gaps_of_working_days() {
        let (working, far) = (Distance::WorkingDays, Distance::Days(FAR));
        assert_eq!(gap("visit 1 working day before tour"), Gap { least: working(1), most: working(1) });
        assert_eq!(gap("visit 2 to 4 Working Days after tour"), Gap { least: working(2), most: working(4) });
        assert_eq!(gap("visit at least 0 working days after tour"), Gap { least: working(0), most: far });
        // 'within' begins with the next day, whether that is a working day or not.
        let within = Gap { least: Distance::Days(1), most: working(9) };
        assert_eq!(gap("visit within 9 working days after tour"), within);
        let near = parse("visit within 3 working days of tour");
        assert!(matches!(near.predicate, Predicate::Within(Distance::WorkingDays(3), Anchor::Point(_))));
        let class = parse("visit on a working day");
        assert_eq!(class.predicate, Predicate::OnA(DayClass::Working));
    }
}
