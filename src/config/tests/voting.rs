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

#[test]
fn a_rule_says_what_is_looked_at_twice() {
    let wide = format!("{SMALL}sources = {{ widest = \"/28\" }}\n");
    let with = |look: &str| format!("{wide}second_look = {look}\n");
    let config = read(&with(
        "{ wider_than = \"/32\", longer_than = \"20m\", vms = [\"db-*\"] }",
    ))
    .unwrap();
    let look = config.rules.rules[0].second_look.as_ref().unwrap();
    assert_eq!(
        (look.look.always, look.look.wider_than, look.vms.len()),
        (false, Some(32), 1)
    );
    assert_eq!(look.look.longer_than, Some("20m".parse().unwrap()));
    assert_eq!(config.rules.hash, read(&config.show()).unwrap().rules.hash);
    assert_ne!(config.rules.hash, read(&wide).unwrap().rules.hash);
    for (look, what) in [
        ("{}", "it does not say what to look at twice"),
        ("{ always = false }", "it does not say what to look at twice"),
        ("{ wider_than = \"/0\" }", "is no width"),
        ("{ longer_than = \"soon\" }", "rule[0].second_look.longer_than"),
        ("{ vms = [\"web-[\"] }", "rule[0].second_look.vms[0]"),
        (
            "{ wider_than = \"/28\" }",
            "rule[0].second_look.wider_than: no source is wider than /28 (sources.widest)",
        ),
        (
            "{ longer_than = \"30m\" }",
            "rule[0].second_look.longer_than: no access is longer than 30m (max_for)",
        ),
    ] {
        let told = problems(&with(look));
        assert!(told.contains(what), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
    let told = problems(&with("{ longer = \"2h\" }"));
    assert!(told.contains("there is no key \"longer\""), "{told}");
    let told = problems(&format!("{SMALL}second_look = {{ wider_than = \"/32\" }}\n"));
    assert!(told.contains("no source is wider than /32"), "{told}");
}
