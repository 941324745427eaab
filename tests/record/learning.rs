//! Sources of known reliability in; whether that is what is learned of them, out.

use crate::HEADER;
use dateline::{BetaPrior, Cases, Day, LearnedSource, Options, Scenario, Voice, learn_cases, learn_scenarios};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn day(number: i32) -> Day {
    "2020-01-01".parse::<Day>().unwrap() + number
}

/// A scenario over ten days in which each report claims one half of them.
fn halves(number: usize, happened: i32, claims: &[(&str, bool)]) -> String {
    let reports: String = claims
        .iter()
        .map(|(source, first)| {
            let says = if *first { "visit by 2024-05-05" } else { "visit after 2024-05-05" };
            format!("[[report]]\nsource = \"{source}\"\ndate = 2024-04-30\nsays = \"{says}\"\n")
        })
        .collect();
    format!(
        "title = \"{number}\"\nhorizon = {{ from = 2024-05-01, to = 2024-05-10 }}\n[event.visit]\nhappened = 2024-05-{:02}\n\
         [source.coin]\ncredibility = 0.5\n[source.oracle]\ncredibility = 0.5\n[source.half]\ncredibility = 0.5\n{reports}",
        happened + 1
    )
}

fn source<'l>(sources: &'l [LearnedSource], name: &str) -> &'l LearnedSource {
    sources.iter().find(|source| source.source == name).expect("it has spoken")
}

#[test]
fn a_coin_an_oracle_and_something_between_are_told_apart() {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let scenarios: Vec<Scenario> = (0..120)
        .map(|number| {
            let happened = random.random_range(0..10);
            let truth = happened < 5;
            let coin = random.random_bool(0.5);
            let half = if random.random_bool(0.5) { truth } else { random.random_bool(0.5) };
            let text = halves(number, happened, &[("coin", coin), ("oracle", truth), ("half", half)]);
            Scenario::parse(&text).unwrap()
        })
        .collect();
    let learned = learn_scenarios(&scenarios, BetaPrior::FLAT, &Options::default());
    assert_eq!((learned.cases, learned.happened, learned.occurs), (120, 120, None));
    let credibility = |name| source(&learned.sources, name).credibility;
    assert!(credibility("coin").mean < 0.2, "{:?}", credibility("coin"));
    assert!(credibility("oracle").mean > 0.93, "{:?}", credibility("oracle"));
    let half = credibility("half");
    assert!(half.low < 0.5 && half.high > 0.5 && (half.mean - 0.5).abs() < 0.2, "{half:?}");
    // Claims of half the days say nothing of slips of days.
    assert!(source(&learned.sources, "oracle").slip.is_none());
}

#[test]
fn the_posterior_of_one_source_is_beta_times_the_product() {
    // Claims of one to nine days of ten, each said in advance: π is a tenth of their number.
    let mut ratios = Vec::new();
    let scenarios: Vec<Scenario> = (1..=9)
        .flat_map(|days| [(days, 0), (days, days)])
        .map(|(days, happened)| {
            ratios.push(if happened < days { 10.0 / f64::from(days) } else { 0.0 });
            let text = format!(
                "horizon = {{ from = 2024-05-01, to = 2024-05-10 }}\n[event.visit]\nhappened = 2024-05-{:02}\n\
                 [source.paper]\ncredibility = 0.5\n[[report]]\nsource = \"paper\"\ndate = 2024-04-30\nsays = \"visit by 2024-05-{days:02}\"\n",
                happened + 1
            );
            Scenario::parse(&text).unwrap()
        })
        .collect();
    for prior in [BetaPrior::FLAT, BetaPrior { a: 3.0, b: 2.0 }] {
        let learned = learn_scenarios(&scenarios, prior, &Options::default());
        let (mut above, mut below) = (0.0, 0.0);
        for step in 0..20_000 {
            let c = (f64::from(step) + 0.5) / 20_000.0;
            let density = c.powf(prior.a - 1.0) * (1.0 - c).powf(prior.b - 1.0);
            let weight = ratios.iter().map(|ratio| c * ratio + 1.0 - c).product::<f64>() * density;
            (above, below) = (above + c * weight, below + weight);
        }
        let found = learned.sources[0].credibility.mean;
        assert!((found - above / below).abs() < 1e-3, "{found}, expected {}", above / below);
    }
}

