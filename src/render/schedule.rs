//! A schedule in, text for people out: the plan, what its goals get, what reacting is worth, and how else it could be done.

use super::look::{Ink, Look, columns, date, items, padded, percent, printable, right, wrapped};
use super::text::warnings;
use crate::answer::{AskedPlan, Curve, DayValue, NoPlan, OtherChance, PlanDays, Policy, Schedule};
use crate::day::Day;

/// More days than this are drawn week by week or month by month.
const MOST_ROWS: usize = 18;
/// Weeks are drawn for no more days than this.
const MOST_DAYS_BY_WEEK: usize = 18 * 7;
/// The longest bar in columns.
const LONGEST: usize = 40;
/// More instructions than this are left to JSON.
const MOST_INSTRUCTIONS: usize = 12;
/// So many alternatives are told.
const ALTERNATIVES_SHOWN: usize = 5;

/// The best plan and what surrounds it.
pub fn schedule_text(schedule: &Schedule, look: &Look) -> String {
    let horizon = schedule.horizon;
    let page = Page { schedule, look, years: horizon.from.year() != horizon.to.year() };
    let mut parts = vec![
        page.heading(),
        page.plan(),
        page.bracket(),
        page.policy(),
        page.curves(),
        page.alternatives(),
        page.asked(),
        warnings(&schedule.warnings, look),
    ];
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// Why there is no plan.
pub fn no_plan_text(found: &NoPlan, look: &Look) -> String {
    let years = found.horizon.from.year() != found.horizon.to.year();
    let mut text = match &found.title {
        Some(title) => format!("{}\n", look.ink(Ink::Heading, &wrapped(&printable(title), look.width, 0))),
        None => String::new(),
    };
    text += &format!("No plan: {}.\n", found.why);
    for goal in &found.required {
        let best = match (goal.best_probability, &goal.plan) {
            (Some(best), Some(plan)) => format!("at most {} ({})", percent(best), days(plan, years)),
            _ => "no plan to judge it by".to_string(),
        };
        text += &format!(
            "  {} is to be {} probable: {best}  {}\n",
            printable(&goal.id),
            percent(goal.min_probability),
            look.ink(Ink::Faint, &printable(&goal.says))
        );
    }
    text
}

fn day(day: Day, years: bool) -> String {
    format!("{} {}", day.format("%a"), date(day, years))
}

fn held(found: Option<Day>, years: bool) -> String {
    found.map_or("left out".to_string(), |found| day(found, years))
}

/// `briefing Mon 20 May, statement left out`.
fn days(plan: &PlanDays, years: bool) -> String {
    match &plan.0[..] {
        [(_, only)] => held(*only, years),
        several => {
            several.iter().map(|(name, day)| format!("{name} {}", held(*day, years))).collect::<Vec<_>>().join(", ")
        }
    }
}

struct Page<'a> {
    schedule: &'a Schedule,
    look: &'a Look,
    years: bool,
}

