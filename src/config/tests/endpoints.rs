//! Where the services may be.

use super::*;

#[test]
fn services_elsewhere_must_be_on_this_machine() {
    for fine in [
        "http://127.0.0.1:4000/api/v10",
        "http://[::1]:4000",
        "https://localhost:1",
        "https://discord.com/api/v10",
    ] {
        assert!(
            with_variables(SMALL, &[("PORTCULLIS_DISCORD__API_URL", fine)]).is_ok(),
            "{fine}"
        );
    }
    for wrong in [
        "https://discord.example/api",
        "http://discord.com/api/v10",
        "https://discord.com:8443/api/v10",
        "https://127.0.0.1.example.com",
        "http://127.0.0.1@example.com/",
        "http://10.0.0.1/api",
        "ftp://127.0.0.1/",
        "not an address",
    ] {
        for variable in [
            "PORTCULLIS_DISCORD__API_URL",
            "PORTCULLIS_AZURE__ENDPOINT",
            "PORTCULLIS_AZURE__LOGIN",
        ] {
            assert!(
                with_variables(SMALL, &[(variable, wrong)]).is_err(),
                "{variable} {wrong}"
            );
        }
    }
    let own = [(
        "PORTCULLIS_AZURE__ENDPOINT",
        "https://management.usgovcloudapi.net",
    )];
    assert!(with_variables(SMALL, &own).is_ok());
}
