//! A case in, its forecast out, by weighing every world as the model says: slow, and as plain as it can be.

use crate::cases::case::{Case, Outcome, Proposition, Slip};
use crate::cases::window::OPEN;
use crate::enumeration::hearing::{Standing, Strength, Testimony, hear};
use crate::enumeration::truth::{NEVER, World, holds};
use crate::enumeration::wide::Wide;
use crate::enumeration::worlds::{Base, Weighed, base};
use std::collections::BTreeMap;

/// Probabilities below this count as 0 in the factor of a testimony.
const NEGLIGIBLE: f64 = 1e-290;

/// What the model says of a case.
pub enum Expected {
    Infeasible,
    Forecast(Box<Forecast>),
}

pub struct Forecast {
    pub agreement: Wide,
    pub log_rules: f64,
    pub log_facts: f64,
    /// For each event the probability of each start day, [`NEVER`] among them.
    pub events: Vec<BTreeMap<i32, Wide>>,
    /// The reports that count, in the order of the file.
    pub reports: Vec<(String, ReportForecast)>,
    /// The file's and those asked for besides.
    pub queries: Vec<Wide>,
    pub posterior: Weighed,
}

pub enum ReportForecast {
    Speaks { credibility: Option<f64>, posterior: Option<Wide>, claim_prior: Wide, claim_posterior: Wide },
    Echoes(String),
    ReplacedBy(String),
}

/// How a testimony acts on the worlds of the base.
struct Effect {
    factors: Vec<Wide>,
    /// Without a likelihood ratio, the part of each factor that speaks for the testimony being well founded.
    founded: Option<Vec<Wide>>,
    claim_priors: Vec<Wide>,
}

/// The forecast, from the worlds of the prior.
pub fn forecast(case: &Case, prior: &Weighed) -> Expected {
    let Some(base) = base(case, prior) else {
        return Expected::Infeasible;
    };
    let now = facts(case, &base, case.as_of(), true);
    let p_facts = sum(&base, |index| now[index]);
    if p_facts.is_zero() {
        return Expected::Infeasible;
    }
    let hearing = hear(case);
    let mut posterior: Weighed = base.worlds.clone();
    posterior.iter_mut().zip(&now).filter(|(_, known)| !**known).for_each(|((_, weight), _)| {
        *weight = Wide::ZERO;
    });
    let mut effects = Vec::new();
    for testimony in &hearing.testimonies {
        let known = moment(case, &base, testimony.date, &now);
        let effect = effect(case, &base, testimony, &known);
        for ((_, weight), factor) in posterior.iter_mut().zip(&effect.factors) {
            *weight = *weight * *factor;
        }
        effects.push(effect);
    }
    let total: Wide = posterior.iter().map(|(_, weight)| *weight).sum();
    if total.is_zero() {
        return Expected::Infeasible;
    }
    posterior.iter_mut().for_each(|(_, weight)| *weight = *weight / total);
    let queries = case.queries.iter().map(|query| &query.ask).chain(&case.changes.ask);
    Expected::Forecast(Box::new(Forecast {
        agreement: total / p_facts,
        log_rules: base.log_rules,
        log_facts: p_facts.ln(),
        events: (0..case.events.len()).map(|event| days(&posterior, event)).collect(),
        reports: reports(case, &hearing, &effects, &posterior),
        queries: queries.map(|ask| probability(case, ask, &posterior)).collect(),
        posterior,
    }))
}

fn sum(base: &Base, keep: impl Fn(usize) -> bool) -> Wide {
    let worlds = base.worlds.iter().enumerate();
    worlds.filter(|(index, _)| keep(*index)).map(|(_, (_, weight))| *weight).sum()
}

fn probability(case: &Case, proposition: &Proposition, worlds: &Weighed) -> Wide {
    let likely = worlds.iter().filter(|(_, weight)| !weight.is_zero());
    likely.filter(|(world, _)| holds(case, proposition, world)).map(|(_, weight)| *weight).sum()
}

fn days(worlds: &Weighed, event: usize) -> BTreeMap<i32, Wide> {
    let mut found = BTreeMap::new();
    for (world, weight) in worlds.iter().filter(|(_, weight)| !weight.is_zero()) {
        let day = found.entry(world.starts[event]).or_insert(Wide::ZERO);
        *day = *day + *weight;
    }
    found
}

/// Whether something of that date is known on the evening of `by` (`None`: everything is).
pub fn is_known(date: Option<i32>, by: Option<i32>) -> bool {
    match (date, by) {
        (Some(date), Some(by)) => date <= by,
        _ => true,
    }
}

