//! A circle of inequalities that cannot be met in, arithmetic with dates in the user's own names out.

use super::inequalities::{Inequalities, Inequality};
use super::interval::Place;
use super::member::{Member, affirms};
use super::sentence::Sentence;
use crate::day::Day;
use crate::model::{Event, EventId, Length, Model, Outcome, Point, Side, Start, Strength};

/// What a member demands.
pub fn demand(model: &Model, member: Member) -> Sentence {
    let id = |index: usize| Sentence::default().say(model.events[index].id.as_str());
    let text = |words: &str| Sentence::default().say(words);
    match member {
        Member::Rule(index) => text(&model.rules[index].text),
        Member::Observation(index) => text(&model.observations[index].text),
        Member::Assumption(index) => text(&model.assumptions[index].text),
        Member::Report(index) => {
            let report = &model.reports[index];
            let doubt = match report.strength {
                Strength::LikelihoodRatio(_) => "ruled out by its likelihood ratio of 0: ",
                strength if affirms(strength) => "beyond doubt: ",
                _ => "denied beyond doubt: ",
            };
            text(doubt).say(&report.text)
        }
        Member::On(index) => match model.events[index].start {
            Start::On(day) => id(index).say(" is on ").day(day),
            _ => Sentence::default(),
        },
        Member::Window(index) => match &model.events[index].start {
            Start::Prior { days, .. } => {
                let (first, last) = (model.horizon.0 + days.first, model.horizon.0 + days.last());
                id(index).say(" can start from ").day(first).say(" to ").day(last)
            }
            _ => Sentence::default(),
        },
        Member::Happened(index) => match model.events[index].happened {
            Some(Outcome::Started(day)) => id(index).say(" happened on ").day(day),
            _ => id(index).say(" did not occur"),
        },
        Member::Silence(index, day) => id(index).say(" had not started by ").day(day).say(", or one would have heard"),
    }
}

/// A circle as arithmetic: what each day must be by one after the other, up to the one that cannot.
pub fn arithmetic(model: &Model, inequalities: &Inequalities<'_>, circle: &[usize]) -> Vec<Sentence> {
    let steps: Vec<&Inequality> = circle.iter().map(|index| &inequalities.found[*index]).collect();
    let words = Arithmetic { model, members: inequalities.members() };
    match steps.iter().position(|step| step.from == Place::Origin) {
        Some(start) => words.since_the_origin(steps[start..].iter().chain(&steps[..start]).copied()),
        // That what lasts a day ends where it starts need not be said.
        None => steps.into_iter().filter(|s| s.member.is_some() || s.least != 0).map(|s| words.gap(s)).collect(),
    }
}

struct Arithmetic<'m> {
    model: &'m Model,
    members: &'m [Member],
}

