//! What must not compile.

#[test]
fn a_missing_argument_and_a_wrong_type_do_not_compile() {
    trybuild::TestCases::new().compile_fail("../../tests/bindings/compile_fail/*.rs");
}
