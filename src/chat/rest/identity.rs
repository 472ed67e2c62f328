//! Who the bot is, and where its gateway is.

use serde::Deserialize;
use serenity::all::{CurrentApplicationInfo, CurrentUser};
use url::Url;

use super::{Rest, RestError, Route, call::Call};

impl Rest {
    /// The bot's own user. The cheapest proof that the token is valid.
    pub async fn current_user(&self) -> Result<CurrentUser, RestError> {
        self.fetch(Call::new(Route::CurrentUser, [])).await
    }

    /// The bot's application, with the flags that tell which privileged intents it may use.
    pub async fn current_application(&self) -> Result<CurrentApplicationInfo, RestError> {
        self.fetch(Call::new(Route::CurrentApplication, [])).await
    }

    /// Where the gateway is.
    ///
    /// Refused with [`RestError::ForeignGateway`] when it belongs to another world than the REST
    /// interface. There is no other address to fall back to.
    pub async fn gateway_url(&self) -> Result<Url, RestError> {
        #[derive(Deserialize)]
        struct Gateway {
            url: String,
        }
        let gateway: Gateway = self.fetch(Call::new(Route::Gateway, [])).await?;
        self.inner
            .address
            .gateway(&gateway.url)
            .map_err(RestError::ForeignGateway)
    }
}
