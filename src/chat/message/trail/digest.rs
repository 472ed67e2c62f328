//! The line of the day's look at the inventory.

use super::behind::{limit, named};
use crate::{
    chat::message::{
        limit::{counted, listed, width},
        phrase,
        quote::coded,
        when,
    },
    domain::{
        digest::{Digest, Findings},
        review::Review,
    },
};

/// Room for each list; four of them and the rest of the line stay below a message.
const LIST: usize = 380;

pub(super) fn parts(digest: &Digest) -> Vec<String> {
    let mut parts = vec!["daily digest".to_owned()];
    parts.extend(reviews(&digest.reviews));
    let Some(taken_at) = digest.taken_at else {
        parts.push("no machine could be read from Azure yet, so there is nothing to look at".to_owned());
        return parts;
    };
    parts.push(format!(
        "{}, as read from Azure {}",
        counted(
            usize::try_from(digest.vms).unwrap_or(usize::MAX),
            "machine",
            "machines"
        ),
        when::full(taken_at)
    ));
    if digest.is_empty() {
        parts.push(
            "nothing to say: no port is open without JIT, no limit is over 3h, no JIT policy allows any source, and \
             none lists a machine that is gone"
                .to_owned(),
        );
        return parts;
    }
    let open = list(&digest.open, |door| {
        format!(
            "{} {} to {} by rule {}",
            phrase::machine(&door.vm),
            door.port,
            coded(&door.source, 40),
            coded(&door.rule, 80)
        )
    });
    let long = list(&digest.long, |found| {
        format!(
            "{} ({}, the longest {} on {} {})",
            named(&found.policy),
            ports(found.ports),
            limit(found.longest).trim_start_matches("up to "),
            phrase::machine(&found.vm),
            found.port
        )
    });
    let any = list(&digest.any_source, |found| {
        format!("{} ({})", named(&found.policy), ports(found.ports))
    });
    let stale = list(&digest.stale, |found| {
        format!("{} in {}", phrase::machine(&found.vm), named(&found.policy))
    });
    for (what, found) in [
        ("open without JIT", open),
        ("JIT policies with limits over 3h", long),
        ("JIT policies that allow any source", any),
        ("listed in a JIT policy and not among the machines", stale),
    ] {
        parts.extend(found.map(|found| format!("{what}: {found}")));
    }
    parts
}

fn ports(count: u32) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), "port", "ports")
}

/// The reviews that wait, first of all.
fn reviews(waiting: &[Review]) -> Option<String> {
    let each: Vec<_> = waiting
        .iter()
        .map(|review| {
            format!(
                "request {} opened by {}",
                review.number,
                phrase::person(&review.broke)
            )
        })
        .collect();
    (!each.is_empty()).then(|| format!("reviews that nobody has signed: {}", listed(&each, LIST)))
}

/// As many findings as there is room for, and how many there are besides; `None` where there is none.
fn list<T>(findings: &Findings<T>, say: impl Fn(&T) -> String) -> Option<String> {
    let all = findings.count();
    let mut shown = String::new();
    let mut taken = 0;
    for finding in &findings.named {
        let gap = if taken == 0 { "" } else { "; " };
        let said = say(finding);
        if width(&shown) + width(gap) + width(&said) > LIST {
            break;
        }
        shown.push_str(gap);
        shown.push_str(&said);
        taken += 1;
    }
    match (all, all - taken) {
        (0, _) => None,
        (_, 0) => Some(shown),
        (_, left) if taken == 0 => Some(format!("{left} in all")),
        (_, left) => Some(format!("{shown}; and {left} more")),
    }
}
