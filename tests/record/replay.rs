//! Tables of cases in; whether the back-test knows no more than could be known, and scores as it says, out.

use crate::{HEADER, worked};
use dateline::{Backtest, BetaPrior, Cases, Day, Evaluation, Options, Voice, backtest};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const PRIOR: BetaPrior = BetaPrior { a: 8.0, b: 1.0 };

fn run(table: &str) -> Backtest {
    backtest(&Cases::parse(table, Voice::Kind).unwrap(), PRIOR, &Options::default())
}

/// Rows of a table: of some sixty cases with one to three statements, some of which never happen or are called off.
fn rows(seed: u64) -> Vec<String> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let start: Day = "2019-03-01".parse().unwrap();
    let mut rows = Vec::new();
    for case in 0..60 {
        let first = start + random.random_range(0..1500);
        let stated = first + random.random_range(10..120);
        let outcome = random.random_bool(0.9).then(|| stated + random.random_range(-5..40));
        let outcome = outcome.map(|day| day.max(first + 1));
        for number in 0..random.random_range(1..4) {
            let date = first + number * random.random_range(1..12);
            if outcome.is_some_and(|outcome| date >= outcome) {
                break;
            }
            let (from, to) = (stated + number, stated + number + random.random_range(0..10));
            let source = ["plan@a", "plan@b", "wire"][random.random_range(0..3)];
            let outcome = outcome.map_or(String::new(), |day| day.to_string());
            rows.push(format!("case-{case},{date},{source},{from},{to},{outcome},day\n"));
        }
    }
    rows
}

fn table(rows: &[String]) -> String {
    let header = HEADER.replace("outcome_date", "outcome_date,precision");
    header + &rows.concat()
}

fn find<'b>(found: &'b Backtest, like: &Evaluation) -> &'b Evaluation {
    let same = |other: &&Evaluation| other.case == like.case && other.as_of == like.as_of;
    found.evaluations.iter().find(same).expect("it is there as well")
}

/// What was forecast, whatever happened then.
fn forecast(evaluation: &Evaluation) -> (Option<Day>, Vec<f64>, Option<Day>, (Day, Day)) {
    let stated = evaluation.forecast.windows.iter().map(|window| window.probability).collect();
    (evaluation.forecast.median, stated, evaluation.no_reports.median, evaluation.horizon)
}

#[test]
fn nothing_is_known_before_it_happened() {
    let rows = rows(1);
    let found = run(&table(&rows));
    assert!(found.evaluations.len() > 60);
    let cut: Day = "2021-01-01".parse().unwrap();
    // Whatever comes on that day or later might as well have come later still, or never.
    let later = |row: &String| {
        let cells: Vec<&str> = row.trim_end().split(',').collect();
        let outcome = cells[5].parse::<Day>().ok().filter(|day| *day >= cut).map(|day| day + 100);
        outcome.map_or(row.clone(), |day| row.replace(&format!(",{},day", cells[5]), &format!(",{day},day")))
    };
    let moved: Vec<String> = rows.iter().map(later).collect();
    assert_ne!(moved, rows);
    let other = run(&table(&moved));
    let before: Vec<&Evaluation> = found.evaluations.iter().filter(|evaluation| evaluation.as_of <= cut).collect();
    assert!(before.len() > 20);
    for evaluation in before {
        assert_eq!(
            forecast(evaluation),
            forecast(find(&other, evaluation)),
            "{} {}",
            evaluation.case,
            evaluation.as_of
        );
    }
    let after = found.evaluations.iter().filter(|evaluation| evaluation.as_of > cut + 150);
    let differ = after.filter(|e| {
        other.evaluations.iter().any(|o| o.case == e.case && o.as_of == e.as_of && forecast(o) != forecast(e))
    });
    assert!(differ.count() > 5, "what was learned later makes a difference");
}

#[test]
fn the_order_of_rows_and_threads_make_no_difference() {
    let rows = rows(2);
    let found = run(&table(&rows));
    let mut shuffled = rows.clone();
    shuffled.shuffle(&mut ChaCha8Rng::seed_from_u64(9));
    let other = run(&table(&shuffled));
    assert_eq!(found.evaluations.len(), other.evaluations.len());
    for evaluation in &found.evaluations {
        let same = find(&other, evaluation);
        let near = (evaluation.forecast.score.crps - same.forecast.score.crps).abs() < 1e-6;
        assert!(near && evaluation.statements == same.statements, "{} {}", evaluation.case, evaluation.as_of);
    }
    let cases = Cases::parse(&table(&rows), Voice::Kind).unwrap();
    let mut options = Options::default();
    options.limits.threads = 3;
    let threaded = serde_json::to_string(&backtest(&cases, PRIOR, &options)).unwrap();
    assert_eq!(threaded, serde_json::to_string(&found).unwrap());
}

