//! A calibrated network in, worlds out, each with exactly its probability: conditional shares that are kept once made.

use super::super::calibrate::Calibration;
use super::super::number::{Number, Scaled};
use super::super::potential::{Piece, Potential};
use crate::network::Variable;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// Bytes that kept lines may take together, places for them included.
const MOST_KEPT: usize = 128 << 20;

/// Draws worlds of a calibrated network.
///
/// Variables are drawn in the reverse of the elimination order, each given those that its bucket depends on:
///
/// ```text
/// P(x | drawn before) = P(x | others of its bucket) ∝ Π own factors · Π messages from below
/// ```
///
/// For every assignment of the others there is a *line* of shares of `x`, summed up from its first value on, in which the
/// draw is looked up. Lines are made when first needed and kept as long as there is room. A line that is not kept is made
/// again, number by number the same, so that room and threads change no draw.
pub struct Drawer<N> {
    calibration: Arc<Calibration<N>>,
    steps: Vec<Step>,
    /// Bytes left for lines.
    room: AtomicUsize,
}

/// How one variable is drawn.
struct Step {
    var: usize,
    /// The variables that it depends on, each with the distance between lines of its neighbouring values.
    given: Vec<(usize, usize)>,
    /// Lines made so far; empty where there would be too many places.
    lines: Vec<OnceLock<Box<[Entry]>>>,
}

/// A value of positive weight in a line.
#[derive(Clone, Copy)]
struct Entry {
    /// Share of all values up to this one; infinite at the last, whatever the rounding.
    end: f64,
    value: u32,
    /// In the `k`-th of `n` entries the first entry that a part of `k/n` or more may belong to.
    guide: u32,
}

/// Memory for making lines.
struct Workshop<N> {
    weights: Vec<N>,
    /// The product of the factors of steps.
    steps: Vec<N>,
    pieces: Vec<Piece>,
    entries: Vec<Entry>,
}

impl<N: Number> Drawer<N> {
    /// Prepares draws.
    pub fn new(calibration: Arc<Calibration<N>>) -> Drawer<N> {
        Drawer::with_room(calibration, MOST_KEPT)
    }

    fn with_room(calibration: Arc<Calibration<N>>, mut room: usize) -> Drawer<N> {
        let sizes: Vec<usize> = calibration.network().variables.iter().map(Variable::size).collect();
        let order = calibration.drawing_order();
        let steps = order.into_iter().map(|var| Step::new(var, &calibration, &sizes, &mut room)).collect();
        Drawer { calibration, steps, room: AtomicUsize::new(room) }
    }

    pub fn calibration(&self) -> &Calibration<N> {
        &self.calibration
    }

    /// Draws as many worlds as there is place for in `values`: an index for every variable, world after world.
    ///
    /// The total weight must be positive.
    pub fn fill(&self, random: &mut impl Rng, values: &mut [u32]) {
        let width = self.calibration.network().variables.len();
        let mut workshop = Workshop { weights: Vec::new(), steps: Vec::new(), pieces: Vec::new(), entries: Vec::new() };
        for (histories, sums) in self.calibration.orders() {
            // Each world has a source of its own, so that it does not matter how many are drawn beside it.
            let seed: u64 = random.random();
            let source = |world: usize| ChaCha8Rng::seed_from_u64(seed.wrapping_add(world as u64));
            let mut sources: Vec<ChaCha8Rng> = (0..values.len() / width.max(1)).map(source).collect();
            sums.draw(histories, &mut sources, |world, var, value| values[world * width + var] = value as u32);
        }
        for world in values.chunks_exact_mut(width.max(1)) {
            for step in &self.steps {
                world[step.var] = self.value(step, world, random, &mut workshop);
            }
        }
    }

