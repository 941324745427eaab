//! A forecast and what reports claim in; the distributions of dates, one above the other, out.

use super::Picture;
use super::axis::{DateAxis, NumberAxis, short};
use super::frame::{self, MARGIN, PictureOptions};
use super::letters;
use super::mark::{Anchor, Area, line, words};
use super::style::{NAME, SMALL};
use crate::answer::{
    ClaimedDays, DayProbability, EventForecast, Forecast, Refusal, ReportForecast, ReportStanding, Span,
};
use crate::day::Day;
use crate::render::look;
use crate::render::wording;
use maud::{Markup, html};

/// So many events are shown at most.
const MOST_EVENTS: usize = 40;
/// So many reports are marked below an event at most.
const MOST_LANES: usize = 12;
/// Room for the labels at the left.
const LEFT: f64 = 58.0;
/// How high the bars' part is at least and usually, with few events and with many.
const LEAST_BARS: f64 = 28.0;
const BARS: (f64, f64) = (120.0, 64.0);
/// How high a panel's words, its axis and the windows are, and each report.
const HEAD: f64 = 40.0;
const FOOT: f64 = 44.0;
const LANE: f64 = 22.0;
/// What lies in either tail outside of a picture at most, as a share of what occurs.
const TAIL: f64 = 0.001;
/// Days beside what is shown, at least.
const LEAST_MARGIN: i32 = 3;
/// Less is shown than the horizon where that is no more than this share of it.
const CUT: f64 = 0.6;
/// A bar is no wider than this.
const WIDEST_BAR: f64 = 90.0;

const LEGEND: &str = "Bars: probability of starting. Below them, from thick to thin, the shortest windows that hold 50, 80 and \
                      95 %, with a line at the middle; then what reports claim, paler where the truth may slip to.";

/// Draws each event's distribution with its windows, what reports claim of it below, and the as-of day as a dashed line.
///
/// # Errors
/// Where an event is not there, or the size does not do.
///
/// ```
/// use dateline::{Answer, Options, Scenario, claimed_days, forecast};
/// use dateline::render::{PictureOptions, days_picture};
///
/// let scenario = Scenario::parse("horizon = { from = 2024-05-01, to = 2024-05-31 }\n[event.visit]")?;
/// let Answer::Forecast(forecast) = forecast(&scenario, &Options::default())? else { panic!("nothing is at odds") };
/// let picture = days_picture(&forecast, &claimed_days(&scenario), &PictureOptions::default())?;
/// assert!(picture.svg().contains("16 May 2024: 3.2 %"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn days_picture(
    forecast: &Forecast,
    claimed: &[ClaimedDays],
    options: &PictureOptions,
) -> Result<Picture, Refusal> {
    let width = options.width()?;
    let (events, left_out) = frame::chosen(forecast, &options.events, MOST_EVENTS)?;
    let axis = DateAxis { span: shown(forecast, &events), from: LEFT, to: width - MARGIN };
    let title = frame::titled(forecast.title.as_deref(), "When will it happen?");
    let about = wording::about(forecast.horizon, forecast.as_of, &forecast.method);
    let (heading, top) = frame::heading(&title, &about, options);
    let legend = legend(forecast, axis, left_out);
    let lanes: Vec<Vec<Lane>> = events.iter().map(|event| lanes(forecast, claimed, event)).collect();
    let lanes_height: f64 = lanes.iter().map(|lanes| lanes.len() as f64 * LANE).sum();
    let fixed = top + events.len() as f64 * (HEAD + FOOT) + lanes_height + frame::legend_height(&legend, width);
    let usual = if events.len() > 6 { BARS.1 } else { BARS.0 };
    let bars = options.share(fixed, events.len(), (LEAST_BARS, usual))?;
    let mut y = top;
    let mut panels = Vec::new();
    for (event, lanes) in events.iter().zip(&lanes) {
        let panel = Panel { forecast, event, axis, top: y, bars, lanes };
        panels.push(panel.marks());
        y += HEAD + bars + FOOT + lanes.len() as f64 * LANE;
    }
    let (legend, bottom) = frame::legend(&legend, y, width);
    let marks = html! { (heading) @for panel in &panels { (panel) } (legend) };
    let height = options.height.map_or(bottom, f64::from);
    let told: Vec<String> = events.iter().map(|event| told(event)).collect();
    Ok(frame::picture(marks, (width, height), format!("{title}: distributions of dates"), told.join(" ")))
}

