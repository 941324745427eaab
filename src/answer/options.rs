//! How a forecast is to be made, and who waits for it: plain data, and two questions that the caller answers.

use super::conflict::LISTED;
use crate::infer::Limits;

/// How a forecast is made.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the computation may use.
    pub limits: Limits,
    /// The events (at most three) whose weeks are combined; by default the first three in doubt.
    pub joint: Option<Vec<String>>,
    /// Whether to compute exactly or to draw worlds.
    pub method: MethodChoice,
    /// How worlds are drawn, where they are.
    pub sampling: Sampling,
    /// At most so many conflicts, repairs and contradictions of reports are told.
    pub listed: usize,
}

impl Default for Options {
    /// Exactly where that is within the usual limits, with 20 conflicts where nothing can hold.
    fn default() -> Options {
        Options {
            limits: Limits::default(),
            joint: None,
            method: MethodChoice::default(),
            sampling: Sampling::default(),
            listed: LISTED,
        }
    }
}

/// Whether to compute exactly or to draw worlds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MethodChoice {
    /// Exactly where that is within the limits, else by drawing.
    #[default]
    Auto,
    /// Exactly or not at all.
    Exact,
    /// By drawing, even where an exact answer is within reach.
    Sample,
}

/// How worlds are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// At most so many worlds. Without this and without `error`: [`Sampling::WORLDS`].
    pub samples: Option<usize>,
    /// Enough worlds for every probability to have at most this standard error.
    pub error: Option<f64>,
    /// Another seed, other worlds.
    pub seed: u64,
    /// How many threads draw, at least 1; their number changes nothing in the answer.
    pub threads: usize,
}

impl Sampling {
    /// How many worlds are drawn where nothing else is asked for.
    pub const WORLDS: usize = 20_000;
}

impl Default for Sampling {
    fn default() -> Sampling {
        Sampling { samples: None, error: None, seed: 1, threads: 1 }
    }
}

/// How far the drawing is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Worlds drawn from the forecast so far.
    pub worlds: usize,
    /// The largest standard error of a probability when it was last computed.
    pub error: Option<f64>,
}

/// Who waits for an answer: asked whether it is to end, told how far it is. The library itself has no clock.
#[derive(Clone, Copy)]
pub struct Watch<'w> {
    /// Whether drawing is to end with what there is.
    pub stopped: &'w (dyn Fn() -> bool + Sync),
    /// Told after every round of drawing, when there is something to answer with.
    pub progress: &'w (dyn Fn(Progress) + Sync),
}

impl Default for Watch<'_> {
    /// Somebody who waits as long as it takes.
    fn default() -> Self {
        Watch { stopped: &|| false, progress: &|_| {} }
    }
}
