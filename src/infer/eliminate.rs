//! Factors in, one variable summed out of their product (or all but a few), a table out.

use super::bands::Extent;
use super::lines::Lines;
use super::number::Number;
use super::potential::Potential;
use super::rows::Rows;
use super::run::total;
use super::table::{Table, Walk, Window};
use std::collections::BTreeSet;
use std::panic::resume_unwind;

/// A table of fewer steps than this is made by one thread.
const WORTH_A_THREAD: usize = 1 << 19;

/// Sums the product of `factors` over the variable `x`.
///
/// Dense factors (tables, weighted delays) are multiplied into lines along `x`, one for each assignment of their other
/// variables, and so are factors of steps between `x` and these. At least one of the variables that only steps tie to `x`
/// is left over: the whole row of its values comes of sums of the line over sliding ranges. So a rule on the gap between
/// two days costs O(days), not O(days²), and one between two events that share a table costs nothing.
///
/// `rank` is the position of each variable in the elimination order. `assignment` has an entry for every variable, all 0,
/// and is left so. Large tables are cut into stretches of rows, one a thread; no row depends on another, so the bits are the
/// same for any number of threads.
pub fn sum_out<N: Number>(
    x: usize,
    factors: &[&Potential<N>],
    space: Space<'_>,
    assignment: &mut [u32],
    lost: &mut bool,
) -> Table<N> {
    let Space { extent, rank, threads } = space;
    let sizes = extent.sizes;
    let mut split = Split::new(x, factors, sizes);
    // What is summed out next varies fastest, so that its lines are close together.
    split.outer.sort_by_key(|var| std::cmp::Reverse(rank.get(*var).copied().unwrap_or(0)));
    let mut scope: Vec<usize> = split.outer.iter().copied().chain(split.last).collect();
    let band = extent.band(&scope, &split.outer);
    if let Some(band) = &band {
        // An anchor goes first.
        split.outer.retain(|var| *var != band.anchor);
        split.outer.insert(0, band.anchor);
        scope = split.outer.iter().copied().chain(split.last).collect();
        split.window = extent.window(band.anchor, x);
    }
    let walk = Walk::new(&scope, sizes, band);
    let mut values = vec![N::ZERO; walk.len()];
    let width = split.last.map_or(1, |last| walk.window(last).map_or(sizes[last], |window| window.width));
    let rows = values.len() / width.max(1);
    if threads < 2 || rows < 2 || rows * (sizes[x] + width) < WORTH_A_THREAD {
        fill_rows(&split, x, (&walk, sizes), (0, width), &mut values, assignment, lost);
        return finished(scope, values, factors, (&walk, sizes), lost);
    }
    let stretch = rows.div_ceil(threads);
    let stretches = values.chunks_mut(stretch * width).enumerate();
    let (split, way) = (&split, &walk);
    *lost |= std::thread::scope(|scope| {
        let running: Vec<_> = stretches
            .map(|(at, values)| {
                let mut assignment = assignment.to_vec();
                scope.spawn(move || {
                    let mut lost = false;
                    fill_rows(split, x, (way, sizes), (at * stretch, width), values, &mut assignment, &mut lost);
                    lost
                })
            })
            .collect();
        running.into_iter().fold(false, |lost, thread| lost | thread.join().unwrap_or_else(|why| resume_unwind(why)))
    });
    finished(scope, values, factors, (&walk, sizes), lost)
}

/// What all sums of one network have in common.
#[derive(Clone, Copy)]
pub struct Space<'s> {
    pub extent: Extent<'s>,
    /// Position of each variable in the elimination order.
    pub rank: &'s [usize],
    pub threads: usize,
}

/// Fills rows of the result, of `width` entries each, from number `first` on.
fn fill_rows<N: Number>(
    split: &Split<'_, N>,
    x: usize,
    (walk, sizes): (&Walk, &[usize]),
    (first, width): (usize, usize),
    values: &mut [N],
    assignment: &mut [u32],
    lost: &mut bool,
) {
    let outer = if split.last.is_some() { walk.rows() } else { walk.clone() };
    let mut lines = Lines::new(x, &split.into_lines, (outer, split.window), sizes[x]);
    lines.go_to(first, assignment);
    let mut rows = split.last.map(|last| (last, walk.window(last), Rows::new(x, last, split.into_rows.clone())));
    for row in values.chunks_mut(width) {
        if lines.is_inside() {
            let (range, line) = lines.line(assignment, lost);
            match &mut rows {
                None => row[0] = total(line),
                Some((_, None, rows)) => rows.fill(line, row, (range, 0), sizes, assignment, lost),
                Some((last, Some(window), rows)) => {
                    let anchor = walk.first().map_or(0, |first| assignment[first]);
                    let inner = window.beside(anchor, sizes[*last]);
                    let row = &mut row[window.places(anchor, &inner)];
                    rows.fill(line, row, (range, inner.start), sizes, assignment, lost);
                }
            }
        }
        lines.advance(assignment);
    }
    lines.clear(assignment);
}

