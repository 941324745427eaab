//! An answer in, text for people out: what an analyst would paste into a mail.

use super::chart::chart;
use super::conflict::explanation;
use super::look::{Ink, Look, columns, credibility, date, items, padded, percent, points, printable, right, wrapped};
use crate::answer::{
    Answer, EventForecast, Forecast, Infeasible, JointWindow, Method, ReportForecast, ReportStanding, Span,
};
use crate::day::Day;

/// Columns beyond this many are left empty.
const WIDEST: usize = 100;
/// A source's name is cut to no fewer columns than this.
const SHORTEST_SOURCE: usize = 12;
/// Joint windows beyond this many are left to JSON.
const JOINT_SHOWN: usize = 10;

/// The whole answer.
pub fn text(answer: &Answer, look: &Look) -> String {
    match answer {
        Answer::Forecast(forecast) => Page { forecast, look, years: years(forecast) }.whole(),
        Answer::Infeasible(infeasible) => infeasible_text(infeasible, look),
    }
}

/// How reports and facts agree, and which reports are refuted, in sentences.
pub(super) fn agreement(forecast: &Forecast) -> Vec<String> {
    let look = Look { width: usize::MAX / 4, colour: false, unicode: true };
    let page = Page { forecast, look: &look, years: true };
    page.refuted().into_iter().chain(page.agreement()).map(|sentence| sentence.trim().to_string()).collect()
}

/// Whether dates need their year.
fn years(forecast: &Forecast) -> bool {
    forecast.horizon.from.year() != forecast.horizon.to.year()
}

struct Page<'a> {
    forecast: &'a Forecast,
    look: &'a Look,
    years: bool,
}

