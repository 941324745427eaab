//! The sites of a component in; for both ends of every rule, a guess at what the rest of the system makes of each day, out.

use super::growth::Site;

/// Rounds after which passing on ends if it has not settled.
const MOST_ROUNDS: usize = 30;
/// A round that changes no entry by more than this share is the last.
const SETTLED: f64 = 1e-3;
/// No guess is less than this share of its greatest: a guess of 0 would be a claim.
const SMALLEST: f64 = 1e-30;

/// Messages of belief propagation (Pearl 1988) along the rules.
///
/// ```text
/// m_{y→x}(a) = Σ_b w_y(b)·[rule of x and y holds for a, b]·Π_{z≠x} m_{z→y}(b)
/// ```
/// On trees this is the weight of all that hangs on `y`, up to a factor; where rules go round it is a guess. Entries are
/// natural logarithms, the greatest of each message 0; the last is that of "does not occur".
pub(super) struct Outlook {
    /// `messages[x][i]` comes to `x` from the other end of its `i`-th bound.
    messages: Vec<Vec<Vec<f64>>>,
}

impl Outlook {
    /// Passes messages to and fro along the sites until they settle.
    pub fn new(sites: &[Site<'_>]) -> Outlook {
        let silent = |site: &Site<'_>| vec![vec![0.0; site.group.days as usize + 1]; site.bounds.len()];
        let mut outlook = Outlook { messages: sites.iter().map(silent).collect() };
        for _ in 0..MOST_ROUNDS {
            let mut change = 0.0f64;
            for from in (0..sites.len()).chain((0..sites.len()).rev()) {
                change = change.max(outlook.send(sites, from));
            }
            if change < SETTLED {
                break;
            }
        }
        outlook
    }

    /// What comes to a site from the other end of one of its bounds.
    pub fn message(&self, to: usize, bound: usize) -> &[f64] {
        &self.messages[to][bound]
    }

    /// Sends all messages of a site; the greatest change of a logarithm.
    fn send(&mut self, sites: &[Site<'_>], from: usize) -> f64 {
        let group = sites[from].group;
        let mut belief: Vec<f64> = group.weights.iter().chain([&group.never]).map(|weight| weight.ln()).collect();
        for message in &self.messages[from] {
            belief.iter_mut().zip(message).for_each(|(belief, log)| *belief += log);
        }
        let mut change = 0.0f64;
        for (at, bound) in sites[from].bounds.iter().enumerate() {
            let other = &sites[bound.other];
            let back = other.bounds.iter().position(|back| back.other == from).unwrap_or(0);
            // All that `from` knows but what it has from the receiver.
            let incoming = &self.messages[from][at];
            let logs: Vec<f64> = belief.iter().zip(incoming).map(|(belief, log)| belief - log).collect();
            let message = passed(&logs, group.days, other.group.days, (-bound.most, -bound.least));
            let old = &mut self.messages[bound.other][back];
            let changes = old.iter().zip(&message).map(|(old, new)| (old - new).abs());
            change = changes.fold(change, f64::max);
            *old = message;
        }
        change
    }
}

/// The message of a sender, of these logarithms of weights by day and last of "does not occur", to a receiver of `days`
/// days with `least <= receiver − sender <= most`.
fn passed(logs: &[f64], sender: i32, days: i32, (least, most): (i32, i32)) -> Vec<f64> {
    let greatest = logs.iter().fold(f64::NEG_INFINITY, |greatest, log| greatest.max(*log));
    // Prefix sums are good enough for a guess.
    let mut sums = Vec::with_capacity(sender as usize + 1);
    sums.push(0.0);
    for log in &logs[..sender as usize] {
        sums.push(sums[sums.len() - 1] + (log - greatest).exp());
    }
    let absent = (logs[sender as usize] - greatest).exp();
    let window = |day: i32| {
        let from = day.saturating_sub(most).clamp(0, sender);
        let to = day.saturating_sub(least).saturating_add(1).clamp(from, sender);
        sums[to as usize] - sums[from as usize] + absent
    };
    let mut message: Vec<f64> = (0..days).map(window).collect();
    message.push(sums[sender as usize] + absent);
    let greatest = message.iter().fold(0.0f64, |greatest, entry| greatest.max(*entry));
    message.iter_mut().for_each(|entry| *entry = (*entry / greatest).max(SMALLEST).ln());
    message
}
