//! Functions of few choices in; the greatest of their sums, and where it is, out: elimination with maximisation (Bertelè and
//! Brioschi 1972, nonserial dynamic programming).

/// A function of some decisions' choices, each by its index; entries row-major. −∞ is what is not allowed.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    pub scope: Vec<usize>,
    pub sizes: Vec<usize>,
    pub values: Vec<f64>,
}

/// More combinations than this are not gone through in one table.
pub const MOST_CELLS: f64 = 6e7;

impl Function {
    /// `scope` must be in rising order.
    pub fn from_fn(scope: &[usize], sizes: &[usize], mut value: impl FnMut(&[usize]) -> f64) -> Function {
        let count = sizes.iter().product();
        let mut indices = vec![0; sizes.len()];
        let mut values = Vec::with_capacity(count);
        for _ in 0..count {
            values.push(value(&indices));
            advance(&mut indices, sizes);
        }
        Function { scope: scope.to_vec(), sizes: sizes.to_vec(), values }
    }

    /// The same with one decision's choice fixed.
    pub fn fixed(&self, decision: usize, index: usize) -> Function {
        let Some(at) = self.scope.iter().position(|other| *other == decision) else { return self.clone() };
        let inner: usize = self.sizes[at + 1..].iter().product();
        let block = self.sizes[at] * inner;
        let rows = self.values.chunks(block.max(1));
        let values = rows.flat_map(|row| row[index * inner..(index + 1) * inner].iter().copied()).collect();
        let without = |list: &[usize]| -> Vec<usize> {
            list.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, item)| *item).collect()
        };
        Function { scope: without(&self.scope), sizes: without(&self.sizes), values }
    }

    /// The value where each decision of the scope has the index that `choice` gives.
    pub fn at(&self, choice: impl Fn(usize) -> usize) -> f64 {
        let place =
            self.scope.iter().zip(&self.sizes).fold(0, |place, (decision, size)| place * size + choice(*decision));
        self.values[place]
    }
}

/// Goes on to the next combination, the last index fastest.
fn advance(indices: &mut [usize], sizes: &[usize]) {
    for (index, size) in indices.iter_mut().zip(sizes).rev() {
        *index += 1;
        if *index < *size {
            return;
        }
        *index = 0;
    }
}

/// For each choice of one decision the greatest sum of all functions that the others' choices allow; `None` where tables would
/// be too large. `sizes` are those of all decisions.
pub fn best_by_choice(functions: &[Function], sizes: &[usize], decision: usize) -> Option<Vec<f64>> {
    let mut functions: Vec<Function> = functions.to_vec();
    let mut left: Vec<usize> = (0..sizes.len()).filter(|other| *other != decision).collect();
    while !left.is_empty() {
        let cells =
            |other: usize| -> f64 { joined_scope(&functions, other).iter().map(|k| sizes[*k] as f64).product() };
        let at = (0..left.len()).min_by(|a, b| cells(left[*a]).total_cmp(&cells(left[*b])))?;
        let next = left.remove(at);
        if cells(next) > MOST_CELLS {
            return None;
        }
        let (with, without): (Vec<Function>, Vec<Function>) =
            functions.into_iter().partition(|function| function.scope.contains(&next));
        functions = without;
        functions.push(maximised(&with, next, sizes));
    }
    let total = (0..sizes[decision]).map(|index| functions.iter().map(|function| function.at(|_| index)).sum());
    Some(total.collect())
}

/// The decisions that functions of one decision name.
fn joined_scope(functions: &[Function], decision: usize) -> Vec<usize> {
    let with = functions.iter().filter(|function| function.scope.contains(&decision));
    let mut scope: Vec<usize> = with.flat_map(|function| function.scope.iter().copied()).chain([decision]).collect();
    scope.sort_unstable();
    scope.dedup();
    scope
}

/// The greatest sum of the functions over one decision's choices, by those of the others.
fn maximised(functions: &[Function], decision: usize, sizes: &[usize]) -> Function {
    let rest: Vec<usize> = joined_scope(functions, decision).into_iter().filter(|other| *other != decision).collect();
    let rest_sizes: Vec<usize> = rest.iter().map(|other| sizes[*other]).collect();
    // Where each function's entries stand: a stride for each of the others, and one for the decision.
    let strides: Vec<(Vec<usize>, usize)> =
        functions.iter().map(|function| strides(function, &rest, decision)).collect();
    Function::from_fn(&rest, &rest_sizes, |indices| {
        let starts: Vec<usize> = strides
            .iter()
            .map(|(others, _)| others.iter().zip(indices).map(|(stride, index)| stride * index).sum())
            .collect();
        let sum = |choice: usize| -> f64 {
            let parts = functions.iter().zip(&starts).zip(&strides);
            parts.map(|((function, start), (_, own))| function.values[start + own * choice]).sum()
        };
        (0..sizes[decision]).map(sum).fold(f64::NEG_INFINITY, f64::max)
    })
}

