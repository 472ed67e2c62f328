//! Whatever the input, every message is one that Discord takes, and no text of it has an effect that is not ours.

use std::sync::LazyLock;

use proptest::prelude::*;
use regex::Regex;
use serde_json::Value;

use super::{
    any::{HOSTILE, any_request, any_world, why_not_started},
    behind::{big_change, big_digest},
    hostile::{pages, troubles},
};
use crate::{
    chat::message::{
        answer::{Place, answer},
        button::{ListPage, Which, Whose},
        card, close, conflict, connect, extend,
        limit::{CONTENT, DESCRIPTION, EMBEDS, FIELD},
        list::{Row, list},
        refusal::{input, vote},
        reminder,
        rendered::Rendered,
        sample::{self, at},
        schedule,
        status::{Rights, status},
        trail, trouble, vote as voted,
    },
    domain::{
        actor::Principal,
        ids::{RecordNumber, RuleName},
        record::{By, Entry, Fact, Record, Told},
        request::{ExtendRefusal, Less},
        start::StartRefusal,
        text::FreeText,
        trouble::Trouble,
        vm::SubscriptionId,
        vote::{Choice, Via},
        window::{FailReason, NotObeyed, RulesKept},
    },
};

fn width(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Every limit of discord.md, on the JSON that would be sent.
pub(super) fn assert_taken(rendered: &Rendered) {
    let json = serde_json::to_value(rendered.to_message().body).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let content = text(&json["content"]);
    assert!(width(&content) <= CONTENT, "{} {content}", width(&content));
    let mut all = 0;
    let mut texts = vec![content.clone()];
    for embed in json["embeds"].as_array().into_iter().flatten() {
        let (title, description) = (text(&embed["title"]), text(&embed["description"]));
        assert!(width(&title) <= 256 && width(&description) <= DESCRIPTION);
        all += width(&title) + width(&description) + width(&text(&embed["footer"]["text"]));
        let fields = embed["fields"].as_array().cloned().unwrap_or_default();
        assert!(fields.len() <= 25);
        texts.extend([title, description]);
        for field in &fields {
            let (name, value) = (text(&field["name"]), text(&field["value"]));
            assert!((1..=256).contains(&width(&name)));
            assert!((1..=FIELD).contains(&width(&value)), "{name}: {}", width(&value));
            all += width(&name) + width(&value);
            texts.push(value);
        }
    }
    assert!(all <= EMBEDS, "{all}");
    assert!(!content.is_empty() || all > 0, "an empty message is refused");
    assert!(rendered.pings.len() <= 100);
    for ping in &rendered.pings {
        let mention = match ping {
            Principal::Role(id) => format!("<@&{id}>"),
            Principal::User(id) => format!("<@{id}>"),
        };
        assert!(content.contains(&mention), "pinged but not named");
    }
    let rows = json["components"].as_array().unwrap();
    assert!(rows.len() <= 5);
    for row in rows {
        let buttons = row["components"].as_array().unwrap();
        assert!((1..=5).contains(&buttons.len()));
        for button in buttons {
            assert!((1..=100).contains(&width(button["custom_id"].as_str().unwrap())));
            // A menu (type 3) has options where a button has its label.
            let Some(options) = button["options"].as_array() else {
                assert!((1..=80).contains(&width(button["label"].as_str().unwrap())));
                continue;
            };
            assert!((1..=25).contains(&options.len()));
            for option in options {
                assert!((1..=100).contains(&width(option["label"].as_str().unwrap())));
                assert!((1..=100).contains(&width(option["value"].as_str().unwrap())));
            }
        }
    }
    for text in &texts {
        assert_harmless(text);
    }
}

/// What is ours is known: mentions of ids, timestamps, code, bold. Anything else must be escaped.
fn assert_harmless(text: &str) {
    static OURS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"<@&?\d+>|<t:-?\d+:[a-zA-Z]>").unwrap());
    let text = OURS.replace_all(text, "");
    assert!(!text.contains("@everyone") && !text.contains("@here"), "{text}");
    let mut fence_open = false;
    let mut bare = String::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            // Inside code nothing is escaped, and our code never holds a backtick.
            '\\' if !fence_open => {
                chars.next();
                bare.push('x');
            }
            '`' => {
                while chars.peek() == Some(&'`') {
                    chars.next();
                }
                fence_open = !fence_open;
            }
            other if !fence_open => bare.push(other),
            _ => {}
        }
    }
    assert!(!fence_open, "a code span is left open: {text}");
    assert!(!bare.contains('<') && !bare.contains("://"), "{bare}");
    assert!(
        !bare.contains(['[', ']', '~', '|', '_']),
        "an unescaped character with an effect: {bare}"
    );
    assert_eq!(bare.matches("**").count() % 2, 0, "bold is left open: {bare}");
    assert!(!bare.replace("**", "").contains('*'), "{bare}");
}

