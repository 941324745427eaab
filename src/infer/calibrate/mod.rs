//! A network in; by one sweep up and one down its elimination tree, every marginal, and the weight of any addition, out.

mod joint;

use crate::infer::bands::Extent;
use crate::infer::condition::{Conditioned, Parts as CutsetParts, condition};
use crate::infer::eliminate::{Space, product, sum_out};
use crate::infer::history::{Histories, Summed, sum_over};
use crate::infer::number::{Number, Scaled};
use crate::infer::order::{Cost, Elimination, Engine, Limits, Outline, TooLarge, eliminate_few};
use crate::infer::plan::{Core, Plan, PlanCost, events_of};
use crate::infer::potential::Potential;
use crate::infer::run::total;
use crate::infer::table::Table;
use crate::infer::tree::Forest;
use crate::network::{Factor, Network, VarId, Variable};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A network with the messages of its elimination tree.
///
/// Every variable has a *bucket*: the factors and messages that are multiplied when it is summed out. The result, a table
/// over the bucket's other variables, is the *upward* message to the bucket of the first of these to go. The *downward*
/// message is the product of all that lies on the other side, over the same variables.
///
/// Parts that are trees are swept as lines (see [`Forest`]); their factors and messages become tables when they are first
/// asked for.
pub struct Calibration<N> {
    network: Arc<Network>,
    sizes: Vec<usize>,
    limits: Limits,
    plan: Arc<Plan>,
    forest: Forest,
    potentials: Vec<OnceLock<Box<Potential<N>>>>,
    upward: Vec<OnceLock<Box<Potential<N>>>>,
    downward: Vec<OnceLock<Option<Box<Potential<N>>>>>,
    /// What the cores of parts gave, by the last variable of each. Messages inside one that is summed over by conditioning
    /// are made when they are first asked for.
    cores: BTreeMap<usize, CoreSums<N>>,
    /// Weight of all factors without variables.
    constant: Scaled,
    lost: AtomicBool,
    /// The same by tables, for what goes beyond the limits beside an order; made when it is first asked for.
    by_tables: OnceLock<Option<Box<Calibration<N>>>>,
    /// An index for every variable, all 0 between uses.
    scratch: Mutex<Vec<u32>>,
}

type Parts<'p, N> = Vec<Cow<'p, Potential<N>>>;

/// What the core of a part gave.
enum CoreSums<N> {
    Conditioned(Conditioned<N>),
    Ordered(Summed<N>),
}

impl<N: Number> CoreSums<N> {
    fn total(&self) -> Scaled {
        match self {
            CoreSums::Conditioned(part) => part.total,
            CoreSums::Ordered(part) => part.total,
        }
    }

    fn take_messages(&mut self) -> Vec<Table<N>> {
        match self {
            CoreSums::Conditioned(part) => std::mem::take(&mut part.messages),
            CoreSums::Ordered(part) => std::mem::take(&mut part.messages),
        }
    }
}

impl<N: Number> Calibration<N> {
    /// Plans, and where the limits allow computes all messages.
    ///
    /// # Errors
    /// The predicted cost, where it is beyond the limits.
    pub fn new(network: Network, limits: Limits) -> Result<Calibration<N>, TooLarge> {
        let plan = Plan::new(&network, limits, size_of::<N>());
        Calibration::planned(Arc::new(network), Arc::new(plan), limits)
    }

    /// Computes all messages by a plan, where the limits allow.
    ///
    /// # Errors
    /// The predicted cost, where it is beyond the limits.
    pub fn planned(network: Arc<Network>, plan: Arc<Plan>, limits: Limits) -> Result<Calibration<N>, TooLarge> {
        let calibration = Calibration::swept_up(network, plan, limits, true)?;
        calibration.send_downward()?;
        Ok(calibration)
    }

    /// The sweep up alone, which is enough for [`Calibration::total`].
    ///
    /// # Errors
    /// The predicted cost, where it is beyond the limits.
    pub fn upward(network: Network, limits: Limits) -> Result<Calibration<N>, TooLarge> {
        let plan = Plan::new(&network, limits, size_of::<N>());
        Calibration::swept_up(Arc::new(network), Arc::new(plan), limits, false)
    }

