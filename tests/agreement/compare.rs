//! The crate's forecast and the enumeration's in, every difference between them out.

use crate::cases::case::Case;
use crate::enumeration::forecast::{Forecast as Expected, ReportForecast};
use crate::enumeration::truth::NEVER;
use crate::enumeration::wide::Wide;
use dateline::{Answer, Check, Day, EventForecast, Forecast, ReportStanding};
use std::collections::BTreeMap;

/// Relative error that a probability may have.
const ERROR: f64 = 1e-9;
/// Smaller probabilities are only known to be small.
const SMALLEST: f64 = 1e-290;
/// Thresholds of quantiles, modes and windows are met to within this much, a probability.
const THRESHOLD: f64 = 1e-11;

/// Differences, one a line.
pub struct Comparison<'c> {
    case: &'c Case,
    pub differences: Vec<String>,
}

/// Compares everything that a forecast says.
pub fn compare(case: &Case, expected: &Expected, found: &Forecast) -> Vec<String> {
    let mut comparison = Comparison { case, differences: Vec::new() };
    comparison.near("agreement", found.agreement, expected.agreement);
    comparison.logarithm("log evidence of the rules", found.log_evidence.rules, expected.log_rules);
    comparison.logarithm("log evidence of the facts", found.log_evidence.facts, expected.log_facts);
    comparison.equal("number of events", &found.events.len(), &expected.events.len());
    for (found, expected) in found.events.iter().zip(&expected.events) {
        comparison.event(found, expected);
    }
    comparison.equal("number of queries", &found.queries.len(), &expected.queries.len());
    for (found, expected) in found.queries.iter().zip(&expected.queries) {
        comparison.near(&format!("query {}", found.ask), found.probability, *expected);
        comparison.equal("term", &found.term, &dateline::term(found.probability));
    }
    comparison.reports(expected, found);
    comparison.joint_windows(expected, found);
    comparison.differences
}

/// A check must agree with the forecast on what is possible.
pub fn compare_check(answer: &Answer, check: &Check) -> Vec<String> {
    let bounds = check.bounds.iter().map(|bounds| bounds.from.zip(bounds.to));
    let bounds: Vec<Option<(Day, Day)>> = bounds.collect();
    let (feasible, possible) = match answer {
        Answer::Infeasible(_) => (false, Vec::new()),
        Answer::Forecast(forecast) => {
            let spans = forecast.events.iter().map(|event| event.feasible);
            (true, spans.map(|span| span.map(|span| (span.from, span.to))).collect())
        }
    };
    let agrees = check.feasible == feasible && bounds == possible;
    let told = || format!("check: {feasible} {bounds:?}, forecast: {possible:?}");
    (!agrees).then(told).into_iter().collect()
}