fn strides(function: &Function, rest: &[usize], decision: usize) -> (Vec<usize>, usize) {
    let stride = |wanted: usize| {
        let at = function.scope.iter().position(|other| *other == wanted);
        at.map_or(0, |at| function.sizes[at + 1..].iter().product())
    };
    (rest.iter().map(|other| stride(*other)).collect(), stride(decision))
}

/// What [`best`] finds.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    pub value: f64,
    /// The index of every decision's choice.
    pub choice: Vec<usize>,
}

/// The choices with the greatest sum of all functions, of equals (within `slack`) the first: by the first decision, then by the
/// second, and so on. `Ok(None)` where nothing is allowed.
///
/// # Errors
/// Where tables would be too large.
pub fn best(functions: &[Function], sizes: &[usize], slack: f64) -> Result<Option<Best>, TooManyChoices> {
    let mut functions = functions.to_vec();
    let mut choice = Vec::with_capacity(sizes.len());
    let mut left = sizes.to_vec();
    let mut value: Option<f64> = None;
    for decision in 0..sizes.len() {
        let values = best_by_choice(&functions, &left, decision).ok_or(TooManyChoices)?;
        let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if greatest == f64::NEG_INFINITY {
            return Ok(None);
        }
        let value = *value.get_or_insert(greatest);
        let first = values.iter().position(|other| *other >= value - slack);
        // Rounding may differ from one order of sums to the next.
        let first = first.or_else(|| values.iter().position(|other| *other == greatest)).unwrap_or(0);
        choice.push(first);
        functions = functions.iter().map(|function| function.fixed(decision, first)).collect();
        left[decision] = 1;
    }
    let value = functions.iter().map(|function| function.values[0]).sum();
    Ok((value > f64::NEG_INFINITY).then_some(Best { value, choice }))
}

/// There are more combinations than can be gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyChoices;

#[cfg(test)]
mod tests {
    use super::*;

    /// Values without pattern.
    fn scattered(number: usize) -> f64 {
        ((number * 7919 + 13) % 101) as f64 / 7.0
    }

    #[test]
    fn the_greatest_sum_is_found() {
        let sizes = [3, 4, 2, 3];
        let scopes: [&[usize]; 4] = [&[0, 1], &[1, 2], &[2, 3], &[0, 3]];
        let functions: Vec<Function> = scopes
            .iter()
            .enumerate()
            .map(|(number, scope)| {
                let own: Vec<usize> = scope.iter().map(|decision| sizes[*decision]).collect();
                Function::from_fn(scope, &own, |indices| match scattered(number * 31 + indices[0] * 5 + indices[1]) {
                    small if small < 1.0 => f64::NEG_INFINITY,
                    other => other,
                })
            })
            .collect();
        let mut expected = (f64::NEG_INFINITY, vec![]);
        for number in 0..72 {
            let choice = vec![number / 24, number / 6 % 4, number / 3 % 2, number % 3];
            let sum: f64 = functions.iter().map(|function| function.at(|decision| choice[decision])).sum();
            if sum > expected.0 + 1e-12 {
                expected = (sum, choice);
            }
        }
        let found = best(&functions, &sizes, 1e-12).unwrap().unwrap();
        assert_eq!(found.choice, expected.1);
        assert!((found.value - expected.0).abs() < 1e-12);
    }

    #[test]
    fn of_equals_the_first_is_taken() {
        let flat = Function { scope: vec![0, 1], sizes: vec![2, 2], values: vec![1.0, 2.0, 2.0, 1.0] };
        let found = best(std::slice::from_ref(&flat), &[2, 2], 1e-12).unwrap().unwrap();
        assert_eq!(found.choice, [0, 1]);
        let none = Function { values: vec![f64::NEG_INFINITY; 4], ..flat };
        assert_eq!(best(&[none], &[2, 2], 1e-12), Ok(None));
    }

    #[test]
    fn what_is_too_large_is_refused() {
        // Functions of four decisions' choices each, all tied together: a ring of the size of a table of four.
        let sizes = [400; 5];
        let pair = |a: usize, b: usize| Function { scope: vec![a, b], sizes: vec![400; 2], values: vec![0.0; 160_000] };
        let all: Vec<Function> =
            (0..5).flat_map(|a| (a + 1..5).map(move |b| (a, b))).map(|(a, b)| pair(a, b)).collect();
        assert_eq!(best(&all, &sizes, 1e-12), Err(TooManyChoices));
    }
}
