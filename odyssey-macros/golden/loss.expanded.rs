use odyssey_runtime::rt;

/// The derivatives of [`loss()`](loss()).
struct loss {}
impl loss {
    /// The value, and the gradient with respect to the differentiated arguments.
    #[inline]
    fn value_and_grad(
        w: &Array2<f64>,
        b: &Array1<f64>,
        x: &Array2<f64>,
        y: &Array2<f64>,
    ) -> (f64, (Array2<f64>, Array1<f64>)) {
        let xw = rt::dot(x, w);
        let nrows = x.nrows() as f64;
        let d_sum = 1.0 / nrows;
        let (sum, d_xw, d_b) = rt::map_to!(
            (&xw, b, y, rt::sc(d_sum)),
            (
                rt::Sum,
                rt::like(&xw),
                rt::like(b),
            ),
            |(xw, b, y, d_sum)| {
                let h = tanh(xw + b);
                let e = h - y;
                let d_e = d_sum * e;
                let d_e_1 = 2.0 * d_e;
                let d_xw = d_e_1 * (1.0 - h * h);
                (e * e, d_xw, d_xw)
            },
        );
        rt::recycle(xw);
        let d_w = rt::dot::d_rhs(x, &d_xw);
        rt::recycle(d_xw);
        (sum / nrows, (d_w, d_b))
    }
    /// The gradient with respect to the differentiated arguments.
    #[inline]
    fn grad(
        w: &Array2<f64>,
        b: &Array1<f64>,
        x: &Array2<f64>,
        y: &Array2<f64>,
    ) -> (Array2<f64>, Array1<f64>) {
        Self::value_and_grad(w, b, x, y).1
    }
    /// The value; the gradient takes the place of what was in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn value_and_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut (Array2<f64>, Array1<f64>),
        w: &Array2<f64>,
        b: &Array1<f64>,
        x: &Array2<f64>,
        y: &Array2<f64>,
    ) -> f64 {
        rt::value_and_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(w, b, x, y),
        )
    }
    /// The value; the gradient is added to what is in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn accumulate_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut (Array2<f64>, Array1<f64>),
        w: &Array2<f64>,
        b: &Array1<f64>,
        x: &Array2<f64>,
        y: &Array2<f64>,
    ) -> f64 {
        rt::accumulate_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(w, b, x, y),
        )
    }
    /// The value, and the pullback: from the cotangent of the result to those of the differentiated arguments.
    #[inline]
    fn vjp(
        w: &Array2<f64>,
        b: &Array1<f64>,
        x: &Array2<f64>,
        y: &Array2<f64>,
    ) -> (
        f64,
        odyssey_runtime::borrowing!(
            FnOnce(f64) -> (Array2 < f64 >, Array1 < f64 >)
        ),
    ) {
        let (value, pullback) = Self::residual_vjp(
            loss,
            w,
            b,
            x,
            y,
            (
                rt::Yes,
                rt::Yes,
                rt::No,
                rt::No,
            ),
        );
        (
            value,
            move |cotangent| {
                let (d_w, d_b, (), ()) = pullback(w, b, x, y, &value, cotangent);
                (d_w, d_b)
            },
        )
    }
    /// The value, and its tangent along those of the differentiated arguments.
    #[inline]
    fn jvp(
        w: &Array2<f64>,
        b: &Array1<f64>,
        x: &Array2<f64>,
        y: &Array2<f64>,
        w_dot: Array2<f64>,
        b_dot: Array1<f64>,
    ) -> (f64, f64) {
        let w_dot = rt::checked_tangent(&w, w_dot);
        let b_dot = rt::checked_tangent(&b, b_dot);
        let (value, tangent) = Self::pushforward(
            loss,
            w,
            b,
            x,
            y,
            (&w_dot, &b_dot, rt::No, rt::No),
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
        w: &Array2<f64>,
        b: &Array1<f64>,
        x: &Array2<f64>,
        y: &Array2<f64>,
    ) -> ::core::result::Result<(), odyssey_runtime::check::GradientMismatch> {
        let (d_w, d_b) = Self::grad(w, b, x, y);
        odyssey_runtime::check::argument("w", &w, |w| loss(w, b, x, y), &d_w)?;
        odyssey_runtime::check::argument("b", &b, |b| loss(w, b, x, y), &d_b)?;
        ::core::result::Result::Ok(())
    }
    #[doc(hidden)]
    #[inline]
    fn residual_vjp<
        __Primal,
        WantW: rt::Want,
        WantB: rt::Want,
        WantX: rt::Excluded,
        WantY: rt::Excluded,
    >(
        primal: __Primal,
        w: &Array2<f64>,
        b: &Array1<f64>,
        x: &Array2<f64>,
        y: &Array2<f64>,
        _: (WantW, WantB, WantX, WantY),
    ) -> (
        f64,
        impl FnOnce(
            &Array2<f64>,
            &Array1<f64>,
            &Array2<f64>,
            &Array2<f64>,
            &f64,
            f64,
        ) -> (
                WantW::Of<Array2<f64>>,
                WantB::Of<Array1<f64>>,
                (),
                (),
            ) + Clone,
    ) {
        rt::assert_same(&primal, &loss);
        let xw = rt::dot(x, w);
        let h = rt::map!((&xw, b), |(xw, b)| tanh(xw + b));
        let sum = rt::map_sum(
            (&h, y),
            |(h, y)| {
                let e = h - y;
                e * e
            },
        );
        let xw_extent = rt::extent(&xw);
        rt::recycle(xw);
        (
            sum / x.nrows() as f64,
            move |_, b, x, y, _, d_result| {
                let d_sum = d_result / x.nrows() as f64;
                let (d_xw, d_b) = rt::map_to(
                    (rt::sc(d_sum), &h, y),
                    (
                        rt::like(&xw_extent),
                        rt::like(b),
                    ),
                    |(d_sum, h, y)| {
                        let e = h - y;
                        let d_e = d_sum * e;
                        let d_e_1 = 2.0 * d_e;
                        let d_xw = d_e_1 * (1.0 - h * h);
                        (d_xw, d_xw)
                    },
                );
                let d_w = WantW::when(|| rt::dot::d_rhs(x, &d_xw));
                rt::recycle(h);
                rt::recycle(d_xw);
                (d_w, WantB::when(|| d_b), (), ())
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn pushforward<
        __Primal,
        AlongW: rt::Along<Array2<f64>>,
        AlongB: rt::Along<Array1<f64>>,
        AlongX,
        AlongY,
    >(
        primal: __Primal,
        w: &Array2<f64>,
        b: &Array1<f64>,
        x: &Array2<f64>,
        y: &Array2<f64>,
        (w_dot, b_dot, _, _): (AlongW, AlongB, AlongX, AlongY),
    ) -> (f64, f64) {
        rt::assert_same(&primal, &loss);
        let w_dot = rt::along(w_dot, &w);
        let w_dot = &*w_dot;
        let b_dot = rt::along(b_dot, &b);
        let b_dot = &*b_dot;
        let xw = rt::dot(x, w);
        let xw_dot = rt::dot(x, w_dot);
        let (sum, sum_dot) = rt::map_to!(
            (&xw, b, y, &xw_dot, b_dot),
            (rt::Sum, rt::Sum),
            |(xw, b, y, xw_dot, b_dot)| {
                let h = tanh(xw + b);
                let e = h - y;
                let h_dot = (xw_dot + b_dot) * (1.0 - h * h);
                (e * e, 2.0 * (h_dot * e))
            },
        );
        let nrows = x.nrows() as f64;
        (sum / nrows, sum_dot / nrows)
    }
}
