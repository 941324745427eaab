//! Several decisions in; the best combination of simple reactions found, out: each a fixed day, or so many days after an event that
//! is watched.

use super::induction::Evenings;
use super::outcome::{Policy, PolicyChance};
use super::policy::{evenings, scale, simulated, watched_events};
use super::problem::{Held, Plan, Problem, Stretch};
use super::reaction::{Anchor, Reaction, Reactions};
use super::tables::{Function, best};
use super::watched::{Seen, Watched};
use super::words::Words;
use crate::answer::solve::{Solution, Trouble};
use crate::infer::{Calibration, Number, Sampler, TooLarge};
use crate::model::EventId;
use crate::network::{Extension, Factor, VarId};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

/// Combinations of options and worlds that are gone through in all, for a proof.
const MOST_SUMMED: f64 = 2e8;
/// Entries of a goal's table by days and by what is watched.
const MOST_CELLS: f64 = 8e6;
/// Days between an event and the first decision of a plan that it carries along.
const MOST_DAYS_CARRIED: i32 = 60;
/// Rounds over all decisions.
const MOST_ROUNDS: usize = 12;
/// Candidates that are looked at whether they keep the rules, for one decision in one round.
const MOST_CANDIDATES: usize = 20_000;
/// Differences in value below this share of what is at stake mean nothing.
const SLACK: f64 = 1e-10;

/// How one decision is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    Fixed(Held),
    /// By one of the events that are watched.
    React(usize, Reaction),
}

/// Values of some events that are possible together.
type Combinations = Rc<Vec<Vec<Seen>>>;

/// Decisions with what each may watch.
struct Family<'f, 's, 'm, N> {
    problem: &'f Problem<'s, 'm, N>,
    evenings: Vec<Evenings<'f>>,
    /// All events that some decision watches.
    events: Vec<Watched>,
    /// For each decision the places of those that it watches.
    watches: Vec<Vec<usize>>,
    slack: f64,
    /// Combinations of values that are possible, by events.
    known: RefCell<HashMap<Vec<usize>, Combinations>>,
}

/// The best combination of reactions, starting from the best plan.
///
/// # Errors
/// Where that would cost more than the limits allow, or leaves the plain numbers.
pub fn react<N: Number>(
    problem: &Problem<'_, '_, N>,
    solution: &Solution<'_, N>,
    plan: &[Held],
    warnings: &mut Vec<String>,
) -> Result<Policy, Trouble>
where
    Sampler: TryFrom<Arc<Calibration<N>>, Error = TooLarge>,
{
    let count = problem.domains.len();
    let mut family = Family {
        problem,
        evenings: (0..count).map(|decision| evenings(problem, decision, &problem.domains[decision])).collect(),
        events: Vec::new(),
        watches: Vec::new(),
        slack: SLACK * scale(problem),
        known: RefCell::default(),
    };
    for decision in 0..count {
        let (watched, left_out) = watched_events(problem, solution, decision)?;
        super::note_left_out(problem, decision, &watched, &left_out, warnings);
        let places = watched.into_iter().map(|one| {
            let known = family.events.iter().position(|other| other.event == one.event);
            known.unwrap_or_else(|| {
                family.events.push(one);
                family.events.len() - 1
            })
        });
        let places = places.collect();
        family.watches.push(places);
    }
    let (rules, proven) = match family.exhaustive()? {
        Some(rules) => (rules, true),
        None => (family.ascent(plan)?, false),
    };
    let probabilities = family.probabilities(&rules)?;
    let value = family.value(&rules, &probabilities)?;
    family.told(&rules, &probabilities, value, proven)
}

