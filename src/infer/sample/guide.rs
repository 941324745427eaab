//! A network too entangled for exact elimination in; messages of bounded size that say about how much weight lies ahead,
//! out.

use crate::infer::bands::Extent;
use crate::infer::eliminate::{Space, sum_out};
use crate::infer::number::Number;
use crate::infer::order::{Elimination, Limits, Outline, eliminate_few};
use crate::infer::plan::Plan;
use crate::infer::potential::Potential;
use crate::network::{Network, VarId, Variable};
use std::collections::BTreeSet;

/// The greatest numbers of entries of a message that are tried, largest first.
const SIZES: [f64; 9] = [4e6, 1e6, 3e5, 1e5, 3e4, 1e4, 3e3, 1e3, 0.0];
/// Steps that making the messages may take.
const MOST_OPERATIONS: f64 = 1e9;
/// Bytes.
const LEAST_MEMORY: f64 = 1048576.0;

/// Buckets as in exact elimination, except that one whose message would be too large is cut into several, each of which
/// sends a message of its own (mini-buckets, Dechter and Rish 2003).
///
/// The parts of a bucket share its variable. Each part is summed with the others' average in the place of the others:
///
/// ```text
/// m_i(S_i) = Σ_x f_i(x, S_i) · Π_{j≠i} h_j(x),   h_j(x) = Σ_{S_j} f_j(x, S_j) · ω(S_j)
/// ```
/// with `ω` the weights of the single variables. A message is 0 only where no world is left. Bound to be wrong where a
/// bucket was cut, it is used to propose, and weights make up for it; where none was cut all is exact.
pub struct Guide<N> {
    /// In the order of elimination.
    pub buckets: Vec<Bucket>,
    pub potentials: Vec<Potential<N>>,
    pub messages: Vec<Potential<N>>,
    /// Elementary steps that a world takes.
    pub steps: f64,
    pub lost: bool,
    /// Whether some bucket was cut.
    pub cut: bool,
}

/// In which order variables are drawn, and with what word on those to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Against the cheapest order of elimination.
    Cheapest,
    /// Dates that come about by others after them, without a word beforehand on those whose buckets are cut: they fit by
    /// themselves, and half the truth of what lies ahead leads astray. (With it, errors were told too small.)
    Onwards,
}

/// What meets where a variable is summed out.
#[derive(Clone, Debug, Default)]
pub struct Bucket {
    pub var: usize,
    /// Factors, by index.
    pub own: Vec<usize>,
    /// Messages from below, by index.
    pub below: Vec<usize>,
    /// Messages that it sends, by index; those to nobody are left out.
    pub sent: Vec<usize>,
}

/// One part of a bucket.
#[derive(Clone, Debug, Default)]
struct Part {
    own: Vec<usize>,
    below: Vec<usize>,
    scope: BTreeSet<usize>,
}

/// The elimination with cut buckets, by scopes alone.
struct Draft {
    buckets: Vec<Cut>,
    /// Scopes of the messages.
    scopes: Vec<BTreeSet<usize>>,
    cells: f64,
    operations: f64,
    is_smallest: bool,
    cut: bool,
}

/// The parts of a variable's bucket, each with its message; none for one that is left out.
type Cut = (usize, Vec<(Part, Option<usize>)>);

impl<N: Number> Guide<N> {
    /// Makes the messages, as large as the limits allow; `None` where even the smallest would take too long.
    ///
    pub fn new(network: &Network, limits: Limits, course: Course) -> Option<Guide<N>> {
        let onwards = course == Course::Onwards;
        let plan = match course {
            Course::Cheapest => Plan::of_tables(network, size_of::<N>()),
            Course::Onwards => Plan::by_generation(network, size_of::<N>()),
        };
        let sizes: Vec<usize> = network.variables.iter().map(Variable::size).collect();
        let memory = limits.memory as f64 / 2.0;
        let operations = limits.operations.min(MOST_OPERATIONS);
        let mut drafts = SIZES.iter().map(|size| Draft::new(network, &plan.order, &sizes, *size, onwards));
        // The smallest messages there are may take what every program has.
        let room = |draft: &Draft| if draft.is_smallest { memory.max(LEAST_MEMORY) } else { memory };
        let fits = |draft: &Draft| draft.cells * size_of::<N>() as f64 <= room(draft);
        let draft = drafts.find(|draft| fits(draft) && draft.operations <= operations)?;
        let variable = |var: VarId| network.variables[var.0];
        let potentials = network.factors.iter().map(|factor| Potential::new(factor, &variable, &sizes)).collect();
        let steps = draft.steps(&sizes);
        let mut guide =
            Guide { buckets: Vec::new(), potentials, messages: Vec::new(), steps, lost: false, cut: draft.cut };
        let space = Space { extent: Extent::whole(&sizes), rank: &plan.buckets.position, threads: limits.threads };
        guide.fill(&draft, space);
        Some(guide)
    }