impl Page<'_> {
    fn whole(&self) -> String {
        let mut parts = vec![self.heading()];
        let (open, settled): (Vec<&EventForecast>, Vec<&EventForecast>) =
            self.forecast.events.iter().partition(|e| e.in_doubt());
        parts.extend(open.iter().map(|event| self.event(event)));
        parts.push(self.settled(&settled));
        parts.push(self.joint());
        parts.push(self.reports());
        parts.push(self.questions());
        parts.push(self.warnings());
        parts.retain(|part| !part.is_empty());
        parts.join("\n")
    }

    fn heading(&self) -> String {
        let Forecast { title, horizon, as_of, .. } = self.forecast;
        let title = title.as_deref().map_or(String::new(), |title| {
            format!("{}\n", self.look.ink(Ink::Heading, &wrapped(&printable(title), self.look.width, 0)))
        });
        let known = match as_of {
            Some(day) => format!("nothing known after {}", date(*day, self.years || day.year() != horizon.from.year())),
            None => "everything in the file is known".to_string(),
        };
        let days = format!("days {}", self.look.span(*horizon, true));
        let mut parts = vec![days, known];
        parts.extend(self.method());
        let about = items(&parts, self.look.dot(), self.look.width, 0);
        format!("{title}{}\n", self.look.ink(Ink::Faint, &about))
    }

    /// `exact`, or `sampled: 20000 worlds (effective 18731), seed 1`.
    fn method(&self) -> Vec<String> {
        match self.forecast.method {
            Method::Exact => vec!["exact".to_string()],
            Method::Sampled { samples, effective, seed } => {
                vec![format!("sampled: {samples} worlds (effective {effective})"), format!("seed {seed}")]
            }
        }
    }

    /// The largest standard error of a day or of not occurring, once for a whole chart.
    fn chart_error(&self, event: &EventForecast) -> Option<String> {
        let largest = event.days.iter().filter_map(|day| day.p_error).chain(event.occurs_error).reduce(f64::max)?;
        let text = format!("each day {} {} at most", self.look.plus_minus(), points(largest));
        Some(format!("  {}", self.look.ink(Ink::Faint, &text)))
    }

    fn event(&self, event: &EventForecast) -> String {
        let possible =
            event.feasible.map_or(String::new(), |span| format!("possible {}", self.look.span(span, self.years)));
        let title = event.title.as_deref().map_or(String::new(), |title| format!("  {}", printable(title)));
        let room = self.look.width.saturating_sub(columns(&event.id) + columns(&possible) + 2);
        let title = self.look.cut(&title, room);
        let used = columns(&event.id) + columns(&title);
        let gap = self.look.width.min(WIDEST).saturating_sub(used + columns(&possible)).max(2);
        let mut lines = vec![format!(
            "{}{title}{}{}",
            self.look.ink(Ink::Name, &event.id),
            " ".repeat(gap),
            self.look.ink(Ink::Faint, &possible)
        )];
        lines.push(format!("  {}", self.figures(event)));
        let moved = event.occurs_before.0 - event.occurs_before.1;
        if moved.abs() > 0.05 {
            lines.push(format!(
                "  occurs {} by its prior {} {} with the rules",
                percent(event.occurs_before.0),
                self.look.arrow(),
                percent(event.occurs_before.1)
            ));
        }
        lines.extend(chart(&event.days, bulk(event), self.years, self.look));
        if event.never > 0.0 {
            let label = "does not occur in the horizon";
            lines.push(format!("  {label}  {}", self.look.estimate(event.never, event.occurs_error)));
        }
        lines.extend(self.chart_error(event));
        lines.join("\n") + "\n"
    }

    /// `middle 23 May · 50 % 16–24 May · …`
    fn figures(&self, event: &EventForecast) -> String {
        let middle = match event.median() {
            Some(day) => format!("middle {}", date(day, self.years)),
            None => "more likely than not it does not occur in the horizon".to_string(),
        };
        let mut parts = vec![middle];
        let mut beyond: Vec<String> = Vec::new();
        for window in &event.windows {
            let level = format!("{:.0} %", window.level * 100.0);
            match (window.from, window.to) {
                (Some(from), Some(to)) => {
                    let span = self.look.span(Span { from, to }, self.years);
                    parts.push(format!("{level} {span}"));
                }
                _ => beyond.push(level),
            }
        }
        if !beyond.is_empty() {
            parts.push(format!("{} not within the horizon", beyond.join(" and ")));
        }
        items(&parts, self.look.dot(), self.look.width.saturating_sub(2), 2)
    }

    /// One line for each event without doubt.
    fn settled(&self, events: &[&EventForecast]) -> String {
        let width = events.iter().map(|event| columns(&event.id)).max().unwrap_or(0);
        let line = |event: &&EventForecast| {
            let when = match event.mode {
                Some(day) => date(day, self.years),
                None => "does not occur in the horizon".to_string(),
            };
            let id = self.look.ink(Ink::Name, &padded(&event.id, width));
            let title = event.title.as_deref().map_or(String::new(), |title| format!("  {}", printable(title)));
            let room = self.look.width.saturating_sub(width + columns(&when) + 2);
            format!("{id}  {when}{}\n", self.look.cut(&title, room))
        };
        let lines: String = events.iter().map(line).collect();
        if lines.is_empty() { lines } else { format!("{}\n{lines}", self.look.ink(Ink::Heading, "not in doubt")) }
    }

    /// The most probable combinations of weeks, where there is more than one event to combine.
    fn joint(&self) -> String {
        let windows = &self.forecast.joint_windows;
        let Some(first) = windows.first().filter(|window| window.weeks.len() > 1) else {
            return String::new();
        };
        let names: Vec<&str> = first.weeks.iter().map(|(event, _)| event.as_str()).collect();
        let cell = |window: &JointWindow, at: usize| match window.weeks[at].1 {
            Some(monday) => date(monday, self.years),
            None => "never".to_string(),
        };
        let widths: Vec<usize> = (0..names.len())
            .map(|at| windows.iter().map(|w| columns(&cell(w, at))).max().unwrap_or(0).max(columns(names[at])))
            .collect();
        let row =
            |cells: Vec<String>| cells.iter().zip(&widths).map(|(c, w)| right(c, *w)).collect::<Vec<_>>().join("  ");
        let mut lines = vec![self.look.ink(Ink::Heading, "most probable weeks together (Mondays)")];
        lines.push(format!("  {}", row(names.iter().map(|name| name.to_string()).collect())));
        for window in windows.iter().take(JOINT_SHOWN) {
            let cells = (0..names.len()).map(|at| cell(window, at)).collect();
            let probability = self.look.estimate(window.probability, window.probability_error);
            lines.push(format!("  {}  {}", row(cells), right(&probability, 7)));
        }
        lines.join("\n") + "\n"
    }

    fn reports(&self) -> String {
        let reports = &self.forecast.reports;
        if reports.is_empty() {
            return String::new();
        }
        let mut cells: Vec<[String; 4]> = reports.iter().map(|report| self.report_cells(report)).collect();
        let head = ["reports", "", "credibility", "claim"];
        let width = |cells: &[[String; 4]], at: usize| {
            let all = cells.iter().map(|row| columns(&row[at]));
            all.chain([columns(head[at])]).max().unwrap_or(0)
        };
        // The sources' names give way where a line would be too long.
        let fixed: usize = [0, 2, 3].map(|at| width(&cells, at) + 2).iter().sum();
        let room = self.look.width.saturating_sub(fixed + 2).max(SHORTEST_SOURCE);
        cells.iter_mut().for_each(|row| row[1] = self.look.cut(&row[1], room));
        let widths: Vec<usize> = (0..4).map(|at| width(&cells, at)).collect();
        let line = |row: &[String; 4]| {
            let each: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| padded(cell, *width)).collect();
            format!("  {}", each.join("  "))
        };
        let header = line(&head.map(str::to_string));
        let mut lines = vec![self.look.ink(Ink::Heading, header.trim())];
        // The claims stand in the same line where all of them fit, else below.
        let start = widths.iter().sum::<usize>() + 10;
        let fits = reports.iter().all(|report| start + columns(&claim(report)) <= self.look.width);
        for (row, report) in cells.iter().zip(reports) {
            let claim = claim(report);
            let text = line(row);
            if fits {
                lines.push(format!("{text}  {claim}"));
            } else {
                lines.push(text.trim_end().to_string());
                let claim = wrapped(&claim, self.look.width.saturating_sub(6), 6);
                lines.push(format!("      {}", self.look.ink(Ink::Faint, &claim)));
            }
        }
        lines.extend(self.refuted());
        lines.extend(self.agreement());
        lines.join("\n") + "\n"
    }

    fn report_cells(&self, report: &ReportForecast) -> [String; 4] {
        let source = printable(report.source.as_deref().unwrap_or(""));
        let arrow = self.look.arrow();
        let (strength, claim) = match &report.standing {
            ReportStanding::Echoes { echoes } => (format!("copy of {}", printable(echoes)), String::new()),
            ReportStanding::Replaced { replaced_by } => {
                (format!("replaced by {}", printable(replaced_by)), String::new())
            }
            ReportStanding::Speaks {
                credibility: before,
                posterior,
                claim_prior,
                claim_prior_error,
                claim_posterior,
                claim_posterior_error,
                ..
            } => {
                let strength = match (before, posterior) {
                    (Some(before), Some(after)) => {
                        format!("{} {arrow} {}", credibility(*before), credibility(*after))
                    }
                    _ => report.ratio.map_or(String::new(), |ratio| format!("odds x {ratio}")),
                };
                let before = self.look.estimate(*claim_prior, *claim_prior_error);
                let after = self.look.estimate(*claim_posterior, *claim_posterior_error);
                (strength, format!("{} {arrow} {after}", right(&before, 6)))
            }
        };
        [printable(&report.id), source, strength, claim]
    }

    /// Reports whose testimony cannot be well founded, now that all is known.
    fn refuted(&self) -> Option<String> {
        let refuted = self.forecast.reports.iter().filter(|report| match report.standing {
            ReportStanding::Speaks { credibility, posterior, posterior_error, .. } => {
                credibility > Some(0.0) && posterior == Some(0.0) && posterior_error.unwrap_or(0.0) == 0.0
            }
            _ => false,
        });
        let names: Vec<String> = refuted.map(|report| printable(&report.id)).collect();
        (!names.is_empty()).then(|| format!("  What is known refutes {}.", names.join(" and ")))
    }

    /// The agreement in words.
    fn agreement(&self) -> Option<String> {
        let value = self.forecast.agreement;
        let speaking =
            self.forecast.reports.iter().filter(|r| matches!(r.standing, ReportStanding::Speaks { .. })).count();
        let words = match value {
            _ if speaking == 0 => return None,
            _ if !self.forecast.tells_agreement() => "Too few worlds fit to say how reports and facts agree",
            v if v >= 10.0 => "Taken together, reports and facts strongly bear each other out",
            v if v >= 1.1 => "Taken together, reports and facts support each other",
            v if v > 0.9 => "Taken together, reports and facts neither support nor contradict each other much",
            v if v >= 0.1 => "The reports pull in different directions",
            _ => "The reports are at odds with each other or with the facts",
        };
        let moderate = (0.01..1000.0).contains(&value);
        let number = |number: f64| if moderate { format!("{number:.2}") } else { format!("{number:.1e}") };
        let shown = number(value);
        let error = self.forecast.agreement_error.filter(|error| *error > 0.0 && error.is_finite());
        let error = error.map_or(String::new(), |error| format!(" {} {}", self.look.plus_minus(), number(error)));
        let text = format!("{words} (agreement {shown}{error}).");
        Some(format!("  {}", wrapped(&text, self.look.width.saturating_sub(2), 2)))
    }

    fn questions(&self) -> String {
        let queries = &self.forecast.queries;
        if queries.is_empty() {
            return String::new();
        }
        let shown = |id: &str, ask: &str| {
            if id == ask { String::new() } else { printable(id) }
        };
        let width = queries.iter().map(|q| columns(&shown(&q.id, &q.ask))).max().unwrap_or(0);
        let asked = queries.iter().map(|q| columns(&printable(&q.ask))).max().unwrap_or(0);
        let longest_term = "roughly even chance".len();
        let room_for_error = if self.forecast.method == Method::Exact { 0 } else { 10 };
        let fits = width + asked + longest_term + room_for_error + 16 <= self.look.width;
        let mut lines = vec![self.look.ink(Ink::Heading, "questions")];
        for query in queries {
            let id = padded(&shown(&query.id, &query.ask), width);
            let ask = printable(&query.ask);
            let probability = self.look.estimate(query.probability, query.probability_error);
            let answer = format!("{}  {}", right(&probability, 7), query.term);
            if fits {
                lines.push(format!("  {id}  {}  {answer}", padded(&ask, asked)).trim_end().to_string());
            } else {
                lines.push(format!("  {answer}"));
                let name = if id.trim().is_empty() { String::new() } else { format!("{}: ", id.trim()) };
                lines.push(format!("      {}", wrapped(&format!("{name}{ask}"), self.look.width.saturating_sub(6), 6)));
            }
        }
        lines.join("\n") + "\n"
    }

    fn warnings(&self) -> String {
        warnings(&self.forecast.warnings, self.look)
    }
}

