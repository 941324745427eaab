//! Histories and the weights of days in; the weight of all worlds, and of those with one event on one day, out.

use super::{Happening, Histories};
use crate::infer::number::{Number, Scaled};

/// Sums at least so large make up for products that were lost on the way; at most so large have overflowed none.
const SURE: (f64, f64) = (1e-200, 1e280);

/// What a sweep is to find besides the total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Total,
    /// The weights of the days of one event, by place.
    One(usize),
    All,
}

/// Sweeps over the histories of one order, day by day up and back again, with memory that is used again.
///
/// `up(h)` is the weight of all ways from the empty history to `h`, `down(h)` that of all from `h` to the full one. An
/// event `e` taken in on a day `d` has
///
/// ```text
/// bare(e, d) = Σ_h up(h)·down(h + e)
/// ```
/// over the histories that it can be added to, each with what soft rules make of that: the weight of all worlds with it on
/// that day, but for its own weight of that day. Nothing is subtracted or divided.
pub struct Sweep<'h, N> {
    histories: &'h Histories,
    /// For each event (by place) and day of its own, all but its own weight; of those asked for.
    pub bare: Vec<Vec<N>>,
    /// `up` before the first day of each stretch, and before each day of one stretch.
    starts: Vec<Vec<N>>,
    inner: Vec<Vec<N>>,
    up: Vec<N>,
    down: Vec<N>,
    /// For each turn what soft rules make of it, and `up` of the histories that it starts from, on one day.
    soft: Vec<N>,
    taken: Vec<Vec<N>>,
}

