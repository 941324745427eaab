//! Figures of rows in, whose values stand from left to right; curves of probabilities, and fans of dates, out.

use super::Picture;
use super::axis::{DateAxis, NumberAxis, short};
use super::frame::{self, MARGIN, PictureOptions};
use super::letters;
use super::mark::{Anchor, band, line, path, words};
use super::style::{self, NAME, PLAIN, SMALL};
use crate::answer::{Refusal, Span};
use crate::day::Day;
use crate::render::wording;
use maud::{Markup, html};

/// So many events, and so many curves, are shown at most.
pub(super) const MOST_EVENTS: usize = 20;
const MOST_CURVES: usize = 18;
/// So many news are told in words at most.
const MOST_NEWS: usize = 20;
/// Room at the left for labels.
const LEFT: f64 = 92.0;
/// How high a plot is at least and usually; the words above and below it; a line of names.
const PLOT: (f64, f64) = (60.0, 190.0);
const HEAD: f64 = 24.0;
const FOOT: f64 = 46.0;
const NAMES: f64 = 17.0;

/// All that a picture of curves shows.
pub(super) struct Curves {
    pub title: String,
    pub about: String,
    /// What the values are of.
    pub key: String,
    /// One for each row.
    pub values: Vec<String>,
    pub probable: Vec<Curve>,
    pub events: Vec<Fan>,
    /// Rows with a mark, and what it says.
    pub news: Vec<(usize, String)>,
    pub legend: String,
}

/// The days by which an event has started with 5, 25, 50, 75 and 95 %, in every row where there is one.
pub(super) struct Fan {
    pub name: String,
    pub levels: [Vec<Option<Day>>; 5],
    /// Where a level that is not reached ends.
    pub last: Option<Day>,
}

impl Fan {
    /// Whether the date is in doubt in some row, or another one in another row.
    pub fn moves(&self) -> bool {
        let [early, .., late] = &self.levels;
        let wide = early.iter().zip(late).any(|(early, late)| early.is_some() && early != late);
        let mut days = early.iter().flatten();
        let first = days.next();
        wide || days.any(|day| Some(day) != first)
    }

    fn told(&self) -> String {
        let day = |row: Option<&Option<Day>>| match row {
            Some(Some(day)) => wording::date(*day),
            _ => "not in the horizon".to_string(),
        };
        let middle = &self.levels[2];
        format!("{}: middle from {} to {}.", self.name, day(middle.first()), day(middle.last()))
    }
}

/// Draws the curves of probabilities in one plot, and each event's fan in one of its own.
pub(super) fn draw(curves: &Curves, options: &PictureOptions) -> Result<Picture, Refusal> {
    let width = options.width()?;
    let (heading, top) = frame::heading(&curves.title, &curves.about, options);
    let probable = &curves.probable[..curves.probable.len().min(MOST_CURVES)];
    let legend = match curves.probable.len() - probable.len() {
        0 => curves.legend.clone(),
        more => format!("{} {more} more curves are not shown.", curves.legend),
    };
    let names = Names::new(probable, width);
    let plots = curves.events.len() + usize::from(!probable.is_empty());
    let news = news_lines(&curves.news);
    let below = frame::legend_height(&legend, width) + news.len() as f64 * NAMES;
    let fixed = top + plots as f64 * (HEAD + FOOT) + names.height() + below;
    let size = options.share(fixed, plots, PLOT)?;
    let across = Across::new(&curves.values, (LEFT, width - MARGIN - 8.0));
    let frame = Frame { curves, across: &across, size };
    let mut y = top;
    let mut parts = Vec::new();
    if !probable.is_empty() {
        parts.push(frame.probabilities(probable, &names, y));
        y += HEAD + FOOT + size + names.height();
    }
    for event in &curves.events {
        parts.push(frame.event(event, y));
        y += HEAD + FOOT + size;
    }
    for news in &news {
        let told = letters::cut(news, SMALL, width - 2.0 * MARGIN);
        parts.push(words((MARGIN, y + SMALL), "small", Anchor::Start, &told));
        y += NAMES;
    }
    let (legend, bottom) = frame::legend(&legend, y, width);
    let marks = html! { (heading) @for part in &parts { (part) } (legend) };
    let height = options.height.map_or(bottom, f64::from);
    let told: Vec<String> = probable.iter().map(Curve::told).chain(curves.events.iter().map(Fan::told)).collect();
    let told = format!("{}. {}", curves.about, told.join(" "));
    Ok(frame::picture(marks, (width, height), format!("{}: by {}", curves.title, curves.key), told))
}

