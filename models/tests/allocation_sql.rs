//! The SQL text of conditions.

#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

use headroom_models::allocation::Condition;

#[derive(serde::Deserialize)]
struct Written {
    when: Condition,
}

fn sql(condition: &str) -> String {
    toml::from_str::<Written>(&format!("when = {condition}"))
        .unwrap()
        .when
        .sql()
}

#[test]
fn tests_of_columns() {
    for (condition, expected) in [
        (r#"{ always = true }"#, "TRUE"),
        (
            r#"{ column = "ResourceId", equals = "O'Hara" }"#,
            r#"COALESCE("ResourceId" = 'O''Hara', FALSE)"#,
        ),
        (
            r#"{ column = "x_CostType", in = ["rack", "power"] }"#,
            r#"COALESCE("x_CostType" IN ('rack', 'power'), FALSE)"#,
        ),
        (r#"{ column = "x_CostType", in = [] }"#, "FALSE"),
        (
            r#"{ column = "ResourceId", regex = '^(a|b)\d' }"#,
            r#"COALESCE(regexp_matches("ResourceId", '^(a|b)\d'), FALSE)"#,
        ),
        (
            r#"{ column = "ResourceId", starts_with = '50%_\' }"#,
            r#"COALESCE("ResourceId" LIKE '50\%\_\\%' ESCAPE '\', FALSE)"#,
        ),
        (
            r#"{ column = "ResourceId", glob = "prod_*-?" }"#,
            r#"COALESCE("ResourceId" LIKE 'prod\_%-_' ESCAPE '\', FALSE)"#,
        ),
        (
            r#"{ column = "ResourceId", present = true }"#,
            r#"COALESCE("ResourceId" <> '', FALSE)"#,
        ),
        (
            r#"{ column = "ResourceId", present = false }"#,
            r#"(NOT COALESCE("ResourceId" <> '', FALSE))"#,
        ),
    ] {
        assert_eq!(sql(condition), expected, "{condition}");
    }
}

#[test]
fn joined_conditions_keep_their_parentheses() {
    let (a, b) = (
        r#"{ column = "x_Product", equals = "a" }"#,
        r#"{ column = "x_Module", equals = "b" }"#,
    );
    let (sql_a, sql_b) = (sql(a), sql(b));
    assert_eq!(
        sql(&format!("{{ all = [{a}, {b}] }}")),
        format!("({sql_a} AND {sql_b})")
    );
    assert_eq!(
        sql(&format!("{{ any = [{a}, {{ all = [{a}, {b}] }}] }}")),
        format!("({sql_a} OR ({sql_a} AND {sql_b}))")
    );
    assert_eq!(
        sql(&format!("{{ not = {{ any = [{a}, {b}] }} }}")),
        format!("(NOT ({sql_a} OR {sql_b}))")
    );
    assert_eq!(sql("{ all = [] }"), "TRUE");
    assert_eq!(sql("{ any = [] }"), "FALSE");
    assert_eq!(sql("{ not = { any = [] } }"), "(NOT FALSE)");
}

#[test]
fn tags_are_read_by_pointer() {
    for (key, pointer) in [
        ("product", "/product"),
        ("a.b", "/a.b"),
        ("kubernetes.io/name", "/kubernetes.io~1name"),
        ("a~b", "/a~0b"),
        ("it's", "/it''s"),
        ("a\\b", "/a\\b"),
        ("团队", "/团队"),
    ] {
        let key = toml::Value::from(key).to_string();
        assert_eq!(
            sql(&format!("{{ tag = {key}, equals = \"yes\" }}")),
            format!(
                "COALESCE(CASE WHEN json_valid(\"Tags\") THEN CASE WHEN json_type(\"Tags\") = 'OBJECT' \
                 THEN json_extract_string(\"Tags\", '{pointer}') END END = 'yes', FALSE)"
            )
        );
    }
}
