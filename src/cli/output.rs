//! A path (or standard output) and what is to be written in, a file that is there whole or not at all out.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Writes to a file, or to standard output where there is no path or it is `-`.
///
/// A file is written beside its place and moved there at the end, so that nobody finds half of it. What is no plain file,
/// such as a pipe or a device, is written to as it is.
pub fn write_to(path: Option<&Path>, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    match path.filter(|path| *path != Path::new("-")) {
        None => {
            let mut out = io::stdout().lock();
            write(&mut out)?;
            out.flush()
        }
        Some(path) => write_file(path, write)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
    }
}

fn write_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    // Where the path is a link, it is its goal that is replaced.
    let (target, there) = match fs::canonicalize(path) {
        Ok(target) => {
            let there = fs::metadata(&target)?;
            (target, Some(there))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => (path.to_path_buf(), None),
        Err(error) => return Err(error),
    };
    match there {
        Some(there) if there.is_dir() => {
            Err(io::Error::new(io::ErrorKind::IsADirectory, "this is a folder, not a file"))
        }
        Some(there) if !there.is_file() => write(&mut File::options().write(true).open(&target)?),
        there => {
            let mut file = beside(&target)?;
            write(&mut file)?;
            if let Some(there) = there {
                file.as_file().set_permissions(there.permissions())?;
            }
            file.persist(&target).map_err(|error| error.error)?;
            Ok(())
        }
    }
}

/// A new file in the folder of another.
fn beside(target: &Path) -> io::Result<NamedTempFile> {
    let folder = match target.parent() {
        Some(parent) if parent != Path::new("") => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".dateline-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As for any new file; the user's mask takes away from it.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}
