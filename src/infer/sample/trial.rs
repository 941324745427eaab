//! Lists of weights and gaps in, small networks and everything that is true of them by enumeration out.

use super::interval::IntervalSystem;
use crate::model::{EventId, Side};
use crate::network::{
    At, Factor, Formula, Function, Kind, Literal, Local, Network, Role, Test, Value, VarId, Variable,
};
use statrs::distribution::{ChiSquared, ContinuousCDF};
use std::collections::BTreeMap;

/// `(later, earlier, least, most)`.
pub type Gap = (usize, usize, i32, i32);

/// An open side of a gap.
pub const OPEN: i32 = 1_000_000_000;

/// Events whose weights begin at the given days; a list ends with the weight of "does not occur" where `never` is set.
pub fn network(events: &[(i32, bool, Vec<f64>)], gaps: &[Gap]) -> Network {
    let mut network = Network::default();
    for (index, (first, never, weights)) in events.iter().enumerate() {
        let days = weights.len() - usize::from(*never);
        network.variables.push(Variable::of_days(Role::Start(EventId(index)), *first, days, *never));
        network.starts.push(VarId(index));
        network.factors.push(Factor::Table { scope: vec![VarId(index)], values: weights.clone().into() });
    }
    network.factors.extend(gaps.iter().map(|gap| rule(*gap)));
    network
}

fn rule((later, earlier, least, most): Gap) -> Factor {
    let at = |var: usize| At { var: VarId(var), side: Side::First };
    let tests = vec![Test::Gap { later: at(later), earlier: at(earlier), least, most }];
    let occurring = vec![VarId(later), VarId(earlier)];
    let formula = Formula::Literal(Literal { kind: Kind::NotFalse, occurring, tests });
    let function = Function::Truth { formula, when_true: 1.0, when_false: 0.0 };
    Factor::Local(Local { scope: vec![VarId(later), VarId(earlier)], selector: None, function })
}

/// Events in a grid, each no later than its right and its lower neighbour, evenly on `days` days.
pub fn grid(rows: usize, columns: usize, days: usize) -> Network {
    let mut gaps = Vec::new();
    for cell in 0..rows * columns {
        gaps.extend((cell % columns + 1 < columns).then_some((cell + 1, cell, 0, OPEN)));
        gaps.extend((cell / columns + 1 < rows).then_some((cell + columns, cell, 0, OPEN)));
    }
    network(&vec![(0, false, vec![1.0; days]); rows * columns], &gaps)
}

/// Natural logarithm of the number of such days for `days = c + 1`: plane partitions in a box (MacMahon 1916).
///
/// ```text
/// Π_{i,j} (i + j + c − 1)/(i + j − 1)
/// ```
pub fn log_plane_partitions(rows: usize, columns: usize, days: usize) -> f64 {
    let cells = (1..=rows).flat_map(|i| (1..=columns).map(move |j| (i + j - 1) as f64));
    cells.map(|k| ((k + days as f64 - 1.0) / k).ln()).sum()
}

/// All worlds of positive weight, with their weights.
pub fn worlds(network: &Network) -> Vec<(Vec<u32>, f64)> {
    let sizes: Vec<usize> = network.variables.iter().map(Variable::size).collect();
    let mut found = Vec::new();
    let mut world = vec![0u32; sizes.len()];
    loop {
        let value = |var: VarId| -> Value { network.variables[var.0].value(world[var.0] as usize) };
        let weight: f64 = network.factors.iter().map(|factor| factor_weight(factor, &world, &value)).product();
        found.extend((weight > 0.0).then(|| (world.clone(), weight)));
        let Some(var) = (0..sizes.len()).rev().find(|var| (world[*var] as usize) + 1 < sizes[*var]) else {
            return found;
        };
        world[var] += 1;
        world[var + 1..].fill(0);
    }
}

fn factor_weight(factor: &Factor, world: &[u32], value: &impl Fn(VarId) -> Value) -> f64 {
    match factor {
        Factor::Table { scope, values } => values[scope.first().map_or(0, |var| world[var.0] as usize)],
        Factor::Local(local) => local.function.value(value),
        _ => panic!("not a factor of an interval system"),
    }
}

