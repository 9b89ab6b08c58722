use odyssey_runtime::rt;

/// The derivatives of [`settle()`](settle()).
struct settle {}
impl settle {
    /// The value, and the gradient with respect to the differentiated arguments.
    #[inline]
    fn value_and_grad(a: f64, tolerance: f64) -> (f64, f64) {
        let mut x_was = rt::stack();
        let mut value = rt::stack();
        let mut x = a;
        let mut turns = 0_usize;
        while (x * x - a).abs() > tolerance {
            let ratio = a / x;
            value.push(ratio);
            x_was.push(x);
            x = 0.5 * (x + ratio);
            turns += 1;
        }
        let mut d_x = 1.0;
        let mut d_a = 0.0;
        for _ in 0..turns {
            let x_1 = rt::pop(&mut x_was);
            let value_1 = rt::pop(&mut value);
            let d_x_1 = 0.5 * d_x;
            let ratio = d_x_1 / x_1;
            d_x = d_x_1 - ratio * value_1;
            d_a += ratio;
        }
        let d_a_1 = d_a + d_x;
        (x, d_a_1)
    }
    /// The gradient with respect to the differentiated arguments.
    #[inline]
    fn grad(a: f64, tolerance: f64) -> f64 {
        Self::value_and_grad(a, tolerance).1
    }
    /// The value; the gradient takes the place of what was in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn value_and_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut f64,
        a: f64,
        tolerance: f64,
    ) -> f64 {
        rt::value_and_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(a, tolerance),
        )
    }
    /// The value; the gradient is added to what is in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn accumulate_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut f64,
        a: f64,
        tolerance: f64,
    ) -> f64 {
        rt::accumulate_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(a, tolerance),
        )
    }
    /// The value, and the pullback: from the cotangent of the result to those of the differentiated arguments.
    #[inline]
    fn vjp(
        a: f64,
        tolerance: f64,
    ) -> (f64, odyssey_runtime::borrowing!(FnOnce(f64) -> f64)) {
        let (value, pullback) = Self::residual_vjp(
            settle,
            a,
            tolerance,
            (rt::Yes, rt::No),
        );
        (
            value,
            move |cotangent| {
                let (d_a, ()) = pullback(a, tolerance, &value, cotangent);
                d_a
            },
        )
    }
    /// The value, and its tangent along those of the differentiated arguments.
    #[inline]
    fn jvp(a: f64, tolerance: f64, a_dot: f64) -> (f64, f64) {
        let (value, tangent) = Self::pushforward(
            settle,
            a,
            tolerance,
            (&a_dot, rt::No),
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
        a: f64,
        tolerance: f64,
    ) -> ::core::result::Result<(), odyssey_runtime::check::GradientMismatch> {
        let d_a = Self::grad(a, tolerance);
        odyssey_runtime::check::argument("a", &a, |a| settle(a, tolerance), &d_a)?;
        ::core::result::Result::Ok(())
    }
    #[doc(hidden)]
    #[inline]
    fn residual_vjp<
        __Primal,
        WantA: rt::Want,
        WantTolerance: rt::Excluded,
    >(
        primal: __Primal,
        a: f64,
        tolerance: f64,
        _: (WantA, WantTolerance),
    ) -> (
        f64,
        impl FnOnce(
            f64,
            f64,
            &f64,
            f64,
        ) -> (WantA::Of<f64>, ()) + Clone,
    ) {
        rt::assert_same(&primal, &settle);
        let mut x_was = rt::stack();
        let mut value = rt::stack();
        let mut x = a;
        let mut turns = 0_usize;
        while (x * x - a).abs() > tolerance {
            let ratio = a / x;
            value.push(ratio);
            x_was.push(x);
            x = 0.5 * (x + ratio);
            turns += 1;
        }
        (
            x,
            move |_, _, _, d_x| {
                let mut d_x_1 = d_x;
                let mut d_a = 0.0;
                for _ in 0..turns {
                    let x_1 = rt::pop(&mut x_was);
                    let value_1 = rt::pop(&mut value);
                    let d_x_2 = 0.5 * d_x_1;
                    let ratio = d_x_2 / x_1;
                    d_x_1 = d_x_2 - ratio * value_1;
                    d_a += ratio;
                }
                rt::recycle!(turns);
                (WantA::when(|| d_a + d_x_1), ())
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn pushforward<__Primal, AlongA: rt::Along<f64>, AlongTolerance>(
        primal: __Primal,
        a: f64,
        tolerance: f64,
        (a_dot, _): (AlongA, AlongTolerance),
    ) -> (f64, f64) {
        rt::assert_same(&primal, &settle);
        let a_dot = *rt::along(a_dot, &a);
        let mut x = a;
        let mut x_dot = a_dot;
        while (x * x - a).abs() > tolerance {
            let ratio = a / x;
            (x, x_dot) = (
                0.5 * (x + ratio),
                0.5 * (x_dot + (a_dot / x - x_dot / x * ratio)),
            );
        }
        (x, x_dot)
    }
}
