//! Families of scenarios in; how inference grows with events, days and treewidth, beside merely streaming its tables, out:
//! tables on standard output, plots in `target/growth`.
//!
//! `cargo bench --bench growth`. The streaming reference is taken between the repetitions of inference, so that both see
//! the same machine.

#[allow(dead_code)]
mod families;

use dateline::{Arithmetic, Options, Scenario, stages};
use families::{chain, grid, ladder, ring, tree};
use plotters::prelude::*;
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Instant;

// As the program does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Repetitions: so many at least, and more until they have been watched so long (seconds).
const FEWEST: usize = 5;
const MOST: usize = 300;
const WATCHED: f64 = 1.5;

/// A scenario's times, medians and least, in seconds.
struct Timed {
    events: usize,
    days: usize,
    arithmetic: Arithmetic,
    infer: Times,
    stream: Times,
}

struct Times {
    median: f64,
    least: f64,
}

impl Times {
    fn of(mut times: Vec<f64>) -> Times {
        times.sort_by(f64::total_cmp);
        Times { median: times[times.len() / 2], least: times[0] }
    }
}

impl Timed {
    fn cells(&self) -> f64 {
        (self.events * self.days) as f64
    }
}

/// As many lines as events, thrice: priors, messages, marginals.
struct Lines {
    days: usize,
    priors: Vec<f64>,
    messages: Vec<f64>,
    marginals: Vec<f64>,
    /// A line at hand, and what was read last.
    line: Vec<f64>,
    read: Vec<f64>,
}

impl Lines {
    fn new(events: usize, days: usize) -> Lines {
        let lines = || vec![1.0; events * days];
        let line = vec![1.0; days];
        Lines { days, priors: lines(), messages: lines(), marginals: lines(), line: line.clone(), read: line }
    }

    /// A pass up and a pass down, in which every line is read and written as in inference, and nothing is computed.
    fn stream(&mut self) {
        let Lines { days, priors, messages, marginals, line, read } = self;
        let up = priors.chunks_exact(*days).zip(messages.chunks_exact_mut(*days)).rev();
        for (prior, message) in up {
            // The message from below is the one that was written last.
            black_box(&mut *read).copy_from_slice(line);
            line.copy_from_slice(prior);
            message.copy_from_slice(black_box(line));
        }
        let down = priors.chunks_exact(*days).zip(messages.chunks_exact(*days)).zip(marginals.chunks_exact_mut(*days));
        for ((prior, message), marginal) in down {
            black_box(&mut *read).copy_from_slice(line);
            black_box(&mut *read).copy_from_slice(prior);
            line.copy_from_slice(message);
            marginal.copy_from_slice(black_box(line));
        }
    }
}

/// Times inference and streaming by turns; says so and gives nothing where an exact answer is out of reach.
fn timed(text: &str, events: usize, days: usize) -> Option<Timed> {
    let scenario = Scenario::parse(text).expect("sound");
    let options = Options::default();
    let stages = match stages(&scenario, &options) {
        Ok(stages) => stages,
        Err(refusal) => {
            println!("{events} x {days}: {refusal}");
            return None;
        }
    };
    let mut lines = Lines::new(events, days);
    let (mut infer, mut stream) = (Vec::new(), Vec::new());
    let begun = Instant::now();
    while infer.len() < FEWEST || (infer.len() < MOST && begun.elapsed().as_secs_f64() < WATCHED) {
        let start = Instant::now();
        stages.infer();
        infer.push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        lines.stream();
        stream.push(start.elapsed().as_secs_f64());
    }
    let arithmetic = stages.outline().arithmetic;
    Some(Timed { events, days, arithmetic, infer: Times::of(infer), stream: Times::of(stream) })
}

/// The slope of the straight line through the points' logarithms that fits best.
fn slope(points: &[(f64, f64)]) -> f64 {
    let logs: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    let count = logs.len() as f64;
    let (mean_x, mean_y) =
        (logs.iter().map(|p| p.0).sum::<f64>() / count, logs.iter().map(|p| p.1).sum::<f64>() / count);
    let along: f64 = logs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    along / logs.iter().map(|(x, _)| (x - mean_x).powi(2)).sum::<f64>()
}

fn print_heading(title: &str) {
    println!("\n{title}");
    println!(
        "{:<8}{:>8} x {:<6}{:>12}{:>12}{:>12}{:>12}{:>8}{:>8}",
        "", "events", "days", "infer", "least", "streaming", "least", "ratio", "least"
    );
}

/// Streaming is told where inference goes over lines, not where it makes tables of several events.
fn print_row(family: &str, timed: &Timed) {
    let Timed { events, days, arithmetic, infer, stream } = timed;
    let time = |seconds: f64| format!("{:.3} ms", seconds * 1e3);
    print!("{family:<8}{events:>8} x {days:<6}{:>12}{:>12}", time(infer.median), time(infer.least));
    if matches!(family, "chain" | "tree") {
        let (median, least) = (infer.median / stream.median, infer.least / stream.least);
        print!("{:>12}{:>12}{median:>8.1}{least:>8.1}", time(stream.median), time(stream.least));
    }
    println!("{}", if *arithmetic == Arithmetic::Wide { "  wide numbers" } else { "" });
}

/// Times a family's sizes, and prints a row for each.
fn series(family: &str, sizes: &[(usize, usize)], text: impl Fn(usize, usize) -> String) -> Vec<Timed> {
    let timed = sizes.iter().filter_map(|(events, days)| timed(&text(*events, *days), *events, *days));
    timed.inspect(|timed| print_row(family, timed)).collect()
}

