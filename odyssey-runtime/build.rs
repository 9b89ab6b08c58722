//! Decides whether kernels are compiled for several instruction sets.
//!
//! They are compiled in the user's crate, for each closure. A build without optimisation would compile all of them several
//! times and run none of them fast: it gets one version. `debug_assertions` would not do, since optimised builds may have
//! them.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(odyssey_levels)");
    let is = |variable, value| std::env::var(variable).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_ARCH", "x86_64") && !is("OPT_LEVEL", "0") {
        println!("cargo:rustc-cfg=odyssey_levels");
    }
}
