//! A bot of a few lines that looks like Portcullis from afar: one request, one card, one window.

use std::sync::Arc;

use chrono::TimeDelta;
use portcullis::{
    clock::{Clock as _, OffsetClock},
    sandbox::{
        azure::AzureEmulator,
        discord::{self, DiscordEmulator, world},
    },
};
use serenity::{
    all::{
        ActionRowComponent, ButtonStyle, ChannelId, Command, CommandInteraction, CommandOptionType,
        ComponentInteraction, ComponentInteractionDataKind, Context, CreateActionRow, CreateAllowedMentions,
        CreateAttachment, CreateAutocompleteResponse, CreateButton, CreateCommand, CreateCommandOption,
        CreateEmbed, CreateInputText, CreateInteractionResponse, CreateInteractionResponseMessage,
        CreateMessage, CreateModal, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption,
        CreateThread, EditInteractionResponse, EditMessage, EventHandler, GatewayIntents, HttpBuilder,
        InputTextStyle, Interaction, ModalInteraction, Ready, RoleId, UserId,
    },
    async_trait,
    http::Http,
};
use tokio::task::JoinHandle;

const MACHINES: [&str; 4] = ["web-01", "web-02", "db-01", "jump-01"];

/// What the file says that comes with the list.
pub(crate) const FILE: &str = "full address:s:203.0.113.10:3389\r\n";

pub(crate) struct Puppet {
    http: Arc<Http>,
    runs: JoinHandle<()>,
    shards: Arc<serenity::gateway::ShardManager>,
}

struct Strings {
    azure: AzureEmulator,
    clock: Arc<OffsetClock>,
}

impl Puppet {
    pub(crate) async fn start(
        discord: DiscordEmulator,
        azure: AzureEmulator,
        clock: Arc<OffsetClock>,
    ) -> Self {
        let http = HttpBuilder::new(discord::SANDBOX_TOKEN)
            .proxy(discord.url())
            .ratelimiter_disabled(true)
            .application_id(world::BOT.0.into())
            .build();
        let client = serenity::client::ClientBuilder::new_with_http(http, GatewayIntents::GUILDS);
        let mut client = client.event_handler(Strings { azure, clock }).await.unwrap();
        let http = client.http.clone();
        let shards = client.shard_manager.clone();
        let runs = tokio::spawn(async move { client.start().await.unwrap() });
        let ready = discord
            .wait_until(std::time::Duration::from_secs(20), |discord| {
                (!discord.commands().is_empty()).then_some(())
            })
            .await;
        assert!(ready.is_some(), "the puppet did not connect");
        Self { http, runs, shards }
    }

    pub(crate) async fn stop(self) {
        self.shards.shutdown_all().await;
        self.runs.await.unwrap();
    }

    pub(crate) async fn card(&self, who: &str) {
        post_card(&self.http, who, "web-01", "INC-42 disk is full").await;
    }

    pub(crate) async fn direct(&self, who: &str, text: &str) {
        let id = if who == "alice" { world::ALICE } else { world::BOB };
        let user = UserId::new(id.0);
        user.direct_message(&self.http, CreateMessage::new().content(text))
            .await
            .unwrap();
    }

    pub(crate) async fn says(&self, text: &str) {
        ChannelId::new(world::GENERAL_CHANNEL.0)
            .say(&self.http, text)
            .await
            .unwrap();
    }
}

async fn post_card(http: &Http, who: &str, machine: &str, reason: &str) {
    let embed = CreateEmbed::new()
        .title(format!("{machine} · SSH 22"))
        .description(format!(
            "**{who}** asks for access from `198.51.100.7`.\n> {reason}"
        ))
        .field("How long", "1 hour", true)
        .field("Rule", "production ssh, 1 approval", true)
        .field("Answer", format!("<t:{}:R>", 1_900_000_000), true)
        .colour(0x3b_5b_db);
    let buttons = CreateActionRow::Buttons(vec![
        CreateButton::new("approve")
            .label("Approve")
            .style(ButtonStyle::Success),
        CreateButton::new("deny").label("Deny").style(ButtonStyle::Danger),
    ]);
    let role = RoleId::new(world::ON_CALL_ROLE.0);
    let message = CreateMessage::new()
        .content(format!("<@&{role}> somebody waits."))
        .allowed_mentions(CreateAllowedMentions::new().roles([role]))
        .embed(embed)
        .components(vec![buttons]);
    ChannelId::new(world::APPROVER_CHANNEL.0)
        .send_message(http, message)
        .await
        .unwrap();
}

