//! The reasons of a forecast in; for each target bars for what it would lose, out.

use super::Picture;
use super::axis::{NumberAxis, short};
use super::frame::{self, MARGIN, PictureOptions};
use super::letters;
use super::mark::{Anchor, Area, area, line, words};
use super::style::{NAME, SMALL};
use crate::answer::{Reasons, Refusal, TargetReasons};
use crate::render::wording;
use maud::{Markup, html};

/// So many targets, and so many members each, are shown at most.
const MOST_TARGETS: usize = 20;
const MOST_BARS: usize = 15;
/// How high a bar with its gap is at least and usually; a target's words; its axis.
const BAR: (f64, f64) = (14.0, 22.0);
const HEAD: f64 = 26.0;
const FOOT: f64 = 44.0;
/// What moves nothing that is shown, and tells fewer bits than this, is left out.
const LITTLE: f64 = 0.005;
/// The share of the width for the members' names.
const NAMES: f64 = 0.38;

/// Draws what each rule, fact and report does to each target, the strongest first: by how many days it moves an event's mean,
/// or by how much a question's probability.
///
/// # Errors
/// Where a target is not there, nothing is in doubt, or the size does not do.
///
/// ```
/// use dateline::{Explained, Options, Scenario, Wanted, explain};
/// use dateline::render::{PictureOptions, influence_picture};
///
/// let scenario = Scenario::parse(
///     r#"
///     horizon = { from = 2024-05-01, to = 2024-05-30 }
///     [event.visit]
///     [[report]]
///     id = "first-half"
///     credibility = 0.6
///     says = "visit in the first half of May"
///     "#,
/// )?;
/// let Explained::Reasons(reasons) = explain(&scenario, &Wanted::default(), &Options::default())? else { panic!() };
/// assert!(influence_picture(&reasons, &PictureOptions::default())?.svg().contains("4.5 days earlier"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn influence_picture(reasons: &Reasons, options: &PictureOptions) -> Result<Picture, Refusal> {
    let width = options.width()?;
    let (targets, left_out) = chosen(reasons, &options.events)?;
    let title = frame::titled(reasons.title.as_deref(), "Why?");
    let about = "what each rule, fact and report does: the forecast with it, as against the forecast without it";
    let (heading, top) = frame::heading(&title, about, options);
    let legend = format!(
        "Bars to the left: with it the mean comes earlier, or the question is less probable; to the right: later, or more \
         probable. Bits: how much it changes the whole distribution. {}",
        frame::left_out_words(left_out)
    );
    let bars: usize = targets.iter().map(|target| target.bars.len()).sum();
    let ends: f64 = targets.iter().map(Target::ends).sum();
    let fixed = top + ends + frame::legend_height(&legend, width);
    let bar = options.share(fixed, bars, BAR)?;
    let mut y = top;
    let mut panels = Vec::new();
    for target in &targets {
        panels.push(target.marks(y, bar, width));
        y += target.ends() + target.bars.len() as f64 * bar;
    }
    let (legend, bottom) = frame::legend(&legend, y, width);
    let marks = html! { (heading) @for panel in &panels { (panel) } (legend) };
    let height = options.height.map_or(bottom, f64::from);
    let told: Vec<String> = targets.iter().map(Target::told).collect();
    Ok(frame::picture(marks, (width, height), format!("{title}: influences"), told.join(" ")))
}

/// Something explained.
struct Target {
    name: String,
    /// Whether bars are days, and not percentage points.
    days: bool,
    bars: Vec<Bar>,
    /// How many members have no room, or do nothing.
    more: usize,
}

struct Bar {
    name: String,
    /// In days or percentage points, negative for earlier or less probable; `None` where it cannot be told.
    shift: Option<f64>,
    bits: Option<f64>,
}

fn chosen(reasons: &Reasons, named: &[String]) -> Result<(Vec<Target>, usize), Refusal> {
    let id = |target: &TargetReasons| match target {
        TargetReasons::Event { event, .. } => event.clone(),
        TargetReasons::Query { query, .. } => query.clone(),
    };
    let ids: Vec<String> = reasons.targets.iter().map(id).collect();
    let mut found: Vec<usize> = Vec::new();
    for name in named {
        let at = frame::find(ids.iter().map(String::as_str), name, "event or question in doubt")?;
        if !found.contains(&at) {
            found.push(at);
        }
    }
    if named.is_empty() {
        found = (0..ids.len()).collect();
    }
    if found.is_empty() {
        return Err(Refusal::Nothing("nothing is in doubt, so that nothing has any influence".to_string()));
    }
    let left_out = found.len().saturating_sub(MOST_TARGETS);
    if left_out > 0 && !named.is_empty() {
        return Err(Refusal::Named(format!(
            "a picture shows at most {MOST_TARGETS} targets, and {} are named",
            found.len()
        )));
    }
    Ok((found.into_iter().take(MOST_TARGETS).map(|at| Target::new(&reasons.targets[at])).collect(), left_out))
}

/// `report late-may: visit in late May`
fn member_name(member: &str, says: &str) -> String {
    let name = member.replacen(':', " ", 1);
    if says.is_empty() { name } else { format!("{name}: {says}") }
}

