//! A network in; how each of its parts is best solved, and what that costs, out.

use super::bands::{Bands, Extent};
use super::buckets::Buckets;
use super::condition::STRETCHES;
use super::cutset::{self, Cutset};
use super::history::{Histories, orders};
use super::order::{Cost, Elimination, Engine, Limits, Outline, TooLarge, eliminate_few, eliminate_ranked};
use super::tree::ForestPlan;
use crate::network::{Factor, Network, Role, Variable};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Tables are there twice while they are made, messages go both ways, and answers come on top.
const TABLES_EACH: f64 = 3.0;
/// Nothing but trees and tables is thought of where these take fewer steps.
const WORTH_A_LOOK: f64 = 3e5;
/// Orders are looked for in parts that have a table of so many entries, and cutsets where one has many more.
const WORTH_AN_ORDER: f64 = 300.0;
const WORTH_A_CUTSET: f64 = 30_000.0;
/// Tables of this share of the largest are summed over by conditioning, if any is.
const LARGE: f64 = 0.2;
/// Both ways, marginals and answers take about this many times the steps of the way up.
const SWEEPS: f64 = 4.0;

/// How a network is solved: its trees by sweeps over lines, all else by elimination.
#[derive(Debug, Default)]
pub struct Plan {
    pub forest: Arc<ForestPlan>,
    /// The variables that are in no tree, in the order of their elimination.
    pub order: Vec<usize>,
    pub buckets: Buckets,
    /// Parts whose last variables are summed over together, by the variable that would go last.
    pub cores: BTreeMap<usize, Core>,
    /// Whether a variable is one of these.
    pub in_core: Vec<bool>,
    /// How far days lie apart, where tables are kept in bands.
    pub bands: Option<Arc<Bands>>,
    /// Whether the tables that conditioning avoids are too large to be made where something else needs them.
    pub narrow: bool,
    pub cost: PlanCost,
}

/// What a plan is made around: parts that are gone through day by day, or bands.
#[derive(Default)]
struct Shape {
    cores: Vec<Histories>,
    bands: Option<Arc<Bands>>,
}

/// How the last variables of a part are summed over, where that is not by tables.
#[derive(Debug)]
pub enum Core {
    /// By conditioning.
    Cutset(Cutset),
    /// Day by day.
    Histories(Arc<Histories>),
}

impl Core {
    /// The variables that are summed over together.
    pub fn vars(&self) -> Vec<usize> {
        match self {
            Core::Cutset(cutset) => cutset.vars().collect(),
            Core::Histories(histories) => histories.order.vars.clone(),
        }
    }
}

/// What conditioning is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Aim {
    /// Fewer steps.
    Speed,
    /// No large tables, whatever the steps.
    Memory,
    /// To be compared with other engines.
    Always,
}

/// What a plan takes, predicted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlanCost {
    /// Variables in trees.
    pub in_trees: usize,
    /// Variables that are eliminated with tables.
    pub in_tables: usize,
    /// Whether tables are kept in bands.
    pub banded: bool,
    /// Variables that are summed over by conditioning, and those of them that are fixed.
    pub in_cutsets: usize,
    pub fixed: Vec<usize>,
    /// Variables that are gone through day by day, and how many histories of them there are.
    pub in_orders: usize,
    pub histories: usize,
    /// Entries of lines and tables together.
    pub cells: f64,
    /// Bytes of these.
    pub bytes: f64,
    /// Elementary steps.
    pub operations: f64,
    /// Entries of the largest table.
    pub largest_cells: f64,
    /// The variables of the largest table, by index.
    pub largest: Vec<usize>,
}