/// A family's times against one of its sizes.
struct Curve {
    name: &'static str,
    points: Vec<(f64, f64)>,
}

impl Curve {
    fn new(name: &'static str, timed: &[Timed], size: impl Fn(&Timed) -> f64) -> Curve {
        Curve { name, points: timed.iter().map(|timed| (size(timed), timed.infer.median)).collect() }
    }

    fn label(&self) -> String {
        format!("{} (slope {:.2})", self.name, slope(&self.points))
    }
}

/// The least and the greatest, with some room.
fn room(values: impl Iterator<Item = f64>) -> Range<f64> {
    let (least, greatest) = values.fold((f64::INFINITY, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
    least / 1.5..greatest * 1.5
}

/// Both axes are logarithmic.
fn plot(folder: &Path, name: &str, against: &str, curves: &[Curve]) -> Result<(), Box<dyn Error>> {
    let path = folder.join(format!("{name}.svg"));
    let root = SVGBackend::new(&path, (720, 480)).into_drawing_area();
    root.fill(&WHITE)?;
    let points = || curves.iter().flat_map(|curve| curve.points.iter());
    let (across, up) = (room(points().map(|p| p.0)), room(points().map(|p| p.1)));
    let mut chart = ChartBuilder::on(&root)
        .caption(format!("Inference against {against}"), ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(80)
        .build_cartesian_2d(across.log_scale(), up.log_scale())?;
    let seconds = |seconds: &f64| format!("{seconds:.0e} s");
    chart.configure_mesh().x_desc(against).y_label_formatter(&seconds).draw()?;
    for (index, curve) in curves.iter().enumerate() {
        let colour = Palette99::pick(index).to_rgba();
        chart
            .draw_series(LineSeries::new(curve.points.iter().copied(), colour.stroke_width(2)).point_size(3))?
            .label(curve.label())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
    }
    chart.configure_series_labels().position(SeriesLabelPosition::UpperLeft).border_style(BLACK).draw()?;
    root.present()?;
    println!("  {}", path.display());
    Ok(())
}

/// Next to where Cargo puts what it builds: `target/growth`, unless it was told another place.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("growth")
}

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo runs benchmarks as tests as well.
    if std::env::args().any(|argument| argument == "--test") {
        return Ok(());
    }
    print_heading("Inference beside streaming the same tables");
    series("chain", &[(50, 365)], chain);
    series("tree", &[(200, 365)], tree);
    series("chain", &[(2_000, 3_650), (10_000, 365)], chain);

    print_heading("Growth with events");
    let by_events = series("chain", &[50, 100, 200, 500, 1_000, 2_000, 5_000].map(|events| (events, 365)), chain);
    let trees = series("tree", &[50, 100, 200, 400, 800].map(|events| (events, 365)), tree);

    print_heading("Growth beyond all caches");
    let beyond = [(10_000, 365), (20_000, 365), (40_000, 365), (2_000, 3_650), (4_000, 3_650), (8_000, 3_650)];
    let beyond = series("chain", &beyond, chain);

    print_heading("Growth with days");
    let by_days = series("chain", &[365, 730, 1_460, 3_650].map(|days| (200, days)), chain);
    let chords = [(0, 6), (3, 9)];
    let rings = series("ring", &[30, 60, 120].map(|days| (12, days)), |events, days| ring(events, days, &chords));

    let bands =
        series("ladder", &[365, 730, 1_460, 3_650].map(|days| (40, days)), |events, days| ladder(events / 2, days, 10));

    print_heading("Growth with treewidth: grids of treewidth 2 to 10");
    let side = |events: usize| events.isqrt();
    let grids = series("grid", &[4, 9, 16, 25, 36, 64, 100].map(|events| (events, 30)), |events, days| {
        grid(side(events), days)
    });

    let chains = || by_events.iter().chain(&by_days);
    let medians: Vec<_> = chains().map(|timed| (timed.cells(), timed.infer.median)).collect();
    let least: Vec<_> = chains().map(|timed| (timed.cells(), timed.infer.least)).collect();
    println!("\nSlopes on log-log axes");
    let streamed: Vec<_> = chains().map(|timed| (timed.cells(), timed.stream.median)).collect();
    println!("  {:<34} {:.3} (least times {:.3})", "chain, events x days", slope(&medians), slope(&least));
    println!("  {:<34} {:.3}", "streaming the same tables", slope(&streamed));
    let medians: Vec<_> = beyond.iter().map(|timed| (timed.cells(), timed.infer.median)).collect();
    println!("  {:<34} {:.3}", "chain, events x days, in memory", slope(&medians));
    let events = [
        Curve::new("chain x 365 days", &by_events, |timed| timed.events as f64),
        Curve::new("tree x 365 days", &trees, |timed| timed.events as f64),
    ];
    let days = [
        Curve::new("chain of 200", &by_days, |timed| timed.days as f64),
        Curve::new("ring of 12, treewidth 3", &rings, |timed| timed.days as f64),
        Curve::new("ladder of 2 x 20, gaps to 10", &bands, |timed| timed.days as f64),
    ];
    let treewidth = [Curve::new("grids x 30 days", &grids, |timed| side(timed.events) as f64)];
    for curve in events.iter().chain(&days) {
        println!("  {:<34} {:.3}", curve.name, slope(&curve.points));
    }
    println!("\nPlots");
    let folder = folder();
    fs::create_dir_all(&folder)?;
    plot(&folder, "events", "events", &events)?;
    plot(&folder, "days", "days", &days)?;
    plot(&folder, "treewidth", "treewidth", &treewidth)
}
