//! Formulas and functions in, factors over at most two variables each out; truth values tie larger ones together.

use super::formula::{Formula, Function, Kind, Literal, Test};
use super::{At, Factor, Latest, Local, Role, VarId, Variable};
use crate::model::Side;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Factors, and new variables, on top of given variables.
///
/// New variables are numbered on from the given ones.
#[derive(Clone, Debug)]
pub struct Extension<'n> {
    base: &'n [Variable],
    pub variables: Vec<Variable>,
    pub factors: Vec<Factor>,
    /// See [`Network::implied`](super::Network::implied).
    pub implied: Vec<Factor>,
    /// Whether a requirement turned out to be impossible.
    pub contradiction: bool,
}

impl<'n> Extension<'n> {
    pub fn new(base: &'n [Variable]) -> Extension<'n> {
        Extension { base, variables: Vec::new(), factors: Vec::new(), implied: Vec::new(), contradiction: false }
    }

    /// A variable, given or new.
    pub fn variable(&self, var: VarId) -> &Variable {
        self.base.get(var.0).unwrap_or_else(|| &self.variables[var.0 - self.base.len()])
    }

    /// Adds a variable.
    pub fn add(&mut self, variable: Variable) -> VarId {
        self.variables.push(variable);
        VarId(self.base.len() + self.variables.len() - 1)
    }

    /// Worlds in which the formula is false get weight 0.
    pub fn require(&mut self, formula: &Formula) {
        match self.simplified(formula) {
            Formula::Constant(true) => {}
            Formula::Constant(false) => self.contradiction = true,
            Formula::And(parts) => parts.iter().for_each(|part| self.require(part)),
            formula => self.weigh(Function::Truth { formula, when_true: 1.0, when_false: 0.0 }),
        }
    }

    /// Multiplies every world's weight by the function.
    pub fn weigh(&mut self, function: Function) {
        let function = match function {
            Function::Truth { formula, when_true, when_false } => {
                Function::Truth { formula: self.simplified(&formula), when_true, when_false }
            }
            other => other,
        };
        let scope = self.open_variables(function.vars());
        if scope.len() <= 2 {
            return self.add_local(scope, None, function);
        }
        let Function::Truth { formula, when_true, when_false } = function else {
            unreachable!("functions other than truth are of the days of one event");
        };
        let truth = self.truth(&formula);
        self.factors.push(Factor::Table { scope: vec![truth], values: Arc::new(vec![when_false, when_true]) });
    }

    /// Makes a day the latest of two: neither is after it, and not both are before it.
    ///
    /// Two comparisons and a truth value each take O(days) to sum over; a table of both days would take O(days²). "Does not
    /// occur" is later than all days.
    pub(super) fn require_latest(&mut self, latest: &Latest) {
        let whole = (At { var: latest.latest, side: Side::First }, 0);
        let truths = latest.parts.map(|part| {
            self.require(&not_after(part, whole));
            self.selected(before(part, whole))
        });
        self.factors.push(Factor::Table { scope: truths.to_vec(), values: Arc::new(vec![1.0, 1.0, 1.0, 0.0]) });
        for (index, truth) in truths.into_iter().enumerate() {
            let function = truth_of(before(latest.parts[index], latest.parts[1 - index]));
            let scope = self.open_variables(function.vars());
            self.implied.push(Factor::Local(Local { scope, selector: Some(truth), function }));
        }
    }

    /// A truth variable for a formula of at most two variables.
    fn selected(&mut self, formula: Formula) -> VarId {
        let truth = self.add(Variable::truth());
        let scope = self.open_variables(formula.vars());
        self.add_local(scope, Some(truth), truth_of(formula));
        truth
    }

    /// Variables whose value is not certain.
    fn open_variables(&self, vars: BTreeSet<VarId>) -> Vec<VarId> {
        vars.into_iter().filter(|var| self.variable(*var).size() > 1).collect()
    }

    fn add_local(&mut self, scope: Vec<VarId>, selector: Option<VarId>, function: Function) {
        let local = Local { scope, selector, function };
        if local.scope.len() == 2 || selector.is_some() {
            self.factors.push(Factor::Local(local));
            return;
        }
        // Of one variable or none: a table.
        let values = match local.scope.first() {
            None => vec![local.function.value(&|var| self.variable(var).value(0))],
            Some(var) => self.tabulated(*var, &local.function),
        };
        self.contradiction |= values.iter().all(|value| *value == 0.0);
        self.factors.push(Factor::Table { scope: local.scope, values: Arc::new(values) });
    }

    /// The values of a function of one variable, computed once for every piece on which it is constant.
    fn tabulated(&self, x: VarId, function: &Function) -> Vec<f64> {
        let variable = *self.variable(x);
        let value_at = |index: usize, var: VarId| {
            if var == x { variable.value(index) } else { self.variable(var).value(0) }
        };
        let mut starts = Vec::new();
        function.piece_starts(x, &variable, &|var| value_at(0, var), &mut starts);
        let mut values = Vec::with_capacity(variable.size());
        for (at, start) in starts.iter().enumerate() {
            let end = starts.get(at + 1).copied().unwrap_or(variable.size());
            let value = function.value(&|var| value_at(*start, var));
            values.extend(std::iter::repeat_n(value, end - start));
        }
        values
    }

    /// A truth variable that is 1 in the worlds where the formula holds and 0 elsewhere.
    fn truth(&mut self, formula: &Formula) -> VarId {
        let scope = self.open_variables(formula.vars());
        if scope.len() <= 2 {
            return self.selected(formula.clone());
        }
        let (parts, conjunction) = match formula {
            Formula::And(parts) => (parts.clone(), true),
            Formula::Or(parts) => (parts.clone(), false),
            Formula::Literal(literal) => {
                (split(literal, &|var| self.variable(var).role), literal.kind != Kind::NotTrue)
            }
            Formula::Constant(_) => unreachable!("a constant has no variables"),
        };
        let groups = self.grouped(parts, conjunction);
        let mut truths: Vec<VarId> = groups.iter().map(|group| self.truth(group)).collect();
        while truths.len() > 1 {
            let (right, left) = (truths.remove(1), truths.remove(0));
            let both = self.add(Variable::truth());
            let mut values = vec![0.0; 8];
            for (left, right) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let joined = if conjunction { left & right } else { left | right };
                values[4 * left + 2 * right + joined] = 1.0;
            }
            self.factors.push(Factor::Table { scope: vec![left, right, both], values: Arc::new(values) });
            truths.insert(0, both);
        }
        truths[0]
    }

