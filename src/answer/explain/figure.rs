//! A solution or forecast in, what it says of a target as a distribution out; how far two such lie apart.

use super::{EventFigures, QueryFigures, Target};
use crate::answer::outcome::Forecast;
use crate::answer::solve::{Solution, Trouble, probability, start_days};
use crate::answer::summary::{DayProbability, Distribution};
use crate::day::Day;
use crate::infer::Number;
use crate::model::{EventId, Proposition};

/// The distribution of a target.
#[derive(Clone, Debug)]
pub enum Figure {
    /// Start days and "does not occur"; the horizon's first day.
    Dates { dates: Distribution, never: f64, origin: Day },
    /// True and false.
    Truth { holds: f64, fails: f64 },
}

impl Figure {
    /// Whether more than one outcome is possible.
    pub fn in_doubt(&self) -> bool {
        match self {
            Figure::Dates { dates, never, .. } => dates.days.len() + usize::from(*never > 0.0) > 1,
            Figure::Truth { .. } => true,
        }
    }

    /// Mean day of an event, given that it occurs.
    pub fn mean(&self) -> Option<f64> {
        match self {
            Figure::Dates { dates, origin, .. } => dates.mean(*origin),
            Figure::Truth { .. } => None,
        }
    }

    /// Probability of a query; of occurring, of an event.
    pub fn probability(&self) -> f64 {
        match self {
            Figure::Dates { dates, .. } => dates.occurs().min(1.0),
            Figure::Truth { holds, .. } => *holds,
        }
    }

    pub fn of_event(&self) -> EventFigures {
        let median = match self {
            Figure::Dates { dates, .. } => dates.quantile(0.5),
            Figure::Truth { .. } => None,
        };
        EventFigures { median, mean_day: self.mean(), occurs: self.probability() }
    }

    pub fn of_query(&self) -> QueryFigures {
        QueryFigures { probability: self.probability() }
    }
}

/// What a solution, which has worlds, says of the targets.
pub fn of_solution<N: Number>(solution: &Solution<'_, N>, targets: &[Target]) -> Result<Vec<Figure>, Trouble> {
    let Some(posterior) = &solution.posterior else { return Ok(Vec::new()) };
    let model = solution.model;
    let figure = |target: &Target| match *target {
        Target::Event(event) => {
            let (days, never) = start_days(posterior, EventId(event))?;
            let days = days.into_iter().map(|(day, p)| (model.horizon.0 + day, p));
            let days = days.map(|(date, p)| DayProbability { date, p, p_error: None }).collect();
            Ok(Figure::Dates { dates: Distribution { days }, never, origin: model.horizon.0 })
        }
        Target::Query(query) => {
            let ask = &model.queries[query].ask;
            let holds = probability(posterior, &solution.compiler, ask)?;
            let fails = probability(posterior, &solution.compiler, &Proposition::Not(Box::new(ask.clone())))?;
            Ok(Figure::Truth { holds, fails })
        }
    };
    targets.iter().map(figure).collect()
}

/// What a forecast says of the targets.
pub fn of_forecast(forecast: &Forecast, targets: &[Target]) -> Vec<Figure> {
    let figure = |target: &Target| match *target {
        Target::Event(event) => {
            let event = &forecast.events[event];
            Figure::Dates { dates: event.distribution(), never: event.never, origin: forecast.horizon.from }
        }
        Target::Query(query) => {
            let holds = forecast.queries[query].probability;
            Figure::Truth { holds, fails: 1.0 - holds }
        }
    };
    targets.iter().map(figure).collect()
}

/// Kullback-Leibler divergence from one distribution to another, in bits; `None` where it is infinite.
///
/// ```text
/// D(with ‖ without) = Σ with·log2(with/without)
/// ```
pub fn bits(with: &Figure, without: &Figure) -> Option<f64> {
    let part = |p: f64, q: f64| match (p, q) {
        (p, _) if p <= 0.0 => Some(0.0),
        (_, q) if q <= 0.0 => None,
        (p, q) => Some(p * (p / q).log2()),
    };
    let sum: Option<f64> = match (with, without) {
        (Figure::Dates { dates: one, never, .. }, Figure::Dates { dates: other, never: absent, .. }) => {
            let days = one.days.iter().map(|day| {
                let at = other.days.binary_search_by_key(&day.date, |day| day.date);
                part(day.p, at.map_or(0.0, |at| other.days[at].p))
            });
            days.chain([part(*never, *absent)]).sum()
        }
        (Figure::Truth { holds, fails }, Figure::Truth { holds: p, fails: q }) => {
            [part(*holds, *p), part(*fails, *q)].into_iter().sum()
        }
        _ => None,
    };
    // Rounding alone makes it negative.
    sum.map(|bits| bits.max(0.0))
}
