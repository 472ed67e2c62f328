//! The query language: words, then stages between bars.

use super::expression::{Comparison, Condition, Expression};

/// A parsed query.
#[derive(Debug)]
pub(super) struct Query {
    /// Lower-cased.
    pub table: String,
    pub stages: Vec<Stage>,
}

#[derive(Debug)]
pub(super) enum Stage {
    Where(Vec<Condition>),
    Extend(Vec<(String, Expression)>),
    Project(Vec<(String, Expression)>),
    Expand(String, Expression),
    /// Rows come ordered by id always; any other order is refused.
    OrderById,
}

impl Query {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let words = words(text)?;
        let mut stages = words.split(|word| *word == Word::Mark("|".to_owned()));
        let table = match stages.next() {
            Some([Word::Name(table)]) => table.to_ascii_lowercase(),
            _ => return Err("A query starts with the name of a table.".to_owned()),
        };
        if !matches!(
            table.as_str(),
            "resources" | "resourcecontainers" | "securityresources"
        ) {
            return Err(format!("Table {table} is unknown."));
        }
        let stages = stages.map(|words| Reader { words, at: 0 }.stage());
        Ok(Self {
            table,
            stages: stages.collect::<Result<_, _>>()?,
        })
    }

    /// Whether the rows keep their id, without which pages are not stable.
    pub(super) fn has_id(&self) -> bool {
        let mut projects = self.stages.iter().rev();
        projects
            .find_map(|stage| match stage {
                Stage::Project(columns) => Some(columns.iter().any(|(name, _)| name == "id")),
                _ => None,
            })
            .unwrap_or(true)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    Name(String),
    Text(String),
    Mark(String),
}

fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' => {
                let inner = rest.get(1..).unwrap_or_default();
                let end = inner.find(first).ok_or("A string is not closed.")?;
                words.push(Word::Text(inner.get(..end).unwrap_or_default().to_owned()));
                end + 2
            }
            c if c.is_ascii_alphanumeric() || c == '_' || c == '$' => {
                let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.');
                let mut end = rest.find(|c| !inside(c)).unwrap_or(rest.len());
                if rest.starts_with("mv-expand") {
                    end = "mv-expand".len();
                } else if rest.get(end..).is_some_and(|tail| tail.starts_with('~')) {
                    // `in~` is one word.
                    end += 1;
                }
                words.push(Word::Name(rest.get(..end).unwrap_or_default().to_owned()));
                end
            }
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            _ => {
                let two = ["=~", "==", "!=", "!~"];
                let mark = two.into_iter().find(|mark| rest.starts_with(mark));
                let mark = mark.map_or_else(|| first.to_string(), str::to_owned);
                let length = mark.len();
                words.push(Word::Mark(mark));
                length
            }
        };
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    Ok(words)
}

struct Reader<'a> {
    words: &'a [Word],
    at: usize,
}

