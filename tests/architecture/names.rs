//! Every path that a file writes, wherever it writes it.

use std::collections::BTreeSet;

use syn::{
    Attribute, Expr, ExprLit, ItemFn, ItemImpl, ItemMod, ItemUse, Lit, Macro, UseTree,
    visit::{self, Visit},
};

use crate::sources::{Source, module_of, only_in_tests};

/// A path that somebody wrote, from the root of our crate (`crate::…`) or of another one.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    pub(crate) ours: bool,
    pub(crate) path: Vec<String>,
    pub(crate) in_test: bool,
}

/// The modules in files of their own that exist only under `#[cfg(test)]`, and all below them.
pub(crate) fn test_modules(sources: &[Source]) -> BTreeSet<Vec<String>> {
    let mut heads = Vec::new();
    for source in sources {
        for item in &source.file.items {
            if let syn::Item::Mod(module) = item
                && module.content.is_none()
                && only_in_tests(&module.attrs)
            {
                heads.push(place_of(source, module));
            }
        }
    }
    let below = |module: &Vec<String>| heads.iter().any(|head| module.starts_with(head));
    sources
        .iter()
        .map(|source| source.module.clone())
        .filter(below)
        .collect()
}

/// Where the file of a `mod name;` is in the tree; `#[path]` counts from the folder of the file that says it.
fn place_of(source: &Source, module: &ItemMod) -> Vec<String> {
    let path = module.attrs.iter().find_map(|attribute| {
        let value = &attribute.meta.require_name_value().ok()?.value;
        match value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text), ..
            }) if attribute.path().is_ident("path") => Some(text.value()),
            _ => None,
        }
    });
    match path {
        Some(path) => module_of(&source.path.with_file_name(path)),
        None => [source.module.clone(), vec![module.ident.to_string()]].concat(),
    }
}

/// All that `source` names; `in_test` when the whole file exists only in tests.
pub(crate) fn names_in(source: &Source, in_test: bool) -> BTreeSet<Name> {
    let mut reader = Names {
        module: source.module.clone(),
        in_test,
        found: BTreeSet::new(),
    };
    reader.visit_file(&source.file);
    reader.found
}

struct Names {
    module: Vec<String>,
    in_test: bool,
    found: BTreeSet<Name>,
}

impl Names {
    fn add(&mut self, path: &[String]) {
        let mut place = self.module.clone();
        let in_main = self.module.first().is_some_and(|module| module == "main");
        let ours = match path.first().map(String::as_str) {
            Some("crate" | "$crate") => {
                place.clear();
                true
            }
            Some("portcullis") if in_main => {
                place.clear();
                true
            }
            Some("self") => true,
            Some("super") => {
                place.pop();
                true
            }
            _ => false,
        };
        let mut rest = path;
        if ours {
            rest = &rest[1..];
            while rest.first().is_some_and(|part| part == "super") {
                place.pop();
                rest = &rest[1..];
            }
        } else {
            place.clear();
        }
        place.extend_from_slice(rest);
        self.found.insert(Name {
            ours,
            path: place,
            in_test: self.in_test,
        });
    }

    fn within(&mut self, attributes: &[Attribute], inner: impl FnOnce(&mut Self)) {
        let before = self.in_test;
        self.in_test |= only_in_tests(attributes);
        inner(self);
        self.in_test = before;
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        fn walk(tree: &UseTree, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
            let mut end = |name: String| found.push([path.as_slice(), &[name]].concat());
            match tree {
                UseTree::Path(step) => {
                    path.push(step.ident.to_string());
                    walk(&step.tree, path, found);
                    path.pop();
                }
                UseTree::Group(group) => group.items.iter().for_each(|tree| walk(tree, path, found)),
                UseTree::Name(name) => end(name.ident.to_string()),
                UseTree::Rename(name) => end(name.ident.to_string()),
                UseTree::Glob(_) => end("*".to_owned()),
            }
        }
        let mut found = Vec::new();
        walk(&item.tree, &mut Vec::new(), &mut found);
        self.within(&item.attrs, |reader| {
            found.iter().for_each(|path| reader.add(path));
        });
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<String> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        if parts.len() > 1 {
            self.add(&parts);
        }
        visit::visit_path(self, path);
    }

    // What stands in a macro call is not parsed, so its words are read.
    fn visit_macro(&mut self, mac: &'ast Macro) {
        let text = mac
            .tokens
            .to_string()
            .replace("$ crate", "$crate")
            .replace("::", " :: ");
        let mut path: Vec<String> = Vec::new();
        let mut joined = false;
        for word in text.split(|char: char| char.is_whitespace() || "(){}[],;&!<>".contains(char)) {
            match word {
                "" => {}
                "::" => joined = true,
                _ => {
                    if !joined {
                        if path.len() > 1 {
                            self.add(&path);
                        }
                        path.clear();
                    }
                    path.push(word.to_owned());
                    joined = false;
                }
            }
        }
        if path.len() > 1 {
            self.add(&path);
        }
        visit::visit_macro(self, mac);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        self.within(&item.attrs, |reader| visit::visit_item_mod(reader, item));
        self.module.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.within(&item.attrs, |reader| visit::visit_item_fn(reader, item));
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        self.within(&item.attrs, |reader| visit::visit_item_impl(reader, item));
    }
}
