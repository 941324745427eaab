//! A cutset with the factors of its part in; the part's total weight, messages and weights of values out, by conditioning.
//!
//! For every combination of the fixed variables' values the others are trees, each swept once up and once down, and what
//! that gives is added up (cutset conditioning, Pearl 1988). Nothing is as large as a table of all combinations and one
//! variable more, which elimination would make: the lines of one combination stay in the nearest cache.

use super::bands::Extent;
use super::cutset::Cutset;
use super::eliminate::product;
use super::number::{Number, Scaled};
use super::potential::Potential;
use super::rows::Rows;
use super::run::total;
use super::table::Table;
use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::resume_unwind;

/// Combinations are added up in so many stretches, whatever the number of threads, so that the bits are the same.
pub const STRETCHES: usize = 8;

/// What conditioning gives.
pub struct Conditioned<N> {
    pub total: Scaled,
    /// The weight of each combination of the fixed variables.
    pub combinations: Table<N>,
    /// For each incoming message the sum of all else over its scope; empty where only the total was asked for.
    pub messages: Vec<Table<N>>,
    /// The weights of the values of the variables that no incoming message holds.
    pub weights: BTreeMap<usize, Table<N>>,
}

/// The factors of a part: its own, and the messages that come from the rest of the network.
pub struct Parts<'f, N> {
    pub own: Vec<&'f Potential<N>>,
    pub incoming: Vec<&'f Potential<N>>,
}

/// Sums over all variables of a cutset's part.
///
/// `sizes` are those of all variables, `assignment` has an entry for each, all 0, and is left so. With `both`, messages and
/// weights are made as well as the total.
pub fn condition<N: Number>(
    cutset: &Cutset,
    parts: &Parts<'_, N>,
    sizes: &[usize],
    (threads, both): (usize, bool),
    assignment: &mut [u32],
    lost: &mut bool,
) -> Conditioned<N> {
    let prepared = Prepared::new(cutset, parts, sizes, both, assignment, lost);
    let combinations: usize = cutset.outer.iter().map(|var| sizes[*var]).product();
    let stretch = combinations.div_ceil(STRETCHES).max(1);
    let stretches: Vec<Range<usize>> =
        (0..combinations).step_by(stretch).map(|from| from..(from + stretch).min(combinations)).collect();
    let (count, threads) = (assignment.len(), threads.clamp(1, STRETCHES));
    let run = |thread: usize| -> Vec<(usize, Sums<N>)> {
        let mine = stretches.iter().enumerate().filter(|(at, _)| at % threads == thread);
        mine.map(|(at, stretch)| (at, Worker::new(&prepared).run(stretch.clone(), &mut vec![0; count]))).collect()
    };
    let mut found: Vec<(usize, Sums<N>)> = if threads < 2 {
        run(0)
    } else {
        std::thread::scope(|scope| {
            let run = &run;
            let running: Vec<_> = (0..threads).map(|thread| scope.spawn(move || run(thread))).collect();
            running.into_iter().flat_map(|thread| thread.join().unwrap_or_else(|why| resume_unwind(why))).collect()
        })
    };
    found.sort_by_key(|(at, _)| *at);
    let mut sums = Sums::new(&prepared, 0);
    found.into_iter().for_each(|(_, part)| sums.join(part));
    *lost |= sums.lost;
    prepared.finished(sums, parts, assignment, lost)
}

/// The factors, sorted by what is left of them when the cutset is fixed.
struct Prepared<'f, N> {
    cutset: &'f Cutset,
    sizes: &'f [usize],
    both: bool,
    inner: Vec<Inner<'f, N>>,
    /// Factors of fixed variables alone, and messages of such with their places among the incoming.
    fixed: Vec<Table<N>>,
    fixed_incoming: Vec<(usize, Table<N>)>,
    /// For each incoming message its scope, the variable that is not fixed last.
    scopes: Vec<Vec<usize>>,
    /// Weights are wanted of these variables: by place among the inner, and by place among the fixed.
    wanted: Vec<usize>,
    wanted_fixed: Vec<usize>,
    /// Power of two that everything is to be multiplied by.
    exponent: i64,
    /// Whether no product of the factors can leave the safe range.
    safe: bool,
}

/// The factors of a variable that is not fixed. Tables have it last, so that their lines are in one piece.
struct Inner<'f, N> {
    var: usize,
    parent: Option<usize>,
    children: Vec<usize>,
    own: Vec<Table<N>>,
    incoming: Vec<(usize, Table<N>)>,
    /// Factors of it and its parent.
    pair: Vec<&'f Potential<N>>,
}

