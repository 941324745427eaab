//! Answers of a schedule, as plain data.

use crate::answer::outcome::{Infeasible, Method};
use crate::answer::summary::Span;
use crate::day::Day;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// What comes of asking for a schedule.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Scheduled {
    Schedule(Box<Schedule>),
    /// No plan keeps all that is required.
    NoPlan(Box<NoPlan>),
    /// No world is left to plan for. This is an answer, not an error.
    Infeasible(Infeasible),
}

/// The best plan, what else there is, and what reacting is worth.
#[derive(Clone, Debug, Serialize)]
pub struct Schedule {
    pub title: Option<String>,
    pub horizon: Span,
    pub as_of: Option<Day>,
    pub method: Method,
    /// Always true.
    pub feasible: bool,
    /// The day of each decision; `None`: it is left out.
    pub plan: PlanDays,
    /// `Σ value·P − Σ cost`.
    pub value: f64,
    /// Whether no plan is worth more.
    pub proven: bool,
    /// No plan is worth more than this much more.
    pub gap: f64,
    pub goals: Vec<GoalChance>,
    /// The plan that was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<AskedPlan>,
    /// The next best plans that differ by more than two days.
    pub alternatives: Vec<Alternative>,
    pub curves: Vec<Curve>,
    /// `None` where reacting is out of reach.
    pub policy: Option<Policy>,
    /// The value if all dates were known beforehand; `None` where that is out of reach.
    pub clairvoyant: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clairvoyant_error: Option<f64>,
    /// What to know when reading this.
    pub warnings: Vec<String>,
}

/// Days of decisions, by name.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanDays(pub Vec<(String, Option<Day>)>);

impl Serialize for PlanDays {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (decision, day) in &self.0 {
            map.serialize_entry(decision, day)?;
        }
        map.end()
    }
}

/// A goal, and how probable it is under the plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GoalChance {
    pub id: String,
    pub says: String,
    pub value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_probability: Option<f64>,
    pub probability: f64,
}

/// How probable a goal is under another plan, and how much that is more than under the best.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OtherChance {
    pub id: String,
    pub probability: f64,
    pub change: f64,
}

/// Another plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alternative {
    pub plan: PlanDays,
    pub value: f64,
    /// What it is worth less than the best.
    pub regret: f64,
    pub goals: Vec<OtherChance>,
}

/// A plan that was asked about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AskedPlan {
    pub plan: PlanDays,
    pub value: f64,
    pub regret: f64,
    pub goals: Vec<OtherChance>,
    pub keeps_rules: bool,
    /// Whether each goal is as probable as it must be.
    pub keeps_required: bool,
}

/// The value by the day of one decision, the others as in the best plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curve {
    pub decision: String,
    pub days: Vec<DayValue>,
    /// The value where it is left out, if it may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_held: Option<f64>,
}

/// A day, and the value of holding a decision on it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DayValue {
    pub date: Day,
    pub value: f64,
    /// False where a goal is less probable than it must be.
    #[serde(skip_serializing_if = "is_true")]
    pub keeps_required: bool,
}

fn is_true(value: &bool) -> bool {
    *value
}

/// How to react to what becomes known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Policy {
    /// All of it in one sentence or list.
    pub rule: String,
    /// The same, an instruction each.
    pub instructions: Vec<String>,
    pub value: f64,
    pub goals: Vec<PolicyChance>,
    /// What is watched.
    pub watched: Vec<String>,
    /// Whether no policy that watches these is worth more (for several decisions: none of the family that is looked through).
    pub proven: bool,
    /// Whether every goal is as probable as it must be.
    pub keeps_required: bool,
    /// A simpler rule and its value, where the best takes many instructions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simple: Option<SimpleRule>,
    /// The policy carried out in drawn worlds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulated: Option<Simulated>,
}

/// How probable a goal is under a policy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PolicyChance {
    pub id: String,
    pub probability: f64,
}

/// A rule of one sentence, and what it is worth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SimpleRule {
    pub rule: String,
    pub value: f64,
}

/// What following a policy was worth in drawn worlds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Simulated {
    pub worlds: usize,
    pub value: f64,
    pub value_error: f64,
}

/// Why there is no plan.
#[derive(Clone, Debug, Serialize)]
pub struct NoPlan {
    pub title: Option<String>,
    pub horizon: Span,
    pub as_of: Option<Day>,
    /// Always false.
    pub feasible: bool,
    pub why: String,
    pub required: Vec<RequiredGoal>,
}

/// A goal that must have a probability, and the greatest that any plan gives it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RequiredGoal {
    pub id: String,
    pub says: String,
    pub min_probability: f64,
    /// `None` where no plan keeps the rules among decisions.
    pub best_probability: Option<f64>,
    pub plan: Option<PlanDays>,
}
