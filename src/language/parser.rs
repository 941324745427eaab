//! The words of a proposition in, its tree out, or the one place where it stops making sense.

use super::explain::{date_help, describe_window_error};
use super::lexer::{Token, tokens};
use super::tree::{Anchor, DayClass, Order, Part, Point, Predicate, Relation, Statement, Tree};
use super::vocabulary::{PREDICATES, WEEKDAYS, is_reserved, weekday_number};
use super::window::{Horizon, Window, WindowError, parse_window};
use crate::diagnostic::did_you_mean;
use std::collections::HashMap;
use std::ops::Range;

/// How deeply a proposition may be nested.
pub(super) const DEPTH: usize = 100;
/// The longest run of words that is tried as one date expression.
const LONGEST_DATE: usize = 10;
/// Propositions beyond this many bytes are refused.
const LONGEST_TEXT: usize = 100_000;

/// Where and why a text is no proposition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Byte range in the proposition's text.
    pub span: Range<usize>,
    pub message: String,
    pub label: String,
    pub help: Option<String>,
}

/// Reads a proposition by the grammar of the scenario format.
///
/// `events` are the names it may speak of (what they stand for does not matter here); `horizon` decides the year of dates that name none.
///
/// # Errors
/// The first place that does not fit the grammar, with what was expected there.
pub fn parse_proposition(
    text: &str,
    events: &HashMap<String, usize>,
    horizon: Option<Horizon>,
) -> Result<Tree, SyntaxError> {
    let end = text.len();
    if end > LONGEST_TEXT {
        let message = format!("a proposition of {end} bytes is too long (the limit is {LONGEST_TEXT})");
        return Err(SyntaxError { span: 0..0, message, label: String::new(), help: None });
    }
    let mut parser = Parser { text, tokens: tokens(text), at: 0, depth: 0, end, events, horizon };
    let tree = parser.proposition()?;
    if parser.at < parser.tokens.len() {
        return Err(parser.unexpected("expected 'and', 'or' or the end of the proposition", &["and", "or", "then"]));
    }
    Ok(tree)
}

pub(super) type Parsed<T> = Result<T, SyntaxError>;

pub(super) struct Parser<'a> {
    text: &'a str,
    pub(super) tokens: Vec<Token>,
    pub(super) at: usize,
    depth: usize,
    /// Length of the text in bytes.
    end: usize,
    events: &'a HashMap<String, usize>,
    horizon: Option<Horizon>,
}

