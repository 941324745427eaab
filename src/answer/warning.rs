//! A forecast in, what its reader should doubt out.

use super::outcome::{EventForecast, Forecast, ReportStanding};
use crate::model::{EventId, Model, Proposition, Report, Strength};

/// `occurs` moved by rules by more than this is worth a word.
const MOVED: f64 = 0.05;
/// More than this share of an event's mass near an end of the horizon means that the horizon decides.
const AT_THE_EDGE: f64 = 0.10;
/// How many days count as near an end of the horizon.
const EDGE: i32 = 3;
/// More events than this with the same doubt share a line, which names the first of them.
const NAMED: usize = 3;

/// What is doubtful about a forecast.
pub fn of_forecast(model: &Model, forecast: &Forecast) -> Vec<String> {
    let mut found = Vec::new();
    found.extend(forecast.events.iter().filter_map(moved));
    found.extend(at_the_edges(forecast));
    found.extend(
        forecast
            .reports
            .iter()
            .zip(counting(model, forecast))
            .filter_map(|(forecast, report)| of_report(report, &forecast.standing)),
    );
    found.extend(counting(model, forecast).filter_map(|report| single_day(model, report)));
    found.extend(resting_on_doubt(model, forecast));
    if forecast.agreement < 0.1 && forecast.tells_agreement() {
        found.push(format!("the reports are at odds with each other (agreement {:.2e})", forecast.agreement));
    }
    if model.as_of.is_none() && model.reports.iter().any(|report| report.date.is_some() && !report.dropped) {
        found.push("reports are dated, but there is no as-of date: silence is not taken into account".to_string());
    }
    let named = named_events(model);
    for (index, event) in
        model.events.iter().enumerate().filter(|(_, event)| !event.is_on_a_date() && event.happened.is_none())
    {
        if !named.contains(&EventId(index)) {
            found.push(format!("nothing speaks about '{}' but its prior", event.id));
        }
    }
    found
}

/// The model's reports in the order of the forecast's.
fn counting<'m>(model: &'m Model, forecast: &'m Forecast) -> impl Iterator<Item = &'m Report> {
    forecast.reports.iter().filter_map(|listed| model.reports.iter().find(|report| report.id == listed.id))
}

fn moved(event: &EventForecast) -> Option<String> {
    let (prior, base) = event.occurs_before;
    ((prior - base).abs() > MOVED).then(|| {
        format!(
            "the rules move the probability that '{}' occurs from {} to {} before any report",
            event.id,
            percent(prior),
            percent(base)
        )
    })
}

