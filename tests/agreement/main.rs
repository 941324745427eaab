//! Random cases in; the crate's forecasts of their texts against an enumeration of all their worlds.

mod cases;
mod compare;
mod enumeration;
mod explained;
mod guided;
mod over_time;
mod scheduled;

use cases::{case::Case, coverage, features, generate, toml};
use dateline::{Answer, Engine, Limits, Options, Scenario};
use enumeration::forecast::{Expected, ReportForecast, forecast};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many cases are compared.
const CASES: u64 = 2_500;
/// Of so many one is also computed by the engines that are not the cheapest.
const FORCED: u64 = 2;
/// On so many threads.
const THREADS: usize = 2;
/// Differing cases beyond this many are not shown.
const SHOWN: usize = 5;

/// What one case came to.
struct Outcome {
    /// What it uses of the format, and what became of it.
    marks: Vec<&'static str>,
    /// What is wrong with it, with its text.
    trouble: Option<String>,
}

/// All cases, computed once for all tests.
fn outcomes() -> &'static [Outcome] {
    static OUTCOMES: OnceLock<Vec<Outcome>> = OnceLock::new();
    OUTCOMES.get_or_init(|| {
        let next = AtomicU64::new(0);
        let seeds = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < CASES);
        let work = || std::iter::from_fn(seeds).map(outcome).collect::<Vec<Outcome>>();
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
            let join = |thread: std::thread::ScopedJoinHandle<'_, Vec<Outcome>>| {
                thread.join().expect("the case of a panic is told above")
            };
            threads.into_iter().flat_map(join).collect()
        })
    })
}

fn outcome(seed: u64) -> Outcome {
    let generated = generate::generate(seed);
    let case = &generated.case;
    // Another stream of choices than the case's own.
    let written = toml::write(case, !seed);
    let expected = forecast(case, &generated.prior);
    let mut marks: Vec<&'static str> = features::of(case).into_iter().collect();
    marks.extend(&written.used);
    marks.extend(fate(generated.prior.len(), &expected));
    let mut differences = differences(case, &written, &expected);
    if seed.is_multiple_of(FORCED) {
        for engine in
            [Engine::Tables, Engine::Wide, Engine::Bands, Engine::Histories, Engine::Cutset, Engine::CutsetOnly]
        {
            let of_engine = forced(case, &written, engine, &expected).into_iter();
            differences.extend(of_engine.map(|difference| format!("{engine:?}: {difference}")));
        }
    }
    let trouble = (!differences.is_empty()).then(|| {
        let shown: Vec<&String> = differences.iter().take(12).collect();
        format!("case {seed}: {shown:#?}\n{}\n{:?}\n", written.text, written.changes)
    });
    Outcome { marks, trouble }
}

/// What became of a case.
fn fate(worlds: usize, expected: &Expected) -> Vec<&'static str> {
    let mut marks = Vec::new();
    marks.extend((worlds <= 20).then_some("small"));
    marks.extend((worlds >= 5_000).then_some("large"));
    let Expected::Forecast(forecast) = expected else {
        marks.push("infeasible");
        return marks;
    };
    marks.push("feasible");
    marks.extend((forecast.log_facts < -140.0).then_some("facts in the far tail"));
    marks.extend((forecast.log_rules < -1e-9).then_some("rules that condition"));
    marks.extend(forecast.reports.iter().map(|(_, report)| match report {
        ReportForecast::Speaks { claim_prior, .. } => match claim_prior.to_f64() {
            0.0 => "impossible claim",
            p if p < 1e-60 => "claim in the far tail",
            p if p > 1.0 - 1e-12 => "certain claim",
            _ => "doubtful claim",
        },
        ReportForecast::Echoes(_) => "echo",
        ReportForecast::ReplacedBy(_) => "replaced word",
    }));
    marks.sort_unstable();
    marks.dedup();
    marks
}

fn differences(case: &Case, written: &toml::Written, expected: &Expected) -> Vec<String> {
    let scenario = match Scenario::parse_with(&written.text, &written.changes) {
        Ok(scenario) => scenario,
        Err(invalid) => return vec![format!("not read: {invalid}")],
    };
    let options = Options::default();
    // A panic is to be told with its case.
    let answers =
        std::panic::catch_unwind(|| (dateline::forecast(&scenario, &options), dateline::check(&scenario, &options)));
    let (found, check) = match answers {
        Err(_) => return vec!["a panic".to_string()],
        Ok((Ok(found), Ok(check))) => (found, check),
        Ok((found, check)) => return vec![format!("refused: {:?}, {:?}", found.err(), check.err())],
    };
    let mut differences = match (&found, expected) {
        (Answer::Infeasible(_), Expected::Infeasible) => Vec::new(),
        (Answer::Forecast(found), Expected::Forecast(expected)) => compare::compare(case, expected, found),
        (Answer::Infeasible(_), _) => vec!["infeasible, expected a forecast".to_string()],
        (Answer::Forecast(_), _) => vec!["a forecast, expected infeasible".to_string()],
    };
    differences.extend(compare::compare_check(&found, &check));
    differences
}

/// The same with an engine that would not have been chosen by itself.
fn forced(case: &Case, written: &toml::Written, engine: Engine, expected: &Expected) -> Vec<String> {
    let Ok(scenario) = Scenario::parse_with(&written.text, &written.changes) else { return Vec::new() };
    let options = Options { limits: Limits { engine, ..Limits::default() }, ..Options::default() };
    match (std::panic::catch_unwind(|| dateline::forecast(&scenario, &options)), expected) {
        (Err(_), _) => vec!["a panic".to_string()],
        (Ok(Err(refusal)), _) => vec![format!("refused: {refusal:?}")],
        (Ok(Ok(Answer::Infeasible(_))), Expected::Infeasible) => Vec::new(),
        (Ok(Ok(Answer::Forecast(found))), Expected::Forecast(expected)) => compare::compare(case, expected, &found),
        (Ok(Ok(answer)), _) => vec![format!("feasible: {}", matches!(answer, Answer::Forecast(_)))],
    }
}

#[test]
fn forecasts_equal_the_enumeration_of_all_worlds() {
    let troubles: Vec<&String> = outcomes().iter().filter_map(|o| o.trouble.as_ref()).collect();
    for trouble in troubles.iter().take(SHOWN) {
        println!("{trouble}");
    }
    assert!(troubles.is_empty(), "{} of {CASES} cases differ", troubles.len());
}

#[test]
fn the_cases_cover_the_whole_format() {
    let mut counters: BTreeMap<&str, usize> = BTreeMap::new();
    for mark in outcomes().iter().flat_map(|outcome| &outcome.marks) {
        *counters.entry(mark).or_default() += 1;
    }
    let counted = |mark: &str| counters.get(mark).copied().unwrap_or(0);
    let rare: Vec<String> = coverage::LEAST
        .iter()
        .flat_map(|(least, marks)| marks.iter().map(move |mark| (*least, *mark)))
        .filter(|(least, mark)| counted(mark) < *least)
        .map(|(least, mark)| format!("{mark}: {}, expected {least} or more", counted(mark)))
        .collect();
    assert!(rare.is_empty(), "{rare:#?}");
    let listed = |mark: &&&str| coverage::LEAST.iter().any(|(_, marks)| marks.contains(mark));
    let unlisted: Vec<&&str> = counters.keys().filter(|mark| !listed(mark)).collect();
    assert!(unlisted.is_empty(), "no minimum is set for {unlisted:?}");
}
