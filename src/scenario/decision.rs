//! `[decision.NAME]` and `[[goal]]` tables in, the model's decisions and goals out; and what may speak of decisions.

use super::distribution::read_window;
use super::reader::{Fields, Located, Span};
use super::text::Text;
use crate::day::Day;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::language::{Anchor, Horizon, Point, Predicate, SyntaxError, Tree};
use crate::model::{Decision, EventId, Goal, Proposition};
use std::collections::HashMap;
use toml::de::DeValue;

pub(super) const DECISION_KEYS: &[&str] = &["title", "window", "duration", "optional", "cost", "notice", "watch"];
pub(super) const GOAL_KEYS: &[&str] = &["id", "says", "value", "min_probability"];

/// Values and costs beyond this say nothing more.
const GREATEST_WORTH: f64 = 1e15;
/// Days of duration or notice beyond this are refused.
const MOST_DAYS: i32 = 1_000_000;
/// Events that a decision can react to.
const MOST_WATCHED: usize = 2;

/// What decision tables refer to.
pub(super) struct Setting<'s> {
    pub horizon: Horizon,
    /// Whether the horizon is the file's; otherwise it is a stand-in.
    pub known: bool,
    /// Names of events with their places.
    pub events: &'s HashMap<String, usize>,
    /// Which events would be known on the day; empty where that is not known.
    pub visible: &'s [bool],
}

/// Reads one decision; `None` where something is wrong with it (all of which is noted).
pub(super) fn read(fields: &Fields<'_, '_>, id: &str, setting: &Setting<'_>) -> Option<Decision> {
    let title = fields.text("title").map(|text| text.value);
    let window = window(fields, setting);
    let days = |key: &str, least: i32| match fields.get(key) {
        Some(value) => fields.reader.whole(value, key, least, MOST_DAYS).map(|days| days.value),
        None => Some(least),
    };
    let (duration, notice) = (days("duration", 1), days("notice", 0));
    let optional = if fields.has("optional") { fields.boolean("optional") } else { Some(false) };
    let cost = worth(fields, "cost", 0.0);
    let watch = if fields.has("watch") { watched(fields, setting).map(Some) } else { Some(None) };
    Some(Decision {
        id: id.to_string(),
        title,
        window: window?,
        duration: duration?,
        optional: optional?,
        cost: cost?,
        notice: notice?,
        watch: watch?,
    })
}

/// Reads one goal, whose proposition has been read.
pub(super) fn goal(fields: &Fields<'_, '_>, id: &str, says: Option<(Text, Proposition)>) -> Option<Goal> {
    let value = worth(fields, "value", 1.0);
    let min_probability = if fields.has("min_probability") {
        fields.probability("min_probability").map(|least| Some(least.value))
    } else {
        Some(None)
    };
    let (text, says) = says?;
    Some(Goal { id: id.to_string(), text: text.value, says, value: value?, min_probability: min_probability? })
}

fn window(fields: &Fields<'_, '_>, setting: &Setting<'_>) -> Option<(Day, Day)> {
    let Horizon { first, last } = setting.horizon;
    let Some(value) = fields.get("window") else {
        return Some((first, last));
    };
    let window = read_window(fields.reader, value, "window", setting.known.then_some(setting.horizon))?;
    let (from, to) = (window.first.max(first), window.last.min(last));
    if from > to {
        if setting.known {
            fields.reader.note(
                Diagnostic::error(value.span(), format!("no day is left for {}", fields.name))
                    .label(format!("shares no day with the horizon, {first} to {last}"))
                    .help("decisions start within the horizon, as events do"),
            );
        }
        return None;
    }
    Some((from, to))
}

/// A finite number that is not huge.
fn worth(fields: &Fields<'_, '_>, key: &str, default: f64) -> Option<f64> {
    if !fields.has(key) {
        return Some(default);
    }
    let Located { value, span } = fields.number(key)?;
    if value.abs() > GREATEST_WORTH {
        fields.reader.note(
            Diagnostic::error(span, format!("'{key}' is out of range"))
                .label(format!("expected a number from -{GREATEST_WORTH:e} to {GREATEST_WORTH:e}")),
        );
        return None;
    }
    Some(value)
}

