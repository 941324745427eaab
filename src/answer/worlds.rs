//! A model in, worlds drawn from its forecast out: every event's days and every query's answer, a row a world.

use super::forecast::{infeasible, refusal};
use super::options::{MethodChoice, Options};
use super::outcome::{Infeasible, Refusal};
use super::sampled::{Proposal, Weighed, proposal};
use super::solve::{Trouble, solve};
use crate::day::Day;
use crate::infer::{Calibration, Number, Sampler, Scaled, TooLarge};
use crate::model::{EventId, Length, Model, Side};
use crate::network::{At, Compiler, Formula, Value, Variable};
use crate::shape::Masses;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fmt;
use std::sync::Arc;

/// Worlds in a batch, or less where there are very many events.
const BATCH: usize = 4096;
/// Worlds of a population, and how many are picked from one.
const POPULATION: usize = 4096;
const BATCH_OF_POPULATION: usize = 256;
/// Numbers (values of variables and cells) in a batch of several worlds.
const MOST_NUMBERS: usize = 1 << 19;

/// What comes of asking for worlds.
pub enum Sample {
    Worlds(Box<Worlds>),
    /// There is no world to draw. This is an answer, not an error.
    Infeasible(Infeasible),
}

/// A forecast that worlds can be drawn from.
///
/// Worlds come in batches of [`Worlds::batch_size`], numbered from 0, each with a stream of chance of its own: which thread
/// draws which changes nothing.
pub struct Worlds {
    proposal: Proposal,
    columns: Vec<Column>,
    /// Where the cells of each column come from.
    sources: Vec<Source>,
    /// For every variable what its indices stand for.
    values: Vec<Vec<Value>>,
    origin: Day,
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// The first day of the event of that id.
    Start(String),
    /// The last day of the event of that id, whose length is in doubt or follows from its start.
    End(String),
    /// Whether the query of that id is true.
    Query(String),
}

/// What stands in a column of a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    Day(Day),
    /// The event does not occur.
    Never,
    Truth(bool),
}

/// Worlds drawn together: a row of cells, one a column, for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    count: usize,
    columns: usize,
    cells: Vec<Cell>,
}

/// Where the cells of a column come from.
enum Source {
    /// A day of the network, and what to add to it.
    Day(At, i32),
    /// A first day of the network, and a length that is in doubt and independent of all else.
    /// `ends[i]` is the probability of at most `shortest + i` days.
    Length {
        start: At,
        shortest: i32,
        ends: Vec<f64>,
    },
    /// A first day of the network, which decides the last one: this for each day from `first` on.
    Last {
        start: At,
        first: i32,
        last: Vec<i32>,
    },
    Query(Formula),
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Column::Start(event) => f.write_str(event),
            Column::End(event) => write!(f, "{event}.end"),
            Column::Query(query) => write!(f, "query:{query}"),
        }
    }
}

/// Makes worlds ready to be drawn; on plain numbers first, on wide ones where those do not reach.
///
/// # Errors
/// Where an exact answer would cost more than the limits allow.
pub fn sample(model: &Model, options: &Options) -> Result<Sample, Refusal> {
    let found = match (options.method, sample_on::<f64>) {
        (MethodChoice::Sample, _) => drawn(model, options),
        (_, solved) => match solved(model, options) {
            Err(Trouble::Range) => sample_on::<Scaled>(model, options),
            other => other,
        },
    };
    let found = match found {
        Err(Trouble::TooLarge(exact)) if options.method == MethodChoice::Auto => {
            drawn(model, options).map_err(|trouble| match trouble {
                Trouble::TooLarge(_) => Trouble::TooLarge(exact),
                other => other,
            })
        }
        other => other,
    };
    found.map_err(|trouble| refusal(model, trouble, options.method))
}

/// Worlds of what is out of reach of an exact forecast.
fn drawn(model: &Model, options: &Options) -> Result<Sample, Trouble> {
    let made = |compiler: &Compiler<'_>, proposal| Worlds::new(model, compiler, proposal);
    let found = match proposal::<f64, _>(model, options, made) {
        Err(Trouble::Range) => proposal::<Scaled, _>(model, options, made),
        other => other,
    };
    Ok(match found? {
        Ok(worlds) => Sample::Worlds(Box::new(worlds)),
        Err(infeasible) => Sample::Infeasible(infeasible),
    })
}

