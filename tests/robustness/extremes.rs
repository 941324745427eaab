//! Inputs that are deep, long, large or extreme put through, one kind a test.

use crate::{Fate, GREAT, ORDINARY, put_through, with_rule};
use dateline::Changes;

#[test]
fn deep_nesting() {
    for depth in [99, 101, 10_000, 100_000] {
        let shapes = [
            "(".repeat(depth) + "visit before tour" + &")".repeat(depth),
            "not ".repeat(depth) + "visit before tour",
            "if ".repeat(depth) + "visit before tour",
            "if visit occurs then ".repeat(depth) + "visit before tour",
            "(".repeat(depth),
            "around ".repeat(depth) + "May",
            "the ".repeat(depth) + "May",
            "visit in ".to_string() + &"around ".repeat(depth) + "May",
            "visit in ".to_string() + &"early ".repeat(depth) + "May",
            "visit in ".to_string() + &"week of ".repeat(depth) + "May 7",
            "visit in \"".to_string() + &"the around ".repeat(depth) + "May\"",
            "visit in May 7".to_string() + &" +/- 1 day".repeat(depth),
        ];
        for shape in shapes {
            put_through(&with_rule(&shape), &Changes::default(), GREAT);
        }
        let head = "horizon = { from = 2024-05-01, to = 2024-06-30 }\n[event.visit]\n";
        for (open, close) in [("[", "]"), ("{ a = ", "}"), ("[{ a = ", "}]")] {
            let nested = format!("{head}prior = {}{}", open.repeat(depth), close.repeat(depth));
            put_through(&nested, &Changes::default(), GREAT);
        }
        put_through(&format!("{head}{}a = 1", "a.".repeat(depth)), &Changes::default(), GREAT);
        put_through(&format!("[{}a]", "a.".repeat(depth)), &Changes::default(), GREAT);
    }
}

#[test]
fn long_flat_propositions() {
    for between in [" and ", " or "] {
        let says = vec!["visit before tour"; 5_000].join(between);
        put_through(&with_rule(&says), &Changes::default(), GREAT);
        let says: Vec<String> = (0..300)
            .map(|day| format!("visit on 2024-05-01 +/- {day} days{between}tour {day} days after visit"))
            .map(|text| text.replacen(" on ", " in ", 1))
            .collect();
        put_through(&with_rule(&says.join(between)), &Changes::default(), GREAT);
    }
    let mixed = vec!["visit before tour or visit meets tour"; 2_000].join(" and ");
    put_through(&with_rule(&mixed), &Changes::default(), GREAT);
    let balanced = "(visit before tour or visit on a monday) and ".repeat(18) + "tour occurs";
    put_through(&with_rule(&format!("not ({balanced})")), &Changes::default(), GREAT);
}

/// Where the priors alone leave the range of plain numbers, and rules bring them back.
#[test]
fn priors_out_of_range() {
    let text = r#"horizon = { from = 2024-02-14, to = 2024-10-30 }

[event.h1]
after = "e5"
delay = { shape = "exponential", mean = 5 }

[event.e5]
prior = { shape = "normal", mean = 2024-06-14, sd = 2.65 }

[event.e1]
window = "2024-05-24..2024-06-15"

[[rule]]
says = "e1 within 4 days of e5"
"#;
    assert_eq!(put_through(text, &Changes::default(), GREAT), Fate::Forecast);
}

/// So many events, one a line.
fn events(count: usize) -> String {
    let lines = (0..count).map(|index| format!("event.e{index} = {{}}\n"));
    lines.fold("horizon = { from = 2024-05-01, to = 2024-05-10 }\n".to_string(), |text, line| text + &line)
}

