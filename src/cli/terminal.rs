//! What the terminal can show: width, colour, Unicode; and messages on standard error.

use dateline::diagnostic::Diagnostic;
use dateline::render::{Look, diagnostics};
use std::io::{IsTerminal, Write};

/// Columns where there is no terminal.
const PLAIN_WIDTH: usize = 80;

/// How standard output is to look; `width` overrules the terminal's.
pub fn look(width: Option<u16>) -> Look {
    let terminal = std::io::stdout().is_terminal();
    let found = terminal_size::terminal_size().filter(|_| terminal).map(|(columns, _)| usize::from(columns.0));
    let width = width.map(usize::from).or(found).unwrap_or(PLAIN_WIDTH).clamp(40, 400);
    Look { width, colour: terminal && colours(), unicode: terminal }
}

/// Whether the user lets us use colour.
fn colours() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Prints diagnostics to standard error.
pub fn print_diagnostics(found: &[Diagnostic], path: &str, text: &str) {
    let colour = std::io::stderr().is_terminal() && colours();
    say(&diagnostics(found, path, text, colour));
}

/// Prints an error that has no place in a file.
pub fn complain(message: &str) {
    say(&format!("error: {message}\n"));
}

/// Prints something on the way to standard error.
pub fn note(text: &str) {
    say(text);
}

/// Writes to standard error; if that is closed there is nobody left to tell.
fn say(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
