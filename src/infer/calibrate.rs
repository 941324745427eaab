//! A network in; by one sweep up and one down its elimination tree, every marginal, and the weight of any addition, out.

use super::eliminate::{product, sum_out};
use super::number::{Number, Scaled};
use super::order::{Cost, Limits, Outline, Plan, TooLarge, plan, plan_few};
use super::potential::Potential;
use super::table::Table;
use crate::network::{Extension, Network, Role, VarId, Variable};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// A network with the messages of its elimination tree.
///
/// Every variable has a *bucket*: the factors and messages that are multiplied when it is summed out. The result, a table
/// over the bucket's other variables, is the *upward* message to the bucket of the first of these to go. The *downward*
/// message is the product of all that lies on the other side, over the same variables.
pub struct Calibration<N> {
    network: Network,
    sizes: Vec<usize>,
    limits: Limits,
    potentials: Vec<Potential<N>>,
    /// Position of each variable in the elimination order.
    position: Vec<usize>,
    /// Indices of the factors of each variable's bucket.
    own: Vec<Vec<usize>>,
    children: Vec<Vec<usize>>,
    parent: Vec<Option<usize>>,
    upward: Vec<Potential<N>>,
    downward: Vec<Option<Potential<N>>>,
    /// For each variable the variable of its component that went last, and the component's total weight there.
    root: Vec<usize>,
    /// Weight of all factors without variables.
    constant: Scaled,
    lost: AtomicBool,
    /// An index for every variable, all 0 between uses.
    scratch: Mutex<Vec<u32>>,
}

type Parts<'p, N> = Vec<Cow<'p, Potential<N>>>;

impl<N: Number> Calibration<N> {
    /// Plans, and where the limits allow computes all messages.
    ///
    /// # Errors
    /// The predicted cost, where it is beyond the limits.
    pub fn new(network: Network, limits: Limits) -> Result<Calibration<N>, TooLarge> {
        let mut calibration = Calibration::upward(network, limits)?;
        calibration.send_downward()?;
        Ok(calibration)
    }

    /// The sweep up alone, which is enough for [`Calibration::total`].
    pub fn upward(network: Network, limits: Limits) -> Result<Calibration<N>, TooLarge> {
        if network.contradiction {
            return Ok(Calibration::empty(network, Vec::new(), limits, Vec::new()));
        }
        let sizes: Vec<usize> = network.variables.iter().map(Variable::size).collect();
        let outlines = network.factors.iter().map(|factor| Outline {
            scope: factor.scope().into_iter().map(|var| var.0).collect(),
            dense: matches!(factor, crate::network::Factor::Table { .. } | crate::network::Factor::Delay(_)),
        });
        let all: Vec<usize> = (0..sizes.len()).collect();
        let Plan { order, cost } = plan(outlines.collect(), &all, &sizes);
        // Messages go both ways, a table is twice there while it is made, and marginals and answers come on top.
        let whole = Cost { cells: 3.0 * cost.cells, operations: 4.0 * cost.operations, ..cost };
        whole.check(limits, size_of::<N>()).map_err(|refusal| name_events(refusal, &network))?;
        let variable = |var: VarId| network.variables[var.0];
        let potentials = network.factors.iter().map(|factor| Potential::new(factor, &variable, &sizes)).collect();
        let mut calibration = Calibration::empty(network, sizes, limits, potentials);
        calibration.assign(&order);
        calibration.send_upward(&order);
        Ok(calibration)
    }

    fn empty(network: Network, sizes: Vec<usize>, limits: Limits, potentials: Vec<Potential<N>>) -> Self {
        let count = sizes.len();
        Calibration {
            network,
            sizes,
            limits,
            potentials,
            position: vec![0; count],
            own: vec![Vec::new(); count],
            children: vec![Vec::new(); count],
            parent: vec![None; count],
            upward: Vec::new(),
            downward: vec![None; count],
            root: (0..count).collect(),
            constant: Scaled::ONE,
            lost: AtomicBool::new(false),
            scratch: Mutex::new(vec![0; count]),
        }
    }

