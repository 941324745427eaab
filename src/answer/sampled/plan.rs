//! What is asked of the drawing in, how many worlds the next round has out.

use super::draws::groups_for;
use crate::answer::options::Sampling;

/// The worlds of the first round, where there are several.
const FIRST: usize = 1_024;
/// The same for populations, which are the better the larger.
const FIRST_OF_POPULATIONS: usize = 8_192;
/// Every round makes the worlds at most so many times as many.
const GROWTH: usize = 4;

/// Rounds of draws: few worlds first, so that there is soon something to show.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub groups: usize,
    most: usize,
    error: Option<f64>,
}

/// Why drawing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All that was asked for is there.
    Done,
    /// All worlds are there, but the error is still larger than asked for.
    AllDrawn,
    Stopped,
    MemoryFull,
}

/// How far the drawing is.
#[derive(Clone, Copy, Debug)]
pub struct State {
    pub worlds: usize,
    pub largest_error: f64,
    pub stopped: bool,
    /// How many more there is memory for.
    pub room: usize,
}

impl Plan {
    pub fn new(sampling: &Sampling) -> Plan {
        let endless = if sampling.error.is_some() { usize::MAX } else { Sampling::WORLDS };
        let most = sampling.samples.unwrap_or(endless).max(1);
        Plan { groups: groups_for(most), most, error: sampling.error }
    }

    /// The worlds of the first round, of populations or of independent worlds.
    pub fn first(&self, populations: bool) -> usize {
        let first = if populations { FIRST_OF_POPULATIONS } else { FIRST };
        if self.most <= GROWTH * first { self.most } else { first }
    }

    /// The worlds of the next round, or why there is none.
    pub fn next(&self, state: State) -> Result<usize, Ended> {
        let State { worlds, largest_error, stopped, room } = state;
        if self.error.is_some_and(|error| largest_error <= error) {
            return Err(Ended::Done);
        }
        if worlds >= self.most {
            return Err(if self.error.is_some() { Ended::AllDrawn } else { Ended::Done });
        }
        if stopped {
            return Err(Ended::Stopped);
        }
        let wanted = match self.error {
            // Errors fall with the square root of the number; a few per cent more than that saves a round.
            Some(error) => {
                let factor = (largest_error / error).powi(2) * 1.05;
                (worlds as f64 * factor.min(GROWTH as f64)).ceil() as usize
            }
            None => worlds.saturating_mul(GROWTH),
        };
        let more = wanted.max(worlds + self.groups).min(self.most) - worlds;
        match more.min(room) {
            few if few < self.groups.min(more) => Err(Ended::MemoryFull),
            more => Ok(more),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(worlds: usize, largest_error: f64) -> State {
        State { worlds, largest_error, stopped: false, room: usize::MAX }
    }

    #[test]
    fn rounds_grow_up_to_what_is_asked_for() {
        let plan = Plan::new(&Sampling::default());
        assert_eq!((plan.first(false), plan.first(true), plan.groups), (1_024, 20_000, 32));
        assert_eq!(plan.next(state(1_024, 0.1)), Ok(3 * 1_024));
        assert_eq!(plan.next(state(16_384, 0.1)), Ok(20_000 - 16_384));
        assert_eq!(plan.next(state(20_000, 0.1)), Err(Ended::Done));
        let few = Plan::new(&Sampling { samples: Some(7), ..Sampling::default() });
        assert_eq!((few.first(false), few.groups), (7, 7));
    }

    #[test]
    fn rounds_go_on_until_the_error_is_small() {
        let plan = Plan::new(&Sampling { error: Some(0.01), ..Sampling::default() });
        assert_eq!(plan.next(state(1_024, 0.0101)), Ok(73));
        assert_eq!(plan.next(state(1_024, 0.1)), Ok(3 * 1_024));
        assert_eq!(plan.next(state(1_024, 0.01)), Err(Ended::Done));
        assert_eq!(plan.next(State { stopped: true, ..state(1_024, 0.1) }), Err(Ended::Stopped));
        assert_eq!(plan.next(State { room: 31, ..state(1_024, 0.1) }), Err(Ended::MemoryFull));
        assert_eq!(plan.next(State { room: 40, ..state(1_024, 0.1) }), Ok(40));
        let both = Plan::new(&Sampling { error: Some(0.01), samples: Some(1_024), ..Sampling::default() });
        assert_eq!(both.next(state(1_024, 0.1)), Err(Ended::AllDrawn));
    }
}
