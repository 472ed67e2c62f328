//! Hours of a week, as the clock on a wall in one time zone shows them.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Datelike as _, Days, TimeDelta, Timelike as _, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::Instant;

const DAY: u16 = 24 * 60;

/// The hours of certain days, from one time of day to another, in one time zone.
///
/// What counts is what a clock on a wall there shows, so that everybody can tell by looking at one: where a change of
/// the clock leaves out an hour, what lies in it does not come that day; where it repeats an hour, what lies in it
/// comes twice. A stretch over midnight belongs to the day on which it begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Hours {
    days: DaySet,
    from: TimeOfDay,
    to: TimeOfDay,
    zone: Tz,
}

/// Hours as they are stored and as rules write them.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Written {
    days: Vec<String>,
    from: String,
    to: String,
    zone: String,
}

/// Days of the week; never none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaySet(u8);

/// A time of day in whole minutes, from "00:00" to "24:00".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(u16);

/// Why something is no part of [`Hours`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoHours {
    #[error("{0:?} names no day; write \"mon\" to \"sun\", or a stretch such as \"mon-fri\"")]
    Day(String),
    #[error("no day is named")]
    NoDay,
    #[error("{0:?} is no time of day, such as \"08:00\" or \"24:00\"")]
    Time(String),
    #[error(
        "{0:?} is no time zone; write its name in the IANA database, such as \"Europe/Berlin\" or \"UTC\""
    )]
    Zone(String),
    #[error(
        "from and to are both {0}, so there is no time between them; whole days are \"00:00\" to \"24:00\""
    )]
    Nothing(TimeOfDay),
}

const WEEK: [(Weekday, &str); 7] = [
    (Weekday::Mon, "mon"),
    (Weekday::Tue, "tue"),
    (Weekday::Wed, "wed"),
    (Weekday::Thu, "thu"),
    (Weekday::Fri, "fri"),
    (Weekday::Sat, "sat"),
    (Weekday::Sun, "sun"),
];

impl DaySet {
    /// Every day.
    pub const ALL: Self = Self(0b111_1111);

    /// The days that `words` name together, such as "mon-fri" and "sun".
    pub fn read<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, NoHours> {
        let mut days = 0;
        for word in words {
            days |= Self::one(word)?.0;
        }
        if days == 0 {
            return Err(NoHours::NoDay);
        }
        Ok(Self(days))
    }

    fn one(word: &str) -> Result<Self, NoHours> {
        let position = |text: &str| {
            let text = text.trim();
            WEEK.iter()
                .position(|(_, name)| name.eq_ignore_ascii_case(text))
                .ok_or_else(|| NoHours::Day(word.to_owned()))
        };
        let (first, last) = match word.split_once('-') {
            Some((first, last)) => (position(first)?, position(last)?),
            None => (position(word)?, position(word)?),
        };
        // "fri-mon" goes over the end of the week.
        let length = (last + 7 - first) % 7;
        let days = (0..=length).fold(0, |days, step| days | (1 << ((first + step) % 7)));
        Ok(Self(days))
    }

    /// Whether `day` is one of them.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << day.num_days_from_monday()) != 0
    }

    /// The words for them, a stretch as one: "mon-fri", "sun".
    pub fn words(self) -> Vec<String> {
        let mut words = Vec::new();
        let mut rest = WEEK.iter().peekable();
        while let Some((first, name)) = rest.next() {
            if !self.contains(*first) {
                continue;
            }
            let mut last = name;
            let mut length = 1;
            while let Some((_, next)) = rest.next_if(|(day, _)| self.contains(*day)) {
                last = next;
                length += 1;
            }
            match length {
                1 => words.push((*name).to_owned()),
                2 => words.extend([(*name).to_owned(), (*last).to_owned()]),
                _ => words.push(format!("{name}-{last}")),
            }
        }
        words
    }
}

