//! The REST client against the Discord emulator: two independent readings of Discord's documentation meet.

use std::{sync::Arc, time::Duration};

use portcullis::{
    chat::{
        file::{File, WithFiles},
        message::Rendered,
        rest::{InteractionToken, JsonCode, MessagesAt, Pings, Rest, RestConfig, RestError},
    },
    clock::OffsetClock,
    sandbox::discord::{
        DiscordEmulator, DiscordOptions, DiscordWorld, Fault, FaultKind, Permissions, RateLimits, RouteKind,
        SANDBOX_TOKEN, Snowflake, What, world,
    },
};
use serenity::all::{
    ApplicationId, ChannelId, CommandOptionType, CreateCommand, CreateCommandOption,
    CreateInteractionResponse, CreateInteractionResponseFollowup, CreateInteractionResponseMessage,
    CreateMessage, CreateThread, EditInteractionResponse, EditMessage, EditThread, GuildId, InteractionId,
    ReactionType, RoleId, UserId,
};

const APPLICATION: ApplicationId = ApplicationId::new(world::BOT.0);
const GUILD: GuildId = GuildId::new(world::GUILD.0);
const CARDS: ChannelId = ChannelId::new(world::APPROVER_CHANNEL.0);
const ALICE: UserId = UserId::new(world::ALICE.0);
const BOB: UserId = UserId::new(world::BOB.0);

struct Scene {
    discord: DiscordEmulator,
    clock: Arc<OffsetClock>,
    rest: Rest,
}

async fn scene(options: DiscordOptions) -> Scene {
    let clock = Arc::new(OffsetClock::default());
    let discord = DiscordEmulator::start(DiscordWorld::demo(), clock.clone(), options)
        .await
        .unwrap();
    let url = format!("{}/api/v10", discord.url()).parse().unwrap();
    let rest = Rest::new(RestConfig::new(url, SANDBOX_TOKEN.to_owned().into())).unwrap();
    Scene { discord, clock, rest }
}

impl Scene {
    async fn post(&self, text: &str, nonce: &str) -> Result<serenity::all::Message, RestError> {
        let message = CreateMessage::new().content(text);
        self.rest
            .create_message(CARDS, message, &Pings::nobody(), nonce)
            .await
    }

    /// Alice types the command; what the bot would get through the gateway is read from the ledger.
    async fn alice_asks(&self) -> (InteractionId, InteractionToken) {
        let reason = CreateCommandOption::new(CommandOptionType::String, "reason", "Why");
        let command = CreateCommand::new("jit")
            .description("Asks for access")
            .add_option(reason);
        self.rest
            .set_guild_commands(APPLICATION, GUILD, &[command])
            .await
            .unwrap();
        self.discord
            .person("alice")
            .unwrap()
            .slash("/jit reason:INC-42")
            .unwrap();
        let dispatched = self
            .discord
            .ledger()
            .into_iter()
            .rev()
            .find_map(|entry| match entry.what {
                What::Dispatch {
                    event: "INTERACTION_CREATE",
                    data,
                    ..
                } => Some(data),
                _ => None,
            });
        let data = dispatched.unwrap();
        let id: u64 = data["id"].as_str().unwrap().parse().unwrap();
        (
            InteractionId::new(id),
            InteractionToken::new(data["token"].as_str().unwrap()),
        )
    }

    async fn defer(&self, id: InteractionId, token: &InteractionToken) -> Result<(), RestError> {
        let defer = CreateInteractionResponse::Defer(CreateInteractionResponseMessage::new().ephemeral(true));
        self.rest.acknowledge(id, token, &defer, &Pings::nobody()).await
    }
}

