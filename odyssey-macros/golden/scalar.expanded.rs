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
}
