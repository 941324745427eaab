//! Small networks with factors of every kind in; what is true of them by enumeration, and whether inference says so, out; for
//! tests.

mod maker;

pub use maker::Maker;

use super::bands::{Bands, Extent};
use super::calibrate::Calibration;
use super::eliminate::{Space, product, sum_out};
use super::number::{Number, Scaled};
use super::order::{Engine, Limits};
use super::potential::Potential;
use super::sample::{Conditionals, Room, Sampler};
use crate::model::{EventId, Side};
use crate::network::{
    At, Extension, Factor, Formula, Function, Kind, Literal, Local, Network, Role, Test, Value, VarId, Variable,
};
use maker::network;
use std::sync::Arc;

/// The value of a factor in a world, by what the factor's fields mean.
fn value_of(factor: &Factor, variables: &[Variable], world: &[u32]) -> f64 {
    let value = |var: VarId| -> Value { variables[var.0].value(world[var.0] as usize) };
    match factor {
        Factor::Table { scope, values } => {
            values[scope.iter().fold(0, |at, var| at * variables[var.0].size() + world[var.0] as usize)]
        }
        Factor::Delay(delay) => {
            let (from, to) = (value(delay.from.var), value(delay.to));
            match (from.is_never(), to.is_never()) {
                (true, absent) => f64::from(u8::from(absent)),
                (false, true) => delay.never.get(world[delay.from.var.0] as usize).copied().unwrap_or(0.0),
                (false, false) => {
                    let at = to.first - delay.from.day(from) - delay.first;
                    usize::try_from(at).ok().and_then(|at| delay.weights.get(at)).copied().unwrap_or(0.0)
                }
            }
        }
        Factor::Local(local) => {
            let found = local.function.value(&value);
            match local.selector {
                Some(selector) => f64::from(u8::from((found > 0.0) == (world[selector.0] == 1))),
                None => found,
            }
        }
    }
}

/// Calls for every combination of values.
fn each_world(variables: &[Variable], mut visit: impl FnMut(&[u32])) {
    let mut world = vec![0u32; variables.len()];
    loop {
        visit(&world);
        let Some(var) = (0..variables.len()).rev().find(|var| (world[*var] as usize) + 1 < variables[*var].size())
        else {
            return;
        };
        world[var] += 1;
        world[var + 1..].fill(0);
    }
}

/// The total weight, and the weight of each value of each variable.
pub fn enumerated(network: &Network) -> (f64, Vec<Vec<f64>>) {
    let mut total = 0.0;
    let mut of_values: Vec<Vec<f64>> = network.variables.iter().map(|variable| vec![0.0; variable.size()]).collect();
    each_world(&network.variables, |world| {
        let weight: f64 = network.factors.iter().map(|factor| value_of(factor, &network.variables, world)).product();
        total += weight;
        of_values.iter_mut().zip(world).for_each(|(weights, value)| weights[*value as usize] += weight);
    });
    (total, of_values)
}

#[track_caller]
fn assert_near(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-12 * expected, "{what}: {found}, expected {expected}");
}

fn calibrated<N: Number>(network: &Network, engine: Engine) -> (f64, Vec<Vec<f64>>) {
    let calibration = Calibration::<N>::new(network.clone(), Limits { engine, ..Limits::default() }).expect("small");
    let total = calibration.total().to_f64();
    let marginal = |var: usize| match total {
        0.0 => vec![0.0; network.variables[var].size()],
        _ => calibration.marginal(VarId(var)).expect("small").iter().map(|p| p * total).collect(),
    };
    (total, (0..network.variables.len()).map(marginal).collect())
}

/// Total and marginals by every exact engine are those of the enumeration.
fn assert_engines(network: &Network, what: &str) -> bool {
    let (total, of_values) = enumerated(network);
    let found = [
        ("best", calibrated::<f64>(network, Engine::Best)),
        ("tables", calibrated::<f64>(network, Engine::Tables)),
        ("best, wide", calibrated::<Scaled>(network, Engine::Best)),
        ("wide", calibrated::<Scaled>(network, Engine::Wide)),
        ("cutset", calibrated::<f64>(network, Engine::Cutset)),
        ("cutset, wide", calibrated::<Scaled>(network, Engine::Cutset)),
        ("bands", calibrated::<f64>(network, Engine::Bands)),
        ("bands, wide", calibrated::<Scaled>(network, Engine::Bands)),
        ("histories", calibrated::<f64>(network, Engine::Histories)),
        ("histories, wide", calibrated::<Scaled>(network, Engine::Histories)),
        ("cutset only", calibrated::<f64>(network, Engine::CutsetOnly)),
    ];
    for (engine, (found, values)) in found {
        assert_near(found, total, &format!("{what}, {engine}"));
        for (var, (found, expected)) in values.iter().zip(&of_values).enumerate() {
            for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
                assert_near(*found, *expected, &format!("{what}, {engine}, value {index} of {var}"));
            }
        }
    }
    total > 0.0
}

