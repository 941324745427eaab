//! Scenarios in; the time that each stage, the engine and a whole process take out.
//!
//! `cargo bench` runs all of it. The engine's figures are of a scenario that has been read already; the process's are of
//! start, reading, solving and printing.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dateline::render::{RowFormat, RowText};
use dateline::{Options, Sample, Scenario, Scheduled, forecast, sample, schedule};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fmt::Write;
use std::hint::black_box;
use std::process::{Command, Stdio};

// As the program does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const WORKED: [&str; 6] = [
    "state-visit-2024",
    "state-visit-2024-updated",
    "product-launch",
    "rocket-launch",
    "summit-season",
    "court-ruling",
];

/// A random tree of `events` over a year: a rule on the gap, or a report of the order, for each pair of neighbours.
fn tree(events: usize) -> String {
    let mut rng = ChaCha8Rng::seed_from_u64(40);
    let mut text = "horizon = { from = 2024-01-01, to = 2024-12-30 }\n".to_string();
    for event in 0..events {
        let (month, day) = (1 + event % 6, 1 + event % 28);
        let _ = writeln!(
            text,
            "[event.e{event}]\nprior = {{ shape = \"triangular\", low = 2024-{month:02}-01, mode = 2024-07-{day:02}, high = 2024-12-{day:02} }}"
        );
    }
    for event in 1..events {
        let other = rng.random_range(event.saturating_sub(6)..event);
        let _ = if event % 3 == 0 {
            writeln!(text, "[[report]]\ncredibility = 0.7\nsays = \"e{other} before e{event}\"")
        } else {
            let (least, most) = (rng.random_range(0..4), rng.random_range(60..200));
            writeln!(text, "[[rule]]\nsays = \"e{other} {least}..{most} days before e{event}\"")
        };
    }
    text
}

fn worked(name: &str) -> String {
    std::fs::read_to_string(format!("scenarios/{name}.toml")).expect("run from the package's folder")
}

fn parse(c: &mut Criterion) {
    let mut group = c.benchmark_group("parse");
    for name in WORKED {
        let text = worked(name);
        group.bench_function(name, |b| b.iter(|| Scenario::parse(black_box(&text))));
    }
    group.finish();
}

fn engine(c: &mut Criterion) {
    let mut group = c.benchmark_group("engine");
    group.sample_size(20);
    let options = Options::default();
    for name in WORKED {
        let scenario = Scenario::parse(&worked(name)).expect("sound");
        group.bench_function(name, |b| b.iter(|| forecast(black_box(&scenario), &options)));
    }
    for events in [10, 40] {
        let scenario = Scenario::parse(&tree(events)).expect("sound");
        group.bench_function(BenchmarkId::new("tree x 365 days", events), |b| {
            b.iter(|| forecast(black_box(&scenario), &options))
        });
    }
    group.finish();
}

/// One decision over a year against a tree: the curve, the policy over two watched events, and its trial.
fn decisions(c: &mut Criterion) {
    let mut group = c.benchmark_group("schedule");
    group.sample_size(10);
    for (events, from, to) in [(10, 4, 8), (30, 9, 29)] {
        let text = tree(events) + &format!("[decision.d]\n[[goal]]\nsays = \"d after e{from} and d before e{to}\"\n");
        let scenario = Scenario::parse(&text).expect("sound");
        let found = schedule(&scenario, &[], &Options::default());
        assert!(matches!(found, Ok(Scheduled::Schedule(found)) if found.policy.is_some()));
        group.bench_function(BenchmarkId::new("tree x 365 days", events), |b| {
            b.iter(|| schedule(black_box(&scenario), &[], &Options::default()))
        });
    }
    group.finish();
}

/// Drawing and writing one batch of worlds.
fn worlds(c: &mut Criterion) {
    let mut group = c.benchmark_group("worlds");
    for name in WORKED {
        let scenario = Scenario::parse(&worked(name)).expect("sound");
        let Ok(Sample::Worlds(worlds)) = sample(&scenario, &Options::default()) else { panic!("{name} has worlds") };
        let count = worlds.batch_size();
        group.throughput(Throughput::Elements(count as u64));
        let rows = RowText::new(&worlds, RowFormat::Csv);
        let (mut text, mut number) = (Vec::new(), 0);
        group.bench_function(name, |b| {
            b.iter(|| {
                text.clear();
                rows.write(&worlds.batch(1, number, count), &mut text);
                number += 1;
                black_box(text.len())
            })
        });
    }
    group.finish();
}

fn process(c: &mut Criterion) {
    let mut group = c.benchmark_group("process");
    group.sample_size(20);
    for name in ["state-visit-2024", "state-visit-2024-updated"] {
        let path = format!("scenarios/{name}.toml");
        group.bench_function(name, |b| {
            b.iter(|| {
                let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
                command.args(["forecast", &path]).stdout(Stdio::null());
                assert!(command.status().expect("the binary is there").success());
            })
        });
    }
    group.finish();
}

criterion_group!(benches, parse, engine, decisions, worlds, process);
criterion_main!(benches);
