//! What is best in every situation in; a short list of instructions that does it, out.

use super::induction::{Choices, Evenings, Induction};
use super::problem::Held;
use super::reaction::Anchor;
use super::watched::{Pairs, Phase};
use std::collections::BTreeMap;

/// What to do in a situation, as long as nothing more becomes known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// So many days after one of the watched starts or ends, or on the first allowed day from there on.
    After {
        watched: usize,
        anchor: Anchor,
        days: i32,
    },
    /// So many days after the later of both has started.
    AfterBoth {
        days: i32,
    },
    /// On the first day that is possible.
    Soon,
    On(i32),
    /// Not to hold it unless more becomes known.
    LeaveOut,
}

/// Where an instruction applies: a known day lies in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub watched: usize,
    pub anchor: Anchor,
    pub from: i32,
    pub to: i32,
}

/// What to do in situations of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    pub phases: [Phase; 2],
    pub ranges: Vec<Range>,
    pub action: Action,
}

/// The days that are known of both events: first and last of the one, first and last of the other.
type Told = [Option<i32>; 4];

/// A set of days, counted from the horizon's first; the last stands for all later ones.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Days {
    bits: Vec<u64>,
    size: usize,
}

impl Days {
    fn new(size: usize) -> Days {
        Days { bits: vec![0; size.div_ceil(64)], size }
    }

    fn set(&mut self, day: usize) {
        self.bits[day / 64] |= 1 << (day % 64);
    }

    fn get(&self, day: usize) -> bool {
        day < self.size && self.bits[day / 64] >> (day % 64) & 1 == 1
    }

    /// Every day `by` earlier; what would be before the first is gone.
    fn earlier(&self, by: usize) -> Days {
        let mut found = Days::new(self.size);
        let (words, rest) = (by / 64, by % 64);
        for (at, word) in found.bits.iter_mut().enumerate() {
            let low = self.bits.get(at + words).copied().unwrap_or(0);
            let high = self.bits.get(at + words + 1).copied().unwrap_or(0);
            *word = if rest == 0 { low } else { low >> rest | high << (64 - rest) };
        }
        found
    }

    fn keep(&mut self, other: &Days) {
        self.bits.iter_mut().zip(&other.bits).for_each(|(word, other)| *word &= other);
    }

    fn first_from(&self, from: usize) -> Option<usize> {
        (from..self.size).find(|day| self.get(*day))
    }

    fn last_before(&self, end: usize) -> Option<usize> {
        (0..end).rev().find(|day| self.get(*day))
    }

    fn is_full(&self) -> bool {
        (0..self.size).all(|day| self.get(day))
    }
}

/// What days may be counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    Of(usize, Anchor),
    Both,
}

/// What is best in a situation, or in each of several.
#[derive(Clone, Debug)]
struct Options {
    /// Days that may be aimed at.
    targets: Days,
    /// Days that may be aimed at, counted from each base.
    counted: Vec<Days>,
    soon: bool,
    never: bool,
}

impl Options {
    fn keep(&mut self, other: &Options) {
        self.targets.keep(&other.targets);
        self.counted.iter_mut().zip(&other.counted).for_each(|(days, other)| days.keep(other));
        self.soon &= other.soon;
        self.never &= other.never;
    }

    /// The simplest action that is best.
    fn action(&self, bases: &[Base], lead: i32) -> Option<Action> {
        if self.never && (bases.is_empty() || self.targets.is_full()) {
            return Some(Action::LeaveOut);
        }
        if bases.is_empty() {
            // Nothing is known: one waits as long as that costs nothing.
            return self.targets.last_before(self.targets.size - 1).map(|day| Action::On(day as i32));
        }
        let counted = bases.iter().zip(&self.counted).find_map(|(base, days)| {
            let days = days.first_from(lead as usize)? as i32;
            Some(match base {
                Base::Of(watched, anchor) => Action::After { watched: *watched, anchor: *anchor, days },
                Base::Both => Action::AfterBoth { days },
            })
        });
        let soon = self.soon.then_some(Action::Soon);
        let never = self.never.then_some(Action::LeaveOut);
        let on = || self.targets.first_from(0).map(|day| Action::On(day as i32));
        counted.or(soon).or(never).or_else(on)
    }
}

