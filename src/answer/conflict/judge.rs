//! Members of a model in; whether some of them leave a world, by inequalities where these tell, else by solving, out.

use super::enumerate::Judge;
use super::inequalities::{Inequalities, Verdict};
use super::member::{Member, reduced};
use crate::answer::solve::{Trouble, leaves_a_world};
use crate::infer::Limits;
use crate::model::Model;
use std::collections::HashMap;

/// Elementary steps that looking for further conflicts, and for further repairs, may take.
const MOST_STEPS: f64 = 1e9;

/// What looking at an inequality takes, in elementary steps: it is gone over again and again.
const STEPS_OF_INEQUALITY: f64 = 100.0;

/// The members of a model that leave no world together.
pub struct Members<'m> {
    model: &'m Model,
    inequalities: &'m Inequalities<'m>,
    limits: Limits,
    /// What has been told of sets so far.
    told: HashMap<Vec<usize>, bool>,
    /// Steps that may still be taken; `None` as long as there is no end to them.
    left: Option<f64>,
}

impl<'m> Members<'m> {
    pub fn new(model: &'m Model, inequalities: &'m Inequalities<'m>, limits: Limits) -> Members<'m> {
        Members { model, inequalities, limits, told: HashMap::new(), left: None }
    }

    fn spend(&mut self, steps: f64) {
        self.left = self.left.map(|left| left - steps);
    }

    /// Whether these leave no world, and all but any one of them do; what is not known counts as such.
    pub fn is_conflict(&mut self, set: &[usize]) -> bool {
        self.left = None;
        let mut leave = |kept: &[usize]| self.leaves_a_world(kept).ok();
        let all_but = |at: usize| [&set[..at], &set[at + 1..]].concat();
        leave(set) != Some(true) && (0..set.len()).all(|at| leave(&all_but(at)) != Some(false))
    }

    /// Whether a world is left without these, and none where one of them is kept; what is not known counts as such.
    pub fn is_repair(&mut self, set: &[usize]) -> bool {
        self.left = None;
        let count = self.count();
        let mut leave = |given_up: &dyn Fn(usize) -> bool| {
            let kept: Vec<usize> = (0..count).filter(|member| !given_up(*member)).collect();
            self.leaves_a_world(&kept).ok()
        };
        leave(&|member| set.contains(&member)) != Some(false)
            && set.iter().all(|one| leave(&|member| member != *one && set.contains(&member)) != Some(true))
    }
}

impl Judge for Members<'_> {
    fn count(&self) -> usize {
        self.inequalities.members().len()
    }

    fn leaves_a_world(&mut self, kept: &[usize]) -> Result<bool, Trouble> {
        if let Some(told) = self.told.get(kept) {
            return Ok(*told);
        }
        if self.left.is_some_and(|left| left <= 0.0) {
            return Err(Trouble::Stopped);
        }
        self.spend(STEPS_OF_INEQUALITY * self.inequalities.found.len() as f64);
        let told = match self.inequalities.verdict(kept) {
            Verdict::Circle(_) => false,
            Verdict::Feasible => true,
            Verdict::Unknown => {
                let kept: Vec<Member> = kept.iter().map(|member| self.inequalities.members()[*member]).collect();
                let (leaves, steps) = leaves_a_world(&reduced(self.model, &kept), self.limits)?;
                self.spend(steps);
                leaves
            }
        };
        self.told.insert(kept.to_vec(), told);
        Ok(told)
    }

    fn core(&mut self, kept: &[usize]) -> Vec<usize> {
        let Verdict::Circle(circle) = self.inequalities.verdict(kept) else { return kept.to_vec() };
        let core = self.inequalities.core(&circle, kept);
        // Others may have a part in it: a date that makes a rule narrow a prior, say.
        let alone = matches!(self.inequalities.verdict(&core), Verdict::Circle(_));
        if alone { core } else { kept.to_vec() }
    }

    fn is_monotone(&self) -> bool {
        // What puts an event on a day makes its silence mute, and where a report is given up another may speak.
        let alters = |member: &Member| matches!(member, Member::Silence(..) | Member::Report(_));
        !self.inequalities.members().iter().any(alters)
    }

    fn limit(&mut self) {
        self.left = Some(MOST_STEPS.min(self.limits.operations));
    }
}
