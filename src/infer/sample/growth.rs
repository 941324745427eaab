//! One component of an interval system in; its groups one after the other, with what is asked of each, out.

use super::interval::{ABSENT, Bound, Group, IntervalSystem};
use super::law::Law;
use super::outlook::Outlook;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// However little is hoped for a day of positive weight, it keeps this logarithm of a share: less than weights alone may
/// differ, and more than numbers can hold.
const LEAST_SHARE: f64 = -660.0;

/// A tied component, its groups (now *sites*) numbered in the order in which they are added.
pub(super) struct Component<'s> {
    /// The group of each site.
    pub members: Vec<usize>,
    pub sites: Vec<Site<'s>>,
    pub outlook: Outlook,
}

pub(super) struct Site<'s> {
    pub group: &'s Group,
    /// The rules of the group.
    pub bounds: Vec<Bound>,
    /// What rules say of it and the sites before it, also by way of sites after it.
    pub back: Vec<Bound>,
}

impl<'s> Component<'s> {
    pub fn new(system: &'s IntervalSystem, members: &[usize]) -> Component<'s> {
        let members = grown(system, members);
        let mut place = vec![usize::MAX; system.groups().len()];
        members.iter().enumerate().for_each(|(site, group)| place[*group] = site);
        let mut sites: Vec<Site<'s>> = Vec::with_capacity(members.len());
        for (at, member) in members.iter().enumerate() {
            let group = &system.groups()[*member];
            let bounds = group.bounds.iter().map(|bound| Bound { other: place[bound.other], ..*bound }).collect();
            let mut site = Site { group, bounds, back: Vec::new() };
            site.back = implied(system, &members, at)
                .unwrap_or_else(|| site.bounds.iter().copied().filter(|bound| bound.other < at).collect());
            sites.push(site);
        }
        let outlook = Outlook::new(&sites);
        Component { members, sites, outlook }
    }
}

/// The members in an order in which each but the first is tied to one before it, so that on trees the outlook is exact;
/// among these one that has to wait for the fewest others to come before it, then the first of those given.
fn grown(system: &IntervalSystem, members: &[usize]) -> Vec<usize> {
    let bounds = |group: usize| system.groups()[group].bounds.iter();
    let mut added = vec![false; system.groups().len()];
    let mut left = members.to_vec();
    let mut order = Vec::with_capacity(members.len());
    while !left.is_empty() {
        let rank = |group: &usize| {
            let tied = bounds(*group).any(|bound| added[bound.other]);
            let earlier = bounds(*group).filter(|bound| bound.least > -Bound::OPEN && bound.most == Bound::OPEN);
            (!tied, earlier.filter(|bound| !added[bound.other]).count())
        };
        let next = (0..left.len()).min_by_key(|at| rank(&left[*at])).unwrap_or(0);
        let group = left.remove(next);
        added[group] = true;
        order.push(group);
    }
    order
}

/// All that follows for a member and those before it, without what follows from others of these.
fn implied(system: &IntervalSystem, members: &[usize], at: usize) -> Option<Vec<Bound>> {
    let closure = system.closure()?;
    let (own, before) = (members[at], &members[..at]);
    let days = |group: usize| i64::from(system.groups()[group].days);
    let gap = |from: usize, to: usize| {
        let gap = closure.gap(from, to);
        // Domains see to it already, or others do.
        let idle = gap <= 1 - days(from) || closure.follows(from, to, gap, before.iter().copied());
        (!idle).then_some(gap as i32)
    };
    let bounds = before.iter().enumerate().map(|(other, group)| Bound {
        other,
        least: gap(*group, own).unwrap_or(-Bound::OPEN),
        most: gap(own, *group).map_or(Bound::OPEN, |gap| -gap),
    });
    Some(bounds.filter(|bound| bound.least > -Bound::OPEN || bound.most < Bound::OPEN).collect())
}

/// The sites added so far.
///
/// The weight of their days is the product of all weights, of all rules between them, and for every site of the *hope*:
/// what the outlook makes of the rules with sites not yet added.
pub(super) struct Growth<'c> {
    component: &'c Component<'c>,
    /// Number of sites added.
    count: usize,
    near: Vec<Vec<Bound>>,
    /// For each site the logarithm of its hope by coordinate, last of [`ABSENT`].
    hopes: Vec<Vec<f64>>,
    laws: Vec<Hoped>,
}

