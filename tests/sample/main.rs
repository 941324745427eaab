//! Scenarios in, worlds drawn from them out: as often as the forecast says, each in accord with itself.

mod command;
mod frequency;
mod worlds;