impl<'h, N: Number> Sweep<'h, N> {
    pub fn new(histories: &'h Histories, lost: &mut bool) -> Sweep<'h, N> {
        let order = &histories.order;
        let line = |days: &(i64, i64)| vec![N::ZERO; (days.1 - days.0 + 1) as usize];
        Sweep {
            histories,
            bare: order.days.iter().map(line).collect(),
            starts: Vec::new(),
            inner: Vec::new(),
            up: vec![N::ZERO; histories.count],
            down: vec![N::ZERO; histories.count],
            soft: histories.soft(lost),
            taken: vec![Vec::new(); histories.turns.len()],
        }
    }

    /// The weight of all worlds, where `weights` are those of each event's days; [`Sweep::bare`] is filled as asked.
    pub fn run(&mut self, weights: &[Vec<N>], asked: Asked, lost: &mut bool) -> N {
        let histories = self.histories;
        let (length, stretch) = (histories.length(), histories.stretch());
        let day = |at: usize| (histories.days.0 + at as i64) as i32;
        self.up.fill(N::ZERO);
        self.up[0] = N::from_f64(1.0);
        let mut open = Open::new(histories, false);
        let mut stretches = 0;
        for at in 0..length {
            if asked != Asked::Total && at % stretch == 0 {
                keep(&mut self.starts, stretches, &self.up);
                stretches += 1;
            }
            open.move_to(histories, day(at));
            take_up((histories, &self.soft), &open, weights, day(at), &mut self.up, None, lost);
        }
        let total = self.up[histories.full];
        if asked == Asked::Total {
            return total;
        }
        self.bare.iter_mut().for_each(|line| line.fill(N::ZERO));
        self.down.fill(N::ZERO);
        self.down[histories.full] = N::from_f64(1.0);
        let mut back = Open::new(histories, true);
        for number in (0..stretches).rev() {
            let first = number * stretch;
            let days = stretch.min(length - first);
            keep(&mut self.inner, 0, &self.starts[number]);
            let mut open = Open::new(histories, false);
            for at in 1..days {
                if self.inner.len() == at {
                    self.inner.push(vec![N::ZERO; histories.count]);
                }
                let (before, after) = self.inner.split_at_mut(at);
                after[0].copy_from_slice(&before[at - 1]);
                open.move_to(histories, day(first + at - 1));
                let (chances, into) = ((histories, &self.soft[..]), &mut self.inner[at]);
                take_up(chances, &open, weights, day(first + at - 1), into, None, lost);
            }
            for at in (0..days).rev() {
                let today = day(first + at);
                back.move_to(histories, today);
                let taken = Some((&mut self.taken[..], asked));
                take_up((histories, &self.soft), &back, weights, today, &mut self.inner[at], taken, lost);
                self.take_back(&back, weights, today, asked, lost);
            }
        }
        total
    }

    /// One day of the way back.
    fn take_back(&mut self, open: &Open, weights: &[Vec<N>], day: i32, asked: Asked, lost: &mut bool) {
        let histories = self.histories;
        for (turn, event) in histories.happening(weights, day).rev() {
            let Some(Happening { place, at, weight }) = event else {
                open.steps[turn].iter().for_each(|step| self.down[step.from as usize] = self.down[step.to as usize]);
                continue;
            };
            let soft = self.soft[turn];
            if is_asked(asked, place) {
                let mut vanished = false;
                let mut sum = N::ZERO;
                for (step, up) in open.steps[turn].iter().zip(&self.taken[turn]) {
                    sum = sum.plus(up.times(self.down[step.to as usize], &mut vanished));
                }
                // What is too small for a number is nothing beside a sum that is not.
                *lost |= vanished && !is_sure(sum);
                let entry = &mut self.bare[place][at];
                *entry = entry.plus(sum.times(soft, lost));
            }
            let weight = weight.times(soft, lost);
            for step in &open.steps[turn] {
                let value = self.down[step.to as usize].times(weight, lost);
                let entry = &mut self.down[step.from as usize];
                *entry = entry.plus(value);
            }
        }
    }
}

fn is_asked(asked: Asked, place: usize) -> bool {
    asked == Asked::All || asked == Asked::One(place)
}

fn is_sure<N: Number>(sum: N) -> bool {
    let value: Scaled = sum.scaled();
    let value = value.to_f64();
    SURE.0 < value && value < SURE.1
}

/// Copies `line` to the place `at` of `lines`, which has at least as many already.
pub fn keep<N: Copy>(lines: &mut Vec<Vec<N>>, at: usize, line: &[N]) {
    match lines.get_mut(at) {
        Some(own) => own.copy_from_slice(line),
        None => lines.push(line.to_vec()),
    }
}

/// One day of the way up: what each turn starts from is noted where its event is asked for.
fn take_up<N: Number>(
    (histories, soft): (&Histories, &[N]),
    open: &Open,
    weights: &[Vec<N>],
    day: i32,
    up: &mut [N],
    mut taken: Option<(&mut [Vec<N>], Asked)>,
    lost: &mut bool,
) {
    for (turn, event) in histories.happening(weights, day) {
        let steps = &open.steps[turn];
        let Some(Happening { place, weight, .. }) = event else {
            for step in steps {
                let value = std::mem::replace(&mut up[step.from as usize], N::ZERO);
                let entry = &mut up[step.to as usize];
                *entry = entry.plus(value);
            }
            continue;
        };
        if let Some((taken, asked)) = &mut taken
            && is_asked(*asked, place)
        {
            taken[turn].clear();
            taken[turn].extend(steps.iter().map(|step| up[step.from as usize]));
        }
        let weight = weight.times(soft[turn], lost);
        for step in steps {
            let value = up[step.from as usize].times(weight, lost);
            let entry = &mut up[step.to as usize];
            *entry = entry.plus(value);
        }
    }
}

/// A transition of an event on a day of this weight, on the way back: the weight of the ways that take it, and of all.
pub fn take_back_one<N: Number>(step: &Step, weight: N, down: &mut [N]) -> (N, N) {
    let taken = down[step.to as usize].times_safely(weight);
    let entry = &mut down[step.from as usize];
    *entry = entry.plus(taken);
    (taken, *entry)
}

/// The transitions that are possible on a day, going through the days one by one, forward or back.
pub struct Open {
    /// Of each turn.
    pub steps: Vec<Vec<Step>>,
    /// How many of each turn's transitions have been looked at.
    next: Vec<usize>,
    /// When the first of those that are open ends.
    due: Vec<i32>,
    back: bool,
}

#[derive(Clone, Copy)]
pub struct Step {
    pub from: u32,
    pub to: u32,
    until: i32,
}

impl Open {
    pub fn new(histories: &Histories, back: bool) -> Open {
        let count = histories.turns.len();
        Open { steps: vec![Vec::new(); count], next: vec![0; count], due: vec![i32::MAX; count], back }
    }

    pub fn move_to(&mut self, histories: &Histories, day: i32) {
        let now = if self.back { -day } else { day };
        for (turn, own) in histories.turns.iter().enumerate() {
            let steps = &mut self.steps[turn];
            while let Some(transition) = own.transitions.get(self.next[turn]) {
                let transition =
                    if self.back { own.transitions[own.late[self.next[turn]] as usize] } else { *transition };
                let (since, until) =
                    if self.back { (-transition.last, -transition.first) } else { (transition.first, transition.last) };
                if since > now {
                    break;
                }
                self.next[turn] += 1;
                if until >= now {
                    steps.push(Step { from: transition.from, to: transition.to, until });
                    self.due[turn] = self.due[turn].min(until);
                }
            }
            if self.due[turn] < now {
                steps.retain(|step| step.until >= now);
                self.due[turn] = steps.iter().map(|step| step.until).min().unwrap_or(i32::MAX);
            }
        }
    }
}
