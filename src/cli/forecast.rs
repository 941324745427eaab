//! `dateline forecast`.

use super::Ending;
use super::arguments::{ForecastArguments, ForecastFormat};
use super::{input, terminal};
use dateline::{Answer, Refusal, forecast, render};
use std::io::{self, Write};

/// Forecasts every scenario; a bad one does not keep the others from being forecast.
pub fn run(arguments: &ForecastArguments) -> io::Result<Ending> {
    let mut options = arguments.scenario.options();
    options.joint = arguments.joint.clone();
    let mut ending = Ending::Done;
    let mut answers: Vec<Answer> = Vec::new();
    let scenarios = &arguments.scenario.scenarios;
    let mut out = io::stdout().lock();
    for (index, path) in scenarios.iter().enumerate() {
        let answer = match input::parse(path, &arguments.scenario) {
            Err(why) => {
                terminal::complain(&why);
                ending = ending.max(Ending::Fault);
                continue;
            }
            Ok(parsed) => match &parsed.scenario {
                Err(invalid) => {
                    ending = ending.max(input::complain(&parsed, invalid));
                    continue;
                }
                Ok(scenario) => match forecast(scenario, &options) {
                    Ok(answer) => answer,
                    Err(refusal) => {
                        terminal::complain(&format!("{}: {refusal}", parsed.path));
                        ending = ending.max(if matches!(refusal, Refusal::Joint(_)) {
                            Ending::Misuse
                        } else {
                            Ending::Fault
                        });
                        continue;
                    }
                },
            },
        };
        if matches!(answer, Answer::Infeasible(_)) {
            ending = ending.max(Ending::Fault);
        }
        match arguments.format {
            ForecastFormat::Text => {
                if index > 0 {
                    writeln!(out)?;
                }
                out.write_all(render::text(&answer, &terminal::look(arguments.width)).as_bytes())?;
            }
            ForecastFormat::Json | ForecastFormat::Csv => answers.push(answer),
        }
    }
    match arguments.format {
        ForecastFormat::Text => {}
        ForecastFormat::Json if scenarios.len() == 1 => {
            if let Some(answer) = answers.first() {
                out.write_all(render::json(answer).as_bytes())?;
            }
        }
        ForecastFormat::Json => out.write_all(render::json(&answers).as_bytes())?,
        ForecastFormat::Csv => out.write_all(render::csv(&answers, scenarios.len() > 1).as_bytes())?,
    }
    out.flush()?;
    Ok(ending)
}
