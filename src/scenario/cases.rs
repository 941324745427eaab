//! The text of a table of cases (CSV) in; cases with what was said of them, or all that is wrong with the table, out.

use super::Invalid;
use super::reader::Span;
use crate::day::Day;
use crate::diagnostic::{Diagnostic, nearest};
use crate::model::{Case, DatedStatement};
use csv::StringRecord;
use std::collections::HashMap;

/// The columns that a table must have.
const NEEDED: [&str; 6] = ["case_id", "report_date", "source", "stated_earliest", "stated_latest", "outcome_date"];
/// A column that it may have: what says `cancelled` there names no date.
const PRECISION: &str = "precision";
const CANCELLED: [&str; 2] = ["cancelled", "canceled"];
/// No more than this many mistakes are told.
const MOST_DIAGNOSTICS: usize = 50;

/// Whose word a statement is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Voice {
    /// The kind of the source: what stands before the first `@`.
    #[default]
    Kind,
    /// The source as it is written.
    Source,
    /// All sources are one.
    All,
}

/// A table of cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cases {
    /// In the order of their first rows.
    pub(crate) cases: Vec<Case>,
    /// Rows of the table.
    pub rows: usize,
}

impl Cases {
    /// Reads a table with the columns `case_id`, `report_date`, `source`, `stated_earliest`, `stated_latest` and
    /// `outcome_date`, in any order and among others. Dates are `YYYY-MM-DD`. Of the stated ones both may be empty (no date was
    /// named), or one (it is then both); without an outcome the event never happened.
    ///
    /// # Errors
    /// All mistakes found, each with its place.
    ///
    /// ```
    /// use dateline::{Cases, Voice};
    ///
    /// let table = "case_id,report_date,source,stated_earliest,stated_latest,outcome_date\n\
    ///              release-1,2024-01-10,plan@v1,2024-03-01,2024-03-01,2024-03-04\n";
    /// assert_eq!(Cases::parse(table, Voice::Kind)?.len(), 1);
    ///
    /// let wrong = Cases::parse(&table.replace("2024-03-04", "4 March"), Voice::Kind).unwrap_err();
    /// assert_eq!(wrong.diagnostics[0].message, "'4 March' is no date: expected a day as YYYY-MM-DD");
    /// # Ok::<(), dateline::Invalid>(())
    /// ```
    pub fn parse(text: &str, voice: Voice) -> Result<Cases, Invalid> {
        let mut table = Table { text, voice, diagnostics: Vec::new() };
        let cases = table.cases();
        table.diagnostics.truncate(MOST_DIAGNOSTICS);
        match cases {
            Some((cases, rows)) if table.diagnostics.is_empty() => Ok(Cases { cases, rows }),
            _ => Err(Invalid { diagnostics: table.diagnostics }),
        }
    }

    /// How many cases there are.
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }
}

struct Table<'t> {
    text: &'t str,
    voice: Voice,
    diagnostics: Vec<Diagnostic>,
}

/// A row, and where it stands.
struct Row<'r> {
    record: &'r StringRecord,
    columns: &'r HashMap<String, usize>,
    start: usize,
}

impl Row<'_> {
    fn cell(&self, column: &str) -> &str {
        self.columns.get(column).and_then(|at| self.record.get(*at)).unwrap_or("").trim()
    }
}