    fn value(&self, step: &Step, world: &mut [u32], random: &mut impl Rng, workshop: &mut Workshop<N>) -> u32 {
        let number: usize = step.given.iter().map(|(var, stride)| world[*var] as usize * stride).sum();
        let place = step.lines.get(number);
        if let Some(line) = place.and_then(OnceLock::get) {
            return look_up(line, random);
        }
        workshop.make(&self.calibration, step.var, world);
        let bytes = size_of_val(&workshop.entries[..]);
        match place {
            Some(place) if self.reserve(bytes) => {
                look_up(place.get_or_init(|| workshop.entries.clone().into_boxed_slice()), random)
            }
            _ => look_up(&workshop.entries, random),
        }
    }

    /// Whether there is room for so many bytes more; if so, they are taken.
    fn reserve(&self, bytes: usize) -> bool {
        self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |room| room.checked_sub(bytes)).is_ok()
    }
}

impl Step {
    /// A step with places for its lines, if `room` holds them.
    fn new<N: Number>(var: usize, calibration: &Calibration<N>, sizes: &[usize], room: &mut usize) -> Step {
        let scope: BTreeSet<usize> = calibration.below(var).flat_map(Potential::scope).copied().collect();
        let mut count = 1usize;
        let mut given = Vec::new();
        for other in scope.into_iter().filter(|other| *other != var) {
            given.push((other, count));
            count = count.saturating_mul(sizes[other]);
        }
        let bytes = count.saturating_mul(size_of::<OnceLock<Box<[Entry]>>>());
        let mut lines = Vec::new();
        if let Some(left) = room.checked_sub(bytes) {
            *room = left;
            lines.resize_with(count, OnceLock::new);
        }
        Step { var, given, lines }
    }
}

impl<N: Number> Workshop<N> {
    /// Makes the line of a variable, given the others of its bucket, in `entries`.
    fn make(&mut self, calibration: &Calibration<N>, var: usize, world: &mut [u32]) {
        let size = calibration.network().variables[var].size();
        for line in [&mut self.weights, &mut self.steps] {
            line.clear();
            line.resize(size, N::from_f64(1.0));
        }
        world[var] = 0;
        // In the order of the elimination, so that no product leaves a range that it kept to there.
        for factor in calibration.below(var) {
            let line = if factor.is_dense() { &mut self.weights } else { &mut self.steps };
            factor.multiply_any(var, world, line, &mut self.pieces, &mut false);
        }
        N::multiply(&mut self.weights, &self.steps, &mut false);
        let total = self.weights.iter().fold(N::ZERO, |sum, weight| sum.plus(*weight)).scaled();
        assert!(!total.is_zero(), "what has been drawn so far leaves every variable a value");
        let inverse = Scaled::ONE.over(total);
        let mut end = 0.0;
        self.entries.clear();
        for (value, weight) in self.weights.iter().enumerate().filter(|(_, weight)| !weight.is_zero()) {
            end += weight.scaled().by(inverse).to_f64();
            self.entries.push(Entry { end, value: value as u32, guide: 0 });
        }
        self.lay_guides();
    }

    fn lay_guides(&mut self) {
        let count = self.entries.len();
        if let Some(last) = self.entries.last_mut() {
            last.end = f64::INFINITY;
        }
        let mut first = 0;
        for at in 0..count {
            while cell(self.entries[first].end, count) < at {
                first += 1;
            }
            self.entries[at].guide = first as u32;
        }
    }
}

/// Which of `count` equal parts of 0 to 1 a number lies in. Never less for a greater number, so that the entry of a part is
/// never before its guide.
fn cell(part: f64, count: usize) -> usize {
    (part * count as f64) as usize
}

/// Draws a value of a line; without chance where there is but one.
fn look_up(line: &[Entry], random: &mut impl Rng) -> u32 {
    if let [only] = line {
        return only.value;
    }
    find(line, random.random())
}

