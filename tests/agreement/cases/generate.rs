//! A seed in, a random case over the whole format out.

use crate::cases::case::{
    Case, Changed, Delay, Event, Length, Observation, Outcome, Predicate, Proposition, Query, Rule, Spread, Start,
};
use crate::cases::draw::Draw;
use crate::cases::reports::add_reports;
use crate::cases::words::{Wanted, start_words, window, words};
use crate::enumeration::mass;
use crate::enumeration::truth::{NEVER, World};
use crate::enumeration::worlds::{Weighed, prior_worlds};
use chrono::NaiveDate;

/// Names, some of them close to words of the language.
const NAMES: [&str; 12] =
    ["visit", "tour", "talks", "maybe", "marching", "week-1", "q5", "early-bird", "z_2", "iffy", "monday-call", "inn"];

/// What a case is mostly about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A few events over a few days.
    Mixed,
    /// One event over months.
    Single,
    /// Four or five events over very few days.
    Crowd,
    /// Evidence up to thirty standard deviations away.
    Tail,
    /// Events that come after each other.
    Chain,
}

/// A case with the worlds of its prior.
pub struct Generated {
    pub case: Case,
    pub prior: Weighed,
}

/// Masses must not come closer than this to where doubles end.
const LEAST_MASS: f64 = 1e-270;

/// A random case; the same seed gives the same.
pub fn generate(seed: u64) -> Generated {
    let mut draw = Draw::new(seed);
    let kinds = [Kind::Mixed, Kind::Single, Kind::Crowd, Kind::Tail, Kind::Chain];
    let kind = kinds[draw.weigh(&[50.0, 8.0, 8.0, 14.0, 20.0])];
    let mut case = empty(kind, &mut draw);
    let count = match kind {
        Kind::Mixed => draw.between(1, 3),
        Kind::Single => 1,
        Kind::Crowd => draw.between(4, 5),
        Kind::Tail => draw.between(1, 2),
        Kind::Chain => draw.between(2, 4),
    };
    let mut names = NAMES.map(str::to_string);
    draw.shuffle(&mut names);
    for name in names.into_iter().take(count as usize) {
        add_event(&mut case, kind, name, &mut draw);
    }
    let prior = prior_worlds(&case).expect("every event was tried");
    let planted = Planted::new(kind, &prior, &mut draw);
    add_rules(&mut case, &planted, &mut draw);
    add_knowledge(&mut case, kind, &planted, &mut draw);
    add_reports(&mut case, kind == Kind::Tail, &planted, &mut draw);
    add_queries(&mut case, &planted, &mut draw);
    add_changes(&mut case, &planted, &mut draw);
    Generated { case, prior }
}

fn empty(kind: Kind, draw: &mut Draw) -> Case {
    let starts = [(2024, 4, 20), (2024, 2, 20), (2023, 12, 20), (2026, 6, 25), (1999, 8, 24), (2100, 2, 20)];
    let (year, month, day) = draw.pick(&starts);
    let origin = NaiveDate::from_ymd_opt(year, month, day).expect("a date");
    let days = match kind {
        Kind::Mixed => draw.between(3, 11),
        Kind::Single => draw.between(40, 120),
        Kind::Crowd => draw.between(2, 4),
        Kind::Tail => draw.between(5, 40),
        Kind::Chain => draw.between(5, 12),
    };
    let mut case = Case {
        origin: crate::cases::case::date_of(origin, draw.between(0, 20)),
        days,
        titled: draw.chance(0.3),
        as_of: None,
        holidays: Vec::new(),
        workweek: None,
        grades: Vec::new(),
        events: Vec::new(),
        sources: Vec::new(),
        rules: Vec::new(),
        observations: Vec::new(),
        reports: Vec::new(),
        queries: Vec::new(),
        changes: Changed::default(),
    };
    if draw.chance(0.4) {
        case.holidays = (0..draw.between(1, 4)).map(|_| draw.between(-3, days + 3)).collect();
    }
    if draw.chance(0.25) {
        let mut workweek = [0; 7].map(|_| draw.chance(0.6));
        workweek[draw.below(7)] = true;
        case.workweek = Some(workweek);
    }
    case
}

/// Adds an event that leaves some day possible and not too many worlds.
fn add_event(case: &mut Case, kind: Kind, name: String, draw: &mut Draw) {
    for _ in 0..30 {
        let event = event(case, kind, name.clone(), draw);
        case.events.push(event);
        if is_sound(case) {
            return;
        }
        case.events.pop();
    }
    let start = Start::On(draw.between(0, case.days - 1));
    case.events.push(Event { name, start, length: Length::Default, visible: true, happened: None });
}

