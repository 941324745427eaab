//! Sampled forecasts in; whether their errors are honest, their bytes the same and their wishes kept, out.

mod coverage;
mod scenarios;

use coverage::{Counts, coverage};

#[test]
fn print() {
    let mut all = Counts::new();
    for (name, text) in scenarios::ALL {
        let start = std::time::Instant::now();
        let counts = coverage(text, 200, 800);
        println!("== {name} {:?}", start.elapsed());
        for (kind, count) in counts {
            println!("  {kind:?} {:.4} of {}", count.share(), count.made);
            all.entry(kind).or_default().join(count);
        }
    }
    for (kind, count) in all {
        println!("{kind:?} {:.4} of {}", count.share(), count.made);
    }
}
