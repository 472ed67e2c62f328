//! Log lines on standard error, and the numbers for Prometheus.
//!
//! It is set up before the configuration is read, so that a broken configuration can be reported. It
//! knows no other module: what is logged and counted stands where it happens. It opens no port; whoever
//! serves HTTP renders the handle.

mod one_line;

use std::{
    fmt,
    io::{self, IsTerminal as _},
    time::Duration,
};

use self::one_line::OneLine;
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};
use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer as _,
    filter::{FilterExt as _, filter_fn},
    fmt as lines,
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// The environment variable that says what is logged, in the form of
/// [`EnvFilter`]: `info`, or `info,portcullis::engine=debug`.
pub const FILTER_VARIABLE: &str = "PORTCULLIS_LOG";

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object in a line, for collectors.
    Json,
}

/// Why telemetry could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// Logs have already been set up in this process.
    #[error("logging could not be set up")]
    Logs(#[from] tracing_subscriber::util::TryInitError),
    /// The bucket limits of the histograms are not usable.
    #[error("the metrics recorder could not be built")]
    Recorder(#[from] BuildError),
    /// Metrics have already been set up in this process.
    #[error("a metrics recorder is already installed")]
    Installed,
}

/// Sets up logs and metrics for the whole process, once.
///
/// `configured` is used where the environment has no filter. One that cannot be read is reported in the log and
/// replaced by `info`. The handle renders the metrics; see [`keep_small`].
pub fn init(format: LogFormat, configured: &str) -> Result<PrometheusHandle, TelemetryError> {
    let wanted = std::env::var(FILTER_VARIABLE).unwrap_or_else(|_| configured.to_owned());
    let (filter, problem) = filter(&wanted);
    let colours = io::stderr().is_terminal();
    let writer = OneLine {
        inner: io::stderr,
        colours,
    };
    let lines = lines::layer().with_writer(writer).with_ansi(colours);
    let layer = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry()
        .with(layer.with_filter(filter.and(filter_fn(never_tells_secrets))))
        .try_init()?;
    if let Some(problem) = problem {
        tracing::warn!(
            filter.wanted = wanted,
            filter.problem = problem,
            "The filter in {FILTER_VARIABLE} cannot be read, so everything from level info is logged.",
        );
    }
    let recorder = recorder()?;
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).map_err(|_| TelemetryError::Installed)?;
    Ok(handle)
}

/// An error with everything that led to it, for one field of a log line: `what: because: because`.
#[derive(Debug, Clone, Copy)]
pub struct Causes<'a>(pub &'a (dyn std::error::Error + 'static));

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

/// Runs for ever and folds the samples of the histograms together, so that they need little memory even when
/// nobody renders them.
pub async fn keep_small(metrics: PrometheusHandle) {
    let mut turns = tokio::time::interval(UPKEEP_EVERY);
    loop {
        turns.tick().await;
        metrics.run_upkeep();
    }
}

fn recorder() -> Result<PrometheusRecorder, BuildError> {
    Ok(PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Full(OPENING.to_owned()), &OPENING_SECONDS)?
        .set_buckets_for_metric(Matcher::Full(DECISION.to_owned()), &DECISION_SECONDS)?
        .set_buckets_for_metric(Matcher::Full(ASKED_TO_OPEN.to_owned()), &DECISION_SECONDS)?
        .build_recorder())
}

fn filter(wanted: &str) -> (EnvFilter, Option<String>) {
    let wanted = if wanted.trim().is_empty() {
        DEFAULT_FILTER
    } else {
        wanted
    };
    match EnvFilter::try_new(format!("{QUIET},{wanted}")) {
        Ok(filter) => (filter, None),
        Err(error) => (
            EnvFilter::new(format!("{QUIET},{DEFAULT_FILTER}")),
            Some(error.to_string()),
        ),
    }
}

/// These crates write paths, frames and payloads to the log below level info; among them are the tokens
/// of interactions, the bot and Azure. No filter opens them.
fn never_tells_secrets(metadata: &Metadata<'_>) -> bool {
    let is_wire = || {
        let crate_name = metadata.target().split("::").next().unwrap_or_default();
        WIRE.contains(&crate_name)
    };
    *metadata.level() <= Level::INFO || !is_wire()
}

