//! Models that differ in few values in; a row of figures for each out. What they have in common is computed once.

use super::options::Options;
use super::outcome::Method;
use super::series::{Found, Series, have_ground_in_common};
use super::summary::Distribution;
use crate::day::Day;
use crate::model::Model;

/// The quantiles of a row.
const LEVELS: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// What one variant of a scenario comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepRow {
    /// For every column of [`sweep_columns`](crate::sweep_columns) but the last one; all empty unless the status is `ok`.
    pub cells: Vec<SweepCell>,
    /// `ok`, `ok (sampled)`, `infeasible`, `invalid: …` or `refused: …`.
    pub status: String,
}

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SweepCell {
    Number(f64),
    Day(Day),
    /// There is none: a mean or quantile of what does not occur, or no forecast.
    Empty,
}

/// The names of a row's figures: `ID.occurs`, `ID.mean_day`, `ID.q05` to `ID.q95` for every event, `query:ID`, `agreement`;
/// then `status`.
pub fn sweep_columns(model: &Model) -> Vec<String> {
    let mut names = Vec::new();
    for event in &model.events {
        names.extend(["occurs", "mean_day"].map(|figure| format!("{}.{figure}", event.id)));
        names.extend(LEVELS.map(|level| format!("{}.q{:02.0}", event.id, level * 100.0)));
    }
    names.extend(model.queries.iter().map(|query| format!("query:{}", query.id)));
    names.extend(["agreement", "status"].map(str::to_string));
    names
}

/// A row for every model; `Err` in place of a model says what is wrong with it. Models in a row that have priors, rules and
/// propositions in common share their networks. All of them have the same events and queries as `first`.
pub fn sweep(first: &Model, models: &[Result<Model, String>], options: &Options) -> Vec<SweepRow> {
    let columns = sweep_columns(first).len() - 1;
    let mut rows: Vec<Option<SweepRow>> = vec![None; models.len()];
    for at in 0..models.len() {
        if rows[at].is_some() {
            continue;
        }
        let ground = match &models[at] {
            Ok(ground) => ground,
            Err(why) => {
                rows[at] = Some(SweepRow::without_figures(columns, format!("invalid: {why}")));
                continue;
            }
        };
        let mut series = Series::new(ground, options);
        for (found, model) in rows.iter_mut().zip(models).skip(at) {
            if let (None, Ok(model)) = (&found, model)
                && have_ground_in_common(ground, model)
            {
                *found = Some(row(series.find(model), model.horizon.0, columns));
            }
        }
    }
    rows.into_iter().flatten().collect()
}

/// The row of a model.
fn row(found: Found, origin: Day, columns: usize) -> SweepRow {
    let brief = match found {
        Found::Brief(brief) => brief,
        Found::Infeasible => return SweepRow::without_figures(columns, "infeasible".to_string()),
        Found::Refused(why) => return SweepRow::without_figures(columns, format!("refused: {why}")),
    };
    let mut cells = Vec::with_capacity(columns);
    for event in &brief.events {
        add_event(&event.distribution, origin, &mut cells);
    }
    cells.extend(brief.queries.iter().map(|(probability, _)| SweepCell::Number(*probability)));
    cells.push(SweepCell::Number(brief.agreement));
    let status = if brief.method == Method::Exact { "ok" } else { "ok (sampled)" };
    SweepRow { cells, status: status.to_string() }
}

/// The figures of an event's dates.
fn add_event(dates: &Distribution, origin: Day, cells: &mut Vec<SweepCell>) {
    cells.push(SweepCell::Number(dates.occurs().min(1.0)));
    cells.push(dates.mean(origin).map_or(SweepCell::Empty, SweepCell::Number));
    cells.extend(LEVELS.map(|level| dates.quantile(level).map_or(SweepCell::Empty, SweepCell::Day)));
}

impl SweepRow {
    fn without_figures(columns: usize, status: String) -> SweepRow {
        SweepRow { cells: vec![SweepCell::Empty; columns], status }
    }
}
