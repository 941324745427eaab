//! The probabilities of an event's start days in; quantiles, shortest windows, mode and mean out.

use crate::day::Day;
use serde::Serialize;

/// Differences below this count as none when thresholds are reached. A probability.
pub const TOLERANCE: f64 = 1e-12;
/// The quantiles that a forecast states.
const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
/// The levels of the windows that a forecast states.
const LEVELS: [f64; 3] = [0.5, 0.8, 0.95];

/// First and last day, inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    pub from: Day,
    pub to: Day,
}

/// The shortest window of days that holds a probability; without dates where none within the horizon does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Level {
    pub level: f64,
    pub from: Option<Day>,
    pub to: Option<Day>,
    pub probability: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability_error: Option<f64>,
}

/// The first day by which a probability of having started is reached, if there is one within the horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantile {
    pub level: f64,
    pub day: Option<Day>,
}

/// One day and its probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DayProbability {
    pub date: Day,
    pub p: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_error: Option<f64>,
}

/// An event's start days with their probabilities, in order, none of them 0; what is missing to 1 is "does not occur".
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    pub days: Vec<DayProbability>,
}

impl Distribution {
    /// Probability that the event occurs.
    pub fn occurs(&self) -> f64 {
        self.days.iter().map(|day| day.p).sum()
    }

    /// First and last day of positive probability.
    pub fn span(&self) -> Option<Span> {
        Some(Span { from: self.days.first()?.date, to: self.days.last()?.date })
    }

    /// The earliest day within [`TOLERANCE`] of the most probable.
    pub fn mode(&self) -> Option<Day> {
        let greatest = self.days.iter().map(|day| day.p).fold(0.0, f64::max);
        self.days.iter().find(|day| day.p >= greatest - TOLERANCE).map(|day| day.date)
    }

    /// Expected start in days after `origin`, given that it occurs.
    pub fn mean(&self, origin: Day) -> Option<f64> {
        let weighted: f64 = self.days.iter().map(|day| day.p * f64::from(day.date - origin)).sum();
        (!self.days.is_empty()).then(|| weighted / self.occurs())
    }

    /// The first day by which the probability of having started reaches `level`.
    pub fn quantile(&self, level: f64) -> Option<Day> {
        let mut reached = 0.0;
        self.days
            .iter()
            .find(|day| {
                reached += day.p;
                reached >= level - TOLERANCE
            })
            .map(|day| day.date)
    }

    /// The quantiles that a forecast states.
    pub fn quantiles(&self) -> Vec<Quantile> {
        QUANTILES.map(|level| Quantile { level, day: self.quantile(level) }).to_vec()
    }

    /// The windows that a forecast states.
    pub fn windows(&self) -> Vec<Level> {
        LEVELS.map(|level| self.window(level)).to_vec()
    }

    /// The shortest window that holds `level`, the earliest of equally short ones.
    ///
    /// It begins and ends on days of positive probability, since any other could be shortened.
    fn window(&self, level: f64) -> Level {
        let cumulative: Vec<f64> = self
            .days
            .iter()
            .scan(0.0, |sum, day| {
                *sum += day.p;
                Some(*sum)
            })
            .collect();
        let mut best: Option<(usize, usize)> = None;
        let mut end = 0;
        for start in 0..self.days.len() {
            let before = if start == 0 { 0.0 } else { cumulative[start - 1] };
            while end < self.days.len() && cumulative[end] < before + level - TOLERANCE {
                end += 1;
            }
            if end == self.days.len() {
                break;
            }
            let length = |(start, end): (usize, usize)| self.days[end].date - self.days[start].date;
            if best.is_none_or(|found| length((start, end)) < length(found)) {
                best = Some((start, end));
            }
        }
        Level {
            level,
            from: best.map(|(start, _)| self.days[start].date),
            to: best.map(|(_, end)| self.days[end].date),
            probability: best.map(|(start, end)| self.days[start..=end].iter().map(|day| day.p).sum()),
            probability_error: None,
        }
    }

    /// The probability of starting on the days `from..=to`.
    pub fn within(&self, from: Day, to: Day) -> f64 {
        // Of no day at all it is 0, without a sign.
        self.days.iter().filter(|day| from <= day.date && day.date <= to).map(|day| day.p).fold(0.0, |sum, p| sum + p)
    }
}

/// The term of Intelligence Community Directive 203 for a probability.
///
/// ```
/// assert_eq!(dateline::term(0.5), "roughly even chance");
/// assert_eq!(dateline::term(0.95), "almost certain");
/// ```
pub fn term(probability: f64) -> &'static str {
    const TERMS: [(f64, &str); 6] = [
        (0.05, "almost no chance"),
        (0.20, "very unlikely"),
        (0.45, "unlikely"),
        (0.55, "roughly even chance"),
        (0.80, "likely"),
        (0.95, "very likely"),
    ];
    TERMS.iter().find(|(below, _)| probability < *below).map_or("almost certain", |(_, term)| term)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distribution(masses: &[f64]) -> Distribution {
        let first: Day = "2024-05-01".parse().unwrap();
        let days = masses.iter().enumerate().filter(|(_, p)| **p > 0.0);
        Distribution {
            days: days.map(|(i, p)| DayProbability { date: first + i as i32, p: *p, p_error: None }).collect(),
        }
    }

    fn day(text: &str) -> Option<Day> {
        Some(format!("2024-05-{text}").parse().unwrap())
    }

    #[test]
    fn quantiles_count_what_does_not_occur_at_the_end() {
        let d = distribution(&[0.0, 0.3, 0.0, 0.3]);
        assert_eq!(d.quantile(0.3), day("02"));
        assert_eq!(d.quantile(0.31), day("04"));
        assert_eq!(d.quantile(0.75), None);
        assert_eq!(d.occurs(), 0.6);
    }

    #[test]
    fn the_earliest_of_the_shortest_windows() {
        let d = distribution(&[0.25, 0.25, 0.0, 0.25, 0.25]);
        let half = d.window(0.5);
        assert_eq!((half.from, half.to), (day("01"), day("02")));
        assert_eq!(d.window(0.95).probability, Some(1.0));
        assert_eq!(distribution(&[0.4]).window(0.5).from, None);
    }

    #[test]
    fn the_mode_is_the_earliest_of_the_most_probable() {
        assert_eq!(distribution(&[0.1, 0.3, 0.3 + 1e-13]).mode(), day("02"));
        assert_eq!(distribution(&[]).mode(), None);
        assert_eq!(distribution(&[0.5, 0.0, 0.5]).mean("2024-05-01".parse().unwrap()), Some(1.0));
    }
}
