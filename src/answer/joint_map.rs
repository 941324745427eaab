//! A model and two events in; the probability of every pair of their days, weeks or longer periods out.

use super::forecast::{by_method, infeasible, refusal};
use super::options::Options;
use super::outcome::{Infeasible, Method, Refusal};
use super::sampled;
use super::solve::{Solution, Trouble, solve, start_days};
use super::summary::Span;
use crate::day::Day;
use crate::diagnostic::did_you_mean;
use crate::infer::{Number, Scaled};
use crate::model::{EventId, Model};
use crate::network::{Extension, Function, NEVER, Role, VarId, Variable};

/// Events on at most so many days are told day by day.
const MOST_DAYS: i32 = 45;
/// At most so many periods an event, where longer ones are at hand.
const MOST_PERIODS: i32 = 80;
/// Lengths of longer periods, in weeks: one, four, a quarter of a year, a year.
const WEEKS: [i32; 4] = [1, 4, 13, 52];
/// Pairs beyond this many are not looked through.
const MOST_PAIRS: f64 = 4e6;

/// How probable each pair of periods is in which two events start.
#[derive(Clone, Debug, PartialEq)]
pub struct JointMap {
    pub title: Option<String>,
    pub horizon: Span,
    pub as_of: Option<Day>,
    pub method: Method,
    /// Days in a period: 1, 7 or a multiple of 7.
    pub period_days: i32,
    pub events: [MappedEvent; 2],
    /// For every period of the first event a row, with a cell for every period of the second. They sum to 1.
    pub probabilities: Vec<Vec<f64>>,
}

/// One of the two events.
#[derive(Clone, Debug, PartialEq)]
pub struct MappedEvent {
    pub id: String,
    pub title: Option<String>,
    /// In order; the last may be "does not occur" (`None`). Periods of weeks begin on Mondays, and are not cut at the horizon.
    pub periods: Vec<Option<Span>>,
}

/// What comes of asking for a map.
#[derive(Clone, Debug)]
pub enum JointMapped {
    Map(Box<JointMap>),
    /// There is no world. This is an answer, not an error.
    Infeasible(Infeasible),
}

/// Maps two events, by default the first two in doubt.
///
/// # Errors
/// Where an answer would cost more than the limits allow, an event is not there, or there are no two events in doubt.
pub fn joint_map(model: &Model, names: &[String], options: &Options) -> Result<JointMapped, Refusal> {
    let named = named(model, names)?;
    let computed = || match exact::<f64>(model, named, options) {
        Err(Trouble::Range) => exact::<Scaled>(model, named, options),
        other => other,
    };
    let drawn = || sampled(model, named, options);
    let found = by_method(options.method, computed, drawn);
    found.map_err(|trouble| refusal(model, trouble, options.method))?
}

/// The two events by their names; `None` where none are given.
fn named(model: &Model, names: &[String]) -> Result<Option<[usize; 2]>, Refusal> {
    let [first, second] = names else {
        let why = "a joint picture is of two events: name two of them, or none";
        return if names.is_empty() { Ok(None) } else { Err(Refusal::Named(why.to_string())) };
    };
    let find = |name: &String| {
        model.events.iter().position(|event| event.id == *name).ok_or_else(|| {
            let hint = did_you_mean(name, model.events.iter().map(|event| event.id.as_str()));
            let hint = hint.map_or(String::new(), |hint| format!("; {hint}"));
            Refusal::Named(format!("there is no event '{name}'{hint}"))
        })
    };
    let found = [find(first)?, find(second)?];
    if found[0] == found[1] {
        return Err(Refusal::Named(format!("'{first}' is named twice; a joint picture is of two events")));
    }
    Ok(Some(found))
}

/// A map, or why there is none although nothing went wrong.
type Found = Result<Result<JointMapped, Refusal>, Trouble>;

fn too_few() -> Refusal {
    Refusal::Nothing(
        "a joint picture needs two events, and fewer are in doubt here (name two with --event)".to_string(),
    )
}

