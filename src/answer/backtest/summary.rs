//! Evaluations in; means and medians of the forecast beside its baselines, coverage and reliability out.

use super::super::score::{Average, BrierParts, Coverage, ReliabilityBin, WindowScore, average, reliability};
use super::{Evaluation, Judged};
use serde::Serialize;
use std::collections::BTreeMap;

/// How good forecasts were, over all statements that name a date.
#[derive(Clone, Debug, Serialize)]
pub struct BacktestSummary {
    /// Statements that name a date: every mean is over these, and standard errors are by case.
    pub statements: usize,
    pub cases: usize,
    pub forecast: DateFigures,
    /// Whoever believes that it will be as the latest statement says; the score is the absolute error.
    pub latest_statement: Figures,
    pub base_rate: DateFigures,
    pub no_reports: DateFigures,
    pub coverage: Vec<Coverage>,
    /// Of the questions whether it has started by the stated day, a week later and a month later.
    pub reliability: Vec<ReliabilityBin>,
    pub decomposition: Option<BrierParts>,
}

/// Days between a point forecast and what happened; of cases that did.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    pub absolute_error: Average,
    pub median_absolute_error: Option<f64>,
    /// Where it never happened, the days from what was stated to the end of the horizon.
    pub crps: Average,
}

/// The figures of a forecast distribution, its median the point forecast.
#[derive(Clone, Debug, Serialize)]
pub struct DateFigures {
    #[serde(flatten)]
    pub figures: Figures,
    /// In nats.
    pub log_score: Average,
    /// How often what happened was held impossible: these are in no log score.
    pub impossible: usize,
}

/// Evaluations in which a date was stated, by case.
type Groups<'e> = Vec<Vec<&'e Evaluation>>;

impl BacktestSummary {
    /// Sums up evaluations.
    pub fn of(evaluations: &[Evaluation]) -> BacktestSummary {
        let mut by_case: BTreeMap<&str, Vec<&Evaluation>> = BTreeMap::new();
        for evaluation in evaluations.iter().filter(|evaluation| evaluation.statements > 0) {
            by_case.entry(&evaluation.case).or_default().push(evaluation);
        }
        let groups: Groups<'_> = by_case.into_values().collect();
        let answers: Vec<(f64, bool)> = groups.iter().flatten().flat_map(|e| e.forecast.answers.clone()).collect();
        let (reliability, decomposition) = reliability(&answers);
        BacktestSummary {
            statements: groups.iter().flatten().map(|evaluation| evaluation.statements).sum(),
            cases: groups.len(),
            forecast: date_figures(&groups, |evaluation| Some(&evaluation.forecast)),
            latest_statement: figures(&groups, |e| e.outcome.and(e.statement_error), |e| e.statement_error),
            base_rate: date_figures(&groups, |evaluation| evaluation.base_rate.as_ref()),
            no_reports: date_figures(&groups, |evaluation| Some(&evaluation.no_reports)),
            coverage: coverage(&groups),
            reliability,
            decomposition,
        }
    }
}

/// The values of every case, each as often as statements were made.
fn values(groups: &Groups<'_>, value: impl Fn(&Evaluation) -> Option<f64>) -> Vec<Vec<f64>> {
    let of = |evaluation: &&Evaluation| std::iter::repeat_n(value(evaluation), evaluation.statements).flatten();
    groups.iter().map(|group| group.iter().flat_map(of).collect()).collect()
}

fn figures(
    groups: &Groups<'_>,
    error: impl Fn(&Evaluation) -> Option<f64>,
    crps: impl Fn(&Evaluation) -> Option<f64>,
) -> Figures {
    let errors = values(groups, error);
    Figures {
        median_absolute_error: median(errors.concat()),
        absolute_error: average(&errors),
        crps: average(&values(groups, crps)),
    }
}

fn date_figures(groups: &Groups<'_>, judged: impl Fn(&Evaluation) -> Option<&Judged>) -> DateFigures {
    let impossible = values(groups, |e| judged(e).filter(|j| j.score.log_score.is_none()).map(|_| 1.0));
    DateFigures {
        figures: figures(groups, |e| judged(e)?.absolute_error, |e| Some(judged(e)?.score.crps)),
        log_score: average(&values(groups, |e| judged(e)?.score.log_score)),
        impossible: impossible.iter().map(Vec::len).sum(),
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        count if count % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2.0),
    }
}

fn coverage(groups: &Groups<'_>) -> Vec<Coverage> {
    let levels = groups.iter().flatten().flat_map(|e| e.forecast.windows.iter().map(|window| window.level));
    let mut levels: Vec<f64> = levels.collect();
    levels.sort_unstable_by(f64::total_cmp);
    levels.dedup();
    let of = |level: f64, figure: fn(&WindowScore) -> f64| {
        average(&values(groups, |e| e.forecast.windows.iter().find(|window| window.level == level).map(figure)))
    };
    let coverage = |level: f64| Coverage {
        level,
        held: of(level, |window| f64::from(u8::from(window.hit))),
        stated: of(level, |window| window.probability),
    };
    levels.into_iter().map(coverage).collect()
}