/// Small systems with holes, gaps of two sides, rigid ties, circles and weights of very different size.
pub fn small_networks() -> Vec<Network> {
    let even = |first: i32, days: usize| (first, false, vec![1.0; days]);
    let holes = (0, false, vec![0.0, 3.0, 0.0, 1.0, 2.5, 0.0, 0.5]);
    let steep = (1, false, (0..6).map(|day| 10f64.powi(-day)).collect());
    vec![
        network(&[holes.clone(), steep.clone(), even(0, 5)], &[(1, 0, 0, 3), (2, 1, -2, 2), (2, 0, -1, OPEN)]),
        network(&vec![even(0, 4); 4], &[(1, 0, 0, OPEN), (2, 0, 0, OPEN), (3, 1, 0, OPEN), (3, 2, 0, OPEN)]),
        network(&[holes.clone(), steep.clone(), holes, even(0, 8)], &[(1, 0, 1, 1), (2, 1, 0, OPEN), (3, 2, -1, 2)]),
        // Round and back: the same day for three.
        network(
            &[even(0, 5), steep, even(1, 5), even(0, 9)],
            &[(1, 0, 0, OPEN), (2, 1, 0, OPEN), (0, 2, 0, 3), (3, 0, 1, 4)],
        ),
    ]
}

/// Systems in which events may be absent.
pub fn absent_networks() -> Vec<Network> {
    let even = |days: usize| (0, false, vec![1.0; days]);
    let perhaps = (1, true, vec![2.0, 1.0, 0.0, 1.0, 0.5, 3.0]);
    vec![
        network(&[perhaps.clone(), even(3)], &[]),
        network(&[even(4), perhaps.clone(), perhaps.clone()], &[(1, 0, 0, 2), (2, 1, 1, OPEN), (2, 0, 2, 2)]),
        // Both at once leave no days.
        network(&[perhaps.clone(), perhaps, even(6)], &[(1, 0, 2, OPEN), (0, 1, 2, OPEN), (2, 0, 0, 1)]),
    ]
}

/// The exact number of worlds is compared with the number drawn (Pearson 1900): `Σ (drawn − expected)²/expected` must be
/// below what chance exceeds once in ten thousand times. Worlds that are expected less than five times count together.
#[track_caller]
pub fn assert_drawn_in_proportion(network: &Network, drawn: impl Iterator<Item = Vec<u32>>) {
    let mut counts: BTreeMap<Vec<u32>, f64> = BTreeMap::new();
    let mut all = 0.0;
    for world in drawn {
        *counts.entry(world).or_default() += 1.0;
        all += 1.0;
    }
    let worlds = worlds(network);
    let total: f64 = worlds.iter().map(|(_, weight)| weight).sum();
    let (mut statistic, mut cells, mut rest, mut found) = (0.0, 0, [0.0, 0.0], 0.0);
    for (world, weight) in &worlds {
        let (expected, count) = (all * weight / total, counts.get(world).copied().unwrap_or(0.0));
        found += count;
        if expected < 5.0 {
            rest = [rest[0] + expected, rest[1] + count];
        } else {
            statistic += (count - expected).powi(2) / expected;
            cells += 1;
        }
    }
    assert_eq!(found, all, "worlds of weight 0 were drawn");
    if rest[0] >= 5.0 {
        statistic += (rest[1] - rest[0]).powi(2) / rest[0];
        cells += 1;
    }
    let critical = ChiSquared::new(f64::from((cells - 1).max(1))).unwrap().inverse_cdf(1.0 - 1e-4);
    assert!(cells > 1 && statistic < critical, "{statistic} with {cells} cells, critical {critical}");
}

/// The system of a network that is one.
#[track_caller]
pub fn system(network: &Network) -> IntervalSystem {
    IntervalSystem::of(network).expect("weights of single days and rules on gaps")
}
