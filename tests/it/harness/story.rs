//! A story that is told in any weather: calmly, and with a crash at any of its calls to the outside.

use std::{sync::Mutex, thread};

use super::{
    World,
    crash::{self, Point, Trap},
};

/// A story in which people repeat what was lost, so that it comes to the same end whenever the bot dies.
pub(crate) struct Story {
    pub name: &'static str,
    pub tell: fn(&mut World),
    /// What the trail says in the end, by the second words of its lines.
    pub told: &'static [&'static str],
    /// The other end to which it may come: in a race either of two may be first.
    or: Option<&'static [&'static str]>,
    /// Its own rules in place of the sandbox's.
    rules: Option<&'static str>,
}

impl Story {
    pub(crate) const fn new(name: &'static str, tell: fn(&mut World), told: &'static [&'static str]) -> Self {
        Self {
            name,
            tell,
            told,
            or: None,
            rules: None,
        }
    }

    /// The same under `rules`: the `[[rule]]`s, and other sections that the sandbox's configuration does not have.
    pub(crate) const fn under(mut self, rules: &'static str) -> Self {
        self.rules = Some(rules);
        self
    }

    /// The same, where the trail may say `told` in place of what it says else.
    pub(crate) const fn or(mut self, told: &'static [&'static str]) -> Self {
        self.or = Some(told);
        self
    }

    fn came_to_an_end(&self, world: &mut World, when: &str) {
        let told = world.told();
        if self.or.is_none_or(|other| told != other) {
            assert_eq!(told, self.told, "{}: {when}", self.name);
        }
        world.judge();
    }

    fn world(&self) -> World {
        self.rules.map_or_else(World::new, World::under)
    }

    /// Tells it without a crash.
    pub(crate) fn tell(&self) {
        self.tell_calmly(|_| {});
    }

    /// All its crash points.
    pub(crate) fn points(&self) -> Vec<Point> {
        let mut points = Vec::new();
        self.tell_calmly(|(world, from)| points = crash::points(world, from));
        points
    }

    fn tell_calmly(&self, look: impl FnOnce((&World, &crash::Mark))) {
        let mut world = self.world();
        let from = crash::mark(&world);
        (self.tell)(&mut world);
        look((&world, &from));
        self.came_to_an_end(&mut world, "calmly");
    }

    /// Tells it once for each of `points`, with a crash there; several worlds at a time, because most of a world's
    /// time is waiting. Gives those points that were not reached again.
    pub(crate) fn survive_all(points: Vec<(&Self, Point)>) -> Vec<String> {
        const AT_ONCE: usize = 4;
        let waiting = Mutex::new(points);
        let missed = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    loop {
                        let next = waiting.lock().unwrap().pop();
                        let Some((story, point)) = next else { return };
                        if !story.survives(&point) {
                            missed.lock().unwrap().push(format!("{}: {point}", story.name));
                        }
                    }
                });
            }
        });
        missed.into_inner().unwrap()
    }

    /// Tells it with one crash. `false`: the call was not made this time (timing decides how often Azure is read).
    fn survives(&self, point: &Point) -> bool {
        eprintln!("{}: crash {point}", self.name);
        let mut world = self.world();
        world.trap = Some(Trap::set(&world, point));
        (self.tell)(&mut world);
        world.trap = None;
        self.came_to_an_end(&mut world, &format!("after a crash {point}"));
        world.crashes > 0
    }
}
