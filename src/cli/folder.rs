//! Paths in; the scenario files that they stand for out, folders gone through.

use super::{Ending, input, terminal};
use dateline::is_sources_only;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// Folders deeper than this are not looked into.
const DEEPEST: usize = 64;

/// A file itself, or all scenario files of a folder and those below it, in the order of their names; files of sources, which
/// scenarios include, are none. What cannot be looked into is told and passed by.
fn below(path: &Path, ending: &mut Ending) -> Vec<PathBuf> {
    if input::is_stdin(path) || !path.is_dir() {
        return vec![path.to_path_buf()];
    }
    let mut complain = |why: String| {
        terminal::complain(&format!("{}: {why}", input::name(path)));
        *ending = (*ending).max(Ending::Fault);
    };
    let mut found = Vec::new();
    for entry in WalkDir::new(path).max_depth(DEEPEST).sort_by_file_name() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                complain(error.to_string());
                continue;
            }
        };
        let is_scenario = entry.file_type().is_file() && entry.path().extension() == Some(OsStr::new("toml"));
        if is_scenario && !input::read(entry.path()).is_ok_and(|text| is_sources_only(&text)) {
            found.push(entry.into_path());
        }
    }
    if found.is_empty() {
        complain("there is no scenario (a file NAME.toml) in this folder".to_string());
    }
    found
}

/// All files that some paths stand for, each once, and whether something is wrong with them (told).
pub fn scenario_files(paths: &[PathBuf]) -> (Vec<PathBuf>, Ending) {
    let mut ending = Ending::Done;
    let mut known = HashSet::new();
    let mut files: Vec<PathBuf> = paths.iter().flat_map(|path| below(path, &mut ending)).collect();
    files.retain(|file| known.insert(file.canonicalize().unwrap_or_else(|_| file.clone())));
    (files, ending)
}
