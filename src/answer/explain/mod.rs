//! A model in; what each rule, fact, report and source does to its events and queries, and what to watch, out.

mod figure;
mod leave;
mod news;

use super::forecast::refusal;
use super::options::{MethodChoice, Options, Watch};
use super::outcome::{Answer, Forecast, Infeasible, Refusal};
use super::parallel::in_parallel;
use super::solve::{Solution, Solver, Trouble, solve};
use super::{forecast, forecast::infeasible};
use crate::day::Day;
use crate::diagnostic::did_you_mean;
use crate::infer::{Number, Scaled};
use crate::model::Model;
use figure::{Figure, bits, of_forecast, of_solution};
use leave::{Leave, leaves};
use news::news;
use serde::Serialize;

/// What is to be explained: by id; where nothing is named, every event in doubt and every query.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub events: Vec<String>,
    pub queries: Vec<String>,
}

/// What an explanation is about: its place in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Event(usize),
    Query(usize),
}

/// What comes of asking why.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Explained {
    Reasons(Reasons),
    /// No world keeps all rules and facts, so that there is nothing to explain but this.
    Infeasible(Infeasible),
}

/// Why a forecast says what it says.
#[derive(Clone, Debug, Serialize)]
pub struct Reasons {
    pub title: Option<String>,
    /// Whether the values are exact; else each is read from forecasts of drawn worlds.
    pub exact: bool,
    pub targets: Vec<TargetReasons>,
    /// What should be doubted about them.
    pub warnings: Vec<String>,
    /// The horizon's first day.
    #[serde(skip)]
    pub origin: Option<Day>,
}

/// What speaks for one event's dates, or one query's answer.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum TargetReasons {
    Event {
        event: String,
        #[serde(skip)]
        title: Option<String>,
        baseline: EventFigures,
        influences: Vec<EventInfluence>,
        news: Vec<News>,
    },
    Query {
        query: String,
        ask: String,
        baseline: QueryFigures,
        influences: Vec<QueryInfluence>,
        news: Vec<News>,
    },
}

/// When an event starts, in three figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EventFigures {
    /// The day by which it has started as probably as not; `None` where it is more likely not to occur in the horizon.
    pub median: Option<Day>,
    /// Days after the horizon's first, given that it occurs.
    pub mean_day: Option<f64>,
    pub occurs: f64,
}

/// How probable a query is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QueryFigures {
    pub probability: f64,
}

/// What one member does to an event.
#[derive(Clone, Debug, Serialize)]
pub struct EventInfluence {
    /// `rule:ID`, `observation:ID`, `assume:N`, `event:ID.happened`, `event:ID.silence`, `report:ID` or `source:ID`.
    pub member: String,
    /// The forecast without it; `None` where that leaves no world or is out of reach.
    pub without: Option<EventFigures>,
    /// Mean day with it minus that without it.
    pub shift_days: Option<f64>,
    /// Kullback-Leibler divergence from the distribution without it to the one with it; `None` where it is infinite.
    pub bits: Option<f64>,
    /// What it says, and the source that it comes from.
    #[serde(skip)]
    pub says: String,
    #[serde(skip)]
    pub source: Option<String>,
    /// Whether it is a source of one report only.
    #[serde(skip)]
    pub single_report: bool,
}

/// What one member does to a query.
#[derive(Clone, Debug, Serialize)]
pub struct QueryInfluence {
    pub member: String,
    pub without: Option<QueryFigures>,
    /// Probability with it minus that without it.
    pub shift: Option<f64>,
    pub bits: Option<f64>,
    #[serde(skip)]
    pub says: String,
    #[serde(skip)]
    pub source: Option<String>,
    /// Whether it is a source of one report only.
    #[serde(skip)]
    pub single_report: bool,
}

/// How much would be learned about a target from another event's date, or from whether a report's claim is true: their
/// mutual information.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct News {
    #[serde(flatten)]
    pub of: Herald,
    pub bits: f64,
}

/// What would tell something.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Herald {
    Event(String),
    Report(String),
}

