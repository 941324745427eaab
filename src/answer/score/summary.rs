//! The scores of many scenarios in; means with standard errors, coverage, reliability and the record of each source out.

use super::record::SourceRecord;
use super::{DateScore, EventScore, QueryScore, Scored};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

/// Bins of probabilities: of the reliability table and of the histogram.
const BINS: usize = 10;

/// How good the forecasts of some scenarios were, taken together.
#[derive(Clone, Debug, Serialize)]
pub struct ScoreSummary {
    pub scenarios: usize,
    pub dates: DateSummary,
    pub queries: QuerySummary,
    pub sources: Vec<SourceRecord>,
}

/// A mean and its standard error: scores of one scenario have much to do with each other, those of different ones nothing.
///
/// ```text
/// error² = S/(S − 1) · Σ_scenario (Σ (score − mean))² / n²
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Average {
    /// `None` of nothing.
    pub mean: Option<f64>,
    /// `None` of fewer than two scenarios.
    pub error: Option<f64>,
    pub count: usize,
}

/// A score of the forecast, beside those of the forecast without reports and of the uniform one.
#[derive(Clone, Debug, Serialize)]
pub struct Skill {
    pub forecast: Average,
    pub base: Average,
    pub uniform: Average,
    /// 1 − score/score of the base, over what both have scores of; `None` where something has none by the forecast.
    pub skill: Option<f64>,
    /// The same beside the uniform forecast.
    pub skill_on_uniform: Option<f64>,
}

/// The scores of events.
#[derive(Clone, Debug, Serialize)]
pub struct DateSummary {
    pub events: usize,
    /// −ln p in nats. What was held impossible is left out, and counted beside.
    pub log_score: Skill,
    /// How often what happened had probability 0: by the forecast, without reports, by the uniform one.
    pub impossible: [usize; 3],
    /// In days.
    pub crps: Skill,
    /// Days between the median and what happened.
    pub absolute_error: Average,
    pub coverage: Vec<Coverage>,
    /// How many probability integral transforms fell into each tenth of 0 to 1, each placed by chance within what its day weighs.
    pub pit: [usize; BINS],
}

/// How often windows held what happened, and how often they had promised to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Coverage {
    pub level: f64,
    pub held: Average,
    pub stated: Average,
}

/// The scores of questions.
#[derive(Clone, Debug, Serialize)]
pub struct QuerySummary {
    pub queries: usize,
    pub brier: Skill,
    pub reliability: Vec<ReliabilityBin>,
    pub decomposition: Option<BrierParts>,
}

/// The questions whose probability lay in one tenth of 0 to 1 (the last one with its end).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ReliabilityBin {
    pub from: f64,
    pub to: f64,
    pub count: usize,
    /// Mean probability; `None` where there are none.
    pub stated: Option<f64>,
    /// The share that was true.
    pub came_true: Option<f64>,
}

/// The Brier score in parts: `reliability − resolution + uncertainty + within_bins`.
///
/// The first three are those of Murphy (1973), of the bins' mean probabilities; the last is what probabilities within a bin
/// differ by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BrierParts {
    pub reliability: f64,
    pub resolution: f64,
    pub uncertainty: f64,
    pub within_bins: f64,
}

impl ScoreSummary {
    /// Sums up the scores of scenarios.
    pub fn of(scored: &[Scored], seed: u64) -> ScoreSummary {
        let mut sources: Vec<SourceRecord> = Vec::new();
        for record in scored.iter().flat_map(|one| &one.sources) {
            match sources.iter_mut().find(|known| known.source == record.source) {
                Some(known) => known.add(record),
                None => sources.push(record.clone()),
            }
        }
        ScoreSummary {
            scenarios: scored.iter().filter(|one| !one.is_empty()).count(),
            dates: date_summary(scored, seed),
            queries: query_summary(scored),
            sources,
        }
    }
}

/// A mean by scenario.
pub fn average(groups: &[Vec<f64>]) -> Average {
    let count: usize = groups.iter().map(Vec::len).sum();
    if count == 0 {
        return Average { mean: None, error: None, count };
    }
    let mean = groups.iter().flatten().sum::<f64>() / count as f64;
    let clusters: Vec<f64> =
        groups.iter().filter(|group| !group.is_empty()).map(|group| group.iter().map(|x| x - mean).sum()).collect();
    let number = clusters.len() as f64;
    let square = clusters.iter().map(|sum| sum * sum).sum::<f64>() / (count as f64).powi(2);
    let error = (clusters.len() > 1).then(|| (square * number / (number - 1.0)).sqrt());
    Average { mean: Some(mean), error, count }
}

