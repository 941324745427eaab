//! What rules and facts demand of days in; a circle of demands that no days can meet out.
//!
//! Each demand is an inequality, `day(to) − day(from) >= least`, between the first and last days of events that certainly
//! occur and the horizon's first day. They can be met unless some circle of them has a positive sum (Bellman 1958).

use crate::day::Day;
use crate::model::{Bound, Event, EventId, Model, Point, Proposition, Side, Start, Statement};
use std::collections::BTreeSet;

/// Ends beyond this are open.
const FAR: i64 = 1 << 28;
/// Stands for the horizon's first day.
const ORIGIN: usize = 0;

/// Inequalities between days, each of them demanded by a member, or by what every event can be at all.
#[derive(Debug)]
pub struct Inequalities<'m> {
    model: &'m Model,
    found: Vec<Inequality>,
    /// For each event whether all its possible days and lengths from the first to the last are possible.
    whole: Vec<bool>,
    /// Members that demand more than inequalities, or of events whose days are not told by such.
    beyond: BTreeSet<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Inequality {
    from: usize,
    to: usize,
    least: i64,
    /// Whose demand it is; of nobody where it always holds.
    member: Option<usize>,
}

fn place(point: Point) -> usize {
    1 + 2 * point.event.0 + usize::from(point.side == Side::Last)
}

/// The first and the last day that an event can start on by itself, without its date or window.
fn possible(event: &Event, days: i64) -> Option<(i64, i64)> {
    match &event.start {
        Start::On(_) => Some((0, days - 1)),
        Start::Prior { days, never: 0.0, unwindowed } => {
            let days = unwindowed.as_ref().unwrap_or(days);
            Some((i64::from(days.first), i64::from(days.last())))
        }
        _ => None,
    }
}

/// What holds instead of a statement about events that occur, where that is one inequality.
fn opposite(proposition: &Proposition) -> Option<Statement> {
    let Proposition::Dates(Statement { events, bounds }) = proposition else { return None };
    let [bound] = &bounds[..] else { return None };
    let bound = match *bound {
        Bound::Day { point, from, to: Day::OPEN_FUTURE } => Bound::Day { point, from: Day::OPEN_PAST, to: from + -1 },
        Bound::Day { point, from: Day::OPEN_PAST, to } => Bound::Day { point, from: to + 1, to: Day::OPEN_FUTURE },
        Bound::Gap { later, earlier, least, most } if i64::from(most) >= FAR => {
            Bound::Gap { later, earlier, least: i32::MIN, most: least.checked_sub(1)? }
        }
        Bound::Gap { later, earlier, least, most } if i64::from(least) <= -FAR => {
            Bound::Gap { later, earlier, least: most.checked_add(1)?, most: i32::MAX }
        }
        _ => return None,
    };
    Some(Statement { events: events.clone(), bounds: vec![bound] })
}

/// Whether no day or length between its first and last is impossible.
fn is_whole(event: &Event) -> bool {
    let days = match &event.start {
        Start::Prior { days, unwindowed, .. } => Some(unwindowed.as_ref().unwrap_or(days)),
        _ => None,
    };
    days.into_iter().chain([&event.length]).all(|masses| masses.masses.iter().all(|mass| *mass > 0.0))
}

