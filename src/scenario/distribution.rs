//! A prior, duration or delay as written in, masses on whole days out.

use super::reader::{Fields, Located, Reader, Span, Value, describe};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::language::{Horizon, Window};
use crate::model::Length;
use crate::shape::{Law, Masses, Parameter};
use toml::de::DeValue;

pub(super) const KEYS: &[&str] =
    &["shape", "from", "to", "low", "mode", "high", "mean", "sd", "median", "spread", "weights"];
/// Of a duration, which may also be counted in working days.
pub(super) const DURATION_KEYS: &[&str] =
    &["shape", "from", "to", "low", "mode", "high", "mean", "sd", "median", "spread", "weights", "working_days"];
/// Of a row of weights in a prior, and in a duration or delay.
pub(super) const DATED_WEIGHT_KEYS: &[&str] = &["in", "weight"];
pub(super) const WEIGHT_KEYS: &[&str] = &["days", "weight"];
/// Points in time as numbers are limited to this many days either way.
const FARTHEST: f64 = 10_000_000.0;
/// The most working days that an event may last; with a workweek of one day about as many days as durations may have.
const MOST_WORKING_DAYS: i32 = 1_000_000;
/// Least and greatest value of a standard deviation, mean, median or spread.
const NUMBERS: (f64, f64) = (1e-6, 1e9);

/// What a distribution is for, which decides how its points are written and what they default to.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    /// Points are dates, counted from the horizon's first day.
    Prior(Horizon),
    /// Points are numbers of days, from 1 to the horizon's length in days.
    Duration(i32),
    /// Points are numbers of days, from 0 on; a uniform delay must give `to`.
    Delay,
}

/// What the file says of a distribution.
pub(super) enum Written {
    /// Rows of days with their weights, as (first, last, weight): a weight is spread evenly over its days.
    Weights(Vec<(i32, i32, f64)>),
    Law(Law),
}

impl Written {
    /// Mass of each of the numbers `0..=last` (unnormalised).
    pub fn masses(&self, last: i32) -> Vec<f64> {
        match self {
            Written::Law(law) => (0..=last).map(|day| law.mass(day)).collect(),
            Written::Weights(rows) => {
                let mut masses = vec![0.0; last as usize + 1];
                for &(first, end, weight) in rows {
                    let (first, end) = (first.max(0), end.min(last));
                    let share = weight / f64::from((end - first + 1).max(1));
                    (first..=end).for_each(|day| masses[day as usize] += share);
                }
                masses
            }
        }
    }

    /// Mass of all numbers greater than `day`, in the units of [`Written::masses`]; rows must be single days.
    pub fn beyond(&self, day: i32) -> f64 {
        match self {
            Written::Law(law) => law.beyond(day),
            Written::Weights(rows) => rows.iter().filter(|row| row.0 > day).map(|row| row.2).sum(),
        }
    }
}

/// Reads a distribution; `key` is what messages call it.
pub(super) fn read(reader: &Reader<'_>, value: &Value<'_>, key: &str, purpose: Purpose) -> Option<Written> {
    if let DeValue::String(name) = value.get_ref() {
        return named(reader, name, value.span(), key, purpose);
    }
    if !matches!(value.get_ref(), DeValue::Table(_)) {
        let found = describe(value.get_ref());
        reader.note(
            Diagnostic::error(value.span(), format!("'{key}' wants a distribution, not {found}"))
                .label("expected { shape = \"…\", … }"),
        );
        return None;
    }
    if let DeValue::Table(table) = value.get_ref()
        && let Some((found, _)) = table.get_key_value("working_days")
    {
        // Durations in working days are read elsewhere.
        reader.note(
            Diagnostic::error(found.span(), format!("'{key}' cannot be counted in working days"))
                .label("not taken here")
                .help("say it in a rule, such as \"reply 3 working days after offer\""),
        );
        return None;
    }
    let keys = if matches!(purpose, Purpose::Duration(_)) { DURATION_KEYS } else { KEYS };
    let fields = reader.fields(value, key.to_string(), keys)?;
    if fields.has("weights") {
        return weights(&fields, purpose);
    }
    let shape = match fields.has("shape") {
        true => fields.text("shape").map(|text| Located { value: text.value, span: text.span })?,
        false => Located { value: "uniform".to_string(), span: value.span() },
    };
    law(&fields, &shape, purpose)
}

