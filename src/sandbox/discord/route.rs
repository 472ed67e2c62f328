//! The routes that the emulator knows, by name, and how a fault or a hold picks calls.
//!
//! Must not know handlers.

use serde::{Deserialize, Serialize};
use serde_json::Value;

macro_rules! kinds {
    ($($name:ident),* $(,)?) => {
        /// What a REST call is for; one name per route.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum RouteKind { $($name),* }

        impl RouteKind {
            /// Every kind, for stories that go through all of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

kinds! {
    GetGateway, GetGatewayBot, GetMe, GetApplication, GetUser, CreateDm,
    GetGuild, GetRoles, GetGuildChannels, GetMember, GetMembers, GetActiveThreads,
    GetChannel, EditChannel, DeleteChannel, GetArchivedThreads, JoinThread, Typing,
    CreateMessage, GetMessage, GetMessages, EditMessage, DeleteMessage,
    AddReaction, RemoveOwnReaction, RemoveUserReaction, ClearReactions, GetReactions,
    ThreadFromMessage, CreateThread,
    OverwriteCommands, GetCommands, CreateCommand, GetCommand, EditCommand, DeleteCommand,
    Callback, GetOriginal, EditOriginal, DeleteOriginal, CreateFollowup, GetFollowup, EditFollowup, DeleteFollowup,
    Unknown,
}

impl RouteKind {
    /// Whether a call of this kind may change something.
    pub fn changes(self) -> bool {
        !matches!(
            self,
            Self::GetGateway
                | Self::GetGatewayBot
                | Self::GetMe
                | Self::GetApplication
                | Self::GetUser
                | Self::GetGuild
                | Self::GetRoles
                | Self::GetGuildChannels
                | Self::GetMember
                | Self::GetMembers
                | Self::GetActiveThreads
                | Self::GetChannel
                | Self::GetArchivedThreads
                | Self::GetMessage
                | Self::GetMessages
                | Self::GetReactions
                | Self::GetCommands
                | Self::GetCommand
                | Self::GetOriginal
                | Self::GetFollowup
                | Self::Unknown
        )
    }

    /// Whether a message goes out with it, which may bring files.
    pub(crate) fn takes_files(self) -> bool {
        matches!(
            self,
            Self::CreateMessage
                | Self::EditMessage
                | Self::Callback
                | Self::EditOriginal
                | Self::CreateFollowup
                | Self::EditFollowup
        )
    }

    /// Interaction routes are authorised by the token in their path and do not count for the global limit.
    pub(crate) fn is_interaction(self) -> bool {
        matches!(
            self,
            Self::Callback
                | Self::GetOriginal
                | Self::EditOriginal
                | Self::DeleteOriginal
                | Self::CreateFollowup
                | Self::GetFollowup
                | Self::EditFollowup
                | Self::DeleteFollowup
        )
    }
}

/// A call as faults and holds see it.
#[derive(Debug)]
pub(crate) struct SeenCall<'a> {
    pub(crate) route: RouteKind,
    pub(crate) path: &'a str,
    pub(crate) body: &'a Value,
}

/// Picks calls. Every part that is set must fit; the default picks every call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Matcher {
    /// Only calls of this kind.
    pub route: Option<RouteKind>,
    /// Only calls that may change something.
    pub changing: bool,
    /// Only calls whose path contains this.
    pub path: Option<String>,
    /// Only calls whose body, as compact JSON, contains this.
    pub body: Option<String>,
    /// This many fitting calls pass first.
    pub skip: u32,
}

impl Matcher {
    /// Picks every call.
    pub fn any() -> Self {
        Self::default()
    }

    /// Picks calls that may change something.
    pub fn changing() -> Self {
        Self {
            changing: true,
            ..Self::default()
        }
    }

    /// Picks calls whose path contains `part`.
    #[must_use]
    pub fn on_path(mut self, part: impl Into<String>) -> Self {
        self.path = Some(part.into());
        self
    }

    /// Picks calls whose body, as compact JSON, contains `part`.
    #[must_use]
    pub fn with_body(mut self, part: impl Into<String>) -> Self {
        self.body = Some(part.into());
        self
    }

    /// Lets `count` fitting calls pass first.
    #[must_use]
    pub fn after(mut self, count: u32) -> Self {
        self.skip = count;
        self
    }

    /// Whether the call is picked; a fitting call that is let pass is counted.
    pub(crate) fn takes(&mut self, call: &SeenCall<'_>) -> bool {
        let fits = self.route.is_none_or(|route| route == call.route)
            && (!self.changing || call.route.changes())
            && self
                .path
                .as_ref()
                .is_none_or(|part| call.path.contains(part.as_str()))
            && self
                .body
                .as_ref()
                .is_none_or(|part| call.body.to_string().contains(part.as_str()));
        if fits && self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        fits
    }
}

impl From<RouteKind> for Matcher {
    fn from(route: RouteKind) -> Self {
        Self {
            route: Some(route),
            ..Self::default()
        }
    }
}
