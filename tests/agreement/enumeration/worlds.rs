//! A case in; every world that its prior and its rules leave, with its probability, out.

use crate::cases::case::{Case, Start};
use crate::enumeration::mass;
use crate::enumeration::truth::{MOST_EVENTS, NEVER, World, keeps};
use crate::enumeration::wide::Wide;

/// Cases of more worlds are left out.
pub const MOST_WORLDS: usize = 20_000;

/// Worlds with what they weigh.
pub type Weighed = Vec<(World, Wide)>;

/// Every world of positive prior probability; `None` where they are too many, or a distribution leaves nothing.
pub fn prior_worlds(case: &Case) -> Option<Weighed> {
    let nothing = World { starts: [NEVER; MOST_EVENTS], lengths: [1; MOST_EVENTS] };
    let mut worlds = vec![(nothing, Wide::ONE)];
    for event in in_causal_order(case) {
        let starting = Starting::of(case, event)?;
        let mut longer = Vec::new();
        for (world, weight) in &worlds {
            for (start, chance) in starting.given(case.days, world) {
                let lengths = mass::lengths(case, &case.events[event].length, start)?;
                for (length, share) in lengths.iter().filter(|_| chance > 0.0) {
                    let mut next = *world;
                    next.starts[event] = start;
                    next.lengths[event] = *length;
                    longer.push((next, *weight * Wide::new(chance) * Wide::new(*share)));
                }
            }
            if longer.len() > MOST_WORLDS {
                return None;
            }
        }
        worlds = longer;
    }
    Some(worlds)
}

/// Every event later than those it comes after.
fn in_causal_order(case: &Case) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::new();
    while order.len() < case.events.len() {
        let ready = (0..case.events.len()).find(|event| {
            let waits = match &case.events[*event].start {
                Start::After { predecessors, .. } => predecessors.iter().any(|p| !order.contains(p)),
                _ => false,
            };
            !order.contains(event) && !waits
        });
        order.push(ready.expect("'after' goes round in no circle"));
    }
    order
}

/// How the start of an event comes about.
enum Starting<'c> {
    /// Starts with their probabilities, whatever else happens.
    Alone(Vec<(i32, f64)>),
    After {
        predecessors: &'c [usize],
        /// Probability of a delay of 0, 1, … days, and of a longer one.
        delays: Vec<(f64, f64)>,
        occurs: f64,
    },
}

impl Starting<'_> {
    fn of(case: &Case, event: usize) -> Option<Starting<'_>> {
        Some(match &case.events[event].start {
            Start::On(day) => Starting::Alone(vec![(*day, 1.0)]),
            Start::Prior { .. } => {
                let (days, never) = mass::prior(case, event)?;
                Starting::Alone((0..).zip(days).chain([(NEVER, never)]).collect())
            }
            Start::After { predecessors, delay, occurs } => {
                Starting::After { predecessors, delays: mass::delays(delay, case.days)?, occurs: occurs.unwrap_or(1.0) }
            }
        })
    }

    /// The starts with their probabilities, given the events that it comes after.
    fn given(&self, days: i32, world: &World) -> Vec<(i32, f64)> {
        let (predecessors, delays, occurs) = match self {
            Starting::Alone(starts) => return starts.clone(),
            Starting::After { predecessors, delays, occurs } => (predecessors, delays, occurs),
        };
        if predecessors.iter().any(|p| world.starts[*p] == NEVER) {
            return vec![(NEVER, 1.0)];
        }
        let last_days = predecessors.iter().map(|p| world.starts[*p] + world.lengths[*p] - 1);
        let latest = last_days.max().expect("at least one predecessor");
        let room = days - 1 - latest;
        let past = if room < 0 { 1.0 } else { delays[room as usize].1 };
        let in_time = (latest..days).zip(delays).map(|(day, (mass, _))| (day, occurs * mass));
        in_time.chain([(NEVER, occurs * past + (1.0 - occurs))]).collect()
    }
}

/// The base: prior and rules. `None` where no world is left.
pub struct Base {
    /// Their weights sum to 1.
    pub worlds: Weighed,
    /// Natural logarithm of the probability that the conditioning rules hold.
    pub log_rules: f64,
}

/// Lets the rules act on the prior: those about one event in doubt narrow its prior, the others condition.
pub fn base(case: &Case, prior: &Weighed) -> Option<Base> {
    let rules = (0..case.rules.len()).filter(|index| !case.is_dropped(&case.rule_id(*index)));
    // An event that cannot occur has no days to go.
    let can_occur =
        |event: usize| prior.iter().any(|(world, weight)| world.starts[event] != NEVER && !weight.is_zero());
    let (narrowing, conditioning): (Vec<usize>, Vec<usize>) =
        rules.partition(|index| narrowed_event(case, *index).is_some_and(can_occur));
    let mut worlds = prior.clone();
    for event in 0..case.events.len() {
        let about: Vec<usize> =
            narrowing.iter().copied().filter(|index| narrowed_event(case, *index) == Some(event)).collect();
        if !about.is_empty() {
            narrow(case, event, &about, prior, &mut worlds)?;
        }
    }
    worlds.retain(|(world, weight)| {
        !weight.is_zero() && conditioning.iter().all(|index| keeps(case, &case.rules[*index].says, world))
    });
    let total: Wide = worlds.iter().map(|(_, weight)| *weight).sum();
    if total.is_zero() {
        return None;
    }
    worlds.iter_mut().for_each(|(_, weight)| *weight = *weight / total);
    Some(Base { worlds, log_rules: total.ln() })
}

/// The event whose prior a rule narrows.
fn narrowed_event(case: &Case, rule: usize) -> Option<usize> {
    let says = &case.rules[rule].says;
    let doubt: Vec<usize> = says.events().into_iter().filter(|event| !case.is_on_a_date(*event)).collect();
    match doubt[..] {
        [event] if !says.says_occurs() => matches!(case.events[event].start, Start::Prior { .. }).then_some(event),
        _ => None,
    }
}

/// What breaks the rules goes; the rest is scaled so that the event occurs as probably as before.
fn narrow(case: &Case, event: usize, rules: &[usize], prior: &Weighed, worlds: &mut Weighed) -> Option<()> {
    let occurs = |world: &World| world.starts[event] != NEVER;
    let kept = |world: &World| rules.iter().all(|index| keeps(case, &case.rules[*index].says, world));
    let sum = |keep: &dyn Fn(&World) -> bool| -> Wide {
        prior.iter().filter(|(world, _)| keep(world)).map(|(_, weight)| *weight).sum()
    };
    let before = sum(&occurs);
    let after = sum(&|world| occurs(world) && kept(world));
    if after.is_zero() {
        return None;
    }
    for (world, weight) in worlds.iter_mut().filter(|(world, _)| occurs(world)) {
        *weight = if kept(world) { *weight * (before / after) } else { Wide::ZERO };
    }
    Some(())
}
