//! How long a file may be, and what it must say at its head.

use crate::{
    names::test_modules,
    sources::{Source, sources},
};

const LINES_MOST: usize = 500;
const LINES_MEDIAN: usize = 150;
/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "types", "common", "misc"];

#[test]
fn files_are_short_and_say_what_they_are() {
    let sources = sources("src");
    let tests = test_modules(&sources);
    let mut lengths: Vec<usize> = sources.iter().map(|source| source.text.lines().count()).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(
        median < LINES_MEDIAN,
        "the median file has {median} lines; split the long ones by verb"
    );
    let faults: Vec<String> = sources
        .iter()
        .flat_map(|source| wrong_file(source, tests.contains(&source.module)))
        .collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// What is wrong with the file itself; one that exists only in tests needs no head, its module has one.
fn wrong_file(source: &Source, in_test: bool) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = source.text.lines().count();
    if lines > LINES_MOST {
        faults.push(format!(
            "{}: {lines} lines; split it by verb",
            source.path.display()
        ));
    }
    if source
        .module
        .iter()
        .any(|part| EMPTY_NAMES.contains(&part.as_str()))
    {
        faults.push(format!(
            "{}: a name that says nothing about what is inside",
            source.path.display()
        ));
    }
    let headless = !source
        .file
        .attrs
        .iter()
        .any(|attribute| attribute.path().is_ident("doc"));
    if headless && !in_test {
        faults.push(format!("{}: has no `//!` head", source.path.display()));
    }
    faults
}

mod samples {
    use std::path::Path;

    use super::*;

    const NONE: [String; 0] = [];

    fn source(path: &str, text: &str) -> Source {
        Source::new(Path::new(path), text.to_owned())
    }

    #[test]
    fn long_nameless_and_headless_files_are_found() {
        let bad = source("src/engine/utils.rs", &"\n".repeat(501));
        assert_eq!(wrong_file(&bad, false).len(), 3);
        assert_eq!(wrong_file(&bad, true).len(), 2);
        assert_eq!(
            wrong_file(&source("src/engine/open.rs", "//! Opens.\n"), false),
            NONE
        );
    }
}
