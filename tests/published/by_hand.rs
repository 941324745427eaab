//! Small cases worked out by hand in, the engine's probabilities of them out.

use super::*;

/// Of 31² = 961 pairs of days C(31, 2) = 465 have the first before the second; the smaller and the greater of a random
/// pair of 1..=31 are on average at one and two thirds of 32.
#[test]
fn two_events_in_order_share_a_month() {
    let events = horizon(31) + "[event.visit]\n[event.tour]\n";
    let found = forecast(&(events.clone() + "[[rule]]\nsays = 'visit before tour'\n"));
    assert_close(found.log_evidence.rules.exp(), 15.0 / 31.0);
    let mean_day = |id: &str| event(&found, id).mean_day.unwrap() + 1.0;
    assert_close(mean_day("visit"), 32.0 / 3.0);
    assert_close(mean_day("tour"), 64.0 / 3.0);
    assert_close(starts_within(&found, "tour", 16, 31), 24.0 / 31.0);
    let asked = forecast(&(events + "[[query]]\nid = 'order'\nask = 'visit before tour'\n"));
    assert_close(query(&asked, "order"), 15.0 / 31.0);
}

/// The visit is on one of 40 equally likely days; asked is for the 16 days 16..=31.
///
/// 16/40 = 2/5 at first and 16/33 once the first 7 days are excluded. A tour uniform on 29..=36 that comes later weighs
/// each day of the visit with the share of tours after it: 1 on the 21 days 8..=28, then 7/8, 6/8, …, 1/8 on 29..=35,
/// together 21 + 28/8 = 49/2. Of that 13 + (7 + 6 + 5)/8 = 61/4 lies on 16..=31, and (61/4)/(49/2) = 61/98.
#[test]
fn a_visit_before_a_tour() {
    let visit = horizon(40) + "[event.visit]\n";
    assert_close(starts_within(&forecast(&visit), "visit", 16, 31), 2.0 / 5.0);
    let later = format!("{visit}[[rule]]\nsays = 'visit after {}'\n", day(7));
    let found = forecast(&later);
    assert_close(starts_within(&found, "visit", 16, 31), 16.0 / 33.0);
    // A rule about one event narrows its prior, which is no evidence.
    assert_close(found.log_evidence.rules.exp(), 1.0);
    let tour = format!(
        "{later}[event.tour]\nprior = {{ shape = 'uniform', from = {}, to = {} }}\n[[rule]]\nsays = 'visit before tour'\n",
        day(29),
        day(36)
    );
    let found = forecast(&tour);
    assert_close(starts_within(&found, "visit", 16, 31), 61.0 / 98.0);
    assert_close(found.log_evidence.rules.exp(), 24.5 / 33.0);
}

/// .3 that it never comes against .7·18/30 = .42 that it comes on the 18 days left: .3/.72 = 5/12.
#[test]
fn silence_raises_the_chance_of_never() {
    let scenario = format!("as_of = {}\n[event.visit]\noccurs = 0.7\n", day(12));
    let found = forecast(&(horizon(30) + &scenario));
    assert_close(event(&found, "visit").never, 5.0 / 12.0);
    assert_close(event(&found, "visit").occurs, 7.0 / 12.0);
    assert_close(found.log_evidence.facts.exp(), 0.72);
}

/// A source that is right with probability c and else tells nothing: c + (1 − c)/11 for one of 11 equally likely days.
#[test]
fn a_single_day_named_by_a_coin() {
    for credibility in [0.0, 0.25, 0.5, 0.9, 1.0] {
        let scenario = format!(
            "as_of = {0}\n[event.visit]\n[[report]]\ndate = {0}\nsays = 'visit on {1}'\ncredibility = {credibility}\n",
            day(9),
            day(14)
        );
        let found = forecast(&(horizon(20) + &scenario));
        let expected = credibility + (1.0 - credibility) / 11.0;
        assert_close(starts_within(&found, "visit", 14, 14), expected);
    }
}

