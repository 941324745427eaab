//! A world in; the probabilities of a variable's values, given all others of that world, out.

use crate::infer::number::Number;
use crate::infer::potential::{Piece, Potential};
use crate::network::{Network, VarId, Variable};

/// The conditional distributions of some variables of a network, each given all others (its *full conditional*).
pub struct Conditionals {
    variables: Vec<Own>,
}

/// A variable and all factors about it.
struct Own {
    var: usize,
    size: usize,
    /// Whether its values are days alone, of which lines may be cut.
    plain: bool,
    /// Those of steps first: they narrow the values of plain ones down.
    factors: Vec<Potential<f64>>,
}

/// Memory that is used again from world to world.
#[derive(Default)]
pub struct Room {
    assignment: Vec<u32>,
    line: Vec<f64>,
    pieces: Vec<Piece>,
}

impl Conditionals {
    pub fn new(network: &Network, vars: &[VarId]) -> Conditionals {
        let sizes: Vec<usize> = network.variables.iter().map(Variable::size).collect();
        let own = |var: &VarId| {
            let about = network.factors.iter().filter(|factor| factor.scope().contains(var));
            let ready = |factor| Potential::new(factor, &|var: VarId| network.variables[var.0], &sizes);
            let mut factors: Vec<Potential<f64>> = about.map(ready).collect();
            factors.sort_by_key(Potential::is_dense);
            let variable = network.variables[var.0];
            Own { var: var.0, size: sizes[var.0], plain: variable.lengths == 1 && !variable.never, factors }
        };
        Conditionals { variables: vars.iter().map(own).collect() }
    }

    /// Elementary steps that one world takes at most.
    pub fn steps(&self) -> usize {
        self.variables.iter().map(|own| own.size * (1 + own.factors.len())).sum()
    }

    /// The index of the first value that is possible, and the probabilities of the values from there on, of the variable
    /// `index` of those asked for, given all others in a world of the network.
    ///
    /// Where plain numbers cannot hold the products, all of it is on the value that the world has.
    pub fn of<'r>(&self, index: usize, world: &[u32], room: &'r mut Room) -> (usize, &'r [f64]) {
        let Own { var, size, plain, factors } = &self.variables[index];
        let Room { assignment, line, pieces } = room;
        assignment.clear();
        assignment.extend_from_slice(world);
        assignment[*var] = 0;
        let (mut first, mut end) = (0, *size);
        for factor in factors.iter().take_while(|factor| *plain && !factor.is_dense()) {
            factor.pieces(*var, assignment, pieces);
            let mut start = 0;
            let mut possible = (usize::MAX, 0);
            for piece in pieces.iter() {
                if piece.value > 0.0 && piece.end > start {
                    possible = (possible.0.min(start), piece.end);
                }
                start = start.max(piece.end);
            }
            (first, end) = (first.max(possible.0), end.min(possible.1));
        }
        line.clear();
        line.resize(end.saturating_sub(first), 1.0);
        let mut lost = line.is_empty();
        if !lost {
            assignment[*var] = first as u32;
            factors.iter().for_each(|factor| factor.multiply_any(*var, assignment, line, pieces, &mut lost));
        }
        let total = f64::total(line);
        if lost || !total.is_normal() {
            line.clear();
            line.push(1.0);
            return (world[*var] as usize, line);
        }
        line.iter_mut().for_each(|value| *value /= total);
        (first, line)
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{OPEN, network, worlds};
    use super::*;

    /// In each world of a small network, of each event, against the weights of the worlds that differ in it alone.
    #[test]
    fn full_conditionals_are_what_the_worlds_say() {
        let events = [
            (0, false, vec![1.0, 2.0, 0.0, 1.0, 3.0]),
            (1, true, vec![0.5, 1.0, 1e-200, 2.0]),
            (0, false, vec![1.0, 1.0, 4.0, 1e-30]),
        ];
        let gaps = [(1, 0, 1, OPEN), (2, 0, -2, 2), (2, 1, -1, OPEN)];
        let network = network(&events, &gaps);
        let vars: Vec<VarId> = (0..3).map(VarId).collect();
        let conditionals = Conditionals::new(&network, &vars);
        let all = worlds(&network);
        assert!(all.len() > 20 && conditionals.steps() > 13);
        let mut room = Room::default();
        for (world, _) in &all {
            for var in 0..3 {
                let alike = |other: &[u32]| (0..3).all(|at| at == var || other[at] == world[at]);
                let total: f64 = all.iter().filter(|(other, _)| alike(other)).map(|(_, weight)| weight).sum();
                let (first, found) = conditionals.of(var, world, &mut room);
                let mut sum = 0.0;
                for (other, weight) in all.iter().filter(|(other, _)| alike(other)) {
                    let at = (other[var] as usize).checked_sub(first).expect("possible values are told");
                    assert!((found[at] - weight / total).abs() <= 1e-15, "{world:?}, {var}: {found:?}");
                    sum += found[at];
                }
                assert!((sum - 1.0).abs() < 1e-12, "nothing else is possible");
            }
        }
    }
}
