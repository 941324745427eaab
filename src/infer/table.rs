//! Dense tables over a few variables, whole or in a band along one of them.

use super::number::{Number, Scaled};
use std::ops::Range;

/// A function of the variables `scope` (by index), to be multiplied by 2^`exponent`.
///
/// Entries stand row-major, for all values of its variables, or for those in its band only: elsewhere it is 0.
#[derive(Clone, Debug)]
pub struct Table<N> {
    pub scope: Vec<usize>,
    layout: Layout,
    pub values: Vec<N>,
    pub exponent: i64,
    /// The least positive and the greatest value, or what is below and above them.
    pub extremes: (f64, f64),
}

/// The values that some variables can have beside one of them, the *anchor*.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    pub anchor: usize,
    pub windows: Vec<Window>,
}

/// `index of var − index of the anchor` lies in `low..low + width`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    pub var: usize,
    pub low: i64,
    pub width: usize,
}

impl Window {
    /// Where values beside a value of the anchor stand among all that the window has places for.
    pub fn places(&self, anchor: u32, values: &Range<usize>) -> Range<usize> {
        if values.is_empty() {
            return 0..0;
        }
        // The first place may be that of a value before the variable's first.
        let first = (values.start as i64 - i64::from(anchor) - self.low) as usize;
        first..first + values.len()
    }

    /// The values of a variable of this size beside a value of the anchor.
    pub fn beside(&self, anchor: u32, size: usize) -> Range<usize> {
        let first = i64::from(anchor) + self.low;
        let end = (first + self.width as i64).clamp(0, size as i64) as usize;
        (first.clamp(0, end as i64) as usize)..end
    }
}

/// Where the entries of a table stand: `base + Σ stride·index`.
#[derive(Clone, Debug, PartialEq)]
struct Layout {
    /// By place in the scope; that of a band's anchor may be negative.
    strides: Vec<isize>,
    base: isize,
    sizes: Vec<usize>,
    band: Option<Band>,
}

impl<N: Number> Table<N> {
    /// A table from its values; `sizes` are those of all variables.
    pub fn new(scope: Vec<usize>, values: Vec<N>, sizes: &[usize]) -> Table<N> {
        let walk = Walk::new(&scope, sizes, None);
        Table::in_band(scope, values, &walk, sizes)
    }

    /// A table whose entries stand in the order of a walk over the variables of its scope.
    pub fn in_band(scope: Vec<usize>, values: Vec<N>, walk: &Walk, sizes: &[usize]) -> Table<N> {
        let layout = Layout::new(&scope, walk, sizes);
        let extremes = N::extremes(&values);
        Table { scope, layout, values, exponent: 0, extremes }
    }

    /// The value of a table without variables.
    pub fn scalar(&self) -> Scaled {
        self.values[0].scaled().shifted(self.exponent)
    }

    /// Number of values of the last variable.
    pub fn width(&self) -> usize {
        self.layout.sizes.last().copied().unwrap_or(1)
    }

    /// Whether there is an entry for all values of its variables.
    pub fn is_whole(&self) -> bool {
        self.layout.band.is_none()
    }

    /// Where the entry stands that an assignment (an index for every variable) selects, if it is in the band.
    pub fn position(&self, assignment: &[u32]) -> usize {
        let strides = self.scope.iter().zip(&self.layout.strides);
        let at = strides.fold(self.layout.base, |at, (var, stride)| at + assignment[*var] as isize * stride);
        at as usize
    }

    /// The value at an assignment; 0 outside of the band.
    pub fn value(&self, assignment: &[u32]) -> N {
        let Some(band) = &self.layout.band else { return self.values[self.position(assignment)] };
        let anchor = i64::from(assignment[band.anchor]);
        let inside = |window: &Window| {
            let gap = i64::from(assignment[window.var]) - anchor - window.low;
            (0..window.width as i64).contains(&gap)
        };
        if band.windows.iter().all(inside) { self.values[self.position(assignment)] } else { N::ZERO }
    }

    /// Distance between neighbouring values of `var`, which must be in the scope.
    pub fn stride(&self, var: usize) -> isize {
        self.scope.iter().position(|v| *v == var).map_or(0, |at| self.layout.strides[at])
    }

