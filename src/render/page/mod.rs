//! All that is known of a forecast in; one HTML page that needs nothing but itself out.

mod conflicts;
mod events;
mod style;
mod tables;

use super::picture::mark::clean;
use super::picture::{Picture, PictureOptions, fan_picture, influence_picture, joint_picture};
use super::{explain, look, text, wording};
use crate::answer::{Answer, ClaimedDays, Forecast, Infeasible, JointMap, Reasons, Refusal, TargetReasons, Timeline};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// Pictures in pages are this wide, where there is room.
const WIDTH: u32 = 880;

/// What a page tells. What is `None` is left out.
#[derive(Clone, Copy, Debug)]
pub struct PageContents<'a> {
    /// What the scenario is called where it has no title, such as its file's name.
    pub name: &'a str,
    /// The scenario's text.
    pub text: &'a str,
    pub answer: &'a Answer,
    pub claimed: &'a [ClaimedDays],
    pub map: Option<&'a JointMap>,
    pub reasons: Option<&'a Reasons>,
    pub timeline: Option<&'a Timeline>,
    /// What could not be told, and why: a sentence each.
    pub missing: &'a [String],
}

/// A page with the forecast, its pictures, reports, conflicts, explanation and the scenario's text: one file without scripts
/// or anything from elsewhere, for the screen (light and dark), the printer and screen readers.
///
/// # Errors
/// Where a picture cannot be drawn.
///
/// ```
/// use dateline::render::{PageContents, page};
/// use dateline::{Options, Scenario, forecast};
///
/// let text = "title = '<b>'\nhorizon = { from = 2024-05-01, to = 2024-05-31 }\n[event.visit]";
/// let scenario = Scenario::parse(text)?;
/// let answer = forecast(&scenario, &Options::default())?;
/// let contents = PageContents {
///     name: "visit.toml",
///     text,
///     answer: &answer,
///     claimed: &[],
///     map: None,
///     reasons: None,
///     timeline: None,
///     missing: &[],
/// };
/// let page = page(&contents)?;
/// assert!(page.starts_with("<!DOCTYPE html>") && page.contains("<h1>&lt;b&gt;</h1>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn page(contents: &PageContents<'_>) -> Result<String, Refusal> {
    let (title, about, mut sections) = match contents.answer {
        Answer::Forecast(forecast) => (&forecast.title, about(forecast), of_forecast(contents, forecast)?),
        Answer::Infeasible(infeasible) => (&infeasible.title, String::new(), of_conflicts(infeasible)),
    };
    let title = title.as_deref().filter(|title| !title.trim().is_empty()).unwrap_or(contents.name);
    sections.extend(notes(contents));
    sections.push(Section::new(
        "text",
        "The scenario's text",
        html! { pre tabindex="0" { code { (plain(contents.text)) } } },
    ));
    Ok(whole(title, &about, &sections).into_string())
}

/// A part of the page with its heading.
struct Section {
    id: &'static str,
    heading: &'static str,
    content: Markup,
}

impl Section {
    fn new(id: &'static str, heading: &'static str, content: Markup) -> Section {
        Section { id, heading, content }
    }
}

fn whole(title: &str, about: &str, sections: &[Section]) -> Markup {
    // Nothing of a scenario becomes a script or an address; should it ever, browsers do not run or fetch it.
    let policy = "default-src 'none'; style-src 'unsafe-inline'";
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (clean(title)) }
                style { (PreEscaped(style::sheet())) }
            }
            body {
                a class="skip" href="#main" { "Skip to the forecast" }
                header {
                    h1 { (clean(title)) }
                    @if !about.is_empty() { p { (about) } }
                }
                nav aria-label="Contents" {
                    ul { @for section in sections { li { a href={ "#" (section.id) } { (section.heading) } } } }
                }
                main id="main" {
                    @for section in sections {
                        section id=(section.id) aria-labelledby={ (section.id) "-heading" } {
                            h2 id={ (section.id) "-heading" } { (section.heading) }
                            (section.content)
                        }
                    }
                }
                footer { p { "Made by Dateline." } }
            }
        }
        "\n"
    }
}

fn about(forecast: &Forecast) -> String {
    let horizon = wording::span(forecast.horizon);
    let known = match forecast.as_of {
        Some(day) => format!("as of {}, after which nothing is known", look::date(day, true)),
        None => "everything in the file is known".to_string(),
    };
    format!("Dates from {horizon}; {known}; {}.", wording::method_words(&forecast.method))
}

