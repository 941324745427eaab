//! Families of scenarios in; the time that each stage takes on each of their sizes out.
//!
//! `cargo bench --bench stages`, or with a part of a name, such as `infer/chain`. What is out of exact reach is parsed
//! and drawn from only.

mod families;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dateline::{Options, Sample, Scenario, Stages, Worlds, sample, stages};
use families::{chain, chains, grid, ladder, project, project_days, reports, ring, tree};
use std::hint::black_box;
use std::time::Duration;

// As the program does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Worlds drawn at a time, and how many of networks with thousands of events.
const WORLDS: usize = 1000;
const WORLDS_OF_MANY: usize = 10;

/// A scenario of a family.
struct Member {
    family: &'static str,
    size: String,
    text: String,
    /// Whether an exact answer is within reach.
    exact: bool,
    /// How many worlds are drawn at a time.
    worlds: usize,
}

fn member(family: &'static str, size: String, text: String) -> Member {
    Member { family, size, text, exact: true, worlds: WORLDS }
}

fn members() -> Vec<Member> {
    let mut members = Vec::new();
    for (events, days) in [(50, 365), (2_000, 365), (2_000, 3_650), (10_000, 365)] {
        let found = member("chain", format!("{events} x {days} days"), chain(events, days));
        members.push(Member { worlds: if events < 1_000 { WORLDS } else { WORLDS_OF_MANY }, ..found });
    }
    for events in [50, 200] {
        members.push(member("tree", format!("{events} x 365 days"), tree(events, 365)));
    }
    let chords: [(&str, &[(usize, usize)]); 2] =
        [("two chords", &[(0, 6), (3, 9)]), ("three chords", &[(0, 6), (2, 8), (4, 10)])];
    for (name, chords) in chords {
        members.push(member("ring", format!("12 x 120 days, {name}"), ring(12, 120, chords)));
    }
    for (side, days) in [(4, 10), (4, 30), (5, 10), (6, 30), (8, 30), (10, 30)] {
        members.push(member("grid", format!("{side} x {side} x {days} days"), grid(side, days)));
    }
    members.push(member("ladder", "2 x 30 x 365 days".to_string(), ladder(30, 365, 10)));
    members.push(member("chains", "4 x 25 x 120 days".to_string(), chains(4, 25, 120)));
    members.push(member("reports", "40 on 10 x 365 days".to_string(), reports(40, 10, 365)));
    for activities in [30, 300] {
        let days = project_days(activities);
        members.push(member("project", format!("{activities} x {days} days"), project(activities)));
    }
    members
}

fn group<'c>(c: &'c mut Criterion, stage: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = c.benchmark_group(stage);
    group.sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(2));
    group
}

fn parse(c: &mut Criterion) {
    let mut group = group(c, "parse");
    for Member { family, size, text, .. } in members() {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::new(family, size), |b| b.iter(|| Scenario::parse(black_box(&text))));
    }
    group.finish();
}

/// The stages between parsing and answers.
fn solve(c: &mut Criterion) {
    let members: Vec<Member> = members().into_iter().filter(|member| member.exact).collect();
    stage(c, "compile", &members, |stages| stages.compile());
    stage(c, "narrow", &members, |stages| stages.narrow());
    stage(c, "plan", &members, |stages| stages.plan());
    stage(c, "infer", &members, |stages| stages.infer());
}

fn stage(c: &mut Criterion, name: &str, members: &[Member], run: fn(&Stages<'_>)) {
    let mut group = group(c, name);
    for Member { family, size, text, .. } in members {
        // Inside, so that choosing benchmarks by name need not solve all others.
        group.bench_function(BenchmarkId::new(*family, size), |b| {
            let scenario = Scenario::parse(text).expect("sound");
            let stages = stages(&scenario, &Options::default()).expect("within reach");
            b.iter(|| run(&stages));
        });
    }
    group.finish();
}

fn draw(c: &mut Criterion) {
    let mut group = group(c, "draw");
    for Member { family, size, text, worlds: count, .. } in members() {
        group.throughput(Throughput::Elements(count as u64));
        let mut number = 0;
        group.bench_function(BenchmarkId::new(family, &size), |b| {
            let scenario = Scenario::parse(&text).expect("sound");
            let Ok(Sample::Worlds(worlds)) = sample(&scenario, &Options::default()) else { panic!("there are worlds") };
            b.iter(|| number = drawn(&worlds, count, number));
        });
    }
    group.finish();
}

/// Draws so many worlds in batches from that number on; the number after them.
fn drawn(worlds: &Worlds, mut left: usize, mut number: u64) -> u64 {
    while left > 0 {
        let count = left.min(worlds.batch_size());
        black_box(worlds.batch(1, number, count));
        (left, number) = (left - count, number + 1);
    }
    number
}

criterion_group!(benches, parse, solve, draw);
criterion_main!(benches);
