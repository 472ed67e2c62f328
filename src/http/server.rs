//! The listening: connections with limits in time, number and size, so that nobody holds the process up.
//!
//! `axum::serve` sets no time for the head of a request, and never ends a connection by itself.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{debug, warn};

/// Who is at the other end of the connection, which may be a proxy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) SocketAddr);

/// What one visitor may take. All of it is protocol time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Connections at once; more wait to be accepted.
    connections: usize,
    /// For the head of a request, and between two requests.
    head: Duration,
    /// For a connection as a whole, after which it is asked to end, and a while later ended.
    life: Duration,
    grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 256,
            head: Duration::from_secs(10),
            life: Duration::from_secs(120),
            grace: Duration::from_secs(10),
        }
    }
}

/// The head of a request may be this long, and have this many lines.
const HEAD_BYTES_MAX: usize = 16 * 1024;
const HEAD_LINES_MAX: usize = 64;

/// Serves until `stop`, and then until what is running has come to its end.
pub(super) async fn run(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    stop: CancellationToken,
) -> io::Result<()> {
    let room = Arc::new(Semaphore::new(limits.connections));
    let running = TaskTracker::new();
    loop {
        let permit = tokio::select! {
            () = stop.cancelled() => break,
            permit = Arc::clone(&room).acquire_owned() => permit.map_err(io::Error::other)?,
        };
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            // The visitor is gone already.
            Err(why) if why.kind() == io::ErrorKind::ConnectionAborted => continue,
            Err(why) => {
                warn!(error = %why, "No connection could be accepted; the next attempt is in a second.");
                // A pause that ends with the program.
                let _ = timeout(Duration::from_secs(1), stop.cancelled()).await;
                continue;
            }
        };
        let (app, stop) = (app.clone(), stop.clone());
        running.spawn(async move {
            serve(stream, app.layer(Extension(Peer(peer))), limits, stop).await;
            drop(permit);
        });
    }
    running.close();
    running.wait().await;
    Ok(())
}

async fn serve(stream: TcpStream, app: Router, limits: Limits, stop: CancellationToken) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEAD_LINES_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = stop.cancelled() => None,
        _ = timeout(limits.life, std::future::pending::<()>()) => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            match timeout(limits.grace, connection).await {
                Ok(ended) => ended,
                Err(_) => return,
            }
        }
    };
    if let Err(why) = ended {
        debug!(error = %why, "A connection ended before its time.");
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    struct Served {
        at: SocketAddr,
        stop: CancellationToken,
        running: tokio::task::JoinHandle<io::Result<()>>,
    }

    async fn served(limits: Limits) -> Served {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let app = Router::new().route(
            "/",
            get(|Extension(Peer(peer)): Extension<Peer>| async move { peer.to_string() }),
        );
        let stop = CancellationToken::new();
        let running = tokio::spawn(run(listener, app, limits, stop.clone()));
        Served { at, stop, running }
    }

    fn hasty() -> Limits {
        Limits {
            head: Duration::from_millis(50),
            ..Limits::default()
        }
    }

    /// All that comes until the other side ends the connection.
    async fn rest(stream: &mut TcpStream) -> String {
        let mut read = Vec::new();
        // An abrupt end is an end, too.
        let _ = timeout(Duration::from_secs(20), stream.read_to_end(&mut read))
            .await
            .expect("the connection is ended");
        String::from_utf8_lossy(&read).into_owned()
    }

    #[tokio::test]
    async fn a_visitor_is_served_and_known_by_address() {
        let served = served(Limits::default()).await;
        let mut stream = TcpStream::connect(served.at).await.unwrap();
        let me = stream.local_addr().unwrap();
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .await
            .unwrap();
        let answer = rest(&mut stream).await;
        assert!(
            answer.starts_with("HTTP/1.1 200") && answer.ends_with(&me.to_string()),
            "{answer}"
        );
        served.stop.cancel();
        served.running.await.unwrap().unwrap();
    }

    /// Slowloris: heads that never end, and connections that say nothing.
    #[tokio::test]
    async fn who_dawdles_is_shown_out() {
        let served = served(hasty()).await;
        for head in ["", "GET / HTTP/1.1\r\nhost: x\r\nx-slow: "] {
            let mut stream = TcpStream::connect(served.at).await.unwrap();
            stream.write_all(head.as_bytes()).await.unwrap();
            let answer = rest(&mut stream).await;
            assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
        let mut idle = TcpStream::connect(served.at).await.unwrap();
        idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        assert!(
            rest(&mut idle).await.starts_with("HTTP/1.1 200"),
            "served, and then shown out"
        );
        served.stop.cancel();
    }

    #[tokio::test]
    async fn heads_that_are_too_large_are_refused() {
        let served = served(Limits::default()).await;
        let long = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(HEAD_BYTES_MAX));
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(HEAD_LINES_MAX + 1));
        for head in [long, many] {
            let mut stream = TcpStream::connect(served.at).await.unwrap();
            // It may be refused before all of it is sent.
            let _ = stream.write_all(head.as_bytes()).await;
            let answer = rest(&mut stream).await;
            assert!(!answer.contains(" 200 "), "{answer}");
        }
        served.stop.cancel();
    }

    #[tokio::test]
    async fn a_connection_has_an_end_and_gives_its_place_to_the_next() {
        let served = served(Limits {
            connections: 1,
            life: Duration::from_millis(50),
            grace: Duration::from_millis(50),
            ..Limits::default()
        })
        .await;
        let mut first = TcpStream::connect(served.at).await.unwrap();
        let mut second = TcpStream::connect(served.at).await.unwrap();
        second
            .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        assert_eq!(rest(&mut first).await, "");
        assert!(rest(&mut second).await.starts_with("HTTP/1.1 200"));
        served.stop.cancel();
    }
}
