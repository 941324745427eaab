//! Seeds in; small networks with factors of every kind out; for tests.

use crate::day::Day;
use crate::model::{DayClass, EventId, Reach, Side, WorkingDays};
use crate::network::{
    At, Delay, Factor, Formula, Function, Kind, Literal, Local, Network, Role, Test, VarId, Variable, WorkingGap,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Makes random parts of networks.
pub struct Maker {
    random: ChaCha8Rng,
}

impl Maker {
    pub fn new(seed: u64) -> Maker {
        Maker { random: ChaCha8Rng::seed_from_u64(seed) }
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.random.random_range(0..end)
    }

    /// A weight, now and then 0.
    fn weight(&mut self) -> f64 {
        if self.below(12) == 0 { 0.0 } else { 0.1 + self.random.random::<f64>() }
    }

    pub fn weights(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.weight()).collect()
    }

    fn side(&mut self) -> Side {
        if self.below(2) == 0 { Side::First } else { Side::Last }
    }

    /// Days, perhaps of several lengths, perhaps absent.
    fn variable(&mut self) -> Variable {
        let plain =
            Variable::of_days(Role::Start(EventId(0)), self.below(4) as i32, 2 + self.below(3), self.below(2) == 0);
        match self.below(3) {
            0 => Variable { shortest: 1 + self.below(2) as i32, lengths: 1 + self.below(2), ..plain },
            _ => plain,
        }
    }

    fn test(&mut self, x: usize, y: usize) -> Test {
        let mut at = |var: usize| At { var: VarId(var), side: self.side() };
        let (one, two) = (at(x), at(y));
        match self.below(5) {
            4 => {
                let count = self.below(4) as i32;
                let forth = [(Reach::Days(1), Reach::Working(count + 1)), (Reach::Working(count), Reach::Open)];
                let back = [(Reach::Working(-count - 1), Reach::Days(-1)), (Reach::Open, Reach::Working(-count))];
                let (from, to) = [forth, back][self.below(2)][self.below(2)];
                let calendar = Arc::new(WorkingDays::default());
                let shifts = (self.below(2) as i32, self.below(2) as i32);
                let origin = Day::FIRST + self.below(7) as i32;
                Test::Working(Box::new(WorkingGap { subject: one, anchor: two, shifts, from, to, calendar, origin }))
            }
            0 => {
                let class = if self.below(2) == 0 { DayClass::Weekend } else { DayClass::Named(self.below(7)) };
                let days = crate::network::ClassDays {
                    class,
                    origin_weekday: 3,
                    holidays: BTreeSet::new(),
                    workweek: [true; 7],
                };
                Test::Class { at: one, shift: self.below(3) as i32 - 1, days: Arc::new(days) }
            }
            1 => Test::Day { at: two, from: self.below(4) as i32, to: 2 + self.below(6) as i32 },
            _ => {
                let least = self.below(6) as i32 - 3;
                let most = if self.below(2) == 0 { 1_000_000 } else { least + self.below(4) as i32 };
                Test::Gap { later: one, earlier: two, least, most }
            }
        }
    }

    fn literal(&mut self, x: usize, y: usize) -> Formula {
        let kind = [Kind::True, Kind::NotTrue, Kind::NotFalse][self.below(3)];
        let tests = (0..1 + self.below(2)).map(|_| self.test(x, y)).collect();
        Formula::Literal(Literal { kind, occurring: vec![VarId(x), VarId(y)], tests })
    }

    /// A rule, or what is soft, on two variables.
    pub fn function(&mut self, x: usize, y: usize) -> Function {
        let formula = match self.below(4) {
            0 => Formula::Or(vec![self.literal(x, y), self.literal(x, y)]),
            1 => Formula::And(vec![self.literal(x, y), self.literal(x, y)]),
            _ => self.literal(x, y),
        };
        let when_false = if self.below(3) == 0 { 0.0 } else { 0.3 };
        Function::Truth { formula, when_true: 1.7, when_false }
    }

    /// A factor of two variables that both have days.
    fn pair(&mut self, variables: &[Variable], x: usize, y: usize) -> Factor {
        let scope = vec![VarId(x), VarId(y)];
        match self.below(5) {
            0 => Factor::Table { scope, values: self.weights(variables[x].size() * variables[y].size()).into() },
            1 => {
                let starts = variables[x].days * variables[x].lengths;
                let count = 1 + self.below(5);
                Factor::Delay(Delay {
                    from: At { var: VarId(x), side: self.side() },
                    to: VarId(y),
                    first: self.below(3) as i32 - 1,
                    weights: self.weights(count),
                    never: if variables[y].never { self.weights(starts) } else { Vec::new() },
                })
            }
            _ => Factor::Local(Local { scope, selector: None, function: self.function(x, y) }),
        }
    }

    fn single(&mut self, variables: &[Variable], x: usize) -> Factor {
        Factor::Table { scope: vec![VarId(x)], values: self.weights(variables[x].size()).into() }
    }

    /// Four events tied crosswise, one of them by a truth value and a day that comes about by another.
    pub fn tangle(&mut self) -> Network {
        let mut variables: Vec<Variable> = (0..4).map(|_| self.variable()).collect();
        let mut factors: Vec<Factor> = Vec::new();
        for (x, y) in [(0, 1), (0, 2), (1, 2), (2, 3), (1, 3), (0, 1)] {
            if self.below(4) > 0 {
                factors.push(self.pair(&variables, x, y));
            }
        }
        let truth = variables.len();
        variables.push(Variable::truth());
        let (x, y) = (self.below(2), 2 + self.below(2));
        let function = self.function(x, y);
        factors.push(Factor::Local(Local { scope: vec![VarId(x), VarId(y)], selector: Some(VarId(truth)), function }));
        factors.push(self.single(&variables, truth));
        let latest = variables.len();
        variables.push(Variable::of_days(Role::Latest(EventId(0)), 0, 8, true));
        factors.push(self.pair(&variables, 3, latest));
        factors.extend((0..4).map(|var| self.single(&variables, var)));
        network(variables, factors)
    }

    /// Plain days that come before one another, always or more or less likely, here and there with windows of their own, and
    /// what hangs on single ones of them: an event that may be absent, a truth value, a day that comes about by another.
    pub fn order(&mut self) -> Network {
        let count = 5;
        let mut variables: Vec<Variable> = (0..count)
            .map(|at| {
                Variable::of_days(Role::Start(EventId(0)), (self.below(2) + at / 2) as i32, 3 + self.below(3), false)
            })
            .collect();
        let mut factors: Vec<Factor> = Vec::new();
        let strict = self.below(3);
        for (x, y) in (0..count).flat_map(|x| (x + 1..count).map(move |y| (x, y))) {
            let when_false = [0.0, 0.0, 0.4, 3.0][self.below(4)];
            if self.below(2) > 0 {
                continue;
            }
            let (x, y) = if when_false > 0.0 && self.below(2) == 0 { (y, x) } else { (x, y) };
            // Of weak, strict and mixed orders; told from either side, as what must be or what must not.
            let least = i32::from(strict == 1 || (strict == 2 && self.below(2) == 0));
            let at = |var: usize| At { var: VarId(var), side: Side::First };
            let (kind, test) = match self.below(3) {
                0 => (Kind::True, Test::Gap { later: at(y), earlier: at(x), least, most: 1_000_000 }),
                1 => (Kind::NotFalse, Test::Gap { later: at(x), earlier: at(y), least: -1_000_000, most: -least }),
                _ => (Kind::NotTrue, Test::Gap { later: at(x), earlier: at(y), least: 1 - least, most: 1_000_000 }),
            };
            let formula = Formula::Literal(Literal { kind, occurring: vec![VarId(x), VarId(y)], tests: vec![test] });
            let function = Function::Truth { formula, when_true: 1.0 + self.below(2) as f64, when_false };
            let scope = if self.below(2) == 0 { vec![VarId(x), VarId(y)] } else { vec![VarId(y), VarId(x)] };
            factors.push(Factor::Local(Local { scope, selector: None, function }));
        }
        let beside = variables.len();
        variables.push(self.variable());
        let on = self.below(count);
        factors.push(self.pair(&variables, on, beside));
        let truth = variables.len();
        variables.push(Variable::truth());
        let on = self.below(count);
        let function = self.function(on, beside);
        if self.below(2) == 0 {
            let scope = vec![VarId(on), VarId(beside)];
            factors.push(Factor::Local(Local { scope, selector: Some(VarId(truth)), function }));
        }
        factors.push(self.single(&variables, truth));
        factors.extend((0..=beside).map(|var| self.single(&variables, var)));
        network(variables, factors)
    }

    /// Four days that rules keep close together, tied crosswise by factors of every kind, and a truth value beside them.
    pub fn close(&mut self) -> Network {
        let mut variables: Vec<Variable> = (0..4)
            .map(|_| {
                let shortest = 1 + self.below(2) as i32;
                let plain = Variable::of_days(Role::Start(EventId(0)), self.below(4) as i32, 5 + self.below(4), false);
                Variable { shortest, ..plain }
            })
            .collect();
        let mut factors: Vec<Factor> = Vec::new();
        for (x, y) in [(0, 1), (1, 2), (2, 3), (0, 2), (1, 3), (0, 3)] {
            let scope = vec![VarId(x), VarId(y)];
            let at = |var: usize, side: Side| At { var: VarId(var), side };
            match self.below(4) {
                0 if y == x + 1 => {
                    let weights = self.weights(4);
                    let (from, first) = (at(x, self.side()), self.below(3) as i32 - 1);
                    factors.push(Factor::Delay(Delay { from, to: VarId(y), first, weights, never: Vec::new() }));
                }
                _ if y == x + 1 => {
                    let least = self.below(4) as i32 - 2;
                    let (later, earlier) = (at(y, self.side()), at(x, self.side()));
                    let test = Test::Gap { later, earlier, least, most: least + 1 + self.below(3) as i32 };
                    let kind = [Kind::True, Kind::NotFalse][self.below(2)];
                    let formula = Formula::Literal(Literal { kind, occurring: scope.clone(), tests: vec![test] });
                    let formula = if self.below(3) == 0 { Formula::And(vec![formula]) } else { formula };
                    let function = Function::Truth { formula, when_true: 1.5, when_false: 0.0 };
                    factors.push(Factor::Local(Local { scope, selector: None, function }));
                }
                0 => {}
                1 => {
                    let values = self.weights(variables[x].size() * variables[y].size()).into();
                    factors.push(Factor::Table { scope, values });
                }
                _ => factors.push(Factor::Local(Local { scope, selector: None, function: self.function(x, y) })),
            }
        }
        let truth = variables.len();
        variables.push(Variable::truth());
        let function = self.function(0, 3);
        factors.push(Factor::Local(Local { scope: vec![VarId(0), VarId(3)], selector: Some(VarId(truth)), function }));
        factors.push(self.single(&variables, truth));
        factors.extend((0..4).map(|var| self.single(&variables, var)));
        network(variables, factors)
    }

    /// A tree with one to three factors to every edge.
    pub fn tree(&mut self) -> Network {
        let variables: Vec<Variable> = (0..4).map(|_| self.variable()).collect();
        let mut factors: Vec<Factor> = Vec::new();
        for child in 1..variables.len() {
            let parent = self.below(child);
            for _ in 0..1 + self.below(3) {
                let (x, y) = if self.below(2) == 0 { (child, parent) } else { (parent, child) };
                factors.push(self.pair(&variables, x, y));
            }
            factors.push(self.single(&variables, child));
        }
        network(variables, factors)
    }
}

pub fn network(variables: Vec<Variable>, factors: Vec<Factor>) -> Network {
    Network {
        starts: (0..variables.len()).map(VarId).collect(),
        variables,
        factors,
        implied: Vec::new(),
        generations: Vec::new(),
        contradiction: false,
    }
}
