//! Why no world is left in, text for people out.

use super::look::{Ink, Look, columns, date, padded, printable, wrapped};
use crate::answer::{Conflict, Explanation};

/// Conflicts and repairs for people; `years` where dates need their year.
pub(super) fn explanation(explanation: &Explanation, years: bool, look: &Look) -> String {
    let mut text: String = explanation.conflicts.iter().map(|conflict| one(conflict, years, look) + "\n").collect();
    if explanation.more_conflicts {
        text.push_str("There are more such sets, or may be (check --limit lists more).\n\n");
    }
    let repairs: Vec<&Vec<String>> = explanation.repairs.iter().filter(|repair| !repair.is_empty()).collect();
    match &repairs[..] {
        [] => {}
        [only] if !explanation.more_repairs => {
            text.push_str(&wrapped(&format!("Without {} the rest can hold.", listed(only)), look.width, 2));
            text.push('\n');
        }
        all => {
            text.push_str("The rest can hold without any one of these:\n");
            for repair in all {
                text.push_str(&format!("  {}\n", wrapped(&listed(repair), look.width.saturating_sub(2), 4)));
            }
            if explanation.more_repairs {
                text.push_str("  and there are more such sets, or may be\n");
            }
        }
    }
    if let Some(days) = explanation.days_short.filter(|_| explanation.conflicts.len() > 1) {
        text.push_str(&format!("All of it is {} short.\n", days_words(days)));
    }
    text
}

/// `a`, `a and b`, `a, b and c`.
fn listed(members: &[String]) -> String {
    let members: Vec<String> = members.iter().map(|member| printable(member)).collect();
    match &members[..] {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn one(conflict: &Conflict, years: bool, look: &Look) -> String {
    let heading = match conflict.members.len() {
        1 => "This cannot hold:\n",
        2 => "These two cannot hold together:\n",
        _ => "These cannot hold together, though all but any one of them could:\n",
    };
    let mut text = heading.to_string();
    let width = conflict.members.iter().map(|m| columns(&printable(m))).max().unwrap_or(0);
    let lines: Vec<String> =
        conflict.lines.iter().map(|line| line.map_or(String::new(), |line| format!("line {line}"))).collect();
    let line_width = lines.iter().map(|line| columns(line)).max().unwrap_or(0);
    let indent = width + 4 + if line_width > 0 { line_width + 2 } else { 0 };
    for ((member, line), demand) in conflict.members.iter().zip(&lines).zip(&conflict.demands) {
        let member = look.ink(Ink::Name, &padded(&printable(member), width));
        let line = if line_width > 0 { look.ink(Ink::Faint, &padded(line, line_width)) + "  " } else { String::new() };
        let demand = printable(&demand.with_days(|day| date(day, years)));
        text.push_str(&format!("  {member}  {line}{}\n", wrapped(&demand, look.width.saturating_sub(2), indent)));
    }
    if conflict.why != conflict.demands {
        let steps: Vec<String> = conflict.why.iter().map(|step| step.with_days(|day| date(day, years))).collect();
        let short = conflict.days_short.map_or(String::new(), |days| format!(": {} short", days_words(days)));
        text.push_str(&arithmetic(&steps, &short, look));
    }
    text
}

/// A line for each step; the last says what is missing.
fn arithmetic(steps: &[String], short: &str, look: &Look) -> String {
    let last = steps.len().saturating_sub(1);
    let line = |(index, step): (usize, &String)| {
        let end = if index == last { short } else { "" };
        format!("  {}\n", wrapped(&printable(&format!("{step}{end}")), look.width.saturating_sub(2), 4))
    };
    steps.iter().enumerate().map(line).collect()
}

fn days_words(days: i64) -> String {
    format!("{days} day{}", if days == 1 { "" } else { "s" })
}
