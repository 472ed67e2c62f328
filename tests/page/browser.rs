//! A small WebDriver client (W3C WebDriver) for chromedriver: enough to press, type and look.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use reqwest::{Client, Method};
use serde_json::{Value, json};

pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const CONTROL: &str = "\u{e009}";
pub(crate) const UP: &str = "\u{e013}";
pub(crate) const DOWN: &str = "\u{e015}";
pub(crate) const RIGHT: &str = "\u{e014}";
pub(crate) const ESCAPE: &str = "\u{e00c}";
pub(crate) const SPACE: &str = " ";
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// Real time in which the page must show something.
const PATIENCE_MILLIS: u64 = 15_000;

/// A headless Chromium with one empty window.
pub(crate) struct Browser {
    driver: Child,
    session: String,
    client: Client,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Chromium ends with its driver's session; the driver itself is ours to end.
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Browser {
    /// Starts chromedriver and a session; `profile` must be an empty folder.
    pub(crate) async fn start(profile: &Path) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines
            .map(Result::unwrap)
            .find_map(|line| {
                let port = line.strip_prefix("ChromeDriver was started successfully on port ")?;
                Some(port.trim_end_matches('.').to_owned())
            })
            .unwrap();
        let client = Client::builder().no_proxy().build().unwrap();
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--force-color-profile=srgb",
            "--window-size=1440,900",
        ];
        let arguments: Vec<String> = arguments
            .into_iter()
            .map(str::to_owned)
            .chain([format!("--user-data-dir={}", profile.display())])
            .collect();
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
            "timeouts": {"script": PATIENCE_MILLIS * 2},
        }}});
        let mut browser = Self {
            driver,
            session: format!("http://127.0.0.1:{port}/session"),
            client,
        };
        let started = browser.call(Method::POST, "", capabilities).await.unwrap();
        browser.session = format!("{}/{}", browser.session, started["sessionId"].as_str().unwrap());
        browser
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Result<Value, Value> {
        let mut request = self
            .client
            .request(method.clone(), format!("{}{path}", self.session));
        if method == Method::POST {
            request = request.json(&body);
        }
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        let value = answer["value"].clone();
        if value.get("error").is_some() {
            Err(value)
        } else {
            Ok(value)
        }
    }

    /// Ends the session and with it Chromium.
    pub(crate) async fn quit(&self) {
        self.call(Method::DELETE, "", Value::Null).await.unwrap();
    }

    pub(crate) async fn open(&self, address: &str) {
        self.call(Method::POST, "/url", json!({"url": address}))
            .await
            .unwrap();
    }

    /// Makes the window so large, as on a phone or a desk.
    pub(crate) async fn size(&self, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// The reader's choice of colours: "light" or "dark".
    pub(crate) async fn prefers(&self, scheme: &str) {
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", media).await;
    }

    async fn devtools(&self, command: &str, parameters: Value) {
        let body = json!({"cmd": command, "params": parameters});
        self.call(Method::POST, "/goog/cdp/execute", body).await.unwrap();
    }

    /// Looks at the tab that was opened last.
    pub(crate) async fn newest_tab(&self) {
        let tabs = self
            .call(Method::GET, "/window/handles", Value::Null)
            .await
            .unwrap();
        let newest = tabs.as_array().unwrap().last().unwrap().clone();
        self.call(Method::POST, "/window", json!({"handle": newest}))
            .await
            .unwrap();
    }

    /// Closes this tab, and looks at the first one again.
    pub(crate) async fn close_tab(&self) {
        let left = self.call(Method::DELETE, "/window", Value::Null).await.unwrap();
        self.call(Method::POST, "/window", json!({"handle": left[0]}))
            .await
            .unwrap();
    }

    /// Runs a function body in the page.
    pub(crate) async fn eval(&self, script: &str) -> Value {
        self.call(
            Method::POST,
            "/execute/sync",
            json!({"script": script, "args": []}),
        )
        .await
        .unwrap()
    }

    /// Runs a function body in the page that ends with `done(…)`, and gives what that got.
    pub(crate) async fn answer(&self, script: &str) -> Value {
        let script = format!("const done = [...arguments].pop(); {script}");
        let body = json!({"script": script, "args": []});
        self.call(Method::POST, "/execute/async", body).await.unwrap()
    }

    /// Waits, frame by frame, until `condition` (an expression with `args`) is true, or gives up.
    async fn until(&self, condition: &str, arguments: Value) -> bool {
        let script = format!(
            "const args = [...arguments], done = args.pop(), end = performance.now() + {PATIENCE_MILLIS};
             const look = () => {{
               let found; try {{ found = {condition}; }} catch {{ found = false; }}
               if (found || performance.now() > end) done(Boolean(found)); else setTimeout(look, 15);
             }}; look();"
        );
        let body = json!({"script": script, "args": arguments});
        self.call(Method::POST, "/execute/async", body).await.unwrap() == true
    }

    /// Waits until an element that fits `selector` shows `text`.
    #[track_caller]
    pub(crate) fn shows(&self, selector: &str, text: &str) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        async move {
            let found = self
                .until(
                    "[...document.querySelectorAll(args[0])].some((one) => one.textContent.includes(args[1]))",
                    json!([selector, text]),
                )
                .await;
            if !found {
                let page = self.eval("return document.body.innerText").await;
                panic!(
                    "{place}: `{selector}` never showed \"{text}\". The page:\n{}",
                    page.as_str().unwrap()
                );
            }
        }
    }

    /// Waits until nothing fits `selector` any more.
    pub(crate) async fn gone(&self, selector: &str) {
        let gone = self
            .until("!document.querySelector(args[0])", json!([selector]))
            .await;
        assert!(gone, "`{selector}` never went");
    }

    /// Presses the first element that fits, with the mouse.
    pub(crate) async fn click(&self, selector: &str) {
        self.click_text(selector, "").await;
    }

    /// Presses the first element that fits and contains `text`, with the mouse.
    pub(crate) async fn click_text(&self, selector: &str, text: &str) {
        let find = "[...document.querySelectorAll(args[0])].find((one) => one.textContent.includes(args[1]))";
        assert!(
            self.until(find, json!([selector, text])).await,
            "there is no `{selector}` with \"{text}\""
        );
        let script = format!(
            "const args = arguments; const found = {find}; found.scrollIntoView({{ block: 'center' }}); return found;"
        );
        let body = json!({"script": script, "args": [selector, text]});
        let found = self.call(Method::POST, "/execute/sync", body).await.unwrap();
        let id = found[ELEMENT].as_str().unwrap();
        if let Err(fault) = self
            .call(Method::POST, &format!("/element/{id}/click"), json!({}))
            .await
        {
            // A push may have replaced the element between the look and the press; a person would press again.
            assert_eq!(fault["error"], "stale element reference", "{fault}");
            Box::pin(self.click_text(selector, text)).await;
        }
    }

    /// Types into whatever has the focus.
    pub(crate) async fn types(&self, text: &str) {
        let strokes: Vec<Value> = text
            .chars()
            .flat_map(|letter| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": letter})))
            .collect();
        let body = json!({"actions": [{"type": "key", "id": "keys", "actions": strokes}]});
        self.call(Method::POST, "/actions", body).await.unwrap();
    }

    /// Presses `key` while `modifier` is held.
    pub(crate) async fn chord(&self, modifier: &str, key: &str) {
        let strokes = [
            ("keyDown", modifier),
            ("keyDown", key),
            ("keyUp", key),
            ("keyUp", modifier),
        ]
        .map(|(kind, value)| json!({"type": kind, "value": value}));
        let body = json!({"actions": [{"type": "key", "id": "keys", "actions": strokes}]});
        self.call(Method::POST, "/actions", body).await.unwrap();
    }

    pub(crate) async fn press(&self, key: &str) {
        self.types(key).await;
    }

    /// The role and the name by which a screen reader speaks of an element; `None` where it is gone meanwhile.
    async fn spoken(&self, id: &str) -> Option<(String, String)> {
        let ask = async |what| {
            let path = format!("/element/{id}/{what}");
            let said = self.call(Method::GET, &path, Value::Null).await.ok()?;
            said.as_str().map(str::to_owned)
        };
        Some((ask("computedrole").await?, ask("computedlabel").await?))
    }

    /// What has the focus, as a screen reader says it.
    async fn focus(&self) -> (String, String) {
        let active = self.call(Method::GET, "/element/active", Value::Null).await;
        let id = active
            .ok()
            .and_then(|found| Some(found[ELEMENT].as_str()?.to_owned()));
        match id {
            Some(id) => self.spoken(&id).await.unwrap_or_default(),
            None => Default::default(),
        }
    }

    /// Presses Tab until an element of this role has the focus whose name contains `name`.
    pub(crate) async fn tab_to(&self, role: &str, name: &str) {
        const STOPS_MAX: usize = 250;
        let mut passed = Vec::new();
        for _ in 0..STOPS_MAX {
            let (found, label) = self.focus().await;
            if found == role && label.contains(name) {
                return;
            }
            passed.push(format!("{found} {label:?}"));
            self.press(TAB).await;
        }
        panic!("Tab never reaches the {role} \"{name}\": {passed:#?}");
    }

    /// Asserts that an element of this role has the focus whose name contains `name`, soon.
    #[track_caller]
    pub(crate) fn focuses(&self, role: &str, name: &str) -> impl Future<Output = ()> {
        const LOOKS_MAX: usize = 200;
        let place = std::panic::Location::caller();
        async move {
            let mut last = Default::default();
            for _ in 0..LOOKS_MAX {
                last = self.focus().await;
                if last.0 == role && last.1.contains(name) {
                    return;
                }
            }
            panic!("{place}: the focus is not on the {role} \"{name}\" but on {last:?}");
        }
    }

    /// What can have the focus, is shown, and has no name for a screen reader.
    pub(crate) async fn nameless(&self) -> Vec<String> {
        let shown = "a[href], button, input, select, textarea, summary, [tabindex='0']";
        // Behind a modal dialog nothing can have the focus, and a screen reader is told of nothing there.
        let script = format!(
            "const reached = document.querySelector('dialog:modal') ?? document;
             return [...reached.querySelectorAll(\"{shown}\")].filter((one) => !one.disabled && one.checkVisibility())"
        );
        let found = self.eval(&script).await;
        let mut nameless = Vec::new();
        for element in found.as_array().unwrap() {
            let id = element[ELEMENT].as_str().unwrap();
            if let Some((role, label)) = self.spoken(id).await
                && label.trim().is_empty()
            {
                let body = json!({"script": "return arguments[0].outerHTML", "args": [element]});
                let html = self.call(Method::POST, "/execute/sync", body).await;
                nameless.push(format!("{role}: {}", html.unwrap_or_default()));
            }
        }
        nameless
    }

    /// Errors that the page has written to its console.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let lines = self
            .call(Method::POST, "/se/log", json!({"type": "browser"}))
            .await
            .unwrap();
        let severe = lines
            .as_array()
            .unwrap()
            .iter()
            .filter(|line| line["level"] == "SEVERE");
        severe.map(|line| line["message"].to_string()).collect()
    }

    /// A picture of the window, as base64 PNG.
    pub(crate) async fn screenshot(&self) -> String {
        let picture = self.call(Method::GET, "/screenshot", Value::Null).await.unwrap();
        picture.as_str().unwrap().to_owned()
    }
}
