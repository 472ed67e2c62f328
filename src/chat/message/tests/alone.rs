use insta::assert_snapshot;

use super::world::World;
use crate::{
    chat::message::{
        answer::{Place, answer},
        card,
        sample::{self, shown},
    },
    domain::{
        alone::{Alone, NotAlone},
        ids::RuleName,
        request::RequestState,
    },
};

fn automatic() -> World {
    let mut request = sample::approved(&["web-01"]);
    request.terms[0].alone = Some(Alone::Approved);
    if let RequestState::Approved { votes, .. } = &mut request.state {
        votes.clear();
    }
    World::of(request)
}

#[test]
fn the_card_says_that_the_rule_decided_and_offers_to_close() {
    let world = automatic();
    let card = world.view(|view| card::first(view, &[]));
    assert!(card.pings.is_empty());
    assert_snapshot!(shown(&card), @r"
        Request 17: approved, opening. <@101> asked for SSH 22 on **web-01**.
        == Request 17: approved, opening ==
        Approved by the rule “production ssh” alone, without a person, because all conditions for that were met. It is not open yet: this card says so when Azure does. The access ends <t:1800003720:F> (<t:1800003720:R>).
        [Who asks] <@101>
        [How long] 1h
        [From] `8.8.4.7`
        [Machines and ports] **web-01** (group prod-web, Linux, running): SSH 22
        [Why] INC-42 the disk is full
        [Rules] **production ssh**: approves alone what meets its conditions, so no approval was needed.
        [Windows] SSH 22 on **web-01**: opening, not open yet
        -- Request 17 · 00000000-0000-0000-0000-000000000011
        (Close now)
        ");
}

#[test]
fn who_asked_reads_who_decided() {
    let world = automatic().with(sample::open());
    let answer = world.view(|view| answer(view, Place::Private));
    assert!(
        answer
            .content
            .contains("alone, without a person, because all conditions for that were met"),
        "{}",
        answer.content
    );
}

#[test]
fn the_card_says_why_the_rule_did_not_decide() {
    let mut world = World::of(sample::pending(&["web-01"]));
    let mut say = |why| {
        world.request.terms[0].alone = Some(Alone::NotApproved { why });
        let card = shown(&world.view(card::later));
        let rules = card
            .lines()
            .find(|line| line.starts_with("[Rules]"))
            .unwrap()
            .to_owned();
        assert!(card.contains("(Approve)"), "{card}");
        rules.split_once("may answer. ").unwrap().1.to_owned()
    };
    let said = [
        say(NotAlone::OtherPeople),
        say(NotAlone::SourceOutside {
            within: vec!["8.8.8.0/24".parse().unwrap()],
        }),
        say(NotAlone::TooOften {
            at_most: 1,
            per: "24h".parse().unwrap(),
        }),
        say(NotAlone::Frozen),
        say(NotAlone::SecondLook),
        say(NotAlone::AnotherRule {
            rule: RuleName("**db**".to_owned()),
        }),
    ];
    assert_snapshot!(said.join("\n"), @r"
        The rule did not approve alone, because it does that for other people only.
        The rule did not approve alone, because it does that only from `8.8.8.0/24`.
        The rule did not approve alone, because it does that at most once in 24h for each person, and that number is reached for this person.
        The rule did not approve alone, because a freeze was on.
        The rule did not approve alone, because an approver has to look at such a request twice.
        The rule did not approve alone, because the rule “\*\*db\*\*” is involved too, and did not.
        ");
}
