//! A model and a stretch of as-of dates in; the forecast as it stood on the evening of each of them, and what became known
//! since the one before, out.

use super::options::Options;
use super::outcome::{Method, QueryForecast, Refusal, is_exact, quantile_map};
use super::parallel::in_parallel;
use super::series::{Brief, EventBrief, Found, Series};
use super::summary::{Level, Quantile, Span, term};
use crate::day::Day;
use crate::model::{Model, Outcome};
use serde::Serialize;

/// More as-of dates than this are never meant.
const MOST_ROWS: i32 = 100_000;
/// Stretches of up to so many days are gone through day by day, longer ones week by week, where nothing else is said.
const DAILY: i32 = 62;

/// A distance between as-of dates, in days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Every(pub i32);

impl Every {
    /// The longest distance, in days.
    pub const LONGEST: i32 = 100_000;
}

impl std::str::FromStr for Every {
    type Err = String;

    /// `1d` or `2w`: so many days or weeks.
    fn from_str(text: &str) -> Result<Every, String> {
        let text = text.trim();
        let unit = |suffix| text.strip_suffix(suffix).and_then(|number: &str| number.parse::<i32>().ok());
        let days = unit('d').or_else(|| unit('w').map(|weeks| weeks.saturating_mul(7)));
        let found = days.filter(|days| (1..=Every::LONGEST).contains(days)).map(Every);
        found.ok_or_else(|| "expected a number of days or weeks, such as 1d or 1w".to_string())
    }
}

/// Which as-of dates: from one to the other in steps; the last one is included where it is not given, or a step leads to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// By default the earliest date of a report or observation, or else the horizon's first day.
    pub from: Option<Day>,
    /// By default the scenario's as-of date, or else the latest date of a report, observation or outcome.
    pub to: Option<Day>,
    /// By default a day where that makes no more than 62 dates, else a week.
    pub every: Option<Every>,
}

/// How a forecast moved.
#[derive(Clone, Debug)]
pub struct Timeline {
    pub title: Option<String>,
    pub horizon: Span,
    /// In the order of their dates; at least one.
    pub rows: Vec<TimelineRow>,
}

/// The forecast as it stood on one evening.
#[derive(Clone, Debug, Serialize)]
pub struct TimelineRow {
    pub as_of: Day,
    /// Whether anything keeps all rules and facts that were known; where not, or where it is out of reach, there are no
    /// figures.
    pub status: RowStatus,
    #[serde(skip_serializing_if = "is_exact")]
    pub method: Method,
    pub events: Vec<TimelineEvent>,
    pub queries: Vec<QueryForecast>,
    /// What became known since the row before: `report:ID`, `observation:ID`, `event:ID.happened`. In the first row all that
    /// has a date.
    pub news: Vec<String>,
    /// What the news say, in their order.
    #[serde(skip)]
    pub news_says: Vec<String>,
}

/// Whether there is a forecast.
#[derive(Clone, Debug, PartialEq)]
pub enum RowStatus {
    Ok,
    Infeasible,
    /// Why there is none: a sentence.
    Refused(String),
}

impl std::fmt::Display for RowStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RowStatus::Ok => f.write_str("ok"),
            RowStatus::Infeasible => f.write_str("infeasible"),
            RowStatus::Refused(why) => write!(f, "refused: {why}"),
        }
    }
}

