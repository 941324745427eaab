//! The tables of a scenario file in, the model out: the order in which a file is read, and its references checked.

use super::calendar;
use super::decision::{self, DECISION_KEYS, GOAL_KEYS, Speaker};
use super::event::{self, Setting};
use super::include::{Included, include};
use super::lower::lower;
use super::reader::{Fields, Reader, Span};
use super::report::{self, REPORT_KEYS, SOURCE_KEYS, Source};
use super::text::Text;
use super::{Changes, LARGEST_FILE, LONGEST_HORIZON};
use crate::day::Day;
use crate::diagnostic::{Diagnostic, Origin, did_you_mean};
use crate::language::{Horizon, SyntaxError, Window, earliest_date, parse_proposition};
use crate::model::{
    Assumption, Calendar, Claim, Decision, Event, Goal, Model, Observation, Proposition, Query, Report, Rule,
};
use std::collections::HashMap;
use toml::de::DeTable;

pub(super) const TOP_KEYS: &[&str] = &[
    "title",
    "include",
    "horizon",
    "as_of",
    "calendar",
    "event",
    "source",
    "grade",
    "rule",
    "report",
    "observation",
    "query",
    "decision",
    "goal",
];
pub(super) const HORIZON_KEYS: &[&str] = &["from", "to"];
pub(super) const RULE_KEYS: &[&str] = &["id", "says"];
pub(super) const OBSERVATION_KEYS: &[&str] = &["id", "date", "says"];
pub(super) const QUERY_KEYS: &[&str] = &["id", "ask", "outcome"];

/// Kinds of rows that change no forecast.
const ASKING: &[&str] = &["query", "goal"];

/// TOML errors beyond these few say nothing new.
const MOST_SYNTAX_ERRORS: usize = 10;

/// What comes of a file.
pub(super) struct Built {
    /// `None` where an error was noted.
    pub model: Option<Model>,
    pub diagnostics: Vec<Diagnostic>,
    /// Where rules, reports, observations and the keys of events begin, by name.
    pub places: Vec<(String, usize)>,
}

/// Reads a whole file.
pub(super) fn build(text: &str, changes: &Changes) -> Built {
    let document = match tables(text) {
        Ok(document) => document,
        Err(diagnostics) => return Built { model: None, diagnostics, places: Vec::new() },
    };
    let reader = Reader::new(text);
    let top = reader.known_fields(&document, 0..0, String::new(), TOP_KEYS);
    let mut builder = Builder::new(&top);
    let model = builder.model(changes);
    let places = std::mem::take(&mut builder.places);
    Built { model, diagnostics: reader.into_diagnostics(), places }
}

/// The tables of a text, or why it is no TOML.
pub(super) fn tables(text: &str) -> Result<DeTable<'_>, Vec<Diagnostic>> {
    if text.len() > LARGEST_FILE {
        let mut refusal = Diagnostic::error(
            0..0,
            format!("the file has {} bytes, more than the limit of {LARGEST_FILE}", text.len()),
        );
        refusal.span = None;
        return Err(vec![refusal]);
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(document.into_inner());
    }
    // One slip of the pen can make many of them.
    let told = errors.iter().take(MOST_SYNTAX_ERRORS).map(|error| {
        let span = error.span().unwrap_or(text.len()..text.len());
        Diagnostic::error(span, format!("this is not TOML: {}", error.message()))
            .label("the file cannot be read beyond this")
    });
    let mut told: Vec<Diagnostic> = told.collect();
    told.sort_by_key(|diagnostic| diagnostic.span.as_ref().map(|span| span.start));
    Err(told)
}

/// What a row is called that has no id of its own; rows of its kind are counted from 1.
pub(super) fn default_id(kind: &str, position: usize) -> String {
    format!("{kind}-{position}")
}

/// Ids of one name space and what each belongs to.
#[derive(Default)]
struct Ids {
    taken: HashMap<String, &'static str>,
}

