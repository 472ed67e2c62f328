//! The file that a remote desktop client opens: a few lines of `name:type:value`, each ended by CR and LF.
//!
//! A line end in a host or a user would add a line of somebody else's making, so only plain names stand in it.

use super::{Way, is_host, is_user};
use crate::chat::file::File;

/// As what it is served.
pub const MEDIA_TYPE: &str = "application/x-rdp";

/// The file for `way`, named after the machine; `None` where the host could do anything but be a host.
pub fn rdp_file(way: &Way, machine: &str) -> Option<File> {
    if !is_host(&way.host) {
        return None;
    }
    let mut lines = vec![
        format!("full address:s:{}:{}", way.host, way.port.number()),
        "prompt for credentials:i:1".to_owned(),
        "administrative session:i:1".to_owned(),
    ];
    if let Some(user) = way.user.as_deref().filter(|user| is_user(user)) {
        lines.push(format!("username:s:{user}"));
    }
    let mut body = lines.join("\r\n");
    body.push_str("\r\n");
    let name = format!("{}.rdp", file_name(machine));
    Some(File::new(&name, MEDIA_TYPE, body))
}

/// A name that every system takes for a file: letters, digits, hyphens, underscores.
fn file_name(machine: &str) -> String {
    let name: String = machine
        .chars()
        .filter(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_'))
        .take(64)
        .collect();
    let name = name.trim_start_matches(['-', '_']);
    if name.is_empty() {
        "machine".to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::port::Port;

    fn way(host: &str, user: Option<&str>) -> Way {
        Way {
            host: host.to_owned(),
            port: Port::new(3389).unwrap(),
            line: String::new(),
            user: user.map(str::to_owned),
            dns: None,
            firewall: false,
            inside: false,
        }
    }

    fn body(file: &File) -> String {
        String::from_utf8(file.bytes().to_vec()).unwrap()
    }

    #[test]
    fn the_file_is_what_the_portal_gives() {
        let file = rdp_file(&way("203.0.113.9", Some("azureuser")), "win-01").unwrap();
        assert_eq!((file.name(), file.content_type()), ("win-01.rdp", MEDIA_TYPE));
        assert_eq!(
            body(&file),
            "full address:s:203.0.113.9:3389\r\nprompt for credentials:i:1\r\nadministrative session:i:1\r\n\
             username:s:azureuser\r\n"
        );
    }

    proptest! {
        #[test]
        fn no_name_adds_a_line(host in "\\PC{0,40}|[\\r\\n\\x00-\\x1f:a-z.]{0,40}", user in "[\\r\\n\\x00-\\x1f:;\"'a-z]{0,40}",
            machine in "[\\r\\n\\x00-\\x1f/\\\\.\"'a-z]{0,90}") {
            if let Some(file) = rdp_file(&way(&host, Some(&user)), &machine) {
                let body = body(&file);
                let lines: Vec<_> = body.split("\r\n").collect();
                prop_assert!(matches!(lines.len(), 4 | 5), "{lines:?}");
                prop_assert!(lines[0].starts_with("full address:s:"));
                prop_assert_eq!(lines[0].matches(':').count(), 3);
                prop_assert!(body.replace("\r\n", "").chars().all(|char| !char.is_control()));
                let stem = file.name().strip_suffix(".rdp").unwrap();
                prop_assert!(!stem.is_empty() && stem.chars().all(|char| char.is_ascii_alphanumeric() || "-_".contains(char)));
            }
        }
    }
}
