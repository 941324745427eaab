//! Questions, reports and joint windows of a forecast in, tables out.

use crate::answer::{Forecast, ReportForecast, ReportStanding};
use crate::render::look::{credibility, date};
use crate::render::picture::mark::clean;
use crate::render::wording::LOOK;
use maud::{Markup, html};

/// Scrolls by itself where it is too wide.
fn table(name: &str, content: &Markup) -> Markup {
    html! { div class="table" tabindex="0" role="region" aria-label=(name) { table { (content) } } }
}

fn head(names: &[&str]) -> Markup {
    html! { thead { tr { @for name in names { th scope="col" { (name) } } } } }
}

pub(super) fn questions(forecast: &Forecast) -> Markup {
    let content = html! {
        caption { "How probable the answer yes is" }
        (head(&["Question", "Asks", "Probability", "In words"]))
        tbody {
            @for query in &forecast.queries {
                tr {
                    th scope="row" { (clean(&query.id)) }
                    td { (clean(&query.ask)) }
                    td class="number" { (LOOK.estimate(query.probability, query.probability_error)) }
                    td { (query.term) }
                }
            }
        }
    };
    table("Questions", &content)
}

pub(super) fn reports(forecast: &Forecast) -> Markup {
    let content = html! {
        caption { "What is said, and what it is worth when all is heard" }
        (head(&["Report", "Source", "Claim", "Credibility", "Probability of the claim"]))
        tbody { @for report in &forecast.reports { (report_row(report)) } }
    };
    table("Reports", &content)
}

fn report_row(report: &ReportForecast) -> Markup {
    let mostly = if report.slip_tailed { "mostly " } else { "" };
    let slip = match report.slip {
        (0, 0) => String::new(),
        (early, late) if early == late => format!(" ({mostly}give or take {early} days)"),
        (early, late) => format!(" ({mostly}up to {early} days earlier or {late} later)"),
    };
    html! {
        tr {
            th scope="row" { (clean(&report.id)) }
            td { (clean(report.source.as_deref().unwrap_or("–"))) }
            td { (clean(&report.text)) (slip) }
            @match &report.standing {
                ReportStanding::Echoes { echoes } => { td colspan="2" { "copy of " (clean(echoes)) } }
                ReportStanding::Replaced { replaced_by } => { td colspan="2" { "replaced by " (clean(replaced_by)) } }
                ReportStanding::Speaks { .. } => {
                    td class="number" { (strength(report)) }
                    td class="number" { (claim(report)) }
                }
            }
        }
    }
}

/// `.80 → .90`
fn strength(report: &ReportForecast) -> String {
    match report.standing {
        ReportStanding::Speaks { credibility: Some(before), posterior: Some(after), .. } => {
            format!("{} → {}", credibility(before), credibility(after))
        }
        _ => report.ratio.map_or("–".to_string(), |ratio| format!("odds × {ratio}")),
    }
}

/// `16.8 % → 87.1 %`
fn claim(report: &ReportForecast) -> String {
    let ReportStanding::Speaks { claim_prior, claim_prior_error, claim_posterior, claim_posterior_error, .. } =
        report.standing
    else {
        return String::new();
    };
    let (before, after) =
        (LOOK.estimate(claim_prior, claim_prior_error), LOOK.estimate(claim_posterior, claim_posterior_error));
    format!("{before} → {after}")
}

/// The most probable weeks together, where there is more than one event to combine.
pub(super) fn joint_windows(forecast: &Forecast) -> Option<Markup> {
    let windows = &forecast.joint_windows;
    let first = windows.first().filter(|window| window.weeks.len() > 1)?;
    let content = html! {
        caption { "The most probable weeks together, by their Mondays" }
        thead {
            tr {
                @for (event, _) in &first.weeks { th scope="col" { (clean(event)) } }
                th scope="col" { "Probability" }
            }
        }
        tbody {
            @for window in windows {
                tr {
                    @for (_, week) in &window.weeks {
                        td { (week.map_or("does not occur".to_string(), |monday| date(monday, true))) }
                    }
                    td class="number" { (LOOK.estimate(window.probability, window.probability_error)) }
                }
            }
        }
    };
    Some(table("Weeks together", &content))
}
