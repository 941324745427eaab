//! A timeline in; fans of windows for people, or CSV with a row for each as-of date and event, out.

use super::look::{Ink, Look, columns, date, items, padded, printable, right, wrapped};
use crate::answer::{Method, RowStatus, Span, Timeline, TimelineEvent, TimelineRow};
use crate::day::Day;

/// Columns beyond this many are left empty.
const WIDEST: usize = 100;
/// The ends of the middle half and of the middle nine tenths.
const HALF: [f64; 2] = [0.25, 0.75];
const NINE_TENTHS: [f64; 2] = [0.05, 0.95];
/// The longest bar of a question, in columns.
const LONGEST: usize = 40;

/// What became known, then a fan for each event that was ever in doubt, then how the answers moved. What neither changed nor
/// was news is left out.
pub fn timeline_text(timeline: &Timeline, look: &Look) -> String {
    let first = timeline.rows[0].as_of;
    let years = [timeline.horizon.from, timeline.horizon.to].iter().any(|day| day.year() != first.year());
    let page = Page { timeline, look, years };
    let mut parts = vec![page.heading(), page.news()];
    let first = timeline.rows.iter().find(|row| row.status == RowStatus::Ok);
    for at in 0..first.map_or(0, |row| row.events.len()) {
        parts.push(page.fan(at));
    }
    for at in 0..first.map_or(0, |row| row.queries.len()) {
        parts.push(page.question(at));
    }
    parts.push(page.failed());
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

struct Page<'a> {
    timeline: &'a Timeline,
    look: &'a Look,
    years: bool,
}

/// A line of a fan or of a question's bars: its row, and what it shows.
struct Shown<'a> {
    row: &'a TimelineRow,
    cells: String,
    figure: String,
}

