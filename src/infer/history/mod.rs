//! An order of events in; the sets of them that can have happened by a day, and sums over all worlds by such sets, out.

mod core;
mod draw;
mod sums;
mod sweep;

pub use core::{orders, precedence};
pub use sums::{Groups, Summed, sum_over};
use sweep::{Asked, Sweep};

use super::number::Number;
use std::collections::{BTreeMap, HashMap};

/// No order of more events is summed over by its histories.
pub const MOST: usize = 256;
/// Steps for each transition of each day: the way up, the same anew on the way back, and the way back.
const PER_TRANSITION: f64 = 6.0;
/// Up to so many weights are kept of every day.
const ALL_KEPT: usize = 1 << 23;
/// Steps to find a history.
const PER_HISTORY: f64 = 200.0;

/// A set of events, by their places.
type Set = [u64; MOST / 64];

/// Some variables and which of them come before others: what lies between is days alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// In the order in which events of one day are taken up (see [`Order::new`]).
    pub vars: Vec<usize>,
    /// Their days, by place: first and last.
    pub days: Vec<(i64, i64)>,
    /// The places of the first and the second of each rule.
    pairs: Vec<(usize, usize)>,
    /// The rules, and the indices of the factors that say so.
    pub rules: Vec<Precedence>,
    pub factors: Vec<usize>,
}

/// That one day is not before another, and whether they may not be the same either.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precedence {
    pub first: usize,
    pub second: usize,
    pub strict: bool,
    /// The value of the factor where it holds, which is positive, and where it does not: 0 for a hard rule.
    pub holds: f64,
    pub fails: f64,
}

impl Precedence {
    fn is_hard(&self) -> bool {
        self.fails == 0.0
    }

    fn greatest(&self) -> f64 {
        self.holds.max(self.fails)
    }
}

/// The *histories* of an order: sets of events that can have happened by some day, each with all that come before its
/// members.
///
/// A world is a way from the empty history to the full one. Day by day, event by event, a history either stays or takes the
/// event in, with the weight of that event on that day. So the work is the number of histories times days times events that
/// can be next, whatever the treewidth of the order: a grid of 10×10 has 184,756.
///
/// Soft rules leave histories as they are. Whether one holds is seen when its second event is taken in: the history has
/// the first or has it not, whatever their days.
#[derive(Clone, Debug)]
pub struct Histories {
    pub order: Order,
    /// By place; several for an event that soft rules are about.
    turns: Vec<Turn>,
    /// Number of histories. The first is empty, the last is full.
    count: usize,
    /// The days that are gone through: first and last.
    days: (i64, i64),
    /// Up to so many weights are kept of every day.
    all_kept: usize,
    /// Predicted elementary steps of one sweep up and down.
    pub operations: f64,
}

/// How an event is taken in where the same soft rules hold.
#[derive(Clone, Debug)]
struct Turn {
    place: usize,
    /// What soft rules make of it; the greater value of each is 1.
    weights: Vec<f64>,
    /// By first day.
    transitions: Vec<Transition>,
    /// The transitions by last day, the latest first.
    late: Vec<u32>,
}

/// An event is added to a history, on one of these days.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Transition {
    from: u32,
    to: u32,
    first: i32,
    last: i32,
}

