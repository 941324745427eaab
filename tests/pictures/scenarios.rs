//! Scenarios of all sizes in; whether each kind of picture can be made of them, the same every time, out.

use super::{days, elements, forecast_of, joint_map, of_class, parse};
use dateline::render::{
    Picture, PictureOptions, SweepCurves, calendar_picture, days_picture, fan_picture, influence_picture,
    joint_picture, sweep_picture,
};
use dateline::{
    Changes, Explained, Options, Refusal, Scenario, Stretch, Variants, Wanted, claimed_days, explain, sweep,
    sweep_columns, timeline,
};

/// Every kind of picture that a scenario can have.
fn pictures(scenario: &Scenario, options: &PictureOptions) -> Vec<Picture> {
    let forecast = forecast_of(scenario);
    let mut found = vec![
        days_picture(&forecast, &claimed_days(scenario), options).unwrap(),
        calendar_picture(&forecast, options).unwrap(),
        fan_picture(&timeline(scenario, Stretch::default(), &Options::default()).unwrap(), options).unwrap(),
    ];
    let open = forecast.events.iter().filter(|event| event.in_doubt()).count();
    if open >= 2 {
        found.push(joint_picture(&joint_map(scenario, &[]), options).unwrap());
    }
    let Explained::Reasons(reasons) = explain(scenario, &Wanted::default(), &Options::default()).unwrap() else {
        panic!()
    };
    found.push(influence_picture(&reasons, options).unwrap());
    found
}

#[track_caller]
fn assert_sound(pictures: &[Picture], width: u32) {
    for picture in pictures {
        assert_eq!(picture.size().0, width);
        let found = elements(&picture.svg());
        assert!(found.len() > 10);
        let numbers = found.iter().flat_map(|element| &element.attributes);
        let broken = numbers.filter(|(_, value)| value.contains("NaN") || value.contains("inf")).count();
        assert_eq!(broken, 0);
        for rect in found.iter().filter(|element| element.name == "rect") {
            assert!(rect.number("width") >= 0.0 && rect.number("height") >= 0.0, "{rect:?}");
        }
    }
}

#[test]
fn worked_scenarios_have_all_pictures() {
    let mut count = 0;
    for file in std::fs::read_dir("scenarios").unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let scenario = parse(&std::fs::read_to_string(&path).unwrap());
            assert_sound(&pictures(&scenario, &PictureOptions::default()), 880);
            count += 1;
        }
    }
    assert!(count >= 6);
}