fn exact<N: Number>(model: &Model, named: Option<[usize; 2]>, options: &Options) -> Found {
    let solution = solve::<N>(model, options.limits)?;
    if !solution.is_feasible() {
        return Ok(Ok(JointMapped::Infeasible(infeasible(model, options)?)));
    }
    let events = match named {
        Some(events) => events,
        None => match first_in_doubt(&solution)? {
            Some(events) => events,
            None => return Ok(Err(too_few())),
        },
    };
    let Some(posterior) = &solution.posterior else { return Ok(Err(too_few())) };
    let network = posterior.network();
    let starts = events.map(|event| network.variables[network.starts[event].0]);
    let mut grid = Grid::new(model, starts.map(|start| (start.first, start.last(), start.never)));
    let mut extension = Extension::new(&network.variables);
    let keep: Vec<VarId> = if grid.period_days == 1 {
        events.iter().map(|event| network.starts[*event]).collect()
    } else {
        events.iter().map(|event| week_of(&mut extension, network.starts[*event], *event, grid.shift)).collect()
    };
    let sizes: Vec<usize> = keep.iter().map(|var| extension.variable(*var).size()).collect();
    if sizes.iter().map(|size| *size as f64).product::<f64>() > MOST_PAIRS {
        return Err(Trouble::TooLong("there are too many pairs of weeks for a joint picture".to_string()));
    }
    let table = posterior.joint(&extension, &keep)?;
    if posterior.lost() {
        return Err(Trouble::Range);
    }
    let day = |at: usize, index: usize| {
        let value = extension.variable(keep[at]).value(index).first;
        if value == NEVER || grid.period_days == 1 { value } else { 7 * value - grid.shift }
    };
    let days = [0, 1].map(|at| (0..sizes[at]).map(|index| day(at, index)).collect::<Vec<i32>>());
    for (index, value) in table.values.iter().enumerate().filter(|(_, value)| !value.is_zero()) {
        let pair = [days[0][index / sizes[1]], days[1][index % sizes[1]]];
        grid.add(pair, value.scaled().shifted(table.exponent).to_f64());
    }
    Ok(Ok(grid.map(model, events, Method::Exact)))
}

/// A variable for the week of an event's first day.
fn week_of(extension: &mut Extension<'_>, day: VarId, event: usize, shift: i32) -> VarId {
    let start = extension.variable(day);
    let first = (start.first + shift).div_euclid(7);
    let count = if start.days == 0 { 0 } else { (start.last() + shift).div_euclid(7) - first + 1 };
    let week = extension.add(Variable::of_days(Role::Week(EventId(event)), first, count as usize, start.never));
    extension.weigh(Function::Week { day, week, shift });
    week
}

fn first_in_doubt<N: Number>(solution: &Solution<'_, N>) -> Result<Option<[usize; 2]>, Trouble> {
    let Some(posterior) = &solution.posterior else { return Ok(None) };
    let mut found = Vec::new();
    for event in 0..solution.model.events.len() {
        let (days, never) = start_days(posterior, EventId(event))?;
        if days.len() + usize::from(never > 0.0) > 1 {
            found.push(event);
        }
        if let [first, second] = found[..] {
            return Ok(Some([first, second]));
        }
    }
    Ok(None)
}

fn sampled(model: &Model, named: Option<[usize; 2]>, options: &Options) -> Found {
    let drawn = match sampled::paired_days::<f64>(model, named, options) {
        Err(Trouble::Range) => sampled::paired_days::<Scaled>(model, named, options),
        other => other,
    };
    let drawn = match drawn? {
        Ok(Some(drawn)) => drawn,
        Ok(None) => return Ok(Err(too_few())),
        Err(infeasible) => return Ok(Ok(JointMapped::Infeasible(infeasible))),
    };
    let range = |at: usize| {
        let days = || drawn.pairs.keys().map(move |pair| pair[at]).filter(|day| *day != NEVER);
        let never = drawn.pairs.keys().any(|pair| pair[at] == NEVER);
        (days().min().unwrap_or(0), days().max().unwrap_or(-1), never)
    };
    let mut grid = Grid::new(model, [range(0), range(1)]);
    drawn.pairs.iter().for_each(|(pair, share)| grid.add(*pair, *share));
    Ok(Ok(grid.map(model, drawn.events, drawn.method)))
}

