//! A function of two variables in; its pieces along either of them, for each value of the other, out.

use super::potential::Piece;
use super::run::{Run, RunMaker, Sliding};
use crate::network::{Function, Interval, Local, Value, VarId, Variable};
use std::sync::OnceLock;

/// A function of at most two variables (and perhaps a selector), with its pieces along each of them.
#[derive(Clone, Debug)]
pub struct PreparedLocal {
    pub scope: Vec<usize>,
    function: Function,
    /// The variables of the function, at most two.
    vars: Vec<(VarId, Variable)>,
    /// Variables of the function that have one value only.
    fixed: Vec<(VarId, Value)>,
    selector: Option<usize>,
    /// For each of `vars` its pieces, a row for every value of the other; laid out when first asked for.
    rows: Vec<OnceLock<Rows>>,
}

/// Step functions, one a row: row `r` is `values[i]` up to `ends[i]` for `i` from `offsets[r]` on.
#[derive(Clone, Debug, Default)]
struct Rows {
    offsets: Vec<u32>,
    ends: Vec<u32>,
    values: Vec<f64>,
}

impl PreparedLocal {
    pub fn new(local: &Local, variable: &impl Fn(VarId) -> Variable) -> PreparedLocal {
        let others = local.function.vars().into_iter().filter(|var| !local.scope.contains(var));
        PreparedLocal {
            scope: local.scope.iter().copied().chain(local.selector).map(|var| var.0).collect(),
            function: local.function.clone(),
            vars: local.scope.iter().map(|var| (*var, variable(*var))).collect(),
            fixed: others.map(|var| (var, variable(var).value(0))).collect(),
            selector: local.selector.map(|var| var.0),
            rows: vec![OnceLock::new(); local.scope.len()],
        }
    }

    /// The pieces along `x`, for given values of the other variables.
    pub fn pieces(&self, x: usize, assignment: &[u32], pieces: &mut Vec<Piece>) {
        let Some(at) = self.vars.iter().position(|(var, _)| var.0 == x) else {
            return self.selector_pieces(assignment, pieces);
        };
        let other = if self.vars.len() == 2 { assignment[self.vars[1 - at].0.0] as usize } else { 0 };
        let (ends, values) = self.rows(at).row(other);
        let chosen = self.selector.map(|selector| assignment[selector] == 1);
        pieces.extend(ends.iter().zip(values).map(|(end, value)| {
            let value = match chosen {
                None => *value,
                Some(truth) => f64::from(u8::from((*value > 0.0) == truth)),
            };
            Piece { end: *end as usize, value }
        }));
    }

    /// Along the selector: 1 at the truth that the other variables give.
    fn selector_pieces(&self, assignment: &[u32], pieces: &mut Vec<Piece>) {
        let index = |at: usize| assignment[self.vars[at].0.0];
        let value = match self.vars.len() {
            0 => self.function.value(&|asked| self.value_of(asked, None, None)),
            1 => self.rows(0).value(0, index(0)),
            _ => self.rows(0).value(index(1) as usize, index(0)),
        };
        let truth = value > 0.0;
        pieces.push(Piece { end: 1, value: f64::from(u8::from(!truth)) });
        pieces.push(Piece { end: 2, value: f64::from(u8::from(truth)) });
    }

    /// The least positive and the greatest of its values, where they are known without trying.
    pub fn extremes(&self) -> Option<(f64, f64)> {
        let Function::Truth { when_true, when_false, .. } = &self.function else {
            return None;
        };
        let values = [*when_true, *when_false, 1.0].into_iter().filter(|value| *value > 0.0);
        Some((values.clone().fold(f64::INFINITY, f64::min), values.fold(0.0, f64::max)))
    }

    /// Whether a truth value selects what it says.
    pub fn has_selector(&self) -> bool {
        self.selector.is_some()
    }

    /// The ranges along `x` that sum it out, for each value of the other variable; it must have two and no selector.
    pub fn runs(&self, x: usize) -> Vec<Run> {
        let at = usize::from(self.vars[0].0.0 != x);
        if let Some(runs) = self.interval_runs(at) {
            return runs;
        }
        let (rows, mut maker) = (self.rows(at), RunMaker::default());
        let mut pieces = Vec::new();
        for row in 0..self.vars[1 - at].1.size() {
            pieces.clear();
            rows.add_to(row, &mut pieces);
            maker.row(&pieces);
        }
        maker.runs
    }