#[test]
fn tangles_are_calibrated_as_enumeration_says() {
    let possible = (0..40).filter(|seed| assert_engines(&Maker::new(*seed).tangle(), &format!("tangle {seed}")));
    assert!(possible.count() > 15);
}

#[test]
fn trees_are_calibrated_as_enumeration_says() {
    let possible = (0..80).filter(|seed| assert_engines(&Maker::new(*seed).tree(), &format!("tree {seed}")));
    assert!(possible.count() > 30);
}

/// A ring with two chords across it, of which four days are conditioned on or summed over by that: what this gives tells
/// all marginals, and no table of what it stands for is made.
#[test]
fn marginals_make_no_messages_inside_cores() {
    let variables = vec![Variable::of_days(Role::Start(EventId(0)), 0, 9, false); 12];
    let at = |var: usize| At { var: VarId(var), side: Side::First };
    let close = |(x, y): (usize, usize)| {
        let tests = vec![Test::Gap { later: at(x), earlier: at(y), least: -3, most: 4 }];
        let scope = vec![VarId(x), VarId(y)];
        let formula = Formula::Literal(Literal { kind: Kind::True, occurring: scope.clone(), tests });
        Factor::Local(Local {
            scope,
            selector: None,
            function: Function::Truth { formula, when_true: 1.0, when_false: 0.0 },
        })
    };
    let around = (0..12).map(|x| (x, (x + 1) % 12)).chain([(0, 6), (3, 9)]);
    let network = network(variables, around.map(close).collect());
    let limits = Limits { engine: Engine::Cutset, ..Limits::default() };
    let by = |limits: Limits| Calibration::<f64>::new(network.clone(), limits).expect("small");
    let (conditioned, tables) = (by(limits), by(Limits { engine: Engine::Tables, ..limits }));
    assert_eq!(conditioned.cost().fixed.len(), 2);
    for var in (0..12).map(VarId) {
        let pairs = conditioned.marginal(var).expect("small").into_iter().zip(tables.marginal(var).expect("small"));
        pairs.for_each(|(found, expected)| assert_near(found, expected, &format!("{var:?}")));
    }
    assert!(!conditioned.has_messages_inside_cores());
}

#[test]
fn orders_are_calibrated_as_enumeration_says() {
    let possible = (0..120).filter(|seed| assert_engines(&Maker::new(*seed).order(), &format!("order {seed}")));
    assert!(possible.count() > 60);
}

#[test]
fn close_days_are_calibrated_as_enumeration_says() {
    let possible = (0..120).filter(|seed| assert_engines(&Maker::new(*seed).close(), &format!("close days {seed}")));
    assert!(possible.count() > 60);
}

/// Rules that keep days close leave narrow bands of the tables over them, and these hold every world.
#[test]
fn bands_hold_every_world() {
    let (mut narrow, mut worlds) = (0, 0);
    for seed in 0..40 {
        let Network { variables, factors, .. } = Maker::new(seed).close();
        let network = network(variables.clone(), factors.clone());
        let Some(bands) = Bands::of(&network) else { continue };
        let sizes: Vec<usize> = variables.iter().map(Variable::size).collect();
        let extent = Extent { sizes: &sizes, bands: Some(&bands) };
        let Some(band) = extent.band(&[0, 1, 2, 3], &[0, 1, 2, 3]) else { continue };
        narrow += 1;
        assert!(!band.windows.is_empty() && extent.cells(&[0, 1, 2, 3]) < sizes[..4].iter().product::<usize>() as f64);
        each_world(&variables, |world| {
            let weight: f64 = factors.iter().map(|factor| value_of(factor, &variables, world)).product();
            if weight > 0.0 {
                worlds += 1;
                for window in &band.windows {
                    let values = window.beside(world[band.anchor], sizes[window.var]);
                    assert!(values.contains(&(world[window.var] as usize)), "close days {seed}: {world:?}");
                }
            }
        });
    }
    assert!(narrow > 30 && worlds > 1000, "{narrow}, {worlds}");
}

