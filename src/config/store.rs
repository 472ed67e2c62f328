//! `[store]`: SQLite in a file, or PostgreSQL.

use std::path::PathBuf;

use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{environment::Environment, problem::Problems, secret::Given};

/// Where requests, windows and records are kept: SQLite at `path`, or PostgreSQL at `url`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct StoreInput {
    /// The SQLite file, on a disk of this machine. Without path and url: "portcullis.db".
    path: Option<PathBuf>,
    /// The address of the PostgreSQL database. With a password, better in a file: `url_file`.
    #[schemars(with = "Option<String>")]
    url: Option<SecretString>,
    /// The file that holds the address. It goes before `url`.
    url_file: Option<PathBuf>,
}

/// Where requests, windows and records are kept.
#[derive(Debug, Clone)]
pub enum Store {
    Sqlite {
        path: PathBuf,
    },
    /// The address may hold a password.
    Postgres {
        url: SecretString,
    },
}

impl StoreInput {
    pub(super) fn check(self, environment: &Environment, problems: &mut Problems) -> Option<Store> {
        let url = Given {
            key: "store.url",
            file: self.url_file.as_deref(),
            credential: "store_url",
            inline: self.url.as_ref(),
        }
        .resolve(environment, problems);
        let wants_postgres = self.url.is_some() || self.url_file.is_some() || url.is_some();
        match (self.path, url) {
            (Some(_), _) if wants_postgres => {
                problems.at(
                    "store.path",
                    "there is one store: keep either path (SQLite) or url (PostgreSQL)",
                );
                None
            }
            (_, Some(url)) => {
                let text = url.expose_secret();
                if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
                    problems.at(
                        "store.url",
                        "the address of a PostgreSQL database begins with postgres://; for SQLite, set store.path",
                    );
                    return None;
                }
                Some(Store::Postgres { url })
            }
            (_, None) if wants_postgres => None,
            (path, None) => Some(Store::Sqlite {
                path: path.unwrap_or_else(|| "portcullis.db".into()),
            }),
        }
    }
}
