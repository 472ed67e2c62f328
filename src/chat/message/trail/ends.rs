//! The lines of one window: open, stuck, closing, shut.

use super::{actor, with_window};
use crate::{
    chat::message::{limit::listed, phrase, quote::coded, when, window},
    domain::{
        record::{By, Fact, Record},
        window::{Ended, Proof},
    },
};

/// The parts of the line of a fact of one window; what the window is comes second, what is said of it third.
pub(super) fn parts(by: &By, fact: &Fact, record: &Record) -> Vec<String> {
    let (what, about, said) = match fact {
        Fact::Opened { window, proof } => ("opened", window, Some(proved(*proof).to_owned())),
        Fact::Stuck { window, rule_missing } => {
            let why = if *rule_missing {
                window::RULE_MISSING
            } else {
                "Azure has not said that it is open"
            };
            ("still opening", window, Some(why.to_owned()))
        }
        Fact::KeptOut { window } => ("open, and kept out", window, Some(window::KEPT_OUT.to_owned())),
        Fact::LetInAgain { window } => (
            "let in again",
            window,
            Some("the network rules let its source in".to_owned()),
        ),
        Fact::CloseAsked { window } => ("closing", window, Some(actor(by))),
        Fact::ClosingByRules { window, rules, why } => {
            let rules: Vec<_> = rules.iter().map(|rule| coded(rule, 90)).collect();
            let said = format!(
                "{}; its network rules are taken out: {}",
                window::not_obeyed(why),
                listed(&rules, 400)
            );
            ("closing by rule", window, Some(said))
        }
        Fact::LeftToItsEnd { window, why, kept } => {
            let said = format!(
                "{}; {}; it ends by itself {}",
                window::not_obeyed(why),
                window::rules_kept(kept),
                when::time(window.ends_at)
            );
            ("not closed early", window, Some(said))
        }
        Fact::Closed { window, how } => (
            "closed",
            window,
            Some(format!("{} {}", ended(how), when::time(record.at))),
        ),
        Fact::CloseUnconfirmed { window } => (
            "not confirmed shut",
            window,
            Some("its end has passed, and Azure does not say that it is shut".to_owned()),
        ),
        _ => return Vec::new(),
    };
    let mut parts = with_window(what, about);
    if let Some(said) = said {
        parts.insert(2, said);
    }
    parts
}

fn proved(proof: Proof) -> &'static str {
    match proof {
        Proof::RuleStands => "its network rule stands",
        Proof::AzureSays => "on Azure's word; the network rules were not readable",
    }
}

fn ended(how: &Ended) -> String {
    match how {
        Ended::Expired => "at its end,".to_owned(),
        Ended::ClosedBy(by) => format!("early, by {},", phrase::person(by)),
        Ended::Superseded => "a newer request in Azure took its place,".to_owned(),
        Ended::Replaced { by, extension: true } => format!("extended by request {by},"),
        Ended::Replaced { by, .. } => format!("request {by} took its place,"),
        Ended::Vanished => "gone from Azure without Portcullis,".to_owned(),
        Ended::RuleTaken => "its network rule was taken away in Azure, not by Portcullis,".to_owned(),
    }
}
