//! People at random: they ask, approve, deny, withdraw and close, and repeat what was lost.

use std::time::Duration;

use portcullis::sandbox::discord::{
    Acknowledged, Answer, DiscordEmulator, Person, SeenMessage, Snowflake, world::APPROVER_CHANNEL,
};
use rand::{Rng as _, rngs::StdRng, seq::IndexedRandom as _};

use super::look::Look;

/// Who may ask, by name and id.
const TEAM: [(&str, u64); 3] = [
    ("alice", 100_000_000_000_004_001),
    ("bob", 100_000_000_000_004_002),
    ("carol", 100_000_000_000_004_003),
];
/// Who presses buttons; not all of them may.
const VOTERS: [&str; 6] = ["bob", "carol", "bob", "carol", "alice", "mallory"];
/// Machines of the demo world and what can be opened on them.
const MACHINES: [(&str, &str); 8] = [
    ("web-01", "22"),
    ("web-01", "443"),
    ("web-02", "22,443"),
    ("web-03", "22"),
    ("win-01", "3389,5986"),
    ("win-01", "5985"),
    ("jump-01", "22"),
    ("stage-01", "22"),
];
const PATIENCE: Duration = Duration::from_secs(5);

/// A request that somebody wants, until it is recorded.
#[derive(Debug, Clone)]
struct Wish {
    who: &'static str,
    vm: &'static str,
    ports: &'static str,
    /// Names the wish: every one has its own.
    reason: String,
    rest: String,
    /// The interaction, which may be lost.
    typed: Option<Snowflake>,
}

pub(super) struct People {
    discord: DiscordEmulator,
    /// In seconds.
    longest_window: u64,
    /// Not recorded yet, as far as anybody knows.
    wishes: Vec<Wish>,
    /// Reasons of everything that was ever asked for.
    pub asked: Vec<String>,
    /// How often something was typed in vain.
    pub lost: u64,
}

impl People {
    pub(super) fn new(discord: DiscordEmulator, longest_window: u64) -> Self {
        Self {
            discord,
            longest_window,
            wishes: Vec::new(),
            asked: Vec::new(),
            lost: 0,
        }
    }

    /// While the bot is dead or idle: what was typed and is not recorded was lost, and is typed again.
    pub(super) fn find_out(&mut self, look: &Look) {
        self.wishes.retain(|wish| !look.asked(&wish.reason));
        for wish in &mut self.wishes {
            self.lost += u64::from(wish.typed.is_some());
            wish.typed = None;
        }
    }

    /// "The application did not respond": nothing was done, and what was typed is typed again.
    pub(super) fn not_heard(&mut self, interaction: Snowflake) {
        for wish in &mut self.wishes {
            if wish.typed == Some(interaction) {
                wish.typed = None;
            }
        }
    }

    /// Somebody looks at the list of requests, which anybody can do at any time.
    pub(super) fn look(&self) -> Answer {
        self.discord.person("dan").unwrap().slash("/jit list").unwrap()
    }

    pub(super) fn has_wishes(&self) -> bool {
        !self.wishes.is_empty()
    }

    /// One of them does something. `None`: there was nothing to do, or Discord's client would not let them.
    pub(super) fn act(&mut self, rng: &mut StdRng, look: &Look) -> Option<Deed> {
        let cards = self.open_cards();
        match rng.random_range(0..100) {
            0..8 => self.withdraw(rng, look),
            8..18 => self.close(rng, look),
            _ if cards.len() > rng.random_range(0..3) => self.decide(rng, &cards),
            _ => self.ask(rng, look),
        }
    }

    /// Somebody types a request: one that was lost, or a new one for what nobody else uses.
    fn ask(&mut self, rng: &mut StdRng, look: &Look) -> Option<Deed> {
        if let Some(typed) = self.repeat() {
            return Some(Deed::Interaction(typed));
        }
        let wish = self.wish(rng, look)?;
        self.asked.push(wish.reason.clone());
        self.wishes.push(wish);
        self.repeat().map(Deed::Interaction)
    }

