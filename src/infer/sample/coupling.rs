//! A monotone interval system in, independent worlds with exactly its probabilities out, by coupling from the past.

use super::interval::{ABSENT, Bound, IntervalSystem};
use super::law::Law;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Sweeps of the first attempt.
const FIRST: usize = 32;
/// Attempts that reach back further than this many sweeps are given up.
pub const MOST_SWEEPS: usize = 1 << 15;

/// Coupling would have to reach back further than [`MOST_SWEEPS`] sweeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capped;

/// One tied component, laid out for sweeps.
///
/// ```text
/// low of x  = max(0, coordinate of y + gap over its floors)
/// high of x = min(days − 1, coordinate of y + gap over its ceilings)
/// ```
/// A *sweep* draws every group's day anew from its weights between the two, in the component's order or against it.
struct Sweeps<'s> {
    sites: Vec<Site<'s>>,
    limits: Vec<Limit>,
}

struct Site<'s> {
    law: &'s Law,
    /// Its floors are `limits[start..middle]`, its ceilings `limits[middle..end]`.
    start: u32,
    middle: u32,
    end: u32,
}

#[derive(Clone, Copy)]
struct Limit {
    site: u32,
    gap: i32,
}

/// The coordinates of a site in the chain from below and in the chain from above.
type Pair = [i32; 2];

/// Draws a world (the index of every variable's value) with its exact probability among the solutions.
///
/// Solutions of rules on gaps with any weights of days form a distributive lattice, and drawing a day anew from its
/// weights between its neighbours, with the same random number in all worlds, keeps the order of worlds (see
/// [`Law::day`]). So where the chains from the least and the greatest solution meet, all meet; chains that begin ever
/// further back are tried until they meet before time 0, with the same random numbers at the same times (Propp and
/// Wilson 1996, Random Structures and Algorithms 9, 223).
///
/// # Errors
/// Where the chains have not met within [`MOST_SWEEPS`] sweeps. What has been drawn before in the same batch must then
/// not be kept either: it would be worlds that couple fast.
pub fn perfect(system: &IntervalSystem, random: &mut ChaCha8Rng, world: &mut [u32]) -> Result<(), Capped> {
    perfect_within(system, random, world, MOST_SWEEPS)
}

fn perfect_within(
    system: &IntervalSystem,
    random: &mut ChaCha8Rng,
    world: &mut [u32],
    most: usize,
) -> Result<(), Capped> {
    debug_assert!(system.monotone() && !system.is_empty());
    let mut coordinates = vec![0; system.groups().len()];
    for component in system.components() {
        if let [group] = component[..] {
            coordinates[group] = free_draw(system, group, random);
            continue;
        }
        let past = ChaCha8Rng::from_rng(random);
        let found = Sweeps::of(system, component).couple(past, most)?;
        component.iter().zip(found).for_each(|(group, pair)| coordinates[*group] = pair[0]);
    }
    system.write(&coordinates, world);
    Ok(())
}

