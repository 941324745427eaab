//! An answer in, text for people out.
use super::look::Look;
use crate::answer::Answer;

/// Text.
pub fn text(_answer: &Answer, _look: &Look) -> String {
    String::new()
}
