//! Machines by what people write: the one that is meant, the shortest way to mean it, and those that are like it.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

use super::{Found, View};
use crate::domain::vm::Vm;

impl View {
    /// The VM that `text` names: `name`, `group/name` or `subscription/group/name`.
    pub fn find(&self, text: &str) -> Found<'_> {
        let wanted: Vec<_> = text
            .trim()
            .trim_matches('/')
            .to_lowercase()
            .split('/')
            .map(str::to_owned)
            .collect();
        let name = wanted.last().cloned().unwrap_or_default();
        let matches: Vec<&Vm> = self
            .by_name
            .get(&name)
            .into_iter()
            .flatten()
            .filter_map(|at| self.vms.get(*at))
            .filter(|vm| wanted.len() <= 3 && fits(vm, &wanted))
            .collect();
        match matches.as_slice() {
            [vm] => Found::One(vm),
            [] => Found::None,
            _ => Found::Several(matches),
        }
    }

    /// The shortest way to write `vm` that means no other.
    pub fn shortest(&self, vm: &Vm) -> String {
        let namesakes = || {
            let others = self
                .by_name
                .get(&vm.id.name().to_lowercase())
                .into_iter()
                .flatten();
            others
                .filter_map(|at| self.vms.get(*at))
                .filter(|other| other.id != vm.id)
        };
        if namesakes().next().is_none() {
            return vm.id.name().to_owned();
        }
        if !namesakes().any(|other| other.id.group().eq_ignore_ascii_case(vm.id.group())) {
            return format!("{}/{}", vm.id.group(), vm.id.name());
        }
        format!("{}/{}/{}", vm.id.subscription(), vm.id.group(), vm.id.name())
    }

    /// At most `most` VMs whose written form is like `typed`, best first, of those that `may` lets through.
    pub fn near(&self, typed: &str, most: usize, may: impl Fn(&Vm) -> bool) -> Vec<&Vm> {
        if typed.is_empty() {
            return self.vms.iter().filter(|vm| may(vm)).take(most).collect();
        }
        let mut matcher = Matcher::new(Config::DEFAULT.match_paths());
        let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
        let mut buffer = Vec::new();
        let mut written = String::new();
        let mut scored: Vec<(u32, usize)> = Vec::new();
        for (at, vm) in self.vms.iter().enumerate() {
            written.clear();
            if typed.contains('/') {
                written.push_str(vm.id.group());
                written.push('/');
            }
            written.push_str(vm.id.name());
            if let Some(score) = pattern.score(Utf32Str::new(&written, &mut buffer), &mut matcher) {
                scored.push((score, at));
            }
        }
        // Best score first; among equals the order of the picture, which is stable.
        scored.sort_unstable_by_key(|(score, at)| (std::cmp::Reverse(*score), *at));
        scored
            .into_iter()
            .filter_map(|(_, at)| self.vms.get(at))
            .filter(|vm| may(vm))
            .take(most)
            .collect()
    }
}

fn fits(vm: &Vm, wanted: &[String]) -> bool {
    let mut parts = wanted.iter().rev().skip(1);
    let group_fits = parts
        .next()
        .is_none_or(|group| vm.id.group().eq_ignore_ascii_case(group));
    let subscription_fits = parts
        .next()
        .is_none_or(|id| vm.id.subscription().as_str().eq_ignore_ascii_case(id));
    group_fits && subscription_fits
}
