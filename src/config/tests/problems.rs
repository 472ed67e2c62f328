//! What is wrong with a file, told with its place.

use std::path::Path;

use super::*;

#[test]
fn every_problem_is_told_at_once_and_with_its_place() {
    let text = r#"
[discord]
tokn_file = "x"
guild_id = "12a"
approver_channel = true
administrators = ["role:4", "alice", 5]
api_url = "https://example.com/api"

[azur]
[azure]
credential = "client-secret"
tenant_id = "t"
cloud = "mars"

[[rule]]
name = "one"
vms = ["web-*", "what:ever"]
ports = ["ssh", "telnet", 70000]
requesters = []
approvers = ["user:1", "user:1"]
approvals = 2
max_for = "2h"
default_for = "3h"
sources = { widest = "/33", within = ["198.51.100.7/24", "10.0.0.0/8"] }
reason = { required = "yes", pattern = "^(INC" }

[[rule]]
name = "one"
vms = ["*"]
requesters = ["role:1"]
approvers = ["role:1"]
max_for = "25h"
"#;
    insta::assert_snapshot!(problems(text));
}

/// No key of a rule or of the page hides what is wrong with another.
#[test]
fn every_key_that_may_be_left_out_is_told_beside_the_others() {
    let rule = "channel = \"x\"\nsecond_look = {}\nbreak_glass = {}\nauto_approve = { at_most = 0 }\n\
                sources = { within = [\"100.64.0.0/16\"] }\n";
    let told = problems(&format!("{SMALL}{rule}"));
    for key in [
        "rule[0].channel",
        "rule[0].second_look",
        "rule[0].break_glass.requesters",
        "rule[0].auto_approve.within",
        "rule[0].auto_approve.at_most",
        "rule[0].sources.within[0]",
    ] {
        assert!(told.contains(&format!("{key}: ")), "{key}: {told}");
    }
    assert_eq!(told.lines().count(), 6, "{told}");

    let http = "[http]\nlisten = \"here\"\nipv4_url = \"ftp://v4\"\npublic_url = \"ftp://both\"\n\
                trusted_proxies = [\"*\", true, \"0.0.0.0/0\"]\n[[rule]]";
    let told = changed("[[rule]]", http);
    for key in [
        "http.listen",
        "http.ipv4_url",
        "http.public_url",
        "http.trusted_proxies[0]",
        "http.trusted_proxies[1]",
        "http.trusted_proxies[2]",
    ] {
        assert!(told.contains(&format!("{key}: ")), "{key}: {told}");
    }
    assert_eq!(told.lines().count(), 6, "{told}");
}

#[test]
fn syntax_errors_are_told_with_their_lines() {
    let told = problems("[discord]\nguild_id = \n[azure\n");
    assert!(told.starts_with("p.toml:2:"), "{told}");
    assert!(told.contains("\np.toml:3:"), "{told}");
}

#[test]
fn a_section_of_the_wrong_shape_is_told_once() {
    let told = problems("discord = 5\n[azure]\ncredential = \"azure-cli\"\n[rule]\nname = \"x\"\n");
    assert_eq!(told.lines().count(), 2, "{told}");
    assert!(told.contains("[[rule]]"), "{told}");
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let told = Config::load(Some(Path::new("/nowhere.toml")), &nothing()).unwrap_err();
    assert!(
        told.to_string()
            .starts_with("/nowhere.toml: the file cannot be read: "),
        "{told}"
    );
    let told = Config::load(None, &nothing()).unwrap_err().to_string();
    assert!(told.starts_with("configuration: "), "{told}");
}
