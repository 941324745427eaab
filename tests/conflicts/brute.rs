//! Chance in, small scenarios that leave no world out, with their conflicts and repairs by trying all subsets of members.

use dateline::{Answer, Options, Scenario, forecast};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::collections::HashMap;

/// A day of May 2024, which begins on a Wednesday; the horizon has its first twelve.
const DAYS: i32 = 12;

/// Sets of members by name.
type Sets = Vec<Vec<String>>;

/// A scenario as the lines that each member stands for.
pub struct Case {
    as_of: Option<i32>,
    /// For each event what is not to be given up, and what is: `(name, line)`.
    events: Vec<(String, Vec<(String, String)>)>,
    /// Rules, observations and reports.
    rows: Vec<(String, String)>,
}

fn day(number: i32) -> String {
    format!("2024-05-{:02}", number + 1)
}

impl Case {
    /// Draws scenarios until one leaves no world.
    pub fn infeasible(random: &mut ChaCha8Rng) -> Case {
        loop {
            let case = Case::new(random);
            if case.members().len() <= 8 && !leaves_a_world(&case.text(&|_| true)) {
                return case;
            }
        }
    }

    fn new(random: &mut ChaCha8Rng) -> Case {
        let as_of = random.random_bool(0.6).then(|| random.random_range(0..DAYS));
        let names = ["xa", "xb", "xc"];
        let events = names.map(|name| event(name, as_of, random)).into();
        let mut rows = Vec::new();
        for index in 0..random.random_range(1..5) {
            rows.push((
                format!("rule:r{index}"),
                format!("[[rule]]\nid = \"r{index}\"\nsays = \"{}\"\n", says(random)),
            ));
        }
        for index in 0..random.random_range(0..3) {
            let text = format!("[[observation]]\nid = \"o{index}\"\nsays = \"{}\"\n", says(random));
            rows.push((format!("observation:o{index}"), text));
        }
        if random.random_bool(0.4) {
            let strength = ["credibility = 1", "likelihood_ratio = 0"][random.random_range(0..2)];
            let text = format!("[[report]]\nid = \"p\"\n{strength}\nsays = \"{}\"\n", says(random));
            rows.push(("report:p".to_string(), text));
        }
        Case { as_of, events, rows }
    }

    /// The file with those members only that are kept.
    pub fn text(&self, kept: &dyn Fn(&str) -> bool) -> String {
        let as_of = self.as_of.map_or(String::new(), |number| format!("as_of = {}\n", day(number)));
        let mut text = format!("horizon = {{ from = {}, to = {} }}\n{as_of}", day(0), day(DAYS - 1));
        text += "[calendar]\nholidays = [2024-05-01, 2024-05-09]\n";
        for (event, lines) in &self.events {
            text += event;
            // An event is silent by itself; giving that up has a line.
            let silence = |name: &str| name.ends_with(".silence");
            lines.iter().filter(|(name, _)| kept(name) != silence(name)).for_each(|(_, line)| text += line);
        }
        self.rows.iter().filter(|(name, _)| kept(name)).for_each(|(_, line)| text += line);
        text
    }

    fn members(&self) -> Vec<String> {
        let lines = self.events.iter().flat_map(|(_, lines)| lines).chain(&self.rows);
        let mut members: Vec<String> = lines.map(|(name, _)| name.clone()).collect();
        members.sort();
        members
    }

    /// Conflicts and repairs, the smallest first, then in order; `None` where something given up leaves fewer worlds.
    pub fn by_all_subsets(&self) -> Option<(Sets, Sets)> {
        let members = self.members();
        let everything = (1u32 << members.len()) - 1;
        let mut feasible: HashMap<u32, bool> = HashMap::new();
        for set in 0..=everything {
            let at = |name: &str| members.iter().position(|member| member == name).unwrap();
            feasible.insert(set, leaves_a_world(&self.text(&|name| set >> at(name) & 1 == 1)));
        }
        let more = |set: u32| (0..members.len()).map(move |member| set | 1 << member);
        if (0..=everything).any(|set| !feasible[&set] && more(set).any(|more| feasible[&more])) {
            return None;
        }
        let smaller = |set: u32| (0..set).filter(move |part| part & !set == 0);
        let named = |sets: Vec<u32>| {
            let of = |set: &u32| (0..members.len()).filter(|m| set >> m & 1 == 1).map(|m| members[m].clone()).collect();
            let mut named: Vec<Vec<String>> = sets.iter().map(of).collect();
            named.sort_by_key(|set| (set.len(), set.clone()));
            named
        };
        let conflicts = (0..=everything).filter(|set| !feasible[set] && smaller(*set).all(|part| feasible[&part]));
        let enough = |set: &u32| feasible[&(everything & !set)];
        let repairs = (0..=everything).filter(|set| enough(set) && !smaller(*set).any(|part| enough(&part)));
        Some((named(conflicts.collect()), named(repairs.collect())))
    }
}

