//! A network in; its tree-shaped parts with all their messages and marginals out.

use super::kernel::{Kernel, between};
use super::line::{BLOCKS, Line, LineMut, Lines};
use super::window::Scratch;
use crate::infer::number::{Number, Scaled};
use crate::network::{Factor, Network, VarId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Lines that a plan keeps.
const MOST_SPARE: usize = 2;
/// Marks a variable that is in no tree, and a root's parent.
const NONE: usize = usize::MAX;

/// Connected parts of a network whose factors are of one or two variables and tie these to trees.
///
/// One sweep from the leaves gives each variable's message to its parent: its weights and its children's messages,
/// summed over what the pair's factors allow. One sweep back gives the marginals:
///
/// ```text
/// m(child = d) = f(d) · Σ_j k(d, j) · m(parent = j) / up(j)
/// ```
/// with `f` the child's weights and messages, `up` its own message, `k` the pair's factors. The quotient is never of two
/// numbers lost in scaling, since each line has an exponent for every few entries; nothing is subtracted; every marginal
/// sums to 1 whatever the length of the way.
#[derive(Debug, Default)]
pub struct Forest {
    plan: Arc<ForestPlan>,
    /// Messages to the parents, by node; empty at roots.
    up: Lines,
    /// The marginals, by node.
    marginals: Lines,
    /// Total weight of the node's tree; at roots only.
    totals: Vec<Scaled>,
    lost: bool,
}

/// The tree-shaped parts of a network, and how to sum over each of their pairs.
#[derive(Debug, Default)]
pub struct ForestPlan {
    /// Children before parents.
    nodes: Vec<Node>,
    /// For each variable its node, or [`NONE`].
    node_of: Vec<usize>,
    /// Lines of sweeps that are over, for those to come.
    spare: Mutex<Vec<Lines>>,
}

#[derive(Debug)]
struct Node {
    var: usize,
    size: usize,
    /// Index of the parent's node, or [`NONE`].
    parent: usize,
    children: Vec<usize>,
    /// Factors of this variable alone.
    own: Vec<usize>,
    /// Factors of this variable and its parent.
    pair: Vec<usize>,
    /// Sums this variable out towards the parent, and back; `None` at roots.
    kernels: Option<(Kernel, Kernel)>,
}

/// What the sweeps over the trees take.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ForestCost {
    /// Entries of all lines.
    pub cells: f64,
    pub operations: f64,
}

impl ForestPlan {
    /// Takes no part for a tree.
    pub fn none(network: &Network) -> ForestPlan {
        ForestPlan { node_of: vec![NONE; network.variables.len()], ..ForestPlan::default() }
    }

    /// Finds the parts that are trees; nothing is computed yet.
    pub fn new(network: &Network) -> ForestPlan {
        let found = Shape::of(network);
        let mut forest = ForestPlan::none(network);
        for root in 0..network.variables.len() {
            if found.part[root] == root {
                forest.add_tree(root, &found, network);
            }
        }
        forest
    }

    /// Adds the tree that hangs on `root`, unless the part is none.
    fn add_tree(&mut self, root: usize, shape: &Shape, network: &Network) {
        if shape.bad[root] || shape.edges[root] + 1 != shape.members[root] {
            return;
        }
        let start = self.nodes.len();
        // Parents before children, to be turned round.
        let mut found: Vec<Node> = vec![Node::new(root, NONE, Vec::new(), shape, network)];
        let mut next = 0;
        while next < found.len() {
            let var = found[next].var;
            let above = if found[next].parent == NONE { NONE } else { found[found[next].parent].var };
            for (other, factors) in &shape.neighbours[var] {
                if *other == above {
                    continue;
                }
                let mut node = Node::new(*other, next, factors.clone(), shape, network);
                let factors: Vec<&Factor> = factors.iter().map(|index| &network.factors[*index]).collect();
                node.kernels = between(&factors, VarId(*other), VarId(var), &|var| network.variables[var.0]);
                if node.kernels.is_none() {
                    return;
                }
                found.push(node);
            }
            next += 1;
        }
        let count = found.len();
        let turned = |at: usize| if at == NONE { NONE } else { start + count - 1 - at };
        for (at, mut node) in found.into_iter().enumerate().rev() {
            node.parent = turned(node.parent);
            self.node_of[node.var] = turned(at);
            self.nodes.push(node);
        }
        for at in start..self.nodes.len() {
            if let Some(parent) = self.parent_of(at) {
                self.nodes[parent].children.push(at);
            }
        }
    }