fn of_forecast(contents: &PageContents<'_>, forecast: &Forecast) -> Result<Vec<Section>, Refusal> {
    let mut sections = vec![Section::new("forecast", "Forecast", events::events(forecast, contents.claimed)?)];
    if !forecast.queries.is_empty() {
        sections.push(Section::new("questions", "Questions", tables::questions(forecast)));
    }
    if !forecast.reports.is_empty() {
        let agreement = text::agreement(forecast);
        let content = html! {
            (tables::reports(forecast))
            @for sentence in &agreement { p { (clean(sentence)) } }
        };
        sections.push(Section::new("reports", "Reports", content));
    }
    if let Some(content) = together(contents, forecast)? {
        sections.push(Section::new("together", "Dates together", content));
    }
    if let Some(reasons) = contents.reasons.filter(|reasons| !reasons.targets.is_empty()) {
        sections.push(Section::new("why", "Why", why(reasons)?));
    }
    if let Some(timeline) = contents.timeline {
        let told = "Each line is the forecast as it stood on an evening; dotted lines mark what became known.";
        let picture = fan_picture(timeline, &options())?;
        sections.push(Section::new("moved", "How the forecast moved", figure(&picture, "moved-picture", told)));
    }
    if !forecast.warnings.is_empty() {
        sections.push(Section::new("warnings", "Warnings", list(&forecast.warnings)));
    }
    Ok(sections)
}

/// The most probable weeks together, and the map of the first two events.
fn together(contents: &PageContents<'_>, forecast: &Forecast) -> Result<Option<Markup>, Refusal> {
    let table = tables::joint_windows(forecast);
    let picture = contents.map.map(|map| joint_picture(map, &options())).transpose()?;
    if table.is_none() && picture.is_none() {
        return Ok(None);
    }
    Ok(Some(html! {
        @if let Some(table) = table { (table) }
        @if let Some(picture) = picture {
            (figure(&picture, "together-picture", "The darker a square, the more probable the two dates are together."))
        }
    }))
}

fn why(reasons: &Reasons) -> Result<Markup, Refusal> {
    let picture = influence_picture(reasons, &options())?;
    let told = "Bars to the left: with it the date comes earlier, or the answer is less probable.";
    let name = |target: &TargetReasons| match target {
        TargetReasons::Event { event, title, .. } => wording::name(event, title.as_deref()),
        TargetReasons::Query { query, ask, .. } if query == ask => query.clone(),
        TargetReasons::Query { query, ask, .. } => format!("{query}: {ask}"),
    };
    Ok(html! {
        (figure(&picture, "why-picture", told))
        @for target in &reasons.targets {
            h3 { (clean(&name(target))) }
            (list(&explain::sentences(target, reasons.origin)))
        }
        @if !reasons.warnings.is_empty() { (list(&reasons.warnings)) }
    })
}

fn of_conflicts(infeasible: &Infeasible) -> Vec<Section> {
    let mut sections = vec![Section::new("forecast", "Forecast", conflicts::summary())];
    sections.push(Section::new(
        "conflicts",
        "What cannot hold together",
        conflicts::conflicts(&infeasible.explanation),
    ));
    if let Some(repairs) = conflicts::repairs(&infeasible.explanation) {
        sections.push(Section::new("repairs", "What to give up", repairs));
    }
    sections
}

/// What the page does not tell.
fn notes(contents: &PageContents<'_>) -> Option<Section> {
    (!contents.missing.is_empty()).then(|| Section::new("missing", "Not told", list(contents.missing)))
}

/// How pictures look in pages, which have a heading of their own.
fn options() -> PictureOptions {
    PictureOptions { width: WIDTH, heading: false, ..PictureOptions::default() }
}

/// A picture with what it shows.
fn figure(picture: &Picture, name: &str, caption: &str) -> Markup {
    html! {
        figure {
            div class="picture" { (picture.inline(name)) }
            figcaption { (caption) }
        }
    }
}

fn list(sentences: &[String]) -> Markup {
    html! { ul { @for sentence in sentences { li { (clean(sentence)) } } } }
}

/// A text of several lines as it is, but for characters that steer instead of show.
fn plain(text: &str) -> String {
    text.lines()
        .map(|line| line.split('\t').map(clean).collect::<Vec<String>>().join("\t"))
        .collect::<Vec<String>>()
        .join("\n")
}