#[async_trait]
impl EventHandler for Strings {
    async fn ready(&self, ctx: Context, _: Ready) {
        let text = |name: &str, about: &str| CreateCommandOption::new(CommandOptionType::String, name, about);
        let request = CreateCommandOption::new(
            CommandOptionType::SubCommand,
            "request",
            "Ask for access to a machine",
        )
        .add_sub_option(text("vm", "The machine").required(true).set_autocomplete(true))
        .add_sub_option(text("port", "The port: ssh, rdp, or a number").required(true))
        .add_sub_option(text("for", "How long, for example 1h"))
        .add_sub_option(text("reason", "Why"));
        let list = CreateCommandOption::new(
            CommandOptionType::SubCommand,
            "list",
            "What is open and what waits",
        );
        let jit = CreateCommand::new("jit")
            .description("Access for a while")
            .add_option(request)
            .add_option(list);
        Command::set_global_commands(&ctx.http, vec![jit]).await.unwrap();
    }

    async fn interaction_create(&self, ctx: Context, interaction: Interaction) {
        match interaction {
            Interaction::Autocomplete(typed) => {
                let wanted = typed.data.autocomplete().unwrap().value.to_owned();
                let fits = MACHINES.into_iter().filter(|name| name.contains(&wanted));
                let offers = fits.fold(CreateAutocompleteResponse::new(), |offers, name| {
                    offers.add_string_choice(format!("{name} · running"), name)
                });
                typed
                    .create_response(&ctx.http, CreateInteractionResponse::Autocomplete(offers))
                    .await
                    .unwrap();
            }
            Interaction::Command(command) if command.data.options[0].name == "list" => {
                lists(&ctx, &command).await;
            }
            Interaction::Command(command) => asked(&ctx, &command).await,
            Interaction::Component(press) if press.data.custom_id == "approve" => {
                self.approved(&ctx, &press).await;
            }
            Interaction::Component(chosen) if chosen.data.custom_id == "machines" => {
                limits(&ctx, &chosen).await;
            }
            Interaction::Component(press) => {
                let input = CreateInputText::new(InputTextStyle::Paragraph, "Why?", "why").required(true);
                let form = CreateModal::new("deny", "Deny the request")
                    .components(vec![CreateActionRow::InputText(input)]);
                press
                    .create_response(&ctx.http, CreateInteractionResponse::Modal(form))
                    .await
                    .unwrap();
            }
            Interaction::Modal(form) if form.data.custom_id.starts_with("limits:") => {
                limited(&ctx, &form).await;
            }
            Interaction::Modal(form) => denied(&ctx, &form).await,
            _ => {}
        }
    }
}

async fn asked(ctx: &Context, command: &CommandInteraction) {
    let first = CreateInteractionResponseMessage::new().ephemeral(true);
    command
        .create_response(&ctx.http, CreateInteractionResponse::Defer(first))
        .await
        .unwrap();
    let options = command.data.options();
    let serenity::all::ResolvedValue::SubCommand(values) = &options[0].value else {
        return;
    };
    let value = |name: &str| {
        let found = values.iter().find(|option| option.name == name);
        found.and_then(|option| match option.value {
            serenity::all::ResolvedValue::String(text) => Some(text.to_owned()),
            _ => None,
        })
    };
    post_card(
        &ctx.http,
        &command.user.name,
        &value("vm").unwrap(),
        &value("reason").unwrap_or_default(),
    )
    .await;
    let answer =
        EditInteractionResponse::new().content("Your request waits for an answer. You are told here.");
    command.edit_response(&ctx.http, answer).await.unwrap();
}

