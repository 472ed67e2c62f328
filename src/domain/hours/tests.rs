use chrono::{NaiveDate, Offset as _, TimeZone as _, Utc};
use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn hours(days: &str, from: &str, to: &str, zone: &str) -> Hours {
    let days = DaySet::read(days.split(' ')).unwrap();
    Hours::new(days, from.parse().unwrap(), to.parse().unwrap(), zone).unwrap()
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

#[rstest]
#[case("2026-11-23T07:00:00Z", true, "Monday 08:00 in Berlin")]
#[case("2026-11-23T06:59:59Z", false, "Monday 07:59:59")]
#[case("2026-11-23T16:59:59Z", true, "Monday 17:59:59")]
#[case("2026-11-23T17:00:00Z", false, "Monday 18:00")]
#[case("2026-11-22T10:00:00Z", false, "Sunday")]
#[case("2026-07-06T06:00:00Z", true, "Monday 08:00 in summer")]
fn office_hours_are_those_of_the_zone(#[case] now: &str, #[case] on: bool, #[case] which: &str) {
    let office = hours("mon-fri", "08:00", "18:00", "Europe/Berlin");
    assert_eq!(office.contains(at(now)), on, "{which}");
}

#[rstest]
#[case("2026-11-27T21:00:00Z", false, "Friday 21:00")]
#[case("2026-11-27T22:00:00Z", true, "Friday 22:00")]
#[case("2026-11-28T05:59:00Z", true, "Saturday 05:59 belongs to Friday")]
#[case("2026-11-28T06:00:00Z", false, "Saturday 06:00")]
#[case("2026-11-28T22:00:00Z", false, "Saturday is not named")]
#[case("2026-11-23T05:00:00Z", false, "Monday morning belongs to Sunday")]
fn a_stretch_over_midnight_belongs_to_the_day_on_which_it_begins(
    #[case] now: &str,
    #[case] on: bool,
    #[case] which: &str,
) {
    let nights = hours("mon-fri", "22:00", "06:00", "UTC");
    assert_eq!(nights.contains(at(now)), on, "{which}");
}

#[test]
fn an_hour_that_the_clock_leaves_out_does_not_come() {
    // Berlin, 29 March 2026: 02:00 is followed by 03:00, at 01:00 UTC.
    let gone = hours("sun", "02:15", "02:45", "Europe/Berlin");
    let midnight = at("2026-03-28T23:00:00Z");
    assert!((0..24 * 60).all(|minute| !gone.contains(midnight + TimeDelta::minutes(minute))));
    let early = hours("sun", "02:30", "05:00", "Europe/Berlin");
    assert!(!early.contains(at("2026-03-29T00:59:00Z")), "01:59");
    assert!(early.contains(at("2026-03-29T01:00:00Z")), "03:00");
    assert_eq!(
        early.next(at("2026-03-29T00:10:00Z")),
        Some(at("2026-03-29T01:00:00Z"))
    );
    assert_eq!(
        early.end(at("2026-03-29T01:10:00Z")),
        Some(at("2026-03-29T03:00:00Z"))
    );
}

#[test]
fn an_hour_that_the_clock_repeats_comes_twice() {
    // Berlin, 25 October 2026: 03:00 is followed by 02:00, at 01:00 UTC.
    let twice = hours("sun", "02:15", "02:45", "Europe/Berlin");
    let midnight = at("2026-10-24T22:00:00Z");
    let on = (0..25 * 60).filter(|minute| twice.contains(midnight + TimeDelta::minutes(*minute)));
    assert_eq!(on.count(), 60);
    assert_eq!(
        twice.end(at("2026-10-25T00:20:00Z")),
        Some(at("2026-10-25T00:45:00Z"))
    );
    assert_eq!(
        twice.next(at("2026-10-25T00:50:00Z")),
        Some(at("2026-10-25T01:15:00Z"))
    );
    let night = hours("sat", "22:00", "06:00", "Europe/Berlin");
    let on = (0..25 * 60)
        .filter(|minute| night.contains(at("2026-10-24T12:00:00Z") + TimeDelta::minutes(*minute)));
    assert_eq!(on.count(), 9 * 60, "this night is longer by an hour");
}

#[test]
fn it_is_told_when_they_are_on_again() {
    let office = hours("mon-fri", "08:00", "18:00", "Europe/Berlin");
    assert_eq!(
        office.next(at("2026-11-27T17:00:30Z")),
        Some(at("2026-11-30T07:00:00Z")),
        "from Friday evening to Monday morning"
    );
    let always = hours("mon-sun", "00:00", "24:00", "UTC");
    assert_eq!(always.end(at("2026-11-27T17:00:00Z")), None);
}

#[test]
fn days_and_times_are_read_as_people_write_them() {
    let days = |text: &str| DaySet::read(text.split(' ')).map(|days| days.words().join(" "));
    assert_eq!(days("mon-fri").unwrap(), "mon-fri");
    assert_eq!(days("Sat sun").unwrap(), "sat sun");
    assert_eq!(days("fri-mon").unwrap(), "mon fri-sun");
    assert_eq!(days("mon tue wed").unwrap(), "mon-wed");
    assert_eq!(days("mon-").unwrap_err(), NoHours::Day("mon-".into()));
    assert_eq!(days("monday").unwrap_err(), NoHours::Day("monday".into()));
    assert_eq!(DaySet::read([]).unwrap_err(), NoHours::NoDay);
    for wrong in ["", "8:00", "08", "24:01", "08:60", "08:00:00", "+8:00", "noon"] {
        assert!(wrong.parse::<TimeOfDay>().is_err(), "{wrong:?}");
    }
    assert_eq!("24:00".parse::<TimeOfDay>().unwrap().to_string(), "24:00");
    let eight: TimeOfDay = "08:00".parse().unwrap();
    assert!(matches!(
        Hours::new(DaySet::ALL, eight, eight, "UTC"),
        Err(NoHours::Nothing(_))
    ));
    let noon = "12:00".parse().unwrap();
    assert!(matches!(
        Hours::new(DaySet::ALL, eight, noon, "Berlin"),
        Err(NoHours::Zone(_))
    ));
}

#[test]
fn hours_can_be_compared_within_one_zone() {
    let office = hours("mon-fri", "08:00", "18:00", "UTC");
    let morning = hours("tue", "09:00", "12:00", "UTC");
    let night = hours("mon-fri", "18:00", "08:00", "UTC");
    assert!(office.cover(&morning) && !morning.cover(&office));
    assert!(office.meet(&morning) && !office.meet(&night));
    let elsewhere = hours("tue", "09:00", "12:00", "Asia/Tokyo");
    assert!(!office.cover(&elsewhere) && office.meet(&elsewhere));
}

#[test]
fn they_are_stored_as_they_are_written() {
    let office = hours("mon-fri", "08:00", "18:00", "Europe/Berlin");
    let json = serde_json::to_value(&office).unwrap();
    assert_eq!(
        json,
        serde_json::json!({ "days": ["mon-fri"], "from": "08:00", "to": "18:00", "zone": "Europe/Berlin" })
    );
    assert_eq!(serde_json::from_value::<Hours>(json).unwrap(), office);
}

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Pacific/Apia",
    "Africa/Casablanca",
];

