//! Clicks on buttons.

use serenity::all::{ComponentInteraction, ComponentInteractionDataKind, CreateInteractionResponse};

use super::{
    Gateway, actor, commands, commands::configure::Press, name_source, reply::Reply, stranger, voting,
};
use crate::{
    chat::{
        message::{
            self,
            button::Button,
            configure::{self, Known},
            failure, glass, modal, source,
        },
        rest::InteractionToken,
    },
    domain::{
        actor::Actor,
        ids::{ChannelId, RequestId},
        request::Ballot,
        vote::{Choice, Via},
    },
    engine::{again::Again, close::Doors, configure::Asker, name_source::Named, withdraw::NotWithdrawn},
    store::StoreError,
};

pub(super) async fn run(gateway: &Gateway, click: &ComponentInteraction) {
    let token = InteractionToken::new(&click.token);
    let button = Button::parse(&click.data.custom_id);
    let acknowledged = match button {
        // Opening a form is itself the acknowledgement; it is built from memory and promises nothing.
        Some(Button::Deny(request)) => {
            let form = CreateInteractionResponse::Modal(modal::deny_reason(request, None));
            gateway.acknowledge(click.id, &token, &form).await;
            return;
        }
        Some(Button::Extend(request)) => {
            let form = CreateInteractionResponse::Modal(modal::extend(request));
            gateway.acknowledge(click.id, &token, &form).await;
            return;
        }
        Some(Button::TypeSource(request)) => {
            let form = CreateInteractionResponse::Modal(source::form(request));
            gateway.acknowledge(click.id, &token, &form).await;
            return;
        }
        Some(Button::SignReview(request)) => {
            let form = CreateInteractionResponse::Modal(glass::review_form(request));
            gateway.acknowledge(click.id, &token, &form).await;
            return;
        }
        Some(Button::ApproveLess(request)) => {
            let form = CreateInteractionResponse::Modal(modal::less(request));
            gateway.acknowledge(click.id, &token, &form).await;
            return;
        }
        Some(Button::AddPort(proposal)) => {
            let form = CreateInteractionResponse::Modal(configure::port_form(proposal, None));
            gateway.acknowledge(click.id, &token, &form).await;
            return;
        }
        Some(Button::ChangePort(proposal))
            if let Some(known) = chosen(click).first().and_then(|value| Known::read(value)) =>
        {
            let form = CreateInteractionResponse::Modal(configure::port_form(proposal, Some(&known)));
            gateway.acknowledge(click.id, &token, &form).await;
            return;
        }
        Some(
            Button::ListPage(_)
            | Button::RulesPage(_)
            | Button::UseSource(_)
            | Button::ConfirmProposal(_)
            | Button::CancelProposal(_)
            | Button::ChooseVms(_)
            | Button::RemovePort(_)
            | Button::VmsPage(_)
            | Button::VmsTab(_)
            | Button::VmPick(_)
            | Button::LetGo(_)
            | Button::TakeBack(_)
            | Button::ConfirmVote(_),
        ) => gateway.defer_edit(click.id, &token).await,
        _ => gateway.defer(click.id, &token).await,
    };
    if !acknowledged {
        return;
    }
    // In a direct message Discord sends no roles, so there a person can only do what their id allows.
    let person = actor(gateway.guild, click.guild_id, click.member.as_ref())
        .or_else(|| click.guild_id.is_none().then(|| stranger(&click.user)).flatten());
    let outcome = match (button, person) {
        (None, _) => Ok(failure::old_button().into()),
        (_, None) => Ok(failure::wrong_place().into()),
        (Some(Button::VmPick(page)), Some(person)) => {
            let picked = chosen(click).first().map(String::as_str).unwrap_or_default();
            commands::vms::pick(gateway, page, picked, &person).await
        }
        (Some(Button::AskAgain(request)), Some(person)) => {
            let asked = Again {
                actor: gateway.with_roles(click.guild_id, person).await,
                asked_in: click.guild_id.map(|_| ChannelId(click.channel_id.get())),
                token: token.clone(),
                interaction: click.id.get(),
            };
            commands::again::again(gateway, request, &asked).await
        }
        (Some(Button::UseSource(request)), Some(person)) => {
            let person = gateway.with_roles(click.guild_id, person).await;
            name_source::name(gateway, request, person, Named::Offered, &token).await
        }
        (Some(button), Some(person)) => match Press::of(button) {
            Some(pressed) => {
                let asker = Asker {
                    actor: person,
                    token: token.clone(),
                    interaction: click.id.get(),
                };
                commands::configure::press(gateway, pressed, &asker, chosen(click)).await
            }
            None => press(gateway, button, person).await,
        },
    };
    gateway.answer(click.id, &token, outcome).await;
}

async fn press(gateway: &Gateway, button: Button, person: Actor) -> Result<Reply, StoreError> {
    match button {
        Button::Approve(request) => {
            let ballot = Ballot::new(person, Choice::Approve, Via::Button);
            voting::vote(gateway, request, ballot).await
        }
        Button::ConfirmVote(confirmed) => {
            let ballot = Ballot {
                less: confirmed.less,
                ..Ballot::new(person, Choice::Approve, Via::SecondLook)
            };
            voting::vote(gateway, confirmed.request, ballot).await
        }
        Button::TakeBack(request) => voting::take_back(gateway, request, &person).await,
        Button::Claim(request) => voting::claim(gateway, request, &person).await,
        Button::LetGo(request) => voting::let_go(gateway, request, &person).await,
        Button::Withdraw(request) => withdraw(gateway, request, &person).await,
        Button::CloseWindow(request) => {
            commands::close::close(gateway, request, &Doors::default(), &person).await
        }
        Button::Connect(request) => commands::connect::connect(gateway, request, &person).await,
        Button::ListPage(page) => commands::list::page(gateway, page, &person).await,
        Button::VmsPage(page) | Button::VmsTab(page) => Ok(commands::vms::page(gateway, page, &person)),
        Button::RulesPage(page) => commands::rules::page(gateway, page, &person).await,
        Button::Deny(_)
        | Button::DenyReason(_)
        | Button::ConfirmProposal(_)
        | Button::CancelProposal(_)
        | Button::ChooseVms(_)
        | Button::AddPort(_)
        | Button::ChangePort(_)
        | Button::RemovePort(_)
        | Button::PortForm(_)
        | Button::Extend(_)
        | Button::ExtendForm(_)
        | Button::VmPick(_)
        | Button::AskAgain(_)
        | Button::UseSource(_)
        | Button::TypeSource(_)
        | Button::SourceForm(_)
        | Button::BreakGlass
        | Button::SignReview(_)
        | Button::ReviewForm(_)
        | Button::ApproveLess(_)
        | Button::LessForm(_) => Ok(failure::old_button().into()),
    }
}

/// What was chosen in a menu.
fn chosen(click: &ComponentInteraction) -> &[String] {
    match &click.data.kind {
        ComponentInteractionDataKind::StringSelect { values } => values,
        _ => &[],
    }
}

/// Withdraws, and says to the requester what came of it.
pub(super) async fn withdraw(gateway: &Gateway, request: RequestId, by: &Actor) -> Result<Reply, StoreError> {
    Ok(match gateway.engine.withdraw(request, &by.person).await? {
        Ok(request) => message::withdraw::withdrawn(&request).into(),
        Err(NotWithdrawn::UnknownRequest) => failure::old_button().into(),
        Err(NotWithdrawn::Refused { request, why }) => {
            message::refusal::withdraw::sentence(request.number, &why).into()
        }
    })
}
