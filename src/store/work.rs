//! The unit of work: one write transaction, and the snapshot for reading.

use std::ops::{Deref, DerefMut};

use tokio::sync::watch;

use super::{
    error::Result,
    link::{Link, texts},
};

texts! {
    /// Changes nothing, but takes the row's lock: the next writer waits here.
    pub(super) TAKE_TURN = "UPDATE record_head SET number = number WHERE id = 1";
}

/// Reads from one consistent snapshot.
#[derive(Debug)]
pub struct View {
    pub(super) link: Link,
}

/// One write transaction; it reads what it wrote. Dropped without [`Work::commit`], it leaves nothing behind.
#[derive(Debug)]
#[must_use = "nothing is kept without a commit"]
pub struct Work {
    view: View,
    news: watch::Sender<()>,
}

impl Work {
    pub(super) fn new(view: View, news: watch::Sender<()>) -> Self {
        Self { view, news }
    }

    /// Makes everything durable, or nothing. After an error it is not known which; read it back.
    pub async fn commit(self) -> Result<()> {
        self.view.link.commit().await?;
        self.news.send_replace(());
        Ok(())
    }

    /// Gives everything up, and waits until the database has forgotten it.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.view.link.rollback().await?)
    }
}

impl Deref for Work {
    type Target = View;

    fn deref(&self) -> &View {
        &self.view
    }
}

impl DerefMut for Work {
    fn deref_mut(&mut self) -> &mut View {
        &mut self.view
    }
}