/// Explains a forecast by leaving out one thing after the other.
///
/// # Errors
/// As [`forecast`](crate::forecast), and where what is wanted is not there.
pub fn explain(model: &Model, wanted: &Wanted, options: &Options) -> Result<Explained, Refusal> {
    let named = named(model, wanted)?;
    let exact = || match explain_on::<f64>(model, &named, options) {
        Err(Trouble::Range) => explain_on::<Scaled>(model, &named, options),
        other => other,
    };
    let found = match options.method {
        MethodChoice::Sample => None,
        MethodChoice::Exact => Some(exact()),
        MethodChoice::Auto => Some(exact()).filter(|found| !matches!(found, Err(Trouble::TooLarge(_)))),
    };
    match found {
        Some(found) => found.map_err(|trouble| refusal(model, trouble, options.method)),
        None => explain_drawn(model, &named, options),
    }
}

/// The targets by their places; none where nothing is named.
fn named(model: &Model, wanted: &Wanted) -> Result<Vec<Target>, Refusal> {
    let place = |kind: &str, id: &String, ids: Vec<&str>| {
        ids.iter().position(|known| known == id).ok_or_else(|| {
            let hint = did_you_mean(id, ids.iter().copied());
            let listed = format!("the {kind}s are: {}", ids.iter().take(20).copied().collect::<Vec<_>>().join(", "));
            Refusal::Named(format!("there is no {kind} '{id}'; {}", hint.unwrap_or(listed)))
        })
    };
    let events = || model.events.iter().map(|event| event.id.as_str()).collect();
    let queries = || model.queries.iter().map(|query| query.id.as_str()).collect();
    let events = wanted.events.iter().map(|id| place("event", id, events()).map(Target::Event));
    let queries = wanted.queries.iter().map(|id| place("query", id, queries()).map(Target::Query));
    events.chain(queries).collect()
}

/// The targets that are named, or else all whose figures leave something open.
fn targets(model: &Model, named: &[Target], open: impl Fn(Target) -> bool) -> Vec<Target> {
    if !named.is_empty() {
        return named.to_vec();
    }
    let events = (0..model.events.len()).map(Target::Event).filter(|event| open(*event));
    events.chain((0..model.queries.len()).map(Target::Query)).collect()
}

fn explain_on<N: Number>(model: &Model, named: &[Target], options: &Options) -> Result<Explained, Trouble> {
    let solution = solve::<N>(model, options.limits)?;
    if solution.posterior.is_none() {
        return infeasible(model, options).map(Explained::Infeasible);
    }
    let events: Vec<Target> = (0..model.events.len()).map(Target::Event).collect();
    let dates = of_solution(&solution, &events)?;
    let targets = targets(model, named, |target| match target {
        Target::Event(event) => dates[event].in_doubt(),
        Target::Query(_) => true,
    });
    let with = of_solution(&solution, &targets)?;
    let leaves = leaves(model, &solution.silent);
    let limits = options.limits;
    let without = in_parallel(leaves.len(), limits, |limits, turns| {
        let mut solver = None;
        let mut one = |index: usize| -> Result<Option<Vec<Figure>>, Trouble> {
            let left = leaves[index].out_of(model);
            let figures = |solution: &Solution<'_, N>| match solution.posterior {
                Some(_) => of_solution(solution, &targets).map(Some),
                None => Ok(None),
            };
            let found = match leaves[index] {
                // A rule makes other networks.
                Leave::Rule(_) => solve::<N>(&left, limits).and_then(|solution| figures(&solution)),
                _ => {
                    let solver = match &mut solver {
                        Some(solver) => solver,
                        none => none.insert(Solver::<N>::new(model, limits)?),
                    };
                    solver.solve(&left).and_then(|solution| figures(&solution))
                }
            };
            match found {
                Err(Trouble::TooLarge(_)) => Ok(None),
                other => other,
            }
        };
        turns.map(|index| (index, one(index))).collect()
    });
    let without: Vec<Option<Vec<Figure>>> = without.into_iter().collect::<Result<_, Trouble>>()?;
    let in_doubt: Vec<usize> = (0..model.events.len()).filter(|event| dates[*event].in_doubt()).collect();
    let news = in_parallel(targets.len(), limits, |_, turns| {
        turns.map(|index| (index, news(&solution, targets[index], &in_doubt))).collect()
    });
    let news: Vec<Option<Vec<News>>> = news.into_iter().collect::<Result<_, Trouble>>()?;
    let mut warnings = Vec::new();
    if news.iter().any(Option::is_none) {
        warnings.push("some news are left out: they tie too many days together".to_string());
    }
    let news = news.into_iter().map(Option::unwrap_or_default).collect();
    Ok(Explained::Reasons(Table { model, targets, with, leaves, without, news }.reasons(true, warnings)))
}

