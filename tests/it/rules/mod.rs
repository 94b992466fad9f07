//! The legal rules as people read them.

use crate::support::World;

#[tokio::test]
async fn every_rule_says_its_source_and_whether_it_was_verified() {
    let world = World::new().await;
    let mut quality = world.person("quality").await;
    let list = quality.get("/rules/texts?per=200").await.is(200);
    list.shows("à vérifier")
        .shows("en vigueur")
        .shows("Arrêté du 3 mars 2003");
    let unverified = world
        .count("select count(*) from legal_rule where status = 'to_verify'")
        .await;
    assert!(unverified > 0);
    let links = list.attributes("tbody th a, tbody td a", "href");
    assert!(!links.is_empty());
    quality.get(&links[0]).await.is(200).shows("Source");
    quality
        .get_json(links[0].split('?').next().unwrap())
        .await
        .is(200);
    world
        .person("ward_user")
        .await
        .get("/rules/texts")
        .await
        .is(403);
}
