use odyssey_runtime::rt;

/// The derivatives of [`energy()`](energy()).
struct energy {}
impl energy {
    /// The value, and the gradient with respect to the differentiated arguments.
    #[inline]
    fn value_and_grad(x: &[f64], k: f64) -> (f64, (Vec<f64>, f64)) {
        let mut acc = 0.0;
        let mut d_x = rt::zero_tangent(x);
        let mut d_k = 0.0;
        for i in 1..x.len() {
            let index = i - 1;
            let d = x[i] - x[index];
            let product = 0.5 * k * d;
            let d_d = product + product;
            d_x[index] -= d_d;
            d_x[i] += d_d;
            acc += product * d;
            d_k += 0.5 * (d * d);
        }
        (acc, (d_x, d_k))
    }
    /// The gradient with respect to the differentiated arguments.
    #[inline]
    fn grad(x: &[f64], k: f64) -> (Vec<f64>, f64) {
        Self::value_and_grad(x, k).1
    }
    /// The value; the gradient takes the place of what was in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn value_and_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut (Vec<f64>, f64),
        x: &[f64],
        k: f64,
    ) -> f64 {
        rt::value_and_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(x, k),
        )
    }
    /// The value; the gradient is added to what is in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn accumulate_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut (Vec<f64>, f64),
        x: &[f64],
        k: f64,
    ) -> f64 {
        rt::accumulate_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(x, k),
        )
    }
    /// The value, and the pullback: from the cotangent of the result to those of the differentiated arguments.
    #[inline]
    fn vjp(
        x: &[f64],
        k: f64,
    ) -> (
        f64,
        odyssey_runtime::borrowing!(
            FnOnce(f64) -> (Vec < f64 >, f64)
        ),
    ) {
        let (value, pullback) = Self::residual_vjp(
            energy,
            x,
            k,
            (rt::Yes, rt::Yes),
        );
        (
            value,
            move |cotangent| {
                let (d_x, d_k) = pullback(x, k, &value, cotangent);
                (d_x, d_k)
            },
        )
    }
    /// The value, and its tangent along those of the differentiated arguments.
    #[inline]
    fn jvp(x: &[f64], k: f64, x_dot: Vec<f64>, k_dot: f64) -> (f64, f64) {
        let x_dot = rt::checked_tangent(&x, x_dot);
        let (value, tangent) = Self::pushforward(energy, x, k, (&x_dot, &k_dot));
        (value, tangent)
    }
    /// Compares the gradient with central differences.
    ///
    /// # Errors
    ///
    /// The first entry that differs by more than the element type and the scale of the values justify.
    #[inline]
    fn check_grad(
        x: &[f64],
        k: f64,
    ) -> ::core::result::Result<(), odyssey_runtime::check::GradientMismatch> {
        let (d_x, d_k) = Self::grad(x, k);
        odyssey_runtime::check::argument("x", &x, |x| energy(x, k), &d_x)?;
        odyssey_runtime::check::argument("k", &k, |k| energy(x, k), &d_k)?;
        ::core::result::Result::Ok(())
    }
    #[doc(hidden)]
    #[inline]
    fn residual_vjp<
        __Primal,
        WantX: rt::Want,
        WantK: rt::Want,
    >(
        primal: __Primal,
        x: &[f64],
        k: f64,
        _: (WantX, WantK),
    ) -> (
        f64,
        impl FnOnce(
            &[f64],
            f64,
            &f64,
            f64,
        ) -> (WantX::Of<Vec<f64>>, WantK::Of<f64>) + Clone,
    ) {
        rt::assert_same(&primal, &energy);
        let mut acc = 0.0;
        for i in 1..x.len() {
            let d = x[i] - x[i - 1];
            acc += 0.5 * k * d * d;
        }
        (
            acc,
            move |x, k, _, d_acc| {
                let mut d_x = rt::zero_tangent(x);
                let mut d_k = 0.0;
                for i in rt::reversed(1..x.len()) {
                    let index = i - 1;
                    let d = x[i] - x[index];
                    let product = 0.5 * k;
                    let product_1 = d_acc * d;
                    let d_d = d_acc * (product * d);
                    let d_d_1 = d_d + product_1 * product;
                    if WantX::ON {
                        d_x[index] -= d_d_1;
                    }
                    if WantX::ON {
                        d_x[i] += d_d_1;
                    }
                    d_k += 0.5 * (product_1 * d);
                }
                (WantX::when(|| d_x), WantK::when(|| d_k))
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn pushforward<
        __Primal,
        AlongX: rt::Along<Vec<f64>>,
        AlongK: rt::Along<f64>,
    >(
        primal: __Primal,
        x: &[f64],
        k: f64,
        (x_dot, k_dot): (AlongX, AlongK),
    ) -> (f64, f64) {
        rt::assert_same(&primal, &energy);
        let x_dot = rt::along(x_dot, &x);
        let x_dot = &*x_dot;
        let k_dot = *rt::along(k_dot, &k);
        let mut acc = 0.0;
        let mut acc_dot = 0.0;
        for i in 1..x.len() {
            let index = i - 1;
            let d = x[i] - x[index];
            let d_dot = x_dot[i] - x_dot[index];
            let product = 0.5 * k;
            let product_1 = product * d;
            acc += product_1 * d;
            acc_dot += (0.5 * k_dot * d + d_dot * product) * d + d_dot * product_1;
        }
        (acc, acc_dot)
    }
}
