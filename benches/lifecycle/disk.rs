//! What the disk itself needs to make something durable.

use std::{fs::File, io::Write as _, path::Path, time::Instant};

use crate::spread::Spread;

/// Appends 4 KiB and waits until they are on the disk, again and again.
pub(crate) fn syncs(folder: &Path) -> Spread {
    let mut file = File::create(folder.join("sync")).unwrap();
    let page = [7; 4096];
    (0..300)
        .map(|_| {
            let begun = Instant::now();
            file.write_all(&page).unwrap();
            file.sync_data().unwrap();
            begun.elapsed()
        })
        .collect()
}
