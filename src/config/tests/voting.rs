//! Who must approve, and how.

use super::*;

#[test]
fn a_rule_may_want_approvals_of_several_groups() {
    const GROUPS: &str = r#"
        [[rule.groups]]
        name = "on-call"
        approvers = ["role:6"]
        [[rule.groups]]
        name = "leads"
        approvers = ["role:7", "user:8"]
        approvals = 2
    "#;
    let text = SMALL.replace("approvers = [\"role:6\"]", "") + GROUPS;
    let config = read(&text).unwrap();
    let quorum = &config.rules.rules[0].quorum;
    let wanted: Vec<_> = quorum
        .groups()
        .iter()
        .map(|group| (group.name.as_deref(), group.approvals))
        .collect();
    assert_eq!(wanted, [(Some("on-call"), 1), (Some("leads"), 2)]);
    assert_eq!(quorum.approvals(), 3);
    let again = read(&config.show()).unwrap();
    assert_eq!(config.rules.hash, again.rules.hash);

    for (from, to, what) in [
        (
            "max_for",
            "approvers = [\"role:6\"]\nmax_for",
            "each of them says its own approvers",
        ),
        (
            "max_for",
            "approvals = 2\nmax_for",
            "each of them says its own approvals",
        ),
        ("name = \"leads\"", "", "who is still missing"),
        ("\"leads\"", "\"On-Call\"", "the name of an earlier group"),
        ("approvals = 2", "approvals = 0", "1 to 20 approvals"),
        ("[\"role:6\"]", "[]", "nobody could approve"),
        (
            "[\"role:7\", \"user:8\"]",
            "[\"user:8\", \"user:8\"]",
            "can never come together",
        ),
        ("name = \"leads\"", "nam = \"leads\"", "did you mean \"name\"?"),
    ] {
        assert!(text.contains(from), "{from}");
        let told = problems(&text.replacen(from, to, 1));
        assert!(told.contains(what), "{told}");
    }
    let many = GROUPS.repeat(5);
    let told = problems(&(SMALL.replace("approvers = [\"role:6\"]", "") + &many));
    assert!(told.contains("at most 8 groups"), "{told}");
}