    fn swept_up(
        network: Arc<Network>,
        plan: Arc<Plan>,
        limits: Limits,
        both: bool,
    ) -> Result<Calibration<N>, TooLarge> {
        if network.contradiction {
            return Ok(Calibration::empty(network, Arc::new(Plan::default()), Forest::default(), limits));
        }
        plan.cost.check(limits, &network)?;
        let forest = Forest::new(plan.forest.clone(), &network, both);
        if forest.lost() && N::ENDLESS {
            let plan = Plan::of_tables(&network, size_of::<N>());
            return Calibration::swept_up(network, Arc::new(plan), limits, both);
        }
        let mut calibration = Calibration::empty(network, plan, forest, limits);
        calibration.send_upward();
        calibration.sum_cores(both);
        Ok(calibration)
    }

    fn empty(network: Arc<Network>, plan: Arc<Plan>, forest: Forest, limits: Limits) -> Self {
        let sizes: Vec<usize> = network.variables.iter().map(Variable::size).collect();
        let count = sizes.len();
        let unset = |count: usize| std::iter::repeat_with(OnceLock::new).take(count).collect();
        let constants = network.factors.iter().filter(|factor| factor.first_var().is_none());
        let constant = constants.fold(Scaled::ONE, |product, factor| match factor {
            Factor::Table { values, .. } => product.by(<Scaled as Number>::from_f64(values[0])),
            _ => product,
        });
        Calibration {
            potentials: unset(network.factors.len()),
            network,
            sizes,
            limits,
            plan,
            lost: AtomicBool::new(forest.lost() || (limits.engine == Engine::Wide && !N::ENDLESS)),
            forest,
            cores: BTreeMap::new(),
            upward: unset(count),
            downward: std::iter::repeat_with(OnceLock::new).take(count).collect(),
            constant,
            by_tables: OnceLock::new(),
            scratch: Mutex::new(vec![0; count]),
        }
    }

    /// Sizes of the network's and perhaps further variables, with what the plan knows of their gaps.
    fn extent<'s>(&'s self, sizes: &'s [usize]) -> Extent<'s> {
        Extent { sizes, bands: self.plan.bands.as_deref() }
    }

