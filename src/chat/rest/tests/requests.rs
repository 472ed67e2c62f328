use std::collections::HashSet;

use serde_json::json;
use serenity::all::{
    ApplicationId, ChannelId, CreateCommand, CreateInteractionResponseFollowup, CreateMessage, CreateThread,
    EditInteractionResponse, EditMessage, EditThread, GuildId, MessageId, ReactionType, RoleId, UserId,
};

use crate::chat::{
    file::{File, WithFiles},
    rest::{
        InteractionToken, MessagesAt, Pings, RestError,
        testing::{BOT_TOKEN, Reply, Server},
    },
};

const APPLICATION: ApplicationId = ApplicationId::new(9);
const GUILD: GuildId = GuildId::new(8);
const CHANNEL: ChannelId = ChannelId::new(1);
const MESSAGE: MessageId = MessageId::new(2);
const USER: UserId = UserId::new(3);

#[tokio::test]
async fn every_call_goes_where_discord_expects_it() {
    let server = Server::start([]).await;
    let rest = server.rest();
    let yes = ReactionType::Unicode("✅".to_owned());
    let token = InteractionToken::new("tok");
    let nobody = Pings::nobody();
    let mut failed = 0;
    // The server answers 404 to all of them; what counts is what it was asked.
    macro_rules! call {
        ($call:expr) => {
            assert!(matches!(
                $call.await,
                Err(RestError::Refused { status: 404, .. })
            ));
            failed += 1;
        };
    }
    call!(rest.gateway_url());
    call!(rest.current_user());
    call!(rest.current_application());
    call!(rest.open_dm(USER));
    call!(rest.guild(GUILD));
    call!(rest.roles(GUILD));
    call!(rest.channels(GUILD));
    call!(rest.member(GUILD, USER));
    call!(rest.set_guild_commands(APPLICATION, GUILD, &[CreateCommand::new("jit")]));
    call!(rest.edit_original(APPLICATION, &token, &EditInteractionResponse::new(), &nobody));
    call!(rest.follow_up(
        APPLICATION,
        &token,
        &CreateInteractionResponseFollowup::new(),
        &nobody
    ));
    call!(rest.channel(CHANNEL));
    call!(rest.edit_thread(CHANNEL, &EditThread::new().locked(true)));
    call!(rest.unarchive_thread(CHANNEL));
    call!(rest.create_thread(CHANNEL, CreateThread::new("trail")));
    call!(rest.create_thread_from_message(CHANNEL, MESSAGE, &CreateThread::new("trail")));
    call!(rest.create_message(CHANNEL, CreateMessage::new(), &nobody, "n"));
    call!(rest.messages(CHANNEL, MessagesAt::Around(MESSAGE), 0));
    call!(rest.messages(CHANNEL, MessagesAt::After(MESSAGE), 50));
    call!(rest.messages(CHANNEL, MessagesAt::Before(MESSAGE), 200));
    call!(rest.message(CHANNEL, MESSAGE));
    call!(rest.edit_message(CHANNEL, MESSAGE, &EditMessage::new(), &nobody));
    call!(rest.delete_message(CHANNEL, MESSAGE));
    call!(rest.add_reaction(CHANNEL, MESSAGE, &yes));
    call!(rest.reaction_users(CHANNEL, MESSAGE, &yes, 1));
    call!(rest.delete_reaction(CHANNEL, MESSAGE, &yes, USER));

    let seen = server.seen();
    assert_eq!(seen.len(), failed);
    let lines: Vec<String> = seen
        .iter()
        .map(|seen| format!("{} {}", seen.method, seen.uri))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    GET /api/v10/gateway
    GET /api/v10/users/@me
    GET /api/v10/applications/@me
    POST /api/v10/users/@me/channels
    GET /api/v10/guilds/8
    GET /api/v10/guilds/8/roles
    GET /api/v10/guilds/8/channels
    GET /api/v10/guilds/8/members/3
    PUT /api/v10/applications/9/guilds/8/commands
    PATCH /api/v10/webhooks/9/tok/messages/@original
    POST /api/v10/webhooks/9/tok
    GET /api/v10/channels/1
    PATCH /api/v10/channels/1
    PATCH /api/v10/channels/1
    POST /api/v10/channels/1/threads
    POST /api/v10/channels/1/messages/2/threads
    POST /api/v10/channels/1/messages
    GET /api/v10/channels/1/messages?limit=1&around=2
    GET /api/v10/channels/1/messages?limit=50&after=2
    GET /api/v10/channels/1/messages?limit=100&before=2
    GET /api/v10/channels/1/messages/2
    PATCH /api/v10/channels/1/messages/2
    DELETE /api/v10/channels/1/messages/2
    PUT /api/v10/channels/1/messages/2/reactions/%E2%9C%85/@me
    GET /api/v10/channels/1/messages/2/reactions/%E2%9C%85?limit=100
    DELETE /api/v10/channels/1/messages/2/reactions/%E2%9C%85/3
    ");
    for seen in &seen {
        let is_webhook = seen.uri.path().starts_with("/api/v10/webhooks/");
        let expected = (!is_webhook).then(|| format!("Bot {BOT_TOKEN}"));
        let authorization = seen
            .headers
            .get("authorization")
            .map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(authorization, expected, "{}", seen.uri);
        assert!(
            seen.headers["user-agent"]
                .to_str()
                .unwrap()
                .starts_with("DiscordBot (portcullis, ")
        );
    }
    let agents: HashSet<_> = seen
        .iter()
        .map(|seen| seen.headers["user-agent"].clone())
        .collect();
    assert_eq!(agents.len(), 1);
}

