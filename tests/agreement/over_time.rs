//! Random cases in; whether timelines and scores are those of an enumeration of all worlds, as of one date after the other,
//! out.

use crate::cases::case::{Case, Outcome, Proposition, Strength};
use crate::cases::{generate, toml};
use crate::enumeration::forecast::{Expected, Forecast, forecast};
use crate::enumeration::truth::{MOST_EVENTS, NEVER, World, holds};
use crate::enumeration::wide::Wide;
use crate::enumeration::worlds::Weighed;
use dateline::{
    DateScore, Day, Every, Options, RowStatus, Scenario, ScoredEvent, ScoredQuery, SourceRecord, Stretch, TimelineRow,
    When, score, timeline,
};
use std::collections::BTreeMap;

/// How many cases are gone through.
const CASES: u64 = 300;
/// Thresholds of quantiles and windows are met to within this much, a probability.
const THRESHOLD: f64 = 1e-11;
/// Truth is looked for among no more combinations of dates than this.
const MOST_COMBINATIONS: usize = 30_000;

/// What was compared, and what is wrong.
#[derive(Default)]
struct Tally {
    troubles: Vec<String>,
    counts: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    fn check(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.troubles.push(what());
        }
    }

    fn near(&mut self, what: &str, found: f64, expected: f64) {
        let close = found == expected || (found - expected).abs() <= 1e-9 * expected.abs().max(1.0);
        self.check(close, || format!("{what}: {found}, expected {expected}"));
    }
}

/// A case, its worlds, and the scenario that it is as a text.
struct Subject {
    case: Case,
    prior: Weighed,
    scenario: Scenario,
    /// The ids of the queries: those of the file, then those asked for.
    queries: Vec<String>,
    text: String,
}

fn subject(seed: u64) -> Subject {
    let generate::Generated { case, prior } = generate::generate(seed);
    let written = toml::write(&case, !seed);
    let scenario = Scenario::parse_with(&written.text, &written.changes).unwrap_or_else(|wrong| panic!("{wrong}"));
    let named = case.queries.iter().enumerate();
    let named = named.map(|(at, query)| query.id.clone().unwrap_or_else(|| format!("query-{}", at + 1)));
    let queries = named.chain(written.changes.ask.clone()).collect();
    Subject { case, prior, scenario, queries, text: format!("{}\n{:?}", written.text, written.changes) }
}

impl Subject {
    fn date(&self, day: i32) -> Day {
        self.case.date(day).to_string().parse().expect("a date")
    }

    fn day(&self, date: Day) -> i32 {
        date - self.date(0)
    }

    /// The case as of a day, without some reports.
    fn as_of(&self, day: i32, without: impl Fn(usize) -> bool) -> Case {
        let mut case = self.case.clone();
        case.changes.as_of = Some(day);
        let dropped = (0..case.reports.len()).filter(|report| without(*report)).map(|report| case.report_id(report));
        let dropped: Vec<String> = dropped.collect();
        case.changes.without.extend(dropped);
        case
    }

    fn expected(&self, case: &Case) -> Option<Forecast> {
        match forecast(case, &self.prior) {
            Expected::Forecast(forecast) => Some(*forecast),
            Expected::Infeasible => None,
        }
    }
}

#[test]
fn forecasts_over_time_and_their_scores_are_those_of_an_enumeration() {
    let mut tally = Tally::default();
    for seed in 0..CASES {
        let subject = subject(seed);
        let before = tally.troubles.len();
        a_timeline(&subject, seed, &mut tally);
        scores(&subject, &mut tally);
        if tally.troubles.len() > before {
            tally.troubles.push(format!("case {seed}:\n{}", subject.text));
        }
    }
    assert!(tally.troubles.is_empty(), "{}", tally.troubles.iter().take(8).cloned().collect::<Vec<_>>().join("\n"));
    for (what, least) in [
        ("row", 1500),
        ("infeasible row", 100),
        ("news", 300),
        ("event score", 100),
        ("event that did not occur", 30),
        ("held impossible", 30),
        ("query score", 70),
        ("truth that follows", 50),
        ("record", 60),
    ] {
        let count = tally.counts.get(what).copied().unwrap_or(0);
        assert!(count >= least, "{what}: {count}, expected {least} or more; {:?}", tally.counts);
    }
}