impl Parser<'_> {
    pub(super) fn word(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |token| &token.text)
    }

    /// The place of the current word, or just behind the last one.
    pub(super) fn here(&self) -> Range<usize> {
        self.tokens.get(self.at).map_or(self.end..self.end, |token| token.span.clone())
    }

    pub(super) fn take(&mut self, words: &[&str]) -> bool {
        let found = words.iter().enumerate().all(|(i, word)| self.word(i) == *word);
        if found {
            self.at += words.len();
        }
        found
    }

    pub(super) fn error(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> SyntaxError {
        SyntaxError { span, message: message.into(), label: label.into(), help: None }
    }

    /// The current word does not belong here; `candidates` are words that would.
    pub(super) fn unexpected(&self, expected: &str, candidates: &[&str]) -> SyntaxError {
        let message = match self.tokens.get(self.at) {
            Some(token) => format!("unexpected '{}' in the proposition", token.text),
            None => "the proposition ends too early".to_string(),
        };
        let mut error = self.error(self.here(), message, expected);
        error.help = did_you_mean(self.word(0), candidates.iter().copied());
        error
    }

    fn deeper(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > DEPTH {
            let label = format!("the {DEPTH}th level ends here");
            return Err(self.error(
                self.here(),
                format!("the proposition is nested deeper than {DEPTH} levels"),
                label,
            ));
        }
        Ok(())
    }

    fn proposition(&mut self) -> Parsed<Tree> {
        self.deeper()?;
        let tree = if self.take(&["if"]) {
            let condition = self.proposition()?;
            if !self.take(&["then"]) {
                return Err(self.unexpected("expected 'then'", &["then", "and", "or"]));
            }
            Tree::If(Box::new(condition), Box::new(self.proposition()?))
        } else {
            self.list("or", Self::conjunction, Tree::Or)?
        };
        self.depth -= 1;
        Ok(tree)
    }

    fn conjunction(&mut self) -> Parsed<Tree> {
        self.list("and", Self::negation, Tree::And)
    }

    /// One or more parts with `word` between them.
    fn list(&mut self, word: &str, part: fn(&mut Self) -> Parsed<Tree>, join: fn(Vec<Tree>) -> Tree) -> Parsed<Tree> {
        let first = part(self)?;
        let mut parts = vec![first];
        while self.take(&[word]) {
            parts.push(part(self)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { join(parts) })
    }

    fn negation(&mut self) -> Parsed<Tree> {
        if self.take(&["not"]) {
            self.deeper()?;
            let inner = self.negation()?;
            self.depth -= 1;
            return Ok(Tree::Not(Box::new(inner)));
        }
        if self.take(&["("]) {
            let inner = self.proposition()?;
            if !self.take(&[")"]) {
                return Err(self.unexpected("expected ')', 'and' or 'or'", &["and", "or"]));
            }
            return Ok(inner);
        }
        Ok(Tree::Statement(self.statement()?))
    }

    fn names_event(&self) -> bool {
        let name = self.word(0).split('.').next().unwrap_or("");
        self.events.contains_key(name)
    }

    fn point(&mut self) -> Parsed<Point> {
        let span = self.here();
        let word = self.word(0).to_string();
        let (name, part) = match word.split_once('.') {
            None => (word.as_str(), Some(Part::Whole)),
            Some((name, "start")) => (name, Some(Part::Start)),
            Some((name, "end")) => (name, Some(Part::End)),
            Some((name, _)) => (name, None),
        };
        if !self.names_event() {
            return Err(self.no_event(name));
        }
        let Some(part) = part else {
            let at = span.start + name.len()..span.end;
            return Err(self.error(at, format!("'{word}' is no event"), "expected '.start' or '.end'"));
        };
        self.at += 1;
        Ok(Point { event: name.to_string(), part, span })
    }

    fn no_event(&self, name: &str) -> SyntaxError {
        if self.at >= self.tokens.len() {
            return self.unexpected("expected an event", &[]);
        }
        let known = || self.known();
        let message = if is_reserved(name) || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            format!("unexpected '{}' in the proposition", self.word(0))
        } else {
            format!("there is no event '{name}'")
        };
        let mut error = self.error(self.here(), message, "expected an event, 'not', 'if' or '('");
        error.help = did_you_mean(name, known().chain(["not", "if"])).or_else(|| self.list_of_events());
        error
    }

    /// The events' names in the order of the file.
    fn known(&self) -> impl Iterator<Item = &str> {
        let mut names: Vec<(usize, &str)> = self.events.iter().map(|(name, index)| (*index, name.as_str())).collect();
        names.sort_unstable();
        names.into_iter().map(|(_, name)| name)
    }

    fn list_of_events(&self) -> Option<String> {
        let names: Vec<&str> = self.known().take(12).collect();
        let more = if self.events.len() > names.len() { ", …" } else { "" };
        (!names.is_empty()).then(|| format!("the events are: {}{more}", names.join(", ")))
    }

    /// The longest run of words that is a date expression; quoted ones stand for themselves.
    fn window(&mut self, expected: &str) -> Parsed<Window> {
        let Some(token) = self.tokens.get(self.at) else {
            return Err(self.unexpected(expected, &[]));
        };
        if token.is_quoted() {
            let Some(inner) = token.unquoted() else {
                return Err(self.error(token.span.clone(), "the quote is never closed", "opened here"));
            };
            let window = parse_window(inner, self.horizon);
            let span = token.span.clone();
            return match window {
                Ok(window) => {
                    self.at += 1;
                    Ok(window)
                }
                Err(WindowError::NotADate) => Err(SyntaxError {
                    help: Some(date_help()),
                    ..self.error(span, format!("'{inner}' is no date expression"), expected)
                }),
                Err(error) => Err(self.bad_window(span, error)),
            };
        }
        self.bare_window(expected)
    }

    fn bare_window(&mut self, expected: &str) -> Parsed<Window> {
        let run = self.tokens[self.at..]
            .iter()
            .take(LONGEST_DATE)
            .take_while(|token| !token.is_quoted() && !token.is_parenthesis())
            .count();
        if let Some(ordinal) = self.tokens[self.at..self.at + run].iter().find(|token| is_ordinal(&token.text)) {
            let number = ordinal.text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let message = format!("'{}' is no day of the month", ordinal.text);
            let mut error = self.error(ordinal.span.clone(), message, "expected a plain number");
            error.help = Some(format!("write {number}, as in '7 May' or 'May 7'"));
            return Err(error);
        }
        for count in (1..=run).rev() {
            let words = &self.tokens[self.at..self.at + count];
            let text = words.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ");
            match parse_window(&text, self.horizon) {
                Ok(window) => {
                    self.at += count;
                    return Ok(window);
                }
                Err(WindowError::NotADate) => {}
                Err(error) => {
                    return Err(self.bad_window(words[0].span.start..words[count - 1].span.end, error));
                }
            }
        }
        let mut error = self.unexpected(expected, &[]);
        if self.at < self.tokens.len() {
            error.message = format!("'{}' is no date expression", self.word(0));
            error.help = self.window_help(expected);
        }
        Err(error)
    }

    fn window_help(&self, expected: &str) -> Option<String> {
        const WORDS: [&str; 13] = [
            "early",
            "mid",
            "late",
            "start",
            "beginning",
            "end",
            "first",
            "second",
            "latter",
            "around",
            "week",
            "q1",
            "the",
        ];
        let months = super::vocabulary::MONTHS.iter().map(|(full, _)| *full);
        let events = self.known().filter(|_| expected.contains("event"));
        did_you_mean(self.word(0), events.chain(months).chain(WORDS)).or_else(|| Some(date_help()))
    }

    fn bad_window(&self, span: Range<usize>, error: WindowError) -> SyntaxError {
        let text = self.text[span.clone()].trim_matches(['"', '\'']);
        let described = describe_window_error(text, &error, self.horizon);
        let mut error = self.error(span, described.0, described.1);
        error.help = described.2;
        error
    }

    fn anchor(&mut self) -> Parsed<Anchor> {
        if self.names_event() {
            return Ok(Anchor::Point(self.point()?));
        }
        Ok(Anchor::Window(self.window("expected an event or a date")?))
    }

    fn statement(&mut self) -> Parsed<Statement> {
        let subject = self.point()?;
        let predicate = self.predicate()?;
        Ok(Statement { subject, predicate })
    }

    fn predicate(&mut self) -> Parsed<Predicate> {
        const RELATIONS: [(&[&str], Relation); 7] = [
            (&["during"], Relation::During),
            (&["contains"], Relation::Contains),
            (&["overlaps"], Relation::Overlaps),
            (&["meets"], Relation::Meets),
            (&["starts", "with"], Relation::StartsWith),
            (&["ends", "with"], Relation::EndsWith),
            (&["coincides", "with"], Relation::CoincidesWith),
        ];
        if self.take(&["occurs"]) {
            return Ok(Predicate::Occurs);
        }
        if self.take(&["in"]) {
            return Ok(Predicate::In(self.window("expected a date, month or other window")?));
        }
        if self.take(&["on"]) {
            return self.on();
        }
        if self.take(&["by"]) || self.take(&["no", "later", "than"]) {
            return Ok(Predicate::By(self.window("expected a date")?));
        }
        if self.take(&["no", "earlier", "than"]) {
            return Ok(Predicate::NoEarlierThan(self.window("expected a date")?));
        }
        for (words, relation) in RELATIONS {
            if self.take(words) {
                return Ok(Predicate::Related(relation, self.related_point()?));
            }
        }
        let of = if self.word(2) == "working" { 4 } else { 3 };
        if self.word(0) == "within" && self.word(of) == "of" {
            self.at += 1;
            let distance = self.count()?;
            self.at += 1;
            return Ok(Predicate::Within(distance, self.anchor()?));
        }
        self.gap_predicate()
    }

    fn related_point(&mut self) -> Parsed<Point> {
        if !self.names_event() && self.at < self.tokens.len() {
            let name = self.word(0).to_string();
            let mut error = self.error(self.here(), format!("there is no event '{name}'"), "expected an event");
            error.help = did_you_mean(&name, self.known()).or_else(|| self.list_of_events());
            return Err(error);
        }
        self.point()
    }

    fn on(&mut self) -> Parsed<Predicate> {
        if self.take(&["a"]) || self.take(&["an"]) {
            let class = match self.word(0) {
                "working" if self.word(1) == "day" => {
                    self.at += 1;
                    DayClass::Working
                }
                "weekday" => DayClass::Weekday,
                "weekend" => DayClass::Weekend,
                "holiday" => DayClass::Holiday,
                word => match weekday_number(word) {
                    Some(number) => DayClass::Named(number),
                    None => {
                        const EXPECTED: &str = "expected weekday, weekend, holiday, working day or a day's name";
                        let candidates = [&["weekday", "weekend", "holiday", "working day"][..], &WEEKDAYS[..]];
                        return Err(self.unexpected(EXPECTED, &candidates.concat()));
                    }
                },
            };
            self.at += 1;
            return Ok(Predicate::OnA(class));
        }
        if weekday_number(self.word(0)).is_some() {
            let mut error = self.unexpected("expected a day, or 'a' and a kind of day", &[]);
            error.help = Some(format!("say 'on a {}'", self.word(0)));
            return Err(error);
        }
        let start = self.here().start;
        let window = self.window("expected a day, or 'a' and a kind of day")?;
        if window.first != window.last {
            let end = self.tokens[self.at - 1].span.end;
            let mut error = self.error(start..end, "'on' wants one day", "this is more than one day");
            error.help = Some("say 'in' for a longer window".to_string());
            return Err(error);
        }
        Ok(Predicate::On(window))
    }

    fn gap_predicate(&mut self) -> Parsed<Predicate> {
        let start = self.at;
        let gap = self.gap()?;
        let order = match self.word(0) {
            "before" => Order::Before,
            "after" => Order::After,
            _ if self.at > start => {
                return Err(self.unexpected("expected 'before' or 'after'", &["before", "after"]));
            }
            _ => {
                let mut error = self
                    .unexpected("expected what is said of the event, such as 'before', 'in' or 'occurs'", PREDICATES);
                error.help =
                    error.help.or_else(|| Some(format!("a statement may go on with: {}", PREDICATES.join(", "))));
                return Err(error);
            }
        };
        self.at += 1;
        Ok(Predicate::Gap(gap, order, self.anchor()?))
    }
}

