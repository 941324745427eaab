//! `dateline bench`.

use super::Ending;
use super::arguments::ScenarioArguments;
use super::{input, terminal};
use clap::{Args, ValueEnum};
use dateline::{Gauges, Measured, Scenario, Stage, measure, render};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::time::Instant;

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

/// Reading is repeated until it has been watched so long (seconds).
const WATCHED: f64 = 0.3;

/// Measures one scenario.
pub fn run(arguments: &BenchArguments) -> io::Result<Ending> {
    let path = &arguments.scenario.scenarios[0];
    let name = input::name(path);
    let fault = |why: String| {
        terminal::complain(&format!("{name}: {why}"));
        Ok(Ending::Fault)
    };
    let parsed = match input::parse(path, &arguments.scenario) {
        Ok(parsed) => parsed,
        Err(why) => return fault(why),
    };
    let scenario = match &parsed.scenario {
        Ok(scenario) => scenario,
        Err(invalid) => return Ok(input::complain(&parsed, invalid)),
    };
    let begun = Instant::now();
    let clock = || begun.elapsed().as_secs_f64();
    let gauges = Gauges { clock: &clock, peak_memory: &peak_memory };
    let mut measured = match measure(scenario, &arguments.scenario.options(), gauges) {
        Ok(measured) => measured,
        Err(refusal) => return fault(refusal.to_string()),
    };
    let peak = peak_memory();
    let changes = arguments.scenario.changes();
    measured.stages.insert(0, parsing(&clock, || drop(Scenario::parse_with(&parsed.text, &changes))));
    let mut out = io::stdout().lock();
    match arguments.format {
        BenchFormat::Text => out.write_all(text(&name, &measured, peak).as_bytes())?,
        BenchFormat::Json => out.write_all(object(&name, &measured, peak).as_bytes())?,
    }
    out.flush()?;
    Ok(Ending::Done)
}

fn parsing(clock: &dyn Fn() -> f64, parse: impl Fn()) -> Stage {
    let mut times = Vec::new();
    let begun = clock();
    while times.len() < 3 || (clock() - begun < WATCHED && times.len() < 1000) {
        let start = clock();
        parse();
        times.push(clock() - start);
    }
    times.sort_by(f64::total_cmp);
    Stage { name: "parse", median_seconds: times[times.len() / 2], least_seconds: times[0], repetitions: times.len() }
}

/// The most memory that this process has used, in bytes; `None` where the system does not tell.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes << 10)
}

fn object(name: &str, measured: &Measured, peak: Option<u64>) -> String {
    let mut value = json!({ "path": name });
    let rest = serde_json::to_value(measured).expect("measurements are made of what JSON can hold");
    if let (Value::Object(into), Value::Object(rest)) = (&mut value, rest) {
        into.extend(rest);
        into.insert("peak_memory_bytes".to_string(), json!(peak));
    }
    render::json(&value)
}

fn text(name: &str, measured: &Measured, peak: Option<u64>) -> String {
    let mut text = measured.title.clone().unwrap_or_else(|| name.to_string()) + "\n\n";
    for stage in &measured.stages {
        text += &format!(
            "{:<10}{:>12}   (least {}, {} runs{})\n",
            stage.name,
            duration(stage.median_seconds),
            duration(stage.least_seconds),
            stage.repetitions,
            if stage.name == "draw" { ", for 1000 worlds" } else { "" }
        );
    }
    text += "\n";
    for words in &measured.plan.words {
        text += &format!("{words}\n");
    }
    if let (Some(peak), Some(infer)) = (peak, measured.infer_peak_memory_bytes) {
        let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        text += &format!(
            "peak memory of the process: {:.1} MiB ({:.1} MiB after infer)\n",
            mebibytes(peak),
            mebibytes(infer)
        );
    }
    text
}

/// Seconds for people.
fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1e-3 => format!("{:.1} µs", s * 1e6),
        s if s < 1.0 => format!("{:.2} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}
