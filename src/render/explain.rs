//! The reasons of a forecast in, sentences for people out.

use super::look::{Ink, Look, columns, date, percent, printable, wrapped};
use super::text::warnings;
use crate::answer::{EventFigures, EventInfluence, Herald, News, QueryFigures, QueryInfluence, Reasons, TargetReasons};
use crate::day::Day;

/// Influences of fewer bits than this are told together.
const LITTLE: f64 = 0.005;
/// The first influence carries a forecast if it has this share of all that the others have.
const CARRIES: f64 = 1.0;
/// So many of those are named.
const LITTLE_NAMED: usize = 6;
/// So much news is told.
const NEWS_SHOWN: usize = 3;

/// What speaks for each target, in sentences.
pub fn reasons_text(reasons: &Reasons, look: &Look) -> String {
    let mut parts = Vec::new();
    if let Some(title) = &reasons.title {
        parts.push(format!("{}\n", look.ink(Ink::Heading, &wrapped(&printable(title), look.width, 0))));
    }
    let page = Page { look, origin: reasons.origin };
    parts.extend(reasons.targets.iter().map(|target| page.target(target)));
    if reasons.targets.is_empty() {
        parts.push("Nothing is in doubt.\n".to_string());
    }
    parts.push(warnings(&reasons.warnings, look));
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// What speaks for one target, a sentence each: its figures first.
pub(super) fn sentences(target: &TargetReasons, origin: Option<Day>) -> Vec<String> {
    // Lines of any length are not broken.
    let look = Look { width: usize::MAX / 4, colour: false, unicode: true };
    let text = Page { look: &look, origin }.target(target);
    text.lines().skip(1).map(|line| line.trim().to_string()).filter(|line| !line.is_empty()).collect()
}

struct Page<'l> {
    look: &'l Look,
    origin: Option<Day>,
}

/// An influence in words: the sentence, its bits, and what it is of.
struct Told {
    sentence: String,
    bits: Option<f64>,
    member: String,
    known: bool,
    /// Whether it is a source of a single report.
    alone: bool,
}