#[tokio::test]
async fn the_bot_learns_who_and_where_it_is() {
    let Scene { discord, rest, .. } = scene(DiscordOptions::default()).await;
    assert_eq!(rest.current_user().await.unwrap().id.get(), world::BOT.0);
    assert_eq!(rest.current_application().await.unwrap().id, APPLICATION);
    assert_eq!(rest.guild(GUILD).await.unwrap().id, GUILD);
    let roles = rest.roles(GUILD).await.unwrap();
    assert!(roles.iter().any(|role| role.id.get() == world::ON_CALL_ROLE.0));
    let channels = rest.channels(GUILD).await.unwrap();
    assert!(channels.iter().any(|channel| channel.id == CARDS));
    assert_eq!(rest.channel(CARDS).await.unwrap().id(), CARDS);
    let alice = rest.member(GUILD, ALICE).await.unwrap();
    assert_eq!(alice.roles, [RoleId::new(world::DEVELOPER_ROLE.0)]);
    assert!(
        rest.member(GUILD, UserId::new(1))
            .await
            .unwrap_err()
            .code()
            .is_some()
    );
    let gateway = rest.gateway_url().await.unwrap();
    assert_eq!(gateway.as_str().trim_end_matches('/'), discord.gateway_url());
}

#[tokio::test]
async fn a_card_lives_and_dies() {
    let scene = scene(DiscordOptions::default()).await;
    let rest = &scene.rest;
    let on_call = RoleId::new(world::ON_CALL_ROLE.0);
    scene.discord.set_mentionable(world::ON_CALL_ROLE, true);
    let text = format!("<@&{on_call}> @everyone <@{ALICE}> please look");
    let card = CreateMessage::new().content(text);
    let pings = Pings::nobody().and_role(on_call);
    let card = rest
        .create_message(CARDS, card, &pings, "nonce-of-the-card")
        .await
        .unwrap();
    let seen = scene.discord.message(Snowflake(card.id.get())).unwrap();
    assert!(seen.pings.roles.contains(&world::ON_CALL_ROLE));
    assert!(
        !seen.pings.everyone && seen.pings.users.is_empty(),
        "{:?}",
        seen.pings
    );

    rest.edit_message(
        CARDS,
        card.id,
        &EditMessage::new().content("changed"),
        &Pings::nobody(),
    )
    .await
    .unwrap();
    assert_eq!(rest.message(CARDS, card.id).await.unwrap().content, "changed");
    let around = rest
        .messages(CARDS, MessagesAt::Around(card.id), 10)
        .await
        .unwrap();
    assert!(around.iter().any(|message| message.id == card.id));
    assert!(
        rest.messages(CARDS, MessagesAt::After(card.id), 10)
            .await
            .unwrap()
            .is_empty()
    );

    let yes = ReactionType::Unicode("✅".to_owned());
    rest.add_reaction(CARDS, card.id, &yes).await.unwrap();
    scene
        .discord
        .person("bob")
        .unwrap()
        .reacts(Snowflake(card.id.get()), "✅")
        .unwrap();
    let mut who: Vec<_> = rest.reaction_users(CARDS, card.id, &yes, 1000).await.unwrap();
    who.retain(|user| !user.bot);
    assert_eq!(who.iter().map(|user| user.id).collect::<Vec<_>>(), [BOB]);

    rest.delete_message(CARDS, card.id).await.unwrap();
    assert!(
        rest.message(CARDS, card.id)
            .await
            .unwrap_err()
            .is(JsonCode::UnknownMessage)
    );
}

