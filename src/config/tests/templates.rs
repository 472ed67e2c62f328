//! The templates: what is refused, and what a reload sees.

use super::*;

const DEPLOY: &str = r#"
[[template]]
name = "deploy"
vms = ["web-01", "prod-web/web-02"]
ports = ["ssh", 443]
for = "45m"
from = "198.51.100.7"
reason = "CHG-7 deploy"
"#;

fn with(from: &str, to: &str) -> String {
    assert!(DEPLOY.contains(from), "{from}");
    problems(&format!("{SMALL}{}", DEPLOY.replacen(from, to, 1)))
}

#[test]
fn a_template_is_read_and_shown() {
    let config = read(&format!("{SMALL}{DEPLOY}")).unwrap();
    let template = config.rules.template("Deploy").unwrap();
    assert_eq!(template.vms, ["web-01", "prod-web/web-02"]);
    assert_eq!(
        template.length.map(|length| length.to_string()).as_deref(),
        Some("45m")
    );
    let again = read(&config.show()).unwrap();
    assert_eq!(again.rules.templates, config.rules.templates);
    assert_eq!(again.rules.hash, config.rules.hash);
}

#[test]
fn a_reload_sees_that_a_template_has_changed() {
    let hash = |text: &str| read(text).unwrap().rules.hash;
    let one = hash(&format!("{SMALL}{DEPLOY}"));
    assert_ne!(one, hash(SMALL));
    assert_ne!(one, hash(&format!("{SMALL}{}", DEPLOY.replace("45m", "1h"))));
    assert_eq!(one, hash(&format!("{SMALL}{}", DEPLOY.replace("\"ssh\"", "22"))));
}

#[test]
fn templates_that_could_never_work_are_refused() {
    for (from, to, what) in [
        ("name = \"deploy\"", "", "template[0].name: this key is missing"),
        (
            "vms = [\"web-01\", \"prod-web/web-02\"]",
            "",
            "it says which machines",
        ),
        ("\"web-01\"", "\"web-*\"", "\"web-*\" is no machine"),
        ("ports = [\"ssh\", 443]", "", "it says which ports"),
        ("443", "70000", "template[0].ports[1]"),
        ("45m", "soon", "template[0].for"),
        ("198.51.100.7", "everywhere", "\"everywhere\" is no source"),
        ("for = ", "four = ", "did you mean \"for\"?"),
        (
            "[[template]]",
            "[template]",
            "two brackets on each side: [[template]]",
        ),
    ] {
        let told = with(from, to);
        assert!(told.contains(what), "{from} -> {to}: {told}");
    }
    let twice = problems(&format!("{SMALL}{DEPLOY}{DEPLOY}"));
    assert!(twice.contains("every template has its own"), "{twice}");
}
