//! Propositions and windows in, words for them out: every spelling that the language allows, by turns.

use crate::cases::case::{
    Anchor, Case, Count, DayClass, Gap, Point, Predicate, Proposition, Relation, Side, Statement,
};
use crate::cases::draw::Draw;
use crate::cases::window::{Form, Period, Window};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeSet;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Writes words, and keeps count of the spellings that it used.
pub struct Speller<'c> {
    pub case: &'c Case,
    pub draw: Draw,
    pub used: BTreeSet<&'static str>,
}

impl Speller<'_> {
    fn note<T>(&mut self, spelling: &'static str, text: T) -> T {
        self.used.insert(spelling);
        text
    }

    /// A whole proposition.
    pub fn proposition(&mut self, proposition: &Proposition) -> String {
        let text = self.loosest(proposition);
        match self.draw.below(24) {
            0 => self.note("upper case", text.to_uppercase()),
            1 => self.note("more spaces", text.replace(' ', "  ")),
            _ => text,
        }
    }

    fn in_parentheses(&mut self, proposition: &Proposition) -> String {
        let inner = self.loosest(proposition);
        let padding = self.draw.pick(&["", "", " "]);
        self.note("parentheses", format!("({padding}{inner}{padding})"))
    }

    fn loosest(&mut self, proposition: &Proposition) -> String {
        if self.draw.chance(0.05) {
            return self.in_parentheses(proposition);
        }
        match proposition {
            Proposition::If(condition, then) => {
                format!("if {} then {}", self.loosest(condition), self.loosest(then))
            }
            Proposition::Or(parts) => self.list(parts, " or ", Speller::conjunction),
            _ => self.conjunction(proposition),
        }
    }

    fn conjunction(&mut self, proposition: &Proposition) -> String {
        match proposition {
            Proposition::And(parts) => self.list(parts, " and ", Speller::negation),
            _ => self.negation(proposition),
        }
    }

    fn list(&mut self, parts: &[Proposition], between: &str, part: fn(&mut Self, &Proposition) -> String) -> String {
        parts.iter().map(|one| part(self, one)).collect::<Vec<_>>().join(between)
    }

    fn negation(&mut self, proposition: &Proposition) -> String {
        match proposition {
            Proposition::Not(inner) => format!("not {}", self.negation(inner)),
            Proposition::Statement(statement) if !self.draw.chance(0.05) => self.statement(statement),
            other => self.in_parentheses(other),
        }
    }

    fn point(&self, point: Point) -> String {
        let name = &self.case.events[point.event].name;
        match point.side {
            Side::Whole => name.clone(),
            Side::Start => format!("{name}.start"),
            Side::End => format!("{name}.end"),
        }
    }

    fn statement(&mut self, statement: &Statement) -> String {
        let predicate = match &statement.predicate {
            Predicate::Occurs => "occurs".to_string(),
            Predicate::In(window) => format!("in {}", self.window(window)),
            Predicate::On(window) => format!("on {}", self.window(window)),
            Predicate::OnA(class) => format!("on {}", self.class(*class)),
            Predicate::By(window) => {
                let word = self.draw.pick(&["by", "no later than"]);
                self.used.insert(word);
                format!("{word} {}", self.window(window))
            }
            Predicate::NoEarlierThan(window) => format!("no earlier than {}", self.window(window)),
            Predicate::Before(gap, anchor) => {
                format!("{}before {}", self.gap(*gap), self.anchor(anchor))
            }
            Predicate::After(gap, anchor) => {
                format!("{}after {}", self.gap(*gap), self.anchor(anchor))
            }
            Predicate::Within(days, anchor) => {
                format!("within {} of {}", self.count(*days), self.anchor(anchor))
            }
            Predicate::WithinWorkingDays(count, anchor) => {
                format!("within {} of {}", self.working_days(*count), self.anchor(anchor))
            }
            Predicate::Related(relation, other) => {
                format!("{} {}", relation_words(*relation), self.point(*other))
            }
        };
        format!("{} {predicate}", self.point(statement.point))
    }

    fn class(&mut self, class: DayClass) -> String {
        let word = match class {
            DayClass::Weekday => "weekday",
            DayClass::Weekend => "weekend",
            DayClass::Holiday => "holiday",
            DayClass::WorkingDay => "working day",
            DayClass::Named(number) => WEEKDAYS[number as usize],
        };
        format!("{} {word}", self.draw.pick(&["a", "a", "an"]))
    }

    fn anchor(&mut self, anchor: &Anchor) -> String {
        match anchor {
            Anchor::Point(point) => self.point(*point),
            Anchor::Window(window) => self.window(window),
        }
    }

    /// `3 days`, or in weeks where that comes out even.
    fn count(&mut self, days: i32) -> String {
        if days % 7 == 0 && self.draw.chance(0.7) {
            let unit = self.draw.pick(&["week", "weeks"]);
            return self.note("weeks", format!("{} {unit}", days / 7));
        }
        format!("{days} {}", self.draw.pick(&["day", "days", "days"]))
    }

    fn working_days(&mut self, count: i32) -> String {
        format!("{count} working {}", self.draw.pick(&["day", "days", "days"]))
    }

    /// With a space at its end, or nothing.
    fn gap(&mut self, gap: Gap) -> String {
        match gap {
            Gap::Plain => String::new(),
            Gap::Exactly(days) => format!("{} ", self.count(days)),
            Gap::AtLeast(days) => format!("at least {} ", self.count(days)),
            Gap::AtMost(days) => {
                let word = self.draw.pick(&["at most", "within"]);
                let spelling = if word == "within" { "gap within" } else { "gap at most" };
                let count = self.count(days);
                self.note(spelling, format!("{word} {count} "))
            }
            Gap::Working(Count::Exactly(count)) => format!("{} ", self.working_days(count)),
            Gap::Working(Count::AtLeast(count)) => format!("at least {} ", self.working_days(count)),
            Gap::Working(Count::AtMost(count)) => {
                format!("{} {} ", self.draw.pick(&["at most", "within"]), self.working_days(count))
            }
            Gap::Working(Count::Between(least, most)) => {
                let between = self.draw.pick(&["..", " .. ", " ..", ".. ", " to "]);
                format!("{least}{between}{} ", self.working_days(most))
            }
            Gap::Between(least, most) => {
                let weeks = least % 7 == 0 && most % 7 == 0 && self.draw.chance(0.7);
                let (divisor, unit) = if weeks { (7, "weeks") } else { (1, "days") };
                let between = self.draw.pick(&["..", " .. ", " ..", ".. ", " to "]);
                let spelling = if between == " to " { "gap with to" } else { "gap with dots" };
                self.note(spelling, format!("{}{between}{} {unit} ", least / divisor, most / divisor))
            }
        }
    }

    /// A date expression within a proposition, bare or in quotes.
    pub fn window(&mut self, window: &Window) -> String {
        let text = self.expression(window);
        match self.draw.below(8) {
            0 => self.note("single quotes", format!("'{text}'")),
            1 => self.note("double quotes", format!("\"{text}\"")),
            _ => text,
        }
    }

    /// A date expression.
    pub fn expression(&mut self, window: &Window) -> String {
        let yearless = window.form.needs_no_year(self.case.origin, self.case.days);
        let yearless = yearless && self.draw.chance(0.6);
        let text = self.form(&window.form, yearless);
        let is_bare_range = matches!(window.form, Form::Range(..));
        match self.draw.below(24) {
            0 if !is_bare_range => self.note("with 'the'", format!("the {text}")),
            1 => self.note("lower-case date", text.to_lowercase()),
            2 => self.note("upper-case date", text.to_uppercase()),
            _ => text,
        }
    }

    fn form(&mut self, form: &Form, yearless: bool) -> String {
        match form {
            Form::Day(day) => self.day(*day, yearless),
            Form::Range(first, last) => {
                let side = |day: &Option<NaiveDate>| day.map_or(String::new(), |day| day.to_string());
                let dots = self.draw.pick(&["..", "..", " .. ", " ..", ".. "]);
                self.used.insert("range");
                format!("{}{dots}{}", side(first), side(last)).trim().to_string()
            }
            Form::Period(period) => self.period(*period, yearless),
            Form::IsoWeek(day) => {
                let week = day.iso_week();
                self.note("ISO week", format!("{}-W{:02}", week.year(), week.week()))
            }
            Form::WeekOf(day) => {
                let day = self.day(*day, yearless);
                self.note("week of", format!("week of {day}"))
            }
            Form::Third(number, period) => {
                let words: &[&str] = match number {
                    0 => &["early ", "early-", "start of ", "beginning of "],
                    1 => &["mid ", "mid-"],
                    _ => &["late ", "late-", "end of "],
                };
                let word = self.draw.pick(words);
                self.used.insert(word);
                format!("{word}{}", self.period(*period, yearless))
            }
            Form::Half(number, period) => {
                let words: &[&str] = if *number == 0 { &["first"] } else { &["second", "latter"] };
                let word = self.draw.pick(words);
                self.used.insert(word);
                format!("{word} half of {}", self.period(*period, yearless))
            }
            Form::Around(inner) => {
                let inner = self.form(inner, yearless);
                self.note("around", format!("around {inner}"))
            }
            Form::Margin(day, margin) => {
                let day = self.day(*day, yearless);
                let margin = self.count(*margin);
                self.note("margin", format!("{day} +/- {margin}"))
            }
        }
    }

    fn month(&mut self, month: u32) -> String {
        let name = MONTHS[month as usize - 1];
        match self.draw.below(4) {
            0 => name.to_lowercase(),
            1 if month == 9 => self.note("Sept", "Sept".to_string()),
            1 | 2 => self.note("abbreviated month", name[..3].to_string()),
            _ => name.to_string(),
        }
    }

    fn day(&mut self, day: NaiveDate, yearless: bool) -> String {
        let (year, number) = (day.year(), day.day());
        let month = self.month(day.month());
        if yearless && self.draw.chance(0.7) {
            return match self.draw.below(2) {
                0 => self.note("month day", format!("{month} {number}")),
                _ => self.note("day month", format!("{number} {month}")),
            };
        }
        match self.draw.below(8) {
            0 => self.note("month day year", format!("{month} {number} {year}")),
            1 => self.note("month day, year", format!("{month} {number}, {year}")),
            2 => self.note("day month year", format!("{number} {month} {year}")),
            _ => self.note("ISO day", day.to_string()),
        }
    }

    fn period(&mut self, period: Period, yearless: bool) -> String {
        let yearless = yearless && self.draw.chance(0.7);
        let iso = self.draw.chance(0.4);
        let letter = self.draw.pick(&["Q", "q"]);
        match period {
            Period::Year(year) => self.note("year", year.to_string()),
            Period::Month(_, month) if yearless => {
                let month = self.month(month);
                self.note("month", month)
            }
            Period::Month(year, month) if iso => self.note("ISO month", format!("{year}-{month:02}")),
            Period::Month(year, month) => {
                let month = self.month(month);
                self.note("month year", format!("{month} {year}"))
            }
            Period::Quarter(_, quarter) if yearless => self.note("quarter", format!("{letter}{quarter}")),
            Period::Quarter(year, quarter) if iso => self.note("year-quarter", format!("{year}-{letter}{quarter}")),
            Period::Quarter(year, quarter) => self.note("quarter year", format!("{letter}{quarter} {year}")),
        }
    }
}

/// How a relation is written.
pub fn relation_words(relation: Relation) -> &'static str {
    match relation {
        Relation::During => "during",
        Relation::Contains => "contains",
        Relation::Overlaps => "overlaps",
        Relation::Meets => "meets",
        Relation::StartsWith => "starts with",
        Relation::EndsWith => "ends with",
        Relation::CoincidesWith => "coincides with",
    }
}
