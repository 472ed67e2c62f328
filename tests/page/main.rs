//! The sandbox's page in a real browser, driven by keyboard and mouse against the emulators.
//!
//! The bot here is a puppet of a few lines: what is tried is the page, not Portcullis.

#![cfg(feature = "sandbox")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test: what is not as it should be stops it"
)]

mod address;
mod browser;
mod keyboard;
mod puppet;
mod stage;
mod tour;

use stage::Stage;

#[tokio::test]
async fn the_main_story_is_played_with_the_keyboard() {
    let Some(stage) = Stage::set().await else {
        return;
    };
    let page = &stage.browser;
    page.shows("#people button[aria-checked=true]", "Alice").await;

    // A slash command completes from its definition, and its values from the bot.
    page.press("/").await;
    page.types("jit req").await;
    page.shows("#composer-choices [aria-selected=true]", "/jit request")
        .await;
    page.press(browser::ENTER).await;
    page.types("web").await;
    page.shows("#composer-choices [aria-selected=true]", "web-01")
        .await;
    stage.shot("completion").await;
    page.press(browser::DOWN).await;
    page.shows("#composer-choices [aria-selected=true]", "web-02")
        .await;
    page.press(browser::UP).await;
    page.press(browser::ENTER).await;
    page.types("22").await;
    page.types(" reason:INC-42 **disk** is full").await;
    page.press(browser::ENTER).await;
    page.shows(".message.private", "Your request waits").await;
    stage.shot("asked").await;

    // Nobody else sees the ephemeral answer; the approver was called and answers with a button.
    page.click("#people button[data-name=bob]").await;
    page.gone(".message.private").await;
    page.shows("#places .count", "1").await;
    page.click_text("#places button", "jit-requests").await;
    page.shows(".message.pinged .embed", "web-01").await;
    page.shows(".message .embed strong", "disk").await;
    stage.shot("card").await;
    page.click_text(".press", "Approve").await;
    page.shows(".message .embed", "Open").await;
    page.shows(".vm.open .window", "22 open").await;
    page.shows(".rules .came", "JIT window").await;
    stage.shot("open").await;

    // The trail is a thread; the clock ends the window.
    page.click_text("#places button", "Trail").await;
    page.shows(".message", "opened").await;
    page.click_text("#clock button", "+1 h").await;
    page.gone(".vm.open").await;
    page.shows("#clock .ahead", "+1 h").await;
    stage.shot("closed").await;
    stage.strike().await;
}

#[tokio::test]
async fn forms_reactions_and_direct_messages_work() {
    let Some(stage) = Stage::set().await else {
        return;
    };
    let page = &stage.browser;
    stage.puppet.card("alice").await;
    page.click("#people button[data-name=carol]").await;
    page.click_text("#places button", "jit-requests").await;
    page.click_text(".press", "Deny").await;
    page.shows("dialog[open] h2", "Deny").await;
    page.types("Not today").await;
    stage.shot("form").await;
    page.chord(browser::CONTROL, browser::ENTER).await;
    page.gone("dialog[open]").await;
    page.shows(".message .embed", "Not today").await;
    page.gone("dialog[open]").await;

    page.click(".message .tools button[data-what='✅']").await;
    page.shows(".reaction[aria-pressed=true]", "✅").await;
    page.click(".reaction[aria-pressed=true]").await;
    page.gone(".reaction").await;

    stage
        .puppet
        .direct("alice", "Your access to `web-01` has ended.")
        .await;
    page.click_text("#places button", "Portcullis").await;
    page.shows(".empty", "The bot writes here").await;
    page.click("#people button[data-name=alice]").await;
    page.shows(".message", "has ended").await;
    stage.strike().await;
}

#[tokio::test]
async fn several_are_chosen_a_form_has_several_fields_and_a_file_can_be_saved() {
    let Some(stage) = Stage::set().await else {
        return;
    };
    let page = &stage.browser;
    page.press("/").await;
    page.types("jit list").await;
    page.press(browser::ENTER).await;
    page.shows(".menu legend", "Which machines? (1 to 3)").await;
    stage.shot("menu").await;

    page.shows(".file", "web-01.rdp").await;
    let saved = page
        .answer("const link = document.querySelector('.file'); fetch(link.href).then((answer) => answer.text().then((text) => done([link.download, answer.headers.get('content-disposition'), text])))")
        .await;
    assert_eq!(
        saved,
        serde_json::json!(["web-01.rdp", "attachment; filename=\"web-01.rdp\"", puppet::FILE])
    );

    for machine in ["web-01", "db-01", "jump-01"] {
        page.click_text(".menu label", machine).await;
    }
    page.click_text(".menu button", "Choose these").await;
    page.shows("dialog[open] h2", "Limits").await;
    page.types("22").await;
    page.press(browser::TAB).await;
    page.types("1h").await;
    stage.shot("limits").await;
    page.press(browser::ENTER).await;
    page.shows(".message .text", "web-01,db-01,jump-01: 22 for 1h.")
        .await;
    page.gone(".menu").await;
    stage.strike().await;
}

#[tokio::test]
async fn hostile_text_stays_text() {
    let Some(stage) = Stage::set().await else {
        return;
    };
    let page = &stage.browser;
    let hostile = "<img src=x onerror=window.struck=1><script>window.struck=1</script> [press](javascript:window.struck=1) \
        [fine](https://example.com/?a=<b>) **un\u{202e}closed __marks `<t:99999999999999:R> <t:1:F>";
    stage.puppet.says(hostile).await;
    page.shows(".message .text", "onerror").await;
    let made = page
        .eval("return document.querySelectorAll('#messages .text :is(img, script, iframe)').length")
        .await;
    assert_eq!(made, 0);
    let links = page
        .eval("return [...document.querySelectorAll('#messages a')].map((link) => link.protocol).join()")
        .await;
    assert_eq!(links, "https:");
    assert!(page.eval("return window.struck ?? null").await.is_null());
    stage.shot("hostile").await;
    stage.strike().await;
}

#[tokio::test]
async fn faults_ledgers_and_themes_can_be_switched() {
    let Some(stage) = Stage::set().await else {
        return;
    };
    let page = &stage.browser;
    page.click("#tab-faults").await;
    page.click("button[aria-label='Refuses to open: Until off']")
        .await;
    page.shows(".faults-now", "Azure, initiate: forbidden").await;
    page.shows("#faults-on", "1").await;
    stage.shot("faults").await;
    page.click_text(".faults-now button", "Off").await;
    page.gone(".faults-now").await;
    page.click("#tab-ledger").await;
    page.shows("#panel-ledger .entry", "overwrite_commands").await;
    page.click("#panel-ledger .entry summary").await;
    page.shows("#panel-ledger .entry pre", "seq").await;
    let before = page
        .eval("return getComputedStyle(document.body).backgroundColor")
        .await;
    page.click("#theme").await;
    let after = page
        .eval("return getComputedStyle(document.body).backgroundColor")
        .await;
    assert_ne!(before, after);
    stage.shot("ledger").await;
    stage.strike().await;
}
