//! Temporary.

fn main() {
    let rt = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    rt.block_on(async {
        let c = zoho_connector::load::read(&zoho_connector::library::files_of("connectors/desk".as_ref()).unwrap()).unwrap();
        let t = std::time::Instant::now();
        let s = zoho_sandbox::Sandbox::start(zoho_sandbox::SandboxConfig { connectors: vec![c], default_records: 10000, port: 18999, ..Default::default() }).await.unwrap();
        eprintln!("start {:?} {} {} {} {}", t.elapsed(), s.url(), s.client_id(), s.client_secret(), s.refresh_token());
        println!("{}", s.connection_value("desk","orgId").unwrap());
        s.run().await;
    });
}