    /// Puts every factor into the bucket of its first variable to go.
    fn assign(&mut self, order: &[usize]) {
        for (position, var) in order.iter().enumerate() {
            self.position[*var] = position;
        }
        for (index, potential) in self.potentials.iter().enumerate() {
            match potential.scope().iter().min_by_key(|var| self.position[**var]) {
                Some(var) => self.own[*var].push(index),
                None => {
                    if let Potential::Table(table) = potential {
                        self.constant = self.constant.by(table.scalar());
                    }
                }
            }
        }
    }

    fn send_upward(&mut self, order: &[usize]) {
        let mut messages: Vec<Option<Potential<N>>> = vec![None; order.len()];
        for &var in order {
            let own = self.own[var].iter().map(|index| &self.potentials[*index]);
            let below = self.children[var].iter().filter_map(|child| messages[*child].as_ref());
            let factors: Vec<&Potential<N>> = own.chain(below).collect();
            let message = self.noting(|scratch, lost| sum_out(var, &factors, &self.sizes, scratch, lost));
            if let Some(&parent) = message.scope.iter().min_by_key(|other| self.position[**other]) {
                self.parent[var] = Some(parent);
                self.children[parent].push(var);
            }
            messages[var] = Some(Potential::Table(message));
        }
        self.upward = messages.into_iter().flatten().collect();
        for &var in order.iter().rev() {
            self.root[var] = self.parent[var].map_or(var, |parent| self.root[parent]);
        }
    }

