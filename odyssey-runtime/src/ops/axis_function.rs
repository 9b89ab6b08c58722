//! What the functions of one tensor and an axis have in common.

/// Makes, of a forward and a rule function, the function, its trait with the method, its companion struct, and the
/// method in residual form.
macro_rules! axis_function {
    (
        $(#[$doc:meta])*
        fn $name:ident, method of $Trait:ident, hidden forms $residual_name:ident, $pushed_name:ident of $Residual:ident;
        where [$($bound:tt)*];
        result $Result:ty;
        forward $forward:expr;
        rule |$x:pat_param, $y:pat_param, $axis:pat_param, $dy:pat_param| $rule:expr;
        tangent |$tx:pat_param, $ty:pat_param, $taxis:pat_param, $dx:pat_param| $tangent:expr;
    ) => {
        $(#[$doc])*
        #[track_caller]
        pub fn $name<X: $Trait + ?Sized>(x: &X, axis: Axis) -> X::Output {
            x.$name(axis)
        }

        #[doc = concat!("[`", stringify!($name), "()`] as a method.")]
        pub trait $Trait {
            /// The result.
            type Output;

            $(#[$doc])*
            #[track_caller]
            fn $name(&self, axis: Axis) -> Self::Output;
        }

        impl<X: Tensor<$($bound)*> + ?Sized> $Trait for X {
            type Output = $Result;

            #[track_caller]
            fn $name(&self, axis: Axis) -> $Result {
                $forward(self.tensor_view(), axis)
            }
        }

        impl $Trait for Probe {
            type Output = Probed<$name>;

            fn $name(&self, _axis: Axis) -> Probed<$name> {
                self.absurd()
            }
        }

        #[doc = concat!("The derivative of [`", stringify!($name), "()`].")]
        #[allow(non_camel_case_types, reason = "the companion of a function has its name")]
        #[derive(Debug)]
        pub struct $name {}

        impl $name {
            /// The value, and the function from its cotangent to that of `x`.
            #[track_caller]
            pub fn vjp<X: Tensor<$($bound)*> + ?Sized>(
                x: &X,
                axis: Axis,
            ) -> ($Result, impl FnOnce($Result) -> Array<X::Elem, X::Dim>) {
                let y = x.$name(axis);
                let (kept, back) = (y.clone(), move |y: $Result, dy: $Result| {
                    let ($x, $y, $axis, $dy) = (x, &y, axis, dy);
                    $rule
                });
                (y, move |dy| back(kept, dy))
            }

            /// The value, and its tangent along that of `x`.
            #[track_caller]
            pub fn jvp<X: Tensor<$($bound)*> + ?Sized>(x: &X, axis: Axis, x_dot: Array<X::Elem, X::Dim>) -> ($Result, $Result) {
                x.$pushed_name(axis, (&x_dot, No))
            }

            #[doc(hidden)]
            #[track_caller]
            pub fn pushforward<F: IsAxisFunction<Self>, X: Tensor<$($bound)*> + ?Sized, G: Along<Array<X::Elem, X::Dim>>, P>(
                _primal: F,
                x: &X,
                axis: Axis,
                tangents: (G, P),
            ) -> ($Result, $Result) {
                x.$pushed_name(axis, tangents)
            }

            #[doc(hidden)]
            #[track_caller]
            pub fn residual_vjp<F: IsAxisFunction<Self>, X: Tensor<$($bound)*> + ?Sized, S: Want, P: Want>(
                _primal: F,
                x: &X,
                axis: Axis,
                wants: (S, P),
            ) -> (
                $Result,
                impl FnOnce(&X, Axis, &$Result, $Result) -> (S::Of<Array<X::Elem, X::Dim>>, ()) + use<F, X, S, P>,
            ) {
                x.$residual_name(axis, wants)
            }
        }

        residual_method! {
            $residual_name, $pushed_name of $Residual;
            where [$($bound)*];
            result $Result;
            forward |x, axis| x.$name(axis);
            rule |$x, $y, $axis, $dy| $rule;
            tangent |$tx, $ty, $taxis, $dx| $tangent;
        }
    };
}

/// An operation on a tensor and an axis as a method in its hidden forms: the value, and a pullback that owns nothing of the
/// arguments but takes them again by reference, with the value and its cotangent; the value and its tangent. A method of the user's own type with
/// such a name is found before these.
macro_rules! residual_method {
    (
        $name:ident, $pushed:ident of $Trait:ident;
        where [$($bound:tt)*];
        result $Result:ty;
        forward |$fx:ident, $faxis:ident| $forward:expr;
        rule |$x:pat_param, $y:pat_param, $axis:pat_param, $dy:pat_param| $rule:expr;
        tangent |$tx:pat_param, $ty:pat_param, $taxis:pat_param, $dx:pat_param| $tangent:expr;
    ) => {
        #[doc(hidden)]
        pub trait $Trait<X: Tensor<$($bound)*> + ?Sized> {
            #[track_caller]
            fn $name<S: Want, P: Want>(
                &self,
                axis: Axis,
                wants: (S, P),
            ) -> (
                $Result,
                impl FnOnce(&X, Axis, &$Result, $Result) -> (S::Of<Array<X::Elem, X::Dim>>, ()) + use<Self, X, S, P>,
            );

            #[track_caller]
            fn $pushed<G: Along<Array<X::Elem, X::Dim>>, P>(&self, axis: Axis, tangents: (G, P)) -> ($Result, $Result);
        }

        impl<X: Tensor<$($bound)*> + ?Sized> $Trait<X> for X {
            #[track_caller]
            fn $name<S: Want, P: Want>(
                &self,
                $faxis: Axis,
                _wants: (S, P),
            ) -> (
                $Result,
                impl FnOnce(&X, Axis, &$Result, $Result) -> (S::Of<Array<X::Elem, X::Dim>>, ()) + use<X, S, P>,
            ) {
                let $fx = self;
                ($forward, |$x: &X, $axis: Axis, $y: &$Result, $dy: $Result| (S::when(|| $rule), ()))
            }

            #[track_caller]
            fn $pushed<G: Along<Array<X::Elem, X::Dim>>, P>(&self, $faxis: Axis, (dx, _): (G, P)) -> ($Result, $Result) {
                let dx = dx.along(|| Array::zeros(self.tensor_view().raw_dim()));
                let $fx = self;
                let y = $forward;
                let tangent = |$tx: &X, $ty: &$Result, $taxis: Axis, $dx: &Array<X::Elem, X::Dim>| $tangent;
                let y_dot = tangent(self, &y, $faxis, &dx);
                (y, y_dot)
            }
        }
    };
}

pub(super) use {axis_function, residual_method};
