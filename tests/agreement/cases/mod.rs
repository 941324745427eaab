//! Seeds in; random scenarios as plain data, and their texts, out.

pub mod case;
pub mod coverage;
pub mod draw;
pub mod features;
pub mod generate;
pub mod reports;
pub mod spelling;
pub mod toml;
pub mod window;
pub mod words;
