//! Two texts of a scenario in; whether what differs between them, and nothing else, is told, out.

use dateline::{Changes, Difference, Scenario};

/// A scenario with something of every kind.
pub const TEXT: &str = r#"
title   = "A visit and a tour"
horizon = { from = 2024-05-01, to = 2024-06-30 }
as_of   = 2024-05-02

[calendar]
holidays = [2024-05-09]

[grade]
B2 = 0.75

[event.visit]
title    = "The visit"
duration = 2
occurs   = 0.95
prior    = { shape = "pert", low = 2024-05-03, mode = 2024-05-20, high = 2024-06-20 }

[event.tour]
duration = { weights = [{ days = 4, weight = 0.5 }, { days = 5, weight = 0.5 }] }

[event.summit]
after = ["visit", "tour"]

[source.paper]
title = "A paper"
grade = "B2"

[[rule]]
id   = "order"
says = "visit before tour"

[[rule]]
says = "tour by 2024-06-25"

[[report]]
id     = "mid-may"
source = "paper"
date   = 2024-05-01
says   = "visit in mid May"
slip   = 2

[[report]]
says = "tour in June"
credibility = 0.6

[[query]]
id  = "soon"
ask = "visit by 2024-05-25"
"#;

fn parse(text: &str, changes: &Changes) -> Scenario {
    Scenario::parse_with(text, changes).unwrap_or_else(|invalid| panic!("{invalid}\n{text}"))
}

fn told(differences: &[Difference]) -> Vec<String> {
    differences.iter().map(Difference::to_string).collect()
}

/// What differs from [`TEXT`] after replacements, each of which must fit somewhere.
#[track_caller]
fn assert_told(replacements: &[(&str, &str)], expected: &[&str]) {
    let mut text = TEXT.to_string();
    for (old, new) in replacements {
        assert!(text.contains(old), "no {old:?}");
        text = text.replacen(old, new, 1);
    }
    let (a, b) = (parse(TEXT, &Changes::default()), parse(&text, &Changes::default()));
    assert_eq!(told(&a.differences(&b)), expected, "{replacements:?}");
    // The other way round the same keys, and the values exchanged.
    let (there, back) = (a.differences(&b), b.differences(&a));
    let sorted = |differences: &[Difference], swapped: bool| {
        let ends = |d: &Difference| if swapped { (d.b.clone(), d.a.clone()) } else { (d.a.clone(), d.b.clone()) };
        let mut found: Vec<_> = differences.iter().map(|d| (d.key.clone(), ends(d))).collect();
        found.sort();
        found
    };
    // Rows without an id go by that of the second scenario.
    if !replacements.iter().any(|(_, new)| new.contains("[[")) {
        assert_eq!(sorted(&there, false), sorted(&back, true));
    }
}

#[test]
fn spelling_layout_and_order_are_no_differences() {
    assert_told(&[], &[]);
    assert_told(
        &[
            ("0.95", "0.950 # a comment"),
            ("duration = 2\n", "duration = 2.0\n\n"),
            ("low = 2024-05-03, mode = 2024-05-20", "mode = 2024-05-20, low = 2024-05-03"),
            (
                "{ days = 4, weight = 0.5 }, { days = 5, weight = 0.5 }",
                "{ weight = 0.5, days = 5 }, { days = 4, weight = 0.5 }",
            ),
            ("[\"visit\", \"tour\"]", "[\"tour\", \"visit\"]"),
            ("visit before tour", "Visit  before TOUR"),
            ("slip   = 2", "slip = { early = 2, late = 2 }"),
        ],
        &[],
    );
    // The rule and the report without an id get other ones by their place.
    let (rules, reports) =
        ("[[rule]]\nid   = \"order\"\nsays = \"visit before tour\"\n", "[[report]]\nid     = \"mid-may\"");
    let (rest, start) = (TEXT.replacen(rules, "", 1), TEXT.find("[[report]]\nsays").unwrap());
    assert_ne!(rest, TEXT);
    let moved = rest.replacen("[[report]]\nsays = \"tour in June\"\ncredibility = 0.6\n", "", 1);
    let moved =
        moved.replacen(reports, &format!("{}\n{reports}", TEXT[start..].split("\n\n").next().unwrap()), 1) + rules;
    let (a, b) = (parse(TEXT, &Changes::default()), parse(&moved, &Changes::default()));
    assert_eq!(told(&a.differences(&b)), [] as [&str; 0], "{moved}");
}

