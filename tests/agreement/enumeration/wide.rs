//! Positive numbers in, sums and products out, however small: what a double cannot hold below 1e-308.

use std::iter::Sum;
use std::ops::{Add, Div, Mul};

/// `mantissa · 2^exponent`, with a mantissa in [½, 1), or zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wide {
    mantissa: f64,
    exponent: i32,
}

/// Beyond so many binary digits a summand does not matter.
const DIGITS: i32 = 200;

impl Wide {
    pub const ZERO: Wide = Wide { mantissa: 0.0, exponent: 0 };
    pub const ONE: Wide = Wide { mantissa: 0.5, exponent: 1 };

    pub fn new(value: f64) -> Wide {
        assert!(value >= 0.0 && value.is_finite(), "{value} is no weight");
        Wide::normal(value, 0)
    }

    fn normal(mantissa: f64, exponent: i32) -> Wide {
        if mantissa == 0.0 {
            return Wide::ZERO;
        }
        let (mantissa, shift) = libm::frexp(mantissa);
        Wide { mantissa, exponent: exponent + shift }
    }

    pub fn is_zero(self) -> bool {
        self.mantissa == 0.0
    }

    /// The nearest double: 0 or infinity where there is none.
    pub fn to_f64(self) -> f64 {
        libm::ldexp(self.mantissa, self.exponent)
    }

    pub fn ln(self) -> f64 {
        // Near 1 the exponent's logarithm would cancel.
        if (-4..4).contains(&self.exponent) {
            return self.to_f64().ln();
        }
        self.mantissa.ln() + f64::from(self.exponent) * std::f64::consts::LN_2
    }
}

impl Add for Wide {
    type Output = Wide;
    fn add(self, other: Wide) -> Wide {
        if self.is_zero() {
            return other;
        }
        if other.is_zero() {
            return self;
        }
        let (large, small) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let distance = large.exponent - small.exponent;
        if distance > DIGITS {
            return large;
        }
        Wide::normal(large.mantissa + libm::ldexp(small.mantissa, -distance), large.exponent)
    }
}

impl Mul for Wide {
    type Output = Wide;
    fn mul(self, other: Wide) -> Wide {
        Wide::normal(self.mantissa * other.mantissa, self.exponent + other.exponent)
    }
}

impl Div for Wide {
    type Output = Wide;
    fn div(self, other: Wide) -> Wide {
        assert!(!other.is_zero(), "division by zero");
        Wide::normal(self.mantissa / other.mantissa, self.exponent - other.exponent)
    }
}

impl Sum for Wide {
    fn sum<I: Iterator<Item = Wide>>(all: I) -> Wide {
        all.fold(Wide::ZERO, Add::add)
    }
}
