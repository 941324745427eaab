//! A solution and a target in; how much each other event's date, and the truth of each claim, would tell about it, out.

use super::{Herald, News, Target};
use crate::answer::solve::{Solution, Trouble, probability};
use crate::answer::testimony::Standing;
use crate::infer::{Calibration, Number, TooLarge};
use crate::model::Proposition;
use crate::network::{Extension, VarId};

/// Tables beyond so many entries are not made.
const MOST_ENTRIES: usize = 20_000_000;

/// The mutual information of a target with the start of each other event in doubt and with the truth of each claim, most
/// first; `None` where some of it is out of reach.
///
/// ```text
/// I(X; Y) = Σ p(x, y)·log2( p(x, y) / (p(x)·p(y)) )
/// ```
pub fn news<N: Number>(
    solution: &Solution<'_, N>,
    target: Target,
    in_doubt: &[usize],
) -> Result<Option<Vec<News>>, Trouble> {
    let Some(posterior) = &solution.posterior else { return Ok(None) };
    let watch = Watched { solution, posterior };
    let mut found = Vec::new();
    for event in in_doubt.iter().filter(|event| target != Target::Event(**event)) {
        let table = match target {
            Target::Event(other) => watch.dates(other, *event)?,
            Target::Query(query) => watch.truth_and_dates(&solution.model.queries[query].ask, *event)?,
        };
        let Some(table) = table else { return Ok(None) };
        let of = Herald::Event(solution.model.events[*event].id.clone());
        found.push(News { of, bits: information(&table) });
    }
    for (index, standing) in &solution.hearing.standings {
        if !matches!(standing, Standing::Speaks(_)) {
            continue;
        }
        let report = &solution.model.reports[*index];
        let table = match target {
            Target::Event(event) => watch.truth_and_dates(&report.claim.says, event)?,
            Target::Query(query) => Some(watch.truths(&report.claim.says, &solution.model.queries[query].ask)?),
        };
        let Some(table) = table else { return Ok(None) };
        found.push(News { of: Herald::Report(report.id.clone()), bits: information(&table) });
    }
    found.sort_by(|one, other| other.bits.total_cmp(&one.bits));
    Ok(Some(found))
}

/// Rows of joint probabilities.
type Table = Vec<Vec<f64>>;

struct Watched<'s, 'm, N> {
    solution: &'s Solution<'m, N>,
    posterior: &'s Calibration<N>,
}

impl<N: Number> Watched<'_, '_, N> {
    /// Of the start days of two events.
    fn dates(&self, one: usize, other: usize) -> Result<Option<Table>, Trouble> {
        let network = self.posterior.network();
        let (x, y) = (network.starts[one], network.starts[other]);
        if network.variables[x.0].size() * network.variables[y.0].size() > MOST_ENTRIES {
            return Ok(None);
        }
        let extension = Extension::new(&network.variables);
        let Some(values) = self.joint(&extension, &[x, y])? else { return Ok(None) };
        let rows: Table = values.chunks(network.variables[y.0].size()).map(|row| self.by_day(y, row)).collect();
        // The same for the rows: days of several lengths are added up.
        let columns = rows.first().map_or(0, Vec::len);
        let column = |at: usize| self.by_day(x, &rows.iter().map(|row| row[at]).collect::<Vec<f64>>());
        Ok(Some((0..columns).map(column).collect()))
    }

    /// Of whether a proposition is true and an event's start day.
    fn truth_and_dates(&self, proposition: &Proposition, event: usize) -> Result<Option<Table>, Trouble> {
        let network = self.posterior.network();
        let start = network.starts[event];
        let mut rows = Vec::new();
        for says in [proposition.clone(), Proposition::Not(Box::new(proposition.clone()))] {
            let mut extension = Extension::new(&network.variables);
            extension.require(&self.solution.compiler.truth(&says));
            let Some(values) = self.joint(&extension, &[start])? else { return Ok(None) };
            rows.push(self.by_day(start, &values));
        }
        Ok(Some(rows))
    }

    /// Of whether two propositions are true.
    fn truths(&self, one: &Proposition, other: &Proposition) -> Result<Table, Trouble> {
        let not = |says: &Proposition| Proposition::Not(Box::new(says.clone()));
        let both = |one: Proposition, other: Proposition| {
            probability(self.posterior, &self.solution.compiler, &Proposition::And(vec![one, other]))
        };
        let row = |one: Proposition| -> Result<Vec<f64>, Trouble> {
            Ok(vec![both(one.clone(), other.clone())?, both(one, not(other))?])
        };
        Ok(vec![row(one.clone())?, row(not(one))?])
    }

    /// The probabilities of the values of some variables with what an extension adds; `None` where that is out of reach.
    fn joint(&self, extension: &Extension<'_>, keep: &[VarId]) -> Result<Option<Vec<f64>>, Trouble> {
        let table = match self.posterior.joint(extension, keep) {
            Ok(table) => table,
            Err(TooLarge { .. }) => return Ok(None),
        };
        if self.posterior.lost() {
            return Err(Trouble::Range);
        }
        let exponent = table.exponent;
        Ok(Some(table.values.iter().map(|value| value.scaled().shifted(exponent).to_f64()).collect()))
    }

    /// Values of a start, which may be of several lengths, added up day by day; "does not occur" last.
    fn by_day(&self, var: VarId, values: &[f64]) -> Vec<f64> {
        let variable = self.posterior.network().variables[var.0];
        let mut days = vec![0.0; variable.days];
        let lasting = &values[..variable.days * variable.lengths];
        for length in lasting.chunks(variable.days.max(1)) {
            days.iter_mut().zip(length).for_each(|(day, p)| *day += p);
        }
        days.extend(&values[lasting.len()..]);
        days
    }
}

/// Mutual information of rows and columns, in bits.
fn information(table: &Table) -> f64 {
    let rows: Vec<f64> = table.iter().map(|row| row.iter().sum()).collect();
    let columns: Vec<f64> =
        (0..table.first().map_or(0, Vec::len)).map(|at| table.iter().map(|row| row[at]).sum()).collect();
    let total: f64 = rows.iter().sum();
    let each =
        table.iter().zip(&rows).flat_map(|(row, all)| row.iter().zip(&columns).map(move |(p, q)| (*p, *all, *q)));
    let part = |(p, row, column): (f64, f64, f64)| {
        if p > 0.0 { p / total * (p * total / (row * column)).log2() } else { 0.0 }
    };
    each.map(part).sum::<f64>().max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn information_is_what_is_learned() {
        assert_eq!(information(&vec![vec![0.5, 0.0], vec![0.0, 0.5]]), 1.0);
        assert_eq!(information(&vec![vec![0.25, 0.25], vec![0.25, 0.25]]), 0.0);
        // 1 − H(0.1): a binary symmetric channel that errs one time in ten (Cover and Thomas 2006, 7.1.4).
        let noisy = information(&vec![vec![0.45, 0.05], vec![0.05, 0.45]]);
        assert!((noisy - (1.0 + 0.1 * 0.1f64.log2() + 0.9 * 0.9f64.log2())).abs() < 1e-15);
    }
}
