//! A factor in; what it says for certain of the gap between two days out.

use crate::model::Side;
use crate::network::{At, Delay, Factor, Formula, Function, Interval, Kind, Literal, Local, Test, VarId, Variable};

/// Ends of gaps beyond this are open; days lie far inside.
pub const FAR: i64 = 1 << 28;

/// `least <= day(later) − day(earlier) <= most` in every world, both first days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    pub later: usize,
    pub earlier: usize,
    pub least: i64,
    pub most: i64,
}

/// A function of the gap between two days: one value inside of it, another outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stepped {
    /// Ends that no days reach are open.
    pub gap: Gap,
    pub inside: f64,
    pub outside: f64,
}

/// The gap that tells a factor's two values apart, if two days that always occur are all that it is about.
pub fn stepped(factor: &Factor, variables: &[Variable]) -> Option<Stepped> {
    let Factor::Local(Local { scope, selector: None, function }) = factor else { return None };
    let [x, y] = scope[..] else { return None };
    if !is_plain(variables, x) || !is_plain(variables, y) || x == y {
        return None;
    }
    let Interval { later, least, most, inside, outside } = function.interval(x, y)?;
    let (later, earlier) = if later { (x.0, y.0) } else { (y.0, x.0) };
    let low = i64::from(variables[later].first) - i64::from(variables[earlier].last());
    let high = i64::from(variables[later].last()) - i64::from(variables[earlier].first);
    let (least, most) = (i64::from(least), i64::from(most));
    let least = if least <= low { -FAR } else { least };
    let most = if most >= high { FAR } else { most };
    Some(Stepped { gap: Gap { later, earlier, least, most }, inside, outside })
}

/// What a factor that is constant where it is not 0 allows: the gaps, and that constant.
pub fn interval(factor: &Factor, variables: &[Variable]) -> Option<(Gap, f64)> {
    let Stepped { gap, inside, outside } = stepped(factor, variables)?;
    match (inside > 0.0, outside > 0.0, gap.least, gap.most) {
        (true, false, _, _) => Some((gap, inside)),
        // What lies outside is an interval where the days reach beyond one end only.
        (false, true, least, most) if least == -FAR && most != FAR => {
            Some((Gap { least: most + 1, most: FAR, ..gap }, outside))
        }
        (false, true, least, FAR) if least != -FAR => Some((Gap { least: -FAR, most: least - 1, ..gap }, outside)),
        _ => None,
    }
}

/// All that a factor says for certain of the gaps between two days that occur in every world.
pub fn gaps(factor: &Factor, variables: &[Variable]) -> Vec<Gap> {
    let mut found = Vec::new();
    match factor {
        Factor::Delay(Delay { from, to, first, weights, .. }) => {
            let first = i64::from(*first);
            let to = At { var: *to, side: Side::First };
            found.extend(gap(variables, to, *from, (first, first + weights.len() as i64 - 1)));
        }
        Factor::Local(Local { selector: None, function, .. }) => match function {
            Function::Truth { formula, when_true, when_false } if *when_true > 0.0 && *when_false == 0.0 => {
                demanded(formula, variables, &mut found);
                found.extend(interval(factor, variables).map(|(gap, _)| gap));
            }
            _ => found.extend(interval(factor, variables).map(|(gap, _)| gap)),
        },
        _ => {}
    }
    found
}

fn is_plain(variables: &[Variable], var: VarId) -> bool {
    let variable = &variables[var.0];
    variable.lengths == 1 && !variable.never && variable.days > 0
}

/// What a formula that must hold says.
fn demanded(formula: &Formula, variables: &[Variable], found: &mut Vec<Gap>) {
    match formula {
        Formula::And(parts) => parts.iter().for_each(|part| demanded(part, variables, found)),
        Formula::Literal(Literal { kind: Kind::True | Kind::NotFalse, occurring, tests })
            if occurring.iter().all(|var| is_plain(variables, *var)) =>
        {
            for test in tests {
                match test {
                    Test::Gap { later, earlier, least, most } => {
                        found.extend(gap(variables, *later, *earlier, (i64::from(*least), i64::from(*most))));
                    }
                    // No gap, but not without bounds.
                    Test::Working(working) if is_plain(variables, working.anchor.var) => {
                        let (least, most) = working.distances(&variables[working.anchor.var.0]);
                        let ends = (i64::from(least), i64::from(most));
                        found.extend(gap(variables, working.subject, working.anchor, ends));
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// A gap between two plain days, told between their first days.
fn gap(variables: &[Variable], later: At, earlier: At, (least, most): (i64, i64)) -> Option<Gap> {
    if !is_plain(variables, later.var) || !is_plain(variables, earlier.var) || later.var == earlier.var {
        return None;
    }
    let behind = |at: At| if at.side == Side::Last { i64::from(variables[at.var.0].shortest) - 1 } else { 0 };
    let shift = behind(earlier) - behind(later);
    let end = |end: i64| if end.abs() >= FAR { end.signum() * FAR } else { end + shift };
    Some(Gap { later: later.var.0, earlier: earlier.var.0, least: end(least), most: end(most) })
}