/// A situation: what is known, and what is best.
struct Situation {
    told: Told,
    options: Options,
}

/// Makes instructions of what is best.
pub struct Writer<'w> {
    pub pairs: &'w Pairs,
    pub induction: &'w Induction<'w>,
}

/// A list of instructions, and the day that each pair of values comes to by it.
pub struct Written {
    pub instructions: Vec<Instruction>,
    pub days: Vec<Held>,
}

/// Kinds of situations, each before those that can follow.
const KINDS: [[Phase; 2]; 9] = {
    use Phase::{Known, NotStarted, Ongoing};
    [
        [NotStarted, NotStarted],
        [Ongoing, NotStarted],
        [NotStarted, Ongoing],
        [Known, NotStarted],
        [NotStarted, Known],
        [Ongoing, Ongoing],
        [Known, Ongoing],
        [Ongoing, Known],
        [Known, Known],
    ]
};

impl Writer<'_> {
    fn evenings(&self) -> &Evenings<'_> {
        self.induction.evenings
    }

    /// The instructions for all situations that can arise when they are followed.
    pub fn write(&self) -> Written {
        let columns = self.pairs.columns();
        let count = self.pairs.probabilities.len();
        // For every pair the evening since which the situation is what it is; `None` where the decision has been taken.
        let first = self.evenings().first;
        let mut since: Vec<Option<i32>> =
            self.pairs.probabilities.iter().map(|p| (*p > 0.0).then_some(first)).collect();
        let mut days: Vec<Held> = vec![None; count];
        let mut instructions = Vec::new();
        for kind in KINDS {
            let mut situations: BTreeMap<(usize, usize), (i32, Vec<usize>)> = BTreeMap::new();
            for (pair, evening) in since.iter().enumerate() {
                let Some(evening) = *evening else { continue };
                let cells = self.cells(pair / columns, pair % columns, evening);
                if self.phases(cells) == kind {
                    situations.entry(cells).or_insert((evening, Vec::new())).1.push(pair);
                }
            }
            if situations.is_empty() {
                continue;
            }
            let written = self.cover(kind, &situations);
            // Instructions by which a decision is taken; others say only to wait.
            let mut used = vec![false; written.len()];
            for (cells, (evening, pairs)) in &situations {
                let told = self.told(*cells);
                let place = written.iter().position(|one| one.applies(kind, &told));
                let day = place.and_then(|place| self.day(written[place].action, &told, *evening));
                for pair in pairs {
                    let next = self.next_change(pair / columns, pair % columns, *evening);
                    let taken = day.map(|day| day - self.evenings().lead);
                    let waits = next.filter(|next| taken.is_none_or(|taken| *next <= taken));
                    since[*pair] = waits;
                    if waits.is_none() {
                        days[*pair] = day;
                        place.into_iter().for_each(|place| used[place] = true);
                    }
                }
            }
            instructions.extend(written.into_iter().zip(used).filter(|(_, used)| *used).map(|(one, _)| one));
        }
        Written { instructions, days }
    }

    fn cells(&self, x: usize, y: usize, evening: i32) -> (usize, usize) {
        (self.pairs.one.cell(x, evening), self.pairs.other.cell(y, evening))
    }

    fn phases(&self, cells: (usize, usize)) -> [Phase; 2] {
        [self.pairs.one.phase(cells.0), self.pairs.other.phase(cells.1)]
    }

    fn told(&self, cells: (usize, usize)) -> Told {
        let (one, other) = (self.pairs.one.told(cells.0), self.pairs.other.told(cells.1));
        [one.0, one.1, other.0, other.1]
    }

    /// The next evening on which more is known of a pair, if there is one before the last day.
    fn next_change(&self, x: usize, y: usize, evening: i32) -> Option<i32> {
        let changes = self.pairs.one.changes(x).into_iter().chain(self.pairs.other.changes(y));
        changes.flatten().filter(|change| *change > evening).min()
    }

    /// The day that an action comes to.
    fn day(&self, action: Action, told: &Told, since: i32) -> Held {
        action.day(told, since, self.evenings())
    }

    /// Instructions for the situations of a kind, the fewer of two ways to tell them apart.
    fn cover(&self, kind: [Phase; 2], situations: &BTreeMap<(usize, usize), (i32, Vec<usize>)>) -> Vec<Instruction> {
        let bases = self.bases(kind);
        let size = self.evenings().domain.days.last().map_or(0, |day| (*day).max(0) as usize) + 2;
        let mut all: Vec<Situation> = situations
            .iter()
            .map(|(cells, (since, _))| {
                let told = self.told(*cells);
                let choices = self.induction.choices(*cells, *since);
                Situation { told, options: self.options(&choices, &told, *since, &bases, size) }
            })
            .collect();
        let known: Vec<usize> = (0..4).filter(|at| all.iter().any(|situation| situation.told[*at].is_some())).collect();
        let mut ways = vec![known.clone()];
        if known.len() > 1 {
            ways.push(known.iter().rev().copied().collect());
        }
        let lists = ways.iter().map(|way| {
            all.sort_by_key(|situation| way.iter().map(|at| situation.told[*at]).collect::<Vec<_>>());
            let mut found = Vec::new();
            let refs: Vec<&Situation> = all.iter().collect();
            Cover { kind, bases: &bases, lead: self.evenings().lead }.cover(&refs, way, &mut Vec::new(), &mut found);
            found
        });
        lists.min_by_key(Vec::len).unwrap_or_default()
    }

    /// What days may be counted from in situations of a kind, simple ones first.
    fn bases(&self, kind: [Phase; 2]) -> Vec<Base> {
        let mut bases = Vec::new();
        for (watched, event) in [&self.pairs.one, &self.pairs.other].into_iter().enumerate() {
            if kind[watched] != Phase::NotStarted {
                bases.push(Base::Of(watched, Anchor::Starts));
            }
            if kind[watched] == Phase::Known && !event.doubtful.is_empty() {
                bases.push(Base::Of(watched, Anchor::Ends));
            }
        }
        if !kind.contains(&Phase::NotStarted) {
            bases.push(Base::Both);
        }
        bases
    }

    fn options(&self, choices: &Choices, told: &Told, since: i32, bases: &[Base], size: usize) -> Options {
        let best = |day: Held| match day {
            Some(day) => choices.days.binary_search(&day).is_ok(),
            None => choices.never,
        };
        let mut targets = Days::new(size);
        // Targets between two allowed days come to the later of them.
        let mut target = 0;
        while target < size {
            let day = self.evenings().day(target as i32, since);
            let next = day.map_or(size, |day| (day.max(target as i32) as usize + 1).min(size));
            if best(day) {
                (target..next).for_each(|target| targets.set(target));
            }
            target = next;
        }
        let counted = bases.iter().map(|base| match base_day(*base, told) {
            Some(day) if (0..size as i32).contains(&day) => targets.earlier(day as usize),
            _ => Days::new(size),
        });
        let soon = best(self.evenings().day(i32::MIN / 2, since));
        Options { counted: counted.collect(), soon, never: choices.never, targets }
    }
}

