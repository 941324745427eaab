//! A case without reports in, sources and reports added to it.

use crate::cases::case::{Case, Hedge, Report, Slip, Source, Strength};
use crate::cases::draw::Draw;
use crate::cases::generate::{Planted, far_words, near};
use crate::cases::words::words;
use crate::enumeration::hearing::TERMS;

const SOURCES: [&str; 3] = ["reuters", "tass", "leak"];

/// Adds up to four reports, and the sources that they name.
///
/// In the far tail most of them speak of the far day.
pub fn add_reports(case: &mut Case, far: bool, planted: &Planted, draw: &mut Draw) {
    for id in SOURCES.iter().take(draw.between(0, 2) as usize) {
        let source = Source {
            id: id.to_string(),
            strength: draw.chance(0.8).then(|| credibility(draw)),
            hedge: draw.chance(0.2).then(|| hedge(draw)),
            slip: draw.chance(0.25).then(|| slip(draw)),
        };
        case.sources.push(source);
    }
    for index in 0..draw.pick(&[0, 1, 1, 2, 2, 3, 3, 4]) {
        let report = report(case, index, far && draw.chance(0.6), planted, draw);
        case.reports.push(report);
    }
    if draw.chance(0.4) {
        own_grade(case, draw);
    }
}

fn credibility(draw: &mut Draw) -> Strength {
    if draw.chance(0.35) {
        let (letter, digit) = (draw.pick(&["A", "B", "C", "D", "E", "F"]), draw.between(1, 6));
        return Strength::Grade(format!("{letter}{digit}"));
    }
    let odd = draw.fraction();
    Strength::Credibility(draw.pick(&[0.8, 0.5, 0.95, 0.3, 0.0, 1.0, 0.999999, 1e-6, odd, odd]))
}

fn hedge(draw: &mut Draw) -> Hedge {
    let odd = draw.fraction();
    if draw.chance(0.5) {
        Hedge::Term(draw.pick(&TERMS).0)
    } else {
        Hedge::Number(draw.pick(&[0.0, 1.0, 0.5, 0.9, odd]))
    }
}

fn slip(draw: &mut Draw) -> Slip {
    if draw.chance(0.4) {
        return Slip::Tailed {
            exact: draw.pick(&[0.0, 0.35, 0.9, 1.0]),
            late_share: draw.pick(&[0.0, 0.8, 0.5, 1.0]),
            late_days: draw.pick(&[0.25, 3.0, 40.5]),
            early_days: draw.pick(&[1.0, 7.5]),
            growth: draw.pick(&[0.0, 0.4, 2.0]),
        };
    }
    let late = draw.between(0, 3);
    let early = if draw.chance(0.4) { late } else { draw.between(0, 3) };
    Slip::Linear { early, late }
}

fn report(case: &Case, index: usize, far: bool, planted: &Planted, draw: &mut Draw) -> Report {
    let source = (!case.sources.is_empty() && draw.chance(0.75)).then(|| draw.below(case.sources.len()));
    // A source that speaks of the same events again replaces or adds to its word.
    let earlier: Vec<usize> = (0..index).filter(|other| case.reports[*other].source == source).collect();
    let about = if !earlier.is_empty() && draw.chance(0.6) {
        Some(case.reports[draw.pick(&earlier)].says.events())
    } else {
        draw.chance(0.5).then(|| vec![draw.below(case.events.len())])
    };
    let wanted = planted.wanted(0.75, draw);
    let says = if far { far_words(case, planted, draw) } else { words(case, about.as_deref(), true, &wanted, draw) };
    let strong_source = source.is_some_and(|source| case.sources[source].strength.is_some());
    let strength = match draw.below(10) {
        0..4 if strong_source => None,
        4 => Some(Strength::LikelihoodRatio(draw.pick(&[0.0, 0.2, 1.0, 3.0, 1e6, 1e-6, 20.5]))),
        _ => Some(credibility(draw)),
    };
    let is_ratio = matches!(strength, Some(Strength::LikelihoodRatio(_)));
    let slips = !is_ratio && says.events().len() == 1 && !says.says_occurs();
    let echoes = (index > 0 && draw.chance(0.2)).then(|| draw.below(index));
    let echoes = echoes.filter(|original| case.reports[*original].echoes.is_none());
    Report {
        id: draw.chance(0.6).then(|| format!("rep{index}")),
        source,
        date: draw.chance(0.65).then(|| near(case, draw)),
        strength,
        hedge: (!is_ratio && draw.chance(0.35)).then(|| hedge(draw)),
        slip: (slips && draw.chance(0.4)).then(|| slip(draw)),
        echoes,
        independent: source.is_some() && draw.chance(0.1),
        says,
    }
}

/// Gives a grade that is used a number of its own.
fn own_grade(case: &mut Case, draw: &mut Draw) {
    let sources = case.sources.iter().map(|source| &source.strength);
    let all = sources.chain(case.reports.iter().map(|report| &report.strength));
    let grades: Vec<String> = all
        .filter_map(|strength| match strength {
            Some(Strength::Grade(grade)) => Some(grade.clone()),
            _ => None,
        })
        .collect();
    if !grades.is_empty() {
        case.grades = vec![(draw.pick(&grades), draw.pick(&[0.75, 0.0, 1.0, 0.33]))];
    }
}