/// The news with their numbers, a line each.
fn news_lines(news: &[(usize, String)]) -> Vec<String> {
    let line = |(index, (_, says)): (usize, &(usize, String))| format!("{}: {says}", index + 1);
    let mut lines: Vec<String> = news.iter().enumerate().take(MOST_NEWS).map(line).collect();
    if news.len() > MOST_NEWS {
        lines.push(format!("and news on {} more dates", news.len() - MOST_NEWS));
    }
    lines
}

/// A figure in every row, where it has one.
pub(super) struct Curve {
    pub name: String,
    pub numbers: Vec<Option<f64>>,
}

/// What a fan means.
pub(super) const LEGEND: &str = "Of an event: the middle day, in the bands between the days by which it has started with 25 and \
                                 75 %, and with 5 and 95 %.";

impl Curve {
    /// Whether it is ever neither certain nor impossible.
    pub fn is_in_doubt(&self) -> bool {
        self.numbers.iter().flatten().any(|p| *p > 0.0 && *p < 1.0 - 1e-12)
    }

    fn told(&self) -> String {
        let mut numbers = self.numbers.iter().flatten();
        let first = numbers.next().copied().unwrap_or(0.0);
        let last = numbers.next_back().copied().unwrap_or(first);
        format!("{}: from {} to {}.", self.name, wording::percent(first), wording::percent(last))
    }
}

/// What stands from left to right: numbers, dates, or values one beside the other.
enum Across {
    Numbers(NumberAxis, Vec<f64>),
    Dates(DateAxis, Vec<Day>),
    Listed { values: Vec<String>, from: f64, to: f64 },
}

impl Across {
    fn new(values: &[String], (from, to): (f64, f64)) -> Across {
        let dates: Option<Vec<Day>> = values.iter().map(|value| value.parse().ok()).collect();
        if let Some(days) = dates.filter(|days| days.windows(2).all(|pair| pair[0] < pair[1])) {
            let span = Span { from: days[0], to: days[days.len() - 1] };
            return Across::Dates(DateAxis { span, from, to }, days);
        }
        let numbers: Option<Vec<f64>> =
            values.iter().map(|value| value.parse().ok().filter(|number: &f64| number.is_finite())).collect();
        if let Some(numbers) = numbers.filter(|numbers| numbers.windows(2).all(|pair| pair[0] < pair[1])) {
            let axis = NumberAxis { least: numbers[0], most: numbers[numbers.len() - 1], from, to };
            return Across::Numbers(axis, numbers);
        }
        Across::Listed { values: values.to_vec(), from, to }
    }

    fn ends(&self) -> (f64, f64) {
        match self {
            Across::Numbers(axis, _) => (axis.from, axis.to),
            Across::Dates(axis, _) => (axis.from, axis.to),
            Across::Listed { from, to, .. } => (*from, *to),
        }
    }

    /// Where the value of a row stands.
    fn at(&self, row: usize) -> f64 {
        match self {
            Across::Numbers(axis, numbers) => axis.at(numbers[row]),
            Across::Dates(axis, days) => axis.middle(days[row]),
            Across::Listed { values, from, to } => from + (row as f64 + 0.5) * (to - from) / values.len() as f64,
        }
    }

