//! A scenario as the tests think of it, independent of the crate's own types: plain data, in days from the horizon's first.

use crate::cases::window::Window;
use chrono::{Datelike, Days, NaiveDate};

/// A whole scenario, and what is changed in it without touching the file.
#[derive(Clone, Debug)]
pub struct Case {
    /// The horizon's first day; every `i32` day below counts from it.
    pub origin: NaiveDate,
    /// The horizon's length.
    pub days: i32,
    pub titled: bool,
    pub as_of: Option<i32>,
    pub holidays: Vec<i32>,
    /// The weekdays of the workweek from Monday on, where the file names them.
    pub workweek: Option<[bool; 7]>,
    /// Grades with a credibility of their own.
    pub grades: Vec<(String, f64)>,
    pub events: Vec<Event>,
    pub sources: Vec<Source>,
    pub rules: Vec<Rule>,
    pub observations: Vec<Observation>,
    pub reports: Vec<Report>,
    pub queries: Vec<Query>,
    pub changes: Changed,
}

/// What the command line would change.
#[derive(Clone, Debug, Default)]
pub struct Changed {
    pub as_of: Option<i32>,
    pub assume: Vec<Proposition>,
    pub ask: Vec<Proposition>,
    pub without: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Event {
    pub name: String,
    pub start: Start,
    pub length: Length,
    pub visible: bool,
    pub happened: Option<Outcome>,
}

#[derive(Clone, Debug)]
pub enum Start {
    On(i32),
    Prior {
        /// `None`: nothing is written, which means uniform.
        spread: Option<Spread>,
        window: Option<Window>,
        /// Factors from Monday on; `None` where the file gives none.
        weekdays: Option<[Option<f64>; 7]>,
        occurs: Option<f64>,
    },
    After {
        predecessors: Vec<usize>,
        delay: Delay,
        occurs: Option<f64>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    Started(i32),
    DidNotOccur,
}

#[derive(Clone, Debug)]
pub enum Length {
    Default,
    Whole(i32),
    WorkingDays(i32),
    Spread(Spread),
}

#[derive(Clone, Debug)]
pub enum Delay {
    Default,
    Whole(i32),
    Spread(Spread),
}

/// A distribution; its points are days from the origin in a prior, and plain numbers of days elsewhere.
#[derive(Clone, Debug)]
pub enum Spread {
    Uniform {
        from: Option<i32>,
        to: Option<i32>,
    },
    Triangular {
        low: f64,
        mode: f64,
        high: f64,
    },
    Pert {
        low: f64,
        mode: f64,
        high: f64,
    },
    Normal {
        mean: f64,
        sd: f64,
    },
    Exponential {
        from: Option<i32>,
        mean: f64,
    },
    LogNormal {
        from: Option<i32>,
        median: f64,
        spread: f64,
    },
    /// In a prior.
    WindowWeights(Vec<(Window, f64)>),
    /// In a duration or delay.
    DayWeights(Vec<(i32, f64)>),
}

#[derive(Clone, Debug)]
pub struct Source {
    pub id: String,
    pub strength: Option<Strength>,
    pub hedge: Option<Hedge>,
    pub slip: Option<Slip>,
}

#[derive(Clone, Debug)]
pub enum Strength {
    Credibility(f64),
    Grade(String),
    LikelihoodRatio(f64),
}

#[derive(Clone, Debug)]
pub enum Hedge {
    Number(f64),
    Term(&'static str),
}

/// Near misses in days.
#[derive(Clone, Copy, Debug)]
pub enum Slip {
    Linear { early: i32, late: i32 },
    Tailed { exact: f64, late_share: f64, late_days: f64, early_days: f64, growth: f64 },
}

#[derive(Clone, Debug)]
pub struct Rule {
    pub id: Option<String>,
    pub says: Proposition,
}

#[derive(Clone, Debug)]
pub struct Observation {
    pub id: Option<String>,
    pub date: Option<i32>,
    pub says: Proposition,
}

#[derive(Clone, Debug)]
pub struct Report {
    pub id: Option<String>,
    /// Index of a source.
    pub source: Option<usize>,
    pub date: Option<i32>,
    pub says: Proposition,
    pub strength: Option<Strength>,
    pub hedge: Option<Hedge>,
    pub slip: Option<Slip>,
    /// Index of another report.
    pub echoes: Option<usize>,
    pub independent: bool,
}

#[derive(Clone, Debug)]
pub struct Query {
    pub id: Option<String>,
    pub ask: Proposition,
}

#[derive(Clone, Debug)]
pub enum Proposition {
    If(Box<Proposition>, Box<Proposition>),
    Or(Vec<Proposition>),
    And(Vec<Proposition>),
    Not(Box<Proposition>),
    Statement(Statement),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Side {
    Whole,
    Start,
    End,
}

#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// Index of an event.
    pub event: usize,
    pub side: Side,
}

#[derive(Clone, Debug)]
pub struct Statement {
    pub point: Point,
    pub predicate: Predicate,
}

#[derive(Clone, Debug)]
pub enum Predicate {
    Occurs,
    In(Window),
    On(Window),
    OnA(DayClass),
    By(Window),
    NoEarlierThan(Window),
    Before(Gap, Anchor),
    After(Gap, Anchor),
    Within(i32, Anchor),
    WithinWorkingDays(i32, Anchor),
    Related(Relation, Point),
}

#[derive(Clone, Copy, Debug)]
pub enum DayClass {
    Weekday,
    Weekend,
    Holiday,
    WorkingDay,
    /// 0 for Monday.
    Named(u32),
}

/// A gap in days.
#[derive(Clone, Copy, Debug)]
pub enum Gap {
    Plain,
    Exactly(i32),
    Between(i32, i32),
    AtLeast(i32),
    AtMost(i32),
    Working(Count),
}

/// A gap in working days.
#[derive(Clone, Copy, Debug)]
pub enum Count {
    Exactly(i32),
    Between(i32, i32),
    AtLeast(i32),
    AtMost(i32),
}

#[derive(Clone, Debug)]
pub enum Anchor {
    Point(Point),
    Window(Window),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    During,
    Contains,
    Overlaps,
    Meets,
    StartsWith,
    EndsWith,
    CoincidesWith,
}

impl Case {
    /// The calendar date of a day.
    pub fn date(&self, day: i32) -> NaiveDate {
        date_of(self.origin, day)
    }

