//! IDENTIFY and RESUME: who may have a session, and which one.

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::{
    Intents,
    session::{Outgoing, Session},
};
use crate::sandbox::discord::{model::State, wire};

/// Why a handshake failed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The socket is closed with this code.
    Close(u16, &'static str),
    /// INVALID_SESSION: the client must identify again.
    Invalid,
}

/// Opens a session: READY, then GUILD_CREATE for who asked for guilds.
pub(super) fn identify(
    state: &mut State,
    data: &Value,
    base: &str,
    socket: UnboundedSender<Outgoing>,
) -> Result<String, Refused> {
    check_token(state, data)?;
    if !data.get("properties").is_some_and(Value::is_object) {
        return Err(Refused::Close(4002, "Error while decoding payload."));
    }
    let shard = data
        .get("shard")
        .and_then(Value::as_array)
        .map_or((0, 1), |shard| {
            let number = |place: usize| shard.get(place).and_then(Value::as_u64).unwrap_or(u64::MAX);
            (number(0), number(1))
        });
    if shard.0 >= shard.1 || shard.1 == u64::MAX {
        return Err(Refused::Close(4010, "Invalid shard."));
    }
    let Some(intents) = data.get("intents").and_then(Value::as_u64) else {
        return Err(Refused::Close(4013, "Invalid intent(s)."));
    };
    if intents & !Intents::KNOWN != 0 {
        return Err(Refused::Close(4013, "Invalid intent(s)."));
    }
    if intents & Intents::PRIVILEGED & !state.options.privileged_intents != 0 {
        return Err(Refused::Close(4014, "Disallowed intent(s)."));
    }
    let id = state.sessions.fresh_id();
    state.sessions.identified += 1;
    let mut session = Session::new(id.clone(), intents, socket);
    let user = wire::merged(
        wire::user(state, state.bot),
        json!({"verified": true, "mfa_enabled": true, "email": null}),
    );
    let ready = json!({
        "v": 10, "user": user, "guilds": [{"id": state.guild.id, "unavailable": true}], "session_id": id,
        "resume_gateway_url": base, "shard": [shard.0, shard.1], "session_type": "normal",
        "application": {"id": state.bot, "flags": 0}, "user_settings": {}, "relationships": [],
        "private_channels": [], "presences": [], "guild_join_requests": [], "geo_ordered_rtc_regions": [],
        "_trace": [],
    });
    session.dispatch("READY", &ready);
    // With several shards a guild belongs to one of them (Discord, "Sharding").
    let mine = (state.guild.id.0 >> 22) % shard.1 == shard.0;
    if mine && intents & Intents::GUILDS != 0 {
        let guild = wire::guild_create(state, intents & Intents::GUILD_MEMBERS != 0);
        session.dispatch("GUILD_CREATE", &guild);
    }
    state.sessions.add(session);
    Ok(id)
}

/// Takes a session up again where its client lost it.
pub(super) fn resume(
    state: &mut State,
    data: &Value,
    socket: UnboundedSender<Outgoing>,
) -> Result<String, Refused> {
    check_token(state, data)?;
    let id = data.get("session_id").and_then(Value::as_str).unwrap_or_default();
    let seq = data.get("seq").and_then(Value::as_u64);
    let Some(session) = state.sessions.find(id) else {
        return Err(Refused::Invalid);
    };
    let Some(seq) = seq.filter(|seq| *seq <= session.seq) else {
        return Err(Refused::Close(4007, "Invalid sequence."));
    };
    if !session.can_replay(seq) {
        state.sessions.remove(id);
        return Err(Refused::Invalid);
    }
    session.resume(seq, socket);
    state.sessions.resumed += 1;
    Ok(id.to_owned())
}

fn check_token(state: &State, data: &Value) -> Result<(), Refused> {
    let token = data.get("token").and_then(Value::as_str).unwrap_or_default();
    if token.trim_start_matches("Bot ") == state.options.token {
        Ok(())
    } else {
        Err(Refused::Close(4004, "Authentication failed."))
    }
}
