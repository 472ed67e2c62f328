//! `portcullis config check`: the real program, and with `--online` against the emulators.

use crate::harness::World;

const GOOD: &str = r#"
[[rule]]
name = "web"
vms = ["web-*"]
ports = ["ssh"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002"]
max_for = "1h"
"#;

const BAD: &str = r#"
[[rule]]
name = "everything"
vms = ["*"]
requesters = ["role:100000000000005001", "user:424242424242424242"]
approvers = ["role:424242424242424243"]
max_for = "1h"
channel = "424242424242424244"

[[rule]]
name = "web"
vms = ["web-*", "nothing-*"]
ports = ["ssh", 12345]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002"]
max_for = "1h"
"#;

#[test]
fn a_good_configuration_has_no_finding_also_online() {
    let world = World::under(GOOD);
    let (code, said) = world.runs(&["config", "check"], "");
    assert_eq!(
        (code, said.contains("The configuration is good: 1 rule")),
        (0, true),
        "{said}"
    );
    let (code, said) = world.runs(&["config", "check", "--online"], "");
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("good    machines of the rules: every pattern names some"),
        "{said}"
    );
}

#[test]
fn what_can_never_come_true_is_a_finding() {
    let world = World::under(BAD);
    let (code, said) = world.runs(&["config", "check"], "");
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("rule[1]: the rule \"web\" never governs anything"),
        "{said}"
    );
    assert!(
        said.contains("The configuration can be used, with 1 finding"),
        "{said}"
    );
}

#[test]
fn what_is_not_there_in_discord_or_azure_is_a_finding_online() {
    let world = World::under(BAD);
    let (code, said) = world.runs(&["config", "check", "--online"], "");
    assert_eq!(code, 1, "{said}");
    for finding in [
        "FINDING rule everything: the role 424242424242424243 does not exist in the server",
        "FINDING rule everything: user:424242424242424242 is not in the server",
        "FINDING channel of rule everything:",
        "FINDING rule web: \"nothing-*\" names no machine today",
        "FINDING rule web: no machine of it has 12345 in a JIT policy",
    ] {
        assert!(said.contains(finding), "{finding}\n{said}");
    }
    assert!(said.contains("To mend it: "), "{said}");
}
