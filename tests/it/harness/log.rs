//! What the bot logs: a story fails on errors that it did not expect, and can read what is logged of visits.
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

/// The lines of one world that are kept, each with its level.
#[derive(Debug, Clone, Default)]
pub(crate) struct ErrorLog {
    kept: Arc<Mutex<Vec<(Level, String)>>>,
    /// Lines of any level with a character in them that would make two lines of one, or worse.
    unclean: Arc<Mutex<Vec<String>>>,
}

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

    /// The ERROR lines.
    pub(crate) fn lines(&self) -> Vec<String> {
        let kept = self.kept.lock().unwrap();
        let errors = kept.iter().filter(|(level, _)| *level == Level::ERROR);
        errors.map(|(_, line)| line.clone()).collect()
    }

    /// Those that are no single plain line.
    pub(crate) fn unclean(&self) -> Vec<String> {
        self.unclean.lock().unwrap().clone()
    }

    /// All lines that are kept: also what is logged of visits, at any level.
    pub(crate) fn everything(&self) -> Vec<String> {
        let kept = self.kept.lock().unwrap();
        kept.iter().map(|(_, line)| line.clone()).collect()
    }
}

struct Catch;

impl<S: Subscriber> Layer<S> for Catch {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let (level, target) = (*event.metadata().level(), event.metadata().target());
        let ours = target.starts_with("portcullis");
        let is_kept = ours && level == Level::ERROR || target.starts_with("portcullis::http");
        if !is_kept && (!ours || level > Level::INFO) {
            return;
        }
        let mut line = Line::default();
        event.record(&mut line);
        HERE.with(|here| {
            let here = here.borrow();
            let Some(log) = &*here else { return };
            if line.0.chars().any(char::is_control) {
                log.unclean.lock().unwrap().push(line.0.clone());
            }
            if is_kept {
                log.kept.lock().unwrap().push((level, line.0));
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
