//! A case's events and calendar in, random windows and propositions about them out.

use crate::cases::case::{
    Anchor, Case, Count, DayClass, Gap, Point, Predicate, Proposition, Relation, Side, Statement,
};
use crate::cases::draw::Draw;
use crate::cases::window::{Form, Period, Window};
use crate::enumeration::truth::{World, holds, keeps};
use chrono::{Datelike, NaiveDate};

/// What a proposition should be like.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    Anything,
    /// True in this world, if one is found.
    True(World),
    /// Kept as a rule in this world.
    Kept(World),
    /// True in the first of these worlds, false in the second.
    Doubtful(World, World),
}

pub const RELATIONS: [Relation; 7] = [
    Relation::During,
    Relation::Contains,
    Relation::Overlaps,
    Relation::Meets,
    Relation::StartsWith,
    Relation::EndsWith,
    Relation::CoincidesWith,
];

/// A proposition about the events `about` (all, where `None`); it says that one occurs only where it may.
pub fn words(case: &Case, about: Option<&[usize]>, occurs: bool, wanted: &Wanted, draw: &mut Draw) -> Proposition {
    let all: Vec<usize> = (0..case.events.len()).collect();
    let events = about.unwrap_or(&all);
    let mut author = Author { case, events, occurs, draw };
    let mut found = author.proposition_of_any_depth();
    for _ in 0..12 {
        let fits = match wanted {
            Wanted::Anything => true,
            Wanted::True(world) => holds(case, &found, world),
            Wanted::Kept(world) => keeps(case, &found, world),
            Wanted::Doubtful(world, other) => holds(case, &found, world) && !holds(case, &found, other),
        };
        if fits {
            break;
        }
        found = author.proposition_of_any_depth();
    }
    found
}

/// That an event's first or last day stands in this way to a date.
pub fn start_words(case: &Case, event: usize, start: i32, predicate: fn(Window) -> Predicate) -> Proposition {
    let window = Window::new(Form::Day(case.date(start)), case.origin);
    let point = Point { event, side: Side::Start };
    Proposition::Statement(Statement { point, predicate: predicate(window) })
}

struct Author<'a> {
    case: &'a Case,
    events: &'a [usize],
    occurs: bool,
    draw: &'a mut Draw,
}

