//! Sets in; the sets that have a member of each of them out, size by size.

/// Members looked at after which the search is given up.
const MOST_STEPS: usize = 20_000_000;
/// More sets than this are not met.
const MOST_TO_MEET: usize = 500;
/// More sets of one size than this are not listed.
const MOST_SETS: usize = 100_000;

/// The search has become too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit;

/// What is looked for: sets that have a member of every one of `to_meet`, and do not hold all of any of `passed_over`.
/// Each set of `to_meet` is in order.
pub struct HittingSets<'s> {
    pub to_meet: &'s [Vec<usize>],
    pub passed_over: &'s [Vec<usize>],
}

/// A search on its way.
struct Search<'s> {
    sets: &'s HittingSets<'s>,
    chosen: Vec<usize>,
    /// How often each member is among those that are not to be chosen.
    shut: Vec<u32>,
    /// For each set how many of its members are chosen.
    met: Vec<u32>,
    /// The sets that each member is in.
    of_member: Vec<Vec<usize>>,
    steps: usize,
    /// Members of all sets together: what a step looks at.
    breadth: usize,
}

impl HittingSets<'_> {
    /// Whether there is such a set, of whatever size.
    pub fn is_there_one(&self) -> Result<bool, Limit> {
        let mut found = false;
        Search::new(self).go(usize::MAX, &mut |_| {
            found = true;
            false
        })?;
        Ok(found)
    }

    /// Those of so many members that have none too many, in order.
    pub fn of_size(&self, size: usize) -> Result<Vec<Vec<usize>>, Limit> {
        let mut found: Vec<Vec<usize>> = Vec::new();
        Search::new(self).go(size, &mut |chosen| {
            if chosen.len() == size {
                let mut set = chosen.to_vec();
                set.sort_unstable();
                found.push(set);
            }
            found.len() <= MOST_SETS
        })?;
        if found.len() > MOST_SETS {
            return Err(Limit);
        }
        found.sort_unstable();
        Ok(found)
    }
}

impl<'s> Search<'s> {
    fn new(sets: &'s HittingSets<'s>) -> Search<'s> {
        let members = sets.to_meet.iter().chain(sets.passed_over).flatten().max().map_or(0, |last| last + 1);
        let mut of_member = vec![Vec::new(); members];
        for (index, set) in sets.to_meet.iter().enumerate() {
            set.iter().for_each(|member| of_member[*member].push(index));
        }
        let met = vec![0; sets.to_meet.len()];
        let breadth = 1 + sets.to_meet.iter().map(Vec::len).sum::<usize>();
        Search { sets, chosen: Vec::new(), shut: vec![0; members], met, of_member, steps: 0, breadth }
    }

    /// Visits every set of at most `size` members that has none too many; ends when `visit` says so. Whether to go on.
    fn go(&mut self, size: usize, visit: &mut dyn FnMut(&[usize]) -> bool) -> Result<bool, Limit> {
        self.steps += self.breadth;
        if self.steps > MOST_STEPS || self.sets.to_meet.len() > MOST_TO_MEET {
            return Err(Limit);
        }
        let Some(set) = self.hardest() else {
            return Ok(visit(&self.chosen));
        };
        if size != usize::MAX && self.chosen.len() + self.apart() > size {
            return Ok(true);
        }
        let open: Vec<usize> = self.sets.to_meet[set].iter().copied().filter(|m| self.shut[*m] == 0).collect();
        let mut go_on = true;
        let mut tried = 0;
        for member in &open {
            // Sets with one of those before have been seen.
            self.choose(*member);
            if !self.is_passed_over() {
                go_on = self.go(size, visit)?;
            }
            self.give_back(*member);
            if !go_on {
                break;
            }
            self.shut[*member] += 1;
            tried += 1;
        }
        open[..tried].iter().for_each(|member| self.shut[*member] -= 1);
        Ok(go_on)
    }

    fn choose(&mut self, member: usize) {
        self.chosen.push(member);
        self.of_member[member].iter().for_each(|set| self.met[*set] += 1);
    }

    fn give_back(&mut self, member: usize) {
        self.chosen.pop();
        self.of_member[member].iter().for_each(|set| self.met[*set] -= 1);
    }

    fn is_passed_over(&self) -> bool {
        self.sets.passed_over.iter().any(|set| set.iter().all(|member| self.chosen.contains(member)))
    }

    /// The set that is not met and has the fewest members left to choose.
    fn hardest(&self) -> Option<usize> {
        let open = |set: &usize| self.sets.to_meet[*set].iter().filter(|member| self.shut[**member] == 0).count();
        (0..self.met.len()).filter(|set| self.met[*set] == 0).min_by_key(open)
    }

    /// At least so many more members are needed: sets that are not met and have none in common.
    fn apart(&self) -> usize {
        let mut taken = vec![false; self.shut.len()];
        let mut count = 0;
        for set in (0..self.met.len()).filter(|set| self.met[*set] == 0) {
            let mut open = self.sets.to_meet[set].iter().filter(|member| self.shut[**member] == 0);
            if open.all(|member| !taken[*member]) {
                self.sets.to_meet[set].iter().for_each(|member| taken[*member] = true);
                count += 1;
            }
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// Against all subsets of few members.
    #[test]
    fn sets_of_every_size_meet_all() {
        let mut random = ChaCha8Rng::seed_from_u64(11);
        let mut largest = 0;
        for _ in 0..500 {
            let count: usize = random.random_range(1..9);
            let mut sets = |number: usize| -> Vec<Vec<usize>> {
                let one = |random: &mut ChaCha8Rng| -> Vec<usize> {
                    let set: Vec<usize> = (0..count).filter(|_| random.random_bool(0.4)).collect();
                    if set.is_empty() { vec![random.random_range(0..count)] } else { set }
                };
                (0..number).map(|_| one(&mut random)).collect()
            };
            let (to_meet, passed_over) = (sets(4), sets(1));
            let hitting = HittingSets { to_meet: &to_meet, passed_over: &passed_over };
            let members = |mask: u32| (0..count).filter(|m| mask >> m & 1 == 1).collect::<Vec<usize>>();
            let meets = |set: &[usize]| to_meet.iter().all(|other| other.iter().any(|m| set.contains(m)));
            let good = |set: &[usize]| meets(set) && !passed_over.iter().any(|p| p.iter().all(|m| set.contains(m)));
            let all: Vec<Vec<usize>> = (0..1u32 << count).map(members).filter(|set| good(set)).collect();
            assert_eq!(hitting.is_there_one(), Ok(!all.is_empty()));
            let least = |set: &&Vec<usize>| (0..set.len()).all(|at| !meets(&[&set[..at], &set[at + 1..]].concat()));
            for size in 0..=count {
                let found = hitting.of_size(size).unwrap();
                let mut wanted: Vec<Vec<usize>> =
                    all.iter().filter(|set| set.len() == size).filter(least).cloned().collect();
                wanted.sort();
                assert!(wanted.iter().all(|set| found.contains(set)), "{to_meet:?} {passed_over:?} {size}");
                assert!(found.iter().all(|set| good(set) && set.len() == size), "{to_meet:?} {passed_over:?} {size}");
                largest = largest.max(found.len());
            }
        }
        assert!(largest > 3);
    }
}