/// Observations and outcomes as known on the evening of `by`, world by world; `now` adds the assumptions.
fn spoken_facts(case: &Case, base: &Base, by: Option<i32>, now: bool) -> Vec<bool> {
    let observations = case.observations.iter().enumerate().filter(|(index, observation)| {
        is_known(observation.date, by) && !case.is_dropped(&case.observation_id(*index))
    });
    let assumed = case.changes.assume.iter().filter(|_| now);
    let said: Vec<&Proposition> = observations.map(|(_, observation)| &observation.says).chain(assumed).collect();
    let fits = |world: &World| {
        said.iter().all(|says| holds(case, says, world))
            && (0..case.events.len()).all(|event| match outcome_by(case, event, by) {
                Some(Outcome::Started(day)) => world.starts[event] == day,
                Some(Outcome::DidNotOccur) => world.starts[event] == NEVER,
                None => true,
            })
    };
    base.worlds.iter().map(|(world, _)| fits(world)).collect()
}

fn outcome_by(case: &Case, event: usize, by: Option<i32>) -> Option<Outcome> {
    let known = |outcome: &Outcome| match outcome {
        Outcome::Started(day) => is_known(Some(*day), by),
        Outcome::DidNotOccur => is_known(Some(case.days - 1), by),
    };
    case.events[event].happened.filter(known)
}

/// All facts as known on the evening of `by`, silence included.
fn facts(case: &Case, base: &Base, by: Option<i32>, now: bool) -> Vec<bool> {
    let spoken = spoken_facts(case, base, by, now);
    let (Some(by), Some(_)) = (by, case.as_of()) else {
        return spoken;
    };
    // "Does not occur" is later than all days.
    let later = |event: usize, index: usize| base.worlds[index].0.starts[event] > by;
    let is_silent = |event: &usize| {
        let one = &case.events[*event];
        let open = one.visible && !case.is_on_a_date(*event) && outcome_by(case, *event, Some(by)).is_none();
        open && (0..spoken.len()).any(|index| spoken[index] && later(*event, index))
    };
    let silent: Vec<usize> = (0..case.events.len()).filter(is_silent).collect();
    (0..spoken.len()).map(|index| spoken[index] && silent.iter().all(|event| later(*event, index))).collect()
}

/// The facts that a testimony is weighed by.
fn moment(case: &Case, base: &Base, date: Option<i32>, now: &[bool]) -> Vec<bool> {
    let Some(date) = date else {
        return now.to_vec();
    };
    // Silences may contradict each other jointly, which only later facts resolve.
    let candidates = [facts(case, base, Some(date), false), spoken_facts(case, base, Some(date), false)];
    let possible = candidates.into_iter().find(|known| known.contains(&true));
    possible.unwrap_or_else(|| now.to_vec())
}

fn effect(case: &Case, base: &Base, testimony: &Testimony, known: &[bool]) -> Effect {
    let total = sum(base, |index| known[index]);
    let claim = |report: usize, index: usize| holds(case, &case.reports[report].says, &base.worlds[index].0);
    let claim_priors = testimony
        .reports
        .iter()
        .map(|report| sum(base, |index| known[index] && claim(*report, index)) / total)
        .collect();
    let (credibility, hedge) = match testimony.strength {
        Strength::Credibility { credibility, hedge } => (credibility, hedge),
        Strength::LikelihoodRatio(ratio) => {
            let factor = |index| if claim(testimony.reports[0], index) { Wide::new(ratio) } else { Wide::ONE };
            let factors = (0..base.worlds.len()).map(factor).collect();
            return Effect { factors, founded: None, claim_priors };
        }
    };
    let weights: Vec<(Wide, Wide)> =
        base.worlds.iter().map(|(world, _)| claim_weight(case, testimony, world)).collect();
    let expected = |part: &dyn Fn(usize) -> Wide| -> Wide {
        let known = (0..known.len()).filter(|index| known[*index]);
        known.map(|index| base.worlds[index].1 * part(index)).sum::<Wide>() / total
    };
    let pi = expected(&|index| weights[index].0);
    let counter = expected(&|index| weights[index].1);
    let founded: Vec<Wide> = weights.iter().map(|weight| share(credibility, hedge, *weight, pi, counter)).collect();
    let factors = founded.iter().map(|share| *share + Wide::new(1.0 - credibility)).collect();
    Effect { factors, founded: Some(founded), claim_priors }
}