/// Two thousand events in a row, of which the hundredth is to come before the ninetieth: a circle of eleven rules, found among
/// all without solving for any but these. Giving up the last of them in the file is enough.
#[test]
fn a_circle_among_thousands_of_rules() {
    let mut text = horizon(2_100);
    (0..2_000).for_each(|event| text += &format!("[event.e{event}]\n"));
    for event in 1..2_000 {
        text += &format!("[[rule]]\nid = \"r{event}\"\nsays = \"e{} before e{event}\"\n", event - 1);
    }
    text += "[[rule]]\nid = \"back\"\nsays = \"not e90 before e100\"\n";
    let Answer::Infeasible(infeasible) = answer(&text) else { panic!("e90 cannot come first and last") };
    let mut expected: Vec<String> = (91..=100).map(|event| format!("rule:r{event}")).collect();
    expected.push("rule:back".to_string());
    expected.sort();
    assert_eq!(infeasible.explanation.conflicts[0].members, expected);
    assert_eq!(infeasible.explanation.repairs[0], ["rule:back"]);
}

/// What is given up must be enough, also where several things are at fault that have nothing to do with each other.
#[test]
fn all_that_is_at_fault_is_given_up() {
    let told = |text: &str| match answer(&format!("{}[event.visit]\n{text}", horizon(8))) {
        Answer::Infeasible(infeasible) => {
            let conflicts: Vec<Vec<String>> =
                infeasible.explanation.conflicts.into_iter().map(|conflict| conflict.members).collect();
            (conflicts, infeasible.explanation.repairs)
        }
        Answer::Forecast(_) => panic!("feasible: {text}"),
    };
    let impossible = "[[rule]]\nid = \"r\"\nsays = \"visit after 2030-01-01\"\n";
    let believed = "[[report]]\nid = \"p\"\ncredibility = 1\nsays = \"visit by 1999-01-01\"\n";
    let (conflicts, repairs) = told(&format!("{impossible}{believed}"));
    assert_eq!(conflicts, [["report:p"], ["rule:r"]]);
    assert_eq!(repairs, [["report:p", "rule:r"]]);
    let absent = "happened = false\n[[rule]]\nid = \"r\"\nsays = \"visit occurs\"\n";
    let (conflicts, repairs) = told(absent);
    assert_eq!(
        (conflicts, repairs),
        (vec![vec!["event:visit.happened".to_string()]], vec![vec!["event:visit.happened".to_string()]])
    );
}

/// A prior of which the horizon holds the tail alone, from 25 to 38 standard deviations away: its first day, a Saturday,
/// has 4.6·10^-316 of the mass, less than a double holds to all digits, and 6.2·10^-184 of what lies on the horizon.
/// (Reference: complementary error functions to 40 digits.)
#[test]
fn a_tail_of_a_tail_keeps_its_digits() {
    let found = forecast(
        "horizon = { from = 2025-02-22, to = 2025-03-07 }\n[event.visit]\n\
         prior = { shape = 'normal', mean = 2025-04-01, sd = 1 }\nweekdays = { tue = 3, thu = 0.2, sun = 0, sat = 1e-8 }\n",
    );
    let first = event(&found, "visit").days.first().unwrap();
    assert_close(first.p, 6.235_493_901_936_966e-184);
}

/// Three of thirteen days, 23 %, are the first and three the last of each event's: few events are told one by one, many
/// together.
#[test]
fn events_near_the_ends_of_the_horizon_share_a_warning() {
    let near = |events: usize| {
        let text = (0..events).fold(horizon(13), |text, event| text + &format!("[event.e{event}]\n"));
        let warnings = forecast(&text).warnings;
        warnings.into_iter().filter(|warning| warning.contains("the horizon decides")).collect::<Vec<String>>()
    };
    let few = near(3);
    assert_eq!(few.len(), 6);
    assert!(few[0].starts_with("23 % of 'e0' lies on the first 3 days"), "{few:?}");
    let many = near(5);
    assert_eq!(many.len(), 2);
    assert!(many[1].starts_with("more than 10 % of 5 events lies on the last 3 days"), "{many:?}");
    assert!(many[1].contains("'e0' 23 %, 'e1' 23 %, 'e2' 23 %, …"), "{many:?}");
}