impl Table<'_> {
    fn cases(&mut self) -> Option<(Vec<Case>, usize)> {
        let mut reader = csv::ReaderBuilder::new().from_reader(self.text.as_bytes());
        let columns = match reader.headers() {
            Ok(header) => self.columns(header)?,
            Err(error) => {
                self.unreadable(&error);
                return None;
            }
        };
        let mut cases: Vec<Case> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut rows = 0;
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    self.unreadable(&error);
                    continue;
                }
            };
            rows += 1;
            let start = record.position().map_or(0, |position| position.byte() as usize);
            let row = Row { record: &record, columns: &columns, start };
            let Some((id, outcome, statement)) = self.row(&row) else { continue };
            let place = *places.entry(id.clone()).or_insert(cases.len());
            if place == cases.len() {
                cases.push(Case { id, outcome, statements: vec![statement] });
                continue;
            }
            if cases[place].outcome != outcome {
                let known = cases[place].outcome.map_or("none".to_string(), |day| day.to_string());
                self.wrong(
                    &row,
                    "outcome_date",
                    format!("the case '{id}' has two outcomes"),
                    format!("it was {known} before"),
                );
            }
            cases[place].statements.push(statement);
        }
        if cases.is_empty() && self.diagnostics.is_empty() {
            self.diagnostics
                .push(Diagnostic::error(0..0, "the table has no rows").label("expected a row for each statement"));
        }
        cases.iter_mut().for_each(|case| case.statements.sort());
        Some((cases, rows))
    }

    /// The places of the columns by name.
    fn columns(&mut self, header: &StringRecord) -> Option<HashMap<String, usize>> {
        let names: Vec<String> =
            header.iter().map(|name| name.trim().trim_start_matches('\u{feff}').to_string()).collect();
        let end = self.text.find('\n').unwrap_or(self.text.len());
        if !names.iter().any(|name| NEEDED.contains(&name.as_str())) {
            let none = Diagnostic::error(0..end, "this is no table of cases").label("none of its columns is here");
            let help = format!("the first line names the columns, with commas between: {}", NEEDED.join(","));
            self.diagnostics.push(none.help(help));
            return None;
        }
        for (at, name) in names.iter().enumerate().filter(|(at, name)| names[..*at].contains(name)) {
            let twice = Diagnostic::error(0..end, format!("the column '{name}' is there twice"));
            self.diagnostics.push(twice.label(format!("again as column {}", at + 1)));
        }
        for needed in NEEDED.iter().filter(|needed| !names.iter().any(|name| name == **needed)) {
            let help = match nearest(needed, names.iter().map(String::as_str)) {
                Some(near) => format!("is '{near}' meant to be it?"),
                None => format!("a table of cases has the columns {}", NEEDED.join(", ")),
            };
            let missing = Diagnostic::error(0..end, format!("the column '{needed}' is missing"));
            self.diagnostics.push(missing.label("not among these").help(help));
        }
        let places = names.into_iter().enumerate().map(|(at, name)| (name, at)).collect();
        self.diagnostics.is_empty().then_some(places)
    }

    fn row(&mut self, row: &Row<'_>) -> Option<(String, Option<Day>, DatedStatement)> {
        let id = row.cell("case_id").to_string();
        if id.is_empty() {
            self.wrong(row, "case_id", "a row has no case".to_string(), "expected a name".to_string());
        }
        let date = self.date(row, "report_date");
        if date == Ok(None) {
            self.wrong(row, "report_date", "a statement has no date".to_string(), "expected YYYY-MM-DD".to_string());
        }
        let (earliest, latest) = (self.date(row, "stated_earliest"), self.date(row, "stated_latest"));
        let outcome = self.date(row, "outcome_date");
        let (earliest, latest) = (earliest.ok()?, latest.ok()?);
        let stated = earliest.or(latest).zip(latest.or(earliest));
        if let Some((first, last)) = stated.filter(|(first, last)| first > last) {
            let why = format!("the stated days end on {last}, before they begin on {first}");
            self.wrong(row, "stated_latest", why, "earlier than stated_earliest".to_string());
        }
        let source = match self.voice {
            Voice::Kind => row.cell("source").split('@').next().unwrap_or("").trim().to_string(),
            Voice::Source => row.cell("source").to_string(),
            Voice::All => "all".to_string(),
        };
        let cancelled = CANCELLED.iter().any(|word| row.cell(PRECISION).eq_ignore_ascii_case(word));
        let stated = stated.filter(|_| !cancelled);
        let statement = DatedStatement { date: date.ok()??, source, stated, cancelled };
        (!id.is_empty()).then_some((id, outcome.ok()?, statement))
    }

    /// A date, or nothing where the cell is empty; `Err` where it is something else (noted).
    fn date(&mut self, row: &Row<'_>, column: &str) -> Result<Option<Day>, ()> {
        let cell = row.cell(column);
        if cell.is_empty() {
            return Ok(None);
        }
        cell.parse::<Day>().map(Some).map_err(|wrong| {
            self.wrong(row, column, wrong.to_string(), format!("in the column {column}"));
        })
    }

    fn wrong(&mut self, row: &Row<'_>, column: &str, message: String, label: String) {
        let span = row.columns.get(column).map_or(row.start..row.start, |at| self.cell_span(row.start, *at));
        self.diagnostics.push(Diagnostic::error(span, message).label(label));
    }

    /// Where a cell of the record that starts at an offset stands.
    fn cell_span(&self, start: usize, wanted: usize) -> Span {
        let rest = self.text.get(start..).unwrap_or("");
        let (mut quoted, mut at, mut from) = (false, 0, 0);
        for (offset, c) in rest.char_indices() {
            match c {
                '"' => quoted = !quoted,
                ',' | '\n' if !quoted => {
                    if at == wanted {
                        return start + from..start + offset;
                    }
                    if c == '\n' {
                        break;
                    }
                    (at, from) = (at + 1, offset + 1);
                }
                _ => {}
            }
        }
        start + from..self.text.len()
    }

    fn unreadable(&mut self, error: &csv::Error) {
        let start = error.position().map_or(0, |position| position.byte() as usize).min(self.text.len());
        let end = self.text[start..].find('\n').map_or(self.text.len(), |at| start + at);
        let message = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("this row has {len} cells, the header {expected_len}")
            }
            _ => format!("this is no CSV: {error}"),
        };
        self.diagnostics.push(Diagnostic::error(start..end, message).label("this row"));
    }
}
