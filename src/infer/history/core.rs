//! A network in; the knots of its parts that are nothing but orders of days out.

use super::{MOST, Order, Precedence};
use crate::infer::gaps::{FAR, Gap, Stepped, stepped};
use crate::network::{Factor, Network, Variable};
use std::collections::{BTreeMap, BTreeSet};

/// The orders that tie up the variables of one part: all else hangs on one of their variables each.
///
/// First all that hang together in one order; then, where that is more, the largest of the pieces that single variables
/// join, which may be less to do.
pub fn orders(network: &Network, part: &[usize], factors: impl Iterator<Item = usize>) -> Vec<Order> {
    let mut rules: BTreeMap<(usize, usize), Vec<(usize, Precedence)>> = BTreeMap::new();
    let mut others: BTreeSet<(usize, usize)> = BTreeSet::new();
    for index in factors {
        let factor = &network.factors[index];
        let scope: Vec<usize> = factor.scope().into_iter().map(|var| var.0).collect();
        if let Some(rule) = precedence(factor, &network.variables) {
            rules.entry(ordered(rule.first, rule.second)).or_default().push((index, rule));
            continue;
        }
        for (at, one) in scope.iter().enumerate() {
            others.extend(scope[at + 1..].iter().filter(|two| *two != one).map(|two| ordered(*one, *two)));
        }
    }
    rules.retain(|pair, _| !others.contains(pair));
    let mut edges: Vec<(usize, usize)> = rules.keys().chain(&others).copied().collect();
    edges.sort_unstable();
    let pieces: Vec<Vec<(usize, usize)>> =
        pieces(part, &edges).into_iter().filter(|piece| piece.iter().all(|pair| rules.contains_key(pair))).collect();
    let Some(largest) = pieces.iter().max_by_key(|piece| piece.len()).filter(|piece| piece.len() > 1) else {
        return Vec::new();
    };
    let whole = stripped(joined(&pieces, largest));
    let choices = if whole.len() == largest.len() { vec![whole] } else { vec![whole, largest.clone()] };
    let order = |pairs: Vec<(usize, usize)>| {
        let vars: BTreeSet<usize> = pairs.iter().flat_map(|pair| [pair.0, pair.1]).collect();
        let vars: Vec<usize> = vars.into_iter().collect();
        let own: Vec<(usize, Precedence)> = pairs.iter().flat_map(|pair| rules[pair].iter().copied()).collect();
        let days = |var: usize| {
            let variable = network.variables[var];
            (i64::from(variable.first), i64::from(variable.last()))
        };
        (vars.len() <= MOST).then(|| Order::new(&vars, days, &own)).flatten()
    };
    choices.into_iter().filter_map(order).collect()
}

fn ordered(one: usize, two: usize) -> (usize, usize) {
    (one.min(two), one.max(two))
}

/// What a factor says of two events that occur on one day each, if it is that one day is not before the other: always, or
/// with one weight where it is so and another where it is not.
pub fn precedence(factor: &Factor, variables: &[Variable]) -> Option<Precedence> {
    let Stepped { gap: Gap { later, earlier, least, most }, inside, outside } = stepped(factor, variables)?;
    let (first, second, strict) = match (least, most) {
        (0 | 1, FAR) => (earlier, later, least == 1),
        (_, 0 | -1) if least == -FAR => (later, earlier, most == -1),
        _ => return None,
    };
    if inside > 0.0 {
        let (least, greatest) = (inside.min(outside), inside.max(outside));
        // Turns have the one as a part of the other.
        let parted = least == 0.0 || least / greatest >= f64::MIN_POSITIVE;
        return parted.then_some(Precedence { first, second, strict, holds: inside, fails: outside });
    }
    let opposite = Precedence { first: second, second: first, strict: !strict, holds: outside, fails: 0.0 };
    (outside > 0.0).then_some(opposite)
}

/// The pairs of each piece that no single variable's going takes apart (Tarjan 1972).
fn pieces(vars: &[usize], edges: &[(usize, usize)]) -> Vec<Vec<(usize, usize)>> {
    let mut beside: BTreeMap<usize, Vec<usize>> = vars.iter().map(|var| (*var, Vec::new())).collect();
    for (one, two) in edges {
        beside.entry(*one).or_default().push(*two);
        beside.entry(*two).or_default().push(*one);
    }
    let mut found = Vec::new();
    let mut number: BTreeMap<usize, usize> = BTreeMap::new();
    let mut lowest: BTreeMap<usize, usize> = BTreeMap::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    for &root in vars {
        if number.contains_key(&root) {
            continue;
        }
        number.insert(root, number.len());
        lowest.insert(root, number[&root]);
        // Variables on the way, each with its parent and the next neighbour to look at.
        let mut path = vec![(root, root, 0)];
        while let Some((var, parent, next)) = path.last_mut() {
            let (var, parent) = (*var, *parent);
            let Some(&other) = beside[&var].get(*next) else {
                path.pop();
                if path.is_empty() {
                    continue;
                }
                let low = lowest[&parent].min(lowest[&var]);
                lowest.insert(parent, low);
                if lowest[&var] >= number[&parent] {
                    let from = open.iter().rposition(|pair| *pair == (parent, var)).unwrap_or(0);
                    found.push(open.drain(from..).map(|(one, two)| ordered(one, two)).collect());
                }
                continue;
            };
            *next += 1;
            if other == parent {
                continue;
            }
            match number.get(&other) {
                Some(&seen) => {
                    if seen < number[&var] {
                        open.push((var, other));
                        let low = lowest[&var].min(seen);
                        lowest.insert(var, low);
                    }
                }
                None => {
                    number.insert(other, number.len());
                    lowest.insert(other, number[&other]);
                    open.push((var, other));
                    path.push((other, var, 0));
                }
            }
        }
    }
    found
}

/// All pieces that hang together with one, by shared variables.
fn joined(pieces: &[Vec<(usize, usize)>], one: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut by_var: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, piece) in pieces.iter().enumerate() {
        let vars: BTreeSet<usize> = piece.iter().flat_map(|pair| [pair.0, pair.1]).collect();
        vars.into_iter().for_each(|var| by_var.entry(var).or_default().push(index));
    }
    let mut taken = vec![false; pieces.len()];
    let mut known: BTreeSet<usize> = one.iter().flat_map(|pair| [pair.0, pair.1]).collect();
    let mut open: Vec<usize> = known.iter().copied().collect();
    let mut found = Vec::new();
    while let Some(var) = open.pop() {
        for &index in &by_var[&var] {
            if std::mem::replace(&mut taken[index], true) {
                continue;
            }
            found.extend_from_slice(&pieces[index]);
            for var in pieces[index].iter().flat_map(|pair| [pair.0, pair.1]) {
                if known.insert(var) {
                    open.push(var);
                }
            }
        }
    }
    found.sort_unstable();
    found
}

/// Without what hangs on one variable only: it is summed out beforehand.
fn stripped(mut pairs: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    let mut beside: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (one, two) in &pairs {
        beside.entry(*one).or_default().insert(*two);
        beside.entry(*two).or_default().insert(*one);
    }
    let mut ends: Vec<usize> = beside.iter().filter(|(_, others)| others.len() == 1).map(|(var, _)| *var).collect();
    while let Some(end) = ends.pop() {
        for other in std::mem::take(beside.entry(end).or_default()) {
            let others = beside.entry(other).or_default();
            others.remove(&end);
            if others.len() == 1 {
                ends.push(other);
            }
        }
    }
    pairs.retain(|(one, two)| beside[one].contains(two));
    pairs
}
