//! Files: what comes in several parts, what is refused, and what a person can save.

use reqwest::multipart::{Form, Part};
use serenity::all::{CreateAttachment, CreateMessage, EditAttachments, EditMessage};

use super::*;

const RDP: &[u8] = b"full address:s:203.0.113.10\r\n";

fn part(bytes: impl Into<Vec<u8>>, name: &str) -> Part {
    Part::bytes(bytes.into())
        .file_name(name.to_owned())
        .mime_str("application/x-rdp")
        .unwrap()
}

fn payload(body: Value) -> Form {
    Form::new()
        .percent_encode_noop()
        .part("payload_json", Part::text(body.to_string()))
}

impl Scene {
    async fn sends(&self, path: &str, form: Form) -> (u16, Value) {
        let request = self
            .client
            .post(format!("{}/api/v10{path}", self.discord.url()))
            .header("authorization", format!("Bot {SANDBOX_TOKEN}"))
            .multipart(form);
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or_default())
    }

    async fn posts(&self, form: Form) -> (u16, Value) {
        let path = format!("/channels/{}/messages", world::GENERAL_CHANNEL);
        self.sends(&path, form).await
    }
}

async fn ready() -> Scene {
    let scene = Scene::new().await;
    scene
        .discord
        .set_bot_permissions(Permissions::INVITED | Permissions::ATTACH_FILES);
    scene
}

#[tokio::test]
async fn a_file_is_shown_and_can_be_saved_and_nothing_else() {
    let scene = ready().await;
    let bot = scene.bot().await;
    let place = channel(world::GENERAL_CHANNEL);
    let file = CreateAttachment::bytes(RDP, "web-01.rdp").description("How to get there");
    let message = CreateMessage::new().content("Here.").add_file(file);
    let sent = place.send_message(&bot.http, message).await.unwrap();
    let attached = &sent.attachments[0];
    assert_eq!(
        (attached.filename.as_str(), attached.size as usize),
        ("web-01.rdp", RDP.len())
    );
    assert_eq!(attached.description.as_deref(), Some("How to get there"));

    let seen = scene.discord.messages("general").remove(0);
    assert_eq!(seen.file("web-01.rdp").unwrap().bytes, RDP);
    assert!(seen.file("web-01.rdp").unwrap().text().contains("203.0.113.10"));

    let saved = scene.client.get(&attached.url).send().await.unwrap();
    let header = |name: &str| saved.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"web-01.rdp\""
    );
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(saved.bytes().await.unwrap(), RDP);
    // The link is the only key.
    let guessed = attached.url.split('?').next().unwrap();
    assert_eq!(scene.client.get(guessed).send().await.unwrap().status(), 404);
    scene.discord.delete_message(Snowflake(sent.id.get()));
    assert_eq!(
        scene.client.get(&attached.url).send().await.unwrap().status(),
        404
    );
}

#[tokio::test]
async fn an_edit_keeps_what_it_names_and_drops_the_rest() {
    let scene = ready().await;
    let bot = scene.bot().await;
    let place = channel(world::GENERAL_CHANNEL);
    let files = ["a.txt", "b.txt"].map(|name| CreateAttachment::bytes(name, name));
    let sent = place
        .send_message(&bot.http, CreateMessage::new().content("Two.").add_files(files))
        .await
        .unwrap();
    let names = |message: &discord::Message| -> Vec<String> {
        message
            .attachments
            .iter()
            .map(|file| file.filename.clone())
            .collect()
    };
    assert_eq!(names(&sent), ["a.txt", "b.txt"]);
    let edits = [
        (
            EditMessage::new().content("Nothing said."),
            vec!["a.txt", "b.txt"],
        ),
        (
            EditMessage::new().attachments(
                EditAttachments::new()
                    .keep(sent.attachments[1].id)
                    .add(CreateAttachment::bytes("c", "c.txt")),
            ),
            vec!["b.txt", "c.txt"],
        ),
        (EditMessage::new().attachments(EditAttachments::new()), vec![]),
    ];
    for (edit, left) in edits {
        let edited = place.edit_message(&bot.http, sent.id, edit).await.unwrap();
        assert_eq!(names(&edited), left);
    }
    let unknown = EditMessage::new().attachments(EditAttachments::new().keep(sent.attachments[0].id));
    let refused = place.edit_message(&bot.http, sent.id, unknown).await;
    assert_eq!(code(&refused.unwrap_err()), 50035);
}