    /// Joins parts as long as the joined ones depend on at most two variables.
    fn grouped(&self, parts: Vec<Formula>, conjunction: bool) -> Vec<Formula> {
        let mut groups: Vec<(BTreeSet<VarId>, Vec<Formula>)> = Vec::new();
        for part in parts {
            let vars: BTreeSet<VarId> = self.open_variables(part.vars()).into_iter().collect();
            let fits = |group: &BTreeSet<VarId>| {
                group.union(&vars).count() <= 2 && (!group.is_disjoint(&vars) || vars.is_empty())
            };
            match groups.iter_mut().find(|(group, _)| fits(group)) {
                Some((group, members)) => {
                    group.extend(vars);
                    members.push(part);
                }
                None => groups.push((vars, vec![part])),
            }
        }
        let join = if conjunction { Formula::and } else { Formula::or };
        groups.into_iter().map(|(_, members)| join(members)).collect()
    }

    /// The formula with everything replaced by constants that the domains decide.
    pub fn simplified(&self, formula: &Formula) -> Formula {
        simplified(formula, &|var| *self.variable(var))
    }
}

fn truth_of(formula: Formula) -> Function {
    Function::Truth { formula, when_true: 1.0, when_false: 0.0 }
}

fn statement(kind: Kind, occurring: &[VarId], tests: Vec<Test>) -> Formula {
    Formula::Literal(Literal { kind, occurring: occurring.to_vec(), tests })
}

/// `later − earlier >= least`, each a point and what to add to it; both occur.
fn apart(earlier: (At, i32), later: (At, i32), least: i32) -> Formula {
    let least = least + earlier.1 - later.1;
    let gap = Test::Gap { later: later.0, earlier: earlier.0, least, most: i32::MAX / 2 };
    statement(Kind::True, &[earlier.0.var, later.0.var], vec![gap])
}

/// One day is not after another, where "does not occur" is later than all days.
fn not_after(earlier: (At, i32), later: (At, i32)) -> Formula {
    Formula::Or(vec![apart(earlier, later, 0), statement(Kind::NotTrue, &[later.0.var], Vec::new())])
}

/// One day is before another, where "does not occur" is later than all days.
fn before(earlier: (At, i32), later: (At, i32)) -> Formula {
    let absent = statement(Kind::NotTrue, &[later.0.var], Vec::new());
    let occurs = statement(Kind::True, &[earlier.0.var], Vec::new());
    Formula::Or(vec![apart(earlier, later, 1), Formula::And(vec![absent, occurs])])
}

/// The formula with everything replaced by constants that the domains decide.
pub(super) fn simplified(formula: &Formula, variable: &impl Fn(VarId) -> Variable) -> Formula {
    formula.map(&|literal| simplified_literal(literal, variable))
}

