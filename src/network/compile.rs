//! A model in, once; then for every state of knowledge a network out.

use super::blend::{Blend, Measure, Slipped};
use super::formula::{ClassDays, Formula, Function, Kind, Literal, Test};
use super::narrow::Domains;
use super::require::{Extension, conjuncts, simplified};
use super::working::{LastDays, WorkingGap};
use super::{At, Delay, Factor, Latest, Network, Role, Structure, VarId, Variable};
use crate::day::Day;
use crate::model::{
    Bound, Claim, DayClass, Event, EventId, Length, Model, Outcome, Point, Proposition, Side, Start, Statement,
};
use crate::shape::Masses;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An event of at most so many lengths is one variable of start and length; else its last day is one of its own.
const FEW_LENGTHS: usize = 12;
/// Numbers of days beyond this stand for an open side.
const OPEN: i32 = 1_000_000_000;

/// What is known besides the rules.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Hard: worlds in which one of them is false are impossible.
    pub facts: Vec<Formula>,
    /// Soft: every world's weight is multiplied by these.
    pub weights: Vec<Function>,
}

/// The prior and the rules of a model, ready to be joined with evidence.
#[derive(Clone, Debug)]
pub struct Compiler<'m> {
    pub(super) model: &'m Model,
    pub(super) variables: Vec<Variable>,
    /// Weight of every value; `None` where all weigh 1.
    pub(super) weights: Vec<Option<Arc<Vec<f64>>>>,
    pub(super) starts: Vec<VarId>,
    pub(super) ends: Vec<Option<VarId>>,
    /// How dates come about: delays and latest days.
    structure: Vec<Structure>,
    /// Rules, as far as they are not in the weights.
    pub(super) rules: Vec<Formula>,
    /// Whether the rules leave some event no day of its own.
    pub(super) contradiction: bool,
    /// The variables of decisions, where these are spoken of.
    decisions: Vec<VarId>,
}

impl<'m> Compiler<'m> {
    /// Sets up variables and priors, narrows the priors by the rules that do so, and keeps the other rules.
    ///
    /// # Errors
    /// A sentence, where a rule about an event of very many lengths would take too long to narrow its prior, or where holidays
    /// make the lengths of so many working days very many.
    pub fn new(model: &'m Model) -> Result<Compiler<'m>, String> {
        let mut compiler = Compiler {
            model,
            variables: Vec::new(),
            weights: Vec::new(),
            starts: Vec::new(),
            ends: vec![None; model.events.len()],
            structure: Vec::new(),
            rules: Vec::new(),
            contradiction: false,
            decisions: Vec::new(),
        };
        compiler.add_starts()?;
        compiler.add_predecessors();
        compiler.add_rules()?;
        Ok(compiler)
    }

    fn add(&mut self, variable: Variable, weights: Option<Arc<Vec<f64>>>) -> VarId {
        self.variables.push(variable);
        self.weights.push(weights);
        VarId(self.variables.len() - 1)
    }

    fn add_starts(&mut self) -> Result<(), String> {
        let spoken_of = self.last_days_spoken_of();
        for (index, event) in self.model.events.iter().enumerate() {
            let role = Role::Start(EventId(index));
            let (mut variable, masses, never) = match &event.start {
                Start::On(day) => (Variable::of_days(role, *day - self.model.horizon.0, 1, false), None, None),
                Start::Prior { days, never, .. } => {
                    let never = (*never > 0.0).then_some(*never);
                    (Variable::of_days(role, days.first, days.masses.len(), never.is_some()), Some(&days.masses), never)
                }
                Start::After { .. } => (Variable::of_days(role, 0, self.model.days() as usize, true), None, None),
            };
            let spoken_of = spoken_of.contains(&EventId(index));
            let in_doubt = event.length_in_doubt().filter(|_| spoken_of);
            if let Some(masses) = in_doubt.filter(|masses| masses.masses.len() <= FEW_LENGTHS) {
                variable.shortest = masses.first;
                variable.lengths = masses.masses.len();
            }
            let last_days = self.last_days(event).filter(|_| spoken_of);
            if let Some(last_days) = &last_days {
                last_days.fit(&mut variable).map_err(|trouble| format!("'{}': {trouble}", event.id))?;
            }
            let weights = match (masses, last_days) {
                (None, None) => None,
                (Some(masses), None) if variable.lengths == 1 && never.is_none() => Some(masses.clone()),
                (Some(masses), None) => Some(Arc::new(masses.repeat(variable.lengths))),
                (masses, Some(last_days)) => {
                    Some(Arc::new(last_days.weights(&variable, |day| masses.map_or(1.0, |masses| masses[day]))))
                }
            };
            let weights = weights.map(|mut weights| {
                if variable.never {
                    Arc::make_mut(&mut weights).push(never.unwrap_or(1.0));
                }
                weights
            });
            let start = self.add(variable, weights);
            self.starts.push(start);
            if let Some(masses) = in_doubt.filter(|masses| masses.masses.len() > FEW_LENGTHS) {
                self.add_end(EventId(index), masses, start);
            }
        }
        Ok(())
    }

    /// What the start decides of an event that lasts some working days.
    pub(super) fn last_days(&self, event: &Event) -> Option<LastDays<'m>> {
        let Model { horizon, calendar, .. } = self.model;
        match event.length {
            Length::Days(_) => None,
            Length::WorkingDays(count) => Some(LastDays { calendar: &calendar.working, count, origin: horizon.0 }),
        }
    }

