//! Sources, grades and reports as written in, model reports out.

use super::reader::{Fields, Located, Reader};
use super::slip::slip;
use super::text::Text;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::model::{Proposition, Strength};
use crate::shape::Slip;
use std::collections::HashMap;
use toml::de::DeValue;

pub(super) const SOURCE_KEYS: &[&str] = &["title", "grade", "credibility", "likelihood_ratio", "hedge", "slip"];
pub(super) const REPORT_KEYS: &[&str] = &[
    "id",
    "source",
    "date",
    "says",
    "hedge",
    "slip",
    "quote",
    "credibility",
    "grade",
    "likelihood_ratio",
    "echoes",
    "independent",
];
/// Measures of the same, of which a table has one.
pub(super) const STRENGTHS: [&str; 3] = ["credibility", "grade", "likelihood_ratio"];

/// The terms of Intelligence Community Directive 203 with the middles of their ranges, as hedges.
pub const HEDGES: [(&str, f64); 7] = [
    ("almost no chance", 0.03),
    ("very unlikely", 0.125),
    ("unlikely", 0.325),
    ("roughly even chance", 0.5),
    ("likely", 0.675),
    ("very likely", 0.875),
    ("almost certain", 0.97),
];

/// The hedge that a term stands for.
pub(super) fn hedge_term(word: &str) -> Option<f64> {
    let word = word.to_lowercase();
    HEDGES.iter().find(|(term, _)| *term == word).map(|(_, value)| *value)
}

/// The Admiralty grades' credibilities: reliability letter and information digit by their geometric mean.
const RELIABILITY: [(char, f64); 6] = [('A', 0.95), ('B', 0.80), ('C', 0.60), ('D', 0.40), ('E', 0.20), ('F', 0.50)];
const INFORMATION: [(char, f64); 6] = [('1', 0.95), ('2', 0.80), ('3', 0.60), ('4', 0.40), ('5', 0.20), ('6', 0.50)];

fn grade_value(grade: &str) -> Option<f64> {
    let mut letters = grade.chars();
    let find =
        |table: &[(char, f64)], wanted: Option<char>| table.iter().find(|(c, _)| Some(*c) == wanted).map(|(_, v)| *v);
    let reliability = find(&RELIABILITY, letters.next())?;
    let information = find(&INFORMATION, letters.next())?;
    letters.next().is_none().then(|| (reliability * information).sqrt())
}

/// What a source or a report says of its own strength; each part may be lacking.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    /// Credibility or likelihood ratio.
    weight: Option<Weight>,
    hedge: Option<f64>,
    slip: Option<Located<Slip>>,
}

#[derive(Clone, Debug)]
enum Weight {
    Credibility(f64, Option<String>),
    Ratio(f64),
}

/// A source, by its id.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    pub title: Option<String>,
    pub said: Said,
    /// Whether something is wrong with its strength, so that reports need not complain of it again.
    pub broken: bool,
}

/// `[grade]`: credibilities that replace those of the table.
pub(super) fn grades(top: &Fields<'_, '_>) -> HashMap<String, f64> {
    let mut found = HashMap::new();
    for (name, value) in top.entries("grade", "write [grade] and below it B2 = 0.75") {
        if grade_value(&name.value).is_none() {
            unknown_grade(top.reader, &name.value, name.span);
        } else if let Some(probability) = top.reader.probability(value, &name.value) {
            found.insert(name.value, probability.value);
        }
    }
    found
}

fn unknown_grade(reader: &Reader<'_>, grade: &str, span: std::ops::Range<usize>) {
    let upper = grade.to_uppercase();
    let help = if grade_value(&upper).is_some() {
        format!("did you mean '{upper}'?")
    } else {
        "a grade is a letter A to F for the source and a digit 1 to 6 for the information, such as B2".to_string()
    };
    reader.note(Diagnostic::error(span, format!("'{grade}' is no grade")).label("expected A1 to F6").help(help));
}

/// Reads the strength of a source or report; `Err` where something is wrong with it (noted).
pub(super) fn said(fields: &Fields<'_, '_>, grades: &HashMap<String, f64>) -> Result<Said, ()> {
    let given: Vec<&str> = STRENGTHS.into_iter().filter(|key| fields.has(key)).collect();
    let mut sound = true;
    for extra in given.iter().skip(1) {
        fields.reader.note(
            Diagnostic::error(fields.key_span(extra), format!("'{extra}' does not go with '{}'", given[0]))
                .label("a second measure of the same")
                .help("give one of credibility, grade and likelihood_ratio"),
        );
        sound = false;
    }
    let mut weight = None;
    for key in given {
        match one_weight(fields, key, grades) {
            Some(found) => weight = weight.or(Some(found)),
            None => sound = false,
        }
    }
    let hedge = hedge(fields);
    let slip = slip(fields);
    match (hedge, slip) {
        (Ok(hedge), Ok(slip)) if sound => Ok(Said { weight, hedge, slip }),
        _ => Err(()),
    }
}

