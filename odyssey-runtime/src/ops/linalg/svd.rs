//! Singular values and vectors.

use ndarray::{Array, Array1, Array2, ArrayView, ArrayView1, ArrayView2, Dimension};

use super::jacobi::singular;
use super::stacks::{Stack, matrices, rows, stack_of, stacked, vectors};
use crate::along::assert_no_third;
use crate::ops::gemm::{add_product, product, subtract_product};
use crate::ops::operation::operation;
use crate::ops::{Like, Tensor};
use crate::real::Real;

/// `(u, s, vt)`.
type Singular<T, D> = (Array<T, D>, Array<T, <D as Dimension>::Smaller>, Array<T, D>);

operation! {
    /// `(u, s, vt)` with `u diag(s) vt = a`, for a matrix `[m, n]` or each of a stack `[.., m, n]`: with `k` the smaller of `m` and
    /// `n`, orthonormal columns `u [m, k]`, singular values `s [k]`, descending, and orthonormal rows `vt [k, n]`, of each of which
    /// the largest element is positive.
    ///
    /// Derivative (Townsend, *Differentiating the singular value decomposition*, 2016), with `F[i, j] = 1 / (s[j]² - s[i]²)` beside the
    /// diagonal:
    ///
    /// ```text
    /// da = u (diag(ds) + F ∘ (uᵀ du - duᵀ u) diag(s) + diag(s) F ∘ (vᵀ dv - dvᵀ v)) vᵀ
    ///    + (1 - u uᵀ) du diag(1 / s) vᵀ + u diag(1 / s) dvᵀ (1 - v vᵀ)
    /// ```
    ///
    /// That of the vectors is infinite where two singular values are equal, or one is zero and the matrix is not square, unless
    /// they are not asked for.
    fn svd(a: A if S), method of SingularValues, hidden forms svd_residual_vjp, svd_residual_hvp, svd_pushforward of SingularValuesHidden;
    where [A: Tensor<Dim: Stack>];
    result Singular<A::Elem, A::Dim>;
    forward forward;
    rules |y, d| (svd::d_a(a, y, d));
    tangents |y, dot| (svd::tangent(y, dot));
}

#[track_caller]
fn forward<T: Real, D: Stack>(a: ArrayView<'_, T, D>) -> Singular<T, D> {
    assert_no_third::<T>("svd");
    let dim = a.raw_dim();
    let (mut u, mut s, mut vt) = (Vec::new(), Vec::new(), Vec::new());
    for a in &matrices(a) {
        let parts = singular(a);
        u.push(parts.0);
        s.push(parts.1);
        vt.push(parts.2);
    }
    let (rows, columns) = (dim.ndim() - 2, dim.ndim() - 1);
    let k = dim[rows].min(dim[columns]);
    let (mut of_u, mut of_vt) = (dim.clone(), dim.clone());
    (of_u[columns], of_vt[rows]) = (k, k);
    (stacked(of_u, &u), vectors(&dim, k, &s), stacked(of_vt, &vt))
}

/// `x / by`, and zero where `x` is.
fn divided<T: Real>(x: T, by: T) -> T {
    if x.vanishes() { x } else { x / by }
}

/// `F ∘ x`.
fn by_differences<T: Real>(mut x: Array2<T>, s: &ArrayView1<'_, T>) -> Array2<T> {
    for ((i, j), x) in x.indexed_iter_mut() {
        // As a product, since squares of what is nearly equal differ by rounding alone.
        *x = if i == j { T::zero() } else { divided(*x, (s[j] - s[i]) * (s[j] + s[i])) };
    }
    x
}

/// `x diag(s)`.
fn scaled<T: Real>(x: Array2<T>, s: &ArrayView1<'_, T>) -> Array2<T> {
    x * s
}

/// `(1 - q qᵀ) x diag(1 / s)`, for orthonormal columns `q`; of a square one, zero.
fn outside<T: Real>(q: &ArrayView2<'_, T>, x: &ArrayView2<'_, T>, s: &ArrayView1<'_, T>) -> Array2<T> {
    if q.is_square() {
        return Array2::zeros(x.raw_dim());
    }
    let mut rest = x.to_owned();
    subtract_product(&mut rest.view_mut(), q, &product(&q.t(), x).view());
    for mut row in rest.rows_mut() {
        row.zip_mut_with(s, |x, &s| *x = divided(*x, s));
    }
    rest
}

/// `xᵀ y - yᵀ x`.
fn twist<T: Real>(x: &ArrayView2<'_, T>, y: &ArrayView2<'_, T>) -> Array2<T> {
    let product = product(&x.t(), y);
    &product - &product.t()
}