impl Order {
    /// Puts the variables into an order in which the events of one day can be taken up: what may be on the day of
    /// another goes after it, and what may not goes before it. `None` where there is no such order.
    pub fn new(vars: &[usize], days: impl Fn(usize) -> (i64, i64), rules: &[(usize, Precedence)]) -> Option<Order> {
        let mut waits: Vec<Vec<usize>> = vec![Vec::new(); vars.len()];
        let mut behind = vec![0usize; vars.len()];
        let at = |var: usize| vars.iter().position(|own| *own == var);
        let mut pairs = Vec::with_capacity(rules.len());
        for (_, rule) in rules {
            let (first, second) = (at(rule.first)?, at(rule.second)?);
            pairs.push((first, second));
            let (earlier, later) = if rule.strict { (second, first) } else { (first, second) };
            waits[earlier].push(later);
            behind[later] += 1;
        }
        let mut taken: Vec<usize> = (0..vars.len()).filter(|place| behind[*place] == 0).collect();
        let mut next = 0;
        while next < taken.len() {
            for &later in &waits[taken[next]] {
                behind[later] -= 1;
                if behind[later] == 0 {
                    taken.push(later);
                }
            }
            next += 1;
        }
        if taken.len() < vars.len() || vars.len() > MOST {
            return None;
        }
        let mut place = vec![0; vars.len()];
        taken.iter().enumerate().for_each(|(now, before)| place[*before] = now);
        Some(Order {
            vars: taken.iter().map(|at| vars[*at]).collect(),
            days: taken.iter().map(|at| days(vars[*at])).collect(),
            pairs: pairs.into_iter().map(|(first, second)| (place[first], place[second])).collect(),
            factors: rules.iter().map(|(index, _)| *index).collect(),
            rules: rules.iter().map(|(_, rule)| *rule).collect(),
        })
    }
}

impl Order {
    /// The order with further rules between its variables; `None` where one is of another variable, or there is no order in
    /// which the events of one day could be taken up.
    pub fn stricter(&self, rules: &[Precedence]) -> Option<Order> {
        let place = |var: usize| self.vars.iter().position(|own| *own == var);
        let own = self.rules.iter().copied().zip(self.factors.iter().copied()).map(|(rule, index)| (index, rule));
        let added = rules.iter().map(|rule| (usize::MAX, *rule));
        let all: Vec<(usize, Precedence)> = own.chain(added).collect();
        let days = |var: usize| place(var).map_or((0, 0), |at| self.days[at]);
        Order::new(&self.vars, days, &all)
    }

    /// What the soft rules make of an event (by place) that is added to a history.
    fn soft_weights(&self, place: usize, history: &Set) -> Vec<f64> {
        let own = self.rules.iter().zip(&self.pairs).filter(|(rule, pair)| pair.1 == place && !rule.is_hard());
        let weight = |(rule, pair): (&Precedence, &(usize, usize))| {
            (if holds(history, pair.0) { rule.holds } else { rule.fails }) / rule.greatest()
        };
        own.map(weight).filter(|weight| *weight != 1.0).collect()
    }
}

impl Histories {
    /// Finds all histories; `None` where that, or one sweep over them, takes more than so many steps, or so many bytes with
    /// `number` for each number.
    pub fn new(order: Order, steps: f64, bytes: f64, number: usize) -> Option<Histories> {
        let count = order.vars.len();
        // The first events of the hard and of the soft rules about each event.
        let mut before: Vec<Set> = vec![[0; MOST / 64]; count];
        let mut met: Vec<Set> = before.clone();
        for (rule, (first, second)) in order.rules.iter().zip(&order.pairs) {
            insert(if rule.is_hard() { &mut before[*second] } else { &mut met[*second] }, *first);
        }
        let mut turns: Vec<BTreeMap<Set, Vec<Transition>>> = vec![BTreeMap::new(); count];
        // Whose last day comes first, first.
        let mut by_last: Vec<usize> = (0..count).collect();
        by_last.sort_by_key(|place| order.days[*place].1);
        let days = (order.days.iter().map(|days| days.0).min()?, by_last.last().map(|place| order.days[*place].1)?);
        let mut found = Histories {
            turns: Vec::new(),
            count: 1,
            days,
            all_kept: ALL_KEPT,
            operations: 0.0,
            order,
        };
        // Histories of as many events as there have been rounds, with the latest of their first days.
        let mut level: Vec<(Set, i64)> = vec![([0; MOST / 64], days.0)];
        let mut first_of_level = 0;
        let mut transitions = 0;
        for _ in 0..count {
            let mut numbers: HashMap<Set, u32> = HashMap::new();
            let mut next: Vec<(Set, i64)> = Vec::new();
            let first_of_next = found.count;
            for (index, (history, first)) in level.iter().enumerate() {
                let deadline = by_last.iter().find(|place| !holds(history, **place));
                let last = deadline.map_or(days.1, |place| found.order.days[*place].1);
                for place in (0..count).filter(|place| !holds(history, *place)) {
                    let first = found.order.days[place].0.max(*first);
                    if first > last || before[place].iter().zip(history).any(|(needed, held)| needed & !held != 0) {
                        continue;
                    }
                    let mut longer = *history;
                    insert(&mut longer, place);
                    let to = *numbers.entry(longer).or_insert_with(|| {
                        next.push((longer, first));
                        (first_of_next + next.len() - 1) as u32
                    });
                    let from = (first_of_level + index) as u32;
                    let turn = turns[place].entry(both(&met[place], history)).or_default();
                    turn.push(Transition { from, to, first: first as i32, last: last as i32 });
                    transitions += 1;
                    found.operations += PER_TRANSITION * (last - first + 1) as f64;
                }
                found.operations += PER_HISTORY;
                if found.operations > steps || found.bytes_with(found.count + next.len(), transitions, number) > bytes {
                    return None;
                }
            }
            found.count += next.len();
            first_of_level = first_of_next;
            level = next;
        }
        // Without a full history nothing is possible; that is for others to say.
        if level.is_empty() {
            return None;
        }
        found.operations += (found.count * found.length()) as f64;
        for (place, turns) in turns.into_iter().enumerate() {
            for (history, mut transitions) in turns {
                transitions.sort_by_key(|transition| transition.first);
                let mut late: Vec<u32> = (0..transitions.len() as u32).collect();
                late.sort_by_key(|index| std::cmp::Reverse(transitions[*index as usize].last));
                let weights = found.order.soft_weights(place, &history);
                found.turns.push(Turn { place, weights, transitions, late });
            }
        }
        (found.operations <= steps && found.bytes(number) <= bytes).then_some(found)
    }

