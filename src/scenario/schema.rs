//! The JSON Schema of the scenario file (draft 2020-12), for editors and other programs.

/// The schema; dates stand in it as strings of the format `date`, which is how tools see TOML's dates.
///
/// ```
/// assert_eq!(dateline::schema()["title"], "Dateline scenario");
/// ```
pub fn schema() -> serde_json::Value {
    serde_json::from_str(include_str!("schema.json")).expect("the schema that comes with the program is JSON")
}

#[cfg(test)]
mod tests {
    use super::super::{build, calendar, decision, distribution, event, report};
    use super::*;
    use std::collections::BTreeSet;

    fn keys(of: &serde_json::Value) -> BTreeSet<String> {
        of["properties"].as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn the_schema_has_the_keys_that_are_read() {
        let schema = schema();
        let definition = |name: &str| keys(&schema["$defs"][name]);
        let read = |keys: &[&str]| keys.iter().map(|key| key.to_string()).collect::<BTreeSet<_>>();
        assert_eq!(keys(&schema), read(build::TOP_KEYS));
        assert_eq!(keys(&schema["properties"]["calendar"]), read(calendar::CALENDAR_KEYS));
        assert_eq!(definition("event"), read(event::KEYS));
        assert_eq!(definition("source"), read(report::SOURCE_KEYS));
        assert_eq!(definition("report"), read(report::REPORT_KEYS));
        assert_eq!(definition("rule"), read(build::RULE_KEYS));
        assert_eq!(definition("observation"), read(build::OBSERVATION_KEYS));
        assert_eq!(definition("query"), read(build::QUERY_KEYS));
        assert_eq!(definition("decision"), read(decision::DECISION_KEYS));
        assert_eq!(definition("goal"), read(decision::GOAL_KEYS));
    }

    #[test]
    fn the_schema_has_the_shapes_and_their_parameters() {
        let schema = schema();
        for (key, read) in [("prior", distribution::KEYS), ("duration", distribution::DURATION_KEYS)] {
            let forms = schema["$defs"]["event"]["properties"][key]["anyOf"].as_array().unwrap();
            let found: BTreeSet<String> = forms.iter().filter(|form| form["type"] == "object").flat_map(keys).collect();
            assert_eq!(found, read.iter().map(|key| key.to_string()).collect(), "{key}");
        }
    }
}
