//! Forecasts in; whether what is drawn stands where their numbers are, out.

use super::{days, elements, forecast_of, hostile, joint_map, of_class, parse};
use dateline::render::{PictureOptions, calendar_picture, fan_picture, influence_picture, joint_picture};
use dateline::{Day, Explained, Options, Stretch, TargetReasons, Wanted, explain, timeline};

fn worked() -> String {
    std::fs::read_to_string("scenarios/state-visit-2024.toml").expect("the scenario can be read")
}

fn for_event(id: &str) -> PictureOptions {
    PictureOptions { events: vec![id.to_string()], ..PictureOptions::default() }
}

#[test]
fn bars_are_as_high_as_their_days_are_probable() {
    let scenario = parse(&worked());
    let forecast = forecast_of(&scenario);
    let elements = elements(&days(&scenario, &for_event("visit")).svg());
    let bars = of_class(&elements, "bar");
    let visit = forecast.events.iter().find(|event| event.id == "visit").unwrap();
    assert_eq!(bars.len(), visit.days.len());
    // The axis says how high 4 % is: the line of the label, and the bars' foot.
    let label = elements.iter().find(|element| element.text == "4 %").expect("the axis has a label");
    let foot = bars[0].number("y") + bars[0].number("height");
    let unit = (foot - (label.number("y") - 4.0)) / 0.04;
    assert!(unit > 100.0);
    let origin = forecast.horizon.from;
    let middle = |bar: &&super::Element| bar.number("x") + bar.number("width") / 2.0;
    let day = |bar: &super::Element| bar.attribute("data-from").parse::<Day>().unwrap();
    let (first, last) = (bars[0], bars[bars.len() - 1]);
    let step = (middle(&last) - middle(&first)) / f64::from(day(last) - day(first));
    assert!(step > 2.0);
    for (bar, expected) in bars.iter().zip(&visit.days) {
        assert_eq!(
            (bar.attribute("data-from"), bar.attribute("data-to")),
            (&*expected.date.to_string(), &*expected.date.to_string())
        );
        assert!((bar.number("height") - expected.p * unit).abs() < 0.02, "{bar:?} {expected:?}");
        assert!((bar.number("y") + bar.number("height") - foot).abs() < 0.02, "{bar:?}");
        let at = middle(&first) + step * f64::from(expected.date - day(first));
        assert!((middle(bar) - at).abs() < 0.05, "{bar:?}");
    }
    let edge = |date: Day| middle(&first) + step * (f64::from(date - day(first)) - 0.5);
    for (class, level) in [("w50", 0.5), ("w80", 0.8), ("w95", 0.95)] {
        let window = visit.windows.iter().find(|window| window.level == level).unwrap();
        let mark = of_class(&elements, class)[0];
        assert!((mark.number("x") - edge(window.from.unwrap())).abs() < 0.1, "{mark:?}");
        assert!((mark.number("x") + mark.number("width") - edge(window.to.unwrap() + 1)).abs() < 0.1, "{mark:?}");
    }
    let middle_day = of_class(&elements, "middle")[0].number("x1");
    assert!((middle_day - edge(visit.median().unwrap()) - step / 2.0).abs() < 0.1);
    let as_of = of_class(&elements, "asof")[0].number("x1");
    assert!((as_of - edge(origin + 1)).abs() < 0.1, "the evening of the first day");
    // The report that says "in May" of a visit of two days.
    let claim = of_class(&elements, "claim")[0];
    assert!((claim.number("x") - edge("2024-05-01".parse().unwrap())).abs() < 0.1, "{claim:?}");
    assert!((claim.number("x") + claim.number("width") - edge("2024-05-31".parse().unwrap())).abs() < 0.1, "{claim:?}");
}

#[test]
fn bars_of_longer_periods_add_up() {
    for (to, width) in [("2026-12-31", 880), ("2034-06-30", 880), ("2290-01-01", 400)] {
        let scenario = parse(&format!("horizon = {{ from = 2024-05-07, to = {to} }}\n[event.visit]\noccurs = 0.6"));
        let visit = &forecast_of(&scenario).events[0];
        let options = PictureOptions { width, ..PictureOptions::default() };
        let elements = elements(&days(&scenario, &options).svg());
        let bars = of_class(&elements, "bar");
        assert!(bars.len() > 30 && bars.len() < 500, "{to}: {}", bars.len());
        let date = |bar: &super::Element, name: &str| bar.attribute(name).parse::<Day>().unwrap();
        let p = |bar: &super::Element| visit.distribution().within(date(bar, "data-from"), date(bar, "data-to"));
        let total: f64 = bars.iter().map(|bar| p(bar)).sum();
        assert!((total - 0.6).abs() < 1e-9, "{to}: each day in one bar");
        let tallest = bars.iter().max_by(|one, other| p(one).total_cmp(&p(other))).unwrap();
        let unit = tallest.number("height") / p(tallest);
        bars.iter().for_each(|bar| assert!((bar.number("height") - p(bar) * unit).abs() < 0.02, "{bar:?}"));
    }
}