impl<'f, N: Number> Prepared<'f, N> {
    fn new(
        cutset: &'f Cutset,
        parts: &Parts<'f, N>,
        sizes: &'f [usize],
        both: bool,
        assignment: &mut [u32],
        lost: &mut bool,
    ) -> Prepared<'f, N> {
        let inner = cutset.inner.iter().map(|inner| Inner {
            var: inner.var,
            parent: inner.parent,
            children: Vec::new(),
            own: Vec::new(),
            incoming: Vec::new(),
            pair: Vec::new(),
        });
        let mut prepared = Prepared {
            cutset,
            sizes,
            both,
            inner: inner.collect(),
            fixed: Vec::new(),
            fixed_incoming: Vec::new(),
            scopes: Vec::new(),
            wanted: Vec::new(),
            wanted_fixed: Vec::new(),
            exponent: 0,
            safe: true,
        };
        for (at, inner) in cutset.inner.iter().enumerate() {
            inner.parent.into_iter().for_each(|parent| prepared.inner[parent].children.push(at));
        }
        prepared.take_own(&parts.own, assignment, lost);
        for (place, factor) in parts.incoming.iter().enumerate() {
            let scope = prepared.arranged(factor.scope());
            let table = product(&scope, &[factor], Extent::whole(sizes), assignment, lost);
            match prepared.free(&scope)[..] {
                [] => prepared.fixed_incoming.push((place, table)),
                [at, ..] => prepared.inner[at].incoming.push((place, table)),
            }
            prepared.scopes.push(scope);
        }
        let incoming = |var: usize| prepared.scopes.iter().any(|scope| scope.contains(&var));
        prepared.wanted = (0..prepared.inner.len()).filter(|at| !incoming(prepared.inner[*at].var)).collect();
        prepared.wanted_fixed = (0..cutset.outer.len()).filter(|at| !incoming(cutset.outer[*at])).collect();
        prepared.exponent = prepared.tables().map(|table| table.exponent).sum();
        prepared.safe = prepared.is_safe(&parts.own);
        prepared
    }

    /// Factors of one scope become one table, but for those of two variables that are not fixed.
    fn take_own(&mut self, own: &[&'f Potential<N>], assignment: &mut [u32], lost: &mut bool) {
        let mut groups: BTreeMap<Vec<usize>, Vec<&'f Potential<N>>> = BTreeMap::new();
        for factor in own {
            match self.free(factor.scope())[..] {
                [one, two] => {
                    let child = if self.inner[one].parent == Some(two) { one } else { two };
                    self.inner[child].pair.push(factor);
                }
                _ => groups.entry(self.arranged(factor.scope())).or_default().push(factor),
            }
        }
        for (scope, factors) in groups {
            let table = product(&scope, &factors, Extent::whole(self.sizes), assignment, lost);
            match self.free(&scope)[..] {
                [at, ..] => self.inner[at].own.push(table),
                [] => self.fixed.push(table),
            }
        }
    }

    /// Places of the variables of a scope that are not fixed.
    fn free(&self, scope: &[usize]) -> Vec<usize> {
        (0..self.inner.len()).filter(|at| scope.contains(&self.inner[*at].var)).collect()
    }

    /// The scope in the order of the fixed variables, what is not fixed last.
    fn arranged(&self, scope: &[usize]) -> Vec<usize> {
        self.cutset.vars().filter(|var| scope.contains(var)).collect()
    }

    fn tables(&self) -> impl Iterator<Item = &Table<N>> {
        let lines = self.inner.iter().flat_map(|inner| inner.own.iter().chain(inner.incoming.iter().map(|(_, t)| t)));
        lines.chain(&self.fixed).chain(self.fixed_incoming.iter().map(|(_, table)| table))
    }

    /// Whether neither a product of values, one of each factor, nor a sum of such can leave the safe range.
    fn is_safe(&self, own: &[&Potential<N>]) -> bool {
        let rules = own.iter().filter(|factor| !factor.is_dense()).map(|factor| factor.extremes());
        let tables = self.tables().map(|table| Some(table.extremes));
        let mut whole = (1.0, self.cutset.vars().map(|var| self.sizes[var] as f64).product::<f64>());
        for extremes in rules.chain(tables) {
            let Some((least, greatest)) = extremes else { return false };
            whole = (whole.0 * least.min(1.0), whole.1 * greatest.max(1.0));
        }
        whole.0 > 1e-280 && whole.1 < 1e280
    }

    fn cells(&self, scope: &[usize]) -> usize {
        scope.iter().map(|var| self.sizes[*var]).product()
    }

    fn finished(&self, sums: Sums<N>, parts: &Parts<'_, N>, assignment: &mut [u32], lost: &mut bool) -> Conditioned<N> {
        let table = |scope: &[usize], values: Vec<N>, exponent: i64, lost: &mut bool| {
            let mut table = Table::new(scope.to_vec(), values, self.sizes);
            table.exponent = exponent;
            table.normalise(lost);
            table
        };
        let combinations = table(&self.cutset.outer, sums.totals, self.exponent, lost);
        let mut found = Conditioned {
            total: total(&combinations.values).scaled().shifted(combinations.exponent),
            combinations,
            messages: Vec::new(),
            weights: BTreeMap::new(),
        };
        if !self.both {
            return found;
        }
        for (at, values) in self.wanted.iter().zip(sums.weights) {
            let var = self.inner[*at].var;
            found.weights.insert(var, table(&[var], values, self.exponent, lost));
        }
        for at in &self.wanted_fixed {
            let var = self.cutset.outer[*at];
            let after = found.combinations.stride(var) as usize;
            let mut values = vec![N::ZERO; self.sizes[var]];
            for (index, weight) in found.combinations.values.iter().enumerate() {
                let entry = &mut values[index / after % self.sizes[var]];
                *entry = entry.plus(*weight);
            }
            found.weights.insert(var, table(&[var], values, found.combinations.exponent, lost));
        }
        for ((scope, values), incoming) in self.scopes.iter().zip(sums.messages).zip(&parts.incoming) {
            let message = Potential::Table(table(scope, values, self.exponent - incoming.exponent(), lost));
            found.messages.push(product(incoming.scope(), &[&message], Extent::whole(self.sizes), assignment, lost));
        }
        found
    }
}

