//! An `[event.NAME]` table in, a model event out.

use super::distribution::{self, Purpose, Written, read_window};
use super::reader::{Fields, Located, Span};
use crate::day::Day;
use crate::diagnostic::{Diagnostic, Severity, did_you_mean};
use crate::language::{Horizon, WindowError, is_event_name, is_reserved, parse_window};
use crate::model::{Event, EventId, Length, Outcome, Start};
use crate::shape::Masses;
use std::collections::HashMap;
use std::sync::Arc;
use toml::de::DeValue;

pub(super) const KEYS: &[&str] =
    &["title", "on", "duration", "occurs", "window", "prior", "weekdays", "visible", "happened", "after", "delay"];
pub(super) const WEEKDAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// A prior that loses more than this share of its mass to the horizon gets a warning.
const LOSS: f64 = 0.01;

/// What event tables refer to.
pub(super) struct Setting<'s> {
    pub horizon: Horizon,
    /// Whether the horizon is the file's; otherwise it is a stand-in, and nothing that depends on it is told.
    pub known: bool,
    pub indices: &'s HashMap<String, usize>,
}

impl Setting<'_> {
    fn days(&self) -> i32 {
        self.horizon.last - self.horizon.first + 1
    }
}

/// Notes what is wrong with an event's name.
pub(super) fn check_name(name: &Located<String>, horizon: Option<Horizon>) -> Option<Diagnostic> {
    let text = name.value.as_str();
    let error = |message: String, label: &str| Some(Diagnostic::error(name.span.clone(), message).label(label));
    if is_reserved(text) {
        return error(format!("'{text}' is a word of the language and cannot name an event"), "reserved word")
            .map(|d| d.help(format!("choose another name, such as '{text}-event'")));
    }
    if matches!(parse_window(text, horizon), Ok(_) | Err(WindowError::AmbiguousYear(_))) {
        return error(format!("'{text}' is a date expression and cannot name an event"), "means a date");
    }
    if !is_event_name(text) {
        return error(
            format!("'{text}' cannot name an event"),
            "expected a lower-case letter, then letters, digits, _ or -",
        )
        .map(|d| d.help(format!("did you mean '{}'?", respelled(text))));
    }
    None
}

fn respelled(text: &str) -> String {
    let kept: String =
        text.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    let kept = kept.trim_matches(|c: char| !c.is_ascii_alphabetic()).to_string();
    if kept.is_empty() { "event".to_string() } else { kept }
}

/// Reads one event; `None` where something is wrong with it (all of which is noted).
pub(super) fn read(fields: &Fields<'_, '_>, id: &str, setting: &Setting<'_>) -> Option<Event> {
    let length = match fields.get("duration") {
        Some(value) => distribution::duration(fields.reader, value, setting.days()),
        None => Some(Length::Days(Masses::certain(1))),
    };
    let visible = fields.boolean("visible").unwrap_or(true);
    let title = fields.text("title").map(|text| text.value);
    let happened = outcome(fields, setting);
    let start = if fields.has("on") {
        on_a_date(fields, setting)
    } else if fields.has("after") {
        after(fields, setting)
    } else {
        prior(fields, setting)
    };
    Some(Event { id: id.to_string(), title, start: start?, length: length?, visible, happened: happened.ok()? })
}

/// Notes the keys that do not go with `key`.
fn excluded(fields: &Fields<'_, '_>, key: &str, others: &[&str], why: &str) {
    for other in others.iter().filter(|other| fields.has(other)) {
        fields.reader.note(
            Diagnostic::error(fields.key_span(other), format!("'{other}' does not go with '{key}'"))
                .label(why)
                .help(format!("leave out '{other}' or '{key}'")),
        );
    }
}

fn outside_horizon(fields: &Fields<'_, '_>, key: &str, date: &Located<Day>, setting: &Setting<'_>) -> bool {
    let horizon = setting.horizon;
    let outside = date.value < horizon.first || date.value > horizon.last;
    if outside && setting.known {
        fields.reader.note(
            Diagnostic::error(date.span.clone(), format!("'{key}' is outside the horizon"))
                .label(format!("expected a day from {} to {}", horizon.first, horizon.last)),
        );
    }
    outside
}

fn on_a_date(fields: &Fields<'_, '_>, setting: &Setting<'_>) -> Option<Start> {
    const OTHERS: &[&str] = &["prior", "window", "weekdays", "occurs", "after", "delay", "happened"];
    excluded(fields, "on", OTHERS, "the date is not in doubt");
    let date = fields.date("on")?;
    (!outside_horizon(fields, "on", &date, setting)).then_some(Start::On(date.value))
}

