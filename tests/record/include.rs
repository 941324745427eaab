//! Scenarios that include files in; what they take in from there, and what is told of files that cannot be, out.

use crate::{dateline, folder};
use dateline::{Answer, Changes, Files, Options, ReportStanding, Scenario, forecast};
use serde_json::Value;

const SCENARIO: &str = r#"
include = "sources.toml"
horizon = { from = 2024-05-01, to = 2024-05-31 }
[event.visit]
[source.wire]
title = "The wire"
[[report]]
id = "said"
source = "wire"
date = 2024-05-01
says = "visit on 2024-05-20"
[[report]]
id = "leaked"
source = "leak"
says = "visit by May 25"
"#;

const SOURCES: &str = "[grade]\nC3 = 0.55\n[source.wire]\ntitle = \"Elsewhere\"\ncredibility = 0.8\nslip = 2\n[source.leak]\ngrade = \"C3\"\n";

fn files(pairs: &[(&str, &str)]) -> Files {
    pairs.iter().map(|(path, text)| (path.to_string(), Ok(text.to_string()))).collect()
}

fn parse(text: &str, included: &[(&str, &str)]) -> Result<Scenario, dateline::Invalid> {
    Scenario::parse_with(text, &Changes { files: files(included), ..Changes::default() })
}

/// Credibility and source of each report, as the forecast tells them.
fn reports(scenario: &Scenario) -> Vec<(String, Option<f64>, Option<String>)> {
    let Ok(Answer::Forecast(found)) = forecast(scenario, &Options::default()) else { panic!("it can be forecast") };
    let credibility = |standing: &ReportStanding| match standing {
        ReportStanding::Speaks { credibility, .. } => *credibility,
        _ => None,
    };
    found.reports.iter().map(|r| (r.id.clone(), credibility(&r.standing), r.source.clone())).collect()
}

#[test]
fn a_scenario_takes_sources_in_and_has_the_last_word() {
    let included = parse(SCENARIO, &[("sources.toml", SOURCES)]).unwrap();
    let by_hand = SCENARIO.replace("include = \"sources.toml\"\n", "").replace(
        "title = \"The wire\"",
        "title = \"The wire\"\ncredibility = 0.8\nslip = 2\n[source.leak]\ncredibility = 0.55",
    );
    let by_hand = parse(&by_hand, &[]).unwrap();
    let told = reports(&included);
    assert_eq!(told[0], ("said".to_string(), Some(0.8), Some("The wire".to_string())));
    assert_eq!(told[1].1, Some(0.55));
    let days = |scenario: &Scenario| match forecast(scenario, &Options::default()) {
        Ok(Answer::Forecast(found)) => found.events[0].days.clone(),
        _ => panic!("it can be forecast"),
    };
    assert_eq!(days(&included), days(&by_hand));
    // Of the measures of one thing, the scenario's own takes the place of the one included.
    let own = SCENARIO.replace("title = \"The wire\"", "grade = \"A1\"");
    assert!(reports(&parse(&own, &[("sources.toml", SOURCES)]).unwrap())[0].1.unwrap() > 0.9);
}

#[test]
fn included_files_include_others_from_where_they_are() {
    let text = SCENARIO.replace("\"sources.toml\"", "[\"kinds/all.toml\", \"kinds/leaks.toml\"]");
    let chain = [
        ("kinds/all.toml", "include = [\"wires.toml\", \"leaks.toml\"]"),
        ("kinds/wires.toml", "[source.wire]\ncredibility = 0.7"),
        ("kinds/leaks.toml", "[source.leak]\ncredibility = 0.2"),
    ];
    let told = reports(&parse(&text, &chain).unwrap());
    assert_eq!((told[0].1, told[1].1), (Some(0.7), Some(0.2)));
}

/// The messages of all mistakes.
fn wrong(text: &str, included: &[(&str, &str)]) -> String {
    parse(text, included).expect_err("it is wrong").to_string()
}

