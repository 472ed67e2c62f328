//! Who may name whom.

use std::collections::BTreeSet;

use crate::{
    names::{Name, names_in, test_modules},
    sources::{Source, sources},
};

/// `domain ← policy ← config ← store, azure, chat ← engine ← gateway, http ← cli ← main`: a module names
/// only those before it, and never one on the same step.
const STEPS: &[&[&str]] = &[
    &["domain"],
    &["policy"],
    &["config"],
    &["store", "azure", "chat"],
    &["engine"],
    &["gateway", "http"],
    &["cli"],
    &["main"],
];
/// Everybody but the pure modules may name these; they name nobody.
const LEAVES: &[&str] = &["clock", "telemetry"];
/// Given `now` as an argument; no clock, no log, no waiting, no outside world.
const PURE: &[&str] = &["domain", "policy"];
/// A crate from outside, and the only modules that may name it.
const KEPT_IN: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("azure_core", &["azure"]),
    ("azure_identity", &["azure"]),
    ("serenity", &["chat", "engine", "gateway", "cli"]),
    ("reqwest", &["azure", "chat", "cli", "sandbox"]),
    ("axum", &["http", "cli", "sandbox"]),
    ("clap", &["cli", "main"]),
    ("anyhow", &["cli", "main"]),
    ("rust_embed", &["sandbox"]),
    ("rcgen", &["sandbox"]),
];
/// What the pure modules never name.
const IMPURE: &[&str] = &["tokio", "tracing", "metrics", "moka", "rand"];
#[test]
fn every_module_names_only_what_the_arrows_allow() {
    let sources = sources("src");
    assert!(sources.len() > 10, "the sources were not found");
    let tests = test_modules(&sources);
    let known: BTreeSet<String> = sources
        .iter()
        .filter_map(|source| source.module.first().cloned())
        .collect();
    let faults: Vec<String> = sources
        .iter()
        .flat_map(|source| {
            let names = names_in(source, tests.contains(&source.module));
            names
                .into_iter()
                .filter_map(|name| wrong_arrow(source, &name, &known))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn step_of(module: &str) -> Option<usize> {
    STEPS.iter().position(|step| step.contains(&module))
}

/// What is wrong with `name` where it stands, if anything.
fn wrong_arrow(source: &Source, name: &Name, known: &BTreeSet<String>) -> Option<String> {
    let from = source.top();
    let to = name.path.first().map_or("*", String::as_str);
    let fault = |why: &str| {
        Some(format!(
            "{}: names `{}`: {why}",
            source.path.display(),
            name.path.join("::")
        ))
    };
    if from == "lib" || from == to {
        return None;
    }
    if !name.ours {
        if name.in_test {
            return None;
        }
        if PURE.contains(&from) && IMPURE.contains(&to) {
            return fault("a pure module waits for nothing and reports to nobody");
        }
        return match KEPT_IN.iter().find(|(outside, _)| *outside == to) {
            Some((_, homes)) if !homes.contains(&from) => {
                fault(&format!("this crate is named only in {}", homes.join(", ")))
            }
            _ => None,
        };
    }
    if !known.contains(to) {
        return fault(
            "nothing but modules stands at the root of the crate, so that every path shows its arrow",
        );
    }
    if LEAVES.contains(&from) {
        return fault("a leaf names nobody");
    }
    if from == "sandbox" && to != "clock" {
        return fault("the sandbox names nothing of ours but the clock");
    }
    if LEAVES.contains(&to) {
        let pure = PURE.contains(&from) && !name.in_test;
        return if pure {
            fault("a pure module is given `now` and does not ask for it")
        } else {
            None
        };
    }
    if to == "sandbox" {
        return if from == "cli" || name.in_test {
            None
        } else {
            fault("only cli and tests name the sandbox")
        };
    }
    match (step_of(from), step_of(to)) {
        (Some(from), Some(to)) if to < from => None,
        (Some(from), Some(to)) if to == from => fault("siblings do not name each other"),
        (Some(_), Some(_)) => fault("this arrow points to the right"),
        _ => fault("this module has no place in the order of modules"),
    }
}

mod samples {
    use std::path::Path;

    use super::*;

    const NONE: [String; 0] = [];

    fn source(path: &str, text: &str) -> Source {
        Source::new(Path::new(path), text.to_owned())
    }

    fn faults(path: &str, text: &str) -> Vec<String> {
        let steps = STEPS.iter().flat_map(|step| step.iter());
        let known: BTreeSet<String> = steps
            .chain(LEAVES)
            .chain(&["sandbox"])
            .map(|name| (*name).to_owned())
            .collect();
        let source = source(path, text);
        names_in(&source, false)
            .iter()
            .filter_map(|name| wrong_arrow(&source, name, &known))
            .collect()
    }

    #[test]
    fn arrows_to_the_left_are_fine() {
        assert_eq!(
            faults(
                "src/engine/vote.rs",
                "use crate::{domain::Vote, store, azure::jit}; use super::open;"
            ),
            NONE
        );
        assert_eq!(faults("src/cli/sandbox.rs", "use crate::sandbox::discord;"), NONE);
        assert_eq!(
            faults("src/main.rs", "fn main() { portcullis::cli::run(); }"),
            NONE
        );
        assert_eq!(faults("src/sandbox/mod.rs", "use crate::clock::Clock;"), NONE);
    }

    #[test]
    fn arrows_to_the_right_are_found_however_they_are_written() {
        for text in [
            "use crate::engine::vote;",
            "use crate::{domain::Vote, engine};",
            "use super::super::engine;",
            "fn f() { crate::engine::vote(); }",
            "fn f(_: crate::engine::Vote) {}",
            "fn f() { println!(\"{}\", crate::engine::COUNT); }",
            "macro_rules! m { () => { $crate::engine::vote() } }",
            "mod inner { use super::super::super::engine; }",
        ] {
            assert_eq!(faults("src/store/vote.rs", text).len(), 1, "{text}");
        }
    }

    #[test]
    fn siblings_leaves_and_the_sandbox_keep_to_themselves() {
        for (path, text) in [
            ("src/chat/rest.rs", "use crate::azure::jit;"),
            ("src/clock.rs", "use crate::domain::Vote;"),
            ("src/domain/vote.rs", "use crate::clock::Clock;"),
            ("src/sandbox/azure/mod.rs", "use crate::domain::Port;"),
            ("src/engine/open.rs", "use crate::sandbox::azure;"),
            ("src/engine/open.rs", "use crate::Thing;"),
            ("src/engine/open.rs", "use crate::*;"),
            ("src/engine/open.rs", "use sqlx::Row;"),
            ("src/domain/vote.rs", "async fn f() { tokio::spawn(async {}); }"),
        ] {
            assert_eq!(faults(path, text).len(), 1, "{path}: {text}");
        }
    }

    #[test]
    fn tests_may_name_the_sandbox_but_not_turn_an_arrow() {
        assert_eq!(
            faults(
                "src/azure/jit.rs",
                "#[cfg(test)] mod tests { use crate::sandbox::azure; }"
            ),
            NONE
        );
        assert_eq!(
            faults(
                "src/azure/jit.rs",
                "#[cfg(test)] mod tests { use crate::engine::open; }"
            )
            .len(),
            1
        );
        let tree = [
            source(
                "src/azure/mod.rs",
                "#[cfg(test)] mod tests; #[cfg(test)] #[path = \"jit_tests.rs\"] mod more;",
            ),
            source("src/azure/tests/deep.rs", ""),
            source("src/azure/jit_tests.rs", ""),
            source("src/azure/jit.rs", ""),
        ];
        let found = test_modules(&tree);
        assert!(found.contains(["azure", "tests", "deep"].map(str::to_owned).as_slice()));
        assert!(found.contains(["azure", "jit_tests"].map(str::to_owned).as_slice()));
        assert_eq!(found.len(), 2);
    }
}