impl Plan {
    /// Plans a network; `bytes` is what an entry of a table takes. Where tables would pass the limits, those that
    /// conditioning avoids are made for nothing else either, if that is within them.
    pub fn new(network: &Network, limits: Limits, bytes: usize) -> Plan {
        if network.contradiction {
            return Plan::default();
        }
        match limits.engine {
            Engine::Best => {}
            Engine::Bands => {
                let forest = Arc::new(ForestPlan::none(network));
                return Plan::in_bands(forest, network, bytes).unwrap_or_else(|| Plan::of_tables(network, bytes));
            }
            Engine::Histories => return Plan::of_tables(network, bytes).with_histories(network, limits, bytes, 0.0),
            Engine::Cutset => return Plan::of_tables(network, bytes).with_cutsets(network, bytes, Aim::Always),
            Engine::CutsetOnly => return Plan::of_tables(network, bytes).with_cutsets(network, bytes, Aim::Memory),
            _ => return Plan::of_tables(network, bytes),
        }
        let around = || Plan::around(Arc::new(ForestPlan::new(network)), network, bytes, Vec::new());
        let tables = around();
        if tables.cost.operations < WORTH_A_LOOK {
            return tables;
        }
        let banded = Plan::in_bands(tables.forest.clone(), network, bytes);
        let tables = tables.with_histories(network, limits, bytes, WORTH_AN_ORDER);
        let other = if tables.cost.is_within(limits) {
            let large = tables.cost.largest_cells >= WORTH_A_CUTSET;
            if large { tables.with_cutsets(network, bytes, Aim::Speed) } else { tables }
        } else {
            let smaller = tables.with_cutsets(network, bytes, Aim::Memory);
            if smaller.cost.is_within(limits) { smaller } else { around() }
        };
        let serves = |banded: &Plan| {
            let (banded, other) = (&banded.cost, &other.cost);
            match (banded.is_within(limits), other.is_within(limits)) {
                (true, true) => banded.operations < other.operations,
                (false, false) => banded.bytes < other.bytes,
                (banded_is, _) => banded_is,
            }
        };
        banded.filter(serves).unwrap_or(other)
    }

    /// Goes through the orders that tie parts up day by day, where tables would be larger than `cells` and take longer.
    fn with_histories(self, network: &Network, limits: Limits, bytes: usize, cells: f64) -> Plan {
        let sizes: Vec<usize> = network.variables.iter().map(Variable::size).collect();
        let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        self.order.iter().for_each(|var| parts.entry(self.buckets.root[*var]).or_default().push(*var));
        let mut found = Vec::new();
        for mut part in parts.into_values() {
            let largest = part.iter().map(|var| product(&self.buckets.scopes[*var], &sizes)).fold(0.0, f64::max);
            if largest < cells {
                continue;
            }
            part.sort_unstable();
            let factors: BTreeSet<usize> = part.iter().flat_map(|var| self.buckets.own[*var].iter().copied()).collect();
            let outlines = factors.iter().map(|index| outline(&network.factors[*index])).collect();
            let tables = SWEEPS * eliminate_few(outlines, &part, Extent::whole(&sizes)).cost.operations;
            let steps = if cells > 0.0 { tables.min(limits.operations) } else { limits.operations };
            let orders = orders(network, &part, factors.into_iter()).into_iter();
            let histories = orders.filter_map(|order| Histories::new(order, steps, limits.memory as f64 / 2.0, bytes));
            found.extend(histories.min_by(|one, two| one.operations.total_cmp(&two.operations)));
        }
        if found.is_empty() {
            return self;
        }
        let other = Plan::around(self.forest.clone(), network, bytes, found);
        if cells == 0.0 || other.cost.operations < self.cost.operations { other } else { self }
    }

