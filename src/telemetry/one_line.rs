//! One event, one line, whatever is in it.
//!
//! Most texts are cleaned long before they are logged; errors of other people's crates are not. A line end in one of them
//! would make a second line, which could say anything.

use std::io;

use tracing_subscriber::fmt::MakeWriter;

/// Makes writers that let no control character through but the last line end, and the colours of a terminal.
#[derive(Debug, Clone, Copy)]
pub(super) struct OneLine<M> {
    pub inner: M,
    /// Whether colours are written: they begin with an escape character, which is then let through. What the events
    /// themselves have of those is escaped by the formatter.
    pub colours: bool,
}

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for OneLine<M> {
    type Writer = Line<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Line {
            inner: self.inner.make_writer(),
            colours: self.colours,
        }
    }
}

/// Takes each event in one piece, as the formatter gives it.
#[derive(Debug)]
pub(super) struct Line<W> {
    inner: W,
    colours: bool,
}

impl<W: io::Write> io::Write for Line<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let may_stand = |char: char| !char.is_control() || (self.colours && char == '\u{1b}');
        if line.chars().all(may_stand) {
            self.inner.write_all(event)?;
        } else {
            let mut clean = String::with_capacity(line.len() + 16);
            for char in line.chars() {
                if may_stand(char) {
                    clean.push(char);
                } else {
                    // The form of JSON, which is right in both formats.
                    clean.push_str(&format!("\\u{:04x}", u32::from(char)));
                }
            }
            clean.push('\n');
            self.inner.write_all(clean.as_bytes())?;
        }
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
