//! Where the data is.

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};

/// A SQLite file or a PostgreSQL server.
#[derive(Debug, Clone)]
pub enum Place {
    Sqlite(PathBuf),
    /// The URL may hold a password, so it never prints.
    Postgres(SecretString),
}

impl Place {
    /// Reads `postgres://…` and `postgresql://…` as a server, `sqlite:FILE` and everything else as a file.
    pub fn of(url: SecretString) -> Self {
        let text = url.expose_secret();
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Self::Postgres(url);
        }
        let path = text.strip_prefix("sqlite:").unwrap_or(text);
        Self::Sqlite(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_server_or_a_file() {
        for file in ["data/p.db", "sqlite:data/p.db", "sqlite://data/p.db"] {
            assert!(
                matches!(Place::of(file.into()), Place::Sqlite(path) if path.to_str() == Some("data/p.db")),
                "{file}"
            );
        }
        let server = Place::of("postgres://bot:hunter2@localhost/p".into());
        assert!(matches!(server, Place::Postgres(_)));
        assert!(!format!("{server:?}").contains("hunter2"));
    }
}