/// Events whose days lie near an end of the horizon: each by itself, or many in one line.
fn at_the_edges(forecast: &Forecast) -> Vec<String> {
    let (first, last) = (forecast.horizon.from, forecast.horizon.to);
    if last - first < 4 * EDGE {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (name, from, to) in [("first", first, first + (EDGE - 1)), ("last", last + (1 - EDGE), last)] {
        let open = forecast.events.iter().filter(|event| event.in_doubt());
        let shares = open.map(|event| (event.distribution().within(from, to), &event.id));
        let mut near: Vec<(f64, &String)> = shares.filter(|(share, _)| *share > AT_THE_EDGE).collect();
        if near.len() <= NAMED {
            found.extend(near.into_iter().map(|(share, id)| {
                format!(
                    "{} of '{id}' lies on the {name} {EDGE} days of the horizon: the horizon decides the answer",
                    percent(share)
                )
            }));
            continue;
        }
        near.sort_by(|one, other| other.0.total_cmp(&one.0));
        let named: Vec<String> =
            near[..NAMED].iter().map(|(share, id)| format!("'{id}' {}", percent(*share))).collect();
        found.push(format!(
            "more than {} of {} events lies on the {name} {EDGE} days of the horizon ({}, …): the horizon decides the answer",
            percent(AT_THE_EDGE),
            near.len(),
            named.join(", ")
        ));
    }
    found
}

fn of_report(report: &Report, standing: &ReportStanding) -> Option<String> {
    let ReportStanding::Speaks { claim_prior, claim_prior_error, .. } = standing else {
        return None;
    };
    let certain = claim_prior_error.unwrap_or(0.0) == 0.0;
    let credibility = if let Strength::Credibility { credibility, .. } = report.strength { credibility } else { 0.0 };
    if *claim_prior == 0.0 && certain {
        Some(format!("the claim of '{}' was impossible before it was heard", report.id))
    } else if *claim_prior > 1.0 - 1e-12 && certain {
        Some(format!("the claim of '{}' was certain before it was heard, so it changes nothing", report.id))
    } else if *claim_prior < 1e-4 && credibility > 0.5 {
        Some(format!(
            "the claim of '{}' is extraordinary: its probability was {claim_prior:.1e} before it was heard",
            report.id
        ))
    } else {
        None
    }
}

/// Claims that have become all but certain by reports alone of which none is believed more than not.
fn resting_on_doubt(model: &Model, forecast: &Forecast) -> Vec<String> {
    let speaking: Vec<(&Report, f64, f64)> = forecast
        .reports
        .iter()
        .zip(counting(model, forecast))
        .filter_map(|(listed, report)| match listed.standing {
            ReportStanding::Speaks { claim_prior, claim_posterior, .. } => Some((report, claim_prior, claim_posterior)),
            _ => None,
        })
        .collect();
    let doubtful =
        |report: &Report| matches!(report.strength, Strength::Credibility { credibility, .. } if credibility <= 0.5);
    let related = |one: &Report, other: &Report| !one.claim.says.events().is_disjoint(&other.claim.says.events());
    speaking
        .iter()
        .filter(|(_, prior, posterior)| *prior <= 0.9 && *posterior > 0.9)
        .filter(|(report, ..)| speaking.iter().all(|(other, ..)| !related(report, other) || doubtful(other)))
        .map(|(report, _, posterior)| {
            format!(
                "the claim of '{}' has reached {} by reports of credibility .5 or less alone",
                report.id,
                percent(*posterior)
            )
        })
        .collect()
}

/// A claim of a single day without slip.
fn single_day(model: &Model, report: &Report) -> Option<String> {
    let Strength::Credibility { credibility, .. } = report.strength else {
        return None;
    };
    let without_slip = report.claim.slips.len() == 1;
    if !without_slip || !is_single_day(model, &report.claim.says) {
        return None;
    }
    if report.grade.as_ref().is_some_and(|grade| grade.contains(['F', '6'])) {
        return Some(format!("'{}' names a single day, but its grade says that it cannot be judged", report.id));
    }
    (credibility < 0.95)
        .then(|| format!("'{}' names a single day without a slip: dates are often a day or two off", report.id))
}

fn is_single_day(model: &Model, proposition: &Proposition) -> bool {
    let Proposition::Dates(statement) = proposition else {
        return false;
    };
    statement.bounds.iter().any(|bound| match bound {
        crate::model::Bound::Day { point, from, to } => from == to && !model.events[point.event.0].is_on_a_date(),
        _ => false,
    })
}

/// Events that a rule, report, observation, assumption or another event speaks of.
fn named_events(model: &Model) -> std::collections::BTreeSet<EventId> {
    let rules = model.rules.iter().filter(|r| !r.dropped).map(|r| &r.says);
    let reports = model.reports.iter().filter(|r| !r.dropped).map(|r| &r.claim.says);
    let observations = model.observations.iter().filter(|o| !o.dropped).map(|o| &o.says);
    let mut named: std::collections::BTreeSet<EventId> = rules
        .chain(reports)
        .chain(observations)
        .chain(model.assumptions.iter().filter(|a| !a.dropped).map(|a| &a.says))
        .flat_map(Proposition::events)
        .collect();
    for (index, event) in model.events.iter().enumerate() {
        if let crate::model::Start::After { predecessors, .. } = &event.start {
            named.insert(EventId(index));
            named.extend(predecessors);
        }
    }
    named
}

fn percent(probability: f64) -> String {
    format!("{:.0} %", probability * 100.0)
}
