//! The source tree in, breaches of the house's rules about files and modules out (there are to be none).

use std::fs;
use std::path::{Path, PathBuf};

/// Longer files are to be cut in two.
const LONGEST_FILE: usize = 600;

/// What each module may use of the crate: all that is left of it in
/// `day < shape, language, diagnostic < model < scenario | network < infer < answer < render`.
///
/// `module::Name` allows that name alone. What a scenario file may hold is known to `scenario` only, so that nothing after
/// it sees strings still to parse; `render` shows its mistakes and changes, though. `cli` belongs to the binary and has its own test.
const MAY_USE: [(&str, &str); 11] = [
    ("day", ""),
    ("shape", "day"),
    ("diagnostic", "day"),
    ("language", "day diagnostic"),
    ("model", "day shape diagnostic language::DayClass"),
    ("scenario", "day shape diagnostic language model"),
    ("network", "day shape diagnostic language model"),
    ("infer", "day shape diagnostic language model network"),
    ("answer", "day shape diagnostic language model network infer"),
    (
        "render",
        "day shape diagnostic language model network infer answer scenario::Invalid scenario::Difference scenario::Change",
    ),
    ("lib", "day shape diagnostic language model scenario network infer answer render"),
];

/// A file of `src`.
struct Source {
    /// Below `src`, with `/`.
    path: String,
    text: String,
}

impl Source {
    /// The module of the top level that it belongs to: `day` for `day.rs`, `infer` for `infer/table.rs`.
    fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// Whether it belongs to the binary rather than to the library.
    fn is_of_binary(&self) -> bool {
        matches!(self.module(), "main" | "cli")
    }

    /// Whether it reaches other modules by `super::` instead of `crate::`, where the paths read here would not show them.
    fn climbs_to_the_root(&self) -> bool {
        let parents = self.path.matches('/').count();
        let depth = if self.path.ends_with("mod.rs") { parents } else { parents + 1 };
        let code = self.code();
        // Unit tests stand in a module of their own, one further down.
        let (code, tests) = code.split_once("#[cfg(test)]").unwrap_or((&code, ""));
        code.contains(&"super::".repeat(depth)) || tests.contains(&"super::".repeat(depth + 1))
    }

    /// The text without comments.
    fn code(&self) -> String {
        let lines = self.text.lines();
        let code = lines.map(|line| {
            let end = comment_start(line).unwrap_or(line.len());
            &line[..end]
        });
        code.collect::<Vec<&str>>().join("\n")
    }
}

/// Where a line's comment starts; slashes after a quotation mark or a colon are taken for text such as an address.
fn comment_start(line: &str) -> Option<usize> {
    let at = line.find("//")?;
    let before = &line[..at];
    let in_text = before.matches('"').count() % 2 == 1 || before.ends_with(':');
    (!in_text).then_some(at)
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    assert!(found.len() > 40, "the source tree is not where it was");
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let below = path.strip_prefix(root).unwrap().components();
            let names: Vec<_> = below.map(|name| name.as_os_str().to_string_lossy()).collect();
            found
                .push(Source { path: names.join("/"), text: fs::read_to_string(&path).expect("the file can be read") });
        }
    }
}

#[track_caller]
fn assert_none(breaches: &[String]) {
    let mut breaches = breaches.to_vec();
    breaches.dedup();
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

/// What a path names after `crate::`, as `module` or `module::Name`, a line for each name of a group in braces.
///
/// ```text
/// crate::day::Day             day::Day
/// crate::model::{A, B as C}   model::A, model::B
/// ```
fn crate_paths(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, prefix) in code.match_indices("crate::") {
        // `pub(crate)` has no colons; `some_crate::` is another name.
        let before = code[..at].chars().next_back();
        if before.is_none_or(|c| !c.is_alphanumeric() && c != '_') {
            expand("", &code[at + prefix.len()..], 2, &mut found);
        }
    }
    found
}

/// Adds the paths that `rest` starts with, to a depth of so many names.
fn expand(prefix: &str, rest: &str, depth: usize, found: &mut Vec<String>) {
    let rest = rest.trim_start();
    if let Some(group) = rest.strip_prefix('{') {
        for member in members(group) {
            expand(prefix, member, depth, found);
        }
        return;
    }
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '*');
    let (name, rest) = rest.split_at(end.unwrap_or(rest.len()));
    let path = format!("{prefix}{name}");
    match rest.strip_prefix("::") {
        Some(rest) if depth > 1 => expand(&format!("{path}::"), rest, depth - 1, found),
        _ => found.push(path),
    }
}

