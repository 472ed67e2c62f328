//! Discord's JSON error codes, as far as a caller branches on them.

/// Why Discord refused a call.
///
/// Source: Discord's documentation, "Opcodes and Status Codes", section JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    missing_docs,
    reason = "the names are Discord's own; the numbers stand in `from`"
)]
pub enum JsonCode {
    UnknownChannel,
    UnknownGuild,
    UnknownMember,
    UnknownMessage,
    UnknownRole,
    UnknownUser,
    UnknownEmoji,
    /// Also how an interaction token that has expired may be reported.
    UnknownWebhook,
    /// The acknowledgement came too late, or the interaction never was.
    UnknownInteraction,
    UnknownCommand,
    TooManyReactions,
    TooManyThreadMembers,
    TooManyCommandsToday,
    OldMessageEditedTooOften,
    AlreadyAcknowledged,
    /// Slow mode, a channel's write limit, or a service that is overloaded.
    SlowDown,
    MissingAccess,
    MissingPermission,
    NotOurMessage,
    EmptyMessage,
    /// The person takes no direct messages from us.
    DmClosed,
    NotATextChannel,
    /// How an interaction token that has expired is usually reported.
    InvalidWebhookToken,
    /// A body that Discord does not accept: a fault of ours.
    InvalidForm,
    Archived,
    ThreadExists,
    ThreadLocked,
    TooManyThreads,
    /// Any other number; 0 when there was none.
    Other(u64),
}

impl From<u64> for JsonCode {
    fn from(number: u64) -> Self {
        match number {
            10003 => Self::UnknownChannel,
            10004 => Self::UnknownGuild,
            10007 => Self::UnknownMember,
            10008 => Self::UnknownMessage,
            10011 => Self::UnknownRole,
            10013 => Self::UnknownUser,
            10014 => Self::UnknownEmoji,
            10015 => Self::UnknownWebhook,
            10062 => Self::UnknownInteraction,
            10063 => Self::UnknownCommand,
            30010 => Self::TooManyReactions,
            30033 => Self::TooManyThreadMembers,
            30034 => Self::TooManyCommandsToday,
            30046 => Self::OldMessageEditedTooOften,
            40060 => Self::AlreadyAcknowledged,
            20016 | 20028 | 40062 => Self::SlowDown,
            50001 => Self::MissingAccess,
            50005 => Self::NotOurMessage,
            50006 => Self::EmptyMessage,
            50007 | 50278 => Self::DmClosed,
            50008 => Self::NotATextChannel,
            50013 => Self::MissingPermission,
            50027 => Self::InvalidWebhookToken,
            50035 => Self::InvalidForm,
            50083 => Self::Archived,
            160_004 => Self::ThreadExists,
            160_005 => Self::ThreadLocked,
            160_006 => Self::TooManyThreads,
            other => Self::Other(other),
        }
    }
}
