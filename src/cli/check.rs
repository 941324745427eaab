//! `dateline check`.

use super::Ending;
use super::arguments::{CheckArguments, CheckFormat};
use super::{input, terminal};
use dateline::{check, render};
use std::io::{self, Write};

/// Checks every scenario.
pub fn run(arguments: &CheckArguments) -> io::Result<Ending> {
    let options = arguments.scenario.options();
    let mut ending = Ending::Done;
    let mut checked = Vec::new();
    let mut out = io::stdout().lock();
    let text = arguments.format == CheckFormat::Text;
    for path in &arguments.scenario.scenarios {
        let parsed = match input::parse(path, &arguments.scenario) {
            Ok(parsed) => parsed,
            Err(why) => {
                terminal::complain(&why);
                ending = ending.max(Ending::Fault);
                continue;
            }
        };
        let scenario = match &parsed.scenario {
            Ok(scenario) => scenario,
            Err(invalid) if text => {
                ending = ending.max(input::complain(&parsed, invalid));
                continue;
            }
            Err(invalid) => {
                ending = ending.max(if invalid.only_in_changes() { Ending::Misuse } else { Ending::Fault });
                checked.push(render::invalid_json(&parsed.path, &parsed.text, invalid));
                continue;
            }
        };
        match check(scenario, &options) {
            Err(refusal) => {
                terminal::complain(&format!("{}: {refusal}", parsed.path));
                ending = ending.max(Ending::Fault);
            }
            Ok(found) => {
                if !found.feasible {
                    ending = ending.max(Ending::Fault);
                }
                if text {
                    out.write_all(render::check_text(&parsed.path, &found, &terminal::look(None)).as_bytes())?;
                } else {
                    checked.push(render::check_json(&parsed.path, &found));
                }
            }
        }
    }
    if !text {
        // One object a scenario: an array only for several.
        match &checked[..] {
            [only] if arguments.scenario.scenarios.len() == 1 => out.write_all(render::json(only).as_bytes())?,
            [] if arguments.scenario.scenarios.len() == 1 => {}
            all => out.write_all(render::json(&all).as_bytes())?,
        }
    }
    out.flush()?;
    Ok(ending)
}
