//! A model whose outcome is known in; how good its forecasts were, as of each evening before it was known, out.

mod measure;
mod record;
mod summary;
mod truth;

pub use measure::{DateScore, WindowScore, brier, date_score, log_score, window_scores};
pub use record::{SourceRecord, Testimony, alone, testimonies};
pub use summary::{
    Average, BrierParts, Coverage, DateSummary, QuerySummary, ReliabilityBin, ScoreSummary, Skill, average, reliability,
};

use super::options::Options;
use super::outcome::{Method, Refusal, is_exact};
use super::parallel::in_parallel;
use super::series::{Brief, Found, Series};
use super::timeline::{Every, heard};
use crate::day::Day;
use crate::model::{Model, Outcome};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use truth::decided;
pub use truth::truth_when_slipped;

/// More as-of dates than this are never meant.
const MOST_DATES: usize = 100_000;

/// As of which evenings forecasts are scored; those after the answer was known do not count.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// One evening.
    AsOf(Day),
    /// One after the other, from the scenario's first report or observation (or else the day before its horizon) on.
    Every(Every),
    /// So many days before the answer was known, each at least 1.
    Before(Vec<i32>),
}

impl Default for When {
    /// Every week.
    fn default() -> When {
        When::Every(Every(7))
    }
}

/// How good the forecasts of one scenario were.
#[derive(Clone, Debug, Serialize)]
pub struct Scored {
    pub title: Option<String>,
    pub events: Vec<ScoredEvent>,
    pub queries: Vec<ScoredQuery>,
    pub sources: Vec<SourceRecord>,
    /// What could not be scored, and why: sentences.
    pub notes: Vec<String>,
}

impl Scored {
    /// Whether there is any score.
    pub fn is_empty(&self) -> bool {
        self.events.iter().all(|event| event.scores.is_empty())
            && self.queries.iter().all(|query| query.scores.is_empty())
    }
}

/// An event whose outcome is known.
#[derive(Clone, Debug, Serialize)]
pub struct ScoredEvent {
    pub event: String,
    /// When it started; `None`: it did not occur.
    pub happened: Option<Day>,
    pub scores: Vec<EventScore>,
}

/// How good the forecast of an event was as of one evening.
#[derive(Clone, Debug, Serialize)]
pub struct EventScore {
    pub as_of: Day,
    #[serde(skip_serializing_if = "is_exact")]
    pub method: Method,
    #[serde(flatten)]
    pub forecast: DateScore,
    /// Of the forecast without reports.
    pub base: DateScore,
    /// Of equal probabilities on the horizon's days after that evening.
    pub uniform: DateScore,
    /// The day by which it was as likely as not to have started; `None`: none within the horizon.
    pub median: Option<Day>,
    /// Days from the median to what happened, where there are both.
    pub error_days: Option<i32>,
    /// The forecast's probability of anything earlier than what happened, and with that itself.
    pub pit: (f64, f64),
    pub windows: Vec<WindowScore>,
}

/// A question whose answer is known.
#[derive(Clone, Debug, Serialize)]
pub struct ScoredQuery {
    pub query: String,
    pub outcome: bool,
    /// The evening on which the answer was known; `None` where the file gives it without a date.
    pub known: Option<Day>,
    pub scores: Vec<QueryScore>,
}

/// How good the answer to a question was as of one evening.
#[derive(Clone, Debug, Serialize)]
pub struct QueryScore {
    pub as_of: Day,
    #[serde(skip_serializing_if = "is_exact")]
    pub method: Method,
    pub probability: f64,
    pub brier: f64,
    /// Of the forecast without reports.
    pub base: QueryReference,
    /// Of an even chance.
    pub uniform: QueryReference,
}

/// Another forecast of the same question.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct QueryReference {
    pub probability: f64,
    pub brier: f64,
}

impl QueryReference {
    fn new(probability: f64, outcome: bool) -> QueryReference {
        QueryReference { probability, brier: brier(probability, outcome) }
    }
}

/// Something to be scored: what it is, its outcome, and the evening on which that was known.
#[derive(Clone, Debug)]
enum Target {
    Event { event: usize, happened: Option<Day>, known: Day },
    Query { query: usize, outcome: bool, known: Option<Day> },
}

impl Target {
    /// Forecasts as of this evening or a later one knew the answer.
    fn end(&self, model: &Model) -> Day {
        match self {
            Target::Event { known, .. } => *known,
            Target::Query { known, .. } => known.unwrap_or(model.horizon.1),
        }
    }
}

/// What was to be found out as of one evening: with reports and without them.
struct Evening {
    forecast: Found,
    base: Found,
}