#[test]
fn what_cannot_be_included_is_told() {
    let from = |path: &str| SCENARIO.replace("sources.toml", path);
    for (path, why) in [
        ("../sources.toml", "it leads out of the scenario's folder"),
        ("a/../../sources.toml", "it leads out of the scenario's folder"),
        ("/sources.toml", "it is no path from the scenario's folder"),
        ("C:/sources.toml", "paths have '/' between folders"),
        ("a/..", "it names no file"),
        ("elsewhere.toml", "its text was not given"),
    ] {
        let told = wrong(&from(path), &[]);
        assert!(told.contains(why), "{path}: {told}");
    }
    let circle = [("sources.toml", "include = \"b.toml\""), ("b.toml", "include = \"sources.toml\"")];
    assert!(wrong(SCENARIO, &circle).contains("it includes itself"));
    let itself = [("sources.toml", "include = \"sources.toml\"")];
    assert!(wrong(SCENARIO, &itself).contains("it includes itself"));
    let again =
        [("sources.toml", "include = \"b.toml\"\n[source.wire]\nhedge = 1"), ("b.toml", "[source.wire]\nhedge = 1")];
    assert!(wrong(SCENARIO, &again).contains("the source 'wire' has been included already"));
    assert!(wrong(&SCENARIO.replace("\"sources.toml\"", "7"), &[]).contains("'include' wants the path"));
}

#[test]
fn mistakes_in_included_files_are_told_at_their_place() {
    let folder = folder(&[("visit.toml", SCENARIO), ("sources.toml", "[source.wire]\ncredibilty = 0.8\n[rule]\n")]);
    let run = dateline(folder.path(), &["check", "visit.toml"]);
    assert_eq!(run.status, 1);
    assert!(run.err.contains("--> sources.toml:2:1") && run.err.contains("did you mean 'credibility'?"), "{}", run.err);
    assert!(run.err.contains("unknown key 'rule'"), "{}", run.err);
    let json = dateline(folder.path(), &["check", "visit.toml", "--format", "json"]);
    let found: Value = serde_json::from_str(&json.out).unwrap();
    let at = found["diagnostics"].as_array().unwrap().iter().find(|d| d["included"] == "sources.toml").unwrap();
    assert_eq!((at["line"].as_i64(), at["column"].as_i64()), (Some(2), Some(1)));
}

#[test]
fn the_commands_find_files_beside_the_scenario_only() {
    let folder = folder(&[
        ("visits/visit.toml", SCENARIO),
        ("visits/sources.toml", SOURCES),
        ("secret.toml", SOURCES),
        ("visits/missing.toml", &SCENARIO.replace("sources.toml", "none.toml")),
    ]);
    let run = dateline(folder.path(), &["forecast", "visits/visit.toml"]);
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    let run = dateline(folder.path(), &["forecast", "visits/missing.toml"]);
    assert!(
        run.status == 1 && run.err.contains("'none.toml' cannot be included: there is no such file"),
        "{}",
        run.err
    );
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../secret.toml", folder.path().join("visits/none.toml")).unwrap();
        let run = dateline(folder.path(), &["forecast", "visits/missing.toml"]);
        assert!(run.status == 1 && run.err.contains("leads out of the scenario's folder"), "{}", run.err);
    }
    #[cfg(unix)]
    {
        std::fs::remove_file(folder.path().join("visits/none.toml")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(folder.path().join("visits/none.toml")).status();
        if made.is_ok_and(|status| status.success()) {
            let run = dateline(folder.path(), &["check", "visits/missing.toml"]);
            assert!(run.status == 1 && run.err.contains("it is no plain file"), "{}", run.err);
        }
    }
    // What is changed on the way, and in the file, sees them as well.
    for arguments in [
        &["forecast", "visits/visit.toml", "--set", "report.said.hedge=0.9"][..],
        &["compare", "visits/visit.toml", "--without", "wire"],
        &["sweep", "visits/visit.toml", "--vary", "report.said.hedge=0.5,0.9"],
        &["set", "visits/visit.toml", "source.wire.credibility=0.5", "--dry-run"],
        &["set", "visits/visit.toml", "event.visit.duration=2"],
    ] {
        let run = dateline(folder.path(), arguments);
        assert_eq!((run.status, run.err.as_str()), (0, ""), "{arguments:?}");
    }
}