const DEFAULT_FILTER: &str = "info";
/// What these say at info is for their own developers; a filter that names them is stronger.
const QUIET: &str = "serenity=warn,azure_identity=warn,azure_core=warn";
const WIRE: [&str; 12] = [
    "azure_core",
    "azure_identity",
    "h2",
    "hyper",
    "hyper_util",
    "reqwest",
    "rustls",
    "serenity",
    "tokio_tungstenite",
    "tower_http",
    "tungstenite",
    "typespec_client_core",
];
const UPKEEP_EVERY: Duration = Duration::from_secs(5);
/// From an approval until Azure says that the window is open.
pub const OPENING: &str = "portcullis_approval_to_open_seconds";
/// From a question until a window that it asked for is open.
pub const ASKED_TO_OPEN: &str = "portcullis_request_to_open_seconds";
/// From a question until it is approved or denied.
pub const DECISION: &str = "portcullis_request_to_decision_seconds";
/// Azure takes seconds to a minute; after two minutes people are told that it is stuck.
const OPENING_SECONDS: [f64; 9] = [1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 600.0];
/// People take from seconds to a shift.
const DECISION_SECONDS: [f64; 9] = [10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 28_800.0];
/// From one loopback call to the longest HTTP time-out.
const SECONDS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0,
];

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(wanted: &str, act: impl FnOnce()) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let writer = OneLine {
            inner: move || writer.clone(),
            colours: false,
        };
        let layer = lines::layer().with_ansi(false).with_writer(writer);
        let subscriber = tracing_subscriber::registry()
            .with(layer.with_filter(filter(wanted).0.and(filter_fn(never_tells_secrets))));
        tracing::subscriber::with_default(subscriber, act);
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn an_error_is_logged_with_all_that_led_to_it() {
        #[derive(Debug, thiserror::Error)]
        #[error("the query failed")]
        struct Failed(#[source] io::Error);
        let why = Failed(io::Error::other("the disk is gone"));
        assert_eq!(Causes(&why).to_string(), "the query failed: the disk is gone");
    }

    #[test]
    fn the_wire_stays_silent_whatever_the_filter_says() {
        let text = logged("trace,serenity=info,h2::codec=trace", || {
            tracing::trace!("ours");
            tracing::trace!(target: "h2::codec", "theirs-h2");
            tracing::debug!(target: "serenity::gateway", "theirs-serenity");
            tracing::info!(target: "serenity::gateway", "connected");
        });
        assert!(text.contains("ours") && text.contains("connected"), "{text}");
        assert!(!text.contains("theirs"), "{text}");
    }

    #[test]
    fn whatever_is_logged_is_one_line_each() {
        let corpus: serde_json::Value =
            serde_json::from_str(include_str!("../tests/data/hostile.json")).unwrap();
        let mut events = 0;
        let text = logged("info", || {
            for entry in corpus.as_array().unwrap() {
                let text = entry["text"].as_str().unwrap();
                tracing::info!(plain = text, shown = %text, debugged = ?text, "{text}");
                events += 1;
            }
        });
        assert_eq!(text.lines().count(), events);
        let bad = |char: char| char.is_control() && char != '\n';
        assert!(!text.contains(bad), "{:?}", text.find(bad));
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_reported_and_replaced() {
        let (filter, problem) = filter("portcullis=loud=");
        assert!(problem.is_some());
        assert!(filter.to_string().contains("info"), "{filter}");
    }

    #[test]
    fn lengths_of_time_become_buckets() {
        let recorder = recorder().unwrap();
        let handle = recorder.handle();
        metrics::with_local_recorder(&recorder, || {
            metrics::histogram!("example_seconds").record(Duration::from_millis(3));
            metrics::histogram!(OPENING, "rule" => "web").record(4.0);
            metrics::histogram!(DECISION, "decision" => "approved", "rule" => "web").record(240.0);
            metrics::histogram!(ASKED_TO_OPEN, "rule" => "web").record(250.0);
        });
        let page = handle.render();
        assert!(page.contains("example_seconds_bucket{le=\"0.005\"} 1"), "{page}");
        let opening = format!("{OPENING}_bucket{{rule=\"web\",le=\"5\"}} 1");
        let decision = format!("{DECISION}_bucket{{decision=\"approved\",rule=\"web\",le=\"300\"}} 1");
        assert!(page.contains(&opening) && page.contains(&decision), "{page}");
    }
}
