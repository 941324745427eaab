//! A decision and a forecast in; the best policy for it, in words and numbers, out.

use super::induction::{Backward, Evenings, Induction, MOST_STATES};
use super::instructions::{Instruction, Writer, followed};
use super::outcome::{Policy, PolicyChance, SimpleRule, Simulated};
use super::plan::Chances;
use super::problem::{Domain, Held, Plan, Problem};
use super::reaction::{Reaction, Reactions};
use super::stream::Stream;
use super::watched::{Pairs, Seen, Watched};
use super::words::Words;
use crate::answer::solve::{Solution, Trouble, trusted};
use crate::infer::{Calibration, Number, Sampler, TooLarge};
use crate::model::EventId;
use crate::network::Extension;
use std::sync::Arc;

/// Longer lists are told by their length.
const MOST_TOLD: usize = 8;
/// Differences in value below this share of what is at stake mean nothing.
const SLACK: f64 = 1e-10;
/// Worlds in which a policy is tried.
const TRIED: usize = 10_000;
const BATCH: usize = 2_000;

/// The best fixed day without regard to what goals require.
pub struct Fixed {
    pub held: Held,
    pub value: f64,
}

/// A policy for one decision, and the value of knowing all dates where what is watched is all that matters.
pub struct Reacting {
    pub policy: Policy,
    pub clairvoyant: Option<f64>,
}

/// What is worth what, from one pass over the days.
struct Worth<'e> {
    induction: Option<Induction<'e>>,
    /// `[choice·values + value]` for each watched event; choices are the days in order, then "not held".
    alone: [Vec<f64>; 2],
    clairvoyant: f64,
    /// What goals that do not depend on the decision add.
    constant: f64,
}

/// A policy found: in words, and the day it comes to for each pair of values.
struct Found {
    rule: String,
    instructions: Vec<String>,
    value: f64,
    days: Vec<Held>,
    list: Option<Vec<Instruction>>,
    simple: Option<SimpleRule>,
}

/// The watched events in doubt: those that the decision names, or else the first in the file that are visible and named by
/// goals.
pub fn watched_events<N: Number>(
    problem: &Problem<'_, '_, N>,
    solution: &Solution<'_, N>,
    decision: usize,
) -> Result<(Vec<Watched>, Vec<EventId>), Trouble> {
    let model = problem.model;
    let named: Vec<EventId> = match &model.decisions[decision].watch {
        Some(events) => events.clone(),
        None => {
            let goals = model.goals.iter().flat_map(|goal| goal.says.events());
            let mut events: Vec<EventId> = goals.filter(|event| event.0 < model.events.len()).collect();
            events.sort_unstable();
            events.dedup();
            events.retain(|event| model.events[event.0].visible);
            events
        }
    };
    let mut found = Vec::new();
    let mut left_out = Vec::new();
    for event in named {
        let watched = Watched::new(problem, solution, event)?;
        if !watched.is_in_doubt() {
            continue;
        }
        if found.len() < super::watched::MOST_WATCHED {
            found.push(watched);
        } else {
            left_out.push(event);
        }
    }
    Ok((found, left_out))
}

/// The evenings on which a decision can be taken.
pub fn evenings<'d, N: Number>(problem: &Problem<'_, '_, N>, decision: usize, domain: &'d Domain) -> Evenings<'d> {
    let lead = problem.model.decisions[decision].notice.saturating_add(1);
    let early = domain.days.first().map_or(0, |day| day - lead);
    let first = problem.model.as_of.map_or(early, |day| (day - problem.model.horizon.0).max(early));
    Evenings { domain, lead, first }
}

/// The probabilities of all combinations of what is watched.
pub fn pairs<N: Number>(problem: &Problem<'_, '_, N>, watched: Vec<Watched>) -> Result<Pairs, Trouble> {
    let mut watched = watched.into_iter();
    let one = watched.next().unwrap_or_else(Watched::nothing);
    let other = watched.next().unwrap_or_else(Watched::nothing);
    let mut pairs = Pairs { one, other, probabilities: Vec::new() };
    let network = problem.posterior.network();
    let table = problem.posterior.joint(&Extension::new(&network.variables), &pairs.vars())?;
    trusted(problem.posterior)?;
    let inner = pairs.other.combinations;
    let exponent = table.exponent;
    let chance = |place: usize| table.values[place].scaled().shifted(exponent).to_f64();
    let rows = pairs.one.places.iter();
    pairs.probabilities =
        rows.flat_map(|row| pairs.other.places.iter().map(move |column| row * inner + column)).map(chance).collect();
    Ok(pairs)
}

