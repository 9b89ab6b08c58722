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
}
