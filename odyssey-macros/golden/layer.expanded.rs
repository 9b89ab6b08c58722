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
    /// The value, and its tangent along those of the differentiated arguments.
    #[inline]
    fn jvp(
        l: &Layer,
        x: &Array2<f64>,
        l_dot: <Layer as odyssey_runtime::Differentiable>::Tangent,
        x_dot: Array2<f64>,
    ) -> (Array2<f64>, Array2<f64>) {
        let l_dot = rt::checked_tangent(&l, l_dot);
        let x_dot = rt::checked_tangent(&x, x_dot);
        let (value, tangent) = Self::pushforward(layer, l, x, (&l_dot, &x_dot));
        (value, tangent)
    }
    #[doc(hidden)]
    #[inline]
    fn residual_vjp<
        __Primal,
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
            ) + Clone,
    ) {
        rt::assert_same(&primal, &layer);
        let xw = rt::dot(x, &l.w);
        let value = rt::map!(
            (&xw, &l.b),
            |(xw, b)| tanh(xw + b),
        );
        let xw_extent = rt::extent(&xw);
        rt::recycle(xw);
        (
            value,
            move |l, x, value, d_result| {
                let (d_xw, value_1) = rt::map_to(
                    (&d_result, &value),
                    (
                        rt::like(&xw_extent),
                        rt::like(&l.b),
                    ),
                    |(d_result, value)| {
                        let d_xw = d_result * (1.0 - value * value);
                        (d_xw, d_xw)
                    },
                );
                rt::recycle!(d_result);
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
                let d_x = WantX::when(|| rt::dot::d_lhs(&l.w, &d_xw));
                rt::recycle(d_xw);
                (WantL::given(d_l), d_x)
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn pushforward<
        __Primal,
        AlongL: rt::Along<
                <Layer as odyssey_runtime::Differentiable>::Tangent,
            >,
        AlongX: rt::Along<Array2<f64>>,
    >(
        primal: __Primal,
        l: &Layer,
        x: &Array2<f64>,
        (l_dot, x_dot): (AlongL, AlongX),
    ) -> (Array2<f64>, Array2<f64>) {
        rt::assert_same(&primal, &layer);
        let l_dot = rt::along(l_dot, &l);
        let l_dot = &*l_dot;
        let x_dot = rt::along(x_dot, &x);
        let x_dot = &*x_dot;
        let xw = rt::dot(x, &l.w);
        let value = rt::dot(x_dot, &l.w);
        let value_1 = rt::dot(x, &l_dot.w);
        let (value_2, value_3) = rt::map_to!(
            (&xw, &l.b, &value, &value_1, &l_dot.b),
            (rt::Full, rt::Full),
            |(xw, b, value, value_1, b_1)| {
                let tanh_value = tanh(xw + b);
                let xw_dot = value + value_1;
                (tanh_value, (xw_dot + b_1) * (1.0 - tanh_value * tanh_value))
            },
        );
        (value_2, value_3)
    }
}
