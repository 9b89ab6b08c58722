use odyssey_runtime::rt;

/// The derivatives of [`swing()`](swing()).
struct swing {}
impl swing {
    /// The value, and the pullback: from the cotangent of the result to those of the differentiated arguments.
    #[inline]
    fn vjp(
        start: [f64; 2],
        steps: usize,
    ) -> (
        Vec<f64>,
        odyssey_runtime::borrowing!(
            FnOnce(< Vec < f64 > as odyssey_runtime::Differentiable >
            ::Tangent) -> [f64; 2]
        ),
    ) {
        let (value, pullback) = Self::residual_vjp(
            swing,
            ::core::clone::Clone::clone(&start),
            ::core::clone::Clone::clone(&steps),
            (rt::Yes, rt::No),
        );
        let kept = ::core::clone::Clone::clone(&value);
        (
            value,
            move |cotangent| {
                let (d_start, ()) = pullback(start, steps, &kept, cotangent);
                d_start
            },
        )
    }
    /// The value, and its tangent along those of the differentiated arguments.
    #[inline]
    fn jvp(
        start: [f64; 2],
        steps: usize,
        start_dot: [f64; 2],
    ) -> (Vec<f64>, <Vec<f64> as odyssey_runtime::Differentiable>::Tangent) {
        let start_dot = rt::checked_tangent(&start, start_dot);
        let (value, tangent) = Self::pushforward(
            swing,
            start,
            steps,
            (&start_dot, rt::No),
        );
        (value, tangent)
    }
    /// The derivatives of the numbers of the result with respect to those of each differentiated argument,
    /// `[result, argument]`.
    #[inline]
    fn jacobian(
        start: [f64; 2],
        steps: usize,
    ) -> rt::ndarray::Array2<
        <[f64; 2] as rt::Entries>::Number,
    > {
        let value = swing(
            ::core::clone::Clone::clone(&start),
            ::core::clone::Clone::clone(&steps),
        );
        let rows = rt::entries(
            &rt::zero_tangent(&value),
        );
        let columns = rt::entries(
            &rt::zero_tangent(&start),
        );
        if columns <= rows {
            let mut columns_d_start = rt::Columns::<
                _,
                { rt::DIRECTIONS },
            >::new(
                rows,
                0,
                rt::Interleaved::zeros(
                    &rt::zero_tangent(&start),
                ),
            );
            for pass in (0..columns_d_start.end())
                .step_by(rt::DIRECTIONS)
            {
                let (_, tangents) = Self::pushforwards(
                    ::core::clone::Clone::clone(&start),
                    ::core::clone::Clone::clone(&steps),
                    (columns_d_start.units(pass),),
                );
                columns_d_start.set(&tangents);
            }
            columns_d_start.matrix()
        } else {
            let mut jacobian_d_start = rt::without_rows(
                &rt::zero_tangent(&start),
                rows,
            );
            let run = || Self::residual_vjp(
                swing,
                ::core::clone::Clone::clone(&start),
                ::core::clone::Clone::clone(&steps),
                (rt::Yes, rt::No),
            );
            let (value, pullback) = run();
            rt::for_each_row(
                rows,
                pullback,
                || run().1,
                |pullback, row| {
                    let (d_start, ()) = pullback(
                        ::core::clone::Clone::clone(&start),
                        ::core::clone::Clone::clone(&steps),
                        &value,
                        rt::unit(
                            rt::zero_tangent(&value),
                            row,
                        ),
                    );
                    rt::set_row(&mut jacobian_d_start, row, &d_start);
                },
            );
            jacobian_d_start
        }
    }
    /// The derivatives of each number of the result, all of them zero that the pattern leaves out.
    #[inline]
    #[track_caller]
    fn sparse_jacobian<'__sparsity>(
        sparsity: &'__sparsity odyssey_runtime::sparse::Sparsity,
        start: [f64; 2],
        steps: usize,
    ) -> odyssey_runtime::sparse::SparseJacobian<
        '__sparsity,
        <[f64; 2] as rt::Entries>::Number,
    > {
        rt::by_colours::<
            _,
            _,
            { rt::DIRECTIONS },
        >(
            sparsity,
            rt::Interleaved::zeros(
                &rt::zero_tangent(&start),
            ),
            |directions| {
                Self::pushforwards(
                        ::core::clone::Clone::clone(&start),
                        ::core::clone::Clone::clone(&steps),
                        (directions,),
                    )
                    .1
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn pushforwards<const __DIRECTIONS: usize>(
        start: [f64; 2],
        steps: usize,
        (
            rt::Interleaved(start_dots),
        ): (&rt::Interleaved<[f64; 2], __DIRECTIONS>,),
    ) -> (
        Vec<f64>,
        rt::Interleaved<
            <Vec<f64> as odyssey_runtime::Differentiable>::Tangent,
            __DIRECTIONS,
        >,
    ) {
        let mut angle = start[0];
        let mut angle_dots = start_dots[0];
        let mut speed = start[1];
        let mut speed_dots = start_dots[1];
        let mut trail = vec![0.0; steps];
        let mut trail_dots = rt::zeros::<_, __DIRECTIONS>(&trail);
        for i in 0..steps {
            let cos_value = angle.cos();
            speed -= 0.1 * angle.sin();
            angle += 0.1 * speed;
            trail[i] = angle;
            let (speed_dots_1, angle_dots_1) = rt::unzip_numbers(
                rt::numbers::<
                    _,
                    __DIRECTIONS,
                >(|direction| {
                    let angle_dot = angle_dots[direction];
                    let speed_dot = speed_dots[direction];
                    let speed_dot_1 = speed_dot - 0.1 * (angle_dot * cos_value);
                    let angle_dot_1 = angle_dot + 0.1 * speed_dot_1;
                    trail_dots[i][direction] = angle_dot_1;
                    (speed_dot_1, angle_dot_1)
                }),
            );
            angle_dots = angle_dots_1;
            speed_dots = speed_dots_1;
        }
        (trail, rt::Interleaved(trail_dots))
    }
    #[doc(hidden)]
    #[inline]
    fn residual_vjp<
        __Primal,
        WantStart: rt::Want,
        WantSteps: rt::Excluded,
    >(
        primal: __Primal,
        start: [f64; 2],
        steps: usize,
        _: (WantStart, WantSteps),
    ) -> (
        Vec<f64>,
        impl FnOnce(
            [f64; 2],
            usize,
            &Vec<f64>,
            <Vec<f64> as odyssey_runtime::Differentiable>::Tangent,
        ) -> (WantStart::Of<[f64; 2]>, ()) + Clone,
    ) {
        rt::assert_same(&primal, &swing);
        let mut angle = start[0];
        let mut speed = start[1];
        let mut trail = vec![0.0; steps];
        let mut angle_was = rt::stack();
        for i in 0..steps {
            speed -= 0.1 * angle.sin();
            let angle_1 = angle + 0.1 * speed;
            trail[i] = angle_1;
            angle_was.push(angle);
            angle = angle_1;
        }
        (
            trail,
            move |start, steps, _, d_trail| {
                let mut d_angle = 0.0;
                let mut d_speed = 0.0;
                let mut d_trail_1 = d_trail;
                for i in rt::reversed(0..steps) {
                    let angle_1 = rt::pop(&mut angle_was);
                    let value = rt::take_part(&mut d_trail_1[i]);
                    let d_angle_1 = d_angle + value;
                    d_speed += 0.1 * d_angle_1;
                    d_angle = d_angle_1 + -0.1 * d_speed * angle_1.cos();
                }
                let mut d_start = rt::zero_tangent(&start);
                d_start[1] += d_speed;
                d_start[0] += d_angle;
                rt::recycle!(d_trail_1);
                (WantStart::when(|| d_start), ())
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn pushforward<
        __Primal,
        AlongStart: rt::Along<[f64; 2]>,
        AlongSteps,
    >(
        primal: __Primal,
        start: [f64; 2],
        steps: usize,
        (start_dot, _): (AlongStart, AlongSteps),
    ) -> (Vec<f64>, <Vec<f64> as odyssey_runtime::Differentiable>::Tangent) {
        rt::assert_same(&primal, &swing);
        let start_dot = rt::along(start_dot, &start);
        let start_dot = &*start_dot;
        let mut angle = start[0];
        let mut angle_dot = start_dot[0];
        let mut speed = start[1];
        let mut speed_dot = start_dot[1];
        let mut trail = vec![0.0; steps];
        let mut trail_dot = rt::zero_tangent(&trail);
        for i in 0..steps {
            speed -= 0.1 * angle.sin();
            speed_dot -= 0.1 * (angle_dot * angle.cos());
            angle += 0.1 * speed;
            angle_dot += 0.1 * speed_dot;
            trail_dot[i] = angle_dot;
            trail[i] = angle;
        }
        (trail, trail_dot)
    }
}
