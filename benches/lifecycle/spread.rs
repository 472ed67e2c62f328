//! Many durations, told by their percentiles.

use std::{fmt, time::Duration};

#[derive(Debug, Default, Clone)]
pub(crate) struct Spread {
    sorted: Vec<Duration>,
}

impl Spread {
    pub(crate) fn extend(&mut self, more: impl IntoIterator<Item = Duration>) {
        self.sorted.extend(more);
        self.sorted.sort_unstable();
    }

    /// The duration below which `percent` of all lie; zero when there is none.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let place = (self.sorted.len() * percent).div_ceil(100).saturating_sub(1);
        self.sorted.get(place).copied().unwrap_or_default()
    }
}

impl FromIterator<Duration> for Spread {
    fn from_iter<T: IntoIterator<Item = Duration>>(durations: T) -> Self {
        let mut spread = Self::default();
        spread.extend(durations);
        spread
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |percent| self.percentile(percent).as_secs_f64() * 1000.0;
        write!(f, "p50 {:.2} ms, p99 {:.2} ms", millis(50), millis(99))
    }
}

/// How one spread compares with another, as factors.
pub(crate) fn ratio(of: &Spread, to: &Spread) -> String {
    let factor = |percent| of.percentile(percent).as_secs_f64() / to.percentile(percent).as_secs_f64();
    format!("{:.2} ×, {:.2} ×", factor(50), factor(99))
}
