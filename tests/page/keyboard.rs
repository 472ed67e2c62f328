//! The page without a mouse, and what a screen reader is told of it.

use crate::{
    browser::{CONTROL, ENTER, ESCAPE, RIGHT, SPACE},
    stage::Stage,
};

#[tokio::test]
async fn everything_is_done_without_a_mouse() {
    let Some(stage) = Stage::set().await else {
        return;
    };
    let page = &stage.browser;
    page.shows("#people button[aria-checked=true]", "Alice").await;

    // The first stop leads past everything to the box in which one types.
    page.tab_to("link", "Skip to the message box").await;
    page.press(ENTER).await;
    page.focuses("combobox", "Write to #general as alice").await;
    page.types("/jit req").await;
    page.shows("#composer-choices [aria-selected=true]", "/jit request")
        .await;
    let told = page
        .eval("return document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.textContent ?? ''")
        .await;
    assert!(told.as_str().unwrap().contains("/jit request"), "{told}");
    page.press(ENTER).await;
    page.types("web").await;
    page.shows("#composer-choices [aria-selected=true]", "web-01")
        .await;
    page.press(ENTER).await;
    page.types("22 reason:INC-42 disk full").await;
    page.press(ESCAPE).await;
    page.press(ENTER).await;
    page.shows(".message.private", "Your request waits").await;

    // Arrow keys change who one is; the card is read, reacted to, and denied with a form.
    page.tab_to("radio", "Alice").await;
    page.press(RIGHT).await;
    page.shows("#people button[aria-checked=true]", "Bob").await;
    page.tab_to("button", "jit-requests").await;
    page.press(ENTER).await;
    page.shows(".message.pinged .note", "This called you").await;
    page.tab_to("button", "React with ✅").await;
    page.press(SPACE).await;
    page.shows(".reaction[aria-pressed=true]", "✅").await;
    page.tab_to("button", "✅, given by bob").await;
    page.press(SPACE).await;
    page.gone(".reaction").await;
    page.tab_to("button", "Deny").await;
    page.press(ENTER).await;
    page.shows("dialog[open] h2", "Deny").await;
    page.focuses("textbox", "Why").await;
    page.press(ESCAPE).await;
    page.gone("dialog[open]").await;
    page.focuses("button", "Deny").await;
    page.press(ENTER).await;
    page.shows("dialog[open] h2", "Deny").await;
    page.types("Not today").await;
    page.chord(CONTROL, ENTER).await;
    page.gone("dialog[open]").await;
    page.shows(".message .embed", "Not today").await;

    // Another one is approved, and the window is told in words beside the colour.
    stage.puppet.card("alice").await;
    page.tab_to("button", "Approve").await;
    page.press(ENTER).await;
    page.shows(".vm.open .window", "22 open").await;
    page.tab_to("tab", "Azure").await;
    page.press(RIGHT).await;
    page.focuses("tab", "Faults").await;
    stage.strike().await;
}

#[tokio::test]
async fn whatever_can_be_reached_has_a_name() {
    let Some(stage) = Stage::set().await else {
        return;
    };
    let page = &stage.browser;
    stage.puppet.card("alice").await;
    page.tab_to("button", "jit-requests").await;
    page.press(ENTER).await;
    page.shows(".message .embed", "web-01").await;
    for panel in ["#tab-azure", "#tab-faults", "#tab-ledger"] {
        page.click(panel).await;
        assert_eq!(page.nameless().await, Vec::<String>::new(), "{panel}");
    }
    page.tab_to("button", "Deny").await;
    page.press(ENTER).await;
    page.shows("dialog[open] h2", "Deny").await;
    assert_eq!(page.nameless().await, Vec::<String>::new());
    stage.strike().await;
}
