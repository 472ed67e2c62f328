//! One world from its first command to its rest: kills, restarts, and people who go on.

use std::time::Duration;

use chrono::TimeDelta;
use portcullis::{
    clock::{Clock as _, SystemClock},
    sandbox::discord::{Acknowledged, RouteKind, SeenMessage, What},
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use super::{
    bot::{Bot, Program},
    look::Look,
    people::{Deed, People},
    phase::{CALLS, Call, Phase, Tally, Trap},
    promises,
    world::World,
};

/// The longest that people try to bring a call about.
const PATIENCE: Duration = Duration::from_secs(20);
/// Tries to meet one phase before the test says that it cannot.
const TRIES: u32 = 40;
/// Longer than the longest window, the wait after a call with an unknown outcome, and the last looks.
const REST_WITHIN: Duration = Duration::from_secs(240);

/// How much real time a run may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// The longest peace between two kills, in milliseconds.
    calm: u64,
    /// The longest window, in seconds.
    window: u64,
    /// Whether an `initiate` may be lost for good: the bot is sure of that only after more than a minute.
    loses_calls: bool,
}

impl Pace {
    pub(super) const QUICK: Self = Self {
        calm: 1500,
        window: 12,
        loses_calls: false,
    };
    pub(super) const THOROUGH: Self = Self {
        calm: 3000,
        window: 30,
        loses_calls: true,
    };
}

pub(super) struct Round {
    pace: Pace,
    world: World,
    program: Program,
    bot: Option<Bot>,
    people: People,
    look: Look,
    rng: StdRng,
    tally: Tally,
}

impl Round {
    /// The emulators, and a bot that knows the machines.
    pub(super) async fn begin(seed: u64, pace: Pace) -> Self {
        let world = World::start().await;
        let program = Program::install(&world.folder(), &world.azure.url(), &world.discord.url());
        let bot = program.start(&world.discord).await;
        let alice = world.discord.person("alice").unwrap();
        let knows = async {
            while !matches!(alice.types("/jit request vm:web", "vm").await, Ok(choices) if !choices.is_empty())
            {
                pause(Duration::from_millis(200)).await;
            }
        };
        tokio::time::timeout(PATIENCE, knows)
            .await
            .expect("the bot reads its machines");
        let look = Look::at(&world.database()).await;
        Self {
            pace,
            people: People::new(world.discord.clone(), pace.window),
            world,
            program,
            bot: Some(bot),
            look,
            rng: StdRng::seed_from_u64(seed),
            tally: Tally::default(),
        }
    }

    /// One kill in this phase, and the restart after it.
    pub(super) async fn kill(&mut self, phase: Phase) {
        // Some lives are long enough for a window to open and to end.
        let calm = Duration::from_millis(self.rng.random_range(0..self.pace.calm));
        let _ = tokio::time::timeout(calm, self.go_on()).await;
        for _ in 0..TRIES {
            let met = match phase {
                Phase::BeforeClaim => self.kill_after_acknowledgement().await,
                Phase::InCall | Phase::AfterEffect | Phase::BeforeResult => self.kill_at_call(phase).await,
            };
            if met {
                self.tally.count(phase);
                return;
            }
        }
        panic!("the phase {phase:?} was not met in {TRIES} tries");
    }

    /// Kills at the acknowledgement of somebody's input, or a moment later: before its transaction or after it.
    async fn kill_after_acknowledgement(&mut self) -> bool {
        let done = self.stillness().await;
        let answer = match self.people.act(&mut self.rng, &self.look) {
            Some(Deed::Interaction(answer)) => answer,
            _ => self.people.look(),
        };
        let acknowledged = answer.acknowledged().await;
        let moment = self.rng.random_range(0..4);
        pause(Duration::from_millis(moment)).await;
        self.die(None).await;
        let in_time = acknowledged != Acknowledged::NoResponse && self.done_outside() == done;
        if !in_time {
            self.tally.count_late();
        }
        self.rise().await;
        in_time
    }

    /// Waits until what came before has been done, so that it is not taken for what comes now.
    async fn stillness(&self) -> usize {
        let mut done = self.done_outside();
        for _ in 0..10 {
            pause(Duration::from_millis(250)).await;
            let before = std::mem::replace(&mut done, self.done_outside());
            if done == before {
                break;
            }
        }
        done
    }

