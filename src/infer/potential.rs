//! The factors of a network, prepared so that any of their variables can be summed out.

use super::local::PreparedLocal;
use super::number::Number;
use super::table::Table;
use crate::model::Side;
use crate::network::{Delay, Factor, Value, VarId, Variable};

/// A factor ready for use.
#[derive(Clone, Debug)]
pub enum Potential<N> {
    Table(Table<N>),
    Delay(PreparedDelay<N>),
    Local(PreparedLocal),
}

/// A weighted delay with its variables' domains.
#[derive(Clone, Debug)]
pub struct PreparedDelay<N> {
    pub scope: Vec<usize>,
    /// Whether the delay counts from the first or the last day of `from`.
    side: Side,
    from: Variable,
    to: Variable,
    first: i32,
    weights: Vec<N>,
    never: Vec<N>,
}

/// A step of a function of one variable: `value` up to (not including) index `end`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    pub end: usize,
    pub value: f64,
}

impl<N: Number> Potential<N> {
    /// Prepares a factor; `variables` are all those of its network and extension.
    pub fn new(factor: &Factor, variable: &impl Fn(VarId) -> Variable, sizes: &[usize]) -> Potential<N> {
        match factor {
            Factor::Table { scope, values } => {
                let scope = scope.iter().map(|var| var.0).collect();
                Potential::Table(Table::new(scope, values.iter().map(|v| N::from_f64(*v)).collect(), sizes))
            }
            Factor::Delay(delay) => Potential::Delay(PreparedDelay::new(delay, variable)),
            Factor::Local(local) => Potential::Local(PreparedLocal::new(local, variable)),
        }
    }

    pub fn scope(&self) -> &[usize] {
        match self {
            Potential::Table(table) => &table.scope,
            Potential::Delay(delay) => &delay.scope,
            Potential::Local(local) => &local.scope,
        }
    }

    /// Whether its values along a variable are arbitrary; otherwise they are steps.
    pub fn is_dense(&self) -> bool {
        matches!(self, Potential::Table(_) | Potential::Delay(_))
    }

    /// The least positive and the greatest of its values, or what is below and above them; `None` where that is not known.
    pub fn extremes(&self) -> Option<(f64, f64)> {
        match self {
            Potential::Table(table) => Some(table.extremes),
            Potential::Delay(delay) => Some(delay.extremes()),
            Potential::Local(local) => local.extremes(),
        }
    }

    /// The power of two that its values are to be multiplied by.
    pub fn exponent(&self) -> i64 {
        if let Potential::Table(table) = self { table.exponent } else { 0 }
    }

    /// For a dense factor: multiplies `line` (the values along `x` from that of the assignment on) by it, for given values of
    /// the other variables.
    pub fn multiply(&self, x: usize, assignment: &mut [u32], line: &mut [N], lost: &mut bool) {
        match self {
            Potential::Table(table) => table.multiply(x, assignment, (None, false), line, lost),
            Potential::Delay(delay) => delay.multiply(x, assignment, line, lost),
            Potential::Local(_) => {
                unreachable!("only dense factors are multiplied in")
            }
        }
    }

    /// Makes `line` (the values along `x` from that of the assignment on) its values times `before`; without a `before`, times
    /// `line` itself. Where it is `safe` to, it is not looked whether a product is lost.
    pub fn multiply_into(
        &self,
        x: usize,
        assignment: &mut [u32],
        (before, safe): (Option<&[N]>, bool),
        line: &mut [N],
        pieces: &mut Vec<Piece>,
        lost: &mut bool,
    ) {
        if let Potential::Table(table) = self
            && safe
            && table.scope.contains(&x)
        {
            return table.multiply(x, assignment, (before, safe), line, lost);
        }
        before.into_iter().for_each(|before| line.copy_from_slice(before));
        self.multiply_any(x, assignment, line, pieces, lost);
    }

    /// Multiplies `line` (the values along `x` from that of the assignment on) by it, whatever its kind, for given values of
    /// the other variables.
    pub fn multiply_any(
        &self,
        x: usize,
        assignment: &mut [u32],
        line: &mut [N],
        pieces: &mut Vec<Piece>,
        lost: &mut bool,
    ) {
        if !self.scope().contains(&x) {
            let value = self.value(assignment, pieces);
            return line.iter_mut().for_each(|entry| *entry = entry.times(value, lost));
        }
        if self.is_dense() {
            return self.multiply(x, assignment, line, lost);
        }
        self.pieces(x, assignment, pieces);
        let (mut start, first) = (0, assignment[x] as usize);
        for piece in pieces.iter() {
            let end = piece.end.saturating_sub(first).clamp(start, line.len());
            let entries = &mut line[start..end];
            start = end;
            if piece.value == 0.0 {
                entries.fill(N::ZERO);
            } else if piece.value != 1.0 {
                let value = N::from_f64(piece.value);
                entries.iter_mut().for_each(|entry| *entry = entry.times(value, lost));
            }
        }
    }

    /// Its value where every variable has the index that `assignment` gives.
    pub fn value(&self, assignment: &[u32], pieces: &mut Vec<Piece>) -> N {
        match self {
            Potential::Table(table) => table.value(assignment),
            Potential::Delay(delay) => delay.value(assignment),
            Potential::Local(_) => {
                let var = self.scope()[0];
                self.pieces(var, assignment, pieces);
                let index = assignment[var] as usize;
                N::from_f64(pieces.iter().find(|piece| piece.end > index).map_or(0.0, |piece| piece.value))
            }
        }
    }

