//! A scenario and gauges in; how long each stage of its forecast takes, what memory that needs, and the plan, out.

use super::forecast::{forecast, refusal};
use super::options::{MethodChoice, Options, Watch};
use super::outcome::Refusal;
use super::solve::{Solution, Trouble, solve};
use super::worlds::{Sample, Worlds, sample};
use crate::infer::{Calibration, Limits, Number, Plan, Scaled};
use crate::model::Model;
use crate::network::{Compiler, Evidence, Network, VarId};
use serde::Serialize;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Repetitions of a stage: so many at least, and more until it has been watched so long (seconds).
const FEWEST: usize = 3;
const MOST: usize = 1000;
const WATCHED: f64 = 0.5;
/// Worlds that the time of the stage `draw` is for; where they would take long, fewer are drawn.
const DRAWN: usize = 1000;

/// What a measurement is read from; the library itself has neither a clock nor an eye on memory.
#[derive(Clone, Copy)]
pub struct Gauges<'g> {
    /// Seconds since some moment.
    pub clock: &'g dyn Fn() -> f64,
    /// The most bytes that the process has used so far; `None` where the system does not tell.
    pub peak_memory: &'g dyn Fn() -> Option<u64>,
}

/// How long the stages of a forecast take.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    pub title: Option<String>,
    pub stages: Vec<Stage>,
    pub plan: PlanOutline,
    /// The most bytes that the process had used when the stage `infer` was over.
    pub infer_peak_memory_bytes: Option<u64>,
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
    /// Whether tables are kept in bands, as far as rules bound the gaps between days.
    pub banded: bool,
    /// Variables that are summed over by conditioning, and the events that are fixed for it.
    pub in_cutsets: usize,
    pub fixed_events: Vec<String>,
    /// Variables that are gone through day by day, and the number of sets of them that can have happened by a day.
    pub in_orders: usize,
    pub histories: usize,
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

/// The plan for a scenario's forecast, and how long its stages take.
///
/// Those of [`Stages`]; then `forecast` (all of it: every network, reports, queries, joint windows) and, where there are
/// worlds, `draw` (1,000 of them; where drawing takes long fewer are drawn, and their time is scaled).
///
/// # Errors
/// As [`forecast`](crate::forecast).
pub fn measure(model: &Model, options: &Options, gauges: Gauges<'_>) -> Result<Measured, Refusal> {
    let Gauges { clock, peak_memory } = gauges;
    let stages = Stages::new(model, options)?;
    let mut times = vec![
        timed("compile", clock, || stages.compile()),
        timed("narrow", clock, || stages.narrow()),
        timed("plan", clock, || stages.plan()),
        timed("infer", clock, || stages.infer()),
    ];
    let infer_peak_memory_bytes = peak_memory();
    let plan = stages.outline.clone();
    drop(stages);
    forecast(model, Vec::new(), options, Watch::default())?;
    times.push(timed("forecast", clock, || drop(forecast(model, Vec::new(), options, Watch::default()))));
    if let Ok(Sample::Worlds(worlds)) = sample(model, options) {
        times.push(timed_draw(&worlds, clock));
    }
    Ok(Measured { title: model.title.clone(), stages: times, plan, infer_peak_memory_bytes })
}

/// Draws ten times as many worlds until that takes a while, and times that many.
fn timed_draw(worlds: &Worlds, clock: &dyn Fn() -> f64) -> Stage {
    let number = Cell::new(0);
    let draw = |count| number.set(draw(worlds, count, number.get()));
    let mut count = 1;
    while count < DRAWN {
        let start = clock();
        draw(count);
        if clock() - start > WATCHED / 10.0 {
            break;
        }
        count *= 10;
    }
    let count = count.min(DRAWN);
    let scale = DRAWN as f64 / count as f64;
    let stage = timed("draw", clock, || draw(count));
    Stage { median_seconds: stage.median_seconds * scale, least_seconds: stage.least_seconds * scale, ..stage }
}

/// Draws so many worlds in batches from that number on; the number after them.
fn draw(worlds: &Worlds, mut left: usize, mut number: u64) -> u64 {
    while left > 0 {
        let count = left.min(worlds.batch_size());
        drop(std::hint::black_box(worlds.batch(1, number, count)));
        (left, number) = (left - count, number + 1);
    }
    number
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

/// The stages of solving the network of a scenario's forecast, each of which can be run by itself, as often as one likes:
/// what comes before it has been done.
pub struct Stages<'m> {
    model: &'m Model,
    limits: Limits,
    compiler: Arc<Compiler<'m>>,
    evidence: Evidence,
    network: Arc<Network>,
    plan: Arc<Plan>,
    outline: PlanOutline,
}

