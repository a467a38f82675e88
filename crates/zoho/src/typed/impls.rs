//! What all calls, all records and all sets of the bindings have, said once and not for each: names are all that generated
//! code adds.

/// What makes a newtype over a [`Call`](crate::Call) the call of an API: `call!(List, "tickets.list", Ticket);`.
#[doc(hidden)]
#[macro_export]
macro_rules! call {
    ($name:ident, $wire:literal, $output:ty) => {
        impl $crate::typed::TypedApi for $name {
            type Output = $output;
            const NAME: &'static str = $wire;

            #[inline]
            fn from_call(call: $crate::typed::Call) -> Self {
                Self(call)
            }

            #[inline]
            fn into_call(self) -> $crate::typed::Call {
                self.0
            }
        }

        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

/// What makes a struct a record: its members with their names in JSON, in braces of their own those that lie elsewhere in
/// memory, and `default` where one can have nothing in it. `record!(Ticket { id: "id", } default);`
#[doc(hidden)]
#[macro_export]
macro_rules! record {
    ($name:ident { $($field:ident: $wire:literal,)* } $({ $($boxed:ident: $boxed_wire:literal,)* })? $($default:ident)?) => {
        impl $crate::typed::FromRecord for $name {
            #[inline]
            fn read(record: &$crate::typed::Record, reading: &mut $crate::typed::Reading) -> Self {
                let mut members = $crate::typed::Members::of(record, reading);
                Self {
                    $($field: members.take($wire),)*
                    $($($boxed: members.take_boxed($boxed_wire),)*)?
                    extra: members.rest(),
                }
            }
        }

        impl $crate::typed::ToRecord for $name {
            #[inline]
            fn write(&self, out: &mut $crate::typed::RecordWriter) {
                out.begin();
                $(out.member($wire, &self.$field);)*
                $($(out.member_boxed($boxed_wire, &self.$boxed);)*)?
                out.end(&self.extra);
            }
        }

        impl ::std::cmp::PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                $crate::typed::same(self, other)
            }
        }

        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::typed::debug(stringify!($name), self, f)
            }
        }

        impl $crate::typed::Serialize for $name {
            #[inline]
            fn serialize<S: $crate::typed::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::typed::serialize(self, serializer)
            }
        }

        $($crate::record!($default $name);)?
    };
    (default $name:ident) => {
        impl ::std::default::Default for $name {
            #[inline]
            fn default() -> Self {
                $crate::typed::blank()
            }
        }
    };
}

/// What makes an enum a set that grows: its variants with their values, besides `Other`. `choice!(Side { Left: "left", });`
#[doc(hidden)]
#[macro_export]
macro_rules! choice {
    ($name:ident { $($variant:ident: $value:literal,)* }) => {
        impl $crate::typed::Choice for $name {
            #[inline]
            fn value(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Other(value) => value,
                }
            }
        }

        impl ::std::convert::From<&str> for $name {
            #[inline]
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)*
                    other => Self::Other(::std::borrow::ToOwned::to_owned(other)),
                }
            }
        }

        impl ::std::cmp::PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                $crate::typed::Choice::value(self) == $crate::typed::Choice::value(other)
            }
        }

        impl ::std::cmp::Eq for $name {}

        impl ::std::hash::Hash for $name {
            #[inline]
            fn hash<H: ::std::hash::Hasher>(&self, state: &mut H) {
                ::std::hash::Hash::hash($crate::typed::Choice::value(self), state);
            }
        }

        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt($crate::typed::Choice::value(self), f)
            }
        }

        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str($crate::typed::Choice::value(self))
            }
        }
    };
}
