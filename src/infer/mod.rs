//! A network in, its total weight, marginals and the weights of further requirements out, exactly.

mod bands;
mod buckets;
mod calibrate;
mod condition;
mod cutset;
mod eliminate;
mod gaps;
mod history;
mod lanes;
mod lines;
mod local;
mod number;
mod order;
mod plan;
mod potential;
mod range_sum;
mod rows;
mod run;
mod sample;
mod table;
mod tree;
#[cfg(test)]
mod trial;

pub use calibrate::Calibration;
pub use number::{Number, Scaled};
pub use order::{Engine, Limits, TooLarge};
pub use plan::Plan;
pub use sample::{Batch, Conditionals, Manner, Room, Sampler};
