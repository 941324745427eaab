//! Cases of a record: what was said of an event's date, and when it came.

use crate::day::Day;

/// One event of a table, with all that was said of its date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub id: String,
    /// The day on which it started; `None`: it never did.
    pub outcome: Option<Day>,
    /// By their dates; at least one.
    pub statements: Vec<DatedStatement>,
}

/// What a source said on a day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DatedStatement {
    pub date: Day,
    pub source: String,
    /// First and last day that it named; `None` where it named none.
    pub stated: Option<(Day, Day)>,
    /// Whether it said that the event will not happen.
    pub cancelled: bool,
}

impl Case {
    /// The day of the first statement.
    pub fn first(&self) -> Day {
        self.statements[0].date
    }

    /// The same without what was said once it had happened; `None` where nothing is left.
    pub fn before_outcome(&self) -> Option<Case> {
        let early = |statement: &&DatedStatement| self.outcome.is_none_or(|outcome| statement.date < outcome);
        let statements: Vec<DatedStatement> = self.statements.iter().filter(early).cloned().collect();
        (!statements.is_empty()).then(|| Case { id: self.id.clone(), outcome: self.outcome, statements })
    }

    /// The days on which something was said, each once.
    pub fn days(&self) -> Vec<Day> {
        let mut days: Vec<Day> = self.statements.iter().map(|statement| statement.date).collect();
        days.dedup();
        days
    }
}
