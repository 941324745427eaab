//! Published and hand-countable cases in, the engine's exact probabilities compared with them out.

use dateline::{Answer, Day, EventForecast, Forecast, Options, ReportStanding, Scenario, term};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Relative difference that rounding may make; the contract allows 1e-9.
const TOLERANCE: f64 = 1e-11;

/// A pair of events by their numbers: the first comes before the second.
type Pair = (usize, usize);

fn answer(text: &str) -> Answer {
    let scenario = Scenario::parse(text).unwrap_or_else(|invalid| panic!("{invalid}\n{text}"));
    dateline::forecast(&scenario, &Options::default()).unwrap_or_else(|refusal| panic!("{refusal}\n{text}"))
}

fn forecast(text: &str) -> Forecast {
    match answer(text) {
        Answer::Forecast(forecast) => *forecast,
        Answer::Infeasible(why) => panic!("infeasible: {:?}\n{text}", why.conflicts),
    }
}

#[track_caller]
fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= TOLERANCE * expected.abs(), "found {found:?}, expected {expected:?}");
}

/// Day 1 is 1 January 2024.
fn day(number: i32) -> Day {
    Day::from_ymd(2024, 1, 1).unwrap() + (number - 1)
}

/// The first line of a scenario whose horizon is the days `1..=days`.
fn horizon(days: i32) -> String {
    format!("horizon = {{ from = {}, to = {} }}\n", day(1), day(days))
}

/// A window as scenarios write it.
fn span(from: i32, to: i32) -> String {
    format!("{}..{}", day(from), day(to))
}

fn event<'a>(forecast: &'a Forecast, id: &str) -> &'a EventForecast {
    forecast.events.iter().find(|event| event.id == id).unwrap()
}

fn starts_within(forecast: &Forecast, id: &str, from: i32, to: i32) -> f64 {
    let days = event(forecast, id).days.iter();
    days.filter(|found| day(from) <= found.date && found.date <= day(to)).map(|found| found.p).sum()
}

fn query(forecast: &Forecast, id: &str) -> f64 {
    let found = forecast.queries.iter().find(|query| query.id == id);
    found.unwrap().probability
}

/// Credibility and posterior of a report, and the probability of its claim before and after.
fn report(forecast: &Forecast, id: &str) -> (f64, f64, f64, f64) {
    let found = forecast.reports.iter().find(|report| report.id == id);
    match found.unwrap().standing {
        ReportStanding::Speaks {
            credibility: Some(credibility),
            posterior: Some(posterior),
            claim_prior,
            claim_posterior,
        } => (credibility, posterior, claim_prior, claim_posterior),
        ref other => panic!("{id} does not speak: {other:?}"),
    }
}

// ---- Small cases worked out by hand ----

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

// ---- Orders of events, counted independently ----

/// Number of ways to give `events` events days from `1..=days` so that each pair's first is on an earlier day.
///
/// Day by day: from each set of events that are over, any set of those may follow whose predecessors are all over.
fn strict_assignments(events: usize, pairs: &[Pair], days: usize) -> u128 {
    let everything = (1usize << events) - 1;
    let mut ways: HashMap<usize, u128> = HashMap::from([(0, 1)]);
    for _ in 0..days {
        let mut next: HashMap<usize, u128> = HashMap::new();
        for (over, count) in ways {
            let waits = |event: usize| {
                let mut pairs = pairs.iter();
                pairs.any(|(first, second)| *second == event && over >> first & 1 == 0)
            };
            let free = (0..events).filter(|event| over >> event & 1 == 0 && !waits(*event));
            let free: usize = free.map(|event| 1 << event).sum();
            // All subsets of `free`, the empty one last.
            let mut today = free;
            loop {
                *next.entry(over | today).or_default() += count;
                if today == 0 {
                    break;
                }
                today = (today - 1) & free;
            }
        }
        ways = next;
    }
    ways.get(&everything).copied().unwrap_or(0)
}

