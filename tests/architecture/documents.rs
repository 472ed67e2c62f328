//! What the documents name must exist.

use std::{collections::BTreeSet, fs, path::Path};

use crate::sources::{root, sources};

#[test]
fn every_test_that_a_promise_names_exists() {
    let text = fs::read_to_string(root().join("docs/guarantees.md")).unwrap();
    let code: String = ["src", "tests"]
        .into_iter()
        .flat_map(sources)
        .map(|source| source.text)
        .collect();
    let named = named_tests(&text);
    assert!(named.len() > 10, "the table was not found: {named:?}");
    let missing: Vec<_> = named
        .iter()
        .filter(|name| !code.contains(&format!("fn {name}(")))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/guarantees.md names what is not there: {missing:?}"
    );
}

#[test]
fn every_file_that_a_document_links_to_exists() {
    let documents = [
        "README.md",
        "ARCHITECTURE.md",
        "SECURITY.md",
        "CHANGELOG.md",
        "docs/azure.md",
        "docs/guarantees.md",
        "docs/CONTRIBUTING.md",
    ];
    for document in documents {
        let path = root().join(document);
        let text = fs::read_to_string(&path).unwrap();
        for target in links(&text) {
            let found = path.parent().unwrap_or(Path::new("")).join(target);
            assert!(found.exists(), "{document} links to {target}, which is not there");
        }
    }
}

/// The functions in the last column of the table.
fn named_tests(text: &str) -> BTreeSet<&str> {
    let rows = text.lines().filter(|line| line.starts_with("| **G"));
    let cells = rows.filter_map(|row| row.trim_end_matches([' ', '|']).rsplit_once('|'));
    cells
        .flat_map(|(_, cell)| cell.split('`').skip(1).step_by(2))
        .collect()
}

/// Relative targets of Markdown links.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| !target.contains("://") && !target.starts_with('#'))
        .collect()
}

mod samples {
    use super::*;

    #[test]
    fn names_and_links_are_found() {
        let text = "| **G1** | says `initiate` | `one`, `two` |\n| other | `three` |\nsee [a](b.md) and [c](https://d) and [e](#f)";
        assert_eq!(named_tests(text), BTreeSet::from(["one", "two"]));
        assert_eq!(links(text), ["b.md"]);
    }
}
