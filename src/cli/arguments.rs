//! The command line's words: commands, and the options that several of them take, with their help.

use super::backtest::BacktestArguments;
use super::bench::BenchArguments;
use super::check::CheckArguments;
use super::compare::CompareArguments;
use super::explain::ExplainArguments;
use super::forecast::ForecastArguments;
use super::learn::LearnArguments;
use super::plot::PlotArguments;
use super::report::ReportArguments;
use super::sample::SampleArguments;
use super::schedule::ScheduleArguments;
use super::score::ScoreArguments;
use super::set::SetArguments;
use super::sweep::SweepArguments;
use super::timeline::TimelineArguments;
use clap::{Arg, ArgAction, Args, Parser, Subcommand, ValueEnum};
use dateline::{Changes, Day, Limits, MethodChoice, Options, Sampling};
use std::path::PathBuf;
use std::time::Duration;

/// More worlds than this are never asked for: the memory ends before.
pub const MOST_SAMPLES: usize = 1_000_000_000;
const MOST_THREADS: usize = 1_024;
/// Ten years.
const LONGEST_SECONDS: f64 = 3.2e8;
/// Steps of exact elimination that are taken to fit into a second.
pub const STEPS_PER_SECOND: f64 = 5e8;

/// When will it happen? Exact probabilities of dates from rules, facts and half-reliable reports.
///
/// A scenario is a TOML file with events, hard rules, reports with credibility, facts and questions. Results go to
/// standard output, everything else to standard error.
///
/// Exit status: 0 done; 1 the scenario is at fault (unreadable, invalid or infeasible) or a file could not be read; 2 the
/// command line is at fault.
#[derive(Debug, Parser)]
#[command(name = "dateline", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// When will it happen: distributions, reports and queries
    ///
    /// Reads one or more scenarios and prints for every event in doubt the probability of each day, the quantiles and the
    /// shortest windows that hold 50, 80 and 95 %; for every report its credibility before and after; and for every query
    /// its probability. A scenario that cannot hold together gets an explanation instead (exit status 1).
    ///
    /// Where an exact answer is out of reach, or with --method sample, worlds are drawn, and every probability comes with
    /// its standard error. The same scenario, options and seed give the same bytes, unless --timeout or Ctrl-C ends the
    /// drawing. Ctrl-C prints what there is, once there is something (exit status 130).
    #[command(after_help = FORECAST_EXAMPLES)]
    Forecast(ForecastArguments),
    /// Is the file sound, and can its rules and facts hold together
    ///
    /// Prints "sound" with the first and last possible start of every event; or all mistakes of the file, each with its
    /// place; or a smallest set of rules and facts that cannot hold together (exit status 1 for both).
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArguments),
    /// Why: what each rule, fact, report and source does to the forecast
    ///
    /// Makes the forecast without each of them, one at a time, and tells how many days earlier or later each event would come,
    /// how much more or less likely each query would be, and how much is learned from it, in bits. Then tells what to watch:
    /// which event's date, or which report's truth, would tell most. Explains every event in doubt and every query, unless
    /// --event or --ask names what is wanted.
    #[command(after_help = EXPLAIN_EXAMPLES, mut_arg("scenarios", one_scenario))]
    Explain(ExplainArguments),
    /// Two scenarios, or one before and after a change, side by side
    ///
    /// Forecasts both and prints what was changed, and how that moved every event, report and question: a is the first
    /// scenario, b the second, and the changes are made to both. With a single scenario a is the scenario as it is, and b
    /// the scenario with the changes. Questions (--ask) are asked of both sides.
    ///
    /// What moved is told in days (of the mean) and in per cent (of the probability that lies elsewhere). A side that
    /// cannot hold together gets an explanation (exit status 1). --timeout is for both sides together; Ctrl-C prints what
    /// there is, once both sides have something (exit status 130).
    #[command(after_help = COMPARE_EXAMPLES, mut_arg("scenarios", two_scenarios))]
    Compare(CompareArguments),
    /// How fast the solver is on a scenario, stage by stage
    ///
    /// Repeats reading the file, compiling it, narrowing, planning, inference, the whole forecast and drawing 1000 worlds,
    /// and prints the median time of each, how the forecast's network is solved, the cells, bytes and steps that were
    /// predicted for it, and the most memory that the process has used. What is out of exact reach is refused (exit status
    /// 1).
    #[command(after_help = BENCH_EXAMPLES)]
    Bench(BenchArguments),
    /// Worlds drawn from the forecast, one a row
    ///
    /// Draws worlds independently of each other, each with exactly the probability that rules, facts and reports give it,
    /// and prints a row for each: a column ID an event with its first day (empty: does not occur), ID.end with its last
    /// where its length is in doubt, and query:ID true or false. Memory does not grow with the number of rows.
    #[command(after_help = SAMPLE_EXAMPLES, mut_arg("scenarios", one_scenario))]
    Sample(SampleArguments),
    /// Change values in a scenario file, keeping its comments and layout
    ///
    /// Keys are paths: as_of, horizon.to, event.visit.duration, event.visit.prior.weights.0.weight. Rows are named by their
    /// ids, those without one by kind and number (rule-1), members of lists by numbers from 0; a name with dots or spaces
    /// may stand in quotes. Values are TOML, and need no quotes where no doubt arises. Of credibility, grade and
    /// likelihood_ratio one takes another's place.
    ///
    /// First all --remove are done, then values are set, then rows are added; numbers are those of the file as it was.
    /// All other bytes stay. The file is replaced in one step, and only if it is then sound: otherwise what is wrong is
    /// told (exit status 2, or 1 where the file was at fault before).
    #[command(after_help = SET_EXAMPLES)]
    Set(SetArguments),
    /// One scenario under many changes of values
    ///
    /// Forecasts the scenario for every combination of the values that --vary gives, or for every row of the table that --from
    /// names, and prints a row for each: the varied keys; for every event ID.occurs, ID.mean_day and ID.q05 to ID.q95; for
    /// every query query:ID; agreement; and status: ok, infeasible, or what is wrong with the values, which never ends the
    /// run. Rows come in order, on any number of threads, and memory does not grow with their number.
    #[command(after_help = SWEEP_EXAMPLES, mut_arg("scenarios", one_scenario))]
    Sweep(SweepArguments),
    /// The best dates for what you decide yourself
    ///
    /// A [decision.NAME] is an event whose day you choose, a [[goal]] what you wish for. Prints the best plan and what it is
    /// worth (the values of the goals times their probabilities, less costs), the value of every day, what reacting to what
    /// becomes known would be worth and how to react, what knowing every date would be worth, and the next best plans. A
    /// scenario in which no plan keeps all that is required gets an explanation (exit status 1).
    #[command(after_help = SCHEDULE_EXAMPLES, mut_arg("scenarios", one_scenario))]
    Schedule(ScheduleArguments),
    /// Pictures: distributions, calendars, fans, joint maps, influences, curves
    ///
    /// Draws the forecast as SVG, whose text stays text and which has colours for light and dark, or as PNG. The same scenario and
    /// options give the same bytes. A scenario that cannot hold together gets an explanation on standard error instead
    /// (exit status 1), and no file is written.
    #[command(after_help = PLOT_EXAMPLES, mut_arg("scenarios", one_scenario))]
    Plot(PlotArguments),
    /// One page with everything: forecast, pictures, reports, conflicts, explanation, the scenario's text
    ///
    /// Writes a single HTML file that needs no network and no scripts, in light and dark colours, for the printer and for
    /// screen readers. The same scenario and options give the same bytes. Of a scenario that cannot hold together the page
    /// says why, and what to give up (exit status 1).
    #[command(after_help = REPORT_EXAMPLES, mut_arg("scenarios", one_scenario))]
    Report(ReportArguments),
    /// How the forecast moved, as-of date by as-of date
    ///
    /// Makes the forecast as it stood on the evening of each as-of date, and tells what became known in between. The fan shows
    /// for each event the middle half (thick) and the middle nine tenths (thin) of its distribution, "does not occur" at the
    /// end, and the middle itself; * marks dates with news. Dates on which nothing moved are left out of the text. A date as
    /// of which nothing is possible, or out of reach, has no figures (exit status 1).
    #[command(after_help = TIMELINE_EXAMPLES, mut_arg("scenarios", one_scenario))]
    Timeline(TimelineArguments),
    /// How good the forecasts were, for scenarios whose outcome is known
    ///
    /// Scores the forecasts of every event with 'happened', and of every query whose answer follows from those or is given as
    /// its 'outcome', as of evenings before the answer was known; beside them the forecast without reports and a uniform
    /// one. Lower scores are better; skill is the share of the score that the reports save. A folder stands for all scenarios in
    /// it and below. Standard errors take the scores of one scenario for as good as one.
    ///
    /// A file that is at fault is told and left out (exit status 1 at the end).
    #[command(after_help = SCORE_EXAMPLES, mut_arg("scenarios", scored_scenarios), mut_arg("as_of", scored_evening))]
    Score(ScoreArguments),
    /// How far each source is to be believed, learned from cases whose outcome is known
    ///
    /// From a table of cases, or from scenarios with 'happened', estimates for each source its credibility (the posterior mean
    /// of Beta(A, B) times the product of c w/pi + 1 - c over what it said, and the middle nine tenths; other sources
    /// count as at most five testimonies) and how far its dates slip, where that explains what happened clearly better. The
    /// result is a file of sources, which a scenario takes in with include = "sources.toml".
    ///
    /// A table has the columns case_id, report_date, source, stated_earliest, stated_latest and outcome_date, and may have others.
    #[command(after_help = LEARN_EXAMPLES)]
    Learn(LearnArguments),
    /// How good forecasts of past cases would have been
    ///
    /// Replays a table of cases (see learn): every case is a scenario with one event and its statements as reports, forecast on
    /// the evening of each statement, with credibilities, slips and waits learned from cases whose outcome was known before that
    /// evening. Prints the errors and scores beside those of three baselines: whoever believes the latest statement; the slips
    /// of earlier cases counted from it; no reports at all.
    #[command(after_help = BACKTEST_EXAMPLES)]
    Backtest(BacktestArguments),
    /// The JSON Schema of the scenario file, for editors
    Schema,
}

