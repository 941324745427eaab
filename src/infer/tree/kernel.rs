//! The factors between two variables in; how to sum either of them out of a line, out.

use super::line::{Line, LineMut};
use super::window::{Scratch, Weighted, add_runs, add_weighted};
use crate::infer::local::PreparedLocal;
use crate::infer::rows::merge;
use crate::infer::run::{Run, RunMaker};
use crate::model::Side;
use crate::network::{Delay, Factor, VarId, Variable};
use std::sync::Arc;

/// Sums over runs that would take more steps than this for each value are left to elimination by tables.
const MOST_STEPS: usize = 40;

/// Sums one of two variables out of a line over its values.
#[derive(Debug)]
pub enum Kernel {
    Runs(Vec<Run>),
    Delay(DelayKernel),
}

/// A weighted delay, in one of its two directions.
#[derive(Debug)]
pub struct DelayKernel {
    /// Whether the line is over the values of `to`, and what comes out over those of `from`.
    backward: bool,
    /// Of a gap of `first + k` days; reversed where the line is over `from`.
    weights: Arc<Vec<f64>>,
    /// Pairs of a length of the input and one of the output.
    blocks: Vec<Block>,
    /// Weight of "does not occur" of `to` for each day of `from`.
    never: Vec<f64>,
    inputs: Ending,
    outputs: Ending,
}

/// Days of one length of the input, and of one of the output.
#[derive(Clone, Copy, Debug)]
struct Block {
    input: usize,
    output: usize,
    shift: i64,
}

/// The days of one length, the values of all lengths together, and whether one more stands for "does not occur".
#[derive(Clone, Copy, Debug)]
struct Ending {
    days: usize,
    all: usize,
    never: bool,
}

impl Ending {
    fn of(variable: &Variable) -> Ending {
        Ending { days: variable.days, all: variable.days * variable.lengths, never: variable.never }
    }
}

/// Both directions between two variables `one` and `two`: what sums out `one`, and what sums out `two`; `None` where a
/// factor does not allow it at moderate cost.
pub fn between(
    factors: &[&Factor],
    one: VarId,
    two: VarId,
    variable: &impl Fn(VarId) -> Variable,
) -> Option<(Kernel, Kernel)> {
    if let [Factor::Delay(delay)] = factors {
        let forward = Kernel::Delay(DelayKernel::new(delay, false, variable));
        let backward = Kernel::Delay(DelayKernel::new(delay, true, variable));
        return Some(if delay.from.var == one { (forward, backward) } else { (backward, forward) });
    }
    let locals = factors.iter().map(|factor| match factor {
        Factor::Local(local) if local.selector.is_none() => Some(PreparedLocal::new(local, variable)),
        _ => None,
    });
    let locals: Vec<PreparedLocal> = locals.collect::<Option<_>>()?;
    let sizes = [one, two].map(|var| variable(var).size());
    let runs = |x: VarId, other: VarId, outputs: usize| {
        let runs = if let [local] = &locals[..] { local.runs(x.0) } else { joint_runs(&locals, x, other, outputs) };
        let steps: usize = runs.iter().map(Run::cost).sum();
        (steps <= MOST_STEPS * (sizes[0] + sizes[1])).then_some(Kernel::Runs(runs))
    };
    Some((runs(one, two, sizes[1])?, runs(two, one, sizes[0])?))
}

/// The runs of a product of functions.
fn joint_runs(locals: &[PreparedLocal], x: VarId, other: VarId, outputs: usize) -> Vec<Run> {
    let mut maker = RunMaker::default();
    let mut assignment = vec![0; x.0.max(other.0) + 1];
    let (mut joint, mut pieces, mut merged) = (Vec::new(), Vec::new(), Vec::new());
    for value in 0..outputs {
        assignment[other.0] = value as u32;
        joint.clear();
        for (index, local) in locals.iter().enumerate() {
            pieces.clear();
            local.pieces(x.0, &assignment, &mut pieces);
            if index == 0 {
                joint.clone_from(&pieces);
            } else {
                merge(&joint, &pieces, &mut merged);
                std::mem::swap(&mut joint, &mut merged);
            }
        }
        maker.row(&joint);
    }
    maker.runs
}

impl Kernel {
    /// Sums the line's variable out of `line` times the factors, into `out`.
    pub fn apply(&self, line: Line<'_>, out: &mut LineMut<'_>, scratch: &mut Scratch, lost: &mut bool) {
        out.clear();
        match self {
            Kernel::Runs(runs) => add_runs(runs, line, out, scratch, lost),
            Kernel::Delay(delay) => delay.apply(line, out, scratch, lost),
        }
        out.tidy(lost);
    }

    /// Elementary steps.
    pub fn cost(&self) -> usize {
        match self {
            Kernel::Runs(runs) => runs.iter().map(Run::cost).sum(),
            Kernel::Delay(delay) => {
                delay.blocks.len() * delay.outputs.days * delay.weights.len() + delay.inputs.all + delay.outputs.all
            }
        }
    }
}

