//! A timeline in; for each event the fan of its dates, as-of date by as-of date, out.

use super::Picture;
use super::curves::{self, Curve, Curves, Fan, MOST_EVENTS};
use super::frame::{self, PictureOptions};
use crate::answer::{Method, Refusal, RowStatus, Span, Timeline, TimelineEvent, TimelineRow};
use crate::render::wording;

/// The quantiles of a fan.
const LEVELS: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// Draws how the questions' probabilities and the events' dates moved, with what became known as dotted lines.
///
/// # Errors
/// Where an event is not there, there is no forecast as of any date, or the size does not do.
///
/// ```
/// use dateline::{Options, Scenario, Stretch, timeline};
/// use dateline::render::{PictureOptions, fan_picture};
///
/// let scenario = Scenario::parse(
///     r#"
///     horizon = { from = 2024-05-01, to = 2024-05-10 }
///     [event.visit]
///     [[report]]
///     id = "soon"
///     date = 2024-05-02
///     credibility = 0.8
///     says = "visit by May 6"
///     "#,
/// )?;
/// let stretch = Stretch { from: Some("2024-05-01".parse()?), to: Some("2024-05-03".parse()?), every: None };
/// let picture = fan_picture(&timeline(&scenario, stretch, &Options::default())?, &PictureOptions::default())?;
/// assert!(picture.svg().contains("report soon: visit by May 6"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fan_picture(timeline: &Timeline, options: &PictureOptions) -> Result<Picture, Refusal> {
    let rows = &timeline.rows;
    let sound = || rows.iter().filter(|row| row.status == RowStatus::Ok);
    let Some(first) = sound().next() else {
        let why = rows.first().map_or("there is no date".to_string(), |row| row.status.to_string());
        return Err(Refusal::Nothing(format!("there is no forecast as of any of these dates: {why}")));
    };
    let (events, left_out) = events(timeline, first, &options.events)?;
    let ends = Span { from: rows[0].as_of, to: rows[rows.len() - 1].as_of };
    let drawn = sound().filter(|row| row.method != Method::Exact).count();
    let method = if drawn == 0 { "exact".to_string() } else { format!("{drawn} of {} dates sampled", rows.len()) };
    let failed = rows.len() - sound().count();
    let failed = if failed > 0 {
        format!(" There is no forecast as of {failed} of {} dates.", rows.len())
    } else {
        String::new()
    };
    let legend = format!(
        "{} Dotted: something became known, by its number.{failed} {}",
        curves::LEGEND,
        frame::left_out_words(left_out)
    );
    let drawn = Curves {
        title: frame::titled(timeline.title.as_deref(), "How the forecast moved"),
        about: format!("as it stood on the evenings of {} · {method}", wording::span(ends)),
        key: "as of".to_string(),
        values: rows.iter().map(|row| row.as_of.to_string()).collect(),
        probable: questions(timeline, first),
        events,
        news: news(rows),
        legend: legend.trim_end().to_string(),
    };
    curves::draw(&drawn, options)
}

fn events(timeline: &Timeline, first: &TimelineRow, named: &[String]) -> Result<(Vec<Fan>, usize), Refusal> {
    let ids = first.events.iter().map(|event| event.id.as_str());
    for name in named {
        frame::find(ids.clone(), name, "event")?;
    }
    let fan = |event: &TimelineEvent| {
        let at = first.events.iter().position(|other| other.id == event.id);
        let level = |level: f64| {
            timeline.rows.iter().map(|row| row.events.get(at?).and_then(|event| event.quantile(level))).collect()
        };
        let name = wording::name(&event.id, event.title.as_deref());
        Fan { name, levels: LEVELS.map(level), last: Some(timeline.horizon.to) }
    };
    let is_named = |event: &&TimelineEvent| named.is_empty() || named.contains(&event.id);
    let mut found: Vec<Fan> = first.events.iter().filter(is_named).map(fan).collect();
    if named.is_empty() {
        found.retain(Fan::moves);
    }
    let left_out = found.len().saturating_sub(MOST_EVENTS);
    if left_out > 0 && !named.is_empty() {
        return Err(Refusal::Named(format!(
            "a picture shows at most {MOST_EVENTS} events, and {} are named",
            found.len()
        )));
    }
    found.truncate(MOST_EVENTS);
    Ok((found, left_out))
}

fn questions(timeline: &Timeline, first: &TimelineRow) -> Vec<Curve> {
    let curve = |(at, id): (usize, &String)| Curve {
        name: id.clone(),
        numbers: timeline.rows.iter().map(|row| row.queries.get(at).map(|query| query.probability)).collect(),
    };
    first.queries.iter().map(|query| &query.id).enumerate().map(curve).collect()
}

/// What became known after the first date; what was known by then does not move the fan.
fn news(rows: &[TimelineRow]) -> Vec<(usize, String)> {
    let told = |row: &TimelineRow| {
        let each = row.news.iter().zip(&row.news_says);
        let each = each.map(|(id, says)| format!("{}: {says}", id.replacen(':', " ", 1)));
        format!("{}, {}", wording::date(row.as_of), each.collect::<Vec<String>>().join("; "))
    };
    rows.iter().enumerate().skip(1).filter(|(_, row)| !row.news.is_empty()).map(|(at, row)| (at, told(row))).collect()
}
