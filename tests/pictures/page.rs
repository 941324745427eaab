//! Scenarios in; whether their pages are sound HTML in which only Dateline's own elements stand, out.

use super::{forecast_of, hostile, joint_map, parse};
use dateline::render::{PageContents, page};
use dateline::{Answer, Explained, Options, Scenario, Stretch, Wanted, claimed_days, explain, forecast, timeline};
use html5gum::{Token, Tokenizer};
use std::collections::BTreeSet;

/// A start tag with its attributes.
type Tag = (String, Vec<(String, String)>);

fn made(scenario: &Scenario, text: &str) -> String {
    let answer = forecast(scenario, &Options::default()).unwrap();
    let feasible = matches!(answer, Answer::Forecast(_));
    let in_doubt = |forecast: dateline::Forecast| forecast.events.iter().filter(|event| event.in_doubt()).count();
    let open = if feasible { in_doubt(forecast_of(scenario)) } else { 0 };
    let map = (open >= 2).then(|| joint_map(scenario, &[]));
    let reasons = match explain(scenario, &Wanted::default(), &Options::default()).unwrap() {
        Explained::Reasons(reasons) => Some(reasons),
        Explained::Infeasible(_) => None,
    };
    let moved = feasible.then(|| timeline(scenario, Stretch::default(), &Options::default()).unwrap());
    let contents = PageContents {
        name: "file.toml",
        text,
        answer: &answer,
        claimed: &claimed_days(scenario),
        map: map.as_ref(),
        reasons: reasons.as_ref(),
        timeline: moved.as_ref(),
        missing: &["<b>something</b> is missing".to_string()],
    };
    page(&contents).unwrap()
}

/// The start tags of a page, and all of its text.
fn read(html: &str) -> (Vec<Tag>, String) {
    let (mut tags, mut text, mut open) = (Vec::new(), String::new(), Vec::new());
    for token in Tokenizer::new(html) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let words = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("pages are UTF-8");
                let attributes = tag.attributes.iter().map(|(key, value)| (words(key), words(value))).collect();
                let name = words(&tag.name);
                if name != "meta" {
                    open.push(name.clone());
                }
                tags.push((name, attributes));
            }
            Token::EndTag(tag) => {
                let name = String::from_utf8(tag.name.to_vec()).unwrap();
                assert_eq!(open.pop(), Some(name), "what is opened last is closed first");
            }
            Token::String(found) => text += &String::from_utf8_lossy(&found),
            Token::Doctype(_) => {}
            Token::Comment(_) | Token::Error(_) => panic!("{token:?}"),
        }
    }
    assert_eq!(open, Vec::<String>::new());
    (tags, text)
}

const KNOWN: &str = "html head meta title style body a header h1 h2 h3 p nav ul ol li main section div table caption thead \
                     tbody tr th td figure figcaption footer pre code svg desc g text rect line polyline polygon";

#[track_caller]
fn assert_harmless(tags: &[Tag]) {
    let known: BTreeSet<&str> = KNOWN.split_whitespace().collect();
    for (name, attributes) in tags {
        assert!(known.contains(name.as_str()), "<{name}>");
        for (key, value) in attributes {
            assert!(!key.starts_with("on") && key != "src" && key != "style", "{name} {key}");
            assert!(key != "href" || value.starts_with('#'), "{value}");
        }
    }
}

#[test]
fn hostile_words_stay_words() {
    let text = hostile();
    let html = made(&parse(&text), &text);
    let (tags, words) = read(&html);
    assert_harmless(&tags);
    assert!(words.matches("<script>alert(1)</script>]]>&amp;\"'><img src=x onerror=alert(1)>").count() > 10);
    assert!(words.contains("<b>something</b> is missing"));
    assert!(!html.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t') || c == '\u{202e}'));
}

#[test]
fn pages_have_their_parts_in_order() {
    let text = std::fs::read_to_string("scenarios/state-visit-2024.toml").unwrap();
    let html = made(&parse(&text), &text);
    assert!(html.starts_with("<!DOCTYPE html><html lang=\"en\">"));
    let (tags, words) = read(&html);
    assert_harmless(&tags);
    let count = |name: &str| tags.iter().filter(|(tag, _)| tag == name).count();
    assert_eq!((count("h1"), count("main"), count("title") > 1), (1, 1, true));
    // Headings go down one level at a time.
    let levels = tags.iter().filter_map(|(tag, _)| tag.strip_prefix('h').and_then(|level| level.parse::<u32>().ok()));
    let levels: Vec<u32> = levels.collect();
    assert!(levels[0] == 1 && levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    assert_eq!(count("table"), count("caption"));
    let scoped = tags
        .iter()
        .filter(|(tag, _)| tag == "th")
        .all(|(_, attributes)| attributes.iter().any(|(key, _)| key == "scope"));
    assert!(scoped && count("th") > 10);
    for (_, attributes) in tags.iter().filter(|(tag, _)| tag == "svg") {
        assert!(attributes.contains(&("role".to_string(), "img".to_string())));
    }
    // Every inner link, and every label of a picture, leads somewhere, and no name is there twice.
    let all = |key: &str| -> Vec<String> {
        tags.iter()
            .flat_map(|(_, attributes)| attributes)
            .filter(|(name, _)| name == key)
            .map(|(_, value)| value.clone())
            .collect()
    };
    let ids = all("id");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    for goal in all("href")
        .iter()
        .map(|href| href[1..].to_string())
        .chain(all("aria-labelledby").iter().flat_map(|ids| ids.split(' ').map(str::to_string).collect::<Vec<_>>()))
    {
        assert!(ids.contains(&goal), "{goal}");
    }
    let said = [
        "Putin's state visit to China, 2024",
        "As likely as not it has started by 23 May 2024",
        "Reuters, citing an anonymous source, B2",
        "Taken together, reports and facts support each other",
        "Without late-may",
        "names nobody, and may well rest on the same telephone calls",
    ];
    said.iter().for_each(|words_said| assert!(words.contains(words_said), "{words_said}"));
    assert!(html.contains("@media print") && html.contains("prefers-color-scheme:dark"));
}

#[test]
fn nothing_comes_from_elsewhere() {
    let text = std::fs::read_to_string("scenarios/press-briefing.toml").unwrap();
    let html = made(&parse(&text), "");
    let addresses: Vec<&str> = html.match_indices("http").map(|(at, _)| &html[at..(at + 26).min(html.len())]).collect();
    assert!(
        addresses.iter().all(|address| *address == "http://www.w3.org/2000/svg" || address.starts_with("http-equiv")),
        "{addresses:?}"
    );
    assert!(!html.contains("url(") && !html.contains("@import"));
}

#[test]
fn a_page_says_what_cannot_hold_and_what_to_give_up() {
    let text = "title = \"No <way>\"\nhorizon = { from = 2024-05-01, to = 2024-06-30 }\n[event.visit]\n[[rule]]\nid = \"a<i>\"\n\
                says = \"visit before May 10\"\n[[observation]]\nid = \"seen\"\nsays = \"visit after May 20\"";
    let (tags, words) = read(&made(&parse(text), text));
    assert_harmless(&tags);
    for said in [
        "No <way>",
        "These two cannot hold together",
        "rule:a<i>",
        "12 days short",
        "What to give up",
        "observation:seen",
    ] {
        assert!(words.contains(said), "{said} in {words}");
    }
}

#[test]
fn the_same_scenario_gives_the_same_page() {
    let text = std::fs::read_to_string("scenarios/court-ruling.toml").unwrap();
    assert_eq!(made(&parse(&text), &text), made(&parse(&text), &text));
}
