//! Cases and scenarios whose outcome is known in; how far each source is to be believed, and how its dates slip, out.

mod archive;
mod credibility;
mod outlook;
mod tails;

pub use archive::learn_scenarios;
pub use credibility::{BetaPrior, Credibility};
pub(super) use outlook::{Waits, given_silence, horizon, prior, resolved, slip_of, speaks};

use crate::day::Day;
use crate::model::{Case, DatedStatement};
use crate::shape::{Slip, Tails};
use credibility::{CredibilityEvidence, Heard};
use outlook::{horizon_end, weights};
use serde::Serialize;
use std::collections::BTreeMap;
use tails::SlipEvidence;

/// Statements about one case, and cases of one kind, move together: where they are to forecast others, each counts for so much.
pub(super) const DEPENDENT: f64 = 0.5;
/// What other sources have said counts for one of its own as so many testimonies at the most (a power prior, Ibrahim and Chen
/// 2000).
const SHRINKAGE: f64 = 5.0;
/// A slip is given where it made what happened more probable by this factor, as a natural logarithm.
const CLEARLY_BETTER: f64 = 2.0;

/// What has been learned of a source.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LearnedSource {
    pub source: String,
    /// What it said of cases whose outcome is known; what it said on one day of one case counts once.
    pub testimonies: usize,
    /// The posterior mean, and the middle nine tenths of the posterior.
    pub credibility: Credibility,
    /// How its dates slip; `None` where they do not clearly.
    pub slip: Option<LearnedSlip>,
    /// By how much the slip made what happened more probable, before each case was known; natural logarithm.
    pub slip_gain: f64,
    /// How many days after what was stated it came, for every statement that named dates, in order.
    #[serde(skip)]
    pub slips: Vec<i32>,
}

/// A slip with tails; see the scenario format.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LearnedSlip {
    pub exact: f64,
    pub late_share: f64,
    pub late_days: f64,
    pub early_days: f64,
    pub growth: f64,
}

impl From<Tails> for LearnedSlip {
    fn from(tails: Tails) -> LearnedSlip {
        let Tails { exact, late_share, late_days, early_days, growth } = tails;
        LearnedSlip { exact, late_share, late_days, early_days, growth }
    }
}

/// What has been learned of all sources.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Learned {
    pub cases: usize,
    /// Cases that happened.
    pub happened: usize,
    /// Of a table: the probability of occurring that an event should have beside these credibilities.
    pub occurs: Option<f64>,
    /// In the order of their names.
    pub sources: Vec<LearnedSource>,
    /// All of them as if they were one.
    pub all: Option<LearnedSource>,
}

/// What one source has shown.
#[derive(Clone, Debug)]
struct Shown {
    slips: SlipEvidence,
    /// What was heard with the slip as it is learned, and with none (or that of the file).
    tailed: CredibilityEvidence,
    plain: CredibilityEvidence,
    /// How much more probable the slip made all that happened; a natural logarithm.
    gain: f64,
    testimonies: usize,
    every: Vec<i32>,
}

impl Shown {
    fn nothing() -> Shown {
        Shown {
            slips: SlipEvidence::none(),
            tailed: CredibilityEvidence::none(),
            plain: CredibilityEvidence::none(),
            gain: 0.0,
            testimonies: 0,
            every: Vec::new(),
        }
    }
}

/// What is believed of a source.
#[derive(Clone, Debug)]
pub(super) struct Belief {
    pub slip: Tails,
    pub credibility: f64,
    tailed: CredibilityEvidence,
    plain: CredibilityEvidence,
    /// How much more probable slips made all that happened; a natural logarithm.
    gain: f64,
}

impl Belief {
    /// Credibility and slip.
    pub fn essence(&self) -> (f64, Tails) {
        (self.credibility, self.slip)
    }
}

/// One testimony about a case whose outcome is known.
struct Lesson {
    source: String,
    /// With the slip as it was believed before, and without it.
    tailed: Heard,
    plain: Heard,
    /// Lead and slip of each window that it named.
    slips: Vec<(i32, i32)>,
}

/// Learns from one case after the other.
pub(super) struct Learner {
    prior: BetaPrior,
    /// How much a testimony counts for in credibilities.
    testimony: f64,
    shown: BTreeMap<String, Shown>,
    all: Shown,
    pub waits: Waits,
    /// Whether it is to be found out if slips are any better than none.
    compares: bool,
}