/// Events e0, e1, … of one day each, uniform on `days` days, and a rule for each pair.
fn ordered(events: usize, pairs: &[Pair], days: usize, rule: impl Fn(Pair) -> String) -> String {
    let mut text = horizon(days as i32);
    for event in 0..events {
        text += &format!("[event.e{event}]\n");
    }
    for pair in pairs {
        text += &format!("[[rule]]\nsays = '{}'\n", rule(*pair));
    }
    text
}

/// The probability that random days keep the strict order, by the engine.
fn order_probability(events: usize, pairs: &[Pair], days: usize) -> f64 {
    let text = ordered(events, pairs, days, |(a, b)| format!("e{a} before e{b}"));
    match answer(&text) {
        Answer::Forecast(forecast) => forecast.log_evidence.rules.exp(),
        Answer::Infeasible(_) => 0.0,
    }
}

fn binomial(n: usize, k: usize) -> f64 {
    (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product()
}

/// The number of strict assignments that use each of `days` days, from the numbers that need not, by inclusion–exclusion.
///
/// ```text
/// onto(k) = Σ_j (−1)^(k−j)·C(k, j)·strict(j)
/// ```
/// With as many days as events these are the linear extensions: the orders without ties.
fn onto(days: usize, strict: impl Fn(usize) -> f64) -> f64 {
    let signed = |j: usize| {
        if (days - j).is_multiple_of(2) { 1.0 } else { -1.0 }
    };
    (0..=days).map(|j| signed(j) * binomial(days, j) * strict(j)).sum()
}

/// The number of linear extensions that follows from the engine's probabilities on 1, 2, …, `events` days.
fn linear_extensions(events: usize, pairs: &[Pair]) -> f64 {
    let counts: Vec<f64> = (0..=events)
        .map(|days| {
            if days == 0 {
                return 0.0;
            }
            let exact = strict_assignments(events, pairs, days) as f64;
            let probability = order_probability(events, pairs, days);
            assert_close(probability, exact / (days as f64).powi(events as i32));
            // Rounded, so that the differences below do not magnify rounding errors.
            let count = probability * (days as f64).powi(events as i32);
            assert!((count - count.round()).abs() < 0.05, "{count} is no count");
            count.round()
        })
        .collect();
    onto(events, |days| counts[days])
}

/// e0 < e1 > e2 < e3 > …
fn zigzag(events: usize) -> Vec<Pair> {
    let pair = |i: usize| {
        if i.is_multiple_of(2) { (i, i + 1) } else { (i + 1, i) }
    };
    (0..events.saturating_sub(1)).map(pair).collect()
}

/// Cells of a grid, each before its right and its lower neighbour.
fn grid(rows: usize, columns: usize) -> Vec<Pair> {
    let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    cells
        .flat_map(|(row, column)| {
            let cell = row * columns + column;
            let right = (column + 1 < columns).then_some((cell, cell + 1));
            let below = (row + 1 < rows).then_some((cell, cell + columns));
            right.into_iter().chain(below)
        })
        .collect()
}

/// The subsets of a set, each before those with one member more.
fn boolean_lattice(members: usize) -> Vec<Pair> {
    let sets = 0..1usize << members;
    sets.flat_map(|set| {
        let added = (0..members).map(move |member| (set, set | 1 << member));
        added.filter(|(smaller, larger)| smaller != larger)
    })
    .collect()
}

/// A chain of n events on D days: C(D, n) of D^n assignments, since the days alone determine it.
#[test]
fn chains_choose_their_days() {
    for (events, days) in [(2, 10), (4, 12), (5, 5), (6, 90)] {
        let pairs: Vec<Pair> = (1..events).map(|event| (event - 1, event)).collect();
        let expected = binomial(days, events) / (days as f64).powi(events as i32);
        assert_close(order_probability(events, &pairs, days), expected);
    }
}

/// Alternating permutations: the Euler zigzag numbers, OEIS A000111.
#[test]
fn zigzag_orders() {
    for (events, count) in [(2, 1), (3, 2), (4, 5), (5, 16), (6, 61), (7, 272), (8, 1385)] {
        assert_eq!(linear_extensions(events, &zigzag(events)), count as f64);
    }
}

/// Standard Young tableaux of two rows: the Catalan numbers, OEIS A000108.
#[test]
fn grids_of_two_rows() {
    for (columns, count) in [(1, 1), (2, 2), (3, 5), (4, 14), (5, 42)] {
        assert_eq!(linear_extensions(2 * columns, &grid(2, columns)), count as f64);
    }
}

/// On many days ties are rare and the probability goes to count/n!. How fast is known exactly: an assignment uses some k
/// of the D days, and there are `onto(k)` for each choice, so that strict(D) = Σ_k onto(k)·C(D, k).
#[test]
fn many_days_approach_the_share_of_orders() {
    let orders = [(5, zigzag(5), 16.0, [10, 90, 366]), (6, grid(2, 3), 5.0, [10, 45, 90])];
    for (events, pairs, count, horizons) in orders {
        let few = |days: usize| strict_assignments(events, &pairs, days) as f64;
        let orders = (1..=events).map(|k| k as f64).product::<f64>();
        for days in horizons {
            let strict: f64 = (0..=events).map(|k| onto(k, few) * binomial(days, k)).sum();
            let found = order_probability(events, &pairs, days);
            assert_close(found, strict / (days as f64).powi(events as i32));
            let ties = binomial(events, 2) / days as f64;
            assert!((found - count / orders).abs() < ties);
        }
    }
}

/// Orders of all subsets in which none comes before a smaller one inside it: OEIS A046873.
///
/// With five days every set of m members has day m + 1; with a sixth those of an up-set are a day later, and there are
/// 168 up-sets (Dedekind's number of four variables, OEIS A000372).
#[test]
fn subsets_in_the_order_of_inclusion() {
    assert_eq!(linear_extensions(8, &boolean_lattice(3)), 48.0);
    let pairs = boolean_lattice(4);
    let strict = |days: usize| strict_assignments(16, &pairs, days);
    assert_eq!(onto(16, |days| strict(days) as f64).round(), 1_680_384.0);
    assert_eq!((strict(4), strict(5), strict(6)), (0, 1, 168));
    for days in [4, 5, 6, 7, 8] {
        let expected = strict(days) as f64 / (days as f64).powi(16);
        assert_close(order_probability(16, &pairs, days), expected);
    }
}

/// `0<4 1<4`: pairs as text.
fn pairs(text: &str) -> Vec<Pair> {
    let pair = |word: &str| {
        let (first, second) = word.split_once('<').unwrap();
        (first.parse().unwrap(), second.parse().unwrap())
    };
    text.split_whitespace().map(pair).collect()
}

/// Partial orders whose linear extensions were counted elsewhere: a bipartite one, with the count, from the README of
/// GeomScale/volesti; two trees of grids from mkhkoivi/countle; a random bipartite and a random dense one.
#[test]
fn partial_orders_counted_elsewhere() {
    let counted = [
        (8, 1504, "0<4 1<4 2<4 3<4 2<5 0<6 3<6 2<7"),
        (10, 42, "4<0 0<1 0<2 5<2 1<3 2<3 4<5 1<6 3<7 6<7 6<8 7<9 8<9"),
        (12, 5471, "0<1 1<2 9<2 0<3 1<4 3<4 2<5 4<5 10<5 3<6 4<7 6<7 5<8 7<8 11<8 9<10 10<11"),
        (8, 1872, "0<4 1<4 0<5 1<5 1<6 2<6 2<7"),
        (8, 40, "4<0 5<0 0<1 4<1 6<1 7<1 0<2 4<2 5<2 6<2 7<2 0<3 4<3 5<3 7<3 4<6 5<6 0<7 5<7"),
    ];
    for (events, count, order) in counted {
        assert_eq!(linear_extensions(events, &pairs(order)), f64::from(count));
    }
}

/// Plane partitions in a box: numbers 0..=c in a grid of a rows and b columns that never fall along rows and columns
/// (MacMahon 1916, Combinatory Analysis, volume 2): Π (i + j + c − 1)/(i + j − 1) over the cells. Turning the box round maps each number x to
/// c − x, so that opposite cells have the means m and c − m.
#[test]
fn plane_partitions_in_a_box() {
    let boxes = [
        (1, 5, 29, 278_256.0),
        (2, 2, 3, 50.0),
        (2, 6, 6, 226_512.0),
        (3, 3, 3, 980.0),
        (3, 4, 4, 24_696.0),
        (4, 4, 9, 677_352_676.0),
    ];
    for (rows, columns, largest, count) in boxes {
        let cells = (1..=rows).flat_map(|i| (1..=columns).map(move |j| (i + j - 1) as f64));
        let formula: f64 = cells.map(|k| (k + largest as f64) / k).product();
        assert_close(formula, count);
        let events = rows * columns;
        let text =
            ordered(events, &grid(rows, columns), largest + 1, |(a, b)| format!("e{b} at least 0 days after e{a}"));
        let found = forecast(&text);
        let all = (largest as f64 + 1.0).powi(events as i32);
        assert_close(found.log_evidence.rules.exp(), count / all);
        for cell in 0..events {
            let mean = |cell: usize| found.events[cell].mean_day.unwrap();
            assert_close(mean(cell) + mean(events - 1 - cell), largest as f64);
        }
    }
}

// ---- What the rule for reports implies ----

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
fn difference(found: &Value, expected: &Value, allowed: &dyn Fn(&Value) -> f64) -> Option<String> {
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
    let copies = [("trusted", 0.9), ("doubted", 0.2)].map(|(id, credibility)| {
        format!(
            "[[report]]\nid = '{id}'\nechoes = 'original'\ndate = {}\nsays = 'visit in {}'\ncredibility = {credibility}\n",
            day(5),
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

// ---- The worked example and the words ----

/// The worked example of the manual's page on `forecast --format json`.
const STATE_VISIT: &str = "
horizon = { from = 2024-03-20, to = 2024-07-31 }
[event.inauguration]
on = 2024-05-07
[event.visit]
duration = 2
[event.tour]
duration = 6
[[rule]]
says = 'visit after inauguration'
[[report]]
id = 'late-may'
says = 'visit in latter half of May'
credibility = 0.8
[[report]]
id = 'before-tour'
says = 'visit before tour'
credibility = 0.5
[[query]]
id = 'order'
ask = 'visit before tour'
";

/// Every figure that the manual prints, to the digits it prints.
#[test]
fn the_state_visit_of_the_manual() {
    let mut found = serde_json::to_value(forecast(STATE_VISIT)).unwrap();
    let first_day = found["events"][1]["days"][0].take();
    found["events"][1]["days"] = json!([first_day]);
    let visit = json!({
        "id": "visit", "occurs": 1.0, "feasible": {"from": "2024-05-08", "to": "2024-07-31"},
        "mode": "2024-05-16", "mean_day": 66.97,
        "quantiles": {"0.05": "2024-05-16", "0.25": "2024-05-19", "0.5": "2024-05-23", "0.75": "2024-05-28", "0.95": "2024-06-24"},
        "windows": [
            {"level": 0.5, "from": "2024-05-16", "to": "2024-05-24", "probability": 0.5418},
            {"level": 0.8, "from": "2024-05-16", "to": "2024-05-29"},
            {"level": 0.95, "from": "2024-05-08", "to": "2024-06-24"}
        ],
        "days": [{"date": "2024-05-08", "p": 0.0028}]
    });
    let expected = json!({
        "feasible": true, "agreement": 1.2632, "log_evidence": {"rules": 0.0, "facts": 0.0},
        "events": [{"id": "inauguration"}, visit, {"id": "tour"}],
        "reports": [
            {"id": "late-may", "credibility": 0.8, "posterior": 0.8417, "claim_prior": 0.1765, "claim_posterior": 0.8788},
            {"id": "before-tour", "credibility": 0.5, "claim_prior": 0.31, "claim_posterior": 0.79}
        ],
        "queries": [{"id": "order", "ask": "visit before tour", "probability": 0.7891, "term": "likely"}]
    });
    // Half a unit of the last digit; figures of one digit are meant exactly.
    let printed = |number: &Value| match number.to_string().split_once('.') {
        Some((_, digits)) if digits.len() > 1 => 0.5 * 10f64.powi(-(digits.len() as i32)),
        _ => TOLERANCE,
    };
    assert_eq!(difference(&found, &expected, &printed), None);
    let found = forecast(STATE_VISIT);
    assert!((report(&found, "before-tour").1 - 0.60).abs() <= 0.005);
    // The page's text form has the share of each week, Monday to Sunday, in per cent.
    let weeks = [(127, 1.4), (134, 25.4), (141, 41.0), (148, 22.9), (155, 1.5)];
    for (monday, percent) in weeks {
        let share = starts_within(&found, "visit", monday, monday + 6);
        assert!((100.0 * share - percent).abs() <= 0.05, "{share}");
    }
}

/// Intelligence Community Directive 203 (2015), table of likelihood: each term from its lower bound, up to the next.
#[test]
fn terms_change_at_their_bounds() {
    let terms = [
        (0.0, "almost no chance"),
        (0.05, "very unlikely"),
        (0.20, "unlikely"),
        (0.45, "roughly even chance"),
        (0.55, "likely"),
        (0.80, "very likely"),
        (0.95, "almost certain"),
    ];
    for (index, (bound, name)) in terms.iter().enumerate() {
        assert_eq!(term(*bound), *name);
        assert_eq!(term(bound + 1e-9), *name);
        if index > 0 {
            assert_eq!(term(bound - 1e-9), terms[index - 1].1);
        }
    }
    assert_eq!(term(1.0), "almost certain");
}

/// A hedge in words is about the middle of what its term covers, and so is called by the same term again.
#[test]
fn hedges_in_words() {
    let hedges = [
        ("almost no chance", 0.03),
        ("very unlikely", 0.125),
        ("unlikely", 0.325),
        ("roughly even chance", 0.5),
        ("likely", 0.675),
        ("very likely", 0.875),
        ("almost certain", 0.97),
    ];
    for (words, hedge) in hedges {
        let says = format!("visit in {}", span(3, 8));
        let text = format!(
            "{}[event.visit]\n[[report]]\nsays = '{says}'\ncredibility = 1\nhedge = '{words}'\n[[query]]\nid = 'truth'\nask = '{says}'\n",
            horizon(30)
        );
        let found = forecast(&text);
        assert_close(query(&found, "truth"), hedge);
        assert_eq!(found.queries[0].term, words);
    }
}

/// The geometric mean of the letter's and the digit's value, unless the file says otherwise.
#[test]
fn grades_are_geometric_means() {
    let values = [0.95, 0.80, 0.60, 0.40, 0.20, 0.50];
    let mut text = horizon(30) + "[event.visit]\n[grade]\nB2 = 0.75\n";
    let mut expected = Vec::new();
    for (letter, reliability) in "ABCDEF".chars().zip(values) {
        for (digit, information) in (1..=6).zip(values) {
            let days = span(4, 20);
            text += &format!(
                "[[report]]\nid = 'of-{letter}{digit}'\nsays = 'visit in {days}'\ngrade = '{letter}{digit}'\n"
            );
            expected.push((format!("of-{letter}{digit}"), f64::sqrt(reliability * information)));
        }
    }
    let found = forecast(&text);
    for (id, value) in expected {
        let value = if id == "of-B2" { 0.75 } else { value };
        assert_close(report(&found, &id).0, value);
    }
    let named = "[event.visit]\n[[report]]\nid = 'of-B2'\nsays = 'visit by 2024-01-09'\ngrade = 'B2'\n[[report]]\nid = 'of-C3'\nsays = 'visit by 2024-01-09'\ngrade = 'C3'\n";
    let found = forecast(&(horizon(30) + named));
    assert_close(report(&found, "of-B2").0, 0.8);
    assert_close(report(&found, "of-C3").0, 0.6);
}