const FORECAST_EXAMPLES: &str = "\
Examples:
  dateline forecast visit.toml
  dateline forecast visit.toml --as-of 2024-04-29 --assume \"tour on 2024-05-05\"
  dateline forecast visit.toml --without late-may --ask \"visit in the first half of May\"
  dateline forecast visit.toml --method sample --error 0.002 --timeout 30s
  dateline forecast visit.toml --format json | jq '.queries'";

const CHECK_EXAMPLES: &str = "\
Examples:
  dateline check visit.toml
  dateline check scenarios/*.toml --format json";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  dateline explain visit.toml
  dateline explain visit.toml --event visit --as-of 2024-04-29
  dateline explain visit.toml --ask \"visit before tour\"
  dateline explain visit.toml --format json | jq '.targets[].influences'";
const COMPARE_EXAMPLES: &str = "\
Examples:
  dateline compare visit.toml --without late-may
  dateline compare visit.toml --as-of 2024-04-29 --assume \"tour on 2024-05-05\"
  dateline compare march.toml april.toml --ask \"visit before tour\"
  dateline compare march.toml april.toml --format json | jq '.events[] | {id, shift_days}'";

const SWEEP_EXAMPLES: &str = "\
Examples:
  dateline sweep visit.toml --vary report.late-may.credibility=0..1:11
  dateline sweep visit.toml --vary as_of=2024-03-20..2024-05-20:1w --vary source.reuters.grade=A1,B2,C3 -o rows.csv
  dateline sweep visit.toml --from variants.csv --format jsonl";

const SCHEDULE_EXAMPLES: &str = "\
Examples:
  dateline schedule briefing.toml
  dateline schedule briefing.toml --as-of 2024-05-06 --ask-day 2024-05-20
  dateline schedule launch.toml --ask-day launch=2025-03-03 --ask-day party=never
  dateline schedule briefing.toml --format json | jq '.policy.instructions'";

const PLOT_EXAMPLES: &str = "\
Examples:
  dateline plot visit.toml -o visit.svg
  dateline plot visit.toml -o calendar.png --kind calendar --event visit --width 1200
  dateline plot visit.toml -o joint.svg --kind joint --event visit --event tour
  dateline plot visit.toml -o curves.svg --kind sweep --vary report.late-may.credibility=0..1:21
  dateline plot visit.toml -o - --as-of 2024-04-29 > visit.svg";

const REPORT_EXAMPLES: &str = "\
Examples:
  dateline report visit.toml -o visit.html
  dateline report visit.toml -o april.html --as-of 2024-04-29 --ask \"visit before tour\"
  dateline report visit.toml -o - --brief > visit.html";

const TIMELINE_EXAMPLES: &str = "\
Examples:
  dateline timeline visit.toml
  dateline timeline visit.toml --from 2024-03-19 --to 2024-05-14 --every 1w
  dateline timeline visit.toml --format csv -o timeline.csv
  dateline timeline visit.toml --format json | jq '.[] | {as_of, news}'";

const SCORE_EXAMPLES: &str = "\
Examples:
  dateline score visit.toml
  dateline score scenarios/archive --every 1d
  dateline score visit.toml --before 7d,30d --format json | jq '.all.dates.crps'";

const LEARN_EXAMPLES: &str = "\
Examples:
  dateline learn cases.csv -o sources.toml
  dateline learn scenarios/archive --format text
  dateline learn cases.csv --by source --prior 2,1 --format json | jq '.sources[] | {source, credibility}'";

const BACKTEST_EXAMPLES: &str = "\
Examples:
  dateline backtest cases.csv
  dateline backtest cases.csv --by all --format json | jq '.summary.coverage'";

const BENCH_EXAMPLES: &str = "\
Examples:
  dateline bench visit.toml
  dateline bench visit.toml --format json | jq '.stages'";

const SAMPLE_EXAMPLES: &str = "\
Examples:
  dateline sample visit.toml -n 100000 > worlds.csv
  dateline sample visit.toml -n 1000000 --seed 7 -o worlds.csv
  dateline sample visit.toml -n 10 --format jsonl --assume \"tour on 2024-05-05\"";

const SET_EXAMPLES: &str = "\
Examples:
  dateline set visit.toml report.late-may.credibility=0.6 as_of=2024-04-29
  dateline set visit.toml --remove rule.after-inauguration --dry-run
  dateline set visit.toml --add report says=\"visit in May\" source=reuters date=2024-03-19
  dateline set visit.toml --add event id=summit duration=2 -o summit.toml";

/// The scenario of a command that takes just one.
fn one_scenario(argument: Arg) -> Arg {
    argument.num_args(1).action(ArgAction::Set).help("Scenario file; - reads standard input")
}

/// The scenarios of a command that goes through folders.
fn scored_scenarios(argument: Arg) -> Arg {
    argument.help("Scenario files, and folders of them; - reads standard input")
}

/// The as-of date of a command that has many by default.
fn scored_evening(argument: Arg) -> Arg {
    argument.help("Score the forecast as of this evening only (YYYY-MM-DD)")
}

/// The scenarios of a command that takes two, or one and its changes.
fn two_scenarios(argument: Arg) -> Arg {
    argument.num_args(1..=2).action(ArgAction::Set).help("One or two scenario files; - reads standard input")
}

/// What every command that reads a scenario takes.
#[derive(Debug, Args)]
pub struct ScenarioArguments {
    /// Scenario files; - reads standard input
    #[arg(required = true, value_name = "SCENARIO")]
    pub scenarios: Vec<PathBuf>,

    /// Take what was known on the evening of this day (YYYY-MM-DD), in place of the file's as_of
    #[arg(long, value_name = "DATE", help_heading = "Changes")]
    pub as_of: Option<Day>,

    /// Add a fact, learned last of all, such as "tour on 2024-05-05" (repeatable)
    #[arg(long, value_name = "PROPOSITION", help_heading = "Changes")]
    pub assume: Vec<String>,

    /// Add a question, such as "visit before tour" (repeatable)
    #[arg(long, value_name = "PROPOSITION", help_heading = "Changes")]
    pub ask: Vec<String>,

    /// Leave out a rule, report or observation, or all reports of a source (repeatable)
    #[arg(long, value_name = "ID", help_heading = "Changes")]
    pub without: Vec<String>,

    /// Read another value in place of the file's, such as report.late-may.credibility=0.6 (repeatable)
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Changes")]
    pub set: Vec<String>,

    /// How to solve
    #[arg(long, value_enum, default_value_t = Method::Auto, help_heading = "Solving")]
    pub method: Method,

    /// Use no more memory than this for tables and drawn worlds, such as 500M or 2G [default: 1G]
    #[arg(long, value_name = "SIZE", value_parser = parse_size, help_heading = "Solving")]
    pub max_memory: Option<u64>,

    /// Compute and draw on so many threads, which changes nothing in the answer [default: one a core]
    #[arg(long, value_name = "N", value_parser = parse_threads, help_heading = "Solving")]
    pub threads: Option<usize>,
}

/// How worlds are drawn where nothing else can be done.
#[derive(Debug, Args)]
pub struct DrawingArguments {
    /// Draw so many worlds where the scenario cannot be computed [default: 20000]
    #[arg(long, value_name = "N", value_parser = parse_samples, help_heading = "Solving")]
    pub samples: Option<usize>,

    /// Draw other worlds with another seed
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Solving")]
    pub seed: u64,
}

impl DrawingArguments {
    /// The options with this drawing.
    pub fn drawing(&self, options: Options) -> Options {
        let threads = options.limits.threads;
        Options { sampling: Sampling { samples: self.samples, error: None, seed: self.seed, threads }, ..options }
    }
}

/// What only forecasts take.
#[derive(Debug, Args)]
pub struct SamplingArguments {
    /// Draw at most so many worlds [default: 20000, unless --error or --timeout is given]
    ///
    /// Concerns forecasts that are drawn; one that is computed exactly needs no worlds.
    #[arg(long, value_name = "N", value_parser = parse_samples, help_heading = "Solving")]
    pub samples: Option<usize>,

    /// Draw until every probability has at most this standard error, such as 0.002
    #[arg(long, value_name = "ERROR", value_parser = parse_error, help_heading = "Solving")]
    pub error: Option<f64>,

    /// Draw other worlds with another seed
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Solving")]
    pub seed: u64,

    /// Answer within this time, such as 30s or 2m: draw where an exact answer would take longer
    ///
    /// Exact work is refused before it begins where it is predicted to take longer. Drawing ends when the time is up, and
    /// what there is is printed.
    #[arg(long, value_name = "TIME", value_parser = parse_time, help_heading = "Solving")]
    pub timeout: Option<Duration>,
}

impl SamplingArguments {
    /// How to forecast; `Err` says which options do not go together.
    pub fn options(&self, scenario: &ScenarioArguments) -> Result<Options, String> {
        let SamplingArguments { samples, error, seed, timeout } = *self;
        let drawing = [("--samples", samples.is_some()), ("--error", error.is_some())];
        if let (Method::Exact, Some((option, _))) = (scenario.method, drawing.iter().find(|(_, given)| *given)) {
            return Err(format!("{option} is for drawn worlds, and --method exact draws none"));
        }
        let mut options = scenario.options();
        let threads = options.limits.threads;
        // Until the time is up, where nothing else is said.
        let samples = samples.or_else(|| (timeout.is_some() && error.is_none()).then_some(MOST_SAMPLES));
        options.sampling = Sampling { samples, error, seed, threads };
        if let Some(time) = timeout {
            options.limits.operations = options.limits.operations.min(time.as_secs_f64() * STEPS_PER_SECOND);
        }
        Ok(options)
    }
}

/// How to solve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Method {
    /// Exactly where that is within the limits, else from drawn worlds
    Auto,
    /// Exactly, or not at all
    Exact,
    /// From drawn worlds, with standard errors
    Sample,
}

impl ScenarioArguments {
    /// The changes asked for.
    pub fn changes(&self) -> Changes {
        Changes {
            as_of: self.as_of,
            assume: self.assume.clone(),
            ask: self.ask.clone(),
            without: self.without.clone(),
            set: self.set.clone(),
            ..Changes::default()
        }
    }

    /// Threads that compute and draw.
    pub fn threads(&self) -> usize {
        self.threads.unwrap_or_else(cores)
    }

    /// How to solve.
    pub fn options(&self) -> Options {
        let method = match self.method {
            Method::Auto => MethodChoice::Auto,
            Method::Exact => MethodChoice::Exact,
            Method::Sample => MethodChoice::Sample,
        };
        let mut options = Options { method, ..Options::default() };
        options.limits.threads = self.threads();
        if let Some(memory) = self.max_memory {
            options.limits = Limits { memory, ..options.limits };
        }
        options
    }
}

/// A number of worlds.
pub fn parse_samples(text: &str) -> Result<usize, String> {
    let number: usize = text.parse().map_err(|_| "expected a whole number of worlds".to_string())?;
    if (1..=MOST_SAMPLES).contains(&number) { Ok(number) } else { Err(format!("expected 1 to {MOST_SAMPLES} worlds")) }
}

fn parse_error(text: &str) -> Result<f64, String> {
    let error = text.parse().ok().filter(|error| *error > 0.0 && *error < 0.5);
    error.ok_or_else(|| "expected a standard error between 0 and 0.5, such as 0.002".to_string())
}

/// Processors at hand.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get())
}

pub fn parse_threads(text: &str) -> Result<usize, String> {
    let threads = text.parse().ok().filter(|threads| (1..=MOST_THREADS).contains(threads));
    threads.ok_or_else(|| format!("expected 1 to {MOST_THREADS} threads"))
}

/// `30`, `30s`, `2m`, `1.5h`: seconds, or a number with its unit.
fn parse_time(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "" | "s" => Some(1.0),
        "ms" => Some(1e-3),
        "m" | "min" => Some(60.0),
        "h" => Some(3600.0),
        _ => None,
    };
    let seconds = digits.parse::<f64>().ok().zip(unit).map(|(number, unit)| number * unit);
    let seconds = seconds.filter(|seconds| *seconds > 0.0 && *seconds <= LONGEST_SECONDS);
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "expected a time such as 30s or 2m".to_string())
}

/// `500M`, `2G`, `1048576`: a number of bytes with a binary prefix.
fn parse_size(text: &str) -> Result<u64, String> {
    const EXPECTED: &str = "expected a number of bytes such as 500M or 2G";
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text[digits.len()..].to_ascii_uppercase();
    let shift = match unit.trim_end_matches('B').trim_end_matches('I') {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return Err(EXPECTED.to_string()),
    };
    let number: f64 = digits.trim().parse().map_err(|_| EXPECTED.to_string())?;
    let bytes = number * f64::from(1u32 << 10).powi(shift / 10);
    if bytes >= 1.0 && bytes < u64::MAX as f64 { Ok(bytes as u64) } else { Err(EXPECTED.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn times_have_units() {
        assert_eq!(parse_time("30"), Ok(Duration::from_secs(30)));
        assert_eq!(parse_time("1.5m"), Ok(Duration::from_secs(90)));
        assert_eq!(parse_time("200ms"), Ok(Duration::from_millis(200)));
        for bad in ["", "0", "-1s", "3 days", "s", "inf", "nan", "1e99h"] {
            assert!(parse_time(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sizes_have_binary_prefixes() {
        assert_eq!(parse_size("2G"), Ok(2 << 30));
        assert_eq!(parse_size("1.5 MiB"), Ok(3 << 19));
        assert_eq!(parse_size("1000"), Ok(1000));
        assert!(parse_size("many").is_err());
        assert!(parse_size("-1G").is_err());
        assert!(parse_size("").is_err());
    }
}
