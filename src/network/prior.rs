//! A prior and the rules about its event alone in, the prior narrowed by them out.

use super::compile::Compiler;
use super::formula::{Formula, Kind, Literal};
use super::{Value, VarId};
use crate::model::{EventId, Length};
use crate::shape::Masses;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Worlds of one event (start and length, and the lengths of events on a date) that are listed to scale its prior.
const MOST_LOCAL_WORLDS: f64 = 5e7;

impl Compiler<'_> {
    /// Takes the days that break the rule out of the event's prior and scales the rest to the probability of occurring.
    pub(super) fn narrow_prior(&mut self, event: EventId, rule: Formula) -> Result<(), String> {
        let start = self.starts[event.0];
        let variable = self.variables[start.0];
        let weights = self.weights[start.0].clone().unwrap_or_default();
        let blocks = weights[..variable.days * variable.lengths].chunks(variable.days.max(1));
        let days = match self.model.events[event.0].length {
            Length::Days(_) => weights[..variable.days].to_vec(),
            // Every day has one length; with the others it weighs nothing.
            Length::WorkingDays(_) => {
                (0..variable.days).map(|day| blocks.clone().map(|block| block[day]).sum()).collect::<Vec<f64>>()
            }
        };
        let occurs: f64 = days.iter().sum();
        if occurs <= 0.0 {
            // There are no days to go: what it says besides is as hard as any rule.
            self.rules.push(rule);
            return Ok(());
        }
        let shares = self.kept_shares(event, &rule, &days)?;
        let total: f64 = days.iter().zip(&shares).map(|(mass, share)| mass * share.kept).sum();
        if total <= 0.0 {
            self.contradiction = true;
            return Ok(());
        }
        let scale = occurs / total;
        let kept = |(mass, share): (&f64, &Share)| if share.kept > 0.0 { mass * scale } else { 0.0 };
        let mut narrowed: Vec<f64> = blocks.flat_map(|block| block.iter().zip(&shares).map(kept)).collect();
        narrowed.extend_from_slice(&weights[variable.days * variable.lengths..]);
        self.weights[start.0] = Some(Arc::new(narrowed));
        // Where the rule leaves some lengths of a day and not others, it stays a requirement on both, but not on the
        // worlds in which the event does not occur: it is days that go.
        if !shares.iter().all(|share| share.whole || share.kept == 0.0) {
            let absent = Literal { kind: Kind::NotTrue, occurring: vec![start], tests: Vec::new() };
            self.rules.push(Formula::or(vec![rule, Formula::Literal(absent)]));
        }
        Ok(())
    }

    /// For every start day of an event how probably the rule is kept.
    fn kept_shares(&self, event: EventId, rule: &Formula, days: &[f64]) -> Result<Vec<Share>, String> {
        let start = self.starts[event.0];
        let vars = rule.vars();
        let lengths: Vec<Lengths<'_>> = (self.starts.iter().zip(&self.ends).zip(&self.model.events))
            .filter_map(|((start, end), event)| {
                Some(Lengths { start: *start, end: *end, masses: event.length_in_doubt()? })
            })
            .filter(|l| vars.contains(&l.end.unwrap_or(l.start)))
            .collect();
        let combinations: f64 = lengths.iter().map(|l| l.masses.masses.len() as f64).product();
        let worlds = combinations * days.len() as f64;
        if worlds > MOST_LOCAL_WORLDS {
            let id = &self.model.events[event.0].id;
            return Err(format!(
                "the rules about '{id}' alone tie {worlds:.1e} combinations of days and lengths together, more than the limit of {MOST_LOCAL_WORLDS:.0e}"
            ));
        }
        let spoken_of = vars.iter().chain(lengths.iter().map(|l| &l.start)).chain([&start]);
        let mut values: BTreeMap<VarId, Value> = spoken_of.map(|var| (*var, self.variables[var.0].value(0))).collect();
        let first = self.variables[start.0].first;
        let last_days = self.last_days(&self.model.events[event.0]);
        let mut kept = Vec::with_capacity(days.len());
        for (index, mass) in days.iter().enumerate() {
            let day = first + index as i32;
            if *mass <= 0.0 {
                kept.push(Share::NONE);
                continue;
            }
            values.insert(start, Value { first: day, last: last_days.as_ref().map_or(day, |days| days.last(day)) });
            kept.push(kept_share(rule, &lengths, &mut values));
        }
        Ok(kept)
    }
}

/// An event of several lengths that a rule about its last day depends on.
struct Lengths<'m> {
    start: VarId,
    /// The variable of its last day, where it has one of its own.
    end: Option<VarId>,
    masses: &'m Masses,
}

/// How probably a rule is kept, over lengths.
#[derive(Clone, Copy, Debug)]
struct Share {
    kept: f64,
    /// Whether no length at all breaks the rule, however improbable.
    whole: bool,
}

impl Share {
    const NONE: Share = Share { kept: 0.0, whole: false };
}

/// How probably the rule is kept with the start days in `values`, over the lengths that it depends on.
fn kept_share(rule: &Formula, lengths: &[Lengths<'_>], values: &mut BTreeMap<VarId, Value>) -> Share {
    let Some((Lengths { start, end, masses }, rest)) = lengths.split_first() else {
        let whole = rule.holds(&|var| values[&var]);
        return Share { kept: f64::from(u8::from(whole)), whole };
    };
    let first = values[start].first;
    let mut share = Share { kept: 0.0, whole: true };
    for (index, mass) in masses.masses.iter().enumerate().filter(|(_, mass)| **mass > 0.0) {
        let last = first + masses.first + index as i32 - 1;
        match end {
            Some(end) => values.insert(*end, Value { first: last, last }),
            None => values.insert(*start, Value { first, last }),
        };
        let inner = kept_share(rule, rest, values);
        share.kept += mass * inner.kept;
        share.whole &= inner.whole;
    }
    // Exactly 1 where no length breaks the rule, whatever the rounding of the masses' sum.
    if share.whole { Share { kept: 1.0, whole: true } } else { share }
}
