//! TCP connections that can be cut in the middle, as a broken network does.
//!
//! Must not know HTTP: a cut connection fails its next write, so that no byte of an answer leaves.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use axum_server::accept::Accept;
use futures::future::{Ready, ready};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// All open connections by the address of their client.
#[derive(Debug, Clone, Default)]
pub(crate) struct Links {
    open: Arc<Mutex<HashMap<SocketAddr, Arc<AtomicBool>>>>,
}

impl Links {
    fn with<T>(&self, act: impl FnOnce(&mut HashMap<SocketAddr, Arc<AtomicBool>>) -> T) -> T {
        act(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes the next read or write of this client's connection fail.
    pub(crate) fn cut(&self, client: SocketAddr) {
        self.with(|open| {
            if let Some(switch) = open.get(&client) {
                switch.store(true, Ordering::SeqCst);
            }
        });
    }
}

/// Accepts connections without Nagle's delay (it costs 40 ms under load) and registers them.
#[derive(Debug, Clone)]
pub(crate) struct LinkAcceptor(pub(crate) Links);

impl<S> Accept<TcpStream, S> for LinkAcceptor {
    type Stream = Link;
    type Service = S;
    type Future = Ready<io::Result<(Link, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let link = stream.set_nodelay(true).and_then(|()| {
            let client = stream.peer_addr()?;
            let is_cut = Arc::new(AtomicBool::new(false));
            self.0.with(|open| open.insert(client, is_cut.clone()));
            Ok(Link {
                stream,
                client,
                is_cut,
                links: self.0.clone(),
            })
        });
        ready(link.map(|link| (link, service)))
    }
}

#[derive(Debug)]
pub(crate) struct Link {
    stream: TcpStream,
    client: SocketAddr,
    is_cut: Arc<AtomicBool>,
    links: Links,
}

impl Link {
    fn check(&self) -> io::Result<()> {
        if self.is_cut.load(Ordering::SeqCst) {
            Err(io::ErrorKind::ConnectionReset.into())
        } else {
            Ok(())
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.links.with(|open| open.remove(&self.client));
    }
}

impl AsyncRead for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        ctx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_read(ctx, into)
    }
}

impl AsyncWrite for Link {
    fn poll_write(mut self: Pin<&mut Self>, ctx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(ctx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        ctx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(ctx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_flush(ctx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(ctx)
    }
}