fn a_timeline(subject: &Subject, seed: u64, tally: &mut Tally) {
    let case = &subject.case;
    let step = 1 + (case.days / 12).max(1) + (seed % 2) as i32;
    let (from, to) = (subject.date(-2), subject.date(case.days + 1));
    let stretch = Stretch { from: Some(from), to: Some(to), every: Some(Every(step)) };
    let found = timeline(&subject.scenario, stretch, &Options::default()).expect("the dates are in order");
    tally.check(found.rows.len() as i32 == (to - from) / step + 1, || format!("{} rows", found.rows.len()));
    let mut before = None;
    for row in &found.rows {
        let day = subject.day(row.as_of);
        tally.count("row");
        news(subject, row, before, tally);
        before = Some(day);
        match subject.expected(&subject.as_of(day, |_| false)) {
            None => {
                tally.count("infeasible row");
                tally.check(row.status == RowStatus::Infeasible, || format!("{day}: {:?}", row.status));
            }
            Some(expected) => {
                tally.check(row.status == RowStatus::Ok, || format!("{day}: {:?}, not ok", row.status));
                if row.status == RowStatus::Ok {
                    figures(subject, row, &expected, tally);
                }
            }
        }
    }
}

/// Everything dated after one day and until another.
fn news(subject: &Subject, row: &TimelineRow, before: Option<i32>, tally: &mut Tally) {
    let case = &subject.case;
    let now = subject.day(row.as_of);
    let new = |date: i32| date <= now && before.is_none_or(|before| date > before);
    let of_source = |source: Option<usize>| source.is_some_and(|source| case.is_dropped(&case.sources[source].id));
    let reports = case.reports.iter().enumerate().filter(|(at, report)| {
        report.date.is_some_and(new) && !case.is_dropped(&case.report_id(*at)) && !of_source(report.source)
    });
    let observations = case.observations.iter().enumerate();
    let observations =
        observations.filter(|(at, seen)| seen.date.is_some_and(new) && !case.is_dropped(&case.observation_id(*at)));
    let outcomes = case.events.iter().filter(|event| match event.happened {
        Some(Outcome::Started(day)) => new(day),
        Some(Outcome::DidNotOccur) => new(case.days - 1),
        None => false,
    });
    let mut expected: Vec<String> = reports.map(|(at, _)| format!("report:{}", case.report_id(at))).collect();
    expected.extend(observations.map(|(at, _)| format!("observation:{}", case.observation_id(at))));
    expected.extend(outcomes.map(|event| format!("event:{}.happened", event.name)));
    expected.sort();
    let mut found = row.news.clone();
    found.sort();
    (0..found.len()).for_each(|_| tally.count("news"));
    tally.check(found == expected, || format!("news of {now}: {found:?}, expected {expected:?}"));
}

/// Days with their probabilities, in order, and that of not occurring.
fn distribution(expected: &BTreeMap<i32, Wide>) -> (Vec<(i32, f64)>, f64) {
    let days = expected.iter().filter(|(day, _)| **day != NEVER).map(|(day, p)| (*day, p.to_f64()));
    (days.collect(), expected.get(&NEVER).map_or(0.0, |p| p.to_f64()))
}

