//! Further requirements in; their weight beside that of the network, and that of the values of few variables, out.

use super::{Calibration, Parts, outlines};
use crate::infer::buckets::Buckets;
use crate::infer::condition::{Parts as CutsetParts, condition};
use crate::infer::cutset::Cutset;
use crate::infer::number::{Number, Scaled};
use crate::infer::order::{Elimination, TooLarge, eliminate_few};
use crate::infer::potential::Potential;
use crate::infer::table::Table;
use crate::network::{Extension, VarId, Variable};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Where conditioning saves memory, no table of a further requirement takes more than this part of the limit.
const NARROW: f64 = 16.0;

impl<N: Number> Calibration<N> {
    /// The total weight with the extension's factors over the total weight without them.
    ///
    /// # Errors
    /// The predicted cost, where it is beyond the limits.
    pub fn ratio(&self, extension: &Extension<'_>) -> Result<Scaled, TooLarge> {
        if extension.contradiction {
            return Ok(<Scaled as Number>::ZERO);
        }
        Ok(self.joint(extension, &[])?.scalar())
    }

    /// The weights of the values of `keep` (new or old variables) with the extension's factors, over the total weight
    /// without them: row-major in the order of `keep`.
    ///
    /// # Errors
    /// The predicted cost, where it is beyond the limits.
    pub fn joint(&self, extension: &Extension<'_>, keep: &[VarId]) -> Result<Table<N>, TooLarge> {
        let mut sizes = self.sizes.clone();
        sizes.extend(extension.variables.iter().map(Variable::size));
        self.widen_scratch(sizes.len());
        let keep: Vec<usize> = keep.iter().map(|var| var.0).collect();
        let touched = extension.factors.iter().flat_map(|f| f.scope()).map(|var| var.0).chain(keep.iter().copied());
        let touched: BTreeSet<usize> = touched.filter(|var| *var < self.sizes.len()).collect();
        let mut parts = Vec::new();
        let mut without = Scaled::ONE;
        let mut components: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for var in touched {
            components.entry(self.plan.buckets.root[var]).or_default().push(var);
        }
        let mut narrow = false;
        for (root, vars) in components {
            without = without.by(self.component_total(root));
            narrow |= self.gather(&vars, &mut parts);
        }
        let variable = |var: VarId| *extension.variable(var);
        let added = extension.factors.iter().map(|factor| Potential::new(factor, &variable, &sizes));
        parts.extend(added.map(Cow::Owned));
        let mut table =
            if narrow { self.reduce_narrowly(parts, &keep, &sizes)? } else { self.reduce(parts, &keep, &sizes)? };
        let inverse = Scaled::ONE.over(without);
        // The mantissa of the total goes into the entries, its exponent to the table's.
        let (factor, exponent) = inverse.parts();
        let number = N::from_f64(factor);
        self.noting(|_, lost| table.values.iter_mut().for_each(|value| *value = value.times(number, lost)));
        table.exponent += exponent;
        Ok(table)
    }

    /// The factors and messages of the buckets that join `vars`, all of one component. Whether they are those of a part
    /// that must not be summed over with tables.
    fn gather<'s>(&'s self, vars: &[usize], parts: &mut Parts<'s, N>) -> bool {
        let Buckets { position, parent, children, own, root, .. } = &self.plan.buckets;
        let mut frontier: BTreeSet<(usize, usize)> = vars.iter().map(|var| (position[*var], *var)).collect();
        let mut joined: Vec<usize> = Vec::new();
        let mut narrow = false;
        while let Some((_, var)) = frontier.pop_first() {
            if self.plan.narrow && self.plan.conditioned[var] {
                joined.extend(self.plan.cutsets[&root[var]].vars());
                narrow = true;
                break;
            }
            joined.push(var);
            // What is left may be part of this bucket; then all else is in the message from above, unless a bucket joined
            // before hangs on another branch.
            let scope = self.message_up(var).scope();
            let closed =
                joined.iter().all(|other| *other == var || parent[*other].is_some_and(|p| joined.contains(&p)));
            if closed && frontier.iter().all(|(_, other)| scope.contains(other)) {
                parts.extend(self.message_down(var).map(Cow::Borrowed));
                break;
            }
            frontier.extend(parent[var].map(|parent| (position[parent], parent)));
        }
        for &var in &joined {
            parts.extend(own[var].iter().map(|index| Cow::Borrowed(self.potential(*index))));
            let below = children[var].iter().filter(|child| !joined.contains(child));
            parts.extend(below.map(|child| Cow::Borrowed(self.message_up(*child))));
        }
        narrow
    }

    /// The product of factors summed over all their variables but `keep`, with small tables only: what is left when there
    /// are no more of these is summed over by conditioning.
    fn reduce_narrowly(&self, mut parts: Parts<'_, N>, keep: &[usize], sizes: &[usize]) -> Result<Table<N>, TooLarge> {
        let vars: BTreeSet<usize> = parts.iter().flat_map(|part| part.scope().iter().copied()).collect();
        let gone: Vec<usize> = vars.iter().copied().filter(|var| !keep.contains(var)).collect();
        let Elimination { order, cost } = eliminate_few(outlines(&parts), &gone, sizes);
        let mut left: BTreeSet<usize> = vars;
        for var in order {
            let with = parts.iter().filter(|part| part.scope().contains(&var));
            let scope: BTreeSet<usize> = with.flat_map(|part| part.scope().iter().copied()).collect();
            let cells: f64 = scope.iter().filter(|other| **other != var).map(|other| sizes[*other] as f64).product();
            if cells * size_of::<N>() as f64 > self.limits.memory as f64 / NARROW {
                break;
            }
            parts = self.without(parts, vec![var], sizes);
            left.remove(&var);
        }
        let left: Vec<usize> = left.into_iter().collect();
        let cutset = Cutset::cheapest(&outlines(&parts), &left, keep, sizes);
        let Some(cutset) = cutset.filter(|cutset| cutset.operations <= self.limits.operations) else {
            self.check(&cost)?;
            return Ok(self.summed_to(parts, keep, sizes));
        };
        let own = CutsetParts { own: parts.iter().map(|part| &**part).collect(), incoming: Vec::new() };
        let how = (self.limits.threads, false);
        let found = self.noting(|scratch, lost| condition(&cutset, &own, sizes, how, scratch, lost));
        Ok(self.summed_to(vec![Cow::Owned(Potential::Table(found.combinations))], keep, sizes))
    }
}
