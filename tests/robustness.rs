//! Anything at all in, as the text of a scenario; an answer or a refusal out, soon, and never a panic.

#[path = "agreement/draw.rs"]
mod draw;

use dateline::{Answer, Changes, Limits, Options, Scenario};
use draw::Draw;
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// No input of ordinary size may take longer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Nor one of the greatest size.
const GREAT_PATIENCE: Duration = Duration::from_secs(30);

fn small_limits() -> Options {
    Options { limits: Limits { memory: 64 << 20, operations: 1e7 }, ..Options::default() }
}

/// What became of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Invalid,
    Refused,
    Infeasible,
    Forecast,
}

/// Reads, forecasts, checks and shows; every number that comes out must be one.
fn put_through(text: &str, changes: &Changes, patience: Duration) -> Fate {
    let begun = Instant::now();
    eprintln!("TRY {} {}", text.len(), text.chars().take(250).collect::<String>().replace('\n', "|"));
    let fate = match Scenario::parse_with(text, changes) {
        Err(invalid) => {
            assert!(!invalid.diagnostics.is_empty(), "no reason is given");
            dateline::render::diagnostics(&invalid.diagnostics, "a path", text, false);
            dateline::render::invalid_json("a path", text, &invalid);
            Fate::Invalid
        }
        Ok(scenario) => forecast_and_check(&scenario),
    };
    let taken = begun.elapsed();
    if taken > Duration::from_millis(800) {
        eprintln!("SLOW {taken:?} {fate:?} {} bytes {}", text.len(), text.chars().take(400).collect::<String>());
    }
    assert!(taken < patience, "it took {taken:?}: {}", text.chars().take(2_000).collect::<String>());
    fate
}

fn forecast_and_check(scenario: &Scenario) -> Fate {
    let check = dateline::check(scenario, &small_limits());
    match dateline::forecast(scenario, &small_limits()) {
        Err(_) => Fate::Refused,
        Ok(answer) => {
            dateline::render::json(&answer);
            let feasible = matches!(answer, Answer::Forecast(_));
            if let Ok(check) = check {
                assert_eq!(check.feasible, feasible);
            }
            let Answer::Forecast(forecast) = answer else {
                return Fate::Infeasible;
            };
            for event in &forecast.events {
                let days = event.days.iter().map(|day| day.p);
                for p in days.chain([event.occurs, event.never]) {
                    assert!((0.0..=1.0 + 1e-9).contains(&p), "{}: {p}", event.id);
                }
            }
            for query in &forecast.queries {
                assert!((0.0..=1.0).contains(&query.probability), "{}", query.ask);
            }
            assert!(forecast.agreement >= 0.0);
            Fate::Forecast
        }
    }
}

/// The scenarios of the project, those with mistakes included.
fn files() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in [root.clone(), root.join("invalid")] {
        let entries = std::fs::read_dir(&folder).expect("the folder of scenarios");
        paths.extend(entries.map(|entry| entry.expect("an entry").path()));
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).expect("a readable file")).collect()
}

/// Numbers, dates and words that mean trouble.
const EXTREMES: [&str; 40] = [
    "0",
    "-1",
    "1",
    "2",
    "1e308",
    "-1e308",
    "1e-320",
    "1e999",
    "nan",
    "inf",
    "-inf",
    "2147483647",
    "2147483648",
    "-2147483649",
    "9223372036854775807",
    "9223372036854775808",
    "0.0",
    "-0.0",
    "99999999",
    "1000000",
    "0001-01-01",
    "9998-12-31",
    "9999-12-31",
    "0000-00-00",
    "2024-02-30",
    "2024-05-07T10:00:00Z",
    "true",
    "\"\"",
    "''",
    "[]",
    "{}",
    "[[]]",
    "\"\\u0000\"",
    "not",
    "..",
    "\"..\"",
    "'if'",
    "(",
    "\u{feff}",
    "\u{1f600}",
];

fn tokens(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for character in text.chars() {
        let joins = |last: &String| {
            let word = |c: char| c.is_alphanumeric() || "-_.".contains(c);
            word(character) && last.chars().all(word)
        };
        match found.last_mut().filter(|last| joins(last)) {
            Some(last) => last.push(character),
            None => found.push(character.to_string()),
        }
    }
    found
}