#[test]
fn every_value_has_its_key() {
    for (old, new, expected) in [
        ("A visit and", "The visit and", "title: A visit and a tour → The visit and a tour"),
        ("2024-06-30", "2024-06-29", "horizon.to: 2024-06-30 → 2024-06-29"),
        ("as_of   = 2024-05-02\n", "", "as_of: 2024-05-02 → (not given)"),
        ("2024-05-09", "2024-05-09, 2024-05-10", "calendar.holidays: [2024-05-09] → [2024-05-09, 2024-05-10]"),
        ("[calendar]\nholidays = [2024-05-09]", "", "calendar.holidays: [2024-05-09] → (not given)"),
        ("B2 = 0.75", "B2 = 0.7", "grade.B2: 0.75 → 0.7"),
        ("occurs   = 0.95\n", "", "event.visit.occurs: 0.95 → (not given)"),
        ("mode = 2024-05-20", "mode = 2024-05-21", "event.visit.prior.mode: 2024-05-20 → 2024-05-21"),
        ("{ days = 5, weight = 0.5", "{ days = 5, weight = 1.5", "event.tour.duration.weights.5.weight: 0.5 → 1.5"),
        (
            "{ days = 5, weight = 0.5 }]",
            "{ days = 5, weight = 0.5 }, { days = 9, weight = 1 }]",
            "event.tour.duration.weights.9: (not given) → { days = 9, weight = 1 }",
        ),
        (
            "duration = 2\n",
            "duration = { shape = \"uniform\", to = 3 }\n",
            "event.visit.duration: 2 → { shape = \"uniform\", to = 3 }",
        ),
        ("[\"visit\", \"tour\"]", "\"visit\"", "event.summit.after: [\"visit\", \"tour\"] → visit"),
        ("grade = \"B2\"", "grade = \"C3\"", "source.paper.grade: B2 → C3"),
        ("visit before tour", "tour before visit", "rule.order.says: visit before tour → tour before visit"),
        ("tour by 2024-06-25", "tour by 2024-06-24", "rule.rule-2.says: tour by 2024-06-25 → tour by 2024-06-24"),
        ("slip   = 2", "slip = 2\nhedge = \"likely\"", "report.mid-may.hedge: (not given) → likely"),
        ("credibility = 0.6", "credibility = 0.4", "report.report-2.credibility: 0.6 → 0.4"),
        (
            "ask = \"visit by 2024-05-25\"",
            "ask = \"visit by 2024-05-24\"",
            "query.soon.ask: visit by 2024-05-25 → visit by 2024-05-24",
        ),
    ] {
        assert_told(&[(old, new)], &[expected]);
    }
}

#[test]
fn added_and_removed_entries_say_what_they_are() {
    assert_told(
        &[
            ("[source.paper]", "[event.too-late]\ntitle = \"Too late\"\n[event.bare]\n[source.others]\n[source.paper]"),
            (
                "[[query]]",
                "[[rule]]\nid = \"late-tour\"\nsays = \"tour after 2024-05-07\"\n[[observation]]\nsays = \"not visit on 2024-05-03\"\n[[query]]",
            ),
            ("id   = \"order\"", "id   = \"other\""),
        ],
        &[
            "event.too-late: added (Too late)",
            "event.bare: added",
            "source.others: added",
            "rule.order: removed (visit before tour)",
            "rule.other: added (visit before tour)",
            "rule.late-tour: added (tour after 2024-05-07)",
            "observation.observation-1: added (not visit on 2024-05-03)",
        ],
    );
}

#[test]
fn rows_without_an_id_are_found_again() {
    // Given an id, put behind another one, and changed.
    assert_told(&[("[[rule]]\nsays", "[[rule]]\nid = \"bound\"\nsays")], &["rule.bound.id: (not given) → bound"]);
    assert_told(
        &[("[[rule]]\nsays", "[[rule]]\nsays = \"tour after 2024-05-07\"\n[[rule]]\nsays")],
        &["rule.rule-2: added (tour after 2024-05-07)"],
    );
    assert_told(
        &[
            ("[[report]]\nsays", "[[report]]\nsays = \"tour in May\"\ncredibility = 0.2\n[[report]]\nsays"),
            ("0.6", "0.3"),
        ],
        &["report.report-3.credibility: 0.6 → 0.3", "report.report-2: added (tour in May)"],
    );
}

#[test]
fn keys_that_could_be_misread_stand_in_quotes() {
    assert_told(
        &[("id   = \"order\"", "id = \"a.b c\""), ("says = \"visit before tour\"", "says = \"visit occurs\"")],
        &["rule.order: removed (visit before tour)", "rule.\"a.b c\": added (visit occurs)"],
    );
}

#[test]
fn what_was_asked_for_beside_the_file_comes_last() {
    let mut changes = Changes {
        as_of: "2024-05-10".parse().ok(),
        assume: vec!["tour on 2024-06-05".to_string(), "visit occurs".to_string()],
        without: vec!["mid-may".to_string()],
        ..Changes::default()
    };
    changes.ask.push("visit before tour".to_string());
    let (before, after) = (parse(TEXT, &Changes::default()), parse(TEXT, &changes));
    let expected = [
        "as_of: 2024-05-02 → 2024-05-10",
        "assume: tour on 2024-06-05",
        "assume: visit occurs",
        "ask: visit before tour",
        "without: mid-may",
    ];
    assert_eq!(told(&before.differences(&after)), expected);
    assert_eq!(told(&after.differences(&before))[4], "without: no longer mid-may");
    assert_eq!(told(&after.differences(&after)), [] as [&str; 0]);
    // What is said by the file and by the change is the same; a file need not have an as-of date.
    let dated = TEXT.replacen("as_of   = 2024-05-02", "as_of = 2024-05-10", 1);
    let on = Changes { as_of: changes.as_of, ..Changes::default() };
    assert_eq!(told(&parse(TEXT, &on).differences(&parse(&dated, &Changes::default()))), [] as [&str; 0]);
    let undated = parse(&TEXT.replacen("as_of   = 2024-05-02", "", 1), &Changes::default());
    assert_eq!(told(&undated.differences(&parse(TEXT, &on))), ["as_of: (not given) → 2024-05-10"]);
    assert_eq!(after.differences(&before)[0].told("->"), "as_of: 2024-05-10 -> 2024-05-02");
}

/// Of the worked scenarios, too, nothing differs from themselves, and all of it from nothing.
#[test]
fn worked_scenarios_do_not_differ_from_themselves() {
    for (path, text) in super::worked() {
        let scenario = parse(&text, &Changes::default());
        assert_eq!(scenario.differences(&scenario), [], "{path}");
        let bare = parse("horizon = { from = 2024-01-01, to = 2026-01-01 }\n[event.x]", &Changes::default());
        let found = bare.differences(&scenario);
        assert!(found.len() > 10 && found.iter().any(|difference| difference.key == "event.x"), "{path}");
    }
}