/// The same from forecasts of drawn worlds, one for each thing that is left out.
fn explain_drawn(model: &Model, named: &[Target], options: &Options) -> Result<Explained, Refusal> {
    let drawn = |model: &Model| forecast(model, Vec::new(), options, Watch::default());
    let told = match drawn(model)? {
        Answer::Infeasible(infeasible) => return Ok(Explained::Infeasible(infeasible)),
        Answer::Forecast(told) => told,
    };
    let targets = targets(model, named, |target| match target {
        Target::Event(event) => told.events[event].in_doubt(),
        Target::Query(_) => true,
    });
    let figures = |forecast: &Forecast| of_forecast(forecast, &targets);
    let leaves = leaves(model, &[]);
    let without = leaves.iter().map(|leave| match drawn(&leave.out_of(model)) {
        Ok(Answer::Forecast(forecast)) => Some(figures(&forecast)),
        _ => None,
    });
    let without = without.collect();
    let news = vec![Vec::new(); targets.len()];
    let with = figures(&told);
    let warnings = vec![
        "an exact explanation is out of reach: shifts and bits come from drawn worlds, small ones mean nothing, and news are left out"
            .to_string(),
    ];
    Ok(Explained::Reasons(Table { model, targets, with, leaves, without, news }.reasons(false, warnings)))
}

/// All that has been found.
struct Table<'m> {
    model: &'m Model,
    targets: Vec<Target>,
    with: Vec<Figure>,
    leaves: Vec<Leave>,
    /// For each thing that is left out the figures of all targets.
    without: Vec<Option<Vec<Figure>>>,
    news: Vec<Vec<News>>,
}

impl Table<'_> {
    fn reasons(self, exact: bool, warnings: Vec<String>) -> Reasons {
        let each = self.targets.iter().enumerate().map(|(index, target)| self.target(index, *target));
        let (title, origin) = (self.model.title.clone(), Some(self.model.horizon.0));
        Reasons { title, exact, targets: each.collect(), warnings, origin }
    }

    fn target(&self, index: usize, target: Target) -> TargetReasons {
        let with = &self.with[index];
        let news = self.news[index].clone();
        let left = self.leaves.iter().zip(&self.without).map(|(leave, figures)| {
            let without = figures.as_ref().map(|figures| &figures[index]);
            (leave, without, without.and_then(|without| bits(with, without)))
        });
        let mut left: Vec<(&Leave, Option<&Figure>, Option<f64>)> = left.collect();
        // What is infinite comes first, what is not known last.
        let rank = |(_, without, bits): &(&Leave, Option<&Figure>, Option<f64>)| match (without, bits) {
            (None, _) => f64::INFINITY,
            (_, None) => f64::NEG_INFINITY,
            (_, Some(bits)) => -bits,
        };
        left.sort_by(|one, other| rank(one).total_cmp(&rank(other)));
        match target {
            Target::Event(event) => {
                let event = &self.model.events[event];
                let influence = |(leave, without, bits): (&Leave, Option<&Figure>, Option<f64>)| EventInfluence {
                    member: leave.name(self.model),
                    without: without.map(Figure::of_event),
                    shift_days: without.and_then(|without| Some(with.mean()? - without.mean()?)),
                    bits,
                    says: leave.says(self.model),
                    source: leave.source(self.model),
                    single_report: leave.is_a_single_report(self.model),
                };
                TargetReasons::Event {
                    event: event.id.clone(),
                    title: event.title.clone(),
                    baseline: with.of_event(),
                    influences: left.into_iter().map(influence).collect(),
                    news,
                }
            }
            Target::Query(query) => {
                let query = &self.model.queries[query];
                let influence = |(leave, without, bits): (&Leave, Option<&Figure>, Option<f64>)| QueryInfluence {
                    member: leave.name(self.model),
                    without: without.map(Figure::of_query),
                    shift: without.map(|without| with.probability() - without.probability()),
                    bits,
                    says: leave.says(self.model),
                    source: leave.source(self.model),
                    single_report: leave.is_a_single_report(self.model),
                };
                TargetReasons::Query {
                    query: query.id.clone(),
                    ask: query.text.clone(),
                    baseline: with.of_query(),
                    influences: left.into_iter().map(influence).collect(),
                    news,
                }
            }
        }
    }
}