    /// How many calls that change something have arrived, acknowledgements aside.
    fn done_outside(&self) -> usize {
        let ledger = self.world.discord.ledger();
        let told = ledger.iter().filter(
            |entry| matches!(entry.what, What::Rest { route, .. } if route.changes() && route != RouteKind::Callback),
        );
        told.count() + self.world.azure.calls("initiate").len()
    }

    async fn kill_at_call(&mut self, phase: Phase) -> bool {
        // The trail's thread is made once, by the first record.
        let call = if self.look.records.is_empty() && self.rng.random_bool(0.5) {
            Call::Discord(RouteKind::ThreadFromMessage)
        } else {
            CALLS[self.rng.random_range(0..CALLS.len())]
        };
        let trap = Trap::set(
            call,
            phase == Phase::InCall,
            &self.world.azure,
            &self.world.discord,
        );
        if !self.act_until(&trap).await {
            trap.release();
            self.look_again().await;
            return false;
        }
        if phase == Phase::BeforeResult {
            tokio::time::timeout(PATIENCE, trap.answered())
                .await
                .expect("a released call is answered");
            let micros = self.rng.random_range(0..1500);
            pause(Duration::from_micros(micros)).await;
        }
        self.die(Some(&trap)).await;
        self.rise().await;
        true
    }

    /// People go on until the trap has sprung; `false` if it does not.
    async fn act_until(&mut self, trap: &Trap) -> bool {
        tokio::select! {
            biased;
            () = trap.sprung() => true,
            _ = tokio::time::timeout(PATIENCE, self.go_on()) => false,
        }
    }

    /// People do one thing after the other, for ever.
    async fn go_on(&mut self) {
        loop {
            if let Some(deed) = self.people.act(&mut self.rng, &self.look)
                && let Some(lost) = deed.acknowledged().await
            {
                self.people.not_heard(lost);
            }
            let moment = self.rng.random_range(50..300);
            pause(Duration::from_millis(moment)).await;
            self.look = Look::at(&self.world.database()).await;
        }
    }

    /// SIGKILL. A call that is held loses its connection, or comes through after its sender's death.
    async fn die(&mut self, trap: Option<&Trap>) {
        let bot = self.bot.take().expect("the bot lives");
        bot.kill().await;
        if let Some(trap) = trap {
            let may_be_lost = self.pace.loses_calls || !trap.is_on(Call::Azure("initiate"));
            if !may_be_lost || self.rng.random_bool(0.3) {
                trap.release();
            } else {
                trap.cut();
            }
        }
        self.look = Look::at(&self.world.database()).await;
        self.people.find_out(&self.look);
    }

    async fn rise(&mut self) {
        self.bot = Some(self.program.start(&self.world.discord).await);
    }

    async fn look_again(&mut self) {
        pause(Duration::from_millis(300)).await;
        self.look = Look::at(&self.world.database()).await;
    }

    /// What was lost is typed again; then all windows end, and everything is told.
    pub(super) async fn come_to_rest(&mut self) {
        let resting = async {
            loop {
                while let Some(typed) = self.people.repeat() {
                    typed.acknowledged().await;
                    let has_answer = |message: &SeenMessage| !message.loading;
                    typed.until(PATIENCE, has_answer).await;
                }
                self.look_again().await;
                self.people.find_out(&self.look);
                let soon = SystemClock.now() + TimeDelta::seconds(2);
                if !self.people.has_wishes() && self.look.is_quiet(soon) && self.world.azure.open_ports() == 0
                {
                    return;
                }
            }
        };
        if tokio::time::timeout(REST_WITHIN, resting).await.is_err() {
            panic!(
                "the bot does not come to rest: {} windows are not over, the trail is at {:?}, due next {:?}",
                self.look.windows_not_over, self.look.trail, self.look.next_due
            );
        }
    }

    /// Stops the bot, and judges.
    pub(super) async fn end(mut self) -> Tally {
        let bot = self.bot.take().expect("the bot lives");
        bot.stop().await;
        self.look = Look::at(&self.world.database()).await;
        promises::judge(&self.world, &self.look, &self.people.asked);
        self.tally.count_records(&self.look.records, self.people.lost);
        self.tally
    }
}

async fn pause(length: Duration) {
    let until = SystemClock.now() + TimeDelta::from_std(length).unwrap();
    SystemClock.sleep_until(until).await;
}
