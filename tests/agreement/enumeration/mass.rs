//! Distributions in, their masses on whole days out, written plainly, and right in relative terms in both tails.

use crate::cases::case::{Case, Delay, Length, Spread, Start};
use crate::enumeration::truth::{NEVER, working_day};

/// A continuous law by its distribution function and survival function, and a point below which the first is the small one.
struct Law<'a> {
    below: Box<dyn Fn(f64) -> f64 + 'a>,
    above: Box<dyn Fn(f64) -> f64 + 'a>,
    middle: f64,
}

impl Law<'_> {
    /// Mass of `(from, to]`.
    fn between(&self, from: f64, to: f64) -> f64 {
        if to <= self.middle {
            (self.below)(to) - (self.below)(from)
        } else if from >= self.middle {
            (self.above)(from) - (self.above)(to)
        } else {
            self.between(from, self.middle) + self.between(self.middle, to)
        }
    }

    fn beyond(&self, from: f64) -> f64 {
        if from >= self.middle {
            (self.above)(from)
        } else {
            self.between(from, self.middle) + (self.above)(self.middle)
        }
    }
}

/// Half the complementary error function: the mass of a standard normal above `z`.
fn normal_above(z: f64) -> f64 {
    0.5 * libm::erfc(z * std::f64::consts::FRAC_1_SQRT_2)
}

fn triangular<'a>(low: f64, mode: f64, high: f64) -> Law<'a> {
    let (a, b) = (low - 0.5, high + 0.5);
    Law {
        below: Box::new(move |x| if x <= a { 0.0 } else { (x - a).powi(2) / ((b - a) * (mode - a)) }),
        above: Box::new(move |x| if x >= b { 0.0 } else { (b - x).powi(2) / ((b - a) * (b - mode)) }),
        middle: mode,
    }
}

fn pert<'a>(low: f64, mode: f64, high: f64) -> Law<'a> {
    let (a, b) = (low - 0.5, high + 0.5);
    let width = b - a;
    let alpha = 1.0 + 4.0 * (mode - a) / width;
    let beta = 1.0 + 4.0 * (b - mode) / width;
    Law {
        below: Box::new(move |x| beta_below((x - a) / width, alpha, beta)),
        above: Box::new(move |x| beta_below((b - x) / width, beta, alpha)),
        middle: mode,
    }
}

/// The regularised incomplete beta function by its continued fraction (Lentz's method; Press et al. 1992, section 6.4).
fn beta_below(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_below(1.0 - x, b, a);
    }
    let scale = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b);
    let front = (scale + a * x.ln() + b * (-x).ln_1p()).exp();
    let (mut c, mut d) = (1.0, 1.0 / (1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for step in 1..500 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        for part in [even, odd] {
            d = 1.0 / (1.0 + part * d);
            c = 1.0 + part / c;
            fraction *= c * d;
        }
        if (c * d - 1.0).abs() < 1e-16 {
            break;
        }
    }
    front * fraction / a
}

fn law(spread: &Spread) -> Law<'_> {
    match *spread {
        Spread::Triangular { low, mode, high } => triangular(low, mode, high),
        Spread::Pert { low, mode, high } => pert(low, mode, high),
        Spread::Normal { mean, sd } => Law {
            below: Box::new(move |x| normal_above((mean - x) / sd)),
            above: Box::new(move |x| normal_above((x - mean) / sd)),
            middle: mean,
        },
        Spread::LogNormal { median, spread, .. } => {
            let z = move |x: f64| (x / median).ln() / spread.ln();
            Law {
                below: Box::new(move |x| if x > 0.0 { normal_above(-z(x)) } else { 0.0 }),
                above: Box::new(move |x| if x > 0.0 { normal_above(z(x)) } else { 1.0 }),
                middle: median,
            }
        }
        _ => unreachable!("this shape has no continuous law of its own"),
    }
}