    /// The as-of date that counts.
    pub fn as_of(&self) -> Option<i32> {
        self.changes.as_of.or(self.as_of)
    }

    pub fn rule_id(&self, index: usize) -> String {
        id_or(&self.rules[index].id, "rule", index)
    }

    pub fn observation_id(&self, index: usize) -> String {
        id_or(&self.observations[index].id, "observation", index)
    }

    pub fn report_id(&self, index: usize) -> String {
        id_or(&self.reports[index].id, "report", index)
    }

    /// Whether the changes leave an id out.
    pub fn is_dropped(&self, id: &str) -> bool {
        self.changes.without.iter().any(|dropped| dropped == id)
    }

    /// 0 for Monday.
    pub fn weekday(&self, day: i64) -> u32 {
        let first = i64::from(self.origin.weekday().num_days_from_monday());
        (first + day).rem_euclid(7) as u32
    }

    /// Whether a day belongs to the workweek and is no holiday.
    pub fn is_working_day(&self, day: i64) -> bool {
        let workweek = self.workweek.unwrap_or([true, true, true, true, true, false, false]);
        workweek[self.weekday(day) as usize] && !self.holidays.iter().any(|holiday| i64::from(*holiday) == day)
    }

    pub fn is_on_a_date(&self, event: usize) -> bool {
        matches!(self.events[event].start, Start::On(_))
    }

    /// Every proposition of the case.
    pub fn propositions(&self) -> Vec<&Proposition> {
        let rules = self.rules.iter().map(|rule| &rule.says);
        let observations = self.observations.iter().map(|o| &o.says);
        let reports = self.reports.iter().map(|report| &report.says);
        let queries = self.queries.iter().map(|query| &query.ask);
        let changes = self.changes.assume.iter().chain(&self.changes.ask);
        rules.chain(observations).chain(reports).chain(queries).chain(changes).collect()
    }
}

/// The date so many days after another.
pub fn date_of(origin: NaiveDate, day: i32) -> NaiveDate {
    let count = Days::new(u64::from(day.unsigned_abs()));
    let date = if day < 0 { origin.checked_sub_days(count) } else { origin.checked_add_days(count) };
    date.expect("the tests' dates are far from the calendar's ends")
}

fn id_or(id: &Option<String>, kind: &str, index: usize) -> String {
    id.clone().unwrap_or_else(|| format!("{kind}-{}", index + 1))
}

impl Proposition {
    /// All statements in it, from left to right.
    pub fn statements(&self) -> Vec<&Statement> {
        match self {
            Proposition::Statement(statement) => vec![statement],
            Proposition::Not(inner) => inner.statements(),
            Proposition::If(one, two) => [one.statements(), two.statements()].concat(),
            Proposition::And(parts) | Proposition::Or(parts) => {
                parts.iter().flat_map(|part| part.statements()).collect()
            }
        }
    }

    /// The events that it names, in order, each once.
    pub fn events(&self) -> Vec<usize> {
        let points = self.statements().into_iter().flat_map(Statement::points);
        let mut events: Vec<usize> = points.map(|point| point.event).collect();
        events.sort_unstable();
        events.dedup();
        events
    }

    /// Whether it says of some event that it occurs.
    pub fn says_occurs(&self) -> bool {
        self.statements().iter().any(|statement| matches!(statement.predicate, Predicate::Occurs))
    }
}

impl Statement {
    /// The points that it names.
    pub fn points(&self) -> Vec<Point> {
        let other = match &self.predicate {
            Predicate::Before(_, Anchor::Point(other))
            | Predicate::After(_, Anchor::Point(other))
            | Predicate::Within(_, Anchor::Point(other))
            | Predicate::WithinWorkingDays(_, Anchor::Point(other))
            | Predicate::Related(_, other) => Some(*other),
            _ => None,
        };
        [self.point].into_iter().chain(other).collect()
    }

    /// The window that it names.
    pub fn window(&self) -> Option<&Window> {
        match &self.predicate {
            Predicate::In(window)
            | Predicate::On(window)
            | Predicate::By(window)
            | Predicate::NoEarlierThan(window)
            | Predicate::Before(_, Anchor::Window(window))
            | Predicate::After(_, Anchor::Window(window))
            | Predicate::Within(_, Anchor::Window(window))
            | Predicate::WithinWorkingDays(_, Anchor::Window(window)) => Some(window),
            _ => None,
        }
    }
}
