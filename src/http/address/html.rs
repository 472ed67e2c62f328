//! A sheet of plain text as one HTML document: no script, no request to anywhere, readable by everybody.

use std::{fmt::Write as _, sync::LazyLock};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use crate::chat::message::address::Sheet;

/// The field of the form: the address that the page showed.
pub(super) const ADDRESS_FIELD: &str = "address";

/// The system's own colours, which follow the reader's choice of light, dark and high contrast.
const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0;font:1.0625rem/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}\
main{max-width:36rem;margin:0 auto;padding:1.5rem 1rem 3rem}\
h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem}\
dl{margin:0 0 1rem;padding:.75rem 1rem;border:1px solid;border-radius:.5rem}\
dt{font-size:.9375rem}\
dd{margin:0 0 .5rem;font-weight:600;overflow-wrap:anywhere}\
dd:last-child{margin-bottom:0}\
p{margin:0 0 1rem;overflow-wrap:anywhere}\
button,.way{display:inline-block;box-sizing:border-box;max-width:100%;min-height:3rem;padding:.6rem 1.25rem;font:inherit;\
font-weight:600;border:2px solid;border-radius:.5rem;overflow-wrap:anywhere}\
button{cursor:pointer}\
:focus-visible{outline:3px solid Highlight;outline-offset:3px}";

/// Nothing may be loaded, run, framed or sent elsewhere; the one style is named by its hash.
pub(super) static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
});

/// The document.
pub(super) fn document(sheet: &Sheet) -> String {
    let mut body = format!("<h1 id=\"title\">{}</h1>\n", escaped(&sheet.title));
    if !sheet.facts.is_empty() {
        body.push_str("<dl>\n");
        for (name, value) in &sheet.facts {
            line(
                &mut body,
                format_args!("<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(value)),
            );
        }
        body.push_str("</dl>\n");
    }
    for paragraph in &sheet.paragraphs {
        line(&mut body, format_args!("<p>{}</p>", escaped(paragraph)));
    }
    if let Some(offer) = &sheet.offer {
        // No `action`: the form goes to where the page is, also behind a proxy that serves it under another path.
        line(
            &mut body,
            format_args!(
                "<form method=\"post\">\n<input type=\"hidden\" name=\"{ADDRESS_FIELD}\" value=\"{}\">\n<button \
                 type=\"submit\">{}</button>\n</form>",
                offer.address,
                escaped(&offer.label)
            ),
        );
    }
    if let Some((label, url)) = &sheet.way {
        line(
            &mut body,
            format_args!(
                "<p><a class=\"way\" rel=\"noreferrer\" href=\"{}\">{}</a></p>",
                escaped(url.as_str()),
                escaped(label)
            ),
        );
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta \
         name=\"robots\" content=\"noindex, nofollow\">\n<meta name=\"referrer\" \
         content=\"no-referrer\">\n<title>{} · Portcullis</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main \
         aria-labelledby=\"title\">\n{body}</main>\n</body>\n</html>\n",
        escaped(&sheet.title)
    )
}

fn line(body: &mut String, part: std::fmt::Arguments<'_>) {
    // Writing into a text cannot fail.
    let _ = writeln!(body, "{part}");
}

/// `text` as it reads, in HTML and inside its quoted attributes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sheet(text: &str) -> Sheet {
        Sheet {
            title: text.to_owned(),
            facts: vec![("Asked by", text.to_owned())],
            paragraphs: vec![text.to_owned()],
            offer: None,
            way: None,
        }
    }

    #[test]
    fn text_stays_text() {
        let page = document(&sheet("<script>alert('1')</script> & \"quoted\""));
        assert!(
            page.contains("<p>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;quoted&quot;</p>"),
            "{page}"
        );
        assert!(!page.contains("<script"), "{page}");
    }

    #[test]
    fn the_style_is_the_one_that_the_policy_names() {
        let page = document(&sheet("x"));
        let style = page
            .split("<style>")
            .nth(1)
            .unwrap()
            .split("</style>")
            .next()
            .unwrap();
        let hash = STANDARD.encode(Sha256::digest(style.as_bytes()));
        assert!(POLICY.contains(&hash));
    }

    proptest! {
        #[test]
        fn no_text_adds_an_element(text in ".{0,80}") {
            let plain = document(&sheet("x"));
            let page = document(&sheet(&text));
            for mark in ['<', '>', '"'] {
                prop_assert_eq!(page.matches(mark).count(), plain.matches(mark).count());
            }
        }
    }
}
