//! A text as Discord's own client reads it: what in it is more than letters.
//!
//! Written from Discord's documents ("Markdown Text 101", "Message Formatting") and not from how a bot escapes: whoever
//! quotes other people's texts can find out here whether anything in them came alive. Where client and server differ, the
//! one that sees more counts.
//!
//! Must not know: messages, and who writes them.

use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use super::form::Mentioned;

/// Something in a text that does more than be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Live {
    /// `@everyone` or `@here`.
    Everyone,
    User(u64),
    Role(u64),
    Channel(String),
    /// A command that can be pressed.
    Command(String),
    /// A page of the server, such as its guide.
    Place(String),
    /// An address that can be opened, bare or behind words.
    Link(String),
    Emoji(String),
    Timestamp(String),
    Heading(String),
    Subtext(String),
    Quote(String),
    List(String),
    /// A block of code.
    Fence(String),
    Code(String),
    Bold(String),
    Italic(String),
    Underline(String),
    Strike(String),
    Spoiler(String),
    /// A character that nobody sees, or that changes how its neighbours look.
    Hidden(char),
    /// So many combining marks in a row that they cover other lines.
    Flood(usize),
}

impl Live {
    /// What it is, without what is in it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::User(_) => "user",
            Self::Role(_) => "role",
            Self::Channel(_) => "channel",
            Self::Command(_) => "command",
            Self::Place(_) => "place",
            Self::Link(_) => "link",
            Self::Emoji(_) => "emoji",
            Self::Timestamp(_) => "timestamp",
            Self::Heading(_) => "heading",
            Self::Subtext(_) => "subtext",
            Self::Quote(_) => "quote",
            Self::List(_) => "list",
            Self::Fence(_) => "fence",
            Self::Code(_) => "code",
            Self::Bold(_) => "bold",
            Self::Italic(_) => "italic",
            Self::Underline(_) => "underline",
            Self::Strike(_) => "strike",
            Self::Spoiler(_) => "spoiler",
            Self::Hidden(_) => "hidden",
            Self::Flood(_) => "flood",
        }
    }
}

/// More than this in a row is no accent of any language.
const MARKS_MAX: usize = 8;
/// Keeps an at sign from naming anybody; harmless there.
const GUARD: char = '\u{200B}';

type Make = fn(&str) -> Live;
type Wrap = fn(String) -> Live;

