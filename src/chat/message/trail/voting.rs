//! What approvers do besides voting: taking back, looking, granting less.

use super::{actor, asked_by, how as by_way};
use crate::{
    chat::message::{phrase, quorum, refusal},
    domain::{
        record::{By, Fact},
        request::How,
    },
};

pub(super) fn parts(by: &By, fact: &Fact) -> Vec<String> {
    match fact {
        Fact::TakenBack {
            request,
            voter,
            how,
            missing,
            needs,
        } => {
            let mut parts = vec![
                "approval taken back".to_owned(),
                format!("of {}", phrase::person(voter)),
                back(*how).to_owned(),
            ];
            parts.push(match missing {
                Some(missing) => quorum::more_needed(*missing, needs)
                    .trim_end_matches('.')
                    .to_owned(),
                None => "no rule allows the request any more".to_owned(),
            });
            parts.extend(asked_by(request, &[]));
            parts
        }
        Fact::Claimed { request, via, from } => {
            let mut parts = vec![
                "claimed".to_owned(),
                format!("{} {}", actor(by), by_way(*via)),
                "is looking at it".to_owned(),
            ];
            parts.extend(
                from.as_ref()
                    .map(|from| format!("in place of {}", phrase::person(from))),
            );
            parts.extend(asked_by(request, &[]));
            parts
        }
        Fact::LetGo { request, who, how } => {
            let mut parts = vec![
                "let go".to_owned(),
                format!("{} is not looking at it any more", phrase::person(who)),
                back(*how).to_owned(),
            ];
            parts.extend(asked_by(request, &[]));
            parts
        }
        Fact::ClaimRefused { request, via, why } => {
            let mut parts = vec![
                "claim not counted".to_owned(),
                format!("{} {}", actor(by), by_way(*via)),
                refusal::vote::because(why),
            ];
            parts.extend(asked_by(request, &[]));
            parts
        }
        Fact::Narrowed {
            request,
            narrowing,
            length,
            source,
        } => {
            let mut parts = vec!["narrowed".to_owned(), actor(by)];
            parts.extend(
                narrowing
                    .length_before
                    .map(|before| format!("{length} instead of {before}")),
            );
            parts.extend(
                narrowing
                    .source_before
                    .map(|before| format!("from {source} instead of {before}")),
            );
            parts.extend(asked_by(request, &[]));
            parts
        }
        _ => Vec::new(),
    }
}

fn back(how: How) -> &'static str {
    match how {
        How::Button => "with a button",
        How::Reaction => "the reaction was taken off the card",
        How::Cleared => "the reactions were cleared from the card",
        How::FoundGone => "the reaction was found gone when the card was read again",
    }
}
