//! Further requirements in; their weight beside that of the network, and that of the values of few variables, out.

use super::{Calibration, CoreSums, Parts, outlines};
use crate::infer::bands::Extent;
use crate::infer::buckets::Buckets;
use crate::infer::condition::{Parts as CutsetParts, condition};
use crate::infer::cutset::Cutset;
use crate::infer::eliminate::product;
use crate::infer::history::{Groups, Histories, Precedence, precedence};
use crate::infer::number::{Number, Scaled};
use crate::infer::order::{Cost, Elimination, TooLarge, eliminate_few};
use crate::infer::plan::Core;
use crate::infer::potential::Potential;
use crate::infer::table::Table;
use crate::network::{Extension, VarId, Variable};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

/// The bits of what a table has at one value of a variable.
type Column = Vec<(u64, i64)>;

/// What is asked of a core that is gone through day by day.
struct Meeting<'k> {
    root: usize,
    /// Its variables whose values are wanted together.
    vars: Vec<usize>,
    /// The buckets outside of it that have been joined.
    joined: Vec<usize>,
    keep: &'k [usize],
}

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
        if let Some(ratio) = self.ordered_ratio(extension) {
            return Ok(ratio);
        }
        Ok(self.joint(extension, &[])?.scalar())
    }

    /// The weights of the values of `keep` (new or old variables) with the extension's factors, over the total weight
    /// without them: row-major in the order of `keep`.
    ///
    /// What goes beyond the limits beside an order that is gone through day by day may be in reach of tables alone.
    ///
    /// # Errors
    /// The predicted cost, where it is beyond the limits.
    pub fn joint(&self, extension: &Extension<'_>, keep: &[VarId]) -> Result<Table<N>, TooLarge> {
        let refusal = match self.joint_as_planned(extension, keep) {
            Ok(table) => return Ok(table),
            Err(refusal) => refusal,
        };
        let Some(other) = self.by_tables() else { return Err(refusal) };
        let found = other.joint_as_planned(extension, keep).map_err(|_| refusal);
        self.lost.fetch_or(other.lost(), Ordering::Relaxed);
        found
    }

    fn joint_as_planned(&self, extension: &Extension<'_>, keep: &[VarId]) -> Result<Table<N>, TooLarge> {
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
        let variable = |var: VarId| *extension.variable(var);
        let added = extension.factors.iter().map(|factor| Potential::new(factor, &variable, &sizes));
        parts.extend(added.map(Cow::Owned));
        let added = parts.len();
        let mut narrow = false;
        for (root, vars) in components {
            without = without.by(self.component_total(root));
            let (meeting, joined) = self.gather(&vars, &mut parts);
            match (meeting.is_empty(), self.plan.cores.get(&root)) {
                (true, _) | (_, None) => {}
                (false, Some(Core::Cutset(_))) => narrow = true,
                (false, Some(Core::Histories(histories))) => {
                    let asked = Meeting { root, vars: meeting, joined, keep: &keep };
                    self.meet(histories, &asked, added, &mut parts, &sizes)?;
                }
            }
        }
        let mut table = if narrow {
            self.reduce_narrowly(parts, &keep, self.extent(&sizes))?
        } else {
            self.reduce(parts, &keep, self.extent(&sizes))?
        };
        if !table.is_whole() {
            let cells = keep.iter().map(|var| sizes[*var] as f64).product();
            self.check(&Cost { cells, operations: cells, largest: keep.clone(), largest_cells: cells })?;
            let banded = Potential::Table(table);
            table = self.noting(|scratch, lost| product(&keep, &[&banded], Extent::whole(&sizes), scratch, lost));
        }
        let inverse = Scaled::ONE.over(without);
        // The mantissa of the total goes into the entries, its exponent to the table's.
        let (factor, exponent) = inverse.parts();
        let number = N::from_f64(factor);
        self.noting(|_, lost| table.values.iter_mut().for_each(|value| *value = value.times(number, lost)));
        table.exponent += exponent;
        Ok(table)
    }

    /// The factors and messages of the buckets that join `vars`, all of one component. Where the way leads into a core that
    /// must not be summed over with tables: its variables that meet there, and the buckets joined before.
    ///
    /// Of a core that is summed over by conditioning all is gathered, of one that is gone through day by day nothing.
    fn gather<'s>(&'s self, vars: &[usize], parts: &mut Parts<'s, N>) -> (Vec<usize>, Vec<usize>) {
        let Buckets { position, parent, children, own, root, .. } = &self.plan.buckets;
        let mut frontier: BTreeSet<(usize, usize)> = vars.iter().map(|var| (position[*var], *var)).collect();
        let mut joined: Vec<usize> = Vec::new();
        let mut meeting = Vec::new();
        while let Some((_, var)) = frontier.pop_first() {
            let core = self.plan.cores.get(&root[var]).filter(|_| self.plan.in_core[var]);
            if let Some(core) = core.filter(|core| self.plan.narrow || matches!(core, Core::Histories(_))) {
                meeting = std::iter::once(var).chain(frontier.into_iter().map(|(_, var)| var)).collect();
                if let Core::Cutset(cutset) = core {
                    joined.extend(cutset.vars());
                }
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
        (meeting, joined)
    }

    /// Adds the weights of a core's variables that meet to the parts, of which the first `added` are further requirements.
    ///
    /// Days that these do not tell apart are not told apart either, so that there are fewer combinations to go through.
    fn meet<'s>(
        &'s self,
        histories: &Histories,
        asked: &Meeting<'_>,
        added: usize,
        parts: &mut Parts<'s, N>,
        sizes: &[usize],
    ) -> Result<(), TooLarge> {
        let Some(CoreSums::Ordered(sums)) = self.cores.get(&asked.root) else { return Ok(()) };
        let Buckets { children, own, .. } = &self.plan.buckets;
        let place = |var: usize| histories.place(var).unwrap_or(0);
        let alone = |var: usize| -> Vec<&'s Potential<N>> {
            let own = own[var].iter().filter(|index| !histories.order.factors.contains(index));
            let below =
                children[var].iter().filter(|child| !self.plan.in_core[**child] && !asked.joined.contains(child));
            let below = below.map(|child| self.message_up(*child));
            own.map(|index| self.potential(*index)).chain(below).collect()
        };
        if let [var] = asked.vars[..] {
            parts.extend(alone(var).into_iter().map(Cow::Borrowed));
            parts.push(Cow::Owned(Potential::Table(sums.bare[place(var)].clone())));
            return Ok(());
        }
        let mut meeting: Vec<(usize, Option<Groups>)> = Vec::new();
        for &var in &asked.vars {
            let below = children[var].iter().any(|child| asked.joined.contains(child));
            let groups = (!below && !asked.keep.contains(&var)).then(|| self.groups(var, &parts[..added], sizes));
            meeting.push((var, groups.filter(|groups| groups.len() < sizes[var])));
        }
        // The one with the most values goes last.
        let choices = |(var, groups): &(usize, Option<Groups>)| groups.as_ref().map_or(sizes[*var], Vec::len);
        meeting.sort_by_key(|meeting| (choices(meeting), meeting.0));
        let combinations: f64 = meeting.iter().rev().skip(1).map(|meeting| choices(meeting) as f64).product();
        let cells: f64 = asked.vars.iter().map(|var| sizes[*var] as f64).product();
        let cost = Cost {
            cells: 2.0 * cells,
            operations: combinations * histories.operations,
            largest: asked.vars.clone(),
            largest_cells: cells,
        };
        // Or by tables over the core's variables, one after the other.
        let whole = self.whole_core(histories, &asked.joined);
        let vars: BTreeSet<usize> = parts.iter().chain(&whole).flat_map(|part| part.scope()).copied().collect();
        let gone: Vec<usize> = vars.into_iter().filter(|var| !asked.keep.contains(var)).collect();
        let mut all = outlines(parts);
        all.extend(outlines(&whole));
        let tables = eliminate_few(all, &gone, self.extent(sizes)).cost;
        if self.check(&tables).is_ok() && (self.check(&cost).is_err() || tables.operations < cost.operations) {
            parts.extend(whole);
            return Ok(());
        }
        self.check(&cost)?;
        if let Some(last) = meeting.last_mut() {
            last.1 = None;
        }
        let places: Vec<usize> = meeting.iter().map(|(var, _)| place(*var)).collect();
        let single = meeting.iter().filter(|(_, groups)| groups.is_none());
        parts.extend(single.flat_map(|(var, _)| alone(*var)).map(Cow::Borrowed));
        let groups: Vec<Option<Groups>> = meeting.into_iter().map(|(_, groups)| groups).collect();
        let how = (sizes, self.limits.threads);
        let table = self.noting(|_, lost| sums.joint(histories, &places, &groups, how, lost));
        parts.push(Cow::Owned(Potential::Table(table)));
        Ok(())
    }

    /// All factors of a core and the messages to it, but for those of buckets that have been joined.
    fn whole_core(&self, histories: &Histories, joined: &[usize]) -> Parts<'_, N> {
        let Buckets { children, own, .. } = &self.plan.buckets;
        let mut parts = Vec::new();
        for var in &histories.order.vars {
            parts.extend(own[*var].iter().map(|index| Cow::Borrowed(self.potential(*index))));
            let below = children[*var].iter().filter(|child| !self.plan.in_core[**child] && !joined.contains(child));
            parts.extend(below.map(|child| Cow::Borrowed(self.message_up(*child))));
        }
        parts
    }

    /// The total weight with the extension's factors over that without, where these put days of one core into order: then it
    /// is that of a stricter order.
    fn ordered_ratio(&self, extension: &Extension<'_>) -> Option<Scaled> {
        let first = extension.factors.first()?.first_var()?;
        let root = *self.plan.buckets.root.get(first.0)?;
        let (Core::Histories(histories), CoreSums::Ordered(sums)) =
            (self.plan.cores.get(&root)?, self.cores.get(&root)?)
        else {
            return None;
        };
        let rules: Option<Vec<Precedence>> =
            extension.factors.iter().map(|factor| precedence(factor, &self.network.variables)).collect();
        let order = histories.order.stricter(&rules.filter(|_| extension.variables.is_empty())?)?;
        let stricter = Histories::new(order, self.limits.operations, self.limits.memory as f64, size_of::<N>())?;
        let total = self.noting(|_, lost| sums.total_in(&stricter, lost));
        Some(total.over(sums.total))
    }

    /// The values of a variable, those together for which none of the parts tells them apart.
    fn groups(&self, var: usize, parts: &[Cow<'_, Potential<N>>], sizes: &[usize]) -> Groups {
        let mut groups: Groups = vec![(0..sizes[var]).collect()];
        for part in parts.iter().filter(|part| part.scope().contains(&var)) {
            let scope: Vec<usize> = part.scope().iter().copied().filter(|other| *other != var).chain([var]).collect();
            let table = self.noting(|scratch, lost| product(&scope, &[&**part], Extent::whole(sizes), scratch, lost));
            let mut by_values: BTreeMap<(usize, Column), Vec<usize>> = BTreeMap::new();
            for (at, group) in groups.iter().enumerate() {
                for value in group {
                    let column = table.values.iter().skip(*value).step_by(sizes[var]);
                    let bits = column.map(|entry| entry.scaled().parts()).map(|(m, exponent)| (m.to_bits(), exponent));
                    by_values.entry((at, bits.collect())).or_default().push(*value);
                }
            }
            groups = by_values.into_values().collect();
        }
        groups.sort_unstable();
        groups
    }

    /// The product of factors summed over all their variables but `keep`, with small tables only: what is left when there
    /// are no more of these is summed over by conditioning.
    fn reduce_narrowly(
        &self,
        mut parts: Parts<'_, N>,
        keep: &[usize],
        extent: Extent<'_>,
    ) -> Result<Table<N>, TooLarge> {
        let vars: BTreeSet<usize> = parts.iter().flat_map(|part| part.scope().iter().copied()).collect();
        let gone: Vec<usize> = vars.iter().copied().filter(|var| !keep.contains(var)).collect();
        let Elimination { order, cost } = eliminate_few(outlines(&parts), &gone, extent);
        let mut left: BTreeSet<usize> = vars;
        for var in order {
            let with = parts.iter().filter(|part| part.scope().contains(&var));
            let scope: BTreeSet<usize> = with.flat_map(|part| part.scope().iter().copied()).collect();
            let cells: f64 =
                scope.iter().filter(|other| **other != var).map(|other| extent.sizes[*other] as f64).product();
            if cells * size_of::<N>() as f64 > self.limits.memory as f64 / NARROW {
                break;
            }
            parts = self.without(parts, vec![var], extent);
            left.remove(&var);
        }
        let left: Vec<usize> = left.into_iter().collect();
        let cutset = Cutset::cheapest(&outlines(&parts), &left, keep, extent.sizes);
        let Some(cutset) = cutset.filter(|cutset| cutset.operations <= self.limits.operations) else {
            self.check(&cost)?;
            return Ok(self.summed_to(parts, keep, extent));
        };
        let own = CutsetParts { own: parts.iter().map(|part| &**part).collect(), incoming: Vec::new() };
        let how = (self.limits.threads, false);
        let found = self.noting(|scratch, lost| condition(&cutset, &own, extent.sizes, how, scratch, lost));
        Ok(self.summed_to(vec![Cow::Owned(Potential::Table(found.combinations))], keep, extent))
    }
}
