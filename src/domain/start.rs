//! When an access is to start: read from what people write.
//!
//! Five ways, and no guesses: `in 2h` (or `2h`), `14:30`, `today 14:30`, `tomorrow 09:00`, `2026-11-27 09:00`. A time of day
//! is UTC unless an offset stands behind it (`+01:00`).

use chrono::{
    Days, FixedOffset, NaiveDate, NaiveTime, Offset as _, SubsecRound as _, TimeDelta, TimeZone as _, Utc,
};

use super::Instant;

/// How far ahead an access may be asked for: roles, machines and addresses change.
pub const AHEAD_MAX: TimeDelta = TimeDelta::days(7);

/// Why a text is no start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartRefusal {
    Unreadable,
    /// It is over.
    Past {
        at: Instant,
    },
    /// Later than `latest`.
    TooFar {
        at: Instant,
        latest: Instant,
    },
}

/// The instant that `text` means at `now`. A time of day without a day is the next one; a length is from now, with or
/// without "in" before it.
pub fn start_at(text: &str, now: Instant) -> Result<Instant, StartRefusal> {
    let text = text.trim().to_ascii_lowercase();
    let length = text.strip_prefix("in ").unwrap_or(&text);
    let at = match humantime::parse_duration(length.trim()) {
        Ok(length) => TimeDelta::from_std(length)
            .ok()
            .and_then(|length| now.checked_add_signed(length)),
        Err(_) => on_the_clock(&text, now),
    };
    let at = at.ok_or(StartRefusal::Unreadable)?.trunc_subsecs(0);
    if at <= now {
        return Err(StartRefusal::Past { at });
    }
    let latest = now + AHEAD_MAX;
    if at > latest {
        return Err(StartRefusal::TooFar { at, latest });
    }
    Ok(at)
}

fn on_the_clock(text: &str, now: Instant) -> Option<Instant> {
    let (text, offset) = split_offset(text)?;
    let today = now.with_timezone(&offset).date_naive();
    let (day, time) = if let Some(time) = text.strip_prefix("today ") {
        (Some(today), time)
    } else if let Some(time) = text.strip_prefix("tomorrow ") {
        (today.checked_add_days(Days::new(1)), time)
    } else if let Some((day, time)) = text.split_once([' ', 't']) {
        (Some(NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?), time)
    } else {
        (None, text)
    };
    let time = time_of_day(time.trim())?;
    let at = |day: NaiveDate| {
        let local = offset.from_local_datetime(&day.and_time(time)).single()?;
        Some(local.with_timezone(&Utc))
    };
    match day {
        Some(day) => at(day),
        // The day is not said, so what has passed today is meant for tomorrow.
        None => match at(today)? {
            passed if passed <= now => at(today.checked_add_days(Days::new(1))?),
            coming => Some(coming),
        },
    }
}

fn time_of_day(text: &str) -> Option<NaiveTime> {
    ["%H:%M", "%H:%M:%S"]
        .into_iter()
        .find_map(|format| NaiveTime::parse_from_str(text, format).ok())
}

/// The text before the offset, and the offset; UTC where none is written.
fn split_offset(text: &str) -> Option<(&str, FixedOffset)> {
    let utc = Utc.fix();
    for name in ["utc", "z"] {
        if let Some(rest) = text.strip_suffix(name) {
            return Some((rest.trim_end(), utc));
        }
    }
    // A sign before the time of day belongs to the date.
    let sign = text
        .rfind(['+', '-'])
        .filter(|at| text.get(..*at).is_some_and(|before| before.contains(':')));
    match sign {
        Some(at) => {
            let offset = text.get(at..)?.parse().ok()?;
            Some((text.get(..at)?.trim_end(), offset))
        }
        None => Some((text, utc)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> Instant {
        "2026-11-25T13:45:30.250Z".parse().unwrap()
    }

    fn read(text: &str) -> String {
        match start_at(text, now()) {
            Ok(at) => at.format("%d %H:%M:%S").to_string(),
            Err(why) => format!("{why:?}").split(' ').next().unwrap().to_owned(),
        }
    }

    #[test]
    fn a_start_is_read_as_people_write_it() {
        for (text, means) in [
            ("in 2h", "25 15:45:30"),
            (" In 1h30m ", "25 15:15:30"),
            ("20m", "25 14:05:30"),
            ("14:30", "25 14:30:00"),
            ("9:05", "26 09:05:00"),
            ("13:45", "26 13:45:00"),
            ("14:30+01:00", "26 13:30:00"),
            ("15:30 +01:00", "25 14:30:00"),
            ("08:00 -0500", "26 13:00:00"),
            ("14:30Z", "25 14:30:00"),
            ("14:30 UTC", "25 14:30:00"),
            ("today 14:30", "25 14:30:00"),
            ("tomorrow 09:00", "26 09:00:00"),
            // It is the 26th already where the offset says.
            ("tomorrow 09:00 +14:00", "26 19:00:00"),
            ("2026-11-27 09:00", "27 09:00:00"),
            ("2026-11-27T09:00:15+01:00", "27 08:00:15"),
            ("2026-11-27t09:00z", "27 09:00:00"),
        ] {
            assert_eq!(read(text), means, "{text}");
        }
    }

    #[test]
    fn what_is_no_start_is_refused() {
        for (text, why) in [
            ("", "Unreadable"),
            ("soon", "Unreadable"),
            ("tomorrow", "Unreadable"),
            ("monday 09:00", "Unreadable"),
            ("25:00", "Unreadable"),
            ("11/27/2026 09:00", "Unreadable"),
            ("2026-02-30 09:00", "Unreadable"),
            ("in", "Unreadable"),
            ("in -2h", "Unreadable"),
            ("14:30 +99:00", "Unreadable"),
            ("14:30 CET", "Unreadable"),
            ("in 99999999999999999h", "Unreadable"),
            ("today 09:00", "Past"),
            ("in 0s", "Past"),
            ("2026-11-24 09:00", "Past"),
            ("in 8d", "TooFar"),
            ("2027-11-24 09:00", "TooFar"),
        ] {
            assert_eq!(read(text), why, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_lies_ahead_and_not_too_far(text in ".{0,40}") {
            if let Ok(at) = start_at(&text, now()) {
                prop_assert!(at > now() && at <= now() + AHEAD_MAX);
            }
        }

        #[test]
        fn every_instant_of_the_week_can_be_written(seconds in 1_i64..7 * 86_400, hours in -12_i32..=14) {
            let at = (now() + TimeDelta::seconds(seconds)).trunc_subsecs(0);
            let zone = FixedOffset::east_opt(hours * 3600).unwrap();
            let text = at.with_timezone(&zone).to_rfc3339();
            let expected = if at <= now() { Err(StartRefusal::Past { at }) } else { Ok(at) };
            prop_assert_eq!(start_at(&text, now()), expected);
        }
    }
}
