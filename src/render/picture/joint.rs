//! The map of two events in; a picture of it, one event to the right and the other upwards, out.

use super::Picture;
use super::axis::DateAxis;
use super::frame::{self, MARGIN, PictureOptions};
use super::letters;
use super::mark::{Anchor, Area, line, shade, upward_words, words};
use super::style::PLAIN;
use crate::answer::{JointMap, MappedEvent, Refusal, Span};
use crate::render::wording;
use maud::{Markup, html};

/// Room at the left for dates and the event's name.
const LEFT: f64 = 104.0;
/// Room at the bottom for the same.
const BOTTOM: f64 = 46.0;
/// What "does not occur" takes, and the gap before it.
const ABSENT: (f64, f64) = (34.0, 8.0);
/// How high the plot is at least, and usually as a share of its width; at most.
const LEAST: f64 = 60.0;
const USUAL: (f64, f64) = (0.72, 560.0);
const PALEST: f64 = 0.03;

/// Draws how probable each pair of days, weeks or longer periods of two events is.
///
/// # Errors
/// Where the size does not do.
///
/// ```
/// use dateline::{JointMapped, Options, Scenario, joint_map};
/// use dateline::render::{PictureOptions, joint_picture};
///
/// let scenario = Scenario::parse("horizon = { from = 2024-05-01, to = 2024-05-02 }\n[event.visit]\n[event.tour]")?;
/// let JointMapped::Map(map) = joint_map(&scenario, &[], &Options::default())? else { panic!("nothing is at odds") };
/// let svg = joint_picture(&map, &PictureOptions::default())?.svg();
/// assert!(svg.contains("visit 1 May 2024, tour 2 May 2024: 25.0 %"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn joint_picture(map: &JointMap, options: &PictureOptions) -> Result<Picture, Refusal> {
    let width = options.width()?;
    let title = frame::titled(map.title.as_deref(), "When will they happen?");
    let about = wording::about(map.horizon, map.as_of, &map.method);
    let (heading, top) = frame::heading(&title, &about, options);
    let legend = legend(map);
    let absent = [0, 1].map(|at| if map.events[at].periods.contains(&None) { ABSENT.0 + ABSENT.1 } else { 0.0 });
    let right = width - MARGIN - absent[0];
    let fixed = top + absent[1] + BOTTOM + frame::legend_height(&legend, width);
    let height = options.share(fixed, 1, (LEAST, ((right - LEFT) * USUAL.0).clamp(LEAST, USUAL.1)))?;
    let base = top + absent[1] + height;
    let across = Side::new(&map.events[0], (LEFT, right), absent[0]);
    let upward = Side::new(&map.events[1], (base, top + absent[1]), -absent[1]);
    let plot = Plot { map, across, upward };
    let (legend, bottom) = frame::legend(&legend, base + BOTTOM, width);
    let marks = html! { (heading) (plot.cells()) (plot.same_day()) (plot.axes((top, base))) (legend) };
    let height = options.height.map_or(bottom, f64::from);
    let title = format!("{title}: {} and {} together", map.events[0].id, map.events[1].id);
    Ok(frame::picture(marks, (width, height), title, plot.told()))
}

fn period_name(days: i32) -> String {
    match days {
        1 => "day".to_string(),
        7 => "week".to_string(),
        days => format!("stretch of {} weeks", days / 7),
    }
}

fn legend(map: &JointMap) -> String {
    let most = wording::percent(most(map));
    let period = period_name(map.period_days);
    let absent = map.events.iter().any(|event| event.periods.contains(&None));
    let absent = if absent { " Never: it does not occur in the horizon." } else { "" };
    format!("A square is a {period} of each event; the strongest one has {most}. Dotted: both on the same day.{absent}")
}

/// The greatest probability of two dates, or where there are none, of anything.
fn most(map: &JointMap) -> f64 {
    let [first, second] = &map.events;
    let cells = map.probabilities.iter().zip(&first.periods).flat_map(|(row, one)| {
        row.iter().zip(&second.periods).map(move |(p, other)| (*p, one.is_some() && other.is_some()))
    });
    let of_dates = cells.clone().filter(|(_, dated)| *dated).map(|(p, _)| p).fold(0.0, f64::max);
    if of_dates > 0.0 { of_dates } else { cells.map(|(p, _)| p).fold(0.0, f64::max) }
}

/// An axis of periods, and where "does not occur" stands beyond its end.
struct Side {
    dates: Option<DateAxis>,
    /// From and to.
    absent: (f64, f64),
}

