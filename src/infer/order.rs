//! Scopes and sizes in, an elimination order with its predicted cost out.

use super::bands::Extent;
use std::cmp::Ordering;
use std::collections::{BTreeSet, BinaryHeap};

/// What a computation may use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Bytes of all tables together.
    pub memory: u64,
    /// Elementary steps (a multiplication or a range sum each).
    pub operations: f64,
    /// Threads; the answers' bits do not depend on it.
    pub threads: usize,
    /// By what to compute, or to draw where that is not exact.
    pub engine: Engine,
}

/// Which engine is to be used, so that engines can be compared with each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// The cheapest for every part.
    #[default]
    Best,
    /// Elimination by tables, also where a part is a tree.
    Tables,
    /// The same on numbers with an exponent each.
    Wide,
    /// Tables in bands along one variable, as far as rules bound the gaps between days.
    Bands,
    /// Orders of days day by day, by the sets of events that have happened, else tables.
    Histories,
    /// Conditioning on a cutset wherever there is one, else tables.
    Cutset,
    /// The same, and no large table is made for anything else either.
    CutsetOnly,
    /// Nothing exact; drawing by rules on gaps alone, where it can.
    Rules,
    /// Nothing exact; drawing guided by messages of bounded size.
    Guide,
}

impl Default for Limits {
    /// 1 GiB, 2·10^10 steps and two threads.
    fn default() -> Limits {
        Limits { memory: 1 << 30, operations: 2e10, threads: 2, engine: Engine::Best }
    }
}

/// What a computation is predicted to use.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cost {
    /// Entries of all tables together.
    pub cells: f64,
    /// Elementary steps.
    pub operations: f64,
    /// The variables of the largest table.
    pub largest: Vec<usize>,
    /// Entries of the largest table.
    pub largest_cells: f64,
}

/// An exact answer would cost more than the limits allow; nothing has been computed.
#[derive(Clone, Debug, PartialEq)]
pub struct TooLarge {
    /// Predicted elementary steps.
    pub operations: f64,
    /// Predicted bytes of all tables.
    pub bytes: f64,
    pub limits: Limits,
    /// The events that the largest table ties together, as indices into the model's.
    pub events: BTreeSet<usize>,
}

/// A factor as the planner sees it.
#[derive(Clone, Debug)]
pub struct Outline {
    pub scope: Vec<usize>,
    pub dense: bool,
}

/// An elimination order and what it costs.
#[derive(Clone, Debug, Default)]
pub struct Elimination {
    pub order: Vec<usize>,
    pub cost: Cost,
}

/// Neighbours beyond this many factors are judged anew only when their turn comes.
const CROWDED: usize = 64;

/// A candidate for elimination: the highest rank first, then the cheapest, then by index.
#[derive(PartialEq)]
struct Candidate {
    rank: u32,
    weight: f64,
    var: usize,
    version: u32,
}

impl Eq for Candidate {}

impl Ord for Candidate {
    fn cmp(&self, other: &Candidate) -> Ordering {
        let cheaper = other.weight.total_cmp(&self.weight).then(other.var.cmp(&self.var));
        self.rank.cmp(&other.rank).then(cheaper)
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Candidate) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Entries of a table over some variables.
type Cells<'a> = dyn Fn(&BTreeSet<usize>) -> f64 + 'a;

/// The factors during a simulated elimination.
struct Simulation<'a> {
    sizes: &'a [usize],
    cells: &'a Cells<'a>,
    outlines: Vec<Option<Outline>>,
    /// For each variable the indices of the outlines that hold it (some of them gone).
    holders: Vec<Vec<usize>>,
}

/// What summing out one variable would do.
struct Step {
    scope: BTreeSet<usize>,
    cells: f64,
    operations: f64,
}

