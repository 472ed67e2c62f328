//! What people type: offered only what they may ask for, and whatever they type changes nothing it should not.

use portcullis::sandbox::discord::Refusal;

use super::ASK;
use crate::harness::World;

/// Texts that have broken other programs.
fn corpus() -> Vec<String> {
    let mut texts: Vec<String> = [
        "' OR 1=1 --",
        "\"; DROP TABLE records; --",
        "../../etc/passwd",
        "%00",
        "a\0b",
        "\u{202e}10-bew",
        "web-01\u{200b}",
        "𝓌𝑒𝒷-𝟢𝟣",
        "@everyone",
        "<@&100000000000005002>",
        "```\n```",
        "**||x||**",
        "${jndi:ldap://x}",
        "{{7*7}}",
        "<script>alert(1)</script>",
        "-1",
        "0",
        "99999999999999999999",
        "NaN",
        "1e9",
        "0x16",
        "22;23",
        "::1",
        "::/0",
        "0.0.0.0/0",
        "*",
        "Internet",
        "127.0.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "198.51.100.7/24",
        "198.51.100.7 ,",
        "198.51.100.0/33",
        "0198.51.100.7",
        "198.51.100",
        ",",
        ",,,,",
        " ",
        "\n",
        "🔥🔥🔥",
        "null",
        "true",
        "[]",
        "{}",
        "10h99h",
        "-5m",
        "1s",
        "999999h",
        "9223372036854775807s",
        "1h1h",
        "P1D",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("x".repeat(5000));
    texts.push("web-01,".repeat(80));
    texts.push("é".repeat(300));
    texts.push("22,".repeat(30));
    texts
}

#[test]
fn hostile_input_in_any_field_is_answered_and_changes_nothing() {
    let mut world = World::new();
    let good = [
        ("vm", "web-01"),
        ("port", "22"),
        ("for", "1h"),
        ("from", "198.51.100.7"),
        ("reason", "INC-42 disk full"),
    ];
    let mut answered = 0;
    for field in ["vm", "port", "for", "from"] {
        for text in corpus() {
            let mut values = good;
            for value in &mut values {
                if value.0 == field {
                    value.1 = &text;
                }
            }
            let alice = world.discord.person("alice").unwrap();
            let answer = match alice.slash_with(&["jit", "request"], &values) {
                Ok(answer) => answer,
                // Discord's own client does not send it.
                Err(Refusal::BadValue { .. } | Refusal::MissingOption(_)) => continue,
                Err(why) => panic!("{field} {text:?}: {why}"),
            };
            let before = world.records().len();
            world.after(&answer);
            let told = world.answered(&answer);
            assert!(
                !told.is_empty() && told.chars().count() <= 2000,
                "{field} {text:?}: {told}"
            );
            if !told.contains("Nothing was asked") {
                // It was readable after all; then it says the same as the plain request.
                assert!(
                    told.contains("was sent to the approvers") || told.contains("waits for its source"),
                    "{field} {text:?}: {told}"
                );
                assert!(world.records().len() <= before + 1);
                world.types("alice", "/jit withdraw");
            }
            answered += 1;
        }
    }
    assert!(answered > 150, "{answered} inputs were answered");
    assert_eq!(world.initiates(), 0);
    for message in world.cards() {
        assert!(!message.pings.everyone);
    }
}

#[test]
fn a_hostile_reason_is_shown_harmless_everywhere() {
    let mut world = World::new();
    for text in corpus() {
        let reason = format!("INC-1 {text}");
        let values = [
            ("vm", "web-01"),
            ("port", "22"),
            ("from", "198.51.100.7"),
            ("reason", reason.as_str()),
        ];
        let alice = world.discord.person("alice").unwrap();
        let Ok(answer) = alice.slash_with(&["jit", "request"], &values) else {
            continue;
        };
        world.after(&answer);
        world.types("alice", "/jit withdraw");
    }
    for message in world.cards() {
        assert!(!message.pings.everyone && !message.text().contains('\u{202e}'));
    }
    let thread = world.discord.threads("jit-trail")[0].id;
    for message in world.discord.messages(thread) {
        assert!(message.pings.people.is_empty());
    }
    assert_eq!(world.times_told("asked"), world.times_told("withdrawn"));
}

#[test]
fn the_reason_that_the_rule_wants_is_wanted() {
    let mut world = World::new();
    for reason in ["", " reason:because", " reason:please INC-42"] {
        let told = world.is_told(
            "alice",
            &format!("/jit request vm:web-01 port:22 from:198.51.100.7{reason}"),
        );
        assert!(told.contains("wants a reason"), "{told}");
    }
    assert!(world.records().is_empty());
}

#[test]
fn every_refusal_says_what_to_do_next() {
    let mut world = World::new();
    for (command, says) in [
        (
            "vm:web-01 port:22 for:9h from:198.51.100.7 reason:INC-1",
            "at most",
        ),
        (
            "vm:web-01 port:22 from:8.8.8.8 reason:INC-1",
            "outside the networks",
        ),
        (
            "vm:web-01 port:22 from:198.51.100.0/24 reason:INC-1",
            "more addresses than the rule",
        ),
        (
            "vm:web-01 port:23 from:198.51.100.7 reason:INC-1",
            "No rule lets you ask",
        ),
        (
            "vm:jump-01 port:443 from:198.51.100.7 reason:INC-1",
            "does not have port",
        ),
        (
            "vm:bare port:22 from:198.51.100.7 reason:INC-1",
            "no machine is called",
        ),
        (
            "vm:prod-data/cache-01 port:22 from:198.51.100.7 reason:INC-1",
            "not",
        ),
        (
            "vm:cache-01 port:22 from:198.51.100.7 reason:INC-1",
            "several machines",
        ),
        (
            "vm:toy-01 port:22 from:198.51.100.7 reason:INC-1",
            "No rule lets you ask",
        ),
        ("vm:web-01 port:22 from:2001:db8::1 reason:INC-1", "IPv6"),
        ("vm:web-01 port:22 from:0.0.0.0/0 reason:INC-1", "everybody"),
        ("vm:stage-01 port:22 from:198.51.100.0/24", "more addresses"),
    ] {
        let told = world.is_told("alice", &format!("/jit request {command}"));
        assert!(
            told.contains("Nothing was asked") && told.contains(says),
            "{command}: {told}"
        );
    }
    assert!(world.records().is_empty());
    let told = world.is_told("mallory", ASK);
    assert!(told.contains("No rule lets you ask"), "{told}");
}

#[test]
fn only_what_a_person_may_ask_for_is_offered() {
    let world = World::new();
    let offered = world.offered("alice", "/jit request vm:web", "vm");
    assert!(offered.contains(&"web-01".to_owned()), "{offered:?}");
    assert!(world.offered("mallory", "/jit request vm:web", "vm").is_empty());
    assert!(world.offered("alice", "/jit request vm:toy", "vm").is_empty());
    let second = world.offered("alice", "/jit request vm:web-01,stage", "vm");
    assert_eq!(
        second.first().map(String::as_str),
        Some("web-01,stage-01"),
        "{second:?}"
    );
    for text in corpus() {
        if text.chars().count() <= 600 && !text.contains('\n') {
            for choice in world.offered("alice", &format!("/jit request vm:{text}"), "vm") {
                assert!(choice.chars().count() <= 100);
            }
        }
    }
}

#[test]
fn an_unknown_machine_is_not_told_of_others_that_one_may_not_ask_for() {
    let mut world = World::new();
    let told = world.is_told("mallory", "/jit request vm:web-0 port:22 from:198.51.100.7");
    assert!(!told.contains("web-01"), "{told}");
    let told = world.is_told("alice", "/jit request vm:web-0 port:22 from:198.51.100.7");
    assert!(told.contains("web-0"), "{told}");
}
