//! What people do and see, in the words of a story.

use std::time::Duration;

use portcullis::sandbox::discord::{Answer, SeenMessage, world::GENERAL_CHANNEL};

use super::{World, world::PATIENCE};

impl World {
    /// Does `act` until the trail has told `what` so many times: what was lost in a crash, a person does again.
    pub(crate) fn until_told(&mut self, what: &str, times: usize, mut act: impl FnMut(&mut Self)) {
        const ATTEMPTS: usize = 3;
        for _ in 0..ATTEMPTS {
            if self.times_told(what) >= times {
                return;
            }
            act(self);
        }
        assert!(
            self.times_told(what) >= times,
            "\"{what}\" is not told {times} times: {:#?}",
            self.trail()
        );
    }

    pub(crate) fn times_told(&self, what: &str) -> usize {
        self.told().iter().filter(|told| *told == what).count()
    }

    /// Somebody asks, as often as it takes.
    pub(crate) fn asks(&mut self, who: &str, command: &str) {
        let before = self.times_told("asked");
        self.until_told("asked", before + 1, |world| _ = world.types(who, command));
    }

    /// Somebody presses Approve on the newest card, as often as it takes, and it is the last approval needed.
    pub(crate) fn approves(&mut self, who: &str) {
        let before = self.times_told("approved");
        self.until_told("approved", before + 1, |world| {
            let card = world.card();
            world.clicks(who, &card, "Approve");
        });
    }

    /// Somebody presses Deny on the newest card and sends the form.
    pub(crate) fn denies(&mut self, who: &str, reason: &str) -> Option<Answer> {
        let card = self.card();
        let opened = self.clicks(who, &card, "Deny");
        self.fills(who, &opened, &[("reason", reason)])
    }

    /// Fills in the form that an interaction has opened, its fields by id or label, and sends it; `None` where none
    /// came.
    pub(crate) fn fills(&mut self, who: &str, opened: &Answer, values: &[(&str, &str)]) -> Option<Answer> {
        let form = self.outside.block_on(opened.modal()).ok()?;
        let sent = self.discord.person(who).unwrap().submits(&form, values).unwrap();
        self.after(&sent);
        Some(sent)
    }

    /// Somebody chooses in a menu of a message: the menu by its placeholder or id, choices by label or value.
    pub(crate) fn chooses(
        &mut self,
        who: &str,
        message: &SeenMessage,
        menu: &str,
        choices: &[&str],
    ) -> Answer {
        let person = self.discord.person(who).unwrap();
        let answer = person.selects(message.id, menu, choices).unwrap();
        self.after(&answer);
        answer
    }

    /// What an interaction was answered with, as it reads now.
    pub(crate) fn answered(&self, answer: &Answer) -> String {
        answer.message().map(|message| message.text()).unwrap_or_default()
    }

    /// Types a command and reads the answer.
    pub(crate) fn is_told(&mut self, who: &str, command: &str) -> String {
        let answer = self.types(who, command);
        self.answered(&answer)
    }

    /// The person's own message about their newest request, wherever it is shown now.
    pub(crate) fn own_message(&self, who: &str) -> SeenMessage {
        self.discord
            .ephemerals(who)
            .into_iter()
            .rfind(|message| message.text().contains("Request "))
            .expect("a request is answered")
    }

    /// All private answers that a person has.
    pub(crate) fn own_messages(&self, who: &str) -> Vec<SeenMessage> {
        self.discord.ephemerals(who)
    }

    /// The newest direct message to a person.
    pub(crate) fn direct_message(&self, who: &str) -> String {
        let newest = self.discord.dms(who).pop();
        newest.map(|message| message.text()).unwrap_or_default()
    }

    /// What the bot wrote in the channel where people ask.
    pub(crate) fn in_general(&self) -> Vec<SeenMessage> {
        self.discord.messages(GENERAL_CHANNEL)
    }

    /// Several people press buttons of one message before the bot has answered any of them.
    pub(crate) fn click_together(&mut self, message: &SeenMessage, clicks: &[(&str, &str)]) -> Vec<Answer> {
        let answers: Vec<_> = clicks
            .iter()
            .map(|(who, label)| {
                self.discord
                    .person(who)
                    .unwrap()
                    .clicks(message.id, label)
                    .unwrap()
            })
            .collect();
        for answer in &answers {
            self.after(answer);
        }
        answers
    }

    /// Sends several commands of one person before the bot has answered any of them.
    pub(crate) fn type_together(&mut self, who: &str, commands: &[&str]) {
        let person = self.discord.person(who).unwrap();
        let answers: Vec<_> = commands
            .iter()
            .map(|command| person.slash(command).unwrap())
            .collect();
        for answer in &answers {
            self.after(answer);
        }
    }

    /// Types a command, as often as it takes until it is answered.
    pub(crate) fn finds_out(&mut self, who: &str, command: &str) -> String {
        const ATTEMPTS: usize = 3;
        for _ in 0..ATTEMPTS {
            let said = self.is_told(who, command);
            if !said.is_empty() {
                return said;
            }
        }
        panic!("{command} is never answered");
    }

    /// Somebody takes a reaction of theirs back.
    pub(crate) fn unreacts(&mut self, who: &str, message: &SeenMessage, emoji: &str) {
        let person = self.discord.person(who).unwrap();
        // After a crash it may be gone already.
        let _ = person.unreacts(message.id, emoji);
        self.heard();
        self.settle();
    }

    /// Somebody presses Approve on the newest card until the trail has told so many approvals.
    pub(crate) fn votes(&mut self, who: &str, times: usize) {
        self.until_told("approval", times, |world| {
            let card = world.card();
            world.clicks(who, &card, "Approve");
        });
    }

    /// Presses a button of a private answer, which is edited by it.
    pub(crate) fn presses(&mut self, who: &str, answer: &Answer, label: &str) -> String {
        // After a crash there may be no answer.
        let Some(message) = answer.message().filter(|message| message.offers(label)) else {
            return String::new();
        };
        let pressed = self.clicks(who, &message, label);
        self.answered(&pressed)
    }

    /// The choices that are offered while somebody types.
    pub(crate) fn offered(&self, who: &str, command: &str, option: &str) -> Vec<String> {
        let person = self.discord.person(who).unwrap();
        let choices = self.outside.block_on(async {
            tokio::time::timeout(PATIENCE, person.types(command, option))
                .await
                .unwrap()
                .unwrap()
        });
        choices.into_iter().map(|choice| choice.name).collect()
    }

    pub(crate) fn minutes(&mut self, minutes: u64) {
        self.pass(Duration::from_secs(minutes * 60));
    }

    pub(crate) fn seconds(&mut self, seconds: u64) {
        self.pass(Duration::from_secs(seconds));
    }

    /// How many calls to open or close have reached Azure.
    pub(crate) fn initiates(&self) -> usize {
        self.azure.calls("initiate").len()
    }

    /// The last line of the trail that tells `what`.
    pub(crate) fn line(&self, what: &str) -> String {
        self.trail()
            .into_iter()
            .rfind(|line| line.split(" · ").nth(1) == Some(what))
            .unwrap_or_else(|| panic!("nothing tells \"{what}\": {:#?}", self.trail()))
    }
}