/// Plans to sum out all of `vars`: always the variable whose table is smallest (min-weight), true sizes as weights.
#[cfg(test)]
fn eliminate(outlines: Vec<Outline>, vars: &[usize], sizes: &[usize]) -> Elimination {
    eliminate_ranked(outlines, vars, Extent::whole(sizes), &|_| 0)
}

/// The same, except that variables of a higher rank always go before those of a lower one.
pub fn eliminate_ranked(
    outlines: Vec<Outline>,
    vars: &[usize],
    extent: Extent<'_>,
    rank: &dyn Fn(usize) -> u32,
) -> Elimination {
    let cells = |scope: &BTreeSet<usize>| match extent.bands {
        None => scope.iter().map(|var| extent.sizes[*var] as f64).product(),
        Some(_) => extent.cells(&scope.iter().copied().collect::<Vec<usize>>()),
    };
    run(outlines, vars, extent.sizes, &cells, rank)
}

fn run(
    outlines: Vec<Outline>,
    vars: &[usize],
    sizes: &[usize],
    cells: &Cells<'_>,
    rank: &dyn Fn(usize) -> u32,
) -> Elimination {
    let mut simulation = Simulation::new(outlines, sizes, cells);
    let mut heap = BinaryHeap::new();
    let mut versions = vec![0u32; sizes.len()];
    let mut stale = vec![false; sizes.len()];
    let mut open = vec![false; sizes.len()];
    for &var in vars {
        open[var] = true;
        heap.push(Candidate { rank: rank(var), weight: simulation.step(var).weight(), var, version: 0 });
    }
    let mut plan = Elimination::default();
    while let Some(Candidate { var, version, .. }) = heap.pop() {
        if !open[var] || version != versions[var] {
            continue;
        }
        if std::mem::take(&mut stale[var]) {
            versions[var] += 1;
            heap.push(Candidate {
                rank: rank(var),
                weight: simulation.step(var).weight(),
                var,
                version: versions[var],
            });
            continue;
        }
        let step = simulation.step(var);
        plan.cost.add(&step);
        simulation.eliminate(var, &step);
        open[var] = false;
        plan.order.push(var);
        for &other in step.scope.iter().filter(|other| open[**other]) {
            if simulation.holders[other].len() > CROWDED {
                stale[other] = true;
            } else {
                versions[other] += 1;
                heap.push(Candidate {
                    rank: rank(other),
                    weight: simulation.step(other).weight(),
                    var: other,
                    version: versions[other],
                });
            }
        }
    }
    plan
}

/// The same for few of many variables: they are numbered anew, so that the cost does not grow with all of them.
pub fn eliminate_few(mut outlines: Vec<Outline>, vars: &[usize], extent: Extent<'_>) -> Elimination {
    let mut names: Vec<usize> =
        outlines.iter().flat_map(|o| o.scope.iter().copied()).chain(vars.iter().copied()).collect();
    names.sort_unstable();
    names.dedup();
    let number = |var: usize| names.binary_search(&var).unwrap_or(0);
    for outline in &mut outlines {
        outline.scope.iter_mut().for_each(|var| *var = number(*var));
    }
    let vars: Vec<usize> = vars.iter().map(|var| number(*var)).collect();
    let sizes: Vec<usize> = names.iter().map(|var| extent.sizes[*var]).collect();
    let cells = |scope: &BTreeSet<usize>| match extent.bands {
        None => scope.iter().map(|number| sizes[*number] as f64).product(),
        Some(_) => extent.cells(&scope.iter().map(|number| names[*number]).collect::<Vec<usize>>()),
    };
    let Elimination { order, mut cost } = run(outlines, &vars, &sizes, &cells, &|_| 0);
    cost.largest.iter_mut().for_each(|var| *var = names[*var]);
    Elimination { order: order.into_iter().map(|number| names[number]).collect(), cost }
}

impl Step {
    fn weight(&self) -> f64 {
        self.cells + 1e-3 * self.operations
    }
}

