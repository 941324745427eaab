//! A network of weighted days and rules on gaps in, the same with closed domains and without rigid ties out.

use super::closure::{Closure, domains, rigid_parts};
use super::draft::{Draft, FAR};
use super::law::Law;
use crate::network::Network;
use std::collections::{BTreeMap, VecDeque};

/// "Does not occur", where a coordinate is expected.
pub(super) const ABSENT: i32 = i32::MAX;
/// Positive weights below this share of their variable's greatest cannot be told from 0 safely.
const SMALLEST: f64 = 1e-280;

/// Variables of days with arbitrary weights, and rules `least <= day(later) − day(earlier) <= most`.
///
/// Variables whose days the rules tie rigidly to each other are one *group*, with the product of their weights. A group
/// stands at a coordinate from 0 (the least day of its first member that is part of a solution) or is [`ABSENT`].
/// Its domain is closed: for every group that certainly occurs the assignments of all least and of all greatest
/// coordinates are solutions, unless there is none at all.
#[derive(Debug)]
pub struct IntervalSystem {
    places: Vec<Place>,
    groups: Vec<Group>,
    /// Groups that are tied to each other, directly or not, each in an order in which earlier days come first.
    components: Vec<Vec<usize>>,
    closure: Option<Closure>,
    log_constant: f64,
}

/// Where a variable stands: index of its value = coordinate of the group + `shift`.
#[derive(Clone, Copy, Debug)]
struct Place {
    group: usize,
    shift: u32,
    /// Index of "does not occur".
    never: u32,
}

/// Variables that move together.
#[derive(Debug)]
pub(super) struct Group {
    /// Number of coordinates; 0 where it cannot occur.
    pub days: i32,
    pub weights: Vec<f64>,
    pub law: Law,
    /// Weight of [`ABSENT`].
    pub never: f64,
    /// Rules with other groups, none of which follows from the others.
    pub bounds: Vec<Bound>,
}

/// `least <= own − other <= most` in coordinates, where both occur; open sides lie beyond all days.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    pub other: usize,
    pub least: i32,
    pub most: i32,
}

impl Bound {
    /// An open side.
    pub const OPEN: i32 = FAR as i32;
}

impl IntervalSystem {
    /// Reads the network; `None` where it holds anything but weights of single days and hard rules on gaps, or where
    /// weights of one variable are further apart than numbers reach.
    pub fn of(network: &Network) -> Option<IntervalSystem> {
        let mut draft = Draft::of(network)?;
        if network.contradiction || draft.log_constant == f64::NEG_INFINITY {
            return Some(IntervalSystem::empty(network));
        }
        let Some(domains) = domains(&draft) else { return Some(IntervalSystem::empty(network)) };
        let parts = rigid_parts(&draft, &domains);
        let mut system = IntervalSystem { log_constant: draft.log_constant, ..IntervalSystem::empty(network) };
        for (var, part) in parts.iter().enumerate() {
            system.places[var] =
                Place { group: *part, shift: domains[var].0 as u32, never: draft.columns[var].logs.len() as u32 };
        }
        let count = parts.iter().max().map_or(0, |most| most + 1);
        for part in 0..count {
            let members: Vec<usize> = (0..parts.len()).filter(|var| parts[*var] == part).collect();
            system.add_group(&mut draft, &domains, &members)?;
        }
        system.tie(&draft, &domains);
        system.components = system.connected();
        Some(system)
    }

    /// Without a solution.
    fn empty(network: &Network) -> IntervalSystem {
        IntervalSystem {
            places: vec![Place { group: 0, shift: 0, never: 0 }; network.variables.len()],
            groups: Vec::new(),
            components: Vec::new(),
            closure: None,
            log_constant: f64::NEG_INFINITY,
        }
    }

    fn add_group(&mut self, draft: &mut Draft, domains: &[(usize, usize)], members: &[usize]) -> Option<()> {
        let (from, to) = domains[members[0]];
        let mut logs = vec![0.0; to - from];
        let mut never = 0.0;
        for member in members {
            let column = &draft.columns[*member];
            logs.iter_mut().zip(&column.logs[domains[*member].0..]).for_each(|(log, other)| *log += other);
            never += column.never;
        }
        let greatest = logs.iter().fold(never, |greatest, log| greatest.max(*log));
        let scaled = |log: f64| if greatest > f64::NEG_INFINITY { (log - greatest).exp() } else { 0.0 };
        let lost = |log: f64| log > f64::NEG_INFINITY && scaled(log) < SMALLEST;
        if lost(never) || logs.iter().any(|log| lost(*log)) {
            return None;
        }
        self.log_constant += greatest;
        let weights: Vec<f64> = logs.iter().map(|log| scaled(*log)).collect();
        let group = Group {
            days: weights.len() as i32,
            law: Law::new(&weights),
            weights,
            never: scaled(never),
            bounds: Vec::new(),
        };
        self.groups.push(group);
        Some(())
    }