impl Side {
    fn new(event: &MappedEvent, (from, to): (f64, f64), absent: f64) -> Side {
        let mut spans = event.periods.iter().flatten();
        let first = spans.next();
        let last = spans.next_back().or(first);
        let dates =
            first.zip(last).map(|(first, last)| DateAxis { span: Span { from: first.from, to: last.to }, from, to });
        let gap = ABSENT.1 * absent.signum();
        Side { dates, absent: (to + gap, to + absent) }
    }

    /// Where a period begins and ends, the lesser number first.
    fn place(&self, period: Option<Span>) -> (f64, f64) {
        let (from, to) = match (period, self.dates) {
            (Some(span), Some(axis)) => (axis.begin(span.from), axis.begin(span.to + 1)),
            _ => self.absent,
        };
        (from.min(to), from.max(to))
    }
}

struct Plot<'a> {
    map: &'a JointMap,
    across: Side,
    upward: Side,
}

impl Plot<'_> {
    fn cells(&self) -> Markup {
        let [first, second] = &self.map.events;
        let most = most(self.map);
        let told = |one: Option<Span>, other: Option<Span>, p: f64| {
            format!("{} {}, {} {}: {}", first.id, self.when(one), second.id, self.when(other), wording::percent(p))
        };
        let pairs = first.periods.iter().zip(&self.map.probabilities).flat_map(|(one, row)| {
            second.periods.iter().zip(row).filter(|(_, p)| **p > 0.0).map(move |(other, p)| (*one, *other, *p))
        });
        html! {
            @for (one, other, p) in pairs {
                @let (x, right) = self.across.place(one);
                @let (y, bottom) = self.upward.place(other);
                @let place = Area { x, y, width: right - x, height: bottom - y };
                (shade(place, (p / most).clamp(PALEST, 1.0), &told(one, other, p)))
            }
        }
    }

    fn when(&self, period: Option<Span>) -> String {
        match period {
            None => "does not occur".to_string(),
            Some(span) if self.map.period_days == 7 => format!("in the week of {}", wording::date(span.from)),
            Some(span) => wording::span(span),
        }
    }

    /// The line on which both start on the same day.
    fn same_day(&self) -> Markup {
        let (Some(across), Some(upward)) = (self.across.dates, self.upward.dates) else { return html! {} };
        let (from, to) = (across.span.from.max(upward.span.from), across.span.to.min(upward.span.to));
        if from > to {
            return html! {};
        }
        let at = |day| (across.begin(day), upward.begin(day));
        line("news", at(from), at(to + 1))
    }

    fn axes(&self, (top, base): (f64, f64)) -> Markup {
        let names = [0, 1].map(|at| {
            let event = &self.map.events[at];
            wording::name(&event.id, event.title.as_deref())
        });
        let right = self.across.dates.map_or(self.across.absent.1, |axis| axis.to);
        let middle = ((LEFT + right) / 2.0, (top + base) / 2.0);
        html! {
            @if let Some(axis) = self.across.dates { (axis.below(base, base)) }
            @if let Some(axis) = self.upward.dates {
                (line("rule", (LEFT, axis.from), (LEFT, axis.to)))
                @for tick in axis.upward_ticks() {
                    (line("rule", (LEFT - 4.0, tick.at), (LEFT, tick.at)))
                    (words((LEFT - 7.0, tick.at + 4.0), "small", Anchor::End, &tick.label))
                }
            }
            @if self.map.events[0].periods.contains(&None) {
                (words(((self.across.absent.0 + self.across.absent.1) / 2.0, base + 15.0), "small", Anchor::Middle, "never"))
            }
            @if self.map.events[1].periods.contains(&None) {
                (words((LEFT - 7.0, (self.upward.absent.0 + self.upward.absent.1) / 2.0 + 4.0), "small", Anchor::End, "never"))
            }
            (words((middle.0, base + 34.0), "", Anchor::Middle, &letters::cut(&names[0], PLAIN, right - LEFT)))
            (upward_words((MARGIN + 10.0, middle.1), "", &letters::cut(&names[1], PLAIN, base - top)))
        }
    }

    /// The most probable pairs, for who cannot see the picture.
    fn told(&self) -> String {
        let [first, second] = &self.map.events;
        let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
        for (row, cells) in self.map.probabilities.iter().enumerate() {
            pairs.extend(cells.iter().enumerate().map(|(column, p)| (*p, row, column)));
        }
        pairs.sort_by(|one, other| other.0.total_cmp(&one.0).then((one.1, one.2).cmp(&(other.1, other.2))));
        let pair = |(p, row, column): &(f64, usize, usize)| {
            let (one, other) = (self.when(first.periods[*row]), self.when(second.periods[*column]));
            format!("{} {one} and {} {other}: {}", first.id, second.id, wording::percent(*p))
        };
        let named: Vec<String> = pairs.iter().take(5).map(pair).collect();
        format!("The most probable together: {}.", named.join("; "))
    }
}
