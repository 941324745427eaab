//! Drawn worlds and testimonies in; every number of a forecast with its standard error out.

use super::estimate::{LeftOut, Spread, least_error};
use super::voice::Voice;
use super::worlds::{Axis, Counts, Truth, Worlds};
use crate::answer::joint::LISTED;
use crate::answer::summary::{DayProbability, Distribution};
use crate::day::Day;
use std::collections::BTreeMap;

/// Numbers of a forecast that come from its worlds.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    pub events: Vec<EventFigures>,
    pub truths: Vec<f64>,
    /// For every testimony the probability that it is well founded; 0 where it has a likelihood ratio.
    pub founded: Vec<f64>,
    pub joint: Vec<f64>,
    pub log_agreement: f64,
}

/// Numbers of an event.
#[derive(Clone, Debug, Default)]
pub struct EventFigures {
    /// Of each day, and of "does not occur" where that is possible.
    pub slots: Vec<f64>,
    /// The same by the days drawn alone.
    drawn: Vec<f64>,
    pub occurs: f64,
    /// In days after the horizon's first, where it occurs.
    pub mean: f64,
    pub windows: Vec<f64>,
}

/// What the figures are about, as all worlds together decide it.
pub struct Shape {
    pub origin: Day,
    /// For each event and level the first and last slot of its window.
    windows: Vec<Vec<Option<(usize, usize)>>>,
    pub joint_events: Vec<usize>,
    /// Weeks of the joint windows.
    pub joint: Vec<Vec<i32>>,
}

/// What the draws so far tell.
pub struct Picture {
    pub shape: Shape,
    pub voices: Vec<Voice>,
    pub figures: Figures,
    pub errors: Figures,
    /// As many independent worlds as would have errors this large.
    pub effective: f64,
}

impl Figures {
    /// All numbers in a fixed order.
    fn each_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        let Figures { events, truths, founded, joint, log_agreement } = self;
        events
            .iter_mut()
            .flat_map(|EventFigures { slots, drawn, occurs, mean, windows }| {
                slots.iter_mut().chain(drawn).chain([occurs, mean]).chain(windows)
            })
            .chain(truths)
            .chain(founded)
            .chain(joint)
            .chain([log_agreement])
    }
}

impl Picture {
    /// Computes everything with all groups of draws, then without each of them.
    ///
    /// `named` are the events whose weeks are combined; `given` is the logarithm of the weight of base and facts.
    pub fn of(
        worlds: &mut Worlds,
        voices: Vec<Voice>,
        origin: Day,
        named: &[usize],
        threads: usize,
        given: &(dyn Fn(LeftOut) -> f64 + Sync),
    ) -> Picture {
        let mut counts = worlds.counts(&voices, None, 0);
        let windows = worlds.outline.axes.iter().zip(&counts.slots).map(|(axis, slots)| {
            let distribution = distribution(axis, &shares(axis, slots, counts.weight), origin);
            let slot = |day: Day| (day - origin - axis.first) as usize;
            let span = |level: crate::answer::Level| Some((slot(level.from?), slot(level.to?)));
            distribution.windows().into_iter().map(span).collect()
        });
        let mut shape = Shape { origin, windows: windows.collect(), joint_events: named.to_vec(), joint: Vec::new() };
        counts.joint = shape.find_joint(worlds, &voices);
        let read =
            |counts: &Counts, left_out| Reader { worlds, voices: &voices, shape: &shape }.read(counts, left_out, given);
        let figures = read(&counts, None);
        let (errors, effective) = errors(&figures, worlds, &voices, threads, |left_out| {
            read(&worlds.counts(&voices, left_out, counts.joint.len()), left_out)
        });
        Picture { shape, voices, figures, errors, effective }
    }

    /// The largest standard error of a probability: days, occurring, questions, claims before and after, reports.
    pub fn largest_error(&self) -> f64 {
        let of_events = self.errors.events.iter().flat_map(|event| event.slots.iter().chain([&event.occurs]));
        let of_worlds = of_events.chain(&self.errors.truths).chain(&self.errors.founded).copied();
        let priors = self.voices.iter().flat_map(|voice| &voice.claim_priors).map(|prior| prior.error());
        of_worlds.chain(priors).fold(0.0, f64::max)
    }
}

