//! All query texts, for the test that prepares each on both databases.

use super::{
    address_links, answers, cards, freeze, interactions, inventory, jit_policies, jobs, leader, looks,
    proposals, records, requests, reviews, statistics, trail, windows, work,
};

/// Every query text of the store with its name.
pub fn texts() -> impl Iterator<Item = (&'static str, &'static str)> {
    [
        address_links::TEXTS,
        answers::TEXTS,
        cards::TEXTS,
        freeze::TEXTS,
        interactions::TEXTS,
        inventory::TEXTS,
        jit_policies::TEXTS,
        jobs::claim::TEXTS,
        jobs::enqueue::TEXTS,
        jobs::finish::TEXTS,
        jobs::look::TEXTS,
        leader::TEXTS,
        looks::TEXTS,
        proposals::TEXTS,
        records::append::TEXTS,
        records::read::TEXTS,
        requests::extensions::TEXTS,
        requests::list::TEXTS,
        requests::write::TEXTS,
        reviews::TEXTS,
        statistics::TEXTS,
        trail::TEXTS,
        windows::TEXTS,
        work::TEXTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

#[cfg(test)]
mod tests {
    /// A file that declares texts and is not listed would escape the test on both databases.
    #[test]
    fn every_file_with_texts_is_listed() {
        let mut files = 0;
        let mut folders = vec![std::path::PathBuf::from(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/src/store"
        ))];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let text = std::fs::read_to_string(&path).unwrap();
                    files += text.lines().filter(|line| *line == "texts! {").count();
                }
            }
        }
        let listed = include_str!("texts.rs")
            .lines()
            .filter(|line| line.ends_with("::TEXTS,"))
            .count();
        assert_eq!(files, listed);
    }
}