/// The scores of each scenario, by kind of forecast.
fn skill<'s, T: 's>(groups: &[Vec<&'s T>], kinds: [fn(&T) -> Option<f64>; 3]) -> Skill {
    let of = |kind: fn(&T) -> Option<f64>| {
        let scores = |group: &Vec<&'s T>| group.iter().filter_map(|row| kind(row)).collect();
        average(&groups.iter().map(scores).collect::<Vec<Vec<f64>>>())
    };
    let [forecast, base, uniform] = kinds;
    // What was held impossible and happened is no skill, whatever the rest.
    let refuted = groups.iter().flatten().any(|row| forecast(row).is_none());
    let beside = |other: fn(&T) -> Option<f64>| {
        let both = groups.iter().flatten().filter_map(|row| Some((forecast(row)?, other(row)?)));
        let (score, reference) = both.fold((0.0, 0.0), |(score, reference), (one, two)| (score + one, reference + two));
        (reference > 0.0 && !refuted).then(|| 1.0 - score / reference)
    };
    let (skill, skill_on_uniform) = (beside(base), beside(uniform));
    Skill { forecast: of(forecast), base: of(base), uniform: of(uniform), skill, skill_on_uniform }
}

fn date_summary(scored: &[Scored], seed: u64) -> DateSummary {
    let groups: Vec<Vec<&EventScore>> =
        scored.iter().map(|one| one.events.iter().flat_map(|event| &event.scores).collect()).collect();
    let impossible = |kind: fn(&EventScore) -> &DateScore| {
        groups.iter().flatten().filter(|score| kind(score).log_score.is_none()).count()
    };
    let errors = |group: &Vec<&EventScore>| {
        group.iter().filter_map(|score| score.error_days).map(|days| f64::from(days.abs())).collect()
    };
    DateSummary {
        events: scored.iter().flat_map(|one| &one.events).filter(|event| !event.scores.is_empty()).count(),
        log_score: skill(&groups, [|s| s.forecast.log_score, |s| s.base.log_score, |s| s.uniform.log_score]),
        impossible: [impossible(|s| &s.forecast), impossible(|s| &s.base), impossible(|s| &s.uniform)],
        crps: skill(&groups, [|s| Some(s.forecast.crps), |s| Some(s.base.crps), |s| Some(s.uniform.crps)]),
        absolute_error: average(&groups.iter().map(errors).collect::<Vec<Vec<f64>>>()),
        coverage: coverage(&groups),
        pit: histogram(&groups, seed),
    }
}

/// For each level of windows how often they held.
fn coverage(groups: &[Vec<&EventScore>]) -> Vec<Coverage> {
    let mut levels: Vec<f64> = groups.iter().flatten().flat_map(|s| &s.windows).map(|window| window.level).collect();
    levels.sort_unstable_by(f64::total_cmp);
    levels.dedup();
    let of = |level: f64, figure: fn(&super::WindowScore) -> f64| {
        let windows = |group: &Vec<&EventScore>| {
            group.iter().flat_map(|score| &score.windows).filter(|window| window.level == level).map(figure).collect()
        };
        average(&groups.iter().map(windows).collect::<Vec<Vec<f64>>>())
    };
    let coverage = |level: f64| Coverage {
        level,
        held: of(level, |window| f64::from(u8::from(window.hit))),
        stated: of(level, |window| window.probability),
    };
    levels.into_iter().map(coverage).collect()
}

/// The probability integral transforms, each placed by chance within what its day weighs (Czado, Gneiting and Held 2009).
fn histogram(groups: &[Vec<&EventScore>], seed: u64) -> [usize; BINS] {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut bins = [0; BINS];
    for (from, to) in groups.iter().flatten().map(|score| score.pit) {
        let value: f64 = from + (to - from) * random.random::<f64>();
        bins[bin(value)] += 1;
    }
    bins
}

fn bin(probability: f64) -> usize {
    ((probability * BINS as f64) as usize).min(BINS - 1)
}

fn query_summary(scored: &[Scored]) -> QuerySummary {
    let groups: Vec<Vec<&QueryScore>> =
        scored.iter().map(|one| one.queries.iter().flat_map(|query| &query.scores).collect()).collect();
    let answered = scored.iter().flat_map(|one| &one.queries);
    let answers: Vec<(f64, bool)> = answered
        .clone()
        .flat_map(|query| query.scores.iter().map(|score| (score.probability, query.outcome)))
        .collect();
    let (reliability, decomposition) = reliability(&answers);
    QuerySummary {
        queries: answered.filter(|query| !query.scores.is_empty()).count(),
        brier: skill(&groups, [|s| Some(s.brier), |s| Some(s.base.brier), |s| Some(s.uniform.brier)]),
        reliability,
        decomposition,
    }
}

/// Probabilities and whether it was so, in ten bins; and the Brier score in parts (`None` of nothing).
pub fn reliability(answers: &[(f64, bool)]) -> (Vec<ReliabilityBin>, Option<BrierParts>) {
    let mut binned: Vec<Vec<(f64, f64)>> = vec![Vec::new(); BINS];
    for (probability, truth) in answers {
        binned[bin(*probability)].push((*probability, f64::from(u8::from(*truth))));
    }
    let edge = |at: usize| at as f64 / BINS as f64;
    let row = |(at, members): (usize, &Vec<(f64, f64)>)| {
        let some = !members.is_empty();
        let count = members.len();
        let stated = some.then(|| members.iter().map(|(p, _)| p).sum::<f64>() / count as f64);
        let came_true = some.then(|| members.iter().map(|(_, truth)| truth).sum::<f64>() / count as f64);
        ReliabilityBin { from: edge(at), to: edge(at + 1), count, stated, came_true }
    };
    let bins: Vec<ReliabilityBin> = binned.iter().enumerate().map(row).collect();
    let parts = (!answers.is_empty()).then(|| parts(answers, &bins));
    (bins, parts)
}

fn parts(answers: &[(f64, bool)], bins: &[ReliabilityBin]) -> BrierParts {
    let total = answers.len() as f64;
    let rate = answers.iter().filter(|(_, truth)| *truth).count() as f64 / total;
    let weighed = |part: &dyn Fn(f64, f64) -> f64| {
        let each = bins.iter().filter_map(|bin| Some(bin.count as f64 * part(bin.stated?, bin.came_true?)));
        each.sum::<f64>() / total
    };
    let reliability = weighed(&|stated, came_true| (stated - came_true).powi(2));
    let resolution = weighed(&|_, came_true| (came_true - rate).powi(2));
    let uncertainty = rate * (1.0 - rate);
    let brier = answers.iter().map(|(p, truth)| super::brier(*p, *truth)).sum::<f64>() / total;
    BrierParts { reliability, resolution, uncertainty, within_bins: brier - (reliability - resolution + uncertainty) }
}
