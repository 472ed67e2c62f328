//! Whom a new message notifies.

use std::collections::BTreeSet;

use crate::sandbox::discord::{
    form::{AllowedMentions, Mentioned},
    ids::Snowflake,
    model::{Pings, State},
    permissions::Permissions,
};

impl State {
    /// Evaluates the mentions of a text as Discord does: what it says, what is allowed, what the role and
    /// the author's permissions admit, and who can see the place at all.
    pub(crate) fn pings(
        &self,
        author: Snowflake,
        channel: Snowflake,
        text: &str,
        allowed: &AllowedMentions,
        replied_to: Option<Snowflake>,
    ) -> Pings {
        let mentioned = Mentioned::in_text(text);
        let may_all = self.person_can(author, channel, Permissions::MENTION_EVERYONE);
        let mut pings = Pings {
            everyone: mentioned.everyone && allowed.everyone && may_all,
            ..Pings::default()
        };
        for user in mentioned.users {
            if self.users.contains_key(&user) && (allowed.all_users || allowed.users.contains(&user)) {
                pings.users.insert(user);
            }
        }
        pings.users.extend(replied_to.filter(|_| allowed.replied_user));
        for role in mentioned.roles.iter().filter_map(|id| self.guild.roles.get(id)) {
            if !allowed.all_roles && !allowed.roles.contains(&role.id) {
                continue;
            }
            if role.mentionable || may_all {
                pings.roles.insert(role.id);
            } else {
                pings.silent_roles.insert(role.id);
            }
        }
        let holds_role = |user: &Snowflake| {
            self.guild
                .members
                .get(user)
                .is_some_and(|member| !member.roles.is_disjoint(&pings.roles))
        };
        let people: BTreeSet<Snowflake> = self
            .users
            .values()
            .filter(|user| !user.bot && user.id != author)
            .map(|user| user.id)
            .filter(|user| pings.everyone || pings.users.contains(user) || holds_role(user))
            .filter(|user| self.person_can(*user, channel, Permissions::VIEW_CHANNEL))
            .collect();
        pings.people = people;
        pings
    }
}
