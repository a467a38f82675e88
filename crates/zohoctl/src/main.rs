//! The binary: everything is in the library, so that documentation and tests can reach it.

fn main() -> std::process::ExitCode {
    zohoctl::main()
}
