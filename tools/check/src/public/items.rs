// SPDX-License-Identifier: GPL-2.0
//! The items of a crate that can be named from outside it.

#![forbid(unsafe_code)]

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use syn::Visibility;

use super::modules::{self, is_public, Module};

use crate::{error::Error, kbuild::Crate, tokens, tree::Tree};

/// What an item is, as far as it matters.
pub enum Kind {
    /// An exported macro, with its body.
    Macro(String),
    /// Anything else.
    Other,
}

/// A public item.
pub struct Item {
    /// Its name.
    pub name: String,
    /// The paths it is reached by, from the crate's name on; none if it is not.
    pub paths: Vec<String>,
    /// The file that defines it.
    pub file: String,
    /// The line.
    pub line: usize,
    /// What it is.
    pub kind: Kind,
    /// The words of its signature.
    pub words: BTreeSet<String>,
    /// What belongs to it.
    pub members: Vec<Member>,
}

/// A public method, constant or field of an item, or a method of a trait.
pub struct Member {
    /// Its name.
    pub name: String,
    /// The file that defines it.
    pub file: String,
    /// The line.
    pub line: usize,
    /// Whether it is called with a dot.
    pub dotted: bool,
    /// Whether it is a field.
    pub field: bool,
    /// Whether implementors of the trait must have it.
    pub demanded: bool,
    /// The words of its signature.
    pub words: BTreeSet<String>,
}

/// Finds the public items of a crate.
pub fn of_crate(tree: &Tree, one: &Crate) -> Result<Vec<Item>, Error> {
    let modules = modules::of_crate(tree, one)?;
    let mut found: BTreeMap<String, Item> = BTreeMap::new();
    for module in &modules {
        for item in &module.items {
            if let Some(item) = public(item, module, &one.name) {
                found.insert(item.0, item.1);
            }
        }
    }
    for module in modules.iter().filter(|module| module.visible) {
        for item in &module.items {
            if let syn::Item::Use(item) = item {
                if is_public(&item.vis) {
                    reexport(&item.tree, Vec::new(), module, &mut found);
                }
            }
        }
    }
    let mut items: Vec<Item> = found.into_values().collect();
    for module in &modules {
        for item in &module.items {
            if let syn::Item::Impl(item) = item {
                add_methods(item, module, &mut items);
            }
        }
    }
    Ok(items)
}

fn words_of(tokens: impl ToTokens) -> BTreeSet<String> {
    tokens::of_stream(tokens.to_token_stream())
        .into_iter()
        .filter(|token| token.word)
        .map(|token| token.text)
        .collect()
}

/// The item and its full path inside the crate, if it is public.
fn public(item: &syn::Item, module: &Module, root: &str) -> Option<(String, Item)> {
    let mut members = Vec::new();
    let mut kind = Kind::Other;
    let (visibility, name, words) = match item {
        syn::Item::Fn(item) => (&item.vis, &item.sig.ident, words_of(&item.sig)),
        syn::Item::Struct(item) => {
            members.extend(
                item.fields
                    .iter()
                    .filter_map(|field| of_field(field, &module.file)),
            );
            let generics = words_of(&item.generics);
            (&item.vis, &item.ident, generics)
        }
        syn::Item::Enum(item) => (&item.vis, &item.ident, words_of(&item.variants)),
        syn::Item::Trait(item) => {
            members.extend(
                item.items
                    .iter()
                    .filter_map(|item| of_trait(item, &module.file)),
            );
            (&item.vis, &item.ident, words_of(&item.supertraits))
        }
        syn::Item::Const(item) => (&item.vis, &item.ident, words_of(&item.ty)),
        syn::Item::Static(item) => (&item.vis, &item.ident, words_of(&item.ty)),
        syn::Item::Type(item) => (&item.vis, &item.ident, words_of(&item.ty)),
        syn::Item::Macro(item) => {
            let name = item.ident.as_ref()?;
            if !item
                .attrs
                .iter()
                .any(|one| one.path().is_ident("macro_export"))
            {
                return None;
            }
            kind = Kind::Macro(item.mac.tokens.to_string());
            (&Visibility::Inherited, name, BTreeSet::new())
        }
        _ => return None,
    };
    // A private alias may stand where what it is for must be public.
    let alias = matches!(item, syn::Item::Type(_));
    let path = format!("{}::{name}", module.path.join("::"));
    let paths = match kind {
        Kind::Macro(_) => vec![format!("{root}::{name}")],
        Kind::Other if !is_public(visibility) && !alias => return None,
        Kind::Other if module.visible && is_public(visibility) => vec![path.clone()],
        Kind::Other => Vec::new(),
    };
    let found = Item {
        name: name.to_string(),
        paths,
        file: module.file.clone(),
        line: name.span().start().line,
        kind,
        words,
        members,
    };
    Some((path, found))
}

