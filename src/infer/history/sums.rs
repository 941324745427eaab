//! Histories and the factors that hang on their events in; total weight, messages and weights of values out.

use super::draw::{draw, followings};
use super::{Asked, Histories, Precedence, Sweep};
use crate::infer::number::{Number, Scaled};
use crate::infer::potential::Potential;
use crate::infer::table::Table;
use rand::Rng;
use std::panic::resume_unwind;
use std::sync::OnceLock;

/// What a sweep over histories gives.
pub struct Summed<N> {
    pub total: Scaled,
    /// For each incoming message the sum of all else over its scope; empty where only the total was asked for.
    pub messages: Vec<Table<N>>,
    /// For each event (by place) the weights of its values, and the same without what hangs on it alone.
    pub weights: Vec<Table<N>>,
    pub bare: Vec<Table<N>>,
    /// The variables, by place, and what hangs on each alone.
    vars: Vec<usize>,
    lines: Vec<Line<N>>,
    constant: Scaled,
    /// What draws need, where it is kept.
    after: OnceLock<Vec<Vec<N>>>,
}

/// Values along one variable, to be multiplied by 2^`exponent`.
#[derive(Clone)]
struct Line<N> {
    values: Vec<N>,
    exponent: i64,
}

/// Rows of a table, each with its first entry's place, and whether a number was lost.
type Rows<N> = (Vec<(usize, Vec<N>)>, bool);

/// The values of a variable that are not told apart; their weights are added up at the first of them.
pub type Groups = Vec<Vec<usize>>;

impl<N: Number> Line<N> {
    fn ones(size: usize) -> Line<N> {
        Line { values: vec![N::from_f64(1.0); size], exponent: 0 }
    }

    fn multiply(&mut self, factor: &Potential<N>, assignment: &mut [u32], lost: &mut bool) {
        factor.multiply_any(factor.scope()[0], assignment, &mut self.values, &mut Vec::new(), lost);
        self.exponent += factor.exponent();
    }

    /// Brings products of many lines to about 1: neither their greatest values nor their sums run away.
    fn balance(&mut self, lost: &mut bool) {
        self.exponent += N::normalise(&mut self.values, lost);
        let (greatest, sum) = (N::extremes(&self.values).1, N::total(&self.values).scaled().to_f64());
        if sum == 0.0 {
            return;
        }
        let half = ((greatest.log2() + sum.log2()) / 2.0).clamp(-500.0, 500.0).round();
        let factor = N::from_f64((-half).exp2());
        self.values.iter_mut().for_each(|value| *value = value.times(factor, lost));
        self.exponent += half as i64;
    }

    fn table(self, var: usize, exponent: i64, sizes: &[usize], lost: &mut bool) -> Table<N> {
        let mut table = Table::new(vec![var], self.values, sizes);
        table.exponent = self.exponent + exponent;
        table.normalise(lost);
        table
    }
}

