//! The `[calendar]` table in, holidays and working days out.

use super::event::WEEKDAYS;
use super::reader::{Fields, describe};
use crate::day::Day;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::model::{Calendar, WorkingDays};
use std::collections::BTreeSet;
use toml::de::DeValue;

pub(super) const CALENDAR_KEYS: &[&str] = &["holidays", "workweek"];

/// Reads the calendar; what is wrong is noted, and is then as if it were not there.
pub(super) fn read(top: &Fields<'_, '_>) -> Calendar {
    let Some(fields) = top.fields("calendar", CALENDAR_KEYS) else {
        return Calendar::default();
    };
    let workweek = workweek(&fields).unwrap_or(WorkingDays::default().workweek);
    Calendar::new(holidays(&fields), workweek)
}

fn holidays(calendar: &Fields<'_, '_>) -> BTreeSet<Day> {
    let Some(value) = calendar.get("holidays") else {
        return BTreeSet::new();
    };
    let reader = calendar.reader;
    let DeValue::Array(days) = value.get_ref() else {
        reader.note(Diagnostic::error(value.span(), "'holidays' wants a list of dates").label("expected [ … ]"));
        return BTreeSet::new();
    };
    days.iter().filter_map(|day| reader.date(day, "holidays")).map(|day| day.value).collect()
}

/// Which weekdays are worked on, from Monday on; `None` where nothing is said, or nothing that makes sense.
fn workweek(calendar: &Fields<'_, '_>) -> Option<[bool; 7]> {
    let value = calendar.get("workweek")?;
    let reader = calendar.reader;
    let help = format!("write workweek = [\"mon\", \"tue\"], say; the weekdays are: {}", WEEKDAYS.join(", "));
    let DeValue::Array(names) = value.get_ref() else {
        let found = describe(value.get_ref());
        let message = format!("'workweek' wants a list of weekdays, not {found}");
        reader.note(Diagnostic::error(value.span(), message).label("expected [ … ]").help(help));
        return None;
    };
    let mut workweek = [false; 7];
    let mut sound = true;
    for name in names.iter() {
        let DeValue::String(word) = name.get_ref() else {
            let message = format!("'workweek' wants the names of weekdays, not {}", describe(name.get_ref()));
            reader.note(Diagnostic::error(name.span(), message).label("expected a name").help(help.as_str()));
            sound = false;
            continue;
        };
        let trouble = match WEEKDAYS.iter().position(|weekday| weekday == word) {
            Some(at) if !std::mem::replace(&mut workweek[at], true) => continue,
            Some(_) => Diagnostic::error(name.span(), format!("'{word}' stands twice in 'workweek'"))
                .label("once is enough")
                .help("leave it out here"),
            None => {
                let near = shortened(word).or_else(|| did_you_mean(word, WEEKDAYS.iter().copied()));
                Diagnostic::error(name.span(), format!("'{word}' is no weekday of 'workweek'"))
                    .label("expected a weekday")
                    .help(near.unwrap_or_else(|| format!("the weekdays are: {}", WEEKDAYS.join(", "))))
            }
        };
        reader.note(trouble);
        sound = false;
    }
    if names.is_empty() {
        let message = "'workweek' names no weekday, so that no day would be a working day";
        reader.note(Diagnostic::error(value.span(), message).label("expected at least one weekday").help(help));
        return None;
    }
    sound.then_some(workweek)
}

/// `Monday` and the like are meant as `mon`.
fn shortened(word: &str) -> Option<String> {
    let word = word.to_lowercase();
    let meant = WEEKDAYS
        .iter()
        .find(|weekday| word.len() >= 2 && (word.starts_with(**weekday) || weekday.starts_with(&word)))?;
    Some(format!("did you mean '{meant}'?"))
}
