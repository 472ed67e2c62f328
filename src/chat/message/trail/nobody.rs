//! The line that nobody is there to approve, which administrators read.

use crate::{
    chat::message::{
        limit::{counted, listed},
        phrase,
        quote::quoted_within,
    },
    domain::{actor::Person, lack::Lack},
};

pub(super) fn parts(requester: &Person, lack: &Lack) -> Vec<String> {
    vec![
        "nobody to approve".to_owned(),
        format!(
            "{} asked under {}",
            phrase::person(requester),
            quoted_within(&lack.rule.0, 80)
        ),
        facts(lack),
        "nothing was posted; somebody who looks after the rules can name approvers who are there".to_owned(),
    ]
}

/// "it needs 1 approval and 0 others are there; the role 7 does not exist in the server".
pub(in crate::chat::message) fn facts(lack: &Lack) -> String {
    let needed = counted(usize::from(lack.needed), "approval", "approvals");
    let there = counted(
        usize::try_from(lack.there).unwrap_or(usize::MAX),
        "other person is",
        "other people are",
    );
    let mut facts = vec![format!("it needs {needed}, and {there} there who could give one")];
    if !lack.groups.is_empty() {
        let groups: Vec<_> = lack
            .groups
            .iter()
            .map(|name| format!("“{}”", quoted_within(name, 60)))
            .collect();
        facts.push(format!("too few are in {}", listed(&groups, 200)));
    }
    if lack.uncounted {
        facts.push("who else has a role that it names is not counted".to_owned());
    }
    if !lack.missing_roles.is_empty() {
        let roles: Vec<_> = lack
            .missing_roles
            .iter()
            .map(|role| format!("`role:{role}`"))
            .collect();
        facts.push(format!("not in the server any more: {}", listed(&roles, 200)));
    }
    if !lack.gone.is_empty() {
        let people: Vec<_> = lack.gone.iter().map(|user| format!("`user:{user}`")).collect();
        facts.push(format!("has left the server: {}", listed(&people, 200)));
    }
    facts.join("; ")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::domain::ids::{RoleId, RuleName, UserId};

    #[test]
    fn it_says_who_is_not_there() {
        let lack = Lack {
            rule: RuleName("web".into()),
            needed: 2,
            there: 1,
            missing_roles: vec![RoleId(7)],
            gone: vec![UserId(8), UserId(9)],
            groups: vec!["leads".into()],
            uncounted: true,
        };
        assert_snapshot!(facts(&lack), @"it needs 2 approvals, and 1 other person is there who could give one; too few are in “leads”; who else has a role that it names is not counted; not in the server any more: `role:7`; has left the server: `user:8` and `user:9`");
    }
}
