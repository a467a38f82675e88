//! The program of an API's sample call, for documentation.

use std::sync::Arc;

use zoho_connector::{Api, Connector};
use zoho_core::{Arguments, Connection, Content, Error, FilePart, FileSource, Invocation, Part, Request};

use super::program::{Language, Setting, write};

/// The command line of curl that makes the sample call of an API: the arguments of its `example`, values made from the
/// types for what else is required, and the names of what a connection chooses, in capitals.
///
/// # Errors
/// Where the sample is refused, which a test of the connectors excludes, and where curl has no way to write it.
pub fn curl(connector: &Arc<Connector>, api: &Api) -> anyhow::Result<String> {
    let connection = connection(connector, api)?;
    let invocation = Invocation::new(connector, &api.name, Arguments::sample(connector, api))?;
    let mut request = zoho_core::explain(&invocation, &connection)?;
    name_files(&mut request);
    let setting = Setting { scopes: "", folders: &[], page_size: None };
    let program = write(Language::Curl, &invocation, &connection, &request, &setting)?;
    // Its first line is a comment with the name of the API, which a page has above it.
    Ok(program.split_once('\n').map_or(program.clone(), |(_, command)| command.to_owned()))
}

/// A connection to the first data centre that the API is offered in, with placeholders for what is chosen.
fn connection(connector: &Connector, api: &Api) -> Result<Connection, Error> {
    let offered = |center: &&str| connector.regions.offer(center) && api.regions.offer(center);
    let center = ["us", "eu", "in"].into_iter().find(offered).unwrap_or("us");
    let mut connection = Connection::new("sample", center)?;
    let chosen = connector.values_to_choose().map(|value| (value.name.clone(), value.name.to_ascii_uppercase()));
    connection.values = chosen.collect();
    Ok(connection)
}

/// Makes the sample's files, which are in memory, files of the disk: they need not be there, and the program names them.
fn name_files(request: &mut Request) {
    let name = |file: &mut FilePart| file.source = FileSource::Path(file.name.clone().into());
    match &mut request.content {
        Content::File(file) => name(file),
        Content::Multipart(parts) => parts.iter_mut().for_each(|part| {
            if let Part::File(_, file) = part {
                name(file);
            }
        }),
        Content::Empty | Content::Json(_) | Content::UrlEncoded(_) => {}
    }
}