    /// Number of days.
    fn length(&self) -> usize {
        (self.days.1 - self.days.0 + 1) as usize
    }

    /// Days from one at which the weights of all histories are kept to the next: each, or as many as there are such days.
    fn stretch(&self) -> usize {
        if self.count * self.length() <= self.all_kept { 1 } else { self.length().isqrt().max(1) }
    }

    /// The place of a variable.
    pub fn place(&self, var: usize) -> Option<usize> {
        self.order.vars.iter().position(|own| *own == var)
    }

    /// Number of histories.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Entries that a sweep keeps.
    pub fn cells(&self) -> f64 {
        (self.count * self.kept() + self.transitions()) as f64
    }

    /// Bytes of it all, where a number takes `number`.
    pub fn bytes(&self, number: usize) -> f64 {
        self.bytes_with(self.count, self.transitions(), number)
    }

    /// The same with so many histories and transitions.
    fn bytes_with(&self, count: usize, transitions: usize, number: usize) -> f64 {
        let each = 2 * size_of::<Transition>() + size_of::<(u32, u32)>();
        count as f64 * (self.kept() * number) as f64 + (transitions * (each + number)) as f64
    }

    /// Days of which the weights of all histories are kept at a time.
    fn kept(&self) -> usize {
        self.length().div_ceil(self.stretch()) + self.stretch() + 3
    }

    fn transitions(&self) -> usize {
        self.turns.iter().map(|turn| turn.transitions.len()).sum()
    }

    /// What soft rules make of each turn.
    fn soft<N: Number>(&self, lost: &mut bool) -> Vec<N> {
        let mut product =
            |turn: &Turn| turn.weights.iter().fold(N::from_f64(1.0), |all, w| all.times(N::from_f64(*w), lost));
        self.turns.iter().map(&mut product).collect()
    }

    /// The turns that are possible on a day, in the order in which they are taken up, each with the index of the day among
    /// its event's and the weight of that.
    fn happening<'h, N: Number>(
        &'h self,
        weights: &'h [Vec<N>],
        day: i32,
    ) -> impl DoubleEndedIterator<Item = (usize, usize, N)> + 'h {
        self.turns.iter().enumerate().filter_map(move |(index, turn)| {
            let at = usize::try_from(i64::from(day) - self.order.days[turn.place].0).ok()?;
            weights[turn.place].get(at).filter(|weight| !weight.is_zero()).map(|weight| (index, at, *weight))
        })
    }
}

fn insert(set: &mut Set, place: usize) {
    set[place / 64] |= 1 << (place % 64);
}