impl DelayKernel {
    fn new(delay: &Delay, backward: bool, variable: &impl Fn(VarId) -> Variable) -> DelayKernel {
        let (from, to) = (variable(delay.from.var), variable(delay.to));
        let mut weights = delay.weights.clone();
        if !backward {
            weights.reverse();
        }
        let mut blocks = Vec::new();
        for from_length in 0..from.lengths {
            let longer = if delay.from.side == Side::Last { from.shortest + from_length as i32 - 1 } else { 0 };
            // to − from = first + k, both counted from their first days, is j − i + lead = k.
            let lead = i64::from(to.first) - i64::from(from.first) - i64::from(longer) - i64::from(delay.first);
            let shift = if backward { -lead } else { lead - weights.len() as i64 + 1 };
            for to_length in 0..to.lengths {
                let (from, to) = (from_length * from.days, to_length * to.days);
                let (input, output) = if backward { (to, from) } else { (from, to) };
                blocks.push(Block { input, output, shift: shift + input as i64 - output as i64 });
            }
        }
        let (from, to) = (Ending::of(&from), Ending::of(&to));
        let (inputs, outputs) = if backward { (to, from) } else { (from, to) };
        DelayKernel { backward, weights: Arc::new(weights), blocks, never: delay.never.clone(), inputs, outputs }
    }

    fn apply(&self, line: Line<'_>, out: &mut LineMut<'_>, scratch: &mut Scratch, lost: &mut bool) {
        for block in &self.blocks {
            let sums = Weighted {
                start: block.output,
                end: block.output + self.outputs.days,
                from: block.input,
                to: block.input + self.inputs.days,
                shift: block.shift,
                weights: &self.weights,
                weight: 1.0,
            };
            add_weighted(sums, line, out, scratch, lost);
        }
        let (absent_in, absent_out) = (self.inputs.all, self.outputs.all);
        if self.inputs.never && self.outputs.never {
            let (value, exponent) = line.total(absent_in, absent_in + 1);
            out.add(absent_out, &[value], 1.0, exponent, lost);
        }
        if self.backward && self.inputs.never {
            let (value, exponent) = line.total(absent_in, absent_in + 1);
            for (at, never) in self.never.iter().enumerate() {
                out.add(at, &[*never], value, exponent, lost);
            }
        }
        if !self.backward && self.outputs.never {
            for (at, never) in self.never.iter().enumerate() {
                let (value, exponent) = line.total(at, at + 1);
                out.add(absent_out, &[*never], value, exponent, lost);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::number::Number;
    use crate::infer::potential::{Potential, PreparedDelay};
    use crate::infer::tree::line::{BLOCKS, Lines};
    use crate::model::EventId;
    use crate::network::{At, Role};

    /// A delay from the end of an event of several lengths, either of the two perhaps absent, in both directions.
    #[test]
    fn delays_are_summed_as_their_entries_say() {
        let start = Variable {
            never: true,
            shortest: 2,
            lengths: 3,
            ..Variable::of_days(Role::Start(EventId(0)), 3, 40, true)
        };
        let to = Variable::of_days(Role::Start(EventId(1)), 10, 45, true);
        let variables = [start, to];
        let delay = Delay {
            from: At { var: VarId(0), side: Side::Last },
            to: VarId(1),
            first: 1,
            weights: vec![0.5, 0.0, 0.25, 0.125],
            never: (0..120).map(|i| f64::from(i) / 200.0).collect(),
        };
        let variable = |var: VarId| variables[var.0];
        let prepared = Potential::Delay(PreparedDelay::<f64>::new(&delay, &variable));
        let factor = Factor::Delay(delay);
        let (forward, backward) = between(&[&factor], VarId(0), VarId(1), &variable).unwrap();
        for ((kernel, summed), block) in
            [(&forward, 0), (&backward, 1)].into_iter().flat_map(|each| BLOCKS.map(|block| (each, block)))
        {
            let sizes = [variables[summed].size(), variables[1 - summed].size()];
            let inputs: Vec<f64> = (0..sizes[0]).map(|i| f64::from(1 + i as u32 * 7 % 31)).collect();
            let mut lines = Lines::new(sizes.into_iter(), block);
            let mut lost = false;
            lines.get_mut(0).copy(Line::plain(&inputs), &mut lost);
            let copy = (lines.get(0).values.to_vec(), lines.get(0).exponents.to_vec());
            let mut out = lines.get_mut(1);
            kernel.apply(
                Line { values: &copy.0, exponents: &copy.1, block },
                &mut out,
                &mut Scratch::default(),
                &mut lost,
            );
            for (index, found) in out.read().scaled().enumerate() {
                let mut assignment = [0; 2];
                assignment[1 - summed] = index as u32;
                let entry = |(i, value): (usize, &f64)| {
                    assignment[summed] = i as u32;
                    value * prepared.value(&assignment, &mut Vec::new())
                };
                let plain: f64 = inputs.iter().enumerate().map(entry).sum();
                assert!(
                    (found.to_f64() - plain).abs() <= 1e-13 * plain,
                    "{summed} {index}: {} {plain}",
                    found.to_f64()
                );
            }
            assert!(!lost && !out.read().scaled().all(|value| value.is_zero()));
        }
    }
}
