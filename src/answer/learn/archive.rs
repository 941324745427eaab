//! Scenarios whose outcome is known in; what their sources have shown out, by the same formula as for a table.

use super::super::options::Options;
use super::super::score::{Testimony, alone, testimonies, truth_when_slipped};
use super::super::series::{Found, Series};
use super::credibility::{BetaPrior, Heard};
use super::{Learned, Learner, Lesson};
use crate::day::Day;
use crate::model::{Bound, Model, Outcome, Proposition, Side, Strength};
use crate::shape::{Slip, Tails};

/// Learns from scenarios, in the order in which the truth of each testimony became known; what is said about an event's dates
/// alone tells of slips as well.
pub fn learn_scenarios(models: &[&Model], prior: BetaPrior, options: &Options) -> Learned {
    let mut spoken: Vec<(&Model, Testimony)> =
        models.iter().flat_map(|model| testimonies(model).into_iter().map(|testimony| (*model, testimony))).collect();
    spoken.sort_by_key(|(_, testimony)| testimony.known);
    let mut learner = Learner::new(prior, 1.0, true);
    for day in spoken.chunk_by(|one, other| one.1.known == other.1.known) {
        let lessons = day.iter().filter_map(|(model, testimony)| lesson(model, testimony, &learner, options)).collect();
        learner.take(lessons);
    }
    let resolved = models.iter().filter(|model| model.events.iter().any(|event| event.happened.is_some()));
    let happened =
        |model: &&&Model| model.events.iter().any(|event| matches!(event.happened, Some(Outcome::Started(_))));
    let resolved: Vec<&&Model> = resolved.collect();
    learner.learned(resolved.len(), resolved.iter().filter(|model| happened(model)).count(), None)
}

fn lesson(model: &Model, testimony: &Testimony, learner: &Learner, options: &Options) -> Option<Lesson> {
    let source = testimony.source.clone()?;
    let slip = learner.belief(&source).slip;
    let plain = ratio(model, testimony, None, options)?;
    let window = stated(model, testimony);
    let tailed = window.and_then(|_| ratio(model, testimony, Some(slip), options)).unwrap_or(plain);
    let slips = window.and_then(|(first, last)| {
        let outcome = outcome(model, testimony)?;
        Some((first - testimony.date?, super::slip_of(outcome, (first, last))))
    });
    Some(Lesson { source, tailed, plain, slips: slips.into_iter().collect() })
}

/// By how much a testimony made the truth more probable, were it well founded: with the slip of the file, or another.
/// `None` where its day has no forecast.
fn ratio(model: &Model, testimony: &Testimony, slip: Option<Tails>, options: &Options) -> Option<Heard> {
    let mut alone = alone(model, testimony);
    for report in &testimony.reports {
        let report = &mut alone.reports[*report];
        if let (Some(slip), Some((first, _))) = (slip, stated_window(model, &report.claim.says)) {
            report.claim.slips = Slip::Tailed(slip).kernel(report.date.map(|date| first - date));
        }
    }
    let Found::Brief(brief) = Series::new(&alone, options).find(&alone) else { return None };
    let heard = brief.heard.first()?;
    let hedge = match alone.reports[testimony.reports[0]].strength {
        Strength::Credibility { .. } => testimony.hedge(&alone),
        Strength::LikelihoodRatio(_) => return None,
    };
    let weight: f64 = testimony.reports.iter().map(|report| weight(&alone, *report)).product();
    let (pi, counter) = heard.weights?;
    Some(Heard::Ratio(if pi <= 0.0 {
        0.0
    } else if counter <= 0.0 {
        1.0
    } else {
        hedge * weight / pi + (1.0 - hedge) * (1.0 - weight) / counter
    }))
}

/// What a report's claim weighs in what happened: the share of slips that lead from it to there.
fn weight(model: &Model, report: usize) -> f64 {
    let claim = &model.reports[report].claim;
    let fits = |(days, _): &&(i32, f64)| truth_when_slipped(model, &claim.says, *days) == Some(true);
    claim.slips.iter().filter(fits).map(|(_, k)| k).sum()
}

/// First and last day that a testimony names for the start of one event, where that is all that it says.
fn stated(model: &Model, testimony: &Testimony) -> Option<(Day, Day)> {
    match testimony.reports[..] {
        [report] => stated_window(model, &model.reports[report].claim.says),
        _ => None,
    }
}

fn stated_window(model: &Model, says: &Proposition) -> Option<(Day, Day)> {
    let Proposition::Dates(statement) = says else { return None };
    let [event] = statement.events[..] else { return None };
    // Where its length is in doubt nothing that is said of its last day names a first one.
    let length = model.events[event.0].fixed_length();
    let (mut first, mut last) = (None, None);
    for bound in &statement.bounds {
        let Bound::Day { point, from, to } = bound else { return None };
        let back = if point.side == Side::Last { length? - 1 } else { 0 };
        if from.is_date() {
            first = first.max(Some(*from + -back));
        }
        if to.is_date() {
            last = [last, Some(*to + -back)].into_iter().flatten().min();
        }
    }
    first.zip(last).filter(|(first, last)| first <= last)
}

fn outcome(model: &Model, testimony: &Testimony) -> Option<Day> {
    let event = model.reports[testimony.reports[0]].claim.says.events().into_iter().next()?;
    match model.events[event.0].happened? {
        Outcome::Started(day) => Some(day),
        Outcome::DidNotOccur => None,
    }
}