/// The best policy for the only decision.
///
/// # Errors
/// Where that would cost more than the limits allow, or leaves the plain numbers.
pub fn react<N: Number>(
    problem: &Problem<'_, '_, N>,
    chances: &Chances,
    fixed: &Fixed,
    watched: Vec<Watched>,
) -> Result<Reacting, Trouble>
where
    Sampler: TryFrom<Arc<Calibration<N>>, Error = TooLarge>,
{
    let pairs = pairs(problem, watched)?;
    let domain = &problem.domains[0];
    let evenings = evenings(problem, 0, domain);
    let stream = Stream { problem, decision: 0, pairs: &pairs };
    let worth = worth(&stream, &evenings, chances)?;
    let scale = scale(problem);
    let found = found(&stream, &evenings, &worth, fixed, scale);
    let probabilities = probabilities(&stream, chances, &found.days, found.value)?;
    debug_assert!({
        let held: f64 = held_share(&pairs, &found.days) * problem.model.decisions[0].cost;
        let goals = problem.model.goals.iter().zip(&probabilities);
        let sum = goals.map(|(goal, probability)| goal.value * probability).sum::<f64>() - held;
        (sum - found.value).abs() < 1e-8 * scale.max(1.0)
    });
    let simulated = simulated(problem, |world| carried_out(&pairs, &evenings, &found, world));
    let ids = problem.model.goals.iter().zip(&probabilities);
    let goals = ids.map(|(goal, p)| PolicyChance { id: goal.id.clone(), probability: *p }).collect();
    let names = [&pairs.one, &pairs.other].into_iter().filter(|one| !one.vars.is_empty());
    let policy = Policy {
        rule: found.rule,
        instructions: found.instructions,
        value: found.value,
        goals,
        watched: names.map(|one| problem.model.events[one.event.0].id.clone()).collect(),
        proven: true,
        keeps_required: problem.keeps_required(&probabilities),
        simple: found.simple,
        simulated,
    };
    let watches_all = stream.goals().iter().all(|goal| {
        let events = problem.model.goals[*goal].says.events();
        // Goals name decisions as well, behind the events.
        let in_doubt = |event: &EventId| {
            let event = problem.model.events.get(event.0);
            event.is_some_and(|event| !(event.is_on_a_date() && event.length_follows_from_start()))
        };
        events
            .iter()
            .filter(|event| in_doubt(event))
            .all(|event| pairs.one.event == *event || pairs.other.event == *event)
    });
    let clairvoyant = watches_all.then_some(worth.clairvoyant + worth.constant);
    Ok(Reacting { policy, clairvoyant })
}

/// The greatest sum of values and costs.
pub fn scale<N: Number>(problem: &Problem<'_, '_, N>) -> f64 {
    problem.slack() / super::problem::TOLERANCE
}

fn held_share(pairs: &Pairs, days: &[Held]) -> f64 {
    pairs.probabilities.iter().zip(days).filter(|(_, day)| day.is_some()).map(|(p, _)| p).sum()
}