/// `prior = "uniform"`: only a shape whose parameters all have defaults.
fn named(reader: &Reader<'_>, name: &str, span: Span, key: &str, purpose: Purpose) -> Option<Written> {
    match (Law::parameters(name), purpose) {
        (Some(_), Purpose::Prior(horizon)) if name == "uniform" => {
            Some(Written::Law(Law::Uniform { from: 0.0, to: f64::from(horizon.last - horizon.first) }))
        }
        (Some(_), Purpose::Duration(days)) if name == "uniform" => {
            Some(Written::Law(Law::Uniform { from: 1.0, to: f64::from(days) }))
        }
        (Some(parameters), _) => {
            let names: Vec<&str> = parameters.iter().map(|p| p.0).collect();
            reader.note(
                Diagnostic::error(span, format!("the shape '{name}' needs parameters"))
                    .label("expected a table")
                    .help(format!("write {key} = {{ shape = \"{name}\", {} = … }}", names.join(" = …, "))),
            );
            None
        }
        (None, Purpose::Prior(_)) => {
            unknown_shape(reader, name, span);
            None
        }
        (None, _) => {
            let message = format!("'{key}' wants a number of days or a distribution, not a text");
            reader.note(Diagnostic::error(span, message).label("expected a whole number of days").help(format!(
                "such as {key} = 2, or {key} = {{ shape = \"triangular\", low = 1, mode = 2, high = 4 }}"
            )));
            None
        }
    }
}

fn unknown_shape(reader: &Reader<'_>, name: &str, span: Span) {
    let help = did_you_mean(name, Law::NAMES).unwrap_or_else(|| format!("the shapes are: {}", Law::NAMES.join(", ")));
    reader.note(Diagnostic::error(span, format!("there is no shape '{name}'")).label("unknown shape").help(help));
}

fn law(fields: &Fields<'_, '_>, shape: &Located<String>, purpose: Purpose) -> Option<Written> {
    let name = shape.value.as_str();
    let Some(parameters) = Law::parameters(name) else {
        unknown_shape(fields.reader, name, shape.span.clone());
        return None;
    };
    for key in KEYS.iter().filter(|key| **key != "shape" && fields.has(key)) {
        if !parameters.iter().any(|(parameter, _)| parameter == key) {
            let names: Vec<&str> = parameters.iter().map(|p| p.0).collect();
            fields.reader.note(
                Diagnostic::error(fields.key_span(key), format!("'{key}' is no parameter of the shape '{name}'"))
                    .label("not taken")
                    .help(if fields.has("shape") {
                        format!("it takes: {}", names.join(", "))
                    } else {
                        "without 'shape' the law is uniform: add shape = \"pert\", say".to_string()
                    }),
            );
        }
    }
    // Read all before giving up on one, so that every mistake is told.
    let values: Vec<Option<f64>> =
        parameters.iter().map(|(key, kind)| parameter(fields, name, key, *kind, purpose)).collect();
    let values = values.into_iter().collect::<Option<Vec<f64>>>()?;
    let law = match (name, &values[..]) {
        ("uniform", &[from, to]) => Law::Uniform { from, to },
        ("triangular", &[low, mode, high]) => Law::Triangular { low, mode, high },
        ("pert", &[low, mode, high]) => Law::Pert { low, mode, high },
        ("normal", &[mean, sd]) => Law::Normal { mean, sd },
        ("exponential", &[from, mean]) => Law::Exponential { from, mean },
        ("lognormal", &[from, median, spread]) => Law::LogNormal { from, median, spread },
        _ => return None,
    };
    in_order(fields, &law).then_some(Written::Law(law))
}

/// Notes parameters that are out of order.
fn in_order(fields: &Fields<'_, '_>, law: &Law) -> bool {
    let (wrong, message) = match *law {
        Law::Uniform { from, to } if from > to => ("to", "'to' lies before 'from'"),
        Law::Triangular { low, mode, .. } | Law::Pert { low, mode, .. } if mode < low => {
            ("mode", "'mode' lies before 'low'")
        }
        Law::Triangular { mode, high, .. } | Law::Pert { mode, high, .. } if high < mode => {
            ("high", "'high' lies before 'mode'")
        }
        _ => return true,
    };
    let span = fields.get(wrong).map_or(fields.span.clone(), |value| value.span());
    let order = if wrong == "to" { "expected from ≤ to" } else { "expected low ≤ mode ≤ high" };
    fields.reader.note(Diagnostic::error(span, message).label(order));
    false
}

