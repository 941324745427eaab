//! Histories and the weights of days in; worlds out, each with exactly its probability.

use super::sweep::{Open, keep, take_back_one};
use super::{Happening, Histories};
use crate::infer::number::Number;
use rand::{Rng, RngExt};

/// Draws worlds side by side, day by day: each of them takes an event in by the share that this has of the weight of all
/// ways from its history to the full one.
///
/// `after` is what [`followings`] gives; `randoms` are the sources of chance, one for each world; `take` is told which world takes in which event (by place) on
/// which day of that event's own. The total weight must be positive, and no number lost in a sweep over it.
pub fn draw<N: Number>(
    histories: &Histories,
    weights: &[Vec<N>],
    after: &[Vec<N>],
    randoms: &mut [impl Rng],
    mut take: impl FnMut(usize, usize, usize),
) {
    let (length, stretch) = (histories.length(), histories.stretch());
    let stretches = length.div_ceil(stretch);
    let day = |at: usize| (histories.days.0 + at as i64) as i32;
    let mut day_of = Day { share: vec![0.0; histories.count], next: vec![0; histories.count] };
    let mut history = vec![0u32; randoms.len()];
    let mut shares: Vec<Vec<f64>> = vec![Vec::new(); histories.turns.len()];
    let soft = histories.soft(&mut false);
    let mut inner: Vec<Vec<N>> = Vec::new();
    for number in 0..stretches {
        let days = number * stretch..length.min((number + 1) * stretch);
        // What follows each day of the stretch, the last first.
        keep(&mut inner, 0, &after[stretches - 1 - number]);
        let mut back = Open::new(histories, true);
        for (index, at) in days.clone().skip(1).rev().enumerate() {
            let mut down = inner[index].clone();
            back.move_to(histories, day(at));
            back_by((histories, &soft), &back, weights, day(at), &mut down);
            keep(&mut inner, index + 1, &down);
        }
        let mut open = Open::new(histories, false);
        for at in days.clone() {
            let today = day(at);
            open.move_to(histories, today);
            shares.iter_mut().for_each(Vec::clear);
            let down = &mut inner[days.end - 1 - at];
            each_back((histories, &soft), &open, weights, today, down, |turn, share| shares[turn].push(share));
            for (turn, shares) in shares.iter().enumerate().filter(|(_, shares)| !shares.is_empty()) {
                let steps = &open.steps[turn];
                for (step, share) in steps.iter().zip(shares) {
                    day_of.share[step.from as usize] = *share;
                    day_of.next[step.from as usize] = step.to;
                }
                let event = histories.turns[turn].event;
                let event = event.map(|place| (place, (i64::from(today) - histories.order.days[place].0) as usize));
                for (world, (history, random)) in history.iter_mut().zip(randoms.iter_mut()).enumerate() {
                    let share = day_of.share[*history as usize];
                    if share >= 1.0 || (share > 0.0 && random.random::<f64>() < share) {
                        *history = day_of.next[*history as usize];
                        if let Some((place, at)) = event {
                            take(world, place, at);
                        }
                    }
                }
                steps.iter().for_each(|step| day_of.share[step.from as usize] = 0.0);
            }
        }
    }
}

/// The weights of all ways from each history to the full one, after each stretch of days, the last stretch first.
pub fn followings<N: Number>(histories: &Histories, weights: &[Vec<N>]) -> Vec<Vec<N>> {
    let (length, stretch) = (histories.length(), histories.stretch());
    let mut down = vec![N::ZERO; histories.count];
    down[histories.full] = N::from_f64(1.0);
    let mut back = Open::new(histories, true);
    let soft = histories.soft(&mut false);
    let mut found = Vec::new();
    for number in (0..length.div_ceil(stretch)).rev() {
        found.push(down.clone());
        for at in (number * stretch..length.min((number + 1) * stretch)).rev().filter(|_| number > 0) {
            let day = (histories.days.0 + at as i64) as i32;
            back.move_to(histories, day);
            back_by((histories, &soft), &back, weights, day, &mut down);
        }
    }
    found
}

/// What one event does on one day, by history: the share of the ways that take it in, and where they lead.
struct Day {
    share: Vec<f64>,
    next: Vec<u32>,
}

/// One day of the way back.
fn back_by<N: Number>(chances: (&Histories, &[N]), open: &Open, weights: &[Vec<N>], day: i32, down: &mut [N]) {
    each_back(chances, open, weights, day, down, |_, _| {});
}

/// The same, telling for each turn that is possible the share of each transition in the order in which they are open.
fn each_back<N: Number>(
    (histories, soft): (&Histories, &[N]),
    open: &Open,
    weights: &[Vec<N>],
    day: i32,
    down: &mut [N],
    mut tell: impl FnMut(usize, f64),
) {
    for (turn, event) in histories.happening(weights, day).rev() {
        let Some(Happening { weight, .. }) = event else {
            for step in &open.steps[turn] {
                down[step.from as usize] = down[step.to as usize];
                tell(turn, 1.0);
            }
            continue;
        };
        let weight = weight.times_safely(soft[turn]);
        for step in &open.steps[turn] {
            let (taken, whole) = take_back_one(step, weight, down);
            tell(turn, if taken.is_zero() { 0.0 } else { taken.share(whole) });
        }
    }
}