fn figures(subject: &Subject, row: &TimelineRow, expected: &Forecast, tally: &mut Tally) {
    for (event, expected) in row.events.iter().zip(&expected.events) {
        let (days, _) = distribution(expected);
        let occurs: f64 = days.iter().map(|(_, p)| p).sum();
        tally.near(&format!("{} occurs", event.id), event.occurs, occurs);
        if occurs > 1e-280 {
            let mean = days.iter().map(|(day, p)| f64::from(*day) * (p / occurs)).sum();
            tally.near(&format!("{} mean", event.id), event.mean_day.unwrap_or(f64::NAN), mean);
        }
        for quantile in &event.quantiles {
            let by = |day: i32| days.iter().filter(|(d, _)| *d <= day).map(|(_, p)| p).sum::<f64>();
            let holds = match quantile.day.map(|day| subject.day(day)) {
                Some(day) => by(day) >= quantile.level - THRESHOLD && by(day - 1) < quantile.level + THRESHOLD,
                None => occurs < quantile.level + THRESHOLD,
            };
            tally.check(holds, || format!("{} {quantile:?} of {days:?}", event.id));
        }
        for window in event.windows.iter().filter(|window| window.from.is_some()) {
            let (from, to) = (window.from.map(|day| subject.day(day)), window.to.map(|day| subject.day(day)));
            let held =
                days.iter().filter(|(day, _)| from <= Some(*day) && Some(*day) <= to).map(|(_, p)| p).sum::<f64>();
            tally.check(held >= window.level - THRESHOLD, || format!("{} {window:?} holds {held}", event.id));
            tally.near("a window", window.probability.unwrap_or(f64::NAN), held);
        }
    }
    for (query, expected) in row.queries.iter().zip(&expected.queries) {
        tally.near(&query.ask, query.probability, expected.to_f64());
    }
}

fn scores(subject: &Subject, tally: &mut Tally) {
    let every = Every(1 + subject.case.days / 8);
    let scored = score(&subject.scenario, &When::Every(every), &Options::default()).expect("there are few dates");
    for event in &scored.events {
        an_event(subject, event, tally);
    }
    for query in &scored.queries {
        a_query(subject, query, tally);
    }
    for record in &scored.sources {
        a_record(subject, record, tally);
    }
}

fn an_event(subject: &Subject, scored: &ScoredEvent, tally: &mut Tally) {
    let case = &subject.case;
    let at = case.events.iter().position(|event| event.name == scored.event).expect("it is an event");
    let happened = scored.happened.map(|day| subject.day(day));
    let known = happened.unwrap_or(case.days - 1);
    for score in &scored.scores {
        let day = subject.day(score.as_of);
        tally.count("event score");
        tally.check(day < known, || format!("{} was known on {day}", scored.event));
        let judged = |without: bool| {
            let expected = subject.expected(&subject.as_of(day, |_| without))?;
            Some(distribution(&expected.events[at]))
        };
        let (Some(forecast), Some(base)) = (judged(false), judged(true)) else {
            tally.troubles.push(format!("{day} is scored and has no forecast"));
            continue;
        };
        same_score("forecast", case, &score.forecast, &forecast, happened, tally);
        same_score("base", case, &score.base, &base, happened, tally);
        let first = if case.events[at].visible { (day + 1).clamp(0, case.days - 1) } else { 0 };
        let equal = (first..case.days).map(|day| (day, 1.0 / f64::from(case.days - first))).collect();
        same_score("uniform", case, &score.uniform, &(equal, 0.0), happened, tally);
        let before: f64 = forecast.0.iter().filter(|(d, _)| happened.is_none_or(|day| *d < day)).map(|(_, p)| p).sum();
        let here = forecast.0.iter().find(|(d, _)| Some(*d) == happened).map_or(forecast.1, |(_, p)| *p);
        let here = if happened.is_some() && !forecast.0.iter().any(|(d, _)| Some(*d) == happened) { 0.0 } else { here };
        tally.near("pit from", score.pit.0, before);
        tally.near("pit to", score.pit.1, before + here);
        if happened.is_none() {
            tally.count("event that did not occur");
        }
    }
}

