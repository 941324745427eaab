//! `dateline set`.

use super::Ending;
use super::output::{replace, write_to};
use super::{input, terminal};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use dateline::diagnostic::Origin;
use dateline::{Edit, Edited, Invalid, edit, render};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// With the file first, which the words made by themselves have last.
const USAGE: &str = "dateline set FILE [KEY=VALUE]... [--remove KEY]... [--add KIND KEY=VALUE...]... [OPTIONS]";

#[derive(Debug, Args)]
#[command(override_usage = USAGE, group = clap::ArgGroup::new("edits").required(true).multiple(true).args(["values", "remove", "add"]))]
pub struct SetArguments {
    /// Scenario file, which is replaced; - reads standard input and writes standard output
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Give a key another value, or one if it has none
    #[arg(value_name = "KEY=VALUE")]
    pub values: Vec<String>,

    /// Take out a key, a row, a table or a member of a list (repeatable)
    #[arg(long, value_name = "KEY")]
    pub remove: Vec<String>,

    #[command(flatten)]
    pub additions: Additions,

    /// Write to this file and leave the scenario as it is; - is standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Print what would change as a unified diff, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What every `--add` is followed by: a kind, and keys with values.
///
/// Read by hand, since derived arguments do not tell one occurrence from the next.
#[derive(Clone, Debug, Default)]
pub struct Additions(Vec<Vec<String>>);

impl FromArgMatches for Additions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let occurrences = matches.get_occurrences::<String>("add").into_iter().flatten();
        Ok(Additions(occurrences.map(|words| words.cloned().collect()).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Additions::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Additions {
    fn augment_args(command: Command) -> Command {
        command.arg(
            Arg::new("add")
                .long("add")
                .value_names(["KIND", "KEY=VALUE"])
                .num_args(1..)
                .action(ArgAction::Append)
                .help("Add a rule, report, observation, query, event or source with these keys (repeatable)")
                .long_help(
                    "Add a row (rule, report, observation, query) or a named table (event, source; its name is given as \
                     id=NAME) with these keys (repeatable)",
                ),
        )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Additions::augment_args(command)
    }
}

impl SetArguments {
    /// What is to be done, in the order in which it is.
    fn edits(&self) -> Result<Vec<Edit>, Invalid> {
        let removals = self.remove.iter().map(|key| Ok(Edit::Remove { key: key.clone() }));
        let values = self.values.iter().map(|argument| Edit::set(argument));
        let additions = self.additions.0.iter().filter_map(|words| words.split_first());
        let additions = additions.map(|(kind, entries)| Edit::add(kind, entries));
        let (mut edits, mut diagnostics) = (Vec::new(), Vec::new());
        for edit in removals.chain(values).chain(additions) {
            match edit {
                Ok(edit) => edits.push(edit),
                Err(invalid) => diagnostics.extend(invalid.diagnostics),
            }
        }
        if diagnostics.is_empty() { Ok(edits) } else { Err(Invalid { diagnostics }) }
    }

    /// Where the text will stand, which decides what it includes.
    fn place(&self) -> &Path {
        self.output.as_deref().filter(|path| !input::is_stdin(path)).unwrap_or(&self.file)
    }

    /// Where the text goes; `None` is the file that it comes from.
    fn target(&self) -> Option<&Path> {
        let standard = input::is_stdin(&self.file).then_some(self.file.as_path());
        self.output.as_deref().or(standard)
    }
}

/// Changes a scenario file.
pub fn run(arguments: &SetArguments) -> io::Result<Ending> {
    let name = input::name(&arguments.file);
    let text = match input::read(&arguments.file) {
        Ok(text) => text,
        Err(why) => {
            terminal::complain(&format!("{name}: {why}"));
            return Ok(Ending::Fault);
        }
    };
    let edited = arguments.edits().and_then(|edits| edit(&text, &edits));
    let sound =
        edited.and_then(|edited| edited.scenario_with(input::files(arguments.place(), edited.text())).map(|_| edited));
    match sound {
        Ok(edited) if arguments.dry_run => {
            let difference = render::difference(&name, &text, edited.text());
            io::stdout().lock().write_all(difference.as_bytes())?;
            Ok(Ending::Done)
        }
        Ok(edited) => write(arguments, &text, &edited),
        Err(invalid) => Ok(complain(&name, &text, invalid)),
    }
}

/// Writes the text where it is to go, and says what has changed.
fn write(arguments: &SetArguments, before: &str, edited: &Edited<'_>) -> io::Result<Ending> {
    let changes = render::changes_text(edited.changes(), &terminal::look(None));
    let is_standard = arguments.target().is_some_and(input::is_stdin);
    match arguments.target() {
        Some(target) => write_to(Some(target), |out| out.write_all(edited.text().as_bytes()))?,
        None if edited.text() == before => {
            terminal::note(&format!("{}: nothing to change\n", input::name(&arguments.file)));
            return Ok(Ending::Done);
        }
        None => replace(&arguments.file, before.as_bytes(), edited.text().as_bytes())?,
    }
    // The text itself takes standard output where it goes there.
    if is_standard {
        terminal::note(&changes)
    } else {
        io::stdout().lock().write_all(changes.as_bytes())?
    }
    Ok(Ending::Done)
}

/// Prints what is wrong, and says whose fault it is.
fn complain(name: &str, text: &str, mut invalid: Invalid) -> Ending {
    for diagnostic in &mut invalid.diagnostics {
        // Here values need no option.
        if let Origin::Argument { option, .. } = &mut diagnostic.origin
            && option == "--set"
        {
            *option = "KEY=VALUE".to_string();
        }
    }
    terminal::print_diagnostics(&invalid.diagnostics, name, text);
    input::ending(&invalid)
}
