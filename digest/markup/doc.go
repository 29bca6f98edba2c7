// Package markup turns text from outside into [digest.Prose] and Prose into
// what readers are served: foreign HTML and the editor's Markdown in, HTML and
// wrapped plain text out. Nothing of a foreign document is passed through: what
// the model cannot hold is dropped or becomes text, so the output is safe by
// construction. It leaves layout and styling to package templates.
//
// What becomes of a foreign document:
//
//   - Scripts, styles, frames, forms, objects, SVG, MathML, templates and films go
//     with all that is in them; other unknown elements leave their text.
//   - Pictures go, so that nobody is told who reads; the picture of a character,
//     as blogs send emoji, becomes the character.
//   - Links lead to http, https and mailto addresses without a login only, spelt
//     in ASCII; a mail link keeps its subject and no other field. A link whose
//     words claim the address of another owner shows, wherever it is drawn, the
//     owner of its target in brackets: "https://bank.com [evil.net]".
//   - Controls, bidi marks, zero-width and other shapeless characters go, and of
//     the marks on one character all but six.
//   - A document is cut at 1 MB of text and addresses; depth past 500 is not told
//     apart and past [digest.MaxDepth] not drawn. Time and memory grow with the
//     length of a document, whatever is in it.
package markup
