//! What a story looks at: cards, the trail, the records, ports.

use portcullis::{
    domain::{ids::RecordNumber, record::Record},
    sandbox::{
        azure::PortState,
        discord::{
            SeenMessage,
            world::{APPROVER_CHANNEL, TRAIL_CHANNEL},
        },
    },
    store::RecordFilter,
};

use super::World;

impl World {
    /// The newest card.
    pub(crate) fn card(&self) -> SeenMessage {
        self.cards().pop().expect("a card is posted")
    }

    pub(crate) fn cards(&self) -> Vec<SeenMessage> {
        self.discord.messages(APPROVER_CHANNEL)
    }

    /// The lines of the trail, in order.
    pub(crate) fn trail(&self) -> Vec<String> {
        let threads = self.discord.threads(TRAIL_CHANNEL);
        assert!(threads.len() <= 1, "the trail has one thread: {threads:?}");
        threads
            .iter()
            .flat_map(|thread| self.discord.messages(thread.id))
            .flat_map(|message| message.content.lines().map(str::to_owned).collect::<Vec<_>>())
            .filter(|line| line.starts_with('#'))
            .collect()
    }

    /// The second words of the trail's lines: what happened, in order.
    pub(crate) fn told(&self) -> Vec<String> {
        self.trail()
            .iter()
            .filter_map(|line| line.split(" · ").nth(1))
            .map(str::to_owned)
            .collect()
    }

    /// All records.
    pub(crate) fn records(&self) -> Vec<Record> {
        let store = self.life().store.clone();
        self.life().runtime().block_on(async move {
            let found = store
                .read()
                .await
                .unwrap()
                .records(RecordFilter::All, RecordNumber(0), 10_000)
                .await
                .unwrap();
            found.into_iter().map(|stored| stored.record).collect()
        })
    }

    pub(crate) fn port(&self, machine: &str, port: u16) -> PortState {
        self.azure.port_state(machine, port)
    }

    pub(crate) fn is_open(&self, machine: &str, port: u16) -> bool {
        self.port(machine, port).is_open()
    }
}
