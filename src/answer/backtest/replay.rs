//! A case, an evening, and what had been learned by then in; the forecast of the scenario that they make, judged by what
//! happened, out.

use super::super::learn::{Waits, given_silence, horizon, speaks};
use super::super::options::Options;
use super::super::score::{date_score, window_scores};
use super::super::series::{Found, Series};
use super::super::summary::Distribution;
use super::baseline::base_rate;
use super::{Evaluation, Judged, shape};
use crate::day::Day;
use crate::model::{
    Bound, Calendar, Case, Claim, DatedStatement, Event, EventId, Length, Model, Point, Proposition, Report, Side,
    Start, Statement, Strength,
};
use crate::shape::{Masses, Slip, Tails};
use std::collections::BTreeMap;

/// Days after the stated one by which it is asked whether it has started.
const ASKED: [i32; 3] = [0, 7, 30];

/// What was known on an evening.
pub struct Evening<'c> {
    pub case: &'c Case,
    pub as_of: Day,
    /// Credibility and slip of each source that has spoken of the case.
    pub beliefs: BTreeMap<String, (f64, Tails)>,
    /// The probability of occurring beside reports.
    pub occurs: f64,
    pub waits: Waits,
    /// How many days after what was stated earlier cases came.
    pub slips: Vec<i32>,
}

/// Forecasts an evening, and judges that and the baselines.
pub fn evaluate(evening: &Evening<'_>, options: &Options) -> Evaluation {
    let Evening { case, as_of, waits, .. } = evening;
    let horizon = horizon(case, *as_of);
    let outcome = case.outcome.filter(|day| *day <= horizon.1);
    let today: Vec<&DatedStatement> = case.statements.iter().filter(|statement| statement.date == *as_of).collect();
    let stated: Vec<(Day, Day)> = today.iter().filter_map(|statement| statement.stated).collect();
    let question =
        Question { horizon, outcome, happened: case.outcome, asked: stated.iter().map(|(_, last)| *last).max() };
    let (alone, never) = given_silence(&shape(waits, false, horizon), waits.occurs(), horizon, *as_of);
    let (reported, reported_never) = forecast(evening, horizon, options);
    let middle = |(first, last): &(Day, Day)| f64::from(*first - horizon.0) + f64::from(*last - *first) / 2.0;
    let happened = f64::from(case.outcome.unwrap_or(horizon.1 + 1) - horizon.0);
    let errors: Vec<f64> = stated.iter().map(|window| (happened - middle(window)).abs()).collect();
    let base_rate = (!stated.is_empty()).then(|| {
        let (distribution, never) = base_rate(evening, &stated, &alone, horizon);
        question.judged(distribution, never)
    });
    Evaluation {
        case: case.id.clone(),
        as_of: *as_of,
        horizon,
        outcome: case.outcome,
        statements: stated.len(),
        forecast: question.judged(reported, reported_never),
        no_reports: question.judged(alone, never),
        base_rate,
        statement_error: (!errors.is_empty()).then(|| errors.iter().sum::<f64>() / errors.len() as f64),
    }
}

/// What a forecast is judged by.
struct Question {
    horizon: (Day, Day),
    /// Within the horizon.
    outcome: Option<Day>,
    /// Whenever it was.
    happened: Option<Day>,
    /// The last day that was stated.
    asked: Option<Day>,
}

impl Question {
    fn judged(&self, distribution: Distribution, never: f64) -> Judged {
        let median = distribution.quantile(0.5);
        let middle = median.unwrap_or(self.horizon.1 + 1);
        let by = |day: Day| distribution.within(self.horizon.0, day).min(1.0);
        let answer = |day: Day| (by(day), self.happened.is_some_and(|happened| happened <= day));
        let asked = self.asked.into_iter().flat_map(|day| ASKED.map(|later| day + later));
        Judged {
            median,
            absolute_error: self.happened.map(|day| f64::from((day - middle).abs())),
            score: date_score(&distribution, never, self.horizon, self.outcome),
            windows: window_scores(&distribution, never, self.outcome),
            answers: asked.filter(|day| *day < self.horizon.1).map(answer).collect(),
        }
    }
}

/// The scenario's forecast. Where the statements leave nothing possible, that without them.
fn forecast(evening: &Evening<'_>, horizon: (Day, Day), options: &Options) -> (Distribution, f64) {
    let spoken: Vec<&DatedStatement> =
        evening.case.statements.iter().filter(|s| s.date <= evening.as_of && speaks(s)).collect();
    let reports = !spoken.is_empty();
    let occurs = if reports { evening.occurs } else { evening.waits.occurs() };
    let prior = shape(&evening.waits, true, horizon);
    let model = model(evening, &spoken, prior.clone().scaled_to(occurs), horizon);
    match Series::new(&model, options).find(&model) {
        Found::Brief(mut brief) => {
            let event = brief.events.swap_remove(0);
            (event.distribution, event.never)
        }
        _ => given_silence(&prior, occurs, horizon, evening.as_of),
    }
}

/// The case as a scenario: one event, and every statement that speaks of the future a report.
fn model(evening: &Evening<'_>, spoken: &[&DatedStatement], days: Masses, horizon: (Day, Day)) -> Model {
    let event = Event {
        id: "event".to_string(),
        title: None,
        start: Start::Prior { never: 1.0 - days.total(), days, unwindowed: None },
        length: Length::Days(Masses::certain(1)),
        visible: true,
        happened: None,
    };
    let mut reports: Vec<Report> = Vec::new();
    for statement in spoken {
        let report = report(evening, statement, reports.len());
        let again = |known: &Report| {
            known.date == report.date && known.source == report.source && known.claim.says == report.claim.says
        };
        if !reports.iter().any(again) {
            reports.push(report);
        }
    }
    Model {
        title: None,
        horizon,
        as_of: Some(evening.as_of),
        calendar: Calendar::default(),
        events: vec![event],
        rules: Vec::new(),
        reports,
        observations: Vec::new(),
        assumptions: Vec::new(),
        queries: Vec::new(),
        decisions: Vec::new(),
        goals: Vec::new(),
        plan_rules: Vec::new(),
    }
}

fn report(evening: &Evening<'_>, statement: &DatedStatement, number: usize) -> Report {
    let event = EventId(0);
    let (credibility, slip) = evening.beliefs[&statement.source];
    let (says, slips) = match statement.stated {
        Some((from, to)) => {
            let point = Point { event, side: Side::First };
            let dates = Statement { events: vec![event], bounds: vec![Bound::Day { point, from, to }] };
            (Proposition::Dates(dates), Slip::Tailed(slip).kernel(Some(from - statement.date)))
        }
        None => (Proposition::Not(Box::new(Proposition::Occurs(event))), Slip::NONE.kernel(None)),
    };
    Report {
        id: format!("report-{}", number + 1),
        text: String::new(),
        source: Some(statement.source.clone()),
        source_title: None,
        date: Some(statement.date),
        claim: Claim { says, slips, tailed: true },
        strength: Strength::Credibility { credibility, hedge: 1.0 },
        grade: None,
        echoes: None,
        independent: false,
        dropped: false,
    }
}