/// What begins with `<`, in the order in which it is tried; the whole of it is kept.
static ANGLED: LazyLock<Vec<(Regex, Make)>> = LazyLock::new(|| {
    let all: [(&str, Make); 7] = [
        (r"^<#\d{1,20}>", |found| Live::Channel(found.to_owned())),
        (r"^</[^<>\n]{1,100}:\d{1,20}>", |found| {
            Live::Command(found.to_owned())
        }),
        (r"^<id:[a-z-]+(:\d+)?>", |found| Live::Place(found.to_owned())),
        (r"^<a?:\w{2,32}:\d{1,20}>", |found| Live::Emoji(found.to_owned())),
        (r"^<t:-?\d{1,17}(:[tTdDfFRsS])?>", |found| {
            Live::Timestamp(found.to_owned())
        }),
        (r"^<[a-zA-Z][a-zA-Z0-9+.-]*:(//)?[^\s<>]+>", |found| {
            Live::Link(found.to_owned())
        }),
        (r"^<(\+[0-9 -]{5,20}|[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)>", |found| {
            Live::Link(found.to_owned())
        }),
    ];
    all.into_iter()
        .filter_map(|(pattern, make)| Some((Regex::new(pattern).ok()?, make)))
        .collect()
});
static MASKED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"^\[(?:\\.|[^\\\[\]]|\[[^\[\]]*\])+\]\(\s*<?[a-zA-Z][a-zA-Z0-9+.-]*:[^\s)]+>?(\s+("[^"]*"|'[^']*'))?\s*\)"#).ok()
});
static BARE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(https?|steam|discord)://[^\s<]+").ok());
static BLOCK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(#{1,3}|-#|>>>|>|\s*[-*+]|\s*\d+[.)])\s+(\S.*)$").ok());

/// Everything in `text` that is alive, in no particular order.
pub fn live(text: &str) -> Vec<Live> {
    let mut found = hidden(text);
    let mentioned = Mentioned::in_text(text);
    if mentioned.everyone {
        found.push(Live::Everyone);
    }
    found.extend(mentioned.users.iter().map(|id| Live::User(id.0)));
    found.extend(mentioned.roles.iter().map(|id| Live::Role(id.0)));
    for part in blocks(text) {
        match part {
            Part::Fence(code) => found.push(Live::Fence(code.to_owned())),
            Part::Text(text) => {
                for line in text.split('\n') {
                    found.extend(block(line));
                    inline(line, &mut found);
                }
            }
        }
    }
    found
}

fn hidden(text: &str) -> Vec<Live> {
    let mut found = Vec::new();
    let mut before = '\0';
    let mut marks = 0;
    for char in text.chars() {
        let guards = char == GUARD && before == '@';
        if !guards && char != '\n' && (char.is_control() || is_hidden(char)) {
            found.push(Live::Hidden(char));
        }
        marks = if is_mark(char) { marks + 1 } else { 0 };
        if marks == MARKS_MAX + 1 {
            found.push(Live::Flood(marks));
        }
        before = char;
    }
    found
}

/// Unicode's default ignorables, directional controls and line separators.
fn is_hidden(char: char) -> bool {
    matches!(char,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Marks that stand above or below the letter before them.
fn is_mark(char: char) -> bool {
    matches!(char,
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5BD}' | '\u{610}'..='\u{61A}'
        | '\u{64B}'..='\u{65F}' | '\u{E31}' | '\u{E34}'..='\u{E3A}' | '\u{E47}'..='\u{E4E}'
        | '\u{EB1}' | '\u{EB4}'..='\u{EBC}' | '\u{EC8}'..='\u{ECE}' | '\u{F71}'..='\u{F84}'
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{A66F}'..='\u{A67D}'
        | '\u{FE20}'..='\u{FE2F}')
}

enum Part<'a> {
    Text(&'a str),
    Fence(&'a str),
}

/// The blocks of code, which nothing inside can end but three backticks, and what is between them.
fn blocks(text: &str) -> Vec<Part<'_>> {
    const FENCE: &str = "```";
    let mut parts = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(at) = unescaped(rest, FENCE, from) {
        let code_at = at + FENCE.len();
        let inside = rest.get(code_at..).unwrap_or_default();
        match inside.find(FENCE) {
            Some(end) if end > 0 => {
                parts.push(Part::Text(rest.get(..at).unwrap_or_default()));
                parts.push(Part::Fence(inside.get(..end).unwrap_or_default()));
                rest = inside.get(end + FENCE.len()..).unwrap_or_default();
                from = 0;
            }
            _ => from = code_at,
        }
    }
    parts.push(Part::Text(rest));
    parts
}

/// Where `mark` stands in `text` from `from` on, not behind a backslash.
fn unescaped(text: &str, mark: &str, from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(mark) {
            return Some(at);
        }
        at += step(rest);
    }
    None
}

/// The length of the first character, with what it escapes.
fn step(rest: &str) -> usize {
    let mut chars = rest.chars();
    match (chars.next(), chars.next()) {
        (Some('\\'), Some(escaped)) if escaped.is_ascii_punctuation() => 2,
        (Some(char), _) => char.len_utf8(),
        (None, _) => 1,
    }
}

/// What a line is by how it begins.
fn block(line: &str) -> Option<Live> {
    let found = BLOCK.as_ref()?.captures(line)?;
    let mark = found.get(1)?.as_str().trim();
    let text = found.get(2)?.as_str().to_owned();
    Some(match mark {
        "-#" => Live::Subtext(text),
        ">" | ">>>" => Live::Quote(text),
        mark if mark.starts_with('#') => Live::Heading(text),
        _ => Live::List(text),
    })
}

fn inline(line: &str, found: &mut Vec<Live>) {
    const MARKS: [(&str, Wrap); 6] = [
        ("**", Live::Bold),
        ("__", Live::Underline),
        ("~~", Live::Strike),
        ("||", Live::Spoiler),
        ("*", Live::Italic),
        ("_", Live::Italic),
    ];
    let mut at = 0;
    // Where marks end that have begun: they begin nothing there.
    let mut ends: Vec<usize> = Vec::new();
    while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with('`') {
            at += code(rest, found);
            continue;
        }
        if let Some(length) = linked(rest, found) {
            at += length;
            continue;
        }
        let mark = MARKS.iter().find(|(mark, _)| rest.starts_with(mark));
        if let Some((mark, make)) = mark {
            if ends.contains(&at) {
                ends.retain(|end| *end != at);
            } else if let Some(end) = closed(line, at, mark) {
                let inside = line.get(at + mark.len()..end).unwrap_or_default();
                found.push(make(inside.to_owned()));
                ends.push(end);
            }
            at += mark.len();
            continue;
        }
        at += step(rest);
    }
}

