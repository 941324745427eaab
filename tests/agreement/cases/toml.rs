//! A case in, the text of a scenario file and the changes to it out, spelled differently from case to case.

use crate::cases::case::{Case, Delay, Event, Hedge, Length, Outcome, Report, Slip, Source, Spread, Start, Strength};
use crate::cases::draw::Draw;
use crate::cases::spelling::Speller;
use crate::cases::window::{Form, Window};
use dateline::Changes;
use std::collections::BTreeSet;

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A case in words.
pub struct Written {
    pub text: String,
    pub changes: Changes,
    /// The spellings used.
    pub used: BTreeSet<&'static str>,
}

/// Lines `key = value` of a table.
type Lines = Vec<(&'static str, String)>;

/// Writes a case; the seed decides on the spelling.
pub fn write(case: &Case, seed: u64) -> Written {
    let speller = Speller { case, draw: Draw::new(seed), used: BTreeSet::new() };
    let mut writer = Writer { speller, text: String::new() };
    writer.head();
    for event in &case.events {
        let lines = writer.event(event);
        writer.table(&format!("[event.{}]", event.name), lines);
    }
    for source in &case.sources {
        let lines = writer.source(source);
        writer.table(&format!("[source.{}]", source.id), lines);
    }
    writer.rows();
    let changes = writer.changes();
    Written { text: writer.text, changes, used: writer.speller.used }
}

struct Writer<'c> {
    speller: Speller<'c>,
    text: String,
}

