package markup

import (
	"bytes"
	"html"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	notes "github.com/yuin/goldmark/extension/ast"
	parse "github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"postbag/digest"
)

// FromMarkdown reads the editor's Markdown (CommonMark with bare addresses linked,
// text struck by two tildes, tables and footnotes) into Prose. Raw HTML is shown as the text it is. A
// picture leaves its mark, which leads to it; a footnote that nothing refers to stands
// with the others.
func FromMarkdown(source string) digest.Prose {
	md := goldmark.New(
		goldmark.WithExtensions(extension.Linkify, Struck{}, extension.Table,
			extension.NewFootnote(extension.WithFootnoteBacklinkHTML(""))),
		goldmark.WithParserOptions(parse.WithASTTransformers(util.Prioritized(allNotes{}, 1))),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(rawAsText{}, 1))),
	)
	var b bytes.Buffer
	if err := md.Convert([]byte(source), &b); err != nil {
		// A buffer takes every byte and rawAsText never fails, so this is not
		// reached; the words are kept all the same.
		return FromHTML(html.EscapeString(source), "")
	}
	return (&parser{own: true}).read(b.String())
}

// Struck is the extension of goldmark that reads text struck by two tildes. One, which
// goldmark's own takes for the same, stays what it is: people write "~5 to ~10" and
// "H~2~O".
type Struck struct{}

// Extend is called by goldmark.
func (Struck) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(parse.WithInlineParsers(util.Prioritized(twoTildes{extension.NewStrikethroughParser()}, 500)))
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500)))
}

type twoTildes struct{ parse.InlineParser }

// Parse is called by goldmark.
func (t twoTildes) Parse(parent ast.Node, block text.Reader, pc parse.Context) ast.Node {
	if line, _ := block.PeekLine(); !bytes.HasPrefix(line, []byte("~~")) {
		return nil
	}
	return t.InlineParser.Parse(parent, block, pc)
}

// allNotes gives every footnote a number, before the extension takes out those
// without.
type allNotes struct{}

// Transform is called by goldmark.
func (allNotes) Transform(doc *ast.Document, _ text.Reader, _ parse.Context) {
	// The walk fails only where its function does.
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		list, ok := n.(*notes.FootnoteList)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		for n := list.FirstChild(); n != nil; n = n.NextSibling() {
			if note, ok := n.(*notes.Footnote); ok && note.Index < 0 {
				list.Count++
				note.Index = list.Count
			}
		}
		return ast.WalkSkipChildren, nil
	})
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
