//! A scenario in, columns of many worlds out, with what the tests ask of them.

use dateline::{Answer, Cell, Day, Forecast, Options, Sample, Scenario, Worlds, forecast, sample};
use std::collections::BTreeMap;

/// Worlds by column.
pub struct Table {
    pub names: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

pub fn worlds(scenario: &Scenario) -> Box<Worlds> {
    match sample(scenario, &Options::default()).expect("small") {
        Sample::Worlds(worlds) => worlds,
        Sample::Infeasible(why) => panic!("{why:?}"),
    }
}

pub fn forecast_of(scenario: &Scenario) -> Forecast {
    match forecast(scenario, &Options::default()).expect("small") {
        Answer::Forecast(forecast) => *forecast,
        Answer::Infeasible(why) => panic!("{why:?}"),
    }
}

impl Table {
    pub fn drawn(scenario: &Scenario, seed: u64, count: usize) -> Table {
        let worlds = worlds(scenario);
        let names = worlds.columns().iter().map(ToString::to_string).collect();
        Table { names, rows: worlds.draw(seed).take(count).collect() }
    }

    pub fn at(&self, name: &str) -> usize {
        self.names.iter().position(|other| other == name).unwrap_or_else(|| panic!("no {name} in {:?}", self.names))
    }

    /// How often each cell stands in a column.
    pub fn counts(&self, name: &str) -> BTreeMap<Option<Day>, f64> {
        let at = self.at(name);
        let mut counts = BTreeMap::new();
        for row in &self.rows {
            *counts.entry(day(row[at])).or_insert(0.0) += 1.0;
        }
        counts
    }

    /// How many worlds are such.
    pub fn count(&self, such: impl Fn(&[Cell]) -> bool) -> f64 {
        self.rows.iter().filter(|row| such(row)).count() as f64
    }
}

pub fn day(cell: Cell) -> Option<Day> {
    match cell {
        Cell::Day(day) => Some(day),
        Cell::Never => None,
        Cell::Truth(_) => panic!("a column of days"),
    }
}

pub fn truth(cell: Cell) -> bool {
    matches!(cell, Cell::Truth(true))
}

pub fn date(text: &str) -> Day {
    text.parse().expect("a date")
}

/// A count of so many draws lies within so many standard deviations of what its probability leads to expect.
#[track_caller]
pub fn assert_near(count: f64, draws: usize, probability: f64, deviations: f64, what: &str) {
    let draws = draws as f64;
    let spread = (draws * probability * (1.0 - probability)).max(0.0).sqrt();
    // Where less than one draw is expected the count is not nearly normal.
    let least = if probability > 0.0 && probability < 1.0 { 1.0 } else { 0.0 };
    let allowed = deviations * spread.max(least);
    let off = (count - draws * probability).abs();
    assert!(off <= allowed + 1e-3, "{what}: {count} of {draws}, expected {probability}");
}