impl Page<'_> {
    fn heading(&self) -> String {
        let title = self.timeline.title.as_deref().map_or(String::new(), |title| {
            format!("{}\n", self.look.ink(Ink::Heading, &wrapped(&printable(title), self.look.width, 0)))
        });
        let (first, last) = (self.timeline.rows[0].as_of, self.timeline.rows[self.timeline.rows.len() - 1].as_of);
        let dates = format!(
            "as of {}, {} date{}",
            self.look.span(Span { from: first, to: last }, true),
            self.timeline.rows.len(),
            if self.timeline.rows.len() == 1 { "" } else { "s" }
        );
        let drawn = self.timeline.rows.iter().filter(|row| row.method != Method::Exact).count();
        let method = if drawn == 0 { "exact".to_string() } else { format!("{drawn} of them sampled") };
        let parts = [format!("days {}", self.look.span(self.timeline.horizon, true)), dates, method];
        format!("{title}{}\n", self.look.ink(Ink::Faint, &items(&parts, self.look.dot(), self.look.width, 0)))
    }

    /// A line for each thing that became known.
    fn news(&self) -> String {
        let width = self.label_width();
        let mut text = String::new();
        for row in &self.timeline.rows {
            for (at, (name, says)) in row.news.iter().zip(&row.news_says).enumerate() {
                let when = if at == 0 { right(&date(row.as_of, self.years), width) } else { " ".repeat(width) };
                let name = name.replacen(':', " ", 1);
                let line =
                    wrapped(&printable(&format!("{name}: {says}")), self.look.width.saturating_sub(width + 4), 4);
                let indent = format!("\n{}", " ".repeat(width + 4));
                text.push_str(&format!("  {when}  {}\n", line.replace('\n', &indent)));
            }
        }
        if text.is_empty() { text } else { format!("{}\n{text}", self.look.ink(Ink::Heading, "what became known")) }
    }

    fn label_width(&self) -> usize {
        self.timeline.rows.iter().map(|row| columns(&date(row.as_of, self.years))).max().unwrap_or(0)
    }

    /// The rows that have figures.
    fn rows(&self) -> impl Iterator<Item = &TimelineRow> {
        self.timeline.rows.iter().filter(|row| row.status == RowStatus::Ok)
    }

    /// The windows of an event over time; nothing where its date never was in doubt.
    fn fan(&self, at: usize) -> String {
        let events: Vec<&TimelineEvent> = self.rows().map(|row| &row.events[at]).collect();
        let open =
            events.iter().any(|event| event.quantile(0.05) != event.quantile(0.95) || event.occurs < 1.0 - 1e-12);
        if !open {
            return String::new();
        }
        let span = span(&events, self.timeline.horizon);
        let width = self.label_width();
        let middle =
            |event: &TimelineEvent| event.quantile(0.5).map_or("none".to_string(), |day| date(day, self.years));
        let widest = events.iter().map(|event| columns(&middle(event))).max().unwrap_or(0).max(columns("middle"));
        let room = self.look.width.min(WIDEST).saturating_sub(width + widest + 8).max(10);
        let shown = self.rows().map(|row| Shown {
            row,
            cells: self.cells(&row.events[at], span, room),
            figure: middle(&row.events[at]),
        });
        let title = events[0].title.as_deref().map_or(String::new(), |title| format!("  {}", printable(title)));
        let title = self.look.cut(&title, self.look.width.saturating_sub(columns(&events[0].id)));
        let head = format!("{}{title}\n", self.look.ink(Ink::Name, &events[0].id));
        let scale = format!("  {}    {}  middle\n", " ".repeat(width), self.scale(span, room));
        head + &self.look.ink(Ink::Faint, &scale) + &self.lines(shown, room)
    }

    /// The first and the last day of a fan, at its ends.
    fn scale(&self, span: Span, room: usize) -> String {
        let (from, to) = (date(span.from, self.years), date(span.to, self.years));
        let gap = room.saturating_sub(columns(&from) + columns(&to)).max(1);
        padded(&format!("{from}{}{to}", " ".repeat(gap)), room)
    }

    /// One line of a fan: thin for the middle nine tenths, thick for the middle half, a mark for the middle.
    fn cells(&self, event: &TimelineEvent, span: Span, room: usize) -> String {
        let days = f64::from(span.to - span.from + 1);
        let cell =
            |day: Day| (((f64::from(day - span.from) + 0.5) / days * room as f64) as usize).min(room.saturating_sub(1));
        let (thin, thick, mark, beyond) =
            if self.look.unicode { ('─', '━', '●', '▸') } else { ('-', '=', 'o', '>') };
        let mut cells = vec![' '; room];
        for (levels, stroke) in [(NINE_TENTHS, thin), (HALF, thick)] {
            let Some(from) = event.quantile(levels[0]) else { continue };
            let to = event.quantile(levels[1]).map_or(room - 1, cell);
            cells[cell(from)..=to].fill(stroke);
        }
        if event.quantile(NINE_TENTHS[1]).is_none() {
            cells[room - 1] = beyond;
        }
        if let Some(middle) = event.quantile(0.5) {
            cells[cell(middle)] = mark;
        }
        cells.into_iter().collect()
    }

    /// The lines that differ from the one before or are news, with their dates.
    fn lines<'r>(&self, shown: impl Iterator<Item = Shown<'r>>, room: usize) -> String {
        let width = self.label_width();
        let mut text = String::new();
        let mut last: Option<(String, String)> = None;
        for Shown { row, cells, figure } in shown {
            let same = last.as_ref().is_some_and(|(before, number)| *before == cells && *number == figure);
            if same && row.news.is_empty() {
                continue;
            }
            let news = if row.news.is_empty() { " " } else { "*" };
            let label = right(&date(row.as_of, self.years), width);
            let bar = self.look.ink(Ink::Bar, &padded(&cells, room));
            text.push_str(&format!("  {label} {news}  {bar}  {figure}\n"));
            last = Some((cells, figure));
        }
        text
    }

    /// How the answer to a question moved.
    fn question(&self, at: usize) -> String {
        let width = self.label_width();
        let room = self.look.width.min(WIDEST).saturating_sub(width + 16).min(LONGEST);
        let Some(query) = self.rows().next().map(|row| &row.queries[at]) else { return String::new() };
        let name = if query.id == query.ask { String::new() } else { format!("{}: ", query.id) };
        let head = wrapped(&printable(&format!("{name}{}", query.ask)), self.look.width, 2);
        let shown = self.rows().map(|row| {
            let query = &row.queries[at];
            let figure = self.look.estimate(query.probability, query.probability_error);
            Shown { row, cells: self.look.plain_bar(query.probability, room, true), figure }
        });
        // What is told to a tenth of a per cent moves when that does.
        let shown = shown.map(|shown| Shown { figure: right(&shown.figure, columns("100.0 %")), ..shown });
        format!("{}\n{}", self.look.ink(Ink::Heading, &head), self.lines(shown, room))
    }

    /// The dates for which there is no forecast.
    fn failed(&self) -> String {
        let failed = self.timeline.rows.iter().filter(|row| row.status != RowStatus::Ok);
        let line = |row: &TimelineRow| {
            let text = format!("{}: {}", date(row.as_of, self.years), row.status);
            format!("{}\n", self.look.ink(Ink::Warning, &wrapped(&printable(&text), self.look.width, 6)))
        };
        failed.map(line).collect()
    }
}