fn is_sound(case: &Case) -> bool {
    let event = case.events.len() - 1;
    if let Start::Prior { spread, .. } = &case.events[event].start {
        let spread = spread.clone().unwrap_or(Spread::Uniform { from: None, to: None });
        let days = 0..case.days;
        let masses = days.map(|day| mass::mass_and_beyond(&spread, day, 0, case.days - 1).0);
        let mut far = masses.filter(|mass| *mass < LEAST_MASS);
        // Where a law never ends, 0 is what a double has lost.
        let endless = matches!(spread, Spread::Normal { .. });
        if far.any(|mass| mass > 0.0 || endless) || mass::prior(case, event).is_none() {
            return false;
        }
    }
    prior_worlds(case).is_some()
}

fn event(case: &Case, kind: Kind, name: String, draw: &mut Draw) -> Event {
    let earlier = case.events.len();
    let length = match draw.below(12) {
        0..5 => Length::Default,
        5..8 => Length::Whole(draw.between(1, case.days.min(4))),
        8..10 => Length::WorkingDays(draw.between(1, 6)),
        _ => Length::Spread(number_spread(case.days, 1, draw)),
    };
    let may_follow = earlier > 0 && kind != Kind::Tail;
    let follows = if kind == Kind::Chain { 0.75 } else { 0.2 };
    let start = if kind != Kind::Single && kind != Kind::Tail && draw.chance(0.16) {
        Start::On(draw.between(0, case.days - 1))
    } else if may_follow && draw.chance(follows) {
        after(case, draw)
    } else {
        prior(case, kind, draw)
    };
    Event { name, start, length, visible: !draw.chance(0.2), happened: None }
}

fn occurs(draw: &mut Draw) -> Option<f64> {
    draw.chance(0.45).then(|| {
        let odd = draw.fraction();
        draw.pick(&[0.95, 0.5, 0.8, 0.1, 1.0, 0.999999, 1e-6, 1e-13, 0.3, odd, odd, odd, 0.0])
    })
}

fn after(case: &Case, draw: &mut Draw) -> Start {
    let mut predecessors: Vec<usize> = (0..case.events.len()).collect();
    draw.shuffle(&mut predecessors);
    predecessors.truncate(if draw.chance(0.6) { 1 } else { 2 });
    let delay = match draw.below(4) {
        0 => Delay::Default,
        1 => Delay::Whole(draw.between(0, case.days / 2 + 1)),
        _ => Delay::Spread(number_spread(case.days, 0, draw)),
    };
    Start::After { predecessors, delay, occurs: occurs(draw) }
}

fn prior(case: &Case, kind: Kind, draw: &mut Draw) -> Start {
    let spread = match kind {
        Kind::Tail => Some(far_spread(case.days, draw)),
        _ => draw.chance(0.75).then(|| date_spread(case, draw)),
    };
    let weekdays =
        draw.chance(0.2).then(|| [0; 7].map(|_| draw.chance(0.35).then(|| draw.pick(&[0.0, 0.2, 0.5, 3.0, 1e-8]))));
    Start::Prior {
        spread,
        window: draw.chance(0.15).then(|| window(case, false, draw)),
        weekdays,
        occurs: occurs(draw),
    }
}

/// `low <= mode <= high` around the horizon.
fn three_points(least: i32, most: i32, draw: &mut Draw) -> [i32; 3] {
    let mut points = [0; 3].map(|_| draw.between(least, most));
    points.sort_unstable();
    points
}

fn date_spread(case: &Case, draw: &mut Draw) -> Spread {
    let days = case.days;
    let [low, mode, high] = three_points(-3, days + 3, draw).map(f64::from);
    let from = draw.chance(0.5).then(|| draw.between(-6, days / 2));
    match draw.below(7) {
        0 => {
            let [one, _, two] = three_points(-2, days + 1, draw);
            Spread::Uniform {
                from: draw.chance(0.7).then_some(one.min(days - 1)),
                to: draw.chance(0.7).then_some(two.max(0)),
            }
        }
        1 => Spread::Triangular { low, mode, high },
        2 => Spread::Pert { low, mode, high },
        3 => Spread::Normal { mean: mode, sd: draw.pick(&[0.8, 2.0, 3.5, 20.0]) },
        4 => Spread::Exponential { from, mean: draw.pick(&[0.7, 3.0, 12.5, 400.0]) },
        5 => Spread::LogNormal { from, median: draw.pick(&[1.5, 6.0, 40.0]), spread: draw.pick(&[1.4, 2.0, 5.0]) },
        _ => {
            let rows = draw.between(1, 4);
            let weights = [0.2, 1.0, 3.0, 0.0, 1e-12];
            let row = |_| (window(case, false, draw), draw.pick(&weights));
            Spread::WindowWeights((0..rows).map(row).collect())
        }
    }
}

