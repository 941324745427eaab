//! Forecasts in, CSV out: one row an event and day.

use crate::answer::{Answer, Method};

/// `event,date,probability`, with a first column `scenario` (its title) where there are several. A row without a date is
/// the probability that the event does not occur. Where an answer is sampled there is a last column `error`, the standard
/// errors (empty for exact answers).
pub fn csv(answers: &[Answer], several: bool) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let sampled = answers.iter().any(|answer| matches!(answer, Answer::Forecast(f) if f.method != Method::Exact));
    let mut write = |scenario: &str, rest: [&str; 3], error: &str| {
        let fields = several.then_some(scenario).into_iter().chain(rest).chain(sampled.then_some(error));
        writer.write_record(fields).expect("writing to memory does not fail");
    };
    write("scenario", ["event", "date", "probability"], "error");
    for answer in answers {
        let Answer::Forecast(forecast) = answer else {
            continue;
        };
        let title = forecast.title.as_deref().unwrap_or("");
        for event in &forecast.events {
            for day in &event.days {
                write(title, [&event.id, &day.date.to_string(), &number(day.p)], &error(day.p_error));
            }
            if event.never > 0.0 {
                write(title, [&event.id, "", &number(event.never)], &error(event.occurs_error));
            }
        }
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn error(error: Option<f64>) -> String {
    error.map_or(String::new(), number)
}

/// All digits that matter, with an exponent where there would be many zeros.
fn number(value: f64) -> String {
    serde_json::to_string(&value).unwrap_or_default()
}
