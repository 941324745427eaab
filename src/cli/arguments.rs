//! The command line's words: commands and options, with their help.

use clap::{Args, Parser, Subcommand, ValueEnum};
use dateline::{Changes, Day, Limits, Options};
use std::path::PathBuf;

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
    #[command(after_help = FORECAST_EXAMPLES)]
    Forecast(ForecastArguments),
    /// Is the file sound, and can its rules and facts hold together
    ///
    /// Prints "sound" with the first and last possible start of every event; or all mistakes of the file, each with its
    /// place; or a smallest set of rules and facts that cannot hold together (exit status 1 for both).
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArguments),
    /// How fast the solver is on a scenario, stage by stage
    ///
    /// Repeats reading the file, compiling it, planning, inference and the whole forecast, and prints the median time of
    /// each, how the forecast's network is solved, the cells, bytes and steps that were predicted for it, and the most
    /// memory that the process has used.
    #[command(after_help = BENCH_EXAMPLES)]
    Bench(BenchArguments),
    /// The JSON Schema of the scenario file, for editors
    Schema,
}

const FORECAST_EXAMPLES: &str = "\
Examples:
  dateline forecast visit.toml
  dateline forecast visit.toml --as-of 2024-04-29 --assume \"tour on 2024-05-05\"
  dateline forecast visit.toml --without late-may --ask \"visit in the first half of May\"
  dateline forecast visit.toml --format json | jq '.queries'";

const CHECK_EXAMPLES: &str = "\
Examples:
  dateline check visit.toml
  dateline check scenarios/*.toml --format json";

const BENCH_EXAMPLES: &str = "\
Examples:
  dateline bench visit.toml
  dateline bench visit.toml --format json | jq '.stages'";

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

    /// How to solve
    #[arg(long, value_enum, default_value_t = Method::Auto, help_heading = "Solving")]
    pub method: Method,

    /// Refuse to use more memory than this for tables, such as 500M or 2G
    #[arg(long, value_name = "SIZE", value_parser = parse_size, help_heading = "Solving")]
    pub max_memory: Option<u64>,
}

/// How to solve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Method {
    /// Exactly where that is within the limits
    Auto,
    /// Exactly, or not at all
    Exact,
}

#[derive(Debug, Args)]
pub struct ForecastArguments {
    #[command(flatten)]
    pub scenario: ScenarioArguments,

    /// Output format
    #[arg(long, value_enum, default_value_t = ForecastFormat::Text)]
    pub format: ForecastFormat,

    /// Combine the weeks of these events (at most three) [default: the first three in doubt]
    #[arg(long, value_name = "EVENT,…", value_delimiter = ',')]
    pub joint: Option<Vec<String>>,

    /// Width of the text in columns [default: the terminal's, or 80]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=400))]
    pub width: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ForecastFormat {
    /// For people
    Text,
    /// All of it, for programs
    Json,
    /// One row an event and day: event, date, probability (no date: does not occur)
    Csv,
}

#[derive(Debug, Args)]
pub struct CheckArguments {
    #[command(flatten)]
    pub scenario: ScenarioArguments,

    /// Output format
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Args)]
pub struct BenchArguments {
    #[command(flatten)]
    pub scenario: ScenarioArguments,

    /// Output format
    #[arg(long, value_enum, default_value_t = BenchFormat::Text)]
    pub format: BenchFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BenchFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

impl ScenarioArguments {
    /// The changes asked for.
    pub fn changes(&self) -> Changes {
        Changes { as_of: self.as_of, assume: self.assume.clone(), ask: self.ask.clone(), without: self.without.clone() }
    }

    /// How to solve.
    pub fn options(&self) -> Options {
        let mut options = Options::default();
        if let Some(memory) = self.max_memory {
            options.limits = Limits { memory, ..options.limits };
        }
        options
    }
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
    fn sizes_have_binary_prefixes() {
        assert_eq!(parse_size("2G"), Ok(2 << 30));
        assert_eq!(parse_size("1.5 MiB"), Ok(3 << 19));
        assert_eq!(parse_size("1000"), Ok(1000));
        assert!(parse_size("many").is_err());
        assert!(parse_size("-1G").is_err());
        assert!(parse_size("").is_err());
    }
}
