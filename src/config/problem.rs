//! What is wrong with a configuration, and where: all of it at once, so that one look mends it.

use std::{
    collections::HashMap,
    fmt,
    path::{Path, PathBuf},
};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Line and column count from 1; the column counts characters.
    Line {
        file: PathBuf,
        line: usize,
        column: usize,
    },
    File(PathBuf),
    /// The environment variable of this name.
    Variable(String),
    /// No file was given.
    Nowhere,
}

/// One thing that is wrong, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub place: Place,
    /// The key, such as `discord.guild_id` or `rule[0].max_for`; empty for a file as a whole.
    pub key: String,
    pub what: String,
}

/// A configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Invalid {
    /// One or more, in the order in which they stand in the file.
    pub problems: Vec<Problem>,
}

impl Place {
    /// The order in which people read: the file from top to bottom, then the environment.
    pub(super) fn rank(&self) -> (u8, usize, usize) {
        match self {
            Self::File(_) | Self::Nowhere => (0, 0, 0),
            Self::Line { line, column, .. } => (1, *line, *column),
            Self::Variable(_) => (2, 0, 0),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { file, line, column } => write!(f, "{}:{line}:{column}", file.display()),
            Self::File(file) => file.display().fmt(f),
            Self::Variable(name) => f.write_str(name),
            Self::Nowhere => f.write_str("configuration"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            write!(f, "{}: {}", self.place, self.what)
        } else {
            write!(f, "{}: {}: {}", self.place, self.key, self.what)
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

/// Where each key was read.
#[derive(Debug, Default)]
pub(super) struct Origins {
    pub(super) file: Option<PathBuf>,
    pub(super) text: String,
    /// The byte at which a key's value (for a section, its head) begins.
    pub(super) offsets: HashMap<String, usize>,
    pub(super) variables: HashMap<String, String>,
}

impl Origins {
    /// The place of `key`, or of the nearest part around it that was written at all.
    pub(super) fn place(&self, key: &str) -> Place {
        let mut key = key;
        loop {
            if let Some(name) = self.variables.get(key) {
                return Place::Variable(name.clone());
            }
            if let (Some(file), Some(offset)) = (&self.file, self.offsets.get(key)) {
                return self.at(file, *offset);
            }
            match key.rfind(['.', '[']) {
                Some(end) => key = key.get(..end).unwrap_or_default(),
                None => break,
            }
        }
        self.file.clone().map_or(Place::Nowhere, Place::File)
    }

    pub(super) fn at(&self, file: &Path, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        Place::Line {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
        }
    }
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Problems {
    pub(super) origins: Origins,
    found: Vec<Problem>,
}

impl Problems {
    pub(super) fn new(origins: Origins) -> Self {
        Self {
            origins,
            found: Vec::new(),
        }
    }

    /// Notes that the value at `key` is wrong.
    pub(super) fn at(&mut self, key: &str, what: impl Into<String>) {
        let problem = self.noted(key, what);
        self.found.push(problem);
    }

    /// A problem that is only told.
    pub(super) fn noted(&self, key: &str, what: impl Into<String>) -> Problem {
        Problem {
            place: self.origins.place(key),
            key: key.to_owned(),
            what: what.into(),
        }
    }

    /// The value, or the problem that it is missing, unless it was there and wrong.
    pub(super) fn required<T>(&mut self, key: &str, value: Option<T>, why: &str) -> Option<T> {
        let told = |problem: &Problem| {
            let rest = key.strip_prefix(&problem.key);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        if value.is_none()
            && !self
                .found
                .iter()
                .any(|problem| !problem.key.is_empty() && told(problem))
        {
            self.at(key, format!("this key is missing or empty; {why}"));
        }
        value
    }

    /// The text read as a `T`, or the problem that it is none.
    pub(super) fn parsed<T: std::str::FromStr<Err: fmt::Display>>(
        &mut self,
        key: &str,
        text: &str,
    ) -> Option<T> {
        match text.trim().parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.at(key, format!("{text:?} cannot be used: {error}"));
                None
            }
        }
    }

    /// All that was found, in the order of the file.
    pub(super) fn into_invalid(mut self) -> Option<Invalid> {
        self.found.sort_by_key(|problem| match problem.place {
            Place::Line { line, column, .. } => (1, line, column),
            Place::File(_) | Place::Nowhere => (0, 0, 0),
            Place::Variable(_) => (2, 0, 0),
        });
        (!self.found.is_empty()).then_some(Invalid { problems: self.found })
    }
}
