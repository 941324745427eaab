//! A network in; its variables' weights and its rules on gaps, where it has nothing else, out.

use crate::network::{Factor, Formula, Function, Interval, Local, Network, Value, VarId};

/// Ends of gaps beyond this are open; days lie far inside.
pub(super) const FAR: i64 = 1 << 28;

/// Weights of single variables and hard rules on the gaps of pairs.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub columns: Vec<Column>,
    pub rules: Vec<Rule>,
    /// Natural logarithm of the weight of all factors without variables.
    pub log_constant: f64,
}

/// The weights of one variable.
#[derive(Debug)]
pub(super) struct Column {
    /// Day of the first entry.
    pub first: i64,
    /// Natural logarithms of the weights of its days; −∞ where a day is impossible.
    pub logs: Vec<f64>,
    /// The same of "does not occur".
    pub never: f64,
}

/// `least <= day(later) − day(earlier) <= most` where both occur, and nothing where one does not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub later: usize,
    pub earlier: usize,
    pub least: i64,
    pub most: i64,
}

impl Draft {
    /// `None` where some variable or factor is of another kind.
    pub fn of(network: &Network) -> Option<Draft> {
        let mut draft = Draft::default();
        for variable in &network.variables {
            if variable.lengths != 1 || variable.days as i64 >= FAR || i64::from(variable.first).abs() >= FAR {
                return None;
            }
            let never = if variable.never { 0.0 } else { f64::NEG_INFINITY };
            draft.columns.push(Column { first: i64::from(variable.first), logs: vec![0.0; variable.days], never });
        }
        for factor in &network.factors {
            draft.take(network, factor)?;
        }
        Some(draft)
    }

    fn take(&mut self, network: &Network, factor: &Factor) -> Option<()> {
        match factor {
            Factor::Table { scope, values } => match scope[..] {
                [] => self.log_constant += values[0].ln(),
                [var] => self.columns[var.0].multiply(|index| values[index]),
                _ => return None,
            },
            Factor::Local(Local { selector: None, function, .. }) => {
                let Function::Truth { formula, when_true, when_false } = function else { return None };
                let wanted = *when_true > 0.0;
                if wanted == (*when_false > 0.0) {
                    return None;
                }
                self.log_constant += when_true.max(*when_false).ln();
                self.require(network, formula, wanted)?;
            }
            _ => return None,
        }
        Some(())
    }

    /// Worlds in which the formula's truth is not as wanted are impossible.
    fn require(&mut self, network: &Network, formula: &Formula, wanted: bool) -> Option<()> {
        match formula {
            Formula::And(parts) if wanted => {
                return parts.iter().try_for_each(|part| self.require(network, part, true));
            }
            Formula::Or(parts) if !wanted => {
                return parts.iter().try_for_each(|part| self.require(network, part, false));
            }
            // Several inequalities of one statement, all of which must hold (where its events occur).
            Formula::Literal(literal) if literal.tests.len() > 1 && holds_by_parts(network, formula, wanted) => {
                return literal.tests.iter().try_for_each(|test| {
                    let mut one = literal.clone();
                    one.tests = vec![test.clone()];
                    self.require(network, &Formula::Literal(one), wanted)
                });
            }
            _ => {}
        }
        let open: Vec<VarId> = formula.vars().into_iter().filter(|var| network.variables[var.0].size() > 1).collect();
        let holds = |given: &[(VarId, Value)]| {
            let found = |asked: VarId| given.iter().find(|(var, _)| *var == asked).map(|(_, value)| *value);
            formula.holds(&|asked| found(asked).unwrap_or_else(|| network.variables[asked.0].value(0))) == wanted
        };
        match open[..] {
            [] if holds(&[]) => {}
            [] => self.log_constant = f64::NEG_INFINITY,
            [x] => {
                let value = |index| network.variables[x.0].value(index);
                self.columns[x.0].multiply(|index| f64::from(u8::from(holds(&[(x, value(index))]))));
            }
            [x, y] => self.pair(network, formula, wanted, (x, y), &holds)?,
            _ => return None,
        }
        Some(())
    }

    /// A formula of two variables, if it is an interval of their gap.
    fn pair(
        &mut self,
        network: &Network,
        formula: &Formula,
        wanted: bool,
        (x, y): (VarId, VarId),
        holds: &impl Fn(&[(VarId, Value)]) -> bool,
    ) -> Option<()> {
        let truth = |truth: bool| f64::from(u8::from(truth == wanted));
        let function = Function::Truth { formula: formula.clone(), when_true: truth(true), when_false: truth(false) };
        let interval = function.interval(x, y)?;
        let (later, earlier) = if interval.later { (x, y) } else { (y, x) };
        let (least, most) = self.kept(&interval, later, earlier)?;
        for (var, other) in [(x, y), (y, x)].into_iter().filter(|(var, _)| network.variables[var.0].never) {
            let beside = network.variables[other.0];
            let others = [(beside.days > 0, beside.value(0)), (beside.never, Value::NEVER)];
            let others = others.into_iter().filter(|(possible, _)| *possible);
            let kept: Vec<bool> = others.map(|(_, value)| holds(&[(var, Value::NEVER), (other, value)])).collect();
            match (kept.contains(&true), kept.contains(&false)) {
                // It may be absent only where the other one is, or is not: that is no rule on a gap.
                (true, true) => return None,
                (true, false) => {}
                (false, _) => self.columns[var.0].never = f64::NEG_INFINITY,
            }
        }
        self.rules.push(Rule { later: later.0, earlier: earlier.0, least, most });
        Some(())
    }

    /// The gaps that an interval leaves, where they are an interval.
    fn kept(&self, interval: &Interval, later: VarId, earlier: VarId) -> Option<(i64, i64)> {
        let (least, most) = (i64::from(interval.least), i64::from(interval.most));
        if interval.inside > 0.0 {
            return (interval.outside == 0.0).then_some((least, most));
        }
        // What lies outside of an interval is one where the days reach beyond one of its ends only.
        let (later, earlier) = (&self.columns[later.0], &self.columns[earlier.0]);
        let (low, high) = (later.first - earlier.last(), later.last() - earlier.first);
        match (least <= low, most >= high) {
            (true, _) => Some((most + 1, FAR)),
            (_, true) => Some((-FAR, least - 1)),
            _ => None,
        }
    }
}

/// Whether a statement of several inequalities is as wanted exactly where each of them alone is.
fn holds_by_parts(network: &Network, formula: &Formula, wanted: bool) -> bool {
    // "Not true" (as wanted) and "true" or "not false" (not wanted) are disjunctions. Which it is shows where no
    // inequality is asked at all: an empty conjunction holds.
    let Formula::Literal(literal) = formula else { return false };
    let mut empty = literal.clone();
    empty.tests.clear();
    Formula::Literal(empty).holds(&|asked| network.variables[asked.0].value(0)) == wanted
}

impl Column {
    fn last(&self) -> i64 {
        self.first + self.logs.len() as i64 - 1
    }

    /// Multiplies the weights by those of each index.
    fn multiply(&mut self, weight: impl Fn(usize) -> f64) {
        self.logs.iter_mut().enumerate().for_each(|(index, log)| *log += weight(index).ln());
        if self.never > f64::NEG_INFINITY {
            self.never += weight(self.logs.len()).ln();
        }
    }
}
