//! An order in; its histories and the ways from one to the next, out.

use super::order::Order;
use super::today::Today;
use super::{ALL_KEPT, EMPTY, Histories, PER_TRANSITION, Set, Transition, Turn, holds, insert};
use std::collections::{BTreeMap, HashMap};

/// Steps to find a history.
const PER_HISTORY: f64 = 200.0;

/// The histories found so far.
pub struct Search {
    today: Today,
    /// Places of events, whose last day comes first, first.
    by_last: Vec<usize>,
    /// For each event (by place), by what its judgements see.
    turns: Vec<BTreeMap<(Set, Set), Vec<Transition>>>,
    /// After the turn of each event.
    settling: Vec<Vec<Transition>>,
    transitions: usize,
    found: Histories,
    /// The most steps and bytes there may be, and the bytes of a number.
    steps: f64,
    bytes: f64,
    number: usize,
}

/// Some history, what in it is told to have happened today, and the latest first day of its events.
#[derive(Clone, Copy)]
pub struct Node {
    pub history: Set,
    pub today: Set,
    first: i64,
}

/// Nodes of as many events, and their numbers.
#[derive(Default)]
struct Level {
    nodes: Vec<Node>,
    numbers: HashMap<(Set, Set), usize>,
}

impl Level {
    /// The number of a node, which may be new.
    fn number(&mut self, node: Node) -> usize {
        *self.numbers.entry((node.history, node.today)).or_insert_with(|| {
            self.nodes.push(node);
            self.nodes.len() - 1
        })
    }
}

impl Search {
    /// `None` where nothing is to be ordered.
    pub fn new(order: Order, steps: f64, bytes: f64, number: usize) -> Option<Search> {
        let count = order.vars.len();
        let mut by_last: Vec<usize> = (0..count).collect();
        by_last.sort_by_key(|place| order.days[*place].1);
        let days = (order.days.iter().map(|days| days.0).min()?, by_last.last().map(|place| order.days[*place].1)?);
        Some(Search {
            today: Today::new(&order),
            by_last,
            turns: vec![BTreeMap::new(); count],
            settling: vec![Vec::new(); count],
            transitions: 0,
            found: Histories { turns: Vec::new(), count: 0, full: 0, days, all_kept: ALL_KEPT, operations: 0.0, order },
            steps,
            bytes,
            number,
        })
    }

    /// Finds them all, those with fewer events first; `None` where there are too many, or no full one.
    pub fn run(mut self) -> Option<Histories> {
        let mut level = Level::default();
        level.number(Node { history: EMPTY, today: EMPTY, first: self.found.days.0 });
        for _ in 0..self.found.order.vars.len() {
            let first = self.found.count;
            self.settle(&mut level);
            level = self.extend(&level, first)?;
        }
        let first = self.found.count;
        self.settle(&mut level);
        // Without a full history nothing is possible; that is for others to say.
        self.found.full = first + level.nodes.iter().position(|node| node.today == EMPTY)?;
        let Search { mut found, turns, settling, .. } = self;
        found.operations += (found.count * found.length()) as f64;
        for (place, (turns, settling)) in turns.into_iter().zip(settling).enumerate() {
            for (seen, transitions) in turns {
                found.turns.push(Turn::new(Some(place), found.order.weights(place, &seen), transitions));
            }
            if !settling.is_empty() {
                found.turns.push(Turn::new(None, Vec::new(), settling));
            }
        }
        Some(found)
    }

    /// Lets the events of today become past, and counts the nodes of the level.
    fn settle(&mut self, level: &mut Level) {
        let first_of_level = self.found.count;
        let mut index = 0;
        while let Some(node) = level.nodes.get(index).copied() {
            if let Some((place, left)) = self.today.settled(&node) {
                let to = level.number(Node { today: left, ..node });
                let days = (node.first, self.last(&node));
                let ends = (first_of_level + index, first_of_level + to);
                let transition = self.transition(ends, days);
                self.settling[place].push(transition);
            }
            index += 1;
        }
        self.found.count += level.nodes.len();
    }

    /// All that have one event more than those of a level; `None` where there are too many.
    fn extend(&mut self, level: &Level, first_of_level: usize) -> Option<Level> {
        let mut next = Level::default();
        for (index, node) in level.nodes.iter().enumerate() {
            let last = self.last(node);
            for place in 0..self.found.order.vars.len() {
                let first = self.found.order.days[place].0.max(node.first);
                if first > last || !self.can_add(node, place) {
                    continue;
                }
                let mut history = node.history;
                insert(&mut history, place);
                let today = self.today.after(node, &history, place);
                let to = next.number(Node { history, today, first });
                let transition = self.transition((first_of_level + index, self.found.count + to), (first, last));
                self.turns[place].entry(self.today.seen(node, place)).or_default().push(transition);
            }
            self.found.operations += PER_HISTORY;
            let bytes = self.found.bytes_with(self.found.count + next.nodes.len(), self.transitions, self.number);
            if self.found.operations > self.steps || bytes > self.bytes {
                return None;
            }
        }
        Some(next)
    }

    fn transition(&mut self, ends: (usize, usize), (first, last): (i64, i64)) -> Transition {
        self.transitions += 1;
        self.found.operations += PER_TRANSITION * (last - first + 1).max(0) as f64;
        Transition { from: ends.0 as u32, to: ends.1 as u32, first: first as i32, last: last as i32 }
    }

    /// Whether an event (by place) is none of a history's, and all that it waits for are.
    fn can_add(&self, node: &Node, place: usize) -> bool {
        let waits = self.found.order.before[place].iter().zip(&node.history).any(|(needed, held)| needed & !held != 0);
        !waits && !holds(&node.history, place) && self.today.allows(node, place)
    }

    /// The last day on which a history can be the same.
    fn last(&self, node: &Node) -> i64 {
        self.found.order.deadline(&self.by_last, &node.history).unwrap_or(self.found.days.1)
    }
}

impl Turn {
    fn new(event: Option<usize>, weights: Vec<f64>, mut transitions: Vec<Transition>) -> Turn {
        transitions.sort_by_key(|transition| transition.first);
        let mut late: Vec<u32> = (0..transitions.len() as u32).collect();
        late.sort_by_key(|index| std::cmp::Reverse(transitions[*index as usize].last));
        Turn { event, weights, transitions, late }
    }
}
