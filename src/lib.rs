//! Dateline answers *when will it happen?*: exact probabilities of dates from rules, facts and half-reliable reports.
//!
//! The way of a scenario, a module a stage:
//!
//! 1. `language` reads propositions and date expressions, `shape` turns laws into masses on whole days;
//! 2. `scenario` reads the TOML file with them, into a `model`, or all its mistakes;
//! 3. `network` makes variables and factors of the model and of what is known, with domains narrowed by the rules;
//! 4. `infer` plans an elimination order, refuses what is too large, and calibrates;
//! 5. `answer` asks it for distributions, reports, queries, joint windows, conflicts;
//! 6. [`render`] makes text, JSON and CSV of the answers.
//!
//! ```
//! use dateline::{Answer, Options, Scenario, forecast};
//!
//! let scenario = Scenario::parse(
//!     r#"
//!     horizon = { from = 2024-05-01, to = 2024-06-09 }
//!     [event.visit]
//!     [[rule]]
//!     says = "visit after May 7"
//!     [[query]]
//!     ask = "visit in the latter half of May"
//!     "#,
//! )?;
//! if let Answer::Forecast(forecast) = forecast(&scenario, &Options::default())? {
//!     assert!((forecast.queries[0].probability - 16.0 / 33.0).abs() < 1e-12);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod day;
pub mod diagnostic;
mod infer;
mod language;
mod model;
mod network;
pub mod render;
mod scenario;
mod shape;

pub use answer::{
    About, Alternative, Answer, Arithmetic, AskedDay, AskedPlan, Cell, Check, ClaimedDays, Column, Comparison,
    Conflict, Curve, DayProbability, DayValue, EventBounds, EventComparison, EventFigures, EventForecast,
    EventInfluence, Explained, Explanation, Figure, Forecast, Gauges, GoalChance, Herald, Infeasible, JointMap,
    JointMapped, JointWindow, Level, LogEvidence, MappedEvent, Measured, Method, MethodChoice, News, NoPlan, Options,
    OtherChance, PlanDays, PlanOutline, Policy, PolicyChance, Progress, Quantile, QueryComparison, QueryFigures,
    QueryForecast, QueryInfluence, Reasons, Refusal, ReportComparison, ReportForecast, ReportStanding, RequiredGoal,
    Rows, Sample, Sampling, Schedule, Scheduled, Sentence, Sided, Sides, SimpleRule, Simulated, Span, Stage, Stages,
    SweepCell, SweepRow, TargetReasons, Wanted, Watch, Worlds, term,
};
pub use answer::{
    Average, Backtest, BacktestSummary, BetaPrior, BrierParts, Coverage, Credibility, DateFigures, DateScore,
    DateSummary, Evaluation, EventScore, Figures, Judged, Learned, LearnedSlip, LearnedSource, QueryReference,
    QueryScore, QuerySummary, ReliabilityBin, ScoreSummary, Scored, ScoredEvent, ScoredQuery, Skill, SourceRecord,
    When, WindowScore, brier, log_score,
};
pub use answer::{Every, RowStatus, Stretch, Timeline, TimelineEvent, TimelineRow};
pub use day::Day;
pub use infer::{Engine, Limits};
pub use scenario::{
    Cases, Change, Changes, Difference, DifferenceKind, Edit, Edited, Files, HEDGES, Invalid, LARGEST_FILE,
    LONGEST_HORIZON, Scenario, Variants, Voice, edit, included_paths, is_sources_only, schema,
};

/// Forecasts a scenario: the probabilities of every event's dates, what became of the reports, the answers to its questions.
///
/// # Errors
/// Where an answer would cost more than the limits allow, or the options name what is not there.
pub fn forecast(scenario: &Scenario, options: &Options) -> Result<Answer, Refusal> {
    forecast_watched(scenario, options, Watch::default())
}

/// The same, with somebody who may end the drawing of worlds early and is told how far it is.
///
/// # Errors
/// As [`forecast`], and where it was ended before there was anything to answer with.
pub fn forecast_watched(scenario: &Scenario, options: &Options, watch: Watch<'_>) -> Result<Answer, Refusal> {
    let mut found = answer::forecast(&scenario.model, scenario.warning_lines(), options, watch)?;
    if let Answer::Infeasible(infeasible) = &mut found {
        infeasible.explanation.place(|member| scenario.line_of(member));
    }
    Ok(found)
}