/// Few values together, with further factors or without, by tables and day by day.
#[test]
fn joint_weights_are_what_enumeration_says() {
    let mut compared = 0;
    for seed in 0..120 {
        let mut maker = Maker::new(1000 + seed);
        let network = if seed % 2 == 0 { maker.order() } else { maker.close() };
        let count = network.variables.len();
        let mut keep: Vec<VarId> = (0..1 + maker.below(3)).map(|_| VarId(maker.below(count))).collect();
        keep.sort_unstable();
        keep.dedup();
        let mut extension = Extension::new(&network.variables);
        for _ in 0..maker.below(3) {
            let (x, y) = (maker.below(4), maker.below(4));
            if x != y {
                extension.weigh(maker.function(x, y));
            }
        }
        let size = |var: &VarId| network.variables[var.0].size();
        let mut expected = vec![0.0; keep.iter().map(size).product()];
        let mut total = 0.0;
        each_world(&network.variables, |world| {
            let weight = |factors: &[Factor]| -> f64 {
                factors.iter().map(|factor| value_of(factor, &network.variables, world)).product()
            };
            let base = weight(&network.factors);
            total += base;
            let at = keep.iter().fold(0, |at, var| at * size(var) + world[var.0] as usize);
            expected[at] += base * weight(&extension.factors);
        });
        if total == 0.0 {
            continue;
        }
        compared += 1;
        for engine in [Engine::Tables, Engine::Bands, Engine::Histories] {
            let limits = Limits { engine, ..Limits::default() };
            let calibration = Calibration::<f64>::new(network.clone(), limits).expect("small");
            let found = calibration.joint(&extension, &keep).expect("small");
            assert_eq!(found.scope, keep.iter().map(|var| var.0).collect::<Vec<_>>());
            for (index, (found_value, expected)) in found.values.iter().zip(&expected).enumerate() {
                let value = Scaled::from_f64(*found_value).shifted(found.exponent).to_f64();
                assert_near(value, expected / total, &format!("case {seed}, {engine:?}, entry {index}"));
            }
            assert!(!calibration.lost());
        }
    }
    assert!(compared > 60, "{compared}");
}

/// Worlds drawn day by day come as often as they are probable, and no more of them changes those before.
#[test]
fn orders_are_drawn_as_enumeration_says() {
    let mut compared = 0;
    for seed in 0..12 {
        let network = Maker::new(seed).order();
        let (total, of_values) = enumerated(&network);
        if total == 0.0 {
            continue;
        }
        let limits = Limits { engine: Engine::Histories, ..Limits::default() };
        let calibration = Calibration::<f64>::new(network.clone(), limits).expect("small");
        let orders = calibration.orders().count();
        let sampler = Sampler::try_from(Arc::new(calibration)).expect("small");
        let batch = sampler.batch(seed, 0, 20_000);
        let width = network.variables.len();
        assert_eq!(sampler.batch(seed, 0, 100).values[..], batch.values[..100 * width]);
        compared += orders;
        for (var, expected) in of_values.iter().enumerate() {
            for (index, expected) in expected.iter().enumerate() {
                let found = batch.values.chunks(width).filter(|world| world[var] as usize == index).count() as f64;
                let expected = expected / total;
                let mean = 20_000.0 * expected;
                let error = (mean * (1.0 - expected)).max(0.0).sqrt();
                assert!((found - mean).abs() <= 5.0 * error + 1e-9, "order {seed}, {var} at {index}: {found}, {mean}");
            }
        }
        batch.values.chunks(width).for_each(|world| {
            let weight: f64 =
                network.factors.iter().map(|factor| value_of(factor, &network.variables, world)).product();
            assert!(weight > 0.0, "order {seed}: a world that cannot be");
        });
    }
    assert!(compared > 4, "{compared}");
}

/// In every world the probabilities of each variable's values, given all others, against the weights of the worlds that
/// differ in it alone: with factors of every kind, absent events and lengths in doubt.
#[test]
fn full_conditionals_are_what_enumeration_says() {
    let mut compared = 0;
    for seed in 0..60 {
        let mut maker = Maker::new(seed);
        let network = [Maker::tangle, Maker::tree, Maker::order, Maker::close][seed as usize % 4](&mut maker);
        let vars: Vec<VarId> = (0..network.variables.len()).map(VarId).collect();
        let conditionals = Conditionals::new(&network, &vars);
        let mut room = Room::default();
        let weight = |world: &[u32]| -> f64 {
            network.factors.iter().map(|factor| value_of(factor, &network.variables, world)).product()
        };
        let mut seen = 0;
        each_world(&network.variables, |world| {
            // Few of them are enough, from all over.
            seen += 1;
            if seen % 7 > 0 || weight(world) == 0.0 {
                return;
            }
            for var in 0..vars.len() {
                let beside = |value: usize| {
                    let mut other = world.to_vec();
                    other[var] = value as u32;
                    weight(&other)
                };
                let weights: Vec<f64> = (0..network.variables[var].size()).map(beside).collect();
                let total: f64 = weights.iter().sum();
                let (first, found) = conditionals.of(var, world, &mut room);
                for (value, weight) in weights.iter().enumerate() {
                    let found = value.checked_sub(first).and_then(|at| found.get(at)).copied().unwrap_or(0.0);
                    assert_near(found, weight / total, &format!("network {seed}, {world:?}, {var} at {value}"));
                }
                compared += 1;
            }
        });
    }
    assert!(compared > 10_000, "{compared}");
}

