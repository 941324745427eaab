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
        Some(path) => write_file(path, write).map_err(|error| named(path, error)),
    }
}

/// Replaces a file whose content was `before` when it was read by one whose content is `after`.
///
/// # Errors
/// Where it may not be written, is no plain file, or has another content by now; it is then left as it is.
pub fn replace(path: &Path, before: &[u8], after: &[u8]) -> io::Result<()> {
    replace_file(path, before, after).map_err(|error| named(path, error))
}

fn named(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn replace_file(path: &Path, before: &[u8], after: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path)?;
    let there = fs::metadata(&target)?;
    if !there.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "this is no plain file, which could be replaced"));
    }
    if there.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file may not be written"));
    }
    let mut file = beside(&target)?;
    file.write_all(after)?;
    file.as_file().sync_all()?;
    // As late as can be: what another program has written meanwhile must not be lost.
    if fs::read(&target)? != before {
        let why = "another program has changed the file since it was read; it is left as it is now";
        return Err(io::Error::new(io::ErrorKind::ResourceBusy, why));
    }
    move_to(file, &target, Some(there.permissions()))
}

/// Moves a file that has been written beside its place there.
fn move_to(file: NamedTempFile, target: &Path, permissions: Option<fs::Permissions>) -> io::Result<()> {
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.persist(target).map_err(|error| error.error)?;
    Ok(())
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
            move_to(file, &target, there.map(|there| there.permissions()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_has_changed_meanwhile_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("visit.toml");
        fs::write(&path, "as it is now").unwrap();
        let error = replace(&path, b"as it was", b"as it was to be").unwrap_err();
        assert!(error.to_string().contains("visit.toml: another program has changed the file"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"as it is now");
        replace(&path, b"as it is now", b"as it was to be").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"as it was to be");
        let folder_itself = replace(folder.path(), b"", b"").unwrap_err();
        assert!(folder_itself.to_string().contains("no plain file"), "{folder_itself}");
        // Nothing is left lying beside it, either.
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
