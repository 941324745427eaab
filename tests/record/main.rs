//! Tables of cases and files of sources in; what is learned of them, what is included, and what the commands say, out.

mod command;
mod include;
mod learning;
mod replay;

use std::path::{Path, PathBuf};
use std::process::Command;

/// What a run of the binary left behind.
#[derive(Debug, PartialEq)]
pub struct Run {
    pub status: i32,
    pub out: String,
    pub err: String,
}

/// Runs the binary in a folder.
pub fn dateline(folder: &Path, arguments: &[&str]) -> Run {
    let run =
        Command::new(env!("CARGO_BIN_EXE_dateline")).current_dir(folder).args(arguments).output().expect("it starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it writes UTF-8");
    Run { status: run.status.code().expect("it ends by itself"), out: text(run.stdout), err: text(run.stderr) }
}

/// A folder with these files.
pub fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is room");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("there is room");
        std::fs::write(path, text).expect("there is room");
    }
    folder
}

/// A file of the worked record.
pub fn worked(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/record").join(name)
}

/// The header of a table of cases.
pub const HEADER: &str = "case_id,report_date,source,stated_earliest,stated_latest,outcome_date\n";