    fn fill(&mut self, draft: &Draft, space: Space<'_>) {
        let mut scratch = vec![0; space.extent.sizes.len()];
        for (var, parts) in &draft.buckets {
            let mut bucket = Bucket { var: *var, ..Bucket::default() };
            let averages: Vec<Option<Potential<N>>> = parts
                .iter()
                .map(|(part, _)| (parts.len() > 1).then(|| self.average(*var, part, space, &mut scratch)))
                .collect();
            for (at, (part, message)) in parts.iter().enumerate() {
                bucket.own.extend(&part.own);
                bucket.below.extend(&part.below);
                let Some(index) = message else { continue };
                let others = averages.iter().enumerate().filter(|(other, _)| *other != at);
                let others = others.filter_map(|(_, average)| average.as_ref());
                let factors: Vec<&Potential<N>> = self.factors(part).chain(others).collect();
                let mut lost = false;
                let table = sum_out(*var, &factors, space, &mut scratch, &mut lost);
                self.lost |= lost;
                debug_assert_eq!(*index, self.messages.len());
                if !table.scope.is_empty() {
                    bucket.sent.push(*index);
                }
                self.messages.push(Potential::Table(table));
            }
            self.buckets.push(bucket);
        }
    }

    fn factors<'g>(&'g self, part: &'g Part) -> impl Iterator<Item = &'g Potential<N>> {
        let own = part.own.iter().map(|index| &self.potentials[*index]);
        own.chain(part.below.iter().map(|index| &self.messages[*index]))
    }

    /// The part's average over all its variables but `var`, by their own weights.
    fn average(&mut self, var: usize, part: &Part, space: Space<'_>, scratch: &mut [u32]) -> Potential<N> {
        let weights = self
            .potentials
            .iter()
            .filter(|potential| matches!(potential.scope(), [other] if part.scope.contains(other)));
        let mut parts: Vec<Potential<N>> = self.factors(part).chain(weights).cloned().collect();
        let outlines = parts.iter().map(|part| Outline { scope: part.scope().to_vec(), dense: part.is_dense() });
        let vars: Vec<usize> = part.scope.iter().copied().collect();
        let Elimination { order, .. } = eliminate_few(outlines.collect(), &vars, space.extent);
        let mut lost = false;
        for gone in order {
            let (with, without): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part.scope().contains(&gone));
            let factors: Vec<&Potential<N>> = with.iter().collect();
            let table = sum_out(gone, &factors, space, scratch, &mut lost);
            parts = without;
            parts.push(Potential::Table(table));
        }
        let factors: Vec<&Potential<N>> = parts.iter().collect();
        let product = crate::infer::eliminate::product(&[var], &factors, space.extent, scratch, &mut lost);
        self.lost |= lost;
        Potential::Table(product)
    }
}

impl Draft {
    /// Elementary steps that a world takes.
    fn steps(&self, sizes: &[usize]) -> f64 {
        let members = |part: &Part| part.own.len() + part.below.len();
        let factors = |(var, parts): &Cut| (sizes[*var], parts.iter().map(|(part, _)| members(part)).sum::<usize>());
        self.buckets.iter().map(factors).map(|(size, factors)| (size * (2 + factors) + 50) as f64).sum()
    }