/// One parameter of a law, in days; its default where it has one.
fn parameter(fields: &Fields<'_, '_>, shape: &str, key: &str, kind: Parameter, purpose: Purpose) -> Option<f64> {
    let Some(value) = fields.get(key) else {
        return default_of(key, purpose).or_else(|| {
            fields.missing(key, format!("the shape '{shape}' needs it"));
            None
        });
    };
    let reader = fields.reader;
    match (kind, purpose) {
        (Parameter::Point, Purpose::Prior(horizon)) => {
            reader.date(value, key).map(|date| f64::from(date.value - horizon.first))
        }
        (Parameter::Point, _) if shape == "uniform" || (key == "from" && matches!(purpose, Purpose::Delay)) => {
            reader.whole(value, key, 0, FARTHEST as i32).map(|days| f64::from(days.value))
        }
        (Parameter::Point, _) => {
            let days = reader.number(value, key, "a number of days")?;
            if days.value.abs() > FARTHEST {
                reader.note(
                    Diagnostic::error(days.span, format!("'{key}' is out of range"))
                        .label(format!("at most {FARTHEST} days")),
                );
                return None;
            }
            Some(days.value)
        }
        (Parameter::Number, _) => {
            let number = reader.number(value, key, "a number")?;
            let least = if key == "spread" { 1.0 } else { 0.0 };
            if number.value <= least {
                let message = format!("'{key}' is {}, but must be greater than {least}", number.value);
                reader.note(Diagnostic::error(number.span, message).label(format!("expected more than {least}")));
                return None;
            }
            if !(NUMBERS.0..=NUMBERS.1).contains(&number.value) {
                let label = format!("expected {:e} to {:e}", NUMBERS.0, NUMBERS.1);
                reader.note(Diagnostic::error(number.span, format!("'{key}' is out of range")).label(label));
                return None;
            }
            Some(number.value)
        }
    }
}

fn default_of(key: &str, purpose: Purpose) -> Option<f64> {
    match (key, purpose) {
        ("from", Purpose::Prior(_) | Purpose::Delay) => Some(0.0),
        ("from", Purpose::Duration(_)) => Some(1.0),
        ("to", Purpose::Prior(horizon)) => Some(f64::from(horizon.last - horizon.first)),
        ("to", Purpose::Duration(days)) => Some(f64::from(days)),
        _ => None,
    }
}

fn weights(fields: &Fields<'_, '_>, purpose: Purpose) -> Option<Written> {
    for key in KEYS.iter().filter(|key| **key != "weights" && fields.has(key)) {
        fields.reader.note(
            Diagnostic::error(fields.key_span(key), format!("'{key}' does not go with 'weights'"))
                .label("'weights' stands alone"),
        );
    }
    let mut rows = Vec::new();
    let mut sound = true;
    for value in fields.rows("weights") {
        match weight_row(fields.reader, value, purpose) {
            Ok(Some(row)) => rows.push(row),
            Ok(None) => {}
            Err(()) => sound = false,
        }
    }
    if !sound || !matches!(fields.get("weights")?.get_ref(), DeValue::Array(_)) {
        return None;
    }
    if rows.iter().map(|row| row.2).sum::<f64>() <= 0.0 {
        let span = fields.get("weights")?.span();
        fields.reader.note(Diagnostic::error(span, "the weights sum to zero").label("no day is possible"));
        return None;
    }
    Some(Written::Weights(rows))
}

/// One row of weights; `None` for one wholly outside the horizon.
fn weight_row(reader: &Reader<'_>, value: &Value<'_>, purpose: Purpose) -> Result<Option<(i32, i32, f64)>, ()> {
    let prior = matches!(purpose, Purpose::Prior(_));
    let keys = if prior { DATED_WEIGHT_KEYS } else { WEIGHT_KEYS };
    let row = reader.fields(value, "a row of weights".to_string(), keys).ok_or(())?;
    if !row.has("weight") {
        row.missing("weight", "each row has a weight ≥ 0");
    }
    let weight = row.number("weight");
    if let Some(weight) = weight.as_ref().filter(|weight| weight.value < 0.0 || weight.value > 1e100) {
        reader
            .note(Diagnostic::error(weight.span.clone(), "a weight cannot be negative").label("expected a number ≥ 0"));
        return Err(());
    }
    let key = keys[0];
    let Some(place) = row.get(key) else {
        row.missing(
            key,
            if prior { "say which days the weight is for: in = \"late May\"" } else { "say how many days: days = 3" },
        );
        return Err(());
    };
    let days = match purpose {
        Purpose::Prior(horizon) => {
            let window = read_window(reader, place, key, Some(horizon)).ok_or(())?;
            let clipped = (window.first.max(horizon.first), window.last.min(horizon.last));
            if clipped.0 > clipped.1 {
                reader.note(Diagnostic {
                    severity: crate::diagnostic::Severity::Warning,
                    ..Diagnostic::error(
                        place.span(),
                        "this row of weights lies wholly outside the horizon and is left out",
                    )
                    .label("no day of the horizon")
                });
                return Ok(None);
            }
            (clipped.0 - horizon.first, clipped.1 - horizon.first)
        }
        _ => {
            let days = reader.whole(place, key, 0, FARTHEST as i32).ok_or(())?.value;
            (days, days)
        }
    };
    Ok(Some((days.0, days.1, weight.ok_or(())?.value)))
}