/// Weights times hopes, divided by `e^scale`.
struct Hoped {
    law: Law,
    never: f64,
    scale: f64,
}

/// What the arrival of a site does to the weight of those before it.
pub(super) struct Arrival {
    /// Site before, and the logarithm of its new hope over its old one by coordinate.
    changes: Vec<(usize, Vec<f64>)>,
}

impl<'c> Growth<'c> {
    pub fn new(component: &'c Component<'c>) -> Growth<'c> {
        let count = component.sites.len();
        Growth {
            component,
            count: 0,
            near: vec![Vec::new(); count],
            hopes: vec![Vec::new(); count],
            laws: Vec::with_capacity(count),
        }
    }

    /// Adds the next site.
    pub fn arrive(&mut self) -> Arrival {
        let at = self.count;
        let site = &self.component.sites[at];
        self.count += 1;
        self.near[at].extend_from_slice(&site.back);
        for bound in &site.back {
            self.near[bound.other].push(Bound { other: at, least: -bound.most, most: -bound.least });
        }
        let (hope, hoped) = self.hope(at);
        self.hopes[at] = hope;
        self.laws.push(hoped);
        let mut changes = Vec::new();
        for other in site.bounds.iter().map(|bound| bound.other).filter(|other| *other < at) {
            let (hope, hoped) = self.hope(other);
            self.laws[other] = hoped;
            let old = std::mem::replace(&mut self.hopes[other], hope);
            changes.push((other, self.hopes[other].iter().zip(&old).map(|(new, old)| new - old).collect()));
        }
        Arrival { changes }
    }

    /// Takes the site's hope anew, with only those sites to come that still are.
    fn hope(&self, at: usize) -> (Vec<f64>, Hoped) {
        let site = &self.component.sites[at];
        let weights = site.group.weights.iter().chain([&site.group.never]);
        let plain: Vec<f64> = weights.map(|weight| weight.ln()).collect();
        let mut logs = plain.clone();
        for (index, _) in site.bounds.iter().enumerate().filter(|(_, bound)| bound.other >= self.count) {
            let message = self.component.outlook.message(at, index);
            logs.iter_mut().zip(message).for_each(|(log, hope)| *log += hope);
        }
        let scale = logs.iter().fold(f64::NEG_INFINITY, |greatest, log| greatest.max(*log));
        let possible = logs.iter_mut().filter(|log| **log > f64::NEG_INFINITY);
        possible.for_each(|log| *log = log.max(scale + LEAST_SHARE));
        // Impossible days are never asked for.
        let hope = logs.iter().zip(&plain).map(|(log, plain)| log - plain).collect();
        let mut weights: Vec<f64> = logs.iter().map(|log| (log - scale).exp()).collect();
        let never = weights.pop().unwrap_or(0.0);
        (hope, Hoped { law: Law::new(&weights), never, scale })
    }

    /// Logarithm of what the newest site's arrival multiplies the weight of the sites before it with.
    pub fn gain(&self, arrival: &Arrival, row: &[i32]) -> f64 {
        let newest = self.count - 1;
        let [low, high] = self.window(newest, row);
        let hoped = &self.laws[newest];
        let changes = arrival.changes.iter().map(|(other, change)| match row[*other] {
            ABSENT => change[change.len() - 1],
            day => change[day as usize],
        });
        (hoped.law.mass(low, high) + hoped.never).ln() + hoped.scale + changes.sum::<f64>()
    }

    /// Draws a site's day anew, given all others.
    pub fn draw(&self, site: usize, row: &mut [i32], random: &mut ChaCha8Rng) {
        let [low, high] = self.window(site, row);
        let Hoped { law, never, .. } = &self.laws[site];
        let mass = law.mass(low, high);
        let share = |part: u64| (part >> 11) as f64 / (1u64 << 53) as f64;
        let absent = *never > 0.0 && share(random.next_u64()) * (mass + never) >= mass;
        row[site] = if absent { ABSENT } else { law.day(low, high, mass, random.next_u64()) };
    }

    /// Where the rules leave a site, given the others; there may be nothing between the two.
    fn window(&self, site: usize, row: &[i32]) -> [i32; 2] {
        let mut window = [0, self.component.sites[site].group.days - 1];
        for bound in &self.near[site] {
            let other = row[bound.other];
            if other != ABSENT {
                window[0] = window[0].max(other + bound.least);
                window[1] = window[1].min(other + bound.most);
            }
        }
        window
    }
}
