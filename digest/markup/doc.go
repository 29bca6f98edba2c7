// Package markup turns text from outside into [digest.Prose] and Prose into
// what readers are served: foreign HTML and the editor's Markdown in, HTML out; plain
// text is the work of package prose. Nothing of a foreign document is passed through: what
// the model cannot hold is dropped or becomes text, so the output is safe by
// construction. It leaves layout and styling to package templates.
//
// What becomes of a foreign document:
//
//   - What a reader of the blog sees and Postbag cannot show leaves a mark with what
//     is known of it ([digest.Thing]): "[picture: a bus]", "[formula: x^2]", "[film]"
//     with a link to it. So for pictures, MathML, SVG, frames, objects, films, sounds
//     and forms.
//   - Pictures are never kept, so that nobody is told who reads; the picture of a
//     character, as blogs send emoji, becomes the character. One that nobody sees,
//     such as what counts readers, leaves nothing.
//   - Scripts, styles, templates and what is hidden go with all that is in them;
//     other unknown elements leave their text.
//   - Text struck out, raised and lowered stays so, whether an element or a style
//     says it. Preformatted text, code and lines that begin with spaces that do not
//     break keep the beginnings of their lines. Rows of tables become lines.
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
