//! Cases in; their worlds, each with its weight, and the forecasts that follow, out.

pub mod forecast;
pub mod hearing;
pub mod mass;
pub mod truth;
pub mod wide;
pub mod worlds;