#[test]
fn large_files() {
    let head = "horizon = { from = 2024-05-01, to = 2024-05-10 }\n";
    let comment = format!("{head}[event.visit]\n# {}", "x".repeat(20 << 20));
    assert_eq!(put_through(&comment, &Changes::default(), GREAT), Fate::Invalid);
    let quote = format!("{head}title = \"{}\"\n[event.visit]\n", "é".repeat(7 << 20));
    put_through(&quote, &Changes::default(), GREAT);
    put_through(&events(5_000), &Changes::default(), GREAT);
    let mistakes: String = (0..20_000).map(|index| format!("[event.May{index}]\non = 3\n")).collect();
    put_through(&(head.to_string() + &mistakes), &Changes::default(), GREAT);
    let lines = format!("{head}[event.visit]\n{}", "[[rule]]\nsays = \"visit before tuor\"\n".repeat(5_000));
    put_through(&lines, &Changes::default(), GREAT);
}

#[test]
fn many_rows() {
    let head = "horizon = { from = 2024-05-01, to = 2024-05-10 }\n[event.visit]\n[source.one]\ncredibility = 0.6\n";
    let rows = |row: &dyn Fn(usize) -> String| head.to_string() + &(0..500).map(row).collect::<Vec<_>>().join("\n");
    let report = |index: usize| {
        let day = index % 10 + 1;
        format!("[[report]]\nsource = \"one\"\nindependent = true\nsays = \"visit by 2024-05-{day:02}\"")
    };
    put_through(&rows(&report), &Changes::default(), GREAT);
    let query = |index: usize| format!("[[query]]\nask = \"visit within {index} days of May 5\"");
    put_through(&rows(&query), &Changes::default(), GREAT);
    let echo = |index: usize| match index {
        0 => "[[report]]\nid = \"r0\"\nsource = \"one\"\nsays = \"visit occurs\"".to_string(),
        _ => "[[report]]\nsource = \"one\"\nechoes = \"r0\"\nsays = \"visit occurs\"".to_string(),
    };
    put_through(&rows(&echo), &Changes::default(), GREAT);
}

#[test]
fn chains_of_after() {
    let head = "horizon = { from = 2024-05-01, to = 2024-05-20 }\n";
    let link = |index: usize, of: usize| format!("[event.e{index}]\nafter = \"e{of}\"\ndelay = 0\n");
    let forward: String = (1..5_000).map(|index| link(index, index - 1)).collect();
    put_through(&format!("{head}[event.e0]\n{forward}"), &Changes::default(), GREAT);
    let backward: String = (1..5_000).rev().map(|index| link(index, index - 1)).collect();
    put_through(&format!("{head}{backward}[event.e0]\n"), &Changes::default(), GREAT);
    let circle = format!("{head}{}{forward}", link(0, 4_999));
    assert_eq!(put_through(&circle, &Changes::default(), GREAT), Fate::Invalid);
    let names: Vec<String> = (0..300).map(|index| format!("\"e{index}\"")).collect();
    let events: String = (0..300).map(|index| format!("[event.e{index}]\n")).collect();
    let fan = format!("{head}{events}[event.last]\nafter = [{}]\n", names.join(", "));
    put_through(&fan, &Changes::default(), GREAT);
}

