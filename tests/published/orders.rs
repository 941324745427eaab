//! Orders of events counted independently in, the engine's probabilities of them out.

use super::*;

/// Number of ways to give `events` events days from `1..=days` so that each pair's first is on an earlier day.
///
/// Day by day: from each set of events that are over, any set of those may follow whose predecessors are all over.
fn strict_assignments(events: usize, pairs: &[Pair], days: usize) -> u128 {
    let everything = (1usize << events) - 1;
    let mut ways: HashMap<usize, u128> = HashMap::from([(0, 1)]);
    for _ in 0..days {
        let mut next: HashMap<usize, u128> = HashMap::new();
        for (over, count) in ways {
            let waits = |event: usize| {
                let mut pairs = pairs.iter();
                pairs.any(|(first, second)| *second == event && over >> first & 1 == 0)
            };
            let free = (0..events).filter(|event| over >> event & 1 == 0 && !waits(*event));
            let free: usize = free.map(|event| 1 << event).sum();
            // All subsets of `free`, the empty one last.
            let mut today = free;
            loop {
                *next.entry(over | today).or_default() += count;
                if today == 0 {
                    break;
                }
                today = (today - 1) & free;
            }
        }
        ways = next;
    }
    ways.get(&everything).copied().unwrap_or(0)
}

/// Events e0, e1, … of one day each, uniform on `days` days, and a rule for each pair.
fn ordered(events: usize, pairs: &[Pair], days: usize, rule: impl Fn(Pair) -> String) -> String {
    let mut text = horizon(days as i32);
    for event in 0..events {
        text += &format!("[event.e{event}]\n");
    }
    for pair in pairs {
        text += &format!("[[rule]]\nsays = '{}'\n", rule(*pair));
    }
    text
}

/// The probability that random days keep the strict order, by the engine.
fn order_probability(events: usize, pairs: &[Pair], days: usize) -> f64 {
    let text = ordered(events, pairs, days, |(a, b)| format!("e{a} before e{b}"));
    match answer(&text) {
        Answer::Forecast(forecast) => forecast.log_evidence.rules.exp(),
        Answer::Infeasible(_) => 0.0,
    }
}

