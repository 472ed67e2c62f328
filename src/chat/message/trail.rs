//! The trail: one line per record, made from the record alone, so that it reads the same for ever.

mod attention;
mod behind;
mod configuration;
mod digest;
mod ends;
mod glass;
pub(super) mod nobody;
mod plan;
mod schedule;
mod voting;

use crate::domain::{
    actor::Person,
    ids::RuleName,
    record::{By, Fact, Record, RequestFacts, WindowFacts},
    vote::{Choice, Via},
};

use super::{
    limit::{CONTENT, counted, listed, width},
    phrase, quorum,
    quote::{coded, quoted, quoted_within},
    refusal,
    rendered::Rendered,
    when, window,
};

/// Room for the list of doors in a line; with all other parts a line stays well below a message.
const DOORS: usize = 500;

/// The name of the thread that the bot creates for the trail.
pub const THREAD_NAME: &str = "Portcullis trail";

/// The message from which the bot creates the thread.
pub fn starter() -> Rendered {
    Rendered::text(
        "This thread is the trail of Portcullis: one line for everything that happens, numbered without gaps, for all \
         to read.",
    )
}

/// The lines of the first of `records` that fit into one message, and how many they are.
///
/// A record whose line alone fits is always taken, so a batch of some records is never empty.
pub fn batch(records: &[Record]) -> (String, usize) {
    let mut text = String::new();
    let mut taken = 0;
    for record in records {
        let line = line(record);
        let gap = usize::from(taken > 0);
        if taken > 0 && width(&text) + gap + width(&line) > CONTENT {
            break;
        }
        if taken > 0 {
            text.push('\n');
        }
        text.push_str(&line);
        taken += 1;
    }
    (text, taken)
}

/// The line of one record.
pub fn line(record: &Record) -> String {
    let mut parts = vec![format!("#{}", record.number)];
    parts.extend(facts(&record.entry.by, &record.entry.fact, record));
    parts.join(" · ")
}

fn facts(by: &By, fact: &Fact, record: &Record) -> Vec<String> {
    match fact {
        Fact::Asked {
            request,
            doors,
            source,
            length,
            rules,
            answer_by,
            extends,
            starts_at,
        } => {
            let doors = phrase::doors_plain(doors.iter().map(|door| (&door.vm, door.port)), DOORS);
            let mut parts = vec![
                "asked".to_owned(),
                match extends {
                    None => format!("{doors} from {source} for {length}"),
                    Some(number) => {
                        format!("{doors} from {source} for {length} more, to extend request {number}")
                    }
                },
                rule_names(rules),
                format!("an answer counts until {}", when::time(*answer_by)),
            ];
            parts.extend(schedule::to_start(*starts_at));
            parts.extend(asked_by(request, &[]));
            parts
        }
        Fact::Voted {
            request,
            choice,
            via,
            missing,
            needs,
        } => {
            let left = if *missing == 0 {
                "the last one that was needed".to_owned()
            } else {
                quorum::more_needed(*missing, needs)
                    .trim_end_matches('.')
                    .to_owned()
            };
            let mut parts = vec![
                vote(*choice).to_owned(),
                format!("{} {}", actor(by), how(*via)),
                left,
            ];
            parts.extend(asked_by(request, &[]));
            parts
        }
        Fact::VoteRefused {
            request,
            choice,
            via,
            why,
        } => {
            let mut parts = vec![
                "vote not counted".to_owned(),
                format!("{} {} {}", vote(*choice), actor(by), how(*via)),
                refusal::vote::because(why),
            ];
            parts.extend(asked_by(request, &[]));
            parts
        }
        Fact::Approved {
            request,
            approvers,
            doors,
            source,
            ends_at,
            automatic: _,
            starts_at,
        } => {
            let doors = phrase::doors_plain(doors.iter().map(|door| (&door.vm, door.port)), DOORS);
            let mut parts = vec![
                "approved".to_owned(),
                format!("{doors} from {source} until {}", when::time(*ends_at)),
            ];
            parts.extend(schedule::to_start(*starts_at));
            if approvers.is_empty() {
                parts.push(format!("{} alone, without a person", actor(by)));
            }
            parts.extend(asked_by(request, approvers));
            parts
        }
        Fact::Denied { request, via, why } => {
            let why = why.as_ref().map_or_else(
                || "no reason given".to_owned(),
                |why| format!("because: {}", quoted(why.as_str())),
            );
            let mut parts = vec!["denied".to_owned(), format!("{} {}", actor(by), how(*via)), why];
            parts.extend(asked_by(request, &[]));
            parts
        }
        Fact::Withdrawn { request } => with_request("withdrawn", request),
        Fact::Lapsed { request } => with_request("lapsed", request),
        Fact::Opening { windows, .. } => opening(windows),
        Fact::Opened { .. }
        | Fact::Stuck { .. }
        | Fact::KeptOut { .. }
        | Fact::LetInAgain { .. }
        | Fact::CloseAsked { .. }
        | Fact::Closed { .. }
        | Fact::CloseUnconfirmed { .. }
        | Fact::ClosingByRules { .. }
        | Fact::LeftToItsEnd { .. } => self::ends::parts(by, fact, record),
        Fact::Failed { window, why } => {
            let mut parts = with_window("failed", window);
            parts.insert(2, window::fail_reason(why).trim_end_matches('.').to_owned());
            parts
        }
        Fact::Frozen { why } => {
            let mut parts = vec!["frozen".to_owned(), "nothing new is opened".to_owned(), actor(by)];
            parts.extend(why.as_ref().map(|why| quoted(why.as_str())));
            parts
        }
        Fact::Unfrozen { waiting } => {
            let waiting = match waiting {
                0 => "nothing was waiting".to_owned(),
                waiting => format!(
                    "{} on now",
                    counted(
                        usize::try_from(*waiting).unwrap_or(usize::MAX),
                        "opening that waited goes",
                        "openings that waited go"
                    )
                ),
            };
            vec!["freeze lifted".to_owned(), actor(by), waiting]
        }
        Fact::Found {
            policy,
            vm,
            port,
            source,
            ends_at,
            requestor,
            started_at: _,
        } => {
            let who = requestor.as_ref().map_or_else(
                || "by somebody unknown".to_owned(),
                |who| format!("by {}", quoted_within(who.as_str(), 150)),
            );
            vec![
                "found in Azure".to_owned(),
                phrase::machine(vm),
                format!("{port} from {} until {}", coded(source, 60), when::time(*ends_at)),
                "not opened by Portcullis".to_owned(),
                who,
                format!("JIT policy {}", phrase::name(policy.name())),
            ]
        }
        Fact::RulesReloaded { before, after } => vec![
            "rules reloaded".to_owned(),
            actor(by),
            format!("from {} to {}", coded(short(before), 20), coded(short(after), 20)),
        ],
        Fact::JitPolicyNoticed { policy, noticed } => behind::policy(policy, noticed),
        Fact::Who { about, told } => behind::who(*about, told),
        Fact::Digest { digest } => digest::parts(digest),
        Fact::GaveUp { task, why, request } => {
            let mut parts = vec![
                "gave up".to_owned(),
                coded(task, 150),
                quoted(why.as_str()),
                "somebody must look".to_owned(),
            ];
            parts.extend(request.map(|number| format!("request {number}")));
            parts
        }
        Fact::ConfigureAsked { .. }
        | Fact::Configured { .. }
        | Fact::ConfigureFailed { .. }
        | Fact::ConfigureCrossed { .. } => configuration::facts(fact),
        Fact::NobodyToApprove { requester, lack } => nobody::parts(requester, lack),
        Fact::PlanAsked { subscription, before } => plan::asked(by, subscription, *before),
        Fact::PlanSet { subscription, after } => plan::set(by, subscription, *after),
        Fact::PlanNotSet { subscription, why } => plan::not_set(by, subscription, why),
        Fact::BrokeGlass { request } => glass::broken(by, request),
        Fact::ReviewSigned { request, note } => glass::signed(by, request, note),
        Fact::Escalated { request, rule, to } => attention::escalated(request, rule, to),
        Fact::TakenBack { .. }
        | Fact::Claimed { .. }
        | Fact::LetGo { .. }
        | Fact::ClaimRefused { .. }
        | Fact::Narrowed { .. } => voting::parts(by, fact),
        Fact::Started { .. } | Fact::NotStarted { .. } => schedule::parts(fact),
    }
}

