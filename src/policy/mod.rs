//! The rules: who may ask for what, within which limits, and who decides.
//!
//! Pure: rules, a question and an actor in; terms or a refusal out. A refusal is a code with facts. Must not
//! know: files, the format of the configuration, chat, sentences, Azure's wire formats, or time of its own.
//!
//! The first rule that matches on VM, port, requester and hours governs a door. Its limits (length, source, reason)
//! refuse and never fall through to a later rule.

mod again;
mod alone;
mod book;
mod explain;
mod extend;
mod findings;
mod glass;
mod judge;
mod limits;
mod may_ask;
mod may_see;
mod notice;
mod pattern;
mod per_person;
mod reasons;
mod refusal;
mod rule;
#[cfg(test)]
mod sample;
mod start;
mod template;
mod tighten;

pub use self::{
    again::judge_again,
    alone::{AskedAlone, AutoApprove, approves_alone},
    book::RuleBook,
    explain::{DoorSteps, Outcome, Step, explain},
    extend::{ExtensionAsked, judge_extension},
    findings::Finding,
    glass::{BreakGlass, GlassRefusal, break_glass},
    judge::{Allowed, Question, judge},
    may_ask::{Asker, may_ask},
    may_see::Viewer,
    notice::USUAL_NOTICE,
    pattern::{VmPattern, WrongPattern},
    per_person::{Account, FloodGuard, PerPerson, TooMuch},
    refusal::Refusal,
    rule::{Extend, PortSet, ReasonRule, Rule, SecondLookRule, SourceRule},
    start::{judge_at_start, judge_with_start},
    template::Template,
    tighten::{Tighten, When},
};