impl Writer<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// The keys in any order, since none counts.
    fn table(&mut self, header: &str, mut lines: Lines) {
        self.line("");
        self.line(header);
        self.speller.draw.shuffle(&mut lines);
        for (key, value) in lines {
            let comment = if self.speller.draw.chance(0.03) { "   # a comment" } else { "" };
            self.line(&format!("{key} = {value}{comment}"));
        }
    }

    fn head(&mut self) {
        let case = self.speller.case;
        if case.titled {
            self.line("title = \"A case — \\\"quoted\\\"\"");
        }
        let (from, to) = (case.date(0), case.date(case.days - 1));
        if self.speller.draw.chance(0.7) {
            self.line(&format!("horizon = {{ from = {from}, to = {to} }}"));
        } else {
            self.line(&format!("horizon.from = {from}\nhorizon.to = {to}"));
        }
        if let Some(day) = case.as_of {
            self.line(&format!("as_of = {}", case.date(day)));
        }
        let mut calendar = Vec::new();
        if !case.holidays.is_empty() {
            let days: Vec<String> = case.holidays.iter().map(|d| case.date(*d).to_string()).collect();
            calendar.push(("holidays", format!("[{}]", days.join(", "))));
        }
        if let Some(workweek) = case.workweek {
            let names = WEEKDAYS.iter().zip(workweek).filter(|(_, works)| *works);
            let mut names: Vec<String> = names.map(|(name, _)| format!("\"{name}\"")).collect();
            self.speller.draw.shuffle(&mut names);
            calendar.push(("workweek", format!("[{}]", names.join(", "))));
        }
        if !calendar.is_empty() {
            self.table("[calendar]", calendar);
        }
        if !case.grades.is_empty() {
            self.line("\n[grade]");
            for (grade, value) in &case.grades {
                self.line(&format!("{grade} = {}", number(*value)));
            }
        }
    }

    fn event(&mut self, event: &Event) -> Lines {
        let mut lines: Lines = Vec::new();
        if self.speller.draw.chance(0.3) {
            lines.push(("title", self.string("Its title")));
        }
        match &event.length {
            Length::Default => {}
            Length::Whole(days) => lines.push(("duration", days.to_string())),
            Length::WorkingDays(count) => lines.push(("duration", format!("{{ working_days = {count} }}"))),
            Length::Spread(spread) => lines.push(("duration", self.spread(spread, false))),
        }
        if !event.visible || self.speller.draw.chance(0.1) {
            lines.push(("visible", event.visible.to_string()));
        }
        match event.happened {
            Some(Outcome::Started(day)) => lines.push(("happened", self.date(day))),
            Some(Outcome::DidNotOccur) => lines.push(("happened", "false".to_string())),
            None => {}
        }
        self.start(&event.start, &mut lines);
        lines
    }

    fn start(&mut self, start: &Start, lines: &mut Lines) {
        let occurs = match start {
            Start::On(day) => {
                lines.push(("on", self.date(*day)));
                None
            }
            Start::Prior { spread, window, weekdays, occurs } => {
                if let Some(spread) = spread {
                    lines.push(("prior", self.spread(spread, true)));
                }
                if let Some(window) = window {
                    lines.push(("window", self.place(window)));
                }
                if let Some(factors) = weekdays {
                    lines.push(("weekdays", weekday_table(factors)));
                }
                *occurs
            }
            Start::After { predecessors, delay, occurs } => {
                let names = predecessors.iter().map(|p| self.speller.case.events[*p].name.clone());
                let names: Vec<String> = names.map(|name| format!("\"{name}\"")).collect();
                let alone = names.len() == 1 && self.speller.draw.chance(0.7);
                let list = format!("[{}]", names.join(", "));
                lines.push(("after", if alone { names[0].clone() } else { list }));
                match delay {
                    Delay::Default => {}
                    Delay::Whole(days) => lines.push(("delay", days.to_string())),
                    Delay::Spread(spread) => lines.push(("delay", self.spread(spread, false))),
                }
                *occurs
            }
        };
        lines.extend(occurs.map(|occurs| ("occurs", number(occurs))));
    }

    /// A window as a TOML date, where it is a day, or as a string.
    fn place(&mut self, window: &Window) -> String {
        match &window.form {
            Form::Day(day) if self.speller.draw.chance(0.5) => {
                self.speller.used.insert("TOML date as window");
                day.to_string()
            }
            _ => {
                let text = self.speller.expression(window);
                self.string(&text)
            }
        }
    }

    fn spread(&mut self, spread: &Spread, is_prior: bool) -> String {
        let date = |day: f64, writer: &Self| {
            if is_prior { writer.date(day as i32) } else { number(day) }
        };
        let optional = |key: &str, day: Option<i32>, writer: &Self| {
            day.map_or(String::new(), |day| {
                let day = if is_prior { writer.date(day) } else { day.to_string() };
                format!(", {key} = {day}")
            })
        };
        let three = |shape: &str, [low, mode, high]: [f64; 3], writer: &Self| {
            let [low, mode, high] = [low, mode, high].map(|day| date(day, writer));
            format!("{{ shape = \"{shape}\", low = {low}, mode = {mode}, high = {high} }}")
        };
        match spread {
            Spread::Uniform { from: None, to: None } if self.speller.draw.chance(0.5) => "\"uniform\"".to_string(),
            Spread::Uniform { from, to } => {
                let (from, to) = (optional("from", *from, self), optional("to", *to, self));
                format!("{{ shape = \"uniform\"{from}{to} }}")
            }
            Spread::Triangular { low, mode, high } => three("triangular", [*low, *mode, *high], self),
            Spread::Pert { low, mode, high } => three("pert", [*low, *mode, *high], self),
            Spread::Normal { mean, sd } => {
                format!("{{ shape = \"normal\", mean = {}, sd = {} }}", date(*mean, self), number(*sd))
            }
            Spread::Exponential { from, mean } => {
                let from = optional("from", *from, self);
                format!("{{ shape = \"exponential\", mean = {}{from} }}", number(*mean))
            }
            Spread::LogNormal { from, median, spread } => {
                let from = optional("from", *from, self);
                let (median, spread) = (number(*median), number(*spread));
                format!("{{ shape = \"lognormal\", median = {median}, spread = {spread}{from} }}")
            }
            Spread::WindowWeights(rows) => {
                let rows = rows
                    .iter()
                    .map(|(window, weight)| format!("{{ in = {}, weight = {} }}", self.place(window), number(*weight)));
                let rows: Vec<String> = rows.collect();
                format!("{{ weights = [{}] }}", rows.join(", "))
            }
            Spread::DayWeights(rows) => {
                let rows =
                    rows.iter().map(|(days, weight)| format!("{{ days = {days}, weight = {} }}", number(*weight)));
                format!("{{ weights = [{}] }}", rows.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn source(&mut self, source: &Source) -> Lines {
        let mut lines = self.strength(&source.strength, &source.hedge, &source.slip);
        if self.speller.draw.chance(0.3) || lines.is_empty() {
            lines.push(("title", self.string("A source")));
        }
        lines
    }

    fn strength(&mut self, strength: &Option<Strength>, hedge: &Option<Hedge>, slip: &Option<Slip>) -> Lines {
        let strength = strength.as_ref().map(|strength| match strength {
            Strength::Credibility(credibility) => ("credibility", number(*credibility)),
            Strength::Grade(grade) => ("grade", self.string(grade)),
            Strength::LikelihoodRatio(ratio) => ("likelihood_ratio", number(*ratio)),
        });
        let hedge = hedge.as_ref().map(|hedge| match hedge {
            Hedge::Number(hedge) => ("hedge", number(*hedge)),
            Hedge::Term(term) => ("hedge", self.string(term)),
        });
        let slip = slip.map(|slip| ("slip", self.slip(slip)));
        strength.into_iter().chain(hedge).chain(slip).collect()
    }

    fn slip(&mut self, slip: Slip) -> String {
        match slip {
            Slip::Linear { early, late } if early == late && self.speller.draw.chance(0.6) => late.to_string(),
            Slip::Linear { early, late } => format!("{{ early = {early}, late = {late} }}"),
            Slip::Tailed { exact, late_share, late_days, early_days, growth } => {
                let mut keys = vec![format!("exact = {exact}"), format!("late_days = {late_days}")];
                // What follows from the side that is given may be left out.
                if late_share < 1.0 || self.speller.draw.chance(0.5) {
                    keys.push(format!("late_share = {late_share}"));
                    keys.push(format!("early_days = {early_days}"));
                }
                if growth > 0.0 || self.speller.draw.chance(0.5) {
                    keys.push(format!("growth = {growth}"));
                }
                format!("{{ {} }}", keys.join(", "))
            }
        }
    }

    fn rows(&mut self) {
        let case = self.speller.case;
        let says = |writer: &mut Self, says| {
            let text = writer.speller.proposition(says);
            writer.string(&text)
        };
        let id = |id: &Option<String>| id.as_ref().map(|id| ("id", format!("\"{id}\"")));
        for rule in &case.rules {
            let lines = id(&rule.id).into_iter().chain([("says", says(self, &rule.says))]).collect();
            self.table("[[rule]]", lines);
        }
        for report in &case.reports {
            let mut lines = self.report(report);
            lines.extend(id(&report.id));
            lines.push(("says", says(self, &report.says)));
            self.table("[[report]]", lines);
        }
        for observation in &case.observations {
            let mut lines: Lines = id(&observation.id).into_iter().collect();
            lines.extend(observation.date.map(|date| ("date", self.date(date))));
            lines.push(("says", says(self, &observation.says)));
            self.table("[[observation]]", lines);
        }
        for query in &case.queries {
            let lines = id(&query.id).into_iter().chain([("ask", says(self, &query.ask))]).collect();
            self.table("[[query]]", lines);
        }
    }

    fn report(&mut self, report: &Report) -> Lines {
        let case = self.speller.case;
        let mut lines = self.strength(&report.strength, &report.hedge, &report.slip);
        lines.extend(report.source.map(|s| ("source", format!("\"{}\"", case.sources[s].id))));
        lines.extend(report.date.map(|date| ("date", self.date(date))));
        lines.extend(report.echoes.map(|other| ("echoes", format!("\"{}\"", case.report_id(other)))));
        if report.independent {
            lines.push(("independent", "true".to_string()));
        }
        if self.speller.draw.chance(0.15) {
            lines.push(("quote", self.string("They said: 'soon'")));
        }
        lines
    }

    fn changes(&mut self) -> Changes {
        let case = self.speller.case;
        let date = |day: i32| self.date(day).parse().expect("a date");
        Changes {
            as_of: case.changes.as_of.map(date),
            assume: case.changes.assume.iter().map(|p| self.speller.proposition(p)).collect(),
            ask: case.changes.ask.iter().map(|p| self.speller.proposition(p)).collect(),
            without: case.changes.without.clone(),
            ..Changes::default()
        }
    }

    fn date(&self, day: i32) -> String {
        self.speller.case.date(day).to_string()
    }

    /// A TOML string in one of its four forms.
    fn string(&mut self, text: &str) -> String {
        let escaped = text.replace('"', "\\\"");
        match self.speller.draw.below(10) {
            0 if !text.contains('\'') => format!("'{text}'"),
            1 => format!("\"\"\"{escaped}\"\"\""),
            2 if !text.ends_with('\'') => format!("'''{text}'''"),
            3 => format!("\"\"\"\n{escaped}\"\"\""),
            _ => format!("\"{escaped}\""),
        }
    }
}

fn weekday_table(factors: &[Option<f64>; 7]) -> String {
    let given = WEEKDAYS
        .iter()
        .zip(factors)
        .filter_map(|(name, factor)| factor.map(|factor| format!("{name} = {}", number(factor))));
    format!("{{ {} }}", given.collect::<Vec<_>>().join(", "))
}

/// A number that TOML reads back as the same.
fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e6 { format!("{value:.0}") } else { format!("{value:?}") }
}