/// A private answer with a menu in which several can be chosen, and with a file.
async fn lists(ctx: &Context, command: &CommandInteraction) {
    let options = MACHINES
        .map(|name| CreateSelectMenuOption::new(name, name).description("running, no JIT"))
        .to_vec();
    let menu = CreateSelectMenu::new("machines", CreateSelectMenuKind::String { options })
        .placeholder("Which machines?")
        .min_values(1)
        .max_values(3);
    let file = CreateAttachment::bytes(FILE.as_bytes(), "web-01.rdp");
    let answer = CreateInteractionResponseMessage::new()
        .ephemeral(true)
        .content("Choose up to three machines.")
        .select_menu(menu)
        .add_file(file);
    command
        .create_response(&ctx.http, CreateInteractionResponse::Message(answer))
        .await
        .unwrap();
}

/// Asks for the limits of what was chosen.
async fn limits(ctx: &Context, chosen: &ComponentInteraction) {
    let ComponentInteractionDataKind::StringSelect { values } = &chosen.data.kind else {
        return;
    };
    let field = |id: &str, label: &str| {
        CreateActionRow::InputText(CreateInputText::new(InputTextStyle::Short, label, id).required(true))
    };
    let form = CreateModal::new(format!("limits:{}", values.join(",")), "Limits")
        .components(vec![field("port", "Port"), field("longest", "Longest time")]);
    chosen
        .create_response(&ctx.http, CreateInteractionResponse::Modal(form))
        .await
        .unwrap();
}

async fn limited(ctx: &Context, form: &ModalInteraction) {
    let values: Vec<&str> = form
        .data
        .components
        .iter()
        .flat_map(|row| &row.components)
        .map(|part| match part {
            ActionRowComponent::InputText(text) => text.value.as_deref().unwrap(),
            _ => "",
        })
        .collect();
    let machines = form.data.custom_id.trim_start_matches("limits:");
    let text = format!("{machines}: {}.", values.join(" for "));
    let answer = CreateInteractionResponseMessage::new()
        .content(text)
        .components(Vec::new());
    form.create_response(&ctx.http, CreateInteractionResponse::UpdateMessage(answer))
        .await
        .unwrap();
}

impl Strings {
    async fn approved(&self, ctx: &Context, press: &ComponentInteraction) {
        press
            .create_response(&ctx.http, CreateInteractionResponse::Acknowledge)
            .await
            .unwrap();
        let until = self.clock.now() + TimeDelta::minutes(59);
        assert!(self.azure.portal_opens("web-01", 22, "198.51.100.7", until));
        let embed = CreateEmbed::new()
            .title("web-01 · SSH 22")
            .description(format!(
                "Open until <t:{0}:t> (<t:{0}:R>), approved by <@{1}>.",
                until.timestamp(),
                press.user.id
            ))
            .colour(0x1a_7f_43);
        let edit = EditMessage::new().content("").embed(embed).components(Vec::new());
        press.message.clone().edit(&ctx.http, edit).await.unwrap();
        let trail = ChannelId::new(world::TRAIL_CHANNEL.0);
        let starter = trail.say(&ctx.http, "The trail of this guild.").await.unwrap();
        let thread = trail
            .create_thread_from_message(&ctx.http, starter.id, CreateThread::new("Trail"))
            .await
            .unwrap();
        let line = format!(
            "`#1042` · opened · `web-01` · SSH 22 from `198.51.100.7` until <t:{}:t> · approved by <@{}>",
            until.timestamp(),
            press.user.id
        );
        thread.id.say(&ctx.http, line).await.unwrap();
    }
}

async fn denied(ctx: &Context, form: &ModalInteraction) {
    form.create_response(&ctx.http, CreateInteractionResponse::Acknowledge)
        .await
        .unwrap();
    let ActionRowComponent::InputText(why) = &form.data.components[0].components[0] else {
        return;
    };
    let embed = CreateEmbed::new()
        .title("web-01 · SSH 22")
        .description(format!("Denied: {}", why.value.as_deref().unwrap_or_default()));
    let edit = EditInteractionResponse::new().embed(embed).components(Vec::new());
    form.edit_response(&ctx.http, edit).await.unwrap();
}
