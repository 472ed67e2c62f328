//! One story, one file.

mod main_story;
