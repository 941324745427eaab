//! The parts of a network that are trees of pair factors in, all messages and marginals by two sweeps over lines out.

mod forest;
mod kernel;
mod line;
mod window;

pub use forest::{Forest, ForestPlan};