impl<'m> Stages<'m> {
    /// # Errors
    /// Where an exact answer would cost more than the limits allow.
    pub fn new(model: &'m Model, options: &Options) -> Result<Stages<'m>, Refusal> {
        let found = match solve::<f64>(model, options.limits) {
            Err(Trouble::Range) => solve::<Scaled>(model, options.limits).map(|solved| Stages::of(solved, options)),
            other => other.map(|solved| Stages::of(solved, options)),
        };
        found.map_err(|trouble| refusal(model, trouble, MethodChoice::Exact))
    }

    fn of<N: Number>(solution: Solution<'m, N>, options: &Options) -> Stages<'m> {
        let outline = outline_of(&solution);
        let network = Arc::new(solution.compiler.compile(&solution.evidence));
        Stages {
            model: solution.model,
            limits: options.limits,
            compiler: solution.compiler,
            evidence: solution.evidence,
            plan: Arc::new(Plan::new(&network, options.limits, size_of::<N>())),
            network,
            outline,
        }
    }

    /// How the network is solved.
    pub fn outline(&self) -> &PlanOutline {
        &self.outline
    }

    /// From the model to variables, priors and rules.
    pub fn compile(&self) {
        drop(std::hint::black_box(Compiler::new(self.model)));
    }

    /// From these and what is known to narrow domains and their factors.
    pub fn narrow(&self) {
        drop(std::hint::black_box(self.compiler.compile(&self.evidence)));
    }

    /// From the network to an order of elimination and its cost.
    pub fn plan(&self) {
        let bytes = match self.outline.arithmetic {
            Arithmetic::Plain => size_of::<f64>(),
            Arithmetic::Wide => size_of::<Scaled>(),
        };
        drop(std::hint::black_box(Plan::new(&self.network, self.limits, bytes)));
    }

    /// From network and plan to all messages and the marginals of all variables.
    pub fn infer(&self) {
        match self.outline.arithmetic {
            Arithmetic::Plain => self.infer_on::<f64>(),
            Arithmetic::Wide => self.infer_on::<Scaled>(),
        }
    }

    fn infer_on<N: Number>(&self) {
        let found = Calibration::<N>::planned(self.network.clone(), self.plan.clone(), self.limits);
        if let Ok(calibration) = found {
            let possible = !calibration.total().is_zero();
            let vars = (0..self.network.variables.len()).filter(|_| possible);
            vars.for_each(|var| drop(std::hint::black_box(calibration.marginal(VarId(var)))));
        }
    }
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
    let named = |events: BTreeSet<usize>| -> Vec<String> {
        events.into_iter().map(|event| solution.model.events[event].id.clone()).collect()
    };
    let mut outline = PlanOutline {
        arithmetic: if N::ENDLESS { Arithmetic::Wide } else { Arithmetic::Plain },
        variables: network.variables.len(),
        factors: network.factors.len(),
        in_trees: cost.in_trees,
        in_tables: cost.in_tables,
        banded: cost.banded,
        in_cutsets: cost.in_cutsets,
        fixed_events: named(calibration.fixed_events()),
        in_orders: cost.in_orders,
        histories: cost.histories,
        cells: cost.cells,
        bytes: cost.bytes,
        operations: cost.operations,
        largest_cells: cost.largest_cells,
        largest_events: named(calibration.largest_events()),
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
        let bands = if outline.banded { " in bands beside one of their days" } else { "" };
        words.push(format!("{} eliminated one after the other with tables{bands}{largest}", outline.in_tables));
    }
    if outline.in_cutsets > 0 {
        words.push(format!(
            "{} by conditioning: two sweeps over the others for every combination of {}",
            outline.in_cutsets,
            outline.fixed_events.join(", ")
        ));
    }
    if outline.in_orders > 0 {
        words.push(format!(
            "{} in orders: day by day up and back over the {} sets of them that can have happened",
            outline.in_orders, outline.histories
        ));
    }
    words.push(format!(
        "predicted: {:.1e} cells, {:.1e} bytes, {:.1e} steps",
        outline.cells, outline.bytes, outline.operations
    ));
    words
}