fn one_weight(fields: &Fields<'_, '_>, key: &str, grades: &HashMap<String, f64>) -> Option<Weight> {
    match key {
        "credibility" => fields.probability(key).map(|p| Weight::Credibility(p.value, None)),
        "grade" => {
            let text = fields.text(key)?;
            let value = grades.get(&text.value).copied().or_else(|| grade_value(&text.value));
            if value.is_none() {
                unknown_grade(fields.reader, &text.value, text.span);
            }
            value.map(|value| Weight::Credibility(value, Some(text.value)))
        }
        _ => {
            let ratio = fields.number(key)?;
            if !(0.0..=1e100).contains(&ratio.value) {
                let message = format!("'likelihood_ratio' cannot be {}", ratio.value);
                fields
                    .reader
                    .note(Diagnostic::error(ratio.span, message).label("expected a number ≥ 0, at most 1e100"));
                return None;
            }
            Some(Weight::Ratio(ratio.value))
        }
    }
}

fn hedge(fields: &Fields<'_, '_>) -> Result<Option<f64>, ()> {
    let Some(value) = fields.get("hedge") else {
        return Ok(None);
    };
    if let DeValue::String(word) = value.get_ref() {
        return match hedge_term(word) {
            Some(found) => Ok(Some(found)),
            None => {
                let terms = HEDGES.map(|(term, _)| term);
                let help = did_you_mean(word, terms).unwrap_or_else(|| format!("the terms are: {}", terms.join(", ")));
                fields.reader.note(
                    Diagnostic::error(value.span(), format!("'{word}' is no term of probability"))
                        .label("expected a number from 0 to 1 or a term of ICD 203")
                        .help(help),
                );
                Err(())
            }
        };
    }
    fields.probability("hedge").map(|p| Some(p.value)).ok_or(())
}

/// Reads a source.
pub(super) fn source(fields: &Fields<'_, '_>, grades: &HashMap<String, f64>) -> Source {
    let title = fields.text("title").map(|text| text.value);
    match said(fields, grades) {
        Ok(said) => Source { title, said, broken: false },
        Err(()) => Source { title, said: Said::default(), broken: true },
    }
}

impl Source {
    /// What one file says of a source, and where it says nothing what another one does.
    pub fn or(self, other: &Source) -> Source {
        let own = self.said;
        Source {
            title: self.title.or_else(|| other.title.clone()),
            said: Said {
                weight: own.weight.or_else(|| other.said.weight.clone()),
                hedge: own.hedge.or(other.said.hedge),
                slip: own.slip.or_else(|| other.said.slip.clone()),
            },
            broken: self.broken || other.broken,
        }
    }
}

/// What a report weighs.
pub(super) struct Weighed {
    pub strength: Strength,
    pub slips: Vec<(i32, f64)>,
    pub tailed: bool,
    /// The grade as written, where the strength comes from one.
    pub grade: Option<String>,
}

/// What a report weighs, from its own words and its source's; notes what is lacking or does not fit. `lead` is how many days
/// ahead the date lies that it names.
pub(super) fn strength(
    fields: &Fields<'_, '_>,
    own: Said,
    source: Option<&Source>,
    claim: Option<(&Proposition, &Text)>,
    lead: Option<i32>,
) -> Option<Weighed> {
    let from_source = source.map(|s| s.said.clone()).unwrap_or_default();
    let Some(weight) = own.weight.or(from_source.weight) else {
        if !source.is_some_and(|s| s.broken) {
            fields.reader.note(
                Diagnostic::error(
                    fields.span.clone(),
                    format!("{} has neither a credibility nor a source that has one", fields.name),
                )
                .label("how far is it to be believed?")
                .help("give the report or its source a credibility, a grade or a likelihood_ratio"),
            );
        }
        return None;
    };
    let hedge = own.hedge.or(from_source.hedge).unwrap_or(1.0);
    let fits = claim.is_none_or(|(says, _)| says.events().len() == 1 && !says.says_occurs());
    if let Some(slip) = own.slip.as_ref().filter(|_| !fits) {
        let says = claim.map_or(String::new(), |(_, text)| format!(": '{}'", text.value));
        fields.reader.note(
            Diagnostic::error(slip.span.clone(), "a slip goes with a claim about the dates of one event")
                .label(format!("does not fit this claim{says}"))
                .help("leave the slip out, or split the claim into reports about one event each"),
        );
        return None;
    }
    let slip = own.slip.or(from_source.slip.filter(|_| fits)).map_or(Slip::NONE, |slip| slip.value);
    Some(match weight {
        Weight::Credibility(credibility, grade) => Weighed {
            strength: Strength::Credibility { credibility, hedge },
            slips: slip.kernel(lead),
            tailed: matches!(slip, Slip::Tailed(_)),
            grade,
        },
        // A likelihood ratio acts on the claim as said.
        Weight::Ratio(ratio) => {
            Weighed { strength: Strength::LikelihoodRatio(ratio), slips: vec![(0, 1.0)], tailed: false, grade: None }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_are_geometric_means() {
        assert_eq!(grade_value("B2"), Some(0.8));
        assert!((grade_value("C3").unwrap() - 0.6).abs() < 1e-15);
        assert_eq!(grade_value("G9"), None);
        assert_eq!(grade_value("B22"), None);
    }
}