impl Page<'_> {
    fn heading(&self) -> String {
        let Schedule { title, horizon, as_of, .. } = self.schedule;
        let title = title.as_deref().map_or(String::new(), |title| {
            format!("{}\n", self.look.ink(Ink::Heading, &wrapped(&printable(title), self.look.width, 0)))
        });
        let known = match as_of {
            Some(day) => format!("decided on the evening of {}", date(*day, self.years)),
            None => "everything in the file is known".to_string(),
        };
        let parts = [format!("days {}", self.look.span(*horizon, true)), known, "exact".to_string()];
        format!("{title}{}\n", self.look.ink(Ink::Faint, &items(&parts, self.look.dot(), self.look.width, 0)))
    }

    /// Values are probabilities where the only goal has the value 1 and nothing costs anything.
    fn value(&self, value: f64) -> String {
        let plain =
            matches!(&self.schedule.goals[..], [goal] if goal.value == 1.0) && (-1e-9..=1.0 + 1e-9).contains(&value);
        if plain {
            return percent(value.clamp(0.0, 1.0));
        }
        number(value)
    }

    fn plan(&self) -> String {
        let schedule = self.schedule;
        let proven = if schedule.proven {
            "proven best".to_string()
        } else {
            format!("none is worth more than {} more", number(schedule.gap))
        };
        let width = schedule.plan.0.iter().map(|(name, _)| columns(name)).max().unwrap_or(0);
        let mut lines = vec![format!("the plan, worth {}{}{proven}", self.value(schedule.value), self.look.dot())];
        for (name, day) in &schedule.plan.0 {
            let name = self.look.ink(Ink::Name, &padded(name, width));
            lines.push(format!("  {name}  {}", held(*day, self.years)));
        }
        let width = schedule.goals.iter().map(|goal| columns(&printable(&goal.id))).max().unwrap_or(0);
        for goal in &schedule.goals {
            let least = goal.min_probability.map_or(String::new(), |least| format!(" (at least {})", percent(least)));
            let worth = if goal.value == 1.0 { String::new() } else { format!("worth {}  ", number(goal.value)) };
            let line = format!(
                "  {}  {}{least}  {worth}{}",
                padded(&printable(&goal.id), width),
                right(&percent(goal.probability), 7),
                self.look.ink(Ink::Faint, &printable(&goal.says))
            );
            lines.push(line);
        }
        lines.join("\n") + "\n"
    }

    /// What waiting is worth.
    fn bracket(&self) -> String {
        let schedule = self.schedule;
        let mut rows = vec![("deciding now", self.value(schedule.value))];
        rows.extend(schedule.policy.as_ref().map(|policy| ("reacting", self.value(policy.value))));
        rows.extend(schedule.clairvoyant.map(|value| {
            let error = schedule
                .clairvoyant_error
                .map_or(String::new(), |error| format!(" {} {} (sampled)", self.look.plus_minus(), number(error)));
            ("knowing every date", self.value(value) + &error)
        }));
        let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let lines = rows.iter().map(|(name, value)| format!("  {}  {}\n", padded(name, width), right(value, 7)));
        format!("what waiting is worth\n{}", lines.collect::<String>())
    }

    fn policy(&self) -> String {
        let Some(policy) = &self.schedule.policy else { return String::new() };
        let Policy { instructions, watched, .. } = policy;
        let watching = match &watched[..] {
            [] => "nothing in doubt is watched".to_string(),
            names => format!("watching {}", names.join(" and ")),
        };
        let proven = if policy.proven { "proven best" } else { "the best that was found" };
        let mut text = format!("how to react ({watching}{}{proven})\n", self.look.dot());
        if instructions.len() <= MOST_INSTRUCTIONS {
            for instruction in instructions {
                text += &format!("  {}\n", wrapped(instruction, self.look.width.saturating_sub(2), 4));
            }
        } else {
            let told = format!("{} instructions: --format json has them", instructions.len());
            text += &format!("  {told}\n");
        }
        if let Some(simple) = &policy.simple {
            let told = format!("simpler, and worth {}: {}", self.value(simple.value), simple.rule);
            text += &format!("  {}\n", wrapped(&told, self.look.width.saturating_sub(2), 4));
        }
        if let Some(simulated) = policy.simulated {
            let told = format!(
                "carried out in {} drawn worlds it was worth {} {} {}",
                simulated.worlds,
                number(simulated.value),
                self.look.plus_minus(),
                number(simulated.value_error)
            );
            text += &format!("  {}\n", self.look.ink(Ink::Faint, &told));
        }
        if !policy.keeps_required {
            text += "  it does not keep every goal as probable as it must be\n";
        }
        text
    }

    fn curves(&self) -> String {
        self.schedule.curves.iter().map(|curve| self.curve(curve)).collect::<Vec<_>>().join("\n")
    }

    /// The best day of every week or month where there are many days.
    fn curve(&self, curve: &Curve) -> String {
        let same = |a: &&DayValue, b: &&DayValue| match curve.days.len() {
            count if count <= MOST_ROWS => a.date == b.date,
            count if count <= MOST_DAYS_BY_WEEK => a.date.monday() == b.date.monday(),
            _ => (a.date.year(), a.date.month()) == (b.date.year(), b.date.month()),
        };
        let days: Vec<&DayValue> = curve.days.iter().collect();
        let best = |days: &[&DayValue]| -> DayValue {
            days.iter().fold(*days[0], |best, day| if day.value > best.value { **day } else { best })
        };
        let rows: Vec<DayValue> = days.chunk_by(same).map(best).collect();
        let joined = rows.len() < days.len();
        let greatest = rows.iter().map(|row| row.value).fold(f64::NEG_INFINITY, f64::max);
        let what = match (joined, curve.days.len() <= MOST_DAYS_BY_WEEK) {
            (false, _) => "value by day",
            (true, true) => "value on the best day of each week",
            (true, false) => "value on the best day of each month",
        };
        let others = if self.schedule.curves.len() > 1 { ", the others as planned" } else { "" };
        let mut text = format!("{}: {what}{others}\n", self.look.ink(Ink::Name, &curve.decision));
        let chosen = self.schedule.plan.0.iter().find(|(name, _)| *name == curve.decision).and_then(|(_, day)| *day);
        let room = self.look.width.saturating_sub(32).min(LONGEST);
        for row in &rows {
            let share = if greatest > 0.0 { row.value.max(0.0) / greatest } else { 0.0 };
            let mark = if Some(row.date) == chosen { "*" } else { " " };
            let short = if row.keeps_required { "" } else { "  too improbable" };
            let bar = self.look.bar(share, room, row.keeps_required);
            let label = right(&day(row.date, self.years), if self.years { 15 } else { 10 });
            text += format!(" {mark}{label}  {}  {bar}{short}", right(&self.value(row.value), 8)).trim_end();
            text += "\n";
        }
        if let Some(value) = curve.not_held {
            let mark = if chosen.is_none() { "*" } else { " " };
            text += &format!(" {mark}left out  {}\n", self.value(value));
        }
        text
    }

    fn alternatives(&self) -> String {
        let shown = &self.schedule.alternatives[..self.schedule.alternatives.len().min(ALTERNATIVES_SHOWN)];
        if shown.is_empty() {
            return String::new();
        }
        let lines = shown.iter().map(|other| {
            let line = format!(
                "{}  worth {} (less {}){}",
                days(&other.plan, self.years),
                self.value(other.value),
                number(other.regret),
                self.changes(&other.goals)
            );
            format!("  {}\n", wrapped(&line, self.look.width.saturating_sub(2), 4))
        });
        format!("other plans\n{}", lines.collect::<String>())
    }

    /// `: after-visit −3.0, before-tour +1.2 points`, unless there is one goal only.
    fn changes(&self, goals: &[OtherChance]) -> String {
        if goals.len() < 2 {
            return String::new();
        }
        let each = goals.iter().filter(|goal| goal.change.abs() >= 0.0005);
        let told: Vec<String> =
            each.map(|goal| format!("{} {}", printable(&goal.id), self.look.change(goal.change))).collect();
        if told.is_empty() { String::new() } else { format!(": {}", told.join(", ")) }
    }

    fn asked(&self) -> String {
        let Some(asked) = &self.schedule.asked else { return String::new() };
        let AskedPlan { plan, value, regret, goals, keeps_rules, keeps_required } = asked;
        let mut text = format!(
            "asked about: {}, worth {} (less {})\n",
            days(plan, self.years),
            self.value(*value),
            number(*regret)
        );
        for goal in goals {
            let change = self.look.change(goal.change);
            text += &format!("  {}  {}  {change}\n", printable(&goal.id), percent(goal.probability));
        }
        if !keeps_rules {
            text += "  it does not keep the window, the as-of date and the rules among decisions\n";
        }
        if !keeps_required {
            text += "  it does not keep every goal as probable as it must be\n";
        }
        text
    }
}

/// A value with as many digits as say something.
fn number(value: f64) -> String {
    let size = value.abs();
    match () {
        () if size < 5e-13 => "0".to_string(),
        () if size < 0.001 => format!("{value:.1e}"),
        () if size < 1.0 => format!("{value:.4}"),
        () if size < 100.0 => format!("{value:.3}"),
        () if size < 1e7 => format!("{value:.1}"),
        () => format!("{value:.3e}"),
    }
}