    fn own(&self) -> Extent<'_> {
        self.extent(&self.sizes)
    }

    fn space<'s>(&'s self, extent: Extent<'s>) -> Space<'s> {
        Space { extent, rank: &self.plan.buckets.position, threads: self.limits.threads }
    }

    /// A factor, made ready when it is first asked for.
    fn potential(&self, index: usize) -> &Potential<N> {
        let variable = |var: VarId| self.network.variables[var.0];
        let made = || Box::new(Potential::new(&self.network.factors[index], &variable, &self.sizes));
        self.potentials[index].get_or_init(made)
    }

    /// A variable's message to its parent.
    fn message_up(&self, var: usize) -> &Potential<N> {
        self.upward[var].get_or_init(|| {
            if self.plan.in_core[var] {
                return Box::new(self.summed_out(var));
            }
            let scope = self.plan.buckets.parent[var].into_iter().collect();
            Box::new(self.table_of(scope, self.forest.upward(var)))
        })
    }

    /// The message back; `None` for a root.
    fn message_down(&self, var: usize) -> Option<&Potential<N>> {
        let message = self.downward[var].get_or_init(|| {
            if self.plan.in_core[var] {
                return self.back_to(var).map(Box::new);
            }
            let scope: Vec<usize> = self.plan.buckets.parent[var].into_iter().collect();
            self.forest.downward(var).map(|values| Box::new(self.table_of(scope, values)))
        });
        message.as_deref()
    }

    fn table_of(&self, scope: Vec<usize>, values: Vec<Scaled>) -> Potential<N> {
        let mut lost = false;
        let (values, exponent) = N::from_scaled(values, &mut lost);
        self.lost.fetch_or(lost, Ordering::Relaxed);
        let mut table = Table::new(scope, values, &self.sizes);
        table.exponent = exponent;
        Potential::Table(table)
    }

    fn send_upward(&mut self) {
        let plan = self.plan.clone();
        for &var in plan.order.iter().filter(|var| !plan.in_core[**var]) {
            self.upward[var] = OnceLock::from(Box::new(self.summed_out(var)));
        }
    }

    /// A bucket's message to its parent.
    fn summed_out(&self, var: usize) -> Potential<N> {
        let own = self.plan.buckets.own[var].iter().map(|index| self.potential(*index));
        let below = self.plan.buckets.children[var].iter().map(|child| self.message_up(*child));
        let factors: Vec<&Potential<N>> = own.chain(below).collect();
        Potential::Table(self.noting(|scratch, lost| sum_out(var, &factors, self.space(self.own()), scratch, lost)))
    }

    /// The message to a bucket from its parent, made for it alone.
    fn back_to(&self, var: usize) -> Option<Potential<N>> {
        let parent = self.plan.buckets.parent[var]?;
        let scope = self.message_up(var).scope();
        let mut parts = self.bucket(parent);
        let siblings = self.plan.buckets.children[parent].iter().filter(|child| **child != var);
        parts.extend(siblings.map(|child| Cow::Borrowed(self.message_up(*child))));
        Some(Potential::Table(self.summed_to(parts, scope, self.own())))
    }

    /// Sums over the cores of parts, and sends their messages to all that hangs on them.
    fn sum_cores(&mut self, both: bool) {
        let plan = self.plan.clone();
        for (root, core) in &plan.cores {
            let vars = core.vars();
            let children = vars.iter().flat_map(|var| &plan.buckets.children[*var]);
            let children: Vec<usize> = children.copied().filter(|child| !plan.in_core[*child]).collect();
            let incoming: Vec<&Potential<N>> = children.iter().map(|child| self.message_up(*child)).collect();
            let own = vars.iter().flat_map(|var| &plan.buckets.own[*var]).copied();
            let mut found = match core {
                Core::Cutset(cutset) => {
                    let own = own.map(|index| self.potential(index)).collect();
                    let (parts, how) = (CutsetParts { own, incoming }, (self.limits.threads, both));
                    CoreSums::Conditioned(
                        self.noting(|scratch, lost| condition(cutset, &parts, &self.sizes, how, scratch, lost)),
                    )
                }
                Core::Histories(histories) => {
                    let own = own.filter(|index| !histories.order.factors.contains(index));
                    let own: Vec<&Potential<N>> = own.map(|index| self.potential(index)).collect();
                    let parts = (&own[..], &incoming[..]);
                    CoreSums::Ordered(
                        self.noting(|scratch, lost| sum_over(histories, parts, &self.sizes, both, scratch, lost)),
                    )
                }
            };
            for (child, message) in children.into_iter().zip(found.take_messages()) {
                // Nobody has asked for it yet, or it would be there.
                let _ = self.downward[child].set(Some(Box::new(Potential::Table(message))));
            }
            self.cores.insert(*root, found);
        }
    }

    /// For every bucket, last to go first, the message to each of its children.
    fn send_downward(&self) -> Result<(), TooLarge> {
        if self.network.contradiction {
            return Ok(());
        }
        let plan = self.plan.clone();
        for &var in plan.order.iter().rev().filter(|var| !plan.in_core[**var]) {
            if plan.buckets.parent[var].is_none() {
                let _ = self.downward[var].set(None);
            }
            let groups = self.children_by_scope(var);
            let shared = self.shared(var, &groups)?;
            let wholes: Vec<Potential<N>> = groups.iter().map(|group| self.multiplied(group)).collect();
            for (at, group) in groups.iter().enumerate() {
                let others = self.all_but_one(group);
                for (child, other) in group.iter().zip(others) {
                    let mut parts: Parts<'_, N> = shared.iter().map(|part| Cow::Borrowed(&**part)).collect();
                    let siblings = wholes.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, whole)| whole);
                    parts.extend(siblings.map(Cow::Borrowed));
                    parts.extend(other.map(Cow::Owned));
                    let scope = self.message_up(*child).scope().to_vec();
                    let message = self.reduce(parts, &scope, self.own())?;
                    // Nobody has asked for it yet, or it would be there.
                    let _ = self.downward[*child].set(Some(Box::new(Potential::Table(message))));
                }
            }
        }
        Ok(())
    }

    /// The bucket without its children, and, where several of them are to be sent messages, without the variables that
    /// none of them knows: these are summed out once for all, if that makes no large table.
    fn shared(&self, var: usize, groups: &[Vec<usize>]) -> Result<Parts<'_, N>, TooLarge> {
        let parts = self.bucket(var);
        let known: BTreeSet<usize> =
            groups.iter().flat_map(|group| self.message_up(group[0]).scope().iter().copied()).collect();
        let vars: BTreeSet<usize> = parts.iter().flat_map(|part| part.scope().iter().copied()).collect();
        let gone: Vec<usize> = vars.difference(&known).copied().collect();
        if groups.len() < 2 || gone.is_empty() {
            return Ok(parts);
        }
        let Elimination { order, cost } = eliminate_few(outlines(&parts), &gone, self.own());
        if cost.largest_cells > self.plan.cost.largest_cells {
            return Ok(parts);
        }
        self.check(&cost)?;
        Ok(self.without(parts, order, self.own()))
    }

    /// Children whose messages have the same scope, together.
    fn children_by_scope(&self, var: usize) -> Vec<Vec<usize>> {
        let mut groups: BTreeMap<BTreeSet<usize>, Vec<usize>> = BTreeMap::new();
        for &child in &self.plan.buckets.children[var] {
            groups.entry(self.message_up(child).scope().iter().copied().collect()).or_default().push(child);
        }
        groups.into_values().collect()
    }

    /// The product of the upward messages of children of one scope.
    fn multiplied(&self, group: &[usize]) -> Potential<N> {
        let scope = self.message_up(group[0]).scope();
        let factors: Vec<&Potential<N>> = group.iter().map(|child| self.message_up(*child)).collect();
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
        Potential::Table(self.noting(|scratch, lost| product(scope, &[left, right], self.own(), scratch, lost)))
    }

    /// For each child of a group the product of all others' messages; `None` for an only child.
    fn all_but_one(&self, group: &[usize]) -> Vec<Option<Potential<N>>> {
        let scope = self.message_up(group[0]).scope();
        let join = |left: Option<&Potential<N>>, right: Option<&Potential<N>>| match (left, right) {
            (Some(left), Some(right)) => Some(self.pair(scope, left, right)),
            (one, other) => one.or(other).cloned(),
        };
        let mut after: Vec<Option<Potential<N>>> = vec![None; group.len()];
        for at in (1..group.len()).rev() {
            after[at - 1] = join(Some(self.message_up(group[at])), after[at].as_ref());
        }
        let mut before: Option<Potential<N>> = None;
        let mut found = Vec::with_capacity(group.len());
        for (at, child) in group.iter().enumerate() {
            found.push(join(before.as_ref(), after[at].as_ref()));
            before = join(before.as_ref(), Some(self.message_up(*child)));
        }
        found
    }

    /// A bucket's own factors and its message from above.
    fn bucket(&self, var: usize) -> Parts<'_, N> {
        let own = self.plan.buckets.own[var].iter().map(|index| self.potential(*index));
        own.chain(self.message_down(var)).map(Cow::Borrowed).collect()
    }

    /// Computes with the scratch memory, and notes whether numbers were lost.
    fn noting<T>(&self, compute: impl FnOnce(&mut [u32], &mut bool) -> T) -> T {
        let mut lost = false;
        let mut scratch = self.scratch.lock().unwrap_or_else(PoisonError::into_inner);
        let result = compute(&mut scratch, &mut lost);
        self.lost.fetch_or(lost, Ordering::Relaxed);
        result
    }

    /// Refuses what the limits do not allow.
    fn check(&self, cost: &Cost) -> Result<(), TooLarge> {
        let bytes = cost.cells * size_of::<N>() as f64;
        if bytes <= self.limits.memory as f64 && cost.operations <= self.limits.operations {
            return Ok(());
        }
        let events = events_of(&cost.largest, &self.network);
        Err(TooLarge { operations: cost.operations, bytes, limits: self.limits, events })
    }

    fn widen_scratch(&self, count: usize) {
        let mut scratch = self.scratch.lock().unwrap_or_else(PoisonError::into_inner);
        let needed = scratch.len().max(count);
        scratch.resize(needed, 0);
    }

    /// The product of factors summed over all their variables but `keep`.
    fn reduce(&self, parts: Parts<'_, N>, keep: &[usize], extent: Extent<'_>) -> Result<Table<N>, TooLarge> {
        let vars: BTreeSet<usize> = parts.iter().flat_map(|part| part.scope().iter().copied()).collect();
        let gone: Vec<usize> = vars.into_iter().filter(|var| !keep.contains(var)).collect();
        let Elimination { order, mut cost } = eliminate_few(outlines(&parts), &gone, extent);
        cost.cells += extent.cells(keep);
        self.check(&cost)?;
        Ok(self.kept(self.without(parts, order, extent), keep, extent))
    }

    /// The same, whatever it costs.
    fn summed_to(&self, parts: Parts<'_, N>, keep: &[usize], extent: Extent<'_>) -> Table<N> {
        let vars: BTreeSet<usize> = parts.iter().flat_map(|part| part.scope().iter().copied()).collect();
        let gone: Vec<usize> = vars.into_iter().filter(|var| !keep.contains(var)).collect();
        let Elimination { order, .. } = eliminate_few(outlines(&parts), &gone, extent);
        self.kept(self.without(parts, order, extent), keep, extent)
    }

    /// The product of factors of no variables but `keep`.
    fn kept(&self, mut parts: Parts<'_, N>, keep: &[usize], extent: Extent<'_>) -> Table<N> {
        match parts.pop() {
            Some(Cow::Owned(Potential::Table(table))) if parts.is_empty() && table.scope == keep => return table,
            last => parts.extend(last),
        }
        let factors: Vec<&Potential<N>> = parts.iter().map(|part| &**part).collect();
        self.noting(|scratch, lost| product(keep, &factors, extent, scratch, lost))
    }

    /// The factors after some variables have been summed out.
    fn without<'p>(&self, mut parts: Parts<'p, N>, order: Vec<usize>, extent: Extent<'_>) -> Parts<'p, N> {
        for var in order {
            let (with, without): (Parts<'_, N>, Parts<'_, N>) =
                parts.into_iter().partition(|part| part.scope().contains(&var));
            let factors: Vec<&Potential<N>> = with.iter().map(|part| &**part).collect();
            let table = self.noting(|scratch, lost| sum_out(var, &factors, self.space(extent), scratch, lost));
            parts = without;
            parts.push(Cow::Owned(Potential::Table(table)));
        }
        parts
    }

    /// The variables that are drawn one by one, last to go first: all that a bucket depends on besides its own variable
    /// comes before it, or is in [`Calibration::orders`].
    pub fn drawing_order(&self) -> Vec<usize> {
        let in_order =
            |var: &usize| matches!(self.plan.cores.get(&self.plan.buckets.root[*var]), Some(Core::Histories(_)));
        self.plan.buckets.last_first().into_iter().filter(|var| !(self.plan.in_core[*var] && in_order(var))).collect()
    }

    /// The parts that are gone through day by day, and so drawn, before all else.
    pub fn orders(&self) -> impl Iterator<Item = (&Histories, &Summed<N>)> {
        self.cores.iter().filter_map(|(root, sums)| match (self.plan.cores.get(root), sums) {
            (Some(Core::Histories(histories)), CoreSums::Ordered(sums)) => Some((&**histories, sums)),
            _ => None,
        })
    }

    /// A bucket's own factors and the messages from below: given the variables that go after `var`, their product is the
    /// weight of each of its values.
    pub fn below(&self, var: usize) -> impl Iterator<Item = &Potential<N>> {
        let own = self.plan.buckets.own[var].iter().map(|index| self.potential(*index));
        own.chain(self.plan.buckets.children[var].iter().map(|child| self.message_up(*child)))
    }

    /// Whether a number left the range of its kind, so that nothing computed here is to be trusted.
    pub fn lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// What the plan predicted.
    pub fn cost(&self) -> &PlanCost {
        &self.plan.cost
    }

    /// The events that the largest table ties together, as indices into the model's.
    pub fn largest_events(&self) -> BTreeSet<usize> {
        events_of(&self.plan.cost.largest, &self.network)
    }

    /// The events that are fixed where a part is summed over by conditioning, as indices into the model's.
    pub fn fixed_events(&self) -> BTreeSet<usize> {
        events_of(&self.plan.cost.fixed, &self.network)
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The same network by tables alone, where this goes through orders day by day and there is room for both.
    fn by_tables(&self) -> Option<&Calibration<N>> {
        let made = || {
            self.orders().next()?;
            let memory = self.limits.memory.saturating_sub(self.plan.cost.bytes as u64);
            let limits = Limits { memory, engine: Engine::Tables, ..self.limits };
            let plan = Plan::of_tables(&self.network, size_of::<N>());
            Calibration::planned(self.network.clone(), Arc::new(plan), limits).ok().map(Box::new)
        };
        self.by_tables.get_or_init(made).as_deref()
    }

    /// The weight of all worlds together.
    pub fn total(&self) -> Scaled {
        if self.network.contradiction {
            return <Scaled as Number>::ZERO;
        }
        let parents = self.plan.buckets.parent.iter().enumerate();
        let roots = parents.filter(|(_, parent)| parent.is_none()).map(|(var, _)| var);
        roots.fold(self.constant, |total, root| total.by(self.component_total(root)))
    }

    /// The weight of all worlds of the component that ends in `root`.
    fn component_total(&self, root: usize) -> Scaled {
        if self.plan.forest.holds(root) {
            return self.forest.total(root);
        }
        if let Some(core) = self.cores.get(&root) {
            return core.total();
        }
        if let Potential::Table(table) = self.message_up(root) { table.scalar() } else { Scaled::ONE }
    }

    /// The probabilities of a variable's values; what is possible is positive. The total weight must be positive.
    ///
    /// # Errors
    /// The predicted cost, where it is beyond the limits.
    pub fn marginal(&self, var: VarId) -> Result<Vec<f64>, TooLarge> {
        if self.plan.forest.holds(var.0) {
            return Ok(self.forest.marginal(var.0).shares());
        }
        let table = self.weights(var.0)?;
        let whole = total(&table.values).scaled();
        Ok(table.values.iter().map(|value| value.scaled().over(whole).to_f64()).collect())
    }

    /// A variable's marginal, from the smallest table that is at hand: a message to it with the one back, or its bucket.
    fn weights(&self, var: usize) -> Result<Table<N>, TooLarge> {
        let cells = |child: &usize| self.own().cells(self.message_up(*child).scope());
        if let Some(table) = self.known_weights(var) {
            return Ok(table.clone());
        }
        let children = &self.plan.buckets.children[var];
        // Messages to a core go to the first of their variables, and tell the others as well.
        let to_core = self.plan.cores.get(&self.plan.buckets.root[var]).filter(|_| self.plan.in_core[var]);
        let receivers = to_core.map_or_else(|| vec![var], Core::vars);
        let sent = receivers.iter().flat_map(|receiver| &self.plan.buckets.children[*receiver]).copied();
        let holds = |child: &usize| self.message_up(*child).scope().contains(&var);
        let at_hand = sent.filter(|child| !self.plan.in_core[*child] && holds(child));
        let nearest = at_hand.min_by(|a, b| cells(a).total_cmp(&cells(b)));
        let both = nearest.and_then(|child| Some([self.message_up(child), self.message_down(child)?]));
        let parts: Parts<'_, N> = match both {
            Some(both) => both.into_iter().map(Cow::Borrowed).collect(),
            None => {
                let below = children.iter().map(|child| Cow::Borrowed(self.message_up(*child)));
                self.bucket(var).into_iter().chain(below).collect()
            }
        };
        self.reduce(parts, &[var], self.own())
    }

    /// A variable's marginal, where the core of its part has told it.
    fn known_weights(&self, var: usize) -> Option<&Table<N>> {
        let root = self.plan.buckets.root[var];
        match (self.cores.get(&root)?, self.plan.cores.get(&root)?) {
            (CoreSums::Conditioned(part), _) => part.weights.get(&var),
            (CoreSums::Ordered(part), Core::Histories(histories)) => part.weights.get(histories.place(var)?),
            _ => None,
        }
    }

    /// Whether a message inside a core has been made.
    #[cfg(test)]
    pub fn has_messages_inside_cores(&self) -> bool {
        self.upward.iter().zip(&self.plan.in_core).any(|(message, inside)| *inside && message.get().is_some())
    }

    /// Refuses where messages inside a part that is summed over by conditioning would take too much memory.
    ///
    /// # Errors
    /// The predicted cost of tables in its place.
    pub fn check_messages(&self) -> Result<(), TooLarge> {
        if !self.plan.narrow {
            return Ok(());
        }
        let PlanCost { operations, bytes, largest, .. } = Plan::of_tables(&self.network, size_of::<N>()).cost;
        Err(TooLarge { operations, bytes, limits: self.limits, events: events_of(&largest, &self.network) })
    }
}

fn outlines<N: Number>(parts: &[Cow<'_, Potential<N>>]) -> Vec<Outline> {
    parts.iter().map(|part| Outline { scope: part.scope().to_vec(), dense: part.is_dense() }).collect()
}
