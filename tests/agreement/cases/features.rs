//! A case in, the names of what it uses of the format out: so that a test can see that nothing is left out.

use crate::cases::case::{
    Anchor, Case, Count, DayClass, Delay, Event, Gap, Hedge, Length, Outcome, Predicate, Proposition, Side, Slip,
    Spread, Start, Statement, Strength,
};
use crate::cases::spelling::relation_words;
use crate::cases::window::{Form, Period};
use std::collections::BTreeSet;

/// Names of parts of the format.
pub type Features = BTreeSet<&'static str>;

/// What a case uses.
pub fn of(case: &Case) -> Features {
    let mut found = Features::new();
    let mut add = |name, is_used| {
        if is_used {
            found.insert(name);
        }
    };
    add("as-of date in the file", case.as_of.is_some());
    add("--as-of", case.changes.as_of.is_some());
    add("--assume", !case.changes.assume.is_empty());
    add("--ask", !case.changes.ask.is_empty());
    add("--without", !case.changes.without.is_empty());
    add("grade of one's own", !case.grades.is_empty());
    add("holidays", !case.holidays.is_empty());
    add("workweek", case.workweek.is_some());
    let observations = &case.observations;
    add("dated observation", observations.iter().any(|o| o.date.is_some()));
    add("undated observation", observations.iter().any(|o| o.date.is_none()));
    case.events.iter().for_each(|one| event(one, &mut found));
    sources_and_reports(case, &mut found);
    for says in case.propositions() {
        proposition(says, &mut found);
    }
    rules(case, &mut found);
    found
}

fn event(event: &Event, found: &mut Features) {
    let (occurs, kind) = match &event.start {
        Start::On(_) => (&None, "on"),
        Start::Prior { spread, window, weekdays, occurs } => {
            found.extend(window.as_ref().map(|_| "window of an event"));
            found.extend(weekdays.map(|_| "weekdays"));
            found.insert(spread.as_ref().map_or("no prior", |spread| prior_shape(spread)));
            (occurs, "prior")
        }
        Start::After { predecessors, delay, occurs } => {
            found.insert(match delay {
                Delay::Default => "default delay",
                Delay::Whole(_) => "whole delay",
                Delay::Spread(_) => "delay in doubt",
            });
            (occurs, if predecessors.len() > 1 { "after several" } else { "after one" })
        }
    };
    found.insert(kind);
    match occurs {
        Some(p) if *p == 0.0 => found.insert("occurs 0"),
        Some(p) if *p < 1e-5 => found.insert("occurs hardly"),
        Some(_) => found.insert("occurs"),
        None => false,
    };
    match &event.length {
        Length::Default => found.insert("default duration"),
        Length::Whole(_) => found.insert("whole duration"),
        Length::WorkingDays(_) => found.insert(match kind {
            "on" => "on with a duration in working days",
            "prior" => "duration in working days",
            _ => "after with a duration in working days",
        }),
        Length::Spread(_) => {
            found.insert(if kind == "on" { "on with a duration in doubt" } else { "duration in doubt" })
        }
    };
    match event.happened {
        Some(Outcome::Started(_)) => found.insert("happened"),
        Some(Outcome::DidNotOccur) => found.insert("happened = false"),
        None => false,
    };
    if !event.visible {
        found.insert("not visible");
    }
}

fn prior_shape(spread: &Spread) -> &'static str {
    match spread {
        Spread::Uniform { .. } => "uniform prior",
        Spread::Triangular { .. } => "triangular prior",
        Spread::Pert { .. } => "pert prior",
        Spread::Normal { .. } => "normal prior",
        Spread::Exponential { .. } => "exponential prior",
        Spread::LogNormal { .. } => "lognormal prior",
        Spread::WindowWeights(_) | Spread::DayWeights(_) => "weights as prior",
    }
}

fn sources_and_reports(case: &Case, found: &mut Features) {
    for source in &case.sources {
        found.extend(source.hedge.as_ref().map(|_| "hedge of a source"));
        found.extend(source.slip.map(|_| "slip of a source"));
    }
    for report in &case.reports {
        found.insert(if report.date.is_some() { "dated report" } else { "undated report" });
        found.insert(match &report.strength {
            None => "strength of the source",
            Some(Strength::Grade(_)) => "grade",
            Some(Strength::LikelihoodRatio(ratio)) if *ratio == 0.0 => "likelihood ratio 0",
            Some(Strength::LikelihoodRatio(_)) => "likelihood ratio",
            Some(Strength::Credibility(c)) if *c == 1.0 => "credibility 1",
            Some(Strength::Credibility(c)) if *c == 0.0 => "credibility 0",
            Some(Strength::Credibility(_)) => "credibility",
        });
        found.extend(report.hedge.as_ref().map(|hedge| match hedge {
            Hedge::Number(hedge) if *hedge == 0.0 => "hedge 0",
            Hedge::Number(_) => "hedge by number",
            Hedge::Term(_) => "hedge by term",
        }));
        found.extend(report.slip.map(|slip| match slip {
            Slip::Linear { early, late } if early == late => "even slip",
            Slip::Linear { .. } => "uneven slip",
            Slip::Tailed { .. } => "slip with tails",
        }));
        found.extend(report.echoes.map(|_| "echoes"));
        if report.independent {
            found.insert("independent");
        }
    }
}