/// The days that are shown: the horizon, or where some of it tells all but very little of every event, that.
fn shown(forecast: &Forecast, events: &[&EventForecast]) -> Span {
    let horizon = forecast.horizon;
    let bulks: Vec<Span> = events.iter().filter_map(|event| bulk(event)).collect();
    let Some((from, to)) = bulks.iter().map(|b| b.from).min().zip(bulks.iter().map(|b| b.to).max()) else {
        return horizon;
    };
    let near = |day: &Day| horizon.from <= *day && *day < from && from - *day <= to - from;
    let from = forecast.as_of.filter(near).unwrap_or(from);
    let margin = ((to - from) / 10).max(LEAST_MARGIN);
    let span = Span { from: (from + -margin).max(horizon.from), to: (to + margin).min(horizon.to) };
    let days = |span: Span| span.to - span.from + 1;
    if f64::from(days(span)) < CUT * f64::from(days(horizon)) { span } else { horizon }
}

/// The days of an event but for the tails that hold very little.
fn bulk(event: &EventForecast) -> Option<Span> {
    let least = event.occurs * TAIL;
    let beyond = |days: &mut dyn Iterator<Item = &DayProbability>| {
        let mut sum = 0.0;
        for day in days {
            sum += day.p;
            if sum > least {
                return Some(day.date);
            }
        }
        None
    };
    Some(Span { from: beyond(&mut event.days.iter())?, to: beyond(&mut event.days.iter().rev())? })
}

/// An event in a sentence, for who cannot see the picture.
fn told(event: &EventForecast) -> String {
    format!("{}: {}.", wording::name(&event.id, event.title.as_deref()), wording::figures(event, true))
}

fn legend(forecast: &Forecast, axis: DateAxis, left_out: usize) -> String {
    let unit = Unit::of(axis);
    let as_of = match forecast.as_of {
        Some(day) if axis.holds(day) => format!(" Dashed: {}, after which nothing is known.", wording::date(day)),
        Some(day) => format!(" Nothing is known after {}, which is not in the horizon.", wording::date(day)),
        None => String::new(),
    };
    let cut = if axis.span == forecast.horizon {
        String::new()
    } else {
        let shown = wording::span(axis.span);
        format!(" Of the horizon {shown} is shown; of each event at most 0.2 % lies outside.")
    };
    format!("{LEGEND} A bar is a {}.{as_of}{cut} {}", unit.name(), frame::left_out_words(left_out)).trim().to_string()
}

/// A report below an event.
struct Lane {
    label: String,
    claimed: Vec<Span>,
    with_slip: Vec<Span>,
}

fn lanes(forecast: &Forecast, claimed: &[ClaimedDays], event: &EventForecast) -> Vec<Lane> {
    let about = claimed.iter().filter(|claimed| claimed.event == event.id && !claimed.with_slip.is_empty());
    let mut found: Vec<Lane> = about
        .filter_map(|claimed| {
            let report = forecast.reports.iter().find(|report| report.id == claimed.report)?;
            Some(Lane { label: label(report), claimed: claimed.claimed.clone(), with_slip: claimed.with_slip.clone() })
        })
        .collect();
    let more = found.len().saturating_sub(MOST_LANES);
    if more > 0 {
        found.truncate(MOST_LANES);
        let label = format!("and {more} more report{}", if more == 1 { "" } else { "s" });
        found.push(Lane { label, claimed: Vec::new(), with_slip: Vec::new() });
    }
    found
}