/// A window given as a TOML date or as a date expression.
pub(super) fn read_window(
    reader: &Reader<'_>,
    value: &Value<'_>,
    key: &str,
    horizon: Option<Horizon>,
) -> Option<Window> {
    match value.get_ref() {
        DeValue::Datetime(_) => reader.date(value, key).map(|date| Window::day(date.value)),
        DeValue::String(text) => match crate::language::parse_window(text, horizon) {
            Ok(window) => Some(window),
            Err(error) => {
                let (message, label, help) = crate::language::describe_window_error(text, &error, horizon);
                reader.note(Diagnostic::error(value.span(), message).label(label).maybe_help(help));
                None
            }
        },
        other => {
            let found = describe(other);
            reader.note(
                Diagnostic::error(value.span(), format!("'{key}' wants a date or a date expression, not {found}"))
                    .label("expected days")
                    .help("such as 2024-05-07, \"late May\" or \"2024-05-01..\""),
            );
            None
        }
    }
}

/// A length: `duration = 2`, a distribution over `1..=days`, normalised, or `{ working_days = 5 }`.
pub(super) fn duration(reader: &Reader<'_>, value: &Value<'_>, days: i32) -> Option<Length> {
    match value.get_ref() {
        DeValue::Table(table) if table.contains_key("working_days") => return working_days(reader, value),
        DeValue::Table(_) | DeValue::String(_) => {}
        _ => {
            let length = reader.whole(value, "duration", 1, FARTHEST as i32)?;
            return Some(Length::Days(Masses::certain(length.value)));
        }
    }
    let written = read(reader, value, "duration", Purpose::Duration(days))?;
    let masses = Masses::trimmed(1, written.masses(days)[1..].to_vec());
    if masses.total() <= 0.0 {
        let label = format!("no mass on 1 to {days} days");
        reader.note(Diagnostic::error(value.span(), "no duration is possible").label(label));
        return None;
    }
    Some(Length::Days(masses.scaled_to(1.0)))
}

/// `{ working_days = 5 }`: nothing else goes with it.
fn working_days(reader: &Reader<'_>, value: &Value<'_>) -> Option<Length> {
    let fields = reader.fields(value, "duration".to_string(), DURATION_KEYS)?;
    let mut alone = true;
    for key in KEYS.iter().filter(|key| fields.has(key)) {
        let message = format!("'{key}' does not go with 'working_days'");
        reader.note(
            Diagnostic::error(fields.key_span(key), message)
                .label("the number of working days is not in doubt")
                .help("leave out the one or the other"),
        );
        alone = false;
    }
    let count = reader.whole(fields.get("working_days")?, "working_days", 1, MOST_WORKING_DAYS)?;
    alone.then_some(Length::WorkingDays(count.value))
}

/// A delay: masses of `0..days` days and, for each of these, the mass of longer ones, normalised over all delays.
pub(super) fn delay(reader: &Reader<'_>, value: &Value<'_>, days: i32) -> Option<(Masses, Vec<f64>)> {
    let written = match value.get_ref() {
        DeValue::Table(_) | DeValue::String(_) => read(reader, value, "delay", Purpose::Delay)?,
        _ => {
            let fixed = reader.whole(value, "delay", 0, FARTHEST as i32)?.value;
            Written::Weights(vec![(fixed, fixed, 1.0)])
        }
    };
    let mut masses = written.masses(days - 1);
    let mut beyond: Vec<f64> = (0..days).map(|day| written.beyond(day)).collect();
    let total = masses[0] + beyond[0];
    if total.is_nan() || total <= 0.0 {
        reader.note(Diagnostic::error(value.span(), "no delay is possible").label("no mass on 0, 1, 2, … days"));
        return None;
    }
    masses.iter_mut().chain(&mut beyond).for_each(|mass| *mass /= total);
    Some((Masses::trimmed(0, masses), beyond))
}

/// A fixed delay of one day.
pub(super) fn next_day(days: i32) -> (Masses, Vec<f64>) {
    let beyond = (0..days).map(|day| f64::from(u8::from(day < 1))).collect();
    (if days > 1 { Masses::certain(1) } else { Masses { first: 0, masses: Vec::new().into() } }, beyond)
}
