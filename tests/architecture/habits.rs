//! What never appears.

use std::collections::BTreeMap;

use syn::{
    Attribute, Expr, ImplItemFn, ItemFn, ItemMod, ItemUse, Local, TraitItemFn, UseTree,
    visit::{self, Visit},
};

use crate::sources::{Source, sources};

#[test]
fn no_test_is_skipped_and_nothing_sleeps_without_a_reason() {
    let faults: Vec<String> = ["src", "tests", "benches"]
        .into_iter()
        .flat_map(sources)
        .flat_map(|source| wrong_habit(&source))
        .collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Skipped tests, silenced lints without a reason, and sleep that no `expect` excuses.
fn wrong_habit(source: &Source) -> Vec<String> {
    let mut habits = Habits {
        excused: 0,
        found: BTreeMap::new(),
    };
    habits.visit_file(&source.file);
    habits
        .found
        .iter()
        .map(|(what, times)| format!("{}: {what} ({times} ×)", source.path.display()))
        .collect()
}

struct Habits {
    excused: usize,
    found: BTreeMap<&'static str, usize>,
}

impl Habits {
    fn fault(&mut self, what: &'static str) {
        *self.found.entry(what).or_default() += 1;
    }

    fn within(&mut self, attributes: &[Attribute], inner: impl FnOnce(&mut Self)) {
        let excuse = attributes.iter().any(|attribute| {
            let text = arguments(attribute);
            attribute.path().is_ident("expect")
                && text.contains("disallowed_methods")
                && text.contains("reason")
        });
        self.excused += usize::from(excuse);
        inner(self);
        self.excused -= usize::from(excuse);
    }
}

fn arguments(attribute: &Attribute) -> String {
    attribute
        .meta
        .require_list()
        .map(|list| list.tokens.to_string())
        .unwrap_or_default()
}

impl<'ast> Visit<'ast> for Habits {
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if attribute.path().is_ident("ignore") {
            self.fault("`#[ignore]`: assert what happens today and say what is wrong");
        }
        let silences = attribute.path().is_ident("allow") || attribute.path().is_ident("expect");
        if silences && !arguments(attribute).contains("reason") {
            self.fault("a lint is silenced without a reason");
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<String> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        if self.excused == 0 && parts.ends_with(&["time".to_owned(), "sleep".to_owned()]) {
            self.fault("`tokio::time::sleep` without an `expect` that says why");
        }
        visit::visit_path(self, path);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        fn ends_in_sleep(tree: &UseTree, in_time: bool) -> bool {
            match tree {
                UseTree::Path(step) => ends_in_sleep(&step.tree, step.ident == "time"),
                UseTree::Group(group) => group.items.iter().any(|tree| ends_in_sleep(tree, in_time)),
                UseTree::Name(name) => in_time && name.ident == "sleep",
                UseTree::Rename(name) => in_time && name.ident == "sleep",
                UseTree::Glob(_) => false,
            }
        }
        if ends_in_sleep(&item.tree, false) {
            self.fault("`sleep` is imported, which hides it from the eye; write `tokio::time::sleep`");
        }
        visit::visit_item_use(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.within(&item.attrs, |habits| visit::visit_item_fn(habits, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.within(&item.attrs, |habits| visit::visit_impl_item_fn(habits, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        self.within(&item.attrs, |habits| visit::visit_trait_item_fn(habits, item));
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.within(&item.attrs, |habits| visit::visit_item_mod(habits, item));
    }

    fn visit_local(&mut self, local: &'ast Local) {
        self.within(&local.attrs, |habits| visit::visit_local(habits, local));
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        let attributes: &[Attribute] = match expression {
            Expr::Await(inner) => &inner.attrs,
            Expr::Call(inner) => &inner.attrs,
            Expr::MethodCall(inner) => &inner.attrs,
            Expr::Block(inner) => &inner.attrs,
            Expr::Async(inner) => &inner.attrs,
            _ => &[],
        };
        self.within(attributes, |habits| visit::visit_expr(habits, expression));
    }
}

mod samples {
    use std::path::Path;

    use super::*;

    const NONE: [String; 0] = [];

    fn source(path: &str, text: &str) -> Source {
        Source::new(Path::new(path), text.to_owned())
    }

    #[test]
    fn skipped_tests_and_sleep_are_found() {
        for text in [
            "#[test] #[ignore] fn f() {}",
            "async fn f() { tokio::time::sleep(d).await; }",
            "use tokio::time::{sleep, timeout};",
            "#[allow(dead_code)] fn f() {}",
        ] {
            assert_eq!(wrong_habit(&source("src/a.rs", text)).len(), 1, "{text}");
        }
        for text in [
            "#[expect(clippy::disallowed_methods, reason = \"why\")] async fn f() { tokio::time::sleep(d).await; }",
            "async fn f() { #[expect(clippy::disallowed_methods, reason = \"why\")] tokio::time::sleep(d).await; }",
        ] {
            assert_eq!(wrong_habit(&source("src/a.rs", text)), NONE, "{text}");
        }
    }
}