/// `late-may: visit in late May · .80 → .90`
fn label(report: &ReportForecast) -> String {
    let worth = match report.standing {
        ReportStanding::Speaks { credibility: Some(before), posterior: Some(after), .. } => {
            format!(" · {} → {}", look::credibility(before), look::credibility(after))
        }
        _ => report.ratio.map_or(String::new(), |ratio| format!(" · odds × {ratio}")),
    };
    format!("{}: {}{worth}", report.id, report.text)
}

/// What a bar stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Day,
    Week,
    Month,
    Year,
}

impl Unit {
    /// The least unit whose bars are wide enough to be seen.
    fn of(axis: DateAxis) -> Unit {
        let units = [(Unit::Day, 1.0), (Unit::Week, 7.0), (Unit::Month, 30.0)];
        units.into_iter().find(|(_, days)| axis.day() * days >= 2.0).map_or(Unit::Year, |(unit, _)| unit)
    }

    fn name(self) -> &'static str {
        match self {
            Unit::Day => "day",
            Unit::Week => "week",
            Unit::Month => "month",
            Unit::Year => "year",
        }
    }

    /// The days of the unit that a day belongs to, as far as they lie in the horizon.
    fn around(self, day: Day, horizon: Span) -> Span {
        let (year, month) = (day.year(), day.month());
        let span = match self {
            Unit::Day => Some((day, day)),
            Unit::Week => Some((day.monday(), day.monday() + 6)),
            Unit::Month => Day::from_ymd(year, month, 1).zip(Day::end_of_month(year, month)),
            Unit::Year => Day::from_ymd(year, 1, 1).zip(Day::end_of_month(year, 12)),
        };
        let (from, to) = span.unwrap_or((day, day));
        Span { from: from.max(horizon.from), to: to.min(horizon.to) }
    }
}

/// The bars of an event, in order.
fn bars(event: &EventForecast, axis: DateAxis) -> Vec<(Span, f64)> {
    let unit = Unit::of(axis);
    let mut found: Vec<(Span, f64)> = Vec::new();
    for day in event.days.iter().filter(|day| axis.holds(day.date)) {
        match found.last_mut() {
            Some((span, p)) if day.date <= span.to => *p += day.p,
            _ => found.push((unit.around(day.date, axis.span), day.p)),
        }
    }
    found
}

struct Panel<'a> {
    forecast: &'a Forecast,
    event: &'a EventForecast,
    axis: DateAxis,
    top: f64,
    /// How high the bars' part is.
    bars: f64,
    lanes: &'a [Lane],
}

