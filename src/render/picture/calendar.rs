//! A forecast in; calendars whose days are as strong as they are probable out.

use super::Picture;
use super::frame::{self, MARGIN, PictureOptions};
use super::letters;
use super::mark::{Anchor, Area, area, shade, words};
use super::style::{NAME, SMALL};
use crate::answer::{EventForecast, Forecast, Refusal, Span};
use crate::day::Day;
use crate::render::wording;
use maud::{Markup, html};

/// Calendars of more days than this are not drawn: all together, and that of a single event.
const MOST_DAYS: i32 = 12_000;
const MOST_DAYS_ALONE: i32 = 40_000;
/// Events beyond this many pixels are left out where none are named.
const HIGHEST: f64 = 12_000.0;
/// Longer spans are shown as years, a column a week, and not as months.
const MOST_MONTHS: i32 = 15;
/// The side of a day's square, at most.
const SQUARE: (f64, f64) = (24.0, 15.0);
/// Room for an event's words, for the name of a month and its weekdays, and for that of a year.
const HEAD: f64 = 40.0;
const MONTH_HEAD: f64 = 30.0;
const YEAR_HEAD: f64 = 18.0;
/// Possible days are no paler than this, so that they can be told from impossible ones.
const PALEST: f64 = 0.07;

/// Draws a calendar for each event: months side by side, or a line of weeks for every year of a long span.
///
/// # Errors
/// Where an event is not there, there are too many days for one picture, or the size does not do.
///
/// ```
/// use dateline::{Answer, Options, Scenario, forecast};
/// use dateline::render::{PictureOptions, calendar_picture};
///
/// let scenario = Scenario::parse("horizon = { from = 2024-05-01, to = 2024-05-31 }\n[event.visit]")?;
/// let Answer::Forecast(forecast) = forecast(&scenario, &Options::default())? else { panic!("nothing is at odds") };
/// let svg = calendar_picture(&forecast, &PictureOptions::default())?.svg();
/// assert_eq!(svg.matches("class=\"heat\"").count(), 31 + 5, "the days, and five shades to compare them with");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn calendar_picture(forecast: &Forecast, options: &PictureOptions) -> Result<Picture, Refusal> {
    let width = options.width()?;
    let (mut events, _) = frame::chosen(forecast, &options.events, usize::MAX)?;
    let all = events.len();
    events.truncate(events_with_room(forecast, &events, !options.events.is_empty())?);
    let title = frame::titled(forecast.title.as_deref(), "When will it happen?");
    let about = wording::about(forecast.horizon, forecast.as_of, &forecast.method);
    let (heading, mut y) = frame::heading(&title, &about, options);
    let mut calendars = Vec::new();
    for event in &events {
        let calendar = Calendar::new(forecast, event, width);
        let (marks, bottom) = calendar.marks(y);
        if bottom > HIGHEST && options.events.is_empty() && !calendars.is_empty() {
            break;
        }
        calendars.push(marks);
        y = bottom;
    }
    events.truncate(calendars.len());
    let more = frame::left_out_words(all - events.len());
    let legend = format!("The stronger a day, the more probable it is; days without colour are impossible. {more}");
    let (legend, bottom) = frame::legend(&legend, y, width);
    let height = options.holding(bottom)?;
    let marks = html! { (heading) @for calendar in &calendars { (calendar) } (legend) };
    let told: Vec<String> = events.iter().map(|event| told(event)).collect();
    Ok(frame::picture(marks, (width, height), format!("{title}: calendar"), told.join(" ")))
}

fn told(event: &EventForecast) -> String {
    let mode = event.mode.map_or(String::new(), |day| format!("; the most probable day is {}", wording::date(day)));
    format!("{}: {}{mode}.", wording::name(&event.id, event.title.as_deref()), wording::figures(event, true))
}

/// The days that an event's calendar shows.
fn shown(forecast: &Forecast, event: &EventForecast) -> Span {
    event.feasible.unwrap_or(Span { from: forecast.horizon.from, to: forecast.horizon.from })
}