fn same_score(
    what: &str,
    case: &Case,
    found: &DateScore,
    (days, never): &(Vec<(i32, f64)>, f64),
    happened: Option<i32>,
    tally: &mut Tally,
) {
    let p = match happened {
        Some(happened) => days.iter().find(|(day, _)| *day == happened).map_or(0.0, |(_, p)| *p),
        None => *never,
    };
    tally.near(&format!("{what}: p"), found.p, p);
    match found.log_score {
        None => {
            tally.count("held impossible");
            tally.check(p < 1e-290, || format!("{what}: {p} is not impossible"));
        }
        Some(log) => {
            tally.check((log + p.ln()).abs() <= 1e-8 * log.abs().max(1.0), || format!("{what}: ln {p} is not −{log}"))
        }
    }
    let by = |day: i32| days.iter().filter(|(d, _)| *d <= day).map(|(_, p)| p).sum::<f64>();
    let reached = |day: i32| if happened.is_some_and(|happened| happened <= day) { 1.0 } else { 0.0 };
    let crps = (0..case.days).map(|day| (by(day) - reached(day)).powi(2)).sum();
    tally.near(&format!("{what}: CRPS"), found.crps, crps);
}

fn a_query(subject: &Subject, scored: &ScoredQuery, tally: &mut Tally) {
    let case = &subject.case;
    let asked: Vec<&Proposition> = case.queries.iter().map(|query| &query.ask).chain(&case.changes.ask).collect();
    for score in &scored.scores {
        let day = subject.day(score.as_of);
        tally.count("query score");
        let probability = |without: bool| {
            let expected = subject.expected(&subject.as_of(day, |_| without)).expect("it is scored");
            let at = place(subject, &scored.query, expected.queries.len());
            expected.queries[at].to_f64()
        };
        let outcome = if scored.outcome { 1.0 } else { 0.0 };
        for (what, found, brier, expected) in [
            ("forecast", score.probability, score.brier, probability(false)),
            ("base", score.base.probability, score.base.brier, probability(true)),
            ("uniform", score.uniform.probability, score.uniform.brier, 0.5),
        ] {
            tally.near(what, found, expected);
            tally.near(&format!("{what}: Brier"), brier, (expected - outcome).powi(2));
        }
    }
    let ask = asked[place(subject, &scored.query, asked.len())];
    let Some(known) = scored.known.map(|day| subject.day(day)) else {
        tally.troubles.push(format!("{}: no outcome is given, and none follows", scored.query));
        return;
    };
    let truth = |by: i32| truth(case, ask, by);
    if let Some(found) = truth(known) {
        tally.count("truth that follows");
        tally.check(found == Some(scored.outcome), || format!("{}: {found:?} by day {known}", scored.query));
        // Of a single statement nothing is known before that.
        if matches!(ask, Proposition::Statement(_)) && known > -1 {
            tally.check(truth(known - 1) == Some(None), || format!("{} was known before day {known}", scored.query));
        }
    }
}

/// Which query an id names: those of the file by their ids, then those asked for, in order.
fn place(subject: &Subject, id: &str, count: usize) -> usize {
    assert_eq!(subject.queries.len(), count);
    subject.queries.iter().position(|known| known == id).expect("it is a query")
}

/// Whether a proposition is true (or false) however events go on that are still open by an evening; `None` where there are too
/// many ways.
fn truth(case: &Case, ask: &Proposition, by: i32) -> Option<Option<bool>> {
    let mut worlds = vec![World { starts: [NEVER; MOST_EVENTS], lengths: [1; MOST_EVENTS] }];
    for event in ask.events() {
        let about = &case.events[event];
        let starts: Vec<i32> = match (&about.start, about.happened) {
            (crate::cases::case::Start::On(day), _) => vec![*day],
            (_, Some(Outcome::Started(day))) if day <= by => vec![day],
            (_, Some(Outcome::DidNotOccur)) if by >= case.days - 1 => vec![NEVER],
            (_, Some(_)) if about.visible => (0..case.days).filter(|day| *day > by).chain([NEVER]).collect(),
            _ => (0..case.days).chain([NEVER]).collect(),
        };
        let mut longer = Vec::new();
        for world in &worlds {
            for start in &starts {
                let lengths = match start {
                    &NEVER => vec![(1, 1.0)],
                    start => crate::enumeration::mass::lengths(case, &about.length, *start)?,
                };
                for (length, _) in lengths {
                    let mut next = *world;
                    (next.starts[event], next.lengths[event]) = (*start, length);
                    longer.push(next);
                }
            }
            if longer.len() > MOST_COMBINATIONS {
                return None;
            }
        }
        worlds = longer;
    }
    let mut truths = worlds.iter().map(|world| holds(case, ask, world));
    let first = truths.next()?;
    Some(truths.all(|truth| truth == first).then_some(first))
}