/// The probability of each slot.
fn shares(axis: &Axis, weights: &[f64], total: f64) -> Vec<f64> {
    if axis.is_open() { weights.iter().map(|weight| weight / total).collect() } else { vec![1.0; axis.slots()] }
}

/// The distribution of an event's start days.
pub fn distribution(axis: &Axis, slots: &[f64], origin: Day) -> Distribution {
    let days = slots[..axis.days].iter().enumerate().filter(|(_, p)| **p > 0.0);
    let day = |(slot, p): (usize, &f64)| DayProbability { date: origin + axis.day(slot), p: *p, p_error: None };
    Distribution { days: days.map(day).collect() }
}

impl Shape {
    /// Finds the most probable combinations of weeks, marks the worlds with them, and returns their weights.
    fn find_joint(&mut self, worlds: &mut Worlds, voices: &[Voice]) -> Vec<f64> {
        if self.joint_events.is_empty() {
            return Vec::new();
        }
        let shift = self.origin.weekday() as i32;
        let week = move |day: &i32| if *day == crate::network::NEVER { *day } else { (day + shift).div_euclid(7) };
        let mut weights: BTreeMap<Vec<i32>, f64> = BTreeMap::new();
        worlds.each(voices, &self.joint_events, |days, weight| {
            *weights.entry(days.iter().map(week).collect()).or_default() += weight;
        });
        let mut found: Vec<(Vec<i32>, f64)> = weights.into_iter().filter(|(_, weight)| *weight > 0.0).collect();
        // Of equally probable ones the earliest come first, as they do in the map.
        found.sort_by(|one, other| other.1.total_cmp(&one.1));
        found.truncate(LISTED);
        let numbers: BTreeMap<&[i32], u8> = found.iter().zip(0..).map(|((weeks, _), at)| (&weeks[..], at)).collect();
        worlds.mark(&self.joint_events, |days| {
            let weeks: Vec<i32> = days.iter().map(week).collect();
            numbers.get(&weeks[..]).copied().unwrap_or(u8::MAX)
        });
        let (weeks, weights) = found.into_iter().unzip();
        self.joint = weeks;
        weights
    }
}

/// Reads figures off sums of weights.
struct Reader<'a> {
    worlds: &'a Worlds,
    voices: &'a [Voice],
    shape: &'a Shape,
}

impl Reader<'_> {
    fn read(&self, counts: &Counts, left_out: LeftOut, given: &dyn Fn(LeftOut) -> f64) -> Figures {
        let share = |weight: &f64| weight / counts.weight;
        let axes = &self.worlds.outline.axes;
        let events = axes.iter().zip(counts.slots.iter().zip(&counts.drawn)).zip(&self.shape.windows);
        let truth = |(truth, weight): (&Truth, &f64)| match truth {
            Truth::Known(known) => f64::from(u8::from(*known)),
            Truth::Open(_) => share(weight),
        };
        Figures {
            events: events.map(|((axis, sums), windows)| event_figures(axis, sums, counts.weight, windows)).collect(),
            truths: self.worlds.outline.truths.iter().zip(&counts.truths).map(truth).collect(),
            founded: self.founded(counts, left_out),
            joint: counts.joint.iter().map(share).collect(),
            log_agreement: self.worlds.ledger.log_total(left_out) + counts.mean_ratio.ln() - given(left_out),
        }
    }

    fn founded(&self, counts: &Counts, left_out: LeftOut) -> Vec<f64> {
        let mut at = 0..;
        let one = |voice: &Voice| {
            let Some(at) = voice.has_credibility().then(|| at.next()).flatten() else { return 0.0 };
            let patterns = self.worlds.patterns().iter().zip(&counts.patterns);
            let each = patterns.map(|(pattern, sum)| sum * voice.founded(left_out, pattern[at].0, pattern[at].1));
            each.sum::<f64>() / counts.weight
        };
        self.voices.iter().map(one).collect()
    }
}

