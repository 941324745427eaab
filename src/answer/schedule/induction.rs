//! What holding a decision is worth day by day in; the value of the best policy, and on which evenings it may stop or wait, out:
//! backward induction over what may be known.

use super::problem::{Domain, Held};
use super::watched::{Pairs, Watched};

/// Differences in value below this share of what is at stake mean nothing.
const SLACK: f64 = 1e-11;
/// States of all evenings beyond this are not kept.
pub const MOST_STATES: f64 = 3e9;

/// Evenings on which a decision can be taken, and the states of what is known on them.
pub struct Evenings<'d> {
    pub domain: &'d Domain,
    /// Days between an evening and the day for which it is decided, at least 1.
    pub lead: i32,
    /// The first evening.
    pub first: i32,
}

impl Evenings<'_> {
    /// The earliest day that can be chosen on an evening.
    pub fn earliest(&self, evening: i32) -> i32 {
        evening.max(self.first) + self.lead
    }

    /// The day that is taken where `target` is aimed at and `since` is the evening from which it is known: the first allowed
    /// one from there on, or the last there is where the decision must be held.
    pub fn day(&self, target: i32, since: i32) -> Held {
        let day = self.domain.from(target.max(self.earliest(since)));
        if day.is_none() && !self.domain.never { self.domain.days.last().copied() } else { day }
    }

    /// The evenings, the last first, with the day that can be chosen on each.
    fn backward(&self) -> impl Iterator<Item = i32> {
        let last = self.domain.days.last().map_or(self.first - 1, |day| day - self.lead);
        (self.first..=last).rev()
    }
}

/// A set of numbers for each evening.
struct Marks {
    width: usize,
    bits: Vec<u64>,
}

impl Marks {
    fn new(rows: usize, width: usize) -> Marks {
        Marks { width, bits: vec![0; (rows * width).div_ceil(64)] }
    }

    fn set(&mut self, row: usize, at: usize) {
        let place = row * self.width + at;
        self.bits[place / 64] |= 1 << (place % 64);
    }

    fn get(&self, row: usize, at: usize) -> bool {
        let place = row * self.width + at;
        self.bits[place / 64] >> (place % 64) & 1 == 1
    }
}

/// The best policy: its value, and what is best in every state on every evening.
pub struct Induction<'e> {
    pub evenings: &'e Evenings<'e>,
    pub value: f64,
    columns: usize,
    count: usize,
    /// States in which stopping is worth no less than waiting.
    stop: Marks,
    /// States in which waiting is worth no less than stopping.
    wait: Marks,
    /// States of positive probability.
    alive: Marks,
}

/// Goes back from the last evening; fed with the values of the days, the last first.
pub struct Backward<'e> {
    found: Induction<'e>,
    pairs: &'e Pairs,
    /// The greatest value of a goal or cost.
    scale: f64,
    /// Value and probability of every state.
    values: Vec<f64>,
    probabilities: Vec<f64>,
    /// What stopping is worth in every state.
    stops: Vec<f64>,
    evening: i32,
    /// The cells of the values on the evening.
    cells: (Vec<usize>, Vec<usize>),
}

impl<'e> Backward<'e> {
    /// `never` is what not holding is worth in each pair, where it may be left out. `Evenings` must have one.
    pub fn new(evenings: &'e Evenings<'e>, pairs: &'e Pairs, scale: f64, never: Option<&[f64]>) -> Backward<'e> {
        let columns = pairs.other.cells();
        let states = pairs.one.cells() * columns;
        let last = evenings.backward().next().unwrap_or(evenings.first);
        let count = (last - evenings.first + 1) as usize;
        let marks = || Marks::new(count, states);
        let found = Induction { evenings, value: 0.0, columns, count, stop: marks(), wait: marks(), alive: marks() };
        let cells = (cells(&pairs.one, last), cells(&pairs.other, last));
        let mut made = Backward {
            found,
            pairs,
            scale,
            values: vec![0.0; states],
            probabilities: vec![0.0; states],
            stops: vec![0.0; states],
            evening: last,
            cells,
        };
        made.probabilities = made.by_state(&pairs.probabilities);
        match never {
            Some(never) => made.values = made.by_state(never),
            // Somewhere it must be held.
            None => {
                let alive = made.probabilities.iter().map(|p| if *p > 0.0 { f64::NEG_INFINITY } else { 0.0 });
                made.values = alive.collect();
            }
        }
        made
    }

    /// Sums over the pairs of every state.
    fn by_state(&self, pairs: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.values.len()];
        add_by_state(pairs, &self.cells, self.found.columns, &mut sums);
        sums
    }

