//! The rows of a sweep over one key in; the curves of its figures out.

use super::Picture;
use super::curves::{self, Curve, Curves, Fan, MOST_EVENTS};
use super::frame::{self, PictureOptions};
use crate::answer::{Refusal, SweepCell, SweepRow};
use crate::day::Day;

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
    let sound = curves.rows.iter().filter(|row| row.status.starts_with("ok")).count();
    if sound == 0 {
        let why = curves.rows.first().map_or("there is no value", |row| row.status.as_str());
        return Err(Refusal::Nothing(format!("no value of {} gives a forecast: {why}", curves.key)));
    }
    let (events, left_out) = curves.events(&options.events)?;
    let ends = [curves.values.first(), curves.values.last()].map(|value| value.map_or("", String::as_str));
    let drawn = Curves {
        title: frame::titled(curves.title, "What if?"),
        about: format!("{} from {} to {}", curves.key, ends[0], ends[1]),
        key: curves.key.to_string(),
        values: curves.values.to_vec(),
        probable: curves.probabilities(&options.events),
        events,
        news: Vec::new(),
        legend: curves.legend(sound, left_out),
    };
    curves::draw(&drawn, options)
}

impl SweepCurves<'_> {
    /// The events to show, those named or those whose date is in doubt in some row; and how many have no room.
    fn events(&self, named: &[String]) -> Result<(Vec<Fan>, usize), Refusal> {
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
        let fan = |id: &str| {
            let quantile = |level: &str| self.days(&format!("{id}.{level}"));
            Fan { name: id.to_string(), levels: ["q05", "q25", "q50", "q75", "q95"].map(quantile), last: None }
        };
        let mut found: Vec<Fan> = if named.is_empty() {
            ids.iter().map(|id| fan(id)).filter(Fan::moves).collect()
        } else {
            named.iter().map(|id| fan(id)).collect()
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

    /// The questions, and the events that may not occur.
    fn probabilities(&self, named: &[String]) -> Vec<Curve> {
        let mut found = Vec::new();
        for column in self.columns {
            let (name, query) = match (column.strip_prefix("query:"), column.strip_suffix(".occurs")) {
                (Some(query), _) => (query.to_string(), true),
                (None, Some(event)) if named.is_empty() || named.iter().any(|name| name == event) => {
                    (format!("{event} occurs"), false)
                }
                _ => continue,
            };
            let curve = Curve { name, numbers: self.numbers(column) };
            if query && curve.numbers.iter().any(Option::is_some) || curve.is_in_doubt() {
                found.push(curve);
            }
        }
        found
    }

    fn legend(&self, sound: usize, left_out: usize) -> String {
        let mut text = curves::LEGEND.to_string();
        let bad = self.rows.len() - sound;
        if bad > 0 {
            let status =
                self.rows.iter().find(|row| !row.status.starts_with("ok")).map_or("", |row| row.status.as_str());
            let verb = if bad == 1 { "gives" } else { "give" };
            text += &format!(" {bad} of {} values {verb} no forecast ({status}).", self.rows.len());
        }
        format!("{text} {}", frame::left_out_words(left_out)).trim_end().to_string()
    }
}
