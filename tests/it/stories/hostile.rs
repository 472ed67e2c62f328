//! Texts that have broken other programs, through every place where a person or Azure can write: they are shown, and do
//! nothing.

use portcullis::sandbox::{
    azure::{
        Access, BOT_CLIENT_ID, BOT_SECRET, DEMO_TENANT, MachineSpec, PRODUCTION_SUBSCRIPTION, Plan,
        PolicyPort, SecurityRule, World as Azure, demo_grants,
    },
    discord::{Answer, Refusal},
};
use serde_json::Value;

use super::ASK;
use crate::harness::{
    World,
    hostile::{Hostile, corpus, kinds, nothing_is_alive, one_line_for_each_record, what_is_kept_is_clean},
    world::RULES,
};

/// A free-text option: its subcommand, its name, and how many characters it takes.
type Option3 = (String, String, usize);

/// Every free-text option of every subcommand, as the bot has registered them.
fn text_options(world: &World) -> Vec<Option3> {
    let state = world.discord.state();
    let mut found = Vec::new();
    for command in state["commands"].as_array().unwrap() {
        for sub in command["options"].as_array().unwrap() {
            for option in sub["options"].as_array().into_iter().flatten() {
                if option["type"] == 3 && option["choices"].as_array().is_none_or(Vec::is_empty) {
                    let most = option["max_length"].as_u64().unwrap_or(6000);
                    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
                    found.push((name(sub), name(option), usize::try_from(most).unwrap()));
                }
            }
        }
    }
    found
}

/// The options without which a subcommand cannot be sent.
fn needed(subcommand: &str) -> &'static [(&'static str, &'static str)] {
    match subcommand {
        "request" => &[
            ("vm", "web-01"),
            ("port", "22"),
            ("from", "198.51.100.7"),
            ("reason", "INC-1 disk"),
        ],
        "ports" | "rules" => &[("vm", "web-01")],
        _ => &[],
    }
}

fn settled(world: &mut World, answer: &Answer, about: &str) {
    world.after(answer);
    let told = world.answered(answer);
    assert!(
        !told.is_empty() && told.chars().count() <= 6000,
        "{about}: {told}"
    );
}

/// Every text through every option, in so many parts that run side by side.
fn through_the_options(part: usize, parts: usize) {
    let mut world = World::new();
    let options = text_options(&world);
    assert!(options.len() >= 20, "{options:?}");
    let mut answered = 0;
    for (subcommand, option, most) in options.iter().skip(part).step_by(parts) {
        let who = match subcommand.as_str() {
            "request" => "alice",
            _ => "carol",
        };
        for hostile in corpus() {
            let text = hostile.within(*most);
            let mut values: Vec<_> = needed(subcommand).to_vec();
            values.retain(|(name, _)| name != option);
            values.push((option.as_str(), text.as_str()));
            let person = world.discord.person(who).unwrap();
            let about = format!("/jit {subcommand} {option}: {}", hostile.name);
            let answer = match person.slash_with(&["jit", subcommand], &values) {
                Ok(answer) => answer,
                // Discord's own client does not send it.
                Err(Refusal::BadValue { .. } | Refusal::MissingOption(_)) => continue,
                Err(why) => panic!("{about}: {why}"),
            };
            settled(&mut world, &answer, &about);
            answered += 1;
            match subcommand.as_str() {
                "request" => _ = world.types("alice", "/jit withdraw"),
                "freeze" => _ = world.types("carol", "/jit unfreeze"),
                _ => {}
            }
        }
    }
    assert!(answered > 200, "{answered} inputs were answered");
    assert_eq!(world.initiates(), 0);
    nothing_is_alive(&world);
    one_line_for_each_record(&world);
    what_is_kept_is_clean(&world);
}

#[test]
fn through_the_options_of_the_commands_one_of_three() {
    through_the_options(0, 3);
}

#[test]
fn through_the_options_of_the_commands_two_of_three() {
    through_the_options(1, 3);
}

#[test]
fn through_the_options_of_the_commands_three_of_three() {
    through_the_options(2, 3);
}

/// Opens a form by a button, and sends it with `text` in `field`, as much of it as the field takes.
fn through_a_form(world: &mut World, who: &str, opened: &Answer, field: &str, hostile: &Hostile) {
    let form = world.outside.block_on(opened.modal()).unwrap();
    let input = form.inputs.iter().find(|input| input.custom_id == field);
    let most = input.expect("the form has the field").max_length.unwrap_or(4000);
    let text = hostile.within(most);
    let sent = world
        .discord
        .person(who)
        .unwrap()
        .submits(&form, &[(field, &text)]);
    if let Ok(sent) = sent {
        settled(world, &sent, &format!("{field}: {}", hostile.name));
    }
}

