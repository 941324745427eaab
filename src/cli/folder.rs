//! Paths in; the scenario files that they stand for out, folders gone through.

use super::input;
use dateline::is_sources_only;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// Folders deeper than this are not looked into.
const DEEPEST: usize = 64;

/// A file itself, or all scenario files of a folder and those below it, in the order of their names; files of sources, which
/// scenarios include, are none. `Err` says why there are none.
pub fn scenario_files(path: &Path) -> Result<Vec<PathBuf>, String> {
    if input::is_stdin(path) || !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    for entry in WalkDir::new(path).max_depth(DEEPEST).sort_by_file_name() {
        let entry = entry.map_err(|error| error.to_string())?;
        let is_scenario = entry.file_type().is_file() && entry.path().extension() == Some(OsStr::new("toml"));
        if is_scenario && !input::read(entry.path()).is_ok_and(|text| is_sources_only(&text)) {
            found.push(entry.into_path());
        }
    }
    if found.is_empty() { Err("there is no scenario (a file NAME.toml) in this folder".to_string()) } else { Ok(found) }
}