fn watched(fields: &Fields<'_, '_>, setting: &Setting<'_>) -> Option<Vec<EventId>> {
    let value = fields.get("watch")?;
    let DeValue::Array(rows) = value.get_ref() else {
        fields.reader.note(
            Diagnostic::error(value.span(), "'watch' wants a list of events")
                .label("expected a list of names")
                .help("such as watch = [\"visit\", \"tour\"]"),
        );
        return None;
    };
    let mut found: Vec<EventId> = Vec::new();
    let mut sound = true;
    for row in rows.iter() {
        match row.get_ref() {
            DeValue::String(name) => match watchable(name, row.span(), setting) {
                Ok(event) if found.contains(&event) => {}
                Ok(event) => found.push(event),
                Err(wrong) => {
                    fields.reader.note(*wrong);
                    sound = false;
                }
            },
            _ => {
                fields
                    .reader
                    .note(Diagnostic::error(row.span(), "'watch' wants names").label("expected an event's name"));
                sound = false;
            }
        }
    }
    if found.len() > MOST_WATCHED {
        fields.reader.note(
            Diagnostic::error(value.span(), format!("a decision can react to at most {MOST_WATCHED} events"))
                .label(format!("these are {}", found.len()))
                .help("watch those that tell most about the goals: 'dateline explain' lists them under news"),
        );
        return None;
    }
    sound.then_some(found)
}

fn watchable(name: &str, span: Span, setting: &Setting<'_>) -> Result<EventId, Box<Diagnostic>> {
    let Some(&index) = setting.events.get(name) else {
        let known = setting.events.keys().map(String::as_str);
        let wrong = Diagnostic::error(span, format!("there is no event '{name}'")).label("unknown event");
        return Err(Box::new(wrong.maybe_help(did_you_mean(name, known))));
    };
    if setting.visible.get(index) == Some(&false) {
        let wrong = Diagnostic::error(span, format!("nobody would know on the day that '{name}' has started"))
            .label("has visible = false")
            .help("what is to be reacted to must be visible");
        return Err(Box::new(wrong));
    }
    Ok(EventId(index))
}

/// What a proposition is said by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaker {
    Rule,
    Goal,
    Report,
    Observation,
    Assumption,
    Query,
}

/// Why a proposition may not name the decision that it names: a decision changes nothing in the world, so that only goals
/// tie one to an event in doubt. `dated[k]` tells whether event `k` is on a date; decisions are counted on from there.
pub(super) fn out_of_place(
    tree: &Tree,
    speaker: Speaker,
    indices: &HashMap<String, usize>,
    dated: &[bool],
) -> Option<SyntaxError> {
    let index = |name: &str| indices.get(name).copied();
    let decided = first_point(tree, &|name| index(name).is_some_and(|index| index >= dated.len()))?;
    let uncertain = first_point(tree, &|name| index(name).is_some_and(|index| dated.get(index) == Some(&false)));
    let name = &decided.event;
    let told = |point: &Point, message: String, label: &str, help: String| SyntaxError {
        span: point.span.clone(),
        message,
        label: label.to_string(),
        help: Some(help),
    };
    let wish = "what is wished for is a goal: [[goal]] says = \"…\"".to_string();
    let of_whom = match speaker {
        Speaker::Goal => return None,
        Speaker::Rule => {
            let event = uncertain?;
            let message =
                format!("a rule cannot tie the decision '{name}' to '{}', whose date is in doubt", event.event);
            return Some(told(event, message, "in doubt", wish));
        }
        Speaker::Report => "a report",
        Speaker::Observation => "an observation",
        Speaker::Assumption => "an assumption",
        Speaker::Query => "a query",
    };
    let message = format!("{of_whom} cannot speak of '{name}', which is decided");
    Some(told(decided, message, "a decision", wish))
}

/// The first point of a proposition for whose event `wanted` holds.
fn first_point<'t>(tree: &'t Tree, wanted: &impl Fn(&str) -> bool) -> Option<&'t Point> {
    let inner = |parts: &'t [Tree]| parts.iter().find_map(|part| first_point(part, wanted));
    match tree {
        Tree::If(condition, consequence) => first_point(condition, wanted).or_else(|| first_point(consequence, wanted)),
        Tree::Or(parts) | Tree::And(parts) => inner(parts),
        Tree::Not(part) => first_point(part, wanted),
        Tree::Statement(statement) => {
            let other = match &statement.predicate {
                Predicate::Gap(_, _, Anchor::Point(point)) | Predicate::Within(_, Anchor::Point(point)) => Some(point),
                Predicate::Related(_, point) => Some(point),
                _ => None,
            };
            std::iter::once(&statement.subject).chain(other).find(|point| wanted(&point.event))
        }
    }
}
