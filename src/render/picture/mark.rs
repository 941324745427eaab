//! Places and words in, SVG elements out. All text of a scenario comes into pictures and pages through here, and is escaped.

use maud::{Markup, html};

/// Where a text stands relative to its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    fn name(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        }
    }
}

/// Without characters that XML cannot have, and those that turn the direction of what follows.
pub(in crate::render) fn clean(text: &str) -> String {
    let bad = |c: char| {
        let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        c.is_control() || turns || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if bad(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// A length in pixels with at most two digits after the point.
pub(super) fn px(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_string() } else { text.to_string() }
}

/// A line of text.
pub(super) fn words((x, y): (f64, f64), class: &str, anchor: Anchor, text: &str) -> Markup {
    html! { text class=(class) x=(px(x)) y=(px(y)) text-anchor=(anchor.name()) { (clean(text)) } }
}

/// A line of text that runs upwards.
pub(super) fn upward_words((x, y): (f64, f64), class: &str, text: &str) -> Markup {
    let turn = format!("rotate(-90 {} {})", px(x), px(y));
    html! { text class=(class) x=(px(x)) y=(px(y)) text-anchor="middle" transform=(turn) { (clean(text)) } }
}

/// A straight line.
pub(super) fn line(class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> Markup {
    html! { line class=(class) x1=(px(x1)) y1=(px(y1)) x2=(px(x2)) y2=(px(y2)) {} }
}

/// A place and its size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// A filled rectangle; `told` is shown where somebody points at it.
pub(super) fn area(class: &str, area: Area, told: &str) -> Markup {
    let Area { x, y, width, height } = area;
    html! {
        rect class=(class) x=(px(x)) y=(px(y)) width=(px(width.max(0.0))) height=(px(height.max(0.0))) {
            @if !told.is_empty() { title { (clean(told)) } }
        }
    }
}

/// A filled rectangle of a colour as strong as `share` (0 to 1).
pub(super) fn shade(area: Area, share: f64, told: &str) -> Markup {
    let Area { x, y, width, height } = area;
    html! {
        rect class="heat" x=(px(x)) y=(px(y)) width=(px(width)) height=(px(height)) fill-opacity=(px(share)) {
            title { (clean(told)) }
        }
    }
}

/// A line through points.
pub(super) fn path(class: &str, points: &[(f64, f64)]) -> Markup {
    html! { polyline class=(class) points=(list(points)) {} }
}

/// The area between two lines that have the same places from left to right.
pub(super) fn band(class: &str, upper: &[(f64, f64)], lower: &[(f64, f64)]) -> Markup {
    let around: Vec<(f64, f64)> = upper.iter().chain(lower.iter().rev()).copied().collect();
    html! { polygon class=(class) points=(list(&around)) {} }
}

fn list(points: &[(f64, f64)]) -> String {
    points.iter().map(|(x, y)| format!("{},{}", px(*x), px(*y))).collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_cleaned() {
        let found = words((1.0, 2.505), "x", Anchor::Middle, "<b>&\"\u{0}\u{202e}]]>").into_string();
        assert_eq!(
            found,
            "<text class=\"x\" x=\"1\" y=\"2.5\" text-anchor=\"middle\">&lt;b&gt;&amp;&quot;\u{fffd}\u{fffd}]]&gt;</text>"
        );
        assert_eq!(px(-0.001), "0");
        assert_eq!(px(100.0), "100");
    }
}
