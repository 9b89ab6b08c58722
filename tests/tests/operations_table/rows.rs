//! One row an operation.

/// How users write an operation: operands with their shapes, what the result is, an expression. `small`
/// says that it takes operands of one element and, first, of none, `every` that the other operands have none then either, along
/// no axis, `one` that it takes those of one element alone, `none` the other way round, `fixed` that shapes are as they are.
macro_rules! row {
    (dot) => {
        operation! { dot, small, [a: Ix2 = (3, 4), b: Ix2 = (4, 2)] -> array(Ix2), {a.dot(&b)} }
    };
    (t) => {
        operation! { t, small, [x: Ix2 = (3, 4)] -> array(Ix2), {x.t().to_owned()} }
    };

    (sum_axis) => {
        operation! { sum_axis, small, [x: Ix2 = (3, 4)] -> array(Ix1), {x.sum_axis(Axis(1))} }
    };
    (mean_axis) => {
        operation! { mean_axis, small, [x: Ix2 = (3, 4)] -> array(Ix1), {x.mean_axis(Axis(1)).unwrap()} }
    };
    (product) => {
        operation! { product, small, [x: Ix2 = (2, 3)] -> number, {x.product()} }
    };
    (product_axis) => {
        operation! { product_axis, small, [x: Ix2 = (3, 4)] -> array(Ix1), {x.product_axis(Axis(0))} }
    };
    (var) => {
        operation! { var, one, [x: Ix2 = (3, 4)] -> number, {x.var(T::lit(0.0))} }
    };
    (var_axis) => {
        operation! { var_axis, small, [x: Ix2 = (3, 4)] -> array(Ix1), {x.var_axis(Axis(1), T::lit(0.5))} }
    };
    (std) => {
        operation! { std, one, [x: Ix2 = (3, 4)] -> number, {x.std(T::lit(0.0))} }
    };
    (std_axis) => {
        operation! { std_axis, small, [x: Ix2 = (3, 4)] -> array(Ix1), {x.std_axis(Axis(1), T::lit(0.5))} }
    };
    (max_axis) => {
        operation! { max_axis, small, [x: Ix2 = (3, 4)] -> array(Ix1), {x.max_axis(Axis(1))} }
    };
    (min_axis) => {
        operation! { min_axis, small, [x: Ix2 = (3, 4)] -> array(Ix1), {x.min_axis(Axis(0))} }
    };
    (norm_l1) => {
        operation! { norm_l1, small, [x: Ix2 = (3, 4)] -> number, {x.norm_l1()} }
    };
    (norm_l1_axis) => {
        operation! { norm_l1_axis, small, [x: Ix2 = (3, 4)] -> array(Ix1), {x.norm_l1_axis(Axis(1))} }
    };
    (norm_l2_axis) => {
        operation! { norm_l2_axis, small, [x: Ix2 = (3, 4)] -> array(Ix1), {x.norm_l2_axis(Axis(0))} }
    };
    (norm_l2) => {
        operation! { norm_l2, small, [x: Ix2 = (3, 4)] -> number, {x.norm_l2()} }
    };
    (cumsum) => {
        operation! { cumsum, small, [x: Ix2 = (3, 4)] -> array(Ix2), {x.cumsum(Axis(0))} }
    };
    (cumprod) => {
        operation! { cumprod, small, [x: Ix2 = (3, 4)] -> array(Ix2), {x.cumprod(Axis(1))} }
    };
    (diff) => {
        operation! { diff, none, [x: Ix2 = (3, 4)] -> array(Ix2), {x.diff(2, Axis(1))} }
    };
    (tril) => {
        operation! { tril, small, [x: Ix2 = (3, 4)] -> array(Ix2), {x.tril(1)} }
    };
    (triu) => {
        operation! { triu, small, [x: Ix2 = (3, 4)] -> array(Ix2), {x.triu(0)} }
    };
    (softmax) => {
        operation! { softmax, small, [x: Ix2 = (3, 4)] -> array(Ix2), {x.softmax(Axis(1))} }
    };
    (log_softmax) => {
        operation! { log_softmax, small, [x: Ix2 = (3, 4)] -> array(Ix2), {x.log_softmax(Axis(0))} }
    };
    (logsumexp) => {
        operation! { logsumexp, small, [x: Ix2 = (3, 4)] -> array(Ix1), {x.logsumexp(Axis(1))} }
    };

    (reversed_axes) => {
        operation! { reversed_axes, small, [x: Ix3 = (2, 3, 4)] -> array(Ix3), {x.view().reversed_axes().to_owned()} }
    };
    (permuted_axes) => {
        operation! { permuted_axes, small, [x: Ix3 = (2, 3, 4)] -> array(Ix3), {x.to_owned().permuted_axes([2, 0, 1])} }
    };
    (swap_axes) => {
        operation! { swap_axes, small, [x: Ix3 = (2, 3, 4)] -> array(Ix3), {
            let mut y = x.to_owned();
            y.swap_axes(0, 2);
            y
        } }
    };
    (invert_axis) => {
        operation! { invert_axis, small, [x: Ix2 = (3, 4)] -> array(Ix2), {
            let mut y = x.to_owned();
            y.invert_axis(Axis(1));
            y
        } }
    };
    (insert_axis) => {
        operation! { insert_axis, small, [x: Ix2 = (3, 4)] -> array(Ix3), {x.to_owned().insert_axis(Axis(1))} }
    };
    (into_dyn) => {
        operation! { into_dyn, small, [x: Ix2 = (3, 4)] -> array(IxDyn), {x.to_owned().into_dyn()} }
    };
    (into_dimensionality) => {
        operation! { into_dimensionality, small, [x: IxDyn = IxDyn(&[3, 4])] -> array(Ix2), {
            x.to_owned().into_dimensionality::<Ix2>().unwrap()
        } }
    };
    (into_flat) => {
        operation! { into_flat, small, [x: Ix2 = (3, 4)] -> array(Ix1), {
            x.as_standard_layout().into_owned().into_flat()
        } }
    };
    (merged_axes) => {
        operation! { merged_axes, small, [x: Ix3 = (2, 3, 4)] -> array(Ix2), {x.merged_axes([Axis(2), Axis(0)]).to_owned()} }
    };
    (insert_axes) => {
        operation! { insert_axes, small, [x: Ix2 = (3, 4)] -> array(Ix4), {x.insert_axes([Axis(3), Axis(1)]).to_owned()} }
    };
    (flatten) => {
        operation! { flatten, small, [x: Ix2 = (3, 4)] -> array(Ix1), {x.flatten().to_owned()} }
    };
    (into_shape_with_order) => {
        operation! { into_shape_with_order, fixed, [x: Ix2 = (3, 4)] -> array(Ix2), {
            x.as_standard_layout().into_owned().into_shape_with_order((2, 6)).unwrap()
        } }
    };
    (into_shape_clone) => {
        operation! { into_shape_clone, fixed, [x: Ix2 = (3, 4)] -> array(Ix2), {
            x.to_owned().into_shape_clone(((2, 6), ndarray::Order::ColumnMajor)).unwrap()
        } }
    };
    (to_shape) => {
        operation! { to_shape, fixed, [x: Ix2 = (3, 4)] -> array(Ix2), {x.to_shape((2, 6)).unwrap().to_owned()} }
    };
    (broadcast) => {
        operation! { broadcast, fixed, [x: Ix2 = (1, 4)] -> array(Ix3), {x.broadcast((2, 3, 4)).unwrap().to_owned()} }
    };
    (select) => {
        operation! { select, none, [x: Ix2 = (3, 4)] -> array(Ix2), {x.select(Axis(1), &[3, 0, 3])} }
    };
    (scatter_add) => {
        operation! { scatter_add, every, [x: Ix2 = (3, 4), v: Ix2 = (3, 3)] -> array(Ix2), {
            let indices: Vec<usize> = (0..v.ncols()).map(|i| 3 * (i % 2) % x.ncols()).collect();
            x.scatter_add(Axis(1), &indices, &v)
        } }
    };

    (matmul) => {
        operation! { matmul, small, [a: Ix3 = (2, 3, 4), b: Ix2 = (4, 2)] -> array(Ix3), {a.matmul(&b)} }
    };
    (outer) => {
        operation! { outer, small, [a: Ix1 = 3, b: Ix1 = 4] -> array(Ix2), {a.outer(&b)} }
    };
    (trace) => {
        operation! { trace, every, [a: Ix2 = (3, 3)] -> number, {a.trace()} }
    };
    (det) => {
        operation! { det, every, [a: Ix2 = (3, 3)] -> number, {a.det()} }
    };
    (logdet) => {
        operation! { logdet, every, [a: Ix2 = (3, 3)] -> number, {
            let a = &a + &(Array::<T, Ix2>::eye(a.nrows()) * T::lit(4.0));
            a.logdet()
        } }
    };
    (inv) => {
        operation! { inv, every, [a: Ix2 = (3, 3)] -> array(Ix2), {
            let a = &a + &(Array::<T, Ix2>::eye(a.nrows()) * T::lit(4.0));
            a.inv()
        } }
    };
    (cholesky) => {
        operation! { cholesky, every, [a: Ix2 = (3, 3)] -> array(Ix2), {
            let a = &a + &(Array::<T, Ix2>::eye(a.nrows()) * T::lit(4.0));
            a.cholesky()
        } }
    };
    (solve) => {
        operation! { solve, every, [a: Ix2 = (3, 3), b: Ix2 = (3, 2)] -> array(Ix2), {
            let a = &a + &(Array::<T, Ix2>::eye(a.nrows()) * T::lit(4.0));
            a.solve(&b)
        } }
    };
    (triangular_solve) => {
        operation! { triangular_solve, every, [a: Ix2 = (3, 3), b: Ix1 = 3] -> array(Ix1), {
            let a = &a + &(Array::<T, Ix2>::eye(a.nrows()) * T::lit(4.0));
            a.triangular_solve(&b, Triangle::Upper)
        } }
    };

    (conv1d) => {
        operation! { conv1d, small, [x: Ix3 = (2, 2, 5), k: Ix3 = (3, 2, 3)] -> array(Ix3), {x.conv1d(&k, Conv1d::default())} }
    };
    (conv2d) => {
        operation! { conv2d, small, [x: Ix4 = (2, 2, 4, 3), k: Ix4 = (2, 2, 3, 2)] -> array(Ix4), {
            x.conv2d(&k, Conv2d { padding: (1, 1), stride: (2, 1), ..Conv2d::default() })
        } }
    };
    (depthwise_conv2d) => {
        operation! { depthwise_conv2d, small, [x: Ix4 = (2, 2, 4, 3), k: Ix4 = (2, 1, 3, 2)] -> array(Ix4), {
            x.depthwise_conv2d(&k, Conv2d::default())
        } }
    };
    (conv_transpose2d) => {
        operation! { conv_transpose2d, small, [x: Ix4 = (2, 2, 2, 3), k: Ix4 = (2, 1, 3, 2)] -> array(Ix4), {
            x.conv_transpose2d(&k, Conv2d { stride: (1, 2), ..Conv2d::default() })
        } }
    };
    (pad) => {
        operation! { pad, small, [x: Ix2 = (3, 4)] -> array(Ix2), {x.pad(&[(1, 0), (0, 2)], T::lit(0.5))} }
    };
    (conv_transpose2d_with) => {
        operation! { conv_transpose2d_with, none, [x: Ix4 = (2, 2, 2, 3), k: Ix4 = (2, 1, 3, 2)] -> array(Ix4), {
            x.conv_transpose2d_with(&k, Conv2d { stride: (2, 2), padding: (0, 1), ..Conv2d::default() }, (1, 0))
        } }
    };
    (max_pool2d) => {
        operation! { max_pool2d, none, [x: Ix4 = (2, 1, 4, 3)] -> array(Ix4), {x.max_pool2d((2, 2), (2, 1))} }
    };
    (avg_pool2d) => {
        operation! { avg_pool2d, none, [x: Ix4 = (2, 1, 4, 3)] -> array(Ix4), {x.avg_pool2d((2, 2), (2, 1))} }
    };
    (adaptive_avg_pool2d) => {
        operation! { adaptive_avg_pool2d, none, [x: Ix4 = (2, 1, 4, 3)] -> array(Ix4), {x.adaptive_avg_pool2d((3, 2))} }
    };
    (global_avg_pool2d) => {
        operation! { global_avg_pool2d, small, [x: Ix4 = (2, 2, 4, 3)] -> array(Ix2), {x.global_avg_pool2d()} }
    };
    (layer_norm) => {
        operation! { layer_norm, small, [x: Ix2 = (3, 4), g: Ix1 = 4, b: Ix1 = 4] -> array(Ix2), {x.layer_norm(&g, &b, T::lit(0.01))} }
    };
    (rms_norm) => {
        operation! { rms_norm, small, [x: Ix2 = (3, 4), g: Ix1 = 4] -> array(Ix2), {x.rms_norm(&g, T::lit(0.01))} }
    };
    (instance_norm) => {
        operation! { instance_norm, small, [x: Ix3 = (2, 4, 3), g: Ix1 = 4, b: Ix1 = 4] -> array(Ix3), {x.instance_norm(&g, &b, T::lit(0.01))} }
    };
    (group_norm) => {
        operation! { group_norm, none, [x: Ix3 = (2, 4, 3), g: Ix1 = 4, b: Ix1 = 4] -> array(Ix3), {x.group_norm(2, &g, &b, T::lit(0.01))} }
    };
    (batch_norm) => {
        operation! { batch_norm, small, [x: Ix2 = (3, 4), g: Ix1 = 4, b: Ix1 = 4, m: Ix1 = 4, v: Ix1 = 4] -> array(Ix2), {
            x.batch_norm(&g, &b, &m, &v.mapv(|v| v * v + T::lit(0.5)), T::lit(0.01))
        } }
    };
    (embedding) => {
        operation! { embedding, one, [x: Ix2 = (3, 4)] -> array(Ix2), {x.embedding(&[2 % x.nrows(), 0, 2 % x.nrows()])} }
    };
    (dropout) => {
        operation! { dropout, small, [x: Ix1 = 4] -> array(Ix1), {
            x.dropout(&Array::from_shape_fn(x.len(), |i| i != 1), T::lit(0.75))
        } }
    };
    (scaled_dot_product_attention) => {
        operation! { scaled_dot_product_attention, small, [q: Ix2 = (3, 2), k: Ix2 = (4, 2), v: Ix2 = (4, 3)] -> array(Ix2), {
            q.scaled_dot_product_attention(&k, &v)
        } }
    };
    (scaled_dot_product_attention_masked) => {
        operation! { scaled_dot_product_attention_masked, every, [q: Ix2 = (3, 2), k: Ix2 = (4, 2), v: Ix2 = (4, 3), m: Ix2 = (3, 4)] -> array(Ix2), {
            q.scaled_dot_product_attention_masked(&k, &v, &m)
        } }
    };
}
