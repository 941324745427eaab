//! A test of sets of members in; the smallest sets that leave no world, and the smallest to give up so that one is left, out.
//!
//! Every set whose removal leaves a world shares a member with every set that leaves none (Reiter 1987). So the smallest
//! sets that meet all conflicts found so far are tried as repairs: where one is none, what it leaves holds another conflict.
//! The same with both exchanged gives the conflicts in the order of their size (Liffiton and Malik 2013; Ignatiev, Previti,
//! Liffiton and Marques-Silva 2015).

use super::hitting::{HittingSets, Limit};
use crate::answer::solve::Trouble;

/// Tells which members leave a world together. Members are numbers from 0; sets are in order.
pub trait Judge {
    /// How many members there are.
    fn count(&self) -> usize;

    /// Whether a world is left where only these members hold; [`Trouble::Stopped`] where that is no longer looked into.
    fn leaves_a_world(&mut self, kept: &[usize]) -> Result<bool, Trouble>;

    /// Some of the members that leave no world either, where that is known; else all of them.
    fn core(&mut self, kept: &[usize]) -> Vec<usize> {
        kept.to_vec()
    }

    /// Whether fewer members never leave less: then what is tried in the order of size is smallest when it is found.
    fn is_monotone(&self) -> bool {
        true
    }

    /// What has been found is enough to end with: from now on there is an end to looking, counted anew.
    fn limit(&mut self) {}
}

/// Sets of members, the smallest first and then in order; whether there are more.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    pub sets: Vec<Vec<usize>>,
    pub more: bool,
}

/// The conflicts and the repairs among members that leave no world together, at most so many of each.
pub fn conflicts_and_repairs(judge: &mut dyn Judge, most: usize) -> Result<(Found, Found), Trouble> {
    let everything: Vec<usize> = (0..judge.count()).collect();
    let core = judge.core(&everything);
    let mut conflict = smallest_conflict(&core, judge)?;
    let mut repair = smallest_repair(&everything, &[], judge)?;
    if !judge.is_monotone() {
        // Put together of what is needed beside others it may leave a world after all.
        let whole = if judge.leaves_a_world(&conflict)? { core } else { conflict };
        conflict = smallest_part(&whole, judge, &leaves_none)?;
        let count = everything.len();
        repair = smallest_part(&repair, judge, &|part, judge| judge.leaves_a_world(&without(count, part)))?;
    }
    let mut known = Known { conflicts: vec![conflict.clone()], repairs: vec![repair.clone()] };
    judge.limit();
    let repairs = repairs(judge, &mut known, most)?;
    judge.limit();
    let conflicts = conflicts(judge, &mut known, most)?;
    Ok((conflicts.or(conflict), repairs.or(repair)))
}

/// The conflicts among members, at most so many; none where all of them leave a world.
pub fn only_conflicts(judge: &mut dyn Judge, most: usize) -> Result<Found, Trouble> {
    let everything: Vec<usize> = (0..judge.count()).collect();
    if judge.leaves_a_world(&everything)? {
        return Ok(Found::default());
    }
    let conflict = smallest_conflict(&everything, judge)?;
    judge.limit();
    let mut known = Known { conflicts: vec![conflict.clone()], repairs: Vec::new() };
    Ok(conflicts(judge, &mut known, most)?.or(conflict))
}

impl Found {
    /// Where looking ended before the smallest was found, another one is better than none.
    fn or(self, other: Vec<usize>) -> Found {
        if self.sets.is_empty() { Found { sets: vec![other], more: true } } else { self }
    }
}

/// All that has been found on the way.
struct Known {
    conflicts: Vec<Vec<usize>>,
    repairs: Vec<Vec<usize>>,
}

/// What came of a set that was tried.
enum Tried {
    /// It, or a smallest part of it, is looked for.
    Found(Vec<usize>),
    /// Each set that is looked for has one of these members.
    Missed(Vec<usize>),
}

fn repairs(judge: &mut dyn Judge, known: &mut Known, most: usize) -> Result<Found, Trouble> {
    let count = judge.count();
    let mut conflicts = std::mem::take(&mut known.conflicts);
    let found = in_order(count, &mut conflicts, most, &mut |given_up| {
        let kept = without(count, given_up);
        if judge.leaves_a_world(&kept)? {
            let fits = |part: &[usize], judge: &mut dyn Judge| judge.leaves_a_world(&without(count, part));
            return smallest_part(given_up, judge, &fits).map(Tried::Found);
        }
        let core = judge.core(&kept);
        smallest_conflict(&core, judge).map(Tried::Missed)
    });
    known.conflicts = conflicts;
    let found = found?;
    known.repairs.extend(found.sets.iter().cloned());
    Ok(found)
}

fn conflicts(judge: &mut dyn Judge, known: &mut Known, most: usize) -> Result<Found, Trouble> {
    let count = judge.count();
    let mut repairs = std::mem::take(&mut known.repairs);
    let everything: Vec<usize> = (0..count).collect();
    in_order(count, &mut repairs, most, &mut |kept| {
        if judge.is_monotone() && known.conflicts.iter().any(|conflict| conflict == kept) {
            return Ok(Tried::Found(kept.to_vec()));
        }
        if !judge.leaves_a_world(kept)? {
            return smallest_part(kept, judge, &leaves_none).map(Tried::Found);
        }
        smallest_repair(&everything, kept, judge).map(Tried::Missed)
    })
}