    /// Events whose last day a proposition or another event depends on.
    fn last_days_spoken_of(&self) -> BTreeSet<EventId> {
        let model = self.model;
        let propositions = model.rules.iter().map(|rule| &rule.says);
        let propositions = propositions
            .chain(model.observations.iter().map(|o| &o.says))
            .chain(model.assumptions.iter().map(|a| &a.says));
        let propositions =
            propositions.chain(model.reports.iter().map(|r| &r.claim.says)).chain(model.queries.iter().map(|q| &q.ask));
        let goals = model.goals.iter().map(|goal| &goal.says);
        // What restricts plans is looked up in the network of the events.
        let of_plans = model.plan_rules.iter().map(|rule| &rule.says);
        let points = propositions.chain(goals).chain(of_plans).flat_map(Proposition::points);
        let points = points.filter(|point| point.side == Side::Last && point.event.0 < model.events.len());
        let mut found: BTreeSet<EventId> = points.map(|point| point.event).collect();
        for event in &model.events {
            if let Start::After { predecessors, .. } = &event.start {
                found.extend(predecessors);
            }
        }
        found
    }

    /// The last day of an event of many lengths becomes a variable of its own.
    fn add_end(&mut self, id: EventId, lengths: &Masses, start: VarId) {
        let from = self.variables[start.0];
        let days = if from.days == 0 { 0 } else { from.days + lengths.masses.len() - 1 };
        let first = from.first + lengths.first - 1;
        let end = self.add(Variable::of_days(Role::End(id), first, days, from.never), None);
        self.ends[id.0] = Some(end);
        self.structure.push(Structure::Delay(Delay {
            from: At { var: start, side: Side::First },
            to: end,
            first: lengths.first - 1,
            weights: lengths.masses.to_vec(),
            never: Vec::new(),
        }));
    }

    fn add_predecessors(&mut self) {
        for (index, event) in self.model.events.iter().enumerate() {
            let Start::After { predecessors, delays, beyond, occurs } = &event.start else {
                continue;
            };
            let mut points = predecessors.iter().map(|p| self.point(Point { event: *p, side: Side::Last }));
            let Some(mut latest) = points.next() else {
                continue;
            };
            let rest: Vec<(At, i32)> = points.collect();
            for next in rest {
                let range = |(at, offset): (At, i32)| {
                    let (first, last) = self.variables[at.var.0].range(at.side);
                    (first + offset, last + offset)
                };
                let (one, two) = (range(latest), range(next));
                let (first, last) = (one.0.max(two.0), one.1.max(two.1));
                let never = self.variables[latest.0.var.0].never || self.variables[next.0.var.0].never;
                let days = (last - first + 1).max(0) as usize;
                let both = self.add(Variable::of_days(Role::Latest(EventId(index)), first, days, never), None);
                self.structure.push(Structure::Latest(Latest { parts: [latest, next], latest: both }));
                latest = (At { var: both, side: Side::First }, 0);
            }
            let (from, offset) = latest;
            let source = self.variables[from.var.0];
            let never = (0..source.days * source.lengths).map(|i| {
                // The longest delay that still falls into the horizon.
                let room = self.model.days() - 1 - (from.day(source.value(i)) + offset);
                let past = if room < 0 { 1.0 } else { beyond.get(room as usize).copied().unwrap_or(0.0) };
                occurs * past + (1.0 - occurs)
            });
            let never = never.collect();
            let weights = delays.masses.iter().map(|mass| mass * occurs).collect();
            self.structure.push(Structure::Delay(Delay {
                from,
                to: self.starts[index],
                first: delays.first + offset,
                weights,
                never,
            }));
        }
    }