fn with_request(what: &str, request: &RequestFacts) -> Vec<String> {
    let mut parts = vec![what.to_owned()];
    parts.extend(asked_by(request, &[]));
    parts
}

fn with_window(what: &str, window: &WindowFacts) -> Vec<String> {
    let mut parts = vec![what.to_owned()];
    parts.push(format!(
        "{} · {} from {} until {}",
        phrase::machine(&window.vm),
        window.port,
        window.source,
        when::time(window.ends_at)
    ));
    parts.extend(asked_by(&window.request, &window.approvers));
    parts
}

/// Windows of one call share their request, source and end.
fn opening(windows: &[WindowFacts]) -> Vec<String> {
    let mut parts = vec!["opening".to_owned()];
    if let Some(first) = windows.first() {
        let doors = phrase::doors_plain(windows.iter().map(|window| (&window.vm, window.port)), DOORS);
        parts.push(format!(
            "{doors} from {} until {}",
            first.source,
            when::time(first.ends_at)
        ));
        parts.extend(asked_by(&first.request, &first.approvers));
    }
    parts
}

fn asked_by(request: &RequestFacts, approvers: &[Person]) -> Vec<String> {
    let mut parts = vec![format!("asked by {}", phrase::person(&request.requester))];
    if !approvers.is_empty() {
        parts.push(format!("approved by {}", phrase::people(approvers, 300)));
    }
    parts.extend(
        request
            .reason
            .as_ref()
            .map(|reason| quoted_within(reason.as_str(), 400)),
    );
    parts.push(format!("request {}", request.number));
    parts
}

fn rule_names(rules: &[RuleName]) -> String {
    let names: Vec<_> = rules.iter().map(|rule| quoted_within(&rule.0, 80)).collect();
    let word = if names.len() == 1 { "rule" } else { "rules" };
    format!("{word} {}", listed(&names, 200))
}

fn actor(by: &By) -> String {
    match by {
        By::Person(person) => format!("by {}", phrase::person(person)),
        By::Rules(rules) => format!("by {}", rule_names(rules)),
        By::Time => "by time".to_owned(),
        By::Azure => "by Azure".to_owned(),
        By::Bot => "by Portcullis".to_owned(),
        By::Operator(name) => format!("by the operator {}", quoted_within(name, 80)),
    }
}

fn vote(choice: Choice) -> &'static str {
    match choice {
        Choice::Approve => "approval",
        Choice::Deny => "denial",
    }
}

fn how(via: Via) -> &'static str {
    match via {
        Via::Button => "with a button",
        Via::Reaction => "with a reaction",
        Via::ReactionReadLater => "with a reaction that was read later",
        Via::SecondLook => "with a button, after a second look",
    }
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}
