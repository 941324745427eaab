//! What the rule for reports implies, consequence by consequence.

use super::*;

/// What may be known besides, as entries of two events `visit` and `tour`; each leaves the claim below possible.
fn ways_of_knowing() -> Vec<String> {
    let events =
        |visit: &str, tour: &str, entries: &str| format!("[event.visit]\n{visit}\n[event.tour]\n{tour}\n{entries}\n");
    let observed = |says: &str, date: i32| {
        let date = day(date);
        format!("[[observation]]\ndate = {date}\nsays = '{says}'\n")
    };
    let rule = "[[rule]]\nsays = 'visit at least 3 days before tour'\n";
    let late_tour = observed(&format!("tour no earlier than {}", day(17)), 5);
    let not_then = observed(&format!("not visit in {}", span(15, 16)), 10);
    let unlikely = format!("prior = {{ shape = 'normal', mean = {}, sd = 4 }}", day(26));
    vec![
        events("", "", ""),
        events("visible = false", "", ""),
        events("occurs = 0.6", "occurs = 0.5", ""),
        events("occurs = 0.6", "", rule),
        events("", "", &(rule.to_string() + &late_tour + &not_then)),
        events("duration = 3", &format!("happened = {}", day(8)), &not_then),
        events(&unlikely, "duration = 2", rule),
        events("after = 'tour'\ndelay = { shape = 'uniform', from = 0, to = 6 }", "", &late_tour),
        events("", "", &observed("visit before tour or not tour occurs", 10)),
    ]
}

/// A report of the as-of date about the visit, and the same claim as a question.
fn claim_of_the_day(credibility: f64, hedge: f64) -> String {
    let claim = format!("visit in {}", span(14, 19));
    format!(
        "[[report]]\nid = 'claim'\ndate = {}\nsays = '{claim}'\ncredibility = {credibility}\nhedge = {hedge}\n\
         [[query]]\nid = 'truth'\nask = '{claim}'\n",
        day(10)
    )
}

/// A report of the as-of date, alone: P(C) = c·p + (1 − c)·π, whatever the facts.
#[test]
fn a_report_of_the_day_mixes_what_it_says_with_what_was_known() {
    let start = format!("{}as_of = {}\n", horizon(30), day(10));
    for known in ways_of_knowing() {
        let before = forecast(&format!("{start}{known}{}", claim_of_the_day(0.0, 1.0)));
        let prior = query(&before, "truth");
        assert!(prior > 0.01 && prior < 0.9, "{prior}: too easy\n{known}");
        for (credibility, hedge) in [(0.3, 1.0), (0.8, 1.0), (0.8, 0.675), (0.5, 0.125)] {
            let text = format!("{start}{known}{}", claim_of_the_day(credibility, hedge));
            let found = forecast(&text);
            let expected = credibility * hedge + (1.0 - credibility) * prior;
            assert_close(query(&found, "truth"), expected);
            let (_, _, claim_prior, claim_posterior) = report(&found, "claim");
            assert_close(claim_prior, prior);
            assert_close(claim_posterior, expected);
            assert_close(found.agreement, 1.0);
        }
    }
}

/// With c = 1 alone P(C) = p.
#[test]
fn a_trusted_source_is_taken_at_its_word() {
    let start = format!("{}as_of = {}\n", horizon(30), day(10));
    for known in ways_of_knowing() {
        for hedge in [1.0, 0.97, 0.5, 0.03, 0.0] {
            let text = format!("{start}{known}{}", claim_of_the_day(1.0, hedge));
            let found = query(&forecast(&text), "truth");
            assert!((found - hedge).abs() < TOLERANCE, "{found} for {hedge}");
        }
    }
}

/// A forecast as its JSON, entries in the order of their ids, without what depends on the order of the file.
fn told(forecast: &Forecast) -> Value {
    let mut told = serde_json::to_value(forecast).unwrap();
    for list in ["events", "reports", "queries"] {
        let entries = told[list].as_array_mut().unwrap();
        entries.sort_by_key(|entry| entry["id"].as_str().unwrap().to_string());
    }
    for report in told["reports"].as_array_mut().unwrap() {
        // Where several newer words of one day speak as one, any of them may be named.
        if report.get("replaced_by").is_some() {
            report["replaced_by"] = json!("a newer word");
        }
    }
    told["joint_windows"] = Value::Null;
    told["warnings"] = Value::Null;
    told
}

/// Without what became of the reports.
fn told_of_dates(forecast: &Forecast) -> Value {
    let mut told = told(forecast);
    told["reports"] = Value::Null;
    told
}

