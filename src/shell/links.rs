//! Links that would be refused are not offered. Whether an address may be opened is said once, by its
//! route ([`Doors`](crate::platform::web::routes::Doors)); this is applied to every page once it is
//! rendered, so that no template asks the question again.

/// The page without its refused links: a link in a text becomes its words, a button goes away.
pub fn offered(page: String, opens: impl Fn(&str) -> bool) -> String {
    const LINK: &str = "<a ";
    if !page.contains(LINK) {
        return page;
    }
    let mut kept = String::with_capacity(page.len());
    let mut rest = page.as_str();
    while let Some(at) = rest.find(LINK) {
        let (before, link) = rest.split_at(at);
        let parts = link.find('>').and_then(|end| {
            let (tag, inner) = link.split_at(end + 1);
            let href = attribute(tag, "href")?;
            Some((tag, inner, href))
        });
        let Some((tag, inner, href)) = parts else {
            kept.push_str(before);
            kept.push_str(LINK);
            rest = &link[LINK.len()..];
            continue;
        };
        kept.push_str(before);
        if !href.starts_with('/') || opens(href) {
            kept.push_str(tag);
            rest = inner;
            continue;
        }
        let (words, after) = inner.split_once("</a>").unwrap_or((inner, ""));
        let class = attribute(tag, "class").unwrap_or_default();
        if !class.split_whitespace().any(|one| one == "btn") {
            kept.push_str("<span>");
            kept.push_str(words);
            kept.push_str("</span>");
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

/// The value of an attribute of a tag, as written.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let until = tag[from..].find('"')?;
    Some(&tag[from..from + until])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_link_becomes_its_words_and_a_refused_button_goes_away() {
        let page = r#"<p><a href="/open?a=1&amp;b=2" class="x">ici</a>, <a class="x" href="/shut">là <b>aussi</b></a>, <a href="https://ailleurs.test/shut">dehors</a><a class="btn primary" href="/shut/new">Ajouter</a> fin <abbr>a</abbr></p>"#;
        let kept = offered(page.to_owned(), |href| href.starts_with("/open"));
        assert_eq!(
            kept,
            r#"<p><a href="/open?a=1&amp;b=2" class="x">ici</a>, <span>là <b>aussi</b></span>, <a href="https://ailleurs.test/shut">dehors</a> fin <abbr>a</abbr></p>"#
        );
    }

    #[test]
    fn a_page_without_links_or_cut_short_is_left_as_it_is() {
        for page in ["<p>rien</p>", "<a href=", "<a name=\"x\">ancre</a>"] {
            assert_eq!(offered(page.to_owned(), |_| false), page);
        }
    }
}
