//! A scenario and a clock in; how long each stage of its forecast takes, and the plan, out.

use super::forecast::{forecast, refusal};
use super::options::{MethodChoice, Options, Watch};
use super::outcome::Refusal;
use super::solve::{Solution, Trouble, solve};
use crate::infer::{Calibration, Number, Plan, Scaled};
use crate::model::Model;
use crate::network::{Compiler, Network, VarId};
use serde::Serialize;
use std::sync::Arc;

/// Repetitions of a stage: so many at least, and more until it has been watched so long (seconds).
const FEWEST: usize = 3;
const MOST: usize = 1000;
const WATCHED: f64 = 0.5;

/// How long the stages of a forecast take.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    pub title: Option<String>,
    pub stages: Vec<Stage>,
    pub plan: PlanOutline,
}

/// A stage's time.
#[derive(Clone, Debug, Serialize)]
pub struct Stage {
    pub name: &'static str,
    pub median_seconds: f64,
    pub least_seconds: f64,
    pub repetitions: usize,
}

/// How the forecast's network is solved, and what that was predicted to take.
#[derive(Clone, Debug, Serialize)]
pub struct PlanOutline {
    /// Whether the range of plain numbers was enough.
    pub arithmetic: Arithmetic,
    pub variables: usize,
    pub factors: usize,
    /// Variables in parts that are trees.
    pub in_trees: usize,
    /// Variables that are eliminated with tables.
    pub in_tables: usize,
    /// Entries of all lines and tables.
    pub cells: f64,
    pub bytes: f64,
    /// Elementary steps: a multiplication or a range sum each.
    pub operations: f64,
    /// Entries of the largest table, and the events that it ties together.
    pub largest_cells: f64,
    pub largest_events: Vec<String>,
    /// The same for people.
    pub words: Vec<String>,
}

/// What kind of numbers a network was solved with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Arithmetic {
    /// `f64`.
    Plain,
    /// A mantissa and an exponent each.
    Wide,
}

/// The plan for a scenario's forecast, and how long its stages take by a clock of seconds.
///
/// Stages: `compile` (variables, narrowing and factors of the forecast's network), `plan`, `infer` (its messages and all
/// marginals), `forecast` (all of it: every network, reports, queries, joint windows).
///
/// # Errors
/// As [`forecast`](crate::forecast).
pub fn measure(model: &Model, options: &Options, clock: &dyn Fn() -> f64) -> Result<Measured, Refusal> {
    let found = match measure_on::<f64>(model, options, clock) {
        Err(Trouble::Range) => measure_on::<Scaled>(model, options, clock),
        other => other,
    };
    let mut measured = found.map_err(|trouble| refusal(model, trouble, MethodChoice::Exact))?;
    forecast(model, Vec::new(), options, Watch::default())?;
    measured.stages.push(timed("forecast", clock, || drop(forecast(model, Vec::new(), options, Watch::default()))));
    Ok(measured)
}

/// The plan for a scenario's forecast.
///
/// # Errors
/// As [`forecast`](crate::forecast).
pub fn outline(model: &Model, options: &Options) -> Result<PlanOutline, Refusal> {
    let found = match solve::<f64>(model, options.limits) {
        Ok(solution) => Ok(outline_of(&solution)),
        Err(Trouble::Range) => solve::<Scaled>(model, options.limits).map(|solution| outline_of(&solution)),
        Err(other) => Err(other),
    };
    found.map_err(|trouble| refusal(model, trouble, MethodChoice::Exact))
}

fn measure_on<N: Number>(model: &Model, options: &Options, clock: &dyn Fn() -> f64) -> Result<Measured, Trouble> {
    let solution = solve::<N>(model, options.limits)?;
    let plan = outline_of(&solution);
    let mut stages = vec![timed("compile", clock, || {
        if let Ok(compiler) = Compiler::new(model) {
            std::hint::black_box(compiler.compile(&solution.evidence));
        }
    })];
    let network = Arc::new(solution.compiler.compile(&solution.evidence));
    drop(solution);
    let order = Arc::new(Plan::new(&network, options.limits.engine, size_of::<N>()));
    stages.push(timed("plan", clock, || {
        drop(std::hint::black_box(Plan::new(&network, options.limits.engine, size_of::<N>())))
    }));
    let infer = || {
        if let Ok(calibration) = Calibration::<N>::planned(network.clone(), order.clone(), options.limits) {
            let possible = !calibration.total().is_zero();
            let vars = (0..network.variables.len()).filter(|_| possible);
            vars.for_each(|var| drop(std::hint::black_box(calibration.marginal(VarId(var)))));
        }
    };
    stages.push(timed("infer", clock, infer));
    Ok(Measured { title: model.title.clone(), stages, plan })
}

fn timed(name: &'static str, clock: &dyn Fn() -> f64, run: impl Fn()) -> Stage {
    let mut times = Vec::new();
    let begun = clock();
    while times.len() < FEWEST || (times.len() < MOST && clock() - begun < WATCHED) {
        let start = clock();
        run();
        times.push(clock() - start);
    }
    times.sort_by(f64::total_cmp);
    Stage { name, median_seconds: times[times.len() / 2], least_seconds: times[0], repetitions: times.len() }
}

fn outline_of<N: Number>(solution: &Solution<'_, N>) -> PlanOutline {
    let calibration = solution.posterior.as_deref().or(solution.given.as_deref()).unwrap_or(&solution.base);
    let (network, cost) = (calibration.network(), calibration.cost());
    let named = calibration.largest_events().into_iter().map(|event| solution.model.events[event].id.clone());
    let mut outline = PlanOutline {
        arithmetic: if N::ENDLESS { Arithmetic::Wide } else { Arithmetic::Plain },
        variables: network.variables.len(),
        factors: network.factors.len(),
        in_trees: cost.in_trees,
        in_tables: cost.in_tables,
        cells: cost.cells,
        bytes: cost.bytes,
        operations: cost.operations,
        largest_cells: cost.largest_cells,
        largest_events: named.collect(),
        words: Vec::new(),
    };
    outline.words = words(&outline, network);
    outline
}

fn words(outline: &PlanOutline, network: &Network) -> Vec<String> {
    let mut words = Vec::new();
    let possible = network.variables.iter().map(|variable| variable.size()).max().unwrap_or(0);
    words.push(format!(
        "{} variables of at most {possible} values, {} factors, {} numbers",
        outline.variables,
        outline.factors,
        if outline.arithmetic == Arithmetic::Plain { "plain" } else { "wide" },
    ));
    if outline.in_trees > 0 {
        words.push(format!("{} in trees: two sweeps of range sums over lines", outline.in_trees));
    }
    if outline.in_tables > 0 {
        let largest = if outline.largest_events.is_empty() {
            String::new()
        } else {
            format!(", the largest over {} ({:.1e} entries)", outline.largest_events.join(", "), outline.largest_cells)
        };
        words.push(format!("{} eliminated one after the other with tables{largest}", outline.in_tables));
    }
    words.push(format!(
        "predicted: {:.1e} cells, {:.1e} bytes, {:.1e} steps",
        outline.cells, outline.bytes, outline.operations
    ));
    words
}
