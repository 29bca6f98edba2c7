// Package markup turns text from outside into [digest.Prose] and Prose into
// what readers are served: foreign HTML and the editor's Markdown in, HTML and
// wrapped plain text out. Nothing of a foreign document is passed through: what
// the model cannot hold is dropped or becomes text, so the output is safe by
// construction. It leaves layout and styling to package templates.
//
// The functions:
//
//	FromHTML(html, base string) digest.Prose                foreign HTML; base resolves relative links
//	FromMarkdown(text string) digest.Prose                  the editor's own text; raw HTML is shown as text
//	Clean(s string) string                                  a foreign title or name as one safe line
//	HTML(p digest.Prose) template.HTML                      p, ul/ol, blockquote, em, strong, a, br; no class, no style
//	EditorHTML(p digest.Prose) template.HTML                the same, for the editor's own text
//	Look.HTML(p digest.Prose) template.HTML                 the same, with another rel or a class for our words
//	Wrap(p digest.Prose, width int, prefix string) string   text for mails, prefix on each line
//	Address(href string) string                             a link's address as a person would copy it
//	Sentences(p digest.Prose) []digest.Range                ranges over p.Text(), for trimming
//	Quote(p digest.Prose, max int) string                   the beginning on one line, cut at a word with …
package markup