fn of_field(field: &syn::Field, file: &str) -> Option<Member> {
    let name = field.ident.as_ref()?;
    is_public(&field.vis).then(|| Member {
        name: name.to_string(),
        file: file.to_owned(),
        line: name.span().start().line,
        dotted: true,
        field: true,
        demanded: false,
        words: words_of(&field.ty),
    })
}

fn of_trait(item: &syn::TraitItem, file: &str) -> Option<Member> {
    let (name, demanded, dotted, words) = match item {
        syn::TraitItem::Fn(item) => {
            let dotted = item.sig.receiver().is_some();
            (
                &item.sig.ident,
                item.default.is_none(),
                dotted,
                words_of(&item.sig),
            )
        }
        syn::TraitItem::Const(item) => (
            &item.ident,
            item.default.is_none(),
            true,
            words_of(&item.ty),
        ),
        syn::TraitItem::Type(item) => (&item.ident, true, false, words_of(&item.bounds)),
        _ => return None,
    };
    Some(Member {
        name: name.to_string(),
        file: file.to_owned(),
        line: name.span().start().line,
        // A user that overrides it names it too, as a function or constant of its own.
        dotted: dotted || !demanded,
        field: matches!(item, syn::TraitItem::Const(_)),
        demanded,
        words,
    })
}

/// The public methods and constants of `impl Type`, and the associated types of `impl Trait for Type`.
fn add_methods(item: &syn::ItemImpl, module: &Module, items: &mut [Item]) {
    let syn::Type::Path(of) = item.self_ty.as_ref() else {
        return;
    };
    let Some(of) = of.path.segments.last().map(|last| last.ident.to_string()) else {
        return;
    };
    let Some(owner) = items.iter_mut().find(|item| item.name == of) else {
        return;
    };
    if item.trait_.is_some() {
        // What an associated type names must be as public as the type itself.
        for inner in &item.items {
            if let syn::ImplItem::Type(inner) = inner {
                owner.words.extend(words_of(&inner.ty));
            }
        }
        return;
    }
    for inner in &item.items {
        let (visibility, name, dotted, words) = match inner {
            syn::ImplItem::Fn(inner) => (
                &inner.vis,
                &inner.sig.ident,
                inner.sig.receiver().is_some(),
                words_of(&inner.sig),
            ),
            syn::ImplItem::Const(inner) => (&inner.vis, &inner.ident, false, words_of(&inner.ty)),
            _ => continue,
        };
        if is_public(visibility) {
            owner.members.push(Member {
                name: name.to_string(),
                file: module.file.clone(),
                line: name.span().start().line,
                dotted,
                field: false,
                demanded: false,
                words,
            });
        }
    }
}

/// `pub use` of a visible module: another path of an item of the crate, or a name of somebody else's item.
fn reexport(
    tree: &syn::UseTree,
    mut path: Vec<String>,
    module: &Module,
    found: &mut BTreeMap<String, Item>,
) {
    let (name, alias) = match tree {
        syn::UseTree::Path(inner) => {
            path.push(inner.ident.to_string());
            return reexport(&inner.tree, path, module, found);
        }
        syn::UseTree::Group(group) => {
            for inner in &group.items {
                reexport(inner, path.clone(), module, found);
            }
            return;
        }
        syn::UseTree::Glob(_) => return,
        syn::UseTree::Name(inner) => (inner.ident.to_string(), inner.ident.clone()),
        syn::UseTree::Rename(inner) => (inner.ident.to_string(), inner.rename.clone()),
    };
    path.push(name);
    let public = format!("{}::{alias}", module.path.join("::"));
    if let Some(item) = inside(&path, module).and_then(|path| found.get_mut(&path)) {
        item.paths.push(public);
        return;
    }
    let item = Item {
        name: alias.to_string(),
        paths: vec![public.clone()],
        file: module.file.clone(),
        line: alias.span().start().line,
        kind: Kind::Other,
        words: BTreeSet::new(),
        members: Vec::new(),
    };
    found.insert(public, item);
}

/// The full path of what a `use` in this module names, if it may lie in the crate.
fn inside(path: &[String], module: &Module) -> Option<String> {
    let (first, rest) = path.split_first()?;
    let base: Vec<String> = match first.as_str() {
        "crate" => module.path.first().cloned().into_iter().collect(),
        "super" => module.path.split_last().map(|(_, above)| above.to_vec())?,
        "self" => module.path.clone(),
        _ => module.path.iter().chain([first]).cloned().collect(),
    };
    Some(
        base.iter()
            .chain(rest)
            .cloned()
            .collect::<Vec<_>>()
            .join("::"),
    )
}
