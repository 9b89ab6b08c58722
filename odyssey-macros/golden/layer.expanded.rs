use odyssey_runtime::rt;

/// The derivatives of [`layer()`](layer()).
struct layer {}
impl layer {
    /// The value, and the pullback: from the cotangent of the result to those of the differentiated arguments.
    #[inline]
    fn vjp(
        l: &Layer,
        x: &Array2<f64>,
    ) -> (
        Array2<f64>,
        odyssey_runtime::borrowing!(
            FnOnce(Array2 < f64 >) -> (< Layer as
            odyssey_runtime::Differentiable > ::Tangent, Array2 < f64 >)
        ),
    ) {
        let (value, pullback) = Self::residual_vjp(
            layer,
            l,
            x,
            (rt::Yes, rt::Yes),
        );
        let kept = ::core::clone::Clone::clone(&value);
        (
            value,
            move |cotangent| {
                let (d_l, d_x) = pullback(l, x, &kept, cotangent);
                (d_l, d_x)
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn residual_vjp<
        __Primal: Fn(&Layer, &Array2<f64>) -> Array2<f64>,
        WantL: rt::Want,
        WantX: rt::Want,
    >(
        primal: __Primal,
        l: &Layer,
        x: &Array2<f64>,
        _: (WantL, WantX),
    ) -> (
        Array2<f64>,
        impl FnOnce(
            &Layer,
            &Array2<f64>,
            &Array2<f64>,
            Array2<f64>,
        ) -> (
                WantL::Of<<Layer as odyssey_runtime::Differentiable>::Tangent>,
                WantX::Of<Array2<f64>>,
            ),
    ) {
        rt::assert_same(&primal, &layer);
        let xw = rt::dot(x, &l.w);
        let value = rt::map!(
            (rt::operand(&xw), rt::operand(&l.b)),
            |(xw, b)| tanh(xw + b),
        );
        let xw_extent = rt::extent(&xw);
        (
            value,
            move |l, x, value, d_result| {
                let (d_xw, value_1) = rt::map_to(
                    (
                        rt::operand(&d_result),
                        rt::operand(&value),
                    ),
                    (
                        rt::like(&xw_extent),
                        rt::like(&l.b),
                    ),
                    |(d_result, value)| {
                        let d_xw = d_result * (1.0 - value * value);
                        (d_xw, d_xw)
                    },
                );
                rt::drop(d_result);
                let d_l = if WantL::ON {
                    let mut d_l = rt::partial(l);
                    d_l.b = rt::arrived(&l.b, value_1);
                    d_l.w = rt::arrived(
                        &l.w,
                        rt::dot::d_rhs(x, &d_xw),
                    );
                    let d_l = rt::complete(l, d_l);
                    Some(d_l)
                } else {
                    None
                };
                (
                    WantL::when(|| rt::given(d_l)),
                    WantX::when(|| rt::dot::d_lhs(&l.w, &d_xw)),
                )
            },
        )
    }
}
