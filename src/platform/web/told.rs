//! What a route takes and answers, for the OpenAPI document: what it takes is read from the types of
//! its handler's parameters, so that it cannot differ from what is accepted; what it answers is said
//! beside the route.
//!
//! A form's fields are asked of the `Deserialize` that reads it, which names them all: forms need no
//! second derive. Answers are the structs of `api.rs`, by their `ToSchema`.

use std::collections::BTreeMap;

use axum::extract::{Extension, Path, Query, RawQuery, State};
use axum::http::HeaderMap;
use serde::de::value::Error as Unread;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor,
};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Form, Typed, Upload};
use crate::platform::db::list::ListSpec;

/// A field of a form or of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Repeated in a form, an array in JSON.
    pub many: bool,
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// A form, or a JSON object of the same fields.
    Form,
    /// A form with files.
    Upload,
}

/// What a handler takes beside its path.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// The body and its fields.
    pub body: Option<(BodyKind, Vec<Field>)>,
    /// Named fields of the query.
    pub query: Vec<Field>,
}

/// A parameter of a handler says what it takes; most take nothing that a caller sends by name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a parameter of a handler that the OpenAPI document does not know",
    note = "add `impl Part for …` in src/platform/web/told.rs (or beside the type), saying what it takes from the caller"
)]
pub trait Part {
    /// Adds what this parameter takes.
    fn tell(_: &mut Taken) {}
}

impl<S> Part for State<S> {}
impl<T> Part for Path<T> {}
impl<T> Part for Extension<T> {}
impl<T> Part for Typed<T> {}
impl<T: Part> Part for Option<T> {
    fn tell(taken: &mut Taken) {
        T::tell(taken);
    }
}
impl Part for RawQuery {}
impl Part for HeaderMap {}

impl<T: DeserializeOwned> Part for Query<T> {
    fn tell(taken: &mut Taken) {
        taken.query.extend(fields_of::<T>());
    }
}

impl<T: DeserializeOwned> Part for Form<T> {
    fn tell(taken: &mut Taken) {
        taken.body = Some((BodyKind::Form, fields_of::<T>()));
    }
}

impl<T: DeserializeOwned> Part for Upload<T> {
    fn tell(taken: &mut Taken) {
        taken.body = Some((BodyKind::Upload, fields_of::<T>()));
    }
}

/// The parameters of a handler, as axum types them: a marker, then each parameter.
pub trait Told {
    /// What they take.
    fn taken() -> Taken;
}

macro_rules! told {
    ($([$($part:ident),*])*) => { $(
        impl<M, $($part: Part),*> Told for (M, $($part,)*) {
            fn taken() -> Taken {
                #[allow(unused_mut)]
                let mut taken = Taken::default();
                $($part::tell(&mut taken);)*
                taken
            }
        }
    )* };
}
told!([] [A] [A, B] [A, B, C] [A, B, C, D] [A, B, C, D, E] [A, B, C, D, E, F] [A, B, C, D, E, F, G]);

impl<A: Part, B: Part> Part for (A, B) {
    fn tell(taken: &mut Taken) {
        A::tell(taken);
        B::tell(taken);
    }
}

impl<A: Part, B: Part, C: Part> Part for (A, B, C) {
    fn tell(taken: &mut Taken) {
        A::tell(taken);
        B::tell(taken);
        C::tell(taken);
    }
}

/// The schemas that others refer to, by name.
pub type Schemas = BTreeMap<String, Value>;

/// What a route answers when all goes well.
#[derive(Clone, Copy, Debug, Default)]
pub enum Answers {
    /// Nobody has said: refused by the house tests.
    #[default]
    Unsaid,
    /// A resource.
    Resource(fn(&mut Schemas) -> Value),
    /// A page of a list.
    List(&'static ListSpec),
    /// The choices a form offers, for who fills it.
    Choices,
    /// A file.
    File,
}

/// The schema of `T`, its references added to `schemas`.
pub fn schema_of<T: ToSchema>(schemas: &mut Schemas) -> Value {
    let mut found = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut found);
    for (name, schema) in found {
        schemas.insert(name, serde_json::to_value(schema).unwrap_or_default());
    }
    serde_json::json!({ "$ref": format!("#/components/schemas/{}", T::name()) })
}

/// The fields that a struct reads, asked of its own `Deserialize`.
pub fn fields_of<T: DeserializeOwned>() -> Vec<Field> {
    let mut asked = Asked::default();
    // It may stop at a field that takes no empty value; its name is known all the same.
    let _ = T::deserialize(Whole(&mut asked));
    asked
        .names
        .iter()
        .map(|name| Field {
            name,
            many: asked.many.contains(name),
        })
        .collect()
}

#[derive(Default)]
struct Asked {
    names: &'static [&'static str],
    many: Vec<&'static str>,
}

/// Answers the struct itself: gives it each of its fields, empty.
struct Whole<'a>(&'a mut Asked);

macro_rules! as_any {
    () => {
        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf
            unit unit_struct newtype_struct tuple tuple_struct map enum identifier ignored_any
        }
    };
}

impl<'de> Deserializer<'de> for Whole<'_> {
    type Error = Unread;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_unit()
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        self.0.names = names;
        visitor.visit_map(Each {
            asked: self.0,
            at: 0,
        })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_any(visitor)
    }

    as_any!();
}

struct Each<'a> {
    asked: &'a mut Asked,
    at: usize,
}

impl<'de> MapAccess<'de> for Each<'_> {
    type Error = Unread;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Unread> {
        match self.asked.names.get(self.at) {
            Some(name) => seed.deserialize((*name).into_deserializer()).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unread> {
        let name = self.asked.names.get(self.at).copied().unwrap_or_default();
        self.at += 1;
        seed.deserialize(Empty {
            name,
            many: &mut self.asked.many,
        })
    }
}

/// Answers one field: nothing, in the form it asks for.
struct Empty<'a> {
    name: &'static str,
    many: &'a mut Vec<&'static str>,
}

impl<'de> Deserializer<'de> for Empty<'_> {
    type Error = Unread;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_str("")
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_none()
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.many.push(self.name);
        visitor.visit_seq(serde::de::value::SeqDeserializer::new(std::iter::empty::<
            &str,
        >()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        self.deserialize_any(visitor)
    }

    as_any!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default, serde::Deserialize)]
    #[serde(default, deny_unknown_fields)]
    #[allow(dead_code)]
    struct Shelf {
        name: String,
        books: Vec<String>,
        #[serde(rename = "o.of")]
        owner: Option<uuid::Uuid>,
        note: String,
    }

    #[test]
    fn a_form_tells_its_fields_and_which_repeat() {
        let told: Vec<_> = fields_of::<Shelf>()
            .into_iter()
            .map(|f| (f.name, f.many))
            .collect();
        assert_eq!(
            told,
            [
                ("name", false),
                ("books", true),
                ("o.of", false),
                ("note", false)
            ]
        );
        assert!(fields_of::<crate::platform::web::form::Nothing>().is_empty());
    }

    #[test]
    fn the_parameters_of_a_handler_tell_what_it_takes() {
        type Handler = ((), State<u8>, Path<uuid::Uuid>, Query<Shelf>, Form<Shelf>);
        let taken = <Handler as Told>::taken();
        assert_eq!(taken.query.len(), 4);
        assert_eq!(
            taken.body.map(|(kind, fields)| (kind, fields.len())),
            Some((BodyKind::Form, 4))
        );
    }
}