impl Serialize for RowStatus {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// When an event was to start, by what was known.
#[derive(Clone, Debug, Serialize)]
pub struct TimelineEvent {
    pub id: String,
    #[serde(skip)]
    pub title: Option<String>,
    pub occurs: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurs_error: Option<f64>,
    /// Expected start in days after the horizon's first, given that it occurs.
    pub mean_day: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_day_error: Option<f64>,
    #[serde(serialize_with = "quantile_map")]
    pub quantiles: Vec<Quantile>,
    pub windows: Vec<Level>,
}

impl TimelineEvent {
    /// The day by which a probability of having started was reached; `None` where there is none within the horizon.
    pub fn quantile(&self, level: f64) -> Option<Day> {
        self.quantiles.iter().find(|quantile| quantile.level == level).and_then(|quantile| quantile.day)
    }
}

/// Forecasts a model as of one date after the other; what they have in common is computed once on every thread.
///
/// # Errors
/// Where the stretch ends before it begins or has too many dates.
pub fn timeline(model: &Model, stretch: Stretch, options: &Options) -> Result<Timeline, Refusal> {
    let dates = dates(model, stretch)?;
    let rows = in_parallel(dates.len(), options.limits, |limits, turns| {
        let mut options = Options { limits, ..options.clone() };
        options.sampling.threads = limits.threads;
        let mut series = Series::new(model, &options);
        turns.map(|index| (index, row(model, &dates, index, &mut series))).collect()
    });
    Ok(Timeline { title: model.title.clone(), horizon: Span { from: model.horizon.0, to: model.horizon.1 }, rows })
}

fn row(model: &Model, dates: &[Day], index: usize, series: &mut Series<'_>) -> TimelineRow {
    let as_of = dates[index];
    let (news, news_says) = news(model, index.checked_sub(1).map(|before| dates[before]), as_of);
    let found = series.find(&Model { as_of: Some(as_of), ..model.clone() });
    let mut row = TimelineRow {
        as_of,
        status: RowStatus::Ok,
        method: Method::Exact,
        events: Vec::new(),
        queries: Vec::new(),
        news,
        news_says,
    };
    match found {
        Found::Brief(brief) => fill(&mut row, model, brief),
        Found::Infeasible => row.status = RowStatus::Infeasible,
        Found::Refused(why) => row.status = RowStatus::Refused(why.to_string()),
    }
    row
}

fn fill(row: &mut TimelineRow, model: &Model, brief: Brief) {
    let Brief { method, events, queries, .. } = brief;
    row.method = method;
    row.events =
        model.events.iter().zip(events).map(|(event, brief)| of_event(event, model.horizon.0, brief)).collect();
    let answered = model.queries.iter().zip(queries).map(|(query, (probability, probability_error))| QueryForecast {
        id: query.id.clone(),
        ask: query.text.clone(),
        probability,
        probability_error,
        term: term(probability),
    });
    row.queries = answered.collect();
}

fn of_event(event: &crate::model::Event, origin: Day, brief: EventBrief) -> TimelineEvent {
    let EventBrief { distribution, errors, .. } = brief;
    let mut windows = distribution.windows();
    if let Some(errors) = &errors {
        windows.iter_mut().zip(&errors.windows).for_each(|(window, error)| window.probability_error = *error);
    }
    TimelineEvent {
        id: event.id.clone(),
        title: event.title.clone(),
        occurs: distribution.occurs().min(1.0),
        occurs_error: errors.as_ref().and_then(|errors| errors.occurs),
        mean_day: distribution.mean(origin),
        mean_day_error: errors.as_ref().and_then(|errors| errors.mean_day),
        quantiles: distribution.quantiles(),
        windows,
    }
}

/// The as-of dates of a stretch.
fn dates(model: &Model, stretch: Stretch) -> Result<Vec<Day>, Refusal> {
    let heard = heard(model);
    let begun = heard.first().copied().unwrap_or(model.horizon.0);
    let last = || heard.iter().copied().chain(started(model)).max();
    let to = stretch.to.or(model.as_of).or_else(last).unwrap_or(begun);
    // What would end before it begins by default has a single date.
    let to = if stretch.to.is_none() { to.max(stretch.from.unwrap_or(to)) } else { to };
    let from = stretch.from.unwrap_or(begun.min(to));
    if to < from {
        return Err(Refusal::Named(format!("the as-of dates {from} to {to} end before they begin")));
    }
    let Every(step) = stretch.every.unwrap_or(Every(if to - from < DAILY { 1 } else { 7 }));
    let count = (to - from) / step.max(1) + 1;
    if count > MOST_ROWS {
        return Err(Refusal::Named(format!("{count} as-of dates are too many: at most {MOST_ROWS}")));
    }
    let steps = (0..count).map(|index| from + index * step);
    // As it stands now, where nothing else is asked for.
    let now = Some(to).filter(|to| stretch.to.is_none() && (*to - from) % step.max(1) != 0);
    Ok(steps.chain(now).collect())
}

/// The dates of the reports and observations that count, in order.
pub fn heard(model: &Model) -> Vec<Day> {
    let reports = model.reports.iter().filter(|report| !report.dropped).filter_map(|report| report.date);
    let observations = model.observations.iter().filter(|seen| !seen.dropped).filter_map(|seen| seen.date);
    let mut dates: Vec<Day> = reports.chain(observations).collect();
    dates.sort_unstable();
    dates
}

/// The days on which events are known to have started.
fn started(model: &Model) -> impl Iterator<Item = Day> {
    model.events.iter().filter_map(|event| match event.happened {
        Some(Outcome::Started(day)) => Some(day),
        _ => None,
    })
}

/// What became known after the evening of `before` (`None`: ever) and until that of `now`: names, and what they say.
fn news(model: &Model, before: Option<Day>, now: Day) -> (Vec<String>, Vec<String>) {
    let new = |date: Day| date <= now && before.is_none_or(|before| date > before);
    let reports = model.reports.iter().filter(|report| !report.dropped);
    let reports =
        reports.filter_map(|report| Some((report.date?, format!("report:{}", report.id), report.text.clone())));
    let observations = model.observations.iter().filter(|seen| !seen.dropped);
    let observations =
        observations.filter_map(|seen| Some((seen.date?, format!("observation:{}", seen.id), seen.text.clone())));
    let outcomes = model.events.iter().filter_map(|event| {
        let (date, says) = match event.happened? {
            Outcome::Started(day) => (day, format!("{} has started", event.id)),
            Outcome::DidNotOccur => (model.horizon.1, format!("{} has not occurred", event.id)),
        };
        Some((date, format!("event:{}.happened", event.id), says))
    });
    let mut found: Vec<(Day, String, String)> =
        reports.chain(observations).chain(outcomes).filter(|(date, _, _)| new(*date)).collect();
    found.sort_by_key(|(date, _, _)| *date);
    found.into_iter().map(|(_, name, says)| (name, says)).unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_days_or_weeks() {
        assert_eq!("1d".parse(), Ok(Every(1)));
        assert_eq!(" 2w".parse(), Ok(Every(14)));
        for bad in ["", "d", "0d", "-1w", "1m", "1", "9999999999d", "99999w", "1.5d"] {
            assert!(bad.parse::<Every>().is_err(), "{bad}");
        }
    }
}