impl Arithmetic<'_> {
    /// The days that follow from the horizon's first day on, and the one by which it cannot be.
    fn since_the_origin<'i>(&self, steps: impl Iterator<Item = &'i Inequality>) -> Vec<Sentence> {
        let mut lines = Vec::new();
        let mut day = self.model.horizon.0;
        let mut reasons: Vec<Sentence> = Vec::new();
        let mut at = Place::Origin;
        for step in steps {
            if let Place::At(point) = at
                && step.to == Place::Origin
            {
                if !reasons.is_empty() {
                    lines.push(self.reached(point, day, std::mem::take(&mut reasons)));
                }
                let latest = self.model.horizon.0 + (-step.least) as i32;
                let limit = self.name(point.event).say(verb(point.side)).say("by ").day(latest);
                lines.push(Sentence::default().say("but ").join(bracketed(limit, vec![self.reason(step)])));
                break;
            }
            day = day + step.least as i32;
            // That what lasts a day ends where it starts need not be said.
            if step.member.is_some() || step.least != 0 || at == Place::Origin {
                reasons.push(self.reason(step));
            }
            at = step.to;
            if let Place::At(point) = at
                && self.is_said(step)
            {
                lines.push(self.reached(point, day, std::mem::take(&mut reasons)));
            }
        }
        lines
    }

    fn reached(&self, point: Point, day: Day, mut reasons: Vec<Sentence>) -> Sentence {
        // What was said comes before what is known anyway.
        reasons.reverse();
        bracketed(self.name(point.event).say(verb(point.side)).say("on or after ").day(day), reasons)
    }

    /// Whether a step is worth a line of its own: what somebody said.
    fn is_said(&self, step: &Inequality) -> bool {
        step.member.is_some_and(|member| !matches!(self.members[member], Member::On(_)))
    }

    /// A step from one event to another, or within one.
    fn gap(&self, step: &Inequality) -> Sentence {
        let (Place::At(from), Place::At(to)) = (step.from, step.to) else { return self.reason(step) };
        if step.member.is_none() && from.event == to.event {
            return self.reason(step);
        }
        let days = |days: i64| format!("{days} day{}", if days == 1 { "" } else { "s" });
        let far = match step.least {
            0 => "no earlier than ".to_string(),
            least if least > 0 => format!("at least {} after ", days(least)),
            least => format!("at most {} before ", days(-least)),
        };
        let line =
            self.name(to.event).say(verb(to.side)).say(far).join(self.name(from.event)).say(verb(from.side).trim_end());
        bracketed(line, vec![self.reason(step)])
    }

    fn name(&self, event: EventId) -> Sentence {
        Sentence::default().say(self.model.events[event.0].id.as_str())
    }

    /// Why a step is so.
    fn reason(&self, step: &Inequality) -> Sentence {
        match step.member.map(|member| self.members[member]) {
            Some(member @ (Member::On(_) | Member::Happened(_) | Member::Silence(..))) => demand(self.model, member),
            Some(Member::Window(event)) => {
                Sentence::default().say("the window of ").say(self.model.events[event].id.as_str())
            }
            Some(member) => {
                let name = member.name(self.model).replacen("assume:", "assumption ", 1).replacen(':', " ", 1);
                Sentence::default().say(name).say(": ").join(demand(self.model, member))
            }
            None => self.nature(step),
        }
    }

    /// What an event can be at all.
    fn nature(&self, step: &Inequality) -> Sentence {
        match (step.from, step.to) {
            (Place::Origin, Place::At(point)) => {
                let day = self.model.horizon.0 + step.least as i32;
                self.name(point.event)
                    .say(" has no earlier day than ")
                    .day(day)
                    .say(self.by_what(point.event, step.least == 0))
            }
            (Place::At(point), Place::Origin) => {
                let latest = -step.least;
                let ends = latest == i64::from(self.model.days()) - 1;
                let day = self.model.horizon.0 + latest as i32;
                self.name(point.event).say(" has no later day than ").day(day).say(self.by_what(point.event, ends))
            }
            (Place::At(from), Place::At(to)) if from.event == to.event => self.length(from.event, step),
            (Place::At(from), Place::At(to)) => {
                let (follower, least) = if to.side == Side::First { (to, true) } else { (from, false) };
                let leader = if least { from } else { to };
                let days = step.least.abs();
                let bound = if least { "at least" } else { "at most" };
                let days = format!("{bound} {days} day{} after ", if days == 1 { "" } else { "s" });
                self.name(follower.event).say(" comes ").say(days).join(self.name(leader.event)).say(" ends")
            }
            (Place::Origin, Place::Origin) => Sentence::default(),
        }
    }

    fn by_what(&self, event: EventId, horizon: bool) -> &'static str {
        let prior = matches!(self.model.events[event.0].start, Start::Prior { .. });
        if horizon || !prior { " (the horizon)" } else { " (its prior)" }
    }

    fn length(&self, event: EventId, step: &Inequality) -> Sentence {
        let Event { length, .. } = &self.model.events[event.0];
        let days = |days: i64| format!("{days} day{}", if days == 1 { "" } else { "s" });
        // From the first day to the last or back.
        let is_least = matches!(step.from, Place::At(Point { side: Side::First, .. }));
        let (bound, day_count) =
            if is_least { ("at least", days(step.least + 1)) } else { ("at most", days(1 - step.least)) };
        let lasts = match length {
            Length::Days(masses) if masses.masses.len() == 1 => format!(" lasts {day_count}"),
            Length::Days(_) => format!(" lasts {bound} {day_count}"),
            Length::WorkingDays(count) => {
                let working = days(i64::from(*count)).replacen(' ', " working ", 1);
                format!(" lasts {working}, {bound} {day_count}")
            }
        };
        self.name(event).say(lasts)
    }
}

fn verb(side: Side) -> &'static str {
    if side == Side::First { " starts " } else { " ends " }
}

/// A line with its reasons behind it.
fn bracketed(line: Sentence, reasons: Vec<Sentence>) -> Sentence {
    let mut line = line.say(" (");
    for (index, reason) in reasons.into_iter().enumerate() {
        line = if index == 0 { line.join(reason) } else { line.say("; ").join(reason) };
    }
    line.say(")")
}
