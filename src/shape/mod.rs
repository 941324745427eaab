//! Parameters of a distribution in, its mass on whole days out, right in relative terms in both tails.

mod law;
mod slip;

pub use law::{Law, Parameter};
pub use slip::{LONGEST_SLIP, Slip, Tails, tail};

use std::sync::Arc;

/// Probabilities of consecutive whole numbers: entry `i` is that of `first + i`.
///
/// Invariants: no entry is negative or not finite; first and last entry are positive unless the list is empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Masses {
    pub first: i32,
    pub masses: Arc<Vec<f64>>,
}

impl Masses {
    /// Drops zeros at both ends.
    pub fn trimmed(first: i32, masses: Vec<f64>) -> Masses {
        let Some(start) = masses.iter().position(|m| *m > 0.0) else {
            return Masses { first, masses: Arc::default() };
        };
        let end = masses.iter().rposition(|m| *m > 0.0).map_or(start, |at| at + 1);
        Masses { first: first + start as i32, masses: Arc::new(masses[start..end].to_vec()) }
    }

    /// All mass on one number.
    pub fn certain(value: i32) -> Masses {
        Masses { first: value, masses: Arc::new(vec![1.0]) }
    }

    /// The greatest number with positive mass; `first - 1` where there is none.
    pub fn last(&self) -> i32 {
        self.first + self.masses.len() as i32 - 1
    }

    /// The sum of all masses.
    pub fn total(&self) -> f64 {
        self.masses.iter().sum()
    }

    /// The same scaled to the sum `total`; the sum must be positive.
    pub fn scaled_to(mut self, total: f64) -> Masses {
        let sum = self.total();
        for mass in Arc::make_mut(&mut self.masses) {
            *mass = *mass / sum * total;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_at_the_ends_go() {
        let masses = Masses::trimmed(5, vec![0.0, 1.0, 0.0, 3.0, 0.0]);
        assert_eq!(masses, Masses { first: 6, masses: Arc::new(vec![1.0, 0.0, 3.0]) });
        assert_eq!(masses.last(), 8);
        assert_eq!(Masses::trimmed(5, vec![0.0]).masses.len(), 0);
    }
}
