//! Lists of weights and gaps in, small networks and everything that is true of them by enumeration out.

use crate::model::{EventId, Side};
use crate::network::{
    At, Factor, Formula, Function, Kind, Literal, Local, Network, Role, Test, Value, VarId, Variable,
};

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
        network.factors.push(Factor::Table { scope: vec![VarId(index)], values: weights.clone() });
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