prop_compose! {
    fn any_hours()(days in 1_u8..128, from in 0_u16..=1440, to in 0_u16..=1440, zone in 0_usize..ZONES.len())
        -> Option<Hours>
    {
        Hours::new(DaySet(days), TimeOfDay(from), TimeOfDay(to), ZONES[zone]).ok()
    }
}

/// A second reading: seconds since the beginning of a named day, in the offset that holds at that moment.
fn by_arithmetic(hours: &Hours, now: Instant) -> bool {
    let offset = hours.zone.offset_from_utc_datetime(&now.naive_utc()).fix();
    let shown = now.timestamp() + i64::from(offset.local_minus_utc());
    let (from, mut to) = (i64::from(hours.from.0) * 60, i64::from(hours.to.0) * 60);
    if to <= from {
        to += 86_400;
    }
    [0, 1].into_iter().any(|back| {
        let day = shown.div_euclid(86_400) - back;
        // 1 January 1970 was a Thursday.
        let weekday = (day + 3).rem_euclid(7);
        let since = shown - day * 86_400;
        hours.days.0 & (1 << weekday) != 0 && (from..to).contains(&since)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn two_readings_agree(hours in any_hours(), minute in 0_i64..60 * 24 * 366 * 12, second in 0_i64..60) {
        prop_assume!(hours.is_some());
        let hours = hours.unwrap();
        let start = Utc.from_utc_datetime(&NaiveDate::from_ymd_opt(2024, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap());
        let now = start + TimeDelta::minutes(minute) + TimeDelta::seconds(second);
        prop_assert_eq!(hours.contains(now), by_arithmetic(&hours, now));
    }

}

proptest! {
    // Each case looks at thousands of minutes.
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_change_is_the_first_one(hours in any_hours(), minute in 0_i64..60 * 24 * 366 * 3) {
        prop_assume!(hours.is_some());
        let hours = hours.unwrap();
        let start = Utc.from_utc_datetime(&NaiveDate::from_ymd_opt(2026, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap());
        let now = start + TimeDelta::minutes(minute);
        let on = hours.contains(now);
        if let Some(change) = if on { hours.end(now) } else { hours.next(now) } {
            prop_assert!(hours.contains(change) != on);
            let minutes = (change - now).num_minutes();
            prop_assert!((0..minutes).all(|step| hours.contains(now + TimeDelta::minutes(step)) == on));
        } else {
            prop_assert!(on || hours.from > hours.to || hours.zone() != "UTC");
        }
    }

    #[test]
    fn what_covers_is_on_whenever_the_other_is(one in any_hours(), other in any_hours(), minute in 0_i64..60 * 24 * 400) {
        prop_assume!(one.is_some() && other.is_some());
        let (one, other) = (one.unwrap(), other.unwrap());
        let start = Utc.from_utc_datetime(&NaiveDate::from_ymd_opt(2026, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap());
        let now = start + TimeDelta::minutes(minute);
        if one.cover(&other) && other.contains(now) {
            prop_assert!(one.contains(now));
        }
        if one.contains(now) && other.contains(now) {
            prop_assert!(one.meet(&other));
        }
    }
}
