//! Every worked scenario and every wrong one in; what a user sees of each, compared with what was approved, out.

use dateline::render::{self, Look};
use dateline::{Answer, Explained, Options, Refusal, Scenario, Scheduled, Wanted, check, explain, forecast, schedule};
use std::path::Path;

const LOOK: Look = Look { width: 100, colour: false, unicode: true };

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("the scenario is there")
}

#[test]
fn worked_scenarios_forecast_what_was_approved() {
    insta::glob!("../scenarios", "*.toml", |path| {
        let scenario = Scenario::parse(&read(path)).expect("worked scenarios are sound");
        let answer = forecast(&scenario, &Options::default()).expect("worked scenarios are small");
        assert!(matches!(answer, Answer::Forecast(_)));
        insta::assert_snapshot!(render::text(&answer, &LOOK));
    });
}

#[test]
fn worked_scenarios_are_explained_as_was_approved() {
    insta::glob!("../scenarios", "*.toml", |path| {
        let scenario = Scenario::parse(&read(path)).expect("worked scenarios are sound");
        let explained =
            explain(&scenario, &Wanted::default(), &Options::default()).expect("worked scenarios are small");
        let Explained::Reasons(reasons) = explained else { panic!("they have worlds") };
        insta::assert_snapshot!(render::reasons_text(&reasons, &LOOK));
    });
}

#[test]
fn worked_scenarios_are_scheduled_as_was_approved() {
    let mut decided = 0;
    insta::glob!("../scenarios", "*.toml", |path| {
        let scenario = Scenario::parse(&read(path)).expect("worked scenarios are sound");
        match schedule(&scenario, &[], &Options::default()) {
            Ok(Scheduled::Schedule(found)) => {
                decided += 1;
                insta::assert_snapshot!(render::schedule_text(&found, &LOOK));
            }
            Ok(_) => panic!("they have plans"),
            Err(refusal) => assert!(matches!(refusal, Refusal::Nothing(_)), "{refusal}"),
        }
    });
    assert!(decided >= 2);
}

#[test]
fn worked_scenarios_are_sound() {
    insta::glob!("../scenarios", "*.toml", |path| {
        let scenario = Scenario::parse(&read(path)).expect("worked scenarios are sound");
        let checked = check(&scenario, &Options::default()).expect("worked scenarios are small");
        assert!(checked.feasible);
        assert!(checked.bounds.iter().all(|bound| bound.from <= bound.to));
    });
}

#[test]
fn wrong_scenarios_get_the_diagnostics_that_were_approved() {
    insta::with_settings!({ snapshot_path => "../scenarios/invalid", prepend_module_to_snapshot => false }, {
        for entry in std::fs::read_dir("scenarios/invalid").expect("the folder is there") {
            let path = entry.expect("the folder can be read").path();
            if path.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            let text = read(&path);
            let shown = format!("scenarios/invalid/{}", path.file_name().unwrap().to_string_lossy());
            let invalid = Scenario::parse(&text).expect_err(&shown);
            let name = path.file_stem().unwrap().to_string_lossy().to_string();
            let told = render::diagnostics(&invalid.diagnostics, &shown, &text, false);
            insta::assert_snapshot!(name, told);
        }
    });
}