    /// Lines of a sweep that is over, or new ones.
    fn lines(&self) -> Lines {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn parent_of(&self, node: usize) -> Option<usize> {
        Some(self.nodes[node].parent).filter(|parent| *parent != NONE)
    }

    /// What [`Forest::new`] will take.
    pub fn cost(&self) -> ForestCost {
        let mut cost = ForestCost::default();
        for node in &self.nodes {
            let above = if node.parent == NONE { 0 } else { self.nodes[node.parent].size };
            cost.cells += (node.size + above) as f64;
            let kernels = node.kernels.as_ref().map_or(0, |(up, down)| up.cost() + down.cost());
            cost.operations += (kernels + 6 * node.size) as f64;
        }
        cost
    }

    /// The variables in trees, children before parents.
    pub fn order(&self) -> impl Iterator<Item = usize> {
        self.nodes.iter().map(|node| node.var)
    }

    /// Whether the variable is in a tree.
    pub fn holds(&self, var: usize) -> bool {
        self.node_of[var] != NONE
    }

    /// The variable that its message goes to.
    pub fn parent(&self, var: usize) -> Option<usize> {
        self.parent_of(self.node_of[var]).map(|parent| self.nodes[parent].var)
    }

    /// The factors that it is summed out with: its own, and those with its parent.
    pub fn factors(&self, var: usize) -> impl Iterator<Item = usize> {
        let node = &self.nodes[self.node_of[var]];
        node.own.iter().chain(&node.pair).copied()
    }
}

impl Forest {
    /// Computes all messages and, with `both`, all marginals.
    pub fn new(plan: Arc<ForestPlan>, network: &Network, both: bool) -> Forest {
        let mut found = Forest::default();
        for block in BLOCKS {
            found = Forest::with_blocks(plan.clone(), network, both, block);
            if !found.lost {
                break;
            }
        }
        found
    }

    /// The same, where so many entries of a line share an exponent.
    fn with_blocks(plan: Arc<ForestPlan>, network: &Network, both: bool, block: usize) -> Forest {
        let longest = plan.nodes.iter().map(|node| node.size).max().unwrap_or(0);
        let mut work = Work::new(longest, block);
        let above = |node: &Node| if node.parent == NONE { 0 } else { plan.nodes[node.parent].size };
        let up = plan.lines().renewed(plan.nodes.iter().map(above), block);
        let totals = vec![<Scaled as Number>::ZERO; plan.nodes.len()];
        let mut forest = Forest { plan, up, marginals: Lines::default(), totals, lost: false };
        forest.sweep_up(network, &mut work);
        if both && !work.lost {
            forest.sweep_down(network, &mut work, block);
        }
        forest.lost = work.lost;
        forest
    }

    fn sweep_up(&mut self, network: &Network, work: &mut Work) {
        for (at, node) in self.plan.nodes.iter().enumerate() {
            if work.lost {
                return;
            }
            work.fill(node, network, &self.up);
            match &node.kernels {
                Some((upward, _)) => {
                    let line = work.own.of(node.size);
                    upward.apply(line.read(), &mut self.up.get_mut(at), &mut work.scratch, &mut work.lost);
                }
                None => {
                    let (mantissa, exponent) = work.own.of(node.size).read().total(0, node.size);
                    self.totals[at] = <Scaled as Number>::from_f64(mantissa).shifted(i64::from(exponent));
                }
            }
        }
    }

    /// Whether numbers were lost on the way, so that nothing here is to be trusted.
    pub fn lost(&self) -> bool {
        self.lost
    }

