//! The rows of a sweep over one key in; the curves of its figures out.

use super::Picture;
use super::axis::{DateAxis, NumberAxis, short};
use super::frame::{self, MARGIN, PictureOptions, percent};
use super::letters;
use super::mark::{Anchor, band, line, path, words};
use super::style::{self, NAME, PLAIN, SMALL};
use crate::answer::{Refusal, Span, SweepCell, SweepRow};
use crate::day::Day;
use maud::{Markup, html};

/// So many events, and so many curves, are shown at most.
const MOST_EVENTS: usize = 20;
const MOST_CURVES: usize = 18;
/// Room at the left for labels.
const LEFT: f64 = 92.0;
/// How high a plot is at least and usually; the words above and below it; a line of names.
const PLOT: (f64, f64) = (60.0, 190.0);
const HEAD: f64 = 24.0;
const FOOT: f64 = 46.0;
const NAMES: f64 = 17.0;

/// What a sweep over one key found.
#[derive(Clone, Copy, Debug)]
pub struct SweepCurves<'a> {
    pub title: Option<&'a str>,
    /// The key that takes other values.
    pub key: &'a str,
    /// Its values, one for each row.
    pub values: &'a [String],
    /// The names of the rows' figures, as [`crate::sweep_columns`] gives them.
    pub columns: &'a [String],
    pub rows: &'a [SweepRow],
}

/// Draws how the questions' probabilities, and those of events that may not occur, change with the key's value; and for each event
/// its middle day in the bands that hold 50 and 90 %.
///
/// # Errors
/// Where an event is not there, no row has a forecast, or the size does not do.
///
/// ```
/// use dateline::{Changes, Options, Variants, sweep, sweep_columns};
/// use dateline::render::{PictureOptions, SweepCurves, sweep_picture};
///
/// let text = r#"
///     horizon = { from = 2024-05-01, to = 2024-05-30 }
///     [event.visit]
///     [[report]]
///     id = "first-half"
///     credibility = 0.6
///     says = "visit in the first half of May"
/// "#;
/// let key = "report.first-half.credibility";
/// let variants = Variants::new(text, &Changes::default(), &[key.to_string()])?;
/// let values = ["0", "0.5", "1"].map(str::to_string);
/// let choices = values.clone().map(|value| [Some(value)]);
/// let choices: Vec<&[Option<String>]> = choices.iter().map(|choice| &choice[..]).collect();
/// let rows = sweep(&variants, &choices, &Options::default());
/// let columns = sweep_columns(&variants);
/// let curves = SweepCurves { title: None, key, values: &values, columns: &columns, rows: &rows };
/// assert!(sweep_picture(&curves, &PictureOptions::default())?.svg().contains("visit"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn sweep_picture(curves: &SweepCurves<'_>, options: &PictureOptions) -> Result<Picture, Refusal> {
    let width = options.width()?;
    let sound = curves.rows.iter().filter(|row| row.status.starts_with("ok")).count();
    if sound == 0 {
        let why = curves.rows.first().map_or("there is no value", |row| row.status.as_str());
        return Err(Refusal::Nothing(format!("no value of {} gives a forecast: {why}", curves.key)));
    }
    let (events, left_out) = curves.events(&options.events)?;
    let (probable, more) = curves.probabilities(&options.events);
    let title = frame::titled(curves.title, "What if?");
    let about = format!("{} from {} to {}", curves.key, curves.values[0], curves.values[curves.values.len() - 1]);
    let (heading, top) = frame::heading(&title, &about, width);
    let legend = curves.legend(sound, left_out, more);
    let names = Names::new(&probable, width);
    let plots = events.len() + usize::from(!probable.is_empty());
    let fixed = top + plots as f64 * (HEAD + FOOT) + names.height() + frame::legend_height(&legend, width);
    let size = options.share(fixed, plots, PLOT)?;
    let across = Across::new(curves.values, (LEFT, width - MARGIN - 8.0));
    let frame = Frame { curves, across: &across, size };
    let mut y = top;
    let mut parts = Vec::new();
    if !probable.is_empty() {
        parts.push(frame.probabilities(&probable, &names, y));
        y += HEAD + FOOT + size + names.height();
    }
    for event in &events {
        parts.push(frame.event(event, y));
        y += HEAD + FOOT + size;
    }
    let (legend, bottom) = frame::legend(&legend, y, width);
    let marks = html! { (heading) @for part in &parts { (part) } (legend) };
    let height = options.height.map_or(bottom, f64::from);
    let told: Vec<String> = probable.iter().map(Curve::told).collect();
    let told = format!("{about}. {}", told.join(" "));
    Ok(frame::picture(marks, (width, height), format!("{title}: {} varied", curves.key), told))
}

/// A figure in every row, where it has one.
struct Curve {
    name: String,
    numbers: Vec<Option<f64>>,
}

impl Curve {
    fn told(&self) -> String {
        let mut numbers = self.numbers.iter().flatten();
        let first = numbers.next().copied().unwrap_or(0.0);
        let last = numbers.next_back().copied().unwrap_or(first);
        format!("{}: from {} to {}.", self.name, percent(first), percent(last))
    }
}