impl Reader<'_> {
    fn stage(mut self) -> Result<Stage, String> {
        let keyword = self.name()?.to_ascii_lowercase();
        let stage = match keyword.as_str() {
            "where" => Stage::Where(self.conditions()?),
            "extend" => Stage::Extend(self.columns()?),
            "project" => Stage::Project(self.columns()?),
            "mv-expand" => {
                let (name, expression) = self.column()?;
                Stage::Expand(name, expression)
            }
            "order" | "sort" => {
                let by = self.name()?;
                let column = self.name()?;
                let direction = if self.at < self.words.len() {
                    self.name()?
                } else {
                    "asc".to_owned()
                };
                if by != "by" || column != "id" || direction != "asc" {
                    return Err("Rows can be ordered by id asc only.".to_owned());
                }
                Stage::OrderById
            }
            other => return Err(format!("The operator {other} is not known here.")),
        };
        match self.words.get(self.at) {
            None => Ok(stage),
            Some(word) => Err(format!("{word:?} was not expected.")),
        }
    }

    fn conditions(&mut self) -> Result<Vec<Condition>, String> {
        let mut conditions = vec![self.condition()?];
        while self.takes_name("and") {
            conditions.push(self.condition()?);
        }
        Ok(conditions)
    }

    fn condition(&mut self) -> Result<Condition, String> {
        let subject = self.expression()?;
        let operator = match self.next()? {
            Word::Mark(mark) => mark,
            Word::Name(name) => name.to_ascii_lowercase(),
            Word::Text(_) => return Err("A comparison was expected.".to_owned()),
        };
        let comparison = match operator.as_str() {
            "==" => Comparison::Equal,
            "=~" => Comparison::EqualAnyCase,
            "!=" => Comparison::Different,
            "!~" => Comparison::DifferentAnyCase,
            "in" => Comparison::Equal,
            "in~" => Comparison::EqualAnyCase,
            "has" | "contains" => Comparison::Contains,
            "startswith" => Comparison::StartsWith,
            other => return Err(format!("The comparison {other} is not known here.")),
        };
        let values = if operator.starts_with("in") {
            self.list()?
        } else {
            vec![self.text()?]
        };
        Ok(Condition {
            subject,
            comparison,
            values,
        })
    }

    fn list(&mut self) -> Result<Vec<String>, String> {
        self.expect("(")?;
        let mut values = vec![self.text()?];
        while self.takes(",") {
            values.push(self.text()?);
        }
        self.expect(")")?;
        Ok(values)
    }

    fn columns(&mut self) -> Result<Vec<(String, Expression)>, String> {
        let mut columns = vec![self.column()?];
        while self.takes(",") {
            columns.push(self.column()?);
        }
        Ok(columns)
    }

    fn column(&mut self) -> Result<(String, Expression), String> {
        let named = matches!(
            (self.words.get(self.at), self.words.get(self.at + 1)),
            (Some(Word::Name(_)), Some(Word::Mark(mark))) if mark == "="
        );
        if named {
            let name = self.name()?;
            self.expect("=")?;
            return Ok((name, self.expression()?));
        }
        let expression = self.expression()?;
        match &expression {
            Expression::Path(path) => Ok((path.join("_"), expression)),
            Expression::Call(..) => Err("A computed column needs a name.".to_owned()),
        }
    }

    fn expression(&mut self) -> Result<Expression, String> {
        let name = self.name()?;
        if self.takes("(") {
            let inner = self.expression()?;
            self.expect(")")?;
            return Expression::call(&name, inner);
        }
        let mut path: Vec<String> = name.split('.').map(str::to_owned).collect();
        while self.takes("[") {
            match self.next()? {
                Word::Name(index) | Word::Text(index) => path.push(index),
                Word::Mark(mark) => return Err(format!("{mark} was not expected.")),
            }
            self.expect("]")?;
            if let Some(Word::Mark(dot)) = self.words.get(self.at)
                && dot == "."
            {
                self.at += 1;
                path.extend(self.name()?.split('.').map(str::to_owned));
            }
        }
        Ok(Expression::Path(path))
    }

    fn next(&mut self) -> Result<Word, String> {
        let word = self
            .words
            .get(self.at)
            .cloned()
            .ok_or("The query ends too early.")?;
        self.at += 1;
        Ok(word)
    }

    fn name(&mut self) -> Result<String, String> {
        match self.next()? {
            Word::Name(name) => Ok(name),
            other => Err(format!("A name was expected, not {other:?}.")),
        }
    }

    fn text(&mut self) -> Result<String, String> {
        match self.next()? {
            Word::Text(text) | Word::Name(text) => Ok(text),
            Word::Mark(mark) => Err(format!("A value was expected, not {mark}.")),
        }
    }

    fn takes(&mut self, mark: &str) -> bool {
        let there = matches!(self.words.get(self.at), Some(Word::Mark(found)) if found == mark);
        self.at += usize::from(there);
        there
    }

    fn takes_name(&mut self, name: &str) -> bool {
        let there = matches!(self.words.get(self.at), Some(Word::Name(found)) if found == name);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, mark: &str) -> Result<(), String> {
        if self.takes(mark) {
            Ok(())
        } else {
            Err(format!("{mark} was expected."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_refused() {
        for text in [
            "",
            "Nonsense",
            "Resources |",
            "Resources | summarize count()",
            "Resources | where type",
            "Resources | where type =~ 'x",
            "Resources | project tolower(id)",
            "Resources | order by name desc",
            "Resources | project id extra",
            "Resources | join kind=leftouter (Resources) on id",
        ] {
            assert!(Query::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_queries_of_a_client_are_understood() {
        let query = Query::parse(
            "Resources | where type =~ 'microsoft.compute/virtualmachines'\n\
             | project id, name, osType = tostring(properties.storageProfile.osDisk.osType), \
             nic = tolower(tostring(properties.networkProfile.networkInterfaces[0].id)) | order by id asc",
        )
        .unwrap();
        assert_eq!(query.stages.len(), 3);
        assert!(query.has_id());
    }
}
