//! What pictures have in common: their size, the choice of events, the heading, and the words for figures.

use super::letters::{self, lines};
use super::mark::{Anchor, words};
use super::style::{PLAIN, SMALL, TITLE};
use super::{Picture, mark};
use crate::answer::{EventForecast, Forecast, Refusal};
use crate::diagnostic::did_you_mean;
use maud::{Markup, html};

/// Pictures are at least this wide and high.
pub(super) const LEAST_PIXELS: u32 = 200;
/// Pictures can be asked for that are this wide and high.
pub const MOST_PIXELS: u32 = 4096;
/// A picture grows no higher by itself.
const HIGHEST: f64 = 20_000.0;
/// Pixels left empty at the sides.
pub(super) const MARGIN: f64 = 16.0;

/// Which events a picture shows, and how large it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureOptions {
    /// Ids; where none are named, the events in doubt.
    pub events: Vec<String>,
    /// In pixels, 200 to 4096.
    pub width: u32,
    /// In pixels, 200 to 4096; where it is not given, what the picture needs.
    pub height: Option<u32>,
    /// Whether the scenario's title stands at the top.
    pub heading: bool,
}

impl Default for PictureOptions {
    /// All events in doubt, 880 pixels wide.
    fn default() -> PictureOptions {
        PictureOptions { events: Vec::new(), width: 880, height: None, heading: true }
    }
}

impl PictureOptions {
    /// The width in pixels, if it is one that a picture can have.
    pub(super) fn width(&self) -> Result<f64, Refusal> {
        let wrong = [Some(self.width), self.height].into_iter().flatten();
        match wrong.into_iter().find(|side| !(LEAST_PIXELS..=MOST_PIXELS).contains(side)) {
            Some(side) => Err(Refusal::Named(format!(
                "a picture is {LEAST_PIXELS} to {MOST_PIXELS} pixels wide and high, not {side}"
            ))),
            None => Ok(f64::from(self.width)),
        }
    }

    /// How high each of some parts is that share what a picture has besides `fixed`: `usual`, or what the height that is
    /// asked for leaves, if that is at least `least`.
    pub(super) fn share(&self, fixed: f64, parts: usize, (least, usual): (f64, f64)) -> Result<f64, Refusal> {
        let parts = parts.max(1) as f64;
        let Some(height) = self.height else {
            let size = usual.min((HIGHEST - fixed) / parts);
            return if size >= least { Ok(size) } else { Err(too_much()) };
        };
        let size = (f64::from(height) - fixed) / parts;
        if size >= least {
            return Ok(size);
        }
        Err(too_low(fixed + least * parts, f64::from(height)))
    }
}

impl PictureOptions {
    /// The height of a picture that needs so much.
    pub(super) fn holding(&self, needed: f64) -> Result<f64, Refusal> {
        match self.height.map(f64::from) {
            Some(height) if height < needed => Err(too_low(needed, height)),
            Some(height) => Ok(height),
            None if needed > HIGHEST => Err(too_much()),
            None => Ok(needed),
        }
    }
}

fn too_low(needed: f64, height: f64) -> Refusal {
    Refusal::Named(format!("this takes a picture of at least {} pixels in height, not {height}", needed.ceil()))
}

/// Why a picture that nobody could look at is not made.
pub(super) fn too_much() -> Refusal {
    Refusal::Named("there is too much for one picture: choose fewer events with --event".to_string())
}

/// The place of a named thing, or what to say where there is none.
pub(super) fn find<'n>(
    names: impl Iterator<Item = &'n str> + Clone,
    wanted: &str,
    kind: &str,
) -> Result<usize, Refusal> {
    names.clone().position(|name| name == wanted).ok_or_else(|| {
        let hint = did_you_mean(wanted, names).map_or(String::new(), |hint| format!("; {hint}"));
        Refusal::Named(format!("there is no {kind} '{wanted}'{hint}"))
    })
}