#[test]
fn slips_of_a_table_are_learned_and_few_words_lean_on_the_others() {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut table = HEADER.to_string();
    for number in 0..150 {
        let said = day(30 * number);
        let stated = said + random.random_range(20..60);
        // Two fifths to the day, the rest some ten days late.
        let late = if random.random_bool(0.4) { 0 } else { random.random_range(4..25) };
        table += &format!("case-{number},{said},plan@v{number},{stated},{stated},{}\n", stated + late);
    }
    table += &format!("case-last,{},stranger,{},{},{}\n", day(5000), day(5030), day(5030), day(5030));
    let learned = learn_cases(&Cases::parse(&table, Voice::Kind).unwrap(), BetaPrior::FLAT);
    assert_eq!((learned.cases, learned.happened), (151, 151));
    let plan = source(&learned.sources, "plan");
    assert_eq!(plan.testimonies, 150);
    let slip = plan.slip.expect("its dates slip");
    assert!((slip.exact - 0.4).abs() < 0.1 && slip.late_share > 0.9, "{slip:?}");
    assert!((6.0..16.0).contains(&slip.late_days), "{slip:?}");
    assert!(plan.credibility.mean > 0.9, "{plan:?}");
    // A single right word is not enough for certainty, but the others' slip and credibility speak for it.
    let stranger = source(&learned.sources, "stranger").credibility;
    assert!(stranger.mean > 0.7 && stranger.low < plan.credibility.low, "{:?}", source(&learned.sources, "stranger"));
}

#[test]
fn a_coin_in_a_table_comes_out_near_nothing() {
    // The event comes on any of a hundred days; the source names one half of them, by chance.
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut table = HEADER.to_string();
    for number in 0..200 {
        let said = day(200 * number);
        let outcome = said + random.random_range(1..101);
        let (from, to) = if random.random_bool(0.5) { (1, 50) } else { (51, 100) };
        table += &format!("case-{number},{said},coin,{},{},{outcome}\n", said + from, said + to);
    }
    let learned = learn_cases(&Cases::parse(&table, Voice::Kind).unwrap(), BetaPrior::FLAT);
    assert!(learned.sources[0].credibility.mean < 0.15, "{:?}", learned.sources[0]);
}

/// Meetings that come three days after what was said, as one source says it.
fn three_days_late(says: &str, duration: i32) -> Vec<Scenario> {
    let scenario = |number: i32| {
        let stated = day(40 + 30 * number);
        let says = says.replace("FIRST", &stated.to_string()).replace("LAST", &(stated + (duration - 1)).to_string());
        let text = format!(
            "horizon = {{ from = {}, to = {} }}\n[event.meeting]\nduration = {duration}\nhappened = {}\n[source.plan]\ncredibility = 0.8\n\
             [[report]]\nsource = \"plan\"\ndate = {}\nsays = \"{says}\"\n",
            stated + -20,
            stated + 60,
            stated + 3,
            stated + -20
        );
        Scenario::parse(&text).unwrap_or_else(|wrong| panic!("{wrong}\n{text}"))
    };
    (0..40).map(scenario).collect()
}

#[test]
fn slips_are_of_first_days_whatever_the_length() {
    let learned = |says: &str, duration| {
        let learned = learn_scenarios(&three_days_late(says, duration), BetaPrior::FLAT, &Options::default());
        let source = learned.sources[0].clone();
        (source.slip.expect("they slip"), source.credibility.mean)
    };
    let (plain, credibility) = learned("meeting on FIRST", 1);
    assert!(plain.exact < 0.15 && plain.late_share > 0.9 && credibility > 0.9, "{plain:?} {credibility}");
    for says in ["meeting in FIRST..LAST", "meeting on FIRST"] {
        let (slip, credibility) = learned(says, 5);
        assert!((slip.exact - plain.exact).abs() < 0.02 && credibility > 0.9, "{says}: {slip:?} {credibility}");
    }
}

#[test]
fn the_order_of_words_of_one_day_makes_no_difference() {
    let mut rows: Vec<String> = Vec::new();
    for number in 0..12 {
        for source in ["a", "b", "c"] {
            let (said, stated) = (day(30 * number), day(30 * number + 20));
            let late = if source == "a" { number % 3 } else { 9 };
            // All of them are known on one day.
            rows.push(format!("case-{number}-{source},{said},{source},{},{},{}\n", stated, stated + late, day(1000)));
        }
    }
    let learned = |rows: &[String]| {
        learn_cases(&Cases::parse(&(HEADER.to_string() + &rows.concat()), Voice::Kind).unwrap(), BetaPrior::FLAT)
            .sources
    };
    let forth = learned(&rows);
    rows.reverse();
    for (one, other) in forth.iter().zip(learned(&rows)) {
        assert!(
            (one.credibility.mean - other.credibility.mean).abs() < 1e-9 && one.slip.is_some() == other.slip.is_some()
        );
        assert!((one.slip_gain - other.slip_gain).abs() < 1e-9, "{one:?} {other:?}");
    }
}