/// Forecasts two scenarios, and says what differs. [`Scenario::differences`] tells why.
///
/// Both sides are forecast as [`forecast`] would (but without joint windows), with the same seed; where one is drawn, the
/// errors of differences are those of sides that have nothing to do with each other.
///
/// # Errors
/// As [`forecast`], for either side.
///
/// ```
/// use dateline::{Changes, Options, Scenario, compare};
///
/// let text = r#"
///     horizon = { from = 2024-05-01, to = 2024-05-10 }
///     [event.visit]
/// "#;
/// let before = Scenario::parse(text)?;
/// let changes = Changes { assume: vec!["visit after 2024-05-06".to_string()], ..Changes::default() };
/// let after = Scenario::parse_with(text, &changes)?;
///
/// let found = compare(&before, &after, &Options::default())?;
/// let visit = &found.events[0];
/// // Days 1 to 10, then 7 to 10: the mean moves from 5.5 to 8.5, and six days lose a tenth each.
/// assert!((visit.shift_days.unwrap().value - 3.0).abs() < 1e-12);
/// assert!((visit.total_variation.unwrap().value - 0.6).abs() < 1e-12);
/// assert_eq!(before.differences(&after)[0].to_string(), "assume: visit after 2024-05-06");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn compare(a: &Scenario, b: &Scenario, options: &Options) -> Result<Comparison, Refusal> {
    // No comparison tells of joint windows.
    let options = Options { joint: Some(Vec::new()), ..options.clone() };
    Ok(Comparison::between(forecast(a, &options)?, forecast(b, &options)?))
}

/// Checks whether a scenario's rules, facts and hard reports can hold together.
///
/// # Errors
/// Where an exact answer would cost more than the limits allow.
pub fn check(scenario: &Scenario, options: &Options) -> Result<Check, Refusal> {
    let mut found = answer::check(&scenario.model, scenario.warning_lines(), options)?;
    found.explanation.place(|member| scenario.line_of(member));
    Ok(found)
}

/// Explains a forecast: what each rule, fact, report and source does to it, by leaving it out, and what to watch.
///
/// # Errors
/// As [`forecast`], and where what is wanted is not there.
///
/// ```
/// use dateline::{Explained, Options, Scenario, TargetReasons, Wanted, explain};
///
/// let scenario = Scenario::parse(
///     r#"
///     horizon = { from = 2024-05-01, to = 2024-05-30 }
///     [event.visit]
///     [[report]]
///     id = "first-half"
///     credibility = 0.6
///     says = "visit in the first half of May"
///     "#,
/// )?;
/// let Explained::Reasons(reasons) = explain(&scenario, &Wanted::default(), &Options::default())? else { panic!() };
/// let TargetReasons::Event { influences, .. } = &reasons.targets[0] else { panic!() };
/// // Each half has half of the days: .8 and .2 of the probability with the report, which moves the mean by .3 of 15 days.
/// assert_eq!(influences[0].member, "report:first-half");
/// assert!((influences[0].shift_days.unwrap() + 0.3 * 15.0).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn explain(scenario: &Scenario, wanted: &Wanted, options: &Options) -> Result<Explained, Refusal> {
    let mut found = answer::explain(&scenario.model, wanted, options)?;
    if let Explained::Infeasible(infeasible) = &mut found {
        infeasible.explanation.place(|member| scenario.line_of(member));
    }
    Ok(found)
}

/// The days that each report which is heard claims for the one event that it is about.
///
/// ```
/// use dateline::{Scenario, claimed_days};
///
/// let scenario = Scenario::parse(
///     r#"
///     horizon = { from = 2024-05-01, to = 2024-05-31 }
///     [event.visit]
///     [[report]]
///     id = "weekend"
///     credibility = 0.6
///     says = "visit on a weekend and visit by May 11"
///     "#,
/// )?;
/// let claimed = &claimed_days(&scenario)[0].claimed;
/// let days: Vec<String> = claimed.iter().map(|span| format!("{} to {}", span.from, span.to)).collect();
/// assert_eq!(days, ["2024-05-04 to 2024-05-05", "2024-05-11 to 2024-05-11"]);
/// # Ok::<(), dateline::Invalid>(())
/// ```
pub fn claimed_days(scenario: &Scenario) -> Vec<ClaimedDays> {
    answer::claimed_days(&scenario.model)
}