#[test]
fn extreme_calendars_and_numbers() {
    let with = |horizon: &str, rest: &str| format!("horizon = {{ {horizon} }}\n{rest}");
    let ages = "from = 0001-01-01, to = 9998-12-31";
    let decades = "from = 2000-01-01, to = 2040-12-31";
    let early = "from = 0001-01-01, to = 0001-03-01";
    let late = "from = 9998-11-01, to = 9998-12-31";
    let month = "from = 2024-05-01, to = 2024-05-31";
    let bodies = [
        "[event.visit]\n",
        "[event.visit]\nduration = 10000000\n[event.tour]\nafter = \"visit\"\ndelay = 10000000\n[[rule]]\nsays = \"tour 999999 weeks after visit\"\n",
        "[event.visit]\nduration = { shape = \"uniform\" }\n[event.tour]\nduration = \"uniform\"\n[[rule]]\nsays = \"visit during tour\"\n",
        "[event.visit]\n[[rule]]\nsays = \"visit in week of 9998-12-31 or visit in week of 0001-01-01\"\n",
        "[event.visit]\n[[query]]\nask = \"visit in around 9998 or visit in around 0001-01-01 +/- 999999 weeks\"\n",
        "[event.visit]\n[[query]]\nask = \"visit in 9998-W53 or visit in 9998-Q4 or visit in late 9998-12\"\n",
        "[event.visit]\n[[query]]\nask = \"visit in 0001-01-01 +/- 999999 weeks\"\n[[query]]\nask = \"visit in 9998-12-31 +/- 999999 weeks\"\n",
        "[event.visit]\n[[query]]\nask = \"visit 999999 weeks before ..9998-12-31 or visit at least 999999 weeks after 0001-01-01..\"\n",
        "[event.visit]\n[[report]]\ncredibility = 0.5\nslip = 3661\nsays = \"visit on 2024-05-07\"\n",
        "[event.visit]\nprior = { shape = \"normal\", mean = 0001-01-01, sd = 1e-6 }\n",
        "[event.visit]\nprior = { shape = \"normal\", mean = 2024-05-07, sd = 1e-6 }\n",
        "[event.visit]\nprior = { shape = \"normal\", mean = 2024-05-07, sd = 1e9 }\n",
        "[event.visit]\nprior = { shape = \"lognormal\", median = 1e9, spread = 1.000001 }\n",
        "[event.visit]\nprior = { shape = \"lognormal\", median = 1e-6, spread = 1e9 }\n",
        "[event.visit]\nprior = { shape = \"exponential\", mean = 1e-6 }\n",
        "[event.visit]\nprior = { shape = \"exponential\", mean = 1e9, from = 0001-01-01 }\n",
        "[event.visit]\nprior = { shape = \"pert\", low = 0001-01-01, mode = 0001-01-01, high = 9998-12-31 }\n",
        "[event.visit]\nprior = { weights = [{ in = \"..\", weight = 1 }] }\n",
        "[event.visit]\nprior = { weights = [{ in = \"0001-01-01..\", weight = 1e-300 }] }\noccurs = 1e-320\n",
        "[event.visit]\nweekdays = { mon = 1e308, tue = 5e-324 }\n",
        "[event.visit]\nweekdays = { mon = 5e-324, tue = 5e-324, wed = 0, thu = 0, fri = 0, sat = 0, sun = 0 }\n",
        "[event.visit]\nduration = { shape = \"normal\", mean = -1e7, sd = 1 }\n",
        "[event.visit]\nduration = { weights = [{ days = 1, weight = 1e308 }, { days = 2, weight = 1e308 }] }\n",
        "[event.visit]\n[[report]]\nsays = \"visit by 2024-05-03\"\nlikelihood_ratio = 1e308\n[[report]]\nsays = \"visit by 2024-05-03\"\nlikelihood_ratio = 1e100\n",
        "[event.visit]\n[[report]]\nsays = \"visit by 2024-05-03\"\nlikelihood_ratio = nan\n",
        "[event.visit]\nhappened = 2024-05-03\n[[report]]\nsays = \"visit by 2024-05-03\"\ncredibility = 1\nhedge = 1e-320\n",
        "as_of = 0001-01-01\n[event.visit]\n[[observation]]\ndate = 9998-12-31\nsays = \"visit occurs\"\n",
        "as_of = 9998-12-31\n[event.visit]\n",
        "[calendar]\nworkweek = [\"sun\"]\n[event.visit]\nduration = { working_days = 1000000 }\n[event.tour]\n[[rule]]\nsays = \"not tour at least 999999 working days after visit\"\n[[query]]\nask = \"visit.end 3 working days before tour or tour within 999999 working days of visit\"\n",
        "[event.visit]\n[[rule]]\nsays = \"visit 999999 working days after ..0001-01-01 or visit within 9 working days before 9998-12-31..\"\n",
        "[calendar]\nholidays = [0001-01-01, 9998-12-31, 2024-05-01, 2024-05-01]\n[event.visit]\n[[rule]]\nsays = \"visit on a holiday\"\n",
        "",
    ];
    for horizon in [ages, decades, early, late, month] {
        for body in bodies {
            let text = with(horizon, body).replace("[event.visit]\nas_of", "as_of");
            put_through(&text, &Changes::default(), ORDINARY);
        }
    }
}