struct Builder<'f, 'r, 'a> {
    top: &'f Fields<'r, 'a>,
    reader: &'r Reader<'a>,
    horizon: Option<Horizon>,
    calendar: Calendar,
    /// Event names with their places among the events; then decisions, counted on from there.
    indices: HashMap<String, usize>,
    /// For each event whether its dates are certain, the last one as well.
    dated: Vec<bool>,
    ids: Ids,
    places: Vec<(String, usize)>,
    /// Whether sources may be lacking since a file of them could not be taken in.
    lacks_sources: bool,
}

impl<'f, 'r, 'a> Builder<'f, 'r, 'a> {
    fn new(top: &'f Fields<'r, 'a>) -> Self {
        Builder {
            top,
            reader: top.reader,
            horizon: None,
            calendar: Calendar::default(),
            indices: HashMap::new(),
            dated: Vec::new(),
            ids: Ids::default(),
            places: Vec::new(),
            lacks_sources: false,
        }
    }

    fn model(&mut self, changes: &Changes) -> Option<Model> {
        self.horizon = self.read_horizon();
        let title = self.top.text("title").map(|text| text.value);
        let as_of = self.top.date("as_of").map(|date| date.value);
        self.calendar = calendar::read(self.top);
        let events = self.events();
        let decisions = self.decisions(events.as_deref());
        let included = include(self.top, &changes.files);
        let grades = included.grades.clone();
        self.lacks_sources = included.broken;
        let sources = self.sources(included);
        let mut rules = self.rules();
        let goals = self.goals();
        let mut reports = self.reports(&sources, &grades);
        let mut observations = self.observations();
        let mut queries = self.queries();
        let assumptions = self.assumptions(changes);
        self.asked(changes, &mut queries);
        self.leave_out(changes, &mut rules, &mut reports, &mut observations, &sources);
        let horizon = self.horizon?;
        let events = events?;
        let of_decisions = |rule: &Rule| rule.says.events().iter().any(|event| event.0 >= events.len());
        let (plan_rules, rules) = rules.into_iter().partition(of_decisions);
        Some(Model {
            title,
            horizon: (horizon.first, horizon.last),
            as_of: changes.as_of.or(as_of),
            calendar: std::mem::take(&mut self.calendar),
            events,
            rules,
            reports,
            observations,
            assumptions,
            queries,
            decisions: decisions?,
            goals,
            plan_rules,
        })
    }

    fn read_horizon(&self) -> Option<Horizon> {
        const HELP: &str = "write horizon = { from = 2024-03-20, to = 2024-07-31 }: the days on which events may start";
        if !self.top.has("horizon") {
            self.reader.note(
                Diagnostic::error(self.beginning(), "the scenario has no horizon")
                    .label("expected 'horizon' at the top")
                    .help(HELP),
            );
        }
        let fields = self.top.fields("horizon", HORIZON_KEYS)?;
        for key in HORIZON_KEYS.iter().filter(|key| !fields.has(key)) {
            fields.missing(key, HELP);
        }
        let (from, to) = (fields.date("from"), fields.date("to"));
        let (from, to) = (from?, to?);
        let days = to.value - from.value + 1;
        if days < 1 {
            self.reader.note(
                Diagnostic::error(to.span, "the horizon ends before it begins")
                    .label(format!("before {}", from.value))
                    .help(format!("did you mean {{ from = {}, to = {} }}?", to.value, from.value)),
            );
            return None;
        }
        if days > LONGEST_HORIZON {
            self.reader.note(
                Diagnostic::error(to.span, format!("a horizon of {days} days is too long"))
                    .label(format!("expected at most {LONGEST_HORIZON} days")),
            );
            return None;
        }
        Some(Window { first: from.value, last: to.value })
    }

    /// The place of the first line that is no comment.
    fn beginning(&self) -> Span {
        let mut at = 0;
        for line in self.reader.file.split_inclusive('\n') {
            let text = line.trim();
            if !text.is_empty() && !text.starts_with('#') {
                return at..at + line.trim_end().len();
            }
            at += line.len();
        }
        0..0
    }