/// A law of which the horizon sees the far tail, or whose own tail fills it.
fn far_spread(days: i32, draw: &mut Draw) -> Spread {
    let deviations = 30.0 * draw.fraction();
    let inside = draw.between(0, days - 1);
    match draw.weigh(&[2.0, 3.0, 1.0, 1.0, 0.5]) {
        0 => {
            let sd = draw.pick(&[0.5, 1.0, 2.5, 7.0]);
            let away = (deviations * sd).floor();
            let before = draw.chance(0.5);
            let mean = if before { -away } else { f64::from(days - 1) + away };
            Spread::Normal { mean, sd: f64::max(sd, (away + f64::from(days)) / 33.0) }
        }
        1 => {
            let farthest = f64::from(inside.max(days - 1 - inside));
            let sd = farthest / (0.5 * deviations + 17.0);
            Spread::Normal { mean: f64::from(inside), sd: sd.max(0.1) }
        }
        2 => Spread::Exponential {
            from: draw.chance(0.5).then(|| -draw.between(0, 40)),
            mean: draw.pick(&[0.2, 0.5, 2.0]),
        },
        3 => Spread::LogNormal {
            from: draw.chance(0.5).then(|| -draw.between(0, 100)),
            median: draw.pick(&[2.0, 30.0, 300.0]),
            spread: draw.pick(&[1.2, 1.4, 3.0]),
        },
        _ => Spread::Pert { low: -30.0, mode: -25.0, high: f64::from(days - 1 - inside / 2) },
    }
}

/// A duration (`least` 1) or delay (`least` 0).
fn number_spread(days: i32, least: i32, draw: &mut Draw) -> Spread {
    let longest = days.min(6);
    let [low, mode, high] = three_points(least, longest, draw).map(f64::from);
    let [low, mode] = if draw.chance(0.3) { [low, (mode + 0.25).min(high)] } else { [low, mode] };
    let from = draw.chance(0.35).then(|| draw.between(least, 2));
    match draw.below(7) {
        0 => Spread::Uniform { from, to: Some(draw.between(2, longest)) },
        1 => Spread::Triangular { low, mode, high },
        2 => Spread::Pert { low, mode, high },
        // Not so narrow that a double loses the longest.
        3 => Spread::Normal { mean: mode, sd: f64::max(draw.pick(&[0.4, 1.5]), f64::from(days) / 33.0) },
        4 => Spread::Exponential { from, mean: draw.pick(&[0.3, 2.0]) },
        5 => Spread::LogNormal { from, median: draw.pick(&[0.8, 2.5]), spread: draw.pick(&[1.3, 2.0]) },
        _ => {
            let weights = [0.2, 0.5, 1.0, 0.0, 1e-12];
            let row = |_| (draw.between(least, longest), draw.pick(&weights));
            Spread::DayWeights((0..3).map(row).collect())
        }
    }
}

/// A world that most propositions are made to fit, and another that tells which of them say something.
pub struct Planted {
    pub world: World,
    pub other: World,
}

impl Planted {
    /// A likely world, or any; in the tail the least likely of a few.
    fn new(kind: Kind, prior: &Weighed, draw: &mut Draw) -> Planted {
        let other = prior[draw.below(prior.len())].0;
        if kind == Kind::Tail {
            let few: Vec<usize> = (0..5).map(|_| draw.below(prior.len())).collect();
            let least = few.into_iter().min_by(|one, two| prior[*one].1.ln().total_cmp(&prior[*two].1.ln()));
            return Planted { world: prior[least.unwrap_or(0)].0, other };
        }
        if draw.chance(0.4) {
            return Planted { world: prior[draw.below(prior.len())].0, other };
        }
        let weights: Vec<f64> = prior.iter().map(|(_, weight)| weight.to_f64()).collect();
        Planted { world: prior[draw.weigh(&weights)].0, other }
    }

    /// Mostly what fits, and more often than not what does not go without saying.
    pub fn wanted(&self, fitting: f64, draw: &mut Draw) -> Wanted {
        match (draw.chance(fitting), draw.chance(0.65)) {
            (false, _) => Wanted::Anything,
            (true, false) => Wanted::True(self.world),
            (true, true) => Wanted::Doubtful(self.world, self.other),
        }
    }
}

fn id(kind: &str, index: usize, draw: &mut Draw) -> Option<String> {
    draw.chance(0.5).then(|| format!("{kind}{index}"))
}

fn add_rules(case: &mut Case, planted: &Planted, draw: &mut Draw) {
    for index in 0..draw.pick(&[0, 0, 1, 1, 1, 2, 2, 3]) {
        let about = draw.chance(0.5).then(|| {
            let event = draw.below(case.events.len());
            let dated = (0..case.events.len()).filter(|other| case.is_on_a_date(*other));
            let dated: Vec<usize> = dated.filter(|_| draw.chance(0.6)).collect();
            [vec![event], dated].concat()
        });
        let kept = draw.chance(0.9);
        let wanted = if kept { Wanted::Kept(planted.world) } else { Wanted::Anything };
        let occurs = draw.chance(0.3);
        let says = words(case, about.as_deref(), occurs, &wanted, draw);
        case.rules.push(Rule { id: id("r", index, draw), says });
    }
}