impl svd {
    /// The formula of [`svd()`].
    #[doc(hidden)]
    #[track_caller]
    pub fn d_a<A>(a: &A, (u, s, vt): &Singular<A::Elem, A::Dim>, (du, ds, dvt): &Singular<A::Elem, A::Dim>) -> Like<A>
    where
        A: Tensor<Dim: Stack> + ?Sized,
    {
        let (s, ds) = (s.view(), ds.view());
        let ([s, ds], [u, vt, du, dvt]) = ([&s, &ds].map(rows), [u, vt, du, dvt].map(|x| matrices(x.view())));
        stack_of(a.tensor_view().raw_dim(), |number, mut d_a| {
            let (s, u, v) = (&s[number], &u[number], vt[number].t());
            let (du, dv) = (&du[number], dvt[number].t());
            let mut inner = scaled(by_differences(twist(u, du), s), s);
            inner += &scaled(by_differences(twist(&v, &dv), s).reversed_axes(), s).t();
            inner.diag_mut().assign(&ds[number]);
            let of_u = product(u, &inner.view()) + outside(u, du, s);
            d_a.assign(&product(&of_u.view(), &vt[number]));
            add_product(&mut d_a, u, &outside(&v, &dv, s).t());
        })
    }

    /// With `P = uᵀ ȧ v`, `ṡ` is its diagonal, `u̇ = u (F ∘ (P diag(s) + diag(s) Pᵀ)) + (1 - u uᵀ) ȧ v diag(1 / s)`, and `v̇` is that of
    /// the transpose.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent<T, D, G>((u, s, vt): &Singular<T, D>, a_dot: &G) -> Singular<T, D>
    where
        T: Real,
        D: Stack,
        G: Tensor<Elem = T, Dim = D> + ?Sized,
    {
        let values = s.view();
        let (of_u, of_s, of_vt) = (matrices(u.view()), rows(&values), matrices(vt.view()));
        let (mut u_dot, mut s_dot, mut vt_dot) = (Vec::new(), Vec::<Array1<T>>::new(), Vec::new());
        for (number, a_dot) in matrices(a_dot.tensor_view()).iter().enumerate() {
            let (u, s, v) = (&of_u[number], &of_s[number], of_vt[number].t());
            let (along_v, along_u) = (product(a_dot, &v), product(&a_dot.t(), u));
            let turned = product(&u.t(), &along_v.view());
            let side = |turned: &ArrayView2<'_, T>| {
                let right = scaled(turned.to_owned(), s);
                by_differences(&right + &right.t(), s)
            };
            u_dot.push(product(u, &side(&turned.view()).view()) + outside(u, &along_v.view(), s));
            let v_dot = product(&v, &side(&turned.t()).view()) + outside(&v, &along_u.view(), s);
            vt_dot.push(v_dot.reversed_axes());
            s_dot.push(turned.diag().to_owned());
        }
        let k = s.shape()[s.ndim() - 1];
        (stacked(u.raw_dim(), &u_dot), vectors(&u.raw_dim(), k, &s_dot), stacked(vt.raw_dim(), &vt_dot))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array, s};

    use super::svd;
    use crate::ops::linalg::testing::{close, full_rank};
    use crate::ops::testing::{check_dot, check_rule, numbers};

    #[track_caller]
    fn check(a: &Array2<f64>) {
        let (u, s, vt) = svd(a);
        close(&(&u * &s).dot(&vt), a);
        close(&u.t().dot(&u), &Array2::eye(s.len()));
        close(&vt.dot(&vt.t()), &Array2::eye(s.len()));
        assert!(s.windows(2).into_iter().all(|s| s[0] >= s[1]) && s.iter().all(|s| *s >= 0.0));
        assert_eq!(svd(&a.t()), svd(&a.t().to_owned()));
    }

    #[test]
    fn is_the_decomposition() {
        for (m, n) in [(1, 1), (4, 4), (6, 3), (2, 5), (40, 33), (3, 0)] {
            check(&numbers([m, n], 3));
        }
        // Of rank 1, and of rank 0.
        check(&array![[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [3.0, 6.0, 9.0], [0.0, 0.0, 0.0]]);
        check(&Array2::zeros((3, 2)));
        check(&array![[0.0, 2.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]);
        assert_eq!(svd(&array![[0.0f32, -2.0], [3.0, 0.0]]).1, array![3.0, 2.0]);
        close(&svd(&(numbers([3, 2], 5) * 1e200)).1, &(svd(&numbers([3, 2], 5)).1 * 1e200));
        assert!(svd(&array![[f64::NAN, 1.0], [1.0, 2.0]]).1.iter().any(|s| s.is_nan()));
    }

    #[test]
    fn rules_agree_with_differences_and_with_each_other() {
        for (m, n) in [(3, 3), (5, 3), (2, 4)] {
            let k = m.min(n);
            let (a, d) = (full_rank(2, m, n), (numbers([2, m, k], 3), numbers([2, k], 5), numbers([2, k, n], 6)));
            let (y, pullback) = svd::vjp(&a);
            let d_a = pullback(d.clone());
            check_rule(&a, |a| svd(a), &d, &d_a);
            let a_dot = numbers([2, m, n], 7);
            check_dot(&svd::tangent(&y, &a_dot), &d, &a_dot, &d_a);
        }
        let stack = numbers([2, 4, 3], 5);
        assert_eq!(svd(&stack).1.slice(s![1, ..]), svd(&stack.slice(s![1, .., ..])).1);
    }

    #[test]
    fn equal_values_alone_have_a_derivative() {
        let a = Array2::<f64>::eye(3);
        let ((u, s, vt), pullback) = svd::vjp(&a);
        let d_a = pullback((&u * 0.0, s.clone(), &vt * 0.0));
        assert_eq!((s, d_a), (array![1.0, 1.0, 1.0], a));
    }
}