    /// Sums over the largest tables of each part by conditioning instead, where that serves the aim.
    fn with_cutsets(mut self, network: &Network, bytes: usize, aim: Aim) -> Plan {
        let sizes: Vec<usize> = network.variables.iter().map(Variable::size).collect();
        let product = |vars: &[usize]| product(vars, &sizes);
        let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        self.order.iter().for_each(|var| parts.entry(self.buckets.root[*var]).or_default().push(*var));
        parts.retain(|root, _| !self.cores.contains_key(root));
        for (root, part) in parts {
            let cells = |var: &usize| product(&self.buckets.scopes[*var]);
            let largest = part.iter().map(cells).fold(0.0, f64::max);
            let Some(first) = part.iter().position(|var| cells(var) >= LARGE * largest) else { continue };
            let last = &part[first..];
            if last.len() > cutset::MOST {
                continue;
            }
            let outlines = self.outlines(network, last);
            let tables = SWEEPS * eliminate_few(outlines.clone(), last, Extent::whole(&sizes)).cost.operations;
            let found = Cutset::cheapest(&outlines, last, &[], &sizes);
            let serves = |cutset: &Cutset| aim != Aim::Speed || cutset.operations < tables;
            let Some(cutset) = found.filter(serves) else { continue };
            if aim == Aim::Memory {
                self.narrow = true;
                let children = last.iter().flat_map(|var| &self.buckets.children[*var]);
                let messages: f64 = children.filter(|child| !last.contains(child)).map(cells).sum();
                let inside: f64 = TABLES_EACH * last.iter().map(cells).sum::<f64>();
                let change = messages * (STRETCHES + 2) as f64 + 2.0 * product(&cutset.outer) - inside;
                self.cost.cells += change;
                self.cost.bytes += change * bytes as f64;
            }
            last.iter().for_each(|var| self.in_core[*var] = true);
            self.cost.operations += cutset.operations - tables;
            self.cost.in_tables -= last.len();
            self.cost.in_cutsets += last.len();
            self.cost.fixed.extend(&cutset.outer);
            self.cores.insert(root, Core::Cutset(cutset));
        }
        if self.narrow {
            let tables = self.order.iter().filter(|var| !self.in_core[**var]).map(|var| &self.buckets.scopes[*var]);
            let combinations = self.cores.values().filter_map(|core| match core {
                Core::Cutset(cutset) => Some(&cutset.outer),
                Core::Histories(_) => None,
            });
            let largest = tables.chain(combinations).max_by(|a, b| product(a).total_cmp(&product(b)));
            self.cost.largest = largest.cloned().unwrap_or_default();
            self.cost.largest_cells = product(&self.cost.largest);
        }
        self
    }

    /// The factors of the last variables of a part, and the messages that they get.
    fn outlines(&self, network: &Network, last: &[usize]) -> Vec<Outline> {
        let own = last.iter().flat_map(|var| &self.buckets.own[*var]).map(|index| outline(&network.factors[*index]));
        let children = last.iter().flat_map(|var| &self.buckets.children[*var]).filter(|child| !last.contains(child));
        own.chain(children.map(|child| Outline { scope: self.buckets.scopes[*child].clone(), dense: true })).collect()
    }

    /// Plans a network without taking trees apart, for numbers that their lines cannot hold.
    pub fn of_tables(network: &Network, bytes: usize) -> Plan {
        Plan::around(Arc::new(ForestPlan::none(network)), network, bytes, Vec::new())
    }

    /// Plans to draw in the order in which dates come about, as far as they come about one by the other.
    pub fn by_generation(network: &Network, bytes: usize) -> Plan {
        let rank = |var: usize| network.generations.get(var).copied().unwrap_or(0);
        Plan::ranked(Arc::new(ForestPlan::none(network)), network, bytes, &rank, Shape::default())
    }

    fn around(forest: Arc<ForestPlan>, network: &Network, bytes: usize, cores: Vec<Histories>) -> Plan {
        Plan::ranked(forest, network, bytes, &|_| 0, Shape { cores, bands: None })
    }

    /// Tables in bands; `None` where the rules leave none.
    fn in_bands(forest: Arc<ForestPlan>, network: &Network, bytes: usize) -> Option<Plan> {
        let bands = Some(Arc::new(Bands::of(network)?));
        Some(Plan::ranked(forest, network, bytes, &|_| 0, Shape { cores: Vec::new(), bands }))
    }

