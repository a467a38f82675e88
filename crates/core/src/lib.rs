//! Interprets connectors.
