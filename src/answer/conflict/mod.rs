//! A model that leaves no world in; which of its rules, facts and hard reports cannot hold together, and what to give up, out.

mod circle;
mod enumerate;
mod hitting;
mod inequalities;
mod interval;
mod judge;
mod member;
mod sentence;
mod words;

pub use enumerate::{Judge, only_conflicts};
pub use sentence::Sentence;

use super::solve::Trouble;
use crate::infer::Limits;
use crate::model::Model;
use inequalities::{Inequalities, Verdict};
use judge::Members;
use member::members;
use serde::Serialize;

/// So many conflicts and repairs are told where nothing else is asked for.
pub const LISTED: usize = 20;

/// A set of members that leave no world together, while every proper subset leaves one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Conflict {
    /// `rule:ID`, `observation:ID`, `report:ID`, `event:ID.on|window|happened|silence`, `assume:N`; in order.
    pub members: Vec<String>,
    /// Where gaps and windows alone cannot be met the arithmetic of it, else what each member demands.
    pub why: Vec<Sentence>,
    /// How many days the members' gaps and windows would have to give in all, where they alone cannot be met.
    pub days_short: Option<i64>,
    /// For each member the line of the file that it stands in.
    pub lines: Vec<Option<usize>>,
    /// For each member what it demands.
    #[serde(skip)]
    pub demands: Vec<Sentence>,
}

/// Why no world is left.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Explanation {
    /// The smallest first, then in alphabetical order.
    pub conflicts: Vec<Conflict>,
    /// Members whose removal leaves a world, in the same order.
    pub repairs: Vec<Vec<String>>,
    /// Whether there are more conflicts, or may be.
    pub more_conflicts: bool,
    /// Whether there are more repairs, or may be.
    pub more_repairs: bool,
    /// How many days all gaps and windows would have to give in all for a world to be left, where there is nothing else.
    pub days_short: Option<i64>,
}

/// All that cannot hold together, and all that is enough to give up: of each at most so many.
///
/// # Errors
/// Where the first of them would cost more than the limits allow.
pub fn explanation(model: &Model, limits: Limits, most: usize) -> Result<Explanation, Trouble> {
    let all = members(model);
    let inequalities = Inequalities::new(model, &all);
    let mut judge = Members::new(model, &inequalities, limits);
    let (conflicts, repairs) = enumerate::conflicts_and_repairs(&mut judge, most)?;
    // Where silence may be muted by what is given up, sets can grow together in ways that are not seen one by one.
    debug_assert!(
        !judge.is_monotone() || conflicts.sets.iter().all(|set| judge.is_conflict(set)),
        "a conflict is smallest"
    );
    debug_assert!(!judge.is_monotone() || repairs.sets.iter().all(|set| judge.is_repair(set)), "a repair is smallest");
    let names = |set: &Vec<usize>| -> Vec<String> { set.iter().map(|member| all[*member].name(model)).collect() };
    let everything: Vec<usize> = (0..all.len()).collect();
    Ok(Explanation {
        conflicts: conflicts.sets.iter().map(|set| conflict(model, &inequalities, set)).collect(),
        repairs: repairs.sets.iter().map(names).collect(),
        more_conflicts: conflicts.more,
        more_repairs: repairs.more,
        days_short: inequalities.days_short(&everything, false),
    })
}

impl Explanation {
    /// Puts in the line of every member, as far as `line` knows it.
    pub(crate) fn place(&mut self, line: impl Fn(&str) -> Option<usize>) {
        for conflict in &mut self.conflicts {
            conflict.lines = conflict.members.iter().map(|member| line(member)).collect();
        }
    }
}

fn conflict(model: &Model, inequalities: &Inequalities<'_>, set: &[usize]) -> Conflict {
    let members = || set.iter().map(|member| inequalities.members()[*member]);
    let demands: Vec<Sentence> = members().map(|member| words::demand(model, member)).collect();
    let (why, days_short) = match inequalities.verdict(set) {
        Verdict::Circle(circle) => {
            (words::arithmetic(model, inequalities, &circle), inequalities.days_short(set, true))
        }
        _ => (demands.clone(), None),
    };
    let members: Vec<String> = members().map(|member| member.name(model)).collect();
    Conflict { lines: vec![None; members.len()], members, why, days_short, demands }
}