/// Mass of one day, and of all later ones, in the same units. `first` and `last` are what `from` and `to` default to.
pub fn mass_and_beyond(spread: &Spread, day: i32, first: i32, last: i32) -> (f64, f64) {
    let at = f64::from(day);
    match spread {
        Spread::Uniform { from, to } => {
            let (from, to) = (from.unwrap_or(first), to.unwrap_or(last));
            let beyond = (to - day.max(from - 1)).max(0);
            (f64::from(u8::from(from <= day && day <= to)), f64::from(beyond))
        }
        Spread::Exponential { from, mean } => {
            let waited = at - f64::from(from.unwrap_or(first));
            if waited < 0.0 {
                return (0.0, 1.0);
            }
            let mass = (-waited / mean).exp() * -(-1.0 / mean).exp_m1();
            (mass, (-(waited + 1.0) / mean).exp())
        }
        Spread::LogNormal { from, .. } => {
            let waited = at - f64::from(from.unwrap_or(first));
            if waited < 0.0 {
                return (0.0, 1.0);
            }
            let law = law(spread);
            (law.between(waited, waited + 1.0), law.beyond(waited + 1.0))
        }
        Spread::DayWeights(rows) => {
            let sum = |keep: &dyn Fn(i32) -> bool| rows.iter().filter(|row| keep(row.0)).map(|row| row.1).sum::<f64>();
            (sum(&|days| days == day), sum(&|days| days > day))
        }
        Spread::WindowWeights(rows) => {
            let share = |window: &crate::cases::window::Window, weight: f64| {
                let (from, to) = (window.first.max(i64::from(first)), window.last.min(i64::from(last)));
                let inside = from <= i64::from(day) && i64::from(day) <= to;
                if inside { weight / (to - from + 1) as f64 } else { 0.0 }
            };
            (rows.iter().map(|(window, weight)| share(window, *weight)).sum(), 0.0)
        }
        _ => {
            let law = law(spread);
            (law.between(at - 0.5, at + 0.5), law.beyond(at + 0.5))
        }
    }
}

/// The prior of an event with one of its own: probability of each day of the horizon, and of not occurring.
///
/// `None` where no day is possible.
pub fn prior(case: &Case, event: usize) -> Option<(Vec<f64>, f64)> {
    let Start::Prior { spread, window, weekdays, occurs } = &case.events[event].start else {
        return None;
    };
    let spread = spread.clone().unwrap_or(Spread::Uniform { from: None, to: None });
    let last = case.days - 1;
    let masses: Vec<f64> = (0..case.days).map(|day| mass_and_beyond(&spread, day, 0, last).0).collect();
    let inside: f64 = masses.iter().sum();
    let waiting = matches!(spread, Spread::Exponential { .. } | Spread::LogNormal { .. });
    let (occurring, never) = match occurs {
        Some(occurs) => (*occurs, 1.0 - occurs),
        None if waiting => {
            let past = mass_and_beyond(&spread, last, 0, last).1;
            (inside / (inside + past), past / (inside + past))
        }
        None => (1.0, 0.0),
    };
    let factor = |day: i32| {
        let factors = weekdays.unwrap_or_default();
        factors[case.weekday(i64::from(day)) as usize].unwrap_or(1.0)
    };
    let open = |day: i64| window.as_ref().is_none_or(|w| w.first <= day && day <= w.last);
    let cut: Vec<f64> = (0..case.days)
        .zip(&masses)
        .map(|(day, mass)| if open(i64::from(day)) { mass * factor(day) } else { 0.0 })
        .collect();
    let total: f64 = cut.iter().sum();
    let scaled = cut.iter().map(|mass| mass / total * occurring).collect();
    (inside > 0.0 && total > 0.0).then_some((scaled, never))
}

/// Lengths with their probabilities, given the start day; `None` where none is possible.
pub fn lengths(case: &Case, length: &Length, start: i32) -> Option<Vec<(i32, f64)>> {
    let spread = match length {
        Length::Default => return Some(vec![(1, 1.0)]),
        Length::Whole(days) => return Some(vec![(*days, 1.0)]),
        Length::WorkingDays(_) if start == NEVER => return Some(vec![(1, 1.0)]),
        Length::WorkingDays(count) => {
            let last = working_day(case, i64::from(start) - 1, *count) as i32;
            return Some(vec![(last - start + 1, 1.0)]);
        }
        Length::Spread(spread) => spread,
    };
    let masses = (1..=case.days).map(|day| (day, mass_and_beyond(spread, day, 1, case.days).0));
    let masses: Vec<(i32, f64)> = masses.filter(|(_, mass)| *mass > 0.0).collect();
    let total: f64 = masses.iter().map(|(_, mass)| mass).sum();
    (total > 0.0).then(|| masses.into_iter().map(|(day, mass)| (day, mass / total)).collect())
}

/// Probability of a delay of 0, 1, … `count - 1` days, each beside that of a longer one; `None` where no delay is possible.
pub fn delays(delay: &Delay, count: i32) -> Option<Vec<(f64, f64)>> {
    let fixed = |whole: i32| Spread::DayWeights(vec![(whole, 1.0)]);
    let spread = match delay {
        Delay::Default => fixed(1),
        Delay::Whole(whole) => fixed(*whole),
        Delay::Spread(spread) => spread.clone(),
    };
    let raw: Vec<(f64, f64)> = (0..count).map(|day| mass_and_beyond(&spread, day, 0, i32::MAX)).collect();
    let total = raw[0].0 + raw[0].1;
    let scaled = raw.iter().map(|(mass, beyond)| (mass / total, beyond / total));
    (total > 0.0).then(|| scaled.collect())
}
