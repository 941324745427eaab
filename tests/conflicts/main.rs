//! Scenarios that leave no world in; every conflict and every repair, held against all sets of members, out.

mod brute;

use brute::Case;
use dateline::{Check, Options, Scenario, check};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

fn checked(text: &str) -> Check {
    let scenario = Scenario::parse(text).unwrap_or_else(|invalid| panic!("{invalid}\n{text}"));
    let options = Options { listed: 1_000, ..Options::default() };
    check(&scenario, &options).unwrap_or_else(|refusal| panic!("{refusal}\n{text}"))
}

fn members(check: &Check) -> Vec<Vec<String>> {
    check.explanation.conflicts.iter().map(|conflict| conflict.members.clone()).collect()
}

/// What all conflicts say, a line a sentence.
fn told(check: &Check) -> Vec<String> {
    check.explanation.conflicts.iter().flat_map(|c| &c.why).map(|why| why.to_string()).collect()
}

/// `l <= b − a <= u` in the language, in one of three ways.
fn says(rule: &Value, way: usize) -> String {
    let (a, b) = (&rule[1], &rule[2]);
    let at_least = |later: &Value, earlier: &Value, days: i64| {
        if days >= 0 {
            format!("e{later} at least {days} days after e{earlier}")
        } else {
            format!("not e{earlier} at least {} days after e{later}", 1 - days)
        }
    };
    match (rule[3].as_i64(), rule[4].as_i64(), way) {
        (Some(l), Some(u), 1) if l >= 0 => format!("e{b} {l}..{u} days after e{a}"),
        (Some(l), Some(u), 1) if u <= 0 => format!("e{a} {}..{} days after e{b}", -u, -l),
        (Some(l), Some(u), 2) => {
            format!("not (not ({}) or not ({}))", at_least(b, a, l), at_least(a, b, -u))
        }
        (l, u, _) => {
            let sides = [l.map(|l| at_least(b, a, l)), u.map(|u| at_least(a, b, -u))];
            sides.into_iter().flatten().collect::<Vec<String>>().join(" and ")
        }
    }
}

/// Sets of names, as a reference has them, with what comes before each.
fn sets(value: &Value) -> Vec<Vec<String>> {
    let one = |set: &Value| {
        let names = set.as_array().unwrap().iter().map(|id| format!("rule:{}", id.as_str().unwrap()));
        names.collect::<Vec<String>>()
    };
    let mut found: Vec<Vec<String>> = value.as_array().unwrap().iter().map(one).collect();
    found.iter_mut().for_each(|set| set.sort());
    found.sort_by_key(|set| (set.len(), set.clone()));
    found
}

/// Twenty sets of rules on gaps with all minimal conflicts, all minimal removals and the least number of days that all gaps
/// must give (by exhaustive search), each said in three ways.
#[test]
fn sets_of_rules_have_the_conflicts_of_the_reference() {
    let reference: Value = serde_json::from_str(include_str!("rule-sets.json")).unwrap();
    let mut infeasible = 0;
    for (index, case) in reference.as_array().unwrap().iter().enumerate() {
        for way in 0..3 {
            let mut text = "horizon = { from = 2024-01-01, to = 2024-07-18 }\n".to_string();
            (0..case["events"].as_u64().unwrap()).for_each(|event| text += &format!("[event.e{event}]\n"));
            for rule in case["rules"].as_array().unwrap() {
                text += &format!("[[rule]]\nid = {}\nsays = \"{}\"\n", rule[0], says(rule, way));
            }
            let found = checked(&text);
            let conflicts = sets(&case["conflicts"]);
            assert_eq!(members(&found), conflicts, "{index}");
            assert_eq!(found.explanation.repairs, if conflicts.is_empty() { vec![] } else { sets(&case["removals"]) });
            assert_eq!(found.feasible, conflicts.is_empty());
            assert!(!found.explanation.more_conflicts && !found.explanation.more_repairs);
            assert_eq!(found.explanation.days_short, case["days"].as_i64().filter(|days| *days > 0), "{index}");
            assert!(found.explanation.conflicts.iter().all(|conflict| conflict.days_short > Some(0)));
            infeasible += usize::from(!found.feasible);
        }
    }
    assert_eq!(infeasible, 51);
}