    /// The values of `x` at which there are entries, for the other variables' values.
    fn range(&self, x: usize, assignment: &[u32]) -> Range<usize> {
        let size = self.scope.iter().position(|var| *var == x).map_or(1, |at| self.layout.sizes[at]);
        let Some(band) = &self.layout.band else { return 0..size };
        let mut range = 0..size;
        for window in &band.windows {
            if band.anchor == x {
                let last = i64::from(assignment[window.var]) - window.low;
                let end = (last + 1).clamp(0, size as i64) as usize;
                let start = (last + 1 - window.width as i64).clamp(0, size as i64) as usize;
                range = range.start.max(start)..range.end.min(end);
            } else if window.var == x {
                range = window.beside(assignment[band.anchor], size);
            } else {
                let gap = i64::from(assignment[window.var]) - i64::from(assignment[band.anchor]) - window.low;
                if !(0..window.width as i64).contains(&gap) {
                    return 0..0;
                }
            }
        }
        range
    }

    /// Makes `line` its values times `before` (without: times `line` itself) and the entries along `x`, from the value that
    /// the assignment has on. Where it is `safe` to, it is not looked whether a product is lost.
    pub fn multiply(
        &self,
        x: usize,
        assignment: &mut [u32],
        (before, safe): (Option<&[N]>, bool),
        line: &mut [N],
        lost: &mut bool,
    ) {
        let first = assignment[x] as usize;
        let range = self.range(x, assignment);
        let from = range.start.clamp(first, first + line.len());
        let to = range.end.clamp(from, first + line.len());
        let inner = from - first..to - first;
        line[..inner.start].fill(N::ZERO);
        line[inner.end..].fill(N::ZERO);
        if inner.is_empty() {
            return;
        }
        assignment[x] = from as u32;
        let (start, stride) = (self.position(assignment), self.stride(x));
        assignment[x] = first as u32;
        let before = before.map(|before| &before[inner.clone()]);
        let line = &mut line[inner];
        if let Some(before) = before
            && !safe
        {
            line.copy_from_slice(before);
        }
        match (before.filter(|_| safe), stride) {
            (Some(before), 1) => {
                for ((entry, before), value) in line.iter_mut().zip(before).zip(&self.values[start..]) {
                    *entry = before.times_safely(*value);
                }
            }
            (None, 1) if safe => {
                line.iter_mut()
                    .zip(&self.values[start..])
                    .for_each(|(entry, value)| *entry = entry.times_safely(*value));
            }
            (None, 1) => N::multiply(line, &self.values[start..start + line.len()], lost),
            (before, 2..) => {
                let values = self.values[start..].iter().step_by(stride as usize);
                multiply_each(line, before, values, safe, lost);
            }
            (before, _) => {
                let values = (0..line.len()).map(|at| &self.values[(start as isize + at as isize * stride) as usize]);
                multiply_each(line, before, values, safe, lost);
            }
        }
    }

    /// Brings the entries to moderate size.
    pub fn normalise(&mut self, lost: &mut bool) {
        let exponent = N::normalise(&mut self.values, lost);
        if exponent != 0 {
            self.extremes = N::extremes(&self.values);
        }
        self.exponent += exponent;
    }
}

fn multiply_each<'v, N: Number + 'v>(
    line: &mut [N],
    before: Option<&[N]>,
    values: impl Iterator<Item = &'v N>,
    safe: bool,
    lost: &mut bool,
) {
    match before {
        Some(before) => {
            for ((entry, before), value) in line.iter_mut().zip(before).zip(values) {
                *entry = before.times_safely(*value);
            }
        }
        None if safe => line.iter_mut().zip(values).for_each(|(entry, value)| *entry = entry.times_safely(*value)),
        None => line.iter_mut().zip(values).for_each(|(entry, value)| *entry = entry.times(*value, lost)),
    }
}

