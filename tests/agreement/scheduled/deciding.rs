//! A random case in; the same with decisions, goals and rules among decisions, and its text, out.

use crate::cases::case::{Anchor, Case, Event, Gap, Length, Point, Predicate, Proposition, Side, Start, Statement};
use crate::cases::draw::Draw;
use crate::cases::spelling::Speller;
use crate::cases::words::{Wanted, words};
use std::collections::BTreeSet;

/// What the user dates.
#[derive(Clone, Debug)]
pub struct Decision {
    /// First and last day of its window.
    pub window: (i32, i32),
    pub length: i32,
    pub optional: bool,
    pub cost: f64,
    pub notice: i32,
    pub watch: Option<Vec<usize>>,
}

#[derive(Clone, Debug)]
pub struct Goal {
    pub says: Proposition,
    pub value: f64,
    pub least: Option<f64>,
}

/// A case with decisions: these stand behind its events, as events without a prior.
pub struct Deciding {
    pub case: Case,
    /// Number of true events.
    pub events: usize,
    pub decisions: Vec<Decision>,
    pub goals: Vec<Goal>,
    pub rules: Vec<Proposition>,
}

const NAMES: [&str; 3] = ["briefing", "launch", "gala"];

/// Adds decisions and goals to a case.
pub fn deciding(case: &Case, count: usize, draw: &mut Draw) -> Deciding {
    let events = case.events.len();
    let mut case = case.clone();
    let longest = if count > 1 { 7 - count as i32 } else { case.days };
    let decisions: Vec<Decision> = (0..count).map(|_| decision(&case, longest, draw)).collect();
    for (name, decision) in NAMES.iter().zip(&decisions) {
        // Only its name and length count.
        let length = Length::Whole(decision.length);
        let start = Start::On(0);
        case.events.push(Event { name: name.to_string(), start, length, visible: true, happened: None });
    }
    let mut rules = Vec::new();
    let own: Vec<usize> = (events..events + count).collect();
    if draw.chance(0.5) {
        let dated: Vec<usize> = (0..events).filter(|event| is_certain(&case, *event)).collect();
        let about = [own.clone(), dated].concat();
        let says = words(&case, Some(&about), true, &Wanted::Anything, draw);
        // Rules without a decision are rules about the world.
        rules.extend(Some(says).filter(|says| says.events().iter().any(|event| *event >= events)));
    }
    let goals = (0..draw.between(1, 3)).map(|_| goal(&case, &own, draw)).collect();
    Deciding { case, events, decisions, goals, rules }
}

/// Whether an event is on a date and its length is known.
fn is_certain(case: &Case, event: usize) -> bool {
    case.is_on_a_date(event) && !matches!(case.events[event].length, Length::Spread(_))
}

fn decision(case: &Case, longest: i32, draw: &mut Draw) -> Decision {
    let first = draw.between(0, (case.days - 1) / 2);
    let last =
        draw.between(first, (first + longest - 1).min(case.days - 1)).max((first + longest - 2).min(case.days - 1));
    let watchable: Vec<usize> = (0..case.events.len()).filter(|event| case.events[*event].visible).collect();
    let watch = draw.chance(0.4).then(|| {
        let mut watch = watchable.clone();
        draw.shuffle(&mut watch);
        watch.truncate(draw.between(0, 2) as usize);
        watch
    });
    Decision {
        window: (first, last),
        length: draw.pick(&[1, 1, 2]),
        optional: draw.chance(0.4),
        cost: draw.pick(&[0.0, 0.0, 0.2, 1.5, -0.1]),
        notice: draw.pick(&[0, 0, 1, 2]),
        watch,
    }
}

fn goal(case: &Case, own: &[usize], draw: &mut Draw) -> Goal {
    let decision = draw.pick(own);
    // Mostly about a decision and an event or two, sometimes about anything.
    let mut about: Vec<usize> = (0..case.events.len() - own.len()).collect();
    draw.shuffle(&mut about);
    about.truncate(draw.between(1, 2) as usize);
    about.push(decision);
    let about = if draw.chance(0.15) { None } else { Some(about) };
    let says = if draw.chance(0.6) {
        tied(decision, own[0], draw)
    } else {
        words(case, about.as_deref(), true, &Wanted::Anything, draw)
    };
    Goal {
        says,
        value: draw.pick(&[1.0, 1.0, 2.5, 0.3, -0.7, 0.0]),
        least: draw.chance(0.15).then(|| draw.pick(&[0.1, 0.3, 0.6, 0.9])),
    }
}

/// One or two statements on how a decision lies to events: what reacting is good for.
fn tied(decision: usize, events: usize, draw: &mut Draw) -> Proposition {
    let mut parts: Vec<Proposition> = (0..draw.between(1, 2))
        .map(|_| {
            let anchor =
                Anchor::Point(Point { event: draw.below(events), side: draw.pick(&[Side::Whole, Side::Start]) });
            let near = draw.between(1, 3);
            let gap = draw.pick(&[Gap::Plain, Gap::AtMost(near), Gap::Between(1, near), Gap::Exactly(near)]);
            let predicate = match draw.below(5) {
                0..3 => Predicate::After(gap, anchor),
                3 => Predicate::Before(gap, anchor),
                _ => Predicate::Within(near, anchor),
            };
            Proposition::Statement(Statement { point: Point { event: decision, side: Side::Whole }, predicate })
        })
        .collect();
    if parts.len() == 1 { parts.remove(0) } else { Proposition::And(parts) }
}

impl Deciding {
    /// What the file says beside the case's own text.
    pub fn text(&self, seed: u64) -> String {
        let mut speller = Speller { case: &self.case, draw: Draw::new(seed), used: BTreeSet::new() };
        let mut text = String::new();
        for (name, one) in NAMES.iter().zip(&self.decisions) {
            let (from, to) = (self.case.date(one.window.0), self.case.date(one.window.1));
            text += &format!("\n[decision.{name}]\nwindow = \"{from}..{to}\"\nduration = {}\n", one.length);
            text += &format!("optional = {}\ncost = {}\nnotice = {}\n", one.optional, one.cost, one.notice);
            if let Some(watch) = &one.watch {
                let names: Vec<String> =
                    watch.iter().map(|event| format!("{:?}", self.case.events[*event].name)).collect();
                text += &format!("watch = [{}]\n", names.join(", "));
            }
        }
        for (index, goal) in self.goals.iter().enumerate() {
            let says = speller.proposition(&goal.says);
            text += &format!("\n[[goal]]\nid = \"goal {index}\"\nsays = {says:?}\nvalue = {}\n", goal.value);
            text += &goal.least.map_or(String::new(), |least| format!("min_probability = {least}\n"));
        }
        for (index, rule) in self.rules.iter().enumerate() {
            let says = speller.proposition(rule);
            text += &format!("\n[[rule]]\nid = \"plan rule {index}\"\nsays = {says:?}\n");
        }
        text
    }

    pub fn name(&self, decision: usize) -> &'static str {
        NAMES[decision]
    }
}