    fn sweep_down(&mut self, network: &Network, work: &mut Work, block: usize) {
        self.marginals = self.plan.lines().renewed(self.plan.nodes.iter().map(|node| node.size), block);
        for (at, node) in self.plan.nodes.iter().enumerate().rev() {
            if work.lost {
                return;
            }
            work.fill(node, network, &self.up);
            let Some((_, downward)) = &node.kernels else {
                let mut marginal = self.marginals.get_mut(at);
                marginal.clear();
                if !self.totals[at].is_zero() {
                    marginal.copy(work.own.of(node.size).read(), &mut work.lost);
                    marginal.divide(self.totals[at]);
                }
                continue;
            };
            let Work { own, other, spare, ratio, scratch, lost } = &mut *work;
            let parent = self.plan.nodes[node.parent].size;
            let (above, below) = (self.marginals.get(node.parent), self.up.get(at));
            ratio.of(parent).quotient(above, below, &mut spare.of(parent), lost);
            let mut beyond = other.of(node.size);
            downward.apply(ratio.of(parent).read(), &mut beyond, scratch, lost);
            let own = own.of(node.size);
            self.marginals.get_mut(at).product(beyond.read(), own.read(), &mut spare.of(node.size), lost);
        }
    }

    /// The total weight of the tree of a root.
    pub fn total(&self, root: usize) -> Scaled {
        self.totals[self.plan.node_of[root]]
    }

    /// The probabilities of a variable's values.
    pub fn marginal(&self, var: usize) -> Line<'_> {
        self.marginals.get(self.plan.node_of[var])
    }

    /// The message of a variable to its parent, over the parent's values; of a root, its tree's total.
    pub fn upward(&self, var: usize) -> Vec<Scaled> {
        let at = self.plan.node_of[var];
        if self.plan.parent_of(at).is_none() { vec![self.totals[at]] } else { self.up.get(at).scaled().collect() }
    }

    /// All that lies on the other side of a variable's parent, over the parent's values; `None` for a root.
    pub fn downward(&self, var: usize) -> Option<Vec<Scaled>> {
        let at = self.plan.node_of[var];
        let parent = self.plan.parent_of(at)?;
        let mut root = parent;
        while let Some(above) = self.plan.parent_of(root) {
            root = above;
        }
        let quotients = self.marginals.get(parent).scaled().zip(self.up.get(at).scaled());
        let whole = self.totals[root];
        Some(
            quotients.map(|(above, below)| if above.is_zero() { above } else { above.over(below).by(whole) }).collect(),
        )
    }
}

impl Drop for Forest {
    /// The next sweep by the same plan finds its memory laid out.
    fn drop(&mut self) {
        let mut spare = self.plan.spare.lock().unwrap_or_else(PoisonError::into_inner);
        // The messages are asked for first, and taken from the end.
        spare.extend([std::mem::take(&mut self.marginals), std::mem::take(&mut self.up)]);
        spare.truncate(MOST_SPARE);
    }
}

/// How the variables of a network hang together.
struct Shape {
    /// For each variable the first of its connected part.
    part: Vec<usize>,
    /// By the part's first variable: whether it has a factor that no tree can have.
    bad: Vec<bool>,
    /// By the part's first variable: number of variables, and of pairs with factors.
    members: Vec<usize>,
    edges: Vec<usize>,
    /// For each variable the factors of it alone.
    own: Vec<Vec<usize>>,
    /// For each variable its neighbours with the factors they share.
    neighbours: Vec<Vec<(usize, Vec<usize>)>>,
}