fn sample_on<N: Number>(model: &Model, options: &Options) -> Result<Sample, Trouble>
where
    Sampler: TryFrom<Arc<Calibration<N>>, Error = TooLarge>,
{
    let mut solution = solve::<N>(model, options.limits)?;
    Ok(match solution.posterior.take() {
        Some(posterior) => {
            let sampler = Sampler::try_from(posterior)?;
            if sampler.lost() && !N::ENDLESS {
                return Err(Trouble::Range);
            }
            Sample::Worlds(Box::new(Worlds::new(model, &solution.compiler, Proposal::of(sampler))))
        }
        None => Sample::Infeasible(infeasible(model, options)?),
    })
}

impl Worlds {
    /// The proposal is for the network of all that is known.
    fn new(model: &Model, compiler: &Compiler<'_>, proposal: Proposal) -> Worlds {
        let network = proposal.network();
        let values = network.variables.iter().map(|variable| (0..variable.size()).map(|i| variable.value(i)).collect());
        let (mut columns, mut sources) = (Vec::new(), Vec::new());
        for (index, event) in model.events.iter().enumerate() {
            let start = At { var: network.starts[index], side: Side::First };
            columns.push(Column::Start(event.id.clone()));
            sources.push(Source::Day(start, 0));
            if event.fixed_length().is_none() {
                columns.push(Column::End(event.id.clone()));
                sources.push(match (&event.length, compiler.last_day(EventId(index))) {
                    (Length::WorkingDays(count), _) => {
                        Source::last(model, start, &network.variables[start.var.0], *count)
                    }
                    (_, Some((at, offset))) => Source::Day(at, offset),
                    (Length::Days(masses), None) => Source::length(start, masses),
                });
            }
        }
        for query in &model.queries {
            columns.push(Column::Query(query.id.clone()));
            sources.push(Source::Query(compiler.truth(&query.ask)));
        }
        Worlds { values: values.collect(), columns, sources, origin: model.horizon.0, proposal }
    }

    /// What each column holds, in order: an event's first day, its last where its length is in doubt, and after all
    /// events the queries.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Worlds in a batch: always the same for the same scenario, and so few that a batch is small.
    pub fn batch_size(&self) -> usize {
        let most = if self.are_exact() { BATCH } else { BATCH_OF_POPULATION };
        (MOST_NUMBERS / (self.values.len() + self.columns.len()).max(1)).clamp(1, most)
    }

    /// Whether every world is drawn by itself with its exact probability; else a batch is picked from a population, whose
    /// worlds depend on each other a little.
    pub fn are_exact(&self) -> bool {
        self.proposal.is_whole() && !self.proposal.is_of_populations()
    }

    /// The values of all variables in the first `count` worlds of a batch; none where no world of a population was left.
    fn indices(&self, seed: u64, number: u64, count: usize) -> Vec<u32> {
        if self.are_exact() {
            return self.proposal.batch(seed, number, count).batch.values;
        }
        let Weighed { batch, .. } = self.proposal.batch(seed, number, POPULATION);
        let mut picks = ChaCha8Rng::seed_from_u64(seed);
        picks.set_stream(number | 1 << 62);
        let ends = batch.weights.iter().scan(0.0, |end, weight| {
            *end += weight;
            Some(*end)
        });
        let ends: Vec<f64> = ends.collect();
        let total = ends.last().copied().unwrap_or(0.0);
        let width = self.values.len();
        let picked = (0..if total > 0.0 { count } else { 0 }).flat_map(|_| {
            let part = picks.random::<f64>() * total;
            let at = ends.partition_point(|end| *end <= part).min(POPULATION - 1);
            batch.values[at * width..(at + 1) * width].iter().copied()
        });
        picked.collect()
    }

