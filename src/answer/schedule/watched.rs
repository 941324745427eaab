//! Events to react to in; what is known of them on every evening, out.

use super::problem::Problem;
use crate::answer::solve::{Solution, Trouble, trusted};
use crate::infer::Number;
use crate::model::{EventId, Side};
use crate::network::{At, Extension, Value, VarId};
use std::collections::BTreeMap;

/// A decision reacts to at most so many events.
pub const MOST_WATCHED: usize = 2;

/// First and last day of an event in some worlds; `None` where it does not occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    pub days: Option<(i32, i32)>,
}

/// What is known of an event on an evening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    NotStarted,
    /// It has started and goes on; when it ends is in doubt.
    Ongoing,
    /// It has ended, or has started and when it ends is known.
    Known,
}

/// A watched event: what it can come to, and what is known of that when.
///
/// What is known on an evening is one of these *cells*: 0 where it has not started; `1 + k` where it goes on since the k-th of
/// the days from which its end is in doubt; and a cell for each value that is known.
#[derive(Clone, Debug)]
pub struct Watched {
    pub event: EventId,
    /// The variables of its first day and, where that is one of its own, of its last.
    pub vars: Vec<VarId>,
    /// What it can come to, each of positive probability, in order.
    pub values: Vec<Seen>,
    /// Where each value stands among all combinations of the variables' values.
    pub places: Vec<usize>,
    /// Number of values of each variable, and of their combinations.
    pub sizes: Vec<usize>,
    pub combinations: usize,
    /// For each value the place among `doubtful` of its first day.
    doubt: Vec<Option<usize>>,
    /// First days of which several last days are possible.
    pub doubtful: Vec<i32>,
}

impl Watched {
    /// # Errors
    /// Where its values are out of reach.
    pub fn new<N: Number>(
        problem: &Problem<'_, '_, N>,
        solution: &Solution<'_, N>,
        event: EventId,
    ) -> Result<Watched, Trouble> {
        let posterior = problem.posterior;
        let network = posterior.network();
        let start = network.starts[event.0];
        let last = solution.compiler.last_day(event);
        let mut vars = vec![start];
        vars.extend(last.map(|(at, _)| at.var).filter(|var| *var != start));
        let table = posterior.joint(&Extension::new(&network.variables), &vars)?;
        trusted(posterior)?;
        let sizes: Vec<usize> = vars.iter().map(|var| network.variables[var.0].size()).collect();
        let inner: usize = sizes[1..].iter().product();
        let mut found: Vec<(Seen, usize)> = Vec::new();
        for (place, weight) in table.values.iter().enumerate().filter(|(_, weight)| !weight.is_zero()) {
            debug_assert!(!weight.is_zero());
            let first = network.variables[start.0].value(place / inner);
            let days = (!first.is_never()).then(|| (first.first, last_of(last, &vars, network, first, place % inner)));
            found.push((Seen { days }, place));
        }
        // "Does not occur" comes last.
        found.sort_by_key(|(seen, _)| (seen.days.is_none(), *seen));
        let (values, places): (Vec<Seen>, Vec<usize>) = found.into_iter().unzip();
        let mut ends: BTreeMap<i32, usize> = BTreeMap::new();
        values.iter().filter_map(|seen| seen.days).for_each(|(first, _)| *ends.entry(first).or_default() += 1);
        let doubtful: Vec<i32> = ends.into_iter().filter(|(_, count)| *count > 1).map(|(first, _)| first).collect();
        let doubt = values.iter().map(|seen| doubtful.binary_search(&seen.days?.0).ok()).collect();
        let combinations = sizes.iter().product();
        Ok(Watched { event, vars, values, places, sizes, combinations, doubt, doubtful })
    }

    /// Nothing to see.
    pub fn nothing() -> Watched {
        Watched {
            event: EventId(usize::MAX),
            vars: Vec::new(),
            values: vec![Seen { days: None }],
            places: vec![0],
            sizes: Vec::new(),
            combinations: 1,
            doubt: vec![None],
            doubtful: Vec::new(),
        }
    }

    /// Whether more than one thing can become of it.
    pub fn is_in_doubt(&self) -> bool {
        self.values.len() > 1
    }

    /// The value that it has in a world, given by the index of every variable's value.
    pub fn value_in(&self, world: &[u32]) -> Option<usize> {
        let sizes = self.vars.iter().zip(&self.sizes);
        let place = sizes.fold(0, |place, (var, size)| place * size + world[var.0] as usize);
        self.places.iter().position(|other| *other == place)
    }

    /// Number of cells.
    pub fn cells(&self) -> usize {
        1 + self.doubtful.len() + self.values.len()
    }

    /// The cell of a value where all is known of it.
    pub fn known(&self, value: usize) -> usize {
        1 + self.doubtful.len() + value
    }

    /// What is known of a value on an evening.
    pub fn cell(&self, value: usize, evening: i32) -> usize {
        match (self.values[value].days, self.doubt[value]) {
            (Some((first, last)), Some(doubt)) if first <= evening && evening < last => 1 + doubt,
            (Some((first, _)), _) if first <= evening => self.known(value),
            _ => 0,
        }
    }

    /// The evenings on which more becomes known of a value.
    pub fn changes(&self, value: usize) -> [Option<i32>; 2] {
        let days = self.values[value].days;
        [days.map(|(first, _)| first), days.filter(|_| self.doubt[value].is_some()).map(|(_, last)| last)]
    }

    pub fn phase(&self, cell: usize) -> Phase {
        match cell {
            0 => Phase::NotStarted,
            _ if cell <= self.doubtful.len() => Phase::Ongoing,
            _ => Phase::Known,
        }
    }

    /// First and last day, as far as a cell tells them.
    pub fn told(&self, cell: usize) -> (Option<i32>, Option<i32>) {
        match self.phase(cell) {
            Phase::NotStarted => (None, None),
            Phase::Ongoing => (Some(self.doubtful[cell - 1]), None),
            Phase::Known => {
                let days = self.values[cell - 1 - self.doubtful.len()].days;
                (days.map(|days| days.0), days.map(|days| days.1))
            }
        }
    }
}

fn last_of(
    last: Option<(At, i32)>,
    vars: &[VarId],
    network: &crate::network::Network,
    first: Value,
    second: usize,
) -> i32 {
    match last {
        // Nothing depends on its last day.
        None => first.first,
        Some((at, shift)) if at.var == vars[0] => at.day(first) + shift,
        Some((at, shift)) => {
            let end = network.variables[at.var.0].value(second);
            if end.is_never() { first.first } else { At { side: Side::First, ..at }.day(end) + shift }
        }
    }
}

/// Combinations of the values of the watched events with their probabilities: `[x·columns + y]`.
pub struct Pairs {
    pub one: Watched,
    pub other: Watched,
    pub probabilities: Vec<f64>,
}

impl Pairs {
    pub fn columns(&self) -> usize {
        self.other.values.len()
    }

    /// All variables that are watched, in the order of tables.
    pub fn vars(&self) -> Vec<VarId> {
        self.one.vars.iter().chain(&self.other.vars).copied().collect()
    }

    /// Number of entries for every day in tables over the variables.
    pub fn combinations(&self) -> usize {
        self.one.combinations * self.other.combinations
    }
}
