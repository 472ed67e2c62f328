//! The program's own text, parsed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use syn::{Attribute, File, Meta};

/// One file, parsed.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    /// `["engine", "vote"]` for `src/engine/vote.rs`; `["main"]` for `src/main.rs`; empty for `src/lib.rs`.
    pub(crate) module: Vec<String>,
    pub(crate) text: String,
    pub(crate) file: File,
}

impl Source {
    pub(crate) fn new(path: &Path, text: String) -> Self {
        let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let module = module_of(path);
        Self {
            path: path.to_owned(),
            module,
            text,
            file,
        }
    }

    pub(crate) fn top(&self) -> &str {
        self.module.first().map_or("lib", String::as_str)
    }
}

/// The module whose file stands at `path`.
pub(crate) fn module_of(path: &Path) -> Vec<String> {
    let mut module: Vec<String> = path
        .with_extension("")
        .iter()
        .skip(1)
        .map(|part| part.to_str().unwrap().to_owned())
        .collect();
    if module.last().is_some_and(|last| last == "mod" || last == "lib") {
        module.pop();
    }
    module
}

/// The folder of the project.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn sources(folder: &str) -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            Source::new(path.strip_prefix(root()).unwrap(), text)
        })
        .collect()
}

/// Whether what stands under these attributes exists only in tests.
pub(crate) fn only_in_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || attribute.path().is_ident("cfg")
                && attribute
                    .parse_args::<Meta>()
                    .is_ok_and(|meta| meta.path().is_ident("test"))
    })
}