fn outcome(fields: &Fields<'_, '_>, setting: &Setting<'_>) -> Result<Option<Outcome>, ()> {
    let Some(value) = fields.get("happened") else {
        return Ok(None);
    };
    if let DeValue::Boolean(happened) = value.get_ref() {
        if *happened {
            fields.reader.note(
                Diagnostic::error(value.span(), "'happened = true' does not say when")
                    .label("expected the date on which it started, or false"),
            );
            return Err(());
        }
        return Ok(Some(Outcome::DidNotOccur));
    }
    let date = fields.date("happened").ok_or(())?;
    if outside_horizon(fields, "happened", &date, setting) {
        return Err(());
    }
    Ok(Some(Outcome::Started(date.value)))
}

fn after(fields: &Fields<'_, '_>, setting: &Setting<'_>) -> Option<Start> {
    excluded(fields, "after", &["prior", "window", "weekdays"], "the date comes from 'after'");
    let predecessors = predecessors(fields, setting);
    let occurs = occurs(fields);
    let delay = match fields.get("delay") {
        Some(value) => distribution::delay(fields.reader, value, setting.days()),
        None => Some(distribution::next_day(setting.days())),
    };
    let (delays, beyond) = delay?;
    Some(Start::After { predecessors: predecessors?, delays, beyond, occurs: occurs.ok()?.unwrap_or(1.0) })
}

fn occurs(fields: &Fields<'_, '_>) -> Result<Option<f64>, ()> {
    if !fields.has("occurs") {
        return Ok(None);
    }
    fields.probability("occurs").map(|p| Some(p.value)).ok_or(())
}

fn predecessors(fields: &Fields<'_, '_>, setting: &Setting<'_>) -> Option<Vec<EventId>> {
    let value = fields.get("after")?;
    let mut found = Vec::new();
    let mut sound = true;
    let mut add = |name: &str, span: Span| match setting.indices.get(name) {
        Some(&index) if found.contains(&EventId(index)) => {}
        Some(&index) => found.push(EventId(index)),
        None => {
            let known = setting.indices.keys().map(String::as_str);
            fields.reader.note(
                Diagnostic::error(span, format!("there is no event '{name}'"))
                    .label("unknown event")
                    .maybe_help(did_you_mean(name, known)),
            );
            sound = false;
        }
    };
    match value.get_ref() {
        DeValue::String(name) => add(name, value.span()),
        DeValue::Array(rows) if rows.iter().all(|row| matches!(row.get_ref(), DeValue::String(_))) => {
            rows.iter().for_each(|row| add(row.get_ref().as_str().unwrap_or(""), row.span()));
        }
        _ => {
            fields.reader.note(
                Diagnostic::error(value.span(), "'after' wants the name of an event or a list of names")
                    .label("expected names"),
            );
            return None;
        }
    }
    if sound && found.is_empty() {
        fields
            .reader
            .note(Diagnostic::error(value.span(), "'after' names no event").label("expected at least one name"));
    }
    (sound && !found.is_empty()).then_some(found)
}

fn prior(fields: &Fields<'_, '_>, setting: &Setting<'_>) -> Option<Start> {
    if fields.has("delay") {
        fields.reader.note(
            Diagnostic::error(fields.key_span("delay"), "'delay' goes with 'after'")
                .label("after what?")
                .help("add after = \"EVENT\", or say 'duration' if a length is meant"),
        );
    }
    let days = setting.days();
    let written = match fields.get("prior") {
        Some(value) => distribution::read(fields.reader, value, "prior", Purpose::Prior(setting.horizon)),
        None => Some(Written::Law(crate::shape::Law::Uniform { from: 0.0, to: f64::from(days - 1) })),
    };
    let factors = weekday_factors(fields);
    let window = match fields.get("window") {
        Some(value) => read_window(fields.reader, value, "window", setting.known.then_some(setting.horizon)).map(Some),
        None => Some(None),
    };
    let occurs = occurs(fields);
    let (written, factors, window, occurs) = (written?, factors?, window?, occurs.ok()?);

    let mut masses = written.masses(days - 1);
    let inside: f64 = masses.iter().sum();
    let past = if let Written::Law(law) = &written { law.beyond(days - 1) } else { 0.0 };
    let waiting = matches!(&written, Written::Law(law) if law.is_waiting());
    if !setting.known {
        return None;
    }
    if inside <= 0.0 {
        no_day(fields, "prior", "its prior has no mass on the days of the horizon");
        return None;
    }
    if !waiting || occurs.is_some() {
        warn_of_loss(fields, &written, inside, setting);
    }
    // Both are computed directly: a small probability must not come from a difference.
    let (occurring, never) = match occurs {
        Some(occurs) => (occurs, 1.0 - occurs),
        None if waiting => (inside / (inside + past), past / (inside + past)),
        None => (1.0, 0.0),
    };
    // A tail is brought near 1 first, or products of small numbers would lose digits.
    let greatest = masses.iter().copied().fold(0.0, f64::max);
    let scale = (-greatest.log2().floor() - 1.0).exp2();
    for (offset, mass) in masses.iter_mut().enumerate() {
        *mass = *mass * scale * factors[(setting.horizon.first + offset as i32).weekday()];
    }
    let open = |offset: usize| {
        let day = setting.horizon.first + offset as i32;
        window.is_none_or(|w| w.first <= day && day <= w.last)
    };
    let inside_window = masses.iter().enumerate().map(|(at, mass)| if open(at) { *mass } else { 0.0 }).collect();
    let normalised = |masses: Vec<f64>| {
        let masses = Masses::trimmed(0, masses);
        let scaled = (masses.total() > 0.0).then(|| masses.scaled_to(occurring))?;
        Some(Masses::trimmed(scaled.first, Arc::unwrap_or_clone(scaled.masses)))
    };
    let Some(days) = normalised(inside_window) else {
        let key = if fields.has("window") { "window" } else { "weekdays" };
        no_day(fields, key, "its prior, weekdays and window leave no day of the horizon");
        return None;
    };
    let unwindowed = window.and_then(|_| normalised(masses));
    Some(Start::Prior { days, never, unwindowed })
}

