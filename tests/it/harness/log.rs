//! What the bot logs as errors: a story fails on those that it did not expect.
//!
//! All stories of the binary share one subscriber; whose line it is says the thread, because every bot life has
//! threads of its own.

use std::{
    cell::RefCell,
    fmt::Write as _,
    sync::{Arc, Mutex, Once},
};

use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    layer::{Context, Layer, SubscriberExt as _},
    registry,
    util::SubscriberInitExt as _,
};

thread_local! {
    static HERE: RefCell<Option<ErrorLog>> = const { RefCell::new(None) };
}

/// The ERROR lines of one world.
#[derive(Debug, Clone, Default)]
pub(crate) struct ErrorLog(Arc<Mutex<Vec<String>>>);

impl ErrorLog {
    /// From now on this thread belongs to this world.
    pub(crate) fn adopt_thread(&self) {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            // Another subscriber of the binary may be there already; then nothing is judged.
            let _ = registry().with(Catch).try_init();
        });
        HERE.with(|here| *here.borrow_mut() = Some(self.clone()));
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

struct Catch;

impl<S: Subscriber> Layer<S> for Catch {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let ours = event.metadata().target().starts_with("portcullis");
        if *event.metadata().level() != Level::ERROR || !ours {
            return;
        }
        let mut line = Line::default();
        event.record(&mut line);
        HERE.with(|here| {
            if let Some(log) = &*here.borrow() {
                log.0.lock().unwrap().push(line.0);
            }
        });
    }
}

#[derive(Default)]
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, "{}={value:?} ", field.name());
    }
}
