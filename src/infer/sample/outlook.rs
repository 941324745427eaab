//! The sites of a component in; for both ends of every rule, a guess at what the rest of the system makes of each day, out.

use super::growth::Site;
use super::law::Law;

/// No guess is less than this share of its greatest: a guess of 0 would be a claim.
const SMALLEST: f64 = 1e-300;

/// Messages from sites to the `k` sites before them that rules tie them to.
///
/// ```text
/// m_{y→x}(a) = (Σ_b w_y(b)·[rule of x and y holds for a, b]·Π_{z > y} m_{z→y}(b))^(1/k(y))
/// ```
/// Where rules do not go round and each site is tied to one before it, this is the weight of all that hangs on `y`, up to
/// a factor. Elsewhere it is a guess, in which the root shares out what else would count several times. Entries are
/// natural logarithms, the greatest of each message 0; the last is that of "does not occur".
pub(super) struct Outlook {
    /// `messages[x][i]` comes to `x` from the other end of its `i`-th bound, where that is a later site.
    messages: Vec<Vec<Vec<f64>>>,
}

impl Outlook {
    pub fn new(sites: &[Site<'_>]) -> Outlook {
        let mut outlook = Outlook { messages: sites.iter().map(|site| vec![Vec::new(); site.bounds.len()]).collect() };
        (0..sites.len()).rev().for_each(|from| outlook.send(sites, from));
        outlook
    }

    /// What comes to a site from the other end of one of its bounds, a later site.
    pub fn message(&self, to: usize, bound: usize) -> &[f64] {
        &self.messages[to][bound]
    }

    fn send(&mut self, sites: &[Site<'_>], from: usize) {
        let group = sites[from].group;
        let mut logs: Vec<f64> = group.weights.iter().chain([&group.never]).map(|weight| weight.ln()).collect();
        for message in &self.messages[from] {
            logs.iter_mut().zip(message).for_each(|(log, hope)| *log += hope);
        }
        let before = || sites[from].bounds.iter().filter(|bound| bound.other < from);
        let root = before().count() as f64;
        for bound in before() {
            let other = &sites[bound.other];
            let mut message = passed(&logs, group.days, other.group.days, (-bound.most, -bound.least));
            message.iter_mut().for_each(|log| *log /= root);
            let back = other.bounds.iter().position(|back| back.other == from).unwrap_or(0);
            self.messages[bound.other][back] = message;
        }
    }
}

/// The message of a sender, of these logarithms of weights by day and last of "does not occur", to a receiver of `days`
/// days with `least <= receiver − sender <= most`.
fn passed(logs: &[f64], sender: i32, days: i32, (least, most): (i32, i32)) -> Vec<f64> {
    let greatest = logs.iter().fold(f64::NEG_INFINITY, |greatest, log| greatest.max(*log));
    let mut weights: Vec<f64> = logs.iter().map(|log| (log - greatest).exp()).collect();
    let absent = weights.pop().unwrap_or(0.0);
    let law = Law::new(&weights);
    let window = |day: i32| law.mass((day - most).max(0), (day - least).min(sender - 1)) + absent;
    let mut message: Vec<f64> = (0..days).map(window).collect();
    message.push(law.mass(0, sender - 1) + absent);
    let greatest = message.iter().fold(0.0f64, |greatest, entry| greatest.max(*entry));
    message.iter_mut().for_each(|entry| *entry = (*entry / greatest).max(SMALLEST).ln());
    message
}