/// What a stretch of combinations adds up to.
struct Sums<N> {
    /// The weight of each combination.
    totals: Vec<N>,
    /// For each incoming message, over its scope, all but itself.
    messages: Vec<Vec<N>>,
    /// Over the values of the variables whose weights are wanted.
    weights: Vec<Vec<N>>,
    lost: bool,
}

impl<N: Number> Sums<N> {
    fn new(prepared: &Prepared<'_, N>, combinations: usize) -> Sums<N> {
        let zeros = |cells: usize| vec![N::ZERO; if prepared.both { cells } else { 0 }];
        Sums {
            totals: Vec::with_capacity(combinations),
            messages: prepared.scopes.iter().map(|scope| zeros(prepared.cells(scope))).collect(),
            weights: prepared.wanted.iter().map(|at| zeros(prepared.sizes[prepared.inner[*at].var])).collect(),
            lost: false,
        }
    }

    /// Takes in the stretch that follows.
    fn join(&mut self, next: Sums<N>) {
        self.totals.extend(next.totals);
        let own = self.messages.iter_mut().chain(&mut self.weights);
        for (own, next) in own.zip(next.messages.into_iter().chain(next.weights)) {
            own.iter_mut().zip(next).for_each(|(entry, value)| *entry = entry.plus(value));
        }
        self.lost |= next.lost;
    }
}

/// The lines of one combination after the other.
struct Worker<'p, 'f, N> {
    prepared: &'p Prepared<'f, N>,
    lines: Vec<Lines<'f, N>>,
    /// Memory for a product.
    spare: Vec<N>,
    lost: bool,
}

/// The lines of a variable that is not fixed.
struct Lines<'f, N> {
    /// The product of its own factors; where no fixed variable is in them it stays.
    own: Vec<N>,
    stays: bool,
    /// Times the messages that come in.
    bare: Vec<N>,
    /// Times those of its children: all of its side. On the way down all but what comes in.
    side: Vec<N>,
    /// All of the other side of its parent, summed over the parent.
    down: Vec<N>,
    /// Its message to the parent, over the parent's values.
    up: Vec<N>,
    rows: Option<(Rows<'f, N>, Rows<'f, N>)>,
}

