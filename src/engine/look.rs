//! Somebody looks at network rules: a slow question to Azure, so it is stored first and answered by a job. A crash
//! loses no answer, and a page is turned without asking Azure again.

use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use serenity::all::ApplicationId;
use tracing::warn;

use super::{Engine, answer::is_expired, card::failed, network_rules::NotShown, worker::Outcome};
use crate::{
    chat::{
        message::{
            Rendered,
            button::RulesPage,
            network_rules::{self, Picture},
            vms,
        },
        rest::{InteractionToken, Pings},
    },
    clock::fresh_uuid,
    domain::{
        actor::Actor,
        effect::{Effect, Task},
        ids::{LookId, UserId},
        port::Port,
        vm::VmId,
    },
    store::StoreError,
};

/// What somebody typed.
#[derive(Debug)]
pub struct Looking {
    pub actor: Actor,
    pub vm: String,
    pub port: Option<String>,
    pub token: InteractionToken,
    pub interaction: u64,
}

/// A look as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct Look {
    reader: UserId,
    vm: VmId,
    port: Option<Port>,
    picture: Option<Picture>,
}

impl Engine {
    /// Stores what somebody wants to look at; a job answers.
    pub async fn look(&self, looking: &Looking) -> Result<Result<(), NotShown>, StoreError> {
        let (vm, port) = match self.may_look(&looking.actor, &looking.vm, looking.port.as_deref()) {
            Ok(found) => found,
            Err(why) => return Ok(Err(why)),
        };
        let now = self.now();
        let id = LookId(fresh_uuid(now));
        let look = Look {
            reader: looking.actor.person.id,
            vm,
            port,
            picture: None,
        };
        let token = self.answer_token(&looking.token, now);
        let mut work = self.store.begin().await?;
        if work
            .first_time(&format!("interaction:{}", looking.interaction), now)
            .await?
        {
            work.insert_look(id, &body(&look), &token, now).await?;
            work.enqueue(&Effect::now(Task::Look { look: id }), now).await?;
            work.commit().await?;
        }
        Ok(Ok(()))
    }

    /// Finds what somebody looks at, unless it was found before, and shows it.
    pub(super) async fn run_look(&self, id: LookId) -> Result<Outcome, StoreError> {
        let Some(row) = self.store.read().await?.look(id, self.now()).await? else {
            return Ok(Outcome::Done);
        };
        // Nobody waits for it any more.
        let Some(token) = row.token else {
            return Ok(Outcome::Done);
        };
        let Some(mut look) = read(id, &row.body) else {
            return Ok(Outcome::Done);
        };
        if look.picture.is_none() {
            look.picture = self.network_rules(&look.vm, look.port).await?;
            let mut work = self.store.begin().await?;
            work.save_look(id, &body(&look)).await?;
            work.commit().await?;
        }
        let rendered = match &look.picture {
            Some(picture) => network_rules::rules(picture, RulesPage { look: id, page: 0 }),
            None => vms::gone(),
        };
        let application = ApplicationId::new(token.application.max(1));
        let token = InteractionToken::new(token.token.expose_secret());
        let edited = self
            .rest
            .edit_original(application, &token, &rendered.to_answer(), &Pings::nobody())
            .await;
        Ok(match edited {
            Ok(_) => Outcome::Done,
            Err(why) if is_expired(&why) => Outcome::Done,
            Err(why) => failed(why),
        })
    }

    /// Another page of what was found, for who looked at it and may still know of the machine.
    pub async fn turn(&self, page: RulesPage, reader: &Actor) -> Result<Rendered, StoreError> {
        let row = self.store.read().await?.look(page.look, self.now()).await?;
        let look = row.and_then(|row| read(page.look, &row.body));
        let Some(Look {
            reader: of,
            vm,
            picture: Some(picture),
            ..
        }) = look
        else {
            return Ok(network_rules::not_kept());
        };
        let view = self.inventory.view();
        let still = view.vm(&vm).is_some_and(|vm| self.may_see(reader, vm));
        Ok(if of == reader.person.id && still {
            network_rules::rules(&picture, page)
        } else {
            network_rules::not_kept()
        })
    }
}

fn body(look: &Look) -> String {
    serde_json::to_string(look).unwrap_or_default()
}

/// A look that cannot be read (of another version of this program) is as good as none: it is asked for anew.
fn read(id: LookId, body: &str) -> Option<Look> {
    match serde_json::from_str(body) {
        Ok(look) => Some(look),
        Err(why) => {
            warn!(look = %id, error = %why, "A stored look cannot be read; it has to be asked for anew.");
            None
        }
    }
}
