//! Scores in; text for people out: how good forecasts were beside others, whether they held what they said, and the record of
//! every source.

use super::look::{Ink, Look, columns, items, padded, percent, points, printable, right, wrapped};
use crate::answer::{
    Average, Coverage, DateSummary, Method, QuerySummary, ReliabilityBin, ScoreSummary, Scored, Skill, SourceRecord,
};

/// The longest bar, in columns.
const LONGEST: usize = 30;
/// The columns of a figure.
const FIGURE: usize = 15;
/// The columns of what a figure is called.
const LABEL: usize = 16;
/// The columns of a skill.
const SKILL: usize = 9;

/// The scores of each scenario by name (what it is called by its path), then of all of them together.
pub fn score_text(scored: &[(String, &Scored)], summary: &ScoreSummary, look: &Look) -> String {
    let mut parts = vec![each(scored, look), dates(&summary.dates, look)];
    parts.extend([coverage(&summary.dates.coverage, look), histogram(&summary.dates, look)]);
    parts.extend([questions(&summary.queries, look), sources(&summary.sources, look)]);
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// A line for each event and question.
fn each(scored: &[(String, &Scored)], look: &Look) -> String {
    let mut text = String::new();
    for (name, one) in scored {
        let title = one.title.as_deref().unwrap_or(name);
        text.push_str(&format!("{}\n", look.ink(Ink::Name, &wrapped(&printable(title), look.width, 2))));
        for event in one.events.iter().filter(|event| !event.scores.is_empty()) {
            let when = event.happened.map_or("did not occur".to_string(), |day| day.to_string());
            let mean = |figures: Vec<f64>| figures.iter().sum::<f64>() / figures.len() as f64;
            let crps = mean(event.scores.iter().map(|score| score.forecast.crps).collect());
            let base = mean(event.scores.iter().map(|score| score.base.crps).collect());
            let parts = [
                format!("{}  {when}", printable(&event.event)),
                format!("{} dates", event.scores.len()),
                format!("CRPS {crps:.2} days (without reports {base:.2})"),
            ];
            text.push_str(&format!("  {}\n", items(&parts, look.dot(), look.width.saturating_sub(2), 4)));
        }
        for query in one.queries.iter().filter(|query| !query.scores.is_empty()) {
            let brier = query.scores.iter().map(|score| score.brier).sum::<f64>() / query.scores.len() as f64;
            let parts = [
                format!("{}  {}", printable(&query.query), query.outcome),
                format!("{} dates", query.scores.len()),
                format!("Brier {brier:.3}"),
            ];
            text.push_str(&format!("  {}\n", items(&parts, look.dot(), look.width.saturating_sub(2), 4)));
        }
        let methods = one.events.iter().flat_map(|event| event.scores.iter().map(|score| &score.method));
        let methods =
            methods.chain(one.queries.iter().flat_map(|query| query.scores.iter().map(|score| &score.method)));
        let drawn = methods.filter(|method| **method != Method::Exact).count();
        if drawn > 0 {
            text.push_str(&format!("  {}\n", look.ink(Ink::Faint, &format!("{drawn} of these forecasts are sampled"))));
        }
        let note = |note: &String| {
            let line = wrapped(&format!("mind: {}", printable(note)), look.width.saturating_sub(2), 8);
            format!("  {}\n", look.ink(Ink::Warning, &line))
        };
        text.extend(one.notes.iter().map(note));
    }
    text
}

fn dates(dates: &DateSummary, look: &Look) -> String {
    if dates.crps.forecast.count == 0 {
        return String::new();
    }
    let head =
        format!("dates ({} event{}, {} forecasts)", dates.events, plural(dates.events), dates.crps.forecast.count);
    let mut text = heading(&head, look);
    text.push_str(&row("log score, nats", &dates.log_score, look));
    text.push_str(&row("CRPS, days", &dates.crps, look));
    let error = figure(&dates.absolute_error, look);
    text.push_str(&format!("  {}{}\n", padded("middle, days off", LABEL), right(&error, FIGURE)));
    let [forecast, base, uniform] = dates.impossible;
    if forecast + base + uniform > 0 {
        let cells = [forecast, base, uniform].map(|count| right(&count.to_string(), FIGURE));
        text.push_str(&format!("  {}{}\n", padded("held impossible", LABEL), cells.concat()));
    }
    text
}

/// The columns of a table of scores under its name.
fn heading(head: &str, look: &Look) -> String {
    let cells = ["forecast", "no reports", "uniform", "skill", "on unif."];
    let widths = [FIGURE, FIGURE, FIGURE, SKILL, SKILL];
    let line: String = cells.iter().zip(widths).map(|(cell, width)| right(cell, width)).collect();
    format!("{}\n  {}{}\n", look.ink(Ink::Heading, head), " ".repeat(LABEL), look.ink(Ink::Faint, &line))
}

/// A score, lower is better, with its standard error; skill is what is saved of the score without reports, and of the uniform one.
fn row(name: &str, skill: &Skill, look: &Look) -> String {
    let cells = [&skill.forecast, &skill.base, &skill.uniform].map(|average| right(&figure(average, look), FIGURE));
    let saved = [skill.skill, skill.skill_on_uniform]
        .map(|skill| right(&skill.map_or("-".to_string(), |skill| format!("{:.0} %", skill * 100.0)), SKILL));
    format!("  {}{}{}\n", padded(name, LABEL), cells.concat(), saved.concat())
}

pub(super) fn figure(average: &Average, look: &Look) -> String {
    match (average.mean, average.error) {
        (None, _) => "-".to_string(),
        (Some(mean), None) => digits(mean),
        (Some(mean), Some(error)) => format!("{} {} {}", digits(mean), look.plus_minus(), digits(error)),
    }
}

/// Three digits or more.
fn digits(number: f64) -> String {
    match number.abs() {
        n if n >= 100.0 => format!("{number:.0}"),
        n if n >= 10.0 => format!("{number:.1}"),
        n if n >= 1.0 => format!("{number:.2}"),
        _ => format!("{number:.3}"),
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// Whether windows held as often as they had promised.
pub(super) fn coverage(levels: &[Coverage], look: &Look) -> String {
    let line = |level: &Coverage| {
        let (held, stated) = (level.held.mean?, level.stated.mean?);
        let error = level.held.error.map_or(String::new(), |error| format!(" {} {}", look.plus_minus(), points(error)));
        Some(format!(
            "  {:.0} % windows held {}{error} of {}, promised {}\n",
            level.level * 100.0,
            percent(held),
            level.held.count,
            percent(stated)
        ))
    };
    let lines: String = levels.iter().filter_map(line).collect();
    if lines.is_empty() { lines } else { format!("{}\n{lines}", look.ink(Ink::Heading, "windows")) }
}

/// Where in their distributions the dates fell: alike in every tenth, where forecasts are as sure as they should be.
fn histogram(dates: &DateSummary, look: &Look) -> String {
    let total: usize = dates.pit.iter().sum();
    if total == 0 {
        return String::new();
    }
    let greatest = dates.pit.iter().copied().max().unwrap_or(1).max(1);
    let mut text = format!("{}\n", look.ink(Ink::Heading, "where in its distribution each date fell"));
    for (at, count) in dates.pit.iter().enumerate() {
        let bar = look.bar(*count as f64 / greatest as f64, LONGEST, true);
        let label = format!("{:>3} to {:>3} %", at * 10, at * 10 + 10);
        let share = right(&percent(*count as f64 / total as f64), 8);
        text.push_str(format!("  {label}  {share}  {bar}").trim_end());
        text.push('\n');
    }
    text
}

fn questions(queries: &QuerySummary, look: &Look) -> String {
    if queries.brier.forecast.count == 0 {
        return String::new();
    }
    let count = queries.brier.forecast.count;
    let head = format!("questions ({} question{}, {count} answers)", queries.queries, plural(queries.queries));
    let mut text = heading(&head, look) + &row("Brier score", &queries.brier, look);
    if let Some(parts) = &queries.decomposition {
        let line = format!(
            "= reliability {} - resolution {} + uncertainty {} {} {} within bins",
            digits(parts.reliability),
            digits(parts.resolution),
            digits(parts.uncertainty),
            if parts.within_bins < 0.0 { "-" } else { "+" },
            digits(parts.within_bins.abs())
        );
        text.push_str(&format!("  {}\n", wrapped(&line, look.width.saturating_sub(2), 4)));
    }
    text + &reliability(&queries.reliability, look)
}

/// How often what was told with a probability was so.
pub(super) fn reliability(bins: &[ReliabilityBin], look: &Look) -> String {
    let mut text = format!("  {}\n", look.ink(Ink::Faint, "told          answers  on average  came true"));
    for bin in bins.iter().filter(|bin| bin.count > 0) {
        let label = format!("{:>3.0} to {:>3.0} %", bin.from * 100.0, bin.to * 100.0);
        let cell = |share: Option<f64>, width| right(&share.map_or(String::new(), percent), width);
        let bar = look.bar(bin.came_true.unwrap_or(0.0), LONGEST, true);
        let count = right(&bin.count.to_string(), 7);
        let line = format!("  {label} {count}  {}  {}  {bar}", cell(bin.stated, 10), cell(bin.came_true, 9));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// How often each source was right, beside how often that was promised.
fn sources(sources: &[SourceRecord], look: &Look) -> String {
    if sources.is_empty() {
        return String::new();
    }
    let name = |record: &SourceRecord| printable(record.source.as_deref().unwrap_or("(no source)"));
    let width = sources
        .iter()
        .map(|record| columns(&name(record)))
        .max()
        .unwrap_or(0)
        .min(look.width.saturating_sub(44).max(12));
    let mut text = format!("{}\n", look.ink(Ink::Heading, "sources"));
    for record in sources {
        let spread = record.promised_variance.sqrt();
        text.push_str(&format!(
            "  {}  {} of {} came true, promised {:.1} {} {:.1}\n",
            padded(&look.cut(&name(record), width), width),
            right(&record.came_true.to_string(), 3),
            right(&record.testimonies.to_string(), 3),
            record.promised,
            look.plus_minus(),
            spread
        ));
    }
    text
}