impl<N: Number> Family<'_, '_, '_, N> {
    /// The day that a decision comes to where each event has the value that `seen` gives.
    fn day(&self, decision: usize, rule: &Rule, seen: &impl Fn(usize) -> Seen) -> Held {
        match rule {
            Rule::Fixed(held) => *held,
            Rule::React(event, reaction) => reaction.day(seen(*event), &self.evenings[decision]),
        }
    }

    /// All ways to make one decision; of those that come to the same days the first.
    fn options(&self, decision: usize) -> Vec<Rule> {
        let domain = &self.problem.domains[decision];
        let mut options: Vec<Rule> = (0..domain.size()).map(|index| Rule::Fixed(domain.held(index))).collect();
        let mut known: BTreeSet<(usize, Vec<Held>)> = BTreeSet::new();
        for &event in &self.watches[decision] {
            let watched = &self.events[event];
            let worth = vec![0.0; domain.size() * watched.values.len()];
            let reactions = Reactions { evenings: &self.evenings[decision], watched, worth: &worth };
            for anchor in reactions.anchors() {
                reactions.each(anchor, &mut |_, reaction| {
                    let days: Vec<Held> =
                        watched.values.iter().map(|seen| reaction.day(*seen, &self.evenings[decision])).collect();
                    let constant = days.iter().all(|day| *day == days[0]);
                    if !constant && known.insert((event, days)) {
                        options.push(Rule::React(event, reaction));
                    }
                });
            }
        }
        options
    }

    /// How many reactions there are to look at, before any is made.
    fn outlook(&self, decision: usize) -> f64 {
        let days = self.problem.domains[decision].days.len() as f64;
        let spans = self.watches[decision].iter().map(|event| {
            let starts = self.events[*event].values.iter().filter_map(|seen| seen.days);
            let first = starts.map(|(first, _)| first).min().unwrap_or(0);
            let last = self.problem.domains[decision].days.last().copied().unwrap_or(0);
            f64::from((last - first).max(1)) * days * 4.0
        });
        days + 1.0 + spans.sum::<f64>()
    }

    /// The best of the whole family; `Ok(None)` where there are too many combinations.
    fn exhaustive(&self) -> Result<Option<Vec<Rule>>, Trouble> {
        let problem = self.problem;
        let count = problem.domains.len();
        if (0..count).any(|decision| self.outlook(decision) > 40_000.0) {
            return Ok(None);
        }
        let options: Vec<Vec<Rule>> = (0..count).map(|decision| self.options(decision)).collect();
        let sizes: Vec<usize> = options.iter().map(Vec::len).collect();
        let scopes: Vec<Vec<usize>> = (0..problem.goals.len()).map(|goal| problem.scope(goal)).collect();
        let summed = |scope: &[usize]| -> f64 {
            let worlds: f64 =
                self.watched_by(scope).iter().map(|event| self.events[*event].values.len() as f64).product();
            scope.iter().map(|decision| sizes[*decision] as f64).product::<f64>() * worlds
        };
        let restricted = problem.restricted_scopes();
        if scopes.iter().chain(&restricted).map(|scope| summed(scope)).sum::<f64>() > MOST_SUMMED {
            return Ok(None);
        }
        let mut functions = Vec::new();
        for (goal, scope) in scopes.iter().enumerate() {
            let Some(function) = self.goal_by_options(goal, scope, &options)? else { return Ok(None) };
            functions.push(function);
        }
        for scope in &restricted {
            functions.push(self.kept_by_options(scope, &options)?);
        }
        for (decision, options) in options.iter().enumerate() {
            let cost = problem.model.decisions[decision].cost;
            let shares: Result<Vec<f64>, Trouble> =
                options.iter().map(|rule| Ok(0.0 - cost * self.held_share(decision, rule)?)).collect();
            functions.push(Function { scope: vec![decision], sizes: vec![options.len()], values: shares? });
        }
        let Ok(found) = best(&functions, &sizes, self.slack) else { return Ok(None) };
        Ok(found.map(|found| found.choice.iter().zip(&options).map(|(index, options)| options[*index]).collect()))
    }

    /// The events that some of the decisions watch.
    fn watched_by(&self, decisions: &[usize]) -> Vec<usize> {
        let all: BTreeSet<usize> =
            decisions.iter().flat_map(|decision| self.watches[*decision].iter().copied()).collect();
        all.into_iter().collect()
    }

    fn vars(&self, events: &[usize]) -> Vec<VarId> {
        events.iter().flat_map(|event| self.events[*event].vars.iter().copied()).collect()
    }

    /// All combinations of values of some events, each with its place in tables over their variables.
    fn combinations(&self, events: &[usize]) -> Vec<(Vec<Seen>, usize)> {
        let mut all = vec![(Vec::new(), 0)];
        for event in events {
            let watched = &self.events[*event];
            let values: Vec<(Seen, usize)> =
                watched.values.iter().copied().zip(watched.places.iter().copied()).collect();
            let longer = |(seen, place): &(Vec<Seen>, usize)| -> Vec<(Vec<Seen>, usize)> {
                let one =
                    |(value, at): &(Seen, usize)| ([&seen[..], &[*value]].concat(), place * watched.combinations + at);
                values.iter().map(one).collect()
            };
            all = all.iter().flat_map(longer).collect();
        }
        all
    }

    /// A goal's value for every combination of options of the decisions that it names.
    fn goal_by_options(
        &self,
        goal: usize,
        scope: &[usize],
        options: &[Vec<Rule>],
    ) -> Result<Option<Function>, Trouble> {
        let problem = self.problem;
        let events = self.watched_by(scope);
        let stretches: Vec<Stretch> = problem.domains.iter().map(|domain| domain.stretch()).collect();
        let worlds: usize = events.iter().map(|event| self.events[*event].combinations).product();
        let cells: f64 = scope.iter().map(|k| stretches[*k].size() as f64).product::<f64>() * worlds as f64;
        if cells > MOST_CELLS {
            return Ok(None);
        }
        let table = problem.chances(&problem.goals[goal], &stretches, scope, &self.vars(&events))?;
        let combinations = self.combinations(&events);
        // For each decision and option the place of the day it comes to, combination by combination.
        let places: Vec<Vec<Vec<usize>>> = scope
            .iter()
            .map(|&decision| {
                let place = |held: Held| match held {
                    Some(day) => (day - stretches[decision].first) as usize,
                    None => stretches[decision].days,
                };
                let option = |rule: &Rule| {
                    let each = combinations
                        .iter()
                        .map(|(seen, _)| place(self.day(decision, rule, &|event| self.seen(&events, seen, event))));
                    each.collect()
                };
                options[decision].iter().map(option).collect()
            })
            .collect();
        let sizes: Vec<usize> = scope.iter().map(|decision| options[*decision].len()).collect();
        let value = problem.model.goals[goal].value;
        Ok(Some(Function::from_fn(scope, &sizes, |indices| {
            let sum: f64 = (0..combinations.len())
                .map(|at| {
                    let days = scope.iter().enumerate().fold(0, |days, (nth, decision)| {
                        days * stretches[*decision].size() + places[nth][indices[nth]][at]
                    });
                    table[days * worlds + combinations[at].1]
                })
                .sum();
            value * sum
        })))
    }

    fn seen(&self, events: &[usize], seen: &[Seen], event: usize) -> Seen {
        events.iter().position(|other| *other == event).map_or(Seen { days: None }, |at| seen[at])
    }

    /// 0 for combinations of options that keep the rules in every world, −∞ for others.
    fn kept_by_options(&self, scope: &[usize], options: &[Vec<Rule>]) -> Result<Function, Trouble> {
        let events = self.watched_by(scope);
        let worlds = self.possible(&events)?;
        let sizes: Vec<usize> = scope.iter().map(|decision| options[*decision].len()).collect();
        let mut plan: Plan = vec![None; self.problem.domains.len()];
        Ok(Function::from_fn(scope, &sizes, |indices| {
            let kept = worlds.iter().all(|seen| {
                for (decision, index) in scope.iter().zip(indices) {
                    let rule = &options[*decision][*index];
                    plan[*decision] = self.day(*decision, rule, &|event| self.seen(&events, seen, event));
                }
                self.problem.keeps_rules_of(scope, &plan)
            });
            if kept { 0.0 } else { f64::NEG_INFINITY }
        }))
    }

    /// The combinations of values of some events that have a positive probability.
    fn possible(&self, events: &[usize]) -> Result<Combinations, Trouble> {
        if let Some(known) = self.known.borrow().get(events) {
            return Ok(known.clone());
        }
        let extension = Extension::new(&self.problem.posterior.network().variables);
        let table = self.problem.table(extension, &[], &self.vars(events))?;
        let all = self.combinations(events).into_iter();
        let found: Vec<Vec<Seen>> = all.filter(|(_, place)| table[*place] > 0.0).map(|(seen, _)| seen).collect();
        let found = Rc::new(found);
        self.known.borrow_mut().insert(events.to_vec(), found.clone());
        Ok(found)
    }

    /// The probability that a decision is held.
    fn held_share(&self, decision: usize, rule: &Rule) -> Result<f64, Trouble> {
        let Rule::React(event, _) = rule else {
            return Ok(f64::from(u8::from(matches!(rule, Rule::Fixed(Some(_))))));
        };
        let watched = &self.events[*event];
        let extension = Extension::new(&self.problem.posterior.network().variables);
        let table = self.problem.table(extension, &[], &watched.vars)?;
        let values = watched.values.iter().zip(&watched.places);
        let held = values.filter(|(seen, _)| self.day(decision, rule, &|_| **seen).is_some());
        Ok(held.map(|(_, place)| table[*place]).sum())
    }

    /// An extension in which each decision but one is made by its rule.
    fn extension(&self, rules: &[Rule], open: Option<usize>) -> Extension<'_> {
        let problem = self.problem;
        let stretches: Vec<Stretch> = rules
            .iter()
            .enumerate()
            .map(|(decision, rule)| match rule {
                Rule::Fixed(held) if open != Some(decision) => Stretch::of(*held),
                _ => problem.domains[decision].stretch(),
            })
            .collect();
        let mut extension = problem.extension(&stretches);
        for (decision, rule) in rules.iter().enumerate().filter(|(decision, _)| open != Some(*decision)) {
            let Rule::React(event, reaction) = rule else { continue };
            let watched = &self.events[*event];
            let own = watched.vars.len() > 1 && reaction.anchor == Anchor::Ends;
            let var = if own { watched.vars[1] } else { watched.vars[0] };
            let variable = *extension.variable(var);
            let stretch = stretches[decision];
            let mut values = vec![0.0; variable.size() * stretch.size()];
            for index in 0..variable.size() {
                let value = variable.value(index);
                let counted = if own || reaction.anchor == Anchor::Starts { value.first } else { value.last };
                let day = reaction.counted((!value.is_never()).then_some(counted), &self.evenings[decision]);
                let at = day.map_or(stretch.days, |day| (day - stretch.first) as usize);
                values[index * stretch.size() + at] = 1.0;
            }
            let scope = vec![var, problem.variable(decision)];
            extension.factors.push(Factor::Table { scope, values: Arc::new(values) });
        }
        extension
    }

    fn probabilities(&self, rules: &[Rule]) -> Result<Vec<f64>, Trouble> {
        let each = self.problem.goals.iter().map(|goal| {
            let mut extension = self.extension(rules, None);
            extension.require(goal);
            Ok(self.problem.table(extension, &[], &[])?[0])
        });
        each.collect()
    }

    fn value(&self, rules: &[Rule], probabilities: &[f64]) -> Result<f64, Trouble> {
        let goals = self.problem.model.goals.iter().zip(probabilities);
        let mut value: f64 = goals.map(|(goal, probability)| goal.value * probability).sum();
        for (decision, rule) in rules.iter().enumerate() {
            value -= self.problem.model.decisions[decision].cost * self.held_share(decision, rule)?;
        }
        Ok(value)
    }

    /// One decision after the other made as well as it can be beside the others, until none gets better: from the plan, and from
    /// the plan carried along by an event, in both orders.
    fn ascent(&self, plan: &[Held]) -> Result<Vec<Rule>, Trouble> {
        let count = plan.len();
        let mut starts = vec![plan.iter().map(|held| Rule::Fixed(*held)).collect::<Vec<Rule>>()];
        starts.extend(self.carried(plan)?);
        let mut greatest: Option<(f64, Vec<Rule>)> = None;
        for start in starts {
            for order in [(0..count).collect::<Vec<_>>(), (0..count).rev().collect()] {
                let mut rules = start.clone();
                for _ in 0..MOST_ROUNDS {
                    let before = rules.clone();
                    for decision in &order {
                        self.improve(&mut rules, *decision)?;
                    }
                    if rules == before {
                        break;
                    }
                }
                let value = self.value(&rules, &self.probabilities(&rules)?)?;
                if greatest.as_ref().is_none_or(|(best, _)| value > best + self.slack) {
                    greatest = Some((value, rules));
                }
            }
        }
        Ok(greatest.map_or_else(Vec::new, |(_, rules)| rules))
    }

    /// For each event the best way to carry the whole plan along by it, gaps and all: where rules tie decisions together, none
    /// of them can begin to react alone.
    fn carried(&self, plan: &[Held]) -> Result<Vec<Vec<Rule>>, Trouble> {
        let Some(first) = plan.iter().flatten().min().copied() else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for event in self.watched_by(&(0..plan.len()).collect::<Vec<_>>()) {
            let mut greatest: Option<(f64, Vec<Rule>)> = None;
            for days in 1..=MOST_DAYS_CARRIED {
                let Some(rules) = self.carried_by(plan, event, days - first) else { continue };
                if !(0..plan.len())
                    .map(|decision| self.keeps_rules(&rules, decision))
                    .collect::<Result<Vec<_>, _>>()?
                    .contains(&false)
                {
                    let value = self.value(&rules, &self.probabilities(&rules)?)?;
                    if greatest.as_ref().is_none_or(|(best, _)| value > best + self.slack) {
                        greatest = Some((value, rules));
                    }
                }
            }
            found.extend(greatest.map(|(_, rules)| rules));
        }
        Ok(found)
    }

    /// Every decision that watches the event as many days after its start as it is in the plan, and `shift`; all come to their
    /// latest days at once.
    fn carried_by(&self, plan: &[Held], event: usize, shift: i32) -> Option<Vec<Rule>> {
        let follows = |decision: usize| self.watches[decision].contains(&event);
        let days = |decision: usize| plan[decision].filter(|_| follows(decision)).map(|day| day + shift);
        let last = |decision: usize| self.problem.domains[decision].days.last().copied();
        // The latest start that all can follow.
        let latest = (0..plan.len()).filter_map(|decision| Some(last(decision)? - days(decision)?)).min()?;
        let rule = |decision: usize| match days(decision) {
            None => Some(Rule::Fixed(plan[decision])),
            Some(days) if days < self.evenings[decision].lead => None,
            Some(days) => {
                let domain = &self.problem.domains[decision];
                let last = domain.days[..domain.days.partition_point(|day| *day <= latest + days)].last().copied()?;
                Some(Rule::React(event, Reaction { anchor: Anchor::Starts, days, last, else_held: true }))
            }
        };
        (0..plan.len()).map(rule).collect()
    }

    /// The best way to make one decision beside the others.
    fn improve(&self, rules: &mut [Rule], decision: usize) -> Result<(), Trouble> {
        let problem = self.problem;
        let goals: Vec<usize> =
            (0..problem.goals.len()).filter(|goal| problem.scope(*goal).contains(&decision)).collect();
        let stretch = problem.domains[decision].stretch();
        let domain = &problem.domains[decision];
        let cost = problem.model.decisions[decision].cost;
        let mut candidates: Vec<(f64, Rule)> = Vec::new();
        let mut current = f64::NEG_INFINITY;
        let watched: Vec<Option<usize>> =
            std::iter::once(None).chain(self.watches[decision].iter().copied().map(Some)).collect();
        for event in watched {
            let vars = event.map_or(Vec::new(), |event| self.events[event].vars.clone());
            let combinations = event.map_or(1, |event| self.events[event].combinations);
            let places = event.map_or(vec![0], |event| self.events[event].places.clone());
            let bare = problem.table(Extension::new(&problem.posterior.network().variables), &[], &vars)?;
            let mut worth = vec![0.0; domain.size() * places.len()];
            let at = |index: usize| match domain.held(index) {
                Some(day) => (day - stretch.first) as usize,
                None => stretch.days,
            };
            for goal in &goals {
                let mut extension = self.extension(rules, Some(decision));
                extension.require(&problem.goals[*goal]);
                let table = problem.table(extension, &[decision], &vars)?;
                for (index, row) in worth.chunks_mut(places.len()).enumerate() {
                    for (sum, place) in row.iter_mut().zip(&places) {
                        *sum += problem.model.goals[*goal].value * table[at(index) * combinations + place];
                    }
                }
            }
            for row in worth.chunks_mut(places.len()).take(domain.days.len()) {
                row.iter_mut().zip(&places).for_each(|(sum, place)| *sum -= cost * bare[*place]);
            }
            let Some(event) = event else {
                candidates
                    .extend(worth.iter().enumerate().map(|(index, value)| (*value, Rule::Fixed(domain.held(index)))));
                continue;
            };
            let watched = &self.events[event];
            let reactions = Reactions { evenings: &self.evenings[decision], watched, worth: &worth };
            for anchor in reactions.anchors() {
                reactions.each(anchor, &mut |value, reaction| candidates.push((value, Rule::React(event, reaction))));
            }
        }
        for (value, rule) in &candidates {
            if *rule == rules[decision] {
                current = *value;
            }
        }
        candidates.retain(|(value, _)| *value > current + self.slack);
        candidates.sort_by(|one, other| other.0.total_cmp(&one.0));
        let before = rules[decision];
        for (_, rule) in candidates.into_iter().take(MOST_CANDIDATES) {
            rules[decision] = rule;
            if self.keeps_rules(rules, decision)? {
                return Ok(());
            }
        }
        rules[decision] = before;
        Ok(())
    }

    /// Whether the rules that name a decision are kept in every world.
    fn keeps_rules(&self, rules: &[Rule], decision: usize) -> Result<bool, Trouble> {
        for scope in self.problem.restricted_scopes().iter().filter(|scope| scope.contains(&decision)) {
            let reacting = scope.iter().filter_map(|decision| match rules[*decision] {
                Rule::React(event, _) => Some(event),
                Rule::Fixed(_) => None,
            });
            let events: Vec<usize> = reacting.collect::<BTreeSet<usize>>().into_iter().collect();
            let mut plan: Plan = vec![None; rules.len()];
            for seen in self.possible(&events)?.iter() {
                for decision in scope {
                    let rule = &rules[*decision];
                    plan[*decision] = self.day(*decision, rule, &|event| self.seen(&events, seen, event));
                }
                if !self.problem.keeps_rules_of(scope, &plan) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn told(&self, rules: &[Rule], probabilities: &[f64], value: f64, proven: bool) -> Result<Policy, Trouble>
    where
        Sampler: TryFrom<Arc<Calibration<N>>, Error = TooLarge>,
    {
        let model = self.problem.model;
        let id = |event: EventId| model.events[event.0].id.clone();
        let mut told = Vec::new();
        let mut instructions = Vec::new();
        for (decision, rule) in rules.iter().enumerate() {
            let words = Words { model, decision };
            match rule {
                Rule::Fixed(held) => {
                    told.push(format!("{} {}", model.decisions[decision].id, words.fixed(*held)));
                    instructions.push(words.settled(*held));
                }
                Rule::React(event, reaction) => {
                    let (watched, evenings) = (&self.events[*event], &self.evenings[decision]);
                    let (name, late) = (id(watched.event), reaction.may_be_late(watched, evenings));
                    let sentence = words.reaction(&name, reaction, late);
                    told.push(format!("{} {sentence}", model.decisions[decision].id));
                    instructions.extend(words.steps(&name, reaction, late, evenings));
                }
            }
        }
        let plan = |world: &[u32]| -> Option<Plan> {
            let value = |event: usize| {
                let watched = &self.events[event];
                watched.value_in(world).map(|value| watched.values[value])
            };
            let each = rules.iter().enumerate().map(|(decision, rule)| match rule {
                Rule::Fixed(held) => Some(*held),
                Rule::React(event, _) => {
                    let seen = value(*event)?;
                    Some(self.day(decision, rule, &|_| seen))
                }
            });
            each.collect()
        };
        let goals = model.goals.iter().zip(probabilities);
        Ok(Policy {
            rule: told.join("; "),
            instructions,
            value,
            goals: goals.map(|(goal, p)| PolicyChance { id: goal.id.clone(), probability: *p }).collect(),
            watched: self.events.iter().map(|watched| id(watched.event)).collect(),
            proven,
            keeps_required: self.problem.keeps_required(probabilities),
            simple: None,
            simulated: simulated(self.problem, plan),
        })
    }
}
