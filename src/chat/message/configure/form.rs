//! The form for a port: number, protocol, sources, maximum. It is built from memory and promises nothing.

use serenity::all::{CreateActionRow, CreateInputText, CreateModal, InputTextStyle};

use super::change::{length, source};
use crate::{
    chat::message::button::{Button, PortForm},
    domain::{
        ids::ProposalId,
        port::Port,
        vm::{AllowedSources, JitPort, Protocol},
    },
};

/// The ids of the form's fields.
pub const NUMBER_FIELD: &str = "number";
pub const PROTOCOL_FIELD: &str = "protocol";
pub const SOURCES_FIELD: &str = "sources";
pub const LIMIT_FIELD: &str = "limit";

/// Discord's limit for the value of a menu's option.
const VALUE: usize = 100;

/// A known port and its limits, as the menu carries them to the form, which is built before anything is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub port: Port,
    protocol: String,
    limit: String,
    /// Empty where they are too long for the menu: an empty field keeps what it is.
    sources: String,
}

impl Known {
    pub(super) fn of(jit: &JitPort) -> Self {
        let protocol = match jit.protocol {
            Protocol::Any => "any",
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
        };
        let sources = match &jit.sources {
            AllowedSources::Any => "any".to_owned(),
            AllowedSources::Only(nets) => {
                let parts: Vec<_> = nets.iter().map(|net| source(*net)).collect();
                parts.join(", ")
            }
        };
        let mut known = Self {
            port: jit.port,
            protocol: protocol.to_owned(),
            limit: length(jit.max).replace(' ', ""),
            sources,
        };
        if known.value().chars().count() > VALUE {
            known.sources.clear();
        }
        known
    }

    /// The option's value.
    pub fn value(&self) -> String {
        format!(
            "{}|{}|{}|{}",
            self.port.number(),
            self.protocol,
            self.limit,
            self.sources
        )
    }

    /// Reads an option's value. It is untrusted: it only fills fields that are read as if they were typed.
    pub fn read(value: &str) -> Option<Self> {
        let mut parts = value.splitn(4, '|');
        let number: u16 = parts.next()?.parse().ok()?;
        Some(Self {
            port: Port::new(number)?,
            protocol: parts.next()?.chars().take(10).collect(),
            limit: parts.next()?.chars().take(20).collect(),
            sources: parts.next()?.chars().take(VALUE).collect(),
        })
    }
}

/// Asks for a new port, or for other limits of a known one.
pub fn port_form(proposal: ProposalId, known: Option<&Known>) -> CreateModal {
    let short = |label: &str, id: &str, most: u16, placeholder: &str, value: Option<&str>| {
        let mut field = CreateInputText::new(InputTextStyle::Short, label, id)
            .required(false)
            .max_length(most)
            .placeholder(placeholder);
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            field = field.value(value);
        }
        CreateActionRow::InputText(field)
    };
    let id = Button::PortForm(PortForm {
        proposal,
        known: known.map(|known| known.port),
    })
    .id();
    let title = match known {
        Some(known) => format!("Change {}", known.port),
        None => "Add a port".to_owned(),
    };
    let keep = |empty: &str| match known {
        Some(_) => "Empty keeps what it is".to_owned(),
        None => format!("Empty is {empty}"),
    };
    let mut rows = Vec::new();
    if known.is_none() {
        let field = CreateInputText::new(InputTextStyle::Short, "Port", NUMBER_FIELD)
            .required(true)
            .max_length(20)
            .placeholder("A number from 1 to 65535, or ssh, rdp, winrm, winrm-https");
        rows.push(CreateActionRow::InputText(field));
    }
    rows.push(short(
        "Protocol: any, tcp or udp",
        PROTOCOL_FIELD,
        10,
        &keep("any"),
        known.map(|known| known.protocol.as_str()),
    ));
    rows.push(short(
        "Allowed sources: any, or addresses",
        SOURCES_FIELD,
        400,
        &keep("any; such as 198.51.100.0/24, 203.0.113.7"),
        known.map(|known| known.sources.as_str()),
    ));
    rows.push(short(
        "Longest access: 5m to 24h",
        LIMIT_FIELD,
        20,
        &keep("1h, which is recommended"),
        known.map(|known| known.limit.as_str()),
    ));
    CreateModal::new(id, title).components(rows)
}