fn both(one: &Set, two: &Set) -> Set {
    std::array::from_fn(|at| one[at] & two[at])
}

fn holds(set: &Set, place: usize) -> bool {
    set[place / 64] >> (place % 64) & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    /// Three events that come before three others, each before two of them, on 30 days with a window for one; which of the
    /// three comes first is more or less likely.
    fn crown() -> Histories {
        let days = |var: usize| if var == 1 { (4, 11) } else { (0, 29) };
        let rule = |first, second| (0, Precedence { first, second, strict: second == 3, holds: 1.0, fails: 0.0 });
        let hard = [(0, 3), (0, 4), (1, 4), (1, 5), (2, 5), (2, 3)].map(|(first, second)| rule(first, second));
        let soft = |first, second| (0, Precedence { first, second, strict: true, holds: 0.25, fails: 2.0 });
        let rules = [&hard[..], &[soft(0, 1), soft(2, 1)]].concat();
        let order = Order::new(&[0, 1, 2, 3, 4, 5], days, &rules).expect("no event waits for itself");
        Histories::new(order, 1e9, 1e9, size_of::<f64>()).expect("small")
    }

    fn weights(histories: &Histories) -> Vec<Vec<f64>> {
        let line = |days: &(i64, i64)| (days.0..=days.1).map(|day| ((day * 7) % 5) as f64).collect();
        histories.order.days.iter().map(line).collect()
    }

    /// What is kept of each day and what is made again from one day in five are the same.
    #[test]
    fn what_is_kept_changes_no_bit() {
        let found = |all_kept: usize| {
            let histories = Histories { all_kept, ..crown() };
            let mut sweep = Sweep::new(&histories, &mut false);
            let total: f64 = sweep.run(&weights(&histories), Asked::All, &mut false);
            let bare = sweep.bare.clone();
            assert_eq!(sweep.run(&weights(&histories), Asked::Total, &mut false), total);
            let mut drawn = Vec::new();
            let mut randoms: Vec<ChaCha8Rng> = (0..40).map(ChaCha8Rng::seed_from_u64).collect();
            let after = draw::followings(&histories, &weights(&histories));
            draw::draw(&histories, &weights(&histories), &after, &mut randoms, |world, place, day| {
                drawn.push((world, place, day))
            });
            assert_eq!((drawn.len(), histories.turns.len()), (240, 9));
            (histories.stretch(), total, bare, drawn)
        };
        let (all, few) = (found(ALL_KEPT), found(0));
        assert_eq!((all.0, few.0), (1, 5));
        assert!(all.1 > 0.0 && all.1 == few.1 && all.2 == few.2);
        assert_eq!(all.3, few.3);
    }

    /// A window leaves out the histories that no day allows.
    #[test]
    fn windows_leave_histories_out() {
        let chains = |window: (i64, i64)| {
            let days = |var: usize| if var < 4 { (0, 9) } else { window };
            let rule = |first| (0, Precedence { first, second: first + 1, strict: true, holds: 1.0, fails: 0.0 });
            let rules: Vec<(usize, Precedence)> = [0, 1, 2, 4, 5, 6].map(rule).to_vec();
            let order = Order::new(&[0, 1, 2, 3, 4, 5, 6, 7], days, &rules).expect("two chains");
            Histories::new(order, 1e9, 1e9, 8).map(|histories| histories.count())
        };
        assert_eq!(chains((0, 9)), Some(25));
        // All may come on the one day that both have; without it the second chain follows the first.
        assert_eq!(chains((9, 19)), Some(25));
        assert_eq!(chains((10, 19)), Some(9));
    }

    #[test]
    fn too_many_histories_are_given_up() {
        let order = Order::new(&(0..60).collect::<Vec<_>>(), |_| (0, 9), &[]).expect("nothing to wait for");
        assert!(Histories::new(order, 1e6, 1e9, 8).is_none());
        let weak = |first, second| (0, Precedence { first, second, strict: false, holds: 1.0, fails: 0.0 });
        assert!(Order::new(&[0, 1], |_| (0, 9), &[weak(0, 1), weak(1, 0)]).is_none());
    }
}