/// Sums over all worlds of an order. Each of `own` and `incoming` holds one of its variables.
///
/// `sizes` are those of all variables, `assignment` has an entry for each, all 0, and is left so. With `both`, messages and
/// weights are made as well as the total.
pub fn sum_over<N: Number>(
    histories: &Histories,
    (own, incoming): (&[&Potential<N>], &[&Potential<N>]),
    sizes: &[usize],
    both: bool,
    assignment: &mut [u32],
    lost: &mut bool,
) -> Summed<N> {
    let order = &histories.order;
    let place = |factor: &Potential<N>| order.vars.iter().position(|var| *var == factor.scope()[0]).unwrap_or(0);
    let mut alone: Vec<Line<N>> = order.vars.iter().map(|var| Line::ones(sizes[*var])).collect();
    own.iter().for_each(|factor| alone[place(factor)].multiply(factor, assignment, lost));
    let mut lines = alone.clone();
    incoming.iter().for_each(|message| lines[place(message)].multiply(message, assignment, lost));
    lines.iter_mut().for_each(|line| line.balance(lost));
    let constant = constant(&order.rules);
    let mut sweep = Sweep::new(histories, lost);
    let asked = if both { Asked::All } else { Asked::Total };
    let weights: Vec<Vec<N>> = lines.iter().map(|line| line.values.clone()).collect();
    let total = sweep.run(&weights, asked, lost);
    let exponent: i64 = lines.iter().map(|line| line.exponent).sum();
    let mut found = Summed {
        total: total.scaled().shifted(exponent).by(constant),
        messages: Vec::new(),
        weights: Vec::new(),
        bare: Vec::new(),
        vars: order.vars.clone(),
        lines,
        constant,
        after: OnceLock::new(),
    };
    if !both {
        return found;
    }
    let (mantissa, exponent) = found.outside(&[]);
    for (place, values) in sweep.bare.iter_mut().enumerate() {
        values.iter_mut().for_each(|value| *value = value.times(mantissa, lost));
        let (var, line) = (order.vars[place], &found.lines[place]);
        let rest = exponent - line.exponent;
        found.bare.push(Line { values: values.clone(), exponent: rest }.table(var, 0, sizes, lost));
        let mut whole = line.clone();
        N::multiply(&mut whole.values, values, lost);
        found.weights.push(whole.table(var, rest, sizes, lost));
    }
    for (index, message) in incoming.iter().enumerate() {
        let at = place(message);
        let mut line = Line { values: sweep.bare[at].clone(), exponent: exponent - found.lines[at].exponent };
        N::multiply(&mut line.values, &alone[at].values, lost);
        line.exponent += alone[at].exponent;
        let others = incoming.iter().enumerate().filter(|(other, message)| *other != index && place(message) == at);
        others.for_each(|(_, other)| line.multiply(other, assignment, lost));
        found.messages.push(line.table(order.vars[at], 0, sizes, lost));
    }
    found
}

/// The product of the greatest values of the factors that rules are.
fn constant(rules: &[Precedence]) -> Scaled {
    rules.iter().fold(Scaled::ONE, |all, rule| all.by(<Scaled as Number>::from_f64(rule.greatest())))
}

impl<N: Number> Summed<N> {
    /// The total weight with stricter rules between the same variables.
    pub fn total_in(&self, histories: &Histories, lost: &mut bool) -> Scaled {
        // Its variables may stand in another order.
        let line = |var: &usize| self.vars.iter().position(|own| own == var).map(|at| self.lines[at].values.clone());
        let weights: Vec<Vec<N>> = histories.order.vars.iter().filter_map(line).collect();
        let total = Sweep::new(histories, lost).run(&weights, Asked::Total, lost);
        let exponent: i64 = self.lines.iter().map(|line| line.exponent).sum();
        total.scaled().shifted(exponent).by(constant(&histories.order.rules))
    }

    /// Draws worlds, side by side: for each of `randoms` one, told to `take` as world, variable and index of its value.
    ///
    /// The total must be positive.
    pub fn draw(&self, histories: &Histories, randoms: &mut [impl Rng], mut take: impl FnMut(usize, usize, usize)) {
        let weights: Vec<Vec<N>> = self.lines.iter().map(|line| line.values.clone()).collect();
        let made;
        let after = if histories.stretch() == 1 {
            self.after.get_or_init(|| followings(histories, &weights))
        } else {
            made = followings(histories, &weights);
            &made
        };
        draw(histories, &weights, after, randoms, |world, place, value| {
            take(world, histories.order.vars[place], value)
        });
    }

    /// What every sum of products of the lines is to be multiplied by, where some events' lines are not in it.
    fn outside(&self, without: &[usize]) -> (N, i64) {
        let (mantissa, exponent) = self.constant.parts();
        let lines = self.lines.iter().enumerate().filter(|(place, _)| !without.contains(place));
        (N::from_f64(mantissa), exponent + lines.map(|(_, line)| line.exponent).sum::<i64>())
    }