/// How probable each pair of days, weeks or longer periods is in which two events start: those named, or the first two in
/// doubt.
///
/// # Errors
/// As [`forecast`], and where an event is not there, or no two are in doubt.
///
/// ```
/// use dateline::{JointMapped, Options, Scenario, joint_map};
///
/// let scenario = Scenario::parse(
///     r#"
///     horizon = { from = 2024-05-01, to = 2024-05-04 }
///     [event.visit]
///     [event.tour]
///     [[rule]]
///     says = "tour after visit"
///     "#,
/// )?;
/// let JointMapped::Map(map) = joint_map(&scenario, &[], &Options::default())? else { panic!("nothing is at odds") };
/// // The visit begins on one of the first three days, the tour on one of the last three.
/// assert_eq!((map.period_days, map.probabilities.len(), map.probabilities[0].len()), (1, 3, 3));
/// assert_eq!(map.probabilities[2][0], 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn joint_map(scenario: &Scenario, events: &[String], options: &Options) -> Result<JointMapped, Refusal> {
    let mut found = answer::joint_map(&scenario.model, events, options)?;
    if let JointMapped::Infeasible(infeasible) = &mut found {
        infeasible.explanation.place(|member| scenario.line_of(member));
    }
    Ok(found)
}

/// Finds the best dates for what the user decides, what each day would be worth, and what reacting would be worth.
///
/// # Errors
/// Where an answer would cost more than the limits allow, there is nothing to decide, or what is asked about is not there.
///
/// ```
/// use dateline::{Options, Scenario, Scheduled, schedule};
///
/// let scenario = Scenario::parse(
///     r#"
///     horizon = { from = 2024-05-01, to = 2024-05-15 }
///     [event.visit]
///     window = "2024-05-01..2024-05-10"
///     [event.tour]
///     window = "2024-05-06..2024-05-15"
///     [decision.briefing]
///     [[goal]]
///     says = "briefing after visit and briefing before tour"
///     "#,
/// )?;
/// let Scheduled::Schedule(found) = schedule(&scenario, &[], &Options::default())? else { panic!() };
/// assert_eq!(found.plan.0[0].1.unwrap().to_string(), "2024-05-08");
/// assert!((found.value - 0.49).abs() < 1e-12);
/// let policy = found.policy.unwrap();
/// assert_eq!(policy.rule, "the day after visit starts");
/// assert!((policy.value - 0.79).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn schedule(scenario: &Scenario, asked: &[AskedDay], options: &Options) -> Result<Scheduled, Refusal> {
    let mut found = answer::schedule(&scenario.model, asked, options)?;
    if let Scheduled::Infeasible(infeasible) = &mut found {
        infeasible.explanation.place(|member| scenario.line_of(member));
    }
    Ok(found)
}

/// The names of the figures in the rows of [`sweep`], the last of them `status`.
pub fn sweep_columns(variants: &Variants) -> Vec<String> {
    answer::sweep_columns(variants.base())
}

/// Forecasts a scenario with other values of some keys: a row for each choice, in the order of the keys (`None`: as the file
/// has it). A bad choice is a row with that status.
///
/// ```
/// use dateline::{Changes, Options, Variants, sweep, sweep_columns};
///
/// let text = r#"
///     horizon = { from = 2024-05-01, to = 2024-05-30 }
///     [event.visit]
///     [[report]]
///     id = "first-half"
///     credibility = 0.6
///     says = "visit in the first half of May"
///     [[query]]
///     id = "early"
///     ask = "visit in the first half of May"
/// "#;
/// let variants = Variants::new(text, &Changes::default(), &["report.first-half.credibility".to_string()])?;
/// let early = sweep_columns(&variants).iter().position(|name| name == "query:early").unwrap();
/// let rows = sweep(&variants, &[&[Some("0".to_string())], &[Some("1".to_string())], &[Some("2".to_string())]], &Options::default());
/// assert_eq!(rows[0].cells[early], dateline::SweepCell::Number(0.5));
/// assert_eq!(rows[1].cells[early], dateline::SweepCell::Number(1.0));
/// assert!(rows[2].status.starts_with("invalid: "));
/// # Ok::<(), dateline::Invalid>(())
/// ```
pub fn sweep(variants: &Variants, choices: &[&[Option<String>]], options: &Options) -> Vec<SweepRow> {
    let model = |choice: &&[Option<String>]| {
        let values: Vec<Option<&str>> = choice.iter().map(Option::as_deref).collect();
        variants.model(&values)
    };
    let models: Vec<_> = choices.iter().map(model).collect();
    answer::sweep(variants.base(), &models, options)
}

