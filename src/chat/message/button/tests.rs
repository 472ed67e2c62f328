use proptest::prelude::*;

use super::*;
use crate::{
    chat::message::{
        limit::CUSTOM_ID,
        needle::Needle,
        vms::{Tab, VmsPage},
    },
    domain::{
        ids::{LookId, RequestNumber},
        length::Length,
        request::Less,
    },
};

fn every(id: u128, number: i64) -> Vec<Button> {
    let request = RequestId(uuid::Uuid::from_u128(id));
    let mut buttons = vec![
        Button::Approve(request),
        Button::Deny(request),
        Button::DenyReason(request),
        Button::UseSource(request),
        Button::Withdraw(request),
        Button::CloseWindow(request),
        Button::Extend(request),
        Button::ExtendForm(request),
        Button::Connect(request),
        Button::AskAgain(request),
        Button::TypeSource(request),
        Button::SourceForm(request),
        Button::BreakGlass,
        Button::SignReview(request),
        Button::ReviewForm(request),
        Button::Claim(request),
        Button::LetGo(request),
        Button::TakeBack(request),
        Button::ApproveLess(request),
        Button::LessForm(request),
    ];
    for length in [None, Some(Length::MIN), Some(Length::MAX)] {
        for source in [None, Some("198.51.100.7"), Some("198.151.100.128/25")] {
            let source = source.map(|source| source.parse().unwrap());
            let less = Less { length, source };
            buttons.push(Button::ConfirmVote(ConfirmVote { request, less }));
        }
    }
    let proposal = ProposalId(request.0);
    buttons.extend([
        Button::ConfirmProposal(proposal),
        Button::CancelProposal(proposal),
        Button::ChooseVms(proposal),
        Button::AddPort(proposal),
        Button::ChangePort(proposal),
        Button::RemovePort(proposal),
    ]);
    for known in [None, Port::new(22), Port::new(65535)] {
        buttons.push(Button::PortForm(PortForm { proposal, known }));
    }
    for tab in Tab::ALL {
        for search in ["", "web", "a:b", &"x".repeat(Needle::MAX)] {
            let page = VmsPage {
                tab,
                page: u16::MAX,
                search: Needle::new(search).unwrap(),
            };
            buttons.extend([Button::VmsPage(page), Button::VmsTab(page), Button::VmPick(page)]);
        }
    }
    for page in [0, 7, u16::MAX] {
        let look = LookId(request.0);
        buttons.push(Button::RulesPage(RulesPage { look, page }));
    }
    for which in Which::ALL {
        for whose in Whose::ALL {
            for before in [None, Some(RequestNumber(number))] {
                buttons.push(Button::ListPage(ListPage { which, whose, before }));
            }
        }
    }
    buttons
}

#[test]
fn only_the_exact_spelling_is_read() {
    const ID: &str = "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b";
    assert!(Button::parse(&format!("p1:approve:{ID}")).is_some());
    for wrong in [
        String::new(),
        "p1:approve:".to_owned(),
        format!("p2:approve:{ID}"),
        format!("p1:approve:{ID} "),
        format!("p1:approve:{ID}:x"),
        format!("p1:approve:{}", ID.to_uppercase()),
        format!("p1:approve:{}", ID.replace('-', "")),
        format!("p1:approve:{{{ID}}}"),
        format!("p1:Approve:{ID}"),
        format!("p1:frobnicate:{ID}"),
        "p1:list:active:mine:0".to_owned(),
        "p1:list:active:mine:007".to_owned(),
        "p1:list:active:mine:-3".to_owned(),
        "p1:list:active:theirs:newest".to_owned(),
        "p1:list:active:mine".to_owned(),
        format!("p1:rules:{ID}"),
        format!("p1:rules:{ID}:07"),
        format!("p1:rules:{ID}:65536"),
        "p1:vms:configured:0".to_owned(),
        "p1:vms:configured:00:".to_owned(),
        "p1:vms:all:0:".to_owned(),
        "p1:vms:configured:99999:".to_owned(),
        format!("p1:vms:configured:0:{}", "x".repeat(65)),
        "p1:vms:configured:0: web".to_owned(),
    ] {
        assert_eq!(Button::parse(&wrong), None, "{wrong}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(id in any::<u128>(), number in 1..=i64::MAX) {
        for button in every(id, number) {
            let text = button.id();
            prop_assert!(text.len() <= CUSTOM_ID, "{text}");
            prop_assert_eq!(Button::parse(&text), Some(button));
        }
    }

    #[test]
    fn nothing_makes_the_reader_fail(text in ".{0,120}") {
        if let Some(button) = Button::parse(&text) {
            prop_assert_eq!(button.id(), text);
        }
    }
}
