use odyssey_runtime::rt;

/// The derivatives of [`chain()`](chain()).
struct chain {}
impl chain {
    /// The value, and the gradient with respect to the differentiated arguments.
    #[inline]
    fn value_and_grad(
        x: &Array1<f64>,
        a: f64,
        b: f64,
    ) -> (f64, (Array1<f64>, f64, f64)) {
        let (sum, d_b, d_a, d_x) = rt::map_to!(
            (rt::sc(a), x, rt::sc(b)),
            (
                rt::Sum,
                rt::like(&b),
                rt::like(&a),
                rt::Full,
            ),
            [|(_, x, _)| exp(-x * x)],
            |((a, x, b), exp_value)| {
                let tanh_value = tanh(a * x + b * exp_value);
                let total = 1.0 + x * x;
                let sum = tanh_value / total;
                let ratio = 1.0 / total;
                let product = ratio * (1.0 - tanh_value * tanh_value);
                let d_x = -2.0 * (ratio * sum * x);
                let negative = -(product * b * exp_value * x);
                let d_x_1 = d_x + negative;
                let d_x_2 = d_x_1 + negative;
                (sum, product * exp_value, product * x, d_x_2 + product * a)
            },
        );
        (sum, (d_x, d_a, d_b))
    }
    /// The gradient with respect to the differentiated arguments.
    #[inline]
    fn grad(x: &Array1<f64>, a: f64, b: f64) -> (Array1<f64>, f64, f64) {
        Self::value_and_grad(x, a, b).1
    }
    /// The value; the gradient takes the place of what was in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn value_and_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut (Array1<f64>, f64, f64),
        x: &Array1<f64>,
        a: f64,
        b: f64,
    ) -> f64 {
        rt::value_and_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(x, a, b),
        )
    }
    /// The value; the gradient is added to what is in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn accumulate_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut (Array1<f64>, f64, f64),
        x: &Array1<f64>,
        a: f64,
        b: f64,
    ) -> f64 {
        rt::accumulate_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(x, a, b),
        )
    }
    /// The value, and the pullback: from the cotangent of the result to those of the differentiated arguments.
    #[inline]
    fn vjp(
        x: &Array1<f64>,
        a: f64,
        b: f64,
    ) -> (
        f64,
        odyssey_runtime::borrowing!(
            FnOnce(f64) -> (Array1 < f64 >, f64, f64)
        ),
    ) {
        let (value, pullback) = Self::residual_vjp(
            chain,
            x,
            a,
            b,
            (
                rt::Yes,
                rt::Yes,
                rt::Yes,
            ),
        );
        (
            value,
            move |cotangent| {
                let (d_x, d_a, d_b) = pullback(x, a, b, &value, cotangent);
                (d_x, d_a, d_b)
            },
        )
    }
    /// The value, and its tangent along those of the differentiated arguments.
    #[inline]
    fn jvp(
        x: &Array1<f64>,
        a: f64,
        b: f64,
        x_dot: Array1<f64>,
        a_dot: f64,
        b_dot: f64,
    ) -> (f64, f64) {
        let x_dot = rt::checked_tangent(&x, x_dot);
        let (value, tangent) = Self::pushforward(
            chain,
            x,
            a,
            b,
            (&x_dot, &a_dot, &b_dot),
        );
        (value, tangent)
    }
    /// Compares the gradient with central differences.
    ///
    /// # Errors
    ///
    /// The first entry that differs by more than the element type and the scale of the values justify.
    #[inline]
    fn check_grad(
        x: &Array1<f64>,
        a: f64,
        b: f64,
    ) -> ::core::result::Result<(), odyssey_runtime::check::GradientMismatch> {
        let (d_x, d_a, d_b) = Self::grad(x, a, b);
        odyssey_runtime::check::argument("x", &x, |x| chain(x, a, b), &d_x)?;
        odyssey_runtime::check::argument("a", &a, |a| chain(x, a, b), &d_a)?;
        odyssey_runtime::check::argument("b", &b, |b| chain(x, a, b), &d_b)?;
        ::core::result::Result::Ok(())
    }
    #[doc(hidden)]
    #[inline]
    fn residual_vjp<
        __Primal,
        WantX: rt::Want,
        WantA: rt::Want,
        WantB: rt::Want,
    >(
        primal: __Primal,
        x: &Array1<f64>,
        a: f64,
        b: f64,
        _: (WantX, WantA, WantB),
    ) -> (
        f64,
        impl FnOnce(
            &Array1<f64>,
            f64,
            f64,
            &f64,
            f64,
        ) -> (
                WantX::Of<Array1<f64>>,
                WantA::Of<f64>,
                WantB::Of<f64>,
            ) + Clone,
    ) {
        rt::assert_same(&primal, &chain);
        let (value, value_1, value_2, sum) = rt::map_to!(
            (x, rt::sc(a), rt::sc(b)),
            (
                rt::Full,
                rt::Full,
                rt::Full,
                rt::Sum,
            ),
            [|(x, _, _)| exp(-x * x)],
            |((x, a, b), exp_value)| {
                let tanh_value = tanh(a * x + b * exp_value);
                let sum = tanh_value / (1.0 + x * x);
                (exp_value, tanh_value, sum, sum)
            },
        );
        (
            sum,
            move |x, a, b, _, d_sum| {
                let (d_b, d_a, d_x) = rt::map_to(
                    (
                        rt::sc(d_sum),
                        x,
                        &value_1,
                        &value,
                        &value_2,
                        rt::sc(b),
                        rt::sc(a),
                    ),
                    (
                        rt::like(&b),
                        rt::like(&a),
                        rt::Full,
                    ),
                    |(d_sum, x, value_1, value, value_2, b, a)| {
                        let ratio = d_sum / (1.0 + x * x);
                        let product = ratio * (1.0 - value_1 * value_1);
                        let d_x = -2.0 * (ratio * value_2 * x);
                        let negative = -(product * b * value * x);
                        let d_x_1 = d_x + negative;
                        let d_x_2 = d_x_1 + negative;
                        (product * value, product * x, d_x_2 + product * a)
                    },
                );
                rt::recycle(value_1);
                rt::recycle(value);
                rt::recycle(value_2);
                (WantX::when(|| d_x), WantA::when(|| d_a), WantB::when(|| d_b))
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn pushforward<
        __Primal,
        AlongX: rt::Along<Array1<f64>>,
        AlongA: rt::Along<f64>,
        AlongB: rt::Along<f64>,
    >(
        primal: __Primal,
        x: &Array1<f64>,
        a: f64,
        b: f64,
        (x_dot, a_dot, b_dot): (AlongX, AlongA, AlongB),
    ) -> (f64, f64) {
        rt::assert_same(&primal, &chain);
        let x_dot = rt::along(x_dot, &x);
        let x_dot = &*x_dot;
        let a_dot = *rt::along(a_dot, &a);
        let b_dot = *rt::along(b_dot, &b);
        let (sum, sum_dot) = rt::map_to!(
            (
                rt::sc(a),
                x,
                rt::sc(b),
                rt::sc(a_dot),
                x_dot,
                rt::sc(b_dot),
            ),
            (rt::Sum, rt::Sum),
            [|(_, x, _, _, _, _)| exp(-x * x)],
            |((a, x, b, a_dot, x_dot, b_dot), exp_value)| {
                let tanh_value = tanh(a * x + b * exp_value);
                let total = 1.0 + x * x;
                let sum = tanh_value / total;
                let product = x_dot * x;
                (
                    sum,
                    (a_dot * x + x_dot * a
                        + (b_dot * exp_value + (-product - product) * exp_value * b))
                        * (1.0 - tanh_value * tanh_value) / total
                        - 2.0 * product / total * sum,
                )
            },
        );
        (sum, sum_dot)
    }
}