    fn rows(&self, at: usize) -> &Rows {
        self.rows[at].get_or_init(|| self.interval_rows(at).unwrap_or_else(|| self.general_rows(at)))
    }

    /// The other variable than the one at `at`, if there are two.
    fn other(&self, at: usize) -> Option<(VarId, Variable)> {
        (self.vars.len() == 2).then(|| self.vars[1 - at])
    }

    /// What a variable stands at, given the two of the function.
    fn value_of(&self, asked: VarId, along: Option<(VarId, Value)>, across: Option<(VarId, Value)>) -> Value {
        let given = along.into_iter().chain(across).chain(self.fixed.iter().copied());
        given.into_iter().find(|(var, _)| *var == asked).map_or(Value::NEVER, |(_, value)| value)
    }

    /// The runs of a rule on the gap between two days, known without trying.
    fn interval_runs(&self, at: usize) -> Option<Vec<Run>> {
        let ((x, along), (y, across)) = (self.vars[at], self.other(at)?);
        if along.lengths > 1 || across.lengths > 1 {
            return None;
        }
        let Interval { later, least, most, inside, outside } = self.function.interval(x, y)?;
        let value = |along: Value, across: Value| {
            self.function.value(&|asked| self.value_of(asked, Some((x, along)), Some((y, across))))
        };
        let (least, most) = (i64::from(least), i64::from(most));
        let shift = i64::from(across.first) - i64::from(along.first);
        let (from, to) = if later { (shift + least, shift + most + 1) } else { (shift - most, shift - least + 1) };
        let mut runs = Vec::new();
        let mut slide = |from, to, weight| Sliding { from, to, weight }.runs(along.days, across.days, &mut runs);
        slide(None, Some(from), outside);
        slide(Some(from), Some(to), inside);
        slide(Some(to), None, outside);
        let fixed = |outputs: (usize, usize), inputs: (usize, usize), weight: f64| Run {
            start: outputs.0,
            end: outputs.1,
            from: inputs.0,
            to: inputs.1,
            slide_from: false,
            slide_to: false,
            weight,
        };
        let (days, absent) = ((0, along.days), (along.days, along.days + 1));
        let (outputs, last) = ((0, across.days), (across.days, across.days + 1));
        if along.never && across.days > 0 {
            runs.push(fixed(outputs, absent, value(Value::NEVER, across.value(0))));
        }
        if across.never && along.days > 0 {
            runs.push(fixed(last, days, value(along.value(0), Value::NEVER)));
        }
        if along.never && across.never {
            runs.push(fixed(last, absent, value(Value::NEVER, Value::NEVER)));
        }
        runs.retain(|run| run.weight > 0.0);
        Some(runs)
    }

    /// The rows of a rule on the gap between two days: one interval each, known without trying.
    fn interval_rows(&self, at: usize) -> Option<Rows> {
        let ((x, along), (y, across)) = (self.vars[at], self.other(at)?);
        if along.lengths > 1 || across.lengths > 1 {
            return None;
        }
        let Interval { later, least, most, inside, outside } = self.function.interval(x, y)?;
        let mut rows = Rows { offsets: vec![0], ..Rows::default() };
        let value = |along: Value, across: Value| {
            self.function.value(&|asked| self.value_of(asked, Some((x, along)), Some((y, across))))
        };
        // Whether the other occurs is all that matters where this one does not.
        let absent = (along.never && across.days > 0).then(|| value(Value::NEVER, across.value(0)));
        let limit = along.days as i64;
        for row in 0..across.days {
            let day = i64::from(across.first) + row as i64;
            let (from, to) = if later {
                (day + i64::from(least), day + i64::from(most))
            } else {
                (day - i64::from(most), day - i64::from(least))
            };
            let from = (from - i64::from(along.first)).clamp(0, limit);
            let to = (to + 1 - i64::from(along.first)).clamp(from, limit);
            for (end, value) in [(from, outside), (to, inside), (limit, outside)] {
                rows.add(end as u32, value);
            }
            absent.into_iter().for_each(|value| rows.add(along.size() as u32, value));
            rows.offsets.push(rows.ends.len() as u32);
        }
        if across.never {
            let days = (along.days > 0).then(|| value(along.value(0), Value::NEVER));
            days.into_iter().for_each(|value| rows.add(along.days as u32, value));
            let absent = along.never.then(|| value(Value::NEVER, Value::NEVER));
            absent.into_iter().for_each(|value| rows.add(along.size() as u32, value));
            rows.offsets.push(rows.ends.len() as u32);
        }
        Some(rows)
    }