fn base_day(base: Base, told: &Told) -> Option<i32> {
    match base {
        Base::Of(watched, Anchor::Starts) => told[2 * watched],
        Base::Of(watched, Anchor::Ends) => told[2 * watched + 1],
        Base::Both => told[0].zip(told[2]).map(|(one, other)| one.max(other)),
    }
}

impl Action {
    /// The day that it comes to in a situation that has been known since an evening.
    pub fn day(self, told: &Told, since: i32, evenings: &Evenings<'_>) -> Held {
        let counted = |base: Base, days: i32| base_day(base, told).map(|day| day.saturating_add(days));
        let target = match self {
            Action::After { watched, anchor, days } => counted(Base::Of(watched, anchor), days)?,
            Action::AfterBoth { days } => counted(Base::Both, days)?,
            Action::Soon => i32::MIN / 2,
            Action::On(day) => day,
            Action::LeaveOut => return None,
        };
        evenings.day(target, since)
    }
}

impl Instruction {
    fn applies(&self, kind: [Phase; 2], told: &Told) -> bool {
        let inside = |range: &Range| {
            let at = 2 * range.watched + usize::from(range.anchor == Anchor::Ends);
            told[at].is_some_and(|day| (range.from..=range.to).contains(&day))
        };
        self.phases == kind && self.ranges.iter().all(inside)
    }
}