/// Where pairs of days are added up.
struct Grid {
    period_days: i32,
    /// The weekday of day 0, so that weeks begin on Mondays.
    shift: i32,
    /// For each event the first day of its first period, how many there are, and whether it may not occur.
    axes: [(i32, usize, bool); 2],
    cells: Vec<Vec<f64>>,
}

impl Grid {
    /// For each event the first and last day (the last before the first where there is none) and whether it may not occur.
    fn new(model: &Model, ranges: [(i32, i32, bool); 2]) -> Grid {
        let shift = model.horizon.0.weekday() as i32;
        let longest = ranges.iter().map(|(first, last, _)| last - first + 1).max().unwrap_or(0);
        let weeks = WEEKS.into_iter().find(|weeks| longest / (7 * weeks) < MOST_PERIODS).unwrap_or(WEEKS[3]);
        let period_days = if longest <= MOST_DAYS { 1 } else { 7 * weeks };
        let axes = ranges.map(|(first, last, never)| {
            let start = if period_days == 1 { first } else { 7 * (first + shift).div_euclid(7) - shift };
            let count = if last < first { 0 } else { (last - start) / period_days + 1 };
            (start, count as usize, never)
        });
        let size = |(_, count, never): (i32, usize, bool)| count + usize::from(never);
        Grid { period_days, shift, axes, cells: vec![vec![0.0; size(axes[1])]; size(axes[0])] }
    }

    fn add(&mut self, pair: [i32; 2], probability: f64) {
        let place = |at: usize| {
            let (first, count, _) = self.axes[at];
            if pair[at] == NEVER { count } else { ((pair[at] - first) / self.period_days) as usize }
        };
        let (row, column) = (place(0), place(1));
        self.cells[row][column] += probability;
    }

    /// The places of an event's periods between the first and the last of positive probability, and of "does not occur".
    fn kept(&self, at: usize) -> Vec<usize> {
        let (_, count, never) = self.axes[at];
        let (rows, columns) = (self.cells.len(), self.cells.first().map_or(0, Vec::len));
        let is_possible = |place: &usize| match at {
            0 => (0..columns).any(|column| self.cells[*place][column] > 0.0),
            _ => (0..rows).any(|row| self.cells[row][*place] > 0.0),
        };
        let mut possible = (0..count).filter(is_possible);
        let span = possible.next().map(|first| (first, possible.next_back().unwrap_or(first)));
        let periods = span.map_or(0..0, |(first, last)| first..last + 1);
        periods.chain(Some(count).filter(|place| never && is_possible(place))).collect()
    }

    fn map(self, model: &Model, events: [usize; 2], method: Method) -> JointMapped {
        let kept = [self.kept(0), self.kept(1)];
        let event = |at: usize| {
            let (first, count, _) = self.axes[at];
            let event = &model.events[events[at]];
            let period = |place: &usize| {
                let from = model.horizon.0 + (first + *place as i32 * self.period_days);
                (*place < count).then_some(Span { from, to: from + (self.period_days - 1) })
            };
            let periods = kept[at].iter().map(period).collect();
            MappedEvent { id: event.id.clone(), title: event.title.clone(), periods }
        };
        JointMapped::Map(Box::new(JointMap {
            title: model.title.clone(),
            horizon: Span { from: model.horizon.0, to: model.horizon.1 },
            as_of: model.as_of,
            method,
            period_days: self.period_days,
            events: [event(0), event(1)],
            probabilities: kept[0]
                .iter()
                .map(|row| kept[1].iter().map(|column| self.cells[*row][*column]).collect())
                .collect(),
        }))
    }
}
