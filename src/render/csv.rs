//! Forecasts in, CSV out: one row an event and day.

use crate::answer::Answer;

/// `event,date,probability`, with a first column `scenario` (its title) where there are several. A row without a date is
/// the probability that the event does not occur.
pub fn csv(answers: &[Answer], several: bool) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |scenario: &str, rest: [&str; 3]| {
        let fields = several.then_some(scenario).into_iter().chain(rest);
        writer.write_record(fields).expect("writing to memory does not fail");
    };
    write("scenario", ["event", "date", "probability"]);
    for answer in answers {
        let Answer::Forecast(forecast) = answer else {
            continue;
        };
        let title = forecast.title.as_deref().unwrap_or("");
        for event in &forecast.events {
            for day in &event.days {
                write(title, [&event.id, &day.date.to_string(), &number(day.p)]);
            }
            if event.never > 0.0 {
                write(title, [&event.id, "", &number(event.never)]);
            }
        }
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// All digits that matter, with an exponent where there would be many zeros.
fn number(value: f64) -> String {
    serde_json::to_string(&value).unwrap_or_default()
}
