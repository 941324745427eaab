//! Several decisions in; the best combination of simple reactions, out.

use super::outcome::Policy;
use super::plan::Chances;
use super::problem::Problem;
use super::tables::Best;
use crate::answer::solve::{Solution, Trouble};
use crate::infer::Number;

pub fn react<N: Number>(
    _problem: &Problem<'_, '_, N>,
    _solution: &Solution<'_, N>,
    _chances: &Chances,
    _settled: &Best,
    _warnings: &mut Vec<String>,
) -> Result<Policy, Trouble> {
    Err(Trouble::TooLong("not yet".to_string()))
}
