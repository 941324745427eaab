//! Weights along consecutive days in; the mass of any window, and days drawn from it, out.

/// Windows of at most so many days are summed entry by entry.
const SHORT: usize = 8;

/// Non-negative weights of the days `0..days`, summed by additions only.
///
/// Differences of prefix sums would lose windows whose mass is tiny beside the whole; sums of a tree's nodes keep their
/// relative accuracy.
///
/// Invariants: at least one day; `tree[i] = tree[2i] + tree[2i + 1]`, with the weights as leaves from `tree.len()/2` on;
/// a uniform law has no tree.
#[derive(Clone, Debug)]
pub struct Law {
    days: usize,
    /// Empty where all weights are 1.
    tree: Vec<f64>,
    /// For each day the last one not after it that has a positive weight; empty where all have.
    before: Vec<u32>,
}

impl Law {
    pub fn new(weights: &[f64]) -> Law {
        let days = weights.len();
        if weights.iter().all(|weight| *weight == 1.0) {
            return Law { days, tree: Vec::new(), before: Vec::new() };
        }
        let leaves = days.next_power_of_two();
        let mut tree = vec![0.0; 2 * leaves];
        tree[leaves..leaves + days].copy_from_slice(weights);
        (1..leaves).rev().for_each(|node| tree[node] = tree[2 * node] + tree[2 * node + 1]);
        let mut before = Vec::new();
        if weights.contains(&0.0) {
            let mut last = 0;
            before.extend(weights.iter().enumerate().map(|(day, weight)| {
                last = if *weight > 0.0 { day as u32 } else { last };
                last
            }));
        }
        Law { days, tree, before }
    }

    /// Number of days.
    pub fn days(&self) -> i32 {
        self.days as i32
    }

    /// The mass of the days `low..=high`; 0 where there are none.
    pub fn mass(&self, low: i32, high: i32) -> f64 {
        if low > high {
            return 0.0;
        }
        if self.tree.is_empty() {
            return f64::from(high - low + 1);
        }
        let leaves = self.tree.len() / 2;
        let (mut from, mut to) = (leaves + low as usize, leaves + high as usize + 1);
        if to - from <= SHORT {
            return self.tree[from..to].iter().sum();
        }
        let (mut left, mut right) = (0.0, 0.0);
        while from < to {
            if from & 1 == 1 {
                left += self.tree[from];
                from += 1;
            }
            if to & 1 == 1 {
                to -= 1;
                right += self.tree[to];
            }
            from /= 2;
            to /= 2;
        }
        left + right
    }

    /// The day of `low..=high` below which the share `part/2^64` of the window's mass lies; `mass`, which must be
    /// positive, is the window's.
    ///
    /// For one `part` the day does not fall where the ends of the window rise: with `F` the distribution function of the
    /// whole law, the day is the least `d` with `F(d) > F(low − 1) + part·(F(high) − F(low − 1))`, a mean of two rising
    /// terms. For weights of 1 this holds to the last bit, for others up to rounding.
    pub fn day(&self, low: i32, high: i32, mass: f64, part: u64) -> i32 {
        if self.tree.is_empty() {
            let days = u128::from((high - low + 1) as u32);
            return low + ((u128::from(part) * days) >> 64) as i32;
        }
        // 53 bits, below 1.
        let left = (part >> 11) as f64 * (1.0 / (1u64 << 53) as f64) * mass;
        let leaves = self.tree.len() / 2;
        let found = if high - low < SHORT as i32 {
            let window = &self.tree[leaves + low as usize..=leaves + high as usize];
            let mut sum = 0.0;
            let passed = window.iter().position(|weight| {
                sum += weight;
                sum > left
            });
            low + passed.map_or(window.len(), |at| at) as i32
        } else {
            self.climb(leaves + low as usize, left)
        };
        if found <= high {
            return found;
        }
        // Rounding has left nothing of the window to stop at.
        self.before.get(high as usize).map_or(high, |day| *day as i32)
    }

    /// The first leaf from `node` on up to which the sum exceeds `left`; behind all days where none does.
    fn climb(&self, mut node: usize, left: f64) -> i32 {
        let leaves = self.tree.len() / 2;
        let mut sum = 0.0;
        loop {
            node >>= node.trailing_zeros();
            if sum + self.tree[node] > left {
                break;
            }
            sum += self.tree[node];
            node += 1;
            if node.is_power_of_two() {
                return i32::MAX;
            }
        }
        while node < leaves {
            node *= 2;
            if sum + self.tree[node] <= left {
                sum += self.tree[node];
                node += 1;
            }
        }
        (node - leaves) as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laws() -> [Vec<f64>; 4] {
        [
            vec![1.0; 20],
            (0..37).map(|day| f64::from(day % 5)).collect(),
            (0..50).map(|day| if day % 7 < 5 { 10f64.powi(-5 * day) } else { 0.0 }).collect(),
            vec![2.0],
        ]
    }

    /// Each day takes its share of the parts, also where the window weighs next to nothing.
    #[test]
    fn windows_are_shared_by_weight() {
        for weights in laws() {
            let law = Law::new(&weights);
            for low in 0..weights.len() {
                for high in low..weights.len() {
                    let expected: f64 = weights[low..=high].iter().sum();
                    let mass = law.mass(low as i32, high as i32);
                    assert!((mass - expected).abs() <= 1e-14 * expected);
                    let mut sum = 0.0;
                    for day in (low..=high).filter(|day| mass > 0.0 && weights[*day] > 1e-9 * mass) {
                        let before: f64 = weights[low..day].iter().sum();
                        sum = before + weights[day];
                        for share in [1e-3, 0.5, 1.0 - 1e-3] {
                            let part = (before + share * weights[day]) / expected * 2f64.powi(64);
                            let found = law.day(low as i32, high as i32, mass, part as u64);
                            assert_eq!(found, day as i32, "{low}..={high}");
                        }
                    }
                    assert!(mass == 0.0 || sum > 0.999 * expected);
                }
            }
        }
    }

    /// The ends of the random range stay in the window, on days of positive weight.
    #[test]
    fn extreme_parts_stay_inside() {
        for weights in laws() {
            let law = Law::new(&weights);
            for (low, high) in (0..weights.len()).flat_map(|low| (low..weights.len()).map(move |high| (low, high))) {
                let mass = law.mass(low as i32, high as i32);
                for part in [0, u64::MAX].into_iter().filter(|_| mass > 0.0) {
                    let day = law.day(low as i32, high as i32, mass, part) as usize;
                    assert!((low..=high).contains(&day) && weights[day] > 0.0);
                }
            }
        }
    }

    /// The same part falls on no earlier day where a window's ends are no earlier.
    #[test]
    fn days_rise_with_their_windows() {
        for weights in laws() {
            let law = Law::new(&weights);
            let days = weights.len() as i32;
            for part in (0..40).map(|step| 0x0123_4567_89ab_cdef + step * (u64::MAX / 41)) {
                for (low, high) in (0..days).flat_map(|low| (low..days).map(move |high| (low, high))) {
                    let day = |low: i32, high: i32| {
                        let mass = law.mass(low, high);
                        (mass > 0.0).then(|| law.day(low, high, mass, part))
                    };
                    let here = day(low, high);
                    for (low, high) in [(low + 1, high), (low, high + 1)] {
                        if low <= high && high < days {
                            assert!(here.zip(day(low, high)).is_none_or(|(one, two)| one <= two));
                        }
                    }
                }
            }
        }
    }
}
