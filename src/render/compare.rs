//! A comparison and what led to it in; text for people, which shows at a glance what moved, and JSON out.

use super::chart::chart;
use super::chart_pair::{Pair, chart_pair};
use super::conflict::explanation;
use super::look::{Ink, Look, columns, date, items, padded, percent, points, printable, right, wrapped};
use super::text::bulk;
use crate::answer::{Comparison, EventComparison, EventForecast, Figure, Level, Method, Sides, Span};
use crate::scenario::Difference;
use serde::Serialize;

/// Columns beyond this many are left empty.
const WIDEST: usize = 100;
/// Differences beyond this many are left to JSON.
const CHANGES_SHOWN: usize = 20;
/// Differences longer than so many lines are cut.
const LINES_OF_CHANGE: usize = 3;
/// Events of which less than this has moved get no chart: no row of it would be marked.
const DRAWN: f64 = 0.005;
/// Shifts (in days) below half of the last digit shown are none.
const LEAST_SHIFT: f64 = 0.05;
/// Probabilities below half of the last digit shown are none.
pub(super) const LEAST_SHOWN: f64 = 0.0005;
/// What stands in place of a date that is not reached.
const NOT_REACHED: &str = "not within the horizon";

/// A comparison as JSON: one object, in which what was changed comes first.
#[derive(Serialize)]
pub struct ComparisonJson<'c> {
    pub changed: &'c [Difference],
    #[serde(flatten)]
    pub comparison: &'c Comparison,
}

/// A comparison as text; `names` is what the sides are called.
pub fn comparison_text(changed: &[Difference], comparison: &Comparison, names: Sides<&str>, look: &Look) -> String {
    let page = Page { comparison, look, years: years(comparison) };
    let mut parts = vec![page.heading(names), page.changed(changed)];
    if !comparison.feasible() {
        parts.extend(page.infeasible());
    } else if comparison.moved() {
        let told = comparison.events.iter().filter(|event| event.moved() && !barely(event));
        parts.extend(told.map(|event| page.event(event)));
        parts.push(page.rest("", comparison.events.iter().map(|event| (&event.id, event.moved(), barely(event)))));
        parts.push(page.reports());
        parts.push(page.questions());
    } else {
        parts.push(format!("Nothing moved{}: dates, reports and questions are as before.\n", page.beyond_chance()));
    }
    parts.push(page.warnings());
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// Whether dates need their year.
fn years(comparison: &Comparison) -> bool {
    let sides = [&comparison.about.a, &comparison.about.b];
    let mut years = sides.iter().filter_map(|side| side.horizon).flat_map(|days| [days.from.year(), days.to.year()]);
    let first = years.next();
    years.any(|year| Some(year) != first)
}

/// Whether an event moved by less than is shown.
fn barely(event: &EventComparison) -> bool {
    let least_shift = event.shift_days.is_none_or(|shift| shift.value.abs() < LEAST_SHIFT);
    least_shift && event.total_variation.is_some_and(|moved| moved.value < LEAST_SHOWN)
}

/// What is drawn from, and how.
pub(super) struct Page<'a> {
    pub comparison: &'a Comparison,
    pub look: &'a Look,
    years: bool,
}

