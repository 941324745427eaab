//! What members demand of days in; a circle of demands that no days can meet out.
//!
//! Each demand is an inequality, `day(to) − day(from) >= least`, between the first and last days of events that occur and
//! the horizon's first day. They can be met unless some circle of them has a positive sum (Bellman 1958).

use super::circle::{Arc, circle, loosening};
use super::interval::{Demanded, Interval, Place, demanded};
use super::member::{Member, affirms};
use crate::day::Day;
use crate::model::{Event, EventId, Length, Model, Outcome, Point, Proposition, Report, Side, Start, Strength};
use crate::shape::Masses;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// `day(to) − day(from) >= least`, between numbers of places.
#[derive(Clone, Debug)]
pub struct Inequality {
    pub from: Place,
    pub to: Place,
    pub least: i64,
    /// Whose demand it is; of nobody where it always holds.
    pub member: Option<usize>,
    /// It holds where all of these occur.
    events: Vec<EventId>,
}

/// What is known of a set of members without solving.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// These inequalities form a circle that cannot be met.
    Circle(Vec<usize>),
    /// A world is left.
    Feasible,
    Unknown,
}

/// What a member does besides its inequalities.
#[derive(Clone, Debug, Default)]
struct Bearing {
    /// Events that occur where it holds.
    forces: Vec<EventId>,
    /// Whether it demands more than inequalities.
    more: bool,
    /// The events that it is about, and all that they come after.
    events: Vec<EventId>,
    /// The events that a rule speaks of, where it may narrow a prior.
    rule: Option<Vec<EventId>>,
}

/// The inequalities of all members of a model, and of what every event can be at all.
#[derive(Debug)]
pub struct Inequalities<'m> {
    model: &'m Model,
    members: &'m [Member],
    pub found: Vec<Inequality>,
    /// Positions in `found` by member, and by event those that are of it alone.
    of_member: Vec<Vec<usize>>,
    of_event: Vec<Vec<usize>>,
    bearings: Vec<Bearing>,
    /// For each event whether it can occur, and all days and lengths from its first to its last are possible.
    whole: Vec<bool>,
}

/// The days that an event can start on by itself, without its date or window; `None` where its date comes about by others.
fn own_days(event: &Event, days: i64) -> Option<(i64, i64)> {
    match &event.start {
        Start::On(_) => Some((0, days - 1)),
        Start::Prior { days, unwindowed, .. } => {
            let days = unwindowed.as_ref().unwrap_or(days);
            Some((i64::from(days.first), i64::from(days.last())))
        }
        Start::After { .. } => None,
    }
}

/// Whether a prior of its own has a day, however improbable: "does not occur" may round to 1.
fn may_occur(start: &Start) -> bool {
    matches!(start, Start::Prior { days, .. } if days.masses.iter().any(|mass| *mass > 0.0))
}

/// Whether it can occur and no day or length between its first and last is impossible.
fn is_whole(event: &Event) -> bool {
    let days = match &event.start {
        Start::Prior { days, unwindowed, .. } => Some(unwindowed.as_ref().unwrap_or(days)),
        Start::After { delays, predecessors, occurs, .. } => {
            // The last of several is no inequality.
            if predecessors.len() > 1 || *occurs == 0.0 {
                return false;
            }
            Some(delays)
        }
        Start::On(_) => None,
    };
    let length = match &event.length {
        Length::Days(masses) => masses,
        // Its days tell which of its lengths is possible.
        Length::WorkingDays(_) => return false,
    };
    let whole = |masses: &Masses| masses.masses.iter().all(|mass| *mass > 0.0);
    days.into_iter().chain([length]).all(whole)
}

fn first(event: EventId) -> Place {
    Place::At(Point { event, side: Side::First })
}

fn last(event: EventId) -> Place {
    Place::At(Point { event, side: Side::Last })
}

