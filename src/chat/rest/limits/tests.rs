use super::{headers::Window, *};

fn told(bucket: &str, limit: u32, remaining: u32, reset_after: u64) -> LimitHeaders {
    LimitHeaders {
        bucket: Some(bucket.into()),
        window: Some(Window {
            limit,
            remaining,
            reset_after: Duration::from_secs(reset_after),
        }),
        turned_away: Limit::None,
    }
}

fn now() -> Instant {
    Instant::now()
}

fn in_seconds(seconds: u64) -> Instant {
    Instant::now() + Duration::from_secs(seconds)
}

/// Interaction routes, so that the global limit (which keeps real time) does not disturb paused time.
const ROUTE: Route = Route::EditOriginal;

#[tokio::test(start_paused = true)]
async fn an_unknown_bucket_lets_one_call_through_at_a_time() {
    let limits = Arc::new(Limits::default());
    let first = limits.admit(ROUTE, 1, now()).await.ok().unwrap();
    assert!(limits.admit(ROUTE, 1, now()).await.is_err());
    assert!(
        limits.admit(ROUTE, 2, now()).await.is_ok(),
        "another major parameter"
    );
    first.learn(told("b", 5, 4, 5)).await;
    let mut in_flight = Vec::new();
    for _ in 0..4 {
        in_flight.push(limits.admit(ROUTE, 1, now()).await.ok().unwrap());
    }
    let left = limits.admit(ROUTE, 1, now()).await.err().unwrap();
    assert_eq!(left, Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn a_call_without_an_answer_gives_its_place_back() {
    let limits = Arc::new(Limits::default());
    drop(limits.admit(ROUTE, 1, now()).await.ok().unwrap());
    assert!(limits.admit(ROUTE, 1, now()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn who_waits_goes_on_when_the_window_is_over() {
    let limits = Arc::new(Limits::default());
    let permit = limits.admit(ROUTE, 1, now()).await.ok().unwrap();
    permit.learn(told("b", 2, 0, 5)).await;
    let begun = now();
    let first = limits.admit(ROUTE, 1, in_seconds(10)).await.ok().unwrap();
    let _second = limits.admit(ROUTE, 1, in_seconds(10)).await.ok().unwrap();
    assert_eq!(begun.elapsed(), Duration::from_secs(5));
    // Two of two are under way, and nothing is known about the new window yet.
    assert!(limits.admit(ROUTE, 1, now()).await.is_err());
    // The server counted this one only; the other one is still coming.
    first.learn(told("b", 2, 1, 5)).await;
    assert!(limits.admit(ROUTE, 1, now()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn those_who_queue_before_the_name_is_known_queue_on_under_it() {
    let limits = Arc::new(Limits::default());
    let first = limits.admit(ROUTE, 1, now()).await.ok().unwrap();
    let waiting: Vec<_> = (0..5)
        .map(|_| {
            let limits = limits.clone();
            tokio::spawn(async move { limits.admit(ROUTE, 1, in_seconds(60)).await })
        })
        .collect();
    tokio::task::yield_now().await;
    let begun = now();
    first.learn(told("b", 3, 2, 5)).await;
    let mut waits = Vec::new();
    for task in waiting {
        task.await.unwrap().ok().unwrap();
        waits.push(begun.elapsed().as_secs());
    }
    assert_eq!(waits, [0, 0, 5, 5, 5]);
}

#[tokio::test(start_paused = true)]
async fn routes_of_one_bucket_share_it() {
    let limits = Arc::new(Limits::default());
    let permit = limits.admit(Route::EditOriginal, 1, now()).await.ok().unwrap();
    permit.learn(told("b", 5, 4, 5)).await;
    let permit = limits.admit(Route::FollowUp, 1, now()).await.ok().unwrap();
    permit.learn(told("b", 5, 0, 5)).await;
    assert!(limits.admit(Route::EditOriginal, 1, now()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn within_a_window_a_late_answer_does_not_bring_places_back() {
    let limits = Arc::new(Limits::default());
    limits
        .admit(ROUTE, 1, now())
        .await
        .ok()
        .unwrap()
        .learn(told("b", 5, 4, 5))
        .await;
    let early = limits.admit(ROUTE, 1, now()).await.ok().unwrap();
    let late = limits.admit(ROUTE, 1, now()).await.ok().unwrap();
    late.learn(told("b", 5, 0, 5)).await;
    early.learn(told("b", 5, 3, 5)).await;
    assert!(limits.admit(ROUTE, 1, now()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn answers_without_limits_hold_nobody_back() {
    let limits = Arc::new(Limits::default());
    limits
        .admit(ROUTE, 1, now())
        .await
        .ok()
        .unwrap()
        .learn(LimitHeaders::default())
        .await;
    let mut permits = Vec::new();
    for _ in 0..100 {
        permits.push(limits.admit(ROUTE, 1, now()).await.ok().unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn a_global_429_silences_the_bot_but_not_its_interactions() {
    let limits = Arc::new(Limits::default());
    let permit = limits.admit(Route::CurrentUser, 0, now()).await.ok().unwrap();
    let headers = LimitHeaders {
        turned_away: Limit::Everything {
            retry_after: Duration::from_secs(7),
        },
        ..LimitHeaders::default()
    };
    permit.learn(headers).await;
    let left = limits.admit(Route::Guild, 3, now()).await.err().unwrap();
    assert_eq!(left, Duration::from_secs(7));
    assert!(limits.admit(Route::FollowUp, 1, now()).await.is_ok());
}

#[tokio::test]
async fn the_bot_sends_at_most_fifty_calls_in_a_second_and_interactions_do_not_count() {
    let limits = Arc::new(Limits::default());
    let begun = std::time::Instant::now();
    let mut admitted = 0_u32;
    for major in 0..300 {
        admitted += u32::from(limits.admit(Route::Channel, major, now()).await.is_ok());
        assert!(limits.admit(Route::FollowUp, major, now()).await.is_ok());
    }
    let most = 10.0 + 40.0 * begun.elapsed().as_secs_f64();
    assert!(
        admitted >= 10 && f64::from(admitted) <= most + 1.0,
        "{admitted} of at most {most}"
    );
}

#[tokio::test]
async fn interactions_leave_nothing_behind_for_ever() {
    let limits = Arc::new(Limits::default());
    for major in 0..BUCKETS_MAX + 5_000 {
        limits
            .admit(ROUTE, major, now())
            .await
            .ok()
            .unwrap()
            .learn(told("b", 5, 4, 5))
            .await;
    }
    assert!(limits.remembered().await <= BUCKETS_MAX);
}