/// One pass over all days.
fn worth<'e, N: Number>(
    stream: &Stream<'e, '_, '_, N>,
    evenings: &'e Evenings<'e>,
    chances: &Chances,
) -> Result<Worth<'e>, Trouble> {
    let problem = stream.problem;
    let (pairs, domain) = (stream.pairs, stream.domain());
    let own = stream.goals();
    let goals = &problem.model.goals;
    let weights: Vec<(usize, f64)> = own.iter().map(|goal| (*goal, goals[*goal].value)).collect();
    let others = (0..goals.len()).filter(|goal| !own.contains(goal));
    let constant = others.map(|goal| goals[goal].value * chances.goals[goal].at(|_| 0)).sum();
    let cost = problem.model.decisions[stream.decision].cost;
    let states = pairs.one.cells() as f64 * pairs.other.cells() as f64;
    let last = domain.days.last().map(|day| day - evenings.lead);
    let count = last.map_or(0, |last| last - evenings.first + 1).max(0);
    if states * f64::from(count) > MOST_STATES {
        return Err(Trouble::TooLong("there is too much to be known to react to".to_string()));
    }
    let scale = scale(problem);
    let (ones, others) = (pairs.one.values.len(), pairs.other.values.len());
    let mut alone = [vec![0.0; domain.size() * ones], vec![0.0; domain.size() * others]];
    let mut greatest = vec![f64::NEG_INFINITY; pairs.probabilities.len()];
    let mut backward: Option<Backward<'e>> =
        (count > 0 && !domain.never).then(|| Backward::new(evenings, pairs, scale, None));
    stream.each(&weights, |held, values| {
        let mut values = values.to_vec();
        if held.is_some() && cost != 0.0 {
            values.iter_mut().zip(&pairs.probabilities).for_each(|(value, p)| *value -= cost * p);
        }
        let choice = domain.index(held).unwrap_or(0);
        for (x, row) in values.chunks(others).enumerate() {
            alone[0][choice * ones + x] = row.iter().sum();
            let sums = &mut alone[1][choice * others..(choice + 1) * others];
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
        greatest.iter_mut().zip(&values).for_each(|(greatest, value)| *greatest = greatest.max(*value));
        match (held, &mut backward) {
            (None, _) if count > 0 => backward = Some(Backward::new(evenings, pairs, scale, Some(&values))),
            (Some(day), Some(backward)) => backward.day(day, &values),
            _ => {}
        }
    })?;
    let clairvoyant = greatest.iter().sum();
    Ok(Worth { induction: backward.map(Backward::finish), alone, clairvoyant, constant })
}

/// The simplest policy that is best: a fixed day, a reaction to one event, or else a list.
fn found<N: Number>(
    stream: &Stream<'_, '_, '_, N>,
    evenings: &Evenings<'_>,
    worth: &Worth<'_>,
    fixed: &Fixed,
    scale: f64,
) -> Found {
    let (pairs, slack) = (stream.pairs, SLACK * scale);
    let words = Words { model: stream.problem.model, decision: stream.decision };
    let best = worth.induction.as_ref().map_or(f64::NEG_INFINITY, |induction| induction.value + worth.constant);
    let settled = Found {
        rule: words.fixed(fixed.held),
        instructions: vec![words.settled(fixed.held)],
        value: fixed.value,
        days: vec![fixed.held; pairs.probabilities.len()],
        list: None,
        simple: None,
    };
    let Some(induction) = worth.induction.as_ref().filter(|_| best > fixed.value + slack) else { return settled };
    let mut simple: Option<(f64, usize, Reaction)> = None;
    for (at, watched) in [&pairs.one, &pairs.other].into_iter().enumerate().filter(|(_, one)| !one.vars.is_empty()) {
        let reactions = Reactions { evenings, watched, worth: &worth.alone[at] };
        if let Some((value, reaction)) = reactions.best(slack)
            && simple.is_none_or(|(greatest, _, _)| value > greatest + slack)
        {
            simple = Some((value, at, reaction));
        }
    }
    let event = |at: usize| {
        let watched = if at == 0 { &pairs.one } else { &pairs.other };
        (watched, stream.problem.model.events[watched.event.0].id.as_str())
    };
    if let Some((value, at, reaction)) = simple.filter(|(value, ..)| value + worth.constant >= best - slack) {
        let (watched, name) = event(at);
        let late = reaction.may_be_late(watched, evenings);
        let columns = pairs.columns();
        let seen = |pair: usize| -> Seen {
            if at == 0 { pairs.one.values[pair / columns] } else { pairs.other.values[pair % columns] }
        };
        return Found {
            rule: words.reaction(name, &reaction, late),
            instructions: words.steps(name, &reaction, late, evenings),
            value: value + worth.constant,
            days: (0..pairs.probabilities.len()).map(|pair| reaction.day(seen(pair), evenings)).collect(),
            list: None,
            simple: None,
        };
    }
    let written = Writer { pairs, induction }.write();
    let told: Vec<String> = written.instructions.iter().map(|one| words.instruction(one, pairs, evenings)).collect();
    let simple = simple.map(|(value, at, reaction)| {
        let (watched, name) = event(at);
        let late = reaction.may_be_late(watched, evenings);
        SimpleRule { rule: words.reaction(name, &reaction, late), value: value + worth.constant }
    });
    let simple = simple.filter(|simple| simple.value > fixed.value + slack);
    let rule = if told.len() <= MOST_TOLD {
        told.join("; ")
    } else {
        format!("{} instructions, by what has started when", told.len())
    };
    Found { rule, instructions: told, value: best, days: written.days, list: Some(written.instructions), simple }
}

