//! Menus and forms with several fields, from the bot to the person and back.

use serenity::all::{
    ActionRowComponent, ComponentInteractionDataKind, CreateActionRow, CreateInputText,
    CreateInteractionResponse, CreateInteractionResponseMessage, CreateMessage, CreateModal,
    CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption, InputTextStyle, Interaction,
};

use super::*;

fn menu(options: usize, least: u8, most: u8) -> CreateActionRow {
    let options = (1..=options)
        .map(|n| CreateSelectMenuOption::new(format!("web-{n:02}"), format!("vm/{n}")).description("Linux"))
        .collect();
    CreateActionRow::SelectMenu(
        CreateSelectMenu::new("machines", CreateSelectMenuKind::String { options })
            .placeholder("Which machines?")
            .min_values(least)
            .max_values(most),
    )
}

async fn posted(scene: &Scene, bot: &Bot, row: CreateActionRow) -> Snowflake {
    let message = CreateMessage::new().content("Choose.").components(vec![row]);
    channel(world::GENERAL_CHANNEL)
        .send_message(&bot.http, message)
        .await
        .unwrap();
    scene.discord.messages("general").pop().unwrap().id
}

#[tokio::test]
async fn a_person_chooses_several_of_a_menu_by_what_they_read() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    let id = posted(&scene, &bot, menu(25, 1, 25)).await;
    let alice = scene.person("alice");
    let chosen = alice
        .selects(id, "Which machines?", &["web-03", "vm/25", "web-01"])
        .unwrap();
    let interaction = bot.component().await;
    assert_eq!(interaction.data.custom_id, "machines");
    let ComponentInteractionDataKind::StringSelect { values } = &interaction.data.kind else {
        panic!("not a choice: {:?}", interaction.data.kind)
    };
    assert_eq!(values, &["vm/3", "vm/25", "vm/1"]);
    let text = CreateInteractionResponseMessage::new().content("Three machines.");
    interaction
        .create_response(&bot.http, CreateInteractionResponse::UpdateMessage(text))
        .await
        .unwrap();
    assert_eq!(chosen.message().unwrap().content, "Three machines.");
}

#[tokio::test]
async fn a_menu_takes_as_many_as_it_says_and_each_once() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    let id = posted(&scene, &bot, menu(4, 2, 3)).await;
    let alice = scene.person("alice");
    for wrong in [
        &[][..],
        &["web-01"],
        &["web-01", "web-02", "web-03", "web-04"],
        &["web-01", "web-05"],
        &["web-01", "vm/1"],
    ] {
        assert!(matches!(
            alice.selects(id, "machines", wrong),
            Err(Refusal::BadForm(_))
        ));
    }
    alice.selects(id, "machines", &["web-01", "web-02"]).unwrap();
}

#[tokio::test]
async fn a_menu_that_discord_would_not_show_is_refused() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    // More than may be offered; more to choose than offered; least above most.
    for row in [menu(26, 1, 1), menu(2, 1, 3), menu(5, 3, 2)] {
        let message = CreateMessage::new().content("Choose.").components(vec![row]);
        let sent = channel(world::GENERAL_CHANNEL)
            .send_message(&bot.http, message)
            .await;
        assert_eq!(code(&sent.unwrap_err()), 50035);
    }
}

#[tokio::test]
async fn a_form_with_five_fields_comes_back_as_it_was_filled_in() {
    let scene = Scene::new().await;
    let bot = scene.bot().await;
    bot.registers_jit().await;
    let alice = scene.person("alice");
    let asked = alice.slash("/jit list").unwrap();
    let command = bot.command().await;
    let field = |(id, label, needed): (&str, &str, bool)| {
        CreateActionRow::InputText(CreateInputText::new(InputTextStyle::Short, label, id).required(needed))
    };
    let fields = [
        ("number", "Port", true),
        ("protocol", "Protocol", true),
        ("sources", "From where", false),
        ("longest", "Longest time", true),
        ("note", "Note", false),
    ];
    let form = CreateModal::new("ports", "Ports of web-01").components(fields.map(field).to_vec());
    command
        .create_response(&bot.http, CreateInteractionResponse::Modal(form))
        .await
        .unwrap();
    let modal = asked.modal().await.unwrap();
    assert_eq!(modal.inputs.len(), 5);
    let missing = alice.submits(&modal, &[("number", "22")]);
    assert!(matches!(missing, Err(Refusal::BadForm(_))));
    // By id or by label, in any order.
    alice
        .submits(
            &modal,
            &[("Longest time", "1h"), ("number", "22"), ("Protocol", "TCP")],
        )
        .unwrap();
    let Interaction::Modal(sent) = bot.interaction().await else {
        panic!("not a form")
    };
    let values: Vec<(String, String)> = sent
        .data
        .components
        .iter()
        .flat_map(|row| &row.components)
        .map(|part| match part {
            ActionRowComponent::InputText(text) => {
                (text.custom_id.clone(), text.value.clone().unwrap_or_default())
            }
            other => panic!("not a text: {other:?}"),
        })
        .collect();
    let expected = [
        ("number", "22"),
        ("protocol", "TCP"),
        ("sources", ""),
        ("longest", "1h"),
        ("note", ""),
    ];
    assert_eq!(
        values,
        expected.map(|(id, value)| (id.to_owned(), value.to_owned()))
    );
    assert!(
        alice.submits(&modal, &[("number", "22")]).is_err(),
        "a form is sent once"
    );
}
