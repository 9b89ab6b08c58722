use odyssey_runtime::rt;

/// The derivatives of [`recurrence()`](recurrence()).
struct recurrence {}
impl recurrence {
    /// The value, and the gradient with respect to the differentiated arguments.
    #[inline]
    fn value_and_grad(w: f64, x: &[f64]) -> (f64, (f64, Vec<f64>)) {
        let mut h_was = rt::stack();
        let mut h = 0.0;
        for i in 0..x.len() {
            h_was.push(h);
            h = (w * h + x[i]).tanh();
        }
        let mut d_h = 2.0 * h;
        let mut d_w = 0.0;
        let mut d_x = rt::zero_tangent(x);
        let mut h_1 = h;
        for i in rt::reversed(0..x.len()) {
            let h_2 = rt::pop(&mut h_was);
            let product = d_h * (1.0 - h_1 * h_1);
            d_x[i] += product;
            d_h = product * w;
            d_w += product * h_2;
            h_1 = h_2;
        }
        (h * h, (d_w, d_x))
    }
    /// The gradient with respect to the differentiated arguments.
    #[inline]
    fn grad(w: f64, x: &[f64]) -> (f64, Vec<f64>) {
        Self::value_and_grad(w, x).1
    }
    /// The value; the gradient takes the place of what was in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn value_and_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut (f64, Vec<f64>),
        w: f64,
        x: &[f64],
    ) -> f64 {
        rt::value_and_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(w, x),
        )
    }
    /// The value; the gradient is added to what is in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn accumulate_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut (f64, Vec<f64>),
        w: f64,
        x: &[f64],
    ) -> f64 {
        rt::accumulate_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(w, x),
        )
    }
    /// The value, and the pullback: from the cotangent of the result to those of the differentiated arguments.
    #[inline]
    fn vjp(
        w: f64,
        x: &[f64],
    ) -> (
        f64,
        odyssey_runtime::borrowing!(
            FnOnce(f64) -> (f64, Vec < f64 >)
        ),
    ) {
        let (value, pullback) = Self::residual_vjp(
            recurrence,
            w,
            x,
            (rt::Yes, rt::Yes),
        );
        (
            value,
            move |cotangent| {
                let (d_w, d_x) = pullback(w, x, &value, cotangent);
                (d_w, d_x)
            },
        )
    }
    /// The value, and its tangent along those of the differentiated arguments.
    #[inline]
    fn jvp(w: f64, x: &[f64], w_dot: f64, x_dot: Vec<f64>) -> (f64, f64) {
        let x_dot = rt::checked_tangent(&x, x_dot);
        let (value, tangent) = Self::pushforward(recurrence, w, x, (&w_dot, &x_dot));
        (value, tangent)
    }
    /// Compares the gradient with central differences.
    ///
    /// # Errors
    ///
    /// The first entry that differs by more than the element type and the scale of the values justify.
    #[inline]
    fn check_grad(
        w: f64,
        x: &[f64],
    ) -> ::core::result::Result<(), odyssey_runtime::check::GradientMismatch> {
        let (d_w, d_x) = Self::grad(w, x);
        odyssey_runtime::check::argument("w", &w, |w| recurrence(w, x), &d_w)?;
        odyssey_runtime::check::argument("x", &x, |x| recurrence(w, x), &d_x)?;
        ::core::result::Result::Ok(())
    }
    #[doc(hidden)]
    #[inline]
    fn residual_vjp<
        __Primal,
        WantW: rt::Want,
        WantX: rt::Want,
    >(
        primal: __Primal,
        w: f64,
        x: &[f64],
        _: (WantW, WantX),
    ) -> (
        f64,
        impl FnOnce(
            f64,
            &[f64],
            &f64,
            f64,
        ) -> (WantW::Of<f64>, WantX::Of<Vec<f64>>) + Clone,
    ) {
        rt::assert_same(&primal, &recurrence);
        let mut h_was = rt::stack();
        let mut h = 0.0;
        for i in 0..x.len() {
            h_was.push(h);
            h = (w * h + x[i]).tanh();
        }
        (
            h * h,
            move |w, x, _, d_result| {
                let d_h = d_result * h;
                let mut d_h_1 = 2.0 * d_h;
                let mut d_w = 0.0;
                let mut d_x = rt::zero_tangent(x);
                for i in rt::reversed(0..x.len()) {
                    let h_1 = rt::pop(&mut h_was);
                    let product = d_h_1 * (1.0 - h * h);
                    if WantX::ON {
                        d_x[i] += product;
                    }
                    d_h_1 = product * w;
                    d_w += product * h_1;
                    h = h_1;
                }
                (WantW::when(|| d_w), WantX::when(|| d_x))
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn pushforward<
        __Primal,
        AlongW: rt::Along<f64>,
        AlongX: rt::Along<Vec<f64>>,
    >(
        primal: __Primal,
        w: f64,
        x: &[f64],
        (w_dot, x_dot): (AlongW, AlongX),
    ) -> (f64, f64) {
        rt::assert_same(&primal, &recurrence);
        let w_dot = *rt::along(w_dot, &w);
        let x_dot = rt::along(x_dot, &x);
        let x_dot = &*x_dot;
        let mut h = 0.0;
        let mut h_dot = 0.0;
        for i in 0..x.len() {
            let h_1 = (w * h + x[i]).tanh();
            (h, h_dot) = (h_1, (w_dot * h + h_dot * w + x_dot[i]) * (1.0 - h_1 * h_1));
        }
        (h * h, 2.0 * (h_dot * h))
    }
    /// The Hessian times a vector: the tangent of the gradient along those of the differentiated arguments.
    #[inline]
    fn hvp(
        w: f64,
        x: &[f64],
        w_dot: f64,
        x_dot: Vec<f64>,
    ) -> (f64, Vec<f64>) {
        let ((value, _), pullback) = Self::residual_hvp(
            recurrence,
            w,
            x,
            (
                rt::Handed(w_dot),
                rt::Handed(
                    rt::checked_tangent(&x, x_dot),
                ),
            ),
            (rt::Yes, rt::Yes),
        );
        let (seed, zero) = rt::constant_seed::<f64>();
        let whole: f64 = value;
        let ((_, d_w), (_, d_x)) = pullback(w, x, &whole, (seed, zero));
        (d_w, d_x)
    }
    #[doc(hidden)]
    #[inline]
    fn residual_hvp<
        __Primal,
        AlongW: rt::Along<f64>,
        AlongX: rt::Along<Vec<f64>>,
        WantW: rt::Want,
        WantX: rt::Want,
    >(
        primal: __Primal,
        w: f64,
        x: &[f64],
        (along_w, along_x): (AlongW, AlongX),
        _: (WantW, WantX),
    ) -> (
        (f64, f64),
        impl FnOnce(
            f64,
            &[f64],
            &f64,
            (f64, f64),
        ) -> (
                WantW::Of<(f64, f64)>,
                WantX::Of<(Vec<f64>, Vec<f64>)>,
            ),
    ) {
        Self::residual_over_floats(
            primal,
            w,
            x,
            (along_w, along_x),
            (
                <WantW as ::core::default::Default>::default(),
                <WantX as ::core::default::Default>::default(),
            ),
        )
    }
    #[doc(hidden)]
    #[inline]
    fn residual_over_floats<
        Float: odyssey_runtime::Real,
        __Primal,
        AlongW: rt::Along<Float>,
        AlongX: rt::Along<Vec<Float>>,
        WantW: rt::Want,
        WantX: rt::Want,
    >(
        primal: __Primal,
        w: Float,
        x: &[Float],
        (w_dot, x_dot): (AlongW, AlongX),
        _: (WantW, WantX),
    ) -> (
        (Float, Float),
        impl FnOnce(
            Float,
            &[Float],
            &Float,
            (Float, Float),
        ) -> (
                WantW::Of<(Float, Float)>,
                WantX::Of<(Vec<Float>, Vec<Float>)>,
            ),
    ) {
        rt::assert_same(&primal, &recurrence);
        let w_dot = *rt::along(w_dot, &w);
        let held_x_dot = rt::along(x_dot, &x);
        let x_dot = &*held_x_dot;
        let mut h_was = rt::stack();
        let mut h_dot_was = rt::stack();
        let mut h = Float::lit(0.0);
        let mut h_dot = Float::lit(0.0);
        for i in 0..x.len() {
            let h_1 = (w * h + x[i]).tanh();
            h_was.push(h.clone());
            h_dot_was.push(h_dot.clone());
            (h, h_dot) = (
                h_1,
                (w_dot * h + h_dot * w + x_dot[i]) * (Float::lit(1.0) - h_1 * h_1),
            );
        }
        (
            (h * h, Float::lit(2.0) * (h_dot * h)),
            move |w, x, _, (d_result, d_result_dot)| {
                let x_dot = &*held_x_dot;
                let d_h = d_result * h;
                let d_h_dot = d_result_dot * h + h_dot * d_result;
                let mut d_h_1 = Float::lit(2.0) * d_h;
                let mut d_h_dot_1 = Float::lit(2.0) * d_h_dot;
                let mut d_w = Float::lit(0.0);
                let mut d_x = rt::zero_tangent(x);
                let mut d_w_dot = Float::lit(0.0);
                let mut d_x_dot = rt::zero_tangent(x);
                for i in rt::reversed(0..x.len()) {
                    let h_1 = rt::pop(&mut h_was);
                    let h_dot_1 = rt::pop(&mut h_dot_was);
                    let h_dot_2 = (w_dot * h_1 + h_dot_1 * w + x_dot[i])
                        * (Float::lit(1.0) - h * h);
                    let difference = Float::lit(1.0) - h * h;
                    let product = d_h_1 * difference;
                    let difference_1 = d_h_dot_1 * difference
                        - Float::lit(2.0) * (h_dot_2 * h) * d_h_1;
                    if WantX::ON {
                        d_x_dot[i] += difference_1;
                    }
                    if WantX::ON {
                        d_x[i] += product;
                    }
                    d_h_1 = product * w;
                    d_w += product * h_1;
                    d_h_dot_1 = difference_1 * w + w_dot * product;
                    d_w_dot += difference_1 * h_1 + h_dot_1 * product;
                    h = h_1;
                }
                (WantW::when(|| (d_w, d_w_dot)), WantX::when(|| (d_x, d_x_dot)))
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn value_and_grad_residual_vjp<
        __Primal,
        WantW: rt::Want,
        WantX: rt::Want,
    >(
        primal: __Primal,
        w: f64,
        x: &[f64],
        _: (WantW, WantX),
    ) -> (
        (f64, (f64, Vec<f64>)),
        impl FnOnce(
            f64,
            &[f64],
            &(f64, (f64, Vec<f64>)),
            (f64, (f64, Vec<f64>)),
        ) -> (WantW::Of<f64>, WantX::Of<Vec<f64>>) + Clone,
    ) {
        rt::assert_same(&primal, &recurrence);
        let result = Self::value_and_grad(w, x);
        (
            result,
            move |w, x, _, (d_value, (w_dot, x_dot))| {
                let ((value, _), pullback) = Self::residual_hvp(
                    recurrence,
                    w,
                    x,
                    (
                        rt::Handed(w_dot),
                        rt::Handed(x_dot),
                    ),
                    (
                        <WantW as ::core::default::Default>::default(),
                        <WantX as ::core::default::Default>::default(),
                    ),
                );
                let (d_w, d_x) = pullback(
                    w,
                    x,
                    &value,
                    (rt::constant_seed::<f64>().0, d_value),
                );
                (WantW::second(d_w), WantX::second(d_x))
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn value_and_grad_pushforward<
        __Primal,
        AlongW: rt::Along<f64>,
        AlongX: rt::Along<Vec<f64>>,
    >(
        primal: __Primal,
        w: f64,
        x: &[f64],
        (along_w, along_x): (AlongW, AlongX),
    ) -> ((f64, (f64, Vec<f64>)), (f64, (f64, Vec<f64>))) {
        rt::assert_same(&primal, &recurrence);
        let ((value, value_dot), pullback) = Self::residual_hvp(
            recurrence,
            w,
            x,
            (
                rt::handed(along_w, &w),
                rt::handed(along_x, &x),
            ),
            (rt::Yes, rt::Yes),
        );
        let ((d_w, d_w_dot), (d_x, d_x_dot)) = pullback(
            w,
            x,
            &value,
            rt::constant_seed::<f64>(),
        );
        ((value, (d_w, d_x)), (value_dot, (d_w_dot, d_x_dot)))
    }
    #[doc(hidden)]
    #[inline]
    fn value_and_grad_residual_hvp<
        Float: odyssey_runtime::Real,
        __Primal,
        AlongW: rt::Along<Float>,
        AlongX: rt::Along<Vec<Float>>,
        WantW: rt::Want,
        WantX: rt::Want,
    >(
        primal: __Primal,
        w: Float,
        x: &[Float],
        (w_dot, x_dot): (AlongW, AlongX),
        _: (WantW, WantX),
    ) -> (
        (
            (Float, (Float, Vec<Float>)),
            (Float, (Float, Vec<Float>)),
        ),
        impl FnOnce(
            Float,
            &[Float],
            &(Float, (Float, Vec<Float>)),
            (
                (Float, (Float, Vec<Float>)),
                (Float, (Float, Vec<Float>)),
            ),
        ) -> (
                WantW::Of<(Float, Float)>,
                WantX::Of<(Vec<Float>, Vec<Float>)>,
            ),
    ) {
        rt::assert_same(&primal, &recurrence);
        let w_dot = ::core::clone::Clone::clone(
            &*rt::along(w_dot, &w),
        );
        let x_dot = ::core::clone::Clone::clone(
            &*rt::along(x_dot, &x),
        );
        let ((value, value_along), pullback) = Self::residual_over_floats(
            recurrence,
            w,
            x,
            (
                rt::Handed(::core::clone::Clone::clone(&w_dot)),
                rt::Handed(::core::clone::Clone::clone(&x_dot)),
            ),
            (rt::Yes, rt::Yes),
        );
        let ((d_w, d_w_dot), (d_x, d_x_dot)) = pullback(
            w,
            x,
            &value,
            rt::constant_seed::<Float>(),
        );
        (
            ((value, (d_w, d_x)), (value_along, (d_w_dot, d_x_dot))),
            move |w, x, _, ((seed, (d_w, d_x)), (seed_along, (d_w_dot, d_x_dot)))| {
                let dual_w = rt::dualise(&w, &w_dot);
                let dual_x = rt::dualise(x, &x_dot);
                let ((value, _), pullback) = Self::residual_over_floats(
                    recurrence,
                    ::core::clone::Clone::clone(&dual_w),
                    &dual_x,
                    (
                        rt::Handed(
                            rt::dualise(&d_w, &d_w_dot),
                        ),
                        rt::Handed(
                            rt::dualise(&d_x, &d_x_dot),
                        ),
                    ),
                    (
                        <WantW as ::core::default::Default>::default(),
                        <WantX as ::core::default::Default>::default(),
                    ),
                );
                let (d_w, d_x) = pullback(
                    ::core::clone::Clone::clone(&dual_w),
                    &dual_x,
                    &value,
                    (
                        rt::constant_seed::<
                            rt::Dual<Float>,
                        >()
                            .0,
                        rt::Dual {
                            value: seed,
                            tangent: seed_along,
                        },
                    ),
                );
                (
                    WantW::map(d_w, |(_, dot)| rt::parts(dot)),
                    WantX::map(d_x, |(_, dot)| rt::parts(dot)),
                )
            },
        )
    }
}
impl<'__a> rt::OfThirdOrder<'__a> for recurrence {}