/// The value that the part (from 0, less than 1) of all shares belongs to.
fn find(line: &[Entry], part: f64) -> u32 {
    let start = line[cell(part, line.len())].guide as usize;
    let mut found = line[start];
    for next in &line[start + 1..] {
        if part < found.end {
            break;
        }
        found = *next;
    }
    found.value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::Limits;
    use crate::model::EventId;
    use crate::network::{Factor, Network, Role, VarId};
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    /// Three days in a chain, with weights far apart and some of 0.
    fn chain() -> Network {
        let variable = |event| Variable::of_days(Role::Start(EventId(event)), 0, 4, true);
        let weight = |at: usize| [0.0, 1.0, 1e-40, 3.0, 0.5, 2.0, 7.0][at % 7];
        let table = |one, two, shift: usize| Factor::Table {
            scope: vec![VarId(one), VarId(two)],
            values: Arc::new((0..25).map(|at| weight(at * 3 + shift)).collect()),
        };
        Network {
            variables: (0..3).map(variable).collect(),
            factors: vec![table(0, 1, 0), table(1, 2, 2)],
            starts: (0..3).map(VarId).collect(),
            implied: Vec::new(),
            generations: Vec::new(),
            contradiction: false,
        }
    }

    fn worlds<N: Number>(room: usize) -> Vec<u32> {
        let calibration = Arc::new(Calibration::<N>::new(chain(), Limits::default()).expect("small"));
        let drawer = Drawer::with_room(calibration, room);
        let mut values = vec![0; 3 * 200_000];
        drawer.fill(&mut ChaCha8Rng::seed_from_u64(3), &mut values);
        values
    }

    /// Each combination comes as often as the product of its weights says.
    #[test]
    fn combinations_have_their_probabilities() {
        let Network { factors, .. } = chain();
        let entry = |factor: &Factor, at: usize| match factor {
            Factor::Table { values, .. } => values[at],
            _ => unreachable!("the chain is made of tables"),
        };
        let weights: Vec<f64> = (0..125).map(|at| entry(&factors[0], at / 5) * entry(&factors[1], at % 25)).collect();
        let total: f64 = weights.iter().sum();
        let mut counts = [0.0; 125];
        let drawn = worlds::<f64>(MOST_KEPT);
        drawn.chunks(3).for_each(|world| counts[(world[0] * 25 + world[1] * 5 + world[2]) as usize] += 1.0);
        for (count, weight) in counts.iter().zip(weights) {
            let expected = 200_000.0 * weight / total;
            assert!((count - expected).abs() <= 5.0 * expected.sqrt(), "{count} for {expected}");
        }
    }

    #[test]
    fn room_and_kind_of_number_change_no_draw() {
        let drawn = worlds::<f64>(MOST_KEPT);
        for room in [0, 300, 1000] {
            assert_eq!(worlds::<f64>(room), drawn, "{room}");
        }
        assert_eq!(worlds::<Scaled>(MOST_KEPT), drawn);
    }

    /// The guides lead where looking from the start would.
    #[test]
    fn guides_do_not_mislead() {
        let shares = [1e-17, 0.3, 1e-300, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1];
        let mut workshop = Workshop::<f64> { weights: vec![], steps: vec![], pieces: vec![], entries: vec![] };
        let mut end = 0.0;
        for (value, share) in shares.iter().enumerate() {
            end += share;
            workshop.entries.push(Entry { end, value: value as u32, guide: 0 });
        }
        workshop.lay_guides();
        let line = &workshop.entries;
        let ends = line.iter().flat_map(|entry| [entry.end, entry.end.next_down(), entry.end.next_up()]);
        let parts = (0..1000).map(|at| f64::from(at) / 1000.0).chain(ends).filter(|part| *part < 1.0);
        for part in parts {
            let plainly = line.iter().find(|entry| part < entry.end).map(|entry| entry.value);
            assert_eq!(Some(find(line, part)), plainly, "{part}");
        }
        assert_eq!(find(line, 1f64.next_down()), 8);
    }
}
