//! Scenarios in; whether pictures and pages show their forecasts, harmlessly and the same every time, out.

mod claims;
mod command;
mod page;
mod scenarios;
mod shapes;

use dateline::render::{Picture, PictureOptions};
use dateline::{Answer, Forecast, JointMapped, Options, Scenario, forecast};

fn parse(text: &str) -> Scenario {
    Scenario::parse(text).unwrap_or_else(|invalid| panic!("{invalid}\n{text}"))
}

fn forecast_of(scenario: &Scenario) -> Forecast {
    match forecast(scenario, &Options::default()).expect("the scenario is small") {
        Answer::Forecast(forecast) => *forecast,
        Answer::Infeasible(_) => panic!("something is at odds"),
    }
}

fn joint_map(scenario: &Scenario, events: &[&str]) -> dateline::JointMap {
    let events: Vec<String> = events.iter().map(|event| event.to_string()).collect();
    match dateline::joint_map(scenario, &events, &Options::default()).expect("the scenario is small") {
        JointMapped::Map(map) => *map,
        JointMapped::Infeasible(_) => panic!("something is at odds"),
    }
}

fn days(scenario: &Scenario, options: &PictureOptions) -> Picture {
    let claimed = dateline::claimed_days(scenario);
    dateline::render::days_picture(&forecast_of(scenario), &claimed, options).expect("the events are there")
}

/// An element of a picture.
#[derive(Debug)]
struct Element {
    name: String,
    class: String,
    attributes: Vec<(String, String)>,
    text: String,
}

impl Element {
    fn attribute(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }

    fn number(&self, name: &str) -> f64 {
        self.attribute(name).parse().unwrap_or_else(|_| panic!("{name} is no number in {self:?}"))
    }
}

/// All elements of an SVG file, which must be well-formed XML.
fn elements(svg: &str) -> Vec<Element> {
    let document = roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("{error}\n{svg}"));
    let element = |node: roxmltree::Node<'_, '_>| Element {
        name: node.tag_name().name().to_string(),
        class: node.attribute("class").unwrap_or_default().to_string(),
        attributes: node.attributes().map(|found| (found.name().to_string(), found.value().to_string())).collect(),
        text: node.descendants().filter(roxmltree::Node::is_text).filter_map(|text| text.text()).collect(),
    };
    document.descendants().filter(roxmltree::Node::is_element).map(element).collect()
}

fn of_class<'e>(elements: &'e [Element], class: &str) -> Vec<&'e Element> {
    elements.iter().filter(|element| element.class == class).collect()
}

/// Words that would do harm wherever they were not escaped; a TOML string.
const HOSTILE: &str = r#""</title></style></script><script>alert(1)</script>]]>&amp;\"'><img src=x onerror=alert(1)> javascript:alert(1) <!--""#;

/// A scenario in which everything that can be written says that, control characters and turned text included.
fn hostile() -> String {
    let shown = HOSTILE.replace("<!--", r"<!-- \u0001\u0008\u001b[31m\u202e\ufffe");
    format!(
        r#"
        title = {shown}
        horizon = {{ from = 2024-05-01, to = 2024-06-30 }}
        as_of = 2024-05-04
        [event.visit]
        title = {shown}
        [event.tour]
        occurs = 0.8
        [source.wire]
        title = {shown}
        credibility = 0.7
        [[rule]]
        id = {}
        says = "visit before June 20"
        [[report]]
        id = {HOSTILE}
        source = "wire"
        date = 2024-05-02
        says = "visit in late May"
        slip = 3
        quote = {shown}
        [[report]]
        id = "order"
        date = 2024-05-03
        credibility = 0.6
        says = "visit before tour"
        [[query]]
        id = {}
        ask = "visit before tour"
        "#,
        HOSTILE.replace("<!--", "rule <!--"),
        HOSTILE.replace("<!--", "query <!--"),
    )
}
