//! A slip as written in, how far dates slip out.

use super::reader::{Fields, Located};
use crate::diagnostic::Diagnostic;
use crate::shape::{LONGEST_SLIP, Slip, Tails};
use toml::de::DeValue;

/// The keys of both forms of a slip that is more than a number.
pub(super) const SLIP_KEYS: &[&str] = &["early", "late", "exact", "late_share", "late_days", "early_days", "growth"];
const LINEAR_KEYS: [&str; 2] = ["early", "late"];
const FASTEST_GROWTH: f64 = 2.0;

/// Reads a slip, where there is one; `Err` where something is wrong with it (noted).
pub(super) fn slip(fields: &Fields<'_, '_>) -> Result<Option<Located<Slip>>, ()> {
    let Some(value) = fields.get("slip") else {
        return Ok(None);
    };
    let slip = if let DeValue::Table(_) = value.get_ref() {
        let table = fields.fields("slip", SLIP_KEYS).ok_or(())?;
        let tailed = SLIP_KEYS.iter().find(|key| !LINEAR_KEYS.contains(key) && table.has(key));
        let linear = LINEAR_KEYS.iter().find(|key| table.has(key));
        match (tailed, linear) {
            (Some(tailed), Some(linear)) => {
                fields.reader.note(
                    Diagnostic::error(table.key_span(linear), format!("'{linear}' does not go with '{tailed}'"))
                        .label("of the other form of a slip")
                        .help("write { early = 1, late = 7 }, or { exact = 0.4, late_share = 0.8, late_days = 7, early_days = 7 }"),
                );
                return Err(());
            }
            (Some(_), None) => Slip::Tailed(tails(&table)?),
            (None, _) => linear_slip(&table)?,
        }
    } else {
        let days = fields.reader.whole(value, "slip", 0, LONGEST_SLIP).ok_or(())?.value;
        Slip::Linear { early: days, late: days }
    };
    Ok(Some(Located { value: slip, span: value.span() }))
}

fn linear_slip(table: &Fields<'_, '_>) -> Result<Slip, ()> {
    let side = |key: &str| match table.get(key) {
        Some(side) => table.reader.whole(side, key, 0, LONGEST_SLIP).map(|days| days.value),
        None => {
            table.missing(key, "a slip is a number of days, or { early = 1, late = 7 }");
            None
        }
    };
    let (early, late) = (side("early"), side("late"));
    Ok(Slip::Linear { early: early.ok_or(())?, late: late.ok_or(())? })
}

/// A side that is left out has no share: who gives only late days says that all slips are late.
fn tails(table: &Fields<'_, '_>) -> Result<Tails, ()> {
    if !table.has("exact") {
        table.missing("exact", "exact is the share that comes true to the day, from 0 to 1");
    }
    let exact = table.probability("exact").map(|share| share.value);
    let (late_days, early_days) = (days(table, "late_days"), days(table, "early_days"));
    let implied = match (table.has("late_days"), table.has("early_days")) {
        (true, false) => Some(1.0),
        (false, true) => Some(0.0),
        (false, false) if !table.has("late_share") => Some(1.0),
        _ => None,
    };
    let late_share = match implied {
        None if !table.has("late_share") => {
            table.missing("late_share", "of the slips, the share that is late, from 0 to 1");
            None
        }
        _ if table.has("late_share") => table.probability("late_share").map(|share| share.value),
        implied => implied,
    };
    let growth = if table.has("growth") { number(table, "growth", (0.0, FASTEST_GROWTH), true) } else { Some(0.0) };
    let (exact, late_share) = (exact.ok_or(())?, late_share.ok_or(())?);
    let side = |days: Result<Option<f64>, ()>, key: &str, share: f64| match days? {
        Some(days) => Ok(days),
        None if share * (1.0 - exact) > 0.0 => {
            table.missing(key, format!("about half of these slips are longer than {key}, a number above 0"));
            Err(())
        }
        // No slip is on this side.
        None => Ok(1.0),
    };
    let (late_days, early_days) =
        (side(late_days, "late_days", late_share), side(early_days, "early_days", 1.0 - late_share));
    Ok(Tails { exact, late_share, late_days: late_days?, early_days: early_days?, growth: growth.ok_or(())? })
}

fn days(table: &Fields<'_, '_>, key: &str) -> Result<Option<f64>, ()> {
    if !table.has(key) {
        return Ok(None);
    }
    number(table, key, (0.0, f64::from(LONGEST_SLIP)), false).map(Some).ok_or(())
}

/// A number in a range, whose lower end belongs to it where `least` says so.
fn number(table: &Fields<'_, '_>, key: &str, (low, high): (f64, f64), least: bool) -> Option<f64> {
    let number = table.number(key)?;
    let fits = number.value <= high && if least { number.value >= low } else { number.value > low };
    if !fits {
        let from = if least { format!("from {low} to {high}") } else { format!("above {low}, at most {high}") };
        table.reader.note(
            Diagnostic::error(number.span, format!("'{key}' cannot be {}", number.value))
                .label(format!("expected a number {from}")),
        );
    }
    fits.then_some(number.value)
}