/// Deletes, doubles, swaps or replaces one of the pieces.
fn mutate(pieces: &mut Vec<String>, others: &[String], draw: &mut Draw) {
    if pieces.is_empty() {
        return;
    }
    let (one, other) = (draw.below(pieces.len()), draw.below(pieces.len()));
    match draw.below(5) {
        0 => drop(pieces.remove(one)),
        1 => pieces.insert(other, pieces[one].clone()),
        2 => pieces.swap(one, other),
        3 if !others.is_empty() => pieces[one] = draw.pick(others),
        _ => pieces[one] = draw.pick(&EXTREMES).to_string(),
    }
}

fn replace_a_number(text: &str, draw: &mut Draw) -> String {
    let mut pieces = tokens(text);
    let numbers: Vec<usize> =
        (0..pieces.len()).filter(|index| pieces[*index].starts_with(|c: char| c.is_ascii_digit())).collect();
    if !numbers.is_empty() {
        pieces[draw.pick(&numbers)] = draw.pick(&EXTREMES).to_string();
    }
    pieces.concat()
}

/// One of the files with a few mutations.
fn mutant(files: &[String], draw: &mut Draw) -> String {
    let mut text = draw.pick(files);
    let other = draw.pick(files);
    for _ in 0..draw.between(1, 4) {
        text = match draw.below(5) {
            0 => {
                let mut bytes: Vec<u8> = text.into_bytes();
                let at = draw.below(bytes.len().max(1));
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = draw.between(0, 255) as u8;
                }
                String::from_utf8_lossy(&bytes).into_owned()
            }
            1 => {
                let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
                let others: Vec<String> = other.lines().map(str::to_string).collect();
                mutate(&mut lines, &others, draw);
                lines.join("\n")
            }
            2 => {
                let mut pieces = tokens(&text);
                mutate(&mut pieces, &tokens(&other), draw);
                pieces.concat()
            }
            3 => replace_a_number(&text, draw),
            _ => {
                let cut =
                    |text: &str, at: usize| text.lines().skip(at).fold(String::new(), |all, line| all + line + "\n");
                let (lines, others) = (text.lines().count(), other.lines().count());
                let kept = draw.below(lines.max(1));
                let head: String = text.lines().take(kept).map(|line| format!("{line}\n")).collect();
                head + &cut(&other, draw.below(others.max(1)))
            }
        };
    }
    text
}

fn random_changes(draw: &mut Draw) -> Changes {
    let words = ["visit", "before", "tour", "not", "(", ")", "\"", "..", "occurs", "May", "3", "days"];
    let phrase = |draw: &mut Draw| (0..draw.between(0, 6)).map(|_| draw.pick(&words)).collect::<Vec<_>>().join(" ");
    let dates = ["0001-01-01", "2024-05-07", "2025-03-01", "9998-12-31"];
    Changes {
        as_of: draw.chance(0.5).then(|| draw.pick(&dates).parse().expect("a date")),
        assume: if draw.chance(0.2) { vec![phrase(draw)] } else { Vec::new() },
        ask: if draw.chance(0.2) { vec![phrase(draw), "visit occurs".to_string()] } else { Vec::new() },
        without: if draw.chance(0.2) { vec!["rule-1".to_string()] } else { Vec::new() },
    }
}

fn configuration(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// A text that may be read, with an event and something said of it.
fn with_rule(says: &str) -> String {
    let says = says.replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "horizon = {{ from = 2024-05-01, to = 2024-06-30 }}\n[event.visit]\n[event.tour]\n[[rule]]\nsays = \"{says}\"\n"
    )
}