impl Learner {
    pub fn new(prior: BetaPrior, testimony: f64, compares: bool) -> Learner {
        Learner { prior, testimony, shown: BTreeMap::new(), all: Shown::nothing(), waits: Waits::expected(), compares }
    }

    /// What is believed of a source: all that it has shown, and what others have as if it were few.
    pub fn belief(&self, source: &str) -> Belief {
        let own = self.shown.get(source);
        let others = self.all.testimonies - own.map_or(0, |own| own.testimonies);
        let share = if others == 0 { 0.0 } else { (SHRINKAGE / others as f64).min(1.0) };
        let (mut slips, mut tailed, mut plain) =
            (SlipEvidence::none(), CredibilityEvidence::none(), CredibilityEvidence::none());
        if others > 0 {
            slips.add_all(&self.all.slips, share);
            tailed.add_all(&self.all.tailed, share);
            plain.add_all(&self.all.plain, share);
        }
        if let Some(own) = own {
            // It is among all sources as well.
            slips.add_all(&own.slips, 1.0 - share);
            tailed.add_all(&own.tailed, 1.0 - share);
            plain.add_all(&own.plain, 1.0 - share);
        }
        let credibility = tailed.credibility(self.prior).mean;
        let gain = own.map_or(0.0, |own| own.gain);
        Belief { slip: slips.slip(), credibility, tailed, plain, gain }
    }

    /// The probability of occurring that goes with what is believed of all sources.
    pub fn occurs(&self) -> f64 {
        self.all.tailed.occurs(self.prior)
    }

    /// The same that goes with the credibilities that are given out: with slips only where these are clearly better.
    fn occurs_beside(&self) -> f64 {
        if self.all.gain > CLEARLY_BETTER { self.occurs() } else { self.all.plain.occurs(self.prior) }
    }

    /// How many days after what was stated all cases came.
    pub fn every_slip(&self) -> &[i32] {
        &self.all.every
    }

    /// Learns from cases whose outcomes became known on one day; what they tell of credibilities is judged by what was believed
    /// before it.
    pub fn cases(&mut self, cases: &[&Case]) {
        let lessons = cases.iter().flat_map(|case| self.lessons(case)).collect();
        self.take(lessons);
        cases.iter().for_each(|case| self.remember(case));
    }

    fn remember(&mut self, case: &Case) {
        for statement in &case.statements {
            if let (Some(outcome), Some(stated)) = (case.outcome, statement.stated) {
                let slip = slip_of(outcome, stated);
                self.all.every.push(slip);
                self.shown.entry(statement.source.clone()).or_insert_with(Shown::nothing).every.push(slip);
            }
        }
        if !self.compares {
            self.waits.add(case);
        }
    }

    /// Takes in all lessons of one day, each judged by what was believed before.
    fn take(&mut self, lessons: Vec<Lesson>) {
        let gain = |lesson: &Lesson| {
            let belief = self.belief(&lesson.source);
            let tailed = belief.tailed.log_predictive(self.prior, lesson.tailed);
            tailed - belief.plain.log_predictive(self.prior, lesson.plain)
        };
        let gains: Vec<f64> = lessons.iter().map(|lesson| if self.compares { gain(lesson) } else { 0.0 }).collect();
        lessons.into_iter().zip(gains).for_each(|(lesson, gain)| self.lesson(lesson, gain));
    }

    fn lesson(&mut self, lesson: Lesson, gain: f64) {
        let own = self.shown.entry(lesson.source).or_insert_with(Shown::nothing);
        for shown in [own, &mut self.all] {
            shown.tailed.add(lesson.tailed, self.testimony);
            shown.plain.add(lesson.plain, self.testimony);
            shown.gain += gain;
            shown.testimonies += 1;
            for (lead, days) in &lesson.slips {
                shown.slips.add(*lead, *days, DEPENDENT / lesson.slips.len() as f64);
            }
        }
    }

