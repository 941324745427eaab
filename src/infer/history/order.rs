//! Rules between days in; the order in which the events of a day are taken up, and when each rule is judged, out.

use super::{EMPTY, MOST, Set, holds, insert};

/// Some variables and which of them come before others: what lies between is days alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// In the order in which events of one day are taken up (see [`Order::new`]). A variable's index is its *place*.
    pub vars: Vec<usize>,
    /// Their days, by place: first and last.
    pub days: Vec<(i64, i64)>,
    /// The rules, and the indices of the factors that say so.
    pub rules: Vec<Precedence>,
    pub factors: Vec<usize>,
    /// For each event (by place) those that must have happened before it can be taken in.
    pub(super) before: Vec<Set>,
    pub(super) judgements: Vec<Judgement>,
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
    pub fn is_hard(&self) -> bool {
        self.fails == 0.0
    }

    pub fn greatest(&self) -> f64 {
        self.holds.max(self.fails)
    }
}

/// What a soft rule makes of an event's being taken in, by what has become of the other one; the greatest value is 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Judgement {
    /// The event (by place) that is taken in, and the other one.
    pub event: usize,
    pub other: usize,
    /// The other has not happened, not even on this day so far.
    pub absent: f64,
    /// It has happened on this day.
    pub today: f64,
    /// It has happened before this day.
    pub past: f64,
}

impl Judgement {
    /// Where the places of both events are known. An event that is taken up before the other has that of the same day not
    /// yet in its history, and one that is taken up after it has; where neither is what the rule means by it, days that are
    /// the same must be told apart.
    fn new(rule: &Precedence, first: usize, second: usize) -> Judgement {
        let (holds, fails) = (rule.holds / rule.greatest(), rule.fails / rule.greatest());
        match (rule.strict, first < second) {
            (true, false) | (false, true) => {
                Judgement { event: second, other: first, absent: fails, today: holds, past: holds }
            }
            (true, true) => Judgement { event: second, other: first, absent: fails, today: fails, past: holds },
            (false, false) => Judgement { event: first, other: second, absent: holds, today: holds, past: fails },
        }
    }

    /// Whether it matters on which day the other happened.
    pub fn is_about_today(&self) -> bool {
        self.today != self.past
    }
}

impl Order {
    /// Puts the variables into an order in which the events of one day can be taken up: what may be on the day of
    /// another goes after it, and what may not goes before it. `None` where there is no such order for the hard rules.
    pub fn new(vars: &[usize], days: impl Fn(usize) -> (i64, i64), rules: &[(usize, Precedence)]) -> Option<Order> {
        let at = |var: usize| vars.iter().position(|own| *own == var);
        let mut waits: Vec<Vec<(usize, bool)>> = vec![Vec::new(); vars.len()];
        // How many hard and how many soft rules each waits for.
        let mut behind = vec![(0usize, 0usize); vars.len()];
        let mut pairs = Vec::with_capacity(rules.len());
        for (_, rule) in rules {
            let (first, second) = (at(rule.first)?, at(rule.second)?);
            pairs.push((first, second));
            let (earlier, later) = if rule.strict { (second, first) } else { (first, second) };
            waits[earlier].push((later, rule.is_hard()));
            let (hard, soft) = &mut behind[later];
            *if rule.is_hard() { hard } else { soft } += 1;
        }
        if vars.len() > MOST {
            return None;
        }
        let mut taken: Vec<usize> = (0..vars.len()).filter(|at| behind[*at] == (0, 0)).collect();
        let mut is_taken = vec![false; vars.len()];
        taken.iter().for_each(|at| is_taken[*at] = true);
        let mut next = 0;
        while next < vars.len() {
            if next == taken.len() {
                // Soft rules go round in circles.
                let free = (0..vars.len()).filter(|at| !is_taken[*at] && behind[*at].0 == 0);
                let least = free.min_by_key(|at| behind[*at].1)?;
                is_taken[least] = true;
                taken.push(least);
            }
            for &(later, is_hard) in &waits[taken[next]] {
                let (hard, soft) = &mut behind[later];
                *if is_hard { hard } else { soft } -= 1;
                if behind[later] == (0, 0) && !std::mem::replace(&mut is_taken[later], true) {
                    taken.push(later);
                }
            }
            next += 1;
        }
        let mut place = vec![0; vars.len()];
        taken.iter().enumerate().for_each(|(now, before)| place[*before] = now);
        let mut before: Vec<Set> = vec![EMPTY; vars.len()];
        let mut judgements = Vec::new();
        for ((_, rule), (first, second)) in rules.iter().zip(pairs) {
            let (first, second) = (place[first], place[second]);
            if rule.is_hard() {
                insert(&mut before[second], first);
            } else {
                judgements.push(Judgement::new(rule, first, second));
            }
        }
        Some(Order {
            vars: taken.iter().map(|at| vars[*at]).collect(),
            days: taken.iter().map(|at| days(vars[*at])).collect(),
            factors: rules.iter().map(|(index, _)| *index).collect(),
            rules: rules.iter().map(|(_, rule)| *rule).collect(),
            before,
            judgements,
        })
    }

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

    /// The last day on which a history can be the same; `None` of the full one. `by_last` are all places by their last days.
    pub(super) fn deadline(&self, by_last: &[usize], history: &Set) -> Option<i64> {
        by_last.iter().find(|place| !holds(history, **place)).map(|place| self.days[*place].1)
    }

    /// What soft rules make of an event (by place) that is added to a history, of which some happened on the same day.
    pub(super) fn weights(&self, place: usize, (history, today): &(Set, Set)) -> Vec<f64> {
        let own = self.judgements.iter().filter(|judgement| judgement.event == place);
        let weight = |judgement: &Judgement| match (holds(history, judgement.other), holds(today, judgement.other)) {
            (false, _) => judgement.absent,
            (true, true) => judgement.today,
            (true, false) => judgement.past,
        };
        own.map(weight).filter(|weight| *weight != 1.0).collect()
    }
}
