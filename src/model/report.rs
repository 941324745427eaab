//! Reports: claims with credibility.

use super::proposition::Proposition;
use crate::day::Day;

/// One report as the file has it; which of them count, and which speak as one, is decided when a forecast is made.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub id: String,
    /// The words of the claim.
    pub text: String,
    pub source: Option<String>,
    /// The source's title for people, where it has one.
    pub source_title: Option<String>,
    pub date: Option<Day>,
    pub claim: Claim,
    pub strength: Strength,
    /// The grade as written, where the strength comes from one.
    pub grade: Option<String>,
    /// Index of the report that this one copies.
    pub echoes: Option<usize>,
    /// Not replaced by its source's later word.
    pub independent: bool,
    /// Left out at the user's wish.
    pub dropped: bool,
}

/// A proposition, and how far the truth may miss it.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    pub says: Proposition,
    /// Probabilities that the truth comes so many days after what was said; they sum to 1. `[(0, 1)]` without slip.
    pub slips: Vec<(i32, f64)>,
    /// Whether these fall off slowly, so that the longest of them say little.
    pub tailed: bool,
}

/// What slips with tails leave out on either side when they are put into words.
const SELDOM: f64 = 0.05;

impl Claim {
    /// By how many days the truth may come earlier, and later, than was said; with tails, all but one in twenty times either
    /// way.
    pub fn reach(&self) -> (i32, i32) {
        let least = if self.tailed { SELDOM } else { 0.0 };
        (-first_beyond(least, self.slips.iter()).min(0), first_beyond(least, self.slips.iter().rev()).max(0))
    }
}

/// The first number of days with which more than `least` is reached.
fn first_beyond<'s>(least: f64, mut slips: impl Iterator<Item = &'s (i32, f64)>) -> i32 {
    let mut sum = 0.0;
    let reached = |(_, k): &&(i32, f64)| {
        sum += k;
        sum > least
    };
    slips.find(reached).map_or(0, |(day, _)| *day)
}

/// What a report does to the odds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Strength {
    /// Probability that it is well founded, and how sure it sounds itself.
    Credibility { credibility: f64, hedge: f64 },
    /// How much likelier it was to be said if true.
    LikelihoodRatio(f64),
}