    /// Reads all events; `None` where one of them is wrong.
    fn events(&mut self) -> Option<Vec<Event>> {
        let entries = self.top.entries("event", "each event begins with [event.NAME]");
        for (index, (name, _)) in entries.iter().enumerate() {
            if let Some(wrong) = event::check_name(name, self.horizon) {
                self.reader.note(wrong);
            }
            self.indices.insert(name.value.clone(), index);
        }
        if entries.is_empty() && !self.top.has("event") {
            self.reader.note(
                Diagnostic::error(self.beginning(), "the scenario has no events")
                    .label("expected at least one [event.NAME]")
                    .help("begin with [event.visit], and below it duration = 2, say"),
            );
            return None;
        }
        let horizon = self.stand_in()?;
        let mut events = Vec::new();
        let mut places = Vec::new();
        let mut spans: Vec<Span> = Vec::new();
        let setting = Setting { horizon, known: self.horizon.is_some(), indices: &self.indices };
        for (name, value) in &entries {
            let fields = self.reader.fields(value, format!("event.{}", name.value), event::KEYS);
            if let Some(fields) = &fields {
                let key = |key: &&str| {
                    fields.has(key).then(|| (format!("event:{}.{key}", name.value), fields.key_span(key).start))
                };
                places.extend(event::KEYS.iter().filter_map(key));
                places.push((format!("event:{}.silence", name.value), name.span.start));
            }
            events.extend(fields.and_then(|fields| event::read(&fields, &name.value, &setting)));
            spans.push(name.span.clone());
        }
        self.places.extend(places);
        if events.len() != entries.len() {
            return None;
        }
        event::check_circles(&events, &spans, |diagnostic| self.reader.note(diagnostic)).then_some(events)
    }

    /// The horizon, or a year in its place: what is read without one is to tell its mistakes at once, too.
    fn stand_in(&self) -> Option<Horizon> {
        let start = Day::from_ymd(2024, 1, 1)?;
        Some(self.horizon.unwrap_or(Window { first: start, last: start + 365 }))
    }

    /// The id of a row: its own, or its kind and position.
    fn id(&mut self, fields: &Fields<'_, '_>, kind: &'static str, position: usize) -> String {
        let given = fields.text("id");
        let id = given.as_ref().map_or_else(|| default_id(kind, position), |text| text.value.clone());
        let span = given.map_or(fields.span.clone(), |text| text.span);
        if id.trim().is_empty() || id.chars().any(char::is_control) {
            self.reader.note(
                Diagnostic::error(span.clone(), "an id cannot be empty or hold control characters")
                    .label("expected a name"),
            );
        }
        self.take_id(id.clone(), kind, span);
        id
    }

    fn take_id(&mut self, id: String, kind: &'static str, span: Span) {
        if let Some(other) = self.ids.taken.get(&id) {
            self.reader.note(
                Diagnostic::error(span, format!("the id '{id}' is used twice"))
                    .label(format!("a {other} has it already"))
                    .help("ids of sources, rules, reports, observations and queries share one name space"),
            );
        }
        self.ids.taken.insert(id, kind);
    }

    /// A proposition of the file.
    fn proposition(&self, text: &Text, speaker: Speaker) -> Option<Proposition> {
        match self.parsed(&text.value, speaker) {
            Ok(proposition) => Some(proposition),
            Err(error) => {
                self.reader.note(
                    Diagnostic::error(text.locate(error.span), error.message).label(error.label).maybe_help(error.help),
                );
                None
            }
        }
    }

    /// A proposition of the command line.
    fn argument(&self, option: &str, text: &str, speaker: Speaker) -> Option<Proposition> {
        match self.parsed(text, speaker) {
            Ok(proposition) => Some(proposition),
            Err(error) => {
                let origin = Origin::Argument { option: option.to_string(), text: text.to_string() };
                let noted = Diagnostic::error(error.span, error.message).label(error.label).maybe_help(error.help);
                self.reader.note(Diagnostic { origin, ..noted });
                None
            }
        }
    }

