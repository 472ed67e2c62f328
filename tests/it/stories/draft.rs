//! Nobody says from where: the requester chooses in the answer, and nothing is ever sent without a source.

use portcullis::sandbox::discord::{Answer, SeenMessage};

use super::{ASK, TOLD};
use crate::harness::{Story, World, world::RULES};

pub(super) static STORIES: &[Story] = &[CONFIRMED, TYPED];

const CONFIRMED: Story = Story::new(
    "the last source is confirmed",
    confirmed,
    &[
        "asked", "approval", "approved", "opening", "opened", "closed", "asked", "approval", "approved",
        "opening", "opened", "closed",
    ],
);

const TYPED: Story = Story::new(
    "the source is typed",
    typed,
    &["asked", "approval", "approved", "opening", "opened", "closed"],
);

const ASK_WITHOUT: &str = "/jit request vm:web-02 port:22 for:30m reason:INC-43 again";
const USE: &str = "Use 198.51.100.7";
const TYPE: &str = "Type the address";
const TYPE_ANOTHER: &str = "Type another address";

/// The draft that offers `button`, asked for unless it stands already. `None`: the bot died of the question.
fn drafts(world: &mut World, button: &str) -> Option<SeenMessage> {
    let standing = |world: &World| {
        let mut own = world.own_messages("alice").into_iter();
        own.rfind(|message| message.offers(button))
    };
    if standing(world).is_none() {
        world.types("alice", ASK_WITHOUT);
    }
    standing(world)
}

/// Types an address into the form behind `button`.
fn types_address(world: &mut World, draft: &SeenMessage, button: &str, address: &str) -> Option<Answer> {
    let opened = world.clicks("alice", draft, button);
    world.fills("alice", &opened, &[("source", address)])
}

/// What stands beside the draft, in a message of its own.
fn beside(world: &World) -> String {
    let newest = world.own_messages("alice").pop();
    newest.map(|message| message.text()).unwrap_or_default()
}

fn typed(world: &mut World) {
    world.until_told("asked", 1, |world| {
        if let Some(draft) = drafts(world, TYPE) {
            types_address(world, &draft, TYPE, " 203.0.113.9 ");
        }
    });
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("web-02", 22));
    assert!(world.line("opened").contains("203.0.113.9"));
    world.minutes(30);
}

fn confirmed(world: &mut World) {
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(65);
    world.until_told("asked", 2, |world| {
        // The offer may stand already, from before a crash.
        if !world.own_message("alice").offers(USE) {
            world.types("alice", ASK_WITHOUT);
        }
        let own = world.own_message("alice");
        if own.offers(USE) {
            world.clicks("alice", &own, USE);
        }
    });
    world.approves("bob");
    world.minutes(5);
    assert!(world.is_open("web-02", 22));
    world.minutes(30);
    assert!(world.line("opened").contains("198.51.100.7"));
}

#[test]
fn the_last_source_is_offered_and_confirmed() {
    CONFIRMED.tell();
}

#[test]
fn without_any_source_it_is_typed() {
    TYPED.tell();
}

#[test]
fn nothing_is_sent_before_the_source_is_named() {
    let mut world = World::new();
    let told = world.is_told("alice", ASK_WITHOUT);
    assert!(told.contains("waits for its source"), "{told}");
    assert!(told.contains("what is my IPv4 address"), "{told}");
    assert!(world.records().is_empty() && world.cards().is_empty());
    let draft = world.own_message("alice");
    let labels: Vec<_> = draft.buttons().into_iter().map(|button| button.label).collect();
    assert_eq!(labels, [TYPE, "Use my address", "Withdraw"]);
    world.clicks("alice", &draft, "Withdraw");
    assert!(!world.own_message("alice").offers(TYPE));
    assert!(world.records().is_empty() && world.cards().is_empty());
}

/// Everything but the source is judged before there is a draft: nobody looks for an address in vain.
#[test]
fn all_else_is_judged_first() {
    let mut world = World::new();
    for (command, why) in [
        ("/jit request vm:web-02 port:22 for:30m", "wants a reason"),
        (
            "/jit request vm:web-02 port:22 for:3h reason:INC-43",
            "allows at most 2h",
        ),
        (
            "/jit request vm:web-02 port:9999 for:30m reason:INC-43",
            "No rule lets you",
        ),
        (
            "/jit request vm:wbe-02 port:22 reason:INC-43",
            "no machine is called",
        ),
    ] {
        let told = world.is_told("alice", command);
        assert!(told.contains("Nothing was asked"), "{told}");
        assert!(told.contains(why), "{told}");
    }
    let told = world.is_told("mallory", ASK_WITHOUT);
    assert!(told.contains("No rule lets you"), "{told}");
}

