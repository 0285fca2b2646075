// SPDX-License-Identifier: GPL-2.0
//! The modules of a crate, read from its files.

#![forbid(unsafe_code)]

use quote::ToTokens;
use syn::Visibility;

use crate::{error::Error, kbuild::Crate, tree::Tree};

/// A module of a crate.
pub struct Module {
    /// Its path, from the crate's name on.
    pub path: Vec<String>,
    /// Whether it can be named from outside.
    pub visible: bool,
    /// The file that holds it.
    pub file: String,
    /// What stands in it, modules apart.
    pub items: Vec<syn::Item>,
}

/// Reads all modules of a crate but those for tests.
pub fn of_crate(tree: &Tree, one: &Crate) -> Result<Vec<Module>, Error> {
    let mut found = Vec::new();
    load(
        tree,
        &one.root,
        &one.directory,
        vec![one.name.clone()],
        true,
        &mut found,
    )?;
    Ok(found)
}

fn parse(path: &str, text: &str) -> Result<syn::File, Error> {
    syn::parse_file(text).map_err(|error| Error::Syntax {
        path: path.to_owned(),
        line: error.span().start().line,
        text: error.to_string(),
    })
}

/// Reads a file and the files of its modules. `below` is the directory of its modules.
fn load(
    tree: &Tree,
    file: &str,
    below: &str,
    path: Vec<String>,
    visible: bool,
    found: &mut Vec<Module>,
) -> Result<(), Error> {
    let parsed = parse(file, &tree.read(file)?)?;
    gather(tree, file, below, path, visible, parsed.items, found)
}

fn gather(
    tree: &Tree,
    file: &str,
    below: &str,
    path: Vec<String>,
    visible: bool,
    items: Vec<syn::Item>,
    found: &mut Vec<Module>,
) -> Result<(), Error> {
    let mut own = Vec::new();
    for item in items {
        let syn::Item::Mod(module) = item else {
            own.push(item);
            continue;
        };
        if module.attrs.iter().any(is_for_tests) {
            continue;
        }
        let name = module.ident.to_string();
        let mut inner = path.clone();
        inner.push(name.clone());
        let seen = visible && is_public(&module.vis);
        let given = module.attrs.iter().find_map(given_path);
        let (other, inside) = match given {
            // A file that is named lies beside this one, and its modules beside it.
            Some(given) => {
                let other = format!("{}/{given}", directory(file));
                let inside = directory(&other).to_owned();
                (other, inside)
            }
            None => (format!("{below}/{name}.rs"), format!("{below}/{name}")),
        };
        if let Some((_, items)) = module.content {
            gather(tree, file, &inside, inner, seen, items, found)?;
        } else if tree.has(&other) {
            load(tree, &other, &inside, inner, seen, found)?;
        }
    }
    found.push(Module {
        path,
        visible,
        file: file.to_owned(),
        items: own,
    });
    Ok(())
}

fn directory(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// The file that `#[path = "..."]` names.
fn given_path(attribute: &syn::Attribute) -> Option<String> {
    let syn::Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    match &pair.value {
        syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) if pair.path.is_ident("path") => Some(text.value()),
        _ => None,
    }
}

fn is_for_tests(attribute: &syn::Attribute) -> bool {
    let text = attribute.to_token_stream().to_string();
    text.contains("cfg")
        && (text.contains("test") || text.contains("auxcore_kunit"))
        && !text.contains("cfg_attr")
}

/// Whether it is `pub` and nothing less.
pub fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}