    fn below(&self, top: f64, y: f64) -> Markup {
        let (from, to) = self.ends();
        let tick = |x: f64, label: &str| {
            html! {
                (line("grid", (x, top), (x, y)))
                (words((x, y + 15.0), "small", Anchor::Middle, label))
            }
        };
        html! {
            @match self {
                Across::Dates(axis, _) => (axis.below(top, y)),
                Across::Numbers(axis, _) => {
                    (line("rule", (from, y), (to, y)))
                    @for number in axis.round_numbers(((to - from) / 70.0) as usize) { (tick(axis.at(number), &short(number))) }
                }
                Across::Listed { values, .. } => {
                    (line("rule", (from, y), (to, y)))
                    @let room = (to - from) / values.len() as f64;
                    @let step = (60.0 / room).ceil().max(1.0);
                    @for (row, value) in values.iter().enumerate().step_by(step as usize) {
                        (tick(self.at(row), &letters::cut(value, SMALL, room * step - 8.0)))
                    }
                }
            }
        }
    }
}

/// The curves' names in lines, each with a piece of its curve.
struct Names {
    /// Place, line and name.
    places: Vec<(f64, usize, String)>,
}

impl Names {
    fn new(curves: &[Curve], width: f64) -> Names {
        let (mut x, mut row) = (LEFT, 0);
        let mut places = Vec::new();
        for curve in curves {
            let name = letters::cut(&curve.name, SMALL, (width - LEFT - MARGIN - 34.0).min(260.0));
            let size = letters::width(&name, SMALL) + 48.0;
            if x > LEFT && x + size > width - MARGIN {
                (x, row) = (LEFT, row + 1);
            }
            places.push((x, row, name));
            x += size;
        }
        Names { places }
    }

    fn height(&self) -> f64 {
        self.places.last().map_or(0.0, |(_, row, _)| (row + 1) as f64 * NAMES)
    }
}

/// A stretch of rows that all have a figure.
fn runs<T: Copy>(values: &[Option<T>]) -> Vec<Vec<(usize, T)>> {
    let mut found: Vec<Vec<(usize, T)>> = Vec::new();
    let mut open = false;
    for (row, value) in values.iter().enumerate() {
        match value {
            Some(value) if open => found.last_mut().expect("one is open").push((row, *value)),
            Some(value) => found.push(vec![(row, *value)]),
            None => {}
        }
        open = value.is_some();
    }
    found
}

struct Frame<'a> {
    curves: &'a Curves,
    across: &'a Across,
    /// How high a plot is.
    size: f64,
}

