//! An order in; which events of a history must be known to be of the same day, and how long, out.

use super::order::Order;
use super::search::Node;
use super::{EMPTY, Set, both, holds, insert, members};

/// What soft rules ask of a history when an event is taken in.
pub struct Today {
    /// For each event (by place) the others that its judgements are about.
    asked: Vec<Set>,
    /// For each event those that are judged by whether it happened on the same day.
    judged: Vec<Vec<usize>>,
}

impl Today {
    pub fn new(order: &Order) -> Today {
        let mut asked = vec![EMPTY; order.vars.len()];
        let mut judged = vec![Vec::new(); order.vars.len()];
        for judgement in &order.judgements {
            insert(&mut asked[judgement.event], judgement.other);
            if judgement.is_about_today() {
                judged[judgement.other].push(judgement.event);
            }
        }
        Today { asked, judged }
    }

    /// The last event to be taken up, of those not in a history, that is judged by whether another is of the same day.
    fn last(&self, other: usize, history: &Set) -> Option<usize> {
        self.judged[other].iter().copied().filter(|event| !holds(history, *event)).max()
    }

    /// Whether an event is taken up while all that the node tells to be of today is told so.
    pub fn allows(&self, node: &Node, event: usize) -> bool {
        members(&node.today)
            .all(|other| other < event && self.last(other, &node.history).is_some_and(|last| event <= last))
    }

    /// What is told to be of today when an event has been taken in, with which the history is this.
    pub fn after(&self, node: &Node, history: &Set, event: usize) -> Set {
        let mut today = EMPTY;
        let matters = |other: &usize| self.last(*other, history).is_some_and(|last| last > event);
        members(&node.today).chain([event]).filter(matters).for_each(|other| insert(&mut today, other));
        today
    }

    /// The event after whose turn the node tells less to be of today, and what it tells then.
    pub fn settled(&self, node: &Node) -> Option<(usize, Set)> {
        let until = |other: usize| self.last(other, &node.history).unwrap_or(0);
        let first = members(&node.today).map(until).min()?;
        let mut left = EMPTY;
        members(&node.today).filter(|other| until(*other) > first).for_each(|other| insert(&mut left, other));
        Some((first, left))
    }

    /// What an event's judgements see of a node: which of the others have happened, and which of them today.
    pub fn seen(&self, node: &Node, event: usize) -> (Set, Set) {
        (both(&self.asked[event], &node.history), both(&self.asked[event], &node.today))
    }
}
