//! Two answers in; what differs between them, event by event, out.

mod json;
mod outcome;

pub use outcome::{About, Comparison, EventComparison, Figure, QueryComparison, ReportComparison, Sided, Sides};

use super::outcome::{Answer, EventForecast, Infeasible, Method, QueryForecast, ReportForecast};
use crate::day::Day;
use crate::model::{Row, is_by_position, pairs};
use outcome::{difference, independent};
use std::collections::BTreeMap;

/// An answer taken apart; of one that is infeasible most is missing.
#[derive(Default)]
struct Parts {
    about: About,
    agreement: Option<Figure>,
    method: Option<Method>,
    infeasible: Option<Infeasible>,
    events: Vec<EventForecast>,
    queries: Vec<QueryForecast>,
    reports: Vec<ReportForecast>,
    warnings: Vec<String>,
}

impl From<Answer> for Parts {
    fn from(answer: Answer) -> Parts {
        match answer {
            Answer::Infeasible(infeasible) => {
                let about = About { title: infeasible.title.clone(), ..About::default() };
                Parts { about, infeasible: Some(infeasible), ..Parts::default() }
            }
            Answer::Forecast(forecast) => Parts {
                about: About { title: forecast.title, horizon: Some(forecast.horizon), as_of: forecast.as_of },
                agreement: Some(Figure { value: forecast.agreement, error: forecast.agreement_error }),
                method: Some(forecast.method),
                infeasible: None,
                events: forecast.events,
                queries: forecast.queries,
                reports: forecast.reports,
                warnings: forecast.warnings,
            },
        }
    }
}

impl Comparison {
    /// Compares two answers. Where one is infeasible, everything stands on the other side alone.
    ///
    /// Events are the same where their ids are. So are reports and questions, but where an id only says at which place a
    /// row stands (`report-2`), what it says counts for more.
    pub fn between(a: Answer, b: Answer) -> Comparison {
        let (a, b) = (Parts::from(a), Parts::from(b));
        let beginning = |about: &About| about.horizon.map(|days| days.from);
        let beginnings = beginning(&a.about).zip(beginning(&b.about));
        let events = paired(a.events, b.events, |event| row("", &event.id, "", String::new()));
        let queries = paired(a.queries, b.queries, |query| row("query", &query.id, &query.ask, query.ask.clone()));
        let reports = paired(a.reports, b.reports, |report| {
            row("report", &report.id, &report.text, format!("{} {:?}", report.text, report.source))
        });
        Comparison {
            about: Sides { a: a.about, b: b.about },
            agreement: Sides { a: a.agreement, b: b.agreement },
            method: Sides { a: a.method, b: b.method },
            infeasible: Sides { a: a.infeasible, b: b.infeasible },
            events: events.into_iter().map(|(a, b)| compare_events(a, b, beginnings)).collect(),
            queries: queries.into_iter().map(|(a, b)| compare_queries(a, b)).collect(),
            reports: reports.into_iter().map(|(a, b)| compare_reports(a, b)).collect(),
            warnings: Sides { a: a.warnings, b: b.warnings },
        }
    }
}

fn row<'r>(kind: &str, id: &'r str, words: &'r str, content: String) -> Row<'r> {
    Row { id, by_position: is_by_position(kind, id), words, content }
}

/// What is the same on both sides together, in the order of a, then what only b has.
fn paired<T>(a: Vec<T>, b: Vec<T>, row: impl Fn(&T) -> Row<'_>) -> Vec<(Option<T>, Option<T>)> {
    let found = pairs(&a.iter().map(&row).collect::<Vec<Row<'_>>>(), &b.iter().map(&row).collect::<Vec<Row<'_>>>());
    let mut a: Vec<Option<T>> = a.into_iter().map(Some).collect();
    let mut b: Vec<Option<T>> = b.into_iter().map(Some).collect();
    let taken = |from: &mut Vec<Option<T>>, at: Option<usize>| at.and_then(|at| from[at].take());
    found.into_iter().map(|(at, to)| (taken(&mut a, at), taken(&mut b, to))).collect()
}

/// The id on the second side, or on the first where there is no second.
fn id<T>(a: Option<&T>, b: Option<&T>, id: impl Fn(&T) -> &String) -> String {
    b.or(a).map_or(String::new(), |side| id(side).clone())
}

/// `beginnings` are the first days of the horizons, which mean days are counted from.
fn compare_events(
    a: Option<EventForecast>,
    b: Option<EventForecast>,
    beginnings: Option<(Day, Day)>,
) -> EventComparison {
    let (mut shift_days, mut total_variation) = (None, None);
    if let (Some(a), Some(b), Some((from_a, from_b))) = (&a, &b, beginnings) {
        let mean = |event: &EventForecast| Some(Figure { value: event.mean_day?, error: event.mean_day_error });
        shift_days = mean(a).zip(mean(b)).map(|(mean_a, mean_b)| {
            let shift = difference(mean_a, mean_b);
            Figure { value: shift.value + f64::from(from_b - from_a), ..shift }
        });
        total_variation = Some(variation(a, b));
    }
    let id = id(a.as_ref(), b.as_ref(), |event| &event.id);
    EventComparison { id, a, b, shift_days, total_variation }
}