impl<'m> Inequalities<'m> {
    /// What holds without any member: the possible days and lengths of events that certainly occur.
    pub fn new(model: &'m Model) -> Inequalities<'m> {
        let whole = model.events.iter().map(is_whole).collect();
        let mut inequalities = Inequalities { model, found: Vec::new(), whole, beyond: BTreeSet::new() };
        for (index, event) in model.events.iter().enumerate() {
            let Some(days) = possible(event, i64::from(model.days())) else { continue };
            let point = |side| place(Point { event: EventId(index), side });
            inequalities.between(ORIGIN, point(Side::First), days, None);
            let lengths = (i64::from(event.length.first) - 1, i64::from(event.length.last()) - 1);
            inequalities.between(point(Side::First), point(Side::Last), lengths, None);
        }
        inequalities
    }

    fn between(&mut self, from: usize, to: usize, (least, most): (i64, i64), member: Option<usize>) {
        if least > -FAR {
            self.found.push(Inequality { from, to, least, member });
        }
        if most < FAR {
            self.found.push(Inequality { from: to, to: from, least: -most, member });
        }
    }

    fn occurs(&self, event: EventId) -> bool {
        possible(&self.model.events[event.0], 1).is_some()
    }

    /// A member that keeps the first day of an event between two days, counted from the horizon's first.
    pub fn keep_days(&mut self, event: usize, days: (i64, i64), member: usize) {
        self.look_at(EventId(event), member);
        if self.occurs(EventId(event)) {
            let first = place(Point { event: EventId(event), side: Side::First });
            self.between(ORIGIN, first, days, Some(member));
        }
    }

    /// A member that demands what is not looked into.
    pub fn demand_more(&mut self, member: usize) {
        self.beyond.insert(member);
    }

    fn look_at(&mut self, event: EventId, member: usize) {
        if !self.occurs(event) || !self.whole[event.0] {
            self.demand_more(member);
        }
    }

    /// Whether the demands of a member are inequalities and no more, of events whose days are told by inequalities as well.
    /// Where this is so of all members of a set, they leave a world unless they hold a circle that cannot be met.
    pub fn tells_all(&self, member: usize) -> bool {
        !self.beyond.contains(&member)
    }

    /// A member that demands a proposition, as far as it is a conjunction of inequalities.
    pub fn demand(&mut self, proposition: &Proposition, member: usize) {
        match proposition {
            Proposition::And(parts) => parts.iter().for_each(|part| self.demand(part, member)),
            Proposition::Not(inner) => match opposite(inner) {
                Some(statement) => self.demand(&Proposition::Dates(statement), member),
                None => self.demand_more(member),
            },
            Proposition::Dates(statement) if statement.events.iter().all(|event| self.occurs(*event)) => {
                statement.events.iter().for_each(|event| self.look_at(*event, member));
                for bound in &statement.bounds {
                    match bound {
                        Bound::Day { point, from, to } => {
                            let origin = self.model.horizon.0;
                            let days = (i64::from(*from - origin), i64::from(*to - origin));
                            self.between(ORIGIN, place(*point), days, Some(member));
                        }
                        Bound::Gap { later, earlier, least, most } => {
                            let gaps = (i64::from(*least), i64::from(*most));
                            self.between(place(*earlier), place(*later), gaps, Some(member));
                        }
                        Bound::Class { .. } => self.demand_more(member),
                    }
                }
            }
            _ => self.demand_more(member),
        }
    }

    /// The members of a circle that cannot be met, if what always holds and the demands of those that are kept have one.
    pub fn circle(&self, kept: impl Fn(usize) -> bool) -> Option<BTreeSet<usize>> {
        let own: Vec<Inequality> =
            self.found.iter().filter(|inequality| inequality.member.is_none_or(&kept)).copied().collect();
        let count = 1 + 2 * self.model.events.len();
        // The least day that follows for each place, and by which inequality.
        let mut day = vec![0i64; count];
        let mut reason = vec![usize::MAX; count];
        for round in 0..=count {
            let mut changed = false;
            let mut visit = |index: usize| {
                let Inequality { from, to, least, .. } = own[index];
                if day[from] + least > day[to] {
                    day[to] = day[from] + least;
                    reason[to] = index;
                    changed = true;
                }
            };
            // Back and forth, so that long chains settle in few rounds whatever their order.
            if round % 2 == 0 {
                (0..own.len()).for_each(&mut visit)
            } else {
                (0..own.len()).rev().for_each(&mut visit)
            }
            if !changed {
                return None;
            }
            // Days that go on rising for long do so in a circle.
            if (round + 1).is_power_of_two()
                && let Some(circle) = circle_of_reasons(&own, &reason)
            {
                return Some(circle.into_iter().filter_map(|index| own[index].member).collect());
            }
        }
        circle_of_reasons(&own, &reason)
            .map(|circle| circle.into_iter().filter_map(|index| own[index].member).collect())
    }
}

/// A circle that reasons go round in: it has a positive sum, or the last of its days would not have been raised.
fn circle_of_reasons(inequalities: &[Inequality], reason: &[usize]) -> Option<Vec<usize>> {
    // On which way each place was first seen.
    let mut seen = vec![usize::MAX; reason.len()];
    for start in 0..reason.len() {
        let mut at = start;
        while seen[at] == usize::MAX && reason[at] != usize::MAX {
            seen[at] = start;
            at = inequalities[reason[at]].from;
        }
        if seen[at] == start && reason[at] != usize::MAX {
            let mut circle = Vec::new();
            let first = at;
            loop {
                circle.push(reason[at]);
                at = inequalities[reason[at]].from;
                if at == first {
                    return Some(circle);
                }
            }
        }
    }
    None
}
