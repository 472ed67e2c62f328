//! Files that go out with a message.
//!
//! Must not know what is in a file, or why it is sent.

use bytes::Bytes;

/// A file with the name under which a person saves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    name: String,
    content_type: &'static str,
    bytes: Bytes,
}

impl File {
    /// A file. Its name keeps letters, digits, `.`, `_` and `-` of ASCII; anything else becomes `_`, because a name
    /// may come from outside and ends in a header here and on somebody's disk there.
    pub fn new(name: &str, content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        let safe: String = name
            .chars()
            .take(NAME_MAX)
            .map(|char| match char {
                '.' | '_' | '-' => char,
                _ if char.is_ascii_alphanumeric() => char,
                _ => '_',
            })
            .collect();
        // A leading dot hides a file, a leading hyphen is an option to a program that is given the name.
        let safe = safe.trim_start_matches(['.', '-']);
        Self {
            name: if safe.is_empty() { "file" } else { safe }.to_owned(),
            content_type,
            bytes: bytes.into(),
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn content_type(&self) -> &'static str {
        self.content_type
    }

    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

/// A body of serenity's, and the files that go with it. A body alone becomes one without files.
#[derive(Debug, Clone, Default)]
pub struct WithFiles<M> {
    pub body: M,
    pub files: Vec<File>,
}

impl<M> From<M> for WithFiles<M> {
    fn from(body: M) -> Self {
        Self {
            body,
            files: Vec::new(),
        }
    }
}

impl<M: Clone> From<&M> for WithFiles<M> {
    fn from(body: &M) -> Self {
        Self::from(body.clone())
    }
}

impl<M: Clone> From<&WithFiles<M>> for WithFiles<M> {
    fn from(whole: &WithFiles<M>) -> Self {
        whole.clone()
    }
}

const NAME_MAX: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_can_leave_its_header_or_its_folder() {
        for (given, kept) in [
            ("web-01.rdp", "web-01.rdp"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("a\"\r\nX-Evil: 1.rdp", "a___X-Evil__1.rdp"),
            ("-rf", "rf"),
            (".bashrc", "bashrc"),
            ("größe.rdp", "gr__e.rdp"),
            ("", "file"),
            ("...", "file"),
        ] {
            assert_eq!(File::new(given, "text/plain", "").name(), kept);
        }
        assert_eq!(
            File::new(&"a".repeat(500), "text/plain", "").name().len(),
            NAME_MAX
        );
    }
}