/// What people paste stands in blocks of its own, whatever the names are.
fn no_code_block_is_broken(rendered: &Rendered) {
    assert_taken(rendered);
    let mut inside = false;
    for line in rendered.content.lines() {
        if line == "```" {
            inside = !inside;
        } else if inside {
            let plain = |char: char| char.is_ascii_alphanumeric() || " @.:/_-".contains(char);
            assert!(line.chars().all(plain), "{line:?}");
        } else {
            assert!(!line.contains("```"), "{line:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn discord_takes_every_card_and_answer(world in any_world()) {
        world.view(|view| {
            assert_taken(&card::first(view, &[]));
            assert_taken(&card::later(view));
            assert_taken(&answer(view, Place::Private));
            assert_taken(&answer(view, Place::Channel));
            assert_taken(&status(view, Rights { requester: true, withdraw: true, close: true }));
            assert_taken(&voted::counted(view));
            assert_taken(&voted::second_look(view, Less::default()));
            assert_taken(&schedule::called_off(view.request));
            assert_taken(&reminder::reminder(view, 1));
            assert_taken(&reminder::call(view, at(5)));
            let rows = vec![Row { request: view.request, windows: view.windows }; 12];
            let page = ListPage { which: Which::Active, whose: Whose::All, before: None };
            assert_taken(&list(page, &rows, true, view.freeze));
            assert_taken(&close::closing(view.request.number, view.windows, view.vms));
            no_code_block_is_broken(&connect::help(view));
            assert_taken(&extend::refused(view.request.number, &ExtendRefusal::NotApproved {
                state: Box::new(view.request.state.clone()),
            }));
            for window in view.windows {
                assert_taken(&conflict::to_owner(window, view.request, view.request));
                assert_taken(&conflict::to_owner_in_channel(window, view.request, view.request));
                assert_taken(&close::no_such_window(view.request.number, view.windows));
            }
            assert_taken(&input::which_request(&vec![view.request.clone(); 12]));
        });
    }

    #[test]
    fn discord_takes_every_trail_line(request in any_request(), hostile in HOSTILE) {
        let window = || sample::windows(&request)[0].facts(&request);
        let doors = || request.doors().collect();
        let some = || FreeText::new(&hostile).unwrap_or_else(|| FreeText::new("x").unwrap());
        let source = sample::source();
        let facts = vec![
            Fact::Asked { request: request.facts(), doors: doors(), source, length: request.length,
                rules: vec![RuleName(hostile.clone()); 12], answer_by: at(9), extends: Some(crate::domain::ids::RequestNumber(i64::MAX)), starts_at: Some(at(5)) },
            Fact::VoteRefused { request: request.facts(), choice: Choice::Deny, via: Via::ReactionReadLater,
                why: hostile.clone() },
            Fact::Approved { request: request.facts(), approvers: request.approvers(), doors: doors(), source,
                ends_at: at(9), automatic: true, starts_at: Some(at(8)) },
            Fact::Started { request: request.facts(), doors: doors(), source, ends_at: at(9) },
            Fact::NotStarted { request: request.facts(), starts_at: at(8), why: crate::domain::request::NotStarted::Refused { code: hostile.clone() } },
            Fact::Denied { request: request.facts(), via: Via::Button, why: Some(some()) },
            Fact::Opening { windows: sample::windows(&request).iter().map(|w| w.facts(&request)).collect(),
                policy: request.targets[0].ports[0].policy.clone() },
            Fact::Failed { window: window(), why: FailReason::Refused { status: 500, code: hostile.clone(), message: some() } },
            Fact::Failed { window: window(), why: FailReason::Trouble { why: troubles(&hostile).swap_remove(0) } },
            Fact::PlanNotSet { subscription: SubscriptionId::new(&uuid::Uuid::nil().to_string()).unwrap(),
                why: troubles(&hostile).swap_remove(0) },
            Fact::Frozen { why: Some(some()) },
            Fact::Found { policy: request.targets[0].ports[0].policy.clone(), vm: sample::vm_id("a"),
                port: sample::port(1), source: hostile.clone(), ends_at: at(9), requestor: Some(some()),
                started_at: None },
            Fact::RulesReloaded { before: hostile.clone(), after: hostile.clone() },
            Fact::GaveUp { task: hostile.clone(), why: some(), request: None },
            Fact::ClosingByRules { window: window(), rules: vec![hostile.clone(); 9],
                why: NotObeyed::Trouble { why: Trouble::Refused { status: 500, code: hostile.clone(), message: some() } } },
            Fact::LeftToItsEnd { window: window(), why: NotObeyed::StillOpen,
                kept: RulesKept::Trouble { why: Trouble::Refused { status: 500, code: hostile.clone(), message: some() } } },
            Fact::Who { about: RecordNumber(1), told: Told::By { caller: Some(some()), operation: hostile.clone(), at: at(1) } },
            Fact::Who { about: RecordNumber(1), told: Told::Unreadable { why: troubles(&hostile).swap_remove(0) } },
            Fact::JitPolicyNoticed { policy: request.targets[0].ports[0].policy.clone(), noticed: big_change() },
            Fact::Digest { digest: big_digest(&hostile) },
        ];
        let not_started = (0..11).map(|which| Fact::NotStarted {
            request: request.facts(), starts_at: at(8), why: why_not_started(&request, which),
        });
        let facts: Vec<_> = facts.into_iter().chain(not_started).collect();
        let records: Vec<_> = facts.into_iter().zip(1..).map(|(fact, number)| Record {
            number: RecordNumber(number),
            at: at(1),
            entry: Entry { by: By::Operator(hostile.clone()), fact },
        }).collect();
        let mut rest = records.as_slice();
        while !rest.is_empty() {
            let (text, taken) = trail::batch(rest);
            prop_assert!(taken > 0);
            prop_assert_eq!(text.lines().count(), taken);
            assert_taken(&Rendered::text(text));
            rest = &rest[taken..];
        }
    }

    #[test]
    fn discord_takes_every_page_of_machines(hostile in HOSTILE, failing in 0_usize..40) {
        for page in pages(&hostile, failing) {
            assert_taken(&page);
        }
    }

    #[test]
    fn discord_takes_every_trouble(hostile in HOSTILE) {
        for found in troubles(&hostile) {
            assert_taken(&Rendered::text(trouble::sentence(&found)));
        }
    }

    #[test]
    fn discord_takes_every_refusal_of_what_was_typed(text in HOSTILE) {
        let number = crate::domain::ids::RequestNumber(1);
        if let Err(refusal) = text.parse::<crate::domain::source::Source>() {
            assert_taken(&input::source(&refusal));
            assert_taken(&input::less_source(&refusal));
        }
        if let Err(refusal) = text.parse::<crate::domain::length::Length>() {
            assert_taken(&input::length(&text, refusal));
            assert_taken(&input::less_length(&text, refusal));
        }
        if let Err(refusal) = text.parse::<crate::domain::port::Port>() {
            assert_taken(&input::port(&refusal));
        }
        assert_taken(&input::unknown_vm(&text, &vec![sample::vm_id("a_b"); 40]));
        assert_taken(&input::ambiguous_vm(&text, &vec![sample::vm_id("a_b"); 40]));
        assert_taken(&input::no_such_request(&text));
        assert_taken(&input::unknown_template(&text, &vec![text.clone(); 12]));
        for why in [
            StartRefusal::Unreadable,
            StartRefusal::Past { at: at(0) },
            StartRefusal::TooFar { at: at(9), latest: at(8) },
        ] {
            assert_taken(&schedule::refused(&text, why));
        }
        assert_taken(&vote::tell_voter(number, &text));
    }
}
