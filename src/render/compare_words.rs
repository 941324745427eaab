//! Reports and questions of a comparison in, their lines of text out.

use super::compare::{LEAST_SHOWN, Page, table};
use super::look::{Ink, credibility, items, points, printable, wrapped};
use crate::answer::{Figure, QueryComparison, QueryForecast, ReportComparison, ReportForecast, ReportStanding, Sides};

/// Where claims and questions stand that have lines of their own.
const INDENT: usize = 6;

/// Whether a credibility moved by less than is shown.
fn barely(report: &ReportComparison) -> bool {
    let Sides { a, b } = report.posteriors();
    a.zip(b).is_some_and(|(a, b)| credibility(a.value) == credibility(b.value))
}

impl Page<'_> {
    /// Reports whose credibility or standing moved, the others' names, and the agreement.
    pub(super) fn reports(&self) -> String {
        let reports = &self.comparison.reports;
        if reports.is_empty() {
            return String::new();
        }
        let mut lines = vec![self.look.ink(Ink::Heading, "reports")];
        let moved = reports.iter().filter(|report| report.moved() && !barely(report));
        let rows: Vec<[String; 3]> = moved.map(|report| self.report_cells(report)).collect();
        match table(&rows, &[], self.look) {
            Some(table) => lines.extend(table),
            None => rows.iter().for_each(|row| lines.push(self.apart(&row[..2], &row[2]))),
        }
        let rest = reports.iter().map(|report| (&report.id, report.moved(), barely(report)));
        lines.join("\n") + "\n" + &self.rest("  ", rest) + &self.agreement()
    }

    /// Id, credibility on both sides, claim.
    fn report_cells(&self, report: &ReportComparison) -> [String; 3] {
        let posteriors = report.posteriors();
        let cell = |side: &Option<ReportForecast>, posterior| self.standing(side.as_ref(), posterior);
        let value = self.look.moved(&cell(&report.a, posteriors.a), &cell(&report.b, posteriors.b));
        let words = |side: &Option<ReportForecast>| side.as_ref().map(|side| printable(&side.text));
        let says = self.both(words(&report.a), words(&report.b));
        [self.look.cut(&printable(&report.id), self.look.width / 2), value, says]
    }

    /// What became of a report on one side.
    fn standing(&self, report: Option<&ReportForecast>, posterior: Option<Figure>) -> String {
        let Some(report) = report else {
            return "not heard".to_string();
        };
        match &report.standing {
            ReportStanding::Echoes { echoes } => format!("copy of {}", printable(echoes)),
            ReportStanding::Replaced { replaced_by } => format!("replaced by {}", printable(replaced_by)),
            ReportStanding::Speaks { .. } => match posterior {
                Some(Figure { value, error }) => {
                    let error = error.filter(|error| *error >= 0.005);
                    let error = error
                        .map_or(String::new(), |error| format!(" {} {}", self.look.plus_minus(), credibility(error)));
                    credibility(value) + &error
                }
                None => report.ratio.map_or(String::new(), |ratio| format!("odds x {ratio}")),
            },
        }
    }

    /// How well the reports agree, on both sides.
    fn agreement(&self) -> String {
        let Sides { a: Some(a), b: Some(b) } = self.comparison.agreement else {
            return String::new();
        };
        let shown = |figure: Figure| {
            let moderate = (0.01..1000.0).contains(&figure.value);
            let number = |number: f64| if moderate { format!("{number:.2}") } else { format!("{number:.1e}") };
            let error = figure.error.filter(|error| *error > 0.0 && error.is_finite());
            let error = error.map_or(String::new(), |error| format!(" {} {}", self.look.plus_minus(), number(error)));
            number(figure.value) + &error
        };
        format!("  agreement {}\n", self.look.moved(&shown(a), &shown(b)))
    }

    /// Questions whose answer moved, and the others' names.
    pub(super) fn questions(&self) -> String {
        let queries = &self.comparison.queries;
        if queries.is_empty() {
            return String::new();
        }
        let mut lines = vec![self.look.ink(Ink::Heading, "questions")];
        let barely = |query: &QueryComparison| query.change.is_some_and(|change| change.value.abs() < LEAST_SHOWN);
        let moved = queries.iter().filter(|query| query.moved() && !barely(query));
        let rows: Vec<[String; 5]> = moved.map(|query| self.question_cells(query)).collect();
        match table(&rows, &[2, 3], self.look) {
            Some(table) => lines.extend(table),
            None => rows.iter().for_each(|[id, ask, value, change, terms]| {
                let name = if id.is_empty() { String::new() } else { format!("{id}: ") };
                let answer: Vec<String> =
                    [value, change, terms].into_iter().filter(|cell| !cell.is_empty()).cloned().collect();
                lines.push(self.apart(&answer, &format!("{name}{ask}")));
            }),
        }
        let rest = queries.iter().map(|query| (&query.id, query.moved(), barely(query)));
        lines.join("\n") + "\n" + &self.rest("  ", rest)
    }

    /// Id, question, probability on both sides, change in points, terms.
    fn question_cells(&self, query: &QueryComparison) -> [String; 5] {
        let (a, b) = (query.a.as_ref(), query.b.as_ref());
        let estimate = |side: &QueryForecast| self.look.estimate(side.probability, side.probability_error);
        let value = self.both(a.map(estimate), b.map(estimate));
        let value = match (a, b) {
            (Some(_), None) => format!("{value} (only in a)"),
            (None, Some(_)) => format!("{value} (only in b)"),
            _ => value,
        };
        let change = query.change.map_or(String::new(), |change| {
            let error = change.error.filter(|error| *error > 0.0);
            let error = error.map_or(String::new(), |error| {
                format!(" {} {}", self.look.plus_minus(), points(error).trim_end_matches(" %"))
            });
            self.look.change(change.value) + &error
        });
        let term = |side: &QueryForecast| side.term.to_string();
        let ask = self.both(a.map(|side| printable(&side.ask)), b.map(|side| printable(&side.ask)));
        let id = if b.or(a).is_some_and(|side| side.id == side.ask) { String::new() } else { printable(&query.id) };
        [self.look.cut(&id, self.look.width / 2), ask, value, change, self.both(a.map(term), b.map(term))]
    }

    /// Cells in a row, and words that have lines of their own below.
    fn apart(&self, cells: &[String], words: &str) -> String {
        let cells = items(cells, "  ", self.look.width.saturating_sub(2), 2);
        let words = wrapped(words, self.look.width.saturating_sub(INDENT), INDENT);
        format!("  {cells}\n{}{}", " ".repeat(INDENT), self.look.ink(Ink::Faint, &words))
    }
}