impl<'p, 'f, N: Number> Worker<'p, 'f, N> {
    fn new(prepared: &'p Prepared<'f, N>) -> Worker<'p, 'f, N> {
        let line = |var: usize| vec![N::from_f64(1.0); prepared.sizes[var]];
        let longest = prepared.inner.iter().map(|inner| prepared.sizes[inner.var]).max().unwrap_or(0);
        let mut lost = false;
        let lines = prepared.inner.iter().map(|inner| {
            let above = inner.parent.map(|parent| prepared.inner[parent].var);
            let rows = above.map(|above| {
                (Rows::new(inner.var, above, inner.pair.clone()), Rows::new(above, inner.var, inner.pair.clone()))
            });
            let mut own = line(inner.var);
            let stays = inner.own.iter().all(|table| table.scope.len() == 1);
            if stays {
                inner.own.iter().for_each(|table| N::multiply(&mut own, &table.values, &mut lost));
            }
            Lines {
                own,
                stays,
                bare: line(inner.var),
                side: line(inner.var),
                down: line(inner.var),
                up: above.map_or_else(Vec::new, line),
                rows,
            }
        });
        let lines = lines.collect();
        Worker { prepared, lines, spare: vec![N::ZERO; longest], lost }
    }

    fn run(mut self, stretch: Range<usize>, assignment: &mut [u32]) -> Sums<N> {
        let prepared = self.prepared;
        let mut sums = Sums::new(prepared, stretch.len());
        for index in stretch {
            let mut rest = index;
            for var in prepared.cutset.outer.iter().rev() {
                assignment[*var] = (rest % prepared.sizes[*var]) as u32;
                rest /= prepared.sizes[*var];
            }
            let fixed = self.fixed(assignment, usize::MAX);
            if fixed.is_zero() {
                sums.totals.push(fixed);
                continue;
            }
            let trees = self.sweep_up(assignment);
            let whole = trees.iter().fold(fixed, |whole, (_, tree)| self.times(whole, *tree));
            sums.totals.push(whole);
            if prepared.both && !whole.is_zero() {
                self.sweep_down(fixed, &trees, assignment, &mut sums);
                self.add_fixed(&trees, assignment, &mut sums);
            }
        }
        sums.lost = self.lost;
        sums
    }

    fn times(&mut self, one: N, other: N) -> N {
        one.times(other, &mut self.lost)
    }

    /// The product of the factors of fixed variables alone, but for one of the messages.
    fn fixed(&mut self, assignment: &[u32], without: usize) -> N {
        let prepared = self.prepared;
        let incoming = prepared.fixed_incoming.iter().filter(|(place, _)| *place != without).map(|(_, table)| table);
        let values = prepared.fixed.iter().chain(incoming).map(|table| table.values[table.position(assignment)]);
        values.fold(N::from_f64(1.0), |whole, value| whole.times(value, &mut self.lost))
    }

    /// All messages to parents; returns the roots with their trees' weights.
    fn sweep_up(&mut self, assignment: &mut [u32]) -> Vec<(usize, N)> {
        let Worker { prepared, lines, lost, .. } = self;
        let mut trees = Vec::new();
        for (at, inner) in prepared.inner.iter().enumerate() {
            let (before, after) = lines.split_at_mut(at);
            let Lines { own, stays, bare, side, up, rows, .. } = &mut after[0];
            let line = |table: &'p Table<N>| line_of(table, assignment);
            if !*stays {
                make_product(own, inner.own.iter().map(line), prepared.safe, lost);
            }
            let incoming = inner.incoming.iter().map(|(_, table)| line(table));
            make_product(bare, std::iter::once(&own[..]).chain(incoming), prepared.safe, lost);
            let below = inner.children.iter().map(|child| &before[*child].up[..]);
            make_product(side, std::iter::once(&bare[..]).chain(below), prepared.safe, lost);
            match rows {
                Some((upward, _)) => {
                    up.fill(N::ZERO);
                    upward.fill(side, up, (0..side.len(), 0), prepared.sizes, assignment, lost);
                }
                None => trees.push((at, total(side))),
            }
        }
        trees
    }