impl Shape {
    fn of(network: &Network) -> Shape {
        let count = network.variables.len();
        let mut sets = Sets::new(count);
        let mut shape = Shape {
            part: Vec::new(),
            bad: vec![false; count],
            members: vec![0; count],
            edges: vec![0; count],
            own: vec![Vec::new(); count],
            neighbours: vec![Vec::new(); count],
        };
        let mut pairs: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        let mut odd = Vec::new();
        for (index, factor) in network.factors.iter().enumerate() {
            let scope = factor.scope();
            scope.windows(2).for_each(|pair| sets.join(pair[0].0, pair[1].0));
            match (&scope[..], factor) {
                ([], _) => {}
                ([var], Factor::Table { .. }) => shape.own[var.0].push(index),
                ([one, two], Factor::Local(_) | Factor::Delay(_)) => {
                    pairs.entry((one.0.min(two.0), one.0.max(two.0))).or_default().push(index);
                }
                ([var, ..], _) => odd.push(var.0),
            }
        }
        shape.part = (0..count).map(|var| sets.first(var)).collect();
        shape.part.iter().for_each(|part| shape.members[*part] += 1);
        odd.into_iter().for_each(|var| shape.bad[shape.part[var]] = true);
        for ((one, two), factors) in pairs {
            shape.edges[shape.part[one]] += 1;
            shape.neighbours[one].push((two, factors.clone()));
            shape.neighbours[two].push((one, factors));
        }
        shape
    }
}

/// Sets of variables that grow together.
struct Sets(Vec<usize>);

impl Sets {
    fn new(count: usize) -> Sets {
        Sets((0..count).collect())
    }

    /// The least member of the set.
    fn first(&mut self, member: usize) -> usize {
        let mut first = member;
        while self.0[first] != first {
            self.0[first] = self.0[self.0[first]];
            first = self.0[first];
        }
        first
    }

    fn join(&mut self, one: usize, two: usize) {
        let (one, two) = (self.first(one), self.first(two));
        self.0[one.max(two)] = one.min(two);
    }
}

impl Node {
    fn new(var: usize, parent: usize, pair: Vec<usize>, shape: &Shape, network: &Network) -> Node {
        let (size, own) = (network.variables[var].size(), shape.own[var].clone());
        Node { var, size, parent, children: Vec::new(), own, pair, kernels: None }
    }
}

/// Memory of the sweeps, laid out once.
struct Work {
    own: Buffer,
    other: Buffer,
    spare: Buffer,
    ratio: Buffer,
    scratch: Scratch,
    lost: bool,
}

/// Room for a line of any length that occurs.
struct Buffer(Lines);

impl Buffer {
    fn of(&mut self, size: usize) -> LineMut<'_> {
        let LineMut { values, exponents, block } = self.0.get_mut(0);
        LineMut { values: &mut values[..size], exponents: &mut exponents[..size.div_ceil(block)], block }
    }
}

impl Work {
    fn new(longest: usize, block: usize) -> Work {
        let buffer = || Buffer(Lines::new(std::iter::once(longest), block));
        let [own, other, spare, ratio] = [buffer(), buffer(), buffer(), buffer()];
        Work { own, other, spare, ratio, scratch: Scratch::default(), lost: false }
    }