    /// The weights of the values of some events (by place) together. Of the events before the last whose values are told
    /// apart in `groups` only, what hangs on them alone is in it; of all others it is not.
    ///
    /// One sweep for every combination of values of all but the last of them. Combinations are shared out among threads,
    /// each of which makes its own entries alone.
    pub fn joint(
        &self,
        histories: &Histories,
        places: &[usize],
        groups: &[Option<Groups>],
        (sizes, threads): (&[usize], usize),
        lost: &mut bool,
    ) -> Table<N> {
        let order = &histories.order;
        let Some((last, fixed)) = places.split_last() else {
            return Table::new(Vec::new(), vec![N::from_f64(1.0)], sizes);
        };
        let scope: Vec<usize> = places.iter().map(|place| order.vars[*place]).collect();
        let width = sizes[order.vars[*last]];
        let single = |place: &usize| (0..sizes[order.vars[*place]]).map(|value| vec![value]).collect();
        let choices: Vec<Groups> =
            fixed.iter().zip(groups).map(|(place, groups)| groups.clone().unwrap_or_else(|| single(place))).collect();
        let count: usize = choices.iter().map(Vec::len).product();
        let mut values = vec![N::ZERO; scope.iter().map(|var| sizes[*var]).product()];
        let threads = threads.clamp(1, count.max(1));
        let run = |thread: usize| -> Rows<N> {
            let mut lost = false;
            let mut sweep = Sweep::new(histories, &mut lost);
            let mut weights: Vec<Vec<N>> = self.lines.iter().map(|line| line.values.clone()).collect();
            weights[*last].iter_mut().filter(|weight| !weight.is_zero()).for_each(|weight| *weight = N::from_f64(1.0));
            let mut rows = Vec::new();
            for index in (thread..count).step_by(threads) {
                let (mut rest, mut start) = (index, 0);
                let mut possible = true;
                for (at, place) in fixed.iter().enumerate().rev() {
                    let group = &choices[at][rest % choices[at].len()];
                    rest /= choices[at].len();
                    let grouped = groups.get(at).is_some_and(Option::is_some);
                    let (line, own) = (&mut weights[*place], &self.lines[*place].values);
                    line.fill(N::ZERO);
                    for value in group.iter().filter(|value| !own[**value].is_zero()) {
                        line[*value] = if grouped { own[*value] } else { N::from_f64(1.0) };
                    }
                    possible &= line.iter().any(|weight| !weight.is_zero());
                    let after: usize = places[at + 1..].iter().map(|place| sizes[order.vars[*place]]).product();
                    start += group.first().copied().unwrap_or(0) * after;
                }
                if possible {
                    sweep.run(&weights, Asked::One(*last), &mut lost);
                    rows.push((start, sweep.bare[*last].clone()));
                }
            }
            (rows, lost)
        };
        let found: Vec<Rows<N>> = std::thread::scope(|scope| {
            let run = &run;
            let running: Vec<_> = (1..threads).map(|thread| scope.spawn(move || run(thread))).collect();
            let own = run(0);
            let others = running.into_iter().map(|thread| thread.join().unwrap_or_else(|why| resume_unwind(why)));
            std::iter::once(own).chain(others).collect()
        });
        let bare: Vec<usize> =
            (0..places.len()).filter(|at| groups.get(*at).is_none_or(Option::is_none)).map(|at| places[at]).collect();
        let (mantissa, exponent) = self.outside(&bare);
        for (rows, part) in found {
            *lost |= part;
            for (start, row) in rows {
                for (entry, value) in values[start..start + width].iter_mut().zip(row) {
                    *entry = value.times(mantissa, lost);
                }
            }
        }
        let mut table = Table::new(scope, values, sizes);
        table.exponent = exponent;
        table.normalise(lost);
        table
    }
}