#[test]
fn figures_are_means_over_statements() {
    let found = run(&table(&rows(3)));
    let stated: Vec<&Evaluation> = found.evaluations.iter().filter(|evaluation| evaluation.statements > 0).collect();
    let weighed = |value: &dyn Fn(&Evaluation) -> Option<f64>| {
        let pairs = stated.iter().filter_map(|e| Some((value(e)?, e.statements as f64)));
        let (sum, count) =
            pairs.fold((0.0, 0.0), |(sum, count), (value, weight)| (sum + value * weight, count + weight));
        sum / count
    };
    let near =
        |mean: Option<f64>, expected: f64| assert!((mean.unwrap() - expected).abs() < 1e-9, "{mean:?} {expected}");
    let summary = &found.summary;
    near(summary.forecast.figures.crps.mean, weighed(&|e| Some(e.forecast.score.crps)));
    near(summary.no_reports.log_score.mean, weighed(&|e| e.no_reports.score.log_score));
    let error = |e: &Evaluation| e.outcome.and(e.statement_error);
    near(summary.latest_statement.absolute_error.mean, weighed(&error));
    for (level, coverage) in summary.coverage.iter().enumerate() {
        near(coverage.held.mean, weighed(&|e| Some(f64::from(u8::from(e.forecast.windows[level].hit)))));
        near(coverage.stated.mean, weighed(&|e| Some(e.forecast.windows[level].probability)));
    }
    let parts = summary.decomposition.unwrap();
    let answers: usize = summary.reliability.iter().map(|bin| bin.count).sum();
    assert!(answers > 100 && parts.resolution > 0.0 && parts.uncertainty <= 0.25);
}

#[test]
fn the_worked_record_is_forecast_better_than_it_states() {
    let table = std::fs::read_to_string(worked("python-releases.csv")).unwrap();
    let summary = run(&table).summary;
    let mean = |average: dateline::Average| average.mean.unwrap();
    let (forecast, statement) = (&summary.forecast.figures, &summary.latest_statement);
    assert!(mean(forecast.absolute_error) < 0.85 * mean(statement.absolute_error));
    assert!(mean(forecast.crps) < 0.7 * mean(statement.crps));
    assert!(mean(forecast.crps) < mean(summary.base_rate.figures.crps));
    assert!(mean(summary.forecast.log_score) < mean(summary.base_rate.log_score));
    let coverage: Vec<f64> = summary.coverage.iter().map(|level| mean(level.held) - mean(level.stated)).collect();
    assert!(coverage.iter().all(|difference| difference.abs() < 0.08), "{coverage:?}");
}

#[test]
fn dates_of_another_century_are_left_out_and_called_off_cases_are_known() {
    let slipped = "old,2020-01-05,plan,1020-02-01,1020-02-01,2020-02-01,day\n";
    let called_off = "off,2020-03-01,plan,2020-06-01,2020-06-01,,day\noff,2020-04-01,plan,,,,cancelled\n";
    let found = run(&table(&[slipped.to_string(), called_off.to_string(), rows(4).concat()]));
    assert_eq!(found.left_out, 1);
    assert!(found.evaluations.iter().all(|evaluation| evaluation.case != "old"));
    let evenings: Vec<&Evaluation> = found.evaluations.iter().filter(|evaluation| evaluation.case == "off").collect();
    assert_eq!(evenings.len(), 2);
    let never = |evaluation: &Evaluation| evaluation.forecast.score.p;
    assert!(never(evenings[1]) > 0.5 && never(evenings[1]) > never(evenings[0]) + 0.2, "{evenings:?}");
}

#[test]
fn what_is_said_after_the_outcome_is_nobody_s_knowledge() {
    let rows = rows(5);
    let found = run(&table(&rows));
    let late = "case-x,2020-01-05,plan,2020-02-01,2020-02-01,2020-01-05,day\ncase-y,2020-01-05,plan,2020-02-01,2020-02-01,2020-01-20,day\n\
                case-y,2020-03-01,plan,2020-05-01,2020-05-01,2020-01-20,day\n";
    let other = run(&table(&[rows.clone(), vec![late.to_string()]].concat()));
    assert_eq!((found.late, other.late), (0, 2));
    assert!(other.evaluations.iter().all(|e| e.case != "case-x"));
    let without = late.lines().nth(1).unwrap().to_string() + "\n";
    let same = run(&table(&[rows, vec![without]].concat()));
    assert_eq!(other.evaluations.len(), same.evaluations.len());
    for evaluation in &same.evaluations {
        assert_eq!(forecast(evaluation), forecast(find(&other, evaluation)));
    }
}