/// The probability of each goal where the decision is held on the day that each pair comes to, if that is worth `value`.
fn probabilities<N: Number>(
    stream: &Stream<'_, '_, '_, N>,
    chances: &Chances,
    days: &[Held],
    value: f64,
) -> Result<Vec<f64>, Trouble> {
    let own = stream.goals();
    let goals = &stream.problem.model.goals;
    let mut found = Vec::new();
    if let [only] = own[..]
        && goals[only].value.abs() > SLACK * scale(stream.problem)
    {
        // The value tells it.
        let others = (0..goals.len()).filter(|goal| *goal != only);
        let rest: f64 = others.map(|goal| goals[goal].value * chances.goals[goal].at(|_| 0)).sum();
        let cost = held_share(stream.pairs, days) * stream.problem.model.decisions[stream.decision].cost;
        let probability = ((value + cost - rest) / goals[only].value).clamp(0.0, 1.0);
        let each = (0..goals.len()).map(|goal| if goal == only { probability } else { chances.goals[goal].at(|_| 0) });
        return Ok(each.collect());
    }
    for goal in 0..stream.problem.goals.len() {
        if !own.contains(&goal) {
            found.push(chances.goals[goal].at(|_| 0));
            continue;
        }
        let mut sum = 0.0;
        stream.each(&[(goal, 1.0)], |held, values| {
            sum += values.iter().zip(days).filter(|(_, day)| **day == held).map(|(value, _)| value).sum::<f64>();
        })?;
        found.push(sum.clamp(0.0, 1.0));
    }
    Ok(found)
}

/// What the plans that a policy comes to are worth in worlds drawn from the forecast; `None` where none can be drawn.
pub fn simulated<N: Number>(problem: &Problem<'_, '_, N>, plan: impl Fn(&[u32]) -> Option<Plan>) -> Option<Simulated>
where
    Sampler: TryFrom<Arc<Calibration<N>>, Error = TooLarge>,
{
    let sampler = Sampler::try_from(problem.posterior.clone()).ok()?;
    let network = problem.posterior.network();
    let mut sums = (0.0, 0.0);
    for number in 0..TRIED / BATCH {
        let batch = sampler.batch(super::SEED, number as u64, BATCH);
        for world in batch.values.chunks(network.variables.len()) {
            let value = problem.value_in(&plan(world)?, &|var| network.variables[var.0].value(world[var.0] as usize));
            sums = (sums.0 + value, sums.1 + value * value);
        }
    }
    let count = TRIED as f64;
    let mean = sums.0 / count;
    let variance = (sums.1 / count - mean * mean).max(0.0);
    Some(Simulated { worlds: TRIED, value: mean, value_error: (variance / count).sqrt() })
}

/// The day that a policy comes to in a drawn world, by its instructions where it is a list of them.
fn carried_out(pairs: &Pairs, evenings: &Evenings<'_>, found: &Found, world: &[u32]) -> Option<Plan> {
    let (x, y) = (pairs.one.value_in(world)?, pairs.other.value_in(world)?);
    Some(vec![match &found.list {
        Some(list) => followed(list, pairs, evenings, (x, y)),
        None => found.days[x * pairs.columns() + y],
    }])
}
