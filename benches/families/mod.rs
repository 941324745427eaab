//! Sizes in, texts of scenarios out: families that grow in events, days and in how much is tied together.
//!
//! What is random in them comes from a fixed seed, so that the same sizes are always the same scenario. All of them can
//! hold together.

use dateline::Day;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fmt::Write;

/// The horizon's first day.
fn first() -> Day {
    Day::from_ymd(2024, 1, 1).expect("a date")
}

fn horizon(days: usize) -> String {
    format!("horizon = {{ from = {}, to = {} }}\n", first(), first() + (days as i32 - 1))
}

fn rule(text: &mut String, says: &str) {
    let _ = writeln!(text, "[[rule]]\nsays = \"{says}\"");
}

/// Events that come one after the other, several on a day if need be.
pub fn chain(events: usize, days: usize) -> String {
    let mut text = horizon(days);
    (0..events).for_each(|event| {
        let _ = writeln!(text, "[event.e{event}]");
    });
    (1..events).for_each(|event| rule(&mut text, &format!("e{} at least 0 days before e{event}", event - 1)));
    text
}

/// A random tree: every event but the first has a gap to one of those before it.
pub fn tree(events: usize, days: usize) -> String {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut text = horizon(days);
    let last = first() + (days as i32 - 1);
    for event in 0..events {
        let mode = first() + rng.random_range(0..days as i32);
        let _ = writeln!(
            text,
            "[event.e{event}]\nprior = {{ shape = \"triangular\", low = {}, mode = {mode}, high = {last} }}",
            first()
        );
    }
    for event in 1..events {
        let (other, least) = (rng.random_range(0..event), rng.random_range(0..3));
        let most = least + rng.random_range(days / 12..days / 3);
        rule(&mut text, &format!("e{other} {least}..{most} days before e{event}"));
    }
    text
}

/// A ring of events, each near the next, with chords between some: `&[(0, 6), (3, 9)]` across twelve has treewidth 3.
pub fn ring(events: usize, days: usize, chords: &[(usize, usize)]) -> String {
    let mut text = horizon(days);
    (0..events).for_each(|event| {
        let _ = writeln!(text, "[event.e{event}]");
    });
    let around = (0..events).map(|event| (event, (event + 1) % events));
    for (a, b) in around.chain(chords.iter().copied()) {
        rule(&mut text, &format!("e{a} within {} days of e{b}", days * 2 / 3));
    }
    text
}

/// Two chains side by side with rungs between them: every event comes 1 to `gap` days after the one before it, and within
/// `gap` days of the one beside it.
pub fn ladder(rungs: usize, days: usize, gap: usize) -> String {
    let mut text = horizon(days);
    for (side, rung) in ["a", "b"].into_iter().flat_map(|side| (0..rungs).map(move |rung| (side, rung))) {
        let _ = writeln!(text, "[event.{side}{rung}]");
    }
    for rung in 0..rungs {
        rule(&mut text, &format!("b{rung} within {gap} days of a{rung}"));
        for side in ["a", "b"].into_iter().filter(|_| rung + 1 < rungs) {
            rule(&mut text, &format!("{side}{rung} 1..{gap} days before {side}{}", rung + 1));
        }
    }
    text
}

/// A square of events, each after those to its left and above it; its treewidth is `side`.
pub fn grid(side: usize, days: usize) -> String {
    let mut text = horizon(days);
    let places = || (0..side).flat_map(|row| (0..side).map(move |column| (row, column)));
    for (row, column) in places() {
        let _ = writeln!(text, "[event.e{row}x{column}]");
    }
    for (row, column) in places() {
        for (below, right) in [(row + 1, column), (row, column + 1)] {
            if below < side && right < side {
                rule(&mut text, &format!("e{row}x{column} at least 0 days before e{below}x{right}"));
            }
        }
    }
    text
}

/// Several chains, each tied to the next by two cross rules.
pub fn chains(chains: usize, length: usize, days: usize) -> String {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let mut text = horizon(days);
    for (chain, event) in (0..chains).flat_map(|chain| (0..length).map(move |event| (chain, event))) {
        let _ = writeln!(text, "[event.c{chain}e{event}]");
    }
    for (chain, event) in (0..chains).flat_map(|chain| (1..length).map(move |event| (chain, event))) {
        rule(&mut text, &format!("c{chain}e{} at least 0 days before c{chain}e{event}", event - 1));
    }
    for chain in 1..chains {
        let (early, late) = (rng.random_range(0..length / 2), rng.random_range(length / 2..length));
        let other = chain - 1;
        rule(&mut text, &format!("c{other}e{early} before c{chain}e{late}"));
        rule(&mut text, &format!("c{chain}e{early} before c{other}e{late}"));
    }
    text
}

/// Reports on events: two of three on one event's date, the third on the order of two neighbours.
pub fn reports(reports: usize, events: usize, days: usize) -> String {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut text = horizon(days);
    (0..events).for_each(|event| {
        let _ = writeln!(text, "[event.e{event}]");
    });
    for report in 0..reports {
        let says = if report % 3 == 0 {
            let event = rng.random_range(1..events);
            format!("e{} before e{event}", event - 1)
        } else {
            format!("e{} by {}", rng.random_range(0..events), first() + rng.random_range(0..days as i32))
        };
        let credibility = rng.random_range(50..90);
        let _ = writeln!(text, "[[report]]\ncredibility = 0.{credibility}\nsays = \"{says}\"");
    }
    text
}

/// The days that a project of so many activities is given.
pub fn project_days(activities: usize) -> usize {
    4 * activities
}

/// A project: every activity comes after one to three of the three before it, some with delays and durations in doubt.
pub fn project(activities: usize) -> String {
    const NEAR: usize = 3;
    /// So many activities have one delay and one duration in doubt.
    const STEADY: usize = 20;
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let mut text = horizon(project_days(activities));
    for activity in 0..activities {
        let _ = writeln!(text, "[event.a{activity}]");
        if activity == 0 {
            let _ = writeln!(text, "prior = {{ shape = \"uniform\", from = {}, to = {} }}", first(), first() + 6);
        } else {
            let near = activity.min(NEAR);
            let mut back: Vec<usize> = (0..near).filter(|_| rng.random_bool(0.6)).collect();
            if back.is_empty() {
                back.push(0);
            }
            let names: Vec<String> = back.iter().map(|back| format!("\"a{}\"", activity - 1 - back)).collect();
            let _ = writeln!(text, "after = [{}]", names.join(", "));
        }
        let _ = match activity % STEADY {
            5 => writeln!(text, "delay = {{ weights = [{{ days = 1, weight = 0.6 }}, {{ days = 2, weight = 0.4 }}] }}"),
            rest if rest % 3 == 1 => writeln!(text, "delay = 2"),
            _ => Ok(()),
        };
        let _ = match activity % STEADY {
            15 => writeln!(text, "duration = {{ weights = [{{ days = 2, weight = 1 }}, {{ days = 3, weight = 1 }}] }}"),
            _ => writeln!(text, "duration = {}", rng.random_range(1..4)),
        };
    }
    text
}