/// A world in which one person may ask for more in an hour than anybody needs.
fn patient() -> World {
    World::with_rules(&format!("{RULES}\n[flood]\nrequests_per_hour = 1000\n"))
}

#[test]
fn through_the_reason_of_a_denial() {
    let mut world = patient();
    for hostile in corpus() {
        world.types("alice", ASK);
        let card = world.card();
        let opened = world.clicks("bob", &card, "Deny");
        through_a_form(&mut world, "bob", &opened, "reason", &hostile);
    }
    assert_eq!(world.times_told("denied"), corpus().len());
    nothing_is_alive(&world);
    one_line_for_each_record(&world);
    what_is_kept_is_clean(&world);
}

#[test]
fn through_the_form_of_an_extension() {
    let mut world = patient();
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(5);
    let own = world.own_message("alice");
    for field in ["longer", "reason"] {
        for hostile in corpus() {
            let opened = world.clicks("alice", &own, "Extend");
            through_a_form(&mut world, "alice", &opened, field, &hostile);
            world.types("alice", "/jit withdraw");
        }
    }
    nothing_is_alive(&world);
    one_line_for_each_record(&world);
    what_is_kept_is_clean(&world);
    world.minutes(120);
}

#[test]
fn through_the_form_of_a_port() {
    let mut world = World::new();
    for field in ["number", "protocol", "sources", "limit"] {
        for hostile in corpus() {
            let answer = world.types("carol", "/jit ports vm:web-01");
            let menu = answer.message().unwrap();
            let opened = world.clicks("carol", &menu, "Add a port");
            through_a_form(&mut world, "carol", &opened, field, &hostile);
        }
    }
    assert!(world.azure.calls("jit-put").is_empty());
    nothing_is_alive(&world);
    one_line_for_each_record(&world);
}

/// Nothing is alive in any message that is not alive when the reason is a plain one.
#[test]
fn a_hostile_reason_reads_like_a_plain_one() {
    let mut world = patient();
    let mut plain: Option<Vec<Vec<&'static str>>> = None;
    let harmless = Hostile {
        name: "a plain one".to_owned(),
        text: "the disk is full".to_owned(),
    };
    for hostile in std::iter::once(harmless).chain(corpus()) {
        let reason = format!("INC-1 {}", hostile.within(290));
        let mut values = needed("request").to_vec();
        values.retain(|(name, _)| *name != "reason");
        values.push(("reason", &reason));
        let alice = world.discord.person("alice").unwrap();
        let answer = alice.slash_with(&["jit", "request"], &values).unwrap();
        settled(&mut world, &answer, &hostile.name);
        let card = world.card();
        let field = |name: &str| {
            let fields = card.embeds[0]["fields"].as_array().unwrap().iter();
            let found = fields.clone().find(|field| field["name"] == name);
            found.map(|field| field["value"].as_str().unwrap().to_owned())
        };
        let why = field("Why").unwrap_or_else(|| panic!("{:#?}", card.embeds));
        let seen = vec![
            kinds(&why),
            kinds(&card.content),
            kinds(&world.answered(&answer)),
            kinds(&world.line("asked")),
        ];
        match &plain {
            None => plain = Some(seen),
            Some(plain) => assert_eq!(&seen, plain, "{}: {why}", hostile.name),
        }
        world.types("alice", "/jit withdraw");
    }
    one_line_for_each_record(&world);
}

/// The justification is one plain line, never longer than Azure's, with our own marker at its end.
#[test]
fn what_azure_is_told_is_one_plain_line() {
    let mut world = World::new();
    let texts: Vec<_> = corpus().into_iter().step_by(6).collect();
    for hostile in &texts {
        let reason = format!("INC-1 {}", hostile.within(290));
        let mut values = needed("request").to_vec();
        values.retain(|(name, _)| *name != "reason");
        values.push(("reason", &reason));
        let alice = world.discord.person("alice").unwrap();
        let answer = alice.slash_with(&["jit", "request"], &values).unwrap();
        world.after(&answer);
        world.approves("bob");
        world.minutes(1);
        world.types("alice", "/jit close");
        world.minutes(5);
    }
    let calls = world.azure.calls("initiate");
    assert!(calls.len() >= 2 * texts.len());
    for call in calls {
        let told = call.body.unwrap()["justification"].as_str().unwrap().to_owned();
        let plain = told.chars().all(|char| !char.is_control());
        assert!(plain && told.chars().count() <= 250, "{told:?}");
        assert_eq!(told.matches("[portcullis ").count(), 1, "{told}");
        assert!(told.ends_with(']'), "{told}");
    }
    nothing_is_alive(&world);
    one_line_for_each_record(&world);
    what_is_kept_is_clean(&world);
}

