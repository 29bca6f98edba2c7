package feed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/charset"
	"postbag/digest/feed/scan"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"

	jsonfeed "github.com/mmcdole/gofeed/json"
)

// parseJSON reads a JSON Feed, or a list from WordPress's interface.
func parseJSON(text []byte, opts Options) (*Document, error) {
	if nesting(text) > MaxDepth {
		return nil, scan.Refusal(scan.ErrDepth)
	}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		return parseREST(text, opts)
	}
	p, err := jsonPage(text, opts.URL)
	if err != nil {
		return nil, err
	}
	return p.read(opts)
}

// nesting is how deep a JSON text is nested at its deepest.
func nesting(text []byte) int {
	depth, deepest, inString := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}

// array is what could be read of a JSON array of entries.
type array struct {
	items   []json.RawMessage
	skipped []Skip
	cut     bool // it broke off; items are those before
	early   bool // the text itself ended, where it broke off
	mended  bool // an element broke the rules; what follows the array was not read
}

// mostBroken bounds how many elements of an array may break the rules: each may be read
// to the end of the text to find that out.
const mostBroken = 50

// firstName is the beginning of an object, with its first name.
var firstName = lazyregexp.New(`^[\s,]*\{\s*("[A-Za-z0-9_]+")\s*:`)

// nextElement finds the element of an array behind a broken one, which begins at a place;
// -1 for none. broken is what stands before it, of a text that is whole to its end; nil
// where nothing tells where it ends.
func nextElement(text []byte, at int) (next int, broken [][]byte) {
	m := firstName.FindSubmatchIndex(text[at:])
	if m == nil {
		return -1, nil
	}
	like := regexp.MustCompile(`,\s*(\{\s*` + string(text[at+m[2]:at+m[3]]) + `\s*:)`)
	begin := at + bytes.IndexByte(text[at:], '{')
	if place := like.FindSubmatchIndex(text[at+m[1]:]); place != nil {
		return at + m[1] + place[2], [][]byte{text[begin : at+m[1]+place[0]]}
	}
	rest := bytes.TrimRight(text[begin:], " \t\r\n")
	if !bytes.HasSuffix(rest, []byte("]")) && !bytes.HasSuffix(rest, []byte("}")) {
		return -1, nil
	}
	const around = 3 // brackets that may close what is around it
	for range around {
		if n := bytes.LastIndexByte(rest, '}'); n >= 0 {
			broken = append(broken, rest[:n+1])
			rest = rest[:n]
		}
	}
	return -1, append(broken, rest)
}

// mended gives a JSON text in which what programs get wrong is right: line ends and the
// like in strings are escaped, and so are backslashes that escape nothing; commas before
// the end of an object or an array go. ok tells that nothing else was wrong.
func mended(text []byte) (_ []byte, ok bool) {
	out := make([]byte, 0, len(text)+len(text)/50)
	inString := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"':
			inString = !inString
		case inString && c < ' ':
			out = fmt.Appendf(out, `\u%04x`, c)
			continue
		case inString && c == '\\' && i+1 < len(text) && strings.IndexByte(`"\/bfnrtu`, text[i+1]) < 0:
			out = append(out, '\\')
		case inString && c == '\\' && i+1 < len(text):
			out = append(out, c)
			i++
			c = text[i]
		case !inString && c == ',' && closes(text[i+1:]):
			continue
		}
		out = append(out, c)
	}
	return out, json.Valid(out)
}

// closes tells whether an object or an array ends next.
func closes(text []byte) bool {
	rest := bytes.TrimLeft(text[:min(len(text), 200)], " \t\r\n")
	return len(rest) > 0 && (rest[0] == '}' || rest[0] == ']')
}

// readArray reads an array's elements one by one and keeps to the limits. dec has read
// the text up to the array. An element that breaks the rules is left out, if the next one
// can be told by the name that it begins with.
func readArray(dec *json.Decoder, text []byte) (a array) {
	if t, err := dec.Token(); err != nil || t != json.Delim('[') {
		a.cut = true
		return a
	}
	base := 0 // where the text begins that dec reads, less the bracket before it
	broken := 0
	for dec.More() {
		var raw json.RawMessage
		at := base + int(dec.InputOffset())
		if err := dec.Decode(&raw); err != nil {
			next, pieces := nextElement(text, at)
			if broken++; pieces == nil || broken > mostBroken {
				a.cut, a.early = true, errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
				return a
			}
			a.mended = true
			a.take(mendedOf(pieces))
			if next < 0 {
				return a
			}
			dec, base = json.NewDecoder(io.MultiReader(strings.NewReader("["), bytes.NewReader(text[next:]))), next-1
			if _, err := dec.Token(); err != nil {
				a.cut = true
				return a
			}
			continue
		}
		a.take(raw)
	}
	if _, err := dec.Token(); err != nil {
		a.cut, a.early = true, true
	}
	return a
}