    /// The rows of any function: it is tried once between all places where it may change.
    fn general_rows(&self, at: usize) -> Rows {
        let ((x, along), other) = (self.vars[at], self.other(at));
        let mut rows = Rows { offsets: vec![0], ..Rows::default() };
        let mut starts = Vec::new();
        for row in 0..other.map_or(1, |(_, variable)| variable.size()) {
            let across = other.map(|(var, variable)| (var, variable.value(row)));
            self.function.piece_starts(x, &along, &|asked| self.value_of(asked, None, across), &mut starts);
            for (index, start) in starts.iter().enumerate() {
                let end = starts.get(index + 1).copied().unwrap_or(along.size());
                let here = Some((x, along.value(*start)));
                rows.add(end as u32, self.function.value(&|asked| self.value_of(asked, here, across)));
            }
            rows.offsets.push(rows.ends.len() as u32);
        }
        rows
    }
}

impl Rows {
    /// Adds a piece to the row under way; one of the same value as the one before only makes that one longer.
    fn add(&mut self, end: u32, value: f64) {
        let row_start = self.offsets.last().copied().unwrap_or(0) as usize;
        let begun = self.ends.len() > row_start;
        if end <= if begun { self.ends[self.ends.len() - 1] } else { 0 } {
            return;
        }
        if begun && self.values[self.values.len() - 1] == value {
            let last = self.ends.len() - 1;
            self.ends[last] = end;
        } else {
            self.ends.push(end);
            self.values.push(value);
        }
    }

    fn row(&self, row: usize) -> (&[u32], &[f64]) {
        let range = self.offsets[row] as usize..self.offsets[row + 1] as usize;
        (&self.ends[range.clone()], &self.values[range])
    }

    /// Adds the pieces of a row to a list.
    fn add_to(&self, row: usize, pieces: &mut Vec<Piece>) {
        let (ends, values) = self.row(row);
        pieces.extend(ends.iter().zip(values).map(|(end, value)| Piece { end: *end as usize, value: *value }));
    }

    fn value(&self, row: usize, index: u32) -> f64 {
        let (ends, values) = self.row(row);
        values[ends.partition_point(|end| *end <= index)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::run::tests::expected;
    use crate::model::{EventId, Side};
    use crate::network::{At, Formula, Kind, Literal, Role, Test};

    /// A rule on the gap of two variables, in every reading, and with either of them perhaps absent.
    #[test]
    fn intervals_are_what_trying_finds() {
        for (kind, never) in [(Kind::True, true), (Kind::NotTrue, true), (Kind::NotFalse, true), (Kind::True, false)] {
            let variable = |first: i32, days: usize| Variable::of_days(Role::Start(EventId(0)), first, days, never);
            let variables = [variable(3, 9), variable(0, 14)];
            let at = |var: usize| At { var: VarId(var), side: Side::First };
            let test = Test::Gap { later: at(1), earlier: at(0), least: 2, most: 5 };
            let formula = Formula::Literal(Literal { kind, occurring: vec![VarId(0), VarId(1)], tests: vec![test] });
            let function = Function::Truth { formula, when_true: 3.0, when_false: 0.5 };
            let local = Local { scope: vec![VarId(0), VarId(1)], selector: None, function };
            let prepared = PreparedLocal::new(&local, &|var| variables[var.0]);
            for side in 0..2 {
                let (quick, slow) = (prepared.interval_rows(side).unwrap(), prepared.general_rows(side));
                for row in 0..variables[1 - side].size() {
                    assert_eq!(quick.row(row), slow.row(row), "{kind:?} along {side}, row {row}");
                }
                let inputs: Vec<f64> = (0..variables[side].size()).map(|i| f64::from(1u32 << i)).collect();
                let plain = |row: usize| -> f64 {
                    let value = |at: usize| slow.value(row, at as u32) * inputs[at];
                    (0..inputs.len()).map(value).sum()
                };
                let plain: Vec<f64> = (0..variables[1 - side].size()).map(plain).collect();
                assert_eq!(expected(&prepared.interval_runs(side).unwrap(), &inputs, plain.len()), plain);
            }
        }
    }
}