/// A report with a long slip about an event of that horizon.
fn with_slip(horizon: &str, slip: &str) -> String {
    let report = format!("[[report]]\ncredibility = 0.5\nslip = {slip}\nsays = \"visit on 2024-05-07\"\n");
    format!("horizon = {{ {horizon} }}\n[event.visit]\n{report}")
}

#[test]
fn long_slips() {
    for slip in ["366", "3660", "{ early = 3660, late = 0 }", "{ early = 0, late = 3660 }", "999999999"] {
        let year = with_slip("from = 2024-01-01, to = 2024-12-31", slip);
        put_through(&year, &Changes::default(), ORDINARY);
        let elsewhere = with_slip("from = 2044-01-01, to = 2044-12-31", slip);
        put_through(&elsewhere, &Changes::default(), ORDINARY);
    }
}

#[test]
fn a_long_slip_over_two_centuries() {
    let text = with_slip("from = 1900-01-01, to = 2100-12-31", "366");
    put_through(&text, &Changes::default(), GREAT);
}

#[test]
fn a_hundred_thousand_events() {
    put_through(&events(100_000), &Changes::default(), GREAT);
}

/// Reports without a credibility and hedge of 1 that leave no world all the same.
#[test]
fn contradictions_by_reports_that_are_hard_in_other_ways() {
    let head = "horizon = { from = 2024-05-01, to = 2024-05-02 }\n[event.visit]\n";
    let report = |date: &str, says: &str, hedge: &str| {
        format!("[[report]]\ndate = {date}\nsays = \"{says}\"\ncredibility = 1\nhedge = {hedge}\n")
    };
    let observation = |date: &str, says: &str| format!("[[observation]]\ndate = {date}\nsays = \"{says}\"\n");
    let (first, second) = ("visit on 2024-05-01", "visit on 2024-05-02");
    let denied = head.to_string() + &report("2024-05-01", first, "0") + &observation("2024-05-02", first);
    let both_denied = head.to_string() + &report("2024-05-01", first, "0") + &report("2024-05-01", second, "0");
    // Silence made the claim impossible on its day; what was learned later does not help it.
    let refuted = "as_of = 2024-05-06\n".to_string()
        + &head.replace("to = 2024-05-02", "to = 2024-05-09")
        + &report("2024-05-05", "visit by 2024-05-03", "1")
        + &observation("2024-05-06", "visit by 2024-05-03");
    for text in [denied, both_denied, refuted] {
        assert_eq!(put_through(&text, &Changes::default(), ORDINARY), Fate::Infeasible);
    }
}

#[test]
fn odd_characters() {
    let sound = with_rule("visit before tour");
    for odd in ["\0", "\u{feff}", "\r", "\t", "\u{1b}[31m", "\u{202e}", "\u{2028}", "e\u{301}", "\u{1f600}"] {
        let texts = [
            odd.to_string(),
            odd.to_string() + &sound,
            sound.clone() + odd,
            sound.replace("visit", odd),
            sound.replace("before", odd),
            sound.replace(" before", &format!(" {odd} before")),
            sound.replace("tour\"", &format!("\\\"{odd}\\\"\"")),
            sound.replace('\n', &format!("{odd}\n")),
            sound.replace("says", &format!("\"{odd}\"")),
        ];
        for text in texts {
            put_through(&text, &Changes::default(), ORDINARY);
        }
        let ask = vec![format!("visit {odd}"), odd.to_string(), format!("visit in '{odd}'")];
        let changes = Changes { ask: ask.clone(), assume: ask.clone(), without: ask, ..Changes::default() };
        put_through(&sound, &changes, ORDINARY);
    }
}