impl<'m> Inequalities<'m> {
    /// What all members demand, each by its place among them.
    pub fn new(model: &'m Model, members: &'m [Member]) -> Inequalities<'m> {
        let whole = model.events.iter().map(is_whole).collect();
        let mut inequalities = Inequalities {
            model,
            members,
            found: Vec::new(),
            of_member: vec![Vec::new(); members.len()],
            of_event: vec![Vec::new(); model.events.len()],
            bearings: Vec::new(),
            whole,
        };
        inequalities.possible();
        for (place, member) in members.iter().enumerate() {
            let bearing = inequalities.bearing(*member, place);
            let events = events_of(model, *member);
            inequalities.bearings.push(Bearing { events, ..bearing });
        }
        for (index, inequality) in inequalities.found.iter().enumerate() {
            if let Some(member) = inequality.member {
                inequalities.of_member[member].push(index);
            }
            if let [event] = inequality.events[..] {
                inequalities.of_event[event.0].push(index);
            }
        }
        inequalities
    }

    /// What holds without any member: the days, lengths and delays that events can have at all.
    fn possible(&mut self) {
        for (index, event) in self.model.events.iter().enumerate() {
            let id = EventId(index);
            let days = i64::from(self.model.days());
            let (least, most) = own_days(event, days).unwrap_or((0, days - 1));
            self.between((Place::Origin, first(id)), (Some(least), Some(most)), None, &[id]);
            let (shortest, longest) = self.model.lengths(id);
            let lengths = (Some(i64::from(shortest) - 1), Some(i64::from(longest) - 1));
            self.between((first(id), last(id)), lengths, None, &[id]);
            if let Start::After { predecessors, delays, .. } = &event.start {
                for predecessor in predecessors {
                    let (least, most) = (Some(i64::from(delays.first)), Some(i64::from(delays.last())));
                    // After the last of several it may come later than the delay after one of them.
                    let most = most.filter(|_| predecessors.len() == 1);
                    self.between((last(*predecessor), first(id)), (least, most), None, &[id]);
                }
            }
        }
    }

    fn between(
        &mut self,
        (from, to): (Place, Place),
        (least, most): (Option<i64>, Option<i64>),
        member: Option<usize>,
        events: &[EventId],
    ) {
        let events = events.to_vec();
        if let Some(least) = least {
            self.found.push(Inequality { from, to, least, member, events: events.clone() });
        }
        if let Some(most) = most {
            self.found.push(Inequality { from: to, to: from, least: -most, member, events });
        }
    }

    /// Notes what a member demands of days, and tells what else it does.
    fn bearing(&mut self, member: Member, place: usize) -> Bearing {
        let model = self.model;
        let since = |day: Day| i64::from(day - model.horizon.0);
        let keep = |this: &mut Self, event: usize, days: (Option<i64>, Option<i64>)| {
            this.between((Place::Origin, first(EventId(event))), days, Some(place), &[EventId(event)]);
            Bearing::default()
        };
        let start = |this: &mut Self, event: usize, day: Day| {
            if let Length::WorkingDays(count) = model.events[event].length {
                // With the first day the last one is known as well.
                let end = Some(since(model.calendar.working.last_of(day, count)));
                this.between((Place::Origin, last(EventId(event))), (end, end), Some(place), &[EventId(event)]);
            }
            keep(this, event, (Some(since(day)), Some(since(day))))
        };
        match member {
            Member::Rule(index) => {
                let says = &model.rules[index].says;
                let events = says.events().into_iter().collect();
                let narrows = !says.says_occurs();
                let told = self.demand(says, true, place);
                let rule = narrows.then_some(events);
                Bearing { forces: told.occurring, more: told.more, rule, ..Bearing::default() }
            }
            Member::Observation(index) => self.fact(&model.observations[index].says, true, place),
            Member::Assumption(index) => self.fact(&model.assumptions[index].says, true, place),
            Member::Report(index) => {
                let report = &model.reports[index];
                let slipless = report.claim.slips.len() == 1;
                let bearing = if slipless && stands_alone(model, index) {
                    self.fact(&report.claim.says, affirms(report.strength), place)
                } else {
                    Bearing::default()
                };
                // What it says may have been impossible on its day.
                Bearing { more: true, ..bearing }
            }
            Member::On(index) => match model.events[index].start {
                Start::On(day) => start(self, index, day),
                _ => Bearing::default(),
            },
            Member::Window(index) => match &model.events[index].start {
                Start::Prior { days, .. } => {
                    keep(self, index, (Some(i64::from(days.first)), Some(i64::from(days.last()))))
                }
                _ => Bearing::default(),
            },
            Member::Happened(index) => match model.events[index].happened {
                Some(Outcome::Started(day)) => {
                    let bearing = start(self, index, day);
                    Bearing { forces: vec![EventId(index)], ..bearing }
                }
                _ => Bearing { more: true, ..Bearing::default() },
            },
            Member::Silence(index, day) => keep(self, index, (Some(since(day) + 1), None)),
        }
    }

    fn demand(&mut self, proposition: &Proposition, positive: bool, member: usize) -> Demanded {
        let told = demanded(self.model, proposition, positive);
        for Interval { from, to, least, most, events } in &told.intervals {
            self.between((*from, *to), (*least, *most), Some(member), events);
        }
        told
    }

    /// What is true makes the events of its dates occur.
    fn fact(&mut self, proposition: &Proposition, positive: bool, member: usize) -> Bearing {
        let told = self.demand(proposition, positive, member);
        Bearing { forces: [told.occurring, told.dated].concat(), more: told.more, ..Bearing::default() }
    }

    /// What can be told of the members that are kept.
    pub fn verdict(&self, kept: &[usize]) -> Verdict {
        let kept = Kept::new(self, kept);
        if let Some(circle) = self.systems(&kept).iter().find_map(|system| self.circle(system)) {
            return Verdict::Circle(circle);
        }
        if kept.members.iter().all(|member| self.tells_all(*member, &kept)) {
            Verdict::Feasible
        } else {
            Verdict::Unknown
        }
    }

    /// Members of a circle: those whose demands it is made of, and those that make its events occur.
    pub fn core(&self, circle: &[usize], kept: &[usize]) -> Vec<usize> {
        let steps = || circle.iter().map(|index| &self.found[*index]);
        let events: BTreeSet<EventId> = steps().flat_map(|step| step.events.iter().copied()).collect();
        let certain = self.occurring(&[]);
        let forces = |member: &&usize| {
            self.bearings[**member].forces.iter().any(|event| events.contains(event) && !certain[event.0])
        };
        let members = steps().filter_map(|step| step.member).chain(kept.iter().filter(forces).copied());
        members.collect::<BTreeSet<usize>>().into_iter().collect()
    }

    /// All that can be given up, in the order of their numbers.
    pub fn members(&self) -> &'m [Member] {
        self.members
    }

    /// By how many days the demands of the members that are kept must give in all for a world to be left; `None` where that
    /// is not told by inequalities alone, unless `partly` will do.
    pub fn days_short(&self, kept: &[usize], partly: bool) -> Option<i64> {
        let kept = Kept::new(self, kept);
        if !partly && !kept.members.iter().all(|member| self.tells_all(*member, &kept)) {
            return None;
        }
        let each = self.systems(&kept).into_iter().map(|system| self.loosening(&system));
        each.sum::<Option<i64>>().filter(|days| *days > 0)
    }

    /// Sets of inequalities that must each be met: those about all events that occur, and those that narrow the prior of one
    /// that may not.
    fn systems(&self, kept: &Kept) -> Vec<Vec<usize>> {
        let holds = |inequality: &Inequality, loud: bool| {
            inequality.events.iter().all(|event| kept.occurring[event.0])
                && inequality.member.is_none_or(|member| kept.has[member] && (!loud || self.is_loud(member)))
        };
        let all = |loud: bool| -> Vec<usize> {
            (0..self.found.len()).filter(|index| holds(&self.found[*index], loud)).collect()
        };
        let mut systems = self.narrowing(kept);
        let loud = all(true);
        let silences: Vec<usize> = kept.members.iter().copied().filter(|member| !self.is_loud(*member)).collect();
        // Where not all is told by inequalities, or nothing is left, whether an event can start later is not known.
        let told = || kept.members.iter().all(|member| !self.is_loud(*member) || self.tells_all(*member, kept));
        if silences.is_empty() || !told() || self.circle(&loud).is_some() {
            systems.push(loud);
            return systems;
        }
        let latest = self.latest(&loud);
        let mute: BTreeSet<usize> =
            silences.into_iter().filter(|member| !self.speaks(*member, kept, &latest)).collect();
        let speaks = |index: &usize| self.found[*index].member.is_none_or(|member| !mute.contains(&member));
        systems.push(all(false).into_iter().filter(speaks).collect());
        systems
    }

    fn is_loud(&self, member: usize) -> bool {
        !matches!(self.members[member], Member::Silence(..))
    }

    /// Events that occur in every world of these members.
    fn occurring(&self, kept: &[usize]) -> Vec<bool> {
        let certain = |event: &Event| match event.start {
            Start::On(_) => true,
            Start::Prior { never, .. } => never == 0.0,
            Start::After { .. } => false,
        };
        let mut occurring: Vec<bool> = self.model.events.iter().map(certain).collect();
        let mut forced: Vec<EventId> = kept.iter().flat_map(|m| self.bearings[*m].forces.iter().copied()).collect();
        while let Some(event) = forced.pop() {
            if !std::mem::replace(&mut occurring[event.0], true)
                && let Start::After { predecessors, .. } = &self.model.events[event.0].start
            {
                forced.extend(predecessors);
            }
        }
        occurring
    }

    /// Whether the demands of a member are inequalities and no more, of events whose days are told by inequalities as well.
    /// Where this is so of all members of a set, they leave a world unless they hold a circle that cannot be met.
    fn tells_all(&self, member: usize, kept: &Kept) -> bool {
        let told = |event: &EventId| match self.model.events[event.0].start {
            // What may not occur breaks no rule, but a rule about it alone is to leave it a day.
            Start::Prior { never, .. } if !kept.occurring[event.0] => {
                never > 0.0 && (self.whole[event.0] || self.bearings[member].rule.is_none())
            }
            Start::After { .. } if !kept.occurring[event.0] => false,
            _ => self.whole[event.0],
        };
        !self.bearings[member].more && self.bearings[member].events.iter().all(told)
    }

    /// For each event that may not occur what its rules leave of its prior, which is a day at least.
    fn narrowing(&self, kept: &Kept) -> Vec<Vec<usize>> {
        let mut of_event: BTreeMap<EventId, Vec<usize>> = BTreeMap::new();
        for member in &kept.members {
            let Some(events) = &self.bearings[*member].rule else { continue };
            let mut doubt = events.iter().filter(|event| !kept.on[event.0]);
            if let (Some(event), None) = (doubt.next(), doubt.next())
                && may_occur(&self.model.events[event.0].start)
                && !kept.occurring[event.0]
            {
                of_event.entry(*event).or_default().push(*member);
            }
        }
        let system = |(event, rules): (EventId, Vec<usize>)| {
            let events = rules.iter().flat_map(|rule| self.bearings[*rule].rule.iter().flatten());
            let events: BTreeSet<EventId> = events.copied().chain([event]).collect();
            let own = events.iter().flat_map(|event| &self.of_event[event.0]).filter(|index| {
                let member = self.found[**index].member;
                member.is_none_or(|m| kept.has[m] && matches!(self.members[m], Member::On(_) | Member::Window(_)))
            });
            own.chain(rules.iter().flat_map(|rule| &self.of_member[*rule])).copied().collect()
        };
        of_event.into_iter().map(system).collect()
    }

    /// Whether a silence says something: of an event without a known outcome that can start later, or not at all.
    fn speaks(&self, member: usize, kept: &Kept, latest: &[i64]) -> bool {
        let Member::Silence(event, day) = self.members[member] else { return true };
        let later = || latest[first(EventId(event)).number()] > i64::from(day - self.model.horizon.0);
        !kept.outcome[event] && (!kept.occurring[event] || later())
    }

    /// The latest day of each place that a system leaves, which has no circle that cannot be met.
    fn latest(&self, system: &[usize]) -> Vec<i64> {
        let mut latest = vec![i64::MAX / 4; 1 + 2 * self.model.events.len()];
        latest[Place::Origin.number()] = 0;
        let mut forth = true;
        loop {
            let mut changed = false;
            let mut visit = |index: &usize| {
                // day(from) <= day(to) − least
                let Inequality { from, to, least, .. } = &self.found[*index];
                let bound = latest[to.number()] - least;
                changed |= bound < latest[from.number()];
                latest[from.number()] = latest[from.number()].min(bound);
            };
            if forth {
                system.iter().for_each(&mut visit)
            } else {
                system.iter().rev().for_each(&mut visit)
            }
            if !changed {
                return latest;
            }
            forth = !forth;
        }
    }

    /// The inequalities of a circle that cannot be met.
    fn circle(&self, system: &[usize]) -> Option<Vec<usize>> {
        let (places, arcs) = self.arcs(system);
        let found = circle(places, &arcs)?;
        Some(found.into_iter().map(|index| system[index]).collect())
    }

    /// By how many days a system must give in all; what needs no member gives nothing.
    fn loosening(&self, system: &[usize]) -> Option<i64> {
        let (places, arcs) = self.arcs(system);
        let firm: Vec<bool> = system.iter().map(|index| self.found[*index].member.is_none()).collect();
        loosening(places, &arcs, &firm)
    }

    /// The inequalities of a system between places that are numbered anew, without gaps.
    fn arcs(&self, system: &[usize]) -> (usize, Vec<Arc>) {
        let mut numbers: HashMap<usize, usize> = HashMap::new();
        let mut number = |place: Place| {
            let next = numbers.len();
            *numbers.entry(place.number()).or_insert(next)
        };
        let found = system.iter().map(|index| &self.found[*index]);
        let arcs = found.map(|i| Arc { from: number(i.from), to: number(i.to), least: i.least }).collect();
        (numbers.len(), arcs)
    }
}