/// Equal but for rounding.
#[track_caller]
fn assert_alike(found: &Value, expected: &Value) {
    assert_eq!(difference(found, expected, &|_| TOLERANCE), None);
}

/// The place of something expected that is not found, numbers being equal within `allowed(number)`.
pub(super) fn difference(found: &Value, expected: &Value, allowed: &dyn Fn(&Value) -> f64) -> Option<String> {
    let within = |key: String, found: &Value, expected: &Value| {
        difference(found, expected, allowed).map(|place| format!("{key} {place}"))
    };
    let same = match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            let mut entries = expected.iter();
            return entries.find_map(|(key, value)| {
                let found = found.get(key).unwrap_or(&Value::Null);
                within(key.clone(), found, value)
            });
        }
        (Value::Array(found), Value::Array(expected)) if found.len() == expected.len() => {
            let mut entries = found.iter().zip(expected).enumerate();
            return entries.find_map(|(index, (a, b))| within(index.to_string(), a, b));
        }
        (Value::Number(a), Value::Number(b)) => (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() <= allowed(expected),
        _ => found == expected,
    };
    (!same).then(|| format!("is {found}, not {expected}"))
}

#[test]
fn a_certain_claim_changes_nothing() {
    let known = horizon(30)
        + "[event.visit]\n[event.tour]\noccurs = 0.7\n[[rule]]\nsays = 'visit before tour'\n[[observation]]\nsays = 'tour occurs'\n";
    let before = forecast(&known);
    for claim in ["visit occurs", "tour after visit", "visit.end before tour"] {
        for (credibility, hedge) in [(0.4, 1.0), (1.0, 1.0), (0.9, 0.3)] {
            let report =
                format!("[[report]]\nid = 'claim'\nsays = '{claim}'\ncredibility = {credibility}\nhedge = {hedge}\n");
            let after = forecast(&(known.clone() + &report));
            assert_alike(&told_of_dates(&after), &told_of_dates(&before));
        }
    }
}

#[test]
fn saying_the_same_again_changes_nothing() {
    let known = horizon(30) + "[event.visit]\noccurs = 0.9\n[source.paper]\ncredibility = 0.7\n";
    let says = |id: &str, date: i32, more: &str| {
        format!(
            "[[report]]\nid = '{id}'\nsource = 'paper'\ndate = {}\nsays = 'visit in {}'\nhedge = 'likely'\n{more}",
            day(date),
            span(10, 15)
        )
    };
    let once = forecast(&(known.clone() + &says("first", 3, "")));
    let echo = "echoes = 'first'\n";
    for (date, more) in [(3, ""), (4, ""), (9, ""), (3, echo), (9, echo)] {
        let again = known.clone() + &says("first", 3, "") + &says("second", date, more);
        let again = forecast(&again);
        assert_alike(&told_of_dates(&again), &told_of_dates(&once));
    }
    // It is not the wording that counts: what stands alone does add something.
    let alone = says("second", 3, "independent = true\n");
    let both = forecast(&(known + &says("first", 3, "") + &alone));
    assert!(report(&both, "first").3 > report(&once, "first").3 + 0.01);
}

/// With F = c/π + 1 − c where the claim is true and 1 − c elsewhere, two reports weigh the worlds by F².
#[test]
fn independent_reports_reinforce_each_other() {
    let credibility = 0.6;
    let mut trust_before = credibility;
    for length in [27, 15, 9, 3, 1] {
        let text = |reports: &[&str]| {
            let mut text = horizon(30) + "[event.visit]\n";
            for id in reports {
                let claim = format!("visit in {}", span(2, 1 + length));
                text += &format!("[[report]]\nid = '{id}'\nsays = '{claim}'\ncredibility = {credibility}\n");
            }
            text
        };
        let one = forecast(&text(&["first"]));
        let two = forecast(&text(&["first", "second"]));
        let prior = f64::from(length) / 30.0;
        let (yes, no) = (credibility / prior + 1.0 - credibility, 1.0 - credibility);
        let all = prior * yes * yes + (1.0 - prior) * no * no;
        let (_, trust, _, truth) = report(&two, "first");
        assert_close(two.agreement, all);
        assert_close(truth, prior * yes * yes / all);
        assert!(truth > report(&one, "first").3);
        // The less likely the claim was, the more does agreement speak for either source.
        assert!(trust > trust_before, "{trust} is no more than {trust_before}");
        trust_before = trust;
    }
}

