use odyssey_runtime::rt;

/// The derivatives of [`pendulum()`](pendulum()).
struct pendulum {}
impl pendulum {
    /// The value, and the gradient with respect to the differentiated arguments.
    #[inline]
    fn value_and_grad(angle: f64, speed: f64, length: f64) -> (f64, (f64, f64, f64)) {
        let product = length * speed;
        let kinetic = 0.5 * product.powi(2);
        let product_1 = 9.81 * length;
        let difference = 1.0 - angle.cos();
        let potential = product_1 * difference;
        let sqrt_value = (kinetic + potential).sqrt();
        let d_kinetic = 0.5 / sqrt_value;
        let d_angle = d_kinetic * product_1 * angle.sin();
        let d_length = 9.81 * (d_kinetic * difference);
        let product_2 = 0.5 * d_kinetic * (2.0 * product);
        let d_length_1 = d_length + product_2 * speed;
        let d_speed = product_2 * length;
        (sqrt_value, (d_angle, d_speed, d_length_1))
    }
    /// The gradient with respect to the differentiated arguments.
    #[inline]
    fn grad(angle: f64, speed: f64, length: f64) -> (f64, f64, f64) {
        Self::value_and_grad(angle, speed, length).1
    }
    /// The value; the gradient takes the place of what was in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn value_and_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut (f64, f64, f64),
        angle: f64,
        speed: f64,
        length: f64,
    ) -> f64 {
        rt::value_and_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(angle, speed, length),
        )
    }
    /// The value; the gradient is added to what is in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn accumulate_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut (f64, f64, f64),
        angle: f64,
        speed: f64,
        length: f64,
    ) -> f64 {
        rt::accumulate_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(angle, speed, length),
        )
    }
    /// The value, and the pullback: from the cotangent of the result to those of the differentiated arguments.
    #[inline]
    fn vjp(
        angle: f64,
        speed: f64,
        length: f64,
    ) -> (
        f64,
        odyssey_runtime::borrowing!(FnOnce(f64) -> (f64, f64, f64)),
    ) {
        let (value, pullback) = Self::residual_vjp(
            pendulum,
            angle,
            speed,
            length,
            (
                rt::Yes,
                rt::Yes,
                rt::Yes,
            ),
        );
        (
            value,
            move |cotangent| {
                let (d_angle, d_speed, d_length) = pullback(
                    angle,
                    speed,
                    length,
                    &value,
                    cotangent,
                );
                (d_angle, d_speed, d_length)
            },
        )
    }
    /// The value, and its tangent along those of the differentiated arguments.
    #[inline]
    fn jvp(
        angle: f64,
        speed: f64,
        length: f64,
        angle_dot: f64,
        speed_dot: f64,
        length_dot: f64,
    ) -> (f64, f64) {
        let (value, tangent) = Self::pushforward(
            pendulum,
            angle,
            speed,
            length,
            (&angle_dot, &speed_dot, &length_dot),
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
        angle: f64,
        speed: f64,
        length: f64,
    ) -> ::core::result::Result<(), odyssey_runtime::check::GradientMismatch> {
        let (d_angle, d_speed, d_length) = Self::grad(angle, speed, length);
        odyssey_runtime::check::argument(
            "angle",
            &angle,
            |angle| pendulum(angle, speed, length),
            &d_angle,
        )?;
        odyssey_runtime::check::argument(
            "speed",
            &speed,
            |speed| pendulum(angle, speed, length),
            &d_speed,
        )?;
        odyssey_runtime::check::argument(
            "length",
            &length,
            |length| pendulum(angle, speed, length),
            &d_length,
        )?;
        ::core::result::Result::Ok(())
    }
    #[doc(hidden)]
    #[inline]
    fn residual_vjp<
        __Primal,
        WantAngle: rt::Want,
        WantSpeed: rt::Want,
        WantLength: rt::Want,
    >(
        primal: __Primal,
        angle: f64,
        speed: f64,
        length: f64,
        _: (WantAngle, WantSpeed, WantLength),
    ) -> (
        f64,
        impl FnOnce(
            f64,
            f64,
            f64,
            &f64,
            f64,
        ) -> (
                WantAngle::Of<f64>,
                WantSpeed::Of<f64>,
                WantLength::Of<f64>,
            ) + Clone,
    ) {
        rt::assert_same(&primal, &pendulum);
        let product = length * speed;
        let kinetic = 0.5 * product.powi(2);
        let product_1 = 9.81 * length;
        let difference = 1.0 - angle.cos();
        let potential = product_1 * difference;
        let sqrt_value = (kinetic + potential).sqrt();
        (
            sqrt_value,
            move |angle, speed, length, &sqrt_value, d_result| {
                let d_kinetic = 0.5 * d_result / sqrt_value;
                let d_length = 9.81 * (d_kinetic * difference);
                let product_2 = 0.5 * d_kinetic * (2.0 * product);
                (
                    WantAngle::when(|| d_kinetic * product_1 * angle.sin()),
                    WantSpeed::when(|| product_2 * length),
                    WantLength::when(|| d_length + product_2 * speed),
                )
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn pushforward<
        __Primal,
        AlongAngle: rt::Along<f64>,
        AlongSpeed: rt::Along<f64>,
        AlongLength: rt::Along<f64>,
    >(
        primal: __Primal,
        angle: f64,
        speed: f64,
        length: f64,
        (angle_dot, speed_dot, length_dot): (AlongAngle, AlongSpeed, AlongLength),
    ) -> (f64, f64) {
        rt::assert_same(&primal, &pendulum);
        let angle_dot = *rt::along(angle_dot, &angle);
        let speed_dot = *rt::along(speed_dot, &speed);
        let length_dot = *rt::along(length_dot, &length);
        let product = length * speed;
        let kinetic = 0.5 * product.powi(2);
        let kinetic_dot = 0.5
            * ((length_dot * speed + speed_dot * length) * (2.0 * product));
        let product_1 = 9.81 * length;
        let difference = 1.0 - angle.cos();
        let potential = product_1 * difference;
        let potential_dot = 9.81 * length_dot * difference
            + angle_dot * angle.sin() * product_1;
        let sqrt_value = (kinetic + potential).sqrt();
        (sqrt_value, 0.5 * (kinetic_dot + potential_dot) / sqrt_value)
    }
    /// The Hessian times a vector: the tangent of the gradient along those of the differentiated arguments.
    #[inline]
    fn hvp(
        angle: f64,
        speed: f64,
        length: f64,
        angle_dot: f64,
        speed_dot: f64,
        length_dot: f64,
    ) -> (f64, f64, f64) {
        let ((value, _), pullback) = Self::residual_hvp(
            pendulum,
            angle,
            speed,
            length,
            (
                rt::Handed(angle_dot),
                rt::Handed(speed_dot),
                rt::Handed(length_dot),
            ),
            (
                rt::Yes,
                rt::Yes,
                rt::Yes,
            ),
        );
        let (seed, zero) = rt::constant_seed::<f64>();
        let whole: f64 = value;
        let ((_, d_angle), (_, d_speed), (_, d_length)) = pullback(
            angle,
            speed,
            length,
            &whole,
            (seed, zero),
        );
        (d_angle, d_speed, d_length)
    }
    #[doc(hidden)]
    #[inline]
    fn residual_hvp<
        __Primal,
        AlongAngle: rt::Along<f64>,
        AlongSpeed: rt::Along<f64>,
        AlongLength: rt::Along<f64>,
        WantAngle: rt::Want,
        WantSpeed: rt::Want,
        WantLength: rt::Want,
    >(
        primal: __Primal,
        angle: f64,
        speed: f64,
        length: f64,
        (along_angle, along_speed, along_length): (AlongAngle, AlongSpeed, AlongLength),
        _: (WantAngle, WantSpeed, WantLength),
    ) -> (
        (f64, f64),
        impl FnOnce(
            f64,
            f64,
            f64,
            &f64,
            (f64, f64),
        ) -> (
                WantAngle::Of<(f64, f64)>,
                WantSpeed::Of<(f64, f64)>,
                WantLength::Of<(f64, f64)>,
            ),
    ) {
        Self::residual_over_floats(
            primal,
            angle,
            speed,
            length,
            (along_angle, along_speed, along_length),
            (
                <WantAngle as ::core::default::Default>::default(),
                <WantSpeed as ::core::default::Default>::default(),
                <WantLength as ::core::default::Default>::default(),
            ),
        )
    }
    #[doc(hidden)]
    #[inline]
    fn residual_over_floats<
        Float: odyssey_runtime::Real,
        __Primal,
        AlongAngle: rt::Along<Float>,
        AlongSpeed: rt::Along<Float>,
        AlongLength: rt::Along<Float>,
        WantAngle: rt::Want,
        WantSpeed: rt::Want,
        WantLength: rt::Want,
    >(
        primal: __Primal,
        angle: Float,
        speed: Float,
        length: Float,
        (angle_dot, speed_dot, length_dot): (AlongAngle, AlongSpeed, AlongLength),
        _: (WantAngle, WantSpeed, WantLength),
    ) -> (
        (Float, Float),
        impl FnOnce(
            Float,
            Float,
            Float,
            &Float,
            (Float, Float),
        ) -> (
                WantAngle::Of<(Float, Float)>,
                WantSpeed::Of<(Float, Float)>,
                WantLength::Of<(Float, Float)>,
            ),
    ) {
        rt::assert_same(&primal, &pendulum);
        let angle_dot = *rt::along(angle_dot, &angle);
        let speed_dot = *rt::along(speed_dot, &speed);
        let length_dot = *rt::along(length_dot, &length);
        let product = length * speed;
        let total = length_dot * speed + speed_dot * length;
        let product_1 = Float::lit(2.0) * product;
        let kinetic = Float::lit(0.5) * product.powi(2);
        let kinetic_dot = total * product_1 * Float::lit(0.5);
        let product_2 = Float::lit(9.81) * length;
        let product_3 = length_dot * Float::lit(9.81);
        let cos_value = angle.cos();
        let sin_value = angle.sin();
        let product_4 = angle_dot * sin_value;
        let difference = Float::lit(1.0) - cos_value;
        let potential = product_2 * difference;
        let potential_dot = product_3 * difference + product_4 * product_2;
        let sqrt_value = (kinetic + potential).sqrt();
        let ratio = Float::lit(0.5) * (kinetic_dot + potential_dot) / sqrt_value;
        (
            (sqrt_value, ratio),
            move |_, speed, length, &sqrt_value, (d_result, d_result_dot)| {
                let d_kinetic = Float::lit(0.5) * d_result / sqrt_value;
                let d_kinetic_dot = Float::lit(0.5) * d_result_dot / sqrt_value
                    - ratio / sqrt_value * d_kinetic;
                let product_5 = d_kinetic * product_2;
                let d_length = d_kinetic * difference * Float::lit(9.81);
                let d_length_dot = (d_kinetic_dot * difference + product_4 * d_kinetic)
                    * Float::lit(9.81);
                let product_6 = d_kinetic * Float::lit(0.5);
                let product_7 = product_6 * product_1;
                let total_1 = d_kinetic_dot * Float::lit(0.5) * product_1
                    + Float::lit(2.0) * total * product_6;
                (
                    WantAngle::when(|| (
                        product_5 * sin_value,
                        -(-((d_kinetic_dot * product_2 + product_3 * d_kinetic)
                            * sin_value) - angle_dot * cos_value * product_5),
                    )),
                    WantSpeed::when(|| (
                        product_7 * length,
                        total_1 * length + length_dot * product_7,
                    )),
                    WantLength::when(|| (
                        d_length + product_7 * speed,
                        d_length_dot + (total_1 * speed + speed_dot * product_7),
                    )),
                )
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn value_and_grad_residual_vjp<
        __Primal,
        WantAngle: rt::Want,
        WantSpeed: rt::Want,
        WantLength: rt::Want,
    >(
        primal: __Primal,
        angle: f64,
        speed: f64,
        length: f64,
        _: (WantAngle, WantSpeed, WantLength),
    ) -> (
        (f64, (f64, f64, f64)),
        impl FnOnce(
            f64,
            f64,
            f64,
            &(f64, (f64, f64, f64)),
            (f64, (f64, f64, f64)),
        ) -> (
                WantAngle::Of<f64>,
                WantSpeed::Of<f64>,
                WantLength::Of<f64>,
            ) + Clone,
    ) {
        rt::assert_same(&primal, &pendulum);
        let result = Self::value_and_grad(angle, speed, length);
        (
            result,
            move |
                angle,
                speed,
                length,
                _,
                (d_value, (angle_dot, speed_dot, length_dot))|
            {
                let ((value, _), pullback) = Self::residual_hvp(
                    pendulum,
                    angle,
                    speed,
                    length,
                    (
                        rt::Handed(angle_dot),
                        rt::Handed(speed_dot),
                        rt::Handed(length_dot),
                    ),
                    (
                        <WantAngle as ::core::default::Default>::default(),
                        <WantSpeed as ::core::default::Default>::default(),
                        <WantLength as ::core::default::Default>::default(),
                    ),
                );
                let (d_angle, d_speed, d_length) = pullback(
                    angle,
                    speed,
                    length,
                    &value,
                    (rt::constant_seed::<f64>().0, d_value),
                );
                (
                    WantAngle::second(d_angle),
                    WantSpeed::second(d_speed),
                    WantLength::second(d_length),
                )
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn value_and_grad_pushforward<
        __Primal,
        AlongAngle: rt::Along<f64>,
        AlongSpeed: rt::Along<f64>,
        AlongLength: rt::Along<f64>,
    >(
        primal: __Primal,
        angle: f64,
        speed: f64,
        length: f64,
        (along_angle, along_speed, along_length): (AlongAngle, AlongSpeed, AlongLength),
    ) -> ((f64, (f64, f64, f64)), (f64, (f64, f64, f64))) {
        rt::assert_same(&primal, &pendulum);
        let ((value, value_dot), pullback) = Self::residual_hvp(
            pendulum,
            angle,
            speed,
            length,
            (
                rt::handed(along_angle, &angle),
                rt::handed(along_speed, &speed),
                rt::handed(along_length, &length),
            ),
            (
                rt::Yes,
                rt::Yes,
                rt::Yes,
            ),
        );
        let ((d_angle, d_angle_dot), (d_speed, d_speed_dot), (d_length, d_length_dot)) = pullback(
            angle,
            speed,
            length,
            &value,
            rt::constant_seed::<f64>(),
        );
        (
            (value, (d_angle, d_speed, d_length)),
            (value_dot, (d_angle_dot, d_speed_dot, d_length_dot)),
        )
    }
    #[doc(hidden)]
    #[inline]
    fn value_and_grad_residual_hvp<
        Float: odyssey_runtime::Real,
        __Primal,
        AlongAngle: rt::Along<Float>,
        AlongSpeed: rt::Along<Float>,
        AlongLength: rt::Along<Float>,
        WantAngle: rt::Want,
        WantSpeed: rt::Want,
        WantLength: rt::Want,
    >(
        primal: __Primal,
        angle: Float,
        speed: Float,
        length: Float,
        (angle_dot, speed_dot, length_dot): (AlongAngle, AlongSpeed, AlongLength),
        _: (WantAngle, WantSpeed, WantLength),
    ) -> (
        ((Float, (Float, Float, Float)), (Float, (Float, Float, Float))),
        impl FnOnce(
            Float,
            Float,
            Float,
            &(Float, (Float, Float, Float)),
            ((Float, (Float, Float, Float)), (Float, (Float, Float, Float))),
        ) -> (
                WantAngle::Of<(Float, Float)>,
                WantSpeed::Of<(Float, Float)>,
                WantLength::Of<(Float, Float)>,
            ),
    ) {
        rt::assert_same(&primal, &pendulum);
        let angle_dot = ::core::clone::Clone::clone(
            &*rt::along(angle_dot, &angle),
        );
        let speed_dot = ::core::clone::Clone::clone(
            &*rt::along(speed_dot, &speed),
        );
        let length_dot = ::core::clone::Clone::clone(
            &*rt::along(length_dot, &length),
        );
        let ((value, value_along), pullback) = Self::residual_over_floats(
            pendulum,
            angle,
            speed,
            length,
            (
                rt::Handed(::core::clone::Clone::clone(&angle_dot)),
                rt::Handed(::core::clone::Clone::clone(&speed_dot)),
                rt::Handed(::core::clone::Clone::clone(&length_dot)),
            ),
            (
                rt::Yes,
                rt::Yes,
                rt::Yes,
            ),
        );
        let ((d_angle, d_angle_dot), (d_speed, d_speed_dot), (d_length, d_length_dot)) = pullback(
            angle,
            speed,
            length,
            &value,
            rt::constant_seed::<Float>(),
        );
        (
            (
                (value, (d_angle, d_speed, d_length)),
                (value_along, (d_angle_dot, d_speed_dot, d_length_dot)),
            ),
            move |
                angle,
                speed,
                length,
                _,
                (
                    (seed, (d_angle, d_speed, d_length)),
                    (seed_along, (d_angle_dot, d_speed_dot, d_length_dot)),
                )|
            {
                let dual_angle = rt::dualise(&angle, &angle_dot);
                let dual_speed = rt::dualise(&speed, &speed_dot);
                let dual_length = rt::dualise(&length, &length_dot);
                let ((value, _), pullback) = Self::residual_over_floats(
                    pendulum,
                    ::core::clone::Clone::clone(&dual_angle),
                    ::core::clone::Clone::clone(&dual_speed),
                    ::core::clone::Clone::clone(&dual_length),
                    (
                        rt::Handed(
                            rt::dualise(&d_angle, &d_angle_dot),
                        ),
                        rt::Handed(
                            rt::dualise(&d_speed, &d_speed_dot),
                        ),
                        rt::Handed(
                            rt::dualise(&d_length, &d_length_dot),
                        ),
                    ),
                    (
                        <WantAngle as ::core::default::Default>::default(),
                        <WantSpeed as ::core::default::Default>::default(),
                        <WantLength as ::core::default::Default>::default(),
                    ),
                );
                let (d_angle, d_speed, d_length) = pullback(
                    ::core::clone::Clone::clone(&dual_angle),
                    ::core::clone::Clone::clone(&dual_speed),
                    ::core::clone::Clone::clone(&dual_length),
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
                    WantAngle::map(
                        d_angle,
                        |(_, dot)| rt::parts(dot),
                    ),
                    WantSpeed::map(
                        d_speed,
                        |(_, dot)| rt::parts(dot),
                    ),
                    WantLength::map(
                        d_length,
                        |(_, dot)| rt::parts(dot),
                    ),
                )
            },
        )
    }
}
impl<'__a> rt::OfThirdOrder<'__a> for pendulum {}
