//! A network and an elimination order in; which factors and messages meet in each variable's bucket, out.

use super::tree::ForestPlan;
use crate::network::Network;
use std::collections::BTreeSet;

/// The elimination tree: every variable's bucket holds the factors and messages that are multiplied when it is summed
/// out, and the result goes to the bucket of the first of its variables to go.
#[derive(Debug, Default)]
pub struct Buckets {
    /// Position of each variable in the elimination order.
    pub position: Vec<usize>,
    /// Indices of the factors of each variable's bucket.
    pub own: Vec<Vec<usize>>,
    pub children: Vec<Vec<usize>>,
    pub parent: Vec<Option<usize>>,
    /// The variables of each message; empty for those of trees.
    pub scopes: Vec<Vec<usize>>,
    /// For each variable the variable of its component that went last.
    pub root: Vec<usize>,
}

impl Buckets {
    /// The trees' variables come first, then those of `order`.
    pub fn new(network: &Network, trees: &ForestPlan, order: &[usize]) -> Buckets {
        let count = network.variables.len();
        let whole: Vec<usize> = trees.order().chain(order.iter().copied()).collect();
        let mut buckets = Buckets {
            position: vec![0; count],
            own: vec![Vec::new(); count],
            children: vec![Vec::new(); count],
            parent: vec![None; count],
            scopes: vec![Vec::new(); count],
            root: (0..count).collect(),
        };
        for (position, var) in whole.iter().enumerate() {
            buckets.position[*var] = position;
        }
        for (index, factor) in network.factors.iter().enumerate() {
            if factor.first_var().is_some_and(|var| !trees.holds(var.0)) {
                let first = factor.scope().into_iter().min_by_key(|var| buckets.position[var.0]);
                first.into_iter().for_each(|var| buckets.own[var.0].push(index));
            }
        }
        for var in trees.order() {
            buckets.own[var].extend(trees.factors(var));
            buckets.hang(var, trees.parent(var));
        }
        buckets.join(network, order);
        for &var in whole.iter().rev() {
            buckets.root[var] = buckets.parent[var].map_or(var, |parent| buckets.root[parent]);
        }
        buckets
    }

    fn hang(&mut self, var: usize, parent: Option<usize>) {
        self.parent[var] = parent;
        parent.into_iter().for_each(|parent| self.children[parent].push(var));
    }

    /// Finds where each message goes by the scopes alone.
    fn join(&mut self, network: &Network, order: &[usize]) {
        for &var in order {
            let mut scope: BTreeSet<usize> = BTreeSet::new();
            for index in &self.own[var] {
                scope.extend(network.factors[*index].scope().into_iter().map(|other| other.0));
            }
            for child in &self.children[var] {
                scope.extend(&self.scopes[*child]);
            }
            scope.remove(&var);
            self.hang(var, scope.iter().copied().min_by_key(|other| self.position[*other]));
            self.scopes[var] = scope.into_iter().collect();
        }
    }

    /// The variables in the reverse of the elimination order.
    pub fn last_first(&self) -> Vec<usize> {
        let mut order = vec![0; self.position.len()];
        let count = order.len();
        for (var, position) in self.position.iter().enumerate() {
            order[count - 1 - position] = var;
        }
        order
    }
}