fn rules(case: &Case, found: &mut Features) {
    for rule in &case.rules {
        let events = rule.says.events();
        let doubt: Vec<&usize> = events.iter().filter(|event| !case.is_on_a_date(**event)).collect();
        let narrows = doubt.len() == 1 && !rule.says.says_occurs();
        let in_doubt = |event: &usize| matches!(case.events[*event].length, Length::Spread(_));
        let others_length = events.iter().any(|e| case.is_on_a_date(*e) && in_doubt(e));
        found.insert(match (narrows, doubt.first()) {
            (true, Some(event)) if matches!(case.events[**event].start, Start::After { .. }) => {
                "rule about one event that comes after others"
            }
            (true, _) if others_length => "narrowing rule beside a length in doubt",
            (true, Some(event)) if in_doubt(event) => "narrowing rule about a length in doubt",
            (true, Some(event)) if matches!(case.events[**event].length, Length::WorkingDays(_)) => {
                "narrowing rule about a length in working days"
            }
            (true, _) => "narrowing rule",
            (false, _) => "conditioning rule",
        });
    }
}

fn proposition(says: &Proposition, found: &mut Features) {
    let parts: Vec<&Proposition> = match says {
        Proposition::Statement(one) => {
            statement(one, found);
            Vec::new()
        }
        Proposition::Not(inner) => {
            found.insert("not");
            vec![inner]
        }
        Proposition::If(condition, then) => {
            found.insert("if");
            vec![condition, then]
        }
        Proposition::And(parts) => {
            found.insert("and");
            parts.iter().collect()
        }
        Proposition::Or(parts) => {
            found.insert("or");
            parts.iter().collect()
        }
    };
    parts.into_iter().for_each(|part| proposition(part, found));
}

fn statement(statement: &Statement, found: &mut Features) {
    for point in statement.points() {
        found.insert(match point.side {
            Side::Whole => "whole event",
            Side::Start => ".start",
            Side::End => ".end",
        });
    }
    found.extend(statement.window().map(|window| form(&window.form)));
    let gap = |gap: &Gap| match gap {
        Gap::Plain => "plain gap",
        Gap::Exactly(_) => "exact gap",
        Gap::Between(..) => "gap from to",
        Gap::AtLeast(_) => "gap of at least",
        Gap::AtMost(_) => "gap of at most",
        Gap::Working(Count::Exactly(_)) => "exact gap in working days",
        Gap::Working(Count::Between(..)) => "gap from to in working days",
        Gap::Working(Count::AtLeast(_)) => "gap of at least working days",
        Gap::Working(Count::AtMost(_)) => "gap of at most working days",
    };
    let anchored = |anchor: &Anchor, point, window| match anchor {
        Anchor::Point(_) => point,
        Anchor::Window(_) => window,
    };
    let name = match &statement.predicate {
        Predicate::Occurs => "says occurs",
        Predicate::In(_) => "in",
        Predicate::On(_) => "on a date",
        Predicate::OnA(DayClass::Weekday) => "on a weekday",
        Predicate::OnA(DayClass::Weekend) => "on a weekend",
        Predicate::OnA(DayClass::Holiday) => "on a holiday",
        Predicate::OnA(DayClass::WorkingDay) => "on a working day",
        Predicate::OnA(DayClass::Named(_)) => "on a named day",
        Predicate::By(_) => "by a date",
        Predicate::NoEarlierThan(_) => "no earlier than",
        Predicate::Before(length, anchor) => {
            found.insert(gap(length));
            anchored(anchor, "before an event", "before a window")
        }
        Predicate::After(length, anchor) => {
            found.insert(gap(length));
            anchored(anchor, "after an event", "after a window")
        }
        Predicate::Within(_, anchor) => anchored(anchor, "within of an event", "within of a window"),
        Predicate::WithinWorkingDays(_, anchor) => {
            anchored(anchor, "within working days of an event", "within working days of a window")
        }
        Predicate::Related(relation, _) => relation_words(*relation),
    };
    found.insert(name);
}

fn form(form: &Form) -> &'static str {
    match form {
        Form::Day(_) => "a day",
        Form::Range(Some(_), Some(_)) => "a range",
        Form::Range(None, _) => "a range open before",
        Form::Range(_, None) => "a range open behind",
        Form::Period(Period::Month(..)) => "a month",
        Form::Period(Period::Quarter(..)) => "a quarter",
        Form::Period(Period::Year(_)) => "a year",
        Form::IsoWeek(_) => "an ISO week",
        Form::WeekOf(_) => "a week of a day",
        Form::Third(_, Period::Month(..)) => "a third of a month",
        Form::Third(..) => "a third of a quarter or year",
        Form::Half(_, Period::Month(..)) => "half a month",
        Form::Half(..) => "half a year",
        Form::Around(_) => "around a window",
        Form::Margin(..) => "a day with a margin",
    }
}