/// An Azure in which everything that has a name has a hostile one: what cannot be a name of Azure's is left out, the
/// rest is shown.
fn hostile_azure() -> Azure {
    let mut world = Azure::empty(DEMO_TENANT)
        .subscription(PRODUCTION_SUBSCRIPTION, "**Production** @everyone\n# x", Plan::P2)
        .identity(BOT_CLIENT_ID, BOT_SECRET, demo_grants());
    let rule = |name: &str, priority: u16| {
        SecurityRule::inbound(name, priority, Access::Allow, "*", "*", &["22", "3389"])
    };
    for (number, hostile) in corpus().into_iter().enumerate() {
        let text = hostile.within(80);
        let name = text.replace('/', "_");
        let names = [
            // As Azure itself would let them pass: letters, digits, marks, and what the rule allows.
            (format!("__vm_{number}__"), format!("_prod_(x)_{number}")),
            (format!("vm-{number}{name}"), format!("g{name}")),
        ];
        for (vm, group) in names {
            let mut spec = MachineSpec::linux(PRODUCTION_SUBSCRIPTION, &group, &vm)
                .tag("env", &text)
                .tag(&text, "x")
                .jit("default", &[22, 3389]);
            spec.rules = Some(vec![rule(&text, 200), rule("_x_ **y**", 300)]);
            world = world.machine(spec);
        }
    }
    world
}

#[test]
fn what_azure_calls_things_does_nothing() {
    const RULE: &str = r#"
[[rule]]
name = "all"
vms = ["*"]
ports = ["ssh", "rdp"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002"]
max_for = "2h"
sources = { within = ["198.51.100.0/24"] }
"#;
    let (sections, _) = RULES.split_once("[[rule]]").unwrap();
    let rules = format!("{sections}\n{RULE}");
    let mut world = World::in_azure(hostile_azure(), &rules, |_| {});
    for who in ["carol", "alice", "mallory"] {
        for command in [
            "/jit vms",
            "/jit vms state:unsupported",
            "/jit plan",
            "/jit vms search:vm_1",
        ] {
            let person = world.discord.person(who).unwrap();
            let Ok(answer) = person.slash(command) else {
                continue;
            };
            settled(&mut world, &answer, command);
        }
    }
    for number in (0..corpus().len()).step_by(9) {
        for command in [
            format!("/jit vms search:__vm_{number}__"),
            format!("/jit rules vm:__vm_{number}__"),
            format!("/jit enable vms:__vm_{number}__ limit:30m"),
            format!("/jit ports vm:__vm_{number}__"),
            format!("/jit disable vms:__vm_{number}__"),
        ] {
            let answer = world.types("carol", &command);
            let told = world.answered(&answer);
            assert!(!told.is_empty(), "{command}");
        }
        world.asks(
            "alice",
            &format!("/jit request vm:__vm_{number}__ port:22 for:30m from:198.51.100.7 reason:INC-1"),
        );
        world.approves("bob");
        world.minutes(2);
        world.types("alice", "/jit connect");
        world.types("alice", "/jit close");
        world.minutes(5);
    }
    assert!(world.times_told("opened") > 5, "{:#?}", world.trail());
    nothing_is_alive(&world);
    one_line_for_each_record(&world);
}

/// Somebody in the portal whose name and justification are hostile, as the Activity Log and the JIT policy tell them.
#[test]
fn who_did_it_does_nothing() {
    let mut world = World::new();
    let limits = ["PT1H", "PT4H"];
    for (number, hostile) in corpus().into_iter().step_by(5).enumerate() {
        let text = hostile.within(200);
        world.azure.portal_signs_in(&text);
        let until = portcullis::clock::Clock::now(world.clock.as_ref()) + chrono::TimeDelta::minutes(10);
        assert!(world.azure.portal_opens("web-02", 22, "198.51.100.9", until));
        // A JIT policy whose name Azure would never give, and a change of one that it has.
        let wide = PolicyPort::any_source(22, limits[number % 2]);
        world
            .azure
            .portal_configures("api-01", &text.replace('/', "_"), std::slice::from_ref(&wide));
        world.azure.portal_configures("stage-01", "default", &[wide]);
        world.seconds(5);
        world.reconcile();
        world.minutes(15);
        world.reconcile();
        world.settle();
    }
    assert!(world.records().len() > 10, "{:#?}", world.trail());
    nothing_is_alive(&world);
    one_line_for_each_record(&world);
    what_is_kept_is_clean(&world);
}
