//! The whole tour with the real bot: what an administrator and a user do by hand in Azure's portal, done in the page.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    browser::{Browser, ENTER},
    stage,
};

/// `portcullis sandbox`, and a browser that shows its page.
struct Tour {
    browser: Browser,
    sandbox: Child,
    _profile: TempDir,
}

impl Drop for Tour {
    fn drop(&mut self) {
        // It keeps nothing that would have to be put away.
        let _ = self.sandbox.kill();
        let _ = self.sandbox.wait();
    }
}

impl Tour {
    async fn begin() -> Option<Self> {
        if !stage::has_browser() {
            return None;
        }
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut sandbox = Command::new(env!("CARGO_BIN_EXE_portcullis"))
            .args(["sandbox", "--port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // Its last line says that everything listens; nobody may close the pipe before that.
        let told: Vec<String> = BufReader::new(sandbox.stdout.take().unwrap())
            .lines()
            .map(Result::unwrap)
            .take_while(|line| !line.starts_with("End it"))
            .collect();
        let address = told
            .iter()
            .find_map(|line| Some(line.strip_prefix("Open this page:")?.trim().to_owned()))
            .unwrap();
        let profile = tempfile::tempdir().unwrap();
        let browser = Browser::start(profile.path()).await;
        browser.open(&address).await;
        browser.shows("#places button", "general").await;
        Some(Self {
            browser,
            sandbox,
            _profile: profile,
        })
    }

    /// Becomes somebody, at a place.
    async fn is(&self, who: &str, place: &str) {
        self.browser
            .click(&format!("#people button[data-name={who}]"))
            .await;
        self.browser.click_text("#places button", place).await;
    }

    /// Types a slash command, and waits for what its answer says.
    async fn types(&self, command: &str, answer: &str) {
        self.browser.press("/").await;
        self.browser.types(command.trim_start_matches('/')).await;
        // Behind a space nothing is completed any more.
        self.browser.types(" ").await;
        self.browser.press(ENTER).await;
        self.browser.shows(".message.private:last-of-type", answer).await;
    }

    async fn shot(&self, name: &str) {
        stage::shot(&self.browser, name).await;
    }
}

#[tokio::test]
async fn the_whole_tour_is_made_with_the_real_bot() {
    let Some(tour) = Tour::begin().await else {
        return;
    };
    let page = &tour.browser;

    // Find what JIT does not guard yet, and enable three at once.
    tour.is("carol", "general").await;
    tour.comes_to_know("/jit vms", "Configured 10").await;
    tour.shot("tour-0-machines").await;
    page.click_text(".press", "Not configured 3").await;
    page.shows(".message.private:last-of-type", "api-01").await;
    tour.types("/jit enable search:0 ports:ssh", "can come under JIT")
        .await;
    tour.shot("tour-1-menu").await;
    for machine in ["api-01", "win-03", "cache-01"] {
        page.click_text(".menu label", machine).await;
    }
    page.click_text(".menu button", "Choose these").await;
    page.shows(".press", "Confirm").await;
    tour.shot("tour-2-enable").await;
    page.click_text(".press", "Confirm").await;
    page.shows(".message.private:last-of-type", "3 of 3 machines done")
        .await;

    // Change a limit.
    tour.types("/jit ports vm:win-01", "The ports of win-01").await;
    page.eval(
        "const menu = [...document.querySelectorAll('.row select')].find((one) => one.ariaLabel.includes('limits'));
         menu.value = [...menu.options].find((one) => one.textContent.includes('3389')).value;
         menu.dispatchEvent(new Event('change', { bubbles: true }));",
    )
    .await;
    page.shows("dialog[open] h2", "3389").await;
    page.eval(
        "document.querySelector('dialog[open] form').elements.limit.focus(); document.activeElement.select()",
    )
    .await;
    page.types("2h").await;
    tour.shot("tour-3-limits").await;
    page.press(ENTER).await;
    page.shows(".press", "Confirm").await;
    page.click_text(".press", "Confirm").await;
    page.shows(".message.private:last-of-type", "1 of 1 machine done")
        .await;

    // Request and approve.
    tour.is("alice", "general").await;
    tour.types(
        "/jit request vm:win-01 port:rdp for:30m from:198.51.100.7 reason:INC-5 updates",
        "Request 1",
    )
    .await;
    tour.approved_by_bob().await;
    page.shows(".vm.open", "win-01").await;
    tour.shot("tour-4-open").await;

    // Connect: the file for the remote desktop.
    tour.is("alice", "general").await;
    page.shows(".message.private:last-of-type", "Request 1 is open")
        .await;
    page.click_text(".press", "Connect").await;
    page.shows(".message.private:last-of-type", "mstsc").await;
    page.shows(".file", "win-01.rdp").await;
    tour.shot("tour-5-connect").await;
    let saved = page
        .answer(
            "fetch(document.querySelector('.file').href).then((answer) => answer.text()).then((text) => done(text))",
        )
        .await;
    let saved = saved.as_str().unwrap();
    assert!(
        saved.starts_with("full address:s:") && saved.contains(":3389\r\n"),
        "{saved:?}"
    );

    // See the rules that let her in.
    tour.types("/jit rules vm:win-01", "in effect, read from Azure just now")
        .await;
    page.shows(".message.private:last-of-type", "JIT").await;
    tour.shot("tour-6-rules").await;

    // Make it longer, close early.
    page.click_text(".press", "Extend").await;
    page.shows("dialog[open] h2", "Ask for more time").await;
    page.eval("document.querySelector('dialog[open] form').elements.longer.focus()")
        .await;
    page.types("15m").await;
    tour.shot("tour-7-longer").await;
    page.press(ENTER).await;
    page.shows(".message.private:last-of-type", "Request 2").await;
    tour.approved_by_bob().await;
    page.click_text("#places button", "Portcullis trail").await;
    page.shows(".message", "extended by request 2").await;
    tour.shot("tour-8-trail").await;
    tour.is("alice", "general").await;
    page.click_text(".press", "I'm done").await;
    page.click_text("#places button", "Portcullis trail").await;
    page.shows(".message", "early, by").await;
    tour.shot("tour-9-closed").await;
    // What replaced the window lets in an address that nobody has, for a short while.
    page.click_text("#clock button", "+15 m").await;
    page.gone(".vm.open").await;
    let complaints = page.complaints().await;
    page.quit().await;
    assert!(complaints.is_empty(), "{complaints:#?}");
}

/// The link on a draft's message leads out of the chat to the bot's own page, which sees the address of the person who
/// followed it; back in the chat the message goes on by itself.
#[tokio::test]
async fn an_address_is_shown_on_the_bots_page() {
    let Some(tour) = Tour::begin().await else {
        return;
    };
    let page = &tour.browser;
    tour.is("alice", "general").await;
    tour.comes_to_know("/jit vms", "web-02").await;
    tour.types(
        "/jit request vm:web-02 port:22 for:30m reason:INC-43 again",
        "waits for its source",
    )
    .await;
    page.shows("a.press", "Use my address").await;
    tour.shot("tour-address-0-draft").await;
    page.click_text("a.press", "Use my address").await;
    page.newest_tab().await;
    page.shows("button", "Use 198.51.100.7").await;
    tour.shot("tour-address-1-page").await;
    page.click("button").await;
    page.shows("h1", "Request 1 was sent").await;
    page.close_tab().await;
    page.shows(".message.private:last-of-type", "was sent to the approvers")
        .await;
    tour.approved_by_bob().await;
    page.shows(".vm.open", "web-02").await;

    // Carol's line has IPv6: she is sent on to the name that has only IPv4.
    tour.is("carol", "general").await;
    tour.types(
        "/jit request vm:web-01 port:22 for:30m reason:INC-44 look",
        "waits for its source",
    )
    .await;
    page.click_text("a.press", "Use my address").await;
    page.newest_tab().await;
    page.shows("h1", "Azure needs an IPv4 address").await;
    page.click("a").await;
    page.click_text("button", "Use 203.0.113.30").await;
    page.shows("h1", "Request 2 was sent").await;
    page.close_tab().await;
    let complaints = page.complaints().await;
    page.quit().await;
    assert!(complaints.is_empty(), "{complaints:#?}");
}

impl Tour {
    /// The bot connects, and reads the machines a little later; until then it says so.
    async fn comes_to_know(&self, command: &str, answer: &str) {
        let ready = "const look = () => fetch('discord/_control/state').then((answer) => answer.json())
            .then((state) => (state.commands.length ? done(true) : setTimeout(look, 100))); look();";
        self.browser.answer(ready).await;
        for _ in 0..20 {
            self.types(command, "").await;
            self.browser.gone(".message.private .thinking").await;
            let told = self
                .browser
                .eval("return document.querySelector('#messages').innerText")
                .await;
            if told.as_str().unwrap().contains(answer) {
                return;
            }
        }
        panic!("the bot never came to know its machines");
    }

    async fn approved_by_bob(&self) {
        self.is("bob", "jit-requests").await;
        self.browser.click_text(".press", "Approve").await;
        self.browser.gone(".press[data-style='3']").await;
    }
}