impl FromStr for TimeOfDay {
    type Err = NoHours;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NoHours::Time(text.to_owned());
        let (hours, minutes) = text.trim().split_once(':').ok_or_else(wrong)?;
        let number = |part: &str| {
            let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse::<u16>().ok()).flatten()
        };
        let (hours, minutes) = (
            number(hours).ok_or_else(wrong)?,
            number(minutes).ok_or_else(wrong)?,
        );
        let all = hours * 60 + minutes;
        if minutes > 59 || all > DAY {
            return Err(wrong());
        }
        Ok(Self(all))
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Hours {
    /// From `from` to `to` on `days`, over midnight where `to` is the earlier one.
    pub fn new(days: DaySet, from: TimeOfDay, to: TimeOfDay, zone: &str) -> Result<Self, NoHours> {
        let known = zone.trim().parse().map_err(|_| NoHours::Zone(zone.to_owned()))?;
        if from == to || (from.0 == DAY && to.0 == 0) {
            return Err(NoHours::Nothing(from));
        }
        Ok(Self {
            days,
            from,
            to,
            zone: known,
        })
    }

    /// The days on which a stretch begins.
    pub fn days(&self) -> DaySet {
        self.days
    }

    /// When a stretch begins.
    pub fn from(&self) -> TimeOfDay {
        self.from
    }

    /// When it is over; this moment is no part of it.
    pub fn to(&self) -> TimeOfDay {
        self.to
    }

    /// The name of the time zone in the IANA database.
    pub fn zone(&self) -> &'static str {
        self.zone.name()
    }

    /// Whether the hours are on at `at`.
    pub fn contains(&self, at: Instant) -> bool {
        let local: DateTime<Tz> = at.with_timezone(&self.zone);
        // At most 1439: a day of the clock has 24 hours, whatever the zone does.
        let minute = u16::try_from(local.hour() * 60 + local.minute()).unwrap_or(0);
        self.has(local.weekday(), minute)
    }

    fn has(&self, day: Weekday, minute: u16) -> bool {
        let (from, to) = (self.from.0, self.to.0);
        if from < to {
            return self.days.contains(day) && (from..to).contains(&minute);
        }
        (minute >= from && self.days.contains(day)) || (minute < to && self.days.contains(day.pred()))
    }

    /// The first moment after `now` at which they are on, if they are not on then; looked for over nine days.
    pub fn next(&self, now: Instant) -> Option<Instant> {
        self.change(now, true)
    }

    /// The first moment after `now` at which they are over, if they are on then; `None` where they never are.
    pub fn end(&self, now: Instant) -> Option<Instant> {
        self.change(now, false)
    }

    /// Looks at every minute: no zone changes its clock by less, and no formula has to know when it does.
    fn change(&self, now: Instant, wanted: bool) -> Option<Instant> {
        let whole = now.with_second(0)?.with_nanosecond(0)?;
        let last = now.checked_add_days(Days::new(9))?;
        let minutes = std::iter::successors(Some(whole + TimeDelta::minutes(1)), |at| {
            Some(*at + TimeDelta::minutes(1))
        });
        minutes
            .take_while(|at| *at <= last)
            .find(|at| self.contains(*at) == wanted)
    }

    /// Whether these are on whenever `other` is; false where that cannot be told, because the zones differ.
    pub fn cover(&self, other: &Self) -> bool {
        self.zone == other.zone
            && minutes_of_a_week().all(|(day, minute)| !other.has(day, minute) || self.has(day, minute))
    }

    /// Whether these and `other` are ever on together; true where that cannot be told.
    pub fn meet(&self, other: &Self) -> bool {
        self.zone != other.zone
            || minutes_of_a_week().any(|(day, minute)| other.has(day, minute) && self.has(day, minute))
    }
}

fn minutes_of_a_week() -> impl Iterator<Item = (Weekday, u16)> {
    WEEK.into_iter()
        .flat_map(|(day, _)| (0..DAY).map(move |minute| (day, minute)))
}

impl From<Hours> for Written {
    fn from(hours: Hours) -> Self {
        Self {
            days: hours.days.words(),
            from: hours.from.to_string(),
            to: hours.to.to_string(),
            zone: hours.zone().to_owned(),
        }
    }
}

impl TryFrom<Written> for Hours {
    type Error = NoHours;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        Self::new(
            DaySet::read(written.days.iter().map(String::as_str))?,
            written.from.parse()?,
            written.to.parse()?,
            &written.zone,
        )
    }
}

#[cfg(test)]
mod tests;