    /// A node's own weights times its children's messages.
    fn fill(&mut self, node: &Node, network: &Network, up: &Lines) {
        let Work { own, other, spare, lost, .. } = self;
        let size = node.size;
        let weights = node.own.iter().filter_map(|index| match &network.factors[*index] {
            Factor::Table { values, .. } => Some(Line::plain(values)),
            _ => None,
        });
        let mut lines = weights.chain(node.children.iter().map(|child| up.get(*child)));
        match (lines.next(), lines.next()) {
            (Some(first), Some(second)) => own.of(size).product(first, second, &mut spare.of(size), lost),
            (Some(only), None) => own.of(size).copy(only, lost),
            _ => own.of(size).ones(),
        }
        for line in lines {
            other.of(size).product(own.of(size).read(), line, &mut spare.of(size), lost);
            std::mem::swap(own, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EventId;
    use crate::model::Side;
    use crate::network::{At, Formula, Function, Kind, Literal, Local, Role, Test, Variable};

    /// e0 <= e1 <= …, all days alike: the number of worlds with event `i` on day `d` is C(i + d, i)·C(n − 1 − i + D − 1 − d, n − 1 − i).
    fn chain(events: usize, days: usize) -> Network {
        let variables: Vec<Variable> =
            (0..events).map(|event| Variable::of_days(Role::Start(EventId(event)), 0, days, false)).collect();
        let at = |var: usize| At { var: VarId(var), side: Side::First };
        let rule = |event: usize| {
            let test = Test::Gap { later: at(event + 1), earlier: at(event), least: 0, most: i32::MAX };
            let occurring = vec![VarId(event), VarId(event + 1)];
            let formula =
                Formula::Literal(Literal { kind: Kind::True, occurring: occurring.clone(), tests: vec![test] });
            let function = Function::Truth { formula, when_true: 1.0, when_false: 0.0 };
            Factor::Local(Local { scope: occurring, selector: None, function })
        };
        Network {
            variables,
            factors: (0..events - 1).map(rule).collect(),
            starts: (0..events).map(VarId).collect(),
            implied: Vec::new(),
            generations: Vec::new(),
            contradiction: false,
        }
    }

    /// Messages of this chain span far more than `f64` can hold; its marginals are known.
    #[test]
    fn long_chains_have_the_marginals_that_counting_gives() {
        let (events, days) = (900, 700);
        let network = chain(events, days);
        let plan = Arc::new(ForestPlan::new(&network));
        let forest = Forest::new(plan.clone(), &network, true);
        assert!(!forest.lost());
        let ln_factorial: Vec<f64> = std::iter::once(0.0)
            .chain((1..events + days).scan(0.0, |sum, k| {
                *sum += (k as f64).ln();
                Some(*sum)
            }))
            .collect();
        let ln_choose = |n: usize, k: usize| ln_factorial[n] - ln_factorial[k] - ln_factorial[n - k];
        let whole = ln_choose(events + days - 1, events);
        let root = (0..events).find(|var| plan.parent(*var).is_none()).unwrap();
        assert!((forest.total(root).ln() - whole).abs() < 1e-9 * whole, "{} {whole}", forest.total(root).ln());
        for event in [0, 1, 449, 450, 898, 899] {
            for (day, found) in forest.marginal(event).scaled().enumerate() {
                let (after, later) = (events - 1 - event, days - 1 - day);
                let expected = ln_choose(event + day, event) + ln_choose(after + later, after) - whole;
                assert!((found.ln() - expected).abs() < 1e-8, "event {event}, day {day}: {} {expected}", found.ln());
            }
        }
    }

    /// Tails down to the least plain numbers, whose products are far below these: Σ 10^-(x + y + z) over x <= y <= z.
    #[test]
    fn far_tails_stay_on_lines() {
        let days = 308;
        let mut network = chain(3, days);
        let tail: Vec<f64> = (0..days).map(|day| 10f64.powi(-(day as i32))).collect();
        let tails = (0..3).map(|var| Factor::Table { scope: vec![VarId(var)], values: tail.clone().into() });
        network.factors.extend(tails);
        let forest = Forest::with_blocks(Arc::new(ForestPlan::new(&network)), &network, true, BLOCKS[0]);
        assert!(!forest.lost());
        let root = (0..3).find(|var| forest.plan.parent(*var).is_none()).unwrap();
        let expected = 1.0 / (0.9 * 0.99 * 0.999);
        assert!((forest.total(root).to_f64() - expected).abs() < 1e-13, "{}", forest.total(root).to_f64());
        let last = forest.marginal(2).scaled().last().unwrap();
        // The last event on the last day, the others before.
        let before = expected * 0.999 / 10f64.powi(307);
        assert!((last.ln() - (before / expected).ln()).abs() < 1e-9, "{} {}", last.ln(), (before / expected).ln());
    }

    #[test]
    fn rings_are_no_trees() {
        let mut network = chain(4, 10);
        let extra = chain(4, 10).factors.remove(0);
        let Factor::Local(mut local) = extra else { unreachable!() };
        local.scope = vec![VarId(0), VarId(3)];
        network.factors.push(Factor::Local(local));
        assert!(!ForestPlan::new(&network).holds(0));
    }
}
