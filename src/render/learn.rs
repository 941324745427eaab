//! What was learned of sources in; a file of sources for scenarios to include, or a table for people, out.

use super::look::{Ink, Look, columns, credibility, padded, percent, printable, right, wrapped};
use crate::answer::{BetaPrior, Learned, LearnedSlip, LearnedSource};

/// A file of `[source.NAME]` tables, which a scenario takes in with `include`.
pub fn sources_toml(learned: &Learned, prior: BetaPrior) -> String {
    let mut text = format!(
        "# What {} have shown of their sources ({} of them happened). Comments give the number of testimonies and the\n\
         # middle nine tenths of each credibility's posterior; the prior is Beta({}, {}).\n",
        counted(learned.cases, "case"),
        learned.happened,
        prior.a,
        prior.b
    );

    for source in &learned.sources {
        text.push_str(&format!("\n[source.{}]\n", key(&source.source)));
        let found = &source.credibility;
        text.push_str(&format!(
            "credibility = {}   # {}, {} to {}\n",
            rounded(found.mean),
            if source.testimonies == 1 {
                "1 testimony".to_string()
            } else {
                format!("{} testimonies", source.testimonies)
            },
            rounded(found.low),
            rounded(found.high)
        ));
        if let Some(slip) = source.slip {
            text.push_str(&format!("slip = {}\n", slip_toml(slip)));
        }
    }
    text
}

/// `1 case`, `2 cases`.
pub(super) fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// `{ exact = 0.31, late_share = 0.85, late_days = 5.1, early_days = 11.3, growth = 0.43 }`
fn slip_toml(slip: LearnedSlip) -> String {
    let LearnedSlip { exact, late_share, late_days, early_days, growth } = slip;
    format!(
        "{{ exact = {}, late_share = {}, late_days = {late_days:.1}, early_days = {early_days:.1}, growth = {growth:.2} }}",
        rounded(exact),
        rounded(late_share)
    )
}

/// A share with three digits that is neither 0 nor 1.
fn rounded(share: f64) -> f64 {
    ((share * 1000.0).round() / 1000.0).clamp(0.001, 0.999)
}

/// A TOML key, in quotes where it needs them.
fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare {
        return name.to_string();
    }
    let escaped = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04x}", c as u32),
        c => c.to_string(),
    };
    format!("\"{}\"", name.chars().map(escaped).collect::<String>())
}

/// A table of the sources, and of all of them as one.
pub fn learned_text(learned: &Learned, look: &Look) -> String {
    let head = format!("{}, {} of which happened", counted(learned.cases, "case"), learned.happened);
    let mut text = format!("{}\n", look.ink(Ink::Heading, &head));
    let several = learned.sources.len() > 1;
    let all = learned.all.iter().filter(|_| several);
    let rows: Vec<&LearnedSource> = learned.sources.iter().chain(all).collect();
    let name =
        |source: &LearnedSource| printable(if source.source.is_empty() { "(no source)" } else { &source.source });
    let width = rows.iter().map(|source| columns(&name(source))).max().unwrap_or(0);
    let width = width.clamp(columns("source"), look.width.saturating_sub(40).max(10));
    let header = format!("  {}  testimonies  credibility  between", padded("source", width));
    text.push_str(&format!("{}\n", look.ink(Ink::Faint, &header)));
    for source in rows {
        let Credible { mean, between } = credible(source, look);
        text.push_str(&format!(
            "  {}  {}  {}  {between}\n",
            padded(&look.cut(&name(source), width), width),
            right(&source.testimonies.to_string(), 11),
            right(&mean, 11)
        ));
        if let Some(slip) = source.slip {
            text.push_str(&format!("      {}\n", wrapped(&slip_words(slip), look.width.saturating_sub(6), 6)));
        }
    }
    text
}

struct Credible {
    mean: String,
    between: String,
}

fn credible(source: &LearnedSource, look: &Look) -> Credible {
    let found = &source.credibility;
    let between = format!("{} {} {}", credibility(found.low), look.dash(), credibility(found.high));
    Credible { mean: credibility(found.mean), between }
}

/// A slip in a sentence.
fn slip_words(slip: LearnedSlip) -> String {
    let LearnedSlip { exact, late_share, late_days, early_days, growth } = slip;
    format!(
        "a month ahead {} to the day; of the rest {} late, half of these by more than {late_days:.1} days, \
         the others early by more than {early_days:.1}; growing with the {growth:.2}th power of the lead",
        percent(exact),
        percent(late_share)
    )
}
