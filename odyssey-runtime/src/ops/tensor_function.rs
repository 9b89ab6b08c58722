//! What the functions of one tensor and passive parameters have in common.

/// Makes, of a forward and a rule function, the function, its trait with the method, its companion struct, and the
/// method in its hidden forms. Parameters are written `(axis: Axis as P)`, where `P` names what says whether the parameter's
/// gradient is wanted: never, since it has none.
macro_rules! tensor_function {
    (
        $(#[$doc:meta])*
        fn $name:ident($($param:ident: $Param:ty as $P:ident),*), method of $Trait:ident,
        hidden forms $residual_name:ident, $second_name:ident, $pushed_name:ident of $Residual:ident;
        where [$($bound:tt)*];
        result $Result:ty;
        forward $forward:expr;
        rule |$x:pat_param, $y:pat_param, $dy:pat_param| $rule:expr;
        tangent |$tx:pat_param, $ty:pat_param, $dx:pat_param| $tangent:expr;
    ) => {
        $(#[$doc])*
        #[track_caller]
        pub fn $name<X: $Trait + ?Sized>(x: &X $(, $param: $Param)*) -> X::Output {
            x.$name($($param),*)
        }

        #[doc = concat!("[`", stringify!($name), "()`] as a method.")]
        pub trait $Trait {
            /// The result.
            type Output;

            $(#[$doc])*
            #[track_caller]
            fn $name(&self $(, $param: $Param)*) -> Self::Output;
        }

        impl<X: Tensor<$($bound)*> + ?Sized> $Trait for X {
            type Output = $Result;

            #[track_caller]
            fn $name(&self $(, $param: $Param)*) -> $Result {
                $forward(self.tensor_view() $(, $param)*)
            }
        }

        impl $Trait for Probe {
            type Output = Probed<$name>;

            fn $name(&self $(, _: $Param)*) -> Probed<$name> {
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
                $($param: $Param,)*
            ) -> ($Result, impl FnOnce($Result) -> Array<X::Elem, X::Dim>) {
                let y = x.$name($($param),*);
                let (kept, back) = (y.clone(), move |y: $Result, dy: $Result| {
                    let ($x, $y, $dy) = (x, &y, dy);
                    $rule
                });
                (y, move |dy| back(kept, dy))
            }

            /// The value, and its tangent along that of `x`.
            #[track_caller]
            pub fn jvp<X: Tensor<$($bound)*> + ?Sized>(
                x: &X,
                $($param: $Param,)*
                x_dot: Array<X::Elem, X::Dim>,
            ) -> ($Result, $Result) {
                x.$pushed_name($($param,)* (&x_dot, $(tensor_method!(@unit $param),)*))
            }

            #[doc(hidden)]
            #[track_caller]
            pub fn pushforward<
                F: IsFunction<Self, ($($Param,)*)>,
                X: Tensor<$($bound)*> + ?Sized,
                G: Along<Array<X::Elem, X::Dim>>
                $(, $P)*
            >(
                _primal: F,
                x: &X,
                $($param: $Param,)*
                tangents: (G, $($P,)*),
            ) -> ($Result, $Result) {
                x.$pushed_name($($param,)* tangents)
            }

            #[doc(hidden)]
            #[track_caller]
            pub fn residual_vjp<F: IsFunction<Self, ($($Param,)*)>, X: Tensor<$($bound)*> + ?Sized, S: Want $(, $P: Want)*>(
                _primal: F,
                x: &X,
                $($param: $Param,)*
                wants: (S, $($P,)*),
            ) -> ($Result, tensor_method!(@pullback $Result, X, S; $($Param as $P),*)) {
                x.$residual_name($($param,)* wants)
            }

            #[doc(hidden)]
            #[track_caller]
            #[allow(clippy::type_complexity, reason = "a value and a pullback, with their tangents")]
            pub fn residual_hvp<
                F: IsFunction<Self, ($($Param,)*)>,
                X: Tensor<$($bound)*> + ?Sized,
                G: Along<Array<X::Elem, X::Dim>>,
                S: Want
                $(, $P: Want)*
            >(
                _primal: F,
                x: &X,
                $($param: $Param,)*
                tangents: (G, $(tensor_method!(@no $param),)*),
                wants: (S, $($P,)*),
            ) -> (
                ($Result, $Result),
                tensor_method!(@second $Result, X, S; $($Param as $P),*),
            ) {
                x.$second_name($($param,)* tangents, wants)
            }
        }

        tensor_method! {
            $residual_name, $second_name, $pushed_name($($param: $Param as $P),*) of $Residual;
            where [$($bound)*];
            result $Result;
            forward |x| x.$name($($param),*);
            rule |$x, $y, $dy| $rule;
            tangent |$tx, $ty, $dx| $tangent;
        }
    };
}

/// An operation on a tensor as a method in its hidden forms: the value, and a pullback that owns nothing of the arguments but
/// takes them again by reference, with the value and its cotangent; the value and its tangent. A method of the user's own type with such a name is
/// found before these.
macro_rules! tensor_method {
    (
        $name:ident, $second:ident, $pushed:ident($($param:ident: $Param:ty as $P:ident),*) of $Trait:ident;
        where [$($bound:tt)*];
        result $Result:ty;
        forward |$fx:ident| $forward:expr;
        rule |$x:pat_param, $y:pat_param, $dy:pat_param| $rule:expr;
        tangent |$tx:pat_param, $ty:pat_param, $dx:pat_param| $tangent:expr;
    ) => {
        #[doc(hidden)]
        pub trait $Trait<X: Tensor<$($bound)*> + ?Sized> {
            #[track_caller]
            fn $name<S: Want $(, $P: Want)*>(
                &self,
                $($param: $Param,)*
                wants: (S, $($P,)*),
            ) -> ($Result, tensor_method!(@pullback $Result, X, S; $($Param as $P),*));

            #[track_caller]
            fn $pushed<G: Along<Array<X::Elem, X::Dim>> $(, $P)*>(
                &self,
                $($param: $Param,)*
                tangents: (G, $($P,)*),
            ) -> ($Result, $Result);

            #[track_caller]
            #[allow(clippy::type_complexity, reason = "a value and a pullback, with their tangents")]
            fn $second<G: Along<Array<X::Elem, X::Dim>>, S: Want $(, $P: Want)*>(
                &self,
                $($param: $Param,)*
                tangents: (G, $(tensor_method!(@no $param),)*),
                wants: (S, $($P,)*),
            ) -> (
                ($Result, $Result),
                tensor_method!(@second $Result, X, S; $($Param as $P),*),
            );
        }

        impl<X: Tensor<$($bound)*> + ?Sized> $Trait<X> for X {
            #[track_caller]
            fn $name<S: Want $(, $P: Want)*>(
                &self,
                $($param: $Param,)*
                _wants: (S, $($P,)*),
            ) -> ($Result, tensor_method!(@pullback $Result, X, S; $($Param as $P),*)) {
                let $fx = self;
                (
                    $forward,
                    #[allow(unused_variables, reason = "not every rule reads every parameter")]
                    |$x, $($param,)* $y, $dy| (S::when(|| $rule), $(tensor_method!(@unit $param),)*),
                )
            }

            #[track_caller]
            fn $pushed<G: Along<Array<X::Elem, X::Dim>> $(, $P)*>(
                &self,
                $($param: $Param,)*
                tangents: (G, $($P,)*),
            ) -> ($Result, $Result) {
                let dx = tangents.0.along(|| Array::zeros(self.tensor_view().raw_dim()));
                let $fx = self;
                let y = $forward;
                let y_dot = {
                    let ($tx, $ty, $dx) = (self, &y, &*dx);
                    $tangent
                };
                (y, y_dot)
            }

            #[allow(unused_variables, reason = "not every rule reads everything")]
            #[track_caller]
            #[allow(clippy::type_complexity, reason = "a value and a pullback, with their tangents")]
            fn $second<G: Along<Array<X::Elem, X::Dim>>, S: Want $(, $P: Want)*>(
                &self,
                $($param: $Param,)*
                tangents: (G, $(tensor_method!(@no $param),)*),
                _wants: (S, $($P,)*),
            ) -> (
                ($Result, $Result),
                tensor_method!(@second $Result, X, S; $($Param as $P),*),
            ) {
                let x_dot = tangents.0.along(|| $crate::dual::zero_array(self));
                let value = self.$pushed($($param,)* ($crate::along::LentAgain::<_, G>::new(&*x_dot), $(tensor_method!(@no $param),)*));
                // Of any rank: what a trait object owns outlives everything, and not every type of a rank says that it does.
                let x_dot = x_dot.clone().into_dyn();
                let pullback = move |x: &ndarray::ArrayRef<X::Elem, X::Dim>, $($param: $Param,)* y: &$Result, (d, d_dot): ($Result, $Result)| {
                    let x_dot: Array<X::Elem, X::Dim> = x_dot.into_dimensionality().expect("of the rank that it was of");
                    let y_dot = {
                        let ($tx, $ty, $dx) = (x, y, &x_dot);
                        $tangent
                    };
                    let (x, y) = ($crate::dual::dual(x, &x_dot), $crate::dual::with_tangent(y, &y_dot));
                    $(let $param = $crate::dual::lifted(&$param);)*
                    let d = $crate::dual::join(&y, d, d_dot);
                    let d_x = S::when(|| {
                        let ($x, $y, $dy) = (&x, &y, d);
                        $crate::dual::parts($rule)
                    });
                    (d_x, $(tensor_method!(@unit $param),)*)
                };
                (value, Box::new(pullback))
            }
        }
    };
    // The argument may be a view, which the type of a pullback must not know: it outlives the view.
    (@pullback $Result:ty, $X:ident, $S:ident; $($Param:ty as $P:ident),*) => {
        fn(
            &ndarray::ArrayRef<<$X as Tensor>::Elem, <$X as Tensor>::Dim>,
            $($Param,)*
            &$Result,
            $Result,
        ) -> ($S::Of<Array<<$X as Tensor>::Elem, <$X as Tensor>::Dim>>, $(tensor_method!(@unit $P),)*)
    };
    (@second $Result:ty, $X:ident, $S:ident; $($Param:ty as $P:ident),*) => {
        Box<
            dyn FnOnce(
                &ndarray::ArrayRef<<$X as Tensor>::Elem, <$X as Tensor>::Dim>,
                $($Param,)*
                &$Result,
                ($Result, $Result),
            ) -> (
                $S::Of<(Array<<$X as Tensor>::Elem, <$X as Tensor>::Dim>, Array<<$X as Tensor>::Elem, <$X as Tensor>::Dim>)>,
                $(tensor_method!(@unit $P),)*
            ),
        >
    };
    (@unit $name:ident) => { () };
    (@no $name:ident) => { $crate::want::No };
}

pub(super) use {tensor_function, tensor_method};