/// Random scenarios with members of every kind, against all subsets of their members, each forecast by itself.
#[test]
fn conflicts_and_repairs_are_those_of_all_subsets() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let (mut several, mut kinds, mut unmuted) = (0, std::collections::BTreeSet::new(), 0);
    for _ in 0..250 {
        let case = Case::infeasible(&mut random);
        // A rule may make a silence mute, so that less cannot hold where more can.
        let Some((conflicts, repairs)) = case.by_all_subsets() else {
            unmuted += 1;
            continue;
        };
        let found = checked(&case.text(&|_| true));
        assert_eq!(members(&found), conflicts, "{}", case.text(&|_| true));
        assert_eq!(found.explanation.repairs, repairs, "{}", case.text(&|_| true));
        several += usize::from(conflicts.len() > 2);
        for member in conflicts.iter().flatten() {
            kinds.insert(member.rsplit('.').next().unwrap().split(':').next().unwrap().to_string());
        }
    }
    assert!(several > 20 && unmuted < 10, "{several} {unmuted}");
    let expected = ["event", "happened", "observation", "on", "report", "rule", "silence", "window"];
    assert!(expected[1..].iter().all(|kind| kinds.contains(*kind)), "{kinds:?}");
}

#[test]
fn a_limit_leaves_the_smallest_and_says_so() {
    let mut text = "horizon = { from = 2024-05-01, to = 2024-05-31 }\n[event.visit]\n".to_string();
    for day in 1..=9 {
        text += &format!("[[observation]]\nid = \"o{day}\"\nsays = \"visit on 2024-05-0{day}\"\n");
    }
    text += "[[rule]]\nid = \"r\"\nsays = \"visit after 2025-01-01\"\n";
    let scenario = Scenario::parse(&text).unwrap();
    let found = check(&scenario, &Options { listed: 3, ..Options::default() }).unwrap();
    assert_eq!(
        members(&found),
        [vec!["rule:r"], vec!["observation:o1", "observation:o2"], vec!["observation:o1", "observation:o3"]]
    );
    assert!(found.explanation.more_conflicts);
    assert_eq!(found.explanation.repairs.len(), 3);
    assert!(found.explanation.repairs.iter().all(|repair| repair.len() == 9));
    assert!(found.explanation.more_repairs);
    let all = checked(&text);
    assert_eq!((all.explanation.conflicts.len(), all.explanation.repairs.len()), (37, 9));
    assert!(!all.explanation.more_conflicts && !all.explanation.more_repairs);
}

const TRIP: &str = r#"horizon = { from = 2024-03-20, to = 2024-07-31 }
[event.inauguration]
on = 2024-05-07
[event.visit]
duration = 2
occurs = 0.95
[event.tour]
[[rule]]
id = "after-inauguration"
says = "visit after inauguration"
[[rule]]
id = "tour-first"
says = "visit before tour"
[[observation]]
id = "announced"
says = "tour on 2024-05-06"
"#;

#[test]
fn conflicts_are_told_as_arithmetic_with_dates() {
    let found = checked(&format!("{TRIP}[[observation]]\nid = \"fixed\"\nsays = \"visit occurs\"\n"));
    let conflict = &found.explanation.conflicts[0];
    assert_eq!(
        conflict.members,
        [
            "event:inauguration.on",
            "observation:announced",
            "observation:fixed",
            "rule:after-inauguration",
            "rule:tour-first"
        ]
    );
    assert_eq!(conflict.days_short, Some(4));
    assert_eq!(conflict.lines, [Some(3), Some(14), Some(17), Some(8), Some(11)]);
    assert_eq!(
        told(&found),
        [
            "visit starts on or after 2024-05-08 (rule after-inauguration: visit after inauguration; inauguration is on 2024-05-07)",
            "tour starts on or after 2024-05-10 (rule tour-first: visit before tour; visit lasts 2 days)",
            "but tour starts by 2024-05-06 (observation announced: tour on 2024-05-06)",
        ]
    );
    // Where the visit may not take place, nothing is at odds.
    assert!(checked(TRIP).feasible);
}