// take takes an element up, within the limits; nil is one that cannot be read.
func (a *array) take(raw json.RawMessage) {
	switch {
	case len(a.items)+len(a.skipped) >= 2*MaxEntries:
	case raw == nil:
		a.skipped = append(a.skipped, Skip{Reason: digest.UnreadableEntry})
	case len(a.items) >= MaxEntries:
		a.skipped = append(a.skipped, Skip{Reason: digest.EntryTooMany})
	case len(raw) > MaxEntryBytes:
		a.skipped = append(a.skipped, Skip{Reason: digest.EntryTooLarge})
	default:
		a.items = append(a.items, slices.Clone(raw))
	}
}

// mendedOf gives the first of some readings of a broken element that can be mended, nil
// for none.
func mendedOf(pieces [][]byte) json.RawMessage {
	for _, piece := range pieces {
		if raw, ok := mended(piece); ok {
			return raw
		}
	}
	return nil
}

// headMembers are what is read of a feed object beside its items.
var headMembers = []string{"version", "title", "home_page_url", "feed_url", "next_url", "language", "author", "authors"}

// readObject reads a feed object: its items, and its other members as one
// object of their own. ok tells whether it could be read to its end.
func readObject(text []byte) (head map[string]json.RawMessage, items array, ok bool) {
	head = map[string]json.RawMessage{}
	dec := json.NewDecoder(bytes.NewReader(text))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return head, items, false
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return head, items, false
		}
		if key == "items" && items.items == nil {
			if items = readArray(dec, text); items.cut || items.mended {
				return head, items, !items.cut
			}
			continue
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return head, items, false
		}
		if name, isText := key.(string); isText && slices.Contains(headMembers, name) {
			head[name] = slices.Clone(raw)
		}
	}
	_, err := dec.Token()
	return head, items, err == nil
}

// maxMembers bounds the members of an object that has some of a wrong type.
const maxMembers = 200

// decode reads an object; members of a wrong type are left out.
func decode[T any](raw json.RawMessage) (T, error) {
	var out, none T
	if json.Unmarshal(raw, &out) == nil {
		return out, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return none, err
	}
	if len(members) > maxMembers {
		return none, errors.New("it has too many members")
	}
	for name, value := range members {
		var try T
		one, err := json.Marshal(map[string]json.RawMessage{name: value})
		if err != nil || json.Unmarshal(one, &try) != nil {
			delete(members, name)
		}
	}
	rest, err := json.Marshal(members)
	if err != nil {
		return none, err
	}
	out = none
	return out, json.Unmarshal(rest, &out)
}

// jsonPage reads a JSON Feed (jsonfeed.org, 1 and 1.1).
func jsonPage(text []byte, url string) (*page, error) {
	head, items, whole := readObject(text)
	if !strings.Contains(string(head["version"]), "jsonfeed.org") && (head["home_page_url"] == nil || items.items == nil) {
		return nil, notFeed(JSON, text)
	}
	if !whole && len(items.items) == 0 {
		return nil, scan.CutShort()
	}
	raw, err := json.Marshal(head)
	if err != nil {
		return nil, notFeed(JSON, text)
	}
	f, err := decode[jsonfeed.Feed](raw)
	if err != nil {
		return nil, notFeed(JSON, text)
	}
	p := &page{
		url: url, id: field.ID(f.FeedURL), title: f.Title, language: f.Language, total: -1,
		home: field.URL(url, f.HomePageURL), self: field.URL(url, f.FeedURL), next: field.URL(url, f.NextURL),
		author: jsonAuthor(f.Authors, f.Author).Name, skipped: items.skipped, cut: !whole,
	}
	for _, raw := range items.items {
		item, err := decode[jsonfeed.Item](raw)
		if err != nil {
			p.skipped = append(p.skipped, Skip{Reason: digest.UnreadableEntry})
			continue
		}
		p.entries = append(p.entries, jsonEntry(&item, url))
	}
	return p, nil
}

func jsonEntry(item *jsonfeed.Item, url string) entry {
	author := jsonAuthor(item.Authors, item.Author)
	e := entry{
		id:        field.ID(item.ID),
		url:       field.URL(url, item.URL),
		title:     item.Title,
		content:   charset.Clean(item.ContentHTML),
		summary:   charset.Clean(item.Summary),
		author:    field.Name(author.Name),
		authorURI: field.URL("", author.URL),
		published: field.Time(item.DatePublished),
		updated:   field.Time(item.DateModified),
		replies:   -1,
	}
	if isBlank(e.content) && item.ContentText != "" {
		e.content = field.HTML(item.ContentText)
	}
	if e.url == "" { // an id is best an address (JSON Feed 1.1, items)
		e.url = field.URL("", e.id)
	}
	if e.published.IsZero() {
		e.published = e.updated
	}
	e.place(scan.Mark{}, url)
	return e
}

// jsonAuthor gives the first author with a name; version 1 had only one.
func jsonAuthor(all []*jsonfeed.Author, one *jsonfeed.Author) jsonfeed.Author {
	for _, a := range append(all, one) {
		if a != nil && field.Name(a.Name) != "" {
			return *a
		}
	}
	return jsonfeed.Author{}
}

// wrongJSON is the error of JSON that is no list of posts or comments.
func wrongJSON() error { return notFeed(JSON, nil) }
