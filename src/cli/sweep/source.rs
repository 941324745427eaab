//! Values of keys, or a table of them, in; the choices of values one after the other, in order, out.

use super::values::Vary;
use std::fs::File;
use std::path::Path;

/// A choice of values: one for each key (`None`: as the file has it), and what is only passed through.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    pub values: Vec<Option<String>>,
    pub passed: Vec<String>,
}

/// Where choices come from.
pub enum Source {
    /// All combinations; those of the last key follow each other.
    Combinations { vary: Vec<Vary>, next: u64, count: u64 },
    /// The rows of a table.
    Table { rows: Box<csv::StringRecordsIntoIter<File>>, columns: Vec<Column> },
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    Key(String),
    Passed(String),
}

impl Source {
    /// All combinations of values.
    pub fn combinations(vary: Vec<Vary>) -> Result<Source, String> {
        let count = vary.iter().try_fold(1u64, |count, one| count.checked_mul(one.values.len() as u64));
        let count = count.ok_or("there are too many combinations")?;
        Ok(Source::Combinations { vary, next: 0, count })
    }

    /// The rows of a CSV file, whose first line names the columns.
    pub fn table(path: &Path) -> Result<Source, String> {
        let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let file = File::open(path).map_err(|error| told(&error))?;
        let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(file);
        let header = reader.headers().map_err(|error| told(&error))?.clone();
        let columns: Vec<Column> = header.iter().map(column).collect();
        if !columns.iter().any(|column| matches!(column, Column::Key(_))) {
            return Err(told(&"no column names a key, such as report.late-may.credibility or as_of"));
        }
        Ok(Source::Table { rows: Box::new(reader.into_records()), columns })
    }

    /// The keys that have values.
    pub fn keys(&self) -> Vec<String> {
        match self {
            Source::Combinations { vary, .. } => vary.iter().map(|one| one.key.clone()).collect(),
            Source::Table { columns, .. } => {
                let key = |column: &Column| match column {
                    Column::Key(key) => Some(key.clone()),
                    Column::Passed(_) => None,
                };
                columns.iter().filter_map(key).collect()
            }
        }
    }

    /// The names of columns that are passed through.
    pub fn passed(&self) -> Vec<String> {
        let Source::Table { columns, .. } = self else { return Vec::new() };
        let name = |column: &Column| match column {
            Column::Passed(name) => Some(name.clone()),
            Column::Key(_) => None,
        };
        columns.iter().filter_map(name).collect()
    }

    /// How many choices there are, where that is known.
    pub fn known_count(&self) -> Option<u64> {
        match self {
            Source::Combinations { count, .. } => Some(*count),
            Source::Table { .. } => None,
        }
    }

    /// The first value of each key that has one at once.
    pub fn examples(&self) -> Vec<Option<String>> {
        match self {
            Source::Combinations { vary, .. } => vary.iter().map(|one| one.values.first().cloned()).collect(),
            Source::Table { .. } => self.keys().iter().map(|_| None).collect(),
        }
    }
}

/// What stands at the beginning of a key.
const TOPS: [&str; 9] = ["horizon", "calendar", "event", "source", "grade", "rule", "report", "observation", "query"];

fn column(name: &str) -> Column {
    let top = name.trim().split('.').next().unwrap_or_default();
    let is_key = name.trim() == "as_of" || (name.contains('.') && TOPS.contains(&top));
    if is_key { Column::Key(name.trim().to_string()) } else { Column::Passed(name.to_string()) }
}

impl Iterator for Source {
    type Item = Result<Choice, String>;

    fn next(&mut self) -> Option<Result<Choice, String>> {
        match self {
            Source::Combinations { vary, next, count } => {
                if next == count {
                    return None;
                }
                let mut rest = *next;
                *next += 1;
                let mut values = Vec::with_capacity(vary.len());
                for one in vary.iter().rev() {
                    let size = one.values.len() as u64;
                    values.push(Some(one.values[(rest % size) as usize].clone()));
                    rest /= size;
                }
                values.reverse();
                Some(Ok(Choice { values, passed: Vec::new() }))
            }
            Source::Table { rows, columns } => {
                let record = match rows.next()? {
                    Ok(record) => record,
                    Err(error) => return Some(Err(error.to_string())),
                };
                let mut choice = Choice::default();
                for (column, cell) in columns.iter().zip(&record) {
                    match column {
                        Column::Passed(_) => choice.passed.push(cell.to_string()),
                        // An empty cell leaves what the scenario has.
                        Column::Key(_) => {
                            choice.values.push((!cell.trim().is_empty()).then(|| cell.trim().to_string()))
                        }
                    }
                }
                Some(Ok(choice))
            }
        }
    }
}