impl Frame<'_> {
    fn probabilities(&self, curves: &[Curve], names: &Names, top: f64) -> Markup {
        let head = top + HEAD + names.height();
        let base = head + self.size;
        let axis = NumberAxis { least: 0.0, most: 1.0, from: base, to: head };
        let (from, to) = self.across.ends();
        html! {
            g {
                (words((MARGIN, top + 13.0), "name", Anchor::Start, "Probabilities"))
                @for (index, (x, row, name)) in names.places.iter().enumerate() {
                    @let y = top + HEAD + 8.0 + *row as f64 * NAMES;
                    (line(&style::curve(index), (*x, y), (x + 26.0, y)))
                    (words((x + 31.0, y + 4.0), "small", Anchor::Start, name))
                }
                @for number in axis.round_numbers(if self.size > 100.0 { 5 } else { 2 }) {
                    (line("grid", (from, axis.at(number)), (to, axis.at(number))))
                    (words((from - 6.0, axis.at(number) + 4.0), "small", Anchor::End, &format!("{} %", short(number * 100.0))))
                }
                (self.across.below(head, base))
                (self.key(base))
                @for (index, curve) in curves.iter().enumerate() {
                    @for run in runs(&curve.numbers) {
                        (self.curve(&style::curve(index), &run.iter().map(|(row, p)| (self.across.at(*row), axis.at(*p))).collect::<Vec<_>>()))
                    }
                }
            }
        }
    }

    /// A curve, or of a single row a short line.
    fn curve(&self, class: &str, points: &[(f64, f64)]) -> Markup {
        match points {
            [(x, y)] => line(class, (x - 4.0, *y), (x + 4.0, *y)),
            points => path(class, points),
        }
    }

    fn key(&self, base: f64) -> Markup {
        let (from, to) = self.across.ends();
        let key = letters::cut(&self.curves.key, PLAIN, to - from);
        words(((from + to) / 2.0, base + 32.0), "", Anchor::Middle, &key)
    }

    /// Dotted lines where there is news, with their numbers where these have room.
    fn news(&self, (top, base): (f64, f64)) -> Markup {
        let mut free = 0.0;
        let mut marks = Vec::new();
        for (index, (row, says)) in self.curves.news.iter().enumerate() {
            let x = self.across.at(*row);
            let number = (index + 1).to_string();
            let told = x >= free;
            if told {
                free = x + letters::width(&number, SMALL) + 6.0;
            }
            marks.push(html! {
                g { title { (super::mark::clean(says)) } (line("news", (x, top), (x, base))) }
                @if told { (words((x + 3.0, top + 10.0), "small", Anchor::Start, &number)) }
            });
        }
        html! { @for mark in &marks { (mark) } }
    }

    fn event(&self, event: &Fan, top: f64) -> Markup {
        let base = top + HEAD + self.size;
        let all = || event.levels.iter().flatten().flatten().copied();
        let (Some(first), Some(mut last)) = (all().min(), all().max()) else {
            let text = format!("{}: it is more likely than not not to occur", event.name);
            return words((MARGIN, top + 13.0), "", Anchor::Start, &text);
        };
        let open = event.levels[0].iter().zip(&event.levels[4]).any(|(early, late)| early.is_some() && late.is_none());
        if let Some(end) = event.last.filter(|_| open) {
            last = last.max(end);
        }
        let axis = DateAxis { span: Span { from: first, to: last }, from: base, to: top + HEAD };
        let (from, to) = self.across.ends();
        html! {
            g {
                (words((MARGIN, top + 13.0), "name", Anchor::Start, &letters::cut(&event.name, NAME, to - MARGIN)))
                @for tick in axis.upward_ticks() {
                    (line("grid", (from, tick.at), (to, tick.at)))
                    (words((from - 6.0, tick.at + 4.0), "small", Anchor::End, &tick.label))
                }
                (self.across.below(top + HEAD, base))
                (self.key(base))
                (self.between("wide", (&event.levels[0], &event.levels[4]), axis))
                (self.between("near", (&event.levels[1], &event.levels[3]), axis))
                @for run in runs(&event.levels[2]) {
                    (self.curve("middle", &run.iter().map(|(row, day)| (self.across.at(*row), axis.middle(*day))).collect::<Vec<_>>()))
                }
                (self.news((top + HEAD, base)))
            }
        }
    }

    /// The band between two quantiles; where the later one is not reached, up to the last day shown.
    fn between(&self, class: &str, (early, late): (&[Option<Day>], &[Option<Day>]), axis: DateAxis) -> Markup {
        let ends: Vec<Option<(Day, Day)>> =
            early.iter().zip(late).map(|(early, late)| Some(((*early)?, late.unwrap_or(axis.span.to)))).collect();
        html! {
            @for run in runs(&ends) {
                @let reach = if run.len() == 1 { 4.0 } else { 0.0 };
                @let edge = |choose: fn((Day, Day)) -> Day| -> Vec<(f64, f64)> {
                    let places = run.iter().map(|(row, days)| (self.across.at(*row), axis.middle(choose(*days))));
                    places.flat_map(|(x, y)| if reach > 0.0 { vec![(x - reach, y), (x + reach, y)] } else { vec![(x, y)] }).collect()
                };
                (band(class, &edge(|days| days.1), &edge(|days| days.0)))
            }
        }
    }
}