proptest! {
    #![proptest_config(configuration(2_000))]

    #[test]
    fn any_bytes(bytes: Vec<u8>) {
        put_through(&String::from_utf8_lossy(&bytes), &Changes::default(), PATIENCE);
    }

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        put_through(&text, &Changes::default(), PATIENCE);
    }

    #[test]
    fn any_words_as_a_proposition(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "visit", "tour", "tour.end", "visit.start", ".end", "before", "after", "within",
                "at", "least", "most", "0", "3", "999999", "9999999", "3..5", "..", "to", "days",
                "weeks", "of", "in", "on", "a", "the", "by", "no", "later", "earlier", "than",
                "May", "2024-05-07", "2024", "2024-W20", "9998-12-31", "0001-01-01", "+/-", "Q2",
                "around", "mid-May", "early", "latter", "half", "week", "monday", "holiday", "(",
                ")", "not", "and", "or", "if", "then", "occurs", "during", "meets", "starts",
                "with", "'", "\"", "''", "'May'", "é", "\u{0}", "29 Feb",
            ]),
            0..14,
        )
    ) {
        put_through(&with_rule(&words.join(" ")), &Changes::default(), PATIENCE);
        let changes = Changes { ask: vec![words.join(" ")], ..Changes::default() };
        put_through(&with_rule("visit before tour"), &changes, PATIENCE);
    }

    #[test]
    fn any_text_as_a_proposition(says in "\\PC{0,60}") {
        put_through(&with_rule(&says), &Changes::default(), PATIENCE);
    }
}

#[test]
fn mutated_scenarios() {
    let files = files();
    assert!(files.len() > 40, "the scenarios have gone");
    let mut fates = std::collections::BTreeMap::new();
    for seed in 0..3_000 {
        let mut draw = Draw::new(seed);
        let text = mutant(&files, &mut draw);
        let changes = if draw.chance(0.3) { random_changes(&mut draw) } else { Changes::default() };
        let fate = std::panic::catch_unwind(|| put_through(&text, &changes, PATIENCE));
        let fate = fate.unwrap_or_else(|_| panic!("seed {seed}, {changes:?}:\n{text}"));
        *fates.entry(fate).or_insert(0) += 1;
    }
    // Otherwise the mutations would be too coarse to get behind the reader.
    assert!(fates.get(&Fate::Forecast).copied().unwrap_or(0) > 100, "{fates:?}");
}

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
            put_through(&with_rule(&shape), &Changes::default(), GREAT_PATIENCE);
        }
        let head = "horizon = { from = 2024-05-01, to = 2024-06-30 }\n[event.visit]\n";
        for (open, close) in [("[", "]"), ("{ a = ", "}"), ("[{ a = ", "}]")] {
            let nested = format!("{head}prior = {}{}", open.repeat(depth), close.repeat(depth));
            put_through(&nested, &Changes::default(), GREAT_PATIENCE);
        }
        put_through(&format!("{head}{}a = 1", "a.".repeat(depth)), &Changes::default(), GREAT_PATIENCE);
        put_through(&format!("[{}a]", "a.".repeat(depth)), &Changes::default(), GREAT_PATIENCE);
    }
}

#[test]
fn long_flat_propositions() {
    for between in [" and ", " or "] {
        let says = vec!["visit before tour"; 5_000].join(between);
        put_through(&with_rule(&says), &Changes::default(), GREAT_PATIENCE);
        let says: Vec<String> = (0..300)
            .map(|day| format!("visit on 2024-05-01 +/- {day} days{between}tour {day} days after visit"))
            .map(|text| text.replacen(" on ", " in ", 1))
            .collect();
        put_through(&with_rule(&says.join(between)), &Changes::default(), GREAT_PATIENCE);
    }
    let mixed = vec!["visit before tour or visit meets tour"; 2_000].join(" and ");
    put_through(&with_rule(&mixed), &Changes::default(), GREAT_PATIENCE);
    let balanced = "(visit before tour or visit on a monday) and ".repeat(18) + "tour occurs";
    put_through(&with_rule(&format!("not ({balanced})")), &Changes::default(), GREAT_PATIENCE);
}

#[test]
fn large_files() {
    let head = "horizon = { from = 2024-05-01, to = 2024-05-10 }\n";
    let comment = format!("{head}[event.visit]\n# {}", "x".repeat(20 << 20));
    assert_eq!(put_through(&comment, &Changes::default(), GREAT_PATIENCE), Fate::Invalid);
    let quote = format!("{head}title = \"{}\"\n[event.visit]\n", "é".repeat(7 << 20));
    put_through(&quote, &Changes::default(), GREAT_PATIENCE);
    let events: String = (0..100_000).map(|index| format!("event.e{index} = {{}}\n")).collect();
    put_through(&(head.to_string() + &events), &Changes::default(), GREAT_PATIENCE);
    let mistakes: String = (0..20_000).map(|index| format!("[event.May{index}]\non = 3\n")).collect();
    put_through(&(head.to_string() + &mistakes), &Changes::default(), GREAT_PATIENCE);
    let lines = format!("{head}[event.visit]\n{}", "[[rule]]\nsays = \"visit before tuor\"\n".repeat(5_000));
    put_through(&lines, &Changes::default(), GREAT_PATIENCE);
}