/// `c·(p·w/π + (1 − p)·(1 − w)/(1 − π))`, with what the model says where π or 1 − π is negligible.
fn share(c: f64, p: f64, (weight, rest): (Wide, Wide), pi: Wide, counter: Wide) -> Wide {
    if pi.to_f64() < NEGLIGIBLE {
        return Wide::new(if p == 1.0 { 0.0 } else { c });
    }
    if counter.to_f64() < NEGLIGIBLE {
        return Wide::new(c);
    }
    Wide::new(c * p) * weight / pi + Wide::new(c) * Wide::new(1.0 - p) * rest / counter
}

/// The product of the claims' weights in a world, and what is missing to 1; nothing is subtracted.
fn claim_weight(case: &Case, testimony: &Testimony, world: &World) -> (Wide, Wide) {
    let (mut kept, mut missing) = (Wide::ONE, Wide::ZERO);
    for (report, slip) in testimony.reports.iter().zip(&testimony.slips) {
        let says = &case.reports[*report].says;
        let shifted = |d: i32| {
            let mut shifted = *world;
            if d != 0 {
                for event in says.events().into_iter().filter(|e| world.starts[*e] != NEVER) {
                    shifted.starts[event] -= d;
                }
            }
            shifted
        };
        let kernel = kernel(*slip, lead(case, *report));
        let total: Wide = kernel.iter().map(|(_, k)| Wide::new(*k)).sum();
        let (mut fits, mut fails) = (Wide::ZERO, Wide::ZERO);
        for (d, k) in kernel {
            let part = Wide::new(k) / total;
            if holds(case, says, &shifted(d)) { fits = fits + part } else { fails = fails + part }
        }
        missing = missing + kept * fails;
        kept = kept * fits;
    }
    (kept, missing)
}

/// How many days ahead of the report the earliest date lies that it names.
fn lead(case: &Case, report: usize) -> Option<i32> {
    let report = &case.reports[report];
    let windows = report.says.statements().into_iter().filter_map(|statement| statement.window());
    let named = windows.map(|window| if window.first.abs() < OPEN { window.first } else { window.last }).min()?;
    Some(named as i32 - report.date?)
}

/// What each number of days weighs, to be divided by the sum of all.
fn kernel(slip: Slip, lead: Option<i32>) -> Vec<(i32, f64)> {
    match slip {
        Slip::Linear { early, late } => {
            let fall = |d: i32| 1.0 - f64::from(d.abs()) / f64::from(if d < 0 { early } else { late } + 1);
            (-early..=late).map(|d| (d, fall(d))).collect()
        }
        Slip::Tailed { exact, late_share, late_days, early_days, growth } => {
            let stretch = (f64::from(lead.unwrap_or(30).max(0) + 1) / 31.0).powf(growth);
            let sure = exact / (exact + (1.0 - exact) * stretch);
            let reached = |n: i32, m: f64| m / (m + f64::from(n) - 1.0);
            let tail = |n: i32, m: f64| (reached(n, m) - reached(n + 1, m)) / (1.0 - reached(367, m));
            let slips = (1..=366).flat_map(|n| {
                let late = late_share * tail(n, late_days * stretch);
                let early = (1.0 - late_share) * tail(n, early_days * stretch);
                [(n, (1.0 - sure) * late), (-n, (1.0 - sure) * early)]
            });
            slips.chain([(0, sure)]).collect()
        }
    }
}

fn reports(
    case: &Case,
    hearing: &crate::enumeration::hearing::Hearing,
    effects: &[Effect],
    posterior: &Weighed,
) -> Vec<(String, ReportForecast)> {
    let of = |report: usize, standing: Standing| match standing {
        Standing::Echoes(original) => ReportForecast::Echoes(case.report_id(original)),
        Standing::ReplacedBy(newer) => ReportForecast::ReplacedBy(case.report_id(newer)),
        Standing::Speaks(testimony) => {
            let effect = &effects[testimony];
            let members = &hearing.testimonies[testimony].reports;
            let at = members.iter().position(|member| *member == report).expect("a member");
            ReportForecast::Speaks {
                credibility: hearing.credibilities[report],
                posterior: effect.founded.as_ref().map(|founded| {
                    let worlds = posterior.iter().zip(founded.iter().zip(&effect.factors));
                    worlds
                        .filter(|((_, weight), _)| !weight.is_zero())
                        .map(|((_, weight), (founded, factor))| *weight * *founded / *factor)
                        .sum()
                }),
                claim_prior: effect.claim_priors[at],
                claim_posterior: probability(case, &case.reports[report].says, posterior),
            }
        }
    };
    let standings = hearing.standings.iter();
    standings.map(|(report, standing)| (case.report_id(*report), of(*report, *standing))).collect()
}