/// How much of an event's probability lies elsewhere.
///
/// ```text
/// V = ½ Σ |p_a(d) − p_b(d)|,  d over all start dates and "does not occur"
/// ```
///
/// With errors e_a, e_b of each p, V is off by at most ½ Σ |what each difference is off by|, the root mean square of which
/// is at most ½ Σ √(e_a² + e_b²) (Minkowski's inequality).
fn variation(a: &EventForecast, b: &EventForecast) -> Figure {
    let mut dates: BTreeMap<Option<Day>, Sides<Probability>> = BTreeMap::new();
    dates.insert(None, Sides { a: (a.never, a.occurs_error), b: (b.never, b.occurs_error) });
    for day in &a.days {
        dates.entry(Some(day.date)).or_default().a = (day.p, day.p_error);
    }
    for day in &b.days {
        dates.entry(Some(day.date)).or_default().b = (day.p, day.p_error);
    }
    let half: f64 = dates.values().map(|p| (p.a.0 - p.b.0).abs()).sum::<f64>() / 2.0;
    let errors = dates.values().filter_map(|p| independent(p.a.1, p.b.1));
    Figure { value: half.min(1.0), error: errors.reduce(|sum, error| sum + error).map(|sum| sum / 2.0) }
}

/// A probability and its standard error.
type Probability = (f64, Option<f64>);

fn compare_queries(a: Option<QueryForecast>, b: Option<QueryForecast>) -> QueryComparison {
    let figure = |query: &QueryForecast| Figure { value: query.probability, error: query.probability_error };
    let change = a.as_ref().zip(b.as_ref()).map(|(a, b)| difference(figure(a), figure(b)));
    QueryComparison { id: id(a.as_ref(), b.as_ref(), |query| &query.id), a, b, change }
}

fn compare_reports(a: Option<ReportForecast>, b: Option<ReportForecast>) -> ReportComparison {
    ReportComparison { id: id(a.as_ref(), b.as_ref(), |report| &report.id), a, b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::summary::{DayProbability, Distribution};

    /// An event that starts on so many days of May with so much probability each.
    fn event(masses: &[(i32, f64)], error: Option<f64>) -> EventForecast {
        let first: Day = "2024-05-01".parse().unwrap();
        let day = |&(day, p): &(i32, f64)| DayProbability { date: first + (day - 1), p, p_error: error };
        let distribution = Distribution { days: masses.iter().map(day).collect() };
        EventForecast {
            id: "visit".to_string(),
            title: None,
            occurs: distribution.occurs(),
            occurs_error: error,
            feasible: distribution.span(),
            mode: distribution.mode(),
            mean_day: distribution.mean(first),
            mean_day_error: error,
            quantiles: distribution.quantiles(),
            windows: distribution.windows(),
            never: 1.0 - distribution.occurs(),
            days: distribution.days,
            occurs_before: (1.0, 1.0),
            on_a_date: false,
        }
    }

    #[test]
    fn variation_counts_what_lies_elsewhere_once() {
        let a = event(&[(1, 0.25), (2, 0.5)], None);
        assert_eq!(variation(&a, &a), Figure { value: 0.0, error: None });
        // A quarter is gone from day 1, to day 3.
        assert_eq!(variation(&a, &event(&[(2, 0.5), (3, 0.25)], None)).value, 0.25);
        // What no longer occurs has moved, too.
        assert_eq!(variation(&a, &event(&[(2, 0.5)], None)).value, 0.25);
        assert_eq!(variation(&a, &event(&[(9, 1.0)], None)).value, 1.0);
    }

    #[test]
    fn the_error_of_a_variation_adds_up_what_each_day_is_off_by() {
        let (a, b) = (event(&[(1, 1.0)], Some(0.3)), event(&[(2, 1.0)], Some(0.4)));
        // Day 1 and day 2 are drawn on one side each, "does not occur" on both.
        let found = variation(&a, &b).error.unwrap();
        assert!((found - (0.3 + 0.4 + 0.5) / 2.0).abs() < 1e-15);
        assert_eq!(variation(&a, &event(&[(1, 1.0)], None)).error, Some(0.3));
    }

    #[test]
    fn shifts_are_between_dates_and_not_between_days_of_horizons() {
        let (first, tenth): (Day, Day) = ("2024-05-01".parse().unwrap(), "2024-05-10".parse().unwrap());
        let (mut a, mut b) = (event(&[(10, 1.0)], Some(3.0)), event(&[(12, 1.0)], Some(4.0)));
        let shift = |a: &EventForecast, b: &EventForecast, days| {
            compare_events(Some(a.clone()), Some(b.clone()), Some(days)).shift_days
        };
        assert_eq!(shift(&a, &b, (first, first)), Some(Figure { value: 2.0, error: Some(5.0) }));
        // The same dates, told from the tenth on.
        b.mean_day = Some(2.0);
        assert_eq!(shift(&a, &b, (first, tenth)).unwrap().value, 2.0);
        a.mean_day = None;
        assert_eq!(shift(&a, &b, (first, tenth)), None);
    }
}
