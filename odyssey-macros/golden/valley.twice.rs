use odyssey_runtime::rt;

/// The derivatives of [`valley()`](valley()).
struct valley {}
impl valley {
    /// The value, and the gradient with respect to the differentiated arguments.
    #[inline]
    fn value_and_grad(x: &[f64]) -> (f64, Vec<f64>) {
        let mut sum = 0.0;
        let mut d_x = rt::zero_tangent(x);
        for i in 0..x.len() - 1 {
            let value = x[i];
            let a = 1.0 - value;
            let index = i + 1;
            let b = x[index] - value * value;
            let product = 100.0 * b;
            let d_b = product + product;
            let d_a = 2.0 * a;
            let negative = -(d_b * value);
            d_x[i] += negative;
            d_x[i] += negative;
            d_x[index] += d_b;
            d_x[i] -= d_a;
            sum += a * a + product * b;
        }
        (sum, d_x)
    }
    /// The gradient with respect to the differentiated arguments.
    #[inline]
    fn grad(x: &[f64]) -> Vec<f64> {
        Self::value_and_grad(x).1
    }
    /// The value; the gradient takes the place of what was in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn value_and_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut Vec<f64>,
        x: &[f64],
    ) -> f64 {
        rt::value_and_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(x),
        )
    }
    /// The value; the gradient is added to what is in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn accumulate_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut Vec<f64>,
        x: &[f64],
    ) -> f64 {
        rt::accumulate_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(x),
        )
    }
    /// The value, and the pullback: from the cotangent of the result to those of the differentiated arguments.
    #[inline]
    fn vjp(
        x: &[f64],
    ) -> (
        f64,
        odyssey_runtime::borrowing!(
            FnOnce(f64) -> Vec < f64 >
        ),
    ) {
        let (value, pullback) = Self::residual_vjp(
            valley,
            x,
            (rt::Yes,),
        );
        (
            value,
            move |cotangent| {
                let (d_x,) = pullback(x, &value, cotangent);
                d_x
            },
        )
    }
    /// The value, and its tangent along those of the differentiated arguments.
    #[inline]
    fn jvp(x: &[f64], x_dot: Vec<f64>) -> (f64, f64) {
        let x_dot = rt::checked_tangent(&x, x_dot);
        let (value, tangent) = Self::pushforward(valley, x, (&x_dot,));
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
    ) -> ::core::result::Result<(), odyssey_runtime::check::GradientMismatch> {
        let d_x = Self::grad(x);
        odyssey_runtime::check::argument("x", &x, |x| valley(x), &d_x)?;
        ::core::result::Result::Ok(())
    }
    #[doc(hidden)]
    #[inline]
    fn residual_vjp<__Primal, WantX: rt::Want>(
        primal: __Primal,
        x: &[f64],
        _: (WantX,),
    ) -> (
        f64,
        impl FnOnce(
            &[f64],
            &f64,
            f64,
        ) -> (WantX::Of<Vec<f64>>,) + Clone,
    ) {
        rt::assert_same(&primal, &valley);
        let mut sum = 0.0;
        for i in 0..x.len() - 1 {
            let value = x[i];
            let a = 1.0 - value;
            let b = x[i + 1] - value * value;
            sum += a * a + 100.0 * b * b;
        }
        (
            sum,
            move |x, _, d_sum| {
                let mut d_x = rt::zero_tangent(x);
                for i in rt::reversed(0..x.len() - 1) {
                    let value = x[i];
                    let a = 1.0 - value;
                    let index = i + 1;
                    let b = x[index] - value * value;
                    let d_b = d_sum * (100.0 * b);
                    let d_b_1 = d_b + 100.0 * (d_sum * b);
                    let d_a = d_sum * a;
                    let d_a_1 = 2.0 * d_a;
                    let negative = -(d_b_1 * value);
                    d_x[i] += negative;
                    d_x[i] += negative;
                    d_x[index] += d_b_1;
                    d_x[i] -= d_a_1;
                }
                (WantX::when(|| d_x),)
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn pushforward<__Primal, AlongX: rt::Along<Vec<f64>>>(
        primal: __Primal,
        x: &[f64],
        (x_dot,): (AlongX,),
    ) -> (f64, f64) {
        rt::assert_same(&primal, &valley);
        let x_dot = rt::along(x_dot, &x);
        let x_dot = &*x_dot;
        let mut sum = 0.0;
        let mut sum_dot = 0.0;
        for i in 0..x.len() - 1 {
            let value = x[i];
            let value_1 = x_dot[i];
            let a = 1.0 - value;
            let index = i + 1;
            let b = x[index] - value * value;
            let b_dot = x_dot[index] - 2.0 * (value_1 * value);
            let product = value_1 * a;
            let product_1 = 100.0 * b;
            sum += a * a + product_1 * b;
            sum_dot += -product - product + (100.0 * b_dot * b + b_dot * product_1);
        }
        (sum, sum_dot)
    }
    /// The Hessian times a vector: the tangent of the gradient along those of the differentiated arguments.
    #[inline]
    fn hvp(x: &[f64], x_dot: Vec<f64>) -> Vec<f64> {
        let ((value, _), pullback) = Self::residual_hvp(
            valley,
            x,
            (
                rt::Handed(
                    rt::checked_tangent(&x, x_dot),
                ),
            ),
            (rt::Yes,),
        );
        let (seed, zero) = rt::constant_seed::<f64>();
        let whole: f64 = value;
        let ((_, d_x),) = pullback(x, &whole, (seed, zero));
        d_x
    }
    /// The matrix of second derivatives.
    #[inline]
    fn hessian(
        x: &[f64],
    ) -> rt::ndarray::Array2<
        <Vec<f64> as rt::Entries>::Number,
    > {
        let mut columns_d_x = rt::Columns::<
            _,
            { rt::DIRECTIONS },
        >::new(
            rt::entries(&rt::zero_tangent(&x)),
            0,
            rt::Interleaved::zeros(
                &rt::zero_tangent(&x),
            ),
        );
        for pass in (0..columns_d_x.end()).step_by(rt::DIRECTIONS) {
            let (_, tangents) = Self::curvatures(x, (columns_d_x.units(pass),));
            columns_d_x.set(&tangents);
        }
        columns_d_x.matrix()
    }
    /// The matrix of second derivatives, all of them zero that the pattern leaves out.
    #[inline]
    #[track_caller]
    fn sparse_hessian<'__sparsity>(
        sparsity: &'__sparsity odyssey_runtime::sparse::Sparsity,
        x: &[f64],
    ) -> odyssey_runtime::sparse::SparseJacobian<
        '__sparsity,
        <Vec<f64> as rt::Entries>::Number,
    > {
        rt::by_colours::<
            _,
            _,
            { rt::DIRECTIONS },
        >(
            sparsity,
            rt::Interleaved::zeros(
                &rt::zero_tangent(&x),
            ),
            |directions| Self::curvatures(x, (directions,)).1,
        )
    }
    #[doc(hidden)]
    #[inline]
    fn curvatures<const __DIRECTIONS: usize>(
        x: &[f64],
        (
            rt::Interleaved(x_dots),
        ): (&rt::Interleaved<Vec<f64>, __DIRECTIONS>,),
    ) -> (f64, rt::Interleaved<Vec<f64>, __DIRECTIONS>) {
        let mut sum = 0.0;
        let mut d_x_dots = rt::zeros::<_, __DIRECTIONS>(x);
        for i in 0..x.len() - 1 {
            let value = x[i];
            let value_1 = x_dots[i];
            let a = 1.0 - value;
            let index = i + 1;
            let value_2 = x_dots[index];
            let b = x[index] - value * value;
            let product = 100.0 * b;
            let (b_dots, value_3) = rt::unzip_numbers(
                rt::numbers::<
                    _,
                    __DIRECTIONS,
                >(|direction| {
                    let b_dot = value_2[direction] - 2.0 * (value_1[direction] * value);
                    (b_dot, 100.0 * b_dot)
                }),
            );
            let d_b = product + product;
            for direction in 0..__DIRECTIONS {
                let b_dot = b_dots[direction];
                let d_b_dot = value_3[direction] + 100.0 * b_dot;
                let value_4 = value_1[direction];
                let d_a_dot = -2.0 * value_4;
                let difference = -(d_b_dot * value) - value_4 * d_b;
                d_x_dots[i][direction] += difference;
                d_x_dots[i][direction] += difference;
                d_x_dots[index][direction] += d_b_dot;
                d_x_dots[i][direction] -= d_a_dot;
            }
            sum += a * a + product * b;
        }
        (sum, rt::Interleaved(d_x_dots))
    }
    #[doc(hidden)]
    #[inline]
    fn residual_hvp<
        __Primal,
        AlongX: rt::Along<Vec<f64>>,
        WantX: rt::Want,
    >(
        primal: __Primal,
        x: &[f64],
        (along_x,): (AlongX,),
        _: (WantX,),
    ) -> (
        (f64, f64),
        impl FnOnce(
            &[f64],
            &f64,
            (f64, f64),
        ) -> (WantX::Of<(Vec<f64>, Vec<f64>)>,),
    ) {
        Self::residual_over_floats(
            primal,
            x,
            (along_x,),
            (<WantX as ::core::default::Default>::default(),),
        )
    }
    #[doc(hidden)]
    #[inline]
    fn residual_over_floats<
        Float: odyssey_runtime::Real,
        __Primal,
        AlongX: rt::Along<Vec<Float>>,
        WantX: rt::Want,
    >(
        primal: __Primal,
        x: &[Float],
        (x_dot,): (AlongX,),
        _: (WantX,),
    ) -> (
        (Float, Float),
        impl FnOnce(
            &[Float],
            &Float,
            (Float, Float),
        ) -> (WantX::Of<(Vec<Float>, Vec<Float>)>,),
    ) {
        rt::assert_same(&primal, &valley);
        let held_x_dot = rt::along(x_dot, &x);
        let x_dot = &*held_x_dot;
        let mut sum = Float::lit(0.0);
        let mut sum_dot = Float::lit(0.0);
        for i in 0..x.len() - 1 {
            let value = x[i];
            let value_1 = x_dot[i];
            let a = Float::lit(1.0) - value;
            let index = i + 1;
            let b = x[index] - value * value;
            let b_dot = x_dot[index] - Float::lit(2.0) * (value_1 * value);
            let product = value_1 * a;
            let product_1 = Float::lit(100.0) * b;
            sum += a * a + product_1 * b;
            sum_dot
                += -product - product
                    + (b_dot * Float::lit(100.0) * b + b_dot * product_1);
        }
        (
            (sum, sum_dot),
            move |x, _, (d_sum, d_sum_dot)| {
                let x_dot = &*held_x_dot;
                let mut d_x = rt::zero_tangent(x);
                let mut d_x_dot = rt::zero_tangent(x);
                for i in rt::reversed(0..x.len() - 1) {
                    let value = x[i];
                    let value_1 = x_dot[i];
                    let a = Float::lit(1.0) - value;
                    let index = i + 1;
                    let b = x[index] - value * value;
                    let b_dot = x_dot[index] - Float::lit(2.0) * (value_1 * value);
                    let product = Float::lit(100.0) * b;
                    let d_b = d_sum * product;
                    let d_b_dot = d_sum_dot * product
                        + b_dot * Float::lit(100.0) * d_sum;
                    let d_b_1 = d_b + d_sum * b * Float::lit(100.0);
                    let d_b_dot_1 = d_b_dot
                        + (d_sum_dot * b + b_dot * d_sum) * Float::lit(100.0);
                    let d_a = d_sum * a;
                    let d_a_dot = d_sum_dot * a - value_1 * d_sum;
                    let d_a_1 = Float::lit(2.0) * d_a;
                    let d_a_dot_1 = Float::lit(2.0) * d_a_dot;
                    let negative = -(d_b_1 * value);
                    let difference = -(d_b_dot_1 * value) - value_1 * d_b_1;
                    d_x_dot[i] += difference;
                    d_x[i] += negative;
                    d_x_dot[i] += difference;
                    d_x[i] += negative;
                    d_x_dot[index] += d_b_dot_1;
                    d_x[index] += d_b_1;
                    d_x_dot[i] -= d_a_dot_1;
                    d_x[i] -= d_a_1;
                }
                (WantX::when(|| (d_x, d_x_dot)),)
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn value_and_grad_residual_vjp<__Primal, WantX: rt::Want>(
        primal: __Primal,
        x: &[f64],
        _: (WantX,),
    ) -> (
        (f64, Vec<f64>),
        impl FnOnce(
            &[f64],
            &(f64, Vec<f64>),
            (f64, Vec<f64>),
        ) -> (WantX::Of<Vec<f64>>,) + Clone,
    ) {
        rt::assert_same(&primal, &valley);
        let result = Self::value_and_grad(x);
        (
            result,
            move |x, _, (d_value, x_dot)| {
                let ((value, _), pullback) = Self::residual_hvp(
                    valley,
                    x,
                    (rt::Handed(x_dot),),
                    (<WantX as ::core::default::Default>::default(),),
                );
                let (d_x,) = pullback(
                    x,
                    &value,
                    (rt::constant_seed::<f64>().0, d_value),
                );
                (WantX::second(d_x),)
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn value_and_grad_pushforward<
        __Primal,
        AlongX: rt::Along<Vec<f64>>,
    >(
        primal: __Primal,
        x: &[f64],
        (along_x,): (AlongX,),
    ) -> ((f64, Vec<f64>), (f64, Vec<f64>)) {
        rt::assert_same(&primal, &valley);
        let ((value, value_dot), pullback) = Self::residual_hvp(
            valley,
            x,
            (rt::handed(along_x, &x),),
            (rt::Yes,),
        );
        let ((d_x, d_x_dot),) = pullback(
            x,
            &value,
            rt::constant_seed::<f64>(),
        );
        ((value, d_x), (value_dot, d_x_dot))
    }
    #[doc(hidden)]
    #[inline]
    fn value_and_grad_residual_hvp<
        Float: odyssey_runtime::Real,
        __Primal,
        AlongX: rt::Along<Vec<Float>>,
        WantX: rt::Want,
    >(
        primal: __Primal,
        x: &[Float],
        (x_dot,): (AlongX,),
        _: (WantX,),
    ) -> (
        ((Float, Vec<Float>), (Float, Vec<Float>)),
        impl FnOnce(
            &[Float],
            &(Float, Vec<Float>),
            ((Float, Vec<Float>), (Float, Vec<Float>)),
        ) -> (WantX::Of<(Vec<Float>, Vec<Float>)>,),
    ) {
        rt::assert_same(&primal, &valley);
        let x_dot = ::core::clone::Clone::clone(
            &*rt::along(x_dot, &x),
        );
        let ((value, value_along), pullback) = Self::residual_over_floats(
            valley,
            x,
            (rt::Handed(::core::clone::Clone::clone(&x_dot)),),
            (rt::Yes,),
        );
        let ((d_x, d_x_dot),) = pullback(
            x,
            &value,
            rt::constant_seed::<Float>(),
        );
        (
            ((value, d_x), (value_along, d_x_dot)),
            move |x, _, ((seed, d_x), (seed_along, d_x_dot))| {
                let dual_x = rt::dualise(x, &x_dot);
                let ((value, _), pullback) = Self::residual_over_floats(
                    valley,
                    &dual_x,
                    (
                        rt::Handed(
                            rt::dualise(&d_x, &d_x_dot),
                        ),
                    ),
                    (<WantX as ::core::default::Default>::default(),),
                );
                let (d_x,) = pullback(
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
                (WantX::map(d_x, |(_, dot)| rt::parts(dot)),)
            },
        )
    }
}
impl<'__a> rt::OfThirdOrder<'__a> for valley {}
