//! From the start of the process to registered commands.

use crate::{spread::Spread, table::Table, world::World};

const STARTS: usize = 10;

pub(crate) async fn measure(table: &mut Table) {
    let world = World::with_machines(1000).await;
    let mut starts = Spread::default();
    let mut bare = Spread::default();
    let (first, fresh) = world.begin(World::bot).await;
    world.knows_machines().await;
    drop(first);
    for _ in 0..STARTS {
        let (process, took) = world.begin(World::bot).await;
        drop(process);
        starts.extend([took]);
        let (process, took) = world.begin(World::bare).await;
        drop(process);
        bare.extend([took]);
    }
    table.row(
        "start to ready, with the stored picture of 1,000 machines",
        "≤ 300 ms",
        starts.to_string(),
        format!("bare serenity: {bare}"),
    );
    table.row(
        "first start to ready, migrations included",
        "",
        format!("{} ms", fresh.as_millis()),
        String::new(),
    );
}