fn event_figures(
    axis: &Axis,
    (slots, drawn): (&Vec<f64>, &Vec<f64>),
    total: f64,
    windows: &[Option<(usize, usize)>],
) -> EventFigures {
    let (slots, drawn) = (shares(axis, slots, total), shares(axis, drawn, total));
    let days = &slots[..axis.days];
    let occurs: f64 = if axis.never { days.iter().sum() } else { 1.0 };
    let moment: f64 = days.iter().enumerate().map(|(slot, p)| p * f64::from(axis.day(slot))).sum();
    let held = |window: &Option<(usize, usize)>| window.map_or(0.0, |(from, to)| days[from..=to].iter().sum());
    let windows = windows.iter().map(held).collect();
    EventFigures { occurs, mean: moment / days.iter().sum::<f64>(), windows, drawn, slots }
}

/// The standard errors of all figures, and as how many independent worlds they are.
fn errors(
    figures: &Figures,
    worlds: &Worlds,
    voices: &[Voice],
    threads: usize,
    without: impl Fn(LeftOut) -> Figures + Sync,
) -> (Figures, f64) {
    let mut all = figures.clone();
    let values: Vec<f64> = all.each_mut().map(|number| *number).collect();
    let mut spreads = vec![Spread::default(); values.len()];
    let groups: Vec<usize> = (0..worlds.ledger.groups()).collect();
    // As many at a time as there are threads: all of them together may be large.
    for some in groups.chunks(threads.max(1)) {
        let found: Vec<Figures> = std::thread::scope(|scope| {
            let each: Vec<_> = some.iter().map(|group| scope.spawn(|| without(Some(*group)))).collect();
            each.into_iter().map(|thread| thread.join().expect("reading figures does not fail")).collect()
        });
        for mut figures in found {
            for ((spread, number), value) in spreads.iter_mut().zip(figures.each_mut()).zip(&values) {
                // Without a group an event may not occur in any world, and have no mean.
                spread.add(if number.is_finite() { *number - value } else { 0.0 });
            }
        }
    }
    all.each_mut().zip(&spreads).for_each(|(number, spread)| *number = spread.error());
    let effective = effective(figures, &all, worlds, voices);
    at_least(&mut all, figures, worlds, voices, least_error(effective));
    (all, effective)
}

/// As many independent worlds as would give the events' drawn days errors this large.
fn effective(figures: &Figures, errors: &Figures, worlds: &Worlds, voices: &[Voice]) -> f64 {
    let (mut variance_of_one, mut variance) = (0.0, 0.0);
    for (event, errors) in figures.events.iter().zip(&errors.events) {
        variance_of_one += event.drawn.iter().map(|p| p * (1.0 - p)).sum::<f64>();
        variance += errors.drawn.iter().map(|error| error * error).sum::<f64>();
    }
    // Families bound it where copies make rare values common or none.
    let most = worlds.families().clamp(1.0, worlds.count as f64);
    if variance > 0.0 && variance_of_one > 0.0 {
        return (variance_of_one / variance).clamp(1.0, most);
    }
    let counts = worlds.counts(voices, None, 0);
    (counts.weight * counts.weight / counts.squares).clamp(1.0, most)
}

/// Adds what too few worlds may have missed, except where nothing can be missed.
fn at_least(errors: &mut Figures, figures: &Figures, worlds: &Worlds, voices: &[Voice], least: f64) {
    let add = |error: &mut f64, least: f64| *error = error.hypot(least);
    let events = errors.events.iter_mut().zip(&figures.events).zip(&worlds.outline.axes);
    for ((event, found), axis) in events.filter(|(_, axis)| axis.is_open()) {
        event.slots.iter_mut().chain(&mut event.windows).for_each(|error| add(error, least));
        // Where it hardly ever occurs few worlds tell when.
        add(&mut event.mean, least / (found.occurs + least) * axis.days as f64);
        if axis.never {
            add(&mut event.occurs, least);
        }
    }
    let open = worlds.outline.truths.iter().map(|truth| matches!(truth, Truth::Open(_)));
    errors.truths.iter_mut().zip(open).filter(|(_, open)| *open).for_each(|(error, _)| add(error, least));
    let uncertain = voices.iter().map(|voice| voice.has_credibility() && !voice.is_certain());
    errors.founded.iter_mut().zip(uncertain).filter(|(_, open)| *open).for_each(|(error, _)| add(error, least));
    errors.joint.iter_mut().for_each(|error| add(error, least));
}