#[test]
fn circles_without_a_date_and_priors_are_told() {
    let horizon = "horizon = { from = 2024-05-01, to = 2024-06-30 }\n[event.one]\n[event.other]\n";
    let circle = checked(&format!(
        "{horizon}[[rule]]\nsays = \"other at least 5 days after one\"\n[[rule]]\nsays = \"other at most 3 days after one\"\n"
    ));
    assert_eq!(circle.explanation.conflicts[0].days_short, Some(2));
    assert_eq!(
        told(&circle),
        [
            "other starts at least 5 days after one ends (rule rule-1: other at least 5 days after one)",
            "one ends at most 3 days before other starts (rule rule-2: other at most 3 days after one)",
        ]
    );
    let prior = checked(
        "horizon = { from = 2024-05-01, to = 2024-06-30 }\n[event.visit]\n\
         prior = { shape = 'uniform', from = 2024-05-08, to = 2024-05-20 }\n[[rule]]\nid = \"a\"\nsays = \"visit by May 5\"\n",
    );
    assert_eq!(
        told(&prior),
        [
            "visit ends on or after 2024-05-08 (visit has no earlier day than 2024-05-08 (its prior))",
            "but visit ends by 2024-05-05 (rule a: visit by May 5)"
        ]
    );
    assert_eq!(prior.explanation.conflicts[0].days_short, Some(3));
}

#[test]
fn working_days_are_told_by_what_is_certain_of_them() {
    let found = checked(
        "horizon = { from = 2024-05-06, to = 2024-06-28 }\n[calendar]\nholidays = [2024-05-09]\n[event.offer]\n\
         duration = { working_days = 5 }\n[event.reply]\n[[rule]]\nsays = \"reply at least 10 working days after offer\"\n\
         [[rule]]\nsays = \"reply at most 11 days after offer\"\n[[rule]]\nsays = \"offer.end by 2024-05-09\"\n",
    );
    assert_eq!(members(&found), [vec!["rule:rule-3"], vec!["rule:rule-1", "rule:rule-2"]]);
    // Ten working days are fourteen days from a working day on, twelve from a Sunday on.
    assert_eq!(
        told(&found),
        [
            "offer ends on or after 2024-05-10 (offer lasts 5 working days, at least 5 days; offer has no earlier day than 2024-05-06 (the horizon))",
            "but offer ends by 2024-05-09 (rule rule-3: offer.end by 2024-05-09)",
            "reply starts at least 12 days after offer ends (rule rule-1: reply at least 10 working days after offer)",
            "offer ends at most 11 days before reply starts (rule rule-2: reply at most 11 days after offer)",
        ]
    );
}

/// What cannot occur breaks no rule of its own, and is no way round what a rule says of others or a fact says of it.
#[test]
fn what_cannot_occur_is_no_way_round() {
    let with = |rest: &str| {
        let events =
            "[event.visit]\noccurs = 0\n[event.talks]\nafter = 'tour'\noccurs = 0\n[event.tour]\non = 2024-05-04\n";
        checked(&format!("horizon = {{ from = 2024-05-01, to = 2024-05-12 }}\n{events}{rest}"))
    };
    assert!(with("[[rule]]\nsays = 'visit before 2024-05-02'\n").feasible);
    let broken = with("[[rule]]\nid = 'r'\nsays = 'tour no earlier than 2024-05-05 and not tour overlaps visit'\n");
    assert_eq!(members(&broken), [["event:tour.on", "rule:r"]]);
    assert!(!broken.feasible);
    let forced = with("[[observation]]\nid = 'o'\nsays = 'talks after 2024-05-02'\n");
    assert_eq!((members(&forced), forced.explanation.more_conflicts), (vec![vec!["observation:o".to_string()]], false));
    assert_eq!(forced.explanation.repairs, [["observation:o"]]);
}

/// The only day has a mass of 3e-28, which "does not occur" rounds away.
#[test]
fn a_rule_must_leave_a_prior_a_day_however_improbable() {
    let text = r#"
        horizon = { from = 2026-07-12, to = 2026-07-13 }
        [event.visit]
        prior = { shape = "lognormal", median = 40, spread = 1.4, from = 2026-07-13 }
        [[rule]]
        id = "r"
        says = "visit after 2026-07-13"
    "#;
    let found = checked(text);
    assert_eq!((members(&found), found.explanation.more_conflicts), (vec![vec!["rule:r".to_string()]], false));
    assert_eq!(found.explanation.repairs, [["rule:r"]]);
}

