use odyssey_runtime::rt;

/// The derivatives of [`diffuse()`](diffuse()).
struct diffuse {}
impl diffuse {
    /// The value, and the gradient with respect to the differentiated arguments.
    #[inline]
    fn value_and_grad(
        heat: &[f64],
        rate: f64,
        steps: usize,
    ) -> (f64, (Vec<f64>, f64)) {
        let mut rod = heat.to_owned();
        let n = rod.len();
        let mut value = rt::stack();
        for _ in 0..steps {
            let mut left = rod[0];
            for i in 1..n - 1 {
                let here = rod[i];
                let total = left - 2.0 * here + rod[i + 1];
                rod[i] += rate * total;
                value.push(total);
                left = here;
            }
        }
        let index = n / 2;
        let value_1 = rod[index];
        let mut d_rod = rt::zero_tangent(&rod);
        d_rod[index] += value_1;
        d_rod[index] += value_1;
        let mut d_rate = 0.0;
        for _ in rt::reversed(0..steps) {
            let mut d_left = 0.0;
            for i in rt::reversed(1..n - 1) {
                let value_2 = rt::pop(&mut value);
                let value_3 = d_rod[i];
                let d_left_1 = value_3 * rate;
                d_rod[i + 1] += d_left_1;
                let d_here = d_left - 2.0 * d_left_1;
                d_rod[i] += d_here;
                d_left = d_left_1;
                d_rate += value_3 * value_2;
            }
            d_rod[0] += d_left;
        }
        rt::recycle!(rod);
        (value_1 * value_1, (d_rod, d_rate))
    }
    /// The gradient with respect to the differentiated arguments.
    #[inline]
    fn grad(heat: &[f64], rate: f64, steps: usize) -> (Vec<f64>, f64) {
        Self::value_and_grad(heat, rate, steps).1
    }
    /// The value; the gradient takes the place of what was in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn value_and_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut (Vec<f64>, f64),
        heat: &[f64],
        rate: f64,
        steps: usize,
    ) -> f64 {
        rt::value_and_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(heat, rate, steps),
        )
    }
    /// The value; the gradient is added to what is in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn accumulate_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut (Vec<f64>, f64),
        heat: &[f64],
        rate: f64,
        steps: usize,
    ) -> f64 {
        rt::accumulate_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(heat, rate, steps),
        )
    }
    /// The value, and the pullback: from the cotangent of the result to those of the differentiated arguments.
    #[inline]
    fn vjp(
        heat: &[f64],
        rate: f64,
        steps: usize,
    ) -> (
        f64,
        odyssey_runtime::borrowing!(
            FnOnce(f64) -> (Vec < f64 >, f64)
        ),
    ) {
        let (value, pullback) = Self::residual_vjp(
            diffuse,
            heat,
            rate,
            ::core::clone::Clone::clone(&steps),
            (
                rt::Yes,
                rt::Yes,
                rt::No,
            ),
        );
        (
            value,
            move |cotangent| {
                let (d_heat, d_rate, ()) = pullback(
                    heat,
                    rate,
                    steps,
                    &value,
                    cotangent,
                );
                (d_heat, d_rate)
            },
        )
    }
    /// The value, and its tangent along those of the differentiated arguments.
    #[inline]
    fn jvp(
        heat: &[f64],
        rate: f64,
        steps: usize,
        heat_dot: Vec<f64>,
        rate_dot: f64,
    ) -> (f64, f64) {
        let heat_dot = rt::checked_tangent(&heat, heat_dot);
        let (value, tangent) = Self::pushforward(
            diffuse,
            heat,
            rate,
            steps,
            (&heat_dot, &rate_dot, rt::No),
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
        heat: &[f64],
        rate: f64,
        steps: usize,
    ) -> ::core::result::Result<(), odyssey_runtime::check::GradientMismatch> {
        let (d_heat, d_rate) = Self::grad(
            heat,
            rate,
            ::core::clone::Clone::clone(&steps),
        );
        odyssey_runtime::check::argument(
            "heat",
            &heat,
            |heat| diffuse(heat, rate, ::core::clone::Clone::clone(&steps)),
            &d_heat,
        )?;
        odyssey_runtime::check::argument(
            "rate",
            &rate,
            |rate| diffuse(heat, rate, ::core::clone::Clone::clone(&steps)),
            &d_rate,
        )?;
        ::core::result::Result::Ok(())
    }
    #[doc(hidden)]
    #[inline]
    fn residual_vjp<
        __Primal,
        WantHeat: rt::Want,
        WantRate: rt::Want,
        WantSteps: rt::Excluded,
    >(
        primal: __Primal,
        heat: &[f64],
        rate: f64,
        steps: usize,
        _: (WantHeat, WantRate, WantSteps),
    ) -> (
        f64,
        impl FnOnce(
            &[f64],
            f64,
            usize,
            &f64,
            f64,
        ) -> (
                WantHeat::Of<Vec<f64>>,
                WantRate::Of<f64>,
                (),
            ) + Clone,
    ) {
        rt::assert_same(&primal, &diffuse);
        let mut rod = heat.to_owned();
        let n = rod.len();
        let mut value = rt::stack();
        for _ in 0..steps {
            let mut left = rod[0];
            for i in 1..n - 1 {
                let here = rod[i];
                let total = left - 2.0 * here + rod[i + 1];
                rod[i] += rate * total;
                value.push(total);
                left = here;
            }
        }
        let value_1 = rod[n / 2];
        (
            value_1 * value_1,
            move |_, rate, steps, _, d_result| {
                let index = n / 2;
                let product = d_result * rod[index];
                let mut d_rod = rt::zero_tangent(&rod);
                d_rod[index] += product;
                d_rod[index] += product;
                let mut d_rate = 0.0;
                for _ in rt::reversed(0..steps) {
                    let mut d_left = 0.0;
                    for i in rt::reversed(1..n - 1) {
                        let value_2 = rt::pop(&mut value);
                        let value_3 = d_rod[i];
                        let d_left_1 = value_3 * rate;
                        d_rod[i + 1] += d_left_1;
                        let d_here = d_left - 2.0 * d_left_1;
                        d_rod[i] += d_here;
                        d_left = d_left_1;
                        d_rate += value_3 * value_2;
                    }
                    d_rod[0] += d_left;
                }
                rt::recycle!(rod);
                (WantHeat::when(|| d_rod), WantRate::when(|| d_rate), ())
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn pushforward<
        __Primal,
        AlongHeat: rt::Along<Vec<f64>>,
        AlongRate: rt::Along<f64>,
        AlongSteps,
    >(
        primal: __Primal,
        heat: &[f64],
        rate: f64,
        steps: usize,
        (heat_dot, rate_dot, _): (AlongHeat, AlongRate, AlongSteps),
    ) -> (f64, f64) {
        rt::assert_same(&primal, &diffuse);
        let heat_dot = rt::along(heat_dot, &heat);
        let heat_dot = &*heat_dot;
        let rate_dot = *rt::along(rate_dot, &rate);
        let mut rod = heat.to_owned();
        let mut rod_dot = heat_dot.to_owned();
        let n = rod.len();
        for _ in 0..steps {
            let mut left = rod[0];
            let mut left_dot = rod_dot[0];
            for i in 1..n - 1 {
                let here = rod[i];
                let here_dot = rod_dot[i];
                let index = i + 1;
                let total = left - 2.0 * here + rod[index];
                rod_dot[i]
                    += rate_dot * total
                        + (left_dot - 2.0 * here_dot + rod_dot[index]) * rate;
                rod[i] += rate * total;
                left = here;
                left_dot = here_dot;
            }
        }
        let index = n / 2;
        let value = rod[index];
        (value * value, 2.0 * (rod_dot[index] * value))
    }
}