#[test]
fn the_same_scenario_gives_the_same_bytes() {
    let text = std::fs::read_to_string("scenarios/press-briefing.toml").unwrap();
    let made = || {
        let pictures = pictures(&parse(&text), &PictureOptions::default());
        pictures.iter().map(|picture| (picture.svg(), picture.png().unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(made(), made());
}

#[test]
fn a_day_and_ten_years_can_be_drawn() {
    for (from, to) in [("2024-05-07", "2024-05-07"), ("2024-05-07", "2024-05-08"), ("2024-05-07", "2034-05-06")] {
        let text = format!(
            "horizon = {{ from = {from}, to = {to} }}\nas_of = 2024-05-07\n[event.visit]\noccurs = 0.5\n[event.tour]\n\
             occurs = 0.4\n[[report]]\nid = \"r\"\ndate = 2024-05-06\ncredibility = 0.4\nsays = \"visit occurs\"\n"
        );
        let scenario = parse(&text.replace("as_of = 2024-05-07", "as_of = 2024-05-06"));
        for width in [200, 880, 4096] {
            assert_sound(&pictures(&scenario, &PictureOptions { width, ..PictureOptions::default() }), width);
        }
    }
}

fn many(events: usize) -> Scenario {
    let events: String = (0..events).map(|index| format!("[event.e{index}]\ntitle = \"Event {index}\"\n")).collect();
    parse(&format!("horizon = {{ from = 2024-05-01, to = 2024-08-31 }}\n{events}"))
}

#[test]
fn forty_events_stand_one_above_the_other() {
    let scenario = many(40);
    let picture = days(&scenario, &PictureOptions::default());
    assert_eq!(of_class(&elements(&picture.svg()), "name").len(), 40);
    assert!(picture.size().1 < 10_000);
    let calendars = calendar_picture(&forecast_of(&scenario), &PictureOptions::default()).unwrap();
    assert!(calendars.size().1 <= 20_000);
}

#[test]
fn a_thousand_events_are_cut_and_more_than_have_room_refused() {
    let scenario = many(200);
    let svg = days(&scenario, &PictureOptions::default()).svg();
    assert!(svg.contains("160 more events are not shown"));
    let named =
        PictureOptions { events: (0..41).map(|index| format!("e{index}")).collect(), ..PictureOptions::default() };
    let refused = days_picture(&forecast_of(&scenario), &[], &named).unwrap_err();
    assert!(
        matches!(&refused, Refusal::Named(why) if why.contains("at most 40 events, and 41 are named")),
        "{refused}"
    );
    let low = PictureOptions { height: Some(300), ..PictureOptions::default() };
    let refused = days_picture(&forecast_of(&scenario), &[], &low).unwrap_err().to_string();
    assert!(refused.contains("pixels in height, not 300"), "{refused}");
}

#[test]
fn centuries_have_bars_but_no_calendar() {
    let scenario = parse("horizon = { from = 1900-01-01, to = 2160-01-01 }\n[event.visit]\n[event.tour]");
    assert!(days(&scenario, &PictureOptions::default()).svg().contains("A bar is a year."));
    let refused = calendar_picture(&forecast_of(&scenario), &PictureOptions::default()).unwrap_err().to_string();
    assert!(refused.contains("--kind days"), "{refused}");
}

#[test]
fn letters_of_all_languages_can_be_drawn() {
    let title = "日本の首相 Визит زيارة ראש 🚀 Größe ".repeat(20);
    let scenario = parse(&format!(
        "title = \"{title}\"\nhorizon = {{ from = 2024-05-01, to = 2024-05-31 }}\n[event.visit]\ntitle = \"{title}\""
    ));
    let picture = days(&scenario, &PictureOptions::default());
    assert!(picture.svg().contains("日本の首相 Визит"));
    assert!(picture.png().unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn sizes_out_of_bounds_are_refused() {
    let scenario = many(1);
    for (width, height) in [(199, None), (4097, None), (880, Some(0)), (880, Some(u32::MAX))] {
        let options = PictureOptions { width, height, ..PictureOptions::default() };
        let refused = days_picture(&forecast_of(&scenario), &[], &options).unwrap_err().to_string();
        assert!(refused.contains("200 to 4096 pixels"), "{refused}");
    }
}

#[test]
fn curves_go_through_their_rows_and_leave_out_bad_ones() {
    let text = r#"
        horizon = { from = 2024-05-01, to = 2024-05-30 }
        [event.visit]
        [[report]]
        id = "first-half"
        credibility = 0.6
        says = "visit in the first half of May"
        [[query]]
        id = "early"
        ask = "visit in the first half of May"
    "#;
    let key = "report.first-half.credibility";
    let variants = Variants::new(text, &Changes::default(), &[key.to_string()]).unwrap();
    let values = ["0", "0.5", "1", "2"].map(str::to_string);
    let choices = values.clone().map(|value| [Some(value)]);
    let choices: Vec<&[Option<String>]> = choices.iter().map(|choice| &choice[..]).collect();
    let rows = sweep(&variants, &choices, &Options::default());
    let columns = sweep_columns(&variants);
    let curves = SweepCurves { title: None, key, values: &values, columns: &columns, rows: &rows };
    let svg = sweep_picture(&curves, &PictureOptions::default()).unwrap().svg();
    let elements = elements(&svg);
    let words: Vec<&str> = of_class(&elements, "small").iter().map(|element| element.text.as_str()).collect();
    assert!(words.join(" ").contains("1 of 4 values gives no forecast (invalid:"), "{words:?}");
    let curve =
        elements.iter().find(|element| element.name == "polyline" && element.class.starts_with("curve")).unwrap();
    let points: Vec<f64> =
        curve.attribute("points").split(' ').map(|point| point.split_once(',').unwrap().1.parse().unwrap()).collect();
    // Credibility 0, 0.5 and 1 make of a half 50, 75 and 100 %: three points in a line.
    assert_eq!(points.len(), 3);
    assert!(points[0] > points[1] && (points[0] - 2.0 * points[1] + points[2]).abs() < 0.05, "{points:?}");
    let label = |text: &str| elements.iter().find(|element| element.text == text).unwrap().number("y") - 4.0;
    assert!((points[2] - label("100 %")).abs() < 0.05 && label("0 %") > points[0]);
    assert!((points[0] - (label("0 %") + label("100 %")) / 2.0).abs() < 0.05);
}
