//! `dateline check`.

use super::Ending;
use super::arguments::{CheckArguments, CheckFormat};
use super::{input, terminal};
use dateline::{Options, check, render};
use serde_json::Value;
use std::io::{self, Write};
use std::path::Path;

/// Checks every scenario.
pub fn run(arguments: &CheckArguments) -> io::Result<Ending> {
    let options = arguments.options();
    let mut ending = Ending::Done;
    let mut objects: Vec<Value> = Vec::new();
    let mut out = io::stdout().lock();
    for path in &arguments.scenario.scenarios {
        let (one, text, object) = one(path, arguments, &options);
        ending = ending.max(one);
        match arguments.format {
            CheckFormat::Text => out.write_all(text.as_bytes())?,
            CheckFormat::Json => objects.push(object),
        }
    }
    if arguments.format == CheckFormat::Json {
        let text = if let [only] = &objects[..] { render::json(only) } else { render::json(&objects) };
        out.write_all(text.as_bytes())?;
    }
    out.flush()?;
    Ok(ending)
}

/// How one scenario ends, and what is to be said of it as text and as JSON; what is wrong with it goes to standard error
/// unless it is part of the JSON.
fn one(path: &Path, arguments: &CheckArguments, options: &Options) -> (Ending, String, Value) {
    let name = input::name(path);
    let failed = |why: String| {
        terminal::complain(&format!("{name}: {why}"));
        (Ending::Fault, String::new(), render::unreadable_json(&name, &why))
    };
    let parsed = match input::parse(path, &arguments.scenario) {
        Ok(parsed) => parsed,
        Err(why) => return failed(why),
    };
    let scenario = match &parsed.scenario {
        Ok(scenario) => scenario,
        Err(invalid) => {
            let object = render::invalid_json(&name, &parsed.text, invalid);
            let ending = match arguments.format {
                CheckFormat::Text => input::complain(&parsed, invalid),
                CheckFormat::Json => input::ending(invalid),
            };
            return (ending, String::new(), object);
        }
    };
    match check(scenario, options) {
        Err(refusal) => failed(refusal.to_string()),
        Ok(found) => {
            let ending = if found.feasible { Ending::Done } else { Ending::Fault };
            let text = render::check_text(&name, &found, &terminal::look(None));
            (ending, text, render::check_json(&name, &found))
        }
    }
}