/// Each variable in turn summed out of the product of all factors that hold it, and that product itself.
#[test]
fn sums_and_products_are_what_their_factors_say() {
    for seed in 100..130 {
        let Network { variables, factors, .. } = Maker::new(seed).tangle();
        let sizes: Vec<usize> = variables.iter().map(Variable::size).collect();
        let rank: Vec<usize> = (0..sizes.len()).collect();
        for x in 0..variables.len() {
            let own: Vec<&Factor> = factors.iter().filter(|factor| factor.scope().contains(&VarId(x))).collect();
            let prepared: Vec<Potential<f64>> =
                own.iter().map(|factor| Potential::new(factor, &|var| variables[var.0], &sizes)).collect();
            let prepared: Vec<&Potential<f64>> = prepared.iter().collect();
            let mut assignment = vec![0; sizes.len()];
            let space = Space { extent: Extent::whole(&sizes), rank: &rank, threads: 1 };
            let sums = sum_out(x, &prepared, space, &mut assignment, &mut false);
            let scope: Vec<usize> = sums.scope.iter().copied().chain([x]).collect();
            let products = product(&scope, &prepared, Extent::whole(&sizes), &mut assignment, &mut false);
            assert!(assignment.iter().all(|index| *index == 0));
            let mut expected = vec![0.0; sums.values.len()];
            each_world(&variables, |world| {
                // All that is in neither scope stands at its first value.
                if (0..world.len()).any(|var| world[var] > 0 && !scope.contains(&var)) {
                    return;
                }
                let value: f64 = own.iter().map(|factor| value_of(factor, &variables, world)).product();
                expected[sums.position(world)] += value;
                let found = Scaled::from_f64(products.values[products.position(world)]).shifted(products.exponent);
                assert_near(found.to_f64(), value, &format!("tangle {seed}, a product with {x}"));
            });
            for (found, expected) in sums.values.iter().zip(expected) {
                let found = Scaled::from_f64(*found).shifted(sums.exponent).to_f64();
                assert_near(found, expected, &format!("tangle {seed}, summed over {x}"));
            }
        }
    }
}

/// Large tables are made by several threads, and not a bit is changed by that.
#[test]
fn threads_change_no_bit_of_a_sum() {
    let mut maker = Maker::new(5);
    let variables = [Variable::of_days(Role::Start(EventId(0)), 0, 90, false); 4];
    let table = |maker: &mut Maker, y: usize| Factor::Table {
        scope: vec![VarId(0), VarId(y)],
        values: maker.weights(90 * 90).into(),
    };
    let dense = [table(&mut maker, 1), table(&mut maker, 2)];
    let at = |var: usize| At { var: VarId(var), side: Side::First };
    let test = Test::Gap { later: at(3), earlier: at(0), least: -4, most: 9 };
    let formula =
        Formula::Literal(Literal { kind: Kind::True, occurring: vec![VarId(0), VarId(3)], tests: vec![test] });
    let function = Function::Truth { formula, when_true: 1.25, when_false: 0.5 };
    let steps = Factor::Local(Local { scope: vec![VarId(0), VarId(3)], selector: None, function });
    let sizes = [90; 4];
    let factors: Vec<Potential<f64>> =
        dense.iter().chain([&steps]).map(|factor| Potential::new(factor, &|var| variables[var.0], &sizes)).collect();
    let factors: Vec<&Potential<f64>> = factors.iter().collect();
    let by = |threads: usize| {
        let space = Space { extent: Extent::whole(&sizes), rank: &[0, 1, 2, 3], threads };
        let found = sum_out(0, &factors, space, &mut [0; 4], &mut false);
        found.values.iter().map(|value| value.to_bits()).collect::<Vec<u64>>()
    };
    let alone = by(1);
    assert_eq!(alone.len(), 90 * 90 * 90);
    for threads in [2, 3, 7] {
        assert!(by(threads) == alone, "{threads} threads");
    }
}

/// Conditioning adds up the same stretches on any number of threads, and not a bit is changed by that.
#[test]
fn threads_change_no_bit_of_conditioning() {
    for seed in 0..12 {
        let network = Maker::new(seed).tangle();
        let by = |threads: usize| {
            let limits = Limits { engine: Engine::Cutset, threads, ..Limits::default() };
            let calibration = Calibration::<f64>::new(network.clone(), limits).expect("small");
            let marginals = (0..network.variables.len()).map(|var| calibration.marginal(VarId(var)).expect("small"));
            let bits = |values: Vec<f64>| values.into_iter().map(f64::to_bits).collect::<Vec<u64>>();
            (calibration.total(), marginals.map(bits).collect::<Vec<_>>())
        };
        let alone = by(1);
        for threads in [2, 3, 7] {
            assert!(by(threads) == alone, "{threads} threads, tangle {seed}");
        }
    }
}
