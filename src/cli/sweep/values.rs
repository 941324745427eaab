//! The words of `--vary` in, a key and the values that it takes out.

use dateline::Day;

/// More values of one key than this are never meant.
const MOST_VALUES: usize = 10_000_000;

/// A key and its values, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Vary {
    pub key: String,
    pub values: Vec<String>,
}

/// `KEY=a..b:n`, `KEY=DATE..DATE:1d`, or `KEY=one,other,…`.
pub fn parse_vary(text: &str) -> Result<Vary, String> {
    let at = equals_sign(text).ok_or("expected KEY=VALUES, such as report.late-may.credibility=0..1:11")?;
    let (key, values) = (text[..at].trim(), text[at + 1..].trim());
    if key.is_empty() || values.is_empty() {
        return Err("expected KEY=VALUES, such as report.late-may.credibility=0..1:11".to_string());
    }
    let values = match range(values)? {
        Some(values) => values,
        None => listed(values),
    };
    Ok(Vary { key: key.to_string(), values })
}

/// The first `=` outside of quotes.
fn equals_sign(text: &str) -> Option<usize> {
    let mut quote = None;
    text.char_indices().find_map(|(at, c)| {
        match (c, quote) {
            ('=', None) => return Some(at),
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
        None
    })
}

/// Numbers `a..b:n` or dates `DATE..DATE:1d|1w`; `None` where it is no range.
fn range(text: &str) -> Result<Option<Vec<String>>, String> {
    if let Some((from, to)) = text.split_once("..")
        && let (Ok(_), Ok(_)) = (from.trim().parse::<f64>(), to.trim().parse::<f64>())
    {
        return Err(format!("how many numbers? {text}:11, say"));
    }
    let Some(((from, to), step)) =
        text.rsplit_once(':').and_then(|(range, step)| Some((range.split_once("..")?, step)))
    else {
        return Ok(None);
    };
    let (from, to, step) = (from.trim(), to.trim(), step.trim());
    if let (Ok(from), Ok(to)) = (from.parse::<Day>(), to.parse::<Day>()) {
        return dates(from, to, step).map(Some);
    }
    match (from.parse::<f64>(), to.parse::<f64>()) {
        (Ok(from), Ok(to)) if from.is_finite() && to.is_finite() => numbers(from, to, step).map(Some),
        _ => Ok(None),
    }
}

fn dates(from: Day, to: Day, step: &str) -> Result<Vec<String>, String> {
    let digits = step.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &step[digits.len()..] {
        "d" => 1,
        "w" => 7,
        _ => return Err(format!("'{step}' is no step between dates: expected 1d or 1w, say")),
    };
    let step = digits.parse::<i32>().ok().filter(|number| (1..=100_000).contains(number));
    let step = step.ok_or("expected a step of days or weeks, such as 1d or 1w")? * unit;
    if to < from {
        return Err(format!("{from}..{to} ends before it begins"));
    }
    Ok((0..=(to - from) / step).map(|index| (from + index * step).to_string()).collect())
}

/// So many numbers at equal distances, both ends included.
fn numbers(from: f64, to: f64, count: &str) -> Result<Vec<String>, String> {
    let count: usize = count.parse().map_err(|_| format!("'{count}' is no number of values: expected a..b:n"))?;
    if !(1..=MOST_VALUES).contains(&count) {
        return Err(format!("expected 1 to {MOST_VALUES} values"));
    }
    let at = |index: usize| if count == 1 { from } else { from + (to - from) * index as f64 / (count - 1) as f64 };
    Ok((0..count).map(|index| shortest(at(index), from.abs().max(to.abs()))).collect())
}

/// A number without the digits that rounding has added.
fn shortest(number: f64, scale: f64) -> String {
    let rounded = if scale > 0.0 {
        let digits = 10f64.powi(13 - scale.log10().ceil() as i32);
        (number * digits).round() / digits
    } else {
        number
    };
    let near = (rounded - number).abs() <= scale * 1e-13;
    let number = if near && rounded.is_finite() { rounded } else { number };
    format!("{}", if number == 0.0 { 0.0 } else { number })
}

/// Values between commas, those in brackets, braces or quotes left alone.
fn listed(text: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let (mut depth, mut quote) = (0i32, None);
    for c in text.chars() {
        match (c, quote) {
            (',', None) if depth <= 0 => {
                values.push(String::new());
                continue;
            }
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('[' | '{', None) => depth += 1,
            (']' | '}', None) => depth -= 1,
            _ => {}
        }
        if let Some(value) = values.last_mut() {
            value.push(c);
        }
    }
    values.iter().map(|value| value.trim().to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        parse_vary(&format!("key={text}")).unwrap().values
    }

    #[test]
    fn numbers_are_evenly_spaced_and_short() {
        assert_eq!(values("0..1:5"), ["0", "0.25", "0.5", "0.75", "1"]);
        assert_eq!(values("0.1..0.9:9")[2], "0.3");
        assert_eq!(values("1..3:3"), ["1", "2", "3"]);
        assert_eq!(values("0.5..0.9:1"), ["0.5"]);
        assert_eq!(values("-1..1:3"), ["-1", "0", "1"]);
        assert_eq!(values("0..1:4")[1], "0.3333333333333");
    }

    #[test]
    fn dates_go_by_days_or_weeks() {
        assert_eq!(values("2024-02-28..2024-03-01:1d"), ["2024-02-28", "2024-02-29", "2024-03-01"]);
        assert_eq!(values("2024-05-01..2024-05-20:1w"), ["2024-05-01", "2024-05-08", "2024-05-15"]);
    }

    #[test]
    fn lists_leave_brackets_and_quotes_alone() {
        assert_eq!(values("B2, C3"), ["B2", "C3"]);
        assert_eq!(values("{ early = 1, late = 7 },3"), ["{ early = 1, late = 7 }", "3"]);
        assert_eq!(values("\"a, b\",c"), ["\"a, b\"", "c"]);
        assert_eq!(values("2024-05-01..2024-05-10"), ["2024-05-01..2024-05-10"]);
        assert_eq!(parse_vary("report.\"a=b\".credibility=1").unwrap().key, "report.\"a=b\".credibility");
    }

    #[test]
    fn what_cannot_be_meant_is_told() {
        for bad in [
            "key",
            "=1",
            "key=",
            "key=0..1",
            "key=0..1:0",
            "key=0..1:x",
            "key=2024-05-02..2024-05-01:1d",
            "key=2024-05-01..2024-05-02:1m",
        ] {
            assert!(parse_vary(bad).is_err(), "{bad}");
        }
    }
}
