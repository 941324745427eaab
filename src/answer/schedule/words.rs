//! Reactions and instructions in, sentences out.

use super::induction::Evenings;
use super::instructions::{Action, Instruction, Range};
use super::problem::Held;
use super::reaction::{Anchor, Reaction};
use super::watched::{Pairs, Phase};
use crate::day::Day;
use crate::model::Model;

/// Names and dates for sentences.
pub struct Words<'w> {
    pub model: &'w Model,
    pub decision: usize,
}

impl Words<'_> {
    fn date(&self, day: i32) -> Day {
        self.model.horizon.0 + day
    }

    fn name(&self) -> &str {
        &self.model.decisions[self.decision].id
    }

    /// A day that is settled from the start.
    pub fn fixed(&self, held: Held) -> String {
        match held {
            Some(day) => format!("on {}", self.date(day)),
            None => "not at all".to_string(),
        }
    }

    /// The same as an instruction.
    pub fn settled(&self, held: Held) -> String {
        match held {
            Some(_) => format!("hold {} {}", self.name(), self.fixed(held)),
            None => format!("leave {} out", self.name()),
        }
    }

    fn counted(&self, event: &str, anchor: Anchor, days: i32) -> String {
        let verb = if anchor == Anchor::Starts { "starts" } else { "ends" };
        match days {
            0 => format!("the day on which {event} {verb}"),
            1 => format!("the day after {event} {verb}"),
            _ => format!("{days} days after {event} {verb}"),
        }
    }

    /// A reaction in one line; `late` where it may come to its latest day.
    pub fn reaction(&self, event: &str, reaction: &Reaction, late: bool) -> String {
        let aimed = self.counted(event, reaction.anchor, reaction.days);
        match (late, reaction.else_held) {
            (false, _) => aimed,
            (true, true) => format!("{aimed}, at the latest {}", self.date(reaction.last)),
            (true, false) => format!("{aimed}, not at all after {}", self.date(reaction.last)),
        }
    }

    /// A reaction step by step.
    pub fn steps(&self, event: &str, reaction: &Reaction, late: bool, evenings: &Evenings<'_>) -> Vec<String> {
        let (verb, done) = if reaction.anchor == Anchor::Starts { ("starts", "started") } else { ("ends", "ended") };
        let then = match reaction.days {
            1 => "the day after".to_string(),
            days => format!("{days} days later"),
        };
        let gaps = evenings.domain.days.windows(2).any(|pair| pair[1] - pair[0] > 1);
        let shift = if gaps { " (or on the first allowed day from there on)" } else { "" };
        let mut steps = vec![format!("wait until {event} {verb}, then hold {} {then}{shift}", self.name())];
        if late {
            let by = self.date(reaction.last - reaction.days);
            let otherwise = if reaction.else_held {
                format!("hold {} on {}", self.name(), self.date(reaction.last))
            } else {
                format!("leave {} out", self.name())
            };
            steps.push(format!("if {event} has not {done} by {by}, {otherwise}"));
        }
        steps
    }

    /// An instruction: the situation, and what to do.
    pub fn instruction(&self, instruction: &Instruction, pairs: &Pairs, evenings: &Evenings<'_>) -> String {
        let watched = [&pairs.one, &pairs.other];
        let event = |at: usize| self.model.events[watched[at].event.0].id.as_str();
        let of: Vec<usize> = (0..2).filter(|at| !watched[*at].vars.is_empty()).collect();
        let range = |at: usize, anchor: Anchor| {
            let found = instruction.ranges.iter().find(|range| range.watched == at && range.anchor == anchor);
            found.map_or(String::new(), |range| format!(" {}", self.range(range)))
        };
        let told = |at: &usize| {
            let (event, started) = (event(*at), range(*at, Anchor::Starts));
            match instruction.phases[*at] {
                Phase::NotStarted => format!("{event} has not started"),
                Phase::Ongoing => format!("{event} has started{started} and goes on"),
                Phase::Known if watched[*at].doubtful.is_empty() => format!("{event} has started{started}"),
                Phase::Known if started.is_empty() => format!("{event} has ended{}", range(*at, Anchor::Ends)),
                Phase::Known => {
                    format!("{event} has started{started} and ended{}", range(*at, Anchor::Ends))
                }
            }
        };
        let mut situation: Vec<String> = of.iter().map(told).collect();
        let waiting = instruction.phases.iter().all(|phase| *phase == Phase::NotStarted);
        let action = match instruction.action {
            Action::On(day) if waiting => {
                let taken = day - evenings.lead;
                if taken >= evenings.first {
                    situation =
                        of.iter().map(|at| format!("{} has not started by {}", event(*at), self.date(taken))).collect();
                }
                format!("hold {} on {}", self.name(), self.date(day))
            }
            Action::On(day) => format!("hold {} on {}", self.name(), self.date(day)),
            Action::After { watched, anchor, days } => {
                format!("hold {} {}", self.name(), self.counted(event(watched), anchor, days))
            }
            Action::AfterBoth { days: 1 } => format!("hold {} the day after the later of them starts", self.name()),
            Action::AfterBoth { days } => format!("hold {} {days} days after the later of them starts", self.name()),
            Action::Soon => format!("hold {} as soon as possible", self.name()),
            Action::LeaveOut => format!("leave {} out", self.name()),
        };
        format!("when {}: {action}", situation.join(" and "))
    }

    fn range(&self, range: &Range) -> String {
        if range.from == range.to {
            format!("on {}", self.date(range.from))
        } else {
            format!("from {} to {}", self.date(range.from), self.date(range.to))
        }
    }
}
