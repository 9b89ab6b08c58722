//! Which gradients a caller wants: zero-sized types, so that the code for the others is not compiled.

/// Whether a gradient is wanted, as a type: [`Yes`] or [`No`].
pub trait Want: Copy + Default + 'static {
    /// The same as a constant.
    const ON: bool;
    /// `T` if wanted, `()` if not.
    type Of<T>;
    /// Wanted by this one or by `B`.
    type Or<B: Want>: Want;

    /// Computes what is wanted.
    fn when<T>(compute: impl FnOnce() -> T) -> Self::Of<T>;

    /// Changes what is wanted.
    fn map<T, U>(x: Self::Of<T>, f: impl FnOnce(T) -> U) -> Self::Of<U>;

    /// What is there if it is wanted. Panics if it is wanted and not there.
    fn given<T>(x: Option<T>) -> Self::Of<T>;

    /// Of a pair that is wanted, the second.
    fn second<T, U>(x: Self::Of<(T, U)>) -> Self::Of<U>;

    /// What was wanted, if it was.
    fn get<T>(x: Self::Of<T>) -> Option<T>;
}

/// The gradient is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Yes;

/// The gradient is not wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct No;

impl Want for Yes {
    const ON: bool = true;
    type Of<T> = T;
    type Or<B: Want> = Yes;

    #[inline]
    fn when<T>(compute: impl FnOnce() -> T) -> T {
        compute()
    }

    #[inline]
    fn map<T, U>(x: T, f: impl FnOnce(T) -> U) -> U {
        f(x)
    }

    #[inline]
    fn given<T>(x: Option<T>) -> T {
        x.expect("wanted")
    }

    #[inline]
    fn second<T, U>(x: (T, U)) -> U {
        x.1
    }

    #[inline]
    fn get<T>(x: T) -> Option<T> {
        Some(x)
    }
}

impl Want for No {
    const ON: bool = false;
    type Of<T> = ();
    type Or<B: Want> = B;

    #[inline]
    fn when<T>(_compute: impl FnOnce() -> T) {}

    #[inline]
    fn map<T, U>((): (), _f: impl FnOnce(T) -> U) {}

    #[inline]
    fn given<T>(_x: Option<T>) {}

    #[inline]
    fn second<T, U>((): ()) {}

    #[inline]
    fn get<T>((): ()) -> Option<T> {
        None
    }
}

/// An argument that the called function leaves out by `wrt(…)`: nobody may want its gradient.
#[diagnostic::on_unimplemented(
    message = "this argument is left out by `wrt(…)` of the called function, but its value is differentiated",
    label = "differentiated value goes into an argument without a derivative",
    note = "write `detach(…)` if its derivative is meant to be zero"
)]
pub trait Excluded: Want {}

impl Excluded for No {}

#[cfg(test)]
mod tests {
    use super::{No, Want, Yes};

    fn total<A: Want, B: Want>() -> usize {
        let a = A::get::<usize>(A::when(|| 1));
        let b = B::get::<usize>(B::second(B::map(B::given(B::ON.then_some(1)), |x: usize| (x, x + 1))));
        a.unwrap_or(0) + b.unwrap_or(0)
    }

    #[test]
    fn only_what_is_wanted_is_computed() {
        assert_eq!([total::<Yes, Yes>(), total::<Yes, No>(), total::<No, Yes>(), total::<No, No>()], [3, 1, 2, 0]);
    }

    #[test]
    fn or_of_types() {
        let on = [<<No as Want>::Or<Yes> as Want>::ON, <<Yes as Want>::Or<No> as Want>::ON, <<No as Want>::Or<No> as Want>::ON];
        assert_eq!(on, [true, true, false]);
    }
}