/// From the earliest to the latest day of all middle nine tenths.
fn span(events: &[&TimelineEvent], horizon: Span) -> Span {
    let from = events.iter().filter_map(|event| event.quantile(NINE_TENTHS[0])).min();
    let to = events.iter().map(|event| event.quantile(NINE_TENTHS[1]).unwrap_or(horizon.to)).max();
    Span { from: from.unwrap_or(horizon.from), to: to.unwrap_or(horizon.to) }
}

/// `as_of,event,occurs,mean_day,q05…q95,w50_from,w50_to…,status,news`: a row for each as-of date and event; where there is
/// no forecast, one without an event. News stand in every row of their date, with `; ` between them.
pub fn timeline_csv(timeline: &Timeline) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |cells: Vec<String>| writer.write_record(cells).expect("writing to memory does not fail");
    write(header(timeline));
    let width = header(timeline).len();
    for row in &timeline.rows {
        let tail = [row.status.to_string(), row.news.join("; ")];
        if row.events.is_empty() {
            let empty = std::iter::repeat_n(String::new(), width - 3);
            write([row.as_of.to_string()].into_iter().chain(empty).chain(tail.clone()).collect());
        }
        for event in &row.events {
            let head = [row.as_of.to_string(), event.id.clone()];
            write(head.into_iter().chain(figures(event)).chain(tail.clone()).collect());
        }
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn header(timeline: &Timeline) -> Vec<String> {
    let mut names: Vec<String> = ["as_of", "event", "occurs", "mean_day"].map(str::to_string).into();
    let event = timeline.rows.iter().find_map(|row| row.events.first());
    for quantile in event.iter().flat_map(|event| &event.quantiles) {
        names.push(format!("q{:02.0}", quantile.level * 100.0));
    }
    for window in event.iter().flat_map(|event| &event.windows) {
        names.extend(["from", "to"].map(|end| format!("w{:02.0}_{end}", window.level * 100.0)));
    }
    names.extend(["status", "news"].map(str::to_string));
    names
}

fn figures(event: &TimelineEvent) -> Vec<String> {
    let number = |number: f64| serde_json::to_string(&number).unwrap_or_default();
    let day = |day: Option<Day>| day.map_or(String::new(), |day| day.to_string());
    let mut cells = vec![number(event.occurs), event.mean_day.map_or(String::new(), number)];
    cells.extend(event.quantiles.iter().map(|quantile| day(quantile.day)));
    cells.extend(event.windows.iter().flat_map(|window| [day(window.from), day(window.to)]));
    cells
}