    /// All messages back, and what they add to the sums.
    fn sweep_down(&mut self, fixed: N, trees: &[(usize, N)], assignment: &mut [u32], sums: &mut Sums<N>) {
        let prepared = self.prepared;
        for (at, inner) in prepared.inner.iter().enumerate().rev() {
            match inner.parent {
                None => {
                    let others = trees.iter().filter(|(root, _)| *root != at).map(|(_, tree)| *tree);
                    let weight = others.fold(fixed, |whole, tree| whole.times(tree, &mut self.lost));
                    self.lines[at].down.fill(weight);
                }
                Some(parent) => self.send_down(parent, at, assignment),
            }
            let Worker { lines, spare, lost, .. } = self;
            // All but what comes in.
            let (before, after) = lines.split_at_mut(at);
            let Lines { own, side, down, .. } = &mut after[0];
            let below = inner.children.iter().map(|child| &before[*child].up[..]);
            make_product(side, [&own[..], &down[..]].into_iter().chain(below), prepared.safe, lost);
            if let Some(wanted) = prepared.wanted.iter().position(|wanted| *wanted == at) {
                N::add(&mut sums.weights[wanted], side);
            }
            for (place, table) in &inner.incoming {
                let from = table.position(assignment);
                let message = &mut sums.messages[*place][from..from + side.len()];
                let others = inner.incoming.iter().filter(|(other, _)| other != place);
                let mut others = others.map(|(_, other)| line_of(other, assignment));
                match (others.next(), others.next()) {
                    (None, _) => N::add(message, side),
                    (Some(other), None) => add_product(message, side, other, prepared.safe, lost),
                    (Some(first), Some(second)) => {
                        let spare = &mut spare[..side.len()];
                        let all = [&side[..], first, second].into_iter().chain(others);
                        make_product(spare, all, prepared.safe, lost);
                        N::add(message, spare);
                    }
                }
            }
        }
    }

    /// The message from a parent to one of its children.
    fn send_down(&mut self, parent: usize, child: usize, assignment: &mut [u32]) {
        let Worker { prepared, lines, spare, lost } = self;
        let spare = &mut spare[..lines[parent].down.len()];
        let siblings = prepared.inner[parent].children.iter().filter(|sibling| **sibling != child);
        let beside = siblings.map(|sibling| &lines[*sibling].up[..]);
        let above = [&lines[parent].down[..], &lines[parent].bare[..]];
        make_product(spare, above.into_iter().chain(beside), prepared.safe, lost);
        let Lines { down, rows, .. } = &mut lines[child];
        down.fill(N::ZERO);
        if let Some((_, downward)) = rows {
            downward.fill(spare, down, (0..spare.len(), 0), prepared.sizes, assignment, lost);
        }
    }

    /// What the combination adds to the messages of fixed variables alone.
    fn add_fixed(&mut self, trees: &[(usize, N)], assignment: &[u32], sums: &mut Sums<N>) {
        let prepared = self.prepared;
        for (place, table) in &prepared.fixed_incoming {
            let fixed = self.fixed(assignment, *place);
            let whole = trees.iter().fold(fixed, |whole, (_, tree)| whole.times(*tree, &mut self.lost));
            let entry = &mut sums.messages[*place][table.position(assignment)];
            *entry = entry.plus(whole);
        }
    }
}

/// The line of a table along its last variable, whose entry in `assignment` is 0.
fn line_of<'t, N: Number>(table: &'t Table<N>, assignment: &[u32]) -> &'t [N] {
    let from = table.position(assignment);
    &table.values[from..from + table.width()]
}

/// Fills a line with the product of others.
fn make_product<'l, N: Number + 'l>(
    line: &mut [N],
    mut factors: impl Iterator<Item = &'l [N]>,
    safe: bool,
    lost: &mut bool,
) {
    let Some(first) = factors.next() else { return line.fill(N::from_f64(1.0)) };
    match (factors.next(), factors.next()) {
        (Some(second), Some(third)) if safe => {
            N::product_of_three(line, first, second, third);
        }
        (Some(second), None) if safe => {
            N::product_of_two(line, first, second);
        }
        (second, third) => {
            line.copy_from_slice(first);
            second.into_iter().chain(third).for_each(|factors| N::multiply(line, factors, lost));
        }
    }
    for factors in factors {
        if safe {
            line.iter_mut().zip(factors).for_each(|(entry, factor)| *entry = entry.times_safely(*factor));
        } else {
            N::multiply(line, factors, lost);
        }
    }
}

fn add_product<N: Number>(sums: &mut [N], one: &[N], other: &[N], safe: bool, lost: &mut bool) {
    if safe {
        N::add_product(sums, one, other);
    } else {
        let pairs = one.iter().zip(other);
        sums.iter_mut().zip(pairs).for_each(|(sum, (one, other))| *sum = sum.plus(one.times(*other, lost)));
    }
}