/// An event's lines, and those that can be given up.
fn event(name: &str, as_of: Option<i32>, random: &mut ChaCha8Rng) -> (String, Vec<(String, String)>) {
    let mut fixed = format!("[event.{name}]\n");
    let mut lines = Vec::new();
    if random.random_bool(0.3) {
        fixed += [
            "duration = 2\n",
            "duration = { shape = 'uniform', from = 1, to = 3 }\n",
            "duration = { working_days = 2 }\n",
        ][random.random_range(0..3)];
    }
    let first = random.random_range(0..DAYS);
    let kind = random.random_range(0..10);
    // An event whose date is given up is not one that is silent.
    if kind < 2 {
        fixed += "visible = false\n";
        lines.push((format!("event:{name}.on"), format!("on = {}\n", day(first))));
        return (fixed, lines);
    }
    if kind < 4 {
        let last = random.random_range(first..DAYS);
        lines.push((format!("event:{name}.window"), format!("window = \"{}..{}\"\n", day(first), day(last))));
    }
    if kind == 4 {
        fixed += "weekdays = { sat = 0, sun = 0 }\n";
    }
    if kind > 7 && name != "xa" {
        fixed += "after = 'xa'\ndelay = { shape = 'uniform', from = 1, to = 3 }\n";
    }
    if random.random_bool(0.3) {
        fixed += ["occurs = 0.7\n", "occurs = 0.7\n", "occurs = 0\n"][random.random_range(0..3)];
    }
    let happened = random.random_range(0..DAYS);
    if random.random_bool(0.15) && as_of.is_none_or(|as_of| happened <= as_of) {
        lines.push((format!("event:{name}.happened"), format!("happened = {}\n", day(happened))));
    }
    if as_of.is_some() {
        if random.random_bool(0.4) {
            fixed += "visible = false\n";
        } else {
            lines.push((format!("event:{name}.silence"), "visible = false\n".to_string()));
        }
    }
    (fixed, lines)
}

fn says(random: &mut ChaCha8Rng) -> String {
    match random.random_range(0..8) {
        0 => format!("{} or {}", statement(random), statement(random)),
        1 => format!("not ({})", statement(random)),
        2 => format!("{} and not {}", statement(random), statement(random)),
        3 => format!("if {} then {}", statement(random), statement(random)),
        _ => statement(random),
    }
}

fn statement(random: &mut ChaCha8Rng) -> String {
    let names = ["xa", "xb", "xc"];
    let one = random.random_range(0..3);
    let (a, b) = (names[one], names[(one + random.random_range(1..3)) % 3]);
    let number = random.random_range(1..6);
    let date = day(random.random_range(0..DAYS));
    match random.random_range(0..15) {
        10 => format!("{a} {number} working days after {b}"),
        11 => format!("{a} at least {number} working days before {b}"),
        12 => format!("{a} within {number} working days of {b}"),
        13 => format!("{a} at most {number} working days after {}", [b, date.as_str()][random.random_range(0..2)]),
        14 => format!("{a} on a working day"),
        0 => format!("{a} before {b}"),
        1 => format!("{a} at least {number} days after {b}"),
        2 => format!("{a} at most {number} days before {b}"),
        3 => format!("{a} within {number} days of {b}"),
        4 => format!("{a} {number}..{} days after {b}", number + 2),
        5 => format!("{a} by {date}"),
        6 => format!("{a} no earlier than {date}"),
        7 => format!("{a} overlaps {b}"),
        8 => format!("{a} on a weekend"),
        _ => format!("{a} occurs"),
    }
}

fn leaves_a_world(text: &str) -> bool {
    let scenario = Scenario::parse(text).unwrap_or_else(|invalid| panic!("{invalid}\n{text}"));
    let options = Options { listed: 1, joint: Some(Vec::new()), ..Options::default() };
    matches!(forecast(&scenario, &options), Ok(Answer::Forecast(_)))
}