    /// The first `count` worlds of a batch.
    pub fn batch(&self, seed: u64, number: u64, count: usize) -> Rows {
        let values = self.indices(seed, number, count);
        let count = values.len() / self.values.len().max(1);
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        // The sampler's streams are the numbers of batches.
        chance.set_stream(number | 1 << 63);
        let columns = self.columns.len();
        let mut cells = Vec::with_capacity(columns * count);
        let width = self.values.len();
        let mut world = vec![Value::NEVER; width];
        for row in 0..count {
            let indices = &values[row * width..(row + 1) * width];
            for ((value, meanings), index) in world.iter_mut().zip(&self.values).zip(indices) {
                *value = meanings[*index as usize];
            }
            cells.extend(self.sources.iter().map(|source| source.cell(&world, self.origin, &mut chance)));
        }
        Rows { count, columns, cells }
    }

    /// All worlds of a seed, one after the other, without end: in each a cell for every column.
    pub fn draw(&self, seed: u64) -> impl Iterator<Item = Vec<Cell>> {
        let batches = (0..).map(move |number| self.batch(seed, number, self.batch_size()));
        batches.flat_map(|rows| rows.iter().map(<[Cell]>::to_vec).collect::<Vec<_>>())
    }

    /// The first day of the horizon, and one that no event ends after.
    pub(crate) fn span(&self) -> (Day, Day) {
        let last = self.sources.iter().map(|source| self.latest(source)).max().unwrap_or(0);
        (self.origin, self.origin + last)
    }

    /// No cell of the source is later, in days from the horizon's first.
    fn latest(&self, source: &Source) -> i32 {
        let latest = |at: At| self.values[at.var.0].iter().filter(|v| !v.is_never()).map(|v| at.day(*v)).max();
        match source {
            Source::Day(at, offset) => latest(*at).map_or(0, |day| day + offset),
            Source::Length { start, shortest, ends } => {
                latest(*start).map_or(0, |day| day + shortest + ends.len() as i32 - 2)
            }
            Source::Last { start, first, last } => latest(*start).map_or(0, |day| last[(day - first) as usize]),
            Source::Query(_) => 0,
        }
    }
}

impl Rows {
    /// World after world, the cells in the order of [`Worlds::columns`].
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[Cell]> {
        (0..self.count).map(|row| &self.cells[row * self.columns..(row + 1) * self.columns])
    }
}

impl Source {
    /// A length that is independent of all else.
    fn length(start: At, length: &Masses) -> Source {
        let total = length.total();
        let ends = length.masses.iter().scan(0.0, |end, mass| {
            *end += mass / total;
            Some(*end)
        });
        let mut ends: Vec<f64> = ends.collect();
        if let Some(last) = ends.last_mut() {
            // Whatever the rounding, nothing lies behind.
            *last = f64::INFINITY;
        }
        Source::Length { start, shortest: length.first, ends }
    }

    /// The end of some working days, which the start decides.
    fn last(model: &Model, start: At, variable: &Variable, count: i32) -> Source {
        let origin = model.horizon.0;
        let last = |day: i32| model.calendar.working.last_of(origin + day, count) - origin;
        let days = (0..variable.days as i32).map(|at| variable.first + at);
        Source::Last { start, first: variable.first, last: days.map(last).collect() }
    }

    fn cell(&self, world: &[Value], origin: Day, chance: &mut impl Rng) -> Cell {
        let day = |at: At, offset: i32| match world[at.var.0] {
            value if value.is_never() => None,
            value => Some(at.day(value) + offset),
        };
        let found = match self {
            Source::Last { start, first, last } => day(*start, 0).map(|day| last[(day - first) as usize]),
            Source::Query(formula) => return Cell::Truth(formula.holds(&|var| world[var.0])),
            Source::Day(at, offset) => day(*at, *offset),
            Source::Length { start, shortest, ends } => day(*start, shortest - 1).map(|shortest| {
                let part: f64 = chance.random();
                shortest + ends.partition_point(|end| *end <= part) as i32
            }),
        };
        found.map_or(Cell::Never, |day| Cell::Day(origin + day))
    }
}