/// The members of a group, of which the opening brace has been read.
fn members(group: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' if depth > 0 => {}
            ',' | '}' => {
                found.push(group[start..at].trim());
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found.retain(|member| !member.is_empty());
    found
}

#[test]
fn paths_are_read_from_all_ways_of_writing_them() {
    let code = "use crate::day::Day;\npub use crate::model::{\n    Event, Other as Name,\n    deep::{Er, Est},\n};\n\
                pub(crate) fn f(x: &crate::infer::Limits) -> my_crate::X { crate::{day, scenario::Invalid} }";
    let expected =
        ["day::Day", "model::Event", "model::Other", "model::deep", "infer::Limits", "day", "scenario::Invalid"];
    assert_eq!(crate_paths(code), expected);
    assert_eq!(comment_start("let a = 1; // crate::x"), Some(11));
    assert_eq!(comment_start("let a = \"http://x\";"), None);
}

#[test]
fn every_file_says_first_what_it_is_for() {
    let silent = sources().into_iter().filter(|source| {
        let first = source.text.lines().next().unwrap_or_default();
        !first.starts_with("//! ")
    });
    let breaches: Vec<String> =
        silent.map(|source| format!("src/{}: the first line does not begin with //!", source.path)).collect();
    assert_none(&breaches);
}

#[test]
fn no_file_is_too_long() {
    let breaches: Vec<String> = sources()
        .into_iter()
        .map(|source| (source.text.lines().count(), source.path))
        .filter(|(lines, _)| *lines > LONGEST_FILE)
        .map(|(lines, path)| format!("src/{path}: {lines} lines, more than {LONGEST_FILE}"))
        .collect();
    assert_none(&breaches);
}

#[test]
fn modules_use_only_what_is_left_of_them() {
    let mut breaches = Vec::new();
    for source in sources() {
        if source.is_of_binary() {
            continue;
        }
        let module = source.module();
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == module) else {
            breaches.push(format!("src/{}: nothing says what it may use", source.path));
            continue;
        };
        for path in crate_paths(&source.code()) {
            let first = path.split("::").next().unwrap_or_default();
            let mut allowed = allowed.split(' ').chain([module]);
            if !allowed.any(|allowed| allowed == first || allowed == path) {
                breaches.push(format!("src/{}: crate::{path}", source.path));
            }
        }
        if source.climbs_to_the_root() {
            breaches.push(format!("src/{}: super:: up to the crate's root", source.path));
        }
    }
    assert_none(&breaches);
}

/// The command line sees what every other user of the crate sees.
#[test]
fn the_binary_uses_the_public_names_only() {
    let mut breaches = Vec::new();
    for source in sources().iter().filter(|source| source.is_of_binary()) {
        let paths = crate_paths(&source.code());
        let foreign = paths.iter().filter(|path| !path.starts_with("cli"));
        breaches.extend(foreign.map(|path| format!("src/{}: crate::{path}", source.path)));
        if source.code().contains("#[path") {
            breaches.push(format!("src/{}: takes in a file by its path", source.path));
        }
    }
    assert_none(&breaches);
}

/// Nothing unfinished, and nothing that writes to a terminal that is not the library's.
#[test]
fn the_library_is_finished_and_quiet() {
    let mut breaches = Vec::new();
    for source in sources().iter().filter(|source| !source.is_of_binary()) {
        let code = source.code();
        for unwanted in ["todo!", "unimplemented!", "dbg!", "print!", "println!"] {
            // `eprintln!` is caught as well.
            if code.contains(unwanted) {
                breaches.push(format!("src/{}: {unwanted}", source.path));
            }
        }
    }
    assert_none(&breaches);
}

/// Everything else counts in whole days.
#[test]
fn one_file_knows_the_calendar() {
    let knowing = sources().into_iter().filter(|source| {
        let names_it = source.text.contains("chrono::");
        names_it != (source.path == "day.rs")
    });
    let breaches: Vec<String> = knowing.map(|source| format!("src/{}: chrono", source.path)).collect();
    assert_none(&breaches);
}
