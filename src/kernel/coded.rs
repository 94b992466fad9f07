//! Closed lists of the trade, one line a value: its name in code, its code in URLs, JSON and tables,
//! and its words on the screen.

/// Declares an enum whose values have a code (English ASCII) and a French label, said once.
///
/// ```
/// vigie::coded! {
///     /// What a door may be.
///     pub enum Door { Open = "open" => "Ouverte", Shut = "shut" => "Fermée" }
/// }
/// assert_eq!(Door::from_code("shut"), Some(Door::Shut));
/// assert_eq!(Door::Open.label(), "Ouverte");
/// ```
#[macro_export]
macro_rules! coded {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($variant:ident = $code:literal => $label:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $(#[doc = $label] $variant),+ }

        impl $name {
            /// Every value, in the order people read them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code in URLs, JSON and tables.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The words on the screen.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }

            /// The value of a code, if it is one.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.label())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl ::utoipa::PartialSchema for $name {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::schema::Schema> {
                ::utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(::utoipa::openapi::schema::Type::String)
                    .enum_values(Some(Self::ALL.iter().map(|value| value.code())))
                    .into()
            }
        }

        impl ::utoipa::ToSchema for $name {}

        impl ::sqlx::Type<::sqlx::Postgres> for $name {
            fn type_info() -> ::sqlx::postgres::PgTypeInfo {
                <str as ::sqlx::Type<::sqlx::Postgres>>::type_info()
            }

            fn compatible(ty: &::sqlx::postgres::PgTypeInfo) -> bool {
                <str as ::sqlx::Type<::sqlx::Postgres>>::compatible(ty)
            }
        }

        impl<'r> ::sqlx::Decode<'r, ::sqlx::Postgres> for $name {
            fn decode(value: ::sqlx::postgres::PgValueRef<'r>) -> Result<Self, ::sqlx::error::BoxDynError> {
                let code = <&str as ::sqlx::Decode<'r, ::sqlx::Postgres>>::decode(value)?;
                Self::from_code(code).ok_or_else(|| format!("{code} is no {}", stringify!($name)).into())
            }
        }

        impl ::sqlx::Encode<'_, ::sqlx::Postgres> for $name {
            fn encode_by_ref(&self, buf: &mut ::sqlx::postgres::PgArgumentBuffer) -> Result<::sqlx::encode::IsNull, ::sqlx::error::BoxDynError> {
                <&str as ::sqlx::Encode<'_, ::sqlx::Postgres>>::encode(self.code(), buf)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    crate::coded! {
        /// Two of everything.
        enum Door { Open = "open" => "Ouverte", Shut = "shut" => "Fermée" }
    }

    #[test]
    fn a_code_leads_back_to_its_value() {
        for door in Door::ALL {
            assert_eq!(Door::from_code(door.code()), Some(*door));
        }
        assert_eq!(Door::from_code("ajar"), None);
        assert_eq!(Door::Shut.to_string(), "Fermée");
        assert_eq!(serde_json::to_string(&Door::Open).unwrap(), "\"open\"");
    }
}
