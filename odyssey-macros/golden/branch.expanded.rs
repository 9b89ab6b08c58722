use odyssey_runtime::rt;

/// The derivatives of [`huber()`](huber()).
struct huber {}
impl huber {
    /// The value, and the gradient with respect to the differentiated arguments.
    #[inline]
    fn value_and_grad(x: f64, delta: f64) -> (f64, (f64, f64)) {
        let size = x.abs();
        let condition = size > delta;
        let value = if condition {
            delta * (size - 0.5 * delta)
        } else {
            let square = x * x;
            0.5 * square
        };
        let (d_x, d_delta, d_size) = if condition {
            let product = 0.5 * delta;
            (0.0, size - product - product, delta)
        } else {
            (x, 0.0, 0.0)
        };
        let d_x_1 = d_x + d_size * rt::sgn(x);
        (value, (d_x_1, d_delta))
    }
    /// The gradient with respect to the differentiated arguments.
    #[inline]
    fn grad(x: f64, delta: f64) -> (f64, f64) {
        Self::value_and_grad(x, delta).1
    }
    /// The value; the gradient takes the place of what was in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn value_and_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut (f64, f64),
        x: f64,
        delta: f64,
    ) -> f64 {
        rt::value_and_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(x, delta),
        )
    }
    /// The value; the gradient is added to what is in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn accumulate_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut (f64, f64),
        x: f64,
        delta: f64,
    ) -> f64 {
        rt::accumulate_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(x, delta),
        )
    }
    /// The value, and the pullback: from the cotangent of the result to those of the differentiated arguments.
    #[inline]
    fn vjp(
        x: f64,
        delta: f64,
    ) -> (f64, odyssey_runtime::borrowing!(FnOnce(f64) -> (f64, f64))) {
        let (value, pullback) = Self::residual_vjp(
            huber,
            x,
            delta,
            (rt::Yes, rt::Yes),
        );
        (
            value,
            move |cotangent| {
                let (d_x, d_delta) = pullback(x, delta, &value, cotangent);
                (d_x, d_delta)
            },
        )
    }
    /// The value, and its tangent along those of the differentiated arguments.
    #[inline]
    fn jvp(x: f64, delta: f64, x_dot: f64, delta_dot: f64) -> (f64, f64) {
        let (value, tangent) = Self::pushforward(huber, x, delta, (&x_dot, &delta_dot));
        (value, tangent)
    }
    /// Compares the gradient with central differences.
    ///
    /// # Errors
    ///
    /// The first entry that differs by more than the element type and the scale of the values justify.
    #[inline]
    fn check_grad(
        x: f64,
        delta: f64,
    ) -> ::core::result::Result<(), odyssey_runtime::check::GradientMismatch> {
        let (d_x, d_delta) = Self::grad(x, delta);
        odyssey_runtime::check::argument("x", &x, |x| huber(x, delta), &d_x)?;
        odyssey_runtime::check::argument(
            "delta",
            &delta,
            |delta| huber(x, delta),
            &d_delta,
        )?;
        ::core::result::Result::Ok(())
    }
    #[doc(hidden)]
    #[inline]
    fn residual_vjp<
        __Primal,
        WantX: rt::Want,
        WantDelta: rt::Want,
    >(
        primal: __Primal,
        x: f64,
        delta: f64,
        _: (WantX, WantDelta),
    ) -> (
        f64,
        impl FnOnce(
            f64,
            f64,
            &f64,
            f64,
        ) -> (WantX::Of<f64>, WantDelta::Of<f64>) + Clone,
    ) {
        rt::assert_same(&primal, &huber);
        let size = x.abs();
        let value = if size > delta {
            delta * (size - 0.5 * delta)
        } else {
            let square = x * x;
            0.5 * square
        };
        (
            value,
            move |x, delta, _, d_result| {
                let (d_x, d_delta, d_size) = if size > delta {
                    let d_delta = d_result * (size - 0.5 * delta);
                    let d_size = d_result * delta;
                    (0.0, d_delta - 0.5 * d_size, d_size)
                } else {
                    let d_square = 0.5 * d_result;
                    let d_x = d_square * x;
                    (2.0 * d_x, 0.0, 0.0)
                };
                (
                    WantX::when(|| d_x + d_size * rt::sgn(x)),
                    WantDelta::when(|| d_delta),
                )
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn pushforward<
        __Primal,
        AlongX: rt::Along<f64>,
        AlongDelta: rt::Along<f64>,
    >(
        primal: __Primal,
        x: f64,
        delta: f64,
        (x_dot, delta_dot): (AlongX, AlongDelta),
    ) -> (f64, f64) {
        rt::assert_same(&primal, &huber);
        let x_dot = *rt::along(x_dot, &x);
        let delta_dot = *rt::along(delta_dot, &delta);
        let size = x.abs();
        let size_dot = x_dot * rt::sgn(x);
        let (value, value_1) = if size > delta {
            let difference = size - 0.5 * delta;
            (
                delta * difference,
                delta_dot * difference + (size_dot - 0.5 * delta_dot) * delta,
            )
        } else {
            let square = x * x;
            (0.5 * square, x_dot * x)
        };
        (value, value_1)
    }
}