#[tokio::test]
async fn a_trail_thread_is_started_once_archived_and_opened_again() {
    let scene = scene(DiscordOptions::default()).await;
    let rest = &scene.rest;
    let starter = scene.post("trail", "nonce-of-the-starter").await.unwrap();
    let name = CreateThread::new("Trail");
    let thread = rest
        .create_thread_from_message(CARDS, starter.id, &name)
        .await
        .unwrap();
    let again = rest
        .create_thread_from_message(CARDS, starter.id, &name)
        .await
        .unwrap_err();
    assert!(again.is(JsonCode::ThreadExists), "{again}");

    let line = CreateMessage::new().content("#1 asked");
    let line = rest
        .create_message(thread.id, line, &Pings::nobody(), "nonce-of-line-1")
        .await
        .unwrap();
    rest.edit_thread(thread.id, &EditThread::new().archived(true))
        .await
        .unwrap();
    let edit = EditMessage::new().content("#1 asked.");
    let archived = rest
        .edit_message(thread.id, line.id, &edit, &Pings::nobody())
        .await
        .unwrap_err();
    assert!(archived.is(JsonCode::Archived), "{archived}");
    rest.unarchive_thread(thread.id).await.unwrap();
    rest.edit_message(thread.id, line.id, &edit, &Pings::nobody())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_closed_inbox_says_so() {
    let scene = scene(DiscordOptions::default()).await;
    let inbox = scene.rest.open_dm(ALICE).await.unwrap();
    assert_eq!(scene.rest.open_dm(ALICE).await.unwrap().id, inbox.id);
    scene.discord.person("alice").unwrap().dms_closed(true);
    let message = CreateMessage::new().content("hello");
    let closed = scene
        .rest
        .create_message(inbox.id, message, &Pings::nobody(), "n")
        .await
        .unwrap_err();
    assert!(closed.is(JsonCode::DmClosed), "{closed}");
}

#[tokio::test]
async fn an_interaction_is_acknowledged_once_answered_and_ends_after_fifteen_minutes() {
    let scene = scene(DiscordOptions::default()).await;
    let (id, token) = scene.alice_asks().await;
    // Done, but answered with 500: the repetition finds it done, and that is success.
    let kind = FaultKind::StatusAfter { status: 500 };
    scene
        .discord
        .fault(Fault::next(1, RouteKind::Callback.into(), kind));
    scene.defer(id, &token).await.unwrap();
    assert_eq!(scene.discord.calls(RouteKind::Callback).len(), 2);
    // Without a lost answer it means that somebody else was faster.
    assert!(
        scene
            .defer(id, &token)
            .await
            .unwrap_err()
            .is(JsonCode::AlreadyAcknowledged)
    );

    let nobody = Pings::nobody();
    let edit = EditInteractionResponse::new().content("It is open.");
    scene
        .rest
        .edit_original(APPLICATION, &token, &edit, &nobody)
        .await
        .unwrap();
    let more = CreateInteractionResponseFollowup::new()
        .content("One more thing.")
        .ephemeral(true);
    scene
        .rest
        .follow_up(APPLICATION, &token, &more, &nobody)
        .await
        .unwrap();
    let seen: Vec<_> = scene
        .discord
        .ephemerals("alice")
        .into_iter()
        .map(|message| message.content)
        .collect();
    assert_eq!(seen, ["It is open.", "One more thing."]);

    scene.clock.advance(Duration::from_secs(16 * 60));
    let late = scene
        .rest
        .edit_original(APPLICATION, &token, &edit, &nobody)
        .await
        .unwrap_err();
    assert!(
        late.is(JsonCode::InvalidWebhookToken) || late.is(JsonCode::UnknownWebhook),
        "{late}"
    );
    // That token was Alice's; the bot's own is as good as before.
    scene.rest.current_user().await.unwrap();
}

#[tokio::test]
async fn files_arrive_with_every_kind_of_message() {
    let scene = scene(DiscordOptions::default()).await;
    let invited = Permissions::INVITED | Permissions::ATTACH_FILES;
    scene.discord.set_bot_permissions(invited);
    let rendered = Rendered {
        files: vec![File::new(
            "web-01.rdp",
            "application/x-rdp",
            "full address:s:203.0.113.10",
        )],
        ..Rendered::text("Here.")
    };
    let nobody = Pings::nobody();
    let posted = scene
        .rest
        .create_message(CARDS, rendered.to_message(), &nobody, "n")
        .await
        .unwrap();
    assert_eq!(posted.attachments.len(), 1);
    let seen = || scene.discord.messages(world::APPROVER_CHANNEL).remove(0);
    assert_eq!(
        seen().file("web-01.rdp").unwrap().text(),
        "full address:s:203.0.113.10"
    );
    // What replaces a message leaves nothing of it, its files neither.
    let plain = Rendered::text("Gone.");
    scene
        .rest
        .edit_message(CARDS, posted.id, plain.to_edit(), &nobody)
        .await
        .unwrap();
    assert!(seen().files.is_empty());

    let (id, token) = scene.alice_asks().await;
    scene.defer(id, &token).await.unwrap();
    let answered = || scene.discord.ephemerals("alice").remove(0);
    for (shown, files) in [(&rendered, 1), (&plain, 0), (&rendered, 1)] {
        scene
            .rest
            .edit_original(APPLICATION, &token, shown.to_answer(), &nobody)
            .await
            .unwrap();
        assert_eq!(answered().files.len(), files);
    }

    let (id, token) = scene.alice_asks().await;
    let WithFiles { body, files } = rendered.to_response();
    let body = CreateInteractionResponse::Message(body);
    scene
        .rest
        .acknowledge(id, &token, WithFiles { body, files }, &nobody)
        .await
        .unwrap();
    let newest = scene.discord.ephemerals("alice").pop().unwrap();
    assert_eq!(newest.files[0].name, "web-01.rdp");
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_posted_once() {
    let scene = scene(DiscordOptions::default()).await;
    scene.discord.fault(Fault::next(
        1,
        RouteKind::CreateMessage.into(),
        FaultKind::DropAfter,
    ));
    let lost = scene.post("only once", "the-same-nonce").await.unwrap_err();
    assert!(matches!(lost, RestError::Ambiguous { .. }), "{lost:?}");
    scene.post("only once", "the-same-nonce").await.unwrap();
    assert_eq!(scene.discord.messages(world::APPROVER_CHANNEL).len(), 1);

    scene.discord.fault(Fault::next(
        1,
        RouteKind::CreateMessage.into(),
        FaultKind::Malformed,
    ));
    let unreadable = scene.post("another", "another-nonce").await.unwrap_err();
    assert!(
        matches!(unreadable, RestError::Malformed { .. }),
        "{unreadable:?}"
    );
}

async fn limited_scene(calls: u32, per: Duration) -> Scene {
    let rate_limits = RateLimits::default().with(RouteKind::CreateMessage, calls, per);
    scene(DiscordOptions {
        rate_limits,
        ..DiscordOptions::default()
    })
    .await
}

/// How many messages the emulator answered with 429.
fn turned_away(discord: &DiscordEmulator) -> usize {
    let calls = discord.calls(RouteKind::CreateMessage).into_iter();
    calls
        .filter(|entry| {
            matches!(
                entry.what,
                What::Rest {
                    status: Some(429),
                    ..
                }
            )
        })
        .count()
}

#[tokio::test]
async fn a_burst_is_spread_so_that_discord_never_has_to_turn_a_call_away() {
    let scene = limited_scene(3, Duration::from_millis(300)).await;
    let posts = (0..10).map(|number| {
        let scene = &scene;
        async move { scene.post("line", &format!("nonce-{number}")).await }
    });
    for posted in futures::future::join_all(posts).await {
        posted.unwrap();
    }
    assert_eq!(turned_away(&scene.discord), 0);
}

#[tokio::test]
async fn who_will_not_wait_is_told_how_long_it_would_take() {
    let per = Duration::from_secs(600);
    let mut scene = limited_scene(3, per).await;
    scene.rest = scene.rest.patient(Duration::ZERO);
    for number in 0..3 {
        scene.post("line", &format!("nonce-{number}")).await.unwrap();
    }
    let error = scene.post("line", "nonce-3").await.unwrap_err();
    assert!(
        matches!(error, RestError::RateLimited { retry_after, .. } if retry_after <= per),
        "{error:?}"
    );
    assert_eq!(turned_away(&scene.discord), 0);
}