    fn parsed(&self, text: &str, speaker: Speaker) -> Result<Proposition, SyntaxError> {
        let tree = parse_proposition(text, &self.indices, self.horizon)?;
        match decision::out_of_place(&tree, speaker, &self.indices, &self.dated) {
            Some(error) => Err(error),
            None => Ok(lower(&tree, &self.indices, &self.calendar)),
        }
    }

    /// The sources included and those of the file itself, whose words take precedence, key by key.
    fn sources(&mut self, included: Included) -> HashMap<String, Source> {
        let mut sources = included.sources;
        for (name, value) in self.top.entries("source", "each source begins with [source.NAME]") {
            self.take_id(name.value.clone(), "source", name.span.clone());
            let fields = self.reader.fields(value, format!("source.{}", name.value), SOURCE_KEYS);
            let own = match fields {
                Some(fields) => report::source(&fields, &included.grades),
                None => Source { broken: true, ..Source::default() },
            };
            let source = match sources.get(&name.value) {
                Some(known) => own.or(known),
                None => own,
            };
            sources.insert(name.value, source);
        }
        for name in sources.keys().filter(|name| !self.ids.taken.contains_key(*name)).cloned().collect::<Vec<_>>() {
            self.ids.taken.insert(name, "source");
        }
        sources
    }

