//! Answers and diagnostics in; text, JSON, CSV, pictures and pages out.

mod backtest;
mod changes;
mod chart;
mod chart_pair;
mod check;
mod compare;
mod compare_words;
mod conflict;
mod csv;
mod diagnostic;
mod explain;
mod json;
mod learn;
mod look;
mod page;
mod picture;
mod rows;
mod schedule;
mod score;
mod sweep;
mod text;
mod timeline;
mod wording;

pub use backtest::backtest_text;
pub use changes::{changes_text, difference};
pub use check::check_text;
pub use compare::{ComparisonJson, comparison_text};
pub use csv::csv;
pub use diagnostic::diagnostics;
pub use explain::reasons_text;
pub use json::{check_json, invalid_json, json, unreadable_json};
pub use learn::{learned_text, sources_toml};
pub use look::Look;
pub use page::{PageContents, page};
pub use picture::{
    MOST_PIXELS, NoImage, Picture, PictureOptions, SweepCurves, calendar_picture, days_picture, fan_picture,
    influence_picture, joint_picture, sweep_picture,
};
pub use rows::{RowFormat, RowText};
pub use schedule::{no_plan_text, schedule_text};
pub use score::score_text;
pub use sweep::SweepText;
pub use text::text;
pub use timeline::{timeline_csv, timeline_text};