/// Forecasts a scenario as of one date after the other, and tells what became known between them.
///
/// Each row has the figures that [`forecast`] gives with that as-of date; networks that rows have in common are made once.
/// Assumptions count in all of them.
///
/// # Errors
/// Where the stretch of dates ends before it begins, or is too long. A date for which there is no forecast is a row with that
/// status.
///
/// ```
/// use dateline::{Options, Scenario, Stretch, timeline};
///
/// let scenario = Scenario::parse(
///     r#"
///     horizon = { from = 2024-05-01, to = 2024-05-10 }
///     [event.visit]
///     [[report]]
///     id = "soon"
///     date = 2024-05-02
///     credibility = 1.0
///     says = "visit by May 4"
///     "#,
/// )?;
/// let stretch = Stretch { from: Some("2024-05-01".parse()?), to: Some("2024-05-03".parse()?), every: None };
/// let found = timeline(&scenario, stretch, &Options::default())?;
/// // Nine days are left on the first evening, then two, then one.
/// let means: Vec<f64> = found.rows.iter().map(|row| row.events[0].mean_day.unwrap()).collect();
/// assert!((means[0] - 5.0).abs() < 1e-9 && (means[1] - 2.5).abs() < 1e-9 && (means[2] - 3.0).abs() < 1e-9);
/// assert_eq!(found.rows[1].news, ["report:soon"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn timeline(scenario: &Scenario, stretch: Stretch, options: &Options) -> Result<Timeline, Refusal> {
    answer::timeline(&scenario.model, stretch, options)
}

/// Scores a scenario's forecasts as of evenings before the outcome was known: of every event with `happened`, and every query
/// whose answer is known. [`ScoreSummary::of`] sums up the scores of many scenarios.
///
/// # Errors
/// Where there are more as-of dates than can be meant. An evening as of which there is no forecast is told in the notes.
///
/// ```
/// use dateline::{Options, Scenario, ScoreSummary, When, score};
///
/// let scenario = Scenario::parse(
///     r#"
///     horizon = { from = 2024-05-01, to = 2024-05-04 }
///     [event.visit]
///     happened = 2024-05-02
///     [[query]]
///     ask = "visit by May 2"
///     "#,
/// )?;
/// let scored = score(&scenario, &When::AsOf("2024-04-30".parse()?), &Options::default())?;
/// // Four days, equally probable: (1/4)² + (2/4 − 1)² + (3/4 − 1)² + 0.
/// assert!((scored.events[0].scores[0].forecast.crps - 0.375).abs() < 1e-12);
/// assert!((scored.queries[0].scores[0].brier - 0.25).abs() < 1e-12);
/// assert_eq!(ScoreSummary::of(&[scored], 1).dates.crps.skill, Some(0.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn score(scenario: &Scenario, when: &When, options: &Options) -> Result<Scored, Refusal> {
    answer::score(&scenario.model, when, options)
}

/// Learns from a table of cases how far each source is to be believed, and how its dates slip.
///
/// ```
/// use dateline::{BetaPrior, Cases, Voice, learn_cases};
///
/// let mut table = "case_id,report_date,source,stated_earliest,stated_latest,outcome_date\n".to_string();
/// for month in 1..=9 {
///     table += &format!("release-{month},2024-0{month}-01,plan,2024-0{month}-15,2024-0{month}-15,2024-0{month}-15\n");
/// }
/// let learned = learn_cases(&Cases::parse(&table, Voice::Source)?, BetaPrior::FLAT);
/// assert!(learned.sources[0].credibility.mean > 0.8);
/// # Ok::<(), dateline::Invalid>(())
/// ```
pub fn learn_cases(cases: &Cases, prior: BetaPrior) -> Learned {
    answer::learn_cases(&cases.cases, prior)
}

/// Learns from scenarios whose outcome is known: from each testimony of which the truth follows from the events that happened.
/// What has no forecast by itself is passed by, and so are likelihood ratios.
pub fn learn_scenarios(scenarios: &[Scenario], prior: BetaPrior, options: &Options) -> Learned {
    let models: Vec<_> = scenarios.iter().map(|scenario| &scenario.model).collect();
    answer::learn_scenarios(&models, prior, options)
}