/// Of two claims that exclude each other at most one is well founded: c₁(1 − c₂) : (1 − c₁)c₂ : (1 − c₁)(1 − c₂).
#[test]
fn reports_at_odds_share_the_belief() {
    let text = |first: f64, second: f64| {
        let mut text = horizon(30) + "[event.visit]\n";
        let claims = [("first", span(4, 6), first), ("second", span(11, 25), second)];
        for (id, days, credibility) in claims {
            text += &format!("[[report]]\nid = '{id}'\nsays = 'visit in {days}'\ncredibility = {credibility}\n");
        }
        forecast(&text)
    };
    for (a, b) in [(0.5, 0.5), (0.8, 0.8), (0.9, 0.3), (0.95, 0.6), (1.0, 0.9)] {
        let found = text(a, b);
        let (only_a, only_b, none) = (a * (1.0 - b), b * (1.0 - a), (1.0 - a) * (1.0 - b));
        let all = only_a + only_b + none;
        let (first, second) = (report(&found, "first"), report(&found, "second"));
        assert_close(first.1, only_a / all);
        assert_close(second.1, only_b / all);
        assert_close(first.3, (only_a + none * 0.1) / all);
        assert_close(second.3, (only_b + none * 0.5) / all);
        assert_close(found.agreement, all);
    }
}

#[test]
fn the_order_of_entries_never_matters() {
    let start = format!("{}as_of = {}\n", horizon(40), day(12));
    let entries = [
        "[event.visit]\nduration = 2\noccurs = 0.9\n".to_string(),
        format!(
            "[event.tour]\nduration = {{ shape = 'triangular', low = 2, mode = 4, high = 6 }}\nwindow = '{}'\n",
            span(5, 40)
        ),
        "[event.treaty]\nafter = ['visit', 'tour']\ndelay = { shape = 'uniform', from = 0, to = 3 }\n".to_string(),
        "[source.paper]\ngrade = 'B2'\nslip = 2\n".to_string(),
        format!(
            "[[rule]]\nid = 'apart'\nsays = 'if tour by {} then visit 2..15 days before tour or visit after tour'\n",
            day(30)
        ),
        format!("[[rule]]\nid = 'late'\nsays = 'visit after {}'\n", day(7)),
        format!("[[observation]]\nid = 'not-then'\ndate = {}\nsays = 'not visit in {}'\n", day(9), span(14, 15)),
        format!("[[report]]\nid = 'old'\nsource = 'paper'\ndate = {}\nsays = 'visit in {}'\n", day(4), span(20, 24)),
        format!("[[report]]\nid = 'new'\nsource = 'paper'\ndate = {}\nsays = 'visit in {}'\n", day(10), span(16, 22)),
        format!(
            "[[report]]\nid = 'same-day'\nsource = 'paper'\ndate = {}\nsays = 'visit on a weekday'\nhedge = 'likely'\n",
            day(10)
        ),
        "[[report]]\nid = 'order'\nsays = 'visit before tour'\nlikelihood_ratio = 3\n".to_string(),
        "[[report]]\nid = 'copy'\nsays = 'visit before tour'\ncredibility = 0.5\nechoes = 'order'\n".to_string(),
        "[[query]]\nid = 'near'\nask = 'visit within 1 week of tour'\n".to_string(),
        format!("[[query]]\nid = 'soon'\nask = 'treaty by {}'\n", day(35)),
    ];
    let expected = forecast(&(start.clone() + &entries.concat()));
    // Steps prime to the number of entries reach each of them once.
    assert_eq!(entries.len(), 14);
    for (step, from) in [(13, 13), (3, 5), (5, 1), (9, 8), (11, 2)] {
        let mixed: Vec<&str> = (0..14).map(|i| entries[(from + i * step) % 14].as_str()).collect();
        let found = forecast(&(start.clone() + &mixed.concat()));
        assert_alike(&told(&found), &told(&expected));
    }
}

/// Where the original does not count, one of its copies speaks: of two equally old ones not whichever is written first.
#[test]
fn the_order_of_echoes_never_matters() {
    // The earlier copy speaks, wherever it stands. (Of copies of one day the first in the file does.)
    let copies = [("trusted", 0.9, 5), ("doubted", 0.2, 6)].map(|(id, credibility, on)| {
        format!(
            "[[report]]\nid = '{id}'\nechoes = 'original'\ndate = {}\nsays = 'visit in {}'\ncredibility = {credibility}\n",
            day(on),
            span(11, 20)
        )
    });
    let original = copies[0].replace("echoes = 'original'\n", "");
    let original = original.replace("trusted", "original").replace(&day(5).to_string(), &day(20).to_string());
    let start = format!("{}as_of = {}\n[event.visit]\nvisible = false\n{original}", horizon(30), day(10));
    let one = forecast(&(start.clone() + &copies[0] + &copies[1]));
    let other = forecast(&(start + &copies[1] + &copies[0]));
    assert_alike(&told(&one), &told(&other));
}
