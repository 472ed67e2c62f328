//! The rules: what is refused, and when two books are the same.

use super::*;

#[test]
fn rules_that_could_never_work_are_refused() {
    for (from, to, what) in [
        (
            "approvers = [\"role:6\"]",
            "approvers = []",
            "nobody could approve",
        ),
        (
            "max_for = \"30m\"",
            "approvals = 0\nmax_for = \"30m\"",
            "1 to 20 approvals",
        ),
        (
            "max_for = \"30m\"",
            "approvals = 99999999999\nmax_for = \"30m\"",
            "1 to 20 approvals",
        ),
        (
            "max_for = \"30m\"",
            "",
            "rule[0].max_for: this key is missing or empty",
        ),
        (
            "max_for = \"30m\"",
            "max_for = \"30m\"\ndefault_for = \"31m\"",
            "longer than max_for",
        ),
        ("vms = [\"*\"]", "vms = [\"*\"]\nports = []", "match nothing"),
        ("vms = [\"*\"]", "vms = [\"web-[\"]", "\"web-[\""),
        (
            "max_for = \"30m\"",
            "max_for = \"30m\"\nreason = { pattern = \"^INC\", example = \"CHG\" }",
            "mislead",
        ),
        ("name = \"all\"", "name = \" \"", "visible characters"),
        ("name = \"all\"", "nam = \"all\"", "did you mean \"name\"?"),
    ] {
        let told = changed(from, to);
        assert!(told.contains(what), "{told}");
    }
}

#[test]
fn equal_rules_have_equal_hashes_however_they_are_written() {
    let hash = |text: &str| read(text).unwrap().rules.hash;
    let rewritten = SMALL
        .replace(
            "max_for = \"30m\"",
            "approvals = 1 # the default\nmax_for = '1800s'",
        )
        .replace("\"role:5\"", " \"role:5\" ");
    assert_eq!(hash(SMALL), hash(&rewritten));
    assert_ne!(hash(SMALL), hash(&SMALL.replace("30m", "31m")));
    let extend = |word: &str| format!("{SMALL}extend = \"{word}\"\n");
    assert_eq!(hash(SMALL), hash(&extend("approval")));
    assert_ne!(hash(SMALL), hash(&extend("once")));
    assert!(problems(&extend("twice")).contains("write \"approval\" or \"once\""));
}

#[test]
fn no_rule_is_a_warning() {
    let text = SMALL.split("[[rule]]").next().unwrap();
    assert_eq!(read(text).unwrap().warnings.len(), 1);
}

#[test]
fn a_reload_gives_a_whole_book_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("p.toml");
    std::fs::write(&file, SMALL).unwrap();
    assert_eq!(
        Config::reload_rules(Some(&file), &nothing()).unwrap().rules.len(),
        1
    );
    std::fs::write(&file, SMALL.replace("role:6", "role:x")).unwrap();
    assert!(Config::reload_rules(Some(&file), &nothing()).is_err());
}

#[test]
fn the_notice_before_the_end_is_ten_minutes_unless_a_rule_says_otherwise() {
    let hash = |text: &str| read(text).unwrap().rules.hash;
    let notice = |word: &str| format!("{SMALL}notice_before = \"{word}\"\n");
    assert_eq!(hash(SMALL), hash(&notice("10m")));
    assert_ne!(hash(SMALL), hash(&notice("off")));
    assert_ne!(hash(&notice("5m")), hash(&notice("off")));
    let shown = read(&notice("off")).unwrap().show();
    assert!(shown.contains("notice_before = \"off\""), "{shown}");
    assert!(problems(&notice("soon")).contains("\"off\" is no notice at all"));
}
