//! `dateline backtest`.

use super::learn::{RecordArguments, cases, parse_prior};
use super::output::write_to;
use super::waiting::Waiting;
use super::{Ending, terminal};
use clap::{Args, ValueEnum};
use dateline::{BetaPrior, backtest, render};
use std::io;
use std::path::PathBuf;

/// What is published as a date is mostly meant.
const PRIOR: BetaPrior = BetaPrior { a: 8.0, b: 1.0 };

#[derive(Debug, Args)]
pub struct BacktestArguments {
    /// A table of cases (CSV); - reads standard input
    #[arg(value_name = "CASES.csv")]
    pub path: PathBuf,

    #[command(flatten)]
    pub record: RecordArguments,

    /// The credibility's prior, Beta(A, B) [default: 8,1, published dates are mostly meant]
    #[arg(long, value_name = "A,B", value_parser = parse_prior)]
    pub prior: Option<BetaPrior>,

    /// Output format
    #[arg(long, value_enum, default_value_t = BacktestFormat::Text)]
    pub format: BacktestFormat,

    /// Write to this file, which is replaced at the end [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Width of the text in columns [default: the terminal's, or 80]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=400))]
    pub width: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BacktestFormat {
    /// For people
    Text,
    /// All forecasts and scores, for programs
    Json,
}

/// Replays a table.
pub fn run(arguments: &BacktestArguments) -> io::Result<Ending> {
    let cases = match cases(&arguments.path, &arguments.record) {
        Ok(cases) => cases,
        Err(ending) => return Ok(ending),
    };
    let (prior, options) = (arguments.prior.unwrap_or(PRIOR), arguments.record.options());
    let found = Waiting::new(None).during(|_| backtest(&cases, prior, &options));
    if found.summary.statements == 0 {
        terminal::complain("there is nothing to test: no statement names a date before its case's outcome");
        return Ok(Ending::Fault);
    }
    let text = match arguments.format {
        BacktestFormat::Text => render::backtest_text(&found, &terminal::look(arguments.width)),
        BacktestFormat::Json => render::json(&found),
    };
    write_to(arguments.output.as_deref(), |out| out.write_all(text.as_bytes()))?;
    Ok(Ending::Done)
}