impl Author<'_> {
    fn proposition_of_any_depth(&mut self) -> Proposition {
        let depth = self.draw.pick(&[0, 0, 0, 1, 1, 2, 3]);
        self.proposition(depth)
    }

    fn proposition(&mut self, depth: i32) -> Proposition {
        if depth == 0 {
            return Proposition::Statement(self.statement());
        }
        let parts = |author: &mut Self| {
            let count = author.draw.between(2, 3);
            (0..count).map(|_| author.proposition(depth - 1)).collect()
        };
        match self.draw.weigh(&[2.0, 2.0, 2.5, 2.5, 1.5]) {
            0 => Proposition::Statement(self.statement()),
            1 => Proposition::Not(Box::new(self.proposition(depth - 1))),
            2 => Proposition::And(parts(self)),
            3 => Proposition::Or(parts(self)),
            _ => Proposition::If(Box::new(self.proposition(depth - 1)), Box::new(self.proposition(depth - 1))),
        }
    }

    fn point(&mut self, other_than: Option<usize>) -> Point {
        let others: Vec<usize> = self.events.iter().copied().filter(|event| Some(*event) != other_than).collect();
        let event = if others.is_empty() || self.draw.chance(0.05) {
            self.draw.pick(self.events)
        } else {
            self.draw.pick(&others)
        };
        Point { event, side: [Side::Whole, Side::Start, Side::End][self.draw.weigh(&[7.0, 1.0, 1.0])] }
    }

    fn anchor(&mut self, point: Point) -> Anchor {
        let many = self.events.len() > 1;
        if self.draw.chance(if many { 0.65 } else { 0.1 }) {
            Anchor::Point(self.point(Some(point.event)))
        } else {
            Anchor::Window(self.window(false))
        }
    }

    fn window(&mut self, one_day: bool) -> Window {
        window(self.case, one_day, self.draw)
    }

    fn statement(&mut self) -> Statement {
        let point = self.point(None);
        let many = self.events.len() > 1;
        let order = if many { 3.0 } else { 1.0 };
        let occurs = if self.occurs { 1.0 } else { 0.0 };
        let related = if many { 3.0 } else { 0.3 };
        let weights = [occurs, 2.5, 1.2, 1.3, 1.8, 1.2, order, order, 1.5, related];
        let predicate = match self.draw.weigh(&weights) {
            0 => Predicate::Occurs,
            1 => Predicate::In(self.window(false)),
            2 => Predicate::On(self.window(true)),
            3 => Predicate::OnA(self.class()),
            4 => Predicate::By(self.window(false)),
            5 => Predicate::NoEarlierThan(self.window(false)),
            6 => Predicate::Before(self.gap(), self.anchor(point)),
            7 => Predicate::After(self.gap(), self.anchor(point)),
            8 if self.draw.chance(0.35) => Predicate::WithinWorkingDays(self.draw.between(0, 6), self.anchor(point)),
            8 => Predicate::Within(self.days(0), self.anchor(point)),
            _ => Predicate::Related(self.draw.pick(&RELATIONS), self.point(Some(point.event))),
        };
        Statement { point, predicate }
    }

    fn class(&mut self) -> DayClass {
        match self.draw.below(7) {
            5 | 6 => DayClass::WorkingDay,
            0 => DayClass::Weekday,
            1 => DayClass::Weekend,
            2 => DayClass::Holiday,
            _ => DayClass::Named(self.draw.between(0, 6) as u32),
        }
    }

    fn days(&mut self, least: i32) -> i32 {
        if self.draw.chance(0.15) {
            return 7 * self.draw.between(1, 2);
        }
        self.draw.between(least, self.case.days.min(8))
    }

    fn gap(&mut self) -> Gap {
        match self.draw.weigh(&[4.0, 1.0, 2.0, 1.5, 1.5, 3.0]) {
            5 => Gap::Working(self.working_days()),
            0 => Gap::Plain,
            1 => Gap::Exactly(self.days(0)),
            2 => {
                let (one, two) = (self.days(0), self.days(0));
                Gap::Between(one.min(two), one.max(two))
            }
            3 => Gap::AtLeast(self.days(0)),
            _ => Gap::AtMost(self.days(1)),
        }
    }

    fn working_days(&mut self) -> Count {
        let most = if self.draw.chance(0.1) { 12 } else { 5 };
        let (one, two) = (self.draw.between(0, most), self.draw.between(0, most));
        match self.draw.below(4) {
            0 => Count::Exactly(one),
            1 => Count::Between(one.min(two), one.max(two)),
            2 => Count::AtLeast(one),
            _ => Count::AtMost(one.max(1)),
        }
    }
}

/// A date expression that shares a day with the horizon, mostly.
pub fn window(case: &Case, one_day: bool, draw: &mut Draw) -> Window {
    let form = if one_day { day_form(case, draw) } else { form(case, draw, false) };
    Window::new(form, case.origin)
}

fn near_day(case: &Case, draw: &mut Draw) -> NaiveDate {
    let beyond = if draw.chance(0.3) { 3 } else { 0 };
    case.date(draw.between(-beyond, case.days - 1 + beyond))
}

fn day_form(case: &Case, draw: &mut Draw) -> Form {
    let day = near_day(case, draw);
    if draw.chance(0.06) { Form::Range(Some(day), Some(day)) } else { Form::Day(day) }
}

fn form(case: &Case, draw: &mut Draw, is_inner: bool) -> Form {
    let day = near_day(case, draw);
    let other = near_day(case, draw);
    let month = Period::Month(day.year(), day.month());
    let quarter = Period::Quarter(day.year(), day.month0() / 3 + 1);
    let year = Period::Year(day.year());
    let inner = if is_inner { 0.0 } else { 2.0 };
    match draw.weigh(&[4.0, 5.0, 2.0, 2.0, 3.5, 1.5, 1.5, 3.0, 2.0, inner, inner]) {
        0 => Form::Day(day),
        1 => Form::Range(Some(day.min(other)), Some(day.max(other))),
        2 => Form::Range(Some(day), None),
        3 => Form::Range(None, Some(day)),
        4 => Form::Period([month, quarter, year][draw.weigh(&[5.0, 2.0, 1.0])]),
        5 => Form::IsoWeek(day),
        6 => Form::WeekOf(day),
        7 => {
            let period = [month, quarter, year][draw.weigh(&[5.0, 2.0, 1.0])];
            Form::Third(draw.between(0, 2) as u32, period)
        }
        8 => Form::Half(draw.between(0, 1) as u32, draw.pick(&[month, month, year])),
        9 => Form::Around(Box::new(form(case, draw, true))),
        _ => Form::Margin(day, if draw.chance(0.2) { 7 } else { draw.between(0, 4) }),
    }
}