fn simplified_literal(literal: &Literal, variable: &impl Fn(VarId) -> Variable) -> Formula {
    let absent = literal.occurring.iter().any(|var| variable(*var).days == 0);
    if absent {
        return Formula::Constant(literal.kind != Kind::True);
    }
    let occurring: Vec<VarId> = literal.occurring.iter().copied().filter(|var| variable(*var).never).collect();
    let tests: Vec<Test> = literal
        .tests
        .iter()
        .map(|test| simplified_test(test, variable))
        .filter(|test| !matches!(test, Test::Known(true)))
        .collect();
    let fails = tests.iter().any(|test| matches!(test, Test::Known(false)));
    let tests = if fails { vec![Test::Known(false)] } else { tests };
    let decided = match (literal.kind, occurring.is_empty(), tests.is_empty(), fails) {
        (Kind::True, _, _, true) => Some(false),
        (Kind::True, true, true, _) => Some(true),
        (Kind::NotTrue, _, _, true) => Some(true),
        (Kind::NotTrue, true, true, _) => Some(false),
        (Kind::NotFalse, _, true, _) => Some(true),
        (Kind::NotFalse, true, _, true) => Some(false),
        _ => None,
    };
    decided.map_or_else(|| Formula::Literal(Literal { kind: literal.kind, occurring, tests }), Formula::Constant)
}

fn simplified_test(test: &Test, variable: &impl Fn(VarId) -> Variable) -> Test {
    // A variable that may not occur is judged by its days alone: the literal says what its absence means.
    let range = |at: &At| variable(at.var).range(at.side);
    let decide = |(low, high): (i32, i32), from: i32, to: i32| {
        if low >= from && high <= to {
            Some(Test::Known(true))
        } else if high < from || low > to {
            Some(Test::Known(false))
        } else {
            None
        }
    };
    match test {
        Test::Day { at, from, to } => decide(range(at), *from, *to).unwrap_or_else(|| test.clone()),
        Test::Gap { later, earlier, least, most } => {
            let (l, e) = (range(later), range(earlier));
            if let Some(known) = decide((l.0 - e.1, l.1 - e.0), *least, *most) {
                return known;
            }
            let certain = |at: &At| range(at).0 == range(at).1 && !variable(at.var).never;
            if certain(earlier) {
                return Test::Day { at: *later, from: e.0.saturating_add(*least), to: e.0.saturating_add(*most) };
            }
            if certain(later) {
                return Test::Day { at: *earlier, from: l.0.saturating_sub(*most), to: l.0.saturating_sub(*least) };
            }
            test.clone()
        }
        Test::Working(gap) => {
            let (subject, anchor) = (range(&gap.subject), range(&gap.anchor));
            let certain = |at: &At, range: (i32, i32)| range.0 == range.1 && !variable(at.var).never;
            match gap.decided(subject, anchor) {
                Some(known) => Test::Known(known),
                None if gap.subject.var == gap.anchor.var => test.clone(),
                None if certain(&gap.anchor, anchor) => {
                    let (from, to) = gap.subjects(anchor.0);
                    Test::Day { at: gap.subject, from, to }
                }
                None if certain(&gap.subject, subject) => {
                    let (from, to) = gap.anchors(subject.0);
                    Test::Day { at: gap.anchor, from, to }
                }
                None => test.clone(),
            }
        }
        Test::Class { at, shift, days } if range(at).0 == range(at).1 => {
            Test::Known(days.contains(range(at).0.saturating_add(*shift)))
        }
        other => other.clone(),
    }
}

/// A statement of several tests as statements of one test each, to be joined by "and" (for `NotTrue` by "or").
///
/// Where a test speaks of an event's last day, that variable also says whether the event occurs.
pub(super) fn split(literal: &Literal, role: &impl Fn(VarId) -> Role) -> Vec<Formula> {
    let event = |var: VarId| match role(var) {
        Role::Start(event) | Role::End(event) => Some(event),
        _ => None,
    };
    let alone = |test: &Test| {
        let occurring = literal
            .occurring
            .iter()
            .map(|var| test.vars().find(|tested| event(*tested) == event(*var)).unwrap_or(*var))
            .collect();
        Formula::Literal(Literal { kind: literal.kind, occurring, tests: vec![test.clone()] })
    };
    literal.tests.iter().map(alone).collect()
}

/// Splits a requirement into requirements that must all hold, each of one test where possible.
pub(super) fn conjuncts(formula: Formula, role: &impl Fn(VarId) -> Role, found: &mut Vec<Formula>) {
    match formula {
        Formula::And(parts) => parts.into_iter().for_each(|part| conjuncts(part, role, found)),
        Formula::Literal(literal) if literal.kind != Kind::NotTrue && literal.tests.len() > 1 => {
            found.extend(split(&literal, role));
        }
        Formula::Literal(literal) if literal.tests.len() == 1 => found.extend(split(&literal, role)),
        other => found.push(other),
    }
}
