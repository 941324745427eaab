//! A network's hard rules in; how far any two of its days can lie apart, and what that leaves of tables, out.

use super::gaps::{FAR, gaps};
use super::table::{Band, Window};
use crate::network::Network;
use std::collections::BTreeMap;

/// Gaps are closed among at most so many days that hang together.
const MOST: usize = 600;
/// A table is kept in a band where that has less than this part of its entries.
const WORTH_A_BAND: f64 = 0.8;
/// Stands for a variable without gaps.
const NONE: usize = usize::MAX;

/// The least gaps between days that follow from all rules together (shortest paths, Floyd 1962), by index.
#[derive(Debug, Default, PartialEq)]
pub struct Bands {
    /// For each variable its part and its place there, or [`NONE`].
    places: Vec<(usize, usize)>,
    parts: Vec<Part>,
}

#[derive(Debug, PartialEq)]
struct Part {
    count: usize,
    /// `least[one·count + other]`: index of other − index of one is at least this; −[`FAR`] where nothing is known.
    least: Vec<i32>,
}

/// Sizes of variables, and how far they can lie apart.
#[derive(Clone, Copy, Debug)]
pub struct Extent<'s> {
    /// Number of values of every variable.
    pub sizes: &'s [usize],
    pub bands: Option<&'s Bands>,
}

impl Bands {
    /// Closes the gaps of a network's hard rules; `None` where none follow.
    pub fn of(network: &Network) -> Option<Bands> {
        let variables = &network.variables;
        let rules: Vec<_> = network.factors.iter().flat_map(|factor| gaps(factor, variables)).collect();
        let mut beside: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for rule in &rules {
            beside.entry(rule.later).or_default().push(rule.earlier);
            beside.entry(rule.earlier).or_default().push(rule.later);
        }
        let mut found = Bands { places: vec![(NONE, NONE); variables.len()], parts: Vec::new() };
        for &start in beside.keys() {
            if found.places[start].0 != NONE {
                continue;
            }
            let part = found.parts.len();
            let mut members = vec![start];
            found.places[start] = (part, 0);
            let mut next = 0;
            while next < members.len() {
                for &other in &beside[&members[next]] {
                    if found.places[other].0 == NONE {
                        found.places[other] = (part, members.len());
                        members.push(other);
                    }
                }
                next += 1;
            }
            let count = if members.len() <= MOST { members.len() } else { 0 };
            found.parts.push(Part { count, least: vec![-FAR as i32; count * count] });
        }
        for rule in &rules {
            // Days become indices: each from the first day of its own.
            let shift = i64::from(variables[rule.earlier].first) - i64::from(variables[rule.later].first);
            let ((part, later), (_, earlier)) = (found.places[rule.later], found.places[rule.earlier]);
            let Part { count, least } = &mut found.parts[part];
            let ends = [(earlier, later, rule.least, shift), (later, earlier, -rule.most, -shift)];
            for (from, to, least_gap, shift) in ends {
                if *count > 0 && least_gap > -FAR {
                    let gap = least_gap + shift;
                    let entry = &mut least[from * *count + to];
                    *entry = (*entry).max(gap as i32);
                }
            }
        }
        found.parts.iter_mut().for_each(Part::close);
        found.parts.iter().any(|part| part.count > 0).then_some(found)
    }

    /// The values that `var` can have beside those of `anchor`.
    pub fn window(&self, anchor: usize, var: usize) -> Option<Window> {
        let (part, one) = *self.places.get(anchor)?;
        let (other_part, other) = *self.places.get(var)?;
        let Part { count, least } = self.parts.get(part).filter(|found| part == other_part && found.count > 0)?;
        let (low, high) = (i64::from(least[one * count + other]), -i64::from(least[other * count + one]));
        let known = low > -FAR && high < FAR && low <= high;
        known.then(|| Window { var, low, width: (high - low + 1) as usize })
    }
}

impl Part {
    fn close(&mut self) {
        let Part { count, least } = self;
        for through in 0..*count {
            let second = least[through * *count..(through + 1) * *count].to_vec();
            for from in 0..*count {
                let first = least[from * *count + through];
                if i64::from(first) <= -FAR {
                    continue;
                }
                let entries = &mut least[from * *count..(from + 1) * *count];
                for (entry, second) in entries.iter_mut().zip(&second) {
                    // What is not known stays far below, whatever is added once.
                    *entry = (*entry).max(if i64::from(*second) <= -FAR { *second } else { first + *second });
                }
            }
        }
    }
}

impl<'s> Extent<'s> {
    /// Sizes alone.
    pub fn whole(sizes: &'s [usize]) -> Extent<'s> {
        Extent { sizes, bands: None }
    }

    /// The band that a table over these variables is best kept in, along one of `anchors`, if that is worth it.
    pub fn band(&self, scope: &[usize], anchors: &[usize]) -> Option<Band> {
        let (anchor, cells) = self.best(scope, anchors)?;
        let whole: f64 = scope.iter().map(|var| self.sizes[*var] as f64).product();
        if cells >= WORTH_A_BAND * whole {
            return None;
        }
        let windows = scope.iter().filter(|var| **var != anchor).filter_map(|var| self.window(anchor, *var));
        Some(Band { anchor, windows: windows.collect() })
    }

    /// Entries of a table over these variables.
    pub fn cells(&self, scope: &[usize]) -> f64 {
        let whole: f64 = scope.iter().map(|var| self.sizes[*var] as f64).product();
        self.best(scope, scope).map_or(whole, |(_, cells)| if cells < WORTH_A_BAND * whole { cells } else { whole })
    }

    /// The window of a variable beside an anchor, where that has less values than the variable.
    pub fn window(&self, anchor: usize, var: usize) -> Option<Window> {
        self.bands?.window(anchor, var).filter(|window| window.width < self.sizes[var])
    }

    fn best(&self, scope: &[usize], anchors: &[usize]) -> Option<(usize, f64)> {
        self.bands.filter(|_| scope.len() > 1)?;
        let cells = |anchor: usize| -> f64 {
            let width = |var: &usize| match self.window(anchor, *var) {
                Some(window) if *var != anchor => window.width,
                _ => self.sizes[*var],
            };
            scope.iter().map(|var| width(var) as f64).product()
        };
        let anchors = anchors.iter().map(|anchor| (*anchor, cells(*anchor)));
        anchors.min_by(|one, two| one.1.total_cmp(&two.1).then(one.0.cmp(&two.0)))
    }
}
