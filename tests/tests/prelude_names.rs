//! A method of the prelude that `ndarray` has too would take its place in code that is not differentiated. So none has
//! such a name: if `ndarray` had it, these calls would go to its own method and not compile.

#![allow(unstable_name_collisions, reason = "`erf` on numbers")]

use ndarray::Array2;

/// What only the methods here return.
#[derive(Debug, PartialEq)]
struct NotOfNdarray;

macro_rules! names {
    ($test:ident, $Trait:ident: $($name:ident)*) => {
        trait $Trait {
            $(fn $name(&self) -> NotOfNdarray {
                NotOfNdarray
            })*
        }

        impl<T, D> $Trait for ndarray::LayoutRef<T, D> {}

        #[test]
        fn $test() {
            let x = Array2::<f64>::zeros((2, 2));
            $(assert_eq!(x.$name(), NotOfNdarray);)*
        }
    };
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident($($operand:ident),+) -> $names:tt = $value:tt $(, $rule:tt)*;)*) => {
        names! { elementwise_functions, Elementwise: $($name)* }
    };
}

odyssey_macros::for_each_elementwise_function!(rows);

names! { other_methods, Others: softmax log_softmax logsumexp detach max_axis min_axis argmax argmax_axis cumsum norm_l1 norm_l2
norm_l1_axis norm_l2_axis merged_axes insert_axes scatter_add matmul outer trace det logdet inv solve cholesky qr eigh svd triangular_solve try_logdet try_inv try_solve try_cholesky try_triangular_solve
pad conv1d conv2d conv_transpose2d conv_transpose2d_with depthwise_conv2d max_pool2d avg_pool2d adaptive_avg_pool2d global_avg_pool2d layer_norm rms_norm
group_norm instance_norm batch_norm batch_norm_train embedding dropout scaled_dot_product_attention
scaled_dot_product_attention_masked }