#[tokio::test]
async fn a_message_goes_out_with_its_nonce_and_its_pings() {
    let server = Server::start([]).await;
    let pings = Pings::nobody().and_role(RoleId::new(5));
    let message = CreateMessage::new().content("hello");
    let _ = server
        .rest()
        .create_message(CHANNEL, message, &pings, "0123456789abcdefghijkl")
        .await;
    let body = server.seen()[0].json();
    assert_eq!(body["content"], "hello");
    assert_eq!(body["nonce"], "0123456789abcdefghijkl");
    assert_eq!(body["enforce_nonce"], true);
    assert_eq!(
        body["allowed_mentions"],
        json!({"parse": [], "users": [], "roles": ["5"], "replied_user": false})
    );
}

#[tokio::test]
async fn a_thread_without_a_message_is_public_and_opening_it_again_changes_nothing_else() {
    let server = Server::start([]).await;
    let _ = server
        .rest()
        .create_thread(CHANNEL, CreateThread::new("trail"))
        .await;
    let _ = server.rest().unarchive_thread(CHANNEL).await;
    assert_eq!(server.seen()[0].json()["type"], 11);
    assert_eq!(server.seen()[1].json(), json!({"archived": false}));
}

#[tokio::test]
async fn roles_and_members_are_read_although_discord_leaves_their_guild_out() {
    let role = json!({"id": "4", "name": "on-call", "color": 0, "colors": {"primary_color": 0}, "hoist": false,
        "managed": false, "mentionable": true, "permissions": "0", "position": 1, "flags": 0});
    let member = json!({"user": {"id": "3", "username": "alice"}, "roles": ["4"], "deaf": false, "mute": false,
        "flags": 0, "joined_at": "2025-01-01T00:00:00.000000+00:00"});
    let server = Server::start([Reply::Json(200, json!([role])), Reply::Json(200, member)]).await;
    let rest = server.rest();
    assert_eq!(rest.roles(GUILD).await.unwrap()[0].name, "on-call");
    let member = rest.member(GUILD, USER).await.unwrap();
    assert_eq!((member.guild_id, member.roles), (GUILD, vec![RoleId::new(4)]));
}

#[tokio::test]
async fn a_file_goes_out_in_a_part_of_its_own_also_when_it_is_sent_again() {
    let limited = Reply::Headers(
        429,
        vec![("retry-after", "0".into())],
        json!({ "retry_after": 0.0 }),
    );
    let server = Server::start([limited]).await;
    let with_file = WithFiles {
        body: CreateMessage::new().content("Here."),
        files: vec![File::new("web-01.rdp", "application/x-rdp", "full address")],
    };
    let rest = server.rest();
    let sent = rest
        .create_message(CHANNEL, with_file, &Pings::nobody(), "n")
        .await;
    assert!(sent.is_err());
    assert_eq!(server.seen().len(), 2);
    for seen in server.seen() {
        let kind = seen.headers["content-type"].to_str().unwrap();
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        let length: usize = seen.headers["content-length"].to_str().unwrap().parse().unwrap();
        assert_eq!(length, seen.body.len());
        let body = String::from_utf8(seen.body.to_vec()).unwrap();
        let parts: Vec<&str> = body.split(&format!("--{boundary}")).collect();
        assert_eq!(parts.len(), 4, "{body}");
        let (head, payload) = parts[1].split_once("\r\n\r\n").unwrap();
        assert!(head.contains("name=\"payload_json\"") && head.contains("application/json"));
        let payload: serde_json::Value = serde_json::from_str(payload.trim()).unwrap();
        assert_eq!(
            payload["attachments"],
            json!([{ "id": 0, "filename": "web-01.rdp" }])
        );
        assert_eq!(payload["allowed_mentions"]["parse"], json!([]));
        assert!(parts[2].contains("name=\"files[0]\"; filename=\"web-01.rdp\""));
        assert!(parts[2].contains("application/x-rdp") && parts[2].ends_with("\r\n\r\nfull address\r\n"));
    }
}
