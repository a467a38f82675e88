//! A local Zoho.
