//! The events of a forecast in, a part of the page for each out.

use super::{figure, options};
use crate::answer::{ClaimedDays, EventForecast, Forecast, Refusal, Span};
use crate::render::look::{date, percent};
use crate::render::picture::mark::clean;
use crate::render::picture::{PictureOptions, days_picture};
use crate::render::wording::{LOOK, name, span};
use maud::{Markup, html};

/// So many events have a picture at most.
const MOST_PICTURES: usize = 60;

/// Every event in doubt with its picture, and a table of the others.
pub(super) fn events(forecast: &Forecast, claimed: &[ClaimedDays]) -> Result<Markup, Refusal> {
    let (open, settled): (Vec<&EventForecast>, Vec<&EventForecast>) =
        forecast.events.iter().partition(|e| e.in_doubt());
    let mut parts = Vec::new();
    for (index, event) in open.iter().enumerate() {
        let picture = if index < MOST_PICTURES {
            let options = PictureOptions { events: vec![event.id.clone()], ..options() };
            Some(days_picture(forecast, claimed, &options)?)
        } else {
            None
        };
        let drawn = picture.map(|picture| figure(&picture, &format!("event-{index}"), "When it may start."));
        parts.push(one(event, forecast, drawn));
    }
    Ok(html! {
        @if forecast.events.is_empty() { p { "There is no event in this scenario." } }
        @for part in &parts { (part) }
        @if !settled.is_empty() { (not_in_doubt(&settled)) }
    })
}

fn one(event: &EventForecast, forecast: &Forecast, picture: Option<Markup>) -> Markup {
    html! {
        h3 { (clean(&name(&event.id, event.title.as_deref()))) }
        p { (sentence(event, forecast)) }
        (windows(event))
        @if let Some(picture) = picture { (picture) }
    }
}

/// `As likely as not it has started by 23 May 2024; 16 May 2024 is the most probable day. …`
fn sentence(event: &EventForecast, forecast: &Forecast) -> String {
    let horizon = span(forecast.horizon);
    let mut sentences = vec![match event.median() {
        Some(day) => format!("As likely as not it has started by {}.", date(day, true)),
        None => format!("More likely than not it does not occur in the horizon ({horizon})."),
    }];
    if let Some(mode) = event.mode {
        let p = event.days.iter().find(|day| day.date == mode);
        let p = p.map_or(String::new(), |day| format!(" ({})", LOOK.estimate(day.p, day.p_error)));
        sentences.push(format!("The most probable day is {}{p}.", date(mode, true)));
    }
    if let Some(days) = event.feasible {
        sentences.push(format!("Its possible days are {}.", span(days)));
    }
    if event.never > 0.0 {
        let never = LOOK.estimate(event.never, event.occurs_error);
        sentences.push(format!("With {never} it does not occur in the horizon."));
    }
    let (prior, base) = event.occurs_before;
    if (prior - base).abs() > 0.05 {
        sentences.push(format!(
            "It occurs with {} by its prior, and with {} by the rules.",
            percent(prior),
            percent(base)
        ));
    }
    sentences.join(" ")
}

fn windows(event: &EventForecast) -> Markup {
    html! {
        div class="table" tabindex="0" role="region" aria-label="Windows" {
            table {
                caption { "Shortest windows that hold a probability" }
                thead { tr { th scope="col" { "At least" } th scope="col" { "Days" } th scope="col" class="number" { "Probability" } } }
                tbody {
                    @for window in &event.windows {
                        tr {
                            th scope="row" { (format!("{:.0} %", window.level * 100.0)) }
                            @match (window.from, window.to, window.probability) {
                                (Some(from), Some(to), Some(p)) => {
                                    td { (span(Span { from, to })) }
                                    td class="number" { (LOOK.estimate(p, window.probability_error)) }
                                }
                                _ => { td { "not within the horizon" } td class="number" { "–" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn not_in_doubt(events: &[&EventForecast]) -> Markup {
    html! {
        h3 { "Not in doubt" }
        div class="table" tabindex="0" role="region" aria-label="Events not in doubt" {
            table {
                caption { "Events of which rules and facts leave one date" }
                thead { tr { th scope="col" { "Event" } th scope="col" { "Date" } } }
                tbody {
                    @for event in events {
                        tr {
                            th scope="row" { (clean(&name(&event.id, event.title.as_deref()))) }
                            td { (event.mode.map_or("does not occur in the horizon".to_string(), |day| date(day, true))) }
                        }
                    }
                }
            }
        }
    }
}