/// The as-of date, outcomes and observations.
fn add_knowledge(case: &mut Case, kind: Kind, planted: &Planted, draw: &mut Draw) {
    if draw.chance(if kind == Kind::Tail { 0.3 } else { 0.55 }) {
        let day = if draw.chance(0.3) { draw.between(-4, case.days + 3) } else { draw.between(-2, case.days / 2) };
        match draw.below(6) {
            0 => case.changes.as_of = Some(day),
            1 => (case.as_of, case.changes.as_of) = (Some(day + 2), Some(day)),
            _ => case.as_of = Some(day),
        }
    }
    for event in (0..case.events.len()).filter(|event| !case.is_on_a_date(*event)).collect::<Vec<_>>() {
        let start = planted.world.starts[event];
        let started = start != NEVER && case.as_of().is_some_and(|day| start <= day);
        if start == NEVER {
            let told = draw.chance(0.12);
            case.events[event].happened = told.then_some(Outcome::DidNotOccur);
        } else if draw.chance(if started { 0.5 } else { 0.06 }) {
            let day = if draw.chance(0.97) { start } else { draw.between(0, case.days - 1) };
            case.events[event].happened = Some(Outcome::Started(day));
        } else if started && draw.chance(0.8) {
            observe_start(case, event, start, draw);
        }
    }
    if kind == Kind::Tail && draw.chance(0.5) {
        let says = far_words(case, planted, draw);
        case.observations.push(Observation { id: None, date: None, says });
    }
    for _ in 0..draw.between(0, 1) {
        let date = draw.chance(0.5).then(|| near(case, draw));
        let wanted = planted.wanted(0.9, draw);
        let says = words(case, None, true, &wanted, draw);
        let id = id("o", case.observations.len(), draw);
        case.observations.push(Observation { id, date, says });
    }
}

/// A day close to the as-of date, or to the horizon.
pub fn near(case: &Case, draw: &mut Draw) -> i32 {
    match case.as_of() {
        Some(day) if draw.chance(0.8) => day + draw.between(-6, 2),
        _ => draw.between(-4, case.days + 3),
    }
}

/// Something about the start of an event in the planted world, which may be far from what the prior expects.
pub fn far_words(case: &Case, planted: &Planted, draw: &mut Draw) -> Proposition {
    let event = draw.below(case.events.len());
    match planted.world.starts[event] {
        NEVER => words(case, Some(&[event]), true, &planted.wanted(0.9, draw), draw),
        start => {
            let predicates = [Predicate::On, Predicate::NoEarlierThan, Predicate::By];
            start_words(case, event, start, predicates[draw.below(3)])
        }
    }
}

fn observe_start(case: &mut Case, event: usize, start: i32, draw: &mut Draw) {
    let says = start_words(case, event, start, Predicate::On);
    let date = draw.chance(0.6).then(|| start + draw.between(0, 2));
    let id = id("o", case.observations.len(), draw);
    case.observations.push(Observation { id, date, says });
}

fn add_queries(case: &mut Case, planted: &Planted, draw: &mut Draw) {
    for index in 0..draw.between(1, 3) as usize {
        let wanted = planted.wanted(0.6, draw);
        let ask = words(case, None, true, &wanted, draw);
        case.queries.push(Query { id: id("q", index, draw), ask });
    }
}

fn add_changes(case: &mut Case, planted: &Planted, draw: &mut Draw) {
    if draw.chance(0.15) {
        case.changes.ask.push(words(case, None, true, &Wanted::Anything, draw));
    }
    for _ in 0..draw.pick(&[0, 0, 0, 0, 0, 1, 2]) {
        let wanted = planted.wanted(0.85, draw);
        case.changes.assume.push(words(case, None, true, &wanted, draw));
    }
    if draw.chance(0.2) {
        let rules = (0..case.rules.len()).map(|index| case.rule_id(index));
        let observations = (0..case.observations.len()).map(|index| case.observation_id(index));
        let reports = (0..case.reports.len()).map(|index| case.report_id(index));
        let sources = case.reports.iter().filter_map(|r| Some(case.sources[r.source?].id.clone()));
        let mut ids: Vec<String> = rules.chain(observations).chain(reports).chain(sources).collect();
        draw.shuffle(&mut ids);
        ids.truncate(draw.between(1, 2) as usize);
        ids.dedup();
        case.changes.without = ids;
    }
}
