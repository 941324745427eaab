//! What holding a decision is worth by its day and an event's dates in; the best simple reaction out: so many days after the event
//! starts or ends, at the latest on a day.

use super::induction::Evenings;
use super::problem::Held;
use super::watched::{Seen, Watched};

/// The day of an event that is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Anchor {
    Starts,
    Ends,
}

/// The first allowed day from `days` after the event starts or ends on, where that is no later than `last`; else `last` itself,
/// or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reaction {
    pub anchor: Anchor,
    /// At least the decision's notice and one more.
    pub days: i32,
    /// An allowed day.
    pub last: i32,
    pub else_held: bool,
}

impl Anchor {
    pub fn day(self, seen: Seen) -> Option<i32> {
        let (first, last) = seen.days?;
        Some(if self == Anchor::Starts { first } else { last })
    }
}

impl Reaction {
    /// The day that it comes to.
    pub fn day(&self, seen: Seen, evenings: &Evenings<'_>) -> Held {
        self.counted(self.anchor.day(seen), evenings)
    }

    /// The day that it comes to where it is counted from `day`, which `None` never comes.
    pub fn counted(&self, day: Option<i32>, evenings: &Evenings<'_>) -> Held {
        let aimed = day.map(|day| day.saturating_add(self.days));
        let day = aimed.and_then(|target| evenings.domain.from(target.max(evenings.first + evenings.lead)));
        match day {
            Some(day) if day <= self.last => Some(day),
            _ => self.else_held.then_some(self.last),
        }
    }

    /// Whether the event's date ever makes it come to the latest day.
    pub fn may_be_late(&self, watched: &Watched, evenings: &Evenings<'_>) -> bool {
        watched.values.iter().any(|seen| {
            let in_time = Reaction { else_held: false, ..*self };
            in_time.day(*seen, evenings).is_none()
        })
    }
}

/// Reactions of one decision to one event, from the worth of each choice (days in order, then "not held") beside each value of
/// the event: `[choice·values + value]`.
pub struct Reactions<'r> {
    pub evenings: &'r Evenings<'r>,
    pub watched: &'r Watched,
    pub worth: &'r [f64],
}

impl Reactions<'_> {
    /// The best reaction and its value, of equals (within `slack`) the one of the fewest days; `None` where none is possible.
    pub fn best(&self, slack: f64) -> Option<(f64, Reaction)> {
        let mut best: Option<(f64, Reaction)> = None;
        for anchor in self.anchors() {
            self.each(anchor, &mut |value, reaction| {
                if best.is_none_or(|(greatest, _)| value > greatest + slack) {
                    best = Some((value, reaction));
                }
            });
        }
        best
    }

    /// The start; and the end where that is not always as many days later.
    pub fn anchors(&self) -> Vec<Anchor> {
        let mut lengths: Vec<i32> =
            self.watched.values.iter().filter_map(|seen| seen.days).map(|(first, last)| last - first).collect();
        lengths.sort_unstable();
        lengths.dedup();
        if lengths.len() > 1 { vec![Anchor::Starts, Anchor::Ends] } else { vec![Anchor::Starts] }
    }

    /// Tells all reactions with their values.
    ///
    /// The values of all latest days come from sums over events that come in time, and sums over those that do not, kept for
    /// every latest day.
    pub fn each(&self, anchor: Anchor, told: &mut impl FnMut(f64, Reaction)) {
        let domain = self.evenings.domain;
        let count = self.watched.values.len();
        // Values by the day counted from, "does not occur" last.
        let mut order: Vec<usize> = (0..count).collect();
        let key = |value: usize| anchor.day(self.watched.values[value]).map_or(i32::MAX, |day| day);
        order.sort_by_key(|value| (key(*value), *value));
        let worth = |choice: usize, value: usize| self.worth[choice * count + value];
        // What a choice is worth with the values from a place in the order on.
        let rests: Vec<Vec<f64>> = (0..domain.size())
            .map(|choice| {
                let mut sums = vec![0.0; count + 1];
                (0..count).rev().for_each(|at| sums[at] = sums[at + 1] + worth(choice, order[at]));
                sums
            })
            .collect();
        let earliest = self.evenings.first + self.evenings.lead;
        let (Some(latest), Some(first)) = (domain.days.last(), order.first().map(|value| key(*value))) else { return };
        let allowed = domain.days.partition_point(|day| *day < earliest);
        let most = if first == i32::MAX { self.evenings.lead } else { (latest - first).max(self.evenings.lead) };
        for days in self.evenings.lead..=most {
            // The places in the order up to which each choice is reached, and what these are worth.
            let mut at = 0;
            let mut reached = 0.0;
            for (choice, last) in domain.days.iter().enumerate().skip(allowed) {
                while at < count && key(order[at]) != i32::MAX {
                    let target = key(order[at]).saturating_add(days).max(earliest);
                    if target > *last {
                        break;
                    }
                    // The first allowed day from the target on is this one: those before were too early for it.
                    reached += worth(choice, order[at]);
                    at += 1;
                }
                let mut say = |rest: f64, else_held: bool| {
                    told(reached + rest, Reaction { anchor, days, last: *last, else_held });
                };
                say(rests[choice][at], true);
                if domain.never {
                    say(rests[domain.days.len()][at], false);
                }
            }
        }
    }
}