impl Cost {
    fn add(&mut self, step: &Step) {
        self.cells += step.cells;
        self.operations += step.operations;
        if step.cells > self.largest_cells {
            self.largest_cells = step.cells;
            self.largest = step.scope.iter().copied().collect();
        }
    }
}

impl<'a> Simulation<'a> {
    fn new(outlines: Vec<Outline>, sizes: &'a [usize], cells: &'a Cells<'a>) -> Simulation<'a> {
        let mut holders = vec![Vec::new(); sizes.len()];
        for (index, outline) in outlines.iter().enumerate() {
            outline.scope.iter().for_each(|var| holders[*var].push(index));
        }
        Simulation { sizes, cells, outlines: outlines.into_iter().map(Some).collect(), holders }
    }

    fn step(&mut self, var: usize) -> Step {
        let Simulation { outlines, holders, sizes, cells } = self;
        holders[var].retain(|index| outlines[*index].is_some());
        let mut scope = BTreeSet::new();
        let mut outer = BTreeSet::new();
        let (mut dense, mut steps) = (0.0, 0.0);
        for outline in holders[var].iter().filter_map(|index| outlines[*index].as_ref()) {
            scope.extend(outline.scope.iter().copied());
            if outline.dense {
                outer.extend(outline.scope.iter().copied());
                dense += 1.0;
            } else {
                steps += 1.0;
            }
        }
        scope.remove(&var);
        outer.remove(&var);
        // Lines have all values of the variable, or those beside an anchor.
        let cells_of = *cells;
        let (cells, length) = (cells_of(&scope), sizes[var] as f64);
        outer.insert(var);
        let entries = cells_of(&outer);
        // Lines are multiplied up and, where there are steps, laid out for range sums; then a few ranges for every cell.
        let sums = if steps > 0.0 { length.log2().max(1.0) } else { 0.0 };
        Step { operations: entries * (1.0 + dense + sums) + cells * 4.0 * steps, scope, cells }
    }

    fn eliminate(&mut self, var: usize, step: &Step) {
        for index in std::mem::take(&mut self.holders[var]) {
            self.outlines[index] = None;
        }
        let index = self.outlines.len();
        for &other in &step.scope {
            let outlines = &self.outlines;
            if self.holders[other].len() <= CROWDED {
                self.holders[other].retain(|held| outlines[*held].is_some());
            }
            self.holders[other].push(index);
        }
        self.outlines.push(Some(Outline { scope: step.scope.iter().copied().collect(), dense: true }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(pairs: &[(usize, usize)]) -> Vec<Outline> {
        pairs.iter().map(|(a, b)| Outline { scope: vec![*a, *b], dense: false }).collect()
    }

    #[test]
    fn a_chain_is_eliminated_from_its_ends() {
        let chain: Vec<(usize, usize)> = (0..9).map(|i| (i, i + 1)).collect();
        let plan = eliminate(steps(&chain), &(0..10).collect::<Vec<_>>(), &[100; 10]);
        assert_eq!(plan.order.len(), 10);
        assert_eq!(plan.cost.largest_cells, 100.0);
    }

    #[test]
    fn a_star_with_many_arms_keeps_its_hub_for_the_end() {
        let star: Vec<(usize, usize)> = (1..500).map(|i| (0, i)).collect();
        let plan = eliminate(steps(&star), &(0..500).collect::<Vec<_>>(), &[30; 500]);
        assert_eq!(plan.cost.largest_cells, 30.0);
        assert!(plan.order.iter().position(|v| *v == 0).unwrap() >= 498);
    }

    #[test]
    fn a_ring_needs_tables_of_two() {
        let ring: Vec<(usize, usize)> = (0..8).map(|i| (i, (i + 1) % 8)).collect();
        let plan = eliminate(steps(&ring), &(0..8).collect::<Vec<_>>(), &[10; 8]);
        assert_eq!(plan.cost.largest_cells, 100.0);
    }
}
