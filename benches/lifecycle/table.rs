//! What is printed in the end: one row per figure, as Markdown.

use std::fmt;

#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<[String; 4]>,
}

impl Table {
    /// Adds a row, and prints it at once for whoever waits.
    pub(crate) fn row(&mut self, what: &str, budget: &str, figure: String, baseline: String) {
        eprintln!("{what}: {figure} (budget: {budget}; baseline: {baseline})");
        self.rows
            .push([what.to_owned(), budget.to_owned(), figure, baseline]);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | budget | figure | baseline |\n|---|---|---|---|")?;
        for [what, budget, figure, baseline] in &self.rows {
            writeln!(f, "| {what} | {budget} | {figure} | {baseline} |")?;
        }
        Ok(())
    }
}