impl Panel<'_> {
    fn marks(&self) -> Markup {
        let base = self.top + HEAD + self.bars;
        html! {
            g {
                (self.head())
                (self.axis.below(self.top + HEAD, base))
                (self.distribution(base))
                (self.windows(base + 26.0))
                @for (index, lane) in self.lanes.iter().enumerate() {
                    (self.lane(lane, base + FOOT - 4.0 + index as f64 * LANE))
                }
                (self.as_of(base))
            }
        }
    }

    fn head(&self) -> Markup {
        let room = self.axis.to - MARGIN;
        let name = letters::cut(&wording::name(&self.event.id, self.event.title.as_deref()), NAME, room);
        let years = self.axis.span.from.year() != self.axis.span.to.year();
        let figures = letters::cut(&wording::figures(self.event, years), SMALL, room);
        html! {
            (words((MARGIN, self.top + 12.0), "name", Anchor::Start, &name))
            (words((MARGIN, self.top + 27.0), "small", Anchor::Start, &figures))
        }
    }

    fn distribution(&self, base: f64) -> Markup {
        let bars = bars(self.event, self.axis);
        let most = bars.iter().map(|(_, p)| *p).fold(0.0, f64::max);
        let scale = NumberAxis { least: 0.0, most: most.max(1e-12), from: base, to: base - self.bars + 4.0 };
        let numbers = scale.round_numbers(if self.bars > 80.0 { 4 } else { 2 });
        html! {
            @for number in numbers.iter().filter(|number| **number > 0.0) {
                (line("grid", (self.axis.from, scale.at(*number)), (self.axis.to, scale.at(*number))))
                (words((self.axis.from - 6.0, scale.at(*number) + 4.0), "small", Anchor::End, &format!("{} %", short(number * 100.0))))
            }
            @for (span, p) in &bars { (self.bar(*span, *p, (base, scale.at(*p)))) }
        }
    }

    fn bar(&self, span: Span, p: f64, (base, top): (f64, f64)) -> Markup {
        let (from, to) = (self.axis.begin(span.from), self.axis.begin(span.to + 1));
        let gap = if to - from >= 4.0 { (to - from) * 0.12 } else { 0.0 };
        let width = (to - from - gap).min(WIDEST_BAR);
        let place = Area { x: (from + to - width) / 2.0, y: top, width, height: base - top };
        let told = format!("{}: {}", wording::span(span), wording::percent(p));
        let Area { x, y, width, height } = place;
        // Programs find the days of a bar here.
        html! {
            rect class="bar" x=(super::mark::px(x)) y=(super::mark::px(y)) width=(super::mark::px(width))
                height=(super::mark::px(height)) data-from=(span.from.to_string()) data-to=(span.to.to_string()) {
                title { (told) }
            }
        }
    }

    /// The windows from thin and wide to thick and narrow, and the middle.
    fn windows(&self, y: f64) -> Markup {
        const THICK: [(&str, f64); 3] = [("w95", 3.0), ("w80", 6.0), ("w50", 9.0)];
        let windows = self.event.windows.iter().rev().zip(THICK).filter_map(|(window, thick)| {
            let span = Span { from: window.from?, to: window.to? };
            Some((span, window.level, thick))
        });
        html! {
            @for (span, level, (class, thick)) in windows {
                (self.stretch(class, span, (y - thick / 2.0, thick), &format!("{:.0} %: {}", level * 100.0, wording::span(span))))
            }
            @if let Some(day) = self.event.median() {
                (line("middle", (self.axis.middle(day), y - 7.0), (self.axis.middle(day), y + 7.0)))
            }
        }
    }

    /// A bar along some days, as far as they are shown, at least a pixel wide.
    fn stretch(&self, class: &str, span: Span, (y, height): (f64, f64), told: &str) -> Markup {
        let shown = self.axis.span;
        let span = Span { from: span.from.max(shown.from), to: span.to.min(shown.to) };
        if span.from > span.to {
            return html! {};
        }
        let (from, to) = (self.axis.begin(span.from), self.axis.begin(span.to + 1));
        super::mark::area(class, Area { x: from, y, width: (to - from).max(1.0), height }, told)
    }

    fn lane(&self, lane: &Lane, y: f64) -> Markup {
        let label = letters::cut(&lane.label, SMALL, self.axis.to - self.axis.from);
        let start =
            lane.with_slip.first().map_or(self.axis.from, |span| self.axis.begin(span.from).max(self.axis.from));
        let x = start.min(self.axis.to - letters::width(&label, SMALL)).max(self.axis.from);
        html! {
            (words((x, y + 10.0), "small", Anchor::Start, &label))
            @for span in &lane.with_slip {
                (self.stretch("slip", *span, (y + 13.0, 4.0), &format!("{} (with slip)", wording::LOOK.span(*span, true))))
            }
            @for span in &lane.claimed { (self.stretch("claim", *span, (y + 13.0, 4.0), &wording::span(*span))) }
        }
    }

    fn as_of(&self, base: f64) -> Markup {
        let Some(day) = self.forecast.as_of.filter(|day| self.axis.holds(*day)) else { return html! {} };
        // On the evening of that day.
        let x = self.axis.begin(day + 1);
        html! { g { title { (format!("as of {}", wording::date(day))) } (line("asof", (x, base - self.bars), (x, base))) } }
    }
}
