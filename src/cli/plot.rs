//! `dateline plot`.

use super::arguments::{DrawingArguments, ScenarioArguments};
use super::explain::{MOST_EVENTS, first_targets};
use super::input::Parsed;
use super::output::write_to;
use super::sweep::{Vary, parse_vary};
use super::{Ending, input, terminal};
use clap::{Args, ValueEnum};
use dateline::render::{self, MOST_PIXELS, Picture, PictureOptions, SweepCurves};
use dateline::{
    Answer, Day, Edit, Every, Explained, Infeasible, JointMapped, Options, Refusal, Scenario, Stretch, Variants,
    Wanted, claimed_days, edit, explain, forecast, joint_map, sweep, sweep_columns, timeline,
};
use std::io;
use std::path::{Path, PathBuf};

/// Curves of more values than this nobody could tell from smooth ones.
const MOST_VALUES: usize = 2_000;

#[derive(Debug, Args)]
pub struct PlotArguments {
    #[command(flatten)]
    pub scenario: ScenarioArguments,

    #[command(flatten)]
    pub drawing: DrawingArguments,

    /// Write the picture to this file, an .svg or .png; - writes SVG to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,

    /// What to draw
    #[arg(long, value_enum, default_value_t = Kind::Days)]
    pub kind: Kind,

    /// Draw this event (repeatable) [default: all in doubt; the first two of them for joint]
    #[arg(long, value_name = "ID")]
    pub event: Vec<String>,

    /// For sweep: give a key these values: a..b:n (n numbers), DATE..DATE:1d or 1w, or a list with commas
    #[arg(long, value_name = "KEY=VALUES", value_parser = parse_vary)]
    pub vary: Option<Vary>,

    /// For fan: the first as-of date [default: the earliest date of a report or observation]
    #[arg(long, value_name = "DATE")]
    pub from: Option<Day>,

    /// For fan: the last as-of date [default: the scenario's as_of, or else the last date in the file]
    #[arg(long, value_name = "DATE")]
    pub to: Option<Day>,

    /// For fan: from one as-of date to the next, in days or weeks [default: 1d for up to 62 dates, else 1w]
    #[arg(long, value_name = "1d|1w")]
    pub every: Option<Every>,

    /// Width in pixels
    #[arg(long, value_name = "PIXELS", default_value_t = 880, value_parser = clap::value_parser!(u32).range(200..=i64::from(MOST_PIXELS)))]
    pub width: u32,

    /// Height in pixels [default: what the picture needs]
    #[arg(long, value_name = "PIXELS", value_parser = clap::value_parser!(u32).range(200..=i64::from(MOST_PIXELS)))]
    pub height: Option<u32>,

    /// Format of the picture [default: as the file's name ends]
    #[arg(long, value_enum)]
    pub format: Option<PictureFormat>,
}

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// The distribution of each event's date, with its windows and what reports claim
    Days,
    /// A calendar for each event, its days as strong as they are probable
    Calendar,
    /// How each event's date moved, as-of date by as-of date, as in timeline
    Fan,
    /// How probable each pair of two events' days or weeks is
    Joint,
    /// What each rule, fact and report does to each event and question
    Influence,
    /// How probabilities and dates change with the value of a key (--vary)
    Sweep,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PictureFormat {
    /// Lines and text, for pages and papers
    Svg,
    /// Pixels
    Png,
}

/// Why there is no picture, and whose fault that is.
enum Failure {
    Infeasible(Box<Infeasible>),
    Refused(Refusal),
    /// Values that are wrong, with the places where.
    Invalid(dateline::Invalid),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure::Refused(refusal)
    }
}

/// Draws one scenario.
pub fn run(arguments: &PlotArguments) -> io::Result<Ending> {
    let misused = |why: String| {
        terminal::complain(&why);
        Ok(Ending::Misuse)
    };
    let format = match format(arguments) {
        Ok(format) => format,
        Err(why) => return misused(why),
    };
    let stretched = arguments.from.is_some() || arguments.to.is_some() || arguments.every.is_some();
    if stretched && arguments.kind != Kind::Fan {
        return misused("--from, --to and --every go with --kind fan".to_string());
    }
    match (arguments.kind, &arguments.vary) {
        (Kind::Sweep, None) => {
            return misused(
                "--kind sweep needs --vary KEY=VALUES, such as report.late-may.credibility=0..1:11".to_string(),
            );
        }
        (Kind::Sweep, Some(vary)) if vary.values.len() > MOST_VALUES => {
            return misused(format!("a picture shows at most {MOST_VALUES} values, not {}", vary.values.len()));
        }
        (Kind::Sweep, _) | (_, None) => {}
        (_, Some(_)) => return misused("--vary goes with --kind sweep".to_string()),
    }
    let path = &arguments.scenario.scenarios[0];
    let name = input::name(path);
    let parsed = match input::parse(path, &arguments.scenario) {
        Ok(parsed) => parsed,
        Err(why) => {
            terminal::complain(&format!("{name}: {why}"));
            return Ok(Ending::Fault);
        }
    };
    let scenario = match &parsed.scenario {
        Ok(scenario) => scenario,
        Err(invalid) => return Ok(input::complain(&parsed, invalid)),
    };
    match draw(arguments, &parsed, scenario) {
        Ok(picture) => write(&picture, format, &arguments.output),
        Err(failure) => Ok(complain(&failure, &parsed)),
    }
}

