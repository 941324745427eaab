//! A formula over events and decisions in; what it comes to where decisions are known by ranges only, out.

use super::formula::{Formula, Kind, Literal, Test};
use super::{At, VarId};

/// What a decision may be: a day of a range, not held, or either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// First and last day; `None` where it cannot be held.
    pub days: Option<(i32, i32)>,
    pub never: bool,
}

/// Which side a formula is replaced on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// True in every world in which some choice makes the formula true.
    Above,
    /// True only in worlds in which every choice makes the formula true.
    Below,
}

impl Side {
    fn other(self) -> Side {
        if self == Side::Above { Side::Below } else { Side::Above }
    }
}

/// A formula without decisions that is implied by the formula for some choice (above), or implies it for all (below). Each test
/// is replaced by itself, so that it is no more than a bound where several tests speak of one decision.
///
/// `choice` gives the decision that a variable stands for, if it does.
pub fn relaxed(formula: &Formula, choice: &impl Fn(VarId) -> Option<Choice>, side: Side) -> Formula {
    formula.map(&|literal| relaxed_literal(literal, choice, side))
}

fn relaxed_literal(literal: &Literal, choice: &impl Fn(VarId) -> Option<Choice>, side: Side) -> Formula {
    // The tests of a literal that is "not true" are bounded from the other side.
    let of_tests = if literal.kind == Kind::NotTrue { side.other() } else { side };
    let decisions: Vec<Choice> = literal.occurring.iter().filter_map(|var| choice(*var)).collect();
    let absent = match of_tests {
        Side::Above => decisions.iter().any(|choice| choice.days.is_none()),
        Side::Below => decisions.iter().any(|choice| choice.never),
    };
    match literal.kind {
        Kind::True if absent => return Formula::Constant(false),
        Kind::NotTrue if absent => return Formula::Constant(true),
        // Not held, it leaves statements about its date unknown.
        Kind::NotFalse if decisions.iter().any(|choice| choice.never) && side == Side::Above => {
            return Formula::Constant(true);
        }
        Kind::NotFalse if decisions.iter().any(|choice| choice.days.is_none()) => return Formula::Constant(true),
        _ => {}
    }
    let occurring = literal.occurring.iter().copied().filter(|var| choice(*var).is_none()).collect();
    let tests = literal.tests.iter().map(|test| relaxed_test(test, choice, of_tests)).collect();
    Formula::Literal(Literal { kind: literal.kind, occurring, tests })
}

fn relaxed_test(test: &Test, choice: &impl Fn(VarId) -> Option<Choice>, side: Side) -> Test {
    let range = |at: &At| choice(at.var).and_then(|choice| choice.days);
    let above = side == Side::Above;
    match test {
        Test::Day { at, from, to } => match range(at) {
            Some((low, high)) if above => Test::Known(low <= *to && high >= *from),
            Some((low, high)) => Test::Known(low >= *from && high <= *to),
            None => test.clone(),
        },
        Test::Gap { later, earlier, least, most } => match (range(later), range(earlier)) {
            (None, None) => test.clone(),
            (Some(later), Some(earlier)) => {
                let (low, high) = (later.0 - earlier.1, later.1 - earlier.0);
                let holds = if above { low <= *most && high >= *least } else { low >= *least && high <= *most };
                Test::Known(holds)
            }
            // later − most ≤ earlier ≤ later − least, for some or for all days of the range.
            (Some((low, high)), None) => {
                let (low, high) = if above { (low, high) } else { (high, low) };
                day_within(*earlier, low.saturating_sub(*most), high.saturating_sub(*least))
            }
            (None, Some((low, high))) => {
                let (low, high) = if above { (low, high) } else { (high, low) };
                day_within(*later, low.saturating_add(*least), high.saturating_add(*most))
            }
        },
        Test::Class { at, shift, days } => match range(at) {
            Some((low, high)) => {
                let mut all = (low..=high).map(|day| days.contains(day.saturating_add(*shift)));
                Test::Known(if above { all.any(|holds| holds) } else { all.all(|holds| holds) })
            }
            None => test.clone(),
        },
        // The ends of the days that go with a day never decrease with it.
        Test::Working(gap) => match (range(&gap.subject), range(&gap.anchor)) {
            (None, None) => test.clone(),
            (Some(subject), Some(anchor)) => match gap.decided(subject, anchor) {
                Some(known) => Test::Known(known),
                None => Test::Known(above),
            },
            (Some((low, high)), None) => {
                let (low, high) = if above { (low, high) } else { (high, low) };
                day_within(gap.anchor, gap.anchors(low).0, gap.anchors(high).1)
            }
            (None, Some((low, high))) => {
                let (low, high) = if above { (low, high) } else { (high, low) };
                day_within(gap.subject, gap.subjects(low).0, gap.subjects(high).1)
            }
        },
        Test::Known(_) => test.clone(),
    }
}

fn day_within(at: At, from: i32, to: i32) -> Test {
    if from > to { Test::Known(false) } else { Test::Day { at, from, to } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model;
    use crate::network::Value;

    const EVENT: VarId = VarId(0);
    const DECISION: VarId = VarId(1);

    fn at(var: VarId) -> At {
        At { var, side: model::Side::First }
    }

    /// The bounds hold for every range, every formula of a gap or its negation, and every world.
    #[test]
    fn bounds_are_bounds() {
        let gap = |later, earlier, kind| {
            let tests = vec![Test::Gap { later: at(later), earlier: at(earlier), least: 1, most: 4 }];
            Formula::Literal(Literal { kind, occurring: vec![EVENT, DECISION], tests })
        };
        let mut tight = [0, 0];
        for kind in [Kind::True, Kind::NotTrue] {
            for formula in [gap(DECISION, EVENT, kind), gap(EVENT, DECISION, kind)] {
                for (low, high, never) in [(3, 3, false), (2, 5, false), (2, 9, true), (6, 7, false)] {
                    let choice = |var| (var == DECISION).then_some(Choice { days: Some((low, high)), never });
                    for event in (0..12).map(|day| Value { first: day, last: day }).chain([Value::NEVER]) {
                        let holds = |held: Value| formula.holds(&|var| if var == EVENT { event } else { held });
                        let mut truths: Vec<bool> = (low..=high).map(|d| holds(Value { first: d, last: d })).collect();
                        truths.extend(never.then(|| holds(Value::NEVER)));
                        let above = relaxed(&formula, &choice, Side::Above).holds(&|_| event);
                        let below = relaxed(&formula, &choice, Side::Below).holds(&|_| event);
                        assert!(above || !truths.contains(&true));
                        assert!(!below || !truths.contains(&false));
                        tight[0] += usize::from(above == truths.contains(&true));
                        tight[1] += usize::from(below != truths.contains(&false));
                    }
                }
            }
        }
        // A single test is bounded as well as can be.
        assert_eq!(tight, [2 * 2 * 4 * 13; 2]);
    }
}