fn no_day(fields: &Fields<'_, '_>, key: &str, why: &str) {
    let span = fields.get(key).map_or(fields.span.clone(), |value| value.span());
    let message = format!("no day is possible for {}", fields.name);
    fields.reader.note(Diagnostic::error(span, message).label(why));
}

fn warn_of_loss(fields: &Fields<'_, '_>, written: &Written, inside: f64, setting: &Setting<'_>) {
    let lost = match written {
        Written::Law(crate::shape::Law::Uniform { from, to }) => 1.0 - inside / (to - from + 1.0),
        Written::Law(_) => 1.0 - inside,
        Written::Weights(_) => 0.0,
    };
    if let Some(value) = fields.get("prior").filter(|_| lost > LOSS) {
        let Horizon { first, last } = setting.horizon;
        fields.reader.note(Diagnostic {
            severity: Severity::Warning,
            ..Diagnostic::error(
                value.span(),
                format!("the prior of {} loses {:.0} % of its mass to the horizon", fields.name, lost * 100.0),
            )
            .label(format!("cut to {first} – {last}"))
        });
    }
}

/// Factors for Monday to Sunday.
fn weekday_factors(fields: &Fields<'_, '_>) -> Option<[f64; 7]> {
    let mut factors = [1.0; 7];
    if !fields.has("weekdays") {
        return Some(factors);
    }
    let table = fields.fields("weekdays", WEEKDAYS)?;
    let mut sound = true;
    for (index, key) in WEEKDAYS.iter().enumerate().filter(|(_, key)| table.has(key)) {
        match table.number(key) {
            Some(factor) if (0.0..=1e6).contains(&factor.value) => factors[index] = factor.value,
            Some(factor) => {
                fields.reader.note(
                    Diagnostic::error(factor.span, format!("the factor of '{key}' is out of range"))
                        .label("expected a number ≥ 0, at most 1000000"),
                );
                sound = false;
            }
            None => sound = false,
        }
    }
    sound.then_some(factors)
}

/// Notes the events that come after themselves by way of others; true where there are none.
pub(super) fn check_circles(events: &[Event], spans: &[Span], note: impl Fn(Diagnostic)) -> bool {
    // 0 not yet seen, 1 on the way, 2 done; an explicit stack, since chains may be long.
    let mut state = vec![0u8; events.len()];
    let mut sound = true;
    let successors = |at: usize| match &events[at].start {
        Start::After { predecessors, .. } => &predecessors[..],
        _ => &[],
    };
    for root in 0..events.len() {
        let mut stack = vec![(root, 0usize)];
        while let Some((at, next)) = stack.pop() {
            if next == 0 {
                if state[at] != 0 {
                    continue;
                }
                state[at] = 1;
            }
            let Some(&EventId(other)) = successors(at).get(next) else {
                state[at] = 2;
                continue;
            };
            stack.push((at, next + 1));
            if state[other] == 1 {
                let start = stack.iter().position(|(on, _)| *on == other).unwrap_or(0);
                let mut names: Vec<&str> = stack[start..].iter().map(|(on, _)| events[*on].id.as_str()).collect();
                names.push(&events[other].id);
                note(
                    Diagnostic::error(spans[at].clone(), "'after' goes round in a circle").label(names.join(" after ")),
                );
                sound = false;
            } else if state[other] == 0 {
                stack.push((other, 0));
            }
        }
    }
    sound
}
