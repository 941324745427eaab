//! Worlds in, CSV or JSON lines out: a row a world.

use crate::answer::{Cell, Column, Rows, Worlds};
use crate::day::Day;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFormat {
    /// A header, then a line a world; no date where an event does not occur.
    Csv,
    /// An object a line; `null` where an event does not occur.
    JsonLines,
}

/// Writes worlds, from texts that are laid out once.
pub struct RowText {
    header: Vec<u8>,
    /// What stands before each column's cell.
    before: Vec<Vec<u8>>,
    /// Of every day from `first` on.
    days: Vec<DayText>,
    first: Day,
    never: &'static [u8],
    begin: &'static [u8],
    end: &'static [u8],
}

/// A day as it is written, which may have a year of five digits and quotes.
#[derive(Clone, Copy)]
struct DayText {
    length: u8,
    bytes: [u8; 15],
}

impl RowText {
    /// Prepares writing.
    pub fn new(worlds: &Worlds, format: RowFormat) -> RowText {
        let names: Vec<String> = worlds.columns().iter().map(Column::to_string).collect();
        let (first, last) = worlds.span();
        let days = (0..=last - first).map(|day| DayText::new(first + day, format)).collect();
        match format {
            RowFormat::Csv => RowText {
                header: csv_header(&names),
                before: (0..names.len()).map(|at| if at == 0 { Vec::new() } else { b",".to_vec() }).collect(),
                // A line without anything would be taken for no row.
                never: if names.len() == 1 { b"\"\"" } else { b"" },
                begin: b"",
                end: b"\n",
                first,
                days,
            },
            RowFormat::JsonLines => RowText {
                header: Vec::new(),
                before: names.iter().enumerate().map(|(at, name)| json_key(at, name)).collect(),
                never: b"null",
                begin: b"{",
                end: b"}\n",
                first,
                days,
            },
        }
    }

    /// What comes before all rows.
    pub fn header(&self) -> &[u8] {
        &self.header
    }

    /// Adds rows to a text.
    pub fn write(&self, rows: &Rows, text: &mut Vec<u8>) {
        for row in rows.iter() {
            text.extend_from_slice(self.begin);
            for (before, cell) in self.before.iter().zip(row) {
                text.extend_from_slice(before);
                text.extend_from_slice(match cell {
                    Cell::Day(day) => self.days[(*day - self.first) as usize].text(),
                    Cell::Never => self.never,
                    Cell::Truth(true) => b"true",
                    Cell::Truth(false) => b"false",
                });
            }
            text.extend_from_slice(self.end);
        }
    }
}

impl DayText {
    fn new(day: Day, format: RowFormat) -> DayText {
        let text = match format {
            RowFormat::Csv => day.to_string(),
            RowFormat::JsonLines => format!("\"{day}\""),
        };
        let mut bytes = [0; 15];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        DayText { length: text.len() as u8, bytes }
    }

    fn text(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

fn csv_header(names: &[String]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(names).expect("writing to memory does not fail");
    writer.into_inner().unwrap_or_default()
}

fn json_key(at: usize, name: &str) -> Vec<u8> {
    let comma = if at == 0 { "" } else { "," };
    format!("{comma}{}:", serde_json::Value::from(name)).into_bytes()
}