/// A wrong address is refused with a sentence, and the draft waits for a better one.
#[test]
fn a_wrong_address_costs_nothing() {
    let mut world = World::new();
    world.types("alice", ASK_WITHOUT);
    let draft = world.own_message("alice");
    for (address, why) in [
        ("my laptop", "is not an IPv4 address"),
        ("2001:db8::7", "takes only IPv4"),
        ("0.0.0.0/0", "open the port to everybody"),
        ("127.0.0.1", "your own computer"),
        ("10.1.2.3", "private or shared address"),
        ("100.64.0.9", "private or shared address"),
        ("192.0.2.5", "does not name it"),
        ("8.8.8.8", "outside the networks"),
        ("198.51.100.0/24", "at most a `/32`"),
        ("198.51.100.7/24", "198.51.100.0/24"),
    ] {
        types_address(&mut world, &draft, TYPE, address);
        let told = beside(&world);
        assert!(told.contains(why), "{address}: {told}");
        assert!(
            told.contains("waits for its source as before"),
            "{address}: {told}"
        );
        let draft = world.own_message("alice");
        assert!(draft.offers(TYPE), "{address}: {}", draft.text());
    }
    assert!(world.records().is_empty() && world.cards().is_empty());
    types_address(&mut world, &draft, TYPE, "198.51.100.7");
    assert_eq!(world.told(), ["asked"]);
    assert!(
        world
            .own_message("alice")
            .text()
            .contains("was sent to the approvers"),
        "{}",
        world.own_message("alice").text()
    );
}

#[test]
fn another_address_than_the_last_is_typed() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.until_told("withdrawn", 1, |world| _ = world.types("alice", "/jit withdraw"));
    world.types("alice", ASK_WITHOUT);
    let draft = world.own_message("alice");
    assert!(draft.offers(USE), "{}", draft.text());
    types_address(&mut world, &draft, TYPE_ANOTHER, "203.0.113.9");
    assert!(world.card().text().contains("203.0.113.9"));
}

/// The last address is not offered where the rule would refuse it.
#[test]
fn only_what_the_rule_allows_is_offered() {
    let mut world = World::new();
    let staging = "/jit request vm:stage-01 port:22 for:30m";
    world.asks("alice", &format!("{staging} from:10.1.2.3"));
    world.types("alice", ASK_WITHOUT);
    let draft = world.own_message("alice");
    assert!(
        draft.offers(TYPE) && !draft.text().contains("10.1.2.3"),
        "{}",
        draft.text()
    );
}

/// The rules that hold are those of the moment in which the request is sent, for the card and for every vote.
#[test]
fn sent_under_the_rules_of_that_moment() {
    let mut world = World::new();
    world.types("alice", ASK_WITHOUT);
    world.restart_with(&RULES.replacen("name = \"production\"", "name = \"production\"\napprovals = 2", 1));
    let draft = world.own_message("alice");
    types_address(&mut world, &draft, TYPE, "198.51.100.7");
    assert!(
        world.card().text().contains("2 more approvals"),
        "{}",
        world.card().text()
    );
    world.restart_with(RULES);
    let card = world.card();
    world.clicks("bob", &card, "Approve");
    assert_eq!(
        world.told(),
        ["asked", "approval"],
        "the stricter of the two quorums holds"
    );
    world.until_told("withdrawn", 1, |world| _ = world.types("alice", "/jit withdraw"));
}

#[test]
fn a_rule_that_is_gone_takes_no_address() {
    let mut world = World::new();
    world.types("alice", ASK_WITHOUT);
    world.restart_with(&RULES.replace("\"198.51.100.0/24\", ", ""));
    let draft = world.own_message("alice");
    types_address(&mut world, &draft, TYPE, "198.51.100.7");
    let told = beside(&world);
    assert!(told.contains("does not name it"), "{told}");
    assert!(
        world
            .records()
            .iter()
            .all(|record| record.entry.fact.name() != "asked")
    );
}

/// A draft is its requester's alone, also for those who see its number.
#[test]
fn nobody_else_reads_or_names_the_address() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.types("alice", ASK_WITHOUT);
    let told = world.is_told("carol", "/jit status request:2");
    assert!(
        told.contains("not named yet") && !told.contains("198.51.100.7"),
        "{told}"
    );
}

#[test]
fn an_offer_that_nobody_confirms_is_over_after_15_minutes() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.until_told("withdrawn", 1, |world| _ = world.types("alice", "/jit withdraw"));
    world.types("alice", ASK_WITHOUT);
    let own = world.own_message("alice");
    assert!(own.offers(USE), "{}", own.text());
    let cards = world.cards().len();
    world.minutes(16);
    // The message can be pressed for as long as it stands.
    world.clicks("alice", &own, USE);
    world.seconds(5);
    assert_eq!(world.cards().len(), cards, "nothing was sent");
    assert_eq!(world.told(), ["asked", "withdrawn"]);
}

#[test]
fn the_address_of_one_is_not_offered_to_another() {
    let mut world = World::new();
    world.asks("alice", ASK);
    world.approves("bob");
    world.minutes(65);
    let told = world.is_told("carol", ASK_WITHOUT);
    assert!(
        told.contains("waits for its source") && !told.contains("198.51.100.7"),
        "{told}"
    );
    assert_eq!(world.told(), TOLD);
}
