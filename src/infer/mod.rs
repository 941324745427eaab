//! A network in, its total weight, marginals and the weights of further requirements out, exactly.

mod calibrate;
mod eliminate;
mod local;
mod number;
mod order;
mod potential;
mod range_sum;
// Not all of its doors are in use yet.
#[allow(dead_code)]
mod sample;
mod table;

pub use calibrate::Calibration;
pub use number::{Number, Scaled};
pub use order::{Limits, TooLarge};
pub use sample::{Batch, Manner, Sampler};
