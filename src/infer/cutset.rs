//! Scopes and sizes of the factors of few variables in; which of the variables to fix so that the others are trees, out.

use super::order::Outline;

/// No cutset is looked for among more variables.
pub const MOST: usize = 14;
/// Steps for each combination, besides those of its factors.
const PER_COMBINATION: f64 = 10.0;
/// Steps for each value of a line: what is not counted by factors.
const PER_VALUE: f64 = 4.0;
/// Steps for each value and factor, and for each value at either end of a pair.
const PER_FACTOR: f64 = 2.0;
const PER_PAIR: f64 = 6.0;

/// Variables of which some are fixed, to one combination of values after the other, so that rules tie the others to trees.
#[derive(Clone, Debug, PartialEq)]
pub struct Cutset {
    /// The fixed variables.
    pub outer: Vec<usize>,
    /// All others, children before parents.
    pub inner: Vec<Inner>,
    /// Predicted elementary steps of all sweeps over the trees.
    pub operations: f64,
}

/// A variable that is not fixed.
#[derive(Clone, Debug, PartialEq)]
pub struct Inner {
    pub var: usize,
    /// Its parent's place in the list.
    pub parent: Option<usize>,
}

impl Cutset {
    /// The cheapest for these variables; `None` where none is known.
    ///
    /// A factor may hold at most two variables that are not fixed, and where it holds two it must be one of steps. Those of
    /// `keep` are fixed in any case.
    pub fn cheapest(outlines: &[Outline], vars: &[usize], keep: &[usize], sizes: &[usize]) -> Option<Cutset> {
        if vars.len() > MOST {
            return None;
        }
        let bit = |var: &usize| vars.iter().position(|own| own == var).map_or(0, |at| 1u32 << at);
        let bits = |vars: &[usize]| vars.iter().map(bit).fold(0, |all, bit| all | bit);
        let factors: Vec<(u32, bool)> = outlines.iter().map(|outline| (bits(&outline.scope), outline.dense)).collect();
        let kept = bits(keep);
        let mut best: Option<Cutset> = None;
        for chosen in (0..1u32 << vars.len()).filter(|chosen| chosen & kept == kept) {
            // Most are out of the question at a glance.
            let leaves_few = |(factor, dense): &(u32, bool)| {
                let held = (factor & !chosen).count_ones();
                held < 2 || (held == 2 && !dense)
            };
            if !factors.iter().all(leaves_few) {
                continue;
            }
            let fixed = |var: &usize| bit(var) & chosen != 0;
            let combinations: f64 = vars.iter().filter(|var| fixed(var)).map(|var| sizes[*var] as f64).product();
            if best.as_ref().is_some_and(|best| combinations * PER_VALUE >= best.operations) {
                continue;
            }
            let Some((outer, inner)) = trees(outlines, vars, &fixed) else { continue };
            let every = PER_COMBINATION + PER_FACTOR * outlines.len() as f64;
            let operations = combinations * (every + steps(outlines, &inner, sizes));
            if best.as_ref().is_none_or(|best| operations < best.operations) {
                best = Some(Cutset { outer, inner, operations });
            }
        }
        best
    }

    /// The variables, fixed and others.
    pub fn vars(&self) -> impl Iterator<Item = usize> {
        self.outer.iter().copied().chain(self.inner.iter().map(|inner| inner.var))
    }
}

/// The variables that are not fixed as trees, if that is what factors tie them to.
fn trees(outlines: &[Outline], vars: &[usize], fixed: &dyn Fn(&usize) -> bool) -> Option<(Vec<usize>, Vec<Inner>)> {
    let (outer, free): (Vec<usize>, Vec<usize>) = vars.iter().partition(|var| fixed(var));
    let mut pairs: Vec<[usize; 2]> = Vec::new();
    for outline in outlines {
        let held: Vec<usize> = outline.scope.iter().copied().filter(|var| !fixed(var)).collect();
        match held[..] {
            [] | [_] => {}
            [one, two] if !outline.dense => pairs.push([one.min(two), one.max(two)]),
            _ => return None,
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    // Parents before children, to be turned round.
    let mut found: Vec<Inner> = Vec::new();
    for root in free.iter().copied() {
        if found.iter().any(|inner| inner.var == root) {
            continue;
        }
        let mut next = found.len();
        found.push(Inner { var: root, parent: None });
        while next < found.len() {
            let var = found[next].var;
            let above = found[next].parent.map(|parent| found[parent].var);
            for pair in pairs.iter().filter(|pair| pair.contains(&var)) {
                let other = pair[usize::from(pair[0] == var)];
                if Some(other) == above {
                    continue;
                }
                if found.iter().any(|inner| inner.var == other) {
                    return None;
                }
                found.push(Inner { var: other, parent: Some(next) });
            }
            next += 1;
        }
    }
    let count = found.len();
    found.iter_mut().for_each(|inner| inner.parent = inner.parent.map(|parent| count - 1 - parent));
    found.reverse();
    Some((outer, found))
}

/// Steps of the sweeps over the trees for one combination of the fixed variables.
fn steps(outlines: &[Outline], inner: &[Inner], sizes: &[usize]) -> f64 {
    let of = |inner_of: &Inner| {
        let factors = outlines.iter().filter(|outline| outline.scope.contains(&inner_of.var)).count() as f64;
        let above = inner_of.parent.map_or(0, |parent| sizes[inner_of.var] + sizes[inner[parent].var]);
        sizes[inner_of.var] as f64 * (PER_VALUE + PER_FACTOR * factors) + PER_PAIR * above as f64
    };
    inner.iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(scope: &[usize], dense: bool) -> Outline {
        Outline { scope: scope.to_vec(), dense }
    }

    #[test]
    fn a_ring_of_tables_with_two_crossing_rules_needs_two_opposite_events() {
        let ring = [[0, 1], [1, 2], [2, 3], [3, 0]].map(|pair| outline(&pair, true));
        let crossing = [[0, 2], [1, 3]].map(|pair| outline(&pair, false));
        let outlines: Vec<Outline> = ring.into_iter().chain(crossing).collect();
        let found = Cutset::cheapest(&outlines, &[0, 1, 2, 3], &[], &[20, 9, 20, 9]).unwrap();
        assert_eq!(found.outer, [1, 3]);
        assert_eq!(found.inner, [Inner { var: 2, parent: Some(1) }, Inner { var: 0, parent: None }]);
    }

    #[test]
    fn trees_of_rules_need_nothing_fixed() {
        let outlines = [[0, 1], [1, 2], [1, 3]].map(|pair| outline(&pair, false));
        assert!(Cutset::cheapest(&outlines, &[0, 1, 2, 3], &[], &[5; 4]).unwrap().outer.is_empty());
    }

    #[test]
    fn a_table_of_three_leaves_one() {
        let outlines = [outline(&[0, 1, 2], true), outline(&[0, 1], false)];
        assert_eq!(Cutset::cheapest(&outlines, &[0, 1, 2], &[], &[5, 5, 30]).unwrap().outer, [0, 1]);
        assert_eq!(Cutset::cheapest(&outlines, &[0, 1, 2], &[2], &[5, 5, 30]).unwrap().outer, [0, 2]);
    }

    #[test]
    fn among_many_none_is_looked_for() {
        assert_eq!(Cutset::cheapest(&[], &(0..20).collect::<Vec<_>>(), &[], &[2; 20]), None);
    }
}
