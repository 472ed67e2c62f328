//! Secrets: from a file first, then from the folder of credentials, then from the key itself.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use secrecy::SecretString;

use super::{environment::Environment, problem::Problems};

/// No secret of Discord, Azure or a database is nearly as long, in bytes.
const LONGEST: u64 = 16 * 1024;

/// The ways in which one secret may be given.
#[derive(Debug)]
pub(super) struct Given<'a> {
    /// The key without `_file`, such as `discord.token`.
    pub(super) key: &'a str,
    pub(super) file: Option<&'a Path>,
    /// The name of the file in `$CREDENTIALS_DIRECTORY`.
    pub(super) credential: &'a str,
    pub(super) inline: Option<&'a SecretString>,
}

impl Given<'_> {
    /// The secret, `None` where it is not given or cannot be read (which is told).
    pub(super) fn resolve(&self, environment: &Environment, problems: &mut Problems) -> Option<SecretString> {
        if let Some(file) = self.file {
            return self.read(&format!("{}_file", self.key), file, problems);
        }
        let credential: Option<PathBuf> = environment
            .credentials()
            .map(|folder| folder.join(self.credential))
            .filter(|file| file.exists());
        if let Some(file) = credential {
            return self.read(self.key, &file, problems);
        }
        self.inline.cloned()
    }

    fn read(&self, key: &str, file: &Path, problems: &mut Problems) -> Option<SecretString> {
        let mut text = String::new();
        let read = File::open(file).and_then(|open| open.take(LONGEST + 1).read_to_string(&mut text));
        let what = match read {
            Err(error) => format!("the file {} cannot be read: {error}", file.display()),
            Ok(_) if text.len() as u64 > LONGEST => {
                format!("the file {} is too long for a secret", file.display())
            }
            Ok(_) if text.trim().is_empty() => format!("the file {} is empty", file.display()),
            Ok(_) => return Some(text.trim().into()),
        };
        problems.at(key, what);
        None
    }
}
