//! Comparisons in, their text at several widths out: approved, and never wider than asked.

use super::{changed, compared, day, parse, some_change, worked};
use dateline::render::{Look, comparison_text};
use dateline::{Changes, Options, Scenario, Sides, compare};
use unicode_width::UnicodeWidthStr;

const LOOK: Look = Look { width: 100, colour: false, unicode: true };

fn shown(a: &Scenario, b: &Scenario, look: &Look) -> String {
    comparison_text(&a.differences(b), &compared(a, b), Sides { a: "before.toml", b: "after.toml" }, look)
}

#[test]
fn worked_scenarios_look_as_was_approved() {
    for (path, text) in worked() {
        let name = path.trim_start_matches("scenarios/").trim_end_matches(".toml").to_string();
        let a = parse(&text);
        let b = changed(&text, &some_change(&a));
        insta::assert_snapshot!(format!("without-{name}"), shown(&a, &b, &LOOK));
    }
}

#[test]
fn eight_weeks_of_news_look_as_was_approved() {
    let texts = ["scenarios/state-visit-2024.toml", "scenarios/state-visit-2024-updated.toml"];
    let [a, b] = texts.map(|path| parse(&std::fs::read_to_string(path).unwrap()));
    insta::assert_snapshot!(shown(&a, &b, &LOOK));
    insta::assert_snapshot!("narrow-and-plain", shown(&a, &b, &Look { width: 40, colour: false, unicode: false }));
}

#[test]
fn the_infeasible_looks_as_was_approved() {
    let text = std::fs::read_to_string("scenarios/state-visit-2024.toml").unwrap();
    let changes = Changes { assume: vec!["visit by May 5".to_string()], ..Changes::default() };
    insta::assert_snapshot!(shown(&parse(&text), &changed(&text, &changes), &LOOK));
}

#[test]
fn a_drawn_comparison_looks_as_was_approved() {
    let text = std::fs::read_to_string("scenarios/rocket-launch.toml").unwrap();
    let changes = Changes { as_of: Some(day("2025-04-05")), ..Changes::default() };
    let (a, b) = (parse(&text), changed(&text, &changes));
    let options = Options {
        method: dateline::MethodChoice::Sample,
        sampling: dateline::Sampling { samples: Some(1000), ..Default::default() },
        ..Options::default()
    };
    let found = compare(&a, &b, &options).unwrap();
    let names = Sides { a: "as it is", b: "with the changes" };
    insta::assert_snapshot!(comparison_text(&a.differences(&b), &found, names, &LOOK));
}

/// Long ids, titles in other scripts, horizons of a day and of ten years, one event and forty.
fn hard_to_show() -> Vec<(&'static str, String, String)> {
    let long = "a".repeat(70);
    let script = "国事访问和首脑会晤".repeat(8);
    let decade = |occurs: &str| {
        format!(
            "title = \"{script}\"\nhorizon = {{ from = 2020-03-01, to = 2030-02-28 }}\n\
             [event.{long}]\ntitle = \"{script}\"\nprior = {{ shape = \"exponential\", from = 2020-03-01, mean = {occurs} }}\n\
             [event.{long}b]\noccurs = 0.4\n\
             [[report]]\nid = \"{long} {long}\"\ncredibility = 0.4\nsays = \"{long} by 2024-01-01\"\n\
             [[query]]\nid = \"{long}\"\nask = \"{long} before {long}b\"\n[[query]]\nask = \"{long} after {long}b\"\n"
        )
    };
    let one_day = |occurs: &str| {
        format!(
            "horizon = {{ from = 2024-05-01, to = 2024-05-01 }}\n[event.visit]\noccurs = {occurs}\n[[query]]\nask = \"visit occurs\"\n"
        )
    };
    let many = |last: u32| {
        let mut text = "horizon = { from = 2024-12-01, to = 2025-02-15 }\n".to_string();
        for event in 0..40 {
            let high = if event % 2 == 0 { last } else { 10 };
            text += &format!(
                "[event.event-number-{event}]\ntitle = \"Événement № {event}\"\nprior = {{ shape = \"triangular\", low = 2024-12-02, mode = 2024-12-{:02}, high = 2025-02-{high:02} }}\n",
                event % 28 + 2
            );
        }
        text
    };
    vec![
        ("decade", decade("900"), decade("700")),
        ("one day", one_day("0.8"), one_day("0.3")),
        ("a day and a decade", one_day("0.8"), decade("900")),
        ("many", many(3), many(12)),
    ]
}