    /// For every bucket, last to go first, the message to each of its children.
    fn send_downward(&mut self) -> Result<(), TooLarge> {
        let mut order: Vec<usize> = (0..self.sizes.len()).collect();
        order.sort_by_key(|var| std::cmp::Reverse(self.position[*var]));
        for var in order {
            let groups = self.children_by_scope(var);
            let wholes: Vec<Potential<N>> = groups.iter().map(|group| self.multiplied(group)).collect();
            for (at, group) in groups.iter().enumerate() {
                let others = self.all_but_one(group);
                for (child, other) in group.iter().zip(others) {
                    let mut parts: Parts<'_, N> = self.bucket(var);
                    let siblings = wholes.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, whole)| whole);
                    parts.extend(siblings.map(Cow::Borrowed));
                    parts.extend(other.map(Cow::Owned));
                    let scope = self.upward[*child].scope().to_vec();
                    let message = self.reduce(parts, &scope, &self.sizes)?;
                    self.downward[*child] = Some(Potential::Table(message));
                }
            }
        }
        Ok(())
    }

    /// Children whose messages have the same scope, together.
    fn children_by_scope(&self, var: usize) -> Vec<Vec<usize>> {
        let mut groups: BTreeMap<BTreeSet<usize>, Vec<usize>> = BTreeMap::new();
        for &child in &self.children[var] {
            groups.entry(self.upward[child].scope().iter().copied().collect()).or_default().push(child);
        }
        groups.into_values().collect()
    }

    /// The product of the upward messages of children of one scope.
    fn multiplied(&self, group: &[usize]) -> Potential<N> {
        let scope = self.upward[group[0]].scope();
        let factors: Vec<&Potential<N>> = group.iter().map(|child| &self.upward[*child]).collect();
        if factors.len() == 1 {
            return factors[0].clone();
        }
        let mut total = factors[0].clone();
        for factor in &factors[1..] {
            total = self.pair(scope, &total, factor);
        }
        total
    }

    fn pair(&self, scope: &[usize], left: &Potential<N>, right: &Potential<N>) -> Potential<N> {
        Potential::Table(self.noting(|scratch, lost| product(scope, &[left, right], &self.sizes, scratch, lost)))
    }

    /// For each child of a group the product of all others' messages; `None` for an only child.
    fn all_but_one(&self, group: &[usize]) -> Vec<Option<Potential<N>>> {
        let scope = self.upward[group[0]].scope();
        let join = |left: Option<&Potential<N>>, right: Option<&Potential<N>>| match (left, right) {
            (Some(left), Some(right)) => Some(self.pair(scope, left, right)),
            (one, other) => one.or(other).cloned(),
        };
        let mut after: Vec<Option<Potential<N>>> = vec![None; group.len()];
        for at in (1..group.len()).rev() {
            after[at - 1] = join(Some(&self.upward[group[at]]), after[at].as_ref());
        }
        let mut before: Option<Potential<N>> = None;
        let mut found = Vec::with_capacity(group.len());
        for (at, child) in group.iter().enumerate() {
            found.push(join(before.as_ref(), after[at].as_ref()));
            before = join(before.as_ref(), Some(&self.upward[*child]));
        }
        found
    }

    /// A bucket's own factors and its message from above.
    fn bucket(&self, var: usize) -> Parts<'_, N> {
        let own = self.own[var].iter().map(|index| &self.potentials[*index]);
        own.chain(self.downward[var].as_ref()).map(Cow::Borrowed).collect()
    }

    /// Computes with the scratch memory, and notes whether numbers were lost.
    fn noting<T>(&self, compute: impl FnOnce(&mut [u32], &mut bool) -> T) -> T {
        let mut lost = false;
        let mut scratch = self.scratch.lock().unwrap_or_else(PoisonError::into_inner);
        let result = compute(&mut scratch, &mut lost);
        self.lost.fetch_or(lost, Ordering::Relaxed);
        result
    }

    fn widen_scratch(&self, count: usize) {
        let mut scratch = self.scratch.lock().unwrap_or_else(PoisonError::into_inner);
        let needed = scratch.len().max(count);
        scratch.resize(needed, 0);
    }

    /// The product of factors summed over all their variables but `keep`.
    fn reduce(&self, mut parts: Parts<'_, N>, keep: &[usize], sizes: &[usize]) -> Result<Table<N>, TooLarge> {
        let outlines: Vec<Outline> =
            parts.iter().map(|part| Outline { scope: part.scope().to_vec(), dense: part.is_dense() }).collect();
        let vars: BTreeSet<usize> = outlines.iter().flat_map(|o| o.scope.iter().copied()).collect();
        let gone: Vec<usize> = vars.into_iter().filter(|var| !keep.contains(var)).collect();
        let Plan { order, mut cost } = plan_few(outlines, &gone, sizes);
        cost.cells += keep.iter().map(|var| sizes[*var] as f64).product::<f64>();
        cost.check(self.limits, size_of::<N>()).map_err(|refusal| name_events(refusal, &self.network))?;
        for var in order {
            let (with, without): (Parts<'_, N>, Parts<'_, N>) =
                parts.into_iter().partition(|part| part.scope().contains(&var));
            let factors: Vec<&Potential<N>> = with.iter().map(|part| &**part).collect();
            let table = self.noting(|scratch, lost| sum_out(var, &factors, sizes, scratch, lost));
            parts = without;
            parts.push(Cow::Owned(Potential::Table(table)));
        }
        let factors: Vec<&Potential<N>> = parts.iter().map(|part| &**part).collect();
        Ok(self.noting(|scratch, lost| product(keep, &factors, sizes, scratch, lost)))
    }

    /// The variables, last to go first: all that a bucket depends on besides its own variable comes before it.
    pub fn drawing_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.sizes.len()).collect();
        order.sort_by_key(|var| std::cmp::Reverse(self.position[*var]));
        order
    }

    /// A bucket's own factors and the messages from below: given the variables that go after `var`, their product is the
    /// weight of each of its values.
    pub fn below(&self, var: usize) -> impl Iterator<Item = &Potential<N>> {
        let own = self.own[var].iter().map(|index| &self.potentials[*index]);
        own.chain(self.children[var].iter().map(|child| &self.upward[*child]))
    }

    /// Whether a number left the range of its kind, so that nothing computed here is to be trusted.
    pub fn lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The weight of all worlds together.
    pub fn total(&self) -> Scaled {
        if self.network.contradiction {
            return <Scaled as Number>::ZERO;
        }
        let roots = (0..self.sizes.len()).filter(|var| self.parent[*var].is_none());
        roots.fold(self.constant, |total, root| total.by(self.component_total(root)))
    }

    /// The weight of all worlds of the component that ends in `root`.
    fn component_total(&self, root: usize) -> Scaled {
        if let Potential::Table(table) = &self.upward[root] { table.scalar() } else { Scaled::ONE }
    }

    /// The weights of a variable's values, and their sum; the total weight must be positive.
    ///
    /// # Errors
    /// The predicted cost, where it is beyond the limits.
    pub fn marginal(&self, var: VarId) -> Result<Vec<Scaled>, TooLarge> {
        let table = self.weights(var.0)?;
        Ok(table.values.iter().map(|value| value.scaled()).collect())
    }

    fn weights(&self, var: usize) -> Result<Table<N>, TooLarge> {
        let mut parts = self.bucket(var);
        parts.extend(self.children[var].iter().map(|child| Cow::Borrowed(&self.upward[*child])));
        self.reduce(parts, &[var], &self.sizes)
    }

    /// The total weight with the extension's factors over the total weight without them.
    ///
    /// # Errors
    /// The predicted cost, where it is beyond the limits.
    pub fn ratio(&self, extension: &Extension<'_>) -> Result<Scaled, TooLarge> {
        if extension.contradiction {
            return Ok(<Scaled as Number>::ZERO);
        }
        Ok(self.joint(extension, &[])?.scalar())
    }

    /// The weights of the values of `keep` (new or old variables) with the extension's factors, over the total weight
    /// without them: row-major in the order of `keep`.
    ///
    /// # Errors
    /// The predicted cost, where it is beyond the limits.
    pub fn joint(&self, extension: &Extension<'_>, keep: &[VarId]) -> Result<Table<N>, TooLarge> {
        let mut sizes = self.sizes.clone();
        sizes.extend(extension.variables.iter().map(Variable::size));
        self.widen_scratch(sizes.len());
        let keep: Vec<usize> = keep.iter().map(|var| var.0).collect();
        let touched = extension.factors.iter().flat_map(|f| f.scope()).map(|var| var.0).chain(keep.iter().copied());
        let touched: BTreeSet<usize> = touched.filter(|var| *var < self.sizes.len()).collect();
        let mut parts = Vec::new();
        let mut without = Scaled::ONE;
        let mut components: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for var in touched {
            components.entry(self.root[var]).or_default().push(var);
        }
        for (root, vars) in components {
            without = without.by(self.component_total(root));
            self.gather(&vars, &mut parts);
        }
        let variable = |var: VarId| *extension.variable(var);
        let added = extension.factors.iter().map(|factor| Potential::new(factor, &variable, &sizes));
        parts.extend(added.map(Cow::Owned));
        let mut table = self.reduce(parts, &keep, &sizes)?;
        let inverse = Scaled::ONE.over(without);
        // The mantissa of the total goes into the entries, its exponent to the table's.
        let (factor, exponent) = inverse.parts();
        let number = N::from_f64(factor);
        self.noting(|_, lost| table.values.iter_mut().for_each(|value| *value = value.times(number, lost)));
        table.exponent += exponent;
        Ok(table)
    }

    /// The factors and messages of the buckets that join `vars`, all of one component.
    fn gather<'s>(&'s self, vars: &[usize], parts: &mut Parts<'s, N>) {
        let mut frontier: BTreeSet<(usize, usize)> = vars.iter().map(|var| (self.position[*var], *var)).collect();
        let mut joined: Vec<usize> = Vec::new();
        while let Some((_, var)) = frontier.pop_first() {
            joined.push(var);
            // What is left may be part of this bucket; then all else is in the message from above, unless a bucket joined
            // before hangs on another branch.
            let scope = self.upward[var].scope();
            let closed =
                joined.iter().all(|other| *other == var || self.parent[*other].is_some_and(|p| joined.contains(&p)));
            if closed && frontier.iter().all(|(_, other)| scope.contains(other)) {
                parts.extend(self.downward[var].as_ref().map(Cow::Borrowed));
                break;
            }
            frontier.extend(self.parent[var].map(|parent| (self.position[parent], parent)));
        }
        for &var in &joined {
            parts.extend(self.own[var].iter().map(|index| Cow::Borrowed(&self.potentials[*index])));
            let below = self.children[var].iter().filter(|child| !joined.contains(child));
            parts.extend(below.map(|child| Cow::Borrowed(&self.upward[*child])));
        }
    }
}

/// Adds the events that the largest table is about.
fn name_events(mut refusal: TooLarge, network: &Network) -> TooLarge {
    let events: BTreeSet<usize> = refusal
        .cost
        .largest
        .iter()
        .filter_map(|var| network.variables.get(*var))
        .filter_map(|variable| match variable.role {
            Role::Start(event) | Role::End(event) | Role::Latest(event) | Role::Week(event) => Some(event.0),
            Role::Truth => None,
        })
        .collect();
    refusal.events = events;
    refusal
}