impl Page<'_> {
    fn target(&self, target: &TargetReasons) -> String {
        let (heading, told, news) = match target {
            TargetReasons::Event { event, title, baseline, influences, news } => {
                let title = title.as_deref().map_or(String::new(), |title| format!("  {}", printable(title)));
                let room = self.look.width.saturating_sub(columns(event));
                let heading = format!("{}{}", self.look.ink(Ink::Name, event), self.look.cut(&title, room));
                let told = influences.iter().map(|influence| self.event(event, baseline, influence)).collect();
                (format!("{heading}\n  {}\n", self.figures(baseline)), told, news)
            }
            TargetReasons::Query { query, ask, baseline, influences, news } => {
                let ask = if query == ask { String::new() } else { format!("  {}", printable(ask)) };
                let heading = format!("{}{ask}", self.look.ink(Ink::Name, &printable(query)));
                let told = influences.iter().map(|influence| self.query(baseline, influence)).collect();
                (format!("{heading}\n  {}\n", percent(baseline.probability)), told, news)
            }
        };
        heading + &self.influences(told) + &self.news(news)
    }

    fn figures(&self, figures: &EventFigures) -> String {
        let mean = match (self.origin, figures.mean_day) {
            (Some(origin), Some(mean)) => format!("{}mean {}", self.look.dot(), self.day(origin + mean.round() as i32)),
            _ => String::new(),
        };
        let middle = match figures.median {
            Some(day) => format!("middle {}", self.day(day)),
            None => "more likely than not it does not occur in the horizon".to_string(),
        };
        let occurs = if figures.occurs < 1.0 - 1e-12 {
            format!("{}occurs {}", self.look.dot(), percent(figures.occurs))
        } else {
            String::new()
        };
        format!("{middle}{mean}{occurs}")
    }

    fn day(&self, day: Day) -> String {
        date(day, self.origin.is_none_or(|origin| origin.year() != day.year()))
    }

    /// What leads each influence's line, and what would be without it; those that do little in one line.
    fn influences(&self, mut told: Vec<Told>) -> String {
        // A source of one report is that report, and a silence that says nothing need not be told.
        told.retain(|told| !(told.alone || told.member.ends_with(".silence") && told.bits < Some(LITTLE)));
        let (much, little): (Vec<&Told>, Vec<&Told>) =
            told.iter().partition(|told| !told.known || told.bits.is_none_or(|bits| bits >= LITTLE));
        let mut text = String::new();
        for (index, told) in much.iter().enumerate() {
            // A source's bits are those of its reports.
            let rest: f64 =
                much.iter().skip(1).filter(|t| !t.member.starts_with("source:")).filter_map(|t| t.bits).sum();
            let carries = index == 0
                && told.bits.is_some_and(|bits| bits > CARRIES * rest)
                && !told.member.starts_with("source:")
                && much.len() > 1;
            let end = if carries { "; it carries most of this forecast." } else { "." };
            let bits = match told.bits {
                _ if !told.known => String::new(),
                Some(bits) => format!(" ({bits:.2} bits)"),
                None => " (bits without end: it rules out what is left else)".to_string(),
            };
            let sentence = format!("{}{bits}{end}", told.sentence);
            text += &format!("  {}\n", wrapped(&sentence, self.look.width.saturating_sub(2), 4));
        }
        let names: Vec<String> = little.iter().take(LITTLE_NAMED).map(|told| printable(&told.member)).collect();
        if !names.is_empty() {
            let more = little.len() - names.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let nothing = if much.is_empty() { "Nothing that is left out by itself changes this. " } else { "" };
            let sentence = format!("{nothing}Of next to no account: {}{more}.", names.join(", "));
            text += &format!(
                "  {}\n",
                self.look.ink(Ink::Faint, &wrapped(&sentence, self.look.width.saturating_sub(2), 4))
            );
        }
        text
    }

    fn event(&self, event: &str, baseline: &EventFigures, influence: &EventInfluence) -> Told {
        let named = named(&influence.member, &influence.says, &influence.source);
        let sentence = match &influence.without {
            None => format!("Without {named} no forecast can be told"),
            Some(without) => {
                let mut changes = vec![self.moved(event, influence.shift_days, without)];
                let absent = without.occurs - baseline.occurs;
                if absent.abs() >= 0.001 {
                    changes.push(format!(
                        "would occur with {} rather than {}",
                        percent(without.occurs),
                        percent(baseline.occurs)
                    ));
                }
                format!("Without {named} {}", changes.join(" and "))
            }
        };
        let known = influence.without.is_some();
        Told { sentence, bits: influence.bits, member: influence.member.clone(), known, alone: influence.single_report }
    }

    /// `visit would come 9 days later (middle 2 Jun)`
    fn moved(&self, event: &str, shift: Option<f64>, without: &EventFigures) -> String {
        let middle = without.median.map_or(String::new(), |day| format!(" (middle {})", self.day(day)));
        let Some(shift) = shift else { return format!("{event} would have no day in common to compare") };
        let size = shift.abs();
        let days = if size >= 9.95 { format!("{size:.0} days") } else { format!("{size:.1} days") };
        let days = days.replace("1.0 days", "a day");
        match shift {
            _ if size < 0.05 => format!("{event} would come on the same day on average{middle}"),
            shift if shift < 0.0 => format!("{event} would come {days} later on average{middle}"),
            _ => format!("{event} would come {days} earlier on average{middle}"),
        }
    }

    fn query(&self, baseline: &QueryFigures, influence: &QueryInfluence) -> Told {
        let named = named(&influence.member, &influence.says, &influence.source);
        let sentence = match (&influence.without, influence.shift) {
            (Some(without), Some(shift)) => {
                let more = if shift < 0.0 { "more" } else { "less" };
                let (now, then) = (percent(baseline.probability), percent(without.probability));
                if now == then {
                    format!("Without {named} it would be {then} as well")
                } else {
                    format!("Without {named} it would be {more} probable: {then}")
                }
            }
            _ => format!("Without {named} no forecast can be told"),
        };
        let known = influence.without.is_some();
        Told { sentence, bits: influence.bits, member: influence.member.clone(), known, alone: influence.single_report }
    }

    fn news(&self, news: &[News]) -> String {
        let shown: Vec<String> = news
            .iter()
            .filter(|news| news.bits >= LITTLE)
            .take(NEWS_SHOWN)
            .map(|news| match &news.of {
                Herald::Event(event) => format!("when {event} comes ({:.2} bits)", news.bits),
                Herald::Report(report) => {
                    format!("whether what {} says is true ({:.2} bits)", printable(report), news.bits)
                }
            })
            .collect();
        if shown.is_empty() {
            return String::new();
        }
        let sentence = format!("To watch: {}.", shown.join("; "));
        format!("  {}\n", wrapped(&sentence, self.look.width.saturating_sub(2), 4))
    }
}

/// `late-may (Reuters: visit in late May)`, `the rule after-inauguration (visit after inauguration)`.
fn named(member: &str, says: &str, source: &Option<String>) -> String {
    let (kind, id) = member.split_once(':').unwrap_or(("", member));
    let (id, says) = (printable(id), printable(says));
    let about = |name: String| if says.is_empty() { name } else { format!("{name} ({says})") };
    match (kind, source) {
        ("report", Some(source)) => format!("{id} ({}: {says})", printable(source)),
        ("report", None) => about(id),
        ("rule", _) => about(format!("the rule {id}")),
        ("observation", _) => about(format!("the observation {id}")),
        ("assume", _) => format!("the assumption that {says}"),
        ("source", _) => about(format!("all of {id}")),
        ("event", _) => match id.rsplit_once('.') {
            Some((event, "silence")) => format!("the silence about {event} ({says})"),
            Some((event, _)) => format!("the outcome of {event} ({says})"),
            None => id,
        },
        _ => id,
    }
}