impl SweepCurves<'_> {
    /// The ids of the events to show: those named, or those whose date is in doubt in some row.
    fn events(&self, named: &[String]) -> Result<(Vec<String>, usize), Refusal> {
        let ids: Vec<&str> = self.columns.iter().filter_map(|column| column.strip_suffix(".mean_day")).collect();
        for name in named {
            frame::find(ids.iter().copied(), name, "event")?;
        }
        if named.len() > MOST_EVENTS {
            return Err(Refusal::Named(format!(
                "a picture shows at most {MOST_EVENTS} events, and {} are named",
                named.len()
            )));
        }
        let in_doubt = |id: &&str| {
            let ends = [self.days(&format!("{id}.q05")), self.days(&format!("{id}.q95"))];
            let moves = ends[0].iter().zip(&ends[1]).any(|(from, to)| from.is_some() && from != to);
            let moved = ends[0].iter().flatten().any(|day| Some(*day) != ends[0].iter().flatten().next().copied());
            moves || moved
        };
        let mut found: Vec<String> = if named.is_empty() {
            ids.iter().filter(|id| in_doubt(id)).map(|id| id.to_string()).collect()
        } else {
            named.to_vec()
        };
        let left_out = found.len().saturating_sub(MOST_EVENTS);
        found.truncate(MOST_EVENTS);
        Ok((found, left_out))
    }

    fn cells(&self, column: &str) -> impl Iterator<Item = SweepCell> {
        let at = self.columns.iter().position(|name| name == column);
        self.rows.iter().map(move |row| at.and_then(|at| row.cells.get(at)).copied().unwrap_or(SweepCell::Empty))
    }

    fn numbers(&self, column: &str) -> Vec<Option<f64>> {
        let number = |cell| if let SweepCell::Number(number) = cell { Some(number) } else { None };
        self.cells(column).map(number).collect()
    }

    fn days(&self, column: &str) -> Vec<Option<Day>> {
        self.cells(column).map(|cell| if let SweepCell::Day(day) = cell { Some(day) } else { None }).collect()
    }

    /// The questions, and the events that may not occur; and how many of both have no room.
    fn probabilities(&self, named: &[String]) -> (Vec<Curve>, usize) {
        let mut found = Vec::new();
        for column in self.columns {
            let name = match (column.strip_prefix("query:"), column.strip_suffix(".occurs")) {
                (Some(query), _) => query.to_string(),
                (None, Some(event)) if named.is_empty() || named.iter().any(|name| name == event) => {
                    format!("{event} occurs")
                }
                _ => continue,
            };
            let numbers = self.numbers(column);
            // What occurs in any case, or in no case, tells nothing.
            let certain = |p: f64| p >= 1.0 - 1e-12 || p <= 0.0;
            let told = column.starts_with("query:") || numbers.iter().flatten().any(|p| !certain(*p));
            if told && numbers.iter().any(Option::is_some) {
                found.push(Curve { name, numbers });
            }
        }
        let more = found.len().saturating_sub(MOST_CURVES);
        found.truncate(MOST_CURVES);
        (found, more)
    }

    fn legend(&self, sound: usize, left_out: usize, more: usize) -> String {
        let mut text =
            "Of an event: the middle day, in the bands between the days by which it has started with 25 and 75 %, and \
                        with 5 and 95 %."
                .to_string();
        let bad = self.rows.len() - sound;
        if bad > 0 {
            let status =
                self.rows.iter().find(|row| !row.status.starts_with("ok")).map_or("", |row| row.status.as_str());
            text += &format!(" {bad} of {} values give no forecast ({status}).", self.rows.len());
        }
        if more > 0 {
            text += &format!(" {more} more curves are not shown.");
        }
        format!("{text} {}", frame::left_out_words(left_out)).trim_end().to_string()
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
    curves: &'a SweepCurves<'a>,
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
        let key = letters::cut(self.curves.key, PLAIN, to - from);
        words(((from + to) / 2.0, base + 32.0), "", Anchor::Middle, &key)
    }

    fn event(&self, event: &str, top: f64) -> Markup {
        let quantile = |level: &str| self.curves.days(&format!("{event}.{level}"));
        let levels = ["q05", "q25", "q50", "q75", "q95"].map(quantile);
        let base = top + HEAD + self.size;
        let all = || levels.iter().flatten().flatten().copied();
        let (Some(first), Some(last)) = (all().min(), all().max()) else {
            let text = format!("{event} is more likely than not not to occur, whatever the value");
            return words((MARGIN, top + 13.0), "", Anchor::Start, &text);
        };
        let axis = DateAxis { span: Span { from: first, to: last }, from: base, to: top + HEAD };
        let (from, to) = self.across.ends();
        html! {
            g {
                (words((MARGIN, top + 13.0), "name", Anchor::Start, &letters::cut(event, NAME, to - MARGIN)))
                @for tick in axis.upward_ticks() {
                    (line("grid", (from, tick.at), (to, tick.at)))
                    (words((from - 6.0, tick.at + 4.0), "small", Anchor::End, &tick.label))
                }
                (self.across.below(top + HEAD, base))
                (self.key(base))
                (self.between("wide", (&levels[0], &levels[4]), axis))
                (self.between("near", (&levels[1], &levels[3]), axis))
                @for run in runs(&levels[2]) {
                    (self.curve("middle", &run.iter().map(|(row, day)| (self.across.at(*row), axis.middle(*day))).collect::<Vec<_>>()))
                }
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
