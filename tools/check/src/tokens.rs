// SPDX-License-Identifier: GPL-2.0
//! Rust files as flat lists of tokens with their lines: what macros hold is seen like all other code, comments are not.

#![forbid(unsafe_code)]

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

use crate::error::Error;

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// A word, a literal, a delimiter, or punctuation; `::` and `->` are one token.
    pub text: String,
    /// The line, from 1.
    pub line: usize,
    /// Whether it is a word.
    pub word: bool,
}

/// Splits a file into tokens.
pub fn of_file(path: &str, text: &str) -> Result<Vec<Token>, Error> {
    let stream: TokenStream =
        text.parse()
            .map_err(|error: proc_macro2::LexError| Error::Syntax {
                path: path.to_owned(),
                line: error.span().start().line,
                text: error.to_string(),
            })?;
    Ok(of_stream(stream))
}

/// Flattens a stream of tokens.
pub fn of_stream(stream: TokenStream) -> Vec<Token> {
    let mut tokens = Vec::new();
    flatten(stream, &mut tokens);
    tokens
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    let mut joined = false;
    for tree in stream {
        let line = tree.span().start().line;
        let mut push = |text: String, line: usize, word: bool| {
            tokens.push(Token { text, line, word });
        };
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                push(open.to_owned(), line, false);
                flatten(group.stream(), tokens);
                tokens.push(Token {
                    text: close.to_owned(),
                    line: group.span_close().start().line,
                    word: false,
                });
                joined = false;
            }
            TokenTree::Ident(ident) => {
                let text = ident.to_string();
                push(text.trim_start_matches("r#").to_owned(), line, true);
                joined = false;
            }
            TokenTree::Literal(literal) => {
                push(literal.to_string(), line, false);
                joined = false;
            }
            TokenTree::Punct(punct) => {
                let character = punct.as_char();
                match tokens.last_mut() {
                    Some(last)
                        if joined
                            && matches!(
                                (last.text.as_str(), character),
                                (":", ':') | ("-", '>')
                            ) =>
                    {
                        last.text.push(character);
                    }
                    _ => tokens.push(Token {
                        text: character.to_string(),
                        line,
                        word: false,
                    }),
                }
                joined = punct.spacing() == Spacing::Joint;
            }
        }
    }
}

/// A path as it is written: words with `::` between them.
#[derive(Debug, Clone)]
pub struct Chain {
    /// The words.
    pub words: Vec<String>,
    /// The token before the first word, or an empty text.
    pub before: String,
    /// The line of the first word.
    pub line: usize,
}

/// All paths of a list of tokens, single words too. `$crate` is the word `$crate`.
pub fn chains(tokens: &[Token]) -> Vec<Chain> {
    let mut found = Vec::new();
    let mut rest = tokens.iter().peekable();
    let mut before = "";
    while let Some(token) = rest.next() {
        if !token.word {
            before = &token.text;
            continue;
        }
        let mut words = Vec::new();
        if before == "$" && token.text == "crate" {
            words.push("$crate".to_owned());
        } else {
            words.push(token.text.clone());
        }
        let mut last = token;
        while rest.peek().is_some_and(|next| next.text == "::") {
            let mut ahead = rest.clone();
            ahead.next();
            match ahead.next() {
                Some(next) if next.word => {
                    words.push(next.text.clone());
                    last = next;
                    rest = ahead;
                }
                _ => break,
            }
        }
        found.push(Chain {
            words,
            before: before.to_owned(),
            line: token.line,
        });
        before = &last.text;
    }
    found
}
