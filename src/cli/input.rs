//! A path (or standard input) in, a scenario out; what is wrong with it goes to standard error.

use super::Ending;
use super::arguments::ScenarioArguments;
use super::terminal;
use dateline::diagnostic::Origin;
use dateline::{Changes, Files, Invalid, LARGEST_FILE, Refusal, Scenario, included_paths};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// More files than a scenario may include are not looked for.
const MOST_INCLUDED: usize = 200;

/// A file that could be read, and what came of parsing it.
pub struct Parsed {
    /// For messages and JSON.
    pub path: String,
    pub text: String,
    /// What was asked for, and the files that the scenario includes.
    pub changes: Changes,
    pub scenario: Result<Scenario, Invalid>,
}

/// How messages call a path.
pub fn name(path: &Path) -> String {
    if is_stdin(path) { "<standard input>".to_string() } else { path.display().to_string() }
}

/// Reads and parses one scenario; `Err` says why the file cannot be read.
pub fn parse(path: &Path, arguments: &ScenarioArguments) -> Result<Parsed, String> {
    let text = read(path)?;
    Ok(parse_text(name(path), path, text, arguments.changes()))
}

/// The sound scenario of a command that takes one.
pub struct One {
    /// For messages.
    pub name: String,
    pub text: String,
    pub changes: Changes,
    pub scenario: Scenario,
}

/// Reads the scenario of a command that takes one; where it cannot be had, that has been told, and `Err` is how it ends.
pub fn one(arguments: &ScenarioArguments) -> Result<One, Ending> {
    let path = &arguments.scenarios[0];
    let parsed = parse(path, arguments).map_err(|why| {
        terminal::complain(&format!("{}: {why}", name(path)));
        Ending::Fault
    })?;
    match parsed.scenario {
        Ok(scenario) => Ok(One { name: parsed.path, text: parsed.text, changes: parsed.changes, scenario }),
        Err(ref invalid) => Err(complain(&parsed, invalid)),
    }
}

impl One {
    /// Says what is wrong with it.
    pub fn fails(&self, ending: Ending, why: &str) -> Ending {
        terminal::complain(&format!("{}: {why}", self.name));
        ending
    }

    /// Says why there is no answer: what names something that is not there is the command line's fault.
    pub fn refused(&self, refusal: &Refusal) -> Ending {
        let ending = if matches!(refusal, Refusal::Named(_)) { Ending::Misuse } else { Ending::Fault };
        self.fails(ending, &refusal.to_string())
    }
}

/// Parses a text that stands at a path; messages call it `name`.
pub fn parse_text(name: String, path: &Path, text: String, changes: Changes) -> Parsed {
    let mut files = files(path, &text);
    // What is to be included on the way is written like in a file.
    changes.set.iter().filter(|set| set.starts_with("include")).for_each(|set| files.extend(self::files(path, set)));
    let changes = Changes { files, ..changes };
    let mut scenario = Scenario::parse_with(&text, &changes);
    for diagnostic in scenario.as_mut().err().into_iter().flat_map(|invalid| &mut invalid.diagnostics) {
        if let Origin::Included { path: below, .. } = &mut diagnostic.origin {
            *below = folder(path).join(&*below).display().to_string().trim_start_matches("./").to_string();
        }
    }
    Parsed { path: name, text, changes, scenario }
}

/// The files that a scenario's text includes, and those that they include: only what lies in the scenario's folder or below
/// it, whatever links lead elsewhere.
pub fn files(path: &Path, text: &str) -> Files {
    let folder = folder(path);
    let mut files = Files::new();
    let mut open = included_paths("", text);
    while let Some(next) = open.pop() {
        if files.contains_key(&next) || files.len() >= MOST_INCLUDED {
            continue;
        }
        let text = included(folder, &next);
        if let Ok(text) = &text {
            open.extend(included_paths(&next, text));
        }
        files.insert(next, text);
    }
    files
}

/// The folder that a scenario is in; standard input is here.
fn folder(path: &Path) -> &Path {
    let folder = if is_stdin(path) { Path::new("") } else { path.parent().unwrap_or(Path::new("")) };
    if folder == Path::new("") { Path::new(".") } else { folder }
}

/// The text of one file below a folder.
fn included(folder: &Path, path: &str) -> Result<String, String> {
    let whole = folder.join(path);
    let inside = match (folder.canonicalize(), whole.canonicalize()) {
        (Ok(folder), Ok(whole)) => whole.starts_with(folder),
        // What cannot be found is told by reading it.
        _ => true,
    };
    if !inside {
        return Err("it leads out of the scenario's folder".to_string());
    }
    // A pipe may never end.
    if whole.exists() && !whole.is_file() {
        return Err("it is no plain file".to_string());
    }
    read(&whole)
}

/// Whether a path stands for standard input or output.
pub fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// The whole text, but no more than a scenario may have; `Err` says why it cannot be read.
pub fn read(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let limit = LARGEST_FILE as u64 + 1;
    let read = if is_stdin(path) {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| {
            if file.metadata()?.is_dir() {
                return Err(io::Error::new(io::ErrorKind::IsADirectory, "this is a folder, not a scenario file"));
            }
            file.take(limit).read_to_end(&mut bytes)
        })
    };
    read.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_string(),
        io::ErrorKind::PermissionDenied => "the file may not be read".to_string(),
        _ => error.to_string(),
    })?;
    if bytes.len() > LARGEST_FILE {
        return Err(format!("the file is larger than {} MiB, which is the limit for a scenario", LARGEST_FILE >> 20));
    }
    String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
        format!("the file is not UTF-8 text (line {line})")
    })
}

/// Prints what is wrong with a scenario, and says whose fault it is.
pub fn complain(parsed: &Parsed, invalid: &Invalid) -> Ending {
    terminal::print_diagnostics(&invalid.diagnostics, &parsed.path, &parsed.text);
    ending(invalid)
}

/// Whose fault it is that a scenario is invalid.
pub fn ending(invalid: &Invalid) -> Ending {
    if invalid.only_in_changes() { Ending::Misuse } else { Ending::Fault }
}
