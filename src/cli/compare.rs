//! `dateline compare`.

use super::Ending;
use super::arguments::{STEPS_PER_SECOND, SamplingArguments, ScenarioArguments};
use super::input::{self, Parsed};
use super::terminal;
use super::waiting::Waiting;
use clap::{Args, ValueEnum};
use dateline::render::{ComparisonJson, comparison_text, json};
use dateline::{Changes, Comparison, Difference, Options, Refusal, Sides, Watch, forecast_watched};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

#[derive(Debug, Args)]
pub struct CompareArguments {
    #[command(flatten)]
    pub scenario: ScenarioArguments,

    #[command(flatten)]
    pub sampling: SamplingArguments,

    /// Output format
    #[arg(long, value_enum, default_value_t = CompareFormat::Text)]
    pub format: CompareFormat,

    /// Width of the text in columns [default: the terminal's, or 80]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=400))]
    pub width: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// A scenario and what it is called.
struct Side {
    name: String,
    parsed: Parsed,
}

/// What comes of comparing, or how it ends without (which has been told on standard error).
type Outcome = Result<(Vec<Difference>, Comparison), Ending>;

/// Compares two scenarios, or one with itself before the changes.
pub fn run(arguments: &CompareArguments) -> io::Result<Ending> {
    let options = match arguments.options() {
        Ok(options) => options,
        Err(why) => {
            terminal::complain(&why);
            return Ok(Ending::Misuse);
        }
    };
    let waiting = Waiting::new(arguments.sampling.timeout);
    let (a, b) = match sides(arguments) {
        Ok(sides) => sides,
        Err(ending) => return Ok(ending),
    };
    let (changed, comparison) = match compare((&a, &b), &options, &waiting, arguments.sampling.timeout) {
        Ok(found) => found,
        Err(ending) => return Ok(ending),
    };
    let text = match arguments.format {
        CompareFormat::Json => json(&ComparisonJson { changed: &changed, comparison: &comparison }),
        CompareFormat::Text => {
            let names = Sides { a: a.name.as_str(), b: b.name.as_str() };
            comparison_text(&changed, &comparison, names, &terminal::look(arguments.width))
        }
    };
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(match comparison.feasible() {
        _ if waiting.interrupted() => Ending::Interrupted,
        true => Ending::Done,
        false => Ending::Fault,
    })
}

impl CompareArguments {
    /// How to forecast each side; `Err` says which options do not go together.
    fn options(&self) -> Result<Options, String> {
        let mut options = self.sampling.options(&self.scenario)?;
        // The time is for both sides together, and no comparison tells of joint windows.
        if let Some(time) = self.sampling.timeout {
            let steps = time.as_secs_f64() / 2.0 * STEPS_PER_SECOND;
            options.limits.operations = options.limits.operations.min(steps);
        }
        options.joint = Some(Vec::new());
        Ok(options)
    }
}

/// Both sides, or how it ends where one cannot be had.
fn sides(arguments: &CompareArguments) -> Result<(Side, Side), Ending> {
    let changes = arguments.scenario.changes();
    match &arguments.scenario.scenarios[..] {
        [path] => before_and_after(path, &changes),
        [a, b] => {
            if [a, b].iter().all(|path| path.as_path() == Path::new("-")) {
                terminal::complain("standard input can only be one of the two scenarios");
                return Err(Ending::Misuse);
            }
            two_files([a, b], &changes)
        }
        _ => Err(Ending::Misuse),
    }
}

/// A scenario as it is, and with the changes. Questions change nothing, and are asked of both.
fn before_and_after(path: &Path, changes: &Changes) -> Result<(Side, Side), Ending> {
    let asked = Changes { ask: changes.ask.clone(), ..Changes::default() };
    if *changes == asked {
        terminal::complain(
            "there is nothing to compare with: give a second scenario, or a change such as --set report.late-may.credibility=0.5, --as-of 2024-04-29, \
             --assume \"tour on 2024-05-05\" or --without ID",
        );
        return Err(Ending::Misuse);
    }
    let text = read(path)?;
    let side = |name: &str, changes: &Changes| Side {
        name: name.to_string(),
        parsed: input::parse_text(input::name(path), path, text.clone(), changes.clone()),
    };
    let (a, b) = (side("as it is", &asked), side("with the changes", changes));
    // What is wrong without the changes is wrong with them as well, but for what they mend.
    let complaint = b.complaint().or_else(|| a.complaint());
    complaint.map_or(Ok((a, b)), Err)
}

/// Two scenarios, each with the changes. All that is wrong with either is told.
fn two_files(paths: [&PathBuf; 2], changes: &Changes) -> Result<(Side, Side), Ending> {
    let [a, b] = paths.map(|path| {
        let text = read(path)?;
        Ok(Side { name: input::name(path), parsed: input::parse_text(input::name(path), path, text, changes.clone()) })
    });
    let (a, b) = match (a, b) {
        (Ok(a), Ok(b)) => (a, b),
        (Ok(other), Err(ending)) | (Err(ending), Ok(other)) => {
            return Err(other.complaint().max(Some(ending)).unwrap_or(ending));
        }
        (Err(ending), Err(_)) => return Err(ending),
    };
    let complaint = a.complaint_of_two();
    // A change that is wrong for both in the same way is told once.
    let told = match (&a.parsed.scenario, &b.parsed.scenario) {
        (Err(a), Err(b)) => a.only_in_changes() && a.diagnostics == b.diagnostics,
        _ => false,
    };
    let complaint = if told { complaint } else { complaint.max(b.complaint_of_two()) };
    complaint.map_or(Ok((a, b)), Err)
}

fn read(path: &Path) -> Result<String, Ending> {
    input::read(path).map_err(|why| {
        terminal::complain(&format!("{}: {why}", input::name(path)));
        Ending::Fault
    })
}

impl Side {
    /// Tells what is wrong with it, if anything.
    fn complaint(&self) -> Option<Ending> {
        self.parsed.scenario.as_ref().err().map(|invalid| input::complain(&self.parsed, invalid))
    }