impl Comparison<'_> {
    fn differ(&mut self, what: &str, found: impl std::fmt::Debug, expected: impl std::fmt::Debug) {
        self.differences.push(format!("{what}: {found:?}, expected {expected:?}"));
    }

    fn equal<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: &T, expected: &T) {
        if found != expected {
            self.differ(what, found, expected);
        }
    }

    fn near(&mut self, what: &str, found: f64, expected: Wide) {
        let wanted = expected.to_f64();
        let close = if expected.is_zero() {
            found == 0.0
        } else if wanted < SMALLEST {
            (0.0..2.0 * SMALLEST).contains(&found)
        } else if wanted > 1.0 / SMALLEST {
            found > 0.5 / SMALLEST
        } else {
            (found / wanted - 1.0).abs() <= ERROR
        };
        if !close {
            self.differ(what, found, wanted);
        }
    }

    /// An absolute error of a logarithm is a relative one of the probability.
    fn logarithm(&mut self, what: &str, found: f64, expected: f64) {
        if (found - expected).is_nan() || (found - expected).abs() > ERROR * (1.0 + expected.abs() * 1e-6) {
            self.differ(what, found, expected);
        }
    }

    fn day(&self, date: Day) -> i32 {
        let origin = self.case.date(0).to_string().parse().expect("a date");
        date - origin
    }

    fn event(&mut self, found: &EventForecast, expected: &BTreeMap<i32, Wide>) {
        let name = found.id.clone();
        let mut days: BTreeMap<i32, f64> = found.days.iter().map(|day| (self.day(day.date), day.p)).collect();
        if days.values().any(|p| p.is_nan() || *p < 0.0) {
            self.differ(&format!("{name}: probabilities"), &days, "numbers from 0 to 1");
        }
        let occurs: Wide = expected.iter().filter(|(day, _)| **day != NEVER).map(|(_, p)| *p).sum();
        self.near(&format!("{name} occurs"), found.occurs, occurs);
        let total = found.occurs + found.never;
        self.near(&format!("{name}: all probabilities"), total, Wide::ONE);
        days.insert(NEVER, found.never);
        for day in 0..self.case.days {
            let (found, wanted) = (days.get(&day).copied().unwrap_or(0.0), expected.get(&day).copied());
            self.near(&format!("{name} on day {day}"), found, wanted.unwrap_or(Wide::ZERO));
        }
        let never = expected.get(&NEVER).copied().unwrap_or(Wide::ZERO);
        self.near(&format!("{name} never"), found.never, never);
        days.remove(&NEVER);
        self.summary(found, &days);
    }

    /// Span, mean, mode, quantiles and windows, from the days that were found to be right.
    fn summary(&mut self, found: &EventForecast, days: &BTreeMap<i32, f64>) {
        let name = &found.id;
        let span = found.feasible.map(|span| (self.day(span.from), self.day(span.to)));
        let first_and_last = days.keys().next().copied().zip(days.keys().last().copied());
        self.equal(&format!("{name}: possible days"), &span, &first_and_last);
        self.equal(&format!("{name}: mean"), &found.mean_day.is_some(), &!days.is_empty());
        let total: f64 = days.values().sum();
        if let Some(mean) = found.mean_day.filter(|_| total > SMALLEST) {
            let wanted = days.iter().map(|(day, p)| f64::from(*day) * (p / total)).sum::<f64>();
            if (mean - wanted).abs() > ERROR * (1.0 + wanted.abs()) {
                self.differ(&format!("{name}: mean"), mean, wanted);
            }
        }
        let greatest = days.values().copied().fold(0.0, f64::max);
        if let Some(mode) = found.mode.map(|day| self.day(day)) {
            let earlier = days.range(..mode).any(|(_, p)| *p > greatest + THRESHOLD - 1e-12);
            let at = days.get(&mode).copied().unwrap_or(-1.0);
            if earlier || at < greatest - THRESHOLD {
                self.differ(&format!("{name}: mode"), mode, greatest);
            }
        }
        let until = |day: i32| days.range(..=day).map(|(_, p)| p).sum::<f64>();
        for quantile in &found.quantiles {
            let what = format!("{name}: quantile {}", quantile.level);
            match quantile.day.map(|day| self.day(day)) {
                Some(day) => {
                    let (before, reached) = (until(day - 1), until(day));
                    if before > quantile.level + THRESHOLD || reached < quantile.level - THRESHOLD {
                        self.differ(&what, day, (before, reached));
                    }
                }
                None if total > quantile.level + THRESHOLD => self.differ(&what, "none", total),
                None => {}
            }
        }
        self.windows(found, days);
    }

    /// The shortest windows: none shorter holds as much, and of equally short ones none comes earlier.
    fn windows(&mut self, found: &EventForecast, days: &BTreeMap<i32, f64>) {
        let mass = |from: i32, to: i32| days.range(from..=to).map(|(_, p)| p).sum::<f64>();
        // How many days it takes from each day on to hold more than the level.
        let length_from = |from: i32, level: f64| {
            let mut held = 0.0;
            let reached = days.range(from..).find(|(_, p)| {
                held += **p;
                held > level + THRESHOLD
            });
            reached.map(|(to, _)| to - from + 1)
        };
        for window in &found.windows {
            let what = format!("{}: window of {}", found.id, window.level);
            let ends = window.from.zip(window.to).map(|(from, to)| (self.day(from), self.day(to)));
            let lengths = days.keys().filter_map(|from| Some((length_from(*from, window.level)?, *from)));
            let best = lengths.min();
            let wrong = match (ends, best) {
                (None, best) => best.is_some(),
                (Some((from, to)), best) => {
                    let held = mass(from, to);
                    let probability = window.probability.unwrap_or(f64::NAN);
                    held < window.level - THRESHOLD
                        || (held - probability).abs() > THRESHOLD
                        || probability.is_nan()
                        || best.is_some_and(|best| best < (to - from + 1, from))
                }
            };
            if wrong {
                self.differ(&what, (ends, window.probability), best);
            }
        }
    }

    fn reports(&mut self, expected: &Expected, found: &Forecast) {
        let ids = |ids: Vec<&String>| ids.into_iter().cloned().collect::<Vec<String>>();
        let found_ids = ids(found.reports.iter().map(|report| &report.id).collect());
        let expected_ids = ids(expected.reports.iter().map(|(id, _)| id).collect());
        self.equal("reports that count", &found_ids, &expected_ids);
        for (found, (id, expected)) in found.reports.iter().zip(&expected.reports) {
            let of = |what: &str| format!("report {id}: {what}");
            match (&found.standing, expected) {
                (
                    ReportStanding::Speaks { credibility, posterior, claim_prior, claim_posterior, .. },
                    ReportForecast::Speaks {
                        credibility: own,
                        posterior: founded,
                        claim_prior: before,
                        claim_posterior: after,
                    },
                ) => {
                    self.equal(&of("credibility"), credibility, own);
                    self.near(&of("claim before"), *claim_prior, *before);
                    self.near(&of("claim after"), *claim_posterior, *after);
                    self.equal(&of("has a posterior"), &posterior.is_some(), &founded.is_some());
                    if let (Some(posterior), Some(founded)) = (posterior, founded) {
                        self.near(&of("posterior"), *posterior, *founded);
                    }
                }
                (ReportStanding::Echoes { echoes }, ReportForecast::Echoes(original)) => {
                    self.equal(&of("echoes"), echoes, original);
                }
                (ReportStanding::Replaced { replaced_by }, ReportForecast::ReplacedBy(newer)) => {
                    self.equal(&of("replaced by"), replaced_by, newer);
                }
                (standing, _) => self.differ(&of("standing"), standing, "another one"),
            }
        }
    }

    /// The most probable combinations of weeks, of the events that the forecast combined.
    fn joint_windows(&mut self, expected: &Expected, found: &Forecast) {
        let Some(first) = found.joint_windows.first() else {
            let in_doubt = found.events.iter().any(|event| event.days.len() + usize::from(event.never > 0.0) > 1);
            self.equal("joint windows are empty", &true, &!in_doubt);
            return;
        };
        let events: Vec<usize> = first
            .weeks
            .iter()
            .filter_map(|(name, _)| self.case.events.iter().position(|event| event.name == *name))
            .collect();
        let monday = |day: i32| day - self.case.weekday(i64::from(day)) as i32;
        let mut combinations: BTreeMap<Vec<Option<i32>>, Wide> = BTreeMap::new();
        for (world, weight) in expected.posterior.iter().filter(|(_, weight)| !weight.is_zero()) {
            let starts = events.iter().map(|event| world.starts[*event]);
            let weeks = starts.map(|start| (start != NEVER).then(|| monday(start))).collect();
            let sum = combinations.entry(weeks).or_insert(Wide::ZERO);
            *sum = *sum + *weight;
        }
        let likely = combinations.values().filter(|p| p.to_f64() > SMALLEST).count();
        let count = found.joint_windows.len();
        if count < likely.min(10) || count > combinations.len().min(10) {
            self.differ("number of joint windows", count, combinations.len());
        }
        let mut least = f64::INFINITY;
        for window in &found.joint_windows {
            let weeks: Vec<Option<i32>> = window.weeks.iter().map(|(_, week)| week.map(|day| self.day(day))).collect();
            let wanted = combinations.remove(&weeks).unwrap_or(Wide::ZERO);
            self.near(&format!("joint window {weeks:?}"), window.probability, wanted);
            // Those that differ by rounding alone are in the order of their weeks.
            if window.probability > least * (1.0 + ERROR) {
                self.differ("order of joint windows", window.probability, least);
            }
            least = window.probability;
        }
        let left_out = combinations.values().map(|p| p.to_f64()).fold(0.0, f64::max);
        if left_out > least * (1.0 + ERROR) {
            self.differ("joint window left out", least, left_out);
        }
    }
}
