//! Cases whose outcome is known in; how good forecasts of them would have been on every day on which something was said, each
//! with what was known by then, out.

mod baseline;
mod replay;
mod summary;

pub use summary::{BacktestSummary, DateFigures, Figures};

use super::learn::{BetaPrior, DEPENDENT, Learned, Learner, Waits, by_outcome, resolved, speaks};
use super::options::Options;
use super::parallel::in_parallel;
use super::score::{DateScore, WindowScore};
use crate::day::Day;
use crate::model::{Case, DatedStatement};
use replay::{Evening, evaluate};
use serde::Serialize;
use std::collections::BTreeSet;

/// Dates stated farther away from their report than this, in days, are slips of the pen, and left out of everything.
const FARTHEST: i32 = 18_263;

/// How good forecasts of cases would have been.
#[derive(Clone, Debug, Serialize)]
pub struct Backtest {
    pub cases: usize,
    /// Statements of the table.
    pub rows: usize,
    /// Statements that are left out since they name a date fifty years or more away from their day.
    pub left_out: usize,
    /// Statements that are left out since they were made on the day of the outcome or later.
    pub late: usize,
    pub summary: BacktestSummary,
    /// What is believed after the last case.
    pub learned: Learned,
    pub evaluations: Vec<Evaluation>,
}

/// The forecast of a case as of an evening on which something was said of it.
#[derive(Clone, Debug, Serialize)]
pub struct Evaluation {
    pub case: String,
    pub as_of: Day,
    /// Days on which it was forecast to start.
    pub horizon: (Day, Day),
    /// `None`: it never happened. One beyond the horizon is scored as such.
    pub outcome: Option<Day>,
    /// How many statements of that day name a date: this evaluation counts as often.
    pub statements: usize,
    pub forecast: Judged,
    /// Without reports.
    pub no_reports: Judged,
    /// The slips of earlier cases, counted from the latest statement; `None` where no date was stated.
    pub base_rate: Option<Judged>,
    /// Days between the middle of what was stated and the outcome, the mean of the day's statements.
    pub statement_error: Option<f64>,
}

/// A forecast distribution beside what happened.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    /// The day by which it was as likely as not to have started; `None`: none within the horizon.
    pub median: Option<Day>,
    /// Days between that (or the day after the horizon) and the outcome; `None` where there was none.
    pub absolute_error: Option<f64>,
    #[serde(flatten)]
    pub score: DateScore,
    pub windows: Vec<WindowScore>,
    /// Probabilities of having started by the stated day, a week later and a month later, and whether it had.
    #[serde(skip)]
    pub answers: Vec<(f64, bool)>,
}

/// Replays cases: each is forecast on the evenings of its statements, with what had been learned from cases whose outcome was known
/// before that evening.
pub fn backtest(cases: &[Case], prior: BetaPrior, options: &Options) -> Backtest {
    let (cases, rows, left_out) = without_slips_of_the_pen(cases);
    let said: usize = cases.iter().map(|case| case.statements.len()).sum();
    let cases: Vec<Case> = cases.iter().filter_map(Case::before_outcome).collect();
    let late = said - cases.iter().map(|case| case.statements.len()).sum::<usize>();
    let evenings = evenings(&cases, prior);
    let evaluations = in_parallel(evenings.len(), options.limits, |limits, turns| {
        let options = Options { limits, ..options.clone() };
        turns.map(|index| (index, evaluate(&evenings[index], &options))).collect()
    });
    let learned = super::learn::learn_cases(&cases, prior);
    let summary = BacktestSummary::of(&evaluations);
    Backtest { cases: cases.len(), rows, left_out, late, summary, learned, evaluations }
}

/// The cases without statements of dates that cannot be meant; how many statements there were, and how many are left out.
fn without_slips_of_the_pen(cases: &[Case]) -> (Vec<Case>, usize, usize) {
    let meant = |statement: &DatedStatement| {
        statement.stated.is_none_or(|(first, last)| {
            (first - statement.date).abs() < FARTHEST && (last - statement.date).abs() < FARTHEST
        })
    };
    let rows = cases.iter().map(|case| case.statements.len()).sum();
    let mut kept: Vec<Case> = cases.to_vec();
    kept.iter_mut().for_each(|case| case.statements.retain(meant));
    kept.retain(|case| !case.statements.is_empty());
    let left = rows - kept.iter().map(|case| case.statements.len()).sum::<usize>();
    (kept, rows, left)
}

/// What was known on each evening on which something was said, in order.
fn evenings(cases: &[Case], prior: BetaPrior) -> Vec<Evening<'_>> {
    let by_outcome = by_outcome(cases);
    let mut known = by_outcome.chunk_by(|one, other| resolved(one) == resolved(other)).peekable();
    let told: BTreeSet<(Day, usize)> =
        cases.iter().enumerate().flat_map(|(at, case)| case.days().into_iter().map(move |day| (day, at))).collect();
    let mut learner = Learner::new(prior, DEPENDENT, false);
    let mut evenings = Vec::new();
    for (as_of, at) in told {
        // Strictly before: what happens today is not known when today's forecast is made.
        while let Some(day) = known.next_if(|day| resolved(day[0]) < as_of) {
            learner.cases(day);
        }
        let case = &cases[at];
        let sources: BTreeSet<&str> =
            case.statements.iter().filter(|s| s.date <= as_of && speaks(s)).map(|s| s.source.as_str()).collect();
        let beliefs =
            sources.into_iter().map(|source| (source.to_string(), learner.belief(source).essence())).collect();
        evenings.push(Evening {
            case,
            as_of,
            beliefs,
            occurs: learner.occurs(),
            waits: learner.waits.clone(),
            slips: learner.every_slip().to_vec(),
        });
    }
    evenings
}

/// The prior of an evening: that of waits, with or without reports beside it.
fn shape(waits: &Waits, reports: bool, horizon: (Day, Day)) -> crate::shape::Masses {
    super::learn::prior(horizon, waits.law(reports))
}