    fn new(network: &Network, order: &[usize], sizes: &[usize], largest: f64, onwards: bool) -> Draft {
        let mut position = vec![0; sizes.len()];
        order.iter().enumerate().for_each(|(at, var)| position[*var] = at);
        let mut waiting: Vec<Part> = vec![Part::default(); sizes.len()];
        let first = |scope: &BTreeSet<usize>| scope.iter().copied().min_by_key(|var| position[*var]);
        let scopes: Vec<BTreeSet<usize>> =
            network.factors.iter().map(|factor| factor.scope().into_iter().map(|var| var.0).collect()).collect();
        for (index, scope) in scopes.iter().enumerate() {
            first(scope).into_iter().for_each(|var| waiting[var].own.push(index));
        }
        let mut draft = Draft {
            buckets: Vec::new(),
            scopes: Vec::new(),
            cells: 0.0,
            operations: 0.0,
            is_smallest: largest == 0.0,
            cut: false,
        };
        for &var in order {
            let Part { own, below, .. } = std::mem::take(&mut waiting[var]);
            let members = own.into_iter().map(|index| (true, index, scopes[index].clone()));
            let messages = below.into_iter().map(|index| (false, index, draft.scopes[index].clone()));
            let members: Vec<(bool, usize, BTreeSet<usize>)> = members.chain(messages).collect();
            let parts = parts(var, members, sizes, largest);
            let come_about = network.generations.get(var).is_some_and(|generation| *generation > 0);
            draft.cut |= parts.len() > 1;
            let silent = onwards && come_about && parts.len() > 1;
            let mut sent = Vec::new();
            for part in parts {
                let cells: f64 = part.scope.iter().map(|var| sizes[*var] as f64).product();
                // A single factor of many variables may be too large by itself: then nothing is said of it beforehand.
                if silent || cells > largest.max(1e5) {
                    draft.cut = true;
                    sent.push((part, None));
                    continue;
                }
                let index = draft.scopes.len();
                draft.cells += cells;
                draft.operations += 4.0 * cells * sizes[var] as f64;
                first(&part.scope).into_iter().for_each(|next| waiting[next].below.push(index));
                draft.scopes.push(part.scope.clone());
                sent.push((part, Some(index)));
            }
            draft.buckets.push((var, sent));
        }
        draft
    }
}

/// Puts the members of a bucket together as long as what is left of them stays small, the largest first.
fn parts(var: usize, mut members: Vec<(bool, usize, BTreeSet<usize>)>, sizes: &[usize], largest: f64) -> Vec<Part> {
    let cells = |scope: &BTreeSet<usize>| -> f64 {
        scope.iter().filter(|other| **other != var).map(|other| sizes[*other] as f64).product()
    };
    members.sort_by(|a, b| cells(&b.2).total_cmp(&cells(&a.2)).then(a.1.cmp(&b.1)));
    let mut parts: Vec<Part> = Vec::new();
    for (is_factor, index, mut scope) in members {
        scope.remove(&var);
        let joined = |part: &Part| part.scope.union(&scope).copied().collect::<BTreeSet<usize>>();
        let found = parts.iter().position(|part| scope.is_subset(&part.scope) || cells(&joined(part)) <= largest);
        let part = match found {
            Some(at) => &mut parts[at],
            None => {
                parts.push(Part::default());
                parts.last_mut().unwrap_or_else(|| unreachable!("one has just been added"))
            }
        };
        part.scope.extend(scope);
        (if is_factor { &mut part.own } else { &mut part.below }).push(index);
    }
    if parts.is_empty() {
        parts.push(Part::default());
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::order::Engine;
    use crate::infer::sample::trial::grid;
    use crate::infer::trial::{Maker, enumerated};

    fn guide(network: &Network, memory: u64) -> Guide<f64> {
        Guide::new(network, Limits { memory, engine: Engine::Guide, ..Limits::default() }, Course::Cheapest)
            .expect("small")
    }

    /// The product of the messages to nobody, which is the total weight where no bucket was cut.
    fn log_scalars(guide: &Guide<f64>) -> f64 {
        let scalars = guide.messages.iter().filter_map(|message| match message {
            Potential::Table(table) if table.scope.is_empty() => Some(table.scalar().ln()),
            _ => None,
        });
        scalars.sum()
    }

    #[test]
    fn with_room_no_bucket_is_cut() {
        let networks = (0..12).map(|seed| Maker::new(seed).tangle()).chain([grid(4, 4, 6)]);
        for network in networks {
            let found = guide(&network, 1 << 30);
            assert!(found.buckets.iter().all(|bucket| bucket.sent.len() <= 1));
            if network.variables.len() < 10 {
                let expected = enumerated(&network).0.ln();
                let found = log_scalars(&found);
                assert!(found == expected || (found - expected).abs() < 1e-9, "{found}, expected {expected}");
            }
        }
    }

    #[test]
    fn without_room_buckets_are_cut() {
        for network in [Maker::new(2).tangle(), grid(4, 4, 6)] {
            let found = guide(&network, 64);
            assert!(found.buckets.iter().any(|bucket| bucket.sent.len() > 1));
            let small = |message: &Potential<f64>| message.scope().len() <= 2;
            assert!(found.messages.iter().all(small), "no message is larger than a factor leaves it");
        }
    }
}