    /// The same, for propositions that speak of decisions: the variable of the first is `first`, the others follow.
    pub fn deciding(&self, first: VarId) -> Compiler<'m> {
        let decisions = (0..self.model.decisions.len()).map(|index| VarId(first.0 + index)).collect();
        Compiler { decisions, ..self.clone() }
    }

    /// The variable of an event's or a decision's first day.
    fn start(&self, event: EventId) -> VarId {
        self.starts.get(event.0).copied().unwrap_or_else(|| self.decisions[event.0 - self.starts.len()])
    }

    /// Where a point stands and what to add to it; a last day stands at the first where the length is fixed.
    fn point(&self, point: Point) -> (At, i32) {
        let start = self.start(point.event);
        let first = At { var: start, side: Side::First };
        if let Some(decision) = point.event.0.checked_sub(self.starts.len()) {
            let rest = self.model.decisions[decision].duration - 1;
            return (first, if point.side == Side::First { 0 } else { rest });
        }
        match (point.side, self.model.events[point.event.0].fixed_length(), self.ends[point.event.0]) {
            (Side::First, _, _) => (first, 0),
            (Side::Last, Some(length), _) => (first, length - 1),
            (Side::Last, None, Some(end)) => (At { var: end, side: Side::First }, 0),
            (Side::Last, None, None) => (At { var: start, side: Side::Last }, 0),
        }
    }

    /// Where an event's last day stands in every network of this compiler, and what to add to it; `None` where its length
    /// is no fixed number and nothing speaks of its last day: then no network holds the length, and it is decided by the start
    /// or independent of all else.
    pub fn last_day(&self, event: EventId) -> Option<(At, i32)> {
        let start = self.starts[event.0];
        let fixed = self.model.events[event.0].fixed_length().is_some();
        let held = fixed || self.ends[event.0].is_some() || self.variables[start.0].lengths > 1;
        held.then(|| self.point(Point { event, side: Side::Last }))
    }

    fn add_rules(&mut self) -> Result<(), String> {
        let model = self.model;
        let mut narrowing: BTreeMap<EventId, Vec<Formula>> = BTreeMap::new();
        for rule in model.rules.iter().filter(|rule| !rule.dropped) {
            let kept = self.lower(&rule.says, Reading::NotFalse);
            let doubt: Vec<EventId> =
                rule.says.events().into_iter().filter(|e| !model.events[e.0].is_on_a_date()).collect();
            match doubt[..] {
                [event] if !rule.says.says_occurs() && matches!(model.events[event.0].start, Start::Prior { .. }) => {
                    narrowing.entry(event).or_default().push(kept);
                }
                _ => self.rules.push(kept),
            }
        }
        for (event, formulas) in narrowing {
            self.narrow_prior(event, Formula::and(formulas))?;
        }
        Ok(())
    }

    /// The network of the prior alone, narrowed by rules about one event but not conditioned on the others.
    pub fn compile_prior(&self) -> Network {
        self.network(&[], &Evidence::default())
    }

    /// The network of the prior, the rules and the evidence.
    pub fn compile(&self, evidence: &Evidence) -> Network {
        self.network(&self.rules, evidence)
    }

    /// Whether some rules condition, and so may move the probability that an event occurs.
    pub fn has_conditioning_rules(&self) -> bool {
        !self.rules.is_empty()
    }

    fn network(&self, rules: &[Formula], evidence: &Evidence) -> Network {
        let role = |var: VarId| self.variables[var.0].role;
        let mut requirements = Vec::new();
        for formula in rules.iter().chain(&evidence.facts) {
            conjuncts(formula.clone(), &role, &mut requirements);
        }
        let mut domains = Domains {
            variables: self.variables.clone(),
            weights: self.weights.clone(),
            contradiction: self.contradiction,
        };
        for index in 0..domains.variables.len() {
            domains.trim(VarId(index));
        }
        requirements.retain(|formula| !applied_alone(formula, &mut domains));
        domains.propagate(&requirements, &self.structure);
        let Domains { variables, weights, contradiction } = domains;
        let mut extension = Extension::new(&variables);
        for (index, weights) in weights.iter().enumerate() {
            if let Some(values) = weights {
                extension.factors.push(Factor::Table { scope: vec![VarId(index)], values: values.clone() });
            }
            extension.factors.extend(self.length_masses(VarId(index), &variables[index]));
        }
        for structure in &self.structure {
            match structure {
                Structure::Delay(delay) => extension.factors.push(Factor::Delay(self.fitted(delay, &variables))),
                Structure::Latest(latest) => extension.require_latest(latest),
            }
        }
        requirements.iter().for_each(|formula| extension.require(formula));
        evidence.weights.iter().for_each(|function| extension.weigh(function.clone()));
        let Extension { variables: new, factors, implied, contradiction: found, .. } = extension;
        let mut generations = self.generations();
        // New variables belong to the latest of what they depend on.
        generations.resize(variables.len() + new.len(), 0);
        for factor in &factors {
            let scope = factor.scope();
            let latest = scope.iter().filter(|var| var.0 < variables.len()).map(|var| generations[var.0]).max();
            scope.iter().filter(|var| var.0 >= variables.len()).for_each(|var| {
                generations[var.0] = generations[var.0].max(latest.unwrap_or(0));
            });
        }
        for truth in implied.iter().flat_map(Factor::scope).filter(|var| var.0 >= variables.len()) {
            // Which of two days is the later is known before the later is given its name.
            generations[truth.0] = generations[truth.0].saturating_sub(1);
        }
        Network {
            factors,
            implied,
            generations,
            starts: self.starts.clone(),
            contradiction: contradiction || found,
            variables: variables.into_iter().chain(new).collect(),
        }
    }

    /// How many variables each one's date comes about by.
    fn generations(&self) -> Vec<u32> {
        let mut found = vec![0; self.variables.len()];
        let mut changed = true;
        while std::mem::take(&mut changed) {
            for structure in &self.structure {
                let (var, generation) = match structure {
                    Structure::Delay(delay) => (delay.to, found[delay.from.var.0] + 1),
                    Structure::Latest(latest) => {
                        (latest.latest, latest.parts.iter().map(|part| found[part.0.var.0]).max().unwrap_or(0) + 2)
                    }
                };
                changed |= found[var.0] < generation;
                found[var.0] = found[var.0].max(generation);
            }
        }
        found
    }

    /// The probabilities of its lengths, for a variable of start and length together.
    fn length_masses(&self, var: VarId, variable: &Variable) -> Option<Factor> {
        let Role::Start(event) = variable.role else {
            return None;
        };
        let Length::Days(Masses { masses, .. }) = &self.model.events[event.0].length else {
            // The weights have it.
            return None;
        };
        let each = masses.iter().flat_map(|mass| std::iter::repeat_n(*mass, variable.days));
        let values = || each.chain(variable.never.then_some(1.0)).collect();
        (variable.lengths > 1).then(|| Factor::Table { scope: vec![var], values: Arc::new(values()) })
    }

    /// A delay for the narrowed domains.
    fn fitted(&self, delay: &Delay, variables: &[Variable]) -> Delay {
        if delay.never.is_empty() {
            return delay.clone();
        }
        let (before, now) = (self.variables[delay.from.var.0], variables[delay.from.var.0]);
        let kept = (0..now.days * now.lengths).map(|index| delay.never[before.index_of(now.value(index))]);
        Delay { never: kept.collect(), ..delay.clone() }
    }

    /// The proposition is true.
    pub fn truth(&self, proposition: &Proposition) -> Formula {
        self.lower(proposition, Reading::True)
    }

    /// The proposition is not false, where statements about the dates of what does not occur are neither true nor false.
    pub fn kept(&self, proposition: &Proposition) -> Formula {
        self.lower(proposition, Reading::NotFalse)
    }

    /// What became of the event.
    pub fn outcome(&self, event: EventId, outcome: Outcome) -> Formula {
        let start = self.starts[event.0];
        let (kind, tests) = match outcome {
            Outcome::Started(day) => {
                let day = day - self.model.horizon.0;
                (Kind::True, vec![Test::Day { at: At { var: start, side: Side::First }, from: day, to: day }])
            }
            Outcome::DidNotOccur => (Kind::NotTrue, Vec::new()),
        };
        Formula::Literal(Literal { kind, occurring: vec![start], tests })
    }

    /// The event did not start on or before the day.
    pub fn silence(&self, event: EventId, until: Day) -> Formula {
        let var = self.starts[event.0];
        let at = At { var, side: Side::First };
        let tests = vec![Test::Day { at, from: (until - self.model.horizon.0).saturating_add(1), to: OPEN }];
        Formula::Literal(Literal { kind: Kind::NotFalse, occurring: vec![var], tests })
    }

    /// The function that the claims' joint weight makes by `measure`.
    pub fn claims(&self, claims: &[&Claim], measure: Measure) -> Function {
        let slipless = claims.iter().all(|claim| matches!(claim.slips[..], [(0, _)]));
        if slipless {
            let formula = Formula::and(claims.iter().map(|claim| self.truth(&claim.says)).collect());
            return Function::Truth { formula, when_true: measure.of(1.0, 0.0), when_false: measure.of(0.0, 1.0) };
        }
        let slipped = |claim: &&Claim| Slipped::new(&self.truth(&claim.says), &claim.slips);
        Function::Blend(Blend { claims: Arc::new(claims.iter().map(slipped).collect()), measure })
    }

    fn lower(&self, proposition: &Proposition, reading: Reading) -> Formula {
        match proposition {
            Proposition::Occurs(event) => {
                let kind = if reading.positive() { Kind::True } else { Kind::NotTrue };
                Formula::Literal(Literal { kind, occurring: vec![self.start(*event)], tests: Vec::new() })
            }
            Proposition::Dates(statement) => self.statement(statement, reading.kind()),
            Proposition::Not(inner) => self.lower(inner, reading.opposite()),
            Proposition::And(parts) | Proposition::Or(parts) => {
                let parts = parts.iter().map(|part| self.lower(part, reading)).collect();
                let conjunction = matches!(proposition, Proposition::And(_)) == reading.positive();
                if conjunction { Formula::and(parts) } else { Formula::or(parts) }
            }
        }
    }

    fn statement(&self, statement: &Statement, kind: Kind) -> Formula {
        let occurring = statement.events.iter().map(|event| self.start(*event)).collect();
        let tests = statement.bounds.iter().map(|bound| self.test(bound)).collect();
        Formula::Literal(Literal { kind, occurring, tests })
    }

    fn test(&self, bound: &Bound) -> Test {
        let offset = |day: Day| (day - self.model.horizon.0).clamp(-OPEN, OPEN);
        match bound {
            Bound::Day { point, from, to } => {
                let (at, shift) = self.point(*point);
                Test::Day { at, from: offset(*from) - shift, to: offset(*to) - shift }
            }
            Bound::Gap { later, earlier, least, most } => {
                let (one, two) = (self.point(*later), self.point(*earlier));
                let shift = one.1 - two.1;
                if one.0 == two.0 {
                    return Test::Known((*least..=*most).contains(&shift));
                }
                Test::Gap { later: one.0, earlier: two.0, least: least - shift, most: most - shift }
            }
            Bound::Working { point, anchor, from, to } => {
                let (subject, anchor) = (self.point(*point), self.point(*anchor));
                Test::Working(Box::new(WorkingGap {
                    subject: subject.0,
                    anchor: anchor.0,
                    shifts: (subject.1, anchor.1),
                    from: *from,
                    to: *to,
                    calendar: self.model.calendar.working.clone(),
                    origin: self.model.horizon.0,
                }))
            }
            Bound::Class { point, class } => {
                let (at, shift) = self.point(*point);
                Test::Class { at, shift, days: Arc::new(self.class_days(*class)) }
            }
        }
    }

    fn class_days(&self, class: DayClass) -> ClassDays {
        let (origin, calendar) = (self.model.horizon.0, &self.model.calendar);
        let holidays = if matches!(class, DayClass::Holiday | DayClass::Working) {
            calendar.holidays.iter().map(|day| *day - origin).collect()
        } else {
            BTreeSet::new()
        };
        let workweek = calendar.working.workweek;
        ClassDays { class, origin_weekday: origin.weekday() as i32, holidays, workweek }
    }
}