/// How many claims were promised to come true, each source's testimonies heard alone on their days.
fn a_record(subject: &Subject, record: &SourceRecord, tally: &mut Tally) {
    let case = &subject.case;
    let source = |report: usize| case.reports[report].source.map(|source| case.sources[source].id.clone());
    let counts = |report: &usize| {
        let of_source = case.reports[*report].source.is_some_and(|source| case.is_dropped(&case.sources[source].id));
        !case.is_dropped(&case.report_id(*report)) && !of_source && case.reports[*report].echoes.is_none()
    };
    let alone = |report: usize| {
        let strength = crate::enumeration::hearing::strength(case, report);
        let ratio = matches!(strength, crate::enumeration::hearing::Strength::LikelihoodRatio(_));
        case.reports[report].independent || case.reports[report].source.is_none() || ratio
    };
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for report in (0..case.reports.len()).filter(counts).filter(|report| source(*report) == record.source) {
        let alike = |group: &&mut Vec<usize>| {
            let (one, other) = (&case.reports[group[0]], &case.reports[report]);
            !alone(group[0]) && !alone(report) && one.date == other.date && one.says.events() == other.says.events()
        };
        match groups.iter_mut().find(alike) {
            Some(group) => group.push(report),
            None => groups.push(vec![report]),
        }
    }
    let dates = case.reports.iter().enumerate().filter(|(at, _)| {
        let of_source = case.reports[*at].source.is_some_and(|source| case.is_dropped(&case.sources[source].id));
        !case.is_dropped(&case.report_id(*at)) && !of_source
    });
    let dates = dates.filter_map(|(_, report)| report.date);
    let seen = case.observations.iter().enumerate().filter(|(at, _)| !case.is_dropped(&case.observation_id(*at)));
    let first = dates.chain(seen.filter_map(|(_, seen)| seen.date)).min().unwrap_or(-1);
    let (mut testimonies, mut came_true, mut promised) = (0, 0, 0.0);
    for group in groups {
        let claim = Proposition::And(group.iter().map(|report| case.reports[*report].says.clone()).collect());
        let Some(found) = truth(case, &claim, case.days + 1000) else { return };
        let Some(truth) = found else { continue };
        let date = case.reports[group[0]].date.unwrap_or(first);
        let mut heard = subject.as_of(date, |report| !group.contains(&report));
        heard.changes.ask.push(claim);
        let Some(expected) = subject.expected(&heard) else { continue };
        testimonies += 1;
        came_true += usize::from(truth);
        promised += expected.queries.last().expect("it was asked").to_f64();
    }
    // Compound claims may be decided by all worlds and yet not by their parts.
    if testimonies == record.testimonies {
        tally.count("record");
        tally.check(came_true == record.came_true, || format!("{record:?}: {came_true} came true"));
        tally.near("promised", record.promised, promised);
    } else {
        tally.check(testimonies > record.testimonies, || format!("{record:?}: expected {testimonies}"));
    }
    let ratio = case.reports.iter().any(|report| matches!(report.strength, Some(Strength::LikelihoodRatio(_))));
    if ratio {
        tally.count("record with a likelihood ratio");
    }
}