#[test]
fn calendars_are_as_strong_as_days_are_probable() {
    for to in ["2024-07-31", "2027-02-28"] {
        let text = worked().replace("to = 2024-07-31", &format!("to = {to}")).replace("of May\"", "of May 2024\"");
        let scenario = parse(&text.replace("in May\"", "in May 2024\""));
        let visit = forecast_of(&scenario).events.into_iter().find(|event| event.id == "visit").unwrap();
        let most = visit.days.iter().map(|day| day.p).fold(0.0, f64::max);
        let elements = elements(&calendar_picture(&forecast_of(&scenario), &for_event("visit")).unwrap().svg());
        // Five of them only tell how strong is how much.
        let squares = &of_class(&elements, "heat")[5..];
        assert_eq!(squares.len(), visit.days.len(), "{to}");
        for (square, day) in squares.iter().zip(&visit.days) {
            assert!(square.text.starts_with(&day.date.format("%a %-d %b %Y")), "{square:?}");
            let expected = (day.p / most).max(0.07);
            assert!((square.number("fill-opacity") - expected).abs() < 0.006, "{square:?} {expected}");
        }
    }
}

#[test]
fn squares_of_two_events_are_as_strong_as_they_are_probable() {
    let scenario = parse(&worked());
    let map = joint_map(&scenario, &["visit", "tour"]);
    let elements = elements(&joint_picture(&map, &PictureOptions::default()).unwrap().svg());
    let squares = of_class(&elements, "heat");
    let positive: Vec<f64> = map.probabilities.iter().flatten().copied().filter(|p| *p > 0.0).collect();
    assert_eq!(squares.len(), positive.len());
    let dated =
        |row: usize, column: usize| map.events[0].periods[row].is_some() && map.events[1].periods[column].is_some();
    let mut most: f64 = 0.0;
    for (row, cells) in map.probabilities.iter().enumerate() {
        let of_dates = cells.iter().enumerate().filter(|(column, _)| dated(row, *column));
        most = of_dates.map(|(_, p)| *p).fold(most, f64::max);
    }
    for (square, p) in squares.iter().zip(positive) {
        assert!((square.number("fill-opacity") - (p / most).clamp(0.03, 1.0)).abs() < 0.006, "{square:?} {p}");
    }
    // Later weeks of the first stand further right, of the second further up.
    let find =
        |words: &str| squares.iter().find(|square| square.text.contains(words)).unwrap_or_else(|| panic!("{words}"));
    let early = find("visit in the week of 13 May 2024, tour in the week of 3 Jun 2024");
    let late = find("visit in the week of 20 May 2024, tour in the week of 10 Jun 2024");
    assert!(early.number("x") < late.number("x") && early.number("y") > late.number("y"));
}

#[test]
fn influences_are_as_long_as_their_shifts() {
    let scenario = parse(&worked());
    let wanted = Wanted { events: vec!["visit".to_string()], ..Wanted::default() };
    let Explained::Reasons(reasons) = explain(&scenario, &wanted, &Options::default()).unwrap() else { panic!() };
    let TargetReasons::Event { influences, .. } = &reasons.targets[0] else { panic!() };
    let elements = elements(&influence_picture(&reasons, &PictureOptions::default()).unwrap().svg());
    let bars: Vec<_> = elements.iter().filter(|e| e.class == "earlier" || e.class == "later").collect();
    assert!(bars.len() >= 3);
    let shift = |bar: &super::Element| {
        let (kind, rest) = bar.text.split_once(' ').unwrap();
        let member = format!("{kind}:{}", rest.split(':').next().unwrap());
        let influence = influences.iter().find(|influence| influence.member == member);
        influence.unwrap_or_else(|| panic!("no {member}")).shift_days.unwrap()
    };
    let unit = bars[0].number("width") / shift(bars[0]).abs();
    for bar in &bars {
        assert!((bar.number("width") - shift(bar).abs() * unit).abs() < 0.05, "{bar:?}");
        assert_eq!(bar.class, if shift(bar) < 0.0 { "earlier" } else { "later" });
    }
    assert!(bars.windows(2).all(|pair| pair[0].number("width") >= pair[1].number("width")), "the strongest first");
}

