//! Which handler answers which route.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    callback, channels, commands, guild, messages, reactions, router::Params, threads, users, webhook,
};
use crate::sandbox::discord::{error::ApiError, form::Upload, model::State, route::RouteKind};

/// A call with everything that a handler may look at.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) route: RouteKind,
    pub(crate) params: Params,
    pub(crate) query: HashMap<String, String>,
    pub(crate) body: Value,
    /// Files that came beside the body.
    pub(crate) files: Vec<Upload>,
    /// `host:port`, as the client reached us.
    pub(crate) host: String,
}

impl Call {
    /// A number of the query.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.query.get(name)?.parse().ok()
    }

    /// discord.py says `1`, others `true`.
    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.query.get(name).map(String::as_str), Some("1" | "true"))
    }
}

/// A successful answer.
#[derive(Debug, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
}

impl Reply {
    pub(crate) fn ok(body: Value) -> Self {
        Self {
            status: 200,
            body: Some(body),
        }
    }

    pub(crate) fn created(body: Value) -> Self {
        Self {
            status: 201,
            body: Some(body),
        }
    }

    pub(crate) fn empty() -> Self {
        Self {
            status: 204,
            body: None,
        }
    }
}

pub(crate) type Answer = Result<Reply, ApiError>;

pub(crate) fn handle(state: &mut State, call: &Call) -> Answer {
    use RouteKind as K;
    match call.route {
        K::GetGateway => users::gateway(state, call),
        K::GetGatewayBot => users::gateway_bot(state, call),
        K::GetMe => users::me(state),
        K::GetApplication => users::application(state),
        K::GetUser => users::user(state, call),
        K::CreateDm => users::create_dm(state, call),

        K::GetGuild => guild::get(state, call),
        K::GetRoles => guild::roles(state, call),
        K::GetGuildChannels => guild::channels(state, call),
        K::GetMember => guild::member(state, call),
        K::GetMembers => guild::members(state, call),
        K::GetActiveThreads => guild::active_threads(state, call),

        K::GetChannel => channels::get(state, call),
        K::EditChannel => channels::edit(state, call),
        K::DeleteChannel => channels::delete(state, call),
        K::Typing => channels::typing(state, call),
        K::GetArchivedThreads => threads::archived(state, call),
        K::JoinThread => threads::join(state, call),
        K::ThreadFromMessage => threads::from_message(state, call),
        K::CreateThread => threads::create(state, call),

        K::CreateMessage => messages::create(state, call),
        K::GetMessage => messages::get(state, call),
        K::GetMessages => messages::list(state, call),
        K::EditMessage => messages::edit(state, call),
        K::DeleteMessage => messages::delete(state, call),

        K::AddReaction => reactions::add(state, call),
        K::RemoveOwnReaction => reactions::remove_own(state, call),
        K::RemoveUserReaction => reactions::remove_of_user(state, call),
        K::ClearReactions => reactions::clear(state, call),
        K::GetReactions => reactions::list(state, call),

        K::OverwriteCommands => commands::overwrite(state, call),
        K::GetCommands => commands::list(state, call),
        K::CreateCommand => commands::create(state, call),
        K::GetCommand => commands::get(state, call),
        K::EditCommand => commands::edit(state, call),
        K::DeleteCommand => commands::delete(state, call),

        K::Callback => callback::callback(state, call),
        K::GetOriginal | K::GetFollowup => webhook::get(state, call),
        K::EditOriginal | K::EditFollowup => webhook::edit(state, call),
        K::DeleteOriginal | K::DeleteFollowup => webhook::delete(state, call),
        K::CreateFollowup => webhook::create(state, call),

        K::Unknown => Err(ApiError::not_found()),
    }
}
