//! Cases in; the same cases in other words, another order, at another time, or without something, out.

use crate::cases::case::{Anchor, Case, Point, Predicate, Proposition, Report, Spread, Start, Statement, date_of};
use crate::cases::draw::Draw;
use crate::cases::window::{Form, Window};
use chrono::NaiveDate;

/// The same expression so many days later; `None` where months make that something else.
fn later(form: &Form, days: i32) -> Option<Form> {
    let shift = |day: &NaiveDate| date_of(*day, days);
    Some(match form {
        Form::Day(day) => Form::Day(shift(day)),
        Form::Range(first, last) => Form::Range(first.as_ref().map(shift), last.as_ref().map(shift)),
        Form::IsoWeek(day) => Form::IsoWeek(shift(day)),
        Form::WeekOf(day) => Form::WeekOf(shift(day)),
        Form::Margin(day, margin) => Form::Margin(shift(day), *margin),
        Form::Around(inner) => Form::Around(Box::new(later(inner, days)?)),
        Form::Period(_) | Form::Third(..) | Form::Half(..) => return None,
    })
}

/// The same case without what bears that id.
pub fn without(case: &Case, id: String) -> Case {
    let mut changed = case.clone();
    if !changed.changes.without.contains(&id) {
        changed.changes.without.push(id);
    }
    changed
}

/// The same case with plain ranges in place of months, quarters and years, which do not come later by whole weeks.
pub fn without_months(case: &Case) -> Case {
    with_windows(case, &|window| match later(&window.form, 0) {
        Some(_) => window.clone(),
        None => {
            let (first, last) = window.form.span();
            Window::new(Form::Range(first, last), case.origin)
        }
    })
}

/// The same case with all windows changed.
fn with_windows(case: &Case, change: &dyn Fn(&Window) -> Window) -> Case {
    let mut changed = case.clone();
    for event in &mut changed.events {
        if let Start::Prior { spread, window, .. } = &mut event.start {
            if let Some(window) = window {
                *window = change(window);
            }
            if let Some(Spread::WindowWeights(rows)) = spread {
                rows.iter_mut().for_each(|(window, _)| *window = change(window));
            }
        }
    }
    change_statements(&mut changed, &|statement| {
        if let Predicate::In(window)
        | Predicate::On(window)
        | Predicate::By(window)
        | Predicate::NoEarlierThan(window)
        | Predicate::Before(_, Anchor::Window(window))
        | Predicate::After(_, Anchor::Window(window))
        | Predicate::Within(_, Anchor::Window(window))
        | Predicate::WithinWorkingDays(_, Anchor::Window(window)) = &mut statement.predicate
        {
            *window = change(window);
        }
    });
    changed
}

/// The same case, every date so many weeks later. It must be one without months.
pub fn shifted(case: &Case, weeks: i32) -> Case {
    let origin = date_of(case.origin, 7 * weeks);
    let mut shifted = with_windows(case, &|window| {
        let form = later(&window.form, 7 * weeks).expect("no months are left");
        Window::new(form, origin)
    });
    shifted.origin = origin;
    shifted
}

/// Another order of events, rules, reports, observations and queries.
pub fn reordered(case: &Case, seed: u64) -> Case {
    let mut draw = Draw::new(seed);
    let mut changed = case.clone();
    draw.shuffle(&mut changed.rules);
    draw.shuffle(&mut changed.observations);
    draw.shuffle(&mut changed.queries);
    let mut order: Vec<usize> = (0..case.reports.len()).collect();
    draw.shuffle(&mut order);
    changed.reports = order.iter().map(|index| case.reports[*index].clone()).collect();
    for report in &mut changed.reports {
        report.echoes = report.echoes.map(|old| place(&order, old));
    }
    let mut events: Vec<usize> = (0..case.events.len()).collect();
    draw.shuffle(&mut events);
    changed.events = events.iter().map(|index| case.events[*index].clone()).collect();
    rename_events(&mut changed, &|old| place(&events, old));
    changed
}

/// Puts other indices in place of all that refer to an event.
fn rename_events(case: &mut Case, renamed: &dyn Fn(usize) -> usize) {
    for event in &mut case.events {
        if let Start::After { predecessors, .. } = &mut event.start {
            predecessors.iter_mut().for_each(|index| *index = renamed(*index));
        }
    }
    change_statements(case, &|statement| {
        let rename = |point: &mut Point| point.event = renamed(point.event);
        rename(&mut statement.point);
        if let Predicate::Before(_, Anchor::Point(other))
        | Predicate::After(_, Anchor::Point(other))
        | Predicate::Within(_, Anchor::Point(other))
        | Predicate::WithinWorkingDays(_, Anchor::Point(other))
        | Predicate::Related(_, other) = &mut statement.predicate
        {
            rename(other);
        }
    });
}

/// Changes every statement of every proposition.
fn change_statements(case: &mut Case, change: &dyn Fn(&mut Statement)) {
    let rules = case.rules.iter_mut().map(|rule| &mut rule.says);
    let observations = case.observations.iter_mut().map(|o| &mut o.says);
    let reports = case.reports.iter_mut().map(|report| &mut report.says);
    let queries = case.queries.iter_mut().map(|query| &mut query.ask);
    let asked = case.changes.assume.iter_mut().chain(&mut case.changes.ask);
    for says in rules.chain(observations).chain(reports).chain(queries).chain(asked) {
        change_statements_in(says, change);
    }
}

fn change_statements_in(says: &mut Proposition, change: &dyn Fn(&mut Statement)) {
    match says {
        Proposition::Statement(statement) => change(statement),
        Proposition::Not(inner) => change_statements_in(inner, change),
        Proposition::And(parts) | Proposition::Or(parts) => {
            parts.iter_mut().for_each(|part| change_statements_in(part, change));
        }
        Proposition::If(one, two) => {
            change_statements_in(one, change);
            change_statements_in(two, change);
        }
    }
}

fn place(order: &[usize], old: usize) -> usize {
    order.iter().position(|index| *index == old).expect("a place for every one")
}

/// Whether two copies of one report bear the same date, so that the file's order must choose.
pub fn copies_of_one_day(case: &Case) -> bool {
    let copies: Vec<&Report> = case.reports.iter().filter(|r| r.echoes.is_some()).collect();
    copies
        .iter()
        .enumerate()
        .any(|(index, one)| copies[..index].iter().any(|other| one.echoes == other.echoes && one.date == other.date))
}