    fn ranked(
        forest: Arc<ForestPlan>,
        network: &Network,
        bytes: usize,
        rank: &dyn Fn(usize) -> u32,
        Shape { cores, bands }: Shape,
    ) -> Plan {
        let sizes: Vec<usize> = network.variables.iter().map(Variable::size).collect();
        let extent = Extent { sizes: &sizes, bands: bands.as_deref() };
        let mut in_core = vec![false; sizes.len()];
        cores.iter().flat_map(|core| &core.order.vars).for_each(|var| in_core[*var] = true);
        let inside: BTreeSet<usize> = cores.iter().flat_map(|core| core.order.factors.iter().copied()).collect();
        let factors = network.factors.iter().enumerate().filter(|(index, factor)| {
            !inside.contains(index) && factor.first_var().is_some_and(|var| !forest.holds(var.0))
        });
        let outlines = factors.map(|(_, factor)| outline(factor));
        let vars: Vec<usize> = (0..sizes.len()).filter(|var| !forest.holds(*var) && !in_core[*var]).collect();
        let Elimination { mut order, cost } = eliminate_ranked(outlines.collect(), &vars, extent, rank);
        let mut cost = PlanCost::of(&forest, cost, vars.len(), bytes);
        cost.banded = bands.is_some();
        order.extend(cores.iter().flat_map(|core| &core.order.vars));
        let buckets = Buckets::new(network, &forest, &order);
        let mut by_root = BTreeMap::new();
        for core in cores {
            cost.in_orders += core.order.vars.len();
            cost.histories += core.count();
            cost.cells += core.cells();
            cost.bytes += core.bytes(bytes);
            cost.operations += core.operations;
            if let Some(last) = core.order.vars.last() {
                by_root.insert(buckets.root[*last], Core::Histories(Arc::new(core)));
            }
        }
        Plan { forest, order, buckets, cores: by_root, in_core, bands, narrow: false, cost }
    }
}

/// Entries of a table.
fn product(vars: &[usize], sizes: &[usize]) -> f64 {
    vars.iter().map(|var| sizes[*var] as f64).product()
}

impl PlanCost {
    fn of(forest: &ForestPlan, tables: Cost, in_tables: usize, bytes: usize) -> PlanCost {
        let trees = forest.cost();
        PlanCost {
            in_trees: forest.order().count(),
            in_tables,
            banded: false,
            in_cutsets: 0,
            fixed: Vec::new(),
            in_orders: 0,
            histories: 0,
            cells: trees.cells + TABLES_EACH * tables.cells,
            bytes: trees.cells * size_of::<f64>() as f64 + TABLES_EACH * tables.cells * bytes as f64,
            operations: trees.operations + SWEEPS * tables.operations,
            largest_cells: tables.largest_cells,
            largest: tables.largest,
        }
    }

    fn is_within(&self, limits: Limits) -> bool {
        self.bytes <= limits.memory as f64 && self.operations <= limits.operations
    }

    /// Refuses what the limits do not allow.
    ///
    /// # Errors
    /// The costs, with the events that the largest table ties together.
    pub fn check(&self, limits: Limits, network: &Network) -> Result<(), TooLarge> {
        let exact = !matches!(limits.engine, Engine::Rules | Engine::Guide);
        if exact && self.is_within(limits) {
            return Ok(());
        }
        let events = events_of(&self.largest, network);
        Err(TooLarge { operations: self.operations, bytes: self.bytes, limits, events })
    }
}

fn outline(factor: &Factor) -> Outline {
    Outline {
        scope: factor.scope().into_iter().map(|var| var.0).collect(),
        dense: matches!(factor, Factor::Table { .. } | Factor::Delay(_)),
    }
}

/// The events that some variables are about.
pub fn events_of(vars: &[usize], network: &Network) -> BTreeSet<usize> {
    let variables = vars.iter().filter_map(|var| network.variables.get(*var));
    let events = variables.filter_map(|variable| match variable.role {
        Role::Start(event) | Role::End(event) | Role::Latest(event) | Role::Week(event) => Some(event.0),
        Role::Truth => None,
    });
    events.collect()
}
