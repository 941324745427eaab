//! A solution and some events in, the most probable combinations of their weeks out.

use super::solve::{Solution, Trouble};
use crate::day::Day;
use crate::infer::Number;
use crate::model::{EventId, Model};
use crate::network::{Extension, Function, NEVER, Role, VarId, Variable};
use serde::Serialize;
use serde::ser::SerializeMap;

/// How many combinations are listed.
pub const LISTED: usize = 10;
/// At most so many events are combined.
pub const MOST_EVENTS: usize = 3;
/// Combinations beyond this many are not looked through.
const MOST_COMBINATIONS: f64 = 4e6;

/// A combination of weeks, each by its Monday (`None`: does not occur), and its probability.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JointWindow {
    #[serde(serialize_with = "as_map")]
    pub weeks: Vec<(String, Option<Day>)>,
    pub probability: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability_error: Option<f64>,
}

fn as_map<S: serde::Serializer>(weeks: &[(String, Option<Day>)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(weeks.len()))?;
    for (event, week) in weeks {
        map.serialize_entry(event, week)?;
    }
    map.end()
}

/// The most probable combinations of the weeks in which the events start, most probable first.
///
/// `Ok(None)` where there are too many combinations to look through.
pub fn joint_windows<N: Number>(
    solution: &Solution<'_, N>,
    events: &[EventId],
) -> Result<Option<Vec<JointWindow>>, Trouble> {
    let Some(posterior) = &solution.posterior else {
        return Ok(None);
    };
    if events.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let network = posterior.network();
    let mut extension = Extension::new(&network.variables);
    let shift = solution.model.horizon.0.weekday() as i32;
    let mut weeks: Vec<VarId> = Vec::new();
    for &event in events {
        let day = network.starts[event.0];
        let start = network.variables[day.0];
        let first = (start.first + shift).div_euclid(7);
        let count = if start.days == 0 { 0 } else { (start.last() + shift).div_euclid(7) - first + 1 };
        let week = extension.add(Variable::of_days(Role::Week(event), first, count as usize, start.never));
        extension.weigh(Function::Week { day, week, shift });
        weeks.push(week);
    }
    let combinations: f64 = weeks.iter().map(|week| extension.variable(*week).size() as f64).product();
    if combinations > MOST_COMBINATIONS {
        return Ok(None);
    }
    let table = match posterior.joint(&extension, &weeks) {
        Ok(table) => table,
        Err(_) => return Ok(None),
    };
    if posterior.lost() {
        return Err(Trouble::Range);
    }
    let exponent = table.exponent;
    let mut entries: Vec<(usize, f64)> = table
        .values
        .iter()
        .enumerate()
        .filter(|(_, value)| !value.is_zero())
        .map(|(index, value)| (index, value.scaled().shifted(exponent).to_f64()))
        .collect();
    // Probabilities that differ by rounding alone count as equal; of equal ones the earliest weeks come first.
    let rank = |probability: f64| -(probability.ln() * 1e10).round();
    entries.sort_by(|a, b| rank(a.1).total_cmp(&rank(b.1)).then(a.0.cmp(&b.0)));
    entries.truncate(LISTED);
    let named = entries.into_iter().map(|(index, probability)| {
        let mut rest = index;
        let mut found: Vec<(String, Option<Day>)> = Vec::new();
        for (event, week) in events.iter().zip(&weeks).rev() {
            let variable = extension.variable(*week);
            found.push((
                name(solution.model, *event),
                monday(solution.model, variable.value(rest % variable.size()).first, shift),
            ));
            rest /= variable.size();
        }
        found.reverse();
        JointWindow { weeks: found, probability: probability.min(1.0), probability_error: None }
    });
    Ok(Some(named.collect()))
}

fn name(model: &Model, event: EventId) -> String {
    model.events[event.0].id.clone()
}

pub fn monday(model: &Model, week: i32, shift: i32) -> Option<Day> {
    (week != NEVER).then(|| model.horizon.0 + (7 * week - shift))
}
