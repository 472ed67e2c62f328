//! Two people want the same port: what the owner of the older window is told.

use super::{phrase, rendered::Rendered, when};
use crate::domain::{
    actor::Principal,
    request::{Request, RequestState},
    window::Window,
};

/// In private, to who owns `window`: the newer request waits for an answer, or was approved.
pub fn to_owner(window: &Window, owned: &Request, newer: &Request) -> Rendered {
    Rendered::text(text(window, owned, newer))
}

/// The same in a channel, for a closed inbox: it mentions and pings the owner.
pub fn to_owner_in_channel(window: &Window, owned: &Request, newer: &Request) -> Rendered {
    Rendered {
        content: format!(
            "{} {}",
            phrase::person(&owned.requester),
            text(window, owned, newer)
        ),
        pings: vec![Principal::User(owned.requester.id)],
        ..Rendered::default()
    }
}

fn text(window: &Window, owned: &Request, newer: &Request) -> String {
    let newer_one = phrase::person(&newer.requester);
    let door = phrase::door(&window.vm, window.port);
    let yours = format!(
        "your window there (request {}, until {})",
        owned.number,
        when::time(window.ends_at)
    );
    if matches!(newer.state, RequestState::Pending { .. }) {
        return format!(
            "{newer_one} asks for {door} (request {}). Azure keeps one request for each port: if it is approved, {yours} \
             ends when the new one opens. If you still need yours, tell {newer_one} or the approvers now.",
            newer.number,
        );
    }
    format!(
        "Request {} of {newer_one} for {door} was approved. Azure keeps one request for each port, so {yours} ends when \
         the new one opens. New connections from your address are not let in after that; ask again with `/jit request` if \
         you still need it, and agree with {newer_one} first: your request would end theirs.",
        newer.number,
    )
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::chat::message::sample;

    #[test]
    fn the_owner_reads_what_will_happen_and_what_to_do() {
        let owned = sample::approved(&["web-01"]);
        let window = sample::windows(&owned).remove(0);
        let newer = Request {
            number: crate::domain::ids::RequestNumber(18),
            requester: sample::person(103, "erin"),
            ..sample::approved(&["web-01"])
        };
        assert_snapshot!(sample::shown(&to_owner(&window, &owned, &newer)), @"Request 18 of <@103> for SSH 22 on **web-01** was approved. Azure keeps one request for each port, so your window there (request 17, until <t:1800003720:t>) ends when the new one opens. New connections from your address are not let in after that; ask again with `/jit request` if you still need it, and agree with <@103> first: your request would end theirs.");
        let waiting = Request {
            number: newer.number,
            requester: newer.requester.clone(),
            ..sample::pending(&["web-01"])
        };
        assert_snapshot!(sample::shown(&to_owner(&window, &owned, &waiting)), @"<@103> asks for SSH 22 on **web-01** (request 18). Azure keeps one request for each port: if it is approved, your window there (request 17, until <t:1800003720:t>) ends when the new one opens. If you still need yours, tell <@103> or the approvers now.");
        assert_snapshot!(sample::shown(&to_owner_in_channel(&window, &owned, &newer)), @"<@101> Request 18 of <@103> for SSH 22 on **web-01** was approved. Azure keeps one request for each port, so your window there (request 17, until <t:1800003720:t>) ends when the new one opens. New connections from your address are not let in after that; ask again with `/jit request` if you still need it, and agree with <@103> first: your request would end theirs.
pings [User(UserId(101))]");
    }
}