    /// The same, and which scenario it is that changes do not fit: what they are wrong about has no path.
    fn complaint_of_two(&self) -> Option<Ending> {
        let ending = self.complaint();
        if ending == Some(Ending::Misuse) {
            terminal::note(&format!("The changes do not fit {}.\n", self.name));
        }
        ending
    }
}

/// Forecasts both sides, one after the other: each is to have all of the memory, and the time is to be shared.
fn compare(sides: (&Side, &Side), options: &Options, waiting: &Waiting, timeout: Option<Duration>) -> Outcome {
    let (Ok(a), Ok(b)) = (&sides.0.parsed.scenario, &sides.1.parsed.scenario) else {
        return Err(Ending::Fault);
    };
    let told = |side: &Side| {
        let (path, name) = (&side.parsed.path, &side.name);
        let name = if path == name { path.clone() } else { format!("{path} ({name})") };
        move |refusal: Refusal| {
            terminal::complain(&format!("{name}: {refusal}"));
            Ending::Fault
        }
    };
    let (before, after) = waiting.during(|watch| {
        let begun = Instant::now();
        let half = timeout.map(|time| time / 2);
        let stopped = || (watch.stopped)() || half.is_some_and(|half| begun.elapsed() >= half);
        // There is nothing to print before the second side has something.
        let first = Watch { stopped: &stopped, progress: &|_| {} };
        let before = forecast_watched(a, options, first).map_err(told(sides.0));
        let after = before.is_ok().then(|| forecast_watched(b, options, watch).map_err(told(sides.1)));
        (before, after.unwrap_or(Err(Ending::Fault)))
    });
    Ok((a.differences(b), Comparison::between(before?, after?)))
}
