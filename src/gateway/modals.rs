//! Forms that were sent.

use serenity::all::{ActionRowComponent, ModalInteraction};

use super::{Gateway, actor, commands, name_source, reply::Reply, stranger, voting};
use crate::{
    chat::{
        message::{
            button::Button,
            configure, failure, glass,
            modal::{LENGTH_FIELD, LESS_SOURCE_FIELD, LONGER_FIELD, REASON_FIELD},
            source::SOURCE_FIELD,
        },
        rest::InteractionToken,
    },
    domain::{
        actor::Actor,
        ids::ChannelId,
        request::Ballot,
        text::FreeText,
        vote::{Choice, Via},
    },
    engine::{
        configure::{Asker, PortTyped},
        extend::Longer,
        glass::Urgent,
        name_source::Named,
    },
    store::StoreError,
};

pub(super) async fn run(gateway: &Gateway, form: &ModalInteraction) {
    let token = InteractionToken::new(&form.token);
    let acknowledged = match Button::parse(&form.data.custom_id) {
        // What was chosen takes the place of the menu from which the form was opened.
        Some(Button::PortForm(_) | Button::SourceForm(_)) if form.message.is_some() => {
            gateway.defer_edit(form.id, &token).await
        }
        _ => gateway.defer(form.id, &token).await,
    };
    if !acknowledged {
        return;
    }
    // As for the press that opened it: only in a direct message is somebody without a member a person.
    let person = actor(gateway.guild, form.guild_id, form.member.as_ref())
        .or_else(|| form.guild_id.is_none().then(|| stranger(&form.user)).flatten());
    let outcome = match person {
        Some(person) => send(gateway, form, person).await,
        None => Ok(failure::wrong_place().into()),
    };
    gateway.answer(form.id, &token, outcome).await;
}

async fn send(gateway: &Gateway, form: &ModalInteraction, person: Actor) -> Result<Reply, StoreError> {
    match Button::parse(&form.data.custom_id) {
        Some(Button::DenyReason(request)) => {
            let reason = field(form, REASON_FIELD).and_then(FreeText::new);
            let ballot = Ballot {
                reason,
                ..Ballot::new(person, Choice::Deny, Via::Button)
            };
            voting::vote(gateway, request, ballot).await
        }
        Some(Button::LessForm(request)) => {
            let text = |name| field(form, name).unwrap_or_default();
            voting::approve_less(
                gateway,
                request,
                person,
                text(LENGTH_FIELD),
                text(LESS_SOURCE_FIELD),
            )
            .await
        }
        Some(Button::ExtendForm(request)) => {
            let longer = Longer {
                actor: gateway.with_roles(form.guild_id, person).await,
                length: field(form, LONGER_FIELD).map(str::to_owned),
                reason: field(form, REASON_FIELD).map(str::to_owned),
                asked_in: form.guild_id.map(|_| ChannelId(form.channel_id.get())),
                token: InteractionToken::new(&form.token),
                interaction: form.id.get(),
            };
            commands::extend::extend(gateway, request, &longer).await
        }
        Some(Button::BreakGlass) => {
            let owned = |name| field(form, name).unwrap_or_default().to_owned();
            let urgent = Urgent {
                actor: person,
                vm: owned(glass::VM_FIELD),
                port: owned(glass::PORT_FIELD),
                from: owned(glass::FROM_FIELD),
                reason: owned(glass::REASON_FIELD),
                asked_in: ChannelId(form.channel_id.get()),
                token: InteractionToken::new(&form.token),
                interaction: form.id.get(),
            };
            let word = field(form, glass::WORD_FIELD).unwrap_or_default();
            commands::break_glass::sent(gateway, &urgent, word).await
        }
        Some(Button::ReviewForm(request)) => {
            let note = field(form, glass::NOTE_FIELD).and_then(FreeText::new);
            commands::break_glass::sign(gateway, request, &person, note).await
        }
        Some(Button::PortForm(sent)) => {
            let asker = Asker {
                actor: person,
                token: InteractionToken::new(&form.token),
                interaction: form.id.get(),
            };
            let text = |name| field(form, name).unwrap_or_default().to_owned();
            let typed = PortTyped {
                known: sent.known,
                number: text(configure::NUMBER_FIELD),
                protocol: text(configure::PROTOCOL_FIELD),
                sources: text(configure::SOURCES_FIELD),
                limit: text(configure::LIMIT_FIELD),
            };
            commands::ports::set(gateway, &asker, sent.proposal, &typed).await
        }
        Some(Button::SourceForm(request)) => {
            let typed = field(form, SOURCE_FIELD).unwrap_or_default().to_owned();
            let token = InteractionToken::new(&form.token);
            let person = gateway.with_roles(form.guild_id, person).await;
            name_source::name(gateway, request, person, Named::Typed(typed), &token).await
        }
        _ => Ok(failure::old_button().into()),
    }
}

fn field<'a>(form: &'a ModalInteraction, name: &str) -> Option<&'a str> {
    form.data
        .components
        .iter()
        .flat_map(|row| &row.components)
        .find_map(|component| match component {
            ActionRowComponent::InputText(text) if text.custom_id == name => text.value.as_deref(),
            _ => None,
        })
}