    /// Types a request that was not typed yet, or was lost.
    pub(super) fn repeat(&mut self) -> Option<Answer> {
        let wish = self.wishes.iter_mut().find(|wish| wish.typed.is_none())?;
        let text = format!(
            "/jit request vm:{} port:{} {} reason:{}",
            wish.vm, wish.ports, wish.rest, wish.reason
        );
        let answer = self.discord.person(wish.who).unwrap().slash(&text).unwrap();
        wish.typed = Some(answer.id());
        Some(answer)
    }

    fn wish(&self, rng: &mut StdRng, look: &Look) -> Option<Wish> {
        let is_busy = |vm: &str, ports: &str| {
            let mut wanted = ports.split(',').filter_map(|port| port.parse::<u16>().ok());
            let stored = wanted.any(|port| {
                look.busy
                    .iter()
                    .any(|door| door.vm.name() == vm && door.port.number() == port)
            });
            stored
                || self
                    .wishes
                    .iter()
                    .any(|wish| (wish.vm, wish.ports) == (vm, ports))
        };
        let free: Vec<_> = MACHINES
            .iter()
            .filter(|(vm, ports)| !is_busy(vm, ports))
            .collect();
        let (vm, ports) = free.choose(rng)?;
        let (who, _) = TEAM.choose(rng)?;
        let seconds = rng.random_range(10..=self.longest_window);
        let host = rng.random_range(1..=250);
        Some(Wish {
            who,
            vm,
            ports,
            reason: format!("INC-{} kill test", self.asked.len() + 1),
            rest: format!("for:{seconds}s from:198.51.100.{host}"),
            typed: None,
        })
    }

    fn open_cards(&self) -> Vec<SeenMessage> {
        let mut cards = self.discord.messages(APPROVER_CHANNEL);
        cards.retain(|card| card.offers("Approve"));
        cards
    }

    fn decide(&self, rng: &mut StdRng, cards: &[SeenMessage]) -> Option<Deed> {
        let card = cards.choose(rng)?;
        let voter = self.discord.person(VOTERS.choose(rng)?).unwrap();
        match rng.random_range(0..10) {
            0 => {
                let opened = voter.clicks(card.id, "Deny").ok()?;
                Some(Deed::Form(voter, opened))
            }
            1 => {
                let emoji = if rng.random_bool(0.7) { "✅" } else { "❌" };
                voter.reacts(card.id, emoji).ok()?;
                Some(Deed::Reaction)
            }
            _ => Some(Deed::Interaction(voter.clicks(card.id, "Approve").ok()?)),
        }
    }

    fn withdraw(&self, rng: &mut StdRng, look: &Look) -> Option<Deed> {
        let (number, requester) = look.pending.choose(rng)?;
        self.types(requester.0, &format!("/jit withdraw request:{number}"))
    }

    fn close(&self, rng: &mut StdRng, look: &Look) -> Option<Deed> {
        let (number, requester) = look.active.choose(rng)?;
        self.types(requester.0, &format!("/jit close request:{number}"))
    }

    fn types(&self, id: u64, text: &str) -> Option<Deed> {
        let (name, _) = TEAM.iter().find(|(_, known)| *known == id)?;
        let answer = self.discord.person(name).unwrap().slash(text).ok()?;
        Some(Deed::Interaction(answer))
    }
}

/// What somebody has just done.
pub(super) enum Deed {
    Interaction(Answer),
    /// A button that opens a form, which is sent once it is there.
    Form(Person, Answer),
    Reaction,
}

impl Deed {
    /// Resolves once Discord shows that the bot has taken it; gives back what it has not. A reaction shows nothing.
    pub(super) async fn acknowledged(&self) -> Option<Snowflake> {
        match self {
            Self::Interaction(answer) => {
                let heard = answer.acknowledged().await != Acknowledged::NoResponse;
                return (!heard).then(|| answer.id());
            }
            Self::Form(person, opened) => {
                if let Ok(Ok(form)) = tokio::time::timeout(PATIENCE, opened.modal()).await
                    && let Ok(sent) = person.submits(&form, &[("reason", "not today")])
                {
                    sent.acknowledged().await;
                }
            }
            Self::Reaction => {}
        }
        None
    }
}
