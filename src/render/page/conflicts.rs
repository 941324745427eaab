//! Why no world is left in, parts of the page that say so out.

use crate::answer::{Conflict, Explanation};
use crate::render::look::date;
use crate::render::picture::mark::clean;
use maud::{Markup, html};

pub(super) fn summary() -> Markup {
    html! {
        p class="alert" {
            "There is no forecast: the rules, facts and hard reports of this scenario cannot hold together."
        }
    }
}

pub(super) fn conflicts(explanation: &Explanation) -> Markup {
    html! {
        @for conflict in &explanation.conflicts { (one(conflict)) }
        @if explanation.more_conflicts { p { "There are more such sets, or may be." } }
        @if let Some(days) = explanation.days_short.filter(|_| explanation.conflicts.len() > 1) {
            p { "All of it is " (days_words(days)) " short." }
        }
    }
}

fn one(conflict: &Conflict) -> Markup {
    let heading = match conflict.members.len() {
        1 => "This cannot hold",
        2 => "These two cannot hold together",
        _ => "These cannot hold together, though all but any one of them could",
    };
    let day = |day| date(day, true);
    html! {
        h3 { (heading) }
        div class="table" tabindex="0" role="region" aria-label=(heading) {
            table {
                caption { "Members, and what they demand" }
                thead { tr { th scope="col" { "Member" } th scope="col" { "Line" } th scope="col" { "Demands" } } }
                tbody {
                    @for ((member, line), demand) in conflict.members.iter().zip(&conflict.lines).zip(&conflict.demands) {
                        tr {
                            th scope="row" { (clean(member)) }
                            td class="number" { (line.map_or("–".to_string(), |line| line.to_string())) }
                            td { (clean(&demand.with_days(day))) }
                        }
                    }
                }
            }
        }
        @if conflict.why != conflict.demands {
            p { "For:" }
            ol { @for step in &conflict.why { li { (clean(&step.with_days(day))) } } }
        }
        @if let Some(days) = conflict.days_short { p { (days_words(days)) " short." } }
    }
}

/// `None` where nothing is known to help.
pub(super) fn repairs(explanation: &Explanation) -> Option<Markup> {
    let repairs = || explanation.repairs.iter().filter(|repair| !repair.is_empty());
    repairs().next()?;
    Some(html! {
        p { "Without any one of these the rest can hold:" }
        ul { @for repair in repairs() { li { (clean(&repair.join(" and "))) } } }
        @if explanation.more_repairs { p { "There are more such sets, or may be." } }
    })
}

fn days_words(days: i64) -> String {
    format!("{days} day{}", if days == 1 { "" } else { "s" })
}