    /// Takes the rules over, without those that follow from domains or other rules.
    fn tie(&mut self, draft: &Draft, domains: &[(usize, usize)]) {
        let mut gaps: BTreeMap<(usize, usize), (i64, i64)> = BTreeMap::new();
        for rule in &draft.rules {
            let (later, earlier) = (self.places[rule.later].group, self.places[rule.earlier].group);
            if later == earlier || self.groups[later].days == 0 || self.groups[earlier].days == 0 {
                continue;
            }
            let day = |var: usize| draft.columns[var].first + domains[var].0 as i64;
            let start = day(rule.later) - day(rule.earlier);
            let (least, most) = (rule.least - start, rule.most - start);
            let (key, least, most) =
                if later > earlier { ((later, earlier), least, most) } else { ((earlier, later), -most, -least) };
            let gap = gaps.entry(key).or_insert((-FAR, FAR));
            *gap = (gap.0.max(least), gap.1.min(most));
        }
        for gap in gaps.iter_mut() {
            let ((one, two), (least, most)) = gap;
            let (ahead, behind) = (i64::from(self.groups[*one].days - 1), i64::from(self.groups[*two].days - 1));
            *least = if *least <= -behind { -FAR } else { *least };
            *most = if *most >= ahead { FAR } else { *most };
        }
        let certain: Vec<bool> = self.groups.iter().map(|group| group.never == 0.0).collect();
        self.closure = Closure::new(&certain, &gaps);
        for ((one, two), (least, most)) in gaps {
            let implied = |from: usize, to: usize, gap: i64| {
                self.closure.as_ref().is_some_and(|closure| closure.goes_without(from, to, gap))
            };
            let least = if implied(two, one, least) { -FAR } else { least };
            let most = if implied(one, two, -most) { FAR } else { most };
            if least > -FAR || most < FAR {
                let (least, most) = (least as i32, most as i32);
                self.groups[one].bounds.push(Bound { other: two, least, most });
                self.groups[two].bounds.push(Bound { other: one, least: -most, most: -least });
            }
        }
    }

    /// The groups by component; in each a group follows those that rules put before it, as far as these do not go round.
    fn connected(&self) -> Vec<Vec<usize>> {
        let mut seen = vec![false; self.groups.len()];
        let mut components = Vec::new();
        for start in 0..self.groups.len() {
            if seen[start] {
                continue;
            }
            seen[start] = true;
            let mut members = vec![start];
            let mut next = 0;
            while let Some(group) = members.get(next).copied() {
                next += 1;
                for bound in &self.groups[group].bounds {
                    if !std::mem::replace(&mut seen[bound.other], true) {
                        members.push(bound.other);
                    }
                }
            }
            components.push(self.sorted(&members));
        }
        components
    }

    /// Members of one component, each after those that rules put before it; where these go round, the next by number.
    fn sorted(&self, members: &[usize]) -> Vec<usize> {
        // Only bounds open to one side say what comes first.
        let after = |bound: &&Bound| bound.least > -Bound::OPEN && bound.most == Bound::OPEN;
        let before = |bound: &&Bound| bound.least == -Bound::OPEN && bound.most < Bound::OPEN;
        let bounds = |group: usize| self.groups[group].bounds.iter();
        let mut waits: BTreeMap<usize, usize> =
            members.iter().map(|group| (*group, bounds(*group).filter(after).count())).collect();
        let mut free: VecDeque<usize> = members.iter().copied().filter(|group| waits[group] == 0).collect();
        let mut order = Vec::with_capacity(members.len());
        while let Some(group) = free.pop_front().or_else(|| waits.keys().next().copied()) {
            waits.remove(&group);
            order.push(group);
            for bound in bounds(group).filter(before) {
                if let Some(count) = waits.get_mut(&bound.other) {
                    *count -= 1;
                    if *count == 0 {
                        free.push_back(bound.other);
                    }
                }
            }
        }
        order
    }

    /// Whether it is certain that there is no solution.
    pub fn is_empty(&self) -> bool {
        self.log_constant == f64::NEG_INFINITY
    }

    /// Whether the solutions are closed under componentwise least and greatest: every variable with a rule occurs.
    pub fn monotone(&self) -> bool {
        self.groups.iter().all(|group| group.never == 0.0 || group.bounds.is_empty())
    }

    /// Number of variables.
    pub(super) fn width(&self) -> usize {
        self.places.len()
    }

    pub(super) fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub(super) fn components(&self) -> &[Vec<usize>] {
        &self.components
    }

    pub(super) fn closure(&self) -> Option<&Closure> {
        self.closure.as_ref()
    }

    /// Natural logarithm of what the weights of the groups are to be multiplied with.
    pub(super) fn log_constant(&self) -> f64 {
        self.log_constant
    }

