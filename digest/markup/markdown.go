package markup

import (
	"bytes"
	"html"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"postbag/digest"
)

// FromMarkdown reads the editor's Markdown (CommonMark, bare addresses linked)
// into Prose. Raw HTML is shown as the text it is.
func FromMarkdown(text string) digest.Prose {
	md := goldmark.New(
		goldmark.WithExtensions(extension.Linkify),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(rawAsText{}, 1))),
	)
	var b bytes.Buffer
	if err := md.Convert([]byte(text), &b); err != nil {
		// A buffer takes every byte and rawAsText never fails, so this is not
		// reached; the words are kept all the same.
		return FromHTML(html.EscapeString(text), "")
	}
	return FromHTML(b.String(), "")
}

// rawAsText renders raw HTML in Markdown as visible text.
type rawAsText struct{}

// RegisterFuncs is called by goldmark.
func (rawAsText) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindRawHTML, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			raw := n.(*ast.RawHTML)
			for i := range raw.Segments.Len() {
				line := raw.Segments.At(i)
				writeEscaped(w, line.Value(source))
			}
		}
		return ast.WalkSkipChildren, nil
	})
	r.Register(ast.KindHTMLBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		block := n.(*ast.HTMLBlock)
		_, _ = w.WriteString("<pre>")
		for i := range block.Lines().Len() {
			line := block.Lines().At(i)
			writeEscaped(w, line.Value(source))
		}
		if block.HasClosure() {
			writeEscaped(w, block.ClosureLine.Value(source))
		}
		_, _ = w.WriteString("</pre>\n")
		return ast.WalkContinue, nil
	})
}

// writeEscaped writes to goldmark's buffer, which keeps its error until Flush.
func writeEscaped(w util.BufWriter, raw []byte) {
	_, _ = w.WriteString(html.EscapeString(string(raw)))
}