/// Scores a model's forecasts.
///
/// # Errors
/// Where there are more as-of dates than can be meant.
pub fn score(model: &Model, when: &When, options: &Options) -> Result<Scored, Refusal> {
    let mut notes = Vec::new();
    let targets = targets(model, &mut notes);
    let asked: Vec<Vec<Day>> = targets.iter().map(|target| dates(model, when, target)).collect::<Result<_, _>>()?;
    let every: BTreeSet<Day> = asked.iter().flatten().copied().collect();
    let every: Vec<Day> = every.into_iter().collect();
    let silent = without_reports(model);
    let evenings = in_parallel(every.len(), options.limits, |limits, turns| {
        let mut options = Options { limits, ..options.clone() };
        options.sampling.threads = limits.threads;
        let mut series = Series::new(model, &options);
        let mut find = |model: &Model, as_of| series.find(&Model { as_of: Some(as_of), ..model.clone() });
        let mut evening = |as_of| Evening { forecast: find(model, as_of), base: find(&silent, as_of) };
        turns.map(|index| (index, evening(every[index]))).collect()
    });
    let evenings: BTreeMap<Day, Evening> = every.into_iter().zip(evenings).collect();
    let mut scored = Scored {
        title: model.title.clone(),
        events: Vec::new(),
        queries: Vec::new(),
        sources: record::records(model, options, &mut notes),
        notes: Vec::new(),
    };
    for (target, dates) in targets.iter().zip(&asked) {
        let found = dates.iter().filter_map(|date| Some((*date, briefs(&evenings[date])?)));
        match *target {
            Target::Event { event, happened, .. } => {
                let scores = found.map(|(date, briefs)| event_score(model, event, happened, date, briefs)).collect();
                scored.events.push(ScoredEvent { event: model.events[event].id.clone(), happened, scores });
            }
            Target::Query { query, outcome, known } => {
                let scores = found.map(|(date, briefs)| query_score(query, outcome, date, briefs)).collect();
                scored.queries.push(ScoredQuery { query: model.queries[query].id.clone(), outcome, known, scores });
            }
        }
    }
    notes.extend(evenings.iter().filter_map(|(date, evening)| failure(*date, evening)));
    scored.notes = notes;
    Ok(scored)
}

/// The same model with nothing said.
fn without_reports(model: &Model) -> Model {
    let mut silent = model.clone();
    silent.reports.iter_mut().for_each(|report| report.dropped = true);
    silent
}

fn briefs(evening: &Evening) -> Option<(&Brief, &Brief)> {
    match (&evening.forecast, &evening.base) {
        (Found::Brief(forecast), Found::Brief(base)) => Some((forecast, base)),
        _ => None,
    }
}

fn failure(date: Day, evening: &Evening) -> Option<String> {
    let why = |found: &Found| match found {
        Found::Brief(_) => None,
        Found::Infeasible => Some("nothing that keeps all rules and facts could happen".to_string()),
        Found::Refused(why) => Some(why.to_string()),
    };
    Some(format!("as of {date}: {}", why(&evening.forecast).or_else(|| why(&evening.base))?))
}

/// Everything whose outcome is known.
fn targets(model: &Model, notes: &mut Vec<String>) -> Vec<Target> {
    let events = model.events.iter().enumerate().filter(|(_, event)| !event.is_on_a_date());
    let mut found: Vec<Target> = events
        .filter_map(|(event, about)| {
            Some(match about.happened? {
                Outcome::Started(day) => Target::Event { event, happened: Some(day), known: day },
                Outcome::DidNotOccur => Target::Event { event, happened: None, known: model.horizon.1 },
            })
        })
        .collect();
    for (query, about) in model.queries.iter().enumerate() {
        let follows = about.ask.events().iter().any(|event| model.events[event.0].happened.is_some());
        let derived = if follows { decided(model, &about.ask) } else { None };
        if let (Some(given), Some((_, truth))) = (about.outcome, derived)
            && given != truth
        {
            notes.push(format!(
                "query {}: the file says {given}, the events' dates say {truth}; it is scored as the file says",
                about.id
            ));
        }
        let outcome = about.outcome.or(derived.map(|(_, truth)| truth));
        let known = derived.map(|(day, _)| day);
        found.extend(outcome.map(|outcome| Target::Query { query, outcome, known }));
    }
    found
}

/// The evenings as of which a target is scored.
fn dates(model: &Model, when: &When, target: &Target) -> Result<Vec<Day>, Refusal> {
    let end = target.end(model);
    let mut dates: Vec<Day> = match when {
        When::AsOf(day) => vec![*day],
        When::Before(days) => days.iter().map(|days| end + -*days).collect(),
        When::Every(Every(step)) => {
            let first = first_evening(model);
            let count = if end > first { (end - first - 1) / (*step).max(1) + 1 } else { 0 };
            if count as usize > MOST_DATES {
                let why = format!("{count} as-of dates are too many: at most {MOST_DATES}");
                return Err(Refusal::Named(why));
            }
            (0..count).map(|index| first + index * step).collect()
        }
    };
    dates.retain(|day| *day < end);
    dates.sort_unstable();
    dates.dedup();
    Ok(dates)
}

fn event_score(
    model: &Model,
    event: usize,
    happened: Option<Day>,
    as_of: Day,
    (forecast, base): (&Brief, &Brief),
) -> EventScore {
    let (brief, base) = (&forecast.events[event], &base.events[event]);
    let about = &model.events[event];
    let from = if about.visible { (as_of + 1).clamp(model.horizon.0, model.horizon.1) } else { model.horizon.0 };
    let median = brief.distribution.quantile(0.5);
    EventScore {
        as_of,
        method: forecast.method.clone(),
        forecast: measure::date_score(&brief.distribution, brief.never, model.horizon, happened),
        base: measure::date_score(&base.distribution, base.never, model.horizon, happened),
        uniform: measure::uniform_score(from, model.horizon, happened),
        median,
        error_days: happened.zip(median).map(|(happened, median)| happened - median),
        pit: measure::pit(&brief.distribution, happened),
        windows: measure::window_scores(&brief.distribution, brief.never, happened),
    }
}

fn query_score(query: usize, outcome: bool, as_of: Day, (forecast, base): (&Brief, &Brief)) -> QueryScore {
    let (probability, _) = forecast.queries[query];
    QueryScore {
        as_of,
        method: forecast.method.clone(),
        probability,
        brier: brier(probability, outcome),
        base: QueryReference::new(base.queries[query].0, outcome),
        uniform: QueryReference::new(0.5, outcome),
    }
}

/// The first evening as of which anything is to be scored.
fn first_evening(model: &Model) -> Day {
    heard(model).first().copied().unwrap_or(model.horizon.0 + -1)
}
