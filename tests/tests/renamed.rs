//! The runtime under another name, in a crate of its own: `tests/renamed`.

use std::path::Path;
use std::process::Command;

#[test]
#[cfg_attr(not(debug_assertions), ignore = "names are the same in every profile")]
fn the_runtime_may_have_another_name() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let renamed = tests.join("renamed");
    // The versions of the workspace, so that nothing has to be downloaded.
    std::fs::copy(tests.join("../Cargo.lock"), renamed.join("Cargo.lock")).expect("the workspace's Cargo.lock");
    // With the dependencies that the workspace has built.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the workspace's target folder");
    let output = Command::new(env!("CARGO"))
        .args(["test", "--offline", "--quiet", "--target-dir"])
        .arg(target)
        .current_dir(&renamed)
        .env("CARGO_INCREMENTAL", "0")
        .output()
        .expect("cargo runs");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("1 passed"), "{text}");
}