fn binomial(n: usize, k: usize) -> f64 {
    (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product()
}

/// The number of strict assignments that use each of `days` days, from the numbers that need not, by inclusion–exclusion.
///
/// ```text
/// onto(k) = Σ_j (−1)^(k−j)·C(k, j)·strict(j)
/// ```
/// With as many days as events these are the linear extensions: the orders without ties.
fn onto(days: usize, strict: impl Fn(usize) -> f64) -> f64 {
    let signed = |j: usize| {
        if (days - j).is_multiple_of(2) { 1.0 } else { -1.0 }
    };
    (0..=days).map(|j| signed(j) * binomial(days, j) * strict(j)).sum()
}

/// The number of linear extensions that follows from the engine's probabilities on 1, 2, …, `events` days.
fn linear_extensions(events: usize, pairs: &[Pair]) -> f64 {
    let counts: Vec<f64> = (0..=events)
        .map(|days| {
            if days == 0 {
                return 0.0;
            }
            let exact = strict_assignments(events, pairs, days) as f64;
            let probability = order_probability(events, pairs, days);
            assert_close(probability, exact / (days as f64).powi(events as i32));
            // Rounded, so that the differences below do not magnify rounding errors.
            let count = probability * (days as f64).powi(events as i32);
            assert!((count - count.round()).abs() < 0.05, "{count} is no count");
            count.round()
        })
        .collect();
    onto(events, |days| counts[days])
}

/// e0 < e1 > e2 < e3 > …
fn zigzag(events: usize) -> Vec<Pair> {
    let pair = |i: usize| {
        if i.is_multiple_of(2) { (i, i + 1) } else { (i + 1, i) }
    };
    (0..events.saturating_sub(1)).map(pair).collect()
}

/// Cells of a grid, each before its right and its lower neighbour.
fn grid(rows: usize, columns: usize) -> Vec<Pair> {
    let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    cells
        .flat_map(|(row, column)| {
            let cell = row * columns + column;
            let right = (column + 1 < columns).then_some((cell, cell + 1));
            let below = (row + 1 < rows).then_some((cell, cell + columns));
            right.into_iter().chain(below)
        })
        .collect()
}

/// The subsets of a set, each before those with one member more.
fn boolean_lattice(members: usize) -> Vec<Pair> {
    let sets = 0..1usize << members;
    sets.flat_map(|set| {
        let added = (0..members).map(move |member| (set, set | 1 << member));
        added.filter(|(smaller, larger)| smaller != larger)
    })
    .collect()
}

/// A chain of n events on D days: C(D, n) of D^n assignments, since the days alone determine it.
#[test]
fn chains_choose_their_days() {
    for (events, days) in [(2, 10), (4, 12), (5, 5), (6, 90)] {
        let pairs: Vec<Pair> = (1..events).map(|event| (event - 1, event)).collect();
        let expected = binomial(days, events) / (days as f64).powi(events as i32);
        assert_close(order_probability(events, &pairs, days), expected);
    }
}

/// Alternating permutations: the Euler zigzag numbers, OEIS A000111.
#[test]
fn zigzag_orders() {
    for (events, count) in [(2, 1), (3, 2), (4, 5), (5, 16), (6, 61), (7, 272), (8, 1385)] {
        assert_eq!(linear_extensions(events, &zigzag(events)), count as f64);
    }
}

/// Standard Young tableaux of two rows: the Catalan numbers, OEIS A000108.
#[test]
fn grids_of_two_rows() {
    for (columns, count) in [(1, 1), (2, 2), (3, 5), (4, 14), (5, 42)] {
        assert_eq!(linear_extensions(2 * columns, &grid(2, columns)), count as f64);
    }
}

/// On many days ties are rare and the probability goes to count/n!. How fast is known exactly: an assignment uses some k
/// of the D days, and there are `onto(k)` for each choice, so that strict(D) = Σ_k onto(k)·C(D, k).
#[test]
fn many_days_approach_the_share_of_orders() {
    let orders = [(5, zigzag(5), 16.0, [10, 90, 366]), (6, grid(2, 3), 5.0, [10, 45, 90])];
    for (events, pairs, count, horizons) in orders {
        let few = |days: usize| strict_assignments(events, &pairs, days) as f64;
        let orders = (1..=events).map(|k| k as f64).product::<f64>();
        for days in horizons {
            let strict: f64 = (0..=events).map(|k| onto(k, few) * binomial(days, k)).sum();
            let found = order_probability(events, &pairs, days);
            assert_close(found, strict / (days as f64).powi(events as i32));
            let ties = binomial(events, 2) / days as f64;
            assert!((found - count / orders).abs() < ties);
        }
    }
}

/// Orders of all subsets in which none comes before a smaller one inside it: OEIS A046873.
///
/// With five days every set of m members has day m + 1; with a sixth those of an up-set are a day later, and there are
/// 168 up-sets (Dedekind's number of four variables, OEIS A000372).
#[test]
fn subsets_in_the_order_of_inclusion() {
    assert_eq!(linear_extensions(8, &boolean_lattice(3)), 48.0);
    let pairs = boolean_lattice(4);
    let strict = |days: usize| strict_assignments(16, &pairs, days);
    assert_eq!(onto(16, |days| strict(days) as f64).round(), 1_680_384.0);
    assert_eq!((strict(4), strict(5), strict(6)), (0, 1, 168));
    for days in [4, 5, 6, 7, 8] {
        let expected = strict(days) as f64 / (days as f64).powi(16);
        assert_close(order_probability(16, &pairs, days), expected);
    }
}

/// `0<4 1<4`: pairs as text.
fn pairs(text: &str) -> Vec<Pair> {
    let pair = |word: &str| {
        let (first, second) = word.split_once('<').unwrap();
        (first.parse().unwrap(), second.parse().unwrap())
    };
    text.split_whitespace().map(pair).collect()
}

/// Partial orders whose linear extensions were counted elsewhere: a bipartite one, with the count, from the README of
/// GeomScale/volesti; two trees of grids from mkhkoivi/countle; a random bipartite and a random dense one.
#[test]
fn partial_orders_counted_elsewhere() {
    let counted = [
        (8, 1504, "0<4 1<4 2<4 3<4 2<5 0<6 3<6 2<7"),
        (10, 42, "4<0 0<1 0<2 5<2 1<3 2<3 4<5 1<6 3<7 6<7 6<8 7<9 8<9"),
        (12, 5471, "0<1 1<2 9<2 0<3 1<4 3<4 2<5 4<5 10<5 3<6 4<7 6<7 5<8 7<8 11<8 9<10 10<11"),
        (8, 1872, "0<4 1<4 0<5 1<5 1<6 2<6 2<7"),
        (8, 40, "4<0 5<0 0<1 4<1 6<1 7<1 0<2 4<2 5<2 6<2 7<2 0<3 4<3 5<3 7<3 4<6 5<6 0<7 5<7"),
    ];
    for (events, count, order) in counted {
        assert_eq!(linear_extensions(events, &pairs(order)), f64::from(count));
    }
}

/// Boxes whose orders have a treewidth that no tables could hold.
#[test]
fn plane_partitions_in_large_boxes() {
    for (rows, columns, largest) in [(6, 6, 14), (8, 8, 30), (3, 12, 40)] {
        let cells = (1..=rows).flat_map(|i| (1..=columns).map(move |j| (i + j - 1) as f64));
        let formula: f64 = cells.map(|k| ((k + largest as f64) / k / (largest as f64 + 1.0)).ln()).sum();
        let after = |(a, b): Pair| format!("e{b} at least 0 days after e{a}");
        let found = forecast(&ordered(rows * columns, &grid(rows, columns), largest + 1, after));
        assert_eq!(found.method, Method::Exact);
        assert_close(found.log_evidence.rules, formula);
    }
}

/// Plane partitions in a box: numbers 0..=c in a grid of a rows and b columns that never fall along rows and columns
/// (MacMahon 1916, Combinatory Analysis, volume 2): Π (i + j + c − 1)/(i + j − 1) over the cells. Turning the box round maps each number x to
/// c − x, so that opposite cells have the means m and c − m.
#[test]
fn plane_partitions_in_a_box() {
    let boxes = [
        (1, 5, 29, 278_256.0),
        (2, 2, 3, 50.0),
        (2, 6, 6, 226_512.0),
        (3, 3, 3, 980.0),
        (3, 4, 4, 24_696.0),
        (4, 4, 9, 677_352_676.0),
    ];
    for (rows, columns, largest, count) in boxes {
        let cells = (1..=rows).flat_map(|i| (1..=columns).map(move |j| (i + j - 1) as f64));
        let formula: f64 = cells.map(|k| (k + largest as f64) / k).product();
        assert_close(formula, count);
        let events = rows * columns;
        let text =
            ordered(events, &grid(rows, columns), largest + 1, |(a, b)| format!("e{b} at least 0 days after e{a}"));
        let found = forecast(&text);
        let all = (largest as f64 + 1.0).powi(events as i32);
        assert_close(found.log_evidence.rules.exp(), count / all);
        for cell in 0..events {
            let mean = |cell: usize| found.events[cell].mean_day.unwrap();
            assert_close(mean(cell) + mean(events - 1 - cell), largest as f64);
        }
    }
}