/// The day that following a list comes to where the watched events come to their values, found evening by evening.
pub fn followed(list: &[Instruction], pairs: &Pairs, evenings: &Evenings<'_>, (x, y): (usize, usize)) -> Held {
    let last = *evenings.domain.days.last()?;
    let mut since = (evenings.first, (usize::MAX, usize::MAX));
    for evening in evenings.first..=last - evenings.lead {
        let cells = (pairs.one.cell(x, evening), pairs.other.cell(y, evening));
        if cells != since.1 {
            since = (evening, cells);
        }
        let (one, other) = (pairs.one.told(cells.0), pairs.other.told(cells.1));
        let told = [one.0, one.1, other.0, other.1];
        let kind = [pairs.one.phase(cells.0), pairs.other.phase(cells.1)];
        let action = list.iter().find(|instruction| instruction.applies(kind, &told)).map(|found| found.action);
        let day = action.and_then(|action| action.day(&told, since.0, evenings));
        if day.is_some_and(|day| day - evenings.lead == evening) {
            return day;
        }
    }
    None
}

/// Covers situations by few instructions: greedily, along one known day after the other.
struct Cover<'c> {
    kind: [Phase; 2],
    bases: &'c [Base],
    lead: i32,
}

impl Cover<'_> {
    fn common(&self, situations: &[&Situation]) -> Option<Options> {
        let (first, rest) = situations.split_first()?;
        let mut common = first.options.clone();
        rest.iter().for_each(|situation| common.keep(&situation.options));
        Some(common)
    }

    fn action(&self, options: &Options) -> Option<Action> {
        options.action(self.bases, self.lead)
    }

    /// `way` are the known days that are still to tell situations apart, by which these are sorted.
    fn cover(&self, situations: &[&Situation], way: &[usize], ranges: &mut Vec<Range>, found: &mut Vec<Instruction>) {
        let Some(common) = self.common(situations) else { return };
        if let Some(action) = self.action(&common) {
            found.push(Instruction { phases: self.kind, ranges: ranges.clone(), action });
            return;
        }
        let Some((&at, rest)) = way.split_first() else { return };
        let mut groups = situations.chunk_by(|a, b| a.told[at] == b.told[at]).peekable();
        while let Some(group) = groups.next() {
            let Some(day) = group[0].told[at] else { continue };
            let Some(mut common) = self.common(group) else { continue };
            let mut range = Range {
                watched: at / 2,
                anchor: if at % 2 == 0 { Anchor::Starts } else { Anchor::Ends },
                from: day,
                to: day,
            };
            if self.action(&common).is_none() {
                ranges.push(range);
                self.cover(group, rest, ranges, found);
                ranges.pop();
                continue;
            }
            while let Some(next) = groups.peek() {
                let Some(mut joined) = self.common(next) else { break };
                joined.keep(&common);
                if self.action(&joined).is_none() {
                    break;
                }
                common = joined;
                range.to = next[0].told[at].unwrap_or(range.to);
                groups.next();
            }
            ranges.push(range);
            found.extend(self.action(&common).map(|action| Instruction {
                phases: self.kind,
                ranges: ranges.clone(),
                action,
            }));
            ranges.pop();
        }
    }
}