    /// The next day on the way back, and what holding on it is worth in each pair.
    pub fn day(&mut self, day: i32, worth: &[f64]) {
        let evening = day - self.found.evenings.lead;
        if evening < self.found.evenings.first {
            return;
        }
        self.go_back_to(evening);
        self.stops.fill(0.0);
        let mut stops = std::mem::take(&mut self.stops);
        add_by_state(worth, &self.cells, self.found.columns, &mut stops);
        let row = (evening - self.found.evenings.first) as usize;
        for (state, stop) in stops.iter().enumerate() {
            let probability = self.probabilities[state];
            if probability <= 0.0 {
                continue;
            }
            let (wait, slack) = (self.values[state], SLACK * self.scale * probability);
            self.found.alive.set(row, state);
            if *stop >= wait - slack {
                self.found.stop.set(row, state);
            }
            if wait >= *stop - slack {
                self.found.wait.set(row, state);
            }
            self.values[state] = wait.max(*stop);
        }
        self.stops = stops;
    }

    /// Evenings on which no day can be chosen: one waits.
    fn go_back_to(&mut self, evening: i32) {
        while self.evening > evening {
            self.merge(self.evening);
            self.evening -= 1;
            if self.evening > evening {
                self.only_wait();
            }
        }
    }

    fn only_wait(&mut self) {
        let row = (self.evening - self.found.evenings.first) as usize;
        for state in (0..self.values.len()).filter(|state| self.probabilities[*state] > 0.0) {
            self.found.alive.set(row, state);
            self.found.wait.set(row, state);
        }
    }

    /// Joins the states that cannot be told apart on the evening before.
    fn merge(&mut self, evening: i32) {
        let (rows, columns) = (self.pairs.one.cells(), self.found.columns);
        let join = |cells: &mut Vec<usize>, watched: &Watched| -> Vec<(usize, usize)> {
            let mut moves = Vec::new();
            for (value, cell) in cells.iter_mut().enumerate() {
                let before = watched.cell(value, evening - 1);
                if before != *cell {
                    moves.push((*cell, before));
                    *cell = before;
                }
            }
            moves.sort_unstable();
            moves.dedup();
            moves
        };
        for (from, to) in join(&mut self.cells.0, &self.pairs.one) {
            for column in 0..columns {
                for table in [&mut self.values, &mut self.probabilities] {
                    table[to * columns + column] += std::mem::take(&mut table[from * columns + column]);
                }
            }
        }
        for (from, to) in join(&mut self.cells.1, &self.pairs.other) {
            for row in 0..rows {
                for table in [&mut self.values, &mut self.probabilities] {
                    table[row * columns + to] += std::mem::take(&mut table[row * columns + from]);
                }
            }
        }
    }

    /// The first evening has been reached.
    pub fn finish(mut self) -> Induction<'e> {
        let first = self.found.evenings.first;
        if self.evening > first {
            self.go_back_to(first);
            self.only_wait();
        }
        self.found.value = self.values.iter().sum();
        self.found
    }
}

fn cells(watched: &Watched, evening: i32) -> Vec<usize> {
    (0..watched.values.len()).map(|value| watched.cell(value, evening)).collect()
}

fn add_by_state(pairs: &[f64], cells: &(Vec<usize>, Vec<usize>), columns: usize, sums: &mut [f64]) {
    for (row, values) in cells.0.iter().zip(pairs.chunks(cells.1.len().max(1))) {
        let sums = &mut sums[row * columns..(row + 1) * columns];
        cells.1.iter().zip(values).for_each(|(column, value)| sums[*column] += value);
    }
}

/// What is best in a state from an evening on, as long as nothing more becomes known.
#[derive(Clone, Debug, PartialEq)]
pub struct Choices {
    /// The days, in order, on which it may be held.
    pub days: Vec<i32>,
    /// Whether it may be left out.
    pub never: bool,
    /// Whether the state cannot last beyond some evening before a day must be taken: from there on, all is the same.
    pub open: bool,
}

impl Induction<'_> {
    /// What is best for a pair of cells, known since an evening.
    pub fn choices(&self, cells: (usize, usize), since: i32) -> Choices {
        let state = cells.0 * self.columns + cells.1;
        let mut found = Choices { days: Vec::new(), never: false, open: false };
        for row in (since.max(self.evenings.first) - self.evenings.first) as usize..self.count {
            let day = self.evenings.first + row as i32 + self.evenings.lead;
            if !self.alive.get(row, state) {
                // More becomes known in any case.
                let rest = self.evenings.domain.days.iter().filter(|other| **other >= day);
                found.days.extend(rest);
                found.open = true;
                found.never = self.evenings.domain.never;
                return found;
            }
            if self.stop.get(row, state) {
                found.days.push(day);
            }
            if !self.wait.get(row, state) {
                return found;
            }
        }
        found.never = self.evenings.domain.never;
        found
    }
}