/// How many of the events, from the first, have room together: all of them where they are `named`, or none.
fn events_with_room(forecast: &Forecast, events: &[&EventForecast], named: bool) -> Result<usize, Refusal> {
    let mut days = 0;
    let room = events.iter().take_while(|event| {
        let span = shown(forecast, event);
        days += span.to - span.from + 1;
        days <= MOST_DAYS
    });
    let fitting = room.count();
    if fitting == events.len() || fitting > 0 && !named {
        return Ok(fitting);
    }
    let first = shown(forecast, events[0]);
    if first.to - first.from < MOST_DAYS_ALONE && (events.len() == 1 || !named) {
        return Ok(1);
    }
    Err(Refusal::Named(
        "there are too many days for calendars in one picture: choose fewer events with --event, or draw --kind days"
            .to_string(),
    ))
}

struct Calendar<'a> {
    forecast: &'a Forecast,
    event: &'a EventForecast,
    span: Span,
    width: f64,
    /// The probability of the most probable day.
    most: f64,
}

impl<'a> Calendar<'a> {
    fn new(forecast: &'a Forecast, event: &'a EventForecast, width: f64) -> Calendar<'a> {
        let most = event.days.iter().map(|day| day.p).fold(0.0, f64::max);
        Calendar { forecast, event, span: shown(forecast, event), width, most }
    }

    fn months(&self) -> i32 {
        let month = |day: Day| day.year() * 12 + day.month() as i32 - 1;
        month(self.span.to) - month(self.span.from) + 1
    }

    /// The calendar from `top` on, and where it ends.
    fn marks(&self, top: f64) -> (Markup, f64) {
        let room = self.width - 2.0 * MARGIN;
        let name = letters::cut(&wording::name(&self.event.id, self.event.title.as_deref()), NAME, room - 180.0);
        let years = self.forecast.horizon.from.year() != self.forecast.horizon.to.year();
        let figures = letters::cut(&wording::figures(self.event, years), SMALL, room);
        let (days, bottom) =
            if self.months() <= MOST_MONTHS { self.month_blocks(top + HEAD) } else { self.year_lines(top + HEAD) };
        let marks = html! {
            g {
                (words((MARGIN, top + 12.0), "name", Anchor::Start, &name))
                (words((MARGIN, top + 27.0), "small", Anchor::Start, &figures))
                (self.shades(top))
                (days)
            }
        };
        (marks, bottom + 14.0)
    }

    /// Five shades with the probability of the strongest.
    fn shades(&self, top: f64) -> Markup {
        let right = self.width - MARGIN;
        let label = wording::percent(self.most);
        let start = right - letters::width(&label, SMALL) - 6.0 - 5.0 * 14.0;
        html! {
            @for step in 1..=5 {
                @let place = Area { x: start + f64::from(step - 1) * 14.0, y: top + 2.0, width: 13.0, height: 12.0 };
                (shade(place, f64::from(step) / 5.0, &wording::percent(self.most * f64::from(step) / 5.0)))
            }
            (words((start - 6.0, top + 12.0), "small", Anchor::End, "0"))
            (words((right, top + 12.0), "small", Anchor::End, &label))
        }
    }

    /// Months side by side, with the numbers of their days.
    fn month_blocks(&self, top: f64) -> (Markup, f64) {
        let room = self.width - 2.0 * MARGIN;
        let side = SQUARE.0.min(room / 7.0);
        let step = 7.0 * side + 20.0;
        let across = (((room + 20.0) / step) as i32).max(1);
        let block_height = MONTH_HEAD + 6.0 * side + 8.0;
        let first = self.span.from;
        let mut blocks = Vec::new();
        for index in 0..self.months() {
            let months = first.month() as i32 - 1 + index;
            let Some(month) = Day::from_ymd(first.year() + months / 12, (months % 12 + 1) as u32, 1) else { break };
            let x = MARGIN + f64::from(index % across) * step;
            let y = top + f64::from(index / across) * block_height;
            blocks.push(self.month(month, (x, y), side));
        }
        let rows = (blocks.len() as i32 + across - 1) / across;
        (html! { @for block in &blocks { (block) } }, top + f64::from(rows) * block_height)
    }

    fn month(&self, first: Day, (x, y): (f64, f64), side: f64) -> Markup {
        const WEEKDAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
        let last = Day::end_of_month(first.year(), first.month()).unwrap_or(first);
        let place = |day: Day| {
            let week = (day - first + first.weekday() as i32) / 7;
            let (column, row) = (day.weekday() as f64, f64::from(week));
            Area { x: x + column * side, y: y + MONTH_HEAD + row * side, width: side - 1.5, height: side - 1.5 }
        };
        html! {
            (words((x, y + 12.0), "small", Anchor::Start, &first.format("%B %Y")))
            @for (index, name) in WEEKDAYS.iter().enumerate() {
                (words((x + (index as f64 + 0.5) * side, y + MONTH_HEAD - 5.0), "tiny", Anchor::Middle, name))
            }
            @for day in (0..=last - first).map(|days| first + days) {
                (self.square(day, place(day)))
                @if side > 14.0 {
                    @let Area { x, y, width, height } = place(day);
                    (words((x + width / 2.0, y + height / 2.0 + 3.0), "number", Anchor::Middle, &day.day_of_month().to_string()))
                }
            }
        }
    }

    /// A line of weeks for every year.
    fn year_lines(&self, top: f64) -> (Markup, f64) {
        let left = MARGIN + 42.0;
        let side = SQUARE.1.min((self.width - MARGIN - left) / 54.0);
        let height = YEAR_HEAD + 7.0 * side;
        let (from, to) = (self.span.from.year(), self.span.to.year());
        let lines = (from..=to).filter_map(|year| {
            let first = Day::from_ymd(year, 1, 1)?;
            let y = top + f64::from(year - from) * (height + 8.0);
            Some(self.year(first, (left, y), side))
        });
        (html! { @for line in lines { (line) } }, top + f64::from(to - from + 1) * (height + 8.0))
    }

    fn year(&self, first: Day, (x, y): (f64, f64), side: f64) -> Markup {
        let last = Day::end_of_month(first.year(), 12).unwrap_or(first);
        let column = |day: Day| f64::from((day - first + first.weekday() as i32) / 7);
        let place = |day: Day| Area {
            x: x + column(day) * side,
            y: y + YEAR_HEAD + day.weekday() as f64 * side,
            width: side - 1.0,
            height: side - 1.0,
        };
        let months = (1..=12).filter_map(|month| Day::from_ymd(first.year(), month, 1));
        let step = if side * 4.3 < 26.0 { 3 } else { 1 };
        let (from, to) = (first.max(self.span.from), last.min(self.span.to));
        html! {
            (words((x - 8.0, y + YEAR_HEAD + 4.0 * side), "small", Anchor::End, &first.year().to_string()))
            @for month in months.step_by(step) {
                (words((x + column(month) * side, y + YEAR_HEAD - 5.0), "tiny", Anchor::Start, &month.format("%b")))
            }
            @for day in (0..=to - from).map(|days| from + days) { (self.square(day, place(day))) }
        }
    }

    fn square(&self, day: Day, place: Area) -> Markup {
        let at = self.event.days.binary_search_by_key(&day, |day| day.date);
        let told = |p: f64| format!("{}: {}", day.format("%a %-d %b %Y"), wording::percent(p));
        html! {
            (area("cell", place, ""))
            @if let Ok(at) = at {
                @let p = self.event.days[at].p;
                (shade(place, (p / self.most).max(PALEST), &told(p)))
            }
            @if self.forecast.as_of == Some(day) { (area("today", place, "as of this day")) }
        }
    }
}
