//! An order of events in; the sets of them that can have happened by a day, and sums over all worlds by such sets, out.

mod core;
mod draw;
mod order;
mod search;
mod sums;
mod sweep;
mod today;

pub use core::{orders, precedence};
pub use order::{Order, Precedence};
use search::Search;
pub use sums::{Groups, Summed, sum_over};
use sweep::{Asked, Sweep};

use super::number::Number;

/// No order of more events is summed over by its histories.
pub const MOST: usize = 256;
/// Steps for each transition of each day: the way up, the same anew on the way back, and the way back.
const PER_TRANSITION: f64 = 6.0;
/// Up to so many weights are kept of every day.
const ALL_KEPT: usize = 1 << 23;

/// A set of events, by their places.
type Set = [u64; MOST / 64];
const EMPTY: Set = [0; MOST / 64];

/// The *histories* of an order: sets of events that can have happened by some day, each with all that come before its
/// members.
///
/// A world is a way from the empty history to the full one. Day by day, event by event, a history either stays or takes the
/// event in, with the weight of that event on that day. So the work is the number of histories times days times events that
/// can be next, whatever the treewidth of the order: a grid of 10×10 has 184,756.
///
/// Soft rules leave histories as they are. Whether one holds is seen when one of its events is taken in: the history has the
/// other or has it not, whatever their days. Where soft rules go round in circles, events of the same day must be told
/// from earlier ones; then a history also says which of its events are of *today*, as long as that matters: at most to
/// the day's end.
#[derive(Clone, Debug)]
pub struct Histories {
    pub order: Order,
    /// In the order in which they are taken up; several for an event that soft rules are about.
    turns: Vec<Turn>,
    /// Number of histories. The first is empty, one is full.
    count: usize,
    full: usize,
    /// The days that are gone through: first and last.
    days: (i64, i64),
    /// Up to so many weights are kept of every day.
    all_kept: usize,
    /// Predicted elementary steps of one sweep up and down.
    pub operations: f64,
}

/// How an event is taken in where the same soft rules hold; or how what has happened on a day becomes past.
#[derive(Clone, Debug)]
struct Turn {
    /// By place; `None` where nothing is taken in.
    event: Option<usize>,
    /// What soft rules make of it.
    weights: Vec<f64>,
    /// By first day.
    transitions: Vec<Transition>,
    /// The transitions by last day, the latest first.
    late: Vec<u32>,
}

/// From one history to another, on one of these days.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Transition {
    from: u32,
    to: u32,
    first: i32,
    last: i32,
}

impl Histories {
    /// Finds all histories; `None` where that, or one sweep over them, takes more than so many steps, or so many bytes with
    /// `number` for each number.
    pub fn new(order: Order, steps: f64, bytes: f64, number: usize) -> Option<Histories> {
        let found = Search::new(order, steps, bytes, number)?.run()?;
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

    /// The turns that are possible on a day, in the order in which they are taken up.
    fn happening<'h, N: Number>(
        &'h self,
        weights: &'h [Vec<N>],
        day: i32,
    ) -> impl DoubleEndedIterator<Item = (usize, Option<Happening<N>>)> + 'h {
        self.turns.iter().enumerate().filter_map(move |(index, turn)| {
            let Some(place) = turn.event else { return Some((index, None)) };
            let at = usize::try_from(i64::from(day) - self.order.days[place].0).ok()?;
            let weight = weights[place].get(at).copied().filter(|weight| !weight.is_zero())?;
            Some((index, Some(Happening { place, at, weight })))
        })
    }
}

/// An event that can happen on a day.
struct Happening<N> {
    place: usize,
    /// Index of the day among its own.
    at: usize,
    weight: N,
}

fn insert(set: &mut Set, place: usize) {
    set[place / 64] |= 1 << (place % 64);
}

fn members(set: &Set) -> impl Iterator<Item = usize> + '_ {
    set.iter()
        .enumerate()
        .filter(|(_, word)| **word != 0)
        .flat_map(|(at, word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| 64 * at + bit))
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
    /// three comes first is more or less likely, going round in a circle.
    fn crown() -> Histories {
        let days = |var: usize| if var == 1 { (4, 11) } else { (0, 29) };
        let rule = |first, second| (0, Precedence { first, second, strict: second == 3, holds: 1.0, fails: 0.0 });
        let hard = [(0, 3), (0, 4), (1, 4), (1, 5), (2, 5), (2, 3)].map(|(first, second)| rule(first, second));
        let soft = |first, second| (0, Precedence { first, second, strict: true, holds: 0.25, fails: 2.0 });
        let rules = [&hard[..], &[soft(0, 1), soft(2, 1), soft(1, 2)]].concat();
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
            assert_eq!(drawn.len(), 240);
            assert!(histories.turns.iter().any(|turn| turn.event.is_none()), "nothing becomes past");
            assert!(histories.turns.iter().any(|turn| turn.weights.len() == 2), "no two soft rules meet");
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