/// Where the mark that begins at `at` ends, if it begins anything.
fn closed(line: &str, at: usize, mark: &str) -> Option<usize> {
    let inside_at = at + mark.len();
    let first = line.get(inside_at..)?.chars().next()?;
    let word = |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric());
    if mark == "_" && word(line.get(..at)?.chars().next_back()) {
        return None;
    }
    if mark != "||" && first.is_whitespace() {
        return None;
    }
    let mut from = inside_at + step(line.get(inside_at..)?);
    loop {
        let end = unescaped(line, mark, from)?;
        let after = line.get(end + mark.len()..)?.chars().next();
        let inner_word = mark == "_" && word(after);
        // One star of two is the other mark.
        let doubled = mark.len() == 1 && after == mark.chars().next();
        if !inner_word && !doubled {
            return Some(end);
        }
        from = end + mark.len() + usize::from(doubled);
    }
}

/// A span of code: as many backticks again end it. Tells how far it goes.
fn code(rest: &str, found: &mut Vec<Live>) -> usize {
    let ticks = rest.chars().take_while(|char| *char == '`').count();
    let inside = rest.get(ticks..).unwrap_or_default();
    let mut at = 0;
    while let Some(start) = inside.get(at..).and_then(|rest| rest.find('`')) {
        let run = inside.get(at + start..).unwrap_or_default();
        let run = run.chars().take_while(|char| *char == '`').count();
        if run == ticks && at + start > 0 {
            let code = inside.get(..at + start).unwrap_or_default();
            found.push(Live::Code(code.to_owned()));
            return ticks + at + start + run;
        }
        at += start + run;
    }
    ticks
}

/// A link, or something in angle brackets. Tells how long it is.
fn linked(rest: &str, found: &mut Vec<Live>) -> Option<usize> {
    if rest.starts_with('<') {
        let (hit, make) = ANGLED
            .iter()
            .find_map(|(pattern, make)| Some((pattern.find(rest)?, make)))?;
        found.push(make(hit.as_str()));
        return Some(hit.end());
    }
    let pattern = if rest.starts_with('[') { &MASKED } else { &BARE };
    let hit = pattern.as_ref()?.find(rest)?;
    found.push(Live::Link(hit.as_str().to_owned()));
    Some(hit.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<&'static str> {
        let mut found: Vec<_> = live(text).iter().map(Live::kind).collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn what_discord_brings_to_life_is_found() {
        for (text, found) in [
            ("@everyone", vec!["everyone"]),
            ("`@here`", vec!["code", "everyone"]),
            ("<@1> <@!2> <@&3>", vec!["role", "user", "user"]),
            ("<#1> </jit request:1>", vec!["channel", "command"]),
            (
                "<id:customize> <:ok:12> <a:ok:12>",
                vec!["emoji", "emoji", "place"],
            ),
            ("<t:0:R> <t:-1>", vec!["timestamp", "timestamp"]),
            ("see https://evil.example now", vec!["link"]),
            ("<https://evil.example>", vec!["link"]),
            ("<m@evil.example> <+15550100>", vec!["link", "link"]),
            ("[Approve](https://evil.example)", vec!["link"]),
            ("[Approve](<https://evil.example>)", vec!["link"]),
            ("![x](https://evil.example \"t\")", vec!["link"]),
            ("# a\n## b\n-# c", vec!["heading", "heading", "subtext"]),
            ("> a\n>>> b", vec!["quote", "quote"]),
            ("- a\n* b\n1. c", vec!["list", "list", "list"]),
            (
                "**a** *b* _c_ __d__ ~~e~~ ||f||",
                vec!["bold", "italic", "italic", "spoiler", "strike", "underline"],
            ),
            ("**a *b* c**", vec!["bold", "italic"]),
            ("`a` ``b`c``", vec!["code", "code"]),
            ("```\na\n```", vec!["fence"]),
            ("a\u{202E}b", vec!["hidden"]),
            ("a\u{1b}[31m", vec!["hidden"]),
        ] {
            assert_eq!(kinds(text), found, "{text}");
        }
        assert_eq!(kinds(&format!("e{}", "\u{301}".repeat(20))), ["flood"]);
    }

    #[test]
    fn what_only_looks_like_it_is_not() {
        for text in [
            "@\u{200B}everyone",
            "\\<@\u{200B}1>",
            "\\<#1> \\</jit:1> \\<t:0:R> \\<:ok:12>",
            "https\\://evil.example",
            "\\[a\\](https\\://evil.example)",
            "\\# a",
            "\\> a",
            "\\- a",
            "1\\. a",
            "#1042 · opened",
            "\\*\\*a\\*\\* \\_b\\_ \\~\\~c\\~\\~ \\|\\|d\\|\\| \\`e\\`",
            "snake_case_name and 2 * 3 * 4",
            "** a ** b",
            "a ` b",
            "e\u{301}",
            "שלום",
        ] {
            assert_eq!(kinds(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn in_code_nothing_else_lives() {
        assert_eq!(live("`**a** <t:0:R>`"), [Live::Code("**a** <t:0:R>".to_owned())]);
        assert_eq!(kinds("```\n# a\n**b**\n```\n**c**"), ["bold", "fence"]);
    }
}