#[test]
fn no_line_is_wider_than_asked() {
    for (name, a, b) in hard_to_show() {
        let (a, b) = (parse(&a), parse(&b));
        for width in [40, 60, 80, 120] {
            for unicode in [false, true] {
                let text = shown(&a, &b, &Look { width, colour: false, unicode });
                for line in text.lines() {
                    assert!(line.width() <= width, "{name} at {width}: {line}\n{text}");
                }
                let foreign = text.chars().any(|c| "→↑↓█░·–…".contains(c));
                assert_eq!(foreign, unicode, "{name} at {width}\n{text}");
            }
        }
    }
}

/// A chart's lines have their two numbers and marks below each other.
#[test]
fn columns_stand_below_each_other() {
    for (name, a, b) in hard_to_show().into_iter().filter(|(name, ..)| *name != "a day and a decade") {
        let text = shown(&parse(&a), &parse(&b), &Look { width: 80, colour: false, unicode: true });
        let mut head = None;
        let mut rows = 0;
        for line in text.lines() {
            match (line.find("a %"), line.find("b %")) {
                (Some(a), Some(b)) => head = Some((a + 3, b + 3)),
                _ if !line.starts_with("  ") => head = None,
                _ => {}
            }
            if let Some((a, b)) = head.filter(|_| !line.contains("a %")) {
                // Bars and labels may have characters of several bytes.
                let at = |end: usize| line.chars().nth(end - 1).unwrap();
                assert!(at(a).is_ascii_digit() && at(b).is_ascii_digit(), "{name}: {line:?}\n{text}");
                rows += 1;
            }
        }
        assert!(rows > 1, "{name}\n{text}");
    }
}

#[test]
fn colour_changes_nothing_but_colour() {
    for (name, a, b) in hard_to_show() {
        let (a, b) = (parse(&a), parse(&b));
        let coloured = shown(&a, &b, &Look { colour: true, ..LOOK });
        let stripped = anstream::adapter::strip_str(&coloured).to_string();
        assert!(coloured.contains('\u{1b}'));
        let trimmed = |text: &str| text.lines().map(|line| line.trim_end().to_string()).collect::<Vec<_>>();
        assert_eq!(trimmed(&stripped), trimmed(&shown(&a, &b, &LOOK)), "{name}");
    }
}

#[test]
fn texts_say_what_did_not_move() {
    let (a, b) = (parse(super::SIDES[0]), parse(super::SIDES[0]));
    let text = shown(&a, &b, &LOOK);
    assert!(text.contains("Nothing moved: ") && text.contains("changed: nothing"), "{text}");
    let moved = super::SIDES[0].replacen("credibility = 0.6", "credibility = 0.9", 1);
    let text = shown(&a, &parse(&moved), &LOOK);
    assert!(text.contains("source.paper.credibility: 0.6 → 0.9"), "{text}");
    assert!(text.contains("\nunchanged: old\n"), "{text}");
    assert!(!text.contains("Nothing moved"), "{text}");
}

/// Escape codes in a file must not reach the terminal.
#[test]
fn control_characters_are_not_passed_on() {
    let hostile = "title = \"\\u001b[31mred\"\nhorizon = { from = 2024-05-01, to = 2024-05-09 }\n\
                   [event.visit]\ntitle = \"\\u001b[2J\"\n[[report]]\nid = \"x\"\ncredibility = 0.5\nsays = \"visit by 2024-05-03\"\nquote = \"\\u0007\\u001b]0;\"\n\
                   [[query]]\nid = \"\\u00e9\"\nask = \"visit by 2024-05-02\"\n";
    let a = parse(hostile);
    for change in [("0.5", "0.7"), ("]0;", "]1;"), ("red", "green")] {
        let text = shown(&a, &parse(&hostile.replacen(change.0, change.1, 1)), &LOOK);
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    }
}
