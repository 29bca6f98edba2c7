package platform

import (
	"cmp"
	"errors"
	"net/url"
	"strings"

	"postbag/digest"
	"postbag/digest/lazyregexp"
	"postbag/digest/pull/identity"
)

var (
	placeholder = lazyregexp.New(`\{(url|path|id|root|feeds)\}`)
	lastNumber  = lazyregexp.New(`(\d+)$`)
	letter      = lazyregexp.New(`^[0-9A-Za-z]`)
)

// Fill puts a post into a pattern; "" when the post has nothing to put in a
// place. Feeds is the folder of a Blogger blog's feeds. {url} is the post's address, {path} its path, {root} its address without
// the path, {id} the platform's number of it. Before the question mark an address
// or path meets what follows it with one slash, and has no query of its own;
// behind it they are escaped.
func Fill(pattern string, x digest.Listing, feeds string) string {
	query := strings.IndexByte(pattern, '?')
	var b strings.Builder
	last := 0
	for _, m := range placeholder.FindAllStringIndex(pattern, -1) {
		b.WriteString(pattern[last:m[0]])
		last = m[1]
		name, rest := pattern[m[0]:m[1]], pattern[m[1]:]
		value := fillIn(name, x, feeds)
		switch inQuery := query >= 0 && m[0] > query; {
		case value == "", name == "{url}" && !inQuery && strings.ContainsAny(value, "?#"):
			return ""
		case inQuery:
			value = url.QueryEscape(value)
		case strings.HasPrefix(rest, "/"):
			value = strings.TrimSuffix(value, "/")
		case name != "{id}" && name != "{feeds}" && letter.MatchString(rest) && !strings.HasSuffix(value, "/"):
			value += "/"
		}
		b.WriteString(value)
	}
	b.WriteString(pattern[last:])
	if identity.Web(b.String()) == nil {
		return ""
	}
	return b.String()
}

// fillIn gives what stands for a placeholder of a pattern.
func fillIn(name string, x digest.Listing, feeds string) string {
	switch name {
	case "{id}":
		return cmp.Or(lastNumber.FindString(x.Key), lastNumber.FindString(x.GUID))
	case "{feeds}":
		return feeds
	}
	post := identity.Web(x.URL)
	switch {
	case post == nil:
		return ""
	case name == "{path}":
		return cmp.Or(post.EscapedPath(), "/")
	case name == "{root}":
		return post.Scheme + "://" + post.Host
	}
	post.Fragment, post.RawFragment = "", ""
	return post.String()
}

// CheckPattern refuses a pattern that can give no address of a post's comments.
func CheckPattern(pattern string) error {
	if pattern == "" {
		return nil
	}
	sample := Fill(pattern, digest.Listing{URL: "http://blog.example/post", GUID: "1"}, "")
	u, err := url.Parse(sample)
	switch {
	case sample == pattern:
		err = errors.New("it has no place for the post")
	case err == nil && (u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.ContainsAny(sample, "{} \t\r\n")):
		err = errors.New("it gives no address")
	}
	if err != nil {
		return digest.Fail(digest.Invalid,
			"Write it like {url}feed/ or https://talk.example/feed?uri={path}; {id} is the post's number.",
			"%q is no pattern for the comments of a post: %w", pattern, err)
	}
	return nil
}
