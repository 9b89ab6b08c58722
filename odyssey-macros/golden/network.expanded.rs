use odyssey_runtime::rt;

/// The derivatives of [`network()`](network()).
struct network {}
impl network {
    /// The value, and the gradient with respect to the differentiated arguments.
    #[inline]
    fn value_and_grad(
        net: &Network,
        x: &Array2<f64>,
        labels: &[usize],
    ) -> (f64, <Network as odyssey_runtime::Differentiable>::Tangent) {
        let (h, h_pullback) = layer::residual_vjp(
            layer,
            &net.hidden,
            x,
            (rt::Yes, rt::No),
        );
        let (logits, logits_pullback) = layer::residual_vjp(
            layer,
            &net.output,
            &h,
            (rt::Yes, rt::Yes),
        );
        let (cross_entropy_loss_value, cross_entropy_loss_value_pullback) = cross_entropy_loss::residual_vjp(
            cross_entropy_loss,
            &logits,
            labels,
            (rt::Yes, rt::No),
        );
        let (d_logits, _) = cross_entropy_loss_value_pullback(
            &logits,
            labels,
            &cross_entropy_loss_value,
            1.0,
        );
        let (value, d_h) = logits_pullback(&net.output, &h, &logits, d_logits);
        let (value_1, _) = h_pullback(&net.hidden, x, &h, d_h);
        let mut d_net = rt::partial(net);
        d_net.hidden = rt::arrived(&net.hidden, value_1);
        d_net.output = rt::arrived(&net.output, value);
        let d_net = rt::complete(net, d_net);
        rt::recycle!(h, logits);
        (cross_entropy_loss_value, d_net)
    }
    /// The gradient with respect to the differentiated arguments.
    #[inline]
    fn grad(
        net: &Network,
        x: &Array2<f64>,
        labels: &[usize],
    ) -> <Network as odyssey_runtime::Differentiable>::Tangent {
        Self::value_and_grad(net, x, labels).1
    }
    /// The value; the gradient takes the place of what was in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn value_and_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut <Network as odyssey_runtime::Differentiable>::Tangent,
        net: &Network,
        x: &Array2<f64>,
        labels: &[usize],
    ) -> f64 {
        rt::value_and_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(net, x, labels),
        )
    }
    /// The value; the gradient is added to what is in `gradient`. Memory comes from the workspace.
    #[inline]
    #[track_caller]
    fn accumulate_grad_into(
        workspace: &mut odyssey_runtime::Workspace,
        gradient: &mut <Network as odyssey_runtime::Differentiable>::Tangent,
        net: &Network,
        x: &Array2<f64>,
        labels: &[usize],
    ) -> f64 {
        rt::accumulate_grad_into(
            workspace,
            gradient,
            || Self::value_and_grad(net, x, labels),
        )
    }
    /// The value, and the pullback: from the cotangent of the result to those of the differentiated arguments.
    #[inline]
    fn vjp(
        net: &Network,
        x: &Array2<f64>,
        labels: &[usize],
    ) -> (
        f64,
        odyssey_runtime::borrowing!(
            FnOnce(f64) -> < Network as odyssey_runtime::Differentiable >
            ::Tangent
        ),
    ) {
        let (value, pullback) = Self::residual_vjp(
            network,
            net,
            x,
            labels,
            (
                rt::Yes,
                rt::No,
                rt::No,
            ),
        );
        (
            value,
            move |cotangent| {
                let (d_net, (), ()) = pullback(net, x, labels, &value, cotangent);
                d_net
            },
        )
    }
    /// The value, and its tangent along those of the differentiated arguments.
    #[inline]
    fn jvp(
        net: &Network,
        x: &Array2<f64>,
        labels: &[usize],
        net_dot: <Network as odyssey_runtime::Differentiable>::Tangent,
    ) -> (f64, f64) {
        let net_dot = rt::checked_tangent(&net, net_dot);
        let (value, tangent) = Self::pushforward(
            network,
            net,
            x,
            labels,
            (&net_dot, rt::No, rt::No),
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
        net: &Network,
        x: &Array2<f64>,
        labels: &[usize],
    ) -> ::core::result::Result<(), odyssey_runtime::check::GradientMismatch> {
        let d_net = Self::grad(net, x, labels);
        odyssey_runtime::check::copied_argument(
            "net",
            &net,
            |copy| network(odyssey_runtime::check::lend(&net, copy), x, labels),
            &d_net,
        )?;
        ::core::result::Result::Ok(())
    }
    #[doc(hidden)]
    #[inline]
    fn residual_vjp<
        __Primal,
        WantNet: rt::Want,
        WantX: rt::Excluded,
        WantLabels: rt::Excluded,
    >(
        primal: __Primal,
        net: &Network,
        x: &Array2<f64>,
        labels: &[usize],
        _: (WantNet, WantX, WantLabels),
    ) -> (
        f64,
        impl FnOnce(
            &Network,
            &Array2<f64>,
            &[usize],
            &f64,
            f64,
        ) -> (
                WantNet::Of<<Network as odyssey_runtime::Differentiable>::Tangent>,
                (),
                (),
            ) + Clone,
    ) {
        rt::assert_same(&primal, &network);
        let (h, h_pullback) = layer::residual_vjp(
            layer,
            &net.hidden,
            x,
            (rt::Yes, rt::No),
        );
        let (logits, logits_pullback) = layer::residual_vjp(
            layer,
            &net.output,
            &h,
            (rt::Yes, rt::Yes),
        );
        let (cross_entropy_loss_value, cross_entropy_loss_value_pullback) = cross_entropy_loss::residual_vjp(
            cross_entropy_loss,
            &logits,
            labels,
            (rt::Yes, rt::No),
        );
        (
            cross_entropy_loss_value,
            move |net, x, labels, &cross_entropy_loss_value, d_cross_entropy_loss_value| {
                let (d_logits, _) = cross_entropy_loss_value_pullback(
                    &logits,
                    labels,
                    &cross_entropy_loss_value,
                    d_cross_entropy_loss_value,
                );
                let (value, d_h) = logits_pullback(&net.output, &h, &logits, d_logits);
                let (value_1, _) = h_pullback(&net.hidden, x, &h, d_h);
                let mut d_net = rt::partial(net);
                d_net.hidden = rt::arrived(&net.hidden, value_1);
                d_net.output = rt::arrived(&net.output, value);
                let d_net = rt::complete(net, d_net);
                rt::recycle!(h, logits);
                (WantNet::when(|| d_net), (), ())
            },
        )
    }
    #[doc(hidden)]
    #[inline]
    fn pushforward<
        __Primal,
        AlongNet: rt::Along<
                <Network as odyssey_runtime::Differentiable>::Tangent,
            >,
        AlongX,
        AlongLabels,
    >(
        primal: __Primal,
        net: &Network,
        x: &Array2<f64>,
        labels: &[usize],
        (net_dot, _, _): (AlongNet, AlongX, AlongLabels),
    ) -> (f64, f64) {
        rt::assert_same(&primal, &network);
        let net_dot = rt::along(net_dot, &net);
        let net_dot = &*net_dot;
        let (h, h_dot) = layer::pushforward(
            layer,
            &net.hidden,
            x,
            (&net_dot.hidden, rt::No),
        );
        let (logits, logits_dot) = layer::pushforward(
            layer,
            &net.output,
            &h,
            (&net_dot.output, &h_dot),
        );
        let (cross_entropy_loss_value, cross_entropy_loss_value_dot) = cross_entropy_loss::pushforward(
            cross_entropy_loss,
            &logits,
            labels,
            (&logits_dot, rt::No),
        );
        (cross_entropy_loss_value, cross_entropy_loss_value_dot)
    }
}
