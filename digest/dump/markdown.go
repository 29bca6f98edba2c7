package dump

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"postbag/digest/field"
	"postbag/digest/markup"
)

// maxMarkdown is how long a text may be to be read as Markdown, in bytes: what nests in
// it without end takes time without end.
const maxMarkdown = 16 << 10

// markdown is what comment boxes write comments in: CommonMark, line ends as they were
// typed, words struck out, bare addresses. HTML in it stays what it is: the whole is
// foreign HTML.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Linkify, markup.Struck{}),
	goldmark.WithRendererOptions(html.WithHardWraps(), html.WithUnsafe()),
)

// markdownHTML makes HTML of a text in Markdown.
func markdownHTML(text string) string {
	if len(text) > maxMarkdown {
		return field.HTML(text)
	}
	var b strings.Builder
	if err := markdown.Convert([]byte(text), &b); err != nil {
		return field.HTML(text) // a builder takes every byte, so this is not reached
	}
	return b.String()
}
