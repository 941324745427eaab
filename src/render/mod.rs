//! Answers and diagnostics in; text, JSON and CSV out.

mod changes;
mod chart;
mod check;
mod csv;
mod diagnostic;
mod json;
mod look;
mod rows;
mod text;

pub use changes::{changes_text, difference};
pub use check::check_text;
pub use csv::csv;
pub use diagnostic::diagnostics;
pub use json::{check_json, invalid_json, json, unreadable_json};
pub use look::Look;
pub use rows::{RowFormat, RowText};
pub use text::text;
