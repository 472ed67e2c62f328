//! Serves a router on a socket whose connections can be cut without an answer.
//!
//! Both emulators stand on it: "the connection was dropped" is a fault that no HTTP answer can play.
//! Must not know: what is served.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use axum::{Extension, Router};
use axum_server::{Handle, accept::Accept, tls_rustls::RustlsAcceptor};
use futures::future::BoxFuture;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_util::sync::CancellationToken;

use super::tls::ServerIdentity;

/// One connection, as a handler finds it in the request's extensions (`Extension<Line>`).
#[derive(Debug, Clone)]
pub struct Line {
    /// Who is at the other end.
    pub peer: SocketAddr,
    /// Whether it is over TLS.
    pub tls: bool,
    cut: Arc<AtomicBool>,
}

impl Line {
    /// Makes every further byte fail, so that the caller sees a closed connection and no answer.
    pub fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
    }
}

/// A running server; dropping it does not stop it, [`Served::stop`] does.
#[derive(Debug, Clone)]
pub struct Served {
    address: SocketAddr,
    tls: bool,
    handle: Handle<SocketAddr>,
    ended: CancellationToken,
}

impl Served {
    /// The address it listens on, with the port that the system chose.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base address with no slash at its end.
    pub fn url(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Stops listening and closes every connection at once.
    pub fn stop(&self) {
        self.handle.shutdown();
    }

    /// Returns once the address is free again.
    pub async fn stopped(&self) {
        self.ended.cancelled().await;
    }
}

/// Starts serving `router` on `address`, over TLS if an identity is given.
pub fn serve(router: Router, address: SocketAddr, identity: Option<&ServerIdentity>) -> io::Result<Served> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let served = Served {
        address: listener.local_addr()?,
        tls: identity.is_some(),
        handle: Handle::new(),
        ended: CancellationToken::new(),
    };
    // Dropped with the task, so that a runtime that ends counts as well.
    let ended = served.ended.clone().drop_guard();
    let server = axum_server::from_tcp(listener)?.handle(served.handle.clone());
    let service = router.into_make_service();
    if let Some(identity) = identity {
        let acceptor = RustlsAcceptor::new(identity.server_config()?);
        let server = server.acceptor(LineAcceptor {
            inner: acceptor,
            tls: true,
        });
        tokio::spawn(async move { (server.serve(service).await, ended) });
    } else {
        let acceptor = axum_server::accept::DefaultAcceptor::new();
        let server = server.acceptor(LineAcceptor {
            inner: acceptor,
            tls: false,
        });
        tokio::spawn(async move { (server.serve(service).await, ended) });
    }
    Ok(served)
}

#[derive(Debug, Clone)]
struct LineAcceptor<A> {
    inner: A,
    tls: bool,
}

impl<A> Accept<TcpStream, Router> for LineAcceptor<A>
where
    A: Accept<TcpStream, Router, Service = Router>,
    A::Stream: Send + 'static,
    A::Future: Send + 'static,
{
    type Stream = Cuttable<A::Stream>;
    type Service = Router;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: Router) -> Self::Future {
        let tls = self.tls;
        let line = stream
            .set_nodelay(true)
            .and_then(|()| stream.peer_addr())
            .map(|peer| Line {
                peer,
                tls,
                cut: Arc::default(),
            });
        let accepting = self.inner.accept(stream, service);
        Box::pin(async move {
            let line = line?;
            let (inner, service) = accepting.await?;
            let stream = Cuttable {
                inner,
                cut: line.cut.clone(),
            };
            Ok((stream, service.layer(Extension(line))))
        })
    }
}

/// A stream that fails from the moment its line is cut.
#[derive(Debug)]
struct Cuttable<S> {
    inner: S,
    cut: Arc<AtomicBool>,
}

impl<S> Cuttable<S> {
    fn check(&self) -> io::Result<()> {
        if self.cut.load(Ordering::SeqCst) {
            Err(io::ErrorKind::ConnectionReset.into())
        } else {
            Ok(())
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Cuttable<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Cuttable<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