    /// The rows of one kind as fields, with their ids.
    fn rows(&mut self, kind: &'static str, keys: &'static [&'static str]) -> Vec<(Fields<'r, 'a>, String)> {
        let mut found = Vec::new();
        for (position, value) in self.top.rows(kind).into_iter().enumerate() {
            if let Some(fields) = self.reader.fields(value, kind.to_string(), keys) {
                let id = self.id(&fields, kind, position + 1);
                self.places.push((format!("{kind}:{id}"), fields.span.start));
                found.push((Fields { name: format!("{kind} {id}"), ..fields }, id));
            }
        }
        found
    }

    fn says(&self, fields: &Fields<'_, '_>, key: &str, speaker: Speaker) -> Option<(Text, Proposition)> {
        let text = fields.required_text(key, &format!("write {key} = \"visit before tour\", say"))?;
        let proposition = self.proposition(&text, speaker)?;
        Some((text, proposition))
    }

    fn goals(&mut self) -> Vec<Goal> {
        let rows = self.rows("goal", GOAL_KEYS);
        let read = |(fields, id): &(Fields<'r, 'a>, String)| {
            decision::goal(fields, id, self.says(fields, "says", Speaker::Goal))
        };
        rows.iter().filter_map(read).collect()
    }

    /// Reads all decisions, and lets propositions name them; `None` where one of them is wrong.
    fn decisions(&mut self, events: Option<&[Event]>) -> Option<Vec<Decision>> {
        let entries = self.top.entries("decision", "each decision begins with [decision.NAME]");
        let horizon = self.stand_in()?;
        let visible: Vec<bool> = events.into_iter().flatten().map(|event| event.visible).collect();
        let named = self.indices.clone();
        let setting = decision::Setting { horizon, known: self.horizon.is_some(), events: &named, visible: &visible };
        let dated = |event: &Event| event.is_on_a_date() && event.length_follows_from_start();
        self.dated = events.into_iter().flatten().map(dated).collect();
        self.dated.resize(named.len(), false);
        let mut decisions = Vec::new();
        for (index, (name, value)) in entries.iter().enumerate() {
            if let Some(wrong) = event::check_name(name, self.horizon) {
                self.reader.note(wrong);
            } else if named.contains_key(&name.value) {
                let message = format!("'{}' is already the name of an event", name.value);
                self.reader.note(Diagnostic::error(name.span.clone(), message).label("expected another name"));
            }
            self.indices.entry(name.value.clone()).or_insert(named.len() + index);
            let fields = self.reader.fields(value, format!("decision.{}", name.value), DECISION_KEYS);
            decisions.extend(fields.and_then(|fields| decision::read(&fields, &name.value, &setting)));
        }
        (decisions.len() == entries.len()).then_some(decisions)
    }

    fn rules(&mut self) -> Vec<Rule> {
        let rows = self.rows("rule", RULE_KEYS);
        rows.iter()
            .filter_map(|(fields, id)| {
                let (text, says) = self.says(fields, "says", Speaker::Rule)?;
                Some(Rule { id: id.clone(), text: text.value, says, dropped: false })
            })
            .collect()
    }

    fn observations(&mut self) -> Vec<Observation> {
        let rows = self.rows("observation", OBSERVATION_KEYS);
        rows.iter()
            .filter_map(|(fields, id)| {
                let date = fields.date("date").map(|date| date.value);
                let (text, says) = self.says(fields, "says", Speaker::Observation)?;
                Some(Observation { id: id.clone(), text: text.value, date, says, dropped: false })
            })
            .collect()
    }

    fn queries(&mut self) -> Vec<Query> {
        let rows = self.rows("query", QUERY_KEYS);
        rows.iter()
            .filter_map(|(fields, id)| {
                let (text, ask) = self.says(fields, "ask", Speaker::Query)?;
                Some(Query { id: id.clone(), text: text.value, ask, outcome: fields.boolean("outcome") })
            })
            .collect()
    }

    fn reports(&mut self, sources: &HashMap<String, Source>, grades: &HashMap<String, f64>) -> Vec<Report> {
        let rows = self.rows("report", REPORT_KEYS);
        let positions: HashMap<String, usize> = rows.iter().enumerate().map(|(i, (_, id))| (id.clone(), i)).collect();
        let copies: Vec<bool> = rows.iter().map(|(fields, _)| fields.has("echoes")).collect();
        let read: Vec<Option<Report>> =
            rows.iter().map(|(fields, id)| self.report(fields, id, sources, grades, &positions, &copies)).collect();
        // Indices of `echoes` are positions among the rows, so that one wrong row leaves none of the rest.
        read.into_iter().collect::<Option<Vec<_>>>().unwrap_or_default()
    }

    fn report(
        &self,
        fields: &Fields<'_, '_>,
        id: &str,
        sources: &HashMap<String, Source>,
        grades: &HashMap<String, f64>,
        positions: &HashMap<String, usize>,
        copies: &[bool],
    ) -> Option<Report> {
        let date = fields.date("date").map(|date| date.value);
        let said = self.says(fields, "says", Speaker::Report);
        let own = report::said(fields, grades);
        fields.text("quote");
        let independent = fields.boolean("independent").unwrap_or(false);
        let source = fields.text("source").map(|text| self.known_source(text, sources));
        let echoes = fields.text("echoes").map(|text| self.original(&text, id, positions, copies));
        if fields.has("source") && source.is_none() {
            return None;
        }
        let source = match source {
            None => None,
            Some(found) => Some(found?),
        };
        let known = source.as_ref().and_then(|name| sources.get(name));
        let claim = said.as_ref().map(|(text, says)| (says, text));
        let named = said.as_ref().and_then(|(text, _)| earliest_date(&text.value, &self.indices, self.horizon));
        let lead = named.zip(date).map(|(named, date)| named - date);
        let weighed = report::strength(fields, own.ok()?, known, claim, lead)?;
        let echoes = match echoes {
            None => None,
            Some(found) => Some(found?),
        };
        let (text, says) = said?;
        Some(Report {
            id: id.to_string(),
            text: text.value,
            source_title: known.and_then(|source| source.title.clone()),
            source,
            date,
            claim: Claim { says, slips: weighed.slips, tailed: weighed.tailed },
            strength: weighed.strength,
            grade: weighed.grade,
            echoes,
            independent,
            dropped: false,
        })
    }

    fn known_source(&self, text: Text, sources: &HashMap<String, Source>) -> Option<String> {
        if sources.contains_key(&text.value) {
            return Some(text.value);
        }
        if self.lacks_sources {
            return None;
        }
        let help = did_you_mean(&text.value, sources.keys().map(String::as_str))
            .unwrap_or_else(|| format!("define it: [source.{}]", text.value));
        self.reader.note(
            Diagnostic::error(text.span, format!("there is no source '{}'", text.value))
                .label("unknown source")
                .help(help),
        );
        None
    }

    fn original(&self, text: &Text, id: &str, positions: &HashMap<String, usize>, copies: &[bool]) -> Option<usize> {
        let error = |message: String, label: &str| Diagnostic::error(text.span.clone(), message).label(label);
        match positions.get(&text.value) {
            None => {
                let help = did_you_mean(&text.value, positions.keys().map(String::as_str));
                self.reader
                    .note(error(format!("there is no report '{}'", text.value), "unknown report").maybe_help(help));
                None
            }
            Some(_) if text.value == id => {
                self.reader.note(error("a report cannot echo itself".to_string(), "expected the id of another report"));
                None
            }
            Some(&at) if copies[at] => {
                let message = format!("'{}' is itself an echo", text.value);
                self.reader.note(error(message, "expected an original").help("let every copy echo the first report"));
                None
            }
            Some(&at) => Some(at),
        }
    }

    fn assumptions(&self, changes: &Changes) -> Vec<Assumption> {
        let read = |text: &String| {
            let says = self.argument("--assume", text, Speaker::Assumption)?;
            Some(Assumption { text: text.clone(), says, dropped: false })
        };
        changes.assume.iter().filter_map(read).collect()
    }

    fn asked(&self, changes: &Changes, queries: &mut Vec<Query>) {
        for text in &changes.ask {
            if let Some(ask) = self.argument("--ask", text, Speaker::Query) {
                queries.push(Query { id: text.clone(), text: text.clone(), ask, outcome: None });
            }
        }
    }

    fn leave_out(
        &self,
        changes: &Changes,
        rules: &mut [Rule],
        reports: &mut [Report],
        observations: &mut [Observation],
        sources: &HashMap<String, Source>,
    ) {
        for id in &changes.without {
            let kind = self.ids.taken.get(id).copied();
            if kind.is_none_or(|kind| ASKING.contains(&kind)) {
                self.unknown_id(id, kind);
            }
            rules.iter_mut().filter(|rule| rule.id == *id).for_each(|rule| rule.dropped = true);
            observations.iter_mut().filter(|o| o.id == *id).for_each(|o| o.dropped = true);
            let of_source = sources.contains_key(id);
            let spoken = |report: &&mut Report| report.id == *id || (of_source && report.source.as_ref() == Some(id));
            reports.iter_mut().filter(spoken).for_each(|report| report.dropped = true);
        }
    }

    fn unknown_id(&self, id: &str, kind: Option<&str>) {
        let droppable = self.ids.taken.iter().filter(|(_, kind)| !ASKING.contains(*kind)).map(|(id, _)| id.as_str());
        let mut candidates: Vec<&str> = droppable.collect();
        candidates.sort_unstable();
        let message = match kind {
            Some(kind) => format!("'{id}' is a {kind}, which leaves nothing out"),
            None => format!("there is no rule, report, observation or source '{id}'"),
        };
        let help = did_you_mean(id, candidates.iter().copied());
        let list = candidates.iter().take(20).copied().collect::<Vec<_>>().join(", ");
        let help = help.or_else(|| (!list.is_empty()).then(|| format!("the ids are: {list}")));
        let origin = Origin::Argument { option: "--without".to_string(), text: id.to_string() };
        let noted = Diagnostic::error(0..id.len(), message).label("unknown id").maybe_help(help);
        self.reader.note(Diagnostic { origin, ..noted });
    }
}