impl Target {
    fn new(reasons: &TargetReasons) -> Target {
        let (name, days, mut bars) = match reasons {
            TargetReasons::Event { event, title, influences, .. } => {
                let bars = influences.iter().filter(|influence| !influence.single_report).map(|influence| Bar {
                    name: member_name(&influence.member, &influence.says),
                    shift: influence.shift_days,
                    bits: influence.bits,
                });
                (wording::name(event, title.as_deref()), true, bars.collect::<Vec<Bar>>())
            }
            TargetReasons::Query { query, ask, influences, .. } => {
                let bars = influences.iter().filter(|influence| !influence.single_report).map(|influence| Bar {
                    name: member_name(&influence.member, &influence.says),
                    shift: influence.shift.map(|shift| shift * 100.0),
                    bits: influence.bits,
                });
                let name = if query == ask { query.clone() } else { format!("{query}: {ask}") };
                (name, false, bars.collect::<Vec<Bar>>())
            }
        };
        let all = bars.len();
        bars.retain(|bar| {
            bar.shift.is_none_or(|shift| shift.abs() >= 0.05) || bar.bits.is_none_or(|bits| bits >= LITTLE)
        });
        let size = |bar: &Bar| bar.shift.map_or(f64::INFINITY, f64::abs);
        // The sort is stable: of equal ones the order of the reasons stays.
        bars.sort_by(|one, other| size(other).total_cmp(&size(one)));
        bars.truncate(MOST_BARS);
        Target { name, days, more: all - bars.len(), bars }
    }

    /// How high all is besides the bars.
    fn ends(&self) -> f64 {
        if self.bars.is_empty() { HEAD + 20.0 } else { HEAD + FOOT }
    }

    fn value(&self, bar: &Bar) -> String {
        let bits = match bar.bits {
            Some(bits) if bits < LITTLE => " · <0.01 bits".to_string(),
            Some(bits) => format!(" · {bits:.2} bits"),
            None => String::new(),
        };
        match (bar.shift, self.days) {
            (None, _) => "without it nothing can be compared".to_string(),
            (Some(shift), true) => {
                let word = if shift < 0.0 { "earlier" } else { "later" };
                format!("{:.1} days {word}{bits}", shift.abs())
            }
            (Some(shift), false) => {
                let word = if shift < 0.0 { "less" } else { "more" };
                format!("{:.1} points {word}{bits}", shift.abs())
            }
        }
    }

    fn marks(&self, top: f64, height: f64, width: f64) -> Markup {
        let room = width - 2.0 * MARGIN;
        let (from, to) = (MARGIN + room * NAMES, width - MARGIN);
        let axis = self.axis((from, to));
        let name = words((MARGIN, top + 13.0), "name", Anchor::Start, &letters::cut(&self.name, NAME, room));
        if self.bars.is_empty() {
            let nothing = "Nothing that is left out by itself changes this.";
            return html! { g { (name) (words((MARGIN, top + HEAD + 6.0), "small", Anchor::Start, nothing)) } };
        }
        let base = top + HEAD + self.bars.len() as f64 * height;
        let unit = if self.days { "days" } else { "percentage points" };
        let numbers = axis.round_numbers(((to - from) / 80.0) as usize);
        html! {
            g {
                (name)
                @for number in &numbers {
                    @let x = axis.at(*number);
                    (line("grid", (x, top + HEAD), (x, base)))
                    (words((x, base + 14.0), "small", Anchor::Middle, &short(*number)))
                }
                (line("rule", (axis.at(0.0), top + HEAD), (axis.at(0.0), base)))
                (words(((from + to) / 2.0, base + 28.0), "small", Anchor::Middle, unit))
                @if self.more > 0 {
                    (words((MARGIN, base + 14.0), "small", Anchor::Start, &format!("and {} of less account", self.more)))
                }
                @for (index, bar) in self.bars.iter().enumerate() {
                    (self.bar(bar, axis, (top + HEAD + index as f64 * height, height), from - MARGIN - 8.0))
                }
            }
        }
    }

    /// From the greatest shift to the left to that to the right, with 0 among them and room for the words.
    fn axis(&self, (from, to): (f64, f64)) -> NumberAxis {
        let shifts = || self.bars.iter().filter_map(|bar| bar.shift);
        let (least, most) = (shifts().fold(0.0, f64::min), shifts().fold(0.0, f64::max));
        let span = if most - least > 0.0 { most - least } else { 1.0 };
        // The longest bars have their words beside them.
        let words = 175.0_f64.min((to - from) * 0.4);
        let sides = [least < 0.0, most > 0.0].map(|there| if there { words } else { 6.0 });
        let scale = span / (to - from - sides[0] - sides[1]).max(20.0);
        NumberAxis { least: least - sides[0] * scale, most: most + sides[1] * scale, from, to }
    }

    fn bar(&self, bar: &Bar, axis: NumberAxis, (y, height): (f64, f64), room: f64) -> Markup {
        let shift = bar.shift.unwrap_or(0.0);
        let (zero, end) = (axis.at(0.0), axis.at(shift));
        let class = if shift < 0.0 { "earlier" } else { "later" };
        let place = Area { x: zero.min(end), y: y + 3.0, width: (end - zero).abs(), height: height - 6.0 };
        let value = self.value(bar);
        let (x, anchor) = if shift < 0.0 { (end - 5.0, Anchor::End) } else { (end + 5.0, Anchor::Start) };
        let middle = y + height / 2.0 + 4.0;
        html! {
            (frame::label_before((MARGIN + room, middle), "small", &bar.name, SMALL, room))
            (area(class, place, &format!("{}: {value}", bar.name)))
            (words((x, middle), "small", anchor, &value))
        }
    }

    fn told(&self) -> String {
        let bars: Vec<String> = self.bars.iter().map(|bar| format!("{}, {}", bar.name, self.value(bar))).collect();
        let bars = if bars.is_empty() { "nothing changes it".to_string() } else { bars.join("; ") };
        format!("{}: {bars}.", self.name)
    }
}
