//! `/jit help`.

use super::{command::SUBCOMMANDS, rendered::Rendered};

/// What Portcullis is for and how it is used.
pub fn help() -> Rendered {
    let commands: Vec<_> = SUBCOMMANDS
        .iter()
        .map(|words| format!("`/jit {}`: {}.", words.name, words.description))
        .collect();
    Rendered::text(format!(
        "Portcullis opens ports of virtual machines for a limited time, after somebody has approved it, or a rule \
         has.\n\n{}\n\n\
         **To ask:** `/jit request vm:web-01 port:ssh for:1h from:198.51.100.7 reason:INC-42`. `from` is the IPv4 \
         address from which you connect; leave it out to choose it next. `at:` starts it later; \
         `template:` fills in what your team often asks for.\n\
         **To answer:** press Approve, Approve with less or Deny on the card, or react with ✅ or ❌; ✅ does not count \
         where a second look is needed. Claim or 👀 says that you are looking at it. Nobody can approve their own \
         request.\n\
         **When it is open**, your own message says so, with the line to paste. It ends by itself; sessions already \
         open are not cut.\n\
         Everything that happens stands in the trail, for all to read.",
        commands.join("\n")
    ))
}