/// The smallest sets that have a member of every set that is to be met, as far as `attempt` finds them good; more that
/// are to be met come from those that are not.
fn in_order(
    count: usize,
    to_meet: &mut Vec<Vec<usize>>,
    most: usize,
    attempt: &mut dyn FnMut(&[usize]) -> Result<Tried, Trouble>,
) -> Result<Found, Trouble> {
    let mut found = Found::default();
    for size in 0..=count {
        let hitting = HittingSets { to_meet, passed_over: &found.sets };
        match hitting.is_there_one() {
            Ok(true) => {}
            Ok(false) => return Ok(found),
            Err(Limit) => return Ok(Found { more: true, ..found }),
        }
        let Ok(candidates) = hitting.of_size(size) else {
            return Ok(Found { more: true, ..found });
        };
        for candidate in candidates {
            // More has been found to meet since they were listed.
            if !to_meet.iter().all(|set| set.iter().any(|member| candidate.contains(member))) {
                continue;
            }
            if found.sets.len() == most {
                return Ok(Found { more: true, ..found });
            }
            match attempt(&candidate) {
                Ok(Tried::Found(set)) if found.sets.contains(&set) => {}
                Ok(Tried::Found(set)) => found.sets.push(set),
                Ok(Tried::Missed(set)) => to_meet.push(set),
                Err(Trouble::Stopped | Trouble::TooLarge(_)) => return Ok(Found { more: true, ..found }),
                Err(other) => return Err(other),
            }
        }
    }
    // Some may be smaller than what was tried.
    found.sets.sort_by_key(Vec::len);
    Ok(found)
}

/// Whether a part of what was tried is looked for.
type Fits<'f> = &'f dyn Fn(&[usize], &mut dyn Judge) -> Result<bool, Trouble>;

/// A part of a set that fits, none of whose members can be left out: the set itself where fewer members never leave less.
fn smallest_part(set: &[usize], judge: &mut dyn Judge, fits: Fits<'_>) -> Result<Vec<usize>, Trouble> {
    let mut found = set.to_vec();
    let mut at = 0;
    while at < found.len() && !judge.is_monotone() {
        let part = [&found[..at], &found[at + 1..]].concat();
        if fits(&part, judge)? {
            // What could not be left out before may be now.
            (found, at) = (part, 0);
        } else {
            at += 1;
        }
    }
    Ok(found)
}

fn leaves_none(members: &[usize], judge: &mut dyn Judge) -> Result<bool, Trouble> {
    judge.leaves_a_world(members).map(|leaves| !leaves)
}

/// All members but these, which are in order.
fn without(count: usize, given_up: &[usize]) -> Vec<usize> {
    (0..count).filter(|member| given_up.binary_search(member).is_err()).collect()
}

/// A smallest part of some members, of which all together leave no world, that leaves none either: those that come first are
/// rather left out (Junker 2004).
fn smallest_conflict(members: &[usize], judge: &mut dyn Judge) -> Result<Vec<usize>, Trouble> {
    let mut needed = Vec::new();
    needed_of(members, &mut needed, false, judge)?;
    needed.sort_unstable();
    Ok(needed)
}

/// Adds those of `members` to `needed` without which `needed` and the rest of them would leave a world; `grown` where
/// something has been added since it was last looked.
fn needed_of(members: &[usize], needed: &mut Vec<usize>, grown: bool, judge: &mut dyn Judge) -> Result<(), Trouble> {
    if grown && !leaves_a_world(needed, judge)? {
        return Ok(());
    }
    if let [_] | [] = members {
        needed.extend(members);
        return Ok(());
    }
    let (first, last) = members.split_at(members.len() / 2);
    // What is needed of the first half beside the whole last one; then of the last beside that.
    let before = needed.len();
    needed.extend(last);
    let mut of_first = needed.clone();
    needed_of(first, &mut of_first, true, judge)?;
    let of_first: Vec<usize> = of_first.split_off(before + last.len());
    needed.truncate(before);
    needed.extend(&of_first);
    needed_of(last, needed, !of_first.is_empty(), judge)
}

/// What a largest set of members that leaves a world, and has all of `kept`, leaves out, those that come last rather: taken
/// in by as many at a time as go well.
fn smallest_repair(members: &[usize], kept: &[usize], judge: &mut dyn Judge) -> Result<Vec<usize>, Trouble> {
    let members: Vec<usize> = members.iter().copied().filter(|member| !kept.contains(member)).collect();
    let mut kept: Vec<usize> = kept.to_vec();
    let mut repair = Vec::new();
    let (mut next, mut step) = (0, members.len());
    while next < members.len() {
        step = step.clamp(1, members.len() - next);
        let before = kept.len();
        kept.extend(&members[next..next + step]);
        if leaves_a_world(&kept, judge)? {
            (next, step) = (next + step, 2 * step);
            continue;
        }
        kept.truncate(before);
        if step == 1 {
            repair.push(members[next]);
            next += 1;
        }
        step /= 2;
    }
    Ok(repair)
}

fn leaves_a_world(members: &[usize], judge: &mut dyn Judge) -> Result<bool, Trouble> {
    let mut members = members.to_vec();
    members.sort_unstable();
    judge.leaves_a_world(&members)
}
