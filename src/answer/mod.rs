//! What people ask of a scenario in (through inference), answers as plain data out.

mod backtest;
mod check;
mod claimed;
mod compare;
mod conflict;
mod contradiction;
mod explain;
mod forecast;
mod joint;
mod joint_map;
mod knowledge;
mod learn;
mod measure;
mod moments;
mod options;
mod outcome;
mod parallel;
mod sampled;
mod schedule;
mod score;
mod series;
mod solve;
mod summary;
mod sweep;
mod testimony;
mod timeline;
mod warning;
mod worlds;

pub use backtest::{Backtest, BacktestSummary, DateFigures, Evaluation, Figures, Judged, backtest};
pub use check::check;
pub use claimed::{ClaimedDays, claimed_days};
pub use compare::{About, Comparison, EventComparison, Figure, QueryComparison, ReportComparison, Sided, Sides};
pub use conflict::{Conflict, Explanation, Sentence};
pub use explain::{
    EventFigures, EventInfluence, Explained, Herald, News, QueryFigures, QueryInfluence, Reasons, TargetReasons,
    Wanted, explain,
};
pub use forecast::forecast;
pub use joint::JointWindow;
pub use joint_map::{JointMap, JointMapped, MappedEvent, joint_map};
pub use learn::{BetaPrior, Credibility, Learned, LearnedSlip, LearnedSource, learn_cases, learn_scenarios};
pub use measure::{Arithmetic, Gauges, Measured, PlanOutline, Stage, Stages, measure, outline};
pub use options::{MethodChoice, Options, Progress, Sampling, Watch};
pub use outcome::{
    Answer, Check, EventBounds, EventForecast, Forecast, Infeasible, LogEvidence, Method, QueryForecast, Refusal,
    ReportForecast, ReportStanding,
};
#[cfg(test)]
pub use schedule::beside_tables;
pub use schedule::{
    Alternative, AskedDay, AskedPlan, Curve, DayValue, GoalChance, NoPlan, OtherChance, PlanDays, Policy, PolicyChance,
    RequiredGoal, Schedule, Scheduled, SimpleRule, Simulated, schedule,
};
pub use score::{
    Average, BrierParts, Coverage, DateScore, DateSummary, EventScore, QueryReference, QueryScore, QuerySummary,
    ReliabilityBin, ScoreSummary, Scored, ScoredEvent, ScoredQuery, Skill, SourceRecord, When, WindowScore, brier,
    log_score, score,
};
pub use summary::{DayProbability, Level, Quantile, Span, term};
pub use sweep::{SweepCell, SweepRow, sweep, sweep_columns};
pub use timeline::{Every, RowStatus, Stretch, Timeline, TimelineEvent, TimelineRow, timeline};
pub use worlds::{Cell, Column, Rows, Sample, Worlds, sample};