#[test]
fn fans_stand_at_their_quantiles() {
    let scenario = parse(
        r#"
        horizon = { from = 2024-05-01, to = 2024-05-30 }
        [event.visit]
        [[report]]
        id = "soon"
        date = 2024-05-04
        credibility = 0.9
        says = "visit by May 15"
        "#,
    );
    let stretch =
        Stretch { from: Some("2024-05-01".parse().unwrap()), to: Some("2024-05-08".parse().unwrap()), every: None };
    let found = timeline(&scenario, stretch, &Options::default()).unwrap();
    let elements = elements(&fan_picture(&found, &PictureOptions::default()).unwrap().svg());
    let points = |class: &str| -> Vec<(f64, f64)> {
        let list = of_class(&elements, class)[0].attribute("points").to_string();
        let point = |point: &str| point.split_once(',').map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()));
        list.split(' ').filter_map(point).collect()
    };
    let (middle, wide) = (points("middle"), points("wide"));
    assert_eq!((middle.len(), wide.len()), (8, 16));
    // Later days stand higher, each by the same step.
    let quantile =
        |row: usize, level: f64| f64::from(found.rows[row].events[0].quantile(level).unwrap() - found.horizon.from);
    let step = (wide[0].1 - wide[15].1) / (quantile(0, 0.95) - quantile(0, 0.05));
    assert!(step < -1.0);
    for row in 0..8 {
        let at = |level: f64| wide[15].1 + step * (quantile(row, level) - quantile(0, 0.05));
        assert!((middle[row].1 - at(0.5)).abs() < 0.1, "{row}");
        assert!((wide[row].1 - at(0.95)).abs() < 0.1 && (wide[15 - row].1 - at(0.05)).abs() < 0.1, "{row}");
    }
    let news = of_class(&elements, "news");
    assert!(news.len() == 1 && (news[0].number("x1") - middle[3].0).abs() < 0.02);
}

#[test]
fn hostile_words_stay_words() {
    let scenario = parse(&hostile());
    let Explained::Reasons(reasons) = explain(&scenario, &Wanted::default(), &Options::default()).unwrap() else {
        panic!()
    };
    let moved = timeline(&scenario, Stretch::default(), &Options::default()).unwrap();
    let options = PictureOptions::default();
    let pictures = [
        days(&scenario, &options),
        calendar_picture(&forecast_of(&scenario), &options).unwrap(),
        joint_picture(&joint_map(&scenario, &[]), &options).unwrap(),
        influence_picture(&reasons, &options).unwrap(),
        fan_picture(&moved, &options).unwrap(),
    ];
    const KNOWN: [&str; 11] =
        ["svg", "title", "desc", "style", "g", "text", "rect", "line", "polyline", "polygon", "path"];
    for picture in &pictures {
        let svg = picture.svg();
        let found = elements(&svg);
        let strange = found.iter().find(|element| !KNOWN.contains(&element.name.as_str()));
        assert!(strange.is_none(), "{strange:?}");
        let attributes = found.iter().flat_map(|element| &element.attributes);
        let mut harmful = attributes.filter(|(name, _)| name.starts_with("on") || name.ends_with("href"));
        assert_eq!(harmful.next(), None);
        assert!(!svg.chars().any(|c| c.is_control() && c != '\n' || matches!(c, '\u{202e}' | '\u{fffe}')));
        // The words are there, and are only words.
        let title = found.iter().find(|element| element.name == "title").unwrap();
        assert!(title.text.contains("<script>alert(1)</script>]]>&amp;\"'"), "{title:?}");
    }
}

#[test]
fn pictures_tell_what_they_show_to_who_cannot_see_them() {
    let scenario = parse(&worked());
    let picture = days(&scenario, &PictureOptions::default());
    let elements = elements(&picture.svg());
    let root = &elements[0];
    assert_eq!((root.name.as_str(), root.attribute("role")), ("svg", "img"));
    for id in root.attribute("aria-labelledby").split(' ') {
        assert!(
            elements.iter().any(|element| element.attributes.contains(&("id".to_string(), id.to_string()))),
            "{id}"
        );
    }
    assert!(picture.description().contains("Putin visits China (visit): middle 23 May 2024"));
    assert!(elements.iter().any(|element| element.name == "desc" && element.text == picture.description()));
}