impl Page<'_> {
    /// What each side is, then what both have in common.
    fn heading(&self, names: Sides<&str>) -> String {
        let look = self.look;
        let Sides { a, b } = &self.comparison.about;
        let titles = [&a.title, &b.title].map(|title| title.as_deref().map_or(String::new(), printable));
        let about = self.about();
        let mut text = String::new();
        if titles[0] == titles[1] && !titles[0].is_empty() {
            text.push_str(&format!("{}\n", look.ink(Ink::Heading, &wrapped(&titles[0], look.width, 0))));
        }
        let common: Vec<String> = about[0].iter().filter(|item| about[1].contains(item)).cloned().collect();
        for (side, (letter, name)) in [("a", names.a), ("b", names.b)].into_iter().enumerate() {
            let title = (titles[0] != titles[1]).then(|| titles[side].clone()).filter(|title| !title.is_empty());
            let own = about[side].iter().filter(|item| !common.contains(item)).cloned();
            let each: Vec<String> = [printable(name)].into_iter().chain(title).chain(own).collect();
            let each = items(&each, look.dot(), look.width.saturating_sub(3), 3);
            text.push_str(&format!("{}  {each}\n", look.ink(Ink::Name, letter)));
        }
        if !common.is_empty() {
            text.push_str(&format!("{}\n", look.ink(Ink::Faint, &items(&common, look.dot(), look.width, 0))));
        }
        text
    }

    /// Days, what is known and how it was found, of each side.
    fn about(&self) -> [Vec<String>; 2] {
        let Sides { a, b } = &self.comparison.about;
        let Sides { a: method_a, b: method_b } = &self.comparison.method;
        [(a, method_a), (b, method_b)].map(|(about, method)| {
            let Some(days) = about.horizon else {
                return vec!["cannot hold together".to_string()];
            };
            let known = match about.as_of {
                Some(day) => {
                    let year = self.years || day.year() != days.from.year();
                    format!("nothing known after {}", date(day, year))
                }
                None => "everything in the file is known".to_string(),
            };
            let method = match method {
                Some(Method::Sampled { samples, effective, seed }) => {
                    format!("sampled: {samples} worlds (effective {effective}), seed {seed}")
                }
                _ => "exact".to_string(),
            };
            vec![format!("days {}", self.look.span(days, true)), known, method]
        })
    }

    fn changed(&self, changed: &[Difference]) -> String {
        let look = self.look;
        if changed.is_empty() {
            return "changed: nothing but layout, comments and order, if anything\n".to_string();
        }
        let mut lines = vec![look.ink(Ink::Heading, "changed")];
        for difference in changed.iter().take(CHANGES_SHOWN) {
            let told: Vec<String> = difference.told(look.arrow()).split_whitespace().map(printable).collect();
            let told = look.cut(&told.join(" "), LINES_OF_CHANGE * look.width.saturating_sub(6));
            lines.push(format!("  {}", wrapped(&told, look.width.saturating_sub(2), 6)));
        }
        if changed.len() > CHANGES_SHOWN {
            let more = changed.len() - CHANGES_SHOWN;
            lines.push(look.ink(Ink::Faint, &format!("  and {more} more (all with --format json)")));
        }
        lines.join("\n") + "\n"
    }

    /// Why sides have no forecast.
    fn infeasible(&self) -> Vec<String> {
        let Sides { a, b } = &self.comparison.infeasible;
        let sides = [("a", a), ("b", b)].into_iter().filter_map(|(name, side)| Some((name, side.as_ref()?)));
        let told = |(name, side): (&str, &crate::answer::Infeasible)| {
            let verdict =
                format!("There is no forecast of {name}: nothing that keeps all its rules and facts can happen.");
            let verdict = wrapped(&verdict, self.look.width, 0);
            format!("{verdict}\n\n{}", explanation(&side.explanation, true, self.look))
        };
        sides.map(told).collect()
    }

    fn event(&self, event: &EventComparison) -> String {
        let mut lines = vec![self.event_heading(event)];
        let open = [&event.a, &event.b].into_iter().flatten().any(EventForecast::in_doubt);
        match (&event.a, &event.b) {
            _ if !open => lines.push(self.dates(event)),
            (Some(a), Some(b)) => {
                lines.push(self.figures(a, b, event.shift_days));
                if event.total_variation.is_some_and(|moved| moved.value >= DRAWN) {
                    lines.extend(self.chart_pair(a, b));
                    lines.extend(self.chart_error(&[a, b]));
                }
            }
            (one, other) => {
                for only in [one, other].into_iter().flatten() {
                    lines.push(self.figures(only, only, None));
                    lines.extend(chart(&only.days, bulk(only), self.years, self.look));
                    lines.extend(self.chart_error(&[only]));
                }
            }
        }
        lines.join("\n") + "\n"
    }

    /// `7 May → 9 May (mean 2.0 days later)`, of what is in doubt on neither side.
    fn dates(&self, event: &EventComparison) -> String {
        let when = |event: &EventForecast| match event.mode {
            Some(day) => date(day, self.years),
            None => "does not occur in the horizon".to_string(),
        };
        let when = self.both(event.a.as_ref().map(when), event.b.as_ref().map(when));
        let line = when + &self.shift(event.shift_days);
        format!("  {}", wrapped(&line, self.look.width.saturating_sub(2), 2))
    }

    /// `visit  Putin visits China                    12.3 % moved`
    fn event_heading(&self, event: &EventComparison) -> String {
        let look = self.look;
        let note = match (&event.a, &event.b, event.total_variation) {
            (Some(_), None, _) => "only in a".to_string(),
            (None, Some(_), _) => "only in b".to_string(),
            (_, _, Some(moved)) => format!("{} moved", percent(moved.value)),
            _ => String::new(),
        };
        let room = look.width.saturating_sub(columns(&note) + 2);
        let id = look.cut(&event.id, room);
        let title = event.b.as_ref().or(event.a.as_ref()).and_then(|side| side.title.as_deref());
        let title = title.map_or(String::new(), |title| format!("  {}", printable(title)));
        let title = look.cut(&title, room.saturating_sub(columns(&id)));
        let gap = look.width.min(WIDEST).saturating_sub(columns(&id) + columns(&title) + columns(&note)).max(2);
        format!("{}{title}{}{}", look.ink(Ink::Name, &id), " ".repeat(gap), look.ink(Ink::Faint, &note))
    }

    /// A line for the middle and whether it occurs, one for the windows.
    ///
    /// ```text
    /// middle 23 May → 2 Jun (mean 9.8 days later) · occurs 99.8 % → 98.9 %
    /// 50 % 16–24 May → 15–26 May · 80 % …
    /// ```
    fn figures(&self, a: &EventForecast, b: &EventForecast, shift: Option<Figure>) -> String {
        let look = self.look;
        let middle = |event: &EventForecast| match event.median() {
            Some(day) => date(day, self.years),
            None => NOT_REACHED.to_string(),
        };
        let mut middle = vec![format!("middle {}{}", look.moved(&middle(a), &middle(b)), self.shift(shift))];
        let occurs = |event: &EventForecast| look.estimate(event.occurs, event.occurs_error);
        let occurs = look.moved(&occurs(a), &occurs(b));
        if occurs != percent(1.0) {
            middle.push(format!("occurs {occurs}"));
        }
        let window = |level: &Level| match level.from.zip(level.to) {
            Some((from, to)) => look.span(Span { from, to }, self.years),
            None => NOT_REACHED.to_string(),
        };
        let windows =
            a.windows.iter().zip(&b.windows).map(|(of_a, of_b)| {
                format!("{:.0} % {}", of_a.level * 100.0, look.moved(&window(of_a), &window(of_b)))
            });
        let line = |parts: &[String]| format!("  {}", items(parts, look.dot(), look.width.saturating_sub(2), 2));
        format!("{}\n{}", line(&middle), line(&windows.collect::<Vec<String>>()))
    }

    /// ` (mean 9.8 days later)`
    fn shift(&self, shift: Option<Figure>) -> String {
        let Some(Figure { value, error }) = shift.filter(|shift| shift.value.abs() >= LEAST_SHIFT) else {
            return String::new();
        };
        let error = error.filter(|error| *error >= LEAST_SHIFT);
        let error = error.map_or(String::new(), |error| format!(" {} {error:.1}", self.look.plus_minus()));
        let direction = if value > 0.0 { "later" } else { "earlier" };
        format!(" (mean {:.1}{error} days {direction})", value.abs())
    }

    fn chart_pair(&self, a: &EventForecast, b: &EventForecast) -> Vec<String> {
        let occurs_error = |event: &EventForecast| event.occurs_error.unwrap_or(0.0);
        // Rows are stretches of days as windows are, and about as sure.
        let error = |event: &EventForecast| {
            let windows = event.windows.iter().filter_map(|window| window.probability_error);
            windows.fold(occurs_error(event), f64::max)
        };
        let spans = [a, b].map(bulk).into_iter().filter(|span| span.from.is_date());
        let Some(bulk) = spans.reduce(|one, other| Span { from: one.from.min(other.from), to: one.to.max(other.to) })
        else {
            return Vec::new();
        };
        let pair = Pair {
            days: [&a.days, &b.days],
            never: [a.never, b.never],
            chance: 2.0 * error(a).hypot(error(b)),
            never_chance: 2.0 * occurs_error(a).hypot(occurs_error(b)),
            bulk,
            years: self.years,
        };
        chart_pair(&pair, self.look)
    }

    /// The largest standard error of a day or of not occurring, once for a whole chart.
    fn chart_error(&self, events: &[&EventForecast]) -> Option<String> {
        let days = events.iter().flat_map(|event| event.days.iter().filter_map(|day| day.p_error));
        let largest = days.chain(events.iter().filter_map(|event| event.occurs_error)).reduce(f64::max)?;
        let text = format!("each day {} {} at most", self.look.plus_minus(), points(largest));
        Some(format!("  {}", self.look.ink(Ink::Faint, &text)))
    }

    /// A line of what did not move, and one of what moved by less than is shown; of each its id, whether it moved, and
    /// whether it did so barely.
    pub(super) fn rest<'i>(&self, indent: &str, all: impl Iterator<Item = (&'i String, bool, bool)>) -> String {
        let (mut still, mut barely) = (Vec::new(), Vec::new());
        for (id, moved, hardly) in all {
            match (moved, hardly) {
                (false, _) => still.push(printable(id)),
                (true, true) => barely.push(printable(id)),
                (true, false) => {}
            }
        }
        let line = |what: &str, ids: &[String]| {
            if ids.is_empty() {
                return String::new();
            }
            let width = self.look.width.saturating_sub(indent.len());
            let text = wrapped(&format!("{what}: {}", ids.join(", ")), width, indent.len() + 2);
            format!("{indent}{}\n", self.look.ink(Ink::Faint, &text))
        };
        line("hardly changed", &barely) + &line(&format!("unchanged{}", self.beyond_chance()), &still)
    }

    /// What both sides say, with an arrow where it is not the same.
    pub(super) fn both(&self, a: Option<String>, b: Option<String>) -> String {
        match (a, b) {
            (Some(a), Some(b)) => self.look.moved(&a, &b),
            (a, b) => a.or(b).unwrap_or_default(),
        }
    }

    /// Of what was drawn, no more can be said.
    fn beyond_chance(&self) -> &'static str {
        let Sides { a, b } = &self.comparison.method;
        let sampled = [a, b].into_iter().any(|method| matches!(method, Some(Method::Sampled { .. })));
        if sampled { " beyond chance" } else { "" }
    }

    /// What only one side's author should mind; what both should, their forecasts tell.
    fn warnings(&self) -> String {
        let Sides { a, b } = &self.comparison.warnings;
        let mut text = String::new();
        for (name, own, other) in [("a", a, b), ("b", b, a)] {
            for warning in own.iter().filter(|warning| !other.contains(warning)) {
                let line = wrapped(&format!("mind, in {name}: {}", printable(warning)), self.look.width, 6);
                text.push_str(&format!("{}\n", self.look.ink(Ink::Warning, &line)));
            }
        }
        text
    }
}

/// Rows of cells as a table, or `None` where it would be too wide; cells of the columns in `right_hand` end together.
pub(super) fn table<const N: usize>(rows: &[[String; N]], right_hand: &[usize], look: &Look) -> Option<Vec<String>> {
    let widths: Vec<usize> = (0..N).map(|at| rows.iter().map(|row| columns(&row[at])).max().unwrap_or(0)).collect();
    let gaps = widths.iter().filter(|width| **width > 0).count() * 2;
    if widths.iter().sum::<usize>() + gaps > look.width {
        return None;
    }
    let line = |row: &[String; N]| {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate().filter(|(_, (_, width))| **width > 0) {
            let cell = if right_hand.contains(&at) { right(cell, *width) } else { padded(cell, *width) };
            line.push_str(&format!("  {cell}"));
        }
        line.trim_end().to_string()
    };
    Some(rows.iter().map(line).collect())
}
