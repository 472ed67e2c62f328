//! What a SQLite file needs around it: a local disk, and only one `serve`.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};

use super::error::{Result, StoreError};

/// Held while `serve` runs; the operating system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct ServeLock {
    _file: File,
}

impl ServeLock {
    pub(super) fn take(database: &Path) -> Result<Self> {
        let path = beside(database);
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|source| StoreError::File {
                path: path.clone(),
                source,
            })?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::AlreadyServed {
                path: database.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(StoreError::File { path, source }),
        }
    }
}

/// Makes `database` and its folder where they are missing, for this user only, and refuses a place on a network.
///
/// The file holds interaction tokens for their 15 minutes. SQLite gives its companions the file's own mode.
pub(super) fn prepare(database: &Path) -> Result<()> {
    let folder = folder_of(database);
    std::fs::create_dir_all(&folder).map_err(|source| StoreError::File {
        path: folder.clone(),
        source,
    })?;
    refuse_network(&folder, database)?;
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(database) {
        Ok(_) => Ok(()),
        Err(source) => Err(StoreError::File {
            path: database.to_owned(),
            source,
        }),
    }
}

fn folder_of(database: &Path) -> PathBuf {
    match database.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

#[cfg(target_os = "linux")]
fn refuse_network(folder: &Path, database: &Path) -> Result<()> {
    let found = rustix::fs::statfs(folder).map_err(|error| StoreError::File {
        path: folder.to_owned(),
        source: error.into(),
    })?;
    // The field's type differs between architectures; a magic number has 32 bits.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "only 32 bits are meant"
    )]
    let magic = found.f_type as u32;
    match network_kind(magic) {
        Some(kind) => Err(StoreError::NetworkFileSystem {
            path: database.to_owned(),
            kind,
        }),
        None => Ok(()),
    }
}

#[cfg(not(target_os = "linux"))]
fn refuse_network(_folder: &Path, _database: &Path) -> Result<()> {
    Ok(())
}

/// The file systems of Linux that reach over a network (`statfs(2)`, linux/magic.h).
#[cfg(target_os = "linux")]
fn network_kind(magic: u32) -> Option<&'static str> {
    Some(match magic {
        0x6969 => "NFS",
        0x517B | 0xFE53_4D42 | 0xFF53_4D42 => "SMB",
        0x0102_1997 => "9P",
        0x00C3_6400 => "Ceph",
        0x5346_414F => "AFS",
        0x0BD0_0BD0 => "Lustre",
        0x4750_4653 => "GPFS",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lock_is_refused_until_the_first_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("p.db");
        let first = ServeLock::take(&database).unwrap();
        assert!(matches!(
            ServeLock::take(&database),
            Err(StoreError::AlreadyServed { .. })
        ));
        drop(first);
        ServeLock::take(&database).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_is_for_its_user_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("deep/down/p.db");
        prepare(&database).unwrap();
        let mode = std::fs::metadata(&database).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        // A second start changes nothing.
        prepare(&database).unwrap();
        let folder_itself = prepare(folder.path());
        assert!(matches!(folder_itself, Err(StoreError::File { .. })));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn network_file_systems_are_known_by_their_magic_number() {
        assert_eq!(network_kind(0x6969), Some("NFS"));
        // ext4, tmpfs, overlayfs.
        for local in [0xEF53, 0x0102_1994, 0x794C_7630] {
            assert_eq!(network_kind(local), None);
        }
    }
}
