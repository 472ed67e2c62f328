//! Forms that were sent.

use serenity::all::{ActionRowComponent, ModalInteraction};

use super::{Gateway, actor, components, reply::Reply, stranger};
use crate::{
    chat::{
        message::{button::Button, failure, modal::REASON_FIELD},
        rest::InteractionToken,
    },
    domain::{actor::Actor, text::FreeText, vote::Choice},
    store::StoreError,
};

pub(super) async fn run(gateway: &Gateway, form: &ModalInteraction) {
    let token = InteractionToken::new(&form.token);
    if !gateway.defer(form.id, &token).await {
        return;
    }
    let person = actor(gateway.guild, form.guild_id, form.member.as_ref()).or_else(|| stranger(&form.user));
    let outcome = match person {
        Some(person) => send(gateway, form, person).await,
        None => Ok(failure::wrong_place().into()),
    };
    gateway.answer(form.id, &token, outcome).await;
}

async fn send(gateway: &Gateway, form: &ModalInteraction, voter: Actor) -> Result<Reply, StoreError> {
    let Some(Button::DenyReason(request)) = Button::parse(&form.data.custom_id) else {
        return Ok(failure::old_button().into());
    };
    let reason = field(form, REASON_FIELD).and_then(FreeText::new);
    components::vote(gateway, request, voter, Choice::Deny, reason).await
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
