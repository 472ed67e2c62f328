//! Interactions and registered commands as JSON.

use serde_json::{Value, json};

use super::{channel, member, merged, message};
use crate::sandbox::discord::{
    model::{Interaction, Registered, State},
    permissions,
};

/// INTERACTION_CREATE.
pub(crate) fn interaction(state: &State, interaction: &Interaction) -> Value {
    let place = state.channels.get(&interaction.channel);
    let held = |who| {
        place
            .map_or(0, |place| permissions::in_channel(state, who, place).0)
            .to_string()
    };
    let direct = place.is_some_and(|place| place.recipient.is_some());
    let mut body = json!({
        "id": interaction.id, "application_id": state.bot, "type": interaction.kind, "data": interaction.data,
        "token": interaction.token, "version": 1, "channel_id": interaction.channel,
        "channel": place.map(|place| channel(state, place)), "app_permissions": held(state.bot),
        "locale": "en-US", "entitlements": [], "attachment_size_limit": 10_485_760,
    });
    if direct {
        let owners = json!({"0": "0"});
        body = merged(
            body,
            json!({
                "user": super::user(state, interaction.person), "context": 1,
                "authorizing_integration_owners": owners,
            }),
        );
    } else {
        let person = member(state, interaction.person)
            .map(|member| merged(member, json!({"permissions": held(interaction.person)})));
        body = merged(
            body,
            json!({
                "guild_id": state.guild.id, "guild_locale": "en-US", "member": person, "context": 0,
                "guild": {"id": state.guild.id, "locale": "en-US", "features": []},
                "authorizing_integration_owners": {"0": state.guild.id},
            }),
        );
    }
    if let Some(seen) = interaction.message.and_then(|id| state.find_message(id)) {
        body = merged(body, json!({"message": message(state, seen)}));
    }
    interaction.guise.dress(&mut body);
    body
}

/// A registered command as the command routes answer it.
pub(crate) fn command(state: &State, command: &Registered) -> Value {
    let mut body = merged(
        command.definition.clone(),
        json!({
            "id": command.id, "application_id": state.bot, "version": command.version,
            "name": command.name, "type": command.kind,
        }),
    );
    if let Some(guild) = command.guild {
        body = merged(body, json!({"guild_id": guild}));
    }
    body
}