/// A group without rules.
fn free_draw(system: &IntervalSystem, group: usize, random: &mut ChaCha8Rng) -> i32 {
    let group = &system.groups()[group];
    let mass = group.law.mass(0, group.days - 1);
    let occurs = (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64 * (mass + group.never) < mass;
    if occurs { group.law.day(0, group.days - 1, mass, random.next_u64()) } else { ABSENT }
}

impl<'s> Sweeps<'s> {
    fn of(system: &'s IntervalSystem, component: &[usize]) -> Sweeps<'s> {
        let mut place = vec![0; system.groups().len()];
        component.iter().enumerate().for_each(|(site, group)| place[*group] = site as u32);
        let mut sweeps = Sweeps { sites: Vec::with_capacity(component.len()), limits: Vec::new() };
        for group in component.iter().map(|group| &system.groups()[*group]) {
            let start = sweeps.limits.len() as u32;
            let limit = |bound: &Bound, gap: i32| Limit { site: place[bound.other], gap };
            let floors = group.bounds.iter().filter(|bound| bound.least > -Bound::OPEN);
            sweeps.limits.extend(floors.map(|bound| limit(bound, bound.least)));
            let middle = sweeps.limits.len() as u32;
            let ceilings = group.bounds.iter().filter(|bound| bound.most < Bound::OPEN);
            sweeps.limits.extend(ceilings.map(|bound| limit(bound, bound.most)));
            sweeps.sites.push(Site { law: &group.law, start, middle, end: sweeps.limits.len() as u32 });
        }
        sweeps
    }

    /// The world at time 0, the same in both chains.
    ///
    /// Block 0 of random numbers serves the last [`FIRST`] sweeps, block `b` those from `FIRST·2^b` to `FIRST·2^(b−1)`
    /// sweeps before the end; each is a stream of its own, so that it can be read again instead of being kept.
    fn couple(&self, mut past: ChaCha8Rng, most: usize) -> Result<Vec<Pair>, Capped> {
        let mut pairs: Vec<Pair> = Vec::with_capacity(self.sites.len());
        let mut block = 0;
        loop {
            if FIRST << block > most {
                return Err(Capped);
            }
            pairs.clear();
            pairs.extend(self.sites.iter().map(|site| [0, site.law.days() - 1]));
            let mut apart = true;
            for number in (0..=block).rev() {
                past.set_stream(number);
                past.set_word_pos(0);
                let sweeps = FIRST << number.saturating_sub(1);
                (0..sweeps).for_each(|sweep| apart = self.sweep(&mut pairs, &mut past, sweep % 2 == 1, apart));
            }
            if !apart {
                return Ok(pairs);
            }
            block += 1;
        }
    }

    /// Draws every site's day anew in both chains; whether they still differ.
    fn sweep(&self, pairs: &mut [Pair], random: &mut ChaCha8Rng, against: bool, apart: bool) -> bool {
        let count = self.sites.len();
        let mut differ = false;
        for step in 0..count {
            let at = if against { count - 1 - step } else { step };
            let part = random.next_u64();
            let site = &self.sites[at];
            let (floors, ceilings) = self.limits(site);
            pairs[at] = if apart {
                let pair = both(site.law, floors, ceilings, pairs, part);
                differ |= pair[0] != pair[1];
                pair
            } else {
                let mut window = [0, site.law.days() - 1];
                floors.iter().for_each(|limit| window[0] = window[0].max(pairs[limit.site as usize][0] + limit.gap));
                ceilings.iter().for_each(|limit| window[1] = window[1].min(pairs[limit.site as usize][0] + limit.gap));
                [draw(site.law, window, part); 2]
            };
        }
        differ
    }

    fn limits(&self, site: &Site<'_>) -> (&[Limit], &[Limit]) {
        let [start, middle, end] = [site.start as usize, site.middle as usize, site.end as usize];
        (&self.limits[start..middle], &self.limits[middle..end])
    }
}

/// The new days of a site in both chains.
fn both(law: &Law, floors: &[Limit], ceilings: &[Limit], pairs: &[Pair], part: u64) -> Pair {
    let last = law.days() - 1;
    let (mut below, mut above) = ([0, last], [0, last]);
    for limit in floors {
        let [low, high] = pairs[limit.site as usize];
        below[0] = below[0].max(low + limit.gap);
        above[0] = above[0].max(high + limit.gap);
    }
    for limit in ceilings {
        let [low, high] = pairs[limit.site as usize];
        below[1] = below[1].min(low + limit.gap);
        above[1] = above[1].min(high + limit.gap);
    }
    let low = draw(law, below, part);
    let high = if below == above { low } else { draw(law, above, part) };
    // Only rounding can turn the order round, where the random number falls on the border of two days of weights other
    // than 1; taken the other way round all worlds are still between the two.
    [low.min(high), low.max(high)]
}

fn draw(law: &Law, [low, high]: [i32; 2], part: u64) -> i32 {
    law.day(low, high, law.mass(low, high), part)
}

#[cfg(test)]
mod tests {
    use super::super::trial::{OPEN, assert_drawn_in_proportion, grid, network, small_networks, system};
    use super::*;
    use crate::infer::{Calibration, Limits};
    use crate::network::{Network, VarId};

    fn draws(network: &Network, seed: u64, count: usize) -> Vec<Vec<u32>> {
        let (system, mut random) = (system(network), ChaCha8Rng::seed_from_u64(seed));
        let mut draw = || {
            let mut world = vec![0; network.variables.len()];
            perfect(&system, &mut random, &mut world).map(|()| world)
        };
        (0..count).map(|_| draw().expect("it couples")).collect()
    }

    #[test]
    fn worlds_come_as_often_as_they_weigh() {
        for (seed, network) in (1..).zip(small_networks()) {
            assert!(system(&network).monotone());
            assert_drawn_in_proportion(&network, draws(&network, seed, 20_000).into_iter());
        }
    }

    /// The check above can fail: the first network's worlds are not in proportion to the weights of a changed one.
    #[test]
    #[should_panic(expected = "critical")]
    fn worlds_of_other_weights_are_noticed() {
        let of =
            |weight: f64| network(&[(0, false, vec![1.0, weight, 1.0]), (0, false, vec![1.0; 3])], &[(1, 0, 0, OPEN)]);
        assert_drawn_in_proportion(&of(1.1), draws(&of(1.0), 1, 20_000).into_iter());
    }

    /// Too many worlds to list: each event's days are compared with the exact marginal.
    #[test]
    fn marginals_agree_with_exact_ones() {
        let mut network = grid(4, 4, 9);
        let weights = (0..9).map(|day| if day == 4 { 0.0 } else { f64::from(1 + day % 3) });
        network.factors.push(crate::network::Factor::Table {
            scope: vec![VarId(5)],
            values: weights.collect::<Vec<f64>>().into(),
        });
        let exact = Calibration::<f64>::new(network.clone(), Limits::default()).expect("small");
        let worlds = draws(&network, 5, 4000);
        for var in 0..16 {
            let marginal = exact.marginal(VarId(var)).expect("small");
            let weights = marginal;
            let alone = super::super::trial::network(&[(0, false, weights)], &[]);
            assert_drawn_in_proportion(&alone, worlds.iter().map(|world| vec![world[var]]));
        }
    }

    /// A rule leaves nothing but days that weigh 1e-250 beside the ones that are gone.
    #[test]
    fn tiny_windows_keep_their_proportions() {
        let tail = (0..6).map(|day| if day == 0 { 1.0 } else { f64::from(day) * 1e-250 }).collect();
        let network = network(&[(0, false, tail), (1, false, vec![1.0; 3])], &[(0, 1, 0, OPEN)]);
        assert_drawn_in_proportion(&network, draws(&network, 3, 20_000).into_iter());
    }

    #[test]
    fn the_same_seed_gives_the_same_worlds() {
        let network = grid(3, 5, 12);
        assert_eq!(draws(&network, 9, 20), draws(&network, 9, 20));
        assert_ne!(draws(&network, 9, 20), draws(&network, 10, 20));
    }

    /// Chains that never meet, since no event can cross a hole alone, and chains that are not given time enough.
    #[test]
    fn what_does_not_couple_is_given_up() {
        let apart = (0, false, vec![1.0, 0.0, 0.0, 1.0]);
        let (split, slow) = (network(&[apart.clone(), apart], &[(1, 0, -1, 1)]), grid(6, 6, 31));
        let mut random = ChaCha8Rng::seed_from_u64(1);
        assert_eq!(perfect_within(&system(&split), &mut random, &mut [0; 2], 1 << 10), Err(Capped));
        assert_eq!(perfect_within(&system(&slow), &mut random, &mut [0; 36], FIRST), Err(Capped));
        assert_eq!(perfect(&system(&slow), &mut random, &mut [0; 36]), Ok(()));
    }
}