#[test]
fn many_rows() {
    let head = "horizon = { from = 2024-05-01, to = 2024-05-10 }\n[event.visit]\n[source.one]\ncredibility = 0.6\n";
    let rows = |row: &dyn Fn(usize) -> String| head.to_string() + &(0..2_000).map(row).collect::<Vec<_>>().join("\n");
    let report = |index: usize| {
        let day = index % 10 + 1;
        format!("[[report]]\nsource = \"one\"\nindependent = true\nsays = \"visit by 2024-05-{day:02}\"")
    };
    put_through(&rows(&report), &Changes::default(), GREAT_PATIENCE);
    let query = |index: usize| format!("[[query]]\nask = \"visit within {index} days of May 5\"");
    put_through(&rows(&query), &Changes::default(), GREAT_PATIENCE);
    let echo = |index: usize| match index {
        0 => "[[report]]\nid = \"r0\"\nsource = \"one\"\nsays = \"visit occurs\"".to_string(),
        _ => "[[report]]\nsource = \"one\"\nechoes = \"r0\"\nsays = \"visit occurs\"".to_string(),
    };
    put_through(&rows(&echo), &Changes::default(), GREAT_PATIENCE);
}

#[test]
fn chains_of_after() {
    let head = "horizon = { from = 2024-05-01, to = 2024-05-20 }\n";
    let link = |index: usize, of: usize| format!("[event.e{index}]\nafter = \"e{of}\"\ndelay = 0\n");
    let forward: String = (1..5_000).map(|index| link(index, index - 1)).collect();
    put_through(&format!("{head}[event.e0]\n{forward}"), &Changes::default(), GREAT_PATIENCE);
    let backward: String = (1..5_000).rev().map(|index| link(index, index - 1)).collect();
    put_through(&format!("{head}{backward}[event.e0]\n"), &Changes::default(), GREAT_PATIENCE);
    let circle = format!("{head}{}{forward}", link(0, 4_999));
    assert_eq!(put_through(&circle, &Changes::default(), GREAT_PATIENCE), Fate::Invalid);
    let names: Vec<String> = (0..300).map(|index| format!("\"e{index}\"")).collect();
    let events: String = (0..300).map(|index| format!("[event.e{index}]\n")).collect();
    let fan = format!("{head}{events}[event.last]\nafter = [{}]\n", names.join(", "));
    put_through(&fan, &Changes::default(), GREAT_PATIENCE);
}

#[test]
fn extreme_calendars_and_numbers() {
    let with = |horizon: &str, rest: &str| format!("horizon = {{ {horizon} }}\n{rest}");
    let ages = "from = 0001-01-01, to = 9998-12-31";
    let century = "from = 1900-01-01, to = 2100-12-31";
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
        "[event.visit]\n[[report]]\ncredibility = 0.5\nslip = 3660\nsays = \"visit on 2024-05-07\"\n",
        "[event.visit]\n[[report]]\ncredibility = 0.5\nslip = { early = 3660, late = 0 }\nsays = \"visit.end by 2024-05-07 and not visit on a monday\"\n",
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
        "[calendar]\nholidays = [0001-01-01, 9998-12-31, 2024-05-01, 2024-05-01]\n[event.visit]\n[[rule]]\nsays = \"visit on a holiday\"\n",
        "",
    ];
    for horizon in [ages, century, early, late, month] {
        for body in bodies {
            let text = with(horizon, body).replace("[event.visit]\nas_of", "as_of");
            put_through(&text, &Changes::default(), PATIENCE);
        }
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
            put_through(&text, &Changes::default(), PATIENCE);
        }
        let ask = vec![format!("visit {odd}"), odd.to_string(), format!("visit in '{odd}'")];
        let changes = Changes { ask: ask.clone(), assume: ask.clone(), without: ask, as_of: None };
        put_through(&sound, &changes, PATIENCE);
    }
}
