//! There is nothing that a verb could be about.

use super::super::{limit::listed, rendered::Rendered};
use crate::domain::ids::RequestNumber;

/// What somebody wanted to do with something of theirs that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    Extend,
    Connect,
    Close,
}

/// Nothing of this person is open; `waiting` are their requests that wait for an answer.
pub fn open(doing: Doing, waiting: &[RequestNumber]) -> Rendered {
    let so = match doing {
        Doing::Extend => "so there is nothing to make longer",
        Doing::Connect => "so there is nothing to connect to",
        Doing::Close => "so there is nothing to close",
    };
    let next = if waiting.is_empty() {
        "`/jit request` asks for access.".to_owned()
    } else {
        let numbers: Vec<_> = waiting.iter().map(ToString::to_string).collect();
        let (request, waits) = if waiting.len() == 1 {
            ("request", "waits")
        } else {
            ("requests", "wait")
        };
        format!(
            "Your {request} {} still {waits} for an answer: `/jit status` shows how it stands, and `/jit withdraw` \
             takes it back.",
            listed(&numbers, 200)
        )
    };
    let of_others = match doing {
        Doing::Close => {
            " What others have opened is closed by its number, by those who may: `/jit list whose:all` shows it."
        }
        Doing::Extend | Doing::Connect => "",
    };
    Rendered::text(format!("Nothing of yours is open, {so}. {next}{of_others}"))
}

/// Nothing of this person waits for an answer.
pub fn pending() -> Rendered {
    Rendered::text(
        "None of your requests waits for an answer, so there is nothing to withdraw. What is open already is closed with \
         `/jit close`; `/jit list` shows your requests.",
    )
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn it_says_that_there_is_nothing_and_what_to_do() {
        assert_snapshot!(open(Doing::Extend, &[]).content, @"Nothing of yours is open, so there is nothing to make longer. `/jit request` asks for access.");
        assert_snapshot!(open(Doing::Connect, &[RequestNumber(7)]).content, @"Nothing of yours is open, so there is nothing to connect to. Your request 7 still waits for an answer: `/jit status` shows how it stands, and `/jit withdraw` takes it back.");
        assert_snapshot!(open(Doing::Close, &[RequestNumber(8), RequestNumber(7)]).content, @"Nothing of yours is open, so there is nothing to close. Your requests 8 and 7 still wait for an answer: `/jit status` shows how it stands, and `/jit withdraw` takes it back. What others have opened is closed by its number, by those who may: `/jit list whose:all` shows it.");
        assert_snapshot!(pending().content, @"None of your requests waits for an answer, so there is nothing to withdraw. What is open already is closed with `/jit close`; `/jit list` shows your requests.");
    }
}
