package feed

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/charset"
	"postbag/digest/feed/scan"
	"postbag/digest/field"

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
}

// readArray reads an array's elements one by one and keeps to the limits.
func readArray(dec *json.Decoder) (a array) {
	if t, err := dec.Token(); err != nil || t != json.Delim('[') {
		a.cut = true
		return a
	}
	for dec.More() {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			a.cut, a.early = true, errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
			return a
		}
		switch {
		case len(a.items)+len(a.skipped) >= 2*MaxEntries:
		case len(a.items) >= MaxEntries:
			a.skipped = append(a.skipped, Skip{Reason: digest.EntryTooMany})
		case len(raw) > MaxEntryBytes:
			a.skipped = append(a.skipped, Skip{Reason: digest.EntryTooLarge})
		default:
			a.items = append(a.items, slices.Clone(raw))
		}
	}
	if _, err := dec.Token(); err != nil {
		a.cut, a.early = true, true
	}
	return a
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
			if items = readArray(dec); items.cut {
				return head, items, false
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