#[tokio::test]
async fn what_does_not_fit_together_is_refused() {
    let scene = ready().await;
    let listed = |entry: Value| json!({"content": "x", "attachments": [entry]});
    let file = || part(RDP, "a.rdp");
    let bad = [
        (
            "a file that nobody names",
            payload(json!({"content": "x", "attachments": []})).part("files[0]", file()),
        ),
        ("a name without a file", payload(listed(json!({"id": 0})))),
        (
            "another name",
            payload(listed(json!({"id": 0, "filename": "b.rdp"}))).part("files[0]", file()),
        ),
        (
            "an unknown part",
            payload(json!({"content": "x"})).part("file", file()),
        ),
        (
            "the same file twice",
            payload(json!({}))
                .part("files[0]", file())
                .part("files[0]", file()),
        ),
        (
            "a file without a name",
            payload(json!({})).part("files[0]", Part::bytes(RDP)),
        ),
        ("no payload", Form::new().part("files[0]", file())),
        (
            "a second payload",
            payload(json!({})).part("payload_json", Part::text("{}")),
        ),
        (
            "eleven files",
            (0..11).fold(payload(json!({})), |form, number| {
                form.part(format!("files[{number}]"), file())
            }),
        ),
    ];
    for (what, form) in bad {
        let (status, body) = scene.posts(form).await;
        assert_eq!((status, &body["code"]), (400, &json!(50035)), "{what}: {body}");
    }
    let big = payload(json!({})).part("files[0]", part(vec![0; 10 * 1024 * 1024 + 1], "big"));
    assert_eq!(scene.posts(big).await.1["code"], 40005);
    assert!(scene.discord.messages("general").is_empty());

    let fits = payload(json!({})).part("files[0]", part(vec![0; 10 * 1024 * 1024], "big"));
    assert_eq!(scene.posts(fits).await.0, 200);
    // Discord's own change of a name, so that no client relies on another.
    let odd = payload(json!({})).part("files[7]", part(RDP, "grüße \"x\".rdp"));
    let (_, body) = scene.posts(odd).await;
    let name = body["attachments"][0]["filename"].as_str().unwrap();
    assert!(
        name.ends_with(".rdp") && !name.contains(['"', ' ', 'ü']),
        "{name}"
    );
}

#[tokio::test]
async fn files_need_a_permission_in_a_channel_and_a_message_to_go_with() {
    let scene = ready().await;
    scene.discord.set_bot_permissions(Permissions::INVITED);
    let form = || payload(json!({"content": "x"})).part("files[0]", part(RDP, "a.rdp"));
    assert_eq!(scene.posts(form()).await.1["code"], 50013);
    let threads = format!("/channels/{}/threads", world::GENERAL_CHANNEL);
    assert_eq!(scene.sends(&threads, form()).await.1["code"], 50035);
}

#[tokio::test]
async fn an_answer_for_one_person_can_have_a_file_as_well() {
    let scene = ready().await;
    let bot = scene.bot().await;
    bot.registers_jit().await;
    let asked = scene.person("alice").slash("/jit list").unwrap();
    let command = bot.command().await;
    let (id, token) = (command.id, &command.token);
    let data = json!({"content": "Only for you.", "flags": 64, "attachments": [{"id": "0"}]});
    let callback = format!("/interactions/{id}/{token}/callback");
    let defer = payload(json!({"type": 5})).part("files[0]", part(RDP, "a.rdp"));
    assert_eq!(scene.sends(&callback, defer).await.1["code"], 50035);
    let answer = payload(json!({"type": 4, "data": data})).part("files[0]", part(RDP, "a.rdp"));
    assert_eq!(scene.sends(&callback, answer).await.0, 204);
    let message = asked.message().unwrap();
    assert_eq!(message.only_for.as_deref(), Some("alice"));
    assert!(
        message
            .file("a.rdp")
            .unwrap()
            .path
            .starts_with("/ephemeral-attachments/")
    );
    let url = format!("{}{}", scene.discord.url(), message.files[0].path);
    assert_eq!(
        scene.client.get(url).send().await.unwrap().bytes().await.unwrap(),
        RDP
    );
}
