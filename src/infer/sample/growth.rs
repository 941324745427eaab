//! One component of an interval system in; its groups one after the other, with what is asked of each, out.

use super::interval::{ABSENT, Bound, Group, IntervalSystem};
use super::law::Law;
use super::outlook::Outlook;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// However little is expected of a day, it keeps this logarithm of its share.
const LEAST_HOPE: f64 = -60.0;

/// A tied component, its groups (now *sites*) numbered in the order in which they are added.
pub(super) struct Component<'s> {
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
        let mut place = vec![usize::MAX; system.groups().len()];
        members.iter().enumerate().for_each(|(site, group)| place[*group] = site);
        let mut sites: Vec<Site<'s>> = Vec::with_capacity(members.len());
        for (at, member) in members.iter().enumerate() {
            let group = &system.groups()[*member];
            let bounds = group.bounds.iter().map(|bound| Bound { other: place[bound.other], ..*bound }).collect();
            let mut site = Site { group, bounds, back: Vec::new() };
            site.back = implied(system, members, at)
                .unwrap_or_else(|| site.bounds.iter().copied().filter(|bound| bound.other < at).collect());
            sites.push(site);
        }
        let outlook = Outlook::new(&sites);
        Component { sites, outlook }
    }

    /// Whether rules do not go round, so that the outlook is exact.
    pub fn is_tree(&self) -> bool {
        self.sites.iter().map(|site| site.bounds.len()).sum::<usize>() == 2 * (self.sites.len() - 1)
    }
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
/// what the outlook makes of the rules with sites not yet added, to a power.
pub(super) struct Growth<'c> {
    component: &'c Component<'c>,
    /// Power that the outlook is taken to.
    trust: f64,
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
    pub fn new(component: &'c Component<'c>, trust: f64) -> Growth<'c> {
        let count = component.sites.len();
        Growth {
            component,
            trust,
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
        self.hopes[at] = self.hope(at);
        self.laws.push(self.hoped(at));
        let mut changes = Vec::new();
        for other in site.bounds.iter().map(|bound| bound.other).filter(|other| *other < at) {
            let hope = self.hope(other);
            let old = std::mem::replace(&mut self.hopes[other], hope);
            changes.push((other, self.hopes[other].iter().zip(&old).map(|(new, old)| new - old).collect()));
            self.laws[other] = self.hoped(other);
        }
        Arrival { changes }
    }

    fn hope(&self, at: usize) -> Vec<f64> {
        let site = &self.component.sites[at];
        let mut hope = vec![0.0; site.group.days as usize + 1];
        for (index, _) in site.bounds.iter().enumerate().filter(|(_, bound)| bound.other >= self.count) {
            let message = self.component.outlook.message(at, index);
            hope.iter_mut().zip(message).for_each(|(hope, log)| *hope += self.trust * log);
        }
        let greatest = hope.iter().fold(f64::NEG_INFINITY, |greatest, log| greatest.max(*log));
        hope.iter_mut().for_each(|log| *log = (*log - greatest).max(LEAST_HOPE));
        hope
    }

    fn hoped(&self, at: usize) -> Hoped {
        let group = self.component.sites[at].group;
        let weights = group.weights.iter().chain([&group.never]);
        let logs: Vec<f64> = weights.zip(&self.hopes[at]).map(|(weight, hope)| weight.ln() + hope).collect();
        let scale = logs.iter().fold(f64::NEG_INFINITY, |greatest, log| greatest.max(*log));
        let mut weights: Vec<f64> = logs.iter().map(|log| (log - scale).exp()).collect();
        let never = weights.pop().unwrap_or(0.0);
        Hoped { law: Law::new(&weights), never, scale }
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