/// SVG or PNG, as asked for or as the file's name ends.
fn format(arguments: &PlotArguments) -> Result<PictureFormat, String> {
    let ending = arguments.output.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    match (arguments.format, ending.as_str()) {
        (Some(format), _) => Ok(format),
        (None, "svg") => Ok(PictureFormat::Svg),
        (None, "png") => Ok(PictureFormat::Png),
        (None, _) if input::is_stdin(&arguments.output) => Ok(PictureFormat::Svg),
        (None, _) => Err(format!(
            "{}: a picture's name ends with .svg or .png; --format says which where it does not",
            arguments.output.display()
        )),
    }
}

fn draw(arguments: &PlotArguments, parsed: &Parsed, scenario: &Scenario) -> Result<Picture, Failure> {
    let solving = arguments.drawing.drawing(arguments.scenario.options());
    let options = PictureOptions {
        events: arguments.event.clone(),
        width: arguments.width,
        height: arguments.height,
        heading: true,
    };
    let infeasible = |infeasible: Infeasible| Failure::Infeasible(Box::new(infeasible));
    Ok(match arguments.kind {
        Kind::Days | Kind::Calendar => {
            let solving = Options { joint: Some(Vec::new()), ..solving };
            match forecast(scenario, &solving)? {
                Answer::Infeasible(found) => return Err(infeasible(found)),
                Answer::Forecast(forecast) if arguments.kind == Kind::Days => {
                    render::days_picture(&forecast, &claimed_days(scenario), &options)?
                }
                Answer::Forecast(forecast) => render::calendar_picture(&forecast, &options)?,
            }
        }
        Kind::Fan => {
            let stretch = Stretch { from: arguments.from, to: arguments.to, every: arguments.every };
            render::fan_picture(&timeline(scenario, stretch, &solving)?, &options)?
        }
        Kind::Joint => match joint_map(scenario, &arguments.event, &solving)? {
            JointMapped::Infeasible(found) => return Err(infeasible(found)),
            JointMapped::Map(map) => render::joint_picture(&map, &options)?,
        },
        Kind::Influence => {
            let mut wanted = Wanted { events: arguments.event.clone(), queries: arguments.scenario.ask.clone() };
            let nothing_named = wanted.events.is_empty() && wanted.queries.is_empty();
            if nothing_named && scenario.event_ids().count() > MOST_EVENTS {
                wanted = match forecast(scenario, &Options { joint: Some(Vec::new()), ..solving.clone() })? {
                    Answer::Infeasible(found) => return Err(infeasible(found)),
                    Answer::Forecast(forecast) => first_targets(&forecast),
                };
                terminal::note(&format!("of the events in doubt the first {MOST_EVENTS} are explained at most\n"));
            }
            match explain(scenario, &wanted, &solving)? {
                Explained::Infeasible(found) => return Err(infeasible(found)),
                // What was asked for is all that there are reasons for.
                Explained::Reasons(reasons) => {
                    render::influence_picture(&reasons, &PictureOptions { events: Vec::new(), ..options })?
                }
            }
        }
        Kind::Sweep => curves(arguments, parsed, scenario, (&solving, &options))?,
    })
}

/// The rows of a sweep over one key, drawn.
fn curves(
    arguments: &PlotArguments,
    parsed: &Parsed,
    scenario: &Scenario,
    (solving, options): (&Options, &PictureOptions),
) -> Result<Picture, Failure> {
    let Some(Vary { key, values }) = &arguments.vary else {
        return Err(Refusal::Named("--kind sweep needs --vary".to_string()).into());
    };
    // A key that is none would make every row a bad one.
    let example = values.first().map_or("0", String::as_str);
    let edits = Edit::set(&format!("{key}={example}"));
    edits.and_then(|set| edit(&parsed.text, &[set])).map_err(Failure::Invalid)?;
    let variants = Variants::new(&parsed.text, &parsed.changes, std::slice::from_ref(key)).map_err(Failure::Invalid)?;
    let choices: Vec<[Option<String>; 1]> = values.iter().map(|value| [Some(value.clone())]).collect();
    let choices: Vec<&[Option<String>]> = choices.iter().map(|choice| &choice[..]).collect();
    let rows = sweep(&variants, &choices, solving);
    let columns = sweep_columns(&variants);
    let curves = SweepCurves { title: scenario.title(), key, values, columns: &columns, rows: &rows };
    Ok(render::sweep_picture(&curves, options)?)
}

fn complain(failure: &Failure, parsed: &Parsed) -> Ending {
    let name = &parsed.path;
    match failure {
        Failure::Invalid(invalid) => input::complain(parsed, invalid),
        Failure::Refused(refusal) => {
            terminal::complain(&format!("{name}: {refusal}"));
            if matches!(refusal, Refusal::Named(_)) { Ending::Misuse } else { Ending::Fault }
        }
        Failure::Infeasible(infeasible) => {
            terminal::complain(&format!("{name}: there is nothing to draw, for this cannot hold together"));
            let look = terminal::look(None);
            terminal::note(&render::text(&Answer::Infeasible((**infeasible).clone()), &look));
            Ending::Fault
        }
    }
}

/// Writes the picture, which is made whole before.
fn write(picture: &Picture, format: PictureFormat, path: &Path) -> io::Result<Ending> {
    let bytes = match format {
        PictureFormat::Svg => picture.svg().into_bytes(),
        PictureFormat::Png => picture.png().map_err(io::Error::other)?,
    };
    write_to(Some(path), |out| out.write_all(&bytes))?;
    Ok(Ending::Done)
}