    /// For a factor of steps: its pieces along `x`, for given values of the other variables.
    pub fn pieces(&self, x: usize, assignment: &[u32], pieces: &mut Vec<Piece>) {
        pieces.clear();
        match self {
            Potential::Local(local) => local.pieces(x, assignment, pieces),
            Potential::Table(_) | Potential::Delay(_) => {
                unreachable!("dense factors have no pieces")
            }
        }
    }
}

impl<N: Number> PreparedDelay<N> {
    pub fn new(delay: &Delay, variable: &impl Fn(VarId) -> Variable) -> PreparedDelay<N> {
        PreparedDelay {
            scope: vec![delay.from.var.0, delay.to.0],
            side: delay.from.side,
            from: variable(delay.from.var),
            to: variable(delay.to),
            first: delay.first,
            weights: delay.weights.iter().map(|w| N::from_f64(*w)).collect(),
            never: delay.never.iter().map(|w| N::from_f64(*w)).collect(),
        }
    }

    fn extremes(&self) -> (f64, f64) {
        let (weights, never) = (N::extremes(&self.weights), N::extremes(&self.never));
        (weights.0.min(never.0).min(1.0), weights.1.max(never.1).max(1.0))
    }

    fn multiply(&self, x: usize, assignment: &[u32], line: &mut [N], lost: &mut bool) {
        let first = assignment[x] as usize;
        if x == self.scope[1] {
            self.multiply_to(assignment[self.scope[0]] as usize, line, first, lost);
        } else {
            self.multiply_from(assignment[self.scope[1]] as usize, line, first, lost);
        }
    }

    fn value(&self, assignment: &[u32]) -> N {
        let [from, to] = [assignment[self.scope[0]] as usize, assignment[self.scope[1]] as usize];
        let (start, end) = (self.from.value(from), self.to.value(to));
        if start.is_never() || end.is_never() {
            let both = start.is_never() && end.is_never();
            return if both {
                N::from_f64(1.0)
            } else {
                self.never.get(from).filter(|_| end.is_never()).copied().unwrap_or(N::ZERO)
            };
        }
        let at = i64::from(end.first) - i64::from(self.day(start)) - i64::from(self.first);
        usize::try_from(at).ok().and_then(|at| self.weights.get(at)).copied().unwrap_or(N::ZERO)
    }

    /// The day of `from` that the delay counts from.
    fn day(&self, value: Value) -> i32 {
        if self.side == Side::First { value.first } else { value.last }
    }

    /// Along `to`, for one value of `from`. Lines of less than all values, from `first` on, are of plain days.
    fn multiply_to(&self, from: usize, line: &mut [N], first: usize, lost: &mut bool) {
        let days = line.len().min(self.to.days * self.to.lengths);
        let (days, ends) = line.split_at_mut(days);
        let value = self.from.value(from);
        if value.is_never() {
            days.fill(N::ZERO);
            return;
        }
        let day = self.day(value);
        // Index of `to` at which the first weight stands.
        let start = i64::from(day) + i64::from(self.first) - i64::from(self.to.first) - first as i64;
        if self.to.days > 0 {
            days.chunks_mut(self.to.days).for_each(|block| self.multiply_days(block, start, lost, false));
        }
        if let Some(end) = ends.first_mut() {
            *end = self.never.get(from).map_or(N::ZERO, |never| end.times(*never, lost));
        }
    }

    /// Along `from`, for one value of `to`, likewise.
    fn multiply_from(&self, to: usize, line: &mut [N], first: usize, lost: &mut bool) {
        let days = line.len().min(self.from.days * self.from.lengths);
        let (days, ends) = line.split_at_mut(days);
        let value = self.to.value(to);
        if value.is_never() {
            for (index, entry) in days.iter_mut().enumerate() {
                *entry = self.never.get(first + index).map_or(N::ZERO, |never| entry.times(*never, lost));
            }
            return;
        }
        ends.fill(N::ZERO);
        if self.from.days == 0 {
            return;
        }
        let last = i64::from(self.first) + self.weights.len() as i64 - 1;
        for (length, block) in days.chunks_mut(self.from.days).enumerate() {
            let longer = if self.side == Side::Last { i64::from(self.from.shortest) + length as i64 - 1 } else { 0 };
            let start = i64::from(value.first) - last - i64::from(self.from.first) - longer - first as i64;
            self.multiply_days(block, start, lost, true);
        }
    }

    /// Multiplies by the weights laid down from index `start` on (backwards where `reversed`), and by 0 elsewhere.
    fn multiply_days(&self, days: &mut [N], start: i64, lost: &mut bool, reversed: bool) {
        let count = self.weights.len() as i64;
        let from = start.clamp(0, days.len() as i64) as usize;
        let to = (start + count).clamp(from as i64, days.len() as i64) as usize;
        days[..from].fill(N::ZERO);
        days[to..].fill(N::ZERO);
        for (index, value) in days[from..to].iter_mut().enumerate() {
            let at = (from as i64 + index as i64 - start) as usize;
            let weight = self.weights[if reversed { self.weights.len() - 1 - at } else { at }];
            *value = value.times(weight, lost);
        }
    }
}
