package sampleblog

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// escapeText escapes text as Blogger does in the bodies of comments.
var escapeText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

var (
	allowedTag = regexp.MustCompile(`^(?:</?[bi]>|</a>|<a href="https?://[^"<>\s]+">)`)
	anyTag     = regexp.MustCompile(`<[^>]*>`)
	lineBreak  = regexp.MustCompile(`<br ?/?>\n?`)
)

var errQuote = errors.New("a comment cannot hold a quoted block")

// postHTML turns the lines of a post into HTML.
func postHTML(lines []string) (string, error) {
	var b strings.Builder
	prose := false
	for _, p := range paragraphs(lines) {
		text, quoted := unquote(p)
		h, err := inline(text)
		if err != nil {
			return "", err
		}
		if quoted {
			b.WriteString("\n<blockquote class=\"tr_bq\">" + h + "</blockquote>\n")
		} else {
			if prose {
				b.WriteString("<br />\n<br />\n")
			}
			b.WriteString(h)
		}
		prose = !quoted
	}
	return b.String(), nil
}

// commentHTML turns the lines of a comment into HTML.
func commentHTML(lines []string) (string, error) {
	var out []string
	for _, p := range paragraphs(lines) {
		if _, quoted := unquote(p); quoted {
			return "", errQuote
		}
		h, err := inline(strings.Join(p, "\n"))
		if err != nil {
			return "", err
		}
		out = append(out, h)
	}
	return strings.Join(out, "<br /><br />"), nil
}

// paragraphs splits lines at empty ones.
func paragraphs(lines []string) [][]string {
	var out [][]string
	var p []string
	for _, l := range append(lines[:len(lines):len(lines)], "") {
		if l != "" {
			p = append(p, l)
		} else if p != nil {
			out, p = append(out, p), nil
		}
	}
	return out
}

// unquote takes the marks off a quoted paragraph.
func unquote(p []string) (text string, quoted bool) {
	const mark = "> "
	if !strings.HasPrefix(p[0], mark) {
		return strings.Join(p, "\n"), false
	}
	var out []string
	for _, l := range p {
		out = append(out, strings.TrimPrefix(l, mark))
	}
	return strings.Join(out, "\n"), true
}

// inline escapes a paragraph, joins its lines, and lets the few known tags be.
func inline(text string) (string, error) {
	text = strings.ReplaceAll(text, "\\\n", "\x00")
	text = strings.ReplaceAll(text, "\n", " ")
	var b strings.Builder
	for text != "" {
		n := strings.IndexByte(text, '<')
		if n < 0 {
			n = len(text)
		}
		b.WriteString(escapeText.Replace(text[:n]))
		if text = text[n:]; text == "" {
			break
		}
		tag := allowedTag.FindString(text)
		if tag == "" {
			return "", fmt.Errorf("unknown tag at %.20q", text)
		}
		b.WriteString(strings.Replace(tag, `">`, `" rel="nofollow">`, 1))
		text = text[len(tag):]
	}
	return strings.ReplaceAll(b.String(), "\x00", "<br />"), nil
}

// commentTitle is the title Blogger makes up for a comment: the first fifty
// characters of its escaped text, even if that cuts an entity in half.
func commentTitle(html string) string {
	text := plain(html)
	const limit = 50
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return string([]rune(text)[:limit]) + "..."
}

// plain drops the tags of an HTML text and keeps its entities.
func plain(html string) string {
	return anyTag.ReplaceAllString(lineBreak.ReplaceAllString(html, "\n"), "")
}