/// How a proposition is to be taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// True, of two values.
    True,
    /// Not true, of two values.
    Untrue,
    /// Not false, of three values.
    NotFalse,
    /// Not true, of three values.
    NotTrue,
}

impl Reading {
    /// The reading of what stands under a "not".
    fn opposite(self) -> Reading {
        match self {
            Reading::True => Reading::Untrue,
            Reading::Untrue => Reading::True,
            Reading::NotFalse => Reading::NotTrue,
            Reading::NotTrue => Reading::NotFalse,
        }
    }

    fn positive(self) -> bool {
        matches!(self, Reading::True | Reading::NotFalse)
    }

    fn kind(self) -> Kind {
        match self {
            Reading::True => Kind::True,
            Reading::Untrue | Reading::NotTrue => Kind::NotTrue,
            Reading::NotFalse => Kind::NotFalse,
        }
    }
}

/// Applies a requirement on one variable to its weights; false where it is about more.
fn applied_alone(formula: &Formula, domains: &mut Domains) -> bool {
    let simple = simplified(formula, &|var| domains.variables[var.0]);
    let open: Vec<VarId> = simple.vars().into_iter().filter(|var| domains.variables[var.0].size() > 1).collect();
    match (&simple, &open[..]) {
        (Formula::Constant(known), _) => {
            domains.contradiction |= !known;
            true
        }
        (_, [var]) => {
            domains.keep_values(*var, &simple);
            true
        }
        _ => false,
    }
}