/// Prior, lengths and delays alone leave a day of 13 May or later once the last event is to occur: nothing can give.
#[test]
fn what_no_member_can_give_is_told_without_days() {
    let text = r#"
        horizon = { from = 2024-05-02, to = 2024-05-12 }
        as_of = 2024-05-12
        [event.week-1]
        prior = { shape = "uniform", from = 2024-05-09, to = 2024-05-11 }
        duration = 4
        happened = 2024-05-11
        [event.talks]
        delay = { shape = "uniform", from = 0, to = 5 }
        duration = { working_days = 4 }
        after = "week-1"
        [event.maybe]
        after = "talks"
        delay = { shape = "uniform", from = 2, to = 4 }
        [[observation]]
        id = "o"
        says = "week-1 before maybe"
    "#;
    let found = checked(text);
    assert_eq!(members(&found), [["observation:o"]]);
    assert_eq!(found.explanation.repairs, [["observation:o"]]);
    assert_eq!(found.explanation.conflicts[0].days_short, None);
}

#[test]
fn what_only_a_combination_rules_out_is_told_by_its_members() {
    let found = checked(
        "horizon = { from = 2024-05-01, to = 2024-05-31 }\n[event.one]\n[event.other]\n\
         [[rule]]\nsays = \"one before other or other before one\"\n[[rule]]\nsays = \"one on 2024-05-04\"\n\
         [[observation]]\nid = \"seen\"\nsays = \"other on a saturday\"\n[[observation]]\nid = \"week\"\nsays = \"other in week of May 4\"\n",
    );
    let conflict = &found.explanation.conflicts[0];
    assert_eq!(conflict.members, ["observation:seen", "observation:week", "rule:rule-1", "rule:rule-2"]);
    assert_eq!(conflict.days_short, None);
    let why = told(&found);
    assert_eq!(
        why,
        ["other on a saturday", "other in week of May 4", "one before other or other before one", "one on 2024-05-04"]
    );
    assert_eq!(found.explanation.repairs.len(), 4);
}

#[test]
fn reports_that_cannot_all_be_true_are_named() {
    let report = |id: &str, says: &str| format!("[[report]]\nid = \"{id}\"\ncredibility = 0.6\nsays = \"{says}\"\n");
    let reports = [
        report("late-may", "visit in late May"),
        report("early-june", "visit in early June"),
        report("before", "visit before tour"),
        report("tour-may", "tour by May 20"),
        report("april", "visit in April"),
        report("may", "visit in May"),
    ];
    let text = "horizon = { from = 2024-05-01, to = 2024-06-30 }\n[event.visit]\n[event.tour]\n";
    let found = checked(&format!("{text}{}", reports.concat().replace("in April", "in April 2024")));
    assert!(found.feasible);
    let expected = [
        vec!["april"],
        vec!["early-june", "late-may"],
        vec!["early-june", "may"],
        vec!["before", "early-june", "tour-may"],
        vec!["before", "late-may", "tour-may"],
    ];
    assert_eq!(found.contradicting_reports, expected);
    assert!(!found.more_contradicting_reports);
    // A copy and a word that its source has replaced say nothing of their own; a slip does not make a claim true.
    let silent = "[source.agency]\ncredibility = 0.5\n[[report]]\nid = \"copy\"\nechoes = \"new\"\nsource = \"agency\"\nsays = \"visit in June\"\n\
                  [[report]]\nid = \"old\"\nsource = \"agency\"\ndate = 2024-01-01\nsays = \"visit in June\"\n\
                  [[report]]\nid = \"new\"\nsource = \"agency\"\ndate = 2024-02-01\nslip = 40\nsays = \"visit in May\"\n";
    assert_eq!(checked(&format!("{text}{silent}")).contradicting_reports, Vec::<Vec<String>>::new());
    let slips = format!("{text}{silent}{}", report("june", "visit in June"));
    assert_eq!(checked(&slips).contradicting_reports, [["june", "new"]]);
}
