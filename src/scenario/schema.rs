//! The JSON Schema of the scenario file.

/// Placeholder until the rest stands.
pub fn schema() -> serde_json::Value {
    serde_json::json!({})
}
