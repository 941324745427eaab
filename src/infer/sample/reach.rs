//! A network's rules on gaps in; on which days a variable can still be, given some others, out.

use crate::infer::number::Number;
use crate::model::Side;
use crate::network::{Factor, Network, VarId};

/// Beyond so many variables under rules the shortest paths are not computed.
const MOST: usize = 700;
/// No bound.
const FREE: i64 = i64::MAX / 4;

/// For all pairs of days under rules on gaps how far apart they can be, by shortest paths (Dechter, Meiri and Pearl 1991).
///
/// A day within reach of all that have been drawn can be completed to a solution of these rules, so that no draw dies of
/// them. Rules are taken in where neither event may be absent.
#[derive(Debug, Default)]
pub struct Reach {
    /// Row of each variable, if it has one.
    row: Vec<Option<usize>>,
    rows: usize,
    /// `most[a·rows + b]`: the greatest `day b − day a`.
    most: Vec<i64>,
}

impl Reach {
    pub fn of(network: &Network) -> Reach {
        let gaps: Vec<(usize, usize, i64, i64)> =
            network.factors.iter().filter_map(|factor| gap(network, factor)).collect();
        let mut reach = Reach { row: vec![None; network.variables.len()], rows: 0, most: Vec::new() };
        let mut vars = Vec::new();
        for var in gaps.iter().flat_map(|gap| [gap.0, gap.1]) {
            if reach.row[var].is_none() {
                reach.row[var] = Some(vars.len());
                vars.push(var);
            }
        }
        if vars.len() > MOST {
            return Reach { row: vec![None; network.variables.len()], ..Reach::default() };
        }
        reach.rows = vars.len();
        reach.most = vec![FREE; vars.len() * vars.len()];
        for (earlier, later, least, most) in gaps {
            let (Some(a), Some(b)) = (reach.row[earlier], reach.row[later]) else { continue };
            reach.tighten(a, b, most);
            reach.tighten(b, a, -least);
        }
        reach.close();
        reach
    }

    fn tighten(&mut self, a: usize, b: usize, most: i64) {
        let entry = &mut self.most[a * self.rows + b];
        *entry = (*entry).min(most);
    }

    fn close(&mut self) {
        for via in 0..self.rows {
            for a in 0..self.rows {
                let first = self.most[a * self.rows + via];
                if first >= FREE {
                    continue;
                }
                for b in 0..self.rows {
                    let second = self.most[via * self.rows + b];
                    if second < FREE {
                        // Where the rules go round in a circle that cannot be, gaps grow without end.
                        self.tighten(a, b, (first + second).max(-FREE));
                    }
                }
            }
        }
    }

    /// How many variables are under rules.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Sets the weights of days out of reach to 0, given the values of the variables `drawn`.
    pub fn cut<N: Number>(&self, network: &Network, var: usize, drawn: &[usize], world: &[u32], line: &mut [N]) {
        let Some(row) = self.row[var] else { return };
        let first = i64::from(network.variables[var].first);
        let (mut low, mut high) = (0, line.len() as i64 - 1);
        for &other in drawn {
            let Some(at) = self.row[other] else { continue };
            let day = i64::from(network.variables[other].first) + i64::from(world[other]) - first;
            let (forth, back) = (self.most[at * self.rows + row], self.most[row * self.rows + at]);
            high = if forth < FREE { high.min(day + forth) } else { high };
            low = if back < FREE { low.max(day - back) } else { low };
        }
        let size = line.len();
        line[..(low.max(0) as usize).min(size)].fill(N::ZERO);
        line[((high + 1).max(0) as usize).min(size)..].fill(N::ZERO);
    }
}

/// A hard rule on the gap between two plain days: earlier, later, least and most.
fn gap(network: &Network, factor: &Factor) -> Option<(usize, usize, i64, i64)> {
    let plain = |var: VarId| !network.variables[var.0].never && network.variables[var.0].lengths == 1;
    match factor {
        Factor::Local(local) if local.selector.is_none() => {
            let [x, y] = local.scope[..] else { return None };
            let interval = local.function.interval(x, y)?;
            if !plain(x) || !plain(y) || interval.outside > 0.0 || interval.inside <= 0.0 {
                return None;
            }
            let (earlier, later) = if interval.later { (y, x) } else { (x, y) };
            Some((earlier.0, later.0, i64::from(interval.least), i64::from(interval.most)))
        }
        Factor::Delay(delay) if delay.from.side == Side::First && plain(delay.from.var) && plain(delay.to) => {
            let first = i64::from(delay.first);
            Some((delay.from.var.0, delay.to.0, first, first + delay.weights.len() as i64 - 1))
        }
        _ => None,
    }
}