/// Which factors are multiplied into lines, and which tie the line's variable to that of a row.
struct Split<'f, N> {
    outer: Vec<usize>,
    /// The variable whose values make up a row.
    last: Option<usize>,
    /// The values of `x` beside those of an anchor.
    window: Option<Window>,
    into_lines: Vec<&'f Potential<N>>,
    into_rows: Vec<&'f Potential<N>>,
}

impl<'f, N: Number> Split<'f, N> {
    fn new(x: usize, factors: &[&'f Potential<N>], sizes: &[usize]) -> Split<'f, N> {
        let others = |factors: &mut dyn Iterator<Item = &&'f Potential<N>>| -> BTreeSet<usize> {
            factors.flat_map(|factor| factor.scope().iter().copied()).filter(|var| *var != x).collect()
        };
        let mut all = others(&mut factors.iter());
        let dense = others(&mut factors.iter().filter(|factor| factor.is_dense()));
        // Of those that only steps tie to `x`: the one that needs the fewest different rows, and of these the largest.
        let rows = |last: usize| -> f64 {
            let tying = &mut factors.iter().filter(|factor| factor.scope().contains(&last));
            others(tying).iter().filter(|var| **var != last).map(|var| sizes[*var] as f64).product()
        };
        let free = all.difference(&dense).copied();
        let last = free.min_by(|a, b| rows(*a).total_cmp(&rows(*b)).then(sizes[*b].cmp(&sizes[*a])));
        if let Some(last) = last {
            all.remove(&last);
        }
        let ties = |factor: &&&'f Potential<N>| last.is_some_and(|last| factor.scope().contains(&last));
        let (into_rows, into_lines) = factors.iter().partition(ties);
        Split { outer: all.into_iter().collect(), last, window: None, into_lines, into_rows }
    }
}

fn finished<N: Number>(
    scope: Vec<usize>,
    values: Vec<N>,
    factors: &[&Potential<N>],
    (walk, sizes): (&Walk, &[usize]),
    lost: &mut bool,
) -> Table<N> {
    let mut table = Table::in_band(scope, values, walk, sizes);
    table.exponent = factors.iter().map(|f| f.exponent()).sum();
    table.normalise(lost);
    table
}

/// The product of `factors` as a table over `scope`, which must hold all their variables.
pub fn product<N: Number>(
    scope: &[usize],
    factors: &[&Potential<N>],
    extent: Extent<'_>,
    assignment: &mut [u32],
    lost: &mut bool,
) -> Table<N> {
    let sizes = extent.sizes;
    let band = extent.band(scope, scope);
    let mut order = scope.to_vec();
    if let Some(band) = &band {
        order.retain(|var| *var != band.anchor);
        order.insert(0, band.anchor);
    }
    let walk = Walk::new(&order, sizes, band);
    let Some(x) = order.pop() else {
        let scalars = factors.iter().map(|factor| match factor {
            Potential::Table(table) => table.values[0],
            _ => N::from_f64(1.0),
        });
        let mut total = N::from_f64(1.0);
        for scalar in scalars {
            total = total.times(scalar, lost);
        }
        return finished(Vec::new(), vec![total], factors, (&walk, sizes), lost);
    };
    let window = walk.window(x);
    let mut lines = Lines::new(x, factors, (walk.rows(), window), sizes[x]);
    lines.go_to(0, assignment);
    let mut values = vec![N::ZERO; walk.len()];
    for row in values.chunks_mut(window.map_or(sizes[x], |window| window.width)) {
        if lines.is_inside() {
            let (range, line) = lines.line(assignment, lost);
            let anchor = walk.first().map_or(0, |first| assignment[first]);
            let places = window.map_or(0..line.len(), |window| window.places(anchor, &range));
            row[places].copy_from_slice(line);
        }
        lines.advance(assignment);
    }
    lines.clear(assignment);
    finished(scope.to_vec(), values, factors, (&walk, sizes), lost)
}