impl Layout {
    fn new(scope: &[usize], walk: &Walk, sizes: &[usize]) -> Layout {
        let mut strides = vec![0isize; scope.len()];
        let place = |var: usize| scope.iter().position(|own| *own == var).unwrap_or(0);
        let mut base = 0;
        let mut stride = 1isize;
        for dim in walk.dims.iter().rev() {
            strides[place(dim.var)] += stride;
            if let (Some(window), Some(band)) = (dim.window, &walk.band) {
                strides[place(band.anchor)] -= stride;
                base -= stride * window.low as isize;
            }
            stride *= dim.width as isize;
        }
        Layout { strides, base, sizes: scope.iter().map(|var| sizes[*var]).collect(), band: walk.band.clone() }
    }
}

/// A way through all assignments of some variables, the last of them fastest; beside an anchor, which is the first of
/// them, only through what its windows hold.
#[derive(Clone, Debug)]
pub struct Walk {
    dims: Vec<Dim>,
    band: Option<Band>,
}

#[derive(Clone, Debug)]
struct Dim {
    var: usize,
    size: usize,
    /// Number of values gone through, and the number of the present one.
    width: usize,
    at: usize,
    window: Option<Window>,
}

impl Walk {
    /// Through `order`, the slowest first; a band's anchor must be the first.
    pub fn new(order: &[usize], sizes: &[usize], band: Option<Band>) -> Walk {
        let dim = |var: &usize| {
            let window = band.as_ref().and_then(|band| band.windows.iter().find(|window| window.var == *var).copied());
            let width = window.map_or(sizes[*var], |window| window.width);
            Dim { var: *var, size: sizes[*var], width, at: 0, window }
        };
        Walk { dims: order.iter().map(dim).collect(), band }
    }

    /// Number of assignments gone through, those beyond a variable's values included.
    pub fn len(&self) -> usize {
        self.dims.iter().map(|dim| dim.width).product()
    }

    /// Number of variables.
    pub fn count(&self) -> usize {
        self.dims.len()
    }

    /// The place of a variable on the way.
    pub fn place(&self, var: usize) -> Option<usize> {
        self.dims.iter().position(|dim| dim.var == var)
    }

    /// The way without the fastest variable.
    pub fn rows(&self) -> Walk {
        let mut rows = self.clone();
        rows.dims.pop();
        rows
    }

    /// Goes to the assignment of this number.
    pub fn go_to(&mut self, number: usize, assignment: &mut [u32]) {
        let mut rest = number;
        for dim in self.dims.iter_mut().rev() {
            dim.at = rest % dim.width;
            rest /= dim.width;
        }
        self.tell(0, assignment);
    }

    /// Steps on: the place of the first variable that changed; `None` when it is back at the first assignment.
    pub fn step(&mut self, assignment: &mut [u32]) -> Option<usize> {
        for place in (0..self.dims.len()).rev() {
            self.dims[place].at += 1;
            if self.dims[place].at < self.dims[place].width {
                self.tell(place, assignment);
                return Some(place);
            }
            self.dims[place].at = 0;
        }
        self.tell(0, assignment);
        None
    }

    /// Whether every variable has one of its values.
    pub fn is_inside(&self) -> bool {
        let anchor = self.dims.first().map_or(0, |dim| dim.at as i64);
        let mut windows = self.dims.iter().filter_map(|dim| dim.window.map(|window| (dim, window)));
        windows.all(|(dim, window)| (0..dim.size as i64).contains(&(anchor + window.low + dim.at as i64)))
    }

    fn tell(&self, from: usize, assignment: &mut [u32]) {
        let anchor = self.dims.first().map_or(0, |dim| dim.at as i64);
        for dim in &self.dims[from..] {
            let value = dim.window.map_or(dim.at as i64, |window| anchor + window.low + dim.at as i64);
            assignment[dim.var] = value.clamp(0, dim.size.saturating_sub(1) as i64) as u32;
        }
    }

    /// The window of a variable, if it has one.
    pub fn window(&self, var: usize) -> Option<Window> {
        self.dims.iter().find(|dim| dim.var == var).and_then(|dim| dim.window)
    }

    /// The variable that comes first.
    pub fn first(&self) -> Option<usize> {
        self.dims.first().map(|dim| dim.var)
    }

    /// Sets all its variables to their first values.
    pub fn clear(&self, assignment: &mut [u32]) {
        self.dims.iter().for_each(|dim| assignment[dim.var] = 0);
    }
}