/// Replays a table of cases: how good forecasts would have been that were made when each statement was, with what earlier cases
/// had taught.
pub fn backtest(cases: &Cases, prior: BetaPrior, options: &Options) -> Backtest {
    answer::backtest(&cases.cases, prior, options)
}

/// Measures how long each stage of a scenario's forecast takes and what memory it needs; reading the file is not among
/// them.
///
/// # Errors
/// Where an exact answer would cost more than the limits allow.
pub fn measure(scenario: &Scenario, options: &Options, gauges: Gauges<'_>) -> Result<Measured, Refusal> {
    answer::measure(&scenario.model, options, gauges)
}

/// The stages of solving a scenario, to be run one by one, for benchmarks.
///
/// # Errors
/// Where an exact answer would cost more than the limits allow.
///
/// ```
/// use dateline::{Options, Scenario, stages};
///
/// let scenario = Scenario::parse("horizon = { from = 2024-05-01, to = 2024-05-31 }\n[event.visit]")?;
/// let stages = stages(&scenario, &Options::default())?;
/// assert_eq!(stages.outline().variables, 1);
/// stages.infer();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn stages<'s>(scenario: &'s Scenario, options: &Options) -> Result<Stages<'s>, Refusal> {
    Stages::new(&scenario.model, options)
}

/// How a scenario's forecast is computed, and what that was predicted to take.
///
/// # Errors
/// As [`forecast`].
pub fn outline(scenario: &Scenario, options: &Options) -> Result<PlanOutline, Refusal> {
    answer::outline(&scenario.model, options)
}

/// Makes a scenario's forecast ready to draw worlds from: independent of each other, each with exactly its probability.
///
/// # Errors
/// Where an exact answer would cost more than the limits allow.
///
/// ```
/// use dateline::{Cell, Options, Sample, Scenario, sample};
///
/// let scenario = Scenario::parse(
///     r#"
///     horizon = { from = 2024-05-01, to = 2024-05-31 }
///     [event.visit]
///     [event.tour]
///     occurs = 0.5
///     [[query]]
///     id = "order"
///     ask = "visit before tour"
///     "#,
/// )?;
/// let Sample::Worlds(worlds) = sample(&scenario, &Options::default())? else { panic!("nothing is at odds") };
/// let names: Vec<String> = worlds.columns().iter().map(|column| column.to_string()).collect();
/// assert_eq!(names, ["visit", "tour", "query:order"]);
///
/// let absent = worlds.draw(7).take(1000).filter(|world| world[1] == Cell::Never).count();
/// assert!((400..600).contains(&absent));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn sample(scenario: &Scenario, options: &Options) -> Result<Sample, Refusal> {
    let mut found = answer::sample(&scenario.model, options)?;
    if let Sample::Infeasible(infeasible) = &mut found {
        infeasible.explanation.place(|member| scenario.line_of(member));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCENARIO: &str = r#"
        horizon = { from = 2024-05-01, to = 2024-05-15 }
        [calendar]
        holidays = [2024-05-08]
        [event.visit]
        duration = 2
        window = "2024-05-01..2024-05-10"
        [event.tour]
        window = "2024-05-06..2024-05-15"
        [decision.briefing]
        [decision.party]
        optional = true
        cost = 0.2
        [decision.debate]
        window = "2024-05-03..2024-05-12"
        duration = 2
        [[rule]]
        says = "party after briefing"
        [[rule]]
        says = "not debate overlaps party and not debate on a holiday"
        [[goal]]
        says = "briefing after visit and briefing before tour"
        [[goal]]
        says = "party within 2 days of tour or debate during visit"
        value = 0.7
        [[goal]]
        says = "debate before visit"
        value = -0.3
        [[goal]]
        says = "not party overlaps visit"
        value = 0
        min_probability = 0.85
    "#;

    #[test]
    fn the_search_for_a_plan_finds_what_tables_find() {
        let scenario = Scenario::parse(SCENARIO).unwrap();
        let mut plans = 0;
        for least in [0.0, 0.3, 0.45, 0.9] {
            let mut model = scenario.model.clone();
            model.goals[0].min_probability = Some(least);
            let (found, expected) = answer::beside_tables(&model);
            assert_eq!(found.is_some(), expected.is_some(), "{least}");
            let Some(((value, bound), expected)) = found.zip(expected) else { continue };
            assert!((value - expected).abs() < 1e-9, "{least}: {value} {expected}");
            assert_eq!(bound, value);
            plans += 1;
        }
        assert!(plans > 0 && plans < 4);
    }
}
