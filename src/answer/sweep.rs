//! Models that differ in few values in; a row of figures for each out. What they have in common is computed once.

use super::forecast::forecast;
use super::options::{MethodChoice, Options, Watch};
use super::outcome::{Answer, Forecast};
use super::solve::{Solution, Solver, Trouble, probability, start_days};
use super::summary::{DayProbability, Distribution};
use crate::day::Day;
use crate::infer::{Limits, Number, Scaled};
use crate::model::{EventId, Model};

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
        let mut series = Series { ground, solver: None, options, columns };
        for (row, model) in rows.iter_mut().zip(models).skip(at) {
            if let (None, Ok(model)) = (&row, model)
                && have_ground_in_common(ground, model)
            {
                *row = Some(series.row(model));
            }
        }
    }
    rows.into_iter().flatten().collect()
}

/// Whether two models differ in nothing that networks are made of but what is known, when, and how far it is believed.
fn have_ground_in_common(one: &Model, other: &Model) -> bool {
    let dates = |model: &Model| model.horizon;
    let facts = |one: &Model, other: &Model| {
        one.observations.len() == other.observations.len()
            && one.observations.iter().zip(&other.observations).all(|(a, b)| a.says == b.says)
            && one.assumptions.len() == other.assumptions.len()
            && one.assumptions.iter().zip(&other.assumptions).all(|(a, b)| a.says == b.says)
    };
    dates(one) == dates(other)
        && one.calendar == other.calendar
        && one.events.len() == other.events.len()
        && one
            .events
            .iter()
            .zip(&other.events)
            .all(|(a, b)| a.start == b.start && a.length == b.length && a.happened == b.happened)
        && one.rules.len() == other.rules.len()
        && one.rules.iter().zip(&other.rules).all(|(a, b)| a.says == b.says && a.dropped == b.dropped)
        && one.reports.len() == other.reports.len()
        && one.reports.iter().zip(&other.reports).all(|(a, b)| a.claim == b.claim)
        && one.queries.len() == other.queries.len()
        && one.queries.iter().zip(&other.queries).all(|(a, b)| a.ask == b.ask)
        && facts(one, other)
}

/// Models with a ground in common.
struct Series<'s> {
    ground: &'s Model,
    solver: Option<Solver<'s, f64>>,
    options: &'s Options,
    columns: usize,
}

impl<'s> Series<'s> {
    fn row(&mut self, model: &Model) -> SweepRow {
        if self.options.method == MethodChoice::Sample {
            return self.drawn(model);
        }
        match self.computed(model) {
            Ok(row) => row,
            Err(Trouble::Range) => match computed_wide(model, self.options.limits, self.columns) {
                Ok(row) => row,
                Err(trouble) => self.otherwise(model, trouble),
            },
            Err(trouble) => self.otherwise(model, trouble),
        }
    }

    fn computed(&mut self, model: &Model) -> Result<SweepRow, Trouble> {
        let solver = match &mut self.solver {
            Some(solver) => solver,
            none => none.insert(Solver::new(self.ground, self.options.limits)?),
        };
        figures(&solver.solve(model)?, self.columns)
    }

    /// Where an exact answer is out of reach.
    fn otherwise(&self, model: &Model, trouble: Trouble) -> SweepRow {
        match (trouble, self.options.method) {
            (Trouble::TooLarge(_), MethodChoice::Auto) => self.drawn(model),
            (trouble, method) => {
                let why = super::forecast::refusal(model, trouble, method);
                SweepRow::without_figures(self.columns, format!("refused: {why}"))
            }
        }
    }

    fn drawn(&self, model: &Model) -> SweepRow {
        let options = Options { joint: Some(Vec::new()), listed: 1, ..self.options.clone() };
        match forecast(model, Vec::new(), &options, Watch::default()) {
            Ok(Answer::Forecast(forecast)) => of_forecast(&forecast),
            Ok(Answer::Infeasible(_)) => SweepRow::without_figures(self.columns, "infeasible".to_string()),
            Err(why) => SweepRow::without_figures(self.columns, format!("refused: {why}")),
        }
    }
}

fn computed_wide(model: &Model, limits: Limits, columns: usize) -> Result<SweepRow, Trouble> {
    figures(&Solver::<Scaled>::new(model, limits)?.solve(model)?, columns)
}

fn figures<N: Number>(solution: &Solution<'_, N>, columns: usize) -> Result<SweepRow, Trouble> {
    let (Some(posterior), Some(given)) = (&solution.posterior, &solution.given) else {
        return Ok(SweepRow::without_figures(columns, "infeasible".to_string()));
    };
    let model = solution.model;
    let mut cells = Vec::with_capacity(columns);
    for event in 0..model.events.len() {
        let (days, _) = start_days(posterior, EventId(event))?;
        let days = days.into_iter().map(|(day, p)| DayProbability { date: model.horizon.0 + day, p, p_error: None });
        add_event(&Distribution { days: days.collect() }, model.horizon.0, &mut cells);
    }
    for query in &model.queries {
        cells.push(SweepCell::Number(probability(posterior, &solution.compiler, &query.ask)?));
    }
    cells.push(SweepCell::Number(posterior.total().over(given.total()).to_f64()));
    Ok(SweepRow { cells, status: "ok".to_string() })
}

fn of_forecast(forecast: &Forecast) -> SweepRow {
    let mut cells = Vec::new();
    for event in &forecast.events {
        add_event(&event.distribution(), forecast.horizon.from, &mut cells);
    }
    cells.extend(forecast.queries.iter().map(|query| SweepCell::Number(query.probability)));
    cells.push(SweepCell::Number(forecast.agreement));
    SweepRow { cells, status: "ok (sampled)".to_string() }
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
