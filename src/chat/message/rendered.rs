//! What is to be shown, before it is known where.

use serenity::all::{
    CreateActionRow, CreateEmbed, CreateInteractionResponseFollowup, CreateInteractionResponseMessage,
    CreateMessage, EditAttachments, EditInteractionResponse, EditMessage,
};

use crate::{
    chat::file::{File, WithFiles},
    domain::actor::Principal,
};

/// A message, ready to be posted or to take the place of an older one.
#[derive(Debug, Clone, Default)]
pub struct Rendered {
    pub content: String,
    pub embeds: Vec<CreateEmbed>,
    pub components: Vec<CreateActionRow>,
    /// Whom the message may ping, all of them named in `content`; nobody else, whatever the text says.
    pub pings: Vec<Principal>,
    /// What a person can save from it, at most ten.
    pub files: Vec<File>,
}

impl Rendered {
    /// One text and nothing else.
    pub fn text(content: impl Into<String>) -> Self {
        Self {
            content: content.into(),
            ..Self::default()
        }
    }

    /// The body of a new message. Whom it may ping is given to the client apart.
    pub fn to_message(&self) -> WithFiles<CreateMessage> {
        self.with_files(
            CreateMessage::new()
                .content(&self.content)
                .embeds(self.embeds.clone())
                .components(self.components.clone()),
        )
    }

    /// The body of an edit, which leaves nothing of the older message.
    pub fn to_edit(&self) -> WithFiles<EditMessage> {
        self.with_files(
            EditMessage::new()
                .content(&self.content)
                .embeds(self.embeds.clone())
                .components(self.components.clone())
                .attachments(EditAttachments::new()),
        )
    }

    /// The body of an edit of an interaction's answer, which leaves nothing of the older one.
    pub fn to_answer(&self) -> WithFiles<EditInteractionResponse> {
        self.with_files(
            EditInteractionResponse::new()
                .content(&self.content)
                .embeds(self.embeds.clone())
                .components(self.components.clone())
                .attachments(EditAttachments::new()),
        )
    }

    /// The body of one more answer to an interaction, for its person only.
    pub fn to_follow_up(&self) -> WithFiles<CreateInteractionResponseFollowup> {
        self.with_files(
            CreateInteractionResponseFollowup::new()
                .content(&self.content)
                .embeds(self.embeds.clone())
                .components(self.components.clone())
                .ephemeral(true),
        )
    }

    /// The body of an interaction's first answer, for its person only.
    pub fn to_response(&self) -> WithFiles<CreateInteractionResponseMessage> {
        self.with_files(
            CreateInteractionResponseMessage::new()
                .content(&self.content)
                .embeds(self.embeds.clone())
                .components(self.components.clone())
                .ephemeral(true),
        )
    }

    fn with_files<M>(&self, body: M) -> WithFiles<M> {
        WithFiles {
            body,
            files: self.files.clone(),
        }
    }
}