/// Which members are kept, and what follows at once.
struct Kept {
    members: Vec<usize>,
    /// By member.
    has: Vec<bool>,
    /// By event whether its date is kept.
    on: Vec<bool>,
    /// By event whether its outcome is kept.
    outcome: Vec<bool>,
    /// By event whether it occurs in every world.
    occurring: Vec<bool>,
}

impl Kept {
    fn new(inequalities: &Inequalities<'_>, kept: &[usize]) -> Kept {
        let by_event = vec![false; inequalities.model.events.len()];
        let mut found = Kept {
            members: kept.to_vec(),
            has: vec![false; inequalities.members.len()],
            on: by_event.clone(),
            outcome: by_event,
            occurring: inequalities.occurring(kept),
        };
        for member in kept {
            found.has[*member] = true;
            match inequalities.members[*member] {
                Member::On(event) => found.on[event] = true,
                Member::Happened(event) => found.outcome[event] = true,
                _ => {}
            }
        }
        found
    }
}

/// The events that a member is about, and all that they come after.
fn events_of(model: &Model, member: Member) -> Vec<EventId> {
    let own = match member {
        Member::On(event) | Member::Window(event) | Member::Happened(event) | Member::Silence(event, _) => {
            BTreeSet::from([EventId(event)])
        }
        Member::Rule(index) => model.rules[index].says.events(),
        Member::Observation(index) => model.observations[index].says.events(),
        Member::Assumption(index) => model.assumptions[index].says.events(),
        Member::Report(index) => model.reports[index].claim.says.events(),
    };
    let mut all = own.clone();
    let mut open: Vec<EventId> = own.into_iter().collect();
    while let Some(event) = open.pop() {
        if let Start::After { predecessors, .. } = &model.events[event.0].start {
            open.extend(predecessors.iter().filter(|predecessor| all.insert(**predecessor)));
        }
    }
    all.into_iter().collect()
}

/// Whether a report speaks wherever it is kept, whatever else is: no other one can replace it or speak for it.
fn stands_alone(model: &Model, index: usize) -> bool {
    let report = &model.reports[index];
    let together = |other: &Report| {
        other.source == report.source && other.claim.says.events() == report.claim.says.events() && !other.dropped
    };
    let alone =
        report.independent || report.source.is_none() || matches!(report.strength, Strength::LikelihoodRatio(_));
    report.echoes.is_none() && (alone || model.reports.iter().filter(|other| together(other)).count() == 1)
}
