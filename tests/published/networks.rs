//! Networks of tasks with durations in doubt, whose days of completion are known, in; the engine's out.
//!
//! A task is an event of one day `after` its first node, on the day on which it is over: its delay is the duration. A node
//! is `after` all tasks that end there, with a delay of 0: the day on which the last of them is over. So days are counted
//! from the node where all begins, and no day is lost or gained on the way.

use super::*;
use dateline::{Limits, MethodChoice, Quantile};
use std::fmt::Write;

/// Probabilities of durations of 0, 1, 2, … days.
type Durations = Vec<(u32, f64)>;

/// Tasks by name, with the nodes between which they lie.
type Tasks<'t> = &'t [(&'t str, &'t str, &'t str)];

/// A scenario of the days `0..=days` on which tasks are over and nodes are reached, node `outset` on day 0.
fn network(days: i32, tasks: Tasks<'_>, durations: impl Fn(usize) -> Durations) -> String {
    let mut text = format!("horizon = {{ from = {}, to = {} }}\n[event.outset]\non = {0}\n", day(1), day(1 + days));
    let mut into: Vec<(&str, Vec<String>)> = Vec::new();
    for (index, (task, from, to)) in tasks.iter().enumerate() {
        let weights = durations(index).into_iter().map(|(days, p)| format!("{{ days = {days}, weight = {p:?} }}"));
        let weights = weights.collect::<Vec<String>>().join(", ");
        let _ = writeln!(text, "[event.{task}]\nafter = \"{from}\"\ndelay = {{ weights = [{weights}] }}");
        let ending = format!("{task:?}");
        match into.iter_mut().find(|(node, _)| node == to) {
            Some((_, tasks)) => tasks.push(ending),
            None => into.push((to, vec![ending])),
        }
    }
    for (node, tasks) in into {
        let _ = writeln!(text, "[event.{node}]\nafter = [{}]\ndelay = 0", tasks.join(", "));
    }
    text
}

fn computed(text: &str) -> Forecast {
    computed_within(text, Options::default().limits)
}

fn computed_within(text: &str, limits: Limits) -> Forecast {
    let scenario = Scenario::parse(text).unwrap_or_else(|invalid| panic!("{invalid}"));
    let options = Options { method: MethodChoice::Exact, joint: Some(Vec::new()), limits, ..Options::default() };
    match dateline::forecast(&scenario, &options) {
        Ok(Answer::Forecast(forecast)) => *forecast,
        Ok(Answer::Infeasible(_)) => panic!("there are no rules"),
        Err(refusal) => panic!("{refusal}"),
    }
}

/// The probability of each number of days from the start.
fn days_of(forecast: &Forecast, id: &str) -> Vec<f64> {
    let found = &event(forecast, id).days;
    let number = |date: Day| usize::try_from(date - day(1)).unwrap();
    let mut days = vec![0.0; found.last().map_or(0, |last| number(last.date) + 1)];
    found.iter().for_each(|found| days[number(found.date)] = found.p);
    days
}

/// The first number of days whose cumulated probability reaches a level.
fn reaches(days: &[f64], level: f64) -> usize {
    let mut sum = 0.0;
    days.iter()
        .position(|p| {
            sum += p;
            sum >= level - 1e-12
        })
        .unwrap()
}

#[track_caller]
fn assert_near(found: f64, expected: f64, error: f64) {
    assert!((found - expected).abs() <= error, "found {found:?}, expected {expected:?}");
}

/// Five tasks in the shape of Wheatstone's bridge, and the durations of each with their probabilities.
const BRIDGE: [(&str, &str, &str); 5] = [
    ("task-a", "outset", "upper"),
    ("task-b", "outset", "lower"),
    ("task-c", "upper", "lower"),
    ("task-d", "upper", "finish"),
    ("task-e", "lower", "finish"),
];
fn bridge_durations(task: usize) -> Durations {
    match task {
        0 => vec![(2, 1.0 / 2.0), (4, 1.0 / 2.0)],
        1 => vec![(1, 1.0 / 4.0), (3, 1.0 / 2.0), (6, 1.0 / 4.0)],
        2 => vec![(1, 1.0 / 2.0), (2, 1.0 / 2.0)],
        3 => vec![(3, 1.0 / 3.0), (5, 1.0 / 3.0), (7, 1.0 / 3.0)],
        _ => vec![(2, 2.0 / 5.0), (4, 3.0 / 5.0)],
    }
}

/// Fractions from an enumeration of all 72 outcomes.
#[test]
fn a_bridge_of_five_tasks() {
    let found = computed(&network(20, &BRIDGE, bridge_durations));
    assert_eq!(found.method, Method::Exact);
    let days = days_of(&found, "finish");
    let cumulated = [0.0, 1.0 / 40.0, 1.0 / 20.0, 1.0 / 5.0, 7.0 / 20.0, 19.0 / 30.0, 5.0 / 6.0, 1.0];
    for (days, (last, expected)) in (4..).zip(cumulated).map(|(last, p)| (&days[..=last], (last, p))) {
        assert_near(days.iter().sum(), expected, 1e-14);
        assert!(last < 5 || days[last] > 0.0);
    }
    assert_eq!((days.len(), event(&found, "finish").never), (12, 0.0));
    let mean = event(&found, "finish").mean_day.unwrap();
    assert_close(mean, 1069.0 / 120.0);
    let variance = days.iter().enumerate().map(|(day, p)| p * (day as f64 - mean).powi(2)).sum();
    assert_close(variance, 32_159.0 / 14_400.0);
    assert_eq!([0.5, 0.8, 0.9].map(|level| reaches(&days, level)), [9, 10, 11]);
    assert_eq!(median(&found, "finish"), day(1 + 9));
}

fn median(forecast: &Forecast, id: &str) -> Day {
    let half = |quantile: &&Quantile| quantile.level == 0.5;
    event(forecast, id).quantiles.iter().find(half).unwrap().day.unwrap()
}

/// How probably each task is critical (the whole would be over earlier if it were shorter, or another as long is beside
/// it), and how its duration is correlated with the whole's (its *cruciality*; Williams 1992): both by queries alone.
#[test]
fn what_matters_in_the_bridge() {
    let last_at = |task: &str, node: &str| format!("{task} coincides with {node}");
    let (d, e) = (last_at("task-d", "finish"), last_at("task-e", "finish"));
    let (b, c) = (last_at("task-b", "lower"), last_at("task-c", "lower"));
    let critical = [format!("{d} or ({c} and {e})"), format!("{b} and {e}"), format!("{c} and {e}"), d, e.clone()];
    let mut text = network(20, &BRIDGE, bridge_durations);
    for (ask, (task, ..)) in critical.iter().zip(BRIDGE) {
        let _ = writeln!(text, "[[query]]\nid = \"critical-{task}\"\nask = \"{ask}\"");
    }
    for (task, (name, from, _)) in BRIDGE.into_iter().enumerate() {
        for (duration, _) in bridge_durations(task) {
            for whole in 5..=11 {
                let ask = format!("{name} {duration} days after {from} and finish on {}", day(1 + whole));
                let _ = writeln!(text, "[[query]]\nid = \"{name}-{duration}-{whole}\"\nask = \"{ask}\"");
            }
        }
    }
    let found = computed(&text);
    let deviation = (32_159.0_f64 / 14_400.0).sqrt();
    let criticalities = [103.0 / 120.0, 29.0 / 120.0, 13.0 / 30.0, 11.0 / 20.0, 23.0 / 40.0];
    let crucialities =
        [0.5520570072651009, 0.24908887270134875, 0.1338320017612366, 0.5463668592838155, 0.31416094408819384];
    // Criticality times the task's standard deviation over the whole's (PMBOK's schedule sensitivity index).
    let sensitivities =
        [0.5743623408919737, 0.28871664790383605, 0.144984668574673, 0.601003545212197, 0.3769931329058326];
    for (task, (name, ..)) in BRIDGE.into_iter().enumerate() {
        let criticality = query(&found, &format!("critical-{name}"));
        assert_close(criticality, criticalities[task]);
        let durations = bridge_durations(task);
        let mean: f64 = durations.iter().map(|(days, p)| f64::from(*days) * p).sum();
        let spread = durations.iter().map(|(days, p)| (f64::from(*days) - mean).powi(2) * p).sum::<f64>().sqrt();
        let outcomes = durations.iter().flat_map(|(days, _)| (5..=11).map(move |whole| (*days, whole)));
        let covariance: f64 = outcomes
            .map(|(days, whole)| {
                let p = query(&found, &format!("{name}-{days}-{whole}"));
                p * (f64::from(days) - mean) * (f64::from(whole) - 1069.0 / 120.0)
            })
            .sum();
        assert_near(covariance / (spread * deviation), crucialities[task], 1e-12);
        assert_near(criticality * spread / deviation, sensitivities[task], 1e-12);
    }
}

/// Thirteen tasks between nine nodes: the stochastic activity network of Elmaghraby (1977), with the durations that the
/// library SSJ gives it (umontreal-simul/ssj, `San13Dist.java` and `san13a.dat`, Apache-2.0).
const THIRTEEN: [(&str, &str, &str, Law); 13] = [
    ("task0", "outset", "node1", Law::Normal(13.0, 3.25)),
    ("task1", "outset", "node2", Law::Normal(5.5, 1.375)),
    ("task2", "node1", "node2", Law::Exponential(7.0)),
    ("task3", "node1", "node3", Law::Normal(5.2, 1.3)),
    ("task4", "node1", "node5", Law::Exponential(16.5)),
    ("task5", "node2", "node5", Law::Exponential(14.7)),
    ("task6", "node3", "node6", Law::Exponential(10.3)),
    ("task7", "node3", "node4", Law::Exponential(6.0)),
    ("task8", "node4", "node7", Law::Exponential(4.0)),
    ("task9", "node4", "node5", Law::Exponential(20.0)),
    ("task10", "node5", "finish", Law::Normal(3.2, 0.8)),
    ("task11", "node6", "node7", Law::Normal(3.2, 0.8)),
    ("task12", "node7", "finish", Law::Exponential(16.5)),
];

/// How long a task takes, before it is rounded to whole days.
#[derive(Clone, Copy)]
enum Law {
    /// Mean and standard deviation; what is below 0 counts as 0.
    Normal(f64, f64),
    /// Mean.
    Exponential(f64),
}

impl Law {
    /// The probability of more than `days` days; of less, below the middle of a normal law.
    fn tail(self, days: f64, less: bool) -> f64 {
        match self {
            Law::Normal(mean, sd) => {
                let above = (days - mean) / (sd * std::f64::consts::SQRT_2);
                0.5 * libm::erfc(if less { -above } else { above })
            }
            Law::Exponential(mean) if less => -(-days / mean).exp_m1(),
            Law::Exponential(mean) => (-days / mean).exp(),
        }
    }

    /// Probabilities of `floor(max(0, X) + ½)` days, as far as more days have a probability of `negligible`.
    ///
    /// Each is a difference of the smaller tails, so that it has all its digits.
    fn whole_days(self, negligible: f64) -> Durations {
        let middle = match self {
            Law::Normal(mean, _) => mean,
            Law::Exponential(_) => 0.0,
        };
        let mass = |days: u32| {
            let (from, to) = (f64::from(days) - 0.5, f64::from(days) + 0.5);
            if days == 0 {
                self.tail(to, true)
            } else if let Law::Exponential(mean) = self {
                self.tail(from, false) * -(-1.0 / mean).exp_m1()
            } else if to <= middle {
                self.tail(to, true) - self.tail(from, true)
            } else {
                self.tail(from, false) - self.tail(to, false)
            }
        };
        let all = (0..).take_while(|days| *days == 0 || self.tail(f64::from(*days) - 0.5, false) > negligible);
        all.map(|days| (days, mass(days))).collect()
    }
}

fn thirteen(days: i32, negligible: f64) -> String {
    let tasks = THIRTEEN.map(|(task, from, to, _)| (task, from, to));
    network(days, &tasks, |task| THIRTEEN[task].3.whole_days(negligible))
}

/// The cumulated probabilities of the last finish for every day, to ten digits, from computations that have nothing to do with
/// this program.
const DAILY: &str = include_str!("thirteen-tasks.csv");

/// The days that are compared; later ones take longer to compute than a test should.
const COMPARED: usize = 200;

#[test]
fn thirteen_tasks() {
    let found = computed(&thirteen(COMPARED as i32, 1e-12));
    assert_eq!(found.method, Method::Exact);
    let days = days_of(&found, "finish");
    let mut cumulated = 0.0;
    let mut compared = 0;
    for line in DAILY.lines().skip(1) {
        let (day, expected) = line.split_once(',').unwrap();
        let (day, expected): (usize, f64) = (day.parse().unwrap(), expected.parse().unwrap());
        if day <= COMPARED {
            cumulated += days.get(day).copied().unwrap_or(0.0);
            assert_near(cumulated, expected, 1e-9);
            compared += 1;
        }
    }
    assert_eq!(compared, COMPARED + 1);
    assert_eq!([0.5, 0.8].map(|level| reaches(&days, level)), [60, 79]);
    assert_eq!(median(&found, "finish"), day(1 + 60));
}

/// Of more days than the usual limit of steps allows: what lies beyond weighs less than the digits that are known.
#[test]
fn the_mean_of_thirteen_tasks() {
    let limits = Limits { operations: 1e11, ..Options::default().limits };
    let found = computed_within(&thirteen(600, 1e-14), limits);
    let finish = event(&found, "finish");
    assert_near(finish.mean_day.unwrap(), 64.00951947, 6e-9);
    let days = days_of(&found, "finish");
    let squares: f64 = days.iter().enumerate().map(|(day, p)| p * (day as f64 - 64.00951947).powi(2)).sum();
    assert_near(squares.sqrt(), 21.70368161, 1e-7);
}

#[test]
fn durations_in_whole_days_add_up() {
    for (.., law) in THIRTEEN {
        assert_near(law.whole_days(1e-14).iter().map(|(_, p)| p).sum(), 1.0, 3e-14);
    }
}