/// Warnings, one a paragraph.
pub(super) fn warnings(warnings: &[String], look: &Look) -> String {
    let line = |warning: &String| {
        let text = wrapped(&format!("mind: {}", printable(warning)), look.width, 6);
        format!("{}\n", look.ink(Ink::Warning, &text))
    };
    warnings.iter().map(line).collect()
}

/// What a report claims, with its slip.
fn claim(report: &ReportForecast) -> String {
    let text = printable(&report.text);
    let or = if report.slip_tailed { "or mostly" } else { "or" };
    match report.slip {
        (0, 0) => text,
        (early, late) if early == late && !report.slip_tailed => format!("{text} (give or take {})", days(late)),
        (0, late) => format!("{text} ({or} up to {} later)", days(late)),
        (early, 0) => format!("{text} ({or} up to {} earlier)", days(early)),
        (early, late) => format!("{text} ({or} up to {} earlier, {} later)", days(early), days(late)),
    }
}

fn days(count: i32) -> String {
    format!("{count} day{}", if count == 1 { "" } else { "s" })
}

/// Where most of the probability lies: the widest window that is reached, else all possible days.
pub(super) fn bulk(event: &EventForecast) -> Span {
    let widest = event.windows.iter().rev().find_map(|w| Some(Span { from: w.from?, to: w.to? }));
    let first = event.days.first().map(|day| day.date);
    let all = first.zip(event.days.last()).map(|(from, last)| Span { from, to: last.date });
    widest.or(all).unwrap_or(Span { from: Day::OPEN_PAST, to: Day::OPEN_PAST })
}

fn infeasible_text(infeasible: &Infeasible, look: &Look) -> String {
    let mut text = infeasible
        .title
        .as_deref()
        .map_or(String::new(), |title| format!("{}\n", look.ink(Ink::Heading, &printable(title))));
    text.push_str("There is no forecast: nothing that keeps all rules and facts can happen.\n\n");
    text.push_str(&explanation(&infeasible.explanation, true, look));
    text
}
