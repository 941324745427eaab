//! Rows of a sweep in, CSV or JSON lines out.

use super::rows::RowFormat;
use crate::answer::{SweepCell, SweepRow};
use serde_json::{Map, Value};

/// Writes the rows of a sweep.
#[derive(Clone, Copy, Debug)]
pub struct SweepText {
    format: RowFormat,
}

impl SweepText {
    /// Rows in this format.
    pub fn new(format: RowFormat) -> SweepText {
        SweepText { format }
    }

    /// What comes before all rows: the names of the columns.
    pub fn header(&self, given: &[String], figures: &[String]) -> Vec<u8> {
        match self.format {
            RowFormat::Csv => record(given.iter().chain(figures).map(String::as_str)),
            RowFormat::JsonLines => Vec::new(),
        }
    }

    /// Adds a row: the given columns with their cells, then the figures with theirs.
    pub fn row(&self, given: (&[String], &[Option<&str>]), figures: &[String], row: &SweepRow, text: &mut Vec<u8>) {
        let (names, cells) = given;
        match self.format {
            RowFormat::Csv => {
                let found: Vec<String> = row.cells.iter().map(|cell| csv_cell(*cell)).collect();
                let cells = cells.iter().map(|cell| cell.unwrap_or("")).chain(found.iter().map(String::as_str));
                text.extend(record(cells.chain([row.status.as_str()])));
            }
            RowFormat::JsonLines => {
                let mut object = Map::new();
                for (name, cell) in names.iter().zip(cells) {
                    object.insert(name.clone(), cell.map_or(Value::Null, given_cell));
                }
                for (name, cell) in figures.iter().zip(&row.cells) {
                    object.insert(name.clone(), json_cell(*cell));
                }
                object.insert("status".to_string(), Value::from(row.status.as_str()));
                text.extend(Value::Object(object).to_string().as_bytes());
                text.push(b'\n');
            }
        }
    }
}

/// A line of CSV, without line ends inside.
fn record<'c>(cells: impl Iterator<Item = &'c str>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let plain = cells.map(|cell| cell.replace(['\n', '\r'], " "));
    writer.write_record(plain).expect("writing to memory does not fail");
    writer.into_inner().unwrap_or_default()
}

fn csv_cell(cell: SweepCell) -> String {
    match cell {
        SweepCell::Number(number) => serde_json::to_string(&number).unwrap_or_default(),
        SweepCell::Day(day) => day.to_string(),
        SweepCell::Empty => String::new(),
    }
}

fn json_cell(cell: SweepCell) -> Value {
    match cell {
        SweepCell::Number(number) => Value::from(number),
        SweepCell::Day(day) => Value::from(day.to_string()),
        SweepCell::Empty => Value::Null,
    }
}

/// A number where it is one.
fn given_cell(cell: &str) -> Value {
    let number = serde_json::from_str::<serde_json::Number>(cell).ok();
    number.map_or_else(|| Value::from(cell), Value::Number)
}