    /// Writes the index of every variable's value, from the coordinates of the groups.
    pub(super) fn write(&self, coordinates: &[i32], world: &mut [u32]) {
        for (index, place) in world.iter_mut().zip(&self.places) {
            let coordinate = coordinates[place.group];
            *index = if coordinate == ABSENT { place.never } else { place.shift + coordinate as u32 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{OPEN, absent_networks, network, small_networks, system, worlds};
    use super::*;
    use crate::network::{Factor, Formula, Function, VarId, Variable};

    /// Every variable's least and greatest index are those of the worlds listed, and are reached by all together.
    #[test]
    fn domains_are_closed() {
        for network in small_networks() {
            let (system, worlds) = (system(&network), worlds(&network));
            let (mut least, mut greatest) = (vec![u32::MAX; network.variables.len()], vec![0; network.variables.len()]);
            for (world, _) in &worlds {
                least.iter_mut().zip(world).for_each(|(least, index)| *least = (*least).min(*index));
                greatest.iter_mut().zip(world).for_each(|(greatest, index)| *greatest = (*greatest).max(*index));
            }
            let mut world = vec![0; least.len()];
            system.write(&vec![0; system.groups().len()], &mut world);
            assert_eq!(world, least);
            let ends: Vec<i32> = system.groups().iter().map(|group| group.days - 1).collect();
            system.write(&ends, &mut world);
            assert_eq!(world, greatest);
        }
    }

    #[test]
    fn rigid_ties_make_groups() {
        let groups = small_networks().iter().map(|network| system(network).groups().len()).collect::<Vec<usize>>();
        assert_eq!(groups, [3, 4, 3, 2]);
    }

    /// A rule that follows from two others goes; one that says more stays.
    #[test]
    fn rules_that_follow_go() {
        let even = (0, false, vec![1.0; 9]);
        let bounds = |least: i32| {
            let gaps = [(1, 0, 1, OPEN), (2, 1, 1, OPEN), (2, 0, least, OPEN)];
            system(&network(&vec![even.clone(); 3], &gaps)).groups()[0].bounds.len()
        };
        assert_eq!((bounds(2), bounds(3)), (1, 2));
    }

    #[test]
    fn only_systems_whose_events_all_occur_are_monotone() {
        let monotone: Vec<bool> = absent_networks().iter().map(|network| system(network).monotone()).collect();
        assert_eq!(monotone, [true, false, false]);
    }

    /// Rules in other words than a gap's: a conjunction, the denial of a gap of one side, and both with a test of one day.
    #[test]
    fn equivalent_words_are_understood() {
        let even = (0, false, vec![1.0; 6]);
        let plain = network(&[even.clone(), even.clone()], &[(1, 0, 1, 3)]);
        let expected = worlds(&plain);
        let mut pieces = Vec::new();
        for gap in [(1, 0, 1, OPEN), (1, 0, -OPEN, 3)] {
            pieces.push(formula(&network(&[even.clone(), even.clone()], &[gap])));
        }
        let denied = formula(&network(&[even.clone(), even.clone()], &[(1, 0, 4, OPEN)]));
        let ways = [
            vec![truth(Formula::And(pieces.clone()), 1.0, 0.0)],
            vec![truth(pieces[0].clone(), 1.0, 0.0), truth(denied, 0.0, 1.0)],
        ];
        for way in ways {
            let mut network = plain.clone();
            network.factors.truncate(2);
            network.factors.extend(way);
            assert_eq!(worlds(&network), expected);
            let system = system(&network);
            let group = &system.groups()[system.places[1].group];
            assert_eq!(group.bounds.iter().map(|bound| (bound.least, bound.most)).collect::<Vec<_>>(), [(0, 2)]);
        }
    }

    #[test]
    fn other_factors_are_refused() {
        let even = (0, false, vec![1.0; 6]);
        let plain = network(&[even.clone(), even], &[(1, 0, 1, 3)]);
        let with = |factor: Factor| {
            let mut network = plain.clone();
            network.factors.push(factor);
            IntervalSystem::of(&network)
        };
        let gap = formula(&plain);
        assert!(IntervalSystem::of(&plain).is_some());
        assert!(with(truth(gap.clone(), 1.0, 0.5)).is_none(), "soft");
        assert!(with(truth(gap.clone(), 0.0, 1.0)).is_none(), "all but an inner interval");
        assert!(with(Factor::Table { scope: vec![VarId(0), VarId(1)], values: vec![1.0; 36].into() }).is_none());
        let mut selected = truth(gap, 1.0, 0.0);
        if let Factor::Local(local) = &mut selected {
            local.selector = Some(VarId(2));
        }
        assert!(with(selected).is_none());
        let mut long = plain.clone();
        long.variables[0] = Variable { lengths: 2, days: 3, ..long.variables[0] };
        assert!(IntervalSystem::of(&long).is_none());
    }

    /// The formula of a network's last factor.
    fn formula(network: &Network) -> Formula {
        match network.factors.last() {
            Some(Factor::Local(local)) => match &local.function {
                Function::Truth { formula, .. } => formula.clone(),
                _ => panic!("not a truth"),
            },
            _ => panic!("no rule"),
        }
    }

    fn truth(formula: Formula, when_true: f64, when_false: f64) -> Factor {
        let function = Function::Truth { formula, when_true, when_false };
        Factor::Local(crate::network::Local { scope: vec![VarId(0), VarId(1)], selector: None, function })
    }
}
