//! A deciding case and the worlds of its forecast in; the values of all plans and of all policies out, as plainly as can be.

use crate::cases::case::Proposition;
use crate::enumeration::truth::{NEVER, World, holds, keeps};
use crate::scheduled::deciding::Deciding;
use std::collections::BTreeMap;

/// A day, or [`NEVER`], for each decision.
pub type Plan = Vec<i32>;

/// Everything that plans and policies are judged by.
pub struct Judge<'c> {
    pub deciding: &'c Deciding,
    /// The worlds of the forecast with their probabilities.
    pub worlds: Vec<(World, f64)>,
}

/// The propositions that one joins by "and".
fn parts(says: &Proposition) -> Vec<&Proposition> {
    match says {
        Proposition::And(all) => all.iter().flat_map(parts).collect(),
        one => vec![one],
    }
}

/// What is known of one event on an evening: its first day, if it has started, and its last, if it has ended.
type Known = (Option<i32>, Option<i32>);

impl Judge<'_> {
    /// A world in which the decisions are held as planned.
    fn with(&self, world: &World, plan: &[i32]) -> World {
        let mut world = *world;
        for (index, day) in plan.iter().enumerate() {
            world.starts[self.deciding.events + index] = *day;
            world.lengths[self.deciding.events + index] = self.deciding.decisions[index].length;
        }
        world
    }

    /// The days that a decision may take by its window and the as-of date.
    fn window(&self, decision: usize) -> Vec<i32> {
        let one = &self.deciding.decisions[decision];
        let known = self.deciding.case.as_of().unwrap_or(i32::MIN);
        let days = (one.window.0..=one.window.1).filter(|day| *day > known);
        days.chain(one.optional.then_some(NEVER)).collect()
    }

    fn keeps(&self, rules: &[&Proposition], plan: &[i32]) -> bool {
        // Rules are about decisions and events on a date, so that any world will do.
        let world = self.with(&self.worlds[0].0, plan);
        rules.iter().all(|rule| keeps(&self.deciding.case, rule, &world))
    }

    /// All plans that keep the rules, the earliest first.
    pub fn plans(&self) -> Vec<Plan> {
        let mut plans: Vec<Plan> = vec![Vec::new()];
        for decision in 0..self.deciding.decisions.len() {
            let days = self.window(decision);
            plans = plans.iter().flat_map(|plan| days.iter().map(|day| [&plan[..], &[*day]].concat())).collect();
        }
        let rules: Vec<&Proposition> = self.deciding.rules.iter().collect();
        plans.retain(|plan| self.keeps(&rules, plan));
        plans
    }

    /// What a plan is worth in a world.
    pub fn value_in(&self, world: &World, plan: &[i32]) -> f64 {
        let world = self.with(world, plan);
        let goals = self.deciding.goals.iter().filter(|goal| holds(&self.deciding.case, &goal.says, &world));
        let held = self.deciding.decisions.iter().zip(plan).filter(|(_, day)| **day != NEVER);
        goals.map(|goal| goal.value).sum::<f64>() - held.map(|(one, _)| one.cost).sum::<f64>()
    }

    pub fn value(&self, plan: &[i32]) -> f64 {
        self.worlds.iter().map(|(world, p)| p * self.value_in(world, plan)).sum()
    }

    pub fn probability(&self, goal: usize, plan: &[i32]) -> f64 {
        let says = &self.deciding.goals[goal].says;
        let true_in = |world: &World| holds(&self.deciding.case, says, &self.with(world, plan));
        self.worlds.iter().filter(|(world, _)| true_in(world)).map(|(_, p)| p).sum()
    }

    pub fn keeps_required(&self, plan: &[i32]) -> bool {
        let goals = self.deciding.goals.iter().enumerate();
        goals
            .filter_map(|(index, goal)| Some((index, goal.least?)))
            .all(|(index, least)| self.probability(index, plan) >= least - 1e-12)
    }

    /// The mean of the greatest value in each world.
    pub fn clairvoyant(&self, plans: &[Plan]) -> f64 {
        let greatest = |world: &World| plans.iter().map(|plan| self.value_in(world, plan)).fold(f64::MIN, f64::max);
        self.worlds.iter().map(|(world, p)| p * greatest(world)).sum()
    }

    fn last_day(world: &World, event: usize) -> i32 {
        if world.starts[event] == NEVER { NEVER } else { world.starts[event] + world.lengths[event] - 1 }
    }

    /// Whether an event's first or last day differs from world to world.
    pub fn is_in_doubt(&self, event: usize) -> (bool, bool) {
        let first = &self.worlds[0].0;
        let start = self.worlds.iter().any(|(world, _)| world.starts[event] != first.starts[event]);
        let last = self.worlds.iter().any(|(world, _)| Self::last_day(world, event) != Self::last_day(first, event));
        (start, last)
    }

    /// The events that a decision reacts to by default.
    pub fn named(&self) -> Vec<usize> {
        let mut named: Vec<usize> = self.deciding.goals.iter().flat_map(|goal| goal.says.events()).collect();
        named.retain(|event| *event < self.deciding.events && self.deciding.case.events[*event].visible);
        named.sort_unstable();
        named.dedup();
        named
    }

    /// The first evening on which the decision can be taken; so early that nothing is lost, where there is no as-of date.
    fn first_evening(&self, decision: usize) -> i32 {
        let early = -1 - self.deciding.decisions[decision].notice;
        self.deciding.case.as_of().unwrap_or(early)
    }

    fn known(world: &World, event: usize, evening: i32) -> Known {
        let (first, last) = (world.starts[event], Self::last_day(world, event));
        ((first <= evening).then_some(first), (last <= evening).then_some(last))
    }

    /// The value of the best policy for the only decision, by going through all that may be known.
    pub fn best_policy(&self, watched: &[usize]) -> f64 {
        let all: Vec<usize> = (0..self.worlds.len()).collect();
        let rules: Vec<&Proposition> = self.deciding.rules.iter().collect();
        let allowed: Vec<i32> =
            self.window(0).into_iter().filter(|day| self.keeps(&rules, std::slice::from_ref(day))).collect();
        let first = self.first_evening(0);
        self.told_apart(&all, watched, first).iter().map(|set| self.from(set, watched, &allowed, first)).sum()
    }

    /// The worlds of a set, by what is known on an evening.
    fn told_apart(&self, set: &[usize], watched: &[usize], evening: i32) -> Vec<Vec<usize>> {
        let mut sets: BTreeMap<Vec<Known>, Vec<usize>> = BTreeMap::new();
        for index in set {
            let known = watched.iter().map(|event| Self::known(&self.worlds[*index].0, *event, evening)).collect();
            sets.entry(known).or_default().push(*index);
        }
        sets.into_values().collect()
    }

    /// The value, from an evening on, in worlds that cannot be told apart on it.
    fn from(&self, set: &[usize], watched: &[usize], allowed: &[i32], evening: i32) -> f64 {
        let worth = |day: i32| -> f64 {
            set.iter().map(|index| self.worlds[*index].1 * self.value_in(&self.worlds[*index].0, &[day])).sum()
        };
        let day = evening + self.deciding.decisions[0].notice + 1;
        let last = allowed.iter().copied().filter(|day| *day != NEVER).max().unwrap_or(i32::MIN);
        if day > last {
            return if allowed.contains(&NEVER) { worth(NEVER) } else { f64::NEG_INFINITY };
        }
        let wait: f64 = self
            .told_apart(set, watched, evening + 1)
            .iter()
            .map(|set| self.from(set, watched, allowed, evening + 1))
            .sum();
        if allowed.contains(&day) { wait.max(worth(day)) } else { wait }
    }

    /// The value of the best of all ways to react, found by trying them all: every map from what may be known to "stop" or
    /// "wait". `None` where these are too many.
    pub fn best_of_all_policies(&self, watched: &[usize]) -> Option<f64> {
        let rules: Vec<&Proposition> = self.deciding.rules.iter().collect();
        let allowed: Vec<i32> =
            self.window(0).into_iter().filter(|day| self.keeps(&rules, std::slice::from_ref(day))).collect();
        let days: Vec<i32> = allowed.iter().copied().filter(|day| *day != NEVER).collect();
        let lead = self.deciding.decisions[0].notice + 1;
        let first = self.first_evening(0);
        let evenings: Vec<i32> = days.iter().map(|day| day - lead).filter(|evening| *evening >= first).collect();
        let all: Vec<usize> = (0..self.worlds.len()).collect();
        let mut states: Vec<(i32, Vec<usize>)> = Vec::new();
        for evening in evenings {
            states.extend(self.told_apart(&all, watched, evening).into_iter().map(|set| (evening, set)));
        }
        if states.len() > 12 || states.is_empty() {
            return None;
        }
        let mut greatest = f64::NEG_INFINITY;
        for policy in 0..1u32 << states.len() {
            let value = self.worlds.iter().enumerate().map(|(index, (world, p))| {
                let stops = (0..states.len()).find(|at| policy >> at & 1 == 1 && states[*at].1.contains(&index));
                match stops {
                    Some(at) => p * self.value_in(world, &[states[at].0 + lead]),
                    None if allowed.contains(&NEVER) => p * self.value_in(world, &[NEVER]),
                    None => f64::NEG_INFINITY,
                }
            });
            greatest = greatest.max(value.sum());
        }
        Some(greatest)
    }

    /// All ways to make one decision of several, each as the day that it comes to in each world.
    fn rules_for(&self, decision: usize, watched: &[usize]) -> Vec<Vec<i32>> {
        let count = self.deciding.decisions.len();
        let alone = |rule: &&Proposition| {
            let about: Vec<usize> = rule.events().into_iter().filter(|event| *event >= self.deciding.events).collect();
            about.iter().all(|event| *event == self.deciding.events + decision)
        };
        // What is joined by "and" is as many rules.
        let rules: Vec<&Proposition> = self.deciding.rules.iter().flat_map(parts).filter(alone).collect();
        let mut allowed = self.window(decision);
        allowed.retain(|day| {
            let mut plan = vec![NEVER; count];
            plan[decision] = *day;
            self.keeps(&rules, &plan)
        });
        let one = &self.deciding.decisions[decision];
        let earliest = self.deciding.case.as_of().map_or(i32::MIN, |day| day + one.notice + 1);
        let days: Vec<i32> = allowed.iter().copied().filter(|day| *day != NEVER).collect();
        let mut found: Vec<Vec<i32>> = allowed.iter().map(|day| vec![*day; self.worlds.len()]).collect();
        for &event in watched {
            for (ends, after, last) in [false, true].into_iter().flat_map(|ends| {
                let latest = days.clone();
                (one.notice + 1..=2 * self.deciding.case.days + 4)
                    .flat_map(move |after| latest.clone().into_iter().map(move |last| (ends, after, last)))
            }) {
                for else_held in [true, false] {
                    if last < earliest || !else_held && !allowed.contains(&NEVER) {
                        continue;
                    }
                    let comes_to = self.worlds.iter().map(|(world, _)| {
                        let base = if ends { Self::last_day(world, event) } else { world.starts[event] };
                        let day =
                            days.iter().copied().find(|day| base != NEVER && *day >= base + after && *day >= earliest);
                        let otherwise = if else_held { last } else { NEVER };
                        day.filter(|day| *day <= last).unwrap_or(otherwise)
                    });
                    let days: Vec<i32> = comes_to.collect();
                    if !found.contains(&days) {
                        found.push(days);
                    }
                }
            }
        }
        found
    }

    /// The value of the best combination of simple reactions of two decisions; `None` where there are too many.
    pub fn best_of_family(&self, watched: &[Vec<usize>]) -> Option<f64> {
        let [first, second] = [0, 1].map(|decision| self.rules_for(decision, &watched[decision]));
        if first.len() * second.len() * self.worlds.len() > 3_000_000 {
            return None;
        }
        let rules: Vec<&Proposition> = self.deciding.rules.iter().collect();
        let mut values: BTreeMap<(usize, i32, i32), Option<f64>> = BTreeMap::new();
        let mut judged = |index: usize, one: i32, other: i32| -> Option<f64> {
            *values.entry((index, one, other)).or_insert_with(|| {
                let plan = [one, other];
                self.keeps(&rules, &plan).then(|| self.worlds[index].1 * self.value_in(&self.worlds[index].0, &plan))
            })
        };
        let mut greatest = f64::NEG_INFINITY;
        for one in &first {
            for other in &second {
                let parts = (0..self.worlds.len()).map(|index| judged(index, one[index], other[index]));
                if let Some(value) = parts.sum::<Option<f64>>() {
                    greatest = greatest.max(value);
                }
            }
        }
        Some(greatest)
    }
}
