//! What the text of a program says for sure about the type of a value.

/// A lower bound on knowledge, never a guess: `Scalar` lets the compiler write plain arithmetic instead of a kernel
/// that works for scalars as well, `Array` lets it take the runtime's `dot` without asking the receiver's type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A float.
    Scalar,
    /// An array of floats, of that rank if it is known.
    Array(Option<usize>),
    /// A float or an array of floats.
    Tensor,
    /// A slice, `Vec` or array of such elements.
    Sequence(Box<Kind>),
    Tuple(Vec<Kind>),
    Reference(Box<Kind>),
    /// `Box`.
    Boxed(Box<Kind>),
    /// An `Option`, or a `Result`, of such a value.
    Optional(Box<Kind>),
    /// `&mut`.
    Exclusive(Box<Kind>),
    /// A tangent in each of several directions.
    Directions(Box<Kind>),
    Unknown,
}

impl Kind {
    /// There may be a `Result` in it, with any error.
    pub(crate) fn may_fail(&self) -> bool {
        match self {
            Kind::Optional(_) => true,
            Kind::Sequence(inner) | Kind::Boxed(inner) | Kind::Reference(inner) | Kind::Exclusive(inner) => inner.may_fail(),
            Kind::Directions(inner) => inner.may_fail(),
            Kind::Tuple(parts) => parts.iter().any(Kind::may_fail),
            Kind::Scalar | Kind::Array(_) | Kind::Tensor | Kind::Unknown => false,
        }
    }

    /// Without references.
    pub(crate) fn peel(&self) -> &Kind {
        match self {
            Kind::Reference(inner) | Kind::Exclusive(inner) => inner.peel(),
            other => other,
        }
    }

    /// Without references and boxes: what fields, elements and methods belong to.
    pub(crate) fn behind_pointers(&self) -> &Kind {
        match self.peel() {
            Kind::Boxed(inner) => inner.behind_pointers(),
            other => other,
        }
    }

    /// A number, an array, or a list of numbers.
    pub(crate) fn is_of_numbers(&self) -> bool {
        match self {
            Kind::Sequence(element) => element.is_scalar(),
            kind => matches!(kind, Kind::Scalar | Kind::Array(_)),
        }
    }

    pub(crate) fn is_scalar(&self) -> bool {
        *self == Kind::Scalar
    }

    /// Is copied where it is given away.
    pub(crate) fn is_copy(&self) -> bool {
        match self {
            Kind::Scalar | Kind::Reference(_) => true,
            Kind::Directions(inner) => inner.is_copy(),
            _ => false,
        }
    }

    /// A number, or one in each direction.
    pub(crate) fn is_number(&self) -> bool {
        match self {
            Kind::Scalar => true,
            Kind::Directions(inner) => inner.is_scalar(),
            _ => false,
        }
    }

    /// A list or an array of numbers.
    pub(crate) fn holds_numbers(&self) -> bool {
        match self.peel() {
            Kind::Array(_) => true,
            Kind::Sequence(element) => element.is_scalar(),
            _ => false,
        }
    }

    /// A list of numbers, of which there is one in each direction.
    pub(crate) fn is_list_of_directions(&self) -> bool {
        matches!(self.peel(), Kind::Sequence(element) if matches!(**element, Kind::Directions(_)))
    }

    /// An array of one dimension, a list or a slice of numbers.
    pub(crate) fn is_line(&self) -> bool {
        match self.peel() {
            Kind::Array(rank) => *rank == Some(1),
            Kind::Sequence(element) => element.is_scalar(),
            _ => false,
        }
    }

    pub(crate) fn is_exclusive(&self) -> bool {
        matches!(self, Kind::Exclusive(_))
    }

    /// Behind one reference; the kind itself if it is none.
    pub(crate) fn target(&self) -> Kind {
        match self {
            Kind::Reference(inner) | Kind::Exclusive(inner) | Kind::Boxed(inner) => (**inner).clone(),
            _ => Kind::Unknown,
        }
    }

    /// Methods of the runtime's table, and no others, apply to it.
    pub(crate) fn is_numeric(&self) -> bool {
        matches!(self.peel(), Kind::Scalar | Kind::Array(_) | Kind::Tensor)
    }

    /// The kind of an elementwise operation on operands of these kinds.
    pub(crate) fn join<'k>(kinds: impl IntoIterator<Item = &'k Kind>) -> Kind {
        kinds.into_iter().map(|kind| kind.peel().clone()).fold(Kind::Scalar, |a, b| match (a, b) {
            (Kind::Scalar, Kind::Scalar) => Kind::Scalar,
            (Kind::Array(a), Kind::Array(b)) => Kind::Array(a.zip(b).map(|(a, b)| a.max(b))),
            (Kind::Array(a), Kind::Scalar) | (Kind::Scalar, Kind::Array(a)) => Kind::Array(a),
            (Kind::Array(_), _) | (_, Kind::Array(_)) => Kind::Array(None),
            _ => Kind::Tensor,
        })
    }

    /// The kind of a value that is one of two of the same type.
    pub(crate) fn meet(&self, other: &Kind) -> Kind {
        match (self, other) {
            (a, b) if a == b => a.clone(),
            (Kind::Scalar, _) | (_, Kind::Scalar) => Kind::Scalar,
            (Kind::Reference(a), Kind::Reference(b)) => Kind::Reference(Box::new(a.meet(b))),
            (Kind::Boxed(a), Kind::Boxed(b)) => Kind::Boxed(Box::new(a.meet(b))),
            (Kind::Optional(a), Kind::Optional(b)) => Kind::Optional(Box::new(a.meet(b))),
            (Kind::Sequence(a), Kind::Sequence(b)) => Kind::Sequence(Box::new(a.meet(b))),
            (Kind::Tuple(a), Kind::Tuple(b)) if a.len() == b.len() => {
                Kind::Tuple(a.iter().zip(b).map(|(a, b)| a.meet(b)).collect())
            }
            (Kind::Array(a), Kind::Array(b)) => Kind::Array(a.or(*b)),
            (Kind::Unknown | Kind::Tensor, known) | (known, Kind::Unknown | Kind::Tensor) => known.clone(),
            _ => Kind::Unknown,
        }
    }

    /// The kind of an element.
    pub(crate) fn element(&self) -> Kind {
        match self.behind_pointers() {
            Kind::Array(_) => Kind::Scalar,
            Kind::Sequence(element) => (**element).clone(),
            _ => Kind::Unknown,
        }
    }

    pub(crate) fn field(&self, number: u32) -> Kind {
        match self.behind_pointers() {
            Kind::Tuple(kinds) => kinds.get(number as usize).cloned().unwrap_or(Kind::Unknown),
            _ => Kind::Unknown,
        }
    }
}