/// `1st`, `22nd`, `31st`: how days are often written, but not here.
fn is_ordinal(text: &str) -> bool {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    (1..=2).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && matches!(&text[digits.len()..], "st" | "nd" | "rd" | "th")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Tree, SyntaxError> {
        let horizon = Window { first: "2024-03-20".parse().unwrap(), last: "2024-07-31".parse().unwrap() };
        parse_proposition(text, &HashMap::from([("visit".to_string(), 0), ("tour".to_string(), 1)]), Some(horizon))
    }

    #[test]
    fn and_binds_tighter_than_or_and_not_tightest() {
        let tree = parse("NOT visit occurs and tour occurs or visit in May").unwrap();
        let Tree::Or(parts) = tree else { panic!("{tree:?}") };
        let Tree::And(parts) = &parts[0] else { panic!("{parts:?}") };
        assert!(matches!(parts[0], Tree::Not(_)));
    }

    #[test]
    fn errors_point_at_the_word() {
        for (text, span, part) in [
            ("viist before tour", 0..5, "no event 'viist'"),
            ("visit befor tour", 6..11, "unexpected 'befor'"),
            ("visit before", 12..12, "ends too early"),
            ("visit before tour tour", 18..22, "unexpected 'tour'"),
            ("visit 3..1 days before tour", 6..10, "backwards"),
            ("visit 5 months after tour", 8..14, "no unit"),
            ("visit 5 working weeks after tour", 16..21, "unexpected 'weeks'"),
            ("visit at most 0 working days after tour", 14..15, "leaves nothing"),
            ("visit on a working friday", 11..18, "unexpected 'working'"),
            ("visit on 2024-05-07 +/- 3 working days", 9..38, "calendar days"),
            ("visit on May", 9..12, "one day"),
            ("(visit in May", 13..13, "ends too early"),
            ("visit in 'late May", 9..10, "never closed"),
            ("visit in 2024-02-30", 9..19, "29 days"),
            ("visit.middle in May", 5..12, "no event"),
            ("visit in December", 9..17, "outside the horizon"),
            ("visit by May 31st", 13..17, "no day of the month"),
            ("visit on Monday", 9..15, "unexpected 'monday'"),
            ("", 0..0, "ends too early"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.span, span, "{text}: {error:?}");
            assert!(error.message.contains(part), "{text}: {error:?}");
        }
    }

    #[test]
    fn nesting_is_limited() {
        let nested = |n: usize| format!("{}visit occurs{}", "(".repeat(n), ")".repeat(n));
        assert!(parse(&nested(DEPTH - 1)).is_ok());
        assert!(parse(&nested(DEPTH)).is_err());
        assert!(parse(&nested(10_000)).is_err());
        assert!(parse(&format!("{}visit occurs", "not ".repeat(10_000))).is_err());
        assert!(parse(&format!("{}visit occurs", "if ".repeat(10_000))).is_err());
    }
}