/// The events to show, and how many are left out because there are too many.
pub(super) fn chosen<'f>(
    forecast: &'f Forecast,
    named: &[String],
    most: usize,
) -> Result<(Vec<&'f EventForecast>, usize), Refusal> {
    let ids = forecast.events.iter().map(|event| event.id.as_str());
    let mut found: Vec<&EventForecast> = Vec::new();
    for name in named {
        let event = &forecast.events[find(ids.clone(), name, "event")?];
        if !found.iter().any(|other| other.id == event.id) {
            found.push(event);
        }
    }
    if found.len() > most {
        return Err(Refusal::Named(format!("a picture shows at most {most} events, and {} are named", found.len())));
    }
    if named.is_empty() {
        found = forecast.events.iter().filter(|event| event.in_doubt()).collect();
        if found.is_empty() {
            found = forecast.events.iter().collect();
        }
    }
    let left_out = found.len().saturating_sub(most);
    found.truncate(most);
    if found.is_empty() {
        Err(Refusal::Nothing("there is no event to draw".to_string()))
    } else {
        Ok((found, left_out))
    }
}

/// What a picture without it says.
pub(super) fn left_out_words(left_out: usize) -> String {
    match left_out {
        0 => String::new(),
        1 => "One more event is not shown (--event chooses).".to_string(),
        more => format!("{more} more events are not shown (--event chooses)."),
    }
}

/// Title and subtitle at the top, where they are wanted, and where they end.
pub(super) fn heading(title: &str, subtitle: &str, options: &PictureOptions) -> (Markup, f64) {
    if !options.heading {
        return (html! {}, MARGIN);
    }
    let width = f64::from(options.width);
    let room = width - 2.0 * MARGIN;
    let titles = lines(title, TITLE, room, 2);
    let subtitles = lines(subtitle, PLAIN, room, 2);
    let title_y = |index: usize| MARGIN + TITLE * 0.9 + index as f64 * (TITLE + 5.0);
    let below = MARGIN + titles.len() as f64 * (TITLE + 5.0);
    let subtitle_y = |index: usize| below + PLAIN + index as f64 * (PLAIN + 4.0);
    let marks = html! {
        @for (index, line) in titles.iter().enumerate() {
            (words((MARGIN, title_y(index)), "title", Anchor::Start, line))
        }
        @for (index, line) in subtitles.iter().enumerate() {
            (words((MARGIN, subtitle_y(index)), "small", Anchor::Start, line))
        }
    };
    (marks, below + subtitles.len() as f64 * (PLAIN + 4.0) + 10.0)
}

/// Lines of small text from `y` on, for what a picture means, and where they end.
pub(super) fn legend(text: &str, y: f64, width: f64) -> (Markup, f64) {
    let found = lines(text, SMALL, width - 2.0 * MARGIN, 6);
    let marks = html! {
        @for (index, line) in found.iter().enumerate() {
            (words((MARGIN, y + SMALL + index as f64 * (SMALL + 4.0)), "small", Anchor::Start, line))
        }
    };
    (marks, y + found.len() as f64 * (SMALL + 4.0) + 8.0)
}

/// How many pixels `legend` takes.
pub(super) fn legend_height(text: &str, width: f64) -> f64 {
    legend(text, 0.0, width).1
}

/// The picture of some marks.
pub(super) fn picture(marks: Markup, (width, height): (f64, f64), title: String, description: String) -> Picture {
    let title = mark::clean(&title);
    Picture { width: width.round() as u32, height: height.round() as u32, title, description, marks }
}

/// The title of a scenario, or what it is instead of one.
pub(super) fn titled(title: Option<&str>, otherwise: &str) -> String {
    title.filter(|title| !title.trim().is_empty()).unwrap_or(otherwise).to_string()
}

/// A label with its right end at a place, cut to the room.
pub(super) fn label_before((x, y): (f64, f64), class: &str, text: &str, size: f64, room: f64) -> Markup {
    words((x, y), class, Anchor::End, &letters::cut(text, size, room))
}