    fn lessons(&self, case: &Case) -> Vec<Lesson> {
        let horizon = (case.first() + 1, horizon_end(case, Day::OPEN_FUTURE));
        // A source is judged by how long cases did wait; forecasts are to stay vague beside reports.
        let prior = if self.compares { self.waits.as_they_were(horizon) } else { prior(horizon, self.waits.law(true)) };
        let outcome = case.outcome.filter(|day| *day <= horizon.1);
        let mut lessons = Vec::new();
        for Word { date, source, windows } in words(case) {
            let slip = self.belief(&source).slip;
            let heard = |slip: Slip| {
                let weights = product(&windows, |window| weights(slip, date, window, horizon));
                let mass = |day: Day| *prior.masses.get((day - horizon.0 - prior.first) as usize).unwrap_or(&0.0);
                let days = (0..=horizon.1 - horizon.0).map(|offset| horizon.0 + offset).filter(|day| *day > date);
                let (later, agreeing) = days.fold((0.0, 0.0), |(later, agreeing), day| {
                    (later + mass(day), agreeing + mass(day) * weights[(day - horizon.0) as usize])
                });
                let founded = outcome.map_or(0.0, |day| mass(day) * weights[(day - horizon.0) as usize]);
                let founded = if agreeing > 1e-290 { founded / agreeing } else { 0.0 };
                Heard::Date { founded, open: outcome.map(mass), later }
            };
            let slips = case
                .outcome
                .iter()
                .flat_map(|day| windows.iter().map(|window| (window.0 - date, slip_of(*day, *window))));
            lessons.push(Lesson {
                tailed: heard(Slip::Tailed(slip)),
                plain: heard(Slip::NONE),
                slips: slips.collect(),
                source,
            });
        }
        lessons
    }

    /// All that has been learned.
    pub fn learned(&self, cases: usize, happened: usize, occurs: Option<f64>) -> Learned {
        let source = |name: &str, shown: &Shown, belief: Belief| {
            // Its own, or that of all, where its own words do not clearly speak against it.
            let clear =
                belief.gain > CLEARLY_BETTER || (self.all.gain > CLEARLY_BETTER && belief.gain > -CLEARLY_BETTER);
            let slip = clear.then(|| belief.slip.into());
            let evidence = if slip.is_some() { &belief.tailed } else { &belief.plain };
            let credibility = evidence.credibility(self.prior);
            LearnedSource {
                source: name.to_string(),
                testimonies: shown.testimonies,
                credibility,
                slip,
                slip_gain: belief.gain,
                slips: shown.every.clone(),
            }
        };
        let spoken = self.shown.iter().filter(|(_, shown)| shown.testimonies > 0);
        let sources = spoken.map(|(name, shown)| source(name, shown, self.belief(name))).collect();
        let pooled = Belief {
            slip: self.all.slips.slip(),
            credibility: 0.0,
            tailed: self.all.tailed.clone(),
            plain: self.all.plain.clone(),
            gain: self.all.gain,
        };
        let all = (self.all.testimonies > 0).then(|| source("all", &self.all, pooled));
        Learned { cases, happened, occurs, sources, all }
    }
}

/// The weights of several windows together: what is said twice counts once.
fn product(windows: &[(Day, Day)], weights: impl Fn((Day, Day)) -> Vec<f64>) -> Vec<f64> {
    let each = windows.iter().map(|window| weights(*window));
    each.reduce(|one, other| one.iter().zip(&other).map(|(a, b)| a * b).collect()).unwrap_or_default()
}

/// What a source said on one day of dates to come, each window once.
struct Word {
    date: Day,
    source: String,
    windows: Vec<(Day, Day)>,
}

/// All words about a case, in the order of their days.
fn words(case: &Case) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    for statement in case.statements.iter().filter(|statement| speaks(statement)) {
        let DatedStatement { date, source, stated: Some(window), .. } = statement else { continue };
        match found.iter_mut().find(|word| word.date == *date && word.source == *source) {
            Some(word) if word.windows.contains(window) => {}
            Some(word) => word.windows.push(*window),
            None => found.push(Word { date: *date, source: source.clone(), windows: vec![*window] }),
        }
    }
    found
}

/// Cases in the order in which their outcomes became known, those of one day by their names.
pub(super) fn by_outcome(cases: &[Case]) -> Vec<&Case> {
    let mut order: Vec<&Case> = cases.iter().collect();
    order.sort_by(|one, other| resolved(one).cmp(&resolved(other)).then_with(|| one.id.cmp(&other.id)));
    order
}

/// Learns from a table of cases, in the order in which their outcomes became known.
pub fn learn_cases(cases: &[Case], prior: BetaPrior) -> Learned {
    let cases: Vec<Case> = cases.iter().filter_map(Case::before_outcome).collect();
    let mut learner = Learner::new(prior, 1.0, true);
    // Whoever looks back knows how long all of them waited.
    cases.iter().for_each(|case| learner.waits.add(case));
    by_outcome(&cases).chunk_by(|one, other| resolved(one) == resolved(other)).for_each(|day| learner.cases(day));
    let (happened, resolved) = learner.waits.counts();
    learner.learned(resolved, happened, Some(learner.occurs_beside()))
}
