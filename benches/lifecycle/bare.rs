//! The baseline: as little of a bot as serenity allows. It defers, and on `/edit` it edits its answer as well.

use portcullis::sandbox::discord::{SANDBOX_TOKEN, world::GUILD};
use serenity::{
    all::{
        Context, CreateCommand, CreateInteractionResponse, CreateInteractionResponseMessage,
        EditInteractionResponse, EventHandler, GatewayIntents, GuildId, Interaction, Ready,
    },
    async_trait,
    client::ClientBuilder,
    http::HttpBuilder,
};

struct Bare;

#[async_trait]
impl EventHandler for Bare {
    async fn ready(&self, ctx: Context, _: Ready) {
        let commands = ["defer", "edit"].map(|name| CreateCommand::new(name).description("Does it."));
        GuildId::new(GUILD.0)
            .set_commands(&ctx.http, commands.to_vec())
            .await
            .unwrap();
    }

    async fn interaction_create(&self, ctx: Context, interaction: Interaction) {
        let Interaction::Command(command) = interaction else {
            return;
        };
        let later = CreateInteractionResponseMessage::new().ephemeral(true);
        let defer = CreateInteractionResponse::Defer(later);
        command.create_response(&ctx.http, defer).await.unwrap();
        if command.data.name == "edit" {
            let answer = EditInteractionResponse::new().content("Here is your answer.");
            command.edit_response(&ctx.http, answer).await.unwrap();
        }
    }
}

/// Runs until the process is killed.
pub(crate) async fn run(address: &str) {
    let http = HttpBuilder::new(SANDBOX_TOKEN)
        .proxy(address)
        .ratelimiter_disabled(true)
        .build();
    let mut client = ClientBuilder::new_with_http(http, GatewayIntents::GUILDS)
        .event_handler(Bare)
        .await
        .unwrap();
    client.start().await.unwrap();
}
