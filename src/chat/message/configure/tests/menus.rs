//! What can be chosen from, and the form for a port.

use super::*;

#[test]
fn menus_say_what_is_chosen_from() {
    let menu = Menu::Guard {
        vms: vec![vm_id("web-04"), vm_id("web-05")],
        ports: None,
        sources: AllowedSources::Any,
        max: Duration::from_secs(3600),
    };
    let rendered = vms_menu(id(), &menu, |vm| Some(vm.name().to_owned()));
    assert_snapshot!(options(&rendered));
    let entries = [JitEntry {
        policy: policy("default"),
        ports: vec![jit(22, 3), narrow()],
    }];
    let rendered = ports_menu(id(), &vm_id("web-01"), &entries);
    assert_snapshot!(format!("{}\n{}", shown(&rendered), options(&rendered)));
}

/// The menus of a message as a person sees them.
fn options(rendered: &Rendered) -> String {
    let message = serde_json::to_value(rendered.to_message().body).unwrap();
    let mut lines = vec![message["content"].as_str().unwrap().to_owned()];
    for row in message["components"].as_array().unwrap() {
        for part in row["components"].as_array().unwrap() {
            if let Some(placeholder) = part["placeholder"].as_str() {
                lines.push(format!("[{placeholder}]"));
            }
            for option in part["options"].as_array().into_iter().flatten() {
                lines.push(format!(
                    "  {} / {} = {}",
                    option["label"].as_str().unwrap(),
                    option["description"].as_str().unwrap(),
                    option["value"].as_str().unwrap()
                ));
            }
        }
    }
    lines.join("\n")
}

#[test]
fn the_form_fits_discord_and_carries_what_is_known() {
    let known = Known::read(&Known::of(&narrow()).value()).unwrap();
    assert_eq!(known, Known::of(&narrow()));
    for known in [None, Some(&known)] {
        let form = serde_json::to_value(port_form(id(), known)).unwrap();
        assert!(form["title"].as_str().unwrap().len() <= 45);
        assert!(form["custom_id"].as_str().unwrap().len() <= 100);
        for row in form["components"].as_array().unwrap() {
            let field = &row["components"][0];
            assert!(field["label"].as_str().unwrap().len() <= 45, "{field}");
            assert!(field["placeholder"].as_str().unwrap().len() <= 100, "{field}");
        }
    }
    let many = JitPort {
        sources: AllowedSources::Only(
            (0..20)
                .map(|n| format!("198.51.100.{n}/32").parse().unwrap())
                .collect(),
        ),
        ..narrow()
    };
    assert_eq!(Known::of(&many).value(), "8443|tcp|45m|");
    for wrong in ["", "22", "22|any|1h", "0|any|1h|any", "x|any|1h|any"] {
        assert_eq!(Known::read(wrong), None, "{wrong}");
    }
}
